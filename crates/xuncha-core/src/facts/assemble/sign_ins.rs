//! Where a site asks for signing in before it shows what is public, and entries for signing in that lead nowhere.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::links::Judge;
use super::records::evidence;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{
    Column, ColumnKind, Link, LinkFacts, LinkKind, LinkState, PageFacts, SignIn, SignInCase,
};
use crate::facts::scope::canonical;
use crate::verdict::Place;

/// A page that asks for signing in and tells more than this shows something.
const WALL_CHARS: u32 = 120;
/// So does one that lists so many of its own.
const ITEMS_MIN: usize = 3;
/// Places that are kept.
const PLACES_MAX: usize = 50;
/// A short link with one of these does something for its user, who has to be known for it.
const PERSONAL: [&str; 10] = [
    "办理",
    "申报",
    "预约",
    "查询",
    "申请",
    "评价",
    "收藏",
    "我的",
    "订阅",
    "查看进度",
];
const PERSONAL_CHARS: usize = 6;

/// All of them, in the order of case and address.
pub(super) fn sign_ins(
    judge: &Judge<'_>,
    columns: &[Column],
    links: &[LinkFacts],
    lexicons: &Lexicons,
) -> Vec<SignIn> {
    let mut found = walls(judge, columns, lexicons);
    found.extend(dead(links, lexicons));
    found.extend(astray(judge, lexicons));
    found.sort_by(|one, other| (one.case, &one.url).cmp(&(other.case, &other.url)));
    found
}

/// Pages that show nothing but that one has to sign in.
fn walls(judge: &Judge<'_>, columns: &[Column], lexicons: &Lexicons) -> Vec<SignIn> {
    let walls: BTreeMap<String, &PageFacts> = judge
        .records
        .good_pages()
        .filter(|page| is_wall(judge, page))
        .map(|page| (canonical(&page.capture.url), page))
        .collect();
    if walls.is_empty() {
        return Vec::new();
    }
    let kinds: BTreeMap<String, ColumnKind> = columns
        .iter()
        .map(|column| (canonical(&column.url), column.kind))
        .collect();
    let mut found: BTreeMap<(SignInCase, String), SignIn> = BTreeMap::new();
    let referrers = judge.records.good_pages();
    for referrer in referrers.filter(|page| !walls.contains_key(&canonical(&page.capture.url))) {
        let kind = kinds.get(&canonical(&referrer.capture.url)).copied();
        for link in referrer
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor)
        {
            let key = canonical(&link.url);
            let Some(wall) = walls.get(&key) else {
                continue;
            };
            let Some(case) = case_of(link, (referrer, kind), lexicons) else {
                continue;
            };
            let one = found.entry((case, key)).or_insert_with(|| SignIn {
                case,
                url: link.url.clone(),
                text: link.text.clone(),
                places: Vec::new(),
                evidence: vec![evidence(wall, &wall.sign_in)],
            });
            if one.places.len() < PLACES_MAX {
                one.places.push(Place {
                    url: referrer.capture.url.clone(),
                    text: link.text.clone(),
                });
            }
        }
    }
    found.into_values().collect()
}

/// Whether a page asks for signing in and shows nothing of its own: what stands in boxes of the frame is not.
fn is_wall(judge: &Judge<'_>, page: &PageFacts) -> bool {
    if page.sign_in.is_empty() || !page.missing_wording.is_empty() {
        return false;
    }
    let prose = page
        .article
        .as_ref()
        .map_or(0, |article| article.body_chars);
    if page.guide.is_some()
        || !page.messages.is_empty()
        || prose.max(page.sentence_chars) >= WALL_CHARS
    {
        return false;
    }
    let items: BTreeSet<String> = page
        .lists()
        .flatten()
        .map(|item| canonical(&item.url))
        .collect();
    items.len() < ITEMS_MIN || items.len() - judge.records.framed(items.iter()).len() < ITEMS_MIN
}

/// What is kept behind a wall, told by the link that leads there; `None` where that is the entry for signing in, or nobody can tell.
fn case_of(
    link: &Link,
    (referrer, kind): (&PageFacts, Option<ColumnKind>),
    lexicons: &Lexicons,
) -> Option<SignInCase> {
    let text = link.text.trim();
    let is_personal =
        text.chars().count() <= PERSONAL_CHARS && PERSONAL.iter().any(|word| text.contains(word));
    if text.chars().count() < 2 || lexicons.is_sign_in_entry(text) || is_personal {
        return None;
    }
    let is_short = text.chars().count() <= 8;
    if is_short && lexicons.consultation.find(text).is_some() {
        return Some(SignInCase::Sending);
    }
    if kind == Some(ColumnKind::Services) {
        return Some(SignInCase::Guide);
    }
    (kind == Some(ColumnKind::Interaction) || !referrer.messages.is_empty())
        .then_some(SignInCase::Messages)
}

/// Entries that are dead at two looks.
fn dead<'l>(
    links: &'l [LinkFacts],
    lexicons: &'l Lexicons,
) -> impl Iterator<Item = SignIn> + use<'l> {
    links.iter().filter_map(|link| {
        let is_dead = matches!(link.state, LinkState::Dead { .. });
        let mut places = link
            .places
            .iter()
            .filter(|place| lexicons.is_sign_in_entry(&place.text));
        let first = places
            .next()
            .filter(|_| is_dead && link.evidence.len() >= 2)?;
        Some(SignIn {
            case: SignInCase::Dead,
            url: link.url.clone(),
            text: first.text.clone(),
            places: std::iter::once(first)
                .chain(places)
                .take(PLACES_MAX)
                .cloned()
                .collect(),
            evidence: link.evidence.clone(),
        })
    })
}

/// Entries of the site that open a page of the site on which nobody can sign in.
fn astray(judge: &Judge<'_>, lexicons: &Lexicons) -> Vec<SignIn> {
    let mut found: BTreeMap<String, SignIn> = BTreeMap::new();
    for page in judge.records.good_pages() {
        let entries = page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor && lexicons.is_sign_in_entry(&link.text));
        for link in entries {
            let is_inside = Url::parse(&link.url).is_ok_and(|url| judge.scope.contains(&url));
            let Some(target) = judge.records.page(&link.url).filter(|_| is_inside) else {
                continue;
            };
            // A link to the page that it stands on is the work of a script.
            if canonical(&page.capture.url) == canonical(&link.url) {
                continue;
            }
            let is_home = canonical(&link.url) == canonical(judge.home.as_str());
            // A script may open a window, and another page may ask who comes.
            let leads_on = !is_home
                && target.links.iter().any(|next| {
                    let is_frame = next.kind == LinkKind::Frame;
                    let is_entry = next.kind == LinkKind::Anchor
                        && lexicons.is_sign_in_entry(&next.text)
                        && canonical(&next.url) != canonical(&link.url);
                    is_frame || is_entry
                });
            let offers = !target.sign_in.is_empty() || target.waits_for_script() || leads_on;
            if offers || !target.is_html || !target.missing_wording.is_empty() {
                continue;
            }
            let one = found.entry(canonical(&link.url)).or_insert_with(|| SignIn {
                case: SignInCase::Astray,
                url: link.url.clone(),
                text: link.text.clone(),
                places: Vec::new(),
                evidence: vec![evidence(target, "")],
            });
            if one.places.len() < PLACES_MAX {
                one.places.push(Place {
                    url: page.capture.url.clone(),
                    text: link.text.clone(),
                });
            }
        }
    }
    found.into_values().collect()
}
