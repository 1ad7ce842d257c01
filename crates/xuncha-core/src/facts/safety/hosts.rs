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
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host)
}

/// The name that was registered: `a.b.com.cn` → `b.com.cn`.
pub(crate) fn registered(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    let is_number = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if labels.len() <= 2 || is_number {
        return host;
    }
    let second = labels[labels.len() - 2];
    let takes = if PUBLIC_SECOND.contains(&second) && labels[labels.len() - 1].len() <= 2 {
        3
    } else {
        2
    };
    let skipped: usize = labels[..labels.len() - takes.min(labels.len())]
        .iter()
        .map(|label| label.len() + 1)
        .sum();
    &host[skipped..]
}

/// 主机识别. Whose hosts are for a page of `own`; each host is looked up once.
pub(super) struct Hosts<'a> {
    own: &'a str,
    known: &'a KnownHosts,
    seen: BTreeMap<&'a str, Whose>,
}

impl<'a> Hosts<'a> {
    /// As a page of `own` sees them.
    pub fn new(own: &'a str, known: &'a KnownHosts) -> Hosts<'a> {
        Hosts {
            own,
            known,
            seen: BTreeMap::new(),
        }
    }

    /// Whose a host is.
    pub fn whose(&mut self, host: &'a str) -> Whose {
        // Nearly all links of a page are its site's own.
        if host == self.own {
            return Whose::Own;
        }
        let (own, known) = (self.own, self.known);
        *self
            .seen
            .entry(host)
            .or_insert_with(|| whose(host, own, known))
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
