//! 接口说明: the OpenAPI document, made from the types and handlers of this module.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{decisions, findings, published, registry, rounds, targets};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "xuncha 巡查",
        description = "Rounds, targets, findings and the registry for programs. A token is made on the page of one's own account and does what its person may do, within its scopes. What is published needs no token."
    ),
    paths(
        rounds::list,
        rounds::show,
        rounds::figures,
        rounds::documents,
        targets::list,
        targets::show,
        findings::list,
        findings::show,
        registry::list,
        decisions::take,
        published::list,
        published::targets,
        published::findings
    ),
    security(("token" = [])),
    modifiers(&Token)
)]
struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of one's own account"))
            .build();
        let parts = document.components.get_or_insert_with(Default::default);
        parts.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The document itself.
pub(super) async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
