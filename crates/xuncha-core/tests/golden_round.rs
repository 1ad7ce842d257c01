//! The golden round of Guangxi 2020Q1: the built notice prints every figure of the published letter, and a changed entry changes
//! exactly the figures that depend on it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::{Files, golden_files, inputs, notice, root};
use xuncha_core::golden;
use xuncha_core::notice::{Block, Notice, Span, build, consistency, plain};

/// Every figure of the source: its place in `expected-figures.toml`, the name it is bound to in the notice, and the sentence around it
/// as the letter prints it (`@` stands for the value).
const BINDINGS: &[(&str, &str, &str)] = &[
    (
        "registry.websites_running",
        "registry.websites_running",
        "正在运行的政府网站@家",
    ),
    (
        "registry.portal_region",
        "registry.portal_province",
        "自治区人民政府门户网站@家",
    ),
    (
        "registry.portal_city",
        "registry.portal_city",
        "市级人民政府门户网站@家",
    ),
    (
        "registry.portal_county",
        "registry.portal_county",
        "县级人民政府门户网站@家",
    ),
    (
        "registry.department",
        "registry.department",
        "其他部门网站@家",
    ),
    (
        "registry.accounts_running",
        "registry.accounts_running",
        "政务新媒体@个。其中",
    ),
    (
        "sample.websites",
        "sample.websites",
        "此次共抽查政府网站@家",
    ),
    ("sample.portals", "sample.portals", "包括@家政府门户网站"),
    ("sample.departments", "sample.departments", "和@家部门网站"),
    (
        "sample.website_ratio_percent",
        "sample.website_ratio_percent",
        "抽查比例为@%，整体合格率为100%",
    ),
    ("sample.accounts", "sample.accounts", "共抽查政务新媒体@个"),
    (
        "sample.account_ratio_percent",
        "sample.account_ratio_percent",
        "抽查比例为@%，整体合格率为89.4%",
    ),
    (
        "outcome.website_pass_rate_percent",
        "outcome.website_pass_rate_percent",
        "36.4%，整体合格率为@%",
    ),
    (
        "outcome.account_pass_rate_percent",
        "outcome.account_pass_rate_percent",
        "30.5%，整体合格率为@%",
    ),
    (
        "outcome.portal_mean_deduction_score",
        "outcome.portal_mean_deduction_score",
        "平均得分@分",
    ),
    (
        "outcome.portal_mean_change_points",
        "outcome.portal_mean_change_points.size",
        "较上季度提高@分",
    ),
    (
        "outcome.portals_above_80",
        "outcome.portals_above_80",
        "等@个门户网站得分高于80分",
    ),
    (
        "outcome.portals_above_80_percent",
        "outcome.portals_above_80_percent",
        "占比@%",
    ),
    (
        "outcome.portals_above_80_change_percent_points",
        "outcome.portals_above_80_change_percent_points.size",
        "较2019年第四季度提高@%",
    ),
    (
        "index_level2_weak.count",
        "index_level2_weak.count",
        "等@个方面",
    ),
    (
        "index_level2_weak.可用性",
        "index_level2.可用性.now",
        "分别为@、0.33",
    ),
    (
        "index_level2_weak.站内搜索",
        "index_level2.站内搜索.now",
        "0.46、@、0.27",
    ),
    (
        "index_level2_weak.解读比例",
        "index_level2.解读比例.now",
        "0.33、@、0.26",
    ),
    (
        "index_level2_weak.办事统计",
        "index_level2.办事统计.now",
        "0.27、@、0、0",
    ),
    (
        "index_level2_weak.统一登录",
        "index_level2.统一登录.now",
        "0.26、@、0。",
    ),
    (
        "index_level2_weak.一号登录",
        "index_level2.一号登录.now",
        "0.26、0、@。",
    ),
    (
        "index_level1.发布解读.now",
        "index_level1.发布解读.now",
        "分别为@和0.82，与2019年第四季度基本持平",
    ),
    (
        "index_level1.办事服务.now",
        "index_level1.办事服务.now",
        "分别为0.87和@，与2019年第四季度基本持平",
    ),
    (
        "index_level1.功能设计.now",
        "index_level1.功能设计.now",
        "是@，与2019年第四季度相同",
    ),
    (
        "index_level1.互动交流.now",
        "index_level1.互动交流.now",
        "是@，较2019年第四季度提升0.08",
    ),
    (
        "index_level1.互动交流.change",
        "index_level1.互动交流.change.size",
        "较2019年第四季度提升@",
    ),
];

fn expected() -> toml::Table {
    let text =
        std::fs::read_to_string(root().join("fixtures/guangxi-2020q1/expected-figures.toml"))
            .unwrap();
    text.parse().unwrap()
}

/// The leaves of the expected file as text, by path.
fn leaves(value: &toml::Value, path: &str, out: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                leaves(value, &path, out);
            }
        }
        toml::Value::Array(list) => {
            let texts: Vec<&str> = list.iter().map(|item| item.as_str().unwrap()).collect();
            out.insert(path.to_owned(), texts.join("、"));
        }
        toml::Value::String(text) => drop(out.insert(path.to_owned(), text.clone())),
        other => drop(out.insert(path.to_owned(), other.to_string())),
    }
}

fn expected_leaves() -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    leaves(&toml::Value::Table(expected()), "", &mut out);
    // The file sets the value of an index beside its name; its own key for the indices is index_level1.
    out
}

fn prints(notice: &Notice, figure: &str, value: &str) -> bool {
    notice
        .printed_figures()
        .contains(&(figure.to_owned(), value.to_owned()))
}

#[test]
fn every_figure_of_the_source_is_printed() {
    let notice = notice(&golden_files());
    let text = notice.plain_text();
    let mut left = expected_leaves();
    for (path, figure, sentence) in BINDINGS {
        let value = left
            .remove(*path)
            .unwrap_or_else(|| panic!("{path} is not in the source"));
        let value = value.trim_start_matches('+').to_owned();
        assert!(
            prints(&notice, figure, &value),
            "{figure} does not print {value}"
        );
        let sentence = sentence.replace('@', &value);
        assert!(text.contains(&sentence), "the text lacks “{sentence}”");
    }
    // What is left of the source: lists, words and the annexes.
    let mut take = |path: &str| {
        left.remove(path)
            .unwrap_or_else(|| panic!("{path} is not in the source"))
    };
    assert_eq!(
        take("outcome.above_80_four_quarters_cities"),
        "南宁市、玉林市、北海市"
    );
    assert!(text.contains("南宁市、玉林市和北海市3个市级政府门户网站连续四个季度得分高于80分"));
    assert_eq!(
        take("index_level2_weak.named_first"),
        notice.figures["weak.first"].printed
    );
    for name in ["发布解读", "办事服务"] {
        assert_eq!(take(&format!("index_level1.{name}.change")), "基本持平");
    }
    assert_eq!(take("index_level1.功能设计.change"), "相同");
    assert_eq!(take("rectification.deadline"), "2020-04-30");
    assert!(text.contains("请于2020年4月30日前"));
    for annex in &notice.annexes {
        assert_eq!(take(&format!("annexes.{}", annex.number)), annex.title);
    }
    assert!(left.is_empty(), "not compared: {left:?}");
}

#[test]
fn annexes_have_the_rows_of_the_letter() {
    let notice = notice(&golden_files());
    let rows: Vec<usize> = notice
        .annexes
        .iter()
        .map(|annex| annex.rows.len())
        .collect();
    assert_eq!(rows, [52, 29, 12]);
}

/// Names of the statistics (not of the words made from them) that differ.
fn changed(before: &Notice, after: &Notice) -> BTreeSet<String> {
    let names: BTreeSet<&String> = before.figures.keys().chain(after.figures.keys()).collect();
    let differ = |name: &&&String| {
        before.figures.get(**name).map(|f| &f.printed)
            != after.figures.get(**name).map(|f| &f.printed)
    };
    names
        .iter()
        .filter(differ)
        .map(|name| (*name).to_string())
        .collect()
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn edit(files: &mut Files, file: &str, from: &str, to: &str) {
    let text = files.get_mut(file).unwrap();
    assert_eq!(
        text.matches(from).count(),
        1,
        "{from} must stand once in {file}"
    );
    *text = text.replace(from, to);
}

#[test]
fn one_account_passes() {
    let mut files = golden_files();
    let before = notice(&files);
    // 贵港人社 answers messages after all: its outcome and its finding change together.
    let row = files["targets.csv"]
        .lines()
        .find(|line| line.contains("贵港人社"))
        .unwrap()
        .to_owned();
    edit(
        &mut files,
        "targets.csv",
        &row,
        &row.replace("不合格", "合格"),
    );
    let row = files["findings.csv"]
        .lines()
        .find(|line| line.contains("贵港人社"))
        .unwrap()
        .to_owned();
    edit(&mut files, "findings.csv", &format!("{row}\n"), "");
    let after = notice(&files);
    let expected = [
        "estimate.account_pass_rate_high_percent",
        "estimate.account_pass_rate_low_percent",
        "estimate.account_pass_rate_percent",
        "outcome.account_pass_rate_percent",
        "outcome.accounts_qualified",
        "outcome.accounts_unqualified",
        "problem.no_account_interaction.count",
    ];
    assert_eq!(changed(&before, &after), names(&expected));
    assert_eq!(
        after.figures["outcome.account_pass_rate_percent"].printed,
        "89.8"
    );
    assert_eq!(after.annexes[1].rows.len(), 28);
    assert!(!after.plain_text().contains("贵港人社"));
}

#[test]
fn one_portal_loses_a_point() {
    let mut files = golden_files();
    let before = notice(&files);
    // 横县's portal loses one more point for 页面标签; it stays above 80.
    let row = files["scores.csv"]
        .lines()
        .find(|line| line.starts_with("2020Q1,4501270001,"))
        .unwrap()
        .to_owned();
    let heads: Vec<String> = files["scores.csv"]
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(str::to_owned)
        .collect();
    let at = heads.iter().position(|head| head == "页面标签").unwrap();
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    cells[at] = (cells[at].parse::<u32>().unwrap() + 1).to_string();
    edit(&mut files, "scores.csv", &row, &cells.join(","));
    let after = notice(&files);
    let expected = [
        "estimate.portal_mean_deduction_score",
        "estimate.portal_mean_deduction_score_high",
        "estimate.portal_mean_deduction_score_low",
        "movement.portals_up",
        "outcome.portal_mean_deduction_score",
        "outcome.portal_mean_change_points",
        "outcome.portal_mean_change_points.size",
        "regions.portal_mean.南宁市",
    ];
    assert_eq!(changed(&before, &after), names(&expected));
    assert_eq!(
        after.figures["outcome.portal_mean_deduction_score"].printed,
        "79.19"
    );
    assert_eq!(after.figures["outcome.portals_above_80"].printed, "52");
}

#[test]
fn one_department_is_added() {
    let mut files = golden_files();
    let before = notice(&files);
    let line =
        "4501009999,部门网站999,部门网站999,部门,市级,450100,南宁市,南宁市,部门999,,否,,,,,\n";
    files.get_mut("targets.csv").unwrap().push_str(line);
    let after = notice(&files);
    let expected = [
        "coverage.websites_percent",
        "registry.department",
        "registry.websites_running",
        "sample.website_ratio_percent",
    ];
    assert_eq!(changed(&before, &after), names(&expected));
    assert!(
        after.plain_text().contains("正在运行的政府网站578家")
            && after.plain_text().contains("其他部门网站452家")
    );
    assert_eq!(
        after.figures["sample.website_ratio_percent"].printed,
        "36.3"
    );
}

fn without_rows(files: &mut Files, file: &str, is_dropped: impl Fn(&str) -> bool) {
    let kept: Vec<&str> = files[file]
        .lines()
        .filter(|line| !is_dropped(line))
        .collect();
    let text = format!("{}\n", kept.join("\n"));
    files.insert(file.to_owned(), text);
}

fn without_findings(files: &mut Files, kind: &str) {
    let kind = format!("{kind},");
    without_rows(files, "findings.csv", |line| line.starts_with(&kind));
}

#[test]
fn an_empty_list_of_findings_removes_its_clause_and_the_rest_renumber() {
    for (kind, clause) in [
        ("broken_links", "页面链接不可用问题突出"),
        ("stale_columns", "栏目更新不及时问题仍然存在"),
        ("wrong_wording", "内容审核把关不严"),
        ("outside_supervision", "未按照要求纳入统一监管"),
        ("stale_account", "政务新媒体内容更新不及时"),
        ("no_account_interaction", "未能提供有效互动渠道"),
        ("app_unavailable", "（APP）无法下载"),
        ("missing_account", "未按照要求开设相应政务新媒体"),
    ] {
        let mut files = golden_files();
        let before = notice(&files).plain_text();
        without_findings(&mut files, kind);
        let after = notice(&files).plain_text();
        assert!(before.contains(clause) && !after.contains(clause), "{kind}");
        let differing = before
            .lines()
            .filter(|line| !after.lines().any(|other| other == *line))
            .count();
        assert_eq!(differing, 1, "{kind}: only its own paragraph changes");
        let paragraph = after
            .lines()
            .find(|line| !before.lines().any(|other| other == *line))
            .unwrap();
        assert!(
            paragraph.starts_with("一是")
                && paragraph.contains("；三是")
                && !paragraph.contains("四是"),
            "{paragraph}"
        );
    }
}

#[test]
fn a_section_without_findings_vanishes_and_headings_renumber() {
    let mut files = golden_files();
    without_findings(&mut files, "nonconforming_domain");
    let heads = files["reporting_names.csv"]
        .lines()
        .next()
        .unwrap()
        .to_owned();
    files.insert("reporting_names.csv".to_owned(), format!("{heads}\n"));
    let notice = notice(&files);
    let text = notice.plain_text();
    assert!(!text.contains("网站名称及域名不规范"));
    assert!(text.contains("（三）政务新媒体建设管理工作不扎实。"));
    assert_eq!(notice.annexes.len(), 2, "an annex without rows is left out");
}

#[test]
fn not_found_is_said_only_when_every_drawn_target_was_screened() {
    let mut files = golden_files();
    let row = files["targets.csv"]
        .lines()
        .find(|line| line.contains("部门网站002"))
        .unwrap()
        .to_owned();
    edit(
        &mut files,
        "targets.csv",
        &row,
        &row.replace("未发现", "未核"),
    );
    let text = notice(&files).plain_text();
    assert!(!text.contains("抽查未发现安全、泄密事故"));
    assert!(
        text.contains("检查未发现安全、泄密事故等严重问题，大部分政务新媒体"),
        "accounts are screened still"
    );
}

#[test]
fn without_earlier_rounds_the_text_says_so_and_claims_nothing() {
    let mut files = golden_files();
    edit(
        &mut files,
        "round.toml",
        "previous = [\"2019Q2\", \"2019Q3\", \"2019Q4\"]",
        "previous = []",
    );
    for (file, earlier) in [("scores.csv", "2019Q"), ("cases.csv", "2019Q")] {
        without_rows(&mut files, file, |line| line.starts_with(earlier));
    }
    let text = notice(&files).plain_text();
    assert!(text.contains("扣分指标平均得分79.2分，缺上期数据，不作比较。"));
    for claim in ["基本持平", "连续四个季度", "提升0.08", "提高18"] {
        assert!(!text.contains(claim), "{claim}");
    }
}

#[test]
fn wrong_entries_are_named_with_file_row_and_column() {
    let mut files = golden_files();
    edit(
        &mut files,
        "targets.csv",
        "4500000001,广西壮族自治区人民政府门户网站,自治区,门户",
        "4500000001,广西壮族自治区人民政府门户网站,自治区,门口",
    );
    let first = files["scores.csv"]
        .lines()
        .find(|line| line.starts_with("2020Q1,4501000001,"))
        .unwrap()
        .to_owned();
    let mut cells: Vec<&str> = first.split(',').collect();
    cells[3] = "9";
    edit(&mut files, "scores.csv", &first, &cells.join(","));
    let errors = golden::load(&files, &support::set(), support::words()).unwrap_err();
    let printed: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(
        printed.contains(
            &"targets.csv第2行“类别”列：“门口”不认识；可填 门户、部门、新媒体".to_owned()
        ),
        "{printed:?}"
    );
    assert!(
        printed
            .iter()
            .any(|error| error.contains("“概况信息”列：扣 9 分，应在 0 到 2 之间")),
        "{printed:?}"
    );
}

/// The errors of a folder, as they are printed.
fn errors_of(files: &Files) -> Vec<String> {
    let errors = golden::load(files, &support::set(), support::words()).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

/// Sets one cell, named by the beginning of its row and by its head.
fn set_cell(files: &mut Files, file: &str, row: &str, head: &str, value: &str) {
    let text = files[file].clone();
    let at = text
        .lines()
        .next()
        .unwrap()
        .split(',')
        .position(|one| one == head);
    let line = text.lines().find(|line| line.starts_with(row)).unwrap();
    let mut cells: Vec<&str> = line.split(',').collect();
    cells[at.unwrap()] = value;
    files.insert(file.to_owned(), text.replacen(line, &cells.join(","), 1));
}

/// One wrong cell is one error, and names its place.
#[test]
fn a_wrong_entry_is_one_error_at_its_place() {
    let cases = [
        (
            "scores.csv",
            "2019Q2,4500000001,",
            "得分",
            "184",
            "scores.csv第2行“得分”列：得 184 分，应在 0 到 100 之间",
        ),
        (
            "scores.csv",
            "2019Q2,4500000001,",
            "轮次",
            "2018Q9",
            "scores.csv第2行“轮次”列：“2018Q9”不是本轮（2020Q1），也不在 round.toml 的 previous 里",
        ),
        (
            "scores.csv",
            "2020Q1,4501000001,",
            "得分",
            "80",
            "“得分”列：本轮得分由扣分得出：此列空着，填各指标扣分",
        ),
        (
            "scores.csv",
            "2020Q1,4501000001,",
            "概况信息",
            "-1",
            "“概况信息”列：扣 -1 分，应在 0 到 2 之间",
        ),
        (
            "scores.csv",
            "2020Q1,4501000001,",
            "概况信息",
            "",
            "“概况信息”列：须填扣分（没有扣分填 0），或只填“得分”列",
        ),
        (
            "targets.csv",
            "4500000001,",
            "可用率",
            "150",
            "targets.csv第2行“可用率”列：150% 应在 0 到 100 之间",
        ),
        (
            "targets.csv",
            "4500000001,",
            "结论",
            "合格",
            "targets.csv第2行“结论”列：门户网站的结论由得分得出",
        ),
        (
            "targets.csv",
            "4500000001,",
            "区划代码",
            "45000",
            "targets.csv第2行“区划代码”列：“45000”不是6位区划代码",
        ),
        (
            "targets.csv",
            "4500000001,",
            "抽中",
            "对",
            "targets.csv第2行“抽中”列：“对”不认识；可填 是、否",
        ),
        (
            "targets.csv",
            "4500000001,",
            "抽中",
            "",
            "targets.csv第2行“抽中”列：不能为空；可填 是、否",
        ),
        (
            "cases.csv",
            "2019Q4,4501001085,",
            "办结日期",
            "2020-13-01",
            "cases.csv第2行“办结日期”列：“2020-13-01”不是日期",
        ),
        (
            "cases.csv",
            "2019Q4,4501001085,",
            "办结日期",
            "2020-05-01",
            "cases.csv第2行“办结日期”列：2020-05-01 晚于发文日期 2020-04-09",
        ),
        (
            "cases.csv",
            "2019Q4,4501001085,",
            "轮次",
            "2018Q9",
            "cases.csv第2行“轮次”列：“2018Q9”不在 round.toml 的 previous 里",
        ),
        (
            "closures.csv",
            "整合网站01,",
            "完成日期",
            "二月",
            "closures.csv第2行“完成日期”列：“二月”不是日期",
        ),
        (
            "annual_forms.csv",
            "南宁市人民政府,",
            "公开日期",
            "2020-02-30",
            "annual_forms.csv第2行“公开日期”列：“2020-02-30”不是日期",
        ),
        (
            "findings.csv",
            "broken_links,",
            "问题",
            "broken_link",
            "findings.csv第2行“问题”列：“broken_link”不认识",
        ),
        (
            "findings.csv",
            "broken_links,",
            "程度",
            "很",
            "findings.csv第2行“程度”列：“很”不是整数",
        ),
    ];
    for (file, row, head, value, expected) in cases {
        let mut files = golden_files();
        set_cell(&mut files, file, row, head, value);
        let errors = errors_of(&files);
        assert_eq!(errors.len(), 1, "{head} {value}: {errors:?}");
        assert!(errors[0].contains(expected), "{errors:?}");
    }
}

#[test]
fn a_score_beside_deductions_is_refused_and_each_cell_is_read() {
    let mut files = golden_files();
    set_cell(
        &mut files,
        "scores.csv",
        "2019Q2,4500000001,",
        "政策文件",
        "abc",
    );
    let expected = [
        "scores.csv第2行“政策文件”列：“abc”不是分值（最多两位小数）",
        "scores.csv第2行“得分”列：与各指标扣分只能填一种：“政策文件”列已填",
    ];
    assert_eq!(errors_of(&files), expected);
}

#[test]
fn a_missing_score_is_told_and_can_be_explained() {
    let mut files = golden_files();
    without_rows(&mut files, "scores.csv", |line| {
        line.starts_with("2019Q2,4501000001,")
    });
    let errors = errors_of(&files);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].starts_with("scores.csv：缺少 2019Q2 的“4501000001”（南宁市"),
        "{errors:?}"
    );

    let mut files = golden_files();
    set_cell(&mut files, "scores.csv", "2019Q2,4501000001,", "得分", "无");
    let text = notice(&files).plain_text();
    assert!(
        text.contains("玉林市和北海市2个市级政府门户网站连续四个季度"),
        "南宁市 has three quarters only"
    );

    let mut files = golden_files();
    without_rows(&mut files, "scores.csv", |line| line.starts_with("2019Q3,"));
    assert_eq!(errors_of(&files), ["scores.csv：没有 2019Q3 的得分"]);
}

#[test]
fn the_cause_is_said_once() {
    let head_of = |files: &Files, file: &str| files[file].lines().next().unwrap().to_owned();
    let mut files = golden_files();
    files.insert("targets.csv".to_owned(), String::new());
    let errors = errors_of(&files);
    assert!(
        errors.len() == 1 && errors[0].starts_with("targets.csv：是空的；第1行应是列名 编号、"),
        "{errors:?}"
    );

    let mut files = golden_files();
    let head = head_of(&files, "targets.csv");
    files.insert("targets.csv".to_owned(), format!("{head}\n"));
    assert_eq!(errors_of(&files), ["targets.csv：没有一行数据"]);

    for file in [
        "targets.csv",
        "scores.csv",
        "findings.csv",
        "cases.csv",
        "filings.csv",
    ] {
        let heads = head_of(&golden_files(), file);
        for column in heads.split(',').filter(|column| *column != "公开日期") {
            let mut files = golden_files();
            let other = heads
                .split(',')
                .map(|one| if one == column { "别的" } else { one });
            let changed = other.collect::<Vec<_>>().join(",");
            let text = files[file].replacen(&heads, &changed, 1);
            files.insert(file.to_owned(), text);
            let expected = format!("{file}第1行“{column}”列：缺少这一列");
            assert_eq!(errors_of(&files), [expected]);
        }
    }

    let mut files = golden_files();
    set_cell(
        &mut files,
        "targets.csv",
        "4500000001,",
        "编号",
        "450000000x",
    );
    let errors = errors_of(&files);
    let of_scores: Vec<&String> = errors
        .iter()
        .filter(|error| error.starts_with("scores.csv第"))
        .collect();
    assert_eq!(
        of_scores.len(),
        1,
        "four rows of it are one error: {errors:?}"
    );
    assert!(
        of_scores[0].contains("“4500000001”不在 targets.csv 里（第")
            && of_scores[0].contains("共4行"),
        "{of_scores:?}"
    );
}

#[test]
fn errors_without_a_cell_print_no_empty_place() {
    let mut files = golden_files();
    files.remove("findings.csv");
    assert_eq!(errors_of(&files), ["findings.csv：缺少这个文件"]);

    let mut files = golden_files();
    edit(
        &mut files,
        "round.toml",
        "date = \"2020-04-09\"",
        "date = \"2020-04-39\"",
    );
    let errors = errors_of(&files);
    assert!(
        errors.len() == 1 && errors[0].starts_with("round.toml第5行："),
        "{errors:?}"
    );
    assert!(!errors[0].contains('\n'), "{errors:?}");

    let mut files = golden_files();
    edit(
        &mut files,
        "round.toml",
        "rectify_by = \"2020-04-30\"",
        "rectify_by = \"2020-03-30\"",
    );
    edit(
        &mut files,
        "round.toml",
        "\"2019Q2\", \"2019Q3\"",
        "\"2019Q3\", \"2019Q3\"",
    );
    let errors = errors_of(&files).join("\n");
    assert!(
        errors.contains("round.toml：rectify_by 2020-03-30 早于发文日期"),
        "{errors}"
    );
    assert!(
        errors.contains("round.toml：previous 里的“2019Q3”重复"),
        "{errors}"
    );
}

#[test]
fn a_notice_whose_parts_disagree_is_refused_with_the_place() {
    let good = notice(&golden_files());
    let places = |notice: &Notice| {
        consistency::check(notice)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(places(&good), "");

    let mut bad = good.clone();
    bad.annexes[0].rows.pop();
    assert!(places(&bad).contains(
        "附件1《抽查得分高于80分的政府门户网站名单》：有51行，而指标“outcome.portals_above_80”是52"
    ));

    let mut bad = good.clone();
    bad.charts[0].series[0].points[0].text = "0.88".to_owned();
    assert!(places(&bad).contains("图1"));

    let mut bad = good.clone();
    for block in &mut bad.blocks {
        if let Block::Paragraph(spans) = block {
            for span in spans {
                if let Span::Figure { name, text } = span
                    && name == "sample.accounts"
                {
                    *text = "275".to_owned();
                }
            }
        }
    }
    assert!(places(&bad).contains("印的是“275”，而指标“sample.accounts”是“274”"));

    let mut bad = good.clone();
    if let Some(figure) = bad.figures.get_mut("registry.department") {
        figure.value = xuncha_core::stats::FigureValue::Count(450);
        figure.printed = "450".to_owned();
    }
    assert!(places(&bad).contains("之和是576"), "{}", places(&bad));

    let mut bad = good;
    bad.annexes.remove(2);
    assert!(places(&bad).contains("附件 reporting_names"));
}

#[test]
fn a_template_with_an_unknown_name_or_an_unbound_number_is_refused_with_its_line() {
    let text = std::fs::read_to_string(root().join("templates/notice-letter.zh.txt")).unwrap();
    let wrong = format!("{text}\n[outcome.no_such] 共{{{{registry.webistes}}}}家，另有12家。\n");
    let line = wrong.lines().count();
    let template = xuncha_core::notice::template::parse(&wrong).unwrap();
    let errors = build(&inputs(&golden_files()), &template).unwrap_err();
    let printed: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(printed.len(), 3, "{printed:?}");
    assert!(
        printed
            .iter()
            .all(|error| error.starts_with(&format!("模板第{line}行")))
    );
    assert!(
        printed
            .iter()
            .any(|error| error.contains("“12”没有对应的指标"))
    );
}

#[test]
fn every_number_of_the_text_is_bound_to_a_figure() {
    let built = notice(&golden_files());
    for block in &built.blocks {
        let (Block::Paragraph(spans) | Block::Note(spans) | Block::Heading { text: spans, .. }) =
            block
        else {
            continue;
        };
        for span in spans.iter().filter(|span| matches!(span, Span::Text(_))) {
            let words = span.text();
            let has_digit = words.chars().any(|c| c.is_ascii_digit());
            // Cited documents, the three months of the rule and what a finding says are words, not figures.
            let is_cited = words.contains('〔')
                || words.contains("公告3个月")
                || words.contains("5个工作日")
                || words.contains("2018年7月");
            assert!(!has_digit || is_cited, "“{words}” in “{}”", plain(spans));
        }
    }
}
