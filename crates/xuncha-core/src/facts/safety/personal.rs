//! 个人隐私: numbers of persons in a text, told from other numbers by their own rules and by the words around them.
//!
//! A whole identity number is never published rightly, whoever it belongs to. A mobile phone may be the contact of an office, a card the
//! account of a unit: there the words before it decide.

use jiff::civil::Date;

use super::mask::{Secrets, masked, masked_text};
use super::numbers::{is_bank_card, is_identity_card, is_mobile, is_old_identity_card};
use crate::facts::model::{Sign, SignCase};
use crate::verdict::Confidence;

/// A row of digits, perhaps written in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    /// Digits alone; an identity number may end with X.
    pub number: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Rows shorter than this are no number of a person.
const DIGITS_MIN: usize = 11;
/// Longer rows are none either.
const DIGITS_MAX: usize = 19;
/// Groups that one number may be written in.
const GROUPS_MAX: usize = 5;
/// Numbers of one text that are looked at.
const NUMBERS_MAX: usize = 20_000;
/// How far the words before a number reach, in bytes: a label and its row.
const BEFORE_BYTES: usize = 90;
/// How far a heading of a table reaches, in bytes.
const HEADING_BYTES: usize = 6000;

/// Rows of digits that may be numbers of persons, in the order of the text: each group by itself, and groups with one space or hyphen
/// between them as one.
pub(super) fn digits_in(text: &str) -> Vec<Digits> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < NUMBERS_MAX {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        // The check digit of an identity number may be an X.
        let mut end = at;
        let next = |place: usize| bytes.get(place).copied().unwrap_or(b' ');
        if matches!(next(at), b'x' | b'X') && !next(at + 1).is_ascii_alphanumeric() {
            end += 1;
        }
        let is_apart = start == 0 || !is_part(bytes[start - 1]);
        let is_ended = !is_part(next(end));
        if is_apart && is_ended && (DIGITS_MIN..=DIGITS_MAX).contains(&(end - start)) {
            found.push(digits(text, &[(start, end)]));
        }
        let follows = groups
            .last()
            .is_some_and(|(_, last)| start - last == 1 && matches!(bytes[*last], b' ' | b'-'));
        if !follows {
            groups.clear();
        }
        groups.push((start, end));
        if groups.len() > GROUPS_MAX {
            groups.remove(0);
        }
        for first in 0..groups.len().saturating_sub(1) {
            let some = &groups[first..];
            let length: usize = some.iter().map(|(from, to)| to - from).sum();
            let is_apart = some[0].0 == 0 || !is_part(bytes[some[0].0 - 1]);
            if is_apart && is_ended && matches!(length, 11 | 15..=19) {
                found.push(digits(text, some));
            }
        }
        at = end;
    }
    found
}

/// Whether a byte makes the row beside it part of something longer.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'=' | b'*' | b'%' | b'&')
}

fn digits(text: &str, groups: &[(usize, usize)]) -> Digits {
    let number: String = groups.iter().map(|(from, to)| &text[*from..*to]).collect();
    Digits {
        number: number.to_ascii_uppercase(),
        start: groups[0].0,
        end: groups[groups.len() - 1].1,
    }
}

/// Words that name an identity number.
const CARD_WORDS: [&str; 6] = [
    "身份证",
    "身份号码",
    "证件号",
    "证件编号",
    "证号",
    "公民身份",
];
/// Words before a number that name another one; what follows is no number of a person, whatever its digits say.
const OTHER_NUMBER_WORDS: [&str; 26] = [
    "信用代码",
    "订单",
    "流水",
    "单号",
    "索引号",
    "项目编号",
    "项目代码",
    "案件编号",
    "受理编号",
    "办件",
    "文号",
    "字号",
    "许可证",
    "登记号",
    "注册号",
    "组织机构代码",
    "备案",
    "时间戳",
    "编码",
    "条码",
    "合同编号",
    "招标编号",
    "采购编号",
    "序列号",
    "批次号",
    "税号",
];
/// Words that name a bank card.
const BANK_WORDS: [&str; 8] = [
    "银行卡",
    "卡号",
    "账号",
    "帐号",
    "一卡通",
    "一折通",
    "社保卡",
    "开户行",
];
/// Words by which an account belongs to a unit.
const UNIT_ACCOUNT_WORDS: [&str; 12] = [
    "单位名称",
    "公司",
    "财政",
    "对公",
    "基本户",
    "基本账户",
    "专户",
    "保证金",
    "收款单位",
    "缴款",
    "捐赠",
    "汇款至",
];
/// Words that name the phone of a person.
const OWN_PHONE_WORDS: [&str; 10] = [
    "手机号",
    "手机",
    "本人电话",
    "家长电话",
    "家长联系",
    "户主电话",
    "申请人电话",
    "个人电话",
    "家庭电话",
    "移动电话",
];
/// Words by which a phone is the contact of an office or a business.
const OFFICE_PHONE_WORDS: [&str; 33] = [
    "咨询",
    "热线",
    "值班",
    "监督",
    "举报",
    "投诉",
    "客服",
    "服务电话",
    "报名电话",
    "办公电话",
    "联系人",
    "联系电话",
    "联系方式",
    "负责人",
    "法人",
    "法定代表人",
    "经办",
    "代理",
    "预约",
    "传真",
    "招商",
    "招聘",
    "应聘",
    "报警",
    "救援",
    "求助",
    "业务电话",
    "工作电话",
    "公开电话",
    "公布电话",
    "志愿者",
    "邮箱",
    "地址",
];
/// Words of a list of persons.
const LIST_WORDS: [&str; 18] = [
    "名单",
    "花名册",
    "公示",
    "低保",
    "特困",
    "补贴",
    "救助",
    "资助",
    "贫困",
    "脱贫户",
    "户主",
    "申请人",
    "学生",
    "考生",
    "残疾",
    "家庭成员",
    "享受",
    "受益",
];
/// Words of a list of contacts, which is made to be called.
const CONTACT_LIST_WORDS: [&str; 20] = [
    "通讯录",
    "网格员",
    "河长",
    "湖长",
    "林长",
    "田长",
    "服务热线",
    "公开电话",
    "值班表",
    "律师",
    "公证",
    "特派员",
    "驻村",
    "第一书记",
    "联络员",
    "责任人",
    "经纪人",
    "代办员",
    "协管员",
    "调解员",
];
/// Words that name the home of a person.
const HOME_WORDS: [&str; 8] = [
    "家庭住址",
    "家庭地址",
    "户籍地址",
    "户籍所在地",
    "户籍住址",
    "现住址",
    "居住地址",
    "家住",
];
/// So many mobile phones on one list of persons are theirs.
const PHONES_OF_A_LIST: usize = 5;

/// Personal data of a text: signs that hold nothing but masked numbers. What is to be masked goes to `secrets`.
pub(super) fn read(text: &str, today: Date, secrets: &mut Secrets, signs: &mut Vec<Sign>) {
    let wide = narrowed(text);
    let text = wide.as_deref().unwrap_or(text);
    let mut all = digits_in(text);
    // A number in one piece goes before groups that overlap it.
    all.sort_by_key(|one| one.end - one.start != one.number.len());
    let mut hits: Vec<Hit> = Vec::new();
    for one in all {
        let overlaps = |hit: &Hit| hit.digits.start < one.end && one.start < hit.digits.end;
        if hits.iter().rev().take(64).any(overlaps) {
            continue;
        }
        if let Some((case, confidence)) = kind(text, &one, today) {
            hits.push(Hit {
                case,
                confidence,
                digits: one,
            });
        }
    }
    hits.sort_by_key(|hit| hit.digits.start);
    let is_list = is_list_of_persons(text, &hits);
    let cards: Vec<usize> = hits
        .iter()
        .filter(|hit| hit.case == SignCase::IdentityCard)
        .map(|hit| hit.digits.start)
        .collect();
    let exposed: Vec<&Hit> = hits
        .iter()
        .filter(|hit| hit.case != SignCase::MobilePhone || is_own(text, hit, is_list, &cards))
        .collect();
    for hit in &exposed {
        secrets.add_number(&hit.digits.number);
    }
    homes(text, secrets, signs);
    for hit in exposed {
        signs.push(Sign {
            case: hit.case,
            what: masked(&hit.digits.number),
            way: String::new(),
            quote: secrets.strike(around(text, &hit.digits)).into_owned(),
            confidence: hit.confidence,
        });
    }
}

/// A number that may be a person's.
struct Hit {
    case: SignCase,
    confidence: Confidence,
    digits: Digits,
}

fn kind(text: &str, one: &Digits, today: Date) -> Option<(SignCase, Confidence)> {
    let number = one.number.as_bytes();
    if names_other_number(text, one) {
        return None;
    }
    if is_identity_card(number, today) {
        return Some((SignCase::IdentityCard, Confidence::High));
    }
    if is_old_identity_card(number, today) && near(text, one, HEADING_BYTES, &CARD_WORDS) {
        return Some((SignCase::IdentityCard, Confidence::Medium));
    }
    if is_mobile(number) {
        return Some((SignCase::MobilePhone, Confidence::Medium));
    }
    let is_card = is_bank_card(number)
        && near(text, one, HEADING_BYTES, &BANK_WORDS)
        && !near(text, one, BEFORE_BYTES, &UNIT_ACCOUNT_WORDS);
    is_card.then_some((SignCase::BankCard, Confidence::Medium))
}

/// Whether the words right before a number say that it is another one.
fn names_other_number(text: &str, one: &Digits) -> bool {
    const LABEL_BYTES: usize = 36;
    let label = before(text, one.start, LABEL_BYTES);
    // What stands before an earlier number of the row is its label, not this one's.
    let label = label
        .rfind(|c: char| c.is_ascii_digit())
        .map_or(label, |last| &label[last + 1..]);
    let last_of = |words: &[&str]| words.iter().filter_map(|word| label.rfind(word)).max();
    let other = last_of(&OTHER_NUMBER_WORDS);
    other.is_some() && other > last_of(&CARD_WORDS)
}

/// Whether a phone is a person's own.
fn is_own(text: &str, hit: &Hit, is_list: bool, cards: &[usize]) -> bool {
    const ROW_BYTES: usize = 120;
    let start = hit.digits.start;
    let beside_card = cards.iter().any(|card| card.abs_diff(start) <= ROW_BYTES);
    if beside_card || is_list {
        return true;
    }
    let words = before(text, start, BEFORE_BYTES);
    let words = words
        .rfind(['。', '；', '\n'])
        .map_or(words, |end| &words[end..]);
    let own = OWN_PHONE_WORDS.iter().any(|word| words.contains(word));
    own && !OFFICE_PHONE_WORDS.iter().any(|word| words.contains(word))
}

/// Whether a text lists persons with their phones.
fn is_list_of_persons(text: &str, hits: &[Hit]) -> bool {
    let mut phones: Vec<&str> = hits
        .iter()
        .filter(|hit| hit.case == SignCase::MobilePhone)
        .map(|hit| hit.digits.number.as_str())
        .collect();
    phones.sort_unstable();
    phones.dedup();
    if phones.len() < PHONES_OF_A_LIST {
        return false;
    }
    let first = hits
        .iter()
        .find(|hit| hit.case == SignCase::MobilePhone)
        .map_or(0, |hit| hit.digits.start);
    let head = before(text, first, HEADING_BYTES / 4);
    LIST_WORDS.iter().any(|word| head.contains(word))
        && !CONTACT_LIST_WORDS.iter().any(|word| head.contains(word))
}

/// Homes of persons: the label, and an address down to the door.
fn homes(text: &str, secrets: &mut Secrets, signs: &mut Vec<Sign>) {
    const ADDRESS_CHARS_MAX: usize = 40;
    const HOMES_MAX: usize = 500;
    for label in HOME_WORDS {
        for (at, _) in text.match_indices(label).take(HOMES_MAX) {
            let rest = text[at + label.len()..]
                .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '为'));
            let end = rest
                .char_indices()
                .take(ADDRESS_CHARS_MAX)
                .find(|(_, c)| c.is_whitespace() || "，。；,;（(、".contains(*c))
                .map_or_else(
                    || {
                        rest.char_indices()
                            .nth(ADDRESS_CHARS_MAX)
                            .map_or(rest.len(), |(at, _)| at)
                    },
                    |(at, _)| at,
                );
            let home = &rest[..end];
            let has_number = home.chars().any(|c| c.is_ascii_digit());
            let has_door = ["号", "室", "组", "栋", "单元", "幢"]
                .iter()
                .any(|word| home.contains(word));
            if has_number && has_door && home.chars().count() >= 6 {
                secrets.add_text(home);
                signs.push(Sign {
                    case: SignCase::HomeAddress,
                    what: masked_text(home),
                    way: String::new(),
                    quote: format!("{label}：{}", masked_text(home)),
                    confidence: Confidence::Medium,
                });
            }
        }
    }
}

/// Whether one of these words stands within so many bytes before a number.
fn near(text: &str, one: &Digits, bytes: usize, words: &[&str]) -> bool {
    let before = before(text, one.start, bytes);
    words.iter().any(|word| before.contains(word))
}

fn before(text: &str, at: usize, bytes: usize) -> &str {
    &text[text.floor_char_boundary(at.saturating_sub(bytes))..at]
}

/// The words around a number, for the quote.
fn around<'a>(text: &'a str, digits: &Digits) -> &'a str {
    const BYTES: usize = 60;
    let start = text.floor_char_boundary(digits.start.saturating_sub(BYTES));
    // A number that is cut in two would not be known any more.
    let start = text[start..digits.start]
        .find(|c: char| !c.is_ascii_alphanumeric())
        .map_or(digits.start, |skip| start + skip);
    let end = text.ceil_char_boundary((digits.end + BYTES).min(text.len()));
    let end = text[digits.end..end]
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(digits.end, |last| digits.end + last);
    text[start..end].trim()
}

/// A text with digits of full width made narrow; `None` where it has none.
pub(super) fn narrowed(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // ０ to ９ are EF BC 90 to 99, Ｘ is EF BC B8, ｘ EF BD 98; marks of full width begin with the same byte.
    let is_wide = |at: usize| {
        let rest = bytes.get(at + 1..at + 3);
        matches!(rest, Some([0xBC, 0x90..=0x99 | 0xB8] | [0xBD, 0x98]))
    };
    if !memchr::memchr_iter(0xEF, bytes).any(is_wide) {
        return None;
    }
    let narrow = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        'Ｘ' | 'ｘ' => 'X',
        other => other,
    };
    Some(text.chars().map(narrow).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
