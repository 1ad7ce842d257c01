//! 三方核对: where the registry, the reporting system and the site itself say different things.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::sheet::{EntryKind, ImportError, Mapping, Sheet, read_rows};
use super::{Registry, TargetId};

/// 报送信息. A site as the reporting system has it; what its sheet does not carry is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedSite {
    /// Name.
    pub name: Option<String>,
    /// Home page.
    pub home: Option<String>,
    /// Host unit by name.
    pub organization: Option<String>,
    /// State, in our words.
    pub state: Option<String>,
    /// ICP filing number.
    pub icp: Option<String>,
}

/// 网站所示. What the site says of itself; what was not found is `None` and is held against nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSite {
    /// Name in the header or the `SiteName` tag.
    pub name: Option<String>,
    /// 标识码 in the footer.
    pub site_code: Option<String>,
    /// ICP filing number in the footer.
    pub icp: Option<String>,
}

/// 不一致. One field of one site that is not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    /// Site.
    pub target: TargetId,
    /// Filed name in the registry, or in the reporting system where the registry does not have it.
    pub name: String,
    /// What differs, in Chinese: 名称, 首页网址, 主办单位, 状态, 备案号, 标识码, 收录.
    pub field: String,
    /// In the registry.
    pub registry: Option<String>,
    /// In the reporting system.
    pub reporting: Option<String>,
    /// On the site.
    pub shown: Option<String>,
}

/// Reads the reporting system's sheet for comparison only.
pub fn reported_sites(
    sheets: &[Sheet],
    mapping: &Mapping,
) -> Result<BTreeMap<TargetId, ReportedSite>, Vec<ImportError>> {
    let mut errors = Vec::new();
    let rows = read_rows(sheets, mapping, &mut errors);
    let mut sites = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == EntryKind::Site) {
        let id = row.value("id");
        if !super::is_site_code(id) {
            errors.push(row.error("id", format!("“{id}”不是网站标识码")));
            continue;
        }
        let text = |field: &str| Some(row.value(field).to_owned()).filter(|text| !text.is_empty());
        let site = ReportedSite {
            name: text("name"),
            home: text("home"),
            organization: text("organization_name"),
            state: text("state"),
            icp: text("icp"),
        };
        if sites.insert(TargetId::from(id), site).is_some() {
            errors.push(row.error("id", format!("“{id}”在表中出现两次")));
        }
    }
    if errors.is_empty() {
        Ok(sites)
    } else {
        Err(errors)
    }
}

/// All fields that are not the same in all places that have them, by site and field.
pub fn disagreements(
    registry: &Registry,
    reported: &BTreeMap<TargetId, ReportedSite>,
    shown: &BTreeMap<TargetId, ShownSite>,
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let ids: BTreeSet<&TargetId> = registry.sites.keys().chain(reported.keys()).collect();
    for id in ids {
        let there = reported.get(id);
        let Some(site) = registry.sites.get(id) else {
            let name = there.and_then(|site| site.name.clone()).unwrap_or_default();
            let row = [None, Some("有".to_owned()), None];
            found.push(disagreement(id, &name, "收录", row));
            continue;
        };
        let mut compare = |field: &str,
                           ours: Option<String>,
                           row: [Option<String>; 2],
                           same: fn(&str) -> String| {
            let all = [ours, row[0].clone(), row[1].clone()];
            let distinct: BTreeSet<String> = all.iter().flatten().map(|text| same(text)).collect();
            if distinct.len() > 1 {
                found.push(disagreement(id, &site.name, field, all));
            }
        };
        let page = shown.get(id);
        if there.is_none() && !reported.is_empty() {
            let row = [Some("没有".to_owned()), None];
            compare("收录", Some("有".to_owned()), row, plain);
        }
        let reported_field = |get: fn(&ReportedSite) -> Option<String>| there.and_then(get);
        let shown_field = |get: fn(&ShownSite) -> Option<String>| page.and_then(get);
        let organization = registry.organizations.get(&site.organization);
        compare(
            "名称",
            Some(site.name.clone()),
            [
                reported_field(|own| own.name.clone()),
                shown_field(|own| own.name.clone()),
            ],
            plain,
        );
        compare(
            "首页网址",
            Some(site.home.clone()),
            [reported_field(|own| own.home.clone()), None],
            address,
        );
        compare(
            "主办单位",
            organization.map(|own| own.name.clone()),
            [reported_field(|own| own.organization.clone()), None],
            plain,
        );
        compare(
            "状态",
            Some(site.state.zh().to_owned()),
            [reported_field(|own| own.state.clone()), None],
            plain,
        );
        compare(
            "备案号",
            site.icp.clone(),
            [
                reported_field(|own| own.icp.clone()),
                shown_field(|own| own.icp.clone()),
            ],
            filing,
        );
        compare(
            "标识码",
            Some(id.0.clone()),
            [None, shown_field(|own| own.site_code.clone())],
            lower,
        );
    }
    found
}

fn disagreement(
    target: &TargetId,
    name: &str,
    field: &str,
    [registry, reporting, shown]: [Option<String>; 3],
) -> Disagreement {
    Disagreement {
        target: target.clone(),
        name: name.to_owned(),
        field: field.to_owned(),
        registry,
        reporting,
        shown,
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn lower(text: &str) -> String {
    plain(text).to_ascii_lowercase()
}

/// An ICP number names the unit; the `-1` behind it only counts its sites.
fn filing(text: &str) -> String {
    let text = lower(text);
    match text.rsplit_once("号-") {
        Some((head, _)) => format!("{head}号"),
        None => text,
    }
}

/// Scheme, letter case of the host and a last slash make no other address.
fn address(text: &str) -> String {
    match url::Url::parse(text.trim()) {
        Ok(parsed) => {
            let host = parsed.host_str().unwrap_or_default().to_owned();
            let port = parsed
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            format!("{host}{port}{}", parsed.path().trim_end_matches('/'))
        }
        Err(_) => lower(text),
    }
}
