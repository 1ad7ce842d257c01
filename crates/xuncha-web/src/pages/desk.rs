//! 复核台: one thing to decide after the other, by keyboard alone where people like: the evidence, the rule beside it, and the answer.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use xuncha_core::facts::model::ColumnKind;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetId;
use xuncha_core::review::RejectCause;
use xuncha_core::review::correction::is_same_column;
use xuncha_store::round::{Neighbour, SubjectFilter};

use super::desk_evidence::{self, RuleBeside, Shown};
use super::evidence_pass::Passes;
use super::tasks::{self, Desk, Look, code, looks, what};
use super::tasks_item::{Item, Typed, all_items};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::headers::scripted;
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::pages::public::check_title;
use crate::pages::targets::class_of;
use crate::pages::{blind, tasks_corrections};
use crate::shell::{Shell, Viewer};

/// Keys: j and k (or the arrows) go on and back, y confirms, n and a number reject, c corrects, w makes an exemption, u undoes, x takes the
/// decision back. A number goes into the field that asks for one.
pub(crate) const SCRIPT: &str = include_str!("../../assets/desk.js");

/// Which things are looked through.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) class: String,
    /// `all` for those of others too.
    #[serde(default)]
    pub(crate) of: String,
    /// `all` for what the machine was sure of too.
    #[serde(default)]
    pub(crate) which: String,
    /// What was just kept: `confirmed`, `rejected` …
    #[serde(default)]
    pub(crate) kept: String,
}

impl Asked {
    /// The query that keeps what is looked through.
    pub(crate) fn kept_filter(&self) -> String {
        self.with_kept("")
    }

    /// The same, with what was just kept.
    pub(crate) fn with_kept(&self, kept: &str) -> String {
        query(&[
            ("class", &self.class),
            ("of", &self.of),
            ("which", &self.which),
            ("kept", kept),
        ])
    }

    /// Whether all findings are looked through.
    pub(crate) fn is_all(&self) -> bool {
        self.which == ALL
    }

    /// Whose targets: an inspector's own where targets were given out, everybody's otherwise or where that is asked.
    pub(crate) async fn person(
        &self,
        state: &WebState,
        viewer: &Viewer,
        round: &str,
    ) -> Result<Option<i64>, WebError> {
        if self.of == "all" {
            return Ok(None);
        }
        let inspectors = state.store.inspectors(round).await?;
        let is_in = inspectors.iter().any(|one| one.person == viewer.number);
        Ok(is_in.then_some(viewer.number))
    }

    pub(crate) fn neighbour(&self, person: Option<i64>) -> Neighbour {
        Neighbour {
            class: class_of(&self.class),
            person,
            is_before: false,
            has_decided: false,
            has_findings: self.is_all(),
        }
    }
}

/// Word of the address for all findings.
pub(crate) const ALL: &str = "all";

/// The name of a thing in addresses: the beginning of a hash of check and key.
pub(crate) fn item_id(check: &str, key: &str) -> String {
    hex::encode(&Sha256::digest(format!("{check}\n{key}"))[..8])
}

#[derive(Template)]
#[template(path = "desk_empty.html")]
struct EmptyPage {
    shell: Shell,
    kept: String,
    is_mine: bool,
    is_closed: bool,
    all_href: String,
    /// To what the machine was sure of.
    sure_href: String,
    is_all: bool,
    undo_action: String,
    tasks_href: String,
}

struct CauseChoice {
    number: usize,
    word: &'static str,
    text: &'static str,
    needs_text: bool,
}

/// A correction of the column in question that holds.
struct Held {
    number: i64,
    what: String,
    by: String,
    made_in: Option<String>,
    is_name: bool,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    target_name: String,
    target_id: TargetId,
    what: String,
    unit: String,
    sheet_href: String,
    outcome: Label,
    looks: Vec<Look>,
    is_all: bool,
    /// To all findings, or back to what waits for a person.
    which_href: String,
    check: String,
    code: Option<(usize, String)>,
    item: Item,
    number: usize,
    count: usize,
    open_targets: u64,
    shown: Shown,
    confidence: Option<&'static str>,
    rules: Vec<RuleBeside>,
    causes: Vec<CauseChoice>,
    kinds: Vec<(&'static str, &'static str)>,
    corrections: Vec<Held>,
    next_href: Option<String>,
    back_href: Option<String>,
    kept: Option<Label>,
    errors: Vec<String>,
    reason: String,
    is_closed: bool,
    /// Why nothing can be decided here, where that is so.
    barred: Option<&'static str>,
    may_everywhere: bool,
    action: String,
    undo_action: String,
    files_href: String,
    script: &'static str,
}

/// Goes to the first thing that is open.
pub(crate) async fn first(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let person = asked.person(&state, &viewer, &id).await?;
    let wanted = asked.neighbour(person);
    let first = state
        .store
        .neighbour(&id, &row.round.set.id, wanted, None)
        .await?;
    let base = format!("/rounds/{}/desk", encode(&id));
    if let Some(target) = first {
        let pairs = asked.with_kept(&asked.kept);
        let place = format!("{base}/{}/open{pairs}", encode(&target.0));
        return Ok(Redirect::to(&place).into_response());
    }
    let title = viewer.lang.t("复核台", "Review desk");
    page(&EmptyPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "desk"),
        kept: asked.kept.clone(),
        is_mine: person.is_some(),
        is_closed: row.state.is_closed(),
        all_href: format!("{base}?of=all"),
        sure_href: format!("{base}{}", query(&[("of", &asked.of), ("which", ALL)])),
        is_all: asked.is_all(),
        undo_action: format!("{base}{}", asked.kept_filter()),
        tasks_href: format!("/rounds/{}/tasks", encode(&id)),
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(passes): Extension<Passes>,
    Path((id, target, item)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let desk = Desk::open(&state, &id, &TargetId(target)).await?;
    blind::refuse_hidden(&state, &viewer, &id, desk.subject.target.id()).await?;
    let items = items_with(viewer.lang, &desk, &asked, &item);
    let base = format!("/rounds/{}/desk", encode(&id));
    let filter = asked.kept_filter();
    let named = match item.as_str() {
        "open" => items
            .iter()
            .find(|one| one.held.is_none())
            .or(items.first()),
        "first" => items.first(),
        "last" => items.last(),
        _ => {
            let at = items
                .iter()
                .position(|one| item_id(&one.check, &one.key) == item);
            let Some(at) = at else {
                // What was corrected or judged again may be gone.
                return Ok(Redirect::to(&format!("{base}{filter}")).into_response());
            };
            let place = Place {
                passes: &passes,
                asked: &asked,
                at,
            };
            return desk_page(&state, &viewer, &desk, items, place, Vec::new(), "").await;
        }
    };
    let Some(named) = named else {
        return Ok(Redirect::to(&format!("{base}{filter}")).into_response());
    };
    let place = format!(
        "{base}/{}/{}{}",
        encode(&desk.subject.target.id().0),
        item_id(&named.check, &named.key),
        asked.with_kept(&asked.kept)
    );
    Ok(Redirect::to(&place).into_response())
}

/// Everything of a target that is open or decided, in an order that stays.
pub(crate) fn items_of(lang: Lang, desk: &Desk, is_all: bool) -> Vec<Item> {
    let nowhere = std::collections::BTreeMap::new();
    let typed = Typed::default();
    let (judgements, reviews) = (&desk.judgements, &desk.reviews);
    all_items(
        lang,
        &desk.round,
        judgements,
        reviews,
        &nowhere,
        &typed,
        is_all,
    )
}

/// What is looked through while one thing is on the desk: with all findings where these are asked for, or where it is one of them.
pub(crate) fn items_with(lang: Lang, desk: &Desk, asked: &Asked, item: &str) -> Vec<Item> {
    let items = items_of(lang, desk, asked.is_all());
    let is_here = |one: &Item| item_id(&one.check, &one.key) == item;
    match matches!(item, "open" | "first" | "last") || items.iter().any(is_here) {
        true => items,
        false => items_of(lang, desk, true),
    }
}

/// Where on the desk somebody is.
pub(crate) struct Place<'a> {
    pub(crate) passes: &'a Passes,
    pub(crate) asked: &'a Asked,
    pub(crate) at: usize,
}

pub(crate) async fn desk_page(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    mut items: Vec<Item>,
    place: Place<'_>,
    errors: Vec<String>,
    reason: &str,
) -> Result<Response, WebError> {
    let (lang, id, set) = (viewer.lang, desk.round.id.as_str(), &desk.round.set);
    let target = desk.subject.target.id();
    let base = format!("/rounds/{}/desk", encode(id));
    let filter = place.asked.kept_filter();
    let href = |item: &Item| {
        let item = item_id(&item.check, &item.key);
        format!("{base}/{}/{item}{filter}", encode(&target.0))
    };
    let person = place.asked.person(state, viewer, id).await?;
    let mut wanted = place.asked.neighbour(person);
    wanted.has_decided = true;
    let next_href = match items.get(place.at + 1) {
        Some(next) => Some(href(next)),
        None => {
            let next = state.store.neighbour(id, &set.id, wanted, Some(target));
            let next = next.await?;
            next.map(|next| format!("{base}/{}/first{filter}", encode(&next.0)))
        }
    };
    let back_href = match place.at.checked_sub(1).and_then(|at| items.get(at)) {
        Some(back) => Some(href(back)),
        None => {
            wanted.is_before = true;
            let back = state.store.neighbour(id, &set.id, wanted, Some(target));
            let back = back.await?;
            back.map(|back| format!("{base}/{}/last{filter}", encode(&back.0)))
        }
    };
    let count = items.len();
    let barred = tasks::barred(state, viewer, desk).await?;
    let item = items.swap_remove(place.at);
    let found = desk_evidence::finding(state, desk, &item.check, &item.key).await?;
    let shown = match &found {
        Some(found) => desk_evidence::shown(state, place.passes, desk, found).await?,
        None => desk_evidence::archived(state, place.passes, desk, &item.key).await?,
    };
    let mut looks = looks(lang, &desk.subject.target);
    if !shown.url.is_empty() && found.is_none() {
        looks.push(Look {
            name: lang.t("存疑处", "The place"),
            url: shown.url.clone(),
        });
    }
    let which_href = {
        let other = Asked {
            which: match place.asked.is_all() {
                true => String::new(),
                false => ALL.to_owned(),
            },
            ..place.asked.clone()
        };
        format!("{base}/{}/open{}", encode(&target.0), other.kept_filter())
    };
    let case = found.as_ref().map_or("", |(row, _)| row.case.as_str());
    let ids: Vec<String> = item.waiting.iter().map(|one| one.id.clone()).collect();
    let open = SubjectFilter {
        class: class_of(&place.asked.class),
        is_open: true,
        assignee: person,
        ..SubjectFilter::default()
    };
    let open_targets = state.store.target_count(id, &set.id, &open).await?;
    let sheet = state.store.sheet(id, &set.id, target).await?;
    let name = desk.subject.target.name().to_owned();
    let page_shown = DeskPage {
        shell: Shell::new(viewer, "rounds", name.clone())
            .named()
            .in_round(id, &desk.title, "desk")
            .crumb(lang.t("复核台", "Review desk"), format!("{base}{filter}")),
        target_name: name,
        target_id: target.clone(),
        what: what(lang, &desk.subject),
        unit: desk.subject.organization_name.clone(),
        sheet_href: format!("/rounds/{}/targets/{}", encode(id), encode(&target.0)),
        outcome: labels::outcome(lang, sheet.map(|sheet| sheet.outcome)),
        looks,
        is_all: place.asked.is_all(),
        which_href,
        check: check_title(lang, &item.check),
        code: code(&desk.subject.target),
        rules: desk_evidence::rules(set, &ids, case),
        confidence: shown.confidence.map(|one| labels::confidence(lang, one)),
        number: place.at + 1,
        count,
        open_targets,
        causes: causes(lang),
        kinds: kinds(lang),
        corrections: corrections(state, lang, desk, shown.column.as_deref()).await?,
        next_href,
        back_href,
        kept: kept(lang, &place.asked.kept),
        errors,
        reason: reason.to_owned(),
        is_closed: desk.is_closed || barred.is_some(),
        barred,
        may_everywhere: viewer.may(Action::ManageRound),
        action: href(&item),
        undo_action: format!("{base}{filter}"),
        files_href: format!("/rounds/{}/tasks/{}#files", encode(id), encode(&target.0)),
        script: SCRIPT,
        item,
        shown,
    };
    let is_refused = !page_shown.errors.is_empty();
    let mut response = page(&page_shown)?;
    if let Ok(policy) = HeaderValue::from_str(&scripted(SCRIPT)) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    if is_refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn causes(lang: Lang) -> Vec<CauseChoice> {
    let english = |cause| match cause {
        RejectCause::Misread => "Misread by the machine",
        RejectCause::WorksNow => "Fine when looked at again",
        RejectCause::OutOfScope => "Not in scope",
        RejectCause::Duplicate => "Same as another finding",
        RejectCause::Unproven => "Not proven",
        RejectCause::Explained => "Explained on file",
        RejectCause::Other => "Other",
    };
    let choice = |(at, cause): (usize, RejectCause)| CauseChoice {
        number: at + 1,
        word: cause.word(),
        text: lang.t(cause.zh(), english(cause)),
        needs_text: cause == RejectCause::Other,
    };
    RejectCause::ALL
        .into_iter()
        .enumerate()
        .map(choice)
        .collect()
}

fn kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let name = |kind: ColumnKind| match lang {
        Lang::Zh => kind.zh(),
        Lang::En => kind.word(),
    };
    ColumnKind::ALL
        .into_iter()
        .map(|kind| (kind.word(), name(kind)))
        .collect()
}

/// Corrections that hold of the column in question.
async fn corrections(
    state: &WebState,
    lang: Lang,
    desk: &Desk,
    column: Option<&str>,
) -> Result<Vec<Held>, WebError> {
    let Some(column) = column else {
        return Ok(Vec::new());
    };
    let target = desk.subject.target.id();
    let all = state
        .store
        .standing_corrections(&desk.round.id, Some(target))
        .await?;
    let mine = all
        .into_iter()
        .filter(|one| is_same_column(&one.correction.url, column));
    Ok(mine
        .map(|one| Held {
            number: one.number,
            what: tasks_corrections::corrected(lang, &one.correction.corrected),
            is_name: tasks_corrections::is_name(&one.correction.corrected),
            by: one.correction.by,
            made_in: one.is_carried.then_some(one.correction.round),
        })
        .collect())
}

fn kept(lang: Lang, word: &str) -> Option<Label> {
    let (zh, en, tone) = match word {
        "confirmed" => ("已确认", "Confirmed", "bad"),
        "rejected" => ("已驳回", "Rejected", "none"),
        "answered" => ("已答复", "Answered", "info"),
        "withdrawn" => ("已撤回，重新待定", "Taken back", "open"),
        "restored" => (
            "已恢复此前的决定",
            "The decision before holds again",
            "info",
        ),
        "corrected" => (
            "已更正，正在按更正重判",
            "Corrected; it is being judged again",
            "info",
        ),
        "exempted" => ("已设为例外并驳回", "Made an exemption and rejected", "none"),
        "nothing" => ("没有可撤销的决定", "Nothing to undo", "none"),
        _ => return None,
    };
    Some(Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    })
}
