use super::*;
use crate::indicator::IndicatorKind;
use crate::registry::TargetClass;
use crate::testing::project_files;

fn any_check(_: &str, _: &serde_json::Value) -> Result<(), String> {
    Ok(())
}

const SET: &str = r#"
id = "demo"
title = "示例"
source = "示例文件"
effective = "2026-01-01"
order = ["V", "D"]
[formula]
deduct_total = "10"
bonus_total = "0"
fail_below = "6"
bonus_above = "8"
cap_per_indicator = true
scored = ["portal"]
"#;
const VETO: &str = r#"
id = "V"
level1 = "单项否决"
level2 = "首页不更新"
kind = "veto"
points_confidence = "S"
applies_to = ["portal"]
checks = ["stale_home"]
confirm = "never"
text = "首页不更新"
source = "示例文件"
[[rules]]
cases = ["stale"]
text = "不更新"
"#;
const DEDUCT: &str = r#"
id = "D"
level1 = "功能设计"
level2 = "可用性"
kind = "deduct"
points = "10"
points_confidence = "lo"
applies_to = ["portal"]
checks = ["broken_links"]
confirm = "never"
text = "链接"
source = "示例文件"
[[rules]]
cases = ["home_link"]
kind = "each"
points = "1"
text = "每个扣 1 分"
"#;

fn demo() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("demo/set.toml".to_owned(), SET.to_owned()),
        ("demo/V.toml".to_owned(), VETO.to_owned()),
        ("demo/D.toml".to_owned(), DEDUCT.to_owned()),
    ])
}

#[test]
fn the_projects_sets_resolve() {
    let files = project_files();
    for (id, indicators, vetoes) in [
        ("gov-2019", 42, 9),
        ("census-2015", 15, 5),
        ("extras", 47, 0),
        ("accessibility", 1, 0),
        ("local-accounts", 50, 9),
        ("supervision-2019", 9, 2),
    ] {
        let set = resolve(&files, id, &crate::checks::validate_params).unwrap();
        let veto_count = set
            .indicators
            .iter()
            .filter(|indicator| indicator.kind == IndicatorKind::Veto)
            .count();
        assert_eq!(
            (set.indicators.len(), veto_count),
            (indicators, vetoes),
            "{id}"
        );
        assert_eq!(set.sha256.len(), 64);
    }
}

/// A parameter that was renamed in one set only stops everything that names the other sets.
#[test]
fn every_set_has_parameters_that_its_checks_know() {
    let files = project_files();
    let ids: std::collections::BTreeSet<&str> = files
        .keys()
        .filter_map(|name| name.strip_suffix("/set.toml"))
        .collect();
    assert!(ids.contains("guangxi-2020q1") && ids.len() >= 5, "{ids:?}");
    for id in ids {
        if let Err(errors) = resolve(&files, id, &crate::checks::validate_params) {
            panic!("{id}: {errors:?}");
        }
    }
}

#[test]
fn unconfirmed_points_keep_their_confidence() {
    let set = resolve(&project_files(), "gov-2019", &any_check).unwrap();
    let confirmed: Vec<&str> = set
        .indicators
        .iter()
        .filter(|indicator| indicator.kind != IndicatorKind::Veto)
        .filter(|indicator| indicator.points_confidence == crate::indicator::FigureConfidence::S)
        .map(|indicator| indicator.level2.as_str())
        .collect();
    assert_eq!(confirmed, ["办事统计"]);
}

#[test]
fn an_extension_replaces_whole_files_and_changes_the_hash() {
    let mut files = demo();
    let base = resolve(&files, "demo", &any_check).unwrap();
    files.insert(
        "local/set.toml".to_owned(),
        "id = \"local\"\ntitle = \"本地\"\nsource = \"本地文件\"\neffective = \"2026-01-01\"\nextends = \"demo\"\nremove = [\"V\"]\n".to_owned(),
    );
    files.insert(
        "local/D.toml".to_owned(),
        DEDUCT
            .replace("可用性", "链接可用性")
            .replace("\"10\"", "\"6\""),
    );
    files.insert(
        "local/E.toml".to_owned(),
        DEDUCT.replace("\"D\"", "\"E\"").replace("\"10\"", "\"4\""),
    );
    let local = resolve(&files, "local", &any_check).unwrap();
    let ids: Vec<&str> = local.indicators.iter().map(|own| own.id.as_str()).collect();
    assert_eq!(ids, ["D", "E"]);
    assert_eq!(local.indicators[0].level2, "链接可用性");
    assert_eq!(local.formula, base.formula);
    assert_ne!(local.sha256, base.sha256);
    assert_eq!(
        resolve(&demo(), "demo", &any_check).unwrap().sha256,
        base.sha256
    );
}

#[test]
fn the_numbers_of_a_class_fit_the_set() {
    let with = |tail: &str| {
        let mut files = demo();
        let head = files.get_mut("demo/set.toml").unwrap();
        head.push_str(tail);
        let resolved = resolve(&files, "demo", &any_check);
        resolved.map(|set| set.formula.unwrap()).map_err(|errors| {
            let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
            told.join("\n")
        })
    };
    let base = with("").unwrap();
    assert!(base.classes.is_empty());
    let fixed = with("[formula.classes.portal]\nvetoed_score = \"5.99\"\n").unwrap();
    let of_portal = fixed.of_class(TargetClass::Portal);
    assert_eq!(of_portal.vetoed_score, Some("5.99".parse().unwrap()));
    assert_eq!(of_portal.deduct_total, base.deduct_total);
    assert_eq!(fixed.of_class(TargetClass::Department).vetoed_score, None);
    for (tail, part) in [
        (
            "[formula.classes.account]\nvetoed_score = \"5\"\n",
            "formula.classes 里的政务新媒体不在 scored 里",
        ),
        (
            "[formula.classes.portal]\nvetoed_score = \"6\"\n",
            "门户网站vetoed_score 应不小于 0，且低于不合格线 6 分",
        ),
        (
            "[formula.classes.portal]\nbonus_total = \"25\"\n",
            "门户网站的加分指标合计 0 分，总分应为 25 分",
        ),
        ("[formula.classes.portal]\nbonus = \"25\"\n", "读不懂"),
    ] {
        let errors = with(tail).unwrap_err();
        assert!(errors.contains(part), "{part}\n--\n{errors}");
    }
}

#[test]
fn all_errors_come_at_once_with_their_files() {
    let mut files = demo();
    files.insert(
        "demo/V.toml".to_owned(),
        VETO.replace("text = \"首页不更新\"", "text = \"\"") + "points = \"1\"\n",
    );
    files.insert(
        "demo/D.toml".to_owned(),
        DEDUCT
            .replace("points = \"10\"", "points = \"9\"")
            .replace("kind = \"each\"\n", ""),
    );
    files.insert("demo/D2.toml".to_owned(), DEDUCT.to_owned());
    files.insert("demo/X.toml".to_owned(), "id = 3".to_owned());
    let only_home = |check: &str, _: &serde_json::Value| match check {
        "stale_home" => Ok(()),
        _ => Err("没有这个检查项".to_owned()),
    };
    let errors = resolve(&files, "demo", &only_home).unwrap_err();
    let text = errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    for part in [
        "demo/V.toml：V：规则原文 text 是空的",
        "demo/V.toml：V：第 1 条规则：单项否决和仅列出的指标不写",
        "demo/D2.toml：编号“D”与 demo/D.toml 重复",
        "检查项“broken_links”：没有这个检查项",
        "demo/X.toml：读不懂",
    ] {
        assert!(text.contains(part), "{part}\n--\n{text}");
    }
    files.remove("demo/D2.toml");
    let errors = resolve(&files, "demo", &any_check).unwrap_err();
    let text = errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    assert!(text.contains("D：第 1 条规则：缺少 kind"), "{text}");
    assert!(
        text.contains("门户网站的扣分指标合计 9 分，总分应为 10 分"),
        "{text}"
    );
}

#[test]
fn a_circle_of_extensions_is_named() {
    let mut files = demo();
    for (id, base) in [("a", "b"), ("b", "a")] {
        files.insert(
            format!("{id}/set.toml"),
            format!("id = \"{id}\"\ntitle = \"t\"\nsource = \"s\"\neffective = \"2026-01-01\"\nextends = \"{base}\"\n"),
        );
    }
    let errors = resolve(&files, "a", &any_check).unwrap_err();
    assert!(
        errors
            .iter()
            .any(|error| error.message.contains("a → b → a")),
        "{errors:?}"
    );
    let missing = resolve(&files, "nowhere", &any_check).unwrap_err();
    assert!(missing[0].message.contains("没有指标体系“nowhere”"));
}
