//! 校对: wrong, missing and doubled characters of a page, where there is a model to go by. A sign holds the wrong text, in its `way` the
//! reason and the proposal, and the sentence as its quote.

use super::dom::Dom;
use super::model::{Sign, SignCase};
use super::safety::Secrets;
use super::text::cut;
use crate::evidence::{Capture, Purpose};
use crate::verdict::Confidence;
use crate::words::text::is_han;
use crate::words::{Hit, Reason, Room};

/// Signs of one page that are kept.
const SIGNS_MAX: usize = 50;
/// Longest sentence that is kept, in characters.
const SENTENCE_MAX: usize = 200;
/// Confidence from which a hit is of medium confidence.
const MEDIUM: f32 = 0.9;
/// Elements whose text is no prose.
const NO_PROSE: [&str; 5] = ["code", "pre", "kbd", "samp", "textarea"];

/// Adds what is wrong on a page to its signs.
pub(super) fn read(
    capture: &Capture,
    (title, dom): (&str, &Dom),
    room: &Room,
    secrets: &Secrets,
    signs: &mut Vec<Sign>,
) {
    let is_of_site = matches!(
        capture.purpose,
        Purpose::Page | Purpose::Probe { .. } | Purpose::HomeSnapshot { .. }
    );
    if !is_of_site || !capture.is_success() {
        return;
    }
    let lines = dom.all_lines();
    let texts = lines.iter().map(|line| line.text.as_str());
    let found = room.check([title].into_iter().chain(texts));
    let is_prose = |nth: &usize| {
        let line = nth.checked_sub(1).and_then(|nth| lines.get(nth));
        line.is_none_or(|line| dom.closest(line.node, &NO_PROSE).is_none())
    };
    let before = signs.len();
    signs.extend(
        found
            .into_iter()
            .filter(|(nth, _)| is_prose(nth))
            .map(|(_, hit)| sign(&hit, secrets))
            .take(SIGNS_MAX),
    );
    if signs.len() > before {
        signs.sort();
        signs.dedup_by(|a, b| {
            (a.case, &a.what, &a.way, &a.quote) == (b.case, &b.what, &b.way, &b.quote)
        });
    }
}

/// What is wrong in the text of a file, which is masked already.
pub fn proofread_document(text: &str, room: &Room) -> Vec<Sign> {
    let paragraphs = paragraphs(text);
    let found = room
        .check(paragraphs.iter().map(String::as_str))
        .into_iter();
    let none = Secrets::default();
    let mut signs: Vec<Sign> = found
        .map(|(_, hit)| sign(&hit, &none))
        .take(SIGNS_MAX)
        .collect();
    signs.sort();
    signs.dedup_by(|a, b| (&a.what, &a.way, &a.quote) == (&b.what, &b.way, &b.quote));
    signs
}

/// Shortest line that goes on in the next one, in characters.
const FULL_LINE: usize = 20;

/// Lines of a file put together: print breaks words at the end of a full line.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim();
        let begins = line.chars().next().is_some_and(is_han);
        match paragraphs.last_mut().filter(|_| goes_on && begins) {
            Some(last) => last.push_str(line),
            None if line.is_empty() => {}
            None => paragraphs.push(line.to_owned()),
        }
        let is_full = line.chars().count() >= FULL_LINE;
        goes_on = is_full && line.chars().next_back().is_some_and(is_han);
    }
    paragraphs
}

fn sign(hit: &Hit, secrets: &Secrets) -> Sign {
    let confidence = match hit.reason {
        Reason::KnownPair => Confidence::High,
        _ if hit.confidence >= MEDIUM => Confidence::Medium,
        _ => Confidence::Low,
    };
    Sign {
        case: SignCase::WrongCharacters,
        what: secrets.strike(&hit.wrong).into_owned(),
        way: way(hit.reason, &hit.proposal),
        quote: secrets.strike(&sentence(hit)).into_owned(),
        confidence,
    }
}

/// The sentence, or the part of a long one around the wrong text.
fn sentence(hit: &Hit) -> String {
    let chars: Vec<char> = hit.sentence.chars().collect();
    if chars.len() <= SENTENCE_MAX {
        return hit.sentence.clone();
    }
    let at = hit.sentence.find(&hit.wrong).unwrap_or_default();
    let at = hit.sentence[..at].chars().count();
    let rest: String = chars[at.saturating_sub(SENTENCE_MAX / 2)..]
        .iter()
        .collect();
    cut(&rest, SENTENCE_MAX)
}

fn way(reason: Reason, proposal: &str) -> String {
    format!("{}:{proposal}", reason.label())
}

/// Reason and proposal of a sign.
pub(crate) fn reason_of(sign: &Sign) -> Option<(Reason, &str)> {
    let (label, proposal) = sign.way.split_once(':')?;
    let reason = Reason::ALL.into_iter().find(|one| one.label() == label)?;
    Some((reason, proposal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_print_breaks_are_whole() {
        let full = "各县区人民政府要切实加强组织领导落实工作责任完善工作";
        for (text, expected) in [
            (
                format!("{full}\n机制。\n附件"),
                vec![format!("{full}机制。"), "附件".to_owned()],
            ),
            (
                "第一章\n总则".to_owned(),
                vec!["第一章".to_owned(), "总则".to_owned()],
            ),
            (
                format!("{full}。\n机制"),
                vec![format!("{full}。"), "机制".to_owned()],
            ),
            (
                format!("{full}\n\n机制"),
                vec![full.to_owned(), "机制".to_owned()],
            ),
            (String::new(), Vec::new()),
        ] {
            assert_eq!(paragraphs(&text), expected, "{text}");
        }
    }
}
