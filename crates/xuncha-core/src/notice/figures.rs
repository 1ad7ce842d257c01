//! 指标汇集: puts everything a template may name into one scope. Statistics come from [`crate::stats`]; words of change and
//! degree, lists and groups are made here, by limits that are data.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::inputs::{NoticeInputs, NoticeTarget, Serious};
use super::scope::{Records, Scope};
use super::words::Words;
use super::{NoticeError, Span, charts, indices, problems};
use crate::registry::{Level, TargetClass};
use crate::stats::{Figure, FigureValue};

/// The scope of a notice.
pub fn scope(inputs: &NoticeInputs) -> (Scope, Vec<NoticeError>) {
    let mut scope = Scope {
        figures: inputs.stats.figures.clone(),
        ..Scope::default()
    };
    put_names(inputs, &mut scope);
    put_changes(&inputs.words, &mut scope);
    put_above(inputs, &mut scope);
    indices::put(inputs, &mut scope);
    charts::put(inputs, &mut scope);
    put_serious(inputs, &mut scope);
    put_departments(inputs, &mut scope);
    put_follow_up(inputs, &mut scope);
    let errors = problems::put(inputs, &mut scope);
    (scope, errors)
}

/// `2020年4月30日`, Arabic numerals without leading zeros.
pub fn chinese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn put_names(inputs: &NoticeInputs, scope: &mut Scope) {
    // A folder that does not speak of further charts has none.
    scope.put_text("names.more_charts", "", "是否另附得分分布、趋势和分地区图");
    for (key, text) in &inputs.names {
        scope.put_text(format!("names.{key}"), text, &format!("轮次的名称“{key}”"));
    }
    scope.put_text(
        "rectification.deadline",
        &chinese_date(inputs.rectify_by),
        "整改报送期限",
    );
    scope.put_text(
        "set.bonus_above",
        &inputs.bonus_above.short(),
        "指标体系规定的分数线",
    );
}

/// Beside every change: `.word` 提高/下降/持平, `.size` without sign, `.moved` whether it moved as printed.
fn put_changes(words: &Words, scope: &mut Scope) {
    let changes: Vec<(String, Figure)> = scope
        .figures
        .iter()
        .filter(|(name, _)| is_change(name))
        .map(|(name, figure)| (name.clone(), figure.clone()))
        .collect();
    for (name, figure) in changes {
        let printed = figure.printed.trim_start_matches('-').to_owned();
        let moved = matches!(figure.value, FigureValue::Exact(_))
            && printed.chars().any(|c| matches!(c, '1'..='9'));
        let word = match (moved, figure.printed.starts_with('-')) {
            (false, _) => &words.change.level,
            (true, true) => &words.change.down,
            (true, false) => &words.change.up,
        };
        scope.put_text(
            format!("{name}.word"),
            word,
            &format!("变化方向（{}）", figure.definition),
        );
        scope.put_text(
            format!("{name}.moved"),
            if moved { "是" } else { "" },
            &format!("是否变化（{}）", figure.definition),
        );
        scope.put(
            format!("{name}.size"),
            Figure {
                printed,
                definition: format!("{}（不带符号）", figure.definition),
                ..figure
            },
        );
    }
}

fn is_change(name: &str) -> bool {
    name.ends_with("_change_points")
        || name.ends_with("_change_percent_points")
        || (name.starts_with("index_") && name.ends_with(".change"))
}

/// 高于线的门户: portals above the line, by division code.
pub fn portals_above(inputs: &NoticeInputs) -> Vec<&NoticeTarget> {
    let is_above = |target: &&NoticeTarget| {
        target.class == TargetClass::Portal
            && target.drawn
            && target.outcome != Some(crate::score::Outcome::Undetermined)
            && target.score.is_some_and(|score| score > inputs.bonus_above)
    };
    let mut above: Vec<&NoticeTarget> = inputs.targets.values().filter(is_above).collect();
    above.sort_by(|a, b| (&a.region_code, &a.id).cmp(&(&b.region_code, &b.id)));
    above
}

fn put_above(inputs: &NoticeInputs, scope: &mut Scope) {
    let above = portals_above(inputs);
    let mut best = above.clone();
    best.sort_by(|a, b| (b.score, &a.id).cmp(&(a.score, &b.id)));
    let cities = four_quarters(inputs, &best);
    scope.put_count(
        "four_quarters.count",
        cities.len(),
        "个",
        "连续四个季度高于分数线的市级门户数",
    );
    scope.put_list(
        "four_quarters.cities",
        cities.clone(),
        "连续四个季度高于分数线的市级门户，按本季度得分从高到低",
    );

    let limits = &inputs.words.above_80;
    let is_named_apart =
        |target: &NoticeTarget| target.level == Level::City && cities.contains(&target.region);
    let of_level = |level: Level| {
        best.iter()
            .copied()
            .filter(move |target| target.level == level)
    };
    let mut chosen: Vec<&NoticeTarget> = of_level(Level::City)
        .filter(|target| !is_named_apart(target))
        .take(limits.cities)
        .collect();
    let mut counties: Vec<&NoticeTarget> = Vec::new();
    for target in of_level(Level::County) {
        // At most one of each city, so that the examples are spread over the province.
        if counties.len() < limits.counties
            && counties.iter().all(|other| other.city != target.city)
        {
            counties.push(target);
        }
    }
    chosen.extend(counties);
    chosen.sort_by_key(|target| (level_rank(target.level), target.region_code.clone()));
    let unnamed = above.len() - chosen.len();
    let labels = chosen.iter().map(|target| target.label.clone()).collect();
    scope.put_list(
        "above_80.examples",
        labels,
        "高于分数线的门户举例：得分高者先，每市至多一个县级",
    );
    scope.put_count("above_80.unnamed", unnamed, "个", "举例之外的个数");
}

fn level_rank(level: Level) -> u8 {
    match level {
        Level::Province => 0,
        Level::City => 1,
        Level::County => 2,
    }
}

fn four_quarters(inputs: &NoticeInputs, best: &[&NoticeTarget]) -> Vec<String> {
    let listed = match inputs
        .stats
        .figures
        .get("outcome.above_80_four_quarters_cities")
        .map(|figure| &figure.value)
    {
        Some(FigureValue::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let mut cities: Vec<String> = best
        .iter()
        .filter(|target| target.level == Level::City && listed.contains(&target.region))
        .map(|target| target.region.clone())
        .collect();
    // A city that the statistics name but no target carries must not vanish: the consistency check compares the counts.
    let missing: Vec<String> = listed
        .into_iter()
        .filter(|city| !cities.contains(city))
        .collect();
    cities.extend(missing);
    cities
}

fn put_serious(inputs: &NoticeInputs, scope: &mut Scope) {
    for (name, what, is_account) in [
        ("websites", "政府网站", false),
        ("accounts", "政务新媒体", true),
    ] {
        let drawn: Vec<&NoticeTarget> = inputs
            .targets
            .values()
            .filter(|target| target.drawn && (target.class == TargetClass::Account) == is_account)
            .collect();
        let of = |state: Serious| {
            drawn
                .iter()
                .filter(|target| target.serious == state)
                .count()
        };
        // 未发现 is a claim about all that were drawn: nothing found and nothing left open.
        let is_clear = !drawn.is_empty() && of(Serious::Clear) == drawn.len();
        scope.put_text(
            format!("serious.{name}_clear"),
            if is_clear { "是" } else { "" },
            &format!("抽中的{what}全部核查且均未发现严重问题"),
        );
        scope.put_count(
            format!("serious.{name}_found"),
            of(Serious::Found),
            "个",
            &format!("发现严重问题的{what}数"),
        );
    }
}

fn put_departments(inputs: &NoticeInputs, scope: &mut Scope) {
    let pairs: Vec<(i64, i64)> = inputs
        .targets
        .values()
        .filter(|target| target.drawn && target.class == TargetClass::Department)
        .filter_map(|target| {
            Some((
                target.availability_percent?.hundredths(),
                target.previous_availability_percent?.hundredths(),
            ))
        })
        .collect();
    let (now, before) = pairs
        .iter()
        .fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let words = &inputs.words.change;
    let word = match now.cmp(&before) {
        _ if pairs.is_empty() => "",
        std::cmp::Ordering::Greater => &words.up,
        std::cmp::Ordering::Equal => &words.level,
        std::cmp::Ordering::Less => &words.down,
    };
    scope.put_text(
        "department.availability",
        word,
        "抽中部门网站平均可用率较上季度的变化",
    );
}

fn put_follow_up(inputs: &NoticeInputs, scope: &mut Scope) {
    let closed = inputs.cases.iter().filter(|case| case.closed).count();
    scope.put_count(
        "cases.total",
        inputs.cases.len(),
        "家",
        "上轮存在突出问题的网站",
    );
    scope.put_count(
        "cases.closed",
        closed,
        "家",
        "上轮存在突出问题、已完成整改的网站",
    );
    scope.put_count(
        "cases.open",
        inputs.cases.len() - closed,
        "家",
        "上轮存在突出问题、未完成整改的网站",
    );
    let done = inputs
        .closures
        .iter()
        .filter(|closure| closure.done)
        .count();
    scope.put_count(
        "closures.total",
        inputs.closures.len(),
        "家",
        "无力维护的网站",
    );
    scope.put_count(
        "closures.done",
        done,
        "家",
        "无力维护、已完成整合迁移的网站",
    );
    scope.put_count(
        "closures.open",
        inputs.closures.len() - done,
        "家",
        "无力维护、未完成整合迁移的网站",
    );

    let forms = &inputs.annual_forms;
    put_degree(
        inputs,
        scope,
        (
            "annual_forms",
            "units",
            "应公开的年度报表",
            "已公开的年度报表",
        ),
        forms.iter().filter(|form| form.published).count(),
        forms.len(),
    );
    let filings = &inputs.filings;
    put_degree(
        inputs,
        scope,
        (
            "filings",
            "units",
            "应开展政务新媒体梳理填报的单位",
            "已开展政务新媒体梳理填报的单位",
        ),
        filings.iter().filter(|filing| filing.filed).count(),
        filings.len(),
    );
    put_naming(inputs, scope);

    let names = inputs.reporting_names.len();
    scope.put_count(
        "reporting_names.count",
        names,
        "家",
        "报送系统中名称不规范的网站",
    );
    let running = scope.count("registry.websites_running");
    scope.put_degree(
        "reporting_names",
        &inputs.words,
        "报送系统中名称不规范的网站",
        names as u64,
        Some(running),
    );
    let text = |text: &str| vec![Span::Text(text.to_owned())];
    let rows = inputs
        .reporting_names
        .iter()
        .map(|name| {
            BTreeMap::from([
                ("subject", text(&name.proper)),
                ("reported", text(&name.reported)),
            ])
        })
        .collect();
    scope.records.insert(
        "reporting_names".to_owned(),
        Records {
            fields: vec!["subject", "reported"],
            rows,
            is_cut: false,
        },
    );
}

/// Of the drawn accounts those that are named and certified as they should be. `naming.all_checked` is empty while some of them
/// were not looked at: the text then says nothing of all accounts.
fn put_naming(inputs: &NoticeInputs, scope: &mut Scope) {
    let drawn: Vec<&NoticeTarget> = inputs
        .targets
        .values()
        .filter(|target| target.drawn && target.class == TargetClass::Account)
        .collect();
    let named: Vec<bool> = drawn
        .iter()
        .filter_map(|target| target.naming_conforms)
        .collect();
    let is_complete = !drawn.is_empty() && named.len() == drawn.len();
    scope.put_text(
        "naming.all_checked",
        if is_complete { "是" } else { "" },
        "抽中的政务新媒体均已核查名称和认证信息",
    );
    put_degree(
        inputs,
        scope,
        (
            "naming",
            "checked",
            "已核查名称和认证的政务新媒体",
            "名称和认证规范的政务新媒体",
        ),
        named.iter().filter(|conforms| **conforms).count(),
        named.len(),
    );
}

fn put_degree(
    inputs: &NoticeInputs,
    scope: &mut Scope,
    (name, whole_name, of_whole, of_part): (&str, &str, &str, &str),
    part: usize,
    whole: usize,
) {
    scope.put_count(format!("{name}.{whole_name}"), whole, "个", of_whole);
    scope.put_count(format!("{name}.done"), part, "个", of_part);
    let whole = Some(whole as u64);
    scope.put_degree(name, &inputs.words, of_part, part as u64, whole);
}
