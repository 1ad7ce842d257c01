//! 数据目录. What stands where: database, evidence, documents, fonts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xuncha_store::evidence::EvidenceFolder;
use xuncha_store::round::RoundRow;
use xuncha_store::{Actor, Location, Store, StoreError};

use crate::commands;
use crate::network::Usage;

/// The database inside of a data folder.
const DATABASE: &str = "xuncha.db";

/// 数据目录. The opened folder.
#[derive(Clone)]
pub struct Data {
    /// The folder itself.
    pub folder: PathBuf,
    /// Database.
    pub store: Store,
    /// Evidence files.
    pub evidence: EvidenceFolder,
    /// URL of a database that is not in the folder.
    pub database: Option<String>,
}

impl Data {
    /// Opens the folder, making it where it is missing; the database is inside it unless a URL names another.
    pub async fn open(folder: &Path, database: Option<&str>) -> Result<Data> {
        std::fs::create_dir_all(folder).with_context(|| {
            format!(
                "无法建立数据目录 {}；用 --data 指定可写的目录",
                folder.display()
            )
        })?;
        let location = match database {
            Some(url) => Location::Postgres(url.to_owned()),
            None => Location::from(folder),
        };
        let store = Store::open(&location).await.context("无法打开数据库")?;
        // What the command line does stands in the audit log under the user of the machine.
        let who = format!("cli:{}", commands::person());
        let store = store.acting_as(Actor::new(who, commands::now));
        let evidence =
            EvidenceFolder::open(&folder.join("evidence")).context("无法打开证据目录")?;
        Ok(Data {
            folder: folder.to_path_buf(),
            store,
            evidence,
            database: database.map(str::to_owned),
        })
    }

    /// The same folder once more, with connections of its own.
    pub async fn open_again(&self) -> Result<Data> {
        Data::open(&self.folder, self.database.as_deref()).await
    }

    /// Refuses a folder without a database, naming the round that was asked for.
    pub fn must_exist(folder: &Path, database: Option<&str>, round: Option<&str>) -> Result<()> {
        let file = folder.join(DATABASE);
        if database.is_some() || file.is_file() {
            return Ok(());
        }
        Err(anyhow::Error::new(Usage(format!(
            "{} 里没有数据库，也就没有检查轮次{}；用 --data 指定数据目录",
            folder.display(),
            round.map(|round| format!(" {round}")).unwrap_or_default()
        ))))
    }

    /// Folder of a round's documents.
    pub fn documents(&self, round: &str) -> PathBuf {
        self.folder.join("documents").join(round)
    }

    /// The named round, or the latest; refused where it is closed. For all work that changes what a round came to.
    pub async fn open_round(&self, id: Option<&str>) -> Result<RoundRow> {
        let row = self.round(id).await?;
        if row.state.is_closed() {
            return Err(StoreError::Closed {
                round: row.round.id,
                reason: row.close_reason,
            }
            .into());
        }
        Ok(row)
    }

    /// The named round, or the latest.
    pub async fn round(&self, id: Option<&str>) -> Result<RoundRow> {
        if let Some(id) = id {
            return Ok(self.store.round(id).await?);
        }
        let latest = self
            .store
            .rounds(xuncha_store::Page::numbered(1, 1))
            .await?;
        latest
            .rows
            .into_iter()
            .next()
            .context("还没有检查轮次；先用 xuncha round new 新建")
    }
}
