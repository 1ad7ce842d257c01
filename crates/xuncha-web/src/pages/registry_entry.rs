//! 名录中的一条: what is filed, what may be asked for it, its requests and every change it went through.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::filing::RequestKind;
use xuncha_core::registry::{EntryKind, Registry, Target, TargetId};
use xuncha_store::registry::{EntryNoun, RecordedChange};
use xuncha_store::registry_request::RequestFilter;
use xuncha_store::{Page, StoreError};

use super::request::ChangeLine;
use super::requests::{RequestLine, request_line};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::labels_registry as words;
use crate::lang::Lang;
use crate::pager::{Pager, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// Persons and their telephones: for who files and who supervises.
const CONTACTS: &str = "contacts";

struct Ask {
    href: String,
    text: &'static str,
}

struct HistoryLine {
    at: String,
    by: String,
    reason: String,
    what: &'static str,
    changes: Vec<ChangeLine>,
}

#[derive(Template)]
#[template(path = "registry_entry.html")]
struct EntryPage {
    shell: Shell,
    id: String,
    name: String,
    class: &'static str,
    state: Label,
    fields: Vec<(&'static str, String)>,
    /// The request that has to be settled before another one is filed.
    in_hand: Option<RequestLine>,
    /// Days of an approved closure that is not over.
    suspended: String,
    asks: Vec<Ask>,
    requests: Vec<RequestLine>,
    history: Vec<HistoryLine>,
    pager: Pager,
}

/// Which page of the history.
#[derive(Deserialize)]
pub(crate) struct Asked {
    page: Option<u64>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let number = TargetId(id.clone());
    let missing = || StoreError::Missing {
        noun: "网站或账号",
        id: id.clone(),
    };
    let target = state.store.registered(&number).await?.ok_or_else(missing)?;
    let names = state.store.unit_and_region_names().await?;
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let changes = state.store.changes(Some(&id), pager.page()).await?;
    let filter = RequestFilter {
        target: Some(number),
        concerns: viewer.narrowed(Action::ReadRegistry),
        ..RequestFilter::default()
    };
    let requests = state.store.requests(&filter, Page::numbered(1, 20)).await?;
    let is_in_hand = requests.rows.iter().any(|own| own.state.is_open());
    let suspended = state.store.current_suspensions().await?;
    let files = viewer.may(Action::FileRequest);
    let fields = target.fields();
    let shown = target.noun().fields().iter().filter(|name| {
        let is_empty = fields.get(**name).is_none_or(String::is_empty);
        !matches!(**name, "id" | "name" | "state") && !is_empty && (files || **name != CONTACTS)
    });
    let path = format!("/registry/targets/{}", crate::pager::encode(&id));
    page(&EntryPage {
        shell: Shell::new(&viewer, "registry", target.name())
            .named()
            .crumb(lang.t("名录", "Registry"), "/registry"),
        id: id.clone(),
        name: target.name().to_owned(),
        class: labels::class(lang, target.class()),
        state: labels::state(lang, target.state()),
        fields: shown
            .map(|name| {
                let text = readable(lang, name, &fields, &names);
                (words::field(lang, target.noun(), name), text)
            })
            .collect(),
        in_hand: requests
            .rows
            .iter()
            .find(|own| own.state.is_open())
            .map(|own| request_line(lang, own, None)),
        suspended: suspended
            .iter()
            .find(|own| own.target.0 == id)
            .map_or_else(String::new, |own| format!("{} — {}", own.from, own.until)),
        asks: match files && !is_in_hand {
            true => asks(lang, &target),
            false => Vec::new(),
        },
        requests: requests
            .rows
            .iter()
            .map(|own| request_line(lang, own, None))
            .collect(),
        history: changes
            .rows
            .iter()
            .map(|change| history_line(lang, change, files, &names))
            .collect(),
        pager: pager.over(changes.total, path, vec![]),
    })
}

/// Units and regions by their names.
pub(crate) fn readable(
    lang: Lang,
    name: &str,
    fields: &BTreeMap<String, String>,
    names: &Registry,
) -> String {
    let value = fields.get(name).cloned().unwrap_or_default();
    let known = match name {
        "organization" => names.organizations.get(&value).map(|own| own.name.clone()),
        "region" => names.regions.get(&value).map(|own| own.name.clone()),
        _ => None,
    };
    known.unwrap_or_else(|| words::value(lang, name, value))
}

/// What may be asked for an entry in its state.
fn asks(lang: Lang, target: &Target) -> Vec<Ask> {
    RequestKind::all()
        .filter(|kind| kind.fits(target.noun(), target.state()))
        .map(|kind| Ask {
            href: format!(
                "/requests/new{}",
                query(&[("kind", kind.word()), ("target", &target.id().0)])
            ),
            text: words::request_kind(lang, kind),
        })
        .collect()
}

/// A recorded body as fields.
fn fields_of(noun: EntryNoun, body: Option<&serde_json::Value>) -> BTreeMap<String, String> {
    let Some(body) = body.cloned() else {
        return BTreeMap::new();
    };
    let target = match noun {
        EntryNoun::Site => serde_json::from_value(body).map(Target::Site),
        EntryNoun::Account => serde_json::from_value(body).map(Target::Account),
        EntryNoun::Region | EntryNoun::Organization => return BTreeMap::new(),
    };
    // What an earlier version wrote and this one cannot read is shown without its fields.
    target.map(|target| target.fields()).unwrap_or_default()
}

fn history_line(
    lang: Lang,
    recorded: &RecordedChange,
    has_contacts: bool,
    names: &Registry,
) -> HistoryLine {
    let change = &recorded.change;
    let before = fields_of(change.noun, change.before.as_ref());
    let after = fields_of(change.noun, change.after.as_ref());
    let noun = match change.noun {
        EntryNoun::Account => EntryKind::Account,
        _ => EntryKind::Site,
    };
    let shown = noun.fields().iter().filter(|name| {
        before.get(**name).filter(|text| !text.is_empty())
            != after.get(**name).filter(|text| !text.is_empty())
            && (has_contacts || **name != CONTACTS)
    });
    HistoryLine {
        at: moment(&recorded.note.at),
        by: recorded.note.by.clone(),
        reason: without_folders(&recorded.note.reason),
        what: change_kind(lang, change.kind),
        changes: shown
            .map(|name| ChangeLine {
                field: words::field(lang, noun, name),
                before: readable(lang, name, &before, names),
                after: readable(lang, name, &after, names),
            })
            .collect(),
    }
}

/// The reason of an import without the folders of the server, which earlier versions kept with it.
fn without_folders(reason: &str) -> String {
    match reason
        .strip_prefix("导入 ")
        .and_then(|path| path.rsplit_once(['/', '\\']))
    {
        Some((_, name)) if !name.is_empty() => format!("导入 {name}"),
        _ => reason.to_owned(),
    }
}

pub(crate) fn change_kind(lang: Lang, kind: xuncha_store::registry::ChangeKind) -> &'static str {
    use xuncha_store::registry::ChangeKind;
    match kind {
        ChangeKind::Added => lang.t("新增", "Added"),
        ChangeKind::Changed => lang.t("修改", "Changed"),
        ChangeKind::Removed => lang.t("删除", "Removed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_name_imported_files_without_their_folders() {
        for (kept, shown) in [
            ("导入 /srv/xuncha/2026/名录.xlsx", "导入 名录.xlsx"),
            ("导入 C:\\数据\\名录.xlsx", "导入 名录.xlsx"),
            ("导入 名录.xlsx", "导入 名录.xlsx"),
            ("导入 folder/", "导入 folder/"),
            ("更正 a/b", "更正 a/b"),
            ("", ""),
        ] {
            assert_eq!(without_folders(kept), shown, "{kept}");
        }
    }
}
