//! 判定: what a check may say of a target, and the finding that cannot exist without evidence.

use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceRef;

/// 把握程度. How sure the machine is; `Low` goes to a person where the indicator says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// 低.
    Low,
    /// 中.
    Medium,
    /// 高.
    High,
}

/// 位置. One place where a problem shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Page that shows it.
    pub url: String,
    /// Text of the link, name of the column, title of the item.
    pub text: String,
}

/// 问题. One root cause with its places. Built only with evidence: see [`Finding::new`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name of the root cause inside (target, check); the same problem has the same key in every round.
    pub key: String,
    /// Which case of the check's list it is; an indicator's rules name cases.
    pub case: String,
    /// How often a rule "each" applies: 1, or the number of failed samples.
    pub count: u32,
    /// One Chinese sentence that a site owner understands.
    pub detail: String,
    /// The address at fault, where there is one.
    pub url: Option<String>,
    /// Where it shows, at most 50; all are counted in `place_count`.
    pub places: Vec<Place>,
    /// Number of places.
    pub place_count: u64,
    /// How sure the machine is.
    pub confidence: Confidence,
    evidence: Vec<EvidenceRef>,
}

/// Places kept with a finding; more are counted only.
pub const MAX_PLACES: usize = 50;

impl Finding {
    /// A finding of `case` with its first evidence; high confidence, count 1, no places.
    pub fn new(
        key: impl Into<String>,
        case: impl Into<String>,
        detail: impl Into<String>,
        evidence: EvidenceRef,
    ) -> Finding {
        Finding {
            key: key.into(),
            case: case.into(),
            count: 1,
            detail: detail.into(),
            url: None,
            places: Vec::new(),
            place_count: 0,
            confidence: Confidence::High,
            evidence: vec![evidence],
        }
    }

    /// With the address at fault.
    pub fn with_url(mut self, url: impl Into<String>) -> Finding {
        self.url = Some(url.into());
        self
    }

    /// With its places, of which [`MAX_PLACES`] are kept.
    pub fn with_places(mut self, places: impl IntoIterator<Item = Place>) -> Finding {
        for place in places {
            self.place_count += 1;
            if self.places.len() < MAX_PLACES {
                self.places.push(place);
            }
        }
        self
    }

    /// With another number of occurrences.
    pub fn with_count(mut self, count: u32) -> Finding {
        self.count = count;
        self
    }

    /// With another confidence.
    pub fn with_confidence(mut self, confidence: Confidence) -> Finding {
        self.confidence = confidence;
        self
    }

    /// With further evidence (a second look, the page that links here).
    pub fn with_evidence(mut self, evidence: EvidenceRef) -> Finding {
        self.evidence.push(evidence);
        self
    }

    /// The evidence, never empty.
    pub fn evidence(&self) -> &[EvidenceRef] {
        &self.evidence
    }
}

/// 判定结果. What a check says of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// 通过. Places that could not be determined are listed: they never deduct, but may hold the outcome open.
    Pass {
        /// Places that could not be determined.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        undetermined: Vec<Doubt>,
    },
    /// 存在问题.
    Fail {
        /// The problems, in the order of their keys.
        findings: Vec<Finding>,
        /// Places that could not be determined beside the problems.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        undetermined: Vec<Doubt>,
    },
    /// 不适用.
    NotApplicable {
        /// Why, in Chinese.
        reason: String,
    },
    /// 待人工.
    NeedsReview {
        /// What a person is asked, in Chinese.
        question: String,
        /// What the machine suspects, may be empty.
        findings: Vec<Finding>,
    },
}

/// 无法判定的原因. Why nothing can be said; never held against the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndeterminedReason {
    /// 未采集: the round did not gather what the check needs.
    NotGathered,
    /// 被拦截: blocked by a WAF, captcha or login.
    Blocked,
    /// 暂时性故障: failed once, not looked at twice.
    Transient,
    /// 我方网络: our own uplink or resolver did not work.
    OurSide,
    /// 需脚本渲染: the page shows nothing without scripts.
    NeedsScript,
    /// 证据不全: reading stopped at a limit of ours.
    Incomplete,
}

/// 存疑处. One place that could not be determined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Doubt {
    /// Key that a finding at this place would have.
    pub key: String,
    /// The case it would be.
    pub case: String,
    /// Why it could not be determined.
    pub reason: UndeterminedReason,
    /// What happened, in Chinese.
    pub detail: String,
}

/// 无法判定. Nothing could be said of the target as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("无法判定（{reason:?}）：{detail}")]
pub struct Undetermined {
    /// Why.
    pub reason: UndeterminedReason,
    /// What happened and what to do next, in Chinese.
    pub detail: String,
    /// The single places, where known.
    #[serde(default)]
    pub places: Vec<Doubt>,
}

impl Undetermined {
    /// Of one reason, without places.
    pub fn new(reason: UndeterminedReason, detail: impl Into<String>) -> Undetermined {
        Undetermined {
            reason,
            detail: detail.into(),
            places: Vec::new(),
        }
    }
}
