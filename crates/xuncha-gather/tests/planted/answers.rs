//! What every address of the planted sites answers, to GET and to HEAD.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use encoding_rs::{BIG5, GB18030};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::case::Case;
use crate::common::{Ask, Reply};
use crate::server::absolute;

/// The sitemap that robots.txt names.
pub const SITEMAP: &str = "/sitemap_index.xml";

/// What comes at once of a body that does not end: more than anybody has to read, and no more than a machine can hold for a checker
/// that reads on.
const FLOOD_BYTES: usize = 64 << 20;

/// What every address answers.
pub struct Answers {
    cases: Arc<Vec<Case>>,
    served: BTreeMap<String, String>,
    heads: BTreeMap<String, String>,
}

impl Answers {
    /// Of all cases; no address has two answers.
    pub fn new(cases: Arc<Vec<Case>>) -> Answers {
        let (mut served, mut heads) = (BTreeMap::new(), BTreeMap::new());
        for case in cases.iter() {
            for (key, answer) in case.served() {
                assert!(!served.contains_key(&key), "{key} is served twice");
                served.insert(key, answer.to_owned());
            }
            heads.extend(case.heads().map(|(key, answer)| (key, answer.to_owned())));
        }
        Answers {
            cases,
            served,
            heads,
        }
    }

    /// To one request.
    pub fn reply(&self, ask: &Ask) -> Reply {
        let key = format!("{}{}", ask.host, ask.path);
        if !ask.head.starts_with("HEAD ") {
            return self.whole(ask, &key);
        }
        without_body(match self.heads.get(&key) {
            Some(answer) => step(answer, &key),
            None => self.whole(ask, &key),
        })
    }

    fn whole(&self, ask: &Ask, key: &str) -> Reply {
        if let Some(answer) = self.served.get(key) {
            let steps: Vec<&str> = answer.split(" ;; ").collect();
            return step(steps[ask.nth.min(steps.len() - 1)], key);
        }
        let cases = || self.cases.iter().filter(|case| case.site == ask.host);
        if let Some(case) =
            cases().find(|case| ask.path.split('?').next() == Some(&case.own_path()))
        {
            let is_asked = !ask.path.contains('?');
            return if is_asked {
                self.case_page(case)
            } else {
                gone(&ask.host)
            };
        }
        match ask.path.as_str() {
            "/" => {
                let links: String = cases()
                    .map(|case| format!("<li><a href='{}'>{}</a></li>", case.own_path(), case.name))
                    .collect();
                html(&format!("<title>云岭县人民政府</title><h1>目录</h1><ul>{links}</ul>"))
            }
            "/robots.txt" => page(
                200,
                "text/plain",
                b"User-agent: *\nDisallow: /secret/\n\nSitemap: http://planted.internal/sitemap_index.xml\n".to_vec(),
            ),
            SITEMAP => page(200, "text/xml", b"<sitemapindex><sitemap><loc>http://planted.internal/sitemap1.xml</loc></sitemap><sitemap><loc>http://planted.internal/sitemap2.xml.gz</loc></sitemap></sitemapindex>".to_vec()),
            "/sitemap1.xml" => page(200, "text/xml", sitemap(cases().flat_map(|case| &case.sitemap)).into_bytes()),
            "/sitemap2.xml.gz" => {
                let text = sitemap(cases().flat_map(|case| &case.packed_sitemap));
                page(200, "application/x-gzip", packed(text.as_bytes()))
            }
            path => match path.strip_prefix("/hops/").map(|left| left.parse::<u32>().unwrap()) {
                Some(0) => fine(key),
                Some(left) => head(302, vec![("Location", format!("/hops/{}", left - 1))], Vec::new()),
                None => gone(&ask.host),
            },
        }
    }

    fn case_page(&self, case: &Case) -> Reply {
        let everywhere: String = self
            .cases
            .iter()
            .filter(|_| case.has_footer())
            .map(|other| other.everywhere.as_str())
            .collect();
        let text = match case.whole.as_str() {
            "" => format!(
                "<html><head><title>云岭县：一种情形</title>{}</head><body><p>本页说明一种情形：{}</p>{}{everywhere}</body></html>",
                case.head, case.name, case.page
            ),
            whole => whole.to_owned(),
        };
        let content_type = match case.content_type.as_str() {
            "" => "text/html; charset=utf-8",
            other => other,
        };
        page(200, content_type, encode(&case.encoding, &text))
    }
}

fn sitemap<'a>(entries: impl Iterator<Item = &'a String>) -> String {
    let entries: String = entries
        .map(|entry| match entry.strip_prefix("<!--") {
            Some(_) => entry.clone(),
            None => format!(
                "<url><loc>{}</loc></url>",
                absolute("planted.internal", entry)
            ),
        })
        .collect();
    format!("<?xml version='1.0' encoding='UTF-8'?><urlset>{entries}</urlset>")
}

/// What an address that does not exist answers, which differs by site.
fn gone(host: &str) -> Reply {
    match host {
        "soft.internal" => html(
            "<title>云岭融媒</title><p>山高路远，此处没有风景。去首页走走，或者联系我们的编辑部，工作日九点到五点有人值班。</p>",
        ),
        "home.internal" => head(302, vec![("Location", "/".to_owned())], Vec::new()),
        _ => page(
            404,
            "text/html",
            b"<html><title>404</title>nothing here</html>".to_vec(),
        ),
    }
}

fn encode(encoding: &str, text: &str) -> Vec<u8> {
    match encoding {
        "" => text.as_bytes().to_vec(),
        "gbk" => GB18030.encode(text).0.into_owned(),
        "big5" => BIG5.encode(text).0.into_owned(),
        "utf-8-bom" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        "utf-16le" => std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect(),
        "utf-16be-bare" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        other => panic!("encoding {other}"),
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn head(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Reply {
    Reply::Page(status, headers, body)
}

fn page(status: u16, content_type: &str, body: Vec<u8>) -> Reply {
    head(
        status,
        vec![("Content-Type", content_type.to_owned())],
        body,
    )
}

fn html(text: &str) -> Reply {
    page(200, "text/html; charset=utf-8", text.as_bytes().to_vec())
}

fn fine(key: &str) -> Reply {
    html(&format!(
        "<title>{key}</title><p>这是地址 {key} 的网页，内容完整，可以正常阅读。</p>"
    ))
}

/// The head of an answer alone, as HEAD asks for it.
fn without_body(reply: Reply) -> Reply {
    const USUAL: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    match reply {
        Reply::Page(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} Status\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            let length = body.len();
            head.push_str(&format!(
                "Content-Length: {length}\r\nConnection: close\r\n\r\n"
            ));
            Reply::Raw(head.into_bytes())
        }
        Reply::Raw(bytes) | Reply::CloseAfter(bytes) | Reply::Stall(bytes) => {
            let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
            Reply::Raw(bytes[..end.map_or(bytes.len(), |end| end + 4)].to_vec())
        }
        Reply::Endless | Reply::Flood(_) | Reply::Drip => Reply::Raw(USUAL.as_bytes().to_vec()),
        other @ (Reply::Reset | Reply::Hang | Reply::After(..)) => other,
    }
}

fn raw(head: &str, body: &[u8]) -> Reply {
    Reply::Raw([head.as_bytes(), b"\r\n\r\n", body].concat())
}

/// One answer as the cases write it.
fn step(answer: &str, key: &str) -> Reply {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
    let packed_page =
        packed(b"<html><p>a page that came packed, with enough text to be one</p></html>");
    let (first, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    let declared = |usual: &str| rest.strip_prefix("type=").unwrap_or(usual).to_owned();
    match first {
        "ok" => fine(key),
        "hang" => Reply::Hang,
        "reset" => Reply::Reset,
        "nonsense" => Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        "stall" => {
            Reply::Stall(format!("{HEAD}\r\nContent-Length: 900\r\n\r\n<html><p>half").into_bytes())
        }
        "drip" => Reply::Drip,
        "endless" => Reply::Flood(FLOOD_BYTES),
        "short" => raw(
            &format!("{HEAD}\r\nContent-Length: 900"),
            b"<html><p>not all of it",
        ),
        "long" => raw(
            &format!("{HEAD}\r\nContent-Length: 30"),
            b"<html><p>thirty bytes, no more</p> and more",
        ),
        "until-close" => raw(
            HEAD,
            b"<html><p>a page that ends with the connection</p></html>",
        ),
        "torn-chunk" => raw(
            &format!("{HEAD}\r\nTransfer-Encoding: chunked"),
            b"20\r\n<html><p>not all",
        ),
        "gzip" => raw(&format!("{HEAD}\r\nContent-Encoding: gzip"), &packed_page),
        "gzip-wrong-sum" => {
            let mut wrong = packed_page;
            let sum_at = wrong.len() - 8;
            wrong[sum_at] ^= 1;
            raw(&format!("{HEAD}\r\nContent-Encoding: gzip"), &wrong)
        }
        "lower-head" => raw(
            "http/1.1 200 OK\r\nContent-Type: text/html",
            b"<html><p>a page whose head is written in lower case</p></html>",
        ),
        "odd-length" => raw(
            &format!("{HEAD}\r\nContent-Length: unknown"),
            b"<html><p>a page whose length is no number</p></html>",
        ),
        "odd-length-open" => Reply::Stall(
            format!("{HEAD}\r\nContent-Length: unknown\r\n\r\n<html><p>a page whose length is no number, and the connection stays</p></html>")
                .into_bytes(),
        ),
        "br" => raw(
            &format!("{HEAD}\r\nContent-Encoding: br"),
            b"\x0b\x02\x80hello\x03",
        ),
        "gzip-torn" => raw(
            &format!("{HEAD}\r\nContent-Encoding: gzip"),
            &packed_page[..30],
        ),
        "gzip-corrupt" => raw(
            &format!("{HEAD}\r\nContent-Encoding: gzip"),
            b"this was never packed at all",
        ),
        "pdf" => page(
            200,
            &declared("application/pdf"),
            b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec(),
        ),
        "big-pdf" => page(
            200,
            "application/pdf",
            [b"%PDF-1.7\n".to_vec(), vec![b'x'; 3 << 20]].concat(),
        ),
        "png" => page(
            200,
            &declared("image/png"),
            b"\x89PNG\r\n\x1a\n0000IHDR".to_vec(),
        ),
        "docx" => page(
            200,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04word".to_vec(),
        ),
        "pdf-after-blank" => page(200, "application/pdf", b"\r\n\r\n\n%PDF-1.4\n".to_vec()),
        "ole" => page(
            200,
            "application/msword",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
        ),
        "untyped" => head(
            200,
            Vec::new(),
            b"<html><title>untyped</title><p>a page that does not say what it is</p></html>"
                .to_vec(),
        ),
        "http10" => raw(
            "HTTP/1.0 200 OK\r\nContent-Type: text/html",
            b"<html><p>a page of an old server, ended by the close</p></html>",
        ),
        "early-hints" => raw(
            &format!(
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n{HEAD}\r\nConnection: close"
            ),
            b"<html><p>a page that came after its hints</p></html>",
        ),
        _ => written(answer),
    }
}

/// `STATUS [name=value …] [| body]`.
fn written(answer: &str) -> Reply {
    let (start, body) = answer
        .split_once('|')
        .map_or((answer, None), |(start, body)| (start, Some(body.trim())));
    let mut words = start.split_whitespace();
    let status: u16 = words.next().unwrap().parse().unwrap();
    let (mut headers, mut charset) = (Vec::new(), String::new());
    for word in words {
        let (name, value) = word.split_once('=').unwrap();
        match name {
            "type" => headers.push(("Content-Type", value.to_owned())),
            "location" => headers.push(("Location", value.to_owned())),
            "retry-after" => headers.push(("Retry-After", value.to_owned())),
            "refresh" => headers.push(("Refresh", value.to_owned())),
            "set-cookie" => headers.push(("Set-Cookie", value.to_owned())),
            "charset" => value.clone_into(&mut charset),
            other => panic!("{other} in {answer}"),
        }
    }
    let usual = if matches!(status, 204 | 301..=308) {
        ""
    } else {
        "<html><title>x</title>sorry</html>"
    };
    Reply::Page(status, headers, encode(&charset, body.unwrap_or(usual)))
}
