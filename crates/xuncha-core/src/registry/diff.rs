//! 变更: what an import would change, to be looked at first; and the same changes applied.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Fields, read_entry};
use super::sheet::EntryKind;
use super::{Registry, State};

/// 变更类型.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum ChangeKind {
    /// 新增.
    Added {
        /// Its values by field.
        fields: BTreeMap<String, String>,
    },
    /// 删除.
    Removed {
        /// Its values by field.
        fields: BTreeMap<String, String>,
    },
    /// 更名.
    Renamed {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// 划转: another unit, region or unit above.
    Moved {
        /// Which field.
        field: String,
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// 关停 or 注销.
    Closed {
        /// State before.
        from: String,
        /// State after.
        to: String,
    },
    /// 整合迁移.
    Merged {
        /// State before.
        from: String,
        /// State after.
        to: String,
    },
    /// 其他栏变更.
    Changed {
        /// Which field.
        field: String,
        /// Before.
        from: String,
        /// After.
        to: String,
    },
}

/// 变更. One change of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Kind of entry.
    pub kind: EntryKind,
    /// Its number.
    pub id: String,
    /// Its name (after the change, before it where it is removed).
    pub name: String,
    /// What changes.
    #[serde(flatten)]
    pub what: ChangeKind,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}“{}”{} ", self.kind.zh(), self.id, self.name)?;
        match &self.what {
            ChangeKind::Added { .. } => f.write_str("新增"),
            ChangeKind::Removed { .. } => f.write_str("删除"),
            ChangeKind::Renamed { from, to } => write!(f, "更名：{from} → {to}"),
            ChangeKind::Moved { field, from, to } => write!(f, "划转 {field}：{from} → {to}"),
            ChangeKind::Closed { from, to } => write!(f, "关停：{from} → {to}"),
            ChangeKind::Merged { from, to } => write!(f, "整合迁移：{from} → {to}"),
            ChangeKind::Changed { field, from, to } => write!(f, "{field}：{from} → {to}"),
        }
    }
}

/// 变更不适用. A change that does not fit the registry any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}“{id}”已不是预览时的样子，请重新预览后再导入：{message}", kind = .kind.zh())]
pub struct ApplyError {
    /// Kind of entry.
    pub kind: EntryKind,
    /// Its number.
    pub id: String,
    /// What does not fit, in Chinese.
    pub message: String,
}

/// All changes from `old` to `new`, by kind, number and field.
pub fn diff(old: &Registry, new: &Registry) -> Vec<Change> {
    let mut changes = Vec::new();
    for kind in EntryKind::ALL {
        let before = old.entries(kind);
        let after = new.entries(kind);
        let ids: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for id in ids {
            entry_changes(kind, id, before.get(id), after.get(id), &mut changes);
        }
    }
    changes
}

fn entry_changes(
    kind: EntryKind,
    id: &str,
    before: Option<&Entry>,
    after: Option<&Entry>,
    changes: &mut Vec<Change>,
) {
    let old = before.map(Entry::fields).unwrap_or_default();
    let new = after.map(Entry::fields).unwrap_or_default();
    let named = if after.is_some() { &new } else { &old };
    let name = named.get("name").cloned().unwrap_or_default();
    let mut put = |what: ChangeKind| {
        changes.push(Change {
            kind,
            id: id.to_owned(),
            name: name.clone(),
            what,
        })
    };
    match (before, after) {
        (None, Some(_)) => put(ChangeKind::Added { fields: new }),
        (Some(_), None) => put(ChangeKind::Removed { fields: old }),
        _ => {
            for field in kind.fields() {
                let (from, to) = (value(&old, field), value(&new, field));
                if from != to {
                    put(field_change(field, from, to));
                }
            }
        }
    }
}

fn value(fields: &Fields, field: &str) -> String {
    fields.get(field).cloned().unwrap_or_default()
}

fn field_change(field: &str, from: String, to: String) -> ChangeKind {
    let ends = [State::Closed.zh(), State::Cancelled.zh()];
    match field {
        "name" => ChangeKind::Renamed { from, to },
        "state" if ends.contains(&to.as_str()) => ChangeKind::Closed { from, to },
        "state" if to == State::Merged.zh() => ChangeKind::Merged { from, to },
        "organization" | "region" | "parent" => ChangeKind::Moved {
            field: field.to_owned(),
            from,
            to,
        },
        _ => ChangeKind::Changed {
            field: field.to_owned(),
            from,
            to,
        },
    }
}

impl ChangeKind {
    /// Field, value before and value after, where the change is of one field.
    fn of_field(&self) -> Option<(&str, &str, &str)> {
        match self {
            ChangeKind::Added { .. } | ChangeKind::Removed { .. } => None,
            ChangeKind::Renamed { from, to } => Some(("name", from, to)),
            ChangeKind::Closed { from, to } | ChangeKind::Merged { from, to } => {
                Some(("state", from, to))
            }
            ChangeKind::Moved { field, from, to } | ChangeKind::Changed { field, from, to } => {
                Some((field, from, to))
            }
        }
    }
}

/// `old` with the changes made. A change whose "before" is not there any more is refused, and nothing is applied.
pub fn apply(old: &Registry, changes: &[Change]) -> Result<Registry, Vec<ApplyError>> {
    let mut registry = old.clone();
    let mut errors = Vec::new();
    let mut touched: BTreeMap<(EntryKind, &str), Fields> = BTreeMap::new();
    for kind in EntryKind::ALL {
        let entries = old.entries(kind);
        for change in changes.iter().filter(|change| change.kind == kind) {
            let key = (kind, change.id.as_str());
            let current = touched
                .get(&key)
                .cloned()
                .or_else(|| entries.get(&change.id).map(Entry::fields));
            match changed(change, current) {
                Ok(Some(fields)) => {
                    touched.insert(key, fields);
                }
                Ok(None) => registry.remove(kind, &change.id),
                Err(message) => errors.push(apply_error(change, message)),
            }
        }
    }
    for ((kind, id), fields) in touched {
        match read_entry(kind, &fields) {
            Ok(entry) => registry.put(entry),
            Err(wrong) => errors.push(ApplyError {
                kind,
                id: id.to_owned(),
                message: wrong
                    .into_iter()
                    .map(|(field, message)| format!("{field} {message}"))
                    .collect::<Vec<_>>()
                    .join("；"),
            }),
        }
    }
    if errors.is_empty() {
        Ok(registry)
    } else {
        Err(errors)
    }
}

fn apply_error(change: &Change, message: String) -> ApplyError {
    ApplyError {
        kind: change.kind,
        id: change.id.clone(),
        message,
    }
}

/// The entry's fields after one change; `None` where it is removed.
fn changed(change: &Change, current: Option<Fields>) -> Result<Option<Fields>, String> {
    match (&change.what, current) {
        (ChangeKind::Added { fields }, None) => Ok(Some(fields.clone())),
        (ChangeKind::Added { .. }, Some(_)) => Err("已经存在".to_owned()),
        (ChangeKind::Removed { fields }, Some(current)) if *fields == current => Ok(None),
        (ChangeKind::Removed { .. }, _) => Err("已被删除或改动".to_owned()),
        (_, None) => Err("已不存在".to_owned()),
        (what, Some(mut current)) => {
            let (field, from, to) = what.of_field().ok_or("变更不完整")?;
            if value(&current, field) != from {
                return Err(format!("“{field}”原来应为“{from}”"));
            }
            current.insert(field.to_owned(), to.to_owned());
            Ok(Some(current))
        }
    }
}
