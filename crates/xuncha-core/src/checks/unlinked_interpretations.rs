//! 解读与文件未关联: an interpretation and its document do not link each other.
//!
//! * Why: who reads one must reach the other with one click.
//! * Evidence used: pairs of document and interpretation on the same site, and the links on both pages.
//! * Left to a person: nothing; an interpretation whose document is not on the site makes no pair.
//! * Known misjudgements: a link that only a script draws is not seen.
//! * Source: 国办秘函〔2019〕19号 检查指标 发布解读“解读关联” (双向关联).
//!
//! Every unlinked pair is listed; only those in the seeded sample count.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{ColumnKind, Facts, InterpretationFacts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// So many pairs are drawn.
    pub sample: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params { sample: 3 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("not_linked", "解读与政策文件未双向关联")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges every pair of interpretation and document.
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
    let pairs = || {
        site.interpretations
            .iter()
            .filter(|one| one.policy.is_some())
    };
    let drawn = support::draw(
        &context.seed,
        usize::from(params.sample),
        pairs().map(|one| one.url.as_str()),
    );
    // That no pair was found says nothing while one of both columns could not be read.
    if pairs().next().is_none()
        && let Some((reason, why)) =
            support::unread(site, &[ColumnKind::Interpretation, ColumnKind::Policy])
    {
        return Err(Undetermined::new(reason, why));
    }
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    for one in pairs().filter(|one| !(one.links_policy && one.policy_links_back)) {
        let is_drawn = drawn.contains(one.url.as_str());
        if is_unrendered(site, one) {
            doubts.extend(is_drawn.then(|| {
                support::doubt(
                    &one.url,
                    "not_linked",
                    UndeterminedReason::NeedsScript,
                    format!(
                        "解读{}或其文件的页面由脚本生成，尚未渲染。",
                        support::quoted_title(&one.title)
                    ),
                )
            }));
            continue;
        }
        findings.push(finding(one, is_drawn));
    }
    let is_linked = |one: &InterpretationFacts| one.links_policy && one.policy_links_back;
    let is_anything_judged = pairs().any(|one| drawn.contains(one.url.as_str()) && is_linked(one));
    support::verdict_of_judged(findings, doubts, is_anything_judged)
}

fn is_unrendered(site: &SiteFacts, one: &InterpretationFacts) -> bool {
    site.unrendered_pages
        .iter()
        .any(|page| *page == one.url || Some(page) == one.policy.as_ref())
}

fn finding(one: &InterpretationFacts, is_drawn: bool) -> Finding {
    let fault = match (one.links_policy, one.policy_links_back) {
        (true, _) => "解读链接了文件，文件未链接解读",
        (false, true) => "文件链接了解读，解读未链接文件",
        (false, false) => "解读与文件互不链接",
    };
    let drawn = if is_drawn {
        ""
    } else {
        "（未抽中，仅列出）"
    };
    let detail = format!(
        "解读{}与政策文件未双向关联：{fault}{drawn}。",
        support::quoted_title(&one.title)
    );
    let policy = one.policy.as_deref().unwrap_or_default();
    Finding::new(
        &one.url,
        "not_linked",
        detail,
        one.evidence.quoting(&one.title),
    )
    .with_url(&one.url)
    .with_places([
        support::place(&one.url, &one.title),
        support::place(policy, "政策文件"),
    ])
    .with_count(u32::from(is_drawn))
}
