//! Draws the province from its seed: regions, units, sites, defects, accounts.

pub mod defects;
pub mod manual;
pub mod names;
pub mod notice;
pub mod orgs;
pub mod sites;

use crate::accounts;
use crate::model::{Dates, PlanKind, Province, Scale};

/// Counts of regions and sites of a scale and plan.
struct Counts {
    cities: usize,
    counties: usize,
    provincial_sites: usize,
    sites_per_city: usize,
}

impl Counts {
    const fn of(scale: Scale, plan: PlanKind) -> Self {
        let (cities, counties, provincial_sites, sites_per_city) = match (plan, scale) {
            (PlanKind::Dense, _) => (8, 31, 8, 9),
            (PlanKind::Realistic, Scale::Small) => (3, 8, 3, 5),
            (PlanKind::Realistic, Scale::Full) => (14, 111, 45, 29),
        };
        Self {
            cities,
            counties,
            provincial_sites,
            sites_per_city,
        }
    }
}

/// Draws the whole province.
#[must_use]
pub fn province(seed: u64, scale: Scale, plan: PlanKind) -> Province {
    let counts = Counts::of(scale, plan);
    let regions = names::regions(seed, counts.cities, counts.counties);
    let units = orgs::units(
        seed,
        &regions,
        counts.provincial_sites,
        counts.sites_per_city,
    );
    let mut sites = sites::sites(seed, &regions, &units);
    defects::plant(seed, plan, &mut sites);
    for site in &mut sites {
        sites::settle_names(seed, site, &regions, &units.orgs);
    }
    sites::settle_hosts(&mut sites);
    let mut province = Province {
        seed,
        scale,
        plan,
        mutation: crate::content::look::FULL,
        dates: Dates::quarter_2026q1(),
        regions,
        orgs: units.orgs,
        sites,
        accounts: Vec::new(),
    };
    province.accounts = accounts::plan_accounts(&province);
    province
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::SiteKind;

    #[test]
    fn the_full_province_has_the_numbers_of_the_letter() {
        let p = province(7, Scale::Full, PlanKind::Realistic);
        assert_eq!(p.sites.len(), 577);
        assert_eq!(
            p.sites
                .iter()
                .filter(|s| s.kind == SiteKind::Portal)
                .count(),
            126
        );
        assert_eq!(p.regions.len(), 126);
    }

    #[test]
    fn the_small_province_has_thirty_sites() {
        let p = province(7, Scale::Small, PlanKind::Realistic);
        assert_eq!(p.sites.len(), 30);
        assert_eq!(
            p.sites
                .iter()
                .filter(|s| s.kind == SiteKind::Portal)
                .count(),
            12
        );
    }

    #[test]
    fn hosts_and_codes_are_used_once() {
        for (seed, plan) in [(7, PlanKind::Realistic), (8, PlanKind::Dense)] {
            let p = province(seed, Scale::Full, plan);
            let hosts: BTreeSet<_> = p.sites.iter().map(|s| &s.host).collect();
            let codes: BTreeSet<_> = p.sites.iter().map(|s| &s.code).collect();
            let regions: BTreeSet<_> = p.regions.iter().map(|r| &r.code).collect();
            assert_eq!(
                (hosts.len(), codes.len(), regions.len()),
                (p.sites.len(), p.sites.len(), p.regions.len())
            );
        }
    }
}
