//! 填好的年度报表: what is known of a form and what was filled in, put together for its page and for its documents.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xuncha_core::annual::{AssessedRow, Form, FormKind, FormSpec, ItemKind, assess, fill};
use xuncha_core::indicator::{IndicatorKind, IndicatorSet};
use xuncha_core::notice::Notice;
use xuncha_core::registry::TargetId;
use xuncha_store::StoreError;
use xuncha_store::annual::{self, AnnualKey, Known};

use crate::WebState;
use crate::error::WebError;

const FORMS: &str = "annual-forms.toml";
/// The set of the self-assessment.
const SUPERVISION: &str = "supervision-2019";
/// Letters of the longest answer.
const LONGEST: usize = 2_000;

/// 报表. Which form, of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// 工作年度报表 of a site.
    Work(TargetId),
    /// 监管年度报表.
    Supervision,
    /// 自评表.
    Assessment,
}

impl Which {
    /// Its word in addresses, rows and names of files.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Which::Work(_) => "work",
            Which::Supervision => "supervision",
            Which::Assessment => "assessment",
        }
    }

    pub(crate) fn key(&self, year: i16) -> AnnualKey<'_> {
        AnnualKey {
            form: self.word(),
            subject: match self {
                Which::Work(site) => &site.0,
                Which::Supervision | Which::Assessment => "",
            },
            year,
        }
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Text,
    Number,
    YesNo,
    Date,
}

/// A field of the page.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) entry: Entry,
    /// What was typed.
    pub(crate) value: String,
    /// What is known without asking.
    pub(crate) known: String,
    pub(crate) is_open: bool,
    pub(crate) fault: String,
}

impl Field {
    pub(crate) fn is(&self, entry: &str) -> bool {
        match entry {
            "yes_no" => self.entry == Entry::YesNo,
            "date" => self.entry == Entry::Date,
            "number" => self.entry == Entry::Number,
            _ => self.entry == Entry::Text,
        }
    }
}

/// Fields under one head.
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) fields: Vec<Field>,
}

/// A form with everything that is known and was typed.
pub(crate) struct Filled {
    pub(crate) title: String,
    /// What follows from it in a sentence.
    pub(crate) said: String,
    /// Last day on which it is published in time.
    pub(crate) due: Option<Date>,
    pub(crate) parts: Vec<Part>,
    pub(crate) open_count: usize,
    /// What does not agree.
    pub(crate) problems: Vec<String>,
    pub(crate) document: Notice,
}

impl Filled {
    /// Whether any value cannot stand in its field.
    pub(crate) fn has_faults(&self) -> bool {
        let mut fields = self.parts.iter().flat_map(|part| &part.fields);
        fields.any(|field| !field.fault.is_empty())
    }

    /// What was typed, by field.
    pub(crate) fn answers(&self) -> BTreeMap<String, String> {
        let fields = self.parts.iter().flat_map(|part| &part.fields);
        fields
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect()
    }
}

/// Puts a form together; `typed` stands in place of what is saved.
pub(crate) async fn filled(
    state: &WebState,
    which: &Which,
    year: i16,
    typed: &BTreeMap<String, String>,
) -> Result<Filled, WebError> {
    let today = state.now().date();
    match which {
        Which::Work(site) => {
            let known = annual::of_site(&state.store, &site.0).await?;
            form(state, FormKind::Work, year, (&known, typed), today)
        }
        Which::Supervision => {
            let known = annual::of_year(&state.store, year).await?;
            form(state, FormKind::Supervision, year, (&known, typed), today)
        }
        Which::Assessment => assessment(state, year, typed, today).await,
    }
}

/// What is wrong with any answer, whatever its field.
fn unfit(text: &str) -> Option<String> {
    if text.chars().count() > LONGEST {
        return Some(format!("不要超过{LONGEST}字"));
    }
    text.chars()
        .any(char::is_control)
        .then(|| "应写在一行里".to_owned())
}

fn form(
    state: &WebState,
    kind: FormKind,
    year: i16,
    (known, typed): (&Known, &BTreeMap<String, String>),
    today: Date,
) -> Result<Filled, WebError> {
    let text = state.templates.get(FORMS).map_or("", String::as_str);
    let broken = |error: String| WebError::from(StoreError::Unfit(format!("{FORMS}：{error}")));
    let spec = FormSpec::parse(text, kind).map_err(broken)?;
    let form = fill(&spec, year, known, typed);
    let due = spec.due_in(year).map_err(broken)?;
    let problems = form.problems(known);
    Ok(Filled {
        title: format!("{}（{year}年度）", spec.title),
        said: String::new(),
        due: Some(due),
        open_count: form.missing().count(),
        parts: parts(&form, known, typed),
        document: form.document(today, &problems),
        problems,
    })
}

fn parts(form: &Form, known: &Known, typed: &BTreeMap<String, String>) -> Vec<Part> {
    let wrong: BTreeMap<&str, &str> = form.wrong().into_iter().collect();
    let mut parts: Vec<Part> = Vec::new();
    for row in &form.rows {
        let item = &row.item;
        let value = typed.get(&item.key).cloned().unwrap_or_default();
        let own = item.from.as_ref().and_then(|name| known.get(name));
        let wanted = wrong.get(item.key.as_str()).filter(|_| !value.is_empty());
        let field = Field {
            fault: unfit(&value)
                .or_else(|| wanted.map(|wanted| format!("应为{wanted}")))
                .unwrap_or_default(),
            name: item.key.clone(),
            label: item.title.clone(),
            hint: String::new(),
            entry: match item.kind {
                ItemKind::Text => Entry::Text,
                ItemKind::Count | ItemKind::Percent | ItemKind::Number => Entry::Number,
                ItemKind::YesNo => Entry::YesNo,
                ItemKind::Date => Entry::Date,
            },
            known: own.cloned().unwrap_or_default(),
            is_open: row.value.is_empty() && !item.optional,
            value,
        };
        match parts.last_mut().filter(|part| part.title == item.section) {
            Some(part) => part.fields.push(field),
            None => parts.push(Part {
                title: item.section.clone(),
                fields: vec![field],
            }),
        }
    }
    parts
}

async fn assessment(
    state: &WebState,
    year: i16,
    typed: &BTreeMap<String, String>,
    today: Date,
) -> Result<Filled, WebError> {
    let missing = || WebError::missing(format!("没有指标体系“{SUPERVISION}”"));
    let set: &IndicatorSet = state.sets.get(SUPERVISION).ok_or_else(missing)?;
    let known = annual::of_supervisor(&state.store, year).await?;
    let mut counts = known.clone();
    for (code, text) in typed {
        if let Ok(count) = text.parse() {
            counts.insert(code.clone(), count);
        }
    }
    let broken = |error: String| WebError::from(StoreError::Unfit(error));
    let assessed = assess(set, &counts).map_err(broken)?;
    let document = assessed.document(set, year, today);
    let said = document.plain_text();
    let mut problems = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for row in &assessed.rows {
        let own = known.get(&row.question).map(u32::to_string);
        let field = counted(row, typed, own.unwrap_or_default());
        if !field.value.is_empty() && !field.known.is_empty() && field.value != field.known {
            let (label, value, own) = (&field.label, &field.value, &field.known);
            problems.push(format!(
                "“{label}”填的是“{value}”，系统记录为“{own}”，请核对"
            ));
        }
        let title = match row.kind {
            IndicatorKind::Veto => "单项否决",
            IndicatorKind::Bonus => "加分",
            IndicatorKind::Deduct | IndicatorKind::Listed => "扣分",
        };
        match parts.last_mut().filter(|part| part.title == title) {
            Some(part) => part.fields.push(field),
            None => parts.push(Part {
                title: title.to_owned(),
                fields: vec![field],
            }),
        }
    }
    Ok(Filled {
        title: document.title.clone(),
        said: said.lines().nth(1).unwrap_or_default().to_owned(),
        due: None,
        open_count: assessed
            .rows
            .iter()
            .filter(|row| row.answer.is_none())
            .count(),
        parts,
        problems,
        document,
    })
}

/// The field of an indicator: how many.
fn counted(row: &AssessedRow, typed: &BTreeMap<String, String>, known: String) -> Field {
    let value = typed.get(&row.question).cloned().unwrap_or_default();
    let is_count = value.is_empty() || value.parse::<u32>().is_ok();
    Field {
        name: row.question.clone(),
        label: format!("{} {}", row.indicator, row.name),
        hint: match row.prompt.is_empty() {
            true => row.text.clone(),
            false => format!("{}（{}）", row.prompt, row.text.trim_end_matches('。')),
        },
        entry: Entry::Number,
        known,
        is_open: row.answer.is_none(),
        fault: match is_count {
            true => String::new(),
            false => "应为非负整数".to_owned(),
        },
        value,
    }
}
