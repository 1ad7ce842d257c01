//! Masking what was archived, for views of it: digits of persons' numbers become stars where they stand, and nothing moves.

use std::borrow::Cow;

use jiff::civil::{Date, date};

use super::mask::{Secrets, kept_ends};
use super::personal;
use crate::facts::dom::Dom;

/// Nobody is born later, whenever the page was archived.
const TODAY: Date = date(2100, 12, 31);

/// The source of a page or another text with the numbers of persons masked. `text` is `body` decoded; both may be the same bytes.
pub fn masked_source<'a>(body: &'a [u8], text: &str) -> Cow<'a, [u8]> {
    let is_markup = text.trim_start().starts_with('<');
    let (mut secrets, mut signs) = (Secrets::default(), Vec::new());
    if is_markup {
        let dom = Dom::parse(text);
        personal::read(dom.whole_text(), TODAY, &mut secrets, &mut signs);
    }
    // Scripts, attributes and comments hold numbers too.
    personal::read(text, TODAY, &mut secrets, &mut signs);
    if secrets.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut masked = body.to_vec();
    for number in secrets.numbers() {
        star(&mut masked, number.as_bytes());
    }
    Cow::Owned(masked)
}

/// [`masked_source`] of a text.
pub fn masked_text(text: String) -> String {
    let masked = match masked_source(text.as_bytes(), &text) {
        Cow::Borrowed(_) => return text,
        Cow::Owned(masked) => masked,
    };
    // Stars in place of digits leave a text a text.
    String::from_utf8(masked).unwrap_or_default()
}

/// Puts stars over the middle of a number wherever it stands, also where tags, spaces or hyphens part it.
fn star(body: &mut [u8], number: &[u8]) {
    let (head, tail) = kept_ends(number.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr(number[0], &body[at..]).map(|found| at + found) {
        match places(body, found, number) {
            Some(places) => {
                for place in &places[head..places.len() - tail] {
                    body[*place] = b'*';
                }
                at = places[places.len() - 1] + 1;
            }
            None => at = found + 1,
        }
    }
}

/// Where the digits of a number stand, if it stands here.
fn places(body: &[u8], start: usize, number: &[u8]) -> Option<Vec<usize>> {
    const GAP_BYTES_MAX: usize = 400;
    let mut places = Vec::with_capacity(number.len());
    let mut at = start;
    for (nth, digit) in number.iter().enumerate() {
        if nth > 0 {
            at = after_gap(body, at, GAP_BYTES_MAX)?;
        }
        if !body.get(at)?.eq_ignore_ascii_case(digit) {
            return None;
        }
        places.push(at);
        at += 1;
    }
    Some(places)
}

/// Skips what parts a number for its writer and not for its reader: one space or hyphen, tags, and references to spaces.
fn after_gap(body: &[u8], start: usize, most: usize) -> Option<usize> {
    let mut at = start;
    while at - start < most {
        match body.get(at)? {
            b' ' | b'-' | b'\n' | b'\r' | b'\t' => at += 1,
            b'<' => at += memchr::memchr(b'>', &body[at..])? + 1,
            b'&' if body[at..].starts_with(b"&nbsp;") => at += 6,
            _ => return Some(at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_where_they_stand() {
        for (html, expected) in [
            (
                "<p>张三11010519491231002X</p>",
                "<p>张三110***********002X</p>",
            ),
            (
                "<p>1101<b>0519491231</b>002X</p>",
                "<p>110*<b>**********</b>002X</p>",
            ),
            ("<p>110105 19491231 002X</p>", "<p>110*** ******** 002X</p>"),
            (
                "<input value='11010519491231002x'>",
                "<input value='110***********002x'>",
            ),
            ("手机号：13800138000", "手机号：138****8000"),
            (
                "<p>咨询电话：13800138000</p>",
                "<p>咨询电话：13800138000</p>",
            ),
            ("<p>没有</p>", "<p>没有</p>"),
        ] {
            assert_eq!(masked_text(html.to_owned()), expected);
        }
        let gbk = b"<p>\xd5\xc5\xc8\xfd11010519491231002X</p>";
        let masked = masked_source(gbk, "<p>张三11010519491231002X</p>");
        assert_eq!(&*masked, b"<p>\xd5\xc5\xc8\xfd110***********002X</p>");
    }
}
