//! 链接不可用: links, images, attachments and outside links that do not open.
//!
//! * Why: a link that leads nowhere is the fault that visitors meet most.
//! * Evidence used: two looks at different times at every distinct address that the site links; the anchors of pages read whole.
//! * Left to a person: nothing; an address we could not judge is 存疑 and never deducts.
//! * Known misjudgements: a page that answers 200 with an error text in an unusual wording passes; a wrong but living target passes.
//! * Source: 国办秘函〔2019〕19号 检查指标 功能设计“可用性”; points per link after 国办发〔2015〕15号 附件2.
//!
//! One dead address is one finding, however many pages link it: the pages are its places.
//!
//! Links that open and yet do not do what they promise (an anchor that is not there, an entry that only the sitemap names) are
//! findings of a lower class: listed with count 0, so that no set counts them unless its parameters name them.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, LinkSays};
use crate::evidence::EvidenceRef;
use crate::facts::model::{Facts, LinkFacts, WeakCase, WeakLink};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数. What a dead link is does not depend on the set; whether the lower class counts does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Cases of the lower class that the set counts; all others are only listed.
    pub counted: Vec<String>,
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("home_link", "首页链接打不开"),
    ("other_link", "其他页面链接打不开"),
    ("missing_fragment", "链接的锚点不存在"),
    ("sitemap_link", "站点地图中的地址打不开"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "looks"];

/// Judges every link of the site that is not known to open.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    for link in &site.links {
        let case = if link.on_home {
            "home_link"
        } else {
            "other_link"
        };
        match support::link_says(link) {
            LinkSays::Opens => {}
            LinkSays::Nothing { reason, why } => {
                doubts.push(support::doubt(&link.url, case, reason, why));
            }
            LinkSays::IsDead {
                why,
                kind,
                first,
                others,
            } => findings.push(finding(link, case, (why, kind), first, others)),
        }
    }
    findings.extend(site.weak_links.iter().filter_map(|link| weak(link, params)));
    Ok(support::verdict(findings, doubts))
}

/// A finding of the lower class.
fn weak(link: &WeakLink, params: &Params) -> Option<Finding> {
    let (first, others) = link.evidence.split_first()?;
    let text = link.places.first().map_or("", |place| place.text.as_str());
    let named = if text.is_empty() {
        String::new()
    } else {
        format!("“{text}”")
    };
    let why = &link.why;
    let (case, detail) = match link.case {
        WeakCase::MissingFragment => (
            "missing_fragment",
            format!("{}个页面上的链接{named}：{why}。", link.place_count.max(1)),
        ),
        // A dead link like any other, that no reader meets: two looks as for those.
        WeakCase::SitemapLink if others.is_empty() => return None,
        WeakCase::SitemapLink => (
            "sitemap_link",
            format!("只在站点地图中列出的地址打不开：{why}。"),
        ),
    };
    let is_counted = params.counted.iter().any(|counted| counted == case);
    let confidence = if link.is_unsure {
        Confidence::Low
    } else {
        Confidence::Medium
    };
    let mut finding = Finding::new(&link.url, case, detail, first.quoting(why))
        .with_url(&link.url)
        .with_places(link.places.iter().cloned())
        .with_count(u32::from(is_counted))
        .with_confidence(confidence);
    finding.place_count = finding.place_count.max(link.place_count);
    Some(others.iter().fold(finding, |finding, look| {
        finding.with_evidence(look.quoting(why))
    }))
}

fn finding(
    link: &LinkFacts,
    case: &str,
    (why, kind): (&str, &str),
    first: &EvidenceRef,
    others: &[EvidenceRef],
) -> Finding {
    let text = link.places.first().map_or("", |place| place.text.as_str());
    let named = if text.is_empty() {
        String::new()
    } else {
        format!("“{text}”")
    };
    let pages = match (link.on_home, link.place_count) {
        (true, 0 | 1) => "首页".to_owned(),
        (true, count) => format!("首页等{count}个页面"),
        (false, count) => format!("{}个页面", count.max(1)),
    };
    let detail = format!("{pages}上的链接{named}打不开：{why}。");
    let mut finding = Finding::new(&link.url, case, detail, first.quoting(why))
        .with_url(&link.url)
        .with_places(link.places.iter().cloned())
        .with_confidence(confidence(kind));
    finding.place_count = finding.place_count.max(link.place_count);
    others.iter().fold(finding, |finding, look| {
        finding.with_evidence(look.quoting(why))
    })
}

/// An answer that says by itself that the page is gone is certain; one that only looks like it is less so.
fn confidence(kind: &str) -> Confidence {
    match kind {
        "soft_404" | "empty" | "loop" | "wrong_type" => Confidence::Medium,
        _ => Confidence::High,
    }
}
