//! 人员: who works with the system, in which role, and which passwords are taken.

use serde::{Deserialize, Serialize};

/// 角色. What somebody is to the system; what each may do stands in [`crate::permission`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 公众. Nobody that signed in.
    #[default]
    Public,
    /// 单位填报员. Of one unit, and sees what is of that unit only.
    Operator,
    /// 检查员. Decides what the machine leaves open.
    Inspector,
    /// 领导. Reads.
    Leader,
    /// 监管员. Runs rounds.
    Supervisor,
    /// 管理员. Looks after people and settings.
    Administrator,
}

impl Role {
    /// Every role, the least one first.
    pub const ALL: [Role; 6] = [
        Role::Public,
        Role::Operator,
        Role::Inspector,
        Role::Leader,
        Role::Supervisor,
        Role::Administrator,
    ];

    /// Those that a person can have, the most frequent first.
    pub const OF_PERSONS: [Role; 5] = [
        Role::Operator,
        Role::Inspector,
        Role::Supervisor,
        Role::Leader,
        Role::Administrator,
    ];

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Role::Public => "公众",
            Role::Operator => "单位填报员",
            Role::Inspector => "检查员",
            Role::Leader => "领导",
            Role::Supervisor => "监管员",
            Role::Administrator => "管理员",
        }
    }

    /// Its word in addresses, tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Role::Public => "public",
            Role::Operator => "operator",
            Role::Inspector => "inspector",
            Role::Leader => "leader",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
        }
    }

    /// The role of a word; [`Role::Public`] is no role of a person.
    pub fn of_word(word: &str) -> Option<Role> {
        Role::OF_PERSONS
            .into_iter()
            .find(|role| role.word() == word)
    }
}

/// 登录名错误. Why a text is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// Shorter than two characters or longer than 64.
    Length,
    /// Blanks or signs that cannot be seen.
    Signs,
}

impl LoginFault {
    /// What to do about it.
    pub fn zh(self) -> &'static str {
        match self {
            LoginFault::Length => "登录名应为2至64个字符",
            LoginFault::Signs => "登录名不能有空格和不可见的符号",
        }
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        match self {
            LoginFault::Length => "A login has 2 to 64 characters",
            LoginFault::Signs => "A login has no blanks and no invisible signs",
        }
    }
}

/// A login as it is kept and compared: in lower case, without blanks around it.
pub fn login_of(text: &str) -> Result<String, LoginFault> {
    let login = text.trim().to_lowercase();
    if !(2..=64).contains(&login.chars().count()) {
        return Err(LoginFault::Length);
    }
    let is_bad = |sign: char| {
        sign.is_whitespace()
            || sign.is_control()
            || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if login.chars().any(is_bad) {
        return Err(LoginFault::Signs);
    }
    Ok(login)
}

/// 密码要求. How long a password is at least; the rest is the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Characters at least.
    pub min_length: usize,
}

impl Default for PasswordPolicy {
    fn default() -> PasswordPolicy {
        PasswordPolicy { min_length: 10 }
    }
}

/// 密码不合要求. Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Too short; the least number of characters.
    Short(usize),
    /// Longer than [`LONGEST_PASSWORD`] bytes: hashing it would be work for nothing.
    Long,
    /// The login, or a part of it with little else.
    Login,
    /// In the list of common passwords, or one of them with signs around it.
    Common,
    /// Too few different characters, or a plain sequence.
    Plain,
}

/// Bytes of the longest password.
pub const LONGEST_PASSWORD: usize = 512;

impl PasswordFault {
    /// What to do about it.
    pub fn zh(self) -> String {
        match self {
            PasswordFault::Short(least) => format!("密码至少{least}个字符"),
            PasswordFault::Long => "密码太长".to_owned(),
            PasswordFault::Login => "密码不能是登录名，或登录名加几个字符".to_owned(),
            PasswordFault::Common => "这个密码太常见，换一个别人想不到的".to_owned(),
            PasswordFault::Plain => "密码不能是重复或连续的字符".to_owned(),
        }
    }

    /// The same in English.
    pub fn en(self) -> String {
        match self {
            PasswordFault::Short(least) => format!("A password has at least {least} characters"),
            PasswordFault::Long => "This password is too long".to_owned(),
            PasswordFault::Login => {
                "A password is not the login, nor the login with a few signs".to_owned()
            }
            PasswordFault::Common => "This password is too common".to_owned(),
            PasswordFault::Plain => "A password is no sequence or repetition".to_owned(),
        }
    }
}

/// Common passwords, one a line, in lower case.
const COMMON: &str = include_str!("../data/common-passwords.txt");
/// Characters beside a common password that do not yet make a password.
const LITTLE: usize = 4;
/// The same beside the login, which everybody knows: a year or a telephone's last digits are soon tried.
const LITTLE_BESIDE_LOGIN: usize = 7;

impl PasswordPolicy {
    /// Whether a password is taken for a login.
    pub fn check(&self, password: &str, login: &str) -> Result<(), PasswordFault> {
        let count = password.chars().count();
        if count < self.min_length {
            return Err(PasswordFault::Short(self.min_length));
        }
        if password.len() > LONGEST_PASSWORD {
            return Err(PasswordFault::Long);
        }
        let lower = password.to_lowercase();
        let is_little_more = |than: &str, little: usize| {
            than.chars().count() >= 3
                && lower.contains(than)
                && count - than.chars().count() < little
        };
        let login = login.to_lowercase();
        if lower == login || is_little_more(&login, LITTLE_BESIDE_LOGIN) {
            return Err(PasswordFault::Login);
        }
        if is_plain(&lower) {
            return Err(PasswordFault::Plain);
        }
        let is_common =
            |line: &str| lower == line || (line.len() >= 6 && is_little_more(line, LITTLE));
        if common().any(is_common) {
            return Err(PasswordFault::Common);
        }
        Ok(())
    }
}

fn common() -> impl Iterator<Item = &'static str> {
    COMMON
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// Fewer than four different characters, or each the neighbour of the one before.
fn is_plain(text: &str) -> bool {
    let all: Vec<u32> = text.chars().map(u32::from).collect();
    let different: std::collections::BTreeSet<&u32> = all.iter().collect();
    let is_step = |pair: &[u32]| pair[0].abs_diff(pair[1]) == 1 || (pair[0] == 57 && pair[1] == 48);
    different.len() < 4 || all.windows(2).all(is_step)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_taken_or_refused_for_a_reason() {
        let policy = PasswordPolicy::default();
        for (password, expected) in [
            ("云岭 的 秋天 有 风声", Ok(())),
            ("correct horse battery", Ok(())),
            ("x7#kQ2!mZp", Ok(())),
            ("x7#kQ2!mZ", Err(PasswordFault::Short(10))),
            ("", Err(PasswordFault::Short(10))),
            ("ZhangSanFeng", Err(PasswordFault::Login)),
            ("zhangsanfeng1!", Err(PasswordFault::Login)),
            ("1234567890", Err(PasswordFault::Plain)),
            ("9876543210", Err(PasswordFault::Plain)),
            ("abcdefghijk", Err(PasswordFault::Plain)),
            ("aaaaaaaaaabb", Err(PasswordFault::Plain)),
            ("Password123", Err(PasswordFault::Common)),
            ("Admin123456", Err(PasswordFault::Common)),
            ("1qaz2wsx3edc", Err(PasswordFault::Common)),
            ("woaini1314520", Err(PasswordFault::Common)),
            ("Qwertyuiop1!", Err(PasswordFault::Common)),
        ] {
            assert_eq!(
                policy.check(password, "zhangsanfeng"),
                expected,
                "{password}"
            );
        }
        let long = "长".repeat(200);
        assert_eq!(
            policy.check(&format!("abc{long}"), "x"),
            Err(PasswordFault::Long)
        );
        let strict = PasswordPolicy { min_length: 14 };
        assert_eq!(
            strict.check("x7#kQ2!mZp", "x"),
            Err(PasswordFault::Short(14))
        );
    }

    #[test]
    fn the_list_of_common_passwords_is_in_the_form_in_which_it_is_compared() {
        let lines: Vec<&str> = common().collect();
        assert!(lines.len() > 100, "{}", lines.len());
        for line in lines {
            assert_eq!(line, line.to_lowercase(), "{line}");
        }
    }

    #[test]
    fn logins_are_kept_in_one_form() {
        assert_eq!(login_of(" ZhangSan "), Ok("zhangsan".to_owned()));
        assert_eq!(login_of("张三"), Ok("张三".to_owned()));
        assert_eq!(login_of("a"), Err(LoginFault::Length));
        assert_eq!(login_of(&"a".repeat(65)), Err(LoginFault::Length));
        assert_eq!(login_of("zhang san"), Err(LoginFault::Signs));
        assert_eq!(login_of("zhang\u{202e}san"), Err(LoginFault::Signs));
    }

    #[test]
    fn words_lead_back_to_their_roles() {
        for role in Role::OF_PERSONS {
            assert_eq!(Role::of_word(role.word()), Some(role));
        }
        assert_eq!(Role::of_word("public"), None);
    }
}
