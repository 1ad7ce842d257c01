//! 判定任务. Stored evidence → facts → judgements → results. Offline; the same bytes whatever the machine.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use jiff::civil::Date;
use xuncha_core::checks::Context;
use xuncha_core::evidence::Capture;
use xuncha_core::facts::model::{FactRecord, Facts, NoticeTerm};
use xuncha_core::facts::{self, EarlierRound, Lexicons};
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judgement, judge_suspended, judge_target};
use xuncha_core::registry::watch::watched;
use xuncha_core::registry::{Target, TargetId};
use xuncha_core::results::Results;
use xuncha_core::review::correction::{Correction, correct};
use xuncha_core::review::{Review, keep_confirmed};
use xuncha_core::round::{Round, Subject};
use xuncha_core::score::score_in;
use xuncha_core::stats::PreviousRound;
use xuncha_gather::report::Progress;
use xuncha_store::Page;
use xuncha_store::evidence::EvidenceFolder;
use xuncha_store::registry_request::RequestFilter;
use xuncha_store::round::{RoundRow, RoundState};

use crate::data::Data;
use crate::jobs::lists;
use crate::rules::Rules;

/// The pseudo target that holds what was seen of addresses outside the inspected sites.
pub const OUTSIDE: &str = "_outside";

/// The checks that compare rounds.
const COMPARING: [&str; 2] = ["forged_dates", "tampered_page"];

/// Judges every subject of a round under its own sets, with the stored evidence.
pub async fn judge_round(
    data: &Data,
    rules: &Rules,
    round: &Round,
    progress: &dyn Progress,
) -> Result<Vec<(Subject, Vec<Judgement>)>> {
    let mut sets = vec![round.set.clone()];
    sets.extend(round.also_listed.iter().cloned());
    let subjects = data.store.subjects(&round.id).await?;
    let work = Work {
        evidence: &data.evidence,
        lexicons: lists::of_round(data, rules, &round.id).await?.lexicons()?,
        outside: outside(&data.evidence, &round.id)?,
        context: Context::of(round),
        round: &round.id,
        sets: &sets,
        corrections: corrections(data, &round.id, None).await?,
        day: round.as_of.date(),
        suspended: data.store.suspended_on(round.as_of.date()).await?,
        earlier: earlier(data, round, &sets).await?,
        notices: notices(data, round).await?,
    };
    progress.started("判定", subjects.len() as u64);
    let next = AtomicUsize::new(0);
    let judged: Mutex<BTreeMap<usize, Result<Vec<Judgement>>>> = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(subject) = subjects.get(index) else {
                            return;
                        };
                        let result = work.judge(subject);
                        progress.advanced("判定", 1);
                        judged
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .insert(index, result);
                    }
                });
            }
        });
    });
    progress.finished("判定");
    let judged = judged
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    subjects
        .into_iter()
        .zip(judged.into_values())
        .map(|(subject, result)| Ok((subject, result?)))
        .collect()
}

struct Work<'a> {
    evidence: &'a EvidenceFolder,
    lexicons: Lexicons,
    outside: Outside,
    context: Context,
    round: &'a str,
    sets: &'a [IndicatorSet],
    /// What people read otherwise.
    corrections: BTreeMap<TargetId, Vec<Correction>>,
    /// The day of the check, and what was closed on it by approval.
    day: Date,
    suspended: BTreeMap<TargetId, (Date, Date)>,
    /// Earlier rounds that dates and home pages are compared with, latest first; none where no set asks.
    earlier: Vec<String>,
    /// What the registry's watch saw of notices until the monitoring point, by target.
    notices: BTreeMap<TargetId, Vec<NoticeTerm>>,
}

impl Work<'_> {
    fn judge(&self, subject: &Subject) -> Result<Vec<Judgement>> {
        if let Some(days) = self.suspended.get(subject.target.id()) {
            let sets = self.sets.iter();
            let said = sets.flat_map(|set| judge_suspended(set, subject, self.day, *days));
            return Ok(said.collect());
        }
        let mut facts = self.facts(subject)?;
        self.lay_earlier_beside(subject, &mut facts)?;
        if let (Facts::Site(site), Some(seen)) = (&mut facts, self.notices.get(subject.target.id()))
        {
            site.notices.clone_from(seen);
        }
        if let Some(own) = self.corrections.get(subject.target.id()) {
            correct(&mut facts, own);
        }
        Ok(self
            .sets
            .iter()
            .flat_map(|set| judge_target(set, subject, &facts, &self.context))
            .collect())
    }

    /// Lays what the latest earlier round with evidence of the same site saw beside the facts.
    fn lay_earlier_beside(&self, subject: &Subject, facts: &mut Facts) -> Result<()> {
        let Facts::Site(site) = facts else {
            return Ok(());
        };
        for round in &self.earlier {
            let id = subject.target.id();
            let records = self.evidence.records(round, id);
            let records =
                records.with_context(|| format!("往轮 {round} 中对象 {id} 的证据读不出来"))?;
            let mut seen = EarlierRound::new(round);
            for record in records {
                seen.see(&record?);
            }
            if !seen.is_empty() {
                seen.beside(site);
                break;
            }
        }
        Ok(())
    }

    fn facts(&self, subject: &Subject) -> Result<Facts> {
        facts_of(
            self.evidence,
            self.round,
            subject,
            &self.outside,
            &self.lexicons,
        )
    }
}

/// Rounds back to which evidence of the same site is looked for.
const EARLIER_MAX: usize = 4;

/// Rounds of before, latest first, where a set asks for what they saw.
async fn earlier(data: &Data, round: &Round, sets: &[IndicatorSet]) -> Result<Vec<String>> {
    let asks = |set: &IndicatorSet| {
        let mut checks = set.indicators.iter().flat_map(|own| &own.checks);
        checks.any(|check| COMPARING.contains(&check.as_str()))
    };
    if !sets.iter().any(asks) {
        return Ok(Vec::new());
    }
    let mut rounds = data.store.rounds(Page::ALL).await?.rows;
    rounds.retain(|row| row.round.as_of < round.as_of);
    rounds.sort_by_key(|row| std::cmp::Reverse((row.round.as_of, row.round.id.clone())));
    let ids = rounds.into_iter().map(|row| row.round.id);
    Ok(ids.take(EARLIER_MAX).collect())
}

/// What the registry's watch saw of notices until the monitoring point, judged where the registry judges it.
async fn notices(data: &Data, round: &Round) -> Result<BTreeMap<TargetId, Vec<NoticeTerm>>> {
    let filter = RequestFilter {
        is_watched: true,
        ..RequestFilter::default()
    };
    let today = round.as_of.date();
    let mut terms: BTreeMap<TargetId, Vec<NoticeTerm>> = BTreeMap::new();
    for request in data.store.requests(&filter, Page::ALL).await?.rows {
        let (Some(target), Some(watch)) = (request.filing.target.clone(), request.watch()) else {
            continue;
        };
        if watch.since > today {
            continue;
        }
        let mut seen = data.store.sightings(&request.id).await?;
        seen.retain(|look| look.at <= round.as_of);
        let told = watched(&watch, &seen, today);
        let old = request.filing.before.get("home").cloned();
        terms.entry(target).or_default().push(NoticeTerm {
            kind: watch.kind,
            url: old.unwrap_or_default(),
            state: told.state,
            start: told.start,
            due: told.due,
            first_seen: told.first_seen,
            last_seen: told.last_seen,
            looks: u32::try_from(told.looks).unwrap_or(u32::MAX),
            quote: seen
                .last()
                .map(|look| look.quote.clone())
                .unwrap_or_default(),
        });
    }
    Ok(terms)
}

/// What people read otherwise than the machine, by target: in this round, and in earlier ones what a column is.
async fn corrections(
    data: &Data,
    round: &str,
    target: Option<&TargetId>,
) -> Result<BTreeMap<TargetId, Vec<Correction>>> {
    let mut by_target: BTreeMap<TargetId, Vec<Correction>> = BTreeMap::new();
    for standing in data.store.standing_corrections(round, target).await? {
        let correction = standing.correction;
        let own = by_target.entry(correction.target.clone()).or_default();
        own.push(correction);
    }
    Ok(by_target)
}

/// Judges one target again, with what people corrected since, and keeps judgements, decisions and its sheet together.
pub async fn judge_one(data: &Data, rules: &Rules, round: &Round, target: &TargetId) -> Result<()> {
    let mut sets = vec![round.set.clone()];
    sets.extend(round.also_listed.iter().cloned());
    let subject = data.store.subject(&round.id, target).await?;
    let work = Work {
        evidence: &data.evidence,
        lexicons: lists::of_round(data, rules, &round.id).await?.lexicons()?,
        outside: outside(&data.evidence, &round.id)?,
        context: Context::of(round),
        round: &round.id,
        sets: &sets,
        corrections: corrections(data, &round.id, Some(target)).await?,
        day: round.as_of.date(),
        suspended: data.store.suspended_on(round.as_of.date()).await?,
        earlier: earlier(data, round, &sets).await?,
        notices: notices(data, round).await?,
    };
    let fresh = tokio::task::block_in_place(|| work.judge(&subject))?;
    let earlier = data.store.judgements(&round.id, Some(target)).await?;
    let mut reviews = data.store.review_history(&round.id, target).await?;
    let judgements = keep_confirmed(&earlier, fresh, &reviews);
    let now = crate::commands::now();
    let exempted = data
        .store
        .exempted(&round.id, &judgements, &reviews, now)
        .await?;
    reviews.extend(exempted.iter().cloned());
    let sheet = score_in(round, &subject, &judgements, &reviews);
    let transaction = data.store.begin().await?;
    transaction
        .put_target_judgements(&round.id, target, &judgements)
        .await?;
    let entries = transaction.put_reviews(&exempted).await?;
    transaction
        .put_sheet(&round.id, &round.set.id, &sheet)
        .await?;
    transaction.audit(&entries).await?;
    Ok(transaction.commit().await?)
}

/// The facts of a target, put together from its records.
pub fn facts_of(
    evidence: &EvidenceFolder,
    round: &str,
    subject: &Subject,
    outside: &Outside,
    lexicons: &Lexicons,
) -> Result<Facts> {
    let id = subject.target.id();
    let records = evidence
        .records(round, id)
        .and_then(Iterator::collect::<xuncha_store::Result<Vec<FactRecord>>>)
        .with_context(|| format!("对象 {id} 的证据读不出来；用 xuncha evidence verify 核验"))?;
    Ok(match &subject.target {
        Target::Site(site) => Facts::Site(Box::new(facts::assemble_site(
            site,
            records.into_iter().chain(outside.pages.iter().cloned()),
            &outside.looks,
            lexicons,
        ))),
        Target::Account(account) => Facts::Account(Box::new(facts::assemble_account(
            account,
            records.into_iter(),
            lexicons,
        ))),
    })
}

/// 站外所见. What was seen of outside addresses of a round.
#[derive(Default)]
pub struct Outside {
    /// By address, in the order of the looks.
    pub looks: BTreeMap<String, Vec<Capture>>,
    /// Pages that advertise what nobody should link.
    pub pages: Vec<FactRecord>,
}

/// What was seen of outside addresses.
pub fn outside(evidence: &EvidenceFolder, round: &str) -> Result<Outside> {
    let mut seen = Outside::default();
    for record in evidence
        .records(round, &TargetId::from(OUTSIDE))
        .context("站外链接的证据读不出来")?
    {
        match record? {
            FactRecord::Look(capture) => {
                let looks = seen.looks.entry(capture.url.clone()).or_default();
                looks.push(capture);
            }
            page @ FactRecord::Page(_) => seen.pages.push(page),
            _ => {}
        }
    }
    Ok(seen)
}

/// Keeps judgements and score sheets of a round, confirmed findings included, and answers with its results.
pub async fn store_judgements(
    data: &Data,
    round: &Round,
    fresh: Vec<(Subject, Vec<Judgement>)>,
) -> Result<Results> {
    let earlier = data.store.judgements(&round.id, None).await?;
    let mut reviews = data.store.reviews(&round.id).await?;
    let kept: Vec<(Subject, Vec<Judgement>)> = fresh
        .into_iter()
        .map(|(subject, judgements)| {
            let own: Vec<Judgement> = earlier
                .iter()
                .filter(|old| old.target == *subject.target.id())
                .cloned()
                .collect();
            let judgements = keep_confirmed(&own, judgements, &reviews);
            (subject, judgements)
        })
        .collect();
    let all: Vec<Judgement> = kept
        .iter()
        .flat_map(|(_, judgements)| judgements.iter().cloned())
        .collect();
    data.store.put_judgements(&round.id, &all).await?;
    let history = data.store.all_reviews(&round.id).await?;
    let now = crate::commands::now();
    let exempted = data.store.exempted(&round.id, &all, &history, now).await?;
    data.store.put_reviews(&exempted).await?;
    reviews.extend(exempted);
    let results = results(data, round.clone(), kept, reviews).await?;
    keep_scores(data, &results).await?;
    data.store
        .set_round_state(&round.id, RoundState::Judged)
        .await?;
    Ok(results)
}

/// Keeps score sheets and figures, for the pages that list them.
pub async fn keep_scores(data: &Data, results: &Results) -> Result<()> {
    let (round, set) = (&results.round.id, &results.round.set.id);
    let sheets: Vec<_> = results
        .targets
        .iter()
        .map(|target| target.sheet.clone())
        .collect();
    data.store.put_sheets(round, set, &sheets).await?;
    Ok(data.store.put_stats(round, set, &results.stats).await?)
}

/// The results of a round from judgements and reviews, compared with the earlier rounds that the store knows.
pub async fn results(
    data: &Data,
    round: Round,
    judged: Vec<(Subject, Vec<Judgement>)>,
    reviews: Vec<Review>,
) -> Result<Results> {
    let sample = data
        .store
        .sample(&round.id)
        .await?
        .context("这一轮还没有抽样")?;
    let previous = previous_rounds(data, &round.id).await?;
    let mut reviews_of: BTreeMap<TargetId, Vec<Review>> = BTreeMap::new();
    for review in reviews {
        reviews_of
            .entry(review.target.clone())
            .or_default()
            .push(review);
    }
    let judged = judged
        .into_iter()
        .map(|(subject, judgements)| {
            let own = reviews_of.remove(subject.target.id()).unwrap_or_default();
            (subject, judgements, own)
        })
        .collect();
    Ok(Results::reckon(round, sample, previous, judged))
}

/// Results of a round from what is stored, without judging.
pub async fn stored_results(data: &Data, row: &RoundRow) -> Result<Results> {
    Ok(data.store.results(&row.round).await?)
}

/// Earlier rounds that the store knows, oldest first.
pub async fn previous_rounds(data: &Data, round: &str) -> Result<Vec<PreviousRound>> {
    Ok(data.store.earlier_rounds(round).await?)
}
