//! The spreadsheets: the registry, the reporting system's export, the last rounds.
//!
//! Every cell is text and every sheet has its headings in row 1, as `docs/province.md` says.

mod previous;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::accounts;
use crate::model::{Province, SiteKind};

/// 表: one sheet as rows of text.
struct Sheet {
    name: &'static str,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn new(name: &'static str, headings: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            name,
            headings: headings.iter().map(|h| (*h).to_owned()).collect(),
            rows,
        }
    }
}

/// Writes `registry.xlsx`, `reporting.xlsx` and `previous.xlsx` into `dir`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_all(province: &Province, dir: &Path) -> Result<()> {
    write(&dir.join("registry.xlsx"), &registry(province))?;
    write(&dir.join("reporting.xlsx"), &[reporting(province)])?;
    write(&dir.join("previous.xlsx"), &previous::sheets(province))
}

/// The portal scores of the last rounds as `previous.xlsx` gives them, oldest first: round, target to score.
#[must_use]
pub fn last_scores(province: &Province) -> Vec<(&'static str, BTreeMap<String, String>)> {
    let mut rounds: Vec<_> = previous::sheets(province)
        .iter()
        .map(previous::portal_scores)
        .collect();
    rounds.reverse();
    rounds
}

fn write(path: &Path, sheets: &[Sheet]) -> Result<()> {
    let mut workbook = Workbook::new();
    // A fixed day of creation keeps the bytes the same from run to run.
    let created = ExcelDateTime::from_ymd(2026, 3, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(&sheet.headings) {
            page.write_string_with_format(0, column, heading, &bold)?;
            page.set_column_width(column, 16)?;
        }
        for (row, cells) in (1_u32..).zip(&sheet.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                page.write_string(row, column, cell)?;
            }
        }
    }
    workbook
        .save(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn registry(province: &Province) -> [Sheet; 4] {
    [
        regions(province),
        orgs(province),
        sites(province),
        accounts(province),
    ]
}

fn regions(province: &Province) -> Sheet {
    let rows = province
        .regions
        .iter()
        .map(|r| {
            vec![
                r.code.clone(),
                r.name.clone(),
                r.level.region_word().into(),
                r.parent.clone().unwrap_or_default(),
            ]
        })
        .collect();
    Sheet::new("地区", &["区划代码", "名称", "级别", "上级区划代码"], rows)
}

fn orgs(province: &Province) -> Sheet {
    let rows = province
        .orgs
        .iter()
        .map(|o| {
            vec![
                o.id.clone(),
                o.name.clone(),
                o.region_code.clone(),
                o.parent.clone().unwrap_or_default(),
                o.level.unit_word().into(),
                yes_no(o.requires_accounts),
            ]
        })
        .collect();
    Sheet::new(
        "单位",
        &[
            "单位编号",
            "单位名称",
            "区划代码",
            "上级单位编号",
            "层级",
            "应开设新媒体",
        ],
        rows,
    )
}

fn sites(province: &Province) -> Sheet {
    let rows = province
        .sites
        .iter()
        .map(|s| {
            vec![
                s.code.clone(),
                s.name.clone(),
                s.home(),
                s.kind.word().into(),
                province.orgs[s.org].id.clone(),
                province.regions[s.region].code.clone(),
                s.state.word().into(),
                s.icp.clone(),
                s.police.clone(),
                yes_no(s.no_services),
            ]
        })
        .collect();
    let headings = [
        "标识码",
        "网站名称",
        "首页网址",
        "类型",
        "主办单位编号",
        "区划代码",
        "状态",
        "备案号",
        "公安备案号",
        "无办事服务",
    ];
    Sheet::new("网站", &headings, rows)
}

fn accounts(province: &Province) -> Sheet {
    let rows = province
        .accounts
        .iter()
        .map(|a| {
            vec![
                a.id.clone(),
                a.name.clone(),
                a.platform.name().into(),
                a.kind.into(),
                province.orgs[a.org].id.clone(),
                province.regions[a.region].code.clone(),
                a.subject.clone(),
                a.page_url.clone(),
                a.feed_url.clone(),
                a.download_url.clone(),
                a.state.word().into(),
                a.opened.to_string(),
                if a.followers == 0 {
                    String::new()
                } else {
                    a.followers.to_string()
                },
                accounts::filing_number(a),
            ]
        })
        .collect();
    let headings = [
        "账号编号",
        "账号名称",
        "平台",
        "类型",
        "主办单位编号",
        "区划代码",
        "认证主体",
        "主页链接",
        "订阅源链接",
        "下载链接",
        "状态",
        "开设日期",
        "粉丝数",
        "备案编号",
    ];
    Sheet::new("新媒体", &headings, rows)
}

/// The sites as the national reporting system exports them: other headings, other words, now and then another name.
fn reporting(province: &Province) -> Sheet {
    let rows = province
        .sites
        .iter()
        .map(|s| {
            let kind = if s.kind == SiteKind::Portal {
                "政府门户网站"
            } else {
                "部门网站"
            };
            vec![
                s.code.clone(),
                s.reporting_name.clone(),
                s.home(),
                province.orgs[s.org].name.clone(),
                kind.into(),
                "正常运行".into(),
            ]
        })
        .collect();
    Sheet::new(
        "网站信息",
        &[
            "网站标识码",
            "网站名称",
            "首页URL",
            "主办单位",
            "网站类型",
            "运行状态",
        ],
        rows,
    )
}

fn yes_no(value: bool) -> String {
    if value { "是".into() } else { "否".into() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::model::{PlanKind, Scale};
    use crate::plan::province;

    #[test]
    fn rows_have_as_many_cells_as_headings() {
        let p = province(7, Scale::Small, PlanKind::Realistic);
        let sheets = registry(&p)
            .into_iter()
            .chain([reporting(&p)])
            .chain(previous::sheets(&p));
        for sheet in sheets {
            assert!(!sheet.rows.is_empty(), "{}", sheet.name);
            assert!(
                sheet.rows.iter().all(|r| r.len() == sheet.headings.len()),
                "{}",
                sheet.name
            );
        }
    }

    #[test]
    fn references_between_the_sheets_hold() {
        let p = province(7, Scale::Small, PlanKind::Realistic);
        let [regions, orgs, sites, accounts] = registry(&p);
        let column =
            |sheet: &Sheet, at: usize| sheet.rows.iter().map(|r| r[at].clone()).collect::<Vec<_>>();
        let (codes, ids) = (column(&regions, 0), column(&orgs, 0));
        for (sheet, org) in [(&sites, 4), (&accounts, 4)] {
            assert!(column(sheet, org).iter().all(|id| ids.contains(id)));
            assert!(
                column(sheet, org + 1)
                    .iter()
                    .all(|code| codes.contains(code))
            );
        }
        assert!(
            column(&orgs, 3)
                .iter()
                .all(|id| id.is_empty() || ids.contains(id))
        );
    }

    #[test]
    fn the_files_are_workbooks_and_the_same_each_time() {
        let p = province(7, Scale::Small, PlanKind::Realistic);
        let dir = std::env::temp_dir().join(format!("province-sheets-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let read = |name: &str| std::fs::read(dir.join(name)).unwrap();
        write_all(&p, &dir).unwrap();
        let first = read("registry.xlsx");
        write_all(&p, &dir).unwrap();
        assert_eq!(first, read("registry.xlsx"));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(first)).unwrap();
        let mut text = String::new();
        zip.by_name("xl/workbook.xml")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        for name in ["地区", "单位", "网站", "新媒体"] {
            assert!(text.contains(name), "{name}");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
