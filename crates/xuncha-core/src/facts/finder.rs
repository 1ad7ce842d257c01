//! Many words in one pass over a text.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Finds the words of a list; made ready at the first look. It goes with the list it stands beside and holds nothing of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finder(OnceLock<Option<AhoCorasick>>);

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
        let Some(automaton) = self.automaton(words) else {
            let stands = |word: &String| text.contains(word.as_str());
            return (0..words.len()).filter(|at| stands(&words[*at])).collect();
        };
        let found = automaton.find_overlapping_iter(text);
        let mut hits: Vec<usize> = found.map(|hit| hit.pattern().as_usize()).collect();
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Place in the list of the first of its words that stands in the text.
    pub fn first(&self, words: &[String], text: &str) -> Option<usize> {
        match self.automaton(words) {
            Some(automaton) => automaton
                .find_overlapping_iter(text)
                .map(|hit| hit.pattern().as_usize())
                .min(),
            None => words.iter().position(|word| text.contains(word.as_str())),
        }
    }

    /// Every word that stands in the text: its place in the list, where it begins and ends, in the order of their ends.
    pub fn places(&self, words: &[String], text: &str) -> Vec<(usize, usize, usize)> {
        let found = self.automaton(words).into_iter();
        let found = found.flat_map(|automaton| automaton.find_overlapping_iter(text));
        found
            .map(|hit| (hit.pattern().as_usize(), hit.start(), hit.end()))
            .collect()
    }

    fn automaton(&self, words: &[String]) -> Option<&AhoCorasick> {
        let build = || {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::DFA))
                .build(words)
                .ok()
        };
        self.0.get_or_init(build).as_ref()
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
