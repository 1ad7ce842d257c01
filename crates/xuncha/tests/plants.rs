//! Every automatic check is measured: the simulated province plants for it, and plants what only looks so, or it stands here why not.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use xuncha_core::checks::CHECKS;
use xuncha_province::model::{PlanKind, Scale};
use xuncha_province::plan;
use xuncha_province::serve::world::World;
use xuncha_province::truth;

/// Checks of which the province plants nothing, with the reason and where they are measured instead.
const UNPLANTED: &[(&str, &str)] = &[
    (
        "manual",
        "人工问题没有自动判定；答案在 truth.json 的 manual 里，由模拟复核作答",
    ),
    (
        "short_notice",
        "依据名录每天一次的公告监测，要跨三十天、三个月；由 tests/registry_watch.rs 按天走完",
    ),
    (
        "accessibility_faults",
        "查什么由检测引擎定，引擎由使用者另备；在真实浏览器里由 gather/tests/opened.rs 埋设图片、表单、对比度缺陷",
    ),
];
/// Checks without near misses, with the reason.
const WITHOUT_NEAR: &[(&str, &str)] = &[(
    "unit_without_account",
    "名录里有没有正常运行的账号只有是与否，没有看起来像的情形",
)];

#[test]
fn every_automatic_check_has_plants_or_a_reason() {
    let world = World::new(plan::province(11, Scale::Small, PlanKind::Dense));
    let truth = truth::all(&world.province, &world.sites);
    let mut planted: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for target in truth["targets"].as_array().unwrap() {
        for (check, found) in target["checks"].as_object().unwrap() {
            let counts = planted.entry(check).or_default();
            for (nth, list) in ["items", "near_misses"].iter().enumerate() {
                counts[nth] += found[list].as_array().unwrap().len();
            }
        }
    }
    let has_reason = |list: &[(&str, &str)], name: &str| {
        let reason = list.iter().find(|(check, _)| *check == name);
        reason.is_some_and(|(_, reason)| !reason.is_empty())
    };
    let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name).collect();
    for name in &names {
        let [items, near] = planted.get(name).copied().unwrap_or_default();
        let is_told = |count: usize, list| count > 0 || has_reason(list, name);
        assert!(
            is_told(items, UNPLANTED),
            "{name} is an automatic check without a plant: plant it (docs/province.md) or say here why not"
        );
        let needs_near = items > 0;
        assert!(
            !needs_near || is_told(near, WITHOUT_NEAR),
            "{name} has no near miss: plant one or say here why not"
        );
    }
    // A reason that no longer holds goes.
    for (name, _) in UNPLANTED {
        assert!(!planted.contains_key(name), "{name} is planted by now");
    }
    for (name, _) in WITHOUT_NEAR {
        assert_eq!(planted[name][1], 0, "{name} has near misses by now");
    }
    let unknown: Vec<_> = planted
        .keys()
        .filter(|name| !names.contains(*name))
        .collect();
    assert!(unknown.is_empty(), "planted for no check: {unknown:?}");
}
