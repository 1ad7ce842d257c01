//! 查错室: what all threads that read pages share, the model and the list of wrong words, and a checker for each that reads at the time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::hit::{Hit, NotWrong};
use super::model::Model;
use super::{Checker, SHIPPED, WrongWords};

/// 查错室. Two rooms are the same if they find the same.
pub struct Room {
    model: &'static Model<'static>,
    wrong_words: Arc<WrongWords>,
    /// Checkers that nobody uses now, each with the sentences that it remembers.
    free: Mutex<Vec<Checker<'static>>>,
}

impl Room {
    /// A room with a model that lasts as long as the program, and a list of wrong words.
    pub fn new(model: &'static Model<'static>, wrong_words: WrongWords) -> Self {
        Self {
            model,
            wrong_words: Arc::new(wrong_words),
            free: Mutex::default(),
        }
    }

    /// What is wrong in each of these lines, with the line's place.
    pub(crate) fn check<'t>(&self, lines: impl Iterator<Item = &'t str>) -> Vec<(usize, Hit)> {
        let mut checker = self
            .taken()
            .unwrap_or_else(|| Checker::new(self.model, Arc::clone(&self.wrong_words)));
        let none = NotWrong::new();
        let mut found = Vec::new();
        for (nth, line) in lines.enumerate() {
            let hits = checker.check(line, &none).into_iter();
            let sure = hits.filter(|hit| hit.confidence >= SHIPPED);
            found.extend(sure.map(|hit| (nth, hit)));
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(checker);
        found
    }

    fn taken(&self) -> Option<Checker<'static>> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop()
    }
}

impl PartialEq for Room {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.model, other.model)
            && self.wrong_words.version == other.wrong_words.version
    }
}

impl Eq for Room {}

impl fmt::Debug for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Room")
            .field("words", &self.model.words())
            .field("wrong_words", &self.wrong_words.version)
            .finish()
    }
}
