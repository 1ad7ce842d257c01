//! The replay: archived pages with their images, styles and frames, all from the same target's archive. Nothing is ever fetched.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::Url;
use xuncha_core::facts;
use xuncha_core::registry::TargetId;
use xuncha_store::StoreError;
use xuncha_store::evidence::{ArchivedExchange, EvidenceFolder};

use super::evidence_css;
use super::evidence_html::{self, Archive, Wanted, push_escaped};
use super::evidence_pass::Passes;
use crate::WebState;
use crate::asked::Query;
use crate::pager::encode;

/// Redirects followed inside the archive.
const MAX_HOPS: usize = 6;

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    /// Address that is wanted.
    #[serde(default)]
    u: String,
    /// Text to mark.
    #[serde(default)]
    q: String,
    /// Address whose links are to be marked.
    #[serde(default)]
    l: String,
}

/// Where a replay takes place: pass, round, target, and the record that gives the time.
#[derive(Clone)]
struct Stage {
    pass: String,
    round: String,
    target: TargetId,
    record: String,
}

impl Stage {
    /// What all addresses of the replay of this target begin with.
    fn folder(&self) -> String {
        folder(&self.pass, &self.round, &self.target)
    }

    fn prefix(&self) -> String {
        format!("{}/{}", self.folder(), encode(&self.record))
    }
}

fn folder(pass: &str, round: &str, target: &TargetId) -> String {
    format!("/replay/{pass}/{}/{}", encode(round), encode(&target.0))
}

/// The address of a record's replay, with a fresh pass.
pub(crate) fn href(
    passes: &Passes,
    now_s: i64,
    round: &str,
    target: &TargetId,
    record: &str,
    wanted: &Wanted,
) -> String {
    let pass = passes.issue(round, &target.0, now_s);
    let query = crate::pager::query(&[("q", &wanted.quote), ("l", &wanted.link)]);
    format!(
        "{}/{}/record{query}",
        folder(&pass, round, target),
        encode(record)
    )
}

/// What came of asking the archive.
enum Found {
    Exchange(Box<ArchivedExchange>),
    /// Not archived, or taken out: the sentence to show.
    Missing(String),
}

/// Answers every address of the replay.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(passes): Extension<Passes>,
    Path((pass, round, target, record, kind)): Path<(String, String, String, String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if !passes.holds(&pass, &round, &target, (state.now_s)()) {
        return said(
            StatusCode::FORBIDDEN,
            "回放地址已过期",
            "请从证据页面重新打开存档页面。",
            "'none'",
        );
    }
    let stage = Stage {
        pass,
        round,
        target: TargetId(target),
        record,
    };
    let sources = sources(&headers, &stage);
    let address = asked.u.clone();
    let wants_record = kind == "record";
    let (folder, work) = (state.evidence.clone(), stage.clone());
    let found = tokio::task::spawn_blocking(move || {
        let asked_url = (!wants_record).then_some(asked.u.as_str());
        let found = look_up(&folder, &work, asked_url)?;
        Ok::<_, StoreError>(match found {
            Found::Exchange(exchange) => Ok(answer(&work, &kind, *exchange, &asked)),
            Found::Missing(why) => Err(why),
        })
    })
    .await;
    let body = match found {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(why))) => return missing(&headers, &address, &why, &sources),
        Ok(Err(error)) => {
            let text = error.to_string();
            return said(StatusCode::NOT_FOUND, "存档无法显示", &text, &sources);
        }
        Err(error) => {
            tracing::error!(%error, "a replay stopped");
            let text = "回放中断，请重试。";
            return said(StatusCode::INTERNAL_SERVER_ERROR, "出错了", text, &sources);
        }
    };
    guarded(StatusCode::OK, &body.content_type, body.bytes, &sources)
}

/// The record itself, or what is archived of an address about its time, redirects followed.
fn look_up(folder: &EvidenceFolder, stage: &Stage, url: Option<&str>) -> Result<Found, StoreError> {
    let read = |record: &str| folder.read_record(&stage.round, &stage.target, record);
    let Some(url) = url else {
        return found(read(&stage.record));
    };
    let near = match read(&stage.record) {
        Ok(exchange) => exchange.at_utc,
        Err(StoreError::Pruned { capture }) => capture.at_utc,
        Err(error) => return Err(error),
    };
    let mut url = url.to_owned();
    for _ in 0..MAX_HOPS {
        let Some(record) = folder.find(&stage.round, &stage.target, &url, &near)? else {
            return Ok(Found::Missing("这个地址没有存档".to_owned()));
        };
        let exchange = match found(read(&record))? {
            Found::Exchange(exchange) => exchange,
            missing => return Ok(missing),
        };
        let next = exchange
            .status
            .filter(|status| (300..400).contains(status))
            .and_then(|_| Url::parse(&exchange.url).ok())
            .and_then(|base| base.join(exchange.header("location")).ok())
            .filter(|next| !exchange.header("location").is_empty() && next.as_str() != url);
        match next {
            Some(mut next) => {
                next.set_fragment(None);
                url = next.to_string();
            }
            None => return Ok(Found::Exchange(exchange)),
        }
    }
    Ok(Found::Missing("存档中的跳转没有终点".to_owned()))
}

fn found(read: Result<ArchivedExchange, StoreError>) -> Result<Found, StoreError> {
    match read {
        Ok(exchange) => Ok(Found::Exchange(Box::new(exchange))),
        Err(StoreError::Pruned { .. }) => Ok(Found::Missing(
            "证据正文已按留存策略清理，摘要与哈希仍在".to_owned(),
        )),
        Err(error) => Err(error),
    }
}

/// A body as the replay sends it.
struct Body {
    content_type: String,
    bytes: Vec<u8>,
}

impl Body {
    fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Body {
        Body {
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        }
    }
}

fn answer(stage: &Stage, kind: &str, exchange: ArchivedExchange, asked: &Asked) -> Body {
    let prefix = stage.prefix();
    if kind == "style" {
        return style(&exchange, &prefix);
    }
    match Media::of(&exchange) {
        Media::Picture(media) => Body::new(&media, exchange.body),
        Media::Page if kind != "asset" => {
            let wanted = Wanted {
                quote: asked.q.clone(),
                link: asked.l.clone(),
            };
            let html = text_of(&exchange);
            let replayed = evidence_html::rewrite(&html, &exchange.url, &prefix, &wanted);
            Body::new("text/html; charset=utf-8", replayed.html)
        }
        // Feeds, scripts and the like are shown as text: what counts is what stands in them.
        Media::Text | Media::Page => Body::new("text/plain; charset=utf-8", text_of(&exchange)),
        Media::Other => Body::new("application/octet-stream", exchange.body),
    }
}

fn style(exchange: &ArchivedExchange, prefix: &str) -> Body {
    let base = Url::parse(&exchange.url);
    let css = match &base {
        Ok(base) => evidence_css::rewrite(&text_of(exchange), &Archive::new(base, prefix)),
        Err(_) => String::new(),
    };
    Body::new("text/css; charset=utf-8", css)
}

/// How many places of a page would be marked.
pub(crate) fn marked(exchange: &ArchivedExchange, wanted: &Wanted) -> usize {
    if !matches!(Media::of(exchange), Media::Page) {
        return 0;
    }
    evidence_html::rewrite(&text_of(exchange), &exchange.url, "/replay", wanted).marked
}

/// The body as text, read in the encoding that its bytes, its header or its own markup name, numbers of persons masked.
fn text_of(exchange: &ArchivedExchange) -> String {
    let encoding = facts::detect(&exchange.body, exchange.header("content-type"));
    facts::safety::masked_text(facts::decode(&exchange.body, encoding).into_owned())
}

/// 内容种类. How an answer can be shown.
pub(crate) enum Media {
    /// HTML.
    Page,
    /// An image or font, with its media type.
    Picture(String),
    /// Any text.
    Text,
    /// Offered as a file only.
    Other,
}

impl Media {
    /// By the first bytes, then by the header.
    pub(crate) fn of(exchange: &ArchivedExchange) -> Media {
        let stated = exchange.header("content-type");
        let media = stated.split(';').next().unwrap_or_default();
        let media = media.trim().to_ascii_lowercase();
        let body = &exchange.body;
        let by_bytes: [(&[u8], &str); 8] = [
            (b"\x89PNG", "image/png"),
            (b"\xff\xd8\xff", "image/jpeg"),
            (b"GIF8", "image/gif"),
            (b"BM", "image/bmp"),
            (b"\0\0\x01\0", "image/x-icon"),
            (b"wOFF", "font/woff"),
            (b"wOF2", "font/woff2"),
            (b"OTTO", "font/otf"),
        ];
        if let Some((_, media)) = by_bytes.iter().find(|(first, _)| body.starts_with(first)) {
            return Media::Picture((*media).to_owned());
        }
        if body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP") {
            return Media::Picture("image/webp".to_owned());
        }
        match media.as_str() {
            "image/svg+xml" | "image/webp" | "image/avif" | "font/ttf" | "font/woff"
            | "font/woff2" | "font/otf" => Media::Picture(media),
            "text/html" | "application/xhtml+xml" => Media::Page,
            "" | "text/plain" | "application/octet-stream" if looks_like_html(body) => Media::Page,
            _ if media.starts_with("text/")
                || media.contains("xml")
                || media.contains("json")
                || media.contains("javascript") =>
            {
                Media::Text
            }
            "" if body.is_empty() => Media::Page,
            _ => Media::Other,
        }
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let head = body[..body.len().min(1024)].to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| head.windows(tag.len()).any(|window| window == *tag))
}

/// Where the replay of this target stands, as the policy writes it.
fn sources(headers: &HeaderMap, stage: &Stage) -> String {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        });
    match host {
        Some(host) => format!("{host}{}/", stage.folder()),
        None => "'none'".to_owned(),
    }
}

/// An answer in its sandbox: an origin of its own, no scripts, and nothing but the archive of this target.
fn guarded(status: StatusCode, content_type: &str, body: Vec<u8>, sources: &str) -> Response {
    let policy = format!(
        "sandbox; default-src 'none'; img-src {sources} data:; style-src {sources} 'unsafe-inline'; font-src {sources} data:; \
         frame-src {sources}; form-action 'none'; base-uri 'none'; frame-ancestors *"
    );
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let set = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (CONTENT_TYPE, content_type),
        (REFERRER_POLICY, "no-referrer"),
        // The sandbox is the frame's parent too, and its origin equals none: the pass guards instead.
        (X_FRAME_OPTIONS, "ALLOWALL"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    for (name, value) in set {
        let fallback = HeaderValue::from_static("application/octet-stream");
        headers.insert(name, HeaderValue::from_str(value).unwrap_or(fallback));
    }
    response
}

/// What is shown where nothing is archived: a picture in place of a picture, a sentence otherwise.
fn missing(headers: &HeaderMap, url: &str, why: &str, sources: &str) -> Response {
    const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" preserveAspectRatio=\"none\"><title>没有存档</title><rect x=\".5\" y=\".5\" width=\"19\" height=\"19\" fill=\"#eef1f3\" stroke=\"#aab6be\" stroke-dasharray=\"3 2\"/></svg>";
    let wanted = headers
        .get("sec-fetch-dest")
        .and_then(|dest| dest.to_str().ok());
    match wanted {
        Some("image") => guarded(
            StatusCode::NOT_FOUND,
            "image/svg+xml",
            PICTURE.into(),
            sources,
        ),
        Some("style" | "font") => guarded(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            why.into(),
            sources,
        ),
        _ => said(StatusCode::NOT_FOUND, why, url, sources),
    }
}

/// A short page of ours inside the replay.
fn said(status: StatusCode, title: &str, text: &str, sources: &str) -> Response {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>存档回放</title></head>\
         <body style=\"font:16px/1.7 sans-serif;color:#1b2630;margin:12vh auto;max-width:36em;padding:0 1.5em\"><h1 style=\"font-size:1.2rem\">",
    );
    push_escaped(&mut html, title, false);
    html.push_str("</h1><p style=\"overflow-wrap:anywhere;color:#4a5a68\">");
    push_escaped(&mut html, text, false);
    html.push_str(
        "</p><p style=\"color:#6a7884;font-size:.9em\">回放只读取本机存档，不会访问原网站。</p></body></html>",
    );
    guarded(status, "text/html; charset=utf-8", html.into(), sources)
}
