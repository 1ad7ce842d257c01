//! 迁移核对: what comparisons of an old site with its successor found, kept with a round, and what people say of it.
//!
//! (The module `migration` is about tables of the database.) A comparison takes no part in scores, so that it may be kept with a
//! closed round too: it is evidence about a move, not about the quarter.

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use xuncha_core::migration::{Loss, LossKind, Migration, SideSummary, Unclear};

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError};

/// The kind of items that could not be determined.
const UNCLEAR: &str = "unclear";

/// 核对意见. What a person says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// 属实: it was lost and has to be put right.
    Confirmed,
    /// 有意调整: it was meant.
    Meant,
    /// 误报: it was not lost.
    Wrong,
    /// 已补正: it has been put right since.
    Mended,
}

impl Opinion {
    /// Every opinion, as forms list them.
    pub const ALL: [Opinion; 4] = [
        Opinion::Confirmed,
        Opinion::Meant,
        Opinion::Wrong,
        Opinion::Mended,
    ];

    /// Its word.
    pub fn word(self) -> String {
        sql::word(&self).unwrap_or_default()
    }

    /// The opinion of a word.
    pub fn of_word(word: &str) -> Option<Opinion> {
        Opinion::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// 核对概况. A comparison without its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteMigration {
    /// Number.
    pub number: i64,
    /// When the successor was read.
    pub at: DateTime,
    /// The old site.
    pub old: SideSummary,
    /// Its successor.
    pub new: SideSummary,
    /// Articles that stand on the successor.
    pub carried: u64,
    /// Of these, those with nothing wrong.
    pub carried_whole: u64,
    /// Losses.
    pub loss_count: u64,
    /// What is only listed.
    pub notice_count: u64,
    /// What could not be determined.
    pub unclear_count: u64,
}

/// 核对事项. A loss or a doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Item {
    /// A loss, or what is only listed.
    Loss(Loss),
    /// What could not be determined.
    Unclear(Unclear),
}

/// 核对行. An item with what a person said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Its number within the comparison.
    pub number: u64,
    /// What was found.
    pub item: Item,
    /// What a person said, by whom and with which note.
    pub opinion: Option<(Opinion, String, String)>,
}

/// 事项类别. Which items are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A kind of loss.
    Loss(LossKind),
    /// What could not be determined.
    Unclear,
}

impl ItemKind {
    /// Its word, as addresses hold it.
    pub fn word(self) -> Result<String> {
        match self {
            ItemKind::Loss(kind) => sql::word(&kind),
            ItemKind::Unclear => Ok(UNCLEAR.to_owned()),
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<ItemKind> {
        if word == UNCLEAR {
            return Some(ItemKind::Unclear);
        }
        sql::from_word("损失种类", word.to_owned())
            .ok()
            .map(ItemKind::Loss)
    }
}

/// 事项筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Of which kind.
    pub kind: Option<ItemKind>,
    /// Only those that nobody said anything of.
    pub is_open: bool,
    /// Words that title, addresses or description contain.
    pub words: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Summary {
    old: SideSummary,
    new: SideSummary,
    carried: u64,
    carried_whole: u64,
}

impl Store {
    /// Keeps a comparison with a round; returns its number.
    pub async fn put_site_migration(&self, round: &str, migration: &Migration) -> Result<i64> {
        self.round(round).await?;
        let is_notice = |loss: &&Loss| loss.kind.is_notice();
        let notices = migration.losses.iter().filter(is_notice).count() as u64;
        let losses = migration.losses.len() as u64 - notices;
        let summary = Summary {
            old: migration.old.clone(),
            new: migration.new.clone(),
            carried: migration.carried,
            carried_whole: migration.carried_whole,
        };
        let transaction = self.begin().await?;
        let put = "INSERT INTO site_migrations (round, old_home, new_home, at, loss_count, notice_count, unclear_count, summary) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number";
        let values = vec![
            sql::text(round),
            sql::text(&migration.old.home),
            sql::text(&migration.new.home),
            sql::text(&sql::word(&migration.new.as_of)?),
            sql::number(losses),
            sql::number(notices),
            sql::number(migration.unclear.len() as u64),
            sql::body("迁移核对", &summary)?,
        ];
        let row = sql::row(&transaction.inner, put, values).await?;
        let number: i64 = row.ok_or_else(|| missing(0))?.try_get_by("number")?;
        let columns = [
            "migration",
            "number",
            "kind",
            "search",
            "body",
            "opinion",
            "note",
            "person",
        ];
        let items = item_rows(number, migration)?;
        sql::insert(
            &transaction.inner,
            "site_migration_items",
            &columns,
            items,
            "",
        )
        .await?;
        let object = format!("round/{round}/migration/{number}");
        let entry = AuditEntry::new(AuditAction::EvidenceAdded, object);
        transaction
            .audit(&[entry.change("", format!("migration: {losses} losses"))])
            .await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// The comparisons kept with a round, newest first.
    pub async fn site_migrations(&self, round: &str, page: Page) -> Result<Listing<SiteMigration>> {
        let asked = Where::default().and("round = ?", [sql::text(round)]);
        let count = format!("SELECT COUNT(*) FROM site_migrations{}", asked.sql());
        let total = sql::count(self.read(), &count, asked.values()).await?;
        let list = format!(
            "SELECT {SEEN} FROM site_migrations{} ORDER BY number DESC LIMIT ? OFFSET ?",
            asked.sql()
        );
        let found = sql::rows(self.read(), &list, asked.values_paged(page)).await?;
        let rows: Result<Vec<SiteMigration>> = found.iter().map(read).collect();
        Ok(Listing { rows: rows?, total })
    }

    /// One comparison of a round.
    pub async fn site_migration(&self, round: &str, number: i64) -> Result<SiteMigration> {
        let one = format!("SELECT {SEEN} FROM site_migrations WHERE round = ? AND number = ?");
        let values = vec![sql::text(round), sea_orm::Value::from(number)];
        let row = sql::row(self.read(), &one, values).await?;
        read(&row.ok_or_else(|| missing(number))?)
    }

    /// How many items of each kind a comparison has, and of how many nobody said anything.
    pub async fn site_migration_kinds(&self, number: i64) -> Result<Vec<(ItemKind, u64, u64)>> {
        let sql = "SELECT kind, COUNT(*), SUM(CASE WHEN opinion = '' THEN 1 ELSE 0 END) \
             FROM site_migration_items WHERE migration = ? GROUP BY kind ORDER BY kind";
        let found = sql::rows(self.read(), sql, vec![sea_orm::Value::from(number)]).await?;
        let mut kinds = Vec::with_capacity(found.len());
        for row in found {
            let word: String = row.try_get_by_index(0)?;
            let (all, open): (i64, i64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            if let Some(kind) = ItemKind::of_word(&word) {
                kinds.push((kind, all.max(0) as u64, open.max(0) as u64));
            }
        }
        Ok(kinds)
    }

    /// Items of a comparison in its own order.
    pub async fn site_migration_items(
        &self,
        number: i64,
        filter: &ItemFilter,
        page: Page,
    ) -> Result<Listing<ItemRow>> {
        let kind = filter.kind.map(ItemKind::word).transpose()?;
        let mut asked = Where::default()
            .and("migration = ?", [sea_orm::Value::from(number)])
            .and_some("kind = ?", kind.as_deref())
            .and_words("search", filter.words.as_deref());
        if filter.is_open {
            asked = asked.and("opinion = ''", []);
        }
        let count = format!("SELECT COUNT(*) FROM site_migration_items{}", asked.sql());
        let total = sql::count(self.read(), &count, asked.values()).await?;
        let list = format!(
            "SELECT number, body, opinion, note, person FROM site_migration_items{} ORDER BY number LIMIT ? OFFSET ?",
            asked.sql()
        );
        let found = sql::rows(self.read(), &list, asked.values_paged(page)).await?;
        let rows: Result<Vec<ItemRow>> = found.iter().map(read_item).collect();
        Ok(Listing { rows: rows?, total })
    }

    /// Writes down what a person says of an item; `None` takes it back.
    pub async fn put_migration_opinion(
        &self,
        (round, number): (&str, i64),
        item: u64,
        opinion: Option<(Opinion, &str)>,
    ) -> Result<()> {
        self.site_migration(round, number).await?;
        let transaction = self.begin().await?;
        let key = [sea_orm::Value::from(number), sql::number(item)];
        let held = "SELECT opinion FROM site_migration_items WHERE migration = ? AND number = ?";
        let row = sql::row(&transaction.inner, held, key.to_vec()).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "迁移核对事项",
            id: item.to_string(),
        })?;
        let before: String = row.try_get_by("opinion")?;
        let (word, note) = opinion.map_or((String::new(), ""), |(one, note)| (one.word(), note));
        let person = if word.is_empty() {
            ""
        } else {
            transaction.actor.who.as_str()
        };
        let write = "UPDATE site_migration_items SET opinion = ?, note = ?, person = ? WHERE migration = ? AND number = ?";
        let mut values = vec![sql::text(&word), sql::text(note), sql::text(person)];
        values.extend(key);
        sql::run(&transaction.inner, write, values).await?;
        let object = format!("round/{round}/migration/{number}/{item}");
        let entry = AuditEntry::new(AuditAction::Decided, object).change(before, word);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }
}

const SEEN: &str = "number, at, loss_count, notice_count, unclear_count, summary";

fn missing(number: i64) -> StoreError {
    StoreError::Missing {
        noun: "迁移核对",
        id: number.to_string(),
    }
}

fn item_rows(number: i64, migration: &Migration) -> Result<Vec<Vec<sea_orm::Value>>> {
    let losses = migration.losses.iter().map(|loss| {
        let searched = [
            loss.title.as_str(),
            loss.old_url.as_deref().unwrap_or_default(),
            loss.new_url.as_deref().unwrap_or_default(),
            loss.detail.as_str(),
        ];
        (
            ItemKind::Loss(loss.kind),
            searched.join("\n"),
            Item::Loss(loss.clone()),
        )
    });
    let doubts = migration.unclear.iter().map(|doubt| {
        let searched = [&doubt.about, &doubt.title, &doubt.url, &doubt.why].map(String::as_str);
        (
            ItemKind::Unclear,
            searched.join("\n"),
            Item::Unclear(doubt.clone()),
        )
    });
    let all = (1..).zip(losses.chain(doubts));
    let rows = all.map(|(order, (kind, searched, item))| {
        Ok(vec![
            sea_orm::Value::from(number),
            sql::number(order),
            sql::text(&kind.word()?),
            sql::text(&searched.to_lowercase()),
            sql::body("迁移核对事项", &item)?,
            sql::text(""),
            sql::text(""),
            sql::text(""),
        ])
    });
    rows.collect()
}

fn read(row: &QueryResult) -> Result<SiteMigration> {
    let summary: String = row.try_get_by("summary")?;
    let summary: Summary = sql::parse("迁移核对", &summary)?;
    let count = |name: &str| -> Result<u64> {
        let number: i64 = row.try_get_by(name)?;
        Ok(number.max(0) as u64)
    };
    Ok(SiteMigration {
        number: row.try_get_by("number")?,
        at: sql::from_word("核对时间", row.try_get_by("at")?)?,
        old: summary.old,
        new: summary.new,
        carried: summary.carried,
        carried_whole: summary.carried_whole,
        loss_count: count("loss_count")?,
        notice_count: count("notice_count")?,
        unclear_count: count("unclear_count")?,
    })
}

fn read_item(row: &QueryResult) -> Result<ItemRow> {
    let number: i64 = row.try_get_by("number")?;
    let body: String = row.try_get_by("body")?;
    let word: String = row.try_get_by("opinion")?;
    let opinion = match Opinion::of_word(&word) {
        Some(opinion) => Some((opinion, row.try_get_by("note")?, row.try_get_by("person")?)),
        None => None,
    };
    Ok(ItemRow {
        number: number.max(0) as u64,
        item: sql::parse("迁移核对事项", &body)?,
        opinion,
    })
}
