//! 页面标签不全: article pages without the site and content tags of the rule.
//!
//! * Why: tags are how search engines and the national portal read a page's site, column, date and source.
//! * Evidence used: the `<meta>` tags of all article pages that were read.
//! * Left to a person: nothing.
//! * Known misjudgements: whether the content of a tag is true is not judged; a site with a handful of articles is judged by these.
//! * Source: 国办秘函〔2019〕19号 检查指标 功能设计“页面标签”; 国办发〔2017〕47号 附件 页面标签.
//!
//! A tag that every article page lacks is one problem of the template. Any sample of pages then fails as a whole, so its count is the
//! size of the sample; the places begin with the pages of the seeded sample. A tag that only some pages lack is no problem of the
//! template: it is listed where the set asks for it and never counts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::evidence::EvidenceRef;
use crate::facts::model::{Facts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Place, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Tags that an article page must carry.
    pub tags: Vec<String>,
    /// Size of the sample of article pages.
    pub sample_pages: u16,
    /// Also list tags that only some of the pages lack (count 0).
    pub report_partial: bool,
}

impl Default for Params {
    fn default() -> Params {
        let tags = [
            "SiteName",
            "SiteDomain",
            "SiteIDCode",
            "ColumnName",
            "ArticleTitle",
            "PubDate",
            "ContentSource",
        ];
        Params {
            tags: tags.map(str::to_owned).to_vec(),
            sample_pages: 5,
            report_partial: false,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("tag_missing", "缺少页面标签")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// From so many pages on, "all of them" says something of the template.
const SURE_PAGES: u64 = 5;

/// Judges each tag over all article pages.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let Some(evidence) = site
        .article_evidence
        .as_ref()
        .filter(|_| site.article_count > 0)
    else {
        return Err(Undetermined::new(
            UndeterminedReason::Incomplete,
            "没有读到稿件页，无法判定页面标签；请确认栏目列表已采集。",
        ));
    };
    let findings = params
        .tags
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|tag| judge_tag(tag, site, evidence, context, params))
        .collect();
    Ok(support::verdict(findings, Vec::new()))
}

fn judge_tag(
    tag: &str,
    site: &SiteFacts,
    evidence: &EvidenceRef,
    context: &Context,
    params: &Params,
) -> Option<Finding> {
    let pages = site
        .missing_tags
        .get(tag)
        .filter(|pages| !pages.is_empty())?;
    let missing = pages.len() as u64;
    let is_all = missing >= site.article_count;
    if !is_all && !params.report_partial {
        return None;
    }
    let sampled = u64::from(params.sample_pages).min(site.article_count);
    let quote = if is_all {
        format!("未见<meta name=\"{tag}\">")
    } else {
        String::new()
    };
    let (count, detail) = if is_all {
        let detail = format!(
            "稿件页缺少页面标签{tag}（共{}页，抽查{sampled}页均无）。",
            site.article_count
        );
        (u32::try_from(sampled).unwrap_or(u32::MAX), detail)
    } else {
        let detail = format!(
            "{}页稿件中有{missing}页缺少页面标签{tag}，仅列出。",
            site.article_count
        );
        (0, detail)
    };
    let confidence = if site.article_count < SURE_PAGES {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let places = in_drawn_order(pages, &context.seed);
    let finding = Finding::new(tag, "tag_missing", detail, evidence.quoting(&quote))
        .with_url(&places[0].url)
        .with_count(count)
        .with_confidence(confidence)
        .with_places(places);
    Some(finding)
}

/// Pages in the order of the seeded draw, so that the sample comes first.
fn in_drawn_order(pages: &[Place], seed: &str) -> Vec<Place> {
    let mut ranked: Vec<(String, &Place)> = pages
        .iter()
        .map(|page| (support::rank(seed, &page.url), page))
        .collect();
    ranked.sort();
    ranked.into_iter().map(|(_, page)| page.clone()).collect()
}
