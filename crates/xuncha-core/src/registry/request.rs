//! 申请: how what was filed is decided, level by level. A pure function of dated steps, like the life of a problem.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::filing::{Filing, RequestKind};
use super::sheet::EntryKind;
use super::{Level, Registry};

/// Days that the notice of a closing or merging site hangs at least (国办发〔2017〕47号).
pub const NOTICE_DAYS: i64 = 30;

/// 审核层级.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewLevel {
    /// 初审: the unit above, in the city or the department.
    First,
    /// 省级审核.
    Province,
}

impl ReviewLevel {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            ReviewLevel::First => "初审",
            ReviewLevel::Province => "省级审核",
        }
    }
}

/// 办理步骤.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// 提交.
    Filed,
    /// 通过.
    Approved,
    /// 退回.
    Returned,
    /// 撤回.
    Withdrawn,
    /// 挂出公告: what the unit says.
    Posted,
    /// 办结: the notice hung long enough, and the entry changes.
    Completed,
}

impl StepKind {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            StepKind::Filed => "提交",
            StepKind::Approved => "通过",
            StepKind::Returned => "退回",
            StepKind::Withdrawn => "撤回",
            StepKind::Posted => "挂出公告",
            StepKind::Completed => "办结",
        }
    }
}

/// 代为办理. Why somebody took a step that is another one's to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stead {
    /// 上级单位没有审核人.
    NobodyAbove,
    /// 省级没有第二名审核人: both levels by one person.
    NobodyElse,
}

impl Stead {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Stead::NobodyAbove => "上级单位没有审核人，由省级代为初审",
            Stead::NobodyElse => "省级没有其他审核人，两级由同一人审核",
        }
    }
}

/// 其他审核人. Who else could decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Somebody of the unit above who did not file it.
    pub above: bool,
    /// Somebody else of the province's office who did not file it.
    pub office: bool,
}

/// 办理记录. One step, dated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub kind: StepKind,
    /// At which level it was decided.
    pub level: Option<ReviewLevel>,
    /// When.
    pub at: DateTime,
    /// Id of the person.
    pub person: String,
    /// Name of the person.
    pub name: String,
    /// Reason, opinion or the day that a unit states.
    pub note: String,
    /// Why the person took it for somebody else.
    pub stead: Option<Stead>,
}

/// 申请状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// 待初审.
    WaitingFirst,
    /// 待省级审核.
    WaitingProvince,
    /// 公告期: approved, the notice hangs.
    Notice,
    /// 已生效: the registry holds it.
    Effective,
    /// 已退回.
    Returned,
    /// 已撤回.
    Withdrawn,
}

/// Each with its word and its Chinese name.
const STATES: [(RequestState, &str, &str); 6] = [
    (RequestState::WaitingFirst, "waiting_first", "待初审"),
    (
        RequestState::WaitingProvince,
        "waiting_province",
        "待省级审核",
    ),
    (RequestState::Notice, "notice", "公告期"),
    (RequestState::Effective, "effective", "已生效"),
    (RequestState::Returned, "returned", "已退回"),
    (RequestState::Withdrawn, "withdrawn", "已撤回"),
];

impl RequestState {
    /// Every state, as filters list them.
    pub fn all() -> impl Iterator<Item = RequestState> {
        STATES.iter().map(|(state, _, _)| *state)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        STATES
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, word, _)| word)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        STATES
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, _, zh)| zh)
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<RequestState> {
        RequestState::all().find(|state| state.word() == word)
    }

    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            RequestState::WaitingFirst | RequestState::WaitingProvince | RequestState::Notice
        )
    }
}

/// 审核路径. Who decides a request, fixed when it is filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What is asked.
    pub kind: RequestKind,
    /// Site or account.
    pub noun: EntryKind,
    /// Host unit.
    pub organization: String,
    /// The unit that decides first; `None` where the province decides alone.
    pub first: Option<String>,
    /// Id of who filed it.
    pub filed_by: String,
}

impl Course {
    /// The course of what is filed now.
    pub fn of(filing: &Filing, registry: &Registry, filed_by: &str) -> Course {
        Course {
            kind: filing.kind,
            noun: filing.noun,
            organization: filing.organization.clone(),
            first: first_reviewer(registry, &filing.organization),
            filed_by: filed_by.to_owned(),
        }
    }

    /// The levels that have to approve, in order. What is only corrected needs the nearest one.
    fn levels(&self) -> &'static [ReviewLevel] {
        match (&self.first, self.kind) {
            (Some(_), RequestKind::Correct) => &[ReviewLevel::First],
            (Some(_), _) => &[ReviewLevel::First, ReviewLevel::Province],
            (None, _) => &[ReviewLevel::Province],
        }
    }

    /// Where the request stands after these steps.
    pub fn state(&self, steps: &[Step]) -> RequestState {
        let mut approved = 0;
        for step in steps {
            match step.kind {
                StepKind::Returned => return RequestState::Returned,
                StepKind::Withdrawn => return RequestState::Withdrawn,
                StepKind::Completed => return RequestState::Effective,
                StepKind::Approved => approved += 1,
                StepKind::Filed | StepKind::Posted => {}
            }
        }
        match self.levels().get(approved) {
            Some(ReviewLevel::First) => RequestState::WaitingFirst,
            Some(ReviewLevel::Province) => RequestState::WaitingProvince,
            None if self.kind.needs_notice(self.noun) => RequestState::Notice,
            None => RequestState::Effective,
        }
    }

    /// The day from which it is approved by everybody; `None` before.
    pub fn approved_on(&self, steps: &[Step]) -> Option<Date> {
        let approvals = steps.iter().filter(|step| step.kind == StepKind::Approved);
        let last = approvals.take(self.levels().len());
        let approvals: Vec<&Step> = last.collect();
        (approvals.len() == self.levels().len())
            .then(|| approvals.last().map(|step| step.at.date()))
            .flatten()
    }
}

/// The unit that decides first of what `organization` files: the nearest one above it in a city, or the department of the province that
/// it belongs to. Nobody, where the unit stands directly below the province's own office or no unit above is filed.
pub fn first_reviewer(registry: &Registry, organization: &str) -> Option<String> {
    let mut chain = Vec::new();
    let mut at = registry.organizations.get(organization)?;
    // Bounded, so that a circle in the data ends.
    for _ in 0..8 {
        let Some(above) = at
            .parent
            .as_ref()
            .and_then(|id| registry.organizations.get(id))
        else {
            break;
        };
        chain.push(above);
        at = above;
    }
    let city = chain.iter().find(|unit| unit.level == Level::City);
    let department = chain
        .first()
        .filter(|unit| unit.level == Level::Province && unit.parent.is_some());
    let first = city.or(department)?;
    (first.id != organization).then(|| first.id.clone())
}

/// 审核人. Who wants to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewer<'a> {
    /// Id of the person.
    pub person: &'a str,
    /// Unit, of people of a unit.
    pub unit: Option<&'a str>,
    /// Of the province's office, which may decide at every level.
    pub is_office: bool,
}

/// 不能办理的原因.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// One's own filing.
    Own,
    /// Not at this level, or not of this unit.
    Level,
    /// The unit above has people of its own for this.
    Above,
    /// The first level was decided by the same person.
    Twice,
    /// Nothing waits for a decision.
    Settled,
    /// The notice does not hang long enough.
    Early,
    /// Nobody knows since when the notice hangs.
    NoNotice,
}

impl Refusal {
    /// What to say to people.
    pub fn zh(self) -> &'static str {
        match self {
            Refusal::Own => "不能审核本人或本单位提交的申请",
            Refusal::Level => "这一步不由您审核",
            Refusal::Above => "这一步由上级单位初审，上级单位有审核人，省级不代为初审",
            Refusal::Twice => "初审是您做的，省级审核须由另一人办理",
            Refusal::Settled => "这件申请已经办理，请刷新页面",
            Refusal::Early => "公告未满30天，还不能办结",
            Refusal::NoNotice => "机器没有看到公告，单位也没有填报挂出日期，还不能办结",
        }
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        match self {
            Refusal::Own => "Nobody decides what he or his unit filed",
            Refusal::Level => "This step is not yours to decide",
            Refusal::Above => "The unit above has people of its own who decide this step",
            Refusal::Twice => "You decided the first level; somebody else has to decide this one",
            Refusal::Settled => "This request was decided already; reload the page",
            Refusal::Early => "The notice has not hung for 30 days yet",
            Refusal::NoNotice => {
                "The machine saw no notice, and the unit has not said when it was put up"
            }
        }
    }
}

/// At which level a reviewer decides what waits, and in whose place; why he may not otherwise. The office decides for a unit above that has
/// nobody, and one person decides at both levels only where nobody else could.
pub fn may_review(
    course: &Course,
    state: RequestState,
    steps: &[Step],
    reviewer: &Reviewer<'_>,
    others: Others,
) -> Result<(ReviewLevel, Option<Stead>), Refusal> {
    let level = match state {
        RequestState::WaitingFirst => ReviewLevel::First,
        RequestState::WaitingProvince => ReviewLevel::Province,
        _ => return Err(Refusal::Settled),
    };
    if reviewer.person == course.filed_by || reviewer.unit == Some(course.organization.as_str()) {
        return Err(Refusal::Own);
    }
    if level == ReviewLevel::First {
        let is_first = reviewer.unit.is_some() && reviewer.unit == course.first.as_deref();
        return match (is_first, reviewer.is_office, others.above) {
            (true, _, _) => Ok((level, None)),
            (false, true, false) => Ok((level, Some(Stead::NobodyAbove))),
            (false, true, true) => Err(Refusal::Above),
            (false, false, _) => Err(Refusal::Level),
        };
    }
    if !reviewer.is_office {
        return Err(Refusal::Level);
    }
    let mut approvals = steps.iter().filter(|step| step.kind == StepKind::Approved);
    match approvals.any(|step| step.person == reviewer.person) {
        false => Ok((level, None)),
        true if others.office => Err(Refusal::Twice),
        true => Ok((level, Some(Stead::NobodyElse))),
    }
}

/// Whether the office may settle a closing whose notice began on `start`.
pub fn may_complete(
    course: &Course,
    state: RequestState,
    reviewer: &Reviewer<'_>,
    start: Option<Date>,
    today: Date,
) -> Result<(), Refusal> {
    if state != RequestState::Notice {
        return Err(Refusal::Settled);
    }
    if reviewer.person == course.filed_by || reviewer.unit == Some(course.organization.as_str()) {
        return Err(Refusal::Own);
    }
    if !reviewer.is_office {
        return Err(Refusal::Level);
    }
    let start = start.ok_or(Refusal::NoNotice)?;
    match days_after(start, NOTICE_DAYS) <= today {
        true => Ok(()),
        false => Err(Refusal::Early),
    }
}

/// A day so many days later; the last day of the calendar where it ends before.
pub fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days))
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "request_tests.rs"]
mod tests;
