//! 用词界限: which word a share or a change is given. Limits are data (`templates/words.toml`), never code.

use serde::Deserialize;

use super::NoticeError;
use crate::points::{Exact, Points};

/// 用词.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// So many or fewer get [`Words::few_word`].
    pub few_at_most: u64,
    /// 个别.
    pub few_word: String,
    /// 部分, where the whole is not known.
    pub many_word: String,
    /// 没有.
    pub none_word: String,
    /// Words before a noun (部分政府网站), highest limit first.
    pub quantity: Vec<DegreeWord>,
    /// Words before a verb (普遍存在), highest limit first.
    pub extent: Vec<DegreeWord>,
    /// Words of change.
    pub change: ChangeWords,
    /// Words about indices.
    pub index: IndexWords,
    /// How many of the weakest are named first.
    pub weak: WeakWords,
    /// How many portals are named.
    pub above_80: AboveWords,
    /// Kinds of problems that a template may speak of.
    pub problem: Vec<ProblemKind>,
}

/// 程度词.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DegreeWord {
    /// Word.
    pub word: String,
    /// From this percentage.
    pub at_least: Points,
}

/// 变化词.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeWords {
    /// 提高.
    pub up: String,
    /// 下降.
    pub down: String,
    /// 持平.
    pub level: String,
}

/// 指数用词.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexWords {
    /// 相同.
    pub same: String,
    /// 基本持平.
    pub nearly: String,
    /// Largest difference that is still 基本持平.
    pub nearly_within: Points,
    /// 提升.
    pub up: String,
    /// 下降.
    pub down: String,
    /// From this index: 表现良好.
    pub good_at_least: Points,
    /// Below this index: 存在不足.
    pub low_below: Points,
}

/// 薄弱项用词.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeakWords {
    /// How many are named before 等.
    pub named_first: usize,
}

/// 举例个数.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AboveWords {
    /// Cities.
    pub cities: usize,
    /// Counties.
    pub counties: usize,
}

/// 问题种类.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemKind {
    /// Id; named after the check where one finds it.
    pub id: String,
    /// Figure that is the whole for words of degree.
    #[serde(default)]
    pub population: Option<String>,
    /// Name in Chinese, for lists; the id where none is given.
    #[serde(default)]
    pub title: String,
}

impl Words {
    /// The name of a kind of problem.
    pub fn problem_title<'a>(&'a self, id: &'a str) -> &'a str {
        let kind = self.problem.iter().find(|kind| kind.id == id);
        kind.map(|kind| kind.title.as_str())
            .filter(|title| !title.is_empty())
            .unwrap_or(id)
    }

    /// Reads `words.toml`.
    pub fn parse(text: &str) -> Result<Words, NoticeError> {
        toml::from_str(text).map_err(|error| NoticeError::new("words.toml", error.to_string()))
    }

    /// 所有、大部分、部分、个别、没有: the word before the noun for `part` of `whole`.
    pub fn quantity(&self, part: u64, whole: Option<u64>) -> &str {
        self.degree(&self.quantity, part, whole)
    }

    /// 均、普遍、大多、部分、个别、没有: the word before the verb for `part` of `whole`.
    pub fn extent(&self, part: u64, whole: Option<u64>) -> &str {
        self.degree(&self.extent, part, whole)
    }

    fn degree<'a>(&'a self, words: &'a [DegreeWord], part: u64, whole: Option<u64>) -> &'a str {
        if part == 0 {
            return &self.none_word;
        }
        let share = whole.and_then(|whole| Exact::percent(part.into(), whole.into()));
        if part <= self.few_at_most && whole != Some(part) {
            return &self.few_word;
        }
        let Some(share) = share else {
            return &self.many_word;
        };
        let reached = |word: &&DegreeWord| !limit(word.at_least).is_above(share);
        words
            .iter()
            .find(reached)
            .map_or(&self.many_word, |word| &word.word)
    }
}

/// A limit as an exact number.
pub fn limit(points: Points) -> Exact {
    Exact::from(points)
}
