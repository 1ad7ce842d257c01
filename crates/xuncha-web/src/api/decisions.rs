//! What a person decides of a target, sent by a program.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, Review, Reviewable};
use xuncha_core::score::score_in;

use super::ask::{At, Sent};
use super::model::{NewDecision, NewDecisions, SheetInfo};
use super::problem::{Problem, ProblemBody};
use crate::WebState;
use crate::pages::blind;
use crate::shell::Viewer;

/// Decisions that one request holds, and letters of a text.
const MOST_DECISIONS: usize = 500;
const LONGEST_TEXT: usize = 2_000;

/// Keeps decisions about one target, all or none, and answers with the sheet that follows.
#[utoipa::path(post, path = "/api/v1/rounds/{round}/targets/{target}/decisions", tag = "targets", params(
    ("round" = String, Path, description = "Id of the round"), ("target" = String, Path, description = "Number of the target")),
    request_body = NewDecisions, responses(
    (status = 200, body = SheetInfo),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    At((id, target)): At<(String, String)>,
    Sent(sent): Sent<NewDecisions>,
) -> Result<Json<SheetInfo>, Problem> {
    let sent = sent.decisions;
    if sent.is_empty() || sent.len() > MOST_DECISIONS {
        return Err(Problem::unfit(format!(
            "一次应有 1 至 {MOST_DECISIONS} 个决定"
        )));
    }
    let target = TargetId(target);
    let round = state.store.round(&id).await?.round;
    let subject = state.store.subject(&id, &target).await?;
    blind::refuse_hidden(&state, &viewer, &id, &target).await?;
    let judgements = state.store.judgements(&id, Some(&target)).await?;
    let known = Reviewable::new(&round.set, &judgements);
    let mut reviews = Vec::with_capacity(sent.len());
    for (number, one) in (1..).zip(sent) {
        let review = review(&state, &viewer, (&id, &target), one);
        let texts = [&review.reason, note(&review.decision)];
        if texts.iter().any(|text| text.chars().count() > LONGEST_TEXT) {
            let why = format!("第 {number} 个决定：文字太长，请写在 {LONGEST_TEXT} 字以内");
            return Err(Problem::unfit(why));
        }
        if let Some((column, why)) = known.objection(&review) {
            // What is not there to be decided is missing like any other thing.
            let status = match column {
                "number" => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::NOT_FOUND,
            };
            return Err(Problem::new(status, format!("第 {number} 个决定：{why}")));
        }
        reviews.push(review);
    }
    let mut all = state.store.review_history(&id, &target).await?;
    all.extend(reviews.iter().cloned());
    let sheet = score_in(&round, &subject, &judgements, &all);
    let store = state.acting(&viewer);
    store.decide(&reviews, &round.set.id, &sheet).await?;
    Ok(Json(SheetInfo::new(
        &subject.target,
        &round.set.id,
        Some(&sheet),
        &all,
    )))
}

fn review(
    state: &WebState,
    viewer: &Viewer,
    (round, target): (&str, &TargetId),
    sent: NewDecision,
) -> Review {
    let (check, key, decision, reason) = match sent {
        NewDecision::Confirmed { check, key, reason } => (check, key, Decision::Confirmed, reason),
        NewDecision::Rejected { check, key, reason } => (check, key, Decision::Rejected, reason),
        NewDecision::Withdrawn { check, key, reason } => (check, key, Decision::Withdrawn, reason),
        NewDecision::Answered {
            check,
            key,
            number,
            note,
            reason,
        } => (check, key, Decision::Answered { number, note }, reason),
    };
    Review {
        round: round.to_owned(),
        target: target.clone(),
        check,
        key,
        decision,
        by: viewer.person.clone(),
        at: state.now(),
        reason,
    }
}

fn note(decision: &Decision) -> &String {
    static NONE: String = String::new();
    match decision {
        Decision::Answered { note, .. } => note,
        Decision::Confirmed | Decision::Rejected | Decision::Withdrawn => &NONE,
    }
}
