//! The list of differences that are known: each with the rule of `docs/link-verdicts.md` that decides it.

use std::collections::BTreeMap;

use crate::root;

/// Where the list stands.
pub const FILE: &str = "xtask/data/linkchecker-differences.toml";
/// As many entries as it may have.
pub const MAX_ENTRIES: usize = 20;
const RULES: &str = "docs/link-verdicts.md";

/// Which of the two does not say what we say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `linkchecker`.
    Linkchecker,
    /// `checklink`.
    W3c,
    /// Both.
    Both,
}

/// One known difference.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// The address with its escapes undone.
    pub url: String,
    /// Whether we call it broken.
    pub is_dead: bool,
    /// Who says otherwise.
    pub side: Side,
}

/// Reads the list.
pub fn read() -> Result<Vec<Difference>, String> {
    let text = |name: &str| {
        let path = root().join(name);
        std::fs::read_to_string(&path)
            .map_err(|error| format!("无法读取 {}：{error}", path.display()))
    };
    parse(&text(FILE)?, &text(RULES)?)
}

/// `[[difference]]` tables of `key = "value"` lines; every entry says why.
fn parse(text: &str, rules: &str) -> Result<Vec<Difference>, String> {
    let mut tables: Vec<BTreeMap<&str, &str>> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = || format!("{FILE} 第 {} 行无法识别：{line}", number + 1);
        let line = line.trim();
        if line == "[[difference]]" {
            tables.push(BTreeMap::new());
        } else if !line.is_empty() && !line.starts_with('#') {
            let (key, value) = line.split_once(" = \"").ok_or_else(wrong)?;
            let value = value.strip_suffix('"').ok_or_else(wrong)?;
            tables.last_mut().ok_or_else(wrong)?.insert(key, value);
        }
    }
    if tables.len() > MAX_ENTRIES {
        return Err(format!(
            "{FILE} 有 {} 条，至多 {MAX_ENTRIES} 条",
            tables.len()
        ));
    }
    tables.iter().map(|table| entry(table, rules)).collect()
}

fn entry(table: &BTreeMap<&str, &str>, rules: &str) -> Result<Difference, String> {
    let value = |key: &str| {
        let value = table.get(key).copied();
        value.ok_or_else(|| format!("{FILE} 有一条没有 {key}：{table:?}"))
    };
    let (url, rule) = (value("url")?, value("rule")?);
    if !rules
        .lines()
        .any(|line| line.strip_prefix("- ") == Some(rule))
    {
        return Err(format!("{FILE} {url}：{RULES} 里没有这条规则：{rule}"));
    }
    value("reason")?;
    let is_dead = match value("ours")? {
        "dead" => true,
        "alive" => false,
        other => {
            return Err(format!(
                "{FILE} {url}：ours 应为 dead 或 alive，不是 {other}"
            ));
        }
    };
    let side = match value("against")? {
        "linkchecker" => Side::Linkchecker,
        "w3c-linkchecker" => Side::W3c,
        "both" => Side::Both,
        other => {
            return Err(format!(
                "{FILE} {url}：against 应为 linkchecker、w3c-linkchecker 或 both，不是 {other}"
            ));
        }
    };
    Ok(Difference {
        url: url.to_owned(),
        is_dead,
        side,
    })
}

/// Differences that are not listed, and entries for this site that are not true.
pub fn mistakes(
    found: &BTreeMap<String, (bool, Side)>,
    list: &[Difference],
    home: &str,
) -> Vec<String> {
    let says = |is_dead: bool| if is_dead { "打不开" } else { "没有问题" };
    let is_listed = |url: &String, (is_dead, side): &(bool, Side)| {
        let same = |entry: &&Difference| entry.url == *url;
        list.iter()
            .find(same)
            .is_some_and(|entry| (entry.is_dead, entry.side) == (*is_dead, *side))
    };
    let new = found.iter().filter(|(url, said)| !is_listed(url, said));
    let new = new.map(|(url, (is_dead, side))| {
        format!(
            "  未列入：{url}（我方：{}，不同意的：{side:?}）",
            says(*is_dead)
        )
    });
    let own = list.iter().filter(|entry| entry.url.starts_with(home));
    let stale = own.filter(|entry| found.get(&entry.url) != Some(&(entry.is_dead, entry.side)));
    new.chain(stale.map(|entry| format!("  已过时：{}", entry.url)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "# 规则\n- 打不开就是打不开。\n";

    fn list(ours: &str, rule: &str) -> String {
        format!(
            "# head\n[[difference]]\nurl = \"http://a/x\"\nours = \"{ours}\"\nagainst = \"both\"\nrule = \"{rule}\"\nreason = \"why\"\n"
        )
    }

    #[test]
    fn an_entry_names_a_rule_that_stands() {
        let read = parse(&list("dead", "打不开就是打不开。"), RULE).expect("reads");
        let expected = Difference {
            url: "http://a/x".to_owned(),
            is_dead: true,
            side: Side::Both,
        };
        assert_eq!(read, [expected]);
        assert!(parse(&list("dead", "没有的规则。"), RULE).is_err());
        assert!(parse(&list("gone", "打不开就是打不开。"), RULE).is_err());
        assert!(parse("url = \"x\"", RULE).is_err());
        assert!(
            parse(
                &list("dead", "打不开就是打不开。").repeat(MAX_ENTRIES + 1),
                RULE
            )
            .is_err()
        );
    }

    #[test]
    fn what_is_new_and_what_is_stale_is_told() {
        let list = parse(&list("dead", "打不开就是打不开。"), RULE).expect("reads");
        let found = |said| BTreeMap::from([("http://a/x".to_owned(), said)]);
        assert!(mistakes(&found((true, Side::Both)), &list, "http://a/").is_empty());
        assert_eq!(
            mistakes(&found((true, Side::W3c)), &list, "http://a/").len(),
            2
        );
        assert_eq!(mistakes(&BTreeMap::new(), &list, "http://a/").len(), 1);
        assert!(mistakes(&BTreeMap::new(), &list, "http://b/").is_empty());
    }
}
