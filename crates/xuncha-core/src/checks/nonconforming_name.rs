//! 名称不规范: a site whose registered or shown name is not that of its government or unit.
//!
//! * Why: a visitor must see whose site it is; names such as 中国·某某信息网 hide it.
//! * Evidence used: the registered name, the name in the header area, the names of region and unit in the registry.
//! * Left to a person: short forms of the unit's name (low confidence); a name shown only in a picture cannot be read.
//! * Known misjudgements: a name that contains the unit's name and means a body of it passes.
//! * Source: 国办发〔2017〕47号 网站名称 (portals and departments are named after their organ; the full name stands in the header).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, HomeFacts, Mark, MarkSeen, SiteFacts};
use crate::registry::{Site, SiteKind, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Also report a name that is right, but another than in the reporting system.
    pub report_other_reporting_name: bool,
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("registry_name", "网站名称不规范"),
    ("header_name", "页头未标明规范名称"),
    ("reporting_name", "与报送系统名称不一致"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

const KEY: &str = "name";

/// Judges the registered name first, then the one in the header.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    let Target::Site(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查网站。"));
    };
    support::need_phases(site, NEEDS)?;
    let is_known = match registered.kind {
        SiteKind::Portal => !subject.region_name.is_empty(),
        SiteKind::Department => !subject.organization_name.is_empty(),
    };
    if registered.name.is_empty() {
        return Err(unknown(""));
    }
    if !is_known {
        // Whatever the region is called: a portal's name says 人民政府.
        let is_none =
            registered.kind == SiteKind::Portal && !plain(&registered.name).contains("政府");
        return match is_none {
            true => Ok(support::verdict(
                vec![no_government(site, registered, context)],
                Vec::new(),
            )),
            false => Err(unknown(&registered.name)),
        };
    }
    let accepted = accepted_names(subject, registered);
    if !names(&registered.name, &accepted) {
        let finding = registry_name(subject, registered, context, &accepted);
        return Ok(support::verdict(vec![finding], Vec::new()));
    }
    let home = support::home(site)?;
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    if home.header_name.trim().is_empty() {
        doubts.push(no_header());
    } else if !names(&home.header_name, &accepted) {
        findings.push(header_name(home, &accepted));
    } else if params.report_other_reporting_name {
        findings.extend(reporting_name(subject, registered, context));
    }
    Ok(support::verdict(findings, doubts))
}

/// Without the registry's entry nobody knows what the site should be called.
fn unknown(name: &str) -> Undetermined {
    let detail = match name.is_empty() {
        true => "没有网站名称及其地区或主办单位，不能判断名称是否规范；请在名录中补登，单站检查的请一并给出网站名称。".to_owned(),
        false => format!(
            "由网站名称“{name}”看不出是哪个地区或单位的，不能判断名称是否规范；请在名录中登记地区和主办单位。"
        ),
    };
    support::undetermined(
        KEY,
        "registry_name",
        UndeterminedReason::NotGathered,
        detail,
    )
}

/// A portal of a region that nobody registered, under a name that is no government's.
fn no_government(site: &SiteFacts, registered: &Site, context: &Context) -> Finding {
    let proper = government_on_site(site).map_or_else(
        || "应以本地区人民政府的名称命名，如“××市人民政府门户网站”".to_owned(),
        |government| format!("应为“{government}门户网站”"),
    );
    let detail = format!(
        "网站名称“{}”未以本地区人民政府的名称命名，{proper}。",
        registered.name
    );
    let evidence = support::registry_evidence(context, &registered.home, &registered.name);
    Finding::new(KEY, "registry_name", detail, evidence).with_url(&registered.home)
}

/// The government that the site says is its own: in its footer, its header, its tags.
fn government_on_site(site: &SiteFacts) -> Option<String> {
    let host = match site.marks.get(&Mark::网站主办单位) {
        Some(MarkSeen::Present { value }) => value.as_str(),
        _ => "",
    };
    let home = site.home.as_ref();
    let shown = home.map(|home| [&home.header_name, &home.site_name, &home.title]);
    let texts = std::iter::once(host).chain(shown.into_iter().flatten().map(String::as_str));
    texts.into_iter().find_map(government_in)
}

/// `钟山县人民政府` in 主办：钟山县人民政府办公室.
fn government_in(text: &str) -> Option<String> {
    const LEVELS: [char; 8] = ['省', '市', '县', '区', '旗', '州', '盟', '镇'];
    let (before, _) = text.split_once("人民政府")?;
    let start = before
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    let region = &before[start..];
    let is_region = region.ends_with(LEVELS) && region.chars().count() >= 2;
    is_region.then(|| format!("{region}人民政府"))
}

/// Whether a name holds that of the site's government or unit.
pub(crate) fn conforms(name: &str, subject: &Subject, registered: &Site) -> bool {
    names(name, &accepted_names(subject, registered))
}

/// What the site should be called.
pub(crate) fn proper_name(subject: &Subject, registered: &Site) -> String {
    proper(&accepted_names(subject, registered))
}

/// The names of which a site's name must contain one. The first is what it should be.
fn accepted_names(subject: &Subject, registered: &Site) -> Vec<String> {
    let government = format!("{}人民政府", subject.region_name);
    let unit = subject.organization_name.as_str();
    let mut accepted = match registered.kind {
        SiteKind::Portal => vec![government],
        SiteKind::Department => vec![unit.to_owned()],
    };
    if registered.kind == SiteKind::Portal && unit.ends_with("人民政府") {
        accepted.push(unit.to_owned());
    }
    let above = subject.region_path.iter().chain(
        subject
            .region_path
            .is_empty()
            .then_some(&subject.region_name),
    );
    let short: Vec<String> = above
        .flat_map(|region| {
            accepted
                .iter()
                .filter_map(move |name| name.strip_prefix(region.as_str()))
        })
        .filter(|rest| rest.chars().count() >= 3 && *rest != "人民政府")
        .map(str::to_owned)
        .collect();
    accepted.extend(short);
    accepted
}

fn names(name: &str, accepted: &[String]) -> bool {
    let name = plain(name);
    accepted
        .iter()
        .any(|accepted| name.contains(&plain(accepted)))
}

/// A name without blanks and dots, which carry no meaning in it.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|letter| {
            !letter.is_whitespace() && !matches!(letter, '·' | '•' | '・' | '.' | '-' | '—')
        })
        .collect()
}

/// What the name should be.
fn proper(accepted: &[String]) -> String {
    accepted.first().map_or(String::new(), |name| {
        if name.ends_with("人民政府") {
            format!("{name}门户网站")
        } else {
            format!("{name}网站")
        }
    })
}

fn registry_name(
    subject: &Subject,
    registered: &Site,
    context: &Context,
    accepted: &[String],
) -> Finding {
    let reported = subject
        .reporting_name
        .as_deref()
        .filter(|reported| *reported != registered.name)
        .map_or(String::new(), |reported| {
            format!("报送系统中为“{reported}”，")
        });
    let detail = format!(
        "网站名称“{}”未以本地区或本部门机构名称命名，{reported}应为“{}”。",
        registered.name,
        proper(accepted)
    );
    let evidence = support::registry_evidence(context, &registered.home, &registered.name);
    let confidence = if is_short_form(subject, registered) {
        Confidence::Low
    } else {
        Confidence::High
    };
    Finding::new(KEY, "registry_name", detail, evidence)
        .with_url(&registered.home)
        .with_confidence(confidence)
}

/// 某某政府网 leaves out 人民: likely the same organ, so a person looks.
fn is_short_form(subject: &Subject, registered: &Site) -> bool {
    registered.kind == SiteKind::Portal
        && plain(&registered.name).contains(&format!("{}政府", plain(&subject.region_name)))
}

fn header_name(home: &HomeFacts, accepted: &[String]) -> Finding {
    let detail = format!(
        "页头标识区显示为“{}”，未标明规范的网站名称“{}”。",
        home.header_name,
        proper(accepted)
    );
    Finding::new(
        KEY,
        "header_name",
        detail,
        home.evidence.quoting(&home.header_name),
    )
    .with_url(&home.url)
    .with_confidence(Confidence::Medium)
}

fn reporting_name(subject: &Subject, registered: &Site, context: &Context) -> Option<Finding> {
    let reported = subject.reporting_name.as_deref()?;
    if plain(reported) == plain(&registered.name) {
        return None;
    }
    let detail = format!(
        "名录中的网站名称“{}”与报送系统中的“{reported}”不一致。",
        registered.name
    );
    let evidence = support::registry_evidence(context, &registered.home, reported);
    Some(Finding::new(KEY, "reporting_name", detail, evidence).with_url(&registered.home))
}

fn no_header() -> Doubt {
    support::doubt(
        KEY,
        "header_name",
        UndeterminedReason::NeedsScript,
        "页头没有可读的网站名称，可能是图片，请人工查看。",
    )
}
