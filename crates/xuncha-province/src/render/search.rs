//! The site's search: boxes in the header, pages of results.

use std::fmt::Write;

use encoding_rs::GBK;
use jiff::civil::DateTime;
use percent_encoding::percent_decode;

use super::shell::{self, Frame, href};
use crate::content::conduct::AnythingPlan;
use crate::content::look::Decoys;
use crate::content::look::hard::SearchBox;
use crate::content::skin::day;
use crate::content::{ColumnKind, Site};
use crate::model::SearchPlan;

/// 结果: one hit.
struct Hit<'a> {
    title: &'a str,
    address: &'a str,
    class: &'static str,
    date: String,
}

/// The name of the query's parameter on this site.
fn parameter(site: &Site) -> &'static str {
    site.skin.say(
        &["q", "keyword", "searchWord", "kw"],
        &["wd", "query", "keywords", "title", "k", "searchtext", "qt"],
    )
}

/// The search box of the header.
pub fn boxes(site: &Site, out: &mut String) {
    let plan = site.plan.defects.search;
    if plan == SearchPlan::Absent {
        return;
    }
    let (action, name) = (href(site, &site.special("search")), parameter(site));
    let button = site.skin.say(
        &["搜索", "检索", "站内搜索"],
        &["全站搜索", "搜 索", "查询", "GO"],
    );
    let hint = site.skin.say(
        &["请输入关键字"],
        &[
            "请输入关键词",
            "请输入搜索内容",
            "站内检索",
            "搜你想要的",
            "",
        ],
    );
    if site.skin.look.hard.search != SearchBox::Form {
        return scripted(site, (button, hint), out);
    }
    let _ = if plan == SearchPlan::Unusual {
        write!(
            out,
            "<div class=\"find\"><form action=\"{action}\" method=\"get\"><input name=\"{name}\" value=\"\" placeholder=\"请输入您要查找的内容\"><input type=\"hidden\" name=\"siteid\" value=\"{}\"><select name=\"lm\"><option value=\"\">全站</option><option value=\"xw\">新闻</option></select><input type=\"image\" src=\"{}\" alt=\"{button}\" width=\"20\"></form></div>",
            &site.plan.code[..6],
            href(site, "/images/mark1.png")
        )
    } else if site.skin.look.strength >= 2 && site.skin.look.stream("button").percent(40) {
        // The usual button is a link that sends the form by script.
        write!(
            out,
            "<div class=\"find\"><form action=\"{action}\" method=\"get\"><input type=\"text\" name=\"{name}\" value=\"\" placeholder=\"{hint}\"><a href=\"javascript:void(0)\" onclick=\"this.parentNode.submit()\">{button}</a></form></div>"
        )
    } else {
        write!(
            out,
            "<div class=\"find\"><form action=\"{action}\" method=\"get\"><input type=\"text\" name=\"{name}\" placeholder=\"{hint}\"><button type=\"submit\">{button}</button></form></div>"
        )
    };
}

/// A search that nobody can send without the site's script.
fn scripted(site: &Site, (button, hint): (&str, &str), out: &mut String) {
    let s = &site.skin;
    let hint = if hint.is_empty() {
        "请输入关键词"
    } else {
        hint
    };
    let script = s.say(&["doSearch()"], &["go(1)", "query('kw')", "tijiao()"]);
    let (n, class) = (s.look.stream("search box").below(90), s.class(39));
    let _ = match s.look.hard.search {
        SearchBox::Component => write!(
            out,
            "<div class=\"{class}\"><el-input v-model=\"kw\" placeholder=\"{hint}\"></el-input><el-button @click=\"{script}\">{button}</el-button></div>"
        ),
        SearchBox::Link => write!(
            out,
            "<div class=\"{class}\"><a href=\"{}\">{}</a></div>",
            href(site, &site.special("search")),
            s.say(&["站内搜索", "搜索"], &["全站检索", "高级搜索"])
        ),
        _ => write!(
            out,
            "<div class=\"{class}\"><input id=\"i{n}\" placeholder=\"{hint}\"><a href=\"javascript:void(0)\" onclick=\"{script}\">{button}</a></div>"
        ),
    };
}

/// A page of results.
pub fn page(site: &Site, target: &str, now: DateTime) -> String {
    let query = query(site, target);
    let plan = site.plan.defects.search;
    let found = if query.is_empty() {
        Vec::new()
    } else {
        hits(site, &query, now)
    };
    let found = if plan == SearchPlan::Misses {
        Vec::new()
    } else {
        found
    };
    let anything = site.plan.conduct.anything;
    let found = match anything {
        AnythingPlan::Everything if !query.is_empty() => with_newest(site, found, now),
        _ => found,
    };
    let mut out = format!(
        "<div class=\"box {}\"><h3>{}</h3>",
        site.skin.class(13),
        site.skin
            .say(&["搜索结果"], &["检索结果", "站内搜索", "查询结果"])
    );
    let shown = escape(&query);
    if found.is_empty() {
        let sorry = site.skin.say(
            &["很抱歉，没有找到与“{}”相关的内容。"],
            &[
                "未检索到“{}”相关信息",
                "共找到 0 条结果（{}）",
                "没有符合条件的记录：{}",
            ],
        );
        let _ = write!(out, "<p>{}</p>", sorry.replace("{}", &shown));
        if anything == AnythingPlan::Recommends {
            let word = site
                .skin
                .say(&["为您推荐"], &["您可能感兴趣的内容", "热门内容"]);
            let _ = write!(out, "<h4>{word}</h4>");
            plain(
                site,
                with_newest(site, Vec::new(), now).iter().take(6),
                "",
                &mut out,
            );
        }
        out.push_str("</div>");
        return shell::page(site, &Frame::plain("搜索"), &out, now);
    }
    let _ = write!(out, "<p>共找到与“{shown}”相关的结果{}条</p>", found.len());
    if site.skin.look.decoys != Decoys::default() {
        // Ways to sort and times to choose from classify nothing.
        let base = href(site, target.split("&sort=").next().unwrap_or(target));
        let _ = write!(
            out,
            "<div class=\"{}\"><a href=\"{base}\">按相关度</a> <a href=\"{base}\">按时间</a> 时间范围：<span>全部</span> <span>一周内</span> <span>一月内</span> <span>一年内</span></div>",
            site.skin.class(36)
        );
    }
    let query = shown.as_str();
    match plan {
        SearchPlan::Works => tabs(site, target, (&found, query), &mut out),
        SearchPlan::Unusual => grouped(site, (&found, query), &mut out),
        _ => plain(site, found.iter().take(10), query, &mut out),
    }
    out.push_str("</div>");
    shell::page(site, &Frame::plain("搜索"), &out, now)
}

/// Tabs by class over one list.
fn tabs(site: &Site, target: &str, (found, query): (&[Hit], &str), out: &mut String) {
    out.push_str("<div class=\"tabs\">");
    let base = href(site, target.split("&type=").next().unwrap_or(target));
    let _ = write!(out, "<a href=\"{base}\">全部({})</a>", found.len());
    for (nth, class) in ["新闻", "政策", "服务"].into_iter().enumerate() {
        let count = found.iter().filter(|h| h.class == class).count();
        let shown = site.skin.say(&["({})"], &["（{}）", "", " {}条"]);
        let _ = write!(
            out,
            "<a href=\"{base}&amp;type={nth}\">{class}{}</a>",
            shown.replace("{}", &count.to_string())
        );
    }
    out.push_str("</div>");
    let wanted = target.split("&type=").nth(1).and_then(|t| {
        ["新闻", "政策", "服务"]
            .get(t.parse::<usize>().ok()?)
            .copied()
    });
    plain(
        site,
        found
            .iter()
            .filter(|h| wanted.is_none_or(|w| w == h.class))
            .take(10),
        query,
        out,
    );
}

/// One list for each class, as headings.
fn grouped(site: &Site, (found, query): (&[Hit], &str), out: &mut String) {
    for class in ["新闻", "政策", "服务"] {
        let _ = write!(
            out,
            "<h4>{class}类（{}）</h4>",
            found.iter().filter(|h| h.class == class).count()
        );
        plain(
            site,
            found.iter().filter(|h| h.class == class).take(10),
            query,
            out,
        );
    }
}

fn plain<'a>(site: &Site, found: impl Iterator<Item = &'a Hit<'a>>, query: &str, out: &mut String) {
    let look = &site.skin.look;
    let form = look.stream("results").below(4) * usize::from(look.strength >= 2);
    let marked = look.strength >= 2 && look.stream("marked").percent(50);
    let [open, before, between, behind, close] = [
        ["<ul>", "<li>", "<span>", "</span></li>", "</ul>"],
        [
            "<div>",
            "<div class=\"item\"><h3>",
            "</h3><p>……按照有关规定，现将相关事项公布如下……</p><p>",
            "</p></div>",
            "</div>",
        ],
        ["<dl>", "<dt>", "</dt><dd>", "</dd>", "</dl>"],
        [
            "<table width=\"100%\">",
            "<tr><td>",
            "</td><td>",
            "</td></tr>",
            "</table>",
        ],
    ][form];
    out.push_str(open);
    for hit in found {
        // The words that were asked for stand out, which cuts the title into pieces.
        let title = if marked && query.chars().count() < hit.title.chars().count() {
            hit.title
                .replace(query, &format!("<font color=\"red\">{query}</font>"))
        } else if marked {
            format!("<em>{}</em>", hit.title)
        } else {
            hit.title.to_owned()
        };
        let _ = write!(
            out,
            "{before}<a href=\"{}\">{title}</a>{between}{}{behind}",
            href(site, hit.address),
            hit.date
        );
    }
    out.push_str(close);
}

/// What was found, and behind it the newest of everything.
fn with_newest<'a>(site: &'a Site, mut found: Vec<Hit<'a>>, now: DateTime) -> Vec<Hit<'a>> {
    let mut newest: Vec<Hit> = hits(site, "", now);
    newest.sort_by(|one, other| (&other.date, one.address).cmp(&(&one.date, other.address)));
    newest.retain(|hit| found.iter().all(|known| known.address != hit.address));
    found.extend(newest.into_iter().take(30));
    found
}

/// Everything whose title holds the query, the exact title first.
fn hits<'a>(site: &'a Site, query: &str, now: DateTime) -> Vec<Hit<'a>> {
    let mut found: Vec<Hit> = site
        .articles
        .iter()
        .filter(|a| a.published <= now && a.title.contains(query))
        .map(|a| Hit {
            title: &a.title,
            address: &a.address,
            class: class(site.columns[a.column].kind),
            date: day(a.published),
        })
        .collect();
    found.extend(
        site.guides
            .iter()
            .filter(|g| g.name.contains(query))
            .map(|g| Hit {
                title: g.name,
                address: &g.address,
                class: "服务",
                date: String::new(),
            }),
    );
    found.sort_by_key(|h| h.title.len());
    found
}

const fn class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Policies | ColumnKind::Interpretations | ColumnKind::Notices => "政策",
        ColumnKind::Statistics => "服务",
        _ => "新闻",
    }
}

/// The query as the site understands it: GBK sites know GBK only.
fn query(site: &Site, target: &str) -> String {
    let (_, query) = target.split_once('?').unwrap_or((target, ""));
    let name = parameter(site);
    let raw = query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(n, _)| *n == name))
        .map_or("", |(_, v)| v);
    let raw = raw.replace('+', " ");
    let bytes: Vec<u8> = percent_decode(raw.as_bytes()).collect();
    if site.plan.family.is_gbk() {
        return GBK.decode_without_bom_handling(&bytes).0.trim().to_owned();
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
