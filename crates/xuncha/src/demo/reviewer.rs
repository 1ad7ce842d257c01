//! 模拟复核. Answers, from the province's truth, what only a person can answer: manual questions and findings that a person must confirm.
//!
//! It sees nothing else: what the machine judges alone stands as the machine judged it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use xuncha_core::indicator::Confirm;
use xuncha_core::judge::Judgement;
use xuncha_core::review::{Decision, OpenKind, Review, open_in_round};
use xuncha_core::round::Round;

use super::accuracy::{Truth, TruthTarget};

/// Name under which the scripted reviewer signs.
pub const NAME: &str = "模拟复核";

/// The reviews that the scripted reviewer gives in a round.
pub fn review(round: &Round, at: DateTime, judgements: &[Judgement], truth: &Truth) -> Vec<Review> {
    let by_target: BTreeMap<&str, &TruthTarget> = truth
        .targets
        .iter()
        .map(|target| (target.target.as_str(), target))
        .collect();
    let always: BTreeSet<&str> = std::iter::once(&round.set)
        .chain(&round.also_listed)
        .flat_map(|set| &set.indicators)
        .filter(|indicator| indicator.confirm == Confirm::Always)
        .map(|indicator| indicator.id.as_str())
        .collect();
    let mut reviews = Vec::new();
    for item in open_in_round(round, judgements, &[]) {
        let Some(planted) = by_target.get(item.target.0.as_str()) else {
            continue;
        };
        let is_confirmable = item
            .indicators
            .iter()
            .any(|indicator| always.contains(indicator.as_str()));
        let decision = match item.kind {
            OpenKind::Question => answer(planted, &item.key),
            OpenKind::Finding if is_confirmable => Some(confirm(planted, &item.check, &item.key)),
            _ => None,
        };
        let Some((decision, reason)) = decision else {
            continue;
        };
        reviews.push(Review {
            round: round.id.clone(),
            target: item.target.clone(),
            check: item.check.clone(),
            key: item.key.clone(),
            decision,
            by: NAME.to_owned(),
            at,
            reason,
        });
    }
    reviews
}

fn answer(planted: &TruthTarget, question: &str) -> Option<(Decision, String)> {
    let answer = planted.manual.get(question)?;
    let decision = Decision::Answered {
        number: answer.fails,
        note: answer.note.clone(),
    };
    Some((decision, "按模拟省的底账回答".to_owned()))
}

fn confirm(planted: &TruthTarget, check: &str, key: &str) -> (Decision, String) {
    let is_planted = planted
        .checks
        .get(check)
        .is_some_and(|planted| planted.items.iter().any(|item| item.key == key));
    match is_planted {
        true => (Decision::Confirmed, "与模拟省的底账一致".to_owned()),
        false => (Decision::Rejected, "模拟省的底账中没有这个问题".to_owned()),
    }
}
