//! The column tree and when each column was last updated.

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::{Column, ColumnKind, Site, addresses};
use crate::model::{Family, SiteKind, StatisticsPlan};
use crate::rng::Rng;

const NEWS: &[(&str, &str)] = &[
    ("要闻动态", "yw"),
    ("工作动态", "gzdt"),
    ("基层动态", "jcdt"),
    ("部门动态", "bmdt"),
    ("图片新闻", "tpxw"),
    ("政务要闻", "zwyw"),
];
const OTHERS: &[(&str, &str)] = &[
    ("规划计划", "ghjh"),
    ("人事信息", "rsxx"),
    ("财政预决算", "czyjs"),
    ("统计信息", "tjxx"),
    ("行政执法公示", "xzzf"),
    ("重大建设项目", "zdxm"),
    ("政府采购", "zfcg"),
    ("应急管理", "yjgl"),
    ("乡村振兴", "xczx"),
    ("生态环境", "sthj"),
    ("建议提案办理", "jyta"),
    ("教育信息", "jyxx"),
    ("医疗卫生", "ylws"),
    ("安全生产", "aqsc"),
    ("食品药品监管", "spyp"),
    ("招商引资", "zsyz"),
    ("双随机一公开", "ssj"),
    ("社会救助", "shjz"),
];
const EMPTY: &[(&str, &str)] = &[
    ("专题专栏", "ztzl"),
    ("视频新闻", "spxw"),
    ("资料下载", "zlxz"),
    ("科普宣传", "kpxc"),
    ("典型案例", "dxal"),
];
const STATIC: &[(&str, &str)] = &[("领导信息", "ldxx"), ("机构职能", "jgzn")];
const OVERVIEW: &[(&str, &str)] = &[
    ("区域概况", "qygk"),
    ("历史沿革", "lsyg"),
    ("行政区划", "xzqh"),
];

/// Draws the tree, then when each column was last updated.
pub fn draw(site: &mut Site) {
    let portal = site.plan.kind == SiteKind::Portal;
    let d = site.plan.defects.clone();
    if portal {
        let group = add(site, "走进", "zjqs", ColumnKind::Group, None);
        site.columns[group].name = match site.skin.look.stream("group over").below(3) {
            1 if site.skin.look.strength > 0 => format!("{}概况", site.place),
            2 if site.skin.look.strength > 0 => format!("魅力{}", site.place),
            _ => format!("走进{}", site.place),
        };
        OVERVIEW
            .iter()
            .for_each(|&(name, slug)| add_under(site, name, slug, ColumnKind::Static, group));
    }
    let name: &'static str = site.skin.say(
        &["新闻中心", "政务动态", "新闻动态"],
        &["新闻资讯", "资讯中心", "政务资讯"],
    );
    let group = add(site, name, "xwzx", ColumnKind::Group, None);
    for &(name, slug) in &NEWS[..site.size.news_columns] {
        add_under(site, name, slug, ColumnKind::News, group);
    }
    add(site, "通知公告", "tzgg", ColumnKind::Notices, None);
    add(site, "政策文件", "zcwj", ColumnKind::Policies, None);
    add(site, "政策解读", "zcjd", ColumnKind::Interpretations, None);
    let open: &'static str = site
        .skin
        .say(&["政务公开"], &["信息公开", "政府信息公开", "公开"]);
    let group = add(site, open, "zwgk", ColumnKind::Group, None);
    STATIC
        .iter()
        .for_each(|&(name, slug)| add_under(site, name, slug, ColumnKind::Static, group));
    for &(name, slug) in &OTHERS[..site.size.other_columns] {
        add_under(site, name, slug, ColumnKind::Other, group);
    }
    super::conduct::columns(site, group);
    for &(name, slug) in &EMPTY[..usize::from(d.empty_columns).min(EMPTY.len())] {
        add_under(site, name, slug, ColumnKind::Other, group);
    }
    if !site.plan.no_services && d.statistics != StatisticsPlan::Absent {
        let reworded = d.statistics == StatisticsPlan::Reworded;
        let name = if reworded {
            "政务服务数据发布"
        } else {
            "办件统计"
        };
        let group = site.columns.len();
        add(site, name, "bjtj", ColumnKind::Statistics, None);
        if reworded {
            site.columns[group].near = Some("other_wording");
        }
    }
    place_on_home(site);
    settle_newest(site);
    plant_near_misses(site);
}

/// Other names that sites give to these columns. Whoever reads one knows what is meant.
const RENAMED: &[(&str, &[&str])] = &[
    (
        "要闻动态",
        &["今日要闻", "时政要闻", "政务头条", "新闻速递"],
    ),
    ("工作动态", &["工作快讯", "工作要闻"]),
    ("基层动态", &["基层快讯", "县区动态", "基层传真"]),
    ("部门动态", &["部门快讯", "部门要闻"]),
    ("图片新闻", &["图说新闻", "图片要闻", "图片报道"]),
    ("政务要闻", &["政务信息", "政务快讯"]),
    (
        "通知公告",
        &["公示公告", "公告公示", "通知通告", "公告栏", "公告·公示"],
    ),
    (
        "政策文件",
        &["规范性文件", "政府文件", "政策法规", "最新文件", "文件公开"],
    ),
    ("政策解读", &["解读回应", "文件解读", "政策图解", "解读"]),
    ("领导信息", &["领导之窗", "领导介绍", "领导班子"]),
    ("机构职能", &["主要职责", "职能职责", "机构设置"]),
    ("规划计划", &["发展规划", "规划信息"]),
    ("人事信息", &["人事任免", "人事招考"]),
    ("财政预决算", &["财政信息", "预算决算", "财政资金"]),
    ("统计信息", &["统计数据", "统计公报"]),
    ("应急管理", &["应急工作"]),
    ("建议提案办理", &["建议提案"]),
    ("安全生产", &["安全监管"]),
    ("办件统计", &["办事统计", "服务统计", "办件数据"]),
    ("资料下载", &["下载中心"]),
    ("典型案例", &["以案释法"]),
];

/// The name in the navigation: the table's own, or where wording is mutated now and then another.
fn shown_name(site: &Site, name: &str) -> String {
    let others = RENAMED.iter().find(|(own, _)| *own == name);
    match others {
        Some((_, others)) if site.skin.look.strength > 0 => {
            let mut rng = site.skin.look.stream(name);
            if rng.percent(45) {
                (*rng.pick(others)).to_owned()
            } else {
                name.to_owned()
            }
        }
        _ => name.to_owned(),
    }
}

fn add(
    site: &mut Site,
    name: &'static str,
    slug: &str,
    kind: ColumnKind,
    parent: Option<usize>,
) -> usize {
    let id = site.columns.len();
    let group = parent.map_or(String::new(), |_| "zw".to_owned());
    let by_script =
        matches!(site.plan.family, Family::Script | Family::Datastore) && kind != ColumnKind::Group;
    let shown = shown_name(site, name);
    site.columns.push(Column {
        name: shown,
        stands_for: name,
        kind,
        parent,
        address: addresses::column(site.plan.family, id, &group, slug),
        articles: Vec::new(),
        on_home: false,
        by_script,
        month_day: false,
        links_only: false,
        near: None,
        newest: None,
    });
    id
}

fn add_under(site: &mut Site, name: &'static str, slug: &str, kind: ColumnKind, group: usize) {
    add(site, name, slug, kind, Some(group));
}

/// Two or three news columns, notices, policies and interpretations stand on the home page.
fn place_on_home(site: &mut Site) {
    let most = site.size.news_columns - 1;
    let mut news = 0;
    for column in &mut site.columns {
        column.on_home = match column.kind {
            ColumnKind::News => {
                news += 1;
                news <= most.min(3)
            }
            ColumnKind::Notices | ColumnKind::Policies | ColumnKind::Interpretations => true,
            _ => false,
        };
    }
}

/// Decides when each column was last updated, from the defects.
fn settle_newest(site: &mut Site) {
    let mut rng = site.rng("newest");
    let as_of = site.dates.as_of;
    let d = site.plan.defects.clone();
    let quiet_home = d.stale_home || d.near_stale_home && !d.nav_home;
    let counts: Vec<ColumnKind> = site.columns.iter().map(|c| c.kind).collect();
    let news: Vec<usize> = (0..counts.len())
        .filter(|&i| counts[i] == ColumnKind::News)
        .collect();
    let others: Vec<usize> = (0..counts.len())
        .filter(|&i| counts[i] == ColumnKind::Other)
        .collect();
    let empty_from = others.len() - usize::from(d.empty_columns).min(others.len());
    // The last news columns go stale first, so that the home page keeps a fresh one.
    let stale_news: Vec<usize> = news
        .iter()
        .rev()
        .take(usize::from(d.stale_news).min(news.len() - 1))
        .copied()
        .collect();
    let stale_notices = stale_first_level(site);
    for (index, &kind) in counts.iter().enumerate() {
        let on_home = site.columns[index].on_home;
        let newest = match kind {
            ColumnKind::Group | ColumnKind::Static | ColumnKind::Listed => None,
            ColumnKind::News if quiet_home && on_home => Some(ago(as_of, &mut rng, 16, 75)),
            ColumnKind::News if stale_news.contains(&index) => Some(ago(as_of, &mut rng, 16, 120)),
            ColumnKind::News => Some(ago(as_of, &mut rng, 0, 6)),
            ColumnKind::Notices | ColumnKind::Policies if stale_notices.contains(&index) => {
                Some(ago(as_of, &mut rng, 190, 420))
            }
            ColumnKind::Notices => Some(ago(as_of, &mut rng, if quiet_home { 17 } else { 1 }, 40)),
            ColumnKind::Policies => Some(ago(as_of, &mut rng, 20, 60)),
            ColumnKind::Interpretations if d.stale_interpretations => {
                Some(ago(as_of, &mut rng, 190, 500))
            }
            ColumnKind::Interpretations => Some(ago(as_of, &mut rng, 17, 50)),
            ColumnKind::Statistics => Some(statistics_newest(site, &mut rng)),
            ColumnKind::Other => {
                let nth = others.iter().position(|&i| i == index).unwrap_or(0);
                if nth >= empty_from {
                    None
                } else if nth < usize::from(d.overdue_columns) {
                    Some(ago(as_of, &mut rng, 380, 1100))
                } else {
                    Some(ago(as_of, &mut rng, 3, 200))
                }
            }
        };
        site.columns[index].newest = newest;
    }
    if d.near_stale_home && !d.nav_home {
        freshen_one_item(site);
    }
}

/// The first-level notice and policy columns that go stale.
fn stale_first_level(site: &Site) -> Vec<usize> {
    let wanted = usize::from(site.plan.defects.stale_notices);
    let kinds: &[ColumnKind] = match (wanted, site.skin.variant % 2) {
        (0, _) => &[],
        (1, 0) => &[ColumnKind::Notices],
        (1, _) => &[ColumnKind::Policies],
        _ => &[ColumnKind::Notices, ColumnKind::Policies],
    };
    kinds
        .iter()
        .filter_map(|&kind| site.column_of(kind))
        .collect()
}

/// One item of the home page is 13 days old, everything else there is older.
fn freshen_one_item(site: &mut Site) {
    let day = days_before(site.dates.as_of, 13);
    let news = site
        .columns
        .iter()
        .position(|c| c.kind == ColumnKind::News && c.on_home);
    if let Some(index) = news {
        site.columns[index].newest = Some(day);
        site.columns[index].near = Some("thirteen_days");
    }
}

fn statistics_newest(site: &Site, rng: &mut Rng) -> DateTime {
    let as_of = site.dates.as_of;
    match site.plan.defects.statistics {
        StatisticsPlan::Fresh | StatisticsPlan::Reworded | StatisticsPlan::Absent => {
            ago(as_of, rng, 8, 15)
        }
        StatisticsPlan::Close => {
            before(as_of, 3.months()).saturating_add(Span::new().days(rng.range(2, 6)))
        }
        StatisticsPlan::Old => ago(as_of, rng, 100, 240),
    }
}

/// Columns that look stale or empty and are fine.
fn plant_near_misses(site: &mut Site) {
    let wanted = site.plan.defects.near_columns;
    let quiet = site.plan.defects.stale_home || site.plan.defects.near_stale_home;
    let as_of = site.dates.as_of;
    for column in &mut site.columns {
        if column.kind == ColumnKind::Static {
            column.near = Some("need_not_be_updated");
        }
    }
    // Which near misses come first differs from site to site.
    for nth in 0..usize::from(wanted) {
        match (nth + site.skin.variant) % 6 {
            0 if !quiet => set_near(
                site,
                ColumnKind::News,
                true,
                "thirteen_days",
                days_before(as_of, 13),
            ),
            1 if !quiet => set_near(
                site,
                ColumnKind::Notices,
                true,
                "almost_six_months",
                before(as_of, 6.months()).saturating_add(2.days()),
            ),
            2 => set_near(
                site,
                ColumnKind::Other,
                false,
                "almost_a_year",
                before(as_of, 1.years()).saturating_add(15.days()),
            ),
            3 => script_list(site),
            4 => year_boundary(site),
            _ => links_only_group(site),
        }
    }
    // A group over stale news shows links only, so that it has no dates of its own.
    let limit = days_before(as_of, 14);
    for group in 0..site.columns.len() {
        let stale_child = site.columns.iter().any(|c| {
            c.parent == Some(group)
                && c.kind == ColumnKind::News
                && c.newest.is_some_and(|t| t < limit)
        });
        if site.columns[group].kind == ColumnKind::Group && stale_child {
            site.columns[group].links_only = true;
        }
    }
}

/// Gives the last fresh column of a kind this date.
fn set_near(
    site: &mut Site,
    kind: ColumnKind,
    keep_first: bool,
    near: &'static str,
    newest: DateTime,
) {
    let limit = site.dates.as_of;
    let horizon = match kind {
        ColumnKind::News => days_before(limit, 14),
        ColumnKind::Other => before(limit, 1.years()),
        _ => before(limit, 6.months()),
    };
    let fresh: Vec<usize> = (0..site.columns.len())
        .filter(|&i| {
            let c = &site.columns[i];
            c.kind == kind && c.near.is_none() && c.newest.is_some_and(|t| t > horizon)
        })
        .collect();
    // News: at least one column stays really fresh.
    if kind == ColumnKind::News && keep_first && fresh.len() < 2 {
        return;
    }
    if let Some(&index) = fresh.last() {
        site.columns[index].near = Some(near);
        site.columns[index].newest = Some(newest);
    }
}

fn script_list(site: &mut Site) {
    let found = site
        .columns
        .iter()
        .rposition(|c| c.kind == ColumnKind::Other && c.near.is_none() && c.newest.is_some());
    if let Some(index) = found {
        site.columns[index].by_script = true;
        site.columns[index].near = Some("list_by_script");
    }
}

/// `[12-28]` in a list seen in March is last December.
fn year_boundary(site: &mut Site) {
    let limit = before(site.dates.as_of, 1.years());
    let found = site.columns.iter().position(|c| {
        c.kind == ColumnKind::Other && c.near.is_none() && c.newest.is_some_and(|t| t > limit)
    });
    if let Some(index) = found {
        let column = &mut site.columns[index];
        column.month_day = true;
        column.near = Some("year_boundary");
        column.newest = Some(jiff::civil::date(2025, 12, 28).at(10, 20, 0, 0));
    }
}

fn links_only_group(site: &mut Site) {
    if let Some(column) = site
        .columns
        .iter_mut()
        .rfind(|c| c.kind == ColumnKind::Group)
    {
        column.links_only = true;
        column.near = Some("sub_columns_only");
    }
}

/// A drawn working hour between `least` and `most` days before `as_of`, never after it.
pub fn ago(as_of: DateTime, rng: &mut Rng, least: i64, most: i64) -> DateTime {
    let day = as_of
        .saturating_sub(Span::new().days(rng.range(least, most)))
        .date();
    let hour = if day == as_of.date() {
        8
    } else {
        rng.range(8, 17) as i8
    };
    let minute = if day == as_of.date() {
        rng.range(0, 40)
    } else {
        rng.range(0, 59)
    } as i8;
    day.at(hour, minute, 0, 0)
}

/// Ten o'clock `days` days before `as_of`.
fn days_before(as_of: DateTime, days: i64) -> DateTime {
    as_of
        .saturating_sub(Span::new().days(days))
        .date()
        .at(10, 5, 0, 0)
}

/// `as_of` less a calendar span.
pub fn before(as_of: DateTime, span: Span) -> DateTime {
    as_of.saturating_sub(span)
}
