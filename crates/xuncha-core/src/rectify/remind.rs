//! 催办: which problems a unit is reminded of on a day, and the one message in which it is told of all of them.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};

use super::{Progress, RectifyState};

/// 催办设置. When units are reminded, and when nobody is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemindSettings {
    /// Days before the last day of a term on which a unit is reminded; 0 is the last day itself.
    pub before_days: BTreeSet<u16>,
    /// Days after it.
    pub after_days: BTreeSet<u16>,
    /// 免打扰: no message leaves from this time of day …
    pub quiet_from: Time,
    /// … until this one; the same time twice means that messages leave at any time.
    pub quiet_until: Time,
}

impl Default for RemindSettings {
    fn default() -> RemindSettings {
        RemindSettings {
            before_days: [7, 3, 1, 0].into(),
            after_days: [1, 3, 7, 14, 30].into(),
            quiet_from: Time::constant(20, 0, 0, 0),
            quiet_until: Time::constant(8, 30, 0, 0),
        }
    }
}

impl RemindSettings {
    /// When a message that is written now may leave.
    pub fn leaves_at(&self, now: DateTime) -> DateTime {
        let (from, until, time) = (self.quiet_from, self.quiet_until, now.time());
        let is_quiet = match from <= until {
            true => from <= time && time < until,
            false => from <= time || time < until,
        };
        if !is_quiet {
            return now;
        }
        let day = match time < until {
            true => Some(now.date()),
            false => now.date().tomorrow().ok(),
        };
        day.map_or(now, |day| day.to_datetime(until))
    }

    /// The step of the reminders that a problem has come to: the days from the last day of its term to the reminder that is due, negative
    /// before it. `None` where none is due. Days on which nobody ran the program are made up for: the step is the last one reached.
    pub fn step(&self, progress: &Progress, today: Date) -> Option<i32> {
        if !matches!(
            progress.state,
            RectifyState::Notified | RectifyState::Overdue
        ) {
            return None;
        }
        let deadline = progress.deadline?;
        let past = days_between(deadline, today);
        let before = self.before_days.iter().map(|days| -i32::from(*days));
        let after = self.after_days.iter().map(|days| i32::from(*days));
        before.chain(after).filter(|step| *step <= past).max()
    }
}

/// Days from one day to another, negative backwards.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// 催办事项. A problem as a reminder names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Last day of its term.
    pub deadline: Date,
    /// Target's name.
    pub target: String,
    /// One sentence.
    pub detail: String,
}

/// 催办消息. What one unit is told on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Subject of the mail, title of the robot's message.
    pub subject: String,
    /// Lines of the text.
    pub lines: Vec<String>,
}

/// Problems that a message names; the others are counted.
const NAMED: usize = 20;

/// The one message to a unit. Overdue ones come first, then the nearest term.
pub fn digest(unit: &str, due: &[Due], today: Date, address: &str) -> Digest {
    let mut due: Vec<&Due> = due.iter().collect();
    due.sort();
    let overdue = due.iter().filter(|own| own.deadline < today).count();
    let soon = due.len() - overdue;
    let subject = match (overdue, soon) {
        (0, _) => format!("整改提醒：{soon} 个问题即将到期"),
        (_, 0) => format!("整改催办：{overdue} 个问题已经逾期"),
        _ => format!("整改催办：{overdue} 个问题已经逾期，{soon} 个即将到期"),
    };
    let mut lines = vec![format!("{unit}："), format!("{subject}。")];
    for own in due.iter().take(NAMED) {
        let when = when(days_between(own.deadline, today));
        let (target, detail) = (plain(&own.target), plain(&own.detail));
        lines.push(format!(
            "· [{when}] {target}：{detail}（期限 {}）",
            own.deadline
        ));
    }
    if due.len() > NAMED {
        lines.push(format!("另有 {} 个问题，见系统。", due.len() - NAMED));
    }
    if !address.is_empty() {
        lines.push(format!("请登录系统回复整改情况：{address}"));
    }
    Digest { subject, lines }
}

fn when(past: i32) -> String {
    match past {
        0 => "今天到期".to_owned(),
        1.. => format!("逾期{past}天"),
        _ => format!("还有{}天", -past),
    }
}

/// Characters of one text of others in a message.
const LONGEST: usize = 120;

/// A text of others on one line: nothing that breaks lines, hides itself or turns the direction.
fn plain(text: &str) -> String {
    let is_bad = |sign: &char| {
        sign.is_control()
            || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean: String = text.chars().filter(|sign| !is_bad(sign)).collect();
    match clean.chars().count() > LONGEST {
        true => clean.chars().take(LONGEST).chain(['…']).collect(),
        false => clean,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn progress(state: RectifyState, deadline: Date) -> Progress {
        Progress {
            state,
            since: None,
            deadline: Some(deadline),
            is_late: false,
            relapses: 0,
        }
    }

    #[test]
    fn steps_are_reached_and_made_up_for() {
        let settings = RemindSettings::default();
        let deadline = date(2026, 4, 30);
        let open = progress(RectifyState::Notified, deadline);
        let late = progress(RectifyState::Overdue, deadline);
        for (today, own, expected) in [
            (date(2026, 4, 22), &open, None),
            (date(2026, 4, 23), &open, Some(-7)),
            (date(2026, 4, 26), &open, Some(-7)),
            (date(2026, 4, 27), &open, Some(-3)),
            (date(2026, 4, 29), &open, Some(-1)),
            (date(2026, 4, 30), &open, Some(0)),
            (date(2026, 5, 1), &late, Some(1)),
            (date(2026, 5, 5), &late, Some(3)),
            (date(2026, 8, 1), &late, Some(30)),
        ] {
            assert_eq!(settings.step(own, today), expected, "{today}");
        }
        for state in [
            RectifyState::Found,
            RectifyState::Replied,
            RectifyState::Closed,
            RectifyState::Withdrawn,
        ] {
            assert_eq!(
                settings.step(&progress(state, deadline), date(2026, 5, 3)),
                None
            );
        }
    }

    #[test]
    fn nothing_leaves_in_quiet_hours() {
        let settings = RemindSettings::default();
        for (now, expected) in [
            ("2026-04-23T08:29:59", "2026-04-23T08:30:00"),
            ("2026-04-23T08:30:00", "2026-04-23T08:30:00"),
            ("2026-04-23T19:59:59", "2026-04-23T19:59:59"),
            ("2026-04-23T20:00:00", "2026-04-24T08:30:00"),
            ("2026-12-31T23:00:00", "2027-01-01T08:30:00"),
        ] {
            let now: DateTime = now.parse().unwrap();
            assert_eq!(settings.leaves_at(now), expected.parse().unwrap(), "{now}");
        }
        let noon = RemindSettings {
            quiet_from: Time::constant(12, 0, 0, 0),
            quiet_until: Time::constant(14, 0, 0, 0),
            ..RemindSettings::default()
        };
        let at: DateTime = "2026-04-23T13:00".parse().unwrap();
        assert_eq!(noon.leaves_at(at), "2026-04-23T14:00".parse().unwrap());
        let never = RemindSettings {
            quiet_until: noon.quiet_from,
            ..noon
        };
        assert_eq!(never.leaves_at(at), at);
    }

    #[test]
    fn one_message_names_the_worst_first_and_counts_the_rest() {
        let due = |day: i8, number: usize| Due {
            deadline: date(2026, 4, day),
            target: format!("网站{number}"),
            detail: "首页链接打不开\n\u{202e}".to_owned(),
        };
        let mut all: Vec<Due> = (0..22).map(|number| due(30, number)).collect();
        all.push(due(20, 99));
        let message = digest("青石市教育局", &all, date(2026, 4, 23), "http://x/rectify");
        assert_eq!(message.subject, "整改催办：1 个问题已经逾期，22 个即将到期");
        assert_eq!(
            message.lines[2],
            "· [逾期3天] 网站99：首页链接打不开（期限 2026-04-20）"
        );
        assert!(
            message
                .lines
                .contains(&"另有 3 个问题，见系统。".to_owned())
        );
        assert!(message.lines.last().unwrap().ends_with("http://x/rectify"));
        let last_day = digest("甲", &all[..1], date(2026, 4, 30), "");
        assert_eq!(last_day.subject, "整改提醒：1 个问题即将到期");
        assert!(last_day.lines[2].contains("[今天到期]"), "{last_day:?}");
    }
}
