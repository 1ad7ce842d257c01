//! Cookies, as far as a gatherer needs them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use http::{HeaderMap, header};

use crate::lock;

/// A host that sets more than this sets them without end. The limits are those that RFC 6265 expects of a browser.
const MAX_COOKIES: usize = 50;
const MAX_COOKIE_BYTES: usize = 4096;
const MAX_HOSTS: usize = 200;

/// 小甜饼. Cookies that redirects of one target set, by host: some sites redirect to themselves until theirs comes back.
#[derive(Debug, Default)]
pub struct Jar {
    by_host: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Jar {
    pub(crate) fn header(&self, host: &str) -> Option<String> {
        let jars = lock(&self.by_host);
        let pairs: Vec<String> = jars
            .get(host)?
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Learns from headers as text.
    pub(crate) fn learn_from(&self, host: &str, headers: &[(String, String)]) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = http::HeaderValue::from_str(value);
            if name.eq_ignore_ascii_case("set-cookie")
                && let Ok(value) = value
            {
                map.append(header::SET_COOKIE, value);
            }
        }
        self.learn(host, &map);
    }

    /// Whether anything new was learnt.
    pub(crate) fn learn(&self, host: &str, headers: &HeaderMap) -> bool {
        let mut is_new = false;
        for line in headers.get_all(header::SET_COOKIE) {
            let Ok(line) = line.to_str() else { continue };
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('='))
            else {
                continue;
            };
            let mut jars = lock(&self.by_host);
            if !jars.contains_key(host) && jars.len() >= MAX_HOSTS {
                continue;
            }
            let jar = jars.entry(host.to_owned()).or_default();
            let is_too_much = !jar.contains_key(name.trim()) && jar.len() >= MAX_COOKIES;
            if is_too_much || name.len() + value.len() > MAX_COOKIE_BYTES {
                continue;
            }
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            if is_deletion(line) {
                is_new |= jar.remove(&name).is_some();
                continue;
            }
            is_new |= jar.insert(name, value.clone()).as_deref() != Some(value.as_str());
        }
        is_new
    }
}

/// Whether a cookie is taken back: it has no age left, or, where none is given, it ended long ago (RFC 6265, 5.3: Max-Age counts first).
fn is_deletion(line: &str) -> bool {
    /// Years that servers write to take a cookie back.
    const LONG_AGO: [&str; 4] = ["1970", "-70 ", "1999", "2000"];
    let attribute = |wanted: &str| {
        let parts = line.split(';').skip(1);
        let mut pairs = parts.filter_map(|part| part.split_once('='));
        let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim())
    };
    if let Some(seconds) = attribute("max-age").and_then(|age| age.parse::<i64>().ok()) {
        return seconds <= 0;
    }
    attribute("expires").is_some_and(|day| LONG_AGO.iter().any(|year| day.contains(year)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_jar_is_never_filled_without_end() {
        let jar = Jar::default();
        for number in 0..1000 {
            let mut headers = HeaderMap::new();
            let line = format!(
                "c{number}={}",
                "x".repeat(if number == 3 { 5000 } else { 9 })
            );
            headers.append(header::SET_COOKIE, line.parse().unwrap());
            jar.learn("a.cn", &headers);
            jar.learn(&format!("h{number}.cn"), &headers);
        }
        let kept = jar.header("a.cn").unwrap();
        assert_eq!(kept.split("; ").count(), MAX_COOKIES);
        assert!(!kept.contains("c3="));
        assert!(lock(&jar.by_host).len() <= MAX_HOSTS);
        // A cookie that is known may still change.
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, "c1=new".parse().unwrap());
        assert!(jar.learn("a.cn", &headers));
        assert!(jar.header("a.cn").unwrap().contains("c1=new"));
    }

    #[test]
    fn a_cookie_that_is_taken_back_is_sent_no_more() {
        for (taken_back, is_gone) in [
            ("flash=deleted; Max-Age=0", true),
            ("flash=; expires=Thu, 01 Jan 1970 00:00:00 GMT", true),
            (
                "flash=2; Max-Age=60; Expires=Thu, 01-Jan-1970 00:00:00 GMT",
                false,
            ),
            ("flash=2; Expires=Wed, 21 Oct 2026 20:00:00 GMT", false),
        ] {
            let jar = Jar::default();
            let set = |line: &str| ("Set-Cookie".to_owned(), line.to_owned());
            jar.learn_from("a.cn", &[set("flash=1; path=/")]);
            assert_eq!(jar.header("a.cn").as_deref(), Some("flash=1"));
            jar.learn_from("a.cn", &[set(taken_back)]);
            assert_eq!(jar.header("a.cn").is_none(), is_gone, "{taken_back}");
        }
    }
}
