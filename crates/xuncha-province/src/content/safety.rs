//! What a security officer looks for: numbers of persons, hidden and harmful links, tampered pages, wrong wordings, leaks; and what looks so.
//!
//! Numbers are made up: divisions end in four zeros, which no person's number does. Hosts end in `.example`.

use super::Site;
use super::links::Place;
use crate::model::{Family, SitePlan};
use crate::rng::Rng;
use files::{advertisement, attachment, near_advertisement, near_attachment};
use later::Later;
use plants::{
    harmful, hidden, leaked, near_harmful, near_hidden, near_leaked, near_personal, near_severe,
    near_tampered, personal, severe, tampered,
};
use slips::{near_slip, slip};

mod files;
mod hidden;
pub mod later;
mod plants;
mod slips;

/// 安全植入: one planted thing.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The check it is for.
    pub check: &'static str,
    /// The word of the truth file.
    pub kind: &'static str,
    /// Key of the finding.
    pub key: String,
    /// Looks wrong and is fine.
    pub near: bool,
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub html: String,
    /// Numbers that must not be seen as they are anywhere behind the reader of a page.
    pub secrets: Vec<String>,
    /// What the truth says besides: the sentence that holds a slip.
    pub note: String,
    /// Nobody finds it without knowing what was meant.
    pub beyond: bool,
}

/// 附件: a file with text of its own.
#[derive(Debug, Clone)]
pub struct Document {
    /// Address.
    pub address: String,
    /// docx, xlsx, pdf, rtf, csv; page and program for what is none of them; code for a picture that telephones read.
    pub kind: &'static str,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// `macro`, `cut` or nothing.
    pub flaw: &'static str,
}

/// 安全植入方案: how much of each is planted on a site.
#[derive(Debug, Clone, Copy, Default)]
pub struct SafetyPlan {
    /// Personal data.
    pub personal: u8,
    /// What looks like personal data.
    pub near_personal: u8,
    /// Hidden links.
    pub hidden: u8,
    /// The way of the first of them; those that follow take the next.
    pub first_way: u16,
    /// Links that look hidden.
    pub near_hidden: u8,
    /// Harmful links.
    pub harmful: u8,
    /// Links that look harmful.
    pub near_harmful: u8,
    /// Tampered pages.
    pub tampered: u8,
    /// Pages that look tampered.
    pub near_tampered: u8,
    /// Severe wordings.
    pub severe: u8,
    /// Wordings that are right where they stand.
    pub near_severe: u8,
    /// Leaked files and folders.
    pub leaked: u8,
    /// Files that look leaked.
    pub near_leaked: u8,
    /// Wrong, doubled and missing characters.
    pub slips: u8,
    /// What is right and only looks wrong.
    pub near_slips: u8,
    /// Files that harm or are not what they say, codes of strangers.
    pub attachments: u8,
    /// Files and codes that look so.
    pub near_attachments: u8,
    /// Advertisements.
    pub advertising: u8,
    /// What looks like advertising.
    pub near_advertising: u8,
    /// What becomes of the home page after the monitoring point.
    pub later: Later,
}

/// Plants all of it.
pub fn draw(site: &mut Site) {
    let plan = site.plan.safety;
    let mut rng = site.rng("safety");
    let places = articles(site);
    if places.is_empty() {
        return;
    }
    let mut used = rng.below(places.len());
    let mut next = || {
        used += 1;
        places[used % places.len()]
    };
    let mut turn = rng.below(12);
    let mut many = |count: u8, plant: &mut dyn FnMut(usize)| {
        for _ in 0..count {
            turn += 1;
            plant(turn);
        }
    };
    many(plan.personal, &mut |nth| {
        personal(site, next(), nth, &mut site.rng(&format!("personal {nth}")))
    });
    many(plan.near_personal, &mut |nth| {
        near_personal(
            site,
            next(),
            nth,
            &mut site.rng(&format!("near personal {nth}")),
        )
    });
    let mut way = usize::from(plan.first_way);
    many(plan.hidden, &mut |nth| {
        hidden(site, next(), (nth, way));
        way += 1;
    });
    many(plan.near_hidden, &mut |nth| near_hidden(site, next(), nth));
    many(plan.harmful, &mut |nth| harmful(site, next(), nth));
    many(plan.near_harmful, &mut |nth| {
        near_harmful(site, next(), nth)
    });
    many(plan.tampered, &mut |nth| tampered(site, next(), nth));
    many(plan.near_tampered, &mut |nth| {
        near_tampered(site, next(), nth)
    });
    many(plan.severe, &mut |nth| severe(site, next(), nth));
    many(plan.near_severe, &mut |nth| near_severe(site, next(), nth));
    many(plan.leaked, &mut |nth| leaked(site, next(), nth));
    many(plan.near_leaked, &mut |nth| near_leaked(site, next(), nth));
    // What follows has turns of its own, so that what stands above stays as it is.
    let mut turn = site.rng("safety turns").below(48);
    let mut many = |count: u8, plant: &mut dyn FnMut(usize)| {
        for _ in 0..count {
            turn += 1;
            plant(turn);
        }
    };
    many(plan.slips, &mut |nth| {
        slip(site, next(), nth, &mut site.rng(&format!("slip {nth}")))
    });
    many(plan.near_slips, &mut |nth| near_slip(site, next(), nth));
    many(plan.attachments, &mut |nth| attachment(site, next(), nth));
    many(plan.near_attachments, &mut |nth| {
        near_attachment(site, next(), nth)
    });
    many(plan.advertising, &mut |nth| {
        advertisement(site, next(), nth)
    });
    many(plan.near_advertising, &mut |nth| {
        near_advertisement(site, next(), nth)
    });
}

/// Articles that a visitor reaches: the newest of columns whose list is there without scripts.
fn articles(site: &Site) -> Vec<usize> {
    site.columns
        .iter()
        .filter(|c| !c.by_script || matches!(site.plan.family, Family::Script | Family::Datastore))
        .flat_map(|c| c.articles.iter().take(4).copied())
        .collect()
}

/// How much is planted where.
pub fn plan(seed: u64, site: &mut SitePlan) {
    let chance = |what: &str, percent: u32| {
        u8::from(Rng::new(seed, &format!("safety {what} {}", site.code)).percent(percent))
    };
    site.safety = SafetyPlan {
        personal: chance("personal", 12),
        near_personal: chance("near personal", 40) * 2,
        hidden: chance("hidden", 4),
        first_way: Rng::new(seed, &format!("safety way {}", site.code)).below(1000) as u16,
        near_hidden: chance("near hidden", 20),
        harmful: chance("harmful", 5),
        near_harmful: chance("near harmful", 20),
        tampered: chance("tampered", 3),
        near_tampered: chance("near tampered", 20),
        severe: chance("severe", 5),
        near_severe: chance("near severe", 30),
        leaked: chance("leaked", 4),
        near_leaked: chance("near leaked", 15),
        slips: chance("slips", 50) * 3,
        near_slips: chance("near slips", 60) * 4,
        attachments: chance("attachments", 8),
        near_attachments: chance("near attachments", 30),
        advertising: chance("advertising", 5),
        near_advertising: chance("near advertising", 20),
        later: match Rng::new(seed, &format!("later {}", site.code)).below(20) {
            0 => *Rng::new(seed, &format!("later how {}", site.code)).pick(&later::BROKEN),
            1..=6 => *Rng::new(seed, &format!("later how {}", site.code)).pick(&later::OWN_WORK),
            _ => Later::Same,
        },
    };
}

/// Enough of everything on enough families.
pub fn plan_dense(seed: u64, sites: &mut [SitePlan]) {
    let groups: [fn(&mut SafetyPlan, bool); 9] = [
        |p, near| {
            if near {
                p.near_personal = 4
            } else {
                p.personal = 3
            }
        },
        |p, near| {
            if near {
                p.near_hidden = 2
            } else {
                p.hidden = 2
            }
        },
        |p, near| {
            if near {
                p.near_harmful = 2
            } else {
                p.harmful = 2
            }
        },
        |p, near| {
            if near {
                p.near_tampered = 2
            } else {
                p.tampered = 1
            }
        },
        |p, near| {
            if near {
                p.near_severe = 2
            } else {
                p.severe = 2
            }
        },
        |p, near| {
            if near {
                p.near_leaked = 1
            } else {
                p.leaked = 1
            }
        },
        |p, near| {
            if near { p.near_slips = 8 } else { p.slips = 8 }
        },
        |p, near| {
            if near {
                p.near_attachments = 2
            } else {
                p.attachments = 2
            }
        },
        |p, near| {
            if near {
                p.near_advertising = 2
            } else {
                p.advertising = 1
            }
        },
    ];
    const SITES: usize = 26;
    /// Where hidden links stand in the list.
    const HIDDEN: usize = 1;
    for (nth, group) in groups.iter().enumerate() {
        let mut rng = Rng::new(seed, &format!("dense safety {nth}"));
        let mut order: Vec<usize> = (0..sites.len()).collect();
        rng.shuffle(&mut order);
        for (place, index) in order.into_iter().take(2 * SITES).enumerate() {
            group(&mut sites[index].safety, place >= SITES);
            sites[index].safety.first_way = match nth {
                HIDDEN => 2 * place as u16,
                _ => sites[index].safety.first_way,
            };
        }
    }
    let mut rng = Rng::new(seed, "dense later");
    let mut order: Vec<usize> = (0..sites.len()).collect();
    rng.shuffle(&mut order);
    for (place, index) in order.into_iter().take(2 * SITES).enumerate() {
        sites[index].safety.later = match place < SITES {
            true => *rng.pick(&later::BROKEN),
            false => *rng.pick(&later::OWN_WORK),
        };
    }
}
