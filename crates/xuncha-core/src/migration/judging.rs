//! One article after the other: missing, cut, changed, doubled, re-dated, and where its old address leads.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::holdings::{Article, Holdings};
use super::pairs::{Pair, Pairs};
use super::prose::{Prose, Sentence, likeness};
use super::{Loss, LossKind, Unclear, addresses, files, garble, missing};
use crate::verdict::Place;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub losses: Vec<Loss>,
    pub unclear: Vec<Unclear>,
    /// Every article that came under another day: place in the losses, days before, day after.
    pub redated: Vec<Redated>,
    /// Old addresses that a loss hits beyond the places that it names.
    pub hit: BTreeSet<String>,
}

/// One article that came under another day.
#[derive(Debug)]
pub(super) struct Redated {
    pub loss: Loss,
    pub before: Date,
    pub after: Date,
}

impl Found {
    pub fn unclear(&mut self, kind: LossKind, title: &str, url: &str, why: &str) {
        self.unclear.push(Unclear {
            about: kind.name().to_owned(),
            title: title.to_owned(),
            url: url.to_owned(),
            why: why.to_owned(),
        });
    }

    /// Old addresses of which anything was found.
    pub fn touched(&self) -> BTreeSet<&str> {
        let own = self
            .losses
            .iter()
            .filter_map(|loss| loss.old_url.as_deref());
        let places = self.losses.iter().flat_map(|loss| &loss.places);
        let hit = self.hit.iter().map(String::as_str);
        own.chain(places.map(|place| place.url.as_str()))
            .chain(hit)
            .collect()
    }
}

/// Sentences that are so alike are one sentence that was changed.
const CHANGED: usize = 50;
/// A text that lost fewer characters lost nothing that anybody would miss.
const LOST_CHARS: usize = 8;
/// Of two texts that share less, one was not cut, it is another text.
const OTHER_TEXT: usize = 20;
/// A text of which so many hundredths came is not garbled.
const SOUND_TEXT: usize = 50;
/// Judges every article of the old site.
pub(super) fn articles(old: &Holdings, new: &Holdings, pairs: &Pairs, found: &mut Found) {
    let surplus = surplus(new, pairs);
    let usual = usual_surplus(old, new, pairs);
    for pair in &pairs.carried {
        let (before, after) = (&old.articles[pair.old], &new.articles[pair.new]);
        if !before.is_due {
            continue;
        }
        title_and_text(pair, before, after, usual, found);
        dates(before, after, found);
        files::attachments(before, after, found);
        files::pictures(before, after, found);
        doubled(before, after, &surplus, found);
        addresses::of_article(before, after, old, new, found);
    }
    for at in pairs.left.iter().filter(|at| old.articles[**at].is_due) {
        missing::judge(&old.articles[*at], new, found);
    }
    missing::unread_items(old, new, found);
}

fn pairwise(kind: LossKind, before: &Article, after: &Article, detail: String) -> Loss {
    Loss::of(kind, &before.title, detail, before.evidence.clone())
        .on_old(before.url())
        .on_new(after.url())
        .and_evidence(&after.evidence)
}

fn title_and_text(pair: &Pair, before: &Article, after: &Article, usual: i64, found: &mut Found) {
    let is_garbled_title = pair.is_renamed
        && (garble::is_garbled(&after.title, &before.title)
            || garble::is_remains(&after.title, &before.title));
    let is_sound = before.prose.share_in(&after.prose) >= SOUND_TEXT;
    if is_garbled_title || !is_sound && garble::is_garbled(&after.prose.raw, &before.prose.raw) {
        let shown = if is_garbled_title {
            &after.title
        } else {
            &after.prose.raw
        };
        let detail = format!("新网站上显示为乱码：“{}”", cut(shown, 40));
        let quote = cut(shown, 80);
        let mut loss = pairwise(LossKind::Garbled, before, after, detail);
        loss.evidence[1] = after.evidence.quoting(&quote);
        found.losses.push(loss);
        return;
    }
    if pair.is_renamed {
        let detail = format!("原标题“{}”，现标题“{}”", before.title, after.title);
        found
            .losses
            .push(pairwise(LossKind::TitleChanged, before, after, detail));
    }
    text(before, after, usual, found);
}

/// Sentences of the old text that the new one does not hold.
struct Gone<'a> {
    /// The new text has a like one instead.
    changed: Vec<(&'a Sentence, &'a Sentence)>,
    lost: Vec<&'a Sentence>,
}

fn gone<'a>(before: &'a Prose, after: &'a Prose) -> Gone<'a> {
    let missing = |from: &'a Prose, of: &Prose| -> Vec<&'a Sentence> {
        let sentences = from.sentences.iter();
        sentences.filter(|sentence| !of.holds(sentence)).collect()
    };
    let mut fresh = missing(after, before);
    let mut gone = Gone {
        changed: Vec::new(),
        lost: Vec::new(),
    };
    for sentence in missing(before, after) {
        let alike = fresh
            .iter()
            .enumerate()
            .map(|(at, other)| (likeness(&sentence.bare, &other.bare), at))
            .max_by_key(|(score, at)| (*score, usize::MAX - at));
        match alike.filter(|(score, _)| *score >= CHANGED) {
            Some((_, at)) => gone.changed.push((sentence, fresh.remove(at))),
            None => gone.lost.push(sentence),
        }
    }
    gone
}

fn text(before: &Article, after: &Article, usual: i64, found: &mut Found) {
    let gone = gone(&before.prose, &after.prose);
    if gone.changed.is_empty() && gone.lost.is_empty() {
        long_text(before, after, found);
        return;
    }
    if let Some((was, is)) = gone.changed.first() {
        let detail = format!(
            "有 {} 处文字不同：原文“{}”，现为“{}”",
            gone.changed.len(),
            cut(&was.shown, 60),
            cut(&is.shown, 60)
        );
        let quotes = (was.shown.as_str(), is.shown.as_str());
        found.losses.push(quoting(
            LossKind::BodyChanged,
            before,
            after,
            detail,
            quotes,
        ));
    }
    let lost_chars: usize = gone.lost.iter().map(|sentence| sentence.weight()).sum();
    if lost_chars >= LOST_CHARS {
        lost(before, after, &gone, usual, found);
    }
}

/// Sentences that are lost: cut off, replaced by another text, or not read by us.
fn lost(before: &Article, after: &Article, gone: &Gone<'_>, usual: i64, found: &mut Found) {
    let lost_chars: usize = gone.lost.iter().map(|sentence| sentence.weight()).sum();
    let all = before.prose.weight();
    let first = gone.lost.first().map_or("", |sentence| &sentence.shown);
    let is_other = before.prose.share_in(&after.prose) < OTHER_TEXT
        && after.prose.weight() * 4 > all
        && gone.changed.is_empty();
    if is_other {
        let detail = "标题相同，正文是另一篇文字".to_owned();
        let is = after.prose.sentences.first().map_or("", |s| &s.shown);
        let loss = quoting(LossKind::BodyChanged, before, after, detail, (first, is));
        found.losses.push(loss);
        return;
    }
    // The page has the sentences, though not where its text was read.
    let short = i64::from(before.sentence_chars) + usual - i64::from(after.sentence_chars);
    if short * 2 < lost_chars as i64 && before.sentence_chars > 0 && after.prose.weight() > 0 {
        let why = "新页面的文字不少于旧页面，正文可能没有读全";
        found.unclear(LossKind::BodyCut, &before.title, after.url(), why);
        return;
    }
    let share = (lost_chars * 100).div_ceil(all.max(1));
    let detail = format!(
        "缺 {} 句，约 {lost_chars} 字（{share}%），如“{}”",
        gone.lost.len(),
        cut(first, 60)
    );
    let loss = quoting(LossKind::BodyCut, before, after, detail, (first, ""));
    found.losses.push(loss);
}

/// Of a long text only the beginning was kept; its length tells whether the end came.
fn long_text(before: &Article, after: &Article, found: &mut Found) {
    let (was, is) = (u64::from(before.prose.chars), u64::from(after.prose.chars));
    let is_long = before.prose.raw.chars().count() as u64 + 200 < was;
    if is_long && is * 10 < was * 9 && after.sentence_chars < before.sentence_chars {
        let detail = format!("原文约 {was} 字，现约 {is} 字");
        found
            .losses
            .push(pairwise(LossKind::BodyCut, before, after, detail));
    }
}

fn quoting(
    kind: LossKind,
    before: &Article,
    after: &Article,
    detail: String,
    (was, is): (&str, &str),
) -> Loss {
    let mut loss = pairwise(kind, before, after, detail);
    loss.evidence = vec![before.evidence.quoting(was), after.evidence.quoting(is)];
    loss
}

/// How many more characters of sentences new pages show than old ones, where the text came whole: what their templates differ by.
fn usual_surplus(old: &Holdings, new: &Holdings, pairs: &Pairs) -> i64 {
    let mut differences: Vec<i64> = pairs
        .carried
        .iter()
        .map(|pair| (&old.articles[pair.old], &new.articles[pair.new]))
        .filter(|(before, after)| before.prose.share_in(&after.prose) == 100)
        .map(|(before, after)| i64::from(after.sentence_chars) - i64::from(before.sentence_chars))
        .collect();
    differences.sort_unstable();
    differences.get(differences.len() / 2).copied().unwrap_or(0)
}

fn dates(before: &Article, after: &Article, found: &mut Found) {
    let Some(was) = before
        .dates
        .first()
        .copied()
        .filter(|_| before.date_is_shown && before.future.is_none())
    else {
        return;
    };
    if let Some(future) = after.future {
        let detail = format!("原发布时间 {was}，现为 {future}，还没有到");
        found
            .losses
            .push(pairwise(LossKind::DateInFuture, before, after, detail));
        return;
    }
    if !before.dates.is_disjoint(&after.dates) {
        return;
    }
    let Some(is) = after.dates.first().copied().filter(|_| after.date_is_shown) else {
        let detail = format!("原发布时间 {was}，新页面没有注明");
        found
            .losses
            .push(pairwise(LossKind::DateLost, before, after, detail));
        return;
    };
    let detail = format!("原发布时间 {was}，现为 {is}");
    found.redated.push(Redated {
        loss: pairwise(LossKind::Redated, before, after, detail),
        before: was,
        after: is,
    });
}

/// New articles that no old one needed, by their title.
type Surplus<'a> = BTreeMap<&'a str, Vec<&'a Article>>;

fn surplus<'a>(new: &'a Holdings, pairs: &Pairs) -> Surplus<'a> {
    let taken: BTreeSet<usize> = pairs.carried.iter().map(|pair| pair.new).collect();
    let mut surplus: Surplus<'a> = BTreeMap::new();
    for (at, article) in new.articles.iter().enumerate() {
        if !taken.contains(&at) {
            surplus.entry(&article.key).or_default().push(article);
        }
    }
    surplus
}

/// More copies than the old site had: further addresses of the same text, or further articles of the same title that say the same.
fn doubled(before: &Article, after: &Article, surplus: &Surplus<'_>, found: &mut Found) {
    let twins = surplus
        .get(after.key.as_str())
        .into_iter()
        .flatten()
        .filter(|other| before.prose.share_in(&other.prose) >= 90);
    let copies: Vec<&String> = twins
        .flat_map(|twin| twin.copies.iter().take(1))
        .chain(after.copies.iter())
        .collect();
    let had = before.copies.len().max(1);
    if copies.len() <= had {
        return;
    }
    let places = copies.iter().map(|url| Place {
        url: (*url).clone(),
        text: after.title.clone(),
    });
    let detail = format!("旧网站 {had} 篇，新网站 {} 篇", copies.len());
    let loss = pairwise(LossKind::Doubled, before, after, detail);
    found.losses.push(loss.at_places(places.collect()));
}

/// The first characters, with an ellipsis where there are more.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
