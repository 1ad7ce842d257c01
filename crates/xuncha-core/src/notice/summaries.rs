//! 汇总表: sheets of the workbook by stratum, unit and region, as [`crate::stats`] has them.

use super::ResultTable;
use crate::points::Exact;
use crate::stats::{OutcomeCounts, Stats};

/// All of them; a sheet of which nothing is known is left out.
pub(super) fn summaries(stats: &Stats) -> Vec<ResultTable> {
    [strata(stats)]
        .into_iter()
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

fn strata(stats: &Stats) -> ResultTable {
    let rows = stats.strata.iter().map(|row| {
        let mut cells = vec![row.stratum.clone(), row.running.to_string()];
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
