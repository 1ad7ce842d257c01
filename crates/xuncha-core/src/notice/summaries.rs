//! 汇总表: sheets of the workbook by stratum, region and unit, and what is set against earlier rounds, as [`crate::stats`] has them.

use std::collections::BTreeMap;

use super::ResultTable;
use super::annexes::outcome_name;
use super::inputs::NoticeInputs;
use crate::points::{Exact, Points};
use crate::registry::{Level, TargetClass};
use crate::score::Outcome;
use crate::stats::{OutcomeCounts, PortalRow, Stats};

/// All of them; a sheet of which nothing is known is left out.
pub(super) fn summaries(inputs: &NoticeInputs) -> Vec<ResultTable> {
    let stats = &inputs.stats;
    let all = [
        strata(inputs),
        regions(inputs),
        units(inputs),
        repeats(inputs),
        changes(stats),
    ];
    all.into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn sheet(name: &str, heads: &[&str], rows: Vec<Vec<String>>) -> ResultTable {
    ResultTable {
        name: name.to_owned(),
        columns: heads.iter().map(|head| (*head).to_owned()).collect(),
        rows,
    }
}

fn percent(value: Option<Exact>) -> String {
    value.map_or_else(String::new, |value| value.short(1))
}

fn counts(outcomes: &OutcomeCounts) -> [String; 4] {
    let all = [
        outcomes.total,
        outcomes.qualified,
        outcomes.unqualified,
        outcomes.undetermined,
    ];
    all.map(|count| count.to_string())
}

/// 层名. What a stratum is called: 市级门户网站, 部门网站, 新媒体 微信公众号 青石市.
pub fn stratum_name(stratum: &str, region_of: impl Fn(&str) -> Option<String>) -> String {
    match stratum {
        "portal/province" => "省级门户网站".to_owned(),
        "portal/city" => "市级门户网站".to_owned(),
        "portal/county" => "县级门户网站".to_owned(),
        "department" => "部门网站".to_owned(),
        _ => match stratum.split_once('/') {
            Some(("account", rest)) => {
                let named = |part: &str| region_of(part).unwrap_or_else(|| part.to_owned());
                let parts: Vec<String> = rest.split('/').map(named).collect();
                format!("新媒体 {}", parts.join(" "))
            }
            _ => stratum.to_owned(),
        },
    }
}

fn strata(inputs: &NoticeInputs) -> ResultTable {
    let regions: BTreeMap<&str, &str> = inputs
        .targets
        .values()
        .map(|target| (target.region_code.as_str(), target.region.as_str()))
        .collect();
    let cities: BTreeMap<&str, &str> = inputs
        .targets
        .values()
        .filter_map(|target| Some((target.region_code.get(..4)?, target.city.as_str())))
        .collect();
    // A stratum is named by the code of a city, which may have no target of its own.
    let region_of = |code: &str| {
        let city = || cities.get(code.strip_suffix("00")?);
        let name = regions.get(code).or_else(city)?;
        Some((*name).to_owned())
    };
    let rows = inputs.stats.strata.iter().map(|row| {
        let name = stratum_name(&row.stratum, region_of);
        let mut cells = vec![name, row.running.to_string()];
        cells.extend(counts(&row.outcomes));
        cells.extend([row.pass_rate, row.pass_rate_low, row.pass_rate_high].map(percent));
        cells
    });
    sheet(
        "分层汇总",
        &[
            "层",
            "正在运行",
            "抽查",
            "合格",
            "不合格",
            "无法判定",
            "合格率（推断，%）",
            "下限（%）",
            "上限（%）",
        ],
        rows.collect(),
    )
}

/// 省本级, as all sheets call the province's own, by the province's name.
fn own_of(inputs: &NoticeInputs) -> BTreeMap<&str, &str> {
    let targets = inputs.targets.values();
    let own = targets.filter(|target| target.level == Level::Province);
    own.map(|target| (target.region.as_str(), target.city.as_str()))
        .collect()
}

fn regions(inputs: &NoticeInputs) -> ResultTable {
    let own = own_of(inputs);
    let rows = inputs.stats.regions.iter().map(|row| {
        let name = own.get(row.region.as_str()).copied();
        let mut cells = vec![name.unwrap_or(&row.region).to_owned()];
        cells.extend(counts(&row.websites));
        cells.push(percent(row.websites.pass_rate()));
        cells.extend(counts(&row.accounts));
        cells.push(percent(row.accounts.pass_rate()));
        cells.push(row.portal_count.to_string());
        let mean = row
            .portal_mean
            .map_or_else(String::new, |mean| mean.short(2));
        cells.push(mean);
        cells
    });
    sheet(
        "地区汇总",
        &[
            "地区",
            "网站抽查",
            "网站合格",
            "网站不合格",
            "网站无法判定",
            "网站合格率（%）",
            "新媒体抽查",
            "新媒体合格",
            "新媒体不合格",
            "新媒体无法判定",
            "新媒体合格率（%）",
            "计入平均的门户",
            "门户平均得分",
        ],
        rows.collect(),
    )
}

/// A unit's drawn targets.
#[derive(Default)]
struct UnitRow {
    city: String,
    websites: OutcomeCounts,
    accounts: OutcomeCounts,
    /// Kinds of problems, each once a target: what 问题清单 has a row of.
    problems: usize,
}

fn units(inputs: &NoticeInputs) -> ResultTable {
    let mut units: BTreeMap<&str, UnitRow> = BTreeMap::new();
    for target in inputs.targets.values().filter(|target| target.drawn) {
        let row = units.entry(&target.unit).or_default();
        if row.city.is_empty() {
            row.city.clone_from(&target.city);
        }
        let counts = match target.class {
            TargetClass::Account => &mut row.accounts,
            _ => &mut row.websites,
        };
        counts.add(target.outcome.unwrap_or(Outcome::Undetermined));
    }
    for problem in &inputs.problems {
        let target = problem
            .target
            .as_ref()
            .and_then(|id| inputs.targets.get(id));
        if let Some(row) = target.and_then(|target| units.get_mut(target.unit.as_str())) {
            row.problems += 1;
        }
    }
    let rows = units.into_iter().filter(|(unit, _)| !unit.is_empty());
    let cells = |(unit, row): (&str, UnitRow)| {
        let mut cells = vec![unit.to_owned(), row.city];
        cells.extend(counts(&row.websites));
        cells.extend(counts(&row.accounts));
        cells.push(row.problems.to_string());
        cells
    };
    sheet(
        "单位汇总",
        &[
            "主办单位",
            "所在市",
            "网站抽查",
            "网站合格",
            "网站不合格",
            "网站无法判定",
            "新媒体抽查",
            "新媒体合格",
            "新媒体不合格",
            "新媒体无法判定",
            "问题种类数",
        ],
        rows.map(cells).collect(),
    )
}

fn repeats(inputs: &NoticeInputs) -> ResultTable {
    let own = own_of(inputs);
    let rows = inputs.stats.repeats.iter().map(|row| {
        let city = own.get(row.city.as_str()).copied().unwrap_or(&row.city);
        vec![
            row.target.to_string(),
            row.name.clone(),
            row.unit.clone(),
            city.to_owned(),
            row.rounds.to_string(),
            if row.is_relapsed { "是" } else { "否" }.to_owned(),
            row.same.join("、"),
        ]
    });
    sheet(
        "连续与复发",
        &[
            "编号",
            "名称",
            "主办单位",
            "所在市",
            "连续不合格期数",
            "复发",
            "连续扣分的指标",
        ],
        rows.collect(),
    )
}

/// Every portal with a score in both rounds, the deepest fall first.
fn changes(stats: &Stats) -> ResultTable {
    let mut both: Vec<(Points, &PortalRow, Points, Points)> = stats
        .portals
        .iter()
        .filter_map(|row| {
            let (now, before) = (row.deduct_score?, row.previous_deduct_score?);
            Some((now - before, row, before, now))
        })
        .collect();
    both.sort_by(|a, b| (a.0, &a.1.target).cmp(&(b.0, &b.1.target)));
    let rows = both.into_iter().map(|(change, row, before, now)| {
        vec![
            row.target.to_string(),
            row.name.clone(),
            row.region.clone(),
            outcome_name(Some(row.outcome)).to_owned(),
            before.short(),
            now.short(),
            change.short(),
        ]
    });
    sheet(
        "得分变化",
        &[
            "编号",
            "名称",
            "地区",
            "结论",
            "上期得分",
            "本期得分",
            "变化",
        ],
        rows.collect(),
    )
}
