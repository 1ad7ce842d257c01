//! 接口类型: what programs get to see. The names of fields are a promise; nothing here is renamed within `/api/v1`.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use xuncha_core::registry::Target;
use xuncha_core::review::{Decision, Review};
use xuncha_core::score::{IndicatorScore, ScoreSheet};
use xuncha_core::stats::{Figure, FigureValue};
use xuncha_core::verdict::Finding;
use xuncha_store::document::Document;
use xuncha_store::judge::FindingRow;
use xuncha_store::round::{RoundRow, SubjectRow};

/// A fieldless value as its word.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// 检查轮次.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoundInfo {
    /// Id such as `2026Q1`.
    id: String,
    /// Title.
    title: String,
    /// `new`, `gathering`, `judged` or `closed`.
    state: String,
    /// `sample` or `census`.
    coverage: String,
    /// Start of monitoring, civil time of the province.
    monitor_from: String,
    /// Monitoring point.
    as_of: String,
    /// Published seed of the draw.
    seed: String,
    /// Deadline of rectification.
    rectify_by: String,
    /// Id of the scored set.
    set: String,
    /// SHA-256 of the scored set.
    set_sha256: String,
    /// Drawn targets.
    target_count: u64,
    /// Reason given when it was closed over what was open.
    close_reason: String,
}

impl From<RoundRow> for RoundInfo {
    fn from(row: RoundRow) -> RoundInfo {
        RoundInfo {
            state: word(&row.state),
            coverage: word(&row.round.coverage),
            monitor_from: word(&row.round.monitor_from),
            as_of: word(&row.round.as_of),
            id: row.round.id,
            title: row.round.title,
            seed: row.round.seed,
            rectify_by: row.round.rectify_by,
            set: row.round.set.id,
            set_sha256: row.round.set.sha256,
            target_count: row.subject_count,
            close_reason: row.close_reason,
        }
    }
}

/// 数据项. A figure of the notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureInfo {
    /// As it is printed.
    printed: String,
    /// Unit.
    unit: String,
    /// What it is.
    definition: String,
    /// Whether it could not be reckoned; `printed` then says why.
    is_missing: bool,
}

/// 数据. The figures of a round by their names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// Round.
    round: String,
    /// Id of the scored set.
    set: String,
    /// Figures by name.
    figures: BTreeMap<String, FigureInfo>,
}

impl Figures {
    pub(crate) fn new(round: &str, set: &str, figures: BTreeMap<String, Figure>) -> Figures {
        let written = figures.into_iter().map(|(name, figure)| {
            let info = FigureInfo {
                is_missing: matches!(figure.value, FigureValue::Missing(_)),
                printed: figure.printed,
                unit: figure.unit,
                definition: figure.definition,
            };
            (name, info)
        });
        Figures {
            round: round.to_owned(),
            set: set.to_owned(),
            figures: written.collect(),
        }
    }
}

/// 文档.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentInfo {
    /// File name.
    name: String,
    /// SHA-256 of the file.
    sha256: String,
    /// Size.
    size_bytes: u64,
    /// When it was built.
    at: String,
}

impl From<Document> for DocumentInfo {
    fn from(document: Document) -> DocumentInfo {
        DocumentInfo {
            at: word(&document.at),
            name: document.name,
            sha256: document.sha256,
            size_bytes: document.size_bytes,
        }
    }
}

/// 名录条目. A registered site or account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetInfo {
    /// 标识码, or the number of an account.
    id: String,
    /// Name.
    name: String,
    /// `portal`, `department` or `account`.
    class: String,
    /// Home page, or public page of an account.
    url: Option<String>,
    /// Platform of an account.
    platform: Option<String>,
    /// Host unit, by id.
    organization: String,
    /// Division code.
    region: String,
    /// Filed state.
    state: String,
}

impl From<&Target> for TargetInfo {
    fn from(target: &Target) -> TargetInfo {
        let (url, platform, state) = match target {
            Target::Site(site) => (Some(site.home.clone()), None, word(&site.state)),
            Target::Account(account) => (
                account.page_url.clone(),
                Some(account.platform.clone()),
                word(&account.state),
            ),
        };
        TargetInfo {
            id: target.id().0.clone(),
            name: target.name().to_owned(),
            class: word(&target.class()),
            url,
            platform,
            organization: target.organization().to_owned(),
            region: target.region().to_owned(),
            state,
        }
    }
}

/// 检查对象. A drawn target with its score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectInfo {
    /// The registry entry, as it was when drawn.
    target: TargetInfo,
    /// Name of the host unit.
    organization_name: String,
    /// Name of the region.
    region_name: String,
    /// `qualified`, `unqualified` or `undetermined`; absent before scoring.
    outcome: Option<String>,
    /// Deduction score ② with two decimals.
    deduct_score: Option<String>,
    /// Final score with two decimals.
    final_score: Option<String>,
    /// Findings under the scored set, rejected ones included.
    finding_count: u64,
    /// Indicators of which something is open.
    open_count: u64,
}

fn hundredths(value: Option<i64>) -> Option<String> {
    value.map(|value| {
        let sign = if value < 0 { "-" } else { "" };
        let all = value.unsigned_abs();
        format!("{sign}{}.{:02}", all / 100, all % 100)
    })
}

impl From<SubjectRow> for SubjectInfo {
    fn from(row: SubjectRow) -> SubjectInfo {
        SubjectInfo {
            target: TargetInfo::from(&row.subject.target),
            organization_name: row.subject.organization_name,
            region_name: row.subject.region_name,
            outcome: row.outcome.map(|outcome| word(&outcome)),
            deduct_score: hundredths(row.deduct_hundredths),
            final_score: hundredths(row.final_hundredths),
            finding_count: row.finding_count,
            open_count: row.open_count,
        }
    }
}

/// 指标得分.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndicatorInfo {
    /// Indicator.
    indicator: String,
    /// Full points.
    points: String,
    /// Points taken, or earned by a bonus.
    amount: String,
    /// Most that could still be taken.
    open_amount: String,
    /// Whether it vetoes.
    is_veto: bool,
    /// 不适用.
    not_applicable: bool,
    /// Why something is open.
    open: Vec<String>,
}

impl From<&IndicatorScore> for IndicatorInfo {
    fn from(score: &IndicatorScore) -> IndicatorInfo {
        IndicatorInfo {
            indicator: score.indicator.clone(),
            points: score.points.to_string(),
            amount: score.amount.to_string(),
            open_amount: score.open_amount.to_string(),
            is_veto: score.is_veto,
            not_applicable: score.not_applicable,
            open: score.open.clone(),
        }
    }
}

/// 评分表. A target with its score sheet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SheetInfo {
    /// The registry entry, as it was when drawn.
    target: TargetInfo,
    /// Id of the scored set.
    set: String,
    /// `qualified`, `unqualified` or `undetermined`; absent before scoring.
    outcome: Option<String>,
    /// Deduction score ②.
    deduct_score: Option<String>,
    /// Lowest ② if all that is open turned out bad.
    deduct_score_low: Option<String>,
    /// Bonus ③.
    bonus_score: Option<String>,
    /// Final score.
    final_score: Option<String>,
    /// Indicators in the order of the set.
    indicators: Vec<IndicatorInfo>,
    /// What people decided, oldest first.
    decisions: Vec<DecisionInfo>,
}

impl SheetInfo {
    pub(crate) fn new(
        target: &Target,
        set: &str,
        sheet: Option<&ScoreSheet>,
        reviews: &[Review],
    ) -> SheetInfo {
        let points = |value: Option<xuncha_core::points::Points>| value.map(|one| one.to_string());
        let indicators = sheet.map_or(&[][..], |sheet| &sheet.indicators);
        SheetInfo {
            target: TargetInfo::from(target),
            set: set.to_owned(),
            outcome: sheet.map(|sheet| word(&sheet.outcome)),
            deduct_score: points(sheet.and_then(|sheet| sheet.deduct_score)),
            deduct_score_low: points(sheet.and_then(|sheet| sheet.deduct_score_low)),
            bonus_score: points(sheet.and_then(|sheet| sheet.bonus_score)),
            final_score: points(sheet.and_then(|sheet| sheet.final_score)),
            indicators: indicators.iter().map(IndicatorInfo::from).collect(),
            decisions: reviews.iter().map(DecisionInfo::from).collect(),
        }
    }
}

/// 问题.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingInfo {
    /// Id; the same problem has the same one after judging again.
    id: String,
    /// Round.
    round: String,
    /// Target.
    target: String,
    /// Indicator.
    indicator: String,
    /// Check.
    check: String,
    /// Case of the check.
    case: String,
    /// Key of the root cause.
    key: String,
    /// `fail`, or `needs_review` where the machine only suspects.
    verdict: String,
    /// What is wrong.
    detail: String,
    /// Address at fault.
    url: Option<String>,
    /// How sure the machine is.
    confidence: String,
    /// Occurrences.
    count: u64,
    /// Number of places.
    place_count: u64,
}

impl From<FindingRow> for FindingInfo {
    fn from(row: FindingRow) -> FindingInfo {
        FindingInfo {
            verdict: word(&row.verdict),
            confidence: word(&row.confidence),
            id: row.id,
            round: row.round,
            target: row.target.0,
            indicator: row.indicator,
            check: row.check,
            case: row.case,
            key: row.key,
            detail: row.detail,
            url: row.url,
            count: row.count,
            place_count: row.place_count,
        }
    }
}

/// 位置.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceInfo {
    /// Page that shows it.
    url: String,
    /// Text of the link, name of the column, title of the item.
    text: String,
}

/// 证据.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceInfo {
    /// Address that was asked.
    url: String,
    /// Civil time of the answer.
    at: String,
    /// SHA-256 of the body.
    sha256: String,
    /// `SEGMENT@OFFSET` of the WARC record; empty where the evidence is the registry.
    record: String,
    /// The quoted spot.
    quote: String,
}

/// 问题全文. A finding with its places and evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingWhole {
    /// The finding.
    finding: FindingInfo,
    /// Places, at most those that are kept; `place_count` counts all.
    places: Vec<PlaceInfo>,
    /// Evidence.
    evidence: Vec<EvidenceInfo>,
    /// What people decided of it, oldest first.
    decisions: Vec<DecisionInfo>,
}

impl FindingWhole {
    pub(crate) fn new(row: FindingRow, finding: &Finding, reviews: &[Review]) -> FindingWhole {
        let mine = |review: &&Review| review.check == row.check && review.key == row.key;
        let decisions = reviews
            .iter()
            .filter(mine)
            .map(DecisionInfo::from)
            .collect();
        FindingWhole {
            finding: FindingInfo::from(row),
            places: finding
                .places
                .iter()
                .map(|place| PlaceInfo {
                    url: place.url.clone(),
                    text: place.text.clone(),
                })
                .collect(),
            evidence: finding
                .evidence()
                .iter()
                .map(|proof| EvidenceInfo {
                    url: proof.url.clone(),
                    at: word(&proof.at),
                    sha256: proof.sha256.clone(),
                    record: proof.record.clone(),
                    quote: proof.quote.clone(),
                })
                .collect(),
            decisions,
        }
    }
}

/// 决定种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DecisionWord {
    /// 确认.
    Confirmed,
    /// 驳回.
    Rejected,
    /// 人工答复.
    Answered,
    /// 撤回.
    Withdrawn,
}

/// 人工决定.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionInfo {
    /// Check; `manual` for questions.
    check: String,
    /// Key of the finding, or id of the question.
    key: String,
    /// What was decided.
    decision: DecisionWord,
    /// Failures or bonus points of an answer.
    number: Option<u32>,
    /// Note of an answer.
    note: Option<String>,
    /// Who.
    by: String,
    /// When.
    at: String,
    /// Reason.
    reason: String,
}

impl From<&Review> for DecisionInfo {
    fn from(review: &Review) -> DecisionInfo {
        let (decision, number, note) = match &review.decision {
            Decision::Confirmed => (DecisionWord::Confirmed, None, None),
            Decision::Rejected => (DecisionWord::Rejected, None, None),
            Decision::Withdrawn => (DecisionWord::Withdrawn, None, None),
            Decision::Answered { number, note } => {
                (DecisionWord::Answered, Some(*number), Some(note.clone()))
            }
        };
        DecisionInfo {
            check: review.check.clone(),
            key: review.key.clone(),
            decision,
            number,
            note,
            by: review.by.clone(),
            at: word(&review.at),
            reason: review.reason.clone(),
        }
    }
}

/// 新决定. What a program says of a finding or question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub(crate) enum NewDecision {
    /// 确认. The finding counts.
    Confirmed {
        /// Check; `manual` for questions.
        #[schema(max_length = 200)]
        check: String,
        /// Key of the finding, or id of the question.
        #[schema(max_length = 4000)]
        key: String,
        /// Reason.
        #[serde(default)]
        #[schema(max_length = 2000)]
        reason: String,
    },
    /// 驳回. The finding does not count.
    Rejected {
        /// Check; `manual` for questions.
        #[schema(max_length = 200)]
        check: String,
        /// Key of the finding, or id of the question.
        #[schema(max_length = 4000)]
        key: String,
        /// Reason.
        #[serde(default)]
        #[schema(max_length = 2000)]
        reason: String,
    },
    /// 撤回. What was decided before holds no more.
    Withdrawn {
        /// Check; `manual` for questions.
        #[schema(max_length = 200)]
        check: String,
        /// Key of the finding, or id of the question.
        #[schema(max_length = 4000)]
        key: String,
        /// Reason.
        #[serde(default)]
        #[schema(max_length = 2000)]
        reason: String,
    },
    /// 人工答复. A question is answered.
    Answered {
        /// Check; `manual` for questions.
        #[schema(max_length = 200)]
        check: String,
        /// Key of the finding, or id of the question.
        #[schema(max_length = 4000)]
        key: String,
        /// Failures (0 for fine), or bonus points earned.
        #[serde(deserialize_with = "whole")]
        number: u32,
        /// Note.
        #[serde(default)]
        #[schema(max_length = 2000)]
        note: String,
        /// Reason.
        #[serde(default)]
        #[schema(max_length = 2000)]
        reason: String,
    },
}

/// 一批新决定. Kept together or not at all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecisions {
    /// Decisions about one target.
    #[schema(min_items = 1, max_items = 500)]
    pub(crate) decisions: Vec<NewDecision>,
}

/// A whole number, which JSON may also write as `3.0`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = f64::deserialize(deserializer)?;
    let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    match is_whole {
        true => Ok(number as u32),
        false => Err(D::Error::custom(format!("{number} 不是不小于 0 的整数"))),
    }
}
