//! Names of elements as one byte, and sets of them as bits: the tree is built by comparing these and never by comparing text.

/// Declares the elements that the HTML standard or a reader of ours names.
macro_rules! tags {
    ($($tag:ident $name:literal)+) => {
        /// 元素名. An element's name; `Other` keeps its own text in the node.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, clippy::upper_case_acronyms)]
        #[repr(u8)]
        pub(crate) enum Tag {
            /// No element: a run of text.
            Text,
            /// The document itself.
            Document,
            /// An element that no rule names.
            Other,
            $($tag,)+
        }

        const NAMES: &[&[u8]] = &[b"", b"#document", b"", $($name,)+];

        impl Tag {
            /// The element with this lower-case name.
            pub fn of(name: &[u8]) -> Tag {
                match name {
                    $($name => Tag::$tag,)+
                    _ => Tag::Other,
                }
            }
        }
    };
}

tags! {
    A b"a" Address b"address" Applet b"applet" Area b"area" Article b"article" Aside b"aside" Audio b"audio" B b"b" Base b"base"
    Basefont b"basefont" Bgsound b"bgsound" Big b"big" Blockquote b"blockquote" Body b"body" Br b"br" Button b"button"
    Caption b"caption" Center b"center" Code b"code" Col b"col" Colgroup b"colgroup" Dd b"dd" Details b"details" Dialog b"dialog"
    Dir b"dir" Div b"div" Dl b"dl" Dt b"dt" Em b"em" Embed b"embed" Fieldset b"fieldset" Figcaption b"figcaption" Figure b"figure"
    Font b"font" Footer b"footer" Form b"form" Frame b"frame" Frameset b"frameset" H1 b"h1" H2 b"h2" H3 b"h3" H4 b"h4" H5 b"h5"
    H6 b"h6" Head b"head" Header b"header" Hgroup b"hgroup" Hr b"hr" Html b"html" I b"i" Iframe b"iframe" Image b"image" Img b"img"
    Input b"input" Isindex b"isindex" Keygen b"keygen" Label b"label" Legend b"legend" Li b"li" Link b"link" Listing b"listing"
    Main b"main" Marquee b"marquee" Math b"math" Menu b"menu" Meta b"meta" Nav b"nav" Nobr b"nobr" Noembed b"noembed"
    Noframes b"noframes" Noscript b"noscript" Object b"object" Ol b"ol" Optgroup b"optgroup" Option b"option" P b"p" Param b"param"
    Plaintext b"plaintext" Pre b"pre" Rb b"rb" Rp b"rp" Rt b"rt" Rtc b"rtc" Ruby b"ruby" S b"s" Script b"script" Search b"search"
    Section b"section" Select b"select" Small b"small" Source b"source" Span b"span" Strike b"strike" Strong b"strong"
    Style b"style" Summary b"summary" Svg b"svg" Table b"table" Tbody b"tbody" Td b"td" Template b"template" Textarea b"textarea"
    Tfoot b"tfoot" Th b"th" Thead b"thead" Title b"title" Tr b"tr" Track b"track" Tt b"tt" U b"u" Ul b"ul" Video b"video"
    Wbr b"wbr" Xmp b"xmp"
}

/// Number of names.
pub(crate) const COUNT: usize = NAMES.len();

/// The names as text, made at compile time: every reader asks for many.
static WORDS: [&str; COUNT] = {
    let mut words = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        if let Ok(word) = std::str::from_utf8(NAMES[at]) {
            words[at] = word;
        }
        at += 1;
    }
    words
};

impl Tag {
    /// The name; empty for text and for names that no rule knows.
    pub fn name(self) -> &'static str {
        WORDS[self as usize]
    }
}

/// A set of names.
#[derive(Clone, Copy)]
pub(crate) struct Set(u128, u128);

impl Set {
    /// The set of these names.
    pub const fn of(tags: &[Tag]) -> Set {
        Set(0, 0).with(tags)
    }

    /// This set and some more.
    pub const fn with(self, tags: &[Tag]) -> Set {
        let Set(mut low, mut high) = self;
        let mut at = 0;
        while at < tags.len() {
            let bit = tags[at] as u32;
            if bit < 128 {
                low |= 1 << bit;
            } else {
                high |= 1 << (bit - 128);
            }
            at += 1;
        }
        Set(low, high)
    }

    /// This set without some.
    pub const fn without(self, tags: &[Tag]) -> Set {
        let Set(low, high) = self;
        let Set(less_low, less_high) = Set::of(tags);
        Set(low & !less_low, high & !less_high)
    }

    /// Whether a name is in the set.
    #[inline]
    pub const fn has(self, tag: Tag) -> bool {
        let bit = tag as u32;
        if bit < 128 {
            self.0 >> bit & 1 == 1
        } else {
            self.1 >> (bit - 128) & 1 == 1
        }
    }
}

use Tag::*;

/// Ends of the search for an open element.
pub(crate) const DEFAULT_SCOPE: Set = Set::of(&[
    Applet, Caption, Html, Table, Td, Th, Marquee, Object, Select, Template,
]);
pub(crate) const LIST_SCOPE: Set = DEFAULT_SCOPE.with(&[Ol, Ul]);
pub(crate) const BUTTON_SCOPE: Set = DEFAULT_SCOPE.with(&[Button]);
pub(crate) const TABLE_SCOPE: Set = Set::of(&[Html, Table, Template]);
pub(crate) const TABLE_BODY_CONTEXT: Set = Set::of(&[Tbody, Tfoot, Thead, Template, Html]);
pub(crate) const TABLE_ROW_CONTEXT: Set = Set::of(&[Tr, Template, Html]);
/// Elements that text or a foreign element must not stand in directly.
pub(crate) const TABLE_OUTER: Set = Set::of(&[Table, Tbody, Tfoot, Thead, Tr]);
pub(crate) const CELLS: Set = Set::of(&[Td, Th]);
pub(crate) const HEADINGS: Set = Set::of(&[H1, H2, H3, H4, H5, H6]);
/// Elements whose end may be left out.
pub(crate) const IMPLIED_END: Set = Set::of(&[Dd, Dt, Li, Option, Optgroup, P, Rb, Rp, Rt, Rtc]);
/// Elements that stand in the head wherever they are met before the body.
pub(crate) const HEAD_ELEMENTS: Set = Set::of(&[
    Base, Basefont, Bgsound, Link, Meta, Noframes, Script, Style, Template, Title,
]);
pub(crate) const FORMATTING: Set =
    Set::of(&[B, Big, Code, Em, Font, I, S, Small, Strike, Strong, Tt, U]);
/// Elements that end a paragraph and have no other rule.
pub(crate) const BLOCKS: Set = Set::of(&[
    Address, Article, Aside, Blockquote, Center, Details, Dialog, Dir, Div, Dl, Fieldset,
    Figcaption, Figure, Footer, Header, Hgroup, Main, Menu, Nav, Ol, P, Search, Section, Summary,
    Ul,
]);
/// Elements whose end tag closes everything inside of them.
pub(crate) const BLOCK_ENDS: Set = BLOCKS.without(&[P]).with(&[Button, Listing, Pre, Select]);
/// Elements that stop the search for a misnested end.
pub(crate) const SPECIAL: Set = Set::of(&[
    Address, Applet, Area, Article, Aside, Base, Basefont, Bgsound, Blockquote, Body, Br, Button,
    Caption, Center, Col, Colgroup, Dd, Details, Dir, Div, Dl, Dt, Embed, Fieldset, Figcaption,
    Figure, Footer, Form, Frame, Frameset, H1, H2, H3, H4, H5, H6, Head, Header, Hgroup, Hr, Html,
    Iframe, Img, Input, Isindex, Li, Link, Listing, Main, Marquee, Menu, Meta, Nav, Noembed,
    Noframes, Noscript, Object, Ol, P, Param, Plaintext, Pre, Script, Section, Select, Source,
    Style, Summary, Table, Tbody, Td, Template, Textarea, Tfoot, Th, Thead, Title, Tr, Track, Ul,
    Wbr, Xmp,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_itself() {
        for (at, name) in NAMES.iter().enumerate().skip(3) {
            let tag = Tag::of(name);
            assert_eq!(tag as usize, at);
            assert_eq!(tag.name().as_bytes(), *name);
            assert!(Set::of(&[tag]).has(tag));
        }
        assert_eq!(Tag::of(b"blink"), Tag::Other);
        assert!(SPECIAL.has(Xmp) && !SPECIAL.has(Span) && !BLOCK_ENDS.has(P));
    }
}
