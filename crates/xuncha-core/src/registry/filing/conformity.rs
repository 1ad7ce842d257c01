//! What stands against a filing: what the registry has already and what is no government domain refuse it; names that do not tell the unit,
//! and second accounts, are told to whoever decides.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, RequestKind, Typed, fault};
use crate::checks::{nonconforming_account_name, nonconforming_domain, nonconforming_name};
use crate::registry::{Account, Registry, Site, State, Target};
use crate::round::{Subject, subjects};

/// Host of an address, in lower case.
fn host(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    Some(url.host_str()?.trim_end_matches('.').to_ascii_lowercase())
}

/// What the registry has already, and what is no government domain.
pub(super) fn clashes(typed: &Typed, target: &Target, registry: &Registry) -> Vec<Fault> {
    match target {
        Target::Site(site) => site_clashes(typed, site, registry),
        Target::Account(account) => account_clashes(typed, account, registry),
    }
}

fn site_clashes(typed: &Typed, site: &Site, registry: &Registry) -> Vec<Fault> {
    let mut faults = Vec::new();
    if typed.kind == RequestKind::Open
        && let Some(known) = registry.target(&site.id)
    {
        let message = format!("标识码 {} 已登记为“{}”", site.id, known.name());
        faults.push(fault("id", message));
    }
    if matches!(typed.kind, RequestKind::Open | RequestKind::MoveDomain) {
        let own = host(&site.home);
        let twin = registry.sites.values().find(|other| {
            other.id != site.id
                && matches!(other.state, State::Running | State::Offline)
                && host(&other.home) == own
        });
        if let Some(twin) = twin {
            let message = format!("这个域名已登记给“{}”（{}）", twin.name, twin.id);
            faults.push(fault("home", message));
        }
        if let Some((message, true)) = nonconforming_domain::fault_of(&site.home, site.kind) {
            faults.push(fault("home", message));
        }
    }
    faults
}

fn account_clashes(typed: &Typed, account: &Account, registry: &Registry) -> Vec<Fault> {
    if !matches!(typed.kind, RequestKind::Open | RequestKind::Rename) {
        return Vec::new();
    }
    let twin = registry.accounts.values().find(|other| {
        other.id != account.id
            && other.organization == account.organization
            && other.platform == account.platform
            && other.name == account.name
            && matches!(other.state, State::Running | State::Offline)
    });
    twin.map(|twin| {
        let message = format!("本单位在{}已登记同名账号（{}）", twin.platform, twin.id);
        fault("name", message)
    })
    .into_iter()
    .collect()
}

/// What whoever decides should know.
pub(super) fn cautions(typed: &Typed, target: &Target, registry: &Registry) -> Vec<String> {
    let mut told = Vec::new();
    let Some(subject) = subject_of(target, registry) else {
        return told;
    };
    let shows_name = matches!(
        typed.kind,
        RequestKind::Open | RequestKind::Rename | RequestKind::Transfer
    );
    if typed.kind == RequestKind::Transfer
        && let (Some(from), Some(to)) = (
            registry.organizations.get(&typed.organization),
            registry.organizations.get(target.organization()),
        )
    {
        told.push(format!(
            "由“{}”划转给“{}”：请确认接收单位同意接收，并有撤并、划转的文件",
            from.name, to.name
        ));
    }
    match target {
        Target::Site(site) => {
            if shows_name && !nonconforming_name::conforms(&site.name, &subject, site) {
                let proper = nonconforming_name::proper_name(&subject, site);
                told.push(format!(
                    "名称“{}”没有标明主办单位或本级政府，规范名称含“{proper}”",
                    site.name
                ));
            }
            if typed.kind == RequestKind::Reclassify
                && let Some((message, _)) = nonconforming_domain::fault_of(&site.home, site.kind)
            {
                told.push(message);
            }
            let asks_domain = matches!(typed.kind, RequestKind::Open | RequestKind::MoveDomain);
            if let Some((message, false)) = nonconforming_domain::fault_of(&site.home, site.kind)
                && asks_domain
            {
                told.push(message);
            }
            let is_local = site.id.0.as_bytes().first().is_some_and(u8::is_ascii_digit);
            let division = site.id.0.get(..6).unwrap_or_default();
            if typed.kind == RequestKind::Open
                && is_local
                && !registry.regions.contains_key(division)
            {
                told.push(format!("标识码前六位 {division} 不是名录里的区划代码"));
            }
            if typed.kind == RequestKind::Open
                && let Some(region) = registry.regions.get(division)
                && city_of(division) != city_of(&site.region)
            {
                told.push(format!(
                    "标识码前六位 {division} 属于{}，不是主办单位所在的市",
                    region.name
                ));
            }
            if let Some(number) = site.icp.as_deref()
                && !is_icp(number)
            {
                told.push(format!(
                    "ICP备案号“{number}”不像“省简称ICP备数字号”，请核对"
                ));
            }
            if let Some(number) = site.police.as_deref()
                && !is_police(number)
            {
                told.push(format!(
                    "公安备案号“{number}”不像“省简称公网安备数字号”，请核对"
                ));
            }
        }
        Target::Account(account) => {
            if shows_name {
                told.extend(nonconforming_account_name::faults_of(&subject, account));
            }
            told.extend(second_account(typed, account, registry));
        }
    }
    told
}

/// The digits of a division code that tell province and city.
fn city_of(division: &str) -> &str {
    division.get(..4).unwrap_or(division)
}

/// `京ICP备05070218号`, with or without the number of the site; older ones say `证`.
fn is_icp(number: &str) -> bool {
    let rest = number.trim().split_once("ICP备");
    let rest = rest.or_else(|| number.trim().split_once("ICP证"));
    numbered(rest)
}

/// `京公网安备11010202000001号`.
fn is_police(number: &str) -> bool {
    numbered(number.trim().split_once("公网安备"))
}

/// One character for the province, then digits and `号`, then perhaps a dash and digits.
fn numbered(parts: Option<(&str, &str)>) -> bool {
    let Some((province, rest)) = parts else {
        return false;
    };
    let rest: String = rest
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, site) = rest.split_once('-').unwrap_or((&rest, "1"));
    province.trim().chars().count() == 1
        && number.strip_suffix('号').is_some_and(is_digits)
        && is_digits(site)
}

/// A unit's further account on one platform.
fn second_account(typed: &Typed, account: &Account, registry: &Registry) -> Option<String> {
    if typed.kind != RequestKind::Open {
        return None;
    }
    let others: BTreeSet<&str> = registry
        .accounts
        .values()
        .filter(|other| {
            other.organization == account.organization
                && other.platform == account.platform
                && other.state == State::Running
        })
        .map(|other| other.name.as_str())
        .collect();
    (!others.is_empty()).then(|| {
        let names: Vec<&str> = others.into_iter().collect();
        format!(
            "本单位在{}已有账号：{}；同一平台原则上只开设一个",
            account.platform,
            names.join("、")
        )
    })
}

/// The target as a round would see it, the entry that is filed in its place.
fn subject_of(target: &Target, registry: &Registry) -> Option<Subject> {
    let mut own = Registry {
        regions: registry.regions.clone(),
        organizations: registry.organizations.clone(),
        ..Registry::default()
    };
    match target {
        Target::Site(site) => own.sites.insert(site.id.clone(), site.clone()).map(|_| ()),
        Target::Account(account) => own
            .accounts
            .insert(account.id.clone(), account.clone())
            .map(|_| ()),
    };
    let drawn = std::iter::once(target.id());
    subjects(&own, drawn, &BTreeMap::new()).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_filings_have_a_shape() {
        for (number, icp, police) in [
            ("京ICP备05070218号", true, false),
            ("京ICP备05070218号-1", true, false),
            ("云ICP备1号", true, false),
            ("ICP备1号", false, false),
            ("京ICP备号", false, false),
            ("备05070218", false, false),
            ("京公网安备 11010202000001号", false, true),
            ("公网安备11010202000001", false, false),
        ] {
            assert_eq!(
                (is_icp(number), is_police(number)),
                (icp, police),
                "{number}"
            );
        }
    }
}
