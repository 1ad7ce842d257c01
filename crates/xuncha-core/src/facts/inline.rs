//! Addresses written in inline scripts: jumps, new windows, pagers. Only whole literals count; what a script puts together is not guessed.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::text::{holds_word, pattern};

/// Pages that one script pager may name.
const MAX_PAGER_PAGES: u32 = 300;
/// Longest script that is searched for addresses; longer ones are libraries or data.
const MAX_SCRIPT_BYTES: usize = 64 << 10;

/// Whole addresses that a script or handler goes to: `location.href='…'`, `location.replace('…')`, `window.open('…')`.
pub(crate) fn addresses(script: &str) -> Vec<String> {
    static GOES_TO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?:\blocation(?:\.href)?\s*=|\blocation\.(?:replace|assign)\s*\(|\bwindow\.open\s*\()\s*(?:'([^'\\\s<>]+)'|"([^"\\\s<>]+)")\s*(?:[;,)}\n]|$)"#,
        )
    });
    if script.len() > MAX_SCRIPT_BYTES
        || !script.contains("location") && !script.contains("window.open")
    {
        return Vec::new();
    }
    GOES_TO
        .captures_iter(&without_comments(script))
        .filter_map(|found| found.get(1).or(found.get(2)))
        .map(|address| address.as_str().to_owned())
        .filter(|address| is_address(address))
        .collect()
}

/// A literal that can stand by itself: no template and no bare word.
fn is_address(literal: &str) -> bool {
    !has_placeholder(literal)
        && literal != "/"
        && !literal.starts_with('#')
        && (literal.contains('/') || literal.contains('.'))
        && !literal.ends_with(['=', '&'])
}

/// Whether a script or template engine has yet to fill in a part of the address.
pub(crate) fn has_placeholder(address: &str) -> bool {
    ["{{", "${", "<%"].iter().any(|mark| address.contains(mark))
}

/// A script without its comments. `//` inside of an address is none.
fn without_comments(script: &str) -> Cow<'_, str> {
    static COMMENT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?s)/\*.*?\*/|(?m)(?:^|[\s;{})])//[^\n]*"));
    if script.contains("/*") || script.contains("//") {
        COMMENT.replace_all(script, "\n")
    } else {
        Cow::Borrowed(script)
    }
}

/// Pages named by `createPageHTML(count, current, "index", "html")` and its relatives.
pub(crate) fn pager_pages(script: &str) -> Vec<String> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)\b(?:createPageHTML|create_page_html|createPage|showPage|pageHtml)\s*\(\s*['"]?(\d{1,5})['"]?\s*,\s*['"]?(\d{1,5})['"]?\s*,\s*['"]([\w./-]{1,80})['"]\s*,\s*['"]\.?(\w{2,6})['"]"#,
        )
    });
    let mut pages = Vec::new();
    // All of the names hold this: one look spares most scripts the others.
    if !holds_word(script, "page") {
        return pages;
    }
    // The patterns are slow on long scripts; each needs one of these. The first letter of `showPage` has more than two cases.
    let may_call = ["createpage", "create_page_html", "howpage", "pagehtml"]
        .iter()
        .any(|name| holds_word(script, name));
    let calls = may_call.then(|| CALL.captures_iter(script));
    for call in calls.into_iter().flatten() {
        let count: u32 = call[1].parse().unwrap_or(0);
        let (name, extension) = (&call[3], &call[4]);
        // A pager that calls the first page 1 names the others from 2 on; one that calls it 0 from 1 on.
        let (first, end) = if &call[2] == "0" {
            (1, count)
        } else {
            (2, count + 1)
        };
        for page in first..end.min(MAX_PAGER_PAGES) {
            pages.push(format!("{name}_{page}.{extension}"));
        }
    }
    if let Some((count, extension)) = counted(script) {
        for page in 2..=count.min(MAX_PAGER_PAGES) {
            pages.push(format!("index_{page}.{extension}"));
        }
    }
    pages
}

/// `countPage = 12`, then `index` within 600 characters and an ending of pages within 200 behind it: the number and the ending. By hand,
/// because the gaps make a pattern walk hundreds of states on every script that counts pages.
fn counted(script: &str) -> Option<(u32, &str)> {
    const NAME: &str = "countpage";
    let starts = |text: &str, word: &str| {
        let head = text.as_bytes().get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for at in memchr::memchr2_iter(b'c', b'C', script.as_bytes()) {
        if !starts(&script[at..], NAME) || script[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = script[at + NAME.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
            continue;
        };
        let digits = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
        let Ok(count) = rest[..digits].parse() else {
            continue;
        };
        let behind = &rest[digits..];
        let near = first_chars(behind, 600 + "index".len());
        let names = memchr::memchr2_iter(b'i', b'I', near.as_bytes());
        for name in names.filter(|name| starts(&near[*name..], "index")) {
            let tail = first_chars(&behind[name + "index".len()..], 200 + ".shtml?".len());
            for dot in memchr::memchr_iter(b'.', tail.as_bytes()) {
                let word = &tail[dot + 1..];
                let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
                let extension = &word[..end];
                let endings = ["html", "htm", "shtml", "shtm"];
                if endings
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(extension))
                {
                    return Some((count, extension));
                }
            }
        }
    }
    None
}

fn first_chars(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count).map(|(at, _)| at);
    &text[..end.unwrap_or(text.len())]
}

/// Where an entrance page's script jumps.
pub(crate) fn location_target(script: &str) -> Option<String> {
    static TARGET: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?:^|[;{\s.])location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*['"]([^'"]+)['"]\s*(?:[;)\n}]|$)"#,
        )
    });
    TARGET
        .captures(&without_comments(script))
        .map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_addresses_count() {
        for (script, expected) in [
            ("window.open('/a.html')", &["/a.html"][..]),
            ("window.open('/a.html','_blank','width=3')", &["/a.html"]),
            ("location.href = \"b/c.html\";", &["b/c.html"]),
            ("location.replace('http://x.cn/1')", &["http://x.cn/1"]),
            ("window.open('/s?q='+word)", &[]),
            ("location.href='/s?q=' + k;", &[]),
            ("location='/s?id=';", &[]),
            ("// window.open('/old.html')\nf()", &[]),
            ("/* location='/old.html'; */", &[]),
            ("location.href='http://x.cn/1'; // go", &["http://x.cn/1"]),
            ("location='{{url}}/a';", &[]),
            ("if(location=='/a.html')", &[]),
            ("location.hash='#/a'", &[]),
            ("var s='window.open'", &[]),
        ] {
            assert_eq!(addresses(script), expected, "{script}");
        }
    }

    #[test]
    fn a_counting_pager_names_its_pages() {
        for (script, expected) in [
            (
                "var countPage = 3; s = 'index_' + i + '.html';",
                vec!["index_2.html", "index_3.html"],
            ),
            (
                "COUNTPAGE=2\nfor(;;) a('Index'+n+\".shtml\")",
                vec!["index_2.shtml"],
            ),
            (
                "var countPage = n; countPage=2; 'index' + '.js' + '.htm'",
                vec!["index_2.htm"],
            ),
            ("mycountPage = 3; 'index.html'", vec![]),
            ("countPage == 3; 'index.html'", vec![]),
            ("countPage = 3; 'index.html5'", vec![]),
            ("countPage = 3;", vec![]),
        ] {
            assert_eq!(pager_pages(script), expected, "{script}");
        }
        let far = format!("countPage = 2; {} 'index.html'", "页".repeat(700));
        assert!(pager_pages(&far).is_empty());
    }
}
