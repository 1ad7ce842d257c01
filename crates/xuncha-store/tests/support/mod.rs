//! What the tests share: a temporary PostgreSQL, and small made-up values.
#![allow(dead_code)]

pub mod annual;
pub mod people;
pub mod postgres;
pub mod publicity;
pub mod rectify;
pub mod registry;
pub mod rounds;
pub mod values;
