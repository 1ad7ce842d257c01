//! 账号登记信息: what is filed of an account beside what a round needs to find it. All of it may be absent.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// 备案编号一栏的“未备案”: somebody looked, and there is none. An empty cell says nothing.
pub const NOT_FILED: &str = "未备案";

/// Longest QR text or picture address that is kept.
const MAX_QR_LETTERS: usize = 1_000;

/// 账号功能.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFunction {
    /// 发布.
    Publish,
    /// 互动.
    Interact,
    /// 办事.
    Serve,
}

/// Words of a function; the first is written.
const FUNCTIONS: [(AccountFunction, &[&str]); 3] = [
    (
        AccountFunction::Publish,
        &["发布", "信息发布", "政务公开", "信息公开"],
    ),
    (
        AccountFunction::Interact,
        &["互动", "互动交流", "政民互动", "政务互动"],
    ),
    (
        AccountFunction::Serve,
        &["办事", "办事服务", "政务服务", "服务"],
    ),
];

impl AccountFunction {
    /// The word of the registry's sheets.
    pub fn zh(self) -> &'static str {
        FUNCTIONS
            .iter()
            .find(|(own, _)| *own == self)
            .map_or("", |(_, words)| words[0])
    }
}

/// 账号登记信息. Superior unit and level are not among them: they follow from the host unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDetails {
    /// 平台ID: 微信号, 微博 uid and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
    /// 联系人: persons and telephones, as filed. Never drawn into a round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<String>,
    /// 粉丝数 as filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// 功能.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub functions: BTreeSet<AccountFunction>,
    /// 备案编号 of an app or mini-program, or [`NOT_FILED`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing_number: Option<String>,
    /// 二维码: address of the picture, or the text of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
}

impl AccountDetails {
    /// Its text in the order of the template.
    pub(super) fn values(&self) -> [String; 6] {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        [
            text(&self.platform_id),
            text(&self.contacts),
            self.followers
                .map(|count| count.to_string())
                .unwrap_or_default(),
            functions_text(&self.functions),
            text(&self.filing_number),
            text(&self.qr),
        ]
    }
}

/// Functions as a cell has them: 发布、互动.
pub fn functions_text(functions: &BTreeSet<AccountFunction>) -> String {
    let words: Vec<&str> = functions.iter().map(|own| own.zh()).collect();
    words.join("、")
}

/// 12345, 12,345 and 1.2万 are numbers of followers; an empty cell is none.
pub(crate) fn followers(text: &str) -> Result<Option<u64>, String> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ',' | '，'))
        .collect();
    if plain.is_empty() {
        return Ok(None);
    }
    counted(&plain)
        .map(Some)
        .ok_or_else(|| format!("“{text}”不是粉丝数，应写成 12345 或 1.2万"))
}

fn counted(plain: &str) -> Option<u64> {
    let (number, unit) = match plain.strip_suffix('万') {
        Some(number) => (number, 10_000),
        None => (plain, 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(whole, 12) || !is_number(part, 4) {
        return None;
    }
    let ten_thousandths = format!("{part:0<4}").parse::<u64>().ok()? * unit;
    if !ten_thousandths.is_multiple_of(10_000) {
        return None;
    }
    Some(whole.parse::<u64>().ok()? * unit + ten_thousandths / 10_000)
}

/// 发布、互动、办事, in any of their words.
pub(super) fn functions(text: &str) -> Result<BTreeSet<AccountFunction>, String> {
    let is_between = |letter: char| {
        letter.is_whitespace() || matches!(letter, '、' | '，' | ',' | '；' | ';' | '/')
    };
    text.split(is_between)
        .filter(|word| !word.is_empty())
        .map(|word| {
            FUNCTIONS
                .iter()
                .find(|(_, words)| words.contains(&word))
                .map(|(own, _)| *own)
                .ok_or_else(|| format!("“{word}”不认识，应为 发布、互动、办事 中的一项或几项"))
        })
        .collect()
}

/// A filing number holds digits; 无 and 未备案 say that there is none.
pub(super) fn filing_number(text: &str) -> Result<Option<String>, String> {
    match text {
        "" => Ok(None),
        "无" | "没有" | NOT_FILED => Ok(Some(NOT_FILED.to_owned())),
        number if number.bytes().any(|byte| byte.is_ascii_digit()) => Ok(Some(number.to_owned())),
        other => Err(format!(
            "“{other}”不是备案编号；没有备案的写“{NOT_FILED}”，不清楚的留空"
        )),
    }
}

/// An id has no blanks inside.
pub(super) fn platform_id(text: &str) -> Result<Option<String>, String> {
    if text.contains(char::is_whitespace) {
        return Err(format!("平台ID“{text}”中不能有空格，一格只写一个"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// The address of the picture or the text of the code, never the picture itself.
pub(super) fn qr(text: &str) -> Result<Option<String>, String> {
    if text.starts_with("data:") || text.chars().count() > MAX_QR_LETTERS {
        return Err("二维码应写图片的网址或二维码的内容，不能放图片本身".to_owned());
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_followers_are_written_in_many_ways() {
        for (text, count) in [
            ("", None),
            ("12345", Some(12_345)),
            ("12,345", Some(12_345)),
            ("1.2万", Some(12_000)),
            ("3万", Some(30_000)),
            ("0.0001 万", Some(1)),
            ("12345.0", Some(12_345)),
        ] {
            assert_eq!(followers(text), Ok(count), "{text}");
        }
        for text in [
            "很多",
            "1.5",
            "-3",
            "1.23456万",
            "万",
            "9999999999999",
            "1万2",
        ] {
            assert!(followers(text).is_err(), "{text}");
        }
    }

    #[test]
    fn functions_have_several_words_and_one_that_is_written() {
        let read = functions("信息发布，办事服务/互动").unwrap();
        assert_eq!(functions_text(&read), "发布、互动、办事");
        assert_eq!(functions(&functions_text(&read)), Ok(read));
        assert!(functions("发布、打卡").unwrap_err().contains("“打卡”"));
    }

    #[test]
    fn no_filing_number_is_not_the_same_as_an_empty_cell() {
        assert_eq!(filing_number(""), Ok(None));
        assert_eq!(filing_number("无"), Ok(Some(NOT_FILED.to_owned())));
        let number = "政务应用备99010026000001号";
        assert_eq!(filing_number(number), Ok(Some(number.to_owned())));
        assert!(filing_number("办理中").is_err());
    }
}
