//! 表格下载不可用: forms and samples that a service guide offers and that do not open, or are not what their link says.
//!
//! * Why: without the form nobody can apply, however complete the guide is.
//! * Evidence used: the download links of guides, the two looks at each, what the reader of documents said of the file.
//! * Left to a person: files whose link names another type (low confidence).
//! * Known misjudgements: see the specification.
//! * Source: 国办秘函〔2019〕19号 检查指标 办事服务“表格样表”; 国办发〔2015〕15号“附件下载”.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::support::{self, LinkSays};
use super::{Context, support::signs};
use crate::facts::canonical;
use crate::facts::model::{Facts, Link, LinkFacts, SignCase, SiteFacts, SiteGuide, SiteSign};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, Verdict};

/// 参数. None: what counts is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("dead_form", "表格下载打不开"),
    ("broken_form", "表格文件损坏"),
    ("other_type", "文件类型与链接所写不同"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "looks"];

/// Ends of names by the programs that open them: a link that names one of a group may lead to another of it.
const GROUPS: [&[&str]; 5] = [
    &["doc", "docx", "wps", "rtf"],
    &["xls", "xlsx", "et"],
    &["pdf"],
    &["zip", "rar", "7z"],
    &["ofd"],
];

/// What is known of the downloads of a site.
struct Known<'a> {
    links: BTreeMap<String, &'a LinkFacts>,
    broken: BTreeMap<String, &'a SiteSign>,
}

/// Judges every download of every guide; a file that several guides offer is one finding.
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
    if support::has_no_services(subject) {
        return Ok(support::not_applicable("该单位没有对外办事服务。"));
    }
    support::need_phases(site, NEEDS)?;
    let known = Known {
        links: site
            .links
            .iter()
            .map(|link| (canonical(&link.url), link))
            .collect(),
        broken: signs::of(site, &[SignCase::Unopened])
            .map(|sign| (canonical(&sign.url), sign))
            .collect(),
    };
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    for (url, (download, guides)) in offered(site) {
        match says(&known, &url, download, &guides) {
            Says::Nothing => {}
            Says::Finding(finding) => findings.push(*finding),
            Says::Doubt(doubt) => doubts.push(doubt),
        }
    }
    Ok(support::verdict(findings, doubts))
}

/// Downloads by their address, with the guides that offer them.
fn offered(site: &SiteFacts) -> BTreeMap<String, (&Link, Vec<&SiteGuide>)> {
    let mut offered: BTreeMap<String, (&Link, Vec<&SiteGuide>)> = BTreeMap::new();
    for guide in &site.guides {
        for download in &guide.guide.downloads {
            let entry = offered.entry(canonical(&download.url));
            let (_, guides) = entry.or_insert_with(|| (download, Vec::new()));
            guides.push(guide);
        }
    }
    offered
}

enum Says {
    Nothing,
    Finding(Box<Finding>),
    Doubt(Doubt),
}

fn says(known: &Known, url: &str, download: &Link, guides: &[&SiteGuide]) -> Says {
    let Some(first) = guides.first() else {
        return Says::Nothing;
    };
    let item = &first.guide.title;
    let name = match download.text.trim() {
        "" => download.url.rsplit('/').next().unwrap_or_default(),
        text => text,
    };
    let finding = |case: &str, detail: String| {
        let places = guides
            .iter()
            .map(|guide| support::place(&guide.url, &guide.guide.title));
        Finding::new(&download.url, case, detail, first.evidence.quoting(name))
            .with_url(&download.url)
            .with_places(places)
    };
    if let Some(link) = known.links.get(url) {
        match support::link_says(link) {
            LinkSays::Opens => {}
            LinkSays::IsDead {
                why, first, others, ..
            } => {
                let detail = format!("办事指南“{item}”的表格“{name}”打不开：{why}。");
                let dead = finding("dead_form", detail).with_evidence(first.quoting(why));
                let dead = others
                    .iter()
                    .fold(dead, |dead, look| dead.with_evidence(look.clone()));
                return Says::Finding(Box::new(dead));
            }
            LinkSays::Nothing { reason, why } => {
                let detail = format!("办事指南“{item}”的表格“{name}”能否下载没有看清：{why}");
                return Says::Doubt(support::doubt(&download.url, "dead_form", reason, detail));
            }
        }
    }
    if let Some(sign) = known.broken.get(url) {
        let detail = format!(
            "办事指南“{item}”的表格“{name}”下载后打不开：{}。",
            sign.sign.what
        );
        let broken = finding("broken_form", detail)
            .with_evidence(sign.evidence.clone())
            .with_confidence(sign.sign.confidence);
        return Says::Finding(Box::new(broken));
    }
    let (Some(said), Some(is)) = (named_type(name), extension(&download.url)) else {
        return Says::Nothing;
    };
    let group = |extension: &str| GROUPS.iter().position(|group| group.contains(&extension));
    if group(&said) == group(&is) {
        return Says::Nothing;
    }
    let detail = format!(
        "办事指南“{item}”的表格“{name}”写的是 {said} 文件，下载到的是 {is} 文件，请核对是不是所写的表格。"
    );
    let other = finding("other_type", detail).with_confidence(Confidence::Low);
    Says::Finding(Box::new(other))
}

/// The type that a link's text names at its end: 申请表.doc, 申请表（PDF）.
fn named_type(text: &str) -> Option<String> {
    let plain = text
        .trim_end_matches(['）', ')', '】', ']', '”', '"', ' '])
        .to_ascii_lowercase();
    let start = plain
        .rfind(|sign: char| !sign.is_ascii_alphanumeric())
        .map_or(0, |at| {
            at + plain[at..].chars().next().map_or(1, char::len_utf8)
        });
    known_type(&plain[start..])
}

fn extension(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let (_, end) = name.rsplit_once('.')?;
    known_type(&end.to_ascii_lowercase())
}

fn known_type(end: &str) -> Option<String> {
    let is_known = GROUPS.iter().any(|group| group.contains(&end));
    is_known.then(|| end.to_owned())
}
