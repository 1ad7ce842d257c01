//! The last hand on a page: gives elements, classes and attributes the spelling of the site. What the page says stays the same.
//!
//! The templates write well-formed markup with double quotes and with the class names of [`ROLES`](crate::content::look::names::ROLES); here the site's own names,
//! elements, quotes, order of attributes, capitals, wrappers, left-out end tags and comments come in.

use std::fmt::Write;

use crate::content::look::{Look, Quotes};
use crate::content::skin::{Shell, Skin};

/// Elements without an end tag.
const VOID: [&str; 8] = ["meta", "link", "img", "input", "br", "hr", "frame", "base"];
/// Elements whose content is no markup.
const RAW: [&str; 2] = ["script", "style"];
/// Classes of blocks that may get wrappers.
const BLOCKS: [&str; 6] = ["box", "art", "crumb", "nav", "pages", "find"];
/// Elements whose end tags browsers supply.
const OPTIONAL: [&str; 7] = ["li", "td", "tr", "th", "dt", "dd", "option"];

/// One open element: as the template names it, as it is written, and how many wrappers stand around it.
struct Open {
    name: String,
    written: String,
    wrappers: usize,
    omits_end: bool,
}

struct Writer<'a> {
    skin: &'a Skin,
    look: &'a Look,
    out: String,
    open: Vec<Open>,
}

/// The page in the site's own spelling.
#[must_use]
pub fn spell(skin: &Skin, html: String) -> String {
    if skin.look.strength == 0 {
        return html;
    }
    let mut writer = Writer {
        skin,
        look: &skin.look,
        out: String::with_capacity(html.len() + html.len() / 4),
        open: Vec::new(),
    };
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        writer.out.push_str(&rest[..at]);
        rest = writer.take(&rest[at..]);
    }
    writer.out.push_str(rest);
    writer.out
}

impl Writer<'_> {
    /// Writes what begins at this `<` and returns what stands behind it.
    fn take<'t>(&mut self, text: &'t str) -> &'t str {
        if text.starts_with("<!") {
            let end = if text.starts_with("<!--") {
                text.find("-->").map_or(text.len(), |at| at + 3)
            } else {
                text.find('>').map_or(text.len(), |at| at + 1)
            };
            self.out.push_str(&text[..end]);
            return &text[end..];
        }
        let Some(end) = end_of_tag(text) else {
            self.out.push_str(text);
            return "";
        };
        let (tag, rest) = text.split_at(end);
        let is_markup = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        if !is_markup {
            self.out.push('<');
            return &text[1..];
        }
        if let Some(name) = tag.strip_prefix("</") {
            self.close(name.trim_end_matches('>').trim());
            return rest;
        }
        let name = self.begin(tag);
        if RAW.contains(&name.as_str()) {
            let close = format!("</{name}>");
            let end = rest.find(&close).map_or(rest.len(), |at| at + close.len());
            self.out.push_str(&rest[..end]);
            return &rest[end..];
        }
        rest
    }

    /// Writes a start tag and returns its name.
    fn begin(&mut self, tag: &str) -> String {
        let inner = tag[1..tag.len() - 1].trim_end_matches('/').trim_end();
        let (name, attributes) = inner
            .split_once(|c: char| c.is_ascii_whitespace())
            .unwrap_or((inner, ""));
        // Metas that are odd on purpose stay as they are.
        if name != name.to_lowercase()
            || attributes.contains('\n')
            || name == "meta" && attributes.contains('\'')
        {
            self.out.push_str(tag);
            return name.to_lowercase();
        }
        let mut attributes = attributes_of(attributes);
        let classes: Vec<String> = attributes
            .iter()
            .filter(|(name, _)| name == "class")
            .flat_map(|(_, value)| {
                value
                    .clone()
                    .unwrap_or_default()
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut wrappers = 0;
        let is_block = classes.iter().any(|class| BLOCKS.contains(&class.as_str()));
        let may_wrap =
            is_block && self.skin.shell != Shell::Tables && !matches!(name, "td" | "tr" | "ul");
        if may_wrap {
            wrappers = self
                .look
                .stream(&classes.concat())
                .below(self.look.wraps + 1);
        }
        if is_block && self.look.spaced {
            let _ = write!(
                self.out,
                "\n<!-- {} -->\n",
                self.skin.class(30 + classes.len())
            );
        }
        for nth in 0..wrappers {
            let class = self.skin.class(31 + nth);
            self.tag("div", &[("class".to_owned(), Some(class.to_owned()))]);
        }
        let written = self.element(name, &classes);
        for (name, value) in &mut attributes {
            if name == "class"
                && let Some(value) = value
            {
                *value = self.classes(value);
            }
        }
        if written != name && classes.is_empty() && matches!(name, "h2" | "h3" | "h4") {
            attributes.push((
                "class".to_owned(),
                Some(self.skin.class(35 + name.len()).to_owned()),
            ));
        }
        if self.look.shuffled {
            let by = usize::from(attributes.len() > 1);
            attributes.rotate_left(by);
        }
        self.tag(&written, &attributes);
        if !VOID.contains(&name) && !RAW.contains(&name) {
            self.open.push(Open {
                name: name.to_owned(),
                omits_end: self.look.omit_ends && OPTIONAL.contains(&written.as_str()),
                written,
                wrappers,
            });
        }
        name.to_owned()
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            return;
        };
        self.open.truncate(at + 1);
        let Some(open) = self.open.pop() else { return };
        if !open.omits_end {
            self.end(&open.written);
        }
        for _ in 0..open.wrappers {
            self.end("div");
        }
        if self.look.spaced
            && matches!(
                open.name.as_str(),
                "div" | "ul" | "table" | "p" | "li" | "tr"
            )
        {
            self.out.push('\n');
        }
    }

    fn end(&mut self, name: &str) {
        let _ = if self.look.upper {
            write!(self.out, "</{}>", name.to_uppercase())
        } else {
            write!(self.out, "</{name}>")
        };
    }

    /// The element that the site uses in place of this one.
    fn element(&self, name: &str, classes: &[String]) -> String {
        if self.look.strength < 2 {
            return name.to_owned();
        }
        let choices: &[&str] = match name {
            // A title may stand in any block; what is within a paragraph may not.
            "h2" => &["h2", "h1", "h3", "div", "p"],
            "h3" => &["h3", "h2", "h4", "div", "p"],
            "h4" => &["h4", "div", "p", "h5"],
            "strong" => &["strong", "b", "span"],
            "span" if !classes.is_empty() || self.look.strength >= 2 => {
                &["span", "em", "i", "font", "label"]
            }
            "main" | "section" => &["div", "main", "section"],
            _ => return name.to_owned(),
        };
        // Classless spans that scripts fill keep their name.
        (*self.look.stream(name).pick(choices)).to_owned()
    }

    /// The site's own names in place of the templates'.
    fn classes(&self, value: &str) -> String {
        let own = value
            .split_whitespace()
            .map(|class| self.skin.role(class).unwrap_or(class));
        own.collect::<Vec<_>>().join(" ")
    }

    fn tag(&mut self, name: &str, attributes: &[(String, Option<String>)]) {
        self.out.push('<');
        self.word(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.word(name);
            if let Some(value) = value {
                self.out.push('=');
                self.value(value);
            }
        }
        self.out.push('>');
    }

    fn word(&mut self, word: &str) {
        if self.look.upper {
            self.out.push_str(&word.to_uppercase());
        } else {
            self.out.push_str(word);
        }
    }

    fn value(&mut self, value: &str) {
        let is_plain = !value.is_empty()
            && !value.ends_with('/')
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_./:#".contains(&b));
        let _ = match self.look.quotes {
            Quotes::Bare if is_plain => write!(self.out, "{value}"),
            Quotes::Single if !value.contains('\'') => write!(self.out, "'{value}'"),
            _ => write!(self.out, "\"{value}\""),
        };
    }
}

/// Where a tag ends: at the first `>` outside of quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Names and values; values in double quotes or bare, as the templates write them.
fn attributes_of(text: &str) -> Vec<(String, Option<String>)> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c == '=' || c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            out.push((name, None));
            continue;
        };
        let (value, after) = match value.as_bytes().first() {
            Some(&quote @ (b'"' | b'\'')) => {
                let value = &value[1..];
                let end = value.find(char::from(quote)).unwrap_or(value.len());
                (&value[..end], value.get(end + 1..).unwrap_or(""))
            }
            _ => {
                let end = value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len());
                value.split_at(end)
            }
        };
        out.push((name, Some(value.to_owned())));
        rest = after.trim_start();
    }
    out
}
