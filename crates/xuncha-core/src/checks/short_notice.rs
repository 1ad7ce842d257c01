//! 公告期不足: the notice of a closing site, or that of a domain change, is not there for as long as it has to be.
//!
//! * Why: who comes to the old address has to learn where the site went.
//! * Evidence used: what the registry's watch saw of the notice until the monitoring point (`registry/watch.rs` judges it).
//! * Left to a person: nothing; a look that failed by our own fault does not count.
//! * Known misjudgements: a notice that is a picture is not read.
//! * Source: 国办发〔2017〕47号 (30 days); 国办函〔2018〕55号 (three months).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, NoticeTerm};
use crate::registry::watch::{WatchKind, WatchState};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: the terms stand with the registry's watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("closing_unseen", "没有关停迁移公告"),
    ("closing_short", "关停迁移公告提前撤下"),
    ("domain_unseen", "没有域名变更公告"),
    ("domain_short", "域名变更公告提前撤下"),
    ("not_back", "临时下线到期未恢复"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &[];

/// One look says nothing of what is absent.
const LOOKS_MIN: u32 = 2;

/// Judges what is watched of the site.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    if site.notices.is_empty() {
        return Ok(support::not_applicable(
            "没有批准的关停迁移、域名变更或临时下线。",
        ));
    }
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    let mut is_judged = false;
    for notice in &site.notices {
        match state(notice, context) {
            Ok(found) => {
                is_judged = true;
                findings.extend(found);
            }
            Err(doubt) => doubts.push(doubt),
        }
    }
    support::verdict_of_judged(findings, doubts, is_judged)
}

fn state(notice: &NoticeTerm, context: &Context) -> Result<Option<Finding>, Doubt> {
    let (key, what, unseen, short) = match notice.kind {
        WatchKind::Closing => ("closing", "关停迁移公告", "closing_unseen", "closing_short"),
        WatchKind::Domain => ("domain", "域名变更公告", "domain_unseen", "domain_short"),
        WatchKind::Return => ("return", "恢复", "not_back", "not_back"),
    };
    let key = format!("{key}:{}", notice.url);
    let evidence = || support::registry_evidence(context, &notice.url, &notice.quote);
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    let (case, detail, confidence) = match notice.state {
        WatchState::Running | WatchState::Fulfilled | WatchState::Away | WatchState::Back => {
            return Ok(None);
        }
        WatchState::Interrupted => (
            short,
            format!(
                "{what}应挂到{}，{}以后不再看到。",
                day(notice.due),
                day(notice.last_seen)
            ),
            Confidence::Medium,
        ),
        WatchState::NotBack => (
            short,
            format!("临时下线应于{}恢复，至今打不开。", day(notice.start)),
            Confidence::High,
        ),
        WatchState::NotSeen if notice.looks >= LOOKS_MIN && notice.kind != WatchKind::Return => (
            unseen,
            format!("查看{}次，没有看到{what}。", notice.looks),
            Confidence::Medium,
        ),
        WatchState::NotSeen | WatchState::NotLooked => {
            let detail = format!(
                "{what}查看了{}次，还说不出有没有，请人工查看。",
                notice.looks
            );
            let reason = UndeterminedReason::Incomplete;
            return Err(support::doubt(key, unseen, reason, detail));
        }
    };
    let finding = Finding::new(key, case, detail, evidence());
    Ok(Some(
        finding.with_url(&notice.url).with_confidence(confidence),
    ))
}
