//! Reads indicator sets from their files: all errors at once, each with its file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::validate::{check_indicator, check_whole};
use super::{Formula, Indicator, IndicatorSet};

/// 指标体系错误. What is wrong with a set, and in which file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}：{message}")]
pub struct SetError {
    /// File of the set, as it was given.
    pub file: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

/// Says whether a check of that name exists and takes these parameters (`Null` where the indicator gives none).
pub type KnownCheck<'a> = &'a dyn Fn(&str, &serde_json::Value) -> Result<(), String>;

/// `set.toml` as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetFile {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) effective: String,
    extends: Option<String>,
    #[serde(default)]
    remove: Vec<String>,
    order: Option<Vec<String>>,
    pub(super) formula: Option<Formula>,
}

/// An indicator with the file it came from.
pub(super) type Sourced = (String, Indicator);

/// Resolves the set `id` out of `files` (path → text; a set's folder has the set's id), following `extends`, and validates it.
pub fn resolve(
    files: &BTreeMap<String, String>,
    id: &str,
    known_check: KnownCheck<'_>,
) -> Result<IndicatorSet, Vec<SetError>> {
    let mut errors = Vec::new();
    let Some((head, indicators)) = assemble(files, id, &mut Vec::new(), &mut errors) else {
        return Err(errors);
    };
    let set_path = set_file_path(files, id);
    for (file, indicator) in &indicators {
        check_indicator(file, indicator, known_check, &mut errors);
    }
    check_whole(&set_path, &head, &indicators, &mut errors);
    if !errors.is_empty() {
        errors.sort();
        errors.dedup();
        return Err(errors);
    }
    let mut set = IndicatorSet {
        id: head.id,
        title: head.title,
        source: head.source,
        effective: head.effective,
        formula: head.formula,
        indicators: indicators
            .into_iter()
            .map(|(_, indicator)| indicator)
            .collect(),
        sha256: String::new(),
    };
    set.sha256 = set_hash(&set).map_err(|message| {
        vec![SetError {
            file: set_path,
            message,
        }]
    })?;
    Ok(set)
}

/// SHA-256 (lower-case hex) of the canonical JSON of a set without its own hash.
pub fn set_hash(set: &IndicatorSet) -> Result<String, String> {
    let mut value = serde_json::to_value(set).map_err(|error| error.to_string())?;
    if let Some(map) = value.as_object_mut() {
        map.remove("sha256");
    }
    let mut text = String::new();
    write_canonical(&value, &mut text);
    Ok(hex::encode(Sha256::digest(text.as_bytes())))
}

/// Keys sorted by bytes and no white space, so that the hash does not hang on how a map happens to be kept.
fn write_canonical(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Object(map) => {
            out.push('{');
            let sorted: BTreeMap<_, _> = map.iter().collect();
            for (index, (key, item)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(item, out);
            }
            out.push('}');
        }
        serde_json::Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn set_file_path(files: &BTreeMap<String, String>, id: &str) -> String {
    files
        .keys()
        .find(|path| in_set(path, id) == Some("set.toml"))
        .cloned()
        .unwrap_or_else(|| format!("{id}/set.toml"))
}

/// The file's name where `path` lies directly in the folder of set `id`.
fn in_set<'a>(path: &'a str, id: &str) -> Option<&'a str> {
    let (folder, name) = path.rsplit_once('/')?;
    let folder_name = folder.rsplit('/').next()?;
    (folder_name == id && name.ends_with(".toml")).then_some(name)
}

/// Head and indicators of a set with what it extends; `None` where nothing can be built on.
fn assemble(
    files: &BTreeMap<String, String>,
    id: &str,
    chain: &mut Vec<String>,
    errors: &mut Vec<SetError>,
) -> Option<(SetFile, Vec<Sourced>)> {
    let set_path = set_file_path(files, id);
    let mut report = |message: String| {
        errors.push(SetError {
            file: set_path.clone(),
            message,
        })
    };
    if chain.iter().any(|seen| seen == id) {
        report(format!("extends 绕成了圈：{} → {id}", chain.join(" → ")));
        return None;
    }
    chain.push(id.to_owned());
    let Some(text) = files.get(&set_path) else {
        report(format!("没有指标体系“{id}”，请检查编号或补上 set.toml"));
        return None;
    };
    let mut head: SetFile = match toml::from_str(text) {
        Ok(head) => head,
        Err(error) => {
            report(format!("读不懂：{}", error.message()));
            return None;
        }
    };
    if head.id != id {
        report(format!("编号“{}”与文件夹名“{id}”不同", head.id));
    }
    let own = read_indicators(files, id, errors);
    let base = match head.extends.clone() {
        None => None,
        Some(base_id) => Some(assemble(files, &base_id, chain, errors)?),
    };
    let (base_head, base_indicators) = base.map_or((None, Vec::new()), |(h, i)| (Some(h), i));
    if head.formula.is_none() {
        head.formula = base_head.as_ref().and_then(|base| base.formula.clone());
    }
    let order = full_order(&set_path, &head, base_head.as_ref(), &own, errors);
    let indicators = in_order(
        &set_path,
        &order,
        &head.remove,
        base_indicators,
        own,
        errors,
    );
    head.order = Some(order);
    Some((head, indicators))
}

fn read_indicators(
    files: &BTreeMap<String, String>,
    id: &str,
    errors: &mut Vec<SetError>,
) -> Vec<Sourced> {
    let mut found = Vec::new();
    for (path, text) in files {
        match in_set(path, id) {
            None | Some("set.toml") => continue,
            Some(_) => {}
        }
        match toml::from_str::<Indicator>(text) {
            Ok(indicator) => found.push((path.clone(), indicator)),
            Err(error) => errors.push(SetError {
                file: path.clone(),
                message: format!("读不懂：{}", error.message()),
            }),
        }
    }
    found
}

/// The order named by the set; an extending set without one keeps the base's and appends its new indicators by number.
fn full_order(
    set_path: &str,
    head: &SetFile,
    base: Option<&SetFile>,
    own: &[Sourced],
    errors: &mut Vec<SetError>,
) -> Vec<String> {
    if let Some(order) = &head.order {
        return order.clone();
    }
    let Some(base) = base else {
        errors.push(SetError {
            file: set_path.to_owned(),
            message: "缺少 order（指标的顺序）".to_owned(),
        });
        return own.iter().map(|(_, own)| own.id.clone()).collect();
    };
    let base_order = base.order.clone().unwrap_or_default();
    let mut order: Vec<String> = base_order
        .iter()
        .filter(|id| !head.remove.contains(id))
        .cloned()
        .collect();
    let added: BTreeSet<&String> = own
        .iter()
        .map(|(_, indicator)| &indicator.id)
        .filter(|id| !base_order.contains(id))
        .collect();
    order.extend(added.into_iter().cloned());
    order
}

fn in_order(
    set_path: &str,
    order: &[String],
    remove: &[String],
    base: Vec<Sourced>,
    own: Vec<Sourced>,
    errors: &mut Vec<SetError>,
) -> Vec<Sourced> {
    let mut by_id: BTreeMap<String, Sourced> = BTreeMap::new();
    let base_ids: BTreeSet<String> = base.iter().map(|(_, base)| base.id.clone()).collect();
    for id in remove.iter().filter(|id| !base_ids.contains(*id)) {
        errors.push(SetError {
            file: set_path.to_owned(),
            message: format!("remove 里的“{id}”在所继承的体系中没有"),
        });
    }
    for (file, indicator) in base {
        if !remove.contains(&indicator.id) {
            by_id.insert(indicator.id.clone(), (file, indicator));
        }
    }
    let mut own_ids: BTreeMap<String, String> = BTreeMap::new();
    for (file, indicator) in own {
        if let Some(first) = own_ids.insert(indicator.id.clone(), file.clone()) {
            errors.push(SetError {
                file: file.clone(),
                message: format!("编号“{}”与 {first} 重复", indicator.id),
            });
        }
        by_id.insert(indicator.id.clone(), (file, indicator));
    }
    let mut listed = Vec::new();
    for id in order {
        match by_id.remove(id) {
            Some(sourced) => listed.push(sourced),
            None => errors.push(SetError {
                file: set_path.to_owned(),
                message: format!("order 里的“{id}”没有指标文件，或写了两次"),
            }),
        }
    }
    for (id, (file, _)) in by_id {
        errors.push(SetError {
            file,
            message: format!("指标“{id}”不在 set.toml 的 order 里"),
        });
    }
    listed
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "resolve_tests.rs"]
mod tests;
