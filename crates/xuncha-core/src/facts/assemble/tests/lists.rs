//! Lists that stand on the pages of several columns: whose they are.

use jiff::civil::{Date, date};

use super::{article, assemble, page};
use crate::facts::model::{Column, FactRecord, PageFacts};

/// Three articles of the news column under a heading of the site's own.
const MOST_READ: &str = "<div class=k1><p>本站精选</p><ul><li><a href=/xw/1.html>全市春耕生产工作会议召开</a> 2026-03-18</li>
    <li><a href=/xw/2.html>我市启动春季植树造林活动</a> 2026-03-17</li><li><a href=/xw/3.html>市政府召开第十次常务会议</a> 2026-03-16</li></ul></div>";

fn columns(pages: Vec<PageFacts>) -> Vec<Column> {
    let records = pages
        .into_iter()
        .map(|page| FactRecord::Page(Box::new(page)));
    assemble(records.collect()).columns
}

fn seen(columns: &[Column]) -> Vec<(&str, Option<Date>, bool)> {
    columns
        .iter()
        .map(|column| (column.name.as_str(), column.newest, column.is_empty))
        .collect()
}

/// An article that says in which column it stands.
fn placed(path: &str, title: &str, day: &str, column: &str) -> PageFacts {
    let crumbs =
        format!("<div class=crumb>当前位置：<a href=/>首页</a> &gt; {column} &gt; 正文</div>");
    page(path, title, &format!("{crumbs}{}", article(title, day, "")))
}

fn news() -> Vec<PageFacts> {
    let column = "<a href=/xw/>政务要闻</a>";
    vec![
        placed(
            "xw/1.html",
            "全市春耕生产工作会议召开",
            "2026-03-18",
            column,
        ),
        placed(
            "xw/2.html",
            "我市启动春季植树造林活动",
            "2026-03-17",
            column,
        ),
        placed(
            "xw/3.html",
            "市政府召开第十次常务会议",
            "2026-03-16",
            column,
        ),
    ]
}

#[test]
fn what_every_page_shows_is_the_list_of_the_column_that_it_names() {
    let own = |path: &str, title: &str| {
        format!("<div class=k2><ul><li><a href={path}>{title}</a> 2024-03-01</li></ul></div>")
    };
    let mut pages = vec![
        page("", "首页", ""),
        page("xw/", "政务要闻", MOST_READ),
        page(
            "zc/",
            "政策文件",
            &format!(
                "{MOST_READ}{}",
                own("/zc/1.html", "青石市人民政府关于春耕生产的通知")
            ),
        ),
        page("jd/", "政策解读", &format!("{MOST_READ}<p>栏目建设中</p>")),
        page(
            "zt/",
            "乡村振兴",
            &format!(
                "{MOST_READ}{}",
                own("/zt/1.html", "全市乡村振兴工作推进会议召开")
            ),
        ),
        placed(
            "zc/1.html",
            "青石市人民政府关于春耕生产的通知",
            "2024-03-01",
            "<a href=/zc/>政策文件</a>",
        ),
        placed(
            "zt/1.html",
            "全市乡村振兴工作推进会议召开",
            "2024-03-01",
            "<a href=/zt/>乡村振兴</a>",
        ),
    ];
    pages.extend(news());
    let columns = columns(pages);
    assert_eq!(
        seen(&columns),
        [
            ("政务要闻", Some(date(2026, 3, 18)), false),
            ("政策文件", Some(date(2024, 3, 1)), false),
            ("政策解读", None, true),
            ("乡村振兴", Some(date(2024, 3, 1)), false),
        ]
    );
}

/// The column goes by another name in its articles, and all of them stand in the box that every page shows too.
#[test]
fn what_a_column_lists_beside_the_box_is_its_own() {
    let own = MOST_READ.replace("k1", "k2").replace("本站精选", "通知");
    let mut pages = vec![page("", "首页", "")];
    for (path, name) in [
        ("zc/", "政策文件"),
        ("jd/", "政策解读"),
        ("hd/", "县长信箱"),
    ] {
        pages.push(page(path, name, &format!("{MOST_READ}<p>栏目建设中</p>")));
    }
    pages.push(page("zt/", "乡村振兴", &format!("{MOST_READ}{own}")));
    pages.extend(news());
    let columns = columns(pages);
    let column = columns.iter().find(|column| column.name == "乡村振兴");
    let column = column.map(|column| (column.newest, column.is_empty));
    assert_eq!(column, Some((Some(date(2026, 3, 18)), false)));
}

#[test]
fn a_column_that_gathers_what_its_sub_columns_hold_is_judged_by_them() {
    let boxes = "<div class=crumb>当前位置：<a href=/>首页</a> &gt; 乡村振兴</div>
        <div class=b><h3><a href=/zt/gh/>规划计划</a></h3><ul><li><a href=/zt/gh/1.html>青石市乡村振兴规划（2021-2025年）</a> 2021-03-01</li></ul></div>
        <div class=b><h3><a href=/zt/dt/>工作动态</a></h3><ul><li><a href=/zt/dt/1.html>全市乡村振兴工作推进会议召开</a> 2026-03-01</li></ul></div>";
    let sub = |path: &str, name: &str, item: &str| {
        let crumbs = format!(
            "<div class=crumb>当前位置：<a href=/>首页</a> &gt; <a href=/zt/>乡村振兴</a> &gt; {name}</div>"
        );
        page(path, name, &format!("{crumbs}<ul><li>{item}</li></ul>"))
    };
    let columns = columns(vec![
        page("", "首页", ""),
        page("zt/", "乡村振兴", boxes),
        sub(
            "zt/gh/",
            "规划计划",
            "<a href=/zt/gh/1.html>青石市乡村振兴规划（2021-2025年）</a> 2021-03-01",
        ),
        sub(
            "zt/dt/",
            "工作动态",
            "<a href=/zt/dt/1.html>全市乡村振兴工作推进会议召开</a> 2026-03-01",
        ),
        placed(
            "zt/gh/1.html",
            "青石市乡村振兴规划（2021-2025年）",
            "2021-03-01",
            "<a href=/zt/gh/>规划计划</a>",
        ),
        placed(
            "zt/dt/1.html",
            "全市乡村振兴工作推进会议召开",
            "2026-03-01",
            "<a href=/zt/dt/>工作动态</a>",
        ),
    ]);
    let judged: Vec<(&str, bool, Option<Date>)> = columns
        .iter()
        .map(|column| (column.name.as_str(), column.is_parent_only, column.newest))
        .collect();
    assert_eq!(
        judged,
        [
            ("乡村振兴", true, None),
            ("规划计划", false, Some(date(2021, 3, 1))),
            ("工作动态", false, Some(date(2026, 3, 1))),
        ]
    );
}

#[test]
fn a_list_on_the_pages_of_several_columns_is_none_of_theirs() {
    let own = "<div class=k2><ul><li><a href=/zc/1.html>青石市人民政府关于春耕生产的通知</a> 2024-03-01</li></ul></div>";
    let pages = vec![
        page("", "首页", ""),
        page("zc/", "政策文件", &format!("{own}{MOST_READ}")),
        page("jd/", "政策解读", MOST_READ),
        page("zt/", "乡村振兴", MOST_READ),
        page("hd/", "县长信箱", MOST_READ),
        page(
            "xw/1.html",
            "要闻",
            &article("全市春耕生产工作会议召开", "2026-03-18", ""),
        ),
        page(
            "zc/1.html",
            "通知",
            &article("青石市人民政府关于春耕生产的通知", "2024-03-01", ""),
        ),
    ];
    let columns = columns(pages);
    assert_eq!(
        seen(&columns),
        [
            ("政策文件", Some(date(2024, 3, 1)), false),
            ("政策解读", None, true),
            ("乡村振兴", None, true),
            ("县长信箱", None, true)
        ]
    );
}

/// Two boxes show the same article on most pages, and on one page only one of them does.
#[test]
fn an_article_in_two_boxes_is_no_columns_own() {
    let second =
        "<div class=k3><p>大家关注</p><p><a href=/xw/1.html>全市春耕生产工作会议召开</a></p></div>";
    let mut pages = vec![
        page("", "首页", ""),
        page("xw/", "政务要闻", &format!("{MOST_READ}{second}")),
        page(
            "zc/",
            "政策文件",
            &format!("{MOST_READ}{second}<p>栏目建设中</p>"),
        ),
        page(
            "jd/",
            "政策解读",
            &format!("{MOST_READ}{second}<p>栏目建设中</p>"),
        ),
        page("zt/", "乡村振兴", &format!("{MOST_READ}<p>栏目建设中</p>")),
    ];
    pages.extend(news());
    let columns = columns(pages);
    let empty: Vec<&str> = columns
        .iter()
        .filter(|column| column.is_empty)
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(empty, ["政策文件", "政策解读", "乡村振兴"]);
}

/// A box of dated links on every page outweighs the short lists of some columns, and stands in no column's name.
#[test]
fn a_box_that_outweighs_a_columns_own_list_is_none_of_it() {
    let box_of_links = "<div class=r7><h3>最新发布</h3><ul><li><a href=/xw/1.html>全市春耕生产工作会议召开</a> 2026-03-18</li>
        <li><a href=/xw/2.html>我市启动春季植树造林活动</a> 2026-03-17</li><li><a href=/xw/3.html>市政府召开第十次常务会议</a> 2026-03-16</li>
        <li><a href=/xw/4.html>全市防汛抗旱工作部署会召开</a> 2026-03-15</li></ul></div>";
    let own = |items: &[(&str, &str, &str)]| {
        let items = items
            .iter()
            .map(|(url, title, day)| format!("<p><a href={url}>{title}</a><em>{day}</em></p>"));
        format!(
            "<div class=c4><div class=l2>{}</div></div>{box_of_links}",
            items.collect::<String>()
        )
    };
    let news = [
        ("/xw/1.html", "全市春耕生产工作会议召开", "2026-03-18"),
        ("/xw/2.html", "我市启动春季植树造林活动", "2026-03-17"),
        ("/xw/3.html", "市政府召开第十次常务会议", "2026-03-16"),
        ("/xw/4.html", "全市防汛抗旱工作部署会召开", "2026-03-15"),
        ("/xw/5.html", "市领导调研重点项目建设", "2026-03-01"),
    ];
    let pages = vec![
        page("", "首页", box_of_links),
        page("xw/", "政务要闻", &own(&news)),
        page(
            "zc/",
            "政策文件",
            &own(&[(
                "/zc/1.html",
                "青石市人民政府关于春耕生产的通知",
                "2026-02-01",
            )]),
        ),
        page(
            "jd/",
            "政策解读",
            &own(&[
                ("/jd/1.html", "一图读懂春耕生产的通知", "2026-02-03"),
                ("/jd/2.html", "关于防汛预案的解读", "2023-05-01"),
            ]),
        ),
        page(
            "zt/",
            "乡村振兴",
            &own(&[("/zt/1.html", "全市乡村振兴工作推进会召开", "2024-03-01")]),
        ),
        page("hd/", "县长信箱", &own(&[])),
    ];
    let columns = columns(pages);
    assert_eq!(
        seen(&columns),
        [
            ("政务要闻", Some(date(2026, 3, 18)), false),
            ("政策文件", Some(date(2026, 2, 1)), false),
            ("政策解读", Some(date(2026, 2, 3)), false),
            ("乡村振兴", Some(date(2024, 3, 1)), false),
            ("县长信箱", None, true),
        ]
    );
}
