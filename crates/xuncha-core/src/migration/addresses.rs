//! Where old addresses lead: to the article, to a home page, to another page, or nowhere.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::holdings::{Article, Holdings, Lead, Listed};
use super::judging::{Found, cut};
use super::{Loss, LossKind};
use crate::facts::canonical;

/// The address of an article that was carried over.
pub(super) fn of_article(
    before: &Article,
    after: &Article,
    old: &Holdings,
    new: &Holdings,
    found: &mut Found,
) {
    let entry = Entry {
        title: &before.title,
        key: &before.key,
        url: before.url(),
        lead: &before.lead,
        evidence: before.asked.as_ref().unwrap_or(&before.evidence),
    };
    judge(&entry, after, (old, new), found);
}

/// Addresses that the old site lists and that show no article there: gone already, or sent elsewhere.
pub(super) fn listed(old: &Holdings, new: &Holdings, found: &mut Found) {
    let known: BTreeSet<&str> = old
        .articles
        .iter()
        .map(|article| article.key.as_str())
        .collect();
    let carried = new
        .articles
        .iter()
        .map(|article| (article.key.as_str(), article));
    let carried: BTreeMap<&str, &Article> = carried.collect();
    for listed in &old.listed {
        // The article stands on the old site under another address: this link was dead before.
        if known.contains(listed.key.as_str()) {
            continue;
        }
        let counterpart = carried.get(listed.key.as_str());
        match counterpart {
            Some(after) => {
                let entry = Entry {
                    title: &listed.title,
                    key: &listed.key,
                    url: &listed.url,
                    lead: &listed.lead,
                    evidence: &listed.evidence,
                };
                judge(&entry, after, (old, new), found);
            }
            None if listed.is_item => without_counterpart(listed, new, found),
            None => {}
        }
    }
}

struct Entry<'a> {
    title: &'a str,
    key: &'a str,
    url: &'a str,
    lead: &'a Lead,
    evidence: &'a crate::evidence::EvidenceRef,
}

fn judge(
    entry: &Entry<'_>,
    after: &Article,
    (old, new): (&Holdings, &Holdings),
    found: &mut Found,
) {
    let (kind, detail) = match entry.lead {
        Lead::Dead { why } => (LossKind::AddressDead, format!("旧地址{why}")),
        Lead::NotAsked => {
            let why = "没有再问旧地址";
            return found.unclear(LossKind::AddressDead, entry.title, entry.url, why);
        }
        Lead::Unknown { why } => {
            return found.unclear(LossKind::AddressDead, entry.title, entry.url, why);
        }
        Lead::Lands { url, key } => {
            let is_same =
                *key == entry.key || *key == after.key || after.urls.contains(&canonical(url));
            if is_same {
                return;
            }
            if is_home(url, old) || is_home(url, new) {
                (LossKind::AddressLeadsHome, format!("旧地址转到首页 {url}"))
            } else {
                (
                    LossKind::AddressAstray,
                    format!("旧地址转到 {url}，不是这篇稿件"),
                )
            }
        }
    };
    let loss = Loss::of(kind, entry.title, detail, entry.evidence.clone());
    let loss = loss
        .on_old(entry.url)
        .on_new(after.url())
        .and_evidence(&after.evidence);
    found.losses.push(loss);
}

/// Listed, not to be read any more, and not on the new site: whether it was lost by the migration depends on where the address leads.
fn without_counterpart(listed: &Listed, new: &Holdings, found: &mut Found) {
    let is_sent_on = matches!(&listed.lead, Lead::Lands { url, .. } if is_of(url, new));
    if !is_sent_on {
        let why = "旧网站列出了，但旧地址已打不开，新网站上也没有，不知道原来有没有";
        return found.unclear(LossKind::ArticleMissing, &listed.title, &listed.url, why);
    }
    let Lead::Lands { url, .. } = &listed.lead else {
        return;
    };
    let detail = format!("旧地址转到新网站的 {}，新网站上没有这篇稿件", cut(url, 80));
    let loss = Loss::of(
        LossKind::ArticleMissing,
        &listed.title,
        detail,
        listed.evidence.clone(),
    );
    found.losses.push(loss.on_old(&listed.url));
}

fn is_home(url: &str, holdings: &Holdings) -> bool {
    let (Ok(url), Ok(home)) = (Url::parse(url), Url::parse(&holdings.home)) else {
        return false;
    };
    let stem = |url: &Url| {
        let path = url.path().trim_end_matches('/').to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_default = name.starts_with("index.") || name.starts_with("default.");
        match is_default {
            true => path[..path.len() - name.len()]
                .trim_end_matches('/')
                .to_owned(),
            false => path,
        }
    };
    host(&url) == host(&home)
        && url.query().is_none()
        && (stem(&url).is_empty() || stem(&url) == stem(&home))
        || canonical(url.as_str()) == canonical(home.as_str())
}

fn is_of(url: &str, holdings: &Holdings) -> bool {
    let (Ok(url), Ok(home)) = (Url::parse(url), Url::parse(&holdings.home)) else {
        return false;
    };
    host(&url) == host(&home)
}

fn host(url: &Url) -> (String, Option<u16>) {
    let name = url.host_str().unwrap_or_default().trim_end_matches('.');
    (name.trim_start_matches("www.").to_owned(), url.port())
}
