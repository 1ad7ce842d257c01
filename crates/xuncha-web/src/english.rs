//! What core and store say in Chinese, in English: a table of sentences with holes (`english.tsv`). Rules, errors and jobs have one wording,
//! their own; pages in English look it up here. What stands in a hole is looked up too; a name in it stays as it is, marked as Chinese.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::lang::Lang;

const TABLE: &str = include_str!("english.tsv");
/// Sentences stand in sentences, a few deep; what goes deeper is no sentence of ours.
const DEEPEST: usize = 4;

/// A Chinese sentence cut at its holes, with its English.
struct Sentence {
    parts: Vec<&'static str>,
    english: &'static str,
}

/// 译文表.
struct Table {
    whole: BTreeMap<&'static str, &'static str>,
    /// With holes; the ones that say most come first.
    holed: Vec<Sentence>,
}

static SENTENCES: LazyLock<Table> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('\t'));
    let mut table = Table {
        whole: BTreeMap::new(),
        holed: Vec::new(),
    };
    for (chinese, english) in pairs {
        let parts: Vec<&str> = chinese.split("{}").collect();
        match parts.len() {
            1 => drop(table.whole.insert(chinese, english)),
            _ => table.holed.push(Sentence { parts, english }),
        }
    }
    let said = |one: &Sentence| one.parts.iter().map(|part| part.len()).sum::<usize>();
    table.holed.sort_by_key(|one| std::cmp::Reverse(said(one)));
    table
});

/// A text of core or store as HTML in the language of the page; what is no sentence of ours stands as it is.
pub(crate) fn html(lang: Lang, text: &str) -> String {
    let mut out = String::new();
    match lang {
        Lang::Zh => escape(text, &mut out),
        Lang::En => say(text, 0, &mut out),
    }
    out
}

/// A value as HTML: a word of ours in the language of the page, all else as it is filed.
pub(crate) fn value(lang: Lang, text: &str) -> String {
    match (lang, SENTENCES.whole.get(text)) {
        (Lang::En, Some(english)) => html(Lang::Zh, english),
        _ => name(text),
    }
}

/// A name as HTML: what is written in Chinese says so.
pub(crate) fn name(text: &str) -> String {
    let mut out = String::new();
    put_name(text, &mut out);
    out
}

fn say(text: &str, depth: usize, out: &mut String) {
    if let Some(english) = SENTENCES.whole.get(text) {
        return escape(english, out);
    }
    let found = SENTENCES
        .holed
        .iter()
        .filter(|_| depth < DEEPEST)
        .find_map(|one| Some((one, holes(&one.parts, text)?)));
    let Some((one, holes)) = found else {
        return match depth {
            0 => escape(text, out),
            _ => put_name(text, out),
        };
    };
    let mut rest = one.english;
    while let Some(start) = rest.find('{') {
        let number: String = rest[start + 1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let end = start + 1 + number.len();
        let hole = number.parse().ok().and_then(|at: usize| holes.get(at));
        match hole {
            Some(hole) if rest[end..].starts_with('}') => {
                escape(&rest[..start], out);
                say(hole, depth + 1, out);
                rest = &rest[end + 1..];
            }
            // A brace that is one.
            _ => {
                escape(&rest[..=start], out);
                rest = &rest[start + 1..];
            }
        }
    }
    escape(rest, out);
}

/// What stands in the holes of a sentence, if the text is that sentence. A hole ends where the next part first stands, the last one where
/// the sentence ends.
fn holes<'a>(parts: &[&str], text: &'a str) -> Option<Vec<&'a str>> {
    let (first, rest) = parts.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut text = text.strip_prefix(first)?.strip_suffix(last)?;
    let mut found = Vec::with_capacity(rest.len());
    for part in middle {
        let at = text.find(part)?;
        found.push(&text[..at]);
        text = &text[at + part.len()..];
    }
    found.push(text);
    Some(found)
}

fn put_name(text: &str, out: &mut String) {
    if text.is_empty() {
        return;
    }
    let is_chinese = text
        .chars()
        .any(|sign| ('\u{3000}'..'\u{a000}').contains(&sign) || sign >= '\u{f900}');
    out.push_str(if is_chinese {
        "<bdi lang=\"zh\">"
    } else {
        "<bdi>"
    });
    escape(text, out);
    out.push_str("</bdi>");
}

fn escape(text: &str, out: &mut String) {
    for sign in text.chars() {
        match sign {
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '&' => out.push_str("&#38;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_said_in_english_and_names_stay() {
        for (chinese, english) in [
            ("轮次已经冻结", "The round is frozen already."),
            (
                "没有找到检查轮次“2031Q1”",
                "There is no round “<bdi>2031Q1</bdi>”.",
            ),
            (
                "这个域名已登记给“青石市<b>”（9900000001）",
                "This domain is registered for “<bdi lang=\"zh\">青石市&#60;b&#62;</bdi>” (<bdi>9900000001</bdi>) already.",
            ),
            (
                "轮次 2026Q1 已关闭（理由：处理完毕），不能再采集、判定或复核；确需更正，请监管人员先在该轮次的“关闭”页写明理由、重新打开",
                "Round <bdi>2026Q1</bdi> is closed (for the reason: <bdi lang=\"zh\">处理完毕</bdi>): nothing more is gathered, judged or decided. To correct something, open it again on its page “Close”.",
            ),
            ("“{{”没有对应的“}}”", "“{{” has no “}}”"),
            ("<b>别的</b>", "&#60;b&#62;别的&#60;/b&#62;"),
            ("", ""),
        ] {
            assert_eq!(html(Lang::En, chinese), english);
        }
        assert_eq!(html(Lang::Zh, "轮次<已>"), "轮次&#60;已&#62;");
    }

    /// A text of others that is made of our sentences again and again does not keep the machine busy.
    #[test]
    fn what_stands_in_holes_is_looked_up_a_few_times_only() {
        let deep = "存疑：".repeat(200_000);
        assert!(html(Lang::En, &deep).contains("Doubtful"));
    }

    #[test]
    fn every_hole_of_an_english_sentence_is_one_of_the_chinese() {
        let chinese = |sign: char| ('\u{4e00}'..'\u{a000}').contains(&sign);
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (zh, en) = line.split_once('\t').unwrap_or_default();
            assert!(
                zh.contains(chinese) || zh.contains("{}") || zh.contains('“'),
                "{line}"
            );
            let holes = zh.matches("{}").count();
            for number in 0..holes {
                let named = en.contains(&format!("{{{number}}}"));
                assert!(named || en.contains("its page “Close”"), "{line}");
            }
            assert!(!en.contains(&format!("{{{holes}}}")), "{line}");
        }
    }
}
