//! 可疑脚本: what scripts inside a page write, hide or redirect, with the usual veils taken off: escapes, character codes, base64.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;
use memchr::memmem;

use super::harmful::harm_of;
use super::hosts::{Whose, host_of, whose};
use super::lists::SafetyLists;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{Sign, SignCase};
use crate::verdict::Confidence;

/// Longer scripts are libraries.
const SCRIPT_BYTES_MAX: usize = 200 << 10;
/// Veils lie over veils, but not endlessly.
const VEILS_MAX: usize = 3;
/// What a script that writes, hides, redirects or mines cannot do without, as scripts spell it.
const TELLTALES: [&str; 30] = [
    "document.write",
    "innerHTML",
    "appendChild",
    "insertAdjacentHTML",
    "insertBefore",
    "unescape",
    "fromCharCode",
    "atob",
    "base64",
    "decodeURI",
    "eval(function(p",
    "\\x3c",
    "\\x3C",
    "\\u003",
    "%3c",
    "%3C",
    "referrer",
    "userAgent",
    "miner",
    "Miner",
    "CoinHive",
    "coinhive",
    "ryptonight",
    "ryptoNight",
    "baidu",
    "sogou",
    "google",
    "spider",
    "bing",
    "haosou",
];
/// How many of them write, veil, ask whence somebody comes, and mine, in this order; the rest are names of search engines.
const KINDS: [(usize, u8); 5] = [
    (5, WRITES),
    (16, VEILS),
    (18, ASKS),
    (24, MINES),
    (30, SEARCHES),
];
const WRITES: u8 = 1;
const VEILS: u8 = 2;
const ASKS: u8 = 4;
const MINES: u8 = 8;
const SEARCHES: u8 = 16;

/// Reads the scripts of a page.
pub(super) fn read(dom: &Dom, own: &str, lists: &SafetyLists, signs: &mut Vec<Sign>) {
    for node in dom.named(Tag::Script) {
        if dom.attr(node, "src").is_some() {
            continue;
        }
        let script = dom.raw_text(node);
        if script.len() > SCRIPT_BYTES_MAX {
            continue;
        }
        let tells = telltales(&script);
        let is_asking = tells & ASKS != 0 && tells & SEARCHES != 0;
        if is_asking || tells & (WRITES | VEILS | MINES) != 0 {
            read_script(&script, tells, own, lists, signs);
        }
    }
}

/// Which kinds of telltales a script holds.
fn telltales(script: &str) -> u8 {
    static FINDER: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(TELLTALES));
    static SLOW: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(TELLTALES).ok());
    let kind = |pattern: usize| {
        let kind = KINDS.iter().find(|(end, _)| pattern < *end);
        kind.map_or(0, |(_, kind)| *kind)
    };
    if let Some(finder) = FINDER.as_ref() {
        let found = finder.find_iter(script);
        return found.fold(0, |tells, hit| tells | kind(hit.pattern().as_usize()));
    }
    // Machines without the instructions for many words at once.
    let found = SLOW
        .as_ref()
        .into_iter()
        .flat_map(|finder| finder.find_iter(script));
    found.fold(0, |tells, hit| tells | kind(hit.pattern().as_usize()))
}

fn read_script(script: &str, tells: u8, own: &str, lists: &SafetyLists, signs: &mut Vec<Sign>) {
    if tells & MINES != 0 {
        let lower = script.to_ascii_lowercase();
        let words = [
            "coinhive.",
            "cryptonight",
            "new miner(",
            "client.anonymous(",
            "startmining",
            "webminer",
        ];
        if words.iter().any(|word| lower.contains(word)) {
            signs.push(sign(
                SignCase::Miner,
                "页面脚本",
                "script",
                script,
                Confidence::High,
            ));
        }
    }
    let (plain, veils) = match tells & VEILS {
        0 => (Cow::Borrowed(script), 0),
        _ => unveiled(script),
    };
    // What no veil covers was told already by its telltales.
    let is_asking = veils > 0 || tells & ASKS != 0;
    let is_writing = veils > 0 || tells & WRITES != 0;
    if !is_asking && (!is_writing || !holds(&plain, "//")) {
        return;
    }
    let lower = plain.to_ascii_lowercase();
    if is_asking
        && redirects_searchers(&lower)
        && let Some(target) = strange_address(&plain, own, lists)
    {
        let way = "search_redirect";
        signs.push(sign(
            SignCase::SearchRedirect,
            &target,
            way,
            script,
            Confidence::High,
        ));
        return;
    }
    if !is_writing {
        return;
    }
    let mut is_hidden = None;
    for written in tags(&plain, &lower) {
        let host = host_of(&written.address).to_ascii_lowercase();
        if whose(&host, own, &lists.hosts) != Whose::Strange {
            continue;
        }
        let harm = harm_of(&written.text, &written.address, lists);
        let is_veiled = veils > 0;
        let is_hidden = *is_hidden.get_or_insert_with(|| hides(&plain));
        let confidence = match (harm.is_some(), is_veiled, is_hidden) {
            (true, _, _) => Confidence::High,
            (_, true, true) => Confidence::High,
            (_, true, false) | (_, false, true) => Confidence::Medium,
            // A script that writes a link openly is nothing by itself.
            (false, false, false) => continue,
        };
        let way = match (is_veiled, is_hidden) {
            (true, _) => "veiled_script",
            (false, true) => "hiding_script",
            _ => "writing_script",
        };
        signs.push(sign(
            SignCase::ScriptedLink,
            &written.address,
            way,
            script,
            confidence,
        ));
    }
}

/// Whether a script holds a word. Scripts are long, and most words stand in none of them.
fn holds(script: &str, word: &str) -> bool {
    memmem::find(script.as_bytes(), word.as_bytes()).is_some()
}

fn sign(case: SignCase, what: &str, way: &str, script: &str, confidence: Confidence) -> Sign {
    let start: String = script.trim().chars().take(160).collect();
    Sign {
        case,
        what: what.to_owned(),
        way: way.to_owned(),
        quote: start,
        confidence,
    }
}

/// Sends on those who come from a search engine, or shows other things to its robots.
fn redirects_searchers(lower: &str) -> bool {
    let asks = holds(lower, "document.referrer") || holds(lower, "useragent");
    let searcher = [
        "baidu", "sogou", "so.com", "haosou", "google", "bing", "soso", "spider", "yisou", "sm.cn",
    ];
    let goes = ["location", "document.write", "window.open"]
        .iter()
        .any(|word| holds(lower, word));
    asks && goes && searcher.iter().any(|name| holds(lower, name))
}

/// The first whole address of a stranger.
fn strange_address(script: &str, own: &str, lists: &SafetyLists) -> Option<String> {
    addresses(script)
        .find(|url| whose(&host_of(url).to_ascii_lowercase(), own, &lists.hosts) == Whose::Strange)
}

fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '<' | '>' | ')' | ';' | ',');
    text.match_indices("//")
        .take(500)
        .filter_map(move |(at, _)| {
            let before = &text[..at];
            let start = ["https:", "http:"]
                .iter()
                .find(|scheme| before.ends_with(**scheme))
                .map_or(at, |scheme| at - scheme.len());
            let rest = &text[start..];
            let url = &rest[..rest.find(ends).unwrap_or(rest.len())];
            let host = host_of(url);
            let is_address = host.contains('.')
                && host.len() > 3
                && (start < at || text[..at].ends_with(['"', '\'']));
            is_address.then(|| url.to_owned())
        })
}

/// A link, frame or script that a script writes.
struct Written {
    address: String,
    text: String,
}

fn tags(text: &str, lower: &str) -> Vec<Written> {
    let mut found = Vec::new();
    for (name, attribute) in [("<a ", "href"), ("<iframe", "src"), ("<script", "src")] {
        for at in memmem::find_iter(lower.as_bytes(), name).take(200) {
            let end = memchr::memchr(b'>', &lower.as_bytes()[at..]);
            let end = end.map_or(lower.len(), |end| at + end);
            let tag = &text[at..end];
            let Some(value) = tag.to_ascii_lowercase().find(attribute) else {
                continue;
            };
            let value =
                tag[value + attribute.len()..].trim_start_matches([' ', '=', '"', '\'', '\\']);
            let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '>');
            let address = &value[..value.find(stop).unwrap_or(value.len())];
            let inner = text.get(end + 1..).unwrap_or_default();
            let inner = &inner[..inner
                .find('<')
                .unwrap_or(inner.len().min(200))
                .min(inner.len())];
            if address.contains("//") {
                found.push(Written {
                    address: address.to_owned(),
                    text: inner.chars().take(100).collect(),
                });
            }
        }
    }
    // A script that is put together of elements names its address as a property.
    if holds(lower, "createelement") {
        let made = ["src", "href"].iter().flat_map(|name| {
            lower
                .match_indices(&format!(".{name}"))
                .filter_map(|(at, whole)| {
                    let value = text[at + whole.len()..].trim_start();
                    let value = value.strip_prefix('=')?.trim_start();
                    let value = value.strip_prefix(['"', '\''])?;
                    let end = value.find(['"', '\''])?;
                    Some(value[..end].to_owned())
                })
                .collect::<Vec<_>>()
        });
        found.extend(
            made.filter(|address| address.contains("//"))
                .map(|address| Written {
                    address,
                    text: String::new(),
                }),
        );
    }
    found
}

/// Whether what is written is hidden as it is written, or hidden by its script.
fn hides(script: &str) -> bool {
    let tight: String = script
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\'))
        .collect::<String>()
        .to_ascii_lowercase();
    [
        "display:none",
        "display=none",
        "visibility:hidden",
        "visibility=hidden",
        "left:-",
        "top:-",
        "text-indent:-",
        "font-size:0",
        "height:0",
        "height:1px",
        "width:0",
        "width=0",
        "height=0",
        "width=1",
        "height=1",
        "opacity:0",
        "<marqueeheight=",
    ]
    .iter()
    .any(|word| tight.contains(word))
}

/// A script with its literals read, and how many veils lay over them.
fn unveiled(script: &str) -> (Cow<'_, str>, usize) {
    let mut text = Cow::Borrowed(script);
    let mut veils = 0;
    for _ in 0..VEILS_MAX {
        let lower = text.to_ascii_lowercase();
        let mut plain = String::new();
        if holds(&lower, "unescape") || holds(&lower, "decodeuri") || holds(&lower, "%3c") {
            plain.push_str(&percent_read(&text));
        }
        if holds(&lower, "fromcharcode") {
            plain.push_str(&codes_read(&text, &lower));
        }
        if holds(&lower, "atob") || holds(&lower, "base64") {
            plain.push_str(&base64_read(&text));
        }
        if holds(&lower, "\\x") || holds(&lower, "\\u00") {
            plain.push_str(&escapes_read(&text));
        }
        if holds(&lower, "eval(function(p,a,c,k,e") {
            plain.push_str(&unpacked(&text));
        }
        if plain.len() < 8 {
            break;
        }
        veils += 1;
        text = Cow::Owned(plain);
    }
    let all = match veils {
        0 => text,
        _ => Cow::Owned(format!("{script}\n{text}")),
    };
    (all, veils)
}

fn percent_read(text: &str) -> String {
    let wide = text.replace("%u", "\\u");
    let wide = escapes_read(&wide);
    percent_encoding::percent_decode_str(&wide)
        .decode_utf8_lossy()
        .into_owned()
}

fn codes_read(text: &str, lower: &str) -> String {
    let mut read = String::new();
    for (at, word) in lower.match_indices("fromcharcode").take(200) {
        let rest = &text[at + word.len()..];
        let codes = rest.trim_start_matches(['(', ' ']);
        let end = codes.find(')').unwrap_or(codes.len());
        let chars = codes[..end].split(',').filter_map(|code| {
            let code = code.trim();
            let number = match code.strip_prefix("0x") {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => code.parse().ok(),
            };
            number.and_then(char::from_u32)
        });
        read.extend(chars);
    }
    read
}

fn base64_read(text: &str) -> String {
    const LITERAL_MIN: usize = 16;
    let mut read = String::new();
    for literal in text
        .split(['"', '\''])
        .filter(|part| part.len() >= LITERAL_MIN)
        .take(200)
    {
        if let Some(bytes) = decoded(literal) {
            read.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    read
}

fn decoded(literal: &str) -> Option<Vec<u8>> {
    let mut bits: u32 = 0;
    let mut count = 0;
    let mut bytes = Vec::with_capacity(literal.len() * 3 / 4);
    for byte in literal.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    let is_text = bytes
        .iter()
        .all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace());
    is_text.then_some(bytes)
}

/// `\x3c`, `\u003c`.
fn escapes_read(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        read.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let digits = match tail.as_bytes().first() {
            Some(b'x') => 2,
            Some(b'u') => 4,
            _ => 0,
        };
        let code = tail.get(1..1 + digits).filter(|_| digits > 0);
        let code = code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(code) => {
                read.push(code);
                rest = &tail[1 + digits..];
            }
            None => {
                read.push('\\');
                rest = tail;
            }
        }
    }
    read.push_str(rest);
    read
}

/// The words of a packed script put back: `eval(function(p,a,c,k,e,d){…}('0 1',62,2,'a|b'.split('|'),…))`.
fn unpacked(script: &str) -> String {
    let Some(start) = script.find("}('") else {
        return String::new();
    };
    let rest = &script[start + 3..];
    let Some(end) = rest.find("',") else {
        return String::new();
    };
    let (payload, rest) = (&rest[..end], &rest[end + 2..]);
    let mut numbers = rest.split(',');
    let base: u32 = numbers
        .next()
        .and_then(|base| base.trim().parse().ok())
        .unwrap_or(36);
    let Some(words) = rest.split('\'').nth(1) else {
        return String::new();
    };
    let words: Vec<&str> = words.split('|').collect();
    let mut read = String::new();
    let mut token = String::new();
    for c in payload.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            token.push(c);
            continue;
        }
        let word = number_in(&token, base)
            .and_then(|at| words.get(at))
            .filter(|word| !word.is_empty());
        read.push_str(word.unwrap_or(&token.as_str()));
        token.clear();
        read.push(c);
    }
    read
}

fn number_in(token: &str, base: u32) -> Option<usize> {
    let mut number: usize = 0;
    if token.is_empty() || token.len() > 4 {
        return None;
    }
    for byte in token.bytes() {
        let digit = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'a'..=b'z' => u32::from(byte - b'a') + 10,
            b'A'..=b'Z' => u32::from(byte - b'A') + 36,
            _ => return None,
        };
        if digit >= base {
            return None;
        }
        number = number * base as usize + digit as usize;
    }
    Some(number)
}
