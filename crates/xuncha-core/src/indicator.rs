//! 指标体系: indicator sets as data. Code knows how to see, data knows what counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::points::Points;
use crate::registry::TargetClass;

mod resolve;
mod validate;

pub use resolve::{KnownCheck, SetError, resolve, set_hash};

/// 指标类别. Veto, deduction or bonus; `listed` is judged and listed, never scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    /// 单项否决.
    Veto,
    /// 扣分.
    Deduct,
    /// 加分.
    Bonus,
    /// 仅列出.
    Listed,
}

/// 数字把握. How sure a figure of the rule is; anything but `S` shows as 待核定.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FigureConfidence {
    /// Seen in a source.
    S,
    /// Reconstructed, high.
    #[serde(rename = "hi")]
    High,
    /// Reconstructed, medium.
    #[serde(rename = "med")]
    Medium,
    /// Reconstructed, low.
    #[serde(rename = "lo")]
    Low,
}

/// 人工确认. When a person must confirm a finding before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// 每项.
    Always,
    /// 把握低的.
    LowConfidence,
    /// 不需要.
    Never,
}

/// 扣分方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeductKind {
    /// 扣完本项. The indicator's full points.
    All,
    /// 定额. Once, however many findings.
    Fixed,
    /// 每处. Per occurrence (finding × count), capped at the indicator's points where the set caps.
    Each,
}

/// 规则. What one case of a finding costs, or how many of it make a veto.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Cases of the check's findings that this rule counts.
    pub cases: Vec<String>,
    /// For deductions: how points are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DeductKind>,
    /// For deductions "fixed" and "each": points taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    /// For vetoes: at least so many occurrences (default 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Text of the rule, in Chinese.
    pub text: String,
    /// Confidence of its figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<FigureConfidence>,
}

/// 指标. One second-level indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Number inside the set, such as `D-21`.
    pub id: String,
    /// First-level name.
    pub level1: String,
    /// Second-level name.
    pub level2: String,
    /// Kind.
    pub kind: IndicatorKind,
    /// Full points; zero for vetoes.
    #[serde(default)]
    pub points: Points,
    /// Confidence of the points.
    pub points_confidence: FigureConfidence,
    /// Which classes of targets it applies to.
    pub applies_to: Vec<TargetClass>,
    /// Checks that look for it; `manual` for a question to a person (param `question`).
    pub checks: Vec<String>,
    /// When a person confirms.
    pub confirm: Confirm,
    /// Text of the rule, in Chinese.
    pub text: String,
    /// Document and article.
    pub source: String,
    /// What counts.
    pub rules: Vec<Rule>,
    /// Parameters by check name (`[params.stale_columns]`).
    #[serde(default)]
    pub params: BTreeMap<String, serde_json::Value>,
}

/// 评分公式. Constants of the set's scoring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Full points of the deduction part.
    pub deduct_total: Points,
    /// Full points of the bonus part.
    pub bonus_total: Points,
    /// A deduction score below this is 不合格.
    pub fail_below: Points,
    /// Only a deduction score above this (strictly) earns the bonus.
    pub bonus_above: Points,
    /// Deductions never exceed an indicator's points.
    pub cap_per_indicator: bool,
    /// Classes that are scored; the others are judged by vetoes alone.
    pub scored: Vec<TargetClass>,
    /// First-level group left out for departments without public services; the rest is scaled up to `deduct_total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_service_group: Option<String>,
    /// Fixed score of a vetoed target where the set has one (local sets: 59).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vetoed_score: Option<Points>,
    /// What holds for one class of targets otherwise (`[formula.classes.account]`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<TargetClass, ClassFormula>,
}

/// 分类公式. Constants of one class; what is absent is as in the formula.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFormula {
    /// Full points of the deduction part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduct_total: Option<Points>,
    /// Full points of the bonus part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus_total: Option<Points>,
    /// A deduction score below this is 不合格.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_below: Option<Points>,
    /// Only a deduction score above this (strictly) earns the bonus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus_above: Option<Points>,
    /// Fixed score of a vetoed target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vetoed_score: Option<Points>,
}

impl Formula {
    /// The formula as it holds for a class, scored or not.
    pub fn of_class(&self, class: TargetClass) -> Formula {
        let Some(own) = self.classes.get(&class) else {
            return self.clone();
        };
        Formula {
            deduct_total: own.deduct_total.unwrap_or(self.deduct_total),
            bonus_total: own.bonus_total.unwrap_or(self.bonus_total),
            fail_below: own.fail_below.unwrap_or(self.fail_below),
            bonus_above: own.bonus_above.unwrap_or(self.bonus_above),
            vetoed_score: own.vetoed_score.or(self.vetoed_score),
            ..self.clone()
        }
    }
}

/// 指标体系. A resolved set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorSet {
    /// Its id, such as `gov-2019`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Document.
    pub source: String,
    /// In force from (ISO day).
    pub effective: String,
    /// Scoring, `None` for sets that only list.
    pub formula: Option<Formula>,
    /// Indicators in order.
    pub indicators: Vec<Indicator>,
    /// SHA-256 of the canonical JSON of all the above, lower-case hex.
    pub sha256: String,
}

impl IndicatorSet {
    /// The formula as it holds for a class of targets; none where the set does not score.
    pub fn formula_of(&self, class: TargetClass) -> Option<Formula> {
        Some(self.formula.as_ref()?.of_class(class))
    }

    /// The indicator of that id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}

impl Indicator {
    /// The id of the question that the check `manual` asks for this indicator.
    pub fn question(&self) -> Option<&str> {
        self.params.get("manual")?.get("question")?.as_str()
    }

    /// What a person is asked by the check `manual`, in Chinese.
    pub fn prompt(&self) -> Option<&str> {
        self.params.get("manual")?.get("prompt")?.as_str()
    }
}
