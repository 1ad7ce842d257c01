//! What the JSON of `check` says: findings and what could not be determined, by check and key.

use std::collections::BTreeMap;

use crate::eval::checked::{field, objects};
use crate::eval::linkcheckers::address::shown;

/// What is said of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A defect: its case, and the words.
    Defect(String, String),
    /// Could not be determined: why.
    Open(String),
}

/// A check, and the key of a thing in it, without the site's own address.
pub type Thing = (String, String);

/// What one run said.
pub struct Said {
    /// Pages read.
    pub pages: u64,
    /// By thing; what is not there was found to be sound.
    pub of: BTreeMap<Thing, Outcome>,
}

impl Said {
    /// Reads the JSON that `check` wrote of a site.
    pub fn read(text: &str, home: &str) -> Result<Said, String> {
        let pages = field(text, "pages").and_then(|value| value.trim_end_matches(',').parse().ok());
        let pages = pages.ok_or("结果里没有页数")?;
        let thing = |object: &BTreeMap<String, String>| {
            let get = |name: &str| object.get(name).cloned().unwrap_or_default();
            let key = get("key").replace(home.trim_end_matches('/'), "");
            (get("check"), shown(&key))
        };
        let mut of = BTreeMap::new();
        for object in objects(text, "undetermined") {
            let get = |name: &str| object.get(name).cloned().unwrap_or_default();
            let why = format!("{}：{}", get("reason"), get("detail"));
            of.insert(thing(&object), Outcome::Open(why));
        }
        for object in objects(text, "findings") {
            let get = |name: &str| object.get(name).cloned().unwrap_or_default();
            of.insert(
                thing(&object),
                Outcome::Defect(get("case"), shown(&get("detail"))),
            );
        }
        Ok(Said { pages, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_and_doubts_are_read_by_check_and_key() {
        let text = "{\n  \"pages\": 7,\n  \"findings\": [\n    {\n      \"check\": \"stale_columns\",\n      \"key\": \"empty:http://a/%E8%B4%A2/\",\n      \"case\": \"empty\",\n      \"detail\": \"空白\"\n    }\n  ],\n  \"undetermined\": [\n    {\n      \"check\": \"search_misses\",\n      \"key\": null,\n      \"reason\": \"incomplete\",\n      \"detail\": \"没有\"\n    }\n  ]\n}\n";
        let said = Said::read(text, "http://a/").expect("reads");
        assert_eq!(said.pages, 7);
        let thing = |check: &str, key: &str| (check.to_owned(), key.to_owned());
        assert_eq!(
            said.of,
            BTreeMap::from([
                (
                    thing("stale_columns", "empty:/财/"),
                    Outcome::Defect("empty".to_owned(), "空白".to_owned())
                ),
                (
                    thing("search_misses", ""),
                    Outcome::Open("incomplete：没有".to_owned())
                ),
            ])
        );
    }
}
