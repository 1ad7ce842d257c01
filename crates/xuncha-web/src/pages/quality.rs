//! 复核质量: how far people agree with each other and with what the machine passed, and where they do not; for supervisors.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::registry::TargetId;
use xuncha_core::review::blind::{Agreement, BlindKind, agree};
use xuncha_core::review::{Decision, RejectCause, Review, WHOLE_KEY, latest};
use xuncha_store::StoreError;
use xuncha_store::opinion::{BlindShares, Opinion};

use super::desk::item_id;
use super::desk_decide::keep;
use super::public::check_title;
use super::tasks::Desk;
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::pager::encode;
use crate::shell::{Shell, Viewer};

struct CheckLine {
    check: String,
    both: u64,
    differ: u64,
    percent: String,
}

struct DifferLine {
    target: String,
    name: String,
    href: String,
    check: String,
    first: Label,
    first_by: String,
    second: Label,
    second_by: String,
    note: String,
    /// Number for the form that takes a miss over; `None` where it is none, or taken over already.
    adopt: Option<usize>,
}

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage {
    shell: Shell,
    shares: BlindShares,
    double: Agreement,
    double_percent: String,
    pass: Agreement,
    pass_percent: String,
    by_check: Vec<CheckLine>,
    differing: Vec<DifferLine>,
    missed: Vec<DifferLine>,
    causes: Vec<(&'static str, u64)>,
    is_closed: bool,
    action: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(&id).await?;
    let opinions = state.store.opinions(&id).await?;
    let reviews = state.store.reviews(&id).await?;
    let mut by_target: BTreeMap<&TargetId, Vec<Review>> = BTreeMap::new();
    for review in &reviews {
        let own = by_target.entry(&review.target).or_default();
        own.push(review.clone());
    }
    let first_of = |one: &Opinion, key: &str| {
        let own = by_target.get(&one.target)?;
        latest(own, &one.target, &one.check, key)
    };
    let (mut double, mut pass) = (Agreement::default(), Agreement::default());
    let mut checks: BTreeMap<&str, Agreement> = BTreeMap::new();
    let (mut differing, mut missed) = (Vec::new(), Vec::new());
    let base = format!("/rounds/{}", encode(&id));
    for (at, one) in opinions.iter().enumerate() {
        let line = |first: Label, first_by: String| DifferLine {
            target: one.target.0.clone(),
            name: one.target.0.clone(),
            href: format!(
                "{base}/desk/{}/{}?of=all",
                encode(&one.target.0),
                item_id(&one.check, &one.key)
            ),
            check: check_title(lang, &one.check),
            first,
            first_by,
            second: labels::decision(lang, &one.decision),
            second_by: one.by.clone(),
            note: one.reason.clone(),
            adopt: None,
        };
        match one.kind {
            BlindKind::Double => {
                let Some(first) = first_of(one, &one.key) else {
                    continue;
                };
                let is_same = agree(&first.decision, &one.decision);
                double.add(is_same);
                checks.entry(&one.check).or_default().add(is_same);
                if !is_same {
                    let said = labels::decision(lang, &first.decision);
                    differing.push(line(said, first.by.clone()));
                }
            }
            BlindKind::Pass => {
                let is_fine = matches!(one.decision, Decision::Answered { number: 0, .. });
                pass.add(is_fine);
                if !is_fine {
                    let said = Label {
                        text: lang.t("机器：通过", "Machine: passed").to_owned(),
                        tone: "good",
                    };
                    missed.push(DifferLine {
                        adopt: first_of(one, WHOLE_KEY).is_none().then_some(at),
                        href: format!("{base}/targets/{}", encode(&one.target.0)),
                        ..line(said, String::new())
                    });
                }
            }
        }
    }
    for lines in [&mut differing, &mut missed] {
        let ids: Vec<TargetId> = lines.iter().map(|one| TargetId(one.name.clone())).collect();
        let names = state.store.target_names(&id, &ids).await?;
        for (line, target) in lines.iter_mut().zip(&ids) {
            if let Some(name) = names.get(target) {
                line.name.clone_from(name);
            }
        }
    }
    let percent = |one: &Agreement| {
        let share = one.differing().map(|share| format!("{share}%"));
        share.unwrap_or_else(|| "—".to_owned())
    };
    let title = lang.t("复核质量", "Quality of reviews");
    page(&QualityPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "quality"),
        shares: state.store.blind_shares(&id).await?,
        double_percent: percent(&double),
        pass_percent: percent(&pass),
        by_check: checks
            .into_iter()
            .map(|(check, one)| CheckLine {
                check: check_title(lang, check),
                both: one.both,
                differ: one.differ,
                percent: percent(&one),
            })
            .collect(),
        double,
        pass,
        differing,
        missed,
        causes: causes(&viewer, &reviews),
        is_closed: row.state.is_closed(),
        action: format!("{base}/quality"),
    })
}

/// Why findings were rejected, counted.
fn causes(viewer: &Viewer, reviews: &[Review]) -> Vec<(&'static str, u64)> {
    let mut counts: BTreeMap<RejectCause, u64> = BTreeMap::new();
    let rejected = reviews
        .iter()
        .filter(|review| review.decision == Decision::Rejected);
    for review in rejected {
        let cause = RejectCause::of_reason(&review.reason).unwrap_or(RejectCause::Other);
        *counts.entry(cause).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(cause, count)| {
            // Both wordings are constants.
            let name: &'static str = match viewer.lang {
                crate::lang::Lang::Zh => cause.zh(),
                crate::lang::Lang::En => cause.word(),
            };
            (name, count)
        })
        .collect()
}

/// Sets the shares (`double`, `pass`), or takes over what the machine missed (`adopt`): then it counts as what a person said of the check.
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    };
    let store = state.acting(&viewer);
    let back = Redirect::to(&format!("/rounds/{}/quality", encode(&id))).into_response();
    if let Ok(at) = field("adopt").parse::<usize>() {
        let opinions = state.store.opinions(&id).await?;
        let one = opinions.into_iter().nth(at);
        let one = one.filter(|one| one.kind == BlindKind::Pass && one.target.0 == field("target"));
        let Some(one) = one else {
            return Err(StoreError::Refused("列表已有变化，请刷新页面").into());
        };
        let desk = Desk::open(&state, &id, &one.target).await?;
        let review = Review {
            round: id.clone(),
            target: one.target,
            check: one.check,
            key: WHOLE_KEY.to_owned(),
            decision: one.decision,
            by: viewer.person.clone(),
            at: state.now(),
            reason: format!("通过抽检发现（{}）：{}", one.by, one.reason),
        };
        return match keep(&store, &desk, vec![review]).await? {
            Ok(()) => Ok(back),
            Err(why) => Err(WebError::forbidden(why)),
        };
    }
    let percent = |name: &str| field(name).parse::<u32>().ok().filter(|one| *one <= 100);
    let (Some(double_percent), Some(pass_percent)) = (percent("double"), percent("pass")) else {
        return Err(StoreError::Refused("比例应是 0 到 100 的整数").into());
    };
    let shares = BlindShares {
        double_percent,
        pass_percent,
    };
    store.put_blind_shares(&id, shares).await?;
    Ok(back)
}
