//! 抽样: who was drawn by stratum, the seed, and the files with which anyone can draw again.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use xuncha_core::permission::Action;
use xuncha_core::registry::Region;
use xuncha_core::round::Sample;
use xuncha_core::round::draft::{StratumCount, strata};
use xuncha_core::sample::published::publish as published_files;
use xuncha_core::sample::verify;
use xuncha_store::StoreError;
use xuncha_store::round::{RoundRow, RoundState};
use xuncha_store::round_plan::DrawPublication;
use xuncha_store::{AuditAction, AuditEntry};

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels;
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::attachments::as_attachment;
use crate::pages::findings::moment;
use crate::pages::notice::size_of;
use crate::shell::{Shell, Viewer};

/// What each of the files is, as the page says it.
const MEANINGS: [(&str, &str, &str); 6] = [
    (
        "round.json",
        "种子、方法、时间点、指标体系",
        "Seed, method, monitoring point, set",
    ),
    (
        "frame.csv",
        "抽样框：可以抽到的全部对象",
        "The frame: all that could be drawn",
    ),
    ("quotas.csv", "各层名额", "Quota of each stratum"),
    (
        "forced.csv",
        "必查对象（上轮不合格）",
        "Targets that had to be taken",
    ),
    ("drawn.csv", "抽中对象", "What was drawn"),
    ("SHA256SUMS", "以上文件的哈希", "Hashes of the files"),
];

/// Strata under names that people read.
pub(crate) fn named(
    lang: Lang,
    regions: &BTreeMap<String, Region>,
    strata: Vec<StratumCount>,
) -> Vec<StratumCount> {
    let name = |one: StratumCount| StratumCount {
        name: labels::stratum(lang, &one.name, regions),
        ..one
    };
    strata.into_iter().map(name).collect()
}

struct FileLine {
    name: String,
    meaning: String,
    size: String,
    href: String,
}

#[derive(Template)]
#[template(path = "round_sample.html")]
struct SamplePage {
    shell: Shell,
    row: RoundRow,
    strata: Vec<StratumCount>,
    drawn: usize,
    frame: usize,
    faults: Vec<String>,
    files: Vec<FileLine>,
    publication: Option<(String, String, String)>,
    is_same: bool,
    may_manage: bool,
    action: String,
    /// Whether the round may still go away as if it had never been.
    is_removable: bool,
    remove_action: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let sample = state.store.sample(&id).await?.unwrap_or_default();
    let base = format!("/rounds/{}/sample", encode(&id));
    let files = match sample.drawn.is_empty() {
        true => BTreeMap::new(),
        false => files(&state, &row, &sample).await?,
    };
    let publication = state.store.draw_publication(&id).await?;
    let sums = sums_of(&files);
    let title = viewer.lang.t("抽样", "Draw");
    page(&SamplePage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "sample"),
        strata: named(viewer.lang, &state.store.regions().await?, strata(&sample)),
        drawn: sample.drawn.len(),
        frame: sample.frame.values().map(Vec::len).sum(),
        faults: match verify(&sample) {
            Ok(()) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|one| one.to_string()).collect(),
        },
        files: files
            .iter()
            .map(|(name, text)| file_line(&viewer, &base, name, text))
            .collect(),
        is_same: publication.as_ref().is_none_or(|one| one.sha256 == sums),
        is_removable: viewer.may(Action::ManageRound)
            && row.state == RoundState::New
            && publication.is_none(),
        remove_action: format!("/rounds/{}/remove", encode(&id)),
        may_manage: viewer.may(Action::ManageRound),
        publication: publication.map(|one| (moment(&one.at), one.by, one.sha256)),
        action: base,
        row,
    })
}

fn file_line(viewer: &Viewer, base: &str, name: &str, text: &str) -> FileLine {
    let meaning = MEANINGS.iter().find(|(known, ..)| *known == name);
    FileLine {
        meaning: meaning
            .map_or("", |(_, zh, en)| viewer.lang.t(zh, en))
            .to_owned(),
        size: size_of(text.len() as u64),
        href: format!("{base}/{}", encode(name)),
        name: name.to_owned(),
    }
}

async fn files(
    state: &WebState,
    row: &RoundRow,
    sample: &Sample,
) -> Result<BTreeMap<String, String>, WebError> {
    let names = state.store.sample_names(&row.round.id).await?;
    published_files(&row.round, sample, &names)
        .map_err(|error| WebError::failed(format!("抽样文件没有生成：{error}")))
}

/// What people note: the hash of the list of hashes.
fn sums_of(files: &BTreeMap<String, String>) -> String {
    let sums = files.get("SHA256SUMS").map(String::as_str);
    hex::encode(Sha256::digest(sums.unwrap_or_default()))
}

/// Writes down that the draw was published, with the hash that whoever checks it can note.
pub(crate) async fn publish(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let sample = drawn(&state, &id).await?;
    let made = DrawPublication {
        at: state.now(),
        by: viewer.person.clone(),
        sha256: sums_of(&files(&state, &row, &sample).await?),
    };
    state
        .acting(&viewer)
        .put_draw_publication(&id, &made)
        .await?;
    Ok(Redirect::to(&format!("/rounds/{}/sample", encode(&id))).into_response())
}

async fn drawn(state: &WebState, id: &str) -> Result<Sample, WebError> {
    let sample = state.store.sample(id).await?;
    sample.ok_or_else(|| WebError::missing(format!("轮次 {id} 没有抽样")))
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let sample = drawn(&state, &id).await?;
    let mut files = files(&state, &row, &sample).await?;
    let text = files
        .remove(&file)
        .ok_or_else(|| WebError::missing(format!("抽样没有文件“{file}”")))?;
    let entry = AuditEntry::new(AuditAction::Exported, format!("round/{id}/sample"));
    state
        .acting(&viewer)
        .audit(entry.change("", file.as_str()))
        .await?;
    Ok(as_attachment(text.into_bytes(), &file))
}

/// What the form of removal sends.
#[derive(Deserialize)]
pub(crate) struct Removal {
    #[serde(default)]
    sure: String,
}

/// Removes a round that was made by mistake.
pub(crate) async fn remove(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Removal>,
) -> Result<Response, WebError> {
    if typed.sure != "1" {
        return Err(StoreError::Refused("没有删除：请先勾选“确认删除”").into());
    }
    state.acting(&viewer).remove_round(&id).await?;
    Ok(Redirect::to("/rounds").into_response())
}
