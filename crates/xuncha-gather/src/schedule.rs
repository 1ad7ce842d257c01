//! 访问计划: when a site is visited during monitoring. Pure: the same dates and seed give the same plan.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};

use crate::exchange::sha256_hex;

/// Visits a day during the availability week; the rule asks for at least 20.
pub const VISITS_A_DAY: u32 = 20;
/// Days of the availability week.
pub const WEEK_DAYS: i64 = 7;
const DAY_MINUTES: i64 = 24 * 60;

/// 访问. What is done at one moment, for every site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visit {
    /// A snapshot of the home page.
    HomeSnapshot {
        /// Day from 0.
        day: u32,
    },
    /// A visit of the availability week.
    Probe {
        /// Number from 0.
        slot: u32,
    },
}

/// 计划访问.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planned {
    /// Civil time.
    pub due: DateTime,
    /// What.
    pub visit: Visit,
}

/// All visits before the monitoring point, in order. Probes lie in the last seven days, one in each of 20 equal parts of a day,
/// moved within the first half of its part by the seed: two of them are never less than 36 minutes apart.
pub fn visits(monitor_from: DateTime, as_of: DateTime, seed: &str) -> Vec<Planned> {
    let mut plan = snapshots(monitor_from, as_of);
    plan.extend(probes(monitor_from, as_of, seed));
    plan.sort();
    plan
}

fn snapshots(monitor_from: DateTime, as_of: DateTime) -> Vec<Planned> {
    let mut plan = Vec::new();
    let mut due = monitor_from;
    while due < as_of {
        plan.push(Planned {
            due,
            visit: Visit::HomeSnapshot {
                day: plan.len() as u32,
            },
        });
        match due.checked_add(Span::new().days(1)) {
            Ok(next) => due = next,
            Err(_) => break,
        }
    }
    plan
}

fn probes(monitor_from: DateTime, as_of: DateTime, seed: &str) -> Vec<Planned> {
    let part = DAY_MINUTES / i64::from(VISITS_A_DAY);
    let Ok(week_start) = as_of.checked_sub(Span::new().days(WEEK_DAYS)) else {
        return Vec::new();
    };
    let start = week_start.max(monitor_from);
    let minutes = as_of.duration_since(start).as_mins();
    let parts = (minutes / part).max(0);
    let probe = |slot: i64| {
        let offset = slot * part + jitter(seed, slot, part / 2);
        let due = start.checked_add(SignedDuration::from_mins(offset)).ok()?;
        Some(Planned {
            due,
            visit: Visit::Probe { slot: slot as u32 },
        })
    };
    (0..parts).filter_map(probe).collect()
}

fn jitter(seed: &str, slot: i64, below: i64) -> i64 {
    let digest = sha256_hex(format!("{seed}|probe|{slot}").as_bytes());
    let number = u32::from_str_radix(&digest[..8], 16).unwrap_or_default();
    i64::from(number) % below.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn two_weeks_of_visits() {
        let (from, to) = (
            date(2026, 3, 6).at(9, 0, 0, 0),
            date(2026, 3, 20).at(9, 0, 0, 0),
        );
        let plan = visits(from, to, "2026Q1");
        let days: Vec<&Planned> = plan
            .iter()
            .filter(|one| matches!(one.visit, Visit::HomeSnapshot { .. }))
            .collect();
        assert_eq!((days.len(), days[0].due), (14, from));
        let probes: Vec<&Planned> = plan
            .iter()
            .filter(|one| matches!(one.visit, Visit::Probe { .. }))
            .collect();
        assert_eq!(probes.len(), 140);
        assert!(probes[0].due >= date(2026, 3, 13).at(9, 0, 0, 0));
        assert!(
            probes
                .iter()
                .all(|one| one.due < to && one.due.second() == 0)
        );
        for pair in probes.windows(2) {
            let gap = pair[1].due.duration_since(pair[0].due).as_mins();
            assert!((36..=108).contains(&gap), "{gap}");
        }
        assert_eq!(plan, visits(from, to, "2026Q1"));
        assert_ne!(plan, visits(from, to, "2026Q2"));
        assert!(plan.is_sorted());
    }

    #[test]
    fn a_short_monitoring_has_what_fits() {
        let (from, to) = (
            date(2026, 3, 19).at(9, 0, 0, 0),
            date(2026, 3, 20).at(9, 0, 0, 0),
        );
        let plan = visits(from, to, "s");
        assert_eq!(plan.len(), 1 + 20);
        assert!(visits(to, from, "s").is_empty());
    }
}
