//! Groups of siblings that each hold a link: which of them are lists, and which is the main one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;

use super::item_date::{
    Day, Years, date_below_its_head, date_beside, inline_pieces, lines_of, sides,
};
use super::places::{Place, lines_of_links, place};
use crate::facts::dates;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{PageLinks, anchor_words};
use crate::facts::model::{Area, ListItem};
use crate::facts::text::{collapse, cut, is_at_most};

/// A group of siblings that each hold a link.
pub(super) struct Group {
    /// Items with the nodes that they stand in.
    pub items: Vec<(Range<usize>, ListItem)>,
    /// How many of them show a day.
    pub dated: usize,
    title_chars: usize,
}

impl Group {
    pub fn into_items(self) -> Vec<ListItem> {
        self.items.into_iter().map(|(_, item)| item).collect()
    }

    /// From its first item to its last.
    fn range(&self) -> Option<Range<usize>> {
        let (first, _) = self.items.first()?;
        let (last, _) = self.items.last()?;
        Some(first.start..last.end)
    }

    /// Items with days or with titles; one item alone needs both.
    fn is_list(&self) -> bool {
        let count = self.items.len();
        count >= 2 && (self.dated > 0 || self.title_chars >= count * 6)
            || count == 1 && self.dated == 1 && self.title_chars >= 6
    }

    /// Dated items count most; long titles tell a list of articles from a menu.
    fn score(&self) -> usize {
        let count = self.items.len();
        if count == 0 {
            return 0;
        }
        let mean = self.title_chars / count;
        let weight = match mean {
            0..=4 => 1,
            5..=7 => 2,
            _ => 4,
        };
        self.dated * 8 + count * weight
    }
}

/// Children that may be items of one list: their parent, their name, their first class.
type Siblings<'a> = (usize, &'a str, Option<&'a str>);

/// Lists beside the main one that are kept, items of each, and groups that are looked at for them.
const OTHERS_MAX: usize = 3;
const OTHER_ITEMS_MAX: usize = 40;
const OTHERS_TRIED_MAX: usize = 12;
/// Items without a day that make a list of articles beside a dated one, and characters of their titles: menus name things in fewer.
const UNDATED_ITEMS_MIN: usize = 3;
const UNDATED_TITLE_CHARS_MIN: usize = 8;
const UNDATED_TRIED_MAX: usize = 6;

/// The best group first, then the best dated ones that share nothing with it or with each other.
pub(super) fn groups(dom: &Dom, links: &PageLinks, today: Date) -> Vec<Group> {
    let candidates = candidates(dom, links);
    let reading = Reading {
        dom,
        links,
        years: Years::of(dom),
        today,
    };
    let Some(best) = best_group(&candidates, &reading) else {
        return Vec::new();
    };
    let others = others(&candidates, &best, &reading);
    std::iter::once(best).chain(others).collect()
}

/// What reading a group needs.
struct Reading<'a> {
    dom: &'a Dom<'a>,
    links: &'a PageLinks,
    years: Years,
    today: Date,
}

/// Links by what may be their list, each with the item that it stands in.
fn candidates(dom: &Dom, links: &PageLinks) -> Vec<Vec<Place>> {
    // Candidate parents: the elements two to five levels above a body link whose children repeat.
    let mut by_parent: BTreeMap<Siblings<'_>, Vec<Place>> = BTreeMap::new();
    for found in links
        .anchors()
        .filter(|found| dom.nodes[found.node].tag == Tag::A)
    {
        if dom.nodes[found.node].area != Area::Body || anchor_words(dom, found.node).is_empty() {
            continue;
        }
        let mut child = found.node;
        for up in dom.ancestors(found.node).take(6) {
            let name = dom.name(child);
            if matches!(
                name,
                "li" | "tr"
                    | "dd"
                    | "dt"
                    | "div"
                    | "p"
                    | "a"
                    | "dl"
                    | "table"
                    | "section"
                    | "article"
                    | "td"
                    | "h3"
                    | "h4"
            ) {
                // `even`, `last` and numbers in classes do not make another kind of item.
                let word = dom
                    .tokens(child)
                    .split_ascii_whitespace()
                    .next()
                    .filter(|word| {
                        !matches!(*word, "even" | "odd" | "last" | "first" | "on" | "active")
                    })
                    .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
                let key_parent = if name == "li" || name == "tr" {
                    list_parent(dom, up)
                } else {
                    up
                };
                by_parent
                    .entry((key_parent, name, word))
                    .or_default()
                    .push(place(dom, child, found.node));
            }
            if matches!(dom.name(up), "body" | "html") {
                break;
            }
            child = up;
        }
    }
    let lines = lines_of_links(dom, links);
    by_parent.into_values().chain(lines.into_values()).collect()
}

/// Containers of a candidate: links in the same one are links of one item.
fn containers(anchors: &[Place]) -> usize {
    anchors
        .chunk_by(|left, right| left.start == right.start)
        .count()
}

fn best_group(candidates: &[Vec<Place>], reading: &Reading<'_>) -> Option<Group> {
    let mut best: Option<(usize, Group)> = None;
    for anchors in candidates {
        // Every item dated and with a long title scores twelve: less than what is found is not worth reading.
        if best
            .as_ref()
            .is_some_and(|(before, _)| containers(anchors) * 12 <= *before)
        {
            continue;
        }
        let group = group(reading, anchors);
        let score = group.score();
        if group.is_list() && best.as_ref().is_none_or(|(before, _)| *before < score) {
            best = Some((score, group));
        }
    }
    best.map(|(_, group)| group)
}

/// Lists that stand apart from the best one, the dated ones first: a box of the newest articles on every page outweighs a column's own
/// short or undated list, and one page alone does not tell them apart.
fn others(candidates: &[Vec<Place>], best: &Group, reading: &Reading<'_>) -> Vec<Group> {
    let Some(own) = best.range() else {
        return Vec::new();
    };
    let mut apart: Vec<(usize, &Vec<Place>)> = candidates
        .iter()
        .filter_map(|anchors| Some((range_of(anchors)?, anchors)))
        .filter(|(range, _)| !overlap(range, &own))
        .map(|(_, anchors)| (containers(anchors), anchors))
        .collect();
    // Most items first, and of as many the innermost, which stand behind what is around them.
    apart.sort_by_key(|(count, anchors)| {
        let start = anchors.first().map_or(0, |place| place.start);
        (usize::MAX - count, u32::MAX - start)
    });
    let may_be_dated = |anchors: &&Vec<Place>| {
        range_of(anchors).is_some_and(|range| reading.years.may_be_dated(&range))
    };
    let mut found: Vec<Group> = Vec::new();
    let dated = apart
        .iter()
        .map(|(_, anchors)| *anchors)
        .filter(may_be_dated);
    gather(&mut found, dated, OTHERS_TRIED_MAX, reading, |group| {
        group.dated * 2 >= group.items.len()
    });
    found.sort_by_key(|group| usize::MAX - group.score());
    if best.dated > 0 {
        // A number in a title may look like a day, so what was no dated list is tried as well.
        let many = apart
            .iter()
            .filter(|(count, _)| *count >= UNDATED_ITEMS_MIN)
            .map(|(_, anchors)| *anchors);
        gather(&mut found, many, UNDATED_TRIED_MAX, reading, |group| {
            let count = group.items.len();
            count >= UNDATED_ITEMS_MIN && group.title_chars >= count * UNDATED_TITLE_CHARS_MIN
        });
    }
    found
}

/// Adds lists that share nothing with those found before, out of so many candidates.
fn gather<'c>(
    found: &mut Vec<Group>,
    candidates: impl Iterator<Item = &'c Vec<Place>>,
    tried_max: usize,
    reading: &Reading<'_>,
    is_wanted: impl Fn(&Group) -> bool,
) {
    let mut tried = 0;
    for anchors in candidates {
        let is_taken = range_of(anchors).is_none_or(|range| {
            let mut taken = found.iter().filter_map(Group::range);
            taken.any(|taken| overlap(&range, &taken))
        });
        if is_taken {
            continue;
        }
        if tried == tried_max || found.len() == OTHERS_MAX {
            break;
        }
        tried += 1;
        let mut group = group(reading, anchors);
        if group.is_list() && is_wanted(&group) {
            group.items.truncate(OTHER_ITEMS_MAX);
            found.push(group);
        }
    }
}

fn range_of(anchors: &[Place]) -> Option<Range<usize>> {
    let start = anchors.first()?.start as usize;
    Some(start..anchors.last()?.end as usize)
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Lists cut into several `ul` or `tbody` of the same parent are one list.
fn list_parent(dom: &Dom, parent: usize) -> usize {
    let grand = dom.nodes[parent].parent();
    let name = dom.name(parent);
    if !matches!(name, "ul" | "tbody" | "ol") {
        return parent;
    }
    let tokens = dom.tokens(parent);
    let twins = dom
        .children(grand)
        .filter(|child| dom.name(*child) == name && dom.tokens(*child) == tokens)
        .count();
    if twins > 1 {
        return grand;
    }
    // Each `ul` may stand alone in a box of its own, and the boxes repeat.
    let above = dom.nodes[grand].parent();
    let box_tokens = dom.tokens(grand);
    let boxes = dom
        .children(above)
        .filter(|child| dom.name(*child) == "div" && dom.tokens(*child) == box_tokens)
        .count();
    let is_bare_box = !box_tokens.is_empty() && dom.chars_of(grand) == dom.chars_of(parent);
    if boxes > 1 && is_bare_box {
        above
    } else {
        parent
    }
}

fn group(reading: &Reading<'_>, anchors: &[Place]) -> Group {
    let (dom, links) = (reading.dom, reading.links);
    let mut items: Vec<(Range<usize>, ListItem)> = Vec::new();
    let mut known = BTreeSet::new();
    let mut dated = 0;
    let mut title_chars = 0;
    for item in anchors.chunk_by(|left, right| left.start == right.start) {
        // The longest link of the item is its title; a category link before it is not.
        let main = item
            .iter()
            .map(|place| place.anchor as usize)
            .max_by_key(|anchor| {
                (
                    anchor_words(dom, *anchor).chars().count(),
                    usize::MAX - *anchor,
                )
            });
        let Some(main) = main else { continue };
        let container = item[0].start as usize;
        let nodes = container..item[0].end as usize;
        // A container full of links is a block of the page, not an item.
        if item.len() > 6 || dom.chars_between(&nodes) > 600 || is_block(reading, item, &nodes) {
            continue;
        }
        let Some(url) = links.anchor_of(main).map(|found| found.url) else {
            continue;
        };
        let (title, date) = title_and_date(
            dom,
            nodes.clone(),
            main,
            &reading.years.at(container, reading.today),
        );
        let is_more = matches!(
            title.as_str(),
            "更多"
                | "更多>>"
                | "更多>"
                | "more"
                | "MORE"
                | "查看更多"
                | "[更多]"
                | ">>"
                | "+"
                | "上一页"
                | "下一页"
                | "尾页"
                | "末页"
                | "首页"
        );
        if title.is_empty() || is_more || title.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let shown = cut(&title, 200);
        if !known.insert((url, shown.clone())) {
            continue;
        }
        dated += usize::from(date.is_some());
        title_chars += title.chars().count();
        items.push((
            nodes,
            ListItem {
                title: shown,
                url: url.to_owned(),
                date,
            },
        ));
    }
    Group {
        items,
        dated,
        title_chars,
    }
}

/// Letters of a link that may be a title; shorter ones name columns.
const TITLE_CHARS_MIN: usize = 6;

/// Whether a container holds several items, each with its own day: a box of the page. Taken for one item it would give one title the day
/// of another.
fn is_block(reading: &Reading<'_>, links: &[Place], nodes: &Range<usize>) -> bool {
    let (dom, today) = (reading.dom, reading.today);
    let is_title = |place: &&Place| {
        let words = anchor_words(dom, place.anchor as usize);
        !is_at_most(words, TITLE_CHARS_MIN - 1)
    };
    let address = |place: &Place| {
        let found = reading.links.anchor_of(place.anchor as usize);
        found.map(|found| found.url)
    };
    let titles: BTreeSet<Option<&str>> = match links.len() {
        0 | 1 => return false,
        _ => links.iter().filter(is_title).map(address).collect(),
    };
    if titles.len() < 2 {
        return false;
    }
    let lines = dom.lines(nodes.clone());
    let days = lines.iter().filter(|line| {
        dates::may_hold_list_date(&line.text) && dates::list_date(&line.text, today).is_some()
    });
    days.take(2).count() == 2
}

/// Whether a text holds hardly a word besides a date: 3小时前, 昨天 10:20, 2026年3月5日.
fn is_no_title(text: &str) -> bool {
    const WORDS_MAX: usize = 3;
    let of_dates = |c: char| "年月日时分秒小前昨今天周个刚星期上下午".contains(c);
    text.chars()
        .filter(|c| c.is_alphabetic() && !of_dates(*c))
        .count()
        <= WORDS_MAX
}

fn title_and_date(
    dom: &Dom,
    item: Range<usize>,
    anchor: usize,
    today: &Day,
) -> (String, Option<Date>) {
    // A teaser may tell of other days; the element that says when the article was published does not.
    if let Some(date) = dates::of_item(dom, item.clone()) {
        return (anchor_words(dom, anchor).to_owned(), Some(date));
    }
    let title_attr = dom.attr(anchor, "title").unwrap_or("").trim().to_owned();
    let sides = sides(dom, item.clone(), anchor);
    let outside = lines_of(dom, &sides);
    // On short-message platforms the date is the link, and the text beside it the title.
    let own = anchor_words(dom, anchor);
    if is_at_most(own, 20)
        && is_no_title(own)
        && let Some(date) = today.list_date(own)
    {
        return (collapse(&outside.join(" ")), Some(date));
    }
    // Today's clock beside 无障碍浏览 is no date of an item.
    let says = |word: &str| outside.iter().any(|line| line.contains(word));
    let is_clock =
        says("今天是") || says("今日是") || says("星期") && is_at_most(own, TITLE_CHARS_MIN - 1);
    let by_head = date_below_its_head(dom, item.start, &outside, today);
    if let Some(date) = by_head.filter(|_| !is_clock) {
        return (own.to_owned(), Some(date));
    }
    if !is_clock && let Some(date) = date_beside(dom, &outside, &sides, today) {
        return (own.to_owned(), Some(date));
    }
    // The whole item is one link: the date is a part of its own inside.
    let pieces = inline_pieces(dom, anchor);
    let joined = pieces.join(" ");
    for piece in &pieces {
        if piece.chars().count() <= 24
            && pieces.len() > 1
            && let Some(date) = today.list_date(piece)
        {
            let title = if title_attr.is_empty() {
                pieces
                    .iter()
                    .filter(|other| *other != piece)
                    .max_by_key(|other| other.chars().count())
                    .cloned()
                    .unwrap_or_default()
            } else {
                title_attr
            };
            return (title, Some(date));
        }
    }
    if pieces.len() > 1
        && let Some(date) = today
            .list_date(&joined)
            .or_else(|| today.in_pieces(&pieces))
    {
        let longest = pieces
            .iter()
            .max_by_key(|piece| piece.chars().count())
            .cloned()
            .unwrap_or_default();
        return (longest, Some(date));
    }
    (own.to_owned(), None)
}
