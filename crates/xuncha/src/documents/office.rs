//! Text of office files: Word, Excel, PowerPoint, OFD; those of before 2007 as far as their text stands in them as it is.

use std::io::{Cursor, Read as _};

use memchr::memmem;
use quick_xml::events::Event;

use super::text::Read;

/// Parts of a packed file that are read, and how much of each.
const PARTS_MAX: usize = 400;
const PART_BYTES_MAX: u64 = 64 << 20;
const TEXT_BYTES_MAX: usize = 8 << 20;

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// Whether a file holds programs of its own.
pub(super) fn has_macros(body: &[u8]) -> bool {
    if body.starts_with(b"PK") {
        let Ok(archive) = zip::ZipArchive::new(Cursor::new(body)) else {
            return false;
        };
        return archive
            .file_names()
            .filter_map(Result::ok)
            .any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"));
    }
    // A compound file names its folders in UTF-16.
    let wide = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    body.starts_with(b"\xd0\xcf\x11\xe0") && memmem::find(body, &wide("_VBA_PROJECT")).is_some()
}

/// The text of a packed file.
pub(super) fn packed(body: &[u8]) -> Read {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(body)) else {
        return Read::Broken("压缩包已损坏");
    };
    let names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .map(|name| name.to_string())
        .collect();
    if names.iter().any(|name| name.starts_with("xl/")) {
        return sheets(body);
    }
    let is_part = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name.ends_with(".xml")
            && (name.starts_with("word/")
                || name.starts_with("ppt/slides/")
                || name == "content.xml"
                || name.ends_with("content.xml") && name.contains("page"))
            && ![
                "styles",
                "settings",
                "fonttable",
                "theme",
                "numbering",
                "websettings",
            ]
            .iter()
            .any(|other| name.contains(other))
    };
    let mut parts: Vec<&String> = names.iter().filter(is_part).collect();
    parts.sort();
    let mut text = String::new();
    for name in parts.into_iter().take(PARTS_MAX) {
        if part(&mut archive, name, &mut text).is_none() {
            return Read::Broken("文件内容已损坏");
        }
        if text.len() > TEXT_BYTES_MAX {
            break;
        }
    }
    Read::Text(text)
}

/// Adds the text of one part; `None` where it cannot be unpacked.
fn part(archive: &mut Archive<'_>, name: &str, text: &mut String) -> Option<()> {
    let mut xml = Vec::new();
    let file = archive.by_name(name).ok()?;
    file.take(PART_BYTES_MAX).read_to_end(&mut xml).ok()?;
    let mut reader = quick_xml::Reader::from_reader(xml.as_slice());
    let mut buffer = Vec::new();
    let mut depth_of_text = 0;
    loop {
        // Text before a fault counts: readers of documents are as patient.
        let Ok(event) = reader.read_event_into(&mut buffer) else {
            return Some(());
        };
        match event {
            Event::Eof => return Some(()),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" | "TextCode" | "span" | "p" if is_text_tag(tag.name().as_ref()) => {
                    depth_of_text += 1
                }
                _ => {}
            },
            Event::End(tag) => {
                if is_text_tag(tag.name().as_ref()) {
                    depth_of_text = (depth_of_text - 1).max(0);
                }
                match tag.local_name().as_ref() {
                    "p" | "tr" | "TextObject" | "table-row" => text.push('\n'),
                    "tc" | "table-cell" => text.push(' '),
                    _ => {}
                }
            }
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "tab" | "br" | "cr" | "s" => text.push(' '),
                _ => {}
            },
            Event::Text(words) if depth_of_text > 0 => {
                text.push_str(&words);
            }
            _ => {}
        }
        if text.len() > TEXT_BYTES_MAX {
            return Some(());
        }
        buffer.clear();
    }
}

/// Elements that hold text: runs of Word and PowerPoint, pieces of OFD, paragraphs of OpenDocument.
fn is_text_tag(name: &str) -> bool {
    matches!(
        name,
        "w:t" | "a:t" | "ofd:TextCode" | "TextCode" | "text:p" | "text:span" | "t"
    )
}

/// The cells of a workbook, row by row.
fn sheets(body: &[u8]) -> Read {
    let Ok(sheets) = xuncha_report::sheets::read("file.xlsx", body) else {
        return Read::Broken("工作簿无法打开");
    };
    let mut text = String::new();
    for row in sheets.iter().flat_map(|sheet| &sheet.rows) {
        text.push_str(&row.join(" "));
        text.push('\n');
        if text.len() > TEXT_BYTES_MAX {
            break;
        }
    }
    Read::Text(text)
}

/// The text of a compound file: a workbook by its cells, all others by the runs of letters that stand in them.
pub(super) fn compound(body: &[u8]) -> Read {
    let wide = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    if memmem::find(body, &wide("EncryptedPackage")).is_some() {
        return Read::Unread("文件设有密码");
    }
    if memmem::find(body, &wide("Workbook")).is_some()
        && let Read::Text(text) = sheets(body)
        && !text.trim().is_empty()
    {
        return Read::Text(text);
    }
    Read::Text(runs(body))
}

/// Runs of letters in UTF-16 and of single bytes.
fn runs(body: &[u8]) -> String {
    const RUN_MIN: usize = 4;
    let mut text = String::new();
    for start in [0, 1] {
        let units = body[start.min(body.len())..]
            .chunks_exact(2)
            .map(|two| u16::from_le_bytes([two[0], two[1]]));
        let mut run = String::new();
        for unit in units.chain([0]) {
            let letter = char::from_u32(u32::from(unit)).filter(|c| {
                matches!(c, '\u{20}'..='\u{7e}' | '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff5e}')
            });
            match letter {
                Some(letter) => run.push(letter),
                None => {
                    if run.chars().count() >= RUN_MIN && text.len() < TEXT_BYTES_MAX {
                        text.push_str(&run);
                        text.push('\n');
                    }
                    run.clear();
                }
            }
        }
    }
    for run in body.split(|byte| !(0x20..0x7f).contains(byte)) {
        if run.len() >= 11 && text.len() < TEXT_BYTES_MAX {
            text.push_str(&String::from_utf8_lossy(run));
            text.push('\n');
        }
    }
    text
}
