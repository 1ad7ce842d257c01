//! Masking: what leaves the reader of a page holds no number of a person.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::personal::{Digits, digits_in, narrowed};
use crate::facts::model::PageFacts;

/// A number with its middle struck out: `110***********002X`, `138****8000`, `622202*********0128`.
pub(super) fn masked(number: &str) -> String {
    let (head, tail) = kept_ends(number.len());
    let stars = "*".repeat(number.len() - head - tail);
    format!(
        "{}{stars}{}",
        &number[..head],
        &number[number.len() - tail..]
    )
}

/// How much of the ends of a number stays readable.
pub(super) fn kept_ends(length: usize) -> (usize, usize) {
    match length {
        11 | 18 => (3, 4),
        15 => (3, 3),
        _ => (6.min(length / 3), 4.min(length / 4)),
    }
}

/// 隐去. The numbers of one page that nobody is to read again, while the page is read.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    numbers: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Secrets {
    /// Keeps a number, as digits without separators.
    pub(super) fn add_number(&mut self, number: &str) {
        self.numbers.insert(number.to_owned());
    }

    /// Keeps a text such as an address, which is struck out as it stands.
    pub(super) fn add_text(&mut self, text: &str) {
        self.texts.insert(text.to_owned());
    }

    /// The numbers, as digits without separators.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.numbers.iter().map(String::as_str)
    }

    /// Whether there is anything to strike out.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.texts.is_empty()
    }

    /// A text with all of them masked.
    pub(crate) fn strike<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = narrowed(text).map_or(Cow::Borrowed(text), Cow::Owned);
        for secret in &self.texts {
            if !out.contains(secret.as_str()) {
                continue;
            }
            let struck = masked_text(secret);
            out = Cow::Owned(out.replace(secret.as_str(), &struck));
        }
        let found: Vec<Digits> = digits_in(&out)
            .into_iter()
            .filter(|digits| self.numbers.contains(&digits.number))
            .collect();
        if found.is_empty() {
            return out;
        }
        let mut struck = String::with_capacity(out.len());
        let mut at = 0;
        for digits in found.iter().filter(|digits| digits.number.len() >= 11) {
            // A number may be listed alone and as part of a group of numbers.
            if digits.start < at {
                continue;
            }
            struck.push_str(&out[at..digits.start]);
            struck.push_str(&masked(&digits.number));
            at = digits.end;
        }
        struck.push_str(&out[at..]);
        Cow::Owned(struck)
    }

    /// Masks them in everything that the facts of a page say. Addresses of links stay: they are what has to be asked.
    pub(crate) fn strike_facts(&self, facts: &mut PageFacts) {
        if self.is_empty() {
            return;
        }
        let Ok(mut value) = serde_json::to_value(&*facts) else {
            return;
        };
        self.strike_value(&mut value);
        if let Ok(struck) = serde_json::from_value(value) {
            *facts = struck;
        }
    }

    fn strike_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let is_address = text.starts_with("http://") || text.starts_with("https://");
                if !is_address && let Cow::Owned(struck) = self.strike(text) {
                    *text = struck;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.strike_value(value)),
            Value::Object(fields) => fields
                .values_mut()
                .for_each(|value| self.strike_value(value)),
            _ => {}
        }
    }
}

/// The first characters of an address, then stars.
pub(super) fn masked_text(text: &str) -> String {
    let kept = (text.chars().count() / 3).clamp(1, 6);
    let head: String = text.chars().take(kept).collect();
    format!("{head}****")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_struck_out_wherever_it_stands() {
        let mut secrets = Secrets::default();
        secrets.add_number("11010519491231002X");
        secrets.add_number("13800138000");
        secrets.add_text("幸福路12号3单元401室");
        for (text, expected) in [
            (
                "张某，11010519491231002x，电话13800138000。",
                "张某，110***********002X，电话138****8000。",
            ),
            ("1101051949 1231002X", "110***********002X"),
            ("138-0013-8000", "138****8000"),
            ("住幸福路12号3单元401室", "住幸福路1****"),
            ("13800138001", "13800138001"),
            ("没有号码", "没有号码"),
        ] {
            assert_eq!(secrets.strike(text), expected);
        }
    }

    #[test]
    fn ends_stay_readable() {
        for (number, expected) in [
            ("13800138000", "138****8000"),
            ("110105491231002", "110*********002"),
            ("6222021234567890128", "622202*********0128"),
        ] {
            assert_eq!(masked(number), expected);
        }
    }
}
