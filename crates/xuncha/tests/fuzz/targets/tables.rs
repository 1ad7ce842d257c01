//! Feeds, packages and spreadsheets.

use std::io::{Read, Write};

use xuncha_core::evidence::Purpose;
use xuncha_core::facts::{self, Lexicons};
use xuncha_core::registry::{Mapping, Registry, Sheet, import};

use super::Runner;
use crate::corpus::{self, capture};

pub struct Feed(pub Lexicons);

impl Runner for Feed {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut all = corpus::accounts();
        all.retain(|body| body.len() < 60_000 && !body.starts_with(b"PK"));
        all.push(
            br#"[{"title":"a","date":"2026-03-01"},{"items":[{"text":"b","time":1772323200}]}]"#
                .to_vec(),
        );
        all
    }

    fn run(&mut self, input: &[u8]) {
        let types = [
            "application/rss+xml",
            "application/json",
            "text/xml; charset=gb2312",
        ];
        let content_type = types[input.len() % types.len()];
        let capture = capture("http://a.cn/feed", content_type, Purpose::Account);
        facts::read(&capture, input, &self.0);
    }
}

pub struct Package(pub Lexicons);

impl Runner for Package {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut all = corpus::accounts();
        all.retain(|body| body.starts_with(b"PK"));
        all.push(b"<html>gone</html>".to_vec());
        all
    }

    fn run(&mut self, input: &[u8]) {
        let kind = "application/vnd.android.package-archive";
        let capture = capture("http://a.cn/app.apk", kind, Purpose::Account);
        facts::read(&capture, input, &self.0);
    }
}

pub struct Xlsx {
    sound: Vec<u8>,
    mapping: Mapping,
}

impl Xlsx {
    pub fn new() -> Xlsx {
        let mapping = include_str!("../../../../../mappings/own.toml");
        Xlsx {
            sound: corpus::registry(),
            mapping: Mapping::from_toml(mapping).unwrap(),
        }
    }
}

impl Runner for Xlsx {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let csv = "名称,网址\n青石市人民政府,http://a.cn/\n\"引号\"\"\",\n";
        let mut all = vec![self.sound.clone(), csv.as_bytes().to_vec()];
        // The parts of the spreadsheet in the clear, which are packed again before they are read.
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&self.sound)).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = format!("{}\0", part.name().unwrap()).into_bytes();
            part.read_to_end(&mut bytes).unwrap();
            if bytes.len() < crate::mutate::MAX_BYTES {
                all.push(bytes);
            }
        }
        all
    }

    fn run(&mut self, input: &[u8]) {
        let repacked = self.repacked(input);
        let (name, bytes) = match (&repacked, input.starts_with(b"PK")) {
            (Some(packed), _) => ("a.xlsx", packed.as_slice()),
            (None, true) => ("a.xlsx", input),
            (None, false) => ("a.csv", input),
        };
        if let Ok(sheets) = xuncha_report::sheets::read(name, bytes) {
            let _ = import(&with_headers(sheets), &self.mapping, &Registry::default());
        }
    }
}

/// Headings apart from rows, as the command does it.
fn with_headers(sheets: Vec<xuncha_core::sheet::Sheet>) -> Vec<Sheet> {
    let apart = |sheet: xuncha_core::sheet::Sheet| {
        let mut rows = sheet.rows.into_iter();
        Sheet {
            name: sheet.name,
            header: rows.next().unwrap_or_default(),
            rows: rows.collect(),
        }
    };
    sheets.into_iter().map(apart).collect()
}

impl Xlsx {
    /// The spreadsheet with one part replaced, where the input names a part.
    fn repacked(&self, input: &[u8]) -> Option<Vec<u8>> {
        let end = input.iter().position(|byte| *byte == 0)?;
        let name = std::str::from_utf8(&input[..end]).ok()?;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&self.sound)).ok()?;
        archive.by_name(name).ok()?;
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).ok()?;
            let part_name = part.name().ok()?.into_owned();
            writer.start_file(part_name.as_str(), options).ok()?;
            if part_name == name {
                writer.write_all(&input[end + 1..]).ok()?;
            } else {
                std::io::copy(&mut part, &mut writer).ok()?;
            }
        }
        Some(writer.finish().ok()?.into_inner())
    }
}
