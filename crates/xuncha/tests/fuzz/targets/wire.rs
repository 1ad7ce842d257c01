//! What servers send beside pages: answers of HTTP/1.1, robots.txt, sitemaps.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::PageFacts;
use xuncha_core::facts::{self, Lexicons};
use xuncha_gather::body::{Decoder, Progress};
use xuncha_gather::http1::{Http1, Trouble};
use xuncha_gather::robots::Robots;

use super::Runner;
use crate::corpus::capture;

pub struct RobotsTxt;

impl Runner for RobotsTxt {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let texts = [
            "User-agent: *\nDisallow: /admin/\nAllow: /admin/open\nCrawl-delay: 2\n\nUser-agent: xuncha\nDisallow: /*.do$\nSitemap: http://a.cn/sitemap.xml\n",
            "\u{feff}user-agent:xuncha\r\ndisallow:\r\n",
            "<html>404</html>",
            "Disallow: /*/*/*/*/*/*/*/*/*a$\nUser-agent: *\nDisallow: /*a*a*a*a*a*a*a*a*a*b\n",
        ];
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    fn run(&mut self, input: &[u8]) {
        let text = String::from_utf8_lossy(input);
        let robots = Robots::parse(&text, "xuncha");
        let again = Robots::parse(&robots.to_text(), "xuncha");
        let long = format!("/{}", "a".repeat(2_000));
        for path in ["/", "/admin/open/x.do", "/a?b=c", long.as_str()] {
            assert_eq!(robots.allows(path), again.allows(path), "{path}");
        }
        let Some(rules) = plain_rules(&text) else {
            return;
        };
        for path in ["/", "/a", "/ab/c.html", "/b/a/b", "/admin/x.do", "/aXb$c"] {
            assert_eq!(
                robots.allows(path),
                allowed(&rules, path),
                "{path} by RFC 9309"
            );
        }
    }
}

/// Pattern, and whether it allows.
type Rule<'a> = (&'a str, bool);

/// The rules for us of a text that holds nothing but plain lines, read without any of our own code; `None` for all other texts.
fn plain_rules(text: &str) -> Option<Vec<Rule<'_>>> {
    let mut groups: Vec<(Vec<&str>, Vec<Rule<'_>>)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once(": ")?;
        let is_plain = value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/*$._-".contains(&byte));
        if !is_plain || value.is_empty() {
            return None;
        }
        match key {
            "User-agent" => match groups.last_mut().filter(|(_, rules)| rules.is_empty()) {
                Some((agents, _)) => agents.push(value),
                None => groups.push((vec![value], Vec::new())),
            },
            "Allow" | "Disallow" => groups.last_mut()?.1.push((value, key == "Allow")),
            _ => return None,
        }
    }
    let of = |wanted: &str| -> Vec<&(Vec<&str>, Vec<Rule<'_>>)> {
        let is_named = |agent: &&str| agent.eq_ignore_ascii_case(wanted);
        groups
            .iter()
            .filter(|(agents, _)| agents.iter().any(is_named))
            .collect()
    };
    // Names that are more than a token are read leniently, which is not what is compared here.
    let is_odd = |agent: &&str| agent.contains(['*', '.', '/', '$']) && *agent != "*";
    if groups.iter().any(|(agents, _)| agents.iter().any(is_odd)) {
        return None;
    }
    let own = match of("xuncha") {
        own if own.is_empty() => of("*"),
        own => own,
    };
    Some(
        own.into_iter()
            .flat_map(|(_, rules)| rules.iter().copied())
            .collect(),
    )
}

fn allowed(rules: &[Rule<'_>], path: &str) -> bool {
    let fitting = rules
        .iter()
        .filter(|(pattern, _)| fits(pattern.as_bytes(), path.as_bytes()));
    fitting
        .max_by_key(|(pattern, is_allow)| (pattern.len(), *is_allow))
        .is_none_or(|(_, is_allow)| *is_allow)
}

/// By trying everything, from every place.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    let mut ends = vec![false; path.len() + 1];
    ends[0] = true;
    for (at, byte) in pattern.iter().enumerate() {
        let mut next = vec![false; path.len() + 1];
        match byte {
            b'*' => {
                let first = ends.iter().position(|end| *end);
                first.into_iter().for_each(|first| next[first..].fill(true));
            }
            b'$' if at + 1 == pattern.len() => next[path.len()] = ends[path.len()],
            _ => (0..path.len()).for_each(|end| next[end + 1] = ends[end] && path[end] == *byte),
        }
        ends = next;
    }
    ends.contains(&true)
}

/// Sitemaps, plain and packed.
pub struct Sitemap(pub Lexicons);

impl Sitemap {
    fn read(&self, body: &[u8]) -> PageFacts {
        let url = "http://www.a.gov.cn/sitemap.xml";
        let capture = capture(url, "text/xml", Purpose::Link { look: 1 });
        facts::read(&capture, body, &self.0)
    }
}

impl Runner for Sitemap {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let texts = [
            "<?xml version='1.0'?><urlset xmlns='x'><url><loc> http://a.cn/1?a=1&amp;b=2 </loc></url><!-- <loc>http://a.cn/no</loc> --><url><loc><![CDATA[http://a.cn/政]]></loc></url></urlset>",
            "<sitemapindex><sitemap><loc>/s.xml.gz</loc></sitemap></sitemapindex>",
            "http://a.cn/x\nhttp://a.cn/y#z\n",
        ];
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    fn run(&mut self, input: &[u8]) {
        let plain = self.read(input);
        if plain.is_html {
            return;
        }
        assert!(plain.links.len() <= 50_000);
        for link in &plain.links {
            let url = Url::parse(&link.url).unwrap();
            assert!(matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
            assert_eq!(url.as_str(), link.url);
        }
        if input.starts_with(b"\x1f\x8b") {
            return;
        }
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(input).unwrap();
        let packed = self.read(&packer.finish().unwrap());
        assert_eq!((packed.title, packed.links), (plain.title, plain.links));
    }
}

/// Answers of HTTP/1.1: however the bytes are sliced on their way, the same is heard.
pub struct Answer;

/// A stream that says these bytes in slices and takes whatever it is told.
struct Said {
    bytes: Vec<u8>,
    at: usize,
    slice: usize,
}

impl AsyncRead for Said {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let end = self
            .bytes
            .len()
            .min(self.at + self.slice.min(buffer.remaining()));
        buffer.put_slice(&self.bytes[self.at..end]);
        self.at = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Said {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What was heard: status and headers, the body so far, its decoded form, what went wrong.
type Heard = (Option<(u16, String)>, Vec<u8>, Vec<u8>, String);

/// Whether the answer was cut or none; what is said of it may depend on how much came when it was seen.
fn kind_of(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Cut => "cut".to_owned(),
        Trouble::NotHttp(_) => "no HTTP".to_owned(),
    }
}

/// Bodies are decoded up to this.
const LIMIT_BYTES: usize = 1 << 20;

async fn heard(bytes: &[u8], slice: usize) -> Heard {
    let said = Said {
        bytes: bytes.to_vec(),
        at: 0,
        slice,
    };
    let mut http = Http1::new(Box::new(said));
    http.send(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let head = match http.head().await {
        Ok(head) => head,
        Err(trouble) => return (None, Vec::new(), Vec::new(), kind_of(&trouble)),
    };
    let encoding = head.headers.get("content-encoding");
    let encoding = encoding.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut decoder = Decoder::new(&encoding.unwrap_or_default(), LIMIT_BYTES);
    let mut body = Vec::new();
    let mut is_open = true;
    let trouble = loop {
        match http.piece().await {
            Ok(Some(piece)) => {
                body.extend_from_slice(piece);
                if let Some(decoder) = decoder.as_mut().filter(|_| is_open) {
                    is_open = decoder.push(piece) == Progress::More;
                }
            }
            Ok(None) => break String::new(),
            Err(trouble) => break kind_of(&trouble),
        }
    };
    assert!(body.len() <= bytes.len(), "more body than bytes");
    let (decoded, damage) = decoder.map(Decoder::finish).unwrap_or_default();
    assert!(decoded.len() <= LIMIT_BYTES);
    // How much is decoded before the damage is noticed depends on the slices.
    let decoded = match is_open && damage.is_none() {
        true => decoded,
        false => Vec::new(),
    };
    (
        Some((head.status, format!("{:?}", head.headers))),
        body,
        decoded,
        trouble,
    )
}

impl Runner for Answer {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let texts = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
            "HTTP/1.0 404 Not Found\nServer : old\n folded\n\nuntil the end",
            "HTTP/1.1 304 \r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\nx\x03\x4b\x04\x00",
        ];
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    fn run(&mut self, input: &[u8]) {
        // A slice of one byte costs a poll each: enough of them shows what slicing could change.
        let input = &input[..input.len().min(16 << 10)];
        let whole = futures::executor::block_on(heard(input, usize::MAX));
        for slice in [1, 7] {
            let sliced = futures::executor::block_on(heard(input, slice));
            assert_eq!(sliced, whole, "in slices of {slice}");
        }
    }
}
