//! Measures the search for wrong characters: `typos DATA MODEL`.
//!
//! DATA holds `typos/*.grouped.tsv`, `typos/train2015.simplified.txt` and `lexicon/政策法规标题.txt`. Weights were fitted on the pairs whose
//! right sentence has an even hash ([`is_tuned`]); figures of those and of the others are printed apart. Missing and doubled characters are
//! planted into right sentences by a seed.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use xuncha_core::words::model::Model;
use xuncha_core::words::{Checker, Hit, NotWrong, Reason, SHIPPED, WrongWords};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Operating points beside the shipped one.
const POINTS: [f32; 3] = [0.6, SHIPPED, 0.8];
/// Seed of what is planted.
const SEED: u64 = 20260701;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, model] = arguments.as_slice() else {
        return Err("usage: typos DATA MODEL".into());
    };
    let bytes = fs::read(model)
        .map_err(|error| format!("{model}: {error}; build it with `cargo xtask lexicon`"))?;
    let model = Model::open(&bytes)?;
    let wrong_words = WrongWords::builtin();
    let mut checker = Checker::new(&model, wrong_words.into());
    let verbose = std::env::var_os("VERBOSE").is_some();
    println!(
        "模型 {} 词，{:.1} MB；随程序的把握下限 {SHIPPED}",
        model.words(),
        bytes.len() as f64 / 1e6
    );
    println!(
        "| 集 | 部分 | 把握 | 检出 P | R | F1 | 改正 P | R | F1 | 正确句误报 | 每万字误报 |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    let data = Path::new(data);
    let mut right = Vec::new();
    for set in ["odw", "law", "med"] {
        let path = data.join("typos").join(format!("{set}.grouped.tsv"));
        if !path.exists() {
            println!("| {set} | 没有 {} |", path.display());
            continue;
        }
        let pairs = pairs(&fs::read_to_string(path)?);
        for (part, tuned) in [("拟合", true), ("检验", false)] {
            let pairs: Vec<_> = pairs
                .iter()
                .filter(|(_, right)| is_tuned(right) == tuned)
                .cloned()
                .collect();
            measure(
                &mut checker,
                &format!("{set} | {part}"),
                &pairs,
                verbose && !tuned,
            );
        }
        measure(&mut checker, &format!("{set} | 全部"), &pairs, false);
        if set != "med" {
            right.extend(pairs.into_iter().map(|(_, right)| right));
        }
    }
    let train = data.join("typos").join("train2015.simplified.txt");
    if train.exists() {
        measure(
            &mut checker,
            "train | 全部（外国学生作文）",
            &pairs(&fs::read_to_string(train)?),
            false,
        );
    }
    let titles = data.join("lexicon").join("政策法规标题.txt");
    if titles.exists() {
        let titles = fs::read_to_string(titles)?;
        let titles: Vec<_> = titles
            .lines()
            .filter(|title| !hash(title).is_multiple_of(2))
            .map(|title| (title.to_owned(), title.to_owned()))
            .collect();
        measure(
            &mut checker,
            "政策法规标题 | 未入模型的一半",
            &titles,
            verbose,
        );
    }
    right.sort();
    right.dedup();
    planted(&mut checker, &right);
    Ok(())
}

/// Pairs of wrong and right sentences: the last two columns.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let mut columns = line.trim_end_matches(['\r', '\n']).rsplit('\t');
        let right = columns.next()?.to_owned();
        Some((columns.next()?.to_owned(), right))
    };
    text.lines()
        .filter_map(pair)
        .filter(|(wrong, _)| !wrong.is_empty())
        .collect()
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(7, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u32::from(byte))
    })
}

/// Whether a pair was used to fit the weights.
fn is_tuned(right: &str) -> bool {
    hash(right) >> 3 & 1 == 0
}

/// A text with the proposals of hits put in.
fn mended(text: &str, hits: &[&Hit]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    for hit in hits {
        out.extend(&chars[at..hit.start]);
        out.push_str(&hit.proposal);
        at = hit.start + hit.length;
    }
    out.extend(&chars[at..]);
    out
}

/// Places that differ, where both are of one length.
fn differing(left: &str, right: &str) -> Option<BTreeSet<usize>> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    (left.len() == right.len()).then(|| {
        (0..left.len())
            .filter(|at| left[*at] != right[*at])
            .collect()
    })
}

#[derive(Default)]
struct Counts {
    wrong: usize,
    right: usize,
    right_chars: usize,
    said: usize,
    detected: usize,
    corrected: usize,
    false_alarms: usize,
    false_hits: usize,
}

fn measure(checker: &mut Checker, name: &str, pairs: &[(String, String)], verbose: bool) {
    let all: Vec<Vec<Hit>> = pairs
        .iter()
        .map(|(wrong, _)| checker.check(wrong, &NotWrong::new()))
        .collect();
    for point in POINTS {
        let mut counts = Counts::default();
        for ((wrong, right), hits) in pairs.iter().zip(&all) {
            let hits: Vec<&Hit> = hits.iter().filter(|hit| hit.confidence >= point).collect();
            let said = mended(wrong, &hits);
            let is_wrong = wrong != right;
            counts.wrong += usize::from(is_wrong);
            if !is_wrong {
                counts.right += 1;
                counts.right_chars += right.chars().count();
                counts.false_alarms += usize::from(!hits.is_empty());
                counts.false_hits += hits.len();
            }
            counts.said += usize::from(!hits.is_empty());
            if !hits.is_empty() && is_wrong {
                counts.corrected += usize::from(said == *right);
                counts.detected += usize::from(
                    said == *right
                        || differing(wrong, right)
                            .is_some_and(|truth| differing(wrong, &said) == Some(truth)),
                );
            }
            if verbose && point == SHIPPED && !hits.is_empty() && said != *right {
                let shown: Vec<String> = hits
                    .iter()
                    .map(|hit| {
                        format!(
                            "{}→{}（{} {:.2}）",
                            hit.wrong,
                            hit.proposal,
                            hit.reason.label(),
                            hit.confidence
                        )
                    })
                    .collect();
                eprintln!(
                    "{} {} | {}",
                    if is_wrong { "不全" } else { "误报" },
                    wrong,
                    shown.join("；")
                );
            }
        }
        println!("| {name} | {point} | {} |", row(&counts));
    }
}

fn row(counts: &Counts) -> String {
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let three = |found: usize| {
        let (precision, recall) = (share(found, counts.said), share(found, counts.wrong));
        format!(
            "{precision:.3} | {recall:.3} | {:.3}",
            2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE)
        )
    };
    format!(
        "{} | {} | {:.2}%（{}/{}） | {:.2}",
        three(counts.detected),
        three(counts.corrected),
        100.0 * share(counts.false_alarms, counts.right),
        counts.false_alarms,
        counts.right,
        10_000.0 * share(counts.false_hits, counts.right_chars),
    )
}

/// Numbers from a seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }
}

/// Plants one missing, then one doubled character into each right sentence.
fn planted(checker: &mut Checker, right: &[String]) {
    println!("\n| 埋设 | 句 | 指出该处 | 改正 | 别处 |\n|---|---|---|---|---|");
    let mut numbers = Numbers(SEED);
    let started = Instant::now();
    for (name, reason) in [("漏字", Reason::Missing), ("多字", Reason::Doubled)] {
        let (mut sentences, mut found, mut corrected, mut elsewhere) = (0, 0, 0, 0);
        for text in right {
            let chars: Vec<char> = text.chars().collect();
            let han: Vec<usize> = (0..chars.len())
                .filter(|at| xuncha_core::words::text::is_han(chars[*at]))
                .collect();
            if han.len() < 8 {
                continue;
            }
            let at = han[numbers.below(han.len())];
            let mut planted = chars.clone();
            if reason == Reason::Missing {
                planted.remove(at);
            } else {
                planted.insert(at, chars[at]);
            }
            let planted: String = planted.into_iter().collect();
            sentences += 1;
            let hits = checker.check(&planted, &NotWrong::new());
            let hits: Vec<&Hit> = hits
                .iter()
                .filter(|hit| hit.confidence >= SHIPPED)
                .collect();
            let (here, there): (Vec<&Hit>, Vec<&Hit>) = hits
                .iter()
                .copied()
                .partition(|hit| hit.start <= at + 1 && at <= hit.start + hit.length);
            found += usize::from(!here.is_empty());
            elsewhere += usize::from(!there.is_empty());
            corrected += usize::from(mended(&planted, &hits) == *text);
        }
        let share = |part: usize| 100.0 * part as f64 / sentences.max(1) as f64;
        println!(
            "| {name} | {sentences} | {:.1}% | {:.1}% | {:.1}% |",
            share(found),
            share(corrected),
            share(elsewhere)
        );
    }
    eprintln!("planted in {:.1} s", started.elapsed().as_secs_f64());
}
