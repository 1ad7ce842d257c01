//! The posts of an account at a civil time.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, offset};

use super::plan::{AccountPlan, DateStyle, Interaction, Posting};
use crate::rng::Rng;

/// 内容: one post.
#[derive(Debug, Clone)]
pub struct Post {
    /// Serial in the account's history; part of its address.
    pub serial: u32,
    /// When it was posted.
    pub at: DateTime,
    /// Its title.
    pub title: String,
    /// Pinned above newer ones.
    pub pinned: bool,
    /// Dated after the monitoring point.
    pub scheduled: bool,
    /// Readers, for plausibility.
    pub reads: i64,
}

/// How many posts a history holds.
const HISTORY: u32 = 24;

const TITLES: &[&str] = &[
    "{}召开一季度经济运行分析会",
    "{}春耕备耕工作有序推进",
    "提醒！{}未来三天有中到大雨，请注意防范",
    "{}：小厕所里的大民生",
    "图解｜{}2026年政府工作报告",
    "{}新增三条公交线路，方便群众出行",
    "医保缴费这些变化，{}居民请留意",
    "{}开展节后安全生产大检查",
    "{}一批项目集中开工",
    "{}公开招聘工作人员公告",
    "文明过节，{}倡议书来了",
    "{}老旧小区改造完成过半",
    "开学第一课｜走进{}的校园",
    "{}森林防火戒严令",
    "政策问答｜灵活就业人员如何参保",
    "{}开通企业服务专窗",
    "{}非遗大集本周末开市",
    "招聘会预告｜{}人才市场本周安排",
    "{}自来水停水通知",
    "看，{}的花都开了",
];
const TITLES_WITH_WORDS: &[&str] = &[
    "{}网友留言办理情况公开（第3期）",
    "一封私信之后，{}这条路修好了",
    "政民互动｜{}举行线下恳谈会",
    "您的评论，{}都看到了",
];
const WORDLESS: usize = 20;

/// The posts that stand at `now`, newest first; a pinned or scheduled one in front.
#[must_use]
pub fn posts(account: &AccountPlan, now: DateTime) -> Vec<Post> {
    let Some(last) = last_post(account) else {
        return scheduled_only(account);
    };
    let mut rng = Rng::new(account.seed, "posts");
    let mut at = last;
    let mut all = Vec::new();
    for back in 0..HISTORY {
        let post = post(account, HISTORY - back, at, &mut rng);
        // Drawn before the filter, so that a post keeps its title at every time.
        if post.at <= now {
            all.push(post);
        }
        let gap = if account.posting == Posting::PinnedOld && back == 0 {
            1
        } else {
            rng.range(1, 4)
        };
        at = earlier(&mut rng, at, gap);
    }
    pin(account, &mut all);
    if let Some(first) = scheduled(account) {
        all.insert(0, first);
    }
    all
}

/// The post of this serial, if it stands at `now`.
#[must_use]
pub fn post_by_serial(account: &AccountPlan, serial: u32, now: DateTime) -> Option<Post> {
    posts(account, now).into_iter().find(|p| p.serial == serial)
}

/// When the account posted last; `None` when it never did.
fn last_post(account: &AccountPlan) -> Option<DateTime> {
    let mut rng = Rng::new(account.seed, "last post");
    let day = account.as_of.date();
    let (days, hour) = match account.posting {
        Posting::LastDay => (14, 15),
        Posting::FifteenDays => (15, 8),
        Posting::Old | Posting::ScheduledOld | Posting::TouchedOld => (rng.range(16, 200), 8),
        Posting::Dead => (rng.range(380, 600), 8),
        Posting::Never => return None,
        _ => (rng.range(1, 3), rng.range(9, 20) as i8),
    };
    Some(days_before(day, days).at(hour, rng.range(0, 59) as i8, 0, 0))
}

/// `days` days before `day`; the calendar is far from its ends.
fn days_before(day: Date, days: i64) -> Date {
    day.checked_sub(days.days()).unwrap_or(day)
}

fn earlier(rng: &mut Rng, at: DateTime, days: i64) -> DateTime {
    days_before(at.date(), days).at(rng.range(8, 20) as i8, rng.range(0, 59) as i8, 0, 0)
}

fn post(account: &AccountPlan, serial: u32, at: DateTime, rng: &mut Rng) -> Post {
    let with_words = account.interaction == Interaction::WordsInTitles && serial.is_multiple_of(3);
    let pool = if with_words {
        TITLES_WITH_WORDS
    } else {
        &TITLES[..WORDLESS]
    };
    let title = rng.pick(pool).replace("{}", &account.place);
    Post {
        serial,
        at,
        title,
        pinned: false,
        scheduled: false,
        reads: rng.range(120, 9_800),
    }
}

/// The oldest post moves to the front, a year older than it was.
fn pin(account: &AccountPlan, all: &mut Vec<Post>) {
    if account.posting != Posting::PinnedOld {
        return;
    }
    let Some(mut old) = all.pop() else { return };
    old.pinned = true;
    old.at = days_before(old.at.date(), 300).at(9, 0, 0, 0);
    all.insert(0, old);
}

fn scheduled(account: &AccountPlan) -> Option<Post> {
    if !matches!(
        account.posting,
        Posting::ScheduledFresh | Posting::ScheduledOld
    ) {
        return None;
    }
    let day = account.as_of.date().checked_add(5.days()).ok()?;
    let title = format!("预告｜{}一季度新闻发布会", account.place);
    Some(Post {
        serial: HISTORY + 1,
        at: day.at(10, 0, 0, 0),
        title,
        pinned: false,
        scheduled: true,
        reads: 0,
    })
}

fn scheduled_only(account: &AccountPlan) -> Vec<Post> {
    scheduled(account).into_iter().collect()
}

/// Seconds since 1970 of a civil time of the province.
#[must_use]
pub fn unix_seconds(at: DateTime) -> i64 {
    at.to_zoned(TimeZone::fixed(offset(8)))
        .map_or(0, |z| z.timestamp().as_second())
}

/// The day of a post as a list writes it.
#[must_use]
pub fn written(at: DateTime, now: DateTime, style: DateStyle) -> String {
    let (y, m, d) = (at.year(), at.month(), at.day());
    if at > now {
        return format!("{y}-{m:02}-{d:02}");
    }
    match style {
        DateStyle::Iso | DateStyle::Script => format!("{y}-{m:02}-{d:02}"),
        DateStyle::IsoMinute => format!("{y}-{m:02}-{d:02} {:02}:{:02}", at.hour(), at.minute()),
        DateStyle::Chinese => format!("{y}年{m}月{d}日"),
        DateStyle::ShortChinese if y == now.year() => format!("{m}月{d}日"),
        DateStyle::ShortChinese => format!("{y}年{m}月{d}日"),
        DateStyle::Relative => relative(at, now),
        DateStyle::DaysAgo => days_ago(at, now),
    }
}

fn days_between(at: DateTime, now: DateTime) -> i32 {
    at.date()
        .until(now.date())
        .map_or(0, |span| span.get_days())
}

fn relative(at: DateTime, now: DateTime) -> String {
    let days = days_between(at, now);
    let minutes = (unix_seconds(now) - unix_seconds(at)) / 60;
    match days {
        0 if minutes < 1 => "刚刚".to_owned(),
        0 if minutes < 60 => format!("{minutes}分钟前"),
        0 => format!("{}小时前", minutes / 60),
        1 => format!("昨天 {:02}:{:02}", at.hour(), at.minute()),
        2..=6 => format!("{days}天前"),
        _ if at.year() == now.year() => format!("{:02}-{:02}", at.month(), at.day()),
        _ => format!("{}-{:02}-{:02}", at.year(), at.month(), at.day()),
    }
}

fn days_ago(at: DateTime, now: DateTime) -> String {
    match days_between(at, now) {
        0 => "今天".to_owned(),
        1 => "昨天".to_owned(),
        days @ 2..=59 => format!("{days}天前"),
        days @ 60..=364 => format!("{}个月前", days / 30),
        days => format!("{}年前", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_written_as_platforms_do() {
        let now = date(2026, 3, 20).at(9, 0, 0, 0);
        let at = |m, d, h| date(2026, m, d).at(h, 5, 0, 0);
        assert_eq!(written(at(3, 20, 7), now, DateStyle::Relative), "1小时前");
        assert_eq!(
            written(at(3, 19, 23), now, DateStyle::Relative),
            "昨天 23:05"
        );
        assert_eq!(written(at(3, 17, 23), now, DateStyle::Relative), "3天前");
        assert_eq!(written(at(3, 5, 23), now, DateStyle::Relative), "03-05");
        assert_eq!(
            written(at(3, 5, 23), now, DateStyle::ShortChinese),
            "3月5日"
        );
        assert_eq!(
            written(date(2025, 12, 30).at(8, 0, 0, 0), now, DateStyle::Relative),
            "2025-12-30"
        );
        assert_eq!(written(at(3, 6, 15), now, DateStyle::DaysAgo), "14天前");
    }

    #[test]
    fn seconds_are_those_of_utc_plus_eight() {
        assert_eq!(unix_seconds(date(1970, 1, 1).at(8, 0, 0, 0)), 0);
        assert_eq!(
            unix_seconds(date(2026, 3, 5).at(10, 20, 0, 0)),
            1_772_677_200
        );
    }
}
