//! 办事指南不完整: guides without key elements, with unclear materials or vague wording; services that cannot be used at all.
//!
//! * Why: who follows an incomplete guide makes the way to the counter twice.
//! * Evidence used: every guide page with the elements, wording and materials read from it.
//! * Left to a person: whether the text of an element is true; whether there are services at all (low confidence).
//! * Known misjudgements: an element given only in an attachment or a picture counts as missing; panels that a script fetches are not read.
//! * Source: 国办秘函〔2019〕19号 检查指标 扣分“办事指南”, 单项否决“服务不实用”.
//!
//! All guides are listed; only those in the seeded sample count. With `report_incomplete_items` the same room serves the veto: it then
//! reports items that miss at least four elements, each counting, and nothing else.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{ColumnKind, Facts, GuideElement, SiteFacts, SiteGuide};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// So many guides are drawn.
    pub sample: u16,
    /// Report items that cannot be used (for the veto) instead of single elements.
    pub report_incomplete_items: bool,
    /// An item that misses so many element classes cannot be used.
    pub missing_at_least: u16,
    /// With fewer items than this, the veto asks whether all of them cannot be used.
    pub few_items_below: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            sample: 5,
            report_incomplete_items: false,
            missing_at_least: 4,
            few_items_below: 5,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("element_missing", "办事指南要素缺失"),
    ("format_unclear", "材料形式要求不明确"),
    ("vague", "存在模糊表述"),
    ("unusable_item", "事项要素缺失4类以上"),
    ("no_services", "未提供办事服务"),
    ("all_unusable", "事项不足且均要素缺失"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges the guides of the site.
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
    if support::has_no_services(subject) {
        return Ok(support::not_applicable("登记为无办事服务的部门。"));
    }
    support::need_phases(site, NEEDS)?;
    if site.guides.is_empty() {
        return no_guides(site, params);
    }
    if params.report_incomplete_items {
        return unusable_items(site, params);
    }
    let drawn = support::draw(
        &context.seed,
        usize::from(params.sample),
        site.guides.iter().map(|guide| guide.url.as_str()),
    );
    let findings = site
        .guides
        .iter()
        .filter(|guide| !site.unrendered_pages.contains(&guide.url))
        .flat_map(|guide| faults(guide, drawn.contains(guide.url.as_str())))
        .collect();
    let doubts = site
        .guides
        .iter()
        .filter(|guide| site.unrendered_pages.contains(&guide.url))
        .filter(|guide| drawn.contains(guide.url.as_str()))
        .map(|guide| {
            support::doubt(
                &guide.url,
                "element_missing",
                UndeterminedReason::NeedsScript,
                format!(
                    "办事指南“{}”由脚本生成，{}。",
                    guide.guide.title,
                    support::not_rendered(site, &guide.url)
                ),
            )
        })
        .collect();
    Ok(support::verdict(findings, doubts))
}

/// Faults of one guide. Without materials nothing is said of their form: it is the same root cause.
fn faults(guide: &SiteGuide, is_drawn: bool) -> Vec<Finding> {
    let title = &guide.guide.title;
    let missing = missing(guide);
    let mut findings: Vec<Finding> = missing
        .iter()
        .map(|element| {
            let detail = format!("办事指南“{title}”缺少{}。", element.name());
            finding(guide, element.name(), "element_missing", detail, title)
        })
        .collect();
    if !missing.contains(&GuideElement::办理材料) && !guide.guide.material_format_stated {
        let quote = guide
            .guide
            .elements
            .get(&GuideElement::办理材料)
            .map_or("", String::as_str);
        let detail =
            format!("办事指南“{title}”未明确办理材料的形式（原件或复印件、纸质或电子、份数）。");
        findings.push(finding(guide, "材料形式", "format_unclear", detail, quote));
    }
    if let Some(quote) = guide.guide.vague.first() {
        let detail = format!(
            "办事指南“{title}”存在模糊表述：{}。",
            guide.guide.vague.join("、")
        );
        findings.push(finding(guide, "模糊表述", "vague", detail, quote));
    }
    findings
        .into_iter()
        .map(|finding| finding.with_count(u32::from(is_drawn)))
        .collect()
}

fn missing(guide: &SiteGuide) -> BTreeSet<GuideElement> {
    GuideElement::ALL
        .into_iter()
        .filter(|element| {
            guide
                .guide
                .elements
                .get(element)
                .is_none_or(|text| text.trim().is_empty())
        })
        .collect()
}

fn finding(guide: &SiteGuide, what: &str, case: &str, detail: String, quote: &str) -> Finding {
    Finding::new(
        format!("{}|{what}", guide.url),
        case,
        detail,
        guide.evidence.quoting(quote),
    )
    .with_url(&guide.url)
    .with_places([support::place(&guide.url, &guide.guide.title)])
}

/// The veto: five items that miss four classes each, or all of fewer than five.
fn unusable_items(site: &SiteFacts, params: &Params) -> Result<Verdict, Undetermined> {
    let unusable: Vec<(&SiteGuide, usize)> = site
        .guides
        .iter()
        .filter(|guide| !site.unrendered_pages.contains(&guide.url))
        .map(|guide| (guide, missing(guide).len()))
        .filter(|(_, missing)| *missing >= usize::from(params.missing_at_least))
        .collect();
    let mut findings: Vec<Finding> = unusable
        .iter()
        .map(|(guide, missing)| {
            let detail = format!("事项“{}”的办事指南缺少{missing}类要素。", guide.guide.title);
            Finding::new(
                &guide.url,
                "unusable_item",
                detail,
                guide.evidence.quoting(&guide.guide.title),
            )
            .with_url(&guide.url)
            .with_places([support::place(&guide.url, &guide.guide.title)])
        })
        .collect();
    let are_few = site.guides.len() < usize::from(params.few_items_below);
    if !are_few || unusable.len() < site.guides.len() {
        return Ok(support::verdict(findings, Vec::new()));
    }
    if let Some((reason, why)) = support::unread(site, &[ColumnKind::Services]) {
        let doubt = support::doubt("all_unusable", "all_unusable", reason, why);
        return Ok(support::verdict(findings, vec![doubt]));
    }
    if let Some((guide, _)) = unusable.first() {
        let detail = format!(
            "仅有{}个事项，每个事项均缺少{}类以上要素。",
            site.guides.len(),
            params.missing_at_least
        );
        findings.push(
            Finding::new(
                "all_unusable",
                "all_unusable",
                detail,
                guide.evidence.clone(),
            )
            .with_confidence(Confidence::Medium),
        );
    }
    Ok(support::verdict(findings, Vec::new()))
}

/// Without guides there is nothing to judge; that there are no services at all is only suspected, and only for the veto.
fn no_guides(site: &SiteFacts, params: &Params) -> Result<Verdict, Undetermined> {
    let home = support::home(site)?;
    if let Some((reason, why)) = support::unread(site, &[ColumnKind::Services]) {
        return Err(support::undetermined(
            "no_services",
            "no_services",
            reason,
            why,
        ));
    }
    if !params.report_incomplete_items || site.service_directory.is_some() {
        return Err(support::undetermined(
            "no_services",
            "no_services",
            UndeterminedReason::Incomplete,
            "没有读到办事指南，可能由一体化政务服务平台提供，请人工查看。",
        ));
    }
    let detail = "未见办事服务目录和办事指南，请人工确认是否未提供办事服务。";
    let finding = Finding::new("no_services", "no_services", detail, home.evidence.clone())
        .with_url(&home.url)
        .with_confidence(Confidence::Low);
    Ok(support::verdict(vec![finding], Vec::new()))
}
