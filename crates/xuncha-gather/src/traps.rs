//! 陷阱: addresses that have no end. A trap is skipped with its reason, never silently.

use url::Url;
use xuncha_core::facts::Skip;

/// Longest address that is asked.
const MAX_URL_BYTES: usize = 2_000;
/// Deepest path that is asked.
const MAX_SEGMENTS: usize = 20;
/// Times that the same segment may come back in one path.
const MAX_REPEATS: usize = 3;

/// Why an address is taken for a trap.
pub fn trap(url: &Url) -> Option<Skip> {
    if url.as_str().len() > MAX_URL_BYTES {
        return Some(Skip::LongAddress);
    }
    let segments: Vec<&str> = url
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if segments.len() > MAX_SEGMENTS {
        return Some(Skip::DeepPath);
    }
    let is_growing = segments
        .iter()
        .any(|segment| segments.iter().filter(|other| *other == segment).count() > MAX_REPEATS);
    is_growing.then_some(Skip::GrowingPath)
}

/// The shape of an address with a query: digits are alike, parameters count by name. Calendars and endless pagers have one shape.
pub fn shape(url: &Url) -> Option<String> {
    let query = url.query()?;
    let mut names: Vec<&str> = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut shape = String::with_capacity(url.path().len() + 16);
    for letter in url.path().chars() {
        match letter {
            '0'..='9' if shape.ends_with('#') => {}
            '0'..='9' => shape.push('#'),
            other => shape.push(other),
        }
    }
    Some(format!("{shape}?{}", names.join("&")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(url: &str) -> Url {
        Url::parse(url).unwrap()
    }

    #[test]
    fn growing_paths_are_traps_and_deep_columns_are_not() {
        for (url, expected) in [
            (
                "http://a.cn/zwgk/fdzdgknr/zcwj/2026/03/t20260301_1.html",
                None,
            ),
            ("http://a.cn/a/b/a/b/a/b/a/b/", Some(Skip::GrowingPath)),
            (
                "http://a.cn/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21",
                Some(Skip::DeepPath),
            ),
        ] {
            assert_eq!(trap(&parse(url)), expected, "{url}");
        }
        assert!(trap(&parse(&format!("http://a.cn/?q={}", "x".repeat(2_000)))).is_some());
    }

    #[test]
    fn calendars_have_one_shape() {
        let one = shape(&parse("http://a.cn/cal12/?month=3&year=2026"));
        assert_eq!(one, shape(&parse("http://a.cn/cal7/?year=1999&month=12")));
        assert_ne!(one, shape(&parse("http://a.cn/cal7/?year=1999")));
        assert_eq!(shape(&parse("http://a.cn/2026/1.html")), None);
    }
}
