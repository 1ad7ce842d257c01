//! Figures of all running targets, inferred from those drawn.

use super::cells::{SheetCell, of};
use super::estimate::{self, Estimate};
use super::figures::{Book, is_account, is_department, is_portal, is_website};
use super::{NOT_MEASURED, OutcomeCounts, StatsInput, StratumRow};
use crate::registry::TargetClass;

const SHARE_METHOD: &str = "95%置信区间，Wilson法，按分层抽样折算有效样本量并作有限总体校正";
const MEAN_METHOD: &str = "95%置信区间，分层比率估计，线性化方差并作有限总体校正，t分布";

pub(super) fn put(input: &StatsInput<'_>, cells: &[(&str, SheetCell<'_>)], book: &mut Book) {
    type Holds = fn(&str) -> bool;
    let classes: [(&str, Holds, &str); 4] = [
        ("website", is_website, "政府网站"),
        ("portal", is_portal, "政府门户网站"),
        ("department", is_department, "部门网站"),
        ("account", is_account, "政务新媒体"),
    ];
    for (name, belongs, what) in classes {
        let found = estimate::share(&of(cells, belongs));
        let names = Names {
            key: format!("estimate.{name}_pass_rate"),
            unit: ("_percent", "%"),
            what: format!("全部正在运行的{what}合格率"),
            method: SHARE_METHOD,
            places: 1,
        };
        put_one(&names, found, "不合格", "合格", book);
    }
    for (class, name, belongs, what) in [
        (
            TargetClass::Portal,
            "portal",
            is_portal as Holds,
            "政府门户网站",
        ),
        (
            TargetClass::Department,
            "department",
            is_department as Holds,
            "部门网站",
        ),
    ] {
        let Some(formula) = input.set.formula_of(class) else {
            continue;
        };
        if !formula.scored.contains(&class) {
            continue;
        }
        let names = Names {
            key: format!("estimate.{name}_mean_deduction_score"),
            unit: ("", "分"),
            what: format!("全部正在运行的{what}扣分指标平均得分"),
            method: MEAN_METHOD,
            places: 2,
        };
        let found = estimate::mean(&of(cells, belongs), formula.deduct_total);
        put_one(&names, found, "最低分", "最高分", book);
    }
}

struct Names {
    key: String,
    unit: (&'static str, &'static str),
    what: String,
    method: &'static str,
    places: u32,
}

fn put_one(names: &Names, found: Option<Estimate>, worst: &str, best: &str, book: &mut Book) {
    let (suffix, unit) = names.unit;
    let what = &names.what;
    let is_exact = found.as_ref().is_some_and(|found| found.is_exact);
    let value = found.as_ref().and_then(|found| found.value);
    let how = if is_exact {
        "全部检查并有结论，即为实际值".to_owned()
    } else {
        "由抽查结果按层加权推断，权数为各层正在运行的对象数，只用结论明确的".to_owned()
    };
    book.exact(
        &format!("{}{suffix}", names.key),
        value.ok_or(NOT_MEASURED),
        names.places,
        unit,
        &format!("{what}（推断）：{how}"),
    );
    let ends = [
        (
            "low",
            "下限",
            worst,
            "向下",
            found.as_ref().map(|own| own.low),
        ),
        (
            "high",
            "上限",
            best,
            "向上",
            found.as_ref().map(|own| own.high),
        ),
    ];
    for (end, zh, counted, rounding, value) in ends {
        let how = match &found {
            Some(found) if !found.is_exact => format!(
                "{}；结论或得分未定的 {} 个按{counted}计，未抽到对象的层共 {} 个对象也按{counted}计；{rounding}舍入",
                names.method, found.undetermined, found.uncovered
            ),
            _ => how.clone(),
        };
        book.exact(
            &format!("{}_{end}{suffix}", names.key),
            value.ok_or(NOT_MEASURED),
            names.places,
            unit,
            &format!("{what}{zh}：{how}"),
        );
    }
}

/// Every stratum of the frame with its outcomes and what they say of the whole stratum.
pub(super) fn strata(input: &StatsInput<'_>, cells: &[(&str, SheetCell<'_>)]) -> Vec<StratumRow> {
    let mut rows = Vec::new();
    for own in cells.chunk_by(|(one, _), (other, _)| one == other) {
        let stratum = own[0].0;
        let parts: Vec<&SheetCell<'_>> = own.iter().map(|(_, cell)| cell).collect();
        let found = estimate::share(&parts);
        let mut outcomes = OutcomeCounts::default();
        for cell in &parts {
            let counts = estimate::counts(cell);
            outcomes.total += counts.total;
            outcomes.qualified += counts.qualified;
            outcomes.unqualified += counts.unqualified;
            outcomes.undetermined += counts.undetermined;
        }
        rows.push(StratumRow {
            stratum: stratum.to_owned(),
            running: input.sample.frame.get(stratum).map_or(0, Vec::len),
            outcomes,
            pass_rate: found.as_ref().and_then(|found| found.value),
            pass_rate_low: found.as_ref().map(|found| found.low),
            pass_rate_high: found.as_ref().map(|found| found.high),
        });
    }
    rows
}
