//! What several rooms share: windows of time, the seeded sample, standing reasons why nothing can be said.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use sha2::{Digest, Sha256};

use super::Context;
use crate::evidence::EvidenceRef;
use crate::facts::model::{
    AccountFacts, Column, ColumnKind, Facts, HomeFacts, LinkFacts, LinkState, SiteFacts,
};
use crate::facts::network::Tls;
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Doubt, Finding, Place, Undetermined, UndeterminedReason, Verdict};

pub(super) mod posts;
pub(super) mod signs;

/// The last day that is still inside a window of `days` days; anything earlier is outside.
pub(super) fn days_before(as_of: DateTime, days: u16) -> Date {
    as_of
        .date()
        .checked_sub(i64::from(days).days())
        .unwrap_or(Date::MIN)
}

/// The last day that is still inside a window of `months` calendar months. Never reckoned in days: 180 days would accuse early.
pub(super) fn months_before(as_of: DateTime, months: u16) -> Date {
    as_of
        .date()
        .checked_sub(i64::from(months).months())
        .unwrap_or(Date::MIN)
}

/// The seeded draw of `size` addresses: those with the smallest SHA-256 of `seed|url`, so anybody can redraw it.
pub(super) fn draw<'a>(
    seed: &str,
    size: usize,
    urls: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let distinct: BTreeSet<&str> = urls.into_iter().collect();
    let mut ranked: Vec<(String, &str)> = distinct
        .into_iter()
        .map(|url| (rank(seed, url), url))
        .collect();
    ranked.sort();
    ranked.into_iter().take(size).map(|(_, url)| url).collect()
}

/// Rank of an address in the seeded draw.
pub(super) fn rank(seed: &str, url: &str) -> String {
    hex::encode(Sha256::digest(format!("{seed}|{url}")))
}

/// The facts of a site, or the verdict for anything else.
pub(super) fn site(facts: &Facts) -> Result<&SiteFacts, Verdict> {
    match facts {
        Facts::Site(site) => Ok(site),
        Facts::Account(_) => Err(not_applicable("本项只检查网站。")),
    }
}

/// The facts of an account, or the verdict for anything else.
pub(super) fn account(facts: &Facts) -> Result<&AccountFacts, Verdict> {
    match facts {
        Facts::Account(account) => Ok(account),
        Facts::Site(_) => Err(not_applicable("本项只检查政务新媒体。")),
    }
}

/// 不适用, with its reason.
pub(super) fn not_applicable(reason: &str) -> Verdict {
    Verdict::NotApplicable {
        reason: reason.to_owned(),
    }
}

/// Whether the site is filed as having no public services.
pub(super) fn has_no_services(subject: &Subject) -> bool {
    matches!(&subject.target, Target::Site(site) if site.no_services)
}

/// Refuses to judge while a phase of gathering is missing, and where a crawl read nothing: that a site of which nothing was seen shows no
/// fault says nothing.
pub(super) fn need_phases(site: &SiteFacts, phases: &[&str]) -> Result<(), Undetermined> {
    let missing: Vec<&str> = phases
        .iter()
        .copied()
        .filter(|phase| !site.phases.contains(*phase))
        .collect();
    if missing.is_empty() {
        let is_unread = site.home.is_none() && site.page_count == 0;
        return match phases.contains(&"crawl") && is_unread {
            true => home(site).map(|_| ()),
            false => Ok(()),
        };
    }
    Err(Undetermined::new(
        UndeterminedReason::NotGathered,
        format!(
            "本轮没有采集判定所需的内容（{}），请补充采集后重新判定。",
            missing
                .iter()
                .map(|phase| phase_name(phase))
                .collect::<Vec<_>>()
                .join("、")
        ),
    ))
}

/// A phase of gathering in Chinese.
pub(super) fn phase_name(phase: &str) -> &str {
    match phase {
        "probe" => "连续访问",
        "network" => "网络记录",
        "crawl" => "页面抓取",
        "looks" => "链接复查",
        "documents" => "附件阅读",
        "search" => "搜索提问",
        "account" => "账号页面",
        "accessibility" => "无障碍检测",
        other => other,
    }
}

/// The home page at the monitoring point, or why it cannot be judged.
pub(super) fn home(site: &SiteFacts) -> Result<&HomeFacts, Undetermined> {
    site.home.as_ref().ok_or_else(|| {
        if let Some(why) = unspoken_tls(site) {
            return Undetermined::new(UndeterminedReason::OurSide, why);
        }
        let is_blocked = site.probes.iter().any(|probe| probe.opened.is_none());
        let reason = if is_blocked {
            UndeterminedReason::Blocked
        } else {
            UndeterminedReason::Transient
        };
        Undetermined::new(
            reason,
            "监测时间点没有读到首页，无法判定；请查看连续访问记录，恢复后重新采集。",
        )
    })
}

/// Why nothing of the site could be read, where it only speaks a TLS that our library does not. That is our side, never the site's.
fn unspoken_tls(site: &SiteFacts) -> Option<String> {
    let (kind, version) = match &site.network.as_ref()?.tls {
        Tls::Legacy { version, .. } => ("老旧的", version),
        Tls::National { version, .. } => ("国密", version),
        _ => return None,
    };
    Some(format!(
        "网站只支持{kind}安全连接（{version}），本程序读不到页面，无法判定；请用支持它的浏览器人工检查。"
    ))
}

/// Whether the home page shows nothing without scripts.
pub(super) fn is_home_unrendered(site: &SiteFacts) -> bool {
    site.home
        .as_ref()
        .is_some_and(|home| site.unrendered_pages.contains(&home.url))
}

/// That a page was not rendered, with the reason where somebody tried.
pub(super) fn not_rendered(site: &SiteFacts, url: &str) -> String {
    match site.rendering_troubles.get(url) {
        Some(why) => format!("未能渲染（{why}）"),
        None => "尚未渲染".to_owned(),
    }
}

/// Why it cannot be said that something is *absent* from the columns of these kinds, if it cannot.
pub(super) fn unread(
    site: &SiteFacts,
    kinds: &[ColumnKind],
) -> Option<(UndeterminedReason, String)> {
    if is_home_unrendered(site) {
        return Some((
            UndeterminedReason::NeedsScript,
            format!(
                "首页不执行脚本就没有内容，{}。",
                site.home.as_ref().map_or_else(
                    || "尚未渲染".to_owned(),
                    |home| not_rendered(site, &home.url)
                )
            ),
        ));
    }
    let of_kind = || {
        site.columns
            .iter()
            .filter(|column| kinds.contains(&column.kind))
    };
    if let Some(column) =
        of_kind().find(|column| column.needs_script || has_unrendered(site, column))
    {
        return Some((
            UndeterminedReason::NeedsScript,
            format!(
                "栏目“{}”（{}）的内容由脚本生成，{}。",
                column.name,
                column.url,
                not_rendered(site, &column.url)
            ),
        ));
    }
    if site.is_partial {
        return Some((UndeterminedReason::Incomplete, not_read_whole(site)));
    }
    None
}

/// What to say of a site of which something was left unread.
pub(super) fn not_read_whole(site: &SiteFacts) -> String {
    format!(
        "网站没有读全（已读{}页）：到了页面数上限，或首页没有读完，或导航上的页面因 robots.txt 没有读。",
        site.page_count
    )
}

fn has_unrendered(site: &SiteFacts, column: &Column) -> bool {
    site.unrendered_pages
        .iter()
        .any(|page| is_under(page, &column.url))
}

/// Whether a page stands in the folder of a column. The root folder holds everything and so says nothing.
pub(super) fn is_under(page: &str, column: &str) -> bool {
    if page == column {
        return true;
    }
    let path_end = column.find('?').unwrap_or(column.len());
    let Some(folder) = column[..path_end].rfind('/').map(|at| &column[..=at]) else {
        return false;
    };
    let depth = folder.matches('/').count();
    depth > 3 && page.starts_with(folder)
}

/// Evidence that stands in the registry and not on a page.
pub(super) fn registry_evidence(context: &Context, url: &str, quote: &str) -> EvidenceRef {
    EvidenceRef {
        url: url.to_owned(),
        at: context.as_of,
        sha256: hex::encode(Sha256::digest([])),
        record: String::new(),
        quote: String::new(),
    }
    .quoting(quote)
}

/// A title in the marks of a book, or in quotation marks where it holds some itself.
pub(super) fn quoted_title(title: &str) -> String {
    match title.contains('《') {
        true => format!("“{title}”"),
        false => format!("《{title}》"),
    }
}

/// A place on a page.
pub(super) fn place(url: &str, text: &str) -> Place {
    Place {
        url: url.to_owned(),
        text: text.to_owned(),
    }
}

/// A place that could not be determined.
pub(super) fn doubt(
    key: impl Into<String>,
    case: &str,
    reason: UndeterminedReason,
    detail: impl Into<String>,
) -> Doubt {
    Doubt {
        key: key.into(),
        case: case.to_owned(),
        reason,
        detail: detail.into(),
    }
}

/// 无法判定 of a check that looks at one place only.
pub(super) fn undetermined(
    key: &str,
    case: &str,
    reason: UndeterminedReason,
    detail: impl Into<String>,
) -> Undetermined {
    let detail = detail.into();
    Undetermined {
        reason,
        places: vec![doubt(key, case, reason, detail.clone())],
        detail,
    }
}

/// The verdict of these findings and doubts, each in the order of their keys.
pub(super) fn verdict(mut findings: Vec<Finding>, mut doubts: Vec<Doubt>) -> Verdict {
    findings.sort_by(|a, b| (&a.key, &a.case).cmp(&(&b.key, &b.case)));
    doubts.sort();
    if findings.is_empty() {
        return Verdict::Pass {
            undetermined: doubts,
        };
    }
    Verdict::Fail {
        findings,
        undetermined: doubts,
    }
}

/// As [`verdict`]; where nothing at all could be judged and there are only doubts, there is no verdict.
pub(super) fn verdict_of_judged(
    findings: Vec<Finding>,
    mut doubts: Vec<Doubt>,
    is_anything_judged: bool,
) -> Result<Verdict, Undetermined> {
    if is_anything_judged || !findings.is_empty() {
        return Ok(verdict(findings, doubts));
    }
    doubts.sort();
    let Some(first) = doubts.first() else {
        return Ok(verdict(findings, doubts));
    };
    Err(Undetermined {
        reason: first.reason,
        detail: first.detail.clone(),
        places: doubts,
    })
}

/// 链接结论. What the two looks at a link allow to say.
pub(super) enum LinkSays<'a> {
    /// It opens.
    Opens,
    /// It is dead at two looks: why, kind, and the evidence of the looks.
    IsDead {
        why: &'a str,
        kind: &'a str,
        first: &'a EvidenceRef,
        others: &'a [EvidenceRef],
    },
    /// Nothing.
    Nothing {
        reason: UndeterminedReason,
        why: String,
    },
}

/// Reads the state of a link. A link that was looked at once is never dead, whatever its state says.
pub(super) fn link_says(link: &LinkFacts) -> LinkSays<'_> {
    match &link.state {
        LinkState::Alive => LinkSays::Opens,
        LinkState::Unknown { reason, why } => LinkSays::Nothing {
            reason: *reason,
            why: why.clone(),
        },
        LinkState::Dead { why, kind } => match link.evidence.as_slice() {
            [first, others @ ..] if !others.is_empty() => LinkSays::IsDead {
                why,
                kind,
                first,
                others,
            },
            _ => LinkSays::Nothing {
                reason: UndeterminedReason::Transient,
                why: format!("只看过一次（{why}），需隔一段时间再看一次。"),
            },
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_calendar_months() {
        let six = |text| months_before(at(text), 6).to_string();
        assert_eq!(six("2026-03-20T09:00"), "2025-09-20");
        assert_eq!(six("2026-08-31T09:00"), "2026-02-28");
        assert_eq!(
            months_before(at("2024-02-29T00:00"), 12).to_string(),
            "2023-02-28"
        );
    }

    #[test]
    fn a_draw_depends_on_the_seed_and_not_on_the_order() {
        let urls = ["https://a/1", "https://a/2", "https://a/3", "https://a/4"];
        let forward = draw("7", 2, urls);
        let backward = draw("7", 2, urls.into_iter().rev());
        assert_eq!(forward, backward);
        assert_eq!(forward.len(), 2);
        let seeds = ["1", "2", "3", "4", "5", "6"];
        assert!(seeds.iter().any(|seed| draw(seed, 2, urls) != forward));
    }

    #[test]
    fn the_root_folder_holds_nothing() {
        assert!(is_under(
            "https://a.gov.cn/xw/1.html",
            "https://a.gov.cn/xw/index.html"
        ));
        assert!(!is_under(
            "https://a.gov.cn/1.html",
            "https://a.gov.cn/list.jsp?id=1"
        ));
        assert!(!is_under(
            "https://a.gov.cn/tz/1.html",
            "https://a.gov.cn/xw/"
        ));
    }
}
