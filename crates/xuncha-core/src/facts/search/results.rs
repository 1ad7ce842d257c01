//! What stands around a search: its wording where it found nothing, codes that only a person can read, and tabs of classes where they look like the page's menu.

use url::Url;

use crate::facts::dom::Dom;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{Area, Link, LinkKind};
use crate::facts::text::is_at_most;

/// Parts of names of fields and pictures that hold a code.
const CODES: [&str; 8] = [
    "captcha",
    "vcode",
    "verify",
    "yzm",
    "checkcode",
    "validatecode",
    "authcode",
    "randcode",
];
/// What a form or an answer calls such a code.
const CODE_WORD: &str = "验证码";

/// Whether a form asks for a code: in a field or picture of such a name, or in words.
pub(super) fn asks_code(dom: &Dom, form: usize) -> bool {
    let is_code = |inner: usize| {
        let names = ["name", "id", "src", "placeholder"];
        let mut values = names.iter().filter_map(|name| dom.attr(inner, name));
        values.any(|value| {
            let value = value.to_ascii_lowercase();
            value.contains(CODE_WORD) || CODES.iter().any(|code| value.contains(code))
        })
    };
    let mut fields = dom.inside(form).filter(|inner| {
        let kind = dom.attr(*inner, "type").unwrap_or("text");
        matches!(dom.name(*inner), "input" | "img") && !kind.eq_ignore_ascii_case("hidden")
    });
    fields.any(is_code) || dom.text(form).contains(CODE_WORD)
}

/// Classes of results in what looks like the page's menu: links to the search itself, called as classes are.
pub(crate) fn classes_in_tabs(links: &[Link], url: &str, lexicons: &Lexicons) -> Vec<String> {
    let path = |url: &str| {
        Url::parse(url)
            .ok()
            .map(|url| (url.host_str().map(str::to_owned), url.path().to_owned()))
    };
    let own = path(url);
    let mut classes: Vec<String> = Vec::new();
    let tabs = links.iter().filter(|link| {
        link.kind == LinkKind::Anchor
            && link.area == Area::Navigation
            && link.url.contains('?')
            && path(&link.url) == own
    });
    for tab in tabs {
        let name = super::group_name(&tab.text);
        if !classes.contains(&name) && lexicons.search_classes.words.contains(&name) {
            classes.push(name);
        }
    }
    if classes.len() < 2 {
        classes.clear();
    }
    classes
}

/// Wording of a search that found nothing, quoted; empty where none.
pub(crate) fn no_results(dom: &Dom, lexicons: &Lexicons) -> String {
    const WORDING_CHARS: usize = 80;
    let words = &lexicons.no_results;
    if words.may_hit_lower(dom.lower_text()).is_empty() {
        return String::new();
    }
    let lines = dom.all_lines().iter().filter(|line| {
        dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, WORDING_CHARS)
    });
    // 共找到10条结果 is no 0条结果.
    let is_many = |text: &str, word: &str| {
        let before = text
            .find(word)
            .and_then(|at| text[..at].chars().next_back());
        word.starts_with('0') && before.is_some_and(|c| c.is_ascii_digit())
    };
    let found = lines.map(|line| &line.text).find(|text| {
        let word = words.find(text);
        word.is_some_and(|word| !is_many(text, word))
    });
    found.cloned().unwrap_or_default()
}
