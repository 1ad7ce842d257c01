//! When a site is down during the availability week.
//!
//! Windows end two days before the monitoring point, so that the pages themselves can be read afterwards.

use jiff::Span;
use jiff::civil::DateTime;

use super::Site;

/// 故障方式: how a site is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    /// The connection is closed.
    Closed,
    /// 503.
    Unavailable,
    /// Answers after 20 seconds.
    Slow,
}

/// 故障时段: one window, `from` included, `to` not.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// First moment.
    pub from: DateTime,
    /// First moment after it.
    pub to: DateTime,
    /// How.
    pub down: Down,
}

/// Draws the windows: at least 12 % of the week when planted, at most 2 % when nearly so.
pub fn draw(site: &mut Site) {
    let d = &site.plan.defects;
    if !d.unreachable && !d.near_unreachable {
        return;
    }
    let mut rng = site.rng("windows");
    let week = site.dates.as_of.saturating_sub(Span::new().hours(24 * 7));
    let lengths: Vec<i64> = if d.unreachable {
        vec![rng.range(9, 13), rng.range(13, 22)]
    } else {
        vec![rng.range(1, 3)]
    };
    let mut hour = rng.range(2, 40);
    for length in lengths {
        let down = *rng.pick(&[Down::Closed, Down::Unavailable, Down::Slow]);
        let from = week.saturating_add(Span::new().hours(hour));
        site.windows.push(Window {
            from,
            to: from.saturating_add(Span::new().hours(length)),
            down,
        });
        hour += length + rng.range(10, 30);
    }
}

impl Site {
    /// How the site is down at `now`, if it is.
    #[must_use]
    pub fn down_at(&self, now: DateTime) -> Option<Down> {
        self.windows
            .iter()
            .find(|w| w.from <= now && now < w.to)
            .map(|w| w.down)
    }
}
