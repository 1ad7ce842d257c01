//! The words of HTTP/1.1 that we speak and hear: request lines, redirects, kinds of content, and what an error of the library means.

use std::time::Duration;

use http::header::{self, HeaderMap, HeaderName};
use url::Url;
use xuncha_core::facts::refresh;

use crate::connection::Endpoint;
use crate::jar::Jar;

/// A visitor reads a page that goes on later than this.
const MAX_REFRESH_SECONDS: f32 = 1.0;

pub(crate) fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

pub(crate) fn without_fragment(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

pub(crate) fn endpoint_of(url: &Url) -> Result<Endpoint, String> {
    let is_tls = match url.scheme() {
        "http" => false,
        "https" => true,
        other => return Err(format!("scheme {other}")),
    };
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or("no host")?;
    let port = url.port_or_known_default().ok_or("no port")?;
    // A trailing dot names the same host; without this it would be a way around limits and overrides.
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    Ok(Endpoint { is_tls, host, port })
}

pub(crate) fn authority_of(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", host_of(url)),
        None => host_of(url).to_owned(),
    }
}

/// The head of the one kind of request that we send.
pub(crate) fn request_head(
    url: &Url,
    user_agent: &str,
    jar: &Jar,
    referer: Option<&str>,
) -> Vec<u8> {
    let mut head = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {user_agent}\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
         Accept-Language: zh-CN,zh;q=0.9,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\n",
        origin_form(url),
        authority_of(url),
    );
    if let Some(referer) = referer {
        head.push_str("Referer: ");
        head.push_str(referer);
        head.push_str("\r\n");
    }
    if let Some(cookies) = jar.header(host_of(url)) {
        head.push_str("Cookie: ");
        head.push_str(&cookies);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// Path and query as a request line carries them. What the URL standard leaves bare and HTTP does not allow is escaped.
pub(crate) fn origin_form(url: &Url) -> String {
    let path = url.path();
    let raw = match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if raw.parse::<http::Uri>().is_ok() && raw.starts_with('/') {
        return raw;
    }
    let mut escaped = String::with_capacity(raw.len() + 8);
    if !raw.starts_with('/') {
        escaped.push('/');
    }
    for byte in raw.bytes() {
        let is_bare = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
        if is_bare {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

pub(crate) fn is_redirect(status: Option<u16>) -> bool {
    matches!(status, Some(301 | 302 | 303 | 307 | 308))
}

/// Whether a redirect says where to; a browser shows the body of one that does not.
pub(crate) fn has_location(headers: &HeaderMap) -> bool {
    let location = headers.get(header::LOCATION);
    location.is_some_and(|value| !value.as_bytes().trim_ascii().is_empty())
}

pub(crate) fn redirect_target(url: &Url, headers: &HeaderMap) -> Option<Url> {
    join(url, headers.get(header::LOCATION)?.as_bytes())
}

/// Where the `Refresh` header sends a visitor at once. The address may be the page's own. Addresses that no browser opens as a page
/// lead nowhere.
pub(crate) fn refresh_target(url: &Url, headers: &HeaderMap) -> Option<Url> {
    let header = headers.get(HeaderName::from_static("refresh"))?;
    let (seconds, address) = refresh(header.as_bytes())?;
    if seconds > MAX_REFRESH_SECONDS {
        return None;
    }
    let target = match address.is_empty() {
        true => Some(url.clone()),
        false => join(url, address),
    };
    target.filter(|target| matches!(target.scheme(), "http" | "https"))
}

/// An address of a header line. Raw bytes beyond ASCII are sent on as they came, as browsers do.
fn join(url: &Url, address: &[u8]) -> Option<Url> {
    let mut text = String::with_capacity(address.len());
    for byte in address {
        if byte.is_ascii() {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    url.join(text).ok()
}

pub(crate) fn is_text(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
    kind.is_empty()
        || kind.starts_with("text/")
        || ["html", "xml", "json", "javascript"]
            .iter()
            .any(|word| kind.contains(word))
}

/// `Retry-After` in seconds; the date form is rare and is taken as a minute.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    Some(Duration::from_secs(value.parse().unwrap_or(60)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn request_lines_carry_what_http_allows() {
        for (url, expected) in [
            ("http://a.cn", "/"),
            ("http://a.cn/x?q=%D5%FE&b=1#c", "/x?q=%D5%FE&b=1"),
            ("http://a.cn/政务", "/%E6%94%BF%E5%8A%A1"),
            ("http://a.cn/x?a=<b>", "/x?a=%3Cb%3E"),
        ] {
            assert_eq!(origin_form(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn the_refresh_header_leads_on_at_once() {
        for (value, expected) in [
            ("0;url=/new/", Some("http://a.cn/new/")),
            ("1 ; URL='b.html'", Some("http://a.cn/x/b.html")),
            ("0; url=\"/target\"", Some("http://a.cn/target")),
            ("0, url=http://b.cn/", Some("http://b.cn/")),
            ("0;/bare", Some("http://a.cn/bare")),
            ("0 url=/x", Some("http://a.cn/x")),
            ("0", Some("http://a.cn/x/y")),
            ("0;url=", Some("http://a.cn/x/y")),
            ("3;url=/later", None),
            ("-1;url=/gone", None),
            ("soon;url=/new", None),
            ("1;url=javascript:go()", None),
            ("1;url=weixin://dl", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("refresh", value.parse().unwrap());
            let url = Url::parse("http://a.cn/x/y").unwrap();
            let target = refresh_target(&url, &headers).map(String::from);
            assert_eq!(target.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn schemes_other_than_http_are_refused() {
        assert!(endpoint_of(&Url::parse("ftp://a.cn/").unwrap()).is_err());
        assert!(endpoint_of(&Url::parse("file:///etc/passwd").unwrap()).is_err());
        assert_eq!(
            endpoint_of(&Url::parse("HTTPS://A.cn./x").unwrap())
                .unwrap()
                .host,
            "a.cn"
        );
    }
}
