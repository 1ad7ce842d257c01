//! The second factor: codes of a clock (TOTP, RFC 6238: SHA-1, six digits, thirty seconds, as every code generator knows them), and
//! recovery codes for a lost generator.

use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::pager::encode;

/// Recovery codes that are given out together.
const RECOVERY_CODES: usize = 8;
/// Bytes of a secret: as long as the hash, as the RFC recommends.
const SECRET_BYTES: usize = 20;

/// A new secret in Base32, made of an unguessable token.
pub(crate) fn new_secret(token: &str) -> String {
    let bytes = Sha256::digest(format!("second factor\n{token}"));
    Secret::from(bytes[..SECRET_BYTES].to_vec()).to_base32()
}

/// New recovery codes, made of an unguessable token: 16 signs that nobody confuses, in groups of four.
pub(crate) fn new_codes(token: &str) -> Vec<String> {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let code = |number: usize| {
        let bytes = Sha256::digest(format!("recovery code {number}\n{token}"));
        let signs = bytes[..16].iter().enumerate().map(|(place, byte)| {
            let dash = if place > 0 && place % 4 == 0 { "-" } else { "" };
            format!("{dash}{}", char::from(SIGNS[usize::from(byte % 32)]))
        });
        signs.collect()
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// A typed recovery code as it was given out: whatever case, blanks and dashes.
pub(crate) fn tidy_code(typed: &str) -> String {
    let signs: Vec<char> = typed
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let groups = signs
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// The step of the clock that a code is of, where it is right now or was half a minute ago or will be in one.
pub(crate) fn step_of(secret: &str, code: &str, now_s: i64) -> Option<i64> {
    let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    let step = totp(secret)?.check(&code, u64::try_from(now_s).ok()?)?;
    i64::try_from(step).ok()
}

/// What the code generator reads from the picture.
pub(crate) fn address(secret: &str, login: &str) -> String {
    let issuer = encode("巡查");
    format!(
        "otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}",
        encode(login)
    )
}

/// A secret in groups of four, for typing.
pub(crate) fn in_groups(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups = signs
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::from(b"12345678901234567890".to_vec()).to_base32();
        for (at_s, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(step_of(&secret, code, at_s), Some(at_s / 30), "{at_s}");
            assert_eq!(step_of(&secret, code, at_s + 30), Some(at_s / 30));
            assert_eq!(step_of(&secret, code, at_s + 90), None, "too old");
        }
        assert_eq!(step_of(&secret, "287 082", 59), Some(1));
        for wrong in ["", "28708", "0287082", "287083", "２８７０８２"] {
            assert_eq!(step_of(&secret, wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_and_recovery_codes_are_told_apart_and_typed_anyhow() {
        let secret = new_secret("a");
        assert_eq!(secret.len(), 32);
        assert_ne!(secret, new_secret("b"));
        let codes = new_codes("a");
        let different: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(&tidy_code(&code.to_uppercase().replace('-', " ")), code);
        }
        assert!(crate::qr::picture(&address(&secret, "张三")).unwrap().0 > 20);
    }
}
