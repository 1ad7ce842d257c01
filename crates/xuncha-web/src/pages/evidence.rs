//! An archived answer: its head, its hash, and the page replayed in a sandbox beside them.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::{ArchivedExchange, PrunedCapture};
use xuncha_store::judge::findings_of;
use xuncha_store::{AuditAction, AuditEntry, StoreError};

use super::evidence_html::{MARK_ID, Wanted};
use super::evidence_pass::Passes;
use super::evidence_replay::{self, Media};
use super::pictures;
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::headers::SANDBOX;
use crate::pager::{encode, query};
use crate::shell::{Shell, Viewer};

/// What a finding says of the page: the quoted text, and the address whose links are at fault.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Pointed {
    #[serde(default)]
    quote: String,
    #[serde(default)]
    link: String,
    /// Hash that the finding states.
    #[serde(default)]
    sha256: String,
}

/// Looks at addresses outside the inspected sites stand in an archive that all targets of a round share.
const OUTSIDE: &str = "_outside";
/// Hash of nothing: what a finding states where there was no answer.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    shell: Shell,
    exchange: ArchivedExchange,
    target_name: String,
    target_href: String,
    record: String,
    at: String,
    quote: String,
    /// Whether the quoted place was found and marked; `None` where nothing was quoted.
    is_marked: Option<bool>,
    replay_href: String,
    frame_href: String,
    raw_href: String,
    is_shown: bool,
    /// Whether only its head may be seen.
    is_narrow: bool,
    picture_href: Option<String>,
}

#[derive(Template)]
#[template(path = "evidence_pruned.html")]
struct PrunedPage {
    shell: Shell,
    capture: PrunedCapture,
    target_name: String,
    target_href: String,
    record: String,
    at: String,
    pruned_at: String,
}

async fn read(
    state: &WebState,
    round: &str,
    target: &TargetId,
    record: &str,
) -> Result<ArchivedExchange, StoreError> {
    let folder = state.evidence.clone();
    let (round, target, record) = (round.to_owned(), target.clone(), record.to_owned());
    // Reading and unpacking a record can take a while for large answers, so it does not hold up the other pages.
    let read =
        tokio::task::spawn_blocking(move || folder.read_record(&round, &target, &record)).await;
    read.unwrap_or_else(|error| {
        tracing::error!(%error, "reading evidence stopped");
        Err(StoreError::Missing {
            noun: "证据记录",
            id: "（读取中断，请重试）".to_owned(),
        })
    })
}

/// The record with the hash that is stated, from the target's own archive or from the shared one; with whose archive it was.
async fn read_stated(
    state: &WebState,
    round: &str,
    target: &TargetId,
    record: &str,
    sha256: &str,
) -> (TargetId, Result<ArchivedExchange, StoreError>) {
    let own = read(state, round, target, record).await;
    if sha256.is_empty() || is_stated(&own, sha256) {
        return (target.clone(), own);
    }
    let outside = TargetId::from(OUTSIDE);
    let shared = read(state, round, &outside, record).await;
    if is_stated(&shared, sha256) {
        return (outside, shared);
    }
    let own = own.and(Err(StoreError::Missing {
        noun: "与问题所记哈希相符的证据",
        id: record.to_owned(),
    }));
    (target.clone(), own)
}

fn is_stated(read: &Result<ArchivedExchange, StoreError>, sha256: &str) -> bool {
    let found = match read {
        Ok(exchange) => exchange.sha256.as_str(),
        Err(StoreError::Pruned { capture }) => capture.sha256.as_str(),
        Err(_) => return false,
    };
    found == sha256 || (found.is_empty() && sha256 == EMPTY_SHA256)
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(passes): Extension<Passes>,
    Path((round, target, record)): Path<(String, String, String)>,
    Query(pointed): Query<Pointed>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let title = state.store.round(&round).await?.round.title;
    let subject = state.store.subject(&round, &target).await?;
    let base = format!("/rounds/{}", encode(&round));
    let target_href = format!("{base}/targets/{}", encode(&target.0));
    let target_name = subject.target.name().to_owned();
    let shell = Shell::new(&viewer, "rounds", viewer.lang.t("证据", "Evidence"))
        .about(&target_name)
        .in_round(&round, &title, "targets")
        .crumb(
            viewer.lang.t("检查对象", "Targets"),
            format!("{base}/targets"),
        )
        .name_crumb(target_name.clone(), target_href.clone());
    let (archive, exchange) = read_stated(&state, &round, &target, &record, &pointed.sha256).await;
    // The shared archive also holds what others' sites link to: of it a unit sees what its own findings refer to, and no more.
    let is_narrow = viewer.narrowed(Action::ReadTarget).is_some() && archive != target;
    if is_narrow && !is_evidence(&state, &round, &target, (&record, &pointed.sha256)).await? {
        return Err(StoreError::Missing {
            noun: "与问题所记哈希相符的证据",
            id: record,
        }
        .into());
    }
    let exchange = match exchange {
        Ok(exchange) => exchange,
        Err(StoreError::Pruned { capture }) => {
            let shown = page(&PrunedPage {
                shell,
                at: province_time(&capture.at_utc),
                pruned_at: super::findings::moment(&capture.pruned_at),
                capture: *capture,
                target_name,
                target_href,
                record,
            })?;
            return Ok((StatusCode::GONE, shown).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let wanted = Wanted {
        quote: pointed.quote,
        link: pointed.link,
    };
    let is_pointed = !wanted.quote.is_empty() || !wanted.link.is_empty();
    let (exchange, wanted, marked) = tokio::task::spawn_blocking(move || {
        let marked = if is_pointed {
            evidence_replay::marked(&exchange, &wanted)
        } else {
            0
        };
        (exchange, wanted, marked)
    })
    .await
    .map_err(|_| WebError::missing("证据读取中断，请重试"))?;
    let pictured = pictures::pictured(&state, &round, &archive).await?;
    let now_s = (state.now_s)();
    let replay_href = evidence_replay::href(&passes, now_s, &round, &archive, &record, &wanted);
    let frame_href = if marked > 0 {
        format!("{replay_href}#{MARK_ID}")
    } else {
        replay_href.clone()
    };
    page(&EvidencePage {
        shell,
        is_shown: !is_narrow
            && has_body(&exchange)
            && !matches!(Media::of(&exchange), Media::Other),
        is_narrow,
        picture_href: (pictured.contains_key(&record) && !is_narrow)
            .then(|| pictures::href(&round, &archive, &record)),
        at: province_time(&exchange.at_utc),
        is_marked: is_pointed.then_some(marked > 0),
        quote: wanted.quote,
        exchange,
        target_name,
        target_href,
        replay_href,
        frame_href,
        raw_href: format!(
            "{base}/evidence/{}/{}/raw",
            encode(&archive.0),
            encode(&record)
        ),
        record,
    })
}

/// Where a frame shows the archived page of a finding's evidence with the quoted place in sight; `None` where it cannot be shown as a page.
pub(crate) async fn frame(
    state: &WebState,
    passes: &Passes,
    (round, target): (&str, &TargetId),
    evidence: &xuncha_core::evidence::EvidenceRef,
    link: &str,
) -> Option<String> {
    if evidence.record.is_empty() {
        return None;
    }
    let (archive, exchange) =
        read_stated(state, round, target, &evidence.record, &evidence.sha256).await;
    let exchange = exchange.ok()?;
    if !has_body(&exchange) || matches!(Media::of(&exchange), Media::Other) {
        return None;
    }
    let wanted = Wanted {
        quote: evidence.quote.clone(),
        link: link.to_owned(),
    };
    let now_s = (state.now_s)();
    let record = &evidence.record;
    let href = evidence_replay::href(passes, now_s, round, &archive, record, &wanted);
    Some(format!("{href}#{MARK_ID}"))
}

/// Where a frame shows an archived page with the links to an address marked; `None` where it cannot be shown as a page.
pub(crate) async fn frame_of(
    state: &WebState,
    passes: &Passes,
    round: &str,
    archive: &TargetId,
    record: &str,
    link: &str,
) -> Option<String> {
    let exchange = read(state, round, archive, record).await.ok()?;
    if !has_body(&exchange) || matches!(Media::of(&exchange), Media::Other) {
        return None;
    }
    let wanted = Wanted {
        quote: String::new(),
        link: link.to_owned(),
    };
    let now_s = (state.now_s)();
    let href = evidence_replay::href(passes, now_s, round, archive, record, &wanted);
    match link.is_empty() {
        true => Some(href),
        false => Some(format!("{href}#{MARK_ID}")),
    }
}

/// The record that was captured of an address nearest to a time of the province's clock.
pub(crate) async fn find(
    state: &WebState,
    round: &str,
    target: &TargetId,
    url: &str,
    near: &str,
) -> Result<Option<(TargetId, String)>, WebError> {
    let folder = state.evidence.clone();
    let (one, other, url) = (round.to_owned(), target.clone(), url.to_owned());
    let near = archive_time(near);
    let found = tokio::task::spawn_blocking(move || folder.find(&one, &other, &url, &near)).await;
    let record = found.map_err(|_| WebError::missing("证据读取中断，请重试"))??;
    Ok(record.map(|record| (target.clone(), record)))
}

/// Whether a finding of the target refers to a record with a hash.
async fn is_evidence(
    state: &WebState,
    round: &str,
    target: &TargetId,
    (record, sha256): (&str, &str),
) -> Result<bool, WebError> {
    let judgements = state.store.judgements(round, Some(target)).await?;
    let mut evidence = judgements
        .iter()
        .flat_map(findings_of)
        .flat_map(|finding| finding.evidence());
    Ok(evidence.any(|one| one.record == record && one.sha256 == sha256))
}

/// The archived page that was captured of an address, for the places of a finding: goes to its record.
pub(crate) async fn at(
    State(state): State<WebState>,
    Path((round, target)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let (_, record) = find(&state, &round, &target, &asked.url, &asked.near)
        .await?
        .ok_or_else(|| WebError::missing(format!("没有存档：{}", asked.url)))?;
    let pointed = query(&[("quote", &asked.quote), ("link", &asked.link)]);
    let href = format!(
        "/rounds/{}/evidence/{}/{}{pointed}",
        encode(&round),
        encode(&target.0),
        encode(&record)
    );
    Ok(Redirect::to(&href).into_response())
}

/// Which capture is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    url: String,
    #[serde(default)]
    near: String,
    #[serde(default)]
    quote: String,
    #[serde(default)]
    link: String,
}

/// Goes to the replay, with a pass for it.
pub(crate) async fn replay(
    State(state): State<WebState>,
    Extension(passes): Extension<Passes>,
    Path((round, target, record)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    read(&state, &round, &target, &record).await?;
    let now_s = (state.now_s)();
    let nothing = Wanted::default();
    let href = evidence_replay::href(&passes, now_s, &round, &target, &record, &nothing);
    Ok(Redirect::to(&href).into_response())
}

/// The body byte for byte, as a file and never as a page.
pub(crate) async fn raw(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, target, record)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let exchange = read(&state, &round, &target, &record).await?;
    let object = format!("round/{round}/target/{target}/evidence/{record}");
    let entry = AuditEntry::new(AuditAction::Downloaded, object).change("", &exchange.sha256);
    state.acting(&viewer).audit(entry).await?;
    let mut response = exchange.body.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment; filename=\"evidence.bin\""),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// An answer has one, and so has a page that we kept after its scripts had run.
fn has_body(exchange: &ArchivedExchange) -> bool {
    exchange.status.is_some() || !exchange.body.is_empty()
}

/// A time of the archive (UTC) as the province's clock shows it.
fn province_time(at_utc: &str) -> String {
    let Ok(at) = at_utc.parse::<jiff::Timestamp>() else {
        return at_utc.to_owned();
    };
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    super::findings::moment(&at.to_zoned(zone).datetime())
}

/// A time of the province's clock as the archive writes it; as it came where it is none.
fn archive_time(civil: &str) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let at = civil
        .parse::<jiff::civil::DateTime>()
        .and_then(|at| at.to_zoned(zone));
    at.map_or_else(|_| civil.to_owned(), |at| at.timestamp().to_string())
}
