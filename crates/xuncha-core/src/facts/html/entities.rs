//! Character references: `&nbsp;`, `&#20013;`, `&#x4e2d`, and the old ones without a semicolon.
//!
//! The table of names is that of html5ever, so both parsers know the same names.

use markup5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Appends a text with its character references read. In attributes an old reference before `=`, a letter or a digit stays as it is.
pub(crate) fn decode(text: &str, in_attribute: bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let used = match rest.as_bytes().first() {
            Some(b'#') => numeric(rest, out),
            Some(byte) if byte.is_ascii_alphanumeric() => named(rest, in_attribute, out),
            _ => 0,
        };
        if used == 0 {
            out.push('&');
        }
        rest = &rest[used..];
    }
    out.push_str(rest);
}

/// The commonest names, so that most pages never ask the table.
const COMMON: [(&str, &str); 10] = [
    ("nbsp;", "\u{a0}"),
    ("amp;", "&"),
    ("quot;", "\""),
    ("lt;", "<"),
    ("gt;", ">"),
    ("ldquo;", "\u{201c}"),
    ("rdquo;", "\u{201d}"),
    ("middot;", "\u{b7}"),
    ("copy;", "\u{a9}"),
    ("mdash;", "\u{2014}"),
];

/// A name after the ampersand; returns how many bytes it took, 0 for none.
fn named(rest: &str, in_attribute: bool, out: &mut String) -> usize {
    if let Some((name, text)) = COMMON.iter().find(|(name, _)| rest.starts_with(name)) {
        out.push_str(text);
        return name.len();
    }
    let mut found: Option<(usize, (u32, u32))> = None;
    for (at, c) in rest.char_indices() {
        let end = at + c.len_utf8();
        // The table also holds every beginning of a name, with zeros.
        match NAMED_ENTITIES.get(&rest[..end]) {
            Some(&(0, _)) => {}
            Some(&codes) => found = Some((end, codes)),
            None => break,
        }
    }
    let Some((end, (first, second))) = found else {
        return 0;
    };
    let next = rest.as_bytes().get(end);
    let is_old = rest.as_bytes()[end - 1] != b';';
    if in_attribute
        && is_old
        && next.is_some_and(|byte| *byte == b'=' || byte.is_ascii_alphanumeric())
    {
        return 0;
    }
    out.extend(char::from_u32(first));
    if second != 0 {
        out.extend(char::from_u32(second));
    }
    end
}

/// A number after the ampersand; returns how many bytes it took, 0 for none.
fn numeric(rest: &str, out: &mut String) -> usize {
    let bytes = rest.as_bytes();
    let (base, start) = match bytes.get(1) {
        Some(b'x' | b'X') => (16, 2),
        _ => (10, 1),
    };
    let mut number: u32 = 0;
    let mut is_too_big = false;
    let mut end = start;
    while let Some(digit) = bytes
        .get(end)
        .and_then(|byte| (*byte as char).to_digit(base))
    {
        number = number.wrapping_mul(base);
        is_too_big |= number > 0x10_ffff;
        number = number.wrapping_add(digit);
        end += 1;
    }
    if end == start {
        return 0;
    }
    if bytes.get(end) == Some(&b';') {
        end += 1;
    }
    let c = match number {
        _ if is_too_big => None,
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[(number - 0x80) as usize].or(char::from_u32(number)),
        other => char::from_u32(other),
    };
    out.push(c.unwrap_or('\u{fffd}'));
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_every_form() {
        for (text, in_attribute, expected) in [
            ("a&nbsp;b&amp;c", false, "a\u{a0}b&c"),
            ("&notit; &notin; &not", false, "¬it; ∉ ¬"),
            ("?a=1&copy=2&lt=3&lt;", true, "?a=1&copy=2&lt=3<"),
            ("?a=1&copy=2", false, "?a=1©=2"),
            (
                "&#20013;&#x4E2d&#x110000;&#0;&#150;&#xD800;",
                false,
                "中中\u{fffd}\u{fffd}–\u{fffd}",
            ),
            (
                "&#; &#x; &; & &unknown; &中",
                false,
                "&#; &#x; &; & &unknown; &中",
            ),
            ("&NotEqualTilde;", false, "\u{2242}\u{338}"),
            ("&#4294967297;", false, "\u{fffd}"),
        ] {
            let mut out = String::new();
            decode(text, in_attribute, &mut out);
            assert_eq!(out, expected, "{text}");
        }
    }
}
