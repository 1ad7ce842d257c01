//! Which article of the new site is which of the old one: by title, then by text, then by what a wrong charset left.

use std::collections::{BTreeMap, BTreeSet};

use super::garble;
use super::holdings::{Article, Holdings};
use super::prose::{comparable, likeness, runs};

/// 对应. What belongs together, by place in the holdings.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Articles that were carried over.
    pub carried: Vec<Pair>,
    /// Articles of the old site without a counterpart.
    pub left: Vec<usize>,
    /// The new article of each old one.
    pub new_of: BTreeMap<usize, usize>,
}

/// 一对稿件.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub old: usize,
    pub new: usize,
    /// The title is another one.
    pub is_renamed: bool,
}

/// Texts under one title that have less than this in common, and no day either, are two articles.
const SAME_ARTICLE: usize = 20;
/// A text under another title is the same article only where so much of it came, word for word, and the texts are so alike.
const RENAMED_SHARE: usize = 70;
const RENAMED_LIKENESS: usize = 60;
/// Texts below this say too little to be known again by.
const TELLING_CHARS: usize = 40;
/// Length of the runs of characters by which a text under another title is looked up.
const RUN: usize = 6;
/// Hundredths of a mended title that may be lost.
const LOST: usize = 10;
/// Hundredths by which a mended title has to be like the title that it was.
const NEAR_TITLE: usize = 75;

/// Pairs the articles of two sites.
pub(super) fn pair(old: &Holdings, new: &Holdings) -> Pairs {
    let mut work = Work {
        old: &old.articles,
        new: &new.articles,
        open_old: (0..old.articles.len()).collect(),
        open_new: (0..new.articles.len()).collect(),
        pairs: Pairs::default(),
    };
    work.by_title();
    work.by_text();
    work.by_mended_title();
    work.by_remains();
    let mut pairs = work.pairs;
    pairs.left = work.open_old.into_iter().collect();
    pairs.carried.sort_by_key(|pair| pair.old);
    pairs
}

struct Work<'a> {
    old: &'a [Article],
    new: &'a [Article],
    open_old: BTreeSet<usize>,
    open_new: BTreeSet<usize>,
    pairs: Pairs,
}

impl Work<'_> {
    fn join(&mut self, old: usize, new: usize, is_renamed: bool) {
        self.open_old.remove(&old);
        self.open_new.remove(&new);
        self.pairs.carried.push(Pair {
            old,
            new,
            is_renamed,
        });
        self.pairs.new_of.insert(old, new);
    }

    /// Under one title the most alike texts belong together; days decide between equals.
    fn by_title(&mut self) {
        let mut groups: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, article) in self.old.iter().enumerate() {
            groups.entry(&article.key).or_default().0.push(at);
        }
        for (at, article) in self.new.iter().enumerate() {
            if let Some(group) = groups.get_mut(article.key.as_str()) {
                group.1.push(at);
            }
        }
        for (old, new) in groups.into_values() {
            let mut scores = Vec::new();
            for &left in &old {
                for &right in &new {
                    if let Some(score) = score(&self.old[left], &self.new[right]) {
                        scores.push((score, left, right));
                    }
                }
            }
            scores.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            for (_, left, right) in scores {
                if self.open_old.contains(&left) && self.open_new.contains(&right) {
                    self.join(left, right, false);
                }
            }
        }
    }

    /// The same text under another title.
    fn by_text(&mut self) {
        let mut holders: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for &at in &self.open_new {
            for run in sample(&self.new[at].prose.whole) {
                holders.entry(run).or_default().push(at);
            }
        }
        let open: Vec<usize> = self.open_old.iter().copied().collect();
        for old in open {
            let mut hits: BTreeMap<usize, usize> = BTreeMap::new();
            for run in sample(&self.old[old].prose.whole) {
                for at in holders.get(&run).into_iter().flatten() {
                    *hits.entry(*at).or_default() += 1;
                }
            }
            let mut hits: Vec<(usize, usize)> = hits.into_iter().map(|(at, n)| (n, at)).collect();
            hits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let found = hits
                .into_iter()
                .take(5)
                .map(|(_, at)| at)
                .find(|at| self.open_new.contains(at) && self.is_renamed(old, *at));
            if let Some(new) = found {
                self.join(old, new, true);
            }
        }
    }

    fn is_renamed(&self, old: usize, new: usize) -> bool {
        let (old, new) = (&self.old[old].prose, &self.new[new].prose);
        old.weight() >= TELLING_CHARS
            && old.share_in(new) >= RENAMED_SHARE
            && likeness(&old.whole, &new.whole) >= RENAMED_LIKENESS
    }

    /// The title in the characters of another charset.
    fn by_mended_title(&mut self) {
        let mut keys: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &at in &self.open_old {
            keys.entry(&self.old[at].key).or_default().push(at);
        }
        let open: Vec<usize> = self.open_new.iter().copied().collect();
        for new in open {
            let title = &self.new[new].title;
            let mut candidates = Vec::new();
            for read in garble::mended(title).filter(|read| garble::is_plausible(read, title, LOST))
            {
                let key = comparable(&read);
                candidates.extend(keys.get(key.as_str()).into_iter().flatten().copied());
                // A title of which a byte was lost is still much like it.
                let is_near = |old: &usize| likeness(&self.old[*old].key, &key) >= NEAR_TITLE;
                candidates.extend(self.open_old.iter().copied().filter(is_near));
            }
            let found = candidates
                .into_iter()
                .filter(|old| self.open_old.contains(old))
                .min_by_key(|old| (self.old[*old].dates != self.new[new].dates, *old));
            if let Some(old) = found {
                self.join(old, new, true);
            }
        }
    }

    /// A title of which only parts are left, on the same day, where no other title of that day would do.
    fn by_remains(&mut self) {
        let open: Vec<usize> = self.open_new.iter().copied().collect();
        for new in open {
            let article = &self.new[new];
            let mut candidates = self.open_old.iter().copied().filter(|old| {
                let old = &self.old[*old];
                !old.dates.is_disjoint(&article.dates)
                    && garble::is_remains(&article.title, &old.title)
            });
            if let (Some(old), None) = (candidates.next(), candidates.next()) {
                self.join(old, new, true);
            }
        }
    }
}

/// How well two articles of one title go together; `None` where they are two. What costs most is asked last.
fn score(old: &Article, new: &Article) -> Option<(usize, bool)> {
    let share = old.prose.share_in(&new.prose);
    let is_same_day = !old.dates.is_disjoint(&new.dates);
    let is_emptied = || new.prose.weight() * 5 < old.prose.weight();
    let is_known = share >= SAME_ARTICLE
        || is_same_day
        || old.prose.sentences.is_empty()
        || is_emptied()
        || likeness(&old.prose.whole, &new.prose.whole) >= SAME_ARTICLE
        || garble::is_garbled(&new.prose.raw, &old.prose.raw);
    is_known.then_some((share, is_same_day))
}

/// A sample of a text's runs that any two texts draw alike.
fn sample(text: &str) -> impl Iterator<Item = u64> {
    let all = runs(text, RUN);
    let is_short = all.len() < 64;
    all.into_iter().filter(move |run| is_short || run % 8 == 0)
}
