//! Plain articles: news, notices, other columns, statistics.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::DateTime;

use super::{Article, ArticleKind, ColumnKind, Site, addresses};
use crate::rng::Rng;
use crate::text::fill;
use crate::text::words::{NEWS_TITLES, NOTICE_TITLES, OTHER_TITLES};

/// Fills every column that is not filled yet, then sorts all columns newest first.
pub fn draw(site: &mut Site, titles: &mut BTreeSet<String>) {
    for index in 0..site.columns.len() {
        let (kind, newest) = (site.columns[index].kind, site.columns[index].newest);
        let Some(newest) = newest else { continue };
        let mut rng = site.rng(&format!("articles {index}"));
        let (count, gap_hours) = match kind {
            ColumnKind::News => (site.size.news, 60),
            ColumnKind::Notices => (site.size.notices, 24 * 12),
            ColumnKind::Other => (site.size.others, 24 * 45),
            ColumnKind::Statistics => (site.size.others.max(3), 24 * 30),
            _ => continue,
        };
        let lone =
            site.plan.defects.near_stale_home && site.columns[index].near == Some("thirteen_days");
        let mut when = newest;
        for nth in 0..count {
            let title = match kind {
                ColumnKind::Statistics => statistics_title(site, when),
                _ => title(site, kind, index, &mut rng),
            };
            let title = unique(titles, title, &mut rng);
            push(site, index, title, when, ArticleKind::Plain, &mut rng);
            let gap = if nth == 0 && lone {
                24 * 9
            } else {
                gap_hours / 4 + rng.range(0, gap_hours * 3 / 2)
            };
            when = earlier(when, gap, &mut rng);
            if kind == ColumnKind::Statistics {
                when = newest.saturating_sub(Span::new().months(nth as i64 + 1));
            }
        }
    }
    sort_columns(site);
}

/// Adds one article and returns its index.
pub fn push(
    site: &mut Site,
    column: usize,
    title: String,
    published: DateTime,
    kind: ArticleKind,
    rng: &mut Rng,
) -> usize {
    let id = site.articles.len();
    let address = addresses::article(
        site.plan.family,
        &site.columns[column].address,
        column,
        id,
        published,
    );
    let plain = kind == ArticleKind::Plain;
    let attachments = if rng.percent(if plain { 8 } else { 35 }) {
        let ext = *rng.pick(&["docx", "xlsx", "pdf"]);
        vec![format!(
            "/files/{}{:02}/{}.{ext}",
            published.year(),
            published.month(),
            20_260_000 + id
        )]
    } else {
        Vec::new()
    };
    let picture = plain && site.columns[column].kind == ColumnKind::News && rng.percent(40);
    let office = format!("{}办公室", site.voice.unit);
    let source = (*rng.pick(&[site.voice.unit.as_str(), "云岭日报", office.as_str()])).to_owned();
    site.articles.push(Article {
        column,
        title,
        published,
        address,
        source,
        kind,
        attachments,
        picture,
        near: None,
        shown: None,
        follows_clock: false,
        modified: None,
    });
    site.columns[column].articles.push(id);
    id
}

/// A working hour about `hours` before `when`.
fn earlier(when: DateTime, hours: i64, rng: &mut Rng) -> DateTime {
    let t = when.saturating_sub(Span::new().hours(hours.max(3)));
    let at = t
        .date()
        .at(rng.range(8, 17) as i8, rng.range(0, 59) as i8, 0, 0);
    if at < when { at } else { t }
}

fn title(site: &Site, kind: ColumnKind, column: usize, rng: &mut Rng) -> String {
    let table = match kind {
        ColumnKind::News => NEWS_TITLES,
        ColumnKind::Notices => NOTICE_TITLES,
        _ => OTHER_TITLES,
    };
    let template = *rng.pick(table);
    let title = fill(template, &site.voice, rng);
    if kind == ColumnKind::Other && rng.percent(40) {
        format!("【{}】{title}", site.columns[column].name)
    } else {
        title
    }
}

fn statistics_title(site: &Site, published: DateTime) -> String {
    let month = published
        .date()
        .first_of_month()
        .saturating_sub(Span::new().days(if published.day() > 20 { 0 } else { 1 }));
    let (y, m) = (month.year(), month.month());
    match site
        .columns
        .iter()
        .find(|c| c.kind == ColumnKind::Statistics)
        .and_then(|c| c.near)
    {
        Some(_) => format!(
            "{}政务服务事项受理办结数据（{y}年{m}月）",
            site.voice.region
        ),
        None => format!("{y}年{m}月份{}办件统计情况", site.voice.region),
    }
}

/// Returns `title`, or a variant of it when it was used before.
pub fn unique(titles: &mut BTreeSet<String>, title: String, rng: &mut Rng) -> String {
    if titles.insert(title.clone()) {
        return title;
    }
    for nth in 2.. {
        let other = format!(
            "{title}（{}）",
            ["一", "二", "三", "四", "五", "六", "七", "八"]
                .get(nth - 1)
                .map_or_else(|| nth.to_string(), |w| (*w).to_owned())
        );
        if titles.insert(other.clone()) {
            return other;
        }
        if nth > 40 {
            break;
        }
    }
    format!("{title}（{}）", rng.next_u64() % 100_000)
}

fn sort_columns(site: &mut Site) {
    let articles = &site.articles;
    for column in &mut site.columns {
        column
            .articles
            .sort_by_key(|&a| (std::cmp::Reverse(articles[a].published), a));
    }
}
