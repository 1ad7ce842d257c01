//! 同一事项说法不一: two guides of one site for the same item that state another telephone, limit, fee or other materials.
//!
//! * Why: who reads the wrong one comes twice; of two statements one is wrong.
//! * Evidence used: the elements of the guides that the site published.
//! * Left to a person: everything; which of the two is right stands nowhere on the site.
//! * Known misjudgements: see the specification.
//! * Source: 国办秘函〔2019〕19号 检查指标 办事服务“内容准确”.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, GuideElement, GuideFacts, SiteGuide};
use crate::facts::pattern;
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is compared: `phone`, `limit`, `fee`, `materials`.
    pub compare: Vec<Compared>,
}

/// 对照项.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// 联系电话.
    Phone,
    /// 办理时限.
    Limit,
    /// 是否收费.
    Fee,
    /// 办理材料.
    Materials,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            compare: vec![
                Compared::Phone,
                Compared::Limit,
                Compared::Fee,
                Compared::Materials,
            ],
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("disagree", "同一事项两处说法不一")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Guides of one item above which a title is no item: every page of a template is called so.
const GUIDES_MAX: usize = 8;

/// Judges every pair of guides for the same item.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    if support::has_no_services(subject) {
        return Ok(support::not_applicable("该单位没有对外办事服务。"));
    }
    support::need_phases(site, NEEDS)?;
    let mut items: BTreeMap<String, Vec<&SiteGuide>> = BTreeMap::new();
    for guide in &site.guides {
        items.entry(item(&guide.guide)).or_default().push(guide);
    }
    let findings = items
        .into_iter()
        .filter(|(item, guides)| item.chars().count() >= 4 && guides.len() <= GUIDES_MAX)
        .filter_map(|(item, guides)| disagreement(&item, &guides, params))
        .collect();
    Ok(support::verdict(findings, Vec::new()))
}

/// The item that a guide is about: its stated name, else its title, without what sites add to it.
fn item(guide: &GuideFacts) -> String {
    let stated = guide.elements.get(&GuideElement::事项名称);
    let name = stated.map_or(guide.title.as_str(), String::as_str);
    let plain: String = name
        .chars()
        .filter(|sign| !sign.is_whitespace() && !"“”\"《》【】".contains(*sign))
        .collect();
    let ends = ["办事指南", "服务指南", "办理指南", "办理流程", "指南"];
    let end = ends.iter().find_map(|end| plain.strip_suffix(end));
    end.unwrap_or(&plain).to_owned()
}

/// The first guide against each other one of the same item.
fn disagreement(item: &str, guides: &[&SiteGuide], params: &Params) -> Option<Finding> {
    let (first, others) = guides.split_first()?;
    let mut found: Option<Finding> = None;
    for other in others {
        let differences: Vec<String> = params
            .compare
            .iter()
            .filter_map(|what| difference(*what, &first.guide, &other.guide))
            .collect();
        if differences.is_empty() {
            continue;
        }
        let said = differences.join("；");
        let place = support::place(&other.url, &said);
        found = Some(match found {
            None => {
                let detail =
                    format!("事项“{item}”有两份办事指南说法不一：{said}，请核对哪一份正确。");
                Finding::new(item, "disagree", detail, first.evidence.clone())
                    .with_url(&first.url)
                    .with_places([support::place(&first.url, &first.guide.title), place])
                    .with_evidence(other.evidence.clone())
                    .with_confidence(Confidence::Low)
            }
            Some(finding) => finding
                .with_places([place])
                .with_evidence(other.evidence.clone()),
        });
    }
    found
}

/// What two guides state otherwise; nothing where one of them states nothing.
fn difference(what: Compared, one: &GuideFacts, other: &GuideFacts) -> Option<String> {
    let (name, read): (&str, fn(&GuideFacts) -> BTreeSet<String>) = match what {
        Compared::Phone => ("电话", phones),
        Compared::Limit => ("时限", limits),
        Compared::Fee => ("收费", fees),
        Compared::Materials => ("材料", materials),
    };
    let (mut here, mut there) = (read(one), read(other));
    if what == Compared::Limit {
        // A legal limit and a promised one are two statements.
        let kinds: [BTreeSet<&str>; 2] =
            [&here, &there].map(|own| own.iter().map(|one| limit_kind(one)).collect());
        let both: BTreeSet<String> = kinds[0]
            .intersection(&kinds[1])
            .map(|kind| (*kind).to_owned())
            .collect();
        here.retain(|one| both.contains(limit_kind(one)));
        there.retain(|one| both.contains(limit_kind(one)));
    }
    let is_other = match what {
        // Two lists of materials have to be the same; of several telephones one in common will do.
        Compared::Materials => here != there && here.len() >= 2 && there.len() >= 2,
        _ => here.is_disjoint(&there),
    };
    if here.is_empty() || there.is_empty() || !is_other {
        return None;
    }
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
        let own: Vec<&str> = these.difference(those).map(String::as_str).collect();
        match own.is_empty() {
            true => "没有另列".to_owned(),
            false => own.join("、"),
        }
    };
    let (mine, theirs) = (only(&here, &there), only(&there, &here));
    Some(format!("{name}一处为{mine}，另一处为{theirs}"))
}

fn phones(guide: &GuideFacts) -> BTreeSet<String> {
    static PHONE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?:0\d{2,3}[-—－ ]?)?\d{7,8}|1[3-9]\d{9}|12345"));
    let text = element(guide, GuideElement::联系电话);
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    // With and without the code of the place it is one number.
    let plain = |number: String| match number.starts_with('0') && number.len() > 9 {
        true => number[number.len() - 7..].to_owned(),
        false => number,
    };
    let found = PHONE.find_iter(text);
    found.map(|hit| plain(digits(hit.as_str()))).collect()
}

/// Which limit it is: 法定, 承诺 or unsaid.
fn limit_kind(limit: &str) -> &str {
    let kinds = ["法定", "承诺"];
    kinds
        .into_iter()
        .find(|kind| limit.starts_with(kind))
        .unwrap_or("")
}

/// Limits, in days as written.
fn limits(guide: &GuideFacts) -> BTreeSet<String> {
    static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(法定|承诺)?(?:办结|办理|审批)?时限[为是：:]?\s*(\d{1,3})\s*个?(工作日|自然日|日|天)",
        )
    });
    let mut found = BTreeSet::new();
    for text in guide.elements.values() {
        for hit in LIMIT.captures_iter(text) {
            let kind = hit.get(1).map_or("", |kind| kind.as_str());
            found.insert(format!("{kind}{}个{}", &hit[2], &hit[3]));
        }
    }
    found
}

fn fees(guide: &GuideFacts) -> BTreeSet<String> {
    let says = |words: &[&str]| {
        let mut texts = guide.elements.values();
        texts.any(|text| words.iter().any(|word| text.contains(word)))
    };
    let is_free = says(&[
        "不收费",
        "不收取",
        "免费办理",
        "收费标准：无",
        "收费标准:无",
    ]);
    let is_paid = says(&["收费标准：按", "收费依据：", "元/件", "元/本", "元/证"]);
    match (is_free, is_paid) {
        (true, false) => BTreeSet::from(["不收费".to_owned()]),
        (false, true) => BTreeSet::from(["收费".to_owned()]),
        _ => BTreeSet::new(),
    }
}

/// Materials by name, without how many and in which form.
fn materials(guide: &GuideFacts) -> BTreeSet<String> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"[（(][^）)]*[）)]|原件|复印件|纸质|电子版?|[一二三四五两\d]+\s*份|^\s*[\d一二三四五六七八九十]+\s*[.、．]|[及和]|\s",
        )
    });
    let text = element(guide, GuideElement::办理材料);
    text.split(['，', ',', '；', ';', '。', '\n', '、'])
        .map(|part| FORM.replace_all(part, "").into_owned())
        .filter(|part| part.chars().count() >= 2)
        .collect()
}

fn element(guide: &GuideFacts, element: GuideElement) -> &str {
    guide.elements.get(&element).map_or("", String::as_str)
}
