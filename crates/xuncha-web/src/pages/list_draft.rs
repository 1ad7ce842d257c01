//! 词表草稿: what a change is, what it would newly hit and drop on the last round's stored pages, and whether it is adopted.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::lists::List;
use xuncha_core::lists::trial::{Trial, TrialLine};
use xuncha_store::StoreError;
use xuncha_store::lexicon::{LexiconState, LexiconVersion};

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::pages::lists::{last_round, name, rows_of, state_label};
use crate::shell::{Shell, Viewer};

struct HitLine {
    what: String,
    href: String,
    target: String,
    url: String,
    quote: String,
}

struct Side {
    title: &'static str,
    count: usize,
    lines: Vec<HitLine>,
}

#[derive(Template)]
#[template(path = "list_draft.html")]
struct DraftPage {
    shell: Shell,
    number: i64,
    state: Label,
    is_draft: bool,
    by: String,
    at: String,
    reason: String,
    decided: String,
    added: Vec<String>,
    removed: Vec<String>,
    round: String,
    round_href: String,
    trial: Option<Trial>,
    /// Whether it was tried so that it may be adopted, and whether a person has to say that the many new hits are meant.
    may_adopt: bool,
    hits_many: bool,
    sides: Vec<Side>,
}

async fn wanted(state: &WebState, number: &str) -> Result<LexiconVersion, WebError> {
    let missing = || StoreError::Missing {
        noun: "词表版本",
        id: number.to_owned(),
    };
    let number = number.parse().map_err(|_| missing())?;
    Ok(state.store.lexicon(number).await?)
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let version = wanted(&state, &number).await?;
    let list = List::of_word(&version.new.list).ok_or(StoreError::Refused("没有这种词表"))?;
    let before = match version.new.based_on {
        0 => state.lexicons.get(list.word()).cloned().unwrap_or_default(),
        based_on => state.store.lexicon(based_on).await?.new.content,
    };
    let (before, after) = (
        rows_of(list, &before)?,
        rows_of(list, &version.new.content)?,
    );
    let only_in = |these: &[Vec<String>], those: &[Vec<String>]| {
        let new = these.iter().filter(|row| !those.contains(row));
        new.map(|row| row.join(" ｜ ")).collect::<Vec<_>>()
    };
    let trial: Option<Trial> = serde_json::from_str(&version.preview).ok();
    let lines = |lines: &[TrialLine], round: &str| {
        let line = |line: &TrialLine| HitLine {
            what: line.what.clone(),
            href: format!(
                "/rounds/{}/targets/{}",
                encode(round),
                encode(&line.target.0)
            ),
            target: line.target.0.clone(),
            url: line.url.clone(),
            quote: line.quote.clone(),
        };
        lines.iter().map(line).collect::<Vec<_>>()
    };
    let sides = trial.iter().flat_map(|trial| {
        [
            Side {
                title: lang.t("新命中", "Newly hit"),
                count: trial.hit_count,
                lines: lines(&trial.hits, &trial.round),
            },
            Side {
                title: lang.t("不再命中", "No longer hit"),
                count: trial.drop_count,
                lines: lines(&trial.drops, &trial.round),
            },
        ]
    });
    let decided = version
        .decided_at
        .map(|at| format!("{} {}", version.decided_by, moment(&at)));
    let title = format!("{} #{}", name(lang, list), version.number);
    let href = format!("/lists/{}", list.word());
    let is_tried = match (&trial, list) {
        (Some(trial), _) => trial.problem.is_empty() || list != List::WrongWords,
        (None, List::WrongWords) => false,
        (None, _) => version.new.round.is_empty(),
    };
    page(&DraftPage {
        shell: Shell::new(&viewer, "lists", title)
            .crumb(lang.t("词表", "Lists"), "/lists")
            .crumb(name(lang, list), href),
        number: version.number,
        state: state_label(lang, version.state),
        is_draft: version.state == LexiconState::Draft,
        at: moment(&version.new.at),
        decided: decided.unwrap_or_default(),
        added: only_in(&after, &before),
        removed: only_in(&before, &after),
        round_href: format!("/rounds/{}/work", encode(&version.new.round)),
        round: version.new.round,
        by: version.new.by,
        reason: version.new.reason,
        sides: sides.collect(),
        may_adopt: is_tried,
        hits_many: trial.as_ref().is_some_and(Trial::hits_many),
        trial,
    })
}

pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let version = wanted(&state, &number).await?;
    let wish = fields.iter().find(|(key, _)| key == "do");
    let store = state.acting(&viewer);
    match wish.map_or("", |(_, value)| value.as_str()) {
        wish @ ("adopt" | "drop") => {
            let adopts = wish == "adopt";
            let trial: Option<Trial> = serde_json::from_str(&version.preview).ok();
            let is_sure = fields.iter().any(|(key, own)| key == "sure" && own == "1");
            if adopts && !is_sure && trial.is_some_and(|trial| trial.hits_many()) {
                let why = "新命中很多，多半是说法太宽；请逐条看过，确实要采用的勾选确认";
                return Err(StoreError::Refused(why).into());
            }
            store
                .decide_lexicon(version.number, adopts, &viewer.person, state.now())
                .await?;
        }
        "try" if version.state == LexiconState::Draft => {
            // A draft older than the first round is tried on the round that was gathered meanwhile.
            let round = match version.new.round.as_str() {
                "" => last_round(&state).await?,
                round => round.to_owned(),
            };
            if round.is_empty() {
                return Err(StoreError::Refused("还没有采集过的轮次，无从试用").into());
            }
            store.try_lexicon(&round, &version, state.now()).await?;
        }
        _ => return Err(StoreError::Refused("没有这种操作").into()),
    }
    Ok(Redirect::to(&format!("/list-drafts/{}", version.number)).into_response())
}
