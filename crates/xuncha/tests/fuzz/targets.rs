//! The readers that are fuzzed, and what each of them promises.

use std::io::{Read, Write};
use std::path::PathBuf;

use xuncha_core::evidence::{EvidenceRef, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::{self, Lexicons};
use xuncha_core::registry::{Mapping, Registry, Sheet, TargetId, import};
use xuncha_gather::robots::Robots;
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts, IndexEntry, SegmentIndex, surt};

use crate::corpus::{self, capture};

/// A reader that is fuzzed.
pub struct Target {
    pub name: &'static str,
    /// Words of its language.
    pub words: &'static [&'static str],
    pub prepare: fn() -> Box<dyn Runner>,
}

/// A target made ready.
pub trait Runner {
    /// What to begin with.
    fn corpus(&self) -> Vec<Vec<u8>>;
    /// Reads one input; panics where a promise is broken.
    fn run(&mut self, input: &[u8]);
}

pub static ALL: [Target; 8] = [
    Target {
        name: "html",
        words: HTML_WORDS,
        prepare: || Box::new(Html(Lexicons::builtin())),
    },
    Target {
        name: "replay",
        words: HTML_WORDS,
        prepare: || Box::new(Replay),
    },
    Target {
        name: "feed",
        words: FEED_WORDS,
        prepare: || Box::new(Feed(Lexicons::builtin())),
    },
    Target {
        name: "package",
        words: &[
            "PK\x03\x04",
            "PK\x01\x02",
            "PK\x05\x06",
            "AndroidManifest.xml",
            "package=\"",
            "m\0a\0n\0i\0f\0e\0s\0t\0",
            "\0\0",
            "cn.gov.",
        ],
        prepare: || Box::new(Package(Lexicons::builtin())),
    },
    Target {
        name: "robots",
        words: &[
            "User-agent:",
            "Disallow:",
            "Allow:",
            "*",
            "$",
            "/",
            "Crawl-delay:",
            "Sitemap:",
            "xuncha",
            "\r\n",
            "%2F",
            "#",
            "\u{feff}",
            "/*/*/*/*",
        ],
        prepare: || Box::new(RobotsTxt),
    },
    Target {
        name: "warc",
        words: &[
            "WARC/1.1\r\n",
            "WARC-Type: revisit\r\n",
            "WARC-Type: response\r\n",
            "Content-Length: ",
            "\r\n\r\n",
            "X-Xuncha-Body: 00001@0\r\n",
            "18446744073709551615",
            "HTTP/1.1 200 OK\r\n",
            "WARC-Payload-Digest: sha256:",
        ],
        prepare: || Box::new(Warc::new()),
    },
    Target {
        name: "cdxj",
        words: &[
            "!meta {\"length\":",
            "\"offset\":\"",
            "\"url\":\"http://",
            " {",
            "}",
            "cn,gov,",
            ")/",
            "\n",
            "\"",
            "20260301000000",
        ],
        prepare: || Box::new(Cdxj),
    },
    Target {
        name: "xlsx",
        words: &[
            "PK\x03\x04",
            "<row",
            "<c r=\"A1\"",
            "<v>",
            "xl/workbook.xml",
            "<sheet ",
            "r:id=",
            "sharedStrings",
            "XFD1048576",
            "99999999999",
        ],
        prepare: || Box::new(Xlsx::new()),
    },
];

const HTML_WORDS: &[&str] = &[
    "<div>",
    "</div>",
    "<a href=",
    "<table>",
    "<tr><td>",
    "<svg>",
    "<math>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&#x",
    "&#1114112;",
    "&",
    "<b><p>",
    "</p>",
    "<template>",
    "<select>",
    "<form>",
    "<base href=",
    "<meta charset=gbk>",
    "style=\"background:url(",
    "url(",
    "@import ",
    "\\75 rl(",
    "javascript:",
    " onload=alert(1)",
    "srcdoc=",
    "<iframe ",
    "<noscript>",
    "2026-03-01",
    "2026年3月1日",
    "〔2026〕5号",
    "首页",
    "政策解读",
    "暂无信息",
    "下一页",
    "createPageHTML(",
    "\"",
    "'",
    "\0",
    "\u{202e}",
    "<title>",
    "<textarea>",
    "<plaintext>",
    "来源：",
    "<li>",
    "<h1>",
    "%",
    "http://[",
    "//",
    "#",
    "?",
    "&nbsp;",
];
const FEED_WORDS: &[&str] = &[
    "<rss",
    "<feed",
    "<item>",
    "<entry>",
    "<title>",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "{\"items\":[",
    "{\"title\":\"",
    "[",
    "]",
    "{",
    "}",
    "null",
    "1e999",
    "\"date\":",
    "9223372036854775807",
    "<pubDate>",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "\\u0000",
    "xmlns=",
];

struct Html(Lexicons);

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
    }
}

struct Replay;

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
        for word in ["<script", "<base", "<object", "<embed", "<meta http"] {
            assert!(!lower.contains(word), "{word} came through");
        }
    }
}

struct Feed(Lexicons);

impl Runner for Feed {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut all = corpus::accounts();
        all.retain(|body| body.len() < 60_000 && !body.starts_with(b"PK"));
        all.push(
            br#"[{"title":"a","date":"2026-03-01"},{"items":[{"text":"b","time":1772323200}]}]"#
                .to_vec(),
        );
        all
    }

    fn run(&mut self, input: &[u8]) {
        let types = [
            "application/rss+xml",
            "application/json",
            "text/xml; charset=gb2312",
        ];
        let content_type = types[input.len() % types.len()];
        let capture = capture("http://a.cn/feed", content_type, Purpose::Account);
        facts::read(&capture, input, &self.0);
    }
}

struct Package(Lexicons);

impl Runner for Package {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut all = corpus::accounts();
        all.retain(|body| body.starts_with(b"PK"));
        all.push(b"<html>gone</html>".to_vec());
        all
    }

    fn run(&mut self, input: &[u8]) {
        let kind = "application/vnd.android.package-archive";
        let capture = capture("http://a.cn/app.apk", kind, Purpose::Account);
        facts::read(&capture, input, &self.0);
    }
}

struct RobotsTxt;

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
    }
}

/// A folder of evidence whose segment is replaced by the input.
struct Warc {
    root: tempfile::TempDir,
    folder: EvidenceFolder,
    segment: PathBuf,
    sound: Vec<u8>,
}

impl Warc {
    fn new() -> Warc {
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

struct Cdxj;

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

struct Xlsx {
    sound: Vec<u8>,
    mapping: Mapping,
}

impl Xlsx {
    fn new() -> Xlsx {
        let mapping = include_str!("../../../../mappings/own.toml");
        Xlsx {
            sound: corpus::registry(),
            mapping: Mapping::from_toml(mapping).unwrap(),
        }
    }
}

impl Runner for Xlsx {
    fn corpus(&self) -> Vec<Vec<u8>> {
        let csv = "名称,网址\n青石市人民政府,http://a.cn/\n\"引号\"\"\",\n";
        let mut all = vec![self.sound.clone(), csv.as_bytes().to_vec()];
        // The parts of the spreadsheet in the clear, which are packed again before they are read.
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&self.sound)).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = format!("{}\0", part.name().unwrap()).into_bytes();
            part.read_to_end(&mut bytes).unwrap();
            if bytes.len() < crate::mutate::MAX_BYTES {
                all.push(bytes);
            }
        }
        all
    }

    fn run(&mut self, input: &[u8]) {
        let repacked = self.repacked(input);
        let (name, bytes) = match (&repacked, input.starts_with(b"PK")) {
            (Some(packed), _) => ("a.xlsx", packed.as_slice()),
            (None, true) => ("a.xlsx", input),
            (None, false) => ("a.csv", input),
        };
        if let Ok(sheets) = xuncha_report::sheets::read(name, bytes) {
            let _ = import(&with_headers(sheets), &self.mapping, &Registry::default());
        }
    }
}

/// Headings apart from rows, as the command does it.
fn with_headers(sheets: Vec<xuncha_core::sheet::Sheet>) -> Vec<Sheet> {
    let apart = |sheet: xuncha_core::sheet::Sheet| {
        let mut rows = sheet.rows.into_iter();
        Sheet {
            name: sheet.name,
            header: rows.next().unwrap_or_default(),
            rows: rows.collect(),
        }
    };
    sheets.into_iter().map(apart).collect()
}

impl Xlsx {
    /// The spreadsheet with one part replaced, where the input names a part.
    fn repacked(&self, input: &[u8]) -> Option<Vec<u8>> {
        let end = input.iter().position(|byte| *byte == 0)?;
        let name = std::str::from_utf8(&input[..end]).ok()?;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&self.sound)).ok()?;
        archive.by_name(name).ok()?;
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).ok()?;
            let part_name = part.name().ok()?.into_owned();
            writer.start_file(part_name.as_str(), options).ok()?;
            if part_name == name {
                writer.write_all(&input[end + 1..]).ok()?;
            } else {
                std::io::copy(&mut part, &mut writer).ok()?;
            }
        }
        Some(writer.finish().ok()?.into_inner())
    }
}
