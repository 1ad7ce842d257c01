//! An article's text for comparing: sentences without marks, and how alike two texts are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::facts::bare;
use crate::facts::pattern;

/// 可比正文.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// Sentences that a successor has to carry, in order.
    pub sentences: Vec<Sentence>,
    /// All of the text, bare.
    pub whole: String,
    /// The lines of its sentences, bare: what stands between them in one template and not in another is left out.
    kept: String,
    /// Visible characters of the body, also those beyond what was kept.
    pub chars: u32,
    /// The text as the page shows it, as far as it was kept.
    pub raw: String,
}

/// 句.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// As shown.
    pub shown: String,
    /// Bare: letters and digits, full-width forms folded.
    pub bare: String,
}

/// Characters of a body that facts keep; beyond the second figure a text with a longer head may have lost its end to that.
const KEPT_CHARS: usize = 4_000;
const SAFE_CHARS: usize = 3_300;
/// Lines up to this length are joined with the ones that follow: cells of a table mean nothing alone.
const SHORT_LINE: usize = 8;
const JOINED: usize = 24;

impl Prose {
    /// Reads a body. Lines that are `left_out` (bare) are of the template, or name a file.
    pub fn read(body: &str, chars: u32, title: &str, left_out: &dyn Fn(&str) -> bool) -> Prose {
        let is_cut = body.chars().count() + 1 >= KEPT_CHARS;
        let title = comparable(title);
        let mut sentences = Vec::new();
        let mut short = Sentence {
            shown: String::new(),
            bare: String::new(),
        };
        let mut seen = 0;
        let mut kept = String::new();
        for line in body.lines() {
            seen += line.chars().count();
            if is_cut && seen > SAFE_CHARS {
                break;
            }
            let line_bare = comparable(line);
            if line_bare.is_empty() {
                continue;
            }
            if line_bare == title || left_out(&line_bare) || is_label(line) {
                // What stands around it is no longer one run of text.
                flush(&mut sentences, &mut short);
                continue;
            }
            kept.push_str(&line_bare);
            if line_bare.chars().count() < SHORT_LINE {
                join(&mut short, line, &line_bare);
                if short.bare.chars().count() >= JOINED {
                    flush(&mut sentences, &mut short);
                }
                continue;
            }
            flush(&mut sentences, &mut short);
            for part in line.split_inclusive(['。', '；', '！', '？']) {
                let bare = comparable(part);
                if !bare.is_empty() && !left_out(&bare) {
                    let shown = part.trim().to_owned();
                    sentences.push(Sentence { shown, bare });
                }
            }
        }
        flush(&mut sentences, &mut short);
        Prose {
            sentences,
            whole: comparable(body),
            kept,
            chars,
            raw: body.to_owned(),
        }
    }

    /// Characters of its sentences.
    pub fn weight(&self) -> usize {
        self.sentences.iter().map(Sentence::weight).sum()
    }

    /// The share of its sentences, by weight, that stand in another text, as a whole number of hundredths.
    pub fn share_in(&self, other: &Prose) -> usize {
        let all = self.weight();
        if all == 0 {
            return if other.sentences.is_empty() { 100 } else { 0 };
        }
        let found = self.sentences.iter().filter(|s| other.holds(s));
        found.map(Sentence::weight).sum::<usize>() * 100 / all
    }

    /// Whether a sentence stands in this text, however it is broken into lines.
    pub fn holds(&self, sentence: &Sentence) -> bool {
        self.whole.contains(&sentence.bare) || self.kept.contains(&sentence.bare)
    }
}

impl Sentence {
    /// Characters that bear meaning.
    pub fn weight(&self) -> usize {
        self.bare.chars().count()
    }
}

fn join(short: &mut Sentence, line: &str, bare: &str) {
    if !short.shown.is_empty() {
        short.shown.push(' ');
    }
    short.shown.push_str(line.trim());
    short.bare.push_str(bare);
}

fn flush(sentences: &mut Vec<Sentence>, short: &mut Sentence) {
    if short.bare.is_empty() {
        return;
    }
    sentences.push(std::mem::replace(
        short,
        Sentence {
            shown: String::new(),
            bare: String::new(),
        },
    ));
}

/// Bare, with signs that systems write in their own way as one.
pub(super) fn comparable(text: &str) -> String {
    let is_plain = !text.contains(['×', '²', '³', '\u{2103}']);
    if is_plain {
        return bare(text);
    }
    bare(
        &text
            .replace('×', "x")
            .replace('²', "2")
            .replace('³', "3")
            .replace('\u{2103}', "C"),
    )
}

/// Words of a line that says when the page was changed, wherever they stand in it.
const CHANGED: [&str; 4] = ["最后更改", "最后修改", "最近更新", "最后编辑"];

/// Lines around an article that say something of its page, not of its matter.
fn is_label(line: &str) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^[\s\[【（(·|]*(?:发布|发表|发文|更新|编辑|修改|来源|信息来源|稿件来源|文章来源|作者|责任编辑|责编|审核|浏览|点击|阅读|访问|字体|字号|分享|打印|关闭|上一[篇条页]|下一[篇条页]|相关(?:文章|链接|阅读|稿件)|扫一扫|返回|当前位置|您(?:现在)?(?:所在)?的?位置|编辑于|发布于|分类|标签|作者|阅读次数|最后更改|附件)",
            r"(?:于|时间|日期|人|者|单位|机构|次数|量|数|至|到|本页|窗口|栏目|顶部|下载|\d{1,2})*\s*(?:[：:]|\s|$|】|\]|\d|[大中小])"
        ))
    });
    let is_short = line.chars().count() <= 120 && !line.contains('。');
    is_short && (LABEL.is_match(line) || CHANGED.iter().any(|word| line.contains(word)))
}

/// Lines that a part of the site's pages share: of the template, not of an article.
pub(super) fn template_lines<'a>(
    bodies: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut titles = BTreeSet::new();
    for (key, body) in bodies {
        titles.insert(key);
        let lines: BTreeSet<String> = body.lines().map(comparable).collect();
        for line in lines {
            counts.entry(line).or_default().insert(key);
        }
    }
    let least = (titles.len() / 5).max(3);
    let shared = counts.into_iter().filter(|(_, keys)| keys.len() >= least);
    shared.map(|(line, _)| line).collect()
}

/// How alike two bare texts are, by runs of three characters: hundredths of what both have together.
pub(super) fn likeness(left: &str, right: &str) -> usize {
    let (left, right) = (runs(left, 3), runs(right, 3));
    let all = left.len() + right.len();
    if all == 0 {
        return 0;
    }
    left.intersection(&right).count() * 200 / all
}

/// Runs of so many characters, as hashes.
pub(super) fn runs(text: &str, length: usize) -> BTreeSet<u64> {
    let letters: Vec<char> = text.chars().collect();
    let hash = |run: &[char]| {
        run.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| {
            (hash ^ u64::from(*c as u32))
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(7)
        })
    };
    if letters.len() < length {
        return BTreeSet::from([hash(&letters)]);
    }
    letters.windows(length).map(hash).collect()
}
