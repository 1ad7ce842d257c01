//! What this is, and the style sheet.

use askama::Template;
use axum::Extension;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::error::{WebError, page};
use crate::shell::{STYLE, Shell, Viewer};

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    shell: Shell,
    version: &'static str,
}

pub(crate) async fn show(Extension(viewer): Extension<Viewer>) -> Result<Response, WebError> {
    let title = viewer.lang.t("关于", "About");
    let shell = Shell::new(&viewer, "about", title);
    page(&AboutPage {
        shell,
        version: env!("CARGO_PKG_VERSION"),
    })
}

pub(crate) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, STYLE).into_response()
}
