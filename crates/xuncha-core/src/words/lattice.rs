//! 词网格: the best way through all words that a run of characters can be read as, original or mended.
//!
//! An edge covers some characters of the text with one word of the model; where its spelling differs from the text it costs what such a
//! slip costs (`Costs`). The path of the highest probability is found by Viterbi over the last word, with the word before it kept for the
//! triples of the model.

use super::model::{CharId, Model, WordId};

/// States kept at a position.
const BEAM: usize = 6;
/// A state this much worse (log10) than the best of its position is dropped.
const HOPELESS: f32 = 5.0;

/// 边: a word over some characters of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Characters of the text that it covers.
    pub length: u16,
    /// The word; 0 for a character that the model does not know.
    pub word: WordId,
    /// What the slip costs (log10, 0 for the text as it stands).
    pub cost: f32,
}

/// A way to a position: its score and last two words.
#[derive(Clone, Copy, Debug)]
struct State {
    score: f32,
    word: WordId,
    before: WordId,
    /// Back-off weight of the last two words, where the pair is known.
    pair_backoff: Option<f32>,
    backoff: f32,
    from: (u16, u16),
    edge: u16,
}

/// A step of the best path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Where the word begins, in characters of the run.
    pub start: usize,
    /// The edge taken.
    pub edge: Edge,
    /// Score of the path up to the end of the edge.
    pub score: f32,
}

/// 词网格: edges by their start, filled by the caller, and room to search in.
#[derive(Default)]
pub struct Lattice {
    edges: Vec<Vec<Edge>>,
    states: Vec<Vec<State>>,
    length: usize,
}

impl Lattice {
    /// Empties the lattice for a run of this many characters.
    pub fn reset(&mut self, length: usize) {
        self.length = length;
        if self.edges.len() < length + 1 {
            self.edges.resize_with(length + 1, Vec::new);
            self.states.resize_with(length + 1, Vec::new);
        }
        self.edges[..=length].iter_mut().for_each(Vec::clear);
        self.states[..=length].iter_mut().for_each(Vec::clear);
    }

    /// Adds an edge.
    pub fn add(&mut self, start: usize, edge: Edge) {
        if start + usize::from(edge.length) <= self.length {
            self.edges[start].push(edge);
        }
    }

    /// Whether there are no edges.
    pub fn is_empty(&self) -> bool {
        self.edges[..=self.length].iter().all(Vec::is_empty)
    }

    /// Makes an edge too dear to be taken.
    pub fn forbid(&mut self, start: usize, edge: Edge) {
        self.edges[start]
            .iter_mut()
            .filter(|known| **known == edge)
            .for_each(|known| known.cost = f32::NEG_INFINITY);
    }

    /// Gives a forbidden edge its price again.
    pub fn allow(&mut self, start: usize, edge: Edge) {
        let is_it = |known: &&mut Edge| {
            known.word == edge.word
                && known.length == edge.length
                && known.cost == f32::NEG_INFINITY
        };
        self.edges[start]
            .iter_mut()
            .filter(is_it)
            .for_each(|known| known.cost = edge.cost);
    }

    /// The edges from a position.
    pub fn edges(&self, start: usize) -> &[Edge] {
        self.edges.get(start).map_or(&[], Vec::as_slice)
    }

    /// Adds the words that the text itself reads as, and every single character.
    pub fn add_text(&mut self, model: &Model, chars: &[CharId]) {
        for start in 0..chars.len() {
            let mut node = super::model::ROOT;
            for (index, char) in chars[start..].iter().enumerate() {
                let next = model.step(node, *char);
                let word = next.map_or(0, |next| model.word_at(next));
                if word != 0 || index == 0 {
                    self.add(
                        start,
                        Edge {
                            length: index as u16 + 1,
                            word,
                            cost: 0.0,
                        },
                    );
                }
                match next {
                    Some(next) => node = next,
                    None => break,
                }
            }
        }
    }

    /// Searches the best path; its score (log10) is returned, its steps are put into `steps`.
    pub fn best(&mut self, model: &Model, steps: &mut Vec<Step>) -> f32 {
        steps.clear();
        self.states[..=self.length].iter_mut().for_each(Vec::clear);
        let start = State {
            score: 0.0,
            word: 0,
            before: 0,
            pair_backoff: None,
            backoff: 0.0,
            from: (0, 0),
            edge: 0,
        };
        self.states[0].push(start);
        for at in 0..self.length {
            self.prune(at);
            for index in 0..self.edges[at].len() {
                self.extend(model, at, index);
            }
        }
        self.prune(self.length);
        let best = (0..self.states[self.length].len()).max_by(|a, b| {
            let score = |index: usize| self.states[self.length][index].score;
            score(*a).total_cmp(&score(*b))
        });
        let Some(mut index) = best else {
            return f32::NEG_INFINITY;
        };
        let score = self.states[self.length][index].score;
        let mut at = self.length;
        while at > 0 {
            let state = self.states[at][index];
            let (from, before) = (usize::from(state.from.0), usize::from(state.from.1));
            steps.push(Step {
                start: from,
                edge: self.edges[from][usize::from(state.edge)],
                score: state.score,
            });
            (at, index) = (from, before);
        }
        steps.reverse();
        score
    }

    fn extend(&mut self, model: &Model, at: usize, index: usize) {
        let edge = self.edges[at][index];
        let (unigram, backoff) = model.unigram(edge.word);
        let mut best: Option<State> = None;
        for (from, state) in self.states[at].iter().enumerate() {
            let (log10, pair_backoff) = log10(model, state, edge.word, unigram);
            let score = state.score + edge.cost + log10;
            if best.is_none_or(|best| score > best.score) {
                best = Some(State {
                    score,
                    word: edge.word,
                    before: state.word,
                    pair_backoff,
                    backoff,
                    from: (at as u16, from as u16),
                    edge: index as u16,
                });
            }
        }
        let Some(best) = best else { return };
        let ends = &mut self.states[at + usize::from(edge.length)];
        match ends.iter_mut().find(|state| state.word == best.word) {
            Some(known) if known.score < best.score => *known = best,
            Some(_) => {}
            None => ends.push(best),
        }
    }

    fn prune(&mut self, at: usize) {
        let states = &mut self.states[at];
        let best = states
            .iter()
            .map(|state| state.score)
            .fold(f32::NEG_INFINITY, f32::max);
        states.retain(|state| state.score >= best - HOPELESS);
        if states.len() > BEAM {
            states.sort_by(|a, b| b.score.total_cmp(&a.score));
            states.truncate(BEAM);
        }
    }
}

/// Probability of a word after a state's words, and the back-off weight of the new pair.
fn log10(model: &Model, state: &State, word: WordId, unigram: f32) -> (f32, Option<f32>) {
    let pair = if state.word == 0 || word == 0 {
        None
    } else {
        model.bigram(state.word, word)
    };
    let pair_backoff = pair.map(|(_, backoff)| backoff);
    if let Some(context) = state.pair_backoff {
        // Only a pair with a back-off weight has triples.
        if context < 0.0
            && let Some(log10) = model.trigram(state.before, state.word, word)
        {
            return (log10, pair_backoff);
        }
        let log10 = pair.map_or(state.backoff + unigram, |(log10, _)| log10);
        return (context + log10, pair_backoff);
    }
    (
        pair.map_or(state.backoff + unigram, |(log10, _)| log10),
        pair_backoff,
    )
}
