//! 通报对象: every running target of the registry, the drawn ones with what the round came to.

use std::collections::BTreeMap;

use crate::indicator::IndicatorSet;
use crate::notice::inputs::{NoticeTarget, Serious};
use crate::registry::{Account, Level, Registry, State, Target, TargetClass, TargetId};
use crate::results::{Results, TargetResult};
use crate::review::{Decision, latest};
use crate::round::Subject;
use crate::score::tally::tally;
use crate::verdict::Verdict;
use crate::{judge::Judged, judge::Judgement};

const NAME_CHECK: &str = "nonconforming_name";

/// 地名. Finds level, city and short name of what lies in a division.
pub(super) struct Places<'a> {
    registry: &'a Registry,
    /// 省本级: what stands in the place of a city for the province's own.
    own: String,
}

/// 所在. Where a target or unit lies.
pub(super) struct Place {
    /// Level of the division.
    pub level: Level,
    /// Its name.
    pub region: String,
    /// City above it, itself where it is one, 省本级 for the province.
    pub city: String,
}

impl<'a> Places<'a> {
    pub fn new(registry: &'a Registry, names: &BTreeMap<String, String>) -> Places<'a> {
        let level = names.get("province_level").map_or("省", String::as_str);
        Places {
            registry,
            own: format!("{level}本级"),
        }
    }

    /// Where a division code lies. A division that is not in the registry any more is placed by what the subject was filed with.
    pub fn of(&self, code: &str, subject: Option<&Subject>) -> Place {
        let path = subject.map_or(&[][..], |subject| &subject.region_path);
        let known = self.registry.regions.get(code);
        let level = known.map_or_else(|| level_of_path(path.len()), |region| region.level);
        let region = match (subject, known) {
            (Some(subject), _) => subject.region_name.clone(),
            (None, Some(region)) => region.name.clone(),
            (None, None) => code.to_owned(),
        };
        let city = match level {
            Level::Province => self.own.clone(),
            Level::City => region.clone(),
            // A county right under the province is its own city.
            Level::County => self
                .city_above(code)
                .or_else(|| path.first().filter(|_| path.len() > 1).cloned())
                .unwrap_or_else(|| region.clone()),
        };
        Place {
            level,
            region,
            city,
        }
    }

    fn city_above(&self, code: &str) -> Option<String> {
        let parent = self.registry.regions.get(code)?.parent.as_ref()?;
        let above = self.registry.regions.get(parent)?;
        (above.level == Level::City).then(|| above.name.clone())
    }
}

fn level_of_path(regions_above: usize) -> Level {
    match regions_above {
        0 => Level::Province,
        1 => Level::City,
        _ => Level::County,
    }
}

/// All running targets, and the drawn ones whatever their state.
pub(super) fn targets(
    results: &Results,
    registry: &Registry,
    places: &Places<'_>,
) -> BTreeMap<TargetId, NoticeTarget> {
    let sites = registry.sites.values().cloned().map(Target::Site);
    let accounts = registry.accounts.values().cloned().map(Target::Account);
    let mut targets: BTreeMap<TargetId, NoticeTarget> = sites
        .chain(accounts)
        .filter(is_running)
        .map(|target| (target.id().clone(), filed(&target, None, registry, places)))
        .collect();
    for result in &results.targets {
        let target = drawn(result, results, registry, places);
        targets.insert(target.id.clone(), target);
    }
    targets
}

fn is_running(target: &Target) -> bool {
    let state = match target {
        Target::Site(site) => site.state,
        Target::Account(account) => account.state,
    };
    state == State::Running
}

fn drawn(
    result: &TargetResult,
    results: &Results,
    registry: &Registry,
    places: &Places<'_>,
) -> NoticeTarget {
    let subject = &result.subject;
    NoticeTarget {
        drawn: true,
        outcome: Some(result.sheet.outcome),
        score: result.sheet.deduct_score,
        serious: serious(result),
        naming_conforms: naming_conforms(result, results),
        ..filed(&subject.target, Some(subject), registry, places)
    }
}

fn filed(
    target: &Target,
    subject: Option<&Subject>,
    registry: &Registry,
    places: &Places<'_>,
) -> NoticeTarget {
    let place = places.of(target.region(), subject);
    let unit = match subject {
        Some(subject) => subject.organization_name.clone(),
        None => registry
            .organizations
            .get(target.organization())
            .map_or(String::new(), |unit| unit.name.clone()),
    };
    let platform = match target {
        Target::Account(account) => platform(account),
        Target::Site(_) => String::new(),
    };
    NoticeTarget {
        id: target.id().clone(),
        name: target.name().to_owned(),
        label: label(target, &place),
        class: target.class(),
        level: place.level,
        region_code: target.region().to_owned(),
        region: place.region,
        city: place.city,
        unit,
        platform,
        drawn: false,
        outcome: None,
        score: None,
        serious: Serious::Open,
        naming_conforms: None,
        availability_percent: None,
        previous_availability_percent: None,
    }
}

/// A platform as the notice writes it.
pub(super) fn platform(account: &Account) -> String {
    if account.is_app() || account.platform == "客户端" {
        return "APP".to_owned();
    }
    account.platform.clone()
}

/// 柳州市柳北区 for the portal of a county, 柳州市 for that of a city; others by their name.
fn label(target: &Target, place: &Place) -> String {
    if target.class() != TargetClass::Portal {
        return target.name().to_owned();
    }
    if place.level != Level::County || place.region.starts_with(&place.city) {
        return place.region.clone();
    }
    format!("{}{}", place.city, place.region)
}

/// How a question was answered about the target: number of failures, or `None` where nobody answered.
pub(super) fn answer(result: &TargetResult, question: &str) -> Option<u32> {
    let id = result.subject.target.id();
    match latest(&result.reviews, id, "manual", question)?.decision {
        Decision::Confirmed => Some(1),
        Decision::Rejected => Some(0),
        Decision::Answered { number, .. } => Some(number),
        Decision::Withdrawn => None,
    }
}

fn serious(result: &TargetResult) -> Serious {
    let question = match result.subject.target {
        Target::Site(_) => "serious_problem",
        Target::Account(_) => "account_serious_problem",
    };
    match answer(result, question) {
        // Nobody can say that nothing serious was found while suspicions of it wait for a person.
        Some(0) if result.sheet.to_confirm > 0 => Serious::Open,
        None => Serious::Open,
        Some(0) => Serious::Clear,
        Some(_) => Serious::Found,
    }
}

/// Accounts by the answer of a person, sites by the check of names; `None` where neither said anything definite.
fn naming_conforms(result: &TargetResult, results: &Results) -> Option<bool> {
    if let Target::Account(_) = result.subject.target {
        return answer(result, "account_name").map(|faults| faults == 0);
    }
    let sets = std::iter::once(&results.round.set).chain(&results.round.also_listed);
    let said: Vec<bool> = sets.filter_map(|set| name_in(result, set)).collect();
    if said.is_empty() {
        return None;
    }
    Some(said.into_iter().all(|conforms| conforms))
}

fn name_in(result: &TargetResult, set: &IndicatorSet) -> Option<bool> {
    let id = result.subject.target.id();
    let judgement = result
        .judgements
        .iter()
        .find(|judgement| judgement.set == set.id && judgement.check == NAME_CHECK)?;
    if is_not_applicable(judgement) {
        return None;
    }
    let indicator = set.indicator(&judgement.indicator)?;
    let tally = tally(&set.id, indicator, id, &result.judgements, &result.reviews);
    // A name that differs in the reporting system only is listed there, and is no fault of the site's own name.
    let is_fault = tally
        .counted
        .iter()
        .any(|finding| finding.check == NAME_CHECK && finding.case != "reporting_name");
    if is_fault {
        return Some(false);
    }
    let is_open = tally.open.iter().any(|open| open.check == NAME_CHECK);
    (!is_open).then_some(true)
}

fn is_not_applicable(judgement: &Judgement) -> bool {
    matches!(
        &judgement.result,
        Judged::Known {
            verdict: Verdict::NotApplicable { .. }
        }
    )
}
