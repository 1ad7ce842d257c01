//! Lists that stand as data inside a page's scripts: `var list = [{"title": …, "url": …, "date": …}]`, TRS `<record>` sections.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::dom::Dom;
use super::html::names::Tag;
use super::links::Resolver;
use super::model::ListItem;
use super::text::{collapse, cut, pattern};
use super::{dates, list};

/// Items read from inline data in the order of the page.
pub(crate) fn items(dom: &Dom, resolver: &Resolver, today: Date) -> Vec<ListItem> {
    let mut items = Vec::new();
    for index in dom
        .named(Tag::Script)
        .filter(|index| dom.attr(*index, "src").is_none())
    {
        let script = dom.raw_text(index);
        if script.contains("<record>") {
            records(&script, resolver, today, &mut items);
        }
        if script.contains('{') {
            objects(&script, resolver, today, &mut items);
        }
    }
    items
}

/// jpage's data: HTML fragments in CDATA sections.
fn records(script: &str, resolver: &Resolver, today: Date, items: &mut Vec<ListItem>) {
    static RECORD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?s)<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>"));
    for hit in RECORD.captures_iter(script) {
        let fragment = Dom::parse(&hit[1]);
        let Some(anchor) = (0..fragment.nodes.len())
            .filter(|index| fragment.name(*index) == "a")
            .max_by_key(|index| fragment.chars_of(*index))
        else {
            continue;
        };
        let Some(url) = fragment
            .attr(anchor, "href")
            .and_then(|href| resolver.resolve(href))
        else {
            continue;
        };
        let title = fragment
            .attr(anchor, "title")
            .map_or_else(|| fragment.text(anchor), str::to_owned);
        let date = list::date_of_item(&fragment, anchor, today);
        items.push(ListItem {
            title: cut(title.trim(), 200),
            url,
            date,
        });
    }
}

/// Flat objects with a title, an address and perhaps a date, whatever their keys are called exactly.
fn objects(script: &str, resolver: &Resolver, today: Date, items: &mut Vec<ListItem>) {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"["']?([A-Za-z_]{1,24})["']?\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d{8,13}))"#,
        )
    });
    for object in flat_objects(script) {
        // Title and address are two fields.
        if memchr::memchr_iter(b':', object.as_bytes())
            .nth(1)
            .is_none()
        {
            continue;
        }
        let (mut title, mut url, mut date) = (None, None, None);
        for field in FIELD.captures_iter(object) {
            let name = field[1].to_ascii_lowercase();
            let raw = field
                .get(2)
                .or(field.get(3))
                .or(field.get(4))
                .map_or("", |value| value.as_str());
            let value = unescape(raw);
            if title.is_none()
                && (matches!(name.as_str(), "title" | "t" | "name" | "subject" | "bt")
                    || name.ends_with("title"))
            {
                title = Some(value);
            } else if url.is_none()
                && (matches!(
                    name.as_str(),
                    "url" | "href" | "link" | "u" | "src" | "path"
                ) || name.ends_with("url")
                    || name.ends_with("link"))
            {
                url = Some(value);
            } else if date.is_none()
                && (name.contains("date")
                    || name.contains("time")
                    || matches!(name.as_str(), "d" | "rq" | "pub" | "sj"))
            {
                date = day(&value, today);
            }
        }
        let (Some(title), Some(url)) = (title, url) else {
            continue;
        };
        let Some(url) = resolver.resolve(&url) else {
            continue;
        };
        let title = collapse(&title);
        if title.chars().count() >= 2 {
            items.push(ListItem {
                title: cut(&title, 200),
                url,
                date,
            });
        }
    }
}

/// Pairs of braces with 10 to 2,000 characters and no brace between them.
fn flat_objects(script: &str) -> impl Iterator<Item = &str> {
    let mut open: Option<usize> = None;
    memchr::memchr2_iter(b'{', b'}', script.as_bytes()).filter_map(move |at| {
        if script.as_bytes()[at] == b'{' {
            open = Some(at);
            return None;
        }
        let start = open.take()?;
        let inside = &script[start + 1..at];
        let is_wanted =
            inside.len() >= 10 && (10..=2000).contains(&inside.chars().take(2001).count());
        is_wanted.then(|| &script[start..=at])
    })
}

fn day(value: &str, today: Date) -> Option<Date> {
    if value.len() >= 10 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = value.parse().ok()?;
        let seconds = if value.len() == 13 {
            number / 1000
        } else {
            number
        };
        let days = (seconds + 8 * 3600).div_euclid(86_400);
        return jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().try_days(days).ok()?)
            .ok();
    }
    dates::list_date(value, today)
}

/// JSON and script escapes that occur in titles and addresses.
fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('u') => {
                let code: String = chars.by_ref().take(4).collect();
                if let Some(decoded) = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)
                {
                    out.push(decoded);
                }
            }
            Some('n' | 'r' | 't') => out.push(' '),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Vec<ListItem> {
        let dom = Dom::parse(html);
        let resolver = Resolver::new("https://www.qingshi.gov.cn/xw/", &dom, encoding_rs::UTF_8);
        items(&dom, &resolver, jiff::civil::date(2026, 3, 20))
    }

    #[test]
    fn data_of_several_spellings() {
        for (html, count) in [
            (
                r#"<script>var d=[{title:'\u5168\u5e02\u4f1a\u8bae',url:'\/a\/1.html',pubDate:'2026-03-01'}]</script>"#,
                1,
            ),
            (
                r#"<script>var d={"list":[{"articleTitle":"会议","linkUrl":"1.html","publishTime":1772325000000}]}</script>"#,
                1,
            ),
            (
                "<script type=text/xml><datastore><recordset><record><![CDATA[<li><a href='1.html'>会议召开</a><span>2026-03-01</span></li>]]></record></recordset></datastore></script>",
                1,
            ),
            (
                "<script type=text/xml><datastore><record><![CDATA[<h4>2026年</h4><ul><li><a href='1.html'>会议召开</a> (03-01)</li></ul>]]></record></datastore></script>",
                1,
            ),
            (r#"<script>$.ajax({url:"/api",type:"get"})</script>"#, 0),
            (r#"<script>share({title:"会议",pic:"a.png"})</script>"#, 0),
        ] {
            let found = read(html);
            assert_eq!(found.len(), count, "{html}");
            assert!(
                found
                    .iter()
                    .all(|item| item.date == Some(jiff::civil::date(2026, 3, 1))),
                "{found:?}"
            );
        }
    }
}
