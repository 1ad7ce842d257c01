//! What is planted for a security officer, as pages and files show it.

use std::io::Write as _;

use crate::content::Site;
use crate::content::links::Place;
use crate::content::safety::Document;
use crate::response::Response;

/// Marks what belongs into the head of the home page.
const HEAD: &str = "<!--head-->";

/// What stands below an article or on the home page.
pub fn below(site: &Site, place: Place, out: &mut String) {
    for spot in site.safety.iter().filter(|spot| spot.place == place) {
        if !spot.html.starts_with(HEAD) {
            out.push_str(&spot.html);
        }
    }
}

/// What stands in the head of the home page.
pub fn head(site: &Site, out: &mut String) {
    let spots = site.safety.iter().filter(|spot| spot.place == Place::Home);
    for html in spots.filter_map(|spot| spot.html.strip_prefix(HEAD)) {
        out.push_str(html);
    }
}

/// What search engines are shown in place of the home page.
pub fn for_searchers() -> Response {
    Response::html(
        "<html><head><title>澳门新葡京_真人百家乐_时时彩平台</title></head><body><h1>澳门新葡京</h1><p>真人百家乐，时时彩平台，注册送彩金。</p></body></html>",
    )
}

/// A file or folder that no visitor should reach, or one that only looks so.
pub fn leak(path: &str) -> Response {
    if path.ends_with('/') {
        let name = path.trim_end_matches('/');
        return Response::html(format!(
            "<html><head><title>Index of {name}</title></head><body><h1>Index of {name}</h1><hr><pre><a href=\"/\">Parent Directory</a></pre></body></html>"
        ));
    }
    if path.ends_with(".sql") {
        return Response::ok(
            "application/octet-stream",
            "-- dump\nCREATE TABLE article (id INT);\n",
        );
    }
    Response::ok("application/zip", archive(&[("readme.txt", "备份")]))
}

/// A file with its rows.
pub fn document(document: &Document) -> Response {
    match document.kind {
        "xlsx" => Response::ok(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            sheet(&document.rows),
        ),
        "docx" => Response::ok(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            text(&document.rows),
        ),
        _ => Response::ok("application/pdf", super::assets::pdf_of(&document.rows)),
    }
}

fn sheet(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let _ = sheet.write(row as u32, column as u16, cell.as_str());
        }
    }
    book.save_to_buffer().unwrap_or_default()
}

/// A document with a table. Word parts a number into runs where it was edited; so does this one.
fn text(rows: &[Vec<String>]) -> Vec<u8> {
    let mut table = String::new();
    for cells in rows {
        table.push_str("<w:tr>");
        for cell in cells {
            let half = cell
                .char_indices()
                .nth(cell.chars().count() / 2)
                .map_or(0, |(at, _)| at);
            let (first, second) = cell.split_at(half);
            table.push_str(&format!("<w:tc><w:p><w:r><w:t>{first}</w:t></w:r><w:r><w:t>{second}</w:t></w:r></w:p></w:tc>"));
        }
        table.push_str("</w:tr>");
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>"
    );
    archive(&[
        (
            "[Content_Types].xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
        ),
        ("word/document.xml", &body),
    ])
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        let written = zip
            .start_file(*name, options)
            .and_then(|()| Ok(zip.write_all(text.as_bytes())?));
        if written.is_err() {
            return Vec::new();
        }
    }
    zip.finish()
        .map(std::io::Cursor::into_inner)
        .unwrap_or_default()
}
