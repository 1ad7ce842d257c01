//! 整改: the life of a problem from notice to closed, derived from dated facts. No state is stored: the same facts give the same state.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, CalendarError};
use crate::indicator::IndicatorKind;
use crate::judge::{Judged, Judgement};
use crate::registry::TargetId;
use crate::results::{Results, TargetResult};
use crate::verdict::{Finding, Verdict};

pub mod letter;
pub mod rates;
pub mod remind;
pub mod stake;

/// 举一反三. What the unit says of problems of the same kind elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameKind {
    /// 已自查，没有同类问题.
    NoneFound,
    /// 已自查，同类问题一并整改.
    Fixed,
    /// 正在自查.
    Looking,
}

impl SameKind {
    /// Every answer, as forms list them.
    pub const ALL: [SameKind; 3] = [SameKind::NoneFound, SameKind::Fixed, SameKind::Looking];

    /// Chinese wording.
    pub fn zh(self) -> &'static str {
        match self {
            SameKind::NoneFound => "已自查，没有同类问题",
            SameKind::Fixed => "已自查，同类问题一并整改",
            SameKind::Looking => "正在自查",
        }
    }

    /// Its word in forms and sheets.
    pub fn word(self) -> &'static str {
        match self {
            SameKind::NoneFound => "none_found",
            SameKind::Fixed => "fixed",
            SameKind::Looking => "looking",
        }
    }

    /// The answer of a word.
    pub fn of_word(word: &str) -> Option<SameKind> {
        SameKind::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// 整改事实. What happened; the day stands beside it in [`Fact`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum FactKind {
    /// 发现: a round found it (again).
    Found {
        /// Round.
        round: String,
    },
    /// 通知: the unit was told, with the last day of the term. A later one sets a new term.
    Notified {
        /// Last day on which a reply is in time.
        deadline: Date,
    },
    /// 回复: the unit reported that it is put right.
    Replied {
        /// SHA-256 of the stamped files, where there are any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files_sha256: Vec<String>,
        /// What the unit says.
        note: String,
        /// 举一反三, where it was answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same_kind: Option<SameKind>,
    },
    /// 复查: somebody looked again.
    Rechecked {
        /// Whether it is put right.
        is_fixed: bool,
        /// By whom or by which round.
        by: String,
        /// What was seen; empty where nothing was noted.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// 撤销: taken back (appeal accepted, target closed or merged).
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// 撤回办结: the recheck that closed it was a mistake; the problem stands as before it.
    Undone {
        /// Why.
        reason: String,
    },
}

/// 事实. One dated fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Day.
    pub on: Date,
    /// What happened.
    #[serde(flatten)]
    pub kind: FactKind,
}

/// 问题编号. The same problem has the same identity in every round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProblemId {
    /// Target.
    pub target: TargetId,
    /// Check.
    pub check: String,
    /// Key of the finding.
    pub key: String,
}

/// 整改事项. One problem with all its facts, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectification {
    /// Which problem.
    pub problem: ProblemId,
    /// One sentence, as last found.
    pub detail: String,
    /// Facts, by day, of one day in the order they were written.
    pub facts: Vec<Fact>,
}

/// 整改状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RectifyState {
    /// 待通知.
    Found,
    /// 待整改.
    Notified,
    /// 逾期.
    Overdue,
    /// 待复查.
    Replied,
    /// 已办结.
    Closed,
    /// 复发: found again after it was closed, and not notified yet.
    Relapsed,
    /// 已撤销.
    Withdrawn,
}

impl RectifyState {
    /// Every state, in the order of a problem's life.
    pub const ALL: [RectifyState; 7] = [
        RectifyState::Found,
        RectifyState::Notified,
        RectifyState::Overdue,
        RectifyState::Replied,
        RectifyState::Relapsed,
        RectifyState::Closed,
        RectifyState::Withdrawn,
    ];

    /// Its word in addresses and columns.
    pub fn word(self) -> &'static str {
        match self {
            RectifyState::Found => "found",
            RectifyState::Notified => "notified",
            RectifyState::Overdue => "overdue",
            RectifyState::Replied => "replied",
            RectifyState::Closed => "closed",
            RectifyState::Relapsed => "relapsed",
            RectifyState::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<RectifyState> {
        RectifyState::ALL.into_iter().find(|own| own.word() == word)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            RectifyState::Found => "待通知",
            RectifyState::Notified => "待整改",
            RectifyState::Overdue => "逾期",
            RectifyState::Replied => "待复查",
            RectifyState::Closed => "已办结",
            RectifyState::Relapsed => "复发",
            RectifyState::Withdrawn => "已撤销",
        }
    }

    /// Whether nothing more has to be done.
    pub fn is_settled(self) -> bool {
        matches!(self, RectifyState::Closed | RectifyState::Withdrawn)
    }
}

/// 整改进度. Where a problem stands on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// State.
    pub state: RectifyState,
    /// Since when; of an overdue one the day after its deadline.
    pub since: Option<Date>,
    /// Last day of the term, once notified.
    pub deadline: Option<Date>,
    /// Whether the last reply came after the deadline.
    pub is_late: bool,
    /// How often it came back after it was closed.
    pub relapses: u32,
}

/// 整改错误. A fact that cannot follow the ones before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RectifyError {
    /// 重复. The same reply stands there already.
    #[error("同样的回复已经登记过，没有重复登记")]
    Again,
    /// Dated before the last fact.
    #[error("{on} 早于上一条记录的日期 {last}，请核对日期")]
    Earlier {
        /// Day of the new fact.
        on: Date,
        /// Day of the last one.
        last: Date,
    },
    /// Not possible in this state.
    #[error("当前状态是“{}”，不能登记“{what}”", .state.zh())]
    NotNow {
        /// State.
        state: RectifyState,
        /// What was to be written.
        what: String,
    },
    /// A term that ends before it begins.
    #[error("整改期限 {0} 早于通知日期")]
    Deadline(Date),
}

impl Rectification {
    /// A problem as a round found it.
    pub fn found(problem: ProblemId, detail: String, round: &str, on: Date) -> Rectification {
        let kind = FactKind::Found {
            round: round.to_owned(),
        };
        Rectification {
            problem,
            detail,
            facts: vec![Fact { on, kind }],
        }
    }

    /// Where it stands on `today`: facts of later days are not looked at.
    pub fn progress(&self, today: Date) -> Progress {
        let mut progress = Progress {
            state: RectifyState::Found,
            since: None,
            deadline: None,
            is_late: false,
            relapses: 0,
        };
        for fact in held(self.facts.iter().filter(|fact| fact.on <= today)) {
            step(&mut progress, fact);
        }
        let passed = progress.deadline.filter(|deadline| today > *deadline);
        if let (RectifyState::Notified, Some(deadline)) = (progress.state, passed) {
            progress.state = RectifyState::Overdue;
            progress.since = deadline.tomorrow().ok();
        }
        progress
    }

    /// Writes a further fact, where it can follow.
    pub fn add(&mut self, fact: Fact) -> Result<(), RectifyError> {
        if let Some(last) = self.facts.last().filter(|last| fact.on < last.on) {
            return Err(RectifyError::Earlier {
                on: fact.on,
                last: last.on,
            });
        }
        // A form that was sent twice says nothing new.
        let is_reply = matches!(fact.kind, FactKind::Replied { .. });
        if is_reply && self.facts.last() == Some(&fact) {
            return Err(RectifyError::Again);
        }
        let state = self.progress(fact.on).state;
        let (what, fits) = match &fact.kind {
            FactKind::Found { .. } => ("发现", true),
            FactKind::Notified { deadline } if *deadline < fact.on => {
                return Err(RectifyError::Deadline(*deadline));
            }
            FactKind::Notified { .. } => ("通知", !state.is_settled()),
            FactKind::Replied { .. } => (
                "回复",
                matches!(
                    state,
                    RectifyState::Notified | RectifyState::Overdue | RectifyState::Replied
                ),
            ),
            FactKind::Rechecked { .. } => ("复查", !state.is_settled()),
            FactKind::Withdrawn { .. } => ("撤销", !state.is_settled()),
            FactKind::Undone { .. } => ("撤回办结", state == RectifyState::Closed),
        };
        if !fits {
            let what = what.to_owned();
            return Err(RectifyError::NotNow { state, what });
        }
        self.facts.push(fact);
        Ok(())
    }
}

/// The facts that hold: without the rechecks that were a mistake, and without what says so.
fn held<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut held: Vec<&Fact> = Vec::new();
    for fact in facts {
        if !matches!(fact.kind, FactKind::Undone { .. }) {
            held.push(fact);
            continue;
        }
        let closes = |one: &&Fact| matches!(one.kind, FactKind::Rechecked { is_fixed: true, .. });
        if let Some(mistake) = held.iter().rposition(closes) {
            held.remove(mistake);
        }
    }
    held
}

fn step(progress: &mut Progress, fact: &Fact) {
    let before = progress.state;
    let after = match &fact.kind {
        FactKind::Found { .. } => match before {
            RectifyState::Closed => {
                progress.relapses += 1;
                progress.deadline = None;
                progress.is_late = false;
                RectifyState::Relapsed
            }
            RectifyState::Withdrawn => {
                progress.deadline = None;
                RectifyState::Found
            }
            // Found again although the unit says it is put right: the reply did not hold.
            RectifyState::Replied => RectifyState::Notified,
            open => open,
        },
        FactKind::Notified { deadline } => {
            progress.deadline = Some(*deadline);
            RectifyState::Notified
        }
        FactKind::Replied { .. } => {
            progress.is_late = progress.deadline.is_some_and(|deadline| fact.on > deadline);
            RectifyState::Replied
        }
        FactKind::Rechecked { is_fixed: true, .. } => RectifyState::Closed,
        FactKind::Rechecked { .. } => match before {
            RectifyState::Replied => RectifyState::Notified,
            open => open,
        },
        FactKind::Withdrawn { .. } => RectifyState::Withdrawn,
        // It took away what it is about already.
        FactKind::Undone { .. } => before,
    };
    if after != before || progress.since.is_none() {
        progress.since = Some(fact.on);
    }
    progress.state = after;
}

/// Last day of a term of working days after the day of the notice.
pub fn deadline_after(
    calendar: &Calendar,
    notified: Date,
    working_days: u32,
) -> Result<Date, CalendarError> {
    calendar.add_working_days(notified, working_days)
}

/// What a round does to the list of problems: what it counted is found (again), what it looked at and did not see any more is
/// rechecked as fixed. What it could not determine, or a person rejected, stays as it was.
pub fn follow(earlier: &[Rectification], results: &Results, on: Date) -> Vec<Rectification> {
    let mut by_problem: BTreeMap<ProblemId, Rectification> = earlier
        .iter()
        .map(|own| (own.problem.clone(), own.clone()))
        .collect();
    for target in &results.targets {
        let id = target.subject.target.id();
        let counted: BTreeMap<(&str, &str), &str> = target
            .sheet
            .indicators
            .iter()
            .filter(|score| !is_bonus(results, &score.indicator))
            .flat_map(|score| &score.findings)
            .map(|own| ((own.check.as_str(), own.key.as_str()), own.detail.as_str()))
            .collect();
        for own in by_problem
            .values_mut()
            .filter(|own| own.problem.target == *id)
        {
            let is_counted =
                counted.contains_key(&(own.problem.check.as_str(), own.problem.key.as_str()));
            let is_open = !own.progress(on).state.is_settled();
            if is_open && !is_counted && was_looked_at(target, &own.problem) {
                let kind = FactKind::Rechecked {
                    is_fixed: true,
                    by: results.round.id.clone(),
                    note: String::new(),
                };
                own.facts.push(Fact { on, kind });
            }
        }
        for ((check, key), detail) in counted {
            let problem = ProblemId {
                target: id.clone(),
                check: check.to_owned(),
                key: key.to_owned(),
            };
            let round = results.round.id.as_str();
            match by_problem.get_mut(&problem) {
                None => {
                    let fresh = Rectification::found(problem.clone(), detail.to_owned(), round, on);
                    by_problem.insert(problem, fresh);
                }
                Some(known) => {
                    let kind = FactKind::Found {
                        round: round.to_owned(),
                    };
                    let is_new = known.facts.iter().all(|fact| fact.kind != kind);
                    if is_new {
                        known.detail = detail.to_owned();
                        known.facts.push(Fact { on, kind });
                    }
                }
            }
        }
    }
    by_problem.into_values().collect()
}

/// Points that were earned are no problems.
fn is_bonus(results: &Results, indicator: &str) -> bool {
    let known = results.round.set.indicator(indicator);
    known.is_some_and(|indicator| indicator.kind == IndicatorKind::Bonus)
}

/// Whether the round's judgement of that check is known and says nothing at all of the problem.
fn was_looked_at(target: &TargetResult, problem: &ProblemId) -> bool {
    says_nothing_of(&target.judgements, problem)
}

/// 复查所见. What a new look by the check says of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// 已改好: the check looked and did not see it.
    Fixed,
    /// 仍然存在.
    Still,
    /// 无法判定: what was gathered does not tell.
    Unknown,
}

/// What new judgements of its check say of a problem.
pub fn seen(judgements: &[Judgement], problem: &ProblemId) -> Seen {
    let findings = judgements
        .iter()
        .filter(|own| own.check == problem.check)
        .filter_map(|own| match &own.result {
            Judged::Known {
                verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
            } => Some(findings),
            _ => None,
        });
    if findings.flatten().any(|finding| finding.key == problem.key) {
        return Seen::Still;
    }
    match says_nothing_of(judgements, problem) {
        true => Seen::Fixed,
        false => Seen::Unknown,
    }
}

fn says_nothing_of(judgements: &[Judgement], problem: &ProblemId) -> bool {
    let mut looked = false;
    let judged = judgements
        .iter()
        .filter(|judgement| judgement.check == problem.check);
    for judgement in judged {
        let (findings, doubts): (&[Finding], Vec<&str>) = match &judgement.result {
            Judged::Known {
                verdict: Verdict::Pass { undetermined },
            } => (
                &[],
                undetermined.iter().map(|own| own.key.as_str()).collect(),
            ),
            Judged::Known {
                verdict:
                    Verdict::Fail {
                        findings,
                        undetermined,
                    },
            } => (
                findings,
                undetermined.iter().map(|own| own.key.as_str()).collect(),
            ),
            _ => return false,
        };
        let mentioned: BTreeSet<&str> = findings
            .iter()
            .map(|own| own.key.as_str())
            .chain(doubts)
            .collect();
        if mentioned.contains(problem.key.as_str()) {
            return false;
        }
        looked = true;
    }
    looked
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "rectify_tests.rs"]
mod tests;
