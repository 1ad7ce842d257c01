//! The layout of GB/T 9704-2012, measured in the PDF, and in the Word file as another program lays it out.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../../xuncha-core/tests/support/mod.rs"]
mod support;

mod readers;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use readers::{convert, fonts, judge, pages, read};
use serde_json::Value;
use support::{golden_files, notice};
use xuncha_core::notice::{Block, Form, Notice, Span};
use xuncha_report::{docx, pdf};

const PITCH_MM: f64 = 28.95 * 25.4 / 72.0;

/// Lines of a page by the height of their baselines: what they say, where they begin and end.
fn lines(page: &Value) -> Vec<(f64, String, f64, f64)> {
    let mut lines: BTreeMap<i64, Vec<(f64, f64, String)>> = BTreeMap::new();
    for glyph in page["glyphs"].as_array().unwrap() {
        if glyph["figure"] == true || glyph["turned"] == true {
            continue;
        }
        let text = glyph["text"].as_str().unwrap().to_owned();
        if text.trim().is_empty() {
            continue;
        }
        let y = (glyph["y"].as_f64().unwrap() * 10.0).round() as i64;
        let at = (
            glyph["x"].as_f64().unwrap(),
            glyph["right"].as_f64().unwrap(),
            text,
        );
        lines.entry(y).or_default().push(at);
    }
    let line = |(y, mut glyphs): (i64, Vec<(f64, f64, String)>)| {
        glyphs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let text = glyphs.iter().map(|(_, _, text)| text.as_str()).collect();
        let right = glyphs
            .iter()
            .map(|(_, right, _)| *right)
            .fold(0.0, f64::max);
        (y as f64 / 10.0, text, glyphs[0].0, right)
    };
    lines.into_iter().map(line).collect()
}

/// A notice of one long paragraph of Chinese characters alone, so that lines and characters can be counted.
fn long(form: Form) -> Notice {
    let mut notice = notice(&golden_files());
    notice.form = form;
    notice.blocks = vec![Block::Paragraph(vec![Span::Text("政务公开".repeat(500))])];
    notice.charts.clear();
    notice
}

/// How far the ink of the first line stands below the paper's edge: its characters are 16 pt high, and their tops 0.88 of that above
/// the baseline.
fn top_margin(page: &Value) -> f64 {
    lines(page)[0].0 - 0.88 * 16.0 * 25.4 / 72.0
}

#[test]
fn the_margins_are_those_of_the_standard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.pdf");
    std::fs::write(&path, pdf::pdf(&long(Form::Letter), &fonts()).unwrap()).unwrap();
    let pages = pages(&path);
    assert!(
        (top_margin(&pages[1]) - 37.0).abs() <= 1.0,
        "{}",
        top_margin(&pages[1])
    );
    // The block of 225 mm ends with the last line.
    let last = &lines(&pages[1])[21];
    let foot = 297.0 - (last.0 + 0.12 * 16.0 * 25.4 / 72.0);
    assert!(
        (foot - 35.0).abs() <= PITCH_MM - 16.0 * 25.4 / 72.0 + 1.0,
        "{foot}"
    );
}

#[test]
fn the_word_file_of_a_letter_begins_where_the_pdf_begins() {
    let folder = tempfile::tempdir().unwrap();
    let notice = notice(&golden_files());
    let (word, printed) = (
        folder.path().join("notice.docx"),
        folder.path().join("own.pdf"),
    );
    std::fs::write(&word, docx::docx(&notice, &fonts()).unwrap()).unwrap();
    std::fs::write(&printed, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
    convert("pdf", &word, folder.path());
    let first = |path: &Path| lines(&pages(path)[0]);
    let (word, printed) = (first(&folder.path().join("notice.pdf")), first(&printed));
    for start in ["广西", "各市人民"] {
        let at = |lines: &[(f64, String, f64, f64)]| {
            let found: Vec<f64> = lines
                .iter()
                .filter(|(_, text, ..)| text.starts_with(start))
                .map(|(y, ..)| *y)
                .collect();
            found
        };
        let (word, printed) = (at(&word), at(&printed));
        assert_eq!(word.len(), printed.len(), "{word:?} {printed:?}");
        for (word, printed) in word.iter().zip(&printed) {
            // Where in a line of exact height its letters stand, programs differ.
            assert!(
                (word - printed).abs() < PITCH_MM / 2.0,
                "{start} {word} {printed}"
            );
        }
    }
}

/// 22 lines of 28 characters between the margins of the standard.
fn assert_grid(page: &Value) {
    assert!((page["width"].as_f64().unwrap() - 210.0).abs() < 0.2);
    assert!((page["height"].as_f64().unwrap() - 297.0).abs() < 0.2);
    let text: Vec<_> = lines(page)
        .into_iter()
        .filter(|(_, text, ..)| !text.contains('—'))
        .collect();
    assert_eq!(text.len(), 22, "{text:#?}");
    for pair in text.windows(2) {
        assert!((pair[1].0 - pair[0].0 - PITCH_MM).abs() < 0.2, "{pair:?}");
    }
    for (_, text, left, right) in &text {
        assert_eq!(text.chars().count(), 28, "{text}");
        assert!((left - 28.0).abs() <= 1.0, "{left} {text}");
        assert!(*right <= 184.0 + 1.0 && *right > 182.0, "{right} {text}");
    }
    let (first, last) = (text[0].0, text[21].0);
    // The first line stands in the first place of the grid; where in it, programs differ.
    assert!((37.0..37.0 + PITCH_MM).contains(&first), "{first}");
    assert!(last < 262.0, "{last}");
}

#[test]
fn pages_of_the_pdf_have_22_lines_of_28_characters() {
    let folder = tempfile::tempdir().unwrap();
    for form in [Form::Letter, Form::Circular] {
        let path = folder.path().join("notice.pdf");
        std::fs::write(&path, pdf::pdf(&long(form), &fonts()).unwrap()).unwrap();
        assert_grid(&pages(&path)[1]);
    }
}

#[test]
fn pages_of_the_word_file_have_22_lines_of_28_characters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.docx");
    std::fs::write(&path, docx::docx(&long(Form::Letter), &fonts()).unwrap()).unwrap();
    convert("pdf", &path, folder.path());
    assert_grid(&pages(&folder.path().join("notice.pdf"))[1]);
}

#[test]
fn page_numbers_stand_right_and_left_and_a_letter_has_none_on_its_first_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.pdf");
    std::fs::write(&path, pdf::pdf(&notice(&golden_files()), &fonts()).unwrap()).unwrap();
    let pages = pages(&path);
    let number = |index: usize| lines(&pages[index]).into_iter().find(|(y, ..)| *y > 263.0);
    assert_eq!(number(0), None);
    let (y, text, left, _) = number(1).unwrap();
    assert_eq!(text, "—2—");
    assert!((left - 28.0 - 4.94).abs() < 1.0, "{left}");
    assert!((262.0..275.0).contains(&y), "{y}");
    let (_, text, _, right) = number(2).unwrap();
    assert_eq!(text, "—3—");
    assert!((right - 184.0 + 4.94).abs() < 1.0, "{right}");
    // Red double lines of 170 mm: 4 mm under the unit's name, and 20 mm above the edge.
    let red: Vec<(f64, f64)> = pages[0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let side = |name: &str| line[name].as_f64().unwrap();
            (side("top"), side("right") - side("left"))
        })
        .collect();
    assert_eq!(red.len(), 4, "{red:?}");
    assert!(
        red.iter().all(|(_, width)| (width - 170.0).abs() < 0.5),
        "{red:?}"
    );
    assert!(
        red.iter().filter(|(y, _)| (276.0 - y).abs() < 1.5).count() == 2,
        "{red:?}"
    );
}

#[test]
fn faces_and_sizes_follow_the_levels_and_no_character_is_a_box() {
    let mut notice = notice(&golden_files());
    let rare = "埇埌硍菉彧喆〇";
    notice.title = format!("{rare}{}", notice.title);
    notice.recipients = rare.to_owned();
    for block in &mut notice.blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => {
                text.push(Span::Text(rare.to_owned()))
            }
            Block::Note(_) | Block::Chart(_) => {}
        }
    }
    notice.annexes[0].rows[0][1] = rare.to_owned();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.pdf");
    std::fs::write(&path, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
    let pages = pages(&path);
    let glyphs = || {
        pages
            .iter()
            .flat_map(|page| page["glyphs"].as_array().unwrap())
    };
    assert!(glyphs().all(|glyph| glyph["glyph"] != 0));
    let text: String = glyphs()
        .map(|glyph| glyph["text"].as_str().unwrap())
        .collect();
    assert!(
        text.matches(rare).count() > 10 && !text.contains("(cid:"),
        "{text}"
    );
    let face = |character: &str, wanted: &str| {
        let is_one = |glyph: &&Value| {
            glyph["text"] == character && glyph["font"].as_str().unwrap().contains(wanted)
        };
        assert!(glyphs().any(|glyph| is_one(&glyph)), "{character} {wanted}");
    };
    face("体", "NotoSansCJK");
    face("压", "LXGWWenKai");
    face("为", "FandolFang");
    face("函", "NotoSerifCJK");
}

#[test]
fn a_person_edits_the_word_file_and_its_styles_and_numbers_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (path, edited) = (
        folder.path().join("notice.docx"),
        folder.path().join("edited.docx"),
    );
    std::fs::write(
        &path,
        docx::docx(&notice(&golden_files()), &fonts()).unwrap(),
    )
    .unwrap();
    read("word.py", &[Path::new("edit"), &path, &edited]);
    for file in [&path, &edited] {
        let output = Command::new(judge())
            .arg("check")
            .arg(file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("0 error(s), 0 warning(s)"), "{said}");
    }
    convert("txt:Text (encoded):UTF8", &edited, folder.path());
    // The converter puts a space behind each number that Word counts.
    let text = std::fs::read_to_string(folder.path().join("edited.txt"))
        .unwrap()
        .replace(' ', "");
    for part in [
        "一、总体情况",
        "三、新加的一章",
        "四、下一步工作要求",
        "图1政府门户网站一级",
        "（四）政务新媒体建设管理工作不扎实。",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let again = folder.path().join("again");
    std::fs::create_dir_all(&again).unwrap();
    convert("docx", &edited, &again);
    let read: Value = serde_json::from_str(&read(
        "word.py",
        &[Path::new("styles"), &again.join("edited.docx")],
    ))
    .unwrap();
    let styles: Vec<&str> = read["paragraphs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one[0].as_str().unwrap())
        .collect();
    for style in [
        "公文标题",
        "公文正文",
        "主送机关",
        "附件说明",
        "署名和成文日期",
    ] {
        assert!(styles.contains(&style), "{style}: {styles:?}");
    }
    assert_eq!(
        (&read["first_differs"], &read["odd_even"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    assert_eq!(read["tables"].as_array().unwrap().len(), 3);
}
