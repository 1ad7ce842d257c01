use std::collections::BTreeMap;

use super::*;
use crate::registry::TargetClass;
use crate::testing::{Dice, points};

fn sheet(outcome: Outcome, score: Option<&str>) -> ScoreSheet {
    let score = score.map(points);
    ScoreSheet {
        target: "1".into(),
        class: TargetClass::Department,
        indicators: Vec::new(),
        deduct_score: score,
        deduct_score_low: score,
        bonus_score: None,
        final_score: score,
        outcome,
        to_confirm: 0,
    }
}

/// One sheet of each outcome: a cell only points to sheets.
fn sheets() -> [ScoreSheet; 3] {
    use Outcome::{Qualified, Undetermined, Unqualified};
    [Qualified, Unqualified, Undetermined].map(|outcome| sheet(outcome, None))
}

/// (whole, qualified, unqualified, undetermined) of each cell.
fn share_of(cells: &[(usize, usize, usize, usize)]) -> Estimate {
    let [good, bad, open] = sheets();
    let cell = |&(whole, q, u, x): &(usize, usize, usize, usize)| {
        let drawn = [
            vec![Some(&good); q],
            vec![Some(&bad); u],
            vec![Some(&open); x],
        ];
        Cell {
            whole,
            drawn: drawn.concat(),
        }
    };
    let cells: Vec<SheetCell<'_>> = cells.iter().map(cell).collect();
    share(&cells.iter().collect::<Vec<_>>()).unwrap()
}

fn ends(estimate: &Estimate, places: u32) -> (String, String) {
    (estimate.low.short(places), estimate.high.short(places))
}

#[test]
fn a_share_is_the_stratified_estimator_of_the_textbook() {
    // (600 · 160/174 + 297 · 85/100) / 897, Cochran (5.52).
    let both = share_of(&[(600, 160, 14, 0), (297, 85, 15, 0)]);
    assert_eq!(both.value.unwrap().fixed(4), "89.6515");
    // Reckoned apart: effective size 407.40, Wilson 86.3141 to 92.2482.
    assert_eq!(ends(&both, 1), ("86.3".to_owned(), "92.3".to_owned()));
    // One stratum: 80 of 84 out of 451, effective size 84 / (1 − 84/451) = 103.23, Wilson 89.2669 to 97.9632.
    let one = share_of(&[(451, 80, 4, 0)]);
    assert_eq!(ends(&one, 1), ("89.2".to_owned(), "98".to_owned()));
}

#[test]
fn a_census_is_the_value_itself() {
    let census = share_of(&[(126, 120, 6, 0), (4, 3, 1, 0)]);
    assert!(census.is_exact);
    assert_eq!(census.value, Exact::percent(123, 130));
    assert_eq!(
        (Some(census.low), Some(census.high)),
        (census.value, census.value)
    );
    // What has to be taken speaks for itself only: 9 failures of last round fail again, all 50 of 500 others pass.
    let forced = share_of(&[(9, 0, 9, 0), (500, 50, 0, 0)]);
    assert_eq!(forced.value, Exact::percent(500, 509));
    assert_eq!(forced.high.short(1), "98.3");
}

#[test]
fn nothing_found_is_not_nothing_there() {
    let all = share_of(&[(451, 84, 0, 0)]);
    assert_eq!(ends(&all, 1), ("96.4".to_owned(), "100".to_owned()));
    let none = share_of(&[(451, 0, 84, 0)]);
    // Alike from the other side, and the ends lie within what was seen.
    assert_eq!(none.low.short(1), "0");
    assert_eq!(none.high.short(1), "3.6");
}

#[test]
fn what_is_undetermined_or_not_covered_widens() {
    let census = share_of(&[(100, 90, 5, 5)]);
    assert_eq!(ends(&census, 1), ("90".to_owned(), "95".to_owned()));
    assert_eq!(census.value, Exact::percent(90, 95));
    let sharp = share_of(&[(400, 90, 10, 0)]);
    let open = share_of(&[(400, 90, 5, 5)]);
    assert!(open.low == sharp.low && open.high > sharp.high);
    let uncovered = share_of(&[(400, 90, 10, 0), (100, 0, 0, 0)]);
    assert_eq!(
        (uncovered.uncovered, uncovered.value),
        (100, Exact::percent(9, 10))
    );
    assert!(uncovered.low < sharp.low && uncovered.high > sharp.high);
    let unknown = share_of(&[(10, 0, 0, 10)]);
    assert_eq!(
        (unknown.value, ends(&unknown, 1)),
        (None, ("0".into(), "100".into()))
    );
}

fn mean_of(cells: &[(usize, &[ScoreSheet])]) -> Estimate {
    let cell = |(whole, drawn): &(usize, &'_ [ScoreSheet])| (*whole, drawn.to_vec());
    let owned: Vec<(usize, Vec<ScoreSheet>)> = cells.iter().map(cell).collect();
    let cells: Vec<SheetCell<'_>> = owned
        .iter()
        .map(|(whole, drawn)| Cell {
            whole: *whole,
            drawn: drawn.iter().map(Some).collect(),
        })
        .collect();
    mean(&cells.iter().collect::<Vec<_>>(), points("100")).unwrap()
}

fn scores(scores: &[&str]) -> Vec<ScoreSheet> {
    let sheet = |score: &&str| sheet(Outcome::Qualified, Some(score));
    scores.iter().map(sheet).collect()
}

#[test]
fn a_mean_is_the_stratified_estimator_of_the_textbook() {
    // Means 80 and 90, weights 0.6 and 0.4: 84. Variance 0.36 · (1 − 0.1) · 100/3 + 0.16 · (1 − 0.1) · 8/2 = 11.376;
    // t of 3 degrees of freedom 3.182: 84 ± 10.7324.
    let (first, second) = (scores(&["70", "80", "90"]), scores(&["88", "92"]));
    let found = mean_of(&[(30, &first), (20, &second)]);
    assert_eq!(found.value.unwrap().short(2), "84");
    assert_eq!(ends(&found, 2), ("73.26".to_owned(), "94.74".to_owned()));
    let census = mean_of(&[(3, &first), (2, &second)]);
    assert_eq!(
        (census.low, census.high),
        (census.value.unwrap(), census.value.unwrap())
    );
    assert_eq!(census.value.unwrap().short(2), "84");
}

#[test]
fn a_vetoed_target_has_no_part_in_a_mean_and_an_open_one_has_its_worst_and_best() {
    let mut drawn = scores(&["70", "90"]);
    drawn.push(sheet(Outcome::Unqualified, None));
    let found = mean_of(&[(3, &drawn)]);
    assert!(found.is_exact);
    assert_eq!(found.value.unwrap().short(2), "80");
    drawn.push(ScoreSheet {
        deduct_score_low: Some(points("50")),
        ..sheet(Outcome::Undetermined, Some("95"))
    });
    let found = mean_of(&[(4, &drawn)]);
    assert_eq!(found.value.unwrap().short(2), "80");
    assert_eq!(ends(&found, 2), ("70".to_owned(), "85".to_owned()));
}

/// A population: for each stratum how many are drawn, and the sheets of all.
type Population = Vec<(usize, Vec<ScoreSheet>)>;

/// Of 2,000 draws, in how many percent the interval holds the truth.
fn coverage(
    population: &Population,
    seed: u64,
    of: impl Fn(&[&SheetCell<'_>]) -> Option<Estimate>,
) -> f64 {
    const DRAWS: usize = 2_000;
    let whole: Vec<SheetCell<'_>> = population
        .iter()
        .map(|(_, all)| Cell {
            whole: all.len(),
            drawn: all.iter().map(Some).collect(),
        })
        .collect();
    let truth = of(&whole.iter().collect::<Vec<_>>())
        .unwrap()
        .value
        .unwrap();
    let mut dice = Dice(seed);
    let mut held = 0;
    for _ in 0..DRAWS {
        let cells: Vec<SheetCell<'_>> = population
            .iter()
            .map(|(count, all)| {
                let mut left: Vec<&ScoreSheet> = all.iter().collect();
                let drawn = (0..*count).map(|_| Some(left.swap_remove(dice.roll(left.len()))));
                let drawn = drawn.collect();
                Cell {
                    whole: all.len(),
                    drawn,
                }
            })
            .collect();
        let found = of(&cells.iter().collect::<Vec<_>>()).unwrap();
        let value = found.value.unwrap();
        assert!(found.low <= value && value <= found.high, "{found:?}");
        held += usize::from(found.low <= truth && truth <= found.high);
    }
    held as f64 * 100.0 / DRAWS as f64
}

fn stratum(drawn: usize, good: usize, bad: usize) -> (usize, Vec<ScoreSheet>) {
    let [qualified, unqualified, _] = sheets();
    (
        drawn,
        [vec![qualified; good], vec![unqualified; bad]].concat(),
    )
}

#[test]
fn intervals_of_shares_hold_the_truth_as_often_as_they_say() {
    let small = |at: usize| stratum(1 + at % 3, 3 + at % 7, at % 4);
    let populations: BTreeMap<&str, Population> = BTreeMap::from([
        ("departments", vec![stratum(84, 430, 21)]),
        ("half", vec![stratum(60, 100, 100)]),
        ("rare", vec![stratum(84, 446, 5)]),
        (
            "two strata",
            vec![stratum(90, 280, 20), stratum(60, 100, 100)],
        ),
        (
            "far apart",
            vec![stratum(60, 190, 10), stratum(60, 20, 180)],
        ),
        (
            "portals all taken",
            vec![stratum(126, 120, 6), stratum(84, 400, 51)],
        ),
        ("many small strata", (0..60).map(small).collect()),
    ]);
    for (name, population) in &populations {
        let held = coverage(population, 7, share);
        assert!((93.0..=99.0).contains(&held), "{name}: {held}");
    }
}

#[test]
fn intervals_of_means_hold_the_truth_as_often_as_they_say() {
    let mut dice = Dice(3);
    let mut stratum = |drawn: usize, size: usize, low: usize| {
        // Two throws, so that the middle is more frequent; every twentieth is vetoed.
        let mut one = |at: usize| match at % 20 {
            19 => sheet(Outcome::Unqualified, None),
            _ => {
                let score = low + dice.roll(15) + dice.roll(15);
                sheet(Outcome::Qualified, Some(&score.to_string()))
            }
        };
        (drawn, (0..size).map(&mut one).collect::<Vec<_>>())
    };
    let populations: [(&str, Population); 2] = [
        ("one", vec![stratum(40, 300, 60)]),
        (
            "three",
            vec![
                stratum(20, 100, 50),
                stratum(20, 200, 65),
                stratum(2, 10, 40),
            ],
        ),
    ];
    for (name, population) in &populations {
        let held = coverage(population, 11, |cells| mean(cells, points("100")));
        assert!((93.0..=99.0).contains(&held), "{name}: {held}");
    }
}

#[test]
fn strata_add_up_to_the_whole() {
    let mut dice = Dice(5);
    for _ in 0..300 {
        let cells: Vec<(usize, usize, usize, usize)> = (0..1 + dice.roll(6))
            .map(|_| {
                let (q, u) = (1 + dice.roll(30), dice.roll(30));
                (q + u + dice.roll(200), q, u, 0)
            })
            .collect();
        let whole: usize = cells.iter().map(|cell| cell.0).sum();
        let parts = cells.iter().map(|cell| {
            let (part, size) = share_of(&[*cell]).value.unwrap().fraction();
            (part * cell.0 as i128, size)
        });
        let together = sum(parts).over(Exact::new(whole as i128, 1).unwrap());
        let found = share_of(&cells);
        assert_eq!(found.value.unwrap().fixed(6), together.unwrap().fixed(6));
        assert!(found.low <= found.value.unwrap() && found.value.unwrap() <= found.high);
    }
}
