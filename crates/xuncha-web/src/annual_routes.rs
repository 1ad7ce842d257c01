//! Addresses of the annual forms, each with its action; [`crate::router`] has all others.

use xuncha_core::permission::Action::{FileRequest, ManageRegistry};

use crate::pages::{annual, annual_file};
use crate::routes::{Object, Pages};

/// Registers them all.
pub(crate) fn register(pages: Pages) -> Pages {
    pages
        .get("/annual", FileRequest, Object::None, annual::list)
        .get(
            "/annual/work/{target}",
            FileRequest,
            Object::Registered,
            annual::site,
        )
        .post(
            "/annual/work/{target}",
            FileRequest,
            Object::Registered,
            annual::save_site,
        )
        .get(
            "/annual/work/{target}/{form}",
            FileRequest,
            Object::Registered,
            annual_file::site,
        )
        .get(
            "/annual/supervision",
            ManageRegistry,
            Object::None,
            annual::supervision,
        )
        .post(
            "/annual/supervision",
            ManageRegistry,
            Object::None,
            annual::save_supervision,
        )
        .get(
            "/annual/assessment",
            ManageRegistry,
            Object::None,
            annual::assessment,
        )
        .post(
            "/annual/assessment",
            ManageRegistry,
            Object::None,
            annual::save_assessment,
        )
        .get(
            "/annual/office/{paper}",
            ManageRegistry,
            Object::None,
            annual_file::office,
        )
}
