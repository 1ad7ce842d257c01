//! What an office sets for signing in.

use xuncha_core::person::PasswordPolicy;
use xuncha_store::login::Lockout;

/// 登录设置. How people sign in here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignInSettings {
    /// Which passwords are taken.
    pub policy: PasswordPolicy,
    /// What failed attempts lead to.
    pub lockout: Lockout,
    /// Whether browsers reach the pages over HTTPS: cookies are then sent over nothing else.
    pub is_https: bool,
}
