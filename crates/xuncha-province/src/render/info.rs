//! The line of an article that gives date, source, clicks and tools, in the orders and elements that sites have.

use std::fmt::Write;

use jiff::civil::DateTime;

use crate::content::skin::{ArticleDate, chinese_day, day, minute};
use crate::content::{Article, Site};

/// Date, source, clicks, font size: each with its word, in the site's order.
fn parts(site: &Site, a: &Article, index: usize, now: DateTime) -> Vec<(&'static str, String)> {
    let s = &site.skin;
    let t = a.day_shown(now);
    let word = s.say(
        &["发布时间：", "发布日期：", "时间："],
        &[
            "日期：",
            "发布时间:",
            "发文时间：",
            "[发布时间]",
            "公开日期：",
        ],
    );
    let mut parts = Vec::new();
    match s.article_date {
        ArticleDate::InfoTime => {
            let shown =
                match s
                    .look
                    .stream("article time")
                    .below(if s.look.strength > 0 { 5 } else { 1 })
                {
                    1 => format!("{}:{:02}", minute(t), t.minute() % 50),
                    2 => day(t),
                    3 => format!(
                        "{}年{:02}月{:02}日 {:02}:{:02}",
                        t.year(),
                        t.month(),
                        t.day(),
                        t.hour(),
                        t.minute()
                    ),
                    4 => format!("{}.{:02}.{:02}", t.year(), t.month(), t.day()),
                    _ => minute(t),
                };
            parts.push((word, shown));
        }
        ArticleDate::InfoBare => parts.push(("", day(t))),
        ArticleDate::InfoChinese => parts.push(("", chinese_day(t))),
        ArticleDate::InfoSlash => {
            parts.push((
                "发布时间：",
                format!("{}/{}/{}", t.year(), t.month(), t.day()),
            ));
        }
        ArticleDate::Above
        | ArticleDate::Below
        | ArticleDate::MetaOnly
        | ArticleDate::AddressOnly => {}
    }
    parts.push((
        s.say(
            &["来源："],
            &["信息来源：", "稿件来源：", "文章来源：", "发布机构："],
        ),
        a.source.clone(),
    ));
    parts.push((
        s.say(&["浏览次数："], &["点击数：", "阅读：", "访问量："]),
        format!("{}", 37 + index * 13 % 900),
    ));
    if s.look.strength >= 2 && s.look.stream("editor").percent(40) {
        parts.push(("责任编辑：", "王建军".to_owned()));
    }
    if s.look.strength >= 2 {
        s.look.stream("info order").shuffle(&mut parts);
    }
    parts
}

/// The line as the site lays it out.
pub fn line(site: &Site, a: &Article, index: usize, now: DateTime, out: &mut String) {
    let s = &site.skin;
    let parts = parts(site, a, index, now);
    let tools = "【字体：<a href=\"javascript:void(0)\">大</a> 小】";
    let form = if s.look.strength < 2 {
        0
    } else {
        s.look.stream("info form").below(5)
    };
    let _ = write!(out, "<div class=\"i {}\">", s.class(20));
    match form {
        1 => {
            out.push_str("<ul>");
            for (word, value) in &parts {
                let _ = write!(out, "<li>{word}{value}</li>");
            }
            out.push_str("</ul>");
        }
        2 => {
            out.push_str("<table align=\"center\"><tr>");
            for (word, value) in &parts {
                let _ = write!(out, "<td>{word}{value}</td>");
            }
            let _ = write!(out, "<td>{tools}</td></tr></table>");
        }
        3 => {
            for (nth, (word, value)) in parts.iter().enumerate() {
                let bar = if nth > 0 { " | " } else { "" };
                let _ = write!(out, "{bar}<span>{word}</span><span>{value}</span>");
            }
        }
        4 => {
            for (word, value) in &parts {
                let _ = write!(out, "{word}<span>{value}</span>&nbsp;&nbsp;&nbsp;");
            }
            out.push_str("<a href=\"javascript:window.print()\">打印</a>");
        }
        _ => {
            for (word, value) in &parts {
                let _ = write!(out, "{word}<span>{value}</span> ");
            }
            out.push_str(tools);
        }
    }
    out.push_str("</div>");
}
