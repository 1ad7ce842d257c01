//! What stands against the date of an article: one function for each kind of evidence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Doubtful, Params};
use crate::facts::model::{DatedArticle, SiteFacts};

/// Articles of one list that an earlier round knew, before its silence about others says anything: a site that was rebuilt is new whole.
const KNOWN_MIN: usize = 3;
/// Articles that bear one day in their address and show others: they were carried over together.
const CARRIED_OVER: usize = 5;
/// Articles below which agreement is no custom of the site.
const CUSTOM_MIN: usize = 6;
/// Different days of change below which a server's `Last-Modified` is not that of its pages.
const MODIFIED_DAYS_MIN: usize = 3;

/// Days between two days, whichever comes first.
pub(super) fn apart(one: Date, other: Date) -> i64 {
    let days = one.duration_until(other).as_hours() / 24;
    days.abs()
}

/// Pages that show the day of the visit whenever they are visited, while something else says that they are older.
pub(super) fn clock<'a>(site: &'a SiteFacts, params: &Params) -> Vec<Doubtful<'a>> {
    let tolerance = i64::from(params.tolerance_days);
    let is_older = |article: &DatedArticle, day: Option<Date>| {
        day.filter(|day| *day < article.date && apart(*day, article.date) > tolerance)
    };
    let moving: Vec<Doubtful> = site
        .articles
        .iter()
        .filter(|article| article.date == article.read)
        .filter_map(|article| {
            let earlier = article.earlier.as_ref();
            let moved = earlier.filter(|seen| seen.date == Some(seen.read));
            let listed = article.listed.as_ref().and_then(|listed| listed.day);
            let against = match (
                moved,
                is_older(article, listed),
                is_older(article, article.address_day),
            ) {
                (Some(seen), _, _) => format!(
                    "就是读取当天；{}在{}读到时写的也是当天",
                    seen.round, seen.read
                ),
                (None, Some(day), _) => format!("就是读取当天，而列表写{day}"),
                (None, None, Some(day)) => format!("就是读取当天，而网址中是{day}"),
                (None, None, None) => return None,
            };
            Some(Doubtful {
                article,
                case: "moves_with_clock",
                against,
            })
        })
        .collect();
    let is_custom = moving.len() >= params.clock_articles as usize;
    if is_custom { moving } else { Vec::new() }
}

/// Pages that an earlier round saw with another day.
pub(super) fn earlier_days<'a>(
    articles: &[&'a DatedArticle],
    params: &Params,
) -> Vec<Doubtful<'a>> {
    let changed = articles.iter().filter_map(|article| {
        let seen = article.earlier.as_ref().filter(|seen| seen.is_same_title)?;
        let before = seen.date?;
        let is_far = apart(before, article.date) > i64::from(params.tolerance_days);
        is_far.then(|| Doubtful {
            article,
            case: "redated",
            against: format!("{}在{}读到时写{before}", seen.round, seen.read),
        })
    });
    changed.collect()
}

/// Pages that by their day had to stand in a list that an earlier round read, and did not.
pub(super) fn earlier_lists<'a>(
    articles: &[&'a DatedArticle],
    params: &Params,
) -> Vec<Doubtful<'a>> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for article in articles {
        if let (Some(listed), Some(_)) = (&article.listed, &article.earlier) {
            *known.entry(&listed.url).or_default() += 1;
        }
    }
    let late = articles.iter().filter_map(|article| {
        if article.is_document || article.earlier.is_some() {
            return None;
        }
        let listed = article.listed.as_ref()?;
        let then = listed.before.as_ref()?;
        let had_place = article.date > then.oldest && article.date < then.read;
        let is_far = apart(article.date, then.read) > i64::from(params.tolerance_days);
        let is_same_site = known.get(listed.url.as_str()).copied() >= Some(KNOWN_MIN);
        (had_place && is_far && is_same_site).then(|| Doubtful {
            article,
            case: "backdated",
            against: format!(
                "而{}在{}读到的栏目列表（{}至{}）里没有",
                then.round, then.read, then.oldest, then.newest
            ),
        })
    });
    late.collect()
}

/// Whether two days are the same but for the year: a list that shows no years was taken for one of another year.
fn differ_by_years(one: Date, other: Date) -> bool {
    (one.month(), one.day()) == (other.month(), other.day())
}

/// Pages whose column lists them under another day.
pub(super) fn lists<'a>(articles: &[&'a DatedArticle], params: &Params) -> Vec<Doubtful<'a>> {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    let mut doubtful: BTreeMap<&str, Vec<Doubtful>> = BTreeMap::new();
    for article in articles.iter().filter(|article| !article.is_document) {
        let Some(listed) = &article.listed else {
            continue;
        };
        let Some(day) = listed.day else {
            continue;
        };
        *all.entry(&listed.url).or_default() += 1;
        let is_far = apart(day, article.date) > i64::from(params.tolerance_days);
        if is_far && !differ_by_years(day, article.date) {
            doubtful.entry(&listed.url).or_default().push(Doubtful {
                article,
                case: "against_list",
                against: format!("而栏目列表写{day}"),
            });
        }
    }
    // A list that shows another kind of day throughout (of signing, of change) contradicts nothing.
    let is_custom = |list: &str, count: usize| {
        let all = all.get(list).copied().unwrap_or_default();
        all >= CUSTOM_MIN && count * 2 > all
    };
    doubtful
        .into_iter()
        .filter(|(list, group)| !is_custom(list, group.len()))
        .flat_map(|(_, group)| group)
        .collect()
}

/// Pages whose address bears a day far from theirs.
pub(super) fn addresses<'a>(articles: &[&'a DatedArticle], params: &Params) -> Vec<Doubtful<'a>> {
    let far = |article: &DatedArticle| {
        let day = article.address_day.filter(|_| !article.is_document)?;
        (apart(day, article.date) > i64::from(params.far_days)).then_some(day)
    };
    let mut together: BTreeMap<Date, BTreeSet<Date>> = BTreeMap::new();
    for article in articles {
        if let Some(day) = far(article) {
            together.entry(day).or_default().insert(article.date);
        }
    }
    let all = articles
        .iter()
        .filter(|one| one.address_day.is_some())
        .count();
    let doubtful: Vec<Doubtful> = articles
        .iter()
        .filter_map(|article| {
            let day = far(article)?;
            let is_carried_over = together
                .get(&day)
                .is_some_and(|days| days.len() >= CARRIED_OVER);
            (!is_carried_over).then(|| Doubtful {
                article,
                case: "against_address",
                against: format!("而网址中是{day}"),
            })
        })
        .collect();
    // Where most addresses bear another day, it is no day of publication.
    let is_custom = all >= CUSTOM_MIN && doubtful.len() * 2 > all;
    if is_custom { Vec::new() } else { doubtful }
}

/// Pages that were last changed before the day that they show.
pub(super) fn modified<'a>(articles: &[&'a DatedArticle], params: &Params) -> Vec<Doubtful<'a>> {
    let days: BTreeSet<Date> = articles.iter().filter_map(|one| one.modified).collect();
    if days.len() < MODIFIED_DAYS_MIN {
        return Vec::new();
    }
    let late = articles.iter().filter_map(|article| {
        let day = article.modified?;
        let is_later = article.date > day;
        let is_far = apart(day, article.date) > i64::from(params.tolerance_days);
        (is_later && is_far).then(|| Doubtful {
            article,
            case: "against_modified",
            against: format!("而服务器说页面最后修改于{day}"),
        })
    });
    late.collect()
}

/// Pages that name a source of a day far before theirs.
pub(super) fn sources<'a>(articles: &[&'a DatedArticle], params: &Params) -> Vec<Doubtful<'a>> {
    let old = articles.iter().filter_map(|article| {
        let day = article.origin_day?;
        let is_older = day < article.date;
        let is_far = apart(day, article.date) > i64::from(params.far_days);
        (is_older && is_far).then(|| Doubtful {
            article,
            case: "against_source",
            against: format!("而来源注明{day}"),
        })
    });
    old.collect()
}
