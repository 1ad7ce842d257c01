//! What a site writes again and again is its own word.

use super::{assemble, page};
use crate::facts::model::{FactRecord, Sign, SignCase};
use crate::verdict::Confidence;

/// Wrong texts that are left of a site whose pages each have one sign: reason, sentence, confidence.
fn left(signs: &[(&str, &str, Confidence)]) -> Vec<String> {
    let pages = signs
        .iter()
        .enumerate()
        .map(|(nth, (way, quote, confidence))| {
            let mut page = page(&format!("xw/{nth}.html"), "新闻", "<p>正文</p>");
            page.signs = vec![Sign {
                case: SignCase::WrongCharacters,
                what: "制证".to_owned(),
                way: (*way).to_owned(),
                quote: (*quote).to_owned(),
                confidence: *confidence,
            }];
            FactRecord::Page(Box::new(page))
        });
    let home = FactRecord::Page(Box::new(page("", "首页", "<p>首页</p>")));
    let site = assemble(std::iter::once(home).chain(pages).collect());
    site.signs.into_iter().map(|sign| sign.sign.what).collect()
}

#[test]
fn a_word_in_many_sentences_or_unsurely_on_many_pages_is_the_sites_own() {
    const GUESS: &str = "形近错字:制订";
    let sentences = ["制证一。", "制证二。", "制证三。", "制证四。"];
    let of = |way: &'static str, count: usize, confidence| {
        let take = sentences.iter().take(count);
        take.map(|quote| (way, *quote, confidence))
            .collect::<Vec<_>>()
    };
    assert_eq!(left(&of(GUESS, 3, Confidence::Medium)), ["制证"]);
    assert!(left(&of(GUESS, 4, Confidence::Medium)).is_empty());
    let same = |count, confidence| vec![(GUESS, "制证并送达。", confidence); count];
    assert_eq!(left(&same(5, Confidence::Low)), ["制证"]);
    assert!(left(&same(6, Confidence::Low)).is_empty());
    assert_eq!(left(&same(6, Confidence::Medium)), ["制证"]);
    // What the list of wrong words has is wrong wherever it stands.
    assert_eq!(left(&of("已知错词:制订", 4, Confidence::High)), ["制证"]);
}
