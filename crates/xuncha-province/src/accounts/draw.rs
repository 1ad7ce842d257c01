//! Draws the accounts of a province: who has which, and what is planted on it.

use jiff::civil::date;

use super::plan::{
    AccountPlan, AccountState, Certified, DateStyle, Download, Duplicate, FeedFormat, Filing,
    Growth, Interaction, Platform, Posting,
};
use super::{details, pages, plant};
use crate::content::addresses;
use crate::model::{PlanKind, Province, Scale, SiteKind};
use crate::rng::Rng;

/// How many accounts there are and how many of each kind are planted.
pub(super) struct Counts {
    /// Running accounts, the second ones of doubled pairs among them.
    pub(super) total: usize,
    pub(super) apps: usize,
    pub(super) doubled_pairs: usize,
    pub(super) cancelled: usize,
    pub(super) same_name_pairs: usize,
    pub(super) same_name_platforms: usize,
    pub(super) stale: usize,
    pub(super) near_stale: usize,
    pub(super) mute: usize,
    pub(super) near_mute: usize,
    pub(super) dead: usize,
    pub(super) near_dead: usize,
    pub(super) conduct: usize,
    /// Of each kind that the registry alone shows: another certified subject, an unclear name, a jump of followers.
    pub(super) registered: usize,
    /// Apps and mini-programs without a filing number.
    pub(super) unfiled: usize,
}

impl Counts {
    const fn of(scale: Scale, plan: PlanKind) -> Self {
        match (plan, scale) {
            (PlanKind::Dense, _) => Self::dense(),
            (PlanKind::Realistic, Scale::Small) => Self::realistic(45, 3),
            (PlanKind::Realistic, Scale::Full) => Self::realistic(897, 45),
        }
    }

    const fn dense() -> Self {
        Self {
            total: 320,
            apps: 66,
            doubled_pairs: 12,
            cancelled: 8,
            same_name_pairs: 4,
            same_name_platforms: 8,
            stale: 60,
            near_stale: 30,
            mute: 24,
            near_mute: 24,
            dead: 30,
            near_dead: 25,
            conduct: 2,
            registered: 20,
            unfiled: 22,
        }
    }

    /// About one in ten fails, as in a real quarter; each kind occurs at least once.
    const fn realistic(total: usize, apps: usize) -> Self {
        Self {
            total,
            apps,
            doubled_pairs: 1 + total / 110,
            cancelled: 1 + total / 110,
            same_name_pairs: total / 300,
            same_name_platforms: 1 + total / 200,
            stale: 1 + total / 16,
            near_stale: 2 + total / 25,
            mute: 1 + total / 46,
            near_mute: 2 + total / 25,
            dead: 1 + apps / 5,
            near_dead: 1 + apps / 6,
            conduct: total / 400,
            registered: 2 + total / 25,
            unfiled: 2 + apps / 4,
        }
    }
}

/// Share of each platform among the accounts that are not apps, in thousandths.
const SHARES: [(Platform, usize); 8] = [
    (Platform::Weixin, 450),
    (Platform::Weibo, 190),
    (Platform::Douyin, 105),
    (Platform::Toutiao, 85),
    (Platform::Shipinhao, 75),
    (Platform::Kuaishou, 45),
    (Platform::MiniProgram, 30),
    (Platform::Baijiahao, 20),
];

/// One place for an account: unit, platform, first or second of it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seat {
    org: usize,
    platform: Platform,
    nth: usize,
    cancelled: bool,
}

/// Draws the accounts of a province whose regions, units and sites stand.
#[must_use]
pub fn plan_accounts(base: &Province) -> Vec<AccountPlan> {
    let counts = Counts::of(base.scale, base.plan);
    let mut seats = seats(base, &counts);
    seats.sort();
    let mut accounts: Vec<AccountPlan> = seats
        .iter()
        .enumerate()
        .map(|(index, seat)| account(base, seat, index))
        .collect();
    plant::all(base.seed, &mut accounts, &counts);
    details::plant(base, &mut accounts, &counts);
    accounts
}

fn seats(base: &Province, counts: &Counts) -> Vec<Seat> {
    let first = counts.total - counts.doubled_pairs;
    let mut seats = Vec::new();
    for (platform, quota) in quotas(first, counts.apps) {
        let orgs = candidates(base, platform);
        seats.extend(orgs.into_iter().take(quota).map(|org| Seat {
            org,
            platform,
            nth: 0,
            cancelled: false,
        }));
    }
    let mut others: Vec<Seat> = seats
        .iter()
        .copied()
        .filter(|s| s.platform.publishes())
        .collect();
    Rng::new(base.seed, "second accounts").shuffle(&mut others);
    for (index, seat) in others
        .into_iter()
        .take(counts.doubled_pairs + counts.cancelled)
        .enumerate()
    {
        seats.push(Seat {
            nth: 1,
            cancelled: index >= counts.doubled_pairs,
            ..seat
        });
    }
    seats
}

/// How many first accounts each platform gets; the first platform takes what rounding leaves.
fn quotas(total: usize, apps: usize) -> Vec<(Platform, usize)> {
    let rest = total - apps;
    let mut quotas: Vec<(Platform, usize)> = SHARES
        .iter()
        .map(|&(p, share)| (p, rest * share / 1000))
        .collect();
    let given: usize = quotas.iter().map(|q| q.1).sum();
    quotas[0].1 += rest - given;
    quotas.push((Platform::App, apps));
    quotas
}

/// Units in the order in which they open an account on this platform: governments first, a few of them never.
fn candidates(base: &Province, platform: Platform) -> Vec<usize> {
    let mut without: Vec<usize> = (1..base.orgs.len())
        .filter(|&i| base.orgs[i].requires_accounts)
        .collect();
    Rng::new(base.seed, "units without account").shuffle(&mut without);
    without.truncate(1 + without.len() / 50);
    let mut orgs: Vec<usize> = (0..base.orgs.len())
        .filter(|i| !without.contains(i))
        .collect();
    Rng::new(base.seed, &format!("accounts on {}", platform.word())).shuffle(&mut orgs);
    orgs.sort_by_key(|&i| !base.orgs[i].is_government);
    orgs
}

fn account(base: &Province, seat: &Seat, index: usize) -> AccountPlan {
    let org = &base.orgs[seat.org];
    let region = base
        .regions
        .iter()
        .position(|r| r.code == org.region_code)
        .unwrap_or(0);
    let mut rng = Rng::new(
        base.seed,
        &format!("account {} {} {}", org.id, seat.platform.word(), seat.nth),
    );
    let slug = slug(&mut rng, seat.platform, &base.regions[region].pinyin, index);
    let host = seat.platform.host();
    let state = match (seat.cancelled, rng.percent(50)) {
        (false, _) => AccountState::Running,
        (true, true) => AccountState::Closed,
        (true, false) => AccountState::Cancelled,
    };
    AccountPlan {
        id: format!("A{:06}", index + 1),
        name: account_name(&org.short, &base.regions[region].short, seat),
        platform: seat.platform,
        kind: kind(seat.platform, seat.nth),
        org: seat.org,
        region,
        subject: org.name.clone(),
        place: base.regions[region].short.clone(),
        page_url: format!("https://{host}{}", pages::page_path(seat.platform, &slug)),
        feed_url: String::new(),
        download_url: String::new(),
        portal: portal(base, region),
        state,
        opened: date(
            rng.range(2014, 2024) as i16,
            rng.range(1, 12) as i8,
            rng.range(1, 28) as i8,
        ),
        as_of: base.dates.as_of,
        seed: rng.next_u64(),
        dates: date_style(&mut rng, seat.platform),
        feed: *rng.pick(&[
            FeedFormat::Rss,
            FeedFormat::Rss,
            FeedFormat::Atom,
            FeedFormat::Json,
        ]),
        posting: Posting::Fresh,
        interaction: Interaction::Plain,
        download: Download::Fine,
        duplicate: Duplicate::Single,
        certified: Certified::Own,
        unclear_name: false,
        filing: Filing::Filed,
        growth: Growth::Usual,
        followers: 0,
        followers_before: None,
        manual: Vec::new(),
        slug,
    }
}

/// The interaction column of the region's portal; empty when the portal has none that can be reached.
fn portal(base: &Province, region: usize) -> String {
    let Some(site) = base
        .sites
        .iter()
        .find(|s| s.kind == SiteKind::Portal && s.region == region)
    else {
        return String::new();
    };
    if site.defects.messages.no_channel || site.defects.unreachable {
        return String::new();
    }
    format!(
        "{}{}",
        site.home().trim_end_matches('/'),
        addresses::special(site.family, "hdjl")
    )
}

/// The account's own word in addresses; the running number keeps it unique.
fn slug(rng: &mut Rng, platform: Platform, pinyin: &str, index: usize) -> String {
    match platform {
        Platform::Weixin => format!("gh_{:08x}{index:04x}", rng.next_u64() as u32),
        Platform::Weibo | Platform::Baijiahao => {
            format!("{}{index:04}", rng.range(100_000, 999_999))
        }
        Platform::App => format!("{pinyin}-{index:04}"),
        _ => format!("MS{:010x}{index:04x}", rng.next_u64() & 0xff_ffff_ffff),
    }
}

fn account_name(short: &str, place: &str, seat: &Seat) -> String {
    match (seat.platform, seat.nth) {
        (Platform::App, _) if short.ends_with("发布") => format!("掌上{place}"),
        (Platform::App, _) => format!("{short}通"),
        (Platform::MiniProgram, _) => format!("{short}便民服务"),
        (_, 0) => short.to_owned(),
        (Platform::Weixin, _) => format!("{short}服务号"),
        _ => format!("{short}官方"),
    }
}

const fn kind(platform: Platform, nth: usize) -> &'static str {
    match platform {
        Platform::Weixin if nth == 0 => "订阅号",
        Platform::Weixin => "服务号",
        Platform::Weibo => "政务微博",
        Platform::Toutiao | Platform::Baijiahao => "资讯号",
        Platform::Douyin | Platform::Kuaishou | Platform::Shipinhao => "短视频",
        Platform::MiniProgram => "小程序",
        Platform::App => "客户端",
    }
}

fn date_style(rng: &mut Rng, platform: Platform) -> DateStyle {
    let styles: &[DateStyle] = match platform {
        Platform::Weixin => &[
            DateStyle::ShortChinese,
            DateStyle::ShortChinese,
            DateStyle::Chinese,
            DateStyle::Script,
        ],
        Platform::Weibo => &[DateStyle::Relative, DateStyle::IsoMinute],
        Platform::Toutiao => &[DateStyle::Relative, DateStyle::IsoMinute],
        Platform::Douyin => &[DateStyle::Iso, DateStyle::Iso, DateStyle::Script],
        Platform::Kuaishou | Platform::Shipinhao => &[DateStyle::DaysAgo, DateStyle::ShortChinese],
        _ => &[DateStyle::IsoMinute, DateStyle::Iso],
    };
    *rng.pick(styles)
}
