//! 模拟咨询: the bank of questions, who asks whom, what was sent where and when, the clock of five working days, and what it counts.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use xuncha_core::enquiry::{QUESTION, Quality, WORKING_DAYS, failures};
use xuncha_core::permission::Action;
use xuncha_core::review::{Decision, Review, Reviewable};
use xuncha_core::score::score_in;
use xuncha_core::term::{Term, term};
use xuncha_store::enquiry::Enquiry;
use xuncha_store::{Page, StoreError};

use super::attachments::{FileLine, file_lines};
use super::enquiries_assign::{Sender, Senders, give};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::pick::{self, RoundChoice};
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};
use crate::upload::{self, ACCEPTED, Owner, Sent};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(super) round: String,
    /// `mine` for one's own only.
    #[serde(default)]
    pub(super) of: String,
    pub(super) page: Option<u64>,
}

/// Word of the address for one's own.
const MINE: &str = "mine";

struct Line {
    href: String,
    target: String,
    unit: String,
    question: String,
    assigned: String,
    sent: String,
    due: String,
    state: Label,
}

#[derive(Template)]
#[template(path = "enquiries.html")]
struct ListPage {
    shell: Shell,
    round: String,
    rounds: Vec<RoundChoice>,
    rows: Vec<Line>,
    bank: Vec<(i64, String)>,
    is_open: bool,
    is_mine: bool,
    mine_href: String,
    all_href: String,
    senders: Vec<Sender>,
    may_reassign: bool,
    error: String,
    pager: Pager,
}

/// Where an enquiry stands, in a word.
fn state_of(lang: Lang, own: &Enquiry, today: Date) -> Label {
    let label = |zh: &str, en: &str, tone| Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    };
    match (own.counted, own.answered, own.due) {
        (Some(0), ..) => label("已计入：通过", "Counted: fine", "good"),
        (Some(_), ..) => label("已计入：不合格", "Counted: failed", "bad"),
        (None, Some(day), Some(due)) if day > due => label("超期答复", "Answered late", "bad"),
        (None, Some(_), _) => label("已答复，待评", "Answered, to judge", "open"),
        (None, None, Some(due)) if today > due => label("超期未答", "Not answered", "bad"),
        (None, None, Some(_)) => label("等待答复", "Waiting", "info"),
        (None, None, None) => label("待发送", "To send", "none"),
    }
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, &asked, String::new()).await
}

pub(super) async fn shown(
    state: &WebState,
    viewer: &Viewer,
    asked: &Asked,
    error: String,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let today = state.now().date();
    let found = state.store.rounds(Page::numbered(1, 20)).await?;
    let chosen = found
        .rows
        .iter()
        .find(|row| row.round.id == asked.round)
        .or(found.rows.first());
    let round = chosen.map_or_else(String::new, |row| row.round.id.clone());
    let is_open = chosen.is_some_and(|row| !row.state.is_closed());
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let is_mine = asked.of == MINE;
    let own_id = is_mine.then_some(viewer.id.as_str());
    let rows = state
        .store
        .enquiries_of(&round, own_id, pager.page())
        .await?;
    let people = Senders::of(state, &round).await?;
    let href = |of: &str| format!("/enquiries{}", query(&[("round", &round), ("of", of)]));
    let viewer = Viewer {
        here: href(&asked.of),
        ..viewer.clone()
    };
    let is_refused = !error.is_empty();
    let mut response = page(&ListPage {
        shell: Shell::new(&viewer, "enquiries", lang.t("模拟咨询", "Enquiries")),
        rounds: pick::rounds(state, &round).await?,
        rows: rows
            .rows
            .iter()
            .map(|own| Line {
                href: format!("/enquiries/{}", encode(&own.id)),
                target: own.target_name.clone(),
                unit: own.unit_name.clone(),
                question: own.question.clone(),
                assigned: people.name(&own.assigned),
                sent: own.sent_at.map_or_else(|| "—".to_owned(), |at| moment(&at)),
                due: own
                    .due
                    .map_or_else(|| "—".to_owned(), |day| day.to_string()),
                state: state_of(lang, own, today),
            })
            .collect(),
        bank: state.store.questions().await?,
        is_open,
        is_mine,
        mine_href: href(MINE),
        all_href: href(""),
        senders: people.all,
        may_reassign: viewer.may(Action::ManageRound),
        error,
        pager: pager.over(
            rows.total,
            "/enquiries".to_owned(),
            vec![("round", round.clone()), ("of", asked.of.clone())],
        ),
        round,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What the forms beside the list send.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    round: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    remove: String,
}

/// Adds a question to the bank, or retires one.
pub(crate) async fn bank(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let store = state.acting(&viewer);
    let text: String = typed.text.trim().chars().take(500).collect();
    match typed.remove.parse::<i64>() {
        Ok(number) => store.retire_question(number).await?,
        Err(_) if !text.is_empty() => store.put_question(&text).await?,
        Err(_) => return Err(StoreError::Refused("请填写问题").into()),
    }
    let place = format!("/enquiries{}", query(&[("round", &typed.round)]));
    Ok(Redirect::to(&place).into_response())
}

#[derive(Template)]
#[template(path = "enquiry.html")]
struct EnquiryPage {
    shell: Shell,
    own: Enquiry,
    assigned: String,
    /// Who else could send it; nobody once it was sent.
    others: Vec<Sender>,
    state: Label,
    sent: String,
    due: String,
    answered: String,
    quality: &'static str,
    qualities: Vec<Choice>,
    files: Vec<FileLine>,
    can_count: bool,
    accepted: &'static str,
    errors: Vec<String>,
    today: String,
    target_href: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    one(&state, &viewer, &id, Vec::new()).await
}

fn quality(lang: Lang, own: Quality) -> &'static str {
    let english = match own {
        Quality::Good => "To the point",
        Quality::Perfunctory => "Perfunctory",
        Quality::OffTopic => "Off the point",
    };
    lang.t(own.zh(), english)
}

async fn one(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let today = state.now().date();
    let own = state.store.enquiry(id).await?;
    let files = state.store.attachments(&format!("enquiry/{id}")).await?;
    let clock = clock(state, &own, today).await?;
    let number = clock.and_then(|own_term| failures(own_term.state, own.quality));
    let people = Senders::of(state, &own.round).await?;
    let assigned = people.name(&own.assigned);
    let others = match own.sent_at.is_none() && viewer.may(Action::ManageRound) {
        true => people.may_ask(state, &own).await?,
        false => Vec::new(),
    };
    let shell = Shell::new(viewer, "enquiries", own.target_name.clone())
        .named()
        .crumb(
            lang.t("模拟咨询", "Enquiries"),
            format!("/enquiries{}", query(&[("round", &own.round)])),
        );
    let is_refused = !errors.is_empty();
    let mut response = page(&EnquiryPage {
        shell,
        assigned,
        others,
        state: state_of(lang, &own, today),
        sent: own.sent_at.map_or_else(String::new, |at| moment(&at)),
        due: own.due.map_or_else(String::new, |day| day.to_string()),
        answered: own.answered.map_or_else(String::new, |day| day.to_string()),
        quality: own.quality.map_or("", |own| quality(lang, own)),
        qualities: Quality::ALL
            .into_iter()
            .map(|one| Choice {
                value: one.word(),
                text: quality(lang, one).to_owned(),
                is_chosen: own.quality == Some(one),
            })
            .collect(),
        files: file_lines(lang, files),
        can_count: number.is_some() && own.counted != number,
        accepted: ACCEPTED,
        errors,
        today: today.to_string(),
        target_href: format!(
            "/rounds/{}/targets/{}",
            encode(&own.round),
            encode(&own.target.0)
        ),
        own,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The clock of an enquiry that was sent. A year without known days off is an error, and is said.
async fn clock(state: &WebState, own: &Enquiry, today: Date) -> Result<Option<Term>, WebError> {
    let Some(sent) = own.sent_at else {
        return Ok(None);
    };
    let calendar = state.store.calendar().await?;
    let reckoned = term(&calendar, sent.date(), own.answered, WORKING_DAYS, today);
    let reckoned = reckoned.map_err(|error| StoreError::Unfit(error.to_string()))?;
    Ok(Some(reckoned))
}

/// Writes down one step: that it was sent, what came back, how good that is, or what it counts.
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut own = state.store.enquiry(&id).await?;
    own.by.clone_from(&viewer.person);
    own.at = state.now();
    let done = match sent.field("step") {
        "assign" => give(&state, &viewer, &sent, &own).await?,
        "sent" => was_sent(&state, &viewer, &sent, &mut own).await?,
        "reply" => was_answered(&state, &viewer, &sent, &mut own).await?,
        "quality" => was_judged(&state, &viewer, &sent, &mut own).await?,
        "count" => count(&state, &viewer, &mut own).await?,
        _ => Err(viewer.lang.t("请选择一步", "Choose a step").to_owned()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/enquiries/{}", encode(&id))).into_response()),
        Err(why) => one(&state, &viewer, &id, vec![why]).await,
    }
}

/// Days behind the monitoring point in which a question still belongs to the round.
const SENT_AFTER_DAYS_MAX: i64 = 30;

pub(super) type Done = Result<Result<(), String>, WebError>;

async fn was_sent(state: &WebState, viewer: &Viewer, sent: &Sent, own: &mut Enquiry) -> Done {
    let lang = viewer.lang;
    let place: String = sent.field("place").chars().take(500).collect();
    let Ok(at) = sent.field("at").parse::<DateTime>() else {
        let text = lang.t(
            "请填写发送的日期和时刻",
            "Give the day and time at which it was sent",
        );
        return Ok(Err(text.to_owned()));
    };
    if at > state.now() {
        let now: String = moment(&state.now()).chars().take(16).collect();
        return Ok(Err(match lang {
            Lang::Zh => format!("发送时间晚于现在（{now}），请核对"),
            Lang::En => format!("The time lies ahead: it is {now} now"),
        }));
    }
    if place.is_empty() {
        let text = lang.t("请填写在哪里发送（网址或栏目）", "Say where it was sent");
        return Ok(Err(text.to_owned()));
    }
    own.place = place;
    own.sent_at = Some(at);
    let calendar = state.store.calendar().await?;
    match calendar.add_working_days(at.date(), WORKING_DAYS) {
        Ok(due) => own.due = Some(due),
        Err(error) => return Ok(Err(error.to_string())),
    }
    let round = state.store.round(&own.round).await?.round;
    let last = round
        .as_of
        .date()
        .checked_add(jiff::Span::new().days(SENT_AFTER_DAYS_MAX));
    if at < round.monitor_from || last.is_ok_and(|last| at.date() > last) {
        let (from, until) = (round.monitor_from.date(), round.as_of.date());
        return Ok(Err(match lang {
            Lang::Zh => format!(
                "发送时间不在本轮监测期（{from}至{until}）内，也不在其后{SENT_AFTER_DAYS_MAX}天内，请核对轮次和时间"
            ),
            Lang::En => format!(
                "It was sent outside of the round ({from} to {until} and {SENT_AFTER_DAYS_MAX} days after it)"
            ),
        }));
    }
    keep(state, viewer, sent, own).await
}

async fn was_answered(state: &WebState, viewer: &Viewer, sent: &Sent, own: &mut Enquiry) -> Done {
    let lang = viewer.lang;
    let Some(asked) = own.sent_at else {
        return Ok(Err(lang
            .t("还没有登记发送", "It was not sent yet")
            .to_owned()));
    };
    let day = sent.field("day").parse::<Date>().ok();
    let day = day.filter(|day| *day >= asked.date() && *day <= state.now().date());
    let Some(day) = day else {
        return Ok(Err(lang.t("答复日期不对", "The day is wrong").to_owned()));
    };
    own.answered = Some(day);
    own.reply = sent.field("reply").chars().take(4_000).collect();
    keep(state, viewer, sent, own).await
}

async fn was_judged(state: &WebState, viewer: &Viewer, sent: &Sent, own: &mut Enquiry) -> Done {
    let lang = viewer.lang;
    let judged = Quality::of_word(sent.field("quality")).filter(|_| own.answered.is_some());
    let Some(judged) = judged else {
        let text = lang.t("收到答复后才能评价", "Only an answer can be judged");
        return Ok(Err(text.to_owned()));
    };
    own.quality = Some(judged);
    keep(state, viewer, sent, own).await
}

async fn keep(state: &WebState, viewer: &Viewer, sent: &Sent, own: &Enquiry) -> Done {
    let mut files = Vec::new();
    for file in sent.files.iter().take(5) {
        let owner = Owner {
            object: format!("enquiry/{}", own.id),
            about: String::new(),
            unit: None,
        };
        match upload::keep(state, viewer, owner, file).await? {
            Ok(new) => files.push(new),
            Err(fault) => return Ok(Err(fault.text(viewer.lang).to_owned())),
        }
    }
    match state.acting(viewer).change_enquiry(own, &files).await {
        Ok(()) => Ok(Ok(())),
        Err(error @ (StoreError::Closed { .. } | StoreError::Refused(_))) => {
            Ok(Err(error.to_string()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Answers the manual question of the round by what became of the enquiry; the target is scored anew in the same step.
async fn count(state: &WebState, viewer: &Viewer, own: &mut Enquiry) -> Done {
    let lang = viewer.lang;
    let clock = clock(state, own, state.now().date()).await?;
    let number = clock.and_then(|own_term| failures(own_term.state, own.quality));
    let (Some(number), Some(clock)) = (number, clock) else {
        let text = lang.t("还不能计入：没有到期，或没有评价", "It is not known yet");
        return Ok(Err(text.to_owned()));
    };
    let (round, target) = (own.round.clone(), own.target.clone());
    let whole = state.store.round(&round).await?.round;
    let set = &whole.set;
    let subject = state.store.subject(&round, &target).await?;
    let judgements = state.store.judgements(&round, Some(&target)).await?;
    let mut reviews = state.store.review_history(&round, &target).await?;
    let quality = own
        .quality
        .map_or_else(String::new, |own| format!("，{}", own.zh()));
    let review = Review {
        round: round.clone(),
        target: target.clone(),
        check: "manual".to_owned(),
        key: QUESTION.to_owned(),
        decision: Decision::Answered {
            number,
            note: format!(
                "模拟咨询：{}{quality}（期限 {}）",
                clock.state.zh(),
                clock.due
            ),
        },
        by: viewer.person.clone(),
        at: state.now(),
        reason: own.question.clone(),
    };
    if let Some((_, why)) = Reviewable::new(set, &judgements).objection(&review) {
        return Ok(Err(why));
    }
    reviews.push(review.clone());
    let sheet = score_in(&whole, &subject, &judgements, &reviews);
    own.counted = Some(number);
    let store = state.acting(viewer);
    match store.count_enquiry(own, &review, &set.id, &sheet).await {
        Ok(()) => Ok(Ok(())),
        Err(error @ (StoreError::Closed { .. } | StoreError::Refused(_))) => {
            Ok(Err(error.to_string()))
        }
        Err(other) => Err(other.into()),
    }
}
