//! What stands on pages and says nothing of what they are about: most read, further reading, counters, weather, floating pictures.
//!
//! Nothing here is new on a home page, and nothing links a document with its interpretation, so that no truth changes by it.

use std::fmt::Write;

use jiff::Span;
use jiff::civil::DateTime;

use super::shell::{Frame, href};
use crate::content::skin::day;
use crate::content::{Article, ArticleKind, ColumnKind, Site};

/// How many items a hot list has.
const HOT: usize = 5;

/// Whether the page is one that carries the hot list: a column or an article, never the home page.
fn carries_hot_list(site: &Site, frame: &Frame) -> bool {
    site.skin.look.decoys.hot_list && !frame.home && frame.column.is_some()
}

/// What stands before the content.
pub fn before(site: &Site, frame: &Frame, now: DateTime, out: &mut String) {
    let hard = &site.skin.look.hard;
    if hard.side_box && hard.side_first && !frame.home {
        side_box(site, now, out);
    }
    if carries_hot_list(site, frame) && site.skin.look.decoys.hot_first {
        hot_list(site, now, out);
    }
}

/// What stands behind the content.
pub fn behind(site: &Site, frame: &Frame, now: DateTime, out: &mut String) {
    let (decoys, hard) = (&site.skin.look.decoys, &site.skin.look.hard);
    if hard.side_box && !hard.side_first && !frame.home {
        side_box(site, now, out);
    }
    if carries_hot_list(site, frame) && !decoys.hot_first {
        hot_list(site, now, out);
    }
    if decoys.float {
        let _ = write!(
            out,
            "<div style=\"position:fixed;right:6px;top:160px\"><a href=\"{}\"><img src=\"{}\" alt=\"\" width=\"90\" height=\"90\" /></a><a href=\"javascript:void(0)\" onclick=\"this.parentNode.style.display=&quot;none&quot;\">{}</a></div>",
            href(site, "/"),
            href(site, "/images/mark2.png"),
            site.skin.say(&["关闭", "×"], &["[关闭]", "点击关闭"])
        );
    }
}

/// The newest articles of the site with their days, under a heading that a column could have: the same on every page.
fn side_box(site: &Site, now: DateTime, out: &mut String) {
    let look = &site.skin.look;
    let mut all: Vec<&Article> = site
        .articles
        .iter()
        .filter(|a| a.published <= now && a.kind == ArticleKind::Plain)
        .filter(|a| site.columns[a.column].kind == ColumnKind::News)
        .collect();
    all.sort_by_key(|a| std::cmp::Reverse(a.published));
    let count = look.stream("side box items").range(4, 7) as usize;
    let title = site.skin.say(
        &["最新发布", "最新信息"],
        &["最新动态", "今日关注", "新闻速览", "近期要闻"],
    );
    let (open, item, between, behind, close) = match look.stream("side box").below(4) {
        0 => ("<ul>", "<li>", " ", "</li>", "</ul>"),
        1 => ("<div>", "<p>", " <span>", "</span></p>", "</div>"),
        2 => ("<table>", "<tr><td>", "</td><td>", "</td></tr>", "</table>"),
        _ => ("<dl>", "<dd>", "<span>", "</span></dd>", "</dl>"),
    };
    let _ = write!(
        out,
        "<div class=\"{}\"><h4>{title}</h4>{open}",
        site.skin.class(38)
    );
    for a in all.iter().take(count) {
        let _ = write!(
            out,
            "{item}<a href=\"{}\">{}</a>{between}{}{behind}",
            href(site, &a.address),
            a.title,
            day(a.published)
        );
    }
    let _ = write!(out, "{close}</div>");
}

/// The most read: news of any age, the same on every page.
fn hot_list(site: &Site, now: DateTime, out: &mut String) {
    let mut all: Vec<&Article> = site
        .articles
        .iter()
        .filter(|a| a.published <= now && a.kind == ArticleKind::Plain)
        .filter(|a| site.columns[a.column].kind == ColumnKind::News)
        .collect();
    site.skin.look.stream("hot list").shuffle(&mut all);
    let title = site.skin.say(
        &["点击排行", "热点排行", "阅读排行"],
        &[
            "热门文章",
            "推荐阅读",
            "热点信息",
            "排行榜",
            "本月热点",
            "网站精选",
            "本站要闻",
        ],
    );
    let by_clicks = site.skin.look.stream("hot clicks").percent(40);
    let _ = write!(
        out,
        "<div class=\"aside {}\"><h3>{title}</h3><ul>",
        site.skin.class(33)
    );
    for (nth, a) in all.iter().take(HOT).enumerate() {
        let beside = if by_clicks {
            format!("({})", 9_870 - nth * 1_203)
        } else {
            day(a.published)
        };
        let _ = write!(
            out,
            "<li><i>{}</i><a href=\"{}\">{}</a><span>{beside}</span></li>",
            nth + 1,
            href(site, &a.address),
            a.title
        );
    }
    out.push_str("</ul></div>");
}

/// 上一篇, 下一篇 and further reading of the same column below an article.
pub fn below_article(site: &Site, index: usize, now: DateTime, out: &mut String) {
    let decoys = &site.skin.look.decoys;
    let a = &site.articles[index];
    let shown: Vec<usize> = site.columns[a.column]
        .articles
        .iter()
        .copied()
        .filter(|&other| site.articles[other].published <= now)
        .collect();
    let Some(at) = shown.iter().position(|&other| other == index) else {
        return;
    };
    if decoys.neighbours {
        let words = site
            .skin
            .say(&["上一篇：", "上一条："], &["上一篇 ", "前一篇："]);
        let other = words.replace('上', "下").replace('前', "后");
        out.push_str("<div>");
        for (words, neighbour) in [
            (words, at.checked_sub(1).map(|at| shown[at])),
            (other.as_str(), shown.get(at + 1).copied()),
        ] {
            let _ = match neighbour {
                Some(neighbour) => {
                    let n = &site.articles[neighbour];
                    write!(
                        out,
                        "<p>{words}<a href=\"{}\">{}</a></p>",
                        href(site, &n.address),
                        n.title
                    )
                }
                None => write!(out, "<p>{words}没有了</p>"),
            };
        }
        out.push_str("</div>");
    }
    if decoys.related {
        let others = shown.iter().filter(|&&other| other != index).take(3);
        let title = site.skin.say(
            &["相关信息", "相关新闻"],
            &["延伸阅读", "更多资讯", "同类信息"],
        );
        let _ = write!(
            out,
            "<div class=\"{}\"><h4>{title}</h4><ul>",
            site.skin.class(34)
        );
        for &other in others {
            let o = &site.articles[other];
            let _ = write!(
                out,
                "<li><a href=\"{}\">{}</a> <span>{}</span></li>",
                href(site, &o.address),
                o.title,
                day(o.published)
            );
        }
        out.push_str("</ul></div>");
    }
}

/// Weather in the header: a day of today that dates nothing.
pub fn weather(site: &Site, now: DateTime) -> String {
    if !site.skin.look.decoys.weather {
        return String::new();
    }
    let tomorrow = now.date().saturating_add(Span::new().days(1));
    format!(
        " <span>{} {}月{}日 多云 9~17℃　明天({:02}-{:02}) 小雨</span>",
        site.voice.region,
        now.month(),
        now.day(),
        tomorrow.month(),
        tomorrow.day()
    )
}

/// The counter in the footer.
pub fn counter(site: &Site, now: DateTime, out: &mut String) {
    if !site.skin.look.decoys.counter {
        return;
    }
    let visits = site
        .skin
        .look
        .stream("visits")
        .range(20_260_101, 88_000_000);
    let _ = write!(
        out,
        "<p>{}{visits} 今日访问：{} 最后更新：{}</p>",
        site.skin
            .say(&["您是第", "总访问量："], &["访问统计：", "累计访问："]),
        visits % 4_001,
        day(now)
    );
}

/// Metas that give the time at which the page was made.
pub fn made(site: &Site, now: DateTime, out: &mut String) {
    if !site.skin.look.decoys.made {
        return;
    }
    let _ = write!(
        out,
        "<meta name=\"others\" content=\"页面生成时间 {0} 08:12:33\" /><meta name=\"Maketime\" content=\"{0} 08:12:33\" />",
        day(now)
    );
}
