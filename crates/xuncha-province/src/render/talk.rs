//! Interaction: the message box, its form, its statistics; and the petition channel that does not count.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{self, Frame, href};
use crate::content::Site;
use crate::content::messages::Message;
use crate::content::skin::{day, minute};
use crate::model::{Level, SiteKind};

/// 县长信箱, 局长信箱 and so on.
pub fn box_name(site: &Site) -> &'static str {
    if site.plan.kind == SiteKind::Department {
        return site.skin.say(
            &["局长信箱", "咨询投诉", "网上咨询"],
            &["领导信箱", "在线咨询", "公众留言", "咨询建言", "我要咨询"],
        );
    }
    let level = match site.voice.all {
        "全省" => Level::Province,
        "全市" => Level::City,
        _ => Level::County,
    };
    match level {
        Level::Province => site
            .skin
            .say(&["省长信箱", "咨询建议"], &["政务咨询", "领导信箱"]),
        Level::City => site.skin.say(
            &["市长信箱", "咨询建议"],
            &["政务咨询", "给市长写信", "网上问政"],
        ),
        Level::County => site.skin.say(
            &["县长信箱", "区县长信箱", "咨询建议"],
            &["留言板", "领导信箱", "在线留言", "网上问政"],
        ),
    }
}

/// The list of messages with links to the form and the statistics.
pub fn list(site: &Site, number: usize, now: DateTime) -> String {
    let name = box_name(site);
    let mut out = format!("<div class=\"box {}\"><h3>{name}</h3>", site.skin.class(13));
    let _ = write!(
        out,
        "<p><a href=\"{}\">{}</a> ",
        href(site, &site.special("xieixin")),
        write_word(site)
    );
    if !site.plan.defects.messages.no_statistics {
        let _ = write!(
            out,
            "<a href=\"{}\">{}</a> ",
            href(site, &site.special("lytj")),
            site.skin.say(
                &["受理反馈情况统计", "留言统计", "信件统计"],
                &["来信统计", "办理情况统计", "数据统计"],
            )
        );
    }
    let _ = write!(
        out,
        "<a href=\"{}\">网上信访</a></p>",
        href(site, &site.special("wsxf"))
    );
    let all: Vec<&Message> = site.messages.iter().filter(|m| m.asked <= now).collect();
    if all.is_empty() {
        out.push_str(site.skin.say(
            &["<p>暂无公开留言</p>"],
            &["<p>暂无数据</p>", "<p>暂无信件</p>", "<ul></ul>"],
        ));
    } else {
        letters(site, &all, number, now, &mut out);
    }
    super::conduct::in_letters(site, &mut out);
    let pages = site.pages_of(site.messages.len());
    if site.pages_of(all.len()) > 1 {
        out.push_str("<div class=\"pages\">");
        for page in 1..=site.pages_of(all.len()) {
            let _ = write!(
                out,
                "<a href=\"{}\">{page}</a>",
                href(site, &site.message_page(page, pages))
            );
        }
        out.push_str("</div>");
    }
    out.push_str("</div>");
    shell::page(
        site,
        &Frame {
            title: name,
            column: Some(name),
            ..Frame::default()
        },
        &out,
        now,
    )
}

/// The letters of one page: a table, or rows of several kinds.
fn letters(site: &Site, all: &[&Message], number: usize, now: DateTime, out: &mut String) {
    let s = &site.skin;
    let form = s.look.stream("letters").below(3) * usize::from(s.look.strength >= 2);
    if form == 0 {
        let _ = write!(
            out,
            "<table class=\"g\"><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
            s.say(&["标题"], &["信件标题", "留言主题"]),
            s.say(&["来信时间"], &["来信日期", "提交时间"]),
            s.say(&["办理状态"], &["状态", "办理情况"]),
            s.say(&["回复时间"], &["答复时间", "办结时间 "])
        );
    }
    out.push_str(["", "<ul>", "<div>"][form]);
    for message in all
        .iter()
        .skip((number - 1) * site.size.per_page)
        .take(site.size.per_page)
    {
        let (state, replied) = match answered(message, now) {
            Some((at, _)) => (
                s.say(
                    &["已回复", "已办结", "已答复"],
                    &["已办理", "办结", "已反馈"],
                ),
                day(*at),
            ),
            None => (waiting_word(site), String::new()),
        };
        let link = format!(
            "<a href=\"{}\">{}</a>",
            href(site, &message.address),
            message.title
        );
        let asked = day(message.asked);
        let _ = match form {
            1 => write!(out, "<li>[{state}] {link}<span>{asked}</span></li>"),
            2 => write!(
                out,
                "<div class=\"item\"><h4>{link}</h4><p>来信时间：{asked} 状态：{state}</p></div>"
            ),
            _ => write!(
                out,
                "<tr><td>{link}</td><td>{asked}</td><td>{state}</td><td>{replied}</td></tr>"
            ),
        };
    }
    out.push_str(["</table>", "</ul>", "</div>"][form]);
}

fn answered(message: &Message, now: DateTime) -> Option<&(DateTime, String)> {
    message.reply.as_ref().filter(|(at, _)| *at <= now)
}

/// One message.
pub fn message(site: &Site, index: usize, now: DateTime) -> String {
    let m = &site.messages[index];
    let s = &site.skin;
    let mut rows = vec![
        (
            s.say(&["来信人"], &["写信人", "留言人", "姓名"]),
            m.writer.clone(),
        ),
        (
            s.say(
                &["来信时间", "留言时间", "提问时间"],
                &["来信日期", "咨询时间", "写信时间"],
            ),
            minute(m.asked),
        ),
        (s.say(&["内容"], &["来信内容", "留言内容"]), m.text.clone()),
    ];
    let reply = s.say(&["回复内容"], &["答复内容", "办理结果", "回复意见"]);
    match answered(m, now) {
        Some((at, text)) => rows.extend([
            (
                s.say(&["回复单位"], &["答复单位", "办理单位"]),
                site.voice.unit.clone(),
            ),
            (
                s.say(
                    &["回复时间", "答复时间", "办结时间"],
                    &["回复日期", "答复日期"],
                ),
                minute(*at),
            ),
            (reply, text.clone()),
        ]),
        None => rows.extend([
            (
                s.say(&["办理状态"], &["状态", "当前状态"]),
                waiting_word(site).to_owned(),
            ),
            (reply, s.word(&["", "暂无回复", "未回复"]).to_owned()),
        ]),
    }
    let mut out = format!("<div class=\"box {}\"><h3>{}</h3>", s.class(15), m.title);
    rows_of(site, &rows, &mut out);
    out.push_str("</div>");
    shell::page(
        site,
        &Frame {
            title: &m.title,
            column: Some(box_name(site)),
            ..Frame::default()
        },
        &out,
        now,
    )
}

/// Words and values of a message, as a table, a definition list or lines.
fn rows_of(site: &Site, rows: &[(&str, String)], out: &mut String) {
    let form = site.skin.look.stream("letter").below(4) * usize::from(site.skin.look.strength >= 2);
    let [open, before, between, behind, close] = [
        [
            "<table class=\"g\">",
            "<tr><th>",
            "</th><td>",
            "</td></tr>",
            "</table>",
        ],
        ["<dl class=\"g\">", "<dt>", "</dt><dd>", "</dd>", "</dl>"],
        ["<div class=\"g\">", "<p><b>", "：</b>", "</p>", "</div>"],
        [
            "<div class=\"g\">",
            "<div><span>",
            "：</span><span>",
            "</span></div>",
            "</div>",
        ],
    ][form];
    out.push_str(open);
    for (word, value) in rows {
        let _ = write!(out, "{before}{word}{between}{value}{behind}");
    }
    out.push_str(close);
}

/// How the site calls a message that waits.
fn waiting_word(site: &Site) -> &'static str {
    site.skin.say(
        &["处理中", "办理中", "已受理"],
        &["待回复", "待办理", "正在办理", "未回复"],
    )
}

/// How the site invites to write.
fn write_word(site: &Site) -> &'static str {
    site.skin
        .say(&["我要写信"], &["我要留言", "写信", "我要咨询", "我要提问"])
}

/// The form.
pub fn form(site: &Site, now: DateTime) -> String {
    let main = format!(
        "<div class=\"box\"><h3>{}</h3><form method=\"post\" action=\"{}\"><table class=\"g\"><tr><th>姓名</th><td><input name=\"name\"></td></tr><tr><th>联系电话</th><td><input name=\"tel\"></td></tr><tr><th>标题</th><td><input name=\"title\" size=\"60\"></td></tr><tr><th>内容</th><td><textarea name=\"content\" rows=\"8\" cols=\"60\"></textarea></td></tr></table><p><input type=\"submit\" value=\"提交\"></p></form></div>",
        write_word(site),
        href(site, &site.special("xieixin"))
    );
    shell::page(site, &Frame::plain(write_word(site)), &main, now)
}

/// Reception and feedback figures of the last months.
pub fn statistics(site: &Site, now: DateTime) -> String {
    let mut out = String::from(
        "<div class=\"box\"><h3>留言受理反馈情况统计</h3><table class=\"g\"><tr><th>月份</th><th>收到留言</th><th>已办结</th><th>平均办理天数</th></tr>",
    );
    let mut month = now.date().first_of_month();
    for nth in 0..4_i32 {
        month = month
            .saturating_sub(jiff::Span::new().days(1))
            .first_of_month();
        let received = 7 + (site.plan.code.len() as i32 * 3 + nth * 5) % 23;
        let _ = write!(
            out,
            "<tr><td>{}年{}月</td><td>{received}</td><td>{}</td><td>3.{nth}</td></tr>",
            month.year(),
            month.month(),
            received - 1
        );
    }
    out.push_str("</table></div>");
    shell::page(site, &Frame::plain("留言受理反馈情况统计"), &out, now)
}

/// 网上信访: a special channel, which is no consultation channel.
pub fn petition(site: &Site, now: DateTime) -> String {
    let main = "<div class=\"box\"><h3>网上信访</h3><p>信访人可通过国家信访局网站或手机信访客户端提交信访事项，信访部门将依法按程序办理。</p></div>";
    shell::page(site, &Frame::plain("网上信访"), main, now)
}
