//! 表格: spreadsheets as plain text, and mappings that say which column means what. Other systems' spreadsheets are data, not code.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// 工作表. A sheet as text, headings apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Headings of row 1.
    pub header: Vec<String>,
    /// Rows from row 2 on.
    pub rows: Vec<Vec<String>>,
}

/// 条目类别.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// 地区.
    Region,
    /// 单位.
    Organization,
    /// 网站.
    Site,
    /// 新媒体.
    Account,
}

impl EntryKind {
    /// All kinds, in the order in which they refer to each other.
    pub const ALL: [EntryKind; 4] = [
        EntryKind::Region,
        EntryKind::Organization,
        EntryKind::Site,
        EntryKind::Account,
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            EntryKind::Region => "地区",
            EntryKind::Organization => "单位",
            EntryKind::Site => "网站",
            EntryKind::Account => "新媒体",
        }
    }

    /// Fields of an entry, in the order of our own template; the first one is its number.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            EntryKind::Region => &["code", "name", "level", "parent"],
            EntryKind::Organization => &[
                "id",
                "name",
                "region",
                "parent",
                "level",
                "requires_accounts",
            ],
            EntryKind::Site => &[
                "id",
                "name",
                "home",
                "kind",
                "organization",
                "region",
                "state",
                "icp",
                "police",
                "no_services",
            ],
            EntryKind::Account => &[
                "id",
                "name",
                "platform",
                "kind",
                "organization",
                "region",
                "certified_subject",
                "page_url",
                "feed_url",
                "download_url",
                "state",
                "opened",
                "platform_id",
                "contacts",
                "followers",
                "functions",
                "filing_number",
                "qr",
            ],
        }
    }
}

/// 列. One column of a foreign sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Field of the entry, or `organization_name` (the unit by its full name).
    pub field: String,
    /// Headings that mean it; the first is written on export.
    pub headings: Vec<String>,
    /// Whether the column may be absent.
    #[serde(default)]
    pub optional: bool,
}

/// 表映射. How one sheet is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetMapping {
    /// What a row is.
    pub kind: EntryKind,
    /// Names the sheet may have; `*` for any.
    pub names: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Their words → our words, by field.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Our words → the word to write, by field, where several of theirs mean the same.
    #[serde(default)]
    pub writes: BTreeMap<String, BTreeMap<String, String>>,
}

impl SheetMapping {
    /// Their word for ours: the one named in `writes`, else the only one that means it, else ours.
    pub(crate) fn their_word<'a>(&'a self, field: &str, ours: &'a str) -> &'a str {
        if let Some(word) = self.writes.get(field).and_then(|words| words.get(ours)) {
            return word;
        }
        let Some(words) = self.values.get(field) else {
            return ours;
        };
        let mut same = words.iter().filter(|(_, own)| *own == ours);
        match (same.next(), same.next()) {
            (Some((theirs, _)), None) => theirs,
            _ => ours,
        }
    }
}

/// 列映射. How a workbook of another system is read and written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Entries that the workbook does not list stay (a part of the registry) instead of being removed (the whole of it).
    #[serde(default)]
    pub keeps_unlisted: bool,
    /// Sheets.
    pub sheets: Vec<SheetMapping>,
}

impl Mapping {
    /// Reads a mapping from TOML and checks that its fields exist.
    pub fn from_toml(text: &str) -> Result<Mapping, String> {
        let mapping: Mapping =
            toml::from_str(text).map_err(|error| format!("列映射读不懂：{}", error.message()))?;
        for sheet in &mapping.sheets {
            for column in &sheet.columns {
                let is_known = sheet.kind.fields().contains(&column.field.as_str())
                    || column.field == "organization_name";
                if !is_known || column.headings.is_empty() {
                    return Err(format!(
                        "列映射“{}”的{}表：没有字段“{}”，或它没有列名",
                        mapping.id,
                        sheet.kind.zh(),
                        column.field
                    ));
                }
            }
        }
        Ok(mapping)
    }
}

/// 导入错误. What is wrong with one cell (row 0: the sheet or its headings).
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[error("“{sheet}”表{}：{message}", place(.row, .column))]
pub struct ImportError {
    /// Sheet.
    pub sheet: String,
    /// Row as a spreadsheet counts it: headings are row 1.
    pub row: usize,
    /// Heading.
    pub column: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

/// Row and column as far as there are any.
fn place(row: &usize, column: &str) -> String {
    let mut place = String::new();
    if *row > 0 {
        place.push_str(&format!("第 {row} 行"));
    }
    if !column.is_empty() {
        place.push_str(&format!("“{column}”"));
    }
    place
}

/// One row by our fields, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub kind: EntryKind,
    pub sheet: String,
    pub row: usize,
    pub values: BTreeMap<String, String>,
    pub headings: BTreeMap<String, String>,
}

impl Row {
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map(String::as_str).unwrap_or("")
    }

    pub fn error(&self, field: &str, message: impl Into<String>) -> ImportError {
        let heading = self.headings.get(field).cloned();
        // A column that the table lacks has no heading of its own: it is named as our forms name it.
        let ours = || super::filing::field_zh(self.kind, field).to_owned();
        ImportError {
            sheet: self.sheet.clone(),
            row: self.row,
            column: heading.unwrap_or_else(ours),
            message: message.into(),
        }
    }
}

/// All rows of the sheets that the mapping knows; empty rows are skipped, words translated.
pub(crate) fn read_rows(
    sheets: &[Sheet],
    mapping: &Mapping,
    errors: &mut Vec<ImportError>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for sheet_mapping in &mapping.sheets {
        let matching: Vec<&Sheet> = sheets
            .iter()
            .filter(|sheet| {
                sheet_mapping
                    .names
                    .iter()
                    .any(|name| name == "*" || name == sheet.name.trim())
            })
            .collect();
        if matching.is_empty() {
            errors.push(ImportError {
                sheet: sheet_mapping.names.join("/"),
                row: 0,
                column: String::new(),
                message: format!("工作簿里没有“{}”要求的这张表", mapping.title),
            });
        }
        for sheet in matching {
            read_sheet(sheet, sheet_mapping, errors, &mut rows);
        }
    }
    rows
}

fn read_sheet(
    sheet: &Sheet,
    mapping: &SheetMapping,
    errors: &mut Vec<ImportError>,
    rows: &mut Vec<Row>,
) {
    let mut places: Vec<(&Column, usize)> = Vec::new();
    let mut headings = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for heading in sheet.header.iter().map(|heading| heading.trim()) {
        if !heading.is_empty() && !seen.insert(heading) {
            errors.push(heading_error(sheet, heading, "这一列出现了两次"));
        }
    }
    for column in &mapping.columns {
        let place = sheet
            .header
            .iter()
            .position(|heading| column.headings.iter().any(|own| own == heading.trim()));
        match place {
            Some(place) => {
                headings.insert(column.field.clone(), sheet.header[place].trim().to_owned());
                places.push((column, place));
            }
            None if column.optional => {}
            None => {
                let names = column.headings.join("”或“");
                errors.push(heading_error(
                    sheet,
                    &column.headings[0],
                    &format!("缺少“{names}”这一列"),
                ));
            }
        }
    }
    for (index, cells) in sheet.rows.iter().enumerate() {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let values = places
            .iter()
            .map(|(column, place)| {
                let text = cells.get(*place).map(|cell| cell.trim()).unwrap_or("");
                let ours = mapping
                    .values
                    .get(&column.field)
                    .and_then(|words| words.get(text))
                    .map(String::as_str);
                (column.field.clone(), ours.unwrap_or(text).to_owned())
            })
            .collect();
        rows.push(Row {
            kind: mapping.kind,
            sheet: sheet.name.clone(),
            row: index + 2,
            values,
            headings: headings.clone(),
        });
    }
}

fn heading_error(sheet: &Sheet, heading: &str, message: &str) -> ImportError {
    ImportError {
        sheet: sheet.name.clone(),
        row: 1,
        column: heading.to_owned(),
        message: message.to_owned(),
    }
}
