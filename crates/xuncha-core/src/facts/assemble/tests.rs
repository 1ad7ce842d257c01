//! A small site put together: what becomes of its links, columns, policies, search and messages.

mod hard_sites;
mod lists;
mod partial;
mod rendering;
mod templates;
mod words;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::date;

use super::assemble_site;
use crate::evidence::{Capture, Failure, Purpose};
use crate::facts::model::{ColumnKind, FactRecord, LinkState, PageFacts, SiteFacts};
use crate::facts::{Lexicons, test_capture, test_page};
use crate::registry::{Site, SiteKind, State};
use crate::verdict::UndeterminedReason;

const HOME: &str = "https://www.qingshi.gov.cn/";

fn site() -> Site {
    Site {
        id: "9901000001".into(),
        name: "青石市人民政府门户网站".to_owned(),
        home: HOME.to_owned(),
        kind: SiteKind::Portal,
        organization: "U1".to_owned(),
        region: "990100".to_owned(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    }
}

/// A page of the site with its frame of navigation and breadcrumb.
fn page(path: &str, title: &str, body: &str) -> PageFacts {
    let html = format!(
        "<title>{title}_青石市人民政府</title><div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>政务要闻</a></li><li><a href=/zc/>政策文件</a></li>
         <li><a href=/jd/>政策解读</a></li><li><a href=/zt/>乡村振兴</a></li><li><a href=/hd/>县长信箱</a></li></ul></div>{body}"
    );
    test_page(&format!("{HOME}{path}"), &html)
}

fn article(title: &str, day: &str, body: &str) -> String {
    format!(
        "<h1>{title}</h1><div>发布时间：{day} 10:00</div><div class=content><p>{}</p>{body}</div>",
        "全市上下认真贯彻落实各项部署要求。".repeat(4)
    )
}

fn look(url: &str, minutes: i64, change: impl FnOnce(&mut Capture)) -> FactRecord {
    let mut capture = test_capture(url);
    capture.purpose = Purpose::Link { look: 1 };
    capture.at = capture.at.checked_add(minutes.minutes()).unwrap();
    change(&mut capture);
    FactRecord::Look(capture)
}

fn status(url: &str, minutes: i64, status: u16) -> FactRecord {
    look(url, minutes, |capture| capture.status = Some(status))
}

fn assemble(records: Vec<FactRecord>) -> SiteFacts {
    let header = FactRecord::Header {
        target: "9901000001".into(),
        facts_version: 1,
        monitor_from: date(2026, 3, 6).at(9, 0, 0, 0),
        as_of: date(2026, 3, 20).at(9, 0, 0, 0),
    };
    assemble_site(
        &site(),
        std::iter::once(header).chain(records),
        &BTreeMap::new(),
        &Lexicons::builtin(),
    )
}

fn state(records: Vec<FactRecord>) -> String {
    let mut all = vec![FactRecord::Page(Box::new(page(
        "",
        "首页",
        "<p><a href=/x/a.html>附件</a></p>",
    )))];
    all.extend(records);
    let facts = assemble(all);
    match facts
        .links
        .iter()
        .find(|link| link.url.ends_with("/x/a.html"))
        .map(|link| &link.state)
    {
        None => "alive".to_owned(),
        Some(LinkState::Dead { kind, .. }) => kind.clone(),
        Some(LinkState::Unknown { reason, .. }) => format!("{reason:?}"),
        Some(LinkState::Alive) => "listed alive".to_owned(),
    }
}

#[test]
fn two_bad_looks_make_a_dead_link() {
    let url = "https://www.qingshi.gov.cn/x/a.html";
    let failed = |minutes, failure: Failure| {
        look(url, minutes, |capture| {
            capture.status = None;
            capture.failure = Some(failure);
        })
    };
    let transient = format!("{:?}", UndeterminedReason::Transient);
    let ours = format!("{:?}", UndeterminedReason::OurSide);
    let blocked = format!("{:?}", UndeterminedReason::Blocked);
    for (name, records, expected) in [
        (
            "404 twice",
            vec![status(url, 0, 404), status(url, 30, 404)],
            "status_404",
        ),
        ("404 once", vec![status(url, 0, 404)], transient.as_str()),
        (
            "503 then fine",
            vec![status(url, 0, 503), status(url, 30, 200)],
            "alive",
        ),
        (
            "403 twice",
            vec![status(url, 0, 403), status(url, 30, 403)],
            blocked.as_str(),
        ),
        (
            "refused twice",
            vec![failed(0, Failure::Connect), failed(30, Failure::Connect)],
            "connect",
        ),
        (
            "name gone",
            vec![
                failed(
                    0,
                    Failure::Dns {
                        control_resolved: true,
                    },
                ),
                failed(
                    30,
                    Failure::Dns {
                        control_resolved: true,
                    },
                ),
            ],
            "dns",
        ),
        (
            "our resolver",
            vec![
                failed(
                    0,
                    Failure::Dns {
                        control_resolved: false,
                    },
                ),
                failed(
                    30,
                    Failure::Dns {
                        control_resolved: false,
                    },
                ),
            ],
            ours.as_str(),
        ),
        (
            "loop",
            vec![
                failed(0, Failure::RedirectLoop),
                failed(30, Failure::RedirectLoop),
            ],
            "loop",
        ),
        (
            "empty",
            vec![
                look(url, 0, |c| c.size_bytes = 0),
                look(url, 30, |c| c.size_bytes = 0),
            ],
            "empty",
        ),
        (
            "certificate",
            vec![
                failed(
                    0,
                    Failure::Tls {
                        detail: "expired".to_owned(),
                    },
                ),
                failed(
                    30,
                    Failure::Tls {
                        detail: "expired".to_owned(),
                    },
                ),
            ],
            ours.as_str(),
        ),
    ] {
        assert_eq!(state(records), expected, "{name}");
    }
}

#[test]
fn soft_missing_pages() {
    let url = "https://www.qingshi.gov.cn/x/a.html";
    let missing = |minutes: i64, body: &str| {
        let mut facts = page("x/a.html", "提示", body);
        facts.capture.at = facts.capture.at.checked_add(minutes.minutes()).unwrap();
        FactRecord::Page(Box::new(facts))
    };
    let gone = "<p>抱歉，您访问的页面不存在或已被删除</p>";
    assert_eq!(state(vec![missing(0, gone), missing(30, gone)]), "soft_404");
    assert_eq!(
        state(vec![missing(0, gone), look(url, 30, |_| {})]),
        "soft_404"
    );
    assert_eq!(
        state(vec![missing(
            0,
            &article("国道404线改造工程通车", "2026-03-01", "")
        )]),
        "alive"
    );
    let home = |minutes: i64| {
        look(url, minutes, |capture| {
            capture.hops = vec![crate::evidence::Hop {
                url: capture.url.clone(),
                status: 302,
            }];
            HOME.clone_into(&mut capture.final_url);
        })
    };
    assert_eq!(state(vec![home(0), home(30)]), "soft_404");
}

#[test]
fn columns_policies_messages_and_home() {
    let list = |items: &[(&str, &str, &str)]| {
        let items: String = items
            .iter()
            .map(|(url, title, day)| {
                format!("<li><a href={url}>{title}</a><span>{day}</span></li>")
            })
            .collect();
        format!("<div class=list><ul>{items}</ul></div>")
    };
    let policy_title = "青石市人民政府关于印发《青石市春耕补贴办法》的通知";
    let news = "全市春耕生产工作会议召开";
    let pages = vec![
        page(
            "",
            "首页",
            &format!(
                "{}<form action=/search><input name=q placeholder=搜索></form>",
                list(&[("/xw/1.html", news, "03-18")])
            ),
        ),
        page(
            "xw/",
            "政务要闻",
            &list(&[
                ("/xw/1.html", news, "2026-03-18"),
                ("/xw/2.html", "我市启动植树活动", "2026-01-02"),
            ]),
        ),
        page(
            "zc/",
            "政策文件",
            &list(&[
                ("/zc/1.html", policy_title, "2026-02-01"),
                (
                    "/zc/2.html",
                    "云岭省人民政府关于促进消费的意见",
                    "2026-01-02",
                ),
            ]),
        ),
        page(
            "jd/",
            "政策解读",
            &list(&[("/jd/1.html", "《青石市春耕补贴办法》政策解读", "2026-02-03")]),
        ),
        page("zt/", "乡村振兴", "<p>暂无信息</p>"),
        page(
            "hd/",
            "县长信箱",
            "<table><tr><th>标题</th><th>留言时间</th><th>状态</th></tr><tr><td><a href=/hd/1.html>咨询医保缴费</a></td><td>2025-11-01</td><td>办理中</td></tr></table><form action=/hd/save method=post>我要写信<textarea name=c></textarea></form>",
        ),
        page("xw/1.html", news, &article(news, "2026-03-10", "")),
        page(
            "zc/1.html",
            policy_title,
            &article(
                policy_title,
                "2026-02-01",
                "<p>青政发〔2026〕3号</p><p><a href=/jd/1.html>相关解读</a></p>",
            ),
        ),
        page(
            "zc/2.html",
            "意见",
            &article(
                "云岭省人民政府关于促进消费的意见",
                "2026-01-02",
                "<p>云政发〔2026〕1号</p>",
            ),
        ),
        page(
            "jd/1.html",
            "解读",
            &article("《青石市春耕补贴办法》政策解读", "2026-02-03", ""),
        ),
    ];
    let facts = assemble(
        pages
            .into_iter()
            .map(|page| FactRecord::Page(Box::new(page)))
            .collect(),
    );
    let kinds: Vec<(ColumnKind, bool)> = facts
        .columns
        .iter()
        .map(|column| (column.kind, column.is_empty))
        .collect();
    assert_eq!(
        kinds,
        [
            (ColumnKind::News, false),
            (ColumnKind::Policy, false),
            (ColumnKind::Interpretation, false),
            (ColumnKind::Other, true),
            (ColumnKind::Interaction, false)
        ]
    );
    // The article's own date counts, not what the list claims.
    assert_eq!(facts.columns[0].newest, Some(date(2026, 3, 10)));
    assert_eq!(facts.home.as_ref().unwrap().newest, Some(date(2026, 3, 10)));
    let own: Vec<bool> = facts.policies.iter().map(|policy| policy.is_own).collect();
    assert_eq!(own, [true, false]);
    assert_eq!(
        facts.policies[0].interpretations,
        ["https://www.qingshi.gov.cn/jd/1.html"]
    );
    let reading = &facts.interpretations[0];
    assert_eq!(
        (reading.links_policy, reading.policy_links_back),
        (false, true)
    );
    assert_eq!(facts.messages.len(), 1);
    assert!(!facts.messages[0].message.has_reply);
    assert!(facts.channel.is_some());
    assert_eq!(
        facts.missing_tags["SiteName"].len() as u64,
        facts.article_count
    );
    assert!(facts.search.as_ref().unwrap().form.is_some());
}

#[test]
fn search_results_are_compared_with_what_was_published() {
    let result = |query: &str, body: &str| {
        let mut page = page("search", "搜索结果", body);
        page.capture.purpose = Purpose::Search {
            query: query.to_owned(),
        };
        FactRecord::Page(Box::new(page))
    };
    let title = "全市春耕生产工作会议召开";
    let records = vec![
        FactRecord::Page(Box::new(page(
            "",
            "首页",
            "<form action=/search><input name=q placeholder=搜索></form>",
        ))),
        FactRecord::Page(Box::new(page(
            "xw/1.html",
            title,
            &article(title, "2026-03-10", ""),
        ))),
        FactRecord::Page(Box::new(page(
            "xw/2.html",
            "我市启动植树造林活动",
            &article("我市启动植树造林活动", "2026-03-10", ""),
        ))),
        result(
            title,
            "<div class=tab><a href='?c=1'>全部</a><a href='?c=2'>新闻</a></div><ul><li><a href=/xw/1.html>全市春耕生产工作会议召开</a></li></ul>",
        ),
        result(
            "我市启动植树造林活动",
            "<p>没有找到相关结果：我市启动植树造林活动</p>",
        ),
        result("鬯鬲鬵鬻鬾", "<p>没有找到相关结果</p>"),
    ];
    let search = assemble(records).search.unwrap();
    let found: Vec<(Option<bool>, Option<bool>)> = search
        .questions
        .iter()
        .map(|question| (question.found, question.classified))
        .collect();
    assert_eq!(found, [(Some(true), Some(true)), (Some(false), None)]);
}

#[test]
fn a_column_with_a_sentence_is_not_empty() {
    let with = |body: &str| {
        let records = vec![
            FactRecord::Page(Box::new(page("", "首页", "<p>欢迎</p>"))),
            FactRecord::Page(Box::new(page("zt/", "乡村振兴", body))),
        ];
        let site = assemble(records);
        let column = site
            .columns
            .into_iter()
            .find(|column| column.name == "乡村振兴");
        column.map(|column| column.is_empty)
    };
    let sentence =
        "信访人可通过国家信访局网站或手机信访客户端提交信访事项，信访部门将依法按程序办理。";
    assert_eq!(with("<h3>乡村振兴</h3><div></div>"), Some(true));
    assert_eq!(
        with(&format!("<h3>乡村振兴</h3><p>{sentence}</p>")),
        Some(false)
    );
    assert_eq!(
        with(&format!("<p>暂无信息</p><p>{sentence}</p>")),
        Some(true)
    );
}

#[test]
fn an_article_alone_in_its_column_is_an_item_also_without_a_date_beside_it() {
    let title = "《青石市春耕补贴办法》政策解读";
    let with = |body: &str| {
        let records = vec![
            page("", "首页", "<p>欢迎</p>"),
            page("jd/", "政策解读", body),
            page("jd/1.html", title, &article(title, "2026-02-03", "")),
        ];
        let records = records
            .into_iter()
            .map(|page| FactRecord::Page(Box::new(page)));
        let column = assemble(records.collect())
            .columns
            .into_iter()
            .find(|column| column.name == "政策解读")
            .unwrap();
        (column.is_empty, column.newest)
    };
    let item = format!("<ul><li><a href=/jd/1.html>{title}</a><span></span></li></ul>");
    assert_eq!(with(&item), (false, Some(date(2026, 2, 3))));
    assert_eq!(with("<ul></ul>"), (true, None));
    assert_eq!(with(&format!("<p>暂无信息</p>{item}")), (true, None));
}

#[test]
fn a_side_menu_names_columns_of_another_folder_that_stand_below_it() {
    let sub = |path: &str, name: &str, crumbs: &str| {
        page(
            path,
            name,
            &format!(
                "<div class=crumb>当前位置：<a href=/>首页</a> &gt; {crumbs}{name}</div><ul></ul>"
            ),
        )
    };
    let records = vec![
        page("", "首页", "<p>欢迎</p>"),
        page(
            "xw/",
            "政务要闻",
            "<div class=left-nav><h2>政务要闻</h2><a href=/a/gz/>工作动态</a><a href=/b/tj/>统计信息</a></div>",
        ),
        sub("a/gz/", "工作动态", ""),
        sub("b/tj/", "统计信息", "<a href=/b/>政务公开</a> &gt; "),
    ];
    let records = records
        .into_iter()
        .map(|page| FactRecord::Page(Box::new(page)));
    let columns: Vec<(String, u8)> = assemble(records.collect())
        .columns
        .into_iter()
        .map(|column| (column.name, column.depth))
        .collect();
    assert_eq!(
        columns,
        [("政务要闻".to_owned(), 1), ("工作动态".to_owned(), 2)]
    );
}

#[test]
fn columns_are_those_of_the_navigation_that_the_pages_share() {
    let box_of_news = "<title>青石市</title><div class=nav_14><a href=/xw/1.html>通知公告一则</a><a href=/xw/2.html>政策解读一则</a><a href=/xw/3.html>工作动态一则</a></div>";
    let mut records = vec![test_page(HOME, box_of_news)];
    assert_eq!(records[0].navigation.len(), 3, "read as a navigation");
    records.extend(["xw/", "zc/", "jd/"].map(|path| page(path, "栏目", "<ul></ul>")));
    let records = records
        .into_iter()
        .map(|page| FactRecord::Page(Box::new(page)));
    let names: Vec<String> = assemble(records.collect())
        .columns
        .into_iter()
        .map(|column| column.name)
        .collect();
    assert_eq!(names, ["政务要闻", "政策文件", "政策解读"]);
}
