//! Anchors: which ids and names a page has, and which fragments its links ask for. Ids are kept as hashes only.

use std::collections::HashSet;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;

use super::dom::Dom;
use super::html::names::Tag;
use super::links::{PageLinks, Resolver, trimmed};
use super::model::Anchors;
use super::text::{is_at_most, pattern};

/// Most anchors and fragments of one page; beyond them the page counts as not wholly read.
const MAX_IDS: usize = 65_536;
const MAX_WANTED: usize = 2_000;
/// Longest fragment that is kept.
const MAX_FRAGMENT_BYTES: usize = 300;

/// Reads the anchors of a page. `links` are the page's own; `came_whole` tells whether nothing of the page was cut off.
pub(crate) fn read(dom: &Dom, resolver: &Resolver, links: &PageLinks, came_whole: bool) -> Anchors {
    let mut ids = Vec::new();
    let mut has_scripts = false;
    let mut asking = Vec::new();
    for index in 0..dom.nodes.len() {
        let tag = dom.nodes[index].tag;
        if tag == Tag::Text {
            continue;
        }
        for id in own_names(dom, index, tag) {
            ids.push(hash(id));
        }
        if tag == Tag::Script && is_code(dom.attr(index, "type")) {
            has_scripts = true;
            ids.extend(written_ids(&dom.raw_text(index)).into_iter().map(hash));
        }
        if matches!(tag, Tag::A | Tag::Area)
            && !dom.nodes[index].is_inert()
            && let Some((address, fragment)) = asked_by(dom, index)
        {
            asking.push((index, address, fragment));
        }
    }
    let is_whole = came_whole && ids.len() <= MAX_IDS && !dom.is_cut;
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(MAX_IDS);
    let mut anchors = Anchors {
        ids,
        is_whole,
        has_scripts,
        ..Anchors::default()
    };
    anchors.want(&asking, resolver, links);
    anchors
}

impl Anchors {
    /// Whether a fragment leads somewhere on this page, as the HTML standard looks for it: as written, then with its escapes undone.
    pub fn has(&self, fragment: &str) -> bool {
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        let is_known = |id: &str| self.ids.binary_search(&hash(id)).is_ok();
        decoded.eq_ignore_ascii_case("top") || is_known(fragment) || is_known(&decoded)
    }

    /// Keeps what is asked for, each fragment of each page once. What the page has itself is found here and not kept.
    fn want(&mut self, asking: &[(usize, &str, &str)], resolver: &Resolver, links: &PageLinks) {
        let mut seen = HashSet::new();
        for (node, address, fragment) in asking {
            let place = match address.is_empty() && !resolver.has_base() {
                true if self.has(fragment) => continue,
                true => Some(Anchors::OWN),
                false => links.place_of(*node),
            };
            if let Some(place) = place
                && self.wanted_links.len() < MAX_WANTED
                && seen.insert((place, *fragment))
            {
                self.wanted_links.push(place);
                self.wanted_fragments.push_str(fragment);
                self.wanted_fragments.push('\n');
            }
        }
    }
}

fn own_names<'a>(dom: &'a Dom, index: usize, tag: Tag) -> impl Iterator<Item = &'a str> {
    let is_named = matches!(
        tag,
        Tag::A | Tag::Form | Tag::Img | Tag::Iframe | Tag::Embed | Tag::Object
    ) || tag == Tag::Other && dom.name(index) == "map";
    let name = is_named.then(|| dom.attr(index, "name")).flatten();
    dom.attr(index, "id").into_iter().chain(name)
}

fn is_code(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| {
        let kind = kind.trim().to_ascii_lowercase();
        kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("ecma")
    })
}

/// Most ids that are taken from one script.
const MAX_WRITTEN: usize = 1_000;
/// A longer word in quotes is no id.
const MAX_ID_CHARS: usize = 100;

/// Ids that an inline script writes (`id="x"`, `id: 'x'`, `\"name\",\"x\"`): they count as present. Scripts are half of many pages, so this
/// looks only where a quoted word ends in one of the two names.
fn written_ids(script: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["id", "name"] {
        let mut from = 0;
        for at in memchr::memmem::find_iter(script.as_bytes(), word) {
            if at < from || !begins_word(script, at) {
                continue;
            }
            if let Some((id, end)) = written_id(script, at + word.len()) {
                found.push(id);
                from = end;
                if found.len() == MAX_WRITTEN {
                    return found;
                }
            }
        }
    }
    found
}

/// Whether no letter, digit or low line stands before a byte.
fn begins_word(text: &str, at: usize) -> bool {
    match at.checked_sub(1).map(|before| text.as_bytes()[before]) {
        None => true,
        Some(byte) if byte.is_ascii() => !(byte.is_ascii_alphanumeric() || byte == b'_'),
        Some(_) => text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric()),
    }
}

/// The quoted word behind `id` or `name` and its `=`, `:` or `,`, quotes escaped or not, with the place behind it.
fn written_id(script: &str, from: usize) -> Option<(&str, usize)> {
    let rest = &script[from..];
    let rest = rest.strip_prefix('\\').unwrap_or(rest);
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let rest = rest
        .trim_start()
        .strip_prefix(['=', ':', ','])?
        .trim_start();
    let rest = rest.strip_prefix('\\').unwrap_or(rest);
    let rest = rest.strip_prefix(['"', '\''])?;
    let ends = |c: char| matches!(c, '"' | '\'' | '\\' | '<' | '>') || c.is_whitespace();
    let end = rest.find(ends)?;
    let (id, behind) = rest.split_at(end);
    let behind = behind.strip_prefix('\\').unwrap_or(behind);
    let behind = behind.strip_prefix(['"', '\''])?;
    let is_id = !id.is_empty() && is_at_most(id, MAX_ID_CHARS);
    is_id.then(|| (id, script.len() - behind.len()))
}

/// Address and fragment that a link asks for, where the fragment's absence could be held against it.
fn asked_by<'a>(dom: &'a Dom, index: usize) -> Option<(&'a str, &'a str)> {
    let href = trimmed(dom.attr(index, "href")?);
    let at = memchr::memchr(b'#', href.as_bytes())?;
    let (address, fragment) = (&href[..at], &href[at + 1..]);
    let is_kept = is_judged(fragment) && fragment.len() <= MAX_FRAGMENT_BYTES;
    (is_kept && !is_handled_by_script(dom, index)).then_some((address, fragment))
}

/// Tabs, accordions and buttons in the clothes of a link.
fn is_handled_by_script(dom: &Dom, index: usize) -> bool {
    const HANDLED: [&str; 5] = [
        "onclick",
        "role",
        "data-toggle",
        "data-bs-toggle",
        "data-target",
    ];
    dom.attrs(index).any(|(name, _)| HANDLED.contains(&name))
}

/// Fragments that name an element. Routes (`#/a`, `#!a`), states (`#tab=2`), text fragments and ranges of lines are read by scripts or browsers.
fn is_judged(fragment: &str) -> bool {
    static LINES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^L?\d+(?:-L?\d+)?$"));
    !fragment.is_empty()
        && !fragment.contains(['\n', '\r', '\t'])
        && !fragment.starts_with(['!', '/', '?'])
        && !fragment.contains(":~:")
        && !fragment.contains(['=', '&', '{'])
        && (!fragment.ends_with(char::is_numeric) || !LINES.is_match(fragment))
}

/// FNV-1a, folded with a final mix. A collision makes an anchor present, so it can only hide a defect.
fn hash(text: &str) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 32;
    (hash & 0xffff_ffff) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::model::Link;
    use crate::facts::test_page;

    fn anchors(html: &str) -> (Anchors, Vec<Link>) {
        let page = test_page("http://a.cn/x/1.html", html);
        (page.anchors, page.links)
    }

    #[test]
    fn a_fragment_is_found_as_the_standard_finds_it() {
        let (page, _) = anchors(
            "<p>有文字的页面，不必执行脚本就能阅读。</p><h2 id=第一章>一</h2><a name=b>二</a><div id='a b'>三</div><script>x.innerHTML='<p id=\"made\">';y.id='too'</script>",
        );
        for (fragment, expected) in [
            ("第一章", true),
            ("%E7%AC%AC%E4%B8%80%E7%AB%A0", true),
            ("b", true),
            ("B", false),
            ("a%20b", true),
            ("TOP", true),
            ("made", true),
            ("too", true),
            ("c", false),
        ] {
            assert_eq!(page.has(fragment), expected, "{fragment}");
        }
        assert!(page.has_scripts && page.is_whole);
    }

    #[test]
    fn only_fragments_that_name_an_element_are_wanted() {
        let (page, links) = anchors(
            "<p>有文字的页面，不必执行脚本就能阅读。</p><p id=here>x</p><a href='#one'>1</a><a href='#here'>h</a><a href='2.html#two'>2</a><a href='2.html#two'>2</a><a href='#'>x</a>
             <a href='#/route'>x</a><a href='#!r'>x</a><a href='s.rs.html#12-34'>x</a><a href='#:~:text=a'>x</a><a href='#tab=2'>x</a>
             <a href='#t' data-toggle=tab>x</a><a href='javascript:;'>x</a><!-- <a href='#no'>x</a> -->",
        );
        let wanted: Vec<(&str, &str)> = page
            .wanted()
            .map(|(place, fragment)| {
                let link = links.get(place as usize);
                (link.map_or("", |link| link.url.as_str()), fragment)
            })
            .collect();
        assert_eq!(wanted, [("", "one"), ("http://a.cn/x/2.html", "two")]);
    }
}
