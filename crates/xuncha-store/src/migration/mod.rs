//! Migrations: numbered SQL files, run once each, in order, on either database.
//!
//! The files are written for SQLite. For PostgreSQL three words are translated: `TEXT` gets the byte-order collation that SQLite
//! has by itself (so lists have the same order on both), and the self-counting key its PostgreSQL spelling.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

/// All migrations, oldest first. A published one is never edited; changes come as a new file.
const FILES: [(&str, &str); 2] = [
    ("m0001_first", include_str!("m0001_first.sql")),
    (
        "m0002_round_changes",
        include_str!("m0002_round_changes.sql"),
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
        Ok(())
    }
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
