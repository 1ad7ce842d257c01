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
            is_new |= jar.insert(name, value.clone()).as_deref() != Some(value.as_str());
        }
        is_new
    }
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
}
