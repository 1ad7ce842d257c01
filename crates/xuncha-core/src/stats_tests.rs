use super::*;
use crate::indicator::{DeductKind, IndicatorKind};
use crate::registry::{SiteKind, Target};
use crate::score::IndicatorScore;
use crate::testing::*;

fn demo_set() -> IndicatorSet {
    let each = || vec![rule(&["hit"], Some(DeductKind::Each), Some("0.1"))];
    let mut release = indicator("D-1", IndicatorKind::Deduct, "40", "a", each());
    release.level1 = "发布解读".to_owned();
    release.level2 = "政策文件".to_owned();
    let mut search = indicator("D-2", IndicatorKind::Deduct, "20", "b", each());
    search.level2 = "站内搜索".to_owned();
    let mut links = indicator("D-3", IndicatorKind::Deduct, "40", "c", each());
    links.level2 = "可用性".to_owned();
    set(vec![release, search, links], formula())
}

/// A sheet with these points taken from D-1, D-2 and D-3.
fn sheet(id: &str, taken: [&str; 3]) -> ScoreSheet {
    let amounts = taken.map(points);
    let full = [points("40"), points("20"), points("40")];
    let score = points("100") - amounts.into_iter().sum();
    ScoreSheet {
        target: id.into(),
        class: TargetClass::Portal,
        indicators: (0..3)
            .map(|at| IndicatorScore {
                indicator: format!("D-{}", at + 1),
                points: full[at],
                amount: amounts[at],
                open_amount: Points::ZERO,
                is_veto: false,
                may_veto: false,
                not_applicable: false,
                unmeasured: false,
                findings: Vec::new(),
                open: Vec::new(),
            })
            .collect(),
        deduct_score: Some(score),
        deduct_score_low: Some(score),
        bonus_score: None,
        final_score: Some(score),
        outcome: Outcome::Qualified,
        to_confirm: 0,
    }
}

fn unscored(id: &str, class: TargetClass, outcome: Outcome) -> ScoreSheet {
    ScoreSheet {
        class,
        indicators: Vec::new(),
        deduct_score: None,
        deduct_score_low: None,
        final_score: None,
        outcome,
        to_confirm: 0,
        ..sheet(id, ["0", "0", "0"])
    }
}

fn stats_of(
    sample: &Sample,
    previous: &[PreviousRound],
    targets: &[(Subject, ScoreSheet)],
) -> Stats {
    let set = demo_set();
    reckon(&StatsInput {
        set: &set,
        round: "2020Q1",
        sample,
        previous,
        targets: targets
            .iter()
            .map(|(subject, sheet)| (subject, sheet))
            .collect(),
    })
}

fn printed<'a>(stats: &'a Stats, name: &str) -> &'a str {
    &stats.figures[name].printed
}

fn ids(prefix: &str, count: usize) -> Vec<TargetId> {
    (1..=count)
        .map(|n| TargetId(format!("{prefix}{n:04}")))
        .collect()
}

/// The letter's province: 577 sites, 897 accounts, 126 + 84 + 274 drawn.
fn letter() -> (Sample, Vec<(Subject, ScoreSheet)>) {
    let mut sample = Sample::default();
    let mut add = |stratum: &str, prefix: &str, size: usize, drawn: usize| {
        let all = ids(prefix, size);
        for id in &all[..drawn] {
            sample.drawn.insert(id.clone(), stratum.to_owned());
        }
        sample.frame.insert(stratum.to_owned(), all);
    };
    add("portal/province", "100000", 1, 1);
    add("portal/city", "200000", 14, 14);
    add("portal/county", "300000", 111, 111);
    add("department", "400000", 451, 84);
    add("account/微信/990100", "A", 600, 174);
    add("account/微博/990200", "AB", 297, 100);
    let mut above = 0;
    let mut accounts = 0;
    let targets = sample
        .drawn
        .iter()
        .map(|(id, stratum)| {
            let sheet = match stratum.as_str() {
                portal if portal.starts_with("portal/") => {
                    above += 1;
                    // 52 at 80.1 and 74 at (9979.2 − 52 × 80.1) / 74, the last one carrying the rest.
                    let taken = match above {
                        1..=52 => "19.9",
                        126 => "21.70",
                        _ => "21.43",
                    };
                    sheet(&id.0, ["0", "0", taken])
                }
                "department" => unscored(&id.0, TargetClass::Department, Outcome::Qualified),
                _ => {
                    accounts += 1;
                    let outcome = if accounts <= 245 {
                        Outcome::Qualified
                    } else {
                        Outcome::Unqualified
                    };
                    unscored(&id.0, TargetClass::Account, outcome)
                }
            };
            let target = match sheet.class {
                TargetClass::Account => Target::Account(account(&id.0, "微信", "990100")),
                TargetClass::Department => Target::Site(site(&id.0, SiteKind::Department)),
                _ => Target::Site(site(&id.0, SiteKind::Portal)),
            };
            (subject(target), sheet)
        })
        .collect();
    (sample, targets)
}

fn previous_round(id: &str, sample: &Sample, above: usize, high: &str, low: &str) -> PreviousRound {
    let portals = sample
        .drawn
        .iter()
        .filter(|(_, stratum)| stratum.starts_with("portal/"));
    let mut round = PreviousRound {
        id: id.to_owned(),
        ..PreviousRound::default()
    };
    for (at, (target, _)) in portals.enumerate() {
        let score = points(if at < above { high } else { low });
        round.portal_scores.insert(target.clone(), score);
        round.outcomes.insert(target.clone(), Outcome::Qualified);
    }
    round
}

#[test]
fn the_letters_counts_and_shares_come_out() {
    let (sample, targets) = letter();
    let previous = previous_round("2019Q4", &sample, 29, "85", "75.23");
    let stats = stats_of(&sample, &[previous], &targets);
    for (name, expected) in [
        ("registry.websites_running", "577"),
        ("registry.portal_province", "1"),
        ("registry.portal_city", "14"),
        ("registry.portal_county", "111"),
        ("registry.department", "451"),
        ("registry.accounts_running", "897"),
        ("sample.websites", "210"),
        ("sample.portals", "126"),
        ("sample.departments", "84"),
        ("sample.website_ratio_percent", "36.4"),
        ("sample.accounts", "274"),
        ("sample.account_ratio_percent", "30.5"),
        ("outcome.website_pass_rate_percent", "100"),
        ("outcome.account_pass_rate_percent", "89.4"),
        ("estimate.website_pass_rate_percent", "100"),
        ("estimate.website_pass_rate_low_percent", "97.1"),
        ("estimate.website_pass_rate_high_percent", "100"),
        ("estimate.portal_pass_rate_low_percent", "100"),
        ("estimate.portal_mean_deduction_score_low", "79.2"),
        ("outcome.portals_above_80", "52"),
        ("outcome.portals_above_80_percent", "41"),
        ("outcome.portals_above_80_change_percent_points", "18"),
        ("outcome.portal_mean_deduction_score", "79.2"),
        ("outcome.portal_mean_change_points", "1.72"),
        (
            "outcome.account_pass_rate_change_percent_points",
            MISSING_PREVIOUS,
        ),
        ("outcome.above_80_four_quarters_cities", MISSING_PREVIOUS),
    ] {
        assert_eq!(printed(&stats, name), expected, "{name}");
    }
    assert_eq!(stats.problem_accounts.len(), 29);
    let running: usize = stats.strata.iter().map(|row| row.running).sum();
    let drawn: usize = stats.strata.iter().map(|row| row.outcomes.total).sum();
    assert_eq!((running, drawn), (577 + 897, 210 + 274));
}

#[test]
fn without_a_previous_round_nothing_prints_as_zero() {
    let (sample, targets) = letter();
    let stats = stats_of(&sample, &[], &targets);
    let missing: Vec<&String> = stats
        .figures
        .iter()
        .filter(|(_, figure)| figure.value == FigureValue::Missing(MISSING_PREVIOUS.to_owned()))
        .map(|(name, _)| name)
        .collect();
    for name in [
        "outcome.portal_mean_change_points",
        "outcome.previous_portals_above_80",
        "index_level1.功能设计.change",
    ] {
        assert!(missing.iter().any(|own| *own == name), "{name}");
        assert_eq!(printed(&stats, name), MISSING_PREVIOUS);
    }
    let empty = stats_of(&Sample::default(), &[], &[]);
    assert_eq!(
        printed(&empty, "outcome.portal_mean_deduction_score"),
        NOT_MEASURED
    );
    assert_eq!(printed(&empty, "index_level2.可用性.now"), NOT_MEASURED);
    assert!(empty.weakest.is_empty());
}

fn three_portals() -> (Sample, Vec<(Subject, ScoreSheet)>) {
    let mut sample = Sample::default();
    let mut targets = Vec::new();
    for (id, taken) in [
        ("1", ["0", "10", "4"]),
        ("2", ["4", "5", "0"]),
        ("3", ["8", "0", "2"]),
    ] {
        sample.drawn.insert(id.into(), "portal/city".to_owned());
        targets.push((portal(id), sheet(id, taken)));
    }
    let all = sample.drawn.keys().cloned().collect();
    sample.frame.insert("portal/city".to_owned(), all);
    (sample, targets)
}

#[test]
fn indices_are_mean_score_over_points_and_compared_exactly() {
    let (sample, targets) = three_portals();
    let mut last = PreviousRound {
        id: "2019Q4".to_owned(),
        ..PreviousRound::default()
    };
    last.index_level1
        .insert("功能设计".to_owned(), Exact::from_decimal("0.80").unwrap());
    let stats = stats_of(&sample, &[last], &targets);
    let level1: Vec<(&str, &str)> = stats
        .level1
        .iter()
        .map(|row| {
            (
                row.name.as_str(),
                printed(&stats, &format!("index_level1.{}.now", row.name)),
            )
        })
        .collect();
    // 发布解读: (40 + 36 + 32) / 120; 功能设计: (180 − 21) / 180.
    assert_eq!(level1, [("发布解读", "0.9"), ("功能设计", "0.88")]);
    assert_eq!(printed(&stats, "index_level1.功能设计.change"), "0.08");
    assert_eq!(
        printed(&stats, "index_level1.发布解读.change"),
        MISSING_PREVIOUS
    );
    assert_eq!(stats.weakest, ["站内搜索", "政策文件", "可用性"]);
}

#[test]
fn means_leave_out_vetoed_undetermined_and_what_does_not_apply() {
    let (sample, mut targets) = three_portals();
    targets[0].1 = unscored("1", TargetClass::Portal, Outcome::Unqualified);
    targets[1].1.outcome = Outcome::Undetermined;
    targets[2].1.indicators[1].not_applicable = true;
    targets[2].1.indicators[2].unmeasured = true;
    let stats = stats_of(&sample, &[], &targets);
    assert_eq!(printed(&stats, "outcome.portal_mean_count"), "1");
    assert_eq!(printed(&stats, "outcome.portal_mean_deduction_score"), "90");
    assert_eq!(printed(&stats, "outcome.portal_pass_rate_percent"), "50");
    assert_eq!(printed(&stats, "index_level2.站内搜索.now"), NOT_MEASURED);
    assert_eq!(printed(&stats, "index_level1.功能设计.now"), NOT_MEASURED);
    assert_eq!(printed(&stats, "index_level2.政策文件.now"), "0.8");
    assert_eq!(stats.portals[1].deduct_score, None);
}

#[test]
fn four_rounds_in_a_row_need_four_rounds_in_a_row() {
    let (sample, targets) = three_portals();
    // Scores now: 86, 91, 90. Target 3 dropped once, at exactly 80.
    let round = |id: &str, third: &str| {
        let mut round = previous_round(id, &sample, 3, "85", "0");
        round.portal_scores.insert("3".into(), points(third));
        round
    };
    let full = [
        round("2019Q2", "81"),
        round("2019Q3", "80"),
        round("2019Q4", "81"),
    ];
    let name = "outcome.above_80_four_quarters_cities";
    assert_eq!(
        printed(&stats_of(&sample, &full, &targets), name),
        "青石市、青石市"
    );
    assert_eq!(
        printed(&stats_of(&sample, &full[1..], &targets), name),
        MISSING_PREVIOUS
    );
    let gap = [
        round("2019Q1", "81"),
        round("2019Q2", "81"),
        round("2019Q4", "81"),
    ];
    assert_eq!(
        printed(&stats_of(&sample, &gap, &targets), name),
        MISSING_PREVIOUS
    );
}

#[test]
fn who_failed_again_who_relapsed_and_who_moved() {
    let (sample, mut targets) = three_portals();
    // Scores now: 86, 91, 90; the second and third fail.
    targets[1].1.outcome = Outcome::Unqualified;
    targets[2].1.outcome = Outcome::Unqualified;
    let mut first = previous_round("2019Q2", &sample, 3, "85", "0");
    let mut middle = previous_round("2019Q3", &sample, 3, "85", "0");
    let mut last = previous_round("2019Q4", &sample, 1, "85", "95");
    first.outcomes.insert("2".into(), Outcome::Unqualified);
    first.outcomes.insert("3".into(), Outcome::Unqualified);
    // A round that did not draw it says nothing of it.
    middle.outcomes.remove(&TargetId::from("2"));
    last.outcomes.insert("2".into(), Outcome::Unqualified);
    let taken = BTreeMap::from([("D-2".to_owned(), points("1"))]);
    for id in ["1", "3"] {
        last.deductions.insert(id.into(), taken.clone());
    }
    let stats = stats_of(&sample, &[first, middle, last], &targets);
    for (name, expected) in [
        ("repeat.unqualified", "1"),
        ("repeat.unqualified_standing", "1"),
        ("repeat.relapsed", "1"),
        // Target 3 lost points for D-2 then, not now.
        ("repeat.same_indicator", "1"),
        ("movement.portals_up", "1网站"),
        ("movement.portals_down", "3网站、2网站"),
    ] {
        assert_eq!(printed(&stats, name), expected, "{name}");
    }
    let rows: Vec<(&str, usize, bool, usize)> = stats
        .repeats
        .iter()
        .map(|row| {
            (
                row.target.0.as_str(),
                row.rounds,
                row.is_relapsed,
                row.same.len(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [("1", 0, false, 1), ("2", 3, false, 0), ("3", 1, true, 0)]
    );
    let alone = stats_of(&sample, &[], &targets);
    for name in [
        "repeat.unqualified",
        "repeat.same_indicator",
        "movement.portals_up",
    ] {
        assert_eq!(printed(&alone, name), MISSING_PREVIOUS, "{name}");
    }
}

#[test]
fn one_changed_entry_changes_only_what_follows_from_it() {
    let (sample, targets) = letter();
    let before = stats_of(&sample, &[], &targets);
    let mut changed = targets;
    let one = changed
        .iter_mut()
        .find(|(_, sheet)| sheet.outcome == Outcome::Unqualified)
        .unwrap();
    one.1.outcome = Outcome::Qualified;
    let after = stats_of(&sample, &[], &changed);
    let different: Vec<&str> = before
        .figures
        .iter()
        .filter(|(name, figure)| after.figures[*name] != **figure)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        different,
        [
            "estimate.account_pass_rate_high_percent",
            "estimate.account_pass_rate_low_percent",
            "estimate.account_pass_rate_percent",
            "outcome.account_pass_rate_percent",
            "outcome.accounts_qualified",
            "outcome.accounts_unqualified"
        ]
    );
}

#[test]
fn indices_of_a_round_follow_from_its_deductions() {
    let mut round = PreviousRound::default();
    for (id, taken) in [("1", "10"), ("2", "5")] {
        let taken = BTreeMap::from([
            ("D-2".to_owned(), points(taken)),
            ("D-3".to_owned(), points("4")),
        ]);
        round.deductions.insert(id.into(), taken);
    }
    let round = round.with_indices_of(&demo_set());
    assert_eq!(round.index_level2["站内搜索"].fixed(4), "0.6250");
    assert_eq!(round.index_level1["功能设计"].fixed(4), "0.8083");
    assert!(!round.index_level2.contains_key("政策文件"));
}

#[test]
fn regions_gather_their_counties() {
    let (_, targets) = three_portals();
    let mut county = targets[0].clone();
    county.0.region_name = "清溪县".to_owned();
    county.0.region_path = vec!["青石市".to_owned(), "云岭省".to_owned()];
    let stats = stats_of(&Sample::default(), &[], &[targets[1].clone(), county]);
    assert_eq!(stats.regions.len(), 1);
    let row = &stats.regions[0];
    assert_eq!(
        (row.region.as_str(), row.websites.total, row.portal_count),
        ("青石市", 2, 2)
    );
    assert_eq!(row.portal_mean.unwrap().fixed(1), "88.5");
}
