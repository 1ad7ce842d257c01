//! 年度报表: the two annual forms (国办函〔2018〕12号) and the supervisor's self-assessment. What registry, rounds and messages know is
//! filled in, the rest is asked for, and what was filled in is held against itself.
//!
//! Which items a form has is data (`templates/annual-forms.toml`). Nothing is guessed: an item that nobody knows stands as 待填.

mod assess;
mod document;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use serde::Deserialize;

use crate::points::Exact;
use crate::sheet::parse_csv;

pub use assess::{Assessed, AssessedRow, assess};

/// 报表种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// 政府网站工作年度报表, one for each site.
    Work,
    /// 政府网站监管年度报表, one for the supervisor.
    Supervision,
}

/// 项目类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Words.
    Text,
    /// A whole number, not negative.
    Count,
    /// 0 to 100.
    Percent,
    /// A number, not negative.
    Number,
    /// 是 or 否.
    YesNo,
    /// A day.
    Date,
}

/// 报表项目.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its key, one in a form.
    pub key: String,
    /// Part of the form.
    pub section: String,
    /// What it asks.
    pub title: String,
    /// What may stand there.
    pub kind: ItemKind,
    /// Name of what is known without asking.
    #[serde(default)]
    pub from: Option<String>,
    /// Whether it may stay empty.
    #[serde(default)]
    pub optional: bool,
    /// It is the sum of these.
    #[serde(default)]
    pub sum_of: Vec<String>,
    /// It is not more than this.
    #[serde(default)]
    pub at_most: Option<String>,
}

/// 报表. The items of a form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSpec {
    /// Title.
    pub title: String,
    /// Document that asks for it.
    pub source: String,
    /// How sure the items are: `S`, `hi`, `med` or `lo`.
    pub confidence: String,
    /// Last day of publishing, in the year after (`01-31`).
    pub due: String,
    /// Items in their order.
    pub items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    work: FormSpec,
    supervision: FormSpec,
}

impl FormSpec {
    /// Reads a form out of `annual-forms.toml`; a name that no item has is an error.
    pub fn parse(text: &str, kind: FormKind) -> Result<FormSpec, String> {
        let forms: Forms = toml::from_str(text).map_err(|error| error.to_string())?;
        let form = match kind {
            FormKind::Work => forms.work,
            FormKind::Supervision => forms.supervision,
        };
        for (at, item) in form.items.iter().enumerate() {
            if form.items[..at].iter().any(|other| other.key == item.key) {
                return Err(format!("{}：项目 {} 出现两次", form.title, item.key));
            }
            let named = item.sum_of.iter().chain(&item.at_most);
            if let Some(unknown) = named.into_iter().find(|key| form.item(key).is_none()) {
                return Err(format!(
                    "{}：{} 提到的 {unknown} 不存在",
                    form.title, item.key
                ));
            }
        }
        form.due_in(2000).map(|_| form)
    }

    fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    /// Last day on which the form of a year is published in time.
    pub fn due_in(&self, year: i16) -> Result<Date, String> {
        let parts = self.due.split_once('-');
        let parts = parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
        let day = parts.and_then(|(month, day)| Date::new(year + 1, month, day).ok());
        day.ok_or_else(|| format!("{}：due = “{}”不是月-日", self.title, self.due))
    }
}

/// 来源. Who knows a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Registry, rounds or messages.
    Known,
    /// Whoever filled in the rest.
    Answered,
    /// Nobody.
    Missing,
}

/// 填好的项目.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The item.
    pub item: Item,
    /// Its value, empty where nobody knows it.
    pub value: String,
    /// Who knows it.
    pub origin: Origin,
}

/// 填好的报表.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Items and title.
    pub spec: FormSpec,
    /// Year that it speaks of.
    pub year: i16,
    /// Items with their values.
    pub rows: Vec<Filled>,
}

/// Fills in a form: an answer goes before what is known, because whoever signs it answers for it, and a difference is told.
pub fn fill(
    spec: &FormSpec,
    year: i16,
    known: &BTreeMap<String, String>,
    answers: &BTreeMap<String, String>,
) -> Form {
    let row = |item: &Item| {
        let answer = answers.get(&item.key).filter(|value| !value.is_empty());
        let own = item.from.as_ref().and_then(|name| known.get(name));
        let (value, origin) = match (answer, own.filter(|value| !value.is_empty())) {
            (Some(answer), _) => (answer.clone(), Origin::Answered),
            (None, Some(own)) => (own.clone(), Origin::Known),
            (None, None) => (String::new(), Origin::Missing),
        };
        Filled {
            item: item.clone(),
            value,
            origin,
        }
    };
    Form {
        spec: spec.clone(),
        year,
        rows: spec.items.iter().map(row).collect(),
    }
}

impl Form {
    /// The value of an item as a number.
    fn number(&self, key: &str) -> Option<Exact> {
        let row = self.rows.iter().find(|row| row.item.key == key)?;
        Exact::from_decimal(&row.value)
    }

    fn title<'a>(&'a self, key: &'a str) -> &'a str {
        let row = self.rows.iter().find(|row| row.item.key == key);
        row.map_or(key, |row| &row.item.title)
    }

    /// 填错的项目. Items whose value is of the wrong kind, with what should stand there.
    pub fn wrong(&self) -> Vec<(&str, &'static str)> {
        let rows = self.rows.iter().filter(|row| !row.value.is_empty());
        rows.filter_map(|row| {
            Some((
                row.item.key.as_str(),
                wrong_kind(row.item.kind, &row.value)?,
            ))
        })
        .collect()
    }

    /// Items that somebody still has to fill in.
    pub fn missing(&self) -> impl Iterator<Item = &Filled> {
        let is_open = |row: &&Filled| row.origin == Origin::Missing && !row.item.optional;
        self.rows.iter().filter(is_open)
    }

    /// What is wrong with what was filled in, in Chinese: values of the wrong kind, sums and limits that do not hold, answers that differ
    /// from what is known.
    pub fn problems(&self, known: &BTreeMap<String, String>) -> Vec<String> {
        let mut all = Vec::new();
        for row in self.rows.iter().filter(|row| !row.value.is_empty()) {
            let said = format!("{}“{}”", row.item.section, row.item.title);
            if let Some(wanted) = wrong_kind(row.item.kind, &row.value) {
                all.push(format!("{said}填的是“{}”，应为{wanted}", row.value));
                continue;
            }
            let own = row.item.from.as_ref().and_then(|name| known.get(name));
            if let Some(own) =
                own.filter(|own| row.origin == Origin::Answered && **own != row.value)
                && !own.is_empty()
            {
                all.push(format!(
                    "{said}填的是“{}”，系统记录为“{own}”，请核对",
                    row.value
                ));
            }
            all.extend(self.sums(row, &said));
        }
        all
    }

    fn sums(&self, row: &Filled, said: &str) -> Vec<String> {
        let mut all = Vec::new();
        let Some(own) = self.number(&row.item.key) else {
            return all;
        };
        let parts: Option<Vec<Exact>> =
            row.item.sum_of.iter().map(|key| self.number(key)).collect();
        if let Some(parts) = parts.filter(|parts| !parts.is_empty()) {
            let zero = Exact::from(crate::points::Points::ZERO);
            let sum = parts
                .into_iter()
                .fold(zero, |sum, part| sum.minus(zero.minus(part)));
            if sum != own {
                let names: Vec<&str> = row.item.sum_of.iter().map(|key| self.title(key)).collect();
                all.push(format!(
                    "{said}是{}，而{}之和是{}",
                    row.value,
                    names.join("、"),
                    sum.short(2)
                ));
            }
        }
        if let Some(limit) = &row.item.at_most
            && let Some(most) = self.number(limit)
            && own.is_above(most)
        {
            all.push(format!(
                "{said}是{}，多于“{}”的{}",
                row.value,
                self.title(limit),
                most.short(2)
            ));
        }
        all
    }
}

/// What should stand there, where it does not.
fn wrong_kind(kind: ItemKind, value: &str) -> Option<&'static str> {
    let number = || Exact::from_decimal(value).filter(|_| !value.starts_with('-'));
    let is_right = match kind {
        ItemKind::Text => true,
        ItemKind::Count => value.chars().all(|c| c.is_ascii_digit()) && value.len() <= 15,
        ItemKind::Percent => {
            let whole = Exact::new(100, 1);
            number().is_some_and(|own| whole.is_some_and(|whole| !own.is_above(whole)))
        }
        ItemKind::Number => number().is_some(),
        ItemKind::YesNo => matches!(value, "是" | "否"),
        ItemKind::Date => value.parse::<Date>().is_ok(),
    };
    let wanted = match kind {
        ItemKind::Text => "文字",
        ItemKind::Count => "非负整数",
        ItemKind::Percent => "0到100的百分数",
        ItemKind::Number => "非负数",
        ItemKind::YesNo => "“是”或“否”",
        ItemKind::Date => "日期，如 2026-01-20",
    };
    (!is_right).then_some(wanted)
}

/// Heads of the table of answers. What stands in the last column is what the system knows: a cell that says the same is no answer.
pub const ANSWER_COLUMNS: [&str; 5] = ["代码", "部分", "项目", "内容", "系统记录"];

/// Reads a table of answers: the code of an item and what stands there. Codes that the form does not have are told.
pub fn answers(text: &str, codes: &[&str]) -> Result<BTreeMap<String, String>, Vec<String>> {
    let mut errors = Vec::new();
    let mut all = BTreeMap::new();
    for answer in table(text).map_err(|error| vec![error])? {
        if !codes.contains(&answer.code.as_str()) {
            let (line, code) = (answer.line, &answer.code);
            errors.push(format!("第{line}行：没有代码为“{code}”的项目"));
            continue;
        }
        let (line, is_known) = (answer.line, answer.is_known());
        let said = if is_known { String::new() } else { answer.said };
        if all.insert(answer.code.clone(), said).is_some() {
            errors.push(format!("第{line}行：“{}”出现两次", answer.code));
        }
    }
    if errors.is_empty() {
        Ok(all)
    } else {
        Err(errors)
    }
}

/// 已填内容. What somebody wrote into a table of answers, by code: everything that is not only what the system knew.
pub fn filled_in(text: &str) -> Result<BTreeMap<String, String>, String> {
    let rows = table(text)?;
    let own = rows
        .into_iter()
        .filter(|row| !row.said.is_empty() && !row.is_known());
    Ok(own.map(|row| (row.code, row.said)).collect())
}

/// A row of a table of answers.
struct Answer {
    line: usize,
    code: String,
    said: String,
    known: String,
}

impl Answer {
    fn is_known(&self) -> bool {
        !self.known.is_empty() && self.said == self.known
    }
}

fn table(text: &str) -> Result<Vec<Answer>, String> {
    let rows = parse_csv("answers.csv", text).rows;
    let heads = rows.first().cloned().unwrap_or_default();
    let column = |name: &str| heads.iter().position(|head| head.trim() == name);
    let (Some(code), Some(said)) = (column(ANSWER_COLUMNS[0]), column(ANSWER_COLUMNS[3])) else {
        return Err(format!(
            "表头应有“{}”和“{}”两列",
            ANSWER_COLUMNS[0], ANSWER_COLUMNS[3]
        ));
    };
    let known = column(ANSWER_COLUMNS[4]);
    let answer = |(at, row): (usize, &Vec<String>)| {
        let cell = |column: usize| row.get(column).map_or("", |cell| cell.trim()).to_owned();
        Answer {
            line: at + 1,
            code: cell(code),
            said: cell(said),
            known: known.map(cell).unwrap_or_default(),
        }
    };
    let answers = rows.iter().enumerate().skip(1).map(answer);
    Ok(answers.filter(|answer| !answer.code.is_empty()).collect())
}

/// First and last day of a year.
pub fn days_of(year: i16) -> (Date, Date) {
    (date(year, 1, 1), date(year, 12, 31))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
