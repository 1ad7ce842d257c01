//! 可用性: the visits of a week rolled up, and the early-warning line below the veto line.

use serde::Serialize;

use super::model::Probe;

/// Share of failed visits, in per cent, from which a site is warned of; the veto of the rule begins at 5.
pub const WARNING_PERCENT: u64 = 3;

/// 可用性汇总. Visits of the availability week by outcome, and where their time went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Availability {
    /// Visits of the plan that are recorded.
    pub visits: u64,
    /// Opened in time.
    pub opened: u64,
    /// Did not open in time.
    pub failed: u64,
    /// Say nothing of the site: blocked, missed by us, our own network.
    pub lost: u64,
    /// Time to the whole answer of the visits that opened.
    pub total_ms: Spread,
    /// Asking DNS.
    pub dns_ms: Spread,
    /// Connecting.
    pub connect_ms: Spread,
    /// TLS handshake.
    pub tls_ms: Spread,
    /// From request to head.
    pub first_byte_ms: Spread,
}

/// 分布. The middle, the slow end and the slowest of some times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Median.
    pub median: u64,
    /// 95 of 100 are not slower.
    pub p95: u64,
    /// Slowest.
    pub max: u64,
}

impl Spread {
    fn of(values: impl Iterator<Item = u64>) -> Spread {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let at = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100).max(1) - 1;
            values.get(rank).copied().unwrap_or_default()
        };
        Spread {
            median: at(50),
            p95: at(95),
            max: at(100),
        }
    }
}

impl Availability {
    /// Of these visits.
    pub fn of(probes: &[Probe]) -> Availability {
        let count = |outcome| probes.iter().filter(|one| one.opened == outcome).count() as u64;
        let opened: Vec<&Probe> = probes
            .iter()
            .filter(|probe| probe.opened == Some(true))
            .collect();
        // A kept connection has no name to ask and no handshake: what was not done has no time.
        let spread = |time: fn(&Probe) -> u64| {
            Spread::of(opened.iter().map(|probe| time(probe)).filter(|ms| *ms > 0))
        };
        Availability {
            visits: probes.len() as u64,
            opened: count(Some(true)),
            failed: count(Some(false)),
            lost: count(None),
            total_ms: spread(|probe| probe.millis),
            dns_ms: spread(|probe| probe.timing.dns_ms.into()),
            connect_ms: spread(|probe| probe.timing.connect_ms.into()),
            tls_ms: spread(|probe| probe.timing.tls_ms.into()),
            first_byte_ms: spread(|probe| probe.timing.first_byte_ms.into()),
        }
    }

    /// What the host of the site should be told before it becomes a veto, in Chinese. Visits that say nothing are left out of the share.
    pub fn warning(&self) -> Option<String> {
        let counted = self.opened + self.failed;
        let is_low = self.failed == 0 || self.failed * 100 < WARNING_PERCENT * counted;
        (!is_low).then(|| {
            format!(
                "首页{counted}次有效访问中{}次未打开，占{}.{}%，达到预警线{WARNING_PERCENT}%。",
                self.failed,
                self.failed * 100 / counted,
                self.failed * 1000 / counted % 10,
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Timing;
    use crate::facts::test_capture;

    fn week(failed: usize, lost: usize) -> Availability {
        let probe = |number: usize| Probe {
            slot: number as u32,
            at: test_capture("http://a.cn/").at,
            opened: match number {
                _ if number < failed => Some(false),
                _ if number < failed + lost => None,
                _ => Some(true),
            },
            millis: number as u64,
            detail: String::new(),
            evidence: test_capture("http://a.cn/").evidence,
            timing: Timing {
                tls_ms: u32::from(number == 139) * 30,
                ..Timing::default()
            },
        };
        Availability::of(&(0..140).map(probe).collect::<Vec<_>>())
    }

    #[test]
    fn a_warning_comes_before_the_veto() {
        assert_eq!(week(4, 0).warning(), None);
        // 5 of 140 are 3.6 %; with 30 lost visits 4 of 110 are.
        let warning = week(5, 0).warning();
        assert_eq!(
            warning.as_deref(),
            Some("首页140次有效访问中5次未打开，占3.5%，达到预警线3%。")
        );
        assert!(week(4, 30).warning().is_some());
        assert_eq!(week(0, 140).warning(), None);
        assert_eq!(Availability::of(&[]).warning(), None);
    }

    #[test]
    fn times_are_of_the_visits_that_opened() {
        let all = week(0, 0);
        assert_eq!((all.visits, all.opened, all.lost), (140, 140, 0));
        let spread = Spread {
            median: 70,
            p95: 133,
            max: 139,
        };
        assert_eq!(all.total_ms, spread);
        assert_eq!((all.tls_ms.median, all.tls_ms.max), (30, 30));
        assert_eq!(all.dns_ms, Spread::default());
    }
}
