//! Turns the content of a site into answers. Pure: (site, path, civil time, how often asked) → answer.
//!
//! `markup` has the last hand on each page. `shell` and `footer` frame a page, `decoys` stand around it, `home`, `lists`, `articles`, `services`, `talk`, `search` fill it, `planted` answers for planted
//! links, `assets` draws pictures and files.

pub mod articles;
pub mod assets;
pub mod conduct;
pub mod decoys;
pub mod footer;
pub mod home;
pub mod info;
pub mod items;
pub mod lists;
pub mod markup;
pub mod planted;
pub mod safety;
pub mod scripted;
pub mod search;
pub mod services;
pub mod shell;
pub mod style;
pub mod talk;

use encoding_rs::GB18030;
use jiff::civil::DateTime;

use crate::content::Site;
use crate::content::routes::Page;
use crate::content::windows::Down;
use crate::model::Family;
use crate::response::Response;

/// Answers for one site. `target` is path and query as the client sent them, `asked` how often it was asked before.
#[must_use]
pub fn respond(site: &Site, target: &str, now: DateTime, asked: u32) -> Response {
    match site.down_at(now) {
        Some(Down::Closed) => return Response::closed(),
        Some(Down::Unavailable) => {
            return Response::status(
                503,
                "text/html",
                "<html><body><h1>503 Service Unavailable</h1></body></html>",
            );
        }
        Some(Down::Slow) => return answer(site, target, now, asked).after(20_000),
        None => {}
    }
    answer(site, target, now, asked)
}

fn answer(site: &Site, target: &str, now: DateTime, asked: u32) -> Response {
    if let Some(&page) = site.routes.get(target) {
        return show(site, page, target, now, asked);
    }
    if let Some((path, _)) = target.split_once('?')
        && let Some(&page @ Page::Search) = site.routes.get(path)
    {
        return show(site, page, target, now, asked);
    }
    not_found(site, now)
}

fn show(site: &Site, page: Page, target: &str, now: DateTime, asked: u32) -> Response {
    match page {
        Page::Home => match site.plan.safety.later.page() {
            Some(other) if site.is_later(now) => Response::html(other),
            _ => finish(site, home::page(site, now)),
        },
        Page::Frame(0) => finish(site, home::head_frame(site, now)),
        Page::Frame(_) => finish(site, home::content_frame(site, now)),
        Page::Column(column, number) => finish(
            site,
            lists::column(site, column as usize, number as usize, now),
        ),
        Page::Article(article) => {
            if site.articles[article as usize].published > now {
                return not_found(site, now);
            }
            let mut response = finish(site, articles::page(site, article as usize, now));
            if let Some(modified) = site.articles[article as usize].modified {
                response
                    .headers
                    .push(("Last-Modified".into(), http_date(modified)));
            }
            response
        }
        Page::Guide(guide) => finish(site, services::guide(site, guide as usize, now)),
        Page::Directory => finish(site, services::directory(site, now)),
        Page::Message(message) => {
            if site.messages[message as usize].asked > now {
                return not_found(site, now);
            }
            finish(site, talk::message(site, message as usize, now))
        }
        Page::MessageList(number) => finish(site, talk::list(site, number as usize, now)),
        Page::MessageForm => finish(site, talk::form(site, now)),
        Page::MessageStatistics => finish(site, talk::statistics(site, now)),
        Page::Petition => finish(site, talk::petition(site, now)),
        Page::SignIn => finish(site, conduct::sign_in(site, now)),
        Page::Wall => finish(site, conduct::wall(site, now)),
        Page::Search => finish(site, search::page(site, target, now)),
        Page::Planted(link) => planted::respond(site, link as usize, target, now, asked),
        Page::Style => Response::ok("text/css", style::style(site)),
        Page::Picture(n) => Response::ok("image/svg+xml", assets::picture(site, n)),
        Page::Mark(n) => Response::ok("image/png", assets::mark(n)),
        Page::Attachment(ext) => assets::attachment(ext),
        Page::Document(n) => safety::document(&site.documents[n as usize]),
        Page::Leak(n) => safety::leak(&site.leaks[n as usize]),
    }
}

/// A time of the province as servers write it.
fn http_date(t: DateTime) -> String {
    let greenwich = t.saturating_sub(jiff::Span::new().hours(8));
    greenwich.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The page in the site's encoding, with the header the family sends.
pub fn finish(site: &Site, html: String) -> Response {
    let html = markup::spell(&site.skin, html);
    let content_type = match site.plan.family {
        Family::Aspx => "text/html",
        Family::Shtml => "text/html; charset=GB18030",
        Family::Kaipu | Family::Script | Family::Hashed => "text/html;charset=UTF-8",
        _ => "text/html",
    };
    if !site.plan.family.is_gbk() {
        return Response::ok(content_type, html);
    }
    let (bytes, _, _) = GB18030.encode(&html);
    Response::ok(content_type, bytes.into_owned())
}

fn not_found(site: &Site, now: DateTime) -> Response {
    let words = site.skin.word(&[
        "404 - 找不到文件或目录。",
        "您访问的页面不存在",
        "页面未找到",
    ]);
    let mut response = finish(
        site,
        shell::page(
            site,
            &shell::Frame::plain("页面未找到"),
            &format!("<h2>{words}</h2>"),
            now,
        ),
    );
    response.status = 404;
    response
}
