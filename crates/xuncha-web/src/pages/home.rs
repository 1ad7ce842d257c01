//! 首页: where each role begins. A unit at its desk, a leader at the one page of the last round that is judged, the office at what waits
//! for it. Whatever is counted here is counted by the lists that the numbers lead to.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::permission::{Action, Scope, scope};
use xuncha_core::rectify::RectifyState;
use xuncha_store::Page;
use xuncha_store::appeal::{AppealFilter, AppealState};
use xuncha_store::outbox::MessageState;
use xuncha_store::rectify::CaseFilter;
use xuncha_store::round::{RoundRow, RoundState, SubjectFilter};

use super::notice_sign;
use super::rounds::next_step;
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::pager::{encode, query};
use crate::shell::{Shell, Viewer};

/// Rounds that the page looks at: older ones wait for nobody.
const ROUNDS: u64 = 6;

/// 待办. Something that waits for the viewer.
struct Waiting {
    count: u64,
    text: &'static str,
    /// Of which round, where it is of one.
    round: String,
    href: String,
    is_late: bool,
}

struct RoundLine {
    href: String,
    id: String,
    title: String,
    as_of: String,
    state: Label,
    /// What comes next, for who manages rounds.
    next: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    shell: Shell,
    waiting: Vec<Waiting>,
    rounds: Vec<RoundLine>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    if viewer.unit.is_some() && viewer.may(Action::ReadUnit) {
        return Ok(Redirect::to("/unit").into_response());
    }
    let rounds = state.store.rounds(Page::numbered(1, ROUNDS)).await?.rows;
    if !viewer.may(Action::DecideTask) {
        let judged = rounds.iter().find(|row| is_judged(row.state));
        let place = match judged.filter(|_| viewer.may(Action::ReadRound)) {
            Some(row) => format!("/rounds/{}/brief", encode(&row.round.id)),
            None => "/rounds".to_owned(),
        };
        return Ok(Redirect::to(&place).into_response());
    }
    let mut waiting = Vec::new();
    for row in &rounds {
        of_round(&state, &viewer, row, &mut waiting).await?;
    }
    of_office(&state, &viewer, &mut waiting).await?;
    waiting.retain(|one| one.count > 0);
    let lang = viewer.lang;
    let rounds = rounds.into_iter().map(|row| {
        let href = format!("/rounds/{}", encode(&row.round.id));
        RoundLine {
            next: viewer
                .may(Action::ManageRound)
                .then(|| next_step(lang, row.state, &href)),
            href,
            as_of: row.round.as_of.date().to_string(),
            state: labels::round_state(lang, row.state),
            id: row.round.id,
            title: row.round.title,
        }
    });
    page(&HomePage {
        rounds: rounds.collect(),
        waiting,
        shell: Shell::new(&viewer, "home", lang.t("待办", "To do")),
    })
}

fn is_judged(state: RoundState) -> bool {
    matches!(state, RoundState::Judged) || state.is_closed()
}

/// What of one round waits: targets given to the viewer, enquiries, the next signature.
async fn of_round(
    state: &WebState,
    viewer: &Viewer,
    row: &RoundRow,
    waiting: &mut Vec<Waiting>,
) -> Result<(), WebError> {
    let lang = viewer.lang;
    let (id, set) = (&row.round.id, &row.round.set.id);
    let mut put = |count, text, href, is_late| {
        waiting.push(Waiting {
            count,
            text,
            round: row.round.title.clone(),
            href,
            is_late,
        });
    };
    if row.state == RoundState::Judged {
        let mine = SubjectFilter {
            is_open: true,
            assignee: Some(viewer.number),
            ..SubjectFilter::default()
        };
        let tasks = format!("/rounds/{}/tasks", encode(id));
        let count = state.store.target_count(id, set, &mine).await?;
        let text = lang.t(
            "个对象分派给我，待人工处理",
            "targets given to me wait for a decision",
        );
        put(count, text, format!("{tasks}?of=mine"), false);
        if viewer.may(Action::ManageRound) {
            let open = SubjectFilter {
                assignee: None,
                ..mine
            };
            let count = state.store.target_count(id, set, &open).await?;
            let text = lang.t(
                "个对象还有待人工处理的事项（全部人员）",
                "targets wait for somebody",
            );
            put(count, text, tasks, false);
        }
    }
    if !row.state.is_closed() && viewer.may(Action::Enquire) {
        let today = state.now().date();
        let (unsent, late) = state.store.enquiries_waiting(id, &viewer.id, today).await?;
        let href = format!("/enquiries{}", query(&[("round", id), ("of", "mine")]));
        let text = lang.t("条模拟咨询待我发送", "enquiries are to be sent by me");
        put(unsent, text, href.clone(), false);
        let text = lang.t(
            "条模拟咨询已到期，待我登记结果",
            "enquiries of mine are past their term",
        );
        put(late, text, href, true);
    }
    let signs = viewer.may(Action::ManageRound) || viewer.may(Action::ApproveNotice);
    if row.state == RoundState::Frozen && signs {
        let is_waiting = notice_sign::awaiting(state, lang, row).await?.is_some();
        let text = lang.t("份通报尚未发布", "notice is not published yet");
        let href = format!("/rounds/{}/notice", encode(id));
        put(u64::from(is_waiting), text, href, false);
    }
    Ok(())
}

/// What waits whatever the round: requests, appeals, cases, messages.
async fn of_office(
    state: &WebState,
    viewer: &Viewer,
    waiting: &mut Vec<Waiting>,
) -> Result<(), WebError> {
    let lang = viewer.lang;
    let mut put = |count, text, href: &str, is_late| {
        waiting.push(Waiting {
            count,
            text,
            round: String::new(),
            href: href.to_owned(),
            is_late,
        });
    };
    if scope(viewer.role, Action::AnswerAppeal) == Scope::All {
        let filter = AppealFilter {
            state: Some(AppealState::Waiting),
            ..AppealFilter::default()
        };
        let found = state.store.appeals(&filter, Page::numbered(1, 1)).await?;
        let text = lang.t("件申诉待答复", "appeals wait for an answer");
        put(found.total, text, "/appeals?state=waiting", false);
    }
    let text = lang.t("件名录填报待我审核", "requests of the registry wait for me");
    put(viewer.waiting_count, text, "/requests", false);
    let today = state.now().date();
    let cases = state
        .store
        .case_counts(&CaseFilter::default(), today)
        .await?;
    let of = |own: RectifyState| cases.get(&own).copied().unwrap_or(0);
    let mut case = |own: RectifyState, zh, en, is_late| {
        let href = format!("/rectify?state={}", own.word());
        put(of(own), lang.t(zh, en), &href, is_late);
    };
    if viewer.may(Action::RecheckCase) {
        case(
            RectifyState::Replied,
            "个整改回复待复查",
            "answers of units wait for a recheck",
            false,
        );
    }
    if viewer.may(Action::ManageCase) {
        case(
            RectifyState::Overdue,
            "个问题逾期未整改",
            "problems are overdue",
            true,
        );
        case(
            RectifyState::Found,
            "个问题待通知",
            "problems wait to be told of",
            false,
        );
        case(
            RectifyState::Relapsed,
            "个复发问题待通知",
            "relapsed problems wait to be told of",
            false,
        );
        for own in [MessageState::Unsure, MessageState::Failed] {
            let found = state
                .store
                .messages(Some(own), Page::numbered(1, 1))
                .await?;
            let (text, href) = match own {
                MessageState::Unsure => (
                    lang.t(
                        "条消息不知是否送达，待核实",
                        "messages may or may not have arrived",
                    ),
                    "/rectify/messages?state=unsure",
                ),
                _ => (
                    lang.t("条消息没有送达", "messages did not arrive"),
                    "/rectify/messages?state=failed",
                ),
            };
            put(found.total, text, href, false);
        }
    }
    Ok(())
}
