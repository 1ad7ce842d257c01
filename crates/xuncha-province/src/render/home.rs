//! The home page.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::items::box_items;
use super::shell::{self, Frame, head, header, href};
use crate::content::links::Place;
use crate::content::skin::Shell;
use crate::content::{ColumnKind, Site};
use crate::model::Family;
use crate::model::PromptPlan;

/// The home page, or the frameset that holds it.
pub fn page(site: &Site, now: DateTime) -> String {
    if site.plan.family == Family::Frames {
        return frameset(site, now);
    }
    shell::page(
        site,
        &Frame {
            home: true,
            title: "首页",
            ..Frame::default()
        },
        &content(site, now),
        now,
    )
}

fn frameset(site: &Site, now: DateTime) -> String {
    let mut out = String::new();
    head(
        site,
        &Frame {
            home: true,
            title: "首页",
            ..Frame::default()
        },
        now,
        &mut out,
    );
    let head_only = out.replace("<body>", "");
    format!(
        "{head_only}<frameset rows=\"260,*\" frameborder=\"no\" border=\"0\"><frame src=\"/top.html\" name=\"topFrame\" scrolling=\"no\" /><frame src=\"/main.html\" name=\"mainFrame\" /><noframes><body>您的浏览器不支持框架，请点击<a href=\"/main.html\">这里</a>。</body></noframes></frameset></html>"
    )
}

/// The frame with banner and navigation.
pub fn head_frame(site: &Site, now: DateTime) -> String {
    let mut out = String::new();
    head(
        site,
        &Frame {
            home: true,
            title: "首页",
            ..Frame::default()
        },
        now,
        &mut out,
    );
    header(site, now, &mut out);
    out.push_str("</body></html>");
    out
}

/// The frame with the content and the footer.
pub fn content_frame(site: &Site, now: DateTime) -> String {
    let mut out = String::new();
    head(
        site,
        &Frame {
            home: true,
            title: "首页",
            ..Frame::default()
        },
        now,
        &mut out,
    );
    let frame = match site.skin.shell {
        Shell::Tables => format!(
            "<table{} class=\"{} w\"><tr><td>",
            super::conduct::frame(site),
            site.skin.class(4)
        ),
        _ => format!(
            "<div class=\"{} w\"{}>",
            site.skin.class(4),
            super::conduct::frame(site)
        ),
    };
    out.push_str(&frame);
    out.push_str(&content(site, now));
    out.push_str(match site.skin.shell {
        Shell::Tables => "</td></tr></table>",
        _ => "</div>",
    });
    super::footer::footer(site, now, &mut out);
    out.push_str("</body></html>");
    out
}

fn content(site: &Site, now: DateTime) -> String {
    let mut out = String::with_capacity(12_000);
    if site.plan.defects.nav_home {
        entrances(site, &mut out);
    } else {
        boxes(site, now, &mut out);
    }
    let _ = write!(
        out,
        "<div class=\"box {}\"><h3>{}</h3>",
        site.skin.class(22),
        site.skin
            .say(&["专题专栏"], &["热点专题", "专题聚焦", "重点专题"])
    );
    for link in site.links.iter().filter(|l| l.place == Place::Home) {
        shell::planted(site, link, &mut out);
    }
    super::safety::below(site, Place::Home, &mut out);
    outside(site, &mut out);
    out.push_str("</div>");
    prompt(site, &mut out);
    if site.is_later(now) {
        out.push_str(site.plan.safety.later.block());
    }
    out
}

/// What the site says before it lets its visitors go.
fn prompt(site: &Site, out: &mut String) {
    let name = &site.plan.name;
    let look = &site.skin.look;
    let _ = match site.plan.defects.prompt {
        PromptPlan::Silent | PromptPlan::GovernmentOnly => return,
        PromptPlan::Asks => {
            let words = [
                format!("您访问的链接即将离开“{name}”门户网站，是否继续？"),
                "您将要离开本网站，是否继续访问？".to_owned(),
                "您即将离开本站，访问外部网站。".to_owned(),
                "温馨提示：您即将跳转到第三方网站，请注意信息安全！".to_owned(),
            ];
            let words = &words[look.stream("exit words").below(words.len())];
            write!(
                out,
                "<script type=\"text/javascript\">function leave(u){{if(confirm('{words}')){{window.open(u);}}return false;}}</script>"
            )
        }
        PromptPlan::InLayer => {
            let words = [
                format!("您正在离开{name}，前往其他网站"),
                "该链接为外部链接，是否继续访问？".to_owned(),
                "您点击的链接将打开非本站网页，请确认是否前往".to_owned(),
            ];
            let words = &words[look.stream("exit words").below(words.len())];
            write!(
                out,
                "<div id=\"lk_tips\" style=\"display:none\"><p>{words}</p><a href=\"javascript:void(0)\">继续访问</a> <a href=\"javascript:void(0)\">放弃</a></div>"
            )
        }
    };
}

/// A home page that only leads to columns.
fn entrances(site: &Site, out: &mut String) {
    let _ = write!(
        out,
        "<div class=\"box\"><h3>网站导航</h3><div class=\"icons {}\">",
        site.skin.class(20)
    );
    for column in site.columns.iter().filter(|c| c.kind != ColumnKind::Group) {
        let _ = write!(
            out,
            "<a href=\"{}\">{}</a>",
            href(site, &column.address),
            column.name
        );
    }
    out.push_str("</div></div>");
}

fn boxes(site: &Site, now: DateTime, out: &mut String) {
    let shown: Vec<usize> = (0..site.columns.len())
        .filter(|&i| site.columns[i].on_home)
        .collect();
    out.push_str("<div class=\"row\">");
    let _ = write!(out, "<div class=\"pic {}\">", site.skin.class(21));
    if let Some(&article) = shown.first().and_then(|&c| visible(site, c, now).next()) {
        let a = &site.articles[article];
        let _ = write!(
            out,
            "<a href=\"{}\"><img src=\"{}\" alt=\"{}\" /></a><div>{}</div>",
            href(site, &a.address),
            href(site, &format!("/images/pic{}.svg", article % 7)),
            a.title,
            a.title
        );
    }
    out.push_str("</div>");
    for (nth, &column) in shown.iter().enumerate() {
        if nth % 2 == 1 {
            out.push_str("</div><div class=\"row\">");
        }
        column_box(site, column, now, out);
    }
    services(site, out);
    out.push_str("</div>");
    talk(site, now, out);
}

fn column_box(site: &Site, column: usize, now: DateTime, out: &mut String) {
    let c = &site.columns[column];
    let address = href(site, &c.address);
    let _ = write!(
        out,
        "<div class=\"box {}\"><h3><a href=\"{address}\">{}</a><a class=\"more\" href=\"{address}\">{}</a></h3>",
        site.skin.class(14),
        c.name,
        site.skin.say(
            &["更多&gt;&gt;"],
            &["更多", "more", "MORE+", "&gt;&gt;", "查看更多"]
        )
    );
    let newest: Vec<usize> = visible(site, column, now).take(7).copied().collect();
    box_items(site, "/", &newest, false, out);
    out.push_str("</div>");
}

/// The articles of a column that are out at `now`, newest first.
pub fn visible(site: &Site, column: usize, now: DateTime) -> impl Iterator<Item = &usize> {
    site.columns[column]
        .articles
        .iter()
        .filter(move |&&a| site.articles[a].published <= now)
}

fn services(site: &Site, out: &mut String) {
    if site.plan.no_services {
        return;
    }
    let _ = write!(
        out,
        "<div class=\"box\"><h3><a href=\"{}\">{}</a></h3><div class=\"icons\">",
        href(site, &site.special("bsfw")),
        site.skin
            .say(&["办事服务"], &["我要办事", "热门服务", "服务事项"])
    );
    for guide in site.guides.iter().take(6) {
        let _ = write!(
            out,
            "<a href=\"{}\">{}</a>",
            href(site, &guide.address),
            guide.name
        );
    }
    if let Some(column) = site.column_of(ColumnKind::Statistics) {
        let c = &site.columns[column];
        let _ = write!(out, "<a href=\"{}\">{}</a>", href(site, &c.address), c.name);
    }
    out.push_str("</div></div>");
}

/// The box of citizens' messages; left out where the home page is to carry nothing new.
fn talk(site: &Site, now: DateTime, out: &mut String) {
    let d = &site.plan.defects;
    if d.messages.no_channel || d.stale_home || d.near_stale_home {
        return;
    }
    let name = super::talk::box_name(site);
    let _ = write!(
        out,
        "<div class=\"box\"><h3><a href=\"{}\">{name}</a></h3><ul>",
        href(site, &site.special("hdjl"))
    );
    for message in site.messages.iter().filter(|m| m.asked <= now).take(4) {
        let _ = write!(
            out,
            "<li><a href=\"{}\">{}</a></li>",
            href(site, &message.address),
            message.title
        );
    }
    out.push_str("</ul></div>");
}

/// Links to other sites that are there.
fn outside(site: &Site, out: &mut String) {
    if site.plan.defects.prompt == PromptPlan::GovernmentOnly {
        let _ = write!(
            out,
            "<div class=\"{}\">友情链接：<a href=\"http://www.gov.cn/\">中国政府网</a></div>",
            site.skin.class(23)
        );
        return;
    }
    let _ = write!(
        out,
        "<div class=\"{}\">友情链接：<a href=\"http://www.gov.cn/\">中国政府网</a> <a href=\"https://www.yunlingnews.cn/\">云岭新闻网</a> <select onchange=\"window.open(this.value)\"><option value=\"\">——相关网站——</option><option value=\"https://www.yunlingnews.cn/\">云岭新闻网</option></select></div>",
        site.skin.class(23)
    );
}
