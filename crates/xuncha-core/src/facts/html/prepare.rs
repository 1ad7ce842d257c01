//! What is done to a page before either reader sees it: `noscript` taken out, hostile depth cut, line ends made one.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::flat::MAX_BYTES;

/// The page as both readers see it, and whether something at its end was left out.
pub(crate) fn prepare(page: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    let is_long = page.len() > MAX_BYTES;
    let page = changed(page, |page| {
        Cow::Borrowed(&page[..page.floor_char_boundary(MAX_BYTES)])
    });
    let page = changed(page, without_noscript);
    let bytes = page.len();
    let page = changed(page, |page| Cow::Borrowed(cut_at_depth(page)));
    let is_cut = is_long || page.len() < bytes;
    (changed(page, with_line_feeds), is_cut)
}

/// A page after a step that mostly leaves it as it is, or takes something off its end: then nothing is copied.
fn changed<'p>(page: Cow<'p, str>, step: impl Fn(&str) -> Cow<'_, str>) -> Cow<'p, str> {
    match page {
        Cow::Borrowed(page) => step(page),
        Cow::Owned(mut page) => {
            let kept = match step(&page) {
                Cow::Owned(made) => return Cow::Owned(made),
                Cow::Borrowed(kept) => kept.len(),
            };
            page.truncate(kept);
            Cow::Owned(page)
        }
    }
}

/// A browser that runs scripts never parses what stands in `noscript`; inside of `head` the parser would spill it into the body.
fn without_noscript(html: &str) -> Cow<'_, str> {
    let holds = |tag: &str| memchr::memmem::find(html.as_bytes(), tag.as_bytes()).is_some();
    if !holds("<noscript") && !holds("<NOSCRIPT") {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((start, end)) = noscript(rest) {
        out.push_str(&rest[..start]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first `noscript` begins and where its end tag ends.
fn noscript(html: &str) -> Option<(usize, usize)> {
    let bytes = html.as_bytes();
    let (mut from, start) = (0, b"<noscript");
    let (begin, open) = loop {
        let begin = from + find_tag(&bytes[from..], start)?;
        from = begin + start.len();
        let is_whole = !html[from..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_whole {
            break (begin, from + memchr(b'>', &bytes[from..])? + 1);
        }
    };
    let (mut from, close) = (open, b"</noscript");
    loop {
        from += find_tag(&bytes[from..], close)? + close.len();
        let behind = html[from..].trim_start();
        if behind.starts_with('>') {
            return Some((begin, html.len() - behind.len() + 1));
        }
    }
}

/// The first place of a tag, in letters of any case.
fn find_tag(bytes: &[u8], tag: &[u8]) -> Option<usize> {
    let is_it = |at: &usize| {
        bytes
            .get(*at..at + tag.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(tag))
    };
    memchr_iter(b'<', bytes).find(is_it)
}

/// `\r\n` and `\r` are `\n`, as the standard reads them.
fn with_line_feeds(html: &str) -> Cow<'_, str> {
    if memchr(b'\r', html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Open elements that a page may have at once: the parser's work grows with their square, which a hostile page would use.
pub(crate) const MAX_DEPTH: usize = 1_500;

/// The page up to the place where too many elements are open. Elements that close by themselves are not counted, nor what looks like
/// one inside of scripts, styles and comments.
pub(crate) fn cut_at_depth(html: &str) -> &str {
    let bytes = html.as_bytes();
    if memchr_iter(b'<', bytes).count() <= MAX_DEPTH {
        return html;
    }
    let (mut depth, mut pictures): (usize, usize) = (0, 0);
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        let is_end = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(is_end);
        let rest = bytes.get(name_start..).unwrap_or_default();
        if rest.starts_with(b"!--") {
            at = after(bytes, name_start + 3, b"-->");
            continue;
        }
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let name = &rest[..length];
        at = name_start + length.max(1);
        if at >= bytes.len() {
            break;
        }
        if length == 0 || is_self_closing(name) {
            continue;
        }
        if !is_end && let Some(end) = raw_text_end(name) {
            at = after_raw_text(bytes, at, end);
            continue;
        }
        if name.eq_ignore_ascii_case(b"svg") {
            pictures = match is_end {
                true => pictures.saturating_sub(1),
                false => pictures + 1,
            };
        }
        if is_end {
            depth = depth.saturating_sub(1);
        } else if pictures == 0 || !is_closed_at_once(&bytes[at..]) {
            depth += 1;
        }
        if depth > MAX_DEPTH {
            return &html[..start];
        }
    }
    html
}

/// Behind the next such mark, or at the end.
fn after(bytes: &[u8], from: usize, mark: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, mark).map_or(bytes.len(), |found| from + found + mark.len())
}

/// Name of an element whose content is text.
fn raw_text_end(name: &[u8]) -> Option<&'static [u8]> {
    const NAMES: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];
    let is_it = |known: &&&'static [u8]| known.eq_ignore_ascii_case(name);
    NAMES.iter().find(is_it).copied()
}

/// At the end tag of an element whose content is text. One without an end tag is no reason to skip the page.
fn after_raw_text(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let end = at + found + 2;
        let here = bytes.get(end..end + name.len()).unwrap_or_default();
        if here.eq_ignore_ascii_case(name) {
            return end + name.len();
        }
        at = end;
    }
    from
}

/// Whether the tag ends in `/>`, which closes an element of a drawing.
fn is_closed_at_once(tag: &[u8]) -> bool {
    memchr(b'>', tag).is_some_and(|end| end > 0 && tag[end - 1] == b'/')
}

/// A name of at most eight letters and digits, in lower case, as a number; 0 for any other.
const fn packed(name: &[u8]) -> u64 {
    if name.len() > 8 {
        return 0;
    }
    let mut packed = 0;
    let mut at = 0;
    while at < name.len() {
        // Letters of both cases and digits have this bit in lower case.
        packed = packed << 8 | (name[at] | 0x20) as u64;
        at += 1;
    }
    packed
}

fn is_self_closing(name: &[u8]) -> bool {
    const NAMES: [u64; 25] = {
        let names: [&[u8]; 25] = [
            b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
            b"source", b"track", b"wbr", b"p", b"li", b"td", b"tr", b"th", b"dd", b"dt", b"option",
            b"param", b"tbody", b"thead", b"frame",
        ];
        let mut known = [0; 25];
        let mut at = 0;
        while at < names.len() {
            known[at] = packed(names[at]);
            at += 1;
        }
        known
    };
    NAMES.contains(&packed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepare(page: &str) -> String {
        super::prepare(Cow::Borrowed(page)).0.into_owned()
    }

    #[test]
    fn line_ends_are_one() {
        assert_eq!(prepare("a\r\nb\rc\r\r\n\nd\r"), "a\nb\nc\n\n\nd\n");
    }

    #[test]
    fn noscript_is_taken_out_before_line_ends_meet() {
        assert_eq!(prepare("a\r<noscript>x</noscript>\nb"), "a\nb");
        assert_eq!(
            prepare("<noscript a=b>x</NOSCRIPT >y<noscripts>"),
            "y<noscripts>"
        );
    }

    #[test]
    fn depth_is_cut_where_it_grows_too_deep() {
        let flat = "<p><li><br>".repeat(2_000);
        assert_eq!(prepare(&flat), flat);
        let code = format!("<script>{}</script>", "if(i<n)x();".repeat(2_000));
        assert_eq!(prepare(&code), code);
        let drawing = format!("<svg>{}</svg><p>", "<path d=\"M1\"/>".repeat(2_000));
        assert_eq!(prepare(&drawing), drawing);
        let words = format!("<!-- {} -->", "a<b ".repeat(2_000));
        assert_eq!(prepare(&words), words);
        assert!(prepare(&"<x/>".repeat(2_000)).len() < 8_000);
        let deep = "<i>".repeat(MAX_DEPTH + 1);
        assert_eq!(prepare(&deep), "<i>".repeat(MAX_DEPTH));
    }
}
