//! Days of publication that disagree with what stands around them, and days that only seem to.
//!
//! What is forged is never among the newest of its column, so that no column looks fresher or staler for it.

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::skin::{ArticleDate, ListDate};
use super::{ArticleKind, Column, ColumnKind, Site, addresses};
use crate::model::{DatesPlan, Family};
use crate::rng::Rng;

/// 日期植入: one column whose articles disagree with what stands around them, or only seem to.
#[derive(Debug, Clone)]
pub struct Forged {
    /// What speaks against the day.
    pub case: &'static str,
    /// The column; `None` where it is the whole site's habit.
    pub column: Option<usize>,
    /// The articles.
    pub articles: Vec<usize>,
    /// Looks forged and is fine.
    pub near: bool,
}

/// Families whose addresses bear the day of the article.
const DATED: [Family; 5] = [
    Family::Jpage,
    Family::Trs,
    Family::Shtml,
    Family::Cards,
    Family::Datastore,
];
/// Families whose articles bear a number of three digits and more.
const NUMBERED: [Family; 9] = [
    Family::Jpage,
    Family::Trs,
    Family::Kaipu,
    Family::Shtml,
    Family::Boda,
    Family::Script,
    Family::Frames,
    Family::Cards,
    Family::Datastore,
];
/// The newest items of a column stay as they are.
const KEPT: usize = 3;
/// Items of a list before its order says anything.
const IN_ORDER: usize = 8;

/// Plants what the site's plan says, where its habits show days at all.
pub fn draw(site: &mut Site) {
    let mut rng = site.rng("forged dates");
    let wanted = site.plan.defects.dates;
    let is_quiet = site.plan.defects.stale_home || site.plan.defects.near_stale_home;
    if wanted == DatesPlan::Agree || is_quiet || !shows_day(site) {
        return;
    }
    let is_dated = DATED.contains(&site.plan.family);
    match wanted {
        DatesPlan::Agree => {}
        DatesPlan::Address if is_dated => address(site, &mut rng),
        DatesPlan::CarriedOver if is_dated => carried_over(site),
        DatesPlan::Order if NUMBERED.contains(&site.plan.family) => order(site),
        DatesPlan::Clock => clock(site),
        DatesPlan::Modified => modified(site, &mut rng),
        DatesPlan::ChangedLater => changed_later(site),
        DatesPlan::Source => source(site, 40, false, &mut rng),
        DatesPlan::NearSource => source(site, 1, true, &mut rng),
        DatesPlan::NearList => near_list(site),
        DatesPlan::List | DatesPlan::Address | DatesPlan::Order => {
            // In two columns, where there are two.
            list(site, &mut rng);
            list(site, &mut rng);
        }
        DatesPlan::CarriedOver => near_list(site),
    }
}

/// Whether article pages show their day where a reader can see it, or in the element that is for it.
fn shows_day(site: &Site) -> bool {
    const PUB_DATE: u8 = 5;
    let is_tagged = !site.plan.defects.missing_tags.contains(&PUB_DATE);
    match site.skin.article_date {
        ArticleDate::AddressOnly => false,
        ArticleDate::MetaOnly => is_tagged,
        _ => true,
    }
}

/// Columns that are fresh, with the plain articles of their first page below the newest; where the list speaks against an article, only
/// those whose list shows whole days.
fn columns(site: &Site, by_list: bool) -> Vec<(usize, Vec<usize>)> {
    let has_year = !matches!(
        site.skin.list_date,
        ListDate::Hidden
            | ListDate::MonthDay
            | ListDate::BracketMonthDay
            | ListDate::ParensMonthDay
            | ListDate::ChineseMonthDay
            | ListDate::SlashMonthDay
    );
    let listed = site
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| matches!(column.kind, ColumnKind::News | ColumnKind::Notices))
        .filter(|(_, column)| !by_list || has_year && !column.month_day)
        .filter(|(_, column)| column.near.is_none() && is_fresh(site, column))
        .map(|(index, column)| {
            let page = column.articles.iter().take(site.size.per_page).skip(KEPT);
            let plain = page.filter(|&&article| site.articles[article].kind == ArticleKind::Plain);
            (index, plain.copied().collect::<Vec<usize>>())
        });
    listed.filter(|(_, articles)| articles.len() >= 2).collect()
}

/// Whether a column is within its window: a day that is forged must not make a stale one look fresh.
fn is_fresh(site: &Site, column: &Column) -> bool {
    let window = match column.kind {
        ColumnKind::News => days(13),
        _ => Span::new().months(5),
    };
    let oldest = site.dates.as_of.saturating_sub(window);
    column.newest.is_some_and(|newest| newest > oldest)
}

/// One column of those that will do, and two of its articles.
fn two(site: &Site, by_list: bool, rng: &mut Rng) -> Option<(usize, Vec<usize>)> {
    let mut all = columns(site, by_list);
    let is_used = |column| site.forged.iter().any(|own| own.column == Some(column));
    all.retain(|(column, _)| !is_used(*column));
    let (column, mut articles) = all.get(rng.below(all.len()))?.clone();
    rng.shuffle(&mut articles);
    articles.truncate(1 + rng.below(2));
    articles.sort_unstable();
    Some((column, articles))
}

fn note(
    site: &mut Site,
    case: &'static str,
    column: Option<usize>,
    articles: Vec<usize>,
    near: bool,
) {
    site.forged.push(Forged {
        case,
        column,
        articles,
        near,
    });
}

fn days(count: i64) -> Span {
    Span::new().days(count)
}

/// The page shows a day a week after the list's.
fn list(site: &mut Site, rng: &mut Rng) {
    let Some((column, articles)) = two(site, true, rng) else {
        return;
    };
    for &article in &articles {
        let published = site.articles[article].published;
        // Never a day that is not yet; else a week earlier.
        let later = published.saturating_add(days(6));
        let shown = if later <= site.dates.as_of {
            later
        } else {
            published.saturating_sub(days(9))
        };
        site.articles[article].shown = Some(shown);
    }
    note(site, "against_list", Some(column), articles, false);
}

/// The list is made up two days before the pages are.
fn near_list(site: &mut Site) {
    let Some((column, articles)) = columns(site, true).into_iter().next() else {
        return;
    };
    for &article in &articles {
        let shown = site.articles[article].published.saturating_add(days(2));
        if shown <= site.dates.as_of {
            site.articles[article].shown = Some(shown);
        }
    }
    note(site, "against_list", Some(column), articles, true);
}

/// Made three months before the day that page and list show.
fn address(site: &mut Site, rng: &mut Rng) {
    let Some((column, articles)) = two(site, false, rng) else {
        return;
    };
    for &article in &articles {
        let made = site.articles[article].published.saturating_sub(days(95));
        readdress(site, article, article, made);
    }
    note(site, "against_address", Some(column), articles, false);
}

/// Seven articles of all columns were carried over on one day.
fn carried_over(site: &mut Site) {
    let all: Vec<usize> = columns(site, false)
        .into_iter()
        .flat_map(|(_, articles)| articles)
        .take(7)
        .collect();
    let Some(&first) = all.first().filter(|_| all.len() == 7) else {
        return;
    };
    let day = site.dates.as_of.saturating_sub(300.days());
    for &article in &all {
        readdress(site, article, article, day);
    }
    let column = site.articles[first].column;
    note(site, "against_address", Some(column), all, true);
}

/// The oldest of a list was written last, to stand for a time when nothing was.
fn order(site: &mut Site) {
    let fits = |site: &Site, column: usize| {
        let count = site.columns[column].articles.len();
        (IN_ORDER..=site.size.per_page).contains(&count)
    };
    let column = columns(site, false).into_iter().map(|(column, _)| column);
    let Some(column) = column.clone().find(|&column| fits(site, column)) else {
        return;
    };
    let newest_first = site.columns[column].articles.clone();
    let Some(&[before, oldest]) = newest_first.last_chunk::<2>() else {
        return;
    };
    let invented = site.articles[before].published.saturating_sub(days(45));
    site.articles[oldest].published = invented;
    // Numbers as a content system gives them: in the order of writing, the invented one behind the last but one.
    let mut written: Vec<usize> = newest_first.iter().rev().copied().collect();
    written.retain(|&article| article != oldest);
    written.insert(written.len() - 1, oldest);
    let mut numbers = written.clone();
    numbers.sort_unstable();
    for (article, number) in written.into_iter().zip(numbers) {
        let made = site.articles[article].published;
        readdress(site, article, number, made);
    }
    note(site, "against_order", Some(column), vec![oldest], false);
}

/// Four articles show the day of the visit.
fn clock(site: &mut Site) {
    let all: Vec<usize> = columns(site, true)
        .into_iter()
        .flat_map(|(_, articles)| articles)
        .filter(|&article| {
            site.articles[article].published < site.dates.as_of.saturating_sub(days(8))
        })
        .take(4)
        .collect();
    if all.len() < 4 {
        return;
    }
    for &article in &all {
        site.articles[article].follows_clock = true;
    }
    note(site, "moves_with_clock", None, all, false);
}

/// The server says of every page when it was changed; of some, long before they say that they were published.
fn modified(site: &mut Site, rng: &mut Rng) {
    changed(site);
    let Some((column, articles)) = two(site, false, rng) else {
        return;
    };
    for &article in &articles {
        let before = site.articles[article].published.saturating_sub(days(21));
        site.articles[article].modified = Some(before);
    }
    note(site, "against_modified", Some(column), articles, false);
}

fn changed_later(site: &mut Site) {
    changed(site);
    let Some((column, articles)) = columns(site, false).into_iter().next() else {
        return;
    };
    for &article in &articles {
        let later = site.articles[article].published.saturating_add(days(5));
        site.articles[article].modified = Some(later.min(site.dates.as_of));
    }
    note(site, "against_modified", Some(column), articles, true);
}

fn changed(site: &mut Site) {
    for article in &mut site.articles {
        article.modified = Some(article.published.saturating_add(20.minutes()));
    }
}

fn source(site: &mut Site, before: i64, near: bool, rng: &mut Rng) {
    let Some((column, articles)) = two(site, false, rng) else {
        return;
    };
    for &article in &articles {
        let day = site.articles[article]
            .published
            .saturating_sub(days(before));
        site.articles[article].source = format!(
            "云岭日报（{}年{}月{}日）",
            day.year(),
            day.month(),
            day.day()
        );
    }
    note(site, "against_source", Some(column), articles, near);
}

/// Gives an article the address of another day or number.
fn readdress(site: &mut Site, article: usize, number: usize, made: DateTime) {
    let column = site.articles[article].column;
    site.articles[article].address = addresses::article(
        site.plan.family,
        &site.columns[column].address,
        column,
        number,
        made,
    );
}
