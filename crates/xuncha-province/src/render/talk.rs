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
        return site.skin.word(&["局长信箱", "咨询投诉", "网上咨询"]);
    }
    let level = match site.voice.all {
        "全省" => Level::Province,
        "全市" => Level::City,
        _ => Level::County,
    };
    match level {
        Level::Province => site.skin.word(&["省长信箱", "咨询建议"]),
        Level::City => site.skin.word(&["市长信箱", "咨询建议"]),
        Level::County => site.skin.word(&["县长信箱", "区县长信箱", "咨询建议"]),
    }
}

/// The list of messages with links to the form and the statistics.
pub fn list(site: &Site, number: usize, now: DateTime) -> String {
    let name = box_name(site);
    let mut out = format!("<div class=\"box {}\"><h3>{name}</h3>", site.skin.class(13));
    let _ = write!(
        out,
        "<p><a href=\"{}\">我要写信</a> ",
        href(site, &site.special("xieixin"))
    );
    if !site.plan.defects.messages.no_statistics {
        let _ = write!(
            out,
            "<a href=\"{}\">{}</a> ",
            href(site, &site.special("lytj")),
            site.skin
                .word(&["受理反馈情况统计", "留言统计", "信件统计"])
        );
    }
    let _ = write!(
        out,
        "<a href=\"{}\">网上信访</a></p>",
        href(site, &site.special("wsxf"))
    );
    let all: Vec<&Message> = site.messages.iter().filter(|m| m.asked <= now).collect();
    if all.is_empty() {
        out.push_str("<p>暂无公开留言</p>");
    } else {
        table(site, &all, number, now, &mut out);
    }
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

fn table(site: &Site, all: &[&Message], number: usize, now: DateTime, out: &mut String) {
    out.push_str("<table class=\"g\"><tr><th>标题</th><th>来信时间</th><th>办理状态</th><th>回复时间</th></tr>");
    for message in all
        .iter()
        .skip((number - 1) * site.size.per_page)
        .take(site.size.per_page)
    {
        let (state, replied) = match answered(message, now) {
            Some((at, _)) => (site.skin.word(&["已回复", "已办结", "已答复"]), day(*at)),
            None => (
                site.skin.word(&["处理中", "办理中", "已受理"]),
                String::new(),
            ),
        };
        let _ = write!(
            out,
            "<tr><td><a href=\"{}\">{}</a></td><td>{}</td><td>{state}</td><td>{replied}</td></tr>",
            href(site, &message.address),
            message.title,
            day(message.asked)
        );
    }
    out.push_str("</table>");
}

fn answered(message: &Message, now: DateTime) -> Option<&(DateTime, String)> {
    message.reply.as_ref().filter(|(at, _)| *at <= now)
}

/// One message.
pub fn message(site: &Site, index: usize, now: DateTime) -> String {
    let m = &site.messages[index];
    let mut out = format!(
        "<div class=\"box {}\"><h3>{}</h3><table class=\"g\">",
        site.skin.class(15),
        m.title
    );
    let _ = write!(
        out,
        "<tr><th>来信人</th><td>{}</td></tr><tr><th>{}</th><td>{}</td></tr><tr><th>内容</th><td>{}</td></tr>",
        m.writer,
        site.skin.word(&["来信时间", "留言时间", "提问时间"]),
        minute(m.asked),
        m.text
    );
    let _ = match answered(m, now) {
        Some((at, text)) => write!(
            out,
            "<tr><th>回复单位</th><td>{}</td></tr><tr><th>{}</th><td>{}</td></tr><tr><th>回复内容</th><td>{text}</td></tr>",
            site.voice.unit,
            site.skin.word(&["回复时间", "答复时间", "办结时间"]),
            minute(*at)
        ),
        None => write!(
            out,
            "<tr><th>办理状态</th><td>{}</td></tr><tr><th>回复内容</th><td>{}</td></tr>",
            site.skin.word(&["处理中", "办理中", "已受理"]),
            site.skin.word(&["", "暂无回复", "未回复"])
        ),
    };
    out.push_str("</table></div>");
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

/// The form.
pub fn form(site: &Site, now: DateTime) -> String {
    let main = format!(
        "<div class=\"box\"><h3>我要写信</h3><form method=\"post\" action=\"{}\"><table class=\"g\"><tr><th>姓名</th><td><input name=\"name\"></td></tr><tr><th>联系电话</th><td><input name=\"tel\"></td></tr><tr><th>标题</th><td><input name=\"title\" size=\"60\"></td></tr><tr><th>内容</th><td><textarea name=\"content\" rows=\"8\" cols=\"60\"></textarea></td></tr></table><p><input type=\"submit\" value=\"提交\"></p></form></div>",
        href(site, &site.special("xieixin"))
    );
    shell::page(site, &Frame::plain("我要写信"), &main, now)
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
