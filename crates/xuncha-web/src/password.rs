//! Passwords: hashed with Argon2id, and held against a hash at the same cost whether or not anybody has the login.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use xuncha_core::person::LONGEST_PASSWORD;

/// Memory in KiB, passes and lanes: the first choice of the OWASP cheat sheet on password storage (19 MiB, 2, 1).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Passwords that are hashed at a time: a flood of attempts may not take the memory and the processors from everybody else, and no more
/// than these are on their way when the lock falls.
const AT_A_TIME: usize = 2;

static PERMITS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// What is hashed against where nobody has the login, or no password was set.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("", "nobody").unwrap_or_default());

fn argon2() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str, randomness: &str) -> Option<String> {
    // The salt is made of an unguessable token, so that randomness stays an argument.
    let salt = Sha256::digest(randomness.as_bytes());
    let hashed: PasswordHash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt[..16])
        .ok()?;
    Some(hashed.to_string())
}

/// The hash of a password as the store keeps it, salted from `randomness`, which is used for nothing else.
pub async fn hash_password(password: String, randomness: String) -> std::io::Result<String> {
    let hashed = aside(move || hash_now(&password, &randomness)).await;
    hashed
        .flatten()
        .ok_or_else(|| std::io::Error::other("the password could not be hashed"))
}

/// Whether a password is the one of a hash. Takes as long where there is no hash.
pub(crate) async fn is_right(password: String, hash: Option<String>) -> bool {
    let is_long = password.len() > LONGEST_PASSWORD;
    let compared = aside(move || {
        let has_hash = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let is_same = PasswordHash::new(&hash).is_ok_and(|hash| {
            let argon2 = Argon2::default();
            argon2.verify_password(password.as_bytes(), &hash).is_ok()
        });
        has_hash && is_same
    });
    !is_long && compared.await.unwrap_or(false)
}

/// Off the threads that answer people, a few at a time.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _permit = PERMITS.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_of_its_password_and_salt_only() {
        let hash = async |password: &str, salt: &str| {
            hash_password(password.into(), salt.into()).await.unwrap()
        };
        let first = hash("密码 不告诉你", "a").await;
        assert!(
            first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{first}"
        );
        assert_ne!(first, hash("密码 不告诉你", "b").await);
        assert!(is_right("密码 不告诉你".into(), Some(first.clone())).await);
        assert!(!is_right("密码 不告诉他".into(), Some(first)).await);
        assert!(!is_right("x".repeat(600), None).await);
        assert!(!is_right("x".into(), Some("no hash".into())).await);
    }

    /// The hash that stands in for a missing one opens no door, not even with its own password.
    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(NOBODY.starts_with("$argon2id$"));
        assert!(!is_right(String::new(), None).await);
    }
}
