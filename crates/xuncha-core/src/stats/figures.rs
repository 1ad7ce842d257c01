//! The named figures: each with its exact value, its printed form and what it means.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Figure, FigureValue, IndexRow, MISSING_PREVIOUS, NOT_MEASURED, PreviousRound, StatsInput,
};
use crate::points::{Exact, Points};
use crate::registry::{self, TargetClass, TargetId};

/// Rounds in a row (this one included) for the list of cities that stayed above the line.
const ROUNDS_IN_A_ROW: usize = 4;

/// Collects the figures under their names.
struct Book {
    figures: BTreeMap<String, Figure>,
}

impl Book {
    fn put(&mut self, name: &str, value: FigureValue, printed: String, unit: &str, what: String) {
        let figure = Figure {
            value,
            printed,
            unit: unit.to_owned(),
            definition: what,
        };
        self.figures.insert(name.to_owned(), figure);
    }

    fn count(&mut self, name: &str, count: usize, unit: &str, what: &str) {
        let value = FigureValue::Count(i64::try_from(count).unwrap_or(i64::MAX));
        self.put(name, value, count.to_string(), unit, what.to_owned());
    }

    /// An exact value to `places`, or why there is none.
    fn exact(
        &mut self,
        name: &str,
        value: Result<Exact, &str>,
        places: u32,
        unit: &str,
        what: &str,
    ) {
        let (value, printed) = match value {
            Ok(exact) => (FigureValue::Exact(exact), exact.short(places)),
            Err(why) => (FigureValue::Missing(why.to_owned()), why.to_owned()),
        };
        self.put(name, value, printed, unit, what.to_owned());
    }

    fn list(&mut self, name: &str, value: Result<Vec<String>, &str>, what: &str) {
        let (value, printed) = match value {
            Ok(names) => {
                let printed = names.join("、");
                (FigureValue::List(names), printed)
            }
            Err(why) => (FigureValue::Missing(why.to_owned()), why.to_owned()),
        };
        self.put(name, value, printed, "", what.to_owned());
    }
}

/// Whether a stratum belongs to what is counted.
type Belongs = fn(&str) -> bool;

/// All figures, by name.
pub(super) fn figures(
    input: &StatsInput<'_>,
    level1: &[IndexRow],
    level2: &[IndexRow],
    weakest: &[String],
) -> BTreeMap<String, Figure> {
    let mut book = Book {
        figures: BTreeMap::new(),
    };
    registry_and_sample(input, &mut book);
    outcomes(input, &mut book);
    portal_scores(input, &mut book);
    above_the_line(input, &mut book);
    for (prefix, rows) in [("index_level1", level1), ("index_level2", level2)] {
        for row in rows {
            index(prefix, row, &mut book);
        }
    }
    book.list(
        "index_level2_weak",
        Ok(weakest.to_vec()),
        "得分指数最低的二级扣分指标，由低到高",
    );
    book.count(
        "index_level2_weak.count",
        weakest.len(),
        "个",
        "得分指数最低的二级扣分指标个数",
    );
    coverage(input, &mut book);
    book.figures
}

fn is_portal(stratum: &str) -> bool {
    stratum.starts_with("portal/")
}

fn is_department(stratum: &str) -> bool {
    stratum == "department" || stratum.starts_with("department/")
}

fn is_website(stratum: &str) -> bool {
    is_portal(stratum) || is_department(stratum)
}

fn is_account(stratum: &str) -> bool {
    stratum.starts_with("account/")
}

fn registry_and_sample(input: &StatsInput<'_>, book: &mut Book) {
    let parts: [(&str, &str, Belongs, &str); 7] = [
        ("websites_running", "家", is_website, "正在运行的政府网站"),
        (
            "portal_province",
            "家",
            |stratum| stratum == "portal/province",
            "省级政府门户网站",
        ),
        (
            "portal_city",
            "家",
            |stratum| stratum == "portal/city",
            "市级政府门户网站",
        ),
        (
            "portal_county",
            "家",
            |stratum| stratum == "portal/county",
            "县级政府门户网站",
        ),
        ("portals_running", "家", is_portal, "政府门户网站"),
        ("department", "家", is_department, "部门网站"),
        ("accounts_running", "个", is_account, "正在运行的政务新媒体"),
    ];
    for (name, unit, belongs, what) in parts {
        let count = input.stratum_size(belongs);
        book.count(
            &format!("registry.{name}"),
            count,
            unit,
            &format!("名录中{what}的数量"),
        );
    }
    let drawn: [(&str, &str, &str, Belongs, &str); 4] = [
        ("websites", "website", "家", is_website, "政府网站"),
        ("portals", "portal", "家", is_portal, "政府门户网站"),
        ("departments", "department", "家", is_department, "部门网站"),
        ("accounts", "account", "个", is_account, "政务新媒体"),
    ];
    for (plural, singular, unit, belongs, what) in drawn {
        let part = input.drawn(belongs);
        let whole = input.stratum_size(belongs);
        book.count(
            &format!("sample.{plural}"),
            part,
            unit,
            &format!("抽查的{what}数量"),
        );
        book.exact(
            &format!("sample.{singular}_ratio_percent"),
            Exact::percent(part as i128, whole as i128).ok_or(NOT_MEASURED),
            1,
            "%",
            &format!("抽查的{what}占正在运行的{what}的比例"),
        );
    }
}

fn outcomes(input: &StatsInput<'_>, book: &mut Book) {
    let is_site = |class| matches!(class, TargetClass::Portal | TargetClass::Department);
    type Holds<'a> = &'a dyn Fn(TargetClass) -> bool;
    let classes: [(&str, &str, &str, Holds<'_>); 4] = [
        ("website", "家", "政府网站", &is_site),
        ("portal", "家", "政府门户网站", &|class| {
            class == TargetClass::Portal
        }),
        ("department", "家", "部门网站", &|class| {
            class == TargetClass::Department
        }),
        ("account", "个", "政务新媒体", &|class| {
            class == TargetClass::Account
        }),
    ];
    for (name, unit, what, belongs) in classes {
        let counts = input.outcomes(belongs);
        for (outcome, count, zh) in [
            ("qualified", counts.qualified, "合格"),
            ("unqualified", counts.unqualified, "不合格"),
            ("undetermined", counts.undetermined, "无法判定"),
        ] {
            let key = format!("outcome.{name}s_{outcome}");
            book.count(&key, count, unit, &format!("{zh}的{what}数量"));
        }
        let now = counts.pass_rate();
        book.exact(
            &format!("outcome.{name}_pass_rate_percent"),
            now.ok_or(NOT_MEASURED),
            1,
            "%",
            &format!("{what}合格率：合格数占结论明确的{what}数的比例"),
        );
        if name == "website" || name == "account" {
            let previous = input
                .last()
                .and_then(|last| previous_pass_rate(input, last, name == "account"));
            book.exact(
                &format!("outcome.{name}_pass_rate_change_percent_points"),
                change(now, previous),
                1,
                "个百分点",
                &format!("{what}合格率与上期之差"),
            );
        }
    }
}

fn change(now: Option<Exact>, previous: Option<Exact>) -> Result<Exact, &'static str> {
    let now = now.ok_or(NOT_MEASURED)?;
    let previous = previous.ok_or(MISSING_PREVIOUS)?;
    Ok(now.minus(previous))
}

/// Targets of the frame in the strata that belong.
fn in_frame<'a>(input: &'a StatsInput<'_>, belongs: Belongs) -> BTreeSet<&'a TargetId> {
    input
        .sample
        .frame
        .iter()
        .filter(|(stratum, _)| belongs(stratum))
        .flat_map(|(_, targets)| targets)
        .collect()
}

fn previous_pass_rate(
    input: &StatsInput<'_>,
    last: &PreviousRound,
    of_accounts: bool,
) -> Option<Exact> {
    let published = if of_accounts {
        last.account_pass_rate
    } else {
        last.website_pass_rate
    };
    if published.is_some() {
        return published;
    }
    let accounts = in_frame(input, is_account);
    let sites = in_frame(input, is_website);
    let is_account = |id: &TargetId| {
        accounts.contains(id) || (!sites.contains(id) && !registry::is_site_code(&id.0))
    };
    let mut counts = super::OutcomeCounts::default();
    for (_, outcome) in last
        .outcomes
        .iter()
        .filter(|(id, _)| is_account(id) == of_accounts)
    {
        counts.add(*outcome);
    }
    counts.pass_rate()
}

fn portal_scores(input: &StatsInput<'_>, book: &mut Book) {
    let scores: Vec<Points> = input.portals_of_mean().map(|(_, _, score)| score).collect();
    let now = Exact::mean(scores.iter().copied().sum(), scores.len());
    let previous = input.last().and_then(previous_mean);
    book.count(
        "outcome.portal_mean_count",
        scores.len(),
        "家",
        "计入平均得分的政府门户网站数量（单项否决、无法判定的除外）",
    );
    book.exact(
        "outcome.portal_mean_deduction_score",
        now.ok_or(NOT_MEASURED),
        2,
        "分",
        "政府门户网站扣分指标平均得分",
    );
    book.exact(
        "outcome.previous_portal_mean_deduction_score",
        previous.ok_or(MISSING_PREVIOUS),
        2,
        "分",
        "上期政府门户网站扣分指标平均得分",
    );
    book.exact(
        "outcome.portal_mean_change_points",
        change(now, previous),
        2,
        "分",
        "扣分指标平均得分与上期之差",
    );
}

fn previous_mean(last: &PreviousRound) -> Option<Exact> {
    Exact::mean(
        last.portal_scores.values().copied().sum(),
        last.portal_scores.len(),
    )
}

fn above_the_line(input: &StatsInput<'_>, book: &mut Book) {
    let line = input.line().map(Points::short).unwrap_or_default();
    let above = input
        .portals_of_mean()
        .filter(|(_, _, score)| input.is_above_line(*score))
        .count();
    let share = Exact::percent(above as i128, input.drawn(is_portal) as i128);
    let previous = input.last().and_then(|last| previous_above(input, last));
    let previous_share =
        previous.and_then(|(above, total)| Exact::percent(above as i128, total as i128));
    book.count(
        "outcome.portals_above_80",
        above,
        "家",
        &format!("扣分指标得分高于 {line} 分的政府门户网站数量"),
    );
    book.exact(
        "outcome.portals_above_80_percent",
        share.ok_or(NOT_MEASURED),
        0,
        "%",
        &format!("得分高于 {line} 分的占抽查的政府门户网站的比例"),
    );
    let count = previous.map(|(above, _)| Exact::from(Points::whole(above as i64)));
    book.exact(
        "outcome.previous_portals_above_80",
        count.ok_or(MISSING_PREVIOUS),
        0,
        "家",
        &format!("上期得分高于 {line} 分的政府门户网站数量"),
    );
    book.exact(
        "outcome.previous_portals_above_80_percent",
        previous_share.ok_or(MISSING_PREVIOUS),
        0,
        "%",
        &format!("上期得分高于 {line} 分的占比"),
    );
    book.exact(
        "outcome.portals_above_80_change_percent_points",
        change(share, previous_share),
        0,
        "个百分点",
        &format!("得分高于 {line} 分的占比与上期之差"),
    );
    book.list(
        "outcome.above_80_four_quarters_cities",
        cities_in_a_row(input),
        &format!("门户网站连续四个季度得分高于 {line} 分的市"),
    );
}

/// How many portals of the previous round were above the line, of how many.
fn previous_above(input: &StatsInput<'_>, last: &PreviousRound) -> Option<(usize, usize)> {
    if last.portal_scores.is_empty() {
        return None;
    }
    let above = last
        .portal_scores
        .values()
        .filter(|score| input.is_above_line(**score))
        .count();
    let portals = in_frame(input, is_portal);
    let drawn: BTreeSet<&TargetId> = last
        .outcomes
        .keys()
        .filter(|id| portals.contains(id))
        .chain(last.portal_scores.keys())
        .collect();
    Some((above, drawn.len()))
}

fn cities_in_a_row(input: &StatsInput<'_>) -> Result<Vec<String>, &'static str> {
    let needed = ROUNDS_IN_A_ROW - 1;
    let start = input
        .previous
        .len()
        .checked_sub(needed)
        .ok_or(MISSING_PREVIOUS)?;
    let rounds = &input.previous[start..];
    let follow = rounds
        .iter()
        .map(|round| round.id.as_str())
        .chain([input.round])
        .collect::<Vec<_>>()
        .windows(2)
        .all(|pair| follows(pair[0], pair[1]));
    if !follow || rounds.iter().any(|round| round.portal_scores.is_empty()) {
        return Err(MISSING_PREVIOUS);
    }
    let stayed = |id: &TargetId| {
        rounds.iter().all(|round| {
            let score = round.portal_scores.get(id);
            score.is_some_and(|score| input.is_above_line(*score))
        })
    };
    Ok(input
        .portals_of_mean()
        .filter(|(subject, _, score)| {
            let id = subject.target.id();
            let stratum = input.sample.drawn.get(id).map(String::as_str);
            stratum == Some("portal/city") && input.is_above_line(*score) && stayed(id)
        })
        .map(|(subject, _, _)| subject.region_name.clone())
        .collect())
}

/// Whether round `later` is the quarter after `earlier`; ids that are no quarters are taken in the order given.
fn follows(earlier: &str, later: &str) -> bool {
    let quarter = |id: &str| -> Option<i32> {
        let (year, quarter) = id.split_once('Q')?;
        let quarter: i32 = quarter.parse().ok()?;
        let year: i32 = year.parse().ok()?;
        (1..=4).contains(&quarter).then_some(year * 4 + quarter)
    };
    match (quarter(earlier), quarter(later)) {
        (Some(earlier), Some(later)) => earlier + 1 == later,
        _ => true,
    }
}

fn index(prefix: &str, row: &IndexRow, book: &mut Book) {
    let name = &row.name;
    let key = |part: &str| format!("{prefix}.{name}.{part}");
    book.exact(
        &key("now"),
        row.now.ok_or(NOT_MEASURED),
        2,
        "",
        &format!("{name}：平均得分指数（平均得分/分值）"),
    );
    book.exact(
        &key("previous"),
        row.previous.ok_or(MISSING_PREVIOUS),
        2,
        "",
        &format!("{name}：上期平均得分指数"),
    );
    book.exact(
        &key("change"),
        change(row.now, row.previous),
        2,
        "",
        &format!("{name}：平均得分指数与上期之差"),
    );
}

fn coverage(input: &StatsInput<'_>, book: &mut Book) {
    let parts: [(&str, Belongs, &str); 2] = [
        ("websites", is_website, "政府网站"),
        ("accounts", is_account, "政务新媒体"),
    ];
    for (name, belongs, what) in parts {
        let running = in_frame(input, belongs);
        let seen = |id: &TargetId| {
            input.sample.drawn.contains_key(id)
                || input
                    .previous
                    .iter()
                    .any(|round| round.outcomes.contains_key(id))
        };
        let covered = running.iter().filter(|id| seen(id)).count();
        book.exact(
            &format!("coverage.{name}_percent"),
            Exact::percent(covered as i128, running.len() as i128).ok_or(NOT_MEASURED),
            1,
            "%",
            &format!("本期及已知各期抽查过的{what}占正在运行的{what}的比例"),
        );
    }
}
