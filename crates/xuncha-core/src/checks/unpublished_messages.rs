//! 留言不公开、不回应: no channel, no published messages or statistics, nothing new, messages without an answer.
//!
//! * Why: who asks the government in public is entitled to an answer in public.
//! * Evidence used: the consultation channel, published messages with the days of question and answer, message statistics.
//! * Left to a person: whether an unanswered message is a valid one (medium confidence).
//! * Known misjudgements: a message that was answered too late passes, since it is answered; channels on another host are not seen.
//! * Source: 国办秘函〔2019〕19号 检查指标 单项否决“互动回应差”, 扣分“留言公开”; months are calendar months.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::evidence::EvidenceRef;
use crate::facts::model::{ColumnKind, Facts, SiteFacts, SiteMessage};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 情形. What this room can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// No effective channel for consultation.
    NoChannel,
    /// No message is published.
    NoMessages,
    /// No statistics of reception and answers.
    NoStatistics,
    /// Nothing new within the window.
    MessagesStale,
    /// A message without an answer.
    Unanswered,
}

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Which cases are reported.
    pub cases: BTreeSet<Case>,
    /// Something must have been published within so many calendar months.
    pub update_months: u16,
    /// A message without an answer for more than so many calendar months is unanswered.
    pub answer_months: u16,
    /// Messages of the last so many calendar months are looked at.
    pub lookback_months: u16,
    /// Columns whose messages do not count, by a word of their name.
    pub excluded_columns: Vec<String>,
    /// Titles of messages that are none.
    pub invalid_titles: Vec<String>,
}

impl Default for Params {
    fn default() -> Params {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Params {
            cases: BTreeSet::from([
                Case::NoChannel,
                Case::NoMessages,
                Case::NoStatistics,
                Case::MessagesStale,
                Case::Unanswered,
            ]),
            update_months: 2,
            answer_months: 3,
            lookback_months: 12,
            excluded_columns: words(&["访谈", "调查", "征集", "信访", "纪检", "举报"]),
            invalid_titles: words(&["测试", "test", "测试留言"]),
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 4;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("no_channel", "无有效咨询建言渠道"),
    ("no_messages", "未公开留言"),
    ("no_statistics", "未公开留言受理反馈统计"),
    ("messages_stale", "留言公开不更新"),
    ("unanswered", "留言超期未答复"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// What was found so far.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    doubts: Vec<Doubt>,
}

/// Judges the cases that the set asks for.
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
    let home = support::home(site)?;
    let messages: Vec<&SiteMessage> = site
        .messages
        .iter()
        .filter(|message| is_counted(site, message, params))
        .collect();
    let has_nothing = site.channel.is_none() && messages.is_empty() && !has_statistics(site);
    let mut found = Found::default();
    let absent = |case, key, detail: &str, found: &mut Found| {
        absent(site, &home.evidence, (case, key, detail), found);
    };
    let unread = support::unread(site, &[ColumnKind::Interaction]).filter(|_| messages.is_empty());
    let mut is_anything_judged = false;
    for case in &params.cases {
        let doubts_before = found.doubts.len();
        match case {
            Case::NoChannel if site.channel.is_none() => absent(
                "no_channel",
                "no_channel",
                "未提供有效的网上咨询建言渠道。",
                &mut found,
            ),
            Case::NoMessages | Case::NoStatistics if has_nothing => {
                found.doubts.push(without_channel(*case));
            }
            Case::NoMessages if messages.is_empty() => {
                absent("no_messages", "none", "未公开网民留言及答复。", &mut found);
            }
            Case::NoStatistics if !has_statistics(site) => absent(
                "no_statistics",
                "statistics",
                "未公开留言受理反馈情况统计数据。",
                &mut found,
            ),
            Case::MessagesStale if !messages.is_empty() => {
                stale(&messages, context, params, &mut found);
            }
            Case::MessagesStale | Case::Unanswered if let Some((reason, why)) = &unread => {
                let (key, case) = match case {
                    Case::MessagesStale => ("stale", "messages_stale"),
                    _ => ("unanswered", "unanswered"),
                };
                found.doubts.push(support::doubt(key, case, *reason, why));
            }
            Case::Unanswered => unanswered(&messages, context, params, &mut found),
            _ => {}
        }
        // Without a message nothing was seen that could be old or without an answer.
        let needs_messages = matches!(case, Case::MessagesStale | Case::Unanswered);
        let was_seen = !needs_messages || !messages.is_empty();
        is_anything_judged |= was_seen && found.doubts.len() == doubts_before;
    }
    support::verdict_of_judged(found.findings, found.doubts, is_anything_judged)
}

/// Messages of special columns (interviews, surveys, petitions …) and trials of the form are not counted.
fn is_counted(site: &SiteFacts, message: &SiteMessage, params: &Params) -> bool {
    let title = message.message.title.trim();
    if params
        .invalid_titles
        .iter()
        .any(|invalid| invalid.eq_ignore_ascii_case(title))
    {
        return false;
    }
    !site.columns.iter().any(|column| {
        params
            .excluded_columns
            .iter()
            .any(|word| column.name.contains(word.as_str()))
            && support::is_under(&message.message.url, &column.url)
    })
}

/// Without a channel there is nothing to publish: one root cause, reported as `no_channel`. The rest is open only should a person find
/// that there is a channel after all.
fn without_channel(case: Case) -> Doubt {
    let (key, case) = match case {
        Case::NoStatistics => ("statistics", "no_statistics"),
        _ => ("none", "no_messages"),
    };
    support::doubt(
        key,
        case,
        UndeterminedReason::Incomplete,
        "没有找到咨询建言渠道，也就没有留言可公开；如确认有渠道，请人工查看。",
    )
}

fn has_statistics(site: &SiteFacts) -> bool {
    site.statistics
        .iter()
        .any(|one| one.statistics.kind == "messages")
}

/// What is absent is a problem only where the pages that should show it could be read.
fn absent(
    site: &SiteFacts,
    home: &EvidenceRef,
    (case, key, detail): (&str, &str, &str),
    found: &mut Found,
) {
    if let Some((reason, why)) = support::unread(site, &[ColumnKind::Interaction]) {
        found.doubts.push(support::doubt(key, case, reason, why));
        return;
    }
    let evidence = site.channel.as_ref().unwrap_or(home);
    found.findings.push(
        Finding::new(key, case, detail, evidence.clone())
            .with_url(&evidence.url)
            .with_confidence(Confidence::Medium),
    );
}

fn stale(messages: &[&SiteMessage], context: &Context, params: &Params, found: &mut Found) {
    let day = |message: &SiteMessage| message.message.asked.max(message.message.replied);
    let newest = messages.iter().max_by_key(|message| day(message));
    let Some((message, day)) = newest.and_then(|message| Some((message, day(message)?))) else {
        found.doubts.push(support::doubt(
            "stale",
            "messages_stale",
            UndeterminedReason::Incomplete,
            "公开的留言没有读到日期。",
        ));
        return;
    };
    if day >= support::months_before(context.as_of, params.update_months) {
        return;
    }
    let detail = format!(
        "公开的留言最新日期为{day}，超过{}个月未更新。",
        params.update_months
    );
    let quote = format!("{day} {}", message.message.title);
    found.findings.push(
        Finding::new(
            "stale",
            "messages_stale",
            detail,
            message.evidence.quoting(&quote),
        )
        .with_url(&message.message.url),
    );
}

fn unanswered(messages: &[&SiteMessage], context: &Context, params: &Params, found: &mut Found) {
    let due = support::months_before(context.as_of, params.answer_months);
    let from = support::months_before(context.as_of, params.lookback_months);
    for message in messages.iter().filter(|message| !message.message.has_reply) {
        match message.message.asked {
            Some(asked) if asked < due && asked >= from => {
                found.findings.push(no_answer(message, asked, params));
            }
            Some(_) => {}
            None => found.doubts.push(support::doubt(
                format!("unanswered:{}", message.message.url),
                "unanswered",
                UndeterminedReason::Incomplete,
                format!(
                    "留言“{}”未见答复，也没有读到留言日期。",
                    message.message.title
                ),
            )),
        }
    }
}

fn no_answer(message: &SiteMessage, asked: Date, params: &Params) -> Finding {
    let title = &message.message.title;
    let detail = format!(
        "留言“{title}”（{asked}）超过{}个月未答复。",
        params.answer_months
    );
    let quote = format!("{asked} {title}");
    Finding::new(
        format!("unanswered:{}", message.message.url),
        "unanswered",
        detail,
        message.evidence.quoting(&quote),
    )
    .with_url(&message.message.url)
    .with_places([support::place(&message.message.url, title)])
    .with_confidence(Confidence::Medium)
}
