//! 有害信息: words and addresses of gambling and pornography, told from reports and warnings by the words around them.

use std::collections::BTreeSet;

use super::hosts::{Whose, host_of};
use super::lists::{Listed, SafetyLists, WordAt, is_below};
use crate::facts::links::PageLinks;
use crate::facts::model::{LinkKind, Sign, SignCase};
use crate::facts::text::lowercase;
use crate::verdict::Confidence;

/// 危害. What a link or text leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Harm {
    Gambling,
    Pornography,
}

impl Harm {
    pub(super) fn case(self) -> SignCase {
        match self {
            Harm::Gambling => SignCase::Gambling,
            Harm::Pornography => SignCase::Pornography,
        }
    }

    fn of(listed: Listed) -> Option<Harm> {
        match listed {
            Listed::Gambling => Some(Harm::Gambling),
            Listed::Pornography => Some(Harm::Pornography),
            Listed::Wording(_) => None,
        }
    }
}

/// How far the words around a hit reach, in bytes.
const AROUND_BYTES: usize = 120;
/// So many different words on one page, none of which reports, and the page is not the site's any more.
const WORDS_OF_A_PAGE: usize = 3;

/// What the text or address of a link advertises.
pub(super) fn harm_of(text: &str, url: &str, lists: &SafetyLists) -> Option<Harm> {
    let lower = lowercase(text);
    let words = lists.words_in(&lower);
    let by_text = words.iter().find_map(|word| Harm::of(word.listed));
    if by_text.is_some() && !lists.reports(&lower) {
        return by_text;
    }
    let host = host_of(url).to_ascii_lowercase();
    let harmful = lists.harmful_address(&host)?;
    let is_porn = ["porn", "xvideos", "xhamster", "sex", "chengren", "av"]
        .iter()
        .any(|part| harmful.contains(part));
    Some(if is_porn {
        Harm::Pornography
    } else {
        Harm::Gambling
    })
}

/// Links to harmful pages, to other people's disks, scripts and frames of strangers, miners, advertisements. `whose` goes with the links,
/// one by one.
pub(super) fn links(
    links: &PageLinks,
    whose: &[Whose],
    lists: &SafetyLists,
    signs: &mut Vec<Sign>,
) {
    let mut hosts: BTreeSet<(SignCase, String)> = BTreeSet::new();
    for (link, whose) in links.iter().zip(whose) {
        if matches!(whose, Whose::Own | Whose::Public) {
            continue;
        }
        let host = host_of(link.url);
        let is_code = matches!(link.kind, LinkKind::Script | LinkKind::Frame);
        let is_followed = matches!(
            link.kind,
            LinkKind::Anchor | LinkKind::Inline | LinkKind::Refresh
        );
        let mut push = |case: SignCase, what: &str, confidence: Confidence| {
            signs.push(Sign {
                case,
                what: what.to_owned(),
                way: kind_name(link.kind).to_owned(),
                quote: format!("{}（{}）", link.text, link.url)
                    .chars()
                    .take(160)
                    .collect(),
                confidence,
            });
        };
        if is_code && is_below(&lists.hosts.miners, host) {
            push(SignCase::Miner, link.url, Confidence::High);
            continue;
        }
        if is_code && is_below(&lists.hosts.advertising, host) {
            push(SignCase::Advertising, host, Confidence::Medium);
            continue;
        }
        if is_followed && is_below(&lists.hosts.file_shares, host) {
            push(SignCase::FileShare, link.url, Confidence::Low);
            continue;
        }
        if is_followed && is_below(&lists.hosts.advertising, host) {
            push(SignCase::Advertising, host, Confidence::Low);
            continue;
        }
        if *whose != Whose::Strange {
            continue;
        }
        if is_followed && let Some(harm) = harm_of(link.text, link.url, lists) {
            push(harm.case(), link.url, Confidence::High);
            continue;
        }
        let case = match link.kind {
            LinkKind::Script => SignCase::StrangeScript,
            LinkKind::Frame => SignCase::StrangeFrame,
            _ => continue,
        };
        // One line for each stranger, however many files it serves.
        if hosts.insert((case, host.to_owned())) {
            push(case, host, Confidence::Low);
        }
    }
}

fn kind_name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Script => "script",
        LinkKind::Frame => "frame",
        LinkKind::Refresh => "refresh",
        LinkKind::Inline => "inline",
        _ => "link",
    }
}

/// Harmful words of a page's own text.
pub(super) fn text(text: &str, words: &[WordAt], lists: &SafetyLists, signs: &mut Vec<Sign>) {
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut first: Option<(Harm, &WordAt)> = None;
    for word in words {
        let Some(harm) = Harm::of(word.listed) else {
            continue;
        };
        if lists.reports(told_of(text, word)) {
            continue;
        }
        said.insert(word.word);
        first = first.or(Some((harm, word)));
    }
    let Some((harm, word)) = first.filter(|_| said.len() >= WORDS_OF_A_PAGE) else {
        return;
    };
    signs.push(Sign {
        case: SignCase::TamperedText,
        what: said.iter().copied().take(6).collect::<Vec<_>>().join("、"),
        way: match harm {
            Harm::Gambling => "gambling".to_owned(),
            Harm::Pornography => "pornography".to_owned(),
        },
        quote: around(text, word.start, word.end, 60).trim().to_owned(),
        confidence: Confidence::High,
    });
}

/// What tells how a word is meant: what leads to it, a heading too, and the rest of its own paragraph. The next one may head a list
/// of news that has nothing to do with it. Lines are joined by a space, which does not follow a full stop within one.
fn told_of<'a>(text: &'a str, word: &WordAt) -> &'a str {
    let from = text.floor_char_boundary(word.start.saturating_sub(AROUND_BYTES));
    let to = text.ceil_char_boundary((word.end + AROUND_BYTES).min(text.len()));
    let paragraph = text[word.end..to].find("。 ");
    &text[from..paragraph.map_or(to, |at| word.end + at)]
}

/// Title, keywords and description that advertise what no government site does.
pub(super) fn outline<'a>(
    parts: impl Iterator<Item = (&'static str, &'a str)>,
    lists: &SafetyLists,
    signs: &mut Vec<Sign>,
) {
    for (way, part) in parts {
        let lower = lowercase(part);
        let words = lists.words_in(&lower);
        let harmful: BTreeSet<&str> = words
            .iter()
            .filter(|word| Harm::of(word.listed).is_some())
            .map(|word| word.word)
            .collect();
        if harmful.is_empty() || lists.reports(&lower) {
            continue;
        }
        signs.push(Sign {
            case: SignCase::TamperedTitle,
            what: harmful.into_iter().take(6).collect::<Vec<_>>().join("、"),
            way: way.to_owned(),
            quote: part.chars().take(160).collect(),
            confidence: Confidence::High,
        });
    }
}

/// The text around a place.
pub(super) fn around(text: &str, start: usize, end: usize, bytes: usize) -> &str {
    let from = text.floor_char_boundary(start.saturating_sub(bytes));
    let to = text.ceil_char_boundary((end + bytes).min(text.len()));
    &text[from..to]
}
