//! Plain references resolved without a URL parser: ASCII addresses of this or another host as nearly all links are written.
//!
//! What is in any way unusual (escapes, odd ports, user names, spaces, backslashes, other letters) is left to `url`; a test compares both.

use url::Url;

/// The parts of a base address that plain references need.
pub(crate) struct PlainBase {
    /// `https:`.
    scheme: String,
    /// `https://www.example.gov.cn`, with its port where it is not the usual one.
    origin: String,
    /// Path up to and with the last slash.
    folder: String,
}

impl PlainBase {
    /// For an HTTP address; `None` for any other.
    pub fn new(base: &Url) -> Option<PlainBase> {
        let origin = match (base.scheme(), base.port()) {
            ("http" | "https", None) => {
                format!("{}://{}", base.scheme(), base.host_str()?)
            }
            ("http" | "https", Some(port)) => {
                format!("{}://{}:{port}", base.scheme(), base.host_str()?)
            }
            _ => return None,
        };
        let has_user = !base.username().is_empty() || base.password().is_some();
        let path = base.path();
        let folder = &path[..=path.rfind('/')?];
        (!has_user && !folder.contains(":/")).then(|| PlainBase {
            scheme: format!("{}:", base.scheme()),
            origin,
            folder: folder.to_owned(),
        })
    }

    /// The absolute address without fragment; `None` where the reference is not plain.
    #[cfg(test)]
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let mut out = String::new();
        self.resolve_into(reference, &mut out).then_some(out)
    }

    /// Writes the absolute address without fragment over what stood there; false where the reference is not plain.
    pub fn resolve_into(&self, reference: &str, out: &mut String) -> bool {
        out.clear();
        let reference = match memchr::memchr(b'#', reference.as_bytes()) {
            Some(at) => &reference[..at],
            None => reference,
        };
        let bytes = reference.as_bytes();
        if bytes.is_empty() || !bytes.iter().all(|byte| IS_PLAIN[*byte as usize]) {
            return false;
        }
        let (before_query, query) = match memchr::memchr(b'?', bytes) {
            Some(at) => reference.split_at(at),
            None => (reference, ""),
        };
        if before_query.is_empty() {
            return false;
        }
        let has_colon = memchr::memchr(b':', before_query.as_bytes()).is_some();
        if has_colon && is_drive(before_query) {
            return false;
        }
        let (scheme, rest) = match before_query.strip_prefix("http://") {
            Some(rest) => ("http:", Some(rest)),
            None => match before_query.strip_prefix("https://") {
                Some(rest) => ("https:", Some(rest)),
                None => (self.scheme.as_str(), before_query.strip_prefix("//")),
            },
        };
        if let Some(rest) = rest {
            let host_end = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at(host_end);
            if !is_plain_host(host) {
                return false;
            }
            out.push_str(scheme);
            out.push_str("//");
            out.push_str(host);
            push_path(out, "/", path.strip_prefix('/').unwrap_or(path));
        } else if let Some(path) = before_query.strip_prefix('/') {
            out.push_str(&self.origin);
            push_path(out, "/", path);
        } else {
            // A colon before the first slash would be a scheme.
            let first = before_query.split('/').next().unwrap_or_default();
            if has_colon && first.contains(':') {
                return false;
            }
            out.push_str(&self.origin);
            push_path(out, &self.folder, before_query);
        }
        out.push_str(query);
        true
    }
}

/// `url` does not step back over what looks like a drive of Windows.
fn is_drive(before_query: &str) -> bool {
    let path = ["http://", "https://"]
        .into_iter()
        .find_map(|scheme| before_query.strip_prefix(scheme))
        .unwrap_or(before_query);
    path.contains(":/") && path.contains("..")
}

/// Characters that stand in path and query as they are.
static IS_PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        plain[at] = byte.is_ascii_alphanumeric();
        at += 1;
    }
    let others = b"-_.~/?=&,;:@!()*+$";
    let mut at = 0;
    while at < others.len() {
        plain[others[at] as usize] = true;
        at += 1;
    }
    plain
};

/// Lower-case names with dots; nothing that is or looks like a number, a port or a punycode name.
pub(crate) fn is_plain_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 200
        && last.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && host.split('.').all(|label| {
            let bytes = label.as_bytes();
            bytes.first().is_some_and(u8::is_ascii_alphanumeric)
                && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
                && bytes
                    .iter()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
                && bytes.len() <= 63
                && bytes.get(2..4) != Some(b"--")
        })
}

/// Appends a folder and the path below it, `.` and `..` resolved.
fn push_path(out: &mut String, folder: &str, path: &str) {
    let root = out.len();
    out.push_str(folder);
    let mut rest = path;
    loop {
        let (segment, next) = match memchr::memchr(b'/', rest.as_bytes()) {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        match segment {
            "." => {}
            ".." => {
                let parent = out[root..out.len() - 1].rfind('/');
                out.truncate(parent.map_or(root + 1, |at| root + at + 1));
            }
            _ => {
                out.push_str(segment);
                if next.is_some() {
                    out.push('/');
                }
            }
        }
        match next {
            Some(next) => rest = next,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const BASES: [&str; 7] = [
        "https://www.qingshi.gov.cn/xw/2026/t1.html?a=1",
        "http://www.qingshi.gov.cn:8080/",
        "http://10.1.2.3/a/b/",
        "https://www.qingshi.gov.cn/a%20b/%E4%B8%AD/./x//y/z",
        "http://[::1]/a/",
        "http://user@a.cn/b/",
        "http://a.cn/b:/c/",
    ];

    const PIECES: [&str; 45] = [
        "a",
        "b:/",
        "b.html",
        "t20260301_1",
        "/",
        "/",
        "/",
        "//",
        ".",
        "..",
        "../",
        "./",
        "...",
        "?",
        "?x=1&y=2",
        "#top",
        "http://",
        "https://",
        "HTTP://",
        "http:/",
        "http:",
        "www.qingshi.gov.cn",
        "a.cn",
        "A.cn",
        "1.2.3.4",
        "0x1",
        "xn--a",
        "-a.b-",
        "a_b.cn",
        "a..b",
        "a.cn.",
        "b.1a",
        "c.0",
        ":80",
        ":",
        "javascript:",
        "mailto:",
        "@",
        "%2e",
        "%2E%2e",
        "中",
        " ",
        "\\",
        "'",
        ";v=1",
    ];

    fn by_url(base: &Url, reference: &str) -> Option<String> {
        let mut url = base.join(reference).ok()?;
        url.set_fragment(None);
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn plain_references_resolve_as_by_url(
            base in prop::sample::select(&BASES[..]),
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..7),
        ) {
            let base = Url::parse(base).unwrap();
            let reference = pieces.concat();
            let reference = reference.trim();
            if let Some(plain) = PlainBase::new(&base)
                && !reference.starts_with('#')
                && let Some(found) = plain.resolve(reference)
            {
                prop_assert_eq!(Some(found), by_url(&base, reference));
            }
        }
    }

    #[test]
    fn usual_references_are_plain() {
        let base = Url::parse("https://www.qingshi.gov.cn/xw/2026/t1.html?a=1").unwrap();
        let plain = PlainBase::new(&base).unwrap();
        for (reference, expected) in [
            (
                "./202603/t2.html",
                "https://www.qingshi.gov.cn/xw/2026/202603/t2.html",
            ),
            ("../../zwgk/", "https://www.qingshi.gov.cn/zwgk/"),
            ("/a/b.jsp?id=1#c", "https://www.qingshi.gov.cn/a/b.jsp?id=1"),
            ("//a.cn", "https://a.cn/"),
            (
                "http://bszs.conac.cn/sitename?method=show&id=1",
                "http://bszs.conac.cn/sitename?method=show&id=1",
            ),
        ] {
            assert_eq!(plain.resolve(reference).as_deref(), Some(expected));
        }
        for reference in [
            "中.html",
            "a b.html",
            "http://a.cn:80/",
            "javascript:;",
            "?a",
            "",
            "http://1.2.3.4/",
            "/b:/../b://",
        ] {
            assert_eq!(plain.resolve(reference), None, "{reference}");
        }
    }
}
