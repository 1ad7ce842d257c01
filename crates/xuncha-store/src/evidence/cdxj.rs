//! CDXJ: the index of a segment, one line per answer, sorted by address (SURT) and time, as pywb and its relatives read it.
//!
//! It is written when a segment closes and can be made anew from the segment at any time. Its first line says how long the segment
//! was: an index of another length is stale and never believed.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::segment_path;
use super::read::RawRecord;
use super::segment::Segment;
use super::warc::{self, Resource};
use crate::{Result, StoreError};

/// 索引项. One answer in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Address that was asked.
    pub url: String,
    /// Media type of the answer; `warc/revisit` for repetitions of an earlier body.
    pub mime: String,
    /// Status of the answer.
    pub status: String,
    /// `sha256:BASE32` of the body.
    pub digest: String,
    /// Bytes of the record in the file.
    #[serde(with = "as_text")]
    pub length: u64,
    /// Where in the file it begins.
    #[serde(with = "as_text")]
    pub offset: u64,
    /// Name of the segment's file.
    pub filename: String,
    /// 14 digits of the time in UTC; stands before the JSON.
    #[serde(skip)]
    pub at: String,
}

/// Numbers stand as text in CDXJ.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
struct Meta {
    filename: String,
    length: u64,
}

impl IndexEntry {
    fn of(record: &RawRecord, segment: u32, offset: u64) -> Option<IndexEntry> {
        let is_revisit = record.kind() == "revisit";
        let place = (segment, offset, record.compressed_len);
        if record.kind() == "resource" {
            let (urn, at) = (record.header("warc-target-uri"), record.header("warc-date"));
            let digest = record.header("warc-block-digest");
            let content_type = record.header("content-type");
            return Some(IndexEntry::made(urn, at, content_type, digest, place));
        }
        if record.kind() != "response" && !is_revisit {
            return None;
        }
        let (head, _) = record.http_parts()?;
        Some(IndexEntry::from_head(
            record.header("warc-target-uri"),
            record.header("warc-date"),
            &String::from_utf8_lossy(head),
            is_revisit,
            record.header("warc-payload-digest"),
            place,
        ))
    }

    /// Of what we made of a page ourselves; `place` is segment, offset and length.
    pub(super) fn of_resource(resource: &Resource<'_>, place: (u32, u64, u64)) -> IndexEntry {
        let digest = warc::digest(&Sha256::digest(resource.body));
        let at = warc::utc(resource.at);
        IndexEntry::made(resource.urn, &at, resource.content_type, &digest, place)
    }

    fn made(
        urn: &str,
        at_utc: &str,
        content_type: &str,
        digest: &str,
        place: (u32, u64, u64),
    ) -> IndexEntry {
        // Behind a made-up head, since there was none.
        let head = format!("made\r\nContent-Type: {content_type}");
        IndexEntry::from_head(urn, at_utc, &head, false, digest, place)
    }

    /// From what is known while an answer is written; `place` is segment, offset and length.
    pub(super) fn from_head(
        url: &str,
        at_utc: &str,
        http_head: &str,
        is_revisit: bool,
        digest: &str,
        place: (u32, u64, u64),
    ) -> IndexEntry {
        let mut lines = http_head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split_whitespace().nth(1))
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or("-");
        let mime = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-type"))
            .map_or("", |(_, value)| value.split(';').next().unwrap_or_default());
        let mime = if is_revisit {
            "warc/revisit"
        } else {
            mime.trim()
        };
        IndexEntry {
            url: url.to_owned(),
            mime: if mime.is_empty() { "unk" } else { mime }.to_ascii_lowercase(),
            status: status.to_owned(),
            digest: digest.to_owned(),
            length: place.2,
            offset: place.1,
            filename: format!("{:05}.warc.gz", place.0),
            at: at_utc
                .bytes()
                .filter(u8::is_ascii_digit)
                .take(14)
                .map(char::from)
                .collect(),
        }
    }

    /// The line as it stands in the file, with its end.
    pub fn line(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("{} {} {json}\n", surt(&self.url), self.at)
    }

    /// Reads a line; `None` for lines that are none.
    pub fn parse(line: &str) -> Option<IndexEntry> {
        let (_, rest) = line.split_once(' ')?;
        let (at, json) = rest.split_once(' ')?;
        let mut entry: IndexEntry = serde_json::from_str(json).ok()?;
        at.clone_into(&mut entry.at);
        Some(entry)
    }
}

/// An address as a key that sorts by host: `http://www.example.gov.cn/A?b=2&a=1` → `cn,gov,example)/a?a=1&b=2`.
pub fn surt(url: &str) -> String {
    if url.starts_with("urn:") {
        return url.replace([' ', '\n', '\r'], "%20");
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let authority = authority.to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (authority.as_str(), ""),
    };
    let is_default = matches!((scheme, port), ("http", "80") | ("https", "443"));
    let is_number = host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut key = if is_number {
        host.to_owned()
    } else {
        let bare = without_www(host);
        bare.split('.').rev().collect::<Vec<_>>().join(",")
    };
    if !port.is_empty() && !is_default {
        key.push(':');
        key.push_str(port);
    }
    key.push(')');
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    key.push_str(if path.is_empty() { "/" } else { path });
    if !query.is_empty() {
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        key.push('?');
        key.push_str(&pairs.join("&"));
    }
    key.to_lowercase().replace([' ', '\n', '\r'], "%20")
}

/// Without a leading `www.` or `www2.`.
fn without_www(host: &str) -> &str {
    let Some(rest) = host.strip_prefix("www") else {
        return host;
    };
    rest.trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix('.')
        .unwrap_or(host)
}

/// Where the index of a segment stands.
pub(super) fn index_path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(format!("{segment:05}.cdxj"))
}

pub(super) fn part_path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(format!("{segment:05}.cdxj.part"))
}

/// 段索引. The sorted lines of one segment's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentIndex {
    text: String,
}

impl SegmentIndex {
    /// From lines in any order; lines that are none are left out.
    pub fn from_lines(lines: &str) -> SegmentIndex {
        let is_entry = |line: &&str| !line.is_empty() && !line.starts_with('!');
        let mut all: Vec<&str> = lines.lines().filter(is_entry).collect();
        all.sort_unstable();
        all.dedup();
        let mut text = String::with_capacity(lines.len());
        for line in all {
            text.push_str(line);
            text.push('\n');
        }
        SegmentIndex { text }
    }

    /// The index that stands beside a segment, where it is whole; otherwise one made from the segment.
    pub(super) fn open(dir: &Path, segment: u32) -> Result<SegmentIndex> {
        match SegmentIndex::stored(dir, segment)? {
            Some(index) => Ok(index),
            None => SegmentIndex::scan(dir, segment),
        }
    }

    /// The index that stands beside a segment; `None` where there is none for the segment as it is.
    pub(super) fn stored(dir: &Path, segment: u32) -> Result<Option<SegmentIndex>> {
        let Some(stated) = stated_length(dir, segment)? else {
            return Ok(None);
        };
        let warc = segment_path(dir, segment);
        let length = std::fs::metadata(&warc)
            .map_err(StoreError::file(&warc))?
            .len();
        if stated != length {
            return Ok(None);
        }
        let path = index_path(dir, segment);
        let text = std::fs::read_to_string(&path).map_err(StoreError::file(&path))?;
        Ok(Some(SegmentIndex::from_lines(&text)))
    }

    /// Reads the whole segment. Ends before a torn last record.
    pub(super) fn scan(dir: &Path, segment: u32) -> Result<SegmentIndex> {
        let mut lines = String::new();
        for record in Segment::open(dir, segment)? {
            let (offset, record) = record?;
            if let Some(entry) = IndexEntry::of(&record, segment, offset) {
                lines.push_str(&entry.line());
            }
        }
        Ok(SegmentIndex::from_lines(&lines))
    }

    /// Keeps it beside the segment, which is `length` bytes long.
    pub(super) fn write(&self, dir: &Path, segment: u32, length: u64) -> Result<()> {
        let meta = Meta {
            filename: format!("{segment:05}.warc.gz"),
            length,
        };
        let meta = serde_json::to_string(&meta).unwrap_or_default();
        let part = part_path(dir, segment);
        let path = index_path(dir, segment);
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(format!("!meta {meta}\n").as_bytes())?;
            file.write_all(self.text.as_bytes())?;
            std::fs::rename(&part, &path)
        };
        write().map_err(StoreError::file(&path))
    }

    /// The entries in their order.
    pub fn entries(&self) -> impl Iterator<Item = IndexEntry> {
        self.text.lines().filter_map(IndexEntry::parse)
    }

    /// Entries with the key of this address.
    pub fn find(&self, url: &str) -> Vec<IndexEntry> {
        let key = format!("{} ", surt(url));
        let bytes = self.text.as_bytes();
        // The first line that is not below the key, by halving; a line begins behind the last line end before a byte.
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let middle = line_start(bytes, low + (high - low) / 2);
            let end = line_end(bytes, middle);
            if bytes[middle..end] < *key.as_bytes() {
                low = end + 1;
            } else {
                high = middle;
            }
        }
        let rest = self.text.get(low.min(bytes.len())..).unwrap_or_default();
        rest.lines()
            .take_while(|line| line.starts_with(&key))
            .filter_map(IndexEntry::parse)
            .collect()
    }

    /// The lines as they stand in the file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |found| found + 1)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |found| from + found)
}

/// Length of the segment as the index beside it states it; `None` where there is no index.
pub(super) fn stated_length(dir: &Path, segment: u32) -> Result<Option<u64>> {
    use std::io::BufRead;
    let path = index_path(dir, segment);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::file(&path)(error)),
    };
    let mut line = Vec::new();
    let mut source = std::io::Read::take(BufReader::new(file), 4096);
    source
        .read_until(b'\n', &mut line)
        .map_err(StoreError::file(&path))?;
    let line = String::from_utf8_lossy(&line);
    let meta = line
        .strip_prefix("!meta ")
        .and_then(|json| serde_json::from_str::<Meta>(json).ok());
    Ok(meta.map(|meta| meta.length))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_sort_by_host() {
        for (url, key) in [
            ("http://www.example.gov.cn/", "cn,gov,example)/"),
            ("https://WWW2.Example.gov.cn:443", "cn,gov,example)/"),
            (
                "http://a.gov.cn:8080/X/y?b=2&a=1#f",
                "cn,gov,a:8080)/x/y?a=1&b=2",
            ),
            ("http://10.0.0.1/a", "10.0.0.1)/a"),
            ("http://[::1]:81/", "[::1]:81)/"),
            ("http://wwwx.cn/", "cn,wwwx)/"),
            ("nonsense", "nonsense)/"),
            ("", ")/"),
        ] {
            assert_eq!(surt(url), key, "{url}");
        }
    }

    fn entry(url: &str, at: &str) -> IndexEntry {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=gbk";
        IndexEntry::from_head(url, at, head, false, "sha256:A", (3, 120, 77))
    }

    #[test]
    fn lines_are_written_and_found() {
        let urls = [
            "http://a.cn/1",
            "http://a.cn/2",
            "http://a.cn/22",
            "http://b.cn/2",
        ];
        let lines: String = urls
            .iter()
            .rev()
            .flat_map(|url| {
                [
                    entry(url, "2026-03-02T00:00:05Z").line(),
                    entry(url, "2026-03-01T00:00:05Z").line(),
                ]
            })
            .collect();
        let index = SegmentIndex::from_lines(&lines);
        for url in urls {
            let found = index.find(url);
            assert_eq!(found.len(), 2, "{url}");
            assert!(found.iter().all(|entry| entry.url == url));
            assert_eq!(found[0].at, "20260301000005");
            assert_eq!((found[0].offset, found[0].length), (120, 77));
            assert_eq!(found[0].mime, "text/html");
        }
        assert_eq!(index.find("http://a.cn/3"), []);
        assert_eq!(SegmentIndex::from_lines("").find("http://a.cn/"), []);
        assert!(lines.starts_with(
            "cn,b)/2 20260302000005 {\"url\":\"http://b.cn/2\",\"mime\":\"text/html\",\"status\":\"200\",\"digest\":\"sha256:A\",\"length\":\"77\",\"offset\":\"120\",\"filename\":\"00003.warc.gz\"}\n"
        ), "{lines}");
    }
}
