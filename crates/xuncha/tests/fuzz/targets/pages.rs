//! Pages and what is read of them.

use std::collections::BTreeSet;

use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::{FactRecord, Link, LinkKind};
use xuncha_core::facts::{self, Comparison, Lexicons};

use super::Runner;
use crate::corpus::{self, capture};

pub struct Html(pub Lexicons);

impl Runner for Html {
    fn corpus(&self) -> Vec<Vec<u8>> {
        corpus::pages()
    }

    fn run(&mut self, input: &[u8]) {
        let types = [
            "text/html",
            "text/html; charset=gbk",
            "",
            "text/html; charset=utf-16",
        ];
        let content_type = types[input.len() % types.len()];
        let purposes = [
            Purpose::Page,
            Purpose::Search {
                query: "通知".to_owned(),
            },
            Purpose::Account,
        ];
        let purpose = purposes[input.len() / 4 % purposes.len()].clone();
        let url = "http://www.a.gov.cn/zwgk/tzgg/t20260301_12.html";
        let read = facts::read(&capture(url, content_type, purpose), input, &self.0);
        // What cannot be kept cannot be judged.
        let record = FactRecord::Page(Box::new(read));
        let json = serde_json::to_vec(&record).unwrap();
        let again: FactRecord = serde_json::from_slice(&json).unwrap();
        assert_eq!(again, record);
        let packed = postcard::to_stdvec(&record).unwrap();
        let again: FactRecord = postcard::from_bytes(&packed).unwrap();
        assert_eq!(again, record);
    }
}

pub struct Replay;

impl Runner for Replay {
    fn corpus(&self) -> Vec<Vec<u8>> {
        corpus::pages()
    }

    fn run(&mut self, input: &[u8]) {
        let encoding = facts::detect(input, "text/html");
        let html = facts::decode(input, encoding);
        let quote: String = html.chars().skip(html.len() / 3).take(12).collect();
        let safe = xuncha_web::safe_page(&html, "http://www.a.gov.cn/x/", "/r", &quote);
        let lower = safe.to_ascii_lowercase();
        for word in ["<script", "<base", "<object", "<embed", "<meta http-equiv"] {
            // `<scripts>` is an element that nobody knows and that does nothing.
            let ends_name = |at: usize| {
                lower[at + word.len()..].starts_with([' ', '\n', '\t', '\x0c', '/', '>', '='])
            };
            let mut found = lower.match_indices(word).map(|(at, _)| at);
            assert!(!found.any(ends_name), "{word} came through");
        }
    }
}

/// Our HTML reader against html5ever: node by node the same tree, or ours gives up.
pub struct Readers;

impl Runner for Readers {
    fn corpus(&self) -> Vec<Vec<u8>> {
        corpus::pages()
    }

    fn run(&mut self, input: &[u8]) {
        let page = String::from_utf8_lossy(input);
        if let Comparison::Differ(how) = facts::compare_readers(&page) {
            panic!("the readers differ: {how}");
        }
    }
}

/// Links of a page from its tags alone against those from its tree: the same, or the first gives up.
pub struct Skim(pub Lexicons);

impl Runner for Skim {
    fn corpus(&self) -> Vec<Vec<u8>> {
        corpus::pages()
    }

    fn run(&mut self, input: &[u8]) {
        // A page that shows little is never read so.
        let mut page = b"<p>".to_vec();
        page.extend_from_slice("本页的内容足够长，".repeat(12).as_bytes());
        page.extend_from_slice(b"</p>");
        page.extend_from_slice(input);
        let url = "http://www.a.gov.cn/zwgk/tzgg/t20260301_12.html";
        let capture = capture(url, "text/html; charset=utf-8", Purpose::Page);
        if let Comparison::Differ(how) = facts::compare_skim(&capture, &page, &self.0) {
            panic!("the ways differ: {how}");
        }
    }
}

/// Readers of references: in attributes, style sheets and scripts. Each line of the input is a reference; all of it is a style sheet
/// and a script too.
pub struct Links(pub Lexicons);

const BASE: &str = "http://www.a.gov.cn/zwgk/tzgg/index.html";

impl Links {
    fn links(&self, content_type: &str, purpose: Purpose, body: &[u8]) -> Vec<Link> {
        let facts = facts::read(&capture(BASE, content_type, purpose), body, &self.0);
        let mut seen = BTreeSet::new();
        for link in &facts.links {
            let url = Url::parse(&link.url).unwrap();
            assert!(matches!(url.scheme(), "http" | "https"), "{}", link.url);
            assert_eq!(url.as_str(), link.url, "not as the URL standard writes it");
            assert!(url.fragment().is_none(), "{}", link.url);
            assert!(link.count > 0 && link.text.chars().count() <= 80);
            assert!(seen.insert((&link.url, link.kind)), "{} twice", link.url);
        }
        facts.links
    }
}

impl Runner for Links {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let texts = [
            "a.html\n/b/../c?d=e&f#g\n//h.cn/i\nhttp://J.cn:80/\n?k=政\n./%7el\nhttp://[::1]/\nm n",
            "@import url('a.css') screen;\n.a{background:URL( \"b(1).png\" )}/* url(c.png) */@namespace d url(e);",
            "location.href='/a.html';window.open(\"b.html\")//location='/c'\ncreatePageHTML(3,0,'index','html');var countPage = 4; index+p+'.shtml'",
        ];
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    fn run(&mut self, input: &[u8]) {
        let text = String::from_utf8_lossy(input).replace('\0', "");
        let escaped = |text: &str| {
            let text = text.replace('&', "&amp;").replace('"', "&quot;");
            text.replace('<', "&lt;")
        };
        let mut page = String::from("<meta charset=utf-8><title>x</title>");
        for line in text.lines() {
            page.push_str(&format!("<a href=\"{}\">{0}</a>", escaped(line)));
        }
        let read = self.links("text/html; charset=utf-8", Purpose::Page, page.as_bytes());
        let anchors = read
            .into_iter()
            .filter(|link| link.kind == LinkKind::Anchor);
        let anchors: BTreeSet<String> = anchors.map(|link| link.url).collect();
        let base = Url::parse(BASE).unwrap();
        let wanted: BTreeSet<String> = text
            .lines()
            .filter_map(|line| standard(&base, line))
            .collect();
        assert_eq!(
            anchors, wanted,
            "ours, and as the URL standard resolves them"
        );
        let page = format!(
            "<style>{text}</style><script>{text}</script><p onclick=\"{0}\" style=\"{0}\" background=\"{0}\"><img srcset=\"{0}\"><meta http-equiv=refresh content=\"0;url={0}\">",
            escaped(&text)
        );
        self.links("text/html; charset=utf-8", Purpose::Page, page.as_bytes());
        self.links("text/css", Purpose::Link { look: 1 }, input);
    }
}

/// What a reference is by the URL standard; `None` where it leads to no page, or where a template engine has yet to fill it in.
fn standard(base: &Url, reference: &str) -> Option<String> {
    let trimmed = reference.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    let unfilled = ["{{", "${", "<%"].iter().any(|mark| trimmed.contains(mark));
    if trimmed.is_empty() || trimmed.starts_with('#') || unfilled {
        return None;
    }
    let mut url = base.join(trimmed).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}
