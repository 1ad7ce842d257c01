//! 模拟咨询: a simple question sent as any citizen would, answered or not within five working days, well or badly.

use serde::{Deserialize, Serialize};

use crate::term::TermState;

/// Working days in which a question has to be answered.
pub const WORKING_DAYS: u32 = 5;
/// Id of the manual question that such enquiries answer (`question` of an indicator).
pub const QUESTION: &str = "question_reply";

/// 答复质量.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// 切题、可用.
    Good,
    /// 敷衍推诿.
    Perfunctory,
    /// 答非所问.
    OffTopic,
}

impl Quality {
    /// Every quality, as forms list them.
    pub const ALL: [Quality; 3] = [Quality::Good, Quality::Perfunctory, Quality::OffTopic];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Quality::Good => "切题、可用",
            Quality::Perfunctory => "敷衍推诿",
            Quality::OffTopic => "答非所问",
        }
    }

    /// Its word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Quality::Good => "good",
            Quality::Perfunctory => "perfunctory",
            Quality::OffTopic => "off_topic",
        }
    }

    /// The quality of a word.
    pub fn of_word(word: &str) -> Option<Quality> {
        Quality::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// The number that answers the manual question: 1 where the unit failed, 0 where it did not; `None` while it is not known.
pub fn failures(state: TermState, quality: Option<Quality>) -> Option<u32> {
    match (state, quality) {
        (TermState::Missed | TermState::Late, _) => Some(1),
        (TermState::InTime, Some(Quality::Good)) => Some(0),
        (TermState::InTime, Some(_)) => Some(1),
        (TermState::InTime, None) | (TermState::Waiting, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_fails_by_its_clock_or_by_its_answer() {
        for (state, quality, expected) in [
            (TermState::Waiting, None, None),
            (TermState::Missed, None, Some(1)),
            (TermState::Late, Some(Quality::Good), Some(1)),
            (TermState::InTime, None, None),
            (TermState::InTime, Some(Quality::Good), Some(0)),
            (TermState::InTime, Some(Quality::Perfunctory), Some(1)),
            (TermState::InTime, Some(Quality::OffTopic), Some(1)),
        ] {
            assert_eq!(failures(state, quality), expected, "{state:?} {quality:?}");
        }
    }
}
