//! What stands beside pages: references, robots.txt, sitemaps, answers, archives and their indexes.

use super::{chance, count};
use crate::mutate::Rng;

const PIECES: &[&str] = &[
    "a",
    "b.html",
    "..",
    ".",
    "",
    "c d",
    "%7e",
    "%2F",
    "政务",
    "index_1.shtml",
    "%",
    "e;f",
    "~",
    "xn--fiq228c",
    "%00",
    "G",
];

/// One reference.
pub fn reference(rng: &mut Rng) -> String {
    let mut out = String::new();
    match rng.below(8) {
        0 => out.push_str(rng.word(&[
            "http://",
            "https://",
            "HTTP://",
            "//",
            "http:",
            "https:/",
            "ftp://",
            "javascript:",
            "mailto:",
            "\\\\",
        ])),
        1 => out.push_str(rng.word(&["./", "../", "/", "?", "#", " "])),
        _ => {}
    }
    if out.ends_with("//") {
        out.push_str(rng.word(&[
            "a.cn",
            "www.A.gov.cn:80",
            "[::1]",
            "127.1",
            "user@b.cn",
            "政务.cn",
            "b.cn.",
            "a_b.cn",
            "1.2.3",
            "",
            "c.cn:8080",
        ]));
        out.push_str(rng.word(&["", "/", "\\"]));
    }
    for at in 0..rng.below(5) {
        if at > 0 {
            out.push('/');
        }
        out.push_str(rng.word(PIECES));
    }
    if chance(rng, 25) {
        out.push_str(rng.word(&["?k=v", "?", "?q=政&a=b", "?a=%3c'\"", "?x#y", "?a?b"]));
    }
    if chance(rng, 15) {
        out.push_str(rng.word(&["#top", "#", "#政", " "]));
    }
    out
}

/// Lines of references, of style sheets and of scripts.
pub fn references(rng: &mut Rng) -> Vec<u8> {
    let mut out = String::new();
    for _ in 0..count(rng, 8) {
        let one = reference(rng);
        out.push_str(&match rng.below(12) {
            0 => format!("@import url({one});"),
            1 => format!(".a{{background:url( '{one}' )}}"),
            2 => format!("/* url({one}) */"),
            3 => format!("window.open('{one}');"),
            4 => format!("location.href = \"{one}\"; // {one}"),
            5 => format!("createPageHTML({}, 0, 'index', 'html')", rng.below(2_000)),
            6 => format!("@namespace x url({one});@import '{one}' screen;"),
            _ => one,
        });
        out.push_str(rng.word(&["\n", "\n", "\n", "\r\n", " "]));
    }
    out.into_bytes()
}

/// robots.txt with groups, wildcards and lines that belong to nobody.
pub fn robots(rng: &mut Rng) -> Vec<u8> {
    let is_plain = chance(rng, 60);
    let mut out = String::new();
    for _ in 0..count(rng, 3) {
        for _ in 0..1 + rng.below(2) {
            out.push_str(&format!(
                "User-agent: {}\n",
                rng.word(&["*", "xuncha", "Xuncha", "other"])
            ));
        }
        for _ in 0..count(rng, 5) {
            let word = rng.word(&["Allow", "Disallow"]);
            let mut pattern = String::from("/");
            for _ in 0..rng.below(6) {
                pattern.push_str(rng.word(&["a", "b", "*", "/", "$", "ab", ".do", "admin"]));
            }
            out.push_str(&format!("{word}: {pattern}\n"));
        }
        if !is_plain {
            out.push_str(rng.word(&[
                "Crawl-delay: 1e9\n",
                "Sitemap: http://a.cn/s.xml\n",
                "# x\n",
                "DISALLOW:/%61\r\n",
                "Disallow:\n",
                "allow : /政\n",
                "user-agent:xuncha/1.0\n",
                "Crawl-delay: -1\r",
                "Disallow: /%+5\n",
            ]));
        }
    }
    out.into_bytes()
}

/// A sitemap, an index of sitemaps or a plain list.
pub fn sitemap(rng: &mut Rng) -> Vec<u8> {
    let (root, entry) = *rng.pick(&[
        ("urlset", "url"),
        ("urlset", "url"),
        ("sitemapindex", "sitemap"),
        ("", ""),
    ]);
    let mut out = String::new();
    if !root.is_empty() {
        out.push_str(rng.word(&[
            "<?xml version='1.0' encoding='UTF-8'?>",
            "",
            "\u{feff}",
            "<!-- <urlset> -->",
        ]));
        out.push_str(&format!(
            "<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
        ));
    }
    for _ in 0..count(rng, 10) {
        let url = reference(rng).replace('&', rng.word(&["&amp;", "&"]));
        out.push_str(&match (root, rng.below(8)) {
            ("", _) => format!("http://a.cn/{url}\n"),
            (_, 0) => format!("<!-- <loc>{url}</loc> -->"),
            (_, 1) => format!("<{entry}><loc><![CDATA[{url}]]></loc></{entry}>"),
            (_, 2) => format!("<{entry}><loc> {url} <lastmod>2026"),
            _ => format!("<{entry}><loc>{url}</loc><lastmod>2026-03-01</lastmod></{entry}>\n"),
        });
    }
    if !root.is_empty() {
        out.push_str(&format!("</{root}>"));
    }
    out.into_bytes()
}

/// An answer of HTTP/1.1: head, framing, body, and what servers get wrong about them.
pub fn answer(rng: &mut Rng) -> Vec<u8> {
    let end = rng.word(&["\r\n", "\r\n", "\r\n", "\n"]);
    let mut out = String::from(rng.word(&["", "", "", "\r\n"]));
    for _ in 0..rng.below(2) {
        out.push_str(&format!("HTTP/1.1 10{} x{end}{end}", rng.below(4)));
    }
    out.push_str(&format!(
        "HTTP/1.{} {}{end}",
        rng.below(2),
        rng.word(&[
            "200 OK",
            "304",
            "404  Not Found",
            "204 x",
            "503 ",
            "99 y",
            "301 政"
        ])
    ));
    let body: String = (0..count(rng, 8))
        .map(|_| rng.word(&["hello", "\n", "中", "x"]))
        .collect();
    let is_chunked = chance(rng, 50);
    match (is_chunked, chance(rng, 70)) {
        (true, _) => out.push_str(&format!(
            "Transfer-Encoding: {}{end}",
            rng.word(&["chunked", "gzip, chunked", "Chunked"])
        )),
        (false, true) => out.push_str(&format!(
            "Content-Length: {}{end}",
            body.len() + rng.below(3)
        )),
        _ => {}
    }
    for _ in 0..count(rng, 4) {
        out.push_str(rng.word(&[
            "Server: nginx",
            "Content-Type: text/html; charset=gbk",
            "X :y",
            "Set-Cookie: a=b",
            "Connection: close",
            "Connection: keep-alive, x",
            " folded",
            "Content-Length: 3, 3",
            "Content-Encoding: gzip",
            "Content-Encoding: deflate",
            "no colon",
            ": empty",
            "A\u{7f}: b",
            "Retry-After: 1",
        ]));
        out.push_str(end);
    }
    out.push_str(end);
    if !is_chunked {
        out.push_str(&body);
        return out.into_bytes();
    }
    for piece in body.as_bytes().chunks(1 + rng.below(9)) {
        let extension = rng.word(&["", "", "; a=b", " "]);
        let size = piece.len() + usize::from(chance(rng, 3));
        out.push_str(&format!(
            "{size:x}{extension}{end}{}{end}",
            String::from_utf8_lossy(piece)
        ));
    }
    out.push_str(rng.word(&[
        "0\r\n\r\n",
        "0\r\nTrailer: x\r\n\r\n",
        "",
        "00\n\n",
        "-1\r\n",
    ]));
    out.into_bytes()
}

/// Records of an archive in the clear, as the `warc` target packs them: parted by NUL.
pub fn warc(rng: &mut Rng) -> Vec<u8> {
    let mut out = String::new();
    for number in 0..count(rng, 4) {
        let kind = rng.word(&[
            "response", "request", "revisit", "warcinfo", "metadata", "odd",
        ]);
        let block = match kind {
            "response" => "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>",
            "request" => "GET / HTTP/1.1\r\nHost: a.cn\r\n\r\n",
            _ => "",
        };
        let length = match rng.below(8) {
            0 => rng.below(1 << 20),
            _ => block.len(),
        };
        if number > 0 {
            out.push('\0');
        }
        out.push_str(&format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.cn/{number}\r\n"
        ));
        for _ in 0..rng.below(4) {
            out.push_str(rng.word(&[
                "WARC-Date: 2026-03-20T01:00:00Z\r\n",
                "WARC-Refers-To: <urn:uuid:0>\r\n",
                "X-Xuncha-Body: 00001@0\r\n",
                "WARC-Truncated: length\r\n",
                "WARC-Payload-Digest: sha256:AAAA\r\n",
                "Content-Length: 1\r\n",
                "no colon\r\n",
                " folded\r\n",
                "WARC-Block-Digest: sha256:\r\n",
            ]));
        }
        out.push_str(&format!("Content-Length: {length}\r\n\r\n{block}\r\n\r\n"));
    }
    out.into_bytes()
}

/// Lines of an index.
pub fn cdxj(rng: &mut Rng) -> Vec<u8> {
    let mut out = format!(
        "!meta {{\"filename\":\"00001.warc.gz\",\"length\":{}}}\n",
        rng.below(5_000)
    );
    for _ in 0..count(rng, 8) {
        let url = reference(rng).replace('\\', "\\\\");
        let key = rng.word(&["cn,gov,a)/", "cn,a)/b?c", ")/", "cn,gov,a:8080)/政"]);
        out.push_str(&format!(
            "{key} 202603{:02}00000{} {{\"url\":\"http://a.cn/{url}\",\"mime\":\"text/html\",\"status\":\"{}\",\"digest\":\"sha256:AA\",\"length\":\"{}\",\"offset\":\"{}\",\"filename\":\"00001.warc.gz\"}}\n",
            rng.below(40),
            rng.below(10),
            rng.word(&["200", "-", "404"]),
            rng.below(900),
            rng.next() >> rng.below(64),
        ));
    }
    out.into_bytes()
}
