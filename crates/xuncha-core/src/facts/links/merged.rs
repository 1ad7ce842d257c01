//! The links of one page while it is read: distinct ones with their counts, and where the anchors stand.
//!
//! Addresses and texts stand one behind the other in one text, so that a page of hundreds of thousands of links takes little memory
//! beside its tree; [`Link`]s are made of it when the tree is done with.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::anchor_words;
use crate::facts::dom::Dom;
use crate::facts::model::{Area, Link, LinkKind};

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

    fn anchor(&self, (node, place): &(u32, u32)) -> AnchorAt<'_> {
        AnchorAt {
            node: *node as usize,
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
    /// Places of the links by a hash of address and kind.
    places: BTreeMap<u64, u32>,
}

impl Collector {
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
        let links = &mut self.links;
        let mut number = number_of(url, kind);
        // Two addresses with one number: the second takes the next number that is free.
        while let Some(place) = self.places.get(&number) {
            let known = &mut links.merged[*place as usize];
            if known.kind == kind && known.url.of(&links.words) == url {
                known.count += 1;
                if area == Area::Body {
                    known.area = Area::Body;
                }
                return *place;
            }
            number = number.wrapping_add(1);
        }
        let place = links.merged.len() as u32;
        self.places.insert(number, place);
        links.merged.push(Merged {
            url: piece(&mut links.words, url),
            text: Piece { start: 0, len: 0 },
            count: 1,
            kind,
            area,
        });
        place
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

fn number_of(url: &str, kind: LinkKind) -> u64 {
    let mut hasher = DefaultHasher::new();
    (url, kind as u8).hash(&mut hasher);
    hasher.finish()
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
