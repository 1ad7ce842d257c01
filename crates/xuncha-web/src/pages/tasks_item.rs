//! One thing to decide as the form shows it, and what came back of the form.

use std::collections::{BTreeMap, BTreeSet};

use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::Judgement;
use xuncha_core::review::{Decision, OpenItem, OpenKind, Review, latest, open_in_round};
use xuncha_core::round::Round;
use xuncha_store::judge::findings_of;

use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pages::findings::moment;

/// An indicator that waits for the decision.
pub(crate) struct Waiting {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) rule: String,
}

/// A decision that holds: what, by whom, when.
pub(crate) struct Held {
    pub(crate) decision: Label,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) reason: String,
}

/// 待办事项. One group of the form.
pub(crate) struct Item {
    /// Number in the form: its fields are `check-N`, `key-N`, `answer-N`.
    pub(crate) number: usize,
    pub(crate) check: String,
    pub(crate) key: String,
    pub(crate) kind: Label,
    pub(crate) text: String,
    pub(crate) waiting: Vec<Waiting>,
    /// The page of the finding with its evidence.
    pub(crate) href: Option<String>,
    /// Whether a number is asked, instead of yes or no.
    pub(crate) is_number: bool,
    /// What stands in the field: as it was typed, else as it was decided.
    pub(crate) value: String,
    /// Wording of yes and no.
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) held: Option<Held>,
    pub(crate) is_first: bool,
}

/// What is open, and what a person decided already: what the machine found first, then what it could not tell, questions last.
pub(crate) fn items(
    lang: Lang,
    round: &Round,
    judgements: &[Judgement],
    reviews: &[Review],
    hrefs: &BTreeMap<(String, String), String>,
    typed: &Typed,
) -> (Vec<Item>, Vec<Item>) {
    let made = all_items(lang, round, judgements, reviews, hrefs, typed, false).into_iter();
    let (mut open, decided): (Vec<Item>, Vec<Item>) = made.partition(|item| item.held.is_none());
    if let Some(first) = open.first_mut() {
        first.is_first = true;
    }
    (open, decided)
}

/// All of it in one order that does not change while somebody decides. What the machine was sure of counts without a person and is left
/// out, unless somebody decided it all the same or `is_all` asks for it.
pub(crate) fn all_items(
    lang: Lang,
    round: &Round,
    judgements: &[Judgement],
    reviews: &[Review],
    hrefs: &BTreeMap<(String, String), String>,
    typed: &Typed,
    is_all: bool,
) -> Vec<Item> {
    let mut all: BTreeMap<(OpenKind, String, String), OpenItem> = BTreeMap::new();
    let rank = |kind| match kind {
        OpenKind::Unknown => OpenKind::Doubt,
        kind => kind,
    };
    // What would be open if nobody had decided anything, and what a decision opened.
    for item in open_in_round(round, judgements, &[])
        .into_iter()
        .chain(open_in_round(round, judgements, reviews))
    {
        all.entry((rank(item.kind), item.check.clone(), item.key.clone()))
            .or_insert(item);
    }
    let sure = sure_of(&round.set, judgements, |one| {
        is_all || latest(reviews, &one.target, &one.check, &one.key).is_some()
    });
    let mut counted = BTreeSet::new();
    for item in sure {
        let place = (item.check.clone(), item.key.clone());
        let is_known = all
            .values()
            .any(|known| (&known.check, &known.key) == (&place.0, &place.1));
        if !is_known {
            all.insert((OpenKind::Finding, place.0.clone(), place.1.clone()), item);
            counted.insert(place);
        }
    }
    let made = all.into_values().enumerate().map(|(number, open)| {
        let place = (open.check.clone(), open.key.clone());
        let held = latest(reviews, &open.target, &open.check, &open.key);
        let stands = match (held.is_some(), counted.contains(&place)) {
            (true, _) => Stands::Decided,
            (false, true) => Stands::Counted,
            (false, false) => Stands::Open,
        };
        let value = match (typed.answers.get(&place), held) {
            (Some(answer), _) => answer.0.clone(),
            (None, Some(review)) => word(&review.decision),
            (None, None) => String::new(),
        };
        let (yes, no) = words(lang, open.kind);
        Item {
            number,
            kind: kind(lang, open.kind, stands),
            waiting: open
                .indicators
                .iter()
                .filter_map(|id| waiting(round, id))
                .collect(),
            href: hrefs.get(&place).cloned(),
            is_number: matches!(open.kind, OpenKind::Question | OpenKind::Unknown),
            value,
            yes,
            no,
            held: held.map(|review| Held {
                decision: labels::decision(lang, &review.decision),
                by: review.by.clone(),
                at: moment(&review.at),
                reason: review.reason.clone(),
            }),
            is_first: false,
            text: open.text,
            check: open.check,
            key: open.key,
        }
    });
    made.collect()
}

fn waiting(round: &Round, id: &str) -> Option<Waiting> {
    let mut sets = std::iter::once(&round.set).chain(&round.also_listed);
    let indicator = sets.find_map(|set| set.indicator(id))?;
    Some(Waiting {
        id: indicator.id.clone(),
        name: indicator.level2.clone(),
        rule: indicator.text.clone(),
    })
}

/// Whether something waits for a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Open,
    /// The machine was sure of it.
    Counted,
    Decided,
}

/// Findings of the machine that fit, with the indicators of the set in which they count; each once.
fn sure_of(
    set: &IndicatorSet,
    judgements: &[Judgement],
    fits: impl Fn(&OpenItem) -> bool,
) -> Vec<OpenItem> {
    let mut found: BTreeMap<(String, String), OpenItem> = BTreeMap::new();
    for judgement in judgements {
        for finding in findings_of(judgement) {
            let place = (judgement.check.clone(), finding.key.clone());
            let item = found.entry(place).or_insert_with(|| OpenItem {
                target: judgement.target.clone(),
                check: judgement.check.clone(),
                key: finding.key.clone(),
                kind: OpenKind::Finding,
                text: finding.detail.clone(),
                indicators: Vec::new(),
            });
            if judgement.set == set.id && !item.indicators.contains(&judgement.indicator) {
                item.indicators.push(judgement.indicator.clone());
            }
        }
    }
    found.into_values().filter(fits).collect()
}

fn kind(lang: Lang, kind: OpenKind, stands: Stands) -> Label {
    let (text, tone) = match (kind, stands) {
        (OpenKind::Finding, Stands::Open) => (lang.t("待确认", "To confirm"), "bad"),
        (OpenKind::Finding, Stands::Counted) => {
            (lang.t("机器已计入", "Counted by the machine"), "info")
        }
        (OpenKind::Finding, Stands::Decided) => (lang.t("问题", "Finding"), "none"),
        (OpenKind::Doubt, _) => (lang.t("存疑", "Doubtful"), "open"),
        (OpenKind::Question, Stands::Decided) => (lang.t("人工题", "Question"), "none"),
        (OpenKind::Question, _) => (lang.t("待回答", "Question"), "info"),
        (OpenKind::Unknown, _) => (lang.t("无法判定", "Undetermined"), "open"),
    };
    Label {
        text: text.to_owned(),
        tone,
    }
}

fn words(lang: Lang, kind: OpenKind) -> (&'static str, &'static str) {
    match kind {
        OpenKind::Finding => (lang.t("属实", "It is so"), lang.t("不属实", "It is not so")),
        _ => (
            lang.t("有问题", "There is a problem"),
            lang.t("没有问题", "There is none"),
        ),
    }
}

const YES: &str = "yes";
const NO: &str = "no";

fn word(decision: &Decision) -> String {
    match decision {
        Decision::Confirmed => YES.to_owned(),
        Decision::Rejected => NO.to_owned(),
        Decision::Answered { number, .. } => number.to_string(),
        Decision::Withdrawn => String::new(),
    }
}

/// What was put into the field of one item: `yes`, `no`, a number, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) String);

impl Answer {
    /// The decision that it makes; `None` where it was left open.
    pub(crate) fn decision(&self, lang: Lang, note: &str) -> Result<Option<Decision>, String> {
        match self.0.trim() {
            "" => Ok(None),
            YES => Ok(Some(Decision::Confirmed)),
            NO => Ok(Some(Decision::Rejected)),
            number => match number.parse() {
                Ok(number) => Ok(Some(Decision::Answered {
                    number,
                    note: note.to_owned(),
                })),
                Err(_) => Err(format!(
                    "“{number}”{}",
                    lang.t("不是整数，应填 0 或正整数", " is no whole number")
                )),
            },
        }
    }
}

/// What came back of the form.
#[derive(Default)]
pub(crate) struct Typed {
    /// By check and key.
    pub(crate) answers: BTreeMap<(String, String), Answer>,
    pub(crate) reason: String,
    /// What is wrong with it.
    pub(crate) errors: Vec<String>,
}

impl Typed {
    /// Of the fields of the form; fields that belong together have the same number.
    pub(crate) fn read(fields: &[(String, String)]) -> Typed {
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned())
        };
        let mut typed = Typed {
            reason: field("reason").unwrap_or_default(),
            ..Typed::default()
        };
        for (name, check) in fields {
            let Some(number) = name.strip_prefix("check-") else {
                continue;
            };
            let Some(key) = field(&format!("key-{number}")) else {
                continue;
            };
            let answer = field(&format!("answer-{number}")).unwrap_or_default();
            typed.answers.insert((check.clone(), key), Answer(answer));
        }
        typed
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_one_number_belong_together() {
        let fields = [
            ("check-0", "stale_account"),
            ("key-0", "stale"),
            ("answer-0", "yes"),
            ("check-1", "manual"),
            ("key-1", "account_conduct"),
            ("answer-1", " 2 "),
            ("check-2", "manual"),
            ("key-2", "left"),
            ("reason", "看过"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let typed = Typed::read(&fields);
        let decided = |check: &str, key: &str| {
            typed.answers[&(check.to_owned(), key.to_owned())].decision(Lang::Zh, &typed.reason)
        };
        assert_eq!(
            decided("stale_account", "stale"),
            Ok(Some(Decision::Confirmed))
        );
        let answered = Decision::Answered {
            number: 2,
            note: "看过".to_owned(),
        };
        assert_eq!(decided("manual", "account_conduct"), Ok(Some(answered)));
        assert_eq!(decided("manual", "left"), Ok(None));
        for wrong in ["-1", "两", "1.5", "4294967296"] {
            assert!(
                Answer(wrong.to_owned()).decision(Lang::Zh, "").is_err(),
                "{wrong}"
            );
        }
    }
}
