//! Missing pages that answer 200, empty columns, and pages that show nothing without scripts.

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::{Area, PageFacts};
use super::text::{cut, is_at_most};

/// Beyond this many visible characters a page is too rich to be a missing page.
const SHORT_PAGE_CHARS: u32 = 1500;

/// Words of a missing page, quoted; empty where none.
pub(crate) fn wording(facts: &PageFacts, dom: &Dom, lexicons: &Lexicons) -> String {
    let is_dated_article = facts
        .article
        .as_ref()
        .is_some_and(|article| article.published.is_some() && article.body_chars > 150);
    if dom.chars > SHORT_PAGE_CHARS || is_dated_article {
        return String::new();
    }
    let headings = (0..dom.nodes.len())
        .filter(|index| matches!(dom.name(*index), "h1" | "h2" | "h3"))
        .map(|index| dom.text(index));
    for heading in std::iter::once(facts.title.clone()).chain(headings) {
        if heading.chars().count() <= 60
            && let Some(word) = lexicons.missing_title.find(&heading)
            && (word != "404" || is_alone(&heading, word))
        {
            return cut(&heading, 80);
        }
    }
    let text = dom.whole_text().to_lowercase();
    match lexicons.missing_strong.find(&text) {
        Some(word) => {
            let at = text.find(word).unwrap_or(0);
            cut(&text[at..], 60)
        }
        None => String::new(),
    }
}

/// 404 between letters or digits is a number of something else.
fn is_alone(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word) else {
        return false;
    };
    let before = text[..at].chars().next_back();
    let after = text[at + word.len()..].chars().next();
    let is_part = |c: Option<char>| {
        c.is_some_and(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    '国' | '省' | '县' | '第' | '号' | '线' | '路' | '次' | '期' | '.'
                )
        })
    };
    !is_part(before) && !is_part(after)
}

/// Wording of an empty column in the body.
pub(crate) fn empty_wording(dom: &Dom, lexicons: &Lexicons) -> String {
    if lexicons.empty.may_hit(dom.whole_text()).is_empty() {
        return String::new();
    }
    dom.all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, 40))
        .find(|line| lexicons.empty.find(&line.text).is_some())
        .map(|line| line.text.clone())
        .unwrap_or_default()
}

/// Next to no text, and scripts or an application root that would fill it.
pub(crate) fn needs_script(dom: &Dom) -> bool {
    if dom.chars >= 80 {
        return false;
    }
    let has_root = (0..dom.nodes.len()).any(|index| {
        matches!(
            dom.attr(index, "id"),
            Some("app" | "root" | "__next" | "__nuxt" | "main-app")
        ) && dom.attr(index, "src").is_none()
            && dom.chars_of(index) < 20
    });
    let scripts = dom.named(Tag::Script).count();
    let has_frames = dom
        .named(Tag::Iframe)
        .chain(dom.named(Tag::Frame))
        .next()
        .is_some();
    let has_links = dom
        .named(Tag::A)
        .any(|index| dom.attr(index, "href").is_some());
    has_root && scripts > 0 || dom.chars < 20 && scripts > 0 && !has_frames && !has_links
}
