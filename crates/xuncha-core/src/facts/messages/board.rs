//! Questions with their answers on one page: 问：… 网友 2026-03-01, 答：… 市人社局 2026-03-03.

use jiff::civil::Date;

use crate::facts::dates;
use crate::facts::dom::{Dom, Line};
use crate::facts::model::{Area, MessageFacts};
use crate::facts::text::cut;

/// How questions and answers begin.
const QUESTIONS: [&str; 8] = [
    "问：",
    "问:",
    "【问】",
    "[问]",
    "提问：",
    "问题：",
    "问　",
    "Q：",
];
const ANSWERS: [&str; 9] = [
    "答：",
    "答:",
    "【答】",
    "[答]",
    "回答：",
    "答复：",
    "回复：",
    "答　",
    "A：",
];
/// Behind the day of an answer its unit stands at most.
const BEHIND_CHARS_MAX: usize = 14;
/// How names of units end.
const UNITS: [char; 14] = [
    '局', '委', '办', '厅', '府', '心', '会', '院', '处', '站', '部', '队', '所', '科',
];
/// Fewer questions are an interview, or say so by chance.
const QUESTIONS_MIN: usize = 2;

/// A question with what was answered.
#[derive(Default)]
struct Letter {
    title: String,
    asked: Option<Date>,
    answer: Option<String>,
    replied: Option<Date>,
    unit: String,
}

/// The questions of a page. Without a day of their own they are those of an interview, and no letters.
pub(super) fn board(dom: &Dom, url: &str) -> Vec<MessageFacts> {
    let text = dom.whole_text();
    if !QUESTIONS.iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let lines = dom
        .all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body);
    let letters = letters(lines);
    let dated = letters
        .iter()
        .filter(|letter| letter.asked.is_some())
        .count();
    if letters.len() < QUESTIONS_MIN || dated * 2 <= letters.len() {
        return Vec::new();
    }
    let asked = letters.into_iter().filter(|letter| letter.asked.is_some());
    asked
        .map(|letter| {
            let has_answer = letter
                .answer
                .is_some_and(|answer| answer.chars().count() >= 4 && !super::is_pending(&answer));
            MessageFacts {
                title: cut(&letter.title, 80),
                url: url.to_owned(),
                asked: letter.asked,
                replied: letter.replied.filter(|_| has_answer),
                has_reply: has_answer,
                unit: cut(&letter.unit, 40),
            }
        })
        .collect()
}

fn letters<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    // A question may have its day on a line of its own, an answer its unit and day.
    let mut further = 0;
    for line in lines {
        let text = line.text.trim();
        if let Some(rest) = begins(text, &QUESTIONS) {
            let day = last_day(rest);
            letters.push(Letter {
                title: question(rest).to_owned(),
                asked: day.map(|(_, day)| day),
                ..Letter::default()
            });
            further = 3;
            continue;
        }
        let Some(letter) = letters.last_mut() else {
            continue;
        };
        if let Some(rest) = begins(text, &ANSWERS).filter(|_| letter.answer.is_none()) {
            letter.answer = Some(cut(rest, 200));
            take_answer(letter, rest);
            further = 3;
        } else if further > 0 {
            further -= 1;
            match letter.answer.is_some() {
                true if letter.replied.is_none() => take_answer(letter, text),
                false if letter.asked.is_none() => {
                    letter.asked = last_day(text).map(|(_, day)| day);
                }
                _ => {}
            }
        }
    }
    letters
}

fn begins<'a>(text: &'a str, marks: &[&str]) -> Option<&'a str> {
    let rest = marks.iter().find_map(|mark| text.strip_prefix(mark))?;
    Some(rest.trim_start_matches(['：', ':', ' ']))
}

/// The day at the end of a text, with what stands before it; days inside a text tell of other things.
fn last_day(text: &str) -> Option<(&str, Date)> {
    let found = dates::find(text).pop()?;
    let behind = text[found.range.end..].chars().count();
    (behind <= BEHIND_CHARS_MAX).then_some((&text[..found.range.start], found.date))
}

/// The day of an answer and the unit beside it.
fn take_answer(letter: &mut Letter, text: &str) {
    let Some((before, day)) = last_day(text) else {
        return;
    };
    letter.replied = Some(day);
    let name = before
        .rsplit([
            '。', '！', '？', '，', '；', '：', ' ', '（', '(', '\u{3000}',
        ])
        .map(str::trim)
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    if name.ends_with(UNITS) && (3..=20).contains(&name.chars().count()) {
        name.clone_into(&mut letter.unit);
    }
}

/// The question itself: up to its mark, without who asked and when.
fn question(text: &str) -> &str {
    let end = text
        .find(['？', '?', '（', '(', '\u{3000}'])
        .map(|at| {
            let mark = text[at..]
                .chars()
                .next()
                .filter(|c| matches!(c, '？' | '?'));
            at + mark.map_or(0, char::len_utf8)
        })
        .or_else(|| text.find("网友"))
        .or_else(|| dates::find(text).first().map(|found| found.range.start))
        .unwrap_or(text.len());
    text[..end].trim()
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;
    use jiff::civil::date;

    #[test]
    fn questions_and_answers_are_letters() {
        let boxes = "<div class=m><div class=q>问：请问社保卡丢了怎么补办？<span>网友 2026-02-19</span></div><div class=a>答：您好，请带身份证到服务大厅办理。<span>县人社局 2026-02-21</span></div></div>
            <div class=m><div class=q>问：请问低保怎么申请？<span>网友 2025-11-18</span></div></div><p>感谢您的关注。</p>";
        let items = "<ul><li><p>问：请问社保卡丢了怎么补办？（2026-02-19）</p><p>答：您好，请带身份证到服务大厅办理。（2026-02-21）</p></li><li><p>问：请问低保怎么申请？（2025-11-18）</p></li></ul>";
        let apart = "<dl><dt>【问】请问社保卡丢了怎么补办？</dt><dd>2026-02-19 10:00</dd><dt>【答】根据2025年1月1日起施行的办法，请带身份证到服务大厅办理。</dt><dd>县人社局 2026-02-21</dd><dt>【问】请问低保怎么申请？</dt><dd>2025-11-18 09:00</dd></dl>";
        for html in [boxes, items, apart] {
            let html = format!("<title>网上咨询</title>{html}");
            let messages = test_page("https://www.qingshi.gov.cn/hd/", &html).messages;
            assert_eq!(messages.len(), 2, "{html}: {messages:?}");
            let (answered, open) = (&messages[0], &messages[1]);
            assert_eq!(answered.title, "请问社保卡丢了怎么补办？", "{html}");
            assert_eq!(
                (answered.asked, answered.replied, answered.has_reply),
                (Some(date(2026, 2, 19)), Some(date(2026, 2, 21)), true),
                "{html}"
            );
            assert_eq!(
                (open.asked, open.replied, open.has_reply),
                (Some(date(2025, 11, 18)), None, false),
                "{html}"
            );
        }
    }

    #[test]
    fn an_interview_is_no_board() {
        let html = "<title>互动交流_在线访谈</title><h1>县长谈春耕</h1><p>时间：2026-03-01</p><p>问：今年春耕有什么安排？</p><p>答：今年安排早稻二十万亩。</p><p>问：农资够不够？</p><p>答：储备充足。</p>";
        let page = test_page("https://www.qingshi.gov.cn/hd/ft.html", html);
        assert_eq!(page.messages, []);
    }
}
