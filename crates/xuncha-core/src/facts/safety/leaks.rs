//! 目录、备份外泄, 外链提示: what a visitor can follow and should not be able to, or should be told of.

use memchr::memmem;
use url::Url;

use super::hosts::{Whose, host_of, registered, whose};
use super::lists::SafetyLists;
use crate::facts::dom::Dom;
use crate::facts::links::PageLinks;
use crate::facts::model::{LinkKind, Sign, SignCase};
use crate::verdict::Confidence;

/// Ends of names that no visitor is to have.
const ENDINGS: [&str; 16] = [
    ".bak", ".sql", ".sql.gz", ".sql.zip", ".mdb", ".old", ".swp", ".inc", ".ini", ".env", ".log",
    ".dump", ".bacpac", ".mdf", ".ldf", ".pfx",
];
/// Whole names that no visitor is to have.
const NAMES: [&str; 22] = [
    "phpinfo.php",
    "info.php",
    "web.config",
    "web.config.bak",
    ".ds_store",
    ".htpasswd",
    ".htaccess",
    "wwwroot.zip",
    "wwwroot.rar",
    "wwwroot.tar.gz",
    "www.zip",
    "www.rar",
    "www.tar.gz",
    "web.zip",
    "web.rar",
    "webroot.zip",
    "backup.zip",
    "backup.rar",
    "website.zip",
    "database.zip",
    "db.zip",
    "data.zip",
];
/// Ends of names that are all right.
const USUAL: [&str; 16] = [
    "html", "htm", "shtml", "jsp", "jspx", "asp", "aspx", "do", "action", "pdf", "doc", "docx",
    "xls", "xlsx", "jpg", "png",
];
/// Folders that no visitor is to have.
const FOLDERS: [&str; 3] = ["/.git/", "/.svn/", "/.hg/"];
/// Titles of listed folders.
const LISTINGS: [&str; 5] = [
    "index of /",
    "directory listing for",
    "directory of /",
    "目录列表",
    "folder listing",
];
/// What pages say before they let a visitor go.
const PROMPTS: [&str; 20] = [
    "即将离开",
    "将要离开",
    "即将跳转",
    "离开本站",
    "离开本网站",
    "将离开",
    "即将访问",
    "跳转到第三方",
    "外部链接提示",
    "正在离开",
    "将会离开",
    "确认离开",
    "将跳转到",
    "将跳转至",
    "跳转至第三方",
    "将打开非",
    "将打开外部",
    "为外部链接",
    "非本站网页",
    "非本网站",
];

/// Links to files that leak, and a page that lists a folder.
pub(super) fn leaks(title: &str, url: &str, links: &PageLinks, signs: &mut Vec<Sign>) {
    let own = host_of(url);
    let is_own = |url: &str| {
        let host = host_of(url);
        host == own || registered(host) == registered(own)
    };
    let mut push = |case: SignCase, what: &str, way: &str, quote: String| {
        signs.push(Sign {
            case,
            what: what.to_owned(),
            way: way.to_owned(),
            quote,
            confidence: Confidence::Medium,
        });
    };
    let lower = title.to_lowercase();
    if let Some(listing) = LISTINGS.iter().find(|listing| lower.starts_with(**listing)) {
        push(
            SignCase::ListedFolder,
            url,
            listing.trim(),
            title.to_owned(),
        );
    }
    for link in links.iter().filter(|link| link.kind == LinkKind::Anchor) {
        if let Some(way) = leaking(link.url).filter(|_| is_own(link.url)) {
            push(SignCase::LeakedFile, link.url, way, link.text.to_owned());
        }
    }
}

/// What is wrong with offering this address.
fn leaking(url: &str) -> Option<&'static str> {
    // Nearly all names end as they should, and none stands below a folder that begins with a dot: that is seen without a copy.
    let path_end = memchr::memchr(b'?', url.as_bytes()).unwrap_or(url.len());
    let path = &url[..path_end];
    let has_dotted = memmem::find(path.as_bytes(), b"/.").is_some();
    let name = memchr::memrchr(b'/', path.as_bytes()).map_or(path, |slash| &path[slash + 1..]);
    let is_usual = name.rsplit_once('.').is_none_or(|(_, extension)| {
        USUAL
            .iter()
            .any(|usual| extension.eq_ignore_ascii_case(usual))
    });
    if is_usual && !has_dotted {
        return None;
    }
    let path = path.splitn(4, '/').nth(3)?;
    let (path, name) = (
        format!("/{}", path.to_ascii_lowercase()),
        name.to_ascii_lowercase(),
    );
    if FOLDERS.iter().any(|folder| path.contains(folder)) {
        return Some("repository");
    }
    if NAMES.contains(&name.as_str()) {
        return Some(if name.ends_with(".php") {
            "server_info"
        } else {
            "backup"
        });
    }
    ENDINGS
        .iter()
        .any(|end| name.len() > end.len() && name.ends_with(end))
        .then_some("backup")
}

/// Whether a page lets its visitors go to others without a word: links that open others' sites, and no prompt in sight.
pub(super) fn prompt(
    dom: &Dom,
    own: &str,
    links: &PageLinks,
    lists: &SafetyLists,
    signs: &mut Vec<Sign>,
) {
    let is_private = |url: &str| {
        let host = host_of(url);
        let is_public = [".gov.cn", ".edu.cn", ".mil.cn"]
            .iter()
            .any(|end| host.ends_with(end));
        !is_public
            && host != "gov.cn"
            && !host.ends_with("conac.cn")
            && whose(host, own, &lists.hosts) != Whose::Own
    };
    let mut away = links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && is_private(link.url));
    let Some(first) = away.next() else {
        return;
    };
    let page = dom.page.as_bytes();
    if PROMPTS
        .iter()
        .any(|prompt| memmem::find(page, prompt.as_bytes()).is_some())
    {
        return;
    }
    signs.push(Sign {
        case: SignCase::NoExitPrompt,
        what: first.url.to_owned(),
        way: (away.count() + 1).to_string(),
        quote: format!("{}（{}）", first.text, first.url)
            .chars()
            .take(160)
            .collect(),
        confidence: Confidence::Low,
    });
}

/// Names of pages that hold a home page's content: itself, or the frame beside its menu.
const FRONTS: [&str; 5] = ["index", "default", "main", "home", "index_main"];

/// Whether an address is that of a home page, or of the frame that shows its content.
pub(super) fn is_front(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let path = url.path().trim_start_matches('/').to_ascii_lowercase();
        let name = path
            .rsplit_once('.')
            .map_or(path.as_str(), |(name, _)| name);
        path.is_empty() || url.query().is_none() && FRONTS.contains(&name)
    })
}
