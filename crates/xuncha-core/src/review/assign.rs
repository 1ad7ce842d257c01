//! 交叉互评: who looks at which targets. Nobody gets those of the city that he comes from; the draw follows from a seed, so that anyone can
//! repeat it, and what an earlier draw gave out stays where it may.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::registry::TargetId;

/// 检查员. Somebody who takes targets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inspector {
    /// Number of the person.
    pub person: i64,
    /// Division code of the city that he comes from, or of the province.
    pub region: String,
}

/// 待分派对象.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Target.
    pub target: TargetId,
    /// Division code of the city that it lies in, or of the province for its own units.
    pub region: String,
    /// Things to decide of it; what it weighs.
    pub tasks: u64,
}

/// 分派结果.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Who looks at it.
    pub first: BTreeMap<TargetId, i64>,
    /// Who looks at it again where it is in the share of double reviews: never the same person.
    pub second: BTreeMap<TargetId, i64>,
    /// Targets that nobody may look at, because all come from their city.
    pub nobody: Vec<TargetId>,
}

/// The place of something in a draw: SHA-256 of `SEED|WHAT|ID`, as ranks of samples are.
fn rank(seed: &str, what: &str, id: &str) -> String {
    hex::encode(Sha256::digest(format!("{seed}|{what}|{id}")))
}

/// Gives every target to the inspector with the least to do among those who come from elsewhere; heavy targets first, equal ones in the
/// order of the draw. `kept`: what was given out before and stays, as far as it may.
pub fn assign(
    loads: &[Load],
    inspectors: &[Inspector],
    kept: &BTreeMap<TargetId, i64>,
    seed: &str,
) -> Assignment {
    let people: BTreeSet<&Inspector> = inspectors.iter().collect();
    let mut burden: BTreeMap<i64, u64> = people.iter().map(|one| (one.person, 0)).collect();
    let mut result = Assignment::default();
    let may = |person: i64, load: &Load| {
        people
            .iter()
            .any(|one| one.person == person && one.region != load.region)
    };
    let mut rest: Vec<&Load> = Vec::new();
    for load in loads {
        match kept.get(&load.target).filter(|person| may(**person, load)) {
            Some(person) => {
                result.first.insert(load.target.clone(), *person);
                *burden.entry(*person).or_default() += load.tasks.max(1);
            }
            None => rest.push(load),
        }
    }
    rest.sort_by_cached_key(|load| {
        let place = rank(seed, "assign", &load.target.0);
        (u64::MAX - load.tasks, place)
    });
    for load in rest {
        match freest(&burden, &people, load, None, seed, "assign") {
            Some(person) => {
                result.first.insert(load.target.clone(), person);
                *burden.entry(person).or_default() += load.tasks.max(1);
            }
            None => result.nobody.push(load.target.clone()),
        }
    }
    let mut seconds: BTreeMap<i64, u64> = people.iter().map(|one| (one.person, 0)).collect();
    for load in loads {
        let Some(first) = result.first.get(&load.target) else {
            continue;
        };
        let other = freest(&seconds, &people, load, Some(*first), seed, "second");
        if let Some(person) = other {
            result.second.insert(load.target.clone(), person);
            *seconds.entry(person).or_default() += load.tasks.max(1);
        }
    }
    result.nobody.sort();
    result
}

/// Who has the least to do of those who may; of equal ones the first in the draw.
fn freest(
    burden: &BTreeMap<i64, u64>,
    people: &BTreeSet<&Inspector>,
    load: &Load,
    without: Option<i64>,
    seed: &str,
    what: &str,
) -> Option<i64> {
    let eligible = people
        .iter()
        .filter(|one| one.region != load.region && Some(one.person) != without);
    eligible
        .map(|one| {
            let place = rank(seed, what, &format!("{}|{}", load.target, one.person));
            let burden = burden.get(&one.person).copied().unwrap_or_default();
            (burden, place, one.person)
        })
        .min()
        .map(|(_, _, person)| person)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn inspectors() -> Vec<Inspector> {
        [(1, "990100"), (2, "990200"), (3, "990300"), (4, "990000")]
            .map(|(person, region)| Inspector {
                person,
                region: region.to_owned(),
            })
            .to_vec()
    }

    fn loads(count: usize) -> Vec<Load> {
        (0..count)
            .map(|n| Load {
                target: TargetId(format!("99{n:08}")),
                region: ["990000", "990100", "990200", "990300"][n % 4].to_owned(),
                tasks: (n % 7) as u64,
            })
            .collect()
    }

    #[test]
    fn nobody_looks_at_his_own_city_and_all_have_about_the_same() {
        let (loads, people) = (loads(400), inspectors());
        let made = assign(&loads, &people, &BTreeMap::new(), "种子");
        assert!(made.nobody.is_empty());
        assert_eq!((made.first.len(), made.second.len()), (400, 400));
        let mut burden: BTreeMap<i64, u64> = BTreeMap::new();
        for load in &loads {
            let (first, second) = (made.first[&load.target], made.second[&load.target]);
            assert_ne!(first, second, "two people");
            for person in [first, second] {
                let home = &people
                    .iter()
                    .find(|one| one.person == person)
                    .unwrap()
                    .region;
                assert_ne!(home, &load.region, "{}", load.target);
            }
            *burden.entry(first).or_default() += load.tasks.max(1);
        }
        let (least, most) = (
            burden.values().min().unwrap(),
            burden.values().max().unwrap(),
        );
        assert!(most - least <= 7, "{burden:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_and_another_gives_another() {
        let (loads, mut people) = (loads(60), inspectors());
        let none = BTreeMap::new();
        let made = assign(&loads, &people, &none, "a");
        people.reverse();
        assert_eq!(
            assign(&loads, &people, &none, "a"),
            made,
            "whatever the order"
        );
        assert_ne!(assign(&loads, &people, &none, "b"), made);
        // Who leaves gives up his own only.
        people.retain(|one| one.person != 2);
        let after = assign(&loads, &people, &made.first, "a");
        for (target, person) in made.first.iter().filter(|(_, person)| **person != 2) {
            assert_eq!(after.first[target], *person);
        }
        assert!(after.first.values().all(|person| *person != 2));
    }

    #[test]
    fn what_nobody_may_look_at_is_named() {
        let people = &inspectors()[..1];
        let loads = loads(8);
        let made = assign(&loads, people, &BTreeMap::new(), "种子");
        let home: Vec<_> = loads
            .iter()
            .filter(|load| load.region == "990100")
            .collect();
        assert_eq!(made.nobody.len(), home.len());
        assert!(made.second.is_empty(), "there is no other person");
        assert!(
            assign(&loads, &[], &BTreeMap::new(), "种子")
                .first
                .is_empty()
        );
    }
}
