//! Putting a target's records together: records in the order they happened → facts of the whole target.

mod account;
mod activities;
mod annual_forms;
mod columns;
mod dated;
mod earlier;
mod everywhere;
mod front;
mod home;
mod landing;
mod links;
mod pairs;
mod policies;
mod records;
mod search;
mod services;
mod sign_ins;
mod signs;
mod site;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod visits;
mod weak;

pub use account::assemble_account;
pub use earlier::EarlierRound;
pub(crate) use links::state_alone;
pub use links::{is_bad_look, needs_second_look};
pub use site::assemble_site;
pub(crate) use site::home_address;
pub use visits::is_failed_visit;
