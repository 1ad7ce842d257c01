//! What was left unread by us is never held against the site.

use super::{HOME, article, assemble, look, page, state};
use crate::evidence::Failure;
use crate::facts::model::{FactRecord, Mark, MarkSeen, PageFacts};
use crate::facts::{Skip, canonical};
use crate::verdict::UndeterminedReason;

fn home() -> PageFacts {
    page("", "首页", "<p>青石市人民政府主办</p>")
}

fn is_partial(home: PageFacts, skipped: &[(&str, Skip)]) -> bool {
    let skips = skipped.iter().map(|(path, why)| FactRecord::Skipped {
        url: canonical(&format!("{HOME}{path}")),
        why: *why,
    });
    let records = std::iter::once(FactRecord::Page(Box::new(home)));
    assemble(records.chain(skips).collect()).is_partial
}

#[test]
fn a_site_is_partial_where_an_inspector_would_have_read_more() {
    assert!(!is_partial(home(), &[]));
    assert!(is_partial(home(), &[("x/9.html", Skip::PageBudget)]));
    assert!(is_partial(home(), &[("x/9.png", Skip::LookBudget)]));
    assert!(is_partial(home(), &[("zc/", Skip::Robots)]), "navigation");
    assert!(!is_partial(home(), &[("cgi/list", Skip::Robots)]));
    // A trap is no content.
    assert!(!is_partial(home(), &[("a/a/a/a/", Skip::GrowingPath)]));
    let mut cut = home();
    cut.capture.truncated = true;
    assert!(is_partial(cut, &[]));
}

#[test]
fn a_mark_is_absent_only_from_a_home_page_that_came_whole() {
    let seen = |home: PageFacts| assemble(vec![FactRecord::Page(Box::new(home))]).marks;
    let whole = seen(home());
    assert!(matches!(
        whole.get(&Mark::ICP备案编号),
        Some(MarkSeen::Absent)
    ));
    let mut cut = home();
    cut.capture.truncated = true;
    let cut = seen(cut);
    assert!(
        !cut.values().any(|seen| matches!(seen, MarkSeen::Absent)),
        "{cut:?}"
    );
    let shown = "<div class=footer>京ICP备12345678号-1</div>";
    let mut cut = page("", "首页", shown);
    cut.capture.truncated = true;
    assert!(matches!(
        seen(cut).get(&Mark::ICP备案编号),
        Some(MarkSeen::Present { .. })
    ));
}

#[test]
fn a_page_that_we_left_or_could_not_read_is_no_dead_link() {
    let url = format!("{HOME}x/a.html");
    for failure in [Failure::KeptOff, Failure::Unread] {
        let records = [0, 30].map(|minutes| {
            look(&url, minutes, |capture| {
                capture.failure = Some(failure.clone());
            })
        });
        let ours = format!("{:?}", UndeterminedReason::OurSide);
        assert_eq!(state(records.to_vec()), ours, "{failure:?}");
    }
}

#[test]
fn an_unread_article_is_not_counted() {
    let mut unread = page("xw/1.html", "通告", &article("通告", "2026-03-01", ""));
    unread.capture.failure = Some(Failure::Unread);
    let read = page("xw/2.html", "通告", &article("通告二", "2026-03-01", ""));
    let pages = [home(), unread, read].map(|page| FactRecord::Page(Box::new(page)));
    let facts = assemble(pages.to_vec());
    assert_eq!((facts.page_count, facts.article_count), (2, 1));
}
