//! 导入往期: earlier rounds out of a workbook, one sheet a round, so that the first quarter can already compare.

use std::collections::BTreeMap;

use super::PreviousRound;
use super::index::deductions;
use crate::indicator::{Indicator, IndicatorSet};
use crate::points::Points;
use crate::registry::{ImportError, Sheet, TargetId, read_followers};
use crate::round::draft::title_of;
use crate::score::Outcome;

const NUMBER: &str = "对象编号";
const OUTCOME: &str = "结论";
const SCORE: &str = "扣分得分";
const FOLLOWERS: &str = "粉丝数";
/// Columns that are for people only.
const IGNORED: [&str; 2] = ["名称", "类别"];

/// Reads rounds (the sheet's name is the round's id), oldest first. Columns: 对象编号, 扣分得分, and where known 结论, 粉丝数 and, named
/// after the second-level indicators of `set`, the points kept. An empty cell is unknown. Any error, and nothing is imported.
pub fn previous_rounds(
    sheets: &[Sheet],
    set: &IndicatorSet,
) -> Result<Vec<PreviousRound>, Vec<ImportError>> {
    let mut errors = Vec::new();
    let mut rounds: BTreeMap<String, PreviousRound> = BTreeMap::new();
    for sheet in sheets {
        let round = read_round(sheet, set, &mut errors);
        if rounds.insert(round.id.clone(), round).is_some() {
            errors.push(error(sheet, 0, "", "有两张表叫这个名字"));
        }
    }
    if !errors.is_empty() {
        errors.sort();
        return Err(errors);
    }
    Ok(rounds.into_values().collect())
}

fn error(sheet: &Sheet, row: usize, column: &str, message: impl Into<String>) -> ImportError {
    ImportError {
        sheet: sheet.name.clone(),
        row,
        column: column.to_owned(),
        message: message.into(),
    }
}

fn read_round(sheet: &Sheet, set: &IndicatorSet, errors: &mut Vec<ImportError>) -> PreviousRound {
    let mut round = PreviousRound {
        id: sheet.name.trim().to_owned(),
        title: title_of(sheet.name.trim()),
        ..PreviousRound::default()
    };
    let headings: Vec<&str> = sheet.header.iter().map(|heading| heading.trim()).collect();
    let mut indicators: BTreeMap<&str, &Indicator> = BTreeMap::new();
    for heading in &headings {
        let is_known =
            [NUMBER, OUTCOME, SCORE, FOLLOWERS].contains(heading) || IGNORED.contains(heading);
        match deductions(set).find(|own| own.level2 == *heading) {
            Some(indicator) => {
                indicators.insert(heading, indicator);
            }
            None if is_known || heading.is_empty() => {}
            None => errors.push(error(
                sheet,
                1,
                heading,
                format!("指标体系“{}”没有这个二级扣分指标", set.id),
            )),
        }
    }
    for needed in [NUMBER, SCORE] {
        if !headings.contains(&needed) {
            errors.push(error(sheet, 1, needed, "缺少这一列"));
            return round;
        }
    }
    for (index, cells) in sheet.rows.iter().enumerate() {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let row = RoundRow {
            sheet,
            row: index + 2,
            cells: headings
                .iter()
                .copied()
                .zip(cells.iter().map(|cell| cell.trim()))
                .collect(),
        };
        row.read_into(&mut round, &indicators, errors);
    }
    round.with_indices_of(set)
}

/// One target of an earlier round.
struct RoundRow<'a> {
    sheet: &'a Sheet,
    row: usize,
    cells: BTreeMap<&'a str, &'a str>,
}

impl RoundRow<'_> {
    fn cell(&self, heading: &str) -> Option<&str> {
        let cell = self.cells.get(heading).copied();
        cell.filter(|cell| !cell.is_empty())
    }

    fn points(&self, heading: &str, most: Points, errors: &mut Vec<ImportError>) -> Option<Points> {
        let cell = self.cell(heading)?;
        match cell.parse::<Points>() {
            Ok(points) if points >= Points::ZERO && points <= most => Some(points),
            Ok(_) => {
                let message = format!("“{cell}”应在 0 到 {} 之间", most.short());
                errors.push(error(self.sheet, self.row, heading, message));
                None
            }
            Err(wrong) => {
                errors.push(error(self.sheet, self.row, heading, wrong.to_string()));
                None
            }
        }
    }

    fn read_into(
        &self,
        round: &mut PreviousRound,
        indicators: &BTreeMap<&str, &Indicator>,
        errors: &mut Vec<ImportError>,
    ) {
        let Some(number) = self.cell(NUMBER) else {
            errors.push(error(self.sheet, self.row, NUMBER, "不能为空"));
            return;
        };
        let id = TargetId::from(number);
        let is_repeated = round.outcomes.contains_key(&id) || round.portal_scores.contains_key(&id);
        if is_repeated {
            errors.push(error(
                self.sheet,
                self.row,
                NUMBER,
                format!("“{number}”出现两次"),
            ));
        }
        match self.cell(OUTCOME) {
            None => {}
            Some("合格") => {
                round.outcomes.insert(id.clone(), Outcome::Qualified);
            }
            Some("不合格") => {
                round.outcomes.insert(id.clone(), Outcome::Unqualified);
            }
            Some("无法判定") => {
                round.outcomes.insert(id.clone(), Outcome::Undetermined);
            }
            Some(other) => {
                let message = format!("“{other}”不认识，应为合格、不合格、无法判定之一");
                errors.push(error(self.sheet, self.row, OUTCOME, message));
            }
        }
        match self.cell(FOLLOWERS).map(read_followers) {
            None | Some(Ok(None)) => {}
            Some(Ok(Some(count))) => {
                round.followers.insert(id.clone(), count);
            }
            Some(Err(message)) => {
                errors.push(error(self.sheet, self.row, FOLLOWERS, message));
            }
        }
        if let Some(score) = self.points(SCORE, Points::whole(100), errors) {
            round.portal_scores.insert(id.clone(), score);
        }
        let mut taken = BTreeMap::new();
        for (heading, indicator) in indicators {
            if let Some(kept) = self.points(heading, indicator.points, errors) {
                taken.insert(indicator.id.clone(), indicator.points - kept);
            }
        }
        if !taken.is_empty() {
            round.deductions.insert(id, taken);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::indicator::{DeductKind, IndicatorKind};
    use crate::testing::{formula, indicator, points, rule, set};

    fn demo_set() -> IndicatorSet {
        let each = || vec![rule(&["hit"], Some(DeductKind::Each), Some("1"))];
        set(
            vec![
                indicator("可用性", IndicatorKind::Deduct, "60", "a", each()),
                indicator("站内搜索", IndicatorKind::Deduct, "40", "b", each()),
            ],
            formula(),
        )
    }

    fn sheet(name: &str, header: &[&str], rows: &[&[&str]]) -> Sheet {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        Sheet {
            name: name.to_owned(),
            header: texts(header),
            rows: rows.iter().map(|row| texts(row)).collect(),
        }
    }

    #[test]
    fn rounds_read_oldest_first_with_their_indices() {
        let header = [
            "对象编号",
            "名称",
            "类别",
            "结论",
            "扣分得分",
            "可用性",
            "站内搜索",
        ];
        let rows: &[&[&str]] = &[
            &[
                "9901000001",
                "甲",
                "门户",
                "合格",
                "75.00",
                "45.00",
                "30.00",
            ],
            &[
                "9901000002",
                "乙",
                "门户",
                "合格",
                "85.50",
                "45.50",
                "40.00",
            ],
            &["A000001", "丙", "新媒体", "不合格", "", "", ""],
        ];
        let old: &[&[&str]] = &[&["9901000001", "甲", "70"]];
        let book = [
            sheet("2025Q4", &header, rows),
            sheet("2025Q3", &["对象编号", "名称", "扣分得分"], old),
        ];
        let rounds = previous_rounds(&book, &demo_set()).unwrap();
        assert_eq!(
            (rounds[0].id.as_str(), rounds[1].id.as_str()),
            ("2025Q3", "2025Q4")
        );
        assert_eq!(rounds[0].portal_scores[&"9901000001".into()], points("70"));
        assert!(rounds[0].index_level1.is_empty());
        let last = &rounds[1];
        assert_eq!(
            last.deductions[&"9901000001".into()]["站内搜索"],
            points("10")
        );
        assert_eq!(last.index_level2["站内搜索"].fixed(3), "0.875");
        assert_eq!(last.index_level1["功能设计"].fixed(4), "0.8025");
        assert_eq!(last.outcomes[&"A000001".into()], Outcome::Unqualified);
        assert!(!last.deductions.contains_key(&"A000001".into()));
    }

    #[test]
    fn all_errors_are_told_at_once() {
        let header = ["对象编号", "结论", "扣分得分", "可用性", "美观"];
        let rows: &[&[&str]] = &[
            &["1", "良好", "101", "61", ""],
            &["1", "合格", "七十", "", ""],
            &["", "合格", "70", "", ""],
        ];
        let errors = previous_rounds(&[sheet("2025Q4", &header, rows)], &demo_set()).unwrap_err();
        let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let text = text.join("\n");
        for part in [
            "第 1 行“美观”：指标体系“demo”没有这个二级扣分指标",
            "第 2 行“结论”：“良好”不认识",
            "第 2 行“扣分得分”：“101”应在 0 到 100 之间",
            "第 2 行“可用性”：“61”应在 0 到 60 之间",
            "第 3 行“扣分得分”：分值“七十”不是",
            "第 4 行“对象编号”：不能为空",
        ] {
            assert!(text.contains(part), "{part}\n--\n{text}");
        }
    }
}
