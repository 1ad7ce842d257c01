//! Tables that people or a licensed data service hand over: CSV with one post a row, whose headings say what is what.

use super::{Adapter, Answer, Shown, plain};
use crate::facts::model::Post;
use crate::facts::{charset, dates};

/// Beginning of the address under which a table of posts stands that a person handed over; its name follows.
pub const HANDED_OVER: &str = "urn:handed-over:";

const TITLES: [&str; 5] = ["标题", "题目", "内容", "title", "正文"];
const ADDRESSES: [&str; 4] = ["链接", "网址", "地址", "url"];
const TIMES: [&str; 7] = [
    "发布时间",
    "发布日期",
    "发文时间",
    "发表时间",
    "时间",
    "日期",
    "date",
];

/// A table as text.
pub(super) struct Table;

impl Adapter for Table {
    fn read(&self, answer: &Answer<'_>) -> Option<Shown> {
        let kind = answer.capture.content_type.to_ascii_lowercase();
        if answer.page.is_some() || !kind.contains("csv") {
            return None;
        }
        let encoding = charset::detect(answer.body, &answer.capture.content_type);
        let text = charset::decode(answer.body, encoding);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().ok()?.clone();
        let at = |names: &[&str]| {
            let is_named = |name: &str| {
                let name = name.trim();
                names.iter().any(|known| known.eq_ignore_ascii_case(name))
            };
            header.iter().position(is_named)
        };
        let (title, time) = (at(&TITLES), at(&TIMES)?);
        let url = at(&ADDRESSES);
        let rows = reader.records().filter_map(Result::ok);
        let posts = rows.filter_map(|row| {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
            let title = plain(cell(title));
            let date = dates::list_date(cell(Some(time)), answer.today());
            (!title.is_empty() || date.is_some()).then(|| Post {
                title,
                url: answer.absolute(cell(url)),
                date,
            })
        });
        Some(Shown {
            posts: posts.collect(),
            ..Shown::default()
        })
    }
}
