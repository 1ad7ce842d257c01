//! What people read otherwise than the machine, of one target: a correction can make its finding go away, so it is taken back here.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::registry::TargetId;
use xuncha_core::review::correction::Corrected;
use xuncha_store::StoreError;
use xuncha_store::correction::StandingCorrection;

use super::findings::moment;
use super::tasks::{Desk, may_decide};
use crate::WebState;
use crate::error::WebError;
use crate::lang::Lang;
use crate::pager::encode;
use crate::shell::Viewer;

/// What holds instead of what was read, in words.
pub(crate) fn corrected(lang: Lang, corrected: &Corrected) -> String {
    match (corrected, lang) {
        (Corrected::ColumnKind { kind }, Lang::Zh) => kind.zh().to_owned(),
        (Corrected::ColumnKind { kind }, Lang::En) => kind.word().to_owned(),
        (Corrected::NewestDate { date }, _) => date.to_string(),
        (Corrected::OwnList { is_list: true }, _) => {
            lang.t("是信息列表", "A list of its own").to_owned()
        }
        (Corrected::OwnList { is_list: false }, _) => {
            let text = "只是下级栏目的入口";
            lang.t(text, "Only leads to the columns below it")
                .to_owned()
        }
        (Corrected::ColumnName { name }, _) => format!("“{name}”"),
    }
}

/// Whether it is a name, which is Chinese in any language.
pub(crate) fn is_name(corrected: &Corrected) -> bool {
    matches!(corrected, Corrected::ColumnName { .. })
}

struct Line {
    number: i64,
    url: String,
    what: String,
    by: String,
    at: String,
    reason: String,
    /// The earlier round that it was made in, where it was carried on.
    made_in: Option<String>,
    /// Whether it will be carried on.
    stays: bool,
    /// Whether it is a name, which is Chinese in any language.
    is_name: bool,
}

/// The corrections of a target, with the forms that take them back; nothing where there are none.
#[derive(Template)]
#[template(path = "task_corrections.html")]
pub(crate) struct Corrections {
    lang: Lang,
    csrf: String,
    lines: Vec<Line>,
    is_closed: bool,
    action: String,
}

impl Corrections {
    pub(crate) async fn of(
        state: &WebState,
        viewer: &Viewer,
        desk: &Desk,
    ) -> Result<Corrections, WebError> {
        let (round, target) = (&desk.round.id, desk.subject.target.id());
        let held = state
            .store
            .standing_corrections(round, Some(target))
            .await?;
        let line = |standing: StandingCorrection| {
            let one = standing.correction;
            Line {
                number: standing.number,
                what: corrected(viewer.lang, &one.corrected),
                at: moment(&one.at),
                url: one.url,
                by: one.by,
                reason: one.reason,
                made_in: standing.is_carried.then_some(one.round),
                stays: one.corrected.stays(),
                is_name: is_name(&one.corrected),
            }
        };
        Ok(Corrections {
            lang: viewer.lang,
            csrf: viewer.csrf.clone(),
            lines: held.into_iter().map(line).collect(),
            is_closed: desk.is_closed,
            action: format!(
                "/rounds/{}/tasks/{}/corrections",
                encode(round),
                encode(&target.0)
            ),
        })
    }

    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }
}

/// Which one.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    number: String,
}

/// Takes a correction back; the target is judged again.
pub(crate) async fn withdraw(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let desk = Desk::open(&state, &id, &target).await?;
    may_decide(&state, &viewer, &desk).await?;
    let held = state.store.standing_corrections(&id, Some(&target)).await?;
    let found = held
        .iter()
        .find(|one| one.number.to_string() == typed.number);
    let Some(found) = found else {
        return Err(StoreError::Missing {
            noun: "更正",
            id: typed.number,
        }
        .into());
    };
    let (store, now) = (state.acting(&viewer), state.now());
    store
        .withdraw_correction(&id, found.number, &viewer.person, now)
        .await?;
    let place = format!("/rounds/{}/tasks/{}", encode(&id), encode(&target.0));
    Ok(Redirect::to(&place).into_response())
}
