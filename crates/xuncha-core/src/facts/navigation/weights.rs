//! What links weigh, for telling a navigation from other blocks of links.

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::lexicons::Lexicons;
use crate::facts::links::anchor_words;
use crate::facts::model::ColumnKind;
use crate::facts::text::bare;

/// Text, link characters, links of a candidate block.
pub(super) struct Block {
    pub links: u32,
    pub link_chars: u32,
    pub long_links: u32,
    pub known: u32,
    /// A link back to the home page by its usual name: what leads home and to columns is the main navigation.
    pub leads_home: bool,
}

/// A link as blocks weigh it.
#[derive(Clone, Copy)]
struct Weight {
    link_chars: u32,
    is_long: bool,
    is_known: bool,
    is_home: bool,
}

/// The Chinese name of a link that has its English beside it: 新闻中心 NEWS.
pub(super) fn own_language(text: &str) -> &str {
    const LETTERS_MIN: usize = 3;
    let is_foreign = |sign: char| sign.is_ascii() && !sign.is_ascii_digit();
    let is_han = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
    let own = text.trim_end_matches(is_foreign);
    let behind = &text[own.len()..];
    let letters = behind.chars().filter(char::is_ascii_alphabetic).count();
    let is_named = own.chars().filter(|sign| is_han(*sign)).take(2).count() == 2;
    if letters < LETTERS_MIN || !is_named || own.chars().any(|sign| sign.is_ascii_alphabetic()) {
        return text;
    }
    own.trim_end()
}

/// Links with text, weighed when they are first asked for: blocks stand in blocks, and each would weigh them again.
pub(super) struct Weights<'a> {
    dom: &'a Dom<'a>,
    lexicons: &'a Lexicons,
    anchors: Vec<usize>,
    weighed: Vec<Option<Option<Weight>>>,
    /// Those without text.
    pictures: Vec<usize>,
}

impl<'a> Weights<'a> {
    /// Over all links of a page.
    pub fn new(dom: &'a Dom<'a>, lexicons: &'a Lexicons) -> Weights<'a> {
        let anchors: Vec<usize> = dom
            .named(Tag::A)
            .filter(|anchor| dom.attr(*anchor, "href").is_some())
            .collect();
        Weights {
            dom,
            lexicons,
            weighed: vec![None; anchors.len()],
            pictures: anchors
                .iter()
                .copied()
                .filter(|anchor| dom.chars_of(*anchor) == 0)
                .collect(),
            anchors,
        }
    }

    /// What the links of a block weigh together.
    pub fn block(&mut self, index: usize) -> Block {
        let mut block = Block {
            links: 0,
            link_chars: 0,
            long_links: 0,
            known: 0,
            leads_home: false,
        };
        let end = self.dom.nodes[index].end();
        let first = self.anchors.partition_point(|anchor| *anchor <= index);
        for at in first..self.anchors.len() {
            if self.anchors[at] >= end {
                break;
            }
            let Some(weight) = self.weight(at) else {
                continue;
            };
            block.links += 1;
            block.link_chars += weight.link_chars;
            block.long_links += u32::from(weight.is_long);
            block.known += u32::from(weight.is_known);
            block.leads_home |= weight.is_home;
        }
        block
    }

    /// Links of a block that show a picture alone.
    pub fn pictures(&self, index: usize) -> usize {
        let end = self.dom.nodes[index].end();
        let first = self.pictures.partition_point(|anchor| *anchor <= index);
        let last = self.pictures.partition_point(|anchor| *anchor < end);
        last.saturating_sub(first)
    }

    fn weight(&mut self, at: usize) -> Option<Weight> {
        if let Some(weight) = self.weighed[at] {
            return weight;
        }
        let node = self.anchors[at];
        let words = anchor_words(self.dom, node);
        let text = own_language(words);
        let chars = bare(text).chars().count() as u32;
        let is_home = matches!(
            text.replace(char::is_whitespace, "").as_str(),
            "首页" | "网站首页" | "返回首页" | "主页"
        );
        let weight = (chars > 0).then(|| Weight {
            // A picture weighs what its words would.
            link_chars: match self.dom.chars_of(node) {
                0 => chars,
                shown => shown,
            },
            is_long: chars > 10,
            is_home,
            is_known: is_home || !matches!(self.lexicons.column_kind(text), (ColumnKind::Other, _)),
        });
        self.weighed[at] = Some(weight);
        weight
    }
}
