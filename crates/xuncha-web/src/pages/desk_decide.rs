//! What is decided on the desk: confirmed, rejected for a cause, answered, corrected, exempted, taken back; each kept with the score that
//! follows, each undone until the round is closed.

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use xuncha_core::facts::model::ColumnKind;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetId;
use xuncha_core::review::correction::{Corrected, Correction};
use xuncha_core::review::{Decision, RejectCause, Review, Reviewable};
use xuncha_core::score::score_in;
use xuncha_store::Store;
use xuncha_store::exemption::Exemption;

use super::desk::{Asked, Place, desk_page, item_id, items_with};
use super::desk_evidence;
use super::evidence_pass::Passes;
use super::tasks::{Desk, may_decide};
use super::tasks_item::{Answer, Item};
use crate::WebState;
use crate::asked::Query;
use crate::error::WebError;
use crate::lang::Lang;
use crate::pager::encode;
use crate::shell::Viewer;

/// Letters of the longest name of a column.
const COLUMN_NAME_MAX: usize = 60;

/// What the form asks to be done.
enum Wish {
    /// A decision about the thing.
    Decide(Decision, String),
    /// It is not wrong here, or nowhere.
    Exempt { is_everywhere: bool, reason: String },
    /// The column is another, or has a newer item.
    Correct(Vec<Corrected>, String),
    /// A correction is taken back.
    Uncorrect(i64),
}

impl Wish {
    /// Of the fields of a form; what is wrong with them otherwise.
    fn read(lang: Lang, fields: &[(String, String)], may_everywhere: bool) -> Result<Wish, String> {
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name);
            found.map_or("", |(_, value)| value.trim())
        };
        let reason: String = field("reason").chars().take(500).collect();
        let say = |zh: &'static str, en: &'static str| Err(lang.t(zh, en).to_owned());
        match field("do") {
            "confirm" => Ok(Wish::Decide(Decision::Confirmed, reason)),
            "withdraw" => Ok(Wish::Decide(Decision::Withdrawn, reason)),
            "reject" => match RejectCause::of_word(field("cause")) {
                None => say("请选择驳回原因", "Choose why it is not so"),
                Some(RejectCause::Other) if reason.is_empty() => {
                    say("原因选“其他”时须写明", "Say what the other cause is")
                }
                Some(cause) => Ok(Wish::Decide(Decision::Rejected, cause.reason(&reason))),
            },
            "answer" => match Answer(field("answer").to_owned()).decision(lang, &reason)? {
                Some(decision @ Decision::Answered { .. }) => Ok(Wish::Decide(decision, reason)),
                _ => say("请填数目，没有填 0", "Give a number, 0 for none"),
            },
            "exempt" if reason.is_empty() => say("设为例外须写明理由", "Say why it is not wrong"),
            "exempt" => match field("scope") == "everywhere" {
                true if !may_everywhere => say(
                    "对所有对象的例外由监管单位设定",
                    "Only the supervisor makes exemptions for all targets",
                ),
                is_everywhere => Ok(Wish::Exempt {
                    is_everywhere,
                    reason,
                }),
            },
            "correct" => {
                let mut corrected = Vec::new();
                if let Some(kind) = ColumnKind::of_word(field("kind")) {
                    corrected.push(Corrected::ColumnKind { kind });
                }
                match field("list") {
                    "yes" => corrected.push(Corrected::OwnList { is_list: true }),
                    "no" => corrected.push(Corrected::OwnList { is_list: false }),
                    _ => {}
                }
                let name: String = field("name").chars().take(COLUMN_NAME_MAX).collect();
                if !name.is_empty() {
                    corrected.push(Corrected::ColumnName { name });
                }
                match (field("date"), field("date").parse::<Date>()) {
                    ("", _) => {}
                    (_, Ok(date)) => corrected.push(Corrected::NewestDate { date }),
                    _ => return say("日期读不懂", "That is no day"),
                }
                match corrected.is_empty() {
                    true => say("请填写要更正的内容", "Say what is otherwise"),
                    false => Ok(Wish::Correct(corrected, reason)),
                }
            }
            "uncorrect" => match field("number").parse() {
                Ok(number) => Ok(Wish::Uncorrect(number)),
                Err(_) => say("没有这项更正", "There is no such correction"),
            },
            _ => say("没有这种操作", "There is no such step"),
        }
    }
}

/// Does what was wished and goes on to the next thing that is open.
pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(passes): Extension<Passes>,
    Path((id, target, item)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let desk = Desk::open(&state, &id, &TargetId(target)).await?;
    may_decide(&state, &viewer, &desk).await?;
    let items = items_with(viewer.lang, &desk, &asked, &item);
    let base = format!("/rounds/{}/desk", encode(&id));
    let at = items
        .iter()
        .position(|one| item_id(&one.check, &one.key) == item);
    let Some(at) = at else {
        let place = format!("{base}{}", asked.kept_filter());
        return Ok(Redirect::to(&place).into_response());
    };
    let wish = Wish::read(viewer.lang, &fields, viewer.may(Action::ManageRound));
    let done = match wish {
        Ok(wish) => grant(&state, &viewer, &desk, &items[at], wish).await?,
        Err(fault) => Err(fault),
    };
    let kept = match done {
        Ok(kept) => kept,
        Err(fault) => {
            let typed = fields.iter().find(|(key, _)| key == "reason");
            let reason = typed.map_or("", |(_, value)| value.as_str());
            let place = Place {
                passes: &passes,
                asked: &asked,
                at,
            };
            return desk_page(&state, &viewer, &desk, items, place, vec![fault], reason).await;
        }
    };
    let pairs = asked.with_kept(kept);
    // What is taken back is looked at again; everything else is behind.
    let place = match kept {
        "withdrawn" => Some((desk.subject.target.id().clone(), item)),
        _ => next_open(&state, &viewer, &desk, &asked, &items, at).await?,
    };
    let place = match place {
        Some((target, item)) => format!("{base}/{}/{item}{pairs}", encode(&target.0)),
        None => format!("{base}{pairs}"),
    };
    Ok(Redirect::to(&place).into_response())
}

/// The next thing that is open: of the same target after this one, else of the targets after it, else of those before.
async fn next_open(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    asked: &Asked,
    items: &[Item],
    at: usize,
) -> Result<Option<(TargetId, String)>, WebError> {
    let target = desk.subject.target.id();
    let open = |item: &&Item| item.held.is_none();
    let rest = items.get(at + 1..).unwrap_or_default();
    let here = rest.iter().find(open);
    let before = items.get(..at).unwrap_or_default();
    if let Some(next) = here.or_else(|| before.iter().find(open)) {
        return Ok(Some((target.clone(), item_id(&next.check, &next.key))));
    }
    let (id, set) = (&desk.round.id, &desk.round.set.id);
    let person = asked.person(state, viewer, id).await?;
    if asked.is_all() {
        let wanted = asked.neighbour(person);
        let next = state.store.neighbour(id, set, wanted, Some(target)).await?;
        return Ok(next.map(|next| (next, "open".to_owned())));
    }
    let class = super::targets::class_of(&asked.class);
    let next = state
        .store
        .next_open(id, set, class, person, target)
        .await?;
    Ok(next.map(|next| (next, "open".to_owned())))
}

/// Does it; answers with the word for what was done, or why it was not.
async fn grant(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    item: &Item,
    wish: Wish,
) -> Result<Result<&'static str, String>, WebError> {
    let store = state.acting(viewer);
    match wish {
        Wish::Decide(decision, reason) => {
            let word = match &decision {
                Decision::Confirmed => "confirmed",
                Decision::Rejected => "rejected",
                Decision::Answered { .. } => "answered",
                Decision::Withdrawn => "withdrawn",
            };
            let review = review(state, viewer, desk, item, decision, reason);
            let kept = keep(&store, desk, vec![review]).await?;
            Ok(kept.map(|()| word))
        }
        Wish::Exempt {
            is_everywhere,
            reason,
        } => {
            let target = desk.subject.target.id().clone();
            let exemption = Exemption {
                target: (!is_everywhere).then_some(target),
                check: item.check.clone(),
                key: item.key.clone(),
                round: desk.round.id.clone(),
                by: viewer.person.clone(),
                reason: reason.clone(),
                at: state.now(),
            };
            let why = RejectCause::Explained.reason(&reason);
            let review = review(state, viewer, desk, item, Decision::Rejected, why);
            if let Err(fault) = keep(&store, desk, vec![review]).await? {
                return Ok(Err(fault));
            }
            store.put_exemption(&exemption).await?;
            Ok(Ok("exempted"))
        }
        Wish::Correct(corrected, reason) => {
            let found = desk_evidence::finding(state, desk, &item.check, &item.key).await?;
            let seen = found.and_then(|(_, finding)| {
                let page = finding.evidence().first().map(|one| one.sha256.clone());
                Some((finding.url?, page.unwrap_or_default()))
            });
            let Some((url, evidence)) = seen else {
                let text = viewer
                    .lang
                    .t("这一项没有可以更正的栏目", "There is no column here");
                return Ok(Err(text.to_owned()));
            };
            // What was confirmed of the wrong reading must not outlive it.
            if item.held.is_some() {
                let back = Decision::Withdrawn;
                let review = review(state, viewer, desk, item, back, reason.clone());
                if let Err(fault) = keep(&store, desk, vec![review]).await? {
                    return Ok(Err(fault));
                }
            }
            for corrected in corrected {
                let correction = Correction {
                    round: desk.round.id.clone(),
                    target: desk.subject.target.id().clone(),
                    url: url.clone(),
                    corrected,
                    by: viewer.person.clone(),
                    at: state.now(),
                    reason: reason.clone(),
                    evidence: evidence.clone(),
                };
                store.correct(&correction).await?;
            }
            Ok(Ok("corrected"))
        }
        Wish::Uncorrect(number) => {
            let now = state.now();
            store
                .withdraw_correction(&desk.round.id, number, &viewer.person, now)
                .await?;
            Ok(Ok("corrected"))
        }
    }
}

fn review(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    item: &Item,
    decision: Decision,
    reason: String,
) -> Review {
    Review {
        round: desk.round.id.clone(),
        target: desk.subject.target.id().clone(),
        check: item.check.clone(),
        key: item.key.clone(),
        decision,
        by: viewer.person.clone(),
        at: state.now(),
        reason,
    }
}

/// Keeps decisions with the sheet that follows from them.
pub(crate) async fn keep(
    store: &Store,
    desk: &Desk,
    reviews: Vec<Review>,
) -> Result<Result<(), String>, WebError> {
    let known = Reviewable::new(&desk.round.set, &desk.judgements);
    if let Some((_, why)) = reviews.iter().find_map(|review| known.objection(review)) {
        return Ok(Err(why));
    }
    let all: Vec<Review> = desk.reviews.iter().chain(&reviews).cloned().collect();
    let set = &desk.round.set;
    let sheet = score_in(&desk.round, &desk.subject, &desk.judgements, &all);
    store.decide(&reviews, &set.id, &sheet).await?;
    Ok(Ok(()))
}

/// Undoes what the viewer decided last in the round: what held before it holds again. Once more, and it holds as it was decided.
pub(crate) async fn undo(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let base = format!("/rounds/{}/desk", encode(&id));
    let last = state.store.last_review_of(&id, &viewer.person).await?;
    let Some(last) = last else {
        let pairs = asked.with_kept("nothing");
        return Ok(Redirect::to(&format!("{base}{pairs}")).into_response());
    };
    let desk = Desk::open(&state, &id, &last.target).await?;
    may_decide(&state, &viewer, &desk).await?;
    let about = |review: &&Review| review.check == last.check && review.key == last.key;
    let earlier = desk.reviews.iter().filter(about).rev().nth(1);
    let decision = earlier.map_or(Decision::Withdrawn, |review| review.decision.clone());
    let kept = match decision {
        Decision::Withdrawn => "withdrawn",
        _ => "restored",
    };
    let again = Review {
        decision,
        by: viewer.person.clone(),
        at: state.now(),
        reason: earlier.map_or_else(String::new, |review| review.reason.clone()),
        ..last.clone()
    };
    let store = state.acting(&viewer);
    if let Err(why) = keep(&store, &desk, vec![again]).await? {
        return Err(WebError::forbidden(why));
    }
    let item = item_id(&last.check, &last.key);
    let pairs = asked.with_kept(kept);
    let place = format!("{base}/{}/{item}{pairs}", encode(&last.target.0));
    Ok(Redirect::to(&place).into_response())
}
