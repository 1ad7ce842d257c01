//! Which sitemaps of a site are known and which of them still have to be read.

use std::collections::{BTreeSet, VecDeque};

use url::Url;

/// Most sitemaps that are read of one site.
const MAX_SITEMAPS: usize = 50;

/// 站点地图. Which sitemaps there are and which of them were read.
#[derive(Default)]
pub(crate) struct Sitemaps {
    known: BTreeSet<String>,
    waiting: VecDeque<String>,
}

impl Sitemaps {
    pub fn learn(&mut self, urls: impl IntoIterator<Item = String>) {
        for url in urls {
            let url = Url::parse(&url).map_or(url, String::from);
            if self.known.len() < MAX_SITEMAPS && self.known.insert(url.clone()) {
                self.waiting.push_back(url);
            }
        }
    }

    pub fn knows_any(&self) -> bool {
        !self.known.is_empty()
    }

    pub fn is_one(&self, url: &str) -> bool {
        self.known.contains(url)
    }

    pub fn next(&self) -> Option<String> {
        self.waiting.front().cloned()
    }

    pub fn done(&mut self, url: &str) {
        self.known.insert(url.to_owned());
        self.waiting.retain(|waiting| waiting != url);
    }
}
