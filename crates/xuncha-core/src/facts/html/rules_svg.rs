//! SVG inside of a page (ADR 0003): its elements nest plainly or the fast reader gives up.
//!
//! What the standard calls foreign content: names keep the capitals of SVG, `/>` closes, and an HTML tag in it ends the drawing —
//! the last is left to html5ever, like scripts, `foreignObject` and CDATA.

use super::GaveUp;
use super::flat::Span;
use super::names::{self, Set, Tag};
use super::tokenizer::Token;
use super::tree::{Builder, Step};

/// Start tags that end a drawing, as far as a rule names them, and what holds HTML or code.
const HARD: Set = names::BLOCKS
    .with(&[
        Tag::B,
        Tag::Big,
        Tag::Body,
        Tag::Br,
        Tag::Code,
        Tag::Dd,
        Tag::Dt,
        Tag::Em,
        Tag::Embed,
        Tag::Font,
        Tag::Head,
        Tag::Hr,
        Tag::I,
        Tag::Img,
        Tag::Li,
        Tag::Listing,
        Tag::Math,
        Tag::Meta,
        Tag::Nobr,
        Tag::Pre,
        Tag::Ruby,
        Tag::S,
        Tag::Script,
        Tag::Small,
        Tag::Span,
        Tag::Strike,
        Tag::Strong,
        Tag::Table,
        Tag::Template,
        Tag::Tt,
        Tag::U,
        Tag::Html,
        Tag::Frameset,
    ])
    .with(&[Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6]);
const HARD_NAMES: [&str; 4] = ["sub", "sup", "var", "foreignobject"];

/// Elements of SVG with capitals in their names (HTML standard, 13.2.6.5).
const ELEMENTS: [&str; 37] = [
    "altGlyph",
    "altGlyphDef",
    "altGlyphItem",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "clipPath",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "foreignObject",
    "glyphRef",
    "linearGradient",
    "radialGradient",
    "textPath",
];

/// Attributes of SVG with capitals in their names (HTML standard, 13.2.6.1).
const ATTRIBUTES: [&str; 58] = [
    "attributeName",
    "attributeType",
    "baseFrequency",
    "baseProfile",
    "calcMode",
    "clipPathUnits",
    "diffuseConstant",
    "edgeMode",
    "filterUnits",
    "glyphRef",
    "gradientTransform",
    "gradientUnits",
    "kernelMatrix",
    "kernelUnitLength",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "limitingConeAngle",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskContentUnits",
    "maskUnits",
    "numOctaves",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "preserveAlpha",
    "preserveAspectRatio",
    "primitiveUnits",
    "refX",
    "refY",
    "repeatCount",
    "repeatDur",
    "requiredExtensions",
    "requiredFeatures",
    "specularConstant",
    "specularExponent",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stitchTiles",
    "surfaceScale",
    "systemLanguage",
    "tableValues",
    "targetX",
    "targetY",
    "textLength",
    "viewBox",
    "viewTarget",
    "xChannelSelector",
    "yChannelSelector",
    "zoomAndPan",
];

/// Attributes of other namespaces, which stand in the tree under their local name.
const FOREIGN: [&str; 10] = [
    "xlink:actuate",
    "xlink:arcrole",
    "xlink:href",
    "xlink:role",
    "xlink:show",
    "xlink:title",
    "xlink:type",
    "xml:lang",
    "xml:space",
    "xmlns:xlink",
];

/// The name with its capitals; `None` where it has none.
fn with_capitals(names: &[&'static str], lower: &str) -> Option<&'static str> {
    names
        .iter()
        .copied()
        .find(|name| name.len() == lower.len() && name.eq_ignore_ascii_case(lower))
}

impl Builder<'_> {
    /// `<svg>` in the body, up to its end.
    pub fn drawing(&mut self, token: &Token) -> Step {
        self.reconstruct();
        let outside = self.open.len();
        self.start_in_drawing(*token)?;
        let page = self.tokens.page;
        let bytes = page.as_bytes();
        while self.open.len() > outside && !self.is_full() {
            let start = self.tokens.at;
            let end = self.tokens.text_end();
            self.tokens.at = end;
            let text = self.tokens.read(start, end, false, &mut self.flat);
            self.append_text(text);
            if end == bytes.len() {
                break;
            }
            self.tokens.at = end + 2;
            match (bytes[end + 1], bytes.get(end + 2)) {
                (b'/', Some(byte)) if byte.is_ascii_alphabetic() => {
                    let Some(token) = self.tokens.tag(end + 2, &mut self.flat, true) else {
                        self.tokens.at = bytes.len();
                        break;
                    };
                    self.end_in_drawing(&token)?;
                }
                (b'/', Some(b'>')) => self.tokens.at = end + 3,
                (b'!', _) if bytes[end + 2..].starts_with(b"--") => {
                    self.tokens.at = end + 4;
                    self.tokens.comment();
                    self.part_text();
                }
                (b'/' | b'!' | b'?', _) => return Err(GaveUp("declaration in a drawing")),
                _ => {
                    let Some(token) = self.tokens.tag(end + 1, &mut self.flat, false) else {
                        self.tokens.at = bytes.len();
                        break;
                    };
                    self.start_in_drawing(token)?;
                }
            }
        }
        Ok(())
    }

    fn start_in_drawing(&mut self, token: Token) -> Step {
        let closes = self.tokens.is_self_closing;
        let inside = self.current().tag;
        let is_hard = HARD.has(token.tag)
            || token.tag == Tag::Other && HARD_NAMES.contains(&self.span_text(token.name));
        // Of `title` and `desc` the content is HTML: plain text is the same in both.
        let is_in_words = inside == Tag::Title || self.is_desc();
        if is_hard || is_in_words {
            return Err(GaveUp("HTML or code in a drawing"));
        }
        let name = self.span_text(token.name);
        let name = match with_capitals(&ELEMENTS, name).filter(|_| token.tag == Tag::Other) {
            Some(name) => self.flat.keep(name),
            None => token.name,
        };
        for at in token.attrs.0..token.attrs.1 {
            let changed = self.foreign_name(self.flat.attrs[at].name);
            self.flat.attrs[at].name = changed;
        }
        let token = Token { name, ..token };
        if closes {
            self.insert_void(&token);
        } else {
            self.insert(&token);
        }
        Ok(())
    }

    fn is_desc(&self) -> bool {
        let current = self.current();
        current.tag == Tag::Other && self.other_name(current.node) == "desc"
    }

    fn foreign_name(&mut self, name: Span) -> Span {
        let lower = self.span_text(name);
        if let Some(name) = with_capitals(&ATTRIBUTES, lower) {
            return self.flat.keep(name);
        }
        match lower.split_once(':') {
            Some((prefix, _)) if FOREIGN.contains(&lower) => name.skip(prefix.len() + 1),
            _ => name,
        }
    }

    /// An end tag closes the element it names, which must be the current one.
    fn end_in_drawing(&mut self, token: &Token) -> Step {
        let current = self.current();
        let is_same = current.tag == token.tag
            && (token.tag != Tag::Other || {
                let open = self.other_name(current.node);
                open.eq_ignore_ascii_case(self.span_text(token.name))
            });
        if !is_same {
            return Err(GaveUp("misnested drawing"));
        }
        self.pop();
        Ok(())
    }
}
