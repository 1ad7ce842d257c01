//! 任务. Handlers of the product's work; commands call them directly.

pub mod evidence;
pub mod gather;
pub mod judge;
pub mod notice;
pub mod pictures;
pub mod worker;
