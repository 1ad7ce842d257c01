//! A bounded, seeded choice of pages from which questions to the site's search are drawn. What questions do not need is left out.

use std::collections::BTreeMap;

use xuncha_core::facts::model::{ArticleFacts, PageFacts};

use crate::exchange::sha256_hex;

/// Articles and guides that are remembered, of each kind.
const MAX_EACH: usize = 64;

/// The choice so far.
pub(crate) struct Candidates {
    seed: String,
    with_form: Option<PageFacts>,
    chosen: BTreeMap<(bool, String), PageFacts>,
}

impl Candidates {
    pub fn new(seed: &str) -> Candidates {
        Candidates {
            seed: seed.to_owned(),
            with_form: None,
            chosen: BTreeMap::new(),
        }
    }

    /// Takes in a page of the crawl. Which articles and guides are chosen depends on the seed, not on their order.
    pub fn learn(&mut self, facts: &PageFacts) {
        if !facts.capture.is_success() {
            return;
        }
        // What a citizen wrote is no information that the site published, and many searches leave it out.
        let is_message = !facts.messages.is_empty();
        if self.with_form.is_none() && facts.search_forms.iter().any(|form| form.is_get) {
            self.with_form = Some(slim(facts));
        }
        let is_guide = facts.guide.is_some();
        let is_dated = facts
            .article
            .as_ref()
            .is_some_and(|article| article.published.is_some());
        if is_message || !is_guide && !is_dated || facts.stands_in_navigation() {
            return;
        }
        let rank = sha256_hex(format!("{}|search|{}", self.seed, facts.capture.url).as_bytes());
        self.chosen.insert((is_guide, rank), slim(facts));
        if self
            .chosen
            .keys()
            .filter(|(guide, _)| *guide == is_guide)
            .count()
            > MAX_EACH
        {
            let last = self
                .chosen
                .keys()
                .rfind(|(guide, _)| *guide == is_guide)
                .cloned();
            last.and_then(|key| self.chosen.remove(&key));
        }
    }

    /// The page with the form first, then the chosen ones.
    pub fn pages(&self) -> Vec<&PageFacts> {
        self.with_form.iter().chain(self.chosen.values()).collect()
    }
}

fn slim(facts: &PageFacts) -> PageFacts {
    let mut slim = PageFacts::blank(&facts.capture);
    slim.search_forms.clone_from(&facts.search_forms);
    slim.missing_wording.clone_from(&facts.missing_wording);
    slim.guide.clone_from(&facts.guide);
    slim.article = facts.article.as_ref().map(|article| ArticleFacts {
        title: article.title.clone(),
        published: article.published.clone(),
        source: String::new(),
        body_chars: article.body_chars,
        body: String::new(),
        document_number: String::new(),
        issuer: String::new(),
        body_links: Vec::new(),
        later: None,
    });
    slim
}
