//! Addresses in style sheets.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::text::{holds_word, pattern};

/// `url(…)` in a piece of CSS. Pictures that stand in the sheet itself (`data:`) are no addresses; they can be most of a page.
pub(crate) fn urls(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = css;
    while let Some(open) = memchr::memchr(b'(', rest.as_bytes()) {
        let named = rest.as_bytes()[..open]
            .last_chunk::<3>()
            .is_some_and(|name| name.eq_ignore_ascii_case(b"url"));
        rest = &rest[open + 1..];
        if !named {
            continue;
        }
        if let Some((address, after)) = url_in_brackets(rest) {
            let is_inline = address
                .get(..5)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
            if !is_inline {
                found.push(address.to_owned());
            }
            rest = after;
        }
    }
    found
}

/// What stands between `url(` and its bracket, and what follows it; `None` where it is not closed as it was opened.
fn url_in_brackets(css: &str) -> Option<(&str, &str)> {
    let inner = css.trim_start();
    let (address, after) = match inner.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let inner = &inner[1..];
            let end = memchr::memchr(*quote, inner.as_bytes())?;
            (&inner[..end], &inner[end + 1..])
        }
        _ => {
            // A bracket inside breaks an address that is not quoted, as in browsers; so brackets without end are read once.
            let ends = |c: char| matches!(c, '\'' | '"' | '(' | ')') || c.is_whitespace();
            let end = inner.find(ends)?;
            inner.split_at(end)
        }
    };
    let after = after.trim_start().strip_prefix(')')?;
    let is_named = inner.starts_with(['"', '\'']) || !address.is_empty();
    is_named.then(|| (address.trim(), after))
}

/// A style sheet without its comments; one that is never closed is left.
fn without_comments(css: &str) -> Cow<'_, str> {
    let next = |css: &str| {
        let start = memchr::memmem::find(css.as_bytes(), b"/*")?;
        let length = memchr::memmem::find(&css.as_bytes()[start + 2..], b"*/")?;
        Some((start, start + 2 + length + 2))
    };
    let Some((start, end)) = next(css) else {
        return Cow::Borrowed(css);
    };
    let mut out = css[..start].to_owned();
    let mut rest = &css[end..];
    while let Some((start, end)) = next(rest) {
        out.push_str(&rest[..start]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Addresses in a style sheet; true for `@import`. Comments are no part of it.
pub(crate) fn sheet(css: &str) -> Vec<(String, bool)> {
    static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"(?i)@import\s+(?:url\(\s*)?['"]?([^'");\s]+)['"]?\s*\)?[^;]*;"#)
    });
    // Namespaces are names and are never asked.
    static NAMESPACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)@namespace[^;]*;"));
    let css = without_comments(css);
    let others = |css: &str| urls(css).into_iter().map(|address| (address, false));
    if !holds_word(&css, "@import") && !holds_word(&css, "@namespace") {
        return others(&css).collect();
    }
    let css = NAMESPACE.replace_all(&css, "");
    let mut found: Vec<(String, bool)> = IMPORT
        .captures_iter(&css)
        .map(|hit| (hit[1].to_owned(), true))
        .collect();
    let rest = IMPORT.replace_all(&css, "");
    found.extend(others(&rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_sheet() {
        for (css, expected) in [
            (".a{background:url( 'y.png' )}", &[("y.png", false)][..]),
            (
                "/* url(x.png) */ .a{background:URL(z.png)}",
                &[("z.png", false)],
            ),
            (
                "@import url(b.css) screen; @import 'c.css';",
                &[("b.css", true), ("c.css", true)],
            ),
            ("@namespace svg url(http://www.w3.org/2000/svg);", &[]),
            (".a{background:url(\"a(1).png\")}", &[("a(1).png", false)]),
            (
                ".a{b:url(data:image/png;base64,AAAA)}.c{d:url( \"DATA:x,(\" )}.e{f:uRl(f.png)}",
                &[("f.png", false)],
            ),
            (
                ".a{b:url()}.c{d:url(e f.png)}.g{h:url('i)}.j{k:url(l.png)}",
                &[("l.png", false)],
            ),
            (
                ".a{transform:rotate(3deg) curl(x.png)}",
                &[("x.png", false)],
            ),
        ] {
            let expected: Vec<(String, bool)> = expected
                .iter()
                .map(|(address, is_import)| ((*address).to_owned(), *is_import))
                .collect();
            assert_eq!(sheet(css), expected, "{css}");
        }
    }
}
