//! Which links are pages of the site, which are only looked at, and the form in which an address counts as seen.

use std::net::Ipv4Addr;

use memchr::memmem;
use url::Url;

use super::model::LinkKind;
use super::reference::is_plain_host;

/// 链接类别. What the crawler does with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkClass {
    /// A page of the site: fetched and read for facts.
    Page,
    /// Of the site, but only its state matters: images, scripts, attachments.
    LookInside,
    /// Of another host: only its state matters.
    LookOutside,
    /// Never asked: forms of other hosts, and addresses that no browser asks for over HTTP.
    Ignore,
}

/// 抓取范围. The addresses that belong to a site, judged from its home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    host: String,
    port: Option<u16>,
}

/// The scope of the site with this home page.
pub fn scope(home: &Url) -> Scope {
    Scope {
        host: bare_host(home.host_str().unwrap_or_default()),
        port: home.port(),
    }
}

/// `www.` makes no other site: both names are filed as one.
fn bare_host(host: &str) -> String {
    let host = host.trim_end_matches('.');
    host.strip_prefix("www.")
        .unwrap_or(host)
        .to_ascii_lowercase()
}

const ATTACHMENTS: [&str; 49] = [
    "pdf", "doc", "docx", "docm", "wps", "xls", "xlsx", "xlsm", "pptm", "et", "ppt", "pptx", "dps",
    "ofd", "ceb", "rtf", "csv", "txt", "zip", "rar", "7z", "gz", "tar", "tgz", "exe", "msi", "apk",
    "ipa", "dmg", "iso", "mp3", "mp4", "m4v", "wav", "wma", "wmv", "avi", "flv", "mov", "swf",
    "webm", "ogg", "m3u8", "epub", "caj", "dwg", "psd", "eml", "ics",
];
const IMAGES: [&str; 11] = [
    "jpg", "jpeg", "png", "gif", "bmp", "webp", "svg", "ico", "tif", "tiff", "avif",
];
const CODE: [&str; 12] = [
    "css", "js", "mjs", "json", "map", "woff", "woff2", "ttf", "eot", "otf", "xsl", "xml",
];

impl Scope {
    /// What the crawler does with a link.
    pub fn class(&self, url: &str, kind: LinkKind) -> LinkClass {
        let Ok(url) = Url::parse(url) else {
            return LinkClass::Ignore;
        };
        if !matches!(url.scheme(), "http" | "https") {
            return LinkClass::Ignore;
        }
        if !self.contains(&url) {
            let is_ours = matches!(kind, LinkKind::Form | LinkKind::Sitemap);
            return if is_ours {
                LinkClass::Ignore
            } else {
                LinkClass::LookOutside
            };
        }
        let is_document = matches!(
            kind,
            LinkKind::Anchor
                | LinkKind::Frame
                | LinkKind::Refresh
                | LinkKind::Pager
                | LinkKind::Inline
                | LinkKind::Sitemap
        );
        if !is_document || has_asset_extension(&url) {
            return LinkClass::LookInside;
        }
        LinkClass::Page
    }

    /// Whether an address is of the same site: same host, with or without `www.`; both default ports are one.
    pub fn contains(&self, url: &Url) -> bool {
        bare_host(url.host_str().unwrap_or_default()) == self.host && url.port() == self.port
    }
}

/// The name of the file that an address of an attachment stands for: the end of its path, or of what its query asks for
/// (`fetch.php?media=附件.pdf`); `None` where it names no attachment.
pub(crate) fn attachment_name(url: &Url) -> Option<String> {
    let path = percent_encoding::percent_decode_str(url.path());
    let path = path.decode_utf8_lossy().into_owned();
    let asked = url.query_pairs().map(|(_, value)| value.into_owned());
    let name = |text: String| text.rsplit(['/', ':', '\\']).next().map(str::to_owned);
    std::iter::once(path)
        .chain(asked)
        .filter_map(name)
        .find(|name| {
            let extension = name.rsplit_once('.').map(|(_, extension)| extension);
            extension.is_some_and(|extension| {
                ATTACHMENTS.contains(&extension.to_ascii_lowercase().as_str())
            })
        })
}

fn has_asset_extension(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    let Some((_, extension)) = name.rsplit_once('.') else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    let extension = extension.as_str();
    ATTACHMENTS.contains(&extension) || IMAGES.contains(&extension) || CODE.contains(&extension)
}

/// The form of an address under which it counts as seen: no fragment, no user, no session or campaign parameters, escapes in one spelling.
/// Default documents (`/` and `/index.html`) stay apart: that they are one page is known only when both were read.
pub fn canonical(url: &str) -> String {
    match is_canonical(url) {
        true => url.to_owned(),
        false => canonical_by_parts(url),
    }
}

fn canonical_by_parts(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return url.to_owned();
    };
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    if let Some(path) = plain_path(url.path()) {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        // The raw pairs are kept as they are: re-encoding a GBK query as UTF-8 would ask for something else.
        let pairs = query.split('&');
        let kept: Vec<&str> = pairs.filter(|pair| !is_passing_pair(pair)).collect();
        let is_shorter = kept.len() != query.split('&').count();
        let kept = kept.join("&");
        let spelled = spell_escapes(&kept);
        if is_shorter || spelled.is_some() {
            let query = spelled.unwrap_or(kept);
            url.set_query((!query.is_empty()).then_some(query.as_str()));
        }
    }
    url.into()
}

/// Whether an address is seen at a glance to be in its form already: a plain name, and a path without anything that is ever changed.
fn is_canonical(url: &str) -> bool {
    let rest = url.strip_prefix("http://");
    let Some(rest) = rest.or_else(|| url.strip_prefix("https://")) else {
        return false;
    };
    let Some((host, path)) = rest.split_once('/') else {
        return false;
    };
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.');
    // Steps (`/./`, `/../`) begin with a dot.
    let has_steps = path.starts_with('.') || memmem::find(path.as_bytes(), b"/.").is_some();
    is_plain_authority(host) && path.bytes().all(is_plain) && !has_steps
}

/// A plain name or IPv4 address, with a port only where it is not a usual one.
fn is_plain_authority(authority: &str) -> bool {
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_own_port = port.is_none_or(|port| {
        let number = port.parse::<u16>().unwrap_or_default();
        !matches!(number, 0 | 80 | 443) && !port.starts_with(['0', '+'])
    });
    is_own_port && (is_plain_host(host) || host.parse::<Ipv4Addr>().is_ok())
}

/// A path without its session and with its escapes in one spelling; `None` where nothing changes.
fn plain_path(path: &str) -> Option<String> {
    const SESSIONS: [&str; 3] = [";jsessionid=", ";phpsessid=", ";sessionid="];
    let lower = path.to_ascii_lowercase();
    let session = SESSIONS
        .iter()
        .filter(|_| lower.contains(';'))
        .find_map(|session| lower.find(session));
    let bare = session.map_or_else(
        || path.to_owned(),
        |at| {
            let end = path[at..].find('/').map_or(path.len(), |end| at + end);
            format!("{}{}", &path[..at], &path[end..])
        },
    );
    match spell_escapes(&bare) {
        Some(spelled) => Some(spelled),
        None => session.map(|_| bare),
    }
}

/// RFC 3986, 6.2.2: escapes in upper case, letters and digits that need none bare. `None` where nothing changes.
fn spell_escapes(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let mut spelled = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes
            .get(at + 1..at + 3)
            .filter(|two| bytes[at] == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            spelled.push(bytes[at]);
            at += 1;
            continue;
        };
        let value = hex_value(digits[0]) << 4 | hex_value(digits[1]);
        let is_unreserved = value.is_ascii_alphanumeric() || matches!(value, b'-' | b'_' | b'~');
        if is_unreserved {
            spelled.push(value);
        } else {
            spelled.push(b'%');
            spelled.extend(digits.iter().map(u8::to_ascii_uppercase));
        }
        at += 3;
    }
    let spelled = String::from_utf8(spelled).ok()?;
    (spelled != text).then_some(spelled)
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit)
        .to_digit(16)
        .map_or(0, |value| value as u8)
}

/// Parameters that say who asks or where he came from, never what is asked.
fn is_passing_pair(pair: &str) -> bool {
    const NAMES: [&str; 16] = [
        "jsessionid",
        "phpsessid",
        "sessionid",
        "session_id",
        "cfid",
        "cftoken",
        "sid_",
        "spm",
        "from_spm",
        "gclid",
        "fbclid",
        "msclkid",
        "isappinstalled",
        "nsukey",
        "share_token",
        "weixin_share",
    ];
    /// Where a message was shared: WeChat appends these.
    const SHARED_FROM: [&str; 6] = [
        "timeline",
        "singlemessage",
        "groupmessage",
        "weixin",
        "wechat",
        "qq",
    ];
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    match name.as_str() {
        // These names are also used for things that matter: the value must look like what it is taken for.
        "from" => SHARED_FROM.contains(&value.as_str()),
        "sid" | "session" => is_session_value(&value),
        _ => {
            NAMES.contains(&name.as_str())
                || name.starts_with("utm_")
                || name.starts_with("aspsessionid")
        }
    }
}

/// Long, of hexadecimal digits only, digits and letters both: no number of a column and no word.
fn is_session_value(value: &str) -> bool {
    value.len() >= 24
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The folder of a default document (`/x/index.html` → `/x/`), where an address is one.
pub(crate) fn folder_of_default(url: &str) -> Option<String> {
    const NAMES: [&str; 10] = [
        "index.html",
        "index.htm",
        "index.shtml",
        "index.jsp",
        "index.php",
        "index.asp",
        "index.aspx",
        "default.aspx",
        "default.htm",
        "default.html",
    ];
    let at = url.rfind('/')?;
    let name = url[at + 1..].to_ascii_lowercase();
    NAMES
        .contains(&name.as_str())
        .then(|| url[..=at].to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const PIECES: [&str; 32] = [
        "http://",
        "https://",
        "HTTP://",
        "a.cn",
        "www.a.gov.cn",
        "A.cn",
        "127.0.0.1",
        "1.2.3",
        "01.2.3.4",
        "0x7f.1",
        "xn--a.cn",
        ":80",
        ":443",
        ":8080",
        ":08080",
        ":",
        "/",
        "/",
        "/",
        ".",
        "..",
        "./",
        "../",
        "index.html",
        "a_b-c",
        "?a=1",
        "#x",
        "%41",
        ";jsessionid=1",
        "中",
        "a@",
        "\\",
    ];

    proptest::proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_seen_at_a_glance_is_what_parsing_gives(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 2..8),
        ) {
            let url = pieces.concat();
            if is_canonical(&url) {
                prop_assert_eq!(canonical_by_parts(&url), url);
            }
        }
    }

    #[test]
    fn usual_addresses_are_seen_at_a_glance() {
        for url in [
            "http://127.0.0.1:8771/a/b.html",
            "https://www.qingshi.gov.cn/",
        ] {
            assert!(is_canonical(url), "{url}");
        }
    }

    #[test]
    fn classes_by_host_and_kind() {
        let scope = scope(&Url::parse("https://www.qingshi.gov.cn/").unwrap());
        for (url, kind, expected) in [
            (
                "https://www.qingshi.gov.cn/xw/1.html",
                LinkKind::Anchor,
                LinkClass::Page,
            ),
            (
                "http://qingshi.gov.cn:80/xw/",
                LinkKind::Anchor,
                LinkClass::Page,
            ),
            (
                "https://www.qingshi.gov.cn/frame.jsp",
                LinkKind::Frame,
                LinkClass::Page,
            ),
            (
                "https://www.qingshi.gov.cn/f/a.PDF?x=1",
                LinkKind::Anchor,
                LinkClass::LookInside,
            ),
            (
                "https://www.qingshi.gov.cn/logo.png",
                LinkKind::Image,
                LinkClass::LookInside,
            ),
            (
                "https://www.qingshi.gov.cn/a.html",
                LinkKind::Image,
                LinkClass::LookInside,
            ),
            (
                "https://jyj.qingshi.gov.cn/",
                LinkKind::Anchor,
                LinkClass::LookOutside,
            ),
            (
                "https://www.qingshi.gov.cn:8443/",
                LinkKind::Anchor,
                LinkClass::LookOutside,
            ),
            (
                "https://www.notqingshi.gov.cn/",
                LinkKind::Anchor,
                LinkClass::LookOutside,
            ),
            (
                "https://www.qingshi.gov.cn/save",
                LinkKind::Form,
                LinkClass::LookInside,
            ),
            (
                "https://jyj.qingshi.gov.cn/save",
                LinkKind::Form,
                LinkClass::Ignore,
            ),
            (
                "ftp://www.qingshi.gov.cn/",
                LinkKind::Anchor,
                LinkClass::Ignore,
            ),
        ] {
            assert_eq!(scope.class(url, kind), expected, "{url}");
        }
    }

    #[test]
    fn canonical_drops_only_what_names_a_session() {
        for (url, expected) in [
            ("http://a.cn/x;jsessionid=1A?b=1#c", "http://a.cn/x?b=1"),
            ("http://a.cn/x?utm_source=q&id=3", "http://a.cn/x?id=3"),
            ("http://a.cn/x?PHPSESSID=9", "http://a.cn/x"),
            ("http://a.cn/s?q=%D5%FE", "http://a.cn/s?q=%D5%FE"),
            ("http://a.cn/index.html", "http://a.cn/index.html"),
            ("http://a.cn", "http://a.cn/"),
            ("http://a.cn/a;JSESSIONID=9/b.html", "http://a.cn/a/b.html"),
            (
                "http://a.cn/%e6%94%bf%41?q=%d5%fe",
                "http://a.cn/%E6%94%BFA?q=%D5%FE",
            ),
            ("http://a.cn/a%2Fb%2e", "http://a.cn/a%2Fb%2E"),
            (
                "http://a.cn/x?from=timeline&isappinstalled=0&id=1",
                "http://a.cn/x?id=1",
            ),
            (
                "http://a.cn/x?from=2020-01-01",
                "http://a.cn/x?from=2020-01-01",
            ),
            (
                "http://a.cn/x?sid=1b2c3d4e5f60718293a4b5c6&a=1",
                "http://a.cn/x?a=1",
            ),
            ("http://a.cn/x?sid=1024", "http://a.cn/x?sid=1024"),
            ("http://a.cn/x?s=news", "http://a.cn/x?s=news"),
            ("http://a.cn/x?ASPSESSIONIDABC=9&spm=1.2", "http://a.cn/x"),
            ("http://u:p@a.cn/x", "http://a.cn/x"),
            ("http://a.cn/x?a=100%", "http://a.cn/x?a=100%"),
            ("http://a.cn/X.html", "http://a.cn/X.html"),
        ] {
            assert_eq!(canonical(url), expected);
            assert_eq!(canonical(expected), expected, "stays as it is");
        }
    }
}
