//! Titles for comparing: without the name of the site that templates append.

use std::collections::{BTreeMap, BTreeSet};

use super::prose::comparable;
use crate::facts::model::PageFacts;

/// 标题规整. What a site appends to titles.
#[derive(Clone, Debug, Default)]
pub(super) struct Titles {
    appended: BTreeSet<String>,
}

/// A tail that so many pages and so many hundredths of them share is no part of a title.
const SHARED_PAGES: usize = 3;
const SHARED: usize = 30;

impl Titles {
    /// Learns what the pages of a site append.
    pub fn learn<'a>(pages: impl Iterator<Item = &'a PageFacts>) -> Titles {
        let mut tails: BTreeMap<String, usize> = BTreeMap::new();
        let mut appended = BTreeSet::new();
        let mut count = 0;
        for page in pages {
            count += 1;
            let names = [Some(&page.header_name), page.metas.get("SiteName")];
            appended.extend(names.into_iter().flatten().map(|name| comparable(name)));
            let mut rest = page.title.as_str();
            while let Some((head, tail)) = split(rest) {
                *tails.entry(comparable(tail)).or_default() += 1;
                rest = head;
            }
        }
        let shared = tails
            .into_iter()
            .filter(|(_, hits)| *hits >= SHARED_PAGES && hits * 100 >= count * SHARED);
        appended.extend(shared.map(|(tail, _)| tail));
        appended.remove("");
        Titles { appended }
    }

    /// The title for comparing.
    pub fn key(&self, title: &str) -> String {
        let mut rest = title;
        while let Some((head, tail)) = split(rest) {
            if !self.appended.contains(&comparable(tail)) {
                break;
            }
            rest = head;
        }
        comparable(rest)
    }
}

/// The title before its last separator, and what stands behind.
fn split(title: &str) -> Option<(&str, &str)> {
    const MARKS: [char; 9] = ['_', '|', '｜', '-', '—', '–', '»', '·', '['];
    let title = title.trim().trim_end_matches(']');
    let at = title.rfind(MARKS)?;
    let head = title[..at].trim_end_matches(|c| MARKS.contains(&c) || c == ' ');
    let tail = title[at..].trim_start_matches(MARKS);
    (!comparable(head).is_empty()).then_some((head, tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_page;

    #[test]
    fn what_templates_append_is_no_part_of_a_title() {
        let pages: Vec<PageFacts> = ["关于春耕的通知", "第三季度统计-工业", "公告"]
            .iter()
            .map(|title| format!("<title>{title}_通知公告_青石市人民政府网</title>"))
            .map(|html| test_page("https://www.qingshi.gov.cn/a.html", &html))
            .collect();
        let titles = Titles::learn(pages.iter());
        assert_eq!(
            titles.key("关于春耕的通知_通知公告_青石市人民政府网"),
            "关于春耕的通知"
        );
        assert_eq!(
            titles.key("第三季度统计-工业 - 青石市人民政府网"),
            "第三季度统计工业"
        );
        assert_eq!(titles.key("关于“春耕”的通知"), "关于春耕的通知");
    }
}
