//! 工作量: how much people will have to do in a round, before it begins: answers that only a person can give follow from the set, and how
//! often a person had to confirm follows from the round before.

use std::collections::BTreeMap;

use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::registry::TargetClass;

/// 工作量估计. Of one class of targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassLoad {
    /// Targets.
    pub targets: u64,
    /// Manual answers: targets × questions of the set.
    pub answers: u64,
    /// Confirmations to be expected; `None` where no earlier round tells.
    pub confirmations: Option<u64>,
}

impl ClassLoad {
    /// All decisions, as far as they are known.
    pub fn all(&self) -> u64 {
        self.answers + self.confirmations.unwrap_or_default()
    }
}

/// 上轮经验. How many confirmations a person had to give of how many targets of a class.
pub type Experience = BTreeMap<TargetClass, (u64, u64)>;

/// Questions that the set asks a person about each target of a class; those that hold up nothing are left out.
pub fn questions(set: &IndicatorSet, class: TargetClass) -> u64 {
    let asks =
        |kind, classes: &[TargetClass]| kind != IndicatorKind::Listed && classes.contains(&class);
    let asked = set
        .indicators
        .iter()
        .filter(|one| asks(one.kind, &one.applies_to) && one.question().is_some());
    asked.count() as u64
}

/// What is to be expected, by class. Confirmations are reckoned from those of the round before, rounded up.
pub fn workload(
    set: &IndicatorSet,
    targets: &BTreeMap<TargetClass, u64>,
    before: &Experience,
) -> BTreeMap<TargetClass, ClassLoad> {
    let load = |(class, count): (&TargetClass, &u64)| {
        let confirmations = before
            .get(class)
            .filter(|(_, looked_at)| *looked_at > 0)
            .map(|(confirmed, looked_at)| (confirmed * count).div_ceil(*looked_at));
        let load = ClassLoad {
            targets: *count,
            answers: count * questions(set, *class),
            confirmations,
        };
        (*class, load)
    };
    targets.iter().map(load).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::checks;
    use crate::indicator::resolve;
    use crate::testing::project_files;

    #[test]
    fn answers_follow_from_the_set_and_confirmations_from_the_round_before() {
        let set = resolve(&project_files(), "gov-2019", &checks::validate_params).unwrap();
        let portal = questions(&set, TargetClass::Portal);
        let department = questions(&set, TargetClass::Department);
        assert!(portal > 0 && department > 0);
        let targets = BTreeMap::from([(TargetClass::Portal, 126), (TargetClass::Department, 84)]);
        let before = BTreeMap::from([
            (TargetClass::Portal, (100, 50)),
            (TargetClass::Department, (1, 0)),
        ]);
        let loads = workload(&set, &targets, &before);
        let of = |class| loads[&class];
        assert_eq!(of(TargetClass::Portal).answers, 126 * portal);
        assert_eq!(of(TargetClass::Portal).confirmations, Some(252));
        assert_eq!(
            of(TargetClass::Department).confirmations,
            None,
            "nobody looked"
        );
        assert_eq!(of(TargetClass::Department).all(), 84 * department);
    }
}
