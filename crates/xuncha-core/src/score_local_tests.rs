//! Accounts under the shipped local set: 100 points, 25 of bonus, and 59 after a veto. Under gov-2019 they have no points.

use super::*;
use crate::indicator::resolve;
use crate::judge::Judged;
use crate::registry::Target;
use crate::testing::*;
use crate::verdict::Verdict;

/// One account: problems as (check, key, case) found by machine, keys that a person confirmed, answers to questions.
struct Case {
    what: &'static str,
    found: &'static [(&'static str, &'static str, &'static str)],
    confirmed: &'static [(&'static str, &'static str)],
    answers: &'static [(&'static str, u32)],
    outcome: Outcome,
    deduct: Option<&'static str>,
    last: Option<&'static str>,
}

const STALE: (&str, &str, &str) = ("stale_account", "account", "stale");
const OTHER_SUBJECT: (&str, &str, &str) = (
    "nonconforming_account_name",
    "certified_subject",
    "other_subject",
);
const DUPLICATE: (&str, &str, &str) = ("duplicate_account", "account", "duplicate");

const CASES: &[Case] = &[
    Case {
        what: "nothing found",
        found: &[],
        confirmed: &[],
        answers: &[],
        outcome: Outcome::Qualified,
        deduct: Some("100"),
        last: Some("100"),
    },
    Case {
        what: "a veto that a person confirmed",
        found: &[STALE, OTHER_SUBJECT],
        confirmed: &[("stale_account", "account")],
        answers: &[("account_services", 3)],
        outcome: Outcome::Unqualified,
        deduct: None,
        last: Some("59"),
    },
    Case {
        what: "a veto that nobody confirmed yet",
        found: &[STALE],
        confirmed: &[],
        answers: &[],
        outcome: Outcome::Undetermined,
        deduct: Some("70"),
        last: Some("70"),
    },
    Case {
        what: "an answer that vetoes",
        found: &[],
        confirmed: &[],
        answers: &[("account_conduct", 1)],
        outcome: Outcome::Unqualified,
        deduct: None,
        last: Some("59"),
    },
    Case {
        what: "below the line without a veto: its own score, not the fixed one",
        found: &[OTHER_SUBJECT, DUPLICATE],
        confirmed: &[],
        answers: &[("account_content", 6)],
        outcome: Outcome::Unqualified,
        deduct: Some("55"),
        last: Some("55"),
    },
    Case {
        what: "not above 80: no bonus",
        found: &[OTHER_SUBJECT],
        confirmed: &[],
        answers: &[("account_content", 2), ("account_services", 3)],
        outcome: Outcome::Qualified,
        deduct: Some("79"),
        last: Some("79"),
    },
    Case {
        what: "all of the bonus of accounts, which is less than that of sites",
        found: &[],
        confirmed: &[],
        answers: &[("account_services", 9), ("account_original", 9)],
        outcome: Outcome::Qualified,
        deduct: Some("100"),
        last: Some("125"),
    },
];

fn shipped(id: &str) -> IndicatorSet {
    resolve(&project_files(), id, &crate::checks::validate_params).unwrap()
}

fn verdict(set: &IndicatorSet, case: &Case, indicator: &str, check: &str) -> Verdict {
    if check == "manual" {
        let question = set.indicator(indicator).and_then(Indicator::prompt);
        return Verdict::NeedsReview {
            question: question.unwrap_or_default().to_owned(),
            findings: Vec::new(),
        };
    }
    let own = case.found.iter().filter(|(name, _, _)| *name == check);
    let findings: Vec<_> = own.map(|(_, key, case)| finding(key, case)).collect();
    if findings.is_empty() {
        pass()
    } else {
        fail(findings)
    }
}

fn scored(set: &IndicatorSet, subject: &Subject, case: &Case) -> ScoreSheet {
    let class = subject.target.class();
    let id = subject.target.id();
    let mut judgements = Vec::new();
    let mut reviews = Vec::new();
    for indicator in &set.indicators {
        if !indicator.applies_to.contains(&class) {
            continue;
        }
        for check in &indicator.checks {
            let verdict = verdict(set, case, &indicator.id, check);
            judgements.push(Judgement {
                set: set.id.clone(),
                result: Judged::Known { verdict },
                ..judgement(&id.0, &indicator.id, check, pass())
            });
        }
        if let Some(question) = indicator.question() {
            let given = case.answers.iter().find(|(name, _)| *name == question);
            let number = given.map_or(0, |(_, number)| *number);
            reviews.push(review(&id.0, "manual", question, answered(number), 9));
        }
    }
    let confirmed = case.confirmed.iter();
    reviews.extend(confirmed.map(|(check, key)| {
        let decision = crate::review::Decision::Confirmed;
        review(&id.0, check, key, decision, 10)
    }));
    score(set, subject, &judgements, &reviews)
}

#[test]
fn accounts_are_scored_by_points_and_a_veto_is_59() {
    let set = shipped("local-accounts");
    let subject = subject(Target::Account(account("A000001", "微信", "990100")));
    for case in CASES {
        let sheet = scored(&set, &subject, case);
        assert_eq!(
            (sheet.outcome, sheet.deduct_score, sheet.final_score),
            (case.outcome, case.deduct.map(points), case.last.map(points)),
            "{}: {sheet:?}",
            case.what
        );
    }
}

#[test]
fn nothing_else_is_scored_otherwise() {
    let local = shipped("local-accounts");
    let national = shipped("gov-2019");
    let account = subject(Target::Account(account("A000001", "微信", "990100")));
    for case in CASES {
        let sheet = scored(&national, &account, case);
        let points = (
            sheet.deduct_score,
            sheet.deduct_score_low,
            sheet.bonus_score,
            sheet.final_score,
        );
        assert_eq!(points, (None, None, None, None), "{}", case.what);
        let site = portal("9901000001");
        let sheets = (scored(&local, &site, case), scored(&national, &site, case));
        assert_eq!(sheets.0, sheets.1, "{}", case.what);
    }
    // A site that is vetoed has no score under the local set either: the 59 is of accounts.
    let vetoed = Case {
        what: "a site",
        found: &[("stale_home", "home", "stale")],
        confirmed: &[("stale_home", "home")],
        answers: &[],
        outcome: Outcome::Unqualified,
        deduct: None,
        last: None,
    };
    let sheet = scored(&local, &portal("9901000001"), &vetoed);
    assert_eq!(
        (sheet.outcome, sheet.final_score),
        (vetoed.outcome, None),
        "{sheet:?}"
    );
}
