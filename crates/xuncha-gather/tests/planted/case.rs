//! The cases as they stand in the files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::server::absolute;

/// One kind of defect, or one near-miss. The fields are explained in `answers.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub rule: String,
    #[serde(default = "main_site")]
    pub site: String,
    #[serde(default)]
    pub page: String,
    #[serde(default)]
    pub head: String,
    /// The whole page, instead of `head` and `page`.
    #[serde(default)]
    pub whole: String,
    #[serde(default)]
    pub encoding: String,
    #[serde(default, rename = "type")]
    pub content_type: String,
    /// Stands on the page of every case.
    #[serde(default)]
    pub everywhere: String,
    #[serde(default)]
    pub serve: BTreeMap<String, String>,
    #[serde(default)]
    pub sitemap: Vec<String>,
    #[serde(default)]
    pub packed_sitemap: Vec<String>,
    #[serde(default)]
    pub dead: Vec<String>,
    #[serde(default)]
    pub unknown: Vec<String>,
    #[serde(default)]
    pub listed: Vec<String>,
    /// Answers to HEAD where they are not those to GET.
    #[serde(default)]
    pub heads: BTreeMap<String, String>,
    /// Other spellings of its dead addresses, which another checker may name instead.
    #[serde(default)]
    pub also: Vec<String>,
}

/// The site of most cases.
pub const MAIN_SITE: &str = "planted.internal";

fn main_site() -> String {
    MAIN_SITE.to_owned()
}

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

/// All cases.
pub fn cases() -> Vec<Case> {
    [
        include_str!("answers.toml"),
        include_str!("references.toml"),
    ]
    .into_iter()
    .flat_map(|text| toml::from_str::<File>(text).unwrap().case)
    .collect()
}

/// What a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is wrong and has to be found.
    Defect,
    /// Nobody can tell from here: 无法判定 has to be said.
    Undeterminable,
    /// It looks wrong and is fine.
    NearMiss,
}

impl Case {
    /// What it is.
    pub fn kind(&self) -> Kind {
        if !self.dead.is_empty() || !self.listed.is_empty() {
            Kind::Defect
        } else if !self.unknown.is_empty() {
            Kind::Undeterminable
        } else {
            Kind::NearMiss
        }
    }

    /// The path of its own page.
    pub fn own_path(&self) -> String {
        format!("/c/{}.html", self.name)
    }

    /// What it serves: host and path, and the answer.
    pub fn served(&self) -> impl Iterator<Item = (String, &str)> {
        keys(&self.site, &self.serve)
    }

    /// What it answers to HEAD: host and path, and the answer.
    pub fn heads(&self) -> impl Iterator<Item = (String, &str)> {
        keys(&self.site, &self.heads)
    }

    /// Whether its page carries what stands on every page.
    pub fn has_footer(&self) -> bool {
        self.site == MAIN_SITE && self.whole.is_empty()
    }

    /// What has to be reported.
    pub fn expected(&self) -> Vec<(&'static str, String)> {
        let classes = [
            ("dead", &self.dead),
            ("unknown", &self.unknown),
            ("listed", &self.listed),
        ];
        classes
            .into_iter()
            .flat_map(|(class, urls)| {
                urls.iter()
                    .map(move |url| (class, absolute(&self.site, url)))
            })
            .collect()
    }
}

/// Host and path of each address, which a case writes without the host where it is its own.
fn keys<'a>(
    site: &'a str,
    answers: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (String, &'a str)> {
    answers.iter().map(move |(path, answer)| {
        let key = if path.starts_with('/') {
            format!("{site}{path}")
        } else {
            path.clone()
        };
        (key, answer.as_str())
    })
}
