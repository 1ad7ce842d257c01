//! The visits of the availability week: one outcome per slot of the plan.

use std::collections::BTreeMap;

use crate::evidence::{Capture, Failure, MISSED, Purpose};
use crate::facts::model::Probe;
use crate::facts::network::tls_trouble;

/// A visit that takes this long has not opened (≥ 15 s in the rule).
const SLOW_MILLIS: u64 = 15_000;

/// Visits of the availability week. `again` holds the repeats of failed ones over the second path, by slot.
pub(super) fn probes(captures: &[Capture], again: &BTreeMap<u32, Capture>) -> Vec<Probe> {
    let mut probes: Vec<Probe> = captures.iter().map(|one| probe(one, again)).collect();
    probes.sort_by_key(|probe| (probe.slot, probe.at));
    probes
}

fn probe(capture: &Capture, again: &BTreeMap<u32, Capture>) -> Probe {
    let slot = match capture.purpose {
        Purpose::Probe { slot } => slot,
        _ => 0,
    };
    let (mut outcome, mut detail) = opened(capture);
    if outcome == Some(false)
        && let Some(second) = again.get(&slot)
    {
        match opened(second).0 {
            // The site was there: the fault lies between us and it.
            Some(true) => {
                outcome = None;
                detail = format!("{detail}，但经另一出口可以打开，不计入");
            }
            Some(false) => detail.push_str("，经另一出口也未能打开"),
            None => {}
        }
    }
    Probe {
        slot,
        at: capture.at,
        opened: outcome,
        millis: capture.millis,
        detail,
        evidence: capture.evidence.clone(),
        timing: capture.timing,
    }
}

/// Whether a visit opened the page; `None` where that says nothing of the site.
fn opened(capture: &Capture) -> (Option<bool>, String) {
    let no = |detail: &str| (Some(false), detail.to_owned());
    let unknown = |detail: &str| (None, detail.to_owned());
    if capture.is_blocked() {
        return unknown("被目标网站拦截，不计入");
    }
    match &capture.failure {
        Some(Failure::Dns {
            control_resolved: true,
        }) => no("域名无法解析"),
        Some(Failure::Dns {
            control_resolved: false,
        }) => unknown("我方域名解析异常，不计入"),
        Some(Failure::Connect) => no("无法建立连接"),
        Some(Failure::Tls { detail }) => (None, format!("{}，不计入", tls_trouble(detail))),
        Some(Failure::Timeout { .. }) => no("超过时限未打开"),
        Some(Failure::Reset) => no("连接中断"),
        Some(Failure::Protocol { .. }) => no("返回内容不是有效的网页应答"),
        Some(Failure::RedirectLoop) => no("循环跳转"),
        Some(Failure::RefusedByGuard { detail }) if detail.starts_with(MISSED) => {
            unknown("我方未按时访问（程序当时没有运行），不计入")
        }
        Some(Failure::RefusedByGuard { .. }) => unknown("我方安全策略未放行，不计入"),
        Some(Failure::KeptOff) => unknown("跳转到 robots.txt 不允许抓取的网址，不计入"),
        Some(Failure::Unread) => unknown("我方程序读取时出错，不计入"),
        None => match capture.status {
            Some(status) if status >= 400 => (Some(false), format!("返回状态码{status}")),
            Some(_) if capture.millis >= SLOW_MILLIS => no("超过15秒才打开"),
            Some(200) if capture.size_bytes == 0 => no("返回空白页"),
            Some(_) => (Some(true), String::new()),
            None => unknown("没有应答记录，不计入"),
        },
    }
}

/// Whether a visit failed so that it is repeated over the second path, where there is one.
pub fn is_failed_visit(capture: &Capture) -> bool {
    opened(capture).0 == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{LEGACY_TLS, NATIONAL_TLS, Timing};
    use crate::facts::test_capture;

    fn visit(slot: u32, failure: Option<Failure>) -> Capture {
        Capture {
            purpose: Purpose::Probe { slot },
            status: failure.is_none().then_some(200),
            failure,
            timing: Timing {
                connect_ms: 7,
                ..Timing::default()
            },
            ..test_capture("http://www.qingshi.gov.cn/")
        }
    }

    fn outcome(capture: Capture) -> (Option<bool>, String) {
        let probe = probes(&[capture], &BTreeMap::new()).remove(0);
        (probe.opened, probe.detail)
    }

    #[test]
    fn a_site_that_opens_elsewhere_is_not_down() {
        let failed = [visit(3, Some(Failure::Connect))];
        for (second, expected) in [
            (visit(3, None), None),
            (visit(3, Some(Failure::Reset)), Some(false)),
            // A second path that does not work says nothing.
            (
                visit(
                    3,
                    Some(Failure::RefusedByGuard {
                        detail: String::new(),
                    }),
                ),
                Some(false),
            ),
        ] {
            let again = BTreeMap::from([(3, second)]);
            assert_eq!(probes(&failed, &again)[0].opened, expected);
        }
        let other = BTreeMap::from([(4, visit(4, None))]);
        let alone = &probes(&failed, &other)[0];
        assert_eq!((alone.opened, alone.timing.connect_ms), (Some(false), 7));
        let fine = &probes(&[visit(4, None)], &other)[0];
        assert_eq!((fine.opened, fine.detail.as_str()), (Some(true), ""));
    }

    #[test]
    fn what_our_side_cannot_do_is_never_down() {
        let tls = |start: &str| {
            outcome(visit(
                0,
                Some(Failure::Tls {
                    detail: format!("{start}TLS 1.0"),
                }),
            ))
        };
        assert!(tls(LEGACY_TLS).1.contains("老旧"));
        assert!(tls(NATIONAL_TLS).1.contains("国密"));
        let missed = outcome(visit(
            0,
            Some(Failure::RefusedByGuard {
                detail: format!("{MISSED}nobody ran"),
            }),
        ));
        assert!(missed.1.contains("未按时访问"));
        for (opened, _) in [tls(LEGACY_TLS), tls(NATIONAL_TLS), tls(""), missed] {
            assert_eq!(opened, None);
        }
    }
}
