//! What only the registry and the last round show of an account: for whom it is certified, how it is called, its filing, its followers.
//!
//! It is drawn from streams of its own after everything else, so that it changes nothing of what stands on the pages.

use std::collections::BTreeMap;

use super::draw::Counts;
use super::plan::{AccountPlan, Certified, Filing, Growth, Platform};
use crate::model::Province;
use crate::rng::Rng;

/// Names that say nothing of whose account it is.
const UNCLEAR_NAMES: [&str; 6] = [
    "城事早知道",
    "微观民声",
    "小编说事",
    "便民掌中宝",
    "一起来看看",
    "阳光直通车",
];

/// In how many of a hundred the last round drew an account.
const DRAWN_BEFORE_PERCENT: u32 = 30;

/// What else the last round says of an account is drawn from this stream; `None` where that round did not draw the account.
#[must_use]
pub fn drawn_before(seed: u64, id: &str) -> Option<Rng> {
    let mut rng = Rng::new(seed, &format!("previous {id}"));
    rng.percent(DRAWN_BEFORE_PERCENT).then_some(rng)
}

/// Plants all of it.
pub(super) fn plant(base: &Province, accounts: &mut [AccountPlan], counts: &Counts) {
    certify(base, accounts, counts);
    rename(base.seed, accounts, counts);
    file(base.seed, accounts, counts);
    count_followers(base.seed, accounts, counts);
}

fn running(accounts: &[AccountPlan], keep: impl Fn(&AccountPlan) -> bool) -> Vec<usize> {
    (0..accounts.len())
        .filter(|&index| accounts[index].is_running() && keep(&accounts[index]))
        .collect()
}

fn certify(base: &Province, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |_| true);
    let mut rng = Rng::new(base.seed, "certified subjects");
    rng.shuffle(&mut order);
    let kinds = Certified::OTHER.iter().cycle().take(counts.registered);
    let kinds = kinds.chain(Certified::NEAR.iter().cycle().take(counts.registered));
    for (index, kind) in order.into_iter().zip(kinds.copied()) {
        let account = &mut accounts[index];
        account.certified = kind;
        account.subject = subject(base, account, kind, &mut rng);
    }
}

fn subject(base: &Province, account: &AccountPlan, kind: Certified, rng: &mut Rng) -> String {
    let own = &base.orgs[account.org];
    match kind {
        Certified::Own => own.name.clone(),
        Certified::OwnOffice => format!("{}办公室", own.name),
        Certified::OtherForm if own.is_government => own.name.replace("人民政府", "政府"),
        Certified::OtherForm => format!("{}{}", base.regions[0].name, own.name),
        Certified::Neighbour => {
            let others: Vec<&str> = base
                .orgs
                .iter()
                .filter(|org| {
                    org.region_code == own.region_code && org.id != own.id && !org.is_government
                })
                .map(|org| org.name.as_str())
                .collect();
            (*rng.pick(&others)).to_owned()
        }
        Certified::Company => format!(
            "{}网络科技有限公司",
            rng.pick(&["云启", "众联", "锐捷思", "恒讯"])
        ),
        Certified::Person => (*rng.pick(&["张建平", "李晓芳", "王志强"])).to_owned(),
    }
}

fn rename(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |account| account.platform.publishes());
    let mut rng = Rng::new(seed, "unclear names");
    rng.shuffle(&mut order);
    let names = UNCLEAR_NAMES.iter().cycle().take(counts.registered);
    for (nth, (index, name)) in order.into_iter().zip(names).enumerate() {
        let account = &mut accounts[index];
        account.unclear_name = true;
        // A number keeps accounts of several units from sharing a name by chance.
        account.name = format!("{name}{}", nth + 1);
    }
}

fn file(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let is_filed = |account: &AccountPlan| !account.platform.publishes();
    let mut order = running(accounts, is_filed);
    Rng::new(seed, "filing").shuffle(&mut order);
    let kinds = [Filing::Unfiled, Filing::Blank].into_iter().cycle();
    let kinds = kinds
        .take(counts.unfiled)
        .chain(std::iter::repeat_n(Filing::FiledOddly, counts.unfiled));
    for (index, kind) in order.into_iter().zip(kinds) {
        accounts[index].filing = kind;
    }
}

fn count_followers(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let counted = |account: &AccountPlan| account.platform != Platform::App;
    let mut order = running(accounts, |account| {
        counted(account) && drawn_before(seed, &account.id).is_some()
    });
    Rng::new(seed, "growth").shuffle(&mut order);
    let kinds = std::iter::repeat_n(Growth::Jump, counts.registered);
    let kinds = kinds.chain(Growth::NEAR.into_iter().cycle().take(counts.registered));
    for (index, kind) in order.into_iter().zip(kinds) {
        accounts[index].growth = kind;
    }
    for account in accounts.iter_mut().filter(|account| counted(account)) {
        let mut rng = Rng::new(seed, &format!("followers {}", account.id));
        let (before, now) = numbers(account.growth, &mut rng);
        account.followers = now;
        let is_known = account.is_running() && drawn_before(seed, &account.id).is_some();
        account.followers_before = is_known.then_some(before);
    }
}

/// Followers before and now.
fn numbers(growth: Growth, rng: &mut Rng) -> (u64, u64) {
    let mut draw = |from: i64, to: i64| rng.range(from, to).unsigned_abs();
    match growth {
        Growth::Usual => {
            let before = draw(2_000, 60_000);
            (before, before * draw(97, 106) / 100)
        }
        Growth::Jump => {
            let before = draw(2_000, 9_000);
            (before, before * 3 + draw(10_000, 40_000))
        }
        Growth::ManyMore => {
            let before = draw(80_000, 300_000);
            (before, before + draw(20_000, 60_000))
        }
        Growth::SmallTripled => {
            let before = draw(150, 900);
            (before, before * draw(3, 5))
        }
    }
}

/// What the registry writes as filing number of an app or a mini-program; empty for other accounts.
#[must_use]
pub fn filing_number(account: &AccountPlan) -> String {
    if account.platform.publishes() {
        return String::new();
    }
    let serial = account.seed % 90_000_000 + 10_000_000;
    match account.filing {
        Filing::Filed => format!("云ICP备{serial}号-3A"),
        Filing::FiledOddly => format!("云icp备 {serial} 号-3x"),
        Filing::Unfiled => "未备案".to_owned(),
        Filing::Blank => String::new(),
    }
}

/// How an account's name stands among the others: by account, the account of another unit with the same name on its platform, and the
/// unit's first account where that is on another platform under another name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// An account of another unit with its name on its platform.
    pub same: Option<String>,
    /// The unit's first account, which is called otherwise.
    pub other: Option<String>,
    /// Whether the unit has an account elsewhere with this name, or with one that is a part of it.
    pub is_shared: bool,
}

/// For each account of a province.
#[must_use]
pub fn names(accounts: &[AccountPlan]) -> Vec<Names> {
    let mut by_name: BTreeMap<(Platform, &str), Vec<&AccountPlan>> = BTreeMap::new();
    let mut first: BTreeMap<usize, &AccountPlan> = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.is_running()) {
        let named = by_name
            .entry((account.platform, &account.name))
            .or_default();
        named.push(account);
        if account.platform.publishes() {
            first.entry(account.org).or_insert(account);
        }
    }
    accounts
        .iter()
        .map(|account| {
            if !account.is_running() {
                return Names::default();
            }
            let named = &by_name[&(account.platform, account.name.as_str())];
            let same = named.iter().find(|other| other.org != account.org);
            let elsewhere = first
                .get(&account.org)
                .filter(|first| account.platform.publishes() && first.platform != account.platform);
            let is_one = |first: &AccountPlan| {
                first.name.contains(&account.name) || account.name.contains(&first.name)
            };
            Names {
                same: same.map(|other| other.id.clone()),
                other: elsewhere
                    .filter(|first| !is_one(first))
                    .map(|first| first.id.clone()),
                is_shared: elsewhere.is_some_and(|first| is_one(first)),
            }
        })
        .collect()
}
