//! What could not be determined in a round: never held against a target.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::registry::TargetId;
use xuncha_core::verdict::{Doubt, Verdict};

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels;
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
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
    rows: Vec<Row>,
    pager: Pager,
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
        rows: found
            .rows
            .iter()
            .map(|one| read_row(viewer.lang, &base, set, &names, one))
            .collect(),
        pager: pager.over(found.total, format!("{base}/open"), Vec::new()),
    })
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
        (
            reason.to_owned(),
            format!("{} · {}", doubt.key, doubt.detail),
        )
    };
    Row {
        href: format!("{base}/targets/{}", encode(&judgement.target.0)),
        target: judgement.target.0.clone(),
        name: names.get(&judgement.target).cloned().unwrap_or_default(),
        indicator: format!("{} {name}", judgement.indicator),
        check: judgement.check.clone(),
        whole,
        places: doubts.iter().take(PLACES_SHOWN).map(place).collect(),
        place_count: doubts.len(),
    }
}
