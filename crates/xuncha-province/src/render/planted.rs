//! Answers for planted links of the site itself.

use jiff::civil::DateTime;

use super::shell::{self, Frame};
use crate::content::Site;
use crate::content::links::LinkKind;
use crate::response::Response;

/// What the planted link answers; `asked` is how often it was asked before.
pub fn respond(site: &Site, index: usize, target: &str, now: DateTime, asked: u32) -> Response {
    let link = &site.links[index];
    match link.kind {
        LinkKind::Status410 => with_status(site, 410, "页面已删除", now),
        LinkKind::Status500 => Response::status(
            500,
            "text/html",
            "<html><body><h1>HTTP Status 500 - Internal Server Error</h1><p>java.lang.NullPointerException</p></body></html>",
        ),
        LinkKind::Loop => {
            let path = target.split('?').next().unwrap_or(target);
            let next = if target.contains('?') {
                path.to_owned()
            } else {
                format!("{path}?r=1")
            };
            Response::redirect(302, &next)
        }
        LinkKind::SoftNotFound => soft(site, now),
        LinkKind::EmptyBody => Response::html(""),
        LinkKind::RedirectHome => Response::redirect(302, "/"),
        LinkKind::OnceUnavailable if asked == 0 => Response::status(
            503,
            "text/html",
            "<html><body>503 Service Temporarily Unavailable</body></html>",
        ),
        LinkKind::SlowFine => fine(site, &link.text, now).after(8_000),
        LinkKind::Moved if !target.contains('?') => {
            Response::redirect(301, &format!("{target}?r=1"))
        }
        LinkKind::Refused if asked < 2 => Response::status(
            403,
            "text/html; charset=utf-8",
            "<html><head><title>访问验证</title></head><body><p>您的访问过于频繁，请完成安全验证后继续访问。</p></body></html>",
        ),
        LinkKind::SpacePath => super::assets::attachment("pdf"),
        _ => fine(site, &link.text, now),
    }
}

fn fine(site: &Site, title: &str, now: DateTime) -> Response {
    let main = format!(
        "<div class=\"art\"><h2>{title}</h2><p>本专题集中发布{}有关工作部署、政策措施和工作动态，内容由{}负责维护。</p><p>欢迎社会各界监督并提出意见建议。</p></div>",
        site.voice.region, site.voice.unit
    );
    super::finish(site, shell::page(site, &Frame::plain(title), &main, now))
}

fn with_status(site: &Site, status: u16, words: &str, now: DateTime) -> Response {
    let mut response = super::finish(
        site,
        shell::page(
            site,
            &Frame::plain(words),
            &format!("<h2>{words}</h2>"),
            now,
        ),
    );
    response.status = status;
    response
}

/// 200, but the page says that there is nothing.
fn soft(site: &Site, now: DateTime) -> Response {
    let words = site.skin.word(&[
        "对不起，您访问的页面不存在或已被删除！",
        "抱歉，您要查看的信息不存在或已过期。",
        "404！很抱歉，您访问的页面找不到了。",
        "该信息不存在，或已被管理员删除。",
    ]);
    with_status(site, 200, words, now)
}
