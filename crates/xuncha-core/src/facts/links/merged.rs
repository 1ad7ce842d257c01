//! The links of one page while it is read: distinct ones with their counts, and where the anchors stand.
//!
//! Addresses and texts stand one behind the other in one text, so that a page of hundreds of thousands of links takes little memory
//! beside its tree; [`Link`]s are made of it when the tree is done with.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::anchor_words;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{Area, Link, LinkKind};
use crate::room::{room, room_for};

/// A range of the text.
#[derive(Clone, Copy)]
struct Piece {
    start: u32,
    len: u32,
}

impl Piece {
    fn of(self, words: &str) -> &str {
        let start = self.start as usize;
        &words[start..start + self.len as usize]
    }
}

/// A distinct link.
struct Merged {
    url: Piece,
    text: Piece,
    count: u32,
    kind: LinkKind,
    area: Area,
}

/// Links of a page.
#[derive(Default)]
pub(crate) struct PageLinks {
    words: String,
    merged: Vec<Merged>,
    /// Nodes of the anchors in document order, each with the place of its link.
    anchors: Vec<(u32, u32)>,
}

/// An anchor at its place in the page.
#[derive(Clone, Copy)]
pub(crate) struct AnchorAt<'a> {
    /// Its element.
    pub node: usize,
    /// The place of its link among the distinct ones.
    pub place: usize,
    /// Its address.
    pub url: &'a str,
}

/// A distinct link as readers see it.
pub(crate) struct LinkView<'a> {
    /// Its address.
    pub url: &'a str,
    /// Its kind.
    pub kind: LinkKind,
    /// Its first text.
    pub text: &'a str,
}

impl PageLinks {
    /// Distinct links in the order in which they first stand.
    pub fn iter(&self) -> impl Iterator<Item = LinkView<'_>> {
        self.merged.iter().map(|link| LinkView {
            url: link.url.of(&self.words),
            kind: link.kind,
            text: link.text.of(&self.words),
        })
    }

    /// All anchors in document order; one node may hold several links, of which the anchor is the first.
    pub fn anchors(&self) -> impl Iterator<Item = AnchorAt<'_>> {
        self.anchors.iter().map(|entry| self.anchor(entry))
    }

    /// The anchor of a node.
    pub fn anchor_of(&self, node: usize) -> Option<AnchorAt<'_>> {
        let at = self
            .anchors
            .partition_point(|(at, _)| (*at as usize) < node);
        let entry = self.anchors.get(at)?;
        (entry.0 as usize == node).then(|| self.anchor(entry))
    }

    /// The place of a node's anchor among the distinct links.
    pub fn place_of(&self, node: usize) -> Option<u32> {
        let at = self
            .anchors
            .partition_point(|(at, _)| (*at as usize) < node);
        let (found, place) = self.anchors.get(at)?;
        (*found as usize == node).then_some(*place)
    }

    fn anchor(&self, (node, place): &(u32, u32)) -> AnchorAt<'_> {
        AnchorAt {
            node: *node as usize,
            place: *place as usize,
            url: self.merged[*place as usize].url.of(&self.words),
        }
    }

    /// Distinct links of some of the anchors.
    pub fn of_anchors(&self, dom: &Dom, wanted: impl Fn(AnchorAt<'_>) -> bool) -> Vec<Link> {
        let mut found = Collector::default();
        for anchor in self.anchors().filter(|anchor| wanted(*anchor)) {
            let (node, area) = (anchor.node, dom.nodes[anchor.node].area);
            let text = anchor_words(dom, node);
            found.push(node, anchor.url, LinkKind::Anchor, text, area);
        }
        found.links.into_links()
    }

    /// The links as facts.
    pub fn into_links(self) -> Vec<Link> {
        let words = &self.words;
        self.merged
            .iter()
            .map(|link| Link {
                url: link.url.of(words).to_owned(),
                kind: link.kind,
                text: link.text.of(words).to_owned(),
                area: link.area,
                count: link.count,
            })
            .collect()
    }
}

/// Puts the links of a page together.
#[derive(Default)]
pub(crate) struct Collector {
    /// What was found so far.
    pub links: PageLinks,
    /// Places of the links, plus one, at the slots that a hash of address and kind names; 0 for none. At most half of the slots are taken.
    slots: Vec<u32>,
}

impl Collector {
    /// With room for a page of so many bytes and attributes.
    pub fn for_page(dom: &Dom) -> Collector {
        let links = PageLinks {
            words: String::with_capacity(room(dom.page.len())),
            merged: Vec::with_capacity(room_for::<Merged>(dom.attrs.len())),
            anchors: Vec::with_capacity(dom.named(Tag::A).count()),
        };
        Collector {
            links,
            slots: Vec::new(),
        }
    }

    /// Adds a link. Equal ones (address and kind) are one: the first text stands, occurrences are counted, the body outweighs other areas.
    pub fn push(&mut self, node: usize, url: &str, kind: LinkKind, text: &str, area: Area) {
        let place = self.place(url, kind, area);
        let links = &mut self.links;
        if links.merged[place as usize].text.len == 0 && !text.is_empty() {
            links.merged[place as usize].text = piece(&mut links.words, text);
        }
        if kind == LinkKind::Anchor {
            links.anchors.push((node as u32, place));
        }
    }

    /// Place of the link with this address and kind, counted once more.
    fn place(&mut self, url: &str, kind: LinkKind, area: Area) -> u32 {
        if self.links.merged.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let links = &mut self.links;
        let mut slot = slot_of(url, kind, self.slots.len());
        while let Some(place) = self.slots[slot].checked_sub(1) {
            let known = &mut links.merged[place as usize];
            if known.kind == kind && known.url.of(&links.words) == url {
                known.count += 1;
                if area == Area::Body {
                    known.area = Area::Body;
                }
                return place;
            }
            slot = (slot + 1) % self.slots.len();
        }
        let place = links.merged.len() as u32;
        self.slots[slot] = place + 1;
        links.merged.push(Merged {
            url: piece(&mut links.words, url),
            text: Piece { start: 0, len: 0 },
            count: 1,
            kind,
            area,
        });
        place
    }

    /// Twice as many slots, every link at its new one.
    fn grow(&mut self) {
        let count = (self.slots.len() * 2).max(64);
        self.slots = vec![0; count];
        for (link, number) in self.links.merged.iter().zip(1..) {
            let mut slot = slot_of(link.url.of(&self.links.words), link.kind, count);
            while self.slots[slot] != 0 {
                slot = (slot + 1) % count;
            }
            self.slots[slot] = number;
        }
    }
}

fn piece(words: &mut String, text: &str) -> Piece {
    let start = words.len() as u32;
    words.push_str(text);
    Piece {
        start,
        len: text.len() as u32,
    }
}

/// Nobody can choose addresses that all fall on one slot: the hash is SipHash.
fn slot_of(url: &str, kind: LinkKind, slots: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    (url, kind as u8).hash(&mut hasher);
    (hasher.finish() % slots as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_links_are_one_with_a_count() {
        let mut found = Collector::default();
        for (node, url, kind, text, area) in [
            (1, "http://a.cn/1", LinkKind::Anchor, "", Area::Footer),
            (2, "http://a.cn/1", LinkKind::Image, "图", Area::Body),
            (3, "http://a.cn/1", LinkKind::Anchor, "一", Area::Body),
            (4, "http://a.cn/1", LinkKind::Anchor, "二", Area::Footer),
            (5, "http://a.cn/2", LinkKind::Anchor, "二", Area::Footer),
        ] {
            found.push(node, url, kind, text, area);
        }
        assert_eq!(
            found.links.anchor_of(4).map(|at| at.url),
            Some("http://a.cn/1")
        );
        assert!(found.links.anchor_of(2).is_none());
        let links: Vec<_> = found
            .links
            .into_links()
            .into_iter()
            .map(|link| (link.url, link.kind, link.text, link.area, link.count))
            .collect();
        let own = |url: &str, kind, text: &str, area, count| {
            (url.to_owned(), kind, text.to_owned(), area, count)
        };
        assert_eq!(
            links,
            [
                own("http://a.cn/1", LinkKind::Anchor, "一", Area::Body, 3),
                own("http://a.cn/1", LinkKind::Image, "图", Area::Body, 1),
                own("http://a.cn/2", LinkKind::Anchor, "二", Area::Footer, 1),
            ]
        );
    }
}
