//! Plants defects and near misses on drawn accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::Counts;
use super::plan::{AccountPlan, DateStyle, Download, Duplicate, Interaction, Platform, Posting};
use super::{FEED_HOST, feeds, store};
use crate::rng::Rng;

/// Plants everything the counts ask for, then gives each account the addresses that go with it.
pub(super) fn all(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    mark_doubled(accounts);
    share_names(seed, accounts, counts);
    plant_posting(seed, accounts, counts);
    plant_interaction(seed, accounts, counts);
    plant_downloads(seed, accounts, counts);
    plant_conduct(seed, accounts, counts);
    for account in accounts {
        settle(account);
    }
}

/// Marks the accounts whose unit has another one on the same platform.
fn mark_doubled(accounts: &mut [AccountPlan]) {
    let mut seats: BTreeMap<(usize, Platform), Vec<usize>> = BTreeMap::new();
    for (index, account) in accounts.iter().enumerate() {
        seats
            .entry((account.org, account.platform))
            .or_default()
            .push(index);
    }
    for pair in seats.values().filter(|s| s.len() == 2) {
        let (first, second) = (pair[0], pair[1]);
        let (a, b) = (accounts[first].id.clone(), accounts[second].id.clone());
        if accounts[second].is_running() {
            accounts[first].duplicate = Duplicate::Doubled(b);
            accounts[second].duplicate = Duplicate::Doubled(a);
        } else {
            accounts[first].duplicate = Duplicate::OtherCancelled(b);
        }
    }
}

/// Gives pairs of units one name on one platform, and marks units with one name on two platforms.
fn share_names(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut rng = Rng::new(seed, "shared names");
    let mut order: Vec<usize> = running(accounts, |a| {
        a.duplicate == Duplicate::Single && a.platform.publishes()
    });
    rng.shuffle(&mut order);
    let mut pairs = 0;
    let mut used = BTreeSet::new();
    for (nth, &a) in order.iter().enumerate() {
        let other = order[nth + 1..].iter().copied().find(|&b| {
            let (x, y) = (&accounts[a], &accounts[b]);
            x.platform == y.platform && x.region == y.region && x.org != y.org && !used.contains(&b)
        });
        let Some(b) = other.filter(|_| pairs < counts.same_name_pairs && !used.contains(&a)) else {
            continue;
        };
        let name = format!("文明{}", accounts[a].place);
        for (one, two) in [(a, b), (b, a)] {
            accounts[one].duplicate = Duplicate::SameNameElsewhere(accounts[two].id.clone());
            accounts[one].name.clone_from(&name);
            used.insert(one);
        }
        pairs += 1;
    }
    let mut marked = 0;
    for &a in &order {
        let twin = order.iter().copied().find(|&b| {
            let (x, y) = (&accounts[a], &accounts[b]);
            x.org == y.org
                && x.platform != y.platform
                && x.name == y.name
                && x.duplicate == Duplicate::Single
        });
        let Some(b) = twin.filter(|_| marked < counts.same_name_platforms) else {
            continue;
        };
        accounts[a].duplicate = Duplicate::SameNameOtherPlatform(accounts[b].id.clone());
        marked += 1;
    }
}

fn running(accounts: &[AccountPlan], keep: impl Fn(&AccountPlan) -> bool) -> Vec<usize> {
    (0..accounts.len())
        .filter(|&i| accounts[i].is_running() && keep(&accounts[i]))
        .collect()
}

/// Hands the kinds out in turn, first the planted ones, then the near misses, to accounts in a drawn order.
fn deal<T: Copy>(
    seed: u64,
    key: &str,
    order: &mut [usize],
    (planted, p): (&[T], usize),
    (near, n): (&[T], usize),
) -> Vec<(usize, T)> {
    let mut rng = Rng::new(seed, key);
    rng.shuffle(order);
    let (mut planted, mut near) = (planted.to_vec(), near.to_vec());
    rng.shuffle(&mut planted);
    rng.shuffle(&mut near);
    let kinds = planted
        .iter()
        .cycle()
        .take(p)
        .chain(near.iter().cycle().take(n));
    order.iter().copied().zip(kinds.copied()).collect()
}

fn plant_posting(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |a| a.platform.publishes());
    let stale = (&Posting::STALE[..], counts.stale);
    for (index, posting) in deal(
        seed,
        "posting",
        &mut order,
        stale,
        (&Posting::NEAR, counts.near_stale),
    ) {
        accounts[index].posting = posting;
    }
}

fn plant_interaction(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |a| {
        a.platform.publishes() && a.posting == Posting::Fresh
    });
    let mute = (&Interaction::MUTE[..], counts.mute);
    for (index, interaction) in deal(
        seed,
        "interaction",
        &mut order,
        mute,
        (&Interaction::NEAR, counts.near_mute),
    ) {
        let linkless = interaction == Interaction::PortalLink && accounts[index].portal.is_empty();
        accounts[index].interaction = if linkless {
            Interaction::Submenu
        } else {
            interaction
        };
    }
}

fn plant_downloads(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |a| a.platform == Platform::App);
    let dead = (&Download::DEAD[..], counts.dead);
    for (index, download) in deal(
        seed,
        "downloads",
        &mut order,
        dead,
        (&Download::NEAR, counts.near_dead),
    ) {
        accounts[index].download = download;
    }
}

fn plant_conduct(seed: u64, accounts: &mut [AccountPlan], counts: &Counts) {
    let mut order = running(accounts, |a| a.platform.publishes() && !a.fails());
    Rng::new(seed, "conduct").shuffle(&mut order);
    for index in order.into_iter().take(counts.conduct) {
        accounts[index]
            .manual
            .push(("account_conduct", 1, "要求群众关注、点赞并截图上报"));
    }
}

/// Gives the addresses of feed and package, and a style of dates that goes with what is planted.
fn settle(account: &mut AccountPlan) {
    if account.platform == Platform::App {
        account.download_url = format!(
            "https://{}{}",
            account.platform.host(),
            store::download_path(&account.slug)
        );
        return;
    }
    if !account.platform.publishes() {
        return;
    }
    // Comments stand beside the posts of a visible list, and an undated list has no script either.
    if account.interaction == Interaction::CommentsOnly || account.posting == Posting::Undated {
        account.dates = DateStyle::Iso;
    }
    let needs_feed = account.dates == DateStyle::Script
        || matches!(
            account.posting,
            Posting::PageEmpty | Posting::FeedOld | Posting::Undated
        );
    if needs_feed || Rng::new(account.seed, "feed").percent(60) {
        account.feed_url = format!(
            "https://{FEED_HOST}{}",
            feeds::feed_path(account.feed, &account.slug)
        );
    }
}
