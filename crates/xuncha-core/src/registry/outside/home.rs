//! 线索首页: what the home page of a candidate says of itself, and what of it belongs to a registered site: a copy or a counterfeit, or a
//! site that moved. Every doubt is for a person.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::super::{Registry, Site, TargetId};
use super::reasons::OutsideReason;
use super::{government_label, host_of};
use crate::facts::model::{Mark, MarkSeen, PageFacts};

/// Characters of a home page below which likeness says nothing: two notices of closing are alike.
const SKETCH_CHARS: u32 = 150;
/// Bits by which two texts of one page may differ.
const LIKE_BITS: u32 = 3;

/// 首页速写. Enough of a home page to know a copy by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeSketch {
    /// Host that gave the answer.
    pub host: String,
    /// Simhash of the visible text.
    pub simhash: u64,
    /// Visible characters.
    pub chars: u32,
    /// Site code in the footer; empty where none was read.
    pub code: String,
    /// The mark of party and government bodies.
    pub has_party_mark: bool,
    /// Address of the page.
    pub url: String,
    /// When it was read.
    pub at: DateTime,
}

/// 线索首页.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideHome {
    /// When it was looked at.
    pub at: DateTime,
    /// Where the answer is kept.
    pub record: String,
    /// Address that gave the answer.
    pub final_url: String,
    /// It opened.
    pub is_open: bool,
    /// `<title>`.
    pub title: String,
    /// Site code in the footer.
    pub code: String,
    /// Host unit in the footer.
    pub unit: String,
    /// What it adds to the reasons.
    pub reasons: Vec<OutsideReason>,
    /// What of it belongs to a registered site.
    pub doubts: Vec<OutsideDoubt>,
}

/// 假冒、复制疑点.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "doubt")]
pub enum OutsideDoubt {
    /// Its tag names another host than the one that serves it.
    OtherDomain {
        /// What the tag says.
        says: String,
    },
    /// It bears the code of a registered site.
    CodeOfSite {
        /// The code.
        code: String,
        /// Name of that site.
        name: String,
    },
    /// It bears the name of a registered site.
    NameOfSite {
        /// The site.
        site: TargetId,
        /// Its name.
        name: String,
    },
    /// Its text is that of a registered site's home page.
    CopyOfSite {
        /// The site.
        site: TargetId,
        /// Its name.
        name: String,
    },
}

impl OutsideDoubt {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            OutsideDoubt::OtherDomain { says } => {
                format!("页面标签写的域名是 {says}，与实际域名不同")
            }
            OutsideDoubt::CodeOfSite { code, name } => {
                format!("标识码 {code} 属于已登记的“{name}”")
            }
            OutsideDoubt::NameOfSite { site, name } => {
                format!("名称与已登记的“{name}”（{site}）相同")
            }
            OutsideDoubt::CopyOfSite { site, name } => {
                format!("首页内容与已登记的“{name}”（{site}）几乎相同")
            }
        }
    }

    /// In English.
    pub fn en(&self) -> String {
        match self {
            OutsideDoubt::OtherDomain { says } => format!("its tag names another host, {says}"),
            OutsideDoubt::CodeOfSite { code, name } => format!("code {code} is that of {name}"),
            OutsideDoubt::NameOfSite { site, name } => format!("bears the name of {name} ({site})"),
            OutsideDoubt::CopyOfSite { site, name } => {
                format!("its text is nearly that of {name} ({site})")
            }
        }
    }
}

/// The sketch of a home page.
pub fn sketch(page: &PageFacts) -> HomeSketch {
    HomeSketch {
        host: host_of(&page.capture.final_url).map_or_else(String::new, |(host, _)| host),
        simhash: page.text_simhash,
        chars: page.text_chars,
        code: mark(page, Mark::网站标识码),
        has_party_mark: !mark(page, Mark::党政机关网站标识).is_empty(),
        url: page.capture.final_url.clone(),
        at: page.capture.at,
    }
}

/// Whether two home pages show the same text; pages with next to no text never do.
pub fn likeness(one: &HomeSketch, other: &HomeSketch) -> bool {
    let is_whole = |sketch: &HomeSketch| sketch.chars >= SKETCH_CHARS;
    is_whole(one) && is_whole(other) && (one.simhash ^ other.simhash).count_ones() <= LIKE_BITS
}

/// What a mark shows; empty where it is not there or cannot be read.
fn mark(page: &PageFacts, mark: Mark) -> String {
    match page.marks.get(&mark) {
        Some(MarkSeen::Present { value }) => value.clone(),
        _ => String::new(),
    }
}

/// Reads the home page of a candidate on `host`, beside the registry and the home pages of registered sites.
pub fn read_home(
    page: &PageFacts,
    host: &str,
    registry: &Registry,
    homes: &BTreeMap<TargetId, HomeSketch>,
) -> OutsideHome {
    let capture = &page.capture;
    let mut read = OutsideHome {
        at: capture.at,
        record: capture.evidence.record.clone(),
        final_url: capture.final_url.clone(),
        is_open: capture.is_success(),
        title: page.title.clone(),
        code: mark(page, Mark::网站标识码),
        unit: mark(page, Mark::网站主办单位),
        reasons: Vec::new(),
        doubts: Vec::new(),
    };
    if !read.is_open {
        // A refusal of us says nothing of the site.
        if !capture.is_blocked() {
            read.reasons.push(OutsideReason::Unopened);
        }
        return read;
    }
    let own = sketch(page);
    let leads_to = registry.sites.values().find(|site| {
        own.host != host && host_of(&site.home).is_some_and(|(known, _)| known == own.host)
    });
    if let Some(site) = leads_to {
        let site = site.id.0.clone();
        read.reasons.push(OutsideReason::LeadsToRegistered { site });
        return read;
    }
    read.reasons = reasons(&read, &own, registry);
    read.doubts = doubts(page, &own, registry, homes);
    read
}

fn reasons(read: &OutsideHome, own: &HomeSketch, registry: &Registry) -> Vec<OutsideReason> {
    let mut reasons = Vec::new();
    let is_known = registry.sites.contains_key(&TargetId(read.code.clone()));
    if !read.code.is_empty() && !is_known {
        let code = read.code.clone();
        reasons.push(OutsideReason::UnknownCode { code });
    }
    if own.has_party_mark {
        reasons.push(OutsideReason::PartyMark);
    }
    let mut units = registry.organizations.values();
    if let Some(unit) = units.find(|unit| unit.name == read.unit) {
        let name = unit.name.clone();
        reasons.push(OutsideReason::HostUnit { name });
    }
    if reasons.is_empty() && government_label(&own.host).is_none() {
        reasons.push(OutsideReason::NoMarks);
    }
    reasons
}

fn doubts(
    page: &PageFacts,
    own: &HomeSketch,
    registry: &Registry,
    homes: &BTreeMap<TargetId, HomeSketch>,
) -> Vec<OutsideDoubt> {
    let mut doubts = Vec::new();
    let says = page.metas.get("SiteDomain").map_or("", String::as_str);
    if is_other_domain(says, &own.host) {
        let says = says.trim().to_owned();
        doubts.push(OutsideDoubt::OtherDomain { says });
    }
    if let Some(site) = registry.sites.get(&TargetId(own.code.clone())) {
        let (code, name) = (own.code.clone(), site.name.clone());
        doubts.push(OutsideDoubt::CodeOfSite { code, name });
    }
    let plain = |name: &str| super::plain_name(name);
    let shown = [&page.title, &page.header_name].map(|name| plain(name));
    let bears = |site: &&Site| shown.contains(&plain(&site.name));
    if let Some(site) = registry.sites.values().find(bears) {
        doubts.push(OutsideDoubt::NameOfSite {
            site: site.id.clone(),
            name: site.name.clone(),
        });
    }
    for (id, home) in homes {
        if home.host != own.host && likeness(own, home) {
            let name = registry
                .sites
                .get(id)
                .map_or_else(String::new, |site| site.name.clone());
            let site = id.clone();
            doubts.push(OutsideDoubt::CopyOfSite { site, name });
        }
    }
    doubts
}

/// Whether a tag names a host of another site; with and without `www.`, and a whole address, are one host.
fn is_other_domain(says: &str, host: &str) -> bool {
    let says = says.trim().to_ascii_lowercase();
    let rest = says
        .split_once("://")
        .map_or(says.as_str(), |(_, rest)| rest);
    let said = rest.split(['/', ':']).next().unwrap_or_default();
    let plain = |host: &str| host.trim_start_matches("www.").to_owned();
    said.contains('.') && plain(said) != plain(host)
}
