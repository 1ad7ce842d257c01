//! From deductions to score sheets, the sample and the earlier rounds, as [`crate::stats`] wants them.

use std::collections::BTreeMap;

use super::{Folder, rows};
use crate::indicator::{Indicator, IndicatorKind, IndicatorSet};
use crate::notice::inputs::NoticeTarget;
use crate::points::Points;
use crate::registry::{Account, Level, Site, SiteKind, State, Target, TargetClass, TargetId};
use crate::round::{Sample, Subject};
use crate::score::{IndicatorScore, Outcome, ScoreSheet};
use crate::sheet::CellError;
use crate::stats::PreviousRound;

/// 一行得分. Deductions per indicator, or the score alone for rounds long past.
#[derive(Clone, Debug)]
pub enum Scored {
    /// Points taken, by indicator id.
    Deductions(BTreeMap<String, Points>),
    /// ② as published.
    Score(Points),
}

/// Scores by round and target.
pub type Scores = BTreeMap<String, BTreeMap<TargetId, (usize, Scored)>>;

fn deductions(set: &IndicatorSet) -> Vec<&Indicator> {
    let is_one = |indicator: &&Indicator| {
        indicator.kind == IndicatorKind::Deduct
            && indicator.applies_to.contains(&TargetClass::Portal)
    };
    set.indicators.iter().filter(is_one).collect()
}

/// `scores.csv`.
pub fn scores(
    folder: &mut Folder<'_>,
    set: &IndicatorSet,
    targets: &BTreeMap<TargetId, NoticeTarget>,
) -> Scores {
    let indicators = deductions(set);
    let mut columns = vec!["轮次", "编号", "得分"];
    columns.extend(indicators.iter().map(|indicator| indicator.level2.as_str()));
    let mut scores = Scores::new();
    folder.rows("scores.csv", &columns, |record, errors| {
        let target = rows::known_target(record, targets, errors)?;
        let round = record.required("轮次", errors).to_owned();
        let scored = match record.parsed::<Points>("得分", "分值", errors) {
            Some(score) => Scored::Score(score),
            None => {
                let mut taken = BTreeMap::new();
                for indicator in &indicators {
                    let column = &indicator.level2;
                    let amount = record.parsed::<Points>(column, "分值", errors);
                    match amount {
                        None => errors
                            .push(record.error(column, "须填扣分（没有扣分填 0），或只填“得分”列")),
                        Some(amount) if amount < Points::ZERO || amount > indicator.points => {
                            let problem = format!(
                                "扣 {} 分，应在 0 到 {} 之间",
                                amount.short(),
                                indicator.points.short()
                            );
                            errors.push(record.error(column, problem));
                        }
                        Some(amount) => drop(taken.insert(indicator.id.clone(), amount)),
                    }
                }
                Scored::Deductions(taken)
            }
        };
        let earlier = scores
            .entry(round)
            .or_default()
            .insert(target, (record.row, scored));
        if earlier.is_some() {
            errors.push(record.error("编号", "同一轮次出现两次"));
        }
        Some(())
    });
    scores
}

/// 已评轮次. What the statistics are reckoned from.
pub struct ScoredRound {
    /// Targets with scores and outcomes filled in.
    pub targets: BTreeMap<TargetId, NoticeTarget>,
    /// Sheets of the drawn targets.
    pub sheets: Vec<(Subject, ScoreSheet)>,
    /// Frame and draw.
    pub sample: Sample,
    /// Earlier rounds, oldest first.
    pub previous: Vec<PreviousRound>,
    /// Targets without scores.
    pub errors: Vec<CellError>,
}

/// Scores the round and lays out its sample and the earlier rounds.
pub fn score_round(
    round: &str,
    earlier: &[String],
    province_code: &str,
    set: &IndicatorSet,
    targets: &BTreeMap<TargetId, NoticeTarget>,
    scores: &Scores,
) -> ScoredRound {
    let empty = BTreeMap::new();
    let own = scores.get(round).unwrap_or(&empty);
    let mut scored = ScoredRound {
        targets: BTreeMap::new(),
        sheets: Vec::new(),
        sample: Sample::default(),
        previous: earlier
            .iter()
            .map(|id| previous_round(id, set, scores.get(id)))
            .collect(),
        errors: Vec::new(),
    };
    for target in targets.values() {
        let stratum = stratum(target, province_code);
        scored
            .sample
            .frame
            .entry(stratum.clone())
            .or_default()
            .push(target.id.clone());
        let mut target = target.clone();
        if target.drawn {
            *scored.sample.quotas.entry(stratum.clone()).or_default() += 1;
            scored.sample.drawn.insert(target.id.clone(), stratum);
            match sheet(&target, set, own.get(&target.id).map(|(_, scored)| scored)) {
                Ok(sheet) => {
                    target.score = sheet.deduct_score;
                    target.outcome = Some(sheet.outcome);
                    scored.sheets.push((subject(&target), sheet));
                }
                Err(problem) => scored.errors.push(CellError {
                    file: "scores.csv".to_owned(),
                    row: 0,
                    column: "编号".to_owned(),
                    problem: format!("{round} 的“{}”（{}）{problem}", target.id, target.name),
                }),
            }
        }
        scored.targets.insert(target.id.clone(), target);
    }
    scored
}

fn stratum(target: &NoticeTarget, province_code: &str) -> String {
    match (target.class, target.level) {
        (TargetClass::Portal, Level::Province) => "portal/province".to_owned(),
        (TargetClass::Portal, Level::City) => "portal/city".to_owned(),
        (TargetClass::Portal, Level::County) => "portal/county".to_owned(),
        (TargetClass::Department | TargetClass::Supervisor, _) => "department".to_owned(),
        (TargetClass::Account, level) => {
            let city: String = target
                .region_code
                .chars()
                .take(4)
                .chain("00".chars())
                .collect();
            let region = if level == Level::Province {
                province_code
            } else {
                &city
            };
            format!("account/{}/{region}", target.platform)
        }
    }
}

fn sheet(
    target: &NoticeTarget,
    set: &IndicatorSet,
    scored: Option<&Scored>,
) -> Result<ScoreSheet, String> {
    let mut sheet = ScoreSheet {
        target: target.id.clone(),
        class: target.class,
        indicators: Vec::new(),
        deduct_score: None,
        deduct_score_low: None,
        bonus_score: None,
        final_score: None,
        outcome: target.outcome.unwrap_or(Outcome::Qualified),
    };
    let Some(formula) = set
        .formula
        .as_ref()
        .filter(|formula| formula.scored.contains(&target.class))
    else {
        return Ok(sheet);
    };
    if target.outcome == Some(Outcome::Unqualified) {
        // 结论 filled in as 不合格 is a veto: nothing is scored after it.
        sheet.final_score = formula.vetoed_score;
        return Ok(sheet);
    }
    let Some(Scored::Deductions(taken)) = scored else {
        return Err("缺少各指标扣分".to_owned());
    };
    sheet.indicators = deductions(set)
        .into_iter()
        .map(|indicator| indicator_score(indicator, taken))
        .collect();
    let lost: Points = sheet.indicators.iter().map(|score| score.amount).sum();
    let score = (formula.deduct_total - lost).max(Points::ZERO);
    sheet.deduct_score = Some(score);
    sheet.deduct_score_low = Some(score);
    sheet.final_score = Some(score);
    if score < formula.fail_below {
        sheet.outcome = Outcome::Unqualified;
    }
    Ok(sheet)
}

fn indicator_score(indicator: &Indicator, taken: &BTreeMap<String, Points>) -> IndicatorScore {
    IndicatorScore {
        indicator: indicator.id.clone(),
        points: indicator.points,
        amount: taken.get(&indicator.id).copied().unwrap_or_default(),
        open_amount: Points::ZERO,
        is_veto: false,
        may_veto: false,
        not_applicable: false,
        unmeasured: false,
        findings: Vec::new(),
        open: Vec::new(),
    }
}

fn previous_round(
    id: &str,
    set: &IndicatorSet,
    scores: Option<&BTreeMap<TargetId, (usize, Scored)>>,
) -> PreviousRound {
    let mut round = PreviousRound {
        id: id.to_owned(),
        title: id.to_owned(),
        ..PreviousRound::default()
    };
    let total = set
        .formula
        .as_ref()
        .map_or(Points::whole(100), |formula| formula.deduct_total);
    for (target, (_, scored)) in scores.into_iter().flatten() {
        let score = match scored {
            Scored::Score(score) => *score,
            Scored::Deductions(taken) => {
                round.deductions.insert(target.clone(), taken.clone());
                (total - taken.values().copied().sum()).max(Points::ZERO)
            }
        };
        round.portal_scores.insert(target.clone(), score);
    }
    round.with_indices_of(set)
}

fn subject(target: &NoticeTarget) -> Subject {
    Subject {
        target: registry_entry(target),
        organization_name: target.unit.clone(),
        region_name: target.region.clone(),
        region_path: region_path(target),
        reporting_name: None,
        sibling_accounts: Vec::new(),
    }
}

/// Names of the regions above, nearest first.
fn region_path(target: &NoticeTarget) -> Vec<String> {
    let province = "本省".to_owned();
    match target.level {
        Level::Province => Vec::new(),
        Level::City => vec![province],
        Level::County => vec![target.city.clone(), province],
    }
}

/// The registry entry as far as the folder knows it; statistics ask only for class, number and region.
fn registry_entry(target: &NoticeTarget) -> Target {
    if target.class == TargetClass::Account {
        return Target::Account(Account {
            id: target.id.clone(),
            name: target.name.clone(),
            platform: target.platform.clone(),
            kind: String::new(),
            organization: target.unit.clone(),
            region: target.region_code.clone(),
            certified_subject: target.unit.clone(),
            page_url: None,
            feed_url: None,
            download_url: None,
            state: State::Running,
            opened: None,
        });
    }
    let is_portal = target.class == TargetClass::Portal;
    Target::Site(Site {
        id: target.id.clone(),
        name: target.name.clone(),
        home: String::new(),
        kind: if is_portal {
            SiteKind::Portal
        } else {
            SiteKind::Department
        },
        organization: target.unit.clone(),
        region: target.region_code.clone(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    })
}
