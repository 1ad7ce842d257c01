//! The forms as documents.

use jiff::civil::Date;

use super::{Assessed, AssessedRow, Form, Origin};
use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::notice::annexes::outcome_name;
use crate::notice::{Annex, Block, Form as Shape, Notice, Span};
use crate::points::Points;
use crate::stats::NOT_MEASURED;

fn record(title: String, date: Date, said: Vec<String>, tables: Vec<Annex>) -> Notice {
    Notice {
        form: Shape::Plain,
        title,
        issuer: String::new(),
        number: String::new(),
        recipients: String::new(),
        date,
        blocks: said
            .into_iter()
            .map(|text| Block::Paragraph(vec![Span::Text(text)]))
            .collect(),
        charts: Vec::new(),
        annexes: tables,
        figures: Default::default(),
        copies_to: String::new(),
        printed_by: String::new(),
        tables: Vec::new(),
    }
}

fn table(number: usize, title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Annex {
    Annex {
        id: format!("annual_{number}"),
        number,
        title: title.to_owned(),
        columns: columns.iter().map(|head| (*head).to_owned()).collect(),
        rows,
        count_figure: String::new(),
    }
}

impl Form {
    /// The form with its values; what nobody knows stands as 待填, and what does not agree is listed below.
    pub fn document(&self, date: Date, problems: &[String]) -> Notice {
        let open = self.missing().count();
        let mut said = Vec::new();
        if open > 0 {
            said.push(format!("尚有{open}项待填，填齐前不能发布。"));
        }
        let row = |row: &super::Filled| {
            let value = match row.origin {
                Origin::Missing if row.item.optional => String::new(),
                Origin::Missing => "待填".to_owned(),
                _ => row.value.clone(),
            };
            vec![row.item.section.clone(), row.item.title.clone(), value]
        };
        let mut tables = vec![table(
            1,
            "报表内容",
            &["部分", "项目", "内容"],
            self.rows.iter().map(row).collect(),
        )];
        if !problems.is_empty() {
            let rows = problems.iter().enumerate();
            let rows = rows.map(|(at, problem)| vec![(at + 1).to_string(), problem.clone()]);
            tables.push(table(2, "需要核对", &["序号", "问题"], rows.collect()));
        }
        record(
            format!("{}（{}年度）", self.spec.title, self.year),
            date,
            said,
            tables,
        )
    }
}

impl Assessed {
    /// The self-assessment as a document.
    pub fn document(&self, set: &IndicatorSet, year: i16, date: Date) -> Notice {
        let score = |value: Option<Points>| value.map_or_else(|| "—".to_owned(), Points::short);
        let pending = self.rows.iter().filter(|row| row.is_pending).count();
        let said = vec![format!(
            "按《{}》（{}）自评：扣分指标得分{}，加分{}，总分{}，结论{}。{}",
            set.title,
            set.source,
            score(self.deduct_score),
            score(self.bonus_score),
            score(self.final_score),
            outcome_name(Some(self.outcome)),
            match pending {
                0 => String::new(),
                _ => format!("其中{pending}项的分值或条文待核定，仅供参考。"),
            }
        )];
        let row = |row: &AssessedRow| {
            let answer = row
                .answer
                .map_or_else(|| "待填".to_owned(), |answer| answer.to_string());
            let amount = match (row.kind, row.answer) {
                (IndicatorKind::Veto, Some(_)) => String::new(),
                (_, None) => NOT_MEASURED.to_owned(),
                _ => row.amount.short(),
            };
            let kind = match row.kind {
                IndicatorKind::Veto => "单项否决",
                IndicatorKind::Bonus => "加分",
                _ => "扣分",
            };
            let mark = if row.is_pending {
                "（待核定）"
            } else {
                ""
            };
            let points = match row.kind {
                IndicatorKind::Veto => String::new(),
                _ => format!("{}{mark}", row.points.short()),
            };
            vec![
                row.indicator.clone(),
                row.name.clone(),
                kind.to_owned(),
                row.text.clone(),
                answer,
                points,
                amount,
            ]
        };
        let columns = ["编号", "指标", "性质", "规则", "填报", "分值", "扣（加）分"];
        let rows = self.rows.iter().map(row).collect();
        let title = format!("政府网站与政务新媒体监管工作自评表（{year}年度）");
        record(title, date, said, vec![table(1, "各指标", &columns, rows)])
    }
}
