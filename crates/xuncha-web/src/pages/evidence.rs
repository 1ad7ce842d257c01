//! An archived answer: its head, and the page replayed in a sandbox.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::ArchivedExchange;

use crate::WebState;
use crate::error::{WebError, page};
use crate::headers::SANDBOX;
use crate::pager::encode;
use crate::shell::{Shell, Viewer};

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    shell: Shell,
    exchange: ArchivedExchange,
    target_name: String,
    target_href: String,
    record: String,
    replay_href: String,
    is_shown: bool,
}

async fn read(
    state: &WebState,
    round: &str,
    target: &TargetId,
    record: &str,
) -> Result<ArchivedExchange, WebError> {
    let folder = state.evidence.clone();
    let (round, target, record) = (round.to_owned(), target.clone(), record.to_owned());
    // Reading and unpacking a record can take a while for large answers, so it does not hold up the other pages.
    let read =
        tokio::task::spawn_blocking(move || folder.read_record(&round, &target, &record)).await;
    match read {
        Ok(exchange) => Ok(exchange?),
        Err(error) => {
            tracing::error!(%error, "reading evidence stopped");
            Err(WebError::missing("证据读取中断，请重试"))
        }
    }
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, target, record)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let title = state.store.round(&round).await?.round.title;
    let subject = state.store.subject(&round, &target).await?;
    let exchange = read(&state, &round, &target, &record).await?;
    let base = format!("/rounds/{}", encode(&round));
    let target_href = format!("{base}/targets/{}", encode(&target.0));
    let target_name = subject.target.name().to_owned();
    let shell = Shell::new(&viewer, "rounds", viewer.lang.t("证据", "Evidence"))
        .in_round(&round, &title, "targets")
        .crumb(
            viewer.lang.t("检查对象", "Targets"),
            format!("{base}/targets"),
        )
        .crumb(target_name.clone(), target_href.clone());
    page(&EvidencePage {
        shell,
        is_shown: exchange.status.is_some() && shown_type(&exchange).is_some(),
        exchange,
        target_name,
        target_href,
        replay_href: format!(
            "{base}/evidence/{}/{}/replay",
            encode(&target.0),
            encode(&record)
        ),
        record,
    })
}

/// The body as it was archived, in a sandbox: no scripts, no network, an origin of its own.
pub(crate) async fn replay(
    State(state): State<WebState>,
    Path((round, target, record)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let exchange = read(&state, &round, &TargetId(target), &record).await?;
    let shown = shown_type(&exchange);
    let content_type = shown
        .clone()
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let mut response = exchange.body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    let content_type = HeaderValue::from_str(&content_type);
    headers.insert(
        CONTENT_TYPE,
        content_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    if shown.is_none() {
        headers.insert(
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"evidence.bin\""),
        );
    }
    Ok(response)
}

/// How an answer may be shown in the sandbox; `None` where it is only offered as a file.
fn shown_type(exchange: &ArchivedExchange) -> Option<String> {
    let stated = exchange
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let stated = stated.map_or("", |(_, value)| value.as_str());
    let media = stated
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let charset = stated
        .split(';')
        .skip(1)
        .find_map(|part| part.trim().strip_prefix("charset="));
    let charset: String = charset
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let shown = match media.as_str() {
        "text/html" | "" => "text/html",
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" => return Some(media),
        // Feeds, styles and scripts are shown as text: what counts is what stands in them.
        _ if media.starts_with("text/")
            || media.contains("xml")
            || media.contains("json")
            || media.contains("javascript") =>
        {
            "text/plain"
        }
        _ => return None,
    };
    if charset.is_empty() {
        Some(shown.to_owned())
    } else {
        Some(format!("{shown}; charset={charset}"))
    }
}
