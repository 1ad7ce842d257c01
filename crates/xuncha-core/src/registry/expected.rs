//! 应有网站: which kinds of sites a region of a level usually has, as a table that staff edit, held against the registry and against what
//! was found outside of it. Where nothing is found, a person is told; nothing deducts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outside::OutsideSite;
use super::{Level, Region, Registry, Site, State, TargetId};

/// The word that stands for a level in rows about units that run no government site.
const NO_GOVERNMENT: &str = "不属政府网站";

/// 应有类别. One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedKind {
    /// Its id.
    pub id: String,
    /// Its name, such as 医疗保障.
    pub name: String,
    /// 省, 市, 县: the levels whose regions have one; 不属政府网站 for names of units that run none.
    pub levels: Vec<String>,
    /// Any of these in the name of a site or its unit makes it one.
    pub words: Vec<String>,
    /// Any of these makes it none.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Where it is written, or why it is expected.
    #[serde(default)]
    pub basis: String,
    /// How sure the basis is (`S`, `K-hi`, `lo` …).
    #[serde(default)]
    pub confidence: String,
}

impl ExpectedKind {
    /// Whether a name is one of this kind.
    pub fn fits(&self, name: &str) -> bool {
        let holds = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
        holds(&self.words) && !holds(&self.unless)
    }

    fn is_of(&self, level: Level) -> bool {
        self.levels.iter().any(|word| word == level_word(level))
    }

    fn is_no_government(&self) -> bool {
        self.levels.iter().any(|word| word == NO_GOVERNMENT)
    }
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Province => "省",
        Level::City => "市",
        Level::County => "县",
    }
}

/// 应有网站表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ExpectedTable {
    /// Its rows.
    #[serde(default)]
    pub entries: Vec<ExpectedKind>,
}

impl ExpectedTable {
    /// Reads the table's text; what is wrong is in Chinese.
    pub fn parse(text: &str) -> Result<ExpectedTable, String> {
        let table: ExpectedTable = toml::from_str(text)
            .map_err(|error| format!("词表 expected_sites.toml 无法解析：{error}"))?;
        let levels = ["省", "市", "县", NO_GOVERNMENT];
        for kind in &table.entries {
            let is_level = |level: &String| levels.contains(&level.as_str());
            if kind.words.is_empty() || kind.levels.is_empty() || !kind.levels.iter().all(is_level)
            {
                let levels = levels.join("、");
                let name = &kind.name;
                return Err(format!("应有网站“{name}”要写明层级（{levels}）和名称用语"));
            }
        }
        Ok(table)
    }

    /// The kind that a name is of, among those that are expected somewhere.
    pub fn kind_of(&self, name: &str) -> Option<&ExpectedKind> {
        let mut expected = self.entries.iter().filter(|kind| !kind.is_no_government());
        expected.find(|kind| kind.fits(name))
    }

    /// The kind of unit that a name is of, among those that run no government site.
    pub fn no_government(&self, name: &str) -> Option<&ExpectedKind> {
        let mut none = self.entries.iter().filter(|kind| kind.is_no_government());
        none.find(|kind| kind.fits(name))
    }
}

/// 应有情况. What was found of an expected kind in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Presence {
    /// 已登记.
    Registered {
        /// Running sites.
        sites: Vec<TargetId>,
    },
    /// 登记而不在运行.
    NotRunning {
        /// Sites that are filed and do not run.
        sites: Vec<TargetId>,
    },
    /// 名录外有线索.
    Outside {
        /// Hosts.
        hosts: Vec<String>,
    },
    /// 没有找到.
    Nothing {
        /// Units of this kind that the registry knows, by number.
        units: Vec<String>,
    },
}

/// 应有网站. One region and kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// Division code.
    pub region: String,
    /// Name of the region.
    pub region_name: String,
    /// Its level.
    pub level: Level,
    /// Id of the kind.
    pub kind: String,
    /// What was found.
    pub presence: Presence,
}

/// Holds the table against the registry and what was found outside, region by region in the order of codes, kinds as the table has them.
pub fn expected(
    registry: &Registry,
    table: &ExpectedTable,
    outside: &[OutsideSite],
) -> Vec<Expectation> {
    let mut by_region: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
    for site in registry.sites.values() {
        by_region.entry(&site.region).or_default().push(site);
    }
    let none = Vec::new();
    let mut all = Vec::new();
    for region in registry.regions.values() {
        let sites = by_region.get(region.code.as_str()).unwrap_or(&none);
        for kind in table.entries.iter().filter(|kind| kind.is_of(region.level)) {
            all.push(Expectation {
                region: region.code.clone(),
                region_name: region.name.clone(),
                level: region.level,
                kind: kind.id.clone(),
                presence: presence(registry, region, kind, sites, outside),
            });
        }
    }
    all
}

fn presence(
    registry: &Registry,
    region: &Region,
    kind: &ExpectedKind,
    sites: &[&Site],
    outside: &[OutsideSite],
) -> Presence {
    let unit_name = |site: &Site| {
        let unit = registry.organizations.get(&site.organization);
        unit.map_or("", |unit| unit.name.as_str())
    };
    let mine = |is_wanted: fn(State) -> bool| -> Vec<TargetId> {
        let fits = |site: &&&Site| kind.fits(&site.name) || kind.fits(unit_name(site));
        let wanted = sites
            .iter()
            .filter(fits)
            .filter(|site| is_wanted(site.state));
        wanted.map(|site| site.id.clone()).collect()
    };
    let running = mine(|state| matches!(state, State::Running | State::Offline));
    if !running.is_empty() {
        return Presence::Registered { sites: running };
    }
    let hosts: Vec<String> = outside
        .iter()
        .filter(|site| kind.fits(&site.name) && is_in_region(registry, region, site))
        .map(|site| site.host.clone())
        .collect();
    if !hosts.is_empty() {
        return Presence::Outside { hosts };
    }
    let gone = mine(|state| matches!(state, State::Closed | State::Merged | State::Cancelled));
    if !gone.is_empty() {
        return Presence::NotRunning { sites: gone };
    }
    let units = registry.organizations.values();
    let units = units.filter(|unit| unit.region == region.code && kind.fits(&unit.name));
    Presence::Nothing {
        units: units.map(|unit| unit.id.clone()).collect(),
    }
}

/// Whether something outside belongs to a region: its unit does, its name bears the region's, or it stands below the region's domain.
fn is_in_region(registry: &Registry, region: &Region, site: &OutsideSite) -> bool {
    let unit = site
        .unit
        .as_ref()
        .and_then(|unit| registry.organizations.get(unit));
    if let Some(unit) = unit {
        return unit.region == region.code;
    }
    let is_named = |region: &Region| site.name.contains(short_name(&region.name));
    if is_named(region) {
        // 青石市 bears the province's name where it names it first; the nearest region is meant.
        let below = registry.regions.values();
        let mut below = below.filter(|own| own.parent.as_ref() == Some(&region.code));
        return !below.any(is_named);
    }
    let names_another = registry.regions.values().any(is_named);
    let label = super::outside::government_label(&site.host);
    let is_below = |own: &&Site| {
        let host = super::outside::host_of(&own.home).map(|(host, _)| host);
        own.region == region.code
            && host.and_then(|host| super::outside::government_label(&host)) == label
    };
    let portals = registry.sites.values();
    let mut portals = portals.filter(|own| own.kind == super::SiteKind::Portal);
    !names_another && label.is_some() && portals.any(|own| is_below(&own))
}

/// A region's name without what it is, where two characters are left: 青石 of 青石市.
pub(crate) fn short_name(name: &str) -> &str {
    const ENDS: [&str; 8] = [
        "特别行政区",
        "自治区",
        "自治州",
        "自治县",
        "省",
        "市",
        "县",
        "区",
    ];
    let short = ENDS.iter().find_map(|end| name.strip_suffix(end));
    short
        .filter(|short| short.chars().count() >= 2)
        .unwrap_or(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::filing::tests::registry;
    use super::super::outside::OutsideSign;
    use super::*;

    const TEXT: &str = include_str!("../../../../lexicons/expected_sites.toml");

    fn outside(host: &str, name: &str) -> OutsideSite {
        OutsideSite {
            host: host.into(),
            url: format!("http://{host}/"),
            name: name.into(),
            sign: OutsideSign::Domain,
            unit: None,
            places: Vec::new(),
            site_count: 1,
            reasons: Vec::new(),
            home: None,
        }
    }

    #[test]
    fn what_a_city_lacks_is_told_with_what_stands_outside() {
        let table = ExpectedTable::parse(TEXT).unwrap();
        let registry = registry();
        let found = [
            outside("ybj.qingshi.gov.cn", "市医疗保障局"),
            outside("www.qsxy.org.cn", "信用中国（青石）"),
        ];
        let all = expected(&registry, &table, &found);
        let of = |kind: &str, name: &str| {
            let mut own = all.iter().filter(|one| one.kind == kind);
            let one = own.find(|one| one.region_name == name).unwrap();
            one.presence.clone()
        };
        let hosts = |host: &str| Presence::Outside {
            hosts: vec![host.to_owned()],
        };
        assert_eq!(
            of("medical_insurance", "青石市"),
            hosts("ybj.qingshi.gov.cn")
        );
        assert_eq!(of("credit", "青石市"), hosts("www.qsxy.org.cn"));
        assert!(matches!(of("trading", "青石市"), Presence::Nothing { .. }));
        assert!(matches!(
            of("portal", "青石市"),
            Presence::Registered { .. }
        ));
        assert!(
            all.iter()
                .all(|one| one.level != Level::County || one.kind == "portal"),
            "departments of counties run no sites of their own"
        );
    }

    #[test]
    fn names_of_no_government_are_told_apart() {
        let table = ExpectedTable::parse(TEXT).unwrap();
        let kind = |name: &str| table.no_government(name).map(|kind| kind.id.as_str());
        assert_eq!(kind("青石市第一中学"), Some("schools"));
        assert_eq!(kind("青石市中医医院"), Some("hospitals"));
        assert_eq!(kind("青石市水务集团有限公司"), Some("companies"));
        assert_eq!(kind("青石市教育局"), None);
        assert_eq!(kind("青石市行政学院"), None);
        assert_eq!(
            table.kind_of("青石市医保局").unwrap().id,
            "medical_insurance"
        );
        assert!(
            ExpectedTable::parse("[[entries]]\nid='a'\nname='a'\nlevels=['村']\nwords=['a']")
                .is_err()
        );
        assert_eq!(
            (
                short_name("青石市"),
                short_name("云岭省"),
                short_name("郊区")
            ),
            ("青石", "云岭", "郊区")
        );
    }
}
