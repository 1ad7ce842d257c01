//! 云岭省: a simulated province on loopback, with planted and known defects.
//!
//! It serves government websites by virtual host, account platforms and an app store, writes the registry spreadsheets
//! and the truth, and scores a run with code of its own. The contract with the product is `docs/province.md`.
//!
//! It never depends on another crate of this project, never shares a pattern or word list with the product, and never
//! moves its clock unless told. Start reading at [`model`], then `plan` (what is drawn) and `serve` (what is answered).
//!
//! # The rooms
//! [`plan`] draws regions, units, sites and what is planted where → [`content`] draws what each site holds → [`render`]
//! turns it into answers, and [`truth`] reads the same values → [`serve`] puts both on sockets. [`accounts`], [`sheets`]
//! and [`scorer`] stand beside this line.
//!
//! # To add a defect
//! 1. A field in [`planted::Defects`], one word for the planted form and one for the near miss.
//! 2. Its rates in `plan::defects`: a line in `realistic`, a call of `each` in `dense`, and in `reconcile` what it cannot
//!    stand together with. Each draw has a stream of its own, so nothing else moves.
//! 3. What shows it: a value in `content` (never in `render` alone, or the truth could not see it), its page in `render`.
//! 4. Its key in [`truth`], reckoned from the content, and its rule in `docs/province.md`.
//! 5. `tests/crawl.rs` then asks for 20 planted and 20 near misses on four families.
//!
//! # To add a family
//! A variant of [`model::Family`] (and of `Family::ALL`), its addresses in [`content::addresses`], its skeleton in
//! `content::skin`, its head, encoding and pagination in [`render`]. Class names, colours, wording and forms of dates come
//! from the skin, which is drawn per site. The crawl test then walks it: every page reachable, every link alive.
//!
//! # To add a mutation
//! A value in [`content::look`], drawn from a stream of its own and taken back where the strength is too small; what it does
//! in [`render`] (wording by `Skin::say`, the spelling of markup in `render::markup`, lists in `render::items`, what says
//! nothing in `render::decoys`). `tests/look.rs` holds that no truth moves.

pub mod accounts;
pub mod cli;
pub mod content;
pub mod model;
pub mod outside;
pub mod plan;
pub mod planted;
pub mod render;
pub mod response;
pub mod rng;
pub mod scorer;
pub mod serve;
pub mod sheets;
pub mod text;
pub mod truth;

pub use cli::{main_score, main_serve};
