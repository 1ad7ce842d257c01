//! Pages as they stood after their scripts had run.

use jiff::ToSpan;

use super::{HOME, assemble, page, state, status};
use crate::evidence::Purpose;
use crate::facts::model::{FactRecord, LinkState, Rendering, SiteFacts};
use crate::facts::{Lexicons, read_rendered, test_capture, test_page};

/// A column whose list comes from a script, and the same page as it stood after the script had run.
fn rendered(list: &str, rendering: Rendering) -> SiteFacts {
    let waiting = "<div id=list>正在加载</div><script>$.get('/api/list',function(d){$('#list').html(d)})</script>";
    let column = page("zt/", "乡村振兴", waiting);
    assert!(column.list.as_ref().is_some_and(|list| list.needs_script));
    let url = column.capture.url.clone();
    let html = format!(
        "<title>乡村振兴</title><div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>政务要闻</a></li><li><a href=/zc/>政策文件</a></li>
         <li><a href=/jd/>政策解读</a></li><li><a href=/zt/>乡村振兴</a></li><li><a href=/hd/>县长信箱</a></li></ul></div>{list}<p>专题专栏</p>{waiting}"
    );
    let after = read_rendered(
        &test_capture(&url),
        html.as_bytes(),
        &Lexicons::builtin(),
        rendering,
    );
    let dead = format!("{HOME}zt/1.html");
    assemble(vec![
        FactRecord::Page(Box::new(page("", "首页", ""))),
        FactRecord::Page(Box::new(column)),
        FactRecord::Page(Box::new(after)),
        status(&dead, 0, 404),
        status(&dead, 30, 404),
    ])
}

/// Dead links that only the rendered list shows.
fn dead_below(facts: &SiteFacts) -> usize {
    let is_dead = |state: &LinkState| matches!(state, LinkState::Dead { .. });
    let below = facts.links.iter().filter(|link| is_dead(&link.state));
    below.filter(|link| link.url.contains("/zt/")).count()
}

fn topic(facts: &SiteFacts) -> (u32, bool, bool) {
    let column = facts
        .columns
        .iter()
        .find(|column| column.name == "乡村振兴");
    let column = column.expect("the column is found");
    (column.item_count, column.needs_script, column.is_empty)
}

#[test]
fn rendered_pages_count_only_where_the_rendering_was_whole() {
    let items: String = (1..5)
        .map(|n| format!("<li><a href=/zt/{n}.html>第{n}次乡村振兴工作会议召开情况</a><span>2026-03-0{n}</span></li>"))
        .collect();
    let items = format!("<ul>{items}</ul>");
    let whole = || Rendering {
        is_complete: true,
        doubts: Vec::new(),
        requests: 3,
    };
    let facts = rendered(&items, whole());
    assert_eq!(topic(&facts), (4, false, false));
    assert_eq!(dead_below(&facts), 1);
    assert!(facts.rendering_troubles.is_empty());
    // Everything came and the list stayed empty: then it is empty.
    assert_eq!(topic(&rendered("<p>共0条</p>", whole())), (0, false, true));
    // Something did not come: whatever shows may be half of it, and yet a link is a link.
    let half = Rendering {
        is_complete: false,
        doubts: vec!["/api/list 返回状态码403".to_owned()],
        requests: 3,
    };
    let facts = rendered(&items, half);
    assert_eq!(topic(&facts), (0, true, false));
    assert_eq!(dead_below(&facts), 1);
    let why = facts.rendering_troubles.values().next();
    assert!(why.is_some_and(|why| why.contains("403")));
}

#[test]
fn a_page_that_could_not_be_rendered_says_why_and_is_no_skipped_link() {
    let url = format!("{HOME}zt/");
    let blank = test_page(&url, "<div id=app></div><script src=/app.js></script>");
    let why = FactRecord::NotRendered {
        url: url.clone(),
        why: "浏览器在渲染时异常退出".to_owned(),
    };
    let facts = assemble(vec![
        FactRecord::Page(Box::new(page("", "首页", ""))),
        FactRecord::Page(Box::new(blank)),
        why,
    ]);
    assert_eq!(facts.unrendered_pages, std::slice::from_ref(&url));
    assert_eq!(facts.rendering_troubles[&url], "浏览器在渲染时异常退出");
}

#[test]
fn pages_drawn_by_scripts_are_not_missing_for_answering_alike() {
    let shell = "<div id=app>加载中</div><script src=/app.js></script>";
    let mut missing = test_page(&format!("{HOME}x9z8"), shell);
    missing.capture.purpose = Purpose::MissingPage;
    let mut again = test_page(&format!("{HOME}x/a.html"), shell);
    again.capture.purpose = Purpose::Link { look: 2 };
    again.capture.at = again.capture.at.checked_add(40.minutes()).unwrap();
    let first = test_page(&format!("{HOME}x/a.html"), shell);
    let records = [missing, first, again];
    let records = records
        .into_iter()
        .map(|page| FactRecord::Page(Box::new(page)));
    assert_eq!(state(records.collect()), "alive");
}
