//! 机器复查与自查任务. One target looked at now: for one problem by the check that found it, or as a whole for its own unit.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use xuncha_core::checks::{self, Context};
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::facts::model::Facts;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judgement, judge_target};
use xuncha_core::rectify::{Fact, FactKind, Seen, seen};
use xuncha_core::registry::Target;
use xuncha_core::review::Review;
use xuncha_core::round::{Round, Subject, subjects};
use xuncha_core::score::{ScoreSheet, score};
use xuncha_gather::check::{CheckPlan, check_target_into};
use xuncha_gather::clock::RealClock;
use xuncha_gather::round::TargetJob;
use xuncha_gather::state::Limits;
use xuncha_store::StoreError;
use xuncha_store::job::JobState;
use xuncha_store::judge::findings_of;
use xuncha_store::recheck::Outcome;
use xuncha_store::rectify::NewFact;

use super::gather::Bars;
use super::judge::{facts_of, outside};
use crate::cli::NetworkArgs;
use crate::commands::now;
use crate::data::Data;
use crate::network;
use crate::rules::Rules;
use crate::wiring::FolderSink;

/// Problems that the result of a self-check names.
const NAMED: usize = 200;

/// What a recheck kept: what was seen, and on what.
#[derive(Serialize)]
struct Rechecked {
    seen: Seen,
    findings: Vec<SeenFinding>,
}

/// A finding with its evidence.
#[derive(Serialize)]
struct SeenFinding {
    check: String,
    detail: String,
    url: Option<String>,
    evidence: Vec<EvidenceRef>,
}

/// What a self-check kept: the score that would follow, and the problems.
#[derive(Serialize)]
struct SelfChecked {
    sheet: ScoreSheet,
    findings: Vec<SeenFinding>,
}

/// Looks at one problem again by its check, writes the fact down where the look tells, and keeps what was seen.
pub async fn run(data: &Data, rules: &Rules, args: &NetworkArgs, id: &str) -> Result<String> {
    let ended = recheck(data, rules, args, id).await;
    let (state, note, body) = match &ended {
        Ok((note, body)) => (JobState::Done, note.clone(), Some(body)),
        Err(error) => (JobState::Failed, format!("{error:#}"), None),
    };
    let outcome = Outcome {
        state,
        note: &note,
        body,
        at: now(),
    };
    data.store.end_recheck(id, &outcome).await?;
    ended.map(|(note, _)| note)
}

async fn recheck(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    id: &str,
) -> Result<(String, Rechecked)> {
    let asked = data.store.recheck(id).await?;
    let case = data.store.case(&asked.case, now().date()).await?;
    let problem = &case.problem;
    let known = checks::find(&problem.check);
    let needs = known.map_or(&[] as &[&str], |check| check.needs);
    if needs.is_empty() {
        bail!("这项问题不靠采集判定，请人工复查");
    }
    let round = data.store.round(&case.round).await?.round;
    let subject = data.store.subject(&round.id, &problem.target).await?;
    let facts = gather(data, rules, args, (&subject, Some(needs), &round.seed), id).await?;
    let mut judgements = Vec::new();
    for set in std::iter::once(&round.set).chain(&round.also_listed) {
        let context = context(&facts, &round);
        judgements.extend(judge_target(
            &only(set, &problem.check),
            &subject,
            &facts,
            &context,
        ));
    }
    let seen = seen(&judgements, problem);
    let note = match seen {
        Seen::Fixed => "机器复查：已改好",
        Seen::Still => "机器复查：问题仍然存在",
        Seen::Unknown => "机器复查：这次采集的证据不足以判定，请稍后再查或人工复查",
    };
    let mut note = note.to_owned();
    if seen != Seen::Unknown {
        let at = now();
        let kind = FactKind::Rechecked {
            is_fixed: seen == Seen::Fixed,
            by: "机器复查".to_owned(),
            note: format!("证据 {}", evidence_round(id)),
        };
        let new = NewFact {
            fact: Fact {
                on: at.date(),
                kind,
            },
            at,
            by: asked.by.clone(),
            owner: String::new(),
        };
        match data
            .store
            .add_case_facts(std::slice::from_ref(&asked.case), &new)
            .await
        {
            Ok(()) => {}
            // Somebody settled it meanwhile: what was seen stands beside it.
            Err(StoreError::Unfit(why)) => note.push_str(&format!("；{why}")),
            Err(other) => return Err(other.into()),
        }
    }
    let findings = named(&judgements);
    Ok((note, Rechecked { seen, findings }))
}

/// The set with the indicators that name the check, and nothing else in them.
fn only(set: &IndicatorSet, check: &str) -> IndicatorSet {
    let mut own = set.clone();
    own.indicators
        .retain(|indicator| indicator.checks.iter().any(|name| name == check));
    for indicator in &mut own.indicators {
        indicator.checks.retain(|name| name == check);
    }
    own
}

fn context(facts: &Facts, round: &Round) -> Context {
    let as_of = match facts {
        Facts::Site(site) => site.as_of,
        Facts::Account(account) => account.as_of,
    };
    Context {
        as_of,
        seed: round.seed.clone(),
    }
}

/// The folder under which the evidence of one look is kept.
fn evidence_round(id: &str) -> String {
    format!("look-{}", id.chars().take(24).collect::<String>())
}

async fn gather(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    (subject, needs, seed): (&Subject, Option<&[&str]>, &str),
    id: &str,
) -> Result<Facts> {
    let mut settings = network::settings(args)?;
    // What is looked at again is measured as it was in the round.
    settings.measures_layout = true;
    let name = evidence_round(id);
    let _held = data.evidence.hold(&name)?;
    let lexicons = rules.lexicons()?;
    let plan = CheckPlan {
        limits: Limits {
            pages: args.max_pages,
            ..Limits::default()
        },
        seed: seed.to_owned(),
        ..CheckPlan::default()
    };
    let sink = Arc::new(FolderSink::new(data.evidence.clone(), &name));
    let bars = Bars::default();
    let shared = Arc::new(lexicons.clone());
    let job = TargetJob::from(&subject.target);
    let clock = Arc::new(RealClock);
    check_target_into(job, needs, &plan, settings, shared, sink, clock, &bars).await?;
    let outside = outside(&data.evidence, &name)?;
    facts_of(&data.evidence, &name, subject, &outside, &lexicons)
}

fn named(judgements: &[Judgement]) -> Vec<SeenFinding> {
    let mut all: BTreeMap<(String, String), SeenFinding> = BTreeMap::new();
    for judgement in judgements {
        for finding in findings_of(judgement) {
            let place = (judgement.check.clone(), finding.key.clone());
            all.entry(place).or_insert_with(|| SeenFinding {
                check: judgement.check.clone(),
                detail: finding.detail.clone(),
                url: finding.url.clone(),
                evidence: finding.evidence().to_vec(),
            });
        }
    }
    all.into_values().take(NAMED).collect()
}

/// Looks at a whole target for its own unit, and reckons the score that would follow. What only people can answer is taken as they
/// answered it last.
pub async fn self_check(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    id: &str,
) -> Result<String> {
    let ended = check_itself(data, rules, args, id).await;
    let (state, note, body) = match &ended {
        Ok((note, body)) => (JobState::Done, note.clone(), Some(body)),
        Err(error) => (JobState::Failed, format!("{error:#}"), None),
    };
    let outcome = Outcome {
        state,
        note: &note,
        body,
        at: now(),
    };
    data.store.end_self_check(id, &outcome).await?;
    ended.map(|(note, _)| note)
}

async fn check_itself(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    id: &str,
) -> Result<(String, SelfChecked)> {
    let asked = data.store.self_check(id).await?;
    let round = data.store.round(&asked.round).await?.round;
    let registry = data.store.registry().await?;
    let names = BTreeMap::new();
    let drawn = std::iter::once(&asked.target);
    let subject = subjects(&registry, drawn, &names).into_iter().next();
    let subject = subject.with_context(|| format!("名录里没有 {}", asked.target))?;
    let facts = gather(data, rules, args, (&subject, None, &round.seed), id).await?;
    if let (Target::Site(site), Facts::Site(facts)) = (&subject.target, &facts)
        && facts.page_count == 0
    {
        bail!("{} 没有打开一个页面，无法自查；请核对网址与网络", site.home);
    }
    let context = context(&facts, &round);
    let judgements = judge_target(&round.set, &subject, &facts, &context);
    let history = data.store.review_history(&round.id, &asked.target).await?;
    let answers: Vec<Review> = history
        .into_iter()
        .filter(|review| review.check == "manual")
        .collect();
    let sheet = score(&round.set, &subject, &judgements, &answers);
    let findings = named(&judgements);
    let taken = match answers.is_empty() {
        true => "人工核查的项目未计",
        false => "人工核查的项目沿用本轮结论",
    };
    let note = format!("发现 {} 个问题；{taken}", findings.len());
    Ok((note, SelfChecked { sheet, findings }))
}
