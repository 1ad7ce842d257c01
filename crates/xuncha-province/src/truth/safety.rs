//! What a security officer has to find.

use serde_json::Value;

use super::{Check, link_pages_of};
use crate::content::Site;

pub(super) const CHECKS: [&str; 9] = [
    "exposed_personal_data",
    "hidden_links",
    "harmful_links",
    "tampered_page",
    "severe_wording",
    "leaked_files",
    "wrong_characters",
    "unsafe_attachments",
    "commercial_advertising",
];

/// Severe wordings that are a slip of one character are wrong characters too.
fn slips_in_severe_wording(site: &Site, check: &mut Check) {
    let is_slip = |key: &str| matches!(key, "中华人民共各国" | "中国共产觉" | "一国俩制");
    let spots = site
        .safety
        .iter()
        .filter(|spot| spot.check == "severe_wording");
    for spot in spots.filter(|spot| !spot.near && is_slip(&spot.key)) {
        let sentence = spot.html.trim_start_matches("<p>").trim_end_matches("</p>");
        let pages = link_pages_of(site, spot.place);
        check.item(spot.key.clone(), "severe_wording", &pages, sentence);
    }
}

pub(super) fn check(site: &Site, name: &str) -> Value {
    let mut check = Check::default();
    let mut items: Vec<&str> = Vec::new();
    for spot in site
        .safety
        .iter()
        .filter(|spot| spot.check == name && !spot.near)
    {
        // The same wording on two pages is one problem.
        if items.contains(&spot.key.as_str()) {
            continue;
        }
        items.push(&spot.key);
        let note = match spot.note.is_empty() {
            true => spot.secrets.join(" "),
            false => spot.note.clone(),
        };
        let pages = link_pages_of(site, spot.place);
        match spot.beyond {
            true => check.beyond(spot.key.clone(), spot.kind, &pages, &note),
            false => check.item(spot.key.clone(), spot.kind, &pages, &note),
        }
    }
    if name == "wrong_characters" {
        slips_in_severe_wording(site, &mut check);
    }
    for spot in site
        .safety
        .iter()
        .filter(|spot| spot.check == name && spot.near)
    {
        if !items.contains(&spot.key.as_str()) {
            check.near(
                spot.key.clone(),
                spot.kind,
                &link_pages_of(site, spot.place),
                &spot.note,
            );
        }
    }
    check.done()
}
