//! 办理时限: a question or message that has to be answered within so many working days, and whether it was.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, CalendarError};

/// 时限状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermState {
    /// 办理中: not answered, and the term still runs.
    Waiting,
    /// 超期未答: not answered, and the term is over.
    Missed,
    /// 按时答复.
    InTime,
    /// 超期答复.
    Late,
}

impl TermState {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            TermState::Waiting => "办理中",
            TermState::Missed => "超期未答",
            TermState::InTime => "按时答复",
            TermState::Late => "超期答复",
        }
    }

    /// Whether it is held against who had to answer.
    pub fn is_failed(self) -> bool {
        matches!(self, TermState::Missed | TermState::Late)
    }
}

/// 时限. The clock of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Last day on which an answer is in time.
    pub due: Date,
    /// Where it stands.
    pub state: TermState,
}

/// The clock of a message of the day `asked`, as it stands on `today`. The day itself does not count; days off neither, and a year whose
/// days off are not known is an error.
pub fn term(
    calendar: &Calendar,
    asked: Date,
    answered: Option<Date>,
    working_days: u32,
    today: Date,
) -> Result<Term, CalendarError> {
    let due = calendar.add_working_days(asked, working_days)?;
    let state = match answered {
        Some(day) if day <= due => TermState::InTime,
        Some(_) => TermState::Late,
        None if today <= due => TermState::Waiting,
        None => TermState::Missed,
    };
    Ok(Term { due, state })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_clock_stands_still_on_days_off() {
        let calendar = Calendar::national().unwrap();
        // Before the Spring Festival of 2026 (15 to 23 February off, 14 and 28 February worked).
        let asked = date(2026, 2, 13);
        let due = date(2026, 2, 27);
        for (answered, today, expected) in [
            (None, due, TermState::Waiting),
            (None, date(2026, 2, 28), TermState::Missed),
            (Some(due), date(2026, 3, 9), TermState::InTime),
            (Some(date(2026, 2, 28)), date(2026, 3, 9), TermState::Late),
        ] {
            let own = term(&calendar, asked, answered, 5, today).unwrap();
            assert_eq!(
                (own.due, own.state),
                (due, expected),
                "{answered:?} {today}"
            );
        }
        let unknown = term(&calendar, date(2039, 3, 1), None, 5, date(2039, 3, 2));
        assert_eq!(unknown, Err(CalendarError::UnknownYear(2039)));
    }
}
