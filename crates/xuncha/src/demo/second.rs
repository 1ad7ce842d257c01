//! 第二轮. Two weeks on: the home pages alone, compared with what the first round saw of them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::round::Round;
use xuncha_core::verdict::Verdict;
use xuncha_gather::settings::Settings;

use super::accuracy::{self, Accuracy, Truth, TruthTarget};
use super::province::Province;
use crate::cli::RoundNewArgs;
use crate::commands;
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

/// Days between the rounds.
const DAYS_LATER: i64 = 14;
/// Pages per site: a home page with its frames.
const PAGES: usize = 4;
/// Cases that only a second round can find.
const CASES: [&str; 3] = ["home_changed", "new_script", "foreign_block"];
/// The round of the quarter that follows.
const ROUND: &str = "2026Q2";

/// Gathers and judges the second round, and measures what was found of the changes in between.
pub async fn run(
    data: &Data,
    rules: &Rules,
    (province, first): (&Province, &Round),
    truth: &Truth,
    out: &Path,
) -> Result<Accuracy> {
    let as_of = first
        .as_of
        .checked_add(jiff::Span::new().days(DAYS_LATER))
        .context("第二轮的监测时间点超出日历")?;
    let arguments = RoundNewArgs {
        id: ROUND.to_owned(),
        as_of,
        seed: format!("{ROUND}-{}", first.seed),
        set: first.set.id.clone(),
        also_listed: vec!["extras".to_owned()],
        census: true,
        departments: None,
        accounts: None,
        reporting: None,
        rectify_by: None,
    };
    let round = commands::round::create(data, rules, &arguments).await?;
    let mut settings = Settings {
        rate_per_host: None,
        rate_per_address: None,
        ..Settings::default()
    };
    let described = province.folder.join("province.json");
    let clock = jobs::gather::clock(Some(&described), &mut settings).await?;
    let extent = jobs::gather::Extent {
        max_pages: PAGES,
        has_visits: false,
    };
    let bars = jobs::gather::Bars::default();
    jobs::gather::run(data, rules, &round, settings, clock, extent, &bars).await?;
    let judged = jobs::judge::judge_round(data, rules, &round, &bars).await?;
    let machine: Vec<Judgement> = judged
        .into_iter()
        .flat_map(|(_, judgements)| judgements)
        .map(of_change)
        .collect();
    let seen: BTreeSet<String> = data
        .store
        .subjects(&first.id)
        .await?
        .iter()
        .map(|subject| subject.target.id().0.clone())
        .collect();
    let later = Truth {
        targets: truth
            .targets
            .iter()
            .filter(|target| seen.contains(&target.target))
            .map(TruthTarget::later)
            .collect(),
    };
    let measured = accuracy::measure(&later, &machine);
    super::write_json(&out.join("accuracy-second.json"), &measured)?;
    Ok(measured)
}

/// A judgement with what is about changes only.
fn of_change(mut judgement: Judgement) -> Judgement {
    if let Judged::Known {
        verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
    } = &mut judgement.result
    {
        findings.retain(|finding| CASES.contains(&finding.case.as_str()));
    }
    judgement
}
