//! The documents of the golden round: all forms say the same, tables repeat their heads, the workbook reads back.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../../xuncha-core/tests/support/mod.rs"]
mod support;

use std::io::{Cursor, Read};
use std::path::PathBuf;

use support::{golden_files, notice};
use xuncha_core::notice::template::parse;
use xuncha_core::notice::trace;
use xuncha_core::notice::{Notice, build, caption};
use xuncha_report::{Fonts, charts, docx, html, pdf, sheets, workbook, write_all};

/// Folders named in `XUNCHA_FONTS`, then the system's.
fn fonts() -> Fonts {
    let folders: Vec<PathBuf> = std::env::var_os("XUNCHA_FONTS")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    Fonts::find(&folders).unwrap()
}

#[test]
fn all_documents_are_written() {
    let own = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("XUNCHA_KEEP_DOCUMENTS")
        .map_or_else(|| own.path().to_owned(), PathBuf::from);
    let files = golden_files();
    let book = trace::book(&support::inputs(&files));
    let written = write_all(&notice(&files), &book, &folder, &fonts()).unwrap();
    let names: Vec<&str> = written
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "notice.docx",
            "notice.pdf",
            "notice.html",
            "annexes.xlsx",
            "figures.docx",
            "figures.pdf"
        ]
    );
    let pdf = std::fs::read(&written[1]).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
}

/// Every number of the page leads to its definition, and from there to rows that the page holds; problems of single targets are not there.
#[test]
fn each_number_of_the_page_leads_to_its_rows() {
    let files = golden_files();
    let (notice, book) = (notice(&files), trace::book(&support::inputs(&files)));
    let page = html::html(&notice, None, Some(&book)).unwrap();
    let targets = |mark: &str| -> std::collections::BTreeSet<String> {
        let parts = page.split(mark).skip(1);
        parts
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let (asked, there) = (targets("href=\"#"), targets(" id=\""));
    let lost: Vec<&String> = asked.difference(&there).collect();
    assert!(lost.is_empty(), "{lost:?}");
    for (name, _) in notice.printed_figures() {
        assert!(asked.contains(&format!("figure-{name}")), "{name}");
    }
    // 577 sites run: their rows are behind the number.
    let rows = |query: &str| {
        let start = page.find(&format!("data-rows=\"{query}\"")).unwrap();
        let end = start + page[start..].find("</table>").unwrap();
        page[start..end].matches("<tr>").count() - 1
    };
    assert_eq!(rows("registry.websites_running"), 577);
    assert_eq!(rows("portals_above"), 52);
    assert!(
        !page.contains("data-rows=\"problem."),
        "what is wrong with whom stays inside"
    );
    assert!(
        !page.contains("<code>") && !page.contains(".toml"),
        "the public reads no names of the program"
    );
}

/// The index names every number that the letter prints, with where it stands.
#[test]
fn the_index_of_figures_has_every_number_of_the_letter() {
    let files = golden_files();
    let (notice, book) = (notice(&files), trace::book(&support::inputs(&files)));
    let index = xuncha_core::notice::index::index(&notice, &book);
    let rows = &index.annexes[0].rows;
    for (name, text) in notice.printed_figures() {
        let is_it = |row: &&Vec<String>| row[6] == name && row[1] == text;
        let found = rows.iter().find(is_it);
        assert_eq!(
            found.is_some(),
            !name.starts_with("names.") && !text.is_empty(),
            "{name}"
        );
    }
    let row = rows
        .iter()
        .find(|row| row[6] == "registry.websites_running")
        .unwrap();
    assert_eq!((row[1].as_str(), row[5].as_str()), ("577", "577"));
    assert_eq!(row[2], "一、总体情况 第1段");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures.pdf");
    std::fs::write(&path, pdf::pdf(&index, &fonts()).unwrap()).unwrap();
    let text: String = pdf_text(&path).split_whitespace().collect();
    assert!(
        text.contains("数字索引") && text.contains("registry.websites_running"),
        "{text}"
    );
}

/// Validators complain of what poppler complains of.
#[test]
fn poppler_reads_the_pdf_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.pdf");
    let notice = notice(&golden_files());
    std::fs::write(&path, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
    for program in ["pdfinfo", "pdffonts"] {
        let output = std::process::Command::new(program).arg(&path).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.is_empty(),
            "{program}: {said}"
        );
    }
    let fonts = std::process::Command::new("pdffonts").arg(&path).output();
    let listed = String::from_utf8(fonts.unwrap().stdout).unwrap();
    // name, type, encoding (two words at times), emb, sub, uni, object: every font is embedded.
    for line in listed.lines().skip(2) {
        assert!(line.contains(" yes yes "), "{line}");
    }
}

/// What a reader copies out of the PDF (poppler).
fn pdf_text(path: &std::path::Path) -> String {
    let output = std::process::Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-raw"])
        .arg(path)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn addresses_and_numbers_are_copied_out_of_the_pdf_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut notice = notice(&golden_files());
    let long = format!("https://www.qingshi.gov.cn/{}", "zwgk/fdzdgknr/".repeat(12));
    notice.annexes[2].rows[0][3] = long.clone();
    let path = folder.path().join("notice.pdf");
    std::fs::write(&path, pdf::pdf(&notice, &fonts()).unwrap()).unwrap();
    let text = pdf_text(&path);
    assert!(!text.contains('\u{200b}'));
    // Lines are broken inside of long runs: without line ends they are what was written.
    let copied: String = text.split_whitespace().collect();
    for run in ["bgtdzzwc@gxzf.gov.cn", &notice.annexes[2].rows[1][1], &long] {
        assert!(copied.contains(run), "{run}\n{text}");
    }
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(
        widest < Some(long.len()),
        "a long address is broken into lines"
    );
}

#[test]
fn a_single_annex_has_no_number_in_any_document() {
    let mut notice = notice(&golden_files());
    notice.annexes.truncate(1);
    let fonts = fonts();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.pdf");
    std::fs::write(&path, pdf::pdf(&notice, &fonts).unwrap()).unwrap();
    let title = notice.annexes[0].title.clone();
    let printed: String = pdf_text(&path).split_whitespace().collect();
    assert!(printed.contains(&format!("附件：{title}")) && !printed.contains("附件1"));
    let paragraphs = paragraphs(&document_xml(&docx::docx(&notice, &fonts).unwrap()));
    assert!(paragraphs.contains(&format!("附件：{title}")));
    assert!(paragraphs.contains(&"附件".to_owned()));
    let page = html::html(&notice, Some(&fonts), None).unwrap();
    assert!(page.contains("<p class=\"annex-head\">附件</p>"));
    let bytes = workbook::workbook(&notice).unwrap();
    let sheets = sheets::read("annexes.xlsx", &bytes).unwrap();
    assert!(sheets.iter().any(|sheet| sheet.name.starts_with("附件 ")));
}

#[test]
fn a_bar_of_the_value_0_is_no_shape() {
    let mut notice = notice(&golden_files());
    let fonts = fonts();
    for chart in &mut notice.charts {
        let before = charts::svg(chart, Some(&fonts))
            .unwrap()
            .matches("<rect ")
            .count();
        chart.series[0].points[0].text = "0".to_owned();
        let svg = charts::svg(chart, Some(&fonts)).unwrap();
        assert!(
            !svg.contains(" width=\"0\"") && !svg.contains(" height=\"0\""),
            "{svg}"
        );
        assert_eq!(svg.matches("<rect ").count(), before - 1);
    }
}

/// The golden letter with a chart of each kind there is.
fn with_every_chart() -> Notice {
    let text = std::fs::read_to_string(support::root().join("templates/notice-letter.zh.txt"));
    let more = "[[chart distribution]] 政府门户网站得分分布\n[[chart trend]] 各轮平均得分\n[[chart regions]] 各市平均得分\n";
    let template = parse(&format!("{}\n{more}", text.unwrap())).unwrap();
    build(&support::inputs(&golden_files()), &template).unwrap()
}

#[test]
fn charts_of_every_kind_are_drawn_with_every_value() {
    let (notice, fonts) = (with_every_chart(), fonts());
    let own = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("XUNCHA_KEEP_DOCUMENTS")
        .map_or_else(|| own.path().to_owned(), PathBuf::from);
    let files = golden_files();
    let book = trace::book(&support::inputs(&files));
    let ids: Vec<&str> = notice
        .charts
        .iter()
        .map(|chart| chart.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["level1", "level2_weak", "distribution", "trend", "regions"]
    );
    for chart in &notice.charts {
        let svg = charts::svg(chart, Some(&fonts)).unwrap();
        let (bytes, width, height) = charts::png(&svg, &fonts, 2.0).unwrap();
        std::fs::write(folder.join(format!("chart-{}.png", chart.id)), bytes).unwrap();
        assert!(width == 1440 && height > 200, "{width} {height}");
        assert!(chart.categories.len() > 1, "{}", chart.id);
        for category in &chart.categories {
            assert!(svg.contains(&format!(">{category}</text>")), "{category}");
        }
        let points = chart.series.iter().flat_map(|series| &series.points);
        for point in points.filter(|point| !point.text.is_empty()) {
            let label = chart.label(point);
            assert!(svg.contains(&format!(">{label}</text>")), "{label}: {svg}");
        }
        assert_inside(&svg, f64::from(height) / 2.0);
    }
    write_all(&notice, &book, &folder, &fonts).unwrap();
}

/// No baseline and no shape leaves the drawing.
fn assert_inside(svg: &str, height: f64) {
    let numbers = |name: &str| -> Vec<f64> {
        let mark = format!(" {name}=\"");
        let parts = svg.split(mark.as_str()).skip(1);
        parts
            .filter_map(|part| part.split('"').next()?.parse().ok())
            .collect()
    };
    assert!(
        numbers("y").iter().all(|y| (0.0..=height).contains(y)),
        "{svg}"
    );
    assert!(
        numbers("x").iter().all(|x| (0.0..=720.0).contains(x)),
        "{svg}"
    );
}

fn document_xml(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name("word/document.xml")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The text of the paragraphs of a WordprocessingML document.
fn paragraphs(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut out, mut current, mut in_text) = (Vec::new(), String::new(), false);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) => in_text = tag.name().as_ref() == "w:t",
            quick_xml::events::Event::Text(text) if in_text => {
                current.push_str(&text);
            }
            quick_xml::events::Event::GeneralRef(name) if in_text => {
                let char = match &*name {
                    "quot" => '"',
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "apos" => '\'',
                    other => panic!("{other:?}"),
                };
                current.push(char);
            }
            quick_xml::events::Event::End(tag) => {
                in_text = false;
                if tag.name().as_ref() == "w:p" {
                    out.push(std::mem::take(&mut current));
                }
            }
            quick_xml::events::Event::Eof => return out,
            _ => {}
        }
    }
}

/// Whether a line is a heading's number with its text.
fn is_numbered(line: &str, text: &str) -> bool {
    let number = line.strip_suffix(text).filter(|_| !text.is_empty());
    number.is_some_and(|number| number.chars().count() <= 4 && number.ends_with(['、', '）', '.']))
}

#[test]
fn the_word_file_says_what_the_notice_says_and_repeats_its_table_heads() {
    let notice = notice(&golden_files());
    let xml = document_xml(&docx::docx(&notice, &fonts()).unwrap());
    let paragraphs = paragraphs(&xml);
    let captions: Vec<String> = notice.charts.iter().map(caption).collect();
    for line in notice.plain_text().lines() {
        // The first entry of the list of annexes carries the word 附件 before it; headings count themselves.
        let is_there = paragraphs.iter().any(|paragraph| {
            paragraph == line
                || *paragraph == format!("附件：{line}")
                || is_numbered(line, paragraph)
        });
        assert!(is_there || captions.contains(&line.to_owned()), "{line}");
    }
    assert_eq!(xml.matches("<w:tblHeader/>").count(), notice.annexes.len());
    let rows: usize = notice
        .annexes
        .iter()
        .map(|annex| annex.rows.len() + 1)
        .sum();
    assert_eq!(xml.matches("<w:tr>").count(), rows);
}

#[test]
fn the_page_says_what_the_notice_says_and_links_every_figure_to_its_definition() {
    let notice = notice(&golden_files());
    let page = html::html(&notice, Some(&fonts()), None).unwrap();
    let doc = page.split("<main>").nth(1).unwrap();
    let mut text = String::new();
    let mut in_tag = false;
    for c in doc.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    for line in notice.plain_text().lines() {
        assert!(text.contains(line), "{line}");
    }
    for (name, _) in notice.printed_figures() {
        assert!(page.contains(&format!("href=\"#figure-{name}\"")), "{name}");
        assert!(
            page.contains(&format!("<tr id=\"figure-{name}\">")),
            "{name}"
        );
    }
    assert!(!page.contains("src=\"http") && !page.contains("<script"));
}

#[test]
fn the_page_escapes_what_a_site_calls_itself() {
    let mut notice: Notice = notice(&golden_files());
    notice.annexes[0].rows[0][1] = "<script>alert(1)</script>\"".to_owned();
    let page = html::html(&notice, Some(&fonts()), None).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"));
}

#[test]
fn the_workbook_reads_back_and_holds_no_formula() {
    let mut notice = notice(&golden_files());
    notice.annexes[1].rows[0][1] = "=HYPERLINK(\"http://x\",\"点\")".to_owned();
    let bytes = workbook::workbook(&notice).unwrap();
    let sheets = sheets::read("annexes.xlsx", &bytes).unwrap();
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names.len(), notice.tables.len() + notice.annexes.len());
    for (table, sheet) in notice.tables.iter().zip(&sheets) {
        assert_eq!(table.name, sheet.name);
        assert_eq!(table.columns, sheet.rows[0]);
        assert_eq!(table.rows.len(), sheet.rows.len() - 1, "{}", table.name);
    }
    let annex = sheets
        .iter()
        .find(|sheet| sheet.name.starts_with("附件2"))
        .unwrap();
    assert_eq!(annex.rows[1][1], "=HYPERLINK(\"http://x\",\"点\")");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut text = String::new();
        let name = entry.name().unwrap().into_owned();
        if name.starts_with("xl/worksheets/sheet") {
            entry.read_to_string(&mut text).unwrap();
            assert!(!text.contains("<f>"), "{name}");
        }
    }
}

#[test]
fn without_fonts_the_error_names_the_packages() {
    let error = xuncha_report::ReportError::NoFonts("fonts".to_owned()).to_string();
    for package in [
        "fonts-noto-cjk",
        "fonts-lxgw-wenkai",
        "texlive-lang-chinese",
    ] {
        assert!(error.contains(package), "{error}");
    }
}
