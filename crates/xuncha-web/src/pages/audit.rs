//! 审计日志: who did what when, for administrators.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_store::AuditAction;
use xuncha_store::audit::{AuditFilter, AuditRow, AuditVerdict};
use xuncha_store::person::person_number;

use super::audit_words as words;
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::Pager;
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// Number or login of a person, or what else stands in the log.
    #[serde(default)]
    person: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Whether the whole log is to be walked over now.
    #[serde(default)]
    verify: String,
    page: Option<u64>,
}

struct ActionChoice {
    value: String,
    text: &'static str,
    is_chosen: bool,
}

struct Row {
    number: u64,
    at: String,
    who: String,
    name: String,
    action: String,
    object: String,
    object_href: Option<String>,
    object_name: String,
    before: Value,
    after: Value,
    hash: String,
}

/// A value of a row: long lists of decisions fold up after the first ones.
struct Value {
    first: String,
    rest: Vec<String>,
}

/// Parts of a value that stand open.
const PARTS_SHOWN: usize = 3;

impl Value {
    fn new(text: &str) -> Value {
        let parts: Vec<&str> = text.split("; ").collect();
        let shown = parts.len().min(PARTS_SHOWN);
        Value {
            first: parts[..shown].join("; "),
            rest: parts[shown..]
                .iter()
                .map(|part| (*part).to_owned())
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    rows: Vec<Row>,
    actions: Vec<ActionChoice>,
    person: String,
    from: String,
    to: String,
    faults: Vec<&'static str>,
    verified: Option<Verified>,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let mut faults = Vec::new();
    let mut day = |text: &str| {
        let day = text.parse::<jiff::civil::Date>().ok();
        if day.is_none() && !text.is_empty() {
            faults.push(lang.t("日期应写作2026-04-01", "A date is written like 2026-04-01"));
        }
        day
    };
    let filter = AuditFilter {
        person: who(&state, asked.person.trim()).await?,
        action: AuditAction::of_word(&asked.action),
        from: day(&asked.from),
        to: day(&asked.to),
    };
    let verified = match asked.verify.as_str() {
        "" => None,
        _ => Some(verified(lang, &state.store.verify_audit(None).await?)),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.audit_rows(&filter, pager.page()).await?;
    let names = names(&state, &found.rows).await?;
    let pairs = vec![
        ("person", asked.person.clone()),
        ("action", asked.action.clone()),
        ("from", asked.from.clone()),
        ("to", asked.to.clone()),
    ];
    page(&AuditPage {
        shell: Shell::new(&viewer, "audit", lang.t("审计日志", "Audit log")),
        rows: found
            .rows
            .into_iter()
            .map(|row| shown(lang, row, &names))
            .collect(),
        actions: actions(lang, &asked.action),
        person: asked.person,
        from: asked.from,
        to: asked.to,
        faults,
        verified,
        pager: pager.over(found.total, "/audit".to_owned(), pairs),
    })
}

/// 核验. What a walk over the whole log found, in a sentence.
struct Verified {
    text: String,
    is_sound: bool,
    head: String,
}

fn verified(lang: Lang, verdict: &AuditVerdict) -> Verified {
    let text = match (&verdict.broken, lang) {
        (None, Lang::Zh) => format!("日志完整：{} 条记录的哈希逐条相接。", verdict.count),
        (None, Lang::En) => format!(
            "The log is whole: the hashes of {} rows follow each other.",
            verdict.count
        ),
        (Some((number, why)), Lang::Zh) => {
            format!("日志第 {number} 条起不可信：{why}。请保留数据目录，联系负责信息安全的人员。")
        }
        (Some((number, _)), Lang::En) => format!(
            "From row {number} on the log is not what it was. Keep the folder of data and call whoever answers for security."
        ),
    };
    Verified {
        text,
        is_sound: verdict.broken.is_none(),
        head: verdict.head_sha256.clone(),
    }
}

/// A person may be asked for by login too; the log knows the number only.
async fn who(state: &WebState, typed: &str) -> Result<Option<String>, WebError> {
    if typed.is_empty() {
        return Ok(None);
    }
    if person_number(typed).is_some() {
        return Ok(Some(typed.to_owned()));
    }
    let login = typed.to_lowercase();
    let person = state.store.person_by_login(&login).await?;
    Ok(Some(
        person.map_or_else(|| typed.to_owned(), |one| one.id()),
    ))
}

/// The names of those that a page of the log is about, by id.
async fn names(state: &WebState, rows: &[AuditRow]) -> Result<BTreeMap<String, String>, WebError> {
    let mut names = BTreeMap::new();
    for row in rows {
        for id in [
            Some(row.person.as_str()),
            row.object.strip_prefix("person/"),
        ] {
            let Some(id) = id.filter(|id| !names.contains_key(*id)) else {
                continue;
            };
            if let Some(number) = person_number(id)
                && let Ok(person) = state.store.person(number).await
            {
                names.insert(id.to_owned(), person.name);
            }
        }
    }
    Ok(names)
}

fn shown(lang: Lang, row: AuditRow, names: &BTreeMap<String, String>) -> Row {
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    let action = AuditAction::of_word(&row.action);
    let (object, object_href) = words::object(lang, &row.object);
    Row {
        number: row.number,
        at: moment(&row.at),
        name: name(&row.person),
        action: action.map_or(row.action, |action| words::action(lang, action).to_owned()),
        object_name: row
            .object
            .strip_prefix("person/")
            .map(name)
            .unwrap_or_default(),
        who: words::who(lang, &row.person),
        object,
        object_href,
        before: Value::new(&words::value(lang, &row.before)),
        after: Value::new(&words::value(lang, &row.after)),
        hash: row.sha256,
    }
}

fn actions(lang: Lang, chosen: &str) -> Vec<ActionChoice> {
    let all = AuditAction::ALL.into_iter().map(|action| {
        let value = action.word();
        ActionChoice {
            text: words::action(lang, action),
            is_chosen: value == chosen,
            value,
        }
    });
    all.collect()
}
