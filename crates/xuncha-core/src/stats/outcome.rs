//! Figures of what came out: pass rates, the portals' mean, who is above the line, and each against the round before.

use std::collections::BTreeSet;

use super::figures::{Book, change, in_frame, is_account, is_portal, is_website};
use super::{MISSING_PREVIOUS, NOT_MEASURED, PreviousRound, StatsInput};
use crate::points::{Exact, Points};
use crate::registry::{self, TargetClass, TargetId};
use crate::round::draft::title_of;

/// Rounds in a row (this one included) for the list of cities that stayed above the line.
const ROUNDS_IN_A_ROW: usize = 4;

pub(super) fn outcomes(input: &StatsInput<'_>, book: &mut Book) {
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
                change(now, previous, 1),
                1,
                "个百分点",
                &format!("{what}合格率与上期之差"),
            );
        }
    }
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

pub(super) fn portal_scores(input: &StatsInput<'_>, book: &mut Book) {
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
        change(now, previous, 2),
        2,
        "分",
        "扣分指标平均得分与上期之差",
    );
    // Rounds by their ids, for the trend; one without scores is not there.
    for round in input.previous {
        if let Some(mean) = previous_mean(round) {
            let name = format!("trend.portal_mean.{}", round.id);
            let what = format!("{}：政府门户网站扣分指标平均得分", title_of(&round.title));
            book.exact(&name, Ok(mean), 2, "分", &what);
        }
    }
}

fn previous_mean(last: &PreviousRound) -> Option<Exact> {
    Exact::mean(
        last.portal_scores.values().copied().sum(),
        last.portal_scores.len(),
    )
}

pub(super) fn above_the_line(input: &StatsInput<'_>, book: &mut Book) {
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
        change(share, previous_share, 0),
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
