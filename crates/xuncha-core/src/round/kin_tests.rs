use super::*;
use crate::registry::{Level, Organization, Site, SiteKind};
use crate::round::subjects;
use crate::testing::{account, site};

fn unit(id: &str, name: &str, requires_accounts: bool) -> Organization {
    Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        region: "990100".to_owned(),
        level: Level::City,
        parent: None,
        requires_accounts,
    }
}

fn named(id: &str, platform: &str, organization: &str, name: &str) -> Account {
    Account {
        name: name.to_owned(),
        organization: organization.to_owned(),
        ..account(id, platform, "990100")
    }
}

fn registry(accounts: Vec<Account>, sites: Vec<Site>) -> Registry {
    let units = [
        unit("U1", "青石市人民政府办公室", true),
        unit("U2", "青石市商务局", false),
    ];
    Registry {
        organizations: units
            .into_iter()
            .map(|unit| (unit.id.clone(), unit))
            .collect(),
        accounts: accounts
            .into_iter()
            .map(|own| (own.id.clone(), own))
            .collect(),
        sites: sites.into_iter().map(|own| (own.id.clone(), own)).collect(),
        ..Registry::default()
    }
}

fn drawn(registry: &Registry) -> BTreeMap<TargetId, Subject> {
    let ids = registry.accounts.keys().chain(registry.sites.keys());
    subjects(registry, ids, &BTreeMap::new())
        .into_iter()
        .map(|subject| (subject.target.id().clone(), subject))
        .collect()
}

fn ids(named: &[NamedAccount]) -> Vec<&str> {
    named.iter().map(|own| own.id.0.as_str()).collect()
}

#[test]
fn same_names_are_those_of_other_units_on_the_same_platform() {
    let mut closed = named("A5", "微信", "U2", "青石发布");
    closed.state = State::Closed;
    let accounts = vec![
        named("A1", "微信", "U1", "青石发布"),
        named("A2", "微信", "U1", "青石发布"),
        named("A3", "微信", "U2", "青石·发布"),
        named("A4", "微博", "U2", "青石发布"),
        closed,
    ];
    let drawn = drawn(&registry(accounts, Vec::new()));
    let same = |id: &str| ids(&drawn[&id.into()].kin.same_named);
    assert_eq!(same("A1"), ["A3"]);
    assert_eq!(same("A3"), ["A1", "A2"]);
    assert!(same("A4").is_empty());
    assert_eq!(drawn[&"A1".into()].sibling_accounts.len(), 2);
    let first = |id: &str| drawn[&id.into()].kin.first_of_unit.clone();
    assert_eq!(first("A3"), None);
    assert_eq!(first("A4").map(|own| own.id.0).as_deref(), Some("A3"));
}

#[test]
fn a_unit_that_lacks_an_account_is_judged_on_one_site() {
    let sites = vec![
        site("9901000001", SiteKind::Department),
        site("9901000002", SiteKind::Portal),
    ];
    let mut ended = named("A1", "微信", "U1", "青石发布");
    ended.state = State::Cancelled;
    let lacking = registry(vec![ended.clone()], sites.clone());
    let found = gaps(&lacking);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].site, Some("9901000002".into()));
    let drawn_of = drawn(&lacking);
    assert!(drawn_of[&"9901000001".into()].kin.is_empty());
    let on_portal = drawn_of[&"9901000002".into()].kin.lacking_unit.clone();
    assert_eq!(on_portal.map(|unit| unit.ended), Some(vec!["A1".into()]));
    ended.state = State::Running;
    let complete = registry(vec![ended], sites);
    assert!(gaps(&complete).is_empty());
    let is_silent = |subject: &Subject| subject.kin.lacking_unit.is_none();
    assert!(drawn(&complete).values().all(is_silent));
}

#[test]
fn persons_are_not_drawn_and_the_latest_count_holds() {
    let mut own = named("A1", "微信", "U1", "青石发布");
    own.details.contacts = Some("张三 0999-1234567".to_owned());
    own.details.followers = Some(300);
    let registry = registry(vec![own], Vec::new());
    let mut now: Vec<Subject> = drawn(&registry).into_values().collect();
    let json = serde_json::to_string(&now).unwrap();
    assert!(!json.contains("张三") && json.contains("\"followers\":300"));
    assert_eq!(serde_json::from_str::<Vec<Subject>>(&json).unwrap(), now);
    let earlier = |count: Option<u64>| {
        let mut subject = now[0].clone();
        if let Target::Account(account) = &mut subject.target {
            account.details.followers = count;
        }
        [subject]
    };
    let (none, last, before) = (earlier(None), earlier(Some(100)), earlier(Some(50)));
    for (id, subjects) in [("2025Q4", &none), ("2025Q3", &last), ("2025Q2", &before)] {
        let day = jiff::civil::date(2025, 12, 20);
        fill_previous_followers(&mut now, (id, Some(day)), &followers(subjects));
    }
    let found = now[0].kin.previous_followers.clone().unwrap();
    assert_eq!((found.round.as_str(), found.count), ("2025Q3", 100));
}
