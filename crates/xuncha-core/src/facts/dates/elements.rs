//! Elements that hold a time for machines: `<time datetime="2026-03-01T09:30:00+08:00">`.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Context, Found, find, is_possible, published};
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{Area, DateSource, Published};

/// Hours between Greenwich and the sites.
const UTC_HOURS: i64 = 8;

/// The time that says of itself that the article was published then: of the article that the title stands in, else the first one.
pub(super) fn from_elements(context: &Context<'_>) -> Option<Published> {
    let dom = context.dom;
    let article = context
        .title_node
        .and_then(|title| dom.closest(title, &["article"]));
    let own = article.map_or(0..dom.nodes.len(), |article| {
        article..dom.nodes[article].end()
    });
    let called = publications(dom, own);
    let mut times = called.chain(in_head(context));
    times.find_map(|(element, found)| {
        is_possible(found.date, context.today)
            .then(|| published(&found, DateSource::Text, &dom.text(element)))
    })
}

/// Times that stand between the title and the body, and say of themselves nothing else.
fn in_head<'a>(context: &Context<'a>) -> impl Iterator<Item = (usize, Found)> + use<'a> {
    let dom = context.dom;
    let title = context.title_node.unwrap_or(usize::MAX);
    let body = context.body.as_ref().map_or(0, |body| body.start);
    let elements = dom.named(Tag::Other);
    elements
        .filter(move |index| (title..body).contains(index) && dom.name(*index) == "time")
        .filter(|index| dom.tokens(*index).is_empty())
        .filter_map(|index| Some((index, moment(dom.attr(index, "datetime")?)?)))
}

/// A day with its time of day; what is given for Greenwich is that of the sites' clocks.
fn moment(value: &str) -> Option<Found> {
    let found = find(value).into_iter().next()?;
    let (Some(at), true) = (found.at, value.trim_end().ends_with('Z')) else {
        return Some(found);
    };
    let at = at.checked_add(UTC_HOURS.hours()).ok()?;
    Some(Found {
        date: at.date(),
        at: Some(at),
        ..found
    })
}

/// The day on which an item of a list was published, where an element of it says so.
pub(crate) fn of_item(dom: &Dom, item: std::ops::Range<usize>) -> Option<Date> {
    let mut times = publications(dom, item);
    let (_, found) = times.next()?;
    Some(found.date)
}

fn publications<'a>(
    dom: &'a Dom<'a>,
    within: std::ops::Range<usize>,
) -> impl Iterator<Item = (usize, Found)> + 'a {
    let elements = dom.named(Tag::Other);
    let elements = elements.filter(move |index| within.contains(index));
    let times = elements.filter(|index| dom.name(*index) == "time" && is_publication(dom, *index));
    times.filter_map(|index| {
        let found = moment(dom.attr(index, "datetime")?)?;
        Some((index, found))
    })
}

/// Whether a time is called the publication, and stands neither in a comment nor beside the content.
fn is_publication(dom: &Dom, index: usize) -> bool {
    let node = &dom.nodes[index];
    let is_called = dom.attr(index, "pubdate").is_some()
        || dom
            .attr(index, "itemprop")
            .is_some_and(|name| name.eq_ignore_ascii_case("datepublished"))
        || dom
            .tokens(index)
            .split_ascii_whitespace()
            .any(|word| word.contains("publish") || word.contains("pubdate"));
    let is_comment = |up: usize| dom.tokens(up).contains("comment");
    is_called
        && !node.is_hidden()
        && node.area == Area::Body
        && !dom.ancestors(index).take(6).any(is_comment)
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    fn day(html: &str) -> Option<String> {
        let text = "各单位要明确专人负责，每月按时报送进展情况，对推进不力的予以通报。".repeat(3);
        let html = html.replace("TEXT", &text);
        let article = test_page("http://a.gov.cn/x", &html).article?;
        article
            .published
            .map(|published| published.date.to_string())
    }

    #[test]
    fn the_time_of_publication_is_read_from_its_element() {
        let expected = Some("2026-03-02".to_owned());
        for html in [
            "<article><h1>关于春耕的通知</h1><p>TEXT</p><footer>发布于<time class='entry-date published' datetime=2026-03-02T09:30:00+08:00>三月二日</time></footer></article>",
            "<h1>关于春耕的通知</h1><time itemprop=datePublished datetime=2026-03-02>三月二日</time><div><p>TEXT</p><p>会议时间：2026-03-19</p></div>",
            "<article><h1>关于春耕的通知</h1><p>TEXT</p><time class=published datetime=2026-03-02></time></article><article><h3>另一篇</h3><time class=published datetime=2026-03-18></time></article>",
            "<h1>关于春耕的通知</h1><time datetime=2026-03-01T23:30:00Z>3月2日</time><div><p>TEXT</p></div>",
        ] {
            assert_eq!(day(html), expected, "{html}");
        }
        for html in [
            "<article><h1>关于春耕的通知</h1><p>TEXT</p><time class=updated datetime=2026-03-02>三月二日</time></article>",
            "<article><h1>关于春耕的通知</h1><p>TEXT</p><div class=comment-list><time class=published datetime=2026-03-02></time></div></article>",
            "<article><h1>关于春耕的通知</h1><p>TEXT</p><time class=published datetime=2099-03-02></time></article>",
        ] {
            assert_eq!(day(html), None, "{html}");
        }
    }

    #[test]
    fn a_teaser_is_as_old_as_its_element_says() {
        let item = |number: u8, day: &str| {
            format!(
                "<article><h2><a href=/{number}>关于第{number}项工作的通知</a></h2><p>会议时间：2026-03-19 09:30，请按时参加。</p><footer><time class=published datetime={day}></time></footer></article>"
            )
        };
        let html = format!(
            "<h1>通知公告</h1>{}{}",
            item(1, "2025-09-01"),
            item(2, "2025-08-01")
        );
        let list = test_page("http://a.gov.cn/x", &html).list;
        let newest = list.and_then(|list| list.newest);
        assert_eq!(
            newest.map(|day| day.to_string()),
            Some("2025-09-01".to_owned())
        );
    }
}
