//! Which site gets which defects and near misses.
//!
//! To add a defect: a field in [`Defects`], a line here for both plans, the content that shows it in `content`, its key in
//! `truth`. A draw for one defect has its own stream, so the others stay where they were.

use crate::content::{conduct, safety};
use crate::model::{
    CertificatePlan, DatesPlan, Defects, PlanKind, PromptPlan, SearchPlan, SiteKind, SitePlan,
    StatisticsPlan,
};
use crate::rng::Rng;

/// Plants defects on all sites.
pub fn plant(seed: u64, plan: PlanKind, sites: &mut [SitePlan]) {
    match plan {
        PlanKind::Realistic => sites.iter_mut().for_each(|site| {
            realistic(seed, site);
            safety::plan(seed, site);
            conduct::plan(seed, site);
        }),
        PlanKind::Dense => {
            dense(seed, sites);
            safety::plan_dense(seed, sites);
            conduct::plan_dense(seed, sites);
        }
    }
    for site in sites.iter_mut() {
        super::manual::plant(seed, plan, site);
        reconcile(site);
        conduct::reconcile(site);
    }
}

/// Rates like those of a real quarter: nearly no veto, portals lose about a fifth of their points.
fn realistic(seed: u64, site: &mut SitePlan) {
    let draw = |what: &str| Rng::new(seed, &format!("defect {what} {}", site.code));
    let chance = |what: &str, percent: u32| draw(what).percent(percent);
    let upto = |what: &str, most: i64| draw(what).range(0, most) as u8;
    let portal = site.kind == SiteKind::Portal;
    let mut d = Defects {
        near_unreachable: chance("near_unreachable", 10),
        near_stale_home: chance("near_stale_home", 3),
        nav_home: chance("nav_home", 2),
        stale_news: u8::from(chance("stale_news", 6)),
        stale_notices: u8::from(chance("stale_notices", 4)),
        stale_interpretations: chance("stale_interpretations", 4),
        overdue_columns: if chance("overdue", 20) {
            1 + upto("overdue n", 2)
        } else {
            0
        },
        empty_columns: if chance("empty", 10) {
            1 + upto("empty n", 1)
        } else {
            0
        },
        near_columns: 2,
        broken_links: if chance("broken", 75) {
            1 + upto("broken n", 7)
        } else {
            0
        },
        near_links: upto("near links", 4),
        missing_marks: some_of(&mut draw("marks"), 25, 2),
        near_marks: some_of(&mut draw("near marks"), 30, 2),
        near_tags: some_of(&mut draw("near tags"), 20, 2),
        bad_domain: chance("domain", 2),
        near_domain: chance("near_domain", 4),
        bad_name: chance("name", 4),
        near_name: chance("near_name", 30),
        near_uninterpreted: upto("near uninterpreted", 2),
        near_unlinked: upto("near unlinked", 1),
        near_guides: upto("near guides", 3),
        ..Defects::default()
    };
    if portal {
        d.unreachable = false;
        d.missing_tags = some_of(&mut draw("tags"), 30, 3);
        d.uninterpreted = if chance("uninterpreted", 85) {
            2 + upto("uninterpreted n", 1)
        } else {
            0
        };
        d.unlinked = if chance("unlinked", 35) {
            1 + upto("unlinked n", 2)
        } else {
            0
        };
        d.bad_guides = upto("guides", 3);
    } else {
        d.unreachable = chance("unreachable", 1);
        d.missing_tags = if chance("tags", 25) {
            (0..7).collect()
        } else {
            Vec::new()
        };
        d.uninterpreted = upto("uninterpreted", 2);
        d.unlinked = upto("unlinked", 1);
        d.bad_guides = upto("guides", 3);
    }
    d.search = *draw("search").pick(&[
        SearchPlan::Works,
        SearchPlan::Unusual,
        SearchPlan::Absent,
        SearchPlan::Misses,
        SearchPlan::Misses,
        SearchPlan::Unclassified,
        SearchPlan::Unclassified,
    ]);
    d.statistics = *draw("statistics").pick(&[
        StatisticsPlan::Fresh,
        StatisticsPlan::Close,
        StatisticsPlan::Old,
        StatisticsPlan::Old,
        StatisticsPlan::Absent,
        StatisticsPlan::Absent,
        StatisticsPlan::Absent,
    ]);
    d.messages.no_statistics = chance("message statistics", 25);
    d.messages.stale = chance("message stale", 20);
    d.messages.unanswered = u8::from(!portal && chance("unanswered", 1));
    d.messages.near = upto("near messages", 2);
    d.dates = match draw("dates").below(40) {
        0 => *draw("dates kind").pick(FORGED),
        1..=8 => *draw("dates kind").pick(NEARLY_FORGED),
        _ => DatesPlan::Agree,
    };
    d.prompt = *draw("prompt").pick(&[
        PromptPlan::Asks,
        PromptPlan::Asks,
        PromptPlan::Asks,
        PromptPlan::InLayer,
        PromptPlan::GovernmentOnly,
        PromptPlan::Silent,
    ]);
    d.bad_twins = u8::from(chance("twins", 8));
    d.near_twins = u8::from(chance("near twins", 20));
    d.bad_forms = u8::from(chance("forms", 10));
    d.near_forms = upto("near forms", 1);
    d.certificate = match draw("certificate").below(50) {
        0..=1 => *draw("certificate kind").pick(BAD_CERTIFICATES),
        2..=11 => *draw("certificate kind").pick(ODD_CERTIFICATES),
        _ => CertificatePlan::Sound,
    };
    site.defects = d;
}

/// Each of `0..7` with `percent` in 100, at most `most`.
fn some_of(rng: &mut Rng, percent: u32, most: usize) -> Vec<u8> {
    if !rng.percent(percent) {
        return Vec::new();
    }
    let mut all: Vec<u8> = (0..7).collect();
    rng.shuffle(&mut all);
    all.truncate(1 + rng.below(most));
    all.sort_unstable();
    all
}

/// Enough of everything on enough families: for each check one group of sites carries it and another nearly does.
fn dense(seed: u64, sites: &mut [SitePlan]) {
    each(
        seed,
        sites,
        "unreachable",
        26,
        |d, _| d.unreachable = true,
        |d, _| d.near_unreachable = true,
    );
    each(
        seed,
        sites,
        "stale_home",
        26,
        |d, _| d.stale_home = true,
        |d, rng| {
            d.near_stale_home = true;
            d.nav_home = rng.percent(30);
        },
    );
    each(
        seed,
        sites,
        "stale_news",
        18,
        |d, rng| d.stale_news = rng.range(1, 2) as u8,
        |d, _| d.near_columns = 3,
    );
    each(
        seed,
        sites,
        "stale_notices",
        16,
        |d, rng| d.stale_notices = rng.range(1, 2) as u8,
        |d, _| d.near_columns = 4,
    );
    each(
        seed,
        sites,
        "stale_interpretations",
        10,
        |d, _| d.stale_interpretations = true,
        |_, _| (),
    );
    each(
        seed,
        sites,
        "overdue",
        18,
        |d, rng| d.overdue_columns = rng.range(1, 3) as u8,
        |d, _| d.near_columns = 4,
    );
    each(
        seed,
        sites,
        "empty",
        18,
        |d, rng| d.empty_columns = rng.range(1, 3) as u8,
        |d, _| d.near_columns = 5,
    );
    each(
        seed,
        sites,
        "broken",
        40,
        |d, rng| d.broken_links = rng.range(2, 7) as u8,
        |d, _| d.near_links = 6,
    );
    each(
        seed,
        sites,
        "near links too",
        30,
        |d, rng| d.near_links = rng.range(2, 6) as u8,
        |_, _| (),
    );
    each(
        seed,
        sites,
        "marks",
        30,
        |d, rng| d.missing_marks = some_of(rng, 100, 4),
        |d, rng| d.near_marks = some_of(rng, 100, 5),
    );
    each(
        seed,
        sites,
        "tags",
        26,
        |d, rng| d.missing_tags = some_of(rng, 100, 6),
        |d, rng| d.near_tags = some_of(rng, 100, 5),
    );
    each(
        seed,
        sites,
        "domain",
        26,
        |d, _| d.bad_domain = true,
        |d, _| d.near_domain = true,
    );
    each(
        seed,
        sites,
        "name",
        26,
        |d, _| d.bad_name = true,
        |d, _| d.near_name = true,
    );
    each(
        seed,
        sites,
        "search",
        36,
        |d, rng| {
            d.search = *rng.pick(&[
                SearchPlan::Absent,
                SearchPlan::Dead,
                SearchPlan::Misses,
                SearchPlan::Unclassified,
            ]);
        },
        |d, _| d.search = SearchPlan::Unusual,
    );
    each(
        seed,
        sites,
        "uninterpreted",
        24,
        |d, rng| d.uninterpreted = rng.range(1, 3) as u8,
        |d, _| d.near_uninterpreted = 2,
    );
    each(
        seed,
        sites,
        "unlinked",
        24,
        |d, rng| d.unlinked = rng.range(1, 3) as u8,
        |d, _| d.near_unlinked = 2,
    );
    each(
        seed,
        sites,
        "guides",
        24,
        |d, rng| d.bad_guides = rng.range(1, 4) as u8,
        |d, _| d.near_guides = 3,
    );
    each(
        seed,
        sites,
        "statistics",
        30,
        |d, rng| d.statistics = *rng.pick(&[StatisticsPlan::Old, StatisticsPlan::Absent]),
        |d, rng| d.statistics = *rng.pick(&[StatisticsPlan::Close, StatisticsPlan::Reworded]),
    );
    each(
        seed,
        sites,
        "messages",
        40,
        |d, rng| match rng.below(6) {
            0 => d.messages.no_channel = true,
            1 => d.messages.none = true,
            2 => d.messages.no_statistics = true,
            3 => d.messages.stale = true,
            _ => d.messages.unanswered = rng.range(1, 3) as u8,
        },
        |d, _| d.messages.near = 3,
    );
    each(
        seed,
        sites,
        "dates",
        60,
        |d, rng| d.dates = *rng.pick(FORGED),
        |d, rng| d.dates = *rng.pick(NEARLY_FORGED),
    );
    each(
        seed,
        sites,
        "prompt",
        30,
        |d, _| d.prompt = PromptPlan::Silent,
        |d, rng| d.prompt = *rng.pick(&[PromptPlan::GovernmentOnly, PromptPlan::InLayer]),
    );
    each(
        seed,
        sites,
        "twins",
        26,
        |d, rng| d.bad_twins = rng.range(1, 2) as u8,
        |d, rng| d.near_twins = rng.range(1, 2) as u8,
    );
    each(
        seed,
        sites,
        "forms",
        26,
        |d, rng| d.bad_forms = rng.range(1, 2) as u8,
        |d, rng| d.near_forms = rng.range(1, 2) as u8,
    );
    each(
        seed,
        sites,
        "certificate",
        44,
        |d, rng| d.certificate = *rng.pick(BAD_CERTIFICATES),
        |d, rng| d.certificate = *rng.pick(ODD_CERTIFICATES),
    );
}

/// Ways in which days disagree.
const FORGED: &[DatesPlan] = &[
    DatesPlan::List,
    DatesPlan::Address,
    DatesPlan::Modified,
    DatesPlan::Source,
    DatesPlan::Clock,
    DatesPlan::Order,
];
/// Ways in which they only seem to.
const NEARLY_FORGED: &[DatesPlan] = &[
    DatesPlan::NearList,
    DatesPlan::CarriedOver,
    DatesPlan::ChangedLater,
    DatesPlan::NearSource,
];
const BAD_CERTIFICATES: &[CertificatePlan] = &[
    CertificatePlan::Expired,
    CertificatePlan::WrongHost,
    CertificatePlan::SelfSigned,
    CertificatePlan::IncompleteChain,
];
const ODD_CERTIFICATES: &[CertificatePlan] =
    &[CertificatePlan::EndsSoon, CertificatePlan::Wildcard];

/// Draws an order and hands the first `count` sites to `plant`, the next `count` to `near`.
fn each(
    seed: u64,
    sites: &mut [SitePlan],
    what: &str,
    count: usize,
    plant: impl Fn(&mut Defects, &mut Rng),
    near: impl Fn(&mut Defects, &mut Rng),
) {
    let mut rng = Rng::new(seed, &format!("dense {what}"));
    let mut order: Vec<usize> = (0..sites.len()).collect();
    rng.shuffle(&mut order);
    for (nth, index) in order.into_iter().take(2 * count).enumerate() {
        let defects = &mut sites[index].defects;
        if nth < count {
            plant(defects, &mut rng)
        } else {
            near(defects, &mut rng)
        }
    }
}

/// Takes back what cannot stand together.
fn reconcile(site: &mut SitePlan) {
    let d = &mut site.defects;
    if d.unreachable {
        d.near_unreachable = false;
    }
    if d.stale_home {
        d.near_stale_home = false;
        d.nav_home = false;
    }
    if d.bad_domain {
        d.near_domain = false;
    }
    if d.bad_name {
        d.near_name = false;
    }
    let (missing, tags) = (d.missing_marks.clone(), d.missing_tags.clone());
    d.near_marks.retain(|m| !missing.contains(m));
    d.near_tags.retain(|t| !tags.contains(t));
    if d.stale_interpretations {
        d.unlinked = d.unlinked.min(1);
    }
    if d.messages.no_channel || d.messages.none {
        let no_channel = d.messages.no_channel;
        d.messages = crate::model::MessagesPlan {
            no_channel,
            none: !no_channel,
            ..Default::default()
        };
    }
    // A box without anything new for two months has no fresh question either.
    if d.messages.stale {
        d.messages.near = 0;
    }
    if !site.https {
        d.certificate = CertificatePlan::Sound;
    }
    if site.no_services {
        d.bad_guides = 0;
        d.near_guides = 0;
        d.bad_twins = 0;
        d.near_twins = 0;
        d.bad_forms = 0;
        d.near_forms = 0;
        d.statistics = StatisticsPlan::Fresh;
    }
}
