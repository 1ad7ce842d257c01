//! Which links are pages of the site, which are only looked at, and the form in which an address counts as seen.

use url::Url;

use super::model::LinkKind;

/// 链接类别. What the crawler does with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkClass {
    /// A page of the site: fetched and read for facts.
    Page,
    /// Of the site, but only its state matters: images, scripts, attachments.
    LookInside,
    /// Of another host: only its state matters.
    LookOutside,
    /// Never asked: form actions, and addresses that no browser asks for over HTTP.
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

const ATTACHMENTS: [&str; 46] = [
    "pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "dps", "ofd", "ceb", "rtf",
    "csv", "txt", "zip", "rar", "7z", "gz", "tar", "tgz", "exe", "msi", "apk", "ipa", "dmg", "iso",
    "mp3", "mp4", "m4v", "wav", "wma", "wmv", "avi", "flv", "mov", "swf", "webm", "ogg", "m3u8",
    "epub", "caj", "dwg", "psd", "eml", "ics",
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
        if kind == LinkKind::Form {
            return LinkClass::Ignore;
        }
        let Ok(url) = Url::parse(url) else {
            return LinkClass::Ignore;
        };
        if !matches!(url.scheme(), "http" | "https") {
            return LinkClass::Ignore;
        }
        if !self.contains(&url) {
            return LinkClass::LookOutside;
        }
        let is_document = matches!(
            kind,
            LinkKind::Anchor | LinkKind::Frame | LinkKind::Refresh | LinkKind::Pager
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

fn has_asset_extension(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    let Some((_, extension)) = name.rsplit_once('.') else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    let extension = extension.as_str();
    ATTACHMENTS.contains(&extension) || IMAGES.contains(&extension) || CODE.contains(&extension)
}

/// The form of an address under which it counts as seen: no fragment, no session or campaign parameters.
/// Default documents (`/` and `/index.html`) stay apart: they may answer differently.
pub fn canonical(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return url.to_owned();
    };
    url.set_fragment(None);
    let path = url.path().to_owned();
    if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
        url.set_path(&path[..at]);
    }
    if let Some(query) = url.query() {
        // The raw pairs are kept as they are: re-encoding a GBK query as UTF-8 would ask for something else.
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !is_session_pair(pair))
            .collect();
        if kept.len() != query.split('&').count() {
            let query = kept.join("&");
            url.set_query((!query.is_empty()).then_some(query.as_str()));
        }
    }
    url.into()
}

fn is_session_pair(pair: &str) -> bool {
    let name = pair
        .split('=')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(
        name.as_str(),
        "jsessionid" | "phpsessid" | "aspsessionid" | "sessionid" | "sid_" | "spm" | "from_spm"
    ) || name.starts_with("utm_")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
        ] {
            assert_eq!(canonical(url), expected);
        }
    }
}
