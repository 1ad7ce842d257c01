//! 往轮所见: what an earlier round saw of a site's articles, lists and home page, laid beside the facts of a later one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::records::page_key;
use crate::evidence::Purpose;
use crate::facts::model::{EarlierList, EarlierSight, FactRecord, ListFacts, PageFacts, SiteFacts};
use crate::facts::outline::{EarlierOutline, Outline};

/// 往轮. Takes the records of an earlier round in one by one and keeps the days that it saw.
pub struct EarlierRound {
    id: String,
    /// By address without scheme.
    pages: BTreeMap<String, Seen>,
    /// Days on which a title was seen, whatever the address.
    titles: BTreeMap<String, Seen>,
    lists: BTreeMap<String, EarlierList>,
    /// Home pages, by address without scheme.
    homes: BTreeMap<String, EarlierOutline>,
}

/// What was seen of an article.
#[derive(Clone)]
struct Seen {
    title: String,
    read: Date,
    date: Option<Date>,
    /// On its own page; else only in a list.
    is_page: bool,
}

impl EarlierRound {
    /// Of the round of this id.
    pub fn new(id: &str) -> EarlierRound {
        EarlierRound {
            id: id.to_owned(),
            pages: BTreeMap::new(),
            titles: BTreeMap::new(),
            lists: BTreeMap::new(),
            homes: BTreeMap::new(),
        }
    }

    /// Whether the round read anything of the site.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Takes in a record.
    pub fn see(&mut self, record: &FactRecord) {
        let FactRecord::Page(page) = record else {
            return;
        };
        if page.capture.purpose != Purpose::Page || !page.is_html || !page.capture.is_success() {
            return;
        }
        let read = page.capture.at.date();
        self.see_page(page, read);
        if let Some(outline) = Outline::of(page) {
            let round = self.id.clone();
            let seen = EarlierOutline {
                round,
                read,
                outline,
            };
            self.homes.insert(page_key(&page.capture.url), seen);
        }
        if let Some(list) = &page.list {
            self.see_list(&page.capture.url, list, read);
        }
    }

    fn see_page(&mut self, page: &PageFacts, read: Date) {
        let article = page.article.as_ref();
        let published = article.and_then(|article| article.published.as_ref());
        let title = article.map_or(page.title.as_str(), |article| article.title.as_str());
        let seen = Seen {
            title: title.to_owned(),
            read,
            date: published.map(|published| published.date),
            is_page: true,
        };
        self.keep(&page.capture.url, seen);
    }

    fn see_list(&mut self, url: &str, list: &ListFacts, read: Date) {
        for item in &list.items {
            let seen = Seen {
                title: item.title.clone(),
                read,
                date: item.date,
                is_page: false,
            };
            self.keep(&item.url, seen);
        }
        let days = || list.items.iter().filter_map(|item| item.date);
        // What is set on top stands out of order and says nothing of how far the list goes back.
        let last = list.items.iter().rev().find_map(|item| item.date);
        if let (Some(oldest), Some(newest)) = (last, days().max()) {
            let seen = EarlierList {
                round: self.id.clone(),
                read,
                oldest,
                newest,
            };
            self.lists.insert(page_key(url), seen);
        }
    }

    /// What the article's own page shows outranks what a list says of it.
    fn keep(&mut self, url: &str, seen: Seen) {
        if !seen.title.is_empty() {
            self.titles
                .entry(plain(&seen.title))
                .or_insert_with(|| seen.clone());
        }
        let key = page_key(url);
        let is_better = self
            .pages
            .get(&key)
            .is_none_or(|known| seen.is_page && !known.is_page);
        if is_better {
            self.pages.insert(key, seen);
        }
    }

    /// Lays what was seen beside the facts of a later round; what a round between them saw stays.
    pub fn beside(&self, site: &mut SiteFacts) {
        if let Some(home) = &mut site.home_outline
            && home.before.is_none()
        {
            home.before = self.homes.get(&page_key(&home.url)).cloned();
        }
        for article in &mut site.articles {
            let by_address = self.pages.get(&page_key(&article.url));
            let by_title = || self.titles.get(&plain(&article.title));
            // A title seen under another address was moved: that it was there is known, and nothing of its day.
            let seen = by_address.or_else(by_title);
            if let (None, Some(seen)) = (&article.earlier, seen) {
                article.earlier = Some(EarlierSight {
                    round: self.id.clone(),
                    read: seen.read,
                    date: seen.date.filter(|_| by_address.is_some() && seen.is_page),
                    is_same_title: plain(&seen.title) == plain(&article.title),
                });
            }
            if let Some(listed) = &mut article.listed
                && listed.before.is_none()
            {
                listed.before = self.lists.get(&page_key(&listed.url)).cloned();
            }
        }
    }
}

/// A title without blanks.
fn plain(title: &str) -> String {
    title.chars().filter(|sign| !sign.is_whitespace()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::facts::model::{DateSource, DatedArticle, Listed};
    use crate::facts::{Lexicons, assemble_site, test_page};
    use crate::registry::SiteKind;
    use crate::testing::{evidence, site};

    fn page(url: &str, html: &str, read: &str) -> FactRecord {
        let mut page = test_page(url, html);
        page.capture.at = format!("{read}T09:00").parse().unwrap();
        FactRecord::Page(Box::new(page))
    }

    fn now(url: &str, title: &str) -> DatedArticle {
        DatedArticle {
            url: url.into(),
            title: title.into(),
            date: "2026-03-15".parse().unwrap(),
            source: DateSource::Text,
            quote: String::new(),
            is_document: false,
            origin_day: None,
            address_day: None,
            modified: None,
            read: "2026-03-20".parse().unwrap(),
            listed: Some(Listed {
                url: "https://www.a.gov.cn/tz/".into(),
                place: 0,
                day: None,
                before: None,
            }),
            earlier: None,
            evidence: evidence(),
        }
    }

    #[test]
    fn what_an_earlier_round_saw_is_laid_beside() {
        let list = "<html><body><div class=list><ul>\
            <li><a href=/tz/3.html>关于开展春季森林防火检查工作的通知</a><span>2025-12-09</span></li>\
            <li><a href=/tz/2.html>关于做好汛期安全生产工作的紧急通知</a><span>2025-08-05</span></li>\
            <li><a href=/tz/1.html>关于公布行政许可事项清单的公告文本</a><span>2025-07-01</span></li>\
            <li><a href=/tz/0.html>关于召开全市教育工作会议有关事项通知</a><span>2025-06-01</span></li></ul></div></body></html>";
        let article = "<html><head><meta name=ArticleTitle content=关于开展春季森林防火检查工作的通知><meta name=PubDate content='2025-12-09 09:00'></head>\
            <body><h1>关于开展春季森林防火检查工作的通知</h1><div class=content><p>各县区人民政府、市直各单位：为切实做好春季森林防火工作，严防森林火灾发生，现将开展检查工作的有关事项通知如下，请认真贯彻执行，并及时报告落实情况。</p><p>一、检查时间为本月下旬，由各县区先行自查，市里随后抽查，结果予以通报。</p></div></body></html>";
        let mut before = EarlierRound::new("2025Q4");
        assert!(before.is_empty());
        before.see(&page("http://www.a.gov.cn/tz/", list, "2025-12-20"));
        before.see(&page(
            "http://www.a.gov.cn/tz/3.html",
            article,
            "2025-12-20",
        ));
        let mut facts = assemble_site(
            &site("1", SiteKind::Portal),
            std::iter::empty(),
            &BTreeMap::new(),
            &Lexicons::builtin(),
        );
        facts.articles = vec![
            now(
                "https://www.a.gov.cn/tz/3.html",
                "关于开展春季森林防火检查工作的通知",
            ),
            now(
                "https://www.a.gov.cn/tz/77.html",
                "关于开展春季森林防火检查工作的 通知",
            ),
            now("https://www.a.gov.cn/tz/88.html", "从前没有的稿件"),
        ];
        before.beside(&mut facts);
        let [same, moved, new] = &facts.articles[..] else {
            unreachable!()
        };
        let seen = same.earlier.as_ref().unwrap();
        assert_eq!(seen.date.unwrap().to_string(), "2025-12-09");
        assert!(seen.is_same_title && seen.read.to_string() == "2025-12-20");
        let seen = moved.earlier.as_ref().unwrap();
        assert!(
            seen.date.is_none(),
            "known by its title, its day is its own"
        );
        assert!(new.earlier.is_none());
        let then = new.listed.as_ref().unwrap().before.as_ref().unwrap();
        let range = (then.oldest.to_string(), then.newest.to_string());
        assert_eq!(range, ("2025-06-01".into(), "2025-12-09".into()));
    }
}
