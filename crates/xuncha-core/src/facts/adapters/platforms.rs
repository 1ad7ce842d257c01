//! 平台: what is known of the platforms, as data (`lexicons/platforms.toml`).

use serde::Deserialize;
use serde_json_path::JsonPath;
use url::Url;

/// 平台.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Name as filed.
    pub name: String,
    /// Other names for it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Hosts of its pages and interfaces, with all hosts below them.
    pub hosts: Vec<String>,
    /// What a visitor sees who is not logged in.
    pub shown: ShownTo,
    /// What an inspector looks at where we see nothing.
    pub look_at: String,
    /// How its answers in JSON are read.
    #[serde(default)]
    pub json: Vec<JsonLayout>,
}

/// 公众可见程度. What a platform shows without a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownTo {
    /// Everything.
    All,
    /// Some pages.
    Part,
    /// Nothing outside of its own app.
    Nothing,
}

/// 数据格式. Where posts stand in an answer, by JSONPath (RFC 9535).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonLayout {
    /// The posts, from the root.
    pub posts: JsonPath,
    /// Title, from the post; the first that is there counts.
    pub title: Vec<JsonPath>,
    /// Time of publication, from the post.
    pub date: Vec<JsonPath>,
    /// Address, from the post.
    #[serde(default)]
    pub url: Vec<JsonPath>,
    /// Address of the next page, from the root.
    #[serde(default)]
    pub next: Option<JsonPath>,
}

/// 各平台.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platforms {
    #[serde(default, rename = "platform")]
    all: Vec<Platform>,
}

impl Platforms {
    /// The platform that an address belongs to.
    pub fn of_url(&self, url: &str) -> Option<&Platform> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        let is_below = |own: &String| {
            let rest = host.strip_suffix(own.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        // channels.weixin.qq.com is a platform of its own below weixin.qq.com.
        let longest = |platform: &&Platform| {
            let own = platform.hosts.iter().filter(|own| is_below(own));
            own.map(String::len).max().unwrap_or(0)
        };
        let best = self.all.iter().max_by_key(longest)?;
        (longest(&best) > 0).then_some(best)
    }

    /// The platform that is filed under this name.
    pub fn named(&self, name: &str) -> Option<&Platform> {
        let name = name.trim();
        let is_it = |own: &String| own.eq_ignore_ascii_case(name);
        self.all
            .iter()
            .find(|platform| is_it(&platform.name) || platform.also.iter().any(is_it))
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Platform] {
        &self.all
    }
}
