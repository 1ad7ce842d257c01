//! What the scorer reads of `results.json`. Types of its own: nothing is shared with the product but the format.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::exact::Fraction;

/// Reads decimal text, a number or `{"numerator":…,"denominator":…}`.
fn fraction<'de, D: Deserializer<'de>>(input: D) -> Result<Fraction, D::Error> {
    let value = Value::deserialize(input)?;
    as_fraction(&value).ok_or_else(|| serde::de::Error::custom(format!("not a number: {value}")))
}

fn optional<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Fraction>, D::Error> {
    let value = Value::deserialize(input)?;
    Ok(as_fraction(&value))
}

fn named<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, Fraction>, D::Error> {
    let values: BTreeMap<String, Value> = BTreeMap::deserialize(input)?;
    Ok(values
        .into_iter()
        .filter_map(|(name, value)| Some((name, as_fraction(&value)?)))
        .collect())
}

fn taken<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<BTreeMap<String, BTreeMap<String, Fraction>>, D::Error> {
    let values: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::deserialize(input)?;
    let row = |(id, row): (String, BTreeMap<String, Value>)| {
        let known = row.into_iter();
        let known = known.filter_map(|(name, value)| Some((name, as_fraction(&value)?)));
        (id, known.collect())
    };
    Ok(values.into_iter().map(row).collect())
}

/// A number in any of the forms of the format; `None` for `null`.
pub fn as_fraction(value: &Value) -> Option<Fraction> {
    match value {
        Value::String(text) => Fraction::decimal(text),
        Value::Number(number) => Fraction::decimal(&number.to_string()),
        Value::Object(parts) => {
            let part =
                |name: &str| i128::from(parts.get(name).and_then(Value::as_i64).unwrap_or(0));
            (part("denominator") != 0)
                .then(|| Fraction::new(part("numerator"), part("denominator")))
        }
        _ => None,
    }
}

/// 结果: the whole file.
#[derive(Debug, Deserialize)]
pub struct Results {
    /// The round.
    pub round: Round,
    /// The draw.
    pub sample: Sample,
    /// Earlier rounds, oldest first.
    #[serde(default)]
    pub previous: Vec<Previous>,
    /// Drawn targets.
    pub targets: Vec<Target>,
    /// The statistics of the product, only to be compared with.
    #[serde(default)]
    pub stats: Value,
}

/// 轮次: the round with its frozen set.
#[derive(Debug, Deserialize)]
pub struct Round {
    /// The scored set.
    pub set: Set,
}

/// 指标体系: the frozen set.
#[derive(Debug, Deserialize)]
pub struct Set {
    /// Its id.
    pub id: String,
    /// How scores are reckoned; a set without it is only listed.
    pub formula: Option<Formula>,
    /// Its indicators, in order.
    pub indicators: Vec<Indicator>,
}

/// 公式: the numbers of the reckoning.
#[derive(Debug, Deserialize)]
pub struct Formula {
    /// Full points.
    #[serde(deserialize_with = "fraction")]
    pub deduct_total: Fraction,
    /// Below it a target is unqualified.
    #[serde(deserialize_with = "fraction")]
    pub fail_below: Fraction,
    /// Above it bonus items count.
    #[serde(deserialize_with = "fraction")]
    pub bonus_above: Fraction,
    /// Whether an indicator takes at most its points.
    pub cap_per_indicator: bool,
    /// Classes that are scored.
    pub scored: Vec<String>,
    /// The first-level group that departments without services skip.
    #[serde(default)]
    pub no_service_group: Option<String>,
    /// The final score of a vetoed target.
    #[serde(default, deserialize_with = "optional")]
    pub vetoed_score: Option<Fraction>,
    /// Numbers that a class has otherwise.
    #[serde(default)]
    pub classes: BTreeMap<String, ClassNumbers>,
}

/// 分类公式: the numbers of one class.
#[derive(Debug, Default, Deserialize)]
pub struct ClassNumbers {
    /// Full points.
    #[serde(default, deserialize_with = "optional")]
    pub deduct_total: Option<Fraction>,
    /// Below it a target is unqualified.
    #[serde(default, deserialize_with = "optional")]
    pub fail_below: Option<Fraction>,
    /// Above it bonus items count.
    #[serde(default, deserialize_with = "optional")]
    pub bonus_above: Option<Fraction>,
    /// The final score of a vetoed target.
    #[serde(default, deserialize_with = "optional")]
    pub vetoed_score: Option<Fraction>,
}

impl Formula {
    /// The numbers that hold for a class.
    pub fn of(&self, class: &str) -> Formula {
        let none = ClassNumbers::default();
        let own = self.classes.get(class).unwrap_or(&none);
        Formula {
            deduct_total: own.deduct_total.unwrap_or(self.deduct_total),
            fail_below: own.fail_below.unwrap_or(self.fail_below),
            bonus_above: own.bonus_above.unwrap_or(self.bonus_above),
            cap_per_indicator: self.cap_per_indicator,
            scored: self.scored.clone(),
            no_service_group: self.no_service_group.clone(),
            vetoed_score: own.vetoed_score.or(self.vetoed_score),
            classes: BTreeMap::new(),
        }
    }
}

/// 指标: one indicator.
#[derive(Debug, Deserialize)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// First-level name.
    #[serde(default)]
    pub level1: String,
    /// Second-level name.
    #[serde(default)]
    pub level2: String,
    /// `veto`, `deduct`, `bonus` or `listed`.
    pub kind: String,
    /// Full points.
    #[serde(default, deserialize_with = "optional")]
    pub points: Option<Fraction>,
    /// Classes.
    pub applies_to: Vec<String>,
    /// Checks.
    pub checks: Vec<String>,
    /// `always`, `low-confidence` or `never`.
    pub confirm: String,
    /// Rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Parameters by check.
    #[serde(default)]
    pub params: Value,
}

impl Indicator {
    /// Full points, 0 where there are none.
    pub fn full(&self) -> Fraction {
        self.points.unwrap_or(Fraction::ZERO)
    }
}

/// 规则: what some cases cost.
#[derive(Debug, Deserialize)]
pub struct Rule {
    /// The cases.
    pub cases: Vec<String>,
    /// `all`, `fixed` or `each`.
    #[serde(default)]
    pub kind: Option<String>,
    /// What it costs.
    #[serde(default, deserialize_with = "optional")]
    pub points: Option<Fraction>,
    /// How many occurrences make a veto.
    #[serde(default)]
    pub at_least: Option<u64>,
}

/// 抽样: the draw.
#[derive(Debug, Deserialize)]
pub struct Sample {
    /// Stratum to the targets that could be drawn.
    pub frame: BTreeMap<String, Vec<String>>,
    /// Target to its stratum.
    pub drawn: BTreeMap<String, String>,
    /// Targets that had to be taken.
    #[serde(default)]
    pub forced: Vec<String>,
}

/// 往期: an earlier round.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Previous {
    /// Its id such as `2025Q4`.
    pub id: String,
    /// Deduction scores of portals.
    #[serde(deserialize_with = "named")]
    pub portal_scores: BTreeMap<String, Fraction>,
    /// Index by first-level name.
    #[serde(deserialize_with = "named")]
    pub index_level1: BTreeMap<String, Fraction>,
    /// Index by second-level name.
    #[serde(deserialize_with = "named")]
    pub index_level2: BTreeMap<String, Fraction>,
    /// Points taken, by target and indicator id.
    #[serde(deserialize_with = "taken")]
    pub deductions: BTreeMap<String, BTreeMap<String, Fraction>>,
    /// Outcomes by target.
    pub outcomes: BTreeMap<String, String>,
    /// In percent, or reckoned from the outcomes.
    #[serde(deserialize_with = "optional")]
    pub website_pass_rate: Option<Fraction>,
    /// In percent, or reckoned from the outcomes.
    #[serde(deserialize_with = "optional")]
    pub account_pass_rate: Option<Fraction>,
}

/// 对象: one drawn target.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// What it is.
    pub subject: Subject,
    /// What the checks said.
    #[serde(default)]
    pub judgements: Vec<Judgement>,
    /// What people decided.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// The score sheet of the product, only to be compared with.
    #[serde(default)]
    pub sheet: Value,
}

/// 主体: a target with its region.
#[derive(Debug, Deserialize)]
pub struct Subject {
    /// The entry of the registry.
    pub target: Entry,
    /// Name of its region.
    #[serde(default)]
    pub region_name: String,
}

/// 名录条目: what the scorer needs of it.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// `site` or `account`.
    pub target_kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `portal` or `department` of a site.
    #[serde(default)]
    pub kind: String,
    /// Offers no services.
    #[serde(default)]
    pub no_services: bool,
}

impl Entry {
    /// The class: `portal`, `department` or `account`.
    pub fn class(&self) -> &str {
        if self.target_kind == "account" {
            "account"
        } else {
            &self.kind
        }
    }
}

/// 判定: what one check said for one indicator.
#[derive(Debug, Deserialize)]
pub struct Judgement {
    /// The set.
    pub set: String,
    /// The indicator.
    pub indicator: String,
    /// The check.
    pub check: String,
    /// What it said.
    pub result: Verdict,
}

/// 结论: known or not, with what was found and what stays in doubt.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Verdict {
    /// `known` or `unknown`.
    pub result: String,
    /// `pass`, `fail`, `not_applicable` or `needs_review`.
    pub verdict: String,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Doubts of a known verdict.
    pub undetermined: Vec<Doubt>,
    /// Doubts of an unknown one.
    pub places: Vec<Doubt>,
}

/// 问题: one finding.
#[derive(Debug, Deserialize)]
pub struct Finding {
    /// Its key.
    pub key: String,
    /// Its case.
    pub case: String,
    /// How often it counts.
    pub count: u64,
    /// `low`, `medium` or `high`.
    #[serde(default)]
    pub confidence: String,
}

/// 存疑: one place that could not be determined.
#[derive(Debug, Deserialize)]
pub struct Doubt {
    /// Its key.
    pub key: String,
    /// Its case.
    #[serde(default)]
    pub case: String,
}

/// 复核: what a person decided on one key.
#[derive(Debug, Deserialize)]
pub struct Review {
    /// The check.
    pub check: String,
    /// The key.
    pub key: String,
    /// `confirmed`, `rejected` or `answered`.
    pub decision: String,
    /// The answer: failures, or points of a bonus item.
    #[serde(default)]
    pub number: Option<u64>,
    /// When.
    #[serde(default)]
    pub at: String,
}
