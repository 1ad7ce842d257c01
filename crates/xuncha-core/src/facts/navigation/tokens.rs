//! What class and id of an element call it. Pages repeat a few dozen of them, so each is read once a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::facts::dom::Dom;

/// Whole words, so that `content-bottom` is not a footer.
const FOOTER: u8 = 1;
const HEADER: u8 = 1 << 1;
const NAVIGATION: u8 = 1 << 2;
const BESIDE: u8 = 1 << 3;
const SIDE_NAVIGATION: u8 = 1 << 4;
const BREADCRUMB: u8 = 1 << 5;
const SITE_NAME: u8 = 1 << 6;
const BELOW: u8 = 1 << 7;

/// What each element of a page is called.
pub(super) struct Called(Vec<u8>);

impl Called {
    /// For all elements of a page.
    pub fn of(dom: &Dom) -> Called {
        let mut known: HashMap<&str, u8> = HashMap::new();
        let called = (0..dom.nodes.len()).map(|index| {
            let tokens = dom.tokens(index);
            if tokens.is_empty() {
                return 0;
            }
            *known.entry(tokens).or_insert_with(|| kinds(tokens))
        });
        Called(called.collect())
    }

    fn has(&self, index: usize, kind: u8) -> bool {
        self.0[index] & kind != 0
    }

    /// A footer.
    pub fn footer(&self, index: usize) -> bool {
        self.has(index, FOOTER)
    }

    /// The head of the page.
    pub fn header(&self, index: usize) -> bool {
        self.has(index, HEADER)
    }

    /// A navigation.
    pub fn navigation(&self, index: usize) -> bool {
        self.has(index, NAVIGATION)
    }

    /// Something that stands beside or below the main navigation.
    pub fn beside(&self, index: usize) -> bool {
        self.has(index, BESIDE)
    }

    /// The navigation at the side.
    pub fn side_navigation(&self, index: usize) -> bool {
        self.has(index, SIDE_NAVIGATION)
    }

    /// The breadcrumb.
    pub fn breadcrumb(&self, index: usize) -> bool {
        self.has(index, BREADCRUMB)
    }

    /// A menu below another one.
    pub fn below(&self, index: usize) -> bool {
        self.has(index, BELOW)
    }

    /// What shows the site's name.
    pub fn site_name(&self, index: usize) -> bool {
        self.has(index, SITE_NAME)
    }
}

fn kinds(tokens: &str) -> u8 {
    let words = tokens.split_ascii_whitespace();
    let by_word = words.fold(0, |kinds, word| kinds | kinds_of_word(word));
    let mut parts = tokens
        .split(|c: char| c.is_whitespace() || c == '-' || c == '_')
        .filter(|part| !part.is_empty());
    let is_navigation = parts.any(|part| {
        part.starts_with("nav")
            || part.ends_with("nav")
            || matches!(part, "menu" | "mainmenu" | "daohang" | "dh")
    });
    by_word | if is_navigation { NAVIGATION } else { 0 }
}

/// Parts of words, each with what it says of a word that holds it.
const PARTS: [(&str, u16); 21] = [
    ("left", SAYS_BESIDE | SAYS_SIDE),
    ("side", SAYS_BESIDE | SAYS_SIDE),
    ("sub", SAYS_BESIDE | SAYS_SIDE | SAYS_BELOW),
    ("second", SAYS_SIDE | SAYS_BELOW),
    ("lanmu", SAYS_SIDE),
    ("crumb", SAYS_BESIDE | SAYS_BREADCRUMB),
    ("foot", SAYS_BESIDE),
    ("nav", SAYS_MENU),
    ("menu", SAYS_MENU),
    ("column", SAYS_MENU),
    ("channel", SAYS_MENU),
    ("lm", SAYS_MENU),
    ("logo", SAYS_SITE_NAME),
    ("site-name", SAYS_SITE_NAME),
    ("sitename", SAYS_SITE_NAME),
    ("site-title", SAYS_SITE_NAME),
    ("sitetitle", SAYS_SITE_NAME),
    ("child", SAYS_BELOW),
    ("drop", SAYS_BELOW),
    ("level2", SAYS_BELOW),
    ("er-nav", SAYS_BELOW),
];
const SAYS_BESIDE: u16 = 1;
const SAYS_SIDE: u16 = 1 << 1;
const SAYS_MENU: u16 = 1 << 2;
const SAYS_BREADCRUMB: u16 = 1 << 3;
const SAYS_SITE_NAME: u16 = 1 << 4;
const SAYS_BELOW: u16 = 1 << 5;

/// What the parts of a word say together.
fn said_by_parts(word: &str) -> u16 {
    static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(PARTS.map(|(part, _)| part))
            .expect("an automaton of these few short words is far below every limit")
    });
    FINDER
        .find_overlapping_iter(word)
        .fold(0, |said, hit| said | PARTS[hit.pattern().as_usize()].1)
}

fn kinds_of_word(word: &str) -> u8 {
    let said = said_by_parts(word);
    let says = |what: u16| said & what != 0;
    let mut kinds = 0;
    let mut add = |kind: u8, is_it: bool| kinds |= if is_it { kind } else { 0 };
    add(FOOTER, is_footer(word));
    add(HEADER, is_header(word));
    add(BESIDE, says(SAYS_BESIDE));
    let is_side = says(SAYS_MENU) && says(SAYS_SIDE);
    add(SIDE_NAVIGATION, is_side || is_side_box(word));
    add(BREADCRUMB, says(SAYS_BREADCRUMB) || is_breadcrumb(word));
    add(SITE_NAME, says(SAYS_SITE_NAME) || is_site_name(word));
    add(BELOW, says(SAYS_BELOW));
    kinds
}

fn is_footer(word: &str) -> bool {
    word.starts_with("foot")
        || word.ends_with("footer")
        || matches!(
            word,
            "bottom"
                | "copyright"
                | "copy"
                | "banquan"
                | "page-bottom"
                | "bottom-info"
                | "link-foot"
        )
}

fn is_header(word: &str) -> bool {
    matches!(
        word,
        "header"
            | "head"
            | "top"
            | "topbar"
            | "top-bar"
            | "site-header"
            | "page-header"
            | "banner"
            | "toolbar"
            | "topnav"
            | "masthead"
    )
}

/// What says side navigation without saying menu.
fn is_side_box(word: &str) -> bool {
    matches!(word, "side" | "sidebar" | "column-list" | "lanmu")
}

fn is_breadcrumb(word: &str) -> bool {
    matches!(
        word,
        "position"
            | "location"
            | "weizhi"
            | "wz"
            | "dqwz"
            | "path"
            | "curpos"
            | "cur-position"
            | "local"
            | "place"
            | "bread"
    )
}

fn is_site_name(word: &str) -> bool {
    matches!(
        word,
        "name" | "webname" | "web-name" | "brand" | "site_name" | "wzmc"
    )
}
