//! 域名不规范: a domain that is not a government domain, or not built as the rule says.
//!
//! * Why: `.gov.cn` and `.政务` are what tells a government site from a fake.
//! * Evidence used: the registered address, and the address that the home page is finally served from.
//! * Left to a person: a home page served from another government domain than the registered one; departments below a superior department's domain (five labels), where the structure cannot tell whose it is.
//! * Known misjudgements: whether □□□ really is the region's or the department's name is not judged, only the structure.
//! * Source: 国办函〔2018〕55号 (portals `www.□□□.gov.cn`, departments `○○○.□□□.gov.cn`, `.政务`); 国办发〔2017〕47号 域名.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{Context, support};
use crate::evidence::EvidenceRef;
use crate::facts::model::Facts;
use crate::registry::{SiteKind, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: the rule knows two suffixes and two structures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("not_gov_cn", "未使用政府域名"),
    ("wrong_structure", "域名结构不规范"),
    ("other_domain", "首页域名与登记不同"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

const KEY: &str = "domain";
/// `.政务` as it stands in addresses.
const GOVERNMENT_IN_CHINESE: &str = "xn--zfr164b";

/// What is wrong with a host name.
struct Fault {
    case: &'static str,
    detail: String,
    confidence: Confidence,
}

/// Judges the registered address, and the one that answers in the end where it is another.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    let Target::Site(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查网站。"));
    };
    let Some(host) = host(&registered.home) else {
        return Err(support::undetermined(
            KEY,
            "not_gov_cn",
            UndeterminedReason::Incomplete,
            format!("登记的首页网址“{}”不是网址，请更正名录。", registered.home),
        ));
    };
    let mut addresses = vec![(
        host,
        support::registry_evidence(context, &registered.home, &registered.home),
    )];
    if let Some(home) = &site.home
        && let Some(host) = self::host(&home.url)
    {
        addresses.push((host, home.evidence.quoting(&home.url)));
    }
    let finding = addresses
        .iter()
        .find_map(|(host, evidence)| Some(finding(fault(host, registered.kind)?, evidence)));
    let finding = finding.or_else(|| other_domain(&addresses));
    Ok(support::verdict(finding.into_iter().collect(), Vec::new()))
}

/// A site that is registered under one domain and served from another has two of them, or its entry is out of date.
fn other_domain(addresses: &[(Host<String>, EvidenceRef)]) -> Option<Finding> {
    let [(registered, _), (served, evidence)] = addresses else {
        return None;
    };
    // 政务 domains lead to the site's own, whatever that is called.
    let (before, after) = (own_domain(registered)?, own_domain(served)?);
    if before == after {
        return None;
    }
    let detail = format!(
        "登记的域名是{registered}，首页由{served}提供：网站可能有几个域名，或者登记没有更新，请核对。"
    );
    let finding = Finding::new(KEY, "other_domain", detail, evidence.clone())
        .with_url(&evidence.quote)
        .with_confidence(Confidence::Low);
    Some(finding)
}

/// □□□.gov.cn of a host name below it.
fn own_domain(host: &Host<String>) -> Option<String> {
    let Host::Domain(name) = host else {
        return None;
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [.., own, "gov", "cn"] => Some((*own).to_owned()),
        _ => None,
    }
}

fn finding(fault: Fault, evidence: &EvidenceRef) -> Finding {
    Finding::new(KEY, fault.case, fault.detail, evidence.clone())
        .with_url(&evidence.quote)
        .with_confidence(fault.confidence)
}

/// What is wrong with the address of a home page, and whether that is sure; for whoever files one.
pub(crate) fn fault_of(home: &str, kind: SiteKind) -> Option<(String, bool)> {
    let fault = fault(&host(home)?, kind)?;
    Some((fault.detail, fault.confidence == Confidence::High))
}

fn host(url: &str) -> Option<Host<String>> {
    Url::parse(url).ok()?.host().map(|host| host.to_owned())
}

fn fault(host: &Host<String>, kind: SiteKind) -> Option<Fault> {
    let Host::Domain(name) = host else {
        return Some(Fault {
            case: "not_gov_cn",
            detail: format!("以IP地址{host}提供服务，未使用.gov.cn或.政务域名。"),
            confidence: Confidence::High,
        });
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [.., GOVERNMENT_IN_CHINESE] => None,
        [own @ .., "gov", "cn"] => wrong_structure(&name, own, kind),
        _ => Some(Fault {
            case: "not_gov_cn",
            detail: format!("域名{name}不是.gov.cn或.政务域名。"),
            confidence: Confidence::High,
        }),
    }
}

/// `own` holds the labels before `.gov.cn`.
fn wrong_structure(name: &str, own: &[&str], kind: SiteKind) -> Option<Fault> {
    let (is_right, should_be) = match kind {
        SiteKind::Portal => (matches!(own, ["www", _]), "www.□□□.gov.cn"),
        SiteKind::Department => (
            matches!(own, [first, _] if *first != "www"),
            "○○○.□□□.gov.cn",
        ),
    };
    if is_right {
        return None;
    }
    let may_be_vertical = kind == SiteKind::Department && own.len() > 2 && own[0] != "www";
    let who = match kind {
        SiteKind::Portal => "政府门户网站",
        SiteKind::Department => "部门网站",
    };
    Some(Fault {
        case: "wrong_structure",
        detail: format!("{who}域名应为{should_be}结构，实际为{name}。"),
        confidence: if may_be_vertical {
            Confidence::Low
        } else {
            Confidence::High
        },
    })
}
