//! 公开范围: how far each check is public, with what that shows of the latest published round.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::checks::CHECKS;
use xuncha_core::publicity::{Publicity, PublicitySettings, ceiling};
use xuncha_store::publicity::{PublicCount, PublicFilter};
use xuncha_store::{Page, StoreError};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::pages::public::{base_of, check_title, publicity_label};
use crate::shell::{Shell, Viewer};

struct Level {
    word: &'static str,
    text: String,
    is_chosen: bool,
}

struct CheckLine {
    check: &'static str,
    title: String,
    levels: Vec<Level>,
    is_sealed: bool,
    findings: u64,
    targets: u64,
    /// What the public sees of it.
    shown: Label,
    /// One of the sentences that are shown, or would be.
    example: String,
}

#[derive(Template)]
#[template(path = "publicity.html")]
struct PublicityPage {
    shell: Shell,
    lines: Vec<CheckLine>,
    round: Option<(String, String)>,
    is_preview: bool,
    is_saved: bool,
}

/// What the address asks for: a level for each check that is looked at before it is set.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    saved: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let settings = state.store.publicity().await?;
    shown(&state, &viewer, &settings, (false, !asked.saved.is_empty())).await
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    settings: &PublicitySettings,
    (is_preview, is_saved): (bool, bool),
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let latest = state.store.public_rounds(Page::numbered(1, 1)).await?;
    let latest = latest.rows.into_iter().next();
    let mut counts: BTreeMap<String, PublicCount> = BTreeMap::new();
    if let Some(round) = &latest {
        // Of everything there is, so that what is hidden now can be told too.
        let all = CHECKS
            .iter()
            .map(|one| (one.name.to_owned(), Publicity::Full));
        let all = PublicitySettings::with(all.collect());
        let found = state.store.public_counts(&round.id, &all, None).await?;
        counts.extend(found.into_iter().map(|one| (one.check.clone(), one)));
    }
    let mut lines = Vec::new();
    for check in CHECKS {
        let level = settings.level(check.name);
        let most = ceiling(check.name);
        let count = counts.get(check.name);
        let example = match (&latest, count, level) {
            (Some(round), Some(count), Publicity::Full) if count.shown > 0 => {
                example(state, &round.id, settings, check.name).await?
            }
            _ => String::new(),
        };
        lines.push(CheckLine {
            check: check.name,
            title: check_title(lang, check.name),
            levels: Publicity::ALL
                .into_iter()
                .filter(|one| *one <= most)
                .map(|one| Level {
                    word: one.word(),
                    text: publicity_label(lang, one).text,
                    is_chosen: one == level,
                })
                .collect(),
            is_sealed: most < Publicity::Full,
            findings: count.map_or(0, |one| one.findings),
            targets: count.map_or(0, |one| one.targets),
            shown: publicity_label(lang, level),
            example,
        });
    }
    page(&PublicityPage {
        shell: Shell::new(viewer, "public", lang.t("公开范围", "Publicity"))
            .crumb(lang.t("公开结果", "Published results"), "/public"),
        lines,
        round: latest.map(|round| (base_of(&round.id), round.title)),
        is_preview,
        is_saved,
    })
}

async fn example(
    state: &WebState,
    round: &str,
    settings: &PublicitySettings,
    check: &str,
) -> Result<String, WebError> {
    let filter = PublicFilter {
        check: Some(check.to_owned()),
        ..PublicFilter::default()
    };
    let found = state
        .store
        .public_findings(round, settings, &filter, Page::numbered(1, 1))
        .await?;
    let first = found.rows.into_iter().next();
    Ok(first.map(|one| one.text).unwrap_or_default())
}

/// Keeps the levels (`level.CHECK`), or shows what they would make public (`preview`).
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut wanted = BTreeMap::new();
    for (name, value) in &fields {
        let Some(check) = name.strip_prefix("level.") else {
            continue;
        };
        let level = Publicity::of_word(value);
        let (true, Some(level)) = (CHECKS.iter().any(|one| one.name == check), level) else {
            return Err(StoreError::Refused("没有这个检查项或公开程度，请刷新页面").into());
        };
        wanted.insert(check.to_owned(), level);
    }
    if fields.iter().any(|(name, _)| name == "preview") {
        let settings = PublicitySettings::with(wanted);
        return shown(&state, &viewer, &settings, (true, false)).await;
    }
    state.acting(&viewer).put_publicity(&wanted).await?;
    Ok(Redirect::to("/publicity?saved=1").into_response())
}
