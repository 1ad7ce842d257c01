//! 登录: one-time logins and sessions. Only hashes of tokens are stored, so a copy of the database opens no door.

use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use crate::sql;
use crate::{Result, Store};

impl Store {
    /// Keeps a one-time login for `person` until `expires_at_s` (seconds since 1970).
    pub async fn put_login(&self, token: &str, person: &str, expires_at_s: i64) -> Result<()> {
        self.put_token("logins", token, person, expires_at_s).await
    }

    /// Uses a one-time login up and opens a session in the same transaction. `None` where the login is unknown, used or expired.
    pub async fn open_session(
        &self,
        login_token: &str,
        session_token: &str,
        now_s: i64,
        expires_at_s: i64,
    ) -> Result<Option<String>> {
        let transaction = self.begin().await?;
        let row = sql::row(
            &transaction.inner,
            "DELETE FROM logins WHERE token_sha256 = ? AND expires_at_s > ? RETURNING person",
            vec![sql::text(&hash(login_token)), now_s.into()],
        )
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let person: String = row.try_get_by("person")?;
        insert_token(
            &transaction.inner,
            "sessions",
            session_token,
            &person,
            expires_at_s,
        )
        .await?;
        let expired = "DELETE FROM sessions WHERE expires_at_s <= ?";
        sql::run(&transaction.inner, expired, vec![now_s.into()]).await?;
        transaction.commit().await?;
        Ok(Some(person))
    }

    /// Who a session belongs to; `None` where it is unknown or expired.
    pub async fn session(&self, session_token: &str, now_s: i64) -> Result<Option<String>> {
        let row = sql::row(
            self.read(),
            "SELECT person FROM sessions WHERE token_sha256 = ? AND expires_at_s > ?",
            vec![sql::text(&hash(session_token)), now_s.into()],
        )
        .await?;
        Ok(row.map(|row| row.try_get_by("person")).transpose()?)
    }

    /// Ends a session.
    pub async fn close_session(&self, session_token: &str) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM sessions WHERE token_sha256 = ?";
        sql::run(
            &transaction.inner,
            sql,
            vec![sql::text(&hash(session_token))],
        )
        .await?;
        transaction.commit().await
    }

    async fn put_token(
        &self,
        table: &str,
        token: &str,
        person: &str,
        expires_at_s: i64,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        insert_token(&transaction.inner, table, token, person, expires_at_s).await?;
        transaction.commit().await
    }
}

async fn insert_token(
    connection: &impl ConnectionTrait,
    table: &str,
    token: &str,
    person: &str,
    expires_at_s: i64,
) -> Result<()> {
    let row = vec![
        sql::text(&hash(token)),
        sql::text(person),
        expires_at_s.into(),
    ];
    let columns = ["token_sha256", "person", "expires_at_s"];
    sql::insert(connection, table, &columns, vec![row], "").await?;
    Ok(())
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
