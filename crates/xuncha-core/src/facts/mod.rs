//! 派生事实: what is known of a target, read from evidence by pure functions.
//!
//! Two steps: [`model::PageFacts`] are read from one answer while the crawler streams (`read`), and [`model::Facts`] of a whole
//! target are put together from its records (`assemble`). Checks see only [`model::Facts`].

pub mod model;
