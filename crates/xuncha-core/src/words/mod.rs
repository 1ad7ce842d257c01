//! 文字: wrong, missing and doubled characters in Chinese text.
//!
//! [`Checker::check`] reads a text in three looks, each far rarer and dearer than the one before: a bit for each pair of neighbours
//! (`scan`), words with slips allowed around what is suspicious ([`mend`] over [`lattice`]), and the whole sentence where something was
//! found. How sure it is of a sentence: [`confidence`]. The model's bytes are an argument ([`model`]); nothing here reads a file.
//! `docs/words.md` has the figures and what is known to go wrong.

pub mod candidates;
mod check;
pub mod confidence;
mod guard;
mod hit;
pub mod lattice;
pub mod mend;
pub mod model;
mod omission;
pub mod opinion;
mod pairs;
mod room;
mod scan;
mod seen;
pub mod slip;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
pub mod text;

pub use self::check::{Checker, Evidence, SHIPPED};
pub use self::hit::{Hit, NotWrong, OWN_WORD_SENTENCES, Reason, SiteWords};
pub use self::pairs::WrongWords;
pub use self::room::Room;
