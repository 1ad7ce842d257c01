//! HTTP/1.1 as a gatherer speaks it: one request at a time, the heads kept byte for byte, bodies handed on in pieces without a copy.
//!
//! Written by hand because every page of a census goes through here; `tests/http1.rs` compares it with hyper on torn, odd and hostile
//! answers. Lenient where browsers are (white space, folded and broken header lines), strict where leniency would let one answer run
//! into the next (lengths, chunk sizes).

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::Poll;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use xuncha_core::evidence::Failure;

/// More headers or larger heads than this are no answer.
const MAX_HEADERS: usize = 256;
const MAX_HEAD_BYTES: usize = 256 << 10;
/// Line ends that may stand before the status line.
const MAX_BLANK_BYTES: usize = 1 << 10;
/// Longest line that announces a chunk, with its extensions; and all trailers together.
const MAX_CHUNK_LINE_BYTES: usize = 16 << 10;
/// Room that is made for each read.
const READ_BYTES: usize = 32 << 10;
/// A buffer that grew beyond this for a large head is given back.
const MAX_KEPT_BUFFER_BYTES: usize = 128 << 10;

/// Any byte stream: plain or TLS.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// 答复头. Status line and headers of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its status.
    pub status: u16,
    /// Its headers; those that no library could read are left out.
    pub headers: HeaderMap,
    /// As it came, byte for byte.
    pub raw: Vec<u8>,
}

/// 通信错误. What went wrong between us and a server that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Closed or reset before the answer was whole.
    Cut,
    /// What came was no HTTP.
    NotHttp(String),
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Cut => Failure::Reset,
            Trouble::NotHttp(detail) => Failure::Protocol { detail },
        }
    }
}

fn not_http(detail: impl Into<String>) -> Trouble {
    Trouble::NotHttp(detail.into())
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// Bytes left.
    Length(u64),
    /// Bytes left of this chunk; 0 before its size line.
    Chunk(u64),
    /// A chunk's data has been read, its line end not yet.
    ChunkEnd,
    /// Until the connection is closed.
    UntilClose,
    /// Read to the end.
    Done,
}

/// 连接. A connection on which one request after another is asked.
pub struct Http1 {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    start: usize,
    framing: Framing,
    keeps_alive: bool,
    has_heard: bool,
    has_odd_length: bool,
}

impl Http1 {
    /// Over an open stream.
    pub fn new(stream: Box<dyn Stream>) -> Http1 {
        Http1 {
            stream,
            buffer: Vec::new(),
            start: 0,
            framing: Framing::Done,
            keeps_alive: true,
            has_heard: false,
            has_odd_length: false,
        }
    }

    /// Sends a whole request.
    pub async fn send(&mut self, request: &[u8]) -> Result<(), Trouble> {
        self.has_heard = false;
        let sent = async {
            self.stream.write_all(request).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| trouble_of(&error))
    }

    /// Whether any byte of an answer came since the request was sent.
    pub fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Whether the answer's length is no number, so that only silence tells its end where the connection stays open.
    pub fn has_odd_length(&self) -> bool {
        self.has_odd_length
    }

    /// What came and was not taken for an answer, for the evidence of one that went wrong.
    pub fn unread(&self) -> &[u8] {
        let waiting = &self.buffer[self.start..];
        &waiting[..waiting.len().min(MAX_HEAD_BYTES)]
    }

    /// Whether the answer was read to its end and another request may follow on this connection.
    pub fn is_reusable(&self) -> bool {
        self.framing == Framing::Done && self.keeps_alive && self.start == self.buffer.len()
    }

    /// Whether an idle connection is still open: a server that closed it or speaks unasked is done with.
    pub async fn is_open(&mut self) -> bool {
        std::future::poll_fn(|context| {
            let mut byte = [0u8; 1];
            let mut buffer = ReadBuf::new(&mut byte);
            let polled = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
            Poll::Ready(polled.is_pending())
        })
        .await
    }

    /// The head of the answer; interim answers are passed over.
    pub async fn head(&mut self) -> Result<Head, Trouble> {
        // Interim answers without end are ended by the caller's time limit; none of them is kept.
        loop {
            let head = self.any_head().await?;
            if head.status == 101 {
                return Err(not_http("switching protocols, which nobody asked for"));
            }
            if head.status >= 200 {
                return Ok(head);
            }
        }
    }

    async fn any_head(&mut self) -> Result<Head, Trouble> {
        let mut scanned = 0;
        loop {
            let waiting = &self.buffer[self.start..];
            if blank_length(waiting) > MAX_BLANK_BYTES {
                return Err(not_http("nothing but line ends before the answer"));
            }
            if let Some(length) = head_length(waiting, &mut scanned) {
                let raw = waiting[..length].to_vec();
                self.start += length;
                let head = self.read_head(raw);
                if head.is_err() {
                    // What went wrong is kept whole, head and all.
                    self.start -= length;
                }
                return head;
            }
            if waiting.len() > MAX_HEAD_BYTES {
                return Err(not_http("head of the answer is too large"));
            }
            if !looks_like_http(waiting) {
                return Err(not_http("the answer is no HTTP"));
            }
            if self.fill().await? == 0 {
                return Err(Trouble::Cut);
            }
        }
    }

    fn read_head(&mut self, raw: Vec<u8>) -> Result<Head, Trouble> {
        let mut slots = [EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = Response::new(&mut slots);
        let mut config = ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let usual = usual_version(&raw);
        match config.parse_response(&mut parsed, &usual) {
            Ok(Status::Complete(_)) => {}
            Ok(Status::Partial) => return Err(not_http("head of the answer is cut")),
            Err(error) => return Err(not_http(error.to_string())),
        }
        let status = parsed.code.unwrap_or_default();
        let mut headers = HeaderMap::with_capacity(parsed.headers.len());
        for header in parsed.headers.iter() {
            let name = HeaderName::from_bytes(header.name.as_bytes());
            let value = HeaderValue::from_bytes(header.value);
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        self.keeps_alive = keeps_alive(parsed.version == Some(1), &headers);
        self.has_odd_length = false;
        self.framing = match status {
            100..200 | 204 | 304 => Framing::Done,
            _ => framing(&headers)?,
        };
        self.has_odd_length =
            self.framing == Framing::UntilClose && headers.contains_key(header::CONTENT_LENGTH);
        Ok(Head {
            status,
            headers,
            raw,
        })
    }

    /// The next piece of the body; `None` at its end.
    pub async fn piece(&mut self) -> Result<Option<&[u8]>, Trouble> {
        loop {
            let wanted = match self.framing {
                Framing::Done => return Ok(None),
                Framing::Length(0) => {
                    self.framing = Framing::Done;
                    continue;
                }
                Framing::Length(left) | Framing::Chunk(left) if left > 0 => left,
                Framing::UntilClose => u64::MAX,
                Framing::ChunkEnd => {
                    if !self.line().await?.is_empty() {
                        return Err(not_http("chunk is longer than announced"));
                    }
                    self.framing = Framing::Chunk(0);
                    continue;
                }
                _ => {
                    self.next_chunk().await?;
                    continue;
                }
            };
            if self.start == self.buffer.len() && self.fill_body().await? == 0 {
                return Ok(None);
            }
            let ready = (self.buffer.len() - self.start) as u64;
            let taken = ready.min(wanted);
            self.framing = match self.framing {
                Framing::Length(left) => Framing::Length(left - taken),
                Framing::Chunk(left) if left == taken => Framing::ChunkEnd,
                Framing::Chunk(left) => Framing::Chunk(left - taken),
                other => other,
            };
            let from = self.start;
            self.start += taken as usize;
            return Ok(Some(&self.buffer[from..self.start]));
        }
    }

    /// Reads on within a body. 0 where the connection's end is the body's.
    async fn fill_body(&mut self) -> Result<usize, Trouble> {
        let is_end_the_close = self.framing == Framing::UntilClose;
        match self.read().await {
            Ok(0) if is_end_the_close => {}
            // Old servers leave out TLS's farewell; where nothing else tells the end, browsers take the close for it.
            Err(error) if is_end_the_close && error.kind() == io::ErrorKind::UnexpectedEof => {}
            Ok(0) => return Err(Trouble::Cut),
            Ok(count) => return Ok(count),
            Err(error) => return Err(trouble_of(&error)),
        }
        self.framing = Framing::Done;
        self.keeps_alive = false;
        Ok(0)
    }

    async fn next_chunk(&mut self) -> Result<(), Trouble> {
        let line = self.line().await?;
        let size = chunk_size(&line).ok_or_else(|| not_http("unreadable chunk size"))?;
        if size > 0 {
            self.framing = Framing::Chunk(size);
            return Ok(());
        }
        let mut trailers = 0;
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                self.framing = Framing::Done;
                return Ok(());
            }
            trailers += line.len();
            if trailers > MAX_CHUNK_LINE_BYTES {
                return Err(not_http("trailers are too large"));
            }
        }
    }

    /// One line without its end.
    async fn line(&mut self) -> Result<Vec<u8>, Trouble> {
        loop {
            let waiting = &self.buffer[self.start..];
            if let Some(end) = memchr::memchr(b'\n', waiting) {
                let line = waiting[..end].strip_suffix(b"\r");
                let line = line.unwrap_or(&waiting[..end]).to_vec();
                self.start += end + 1;
                return Ok(line);
            }
            if waiting.len() > MAX_CHUNK_LINE_BYTES {
                return Err(not_http("line of a chunk is too long"));
            }
            if self.fill().await? == 0 {
                return Err(Trouble::Cut);
            }
        }
    }

    async fn fill(&mut self) -> Result<usize, Trouble> {
        self.read().await.map_err(|error| trouble_of(&error))
    }

    async fn read(&mut self) -> io::Result<usize> {
        if self.start == self.buffer.len() {
            if self.buffer.capacity() > MAX_KEPT_BUFFER_BYTES {
                self.buffer = Vec::new();
            }
            self.buffer.clear();
            self.start = 0;
        } else if self.start > READ_BYTES {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.reserve(READ_BYTES);
        let count = self.stream.read_buf(&mut self.buffer).await?;
        self.has_heard |= count > 0;
        Ok(count)
    }
}

fn trouble_of(error: &io::Error) -> Trouble {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::InvalidData => not_http(error.to_string()),
        _ => Trouble::Cut,
    }
}

/// Line ends before the status line, as far as they are worth counting: that is done at every read.
fn blank_length(bytes: &[u8]) -> usize {
    let blank = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    blank.take(MAX_BLANK_BYTES + 1).count()
}

/// Where the head ends, blank line included. `scanned` remembers how far was looked.
fn head_length(bytes: &[u8], scanned: &mut usize) -> Option<usize> {
    // Empty lines before the status line are allowed and belong to the head.
    let mut at = (*scanned).max(blank_length(bytes));
    while let Some(found) = memchr::memchr(b'\n', &bytes[at.min(bytes.len())..]) {
        let next = at + found + 1;
        match &bytes[next..] {
            [b'\n', ..] => return Some(next + 1),
            [b'\r', b'\n', ..] => return Some(next + 2),
            [] | [b'\r'] => {
                *scanned = next - 1;
                return None;
            }
            _ => at = next,
        }
    }
    *scanned = at.max(bytes.len());
    None
}

/// Whether what came so far can still be the beginning of an answer.
fn looks_like_http(bytes: &[u8]) -> bool {
    let rest = &bytes[blank_length(bytes)..];
    let known = rest.len().min(5);
    rest[..known].eq_ignore_ascii_case(&b"HTTP/"[..known])
}

/// A head whose version other parsers know too. Browsers read `http/1.1`, and take every version beyond 1.0 for 1.1.
fn usual_version(raw: &[u8]) -> Cow<'_, [u8]> {
    let at = blank_length(raw);
    let version = raw.get(at..at + 8).unwrap_or_default();
    if matches!(version, b"HTTP/1.1" | b"HTTP/1.0") {
        return Cow::Borrowed(raw);
    }
    let is_numbered = matches!(version, [.., major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit());
    if !is_numbered || !looks_like_http(version) {
        return Cow::Borrowed(raw);
    }
    let mut usual = raw.to_vec();
    let version: &[u8] = match &version[5..] {
        b"1.0" | b"0.9" => b"HTTP/1.0",
        _ => b"HTTP/1.1",
    };
    usual[at..at + 8].copy_from_slice(version);
    Cow::Owned(usual)
}

fn keeps_alive(is_http_1_1: bool, headers: &HeaderMap) -> bool {
    let has = |word: &str| {
        let lines = headers.get_all(header::CONNECTION).iter();
        let mut words = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        words.any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    !has("close") && (is_http_1_1 || has("keep-alive"))
}

fn framing(headers: &HeaderMap) -> Result<Framing, Trouble> {
    if let Some(coding) = headers
        .get_all(header::TRANSFER_ENCODING)
        .iter()
        .next_back()
    {
        let coding = coding.to_str().unwrap_or_default();
        let last = coding.rsplit(',').next().unwrap_or_default().trim();
        return Ok(match last.eq_ignore_ascii_case("chunked") {
            true => Framing::Chunk(0),
            false => Framing::UntilClose,
        });
    }
    let mut length = None;
    for line in headers.get_all(header::CONTENT_LENGTH) {
        for text in line.to_str().unwrap_or("?").split(',') {
            let text = text.trim();
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u64>().ok().filter(|_| is_number);
            match (number, length) {
                // Browsers pass it over and read until the connection is closed.
                (None, _) => return Ok(Framing::UntilClose),
                (Some(one), Some(other)) if one != other => {
                    return Err(not_http("two different Content-Length"));
                }
                (Some(one), _) => length = Some(one),
            }
        }
    }
    Ok(length.map_or(Framing::UntilClose, Framing::Length))
}

/// The size that a chunk's line announces; extensions after `;` are passed over.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| is_hex)
}
