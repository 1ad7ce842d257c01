//! What a run may do: limits, names, overrides. Values only; nothing here touches the network.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, ToSpan};

use crate::browser::BrowserSettings;
use crate::documents::DocumentReader;

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
    /// Hosts worked on at once: by default more than a province has sites, so that politeness is all that any of them waits for.
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
    /// Whether certificate, TLS, DNS and IPv6 of each site are recorded once a round.
    pub asks_network: bool,
    /// HTTP proxy (CONNECT) over which a failed visit is repeated; the second look from another path.
    pub second_path: Option<SocketAddr>,
    /// Hours in which sites are crawled; visits go on at all hours. `None` is the whole day.
    pub crawl_hours: Option<CrawlHours>,
    /// Name server to ask instead of the machine's.
    pub name_server: Option<SocketAddr>,
    /// The browser for pages that need their scripts; `None` for none.
    pub browser: Option<BrowserSettings>,
    /// Whether the browser opens each home page on a phone's screen and measures it.
    pub measures_layout: bool,
    /// Source of axe-core, with which the browser looks for what keeps people out of some pages; `None` for not at all.
    pub accessibility: Option<Arc<str>>,
    /// Who reads the files that a site links; `None` for nobody, and then only their state is looked at.
    pub documents: Option<Arc<dyn DocumentReader>>,
    /// Whether the home page is asked once more as a search engine's robot and as a visitor from a search engine.
    pub asks_as_searcher: bool,
    /// Largest file that is read for what it says.
    pub max_document_bytes: usize,
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
            hosts_at_once: 1_024,
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
            asks_network: true,
            second_path: None,
            crawl_hours: None,
            name_server: None,
            browser: None,
            measures_layout: false,
            accessibility: None,
            documents: None,
            asks_as_searcher: false,
            max_document_bytes: 8 << 20,
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

    /// Whether connections to a host are sent to another one.
    pub fn sends_elsewhere(&self, host: &str, port: u16) -> bool {
        let rule = self.connect_to.iter().find(|rule| rule.matches(host, port));
        rule.is_some_and(|rule| rule.to_host.is_some())
    }

    /// The port that is connected to for a port of a host.
    pub fn port_for(&self, host: &str, port: u16) -> u16 {
        let rule = self.connect_to.iter().find(|rule| rule.matches(host, port));
        rule.and_then(|rule| rule.to_port).unwrap_or(port)
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
    /// Not `HH:MM-HH:MM`.
    #[error("无法识别的抓取时段“{0}”，应为 HH:MM-HH:MM，如 22:00-06:00")]
    CrawlHours(String),
    /// A line of a hosts file.
    #[error("hosts 文件第 {line} 行无法识别：“{text}”，应为“地址 主机名 …”")]
    Hosts {
        /// Line number from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

/// 抓取时段. Hours of the civil day in which sites may be crawled, from one time up to another, also over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrawlHours {
    /// First moment.
    pub from: Time,
    /// First moment that is outside again.
    pub to: Time,
}

impl CrawlHours {
    /// Reads `HH:MM-HH:MM`.
    pub fn parse(text: &str) -> Result<CrawlHours, SettingsError> {
        let wrong = || SettingsError::CrawlHours(text.to_owned());
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| text.trim().parse::<Time>().map_err(|_| wrong());
        let hours = CrawlHours {
            from: time(from)?,
            to: time(to)?,
        };
        if hours.from == hours.to {
            return Err(wrong());
        }
        Ok(hours)
    }

    /// Whether a crawl may go on at this time.
    pub fn contains(&self, now: DateTime) -> bool {
        let time = now.time();
        if self.from < self.to {
            return self.from <= time && time < self.to;
        }
        time >= self.from || time < self.to
    }

    /// The next moment at which it may; now where it is time already.
    pub fn next(&self, now: DateTime) -> DateTime {
        if self.contains(now) {
            return now;
        }
        let today = now.date().to_datetime(self.from);
        let tomorrow = || today.checked_add(1.day()).unwrap_or(now);
        if today.duration_since(now) >= SignedDuration::ZERO {
            today
        } else {
            tomorrow()
        }
    }
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
    fn crawl_hours_may_span_midnight() {
        let at = |text: &str| text.parse::<DateTime>().unwrap();
        let night = CrawlHours::parse("22:00-06:00").unwrap();
        for (now, next) in [
            ("2026-03-20T09:00", "2026-03-20T22:00"),
            ("2026-03-20T22:00", "2026-03-20T22:00"),
            ("2026-03-20T23:59", "2026-03-20T23:59"),
            ("2026-03-21T05:59:59", "2026-03-21T05:59:59"),
            ("2026-03-21T06:00", "2026-03-21T22:00"),
        ] {
            assert_eq!(night.next(at(now)), at(next), "{now}");
        }
        let noon = CrawlHours::parse("12:00 - 14:30").unwrap();
        assert_eq!(noon.next(at("2026-03-20T11:00")), at("2026-03-20T12:00"));
        assert_eq!(noon.next(at("2026-03-20T14:30")), at("2026-03-21T12:00"));
        for wrong in ["", "22:00", "22-6", "22:00-22:00", "25:00-06:00"] {
            assert!(CrawlHours::parse(wrong).is_err(), "{wrong}");
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
