//! Cookies, as far as a gatherer needs them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use http::{HeaderMap, header};

use crate::lock;

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
            let jar = jars.entry(host.to_owned()).or_default();
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            is_new |= jar.insert(name, value.clone()).as_deref() != Some(value.as_str());
        }
        is_new
    }
}
