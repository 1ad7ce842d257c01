//! 关联信息: what registry and earlier rounds say around a target, frozen with it so that a check needs nothing else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Subject;
use crate::registry::{Account, Gap, Registry, State, Target, TargetId, gaps};

/// 账号名片. An account beside the one that is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAccount {
    /// Its number.
    pub id: TargetId,
    /// Name.
    pub name: String,
    /// Platform.
    pub platform: String,
    /// Name of its host unit.
    pub organization_name: String,
}

/// 应开设而未开设的单位. It has to run accounts and has none that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LackingUnit {
    /// Its accounts that do not run, by number.
    pub ended: Vec<TargetId>,
}

/// 往期粉丝数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowerCount {
    /// Round in which it was filed so.
    pub round: String,
    /// Monitoring day of that round; unknown of one that was imported.
    #[serde(default)]
    pub on: Option<Date>,
    /// Followers.
    pub count: u64,
}

/// 关联信息. Each part is there only where it says something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kin {
    /// Running accounts of other units with the same name on the same platform, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_named: Vec<NamedAccount>,
    /// The unit's first running account that publishes, where it is another one on another platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_of_unit: Option<NamedAccount>,
    /// Of a site: its unit lacks an account, and this is the site on which that is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacking_unit: Option<LackingUnit>,
    /// Followers in the latest earlier round that has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_followers: Option<FollowerCount>,
}

impl Kin {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Kin::default()
    }
}

/// The registry sorted for questions about what stands around a target.
pub(super) struct Surroundings<'a> {
    registry: &'a Registry,
    by_unit: BTreeMap<&'a str, Vec<&'a Account>>,
    by_name: BTreeMap<(&'a str, String), Vec<&'a Account>>,
    lacking: BTreeMap<TargetId, Gap>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(registry: &'a Registry) -> Surroundings<'a> {
        let mut by_unit: BTreeMap<&str, Vec<&Account>> = BTreeMap::new();
        let mut by_name: BTreeMap<(&str, String), Vec<&Account>> = BTreeMap::new();
        let running = registry
            .accounts
            .values()
            .filter(|account| account.state == State::Running);
        for account in running {
            let unit = account.organization.as_str();
            by_unit.entry(unit).or_default().push(account);
            let name = (account.platform.as_str(), plain_name(&account.name));
            by_name.entry(name).or_default().push(account);
        }
        let lacking = gaps(registry)
            .into_iter()
            .filter_map(|gap| Some((gap.site.clone()?, gap)))
            .collect();
        Surroundings {
            registry,
            by_unit,
            by_name,
            lacking,
        }
    }

    /// Running accounts of the same unit on the same platform, itself included, by number.
    pub(super) fn siblings(&self, target: &Target) -> Vec<TargetId> {
        let Target::Account(account) = target else {
            return Vec::new();
        };
        self.of_unit(account)
            .filter(|other| other.platform == account.platform)
            .map(|other| other.id.clone())
            .collect()
    }

    pub(super) fn kin(&self, target: &Target) -> Kin {
        match target {
            Target::Site(site) => Kin {
                lacking_unit: self.lacking.get(&site.id).map(|gap| LackingUnit {
                    ended: gap.ended.clone(),
                }),
                ..Kin::default()
            },
            Target::Account(account) => Kin {
                same_named: self.same_named(account),
                first_of_unit: self.first_of_unit(account),
                ..Kin::default()
            },
        }
    }

    fn of_unit(&self, account: &Account) -> impl Iterator<Item = &'a Account> {
        let unit = self.by_unit.get(account.organization.as_str());
        unit.into_iter().flatten().copied()
    }

    fn same_named(&self, account: &Account) -> Vec<NamedAccount> {
        let name = (account.platform.as_str(), plain_name(&account.name));
        let named = self.by_name.get(&name).into_iter().flatten();
        named
            .filter(|other| other.organization != account.organization)
            .map(|other| self.named(other))
            .collect()
    }

    fn first_of_unit(&self, account: &Account) -> Option<NamedAccount> {
        let publishes = |other: &&Account| !other.is_app() && !other.is_mini_program();
        let first = self.of_unit(account).find(publishes)?;
        let is_elsewhere = first.id != account.id && first.platform != account.platform;
        is_elsewhere.then(|| self.named(first))
    }

    fn named(&self, account: &Account) -> NamedAccount {
        let unit = self.registry.organizations.get(&account.organization);
        NamedAccount {
            id: account.id.clone(),
            name: account.name.clone(),
            platform: account.platform.clone(),
            organization_name: unit.map_or_else(String::new, |unit| unit.name.clone()),
        }
    }
}

/// A name without blanks and dots and in small letters: 青石 发布 and 青石·发布 are the same to the public.
pub(crate) fn plain_name(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Followers of the accounts among the subjects of a round, where they are filed.
pub fn followers(subjects: &[Subject]) -> BTreeMap<TargetId, u64> {
    subjects
        .iter()
        .filter_map(|subject| match &subject.target {
            Target::Account(account) => Some((account.id.clone(), account.details.followers?)),
            Target::Site(_) => None,
        })
        .collect()
}

/// Gives each account its followers of an earlier round, where nothing later did. Call it with the latest earlier round first.
pub fn fill_previous_followers(
    subjects: &mut [Subject],
    (round, on): (&str, Option<Date>),
    followers: &BTreeMap<TargetId, u64>,
) {
    let open = subjects
        .iter_mut()
        .filter(|subject| subject.kin.previous_followers.is_none());
    for subject in open {
        subject.kin.previous_followers =
            followers
                .get(subject.target.id())
                .map(|count| FollowerCount {
                    round: round.to_owned(),
                    on,
                    count: *count,
                });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "kin_tests.rs"]
mod tests;
