//! 初筛: the first look at a text, one bit test a character; only suspicious places are read.

use std::ops::Range;

use super::model::{CharId, Model};
use super::text::is_han;

/// Characters read to each side of a suspicious pair.
const AROUND: usize = 7;

/// A text as the model numbers it.
#[derive(Default)]
pub struct Scanned {
    /// The characters.
    pub chars: Vec<char>,
    /// Their numbers; 0 for what is not Chinese or not known.
    pub codes: Vec<CharId>,
    /// Where suspicious pairs begin, in order.
    pub suspicious: Vec<usize>,
    /// Where a character or a pair of characters is written twice: place and length.
    pub doubled: Vec<(usize, usize)>,
}

impl Scanned {
    /// Scans a text.
    pub fn scan(&mut self, model: &Model, text: &str) {
        self.chars.clear();
        self.codes.clear();
        self.suspicious.clear();
        self.doubled.clear();
        let mut before: Option<CharId> = None;
        for char in text.chars() {
            let code = model.code(char);
            // Every character with a number is Chinese.
            let han = (code != 0 || is_han(char)).then_some(code);
            if let (Some(first), Some(second)) = (before, han) {
                let at = self.chars.len() - 1;
                if model.suspicious(first, second) {
                    self.suspicious.push(at);
                }
                if first == second && first != 0 {
                    self.doubled.push((at, 1));
                } else if at >= 2
                    && second != 0
                    && self.codes[at - 1] == second
                    && self.codes[at - 2] == first
                {
                    self.doubled.push((at - 2, 2));
                }
            }
            before = han;
            self.chars.push(char);
            self.codes.push(code);
        }
        let (chars, codes) = (&self.chars, &self.codes);
        self.suspicious
            .retain(|at| !is_seam(model, chars, codes, *at));
    }

    /// Parts of a run that are worth reading: suspicious pairs that lie together, with what stands around them.
    pub fn windows(&self, run: &Range<usize>) -> Vec<(Range<usize>, Vec<usize>)> {
        let from = self.suspicious.partition_point(|at| *at < run.start);
        let to = self.suspicious.partition_point(|at| *at + 1 < run.end);
        let mut windows: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
        for at in &self.suspicious[from..to] {
            let start = at.saturating_sub(AROUND).max(run.start);
            let end = (at + 2 + AROUND).min(run.end);
            match windows.last_mut() {
                Some((window, places)) if start + AROUND <= window.end => {
                    window.end = end;
                    places.push(*at);
                }
                _ => windows.push((start..end, vec![*at])),
            }
        }
        windows
    }
}

/// Longest word that is looked for at a seam.
const SEAM_WORD: usize = 4;
/// 虚词: characters that stand alone as words, in any company.
const ALONE: &str = "的和在对为由等及是了与或将不各从向按以把被让给到于之其这那有无并而且因就都也还又再更最很已未应须需可能会要";

/// Whether a pair is the seam of two words, as a rare pair mostly is in good text: two words of two and more characters, or one of those
/// and a character that stands alone.
fn is_seam(model: &Model, chars: &[char], codes: &[CharId], at: usize) -> bool {
    let is_word = |range: Range<usize>| codes.get(range).is_some_and(|word| model.find(word) != 0);
    let alone = |at: usize| ALONE.contains(chars[at]);
    let behind = (2..=SEAM_WORD).any(|length| is_word(at + 1..at + 1 + length));
    let before = || (2..=SEAM_WORD.min(at + 1)).any(|length| is_word(at + 1 - length..at + 1));
    match behind {
        true => alone(at) || before(),
        false => alone(at + 1) && before(),
    }
}
