//! What a run may do: limits, names, overrides. Values only; nothing here touches the network.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

/// 采集设置. Limits and names of one run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `User-Agent`, with a contact address.
    pub user_agent: String,
    /// Requests per second and host; `None` is without limit (only for hosts of one's own).
    pub rate_per_host: Option<f64>,
    /// Requests per second and address, over all hosts that live on it; `None` is without limit. Overrides are not counted.
    pub rate_per_address: Option<f64>,
    /// Connections open at once per host.
    pub connections_per_host: usize,
    /// Hosts worked on at once.
    pub hosts_at_once: usize,
    /// Limit for TCP and TLS.
    pub connect_timeout: Duration,
    /// Limit from the start of the connection to the end of the answer's head.
    pub header_timeout: Duration,
    /// Limit for silence within a body; a whole body may take four times as long.
    pub body_timeout: Duration,
    /// How many times faster than real the request clock runs; 1 outside simulations.
    pub speed: f64,
    /// Largest body of a page, also decompressed.
    pub max_body_bytes: usize,
    /// How much of a link's body is read when only its state matters.
    pub max_look_bytes: usize,
    /// Largest package of an app.
    pub max_package_bytes: usize,
    /// Redirects followed before it counts as a loop.
    pub max_redirects: usize,
    /// Where to connect instead, first match first.
    pub connect_to: Vec<ConnectTo>,
    /// Addresses by name, from a hosts file; asked before DNS.
    pub hosts: BTreeMap<String, IpAddr>,
    /// Further certificate authorities, PEM.
    pub extra_ca_pem: Vec<u8>,
    /// Hosts (`name` or `name:port`) that may live on private addresses.
    pub allow_hosts: BTreeSet<String>,
    /// A name that always resolves where our resolver works.
    pub control_name: String,
    /// Whether robots.txt is obeyed when crawling.
    pub obeys_robots: bool,
    /// Longest `Crawl-delay` and `Retry-After` that we follow.
    pub max_delay: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            user_agent: format!(
                "Mozilla/5.0 (compatible; xuncha/{}; +https://github.com/xuncha/xuncha)",
                env!("CARGO_PKG_VERSION")
            ),
            rate_per_host: Some(2.0),
            rate_per_address: Some(10.0),
            connections_per_host: 1,
            hosts_at_once: 128,
            connect_timeout: Duration::from_secs(15),
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(15),
            speed: 1.0,
            max_body_bytes: 8 << 20,
            max_look_bytes: 64 << 10,
            max_package_bytes: 32 << 20,
            max_redirects: 20,
            connect_to: Vec::new(),
            hosts: BTreeMap::new(),
            extra_ca_pem: Vec::new(),
            allow_hosts: BTreeSet::new(),
            control_name: "a.root-servers.net.".to_owned(),
            obeys_robots: true,
            max_delay: Duration::from_secs(30),
        }
    }
}

impl Settings {
    /// A duration of the request clock in real time.
    pub fn real(&self, request_time: Duration) -> Duration {
        request_time.div_f64(self.speed.max(0.001))
    }

    /// Real time as milliseconds of the request clock.
    pub fn request_millis(&self, real: Duration) -> u64 {
        (real.as_secs_f64() * self.speed.max(0.001) * 1000.0).round() as u64
    }

    /// Whether a host was named as an exception to the guard.
    pub fn allows(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_matches(['[', ']']);
        [
            bare.to_owned(),
            host.to_owned(),
            format!("{bare}:{port}"),
            format!("{host}:{port}"),
        ]
        .iter()
        .any(|name| self.allow_hosts.contains(name))
    }
}

/// 设置错误. A setting that cannot be read, for its user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not `HOST:PORT:ADDR:PORT`.
    #[error("无法识别的连接改向“{0}”，应为 HOST:PORT:ADDR:PORT（HOST、PORT 留空表示全部）")]
    ConnectTo(String),
    /// A line of a hosts file.
    #[error("hosts 文件第 {line} 行无法识别：“{text}”，应为“地址 主机名 …”")]
    Hosts {
        /// Line number from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

/// 连接改向. curl's `--connect-to`: requests for HOST:PORT connect to ADDR:PORT; empty HOST or PORT match all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    /// Host that is meant; `None` for all.
    pub host: Option<String>,
    /// Port that is meant; `None` for all.
    pub port: Option<u16>,
    /// Host or address to connect to; `None` for the same.
    pub to_host: Option<String>,
    /// Port to connect to; `None` for the same.
    pub to_port: Option<u16>,
}

impl ConnectTo {
    /// Reads `HOST:PORT:ADDR:PORT`; IPv6 addresses stand in brackets.
    pub fn parse(text: &str) -> Result<ConnectTo, SettingsError> {
        let wrong = || SettingsError::ConnectTo(text.to_owned());
        let fields = split_outside_brackets(text);
        let [host, port, to_host, to_port] = fields.as_slice() else {
            return Err(wrong());
        };
        let name = |field: &str| {
            (!field.is_empty()).then(|| field.trim_matches(['[', ']']).to_ascii_lowercase())
        };
        let number = |field: &str| match field {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| wrong()),
        };
        Ok(ConnectTo {
            host: name(host),
            port: number(port)?,
            to_host: name(to_host),
            to_port: number(to_port)?,
        })
    }

    /// Whether it speaks of this host and port.
    pub fn matches(&self, host: &str, port: u16) -> bool {
        self.host.as_deref().is_none_or(|wanted| wanted == host)
            && self.port.is_none_or(|wanted| wanted == port)
    }
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let (mut fields, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            ':' if !inside => {
                fields.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[start..]);
    fields
}

/// Reads a hosts file: `address name…` a line, `#` starts a comment. The first address of a name holds.
pub fn parse_hosts(text: &str) -> Result<BTreeMap<String, IpAddr>, SettingsError> {
    let mut hosts = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or_default().trim();
        let mut words = content.split_whitespace();
        let Some(address) = words.next() else {
            continue;
        };
        let wrong = || SettingsError::Hosts {
            line: index + 1,
            text: line.to_owned(),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let names: Vec<&str> = words.collect();
        if names.is_empty() {
            return Err(wrong());
        }
        for name in names {
            hosts.entry(name.to_ascii_lowercase()).or_insert(address);
        }
    }
    Ok(hosts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn connect_to_reads_as_curl_does() {
        let all = ConnectTo::parse("::127.0.0.1:8080").unwrap();
        assert!(all.matches("www.qingshi.gov.cn", 443));
        assert_eq!(
            (all.to_host.as_deref(), all.to_port),
            (Some("127.0.0.1"), Some(8080))
        );
        let port = ConnectTo::parse(":443:[::1]:8443").unwrap();
        assert!(port.matches("a.cn", 443) && !port.matches("a.cn", 80));
        assert_eq!(port.to_host.as_deref(), Some("::1"));
        let one = ConnectTo::parse("A.cn:80::").unwrap();
        assert!(one.matches("a.cn", 80) && !one.matches("b.cn", 80));
        assert_eq!((one.to_host, one.to_port), (None, None));
        for wrong in ["", "a:80:b", "a:x:b:80", "a:80:b:80:c"] {
            assert!(ConnectTo::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hosts_files_name_the_wrong_line() {
        let hosts = parse_hosts("# own\n127.0.0.1 a.cn B.cn # two\n\n::1 c.cn\n").unwrap();
        assert_eq!(
            hosts.keys().map(String::as_str).collect::<Vec<_>>(),
            ["a.cn", "b.cn", "c.cn"]
        );
        assert!(matches!(
            parse_hosts("127.0.0.1 a\nfoo b"),
            Err(SettingsError::Hosts { line: 2, .. })
        ));
        assert!(parse_hosts("127.0.0.1").is_err());
    }
}
