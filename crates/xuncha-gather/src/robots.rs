//! robots.txt by RFC 9309: the group that names us most closely, the longest matching rule, Allow where both are equal.

use std::sync::Arc;
use std::time::Duration;

use url::{Position, Url};

/// Rules beyond this many bytes are not read (the RFC asks for at least 500 KiB).
const MAX_BYTES: usize = 512 << 10;

/// Most sitemaps that are taken from one robots.txt, and the longest address of one.
const MAX_SITEMAPS: usize = 50;
const MAX_SITEMAP_BYTES: usize = 2_000;

/// 爬虫规则. What a site's robots.txt says to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    /// `Crawl-delay` of our group.
    pub delay: Option<Duration>,
    /// Sitemaps that it names, for whomever.
    pub sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: String,
    is_allow: bool,
}

/// 跳转边界. Where a page of the crawl leads to what its site's own rules forbid, it is not followed.
#[derive(Clone, Debug)]
pub struct Fence {
    host: String,
    robots: Arc<Robots>,
}

impl Fence {
    /// Around a site by its home page's address; `None` where nothing is forbidden.
    pub fn new(home: &str, robots: Arc<Robots>) -> Option<Fence> {
        let host = Url::parse(home).ok()?.host_str()?.to_owned();
        let has_bounds = robots.rules.iter().any(|rule| !rule.is_allow);
        has_bounds.then_some(Fence { host, robots })
    }

    /// Whether an address lies beyond it.
    pub fn keeps_off(&self, url: &Url) -> bool {
        let is_own = url.host_str() == Some(&self.host);
        is_own
            && !self
                .robots
                .allows(&url[Position::BeforePath..Position::AfterQuery])
    }
}

#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

impl Robots {
    /// Reads the rules that apply to `agent` (a product token such as `xuncha`).
    pub fn parse(text: &str, agent: &str) -> Robots {
        let agent = agent.to_ascii_lowercase();
        let groups = groups(text);
        let named: Vec<&Group> = groups
            .iter()
            .filter(|group| group.agents.contains(&agent))
            .collect();
        let chosen: Vec<&Group> = match named.is_empty() {
            true => groups
                .iter()
                .filter(|group| group.agents.iter().any(|name| name == "*"))
                .collect(),
            false => named,
        };
        Robots {
            rules: chosen
                .iter()
                .flat_map(|group| group.rules.iter().cloned())
                .collect(),
            delay: chosen.iter().find_map(|group| group.delay),
            sitemaps: sitemaps(text),
        }
    }

    /// Whether a path with query may be asked.
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normal(path);
        let best = self
            .rules
            .iter()
            .filter(|rule| matches(rule.pattern.as_bytes(), path.as_bytes()))
            .max_by_key(|rule| (rule.pattern.len(), rule.is_allow));
        best.is_none_or(|rule| rule.is_allow)
    }

    /// The rules as a robots.txt of our own, to be kept with the records.
    pub fn to_text(&self) -> String {
        let mut text = String::from("User-agent: *\n");
        if let Some(delay) = self.delay {
            text.push_str(&format!("Crawl-delay: {}\n", delay.as_secs_f64()));
        }
        for sitemap in &self.sitemaps {
            text.push_str(&format!("Sitemap: {sitemap}\n"));
        }
        for rule in &self.rules {
            let word = if rule.is_allow { "Allow" } else { "Disallow" };
            text.push_str(&format!("{word}: {}\n", rule.pattern));
        }
        text
    }
}

/// `Sitemap:` lines; they belong to no group.
fn sitemaps(text: &str) -> Vec<String> {
    let lines = text.split(['\n', '\r']).filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let is_sitemap = key
            .trim()
            .trim_start_matches('\u{feff}')
            .eq_ignore_ascii_case("sitemap");
        is_sitemap.then(|| value.trim().to_owned())
    });
    lines
        .filter(|url| !url.is_empty() && url.len() <= MAX_SITEMAP_BYTES)
        .take(MAX_SITEMAPS)
        .collect()
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut is_naming = false;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .take_while(|at| *at <= MAX_BYTES)
        .last()
        .unwrap_or(0);
    let text = if text.len() > MAX_BYTES {
        &text[..end]
    } else {
        text
    };
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            if !is_naming {
                groups.push(Group::default());
            }
            is_naming = true;
            if let Some(group) = groups.last_mut() {
                group.agents.push(product_token(value));
            }
            continue;
        }
        // Rules before the first group belong to nobody; sitemaps and unknown lines end no list of names.
        let Some(group) = groups.last_mut() else {
            continue;
        };
        match key.as_str() {
            "allow" | "disallow" => {
                is_naming = false;
                if !value.is_empty() {
                    group.rules.push(Rule {
                        pattern: normal(value),
                        is_allow: key == "allow",
                    });
                }
            }
            "crawl-delay" => {
                is_naming = false;
                let seconds = value
                    .parse::<f64>()
                    .ok()
                    .filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
                group.delay = seconds.map(|seconds| Duration::from_secs_f64(seconds.min(86_400.0)));
            }
            _ => {}
        }
    }
    groups
}

fn product_token(value: &str) -> String {
    if value.starts_with('*') {
        return "*".to_owned();
    }
    let token = value
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    token.collect::<String>().to_ascii_lowercase()
}

/// One spelling for escapes: what needs none is bare, everything else is `%XX` in upper case.
fn normal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten();
        // The parser of numbers would take a sign too.
        let escaped = escaped
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, width, was_escaped) = match escaped {
            Some(byte) => (byte, 3, true),
            None => (bytes[at], 1, false),
        };
        let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_bare = is_unreserved || (!was_escaped && byte.is_ascii_graphic());
        if is_bare {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        at += width;
    }
    out
}

/// `*` matches anything, `$` at the end matches the end, everything else is a prefix. Linear: each star settles at its first fit.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split(|byte| *byte == b'*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let pieces: Vec<&[u8]> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return !is_anchored || rest.is_empty();
    };
    for piece in middle {
        let Some(at) = find(rest, piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    if is_anchored {
        rest.ends_with(last)
    } else {
        find(rest, last).is_some()
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, path: &str) -> bool {
        Robots::parse(text, "xuncha").allows(path)
    }

    #[test]
    fn the_longest_rule_decides_and_allow_wins_ties() {
        let text =
            "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /page\nAllow: /page\nDisallow:\n";
        for (path, expected) in [
            ("/", true),
            ("/a", false),
            ("/abc", false),
            ("/a/b/c", true),
            ("/page1", true),
        ] {
            assert_eq!(allows(text, path), expected, "{path}");
        }
    }

    #[test]
    fn stars_and_ends() {
        let text = "User-agent: *\nDisallow: /*.php$\nDisallow: /x*y\nDisallow: /*?session=\n";
        for (path, expected) in [
            ("/a.php", false),
            ("/a.php?b", true),
            ("/a.php5", true),
            ("/xzzy1", false),
            ("/xz", true),
            ("/l?session=3", false),
            ("/a.php/b.php", false),
        ] {
            assert_eq!(allows(text, path), expected, "{path}");
        }
    }

    #[test]
    fn the_group_that_names_us_replaces_the_common_one() {
        let text = "User-agent: *\nDisallow: /\n\nuser-agent: other\nUser-agent: XunCha/1.0\nDisallow: /only\nCrawl-delay: 2.5\n\nUser-agent: xuncha\nDisallow: /too\n";
        let robots = Robots::parse(text, "xuncha");
        assert!(robots.allows("/") && !robots.allows("/only") && !robots.allows("/too"));
        assert_eq!(robots.delay, Some(Duration::from_millis(2500)));
        assert!(!Robots::parse(text, "nobody").allows("/x"));
        assert!(allows("Disallow: /\n", "/x"));
        assert!(allows("<html>no robots</html>", "/x"));
    }

    #[test]
    fn escapes_are_one_spelling() {
        let text = "User-agent: *\nDisallow: /政务\nDisallow: /%7euser\nDisallow: /a%2fb\nDisallow: /%+5\n";
        for (path, expected) in [
            ("/%05", true),
            ("/%+5", false),
            ("/%E6%94%BF%E5%8A%A1/1", false),
            ("/%e6%94%bf%e5%8a%a1", false),
            ("/~user", false),
            ("/a/b", true),
            ("/a%2Fb", false),
        ] {
            assert_eq!(allows(text, path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_kept_reads_the_same_again() {
        let robots = Robots::parse(
            "User-agent: xuncha\nDisallow: /a b\nAllow: /c$\nCrawl-delay: 0.5",
            "xuncha",
        );
        assert_eq!(Robots::parse(&robots.to_text(), "xuncha"), robots);
    }
}
