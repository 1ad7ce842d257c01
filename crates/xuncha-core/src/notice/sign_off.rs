//! 会签: how a notice becomes valid. 拟稿 → 核稿 → 签发 or 退回 → 发布, and 更正 as a new version.
//!
//! Where a version stands follows from its dated steps and from what the notice and the round hash to now. A step binds both hashes: when
//! either is another later, what was signed is not what lies there, and the signatures count no more.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// 会签步骤.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignStep {
    /// 拟稿: handed over to be checked.
    Drafted,
    /// 核稿: checked by somebody else.
    Checked,
    /// 签发: approved by a leader.
    Approved,
    /// 退回: sent back with remarks.
    Returned,
    /// 发布.
    Published,
    /// 更正: a published version is replaced by another; begins a new version.
    Corrected,
}

impl SignStep {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            SignStep::Drafted => "拟稿",
            SignStep::Checked => "核稿",
            SignStep::Approved => "签发",
            SignStep::Returned => "退回",
            SignStep::Published => "发布",
            SignStep::Corrected => "更正",
        }
    }

    /// Its word in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            SignStep::Drafted => "drafted",
            SignStep::Checked => "checked",
            SignStep::Approved => "approved",
            SignStep::Returned => "returned",
            SignStep::Published => "published",
            SignStep::Corrected => "corrected",
        }
    }

    /// The step of a word.
    pub fn of_word(word: &str) -> Option<SignStep> {
        [
            SignStep::Drafted,
            SignStep::Checked,
            SignStep::Approved,
            SignStep::Returned,
            SignStep::Published,
            SignStep::Corrected,
        ]
        .into_iter()
        .find(|step| step.word() == word)
    }
}

/// 签署所据. What a step is bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Hash of the notice's files.
    pub text_sha256: String,
    /// Hash of the round's outcomes.
    pub round_sha256: String,
}

/// 签署. One dated step of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Version, from 1.
    pub version: u32,
    /// What was done.
    pub step: SignStep,
    /// Number of the person in the log, such as `P3`.
    pub person: String,
    /// Name.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Remark; why, where something is sent back or corrected.
    pub remark: String,
    /// What lay there.
    pub bound: Bound,
}

/// 会签状态. Where the latest version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The version that is worked on, or published.
    pub version: u32,
    /// The last step that counts; `None` where the version has to be drafted (again).
    pub step: Option<SignStep>,
    /// Whether steps were taken whose notice or round is not what lies there now.
    pub is_broken: bool,
    /// Who drafted it, where the draft counts.
    pub drafted_by: Option<String>,
}

/// Where the notice stands, by its steps in order and what it and the round hash to now.
pub fn standing(steps: &[Signature], now: &Bound) -> Standing {
    let version = steps.iter().map(|one| one.version).max().unwrap_or(1);
    let mut standing = Standing {
        version,
        step: None,
        is_broken: false,
        drafted_by: None,
    };
    for one in steps.iter().filter(|one| one.version == version) {
        match one.step {
            SignStep::Corrected | SignStep::Returned => {
                standing.step = None;
                standing.is_broken = false;
                standing.drafted_by = None;
            }
            SignStep::Drafted => {
                standing.step = Some(SignStep::Drafted);
                standing.is_broken = &one.bound != now;
                standing.drafted_by = Some(one.person.clone());
            }
            step => {
                standing.step = Some(step);
                standing.is_broken |= &one.bound != now;
            }
        }
    }
    standing
}

/// What else of a round a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundFacts {
    /// Documents were built.
    pub has_notice: bool,
    /// The notice calls itself a draft.
    pub is_marked_draft: bool,
    /// Nothing of the round changes any more.
    pub is_frozen: bool,
    /// The documents were built from what the round came to.
    pub is_current: bool,
}

/// Why nobody signs under figures that the round does not have any more.
const STALE: &str = "通报早于现在的结果或通报信息，请重新生成";

/// Why a step cannot be taken now, in Chinese; `None` where it can. `person` is who wants to.
pub fn objection(
    step: SignStep,
    standing: &Standing,
    round: RoundFacts,
    person: &str,
    remark: &str,
) -> Option<&'static str> {
    let has_remark = !remark.trim().is_empty();
    if !round.has_notice {
        return Some("本轮还没有生成通报");
    }
    if standing.is_broken && !matches!(step, SignStep::Drafted | SignStep::Corrected) {
        return Some("签署后通报或轮次有变动，原签署已失效，请重新拟稿送核");
    }
    let now = standing.step;
    match step {
        SignStep::Drafted if now == Some(SignStep::Published) => {
            Some("已发布的通报只能以更正产生新版本")
        }
        SignStep::Drafted if now.is_some() && !standing.is_broken => Some("已经送核，不必重复"),
        SignStep::Drafted if !round.is_frozen => Some("轮次尚未冻结，冻结后才能送核"),
        SignStep::Drafted if !round.is_current => Some(STALE),
        SignStep::Drafted if round.is_marked_draft => {
            Some("通报标明是草稿（有结论无法判定或没有人工复核），请处理后重新生成")
        }
        SignStep::Drafted => None,
        SignStep::Checked if now != Some(SignStep::Drafted) => Some("通报不在待核稿状态"),
        SignStep::Checked if standing.drafted_by.as_deref() == Some(person) => {
            Some("拟稿人不能核自己的稿")
        }
        SignStep::Checked => (!round.is_current).then_some(STALE),
        SignStep::Approved if now != Some(SignStep::Checked) => Some("通报尚未核稿，不能签发"),
        SignStep::Approved => (!round.is_current).then_some(STALE),
        SignStep::Returned if !matches!(now, Some(SignStep::Drafted | SignStep::Checked)) => {
            Some("通报不在核稿或签发环节，不能退回")
        }
        SignStep::Returned if !has_remark => Some("退回须写明意见"),
        SignStep::Returned => None,
        SignStep::Published if now != Some(SignStep::Approved) => Some("通报尚未签发，不能发布"),
        SignStep::Published => (!round.is_current).then_some(STALE),
        SignStep::Corrected if now != Some(SignStep::Published) => Some("只有已发布的通报可以更正"),
        SignStep::Corrected if !has_remark => Some("更正须写明理由"),
        SignStep::Corrected => None,
    }
}

/// The version that a step belongs to.
pub fn version_of(step: SignStep, standing: &Standing) -> u32 {
    match step {
        SignStep::Corrected => standing.version + 1,
        _ => standing.version,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::at;

    const READY: RoundFacts = RoundFacts {
        has_notice: true,
        is_marked_draft: false,
        is_frozen: true,
        is_current: true,
    };

    fn bound(text: &str) -> Bound {
        Bound {
            text_sha256: text.into(),
            round_sha256: "r".into(),
        }
    }

    /// Takes steps one after the other, each as `who` may; panics where one is refused.
    fn walk(steps: &mut Vec<Signature>, now: &Bound, taken: &[(SignStep, &str, &str)]) {
        for (step, person, remark) in taken {
            let standing = standing(steps, now);
            assert_eq!(
                objection(*step, &standing, READY, person, remark),
                None,
                "{step:?}"
            );
            steps.push(Signature {
                version: version_of(*step, &standing),
                step: *step,
                person: (*person).into(),
                by: (*person).into(),
                at: at(9),
                remark: (*remark).into(),
                bound: now.clone(),
            });
        }
    }

    #[test]
    fn a_notice_is_drafted_checked_approved_published_and_corrected() {
        use SignStep::*;
        let mut steps = Vec::new();
        let now = bound("a");
        walk(
            &mut steps,
            &now,
            &[
                (Drafted, "P1", ""),
                (Checked, "P2", ""),
                (Returned, "P9", "改措辞"),
            ],
        );
        assert_eq!(standing(&steps, &now).step, None);
        let now = bound("b");
        walk(
            &mut steps,
            &now,
            &[
                (Drafted, "P1", ""),
                (Checked, "P2", ""),
                (Approved, "P9", ""),
                (Published, "P1", ""),
            ],
        );
        let published = standing(&steps, &now);
        assert_eq!((published.version, published.step), (1, Some(Published)));
        walk(&mut steps, &now, &[(Corrected, "P1", "一处数字有误")]);
        let corrected = standing(&steps, &now);
        assert_eq!((corrected.version, corrected.step), (2, None));
        walk(
            &mut steps,
            &bound("c"),
            &[(Drafted, "P1", ""), (Checked, "P2", "")],
        );
        assert_eq!(standing(&steps, &bound("c")).step, Some(Checked));
    }

    #[test]
    fn what_changed_after_a_signature_breaks_it() {
        use SignStep::*;
        let mut steps = Vec::new();
        let signed = bound("a");
        walk(
            &mut steps,
            &signed,
            &[
                (Drafted, "P1", ""),
                (Checked, "P2", ""),
                (Approved, "P9", ""),
            ],
        );
        let other_round = Bound {
            round_sha256: "s".into(),
            ..bound("a")
        };
        for now in [bound("b"), other_round] {
            let broken = standing(&steps, &now);
            assert!(broken.is_broken);
            for step in [Checked, Approved, Published, Returned] {
                assert!(
                    objection(step, &broken, READY, "P3", "x").is_some(),
                    "{step:?}"
                );
            }
            assert_eq!(
                objection(Drafted, &broken, READY, "P1", ""),
                None,
                "only anew"
            );
        }
        assert!(!standing(&steps, &signed).is_broken, "as it was, it holds");
        // A check of the new text does not make good an approval of the old one: it begins with the draft.
        walk(&mut steps, &bound("b"), &[(Drafted, "P1", "")]);
        let again = standing(&steps, &bound("b"));
        assert_eq!((again.step, again.is_broken), (Some(Drafted), false));
    }

    #[test]
    fn nobody_steps_out_of_turn() {
        use SignStep::*;
        let now = bound("a");
        let mut steps = Vec::new();
        let refused = |steps: &[Signature], step, person, remark, round| {
            objection(step, &standing(steps, &now), round, person, remark).is_some()
        };
        for step in [Checked, Approved, Returned, Published, Corrected] {
            assert!(
                refused(&steps, step, "P1", "x", READY),
                "{step:?} before any draft"
            );
        }
        for round in [
            RoundFacts {
                is_frozen: false,
                ..READY
            },
            RoundFacts {
                is_marked_draft: true,
                ..READY
            },
            RoundFacts {
                has_notice: false,
                ..READY
            },
            RoundFacts {
                is_current: false,
                ..READY
            },
        ] {
            assert!(refused(&steps, Drafted, "P1", "", round), "{round:?}");
        }
        walk(&mut steps, &now, &[(Drafted, "P1", "")]);
        assert!(
            refused(&steps, Checked, "P1", "", READY),
            "who drafted does not check"
        );
        let old = RoundFacts {
            is_current: false,
            ..READY
        };
        assert!(refused(&steps, Checked, "P2", "", old), "old figures");
        assert!(!refused(&steps, Returned, "P2", "x", old), "back with them");
        assert!(
            refused(&steps, Approved, "P9", "", READY),
            "before the check"
        );
        assert!(
            refused(&steps, Returned, "P2", " ", READY),
            "without a remark"
        );
        assert!(refused(&steps, Drafted, "P2", "", READY), "twice");
        walk(
            &mut steps,
            &now,
            &[
                (Checked, "P2", ""),
                (Approved, "P9", ""),
                (Published, "P1", ""),
            ],
        );
        for step in [Drafted, Checked, Approved, Returned, Published] {
            assert!(
                refused(&steps, step, "P4", "x", READY),
                "{step:?} after publication"
            );
        }
        assert!(
            refused(&steps, Corrected, "P1", "", READY),
            "without a reason"
        );
    }
}
