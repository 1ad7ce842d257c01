//! 通报: the notice as a model, before any document format.
//!
//! The text is a template that staff edit ([`template`]); every number in it is a [`Span::Figure`] bound to a named figure
//! ([`scope`]). [`build()`] fills the template, draws up charts and annexes and then refuses to hand out a notice in which text,
//! charts and annexes disagree ([`consistency`]). Start reading at [`build::build`].

pub mod address;
pub mod annexes;
pub mod breakdown;
pub mod build;
pub mod card;
pub mod charts;
pub mod condition;
pub mod consistency;
pub mod extras;
pub mod figures;
pub mod from_results;
pub mod index;
pub mod indices;
pub mod inputs;
pub mod problems;
pub mod render;
pub mod scope;
pub mod sign_off;
mod summaries;
pub mod template;
pub mod trace;
pub mod words;

pub use build::build;
pub use charts::ChartKind;
pub use inputs::NoticeInputs;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::stats::Figure;

/// 公文形式. The letter (函) or the notice (通报).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// 函 (letter form: red unit name, double lines).
    Letter,
    /// 通报.
    Circular,
    /// 表件: a record of tables under a title, such as a score sheet or an annual form; it has no head, no recipients and no seal.
    Plain,
}

/// 文字片段. A stretch of text, or a printed figure that knows its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Words of the template.
    Text(String),
    /// A printed figure.
    Figure {
        /// Name in [`Notice::figures`].
        name: String,
        /// As printed.
        text: String,
    },
}

impl Span {
    /// The text as printed.
    pub fn text(&self) -> &str {
        match self {
            Span::Text(text) | Span::Figure { text, .. } => text,
        }
    }
}

/// 连起来的文字. The printed text of spans.
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(Span::text).collect()
}

/// 段落块.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// 标题, with its number already in Chinese form (一、 （一） 1.).
    Heading {
        /// 1, 2 or 3.
        level: u8,
        /// Number as printed.
        number: String,
        /// Text.
        text: Vec<Span>,
    },
    /// 正文段落.
    Paragraph(Vec<Span>),
    /// 图, by index into [`Notice::charts`].
    Chart(usize),
    /// 注.
    Note(Vec<Span>),
}

/// 图表数据点. A figure in a chart; `text` is its printed value, empty where it was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// Name in [`Notice::figures`].
    pub figure: String,
    /// As printed.
    pub text: String,
}

/// 数据系列.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Name, such as 2020年第一季度.
    pub name: String,
    /// One point per category.
    pub points: Vec<ChartPoint>,
}

/// 图. Data only; drawing is the report's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartData {
    /// `level1`, `level2_weak`, `distribution`, `trend` or `regions`.
    pub id: String,
    /// Number in the text, from 1.
    pub number: usize,
    /// Caption without number.
    pub title: String,
    /// Categories.
    pub categories: Vec<String>,
    /// Series.
    pub series: Vec<Series>,
}

impl ChartData {
    /// The printed value of a point, with as many decimals as any other of the chart: 0.80 beside 0.79.
    pub fn label(&self, point: &ChartPoint) -> String {
        let places = |text: &str| text.split_once('.').map_or(0, |(_, digits)| digits.len());
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        let points = || self.series.iter().flat_map(|series| &series.points);
        let most = points().map(|point| places(&point.text)).max().unwrap_or(0);
        let own = places(&point.text);
        if own >= most || !is_number(&point.text) {
            return point.text.clone();
        }
        let dot = if own == 0 { "." } else { "" };
        format!("{}{dot}{}", point.text, "0".repeat(most - own))
    }
}

/// 附件.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    /// `above_80`, `problem_accounts` or `reporting_names`.
    pub id: String,
    /// Number, from 1.
    pub number: usize,
    /// Title.
    pub title: String,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
    /// Figure that must equal the number of rows.
    pub count_figure: String,
}

impl Annex {
    /// Whether equal cells of its first column that follow one another are one cell: in a form that offices know, the name of a part
    /// stands once beside all its items.
    pub fn is_joined(&self) -> bool {
        self.id.starts_with("annual_")
    }
}

/// 结果表. A sheet of the workbook `annexes.xlsx`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultTable {
    /// Sheet name.
    pub name: String,
    /// Heads.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// 通报. A complete notice, consistent in itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Form.
    pub form: Form,
    /// Title.
    pub title: String,
    /// Issuing unit.
    pub issuer: String,
    /// 发文字号, empty where not given yet.
    pub number: String,
    /// Main recipients, without colon.
    pub recipients: String,
    /// Date.
    pub date: Date,
    /// The text.
    pub blocks: Vec<Block>,
    /// Charts in order of their numbers.
    pub charts: Vec<ChartData>,
    /// Annexes in order of their numbers.
    pub annexes: Vec<Annex>,
    /// Every figure that text, charts or annexes use, and those beside them.
    pub figures: BTreeMap<String, Figure>,
    /// 抄送机关 of the 版记, without end punctuation; empty where there is none.
    #[serde(default)]
    pub copies_to: String,
    /// 印发机关 of the 版记 of a 通报; the issuing unit where it is empty.
    #[serde(default)]
    pub printed_by: String,
    /// All results, for the workbook.
    pub tables: Vec<ResultTable>,
}

impl Notice {
    /// The whole text, one block a line: what every document format must say.
    pub fn plain_text(&self) -> String {
        let mut lines = vec![self.title.clone()];
        if self.form != Form::Plain {
            lines.push(format!("{}：", self.recipients));
        }
        for block in &self.blocks {
            lines.push(match block {
                Block::Heading { number, text, .. } => format!("{number}{}", plain(text)),
                Block::Paragraph(spans) | Block::Note(spans) => plain(spans),
                Block::Chart(index) => self.charts.get(*index).map_or(String::new(), caption),
            });
        }
        lines.extend(self.annexes.iter().map(|annex| self.annex_entry(annex)));
        lines.join("\n")
    }

    /// 附件说明: an annex in the list at the end of the text. A single one has no number (GB/T 9704-2012).
    pub fn annex_entry(&self, annex: &Annex) -> String {
        match self.annexes.len() {
            1 => annex.title.clone(),
            _ if self.form == Form::Plain => annex.title.clone(),
            _ => format!("{}.{}", annex.number, annex.title),
        }
    }

    /// 附件序号: what stands above the annex itself, 附件1, or 附件 where it is the only one; nothing in a record of tables.
    pub fn annex_mark(&self, annex: &Annex) -> String {
        match self.annexes.len() {
            _ if self.form == Form::Plain => String::new(),
            1 => "附件".to_owned(),
            _ => format!("附件{}", annex.number),
        }
    }

    /// Names of the figures that the text prints, in order of appearance, each once.
    pub fn printed_figures(&self) -> Vec<(String, String)> {
        let mut printed = Vec::new();
        for block in &self.blocks {
            let spans = match block {
                Block::Heading { text, .. } => text,
                Block::Paragraph(spans) | Block::Note(spans) => spans,
                Block::Chart(_) => continue,
            };
            for span in spans {
                if let Span::Figure { name, text } = span {
                    let entry = (name.clone(), text.clone());
                    if !printed.contains(&entry) {
                        printed.push(entry);
                    }
                }
            }
        }
        printed
    }
}

/// 图题. Caption of a chart as printed.
pub fn caption(chart: &ChartData) -> String {
    format!("图{} {}", chart.number, chart.title)
}

/// 通报生成错误. Why a notice is not built, with the place.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[error("{place}：{problem}")]
pub struct NoticeError {
    /// Where: line of the template, annex, chart, figure.
    pub place: String,
    /// What is wrong and what to do.
    pub problem: String,
}

impl NoticeError {
    /// A problem at a place.
    pub fn new(place: impl Into<String>, problem: impl Into<String>) -> NoticeError {
        NoticeError {
            place: place.into(),
            problem: problem.into(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod property_tests;
