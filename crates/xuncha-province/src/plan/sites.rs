//! The sites: codes, names, hosts, families.

use std::collections::{BTreeMap, BTreeSet};

use super::orgs::{DEPARTMENTS, Units, WITHOUT_SERVICES};
use crate::model::{Defects, Family, Org, Region, SiteKind, SitePlan, SiteState};
use crate::rng::Rng;

/// One portal for each region and one site for each department that has one.
pub fn sites(seed: u64, regions: &[Region], units: &Units) -> Vec<SitePlan> {
    let mut sites = Vec::new();
    let mut serials: BTreeMap<String, u32> = BTreeMap::new();
    for (region, &org) in units.governments.iter().enumerate() {
        sites.push(site(
            regions,
            &units.orgs[org],
            SiteKind::Portal,
            (region, org, None),
            &mut serials,
        ));
    }
    for &(org, region, department) in &units.with_site {
        sites.push(site(
            regions,
            &units.orgs[org],
            SiteKind::Department,
            (region, org, Some(department)),
            &mut serials,
        ));
    }
    spread_families(seed, &mut sites);
    for site in &mut sites {
        let mut rng = Rng::new(seed, &format!("site {}", site.code));
        site.https = rng.percent(70);
        site.icp = format!(
            "云ICP备{:08}号-{}",
            rng.range(5_000_000, 21_999_999),
            rng.range(1, 3)
        );
        site.police = format!(
            "云公网安备 {}02{:06}号",
            &site.code[..6],
            rng.range(1, 999_999)
        );
    }
    sites
}

fn site(
    regions: &[Region],
    org: &Org,
    kind: SiteKind,
    (region, org_index, department): (usize, usize, Option<usize>),
    serials: &mut BTreeMap<String, u32>,
) -> SitePlan {
    let place = &regions[region];
    let serial = serials.entry(place.code.clone()).or_insert(0);
    *serial += 1;
    let label = department.map_or("www", |d| DEPARTMENTS[d].label);
    SitePlan {
        code: format!("{}{serial:04}", place.code),
        name: org.name.clone(),
        reporting_name: org.name.clone(),
        host: format!("{label}.{}.gov.cn", place.pinyin),
        https: false,
        kind,
        org: org_index,
        region,
        family: Family::Jpage,
        no_services: WITHOUT_SERVICES.iter().any(|w| org.name.ends_with(w)),
        icp: String::new(),
        police: String::new(),
        state: SiteState::Running,
        defects: Defects::default(),
        safety: crate::content::safety::SafetyPlan::default(),
        conduct: crate::content::conduct::ConductPlan::default(),
    }
}

/// Every family gets the same share of portals and of department sites.
fn spread_families(seed: u64, sites: &mut [SitePlan]) {
    for kind in [SiteKind::Portal, SiteKind::Department] {
        let mut order: Vec<usize> = (0..sites.len())
            .filter(|&i| sites[i].kind == kind)
            .collect();
        Rng::new(seed, &format!("families {}", kind.word())).shuffle(&mut order);
        for (nth, index) in order.into_iter().enumerate() {
            sites[index].family = Family::ALL[nth % Family::ALL.len()];
        }
    }
}

/// Gives a site its registered name, its name in the reporting system and its host, as its defects say.
///
/// A name conforms when it holds the region's full name (portal) or the unit's official name (department).
pub fn settle_names(seed: u64, site: &mut SitePlan, regions: &[Region], orgs: &[Org]) {
    let region = &regions[site.region];
    let org = &orgs[site.org];
    let mut rng = Rng::new(seed, &format!("name {}", site.code));
    let portal = site.kind == SiteKind::Portal;
    let good = if portal {
        format!("{}门户网站", org.name)
    } else {
        format!("{}网站", org.name)
    };
    site.name = good.clone();
    if site.defects.bad_name {
        site.name = bad_name(&mut rng, portal, region, org);
    } else if site.defects.near_name {
        site.name = near_name(&mut rng, portal, org);
    }
    site.reporting_name = if rng.percent(8) && !site.defects.bad_name {
        bad_name(&mut rng, portal, region, org)
    } else {
        site.name.clone()
    };
    if site.defects.bad_domain {
        site.host = bad_host(&mut rng, portal, region, &site.host);
    } else if site.defects.near_domain {
        site.host = near_host(&mut rng, portal, region, &site.host);
    }
}

fn bad_name(rng: &mut Rng, portal: bool, region: &Region, org: &Org) -> String {
    let short = &region.short;
    if portal {
        return match rng.below(4) {
            0 => format!("中国·{short}信息网"),
            1 => format!("{short}之窗"),
            2 => format!("{short}政务网"),
            _ => format!("{short}在线"),
        };
    }
    match rng.below(3) {
        0 => format!("{}网", org.short),
        1 => format!("中国·{}信息网", org.short),
        _ => format!("{}在线", org.short),
    }
}

fn near_name(rng: &mut Rng, portal: bool, org: &Org) -> String {
    let name = &org.name;
    match (portal, rng.below(3)) {
        (true, 0) => format!("{name}网"),
        (true, 1) => format!("中国·{name}"),
        (true, _) => name.clone(),
        (false, 0) => format!("{name}公众信息网"),
        (false, 1) => format!("中国·{name}"),
        (false, _) => name.clone(),
    }
}

fn bad_host(rng: &mut Rng, portal: bool, region: &Region, host: &str) -> String {
    let label = host.split('.').next().unwrap_or("www");
    let (initials, pinyin) = (&region.initials, &region.pinyin);
    if portal {
        return match rng.below(3) {
            0 => format!("www.{pinyin}.org.cn"),
            1 => format!("www.{pinyin}gov.cn"),
            _ => format!("www.{pinyin}.com"),
        };
    }
    match rng.below(4) {
        0 => format!("www.{initials}{label}.org.cn"),
        1 => format!("www.{initials}{label}.cn"),
        2 => format!("www.{pinyin}{label}.com.cn"),
        _ => format!("{label}.{pinyin}.net"),
    }
}

/// Conforming hosts that look odd: abbreviated, hyphenated or with digits.
fn near_host(rng: &mut Rng, portal: bool, region: &Region, host: &str) -> String {
    let label = host.split('.').next().unwrap_or("www");
    let code = &region.code[2..];
    let pinyin = &region.pinyin;
    match (portal, rng.below(3)) {
        (true, 0) => format!("www.{}{code}.gov.cn", region.initials),
        (true, 1) => format!("www.{pinyin}-yl.gov.cn"),
        (true, _) => format!("www.{pinyin}xrmzf.gov.cn"),
        (false, 0) => format!("{label}-{}.{pinyin}.gov.cn", region.initials),
        (false, 1) => format!("{label}12345.{pinyin}.gov.cn"),
        (false, _) => format!("china{label}.{pinyin}.gov.cn"),
    }
}

/// Two sites may have drawn the same odd host: the later one gets a digit.
pub fn settle_hosts(sites: &mut [SitePlan]) {
    let mut used = BTreeSet::new();
    for site in sites {
        let mut host = site.host.clone();
        let mut nth = 2;
        while !used.insert(host.clone()) {
            let (label, rest) = site.host.split_once('.').unwrap_or((&site.host, "cn"));
            host = if label == "www" {
                format!("www.{nth}{rest}")
            } else {
                format!("{label}{nth}.{rest}")
            };
            nth += 1;
        }
        site.host = host;
    }
}
