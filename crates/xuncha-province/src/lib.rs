//! 云岭省: a simulated province on loopback, with planted and known defects.
//!
//! It serves government websites by virtual host, account platforms and an app store, writes the registry spreadsheets
//! and the truth, and scores a run with code of its own. The contract with the product is `docs/province.md`.
//!
//! It never depends on another crate of this project, never shares a pattern or word list with the product, and never
//! moves its clock unless told. Start reading at [`model`], then `plan` (what is drawn) and `serve` (what is answered).

pub mod accounts;
pub mod cli;
pub mod content;
pub mod model;
pub mod outside;
pub mod plan;
pub mod render;
pub mod response;
pub mod rng;
pub mod scorer;
pub mod serve;
pub mod sheets;
pub mod text;
pub mod truth;

pub use cli::{main_score, main_serve};
