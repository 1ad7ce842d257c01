//! A property of every notice: whatever a round came to, text, charts, annexes and sums agree, and the text reads as sentences.

use std::collections::BTreeMap;

use super::from_results::{RoundDetails, inputs};
use super::template::{Template, parse};
use super::words::Words;
use super::{Notice, build};
use crate::indicator::resolve;
use crate::judge::Judgement;
use crate::registry::{Registry, SiteKind, Target, TargetClass};
use crate::results::Results;
use crate::review::Decision;
use crate::round::{Coverage, Round, Sample};
use crate::testing::*;
use crate::verdict::Verdict;

const LETTER: &str = include_str!("../../../../templates/notice-letter.zh.txt");
const WORDS: &str = include_str!("../../../../templates/words.toml");

fn template() -> Template {
    parse(LETTER).unwrap()
}

fn details() -> RoundDetails {
    RoundDetails {
        names: BTreeMap::new(),
        number: String::new(),
        date: jiff::civil::date(2026, 4, 3),
        cases: Vec::new(),
        closures: Vec::new(),
        filings: Vec::new(),
        annual_forms: Vec::new(),
    }
}

fn round() -> Round {
    let files = project_files();
    let set = |id: &str| resolve(&files, id, &|_, _| Ok(())).unwrap();
    Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: Coverage::Sample,
        monitor_from: at(9),
        as_of: at(10),
        seed: "7".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set: set("gov-2019"),
        also_listed: vec![set("extras")],
        also_under: Vec::new(),
    }
}

/// What the round's sets could say of a target, drawn at random: most pass, some fail, some are not known.
fn judgements(round: &Round, target: &str, class: TargetClass, dice: &mut Dice) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for set in std::iter::once(&round.set).chain(&round.also_listed) {
        for indicator in set
            .indicators
            .iter()
            .filter(|indicator| indicator.applies_to.contains(&class))
        {
            for check in &indicator.checks {
                let case = indicator.rules[dice.roll(indicator.rules.len())].cases[0].clone();
                let verdict = match dice.roll(9) {
                    0 | 1 => fail(vec![
                        finding("a", &case).with_count(1 + dice.roll(3) as u32),
                    ]),
                    2 => Verdict::Pass {
                        undetermined: vec![doubt("b", &case)],
                    },
                    _ => pass(),
                };
                judgements.push(Judgement {
                    set: set.id.clone(),
                    ..judgement(target, &indicator.id, check, verdict)
                });
            }
        }
    }
    judgements
}

/// A person confirms every finding, so that what needs one is spoken of too.
fn confirmed(judgements: &[Judgement]) -> Vec<crate::review::Review> {
    let one = |judgement: &Judgement| {
        review(
            &judgement.target.0,
            &judgement.check,
            "a",
            Decision::Confirmed,
            11,
        )
    };
    judgements.iter().map(one).collect()
}

fn random_round(seed: u64) -> (Results, Registry) {
    let mut dice = Dice(seed);
    let round = round();
    let mut sample = Sample::default();
    let mut judged = Vec::new();
    for number in 0..1 + dice.roll(14) {
        let id = format!("{number:010}");
        let (subject, stratum) = match dice.roll(3) {
            0 => (portal(&id), "portal/city"),
            1 => (
                subject(Target::Site(site(&id, SiteKind::Department))),
                "department",
            ),
            _ => (
                subject(Target::Account(account(&id, "微信", "990100"))),
                "account/微信/990100",
            ),
        };
        sample
            .frame
            .entry(stratum.to_owned())
            .or_default()
            .push(id.as_str().into());
        if dice.roll(4) > 0 {
            sample.drawn.insert(id.as_str().into(), stratum.to_owned());
            let found = judgements(&round, &id, subject.target.class(), &mut dice);
            let reviews = confirmed(&found);
            judged.push((subject, found, reviews));
        }
    }
    (
        Results::reckon(round, sample, Vec::new(), judged),
        Registry::default(),
    )
}

fn notice(results: &Results, registry: &Registry) -> Notice {
    match build(
        &inputs(results, registry, &details(), Words::parse(WORDS).unwrap()),
        &template(),
    ) {
        Ok(notice) => notice,
        Err(errors) => panic!("{errors:?}"),
    }
}

#[test]
fn any_round_gives_a_notice_that_agrees_with_itself_and_reads_as_a_sentence() {
    for seed in 0..60 {
        let (results, registry) = random_round(seed);
        let notice = notice(&results, &registry);
        let text = notice.plain_text();
        for broken in [
            "，，", "、、", "。。", "；。", "，。", "：，", "为，", "{{", "、和", "和、", "（）",
            "“”", "如、", "等等",
        ] {
            let line = text.lines().find(|line| line.contains(broken));
            assert!(
                line.is_none(),
                "seed {seed}: “{broken}” in “{}”",
                line.unwrap_or_default()
            );
        }
        assert!(
            !text.contains("自治区") && !text.contains("广西"),
            "the template names no province"
        );
    }
}
