//! Days that changed: each for itself, or all to the day on which somebody carried the articles over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::judging::{Found, Redated};
use super::{Loss, LossKind};
use crate::verdict::Place;

/// So many articles of so many days that come under one day were not re-dated one by one.
const AT_ONCE: usize = 5;
const DAYS_BEFORE: usize = 3;

/// Turns re-dated articles into losses, those of one day into one.
pub(super) fn flattened(found: &mut Found) {
    let mut groups: BTreeMap<Date, Vec<Redated>> = BTreeMap::new();
    for redated in found.redated.drain(..) {
        groups.entry(redated.after).or_default().push(redated);
    }
    for (day, group) in groups {
        let urls = group
            .iter()
            .filter_map(|redated| redated.loss.old_url.clone());
        found.hit.extend(urls);
        let before: BTreeSet<Date> = group.iter().map(|redated| redated.before).collect();
        if group.len() < AT_ONCE || before.len() < DAYS_BEFORE {
            found
                .losses
                .extend(group.into_iter().map(|redated| redated.loss));
            continue;
        }
        found.losses.extend(at_once(day, &before, group));
    }
}

fn at_once(day: Date, before: &BTreeSet<Date>, group: Vec<Redated>) -> Option<Loss> {
    let (first, last) = (before.first()?, before.last()?);
    let detail = format!(
        "{} 篇稿件的发布时间都成了 {day}，原来在 {first} 至 {last} 之间",
        group.len()
    );
    let places = group.iter().map(|redated| Place {
        url: redated.loss.old_url.clone().unwrap_or_default(),
        text: redated.loss.title.clone(),
    });
    let places: Vec<Place> = places.collect();
    let evidence = group.into_iter().next()?.loss.evidence;
    let mut loss = Loss::of(
        LossKind::DatesFlattened,
        &format!("发布时间 {day}"),
        detail,
        evidence.first()?.clone(),
    );
    loss.evidence = evidence;
    Some(loss.at_places(places))
}
