//! WARC 1.1: writing the records of an exchange.

use std::io::Result;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use sha2::{Digest, Sha256};

use super::deflate;

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
    /// SHA-256 of the body in lower-case hex where the caller has reckoned it already; it is reckoned here where this is empty.
    pub sha256: &'a str,
}

/// 首次正文. The record that already holds a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FirstBody {
    /// `SEGMENT@OFFSET`.
    pub(super) record: String,
    /// `WARC-Record-ID`.
    pub(super) record_id: String,
    /// Address that gave it.
    pub(super) url: String,
    /// `WARC-Date`.
    pub(super) at_utc: String,
}

/// Headers that describe the body as it came over the wire, and no longer hold for the decoded body.
const WIRE_HEADERS: [&str; 3] = ["transfer-encoding", "content-encoding", "content-length"];
/// How a repetition of a body is marked.
const SAME_BODY: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// The first record of a file, which says what made it.
pub(super) fn warcinfo(target: &str, file_name: &str, at: DateTime) -> Result<Vec<u8>> {
    let content = format!(
        "software: xuncha/{}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let id = record_id(&[target, "warcinfo", file_name]);
    let mut head = start("warcinfo", &id, &utc(at));
    field(&mut head, "WARC-Filename", file_name);
    field(&mut head, "Content-Type", "application/warc-fields");
    let mut out = Vec::with_capacity(1024);
    member(head, &[content.as_bytes()], &mut out)?;
    Ok(out)
}

/// A record that says what was done to a segment later: which captures a retention policy took out.
pub(super) fn note(target: &str, segment: u32, at: DateTime, content: &str) -> Result<Vec<u8>> {
    let place = format!("{segment} {content}");
    let mut head = start("metadata", &record_id(&[target, "note", &place]), &utc(at));
    field(&mut head, "Content-Type", "application/warc-fields");
    let mut out = Vec::with_capacity(1024);
    member(head, &[content.as_bytes()], &mut out)?;
    Ok(out)
}

/// What we made of a page ourselves and no server answered with: a record of the type `resource`.
pub(super) struct Resource<'a> {
    /// `urn:` address, so that no reader takes it for the page's own answer.
    pub(super) urn: &'a str,
    /// When.
    pub(super) at: DateTime,
    /// Media type.
    pub(super) content_type: &'a str,
    /// The capture that it was made of; empty where it stands for itself.
    pub(super) made_of: &'a str,
    /// Body.
    pub(super) body: &'a [u8],
}

/// The member of a resource. `place` makes the record id unique.
pub(super) fn resource(resource: &Resource<'_>, place: &str) -> Result<Vec<u8>> {
    let id = record_id(&[place, "resource"]);
    let mut head = start("resource", &id, &utc(resource.at));
    field(&mut head, "WARC-Target-URI", resource.urn);
    if !resource.made_of.is_empty() {
        field(&mut head, "X-Xuncha-Made-Of", resource.made_of);
    }
    field(&mut head, "Content-Type", resource.content_type);
    let mut out = Vec::with_capacity(1024 + resource.body.len());
    member(head, &[resource.body], &mut out)?;
    Ok(out)
}

/// The two members of an exchange: the request, then the answer (or, without one, a metadata record that says why). `place` makes
/// the record ids unique: target, segment and offset. Answers with where in `out` the answer begins.
pub(super) fn exchange(
    parts: &ExchangeParts<'_>,
    place: &str,
    body_digest: &str,
    first: Option<&FirstBody>,
    out: &mut Vec<u8>,
) -> Result<usize> {
    let at = utc(parts.at);
    let request_id = record_id(&[place, "request"]);
    let answer_id = record_id(&[place, "answer"]);
    let mut head = start("request", &request_id, &at);
    field(&mut head, "WARC-Target-URI", parts.url);
    field(&mut head, "WARC-Concurrent-To", &answer_id);
    field(
        &mut head,
        "Content-Type",
        "application/http; msgtype=request",
    );
    member(head, &[closed_head(parts.request_head), b"\r\n\r\n"], out)?;
    let answer_at = out.len();
    let mut head = match (parts.response_head, first) {
        (None, _) => start("metadata", &answer_id, &at),
        (Some(_), None) => start("response", &answer_id, &at),
        (Some(_), Some(_)) => start("revisit", &answer_id, &at),
    };
    field(&mut head, "WARC-Target-URI", parts.url);
    field(&mut head, "WARC-Concurrent-To", &request_id);
    match parts.response_head {
        Some(response_head) => answer(head, parts, response_head, body_digest, first, out)?,
        None => failure(head, parts.failure, out)?,
    }
    Ok(answer_at)
}

fn answer(
    mut head: String,
    parts: &ExchangeParts<'_>,
    response_head: &[u8],
    body_digest: &str,
    first: Option<&FirstBody>,
    out: &mut Vec<u8>,
) -> Result<()> {
    field(&mut head, "WARC-Payload-Digest", body_digest);
    if let Some(first) = first {
        field(&mut head, "WARC-Profile", SAME_BODY);
        field(&mut head, "WARC-Refers-To", &first.record_id);
        field(&mut head, "WARC-Refers-To-Target-URI", &first.url);
        field(&mut head, "WARC-Refers-To-Date", &first.at_utc);
        field(&mut head, "X-Xuncha-Body", &first.record);
    }
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
    let http_head = decoded_head(response_head, parts.body.len());
    let body: &[u8] = if first.is_some() { b"" } else { parts.body };
    member(head, &[&http_head, body], out)
}

fn failure(mut head: String, failure: &str, out: &mut Vec<u8>) -> Result<()> {
    field(&mut head, "Content-Type", "application/warc-fields");
    let content = format!("failure: {}\r\n", one_line(failure));
    member(head, &[content.as_bytes()], out)
}

fn start(kind: &str, id: &str, at_utc: &str) -> String {
    let mut head = String::with_capacity(1024);
    head.push_str("WARC/1.1\r\n");
    field(&mut head, "WARC-Type", kind);
    field(&mut head, "WARC-Record-ID", id);
    field(&mut head, "WARC-Date", at_utc);
    head
}

fn field(head: &mut String, name: &str, value: &str) {
    head.push_str(name);
    head.push_str(": ");
    if value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        head.push_str(&one_line(value));
    } else {
        head.push_str(value);
    }
    head.push_str("\r\n");
}

/// A value that cannot begin another header line.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n', '\0'], " ")
}

/// A whole record as one gzip member behind what stands in `out`; the block comes in pieces, so that a body is never copied.
fn member(mut head: String, block: &[&[u8]], out: &mut Vec<u8>) -> Result<()> {
    let mut hash = Sha256::new();
    let mut length = 0;
    for piece in block {
        hash.update(piece);
        length += piece.len();
    }
    field(&mut head, "WARC-Block-Digest", &digest(&hash.finalize()));
    field(&mut head, "Content-Length", &length.to_string());
    head.push_str("\r\n");
    let mut parts: Vec<&[u8]> = Vec::with_capacity(block.len() + 2);
    parts.push(head.as_bytes());
    parts.extend_from_slice(block);
    parts.push(b"\r\n\r\n");
    out.reserve(length / 3 + 1024);
    deflate::member(&parts, out)
}

/// A SHA-256 as WARC writes it.
pub(super) fn digest(hash: &[u8]) -> String {
    format!("sha256:{}", base32(hash))
}

/// A head without the line ends behind it.
fn closed_head(head: &[u8]) -> &[u8] {
    let end = head
        .iter()
        .rposition(|byte| !matches!(byte, b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    &head[..end]
}

/// The received head, with the headers of the wire renamed and the length of the decoded body stated, so that any reader of
/// WARC files gets the body right.
fn decoded_head(head: &[u8], body_len: usize) -> Vec<u8> {
    let closed = closed_head(head);
    let mut decoded = Vec::with_capacity(closed.len() + 128);
    for line in closed.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        if WIRE_HEADERS
            .iter()
            .any(|wire| name.trim_ascii().eq_ignore_ascii_case(wire.as_bytes()))
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
pub(super) fn utc(at: DateTime) -> String {
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
pub(super) fn base32(bytes: &[u8]) -> String {
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
