//! 登记存疑: registered sites that by what a round read may be none, or not one of their own, and whose entry should then be deleted.
//! A list for people; nothing of it deducts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expected::ExpectedTable;
use super::outside::{HomeSketch, government_label, host_of, likeness};
use super::{Level, Registry, Site, SiteKind, State, TargetId};

/// 存疑情形.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtCase {
    /// 与另一条同一首页.
    SameHome,
    /// 跳转到另一家登记的网站.
    LeadsTo,
    /// 首页与另一家几乎相同.
    Copy,
    /// 主办单位不是政府部门.
    NoGovernment,
    /// 县级部门单独开设.
    BelowCounty,
    /// 没有政府网站的标识.
    NoMarks,
}

impl DoubtCase {
    /// Every case, as filters list them.
    pub const ALL: [DoubtCase; 6] = [
        DoubtCase::SameHome,
        DoubtCase::LeadsTo,
        DoubtCase::Copy,
        DoubtCase::NoGovernment,
        DoubtCase::BelowCounty,
        DoubtCase::NoMarks,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            DoubtCase::SameHome => "same_home",
            DoubtCase::LeadsTo => "leads_to",
            DoubtCase::Copy => "copy",
            DoubtCase::NoGovernment => "no_government",
            DoubtCase::BelowCounty => "below_county",
            DoubtCase::NoMarks => "no_marks",
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            DoubtCase::SameHome => "与另一条登记同一首页",
            DoubtCase::LeadsTo => "首页跳转到另一家登记的网站",
            DoubtCase::Copy => "首页与另一家登记的网站几乎相同",
            DoubtCase::NoGovernment => "主办单位不是政府部门",
            DoubtCase::BelowCounty => "县级部门单独开设",
            DoubtCase::NoMarks => "没有政府域名，也没有政府网站的标识",
        }
    }

    /// The case of a word.
    pub fn of_word(word: &str) -> Option<DoubtCase> {
        DoubtCase::ALL.into_iter().find(|own| own.word() == word)
    }

    /// Where the rule stands, and how sure its wording is.
    pub fn basis(self) -> &'static str {
        match self {
            DoubtCase::SameHome | DoubtCase::LeadsTo | DoubtCase::Copy => {
                "国办发〔2017〕47号：一个单位原则上最多开设一个网站〔见于原文〕"
            }
            DoubtCase::NoGovernment => {
                "国办发〔2017〕47号：政府网站由各级政府及其部门、派出机构、承担行政职能的事业单位开办〔还原值，把握高〕"
            }
            DoubtCase::BelowCounty => {
                "国办发〔2017〕47号：县级政府部门原则上不开设网站〔还原值，把握高〕"
            }
            DoubtCase::NoMarks => "国办发〔2017〕47号：页面底部应列明标识〔见于原文〕",
        }
    }
}

/// 登记存疑. One registered site and what makes it doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryDoubt {
    /// The site.
    pub target: TargetId,
    /// Why.
    pub case: DoubtCase,
    /// The other registered site, where there is one.
    pub other: Option<TargetId>,
    /// What was seen: an address, a name of a unit.
    pub seen: String,
}

/// Looks through the running sites of the registry, with the home pages that a round read.
pub fn doubtful(
    registry: &Registry,
    table: &ExpectedTable,
    homes: &BTreeMap<TargetId, HomeSketch>,
) -> Vec<RegistryDoubt> {
    let running: Vec<&Site> = registry
        .sites
        .values()
        .filter(|site| site.state == State::Running)
        .collect();
    let mut doubts = Vec::new();
    for (at, site) in running.iter().enumerate() {
        let mut say = |case, other: Option<&TargetId>, seen: &str| {
            doubts.push(RegistryDoubt {
                target: site.id.clone(),
                case,
                other: other.cloned(),
                seen: seen.to_owned(),
            });
        };
        // Of two entries the later one is asked about.
        let mut before = running.iter().take(at);
        if let Some(other) = before.find(|other| place(&other.home) == place(&site.home)) {
            say(DoubtCase::SameHome, Some(&other.id), &site.home);
            continue;
        }
        judge_unit(registry, table, site, &mut say);
        if let Some(home) = homes.get(&site.id) {
            judge_home(&running[..at], site, home, homes, &running, &mut say);
        }
    }
    doubts
}

fn judge_unit(
    registry: &Registry,
    table: &ExpectedTable,
    site: &Site,
    say: &mut impl FnMut(DoubtCase, Option<&TargetId>, &str),
) {
    let Some(unit) = registry.organizations.get(&site.organization) else {
        return;
    };
    if table.no_government(&unit.name).is_some() {
        say(DoubtCase::NoGovernment, None, &unit.name);
    }
    if site.kind == SiteKind::Department && unit.level == Level::County {
        say(DoubtCase::BelowCounty, None, &unit.name);
    }
}

fn judge_home(
    before: &[&Site],
    site: &Site,
    home: &HomeSketch,
    homes: &BTreeMap<TargetId, HomeSketch>,
    running: &[&Site],
    say: &mut impl FnMut(DoubtCase, Option<&TargetId>, &str),
) {
    let filed = place(&site.home);
    let landed = place(&home.url);
    let mut others = running.iter().filter(|other| other.id != site.id);
    let other = others.find(|other| landed != filed && place(&other.home) == landed);
    if let Some(other) = other {
        say(DoubtCase::LeadsTo, Some(&other.id), &home.url);
        return;
    }
    let is_like = |other: &&&Site| {
        let theirs = homes.get(&other.id);
        theirs.is_some_and(|theirs| theirs.host != home.host && likeness(home, theirs))
    };
    if let Some(other) = before.iter().find(is_like) {
        say(DoubtCase::Copy, Some(&other.id), &home.url);
    }
    let is_marked = home.has_party_mark || !home.code.is_empty();
    if !is_marked && government_label(&home.host).is_none() {
        say(DoubtCase::NoMarks, None, &home.url);
    }
}

/// Host and path of a home page, the same however it is written.
fn place(address: &str) -> Option<(String, String)> {
    let (host, is_home) = host_of(address)?;
    let host = host.trim_start_matches("www.").to_owned();
    let path = match is_home {
        true => String::new(),
        false => {
            let url = url::Url::parse(address).ok()?;
            let query = url.query().unwrap_or_default();
            format!("{}?{query}", url.path().trim_end_matches('/'))
        }
    };
    Some((host, path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Organization;
    use super::super::filing::tests::registry;
    use super::*;
    use crate::testing::at;

    fn sketch(url: &str, simhash: u64, code: &str) -> HomeSketch {
        HomeSketch {
            host: host_of(url).unwrap().0,
            simhash,
            chars: 900,
            code: code.into(),
            has_party_mark: false,
            url: url.into(),
            at: at(9),
        }
    }

    #[test]
    fn sites_that_are_none_are_told_with_their_cause() {
        let table =
            ExpectedTable::parse(include_str!("../../../../lexicons/expected_sites.toml")).unwrap();
        let mut registry = registry();
        registry.sites.clear();
        let school = Organization {
            id: "S1".into(),
            name: "青石市第一中学".into(),
            ..registry.organizations["C1"].clone()
        };
        registry.organizations.insert("S1".into(), school);
        let mut site = |id: &str, home: &str, unit: &str, kind| {
            let mut site = crate::testing::site(id, kind);
            site.home = home.into();
            site.organization = unit.into();
            registry.sites.insert(site.id.clone(), site);
        };
        let department = SiteKind::Department;
        site("1", "https://www.qingshi.gov.cn/", "C0", SiteKind::Portal);
        site("2", "http://qingshi.gov.cn/index.html", "C1", department);
        site("3", "http://jyj.qingshi.gov.cn/", "C1", department);
        site("4", "http://www.qsyz.cn/", "S1", department);
        site("5", "http://swz.qingxi.gov.cn/", "K1", department);
        site("6", "http://old.qingshi.gov.cn/", "C1", department);
        site("7", "http://slt.yunling.gov.cn/", "P1", department);
        let homes = BTreeMap::from([
            (
                "1".into(),
                sketch("https://www.qingshi.gov.cn/", 0, "9901000001"),
            ),
            (
                "3".into(),
                sketch("http://jyj.qingshi.gov.cn/", 0b11, "9901000002"),
            ),
            ("4".into(), sketch("http://www.qsyz.cn/", 0xff00, "")),
            (
                "6".into(),
                sketch("https://www.qingshi.gov.cn/", 0, "9901000001"),
            ),
            ("7".into(), sketch("http://slt.yunling.gov.cn/", 0xffff, "")),
        ]);
        let told = doubtful(&registry, &table, &homes);
        let told: Vec<(&str, DoubtCase, Option<&str>)> = told
            .iter()
            .map(|one| {
                let other = one.other.as_ref().map(|other| other.0.as_str());
                (one.target.0.as_str(), one.case, other)
            })
            .collect();
        let expected = [
            ("2", DoubtCase::SameHome, Some("1")),
            ("3", DoubtCase::Copy, Some("1")),
            ("4", DoubtCase::NoGovernment, None),
            ("4", DoubtCase::NoMarks, None),
            ("5", DoubtCase::BelowCounty, None),
            ("6", DoubtCase::LeadsTo, Some("1")),
        ];
        assert_eq!(told, expected);
    }
}
