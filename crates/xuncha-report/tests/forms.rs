//! All forms of a notice say the same: the texts of Word, PDF and page are equal, and the workbook reads back cell by cell.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod readers;
#[path = "../../xuncha-core/tests/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use readers::{fonts, pages, read};
use serde_json::Value;
use support::{golden_files, notice};
use xuncha_core::notice::{Block, Form, Notice, caption, plain};
use xuncha_report::{docx, html, pdf, workbook};

/// What stands on the pages of a PDF in the order of writing, without white space, drawings, page numbers and the heads of tables that
/// later pages repeat.
fn printed(path: &Path, notice: &Notice) -> String {
    let heads: Vec<String> = notice
        .annexes
        .iter()
        .map(|annex| bare(&annex.columns.concat()))
        .collect();
    let mut out = String::new();
    for page in pages(path) {
        let is_text = |glyph: &&Value| {
            let is_number = glyph["y"].as_f64().unwrap() > 263.0;
            // Letters of charts are smaller than those of any text.
            let is_small = glyph["em"].as_f64().unwrap() < 11.0;
            !is_small && glyph["turned"] == false && !is_number
        };
        let glyphs = page["glyphs"].as_array().unwrap().iter().filter(is_text);
        let text: String = glyphs
            .map(|glyph| glyph["text"].as_str().unwrap())
            .collect();
        let text = bare(&text);
        let repeated = heads
            .iter()
            .find_map(|head| text.strip_prefix(head.as_str()));
        out.push_str(repeated.unwrap_or(&text));
    }
    out
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Both forms, with everything that a form may have.
fn both() -> [Notice; 2] {
    [Form::Letter, Form::Circular].map(|form| {
        let mut notice = notice(&golden_files());
        notice.form = form;
        notice.copies_to = "自治区党委办公厅，自治区政府办公厅".to_owned();
        notice.printed_by = "广西壮族自治区大数据发展局办公室".to_owned();
        notice.annexes[2].rows[0][3] =
            "一个<带>&记号的\"名称\" www.example.cn/long/address/of/it".to_owned();
        notice
    })
}

/// Captions of charts, each with the note below it.
fn figures_of(notice: &Notice) -> Vec<String> {
    let mut all = Vec::new();
    for (at, block) in notice.blocks.iter().enumerate() {
        let Block::Chart(index) = block else { continue };
        let note = match notice.blocks.get(at + 1) {
            Some(Block::Note(text)) => plain(text),
            _ => String::new(),
        };
        all.push(bare(&format!("{}{note}", caption(&notice.charts[*index]))));
    }
    all
}

/// Where two texts part, with what stands before.
fn parting(left: &str, right: &str) -> String {
    let at = left
        .chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count();
    let from =
        |text: &str| -> String { text.chars().skip(at.saturating_sub(20)).take(60).collect() };
    format!("{at}: {} | {}", from(left), from(right))
}

#[test]
fn word_pdf_and_page_say_the_same() {
    let (folder, fonts) = (tempfile::tempdir().unwrap(), fonts());
    for notice in both() {
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("notice.docx"), docx::docx(&notice, &fonts).unwrap()).unwrap();
        std::fs::write(at("notice.pdf"), pdf::pdf(&notice, &fonts).unwrap()).unwrap();
        let page = html::html(&notice, Some(&fonts), None).unwrap();
        std::fs::write(at("notice.html"), page).unwrap();
        let word = read("text.py", &[Path::new("word"), &at("notice.docx")]);
        let page = read("text.py", &[Path::new("page"), &at("notice.html")]);
        let printed = printed(&at("notice.pdf"), &notice);
        let figures = figures_of(&notice);
        for figure in &figures {
            assert_eq!(printed.matches(figure.as_str()).count(), 1, "{figure}");
            assert_eq!(word.matches(figure.as_str()).count(), 1, "{figure}");
        }
        assert!(word.chars().count() > 4000, "{word}");
        assert!(word == page, "Word | page {}", parting(&word, &page));
        // A chart that does not fit stands at the head of the next page of the PDF, with its caption and note.
        let without = |text: &str| {
            figures
                .iter()
                .fold(text.to_owned(), |text, one| text.replacen(one, "", 1))
        };
        let (flowing, printed) = (without(&word), without(&printed));
        assert!(
            flowing == printed,
            "Word | PDF {}",
            parting(&flowing, &printed)
        );
        for line in notice.plain_text().lines() {
            assert!(word.contains(&bare(line)), "{line}");
        }
    }
}

/// A cell as it was printed before it went into the workbook, and as openpyxl reads it back.
fn assert_cell(printed: &str, cell: &Value, format: &str, place: &str) {
    match cell {
        Value::Null => assert_eq!(printed, "", "{place}"),
        Value::String(text) => assert_eq!(printed, text, "{place}"),
        Value::Number(number) => {
            assert_eq!(printed.parse().ok(), number.as_f64(), "{place} {printed}");
            let places = |text: &str| text.split_once('.').map_or(0, |(_, digits)| digits.len());
            let is_shown_whole = places(format) >= places(printed);
            assert!(
                format.starts_with('0') && is_shown_whole,
                "{place} {printed} {format}"
            );
        }
        other => panic!("{place}: {other}"),
    }
}

#[test]
fn openpyxl_reads_every_cell_back() {
    let notice = notice(&golden_files());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("annexes.xlsx");
    std::fs::write(&path, workbook::workbook(&notice).unwrap()).unwrap();
    let sheets: Vec<Value> = serde_json::from_str(&read("sheets.py", &[&path])).unwrap();
    let tables = notice
        .tables
        .iter()
        .map(|table| (&table.columns, &table.rows));
    let annexes = notice
        .annexes
        .iter()
        .map(|annex| (&annex.columns, &annex.rows));
    let wanted: Vec<_> = tables.chain(annexes).collect();
    assert_eq!(sheets.len(), wanted.len());
    for (sheet, (columns, rows)) in sheets.iter().zip(wanted) {
        let name = sheet["name"].as_str().unwrap();
        let read = sheet["rows"].as_array().unwrap();
        assert_eq!(read[0], serde_json::json!(columns), "{name}");
        assert_eq!(read.len(), rows.len() + 1, "{name}");
        for (index, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let format = sheet["formats"][index + 1][column].as_str().unwrap();
                let place = format!("{name} {} {}", index + 1, columns[column]);
                assert_cell(cell, &read[index + 1][column], format, &place);
                assert_ne!(sheet["kinds"][index + 1][column], "f", "{place}");
            }
        }
        assert_sheet(sheet, columns);
    }
    assert_golden(&sheets);
}

/// A real table over all rows with its filter, a head that stays and repeats, one page wide, with name and page numbers.
fn assert_sheet(sheet: &Value, columns: &[String]) {
    let name = sheet["name"].as_str().unwrap();
    let tables = sheet["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1, "{name}");
    assert_eq!(tables[0][1], sheet["size"], "{name}");
    assert_eq!(tables[0][2], sheet["size"], "{name}");
    assert_eq!(tables[0][3], serde_json::json!(columns), "{name}");
    let table = tables[0][0].as_str().unwrap();
    assert_eq!(table, name.replace(' ', ""));
    let frozen = if columns.len() > 8 { "C2" } else { "A2" };
    assert_eq!(sheet["frozen"], frozen, "{name}");
    assert_eq!(sheet["repeated"], "$1:$1", "{name}");
    assert_eq!(sheet["fits"][0], true, "{name}");
    assert_eq!(sheet["fits"][2], 0, "{name}");
    assert_eq!(sheet["head"], "&A", "{name}");
    assert_eq!(sheet["foot"], "第 &P 页，共 &N 页", "{name}");
}

/// What stands in the sheets is what stands in the round's own files.
fn assert_golden(sheets: &[Value]) {
    let files = golden_files();
    let column = |name: &str, head: &str| -> Vec<String> {
        let sheet = sheets.iter().find(|sheet| sheet["name"] == name).unwrap();
        let rows = sheet["rows"].as_array().unwrap();
        let heads = rows[0].as_array().unwrap();
        let at = heads.iter().position(|one| one == head).unwrap();
        let text = |row: &Value| row[at].as_str().map_or(row[at].to_string(), str::to_owned);
        rows[1..].iter().map(text).collect()
    };
    let records = |file: &str| -> Vec<Vec<String>> {
        let lines = files[file].lines().skip(1);
        lines
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect()
    };
    let drawn: BTreeSet<String> = records("targets.csv")
        .into_iter()
        .filter(|row| row[10] == "是")
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(drawn, column("抽查结果", "编号").into_iter().collect());
    // Deductions of a target, one by one: the same as in the file of scores of this round.
    let deductions: BTreeMap<String, f64> = records("scores.csv")
        .into_iter()
        .filter(|row| row[0] == "2020Q1" && row[3..].iter().any(|cell| !cell.is_empty()))
        .map(|row| {
            (
                row[1].clone(),
                row[3..]
                    .iter()
                    .filter_map(|cell| cell.parse::<f64>().ok())
                    .sum(),
            )
        })
        .collect();
    let scores = column("各指标扣分", "扣分指标得分");
    let ids = column("各指标扣分", "编号");
    assert_eq!(ids.len(), deductions.len());
    for (id, score) in ids.iter().zip(&scores) {
        let score: f64 = score.parse().unwrap();
        assert!(
            (100.0 - deductions[id] - score).abs() < 1e-9,
            "{id} {score}"
        );
    }
    let above = scores
        .iter()
        .filter(|score| score.parse::<f64>().unwrap() > 80.0);
    assert_eq!(
        above.count(),
        column("附件1 抽查得分高于80分的政府门户网站名单", "序号").len()
    );
}
