//! Measures the readers on a folder of saved pages with truth files: `eval DATA`.
//!
//! DATA holds `dates/`, `pages/`, `lists/` (each with `truth.json`) and `charset/html5lib/`; a set that is not there is named and left out.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use jiff::civil::date;
use serde_json::Value;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::{Mark, MarkSeen, PageFacts};
use xuncha_core::facts::{self, Lexicons};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or("usage: eval DATA")?;
    let folder = Path::new(&folder);
    let lexicons = Lexicons::builtin();
    for (name, measure) in [
        ("dates", dates as fn(&Path, &Lexicons) -> Result<()>),
        ("dates", posts),
        ("pages", pages),
        ("lists", lists),
        ("charset/html5lib", charsets),
    ] {
        let set = folder.join(name);
        if set.exists() {
            measure(&set, &lexicons)?;
        } else {
            println!("{name}: not in this folder");
        }
    }
    Ok(())
}

fn capture(url: &str) -> Capture {
    let at = date(2026, 11, 22).at(9, 0, 0, 0);
    Capture {
        purpose: Purpose::Page,
        url: url.to_owned(),
        hops: Vec::new(),
        final_url: url.to_owned(),
        at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 1,
        size_bytes: 1,
        truncated: false,
        evidence: EvidenceRef {
            url: url.to_owned(),
            at,
            sha256: String::new(),
            record: String::new(),
            quote: String::new(),
        },
        timing: Default::default(),
    }
}

fn truth(set: &Path) -> Result<Vec<(String, Value)>> {
    let value: Value = serde_json::from_slice(&fs::read(set.join("truth.json"))?)?;
    let map = value.as_object().ok_or("truth.json is no object")?;
    Ok(map
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

fn read(path: &Path, url: &str, lexicons: &Lexicons) -> Result<PageFacts> {
    let body = fs::read(path)?;
    let start = Instant::now();
    let page = facts::read(&capture(url), &body, lexicons);
    println!(
        "    {:>7.2} ms {:>7} bytes {}",
        start.elapsed().as_secs_f64() * 1000.0,
        body.len(),
        path.display()
    );
    Ok(page)
}

fn dates(set: &Path, lexicons: &Lexicons) -> Result<()> {
    for with_metas in [true, false] {
        let (mut right, mut all) = (0, 0);
        for (name, entry) in truth(set)? {
            let body = fs::read(set.join(&name))?;
            let text = facts::decode(&body, facts::detect(&body, "")).into_owned();
            let text = if with_metas {
                text
            } else {
                without_metas(&text)
            };
            let mut asked = capture("http://example.cn/a");
            asked.content_type = "text/html; charset=utf-8".to_owned();
            let page = facts::read(&asked, text.as_bytes(), lexicons);
            let published = page
                .article
                .as_ref()
                .and_then(|article| article.published.clone());
            let found = published
                .as_ref()
                .map(|published| published.date.to_string())
                .unwrap_or_default();
            all += 1;
            if entry["pub_date"] == found {
                right += 1;
            } else {
                println!(
                    "  {name}: expected {} found {found:?} {published:?} {:?}",
                    entry["pub_date"],
                    page.article
                        .map(|article| (article.title, article.body_chars))
                );
            }
        }
        println!(
            "dates, {} metas: {right}/{all}",
            if with_metas { "with" } else { "without" }
        );
    }
    Ok(())
}

/// The same articles as the pages of accounts: the adapters show them as posts of their day.
fn posts(set: &Path, lexicons: &Lexicons) -> Result<()> {
    let (mut right, mut all) = (0, 0);
    for (name, entry) in truth(set)? {
        let mut asked = capture("http://example.cn/a");
        asked.purpose = Purpose::Account;
        asked.content_type = String::from("text/html");
        let page = facts::read(&asked, &fs::read(set.join(&name))?, lexicons);
        let post = page.posts.iter().find(|post| post.url == asked.url);
        let found = post.and_then(|post| post.date).map(|day| day.to_string());
        let found = found.unwrap_or_default();
        all += 1;
        let is_right = entry["pub_date"] == found;
        right += usize::from(is_right);
        if !is_right {
            println!("  {name}: found {found:?}, expected {}", entry["pub_date"]);
        }
    }
    println!("dates as posts of accounts: {right}/{all}");
    Ok(())
}

/// Cuts metas that speak of dates, and JSON-LD.
fn without_metas(text: &str) -> String {
    let metas = regex::Regex::new(r"(?is)<meta\b[^>]*>").expect("pattern");
    let linked =
        regex::Regex::new(r#"(?is)<script[^>]*ld\+json[^>]*>.*?</script>"#).expect("pattern");
    linked
        .replace_all(&metas.replace_all(text, ""), "")
        .into_owned()
}

fn pages(set: &Path, lexicons: &Lexicons) -> Result<()> {
    for (name, entry) in truth(set)? {
        let host = entry["host"].as_str().unwrap_or("www.example.cn");
        let page = read(
            &set.join(&name),
            &format!("http://{host}/a/b.html"),
            lexicons,
        )?;
        let mark = |mark: Mark| match page.marks.get(&mark) {
            Some(MarkSeen::Present { value }) => value.clone(),
            other => format!("{other:?}"),
        };
        let article = page.article.clone();
        let published = article
            .as_ref()
            .and_then(|article| article.published.clone());
        let at = published.map(|published| match published.at {
            Some(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
            None => published.date.to_string(),
        });
        let code = page
            .metas
            .get("SiteIDCode")
            .cloned()
            .filter(|code| !code.is_empty())
            .unwrap_or_else(|| mark(Mark::网站标识码));
        let column = page.metas.get("ColumnName").cloned().unwrap_or_else(|| {
            page.breadcrumbs
                .last()
                .map(|crumb| crumb.text.clone())
                .unwrap_or_default()
        });
        for (field, found) in [
            (
                "title",
                article
                    .as_ref()
                    .map(|article| article.title.clone())
                    .unwrap_or_default(),
            ),
            ("pub", at.unwrap_or_default()),
            (
                "source",
                article
                    .as_ref()
                    .map(|article| article.source.clone())
                    .unwrap_or_default(),
            ),
            (
                "site",
                page.metas.get("SiteName").cloned().unwrap_or_default(),
            ),
            ("siteidcode", code),
            ("icp", mark(Mark::ICP备案编号)),
            ("gongan", mark(Mark::公安机关备案标识)),
            ("zhuban", mark(Mark::网站主办单位)),
            ("column", column),
        ] {
            let Some(expected) = entry[field].as_str() else {
                continue;
            };
            let verdict = if expected == found { "right" } else { "WRONG" };
            println!(
                "  {verdict} {name} {field}: {found}{}",
                if expected == found {
                    String::new()
                } else {
                    format!(" (expected {expected})")
                }
            );
        }
    }
    Ok(())
}

fn lists(set: &Path, lexicons: &Lexicons) -> Result<()> {
    let (mut right, mut all) = (0, 0);
    for (name, entry) in truth(set)? {
        let url = entry["base"]
            .as_str()
            .and_then(|base| base.split(' ').next())
            .unwrap_or("http://example.cn/list/");
        let page = read(&set.join(&name), url, lexicons)?;
        let count = page.list.as_ref().map_or(0, |list| list.items.len());
        let newest = page
            .list
            .as_ref()
            .and_then(|list| list.newest)
            .map(|day| day.to_string())
            .unwrap_or_default();
        let is_right = entry["items"] == count
            && entry["newest"]
                .as_str()
                .is_none_or(|expected| expected == newest);
        all += 1;
        right += usize::from(is_right);
        let further = page.list.as_ref().map_or(0, |list| list.pages.len());
        println!(
            "  {name}: {count} items (expected {}), newest {newest}, {further} further pages",
            entry["items"]
        );
        if !is_right {
            for item in page.list.iter().flat_map(|list| &list.items).take(5) {
                println!("    {:?} {} {}", item.date, item.title, item.url);
            }
        }
    }
    println!("lists: {right}/{all}");
    Ok(())
}

fn charsets(set: &Path, _: &Lexicons) -> Result<()> {
    let (mut right, mut all) = (0, 0);
    for name in ["tests1.dat", "tests2.dat", "test-yahoo-jp.dat"] {
        let Ok(bytes) = fs::read(set.join(name)) else {
            continue;
        };
        for (data, expected) in charset_cases(&bytes) {
            let found = encoding_rs::Encoding::for_bom(&data)
                .map(|found| found.0)
                .or_else(|| facts::prescan(&data))
                .map_or("windows-1252", |encoding| encoding.name());
            all += 1;
            if found.eq_ignore_ascii_case(&expected) {
                right += 1;
            } else {
                println!(
                    "  {name}: expected {expected} found {found}: {}",
                    String::from_utf8_lossy(&data[..data.len().min(120)]).replace('\n', " ")
                );
            }
        }
    }
    println!("charset prescan: {right}/{all}");
    Ok(())
}

/// `#data` … `#encoding` … blocks.
fn charset_cases(bytes: &[u8]) -> Vec<(Vec<u8>, String)> {
    let mut cases = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    let mut state = "";
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.trim_ascii_end() {
            b"#data" => {
                state = "data";
                data.clear();
            }
            b"#encoding" => state = "encoding",
            other if state == "encoding" && !other.is_empty() => {
                cases.push((data.clone(), String::from_utf8_lossy(other).into_owned()));
                state = "";
            }
            _ if state == "data" => data.extend_from_slice(line),
            _ => {}
        }
    }
    cases
}
