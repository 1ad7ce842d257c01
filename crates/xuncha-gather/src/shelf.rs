//! 已取内容: what this run has at hand for pages that are rendered, so that nothing is asked again for them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use xuncha_core::evidence::Failure;

use crate::browser::Supply;
use crate::exchange::Exchange;
use crate::lock;

/// Bodies that are remembered over a run.
const MAX_BYTES: usize = 64 << 20;
/// Of these, bodies of pages that wait to be rendered; the rest is for scripts that many pages share.
const MAX_PAGE_BYTES: usize = MAX_BYTES / 2;

/// What an answer takes besides its body and address.
const ENTRY_BYTES: usize = 512;

/// 搁板. Answers by address, whoever asked for them first.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Shelved>);

#[derive(Default)]
struct Shelved {
    answers: BTreeMap<String, Supply>,
    bytes: usize,
}

impl Shelf {
    /// The answer to an address, where it is at hand.
    pub fn get(&self, url: &str) -> Option<Supply> {
        lock(&self.0).answers.get(url).cloned()
    }

    /// Takes in what a rendering asked for.
    pub fn learn(&self, exchange: &Exchange) {
        self.put(exchange, MAX_BYTES);
    }

    /// Takes in a page that waits to be rendered.
    pub fn learn_page(&self, exchange: &Exchange) {
        if !exchange.is_truncated {
            self.put(exchange, MAX_PAGE_BYTES);
        }
    }

    fn put(&self, exchange: &Exchange, most: usize) {
        let mut shelved = lock(&self.0);
        for (url, supply) in supplies(exchange) {
            let bytes = match &supply {
                Supply::Answer { body, .. } => body.len() + url.len() + ENTRY_BYTES,
                Supply::Nothing(_) => url.len() + ENTRY_BYTES,
            };
            if shelved.bytes + bytes <= most {
                shelved.bytes += bytes;
                shelved.answers.insert(url, supply);
            }
        }
    }
}

/// Every hop of an exchange under its address: a browser asks for each of them. An address that redirects to itself first (a cookie
/// had to be set) comes twice, the answer that counts last.
pub(crate) fn supplies(exchange: &Exchange) -> Vec<(String, Supply)> {
    let last = exchange.legs.len().saturating_sub(1);
    let supply = |index: usize, leg: &crate::exchange::Leg| {
        let failure = exchange.failure.as_ref().filter(|_| index == last);
        match (failure, leg.status) {
            (Some(failure), _) => Supply::Nothing(said(failure).to_owned()),
            (None, None) => Supply::Nothing("没有应答".to_owned()),
            (None, Some(status)) => Supply::Answer {
                status,
                headers: without_wire(leg.headers()),
                body: match index == last {
                    true => leg.body.clone(),
                    false => Vec::new(),
                },
            },
        }
    };
    let legs = exchange.legs.iter().enumerate();
    legs.map(|(index, leg)| (leg.url.clone(), supply(index, leg)))
        .collect()
}

fn said(failure: &Failure) -> &'static str {
    match failure {
        Failure::RefusedByGuard { .. } => "我方安全策略未放行",
        Failure::Timeout { .. } => "超过时限没有应答",
        _ => "没有取得应答",
    }
}

/// Headers of the wire do not hold for the decoded body, and those of reporting would only make more requests.
pub(crate) fn without_wire(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    const DROPPED: [&str; 9] = [
        "transfer-encoding",
        "content-encoding",
        "content-length",
        "connection",
        "keep-alive",
        "refresh-token",
        "nel",
        "report-to",
        "strict-transport-security",
    ];
    headers
        .into_iter()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            is_name && !DROPPED.contains(&name.as_str()) && !name.starts_with("x-archive-orig-")
        })
        .collect()
}
