//! 查错: the three looks, and what is said of a sentence.

use std::ops::Range;
use std::sync::Arc;

use super::confidence::{Sentence, of_change, of_sentence, probability};
use super::guard;
use super::hit::{Hit, NotWrong, Reason};
use super::mend::{Features, Mend, Reader};
use super::model::{CharId, Model};
use super::omission;
use super::pairs::WrongWords;
use super::scan::Scanned;
use super::seen::{Seen, piece_hash};
use super::slip::Costs;
use super::text::{chars_in, pieces, runs, sentences};

/// Confidence from which a hit is shown to a person.
pub const SHIPPED: f32 = 0.7;
/// A sentence is read a second time if a change of it has these log odds.
const WORTH_A_SECOND_LOOK: f32 = 0.5;
/// In a sentence with one sure change others need these log odds.
const ALSO_CHANGED: f32 = -1.0;
/// What slips cost less in a sentence that has one.
const CHEAPER: f32 = 0.7;
/// Longest sentence that is read whole, in characters.
const LONGEST_SENTENCE: usize = 400;
/// A sentence with more suspicious pairs than this is read only if most of it is not suspicious.
const MOST_SUSPICIOUS: usize = 16;
/// How many windows without a find are remembered: pages of a site share most of their text.
const REMEMBERED: usize = 1 << 16;

/// A change with its place in the text.
#[derive(Clone, Debug)]
pub struct Found {
    /// Characters of the text.
    pub place: Range<usize>,
    /// The run it lies in.
    run: Range<usize>,
    /// The change.
    pub mend: Mend,
    /// Log odds that it is right.
    pub odds: f32,
}

/// 一句的依据: what was found in a sentence, before it is judged.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Characters of the sentence in the text.
    pub sentence: Range<usize>,
    /// Changes of the second look, around suspicious places.
    pub first: Vec<Found>,
    /// Changes of the third look, at the whole sentence.
    pub second: Vec<Found>,
    /// Strange pairs of the sentence.
    pub strange: Vec<usize>,
}

/// 查错器: a model, a dictionary of wrong words, and room to read in.
pub struct Checker<'m> {
    model: &'m Model<'m>,
    wrong_words: Arc<WrongWords>,
    reader: Reader<'m>,
    scanned: Scanned,
    /// Hashes of windows in which nothing was found, each at the place that its hash gives.
    clean: Vec<u64>,
    /// Sentences that were read.
    seen: Seen,
}

impl<'m> Checker<'m> {
    /// A checker.
    pub fn new(model: &'m Model<'m>, wrong_words: Arc<WrongWords>) -> Self {
        Self {
            model,
            wrong_words,
            reader: Reader::new(model),
            scanned: Scanned::default(),
            clean: vec![0; REMEMBERED],
            seen: Seen::default(),
        }
    }

    /// What is wrong in a text, in the order of places. `not_wrong` holds wrong texts that a person said are fine.
    ///
    /// A sentence that was read before is not read again: pages of a site share most of theirs.
    pub fn check(&mut self, text: &str, not_wrong: &NotWrong) -> Vec<Hit> {
        let mut all = Vec::new();
        // Characters are only counted up to where something was found.
        let (mut at, mut counted, mut start) = (0, 0, 0);
        for sentence in pieces(text) {
            let begins = at;
            at += sentence.len();
            let hash = piece_hash(sentence.as_bytes());
            if self.seen.is_clean(hash) {
                continue;
            }
            let hits = self.seen.hits.get(&hash).cloned();
            let hits = hits.unwrap_or_else(|| self.piece(sentence, hash));
            if hits.is_empty() {
                continue;
            }
            start += chars_in(&text[counted..begins]);
            counted = begins;
            all.extend(hits.into_iter().map(|mut hit| {
                hit.start += start;
                hit
            }));
        }
        all.retain(|hit| !not_wrong.contains(&hit.wrong));
        all
    }

    /// Reads a sentence that was not read before.
    fn piece(&mut self, text: &str, hash: u64) -> Vec<Hit> {
        let mut hits = Vec::new();
        if self.scan(text) {
            hits = self.wrong_words.find(text);
        }
        if !(self.scanned.suspicious.is_empty() && self.scanned.doubled.is_empty()) {
            for sentence in busy_sentences(&self.scanned) {
                hits.extend(self.sentence(sentence));
            }
        }
        hits.sort_by_key(|hit| (hit.start, hit.length, hit.reason));
        // Of hits that overlap the surer one stands.
        hits.dedup_by(|later, first| {
            let overlap = first.start + first.length > later.start;
            if overlap && later.confidence > first.confidence {
                std::mem::swap(later, first);
            }
            overlap
        });
        self.seen.remember(hash, &hits);
        hits
    }

    /// Every sentence in which something was found, for fitting the weights.
    pub fn evidence(&mut self, text: &str) -> Vec<Evidence> {
        self.scan(text);
        let all = busy_sentences(&self.scanned);
        all.into_iter()
            .map(|sentence| self.read(sentence))
            .filter(|evidence| !evidence.first.is_empty())
            .collect()
    }

    /// Whether the text may hold a wrong word of the list.
    fn scan(&mut self, text: &str) -> bool {
        self.scanned.scan(self.model, &self.wrong_words, text)
    }

    fn sentence(&mut self, sentence: Range<usize>) -> Vec<Hit> {
        let mut hits = omission::doubled(self.model, &mut self.reader, &self.scanned, &sentence);
        let evidence = self.read(sentence);
        let changed = self.judge(&evidence);
        if changed.is_empty() && evidence.first.iter().all(|found| found.odds < 0.0) {
            hits.extend(omission::missing(
                self.model,
                &mut self.reader,
                &self.scanned,
                &evidence.sentence,
            ));
        }
        hits.extend(changed);
        hits
    }

    /// The second look at a sentence, and where it finds something the third.
    fn read(&mut self, sentence: Range<usize>) -> Evidence {
        let mut evidence = Evidence {
            sentence: sentence.clone(),
            first: Vec::new(),
            second: Vec::new(),
            strange: Vec::new(),
        };
        let scanned = &self.scanned;
        for run in runs(&scanned.chars, sentence.clone()) {
            for (window, places) in scanned.windows(&run) {
                let codes = &scanned.codes[window.clone()];
                let hash = window_hash(codes, places.iter().map(|at| at - window.start));
                let slot = hash as usize % REMEMBERED;
                if self.clean[slot] == hash {
                    continue;
                }
                let mut doubted = vec![false; window.len()];
                for at in places {
                    doubted[at - window.start] = true;
                    doubted[at + 1 - window.start] = true;
                }
                let mends =
                    self.reader
                        .read(codes, &doubted, &Costs::default(), WORTH_A_SECOND_LOOK);
                if mends.is_empty() {
                    self.clean[slot] = hash;
                }
                evidence.first.extend(
                    mends
                        .into_iter()
                        .map(|mend| Found::at(mend, window.start, &run)),
                );
            }
        }
        self.drop_guarded(&mut evidence.first, &sentence);
        let surest = evidence
            .first
            .iter()
            .map(|found| found.odds)
            .fold(f32::NEG_INFINITY, f32::max);
        if surest < WORTH_A_SECOND_LOOK || sentence.len() > LONGEST_SENTENCE {
            return evidence;
        }
        let costs = Costs::default().cheaper(CHEAPER);
        for run in runs(&scanned.chars, sentence.clone()) {
            let doubted = vec![true; run.len()];
            let mends =
                self.reader
                    .read(&scanned.codes[run.clone()], &doubted, &costs, ALSO_CHANGED);
            evidence.second.extend(
                mends
                    .into_iter()
                    .map(|mend| Found::at(mend, run.start, &run)),
            );
            evidence
                .strange
                .extend(run.clone().take(run.len() - 1).filter(|at| {
                    !self
                        .model
                        .neighbours(scanned.codes[*at], scanned.codes[*at + 1])
                }));
        }
        self.drop_guarded(&mut evidence.second, &sentence);
        evidence
    }

    fn drop_guarded(&self, found: &mut Vec<Found>, sentence: &Range<usize>) {
        let chars = &self.scanned.chars;
        found.retain(|found| {
            let Found { place, run, .. } = found;
            !(guard::is_quoted(chars, sentence, place)
                || guard::is_unit(chars, run)
                || guard::is_document_number(chars, run)
                || guard::is_name(chars, run, place)
                || guard::is_place(chars, run, place)
                || guard::is_region(chars, run, place)
                || self.is_other_office(found))
        });
    }

    /// Whether a change makes another kind of office of one.
    fn is_other_office(&self, found: &Found) -> bool {
        let wrong = &self.scanned.chars[found.place.clone()];
        let meant = found.mend.meant.iter().map(|char| self.model.char(*char));
        let meant: Vec<char> = meant.collect();
        guard::is_other_office(wrong, &meant)
    }

    /// What is said of a sentence: its changes, each with the confidence of the whole.
    fn judge(&self, evidence: &Evidence) -> Vec<Hit> {
        let (made, sentence) = evidence.weigh();
        if made.is_empty() {
            return Vec::new();
        }
        let confidence = probability(of_sentence(&sentence));
        let chars = &self.scanned.chars;
        let text: String = chars[evidence.sentence.clone()].iter().collect();
        made.iter()
            .map(|found| Hit {
                wrong: chars[found.place.clone()].iter().collect(),
                proposal: found
                    .mend
                    .meant
                    .iter()
                    .map(|char| self.model.char(*char))
                    .collect(),
                sentence: text.trim().to_owned(),
                start: found.place.start,
                length: found.place.len(),
                reason: reason(&found.mend.features),
                confidence,
            })
            .collect()
    }
}

impl Found {
    fn at(mend: Mend, start: usize, run: &Range<usize>) -> Self {
        let place = start + mend.start..start + mend.start + mend.length;
        Self {
            place,
            run: run.clone(),
            odds: of_change(&mend.features),
            mend,
        }
    }
}

impl Evidence {
    /// The changes that are made, and what is known of the sentence then.
    pub fn weigh(&self) -> (Vec<&Found>, Sentence) {
        let surest = self
            .first
            .iter()
            .map(|found| found.odds)
            .fold(f32::NEG_INFINITY, f32::max);
        if surest < WORTH_A_SECOND_LOOK {
            return (Vec::new(), Sentence::default());
        }
        let (mut made, left): (Vec<&Found>, Vec<&Found>) = self
            .second
            .iter()
            .partition(|found| found.odds >= ALSO_CHANGED);
        if self.second.is_empty() {
            made = self
                .first
                .iter()
                .filter(|found| found.odds >= WORTH_A_SECOND_LOOK)
                .collect();
        }
        let touched = |at: usize| {
            made.iter()
                .any(|found| found.place.start <= at + 1 && at < found.place.end)
        };
        let sentence = Sentence {
            surest,
            least_sure: made.iter().map(|found| found.odds).fold(surest, f32::min),
            left: left.len(),
            strange: self.strange.iter().filter(|at| !touched(**at)).count(),
            changes: made.len(),
            strange_meant: made
                .iter()
                .map(|found| found.mend.features.strange_meant)
                .sum(),
        };
        (made, sentence)
    }
}

fn reason(features: &Features) -> Reason {
    match features {
        Features {
            unrelated: true, ..
        } => Reason::Unrelated,
        Features {
            same_sound: true, ..
        } => Reason::SameSound,
        Features { shape: true, .. } => Reason::SimilarShape,
        _ => Reason::NearSound,
    }
}

/// A hash of a window and of its suspicious places (FNV-1a).
fn window_hash(codes: &[CharId], places: impl Iterator<Item = usize>) -> u64 {
    let places = places.map(|at| at as u16);
    let all = codes.iter().copied().chain([0]).chain(places);
    all.fold(0xCBF2_9CE4_8422_2325, |hash, value| {
        (hash ^ u64::from(value)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Sentences with something suspicious or written twice. One that is suspicious all over is no modern Chinese in simplified characters.
fn busy_sentences(scanned: &Scanned) -> Vec<Range<usize>> {
    let worth = |range: &Range<usize>| {
        let from = scanned.suspicious.partition_point(|at| *at < range.start);
        let to = scanned.suspicious.partition_point(|at| *at < range.end);
        let doubled = scanned.doubled.partition_point(|(at, _)| *at < range.start);
        let has_doubled = scanned
            .doubled
            .get(doubled)
            .is_some_and(|(at, _)| *at < range.end);
        let strange = to - from;
        let foreign = strange > MOST_SUSPICIOUS && strange * 3 > range.len();
        (strange > 0 || has_doubled) && !foreign
    };
    sentences(&scanned.chars).filter(worth).collect()
}
