//! Chinese text of a plausible kind: titles and bodies from small tables, drawn per article.

pub mod words;

use std::fmt::Write;

use jiff::civil::DateTime;

use crate::rng::Rng;
use words::{MEETINGS, OPENINGS, PEOPLE, POLICY_SUBJECTS, SENTENCES, TOPICS, TOWNS};

/// 语境: who the text speaks of.
#[derive(Debug, Clone)]
pub struct Voice {
    /// Region's full name, such as 青石市.
    pub region: String,
    /// The unit, such as 青石市应急管理局.
    pub unit: String,
    /// What the unit calls its region in speech: 全市, 全县 …
    pub all: &'static str,
}

impl Voice {
    /// The word for the whole region that fits its name.
    #[must_use]
    pub fn all_word(region: &str) -> &'static str {
        match region.chars().last() {
            Some('省') => "全省",
            Some('市') => "全市",
            Some('区') => "全区",
            _ => "全县",
        }
    }
}

/// Replaces `{r}` region, `{u}` unit, `{a}` whole region, `{t}` topic, `{p}` person, `{m}` meeting, `{w}` town, `{n}` number.
#[must_use]
pub fn fill(template: &str, voice: &Voice, rng: &mut Rng) -> String {
    let mut out = String::with_capacity(template.len() + 24);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let slot = rest.as_bytes().get(at + 1).copied().unwrap_or(b' ');
        match slot {
            b'r' => out.push_str(&voice.region),
            b'u' => out.push_str(&voice.unit),
            b'a' => out.push_str(voice.all),
            b't' => out.push_str(rng.pick::<&str>(TOPICS)),
            b'p' => out.push_str(rng.pick::<&str>(PEOPLE)),
            b'm' => out.push_str(rng.pick::<&str>(MEETINGS)),
            b'w' => out.push_str(rng.pick::<&str>(TOWNS)),
            b's' => out.push_str(rng.pick::<&str>(POLICY_SUBJECTS)),
            b'n' => {
                let _ = write!(out, "{}", rng.range(3, 480));
            }
            _ => out.push('{'),
        }
        rest = rest.get(at + 3..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// The paragraphs of an article: between 300 and about 1,500 characters.
#[must_use]
pub fn paragraphs(seed: u64, key: &str, voice: &Voice, published: DateTime) -> Vec<String> {
    let mut rng = Rng::new(seed, key);
    let wanted = rng.range(320, 1300) as usize;
    let mut out = Vec::new();
    let mut written = 0;
    while written < wanted {
        let mut paragraph = String::new();
        if out.is_empty() {
            let opening = *rng.pick(OPENINGS);
            let day = format!("{}月{}日", published.month(), published.day());
            paragraph.push_str(&fill(opening, voice, &mut rng).replace("〇日", &day));
        }
        for _ in 0..rng.range(2, 5) {
            let sentence = *rng.pick(SENTENCES);
            paragraph.push_str(&fill(sentence, voice, &mut rng));
        }
        written += paragraph.chars().count();
        out.push(paragraph);
    }
    out
}
