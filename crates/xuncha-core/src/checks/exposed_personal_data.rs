//! 个人隐私泄露: whole identity numbers, phones, bank cards and homes of persons on pages and in files.
//!
//! * Why: what is published cannot be taken back, and nobody needs the whole number.
//! * Evidence used: the text of all pages and files that were read; findings, like facts, hold masked forms alone.
//! * Left to a person: phones, cards and homes, of which the words around them are the only proof (medium confidence).
//! * Known misjudgements: numbers in pictures, in hidden text and in files that cannot be read are not seen.
//! * Source: 中华人民共和国个人信息保护法; 政府信息公开条例 第十五条; 国办发〔2017〕47号.
//!
//! One page or file is one finding for each kind of number: there it has to be taken down.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase, SiteSign};
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: what counts is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("identity_card", "公开完整身份证号码"),
    ("mobile_phone", "公开个人手机号码"),
    ("bank_card", "公开个人银行卡号"),
    ("home_address", "公开个人住址"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Kinds of personal data, each with its case, name and measure word.
const KINDS: [(SignCase, &str, &str, &str); 4] = [
    (SignCase::IdentityCard, "identity_card", "身份证号码", "个"),
    (SignCase::MobilePhone, "mobile_phone", "个人手机号码", "个"),
    (SignCase::BankCard, "bank_card", "个人银行卡号", "个"),
    (SignCase::HomeAddress, "home_address", "个人住址", "处"),
];

/// Judges each page and file that shows personal data.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let mut findings = Vec::new();
    for (case, name, words, measure) in KINDS {
        let wanted = [case];
        let mut of_kind: Vec<&SiteSign> = signs::of(site, &wanted).collect();
        of_kind.sort_by(|a, b| (&a.url, &a.sign.what).cmp(&(&b.url, &b.sign.what)));
        for of_page in of_kind.chunk_by(|a, b| a.url == b.url) {
            findings.push(finding(of_page, name, words, measure));
        }
    }
    let unread = signs::of(site, &[SignCase::Unread]).map(|sign| {
        let detail = format!(
            "附件没有读到文字（{}），不知道有没有个人信息。",
            sign.sign.what
        );
        let key = format!("identity_card:{}", sign.url);
        support::doubt(key, "identity_card", UndeterminedReason::Incomplete, detail)
    });
    Ok(support::verdict(findings, unread.collect()))
}

fn finding(of_page: &[&SiteSign], case: &str, words: &str, measure: &str) -> Finding {
    const SHOWN: usize = 3;
    let first = of_page[0];
    let shown: Vec<&str> = of_page
        .iter()
        .take(SHOWN)
        .map(|sign| sign.sign.what.as_str())
        .collect();
    let more = if of_page.len() > SHOWN { "等" } else { "" };
    let detail = format!(
        "公开了{}{measure}完整的{words}（{}{more}），应当删除或者遮盖。",
        of_page.len(),
        shown.join("、"),
    );
    signs::finding(first, format!("{case}:{}", first.url), case, detail)
}
