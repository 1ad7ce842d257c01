//! 初筛: the first look at a text, a few bit tests a character; only suspicious places are read.

use std::ops::Range;

use super::model::{CharId, Model};
use super::pairs::WrongWords;
use super::slip::{Relation, relation};
use super::text::is_han;

/// Characters read to each side of a suspicious pair.
const AROUND: usize = 5;
/// Longest word that is looked for twice in a row.
const LONGEST_TWICE: usize = 6;

/// A text as the model numbers it.
#[derive(Default)]
pub struct Scanned {
    /// The characters.
    pub chars: Vec<char>,
    /// Their numbers; 0 for what is not Chinese or not known.
    pub codes: Vec<CharId>,
    /// Where suspicious pairs begin, in order.
    pub suspicious: Vec<usize>,
    /// Where up to [`LONGEST_TWICE`] characters are written twice: place and length.
    pub doubled: Vec<(usize, usize)>,
}

impl Scanned {
    /// Scans a text. Says whether a wrong word of the list may begin in it.
    ///
    /// One thing at a time over all characters: the tables lie far away, and asked one by one without a choice in between, many answers
    /// are on their way at once.
    pub fn scan(&mut self, model: &Model, wrong_words: &WrongWords, text: &str) -> bool {
        self.chars.clear();
        self.codes.clear();
        self.chars.reserve(text.len());
        self.codes.reserve(text.len());
        for char in text.chars() {
            self.chars.push(char);
            self.codes.push(model.code(char));
        }
        self.find_suspicious(model);
        self.find_doubled();
        wrong_words.may_stand_in(&self.chars)
    }

    fn find_suspicious(&mut self, model: &Model) {
        let (chars, codes) = (&self.chars, &self.codes);
        self.suspicious.clear();
        self.suspicious.resize(codes.len(), 0);
        let mut count = 0;
        for (at, pair) in codes.windows(2).enumerate() {
            self.suspicious[count] = at;
            let is_suspicious = match model.doubtful(pair[0], pair[1]) {
                Some(is_doubtful) => is_doubtful,
                // Every character with a number is Chinese.
                None => [at, at + 1]
                    .iter()
                    .all(|at| codes[*at] != 0 || is_han(chars[*at])),
            };
            count += usize::from(is_suspicious);
        }
        self.suspicious.truncate(count);
        self.suspicious
            .retain(|at| !is_seam(model, chars, codes, *at));
    }

    fn find_doubled(&mut self) {
        self.doubled.clear();
        let codes = &self.codes;
        if !may_have_doubled(codes) {
            return;
        }
        for length in 1..=LONGEST_TWICE {
            let later = codes.get(length..).unwrap_or_default();
            let mut same = 0;
            for (at, (later, first)) in later.iter().zip(codes).enumerate() {
                same = if later == first && *later != 0 {
                    same + 1
                } else {
                    0
                };
                if same == length {
                    let start = at + 1 - length;
                    let once = &codes[start..=at];
                    // What is one character again and again is told by that.
                    if length == 1 || once.iter().any(|code| *code != once[0]) {
                        self.doubled.push((start, length));
                    }
                    same = 0;
                }
            }
        }
        self.doubled.sort_unstable();
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

/// Whether something may be written twice: a quick look, which hardly any text passes that has nothing.
///
/// Of what is written twice, as many characters in a row equal those behind as it is long; for more than two every third will do.
fn may_have_doubled(codes: &[CharId]) -> bool {
    let is_one = |two: &[CharId]| two[0] == two[1] && two[0] != 0;
    let is_two = |four: &[CharId]| four[0] == four[2] && four[1] == four[3] && four[0] != 0;
    let is_near = |found: bool, near: bool| found | near;
    if codes.windows(2).map(is_one).fold(false, is_near)
        || codes.windows(4).map(is_two).fold(false, is_near)
    {
        return true;
    }
    let is_equal = |at: usize, far: usize| {
        let other = codes.get(at + far);
        other.is_some_and(|other| *other == codes[at] && *other != 0)
    };
    let is_long = |at: usize| {
        (3..=LONGEST_TWICE).any(|far| {
            is_equal(at, far) && (is_equal(at + 1, far) || at > 0 && is_equal(at - 1, far))
        })
    };
    // What the windows do not reach is looked at one by one.
    let may_be_long = |few: &[CharId]| few[3..].contains(&few[0]);
    let last = codes.len().saturating_sub(LONGEST_TWICE);
    let mut thirds = codes.windows(LONGEST_TWICE + 1).enumerate().step_by(3);
    thirds.any(|(at, few)| may_be_long(few) && is_long(at)) || (last..codes.len()).any(is_long)
}

/// Longest word that is looked for at a seam.
const SEAM_WORD: usize = 4;
/// 虚词: characters that stand alone as words, in any company.
#[rustfmt::skip]
const ALONE: [char; 53] = [
    '不', '与', '且', '为', '之', '也', '了', '于', '从', '以', '会', '其', '再', '到', '又', '及',
    '可', '各', '向', '和', '因', '在', '对', '将', '就', '已', '并', '应', '很', '或', '把', '按',
    '无', '是', '更', '最', '有', '未', '由', '的', '等', '给', '而', '能', '被', '要', '让', '还',
    '这', '那', '都', '需', '须',
];

/// Whether a pair is the seam of two words, as a rare pair mostly is in good text: two words of two and more characters; one of those and
/// a character that stands alone; or one of those and a character that goes well with what is on its other side and makes no longer word.
fn is_seam(model: &Model, chars: &[char], codes: &[CharId], at: usize) -> bool {
    let is_word = |range: Range<usize>| codes.get(range).is_some_and(|word| model.find(word) != 0);
    let alone = |at: usize| ALONE.binary_search(&chars[at]).is_ok();
    let behind = (2..=SEAM_WORD).any(|length| is_word(at + 1..at + 1 + length));
    let before = (2..=SEAM_WORD.min(at + 1)).any(|length| is_word(at + 1 - length..at + 1));
    let glaring = || model.glaring(codes[at], codes[at + 1]);
    match (before, behind) {
        (true, true) => true,
        (true, false) => alone(at + 1) || !glaring() && fits(model, codes, at + 1, at + 2),
        (false, true) => alone(at) || at > 0 && !glaring() && fits(model, codes, at, at - 1),
        (false, false) => false,
    }
}

/// Whether a character beside a word is none that should be another: it goes well with its other neighbour, and with the word it can be
/// no longer word of three or four characters.
fn fits(model: &Model, codes: &[CharId], at: usize, other: usize) -> bool {
    let pair = match other > at {
        true => codes.get(at).copied().zip(codes.get(other).copied()),
        false => codes.get(other).copied().zip(codes.get(at).copied()),
    };
    if pair.is_none_or(|(first, second)| {
        model.suspicious(first, second) || !model.neighbours(first, second)
    }) {
        return false;
    }
    let written = codes[at];
    ![3, 4].into_iter().any(|length| {
        let start = if other > at {
            (at + 1).checked_sub(length)
        } else {
            Some(at)
        };
        let Some((start, span)) =
            start.and_then(|start| Some((start, codes.get(start..start + length)?)))
        else {
            return false;
        };
        let hole = at - start;
        model.with_hole(span, hole).any(|word| {
            let meant = model.spelling(word).nth(hole);
            meant.is_some_and(|meant| {
                meant != written && relation(model, written, meant) != Relation::None
            })
        })
    })
}
