//! The pages of an account: profile with menu and posts, articles, message forms.

use std::fmt::Write;

use jiff::civil::DateTime;
use serde_json::json;

use super::plan::{AccountPlan, AccountState, DateStyle, Interaction, Platform, Posting};
use super::posts::{self, Post};
use crate::response::Response;
use crate::rng::Rng;

/// The path of the account's page.
#[must_use]
pub fn page_path(platform: Platform, slug: &str) -> String {
    let prefix = match platform {
        Platform::Weixin | Platform::Kuaishou => "profile",
        Platform::Toutiao => "c/user",
        Platform::Douyin => "user",
        Platform::Shipinhao => "web/home",
        Platform::Weibo | Platform::Baijiahao => "u",
        Platform::MiniProgram => "wxa",
        Platform::App => "app",
    };
    format!("/{prefix}/{slug}")
}

/// The path of one post.
#[must_use]
pub fn post_path(account: &AccountPlan, serial: u32) -> String {
    match account.platform {
        Platform::Weixin => format!("/s/{}{serial:04}", account.slug),
        _ => format!("{}/p/{serial}", page_path(account.platform, &account.slug)),
    }
}

/// Answers for the host of a platform.
#[must_use]
pub fn respond(
    accounts: &[AccountPlan],
    platform: Platform,
    path: &str,
    now: DateTime,
) -> Option<Response> {
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let account = accounts
        .iter()
        .find(|a| a.platform == platform && segments.iter().any(|s| s.starts_with(&a.slug)))?;
    let page = page_path(platform, &account.slug);
    if path.trim_end_matches('/') == page {
        return Some(Response::html(profile(account, now)));
    }
    if path == format!("{page}/message") && message_open(account) {
        return Some(Response::html(message_form(account)));
    }
    let serial: u32 = match platform {
        Platform::Weixin => path
            .strip_prefix("/s/")?
            .strip_prefix(&account.slug)?
            .parse()
            .ok()?,
        _ => path
            .strip_prefix(&page)?
            .strip_prefix("/p/")?
            .parse()
            .ok()?,
    };
    let post = posts::post_by_serial(account, serial, now)?;
    Some(Response::html(article(account, &post)))
}

fn message_open(account: &AccountPlan) -> bool {
    matches!(
        account.interaction,
        Interaction::Plain | Interaction::Submenu | Interaction::CommentsClosed
    )
}

fn comments_open(account: &AccountPlan) -> bool {
    match account.interaction {
        Interaction::CommentsOnly => true,
        Interaction::Plain => !matches!(account.platform, Platform::Weixin | Platform::MiniProgram),
        _ => false,
    }
}

fn shell(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <style>body{{font-family:sans-serif;max-width:760px;margin:0 auto;color:#222}}\
         .head{{display:flex;gap:16px;padding:20px 0}}.avatar{{width:72px;height:72px;border-radius:50%;background:#c33}}\
         .menu{{display:flex;gap:24px;list-style:none;padding:0;border-bottom:1px solid #ddd}}\
         .item{{padding:12px 0;border-bottom:1px solid #eee}}.meta{{color:#888;font-size:13px}}</style></head>\n\
         <body>{body}</body></html>"
    )
}

fn profile(account: &AccountPlan, now: DateTime) -> String {
    let title = format!("{}的主页 - {}", account.name, account.platform.name());
    if account.state != AccountState::Running {
        return shell(
            &title,
            "<div class=\"notice\"><p>该账号已注销，内容无法查看。</p></div>",
        );
    }
    let mut body = head(account, now);
    body.push_str(&menu(account));
    if account.platform == Platform::MiniProgram {
        body.push_str("<h2>服务</h2><ul class=\"service\"><li>社保查询</li><li>公积金查询</li><li>不动产登记预约</li></ul>");
    } else {
        body.push_str(&list(account, now));
    }
    body.push_str("<div class=\"foot meta\">平台不对账号内容负责</div>");
    shell(&title, &body)
}

fn head(account: &AccountPlan, now: DateTime) -> String {
    let mut rng = Rng::new(account.seed, "head");
    let verified = match account.platform {
        Platform::Weixin | Platform::MiniProgram | Platform::Shipinhao => "账号主体",
        Platform::Weibo => "官方认证",
        _ => "认证主体",
    };
    let touched = if account.posting == Posting::TouchedOld {
        format!(
            "<p class=\"meta\">资料更新时间：{}</p>",
            posts::written(now, now, DateStyle::Iso)
        )
    } else {
        String::new()
    };
    format!(
        "<div class=\"head\"><div class=\"avatar\"></div><div><h1 class=\"nickname\">{}</h1>\
         <p class=\"verify\">{verified}：{}</p><p class=\"meta\">粉丝 {} · 获赞 {}</p>\
         <p class=\"intro\">{}政务信息发布平台。</p>{touched}</div></div>\n",
        account.name,
        account.subject,
        rng.range(800, 260_000),
        rng.range(300, 900_000),
        account.place
    )
}

/// The menu or the buttons under the name.
fn menu(account: &AccountPlan) -> String {
    let page = page_path(account.platform, &account.slug);
    let message = format!("{page}/message");
    let mut rng = Rng::new(account.seed, "menu");
    let entry = |word: &str, link: &str| format!("<li><a href=\"{link}\">{word}</a></li>");
    let information = entry("政务要闻", &page)
        + &entry("通知公告", &page)
        + &entry(&format!("走进{}", account.place), &page);
    match account.interaction {
        Interaction::Plain if message_by_button(account.platform) => {
            format!(
                "<div class=\"actions\"><button>关注</button> <a class=\"btn\" href=\"{message}\">私信</a></div>\n"
            )
        }
        Interaction::Plain => {
            let word = *rng.pick(&["留言咨询", "我要留言", "互动交流", "咨询投诉", "意见建议"]);
            format!(
                "<ul class=\"menu\">{}{}</ul>\n",
                entry("政务要闻", &page),
                entry(word, &message)
            )
        }
        Interaction::PortalLink => {
            format!(
                "<ul class=\"menu\">{information}{}</ul>\n",
                entry("互动交流", &account.portal)
            )
        }
        Interaction::CommentsClosed => format!(
            "<div class=\"actions\"><button>关注</button> <a class=\"btn\" href=\"{message}\">发私信</a></div>\
             <p class=\"meta\">该账号已关闭评论功能</p>\n"
        ),
        Interaction::Submenu => {
            let word = *rng.pick(&["我要咨询", "书记信箱", "诉求反映", "建言献策"]);
            format!(
                "<ul class=\"menu\">{information}<li><span>便民</span><ul class=\"sub\">{}{}</ul></li></ul>\n",
                entry("公交查询", &page),
                entry(word, &message)
            )
        }
        Interaction::InformationMenu => {
            format!("<ul class=\"menu\">{information}</ul><p class=\"meta\">评论功能已关闭</p>\n")
        }
        Interaction::SwitchedOff => "<p class=\"meta\">该账号未开启私信和评论</p>\n".to_owned(),
        Interaction::CommentsOnly | Interaction::Nothing | Interaction::WordsInTitles => {
            String::new()
        }
    }
}

const fn message_by_button(platform: Platform) -> bool {
    matches!(
        platform,
        Platform::Weibo | Platform::Douyin | Platform::Kuaishou | Platform::Toutiao
    )
}

fn list(account: &AccountPlan, now: DateTime) -> String {
    if account.posting == Posting::PageEmpty {
        return "<div class=\"list\"><p class=\"meta\">打开客户端查看全部内容</p></div>\n"
            .to_owned();
    }
    let posts = posts::posts(account, now);
    if posts.is_empty() {
        return "<div class=\"list\"><p class=\"meta\">TA还没有发布过内容</p></div>\n".to_owned();
    }
    if account.dates == DateStyle::Script {
        return format!("<div id=\"root\"></div>\n{}", state_script(account, &posts));
    }
    let mut out = String::from("<div class=\"list\">\n");
    for post in &posts {
        item(&mut out, account, post, now);
    }
    out.push_str("</div>\n");
    if matches!(account.platform, Platform::Toutiao | Platform::Douyin)
        && account.posting != Posting::Undated
    {
        out.push_str(&state_script(account, &posts));
    }
    out
}

fn item(out: &mut String, account: &AccountPlan, post: &Post, now: DateTime) {
    let path = post_path(account, post.serial);
    let day = if account.posting == Posting::Undated {
        String::new()
    } else {
        posts::written(post.at, now, account.dates)
    };
    let mark = match (post.pinned, post.scheduled) {
        (true, _) => "<em class=\"top\">置顶</em> ",
        (_, true) => "<em class=\"top\">预告</em> ",
        _ => "",
    };
    let comments = if comments_open(account) {
        format!(" <a href=\"{path}#comment\">评论 {}</a>", post.reads % 37)
    } else {
        String::new()
    };
    let likes = post.reads / 41;
    let title = &post.title;
    // Writing to a string cannot fail.
    let _ = match account.platform {
        Platform::Weibo => writeln!(
            out,
            "<div class=\"item weibo\"><div class=\"meta\"><a class=\"time\" href=\"{path}\">{day}</a> 来自 微博网页版</div>\
             <div class=\"txt\">{mark}{title}</div><div class=\"meta\">转发 {}{comments} 赞 {likes}</div></div>",
            post.reads % 53
        ),
        Platform::Douyin | Platform::Kuaishou | Platform::Shipinhao => writeln!(
            out,
            "<div class=\"item video\"><a href=\"{path}\"><div class=\"cover\"></div><p class=\"desc\">{mark}{title}</p></a>\
             <div class=\"meta\"><span class=\"publish\">{day}</span> 播放 {} 赞 {likes}{comments}</div></div>",
            post.reads
        ),
        _ => writeln!(
            out,
            "<div class=\"item\"><h3>{mark}<a href=\"{path}\">{title}</a></h3>\
             <div class=\"meta\"><span class=\"date\">{day}</span> 阅读 {}{comments}</div></div>",
            post.reads
        ),
    };
}

/// The data from which the page's own script would draw its list.
fn state_script(account: &AccountPlan, posts: &[Post]) -> String {
    let list: Vec<_> = posts
        .iter()
        .map(|p| {
            json!({"id": p.serial, "title": p.title, "url": post_path(account, p.serial), "is_top": p.pinned,
                   "create_time": posts::unix_seconds(p.at), "read_count": p.reads})
        })
        .collect();
    let name = if account.platform == Platform::Weixin {
        "var msgList"
    } else {
        "window.__INITIAL_STATE__"
    };
    format!(
        "<script>{name} = {};</script>\n",
        json!({"nickname": account.name, "list": list})
    )
}

fn article(account: &AccountPlan, post: &Post) -> String {
    let seconds = posts::unix_seconds(post.at);
    let day = posts::written(post.at, post.at, DateStyle::IsoMinute);
    let comments = if comments_open(account) {
        "<div id=\"comment\"><h3>评论</h3><form method=\"post\"><textarea name=\"content\" placeholder=\"写评论\"></textarea>\
         <button type=\"submit\">发布</button></form></div>"
    } else {
        ""
    };
    // As on the real platform, a script writes the time into the empty element.
    let time = if account.platform == Platform::Weixin {
        format!(
            "<em id=\"publish_time\"></em><script>var ct = \"{seconds}\";var nickname = \"{}\";</script>",
            account.name
        )
    } else {
        format!("<span class=\"time\">{day}</span>")
    };
    let body = format!(
        "<h1>{}</h1><p class=\"meta\"><a href=\"{}\">{}</a> {time}</p><div class=\"content\"><p>{}。各有关单位要认真抓好落实，\
         切实为群众办实事、解难题。</p><p>来源：{}</p></div>{comments}",
        post.title,
        page_path(account.platform, &account.slug),
        account.name,
        post.title,
        account.subject
    );
    shell(&post.title, &body)
}

fn message_form(account: &AccountPlan) -> String {
    let body = format!(
        "<h1>给{}留言</h1><form method=\"post\"><p><input name=\"title\" placeholder=\"标题\"></p>\
         <p><textarea name=\"content\" placeholder=\"请写下您的意见、建议或咨询\"></textarea></p>\
         <p><input name=\"phone\" placeholder=\"联系电话\"></p><button type=\"submit\">提交</button></form>",
        account.name
    );
    shell(&format!("留言 - {}", account.name), &body)
}
