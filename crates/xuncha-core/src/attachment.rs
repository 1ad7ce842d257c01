//! 附件: which files people may hand in, told by what is in them and never by their names.

use std::io::Cursor;

use serde::{Deserialize, Serialize};

/// Bytes of the largest file.
pub const MAX_ATTACHMENT_BYTES: usize = 20 << 20;
/// Signs of the longest name that is kept.
const MAX_NAME_CHARS: usize = 100;

/// 附件格式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG 图片.
    Png,
    /// JPEG 图片.
    Jpeg,
    /// Word 文档, without macros.
    Docx,
    /// Excel 工作簿, without macros.
    Xlsx,
}

impl FileKind {
    /// The kind of a file's content; `None` for everything else, archives and documents with macros included.
    pub fn of(bytes: &[u8]) -> Option<FileKind> {
        if bytes.starts_with(b"%PDF-") {
            return Some(FileKind::Pdf);
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(FileKind::Png);
        }
        if bytes.starts_with(b"\xff\xd8\xff") {
            return Some(FileKind::Jpeg);
        }
        match bytes.starts_with(b"PK\x03\x04") {
            true => office(bytes),
            false => None,
        }
    }

    /// Ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            FileKind::Pdf => "pdf",
            FileKind::Png => "png",
            FileKind::Jpeg => "jpg",
            FileKind::Docx => "docx",
            FileKind::Xlsx => "xlsx",
        }
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            FileKind::Pdf => "PDF",
            FileKind::Png => "PNG 图片",
            FileKind::Jpeg => "JPEG 图片",
            FileKind::Docx => "Word 文档",
            FileKind::Xlsx => "Excel 工作簿",
        }
    }
}

/// Office documents are archives that hold a content list and the part that gives each its name.
fn office(bytes: &[u8]) -> Option<FileKind> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: Result<Vec<_>, _> = archive.file_names().collect();
    let names = names.ok()?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let has_macros = names
        .iter()
        .any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"));
    if has_macros || !has("[Content_Types].xml") {
        return None;
    }
    match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => Some(FileKind::Docx),
        (false, true) => Some(FileKind::Xlsx),
        _ => None,
    }
}

/// The name that a file is kept under: the last part of what was sent, without signs that deceive, with the ending of its content.
pub fn file_name(sent: &str, kind: FileKind) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|sign| !sign.is_control() && !is_deceiving(*sign))
        .collect();
    let plain = plain.trim().trim_matches('.');
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending);
    let is_right = ending.is_some_and(|ending| {
        let ending = ending.to_ascii_lowercase();
        ending == kind.extension() || kind == FileKind::Jpeg && ending == "jpeg"
    });
    let stem = match plain.rsplit_once('.') {
        Some((stem, _)) if is_right => stem,
        _ => plain,
    };
    let stem: String = stem.chars().take(MAX_NAME_CHARS).collect();
    let stem = if stem.is_empty() { "附件" } else { &stem };
    format!("{stem}.{}", kind.extension())
}

/// Signs that turn the direction of what follows, or are not seen at all.
fn is_deceiving(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).unwrap();
            writer.write_all(b"x").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_content_tells_the_kind() {
        let word = archive(&["[Content_Types].xml", "word/document.xml"]);
        let table = archive(&["[Content_Types].xml", "xl/workbook.xml"]);
        let macros = archive(&[
            "[Content_Types].xml",
            "word/document.xml",
            "word/vbaProject.bin",
        ]);
        let plain = archive(&["a.txt"]);
        let both = archive(&[
            "[Content_Types].xml",
            "word/document.xml",
            "xl/workbook.xml",
        ]);
        for (bytes, expected) in [
            (b"%PDF-1.7\n".as_slice(), Some(FileKind::Pdf)),
            (b"\x89PNG\r\n\x1a\nrest", Some(FileKind::Png)),
            (b"\xff\xd8\xff\xe0", Some(FileKind::Jpeg)),
            (&word, Some(FileKind::Docx)),
            (&table, Some(FileKind::Xlsx)),
            (&macros, None),
            (&plain, None),
            (&both, None),
            (&word[..word.len() / 2], None),
            (b"", None),
            (b"<html><script>alert(1)</script>", None),
            (b"GIF89a", None),
            (b"MZ\x90\x00", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        ] {
            assert_eq!(
                FileKind::of(bytes),
                expected,
                "{:?}",
                &bytes[..bytes.len().min(20)]
            );
        }
    }

    #[test]
    fn names_are_tidy_and_end_as_their_content() {
        for (sent, expected) in [
            ("整改报告.pdf", "整改报告.pdf"),
            ("C:\\temp\\报告.PDF", "报告.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("a.exe", "a.exe.pdf"),
            ("\u{202e}fdp.exe", "fdp.exe.pdf"),
            ("", "附件.pdf"),
            ("...", "附件.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ] {
            assert_eq!(file_name(sent, FileKind::Pdf), expected, "{sent}");
        }
        let long = file_name(&"长".repeat(500), FileKind::Png);
        assert_eq!(long.chars().count(), MAX_NAME_CHARS + 4);
        assert_eq!(file_name("照片.jpeg", FileKind::Jpeg), "照片.jpg");
    }
}
