//! PDF: the layout is a typst file an office can read; this room hands it the notice as JSON and embeds the found fonts.

mod places;

use serde_json::{Value, json};
use typst::foundations::{Bytes, Dict, IntoValue};
use typst_as_lib::TypstEngine;
use typst_layout::PagedDocument;
use xuncha_core::notice::figures::chinese_date;
use xuncha_core::notice::{Annex, Block, Form, Notice, caption, plain};

use crate::fonts::{Fonts, Style};
use crate::layout::{
    annex_title, column_widths, document_title, is_centred, is_landscape, issuer_size, joined,
    signature, title_slots,
};
use crate::{ReportError, charts};

const LAYOUT: &str = include_str!("layout/notice.typ");

/// The notice as PDF.
pub fn pdf(notice: &Notice, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let mut data = data(notice, fonts)?;
    let faces = files(fonts)?;
    let compile = |data: &Value| compile(data, &faces);
    let result = places::settle(&mut data, &compile).and_then(|()| match notice.form {
        Form::Circular => with_even_imprint(&mut data, &compile),
        Form::Letter | Form::Plain => compile(&data).and_then(|own| written(&own)),
    });
    // Typst keeps what it computed for the next compilation; also after a failure, a long-running process must let it go.
    comemo::evict(0);
    result
}

/// 版记 stands on an even page, the last one: pages are left until it does. How many it takes is only known once the pages are there, since
/// the imprint may move to a page of its own.
fn with_even_imprint(data: &mut Value, compile: &Compile<'_>) -> Result<Vec<u8>, ReportError> {
    let mut document = compile(data)?;
    for breaks in 1..=2 {
        if document.pages().len() % 2 == 0 {
            break;
        }
        data["imprint-breaks"] = json!(breaks);
        document = compile(data)?;
    }
    written(&document)
}

/// What [`MARK`] is written over with.
const BLANK: &[u8] = b"/MarkInfo<</Marked true               >>";
/// Says what holds anyway where it is left out; poppler takes the value for one of a wrong type and complains of every file.
const MARK: &[u8] = b"/MarkInfo<</Marked true/Suspects false>>";

fn written(document: &PagedDocument) -> Result<Vec<u8>, ReportError> {
    let mut bytes = typst_pdf::pdf(document, &typst_pdf::PdfOptions::default())
        .map_err(|error| ReportError::document("PDF", format!("{error:?}")))?;
    // As long as before, so that every place that the file names stays right.
    if let Some(at) = bytes.windows(MARK.len()).rposition(|own| own == MARK) {
        bytes[at..at + MARK.len()].copy_from_slice(BLANK);
    }
    Ok(bytes)
}

/// Lays data out.
type Compile<'a> = dyn Fn(&Value) -> Result<PagedDocument, ReportError> + 'a;

fn files(fonts: &Fonts) -> Result<Vec<Bytes>, ReportError> {
    let mut faces = Vec::new();
    for path in fonts.files() {
        let bytes = std::fs::read(path).map_err(|source| ReportError::File {
            path: path.display().to_string(),
            source,
        })?;
        faces.push(Bytes::new(bytes));
    }
    Ok(faces)
}

fn compile(data: &Value, faces: &[Bytes]) -> Result<PagedDocument, ReportError> {
    let engine = TypstEngine::builder()
        .main_file(LAYOUT)
        .fonts(faces.iter().cloned())
        .build();
    let mut inputs = Dict::new();
    inputs.insert("data".into(), data.to_string().into_value());
    engine
        .compile_with_input(inputs)
        .output
        .map_err(|error| ReportError::document("PDF", error))
}

fn data(notice: &Notice, fonts: &Fonts) -> Result<Value, ReportError> {
    let mut blocks = Vec::new();
    for block in &notice.blocks {
        blocks.push(self::block(notice, block, fonts)?);
    }
    let date = chinese_date(notice.date);
    let (name_right, date_right) = signature(&notice.issuer, &date);
    let lines = document_title(notice);
    Ok(json!({
        "form": match notice.form { Form::Letter => "letter", Form::Circular => "circular", Form::Plain => "plain" },
        "faces": {
            "fangsong": faces(fonts, Style::FangSong),
            "title": faces(fonts, Style::Title),
            "hei": faces(fonts, Style::Hei),
            "kai": faces(fonts, Style::Kai),
            "song": faces(fonts, Style::Song),
        },
        "title": notice.title,
        "title-slots": title_slots(lines.len()),
        "title-lines": lines,
        "issuer": notice.issuer,
        "issuer-size": issuer_size(&notice.issuer),
        "number": notice.number,
        "recipients": notice.recipients,
        "date": date,
        "name-right": name_right,
        "date-right": date_right,
        "copies-to": notice.copies_to,
        "imprint-breaks": 0,
        "foot-lines": 0,
        "text-only": false,
        "printed-by": if notice.printed_by.is_empty() { &notice.issuer } else { &notice.printed_by },
        "blocks": blocks,
        "annexes": notice.annexes.iter().map(|one| annex(notice, one)).collect::<Vec<_>>(),
    }))
}

/// The names typst itself gives the families of a style: it trims them and prefers other entries of the name table.
fn faces(fonts: &Fonts, style: Style) -> Vec<String> {
    let name = |family: String| {
        let (path, index) = fonts.face_of(&family)?;
        let bytes = std::fs::read(path).ok()?;
        typst::text::FontInfo::new(&bytes, index).map(|info| info.family)
    };
    fonts.families(style).into_iter().filter_map(name).collect()
}

fn block(notice: &Notice, block: &Block, fonts: &Fonts) -> Result<Value, ReportError> {
    Ok(match block {
        Block::Heading {
            level,
            number,
            text,
        } => {
            json!({"kind": "heading", "level": level, "number": number, "text": plain(text)})
        }
        Block::Paragraph(text) => json!({"kind": "paragraph", "text": plain(text)}),
        Block::Note(text) => json!({"kind": "note", "text": plain(text)}),
        Block::Chart(index) => match notice.charts.get(*index) {
            Some(chart) => {
                json!({"kind": "chart", "svg": charts::svg(chart, Some(fonts))?, "caption": caption(chart),
                    "lines": charts::lines(chart), "height": charts::height_mm(chart)})
            }
            None => Value::Null,
        },
    })
}

fn annex(notice: &Notice, annex: &Annex) -> Value {
    let lines = annex_title(annex);
    json!({
        "mark": notice.annex_mark(annex),
        "landscape": is_landscape(annex),
        "centred": (0..annex.columns.len()).map(|index| is_centred(annex, index)).collect::<Vec<_>>(),
        "entry": notice.annex_entry(annex),
        "title": annex.title,
        "title-slots": title_slots(lines.len()),
        "title-lines": lines,
        "columns": annex.columns,
        "cells": cells(annex),
        "widths": column_widths(annex),
    })
}

/// Cells with how many rows each takes; a cell that one above takes in is left out.
fn cells(annex: &Annex) -> Vec<(&str, usize)> {
    let spans = joined(annex);
    let mut cells = Vec::new();
    for (row, span) in annex.rows.iter().zip(spans) {
        for (column, cell) in row.iter().enumerate() {
            match (column, span) {
                (0, 0) => {}
                (0, span) => cells.push((cell.as_str(), span)),
                _ => cells.push((cell.as_str(), 1)),
            }
        }
    }
    cells
}
