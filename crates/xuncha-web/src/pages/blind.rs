//! 盲评: a second look at a share of what others decided, without seeing what they said; and a look at a share of what the machine passed.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::registry::TargetId;
use xuncha_core::review::blind::{BlindKind, is_in_share};
use xuncha_core::review::{Decision, Review};
use xuncha_core::round::{Round, Subject};
use xuncha_core::score::{ScoreSheet, score_in};
use xuncha_store::opinion::Opinion;

use super::desk::item_id;
use super::desk_evidence::{self, RuleBeside, Shown, beside};
use super::evidence_pass::Passes;
use super::tasks::{Desk, Look, looks, what};
use super::tasks_item::Answer;
use crate::WebState;
use crate::error::{WebError, page};
use crate::pager::encode;
use crate::pages::desk::items_of;
use crate::shell::{Shell, Viewer};

/// One thing that waits for a blind opinion.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    kind: BlindKind,
    target: TargetId,
    check: String,
    /// Key of the finding or question; of a passed check its indicator.
    key: String,
}

impl Waiting {
    fn id(&self) -> String {
        let kind = match self.kind {
            BlindKind::Double => "d",
            BlindKind::Pass => "p",
        };
        format!("{kind}{}", item_id(&self.check, &self.key))
    }
}

/// What waits for the viewer's opinion: of his targets where targets were given out, of all otherwise; never what he decided himself.
async fn waiting(
    state: &WebState,
    viewer: &Viewer,
    round: &Round,
    target: Option<&TargetId>,
) -> Result<Vec<Waiting>, WebError> {
    let id = &round.id;
    let inspectors = state.store.inspectors(id).await?;
    let is_in = inspectors.iter().any(|one| one.person == viewer.number);
    if !inspectors.is_empty() && !is_in {
        return Ok(Vec::new());
    }
    let second = is_in.then_some(viewer.number);
    let shares = state.store.blind_shares(id).await?;
    let said = state.store.opinions(id).await?;
    let is_said = |one: &Waiting| {
        said.iter().any(|said| {
            // One look at what the machine passed is enough; a second opinion is each person's own.
            (said.person == viewer.number || one.kind == BlindKind::Pass)
                && said.kind == one.kind
                && said.target == one.target
                && said.check == one.check
                && said.key == one.key
        })
    };
    let mut all = Vec::new();
    for review in state.store.reviews_for_second(id, second, target).await? {
        if review.by != viewer.person {
            all.push(Waiting {
                kind: BlindKind::Double,
                target: review.target,
                check: review.check,
                key: review.key,
            });
        }
    }
    let set = &round.set.id;
    for (target, indicator, check) in state.store.passed(id, set, second, target).await? {
        all.push(Waiting {
            kind: BlindKind::Pass,
            target,
            check,
            key: indicator,
        });
    }
    all.retain(|one| {
        let percent = match one.kind {
            BlindKind::Double => shares.double_percent,
            BlindKind::Pass => shares.pass_percent,
        };
        let place = (&one.target, one.check.as_str(), one.key.as_str());
        is_in_share(one.kind, &round.seed, place, percent) && !is_said(one)
    });
    // Neither by kind nor by verdict: who looks cannot tell from the order what the machine said.
    all.sort_by_cached_key(|one| (one.target.clone(), item_id(&one.check, &one.key)));
    Ok(all)
}

/// Whether the viewer has yet to give a blind opinion of something of a target, so that what others decided stays hidden from him.
pub(crate) async fn is_hidden(
    state: &WebState,
    viewer: &Viewer,
    round: &str,
    target: &TargetId,
) -> Result<bool, WebError> {
    let assignment = state.store.assignment(round, target).await?;
    let is_second = assignment.is_some_and(|(_, second)| second == Some(viewer.number));
    if !is_second {
        return Ok(false);
    }
    let row = state.store.round(round).await?;
    if row.state.is_closed() {
        return Ok(false);
    }
    let waiting = waiting(state, viewer, &row.round, Some(target)).await?;
    Ok(waiting.iter().any(|one| one.kind == BlindKind::Double))
}

/// What was decided of a target, and its sheet, as the viewer may see them: while he has yet to give a blind opinion, what he decided himself
/// with the sheet that follows from that alone.
pub(crate) async fn seen(
    state: &WebState,
    viewer: &Viewer,
    round: &Round,
    subject: &Subject,
) -> Result<(Vec<Review>, Option<ScoreSheet>), WebError> {
    let (id, target) = (&round.id, subject.target.id());
    let mut reviews = state.store.review_history(id, target).await?;
    let sheet = state.store.sheet(id, &round.set.id, target).await?;
    if !is_hidden(state, viewer, id, target).await? {
        return Ok((reviews, sheet));
    }
    reviews.retain(|one| one.by == viewer.person);
    if sheet.is_none() {
        return Ok((reviews, None));
    }
    let judgements = state.store.judgements(id, Some(target)).await?;
    let sheet = score_in(round, subject, &judgements, &reviews);
    Ok((reviews, Some(sheet)))
}

/// Refuses where something is hidden.
pub(crate) async fn refuse_hidden(
    state: &WebState,
    viewer: &Viewer,
    round: &str,
    target: &TargetId,
) -> Result<(), WebError> {
    if !is_hidden(state, viewer, round, target).await? {
        return Ok(());
    }
    Err(WebError::forbidden(viewer.lang.t(
        "您是这个对象的双盲复核人：请先在“盲评”中作出判断，再看他人的决定。",
        "You give the second opinion of this target: give it on the page of blind reviews before you see what others decided.",
    )))
}

#[derive(Template)]
#[template(path = "blind_empty.html")]
struct EmptyPage {
    shell: Shell,
    is_closed: bool,
}

#[derive(Template)]
#[template(path = "blind.html")]
struct BlindPage {
    shell: Shell,
    target_name: String,
    what: String,
    unit: String,
    text: String,
    is_number: bool,
    yes: &'static str,
    no: &'static str,
    looks: Vec<Look>,
    shown: Shown,
    rules: Vec<RuleBeside>,
    left: usize,
    error: Option<String>,
    action: String,
}

pub(crate) async fn next(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let is_closed = row.state.is_closed();
    if !is_closed && let Some(first) = waiting(&state, &viewer, &row.round, None).await?.first() {
        let place = format!(
            "/rounds/{}/blind/{}/{}",
            encode(&id),
            encode(&first.target.0),
            first.id()
        );
        return Ok(Redirect::to(&place).into_response());
    }
    let title = viewer.lang.t("盲评", "Blind review");
    page(&EmptyPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "blind"),
        is_closed,
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(passes): Extension<Passes>,
    Path((id, target, item)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    shown(
        &state,
        &viewer,
        &passes,
        (&id, &TargetId(target), &item),
        None,
    )
    .await
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    passes: &Passes,
    (id, target, item): (&str, &TargetId, &str),
    error: Option<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let desk = Desk::open(state, id, target).await?;
    let all = waiting(state, viewer, &desk.round, None).await?;
    let found = all
        .iter()
        .find(|one| one.target == *target && one.id() == item);
    let Some(one) = found else {
        let place = format!("/rounds/{}/blind", encode(id));
        return Ok(Redirect::to(&place).into_response());
    };
    let set = &desk.round.set;
    let items = items_of(lang, &desk, false);
    let item_of = items
        .iter()
        .find(|item| item.check == one.check && item.key == one.key);
    let evidence = desk_evidence::finding(state, &desk, &one.check, &one.key).await?;
    let mut on_desk = match &evidence {
        Some(found) => desk_evidence::shown(state, passes, &desk, found).await?,
        None => desk_evidence::archived(state, passes, &desk, &one.key).await?,
    };
    // The page of the finding shows what was decided, and how sure the machine is sways people too.
    on_desk.href = None;
    on_desk.confidence = None;
    let case = evidence.as_ref().map_or("", |(row, _)| row.case.as_str());
    let rules: Vec<RuleBeside> = match (one.kind, item_of) {
        (BlindKind::Pass, _) => set
            .indicator(&one.key)
            .map(|indicator| beside(indicator, ""))
            .into_iter()
            .collect(),
        (BlindKind::Double, Some(item)) => {
            let ids: Vec<String> = item.waiting.iter().map(|one| one.id.clone()).collect();
            desk_evidence::rules(set, &ids, case)
        }
        (BlindKind::Double, None) => Vec::new(),
    };
    let ask = lang.t(
        "请打开网站或账号，按右侧规则查看：有几处不符合？",
        "Open the site or account and look by the rule: how many failures are there?",
    );
    let text = match (one.kind, item_of, &evidence) {
        (BlindKind::Double, Some(item), _) => item.text.clone(),
        (BlindKind::Double, None, Some((row, _))) => row.detail.clone(),
        _ => ask.to_owned(),
    };
    let name = desk.subject.target.name().to_owned();
    let blind = BlindPage {
        shell: Shell::new(viewer, "rounds", name.clone())
            .named()
            .in_round(id, &desk.title, "blind")
            .crumb(
                lang.t("盲评", "Blind review"),
                format!("/rounds/{}/blind", encode(id)),
            ),
        target_name: name,
        what: what(lang, &desk.subject),
        unit: desk.subject.organization_name.clone(),
        is_number: one.kind == BlindKind::Pass || item_of.is_none_or(|item| item.is_number),
        yes: item_of.map_or("", |item| item.yes),
        no: item_of.map_or("", |item| item.no),
        text,
        looks: looks(lang, &desk.subject.target),
        shown: on_desk,
        rules,
        left: all.len(),
        action: format!(
            "/rounds/{}/blind/{}/{}",
            encode(id),
            encode(&target.0),
            encode(item)
        ),
        error,
    };
    let is_refused = blind.error.is_some();
    let mut response = page(&blind)?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Keeps an opinion. It changes no score; supervisors see where people, or people and the machine, differ.
pub(crate) async fn say(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(passes): Extension<Passes>,
    Path((id, target, item)): Path<(String, String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let row = state.store.round(&id).await?;
    let all = waiting(&state, &viewer, &row.round, Some(&target)).await?;
    let back = Redirect::to(&format!("/rounds/{}/blind", encode(&id))).into_response();
    let Some(one) = all.into_iter().find(|one| one.id() == item) else {
        return Ok(back);
    };
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim()).to_owned()
    };
    let reason: String = field("reason").chars().take(500).collect();
    let decision = match Answer(field("answer")).decision(viewer.lang, &reason) {
        Ok(Some(decision)) => decision,
        other => {
            let nothing = viewer.lang.t("请作出判断", "Say what you think").to_owned();
            let fault = other.err().unwrap_or(nothing);
            return shown(&state, &viewer, &passes, (&id, &target, &item), Some(fault)).await;
        }
    };
    let opinion = Opinion {
        round: id.clone(),
        kind: one.kind,
        target,
        check: one.check,
        key: one.key,
        person: viewer.number,
        by: viewer.person.clone(),
        at: state.now(),
        decision: match decision {
            Decision::Withdrawn => Decision::Rejected,
            decision => decision,
        },
        reason,
    };
    state.acting(&viewer).put_opinion(&opinion).await?;
    Ok(back)
}
