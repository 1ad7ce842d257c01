//! Pages of a list, and addresses put together safely.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use xuncha_store::Page;

const SAFE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'@');

/// A text as one segment or value of an address.
pub(crate) fn encode(text: &str) -> String {
    // A segment of dots alone would be resolved away by the browser.
    if !text.is_empty() && text.bytes().all(|byte| byte == b'.') {
        return text.replace('.', "%2E");
    }
    utf8_percent_encode(text, SAFE).to_string()
}

/// A query of the pairs that have a value, with its `?`.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// 页码. Where in a list the reader is.
pub(crate) struct Pager {
    pub(crate) number: u64,
    pub(crate) size: u64,
    pub(crate) total: u64,
    path: String,
    pairs: Vec<(&'static str, String)>,
}

impl Pager {
    pub(crate) fn new(number: Option<u64>, size: u64) -> Pager {
        // Far beyond any list, and small enough that offsets stay numbers of the database.
        let number = number.unwrap_or(1).clamp(1, 1_000_000);
        Pager {
            number,
            size,
            total: 0,
            path: String::new(),
            pairs: Vec::new(),
        }
    }

    pub(crate) fn page(&self) -> Page {
        Page::numbered(self.number, self.size)
    }

    /// With what the list turned out to hold, and the address of its pages.
    pub(crate) fn over(
        mut self,
        total: u64,
        path: String,
        pairs: Vec<(&'static str, String)>,
    ) -> Pager {
        self.total = total;
        self.path = path;
        self.pairs = pairs;
        self
    }

    pub(crate) fn last(&self) -> u64 {
        self.total.div_ceil(self.size).max(1)
    }

    pub(crate) fn first_row(&self) -> u64 {
        ((self.number - 1) * self.size + 1).min(self.total)
    }

    pub(crate) fn last_row(&self) -> u64 {
        (self.number * self.size).min(self.total)
    }

    pub(crate) fn href(&self, number: &u64) -> String {
        let number = number.to_string();
        let mut pairs: Vec<(&str, &str)> = self
            .pairs
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        pairs.push(("page", &number));
        format!("{}{}", self.path, query(&pairs))
    }

    /// The numbers around the reader, with the first and the last.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let last = self.last();
        let near = self.number.saturating_sub(2).max(1)..=(self.number + 2).min(last);
        let mut numbers: Vec<u64> = near.collect();
        numbers.extend([1, last]);
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_any_text() {
        assert_eq!(encode("00001@12"), "00001@12");
        assert_eq!(encode("../a b/青"), "..%2Fa%20b%2F%E9%9D%92");
        assert_eq!(encode(".."), "%2E%2E");
        assert_eq!(
            query(&[("q", "a&b=<c>"), ("class", "")]),
            "?q=a%26b%3D%3Cc%3E"
        );
    }

    #[test]
    fn the_pages_around_the_reader_are_named() {
        let pager = Pager::new(Some(5), 10).over(95, "/x".into(), vec![("q", "青".into())]);
        assert_eq!(pager.numbers(), [1, 3, 4, 5, 6, 7, 10]);
        assert_eq!((pager.first_row(), pager.last_row()), (41, 50));
        assert_eq!(pager.href(&2), "/x?q=%E9%9D%92&page=2");
        assert_eq!(
            Pager::new(Some(0), 10)
                .over(0, String::new(), vec![])
                .numbers(),
            [1]
        );
    }
}
