//! Sizes and places of GB/T 9704-2012 beside the grid: measured in the PDF and in the Word file as another program lays it out.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../../xuncha-core/tests/support/mod.rs"]
mod support;

mod readers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use readers::{convert, fonts, pages, read};
use serde_json::Value;
use support::{golden_files, notice};
use xuncha_core::notice::{Block, Form, Notice, Span};
use xuncha_report::{docx, pdf};

const MM: f64 = 72.0 / 25.4;
const LINE_MM: f64 = 28.95 / MM;
const CHAR_MM: f64 = 15.79 / MM;
/// Left and right edge of the block, and its foot.
const BLOCK: (f64, f64, f64) = (28.0, 184.0, 262.0);

/// A printed line: baseline, left, right, text, and the size of its first full-width character.
struct Line {
    y: f64,
    left: f64,
    right: f64,
    text: String,
    size: f64,
}

fn lines(page: &Value) -> Vec<Line> {
    let mut by_height: BTreeMap<i64, Vec<&Value>> = BTreeMap::new();
    for glyph in page["glyphs"].as_array().unwrap() {
        let is_text = glyph["figure"] == false && glyph["turned"] == false;
        if is_text && !glyph["text"].as_str().unwrap().trim().is_empty() {
            let y = (glyph["y"].as_f64().unwrap() * 5.0).round() as i64;
            by_height.entry(y).or_default().push(glyph);
        }
    }
    let number = |glyph: &Value, name: &str| glyph[name].as_f64().unwrap();
    let line = |mut glyphs: Vec<&Value>| {
        glyphs.sort_by(|a, b| number(a, "x").total_cmp(&number(b, "x")));
        let wide = glyphs
            .iter()
            .find(|glyph| !glyph["text"].as_str().unwrap().is_ascii());
        Line {
            y: number(glyphs[0], "y"),
            left: number(glyphs[0], "x"),
            right: glyphs
                .iter()
                .map(|glyph| number(glyph, "right"))
                .fold(0.0, f64::max),
            text: glyphs
                .iter()
                .map(|glyph| glyph["text"].as_str().unwrap())
                .collect(),
            size: number(wide.unwrap_or(&glyphs[0]), "em"),
        }
    };
    by_height.into_values().map(line).collect()
}

fn example(form: Form) -> Notice {
    let mut notice = notice(&golden_files());
    notice.form = form;
    notice.number = "桂数函〔2020〕12号".to_owned();
    notice.copies_to = "自治区党委办公厅，自治区政府办公厅".to_owned();
    notice.printed_by = "广西壮族自治区大数据发展局办公室".to_owned();
    // Wide enough for pages that lie.
    let annex = &mut notice.annexes[1];
    for row in &mut annex.rows {
        row[5] = format!(
            "{}；监测时间点前两周内没有更新，首页栏目多处为空，互动渠道无法使用",
            row[5]
        );
        row[3] = format!("{}（含所属事业单位和派出机构）", row[3]);
    }
    notice
}

fn own_pages(folder: &Path, notice: &Notice) -> Vec<Value> {
    let own = folder.join("own.pdf");
    std::fs::write(&own, pdf::pdf(notice, &fonts()).unwrap()).unwrap();
    pages(&own)
}

/// The PDF, and the Word file as LibreOffice prints it.
fn printed(folder: &Path, notice: &Notice) -> [(&'static str, Vec<Value>); 2] {
    let (own, word) = (folder.join("own.pdf"), folder.join("word.docx"));
    std::fs::write(&own, pdf::pdf(notice, &fonts()).unwrap()).unwrap();
    std::fs::write(&word, docx::docx(notice, &fonts()).unwrap()).unwrap();
    convert("pdf", &word, folder);
    let converted: PathBuf = folder.join("word.pdf");
    [("PDF", pages(&own)), ("Word", pages(&converted))]
}

fn find<'a>(pages: &'a [Vec<Line>], start: &str) -> (usize, &'a Line) {
    let found = pages.iter().enumerate().find_map(|(page, lines)| {
        let line = lines.iter().find(|line| line.text.starts_with(start))?;
        Some((page, line))
    });
    found.unwrap_or_else(|| panic!("no line begins with {start}"))
}

#[track_caller]
fn near(value: f64, wanted: f64, within: f64, what: &str) {
    assert!(
        (value - wanted).abs() <= within,
        "{what}: {value:.2}, not {wanted:.2}"
    );
}

#[test]
fn every_kind_of_text_has_its_size() {
    let folder = tempfile::tempdir().unwrap();
    for (how, pages) in printed(folder.path(), &example(Form::Circular)) {
        let pages: Vec<Vec<Line>> = pages.iter().map(lines).collect();
        for (start, size) in [
            ("关于公布2020年", 22.0),
            ("各市人民政府", 16.0),
            ("一、", 16.0),
            ("（一）", 16.0),
            ("扣分指标平均得分", 16.0),
            ("图1", 12.0),
            ("（注：", 12.0),
            ("附件：1.", 16.0),
            ("2020年4月9日", 16.0),
            ("附件1", 16.0),
            ("序号", 12.0),
            ("抄送：", 14.0),
        ] {
            let (_, line) = find(&pages, start);
            near(line.size, size, 0.3, &format!("{how} {start}"));
        }
        let (_, number) = find(&pages, "—");
        near(number.size, 14.0, 0.3, &format!("{how} page number"));
    }
}

#[test]
fn number_and_date_stand_where_the_standard_puts_them() {
    let folder = tempfile::tempdir().unwrap();
    for form in [Form::Letter, Form::Circular] {
        for (how, pages) in printed(folder.path(), &example(form)) {
            let lines: Vec<Vec<Line>> = pages.iter().map(lines).collect();
            let (page, number) = find(&lines, "桂数函");
            let (_, issuer) = find(&lines, "广西壮族自治区大数据发展局");
            let what = |part: &str| format!("{form:?} {how} {part}");
            assert_eq!(page, 0);
            match form {
                Form::Letter => {
                    // At the right edge of the block, 7/8 of a character below the double line, which is 4 mm under the unit's name.
                    near(number.right, BLOCK.1, 1.0, &what("number's right"));
                    let below = number.y - issuer.y;
                    assert!((12.0..20.0).contains(&below), "{} {below}", what("number"));
                }
                _ => {
                    let middle = (number.left + number.right) / 2.0;
                    near(
                        middle,
                        (BLOCK.0 + BLOCK.1) / 2.0,
                        1.5,
                        &what("number's middle"),
                    );
                    // Two blank lines between the unit's name, whose top is 35 mm below that of the block, and the number.
                    near(
                        issuer.y - 0.88 * issuer.size / MM,
                        37.0 + 35.0,
                        3.0,
                        &what("issuer"),
                    );
                    let below = number.y - issuer.y;
                    near(below, 3.0 * LINE_MM, LINE_MM, &what("number"));
                }
            }
            let (_, date) = find(&lines, "2020年4月9日");
            near(date.right, BLOCK.1 - 4.0 * CHAR_MM, 1.0, &what("date"));
            let mut signature = lines
                .iter()
                .flatten()
                .filter(|line| line.text.starts_with("广西壮族自治区大数据发展局"));
            let name = signature.rfind(|line| line.y < date.y).unwrap();
            let middle = |line: &Line| (line.left + line.right) / 2.0;
            if how == "PDF" {
                near(middle(name), middle(date), 1.5, &what("name over date"));
            }
            // The title stands two blank lines below the red line of a 通报.
            let (_, title) = find(&lines, "各市人民政府");
            near(title.left, BLOCK.0, 1.0, &what("recipients"));
        }
    }
}

#[test]
fn wide_annexes_lie_with_their_page_number_where_other_pages_have_it() {
    let folder = tempfile::tempdir().unwrap();
    for (how, pages) in printed(folder.path(), &example(Form::Letter)) {
        let lying: Vec<(usize, &Value)> = pages
            .iter()
            .enumerate()
            .filter(|(_, page)| page["width"].as_f64() > page["height"].as_f64())
            .collect();
        assert!(!lying.is_empty(), "{how}");
        let heads = lying
            .iter()
            .filter(|(_, page)| lines(page).iter().any(|line| line.text.starts_with("序号")));
        assert_eq!(
            heads.count(),
            lying.len(),
            "{how}: the head is on each page"
        );
        for (index, page) in lying {
            near(page["width"].as_f64().unwrap(), 297.0, 0.3, how);
            near(page["height"].as_f64().unwrap(), 210.0, 0.3, how);
            let turned: Vec<&Value> = page["glyphs"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|glyph| glyph["turned"] == true)
                .collect();
            let text: String = turned
                .iter()
                .map(|glyph| glyph["text"].as_str().unwrap())
                .collect();
            let number: String = text.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(number, (index + 1).to_string(), "{how} {text}");
            // Beyond the block, at the left edge of the sheet as it lies, that is below when it stands.
            let x = turned[0]["x"].as_f64().unwrap();
            assert!((20.0..35.0).contains(&x), "{how} {x}");
            // Right on odd pages, left on even ones, when the sheet stands.
            let y = turned[0]["y"].as_f64().unwrap();
            assert!(
                if index % 2 == 0 { y > 105.0 } else { y < 105.0 },
                "{how} page {} {y}",
                index + 1
            );
        }
    }
}

#[test]
fn the_imprint_closes_the_block_of_the_last_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut notice = example(Form::Circular);
    notice.annexes.remove(1);
    // However many lines the text has, the imprint stands on an even page.
    for lines in 0..4 {
        let path = folder.path().join("even.pdf");
        std::fs::write(&path, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
        assert_eq!(pages(&path).len() % 2, 0, "{lines}");
        let more = Block::Paragraph(vec![Span::Text("政务公开".repeat(7 * 40))]);
        notice.blocks.push(more);
    }
    for (how, pages) in printed(folder.path(), &notice) {
        let last = pages.last().unwrap();
        if how == "PDF" {
            assert_eq!(pages.len() % 2, 0, "the imprint stands on an even page");
        }
        let lines = lines(last);
        let copies = lines
            .iter()
            .find(|line| line.text.starts_with("抄送："))
            .unwrap();
        near(
            copies.left,
            BLOCK.0 + 14.0 / MM,
            1.0,
            &format!("{how} copies"),
        );
        let printed = lines
            .iter()
            .find(|line| line.text.contains("印发"))
            .unwrap();
        near(
            printed.right,
            BLOCK.1 - 14.0 / MM,
            1.0,
            &format!("{how} printed"),
        );
        let mut ruled: Vec<(f64, f64, f64)> = last["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                let of = |name: &str| line[name].as_f64().unwrap();
                let thick = (of("bottom") - of("top")).max(of("width") / MM);
                (
                    (of("top") + of("bottom")) / 2.0,
                    of("right") - of("left"),
                    thick,
                )
            })
            .filter(|(y, width, _)| *y > copies.y - 10.0 && *width > 150.0)
            .collect();
        ruled.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(ruled.len() >= 3, "{how} {ruled:?}");
        for (_, width, _) in &ruled {
            near(*width, 156.0, 1.0, how);
        }
        if how == "PDF" {
            near(ruled.last().unwrap().0, BLOCK.2, 1.0, "foot of the block");
            let thick: Vec<f64> = ruled.iter().map(|line| line.2).collect();
            near(thick[0], 0.35, 0.05, how);
            near(thick[1], 0.25, 0.05, how);
            near(thick[2], 0.35, 0.05, how);
        }
    }
}

/// A table that floats by itself stands, in LibreOffice, where a table before it ends: a letter's annexes are such tables.
#[test]
fn behind_a_table_the_imprint_of_the_word_file_stands_at_the_foot_too() {
    let folder = tempfile::tempdir().unwrap();
    for form in [Form::Letter, Form::Circular] {
        let notice = example(form);
        for (how, pages) in printed(folder.path(), &notice) {
            let lines = lines(pages.last().unwrap());
            let copies = lines.iter().find(|line| line.text.starts_with("抄送："));
            let copies =
                copies.unwrap_or_else(|| panic!("{form:?} {how}: no copies on the last page"));
            let last = match form {
                Form::Circular => lines
                    .iter()
                    .find(|line| line.text.contains("印发"))
                    .unwrap(),
                _ => copies,
            };
            // The line is 24 pt high, its letters 14 pt, and its foot is that of the block.
            near(last.y, BLOCK.2 - 3.0, 3.0, &format!("{form:?} {how} foot"));
            let table = lines.iter().filter(|line| line.y < copies.y - 1.0);
            let lowest = table.map(|line| line.y).fold(0.0, f64::max);
            assert!(
                copies.y - lowest > 15.0,
                "{form:?} {how}: {lowest} {}",
                copies.y
            );
        }
    }
}

/// However many lines the text has, some of it stands beside the signature (GB/T 9704-2012, 7.3.5).
#[test]
fn no_signature_stands_on_a_page_without_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut moved = 0;
    for above in 0..8 {
        let count = if above % 2 == 0 { 1 } else { 4 };
        let mut notice = example(Form::Circular);
        notice.charts.clear();
        notice.annexes.truncate(2);
        notice.blocks = vec![
            Block::Paragraph(vec![Span::Text("政务公开".repeat(7 * above + 6))]),
            Block::Paragraph(vec![Span::Text("数据开放".repeat(7 * count + 6))]),
        ];
        // LibreOffice takes its time: it prints every fourth of them.
        let printed = match above % 4 {
            1 => printed(folder.path(), &notice).into(),
            _ => vec![("PDF", own_pages(folder.path(), &notice))],
        };
        for (how, pages) in printed {
            let pages: Vec<Vec<Line>> = pages.iter().map(lines).collect();
            let (page, _) = find(&pages, "2020年4月9日");
            let beside = pages[page]
                .iter()
                .filter(|line| line.text.contains("数据开放"))
                .count();
            assert!(
                beside >= 1,
                "{how} {above} {count}: the signature stands alone"
            );
            moved += usize::from(how == "PDF" && page == 1);
        }
    }
    assert!(moved > 0, "no case reached the foot of the page");
}

/// A picture stands behind a paragraph, never in its middle.
#[test]
fn no_chart_cuts_a_paragraph() {
    let folder = tempfile::tempdir().unwrap();
    for count in [0, 3, 6, 9, 12] {
        let mut notice = notice(&golden_files());
        let more = Block::Paragraph(vec![Span::Text("政务公开".repeat(7 * count + 1))]);
        notice.blocks.insert(1, more);
        let path = folder.path().join("own.pdf");
        std::fs::write(&path, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
        let pages = pages(&path);
        let mut before: Option<Line> = None;
        let mut seen = 0;
        for page in &pages {
            // Letters of charts are smaller than those of any text.
            for line in lines(page).into_iter().filter(|line| line.size > 11.0) {
                let is_caption = line.text.starts_with('图') && (line.size - 12.0).abs() < 0.5;
                seen += usize::from(is_caption);
                if let Some(before) = before.filter(|_| is_caption) {
                    let ends = before.text.ends_with(['。', '）', ')']);
                    assert!(ends, "{count}: the chart cuts “{}”", before.text);
                }
                let is_number = line.text.starts_with('—');
                before = if is_number { None } else { Some(line) };
            }
        }
        assert_eq!(seen, 2, "{count}");
    }
}

#[test]
fn the_word_file_states_the_margins_of_the_standard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.docx");
    std::fs::write(&path, docx::docx(&example(Form::Letter), &fonts()).unwrap()).unwrap();
    let said: Value =
        serde_json::from_str(&read("word.py", &[Path::new("styles"), &path])).unwrap();
    let sections = said["sections"].as_array().unwrap();
    assert!(sections.len() >= 3, "{sections:?}");
    for section in sections {
        let of = |at: usize| section[at].as_f64().unwrap();
        // Width, height, top, left, bottom, right.
        let wanted = match of(0) > of(1) {
            true => [297.0, 210.0, 28.0, 35.0, 26.0, 37.0],
            false => [210.0, 297.0, 37.0, 28.0, 35.0, 26.0],
        };
        for (at, wanted) in wanted.into_iter().enumerate() {
            near(of(at), wanted, 0.2, &format!("section {section}"));
        }
    }
}
