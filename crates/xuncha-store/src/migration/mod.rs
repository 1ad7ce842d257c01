//! Migrations: numbered SQL files, run once each, in order, on either database.
//!
//! The files are written for SQLite. For PostgreSQL three words are translated: `TEXT` gets the byte-order collation that SQLite
//! has by itself (so lists have the same order on both), and the self-counting key its PostgreSQL spelling.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};
use xuncha_core::round::Subject;

use crate::sql;

/// All migrations, oldest first. A published one is never edited; changes come as a new file.
const FILES: [(&str, &str); 20] = [
    ("m0001_first", include_str!("m0001_first.sql")),
    (
        "m0002_round_changes",
        include_str!("m0002_round_changes.sql"),
    ),
    ("m0003_people", include_str!("m0003_people.sql")),
    ("m0004_attachments", include_str!("m0004_attachments.sql")),
    ("m0005_round_work", include_str!("m0005_round_work.sql")),
    ("m0006_rectify", include_str!("m0006_rectify.sql")),
    ("m0007_enquiries", include_str!("m0007_enquiries.sql")),
    (
        "m0009_site_migrations",
        include_str!("m0009_site_migrations.sql"),
    ),
    ("m0010_api_tokens", include_str!("m0010_api_tokens.sql")),
    (
        "m0011_registry_request",
        include_str!("m0011_registry_request.sql"),
    ),
    ("m0012_publicity", include_str!("m0012_publicity.sql")),
    (
        "m0013_lexicon_versions",
        include_str!("m0013_lexicon_versions.sql"),
    ),
    (
        "m0014_notice_templates",
        include_str!("m0014_notice_templates.sql"),
    ),
    (
        "m0015_registry_terms",
        include_str!("m0015_registry_terms.sql"),
    ),
    ("m0016_large_rounds", include_str!("m0016_large_rounds.sql")),
    (
        "m0017_carried_corrections",
        include_str!("m0017_carried_corrections.sql"),
    ),
    (
        "m0018_outside_ranked",
        include_str!("m0018_outside_ranked.sql"),
    ),
    (
        "m0021_notice_outcome",
        include_str!("m0021_notice_outcome.sql"),
    ),
    (
        "m0024_notice_extras",
        include_str!("m0024_notice_extras.sql"),
    ),
    (
        "m0025_annual_answers",
        include_str!("m0025_annual_answers.sql"),
    ),
];

pub(crate) struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        FILES
            .iter()
            .map(|(name, sql)| Box::new(FileMigration { name, sql }) as Box<dyn MigrationTrait>)
            .collect()
    }
}

struct FileMigration {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for FileMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for FileMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        for statement in self.sql.split(';') {
            let statement = statement.trim();
            if !statement.is_empty() {
                connection
                    .execute_unprepared(&for_backend(backend, statement))
                    .await?;
            }
        }
        if self.name == "m0003_people" {
            fill_organizations(connection).await?;
        }
        if self.name == "m0005_round_work" {
            let filled = crate::groups::fill(connection).await;
            filled.map_err(|error| DbErr::Migration(error.to_string()))?;
        }
        Ok(())
    }
}

/// Rounds of before name the unit of a subject in its body only.
async fn fill_organizations(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let failed = |error: crate::StoreError| DbErr::Migration(error.to_string());
    let asked = "SELECT round, target, body FROM subjects";
    let found = sql::rows(connection, asked, vec![]).await.map_err(failed)?;
    for row in &found {
        let round: String = row.try_get_by("round")?;
        let target: String = row.try_get_by("target")?;
        let body: String = row.try_get_by("body")?;
        let subject: Subject = sql::parse("受检对象", &body).map_err(failed)?;
        let keep = "UPDATE subjects SET organization = ? WHERE round = ? AND target = ?";
        let values = [subject.target.organization(), &round, &target].map(sql::text);
        sql::run(connection, keep, values.into())
            .await
            .map_err(failed)?;
    }
    Ok(())
}

fn for_backend(backend: DbBackend, statement: &str) -> String {
    if backend != DbBackend::Postgres {
        return statement.to_owned();
    }
    statement
        .replace(
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        )
        .replace(" TEXT", " TEXT COLLATE \"C\"")
}
