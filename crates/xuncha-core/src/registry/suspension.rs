//! 临时下线: a site or account is closed from one day until another and at no other time, whenever that was approved.

use jiff::civil::Date;

/// 临时下线阶段.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuspensionPhase {
    /// 尚未开始.
    Ahead,
    /// 下线期内.
    On,
    /// 已结束.
    Over,
}

impl SuspensionPhase {
    /// Its word, as rows hold it.
    pub fn word(self) -> &'static str {
        match self {
            SuspensionPhase::Ahead => "ahead",
            SuspensionPhase::On => "on",
            SuspensionPhase::Over => "over",
        }
    }

    /// Where a closure from one day until another, both closed, stands on `today`.
    pub fn on(from: Date, until: Date, today: Date) -> SuspensionPhase {
        match () {
            () if today < from => SuspensionPhase::Ahead,
            () if today > until => SuspensionPhase::Over,
            () => SuspensionPhase::On,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_closure_lasts_from_its_first_day_to_its_last() {
        use SuspensionPhase::*;
        let (from, until) = (date(2026, 5, 2), date(2026, 5, 10));
        for (today, expected) in [
            (date(2026, 5, 1), Ahead),
            (date(2026, 5, 2), On),
            (date(2026, 5, 10), On),
            (date(2026, 5, 11), Over),
        ] {
            assert_eq!(SuspensionPhase::on(from, until, today), expected, "{today}");
        }
    }
}
