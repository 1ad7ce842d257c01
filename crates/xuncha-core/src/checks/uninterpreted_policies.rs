//! 政策文件未解读: documents that the site's government or unit issued and did not interpret.
//!
//! * Why: a document comes with its interpretation, or the public does not understand it.
//! * Evidence used: policy documents in the site's own name with day and interpretations found by link or by title.
//! * Left to a person: whether a document needs an interpretation at all (medium confidence); titles of appointments, answers and repeals say it.
//! * Known misjudgements: an interpretation that is published elsewhere only, or under a title without the document's, is not seen.
//! * Source: 国办秘函〔2019〕19号 检查指标 发布解读“解读比例”.
//!
//! Every document without interpretation is listed; only those in the seeded sample count.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{ColumnKind, Facts, PolicyFacts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Documents of the last so many calendar months are looked at.
    pub months: u16,
    /// So many of them are drawn.
    pub sample: u16,
    /// Documents whose titles hold one of these tell nothing that needs interpreting; `$` ends a word that must end the title.
    pub exempt_titles: Vec<String>,
}

/// Appointments, answers to requests of lower offices, documents that only end others.
const EXEMPT_TITLES: [&str; 12] = [
    "任免",
    "任职的通知",
    "免职的通知",
    "任职通知",
    "免职通知",
    "等同志任职",
    "等同志免职",
    "批复$",
    "关于废止",
    "宣布失效",
    "宣布废止",
    "废止的决定$",
];

impl Default for Params {
    fn default() -> Params {
        Params {
            months: 6,
            sample: 3,
            exempt_titles: EXEMPT_TITLES.map(str::to_owned).to_vec(),
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("uninterpreted", "政策文件未解读")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges the documents of the window.
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
    let from = support::months_before(context.as_of, params.months);
    let until = context.as_of.date();
    let own = || {
        let own = site.policies.iter().filter(|policy| policy.is_own);
        own.filter(|policy| !is_exempt(&policy.title, &params.exempt_titles))
    };
    let recent: Vec<&PolicyFacts> = own()
        .filter(|policy| {
            policy
                .date
                .is_some_and(|date| date >= from && date <= until)
        })
        .collect();
    let drawn = support::draw(
        &context.seed,
        usize::from(params.sample),
        recent.iter().map(|policy| policy.url.as_str()),
    );
    let mut findings = Vec::new();
    let mut doubts: Vec<Doubt> = Vec::new();
    // An undated document could only have been drawn while the sample has room.
    if recent.len() < usize::from(params.sample) {
        let uninterpreted = own().filter(|policy| policy.interpretations.is_empty());
        doubts.extend(
            uninterpreted
                .filter(|policy| policy.date.is_none())
                .map(undated),
        );
    }
    let hidden = hidden_interpretations(site);
    for policy in recent
        .iter()
        .filter(|policy| policy.interpretations.is_empty())
    {
        let is_drawn = drawn.contains(policy.url.as_str());
        match &hidden {
            Some((reason, why)) => doubts.extend(
                is_drawn.then(|| support::doubt(&policy.url, "uninterpreted", *reason, why)),
            ),
            None => findings.push(finding(policy, is_drawn)),
        }
    }
    // That no document was found says nothing while their columns could not be read.
    if !site.policies.iter().any(|policy| policy.is_own)
        && let Some((reason, why)) = support::unread(site, &[ColumnKind::Policy])
    {
        return Err(Undetermined::new(reason, why));
    }
    let is_interpreted = |policy: &&PolicyFacts| {
        drawn.contains(policy.url.as_str()) && !policy.interpretations.is_empty()
    };
    let is_anything_judged = recent.iter().any(is_interpreted);
    support::verdict_of_judged(findings, doubts, is_anything_judged)
}

/// Whether a title says that the document needs no interpretation.
fn is_exempt(title: &str, words: &[String]) -> bool {
    let title = title.trim().trim_end_matches(['》', '”']);
    // A regulation on such documents, or one that also changes others, is interpreted.
    if title.contains("办法") || title.contains("规定") || title.contains("修改") {
        return false;
    }
    words.iter().any(|word| match word.strip_suffix('$') {
        Some(end) => title.ends_with(end),
        None => title.contains(word.as_str()),
    })
}

/// That no interpretation was found says nothing while their columns could not be read.
fn hidden_interpretations(site: &SiteFacts) -> Option<(UndeterminedReason, String)> {
    support::unread(site, &[ColumnKind::Interpretation])
}

fn finding(policy: &PolicyFacts, is_drawn: bool) -> Finding {
    let number = if policy.document_number.is_empty() {
        String::new()
    } else {
        format!("（{}）", policy.document_number)
    };
    let day = policy
        .date
        .map_or(String::new(), |date| format!("，{date}发布"));
    let drawn = if is_drawn {
        ""
    } else {
        "（未抽中，仅列出）"
    };
    let detail = format!(
        "政策文件{}{number}{day}，未见解读{drawn}。",
        support::quoted_title(&policy.title)
    );
    Finding::new(
        &policy.url,
        "uninterpreted",
        detail,
        policy.evidence.quoting(&policy.title),
    )
    .with_url(&policy.url)
    .with_places([support::place(&policy.url, &policy.title)])
    .with_count(u32::from(is_drawn))
    .with_confidence(Confidence::Medium)
}

fn undated(policy: &PolicyFacts) -> Doubt {
    support::doubt(
        &policy.url,
        "uninterpreted",
        UndeterminedReason::Incomplete,
        format!(
            "政策文件{}没有读到发布日期，不能确定是否在时限内。",
            support::quoted_title(&policy.title)
        ),
    )
}
