//! Word: the notice as an editable document in the layout of GB/T 9704. Every kind of paragraph is a named style, headings number
//! themselves, captions and page numbers are fields, so that a person may edit it and it stays right. Fonts are named as offices have them.
//!
//! The markup is written here and not by a library: sections that lie and stand, odd and even footers, a first page of its own, numbering
//! bound to styles and the grid of characters are more than half of an official document, and `docx-rs` can say none of them.

mod body;
mod parts;
mod styles;
mod xml;

use std::io::{Cursor, Write};

use xuncha_core::notice::{Block, Notice};

use crate::fonts::Fonts;
use crate::{ReportError, charts};

/// Twentieths of a point per millimetre.
const TWIPS_PER_MM: f64 = 56.6929;

fn twips(mm: f64) -> i32 {
    (mm * TWIPS_PER_MM).round() as i32
}

/// The notice as DOCX; `fonts` are for the charts only.
pub fn docx(notice: &Notice, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let mut pictures = Vec::new();
    for block in &notice.blocks {
        let Block::Chart(index) = block else { continue };
        let Some(chart) = notice.charts.get(*index) else {
            continue;
        };
        let (bytes, ..) = charts::png(&charts::svg(chart, Some(fonts))?, fonts, 3.0)?;
        pictures.push((chart.number, bytes));
    }
    let numbers: Vec<usize> = pictures.iter().map(|(number, _)| *number).collect();
    let mut files: Vec<(String, Vec<u8>)> = parts::parts(notice, &numbers)
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into_bytes()))
        .collect();
    files.push(("word/styles.xml".to_owned(), styles::styles().into_bytes()));
    files.push((
        "word/document.xml".to_owned(),
        body::document(notice).into_bytes(),
    ));
    for (number, bytes) in pictures {
        files.push((format!("word/media/chart{number}.png"), bytes));
    }
    pack(&files).map_err(|error| ReportError::document("Word 文档", error))
}

/// The parts as a ZIP file; the list of content types comes first, as readers expect.
fn pack(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default())?;
        out.write_all(bytes)?;
    }
    Ok(out.finish()?.into_inner())
}
