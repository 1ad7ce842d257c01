//! The frame of every page: head, banner, navigation.

use std::fmt::Write;

use jiff::civil::DateTime;

use crate::content::links::{Link, LinkKind};
use crate::content::look::NavForm;
use crate::content::look::hard::NameForm;
use crate::content::skin::{AddressForm, Shell, chinese_day, day, minute};
use crate::content::{Article, ColumnKind, Site};
use crate::model::Family;

/// 页面外框: what a page tells its frame.
#[derive(Debug, Default)]
pub struct Frame<'a> {
    /// Title without the site's name.
    pub title: &'a str,
    /// Column name for the meta elements and the breadcrumbs.
    pub column: Option<&'a str>,
    /// The article, when the page is one.
    pub article: Option<&'a Article>,
    /// The home page: no breadcrumbs.
    pub home: bool,
}

impl<'a> Frame<'a> {
    /// A page that is neither column nor article.
    #[must_use]
    pub fn plain(title: &'a str) -> Self {
        Self {
            title,
            ..Self::default()
        }
    }
}

/// The whole page around `main`.
pub fn page(site: &Site, frame: &Frame, main: &str, now: DateTime) -> String {
    let mut out = String::with_capacity(main.len() + 8000);
    head(site, frame, now, &mut out);
    header(site, now, &mut out);
    let s = &site.skin;
    let (open, close) = match s.shell {
        Shell::Tables => (
            format!(
                "<table{} align=\"center\" class=\"{}\"><tr><td valign=\"top\">",
                super::conduct::frame(site),
                s.class(4)
            ),
            "</td></tr></table>",
        ),
        Shell::Divs => (
            format!(
                "<div class=\"{} w\"{}><div class=\"{}\">",
                s.class(4),
                super::conduct::frame(site),
                s.class(5)
            ),
            "</div></div>",
        ),
        Shell::Sections => (
            format!(
                "<main class=\"{} w\"{}><section class=\"{}\">",
                s.class(4),
                super::conduct::frame(site),
                s.class(5)
            ),
            "</section></main>",
        ),
    };
    out.push_str(&open);
    crumbs(site, frame, &mut out);
    super::decoys::before(site, frame, now, &mut out);
    out.push_str(main);
    super::decoys::behind(site, frame, now, &mut out);
    out.push_str(close);
    if s.look.nav_last {
        navigation(site, &mut out);
    }
    super::footer::footer(site, now, &mut out);
    out.push_str("</body></html>");
    out
}

/// The head with meta elements; some sites leave some out, some write them oddly.
pub fn head(site: &Site, frame: &Frame, now: DateTime, out: &mut String) {
    let s = &site.skin;
    out.push_str(if site.plan.family == Family::Nested {
        "<html><head>"
    } else if s.shell == Shell::Sections || site.plan.family == Family::Hashed {
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head>"
    } else {
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head>"
    });
    match site.plan.family {
        Family::Aspx | Family::Nested => out
            .push_str("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\" />"),
        Family::Shtml => {}
        Family::Kaipu | Family::Script | Family::Hashed | Family::Cards => {
            out.push_str("<meta charset=\"utf-8\">")
        }
        _ => out
            .push_str("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />"),
    }
    super::conduct::viewport(site, out);
    let name = &site.plan.name;
    let _ = match (frame.home, site.skin.variant % 3) {
        (true, _) => write!(out, "<title>{name}</title>"),
        (false, 0) => write!(out, "<title>{}_{name}</title>", frame.title),
        (false, 1) => write!(out, "<title>{} - {name}</title>", frame.title),
        (false, _) => write!(out, "<title>{name} {}</title>", frame.title),
    };
    metas(site, frame, now, out);
    if frame.home {
        super::safety::head(site, out);
    }
    super::decoys::made(site, now, out);
    let _ = write!(
        out,
        "<link rel=\"stylesheet\" href=\"{}\" />",
        href(site, "/assets/style.css")
    );
    let _ = write!(
        out,
        "<style>.{}{{padding:8px 0 20px;background:#fff}}{}</style></head><body>",
        s.class(4),
        super::conduct::sheet(site)
    );
}

/// The standard tags by index: SiteName SiteDomain SiteIDCode ColumnName ArticleTitle PubDate ContentSource.
fn metas(site: &Site, frame: &Frame, now: DateTime, out: &mut String) {
    let d = &site.plan.defects;
    let mut put = |index: u8, name: &str, content: &str| {
        if d.missing_tags.contains(&index) {
            return;
        }
        let _ = if !d.near_tags.contains(&index) {
            write!(out, "<meta name=\"{name}\" content=\"{content}\" />")
        } else {
            match index % 3 {
                0 => write!(out, "<META CONTENT=\"{content}\" NAME=\"{name}\">"),
                1 => write!(
                    out,
                    "<meta name='{}' content='{content}'/>",
                    name.to_lowercase()
                ),
                _ => write!(out, "<meta\n  content='{content}'\n  name={name} >"),
            }
        };
    };
    put(0, "SiteName", &site.plan.name);
    put(
        1,
        "SiteDomain",
        super::safety::domain_said(site, frame.home),
    );
    put(2, "SiteIDCode", &site.plan.code);
    if let Some(column) = frame.column {
        put(3, "ColumnName", column);
        let _ = write!(
            out,
            "<meta name=\"ColumnType\" content=\"{}\" />",
            if frame.article.is_some() {
                "信息公开"
            } else {
                "栏目"
            }
        );
    }
    let mut put = |index: u8, name: &str, content: &str| {
        if !d.missing_tags.contains(&index) {
            let lower = d.near_tags.contains(&index);
            let _ = if lower {
                write!(
                    out,
                    "<META content=\"{content}\" name=\"{}\">",
                    name.to_lowercase()
                )
            } else {
                write!(out, "<meta name=\"{name}\" content=\"{content}\" />")
            };
        }
    };
    if let Some(article) = frame.article {
        put(4, "ArticleTitle", &article.title);
        put(5, "PubDate", &minute(article.day_shown(now)));
        put(6, "ContentSource", &article.source);
    }
}

/// Banner, today's clock, search box, navigation.
pub fn header(site: &Site, now: DateTime, out: &mut String) {
    let s = &site.skin;
    let week = ["一", "二", "三", "四", "五", "六", "日"]
        [usize::from(now.date().weekday().to_monday_zero_offset().unsigned_abs()) % 7];
    let today = match s
        .look
        .stream("clock")
        .below(if s.look.strength < 3 { 1 } else { 4 })
    {
        0 => format!("今天是{} 星期{week}", chinese_day(now)),
        1 => format!("{} 星期{week}", chinese_day(now)),
        2 => format!("{} 星期{week} 农历二月初二", day(now)),
        _ => String::from("欢迎访问本网站！"),
    };
    let weather = super::decoys::weather(site, now);
    let tag = if s.shell == Shell::Sections {
        "header"
    } else {
        "div"
    };
    let _ = write!(
        out,
        "<{tag} class=\"{}\"><div class=\"w {}\"><span>{today}</span>{weather}<span class=\"r\"><a href=\"javascript:void(0)\">{}</a>",
        s.class(0),
        s.class(1),
        s.say(&["设为首页"], &["加入收藏", "繁體", "分享"]),
    );
    super::conduct::entries(site, out);
    out.push_str("</span></div>");
    name(site, out);
    super::search::boxes(site, out);
    if !s.look.nav_last {
        navigation(site, out);
    }
    let _ = write!(out, "</{tag}>");
}

/// The site's name with its emblem, in the site's habit.
fn name(site: &Site, out: &mut String) {
    let s = &site.skin;
    let emblem = format!(
        "<img src=\"{}\" alt=\"\" width=\"86\" height=\"86\" />",
        href(site, "/images/pic7.svg")
    );
    let name = &site.plan.name;
    let _ = match s.look.hard.name {
        NameForm::Banner => write!(
            out,
            "<div class=\"{} banner\"><div class=\"w\">{emblem}<h1>{name}</h1></div></div>",
            s.class(2),
        ),
        NameForm::Linked => write!(
            out,
            "<div class=\"{}\"><h1><a href=\"{}\">{name}</a></h1></div>",
            s.class(3),
            href(site, "/")
        ),
        NameForm::Plain => write!(
            out,
            "<div class=\"{}\">{emblem}<b>{name}</b></div>",
            s.class(3)
        ),
    };
}

/// The navigation: first-level columns, services, interaction; sub-columns as a drop-down on some sites.
pub fn navigation(site: &Site, out: &mut String) {
    let s = &site.skin;
    let mut entries: Vec<(String, String, Option<usize>)> =
        vec![(home_word(site).to_owned(), "/".to_owned(), None)];
    for (index, column) in site.columns.iter().enumerate() {
        if column.parent.is_none() && column.kind != ColumnKind::Statistics {
            entries.push((column.name.clone(), column.address.clone(), Some(index)));
        }
    }
    if !site.plan.no_services {
        entries.push((
            s.say(
                &["办事服务", "政务服务", "网上办事"],
                &["在线办事", "便民服务", "办事大厅", "服务大厅"],
            )
            .to_owned(),
            site.special("bsfw"),
            None,
        ));
    }
    if !site.plan.defects.messages.no_channel {
        entries.push((
            s.say(
                &["互动交流", "政民互动"],
                &["公众参与", "交流互动", "问政互动", "互动"],
            )
            .to_owned(),
            site.special("hdjl"),
            None,
        ));
    } else {
        entries.push(("网上信访".to_owned(), site.special("wsxf"), None));
    }
    let target = if site.plan.family == Family::Frames {
        " target=\"_top\""
    } else {
        ""
    };
    let skeleton = (
        "<table class=\"nav\" width=\"100%\"><tr>",
        "<td>",
        "</td>",
        "</tr></table>",
    );
    let list = (
        "<div class=\"nav\"><ul class=\"w\">",
        "<li>",
        "</li>",
        "</ul></div>",
    );
    let (open, item, close_item, close) = match (s.look.nav, s.shell) {
        (NavForm::Skeleton, Shell::Tables) => skeleton,
        (NavForm::Skeleton, Shell::Sections) => (
            "<nav class=\"nav\"><ul class=\"w\">",
            "<li>",
            "</li>",
            "</ul></nav>",
        ),
        (NavForm::Skeleton, Shell::Divs) | (NavForm::Ul, _) => list,
        (NavForm::Bars, _) => (
            "<div class=\"nav\"><div class=\"w\">",
            "",
            " | ",
            "</div></div>",
        ),
        (NavForm::Divs, _) => (
            "<div class=\"nav\"><div class=\"w\">",
            "<div>",
            "</div>",
            "</div></div>",
        ),
        (NavForm::Dl, _) => (
            "<div class=\"nav\"><dl class=\"w\">",
            "<dt>",
            "</dt>",
            "</dl></div>",
        ),
    };
    out.push_str(open);
    for (name, address, column) in entries {
        let _ = write!(
            out,
            "{item}<a href=\"{}\"{target}>{name}</a>",
            href(site, &address)
        );
        // Links between bars leave no room for a drop-down.
        if let (true, Some(group)) = (s.drop_down && s.look.nav != NavForm::Bars, column) {
            drop_down(site, group, target, out);
        }
        out.push_str(close_item);
    }
    out.push_str(close);
}

fn drop_down(site: &Site, group: usize, target: &str, out: &mut String) {
    let children: Vec<_> = site
        .columns
        .iter()
        .filter(|c| c.parent == Some(group))
        .collect();
    if children.is_empty() {
        return;
    }
    let _ = write!(out, "<div class=\"{} sub\">", site.skin.class(11));
    for child in children {
        let _ = write!(
            out,
            "<a href=\"{}\"{target}>{}</a>",
            href(site, &child.address),
            child.name
        );
    }
    out.push_str("</div>");
}

fn crumbs(site: &Site, frame: &Frame, out: &mut String) {
    if frame.home {
        return;
    }
    let s = &site.skin;
    let words = s.say(
        &["当前位置：", "您现在的位置：", "您所在的位置："],
        &[
            "位置：",
            "您的位置：",
            "当前位置 : ",
            "所在位置：",
            "现在位置：",
        ],
    );
    let between = s.say(
        &[" &gt; "],
        &["&gt;&gt;", " / ", " » ", " - ", " &nbsp;&gt;&nbsp; ", " › "],
    );
    let _ = write!(
        out,
        "<div class=\"{} crumb\">{words}<a href=\"{}\">{}</a>{between}",
        s.class(12),
        href(site, "/"),
        home_word(site)
    );
    let column = frame.article.map(|a| &site.columns[a.column]);
    match (column, frame.column) {
        (Some(column), _) => {
            let last = s.say(&["正文"], &["内容", "详细内容", ""]);
            let _ = write!(
                out,
                "<a href=\"{}\">{}</a>{between}{last}",
                href(site, &column.address),
                column.name
            );
        }
        (None, Some(name)) => out.push_str(name),
        (None, None) => out.push_str(frame.title),
    }
    out.push_str("</div>");
}

/// How the site calls its home page.
fn home_word(site: &Site) -> &'static str {
    site.skin
        .say(&["首页"], &["网站首页", "返回首页", "首 页", "主页"])
}

/// A planted link as it stands on its page.
pub fn planted(site: &Site, link: &Link, out: &mut String) {
    let _ = match link.kind {
        LinkKind::Image => write!(
            out,
            "<p><img src=\"{}\" alt=\"{}\" width=\"200\" /></p>",
            link.href, link.text
        ),
        LinkKind::Commented => write!(out, "<!-- <a href=\"{}\">{}</a> -->", link.href, link.text),
        LinkKind::NotHttp => write!(
            out,
            "<p><a href=\"javascript:void(0)\" onclick=\"window.print()\">打印</a> <a href=\"mailto:webmaster@{}\">网站信箱</a></p>",
            site.plan.host
        ),
        _ => write!(
            out,
            "<p class=\"{}\"><a href=\"{}\" target=\"_blank\">{}</a></p>",
            site.skin.class(17),
            link.href,
            link.text
        ),
    };
}

/// How this site writes the address of one of its pages.
pub fn href(site: &Site, path: &str) -> String {
    let path = path.replace('&', "&amp;");
    match site.skin.addresses {
        AddressForm::Absolute => site.absolute(&path),
        AddressForm::SchemeRelative => format!("//{}{path}", site.plan.host),
        AddressForm::Root | AddressForm::Relative => path,
    }
}

/// The same from a page at `from`: sites that write relative addresses do so for what lies in the same folder.
pub fn href_from(site: &Site, from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    match path
        .strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'))
    {
        Some(rest) if site.skin.addresses == AddressForm::Relative && !folder.is_empty() => {
            format!("./{}", rest.replace('&', "&amp;"))
        }
        _ => href(site, path),
    }
}
