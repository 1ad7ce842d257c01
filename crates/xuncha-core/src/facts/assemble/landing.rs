//! 跳转去向: what the address says at which a redirect ended: the home page, a login, an error page.

use url::Url;

use super::links::{Look, bad, unknown};
use crate::evidence::Capture;
use crate::verdict::UndeterminedReason;

/// A link to an article that lands on the site's home page.
pub(super) fn leads_home(capture: &Capture, home: &Url) -> bool {
    if capture.hops.is_empty() || !capture.is_success() {
        return false;
    }
    let (Ok(asked), Ok(landed)) = (Url::parse(&capture.url), Url::parse(&capture.final_url)) else {
        return false;
    };
    let is_article_like = is_article_like(&asked);
    let is_home = landed.host_str() == home.host_str()
        && (landed.path() == home.path() || landed.path() == "/" || landed.path() == "/index.html")
        && landed.query().is_none();
    is_article_like
        && is_home
        && asked.host_str().map(|host| host.trim_start_matches("www."))
            == home.host_str().map(|host| host.trim_start_matches("www."))
}

/// Whether an address looks like that of content: other names for the home page (other languages, other devices, a logout) lead there
/// rightly.
fn is_article_like(asked: &Url) -> bool {
    const OTHER_HOMES: [&str; 26] = [
        "index", "default", "home", "main", "welcome", "shouye", "sy", "wap", "mobile", "m", "pc",
        "web", "www", "portal", "site", "switch", "lang", "language", "cn", "zh", "en", "big5",
        "logout", "signout", "exit", "top",
    ];
    let path = asked.path().to_ascii_lowercase();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let (Some(first), last) = (parts.next(), path.rsplit('/').next().unwrap_or_default()) else {
        return false;
    };
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let word = stem.split(['_', '-']).next().unwrap_or_default();
    let is_other_home = OTHER_HOMES.contains(&word) || matches!(first, "lang" | "language");
    let has_number = stem.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let is_file = last.contains('.');
    let is_deep = parts.next().is_some();
    !last.is_empty() && !is_other_home && (has_number || is_file || is_deep)
}

/// Whether a redirect led to a login that was not asked for.
pub(super) fn leads_to_login(capture: &Capture) -> bool {
    let is_login = |url: &str| {
        Url::parse(url)
            .is_ok_and(|url| login_words(&url).any(|word| LOGIN_WORDS.contains(&word.as_str())))
    };
    !capture.hops.is_empty() && is_login(&capture.final_url) && !is_login(&capture.url)
}

/// Where a redirect led, as far as the address alone tells.
pub(super) fn landing(capture: &Capture) -> Option<Look> {
    if capture.hops.is_empty() || !capture.is_success() {
        return None;
    }
    let landed = Url::parse(&capture.final_url).ok()?;
    if leads_to_login(capture) {
        return Some(unknown(
            UndeterminedReason::Blocked,
            "跳转到登录页，须登录后才能查看，无法判定",
        ));
    }
    let name = landed.path().rsplit('/').next()?.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let is_missing = MISSING_NAMES.contains(&stem);
    is_missing.then(|| bad("soft_404", "跳转到网站的错误提示页，原内容不存在"))
}

const LOGIN_WORDS: [&str; 7] = [
    "login",
    "signin",
    "logon",
    "sso",
    "passport",
    "oauth2",
    "unifiedlogin",
];
const MISSING_NAMES: [&str; 8] = [
    "404",
    "404error",
    "error404",
    "error_404",
    "404_error",
    "notfound",
    "not_found",
    "page404",
];

/// The host's first label and the words of the path.
fn login_words(url: &Url) -> impl Iterator<Item = String> + '_ {
    let host = url.host_str().unwrap_or_default();
    host.split('.')
        .take(1)
        .chain(url.path().split(['/', '.', '-', '_', ';']))
        .map(str::to_ascii_lowercase)
}
