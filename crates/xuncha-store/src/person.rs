//! 人员: who works with the system, in which role, of which unit, and whether they are locked out.
//!
//! Passwords come in as Argon2id hashes that the pages and the command line make; this crate never sees a password.

use sea_orm::{ConnectionTrait, QueryResult};
use xuncha_core::person::Role;

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 人员. Somebody who may sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Number; [`Person::id`] is how it is written.
    pub number: i64,
    /// What is typed to sign in; never changes.
    pub login: String,
    /// Name as pages and decisions show it.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Unit of an operator.
    pub organization: Option<String>,
    /// Locked by an administrator, until one unlocks.
    pub is_locked: bool,
    /// Locked by failed attempts until then; 0 where not.
    pub locked_until_s: i64,
    /// Whether a password was set.
    pub has_password: bool,
    /// Whether a second factor is asked for.
    pub has_totp: bool,
    /// Last sign-in.
    pub signed_in_at_s: Option<i64>,
    /// Whether bound to a person of a provider of identities.
    pub is_bound: bool,
}

impl Person {
    /// `P3`: how pages, the audit log and the command line name a person.
    pub fn id(&self) -> String {
        person_id(self.number)
    }

    /// Whether nobody can sign in as this person now.
    pub fn is_locked_at(&self, now_s: i64) -> bool {
        self.is_locked || self.locked_until_s > now_s
    }
}

/// The id of a number.
pub fn person_id(number: i64) -> String {
    format!("P{number}")
}

/// The number of an id; `None` where the text is none.
pub fn person_number(id: &str) -> Option<i64> {
    id.strip_prefix('P')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
}

/// 人员信息. What an administrator says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFile {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Unit; of operators only.
    pub organization: Option<String>,
}

impl PersonFile {
    /// Without the name, which the audit log does not hold.
    fn for_audit(&self) -> String {
        match &self.organization {
            Some(unit) => format!("{} {unit}", self.role.word()),
            None => self.role.word().to_owned(),
        }
    }
}

/// 人员筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFilter {
    /// Role.
    pub role: Option<Role>,
    /// Words that login, name or unit contain.
    pub words: Option<String>,
}

impl Transaction {
    /// Adds a person, without a password: whoever adds also makes a link by which the person sets one.
    pub(crate) async fn add_person(&self, login: &str, file: &PersonFile) -> Result<Person> {
        self.refuse_unfit(file).await?;
        let columns = [
            "login",
            "name",
            "role",
            "organization",
            "is_locked",
            "failed_count",
            "locked_until_s",
            "totp_step",
            "search",
        ];
        let row = vec![
            sql::text(login),
            sql::text(&file.name),
            sql::text(&sql::word(&file.role)?),
            sql::maybe_text(file.organization.as_deref()),
            sql::number(0),
            sql::number(0),
            sql::number(0),
            sql::number(0),
            sql::text(&search(login, &file.name)),
        ];
        let tail = "ON CONFLICT DO NOTHING";
        if sql::insert(&self.inner, "persons", &columns, vec![row], tail).await? == 0 {
            return Err(StoreError::Exists {
                noun: "登录名",
                id: login.to_owned(),
            });
        }
        let person = by_login(&self.inner, login).await?;
        person.ok_or_else(|| missing(login))
    }

    async fn refuse_unfit(&self, file: &PersonFile) -> Result<()> {
        if file.role == Role::Public {
            return Err(StoreError::Refused("公众不需要账号"));
        }
        let Some(unit) = &file.organization else {
            return match file.role {
                Role::Operator => Err(StoreError::Refused("单位填报员必须指明所属单位")),
                _ => Ok(()),
            };
        };
        if file.role != Role::Operator {
            return Err(StoreError::Refused("只有单位填报员有所属单位"));
        }
        let sql = "SELECT COUNT(*) FROM organizations WHERE id = ?";
        match sql::count(&self.inner, sql, vec![sql::text(unit)]).await? {
            0 => Err(StoreError::Missing {
                noun: "单位",
                id: unit.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Refuses where nobody else who can sign in could look after people.
    async fn refuse_last_administrator(&self, number: i64) -> Result<()> {
        let sql = "SELECT COUNT(*) FROM persons WHERE role = 'administrator' AND is_locked = 0 AND number <> ? \
             AND (password_hash IS NOT NULL OR subject IS NOT NULL OR NOT EXISTS (SELECT 1 FROM persons own \
             WHERE own.number = ? AND (own.password_hash IS NOT NULL OR own.subject IS NOT NULL)))";
        let values = vec![number.into(), number.into()];
        match sql::count(&self.inner, sql, values).await? {
            0 => Err(StoreError::Refused(
                "这是最后一名管理员，不能锁定，也不能改作其他角色",
            )),
            _ => Ok(()),
        }
    }

    pub(crate) async fn person(&self, number: i64) -> Result<Person> {
        let found = by_number(&self.inner, number).await?;
        found.ok_or_else(|| missing(&person_id(number)))
    }
}

impl Store {
    /// Adds a person, without a password. The login is in the form of [`xuncha_core::person::login_of`].
    pub async fn add_person(&self, login: &str, file: &PersonFile) -> Result<Person> {
        let transaction = self.begin().await?;
        let person = transaction.add_person(login, file).await?;
        let entry = AuditEntry::new(AuditAction::PersonAdded, object(person.number));
        let entry = entry.change("", file.for_audit());
        transaction.audit(&[entry]).await?;
        transaction.commit().await?;
        Ok(person)
    }

    /// A person by number.
    pub async fn person(&self, number: i64) -> Result<Person> {
        let found = by_number(self.read(), number).await?;
        found.ok_or_else(|| missing(&person_id(number)))
    }

    /// A person by login.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<Person>> {
        by_login(self.read(), login).await
    }

    /// The person bound to a number at a provider of identities.
    pub async fn person_by_subject(&self, subject: &str) -> Result<Option<Person>> {
        let sql = "SELECT * FROM persons WHERE subject = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(subject)]).await?;
        row.as_ref().map(read_person).transpose()
    }

    /// Lets the next sign-in through a provider of identities bind a person anew.
    pub async fn unbind_person(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "UPDATE persons SET subject = NULL WHERE number = ? AND subject IS NOT NULL";
        if sql::run(&transaction.inner, sql, vec![number.into()]).await? == 0 {
            return Ok(());
        }
        let entry = AuditEntry::new(AuditAction::PersonChanged, object(number));
        transaction
            .audit(&[entry.change("bound", "not_bound")])
            .await?;
        transaction.commit().await
    }

    /// People, by login.
    pub async fn persons(&self, filter: &PersonFilter, page: Page) -> Result<Listing<Person>> {
        let role = filter.role.map(|role| sql::word(&role)).transpose()?;
        let from = "FROM persons p LEFT JOIN organizations o ON o.id = p.organization";
        let condition = Where::default()
            .and_some("p.role = ?", role.as_deref())
            .and_words(
                "p.search || ' ' || COALESCE(o.search, '')",
                filter.words.as_deref(),
            );
        let sql = format!(
            "SELECT p.* {from}{} ORDER BY p.login LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) {from}{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_person).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Whether any administrator could sign in by a password: before that, the command line opens the door.
    pub async fn has_administrator(&self) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM persons WHERE role = 'administrator' AND is_locked = 0 AND password_hash IS NOT NULL";
        Ok(sql::count(self.read(), sql, vec![]).await? > 0)
    }

    /// Changes name, role and unit.
    pub async fn change_person(&self, number: i64, file: &PersonFile) -> Result<()> {
        let transaction = self.begin().await?;
        let before = transaction.person(number).await?;
        transaction.refuse_unfit(file).await?;
        if before.role == Role::Administrator && file.role != Role::Administrator {
            transaction.refuse_last_administrator(number).await?;
        }
        let old = PersonFile {
            name: before.name.clone(),
            role: before.role,
            organization: before.organization.clone(),
        };
        if &old == file {
            return Ok(());
        }
        let sql =
            "UPDATE persons SET name = ?, role = ?, organization = ?, search = ? WHERE number = ?";
        let values = vec![
            sql::text(&file.name),
            sql::text(&sql::word(&file.role)?),
            sql::maybe_text(file.organization.as_deref()),
            sql::text(&search(&before.login, &file.name)),
            number.into(),
        ];
        sql::run(&transaction.inner, sql, values).await?;
        let renamed = match old.name == file.name {
            true => "",
            false => " renamed",
        };
        let entry = AuditEntry::new(AuditAction::PersonChanged, object(number));
        let after = format!("{}{renamed}", file.for_audit());
        transaction
            .audit(&[entry.change(old.for_audit(), after)])
            .await?;
        transaction.commit().await
    }

    /// Locks somebody out: sessions and links end at once.
    pub async fn lock_person(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let person = transaction.person(number).await?;
        if person.is_locked {
            return Ok(());
        }
        if person.role == Role::Administrator {
            transaction.refuse_last_administrator(number).await?;
        }
        let sql = "UPDATE persons SET is_locked = 1 WHERE number = ?";
        sql::run(&transaction.inner, sql, vec![number.into()]).await?;
        transaction.end_all(number).await?;
        let entry = AuditEntry::new(AuditAction::PersonLocked, object(number));
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Lets somebody in again, after an administrator's lock as after failed attempts.
    pub async fn unlock_person(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let person = transaction.person(number).await?;
        let sql = "UPDATE persons SET is_locked = 0, locked_until_s = 0, failed_count = 0 WHERE number = ?";
        sql::run(&transaction.inner, sql, vec![number.into()]).await?;
        let before = match (person.is_locked, person.locked_until_s) {
            (true, _) => "locked",
            (false, 0) => "not_locked",
            (false, _) => "locked_for_a_while",
        };
        let entry = AuditEntry::new(AuditAction::PersonUnlocked, object(number));
        transaction.audit(&[entry.change(before, "")]).await?;
        transaction.commit().await
    }
}

/// How the audit log names a person that something was done to.
pub(crate) fn object(number: i64) -> String {
    format!("person/{}", person_id(number))
}

fn search(login: &str, name: &str) -> String {
    format!("{login} {name}").to_lowercase()
}

pub(crate) async fn by_number(
    connection: &impl ConnectionTrait,
    number: i64,
) -> Result<Option<Person>> {
    let sql = "SELECT * FROM persons WHERE number = ?";
    let row = sql::row(connection, sql, vec![number.into()]).await?;
    row.as_ref().map(read_person).transpose()
}

pub(crate) async fn by_login(
    connection: &impl ConnectionTrait,
    login: &str,
) -> Result<Option<Person>> {
    let sql = "SELECT * FROM persons WHERE login = ?";
    let row = sql::row(connection, sql, vec![sql::text(login)]).await?;
    row.as_ref().map(read_person).transpose()
}

pub(crate) fn read_person(row: &QueryResult) -> Result<Person> {
    let is_locked: i64 = row.try_get_by("is_locked")?;
    let has_text = |column: &str| -> Result<bool> {
        Ok(row.try_get_by::<Option<String>, _>(column)?.is_some())
    };
    Ok(Person {
        number: row.try_get_by("number")?,
        login: row.try_get_by("login")?,
        name: row.try_get_by("name")?,
        role: sql::from_word("角色", row.try_get_by("role")?)?,
        organization: row.try_get_by("organization")?,
        is_locked: is_locked != 0,
        locked_until_s: row.try_get_by("locked_until_s")?,
        has_password: has_text("password_hash")?,
        has_totp: has_text("totp_secret")?,
        signed_in_at_s: row.try_get_by("signed_in_at_s")?,
        is_bound: has_text("subject")?,
    })
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing {
        noun: "人员",
        id: id.to_owned(),
    }
}
