//! What the home page offers to phones and to older readers.

use url::Url;

use super::links::Judge;
use super::records::{Records, evidence};
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{EntryLink, FrontFacts, Link, LinkKind, LinkState, PageFacts};
use crate::facts::opened::AccessibilityFacts;
use crate::verdict::Place;

/// What opens at the home page's address: where its content stands in a frame, the page around it comes first; then its frames.
pub(super) fn opened<'a>(records: &'a Records, home: &'a PageFacts) -> Vec<&'a PageFacts> {
    let frames = |page: &'a PageFacts| {
        let links = page.links.iter();
        links.filter(|link| link.kind == LinkKind::Frame)
    };
    let is_around = |page: &&'a PageFacts| frames(page).any(|link| link.url == home.capture.url);
    let outer = records.good_pages().find(is_around).unwrap_or(home);
    let inner = frames(outer).filter_map(|link| records.page(&link.url));
    std::iter::once(outer).chain(inner).collect()
}

/// The home page with its frames.
pub(super) fn front(
    judge: &Judge<'_>,
    home: Option<&PageFacts>,
    lexicons: &Lexicons,
) -> Option<FrontFacts> {
    let home = home?;
    let pages = opened(judge.records, home);
    let page = *pages.first()?;
    let widest = pages
        .iter()
        .filter_map(|page| page.layout.as_ref())
        .max_by_key(|layout| layout.width_px);
    let words = &lexicons.accessible_entry;
    let linked = links_called(&pages, |text| words.find(text).is_some());
    let entry_link = linked.first().map(|link| {
        let (state, looks) = judge
            .state(&link.url)
            .unwrap_or((LinkState::Alive, Vec::new()));
        EntryLink {
            url: link.url.clone(),
            state,
            evidence: looks,
        }
    });
    let quoted = pages.iter().filter_map(|page| page.layout.as_ref());
    let quoted = quoted
        .map(|layout| &layout.entry)
        .find(|entry| !entry.is_empty());
    let entry = linked.first().map(|link| link.text.clone());
    let is_open = |link: &&&Link| {
        let state = judge.state(&link.url);
        state.is_none_or(|(state, _)| !matches!(state, LinkState::Dead { .. }))
    };
    let phone = links_called(&pages, |text| lexicons.phone_version.find(text).is_some());
    let phone_version = phone.iter().find(is_open).map(|link| Place {
        url: link.url.clone(),
        text: link.text.clone(),
    });
    Some(FrontFacts {
        viewport: page.metas.get("viewport").cloned(),
        width_px: widest.map_or(0, |layout| layout.width_px),
        quote: widest.map_or_else(String::new, |layout| layout.quote.clone()),
        phone_version,
        entry: entry.or_else(|| quoted.cloned()).unwrap_or_default(),
        entry_link,
        screen: judge.records.screen.as_deref().cloned(),
        evidence: evidence(page, ""),
    })
}

/// What an engine found on the site's pages, with the names of its rules.
pub(super) fn accessibility(records: &Records, lexicons: &Lexicons) -> Vec<AccessibilityFacts> {
    let pages = records.accessibility.values().cloned();
    pages
        .map(|mut page| {
            for fault in &mut page.faults {
                fault.name = lexicons.accessibility_rule(&fault.rule).to_owned();
            }
            page
        })
        .collect()
}

/// Links of these pages whose text is called so.
fn links_called<'p>(pages: &[&'p PageFacts], is_called: impl Fn(&str) -> bool) -> Vec<&'p Link> {
    const CHARS_MAX: usize = 16;
    let links = pages.iter().flat_map(|page| &page.links);
    links
        .filter(|link| link.kind == LinkKind::Anchor && Url::parse(&link.url).is_ok())
        .filter(|link| link.text.chars().count() <= CHARS_MAX && is_called(&link.text))
        .collect()
}
