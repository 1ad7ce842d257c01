//! Rows of the folder's lists: targets, findings and what follows from earlier rounds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Folder, cells};
use crate::notice::inputs::{
    AnnualForm, Case, Closure, Filing, NoticeTarget, Problem, ReportingName, Serious,
};
use crate::notice::words::Words;
use crate::registry::{Level, TargetClass, TargetId};
use crate::score::Outcome;
use crate::sheet::{CellError, Record};

const YES_NO: &[(&str, bool)] = &[("是", true), ("否", false)];

/// 所列对象. What `targets.csv` lists.
pub struct Listed {
    /// Rows that could be read.
    pub targets: BTreeMap<TargetId, NoticeTarget>,
    /// Numbers of all rows, also of those with a wrong cell: an error in one row must not bring forth others elsewhere. `None` where
    /// the list itself could not be read.
    ids: Option<BTreeSet<TargetId>>,
}

/// `targets.csv`.
pub fn targets(folder: &mut Folder<'_>) -> Listed {
    let columns = [
        "编号",
        "名称",
        "简称",
        "类别",
        "层级",
        "区划代码",
        "地区",
        "城市",
        "主办单位",
        "平台",
        "抽中",
        "结论",
        "严重问题",
        "命名规范",
        "可用率",
        "上季度可用率",
    ];
    let mut ids = BTreeSet::new();
    let mut has_ids = false;
    let targets = folder.rows("targets.csv", &columns, |record, errors| {
        has_ids = record.has("编号");
        let id = record.text("编号");
        if !id.is_empty() && !ids.insert(TargetId::from(id)) {
            errors.push(record.error("编号", format!("“{id}”重复")));
        }
        target(record, errors)
    });
    if ids.is_empty() && folder.errors.is_empty() {
        let problem = "没有一行数据";
        folder.errors.push(cells::of_file("targets.csv", problem));
    }
    let by_id = |target: NoticeTarget| (target.id.clone(), target);
    Listed {
        targets: targets.into_iter().map(by_id).collect(),
        ids: has_ids.then_some(ids),
    }
}

fn target(record: &Record<'_>, errors: &mut Vec<CellError>) -> Option<NoticeTarget> {
    const CLASSES: &[(&str, TargetClass)] = &[
        ("门户", TargetClass::Portal),
        ("部门", TargetClass::Department),
        ("新媒体", TargetClass::Account),
    ];
    const LEVELS: &[(&str, Level)] = &[
        ("省级", Level::Province),
        ("市级", Level::City),
        ("县级", Level::County),
    ];
    const OUTCOMES: &[(&str, Option<Outcome>)] = &[
        ("", None),
        ("合格", Some(Outcome::Qualified)),
        ("不合格", Some(Outcome::Unqualified)),
        ("无法判定", Some(Outcome::Undetermined)),
    ];
    const SERIOUS: &[(&str, Serious)] = &[
        ("", Serious::Open),
        ("未核", Serious::Open),
        ("未发现", Serious::Clear),
        ("发现", Serious::Found),
    ];
    const NAMING: &[(&str, Option<bool>)] = &[("", None), ("是", Some(true)), ("否", Some(false))];
    let class = record.choice("类别", CLASSES, errors);
    let level = record.choice("层级", LEVELS, errors);
    let drawn = record.choice("抽中", YES_NO, errors);
    let outcome = record.choice("结论", OUTCOMES, errors);
    let serious = record.choice("严重问题", SERIOUS, errors);
    let naming = record.choice("命名规范", NAMING, errors);
    let id = record.required("编号", errors);
    let name = record.required("名称", errors);
    let region_code = record.required("区划代码", errors);
    if !region_code.is_empty() && (region_code.len() != 6 || region_code.parse::<u32>().is_err()) {
        errors.push(record.error("区划代码", format!("“{region_code}”不是6位区划代码")));
    }
    let availability_percent = cells::percent(record, "可用率", errors);
    let previous_availability_percent = cells::percent(record, "上季度可用率", errors);
    let (class, drawn, outcome) = (class?, drawn?, outcome?);
    let is_portal = class == TargetClass::Portal;
    if drawn && !is_portal && outcome.is_none() {
        errors.push(record.error("结论", "抽中的部门网站和新媒体须填结论"));
    }
    if drawn && is_portal && outcome.is_some_and(|outcome| outcome != Outcome::Unqualified) {
        let problem = "门户网站的结论由得分得出：空着，或单项否决时填 不合格";
        errors.push(record.error("结论", problem));
    }
    if !drawn && outcome.is_some() {
        errors.push(record.error("结论", "未抽中的对象不应有结论"));
    }
    Some(NoticeTarget {
        id: TargetId::from(id),
        name: name.to_owned(),
        label: record.text("简称").to_owned(),
        class,
        level: level?,
        region_code: region_code.to_owned(),
        region: record.text("地区").to_owned(),
        city: record.text("城市").to_owned(),
        unit: record.text("主办单位").to_owned(),
        platform: record.text("平台").to_owned(),
        drawn,
        outcome,
        score: None,
        serious: serious?,
        naming_conforms: naming?,
        availability_percent,
        previous_availability_percent,
    })
}

impl Listed {
    /// The number in a cell, where it names a target of `targets.csv`.
    pub fn known(&self, record: &Record<'_>, errors: &mut Vec<CellError>) -> Option<TargetId> {
        let text = record.required("编号", errors);
        if text.is_empty() {
            return None;
        }
        let id = TargetId::from(text);
        if self.ids.as_ref().is_some_and(|ids| !ids.contains(&id)) {
            errors.push(record.error("编号", format!("“{id}”不在 targets.csv 里")));
            return None;
        }
        Some(id)
    }
}

/// `findings.csv`.
pub fn problems(folder: &mut Folder<'_>, listed: &Listed, words: &Words) -> Vec<Problem> {
    folder.rows(
        "findings.csv",
        &["问题", "编号", "对象", "城市", "归类", "说明", "程度"],
        |record, errors| {
            let target = match record.text("编号") {
                "" => None,
                _ => Some(listed.known(record, errors)?),
            };
            let kind = record.required("问题", errors);
            if !kind.is_empty() && words.problem.iter().all(|known| known.id != kind) {
                let problem = format!("“{kind}”不认识；可填的种类见 templates/words.toml");
                errors.push(record.error("问题", problem));
            }
            Some(Problem {
                kind: kind.to_owned(),
                target,
                subject: record.required("对象", errors).to_owned(),
                city: record.text("城市").to_owned(),
                group: record.text("归类").to_owned(),
                detail: record.required("说明", errors).to_owned(),
                evidence: String::new(),
                weight: record.parsed("程度", "整数", errors).unwrap_or(1),
            })
        },
    )
}

/// `cases.csv`. Earlier rounds and targets are compared where they are known.
pub fn cases(
    folder: &mut Folder<'_>,
    date: Date,
    previous: Option<&[String]>,
    listed: Option<&Listed>,
) -> Vec<Case> {
    folder.rows(
        "cases.csv",
        &["轮次", "编号", "对象", "问题", "状态", "办结日期"],
        |record, errors| {
            let of_round = record.required("轮次", errors);
            let is_unknown =
                previous.is_some_and(|previous| !previous.iter().any(|id| id == of_round));
            if !of_round.is_empty() && is_unknown {
                let problem = format!("“{of_round}”不在 round.toml 的 previous 里");
                errors.push(record.error("轮次", problem));
            }
            if let Some(listed) = listed.filter(|_| !record.text("编号").is_empty()) {
                listed.known(record, errors);
            }
            let closed_on = cells::day(record, "办结日期", date, errors);
            Some(Case {
                round: of_round.to_owned(),
                target: record.text("编号").to_owned(),
                subject: record.required("对象", errors).to_owned(),
                problem: record.text("问题").to_owned(),
                closed: record.choice("状态", &[("已办结", true), ("整改中", false)], errors)?,
                closed_on,
            })
        },
    )
}

/// `closures.csv`.
pub fn closures(folder: &mut Folder<'_>, date: Date) -> Vec<Closure> {
    folder.rows(
        "closures.csv",
        &["对象", "原因", "状态", "完成日期"],
        |record, errors| {
            let done_on = cells::day(record, "完成日期", date, errors);
            Some(Closure {
                subject: record.required("对象", errors).to_owned(),
                reason: record.text("原因").to_owned(),
                done: record.choice("状态", &[("已整合迁移", true), ("办理中", false)], errors)?,
                done_on,
            })
        },
    )
}

/// `filings.csv`.
pub fn filings(folder: &mut Folder<'_>) -> Vec<Filing> {
    folder.rows(
        "filings.csv",
        &["单位", "已梳理", "已填报"],
        |record, errors| {
            let unit = record.required("单位", errors).to_owned();
            let reviewed = record.choice("已梳理", YES_NO, errors);
            let filed = record.choice("已填报", YES_NO, errors);
            Some(Filing {
                unit,
                filed: reviewed? && filed?,
            })
        },
    )
}

/// `annual_forms.csv`.
pub fn annual_forms(folder: &mut Folder<'_>, date: Date) -> Vec<AnnualForm> {
    folder.rows(
        "annual_forms.csv",
        &["单位", "报表", "已公开"],
        |record, errors| {
            cells::day(record, "公开日期", date, errors);
            Some(AnnualForm {
                unit: record.required("单位", errors).to_owned(),
                form: record.required("报表", errors).to_owned(),
                published: record.choice("已公开", YES_NO, errors)?,
            })
        },
    )
}

/// `reporting_names.csv`: only rows whose two names differ are disagreements.
pub fn reporting_names(folder: &mut Folder<'_>, listed: &Listed) -> Vec<ReportingName> {
    let names = folder.rows(
        "reporting_names.csv",
        &["编号", "规范名称", "报送系统名称"],
        |record, errors| {
            Some(ReportingName {
                target: listed.known(record, errors)?,
                proper: record.required("规范名称", errors).to_owned(),
                reported: record.required("报送系统名称", errors).to_owned(),
            })
        },
    );
    // The one that the letter names is the first row of the file: the order there is the order of examples.
    names
        .into_iter()
        .filter(|name| name.proper != name.reported)
        .collect()
}
