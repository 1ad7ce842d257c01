//! 接口令牌: what a program shows instead of a session. Only its hash is kept; it ends by itself, and with its person's password.

use std::collections::BTreeSet;

use sea_orm::QueryResult;
use xuncha_core::permission::TokenScope;

use crate::audit::{AuditAction, AuditEntry};
use crate::login::hash;
use crate::person::{Person, person_id, read_person};
use crate::sql;
use crate::{Result, Store, StoreError};

/// The last use is written down once in so many seconds, so that reading by programs does not become writing.
const USED_GRAIN_S: i64 = 600;
/// A person has at most so many.
const MOST_TOKENS: u64 = 50;

/// 令牌. One of a person's tokens, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Number.
    pub number: i64,
    /// What the person calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// When it was made.
    pub made_at_s: i64,
    /// When it ends.
    pub expires_at_s: i64,
    /// When it was last used, to ten minutes; `None` for never.
    pub used_at_s: Option<i64>,
}

/// 新令牌.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// What the person calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// Now.
    pub now_s: i64,
    /// When it ends.
    pub expires_at_s: i64,
}

impl Store {
    /// Keeps a person's new token.
    pub async fn put_api_token(&self, person: i64, token: &str, new: &NewApiToken) -> Result<()> {
        let transaction = self.begin().await?;
        let held = "SELECT COUNT(*) FROM api_tokens WHERE person = ?";
        if sql::count(&transaction.inner, held, vec![person.into()]).await? >= MOST_TOKENS {
            return Err(StoreError::Refused("令牌太多，请先撤销不用的令牌"));
        }
        let columns = [
            "token_sha256",
            "person",
            "name",
            "scopes",
            "made_at_s",
            "expires_at_s",
            "used_at_s",
        ];
        let scopes = words(&new.scopes);
        let row = vec![
            sql::text(&hash(token)),
            person.into(),
            sql::text(&new.name),
            sql::text(&scopes),
            new.now_s.into(),
            new.expires_at_s.into(),
            sql::number(0),
        ];
        sql::insert(&transaction.inner, "api_tokens", &columns, vec![row], "").await?;
        let object = format!("person/{}", person_id(person));
        let entry = AuditEntry::new(AuditAction::TokenMade, object).change("", scopes);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// A person's tokens, newest first, those that have ended included.
    pub async fn api_tokens(&self, person: i64) -> Result<Vec<ApiToken>> {
        let sql = "SELECT * FROM api_tokens WHERE person = ? ORDER BY number DESC";
        let found = sql::rows(self.read(), sql, vec![person.into()]).await?;
        found.iter().map(read).collect()
    }

    /// Takes a token of a person away.
    pub async fn drop_api_token(&self, person: i64, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM api_tokens WHERE person = ? AND number = ?";
        if sql::run(&transaction.inner, sql, vec![person.into(), number.into()]).await? == 0 {
            return Err(StoreError::Missing {
                noun: "令牌",
                id: number.to_string(),
            });
        }
        let object = format!("person/{}", person_id(person));
        let entry = AuditEntry::new(AuditAction::TokenRevoked, object);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Whose token it is and what it may be used for; `None` where it is none, has ended, or its person is locked.
    pub async fn person_of_api_token(
        &self,
        token: &str,
        now_s: i64,
    ) -> Result<Option<(Person, BTreeSet<TokenScope>)>> {
        let sql = "SELECT p.*, t.scopes AS token_scopes, t.number AS token_number, t.used_at_s AS token_used_at_s \
             FROM api_tokens t JOIN persons p ON p.number = t.person \
             WHERE t.token_sha256 = ? AND t.expires_at_s > ? AND p.is_locked = 0";
        let asked = vec![sql::text(&hash(token)), now_s.into()];
        let Some(row) = sql::row(self.read(), sql, asked).await? else {
            return Ok(None);
        };
        let used: i64 = row.try_get_by("token_used_at_s")?;
        if now_s - used >= USED_GRAIN_S {
            let number: i64 = row.try_get_by("token_number")?;
            let transaction = self.begin().await?;
            let write = "UPDATE api_tokens SET used_at_s = ? WHERE number = ?";
            sql::run(&transaction.inner, write, vec![now_s.into(), number.into()]).await?;
            transaction.commit().await?;
        }
        let scopes: String = row.try_get_by("token_scopes")?;
        Ok(Some((read_person(&row)?, scopes_of(&scopes))))
    }
}

fn words(scopes: &BTreeSet<TokenScope>) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    words.join(" ")
}

fn scopes_of(words: &str) -> BTreeSet<TokenScope> {
    words.split(' ').filter_map(TokenScope::of_word).collect()
}

fn read(row: &QueryResult) -> Result<ApiToken> {
    let scopes: String = row.try_get_by("scopes")?;
    let used: i64 = row.try_get_by("used_at_s")?;
    Ok(ApiToken {
        number: row.try_get_by("number")?,
        name: row.try_get_by("name")?,
        scopes: scopes_of(&scopes),
        made_at_s: row.try_get_by("made_at_s")?,
        expires_at_s: row.try_get_by("expires_at_s")?,
        used_at_s: Some(used).filter(|used| *used > 0),
    })
}
