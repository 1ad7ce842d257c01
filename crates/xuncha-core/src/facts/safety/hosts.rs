//! 陌生主机: whose an address is, as seen from the page that names it.

use std::collections::BTreeMap;

use super::lists::{KnownHosts, is_below};

/// Whose a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The site's own, or of its domain.
    Own,
    /// Public bodies and schools.
    Public,
    /// Named by the list.
    Known,
    /// Anybody else's.
    Strange,
}

/// Second-level names below which names are given out.
const PUBLIC_SECOND: [&str; 8] = ["com", "net", "org", "gov", "edu", "ac", "mil", "co"];

/// The host of an absolute address, without port and credentials, lower case where the address was resolved.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .or_else(|| url.split_once("://").map(|(_, rest)| rest))
        .unwrap_or(url);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    // Every link of every page comes by here: one look at each byte of the host.
    let mut colon = None;
    let mut start = 0;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'/' | b'?' | b'#' => return &rest[start..colon.unwrap_or(at)],
            b'@' => (start, colon) = (at + 1, None),
            b':' => colon = colon.or(Some(at)),
            _ => {}
        }
    }
    &rest[start..colon.unwrap_or(rest.len())]
}

/// The name that was registered: `a.b.com.cn` → `b.com.cn`.
pub(crate) fn registered(host: &str) -> &str {
    let is_number = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut dots = memchr::memrchr_iter(b'.', host.as_bytes());
    let (Some(last), Some(second), false) = (dots.next(), dots.next(), is_number) else {
        return host;
    };
    let is_given_out =
        PUBLIC_SECOND.contains(&&host[second + 1..last]) && host.len() - last - 1 <= 2;
    if !is_given_out {
        return &host[second + 1..];
    }
    dots.next().map_or(host, |third| &host[third + 1..])
}

/// 主机识别. Whose hosts are for a page of `own`; each host is looked up once.
pub(super) struct Hosts<'a> {
    own: &'a str,
    known: &'a KnownHosts,
    seen: BTreeMap<&'a str, Whose>,
    last: (&'a str, Whose),
}

impl<'a> Hosts<'a> {
    /// As a page of `own` sees them.
    pub fn new(own: &'a str, known: &'a KnownHosts) -> Hosts<'a> {
        Hosts {
            own,
            known,
            seen: BTreeMap::new(),
            last: (own, Whose::Own),
        }
    }

    /// Whose a host is.
    pub fn whose(&mut self, host: &'a str) -> Whose {
        // Nearly all links of a page are its site's own, and the others stand together.
        if host == self.own {
            return Whose::Own;
        }
        if host == self.last.0 {
            return self.last.1;
        }
        let (own, known) = (self.own, self.known);
        let looked_up = || whose(host, own, known);
        let found = *self.seen.entry(host).or_insert_with(looked_up);
        self.last = (host, found);
        found
    }
}

/// Whose a host is for a page of `own`.
pub(super) fn whose(host: &str, own: &str, known: &KnownHosts) -> Whose {
    if host == own || host.is_empty() {
        return Whose::Own;
    }
    let is_public = [
        ".gov.cn", ".edu.cn", ".mil.cn", ".gov", ".edu", ".政务", ".公益",
    ]
    .iter()
    .any(|end| host.ends_with(end))
        || host == "gov.cn";
    if is_public {
        return Whose::Public;
    }
    if registered(host) == registered(own) {
        return Whose::Own;
    }
    // Addresses of one's own network are no strangers but a mistake.
    let is_local = host == "localhost"
        || ["10.", "127.", "192.168.", "172.16."]
            .iter()
            .any(|start| host.starts_with(start));
    if is_local || is_below(&known.known, host) {
        return Whose::Known;
    }
    Whose::Strange
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_by_whose_they_are() {
        let known = KnownHosts {
            known: ["baidu.com".to_owned()].into(),
            ..KnownHosts::default()
        };
        for (url, expected) in [
            ("https://img.qingshi.com.cn/a.js", Whose::Own),
            ("http://qingshi.com.cn:8080/", Whose::Own),
            ("//hm.baidu.com/hm.js", Whose::Known),
            ("https://www.gov.cn/", Whose::Public),
            ("https://baidu.com.evil.cc/", Whose::Strange),
            ("https://notbaidu.com/", Whose::Strange),
            ("https://other.com.cn/", Whose::Strange),
        ] {
            let found = whose(host_of(url), "www.qingshi.com.cn", &known);
            assert_eq!(found, expected, "{url}");
        }
        assert_eq!(host_of("http://user@a.cn:80/x?y"), "a.cn");
        assert_eq!(registered("203.0.113.7"), "203.0.113.7");
    }
}
