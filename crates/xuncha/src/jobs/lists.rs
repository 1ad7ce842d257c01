//! 词表试用. Which lists a round goes by, and what a changed list would newly hit and drop on a round's stored pages.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use xuncha_core::facts::model::{FactRecord, PageFacts, Sign, SignCase};
use xuncha_core::facts::{self, Lexicons};
use xuncha_core::lists::List;
use xuncha_core::lists::trial::{Trial, TrialLine};
use xuncha_core::registry::TargetId;
use xuncha_gather::report::Progress;

use crate::data::Data;
use crate::rules::Rules;

const STEP: &str = "试用词表";

/// The rules of a round: the program's, with the versions of lists that the round was first gathered or judged with.
pub async fn of_round(data: &Data, rules: &Rules, round: &str) -> Result<Rules> {
    let words = List::ALL.map(List::word);
    let texts = data.store.round_lexicons(round, &words).await?;
    let mut rules = rules.clone();
    for (list, text) in texts {
        rules.lexicons.insert(format!("{list}.toml"), text);
    }
    Ok(rules)
}

/// Reads the stored pages of a round by the adopted list and by the draft, and keeps what is different.
pub async fn try_draft(
    data: &Data,
    rules: &Rules,
    round: &str,
    number: i64,
    progress: &dyn Progress,
) -> Result<String> {
    let draft = data.store.lexicon(number).await?;
    let list = List::of_word(&draft.new.list).context("不认识的词表")?;
    if list == List::ExpectedSites {
        let problem = "这张表不用来读网页，不必试用；采用以后，“应有网站”和“名录外线索”按新表列出";
        let trial = Trial {
            round: round.to_owned(),
            problem: problem.to_owned(),
            ..Trial::default()
        };
        let text = serde_json::to_string(&trial)?;
        data.store.set_lexicon_preview(number, &text).await?;
        return Ok(problem.to_owned());
    }
    let mut now = rules.clone();
    for (list, version) in data.store.adopted_lexicons().await? {
        now.lexicons
            .insert(format!("{list}.toml"), version.new.content);
    }
    let mut then = now.clone();
    then.lexicons.insert(list.file(), draft.new.content.clone());
    let (mut now, mut then) = (now.lexicons()?, then.lexicons()?);
    if list == List::WrongWords && now.words.is_none() {
        let problem =
            "没有语言模型，采集时不查错别字，错词表的改动试不出来（模型怎样建，见 docs/words.md）";
        let trial = Trial {
            round: round.to_owned(),
            problem: problem.to_owned(),
            ..Trial::default()
        };
        data.store
            .set_lexicon_preview(number, &serde_json::to_string(&trial)?)
            .await?;
        return Ok(problem.to_owned());
    }
    if list != List::WrongWords {
        // What no other list changes is not looked for twice.
        (now.words, then.words) = (None, None);
    }
    let targets = data.evidence.targets(round)?;
    progress.started(STEP, targets.len() as u64);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Result<Trial>>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let tried = one(data, round, target, (&now, &then));
                        progress.advanced(STEP, 1);
                        done.lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .push(tried);
                    }
                });
            }
        });
    });
    let mut trial = Trial {
        round: round.to_owned(),
        ..Trial::default()
    };
    let done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for one in done {
        trial.add(one?);
    }
    trial.settle();
    let note = format!(
        "试用完成：重读网页 {} 个，新命中 {}，不再命中 {}",
        trial.pages, trial.hit_count, trial.drop_count
    );
    let text = serde_json::to_string(&trial)?;
    data.store.set_lexicon_preview(number, &text).await?;
    progress.finished(STEP);
    Ok(note)
}

/// Reads the pages of one target by both.
fn one(
    data: &Data,
    round: &str,
    target: &TargetId,
    (now, then): (&Lexicons, &Lexicons),
) -> Result<Trial> {
    let mut trial = Trial::default();
    let mut read = BTreeSet::new();
    for record in data.evidence.records(round, target)? {
        let FactRecord::Page(page) = record? else {
            continue;
        };
        if !page.is_html || !read.insert(page.capture.url.clone()) {
            continue;
        }
        let Some(body) = body(data, round, target, &page) else {
            trial.without_body += 1;
            continue;
        };
        trial.pages += 1;
        let signs = |lexicons: &Lexicons| facts::read(&page.capture, &body, lexicons).signs;
        let (before, after) = (signs(now), signs(then));
        trial.hits.extend(only_in(&after, &before, target, &page));
        trial.drops.extend(only_in(&before, &after, target, &page));
    }
    trial.count();
    Ok(trial)
}

/// The page as it came; `None` where it is no longer kept.
fn body(data: &Data, round: &str, target: &TargetId, page: &PageFacts) -> Option<Vec<u8>> {
    let wanted = &page.capture.evidence;
    let exchange = data
        .evidence
        .read_record(round, target, &wanted.record)
        .ok()?;
    (exchange.sha256 == wanted.sha256).then_some(exchange.body)
}

/// Signs that stand in the first reading and not in the second.
fn only_in(these: &[Sign], those: &[Sign], target: &TargetId, page: &PageFacts) -> Vec<TrialLine> {
    let key = |sign: &Sign| (sign.case, sign.what.clone());
    let known: BTreeSet<(SignCase, String)> = those.iter().map(key).collect();
    let new = these.iter().filter(|sign| !known.contains(&key(sign)));
    new.map(|sign| TrialLine {
        target: target.clone(),
        url: page.capture.url.clone(),
        what: sign.what.clone(),
        quote: sign.quote.clone(),
    })
    .collect()
}
