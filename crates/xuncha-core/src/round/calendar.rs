//! 轮次日历: when each phase of a round is planned. What is planned never moves what is frozen: it tells people what comes next, and what is
//! late.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Round;

/// 阶段.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// 抽样与公布种子.
    Draw,
    /// 采集.
    Gather,
    /// 判定.
    Judge,
    /// 人工复核.
    Review,
    /// 申诉.
    Appeal,
    /// 关闭与冻结.
    Freeze,
    /// 通报会签与发布.
    Notice,
    /// 整改.
    Rectify,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Phase; 8] = [
        Phase::Draw,
        Phase::Gather,
        Phase::Judge,
        Phase::Review,
        Phase::Appeal,
        Phase::Freeze,
        Phase::Notice,
        Phase::Rectify,
    ];

    /// Its word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Draw => "draw",
            Phase::Gather => "gather",
            Phase::Judge => "judge",
            Phase::Review => "review",
            Phase::Appeal => "appeal",
            Phase::Freeze => "freeze",
            Phase::Notice => "notice",
            Phase::Rectify => "rectify",
        }
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Phase::Draw => "抽样与公布",
            Phase::Gather => "采集",
            Phase::Judge => "判定",
            Phase::Review => "人工复核",
            Phase::Appeal => "申诉",
            Phase::Freeze => "关闭与冻结",
            Phase::Notice => "通报会签与发布",
            Phase::Rectify => "整改",
        }
    }
}

/// 计划时段. First and last day of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedPhase {
    /// Phase.
    pub phase: Phase,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// What is planned where nobody planned anything: gathering as the round freezes it, then three days to judge, ten to review, five to
/// appeal, and the notice before the time of rectification begins to press.
pub fn usual_plan(round: &Round) -> Vec<PlannedPhase> {
    let as_of = round.as_of.date();
    let begin = round.monitor_from.date();
    let day = |days: i64| as_of.checked_add(days.days()).unwrap_or(as_of);
    let before = |days: i64| begin.checked_sub(days.days()).unwrap_or(begin);
    let last = round.rectify_by.parse().unwrap_or_else(|_| day(30));
    let phase = |phase, from, to| PlannedPhase { phase, from, to };
    vec![
        phase(Phase::Draw, before(5), before(1)),
        phase(Phase::Gather, begin, as_of),
        phase(Phase::Judge, day(0), day(2)),
        phase(Phase::Review, day(1), day(10)),
        phase(Phase::Appeal, day(11), day(15)),
        phase(Phase::Freeze, day(16), day(16)),
        phase(Phase::Notice, day(16), day(20)),
        phase(Phase::Rectify, day(20).min(last), last),
    ]
}

/// What is wrong with a plan, by phase.
pub fn faults(plan: &[PlannedPhase]) -> Vec<(Phase, &'static str)> {
    let mut wrong = Vec::new();
    for one in plan {
        if one.to < one.from {
            wrong.push((one.phase, "结束早于开始"));
        }
    }
    let begins = |phase| {
        plan.iter()
            .find(|one| one.phase == phase)
            .map(|one| one.from)
    };
    let ends = |phase| plan.iter().find(|one| one.phase == phase).map(|one| one.to);
    // Phases overlap, but none begins before the one that it needs began, and nothing can be decided after the freeze.
    let pairs = Phase::ALL.windows(2);
    for pair in pairs {
        if let (Some(first), Some(second)) = (begins(pair[0]), begins(pair[1]))
            && second < first
        {
            wrong.push((pair[1], "早于前一阶段的开始"));
        }
    }
    for phase in [Phase::Review, Phase::Appeal] {
        if let (Some(end), Some(freeze)) = (ends(phase), begins(Phase::Freeze))
            && end > freeze
        {
            wrong.push((phase, "冻结以后不能再复核或受理申诉"));
        }
    }
    wrong
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::round::Coverage;

    fn round() -> Round {
        Round {
            id: "2026Q1".into(),
            title: String::new(),
            coverage: Coverage::Census,
            monitor_from: "2026-03-06T09:00".parse().unwrap(),
            as_of: "2026-03-20T09:00".parse().unwrap(),
            seed: "种子".into(),
            rectify_by: "2026-04-30".into(),
            set: crate::testing::set(Vec::new(), crate::testing::formula()),
            also_listed: Vec::new(),
            also_under: Vec::new(),
        }
    }

    #[test]
    fn the_usual_plan_has_every_phase_once_and_nothing_wrong() {
        let plan = usual_plan(&round());
        let phases: Vec<Phase> = plan.iter().map(|one| one.phase).collect();
        assert_eq!(phases, Phase::ALL);
        assert_eq!(faults(&plan), []);
        assert_eq!(plan[1].to.to_string(), "2026-03-20");
        assert_eq!(plan[7].to.to_string(), "2026-04-30");
    }

    #[test]
    fn what_cannot_follow_is_said() {
        let mut plan = usual_plan(&round());
        plan[3].to = "2026-04-20".parse().unwrap();
        assert_eq!(
            faults(&plan),
            [(Phase::Review, "冻结以后不能再复核或受理申诉")]
        );
        plan = usual_plan(&round());
        plan[2].from = "2026-03-01".parse().unwrap();
        plan[2].to = "2026-02-01".parse().unwrap();
        assert_eq!(
            faults(&plan),
            [
                (Phase::Judge, "结束早于开始"),
                (Phase::Judge, "早于前一阶段的开始")
            ]
        );
    }
}
