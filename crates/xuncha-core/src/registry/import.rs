//! 导入导出: a workbook becomes a registry whole, or not at all with every error named.

use std::collections::{BTreeMap, BTreeSet};

use super::Registry;
use super::entry::{Entry, Fields, read_entry};
use super::sheet::{EntryKind, ImportError, Mapping, Row, Sheet, read_rows};

/// Reads a workbook over `base` (the registry as it is). The result is what the registry would be: show its
/// [`diff`](super::diff) before taking it. Any error at all, and nothing is imported.
pub fn import(
    sheets: &[Sheet],
    mapping: &Mapping,
    base: &Registry,
) -> Result<Registry, Vec<ImportError>> {
    let mut errors = Vec::new();
    let rows = read_rows(sheets, mapping, &mut errors);
    let mut registry = base.clone();
    if !mapping.keeps_unlisted {
        for kind in mapping.sheets.iter().map(|sheet| sheet.kind) {
            for id in base.entries(kind).keys() {
                registry.remove(kind, id);
            }
        }
    }
    let mut read: Vec<(Row, Entry)> = Vec::new();
    let mut next_account = next_account_number(base);
    for row in rows {
        let before = errors.len();
        let fields = complete(&row, base, &read, &mut next_account, &mut errors);
        match read_entry(row.kind, &fields) {
            Ok(entry) if errors.len() == before => {
                registry.put(entry.clone());
                read.push((row, entry));
            }
            Ok(_) => {}
            Err(wrong) => {
                // Where the unit was not found, fields that only follow from it would be told twice.
                let unit_is_missing = errors.len() > before;
                // The same goes for a column that is missing as a whole.
                let told = wrong.into_iter().filter(|(field, _)| {
                    let is_told_already = unit_is_missing || has_column(mapping, row.kind, field);
                    row.headings.contains_key(field) || !is_told_already
                });
                errors.extend(told.map(|(field, message)| row.error(&field, message)));
            }
        }
    }
    check_numbers(&read, &mut errors);
    check_references(&read, &registry, &mut errors);
    if errors.is_empty() {
        return Ok(registry);
    }
    errors.sort();
    errors.dedup();
    Err(errors)
}

fn has_column(mapping: &Mapping, kind: EntryKind, field: &str) -> bool {
    mapping
        .sheets
        .iter()
        .filter(|sheet| sheet.kind == kind)
        .flat_map(|sheet| &sheet.columns)
        .any(|column| column.field == field && !column.optional)
}

/// Fills in what a foreign sheet says in another way or not at all: the unit by name, the number, and what was known before.
fn complete(
    row: &Row,
    base: &Registry,
    read: &[(Row, Entry)],
    next_account: &mut u32,
    errors: &mut Vec<ImportError>,
) -> Fields {
    let mut fields = row.values.clone();
    if let Some(name) = fields.remove("organization_name") {
        match organization_by_name(base, read, &name) {
            Ok(id) => {
                fields.insert("organization".to_owned(), id);
            }
            Err(message) => errors.push(row.error("organization_name", message)),
        }
    }
    let number_field = row.kind.fields()[0];
    if row.kind == EntryKind::Account && row.value(number_field).is_empty() {
        let known = known_account(base, &fields);
        let number = known.unwrap_or_else(|| {
            let number = format!("A{next_account:06}");
            *next_account += 1;
            number
        });
        fields.insert(number_field.to_owned(), number);
    }
    let number = fields.get(number_field).cloned().unwrap_or_default();
    if let Some(known) = base.entries_at(row.kind, &number) {
        for (field, value) in known.fields() {
            fields.entry(field).or_insert(value);
        }
    }
    if !fields.contains_key("region") && matches!(row.kind, EntryKind::Site | EntryKind::Account) {
        let region = fields
            .get("organization")
            .and_then(|id| base.organizations.get(id))
            .map(|organization| organization.region.clone());
        if let Some(region) = region {
            fields.insert("region".to_owned(), region);
        }
    }
    fields
}

impl Registry {
    fn entries_at(&self, kind: EntryKind, id: &str) -> Option<Entry> {
        match kind {
            EntryKind::Region => self.regions.get(id).cloned().map(Entry::Region),
            EntryKind::Organization => self.organizations.get(id).cloned().map(Entry::Organization),
            EntryKind::Site => self.sites.get(&id.into()).cloned().map(Entry::Site),
            EntryKind::Account => self.accounts.get(&id.into()).cloned().map(Entry::Account),
        }
    }
}

fn organization_by_name(
    base: &Registry,
    read: &[(Row, Entry)],
    name: &str,
) -> Result<String, String> {
    let fresh = read.iter().filter_map(|(_, entry)| match entry {
        Entry::Organization(own) => Some(own),
        _ => None,
    });
    let ids: BTreeSet<&String> = base
        .organizations
        .values()
        .chain(fresh)
        .filter(|organization| organization.name == name)
        .map(|organization| &organization.id)
        .collect();
    match (ids.len(), ids.first()) {
        (1, Some(id)) => Ok((*id).clone()),
        (0, _) if name.is_empty() => Err("不能为空".to_owned()),
        (0, _) => Err(format!(
            "名录中没有单位“{name}”，请先在单位表中登记或改正名称"
        )),
        (count, _) => Err(format!(
            "名录中有 {count} 个单位叫“{name}”，请改用带单位编号的模板"
        )),
    }
}

fn known_account(base: &Registry, fields: &Fields) -> Option<String> {
    let value = |field: &str| fields.get(field).map(String::as_str).unwrap_or("");
    base.accounts
        .values()
        .find(|account| {
            account.organization == value("organization")
                && account.platform == value("platform")
                && account.name == value("name")
        })
        .map(|account| account.id.0.clone())
}

fn next_account_number(base: &Registry) -> u32 {
    base.accounts
        .keys()
        .filter_map(|id| id.0.strip_prefix('A')?.parse::<u32>().ok())
        .max()
        .map_or(1, |highest| highest + 1)
}

fn check_numbers(read: &[(Row, Entry)], errors: &mut Vec<ImportError>) {
    let mut first: BTreeMap<(EntryKind, &str), &Row> = BTreeMap::new();
    for (row, entry) in read {
        let key = (entry.kind(), entry.id());
        match first.get(&key) {
            None => {
                first.insert(key, row);
            }
            Some(earlier) => {
                let message = format!(
                    "“{}”与“{}”表第 {} 行重复",
                    entry.id(),
                    earlier.sheet,
                    earlier.row
                );
                errors.push(row.error(entry.kind().fields()[0], message));
            }
        }
    }
}

/// Numbers of other entries that a row names must exist in the registry as it would be.
fn check_references(read: &[(Row, Entry)], registry: &Registry, errors: &mut Vec<ImportError>) {
    let has_region = |code: &str| registry.regions.contains_key(code);
    for (row, entry) in read {
        let (region, organization, parent) = match entry {
            Entry::Region(own) => {
                let parent = own.parent.as_deref();
                let known = parent.is_none_or(has_region);
                (None, None, parent.map(|id| (id, known)))
            }
            Entry::Organization(own) => {
                let parent = own.parent.as_deref();
                let known = parent.is_none_or(|id| registry.organizations.contains_key(id));
                (Some(&own.region), None, parent.map(|id| (id, known)))
            }
            Entry::Site(own) => (Some(&own.region), Some(&own.organization), None),
            Entry::Account(own) => (Some(&own.region), Some(&own.organization), None),
        };
        if let Some(code) = region.filter(|code| !has_region(code)) {
            errors.push(row.error("region", format!("地区表中没有区划代码“{code}”")));
        }
        if let Some(id) = organization.filter(|id| !registry.organizations.contains_key(*id)) {
            errors.push(row.error("organization", format!("单位表中没有单位编号“{id}”")));
        }
        match parent {
            Some((id, false)) => {
                errors.push(row.error("parent", format!("上级“{id}”不在表中")));
            }
            Some((_, true)) if is_its_own_ancestor(registry, entry) => {
                errors.push(row.error("parent", "上级关系绕成了圈".to_owned()));
            }
            _ => {}
        }
    }
}

fn is_its_own_ancestor(registry: &Registry, entry: &Entry) -> bool {
    let parent_of = |id: &str| -> Option<String> {
        match entry.kind() {
            EntryKind::Region => registry.regions.get(id)?.parent.clone(),
            _ => registry.organizations.get(id)?.parent.clone(),
        }
    };
    let mut seen = BTreeSet::new();
    let mut above = parent_of(entry.id());
    while let Some(id) = above {
        if id == entry.id() {
            return true;
        }
        if !seen.insert(id.clone()) {
            return false;
        }
        above = parent_of(&id);
    }
    false
}

/// The registry as a workbook of `mapping`: the own template, or what another system reads.
pub fn to_sheets(registry: &Registry, mapping: &Mapping) -> Vec<Sheet> {
    mapping
        .sheets
        .iter()
        .map(|sheet| {
            let cell = |entry: &Entry, field: &str| -> String {
                let fields = entry.fields();
                let value = match field {
                    "organization_name" => fields
                        .get("organization")
                        .and_then(|id| registry.organizations.get(id))
                        .map(|organization| organization.name.clone()),
                    _ => fields.get(field).cloned(),
                };
                let ours = value.unwrap_or_default();
                sheet.their_word(field, &ours).to_owned()
            };
            let name = sheet.names.iter().find(|name| *name != "*");
            Sheet {
                name: name.cloned().unwrap_or_else(|| sheet.kind.zh().to_owned()),
                header: sheet
                    .columns
                    .iter()
                    .map(|column| column.headings[0].clone())
                    .collect(),
                rows: registry
                    .entries(sheet.kind)
                    .values()
                    .map(|entry| {
                        sheet
                            .columns
                            .iter()
                            .map(|column| cell(entry, &column.field))
                            .collect()
                    })
                    .collect(),
            }
        })
        .collect()
}
