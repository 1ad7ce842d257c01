//! The one helper that all statements go through: it numbers placeholders for PostgreSQL, writes rows in batches and reads bodies.
//!
//! Statements are written with `?`. They keep to what SQLite and PostgreSQL share, so that both run the same text.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::page::Page;
use crate::{Result, StoreError};

/// Rows in one INSERT; with the widest table (18 columns) still below PostgreSQL's 65,535 and SQLite's 32,766 values.
const ROWS_PER_INSERT: usize = 1_500;

/// `sql` for the backend, each `?` numbered where it wants numbers.
fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    if backend != DbBackend::Postgres {
        return Statement::from_sql_and_values(backend, sql, values);
    }
    let mut numbered = String::with_capacity(sql.len() + 32);
    let mut number = 0;
    for character in sql.chars() {
        if character == '?' {
            number += 1;
            numbered.push_str(&format!("${number}"));
        } else {
            numbered.push(character);
        }
    }
    Statement::from_sql_and_values(backend, numbered, values)
}

/// All rows of a query.
pub(crate) async fn rows(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(connection.query_all_raw(statement).await?)
}

/// The first row of a query.
pub(crate) async fn row(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<QueryResult>> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(connection.query_one_raw(statement).await?)
}

/// Runs a statement and tells how many rows it touched.
pub(crate) async fn run(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<u64> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// The single number of a `SELECT COUNT(*)`.
pub(crate) async fn count(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<u64> {
    let found = row(connection, sql, values).await?;
    let number: i64 = match found {
        Some(found) => found.try_get_by_index(0)?,
        None => 0,
    };
    Ok(number.max(0) as u64)
}

/// Inserts rows in batches; `tail` is an `ON CONFLICT` clause or empty. Tells how many rows were written.
pub(crate) async fn insert(
    connection: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    all: Vec<Vec<Value>>,
    tail: &str,
) -> Result<u64> {
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    let head = format!("INSERT INTO {table} ({}) VALUES ", columns.join(","));
    let mut written = 0;
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        let batch: Vec<Vec<Value>> = rest.by_ref().take(ROWS_PER_INSERT).collect();
        let places = vec![one.as_str(); batch.len()].join(",");
        let sql = format!("{head}{places} {tail}");
        written += run(connection, &sql, batch.into_iter().flatten().collect()).await?;
    }
    Ok(written)
}

/// A condition that grows clause by clause.
#[derive(Clone, Default)]
pub(crate) struct Where {
    clauses: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    /// Adds a clause with its values.
    pub(crate) fn and(mut self, clause: &str, values: impl IntoIterator<Item = Value>) -> Where {
        self.clauses.push(clause.to_owned());
        self.values.extend(values);
        self
    }

    /// Adds a clause where there is a value for it.
    pub(crate) fn and_some(self, clause: &str, value: Option<&str>) -> Where {
        match value {
            Some(value) if !value.is_empty() => self.and(clause, [text(value)]),
            _ => self,
        }
    }

    /// Adds a clause where there is a value for it, an empty one included: a narrowing that must never be lost.
    pub(crate) fn and_is(self, clause: &str, value: Option<&str>) -> Where {
        match value {
            Some(value) => self.and(clause, [text(value)]),
            None => self,
        }
    }

    /// Adds a search in `column`, which holds lower-case text; every word must stand there.
    pub(crate) fn and_words(mut self, column: &str, words: Option<&str>) -> Where {
        for word in words.unwrap_or_default().split_whitespace() {
            let pattern = format!("%{}%", escape_like(&word.to_lowercase()));
            self = self.and(&format!("{column} LIKE ? ESCAPE '!'"), [text(&pattern)]);
        }
        self
    }

    /// The `WHERE` text, empty where nothing is asked.
    pub(crate) fn sql(&self) -> String {
        if self.clauses.is_empty() {
            return String::new();
        }
        format!(" WHERE {}", self.clauses.join(" AND "))
    }

    /// Its values.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.values.clone()
    }

    /// Its values and those of `LIMIT ? OFFSET ?`.
    pub(crate) fn values_paged(&self, page: Page) -> Vec<Value> {
        let mut values = self.values.clone();
        values.push(number(page.limit));
        values.push(number(page.offset));
        values
    }
}

/// Text for `LIKE … ESCAPE '!'`.
pub(crate) fn escape_like(word: &str) -> String {
    word.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}

/// A text value. PostgreSQL stores no NUL, so it becomes the replacement character; bodies in JSON escape it by themselves.
pub(crate) fn text(text: &str) -> Value {
    Value::from(text.replace('\0', "\u{fffd}"))
}

/// A text value or NULL.
pub(crate) fn maybe_text(value: Option<&str>) -> Value {
    Value::from(value.map(|value| value.replace('\0', "\u{fffd}")))
}

/// A number value; numbers of the product stay far below 2^63.
pub(crate) fn number(value: u64) -> Value {
    Value::from(i64::try_from(value).unwrap_or(i64::MAX))
}

/// A body as JSON text.
pub(crate) fn body<T: Serialize>(what: &str, value: &T) -> Result<Value> {
    let json = serde_json::to_string(value).map_err(|source| StoreError::Body {
        what: what.to_owned(),
        source,
    })?;
    Ok(Value::from(json))
}

/// A body read back from JSON text.
pub(crate) fn parse<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|source| StoreError::Body {
        what: what.to_owned(),
        source,
    })
}

/// A fieldless enum as the word that its serde name is; columns and bodies so always agree.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Ok(other.to_string()),
        Err(source) => Err(StoreError::Body {
            what: "类别".to_owned(),
            source,
        }),
    }
}

/// A fieldless enum read from its word.
pub(crate) fn from_word<T: DeserializeOwned>(what: &str, word: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|source| StoreError::Body {
        what: what.to_owned(),
        source,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_postgres_only() {
        let sql = "SELECT a FROM t WHERE b = ? AND c LIKE ? ESCAPE '!'";
        let numbered = statement(DbBackend::Postgres, sql, vec![]).sql;
        assert_eq!(
            numbered,
            "SELECT a FROM t WHERE b = $1 AND c LIKE $2 ESCAPE '!'"
        );
        assert_eq!(statement(DbBackend::Sqlite, sql, vec![]).sql, sql);
    }

    #[test]
    fn words_of_a_search_are_escaped() {
        assert_eq!(escape_like("50%_!"), "50!%!_!!");
    }
}
