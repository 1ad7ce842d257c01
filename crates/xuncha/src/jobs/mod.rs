//! 任务. Handlers of the product's work; commands call them directly.

pub mod evidence;
pub mod gather;
pub mod judge;
pub mod letters;
pub mod lists;
pub mod notice;
pub mod outbox;
pub mod outside;
pub mod package;
pub mod people;
pub mod pictures;
pub mod recheck;
pub mod rectify;
pub mod registry;
pub mod worker;
