//! 暗链: links to strangers that a reader does not see, by what the page itself declares. Style sheets of their own files are not read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::css::{self, Style, Wanted, Way};
use super::harmful::{Harm, harm_of};
use super::hosts::{Whose, host_of, whose};
use super::lists::SafetyLists;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{PageLinks, anchor_text};
use crate::facts::model::{Sign, SignCase};
use crate::verdict::Confidence;

/// Elements above a link whose styles bear on it.
const ANCESTORS_MAX: usize = 14;
/// Links of one page that are looked at one by one.
const ANCHORS_MAX: usize = 5000;

/// What hides a link.
struct Hiding {
    way: Way,
    /// A script can find the element to show it.
    is_named: bool,
    /// It is the link itself, a heading or a logo: there a picture stands in place of the text.
    is_title: bool,
}

/// Reads the page for links to strangers that are out of sight. `whose` tells for each link whose it is.
pub(super) fn read(
    dom: &Dom,
    links: &PageLinks,
    (own, whose): (&str, &[Whose]),
    lists: &SafetyLists,
    signs: &mut Vec<Sign>,
) {
    let strange: Vec<(usize, &str)> = links
        .anchors()
        .filter(|anchor| whose.get(anchor.place) == Some(&Whose::Strange))
        .map(|anchor| (anchor.node, anchor.url))
        .take(ANCHORS_MAX)
        .collect();
    frames(dom, own, lists, signs);
    if strange.is_empty() {
        return;
    }
    let rules = rules(dom, &strange);
    let mut styles = Styles {
        dom,
        rules,
        read: vec![None; dom.nodes.len()],
    };
    for (node, url) in strange {
        let found = styles.hiding(node);
        if found.is_none() && is_plain(dom, node) {
            continue;
        }
        let mut text = anchor_text(dom, node);
        if text.is_empty() {
            // What is not shown has no text as readers see it.
            text = raw_text(dom, node);
        }
        let Some((way, confidence)) = hidden(dom, found, (node, url, &text), lists) else {
            continue;
        };
        signs.push(Sign {
            case: SignCase::HiddenLink,
            what: url.to_owned(),
            way: way.to_owned(),
            quote: quote(dom, node, &text),
            confidence,
        });
    }
}

/// A link of nothing but a text that can be read.
fn is_plain(dom: &Dom, node: usize) -> bool {
    const LETTERS_BYTES_MIN: usize = 8;
    let mut texts = dom.inside(node).map(|inner| dom.text_of(inner));
    let whole = texts.try_fold(0, |bytes, text| Some(bytes + text?.trim().len()));
    whole.is_some_and(|bytes| bytes >= LETTERS_BYTES_MIN)
}

fn hidden(
    dom: &Dom,
    found: Option<Hiding>,
    (node, url, text): (usize, &str, &str),
    lists: &SafetyLists,
) -> Option<(&'static str, Confidence)> {
    let harm = harm_of(text, url, lists);
    let Some(found) = found else {
        return tiny(dom, node, text).map(|way| (way, sureness(harm, Confidence::Low)));
    };
    if found.way.is_usual() && found.is_named && harm.is_none() {
        return None;
    }
    // Pictures in place of a text are pushed off so, and nobody is misled.
    let has_picture = dom
        .inside(node)
        .any(|inner| dom.nodes[inner].tag == Tag::Img);
    let replaces_text = found.way == Way::TextIndent && found.is_named && found.is_title;
    if (has_picture || replaces_text || text.is_empty() && found.is_named) && harm.is_none() {
        return None;
    }
    let alone = match found.way.is_usual() {
        true => Confidence::Low,
        false => Confidence::Medium,
    };
    Some((found.way.name(), sureness(harm, alone)))
}

fn sureness(harm: Option<Harm>, alone: Confidence) -> Confidence {
    match harm {
        Some(_) => Confidence::High,
        None => alone,
    }
}

/// A link of one dot, or of a picture of one pixel.
fn tiny(dom: &Dom, node: usize, text: &str) -> Option<&'static str> {
    let mut letters = text.chars();
    if let (Some(only), None) = (letters.next(), letters.next())
        && matches!(only, '.' | '。' | '·' | ',' | '，' | '-' | '_' | '|')
    {
        return Some("tiny_text");
    }
    let mut pictures = dom
        .inside(node)
        .filter(|inner| dom.nodes[*inner].tag == Tag::Img);
    let is_point = |side: Option<&str>| {
        side.and_then(|side| side.trim().trim_end_matches("px").parse::<u32>().ok())
            .is_some_and(|side| side <= 1)
    };
    let is_tiny = pictures.next().is_some_and(|picture| {
        is_point(dom.attr(picture, "width")) && is_point(dom.attr(picture, "height"))
    });
    (is_tiny && text.is_empty()).then_some("tiny_picture")
}

/// Frames of strangers that nobody sees.
fn frames(dom: &Dom, own: &str, lists: &SafetyLists, signs: &mut Vec<Sign>) {
    for node in dom.named(Tag::Iframe).take(200) {
        let Some(source) = dom.attr(node, "src") else {
            continue;
        };
        let is_absolute = source.contains("//");
        if !is_absolute
            || whose(&host_of(source).to_ascii_lowercase(), own, &lists.hosts) != Whose::Strange
        {
            continue;
        }
        let is_point = |name: &str| {
            let side = dom
                .attr(node, name)
                .map(|side| side.trim().trim_end_matches("px"));
            side.and_then(|side| side.parse::<f32>().ok())
                .is_some_and(|side| side <= 1.0)
        };
        let is_hidden = is_point("width")
            || is_point("height")
            || dom.nodes[node].is_hidden()
            || dom
                .attr(node, "style")
                .is_some_and(|style| css::declared(style).hides.is_some());
        if is_hidden {
            signs.push(Sign {
                case: SignCase::HiddenLink,
                what: source.trim().to_owned(),
                way: "frame".to_owned(),
                quote: format!("<iframe src=\"{}\">", source.trim()),
                confidence: Confidence::Medium,
            });
        }
    }
}

/// Names around links that the style sheets in the page hide.
fn rules(dom: &Dom, strange: &[(usize, &str)]) -> BTreeMap<String, Way> {
    const SHEET_BYTES_MAX: usize = 256 << 10;
    let mut names = BTreeMap::new();
    let mut sheets: Vec<_> = dom
        .named(Tag::Style)
        .map(|node| dom.raw_text(node))
        .collect();
    sheets.extend(
        dom.named(Tag::Script)
            .filter_map(|node| written_sheet(dom, node)),
    );
    if sheets.is_empty() {
        return names;
    }
    let mut is_around = vec![false; dom.nodes.len()];
    for (node, _) in strange {
        let above = dom.ancestors(*node).take(ANCESTORS_MAX);
        above
            .chain([*node])
            .chain(dom.inside(*node).take(8))
            .for_each(|near| is_around[near] = true);
    }
    let near = is_around
        .iter()
        .enumerate()
        .filter_map(|(node, is_near)| is_near.then_some(node));
    let (mut classes, mut ids) = (Vec::new(), Vec::new());
    for node in near {
        classes.extend(dom.attr(node, "class"));
        ids.extend(dom.attr(node, "id"));
    }
    let wanted = Wanted::new(classes, ids);
    if wanted.is_empty() {
        return names;
    }
    for sheet in sheets {
        if sheet.len() <= SHEET_BYTES_MAX {
            css::hidden_names(&sheet, &wanted, &mut names);
        }
    }
    names
}

/// The sheet that a script writes into the page: `document.write('<style>…</style>')`.
fn written_sheet<'d>(dom: &'d Dom, node: usize) -> Option<Cow<'d, str>> {
    let script = dom.raw_text(node);
    let start = memchr::memmem::find(script.as_bytes(), b"<style")?;
    let start = start + script[start..].find('>')? + 1;
    let end = start
        + script[start..]
            .find("</style")
            .unwrap_or(script.len() - start);
    Some(Cow::Owned(script[start..end].to_owned()))
}

/// Classes and id of an element as selectors.
fn names_of(dom: &Dom, node: usize) -> Vec<String> {
    let classes = dom.attr(node, "class").unwrap_or_default();
    let id = dom.attr(node, "id").map(str::trim).unwrap_or_default();
    let classes = classes.split_whitespace().map(|class| format!(".{class}"));
    classes
        .chain((!id.is_empty()).then(|| format!("#{id}")))
        .collect()
}

/// Styles of the elements above links, each read once.
struct Styles<'a> {
    dom: &'a Dom<'a>,
    rules: BTreeMap<String, Way>,
    /// By node.
    read: Vec<Option<Style>>,
}

impl Styles<'_> {
    /// What hides a link: itself, what it stands in, or all that it holds.
    fn hiding(&mut self, node: usize) -> Option<Hiding> {
        let (dom, mut colour) = (self.dom, None);
        // The colour of a link is that of the element right around its text.
        for inner in dom.inside(node).take(8) {
            if dom.nodes[inner].tag != Tag::Text {
                let style = self.style(inner);
                colour = style.colour.or(colour);
                if let Some(way) = style.hides.filter(|_| self.holds_all(node, inner)) {
                    return Some(self.found(way, inner));
                }
            }
        }
        for up in [node]
            .into_iter()
            .chain(dom.ancestors(node).take(ANCESTORS_MAX))
        {
            let style = self.style(up);
            if let Some(way) = style.hides {
                return Some(self.found(way, up));
            }
            colour = colour.or(style.colour);
            if let (Some(colour), Some(background)) = (colour, style.background) {
                if colour == background {
                    return Some(self.found(Way::SameColour, up));
                }
                // What lies further back is covered: only what hides the whole still counts.
                return self.hidden_further_up(up);
            }
        }
        None
    }

    /// The same without colours.
    fn hidden_further_up(&mut self, node: usize) -> Option<Hiding> {
        let ups: Vec<usize> = self.dom.ancestors(node).take(ANCESTORS_MAX).collect();
        ups.into_iter().find_map(|up| {
            let way = self.style(up).hides.filter(|way| *way != Way::SameColour)?;
            Some(self.found(way, up))
        })
    }

    fn holds_all(&self, node: usize, inner: usize) -> bool {
        let (whole, part) = (self.raw_chars(node), self.raw_chars(inner));
        whole > 0 && whole == part
    }

    fn raw_chars(&self, node: usize) -> usize {
        self.dom
            .inside(node)
            .filter_map(|inner| self.dom.text_of(inner))
            .map(|text| text.trim().len())
            .sum()
    }

    fn found(&self, way: Way, node: usize) -> Hiding {
        let (dom, tokens) = (self.dom, self.dom.tokens(node).trim());
        let is_title = |tag: Tag| {
            matches!(
                tag,
                Tag::A | Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6
            )
        };
        let mut around = [node].into_iter().chain(dom.ancestors(node));
        Hiding {
            way,
            is_named: !tokens.is_empty(),
            is_title: tokens.contains("logo") || around.any(|up| is_title(dom.nodes[up].tag)),
        }
    }

    fn style(&mut self, node: usize) -> Style {
        if let Some(known) = self.read[node] {
            return known;
        }
        let style = self.read_style(node);
        self.read[node] = Some(style);
        style
    }

    fn read_style(&self, node: usize) -> Style {
        let dom = self.dom;
        let mut style = dom
            .attr(node, "style")
            .map(css::declared)
            .unwrap_or_default();
        for (name, value) in dom.attrs(node) {
            match name {
                "color" => {
                    style.colour = style
                        .colour
                        .or_else(|| css::colour(&value.to_ascii_lowercase()))
                }
                "bgcolor" => {
                    style.background = style
                        .background
                        .or_else(|| css::colour(&value.to_ascii_lowercase()));
                }
                "hidden" => style.hides = style.hides.or(Some(Way::DisplayNone)),
                _ => {}
            }
        }
        if style.hides.is_none() && dom.name(node) == "marquee" && is_still(dom, node) {
            style.hides = Some(Way::Marquee);
        }
        if style.hides.is_none() && !self.rules.is_empty() {
            style.hides = self.by_rule(node);
        }
        style
    }

    fn by_rule(&self, node: usize) -> Option<Way> {
        names_of(self.dom, node)
            .iter()
            .find_map(|name| self.rules.get(name).copied())
    }
}

/// A moving text of which a reader sees a line of one pixel, or which passes too quickly.
fn is_still(dom: &Dom, node: usize) -> bool {
    let number = |name: &str| {
        let value = dom.attr(node, name)?;
        value.trim().trim_end_matches("px").parse::<u32>().ok()
    };
    number("height").is_some_and(|height| height <= 3)
        || number("width").is_some_and(|width| width <= 5)
        || number("scrollamount").is_some_and(|amount| amount >= 1000)
}

fn quote(dom: &Dom, node: usize, text: &str) -> String {
    let href = dom.attr(node, "href").unwrap_or_default();
    let shown: String = text.chars().take(60).collect();
    let href: String = href.chars().take(120).collect();
    format!("<a href=\"{href}\">{shown}</a>")
}

/// The text of a link, shown or not.
fn raw_text(dom: &Dom, node: usize) -> String {
    const CHARS_MAX: usize = 200;
    let texts = dom.inside(node).filter_map(|inner| dom.text_of(inner));
    let text: String = texts.flat_map(str::chars).take(CHARS_MAX).collect();
    text.trim().to_owned()
}
