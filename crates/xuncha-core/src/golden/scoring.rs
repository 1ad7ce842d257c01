//! From deductions to score sheets, the sample and the earlier rounds, as [`crate::stats`] wants them.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Listed;
use super::{Folder, RoundFile, cells};
use crate::indicator::{Indicator, IndicatorKind, IndicatorSet};
use crate::notice::inputs::NoticeTarget;
use crate::points::Points;
use crate::registry::{Account, Level, Site, SiteKind, State, Target, TargetClass, TargetId};
use crate::round::{Sample, Subject};
use crate::score::{IndicatorScore, Outcome, ScoreSheet};
use crate::sheet::{CellError, Record};
use crate::stats::PreviousRound;

/// 一行得分. Deductions per indicator, or the score alone for rounds long past.
#[derive(Clone, Debug)]
pub enum Scored {
    /// Points taken, by indicator id.
    Deductions(BTreeMap<String, Points>),
    /// ② as published.
    Score(Points),
    /// 无: the target has no score in that round, and whoever wrote the folder knows it.
    Without,
}

/// Scores by round and target. A row with a wrong cell is `None`: it is there, and its error has been told.
pub type Scores = BTreeMap<String, BTreeMap<TargetId, Option<Scored>>>;

/// What stands in 得分 where an earlier round has no score of the target.
const WITHOUT: &str = "无";

fn deductions(set: &IndicatorSet) -> Vec<&Indicator> {
    let is_one = |indicator: &&Indicator| {
        indicator.kind == IndicatorKind::Deduct
            && indicator.applies_to.contains(&TargetClass::Portal)
    };
    set.indicators.iter().filter(is_one).collect()
}

fn is_scored(set: &IndicatorSet, class: TargetClass) -> bool {
    let formula = set.formula.as_ref();
    formula.is_some_and(|formula| formula.scored.contains(&class))
}

fn deduct_total(set: &IndicatorSet) -> Points {
    let formula = set.formula_of(TargetClass::Portal);
    formula.map_or(Points::whole(100), |formula| formula.deduct_total)
}

/// `scores.csv`.
pub fn scores(
    folder: &mut Folder<'_>,
    round: &RoundFile,
    set: &IndicatorSet,
    listed: &Listed,
) -> Scores {
    let indicators = deductions(set);
    let mut columns = vec!["轮次", "编号", "得分"];
    columns.extend(indicators.iter().map(|indicator| indicator.level2.as_str()));
    let mut scores = Scores::new();
    let mut is_read = false;
    folder.rows("scores.csv", &columns, |record, errors| {
        is_read = record.has("轮次") && record.has("编号");
        let of_round = of_round(record, round, errors);
        let target = listed.known(record, errors);
        let scored = row(record, of_round == round.id, set, &indicators, errors);
        let target = target?;
        if let Some(known) = listed.targets.get(&target) {
            if !is_scored(set, known.class) {
                errors.push(record.error("编号", format!("“{target}”不是计分的对象")));
            } else if of_round == round.id && !known.drawn {
                errors.push(record.error("编号", format!("“{target}”本轮未抽中，不应有得分")));
            }
        }
        let rows = scores.entry(of_round.to_owned()).or_default();
        if rows.insert(target, scored).is_some() && !of_round.is_empty() {
            errors.push(record.error("编号", "同一轮次出现两次"));
        }
        Some(())
    });
    if is_read {
        missing(&scores, round, set, listed, folder.errors);
    }
    scores
}

/// The round of a row, which is this one or one that `round.toml` lists.
fn of_round<'a>(record: &Record<'a>, round: &RoundFile, errors: &mut Vec<CellError>) -> &'a str {
    let id = record.required("轮次", errors);
    if !id.is_empty() && id != round.id && !round.previous.iter().any(|known| known == id) {
        let problem = format!(
            "“{id}”不是本轮（{}），也不在 round.toml 的 previous 里",
            round.id
        );
        errors.push(record.error("轮次", problem));
    }
    id
}

/// Either the deductions or the score alone; `None` where a cell is wrong.
fn row(
    record: &Record<'_>,
    is_own: bool,
    set: &IndicatorSet,
    indicators: &[&Indicator],
    errors: &mut Vec<CellError>,
) -> Option<Scored> {
    let before = errors.len();
    let mut taken = BTreeMap::new();
    let has_score = !record.text("得分").is_empty();
    for indicator in indicators.iter().filter(|one| record.has(&one.level2)) {
        let column = &indicator.level2;
        if !record.text(column).is_empty() {
            let amount = cells::points(record, column, "扣", indicator.points, errors);
            taken.extend(amount.map(|amount| (indicator.id.clone(), amount)));
        } else if !has_score && record.has("得分") {
            errors.push(record.error(column, "须填扣分（没有扣分填 0），或只填“得分”列"));
        }
    }
    let scored = match record.text("得分") {
        "" => Scored::Deductions(taken),
        _ if is_own => {
            errors.push(record.error("得分", "本轮得分由扣分得出：此列空着，填各指标扣分"));
            return None;
        }
        WITHOUT => Scored::Without,
        _ => Scored::Score(cells::points(
            record,
            "得分",
            "得",
            deduct_total(set),
            errors,
        )?),
    };
    let is_filled = |one: &&&Indicator| !record.text(&one.level2).is_empty();
    if let Some(filled) = indicators.iter().find(is_filled).filter(|_| has_score) {
        let problem = format!("与各指标扣分只能填一种：“{}”列已填", filled.level2);
        errors.push(record.error("得分", problem));
    }
    (errors.len() == before).then_some(scored)
}

/// Drawn targets without a row, in this round and in the earlier ones; of a round without any row, the round.
fn missing(
    scores: &Scores,
    round: &RoundFile,
    set: &IndicatorSet,
    listed: &Listed,
    errors: &mut Vec<CellError>,
) {
    let file = "scores.csv";
    // 结论 filled in as 不合格 is a veto: nothing is scored after it in this round.
    let is_due = |target: &&NoticeTarget, is_own: bool| {
        target.drawn
            && is_scored(set, target.class)
            && !(is_own && target.outcome == Some(Outcome::Unqualified))
    };
    let rounds: Vec<&String> = round.previous.iter().chain([&round.id]).collect();
    // Whose round is written wrong is not missing as well: that has been told.
    let misplaced: BTreeSet<&TargetId> = scores
        .iter()
        .filter(|(id, _)| !rounds.contains(id))
        .flat_map(|(_, rows)| rows.keys())
        .collect();
    for id in rounds {
        let is_own = *id == round.id;
        let due: Vec<&NoticeTarget> = listed
            .targets
            .values()
            .filter(|target| is_due(target, is_own))
            .collect();
        let Some(rows) = scores.get(id) else {
            if !due.is_empty() {
                errors.push(cells::of_file(file, format!("没有 {id} 的得分")));
            }
            continue;
        };
        let is_missing = |target: &&&NoticeTarget| {
            !rows.contains_key(&target.id) && !misplaced.contains(&target.id)
        };
        for target in due.iter().filter(is_missing) {
            let advice = if is_own {
                "须填各指标扣分"
            } else {
                "那一轮没有得分的，“得分”列填 无"
            };
            let problem = format!("缺少 {id} 的“{}”（{}）：{advice}", target.id, target.name);
            errors.push(cells::of_file(file, problem));
        }
    }
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
}

/// Scores the round and lays out its sample and the earlier rounds.
pub fn score_round(
    round: &RoundFile,
    set: &IndicatorSet,
    targets: &BTreeMap<TargetId, NoticeTarget>,
    scores: &Scores,
) -> ScoredRound {
    let empty = BTreeMap::new();
    let own = scores.get(&round.id).unwrap_or(&empty);
    let mut scored = ScoredRound {
        targets: BTreeMap::new(),
        sheets: Vec::new(),
        sample: Sample::default(),
        previous: round
            .previous
            .iter()
            .map(|id| previous_round(id, set, scores.get(id)))
            .collect(),
    };
    for target in targets.values() {
        let stratum = stratum(target, &round.province_code);
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
            let row = own.get(&target.id).and_then(Option::as_ref);
            let sheet = sheet(&target, set, row);
            target.score = sheet.deduct_score;
            target.outcome = Some(sheet.outcome);
            scored.sheets.push((subject(&target), sheet));
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

/// The sheet of a drawn target; without deductions (which [`scores`] does not let pass) its outcome is open.
fn sheet(target: &NoticeTarget, set: &IndicatorSet, scored: Option<&Scored>) -> ScoreSheet {
    let mut sheet = ScoreSheet {
        target: target.id.clone(),
        class: target.class,
        indicators: Vec::new(),
        deduct_score: None,
        deduct_score_low: None,
        bonus_score: None,
        final_score: None,
        outcome: target.outcome.unwrap_or(Outcome::Qualified),
        to_confirm: 0,
    };
    let Some(formula) = set
        .formula_of(target.class)
        .filter(|formula| formula.scored.contains(&target.class))
    else {
        return sheet;
    };
    if target.outcome == Some(Outcome::Unqualified) {
        // 结论 filled in as 不合格 is a veto: nothing is scored after it.
        sheet.final_score = formula.vetoed_score;
        return sheet;
    }
    let Some(Scored::Deductions(taken)) = scored else {
        sheet.outcome = Outcome::Undetermined;
        return sheet;
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
    sheet
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
    scores: Option<&BTreeMap<TargetId, Option<Scored>>>,
) -> PreviousRound {
    let mut round = PreviousRound {
        id: id.to_owned(),
        title: id.to_owned(),
        ..PreviousRound::default()
    };
    let total = deduct_total(set);
    for (target, scored) in scores.into_iter().flatten() {
        let score = match scored {
            None | Some(Scored::Without) => continue,
            Some(Scored::Score(score)) => *score,
            Some(Scored::Deductions(taken)) => {
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
        kin: Default::default(),
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
            details: Default::default(),
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
