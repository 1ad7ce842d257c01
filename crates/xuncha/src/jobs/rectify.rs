//! 整改任务. Follows a round's problems, reckons its rates, writes reminders into the outbox.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use jiff::civil::{Date, DateTime};
use sha2::{Digest, Sha256};
use xuncha_core::rectify::rates::{RoundRates, rates};
use xuncha_core::rectify::remind::{Due, RemindSettings, digest};
use xuncha_core::rectify::stake::stake;
use xuncha_core::rectify::{Rectification, follow};
use xuncha_core::registry::TargetId;
use xuncha_core::results::Results;
use xuncha_core::round::Subject;
use xuncha_store::Page;
use xuncha_store::outbox::{Contact, NewMessage, ReminderMark};
use xuncha_store::rectify::{CaseFile, CaseFilter, CaseRow, Opened, case_id};
use xuncha_store::round::RoundState;

use super::judge::stored_results;
use crate::data::Data;

/// Kind of the job that follows a round; the pages ask for it.
pub const FOLLOW_JOB: &str = "rectify_follow";

/// Opens cases for what a scored round found, and brings those up to date that stand there already.
pub async fn open(data: &Data, round: &str, by: &str, at: DateTime) -> Result<Opened> {
    let row = data.store.round(round).await?;
    if row.state != RoundState::Judged && !row.state.is_closed() {
        bail!("轮次 {round} 还没有判定评分，不能建立整改事项");
    }
    let results = stored_results(data, &row).await?;
    let earlier = data.store.rectifications(None).await?;
    let files = files(&earlier, &results, at.date());
    let opened = data.store.follow_cases(round, &files, by, at).await?;
    reckon_rates(data, round, at.date()).await?;
    Ok(opened)
}

/// The cases that the round changes, with what lists show of them.
fn files(earlier: &[Rectification], results: &Results, on: Date) -> Vec<CaseFile> {
    let known: BTreeMap<String, usize> = earlier
        .iter()
        .map(|case| (case_id(&case.problem), case.facts.len()))
        .collect();
    let targets: BTreeMap<&TargetId, (&Subject, _)> = results
        .targets
        .iter()
        .map(|target| (target.subject.target.id(), (&target.subject, &target.sheet)))
        .collect();
    let followed = follow(earlier, results, on);
    let fresh = followed
        .into_iter()
        .filter(|case| known.get(&case_id(&case.problem)) != Some(&case.facts.len()));
    let file = |case: Rectification| {
        let (subject, sheet) = targets.get(&case.problem.target)?;
        let (stake, indicators) = stake(&results.round.set, sheet, &case.problem);
        Some(CaseFile {
            target_name: subject.target.name().to_owned(),
            organization: subject.target.organization().to_owned(),
            unit_name: subject.organization_name.clone(),
            region: subject.target.region().to_owned(),
            region_name: subject.region_name.clone(),
            round: results.round.id.clone(),
            case,
            indicators,
            stake,
        })
    };
    fresh.filter_map(file).collect()
}

/// Reckons how much of what a round found is put right, and keeps it.
pub async fn reckon_rates(data: &Data, round: &str, today: Date) -> Result<RoundRates> {
    let cases = data.store.rectifications(Some(round)).await?;
    let subjects = data.store.subjects(round).await?;
    let looked_at: BTreeSet<TargetId> = subjects
        .iter()
        .map(|subject| subject.target.id().clone())
        .collect();
    let rates = rates(&cases, round, &looked_at, today);
    data.store.put_round_rates(round, today, &rates).await?;
    Ok(rates)
}

/// 催办小结.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Units that have something due.
    pub units: u64,
    /// Messages written.
    pub messages: u64,
    /// Units that cannot be reached: nobody said how.
    pub unreachable: u64,
}

/// Writes the reminders of a day into the outbox, one message for each unit and way to reach it. Running it again writes nothing new.
pub async fn remind(
    data: &Data,
    settings: &RemindSettings,
    today: Date,
    (now, address): (DateTime, &str),
) -> Result<Reminded> {
    let filter = CaseFilter {
        is_open: true,
        ..CaseFilter::default()
    };
    let cases = data.store.cases(&filter, today, Page::ALL).await?.rows;
    let mut by_unit: BTreeMap<&str, Vec<(&CaseRow, ReminderMark)>> = BTreeMap::new();
    for case in &cases {
        let (Some(step), Some(deadline)) =
            (settings.step(&case.progress, today), case.progress.deadline)
        else {
            continue;
        };
        let mark = ReminderMark {
            case: case.id.clone(),
            deadline,
            step,
        };
        let unit = by_unit.entry(&case.organization).or_default();
        unit.push((case, mark));
    }
    let mut reminded = Reminded::default();
    for (unit, due) in by_unit {
        remind_unit(
            data,
            settings,
            (unit, &due),
            (today, now, address),
            &mut reminded,
        )
        .await?;
    }
    Ok(reminded)
}

async fn remind_unit(
    data: &Data,
    settings: &RemindSettings,
    (unit, due): (&str, &[(&CaseRow, ReminderMark)]),
    (today, now, address): (Date, DateTime, &str),
    reminded: &mut Reminded,
) -> Result<()> {
    let contacts = data.store.contacts(Some(unit), Page::ALL).await?.rows;
    if contacts.is_empty() {
        // Nothing is marked: once somebody says how to reach the unit, it is told.
        reminded.units += 1;
        reminded.unreachable += 1;
        return Ok(());
    }
    let marks: Vec<ReminderMark> = due.iter().map(|(_, mark)| mark.clone()).collect();
    let transaction = data.store.begin().await?;
    let fresh = transaction.mark_reminders(&marks).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let named: Vec<Due> = due
        .iter()
        .filter(|(_, mark)| fresh.contains(mark))
        .map(|(case, mark)| Due {
            deadline: mark.deadline,
            target: case.target_name.clone(),
            detail: case.detail.clone(),
        })
        .collect();
    let name = due.first().map_or("", |(case, _)| case.unit_name.as_str());
    let message = digest(name, &named, today, address);
    let mut written = 0;
    for contact in &contacts {
        let new = NewMessage {
            idempotency_key: key(unit, contact, today),
            channel: contact.channel,
            address: contact.address.clone(),
            secret: contact.secret.clone(),
            organization: unit.to_owned(),
            subject: message.subject.clone(),
            text: message.lines.join("\n"),
            due_at: settings.leaves_at(now),
        };
        written += u64::from(transaction.put_message(&new, now).await?);
    }
    if written == 0 {
        // The unit had its message of the day: what came up since is not marked, and stands in that of tomorrow.
        return Ok(());
    }
    reminded.units += 1;
    reminded.messages += written;
    Ok(transaction.commit().await?)
}

/// One message a unit, way and day.
fn key(unit: &str, contact: &Contact, today: Date) -> String {
    let place = format!("{}\n{}", contact.channel.word(), contact.address);
    let hash = hex::encode(Sha256::digest(place.as_bytes()));
    format!("remind/{today}/{unit}/{}", &hash[..12])
}

/// The day that is meant, or today.
pub fn day(text: Option<Date>, now: DateTime) -> Result<Date> {
    match text {
        Some(day) if day > now.date() => bail!("日期 {day} 还没有到"),
        Some(day) => Ok(day),
        None => Ok(now.date()),
    }
}

/// The id of a case that begins as was typed; the whole id or a beginning that only one has.
pub async fn known_case(data: &Data, typed: &str, today: Date) -> Result<CaseRow> {
    let row = data.store.case(typed, today).await;
    row.with_context(|| format!("没有整改事项“{typed}”；用 xuncha rectify list 查看"))
}
