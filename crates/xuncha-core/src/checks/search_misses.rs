//! 站内搜索不可用: no site search, published titles that it does not find, results without classes.
//!
//! * Why: most visitors search; what is published and cannot be found is as good as not published.
//! * Evidence used: the search form, and the first result page for a sample of titles that the site itself published.
//! * Left to a person: searches that only answer to scripts.
//! * Known misjudgements: a title that was changed after we read it counts as not found.
//! * A word that nobody published must give nothing: a search that lists the same for it as for everything does not search.
//! * Source: 国办秘函〔2019〕19号 检查指标 功能设计“站内搜索”.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, LinkSays};
use crate::facts::model::{Facts, SearchFacts, SearchForm, SearchQuestion, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// So many titles are asked for.
    pub titles: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params { titles: 4 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 4;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("no_search", "无可用的站内搜索"),
    ("missed", "搜不到已发布的信息"),
    ("unclassified", "搜索结果未分类"),
    ("nonsense_found", "搜索结果与所搜内容无关"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "search"];

/// Judges the site's search by what it found.
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
    let Some(search) = &site.search else {
        support::home(site)?;
        return Err(Undetermined::new(
            UndeterminedReason::NotGathered,
            "没有采集站内搜索，请补充采集后重新判定。",
        ));
    };
    let Some(form) = &search.form else {
        return no_form(site, search);
    };
    if form.asks_code {
        return Err(support::undetermined(
            "none",
            "no_search",
            UndeterminedReason::Blocked,
            format!(
                "站内搜索（{}）要求输入验证码，不能代为提问，请人工搜索。",
                form.action
            ),
        ));
    }
    if let Some(finding) = dead_form(site, form) {
        return Ok(support::verdict(vec![finding], Vec::new()));
    }
    if let Some(finding) = same_answer(search, form) {
        return Ok(support::verdict(vec![finding], Vec::new()));
    }
    // A question without an address is the gatherer's nonsense word: no title, so nothing that could be missed.
    let questions: Vec<&SearchQuestion> = search
        .questions
        .iter()
        .filter(|question| !question.expected_url.is_empty())
        .take(usize::from(params.titles))
        .collect();
    if questions.iter().all(|question| question.found.is_none()) {
        return Err(support::undetermined(
            "none",
            "no_search",
            UndeterminedReason::NeedsScript,
            format!("站内搜索（{}）的结果没有读出，请人工搜索。", form.action),
        ));
    }
    let findings = missed(&questions, form)
        .into_iter()
        .chain(unclassified(&questions))
        .chain(nonsense_found(search))
        .collect();
    Ok(support::verdict(findings, unread(&questions)))
}

fn no_form(site: &SiteFacts, search: &SearchFacts) -> Result<Verdict, Undetermined> {
    if support::is_home_unrendered(site) {
        return Err(support::undetermined(
            "none",
            "no_search",
            UndeterminedReason::NeedsScript,
            "首页尚未渲染，不能确定有无站内搜索。",
        ));
    }
    // What only a script asks cannot be asked by us, and is there all the same.
    if let Some(offered) = &search.scripted {
        return Err(support::undetermined(
            "none",
            "no_search",
            UndeterminedReason::NeedsScript,
            format!(
                "站内搜索由脚本提供（{}，见 {}），不能代为提问，请人工搜索。",
                offered.quote, offered.url
            ),
        ));
    }
    let detail = "网站未提供站内搜索功能。";
    let finding = Finding::new("none", "no_search", detail, search.evidence.clone())
        .with_url(&search.evidence.url)
        .with_confidence(Confidence::Medium);
    Ok(support::verdict(vec![finding], Vec::new()))
}

/// The form's address may be known as dead from the looks at links.
fn dead_form(site: &SiteFacts, form: &SearchForm) -> Option<Finding> {
    let link = site.links.iter().find(|link| link.url == form.action)?;
    let LinkSays::IsDead {
        why, first, others, ..
    } = support::link_says(link)
    else {
        return None;
    };
    let finding = Finding::new(
        "none",
        "no_search",
        format!("站内搜索打不开：{why}。"),
        first.quoting(why),
    )
    .with_url(&form.action);
    Some(
        others
            .iter()
            .fold(finding, |finding, look| finding.with_evidence(look.clone())),
    )
}

/// A search that finds nothing and gives the same answer to different questions does not search.
fn same_answer(search: &SearchFacts, form: &SearchForm) -> Option<Finding> {
    let (first, others) = search.questions.split_first()?;
    let finds_nothing = search
        .questions
        .iter()
        .all(|question| question.found == Some(false));
    let is_same = |other: &SearchQuestion| {
        other.query != first.query && other.evidence.sha256 == first.evidence.sha256
    };
    if others.is_empty() || !finds_nothing || !others.iter().all(is_same) {
        return None;
    }
    let count = search.questions.len();
    let statuses = search.questions.iter().map(|question| question.status);
    let failed = statuses.filter(|status| *status >= 400).max();
    let detail = match failed {
        Some(status) => format!("站内搜索不可用：{count}次不同的搜索都没有打开（{status}）。"),
        None => format!("站内搜索不可用：{count}次不同的搜索得到完全相同的页面，没有任何结果。"),
    };
    let finding = Finding::new(
        "none",
        "no_search",
        detail,
        first.evidence.quoting(&first.query),
    )
    .with_url(&form.action)
    .with_confidence(Confidence::Medium);
    Some(others.iter().fold(finding, |finding, question| {
        finding.with_evidence(question.evidence.quoting(&question.query))
    }))
}

fn missed(questions: &[&SearchQuestion], form: &SearchForm) -> Option<Finding> {
    let missed: Vec<&&SearchQuestion> = questions
        .iter()
        .filter(|question| question.found == Some(false))
        .collect();
    let (first, others) = missed.split_first()?;
    let detail = format!(
        "抽查{}个已发布的标题，{}个在搜索结果第一页找不到，如“{}”。",
        questions.len(),
        missed.len(),
        first.query
    );
    let finding = Finding::new(
        "miss",
        "missed",
        detail,
        first.evidence.quoting(&first.query),
    )
    .with_url(&form.action)
    .with_count(u32::try_from(missed.len()).unwrap_or(u32::MAX))
    .with_places(
        missed
            .iter()
            .map(|question| support::place(&question.expected_url, &question.query)),
    );
    let finding = others.iter().fold(finding, |finding, question| {
        finding.with_evidence(question.evidence.quoting(&question.query))
    });
    Some(finding)
}

/// Results count as unclassified when no result page shows classes and at least one was seen not to.
fn unclassified(questions: &[&SearchQuestion]) -> Option<Finding> {
    if questions
        .iter()
        .any(|question| question.classified == Some(true))
    {
        return None;
    }
    let question = questions
        .iter()
        .find(|question| question.classified == Some(false))?;
    let finding = Finding::new(
        "unclassified",
        "unclassified",
        "站内搜索结果未分类展现。",
        question.evidence.quoting(&question.query),
    )
    .with_url(&question.evidence.url)
    .with_confidence(Confidence::Medium);
    Some(finding)
}

/// So many articles for a word that nobody published, and the search answers everything with the same.
const LISTED_MIN: usize = 3;

fn nonsense_found(search: &SearchFacts) -> Option<Finding> {
    let answer = search.nonsense.as_ref()?;
    let first = answer
        .shown
        .first()
        .filter(|_| answer.shown.len() >= LISTED_MIN)?;
    let detail = format!(
        "搜索没有人发布过的词“{}”，列出{}条本站信息，如“{}”，结果与所搜内容无关。",
        answer.query,
        answer.shown.len(),
        first.text
    );
    let finding = Finding::new(
        "nonsense",
        "nonsense_found",
        detail,
        answer.evidence.quoting(&answer.query),
    )
    .with_url(&answer.evidence.url)
    .with_places(
        answer
            .shown
            .iter()
            .map(|place| support::place(&place.url, &place.text)),
    )
    .with_confidence(Confidence::Medium);
    Some(finding)
}

fn unread(questions: &[&SearchQuestion]) -> Vec<Doubt> {
    questions
        .iter()
        .filter(|question| question.found.is_none())
        .map(|question| {
            support::doubt(
                "miss",
                "missed",
                UndeterminedReason::Incomplete,
                format!("搜索“{}”的结果没有读出。", question.query),
            )
        })
        .collect()
}
