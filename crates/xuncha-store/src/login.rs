//! 登录: links that work once, sessions, and what is counted of failed attempts. Only hashes of tokens are stored, so a copy of the
//! database opens no door.

use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use xuncha_core::person::Role;

use crate::audit::{AuditAction, AuditEntry};
use crate::person::{Person, PersonFile, by_login, object, person_id, read_person};
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 链接种类. What a token that works once is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// 一次性登录.
    SignIn,
    /// 设置密码.
    SetPassword,
    /// 二次验证. Between password and second factor; no link, but kept like one.
    SecondStep,
}

impl LinkKind {
    fn word(self) -> &'static str {
        match self {
            LinkKind::SignIn => "sign_in",
            LinkKind::SetPassword => "set_password",
            LinkKind::SecondStep => "second_step",
        }
    }
}

/// 锁定规则. After how many failed attempts in a row nobody can sign in as a person, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// Attempts.
    pub attempts: u32,
    /// Seconds.
    pub lasts_s: i64,
}

impl Default for Lockout {
    fn default() -> Lockout {
        Lockout {
            attempts: 5,
            lasts_s: 15 * 60,
        }
    }
}

/// 凭据. What a password is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub person: Person,
    /// Argon2id hash; `None` where no password was set.
    pub password_hash: Option<String>,
}

/// 登录凭证. By what somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The password alone.
    Password,
    /// Password and a code of the second factor: the token between both, and the step of the code, which counts once.
    Totp {
        /// Token of [`LinkKind::SecondStep`].
        token: &'a str,
        /// Step of the clock that the code was of.
        step: i64,
    },
    /// Password and one of the recovery codes, which counts once.
    Recovery {
        /// Token of [`LinkKind::SecondStep`].
        token: &'a str,
        /// The code.
        code: &'a str,
    },
    /// The word of a provider of identities: the person's number there, which is bound to the person by the first sign-in.
    Provider {
        /// Issuer and number.
        subject: &'a str,
    },
    /// A login that works once.
    OneTime {
        /// Token of [`LinkKind::SignIn`].
        token: &'a str,
    },
}

/// 新会话. A session to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSession<'a> {
    /// Its token.
    pub token: &'a str,
    /// The session that the same browser had; it ends.
    pub replaces: &'a str,
    /// Which browser, in few words.
    pub agent: &'a str,
    /// Now.
    pub now_s: i64,
    /// Until when it holds.
    pub expires_at_s: i64,
}

/// 会话. An open session, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Number.
    pub number: i64,
    /// Which browser.
    pub agent: String,
    /// Since when.
    pub opened_at_s: i64,
    /// Until when.
    pub expires_at_s: i64,
}

impl Transaction {
    async fn put_link(
        &self,
        token: &str,
        kind: LinkKind,
        number: i64,
        expires_at_s: i64,
    ) -> Result<()> {
        let row = vec![
            sql::text(&hash(token)),
            sql::text(kind.word()),
            number.into(),
            expires_at_s.into(),
        ];
        let columns = ["token_sha256", "kind", "person", "expires_at_s"];
        sql::insert(&self.inner, "logins", &columns, vec![row], "").await?;
        Ok(())
    }

    /// Uses a link up; whose it was.
    async fn take_link(&self, token: &str, kind: LinkKind, now_s: i64) -> Result<Option<i64>> {
        let sql = "DELETE FROM logins WHERE token_sha256 = ? AND kind = ? AND expires_at_s > ? RETURNING person";
        let asked = vec![
            sql::text(&hash(token)),
            sql::text(kind.word()),
            now_s.into(),
        ];
        let row = sql::row(&self.inner, sql, asked).await?;
        Ok(row.map(|row| row.try_get_by("person")).transpose()?)
    }

    /// Ends every session and link of a person.
    pub(crate) async fn end_all(&self, number: i64) -> Result<()> {
        for table in ["sessions", "logins", "api_tokens"] {
            let sql = format!("DELETE FROM {table} WHERE person = ?");
            sql::run(&self.inner, &sql, vec![number.into()]).await?;
        }
        Ok(())
    }

    async fn set_password(&self, number: i64, password_hash: &str) -> Result<()> {
        let sql = "UPDATE persons SET password_hash = ?, failed_count = 0, locked_until_s = 0 WHERE number = ?";
        let values = vec![sql::text(password_hash), number.into()];
        sql::run(&self.inner, sql, values).await?;
        self.end_all(number).await?;
        let entry = AuditEntry::new(AuditAction::PasswordSet, object(number));
        self.audit(&[entry]).await
    }

    /// Whether the proof holds, for whom; what counts once is used up.
    async fn accept(&self, number: i64, proof: Proof<'_>, now_s: i64) -> Result<bool> {
        let (token, sql, value) = match proof {
            Proof::Password => {
                let person = self.person(number).await?;
                return Ok(!person.has_totp);
            }
            Proof::OneTime { token } => {
                let whose = self.take_link(token, LinkKind::SignIn, now_s).await?;
                return Ok(whose == Some(number));
            }
            Proof::Provider { subject } => {
                let sql = "UPDATE persons SET subject = ? WHERE number = ? AND (subject IS NULL OR subject = ?)";
                let values = vec![sql::text(subject), number.into(), sql::text(subject)];
                return Ok(sql::run(&self.inner, sql, values).await? == 1);
            }
            Proof::Totp { token, step } => {
                let sql = "UPDATE persons SET totp_step = ? WHERE totp_step < ? AND number = ? AND totp_secret IS NOT NULL";
                (token, sql, vec![step.into(), step.into()])
            }
            Proof::Recovery { token, code } => {
                let sql = "DELETE FROM recovery_codes WHERE code_sha256 = ? AND person = ?";
                (token, sql, vec![sql::text(&hash(code))])
            }
        };
        let whose = self.take_link(token, LinkKind::SecondStep, now_s).await?;
        let mut values = value;
        values.push(number.into());
        Ok(whose == Some(number) && sql::run(&self.inner, sql, values).await? == 1)
    }
}

impl Store {
    /// Makes a link that works once, for a person who is there.
    pub async fn put_link(
        &self,
        token: &str,
        kind: LinkKind,
        number: i64,
        expires_at_s: i64,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        if transaction.person(number).await?.is_locked {
            return Err(StoreError::Refused("这名人员已被锁定，请先解除锁定"));
        }
        transaction
            .put_link(token, kind, number, expires_at_s)
            .await?;
        if kind != LinkKind::SecondStep {
            let entry = AuditEntry::new(AuditAction::LinkMade, object(number));
            transaction.audit(&[entry.change("", kind.word())]).await?;
        }
        transaction.commit().await
    }

    /// Makes a login that works once for whoever runs the program on its own machine: an administrator of that login, added where there
    /// is none. Refused where somebody else has the login.
    pub async fn put_console_login(
        &self,
        token: &str,
        login: &str,
        name: &str,
        expires_at_s: i64,
    ) -> Result<Person> {
        let transaction = self.begin().await?;
        let mut entries = Vec::new();
        let person = match by_login(&transaction.inner, login).await? {
            Some(person) if person.role == Role::Administrator && !person.is_locked => person,
            Some(_) => {
                return Err(StoreError::Refused(
                    "以本机用户名登录的人员不是管理员或已被锁定，不能生成一次性登录",
                ));
            }
            None => {
                let file = PersonFile {
                    name: name.to_owned(),
                    role: Role::Administrator,
                    organization: None,
                };
                let person = transaction.add_person(login, &file).await?;
                let entry = AuditEntry::new(AuditAction::PersonAdded, object(person.number));
                entries.push(entry.change("", Role::Administrator.word()));
                person
            }
        };
        transaction
            .put_link(token, LinkKind::SignIn, person.number, expires_at_s)
            .await?;
        let entry = AuditEntry::new(AuditAction::LinkMade, object(person.number));
        entries.push(entry.change("", LinkKind::SignIn.word()));
        transaction.audit(&entries).await?;
        transaction.commit().await?;
        Ok(person)
    }

    /// Whose a link is, while it holds; it is not used up.
    pub async fn link(&self, token: &str, kind: LinkKind, now_s: i64) -> Result<Option<Person>> {
        let sql = "SELECT p.* FROM logins l JOIN persons p ON p.number = l.person \
             WHERE l.token_sha256 = ? AND l.kind = ? AND l.expires_at_s > ? AND p.is_locked = 0";
        let asked = vec![
            sql::text(&hash(token)),
            sql::text(kind.word()),
            now_s.into(),
        ];
        let row = sql::row(self.read(), sql, asked).await?;
        row.as_ref().map(read_person).transpose()
    }

    /// What a password is held against; `None` where nobody has the login.
    pub async fn credentials(&self, login: &str) -> Result<Option<Credentials>> {
        let sql = "SELECT * FROM persons WHERE login = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(login)]).await?;
        let read = |row: &sea_orm::QueryResult| -> Result<Credentials> {
            Ok(Credentials {
                person: read_person(row)?,
                password_hash: row.try_get_by("password_hash")?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Counts a failed attempt, and locks the person after too many in a row. `None` is for a login that nobody has: it is written down
    /// without the login, which may be a password typed into the wrong field.
    pub async fn count_failure(
        &self,
        number: Option<i64>,
        now_s: i64,
        lockout: &Lockout,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let Some(number) = number else {
            let entry = AuditEntry::new(AuditAction::SignInFailed, "person/unknown");
            transaction.audit(&[entry]).await?;
            return transaction.commit().await;
        };
        let most = i64::from(lockout.attempts);
        let sql = "UPDATE persons SET locked_until_s = CASE WHEN failed_count + 1 >= ? THEN ? ELSE locked_until_s END, \
             failed_count = CASE WHEN failed_count + 1 >= ? THEN 0 ELSE failed_count + 1 END \
             WHERE number = ? AND locked_until_s <= ? RETURNING locked_until_s";
        let values = vec![
            most.into(),
            (now_s + lockout.lasts_s).into(),
            most.into(),
            number.into(),
            now_s.into(),
        ];
        let row = sql::row(&transaction.inner, sql, values).await?;
        let until_s: Option<i64> = row
            .map(|row| row.try_get_by("locked_until_s"))
            .transpose()?;
        let is_locked = until_s.is_none_or(|until_s| until_s > now_s);
        let after = if is_locked { "locked_for_a_while" } else { "" };
        let entry = AuditEntry::new(AuditAction::SignInFailed, object(number));
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await
    }

    /// Opens a session where the proof holds and the person is not locked; the session that the browser had ends. `None` otherwise.
    pub async fn open_session(
        &self,
        number: i64,
        proof: Proof<'_>,
        new: &NewSession<'_>,
    ) -> Result<Option<Person>> {
        let mut transaction = self.begin().await?;
        transaction.actor.who = person_id(number);
        if !transaction.accept(number, proof, new.now_s).await? {
            return Ok(None);
        }
        // A login that the machine's owner made lets in after failed attempts of others too.
        let not_before_s = match proof {
            Proof::OneTime { .. } => i64::MAX,
            _ => new.now_s,
        };
        let sql = "UPDATE persons SET failed_count = 0, locked_until_s = 0, signed_in_at_s = ? \
             WHERE number = ? AND is_locked = 0 AND locked_until_s <= ? RETURNING *";
        let values = vec![new.now_s.into(), number.into(), not_before_s.into()];
        let Some(row) = sql::row(&transaction.inner, sql, values).await? else {
            return Ok(None);
        };
        let person = read_person(&row)?;
        for table in ["sessions", "logins", "api_tokens"] {
            let sql = format!("DELETE FROM {table} WHERE expires_at_s <= ?");
            sql::run(&transaction.inner, &sql, vec![new.now_s.into()]).await?;
        }
        drop_session(&transaction.inner, new.replaces).await?;
        insert_session(&transaction.inner, number, new).await?;
        let how = match proof {
            Proof::Password => "password",
            Proof::Totp { .. } => "password code",
            Proof::Recovery { .. } => "password recovery_code",
            Proof::OneTime { .. } => "one_time_login",
            Proof::Provider { .. } => "provider",
        };
        let entry = AuditEntry::new(AuditAction::SignedIn, object(number));
        transaction.audit(&[entry.change("", how)]).await?;
        transaction.commit().await?;
        Ok(Some(person))
    }

    /// Who a session belongs to; `None` where it is unknown or expired, or the person is locked.
    pub async fn session(&self, token: &str, now_s: i64) -> Result<Option<Person>> {
        let sql = "SELECT p.* FROM sessions s JOIN persons p ON p.number = s.person \
             WHERE s.token_sha256 = ? AND s.expires_at_s > ? AND p.is_locked = 0";
        let asked = vec![sql::text(&hash(token)), now_s.into()];
        let row = sql::row(self.read(), sql, asked).await?;
        row.as_ref().map(read_person).transpose()
    }

    /// Open sessions of a person, newest first, and which of them is the one with `token`.
    pub async fn sessions_of(
        &self,
        number: i64,
        token: &str,
        now_s: i64,
    ) -> Result<Vec<(Session, bool)>> {
        let sql =
            "SELECT * FROM sessions WHERE person = ? AND expires_at_s > ? ORDER BY number DESC";
        let found = sql::rows(self.read(), sql, vec![number.into(), now_s.into()]).await?;
        let mine = hash(token);
        found
            .iter()
            .map(|row| {
                let session = Session {
                    number: row.try_get_by("number")?,
                    agent: row.try_get_by("agent")?,
                    opened_at_s: row.try_get_by("opened_at_s")?,
                    expires_at_s: row.try_get_by("expires_at_s")?,
                };
                let token: String = row.try_get_by("token_sha256")?;
                Ok((session, token == mine))
            })
            .collect()
    }

    /// Signs out.
    pub async fn close_session(&self, token: &str) -> Result<()> {
        let transaction = self.begin().await?;
        if let Some(number) = drop_session(&transaction.inner, token).await? {
            let entry = AuditEntry::new(AuditAction::SignedOut, object(number));
            transaction.audit(&[entry]).await?;
        }
        transaction.commit().await
    }

    /// Ends one session of a person, or all but the one with the token `but`. How many ended.
    pub async fn end_sessions(&self, number: i64, one: Option<i64>, but: &str) -> Result<u64> {
        let transaction = self.begin().await?;
        let (sql, values) = match one {
            Some(one) => (
                "DELETE FROM sessions WHERE person = ? AND number = ?",
                vec![number.into(), one.into()],
            ),
            None => (
                "DELETE FROM sessions WHERE person = ? AND token_sha256 <> ?",
                vec![number.into(), sql::text(&hash(but))],
            ),
        };
        let count = sql::run(&transaction.inner, sql, values).await?;
        if count > 0 {
            let entry = AuditEntry::new(AuditAction::SessionsEnded, object(number));
            transaction
                .audit(&[entry.change("", count.to_string())])
                .await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// Sets a password and ends every session and link of the person. `opens` is the session that goes on in the browser at hand.
    pub async fn set_password(
        &self,
        number: i64,
        password_hash: &str,
        opens: Option<&NewSession<'_>>,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.person(number).await?;
        transaction.set_password(number, password_hash).await?;
        if let Some(new) = opens {
            insert_session(&transaction.inner, number, new).await?;
        }
        transaction.commit().await
    }

    /// Sets the password of whom the link is for, and uses the link up. `None` where it does not hold.
    pub async fn set_password_by_link(
        &self,
        token: &str,
        password_hash: &str,
        now_s: i64,
    ) -> Result<Option<Person>> {
        let mut transaction = self.begin().await?;
        let taken = transaction
            .take_link(token, LinkKind::SetPassword, now_s)
            .await?;
        let Some(number) = taken else {
            return Ok(None);
        };
        let person = transaction.person(number).await?;
        if person.is_locked {
            return Ok(None);
        }
        transaction.actor.who = person_id(number);
        transaction.set_password(number, password_hash).await?;
        transaction.commit().await?;
        Ok(Some(person))
    }
}

async fn insert_session(
    connection: &impl ConnectionTrait,
    number: i64,
    new: &NewSession<'_>,
) -> Result<()> {
    let columns = [
        "token_sha256",
        "person",
        "agent",
        "opened_at_s",
        "expires_at_s",
    ];
    let row = vec![
        sql::text(&hash(new.token)),
        number.into(),
        sql::text(new.agent),
        new.now_s.into(),
        new.expires_at_s.into(),
    ];
    sql::insert(connection, "sessions", &columns, vec![row], "").await?;
    Ok(())
}

async fn drop_session(connection: &impl ConnectionTrait, token: &str) -> Result<Option<i64>> {
    let sql = "DELETE FROM sessions WHERE token_sha256 = ? RETURNING person";
    let row = sql::row(connection, sql, vec![sql::text(&hash(token))]).await?;
    Ok(row.map(|row| row.try_get_by("person")).transpose()?)
}

/// How tokens and recovery codes are kept.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
