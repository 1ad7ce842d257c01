//! WARC 1.1: reading records. What stands in a file is of others, so every size is bounded and nothing is taken on trust.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};

use super::warc::base32;

/// A record above this is no record of ours: bodies are read up to a few megabytes.
const MAX_RECORD_BYTES: u64 = 512 << 20;
/// Longest head of a record.
const MAX_HEAD_BYTES: usize = 256 * 1024;

/// A record as it stands in a file.
pub(super) struct RawRecord {
    /// WARC headers, names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// Content block.
    pub(super) block: Vec<u8>,
    /// Bytes of the gzip member.
    pub(super) compressed_len: u64,
}

impl RawRecord {
    /// The value of a header, empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// `warcinfo`, `request`, `response`, `revisit`, `resource`, `metadata`.
    pub(super) fn kind(&self) -> &str {
        self.header("warc-type")
    }

    /// HTTP head and body of the block.
    pub(super) fn http_parts(&self) -> Option<(&[u8], &[u8])> {
        let head_len = find(&self.block, b"\r\n\r\n")?;
        Some((&self.block[..head_len], &self.block[head_len + 4..]))
    }

    /// What the digests of the record say, or why they do not hold.
    pub(super) fn digest_problem(&self) -> Option<&'static str> {
        let digest = |bytes: &[u8]| format!("sha256:{}", base32(&Sha256::digest(bytes)));
        if self.header("warc-block-digest") != digest(&self.block) {
            return Some("记录摘要不符");
        }
        let stated = self.header("warc-payload-digest");
        if stated.is_empty() || self.kind() == "revisit" {
            return None;
        }
        let (_, body) = self.http_parts()?;
        (stated != digest(body)).then_some("正文摘要不符")
    }
}

/// Counts the bytes that a reader above has taken.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.count += amount as u64;
        self.inner.consume(amount);
    }
}

fn invalid(detail: &str) -> Error {
    Error::new(ErrorKind::InvalidData, detail.to_owned())
}

/// Reads the record whose member begins where `source` stands, and leaves `source` behind it. `UnexpectedEof` means that the
/// member is torn.
pub(super) fn record(source: &mut impl BufRead) -> Result<RawRecord> {
    let counted = Counted {
        inner: source,
        count: 0,
    };
    let mut decoder = GzDecoder::new(counted);
    let mut content = Vec::new();
    let read = decoder
        .by_ref()
        .take(MAX_RECORD_BYTES)
        .read_to_end(&mut content)?;
    if read as u64 == MAX_RECORD_BYTES {
        return Err(invalid("record above the limit"));
    }
    let compressed_len = decoder.into_inner().count;
    let head_len = find(&content[..content.len().min(MAX_HEAD_BYTES)], b"\r\n\r\n")
        .ok_or_else(|| invalid("record without a head"))?;
    let headers = head(&content[..head_len])?;
    let mut record = RawRecord {
        headers,
        block: Vec::new(),
        compressed_len,
    };
    let length: usize = record
        .header("content-length")
        .parse()
        .map_err(|_| invalid("record without a length"))?;
    let start = head_len + 4;
    let end = start
        .checked_add(length)
        .filter(|end| *end <= content.len())
        .ok_or_else(|| invalid("record shorter than its length"))?;
    content.truncate(end);
    content.drain(..start);
    record.block = content;
    Ok(record)
}

/// Reads only the head of the record where `source` stands; its block stays empty and its length unknown (0).
pub(super) fn record_head(source: &mut impl BufRead) -> Result<RawRecord> {
    let mut decoder = GzDecoder::new(source);
    let mut content = Vec::with_capacity(1024);
    let mut chunk = [0u8; 1024];
    loop {
        let count = decoder.read(&mut chunk)?;
        content.extend_from_slice(&chunk[..count]);
        if let Some(head_len) = find(&content, b"\r\n\r\n") {
            return Ok(RawRecord {
                headers: head(&content[..head_len])?,
                block: Vec::new(),
                compressed_len: 0,
            });
        }
        if count == 0 || content.len() > MAX_HEAD_BYTES {
            return Err(invalid("record without a head"));
        }
    }
}

fn head(bytes: &[u8]) -> Result<Vec<(String, String)>> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    if lines.next() != Some("WARC/1.1") {
        return Err(invalid("not a WARC 1.1 record"));
    }
    Ok(lines.filter_map(header_line).collect())
}

fn header_line(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

/// Where `needle` begins.
pub(super) fn find(content: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(found) = content[from..].iter().position(|byte| *byte == first) {
        let at = from + found;
        if content[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// 存档交换. One exchange read back from the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedExchange {
    /// Address that was asked.
    pub url: String,
    /// Time as the archive writes it (UTC, ISO 8601).
    pub at_utc: String,
    /// Status, `None` where there was no answer, and for what we made of a page ourselves.
    pub status: Option<u16>,
    /// Headers of the answer as received, encodings under `X-Archive-Orig-…`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// SHA-256 of the body, lower-case hex; empty where there was no answer.
    pub sha256: String,
    /// Why there was no whole answer; empty where there was.
    pub failure: String,
    /// Record that holds the body, where this answer was a repetition of an earlier one; empty otherwise.
    pub body_record: String,
}

impl ArchivedExchange {
    /// The first value of a header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// An answer, repetition or failure as an exchange; `None` for records of other types. The body of a repetition is left empty: its
/// hash and the record that holds it are stated.
pub(super) fn archived(record: RawRecord) -> Option<ArchivedExchange> {
    let mut exchange = ArchivedExchange {
        url: record.header("warc-target-uri").to_owned(),
        at_utc: record.header("warc-date").to_owned(),
        status: None,
        headers: Vec::new(),
        body: Vec::new(),
        sha256: String::new(),
        failure: record.header("x-xuncha-failure").to_owned(),
        body_record: String::new(),
    };
    if record.kind() == "metadata" {
        let content = String::from_utf8_lossy(&record.block);
        let failure = content.trim().strip_prefix("failure: ")?;
        failure.clone_into(&mut exchange.failure);
        return Some(exchange);
    }
    if record.kind() == "resource" {
        let content_type = record.header("content-type").to_owned();
        exchange.url = url_of_urn(&exchange.url).to_owned();
        exchange.headers = vec![("Content-Type".to_owned(), content_type)];
        exchange.sha256 = hex::encode(Sha256::digest(&record.block));
        exchange.body = record.block;
        return Some(exchange);
    }
    let is_revisit = record.kind() == "revisit";
    if record.kind() != "response" && !is_revisit {
        return None;
    }
    let (head, body) = record.http_parts()?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    exchange.status = lines
        .next()
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|code| code.parse().ok());
    exchange.headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    if is_revisit {
        record
            .header("x-xuncha-body")
            .clone_into(&mut exchange.body_record);
        exchange.sha256 = hex_of_digest(record.header("warc-payload-digest"))?;
    } else {
        exchange.body = body.to_vec();
        exchange.sha256 = hex::encode(Sha256::digest(body));
    }
    Some(exchange)
}

/// The page's address in the address of what was made of it: `urn:rendered:http://…`, `urn:view:http://…`.
fn url_of_urn(urn: &str) -> &str {
    let names = ["urn:rendered:", "urn:view:"];
    let url = names.iter().find_map(|name| urn.strip_prefix(name));
    url.unwrap_or(urn)
}

/// `sha256:BASE32` as lower-case hex.
pub(super) fn hex_of_digest(digest: &str) -> Option<String> {
    let text = digest.strip_prefix("sha256:")?;
    let mut bytes = Vec::with_capacity(32);
    let (mut bits, mut count) = (0u32, 0);
    for letter in text.bytes().filter(|byte| *byte != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn digests_turn_into_hex_and_nothing_else_does() {
        let hash = Sha256::digest(b"page");
        let digest = format!("sha256:{}", base32(&hash));
        assert_eq!(hex_of_digest(&digest).unwrap(), hex::encode(hash));
        for wrong in ["", "sha1:AAAA", "sha256:AAAA", "sha256:abc!"] {
            assert_eq!(hex_of_digest(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn needles_are_found_at_the_first_place() {
        assert_eq!(find(b"\r\n\r\r\n\r\n", b"\r\n\r\n"), Some(3));
        assert_eq!(find(b"\r\n\r", b"\r\n\r\n"), None);
        assert_eq!(find(b"", b"x"), None);
    }
}
