//! 名录外网站: sites that registered ones link to as a government's or unit's own and that the registry does not hold.
//!
//! Three signs, each enough: a domain below a registered government domain; a link to a home page whose text is the full name of a unit
//! or government of the registry; a link to a home page whose text names a region of the registry, where the host ends in `gov.cn` or the
//! text is of an expected kind ([`super::expected`]). Candidates are ranked by everything that speaks for them ([`OutsideReason`]), what
//! their own home page says among it ([`OutsideHome`]). It is a list for people: nothing of it deducts.

mod home;
mod reasons;

pub use home::{HomeSketch, OutsideDoubt, OutsideHome, likeness, read_home, sketch};
pub use reasons::{OutsideReason, score};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::expected::{ExpectedTable, short_name};
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
    /// 链接文字带有本地地名.
    Region,
    /// 有人提供.
    Reported,
}

impl OutsideSign {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            OutsideSign::Domain => "使用本地政府域名",
            OutsideSign::Name => "链接文字是登记单位的名称",
            OutsideSign::Region => "链接文字带有本地地名",
            OutsideSign::Reported => "有人提供",
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
    /// What speaks for it and against it, in the links.
    #[serde(default)]
    pub reasons: Vec<OutsideReason>,
    /// What its home page says, where somebody had it looked at.
    #[serde(default)]
    pub home: Option<Box<OutsideHome>>,
}

impl OutsideSite {
    /// A host that a person names.
    pub fn reported(host: &str, url: &str) -> OutsideSite {
        OutsideSite {
            host: host.to_owned(),
            url: url.to_owned(),
            name: String::new(),
            sign: OutsideSign::Reported,
            unit: None,
            places: Vec::new(),
            site_count: 0,
            reasons: Vec::new(),
            home: None,
        }
    }

    /// Everything that speaks for it and against it, the links first.
    pub fn all_reasons(&self) -> impl Iterator<Item = &OutsideReason> {
        let home = self.home.iter().flat_map(|home| &home.reasons);
        self.reasons.iter().chain(home)
    }

    /// Its place in the list: the higher, the likelier a site outside supervision.
    pub fn score(&self) -> u64 {
        score(self.all_reasons())
    }
}

struct Found {
    url: String,
    sign: OutsideSign,
    unit: Option<String>,
    region: Option<String>,
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
    /// Names of regions, short and full, the longest first.
    regions: Vec<(String, String)>,
    table: ExpectedTable,
    found: BTreeMap<String, Found>,
}

impl OutsideFinder {
    /// Over the registry as it is, and the table of expected kinds.
    pub fn new(registry: &Registry, table: ExpectedTable) -> OutsideFinder {
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
            regions: region_names(registry),
            table,
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
        let is_government = government_label(&host).is_some();
        let of_kind = || self.table.kind_of(&name).is_some();
        let named = self.regions.iter().find(|(word, _)| name.contains(word));
        let region = named.filter(|_| is_home && (is_government || of_kind()));
        let sign = match (is_below, unit, region) {
            (true, _, _) => OutsideSign::Domain,
            (false, Some(_), _) => OutsideSign::Name,
            (false, None, Some(_)) => OutsideSign::Region,
            (false, None, None) => return,
        };
        let region = region.map(|(_, region)| region.clone());
        let unit = unit.cloned().flatten();
        let found = self.found.entry(host).or_insert_with(|| Found {
            url: url.to_owned(),
            sign,
            unit: None,
            region: None,
            names: BTreeMap::new(),
            places: BTreeSet::new(),
            sites: BTreeSet::new(),
        });
        found.unit = found.unit.take().or(unit);
        found.region = found.region.take().or(region);
        found.sign = found.sign.min(sign);
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
        let OutsideFinder {
            found,
            domains,
            table,
            ..
        } = self;
        let mut all = Vec::with_capacity(found.len());
        for (host, found) in found {
            let most = found
                .names
                .iter()
                .max_by_key(|(name, count)| (**count, std::cmp::Reverse((*name).clone())));
            let name = most.map(|(name, _)| name.clone()).unwrap_or_default();
            let label = government_label(&host);
            let domain = label.as_ref().filter(|label| domains.contains(*label));
            let kind = found
                .names
                .keys()
                .find_map(|name| table.kind_of(name))
                .map(|kind| kind.name.clone());
            let count = found.sites.len() as u64;
            let reasons = [
                domain.map(|label| OutsideReason::BelowDomain {
                    domain: format!("{label}.gov.cn"),
                }),
                label.map(|_| OutsideReason::GovernmentHost),
                found
                    .unit
                    .as_ref()
                    .map(|unit| OutsideReason::UnitName { unit: unit.clone() }),
                found
                    .region
                    .map(|region| OutsideReason::RegionName { region }),
                kind.map(|kind| OutsideReason::ExpectedKind { kind }),
                Some(OutsideReason::Linked { count }),
            ];
            all.push(OutsideSite {
                host,
                name,
                url: found.url,
                sign: found.sign,
                unit: found.unit,
                site_count: count,
                places: found.places.into_iter().collect(),
                reasons: reasons.into_iter().flatten().collect(),
                home: None,
            });
        }
        all
    }
}

/// Names by which a link can mean a region, the longest first: 青石市 before 青石. A short name of two regions means neither.
fn region_names(registry: &Registry) -> Vec<(String, String)> {
    let mut names: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for region in registry.regions.values() {
        for name in [region.name.as_str(), short_name(&region.name)] {
            names
                .entry(name)
                .and_modify(|known| *known = known.filter(|code| *code == region.code))
                .or_insert(Some(&region.code));
        }
    }
    let mut names: Vec<(String, String)> = names
        .into_iter()
        .filter_map(|(name, code)| Some((name.to_owned(), code?.to_owned())))
        .collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
    names
}

/// Host of a web address, and whether the address is that of a home page.
pub(super) fn host_of(address: &str) -> Option<(String, bool)> {
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
pub(super) fn government_label(host: &str) -> Option<String> {
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
