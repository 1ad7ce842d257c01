//! Each sentence of the published letter, bound in `fixtures/guangxi-2020q1/sentences.tsv` to the line of the template that says it, the
//! figures that it prints and the lists without which it goes or changes. Everything the file claims is tried: a line is taken out of
//! the template, a list is emptied. `XUNCHA_BLESS=1` writes the file anew, on purpose.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod support;

use std::collections::BTreeMap;

use support::{Files, golden_files, inputs, root};
use xuncha_core::notice::template::parse;
use xuncha_core::notice::trace;
use xuncha_core::notice::{Block, Notice, NoticeInputs, Span, build, caption};

const FILE: &str = "fixtures/guangxi-2020q1/sentences.tsv";
const HEAD: &str = "# 公布的函逐句绑定：一行一句，依次为函的全文（附件表格除外）。行首与模板行逐字相同；指标见 docs/results.md，\n\
# 清单是 findings.csv 里的问题种类（problem.种类）或本目录的表。清空“随之消失”里的任何一张清单，这一句不再出现；\n\
# 清空“随之改变”里的，这一句换一种说法。每一格都由 crates/xuncha-core/tests/letter_sentences.rs 验证。\n";
const COLUMNS: &str = "句子\t模板行\t指标\t随之消失\t随之改变";

/// A sentence with the figures in it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sentence {
    text: String,
    figures: Vec<String>,
}

impl Sentence {
    /// Without its number and its end, which belong to its place among others.
    fn body(&self) -> &str {
        let text = self.text.trim_end_matches(['。', '；']);
        let number = text
            .char_indices()
            .take_while(|(_, c)| "一二三四五六七八九十".contains(*c))
            .last();
        match number {
            Some((at, c)) if text[at + c.len_utf8()..].starts_with('是') => {
                &text[at + c.len_utf8() + '是'.len_utf8()..]
            }
            _ => text,
        }
    }
}

fn of_spans(spans: &[Span], out: &mut Vec<Sentence>) {
    let mut one = Sentence::default();
    for span in spans {
        match span {
            Span::Figure { name, text } => {
                one.text.push_str(text);
                if !one.figures.contains(name) {
                    one.figures.push(name.clone());
                }
            }
            Span::Text(text) => {
                for piece in text.split_inclusive(['。', '；']) {
                    one.text.push_str(piece);
                    if piece.ends_with(['。', '；']) {
                        out.push(std::mem::take(&mut one));
                    }
                }
            }
        }
    }
    if !one.text.is_empty() {
        out.push(one);
    }
}

fn plain(text: &str) -> Sentence {
    Sentence {
        text: text.to_owned(),
        figures: Vec::new(),
    }
}

fn sentences(notice: &Notice) -> Vec<Sentence> {
    let mut all = vec![
        plain(&notice.title),
        plain(&format!("{}：", notice.recipients)),
    ];
    for block in &notice.blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) | Block::Note(text) => {
                of_spans(text, &mut all);
            }
            Block::Chart(index) => {
                let chart = &notice.charts[*index];
                let points = chart.series.iter().flat_map(|series| &series.points);
                all.push(Sentence {
                    text: caption(chart).replacen(&format!("图{} ", chart.number), "", 1),
                    figures: points.map(|point| point.figure.clone()).collect(),
                });
            }
        }
    }
    all.extend(notice.annexes.iter().map(|annex| Sentence {
        text: annex.title.clone(),
        figures: vec![annex.count_figure.clone()],
    }));
    all
}

fn letter() -> String {
    std::fs::read_to_string(root().join("templates/notice-letter.zh.txt")).unwrap()
}

fn built(inputs: &NoticeInputs, template: &str) -> Notice {
    build(inputs, &parse(template).unwrap()).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The shortest beginning of a line that no other line has.
fn beginning(line: &str, lines: &[&str]) -> String {
    let all: Vec<char> = line.chars().collect();
    for length in 20..all.len() {
        let start: String = all[..length].iter().collect();
        if lines
            .iter()
            .filter(|other| other.starts_with(&start))
            .count()
            == 1
        {
            return start.trim_end().to_owned();
        }
    }
    line.to_owned()
}

/// Each line's beginning, with the letter that is built without the line. The form and the lines behind `@` stay.
fn without_each_line(inputs: &NoticeInputs) -> Vec<(String, Vec<Sentence>)> {
    let text = letter();
    let lines: Vec<&str> = text.lines().collect();
    let is_said =
        |line: &&&str| !line.is_empty() && !line.starts_with("//") && !line.starts_with('@');
    lines
        .iter()
        .filter(is_said)
        .map(|line| {
            // A note without its chart would stand alone; the place is left empty, so that nothing else moves together.
            let without = text.replacen(&format!("\n{line}\n"), "\n", 1);
            // The consistency of annexes refuses a letter without one: then the title is changed instead of taken.
            let without = match line.contains("[[annex") {
                true => text.replacen(line, &format!("{}（换名）", line), 1),
                false => without,
            };
            (beginning(line, &lines), sentences(&built(inputs, &without)))
        })
        .collect()
}

/// What a list is called in the file, with what empties it.
fn lists(files: &Files) -> Vec<(String, Files)> {
    let mut kinds: Vec<&str> = files["findings.csv"]
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let without = |file: &str, start: &str| {
        let mut changed = files.clone();
        let mut lines = files[file].lines();
        let head = lines.next().unwrap();
        let kept = lines.filter(|line| !line.starts_with(start));
        let text: Vec<&str> = std::iter::once(head).chain(kept).collect();
        changed.insert(file.to_owned(), format!("{}\n", text.join("\n")));
        changed
    };
    let of_kind = |kind: &&str| {
        let name = format!("problem.{kind}");
        (name, without("findings.csv", &format!("{kind},")))
    };
    let mut all: Vec<(String, Files)> = kinds.iter().map(of_kind).collect();
    for file in [
        "cases",
        "closures",
        "filings",
        "annual_forms",
        "reporting_names",
    ] {
        all.push((file.to_owned(), without(&format!("{file}.csv"), "")));
    }
    all
}

/// Sentences by their places in `before` that `after` does not have, each with whether it only changed. The same words may stand twice.
fn gone(before: &[Sentence], after: &[Sentence]) -> Vec<(usize, bool)> {
    let times = |all: &[Sentence], body: &str| all.iter().filter(|one| one.body() == body).count();
    let new: Vec<&Sentence> = after
        .iter()
        .filter(|one| times(before, one.body()) == 0)
        .collect();
    let shares = |a: &str, b: &str| {
        let both = |(x, y): &(char, char)| x == y;
        let start = a.chars().zip(b.chars()).take_while(both).count();
        let end = a
            .chars()
            .rev()
            .zip(b.chars().rev())
            .take_while(both)
            .count();
        start >= 4 || end >= 8
    };
    // Where one of two equal sentences went, it is the one whose neighbours stand apart now.
    let is_gone = |at: usize| {
        let body = before[at].body();
        let had = times(before, body);
        let has = times(after, body);
        if had == has {
            return false;
        }
        let previous = before[at - 1].body();
        let stands = |pair: &[Sentence]| pair[0].body() == previous && pair[1].body() == body;
        has == 0 || !after.windows(2).any(stands)
    };
    (0..before.len())
        .filter(|at| is_gone(*at))
        .map(|at| {
            let changed = new.iter().any(|new| shares(before[at].body(), new.body()));
            (at, changed)
        })
        .collect()
}

/// The file as it has to be.
fn reckoned(files: &Files) -> String {
    let golden = inputs(files);
    let text = letter();
    let all = sentences(&built(&golden, &text));
    let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (start, after) in without_each_line(&golden) {
        for (one, _) in gone(&all, &after) {
            lines.entry(one).or_default().push(start.clone());
        }
    }
    for (at, start) in [(0, "@title"), (1, "@to")] {
        lines.insert(at, vec![start.to_owned()]);
    }
    let mut vanish: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut change: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (name, files) in lists(files) {
        let after = built(&inputs(&files), &text);
        for (one, changed) in gone(&all, &sentences(&after)) {
            let of = if changed { &mut change } else { &mut vanish };
            of.entry(one).or_default().push(name.clone());
        }
    }
    let mut out = format!("{HEAD}{COLUMNS}\n");
    for (at, one) in all.iter().enumerate() {
        let of = |map: &BTreeMap<usize, Vec<String>>| {
            map.get(&at).map_or(String::new(), |list| list.join(" "))
        };
        let lines = lines
            .get(&at)
            .map_or(String::new(), |list| list.join(" ｜ "));
        let figures = one.figures.join(" ");
        out.push_str(&format!(
            "{}\t{lines}\t{figures}\t{}\t{}\n",
            one.text,
            of(&vanish),
            of(&change)
        ));
    }
    out
}

fn kept() -> String {
    std::fs::read_to_string(root().join(FILE)).unwrap_or_default()
}

/// Rows of the file.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect()
}

#[test]
fn each_sentence_of_the_letter_is_bound_as_the_file_says() {
    let reckoned = reckoned(&golden_files());
    if std::env::var_os("XUNCHA_BLESS").is_some() {
        std::fs::write(root().join(FILE), &reckoned).unwrap();
    }
    let kept = kept();
    for (at, (is, says)) in reckoned.lines().zip(kept.lines()).enumerate() {
        assert_eq!(is, says, "{FILE} line {}", at + 1);
    }
    assert_eq!(reckoned.lines().count(), kept.lines().count());
    for row in rows(&kept) {
        assert!(
            !row[1].is_empty(),
            "no line of the template says “{}”",
            row[0]
        );
    }
}

#[test]
fn figures_and_lists_that_bind_a_sentence_exist_and_are_defined() {
    let (files, kept) = (golden_files(), kept());
    let notice = built(&inputs(&files), &letter());
    let lists: Vec<String> = lists(&files).into_iter().map(|(name, _)| name).collect();
    let rows = rows(&kept);
    for row in &rows {
        for name in row[2].split_whitespace() {
            let figure = notice.figures.get(name).unwrap_or_else(|| panic!("{name}"));
            assert!(!figure.definition.is_empty(), "{name}");
        }
        for name in row[3].split_whitespace().chain(row[4].split_whitespace()) {
            assert!(lists.iter().any(|list| list == name), "{name}");
        }
    }
    for list in &lists {
        let is_bound = |row: &&Vec<&str>| {
            row[3..5]
                .iter()
                .any(|cell| cell.split_whitespace().any(|name| name == list))
        };
        assert!(
            rows.iter().any(|row| is_bound(&row)),
            "no sentence speaks of {list}"
        );
    }
}

/// 一是、二是、三是 without a gap; one clause alone has no number.
#[test]
fn clauses_renumber_when_any_list_is_emptied() {
    let marks = ["一是", "二是", "三是", "四是", "五是", "六是"];
    for (name, files) in lists(&golden_files()) {
        let notice = built(&inputs(&files), &letter());
        for block in &notice.blocks {
            let Block::Paragraph(spans) = block else {
                continue;
            };
            let mut own = Vec::new();
            of_spans(spans, &mut own);
            let numbered: Vec<&Sentence> = own
                .iter()
                .filter(|one| marks.iter().any(|mark| one.text.starts_with(mark)))
                .collect();
            assert_ne!(
                numbered.len(),
                1,
                "{name}: one clause alone is not numbered"
            );
            for (one, mark) in numbered.iter().zip(marks) {
                assert!(
                    one.text.starts_with(mark),
                    "{name}: “{}” is not {mark}",
                    one.text
                );
            }
            for (at, one) in numbered.iter().enumerate() {
                let end = if at + 1 == numbered.len() {
                    '。'
                } else {
                    '；'
                };
                assert!(one.text.ends_with(end), "{name}: “{}”", one.text);
            }
        }
    }
}

/// Every count that the letter prints has its rows, as many as it says; every other number names its parts or the portals behind it.
#[test]
fn each_number_of_the_letter_leads_to_its_rows() {
    let inputs = inputs(&golden_files());
    let notice = built(&inputs, &letter());
    let book = trace::book(&inputs);
    let mut counts = 0;
    for (name, text) in notice.printed_figures() {
        let figure = &book.figures[&name];
        let rows = book.rows_of(&name).map_or(0, |rows| rows.rows.len());
        let is_named = ["names.", "set.", "rectification."]
            .iter()
            .any(|start| name.starts_with(start));
        if is_named {
            continue;
        }
        assert!(rows > 0, "{name} prints {text} and has no rows");
        assert!(!figure.method.is_empty(), "{name}");
        let is_count =
            !name.contains("percent") && !name.contains("index") && !name.contains(".change");
        if is_count && let Ok(count) = text.parse::<usize>() {
            assert_eq!(rows, count, "{name}");
            counts += 1;
        }
    }
    assert!(counts >= 10, "{counts}");
    assert_eq!(
        book.rows_of("index_level1.互动交流.now")
            .unwrap()
            .rows
            .len(),
        126
    );
    assert_eq!(
        book.figures["problem.broken_links.degree"].parts,
        ["problem.broken_links.count"]
    );
}
