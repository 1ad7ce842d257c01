//! Lists that the security officer's reader goes by: harmful words, hosts that are no strangers, severe wording.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::facts::finder::Finder;

/// Files of the lists; rounds frozen before they existed have none.
pub const FILES: [&str; 3] = [
    "harmful_words.toml",
    "known_hosts.toml",
    "severe_wording.toml",
];

/// 有害词. Words of gambling and pornography and what takes their edge off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HarmfulWords {
    /// Day of the last change.
    pub version: String,
    /// Where the list comes from and its licence.
    pub source: String,
    /// Words that advertise gambling.
    pub gambling: Vec<String>,
    /// Words that advertise pornography.
    pub pornography: Vec<String>,
    /// Words around a hit by which it reports, warns or forbids.
    pub reporting: Vec<String>,
    /// Parts of addresses of gambling and pornography.
    pub addresses: Vec<String>,
}

/// 已知主机. Hosts, with all hosts below them, that need no suspicion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnownHosts {
    /// Day of the last change.
    pub version: String,
    /// Where the list comes from and its licence.
    pub source: String,
    /// Public bodies and well-known services.
    pub known: BTreeSet<String>,
    /// Disks for anybody's files.
    pub file_shares: BTreeSet<String>,
    /// Services that mine coins with a visitor's computer.
    pub miners: BTreeSet<String>,
    /// Networks that place advertisements.
    pub advertising: BTreeSet<String>,
}

/// 严重表述. One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordingEntry {
    /// Its number, which stays its own.
    pub id: String,
    /// Which kind: 领导人、党、国家、涉港澳台、地图地名、民族宗教.
    pub kind: String,
    /// The wordings that are looked for.
    pub words: Vec<String>,
    /// Longer wordings in which they are right.
    #[serde(default)]
    pub right: Vec<String>,
    /// Words nearby with which they are right.
    #[serde(default)]
    pub with: Vec<String>,
    /// May stand in quotation marks.
    #[serde(default)]
    pub quoted: bool,
    /// May stand where a year before 1949 or an age of history is named.
    #[serde(default)]
    pub history: bool,
    /// May stand in a title 《》.
    #[serde(default)]
    pub titled: bool,
    /// Why it is wrong.
    pub reason: String,
    /// What to write.
    pub proposal: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WordingFile {
    version: String,
    source: String,
    entries: Vec<WordingEntry>,
}

/// Which list a word of the automaton belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// Gambling.
    Gambling,
    /// Pornography.
    Pornography,
    /// An entry of severe wording, by its place.
    Wording(usize),
}

/// 安全词表. All lists together, with one automaton over their words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafetyLists {
    /// Harmful words.
    pub harmful: HarmfulWords,
    /// Hosts.
    pub hosts: KnownHosts,
    /// Version of the list of severe wording.
    pub wording_version: String,
    /// Severe wording.
    pub wording: Vec<WordingEntry>,
    words: Vec<String>,
    listed: Vec<Listed>,
    finder: Finder,
    addresses: Finder,
    reporting: Finder,
}

/// A word of the lists in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct WordAt<'a> {
    pub word: &'a str,
    pub listed: Listed,
    pub start: usize,
    pub end: usize,
}

impl SafetyLists {
    /// Reads the files that are there. The error names the file, in Chinese.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<SafetyLists, String> {
        let [harmful, hosts, wording] = FILES;
        let mut harmful: HarmfulWords = read(files, harmful)?;
        let hosts = read(files, hosts)?;
        let wording: WordingFile = read(files, wording)?;
        let lower = |words: &mut Vec<String>| {
            words
                .iter_mut()
                .for_each(|word| *word = word.to_lowercase());
            words.retain(|word| !word.trim().is_empty());
        };
        lower(&mut harmful.gambling);
        lower(&mut harmful.pornography);
        lower(&mut harmful.addresses);
        lower(&mut harmful.reporting);
        let mut lists = SafetyLists {
            hosts,
            wording_version: wording.version,
            wording: wording.entries,
            ..SafetyLists::default()
        };
        let mut add = |word: &str, listed: Listed| {
            lists.words.push(word.to_owned());
            lists.listed.push(listed);
        };
        harmful
            .gambling
            .iter()
            .for_each(|word| add(word, Listed::Gambling));
        harmful
            .pornography
            .iter()
            .for_each(|word| add(word, Listed::Pornography));
        for (nth, entry) in lists.wording.iter().enumerate() {
            for word in entry.words.iter().filter(|word| !word.trim().is_empty()) {
                add(&word.to_lowercase(), Listed::Wording(nth));
            }
        }
        lists.harmful = harmful;
        Ok(lists)
    }

    /// All words of the lists in a text in lower case, in the order of the text.
    pub(super) fn words_in<'a>(&'a self, text: &str) -> Vec<WordAt<'a>> {
        let places = self.finder.places(&self.words, text);
        let of = |(at, start, end): (usize, usize, usize)| WordAt {
            word: self.words[at].as_str(),
            listed: self.listed[at],
            start,
            end,
        };
        places.into_iter().map(of).collect()
    }

    /// Whether the words around a hit report, warn or forbid.
    pub(super) fn reports(&self, text: &str) -> bool {
        self.reporting
            .first(&self.harmful.reporting, text)
            .is_some()
    }

    /// A part of an address that speaks of gambling or pornography.
    pub(super) fn harmful_address(&self, url: &str) -> Option<&str> {
        let place = self.addresses.first(&self.harmful.addresses, url)?;
        Some(self.harmful.addresses[place].as_str())
    }
}

fn read<T: serde::de::DeserializeOwned + Default>(
    files: &BTreeMap<String, String>,
    name: &str,
) -> Result<T, String> {
    let Some(text) = files.get(name) else {
        return Ok(T::default());
    };
    toml::from_str(text).map_err(|error| format!("词表 {name} 无法解析：{error}。请改正后重试"))
}

/// Whether a host is one of these or stands below one.
pub(super) fn is_below(hosts: &BTreeSet<String>, host: &str) -> bool {
    let mut rest = host;
    loop {
        if hosts.contains(rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, above)) if above.contains('.') => rest = above,
            _ => return false,
        }
    }
}
