//! 名录外网站: sites that registered ones link to as a government's or unit's own and that the registry does not hold.
//!
//! Two signs, each enough: a domain below a registered government domain, or a link to a home page whose text is the full name of a unit
//! or government of the registry. It is a list for people: nothing of it deducts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Registry, State, TargetId};

/// Places that are kept of one host.
const MAX_PLACES: usize = 20;
/// Letters of the longest link text that can be a name.
const MAX_NAME: usize = 40;

/// 线索来由.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutsideSign {
    /// 使用本地政府域名.
    Domain,
    /// 链接文字是登记单位的名称.
    Name,
}

impl OutsideSign {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            OutsideSign::Domain => "使用本地政府域名",
            OutsideSign::Name => "链接文字是登记单位的名称",
        }
    }
}

/// 不纳入的原因.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DismissReason {
    /// 不属本地区或本系统.
    NotOurs,
    /// 业务系统或频道.
    System,
    /// 事业单位、企业或社会组织.
    NoGovernment,
    /// 已以其他域名登记.
    Registered,
    /// 已停用.
    Gone,
    /// 其他.
    Other,
}

/// Each with its word and its Chinese name.
const REASONS: [(DismissReason, &str, &str); 6] = [
    (DismissReason::NotOurs, "not_ours", "不属本地区或本系统"),
    (
        DismissReason::System,
        "system",
        "业务系统或频道，不单独登记",
    ),
    (
        DismissReason::NoGovernment,
        "no_government",
        "事业单位、企业或社会组织网站",
    ),
    (DismissReason::Registered, "registered", "已以其他域名登记"),
    (DismissReason::Gone, "gone", "已停用"),
    (DismissReason::Other, "other", "其他（须说明）"),
];

impl DismissReason {
    /// Every reason, as forms list them.
    pub fn all() -> impl Iterator<Item = DismissReason> {
        REASONS.iter().map(|(own, _, _)| *own)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        REASONS
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, word, _)| word)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        REASONS
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, _, zh)| zh)
    }

    /// The reason of a word.
    pub fn of_word(word: &str) -> Option<DismissReason> {
        DismissReason::all().find(|own| own.word() == word)
    }
}

/// 链接出处. The page that links it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LinkedFrom {
    /// Registered site.
    pub site: TargetId,
    /// Page.
    pub page: String,
}

/// 名录外线索. A host that looks like a site outside supervision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideSite {
    /// Host.
    pub host: String,
    /// Address that was linked.
    pub url: String,
    /// Text of the links, the one seen most often first.
    pub name: String,
    /// Why it is listed.
    pub sign: OutsideSign,
    /// The registered unit whose name the link bears.
    pub unit: Option<String>,
    /// Pages that link it, at most twenty, by site and page.
    pub places: Vec<LinkedFrom>,
    /// Registered sites that link it.
    pub site_count: u64,
}

struct Found {
    url: String,
    sign: OutsideSign,
    unit: Option<String>,
    names: BTreeMap<String, u64>,
    places: BTreeSet<LinkedFrom>,
    sites: BTreeSet<TargetId>,
}

/// 查找. Takes links in one by one and keeps what is outside.
pub struct OutsideFinder {
    hosts: BTreeSet<String>,
    /// Labels before `gov.cn` of registered sites.
    domains: BTreeSet<String>,
    /// Full names of governments and units, with the unit's number.
    names: BTreeMap<String, Option<String>>,
    found: BTreeMap<String, Found>,
}

impl OutsideFinder {
    /// Over the registry as it is.
    pub fn new(registry: &Registry) -> OutsideFinder {
        let hosts: BTreeSet<String> = registry
            .sites
            .values()
            .filter_map(|site| host_of(&site.home).map(|(host, _)| host))
            .collect();
        let domains = registry
            .sites
            .values()
            .filter(|site| site.state != State::Cancelled)
            .filter_map(|site| government_label(&host_of(&site.home)?.0))
            .collect();
        let governments = registry.regions.values().flat_map(|region| {
            [
                format!("{}人民政府", region.name),
                format!("{}政府", region.name),
            ]
        });
        let mut names: BTreeMap<String, Option<String>> =
            governments.map(|name| (name, None)).collect();
        for unit in registry.organizations.values() {
            names.insert(unit.name.clone(), Some(unit.id.clone()));
        }
        OutsideFinder {
            hosts,
            domains,
            names,
            found: BTreeMap::new(),
        }
    }

    /// Takes in a link of a page of a registered site.
    pub fn see(&mut self, site: &TargetId, page: &str, url: &str, text: &str) {
        let Some((host, is_home)) = host_of(url) else {
            return;
        };
        if self.hosts.contains(&host) || self.hosts.contains(host.trim_start_matches("www.")) {
            return;
        }
        let name = plain_name(text);
        let unit = self.names.get(&name).filter(|_| is_home);
        let is_below = government_label(&host).is_some_and(|label| self.domains.contains(&label));
        let sign = match (is_below, unit) {
            (true, _) => OutsideSign::Domain,
            (false, Some(_)) => OutsideSign::Name,
            (false, None) => return,
        };
        let unit = unit.cloned().flatten();
        let found = self.found.entry(host).or_insert_with(|| Found {
            url: url.to_owned(),
            sign,
            unit: None,
            names: BTreeMap::new(),
            places: BTreeSet::new(),
            sites: BTreeSet::new(),
        });
        found.unit = found.unit.take().or(unit);
        // The home page is what people would register.
        if is_home
            && (!host_of(&found.url).is_some_and(|(_, is_home)| is_home) || *url < *found.url)
        {
            url.clone_into(&mut found.url);
        }
        if !name.is_empty() && name.chars().count() <= MAX_NAME {
            *found.names.entry(name).or_default() += 1;
        }
        found.sites.insert(site.clone());
        found.places.insert(LinkedFrom {
            site: site.clone(),
            page: page.to_owned(),
        });
        if found.places.len() > MAX_PLACES {
            found.places.pop_last();
        }
    }

    /// What was found, by host.
    pub fn done(self) -> Vec<OutsideSite> {
        self.found
            .into_iter()
            .map(|(host, found)| {
                let most = found
                    .names
                    .iter()
                    .max_by_key(|(name, count)| (**count, std::cmp::Reverse((*name).clone())));
                OutsideSite {
                    host,
                    name: most.map(|(name, _)| name.clone()).unwrap_or_default(),
                    url: found.url,
                    sign: found.sign,
                    unit: found.unit,
                    site_count: found.sites.len() as u64,
                    places: found.places.into_iter().collect(),
                }
            })
            .collect()
    }
}

/// Host of a web address, and whether the address is that of a home page.
fn host_of(address: &str) -> Option<(String, bool)> {
    let url = url::Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let url::Host::Domain(host) = url.host()? else {
        return None;
    };
    let path = url.path().trim_matches('/').to_ascii_lowercase();
    let is_index =
        !path.contains('/') && (path.starts_with("index.") || path.starts_with("default."));
    let is_home = url.query().is_none() && (path.is_empty() || is_index);
    Some((host.trim_end_matches('.').to_ascii_lowercase(), is_home))
}

/// `qingshi` of `www.qingshi.gov.cn`.
fn government_label(host: &str) -> Option<String> {
    let own = host.strip_suffix(".gov.cn")?;
    Some(own.rsplit('.').next()?.to_owned())
}

/// A link's text without what sites add to a name.
fn plain_name(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let ends = ["政府门户网站", "门户网站", "官方网站", "网站", "官网"];
    let end = ends.iter().find_map(|end| plain.strip_suffix(end));
    match end {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => plain,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "outside_tests.rs"]
mod tests;
