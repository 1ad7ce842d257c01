//! 新建轮次: what is asked for, what would be drawn of it, and the round with its sample and subjects that follow.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

use super::{
    Coverage, Round, RoundError, Sample, Subject, check_deadline, check_id,
    fill_previous_followers, subjects,
};
use crate::indicator::IndicatorSet;
use crate::registry::{Registry, TargetId};
use crate::sample::{self, Quota, QuotaExcess, SampleError, SamplePlan};

/// Days between the monitoring point and the default deadline of rectification.
const RECTIFY_DAYS: i64 = 30;
/// Days of monitoring before the monitoring point, as the rule on home pages asks.
const MONITOR_DAYS: i64 = 14;
/// How many earlier rounds are looked through for a number of followers.
pub const ROUNDS_COMPARED: usize = 4;
/// Share of departments and accounts that is drawn where nothing else is asked for.
pub const USUAL_SHARE: Quota = Quota::Percent(30);

/// 轮次草案. A round as it is asked for; nothing of it is kept yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundDraft {
    /// Id such as `2026Q1`.
    pub id: String,
    /// Title; empty for the one that follows from the id.
    pub title: String,
    /// Coverage.
    pub coverage: Coverage,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Published seed of the draw.
    pub seed: String,
    /// Deadline of rectification; 30 days after the monitoring point where none is given.
    pub rectify_by: Option<Date>,
    /// The scored set.
    pub set: IndicatorSet,
    /// Further sets that are only listed.
    pub also_listed: Vec<IndicatorSet>,
    /// Departments to draw.
    pub departments: Quota,
    /// Accounts to draw.
    pub accounts: Quota,
}

/// 往期粉丝数. Followers as an earlier round had them, the latest round first in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EarlierFollowers {
    /// Round.
    pub round: String,
    /// Its monitoring day, where known.
    pub on: Option<Date>,
    /// By account.
    pub followers: BTreeMap<TargetId, u64>,
}

/// 抽样依据. What a draw rests on beside the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawInputs {
    /// The registry as it is.
    pub registry: Registry,
    /// Targets that failed in the round before: they are looked at again.
    pub forced: Vec<TargetId>,
    /// Followers of earlier rounds, the latest first.
    pub earlier: Vec<EarlierFollowers>,
    /// Names in the reporting system, where they were handed over.
    pub reporting_names: BTreeMap<TargetId, String>,
}

/// 抽样所得. A round that may be kept, with everything said of its draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The round.
    pub round: Round,
    /// Its sample.
    pub sample: Sample,
    /// Its subjects.
    pub subjects: Vec<Subject>,
    /// Quotas above what runs.
    pub excesses: Vec<QuotaExcess>,
    /// Targets that had to be taken and do not run any more.
    pub absent: Vec<TargetId>,
}

/// 新建错误. Why a round cannot be made as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A parameter.
    #[error(transparent)]
    Round(#[from] RoundError),
    /// The draw.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A day that no calendar has.
    #[error("监测时间点 {0} 前后的日期无法推算，请检查")]
    Day(DateTime),
    /// Nothing to draw from.
    #[error("名录是空的，请先在“名录”的“批量导入”页导入")]
    EmptyRegistry,
}

impl RoundDraft {
    /// The round that the draft asks for.
    pub fn round(&self) -> Result<Round, DraftError> {
        check_id(&self.id)?;
        let no_day = |_| DraftError::Day(self.as_of);
        let rectify_by = match self.rectify_by {
            Some(date) => date,
            None => self
                .as_of
                .date()
                .checked_add(RECTIFY_DAYS.days())
                .map_err(no_day)?,
        };
        check_deadline(self.as_of, rectify_by)?;
        let monitor_from = self.as_of.checked_sub(Span::new().days(MONITOR_DAYS));
        Ok(Round {
            id: self.id.clone(),
            title: match self.title.trim() {
                "" => title_of(&self.id),
                title => title.to_owned(),
            },
            coverage: self.coverage,
            monitor_from: monitor_from.map_err(no_day)?,
            as_of: self.as_of,
            seed: self.seed.clone(),
            rectify_by: rectify_by.to_string(),
            set: self.set.clone(),
            also_listed: self.also_listed.clone(),
            also_under: vec!["census-2015".to_owned()],
        })
    }

    /// Draws.
    pub fn draw(&self, inputs: &DrawInputs) -> Result<Drawn, DraftError> {
        let round = self.round()?;
        let registry = &inputs.registry;
        if registry.sites.is_empty() && registry.accounts.is_empty() {
            return Err(DraftError::EmptyRegistry);
        }
        let plan = SamplePlan {
            coverage: self.coverage,
            departments: self.departments,
            accounts: self.accounts,
            forced: inputs.forced.clone(),
        };
        let (sample, absent) = sample::draw(registry, &plan, &round.seed)?;
        let excesses = sample::excesses(&sample.frame, &plan);
        let mut subjects = subjects(registry, sample.drawn.keys(), &inputs.reporting_names);
        for earlier in &inputs.earlier {
            let place = (earlier.round.as_str(), earlier.on);
            fill_previous_followers(&mut subjects, place, &earlier.followers);
        }
        Ok(Drawn {
            round,
            sample,
            subjects,
            excesses,
            absent,
        })
    }
}

/// `2026Q1` → 2026年第一季度; other ids stay as they are.
pub fn title_of(id: &str) -> String {
    let quarters = [("Q1", "一"), ("Q2", "二"), ("Q3", "三"), ("Q4", "四")];
    let named = quarters
        .iter()
        .find_map(|(mark, word)| Some((id.strip_suffix(mark)?, word)));
    named.map_or_else(
        || id.to_owned(),
        |(year, word)| format!("{year}年第{word}季度"),
    )
}

/// The quarter after a quarter; `None` where the id is none.
pub fn next_quarter(id: &str) -> Option<String> {
    let (year, quarter) = id.split_once('Q')?;
    let (year, quarter): (i32, u8) = (year.parse().ok()?, quarter.parse().ok()?);
    match quarter {
        1..=3 => Some(format!("{year}Q{}", quarter + 1)),
        4 => Some(format!("{}Q1", year + 1)),
        _ => None,
    }
}

/// 分层计数. What a stratum holds, is to give and gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StratumCount {
    /// Stratum.
    pub name: String,
    /// Targets in it.
    pub frame: usize,
    /// To draw.
    pub quota: usize,
    /// Drawn.
    pub drawn: usize,
    /// Of these, taken because they failed before.
    pub forced: usize,
}

/// A sample counted by stratum, in their order.
pub fn strata(sample: &Sample) -> Vec<StratumCount> {
    let names: std::collections::BTreeSet<&String> =
        sample.frame.keys().chain(sample.drawn.values()).collect();
    let mut counts: BTreeMap<&String, StratumCount> = names
        .into_iter()
        .map(|name| {
            let count = StratumCount {
                name: name.clone(),
                frame: sample.frame.get(name).map_or(0, Vec::len),
                quota: sample.quotas.get(name).copied().unwrap_or(0),
                drawn: 0,
                forced: 0,
            };
            (name, count)
        })
        .collect();
    for stratum in sample.drawn.values() {
        if let Some(count) = counts.get_mut(stratum) {
            count.drawn += 1;
        }
    }
    for target in &sample.forced {
        let stratum = sample.drawn.get(target);
        if let Some(count) = stratum.and_then(|stratum| counts.get_mut(stratum)) {
            count.forced += 1;
        }
    }
    counts.into_values().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::{formula, set};

    fn draft() -> RoundDraft {
        RoundDraft {
            id: "2026Q1".into(),
            title: String::new(),
            coverage: Coverage::Census,
            as_of: "2026-03-20T09:00".parse().unwrap(),
            seed: "种子".into(),
            rectify_by: None,
            set: set(Vec::new(), formula()),
            also_listed: Vec::new(),
            departments: USUAL_SHARE,
            accounts: USUAL_SHARE,
        }
    }

    #[test]
    fn what_is_not_said_follows() {
        let round = draft().round().unwrap();
        assert_eq!(round.title, "2026年第一季度");
        assert_eq!(round.rectify_by, "2026-04-19");
        assert_eq!(round.monitor_from.to_string(), "2026-03-06T09:00:00");
        let named = RoundDraft {
            title: " 春季抽查 ".into(),
            ..draft()
        };
        assert_eq!(named.round().unwrap().title, "春季抽查");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let early = RoundDraft {
            rectify_by: Some("2026-03-01".parse().unwrap()),
            ..draft()
        };
        assert!(matches!(
            early.round(),
            Err(DraftError::Round(RoundError::Deadline { .. }))
        ));
        let bad = RoundDraft {
            id: "2026Q5".into(),
            ..draft()
        };
        assert!(matches!(
            bad.round(),
            Err(DraftError::Round(RoundError::Quarter(_)))
        ));
        let drawn = draft().draw(&DrawInputs::default());
        assert_eq!(drawn, Err(DraftError::EmptyRegistry));
    }

    #[test]
    fn quarters_follow_each_other() {
        for (id, next) in [
            ("2026Q1", Some("2026Q2")),
            ("2026Q4", Some("2027Q1")),
            ("spring", None),
            ("2026Q9", None),
        ] {
            assert_eq!(next_quarter(id).as_deref(), next, "{id}");
        }
    }

    #[test]
    fn strata_are_counted() {
        let ids = |from: u32, to: u32| (from..to).map(|n| TargetId(format!("{n:010}"))).collect();
        let frame: BTreeMap<String, Vec<TargetId>> = BTreeMap::from([
            ("department".to_owned(), ids(0, 10)),
            ("portal/city".to_owned(), ids(10, 12)),
        ]);
        let mut drawn = BTreeMap::new();
        for n in [0, 3] {
            drawn.insert(TargetId(format!("{n:010}")), "department".to_owned());
        }
        for n in [10, 11] {
            drawn.insert(TargetId(format!("{n:010}")), "portal/city".to_owned());
        }
        let sample = Sample {
            frame,
            quotas: BTreeMap::from([("department".into(), 2), ("portal/city".into(), 2)]),
            forced: vec![TargetId("0000000003".into())],
            drawn,
            ..Sample::default()
        };
        let counts: Vec<_> = strata(&sample)
            .into_iter()
            .map(|one| (one.name, one.frame, one.quota, one.drawn, one.forced))
            .collect();
        assert_eq!(
            counts,
            [
                ("department".to_owned(), 10, 2, 2, 1),
                ("portal/city".to_owned(), 2, 2, 2, 0)
            ]
        );
    }
}
