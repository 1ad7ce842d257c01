//! 复核的指向: a decision must be about something that the round knows, or a slip of the pen loses it silently.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, Review, WHOLE_KEY, findings_of};
use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::judge::{Judged, Judgement};
use crate::points::Points;
use crate::registry::TargetId;
use crate::verdict::{Doubt, Verdict};

/// More failures than this in one answer are a slip of the pen.
const MAX_FAILURES: u32 = 10_000;

/// 可复核之处. Everything of a round that a decision can be about.
pub struct Reviewable {
    targets: BTreeSet<TargetId>,
    checks: BTreeSet<(TargetId, String)>,
    keys: BTreeSet<(TargetId, String, String)>,
    /// Questions for bonus points, with the most that they can earn.
    bonus: BTreeMap<String, Points>,
    /// Targets that another set asks about, whose questions are not known here.
    asked_elsewhere: BTreeSet<TargetId>,
}

impl Reviewable {
    /// Of a round's judgements under its set; judgements of sets that stand beside it count too.
    pub fn new(set: &IndicatorSet, judgements: &[Judgement]) -> Reviewable {
        let question_of = |indicator: &crate::indicator::Indicator| {
            let params = indicator.params.get("manual")?;
            Some(params.get("question")?.as_str()?.to_owned())
        };
        let questions: BTreeMap<&str, String> = set
            .indicators
            .iter()
            .filter_map(|indicator| Some((indicator.id.as_str(), question_of(indicator)?)))
            .collect();
        let bonus = set
            .indicators
            .iter()
            .filter(|indicator| indicator.kind == IndicatorKind::Bonus)
            .filter_map(|indicator| Some((question_of(indicator)?, indicator.points)))
            .collect();
        let mut known = Reviewable {
            targets: BTreeSet::new(),
            checks: BTreeSet::new(),
            keys: BTreeSet::new(),
            bonus,
            asked_elsewhere: BTreeSet::new(),
        };
        for judgement in judgements {
            let (target, check) = (&judgement.target, &judgement.check);
            known.targets.insert(target.clone());
            known.checks.insert((target.clone(), check.clone()));
            let mut add = |key: &str| {
                let place = (target.clone(), check.clone(), key.to_owned());
                known.keys.insert(place);
            };
            findings_of(judgement)
                .iter()
                .for_each(|finding| add(&finding.key));
            doubts_of(judgement)
                .iter()
                .for_each(|doubt| add(&doubt.key));
            match questions.get(judgement.indicator.as_str()) {
                _ if check != "manual" => add(WHOLE_KEY),
                Some(question) if judgement.set == set.id => add(question),
                _ => {
                    known.asked_elsewhere.insert(target.clone());
                }
            }
        }
        known
    }

    /// What is wrong with a decision: the column of the sheet and why, in Chinese. `None` where it fits.
    pub fn objection(&self, review: &Review) -> Option<(&'static str, String)> {
        let (target, check, key) = (&review.target, &review.check, &review.key);
        if !self.targets.contains(target) {
            return Some(("target", format!("本轮没有对象“{target}”")));
        }
        if !self.checks.contains(&(target.clone(), check.clone())) {
            return Some(("check", format!("对象“{target}”没有检查项“{check}”")));
        }
        let is_known = self
            .keys
            .contains(&(target.clone(), check.clone(), key.clone()))
            || check == "manual" && self.asked_elsewhere.contains(target);
        if !is_known {
            let why = format!(
                "“{key}”不是该对象“{check}”的问题、存疑处或人工题；请对照该对象的“人工处理”页"
            );
            return Some(("key", why));
        }
        let Decision::Answered { number, .. } = &review.decision else {
            return None;
        };
        let most = self.bonus.get(key).filter(|_| check == "manual");
        match most {
            Some(most) if Points::whole(i64::from(*number)) > *most => Some((
                "number",
                format!("“{number}”超过该项加分上限{}", most.short()),
            )),
            None if *number > MAX_FAILURES => Some(("number", format!("“{number}”太大"))),
            _ => None,
        }
    }
}

fn doubts_of(judgement: &Judgement) -> &[Doubt] {
    match &judgement.result {
        Judged::Known {
            verdict: Verdict::Pass { undetermined } | Verdict::Fail { undetermined, .. },
        } => undetermined,
        Judged::Unknown { undetermined } => &undetermined.places,
        Judged::Known { .. } => &[],
    }
}
