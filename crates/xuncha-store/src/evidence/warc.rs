//! WARC 1.1: writing the records of an exchange and reading one back.

use std::io::{BufReader, Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use sha2::{Digest, Sha256};

/// 交换. One request and what came back, as it goes into the archive.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeParts<'a> {
    /// Address that was asked.
    pub url: &'a str,
    /// Civil time of the answer, in UTC+8.
    pub at: DateTime,
    /// Request line and headers as sent; a missing blank line at the end is added.
    pub request_head: &'a [u8],
    /// Status line and headers as received; `None` where there was no answer.
    pub response_head: Option<&'a [u8]>,
    /// Body with transfer and content encodings taken off, as far as it was read.
    pub body: &'a [u8],
    /// Why there was no whole answer, in English; empty where there was.
    pub failure: &'a str,
    /// Whether reading the body stopped at our limit.
    pub is_truncated: bool,
}

/// 存档交换. One exchange read back from the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedExchange {
    /// Address that was asked.
    pub url: String,
    /// Time as the archive writes it (UTC, ISO 8601).
    pub at_utc: String,
    /// Status, `None` where there was no answer.
    pub status: Option<u16>,
    /// Headers of the answer as received, encodings under `X-Archive-Orig-…`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// SHA-256 of the body as the record states it, lower-case hex; empty where there was no answer.
    pub sha256: String,
    /// Why there was no whole answer; empty where there was.
    pub failure: String,
}

/// Headers that describe the body as it came over the wire, and no longer hold for the decoded body.
const WIRE_HEADERS: [&str; 3] = ["transfer-encoding", "content-encoding", "content-length"];

/// The segment's first record, which says what made it.
pub(crate) fn warcinfo(target: &str, segment: u32, at: DateTime) -> std::io::Result<Vec<u8>> {
    let content = format!(
        "software: xuncha/{}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut head = start(
        "warcinfo",
        &record_id(&[target, "warcinfo", &segment.to_string()]),
        at,
    );
    field(&mut head, "WARC-Filename", &format!("{segment:05}.warc.gz"));
    field(&mut head, "Content-Type", "application/warc-fields");
    member(head, content.as_bytes())
}

/// The two members of an exchange: the request, then the answer (or, without one, a metadata record that says why). `place` makes
/// the record ids unique: target, segment and offset.
pub(crate) fn exchange(
    parts: &ExchangeParts<'_>,
    place: &str,
    body_hash: &[u8; 32],
) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let request_id = record_id(&[place, "request"]);
    let answer_id = record_id(&[place, "answer"]);
    let mut head = start("request", &request_id, parts.at);
    field(&mut head, "WARC-Target-URI", parts.url);
    field(&mut head, "WARC-Concurrent-To", &answer_id);
    field(
        &mut head,
        "Content-Type",
        "application/http; msgtype=request",
    );
    let request = member(head, &closed_head(parts.request_head))?;
    let answer = match parts.response_head {
        Some(response_head) => {
            answer_member(parts, response_head, &answer_id, &request_id, body_hash)?
        }
        None => failure_member(parts, &answer_id, &request_id)?,
    };
    Ok((request, answer))
}

fn answer_member(
    parts: &ExchangeParts<'_>,
    response_head: &[u8],
    id: &str,
    request_id: &str,
    body_hash: &[u8; 32],
) -> std::io::Result<Vec<u8>> {
    let mut head = start("response", id, parts.at);
    field(&mut head, "WARC-Target-URI", parts.url);
    field(&mut head, "WARC-Concurrent-To", request_id);
    field(
        &mut head,
        "WARC-Payload-Digest",
        &format!("sha256:{}", base32(body_hash)),
    );
    if parts.is_truncated {
        field(&mut head, "WARC-Truncated", "length");
    } else if !parts.failure.is_empty() {
        field(&mut head, "WARC-Truncated", "disconnect");
    }
    if !parts.failure.is_empty() {
        field(&mut head, "X-Xuncha-Failure", parts.failure);
    }
    field(
        &mut head,
        "Content-Type",
        "application/http; msgtype=response",
    );
    let mut block = decoded_head(response_head, parts.body.len());
    block.extend_from_slice(parts.body);
    member(head, &block)
}

fn failure_member(
    parts: &ExchangeParts<'_>,
    id: &str,
    request_id: &str,
) -> std::io::Result<Vec<u8>> {
    let mut head = start("metadata", id, parts.at);
    field(&mut head, "WARC-Target-URI", parts.url);
    field(&mut head, "WARC-Concurrent-To", request_id);
    field(&mut head, "Content-Type", "application/warc-fields");
    let content = format!("failure: {}\r\n", one_line(parts.failure));
    member(head, content.as_bytes())
}

fn start(kind: &str, id: &str, at: DateTime) -> String {
    let mut head = String::with_capacity(512);
    head.push_str("WARC/1.1\r\n");
    field(&mut head, "WARC-Type", kind);
    field(&mut head, "WARC-Record-ID", id);
    field(&mut head, "WARC-Date", &utc(at));
    head
}

fn field(head: &mut String, name: &str, value: &str) {
    head.push_str(name);
    head.push_str(": ");
    head.push_str(&one_line(value));
    head.push_str("\r\n");
}

/// A value that cannot begin another header line.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n', '\0'], " ")
}

/// A whole record as one gzip member.
fn member(mut head: String, block: &[u8]) -> std::io::Result<Vec<u8>> {
    field(
        &mut head,
        "WARC-Block-Digest",
        &format!("sha256:{}", base32(&Sha256::digest(block))),
    );
    field(&mut head, "Content-Length", &block.len().to_string());
    head.push_str("\r\n");
    let mut encoder = GzEncoder::new(
        Vec::with_capacity(block.len() / 3 + 512),
        Compression::new(1),
    );
    encoder.write_all(head.as_bytes())?;
    encoder.write_all(block)?;
    encoder.write_all(b"\r\n\r\n")?;
    encoder.finish()
}

fn closed_head(head: &[u8]) -> Vec<u8> {
    let mut closed = head.to_vec();
    while closed.ends_with(b"\r\n") || closed.ends_with(b"\n") {
        closed.pop();
    }
    while closed.ends_with(b"\r") {
        closed.pop();
    }
    closed.extend_from_slice(b"\r\n\r\n");
    closed
}

/// The received head, with the headers of the wire renamed and the length of the decoded body stated, so that any reader of
/// WARC files gets the body right.
fn decoded_head(head: &[u8], body_len: usize) -> Vec<u8> {
    let closed = closed_head(head);
    let mut decoded = Vec::with_capacity(closed.len() + 64);
    for line in closed.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        if WIRE_HEADERS
            .iter()
            .any(|wire| name.eq_ignore_ascii_case(wire.as_bytes()))
        {
            decoded.extend_from_slice(b"X-Archive-Orig-");
        }
        decoded.extend_from_slice(line);
        decoded.extend_from_slice(b"\r\n");
    }
    decoded.extend_from_slice(format!("Content-Length: {body_len}\r\n\r\n").as_bytes());
    decoded
}

/// An id that follows from where the record stands: the same run writes the same file, and no randomness is needed.
fn record_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = hash.finalize();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(&bytes[..16]);
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..]
    )
}

/// The province's civil time (UTC+8) as the archive writes times.
fn utc(at: DateTime) -> String {
    let zone = TimeZone::fixed(Offset::constant(8));
    match at.to_zoned(zone) {
        Ok(zoned) => {
            let utc = zoned.with_time_zone(TimeZone::UTC).datetime();
            let utc = utc.with().subsec_nanosecond(0).build().unwrap_or(utc);
            format!("{utc}Z")
        }
        Err(_) => format!("{at}Z"),
    }
}

/// RFC 4648 base32 as WARC digests are written.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let digits = (chunk.len() * 8).div_ceil(5);
        for position in 0..8 {
            if position < digits {
                let index = (bits >> (35 - 5 * position)) & 31;
                text.push(char::from(ALPHABET[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// A record as it stands in a file.
pub(crate) struct RawRecord {
    /// WARC headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Content block.
    pub(crate) block: Vec<u8>,
    /// Bytes of the gzip member.
    pub(crate) compressed_len: u64,
}

impl RawRecord {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Counts the bytes that a reader above has taken.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// Reads the record whose member begins where `source` stands. `UnexpectedEof` means that the member is torn.
pub(crate) fn read_record(source: impl Read) -> std::io::Result<RawRecord> {
    let counted = Counted {
        inner: source,
        count: 0,
    };
    let mut decoder = GzDecoder::new(BufReader::with_capacity(64 * 1024, counted));
    let mut content = Vec::new();
    decoder.read_to_end(&mut content)?;
    let buffered = decoder.into_inner();
    let unread = buffered.buffer().len() as u64;
    let compressed_len = buffered.into_inner().count - unread;
    let invalid =
        |detail: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, detail.to_owned());
    let head_len = find(&content, b"\r\n\r\n").ok_or_else(|| invalid("record without a head"))?;
    let head = String::from_utf8_lossy(&content[..head_len]).into_owned();
    let mut lines = head.split("\r\n");
    if lines.next() != Some("WARC/1.1") {
        return Err(invalid("not a WARC 1.1 record"));
    }
    let headers: Vec<(String, String)> = lines.filter_map(header_line).collect();
    let mut record = RawRecord {
        headers,
        block: Vec::new(),
        compressed_len,
    };
    let length: usize = record
        .header("content-length")
        .parse()
        .map_err(|_| invalid("record without a length"))?;
    let block = content.get(head_len + 4..head_len + 4 + length);
    record.block = block
        .ok_or_else(|| invalid("record shorter than its length"))?
        .to_vec();
    Ok(record)
}

fn header_line(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

pub(crate) fn find(content: &[u8], needle: &[u8]) -> Option<usize> {
    content
        .windows(needle.len())
        .position(|window| window == needle)
}

/// An answer or failure record as an exchange; `None` for records of other types.
pub(crate) fn archived(record: RawRecord) -> Option<ArchivedExchange> {
    let url = record.header("warc-target-uri").to_owned();
    let at_utc = record.header("warc-date").to_owned();
    if record.header("warc-type") == "metadata" {
        let content = String::from_utf8_lossy(&record.block).into_owned();
        let failure = content
            .trim()
            .strip_prefix("failure: ")
            .unwrap_or_default()
            .to_owned();
        return Some(ArchivedExchange {
            url,
            at_utc,
            status: None,
            headers: Vec::new(),
            body: Vec::new(),
            sha256: String::new(),
            failure,
        });
    }
    if record.header("warc-type") != "response" {
        return None;
    }
    let failure = record.header("x-xuncha-failure").to_owned();
    let head_len = find(&record.block, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&record.block[..head_len]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|code| code.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let body = record.block[head_len + 4..].to_vec();
    let sha256 = hex::encode(Sha256::digest(&body));
    Some(ArchivedExchange {
        url,
        at_utc,
        status,
        headers,
        body,
        sha256,
        failure,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn base32_as_rfc_4648_has_it() {
        let wanted = [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foobar", "MZXW6YTBOI======"),
        ];
        for (plain, encoded) in wanted {
            assert_eq!(base32(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn civil_time_is_written_as_utc() {
        assert_eq!(
            utc("2026-03-01T07:30:05.25".parse().unwrap()),
            "2026-02-28T23:30:05Z"
        );
    }

    #[test]
    fn wire_headers_are_renamed_and_no_line_is_smuggled_in() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n";
        let text = String::from_utf8(decoded_head(head, 3)).unwrap();
        assert_eq!(
            text,
            "HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Encoding: gzip\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n"
        );
        let mut head = String::new();
        field(&mut head, "WARC-Target-URI", "http://a/\r\nX: y");
        assert_eq!(head, "WARC-Target-URI: http://a/  X: y\r\n");
    }
}
