//! Sites that do not make it easy: menus of pictures or drawn by scripts, columns of a few short links, tags that a template filled once.

use super::{HOME, assemble};
use crate::evidence::Purpose;
use crate::facts::model::{FactRecord, PageFacts, SiteFacts};
use crate::facts::test_page;

fn page(path: &str, html: &str) -> PageFacts {
    test_page(&format!("{HOME}{path}"), html)
}

fn site(pages: Vec<PageFacts>) -> SiteFacts {
    assemble(
        pages
            .into_iter()
            .map(|page| FactRecord::Page(Box::new(page)))
            .collect(),
    )
}

fn names(site: &SiteFacts) -> Vec<&str> {
    site.columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

const COLUMNS: [(&str, &str, &str); 4] = [
    ("xw/", "政务要闻", "NEWS"),
    ("gg/", "通知公告", "NOTICES"),
    ("zc/", "政策文件", "POLICIES"),
    ("jg/", "机构职能", "DUTIES"),
];

/// What makes an entry of a menu from path, name and English name.
type MenuEntry<'a> = &'a dyn Fn(&str, &str, &str) -> String;

/// A site whose menu has entries of this form, and whose columns show a breadcrumb.
fn with_menu(entry: impl Fn(&str, &str, &str) -> String) -> SiteFacts {
    let menu: String = COLUMNS
        .iter()
        .map(|(path, name, english)| entry(path, name, english))
        .collect();
    let menu = format!("<div class=nav><ul>{menu}</ul></div>");
    let mut pages = vec![page(
        "",
        &format!("<title>青石市人民政府</title>{menu}<p>欢迎访问</p>"),
    )];
    for (path, name, _) in COLUMNS {
        let place = format!(
            "<div class=dqwz>当前位置：<a href=/>首页</a> &gt; <a href=/{path}>{name}</a></div>"
        );
        let items: String = (1..5)
            .map(|nth| format!("<li><a href=/{path}{nth}.html>关于第{nth}项{name}工作的通知</a><span>2026-03-0{nth}</span></li>"))
            .collect();
        pages.push(page(
            path,
            &format!("<title>{name}</title>{menu}{place}<ul>{items}</ul>"),
        ));
        let text = "各单位要明确专人负责，每月按时报送进展情况，对推进不力的予以通报。".repeat(3);
        pages.push(page(
            &format!("{path}1.html"),
            &format!("<title>关于第1项{name}工作的通知</title>{menu}{place}<h1>关于第1项{name}工作的通知</h1><div>发布时间：2026-03-01</div><p>{text}</p>"),
        ));
    }
    site(pages)
}

#[test]
fn a_menu_is_read_in_pictures_with_english_beside_it_and_where_scripts_draw_it() {
    let all = ["政务要闻", "通知公告", "政策文件", "机构职能"];
    let menus: [(&str, MenuEntry<'_>); 3] = [
        ("pictures", &|path, name, _| {
            format!("<li><a href=/{path}><img src=/{path}m.png alt={name}></a></li>")
        }),
        ("English beside", &|path, name, english| {
            format!("<li><a href=/{path}>{name}<em>{english}</em></a></li>")
        }),
        ("scripts", &|path, name, _| {
            format!("<li onclick=\"location.href='/{path}'\">{name}</li>")
        }),
    ];
    for (form, entry) in menus {
        let site = with_menu(|path, name, english| entry(path, name, english));
        let mut found = names(&site);
        found.sort_by_key(|name| all.iter().position(|one| one == name));
        assert_eq!(found, all, "{form}");
    }
}

#[test]
fn a_column_of_few_words_is_not_empty() {
    let menu = "<div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>政务要闻</a></li><li><a href=/jg/>机构职能</a></li><li><a href=/gb/>政府公报</a></li><li><a href=/zt/>专题专栏</a></li></ul></div>";
    let is_empty = |path: &str, body: &str| {
        let pages = vec![
            page("", &format!("<title>青石市人民政府</title>{menu}")),
            page(
                path,
                &format!("<title>栏目</title>{menu}<div class=con>{body}</div>"),
            ),
        ];
        let site = site(pages);
        site.columns.first().map(|column| column.is_empty)
    };
    for (path, body) in [
        (
            "jg/",
            "<a href=/jg/1.html>办公室</a> <a href=/jg/2.html>秘书科</a>",
        ),
        (
            "gb/",
            "<ul><li><a href=/gb/6.html>第6期</a></li><li><a href=/gb/5.html>第5期</a></li><li><a href=/gb/4.html>第4期</a></li></ul>",
        ),
        (
            "zt/",
            "<a href=/zt/a/><img src=/a.jpg></a><a href=/zt/b/><img src=/b.jpg></a><a href=/zt/c/><img src=/c.jpg></a>",
        ),
        (
            "zt/",
            "<iframe src=https://data.example.com/show width=900 height=600></iframe>",
        ),
    ] {
        assert_eq!(is_empty(path, body), Some(false), "{body}");
    }
    for (path, body) in [
        (
            "gb/",
            "<p>首页 上一页 <a href=/gb/?p=1>1</a> <a href=/gb/?p=2>下一页</a> <a href=/gb/?p=9>尾页</a></p>",
        ),
        ("zt/", ""),
        ("zt/", "<iframe src=/weather.html></iframe>"),
        ("jg/", "<p>暂无信息</p><a href=/jg/x.html>打印</a>"),
    ] {
        assert_eq!(is_empty(path, body), Some(true), "{body}");
    }
}

#[test]
fn a_day_that_a_template_put_into_all_tags_counts_for_none() {
    let text = "各单位要明确专人负责，每月按时报送进展情况，对推进不力的予以通报。".repeat(3);
    let newest = |tag: &str, listed: &str| {
        let items: String = (1..7)
            .map(|nth| format!("<li><a href=/xw/{nth}.html>全市第{nth}次工作会议在我市召开</a><span>{listed}{nth}</span></li>"))
            .collect();
        let menu = "<div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>政务要闻</a></li><li><a href=/gg/>通知公告</a></li><li><a href=/zc/>政策文件</a></li></ul></div>";
        let mut pages = vec![
            page("", &format!("<title>青石市人民政府</title>{menu}")),
            page(
                "xw/",
                &format!("<title>政务要闻</title>{menu}<ul>{items}</ul>"),
            ),
        ];
        for nth in 1..7 {
            pages.push(page(
                &format!("xw/{nth}.html"),
                &format!("<title>全市第{nth}次工作会议在我市召开</title><meta name=PubDate content='{tag}'>{menu}<h1>全市第{nth}次工作会议在我市召开</h1><p>{text}</p>"),
            ));
        }
        let site = site(pages);
        let column = site.columns.iter().find(|column| column.name == "政务要闻");
        column
            .and_then(|column| column.newest)
            .map(|day| day.to_string())
    };
    assert_eq!(
        newest("2016-01-01 00:00", "2026-03-1").as_deref(),
        Some("2026-03-16")
    );
    // Brought in on one day, and listed so.
    assert_eq!(
        newest("2026-03-11 09:00", "2026-03-11 0").as_deref(),
        Some("2026-03-11")
    );
}

#[test]
fn results_in_tabs_that_look_like_a_menu_are_in_classes() {
    let mut answer = page(
        "search?q=1",
        "<title>搜索</title><div class=nav><ul><li><a href='/search?q=1&t=0'>全部</a></li><li><a href='/search?q=1&t=1'>新闻</a></li><li><a href='/search?q=1&t=2'>政策</a></li><li><a href='/search?q=1&t=3'>服务</a></li></ul></div><ul><li><a href=/xw/1.html>全市召开工作会议</a></li></ul>",
    );
    let classes = |page: &PageFacts| {
        crate::facts::search::classes_in_tabs(
            &page.links,
            &page.capture.final_url,
            &crate::facts::Lexicons::builtin(),
        )
    };
    answer.capture.purpose = Purpose::Search {
        query: "1".to_owned(),
    };
    assert_eq!(classes(&answer), ["全部", "新闻", "政策", "服务"]);
    let menu = page(
        "search?q=1",
        "<div class=nav><ul><li><a href=/xw/?a=1>新闻</a></li><li><a href=/zc/?a=1>政策</a></li><li><a href=/fw/?a=1>服务</a></li></ul></div>",
    );
    assert_eq!(classes(&menu), Vec::<String>::new());
}

#[test]
fn a_search_that_asks_for_a_code_says_so() {
    let form = |inside: &str| {
        let home = page(
            "",
            &format!("<form action=/search><input name=q placeholder=搜索>{inside}</form>"),
        );
        home.search_forms.first().map(|form| form.asks_code)
    };
    assert_eq!(form(""), Some(false));
    assert_eq!(form("<input name=vcode><img src=/code.jpg>"), Some(true));
    assert_eq!(form("<img src=/captcha.php> 验证码"), Some(true));
    assert_eq!(
        form("<input type=hidden name=verifytoken value=1>"),
        Some(false)
    );
}

#[test]
fn the_line_of_information_of_a_template_gives_the_source() {
    let text = "各单位要明确专人负责，每月按时报送进展情况，对推进不力的予以通报。".repeat(3);
    let article = |line: &str, metas: &str| {
        let html = format!(
            "<title>关于停水的公告</title>{metas}<h1>关于停水的公告</h1><div>{line}</div><p>{text}</p>"
        );
        let article = page("xw/1.html", &html).article.unwrap();
        (article.title, article.source)
    };
    let both = |title: &str, source: &str| (title.to_owned(), source.to_owned());
    assert_eq!(
        article("2026-03-06 19:04<span>来源： 新华社</span>", ""),
        both("关于停水的公告", "新华社")
    );
    let metas = "<meta name=ArticleTitle content='关于停水的&lt;br&gt;公告'><meta name=ContentSource content='来源：市水务局'>";
    assert_eq!(
        article("2026-03-06", metas),
        both("关于停水的公告", "市水务局")
    );
}
