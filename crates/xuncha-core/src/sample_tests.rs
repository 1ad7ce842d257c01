use super::*;
use crate::registry::Region;
use crate::testing::{Dice, account, site};

fn registry(dice: &mut Dice, departments: usize, accounts: usize) -> Registry {
    let mut registry = Registry::default();
    let mut region = |code: &str, level, parent: Option<&str>| {
        let region = Region {
            code: code.to_owned(),
            name: code.to_owned(),
            level,
            parent: parent.map(str::to_owned),
        };
        registry.regions.insert(code.to_owned(), region);
    };
    region("990000", Level::Province, None);
    for city in 1..=3 {
        let code = format!("990{city}00");
        region(&code, Level::City, Some("990000"));
        for county in 1..=4 {
            region(&format!("990{city}0{county}"), Level::County, Some(&code));
        }
    }
    let codes: Vec<String> = registry.regions.keys().cloned().collect();
    for (at, code) in codes.iter().enumerate() {
        let mut portal = site(&format!("99010{at:05}"), SiteKind::Portal);
        portal.region = code.clone();
        registry.sites.insert(portal.id.clone(), portal);
    }
    for at in 0..departments {
        let mut department = site(&format!("99020{at:05}"), SiteKind::Department);
        if dice.roll(10) == 0 {
            department.state = State::Closed;
        }
        registry.sites.insert(department.id.clone(), department);
    }
    for at in 0..accounts {
        let platform = ["微信", "微博", "抖音"][dice.roll(3)];
        let own = account(
            &format!("A{at:06}"),
            platform,
            &codes[dice.roll(codes.len())],
        );
        registry.accounts.insert(own.id.clone(), own);
    }
    registry
}

fn plan(departments: Quota, accounts: Quota, forced: Vec<TargetId>) -> SamplePlan {
    SamplePlan {
        coverage: Coverage::Sample,
        departments,
        accounts,
        forced,
    }
}

#[test]
fn the_rank_is_what_sha256sum_prints() {
    assert_eq!(
        rank("yunling-2026Q1", "department", &"9901000001".into()),
        "3468609424f1c532deb53f8645ca613e5f7e2f67f87ba1df1176fd3aa794ea98"
    );
}

#[test]
fn portals_are_all_taken_and_quotas_are_kept() {
    let registry = registry(&mut Dice(1), 200, 300);
    let (sample, _) = draw(
        &registry,
        &plan(Quota::Count(33), Quota::Percent(30), vec![]),
        "s",
    )
    .unwrap();
    let drawn = |prefix: &str| {
        sample
            .drawn
            .values()
            .filter(|stratum| stratum.starts_with(prefix))
            .count()
    };
    assert_eq!(
        (
            drawn("portal/province"),
            drawn("portal/city"),
            drawn("portal/county")
        ),
        (1, 3, 12)
    );
    assert_eq!((drawn("department"), drawn("account/")), (33, 90));
    assert_eq!(verify(&sample), Ok(()));
}

#[test]
fn any_draw_verifies_and_keeps_its_quotas() {
    let mut dice = Dice(7);
    for case in 0..60 {
        let (departments, accounts) = (dice.roll(60), dice.roll(120));
        let registry = registry(&mut dice, departments, accounts);
        let forced: Vec<TargetId> = registry
            .sites
            .keys()
            .chain(registry.accounts.keys())
            .filter(|_| dice.roll(12) == 0)
            .cloned()
            .collect();
        let plan = plan(
            Quota::Count(dice.roll(70)),
            Quota::Percent(dice.roll(101) as u32),
            forced.clone(),
        );
        let (sample, absent) = draw(&registry, &plan, &format!("seed{case}")).unwrap();
        assert_eq!(verify(&sample), Ok(()), "case {case}");
        for id in &forced {
            let is_running = registry
                .sites
                .get(id)
                .is_none_or(|site| site.state == State::Running);
            assert_eq!(
                sample.drawn.contains_key(id),
                is_running,
                "case {case}: {id}"
            );
            assert_eq!(absent.contains(id), !is_running);
        }
        for (stratum, targets) in &sample.frame {
            let quota = sample.quotas[stratum];
            let forced_here = targets
                .iter()
                .filter(|id| sample.forced.contains(id))
                .count();
            let count = sample.drawn.values().filter(|own| *own == stratum).count();
            assert_eq!(count, quota.max(forced_here), "case {case}: {stratum}");
            assert!(quota <= targets.len());
        }
    }
}

#[test]
fn the_order_of_the_registry_and_other_strata_do_not_matter() {
    let registry = registry(&mut Dice(3), 80, 0);
    let plan = plan(Quota::Count(20), Quota::All, vec![]);
    let (whole, _) = draw(&registry, &plan, "s").unwrap();
    let mut without_portals = registry.clone();
    without_portals
        .sites
        .retain(|_, site| site.kind == SiteKind::Department);
    let (part, _) = draw(&without_portals, &plan, "s").unwrap();
    let departments = |sample: &Sample| -> Vec<TargetId> {
        sample
            .drawn
            .iter()
            .filter(|(_, stratum)| *stratum == "department")
            .map(|(id, _)| id.clone())
            .collect()
    };
    assert_eq!(departments(&whole), departments(&part));
    let (other_seed, _) = draw(&registry, &plan, "t").unwrap();
    assert_ne!(departments(&whole), departments(&other_seed));
}

#[test]
fn shares_add_up_and_are_never_a_whole_one_off() {
    let mut dice = Dice(11);
    for _ in 0..300 {
        let sizes: BTreeMap<String, usize> = (0..1 + dice.roll(12))
            .map(|at| (format!("s{at:02}"), dice.roll(50)))
            .collect();
        let whole: usize = sizes.values().sum();
        let total = dice.roll(whole + 1);
        let shares = share_out(&sizes, total);
        assert_eq!(shares.values().sum::<usize>(), total);
        for (stratum, size) in &sizes {
            let share = shares[stratum];
            assert!(share <= *size);
            assert!(
                share * whole < size * total + whole && size * total < share * whole + whole.max(1)
            );
        }
    }
}

#[test]
fn a_tampered_sample_does_not_verify() {
    let registry = registry(&mut Dice(5), 60, 90);
    let (sample, _) = draw(
        &registry,
        &plan(Quota::Count(10), Quota::Count(20), vec![]),
        "s",
    )
    .unwrap();
    let mut swapped = sample.clone();
    let out = sample
        .drawn
        .iter()
        .find(|(_, stratum)| *stratum == "department")
        .unwrap()
        .0
        .clone();
    let put = sample.frame["department"]
        .iter()
        .find(|id| !sample.drawn.contains_key(id))
        .unwrap()
        .clone();
    swapped.drawn.remove(&out);
    swapped.drawn.insert(put.clone(), "department".to_owned());
    let wrong = verify(&swapped).unwrap_err();
    let text: Vec<&str> = wrong.iter().map(|own| own.0.as_str()).collect();
    assert!(
        text.iter().any(|own| own.contains(&out.0)) && text.iter().any(|own| own.contains(&put.0)),
        "{text:?}"
    );
    let mut other_seed = sample.clone();
    other_seed.seed = "later".to_owned();
    assert!(verify(&other_seed).is_err());
    let mut shrunk = sample;
    shrunk.quotas.insert("portal/city".to_owned(), 1);
    assert!(verify(&shrunk).is_err());
}

#[test]
fn a_census_takes_everything_that_runs() {
    let registry = registry(&mut Dice(9), 40, 50);
    let mut plan = plan(Quota::Count(1), Quota::Count(1), vec![]);
    plan.coverage = Coverage::Census;
    let (sample, _) = draw(&registry, &plan, "s").unwrap();
    assert_eq!(
        sample.drawn.len(),
        sample.frame.values().map(Vec::len).sum::<usize>()
    );
    assert_eq!(verify(&sample), Ok(()));
}

#[test]
fn quotas_above_what_runs_are_told() {
    let registry = registry(&mut Dice(4), 8, 12);
    let frame = frame(&registry).unwrap();
    let departments = frame["department"].len();
    let mut plan = plan(Quota::Count(departments), Quota::Count(13), vec![]);
    let told = |plan: &SamplePlan| -> Vec<String> {
        let found = excesses(&frame, plan);
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(told(&plan), ["政务新媒体名额 13 多于在运行的 12，全部抽取"]);
    plan.departments = Quota::Count(departments + 1);
    assert_eq!(told(&plan).len(), 2);
    plan.coverage = Coverage::Census;
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn unknown_regions_and_bad_seeds_are_refused() {
    let mut registry = registry(&mut Dice(2), 1, 1);
    let any = plan(Quota::All, Quota::All, vec![]);
    for seed in ["", " ", "a|b"] {
        assert_eq!(draw(&registry, &any, seed), Err(SampleError::Seed));
    }
    registry.regions.remove("990101");
    assert!(matches!(
        draw(&registry, &any, "s"),
        Err(SampleError::UnknownRegion { .. })
    ));
}

#[test]
fn the_ledger_tells_who_was_not_drawn_for_how_long() {
    let frame = BTreeMap::from([(
        "department".to_owned(),
        vec!["1".into(), "2".into(), "3".into()],
    )]);
    let rounds = [
        (
            "2025Q3".to_owned(),
            BTreeSet::from([TargetId::from("1"), "2".into()]),
        ),
        ("2025Q4".to_owned(), BTreeSet::from([TargetId::from("2")])),
    ];
    let rows: Vec<(String, Option<String>, usize)> = ledger(&frame, &rounds)
        .into_iter()
        .map(|row| (row.target.0, row.last_drawn, row.rounds_missed))
        .collect();
    assert_eq!(
        rows,
        [
            ("3".to_owned(), None, 2),
            ("1".to_owned(), Some("2025Q3".to_owned()), 1),
            ("2".to_owned(), Some("2025Q4".to_owned()), 0),
        ]
    );
}
