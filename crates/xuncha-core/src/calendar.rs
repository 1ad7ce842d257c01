//! 工作日历: which days are working days in China, holidays and make-up days included. A year without a published paper is an error, never a guess.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

/// The holiday papers as they come with the program.
const NATIONAL: &str = include_str!("../data/holidays.json");

/// 日历错误.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The paper of that year is not in the data.
    #[error("没有{0}年的节假日安排，无法推算工作日；安排公布后请更新节假日数据")]
    UnknownYear(i16),
    /// The data cannot be read.
    #[error("节假日数据读不懂：{0}")]
    Data(String),
    /// A day is both off and a working day.
    #[error("节假日数据自相矛盾：{0} 既是休息日又是工作日")]
    Contradiction(Date),
    /// Beyond what a calendar can hold.
    #[error("日期超出可推算的范围")]
    OutOfRange,
}

/// 节假日安排. Holidays and make-up working days, as data; regional holidays use the same form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayData {
    /// Years whose national paper is included.
    #[serde(default)]
    pub years: BTreeSet<i16>,
    /// Days off.
    #[serde(default)]
    pub off: BTreeSet<Date>,
    /// Working days on a weekend.
    #[serde(default)]
    pub work: BTreeSet<Date>,
}

/// 工作日历. The calendar of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    days: BTreeMap<Date, bool>,
}

impl Calendar {
    /// The national calendar that comes with the program.
    pub fn national() -> Result<Calendar, CalendarError> {
        let data: HolidayData = serde_json::from_str(NATIONAL)
            .map_err(|error| CalendarError::Data(error.to_string()))?;
        Calendar::new(&data)
    }

    /// A calendar from data alone.
    pub fn new(data: &HolidayData) -> Result<Calendar, CalendarError> {
        if let Some(day) = data.off.intersection(&data.work).next() {
            return Err(CalendarError::Contradiction(*day));
        }
        let off = data.off.iter().map(|day| (*day, false));
        let work = data.work.iter().map(|day| (*day, true));
        Ok(Calendar {
            years: data.years.clone(),
            days: off.chain(work).collect(),
        })
    }

    /// With further data laid over it: regional holidays (三月三 …), or the paper of a new year.
    pub fn with(mut self, data: &HolidayData) -> Result<Calendar, CalendarError> {
        let over = Calendar::new(data)?;
        self.years.extend(over.years);
        self.days.extend(over.days);
        Ok(self)
    }

    /// Whether people work on that day.
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        if !self.years.contains(&day.year()) {
            return Err(CalendarError::UnknownYear(day.year()));
        }
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(self.days.get(&day).copied().unwrap_or(!is_weekend))
    }

    /// Working days after `from` up to and including `to`; 0 where `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<u32, CalendarError> {
        let mut count = 0;
        let mut day = from;
        while day < to {
            day = next(day)?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }

    /// The `count`-th working day after `from`: the last day of a term of so many working days. Zero gives `from` itself.
    pub fn add_working_days(&self, from: Date, count: u32) -> Result<Date, CalendarError> {
        let mut left = count;
        let mut day = from;
        while left > 0 {
            day = next(day)?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Ok(day)
    }
}

fn next(day: Date) -> Result<Date, CalendarError> {
    let one: Span = 1.day();
    day.checked_add(one).map_err(|_| CalendarError::OutOfRange)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn holidays_and_make_up_days_are_those_of_the_papers() {
        let calendar = Calendar::national().unwrap();
        for (day, works) in [
            (date(2020, 1, 19), true),
            (date(2020, 1, 31), false),
            (date(2020, 4, 6), false),
            (date(2026, 2, 14), true),
            (date(2026, 2, 16), false),
            (date(2026, 3, 20), true),
            (date(2026, 3, 21), false),
            (date(2026, 10, 10), true),
            (date(2026, 10, 7), false),
            (date(2019, 1, 1), false),
        ] {
            assert_eq!(calendar.is_working_day(day).unwrap(), works, "{day}");
        }
    }

    #[test]
    fn terms_run_over_holidays() {
        let calendar = Calendar::national().unwrap();
        // 2026: the holiday runs from 15 to 23 February, the Saturday before and after are worked.
        let asked = date(2026, 2, 13);
        assert_eq!(
            calendar.add_working_days(asked, 5).unwrap(),
            date(2026, 2, 27)
        );
        assert_eq!(
            calendar.add_working_days(asked, 6).unwrap(),
            date(2026, 2, 28)
        );
        assert_eq!(
            calendar
                .working_days_between(asked, date(2026, 2, 23))
                .unwrap(),
            1
        );
        assert_eq!(calendar.working_days_between(asked, asked).unwrap(), 0);
        assert_eq!(calendar.add_working_days(asked, 0).unwrap(), asked);
    }

    #[test]
    fn counting_and_adding_are_each_others_inverse() {
        let calendar = Calendar::national().unwrap();
        let mut day = date(2019, 1, 1);
        while day < date(2026, 11, 1) {
            for count in [1, 5, 20] {
                let end = calendar.add_working_days(day, count).unwrap();
                assert!(calendar.is_working_day(end).unwrap());
                assert_eq!(
                    calendar.working_days_between(day, end).unwrap(),
                    count,
                    "{day}"
                );
            }
            day = day.checked_add(11.days()).unwrap();
        }
    }

    #[test]
    fn an_unpublished_year_is_an_error() {
        let calendar = Calendar::national().unwrap();
        for day in [date(2018, 12, 28), date(2027, 1, 4)] {
            assert_eq!(
                calendar.is_working_day(day),
                Err(CalendarError::UnknownYear(day.year()))
            );
        }
        let over_new_year = calendar.add_working_days(date(2026, 12, 30), 5);
        assert_eq!(over_new_year, Err(CalendarError::UnknownYear(2027)));
        assert!(over_new_year.unwrap_err().to_string().contains("2027年"));
    }

    #[test]
    fn regional_holidays_are_laid_over() {
        let third_of_third: HolidayData =
            serde_json::from_str(r#"{"off": ["2026-04-20", "2026-04-21"]}"#).unwrap();
        let national = Calendar::national().unwrap();
        let regional = national.clone().with(&third_of_third).unwrap();
        assert!(national.is_working_day(date(2026, 4, 20)).unwrap());
        assert!(!regional.is_working_day(date(2026, 4, 20)).unwrap());
        assert_eq!(
            regional.add_working_days(date(2026, 4, 17), 1).unwrap(),
            date(2026, 4, 22)
        );
        let torn: HolidayData =
            serde_json::from_str(r#"{"off": ["2026-04-20"], "work": ["2026-04-20"]}"#).unwrap();
        assert_eq!(
            Calendar::new(&torn),
            Err(CalendarError::Contradiction(date(2026, 4, 20)))
        );
    }
}
