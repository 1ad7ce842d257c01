//! Where addresses lead, by the looks at them.

use std::collections::BTreeMap;

use super::holdings::{Holdings, Lead};
use super::titles::Titles;
use crate::evidence::{Capture, EvidenceRef};
use crate::facts::model::{FactRecord, LinkState, PageFacts};
use crate::facts::{canonical, state_alone};

impl Holdings {
    /// The addresses of its articles, and of titles that it lists: what has to be asked again where it was read before the switch.
    pub fn addresses(&self) -> Vec<String> {
        let articles = self.articles.iter().filter(|article| article.is_due);
        let articles = articles.map(|article| article.url().to_owned());
        let listed = self.listed.iter().filter(|listed| listed.is_item);
        articles
            .chain(listed.map(|listed| listed.url.clone()))
            .collect()
    }

    /// Takes in how its addresses answered when they were asked again; where nobody asked, nothing is known.
    pub fn ask_again(&mut self, records: &[FactRecord]) {
        let titles = Titles::learn(std::iter::empty());
        let leads = leads(records, &titles);
        let lead = |url: &str| match leads.get(url) {
            Some((lead, evidence)) => (lead.clone(), Some(evidence.clone())),
            None => (Lead::NotAsked, None),
        };
        for article in &mut self.articles {
            (article.lead, article.asked) = lead(article.url());
        }
        for listed in &mut self.listed {
            let (lead, asked) = lead(&canonical(&listed.url));
            listed.lead = lead;
            listed.evidence = asked.unwrap_or_else(|| listed.evidence.clone());
        }
    }
}

/// Where every address leads that was asked, and its last answer.
fn leads(records: &[FactRecord], titles: &Titles) -> BTreeMap<String, (Lead, EvidenceRef)> {
    let mut answers: BTreeMap<String, Vec<(&Capture, Option<&PageFacts>)>> = BTreeMap::new();
    for record in records {
        let (capture, page) = match record {
            FactRecord::Page(page) => (&page.capture, Some(&**page)),
            FactRecord::Look(capture) => (capture, None),
            _ => continue,
        };
        answers
            .entry(canonical(&capture.url))
            .or_default()
            .push((capture, page));
    }
    let leads = answers.into_iter().filter_map(|(url, answers)| {
        let evidence = answers.last()?.0.evidence.clone();
        Some((url, (lead(&answers, titles), evidence)))
    });
    leads.collect()
}

fn lead(answers: &[(&Capture, Option<&PageFacts>)], titles: &Titles) -> Lead {
    let captures: Vec<&Capture> = answers.iter().map(|(capture, _)| *capture).collect();
    match state_alone(&captures) {
        LinkState::Dead { why, .. } => return Lead::Dead { why },
        LinkState::Unknown { why, .. } => return Lead::Unknown { why },
        LinkState::Alive => {}
    }
    let good = || answers.iter().filter(|(capture, _)| capture.is_success());
    let says_missing = |page: &PageFacts| {
        !page.missing_wording.is_empty()
            && page
                .article
                .as_ref()
                .is_none_or(|article| article.published.is_none())
    };
    if good().count() >= 2 && good().all(|(_, page)| page.is_some_and(says_missing)) {
        let why = "打开后提示页面不存在".to_owned();
        return Lead::Dead { why };
    }
    if good().all(|(_, page)| page.is_some_and(|page| !page.blocked_wording.is_empty())) {
        let why = "被防火墙或验证码拦截，无法判定".to_owned();
        return Lead::Unknown { why };
    }
    match good().next_back() {
        Some((capture, page)) => landing(capture, *page, titles),
        None => Lead::Unknown {
            why: "没有打开，无法判定".to_owned(),
        },
    }
}

/// The page that came.
pub(super) fn landing(capture: &Capture, page: Option<&PageFacts>, titles: &Titles) -> Lead {
    let title = page.map_or("", |page| match &page.article {
        Some(article) => &article.title,
        None => &page.title,
    });
    Lead::Lands {
        url: capture.final_url.clone(),
        key: titles.key(title),
    }
}
