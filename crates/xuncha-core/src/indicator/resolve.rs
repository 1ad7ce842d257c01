//! Reads indicator sets from their files: all errors at once, each with its file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Formula, Indicator, IndicatorKind, IndicatorSet, Rule};
use crate::points::Points;
use crate::registry::TargetClass;

/// 指标体系错误. What is wrong with a set, and in which file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}：{message}")]
pub struct SetError {
    /// File of the set, as it was given.
    pub file: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

/// Says whether a check of that name exists and takes these parameters (`Null` where the indicator gives none).
pub type KnownCheck<'a> = &'a dyn Fn(&str, &serde_json::Value) -> Result<(), String>;

/// `set.toml` as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    id: String,
    title: String,
    source: String,
    effective: String,
    extends: Option<String>,
    #[serde(default)]
    remove: Vec<String>,
    order: Option<Vec<String>>,
    formula: Option<Formula>,
}

/// An indicator with the file it came from.
type Sourced = (String, Indicator);

/// Resolves the set `id` out of `files` (path → text; a set's folder has the set's id), following `extends`, and validates it.
pub fn resolve(
    files: &BTreeMap<String, String>,
    id: &str,
    known_check: KnownCheck<'_>,
) -> Result<IndicatorSet, Vec<SetError>> {
    let mut errors = Vec::new();
    let Some((head, indicators)) = assemble(files, id, &mut Vec::new(), &mut errors) else {
        return Err(errors);
    };
    let set_path = set_file_path(files, id);
    for (file, indicator) in &indicators {
        check_indicator(file, indicator, known_check, &mut errors);
    }
    check_whole(&set_path, &head, &indicators, &mut errors);
    if !errors.is_empty() {
        errors.sort();
        errors.dedup();
        return Err(errors);
    }
    let mut set = IndicatorSet {
        id: head.id,
        title: head.title,
        source: head.source,
        effective: head.effective,
        formula: head.formula,
        indicators: indicators
            .into_iter()
            .map(|(_, indicator)| indicator)
            .collect(),
        sha256: String::new(),
    };
    set.sha256 = set_hash(&set).map_err(|message| {
        vec![SetError {
            file: set_path,
            message,
        }]
    })?;
    Ok(set)
}

/// SHA-256 (lower-case hex) of the canonical JSON of a set without its own hash.
pub fn set_hash(set: &IndicatorSet) -> Result<String, String> {
    let mut value = serde_json::to_value(set).map_err(|error| error.to_string())?;
    if let Some(map) = value.as_object_mut() {
        map.remove("sha256");
    }
    let mut text = String::new();
    write_canonical(&value, &mut text);
    Ok(hex::encode(Sha256::digest(text.as_bytes())))
}

/// Keys sorted by bytes and no white space, so that the hash does not hang on how a map happens to be kept.
fn write_canonical(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Object(map) => {
            out.push('{');
            let sorted: BTreeMap<_, _> = map.iter().collect();
            for (index, (key, item)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(item, out);
            }
            out.push('}');
        }
        serde_json::Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn set_file_path(files: &BTreeMap<String, String>, id: &str) -> String {
    files
        .keys()
        .find(|path| in_set(path, id) == Some("set.toml"))
        .cloned()
        .unwrap_or_else(|| format!("{id}/set.toml"))
}

/// The file's name where `path` lies directly in the folder of set `id`.
fn in_set<'a>(path: &'a str, id: &str) -> Option<&'a str> {
    let (folder, name) = path.rsplit_once('/')?;
    let folder_name = folder.rsplit('/').next()?;
    (folder_name == id && name.ends_with(".toml")).then_some(name)
}

/// Head and indicators of a set with what it extends; `None` where nothing can be built on.
fn assemble(
    files: &BTreeMap<String, String>,
    id: &str,
    chain: &mut Vec<String>,
    errors: &mut Vec<SetError>,
) -> Option<(SetFile, Vec<Sourced>)> {
    let set_path = set_file_path(files, id);
    let mut report = |message: String| {
        errors.push(SetError {
            file: set_path.clone(),
            message,
        })
    };
    if chain.iter().any(|seen| seen == id) {
        report(format!("extends 绕成了圈：{} → {id}", chain.join(" → ")));
        return None;
    }
    chain.push(id.to_owned());
    let Some(text) = files.get(&set_path) else {
        report(format!("没有指标体系“{id}”，请检查编号或补上 set.toml"));
        return None;
    };
    let mut head: SetFile = match toml::from_str(text) {
        Ok(head) => head,
        Err(error) => {
            report(format!("读不懂：{}", error.message()));
            return None;
        }
    };
    if head.id != id {
        report(format!("编号“{}”与文件夹名“{id}”不同", head.id));
    }
    let own = read_indicators(files, id, errors);
    let base = match head.extends.clone() {
        None => None,
        Some(base_id) => Some(assemble(files, &base_id, chain, errors)?),
    };
    let (base_head, base_indicators) = base.map_or((None, Vec::new()), |(h, i)| (Some(h), i));
    if head.formula.is_none() {
        head.formula = base_head.as_ref().and_then(|base| base.formula.clone());
    }
    let order = full_order(&set_path, &head, base_head.as_ref(), &own, errors);
    let indicators = in_order(
        &set_path,
        &order,
        &head.remove,
        base_indicators,
        own,
        errors,
    );
    head.order = Some(order);
    Some((head, indicators))
}

fn read_indicators(
    files: &BTreeMap<String, String>,
    id: &str,
    errors: &mut Vec<SetError>,
) -> Vec<Sourced> {
    let mut found = Vec::new();
    for (path, text) in files {
        match in_set(path, id) {
            None | Some("set.toml") => continue,
            Some(_) => {}
        }
        match toml::from_str::<Indicator>(text) {
            Ok(indicator) => found.push((path.clone(), indicator)),
            Err(error) => errors.push(SetError {
                file: path.clone(),
                message: format!("读不懂：{}", error.message()),
            }),
        }
    }
    found
}

/// The order named by the set; an extending set without one keeps the base's and appends its new indicators by number.
fn full_order(
    set_path: &str,
    head: &SetFile,
    base: Option<&SetFile>,
    own: &[Sourced],
    errors: &mut Vec<SetError>,
) -> Vec<String> {
    if let Some(order) = &head.order {
        return order.clone();
    }
    let Some(base) = base else {
        errors.push(SetError {
            file: set_path.to_owned(),
            message: "缺少 order（指标的顺序）".to_owned(),
        });
        return own.iter().map(|(_, own)| own.id.clone()).collect();
    };
    let base_order = base.order.clone().unwrap_or_default();
    let mut order: Vec<String> = base_order
        .iter()
        .filter(|id| !head.remove.contains(id))
        .cloned()
        .collect();
    let added: BTreeSet<&String> = own
        .iter()
        .map(|(_, indicator)| &indicator.id)
        .filter(|id| !base_order.contains(id))
        .collect();
    order.extend(added.into_iter().cloned());
    order
}

fn in_order(
    set_path: &str,
    order: &[String],
    remove: &[String],
    base: Vec<Sourced>,
    own: Vec<Sourced>,
    errors: &mut Vec<SetError>,
) -> Vec<Sourced> {
    let mut by_id: BTreeMap<String, Sourced> = BTreeMap::new();
    let base_ids: BTreeSet<String> = base.iter().map(|(_, base)| base.id.clone()).collect();
    for id in remove.iter().filter(|id| !base_ids.contains(*id)) {
        errors.push(SetError {
            file: set_path.to_owned(),
            message: format!("remove 里的“{id}”在所继承的体系中没有"),
        });
    }
    for (file, indicator) in base {
        if !remove.contains(&indicator.id) {
            by_id.insert(indicator.id.clone(), (file, indicator));
        }
    }
    let mut own_ids: BTreeMap<String, String> = BTreeMap::new();
    for (file, indicator) in own {
        if let Some(first) = own_ids.insert(indicator.id.clone(), file.clone()) {
            errors.push(SetError {
                file: file.clone(),
                message: format!("编号“{}”与 {first} 重复", indicator.id),
            });
        }
        by_id.insert(indicator.id.clone(), (file, indicator));
    }
    let mut listed = Vec::new();
    for id in order {
        match by_id.remove(id) {
            Some(sourced) => listed.push(sourced),
            None => errors.push(SetError {
                file: set_path.to_owned(),
                message: format!("order 里的“{id}”没有指标文件，或写了两次"),
            }),
        }
    }
    for (id, (file, _)) in by_id {
        errors.push(SetError {
            file,
            message: format!("指标“{id}”不在 set.toml 的 order 里"),
        });
    }
    listed
}

fn check_indicator(
    file: &str,
    indicator: &Indicator,
    known_check: KnownCheck<'_>,
    errors: &mut Vec<SetError>,
) {
    let mut report = |message: String| {
        errors.push(SetError {
            file: file.to_owned(),
            message: format!("{}：{message}", indicator.id),
        })
    };
    for (what, value) in [
        ("编号 id", &indicator.id),
        ("一级指标 level1", &indicator.level1),
        ("二级指标 level2", &indicator.level2),
        ("规则原文 text", &indicator.text),
        ("依据 source", &indicator.source),
    ] {
        if value.trim().is_empty() {
            report(format!("{what} 是空的"));
        }
    }
    if indicator.applies_to.is_empty() {
        report("applies_to 是空的".to_owned());
    }
    if indicator.checks.is_empty() {
        report("checks 是空的".to_owned());
    }
    for check in &indicator.checks {
        let params = indicator
            .params
            .get(check)
            .unwrap_or(&serde_json::Value::Null);
        if let Err(why) = known_check(check, params) {
            report(format!("检查项“{check}”：{why}"));
        }
        if check == "manual" {
            for field in ["question", "prompt"] {
                if params
                    .get(field)
                    .and_then(|text| text.as_str())
                    .is_none_or(str::is_empty)
                {
                    report(format!("人工题缺少 params.manual.{field}"));
                }
            }
        }
    }
    for check in indicator.params.keys() {
        if !indicator.checks.contains(check) {
            report(format!("params.{check} 没有对应的检查项"));
        }
    }
    check_rules(indicator, &mut report);
}

fn check_rules(indicator: &Indicator, report: &mut dyn FnMut(String)) {
    if indicator.rules.is_empty() {
        report("没有规则 rules".to_owned());
    }
    let is_scored = matches!(indicator.kind, IndicatorKind::Deduct | IndicatorKind::Bonus);
    if is_scored && indicator.points <= Points::ZERO {
        report("扣分、加分指标的分值应大于 0".to_owned());
    }
    if !is_scored && indicator.points != Points::ZERO {
        report("单项否决和仅列出的指标没有分值".to_owned());
    }
    let mut seen = BTreeSet::new();
    for (index, rule) in indicator.rules.iter().enumerate() {
        let mut report_rule = |what: &str| report(format!("第 {} 条规则：{what}", index + 1));
        if rule.cases.is_empty() {
            report_rule("cases 是空的");
        }
        if rule.text.trim().is_empty() {
            report_rule("text 是空的");
        }
        for case in &rule.cases {
            if !seen.insert(case.clone()) {
                report_rule(&format!("情形“{case}”已在前面出现，会重复计算"));
            }
        }
        if let Some(what) = rule_fault(indicator.kind, rule) {
            report_rule(what);
        }
    }
}

fn rule_fault(kind: IndicatorKind, rule: &Rule) -> Option<&'static str> {
    use super::DeductKind::{All, Each, Fixed};
    match kind {
        IndicatorKind::Veto | IndicatorKind::Listed => {
            if rule.kind.is_some() || rule.points.is_some() {
                return Some("单项否决和仅列出的指标不写 kind 和 points");
            }
            if rule.at_least == Some(0) {
                return Some("at_least 至少是 1");
            }
            None
        }
        IndicatorKind::Deduct | IndicatorKind::Bonus => match (rule.kind, rule.points) {
            _ if rule.at_least.is_some() => Some("at_least 只用于单项否决"),
            (None, _) => Some("缺少 kind（all、fixed 或 each）"),
            (Some(All), Some(_)) => Some("kind 为 all 时不写 points"),
            (Some(All), None) => None,
            (Some(Fixed | Each), Some(points)) if points > Points::ZERO => None,
            (Some(Fixed | Each), _) => Some("kind 为 fixed 或 each 时 points 应大于 0"),
        },
    }
}

fn check_whole(set_path: &str, head: &SetFile, all: &[Sourced], errors: &mut Vec<SetError>) {
    let mut report = |message: String| {
        errors.push(SetError {
            file: set_path.to_owned(),
            message,
        })
    };
    if head.title.trim().is_empty() || head.source.trim().is_empty() {
        report("title 和 source 不能为空".to_owned());
    }
    if head.effective.parse::<jiff::civil::Date>().is_err() {
        report(format!(
            "effective“{}”不是日期（YYYY-MM-DD）",
            head.effective
        ));
    }
    let scored: Vec<&Indicator> = all
        .iter()
        .map(|(_, indicator)| indicator)
        .filter(|indicator| matches!(indicator.kind, IndicatorKind::Deduct | IndicatorKind::Bonus))
        .collect();
    let Some(formula) = &head.formula else {
        if !scored.is_empty() {
            report("有扣分或加分指标，但没有 [formula]".to_owned());
        }
        return;
    };
    for class in &formula.scored {
        report_total(
            *class,
            IndicatorKind::Deduct,
            formula.deduct_total,
            &scored,
            &mut report,
        );
        report_total(
            *class,
            IndicatorKind::Bonus,
            formula.bonus_total,
            &scored,
            &mut report,
        );
    }
    if let Some(group) = &formula.no_service_group {
        let points = |in_group: bool| -> Points {
            scored
                .iter()
                .filter(|own| {
                    own.kind == IndicatorKind::Deduct && (&own.level1 == group) == in_group
                })
                .map(|own| own.points)
                .sum()
        };
        if points(true) == Points::ZERO || points(false) == Points::ZERO {
            report(format!(
                "no_service_group“{group}”没有扣分指标，或此外再没有扣分指标"
            ));
        }
    }
}

fn report_total(
    class: TargetClass,
    kind: IndicatorKind,
    total: Points,
    scored: &[&Indicator],
    report: &mut dyn FnMut(String),
) {
    let sum: Points = scored
        .iter()
        .filter(|indicator| indicator.kind == kind && indicator.applies_to.contains(&class))
        .map(|indicator| indicator.points)
        .sum();
    if sum != total {
        let what = match kind {
            IndicatorKind::Bonus => "加分",
            _ => "扣分",
        };
        report(format!(
            "{}的{what}指标合计 {} 分，总分应为 {} 分",
            class.zh(),
            sum.short(),
            total.short()
        ));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "resolve_tests.rs"]
mod tests;
