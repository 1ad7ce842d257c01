//! The order of a list: content systems number articles as they are made, so a number between those of March belongs to March.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::against::apart;
use super::{Doubtful, Params};
use crate::facts::model::DatedArticle;

/// Items out of order, in a hundred, above which the numbers say nothing of the time.
const STRANGERS_MAX: usize = 20;
/// Items of the longest list that is put in order.
const ITEMS_MAX: usize = 500;
/// Digits of the shortest number that is given one after another.
const DIGITS_MIN: usize = 3;

/// Articles whose day is far from those of the neighbours by number, list by list.
pub(super) fn of_lists<'a>(articles: &[&'a DatedArticle], params: &Params) -> Vec<Doubtful<'a>> {
    let mut lists: BTreeMap<&str, Vec<(u64, &'a DatedArticle)>> = BTreeMap::new();
    for article in articles.iter().filter(|article| !article.is_document) {
        if let (Some(listed), Some(number)) = (&article.listed, number(&article.url)) {
            let list = lists.entry(&listed.url).or_default();
            list.push((number, article));
        }
    }
    lists
        .into_values()
        .filter(|list| (params.order_items as usize..=ITEMS_MAX).contains(&list.len()))
        .flat_map(|list| strangers(list, params))
        .collect()
}

fn strangers<'a>(mut list: Vec<(u64, &'a DatedArticle)>, params: &Params) -> Vec<Doubtful<'a>> {
    list.sort_by_key(|(number, article)| (*number, &article.url));
    let days: Vec<Date> = list.iter().map(|(_, article)| article.date).collect();
    let in_order = longest_rising(&days);
    let count = list.len() - in_order.len();
    if count * 100 > list.len() * STRANGERS_MAX {
        return Vec::new();
    }
    let stranger = |at: usize| {
        let article = list[at].1;
        let before = in_order.iter().rev().find(|own| **own < at);
        let after = in_order.iter().find(|own| **own > at);
        // At either end only one neighbour bounds it.
        let (before, after) = (before.map(|own| days[*own]), after.map(|own| days[*own]));
        let bound = match (before, after) {
            (Some(before), _) if article.date < before => before,
            (_, Some(after)) if article.date > after => after,
            _ => return None,
        };
        (apart(bound, article.date) > i64::from(params.far_days)).then(|| Doubtful {
            article,
            case: "against_order",
            against: format!("而编号与它相邻的稿件写{bound}"),
        })
    };
    (0..list.len())
        .filter(|at| !in_order.contains(at))
        .filter_map(stranger)
        .collect()
}

/// Places of the longest part that never falls.
fn longest_rising(days: &[Date]) -> Vec<usize> {
    let mut length = vec![1_usize; days.len()];
    let mut before: Vec<Option<usize>> = vec![None; days.len()];
    for (at, day) in days.iter().enumerate() {
        for (earlier, other) in days[..at].iter().enumerate() {
            if other <= day && length[earlier] + 1 > length[at] {
                length[at] = length[earlier] + 1;
                before[at] = Some(earlier);
            }
        }
    }
    let mut at = (0..days.len()).rev().max_by_key(|at| length[*at]);
    let mut places = Vec::new();
    while let Some(place) = at {
        places.push(place);
        at = before[place];
    }
    places.reverse();
    places
}

/// The number that a content system gave: the last digits of the address's last part, where they are no date.
fn number(url: &str) -> Option<u64> {
    in_path(url).or_else(|| asked(url))
}

fn in_path(url: &str) -> Option<u64> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    let end = name.rfind(|sign: char| sign.is_ascii_digit())? + 1;
    let start = name[..end]
        .rfind(|sign: char| !sign.is_ascii_digit())
        .map_or(0, |at| {
            at + name[at..].chars().next().map_or(1, char::len_utf8)
        });
    let digits = &name[start..end];
    let is_day = digits.len() == 8 && (digits.starts_with("19") || digits.starts_with("20"));
    if digits.len() < DIGITS_MIN || is_day {
        return None;
    }
    digits.parse().ok()
}

/// The number that a query names: `NewsShow.aspx?id=713`.
fn asked(url: &str) -> Option<u64> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or(query);
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let name = name.to_ascii_lowercase();
        let is_number = name.ends_with("id") && value.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && value.len() >= DIGITS_MIN)
            .then(|| value.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_days_are_not() {
        let cases = [
            ("http://a/xw/content_12345.html", Some(12345)),
            ("http://a/xw/t20260301_8816.html", Some(8816)),
            ("http://a/202603/t20260301.html", None),
            ("http://a/art/2026/3/1/art_77_12.html", None),
            ("http://a/show/9001", Some(9001)),
            ("http://a/稿件99年第1001号.html", Some(1001)),
            ("http://a/about.html", None),
            ("http://a/NewsShow.aspx?id=713", Some(713)),
            (
                "http://a/show.asp?ClassID=7&ArticleID=90211#top",
                Some(90211),
            ),
            ("http://a/list.asp?page=2026", None),
        ];
        for (url, expected) in cases {
            assert_eq!(number(url), expected, "{url}");
        }
    }

    #[test]
    fn the_longest_part_in_order_is_found() {
        let days: Vec<Date> = [
            "2026-01-01",
            "2026-03-09",
            "2026-01-05",
            "2026-01-05",
            "2026-02-01",
        ]
        .iter()
        .map(|day| day.parse().unwrap())
        .collect();
        assert_eq!(longest_rising(&days), [0, 2, 3, 4]);
        assert!(longest_rising(&[]).is_empty());
    }
}
