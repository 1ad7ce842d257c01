//! A property of every notice: whatever a round came to, text, charts, annexes and sums agree, and the text reads as sentences.

use std::collections::BTreeMap;

use super::from_results::{RoundDetails, inputs};
use super::template::{Template, parse};
use super::trace;
use super::words::Words;
use super::{Block, Notice, Span, build, consistency};
use crate::indicator::resolve;
use crate::judge::Judgement;
use crate::points::{Exact, Points};
use crate::registry::{Registry, SiteKind, Target, TargetClass};
use crate::results::Results;
use crate::review::Decision;
use crate::round::{Coverage, Round, Sample};
use crate::stats::{FigureValue, IndexRow, PreviousRound};
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
        case_rows: Vec::new(),
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

/// Whole and parts of the frame and the sample, by names of figures.
const STRATA: [(&str, &[&str]); 5] = [
    (
        "registry.websites_running",
        &[
            "registry.portal_province",
            "registry.portal_city",
            "registry.portal_county",
            "registry.department",
        ],
    ),
    ("sample.websites", &["sample.portals", "sample.departments"]),
    (
        "sample.portals",
        &[
            "outcome.portals_qualified",
            "outcome.portals_unqualified",
            "outcome.portals_undetermined",
        ],
    ),
    (
        "sample.departments",
        &[
            "outcome.departments_qualified",
            "outcome.departments_unqualified",
            "outcome.departments_undetermined",
        ],
    ),
    (
        "sample.accounts",
        &[
            "outcome.accounts_qualified",
            "outcome.accounts_unqualified",
            "outcome.accounts_undetermined",
        ],
    ),
];

fn count(notice: &Notice, name: &str) -> i64 {
    match notice.figures.get(name).map(|figure| &figure.value) {
        Some(FigureValue::Count(count)) => *count,
        other => panic!("{name} is {other:?}"),
    }
}

/// What text, tables, charts and annexes say of the same thing is the same, reckoned here anew from the rows and not by `consistency`.
#[test]
fn text_tables_charts_and_annexes_agree_for_any_round() {
    for seed in 100..160 {
        let (results, registry) = random_round(seed);
        let notice = notice(&results, &registry);
        for (whole, parts) in STRATA {
            let sum: i64 = parts.iter().map(|part| count(&notice, part)).sum();
            assert_eq!(sum, count(&notice, whole), "seed {seed}: {whole}");
        }
        let frame = &results.sample.frame;
        let in_frame = |prefix: &str| -> i64 {
            let strata = frame
                .iter()
                .filter(|(stratum, _)| stratum.starts_with(prefix));
            strata.map(|(_, ids)| ids.len() as i64).sum()
        };
        let framed = [
            ("registry.portal_city", "portal/city"),
            ("registry.department", "department"),
            ("registry.accounts_running", "account/"),
        ];
        for (name, prefix) in framed {
            assert_eq!(
                count(&notice, name),
                in_frame(prefix),
                "seed {seed}: {name}"
            );
        }
        let table = |name: &str| {
            notice
                .tables
                .iter()
                .find(|table| table.name == name)
                .unwrap()
        };
        let drawn = &table("抽查结果").rows;
        assert_eq!(drawn.len(), results.sample.drawn.len(), "seed {seed}");
        let unqualified = |is_account: bool| {
            let row = |row: &&Vec<String>| row[8] == "不合格" && (row[2] == "新媒体") == is_account;
            drawn.iter().filter(row).count()
        };
        let listed = |id: &str| {
            let annex = notice.annexes.iter().find(|annex| annex.id == id);
            annex.map_or(0, |annex| annex.rows.len())
        };
        assert_eq!(listed("problem_accounts"), unqualified(true), "seed {seed}");
        assert_eq!(
            listed("unqualified_websites"),
            unqualified(false),
            "seed {seed}"
        );
        for chart in &notice.charts {
            let name = match chart.id.as_str() {
                "level1" => "一级指标指数",
                "level2_weak" => "二级指标指数",
                "distribution" => {
                    let scored = count(&notice, "outcome.portal_mean_count");
                    let points = chart.series[0].points.iter();
                    let sum: i64 = points.map(|point| point.text.parse::<i64>().unwrap()).sum();
                    assert_eq!(sum, scored, "seed {seed}: classes of scores add up");
                    continue;
                }
                _ => continue,
            };
            let points = chart.categories.iter().zip(&chart.series[0].points);
            for (category, point) in points.filter(|(_, point)| !point.text.is_empty()) {
                let row = table(name)
                    .rows
                    .iter()
                    .find(|row| row[0] == *category)
                    .unwrap();
                let of_table: f64 = row[3].parse().unwrap();
                let of_chart: f64 = point.text.parse().unwrap();
                assert_eq!(of_table, of_chart, "seed {seed}: {category}");
            }
        }
    }
}

/// The rows behind a count are as many as the count says, for any round; and every part of a figure is a figure.
#[test]
fn a_count_has_as_many_rows_as_it_says() {
    let mut looked_at = std::collections::BTreeSet::new();
    for seed in 200..230 {
        let (results, mut registry) = random_round(seed);
        // Who is in the frame and was not drawn is known from the registry.
        for (stratum, ids) in &results.sample.frame {
            for id in ids.iter().map(|id| id.0.as_str()) {
                let target = match stratum.split('/').next() {
                    Some("portal") => portal(id).target,
                    Some("department") => Target::Site(site(id, SiteKind::Department)),
                    _ => Target::Account(account(id, "微信", "990100")),
                };
                match target {
                    Target::Site(site) => drop(registry.sites.insert(id.into(), site)),
                    Target::Account(one) => drop(registry.accounts.insert(id.into(), one)),
                }
            }
        }
        let inputs = inputs(
            &results,
            &registry,
            &details(),
            Words::parse(WORDS).unwrap(),
        );
        let book = trace::book(&inputs);
        for (name, figure) in &book.figures {
            assert!(
                !figure.method.is_empty() && !figure.source.is_empty(),
                "{name}"
            );
            for part in &figure.parts {
                assert!(book.figures.contains_key(part), "{name} is made of {part}");
            }
            let Some(rows) = book.rows_of(name) else {
                continue;
            };
            for row in &rows.rows {
                assert_eq!(row.cells.len(), rows.columns.len(), "{name}");
            }
            // Levels follow from regions, which these registries lack; the golden round has them (tests/letter_sentences.rs).
            let is_count = name.starts_with("registry.") && !name.starts_with("registry.portal_")
                || name.starts_with("outcome.") && !name.contains("change")
                || name.starts_with("problem.") && name.ends_with(".count")
                || name.starts_with("sample.")
                || name.starts_with("repeat.")
                || name.starts_with("distribution.")
                || name.starts_with("serious.");
            if is_count
                && let Ok(count) = figure.printed.parse::<usize>()
                && figure.parts.is_empty()
            {
                assert_eq!(rows.rows.len(), count, "seed {seed}: {name}");
                looked_at.insert(name.clone());
            }
        }
    }
    assert!(looked_at.len() > 40, "{looked_at:?}");
}

/// The same round after one whose means and indices are thirds and sevenths, which round otherwise than their difference.
fn random_round_after(seed: u64) -> (Results, Registry) {
    let (mut results, registry) = random_round(seed);
    let mut dice = Dice(seed + 9_000);
    let mut share = || Exact::new(1 + dice.roll(699) as i128, 700);
    let groups = |rows: &[IndexRow]| rows.iter().map(|row| row.name.clone()).collect();
    let (level1, level2): (Vec<String>, Vec<String>) =
        (groups(&results.stats.level1), groups(&results.stats.level2));
    let mut indices = |names: Vec<String>| -> BTreeMap<String, Exact> {
        names
            .into_iter()
            .filter_map(|name| Some((name, share()?)))
            .collect()
    };
    let previous = PreviousRound {
        id: "2025Q4".to_owned(),
        title: "2025年第四季度".to_owned(),
        index_level1: indices(level1),
        index_level2: indices(level2),
        portal_scores: (0..3)
            .map(|number| {
                let score = Points::from_hundredths(6_000 + dice.roll(4_000) as i64);
                (format!("p{number}").as_str().into(), score)
            })
            .collect(),
        ..PreviousRound::default()
    };
    let judged = results
        .targets
        .drain(..)
        .map(|one| (one.subject, one.judgements, one.reviews))
        .collect();
    let again = Results::reckon(results.round, results.sample, vec![previous], judged);
    (again, registry)
}

/// What a reader subtracts is what is printed, in the text, in the tables and in the charts' data; the exact difference would not be.
#[test]
fn a_difference_is_that_of_the_printed_values_for_any_round() {
    let number = |text: &str| Exact::from_decimal(text);
    let (mut looked_at, mut told_apart) = (0, 0);
    for seed in 400..460 {
        let (results, registry) = random_round_after(seed);
        let good = notice(&results, &registry);
        let printed = |name: &str| good.figures[name].printed.as_str();
        let mut names: Vec<(String, String, String)> = vec![(
            "outcome.portal_mean_change_points".to_owned(),
            "outcome.portal_mean_deduction_score".to_owned(),
            "outcome.previous_portal_mean_deduction_score".to_owned(),
        )];
        names.extend(good.figures.keys().filter_map(|name| {
            let base = name.strip_suffix(".change")?;
            Some((
                name.clone(),
                format!("{base}.now"),
                format!("{base}.previous"),
            ))
        }));
        for (change, now, before) in names {
            let sides = (number(printed(&now)), number(printed(&before)));
            let (Some(now_printed), Some(before_printed)) = sides else {
                continue;
            };
            let expected = now_printed.minus(before_printed);
            assert_eq!(
                number(printed(&change)),
                Some(expected),
                "seed {seed}: {change}"
            );
            looked_at += 1;
            let exact = |name: &str| match good.figures[name].value {
                FigureValue::Exact(value) => value,
                _ => panic!("{name} is no number"),
            };
            let unrounded = exact(&now).minus(exact(&before));
            told_apart += usize::from(unrounded.short(2) != printed(&change));
            let mut bad = good.clone();
            let figure = bad.figures.get_mut(&change).unwrap();
            figure.printed = expected.minus(number("0.01").unwrap()).short(2);
            assert!(
                !consistency::check(&bad).is_empty(),
                "seed {seed}: {change}"
            );
        }
        let table = good
            .tables
            .iter()
            .position(|table| table.name == "二级指标指数");
        let mut bad = good.clone();
        let rows = &mut bad.tables[table.unwrap()].rows;
        if let Some(row) = rows.iter_mut().find(|row| number(&row[3]).is_some()) {
            row[5] = "0.77".to_owned();
            assert!(!consistency::check(&bad).is_empty(), "seed {seed}");
        }
    }
    assert!(
        looked_at > 200 && told_apart > 4,
        "{looked_at} {told_apart}"
    );
}

/// A notice with one number changed anywhere in text, charts or annexes is refused.
#[test]
fn a_changed_number_anywhere_is_refused_for_any_round() {
    let mut refused = 0;
    for seed in 300..320 {
        let (results, registry) = random_round(seed);
        let good = notice(&results, &registry);
        let mut bad = Vec::new();
        for index in 0..good.blocks.len() {
            let mut changed = good.clone();
            if let Block::Paragraph(spans) = &mut changed.blocks[index]
                && let Some(Span::Figure { text, .. }) = spans
                    .iter_mut()
                    .find(|span| matches!(span, Span::Figure { .. }))
            {
                text.push('1');
                bad.push(changed);
            }
        }
        for index in 0..good.annexes.len() {
            let mut changed = good.clone();
            changed.annexes[index].rows.pop();
            bad.push(changed);
        }
        for index in 0..good.charts.len() {
            let mut changed = good.clone();
            let points = changed.charts[index].series[0].points.iter_mut();
            if let Some(point) = points.into_iter().find(|point| !point.text.is_empty()) {
                point.text = "0.123".to_owned();
                bad.push(changed);
            }
        }
        for notice in &bad {
            assert!(!consistency::check(notice).is_empty(), "seed {seed}");
        }
        refused += bad.len();
    }
    assert!(refused > 60, "{refused}");
}
