//! 候选: words that a part of a text may have been meant to be, by sound and by shape.

use super::confidence::least_word;
use super::lattice::{Edge, Lattice, Step};
use super::model::{CharId, Model, ROOT, WordId, sound_key, sound_key_on};
use super::slip::{Costs, Relation, relation};

/// Longest word that is looked for.
const LONGEST_WORD: usize = 6;
/// Readings of a character that are tried.
const READINGS: usize = 3;
/// Longest word that is looked for by its sound alone.
const SOUNDED: usize = 2;
/// Rows of readings that are tried for one word.
const ROWS: usize = READINGS * READINGS;
/// Shortest word in which any character may be wrong.
const LONG_WORD: usize = 4;
/// Characters from this rank on are hardly ever written on purpose.
const RARE: CharId = 4500;

/// 原文的分数: how well the text as written reads, so that only words that can be better are looked for.
pub struct Written {
    /// Score of the best path before the word that covers a position, and where that word begins.
    before: Vec<(f32, usize)>,
    /// The same behind it.
    behind: Vec<(f32, usize)>,
}

/// What the words around a mended one add to its probability (log10), hardly ever more.
const CONTEXT: f32 = 2.0;
/// What a character costs that a mended word leaves over of a word (log10), mostly.
const LEFT_OVER: f32 = -3.5;

impl Written {
    /// From the steps of the best path.
    pub fn new(steps: &[Step]) -> Self {
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        let mut score = 0.0;
        for step in steps {
            let length = usize::from(step.edge.length);
            before.extend(std::iter::repeat_n((score, step.start), length));
            behind.extend(std::iter::repeat_n(
                (step.score, step.start + length),
                length,
            ));
            score = step.score;
        }
        Self { before, behind }
    }

    /// What a word over these characters must at least have, probability and cost of the slip together.
    fn least(&self, start: usize, end: usize) -> f32 {
        let ((before, from), (behind, to)) = (self.before[start], self.behind[end - 1]);
        behind - before - CONTEXT - LEFT_OVER * (start - from + to - end) as f32
    }
}

/// The place that words are looked for: the characters from `start` on, and which of them may be wrong.
pub struct Place<'p> {
    /// All characters.
    pub chars: &'p [CharId],
    /// Which may be wrong.
    pub doubted: &'p [bool],
    /// How they read as written.
    pub written: &'p Written,
    /// Where the word begins.
    pub start: usize,
    /// Log odds that a word must be able to reach.
    pub odds: f32,
}

/// Adds the mended words that begin at a place to the lattice; `found` is room to work in.
pub fn add(
    model: &Model,
    costs: &Costs,
    place: &Place,
    found: &mut Vec<Edge>,
    lattice: &mut Lattice,
) {
    let start = place.start;
    let end = place.chars.len().min(start + LONGEST_WORD);
    let Some(first) = place.doubted[start..end]
        .iter()
        .position(|doubted| *doubted)
    else {
        return;
    };
    let mut look = Look {
        model,
        costs,
        chars: &place.chars[start..end],
        doubted: &place.doubted[start..end],
        least: [f32::INFINITY; LONGEST_WORD],
        floor: [f32::INFINITY; LONGEST_WORD],
        odds: place.odds,
    };
    let mut longest = 0;
    // A single character is hardly ever sure enough to be the first that is found of a sentence.
    let shortest = if place.odds > 0.0 { 2 } else { 1 };
    for length in shortest.max(first + 1)..=end - start {
        look.least[length - 1] = place.written.least(start, start + length);
        let floor = look.floor_of(length, Relation::Both, costs.both);
        if model.likeliest(length) >= floor {
            look.floor[length - 1] = floor;
            longest = length;
        }
    }
    if longest == 0 {
        return;
    }
    look.chars = &look.chars[..longest];
    found.clear();
    look.by_sound(found);
    look.by_shape(found);
    found.sort_unstable_by(|a, b| {
        (a.length, a.word)
            .cmp(&(b.length, b.word))
            .then(b.cost.total_cmp(&a.cost))
    });
    found.dedup_by_key(|edge| (edge.length, edge.word));
    found.iter().for_each(|edge| lattice.add(start, *edge));
}

/// Looking for words at one place.
struct Look<'l, 'm> {
    model: &'l Model<'m>,
    costs: &'l Costs,
    chars: &'l [CharId],
    doubted: &'l [bool],
    /// What the text as written has in the place of a word of each length.
    least: [f32; LONGEST_WORD],
    /// Probability that a word of each length must at least have; infinite where none has it.
    floor: [f32; LONGEST_WORD],
    /// Log odds that a word must be able to reach.
    odds: f32,
}

impl Look<'_, '_> {
    /// Words of one or two characters that sound alike. Longer ones with one character changed are found by their hole.
    fn by_sound(&self, found: &mut Vec<Edge>) {
        let (mut keys, mut rows) = ([sound_key([]); ROWS], 1);
        for (index, char) in self.chars.iter().enumerate().take(SOUNDED) {
            let mut classes = [u16::MAX; READINGS];
            let readings = self.model.readings(*char).take(READINGS);
            for (class, syllable) in classes.iter_mut().zip(readings) {
                *class = self.model.fuzzy(syllable);
            }
            let (before, count) = (keys, rows);
            rows = 0;
            for (at, class) in classes.iter().enumerate() {
                if *class == u16::MAX || classes[..at].contains(class) {
                    continue;
                }
                for key in &before[..count] {
                    keys[rows] = sound_key_on(*key, *class);
                    rows += 1;
                }
            }
            if !self.is_open(index + 1) {
                continue;
            }
            for key in &keys[..rows] {
                self.sounding(index + 1, *key, found);
            }
        }
    }

    /// Adds the words of these sounds that can have been meant by what is written.
    fn sounding(&self, length: usize, key: u32, found: &mut Vec<Edge>) {
        for word in self.model.sounding(key) {
            if !self.can_be(length, word) {
                // The words behind it are rarer still.
                return;
            }
            if let Some((relation, cost)) = self.slips(length, word)
                && self.is_better(length, word, relation, cost)
            {
                found.push(self.edge(length, word, cost));
            }
        }
    }

    /// Whether a word can be better than what is written, by as much as the bar says, if its slips are of the likeliest kind.
    fn can_be(&self, length: usize, word: WordId) -> bool {
        self.model.unigram(word).0 >= self.floor[length - 1]
    }

    /// The same with the slips that it has.
    fn is_better(&self, length: usize, word: WordId, relation: Relation, cost: f32) -> bool {
        self.model.unigram(word).0 >= self.floor_of(length, relation, cost)
    }

    fn floor_of(&self, length: usize, relation: Relation, cost: f32) -> f32 {
        let cost = cost + self.single(length);
        least_word(self.odds, length, relation, cost, self.least[length - 1])
    }

    /// The slips that make what is written of a word of the same length, and what they cost.
    fn slips(&self, length: usize, word: WordId) -> Option<(Relation, f32)> {
        let spelling = self.model.spelling(word);
        if spelling.len() != length {
            return None;
        }
        let (mut nearest, mut cost) = (Relation::None, 0.0);
        for ((meant, written), doubted) in spelling.zip(self.chars).zip(self.doubted) {
            if meant == *written {
                continue;
            }
            let relation = relation(self.model, *written, meant);
            if !doubted || relation == Relation::None {
                return None;
            }
            nearest = nearest.min(relation);
            cost += self.costs.of(relation);
        }
        (cost < 0.0).then_some((nearest, cost))
    }

    /// Words with one character changed for one that looks like it, or for any other where a long word or a rare character makes up
    /// for it.
    fn by_shape(&self, found: &mut Vec<Edge>) {
        if self.is_open(1) {
            for other in self.model.alike(self.chars[0]) {
                let word = self.model.find(&[other]);
                self.alike(1, 0, word, found);
            }
        }
        if self.chars.len() > 1 && self.is_open(2) {
            self.by_shape_of_two(found);
        }
        for length in 3..=self.chars.len() {
            if !self.is_open(length) {
                continue;
            }
            let (chars, doubted) = (&self.chars[..length], &self.doubted[..length]);
            let any = length >= LONG_WORD || chars.iter().any(|char| is_rare(*char));
            for hole in (0..length).filter(|at| doubted[*at]) {
                self.with_hole(length, hole, any, found);
            }
        }
    }

    /// Whether words of this length are looked for.
    fn is_open(&self, length: usize) -> bool {
        self.floor[length - 1] != f32::INFINITY
    }

    fn by_shape_of_two(&self, found: &mut Vec<Edge>) {
        let model = self.model;
        let [first, second] = [self.chars[0], self.chars[1]];
        if self.doubted[0] {
            for other in model.alike(first) {
                self.alike(2, 0, model.two(other, second), found);
            }
            if is_rare(first) {
                self.with_hole(2, 0, true, found);
            }
        }
        if !self.doubted[1] {
            return;
        }
        for other in model.alike(second) {
            self.alike(2, 1, model.two(first, other), found);
        }
        if is_rare(second)
            && let Some(node) = model.step(ROOT, first)
        {
            for (_, next) in model.each_child(node) {
                self.changed_at(2, 1, model.word_at(next), true, found);
            }
        }
    }

    /// Adds a word with a character that looks alike, if there is one.
    fn alike(&self, length: usize, at: usize, word: WordId, found: &mut Vec<Edge>) {
        if word != 0 && self.can_be(length, word) {
            self.changed_at(length, at, word, false, found);
        }
    }

    fn with_hole(&self, length: usize, hole: usize, any: bool, found: &mut Vec<Edge>) {
        for word in self.model.with_hole(&self.chars[..length], hole) {
            if !self.can_be(length, word) {
                return;
            }
            self.changed_at(length, hole, word, any, found);
        }
    }

    /// Adds a word that differs from what is written at one place, if it can have been meant.
    fn changed_at(&self, length: usize, at: usize, word: WordId, any: bool, found: &mut Vec<Edge>) {
        let mut spelling = self.model.spelling(word);
        let written = &self.chars[..length];
        let is_it = spelling.len() == length
            && (spelling.clone().zip(written).enumerate())
                .all(|(place, (meant, written))| (meant == *written) != (place == at));
        let Some(meant) = spelling.nth(at).filter(|_| is_it) else {
            return;
        };
        let relation = relation(self.model, written[at], meant);
        if relation == Relation::None && !any {
            return;
        }
        let cost = self.costs.of(relation);
        if self.is_better(length, word, relation, cost) {
            found.push(self.edge(length, word, cost));
        }
    }

    fn single(&self, length: usize) -> f32 {
        if length == 1 { self.costs.single } else { 0.0 }
    }

    fn edge(&self, length: usize, word: WordId, cost: f32) -> Edge {
        Edge {
            length: length as u16,
            word,
            cost: cost + self.single(length),
        }
    }
}

fn is_rare(char: CharId) -> bool {
    char == 0 || char >= RARE
}
