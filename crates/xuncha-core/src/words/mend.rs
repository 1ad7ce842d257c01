//! 改读: what a run of characters reads as when slips are allowed for, and what speaks for each change.

use super::candidates::{self, Place, Written};
use super::lattice::{Edge, Lattice, Step};
use super::model::{CharId, Model, WordId};
use super::slip::{Costs, Relation, relation};

/// 特征: what speaks for and against a change, all as log10 or counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Features {
    /// How much likelier the run is with the change.
    pub gain: f32,
    /// How much the best reading with the change is better than the best one without it, slips counted.
    pub margin: f32,
    /// Probability of the word meant.
    pub word: f32,
    /// Characters of the word meant.
    pub length: usize,
    /// Characters changed.
    pub changed: usize,
    /// Characters changed for one of the same, of a near sound, of an alike shape.
    pub same_sound: bool,
    /// See `same_sound`.
    pub near_sound: bool,
    /// See `same_sound`.
    pub shape: bool,
    /// See `same_sound`.
    pub unrelated: bool,
    /// Length of the longest word that the changed characters stood in, as written.
    pub stood_in: usize,
    /// Rank of the rarest changed character.
    pub rank: usize,
    /// Pairs of neighbours that the model does not know, as written.
    pub strange: usize,
    /// The same, as meant.
    pub strange_meant: usize,
    /// Whether the word meant is known beside the word before it.
    pub follows: bool,
    /// Whether the word meant is known beside the word behind it.
    pub leads: bool,
}

/// 改动: a word that was probably meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// Where it begins, in characters of the run.
    pub start: usize,
    /// How many characters of the text it stands for.
    pub length: usize,
    /// The word.
    pub word: WordId,
    /// Its characters.
    pub meant: Vec<CharId>,
    /// What speaks for it.
    pub features: Features,
}

/// Reads runs; holds the room that reading needs.
pub struct Reader<'m> {
    model: &'m Model<'m>,
    mended: Lattice,
    plain: Lattice,
    steps: Vec<Step>,
    found: Vec<Edge>,
}

impl<'m> Reader<'m> {
    /// A reader with a model.
    pub fn new(model: &'m Model<'m>) -> Self {
        Self {
            model,
            mended: Lattice::default(),
            plain: Lattice::default(),
            steps: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The changes in the best reading of a run, in which only doubted characters can be wrong. Words that cannot reach these log odds
    /// are not looked for.
    pub fn read(
        &mut self,
        codes: &[CharId],
        doubted: &[bool],
        costs: &Costs,
        odds: f32,
    ) -> Vec<Mend> {
        let model = self.model;
        let (written_score, written) = self.plain_path(codes);
        self.mended.reset(codes.len());
        let scores = Written::new(&written);
        for start in 0..codes.len() {
            candidates::add(
                model,
                costs,
                &Place {
                    chars: codes,
                    doubted,
                    written: &scores,
                    start,
                    odds,
                },
                &mut self.found,
                &mut self.mended,
            );
        }
        if self.mended.is_empty() {
            return Vec::new();
        }
        self.mended.add_text(model, codes);
        let best = self.mended.best(model, &mut self.steps);
        let path = std::mem::take(&mut self.steps);
        let mut meant = codes.to_vec();
        for step in path.iter().filter(|step| step.edge.cost < 0.0) {
            let spelling = model.spelling(step.edge.word);
            meant[step.start..]
                .iter_mut()
                .zip(spelling)
                .for_each(|(char, meant)| *char = meant);
        }
        if meant == codes {
            self.steps = path;
            return Vec::new();
        }
        let all = self.plain_path(&meant).0;
        let mut mends = Vec::new();
        for (index, step) in path
            .iter()
            .enumerate()
            .filter(|(_, step)| step.edge.cost < 0.0)
        {
            let length = usize::from(step.edge.length);
            let span = step.start..step.start + length;
            let mut kept = meant.clone();
            kept[span.clone()].copy_from_slice(&codes[span.clone()]);
            let without = if kept == codes {
                written_score
            } else {
                self.plain_path(&kept).0
            };
            self.mended.forbid(step.start, step.edge);
            let second = self.mended.best(model, &mut self.steps);
            self.mended.allow(step.start, step.edge);
            let around = |at: Option<&Step>| at.map_or(0, |step| step.edge.word);
            let before = around(index.checked_sub(1).and_then(|at| path.get(at)));
            let behind = around(path.get(index + 1));
            let word = step.edge.word;
            let features = Features {
                gain: all - without,
                margin: best - second,
                word: model.unigram(word).0,
                length,
                follows: model.bigram(before, word).is_some(),
                leads: model.bigram(word, behind).is_some(),
                ..Features::default()
            };
            mends.push(Mend {
                start: step.start,
                length,
                word,
                meant: meant[span.clone()].to_vec(),
                features: compared(model, codes, &meant, span, &written, features),
            });
        }
        self.steps = path;
        mends
    }

    /// How likely (log10) a run is as it stands.
    pub fn score(&mut self, codes: &[CharId]) -> f32 {
        self.plain_path(codes).0
    }

    /// How likely (log10) a run is as it stands, and the words that it reads as.
    pub fn path(&mut self, codes: &[CharId]) -> (f32, Vec<Step>) {
        self.plain_path(codes)
    }

    fn plain_path(&mut self, codes: &[CharId]) -> (f32, Vec<Step>) {
        self.plain.reset(codes.len());
        self.plain.add_text(self.model, codes);
        let mut steps = Vec::new();
        let score = self.plain.best(self.model, &mut steps);
        (score, steps)
    }
}

/// The features that compare what is written with what is meant.
fn compared(
    model: &Model,
    codes: &[CharId],
    meant: &[CharId],
    span: std::ops::Range<usize>,
    written: &[Step],
    mut features: Features,
) -> Features {
    for at in span.filter(|at| codes[*at] != meant[*at]) {
        features.changed += 1;
        match relation(model, codes[at], meant[at]) {
            Relation::Both => (features.same_sound, features.shape) = (true, true),
            Relation::SameSound => features.same_sound = true,
            Relation::NearSound => features.near_sound = true,
            Relation::Shape => features.shape = true,
            Relation::None => features.unrelated = true,
        }
        let rank = if codes[at] == 0 {
            usize::from(CharId::MAX)
        } else {
            usize::from(codes[at])
        };
        features.rank = features.rank.max(rank);
        let stood = written
            .iter()
            .find(|step| (step.start..step.start + usize::from(step.edge.length)).contains(&at));
        features.stood_in = features
            .stood_in
            .max(stood.map_or(0, |step| usize::from(step.edge.length)));
        for first in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            if first + 1 < codes.len() {
                features.strange += usize::from(!model.neighbours(codes[first], codes[first + 1]));
                features.strange_meant +=
                    usize::from(!model.neighbours(meant[first], meant[first + 1]));
            }
        }
    }
    features
}
