//! 候选: words that a part of a text may have been meant to be, by sound and by shape.

use super::lattice::{Edge, Lattice, Step};
use super::model::{CharId, Model, Node, ROOT, WordId, sound_key, sound_key_on};

/// Longest word that is looked for.
const LONGEST_WORD: usize = 6;
/// Readings of a character that are tried.
const READINGS: usize = 3;
/// Rows of readings that are tried for one word.
const ROWS: usize = 12;
/// Most characters of a word that may be wrong together.
const MOST_CHANGED: usize = 2;
/// Shortest word in which any character may be wrong.
const LONG_WORD: usize = 4;
/// Characters from this rank on are hardly ever written on purpose.
const RARE: CharId = 4500;
/// Characters that may stand for a rare one at the beginning of a word.
const FIRST_CHARS: CharId = 2500;

/// 代价: what a slip of each kind costs, as log10 of how likely a writer makes it.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Another character of the same syllable.
    pub same_sound: f32,
    /// A syllable that many do not tell apart.
    pub near_sound: f32,
    /// A character that looks alike.
    pub shape: f32,
    /// Alike in shape and sound.
    pub both: f32,
    /// A character that is not related, in a long word or for a character that hardly anyone writes.
    pub unrelated: f32,
    /// Added where the word meant is a single character.
    pub single: f32,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            same_sound: -2.5,
            near_sound: -3.2,
            shape: -3.0,
            both: -2.0,
            unrelated: -5.0,
            single: -1.5,
        }
    }
}

/// How a character is related to the one that may have been meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// 音形皆近.
    Both,
    /// 同音.
    SameSound,
    /// 近音.
    NearSound,
    /// 形近.
    Shape,
    /// 无关.
    None,
}

/// The relation of two different characters.
pub fn relation(model: &Model, written: CharId, meant: CharId) -> Relation {
    let shape = model.alike(written).any(|char| char == meant);
    let meant = model.readings(meant);
    let mut near = false;
    let mut same = false;
    for syllable in model.readings(written) {
        for other in meant.clone() {
            same |= syllable == other;
            near |= model.fuzzy(syllable) == model.fuzzy(other);
        }
    }
    match (same, near, shape) {
        (true, _, true) | (false, true, true) => Relation::Both,
        (true, _, false) => Relation::SameSound,
        (false, true, false) => Relation::NearSound,
        (false, false, true) => Relation::Shape,
        _ => Relation::None,
    }
}

impl Costs {
    /// The same slips, each this much likelier (log10).
    pub fn cheaper(self, by: f32) -> Self {
        Self {
            same_sound: self.same_sound + by,
            near_sound: self.near_sound + by,
            shape: self.shape + by,
            both: self.both + by,
            unrelated: self.unrelated + by,
            single: self.single,
        }
    }

    /// What a slip of a relation costs.
    pub fn of(&self, relation: Relation) -> f32 {
        match relation {
            Relation::Both => self.both,
            Relation::SameSound => self.same_sound,
            Relation::NearSound => self.near_sound,
            Relation::Shape => self.shape,
            Relation::None => self.unrelated,
        }
    }
}

/// 原文的分数: how well the text as written reads, so that only words that can be better are looked for.
pub struct Written {
    /// Score of the best path before the word that covers a position, and where that word begins.
    before: Vec<(f32, usize)>,
    /// The same behind it.
    behind: Vec<(f32, usize)>,
}

/// What the words around a mended one can add to its probability (log10), at most.
const CONTEXT: f32 = 3.5;
/// What a character costs that a mended word leaves over of a word (log10), at least.
const LEFT_OVER: f32 = -2.5;
/// Probability (log10) that no word of two and more characters surpasses.
const LIKELIEST_WORD: f32 = -2.7;
/// The same of a single character.
const LIKELIEST_CHARACTER: f32 = -1.9;

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
}

/// Adds the mended words that begin at a place to the lattice.
pub fn add(model: &Model, costs: &Costs, place: &Place, lattice: &mut Lattice) {
    let start = place.start;
    let end = place.chars.len().min(start + LONGEST_WORD);
    let Some(first) = place.doubted[start..end]
        .iter()
        .position(|doubted| *doubted)
    else {
        return;
    };
    let mut least = [0.0; LONGEST_WORD];
    let mut any = false;
    for length in first + 1..=end - start {
        least[length - 1] = place.written.least(start, start + length);
        any |= least[length - 1] < best_possible(length) + costs.both;
    }
    if !any {
        return;
    }
    let look = Look {
        model,
        costs,
        chars: &place.chars[start..end],
        doubted: &place.doubted[start..end],
        least,
        first,
    };
    let mut found = Vec::new();
    look.by_sound(&mut found);
    look.by_shape(0, ROOT, 0.0, &mut found);
    found.sort_by(|a, b| {
        (a.length, a.word)
            .cmp(&(b.length, b.word))
            .then(b.cost.total_cmp(&a.cost))
    });
    found.dedup_by_key(|edge| (edge.length, edge.word));
    found.into_iter().for_each(|edge| lattice.add(start, edge));
}

fn best_possible(length: usize) -> f32 {
    if length == 1 {
        LIKELIEST_CHARACTER
    } else {
        LIKELIEST_WORD
    }
}

/// Looking for words at one place.
struct Look<'l, 'm> {
    model: &'l Model<'m>,
    costs: &'l Costs,
    chars: &'l [CharId],
    doubted: &'l [bool],
    least: [f32; LONGEST_WORD],
    first: usize,
}

impl Look<'_, '_> {
    fn by_sound(&self, found: &mut Vec<Edge>) {
        let mut keys = vec![sound_key([])];
        for (index, char) in self.chars.iter().enumerate() {
            let mut next = Vec::new();
            let mut classes: [u16; READINGS] = [u16::MAX; READINGS];
            let readings = self.model.readings(*char).take(READINGS);
            for (class, syllable) in classes.iter_mut().zip(readings) {
                *class = self.model.fuzzy(syllable);
            }
            for (at, class) in classes
                .iter()
                .enumerate()
                .filter(|(_, class)| **class != u16::MAX)
            {
                if !classes[..at].contains(class) {
                    next.extend(keys.iter().map(|key| sound_key_on(*key, *class)));
                }
            }
            next.truncate(ROWS);
            keys = next;
            if keys.is_empty() {
                return;
            }
            if index < self.first || self.least[index] >= best_possible(index + 1) + self.costs.both
            {
                continue;
            }
            for key in &keys {
                for word in self.model.sounding(*key) {
                    self.consider(index + 1, word, found);
                }
            }
        }
    }

    /// Adds a word of the same length, if it can have been meant by what is written.
    fn consider(&self, length: usize, word: WordId, found: &mut Vec<Edge>) {
        let spelling = self.model.spelling(word);
        if spelling.len() != length {
            return;
        }
        let least = self.least[length - 1] - self.model.unigram(word).0;
        let mut cost = if length == 1 { self.costs.single } else { 0.0 };
        if cost + self.costs.both < least {
            return;
        }
        let mut changed = 0;
        for ((meant, written), doubted) in spelling.zip(self.chars).zip(self.doubted) {
            if meant != *written {
                let relation = if *doubted {
                    relation(self.model, *written, meant)
                } else {
                    Relation::None
                };
                changed += 1;
                if relation == Relation::None || changed > MOST_CHANGED {
                    return;
                }
                cost += self.costs.of(relation);
            }
        }
        if changed > 0 && cost > least {
            found.push(Edge {
                length: length as u16,
                word,
                cost,
            });
        }
    }

    /// Follows the trie with at most one character changed.
    fn by_shape(&self, depth: usize, node: Node, cost: f32, found: &mut Vec<Edge>) {
        let model = self.model;
        if cost < 0.0 {
            let word = model.word_at(node);
            if word != 0 {
                let is_sure = cost > self.costs.unrelated
                    || depth >= LONG_WORD
                    || self.chars[..depth].iter().any(|char| is_rare(*char));
                let cost = cost + if depth == 1 { self.costs.single } else { 0.0 };
                if is_sure && model.unigram(word).0 + cost > self.least[depth - 1] {
                    found.push(Edge {
                        length: depth as u16,
                        word,
                        cost,
                    });
                }
            }
        }
        let Some(char) = self.chars.get(depth).copied() else {
            return;
        };
        if let Some(next) = model.step(node, char) {
            self.by_shape(depth + 1, next, cost, found);
        }
        if cost < 0.0 || !self.doubted[depth] {
            return;
        }
        for other in model.alike(char) {
            if let Some(next) = model.step(node, other) {
                self.by_shape(
                    depth + 1,
                    next,
                    self.costs.of(relation(model, char, other)),
                    found,
                );
            }
        }
        self.by_any(depth, node, char, found);
    }

    /// Any other character, where a long word or a rare character makes up for it.
    fn by_any(&self, depth: usize, node: Node, char: CharId, found: &mut Vec<Edge>) {
        let cost = self.costs.unrelated;
        let reachable = |length: usize| {
            self.least
                .get(length - 1)
                .is_some_and(|least| *least < LIKELIEST_WORD + cost)
        };
        let rare = is_rare(char);
        let shortest = if rare { 2 } else { LONG_WORD };
        if !(shortest.max(depth + 1)..=self.chars.len()).any(reachable) {
            return;
        }
        if node != ROOT {
            let following = self.chars.get(depth + 1);
            for (_, next) in self
                .model
                .each_child(node)
                .filter(|(other, _)| *other != char)
            {
                let goes_on = following.is_some_and(|char| self.model.step(next, *char).is_some());
                if goes_on || self.model.word_at(next) != 0 {
                    self.by_shape(depth + 1, next, cost, found);
                }
            }
        } else if rare {
            for other in 1..FIRST_CHARS {
                if let Some(next) = self.model.step(ROOT, other) {
                    self.by_shape(depth + 1, next, cost, found);
                }
            }
        }
    }
}

fn is_rare(char: CharId) -> bool {
    char == 0 || char >= RARE
}
