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

/// What the tag of the domain says on a page.
#[must_use]
pub fn domain_said(site: &Site, is_home: bool) -> &str {
    match &site.domain_said {
        Some(said) if is_home => said,
        _ => &site.plan.host,
    }
}

/// A file with its rows, or what stands in its place.
pub fn document(document: &Document) -> Response {
    const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const TEXT: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let rows = &document.rows;
    let has_macro = document.flaw == "macro";
    let (kind, mut bytes) = match document.kind {
        "xlsx" if has_macro => (
            "application/vnd.ms-excel.sheet.macroEnabled.12",
            with_macro(&sheet(rows), "xl/vbaProject.bin"),
        ),
        "xlsx" => (SHEET, sheet(rows)),
        "docx" if has_macro => (
            "application/vnd.ms-word.document.macroEnabled.12",
            with_macro(&text(rows), "word/vbaProject.bin"),
        ),
        "docx" => (TEXT, text(rows)),
        "rtf" => ("application/msword", rich(rows).into_bytes()),
        "csv" => (
            "text/csv; charset=utf-8",
            rows.iter()
                .map(|row| row.join(",") + "\r\n")
                .collect::<String>()
                .into_bytes(),
        ),
        "page" => {
            return Response::html(
                "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>统一身份认证</title></head><body><form action=\"/login\"><h3>用户登录</h3><p>请登录后下载附件</p><input name=\"u\"><input name=\"p\" type=\"password\"></form></body></html>",
            );
        }
        "program" => (TEXT, program()),
        "code" => (
            "image/png",
            super::assets::code(
                rows.first()
                    .and_then(|row| row.first())
                    .map_or("", String::as_str),
            ),
        ),
        _ => ("application/pdf", super::assets::pdf_of(rows)),
    };
    if document.flaw == "cut" {
        bytes.truncate(bytes.len() / 2);
    }
    Response::ok(kind, bytes)
}

/// The head of a program as Windows runs it.
fn program() -> Vec<u8> {
    let mut bytes = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0".to_vec();
    bytes.resize(128, 0);
    bytes.extend_from_slice(b"PE\0\0L\x01\x03\0");
    bytes.resize(4096, 0);
    bytes
}

fn rich(rows: &[Vec<String>]) -> String {
    let words = rows.iter().flatten().flat_map(|cell| cell.chars());
    let words: String = words.map(|c| format!("\\u{}?", c as u32)).collect();
    format!("{{\\rtf1\\ansi {words}}}")
}

/// The same file with a part that holds macros.
fn with_macro(file: &[u8], part: &str) -> Vec<u8> {
    let copied = || -> anyhow::Result<Vec<u8>> {
        let mut old = zip::ZipArchive::new(std::io::Cursor::new(file))?;
        let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for nth in 0..old.len() {
            new.raw_copy_file(old.by_index(nth)?)?;
        }
        new.start_file(part, zip::write::SimpleFileOptions::default())?;
        new.write_all(b"Attribute VB_Name = \"ThisDocument\"\r\nSub AutoOpen()\r\nEnd Sub\r\n")?;
        Ok(new.finish()?.into_inner())
    };
    copied().unwrap_or_default()
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
