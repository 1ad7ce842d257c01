//! Addresses of the registry and of what units file about it, each with its action; [`crate::router`] has all others.

use xuncha_core::permission::Action::{FileRequest, ManageRegistry, ReadRegistry, ReviewRequest};

use crate::pages;
use crate::routes::{Object, Pages};

/// Registers them all.
pub(crate) fn register(pages: Pages) -> Pages {
    office_pages(request_pages(registry_pages(pages)))
}

fn registry_pages(pages: Pages) -> Pages {
    use pages::{registry, registry_entry, registry_regions};
    pages
        .get("/registry", ReadRegistry, Object::None, registry::list)
        .get(
            "/registry/targets/{target}",
            ReadRegistry,
            Object::Registered,
            registry_entry::show,
        )
        .get(
            "/registry/regions",
            ReadRegistry,
            Object::None,
            registry_regions::show,
        )
}

fn office_pages(pages: Pages) -> Pages {
    use pages::{
        registry_doubtful, registry_expected, registry_export, registry_import, registry_outside,
    };
    pages
        .get(
            "/registry/expected",
            ManageRegistry,
            Object::None,
            registry_expected::list,
        )
        .post(
            "/registry/expected",
            ManageRegistry,
            Object::None,
            registry_expected::decide,
        )
        .get(
            "/registry/doubtful",
            ManageRegistry,
            Object::None,
            registry_doubtful::list,
        )
        .post(
            "/registry/doubtful",
            ManageRegistry,
            Object::None,
            registry_doubtful::decide,
        )
        .get(
            "/registry/export",
            ManageRegistry,
            Object::None,
            registry_export::export,
        )
        .get(
            "/registry/template",
            ManageRegistry,
            Object::None,
            registry_export::template,
        )
        .get(
            "/registry/import",
            ManageRegistry,
            Object::None,
            registry_import::form,
        )
        .post(
            "/registry/import",
            ManageRegistry,
            Object::None,
            registry_import::upload,
        )
        .get(
            "/registry/import/{import}",
            ManageRegistry,
            Object::None,
            registry_import::preview,
        )
        .post(
            "/registry/import/{import}",
            ManageRegistry,
            Object::None,
            registry_import::confirm,
        )
        .get(
            "/registry/outside",
            ManageRegistry,
            Object::None,
            registry_outside::list,
        )
        .post(
            "/registry/outside",
            ManageRegistry,
            Object::None,
            registry_outside::decide,
        )
        .post(
            "/registry/outside/find",
            ManageRegistry,
            Object::None,
            registry_outside::find,
        )
        .post(
            "/registry/outside/look",
            ManageRegistry,
            Object::None,
            registry_outside::look,
        )
}

fn request_pages(pages: Pages) -> Pages {
    use pages::{request, request_new, requests};
    pages
        .get("/requests", ReadRegistry, Object::None, requests::list)
        .get(
            "/requests/new",
            FileRequest,
            Object::None,
            request_new::form,
        )
        .post("/requests", FileRequest, Object::None, request_new::file)
        .get(
            "/requests/{request}",
            ReadRegistry,
            Object::Request,
            request::show,
        )
        .post(
            "/requests/{request}/review",
            ReviewRequest,
            Object::Request,
            request::review,
        )
        .post(
            "/requests/{request}/complete",
            ReviewRequest,
            Object::Request,
            request::complete,
        )
        .post(
            "/requests/{request}/withdraw",
            FileRequest,
            Object::Request,
            request::withdraw,
        )
        .post(
            "/requests/{request}/posted",
            FileRequest,
            Object::Request,
            request::posted,
        )
}
