//! What the tests of the province share.

#![allow(clippy::unwrap_used, dead_code)]

use std::sync::OnceLock;

use encoding_rs::GB18030;
use xuncha_province::model::{PlanKind, Scale};
use xuncha_province::plan;
use xuncha_province::serve::world::{Scheme, World};

/// The small province.
pub fn small() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| world(7, PlanKind::Realistic))
}

/// The dense plan.
pub fn dense() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| world(11, PlanKind::Dense))
}

/// A province at its monitoring point.
pub fn world(seed: u64, plan: PlanKind) -> World {
    let province = plan::province(seed, Scale::Small, plan);
    let as_of = province.dates.as_of;
    let world = World::new(province);
    world.set_now(as_of);
    world
}

/// Status, text and `Location` of an address; `None` when the connection is closed.
pub fn fetch(world: &World, url: &str) -> Option<(u16, String, Option<String>)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest
        .split_once('/')
        .map_or((rest, String::from("/")), |(h, p)| (h, format!("/{p}")));
    let scheme = if scheme == "https" {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let answer = world.answer(scheme, host, &path)?;
    if answer.close {
        return None;
    }
    let gbk = world
        .sites
        .iter()
        .find(|s| s.plan.host == host)
        .is_some_and(|s| s.plan.family.is_gbk());
    let text = if gbk {
        GB18030.decode(&answer.body).0.into_owned()
    } else {
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    let location = answer
        .headers
        .iter()
        .find(|(n, _)| n == "Location")
        .map(|(_, v)| v.clone());
    Some((answer.status, text, location))
}
