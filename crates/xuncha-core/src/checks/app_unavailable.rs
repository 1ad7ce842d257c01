//! 客户端不可用: an app whose store page is gone, or whose download is dead, no package or cut short.
//!
//! * Why: an app that cannot be downloaded is a 僵尸 app and fails its owner.
//! * Evidence used: two looks at store page and download, and what the download turned out to be.
//! * Left to a person: whether the app works once installed.
//! * Known misjudgements: apps of platforms without a public download (iOS) are judged by the store page alone.
//! * Source: 国办秘函〔2019〕19号 检查指标 政务新媒体 单项否决“内容不更新” (不能下载、不能使用); 国办发〔2018〕123号.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, LinkSays};
use crate::evidence::EvidenceRef;
use crate::facts::model::{AccountFacts, Facts, LinkFacts, LinkState, PackageFacts};
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: what cannot be downloaded is not available.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("unavailable", "客户端无法下载或使用")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["account"];

const KEY: &str = "app";

/// What speaks against the app, with its proof.
struct Fault {
    why: String,
    url: String,
    evidence: Vec<EvidenceRef>,
}

/// Judges store page, download and package; all faults make one finding.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let account = match support::account(facts) {
        Ok(account) => account,
        Err(verdict) => return Ok(verdict),
    };
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查客户端。"));
    };
    if !registered.is_app() {
        return Ok(support::not_applicable("不是客户端。"));
    }
    let looks = [
        ("应用商店页面", &account.store_page),
        ("下载地址", &account.download),
    ];
    let mut faults = Vec::new();
    let mut doubts = Vec::new();
    for (name, link) in looks {
        let Some(link) = link else { continue };
        match look(name, link) {
            Ok(fault) => faults.extend(fault),
            Err(doubt) => doubts.push(doubt),
        }
    }
    faults.extend(wrong_package(account));
    doubts.extend(hidden_package(account));
    if let Some(finding) = finding(&registered.name, faults) {
        return Ok(support::verdict(vec![finding], doubts));
    }
    if let Some(doubt) = doubts.first() {
        let mut undetermined = Undetermined::new(doubt.reason, doubt.detail.clone());
        undetermined.places = doubts;
        return Err(undetermined);
    }
    if account.store_page.is_none() && account.download.is_none() && account.package.is_none() {
        return Err(nothing_seen(account));
    }
    Ok(support::verdict(Vec::new(), Vec::new()))
}

fn look(name: &str, link: &LinkFacts) -> Result<Option<Fault>, Doubt> {
    match support::link_says(link) {
        LinkSays::Opens => Ok(None),
        LinkSays::IsDead {
            why, first, others, ..
        } => Ok(Some(Fault {
            why: format!("{name}打不开（{why}）"),
            url: link.url.clone(),
            evidence: [first]
                .into_iter()
                .chain(others)
                .map(|look| look.quoting(why))
                .collect(),
        })),
        LinkSays::Nothing { reason, why } => Err(support::doubt(
            KEY,
            "unavailable",
            reason,
            format!("{name}：{why}"),
        )),
    }
}

/// A download that opens and gives nothing that was read as a file: a login or a captcha stands before it.
fn hidden_package(account: &AccountFacts) -> Option<Doubt> {
    let download = account.download.as_ref()?;
    let is_hidden = download.state == LinkState::Alive && account.package.is_none();
    is_hidden.then(|| {
        support::doubt(
            KEY,
            "unavailable",
            UndeterminedReason::Blocked,
            "下载地址打得开，但没有给出文件（可能要登录或验证），请人工查看",
        )
    })
}

/// A download that came, and is no installable package.
fn wrong_package(account: &AccountFacts) -> Option<Fault> {
    let package = account.package.as_ref()?;
    let download = account.download.as_ref()?;
    if download.state != LinkState::Alive || download.evidence.is_empty() {
        return None;
    }
    let why = match package.kind.as_str() {
        // Of a package that is bigger than what is read of it, nothing but its beginning is known.
        "unread" => return None,
        // Of a package that came whole it is known that nobody can install it unsigned.
        "apk" if package.signatures.as_ref().is_some_and(Vec::is_empty) => {
            "安装包没有签名，无法安装".to_owned()
        }
        "apk" => return None,
        "truncated" => format!("安装包不完整（{}字节）", package.size_bytes),
        "html" => "下载得到的是网页，不是安装包".to_owned(),
        "zip" => "下载得到的压缩包不是安装包".to_owned(),
        _ => "下载得到的文件不是安装包".to_owned(),
    };
    Some(Fault {
        url: download.url.clone(),
        evidence: download
            .evidence
            .iter()
            .map(|look| look.quoting(&quote(package)))
            .collect(),
        why,
    })
}

fn quote(package: &PackageFacts) -> String {
    format!("{} {}字节", package.kind, package.size_bytes)
}

fn finding(name: &str, faults: Vec<Fault>) -> Option<Finding> {
    let why: Vec<&str> = faults.iter().map(|fault| fault.why.as_str()).collect();
    let detail = format!("客户端“{name}”不可用：{}。", why.join("；"));
    let places: Vec<_> = faults
        .iter()
        .map(|fault| support::place(&fault.url, &fault.why))
        .collect();
    let url = faults.first()?.url.clone();
    let mut evidence = faults.into_iter().flat_map(|fault| fault.evidence);
    let finding = Finding::new(KEY, "unavailable", detail, evidence.next()?)
        .with_url(url)
        .with_places(places);
    Some(evidence.fold(finding, Finding::with_evidence))
}

fn nothing_seen(account: &AccountFacts) -> Undetermined {
    account.trouble.clone().unwrap_or_else(|| {
        support::undetermined(
            KEY,
            "unavailable",
            UndeterminedReason::NotGathered,
            "名录中没有应用商店页面和下载地址，请补充登记。",
        )
    })
}
