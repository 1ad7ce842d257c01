//! 词表表格: the lists that staff edit, as rows of a table and back. What is written back is read by the same reader that judging uses; what
//! does not fit is said with its row.

pub mod trial;

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::facts::safety::SafetyLists;
use crate::registry::expected::ExpectedTable;
use crate::sheet::CellError;
use crate::words::WrongWords;

/// 词表.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// 严重表述.
    SevereWording,
    /// 有害词.
    HarmfulWords,
    /// 已知主机.
    KnownHosts,
    /// 错词.
    WrongWords,
    /// 应有网站.
    ExpectedSites,
}

/// Kinds of severe wording.
const KINDS: [&str; 6] = ["领导人", "党", "国家", "涉港澳台", "地图地名", "民族宗教"];
/// Groups of harmful words, as tables name them.
const HARMFUL: [(&str, &str); 4] = [
    ("赌博", "gambling"),
    ("色情", "pornography"),
    ("报道用语", "reporting"),
    ("地址用语", "addresses"),
];
/// Groups of hosts.
const HOSTS: [(&str, &str); 4] = [
    ("已知主机", "known"),
    ("网盘", "file_shares"),
    ("挖矿", "miners"),
    ("广告", "advertising"),
];
/// Texts of one cell stand behind each other with this.
const BETWEEN: &str = "；";

/// 一行. A row without blanks around its cells, with its number in the table.
struct Row {
    number: usize,
    cells: Vec<String>,
}

impl List {
    /// Every list.
    pub const ALL: [List; 5] = [
        List::SevereWording,
        List::HarmfulWords,
        List::KnownHosts,
        List::WrongWords,
        List::ExpectedSites,
    ];

    /// Its word: the name of its file without ending.
    pub fn word(self) -> &'static str {
        match self {
            List::SevereWording => "severe_wording",
            List::HarmfulWords => "harmful_words",
            List::KnownHosts => "known_hosts",
            List::WrongWords => "wrong_words",
            List::ExpectedSites => "expected_sites",
        }
    }

    /// The list of a word.
    pub fn of_word(word: &str) -> Option<List> {
        List::ALL.into_iter().find(|list| list.word() == word)
    }

    /// Its file in the folder of word lists.
    pub fn file(self) -> String {
        format!("{}.toml", self.word())
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            List::SevereWording => "严重表述",
            List::HarmfulWords => "赌博色情用语",
            List::KnownHosts => "已知主机",
            List::WrongWords => "已知错词",
            List::ExpectedSites => "应有网站",
        }
    }

    /// Heads of its table.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            List::SevereWording => &[
                "编号",
                "类别",
                "说法",
                "更长的正确说法",
                "附近用语",
                "可加引号",
                "历史语境",
                "书名号",
                "理由",
                "改法",
            ],
            List::HarmfulWords => &["类别", "用语"],
            List::KnownHosts => &["类别", "主机"],
            List::WrongWords => &["错词", "正词", "例外"],
            List::ExpectedSites => &[
                "编号",
                "类别",
                "层级",
                "名称用语",
                "不算用语",
                "依据",
                "把握",
            ],
        }
    }

    /// The rows of a list's text. The error is for people.
    pub fn rows(self, text: &str) -> Result<Vec<Vec<String>>, String> {
        let table: Table = toml::from_str(text)
            .map_err(|error| format!("词表 {} 无法解析：{error}", self.file()))?;
        Ok(match self {
            List::SevereWording => entries(&table).map(severe_row).collect(),
            List::HarmfulWords => grouped_rows(&table, &HARMFUL),
            List::KnownHosts => grouped_rows(&table, &HOSTS),
            List::WrongWords => wrong_rows(&table),
            List::ExpectedSites => entries(&table).map(expected_row).collect(),
        })
    }

    /// A list's text from a table with its heads. `version` names the day; `source` says where the list comes from.
    pub fn text(
        self,
        rows: &[Vec<String>],
        version: &str,
        source: &str,
    ) -> Result<String, Vec<CellError>> {
        let mut faults = Faults {
            list: self,
            all: Vec::new(),
        };
        let rows = self.body(rows, &mut faults);
        let mut table = Table::new();
        table.insert("version".to_owned(), Value::from(version));
        if self != List::WrongWords {
            table.insert("source".to_owned(), Value::from(source));
        }
        match self {
            List::SevereWording => severe_table(&rows, &mut table, &mut faults),
            List::HarmfulWords => grouped_table(&rows, &HARMFUL, &mut table, &mut faults),
            List::KnownHosts => grouped_table(&rows, &HOSTS, &mut table, &mut faults),
            List::WrongWords => wrong_table(&rows, &mut table, &mut faults),
            List::ExpectedSites => expected_table(&rows, &mut table, &mut faults),
        }
        if rows.is_empty() && faults.all.is_empty() {
            faults.add(0, "", "表中没有内容；词表不能清空");
        }
        if !faults.all.is_empty() {
            return Err(faults.all);
        }
        let text = toml::to_string(&table).unwrap_or_default();
        match self.check(&text) {
            Ok(()) => Ok(text),
            Err(problem) => {
                faults.add(0, "", &problem);
                Err(faults.all)
            }
        }
    }

    /// Reads a text as judging does.
    pub fn check(self, text: &str) -> Result<(), String> {
        if self == List::WrongWords {
            return WrongWords::parse(text)
                .map(|_| ())
                .map_err(|error| format!("词表 {} 无法解析：{error}", self.file()));
        }
        if self == List::ExpectedSites {
            return ExpectedTable::parse(text).map(|_| ());
        }
        let files = BTreeMap::from([(self.file(), text.to_owned())]);
        SafetyLists::from_files(&files).map(|_| ())
    }

    /// Where a text says that it comes from.
    pub fn source(text: &str) -> String {
        let table: Table = toml::from_str(text).unwrap_or_default();
        text_of(&table, "source")
    }

    /// Rows behind the heads; a table with other heads is refused.
    fn body(self, rows: &[Vec<String>], faults: &mut Faults) -> Vec<Row> {
        let tidy = |row: &Vec<String>| -> Vec<String> {
            let mut cells: Vec<String> = row.iter().map(|cell| cell.trim().to_owned()).collect();
            cells.resize(self.columns().len().max(cells.len()), String::new());
            cells
        };
        let heads = rows.first().map(tidy).unwrap_or_default();
        let wanted = self.columns();
        if heads
            .iter()
            .take(wanted.len())
            .map(String::as_str)
            .ne(wanted.iter().copied())
        {
            let heads = wanted.join("、");
            faults.add(1, "", &format!("表头应依次为：{heads}"));
            return Vec::new();
        }
        let rows = rows.iter().enumerate().skip(1).map(|(at, row)| Row {
            number: at + 1,
            cells: tidy(row),
        });
        rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty()))
            .collect()
    }
}

/// What does not fit, by row.
struct Faults {
    list: List,
    all: Vec<CellError>,
}

impl Faults {
    fn add(&mut self, row: usize, column: &str, problem: &str) {
        self.all.push(CellError {
            file: self.list.zh().to_owned(),
            row,
            column: column.to_owned(),
            problem: problem.to_owned(),
        });
    }
}

fn entries(table: &Table) -> impl Iterator<Item = &Table> {
    let entries = table.get("entries").and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(Value::as_table)
}

fn text_of(table: &Table, key: &str) -> String {
    let text = table.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn texts_of(table: &Table, key: &str) -> Vec<String> {
    let texts = table.get(key).and_then(Value::as_array);
    let texts = texts.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn severe_row(entry: &Table) -> Vec<String> {
    let flag = |key: &str| {
        let is = entry.get(key).and_then(Value::as_bool) == Some(true);
        if is { "是" } else { "" }.to_owned()
    };
    vec![
        text_of(entry, "id"),
        text_of(entry, "kind"),
        texts_of(entry, "words").join(BETWEEN),
        texts_of(entry, "right").join(BETWEEN),
        texts_of(entry, "with").join(BETWEEN),
        flag("quoted"),
        flag("history"),
        flag("titled"),
        text_of(entry, "reason"),
        text_of(entry, "proposal"),
    ]
}

fn grouped_rows(table: &Table, groups: &[(&str, &str)]) -> Vec<Vec<String>> {
    let of = |(zh, key): &(&str, &str)| {
        let zh = (*zh).to_owned();
        let words = texts_of(table, key).into_iter();
        words
            .map(move |word| vec![zh.clone(), word])
            .collect::<Vec<_>>()
    };
    groups.iter().flat_map(of).collect()
}

fn wrong_rows(table: &Table) -> Vec<Vec<String>> {
    let empty = Table::new();
    let inner = |key: &str| table.get(key).and_then(Value::as_table).unwrap_or(&empty);
    let unless = inner("unless");
    let words = inner("words").iter();
    words
        .map(|(wrong, right)| {
            let right = right.as_str().unwrap_or_default().to_owned();
            vec![wrong.clone(), right, texts_of(unless, wrong).join(BETWEEN)]
        })
        .collect()
}

fn expected_row(entry: &Table) -> Vec<String> {
    let joined = |key: &str| texts_of(entry, key).join(BETWEEN);
    vec![
        text_of(entry, "id"),
        text_of(entry, "name"),
        joined("levels"),
        joined("words"),
        joined("unless"),
        text_of(entry, "basis"),
        text_of(entry, "confidence"),
    ]
}

fn expected_table(rows: &[Row], table: &mut Table, faults: &mut Faults) {
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    for Row { number, cells } in rows {
        let [id, name, levels, words, unless, basis, confidence] =
            [0, 1, 2, 3, 4, 5, 6].map(|at| cells[at].as_str());
        let needed = [
            ("编号", id),
            ("类别", name),
            ("层级", levels),
            ("名称用语", words),
            ("依据", basis),
        ];
        for (column, _) in needed.iter().filter(|(_, cell)| cell.is_empty()) {
            faults.add(*number, column, "不能空着");
        }
        if !id.is_empty() && !ids.insert(id) {
            faults.add(*number, "编号", &format!("“{id}”已经用过，编号不能重复"));
        }
        for word in parts(words).iter().filter_map(Value::as_str) {
            if word.chars().count() < 2 {
                let why = format!("“{word}”只有一个字，会误认，至少两个字");
                faults.add(*number, "名称用语", &why);
            }
        }
        let mut entry = Table::new();
        for (key, cell) in [
            ("id", id),
            ("name", name),
            ("basis", basis),
            ("confidence", confidence),
        ] {
            entry.insert(key.to_owned(), Value::from(cell));
        }
        for (key, cell) in [("levels", levels), ("words", words), ("unless", unless)] {
            entry.insert(key.to_owned(), Value::Array(parts(cell)));
        }
        all.push(Value::Table(entry));
    }
    table.insert("entries".to_owned(), Value::Array(all));
}

/// The texts of one cell.
fn parts(cell: &str) -> Vec<Value> {
    let parts = cell.split(['；', ';', '\n']).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(Value::from)
        .collect()
}

fn severe_table(rows: &[Row], table: &mut Table, faults: &mut Faults) {
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    for Row { number, cells } in rows {
        let [
            id,
            kind,
            words,
            right,
            with,
            quoted,
            history,
            titled,
            reason,
            proposal,
        ] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|at| cells[at].as_str());
        let needed = [
            ("编号", id),
            ("说法", words),
            ("理由", reason),
            ("改法", proposal),
        ];
        for (column, _) in needed.iter().filter(|(_, cell)| cell.is_empty()) {
            faults.add(*number, column, "不能空着");
        }
        if !id.is_empty() && !ids.insert(id) {
            faults.add(*number, "编号", &format!("“{id}”已经用过，编号不能重复"));
        }
        if !KINDS.contains(&kind) {
            let kinds = KINDS.join("、");
            faults.add(*number, "类别", &format!("“{kind}”不是类别，应为：{kinds}"));
        }
        for word in parts(words).iter().filter_map(Value::as_str) {
            if word.chars().count() < 2 {
                faults.add(
                    *number,
                    "说法",
                    &format!("“{word}”只有一个字，会误报，至少两个字"),
                );
            }
        }
        let mut entry = Table::new();
        for (key, cell) in [
            ("id", id),
            ("kind", kind),
            ("reason", reason),
            ("proposal", proposal),
        ] {
            entry.insert(key.to_owned(), Value::from(cell));
        }
        for (key, cell) in [("words", words), ("right", right), ("with", with)] {
            entry.insert(key.to_owned(), Value::Array(parts(cell)));
        }
        for (key, column, cell) in [
            ("quoted", "可加引号", quoted),
            ("history", "历史语境", history),
            ("titled", "书名号", titled),
        ] {
            match cell {
                "是" => drop(entry.insert(key.to_owned(), Value::from(true))),
                "" | "否" => {}
                _ => faults.add(*number, column, "只能填“是”“否”或空着"),
            }
        }
        all.push(Value::Table(entry));
    }
    table.insert("entries".to_owned(), Value::Array(all));
}

fn grouped_table(rows: &[Row], groups: &[(&str, &str)], table: &mut Table, faults: &mut Faults) {
    let mut words: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let column = faults.list.columns()[1];
    for Row { number, cells } in rows {
        let (group, word) = (cells[0].as_str(), cells[1].as_str());
        let Some((_, key)) = groups.iter().find(|(zh, _)| *zh == group) else {
            let known: Vec<&str> = groups.iter().map(|(zh, _)| *zh).collect();
            let known = known.join("、");
            faults.add(
                *number,
                "类别",
                &format!("“{group}”不是类别，应为：{known}"),
            );
            continue;
        };
        if word.chars().count() < 2 {
            faults.add(*number, column, "至少两个字");
        } else if faults.list == List::KnownHosts && !is_host(word) {
            faults.add(
                *number,
                column,
                &format!("“{word}”不是主机名，应像 example.com，不带 http:// 和路径"),
            );
        } else if !seen.insert((*key, word)) {
            faults.add(*number, column, &format!("“{word}”重复"));
        }
        words.entry(key).or_default().push(Value::from(word));
    }
    for (_, key) in groups {
        let words = words.remove(key).unwrap_or_default();
        table.insert((*key).to_owned(), Value::Array(words));
    }
}

fn is_host(text: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(fits)
    };
    text.contains('.') && text.split('.').all(is_part)
}

fn wrong_table(rows: &[Row], table: &mut Table, faults: &mut Faults) {
    let (mut words, mut unless) = (Table::new(), Table::new());
    for Row { number, cells } in rows {
        let (wrong, right) = (cells[0].as_str(), cells[1].as_str());
        if wrong.chars().count() < 2 {
            faults.add(*number, "错词", "至少两个字");
        }
        if right.is_empty() || wrong == right {
            faults.add(*number, "正词", "不能空着，也不能与错词相同");
        }
        let exceptions = parts(&cells[2]);
        for whole in exceptions.iter().filter_map(Value::as_str) {
            if !whole.contains(wrong) {
                faults.add(*number, "例外", &format!("“{whole}”里没有错词“{wrong}”"));
            }
        }
        if words.insert(wrong.to_owned(), Value::from(right)).is_some() {
            faults.add(*number, "错词", &format!("“{wrong}”重复"));
        }
        if !exceptions.is_empty() {
            unless.insert(wrong.to_owned(), Value::Array(exceptions));
        }
    }
    table.insert("words".to_owned(), Value::Table(words));
    table.insert("unless".to_owned(), Value::Table(unless));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shipped(list: List) -> &'static str {
        match list {
            List::SevereWording => include_str!("../../../lexicons/severe_wording.toml"),
            List::HarmfulWords => include_str!("../../../lexicons/harmful_words.toml"),
            List::KnownHosts => include_str!("../../../lexicons/known_hosts.toml"),
            List::WrongWords => include_str!("../../../lexicons/wrong_words.toml"),
            List::ExpectedSites => include_str!("../../../lexicons/expected_sites.toml"),
        }
    }

    fn with_heads(list: List, rows: &[Vec<String>]) -> Vec<Vec<String>> {
        let heads = list.columns().iter().map(|head| (*head).to_owned());
        [vec![heads.collect()], rows.to_vec()].concat()
    }

    #[test]
    fn the_shipped_lists_stay_what_they_are_through_a_table() {
        for list in List::ALL {
            let rows = list.rows(shipped(list)).unwrap();
            assert!(rows.len() > 10, "{list:?}");
            let text = list.text(&with_heads(list, &rows), "2026-11-27", "本单位");
            let text = text.unwrap_or_else(|faults| panic!("{list:?}: {faults:?}"));
            assert_eq!(list.rows(&text).unwrap(), rows, "{list:?}");
            assert!(text.contains("version = \"2026-11-27\""));
        }
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_row() {
        let cells = |row: &[&str]| {
            row.iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        let said = |list: List, rows: &[&[&str]]| {
            let rows: Vec<_> = rows.iter().map(|row| cells(row)).collect();
            let faults = list
                .text(&with_heads(list, &rows), "2026-11-27", "")
                .unwrap_err();
            let faults = faults.into_iter().map(|fault| fault.to_string());
            faults.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            said(
                List::WrongWords,
                &[&["布署", "部署"], &["布署", "部署"], &["的", ""]]
            ),
            "已知错词第3行“错词”列：“布署”重复\n已知错词第4行“错词”列：至少两个字\n已知错词第4行“正词”列：不能空着，也不能与错词相同"
        );
        assert_eq!(
            said(
                List::KnownHosts,
                &[&["网盘", "http://pan.example.com/"], &["盘", "a.com"]]
            ),
            "已知主机第2行“主机”列：“http://pan.example.com/”不是主机名，应像 example.com，不带 http:// 和路径\n已知主机第3行“类别”列：“盘”不是类别，应为：已知主机、网盘、挖矿、广告"
        );
        assert_eq!(
            said(List::HarmfulWords, &[]),
            "赌博色情用语：表中没有内容；词表不能清空"
        );
        let wrong_heads = vec![cells(&["词", "类别"])];
        let faults = List::HarmfulWords
            .text(&wrong_heads, "2026-11-27", "")
            .unwrap_err();
        assert_eq!(
            faults[0].to_string(),
            "赌博色情用语第1行：表头应依次为：类别、用语"
        );
    }
}
