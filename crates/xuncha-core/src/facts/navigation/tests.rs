//! Navigation, breadcrumb, footer and what stands beside the content, in the forms that sites have.

use super::*;

fn navigation(html: &str) -> Navigation {
    let mut dom = Dom::parse(html);
    let resolver = Resolver::new("https://www.qingshi.gov.cn/xw/", &dom, encoding_rs::UTF_8);
    read(&mut dom, &resolver, &Lexicons::builtin())
}

#[test]
fn entries_have_depth() {
    let found = navigation(
        "<div class=header><div class=logo><img src=l.png alt=青石市人民政府></div></div>
         <div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>新闻中心</a><ul><li><a href=/xw/yw/>政务要闻</a></li></ul></li><li><a href=/bs/>办事服务</a></li></ul></div>
         <div class=crumb>当前位置：<a href=/>首页</a> &gt; <a href=./>新闻中心</a></div>",
    );
    let seen: Vec<(&str, u8)> = found
        .entries
        .iter()
        .map(|entry| (entry.text.as_str(), entry.depth))
        .collect();
    assert_eq!(
        seen,
        [
            ("首页", 1),
            ("新闻中心", 1),
            ("政务要闻", 2),
            ("办事服务", 1)
        ]
    );
    assert_eq!(found.header_name, "青石市人民政府");
    assert_eq!(found.breadcrumbs.len(), 2);
}

#[test]
fn table_layout_without_names_is_found_and_news_lists_are_not() {
    let found = navigation(
        "<table><tr><td><a href=/>首页</a></td><td><a href=/a>政务公开</a></td><td><a href=/b>办事服务</a></td><td><a href=/c>互动交流</a></td></tr></table>
         <ul><li><a href=/1>全市召开安全生产工作会议部署近期重点任务</a></li><li><a href=/2>我市启动春季植树造林活动全面推进绿化</a></li><li><a href=/3>市政府常务会议研究重点项目建设工作</a></li></ul>",
    );
    assert_eq!(found.entries.len(), 4);
    let none = navigation(
        "<ul><li><a href=/1>全市召开安全生产工作会议部署近期重点任务</a></li><li><a href=/2>我市启动春季植树造林活动全面推进绿化</a></li><li><a href=/3>市政府常务会议研究重点项目</a></li></ul>",
    );
    assert!(none.entries.is_empty());
}

#[test]
fn a_header_named_for_its_navigation_does_not_push_the_columns_down() {
    let html = "<div class=nav-box0><div class=w1><a href=/wza/>无障碍浏览</a></div><div class=nav><ul><li><a href=/>首页</a></li>
        <li><a href=/xw/>新闻动态</a><div class=sub><a href=/yw/>要闻动态</a><a href=/gz/>工作动态</a></div></li>
        <li><a href=/tz/>通知公告</a></li><li><a href=/zc/>政策文件</a></li></ul></div></div><div class=w><h2>正文</h2></div>";
    let entries: Vec<(String, u8)> = navigation(html)
        .entries
        .into_iter()
        .map(|entry| (entry.text, entry.depth))
        .collect();
    assert!(entries.contains(&("通知公告".to_owned(), 1)), "{entries:?}");
    assert!(entries.contains(&("要闻动态".to_owned(), 2)), "{entries:?}");
}

#[test]
fn a_named_navigation_wins_over_a_box_of_icons_with_more_columns() {
    let icons = [
        "政务要闻",
        "工作动态",
        "基层动态",
        "通知公告",
        "政策文件",
        "政策解读",
        "领导信息",
        "机构职能",
        "规划计划",
        "人事信息",
        "财政预决算",
        "统计信息",
    ]
    .map(|name| format!("<a href=/{name}.htm>{name}</a>"))
    .concat();
    let html = format!(
        "<div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw>新闻动态</a></li><li><a href=/tz>通知公告</a></li><li><a href=/zc>政策文件</a></li>
         <li><a href=/jd>政策解读</a></li><li><a href=/gk>政务公开</a></li></ul></div><div class=icons>{icons}</div>"
    );
    let texts: Vec<String> = navigation(&html)
        .entries
        .into_iter()
        .map(|entry| entry.text)
        .collect();
    assert_eq!(
        texts,
        [
            "首页",
            "新闻动态",
            "通知公告",
            "政策文件",
            "政策解读",
            "政务公开"
        ]
    );
}

#[test]
fn what_stands_behind_the_breadcrumb_is_content_whatever_it_is_called() {
    let menu = [
        "领导信息",
        "机构职能",
        "规划计划",
        "人事信息",
        "财政预决算",
        "统计信息",
        "行政执法公示",
    ]
    .map(|name| format!("<a href=/{name}/>{name}</a>"))
    .concat();
    let html = format!(
        "<div class=nav><a href=/>首页</a><a href=/xw/>新闻动态</a><a href=/tz/>通知公告</a></div><div class=crumb>当前位置：<a href=/>首页</a> &gt; 规划计划</div>
         <div class=nav_13><div>{menu}</div><ul><li><a href=/1>全市乡村振兴工作情况的通报</a><span>[12-28]</span></li></ul></div>"
    );
    let texts: Vec<String> = navigation(&html)
        .entries
        .into_iter()
        .map(|entry| entry.text)
        .collect();
    assert_eq!(texts, ["首页", "新闻动态", "通知公告"]);
}

#[test]
fn what_holds_the_breadcrumb_is_content_whatever_it_is_called() {
    let html = "<table class=nav><tr><td><a href=/>首页</a></td><td><a href=/xw/>新闻动态</a></td><td><a href=/tz/>通知公告</a></td></tr></table>
        <table class=nav_4><tr><td><div class=crumb>当前位置：<a href=/>首页</a> &gt; 政务公开</div><h3><a href=/ld/>领导信息</a></h3>
        <h3><a href=/jg/>机构职能</a></h3><h3><a href=/rs/>人事信息</a></h3><h3><a href=/cz/>财政预决算</a></h3></td></tr></table>";
    let texts: Vec<String> = navigation(html)
        .entries
        .into_iter()
        .map(|entry| entry.text)
        .collect();
    assert_eq!(texts, ["首页", "新闻动态", "通知公告"]);
}

#[test]
fn the_breadcrumb_ends_with_the_page_whatever_parts_it() {
    for (words, between) in [
        ("当前位置：", " &gt; "),
        ("您所在的位置：", " - "),
        ("位置：", "&gt;&gt;"),
        ("您的位置：", " / "),
        ("现在位置：", " » "),
    ] {
        let found = navigation(&format!(
            "<div class=x1><a href=/>返回首页</a></div><div class=x2>{words}<a href=/>首页</a>{between}规划计划</div><p>正文</p>"
        ));
        let texts: Vec<&str> = found
            .breadcrumbs
            .iter()
            .map(|crumb| crumb.text.as_str())
            .collect();
        assert_eq!(texts, ["首页", "规划计划"], "{words}{between}");
    }
}

#[test]
fn a_drop_down_without_a_name_stands_below() {
    let found = navigation(
        "<div class=a1><div class=a2><div><a href=/>首页</a></div><div><a href=/xw/>新闻中心</a><div class=a3><a href=/yw/>政务要闻</a><a href=/gz/>工作动态</a></div></div>
         <div><a href=/tz/>通知公告</a></div></div></div>",
    );
    let seen: Vec<(&str, u8)> = found
        .entries
        .iter()
        .map(|entry| (entry.text.as_str(), entry.depth))
        .collect();
    assert_eq!(
        seen,
        [
            ("首页", 1),
            ("新闻中心", 1),
            ("政务要闻", 2),
            ("工作动态", 2),
            ("通知公告", 1)
        ]
    );
}

#[test]
fn a_navigation_behind_the_content_is_found_by_its_way_home() {
    let items: String = (0..20)
        .map(|n| format!("<p><a href=/{n}.html>全市召开第{n}次安全生产工作会议部署近期重点任务</a> 2026-03-01</p>"))
        .collect();
    let menu = ["领导信息", "机构职能", "规划计划", "人事信息"]
        .map(|name| format!("<a href=/{name}/>{name}</a> "));
    let html = format!(
        "<h1>青石市人民政府</h1><div class=b1>当前位置：<a href=/>首页</a> &gt; 规划计划</div><div class=b2><div class=b3>{}</div>{items}</div>
         <div class=b4><a href=/>首页</a> <a href=/xw/>新闻中心</a> <a href=/tz/>通知公告</a> <a href=/zc/>政策文件</a></div>
         <div class=b5><p>主办单位：青石市人民政府办公室</p><p>网站标识码：9901000001</p></div>",
        menu.concat()
    );
    let texts: Vec<String> = navigation(&html)
        .entries
        .into_iter()
        .map(|entry| entry.text)
        .collect();
    assert_eq!(texts, ["首页", "新闻中心", "通知公告", "政策文件"]);
}

#[test]
fn a_list_of_the_most_read_is_no_content() {
    let html = "<div class=c1>当前位置：<a href=/>首页</a> &gt; 规划计划</div>
        <div class=c2><p>点击排行</p><ul><li><a href=/1>全市召开安全生产工作会议</a> 2026-03-18</li><li><a href=/2>我市启动植树活动</a> 2026-03-17</li></ul></div>
        <div class=c3><ul><li><a href=/3>青石市第十四个五年规划纲要</a> 2021-03-01</li><li><a href=/4>青石市专项规划</a> 2020-03-01</li></ul></div>";
    let mut dom = Dom::parse(html);
    let resolver = Resolver::new("https://www.qingshi.gov.cn/gh/", &dom, encoding_rs::UTF_8);
    read(&mut dom, &resolver, &Lexicons::builtin());
    let body: Vec<&str> = dom
        .named(Tag::A)
        .filter(|link| dom.nodes[*link].area == Area::Body)
        .filter_map(|link| dom.attr(link, "href"))
        .collect();
    assert!(body.contains(&"/3") && body.contains(&"/4"), "{body:?}");
    assert!(!body.contains(&"/1") && !body.contains(&"/2"), "{body:?}");
}

#[test]
fn a_footer_is_known_by_its_words_on_a_page_with_little_else() {
    let html = "<div class=d1>您所在的位置：<a href=/>首页</a> &gt; 专题专栏</div><div class=d2><h3>专题专栏</h3></div>
        <div class=d3><p><a href=/>网站首页</a> | <a href=#top>返回顶部</a></p><ul><li>主办单位：青石市人民政府办公室</li><li>电话：0990-2123456</li><li>网站标识码：9901000001</li>
        <li><a href=http://beian.miit.gov.cn/>云ICP备12345678号-1</a></li></ul><p>您是第20260320位访问者 最后更新：2026-03-20</p></div>";
    let mut dom = Dom::parse(html);
    let resolver = Resolver::new("https://www.qingshi.gov.cn/zt/", &dom, encoding_rs::UTF_8);
    read(&mut dom, &resolver, &Lexicons::builtin());
    let body: Vec<&str> = dom
        .all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body)
        .map(|line| line.text.as_str())
        .collect();
    assert!(
        !body
            .iter()
            .any(|line| line.contains("2026") || line.contains("备")),
        "{body:?}"
    );
    assert!(body.contains(&"专题专栏"), "{body:?}");
}

#[test]
fn a_logo_that_leads_home_does_not_push_the_columns_down() {
    let html = "<div id=navigation><div class=logo><a href=/wiki/首页 title=访问首页></a></div><div class=portal><ul><li><a href=/wiki/首页>首页</a></li>
        <li><a href=/wiki/动态要闻>动态要闻</a></li><li><a href=/wiki/通知公告>通知公告</a><ul><li><a href=/wiki/招标公告>招标公告</a></li></ul></li></ul></div></div>";
    let entries: Vec<(String, u8)> = navigation(html)
        .entries
        .into_iter()
        .map(|entry| (entry.text, entry.depth))
        .collect();
    assert!(entries.contains(&("通知公告".to_owned(), 1)), "{entries:?}");
    assert!(entries.contains(&("招标公告".to_owned(), 2)), "{entries:?}");
}

#[test]
fn the_footer_of_an_article_is_none_of_the_page() {
    let mut dom = Dom::parse(
        "<article><h1>关于春耕的通知</h1><p>正文</p><footer class=entry-footer>发布于2026年3月2日</footer></article><footer class=site-footer>主办单位：县政府</footer>",
    );
    let resolver = Resolver::new("https://www.qingshi.gov.cn/a/", &dom, encoding_rs::UTF_8);
    read(&mut dom, &resolver, &Lexicons::builtin());
    let footers: Vec<Area> = (0..dom.nodes.len())
        .filter(|index| dom.name(*index) == "footer")
        .map(|index| dom.nodes[index].area)
        .collect();
    assert_eq!(footers, [Area::Body, Area::Footer]);
}

#[test]
fn names_of_sites_that_nothing_calls_so() {
    let news = "<ul><li><a href=/1>全市召开安全生产工作会议部署近期重点任务</a></li><li><a href=/2>我市启动春季植树造林活动</a></li></ul>";
    for (html, expected) in [
        (
            "<div class=q2><h1 class=x><a href=/>青石县人民政府门户网站</a></h1></div>",
            "青石县人民政府门户网站",
        ),
        (
            "<div class=q2><h2><a href=https://www.qingshi.gov.cn/index.html><img src=l.png alt=青石县人民政府></a></h2></div>",
            "青石县人民政府",
        ),
        (
            "<title>首页_青石县人民政府</title><meta name=sitename content=青石县人民政府><div class=q2><span>青石县人民政府</span></div>",
            "青石县人民政府",
        ),
        (
            "<title>青石县人民政府门户网站</title><table><tr><td><b>青石县人民政府门户网站</b></td></tr></table>",
            "青石县人民政府门户网站",
        ),
        // A heading that leads elsewhere, or home under its usual word, is no name.
        (
            "<h1><a href=https://www.yunling.gov.cn/>云岭省人民政府</a></h1>",
            "",
        ),
        ("<h1><a href=/>返回首页</a></h1>", ""),
        (
            "<title>关于春耕的通知_青石县人民政府</title><h1>关于春耕的通知</h1>",
            "",
        ),
    ] {
        let found = navigation(&format!("{html}{news}"));
        assert_eq!(found.header_name, expected, "{html}");
    }
}
