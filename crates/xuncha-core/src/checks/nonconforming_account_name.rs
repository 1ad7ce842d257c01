//! 名称、认证主体与主办单位不符: an account that is certified for somebody else than its host unit, or whose name does not show whose it is.
//!
//! * Why: the public must see who speaks; an account certified for a company or another unit can be taken away.
//! * Evidence used: the registry: name, certified subject, host unit, region.
//! * Left to a person: brand names, bodies of the same region such as a 融媒体中心 (low confidence).
//! * Known misjudgements: renamed units and short forms that share no letters with the full name look like somebody else.
//! * Source: 国办发〔2018〕123号 (names concise and tied to the duty, the host unit named in the public verification).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::{Account, Target};
use crate::round::{Subject, plain_name};
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Bodies that often run an account for the host unit: a person looks.
    pub bodies: Vec<String>,
    /// Also judge whether the name shows whose account it is.
    pub judge_name: bool,
}

impl Default for Params {
    fn default() -> Params {
        let bodies = [
            "融媒体",
            "新闻",
            "传媒",
            "广播电视",
            "电视台",
            "日报",
            "宣传部",
            "网信",
            "大数据",
            "信息中心",
            "政务服务",
        ];
        Params {
            bodies: bodies.map(str::to_owned).to_vec(),
            judge_name: true,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("other_subject", "认证主体与主办单位不符"),
    ("unclear_name", "名称看不出主办单位"),
];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Endings of a region's name, longest first.
const REGION_ENDINGS: [&str; 11] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "自治县",
    "省",
    "市",
    "县",
    "区",
    "旗",
];

/// Words that many units share and that so tell none of them apart, longest first.
const SHARED_WORDS: [&str; 14] = [
    "委员会",
    "办公室",
    "办公厅",
    "管理局",
    "监督",
    "管理",
    "服务",
    "发展",
    "中心",
    "政府",
    "局",
    "厅",
    "委",
    "和",
];

/// What would be said of an account's name and certified subject; for whoever files one.
pub(crate) fn faults_of(subject: &Subject, account: &crate::registry::Account) -> Vec<String> {
    let (unit, params) = (Unit::of(subject), Params::default());
    let mut told = Vec::new();
    if subject_fault(&account.certified_subject, &unit, &params).is_some() {
        told.push(format!(
            "认证主体“{}”与主办单位“{}”不符",
            account.certified_subject, subject.organization_name
        ));
    }
    if !unit.is_shown_by(&account.name) {
        told.push(format!(
            "账号名称“{}”看不出主办单位“{}”或所在地区",
            account.name, subject.organization_name
        ));
    }
    told
}

/// Judges the certified subject and the name.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    if subject.organization_name.is_empty() {
        return Err(support::undetermined(
            "certified_subject",
            "other_subject",
            UndeterminedReason::NotGathered,
            "名录中没有主办单位，不能判断名称和认证主体是否相符。",
        ));
    }
    let unit = Unit::of(subject);
    let mut findings = Vec::new();
    if let Some(confidence) = subject_fault(&registered.certified_subject, &unit, params) {
        let detail = format!(
            "账号“{}”的认证主体为“{}”，主办单位为“{}”，两者不符。",
            registered.name, registered.certified_subject, subject.organization_name
        );
        let quoted = &registered.certified_subject;
        let places = ("certified_subject", "other_subject");
        findings.push(finding(
            registered, context, places, detail, quoted, confidence,
        ));
    }
    if params.judge_name && !unit.is_shown_by(&registered.name) {
        let detail = format!(
            "账号名称“{}”看不出主办单位“{}”或所在地区。",
            registered.name, subject.organization_name
        );
        let places = ("name", "unclear_name");
        let quoted = &registered.name;
        findings.push(finding(
            registered,
            context,
            places,
            detail,
            quoted,
            Confidence::Low,
        ));
    }
    Ok(support::verdict(findings, Vec::new()))
}

fn finding(
    registered: &Account,
    context: &Context,
    (key, case): (&str, &str),
    detail: String,
    quoted: &str,
    confidence: Confidence,
) -> Finding {
    let url = registered.page_url.clone().unwrap_or_default();
    let quote = format!("{} {} {quoted}", registered.id, registered.platform);
    let evidence = support::registry_evidence(context, &url, &quote);
    Finding::new(key, case, detail, evidence).with_confidence(confidence)
}

/// How sure it is that the certified subject is another than the host unit; none where it is the unit or not filed.
fn subject_fault(certified: &str, unit: &Unit, params: &Params) -> Option<Confidence> {
    let certified = plain_unit(certified);
    if certified.is_empty() || unit.is_called(&certified) {
        return None;
    }
    let is_near = unit.regions.iter().any(|region| certified.contains(region))
        || params.bodies.iter().any(|body| certified.contains(body));
    Some(if is_near {
        Confidence::Low
    } else {
        Confidence::Medium
    })
}

/// The host unit as names are compared with it.
struct Unit {
    /// Full name.
    name: String,
    /// Full name without its region.
    core: String,
    /// Names of its region and those above, full and short, longest first.
    regions: Vec<String>,
}

impl Unit {
    fn of(subject: &Subject) -> Unit {
        let names = std::iter::once(&subject.region_name).chain(&subject.region_path);
        let mut regions: Vec<String> = names
            .flat_map(|name| [name.clone(), short_region(name)])
            .filter(|name| name.chars().count() >= 2)
            .collect();
        regions.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        regions.dedup();
        let name = plain_unit(&subject.organization_name);
        Unit {
            core: without_region(&name, &regions).to_owned(),
            name,
            regions,
        }
    }

    /// Whether the name is the unit's, a part of the unit, what it is a part of, or its usual short form.
    fn is_called(&self, name: &str) -> bool {
        let is_long =
            |text: &str| text.chars().count() >= 3 && !self.regions.iter().any(|r| r == text);
        if (is_long(name) && self.name.contains(name)) || name.contains(&self.name) {
            return true;
        }
        let other = without_region(name, &self.regions);
        is_short_form(other, &self.core) || is_short_form(&self.core, other)
    }

    /// Whether an account's name holds the region or a word of the unit that is its own.
    fn is_shown_by(&self, name: &str) -> bool {
        let name = plain_name(name);
        if self.regions.iter().any(|region| name.contains(region)) {
            return true;
        }
        let mut own = self.core.clone();
        for word in SHARED_WORDS {
            own = own.replace(word, " ");
        }
        own.split(' ').any(|part| {
            let letters: Vec<char> = part.chars().collect();
            letters
                .windows(2)
                .any(|pair| name.contains(&pair.iter().collect::<String>()))
        })
    }
}

/// 人民政府 and 政府 are the same in a unit's name.
fn plain_unit(name: &str) -> String {
    plain_name(name).replace("人民政府", "政府")
}

fn short_region(name: &str) -> String {
    let ending = REGION_ENDINGS
        .iter()
        .find(|ending| name.ends_with(*ending))
        .copied()
        .unwrap_or_default();
    name.strip_suffix(ending).unwrap_or(name).to_owned()
}

/// The name behind the names of regions at its beginning.
fn without_region<'a>(name: &'a str, regions: &[String]) -> &'a str {
    let mut rest = name;
    while let Some(shorter) = regions
        .iter()
        .find_map(|region| rest.strip_prefix(region.as_str()))
    {
        rest = shorter;
    }
    rest
}

/// 市监局 of 市场监督管理局: it begins with the same letter and its letters follow one another in the long form.
fn is_short_form(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.chars().count() >= 2
        && short.chars().next() == long.chars().next()
        && short
            .chars()
            .all(|letter| letters.any(|other| other == letter))
}
