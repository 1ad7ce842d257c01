//! Templates of common programs: what stands in boxes beside the content, searches that open the page, directories with one item.

use super::{HOME, article, assemble, page};
use crate::evidence::{Hop, Purpose};
use crate::facts::model::{Column, FactRecord, PageFacts};
use crate::facts::{Skip, canonical};
use jiff::civil::date;

const TITLE: &str = "全市春耕生产工作会议召开";
/// A box of newest articles, the same on every page.
const BOX: &str =
    "<aside><h2>近期文章</h2><ul><li><a href=/xw/1.html>全市春耕生产工作会议召开</a></li>
     <li><a href=/xw/2.html>我市启动植树造林活动</a></li></ul></aside>";

fn asked(query: &str, body: &str) -> PageFacts {
    let mut page = page("search?q=x", "搜索结果", &format!("{body}{BOX}"));
    page.capture.purpose = Purpose::Search {
        query: query.to_owned(),
    };
    page
}

/// Whether a search found the title, and whether its results are in classes.
fn found(answer: PageFacts) -> (Option<bool>, Option<bool>) {
    let form = "<form action=/search><input name=q placeholder=搜索></form>";
    let nothing = asked(
        "鬯鬲鬵鬻鬾",
        "<main><h1>搜索</h1><p>没有找到相关结果</p></main>",
    );
    let records = [
        page("", "首页", form),
        page("xw/1.html", TITLE, &article(TITLE, "2026-03-10", "")),
        answer,
        nothing,
    ];
    let records = records.map(|page| FactRecord::Page(Box::new(page)));
    let search = assemble(records.into()).search.unwrap();
    let question = &search.questions[0];
    (question.found, question.classified)
}

#[test]
fn a_newest_article_in_a_box_of_every_page_is_found_only_among_the_results() {
    let results = |body: &str| asked(TITLE, &format!("<main><h1>搜索结果</h1>{body}</main>"));
    let hit = "<h2><a href=/xw/1.html>全市春耕生产工作会议召开</a></h2>";
    assert_eq!(found(results(hit)).0, Some(true));
    assert_eq!(found(results("<p>没有结果</p>")).0, Some(false));
}

/// A search that recommends the newest where it finds nothing, in no box of the frame.
#[test]
fn what_is_recommended_for_nonsense_was_found_where_other_answers_lack_it() {
    let link = "<ul><li><a href=/xw/1.html>全市春耕生产工作会议召开</a></li></ul>";
    let answer = |query: &str, body: &str| {
        let mut page = page("search?q=x", "搜索结果", body);
        page.capture.purpose = Purpose::Search {
            query: query.to_owned(),
        };
        page
    };
    let other = "我市启动植树造林活动";
    let recommended = format!("<h4>您可能感兴趣的内容</h4>{link}");
    let found = |other_answer: &str| {
        let form = "<form action=/search><input name=q placeholder=搜索></form>";
        let records = [
            page("", "首页", form),
            page("xw/1.html", TITLE, &article(TITLE, "2026-03-10", "")),
            page("xw/2.html", other, &article(other, "2026-03-10", "")),
            answer(TITLE, link),
            answer(other, other_answer),
            answer("鬯鬲鬵鬻鬾", &recommended),
        ];
        let records = records.map(|page| FactRecord::Page(Box::new(page)));
        let search = assemble(records.into()).search.unwrap();
        search.questions[0].found
    };
    let own = "<ul><li><a href=/xw/2.html>我市启动植树造林活动</a></li></ul>";
    assert_eq!(found(own), Some(true));
    // What every answer shows is found by none of them.
    assert_eq!(found(&format!("{own}{recommended}")), Some(false));
}

#[test]
fn a_result_may_hold_the_words_that_the_page_is_to_mark() {
    let result = |query: &str| {
        let body = format!("<main><h1>搜索</h1><a href='/xw/1.html?{query}'>xw:1</a></main>");
        found(asked(TITLE, &body)).0
    };
    assert_eq!(result(&format!("s[]={TITLE}")), Some(true));
    assert_eq!(result("hl=春耕生产&from=search"), Some(true));
    assert_eq!(result("id=1"), Some(false));
    assert_eq!(result("hl=植树造林"), Some(false));
}

#[test]
fn a_search_that_opens_the_page_found_it_and_shows_no_classes() {
    let mut opened = asked(TITLE, &article(TITLE, "2026-03-10", ""));
    opened.capture.hops = vec![Hop {
        url: opened.capture.url.clone(),
        status: 302,
    }];
    for there in ["xw/1.html", "index.php?id=1"] {
        opened.capture.final_url = format!("{HOME}{there}");
        assert_eq!(found(opened.clone()), (Some(true), None), "{there}");
    }
    opened.capture.status = Some(404);
    assert_eq!(found(opened).0, None);
}

fn column(path: &str, name: &str, body: &str, further: &[(&str, &str, String)]) -> Column {
    let mut records = vec![page("", "首页", "<p>欢迎</p>"), page(path, name, body)];
    records.extend(
        further
            .iter()
            .map(|(path, title, body)| page(path, title, body)),
    );
    let records = records
        .into_iter()
        .map(|page| FactRecord::Page(Box::new(page)));
    let mut columns = assemble(records.collect()).columns.into_iter();
    columns.find(|column| column.name == name).unwrap()
}

#[test]
fn boxes_of_every_page_neither_fill_nor_renew_a_column() {
    let newest = [("xw/1.html", TITLE, article(TITLE, "2026-03-10", ""))];
    for (words, is_empty) in [
        (
            "<h1>这里什么都没有</h1><p>我们好像找不到您要的内容，也许搜索一下会有帮助。</p>",
            true,
        ),
        (
            "<h1>Nothing here</h1><p>It seems we can’t find what you’re looking for.</p>",
            true,
        ),
        (
            "<h1>政策文件</h1><p>本分类目前不含有任何页面或媒体文件。</p>",
            true,
        ),
    ] {
        let empty = column(
            "zc/",
            "政策文件",
            &format!("<main>{words}</main>{BOX}"),
            &newest,
        );
        assert_eq!((empty.is_empty, empty.newest), (is_empty, None), "{words}");
    }
    let teaser = |day: &str| {
        format!(
            "<article><h2><a href=/zc/1.html>关于印发管理办法的通知</a></h2><p>会议时间：2026-03-19</p><time class=published datetime={day}></time></article>"
        )
    };
    let stale = format!(
        "<main><h1>政策文件</h1>{}</main>{BOX}",
        teaser("2025-01-08")
    );
    let stale = column("zc/", "政策文件", &stale, &newest);
    assert_eq!(
        (stale.item_count, stale.newest),
        (1, Some(date(2025, 1, 8)))
    );
}

#[test]
fn a_directory_with_one_guide_is_no_empty_column() {
    let rows: String = [
        "申请条件",
        "办理材料",
        "办理地点",
        "办理时间",
        "联系电话",
        "办理流程",
    ]
    .iter()
    .map(|label| format!("<tr><th>{label}</th><td>见县政务服务大厅公告栏所列说明</td></tr>"))
    .collect();
    let guide = format!("<h1>残疾人证办理</h1><table>{rows}</table>");
    let list =
        "<main><h1>乡村振兴</h1><ul><li><a href=/bs/1.html>残疾人证办理</a></li></ul></main>";
    let further = [("bs/1.html", "残疾人证办理", guide)];
    assert!(!column("zt/", "乡村振兴", list, &further).is_empty);
    assert!(column("zt/", "乡村振兴", list, &[]).is_empty);
    // What we left out may be anything.
    let records = [
        page("", "首页", "<p>欢迎</p>"),
        page("zt/", "乡村振兴", list),
    ];
    let mut records: Vec<FactRecord> = records.map(|page| FactRecord::Page(Box::new(page))).into();
    records.push(FactRecord::Skipped {
        url: canonical(&format!("{HOME}bs/1.html")),
        why: Skip::PageBudget,
    });
    let columns = assemble(records).columns;
    assert!(columns.iter().all(|column| !column.is_empty));
}
