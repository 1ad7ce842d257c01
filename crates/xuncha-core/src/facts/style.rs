//! Addresses in style sheets.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::text::{holds_word, pattern};

/// `url(…)` in a piece of CSS.
pub(crate) fn urls(css: &str) -> Vec<String> {
    static URL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?i)url\(\s*(?:"([^"]*)"|'([^']*)'|([^'")\s]+))\s*\)"#));
    if !css.contains("url(") && !css.contains("URL(") {
        return Vec::new();
    }
    URL.captures_iter(css)
        .filter_map(|found| found.get(1).or(found.get(2)).or(found.get(3)))
        .map(|address| address.as_str().trim().to_owned())
        .collect()
}

/// Addresses in a style sheet; true for `@import`. Comments are no part of it.
pub(crate) fn sheet(css: &str) -> Vec<(String, bool)> {
    static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"(?i)@import\s+(?:url\(\s*)?['"]?([^'");\s]+)['"]?\s*\)?[^;]*;"#)
    });
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)/\*.*?\*/"));
    // Namespaces are names and are never asked.
    static NAMESPACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)@namespace[^;]*;"));
    let css = match css.contains("/*") {
        true => COMMENT.replace_all(css, ""),
        false => Cow::Borrowed(css),
    };
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
        ] {
            let expected: Vec<(String, bool)> = expected
                .iter()
                .map(|(address, is_import)| ((*address).to_owned(), *is_import))
                .collect();
            assert_eq!(sheet(css), expected, "{css}");
        }
    }
}
