//! 发稿日期疑点: articles whose day of publication disagrees with everything else that says when they came to be.
//!
//! * Why: 伪造发稿日期 is one of the situations of the first veto indicator; only a person can say that a date was forged.
//! * Evidence used: the day on the page, in the list, in the address, in the line of the source, in `Last-Modified`; the order of the
//!   list; what an earlier round saw of the same page and list.
//! * Left to a person: everything; a finding is a suspicion of low confidence and says what stands against the date.
//! * Known misjudgements: see the specification.
//! * Source: 国办秘函〔2019〕19号附件1 单项否决指标.

mod against;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{DatedArticle, Facts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Place, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Days by which two statements of one site may differ: an article is written, checked and listed on neighbouring days.
    pub tolerance_days: u16,
    /// Days by which the day in an address, of a source or of neighbours in the list may differ.
    pub far_days: u16,
    /// Articles that show the day of the visit before the clock is suspected.
    pub clock_articles: u32,
    /// Items of a list before its order says anything.
    pub order_items: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            tolerance_days: 3,
            far_days: 30,
            clock_articles: 3,
            order_items: 8,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("redated", "日期与往轮所见不同"),
    ("backdated", "按所写日期应已在往轮列表中"),
    ("against_list", "列表与页面日期不同"),
    ("against_address", "与网址中的日期相差很远"),
    ("against_order", "与列表中的先后不符"),
    ("against_modified", "晚于页面最后修改时间"),
    ("against_source", "与来源所注日期相差很远"),
    ("moves_with_clock", "日期随访问日变化"),
];
/// Further articles whose evidence a finding names.
const EVIDENCE_MAX: usize = 4;
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// 疑点. One article and what stands against its date.
struct Doubtful<'a> {
    article: &'a DatedArticle,
    case: &'static str,
    /// What stands against it, in Chinese.
    against: String,
}

/// Judges the dates of all articles.
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
    let clock = against::clock(site, params);
    // A date that follows the clock disagrees with everything: that is one problem and not many.
    let moving: BTreeSet<&str> = clock.iter().map(|one| one.article.url.as_str()).collect();
    let rest: Vec<&DatedArticle> = site
        .articles
        .iter()
        .filter(|article| !moving.contains(article.url.as_str()))
        .collect();
    let mut doubtful = clock;
    doubtful.extend(against::earlier_days(&rest, params));
    doubtful.extend(against::earlier_lists(&rest, params));
    doubtful.extend(against::lists(&rest, params));
    doubtful.extend(against::addresses(&rest, params));
    doubtful.extend(order::of_lists(&rest, params));
    doubtful.extend(against::modified(&rest, params));
    doubtful.extend(against::sources(&rest, params));
    Ok(support::verdict(findings(site, doubtful), Vec::new()))
}

/// One finding for each case and column: whoever changed dates changed them of a column.
fn findings(site: &SiteFacts, doubtful: Vec<Doubtful>) -> Vec<Finding> {
    let mut groups: BTreeMap<(&'static str, String), Vec<Doubtful>> = BTreeMap::new();
    for one in doubtful {
        let column = match (one.case, &one.article.listed) {
            ("moves_with_clock", _) | (_, None) => String::new(),
            (_, Some(listed)) => listed.url.clone(),
        };
        groups.entry((one.case, column)).or_default().push(one);
    }
    groups
        .into_iter()
        .filter_map(|((case, column), group)| finding(site, case, &column, &group))
        .collect()
}

fn finding(
    site: &SiteFacts,
    case: &'static str,
    column: &str,
    group: &[Doubtful],
) -> Option<Finding> {
    let first = group.first()?;
    let name = site.columns.iter().find(|own| own.url == column);
    let place = name.map_or_else(String::new, |own| format!("栏目“{}”", own.name));
    let title = CASES.iter().find(|(own, _)| *own == case)?.1;
    let example = match group.len() {
        1 => "",
        _ => "例如",
    };
    let detail = format!(
        "{place}有{}篇稿件的发稿日期存疑（{title}），{example}《{}》写{}，{}，请人核实。",
        group.len(),
        first.article.title,
        first.article.date,
        first.against,
    );
    let proof = |one: &Doubtful| one.article.evidence.quoting(&one.article.quote);
    let places = group.iter().map(|one| Place {
        url: one.article.url.clone(),
        text: format!(
            "{}（写{}，{}）",
            one.article.title, one.article.date, one.against
        ),
    });
    let key = format!("{case}:{column}");
    let finding = Finding::new(key, case, detail, proof(first))
        .with_url(&first.article.url)
        .with_places(places)
        .with_confidence(Confidence::Low);
    let more = group.iter().skip(1).take(EVIDENCE_MAX);
    Some(more.fold(finding, |finding, one| finding.with_evidence(proof(one))))
}
