//! What the workbook of a small round holds.

use super::*;

fn sheet<'a>(notice: &'a Notice, name: &str) -> &'a ResultTable {
    notice
        .tables
        .iter()
        .find(|table| table.name == name)
        .unwrap()
}

/// A cell by the row's first columns and the head.
fn cell<'a>(table: &'a ResultTable, row: usize, head: &str) -> &'a str {
    let at = table.columns.iter().position(|one| one == head).unwrap();
    &table.rows[row][at]
}

#[test]
fn the_workbook_has_every_finding_with_its_address_and_points() {
    let notice = small().notice();
    let table = sheet(&notice, "问题明细");
    let of = |id: &str, check: &str| {
        table
            .rows
            .iter()
            .position(|row| row[0] == id && row.contains(&check.to_owned()))
            .unwrap()
    };
    let broken = of(CITY, "链接不可用");
    assert_eq!(cell(table, broken, "次数"), "3");
    assert_eq!(cell(table, broken, "分值（封顶前）"), "3");
    assert_eq!(cell(table, broken, "情形"), "首页链接打不开");
    assert_eq!(cell(table, broken, "性质"), "扣分");
    assert_eq!(cell(table, broken, "依据"), "机器判定");
    assert_eq!(cell(table, broken, "证据记录"), "0001@120");
    assert_eq!(cell(table, broken, "引文"), "返回404");
    let domain = of(OFFICE, "域名不规范");
    assert_eq!(cell(table, domain, "网址"), "https://www.qsyj.org.cn/");
    assert_eq!(cell(table, domain, "性质"), "仅列出");
    for name in ["问题明细", "问题清单"] {
        let cells = sheet(&notice, name).rows.iter().flatten();
        for cell in cells {
            assert!(
                !cell.contains("broken_links"),
                "{name} has an internal id: {cell}"
            );
        }
    }
}

#[test]
fn the_workbook_has_the_deductions_of_every_scored_target() {
    let small = small();
    let inputs = small.inputs();
    let notice = small.notice();
    let table = sheet(&notice, "各指标扣分");
    for row in &table.rows {
        let score = inputs.targets[&row[0].as_str().into()].score.unwrap();
        let taken: Points = row[4..]
            .iter()
            .filter_map(|cell| cell.parse::<Points>().ok())
            .sum();
        assert_eq!(row[3], score.short(), "{row:?}");
        assert_eq!(Points::whole(100) - taken, score, "{row:?}");
    }
    let portals: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(portals, [CITY, COUNTY]);
}

#[test]
fn every_figure_of_the_workbook_has_a_name_of_its_own() {
    let notice = small().notice();
    let names: Vec<&str> = sheet(&notice, "总体指标")
        .rows
        .iter()
        .map(|row| row[0].as_str())
        .collect();
    let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), different.len());
    assert!(
        names.iter().any(|name| name.ends_with("合格率")),
        "{names:?}"
    );
}
