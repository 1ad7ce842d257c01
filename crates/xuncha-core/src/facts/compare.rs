//! Both ways to the links of a page, compared: what the tests and `cargo xtask bench facts --compare` ask.

use super::html::{Comparison, GaveUp};
use super::lexicons::Lexicons;
use super::missing::SHORT_PAGE_CHARS;
use super::model::PageFacts;
use super::page::{ByTags, links_by};
use crate::evidence::Capture;

/// Reads the links of a page from its tags alone and from its tree, and tells whether they are the same.
pub fn compare_skim(capture: &Capture, body: &[u8], lexicons: &Lexicons) -> Comparison {
    let skimmed = match links_by(ByTags::Yes, capture, body, lexicons) {
        Ok(skimmed) => skimmed,
        Err(GaveUp(reason)) => return Comparison::GaveUp(reason),
    };
    let Ok(whole) = links_by(ByTags::No, capture, body, lexicons) else {
        return Comparison::Differ(format!("a missing page: {}", skimmed.title));
    };
    // A tree has its bounds, which tags alone do not reach.
    if whole.capture.truncated {
        return Comparison::GaveUp("bounds of the tree");
    }
    for ((name, one), (_, other)) in lines(&skimmed).into_iter().zip(lines(&whole)) {
        if one != other {
            let at = one.iter().zip(&other).position(|(one, other)| one != other);
            let at = at.unwrap_or(one.len().min(other.len()));
            return Comparison::Differ(format!(
                "{name} {at}: by tags {:?}, by tree {:?}",
                one.get(at),
                other.get(at)
            ));
        }
    }
    Comparison::Same
}

/// What a check of links alone goes by.
fn lines(facts: &PageFacts) -> [(&'static str, Vec<String>); 5] {
    let words = [
        facts.title.clone(),
        facts.charset.clone(),
        facts.blocked_wording.clone(),
        format!("script {}", facts.needs_script),
        format!("chars {}", facts.text_chars.min(SHORT_PAGE_CHARS + 1)),
        format!("simhash {:x}", facts.text_simhash),
    ];
    let links = facts.links.iter();
    let links = links.map(|link| {
        format!(
            "{:?} {} {:?} {}",
            link.kind, link.url, link.text, link.count
        )
    });
    let anchors = &facts.anchors;
    let wanted = anchors.wanted();
    let wanted = wanted.map(|(place, fragment)| format!("{place} #{fragment}"));
    let flags = format!("{} {}", anchors.is_whole, anchors.has_scripts);
    let ids = anchors.ids.iter().map(|id| format!("{id:x}"));
    let forms = facts.search_forms.iter().map(|form| format!("{form:?}"));
    [
        ("words", words.to_vec()),
        ("links", links.collect()),
        ("wanted", wanted.collect()),
        ("ids", ids.chain([flags]).collect()),
        ("forms", forms.collect()),
    ]
}
