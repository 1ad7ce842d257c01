//! 证书无效: the certificate that the site shows over HTTPS makes browsers warn their users.
//!
//! * Why: a warning page keeps citizens out as surely as a dead server, and teaches the others to click warnings away.
//! * Evidence used: the network record of the round: certificate, names, dates, and where its chain leads.
//! * Left to a person: a site whose filed address is plain HTTP and that does not lead to HTTPS (low confidence): its port of HTTPS may
//!   be a stranger's.
//! * Known misjudgements: an authority that browsers know and our list does not is 无法判定; revocation is not looked up. TLS of old
//!   or national kind is a fact and no failing.
//! * Source: good practice; RFC 5280, RFC 9525. No clause of the rule demands HTTPS.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::facts::network::{Certificate, CertificateFault, NetworkFacts, Tls};
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: whether a certificate is valid is no matter of thresholds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("expired", "证书不在有效期内"),
    ("wrong_host", "证书与域名不符"),
    ("self_signed", "证书为自签名"),
    ("incomplete_chain", "证书链不完整"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["network"];

/// Judges the certificate that was shown.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let Some(network) = site.network.as_deref() else {
        return Err(Undetermined::new(
            UndeterminedReason::NotGathered,
            "本轮没有网络记录，请补充采集后重新判定。",
        ));
    };
    let leads_to_https = is_filed_as_https(subject) || network.redirects_to_https == Some(true);
    let why = match &network.tls {
        Tls::Absent { why } => return Ok(without_https(why)),
        Tls::Unknown { why } if !leads_to_https => return Ok(without_https(why)),
        Tls::Unknown { why } => Some(why.clone()),
        _ => None,
    };
    let Some(certificate) = network.certificate.as_ref().filter(|_| why.is_none()) else {
        let why = why.unwrap_or_else(|| "服务器没有出示可读取的证书".to_owned());
        return Err(support::undetermined(
            "certificate",
            "expired",
            UndeterminedReason::OurSide,
            format!("没有读到证书：{why}。"),
        ));
    };
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    for fault in network.faults() {
        match case_of(fault) {
            Some((case, confidence)) => {
                let confidence = if leads_to_https {
                    confidence
                } else {
                    Confidence::Low
                };
                findings.push(finding(network, certificate, fault, case, confidence));
            }
            None if fault == CertificateFault::UnknownIssuer => {
                doubts.push(unknown_issuer(certificate));
            }
            None => {}
        }
    }
    Ok(support::verdict(findings, doubts))
}

/// What counts, and how sure we are. Weak keys and signatures are facts only; an issuer that we do not know is a doubt.
fn case_of(fault: CertificateFault) -> Option<(&'static str, Confidence)> {
    match fault {
        CertificateFault::Expired | CertificateFault::NotYetValid => {
            Some(("expired", Confidence::High))
        }
        CertificateFault::WrongHost => Some(("wrong_host", Confidence::High)),
        CertificateFault::SelfSigned => Some(("self_signed", Confidence::High)),
        CertificateFault::IncompleteChain => Some(("incomplete_chain", Confidence::Medium)),
        _ => None,
    }
}

fn is_filed_as_https(subject: &Subject) -> bool {
    matches!(&subject.target, Target::Site(site) if site.home.starts_with("https:"))
}

fn without_https(why: &str) -> Verdict {
    support::not_applicable(&format!("网站没有提供 HTTPS（{why}），没有证书可查。"))
}

fn finding(
    network: &NetworkFacts,
    certificate: &Certificate,
    fault: CertificateFault,
    case: &str,
    confidence: Confidence,
) -> Finding {
    let (detail, quote) = describe(network, certificate, fault);
    let key = format!("certificate|{case}");
    Finding::new(key, case, detail, network.evidence.quoting(&quote))
        .with_url(&network.evidence.url)
        .with_confidence(confidence)
}

fn describe(
    network: &NetworkFacts,
    certificate: &Certificate,
    fault: CertificateFault,
) -> (String, String) {
    let host = &network.host;
    let issuer = &certificate.issuer;
    match fault {
        CertificateFault::Expired => {
            let end = certificate.not_after.date();
            (
                format!("{host} 的证书已于{end}过期，浏览器会拦截访问。"),
                format!("有效期至 {}", certificate.not_after),
            )
        }
        CertificateFault::NotYetValid => {
            let start = certificate.not_before.date();
            (
                format!("{host} 的证书{start}才生效，浏览器会拦截访问。"),
                format!("有效期自 {}", certificate.not_before),
            )
        }
        CertificateFault::WrongHost => {
            let names = certificate.names.join("、");
            (
                format!("{host} 出示的证书不是发给它的，浏览器会拦截访问。"),
                format!("证书域名：{names}"),
            )
        }
        CertificateFault::SelfSigned => (
            format!("{host} 的证书由网站自己签发，浏览器会拦截访问。"),
            format!("签发者：{issuer}"),
        ),
        _ => (
            format!("{host} 没有发送签发者的证书，证书链不完整，部分浏览器和客户端无法访问。"),
            format!("签发者：{issuer}，发送{}张", certificate.sent),
        ),
    }
}

fn unknown_issuer(certificate: &Certificate) -> Doubt {
    support::doubt(
        "certificate|incomplete_chain",
        "incomplete_chain",
        UndeterminedReason::OurSide,
        format!(
            "签发机构“{}”不在本程序的信任列表中，请用常用浏览器核实。",
            certificate.issuer
        ),
    )
}
