//! 一致性: refuses a notice whose text, charts, annexes and sums disagree, naming the place. It reckons shares and sums anew from
//! the printed counts, so that it does not trust what it checks.

use super::{Block, ChartData, Notice, NoticeError, Span, caption, plain};
use crate::points::Exact;
use crate::stats::FigureValue;

/// A whole and its parts, by the names of figures.
const SUMS: &[(&str, &[&str])] = &[
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
        "sample.websites",
        &[
            "outcome.websites_qualified",
            "outcome.websites_unqualified",
            "outcome.websites_undetermined",
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
    ("cases.total", &["cases.closed", "cases.open"]),
    ("closures.total", &["closures.done", "closures.open"]),
];

/// A share, its part, its whole (a sum of figures) and its decimals.
const SHARES: &[(&str, &str, &[&str], u32)] = &[
    (
        "sample.website_ratio_percent",
        "sample.websites",
        &["registry.websites_running"],
        1,
    ),
    (
        "sample.account_ratio_percent",
        "sample.accounts",
        &["registry.accounts_running"],
        1,
    ),
    (
        "outcome.website_pass_rate_percent",
        "outcome.websites_qualified",
        &["outcome.websites_qualified", "outcome.websites_unqualified"],
        1,
    ),
    (
        "outcome.account_pass_rate_percent",
        "outcome.accounts_qualified",
        &["outcome.accounts_qualified", "outcome.accounts_unqualified"],
        1,
    ),
    (
        "outcome.portals_above_80_percent",
        "outcome.portals_above_80",
        &["sample.portals"],
        0,
    ),
];

/// A difference, what it is of, and its decimals. Indices have theirs by name.
const CHANGES: &[(&str, &str, &str, u32)] = &[
    (
        "outcome.portal_mean_change_points",
        "outcome.portal_mean_deduction_score",
        "outcome.previous_portal_mean_deduction_score",
        2,
    ),
    (
        "outcome.portals_above_80_change_percent_points",
        "outcome.portals_above_80_percent",
        "outcome.previous_portals_above_80_percent",
        0,
    ),
];
/// Columns of tables that stand beside each other: now, before, their difference.
const CHANGE_COLUMNS: &[[&str; 3]] = &[
    ["得分指数", "上轮得分指数", "变化"],
    ["本期得分", "上期得分", "变化"],
];

/// Every disagreement inside a notice.
pub fn check(notice: &Notice) -> Vec<NoticeError> {
    let mut errors = Vec::new();
    check_text(notice, &mut errors);
    notice
        .charts
        .iter()
        .for_each(|chart| check_chart(notice, chart, &mut errors));
    check_annexes(notice, &mut errors);
    check_sums(notice, &mut errors);
    check_shares(notice, &mut errors);
    check_changes(notice, &mut errors);
    check_change_columns(notice, &mut errors);
    check_four_quarters(notice, &mut errors);
    errors
}

fn check_text(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (index, block) in notice.blocks.iter().enumerate() {
        let spans = match block {
            Block::Heading { text, .. } => text,
            Block::Paragraph(spans) | Block::Note(spans) => spans,
            Block::Chart(_) => continue,
        };
        for span in spans {
            let Span::Figure { name, text } = span else {
                continue;
            };
            let start: String = plain(spans).chars().take(12).collect();
            if let Err(problem) = agrees(notice, name, text) {
                errors.push(NoticeError::new(
                    format!("正文第{}段“{start}…”", index + 1),
                    problem,
                ));
            }
        }
    }
}

fn agrees(notice: &Notice, name: &str, text: &str) -> Result<(), String> {
    let Some(figure) = notice.figures.get(name) else {
        return Err(format!("没有名为“{name}”的指标"));
    };
    let is_equal = match &figure.value {
        FigureValue::List(list) => list.iter().any(|element| element == text),
        FigureValue::Count(count) => figure.printed == text && count.to_string() == text,
        _ => figure.printed == text,
    };
    if is_equal {
        return Ok(());
    }
    Err(format!(
        "印的是“{text}”，而指标“{name}”是“{}”",
        figure.printed
    ))
}

fn check_chart(notice: &Notice, chart: &ChartData, errors: &mut Vec<NoticeError>) {
    for series in &chart.series {
        if series.points.len() != chart.categories.len() {
            let problem = format!(
                "“{}”有{}个数，图上有{}类",
                series.name,
                series.points.len(),
                chart.categories.len()
            );
            errors.push(NoticeError::new(caption(chart), problem));
        }
        for point in series.points.iter().filter(|point| !point.text.is_empty()) {
            if let Err(problem) = agrees(notice, &point.figure, &point.text) {
                errors.push(NoticeError::new(caption(chart), problem));
            }
        }
    }
}

fn check_annexes(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for annex in &notice.annexes {
        let place = || format!("附件{}《{}》", annex.number, annex.title);
        let rows = annex.rows.len() as u64;
        match count(notice, &annex.count_figure) {
            Some(expected) if expected == rows => {}
            Some(expected) => {
                let problem = format!("有{rows}行，而指标“{}”是{expected}", annex.count_figure);
                errors.push(NoticeError::new(place(), problem));
            }
            None => errors.push(NoticeError::new(
                place(),
                format!("没有名为“{}”的指标", annex.count_figure),
            )),
        }
        if let Some(row) = annex
            .rows
            .iter()
            .position(|row| row.len() != annex.columns.len())
        {
            errors.push(NoticeError::new(
                place(),
                format!("第{}行的列数与表头不同", row + 1),
            ));
        }
    }
    check_left_out(notice, errors);
}

/// An annex that is not there must have nothing to list.
fn check_left_out(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (id, figure) in [
        ("above_80", "outcome.portals_above_80"),
        ("problem_accounts", "outcome.accounts_unqualified"),
        ("reporting_names", "reporting_names.count"),
    ] {
        let is_there = notice.annexes.iter().any(|annex| annex.id == id);
        if !is_there && count(notice, figure).is_some_and(|count| count > 0) {
            errors.push(NoticeError::new(
                format!("附件 {id}"),
                format!("缺少这个附件，而指标“{figure}”不是0"),
            ));
        }
    }
}

fn count(notice: &Notice, name: &str) -> Option<u64> {
    match notice.figures.get(name)?.value {
        FigureValue::Count(count) => u64::try_from(count).ok(),
        _ => None,
    }
}

fn check_sums(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (whole, parts) in SUMS {
        let Some(expected) = count(notice, whole) else {
            continue;
        };
        let Some(sum) = parts
            .iter()
            .map(|part| count(notice, part))
            .sum::<Option<u64>>()
        else {
            continue;
        };
        if sum != expected {
            let problem = format!("是{expected}，而各部分（{}）之和是{sum}", parts.join("、"));
            errors.push(NoticeError::new(format!("指标“{whole}”"), problem));
        }
    }
}

fn check_shares(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for (share, part, wholes, places) in SHARES {
        let Some(figure) = notice.figures.get(*share) else {
            continue;
        };
        let whole = wholes
            .iter()
            .map(|whole| count(notice, whole))
            .sum::<Option<u64>>();
        let (Some(part), Some(whole)) = (count(notice, part), whole) else {
            continue;
        };
        let Some(expected) = Exact::percent(part.into(), whole.into()) else {
            continue;
        };
        if figure.printed != expected.short(*places) {
            let problem = format!(
                "印“{}”，而{part}/{whole}是{}",
                figure.printed,
                expected.short(*places)
            );
            errors.push(NoticeError::new(format!("指标“{share}”"), problem));
        }
    }
}

/// What a reader gets who subtracts what is printed; `None` where one of both is not there.
fn printed_difference(now: &str, before: &str, places: u32) -> Option<String> {
    let (now, before) = (Exact::from_decimal(now)?, Exact::from_decimal(before)?);
    Some(now.minus(before).short(places))
}

/// A difference is the difference of what is printed of both sides.
fn check_changes(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let indices = notice.figures.keys().filter_map(|name| {
        let base = name.strip_suffix(".change")?;
        let of = |part: &str| format!("{base}.{part}");
        base.starts_with("index_")
            .then(|| (name.clone(), of("now"), of("previous"), 2))
    });
    let named = CHANGES.iter().map(|(change, now, before, places)| {
        let own = [*change, *now, *before].map(str::to_owned);
        let [change, now, before] = own;
        (change, now, before, *places)
    });
    for (change, now, before, places) in named.chain(indices) {
        let printed = |name: &str| match notice.figures.get(name) {
            Some(figure) => figure.printed.as_str(),
            None => "",
        };
        let Some(expected) = printed_difference(printed(&now), printed(&before), places) else {
            continue;
        };
        if printed(&change) != expected {
            let problem = format!(
                "印“{}”，而{}减{}是{expected}",
                printed(&change),
                printed(&now),
                printed(&before)
            );
            errors.push(NoticeError::new(format!("指标“{change}”"), problem));
        }
    }
}

/// The same for tables in which all three stand side by side.
fn check_change_columns(notice: &Notice, errors: &mut Vec<NoticeError>) {
    for table in &notice.tables {
        for heads in CHANGE_COLUMNS {
            let at = |head: &str| table.columns.iter().position(|own| own == head);
            let (Some(now), Some(before), Some(change)) =
                (at(heads[0]), at(heads[1]), at(heads[2]))
            else {
                continue;
            };
            for (index, row) in table.rows.iter().enumerate() {
                let cell = |at: usize| row.get(at).map_or("", String::as_str);
                let Some(expected) = printed_difference(cell(now), cell(before), 2) else {
                    continue;
                };
                let is_same = Exact::from_decimal(cell(change)) == Exact::from_decimal(&expected);
                if !is_same {
                    let problem = format!(
                        "第{}行印“{}”，而{}减{}是{expected}",
                        index + 1,
                        cell(change),
                        cell(now),
                        cell(before)
                    );
                    errors.push(NoticeError::new(format!("表“{}”", table.name), problem));
                }
            }
        }
    }
}

fn check_four_quarters(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let list = |name: &str| match notice.figures.get(name).map(|figure| &figure.value) {
        Some(FigureValue::List(list)) => {
            let mut list = list.clone();
            list.sort();
            list
        }
        _ => Vec::new(),
    };
    let (stats, printed) = (
        list("outcome.above_80_four_quarters_cities"),
        list("four_quarters.cities"),
    );
    if stats != printed {
        let problem = format!("正文列出{}，统计是{}", printed.join("、"), stats.join("、"));
        errors.push(NoticeError::new("连续四个季度", problem));
    }
}
