//! What a security officer has to find.

use serde_json::Value;

use super::{Check, link_pages_of};
use crate::content::Site;

pub(super) const CHECKS: [&str; 6] = [
    "exposed_personal_data",
    "hidden_links",
    "harmful_links",
    "tampered_page",
    "severe_wording",
    "leaked_files",
];

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
        let note = spot.secrets.join(" ");
        check.item(
            spot.key.clone(),
            spot.kind,
            &link_pages_of(site, spot.place),
            &note,
        );
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
                "",
            );
        }
    }
    check.done()
}
