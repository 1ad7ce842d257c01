//! Last touches to the packed Word file.

use std::io::{Cursor, Read, Write};

use crate::ReportError;

/// What the library cannot say is put into the packed XML.
pub fn finish(packed: &[u8]) -> Result<Vec<u8>, ReportError> {
    let failed = |problem: String| ReportError::document("Word 文档", problem);
    let mut archive =
        zip::ZipArchive::new(Cursor::new(packed)).map_err(|error| failed(error.to_string()))?;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|error| failed(error.to_string()))?;
        let name = entry
            .name()
            .map_err(|error| failed(error.to_string()))?
            .into_owned();
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .map_err(|error| failed(error.to_string()))?;
        let mend: Option<fn(&str) -> String> = match name.as_str() {
            "word/document.xml" => Some(repeat_table_heads),
            "word/styles.xml" => Some(set_language),
            _ => None,
        };
        if let Some(mend) = mend {
            let text = String::from_utf8(bytes).map_err(|error| failed(error.to_string()))?;
            bytes = mend(&text).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default())
            .map_err(|error| failed(error.to_string()))?;
        out.write_all(&bytes)
            .map_err(|error| failed(error.to_string()))?;
    }
    let done = out.finish().map_err(|error| failed(error.to_string()))?;
    Ok(done.into_inner())
}

/// The first row of every table is its head and stands on every page.
fn repeat_table_heads(document: &str) -> String {
    let mut tables = document.split("<w:tbl>");
    let mut out = tables.next().unwrap_or_default().to_owned();
    for table in tables {
        out.push_str("<w:tbl>");
        out.push_str(&table.replacen("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />", 1));
    }
    out
}

/// Chinese line breaking, and no space of its own between Chinese and digits, so that the grid of 28 characters holds.
fn set_language(styles: &str) -> String {
    styles
        .replacen(
            "</w:rPr></w:rPrDefault>",
            "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" /></w:rPr></w:rPrDefault>",
            1,
        )
        .replacen(
            "<w:pPrDefault><w:pPr><w:rPr /></w:pPr>",
            "<w:pPrDefault><w:pPr><w:autoSpaceDE w:val=\"false\" /><w:autoSpaceDN w:val=\"false\" /></w:pPr>",
            1,
        )
}
