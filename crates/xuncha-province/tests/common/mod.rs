//! What the tests of the province share.

#![allow(clippy::unwrap_used, dead_code)]

use std::sync::OnceLock;

use encoding_rs::GB18030;
use xuncha_province::model::{PlanKind, Province, Scale};
use xuncha_province::plan;
use xuncha_province::serve::world::{Scheme, World};

/// The small province.
pub fn small() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| world(7, PlanKind::Realistic))
}

/// The same without decoys, for what is counted on whole pages.
pub fn bare(of: &World) -> World {
    let mut province = plan::province(of.province.seed, of.province.scale, of.province.plan);
    province.mutation = 2;
    at_its_point(province)
}

/// The dense plan.
pub fn dense() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| world(11, PlanKind::Dense))
}

/// A province at its monitoring point.
pub fn world(seed: u64, plan: PlanKind) -> World {
    at_its_point(plan::province(seed, Scale::Small, plan))
}

/// A province whose templates vary so far, at its monitoring point.
pub fn at(seed: u64, plan: PlanKind, mutation: u8) -> World {
    let mut province = plan::province(seed, Scale::Small, plan);
    province.mutation = mutation;
    at_its_point(province)
}

fn at_its_point(province: Province) -> World {
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
    let is_page = answer.content_type.starts_with("text/html");
    let text = if is_page { plain(&text) } else { text };
    Some((answer.status, text, location))
}

/// A page in one spelling, however its site writes it: elements and attributes in small letters, attributes in order, double quotes.
pub fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(end) = end_of_tag(rest).filter(|_| is_tag) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        let tag = rest[1..end - 1].trim_end_matches('/');
        rest = &rest[end..];
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.to_lowercase();
        out.push_str(&format!("<{name}"));
        let mut attributes = attributes_of(attributes);
        attributes.sort();
        for (name, value) in attributes {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out.push('>');
        if name == "script" || name == "style" {
            let end = rest.find(&format!("</{name}>")).unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    out
}

fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            None if byte == b'>' => return Some(at + 1),
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            Some(open) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes_of(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            out.push((name, String::new()));
            continue;
        };
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => after[1..].split_once(quote).unwrap(),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        out.push((name, value.to_owned()));
        rest = after.trim_start();
    }
    out
}
