//! The addresses of what is public, of what sets it, and of the leader's page.

use xuncha_core::permission::Action;

use crate::pages::{brief, public, public_data, public_targets, publicity, publish};
use crate::routes::{Object, Pages};

/// Registers them.
pub(crate) fn register(pages: Pages) -> Pages {
    use Action::{ManagePublicity, ManageRound, ReadPublished, ReadRound};
    // What is published is of nobody: whether a round is, each page asks the store.
    let none = Object::None;
    pages
        .get("/public", ReadPublished, none, public::list)
        .get("/public/rounds/{round}", ReadPublished, none, public::show)
        .get(
            "/public/rounds/{round}/targets",
            ReadPublished,
            none,
            public_targets::list,
        )
        .get(
            "/public/rounds/{round}/targets/{target}",
            ReadPublished,
            none,
            public_targets::show,
        )
        .get(
            "/public/rounds/{round}/findings",
            ReadPublished,
            none,
            public_targets::findings,
        )
        .get(
            "/public/rounds/{round}/files/{name}",
            ReadPublished,
            none,
            public::download,
        )
        .get(
            "/public/rounds/{round}/files/{name}/view",
            ReadPublished,
            none,
            public::view,
        )
        .get(
            "/public/rounds/{round}/data",
            ReadPublished,
            none,
            public_data::show,
        )
        .get(
            "/public/rounds/{round}/data/{table}",
            ReadPublished,
            none,
            public_data::download,
        )
        .get("/publicity", ManagePublicity, none, publicity::show)
        .post("/publicity", ManagePublicity, none, publicity::set)
        .post(
            "/rounds/{round}/notice/public",
            ManageRound,
            Object::Round,
            publish::again,
        )
        .get(
            "/rounds/{round}/brief",
            ReadRound,
            Object::Round,
            brief::show,
        )
}
