//! 名录外线索: hosts that look like sites outside supervision, to be taken in by an opening or set aside for a reason.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use xuncha_core::registry::outside::{DismissReason, OutsideReason, OutsideSign};
use xuncha_store::StoreError;
use xuncha_store::job::NewJob;
use xuncha_store::registry_outside::{OutsideRow, OutsideState};

use crate::WebState;
use crate::asked::Query;
use crate::english;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};

/// Kind of the job that reads the links of a round.
const OUTSIDE_JOB: &str = "registry_outside";
/// Kind of the job that looks at home pages of candidates.
const OUTSIDE_LOOK_JOB: &str = "registry_outside_look";
/// Letters of the longest note.
const MAX_LETTERS: usize = 500;

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: String,
    page: Option<u64>,
}

struct PlaceLine {
    site: String,
    page: String,
}

/// One thing that speaks for a candidate, or against it.
struct ReasonLine {
    /// As HTML.
    text: String,
    is_against: bool,
}

/// What its home page said.
struct HomeLine {
    title: String,
    code: String,
    unit: String,
    at: String,
}

struct Row {
    host: String,
    url: String,
    name: String,
    sign: &'static str,
    score: u64,
    reasons: Vec<ReasonLine>,
    home: Option<HomeLine>,
    /// As HTML.
    doubts: Vec<String>,
    round: String,
    site_count: u64,
    places: Vec<PlaceLine>,
    state: Label,
    is_waiting: bool,
    is_dismissed: bool,
    said: String,
    adopt_href: String,
    request_href: Option<String>,
}

#[derive(Template)]
#[template(path = "registry_outside.html")]
struct OutsidePage {
    shell: Shell,
    rows: Vec<Row>,
    states: Vec<Choice>,
    q: String,
    reasons: Vec<(&'static str, &'static str)>,
    rounds: Vec<(String, String)>,
    is_queued: bool,
    is_looking: bool,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let wanted = match asked.state.as_str() {
        "" => Some(OutsideState::Waiting),
        word => OutsideState::of_word(word),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .outside(wanted, Some(&asked.q), pager.page())
        .await?;
    let rounds = state
        .store
        .rounds(xuncha_store::Page::numbered(1, 10))
        .await?;
    let mut states: Vec<Choice> = OutsideState::ALL
        .into_iter()
        .map(|own| Choice {
            value: own.word(),
            text: state_label(lang, own).text,
            is_chosen: wanted == Some(own),
        })
        .collect();
    states.push(Choice {
        value: "all",
        text: lang.t("全部", "All").to_owned(),
        is_chosen: wanted.is_none(),
    });
    let pairs = vec![("state", asked.state.clone()), ("q", asked.q.clone())];
    page(&OutsidePage {
        shell: Shell::new(
            &viewer,
            "registry",
            lang.t("名录外线索", "Outside the registry"),
        ),
        rows: found.rows.into_iter().map(|own| row(lang, own)).collect(),
        states,
        q: asked.q,
        reasons: DismissReason::all()
            .map(|own| (own.word(), reason(lang, own)))
            .collect(),
        rounds: rounds
            .rows
            .into_iter()
            .map(|own| (own.round.id, own.round.title))
            .collect(),
        is_queued: asked.done == "queued",
        is_looking: asked.done == "looking",
        pager: pager.over(found.total, "/registry/outside".to_owned(), pairs),
    })
}

/// A sentence of ours without the signs by which a stranger's word in it would turn the rest of it round.
fn straight(text: &str) -> String {
    let turns = |sign: &char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|sign| !turns(sign)).collect()
}

fn state_label(lang: Lang, state: OutsideState) -> Label {
    let (english, tone) = match state {
        OutsideState::Waiting => ("Waits", "open"),
        OutsideState::Adopted => ("Taken in", "good"),
        OutsideState::Dismissed => ("Set aside", "none"),
    };
    Label {
        text: lang.t(state.zh(), english).to_owned(),
        tone,
    }
}

fn reason(lang: Lang, reason: DismissReason) -> &'static str {
    let english = match reason {
        DismissReason::NotOurs => "Of another region or system",
        DismissReason::System => "A business system or channel",
        DismissReason::NoGovernment => "Of an institution, company or society",
        DismissReason::Registered => "Registered under another domain",
        DismissReason::Gone => "Out of use",
        DismissReason::Other => "Other (say what)",
    };
    lang.t(reason.zh(), english)
}

fn row(lang: Lang, own: OutsideRow) -> Row {
    let mut said = own
        .reason
        .map_or_else(String::new, |why| reason(lang, why).to_owned());
    for more in [&own.note, &own.by]
        .into_iter()
        .filter(|text| !text.is_empty())
    {
        if !said.is_empty() {
            said.push_str(" · ");
        }
        said.push_str(more);
    }
    let pairs = [
        ("kind", "open"),
        ("noun", "site"),
        ("outside", own.site.host.as_str()),
    ];
    let spoken = |text: fn(&OutsideReason, Lang) -> String| -> Vec<ReasonLine> {
        own.site
            .all_reasons()
            .map(|reason| ReasonLine {
                text: text(reason, lang),
                is_against: reason.is_against(),
            })
            .collect()
    };
    let reasons = spoken(|reason, lang| match lang {
        Lang::Zh => english::html(lang, &straight(&reason.zh())),
        Lang::En => english::name(&straight(&reason.en())),
    });
    let home = own.site.home.as_ref();
    let doubts = home.iter().flat_map(|home| &home.doubts);
    let doubts = doubts.map(|doubt| match lang {
        Lang::Zh => english::html(lang, &straight(&doubt.zh())),
        Lang::En => english::name(&straight(&doubt.en())),
    });
    Row {
        score: own.site.score(),
        reasons,
        doubts: doubts.collect(),
        home: home.map(|home| HomeLine {
            title: home.title.clone(),
            code: home.code.clone(),
            unit: home.unit.clone(),
            at: moment(&home.at),
        }),
        adopt_href: format!("/requests/new{}", query(&pairs)),
        url: own.site.url,
        name: own.site.name,
        sign: match own.site.sign {
            OutsideSign::Domain => lang.t(
                OutsideSign::Domain.zh(),
                "Below a registered government domain",
            ),
            OutsideSign::Name => lang.t(
                OutsideSign::Name.zh(),
                "Linked by the name of a registered unit",
            ),
            OutsideSign::Region => lang.t(OutsideSign::Region.zh(), "Linked by a region's name"),
            OutsideSign::Reported => lang.t(OutsideSign::Reported.zh(), "Named by a person"),
        },
        host: own.site.host,
        round: own.round,
        site_count: own.site.site_count,
        places: own
            .site
            .places
            .into_iter()
            .map(|place| PlaceLine {
                site: place.site.0,
                page: place.page,
            })
            .collect(),
        state: state_label(lang, own.state),
        is_waiting: own.state == OutsideState::Waiting,
        is_dismissed: own.state == OutsideState::Dismissed,
        said,
        request_href: (!own.request.is_empty())
            .then(|| format!("/requests/{}", encode(&own.request))),
    }
}

/// What a decision sends.
#[derive(Deserialize)]
pub(crate) struct Decided {
    #[serde(default)]
    host: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
}

pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(sent): Form<Decided>,
) -> Result<Response, WebError> {
    let store = state.acting(&viewer);
    let (by, at) = (viewer.person.as_str(), state.now());
    match sent.action.as_str() {
        "reopen" => store.reopen_outside(&sent.host, by, at).await?,
        _ => {
            let reason = DismissReason::of_word(&sent.reason)
                .ok_or(StoreError::Refused("请选择不纳入的原因"))?;
            let note: String = sent.note.chars().take(MAX_LETTERS).collect();
            store
                .dismiss_outside(&sent.host, reason, &note, by, at)
                .await?;
        }
    }
    Ok(Redirect::to("/registry/outside").into_response())
}

/// Which round's links are to be read.
#[derive(Deserialize)]
pub(crate) struct Find {
    #[serde(default)]
    round: String,
}

/// Has the machine read the links of a round.
pub(crate) async fn find(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(sent): Form<Find>,
) -> Result<Response, WebError> {
    let row = state.store.round(&sent.round).await?;
    let at = state.now();
    let job = NewJob {
        kind: OUTSIDE_JOB.to_owned(),
        idempotency_key: format!("{OUTSIDE_JOB}/{}/{at}", row.round.id),
        payload: serde_json::json!({ "round": row.round.id, "by": viewer.person }),
        due_at: at,
    };
    state.acting(&viewer).put_job(&job).await?;
    Ok(Redirect::to("/registry/outside?done=queued").into_response())
}

/// What is to be looked at: every candidate that was not yet, or one address.
#[derive(Deserialize)]
pub(crate) struct Look {
    #[serde(default)]
    url: String,
}

/// Has the machine look at home pages.
pub(crate) async fn look(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(sent): Form<Look>,
) -> Result<Response, WebError> {
    let url: String = sent.url.trim().chars().take(MAX_LETTERS).collect();
    let at = state.now();
    let job = NewJob {
        kind: OUTSIDE_LOOK_JOB.to_owned(),
        idempotency_key: format!("{OUTSIDE_LOOK_JOB}/{}/{at}", encode(&url)),
        payload: serde_json::json!({ "url": url, "by": viewer.person }),
        due_at: at,
    };
    state.acting(&viewer).put_job(&job).await?;
    Ok(Redirect::to("/registry/outside?done=looking").into_response())
}
