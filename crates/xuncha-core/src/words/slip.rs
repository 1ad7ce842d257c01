//! 笔误: how a character is related to the one that was meant, and what such a slip costs.

use super::model::{CharId, Model};

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
