//! 公告监测: whether the notice of a closing site hangs for thirty days, and that of a domain change on the old domain for three months.
//!
//! A look that fails is no missing notice, and one look says nothing: an interruption needs two looks, one after the other. Until
//! something was seen the state says so, whatever the unit states.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::request::{NOTICE_DAYS, days_after};
use crate::evidence::{Capture, Failure};

/// Months that the old domain tells of the new one (国办函〔2018〕55号); calendar months.
pub const DOMAIN_MONTHS: i32 = 3;
/// Letters of the longest quote.
const MAX_QUOTE: usize = 120;

/// 监测事项.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchKind {
    /// 关停（迁移）公告.
    Closing,
    /// 域名变更公告.
    Domain,
    /// 临时下线期满后恢复: no notice, the site itself has to be back.
    Return,
}

/// 所见. What one look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// 有公告.
    Notice,
    /// 跳转到新域名.
    Moved,
    /// 能打开: a site is back.
    Opened,
    /// 没有公告.
    Absent,
    /// 打不开.
    Unreachable,
}

impl Seen {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Seen::Notice => "看到公告",
            Seen::Moved => "跳转到新域名",
            Seen::Opened => "能打开",
            Seen::Absent => "没有看到公告",
            Seen::Unreachable => "没有打开",
        }
    }
}

/// 查看记录. One look at the page that should bear the notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// When.
    pub at: DateTime,
    /// What it showed.
    pub seen: Seen,
    /// Address that was asked.
    pub url: String,
    /// The wording, or why the page did not open.
    pub quote: String,
    /// Where the evidence is kept: the round's name, or empty.
    pub round: String,
    /// Record of the evidence.
    pub record: String,
}

/// 监测. What is to be watched since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What.
    pub kind: WatchKind,
    /// Day of approval; of a closure, the day on which the site is to be back.
    pub since: Date,
    /// The day on which the unit says that it put the notice up.
    pub posted: Option<Date>,
}

/// 监测状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchState {
    /// 还没有查看.
    NotLooked,
    /// 还没有看到.
    NotSeen,
    /// 公告期内.
    Running,
    /// 提前撤下: two looks in a row showed nothing before the end.
    Interrupted,
    /// 期满.
    Fulfilled,
    /// 未到恢复日.
    Away,
    /// 已恢复.
    Back,
    /// 到期未恢复: two looks in a row did not open.
    NotBack,
}

impl WatchState {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            WatchState::NotLooked => "还没有查看",
            WatchState::NotSeen => "还没有看到",
            WatchState::Running => "公告期内",
            WatchState::Interrupted => "疑似提前撤下",
            WatchState::Fulfilled => "期满",
            WatchState::Away => "未到恢复日",
            WatchState::Back => "已恢复",
            WatchState::NotBack => "到期未恢复",
        }
    }
}

/// 监测结果.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// State.
    pub state: WatchState,
    /// The day from which the term is counted; `None` where nobody knows one.
    pub start: Option<Date>,
    /// The day on which it is over.
    pub due: Option<Date>,
    /// First look that showed it.
    pub first_seen: Option<Date>,
    /// Last look that showed it.
    pub last_seen: Option<Date>,
    /// Looks.
    pub looks: usize,
}

/// Judges a watch by what was seen, in the order of time.
pub fn watched(watch: &Watch, sightings: &[Sighting], today: Date) -> Watched {
    let mut looks: Vec<&Sighting> = sightings
        .iter()
        .filter(|look| look.at.date() >= watch.since)
        .collect();
    looks.sort_by_key(|look| look.at);
    let shows = |look: &&Sighting| match look.seen {
        Seen::Notice => true,
        Seen::Moved => watch.kind == WatchKind::Domain,
        Seen::Opened => watch.kind == WatchKind::Return,
        Seen::Absent | Seen::Unreachable => false,
    };
    let mut seen = looks.iter().copied().filter(|look| shows(look));
    let first_seen = seen.next().map(|look| look.at.date());
    let last_seen = seen.next_back().map(|look| look.at.date()).or(first_seen);
    let start = match watch.kind {
        WatchKind::Domain | WatchKind::Return => Some(watch.since),
        WatchKind::Closing => closing_start(watch, &looks, first_seen),
    };
    let due = start.map(|start| match watch.kind {
        WatchKind::Domain => start
            .checked_add(DOMAIN_MONTHS.months())
            .unwrap_or(Date::MAX),
        WatchKind::Closing => days_after(start, NOTICE_DAYS),
        WatchKind::Return => start,
    });
    if watch.kind == WatchKind::Return {
        return Watched {
            state: return_state(watch.since, &looks, today),
            start,
            due,
            first_seen,
            last_seen,
            looks: looks.len(),
        };
    }
    let is_over = due.is_some_and(|due| due <= today);
    // What was looked at after the end says nothing any more.
    let within = looks
        .iter()
        .filter(|look| due.is_none_or(|due| look.at.date() < due));
    let last_two: Vec<bool> = within.rev().take(2).map(shows).collect();
    let state = match (looks.is_empty(), first_seen) {
        (true, _) => WatchState::NotLooked,
        (_, None) => WatchState::NotSeen,
        _ if last_two.len() == 2 && last_two.iter().all(|shown| !shown) => WatchState::Interrupted,
        _ if is_over => WatchState::Fulfilled,
        _ => WatchState::Running,
    };
    Watched {
        state,
        start,
        due,
        first_seen,
        last_seen,
        looks: looks.len(),
    }
}

/// Whether a site is back after its closure.
fn return_state(since: Date, looks: &[&Sighting], today: Date) -> WatchState {
    let last: Vec<Seen> = looks.iter().rev().take(2).map(|look| look.seen).collect();
    match last.as_slice() {
        _ if today < since => WatchState::Away,
        [] => WatchState::NotLooked,
        [Seen::Opened, ..] => WatchState::Back,
        [_, before] if *before != Seen::Opened => WatchState::NotBack,
        _ => WatchState::NotSeen,
    }
}

/// The day that the unit states counts unless a look after it showed a page without the notice.
fn closing_start(watch: &Watch, looks: &[&Sighting], first_seen: Option<Date>) -> Option<Date> {
    let Some(posted) = watch.posted else {
        return first_seen;
    };
    // What hung before the approval does not count.
    let posted = posted.max(watch.since);
    let refuted = looks.iter().any(|look| {
        let day = look.at.date();
        look.seen == Seen::Absent && day > posted && first_seen.is_none_or(|first| day < first)
    });
    match refuted {
        true => first_seen,
        false => Some(first_seen.map_or(posted, |first| first.min(posted))),
    }
}

/// What one answer shows of a notice, with the wording or why it did not open; `None` where the failure was ours. `text` is what the page
/// shows, `new_host` the host that takes over.
pub fn seen_in(
    kind: WatchKind,
    capture: &Capture,
    text: &str,
    new_host: &str,
) -> Option<(Seen, String)> {
    match &capture.failure {
        Some(failure) if failure.is_ours() => return None,
        Some(Failure::Dns {
            control_resolved: false,
        }) => return None,
        Some(Failure::Dns { .. }) => return Some((Seen::Unreachable, "域名不能解析".to_owned())),
        Some(_) => return Some((Seen::Unreachable, "没有完整的应答".to_owned())),
        None => {}
    }
    let host = url::Url::parse(&capture.final_url).ok();
    let host = host.and_then(|url| Some(url.host_str()?.to_ascii_lowercase()));
    if !new_host.is_empty() && host.as_deref() == Some(&new_host.to_ascii_lowercase()) {
        return Some((Seen::Moved, quoted(&capture.final_url)));
    }
    match capture.status {
        Some(200..=299) => {}
        Some(status) => return Some((Seen::Unreachable, format!("状态码 {status}"))),
        None => return None,
    }
    if kind == WatchKind::Return {
        return Some((Seen::Opened, quoted(&capture.final_url)));
    }
    let wording = match kind {
        WatchKind::Closing => closing_wording(text),
        WatchKind::Domain | WatchKind::Return => domain_wording(text, new_host),
    };
    Some(match wording {
        Some(wording) => (Seen::Notice, wording),
        None => (Seen::Absent, String::new()),
    })
}

/// Endings of a sentence.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['。', '；', '！', '\n', '\r'])
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
}

/// What closes or moves away in a notice.
const SUBJECTS: [&str; 8] = [
    "本网站",
    "本站",
    "该网站",
    "原网站",
    "旧网站",
    "门户网站",
    "网站",
    "网址",
];
/// What happens to it.
const ENDS: [&str; 15] = [
    "关停",
    "关闭",
    "停止运行",
    "停止更新",
    "停止服务",
    "停止访问",
    "停止使用",
    "停用",
    "下线",
    "注销",
    "迁移",
    "整合至",
    "整合到",
    "并入",
    "合并至",
];
/// What makes it an announcement and not the wording of a button or of somebody else's news.
const TELLS: [&str; 8] = ["将", "已", "自", "即日", "公告", "通知", "敬请", "请访问"];
/// Wordings of buttons.
const BUTTONS: [&str; 4] = ["关闭窗口", "关闭本页", "关闭网页", "关闭页面"];

/// The sentence in which a site says that it closes or moves into another.
pub fn closing_wording(text: &str) -> Option<String> {
    let told = sentences(text).find(|sentence| {
        let is_button = BUTTONS.iter().any(|word| sentence.contains(word));
        let subject = SUBJECTS.iter().filter_map(|word| sentence.find(word)).min();
        let follows = subject.is_some_and(|at| {
            let rest = &sentence[at..];
            ENDS.iter().any(|word| rest.contains(word))
        });
        !is_button && follows && TELLS.iter().any(|word| sentence.contains(word))
    });
    told.map(quoted)
}

/// Wordings of a domain change.
const CHANGES: [&str; 8] = [
    "变更域名",
    "域名变更",
    "更换域名",
    "域名更换",
    "启用新域名",
    "新域名",
    "域名调整",
    "网址变更",
];

/// The sentence in which an old domain tells of the new one: it names the new host, or says that the domain changes.
pub fn domain_wording(text: &str, new_host: &str) -> Option<String> {
    let host = new_host.to_ascii_lowercase();
    let told = sentences(text).find(|sentence| {
        let names_host = !host.is_empty() && sentence.to_ascii_lowercase().contains(&host);
        names_host || CHANGES.iter().any(|word| sentence.contains(word))
    });
    told.map(quoted)
}

fn quoted(sentence: &str) -> String {
    sentence.chars().take(MAX_QUOTE).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "watch_tests.rs"]
mod tests;
