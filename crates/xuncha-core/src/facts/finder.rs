//! Many words in one pass over a text.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, packed};

/// Finds the words of a list; made ready at the first look. It goes with the list it stands beside and holds nothing of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finder(OnceLock<Option<Ready>>);

/// What a list is looked for by.
#[derive(Clone, Debug)]
struct Ready {
    /// Tells several times as fast whether any of the words stands there, which most texts show none of. Long lists have none.
    any: Option<packed::Searcher>,
    all: AhoCorasick,
}

/// A packed search of more words would be slower than the automaton.
const PACKED_WORDS_MAX: usize = 48;

/// Two lists are the same by their words.
impl PartialEq for Finder {
    fn eq(&self, _: &Finder) -> bool {
        true
    }
}

impl Eq for Finder {}

impl Finder {
    /// Places in the list of the words that stand in the text, in the order of the list.
    pub fn hits(&self, words: &[String], text: &str) -> Vec<usize> {
        let Some(automaton) = self.automaton(words, text) else {
            return Vec::new();
        };
        let found = automaton.find_overlapping_iter(text);
        let mut hits: Vec<usize> = found.map(|hit| hit.pattern().as_usize()).collect();
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Place in the list of the first of its words that stands in the text.
    pub fn first(&self, words: &[String], text: &str) -> Option<usize> {
        let found = self.automaton(words, text)?.find_overlapping_iter(text);
        found.map(|hit| hit.pattern().as_usize()).min()
    }

    /// Every word that stands in the text: its place in the list, where it begins and ends, in the order of their ends.
    pub fn places(&self, words: &[String], text: &str) -> Vec<(usize, usize, usize)> {
        let found = self.automaton(words, text).into_iter();
        let found = found.flat_map(|automaton| automaton.find_overlapping_iter(text));
        found
            .map(|hit| (hit.pattern().as_usize(), hit.start(), hit.end()))
            .collect()
    }

    /// The automaton of the words, if one of them stands in the text.
    fn automaton(&self, words: &[String], text: &str) -> Option<&AhoCorasick> {
        let ready = self.0.get_or_init(|| Ready::of(words)).as_ref()?;
        let is_there = |any: &packed::Searcher| any.find(text).is_some();
        ready
            .any
            .as_ref()
            .is_none_or(is_there)
            .then_some(&ready.all)
    }
}

impl Ready {
    /// `None` where there is nothing to look for. An automaton cannot be built of more words than a list of ours will ever hold.
    fn of(words: &[String]) -> Option<Ready> {
        let all = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .ok()?;
        let is_short = words.len() <= PACKED_WORDS_MAX;
        let any = || packed::Config::new().builder().extend(words).build();
        Some(Ready {
            any: is_short.then(any).flatten(),
            all,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_the_order_of_their_list() {
        let words: Vec<String> = ["政策文件", "文件", "公告", "通知公告", "abc"]
            .map(str::to_owned)
            .to_vec();
        let finder = Finder::default();
        for (text, expected) in [
            ("通知公告和政策文件", &[0, 1, 2, 3][..]),
            ("文件公告", &[1, 2]),
            ("无", &[]),
            ("", &[]),
        ] {
            assert_eq!(finder.hits(&words, text), expected, "{text}");
            assert_eq!(finder.first(&words, text), expected.first().copied());
        }
        assert_eq!(Finder::default().hits(&[], "文件"), Vec::<usize>::new());
    }
}
