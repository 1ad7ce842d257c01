//! What could not be determined in a round: never held against a target.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::registry::TargetId;
use xuncha_core::verdict::{Doubt, Verdict};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels;
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::public::check_title;
use crate::shell::{Shell, Viewer};

/// A page number in the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    page: Option<u64>,
}

/// Places of one judgement that the list shows; the number of all stands beside them.
const PLACES_SHOWN: usize = 5;

struct Row {
    href: String,
    target: String,
    name: String,
    indicator: String,
    check: String,
    whole: Option<(String, String)>,
    places: Vec<(String, String)>,
    place_count: usize,
}

#[derive(Template)]
#[template(path = "open.html")]
struct OpenPage {
    shell: Shell,
    groups: Vec<GroupLine>,
    rows: Vec<Row>,
    pager: Pager,
}

/// Targets named of each group; the number of all stands beside them.
const TARGETS_NAMED: u64 = 5;

struct GroupLine {
    reason: &'static str,
    check: String,
    targets: u64,
    open_targets: u64,
    wholes: u64,
    places: u64,
    named: Vec<(String, String, bool)>,
}

/// What could not be determined, counted by reason and check, with the targets that it holds up first.
async fn groups(
    state: &WebState,
    lang: Lang,
    (round, set): (&str, &str),
    base: &str,
) -> Result<Vec<GroupLine>, WebError> {
    let mut lines = Vec::new();
    for group in state.store.doubt_groups(round, set).await? {
        let place = (group.reason, group.check.as_str());
        let named = state
            .store
            .doubt_targets(round, set, place, TARGETS_NAMED)
            .await?;
        let named = named.into_iter().map(|(target, name, is_open)| {
            let href = format!("{base}/targets/{}", encode(&target.0));
            (href, name, is_open)
        });
        lines.push(GroupLine {
            reason: labels::reason(lang, group.reason),
            named: named.collect(),
            check: check_title(lang, &group.check),
            targets: group.targets,
            open_targets: group.open_targets,
            wholes: group.wholes,
            places: group.places,
        });
    }
    Ok(lines)
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let set = &row.round.set;
    let found = state.store.undetermined(&id, &set.id, pager.page()).await?;
    let targets: Vec<TargetId> = found.rows.iter().map(|one| one.target.clone()).collect();
    let names = state.store.target_names(&id, &targets).await?;
    let base = format!("/rounds/{}", encode(&id));
    let title = viewer.lang.t("无法判定", "Undetermined");
    page(&OpenPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "open"),
        groups: groups(&state, viewer.lang, (&id, &set.id), &base).await?,
        rows: found
            .rows
            .iter()
            .map(|one| read_row(viewer.lang, &base, set, &names, one))
            .collect(),
        pager: pager.over(found.total, format!("{base}/open"), Vec::new()),
    })
}

/// A place that could not be determined: its address or name, where its key is one, and what happened there.
fn place_text(doubt: &Doubt) -> String {
    match is_word_of_ours(&doubt.key) {
        true => doubt.detail.clone(),
        false => format!("{} · {}", doubt.key, doubt.detail),
    }
}

/// Keys are addresses and names that people know, or words that only programs do.
fn is_word_of_ours(key: &str) -> bool {
    let is_sign = |sign: u8| sign.is_ascii_lowercase() || sign == b'_';
    key.bytes().all(is_sign)
}

fn read_row(
    lang: Lang,
    base: &str,
    set: &IndicatorSet,
    names: &BTreeMap<TargetId, String>,
    judgement: &Judgement,
) -> Row {
    let (whole, doubts): (_, &[Doubt]) = match &judgement.result {
        Judged::Unknown { undetermined } => {
            let reason = labels::reason(lang, undetermined.reason).to_owned();
            (
                Some((reason, undetermined.detail.clone())),
                &undetermined.places,
            )
        }
        Judged::Known {
            verdict: Verdict::Pass { undetermined } | Verdict::Fail { undetermined, .. },
        } => (None, undetermined),
        Judged::Known { .. } => (None, &[]),
    };
    let name = set
        .indicator(&judgement.indicator)
        .map_or("", |indicator| indicator.level2.as_str());
    let place = |doubt: &Doubt| {
        let reason = labels::reason(lang, doubt.reason);
        (reason.to_owned(), place_text(doubt))
    };
    Row {
        href: format!("{base}/targets/{}", encode(&judgement.target.0)),
        target: judgement.target.0.clone(),
        name: names.get(&judgement.target).cloned().unwrap_or_default(),
        indicator: format!("{} {name}", judgement.indicator),
        check: check_title(lang, &judgement.check),
        whole,
        places: doubts.iter().take(PLACES_SHOWN).map(place).collect(),
        place_count: doubts.len(),
    }
}
