//! Opening the database, and the transactions that every write goes through.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::audit::Actor;
use crate::migration::Migrator;
use crate::{Result, StoreError};

/// 数据库位置. The data folder (SQLite inside it) or the address of a PostgreSQL database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `FOLDER/xuncha.db`, made where it is missing.
    Folder(PathBuf),
    /// `postgres://…`.
    Postgres(String),
}

impl From<&Path> for Location {
    fn from(folder: &Path) -> Location {
        Location::Folder(folder.to_owned())
    }
}

/// 存储. The open database; cheap to clone, safe to share.
#[derive(Clone, Debug)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
    actor: Actor,
}

/// 事务. Writes that take effect together, at [`Transaction::commit`]; dropped without it they never happened.
pub struct Transaction {
    pub(crate) inner: DatabaseTransaction,
    pub(crate) actor: Actor,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub async fn open(location: &Location) -> Result<Store> {
        let store = match location {
            Location::Folder(folder) => open_sqlite(folder).await?,
            Location::Postgres(url) => open_postgres(url).await?,
        };
        Migrator::up(&store.write, None).await?;
        Ok(store)
    }

    /// The same store in the hands of somebody: what is written through it stands under that name in the audit log.
    pub fn acting_as(&self, actor: Actor) -> Store {
        Store {
            actor,
            ..self.clone()
        }
    }

    /// Begins a transaction. On SQLite it takes the write lock at once: a transaction that reads first and writes later would
    /// fail as soon as another writer came between.
    pub async fn begin(&self) -> Result<Transaction> {
        let is_sqlite = self.write.get_database_backend() == DbBackend::Sqlite;
        let options = TransactionOptions {
            sqlite_transaction_mode: is_sqlite.then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.write.begin_with_options(options).await?;
        Ok(Transaction {
            inner,
            actor: self.actor.clone(),
        })
    }

    /// Closes all connections; SQLite then folds its log into the file.
    pub async fn close(self) -> Result<()> {
        self.read.close().await?;
        self.write.close().await?;
        Ok(())
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.read
    }
}

impl Transaction {
    /// Makes the writes stand.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

async fn open_sqlite(folder: &Path) -> Result<Store> {
    std::fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
    let path = folder.join("xuncha.db");
    let write = Database::connect(sqlite_options(&path, 1)).await?;
    let read = Database::connect(sqlite_options(&path, 4)).await?;
    Ok(Store {
        read,
        write,
        actor: Actor::default(),
    })
}

fn sqlite_options(path: &Path, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new("sqlite::memory:");
    let path = path.to_owned();
    let is_reader = connections > 1;
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| {
            // The file name is set here and not in an address, so that folders with spaces or signs work.
            let options = sea_orm::sqlx::sqlite::SqliteConnectOptions::new()
                .filename(&path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(30));
            if is_reader {
                options.pragma("query_only", "ON")
            } else {
                options
            }
        });
    options
}

async fn open_postgres(url: &str) -> Result<Store> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(8).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    Ok(Store {
        read: connection.clone(),
        write: connection,
        actor: Actor::default(),
    })
}
