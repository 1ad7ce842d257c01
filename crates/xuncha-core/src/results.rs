//! 结果文件: everything a round came to, in one value that others can reckon from. `docs/results.md` describes the file.

use serde::{Deserialize, Serialize};

use crate::judge::Judgement;
use crate::review::Review;
use crate::round::{Round, Sample, Subject};
use crate::score::{ScoreSheet, score_in};
use crate::stats::{PreviousRound, Stats, StatsInput, reckon};

/// Version of the file's layout.
pub const SCHEMA: u32 = 1;

/// 受检对象结果. What was said, decided and scored of one drawn target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetResult {
    /// The target as it was filed.
    pub subject: Subject,
    /// What the checks said, by set, indicator and check.
    pub judgements: Vec<Judgement>,
    /// What people decided, by time.
    pub reviews: Vec<Review>,
    /// Its score under the round's set.
    pub sheet: ScoreSheet,
}

/// 轮次结果. `results.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Layout of the file: [`SCHEMA`].
    pub schema: u32,
    /// The round with its frozen set.
    pub round: Round,
    /// What could be drawn and what was.
    pub sample: Sample,
    /// Earlier rounds, oldest first; the last is the one compared with.
    pub previous: Vec<PreviousRound>,
    /// Drawn targets by number.
    pub targets: Vec<TargetResult>,
    /// All figures.
    pub stats: Stats,
}

/// 结果文件错误. A file that is no `results.json` of a layout known here.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// Not readable as JSON of this layout.
    #[error("结果文件读不懂：{0}")]
    Json(#[from] serde_json::Error),
    /// Another layout.
    #[error("结果文件的版本是 {0}，本程序只认识 {SCHEMA}，请用生成它的程序版本打开")]
    Schema(u32),
}

impl Results {
    /// Scores every target and sums the round up. Order of the input does not show in the result.
    pub fn reckon(
        round: Round,
        sample: Sample,
        previous: Vec<PreviousRound>,
        judged: Vec<(Subject, Vec<Judgement>, Vec<Review>)>,
    ) -> Results {
        let mut targets: Vec<TargetResult> = judged
            .into_iter()
            .map(|(subject, judgements, reviews)| {
                target_result(&round, subject, judgements, reviews)
            })
            .collect();
        targets.sort_by(|a, b| a.subject.target.id().cmp(b.subject.target.id()));
        let stats = reckon(&StatsInput {
            set: &round.set,
            round: &round.id,
            sample: &sample,
            previous: &previous,
            targets: targets
                .iter()
                .map(|target| (&target.subject, &target.sheet))
                .collect(),
        });
        Results {
            schema: SCHEMA,
            round,
            sample,
            previous,
            targets,
            stats,
        }
    }

    /// The file: UTF-8 JSON with an indent of two spaces and one line feed at the end, the same bytes for the same results.
    pub fn to_json(&self) -> Result<String, ResultsError> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// Reads the file again.
    pub fn from_json(text: &str) -> Result<Results, ResultsError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let head: Head = serde_json::from_str(text)?;
        if head.schema != SCHEMA {
            return Err(ResultsError::Schema(head.schema));
        }
        Ok(serde_json::from_str(text)?)
    }
}

fn target_result(
    round: &Round,
    subject: Subject,
    mut judgements: Vec<Judgement>,
    mut reviews: Vec<Review>,
) -> TargetResult {
    let place = |judgement: &Judgement| {
        round
            .set
            .indicators
            .iter()
            .position(|own| judgement.set == round.set.id && own.id == judgement.indicator)
            .unwrap_or(usize::MAX)
    };
    judgements.sort_by(|a, b| {
        (place(a), &a.set, &a.indicator, &a.check).cmp(&(place(b), &b.set, &b.indicator, &b.check))
    });
    // Stable: of equal times the later in the list holds, and stays the later one.
    reviews.sort_by_key(|review| review.at);
    let sheet = score_in(round, &subject, &judgements, &reviews);
    TargetResult {
        subject,
        judgements,
        reviews,
        sheet,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "results_tests.rs"]
mod tests;
