//! What the store wrote and somebody may have damaged: segments, facts, indexes.

use std::io::{Read, Write};
use std::path::PathBuf;

use xuncha_core::evidence::{EvidenceRef, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts, IndexEntry, SegmentIndex, surt};

use super::Runner;
use crate::corpus::capture;

/// A folder of evidence whose segment is replaced by the input.
pub struct Warc {
    root: tempfile::TempDir,
    folder: EvidenceFolder,
    segment: PathBuf,
    sound: Vec<u8>,
}

impl Warc {
    pub fn new() -> Warc {
        let root = tempfile::tempdir().unwrap();
        let folder = EvidenceFolder::open(root.path()).unwrap();
        let target = TargetId::from("1");
        let (mut evidence, _) = folder.open_target("r", &target).unwrap();
        let at = "2026-03-20T09:00".parse().unwrap();
        let body = "<p>存档页面</p>".repeat(60);
        for (number, has_answer) in [(1, true), (2, true), (3, false)] {
            let url = format!("http://a.cn/{number}");
            let kept = evidence
                .keep(&ExchangeParts {
                    url: &url,
                    at,
                    request_head: b"GET / HTTP/1.1\r\nHost: a.cn\r\n\r\n",
                    response_head: has_answer
                        .then_some(&b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"[..]),
                    body: if has_answer { body.as_bytes() } else { b"" },
                    failure: if has_answer { "" } else { "connect" },
                    is_truncated: false,
                    sha256: "",
                })
                .unwrap();
            let mut look = capture(&url, "text/html", Purpose::Page);
            look.evidence = EvidenceRef {
                sha256: kept.sha256,
                record: kept.record,
                ..look.evidence
            };
            evidence.append(&FactRecord::Look(look)).unwrap();
        }
        evidence.close().unwrap();
        let segment = folder.target_dir("r", &target).join("00001.warc.gz");
        let sound = std::fs::read(&segment).unwrap();
        Warc {
            root,
            folder,
            segment,
            sound,
        }
    }
}

/// What a row of members holds; `None` where one of them is damaged.
fn clear(packed: &[u8]) -> Option<Vec<u8>> {
    let mut clear = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(packed).take(1 << 24);
    decoder.read_to_end(&mut clear).ok()?;
    Some(clear)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Runner for Warc {
    fn corpus(&self) -> Vec<Vec<u8>> {
        // As it stands in the file, and with its records in the clear: those are packed again before they are read.
        vec![self.sound.clone(), clear(&self.sound).unwrap()]
    }

    fn run(&mut self, input: &[u8]) {
        let target = TargetId::from("1");
        let packed = match input.starts_with(b"\x1f\x8b") {
            true => input.to_vec(),
            false => input.split(|byte| *byte == 0).flat_map(gzip).collect(),
        };
        std::fs::write(&self.segment, &packed).unwrap();
        let facts = self.segment.with_file_name("facts.seg");
        let kept = std::fs::read(&facts).unwrap();
        let verified = self.folder.verify_target("r", &target).unwrap();
        // Bytes of a member's head that say nothing may change; what it holds may not.
        if clear(&packed) != clear(&self.sound) {
            assert!(
                !verified.problems.is_empty(),
                "a changed segment passes for sound"
            );
        }
        for record in ["00001@0", "00001@480", "00002@0"] {
            let _ = self.folder.read_record("r", &target, record);
        }
        let _ = self
            .folder
            .find("r", &target, "http://a.cn/1", "2026-03-20T01:00:00Z");
        let _ = self.folder.index_target("r", &target, true);
        let _ = self.folder.size_target("r", &target);
        if let Ok((evidence, _)) = self.folder.open_target("r", &target) {
            evidence.close().unwrap();
            let mended = self.folder.verify_target("r", &target).unwrap();
            // Damage in the middle is never cut away; what can be mended is sound afterwards or says what is wrong.
            assert!(mended.fact_count <= 3);
        }
        std::fs::write(&facts, kept).unwrap();
        assert!(self.root.path().exists());
    }
}

pub struct Cdxj;

impl Runner for Cdxj {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let text = "!meta {\"filename\":\"00001.warc.gz\",\"length\":2000}\n\
            cn,gov,a)/ 20260301000000 {\"url\":\"http://www.a.gov.cn/\",\"mime\":\"text/html\",\"status\":\"200\",\"digest\":\"sha256:AA\",\"length\":\"500\",\"offset\":\"700\",\"filename\":\"00001.warc.gz\"}\n\
            cn,gov,a)/b?c=d 20260301000001 {\"url\":\"http://a.gov.cn/b?c=d\",\"mime\":\"warc/revisit\",\"status\":\"-\",\"digest\":\"\",\"length\":\"0\",\"offset\":\"18446744073709551615\",\"filename\":\"\"}\n";
        vec![text.as_bytes().to_vec()]
    }

    fn run(&mut self, input: &[u8]) {
        let text = String::from_utf8_lossy(input);
        let index = SegmentIndex::from_lines(&text);
        for entry in index.entries() {
            let again = IndexEntry::parse(entry.line().trim_end()).unwrap();
            assert_eq!(again, entry, "a line that is written can be read");
        }
        let start: String = text.chars().take(200).collect();
        for url in ["http://a.gov.cn/", "", start.as_str()] {
            assert!(!surt(url).contains([' ', '\n']));
            for entry in index.find(url) {
                assert!(entry.at.len() <= input.len());
            }
        }
    }
}

/// A folder of evidence whose facts are replaced by the input: frames as they are, or a record in the clear that is framed first.
pub struct Facts {
    _root: tempfile::TempDir,
    folder: EvidenceFolder,
    path: PathBuf,
    sound: Vec<u8>,
}

/// First bytes of a segment of facts.
const MAGIC: &[u8] = b"XCFACTS\x02";

impl Facts {
    pub fn new() -> Facts {
        let warc = Warc::new();
        let path = warc.segment.with_file_name("facts.seg");
        let sound = std::fs::read(&path).unwrap();
        Facts {
            _root: warc.root,
            folder: warc.folder,
            path,
            sound,
        }
    }
}

/// A record in the clear as a segment with a sound checksum.
fn framed(plain: &[u8]) -> Vec<u8> {
    let packed = zstd::bulk::compress(plain, 1).unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(&packed);
    let mut segment = MAGIC.to_vec();
    segment.extend_from_slice(&(packed.len() as u32).to_le_bytes());
    segment.extend_from_slice(&crc.sum().to_le_bytes());
    segment.extend_from_slice(&packed);
    segment
}

impl Runner for Facts {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut all = vec![self.sound.clone()];
        let lexicons = xuncha_core::facts::Lexicons::builtin();
        for page in crate::corpus::pages().iter().take(20) {
            let capture = capture("http://a.cn/1.html", "text/html", Purpose::Page);
            let facts = xuncha_core::facts::read(&capture, page, &lexicons);
            let record = FactRecord::Page(Box::new(facts));
            all.push(postcard::to_stdvec(&record).unwrap());
        }
        all
    }

    fn run(&mut self, input: &[u8]) {
        let target = TargetId::from("1");
        let segment = match input.starts_with(b"XCFACTS") {
            true => input.to_vec(),
            false => framed(input),
        };
        std::fs::write(&self.path, &segment).unwrap();
        let _ = self.folder.verify_target("r", &target);
        let Ok((evidence, records)) = self.folder.open_target("r", &target) else {
            return;
        };
        evidence.close().unwrap();
        // What was read is still there when it is opened again.
        let (evidence, again) = self.folder.open_target("r", &target).unwrap();
        evidence.close().unwrap();
        assert_eq!(again, records);
    }
}
