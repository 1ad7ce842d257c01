//! What was planted and what has to be said of it, and whether it was said.

use std::collections::BTreeMap;

use super::said::{Outcome, Said, Thing};
use crate::root;

/// What is to be said of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A defect that is to be found.
    Defect,
    /// Looks wrong and is fine: nothing may be said.
    Sound,
    /// Nobody can tell from the pages: neither a defect nor fine.
    Open,
}

impl Outcome {
    fn is(&self) -> Expected {
        match self {
            Outcome::Defect(..) => Expected::Defect,
            Outcome::Open(_) => Expected::Open,
        }
    }
}

/// 埋设. One thing that was planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// `kept`, `neglected`, or empty for both.
    site: String,
    /// Check and key; a key that ends with `*` means all that begin so.
    thing: Thing,
    /// Which case the finding is, where that matters.
    case: String,
    expected: Expected,
    /// What the product says instead, and why that is known.
    known: Option<Expected>,
    /// What it is.
    what: String,
}

/// What is not as planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A defect that was not found.
    Missed,
    /// What is fine, or was never planted, and is called a defect.
    Accused,
    /// What could have been told and was not.
    Unclear,
    /// An entry of the list that is not true any more.
    Outdated,
}

impl Mistake {
    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Mistake::Missed => "漏",
            Mistake::Accused => "误报",
            Mistake::Unclear => "多存疑",
            Mistake::Outdated => "清单过时",
        }
    }
}

/// What the comparison of one site gave.
#[derive(Debug, Default)]
pub struct Compared {
    pub defects: usize,
    pub found: usize,
    pub sound: usize,
    pub open: usize,
    pub known: usize,
    /// One line for each thing.
    pub lines: Vec<String>,
    pub mistakes: Vec<Mistake>,
}

impl Compared {
    /// Mistakes of a kind.
    pub fn count(&self, kind: Mistake) -> usize {
        let of_kind = self.mistakes.iter().filter(|mistake| **mistake == kind);
        of_kind.count()
    }
}

impl Planted {
    /// Whether it is meant by a thing that something was said of.
    fn means(&self, (check, key): &Thing) -> bool {
        let (own, named) = &self.thing;
        own == check
            && match named.strip_suffix('*') {
                Some(start) => key.starts_with(start),
                None => key == named,
            }
    }

    /// Whether it was planted on the site of this name.
    pub fn stands_on(&self, site: &str) -> bool {
        self.site.is_empty() || site.ends_with(&format!("-{}", self.site))
    }
}

/// Reads what was planted in a program.
pub fn read(program: &str) -> Result<Vec<Planted>, String> {
    let file = format!("xtask/data/planted-content/{program}.toml");
    let path = root().join(&file);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("无法读取 {}：{error}", path.display()))?;
    parse(&text, &file)
}

/// `[[planted]]` tables of `key = "value"` lines.
fn parse(text: &str, file: &str) -> Result<Vec<Planted>, String> {
    let mut tables: Vec<BTreeMap<&str, &str>> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = || format!("{file} 第 {} 行无法识别：{line}", number + 1);
        let line = line.trim();
        if line == "[[planted]]" {
            tables.push(BTreeMap::new());
        } else if !line.is_empty() && !line.starts_with('#') {
            let (key, value) = line.split_once(" = \"").ok_or_else(wrong)?;
            let value = value.strip_suffix('"').ok_or_else(wrong)?;
            tables.last_mut().ok_or_else(wrong)?.insert(key, value);
        }
    }
    let entries = tables.iter().map(|table| entry(table, file));
    entries.collect()
}

fn entry(table: &BTreeMap<&str, &str>, file: &str) -> Result<Planted, String> {
    const KEYS: [&str; 8] = [
        "site", "check", "key", "case", "expect", "what", "says", "known",
    ];
    if let Some(other) = table.keys().find(|key| !KEYS.contains(key)) {
        return Err(format!("{file} 有一条写了 {other}：{table:?}"));
    }
    let value = |key: &str| {
        let value = table.get(key).map(|value| (*value).to_owned());
        value.ok_or_else(|| format!("{file} 有一条没有 {key}：{table:?}"))
    };
    let expected = |key: &str| match value(key)?.as_str() {
        "defect" => Ok(Expected::Defect),
        "sound" => Ok(Expected::Sound),
        "open" => Ok(Expected::Open),
        other => Err(format!(
            "{file}：{key} 应为 defect、sound 或 open，不是 {other}"
        )),
    };
    let known = match table.contains_key("known") || table.contains_key("says") {
        true => {
            value("known")?;
            Some(expected("says")?)
        }
        false => None,
    };
    let site = table.get("site").copied().unwrap_or_default();
    if !matches!(site, "" | "kept" | "neglected") {
        return Err(format!(
            "{file}：site 应为 kept 或 neglected，或者不写，不是 {site}"
        ));
    }
    Ok(Planted {
        site: site.to_owned(),
        thing: (value("check")?, value("key")?),
        case: table.get("case").copied().unwrap_or_default().to_owned(),
        expected: expected("expect")?,
        known,
        what: value("what")?,
    })
}

/// Holds what was said against what was planted on one site.
pub fn compare(planted: &[&Planted], said: &Said) -> Compared {
    let mut compared = Compared::default();
    for planted in planted {
        one(planted, said, &mut compared);
    }
    for (thing, outcome) in &said.of {
        if planted.iter().any(|planted| planted.means(thing)) {
            continue;
        }
        let (kind, words) = match outcome {
            Outcome::Defect(case, words) => (Mistake::Accused, format!("{case} {words}")),
            Outcome::Open(why) => (Mistake::Unclear, why.clone()),
        };
        compared.note(kind, format!("没有埋设 {}：{words}", named(thing)));
    }
    compared
}

fn named((check, key): &Thing) -> String {
    format!("[{check}] {key}")
}

impl Compared {
    fn note(&mut self, kind: Mistake, line: String) {
        self.lines.push(format!("✗ {} {line}", kind.name()));
        self.mistakes.push(kind);
    }
}

fn one(planted: &Planted, said: &Said, compared: &mut Compared) {
    let meant = said.of.iter().filter(|(thing, _)| planted.means(thing));
    // Of several that one line means, whatever is not as expected tells most.
    let outcomes: Vec<&Outcome> = meant.map(|(_, outcome)| outcome).collect();
    let other = outcomes
        .iter()
        .find(|outcome| outcome.is() != planted.expected);
    let outcome = other.or(outcomes.first()).copied();
    let (is, words) = match outcome {
        None => (Expected::Sound, String::new()),
        Some(outcome @ Outcome::Open(why)) => (outcome.is(), why.clone()),
        Some(outcome @ Outcome::Defect(case, words)) => (outcome.is(), format!("{case} {words}")),
    };
    match planted.expected {
        Expected::Defect => compared.defects += 1,
        Expected::Sound => compared.sound += 1,
        Expected::Open => compared.open += 1,
    }
    let line = format!("{} {}：{words}", named(&planted.thing), planted.what);
    let is_other_case = matches!(outcome, Some(Outcome::Defect(case, _)) if !planted.case.is_empty() && *case != planted.case);
    let is_right = is == planted.expected && !is_other_case;
    if let Some(known) = planted.known {
        if !is_right && is == known {
            compared.known += 1;
            compared.lines.push(format!("～ 已知不符 {line}"));
        } else {
            compared.note(Mistake::Outdated, line);
        }
        return;
    }
    if is_right {
        compared.found += usize::from(is == Expected::Defect);
        compared.lines.push(format!("✓ {line}"));
        return;
    }
    let kind = match (planted.expected, is) {
        (Expected::Defect, _) => Mistake::Missed,
        (_, Expected::Defect) => Mistake::Accused,
        (Expected::Sound, _) => Mistake::Unclear,
        (Expected::Open, _) => Mistake::Missed,
    };
    compared.note(kind, line);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# what\n[[planted]]\nsite = \"kept\"\ncheck = \"stale_columns\"\nkey = \"empty:/a/\"\ncase = \"empty\"\nexpect = \"defect\"\nwhat = \"空栏目\"\n\n\
        [[planted]]\ncheck = \"stale_home\"\nkey = \"home\"\nexpect = \"sound\"\nwhat = \"恰好14天\"\nsays = \"open\"\nknown = \"读不到\"\n";

    fn said(things: &[(&str, &str, Outcome)]) -> Said {
        let of = things.iter().map(|(check, key, outcome)| {
            (((*check).to_owned(), (*key).to_owned()), outcome.clone())
        });
        Said {
            pages: 1,
            of: of.collect(),
        }
    }

    fn mistakes(things: &[(&str, &str, Outcome)]) -> Vec<Mistake> {
        let planted = parse(LIST, "list").expect("reads");
        let compared = compare(&planted.iter().collect::<Vec<_>>(), &said(things));
        compared.mistakes
    }

    #[test]
    fn what_is_said_is_held_against_what_was_planted() {
        let defect = |case: &str| Outcome::Defect(case.to_owned(), "字".to_owned());
        let open = || Outcome::Open("因".to_owned());
        let empty = ("stale_columns", "empty:/a/", defect("empty"));
        let home = ("stale_home", "home", open());
        assert_eq!(mistakes(&[empty.clone(), home.clone()]), []);
        assert_eq!(mistakes(std::slice::from_ref(&home)), [Mistake::Missed]);
        assert_eq!(mistakes(std::slice::from_ref(&empty)), [Mistake::Outdated]);
        let other = ("stale_columns", "empty:/a/", defect("overdue"));
        assert_eq!(mistakes(&[other, home.clone()]), [Mistake::Missed]);
        let more = ("broken_links", "/x", defect("home_link"));
        let unclear = ("search_misses", "miss", open());
        assert_eq!(
            mistakes(&[empty, home, more, unclear]),
            [Mistake::Accused, Mistake::Unclear]
        );
    }

    #[test]
    fn a_line_may_mean_all_that_begin_so() {
        let list = "[[planted]]\ncheck = \"broken_links\"\nkey = \"/old/*\"\nexpect = \"open\"\nwhat = \"不许读\"\n";
        let planted = parse(list, "list").expect("reads");
        let mistakes = |things: &[(&str, &str, Outcome)]| {
            compare(&planted.iter().collect::<Vec<_>>(), &said(things)).mistakes
        };
        let open = |key| ("broken_links", key, Outcome::Open("因".to_owned()));
        assert_eq!(mistakes(&[open("/old/1"), open("/old/2")]), []);
        assert_eq!(mistakes(&[]), [Mistake::Missed]);
        assert_eq!(
            mistakes(&[open("/old/1"), open("/new")]),
            [Mistake::Unclear]
        );
        let dead = Outcome::Defect("other_link".to_owned(), "字".to_owned());
        let dead = ("broken_links", "/old/2", dead);
        assert_eq!(mistakes(&[open("/old/1"), dead]), [Mistake::Accused]);
    }

    #[test]
    fn sites_and_wrong_entries() {
        let planted = parse(LIST, "list").expect("reads");
        assert!(planted[0].stands_on("planted-wordpress-kept"));
        assert!(!planted[0].stands_on("planted-wordpress-neglected"));
        assert!(planted[1].stands_on("planted-wordpress-neglected"));
        for wrong in [
            "[[planted]]\ncheck = \"a\"\nkey = \"b\"\nexpect = \"maybe\"\nwhat = \"c\"\n",
            "[[planted]]\ncheck = \"a\"\nexpect = \"sound\"\nwhat = \"c\"\n",
            "[[planted]]\ncheck = \"a\"\nkey = \"b\"\nexpect = \"sound\"\nwhat = \"c\"\nknown = \"d\"\n",
            "[[planted]]\ncheck = \"a\"\nkey = \"b\"\nexpect = \"sound\"\nwhat = \"c\"\nsite = \"d\"\n",
            "[[planted]]\ncheck = \"a\"\nkey = \"b\"\nexpect = \"sound\"\nwhat = \"c\"\nwhy = \"d\"\n",
            "check = \"a\"\n",
        ] {
            assert!(parse(wrong, "list").is_err(), "{wrong}");
        }
    }
}
