//! 多字、漏字: characters written twice, and long words that lack a character.

use std::ops::Range;

use super::confidence::probability;
use super::guard;
use super::hit::{Hit, Reason};
use super::lattice::Step;
use super::mend::Reader;
use super::model::{CharId, Model};
use super::scan::Scanned;
use super::text::runs;

/// Characters read to each side of a place.
const AROUND: usize = 6;
/// How much likelier (log10) a text must be without what is written twice.
const DOUBLED_GAIN: f32 = 4.0;
/// The same of a word that stands twice as a word of its own, which good text hardly ever has.
const WORD_TWICE_GAIN: f32 = 2.0;
/// How much likelier a text must be with the character that a word lacks.
const MISSING_GAIN: f32 = 4.5;
/// Shortest word that is looked for when a character may lack.
const SHORTEST_WORD: usize = 4;
/// Longest such word.
const LONGEST_WORD: usize = 8;
/// Log odds of a hit for each log10 of gain beyond the least.
const ODDS_PER_GAIN: f32 = 1.0;
/// Log odds of a hit with the least gain.
const LEAST_ODDS: f32 = 1.0;

/// What is written twice in a sentence, where once reads much better.
pub(super) fn doubled(
    model: &Model,
    reader: &mut Reader,
    scanned: &Scanned,
    sentence: &Range<usize>,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    let from = scanned
        .doubled
        .partition_point(|(at, _)| *at < sentence.start);
    for (at, length) in scanned.doubled[from..]
        .iter()
        .copied()
        .take_while(|(at, _)| *at < sentence.end)
    {
        let place = at..at + 2 * length;
        let Some(run) = runs(&scanned.chars, sentence.clone())
            .find(|run| run.start <= at && place.end <= run.end)
        else {
            continue;
        };
        if is_figure_of_speech(scanned, at, length)
            || guard::is_place_before_word(&scanned.chars, &run, at)
            || length == 1 && guard::is_province(&scanned.chars, &run, at)
        {
            continue;
        }
        let window = at.saturating_sub(AROUND).max(run.start)..(place.end + AROUND).min(run.end);
        let codes = &scanned.codes[window.clone()];
        let second = at + length - window.start;
        let (written, steps) = reader.path(codes);
        let is_particle = length == 1 && PARTICLES.contains(scanned.chars[at]);
        let is_right = match length {
            1 => cuts_word(&steps, second) || words_meet(&steps, second),
            _ => is_seam(&steps, second, length, &text_of(scanned, at..at + length)),
        };
        // A particle that ends a word may be followed by itself: 目的的.
        if is_right || is_particle && cuts_word(&steps, second - 1) {
            continue;
        }
        let least = match length {
            1 if is_particle => PARTICLE_GAIN,
            1 => DOUBLED_GAIN,
            _ => WORD_TWICE_GAIN,
        };
        let once = [&codes[..second], &codes[second + length..]].concat();
        let gain = reader.score(&once) - written - least;
        let is_guarded = || {
            guard::is_quoted(&scanned.chars, sentence, &place)
                || guard::is_name(&scanned.chars, &run, &place)
                || guard::is_place(&scanned.chars, &run, &place)
        };
        if gain > 0.0 && !is_guarded() {
            let meant = &scanned.codes[at..at + length];
            hits.push(hit(
                model,
                scanned,
                sentence,
                (place, meant),
                Reason::Doubled,
                gain,
            ));
        }
    }
    hits
}

/// Particles that never stand twice on purpose.
const PARTICLES: &str = "的与及被把";
/// How much likelier a text must be without a particle that stands twice.
const PARTICLE_GAIN: f32 = 0.5;

/// Whether a word that seems to stand twice is the end of a longer word or name and the beginning of another: 有限公司公司章程, 考察考察团.
fn is_seam(steps: &[Step], second: usize, length: usize, word: &str) -> bool {
    let end = |step: &Step| step.start + usize::from(step.edge.length);
    let begins_longer = |step: &Step| step.start == second && end(step) == second + length + 1;
    let ends_longer = cuts_word(steps, second - length);
    NAME_ENDS.contains(&word)
        || cuts_word(steps, second)
        || ends_longer && cuts_word(steps, second + length)
        || steps.iter().any(begins_longer)
}

/// Words that end a name as well as they begin the next: 监管机构机构设置.
const NAME_ENDS: [&str; 48] = [
    "机构",
    "公司",
    "单位",
    "部门",
    "项目",
    "企业",
    "学校",
    "工程",
    "中心",
    "系统",
    "平台",
    "地区",
    "人员",
    "会议",
    "国家",
    "社区",
    "管理",
    "政策",
    "办公室",
    "委员会",
    "服务",
    "建设",
    "规划",
    "资金",
    "市场",
    "信息",
    "技术",
    "群众",
    "质量",
    "生产",
    "安全",
    "产业",
    "教育",
    "农村",
    "文化",
    "工作",
    "发展",
    "经济",
    "行政",
    "人民",
    "法律",
    "标准",
    "产品",
    "行业",
    "环境",
    "资源",
    "保护",
    "监督",
];

fn text_of(scanned: &Scanned, range: Range<usize>) -> String {
    scanned.chars[range].iter().collect()
}

/// Whether a place lies within a word.
fn cuts_word(steps: &[Step], place: usize) -> bool {
    let end = |step: &Step| step.start + usize::from(step.edge.length);
    steps
        .iter()
        .any(|step| step.start < place && place < end(step))
}

/// Whether a word ends and another begins between two equal characters: 全面面向, 提高高层.
fn words_meet(steps: &[Step], between: usize) -> bool {
    let is_long = |step: &&Step| step.edge.length > 1;
    let mut long = steps.iter().filter(is_long);
    let ends = long.any(|step| step.start + usize::from(step.edge.length) == between);
    let mut long = steps.iter().filter(is_long);
    ends && long.any(|step| step.start == between)
}

/// Whether a repetition is how Chinese says it: 坎坎坷坷, 一件件.
fn is_figure_of_speech(scanned: &Scanned, at: usize, length: usize) -> bool {
    let doubled = |at: usize| {
        let pair = scanned.codes.get(at..at + 2);
        pair.is_some_and(|pair| pair[0] != 0 && pair[0] == pair[1])
    };
    let counted = at
        .checked_sub(1)
        .is_some_and(|before| scanned.chars[before] == '一');
    length == 1 && (counted || doubled(at + 2) || at >= 2 && doubled(at - 2))
}

/// Long words of a sentence that lack a character.
pub(super) fn missing(
    model: &Model,
    reader: &mut Reader,
    scanned: &Scanned,
    sentence: &Range<usize>,
) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for run in runs(&scanned.chars, sentence.clone()) {
        for (window, places) in scanned.windows(&run) {
            let codes = &scanned.codes[window.clone()];
            let strange =
                |at: &usize| !model.neighbours(scanned.codes[*at], scanned.codes[*at + 1]);
            let alone = |step: &Step| {
                let at = window.start + step.start;
                step.edge.length == 1
                    && places
                        .iter()
                        .any(|place| at + 1 >= *place && at <= place + 2)
            };
            if !places.iter().any(strange) {
                continue;
            }
            let mut words = Vec::new();
            let reach = |start: usize| {
                places.iter().any(|at| {
                    let at = at - window.start;
                    start < at + 2 && at < start + LONGEST_WORD
                })
            };
            for start in (0..codes.len()).filter(|start| reach(*start)) {
                lacking(model, codes, start, &mut words);
            }
            let near = |place: &Range<usize>| {
                places
                    .iter()
                    .any(|at| place.start < *at + 2 - window.start && at - window.start < place.end)
            };
            // A word that the window cuts lacks nothing.
            let is_cut = |place: &Range<usize>| place.end == codes.len() && window.end < run.end;
            words.retain(|(place, _)| near(place) && !is_cut(place));
            if words.is_empty() {
                continue;
            }
            let (written, steps) = reader.path(codes);
            if !steps.iter().any(alone) {
                continue;
            }
            let mut best: Option<(f32, Whole)> = None;
            for (place, word) in words {
                let whole = [&codes[..place.start], &word, &codes[place.end..]].concat();
                let gain = reader.score(&whole) - written - MISSING_GAIN;
                if gain > best.as_ref().map_or(0.0, |(gain, _)| *gain) {
                    best = Some((gain, (place, word)));
                }
            }
            let Some((gain, (place, word))) = best else {
                continue;
            };
            let place = place.start + window.start..place.end + window.start;
            let guarded = guard::is_quoted(&scanned.chars, sentence, &place)
                || guard::is_name(&scanned.chars, &run, &place);
            if !guarded && hits.iter().all(|hit| hit.start + hit.length <= place.start) {
                hits.push(hit(
                    model,
                    scanned,
                    sentence,
                    (place, &word),
                    Reason::Missing,
                    gain,
                ));
            }
        }
    }
    hits
}

/// A place and the word that stands there when the lacking character is put in.
type Whole = (Range<usize>, Vec<CharId>);

/// Adds the words that begin at a place with exactly one character more than is written, not the first one.
fn lacking(model: &Model, codes: &[CharId], start: usize, found: &mut Vec<Whole>) {
    let longest = LONGEST_WORD.min(codes.len() - start + 1);
    for length in SHORTEST_WORD..=longest {
        let place = start..start + length - 1;
        let written = &codes[place.clone()];
        for word in model.lacking(written) {
            let spelling = model.spelling(word);
            if spelling.len() == length && lacks_one(spelling.clone(), written) {
                found.push((place.clone(), spelling.collect()));
            }
        }
    }
}

/// Whether a word is what is written and one character more behind the first.
fn lacks_one(mut word: impl Iterator<Item = CharId> + Clone, written: &[CharId]) -> bool {
    let mut same = 0;
    while same < written.len() && word.clone().next() == Some(written[same]) {
        word.next();
        same += 1;
    }
    word.next();
    same > 0 && word.eq(written[same..].iter().copied())
}

fn hit(
    model: &Model,
    scanned: &Scanned,
    sentence: &Range<usize>,
    (place, meant): (Range<usize>, &[CharId]),
    reason: Reason,
    gain: f32,
) -> Hit {
    Hit {
        wrong: text_of(scanned, place.clone()),
        proposal: meant.iter().map(|char| model.char(*char)).collect(),
        sentence: text_of(scanned, sentence.clone()).trim().to_owned(),
        start: place.start,
        length: place.len(),
        reason,
        confidence: probability(LEAST_ODDS + ODDS_PER_GAIN * gain),
    }
}
