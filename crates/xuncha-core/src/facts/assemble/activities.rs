//! Surveys and interviews: what the lists of their columns show, with the day of each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;

use super::records::{Records, evidence};
use crate::facts::model::{
    Activity, ActivityColumn, ActivityKind, Area, LinkKind, ListItem, PageFacts,
};
use crate::facts::scope::canonical;

/// Pages of one list that are read for it.
const PAGES_MAX: usize = 40;

/// What a column lists, over all pages of its list. `lists` tells the items that are a page's own.
pub(super) fn read(
    records: &Records,
    page: &PageFacts,
    (kind, (url, name)): (ActivityKind, (&str, &str)),
    lists: &dyn Fn(&PageFacts) -> Vec<ListItem>,
) -> ActivityColumn {
    let mut items: BTreeMap<String, ListItem> = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::from([canonical(&page.capture.url)]);
    let mut waiting: Vec<&PageFacts> = vec![page];
    let mut is_whole = true;
    while let Some(next) = waiting.pop() {
        for item in lists(next) {
            items.entry(canonical(&item.url)).or_insert(item);
        }
        for further in next.list.iter().flat_map(|list| &list.pages) {
            if known.len() >= PAGES_MAX {
                is_whole = false;
            } else if known.insert(canonical(further)) {
                match records.page(further) {
                    Some(further) => waiting.push(further),
                    None => is_whole = false,
                }
            }
        }
    }
    let needs_script = items.is_empty() && page.waits_for_script();
    let listed: BTreeSet<String> = items.keys().cloned().collect();
    let mut activities: Vec<Activity> = items
        .into_values()
        .map(|item| activity(records, item, &listed))
        .collect();
    activities.sort_by(|one, other| (other.date, &one.url).cmp(&(one.date, &other.url)));
    let year_before = records.as_of.date().checked_sub(1.years());
    // Lists stand newest first: what is behind an older item is older still.
    let reaches_back = activities.iter().any(|one| {
        one.date
            .is_some_and(|day| year_before.as_ref().is_ok_and(|limit| day < *limit))
    });
    ActivityColumn {
        kind,
        url: url.to_owned(),
        name: name.to_owned(),
        activities,
        is_whole: is_whole || reaches_back,
        needs_script,
        evidence: evidence(page, name),
    }
}

/// The article's own day counts before the list's.
fn activity(records: &Records, item: ListItem, listed: &BTreeSet<String>) -> Activity {
    let target = records.page(&item.url);
    let article = target.and_then(|page| page.article.as_ref());
    let published = article.and_then(|article| article.published.as_ref());
    Activity {
        date: published.map(|published| published.date).or(item.date),
        by_mail: target.is_some_and(|page| is_by_mail(page, listed)),
        url: item.url,
        title: item.title,
    }
}

/// Whether a page names an electronic mail box and nothing else to take part by: no form, no link that says so. Links to the other
/// surveys of the column (`listed`) stand on each of them.
fn is_by_mail(page: &PageFacts, listed: &BTreeSet<String>) -> bool {
    let Some(article) = &page.article else {
        return false;
    };
    let names_mail = ["邮箱", "电子邮件", "E-mail", "e-mail"]
        .iter()
        .any(|word| article.body.contains(word));
    if !names_mail {
        return false;
    }
    let has_form = page.links.iter().any(|link| {
        let is_search = page.search_forms.iter().any(|form| form.action == link.url);
        link.kind == LinkKind::Form && link.area == Area::Body && !is_search
    });
    let own = article.body_links.iter();
    let mut own = own.filter(|link| !listed.contains(&canonical(&link.url)));
    let takes_part = own.any(|link| {
        ["参与", "问卷", "填写", "提交", "我要", "调查", "提意见"]
            .iter()
            .any(|word| link.text.contains(word))
    });
    !has_form && !takes_part
}
