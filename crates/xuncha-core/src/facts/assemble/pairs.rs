//! 文件与解读的配对: which interpretation belongs to which document.
//!
//! Titles alone do not tell: an office issues several documents on one subject, and its interpretations name the subject.
//! So all that speaks for a pair is weighed, and the heaviest document wins.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::records::{address, evidence, page_key};
use crate::facts::model::{
    Area, ArticleFacts, InterpretationFacts, LinkKind, PageFacts, PolicyFacts,
};
use crate::facts::text::{bare, pattern};

/// A page with the article on it.
pub(super) type Entry<'a> = (&'a PageFacts, &'a ArticleFacts);

/// So much of an interpretation's beginning is where it names its document.
const OPENING_CHARS: usize = 600;
/// A name shorter than this stands in too many titles to tell anything.
const MIN_NAME_CHARS: usize = 5;

/// Documents and interpretations, in the order given, each knowing the other.
pub(super) fn pair(
    documents: &[Entry],
    readings: &[Entry],
    is_own: impl Fn(&ArticleFacts) -> bool,
) -> (Vec<PolicyFacts>, Vec<InterpretationFacts>) {
    let mut policies: Vec<PolicyFacts> = documents
        .iter()
        .map(|(page, article)| PolicyFacts {
            url: page.capture.url.clone(),
            title: article.title.clone(),
            document_number: article.document_number.clone(),
            date: article.published.as_ref().map(|published| published.date),
            is_own: is_own(article),
            interpretations: Vec::new(),
            evidence: evidence(page, &article.title),
        })
        .collect();
    let documents: Vec<Document> = documents.iter().map(Document::new).collect();
    let mut interpretations = Vec::new();
    for (page, article) in readings {
        let reading = Reading::new(page, article);
        let signs: Vec<Signs> = documents
            .iter()
            .map(|document| Signs::between(document, &reading))
            .collect();
        let partner = partner(&documents, &reading, &signs);
        for (at, policy) in policies.iter_mut().enumerate() {
            let url = &page.capture.url;
            if (partner == Some(at) || signs[at].belongs_too())
                && !policy.interpretations.contains(url)
            {
                policy.interpretations.push(url.clone());
            }
        }
        interpretations.push(InterpretationFacts {
            url: page.capture.url.clone(),
            title: article.title.clone(),
            date: article.published.as_ref().map(|published| published.date),
            policy: partner.map(|at| policies[at].url.clone()),
            links_policy: partner.is_some_and(|at| signs[at].forward),
            policy_links_back: partner.is_some_and(|at| signs[at].back),
            evidence: evidence(page, &article.title),
        });
    }
    (policies, interpretations)
}

/// A document with what pairs are found by.
struct Document {
    keys: [String; 2],
    linked: BTreeSet<String>,
    /// Its title and number without blanks and marks.
    title: String,
    number: String,
    /// What the title is about.
    name: String,
}

impl Document {
    fn new((page, article): &Entry) -> Document {
        Document {
            keys: keys(page),
            linked: linked(page),
            title: bare(&article.title),
            number: bare(&article.document_number),
            name: core(&article.title),
        }
    }
}

/// An interpretation with what pairs are found by.
struct Reading {
    keys: [String; 2],
    linked: BTreeSet<String>,
    title: String,
    name: String,
    /// Title and first sentences without blanks and marks.
    opening: String,
}

impl Reading {
    fn new(page: &PageFacts, article: &ArticleFacts) -> Reading {
        let body: String = article.body.chars().take(OPENING_CHARS).collect();
        Reading {
            keys: keys(page),
            linked: linked(page),
            title: bare(&article.title),
            name: core(&article.title),
            opening: bare(&format!("{} {body}", article.title)),
        }
    }
}

/// What speaks for a pair.
#[derive(Clone, Copy, Default)]
struct Signs {
    /// Both titles are about the very same thing.
    is_exact: bool,
    /// One title holds the name in the other.
    is_titled: bool,
    /// The interpretation begins with the document's whole title.
    is_quoted: bool,
    /// The interpretation begins with the document's number.
    is_numbered: bool,
    /// The interpretation links the document.
    forward: bool,
    /// The document links the interpretation.
    back: bool,
}

impl Signs {
    fn between(document: &Document, reading: &Reading) -> Signs {
        let tells = |name: &str| name.chars().count() >= MIN_NAME_CHARS;
        Signs {
            is_exact: tells(&document.name) && document.name == reading.name,
            is_titled: tells(&document.name) && reading.title.contains(&document.name)
                || tells(&reading.name) && document.title.contains(&reading.name),
            is_quoted: tells(&document.title) && reading.opening.contains(&document.title),
            is_numbered: tells(&document.number) && reading.opening.contains(&document.number),
            forward: document.keys.iter().any(|key| reading.linked.contains(key)),
            back: reading.keys.iter().any(|key| document.linked.contains(key)),
        }
    }

    /// The very name in the title weighs most, since an opening also quotes, and links, the higher document that it follows;
    /// links both ways together with the opening weigh more, since a short title is soon the name of another document too.
    fn weight(self) -> u32 {
        let title = match (self.is_exact, self.is_titled) {
            (true, _) => 10,
            (false, true) => 2,
            (false, false) => 0,
        };
        let links = match (self.forward, self.back) {
            (true, true) => 6,
            (false, false) => 0,
            _ => 1,
        };
        title + links + 3 * u32::from(self.is_quoted) + 3 * u32::from(self.is_numbered)
    }

    /// Enough to be a pair whatever the other documents are.
    fn makes_pair(self) -> bool {
        self.is_titled || self.is_quoted && self.is_numbered || self.forward && self.back
    }

    /// One interpretation may explain several documents: those that link it and fit it.
    fn belongs_too(self) -> bool {
        self.back && (self.is_titled || self.forward)
    }
}

/// The heaviest document; where nothing else tells, the only one linked in either direction.
fn partner(documents: &[Document], reading: &Reading, signs: &[Signs]) -> Option<usize> {
    let length = |name: &str| name.chars().count();
    let heaviest = (0..documents.len())
        .filter(|at| signs[*at].makes_pair())
        .max_by_key(|at| {
            let unlike = length(&documents[*at].name).abs_diff(length(&reading.name));
            (signs[*at].weight(), std::cmp::Reverse(unlike))
        });
    let only = |is_linked: fn(&Signs) -> bool| {
        let mut linked = (0..signs.len()).filter(|at| is_linked(&signs[*at]));
        linked.next().filter(|_| linked.next().is_none())
    };
    heaviest
        .or_else(|| only(|sign| sign.forward))
        .or_else(|| only(|sign| sign.back))
}

/// The name inside of 《》, else the title without 关于印发 … 的通知 and without words of interpretation.
fn core(title: &str) -> String {
    static BOOK: LazyLock<Regex> = LazyLock::new(|| pattern(r"《([^《》]{4,80})》"));
    static FRAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:.{0,30}?关于(?:印发|发布|公布|转发)?|^)(.{4,80}?)(?:的通知|的公告|的通告|政策解读|的?解读|图解|问答)?(?:（.{1,20}）|\(.{1,20}\))?$",
        )
    });
    if let Some(hit) = BOOK.captures(title) {
        return bare(&hit[1]);
    }
    let title = [
        "一图读懂",
        "一图看懂",
        "图解",
        "政策解读",
        "解读",
        "：",
        ":",
        "|",
    ]
    .iter()
    .fold(title.trim(), |rest, lead| rest.trim_start_matches(lead));
    FRAME
        .captures(title)
        .map_or_else(|| bare(title), |hit| bare(&hit[1]))
}

/// Addresses that the page links outside of navigation and footer.
fn linked(page: &PageFacts) -> BTreeSet<String> {
    page.links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && link.area == Area::Body)
        .map(|link| page_key(&link.url))
        .chain(
            page.article
                .iter()
                .flat_map(|article| &article.body_links)
                .map(|link| page_key(&link.url)),
        )
        .collect()
}

fn keys(page: &PageFacts) -> [String; 2] {
    [page_key(&page.capture.url), page_key(address(page))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(title: &str, number: &str, url: &str, links: &[&str]) -> Document {
        Document {
            keys: [url.to_owned(), url.to_owned()],
            linked: links.iter().map(ToString::to_string).collect(),
            title: bare(title),
            number: bare(number),
            name: core(title),
        }
    }

    fn reading(title: &str, opening: &str, links: &[&str]) -> Reading {
        Reading {
            keys: ["reading".to_owned(), "reading".to_owned()],
            linked: links.iter().map(ToString::to_string).collect(),
            title: bare(title),
            name: core(title),
            opening: bare(&format!("{title} {opening}")),
        }
    }

    fn chosen(documents: &[Document], reading: &Reading) -> Option<usize> {
        let signs: Vec<Signs> = documents
            .iter()
            .map(|document| Signs::between(document, reading))
            .collect();
        partner(documents, reading, &signs)
    }

    /// Two documents on one subject: what tells them apart.
    #[test]
    fn of_two_documents_on_one_subject() {
        let both = |links: &[&str]| {
            [
                document(
                    "关于推进城乡公交一体化的通知",
                    "青政发〔2025〕3号",
                    "a",
                    &[],
                ),
                document(
                    "青石市人民政府关于印发推进城乡公交一体化实施方案的通知",
                    "青政发〔2025〕60号",
                    "b",
                    links,
                ),
            ]
        };
        let title = "图解：推进城乡公交一体化政策要点";
        let quoting = "近日，《青石市人民政府关于印发推进城乡公交一体化实施方案的通知》（青政发〔2025〕60号）正式印发，现解读如下。";
        for (name, documents, reading, expected) in [
            (
                "quoted, linked",
                both(&["reading"]),
                reading(title, quoting, &["b"]),
                Some(1),
            ),
            (
                "quoted only",
                both(&[]),
                reading(title, quoting, &[]),
                Some(1),
            ),
            (
                "linked both ways only",
                both(&["reading"]),
                reading(title, "", &["b"]),
                Some(1),
            ),
            (
                "nothing but the subject",
                both(&[]),
                reading(title, "", &[]),
                Some(0),
            ),
            (
                "the very name in the title, the other one quoted as what it follows",
                both(&[]),
                reading(
                    "《推进城乡公交一体化实施方案》解读",
                    "根据《关于推进城乡公交一体化的通知》（青政发〔2025〕3号）精神",
                    &["a"],
                ),
                Some(1),
            ),
            (
                "one link, no words",
                both(&[]),
                reading("图解：出行更方便", "", &["a"]),
                Some(0),
            ),
            (
                "two links, no words",
                both(&[]),
                reading("图解：出行更方便", "", &["a", "b"]),
                None,
            ),
        ] {
            assert_eq!(chosen(&documents, &reading), expected, "{name}");
        }
    }

    fn is_same(document_title: &str, reading_title: &str) -> bool {
        let document = document(document_title, "", "a", &[]);
        Signs::between(&document, &reading(reading_title, "", &[])).is_titled
    }

    #[test]
    fn titles_that_belong_together() {
        for (document, reading, expected) in [
            (
                "青石市人民政府关于印发《青石市春耕补贴办法》的通知",
                "《青石市春耕补贴办法》政策解读",
                true,
            ),
            (
                "青石市人民政府办公室关于印发青石市春耕补贴办法的通知",
                "一图读懂青石市春耕补贴办法",
                true,
            ),
            (
                "关于进一步优化营商环境的意见",
                "《关于进一步优化营商环境的意见》解读",
                true,
            ),
            (
                "青石市春耕补贴办法",
                "《青石市养老服务办法》政策解读",
                false,
            ),
            (
                "关于做好防汛工作的通知",
                "《青石市春耕补贴办法》政策解读",
                false,
            ),
        ] {
            assert_eq!(
                is_same(document, reading),
                expected,
                "{document} | {reading}"
            );
        }
    }
}
