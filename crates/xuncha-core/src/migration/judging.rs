//! One article after the other: missing, cut, changed, doubled, re-dated, and where its old address leads.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::holdings::{Article, Holdings, Titled};
use super::pairs::{Pair, Pairs};
use super::prose::{Sentence, likeness};
use super::{Loss, LossKind, Unclear, addresses, files, garble};
use crate::verdict::Place;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub losses: Vec<Loss>,
    pub unclear: Vec<Unclear>,
    /// Every article that came under another day: place in the losses, days before, day after.
    pub redated: Vec<Redated>,
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

    /// Whether anything was found of an article.
    pub fn touches(&self, article: &Article) -> bool {
        let url = article.url();
        self.losses.iter().any(|loss| {
            loss.old_url.as_deref() == Some(url) || loss.places.iter().any(|place| place.url == url)
        })
    }
}

/// Sentences that are so alike are one sentence that was changed.
const CHANGED: usize = 50;
/// A text that lost fewer characters lost nothing that anybody would miss.
const LOST_CHARS: usize = 8;
/// Of two texts that share less, one was not cut, it is another text.
const OTHER_TEXT: usize = 20;
/// Hundredths of unread pages of the new site from which on nothing is called missing.
const UNREAD: usize = 5;

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
        doubled(before, after, &surplus, new, found);
        addresses::of_article(before, after, old, new, found);
    }
    for at in pairs.left.iter().filter(|at| old.articles[**at].is_due) {
        missing(&old.articles[*at], new, found);
    }
}

fn pairwise(kind: LossKind, before: &Article, after: &Article, detail: String) -> Loss {
    Loss::of(kind, &before.title, detail, before.evidence.clone())
        .old(before.url())
        .new(after.url())
        .and(&after.evidence)
}

fn title_and_text(pair: &Pair, before: &Article, after: &Article, usual: i64, found: &mut Found) {
    let is_garbled_title = garble::is_garbled(&after.title, &before.title)
        || garble::is_remains(&after.title, &before.title);
    let is_garbled_text = garble::is_garbled(&after.prose.raw, &before.prose.raw);
    if is_garbled_text || pair.is_renamed && is_garbled_title {
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

/// Sentences of the old text that the new one does not hold: changed where the new one has a like one, else lost.
fn text(before: &Article, after: &Article, usual: i64, found: &mut Found) {
    let gone: Vec<&Sentence> = before
        .prose
        .sentences
        .iter()
        .filter(|sentence| !after.prose.holds(sentence))
        .collect();
    if gone.is_empty() {
        long_text(before, after, found);
        return;
    }
    let mut fresh: Vec<&Sentence> = after
        .prose
        .sentences
        .iter()
        .filter(|sentence| !before.prose.holds(sentence))
        .collect();
    let (mut changed, mut lost) = (Vec::new(), Vec::new());
    for sentence in gone {
        let alike = fresh
            .iter()
            .enumerate()
            .map(|(at, other)| (likeness(&sentence.bare, &other.bare), at))
            .max_by_key(|(score, at)| (*score, usize::MAX - at));
        match alike.filter(|(score, _)| *score >= CHANGED) {
            Some((_, at)) => changed.push((sentence, fresh.remove(at))),
            None => lost.push(sentence),
        }
    }
    let lost_chars: usize = lost.iter().map(|sentence| sentence.weight()).sum();
    let all = before.prose.weight();
    if let Some((was, is)) = changed.first() {
        let detail = format!(
            "有 {} 处文字不同：原文“{}”，现为“{}”",
            changed.len(),
            cut(&was.shown, 60),
            cut(&is.shown, 60)
        );
        found.losses.push(quoting(
            LossKind::BodyChanged,
            before,
            after,
            detail,
            &was.shown,
            &is.shown,
        ));
    }
    if lost_chars < LOST_CHARS {
        return;
    }
    let is_other = before.prose.share_in(&after.prose) < OTHER_TEXT
        && after.prose.weight() * 4 > all
        && changed.is_empty();
    if is_other {
        let detail = "标题相同，正文是另一篇文字".to_owned();
        let is = after.prose.sentences.first().map_or("", |s| &s.shown);
        found.losses.push(quoting(
            LossKind::BodyChanged,
            before,
            after,
            detail,
            &lost[0].shown,
            is,
        ));
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
        lost.len(),
        cut(&lost[0].shown, 60)
    );
    found.losses.push(quoting(
        LossKind::BodyCut,
        before,
        after,
        detail,
        &lost[0].shown,
        "",
    ));
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
    was: &str,
    is: &str,
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

/// New articles that no old one needed.
fn surplus(new: &Holdings, pairs: &Pairs) -> BTreeSet<usize> {
    let taken: BTreeSet<usize> = pairs.carried.iter().map(|pair| pair.new).collect();
    (0..new.articles.len())
        .filter(|at| !taken.contains(at))
        .collect()
}

/// More copies than the old site had: further addresses of the same text, or further articles of the same title that say the same.
fn doubled(
    before: &Article,
    after: &Article,
    surplus: &BTreeSet<usize>,
    new: &Holdings,
    found: &mut Found,
) {
    let twins = surplus
        .iter()
        .map(|at| &new.articles[*at])
        .filter(|other| other.key == after.key && before.prose.share_in(&other.prose) >= 90);
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
    found.losses.push(loss.at(places.collect()));
}

/// An article without a counterpart: emptied, listed and gone, not read by us, or missing.
fn missing(article: &Article, new: &Holdings, found: &mut Found) {
    if let Some(page) = titled(article, new) {
        emptied(article, page, found);
        return;
    }
    let listed = new.listed.iter().find(|listed| listed.key == article.key);
    if let Some(listed) = listed
        && new.unread.contains(&listed.url)
    {
        let why = "新网站列出了，页面没有读到（被拦截、超出页数或只看过一次）";
        found.unclear(LossKind::ArticleMissing, &article.title, &listed.url, why);
        return;
    }
    let is_half_read = new.unread.len() * 100 > new.page_count as usize * UNREAD;
    if new.is_partial || is_half_read && listed.is_none() {
        let why = if new.is_partial {
            "新网站达到页数上限，没有读完"
        } else {
            "新网站有不少页面没有读到"
        };
        found.unclear(LossKind::ArticleMissing, &article.title, article.url(), why);
        return;
    }
    let detail = match listed {
        Some(listed) => format!("新网站列出了，但打不开：{}", listed.url),
        None => "新网站上没有这篇稿件".to_owned(),
    };
    let mut loss = Loss::of(
        LossKind::ArticleMissing,
        &article.title,
        detail,
        article.evidence.quoting(&article.title),
    )
    .old(article.url());
    if let Some(listed) = listed {
        loss = loss.new(&listed.url).and(&listed.evidence);
    }
    found.losses.push(loss);
}

/// A page under the article's title that was not read as an article.
fn titled<'a>(article: &Article, new: &'a Holdings) -> Option<&'a Titled> {
    let exact = |page: &&Titled| page.key == article.key;
    let longer =
        |page: &&Titled| article.key.chars().count() >= 8 && page.key.starts_with(&article.key);
    new.titled
        .iter()
        .find(exact)
        .or_else(|| new.titled.iter().find(longer))
}

fn emptied(article: &Article, page: &Titled, found: &mut Found) {
    if page.needs_script {
        let why = "新页面需运行脚本才显示，没有渲染";
        found.unclear(LossKind::BodyCut, &article.title, &page.url, why);
        return;
    }
    let was = article.prose.chars;
    if page.chars >= was {
        let why = "新页面有这个标题，正文没有读出";
        found.unclear(LossKind::BodyCut, &article.title, &page.url, why);
        return;
    }
    let detail = format!("新页面只有标题，原文约 {was} 字");
    let loss = Loss::of(
        LossKind::BodyCut,
        &article.title,
        detail,
        article.evidence.clone(),
    )
    .old(article.url())
    .new(&page.url)
    .and(&page.evidence);
    found.losses.push(loss);
}

/// The first characters, with an ellipsis where there are more.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
