//! What class and id of an element call it. Pages repeat a few dozen of them, so each is read once a page.

use std::collections::BTreeMap;

use crate::facts::dom::Dom;

/// Whole words, so that `content-bottom` is not a footer.
const FOOTER: u8 = 1;
const HEADER: u8 = 1 << 1;
const NAVIGATION: u8 = 1 << 2;
const BESIDE: u8 = 1 << 3;
const SIDE_NAVIGATION: u8 = 1 << 4;
const BREADCRUMB: u8 = 1 << 5;
const SITE_NAME: u8 = 1 << 6;

/// What each element of a page is called.
pub(super) struct Called(Vec<u8>);

impl Called {
    /// For all elements of a page.
    pub fn of(dom: &Dom) -> Called {
        let mut known: BTreeMap<&str, u8> = BTreeMap::new();
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

fn kinds_of_word(word: &str) -> u8 {
    let has = |part: &str| word.contains(part);
    let mut kinds = 0;
    let mut add = |kind: u8, is_it: bool| kinds |= if is_it { kind } else { 0 };
    add(FOOTER, is_footer(word));
    add(HEADER, is_header(word));
    add(
        BESIDE,
        ["left", "side", "sub", "crumb", "foot"]
            .into_iter()
            .any(has),
    );
    add(SIDE_NAVIGATION, is_side_navigation(word));
    add(BREADCRUMB, has("crumb") || is_breadcrumb(word));
    add(SITE_NAME, is_site_name(word));
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

fn is_side_navigation(word: &str) -> bool {
    let has = |part: &str| word.contains(part);
    let is_navigation = ["nav", "menu", "column", "channel", "lm"]
        .into_iter()
        .any(has);
    let is_side = ["left", "side", "sub", "second", "lanmu"]
        .into_iter()
        .any(has);
    is_navigation && is_side
        || matches!(
            word,
            "leftnav"
                | "sidenav"
                | "subnav"
                | "side"
                | "sidebar"
                | "left-menu"
                | "submenu"
                | "column-list"
                | "lanmu"
        )
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
    ["logo", "site-name", "sitename", "site-title", "sitetitle"]
        .into_iter()
        .any(|part| word.contains(part))
        || matches!(
            word,
            "name" | "webname" | "web-name" | "brand" | "site_name" | "wzmc"
        )
}
