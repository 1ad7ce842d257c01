//! 名录: the stored registry, its lists, and the history of every change.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use xuncha_core::registry::{
    Account, Organization, Region, Registry, Site, State, Target, TargetClass, TargetId,
};

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 名录类别. Which kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryNoun {
    /// 地区.
    Region,
    /// 单位.
    Organization,
    /// 网站.
    Site,
    /// 新媒体.
    Account,
}

impl EntryNoun {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            EntryNoun::Region => "地区",
            EntryNoun::Organization => "单位",
            EntryNoun::Site => "网站",
            EntryNoun::Account => "新媒体",
        }
    }
}

/// 变更种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 新增.
    Added,
    /// 修改.
    Changed,
    /// 删除.
    Removed,
}

impl ChangeKind {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            ChangeKind::Added => "新增",
            ChangeKind::Changed => "修改",
            ChangeKind::Removed => "删除",
        }
    }
}

/// 名录变更. One entry before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryChange {
    /// Kind of entry.
    pub noun: EntryNoun,
    /// Its number.
    pub entry: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The entry before, as JSON.
    pub before: Option<serde_json::Value>,
    /// The entry after, as JSON.
    pub after: Option<serde_json::Value>,
}

/// 变更记录. A change with who made it, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    /// Its number; later changes have higher ones.
    pub number: i64,
    /// The change.
    pub change: RegistryChange,
    /// Who, when, why.
    pub note: ChangeNote,
}

/// 变更说明. Who changed the registry, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeNote {
    /// Civil time.
    pub at: DateTime,
    /// Person or import file.
    pub by: String,
    /// Reason.
    pub reason: String,
}

/// 名录筛选. What a list of sites and accounts asks for; empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFilter {
    /// Portals, departments or accounts.
    pub class: Option<TargetClass>,
    /// Division code.
    pub region: Option<String>,
    /// Words that number, name, address or host unit contain.
    pub words: Option<String>,
    /// Only entries of this unit.
    pub organization: Option<String>,
    /// Filed state.
    pub state: Option<State>,
}

/// What changes lead from one registry to the other, in the order of kind and number. For the preview of an import.
pub fn registry_changes(before: &Registry, after: &Registry) -> Result<Vec<RegistryChange>> {
    let mut changes = Vec::new();
    let (old, new) = (before, after);
    compare(EntryNoun::Region, &old.regions, &new.regions, &mut changes)?;
    compare(
        EntryNoun::Organization,
        &old.organizations,
        &new.organizations,
        &mut changes,
    )?;
    compare(EntryNoun::Site, &old.sites, &new.sites, &mut changes)?;
    compare(
        EntryNoun::Account,
        &old.accounts,
        &new.accounts,
        &mut changes,
    )?;
    Ok(changes)
}

fn compare<K: Ord + ToString, V: PartialEq + Serialize>(
    noun: EntryNoun,
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    changes: &mut Vec<RegistryChange>,
) -> Result<()> {
    for (key, old) in before {
        let kind = match after.get(key) {
            Some(new) if new == old => continue,
            Some(_) => ChangeKind::Changed,
            None => ChangeKind::Removed,
        };
        changes.push(RegistryChange {
            noun,
            entry: key.to_string(),
            kind,
            before: Some(json(old)?),
            after: after.get(key).map(json).transpose()?,
        });
    }
    for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(key)) {
        changes.push(RegistryChange {
            noun,
            entry: key.to_string(),
            kind: ChangeKind::Added,
            before: None,
            after: Some(json(new)?),
        });
    }
    Ok(())
}

pub(crate) fn json<V: Serialize>(value: &V) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|source| crate::StoreError::Body {
        what: "名录条目".to_owned(),
        source,
    })
}

impl Store {
    /// The whole registry.
    pub async fn registry(&self) -> Result<Registry> {
        load(self.read()).await
    }

    /// Regions and organizations alone, for lists that show names; sites and accounts are left empty.
    pub async fn unit_and_region_names(&self) -> Result<Registry> {
        let regions: Vec<Region> = bodies(self.read(), "regions", "code").await?;
        let units: Vec<Organization> = bodies(self.read(), "organizations", "id").await?;
        Ok(Registry {
            regions: regions
                .into_iter()
                .map(|one| (one.code.clone(), one))
                .collect(),
            organizations: units.into_iter().map(|one| (one.id.clone(), one)).collect(),
            ..Registry::default()
        })
    }

    /// A unit and the one above it alone, for the page of one target.
    pub async fn unit_and_above(&self, id: &str) -> Result<Registry> {
        let sql = "SELECT body FROM organizations WHERE id = ? OR id = (SELECT parent FROM organizations WHERE id = ?)";
        let values = vec![sql::text(id), sql::text(id)];
        let mut names = Registry::default();
        for row in sql::rows(self.read(), sql, values).await? {
            let unit: Organization = sql::parse("单位", &row.try_get_by_index::<String>(0)?)?;
            names.organizations.insert(unit.id.clone(), unit);
        }
        Ok(names)
    }

    /// The unit of a registered site or account; `None` where there is none of that number.
    pub async fn unit_of_registered(&self, target: &TargetId) -> Result<Option<String>> {
        let sql = "SELECT organization FROM sites WHERE id = ? UNION ALL SELECT organization FROM accounts WHERE id = ?";
        let id = sql::text(&target.0);
        let row = sql::row(self.read(), sql, vec![id.clone(), id]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// The name of a unit; `None` where there is none of this number.
    pub async fn unit_name(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT name FROM organizations WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Numbers and names of units that contain every word; those that are exactly what was asked come first.
    pub async fn find_units(&self, words: &str, most: u64) -> Result<Vec<(String, String)>> {
        let condition = Where::default().and_words("search", Some(words));
        let sql = format!(
            "SELECT id, name FROM organizations{} ORDER BY CASE WHEN id = ? OR name = ? THEN 0 ELSE 1 END, id LIMIT ?",
            condition.sql()
        );
        let mut values = condition.values();
        values.extend([sql::text(words), sql::text(words), sql::number(most)]);
        let found = sql::rows(self.read(), &sql, values).await?;
        found
            .iter()
            .map(|row| Ok((row.try_get_by("id")?, row.try_get_by("name")?)))
            .collect()
    }

    /// Replaces the registry and records every change; all of it or nothing. Answers with the changes.
    pub async fn put_registry(
        &self,
        registry: &Registry,
        note: &ChangeNote,
    ) -> Result<Vec<RegistryChange>> {
        let transaction = self.begin().await?;
        let changes = transaction.replace_registry(registry, note, None).await?;
        transaction.commit().await?;
        Ok(changes)
    }

    /// Recorded changes, newest first, of one entry or of all.
    pub async fn changes(
        &self,
        entry: Option<&str>,
        page: Page,
    ) -> Result<Listing<RecordedChange>> {
        let condition = Where::default().and_some("entry = ?", entry);
        let sql = format!(
            "SELECT number, noun, entry, kind, body_before, body_after, at, person, reason FROM registry_changes{} \
             ORDER BY number DESC LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM registry_changes{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_change).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Sites and accounts of the registry, in the order of class and number.
    pub async fn registry_targets(
        &self,
        filter: &TargetFilter,
        page: Page,
    ) -> Result<Listing<Target>> {
        // Sites and accounts come from two tables under one order: sites first, each by number.
        let union = "SELECT 0 AS part, id, kind AS class, region, organization, state, search, body FROM sites \
             UNION ALL SELECT 1, id, 'account', region, organization, state, search, body FROM accounts";
        let state = filter.state.map(|state| sql::word(&state)).transpose()?;
        let class = filter.class.map(|class| sql::word(&class)).transpose()?;
        let condition = Where::default()
            .and_some("class = ?", class.as_deref())
            .and_some("region = ?", filter.region.as_deref())
            .and_some("state = ?", state.as_deref())
            .and_is("organization = ?", filter.organization.as_deref())
            .and_words("search", filter.words.as_deref());
        let sql = format!(
            "SELECT part, body FROM ({union}) AS entries{} ORDER BY part, id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!(
            "SELECT COUNT(*) FROM ({union}) AS entries{}",
            condition.sql()
        );
        Ok(Listing {
            rows: found.iter().map(read_target).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }
}

pub(crate) fn read_target(row: &QueryResult) -> Result<Target> {
    let json: String = row.try_get_by("body")?;
    // The constant parts of the union come as 32-bit numbers from PostgreSQL and as 64-bit ones from SQLite.
    let part: i32 = row.try_get_by("part")?;
    if part == 0 {
        return Ok(Target::Site(sql::parse("网站", &json)?));
    }
    Ok(Target::Account(sql::parse("新媒体", &json)?))
}

fn read_change(row: &QueryResult) -> Result<RecordedChange> {
    let value = |column: &str| -> Result<Option<serde_json::Value>> {
        let json: Option<String> = row.try_get_by(column)?;
        json.map(|json| sql::parse("名录变更", &json)).transpose()
    };
    Ok(RecordedChange {
        number: row.try_get_by("number")?,
        change: RegistryChange {
            noun: sql::from_word("名录类别", row.try_get_by("noun")?)?,
            entry: row.try_get_by("entry")?,
            kind: sql::from_word("变更种类", row.try_get_by("kind")?)?,
            before: value("body_before")?,
            after: value("body_after")?,
        },
        note: ChangeNote {
            at: sql::from_word("变更时间", row.try_get_by("at")?)?,
            by: row.try_get_by("person")?,
            reason: row.try_get_by("reason")?,
        },
    })
}

async fn load(connection: &impl ConnectionTrait) -> Result<Registry> {
    let regions: Vec<Region> = bodies(connection, "regions", "code").await?;
    let organizations: Vec<Organization> = bodies(connection, "organizations", "id").await?;
    let sites: Vec<Site> = bodies(connection, "sites", "id").await?;
    let accounts: Vec<Account> = bodies(connection, "accounts", "id").await?;
    let by_id = |id: &TargetId| id.clone();
    Ok(Registry {
        regions: regions
            .into_iter()
            .map(|one| (one.code.clone(), one))
            .collect(),
        organizations: organizations
            .into_iter()
            .map(|one| (one.id.clone(), one))
            .collect(),
        sites: sites.into_iter().map(|one| (by_id(&one.id), one)).collect(),
        accounts: accounts
            .into_iter()
            .map(|one| (by_id(&one.id), one))
            .collect(),
    })
}

async fn bodies<T: DeserializeOwned>(
    connection: &impl ConnectionTrait,
    table: &str,
    key: &str,
) -> Result<Vec<T>> {
    let found = sql::rows(
        connection,
        &format!("SELECT body FROM {table} ORDER BY {key}"),
        vec![],
    )
    .await?;
    found
        .iter()
        .map(|row| sql::parse("名录条目", &row.try_get_by_index::<String>(0)?))
        .collect()
}

impl Transaction {
    /// Replaces the registry; refused where `known` is not the number of its last change any more.
    pub(crate) async fn replace_registry(
        &self,
        registry: &Registry,
        note: &ChangeNote,
        known: Option<i64>,
    ) -> Result<Vec<RegistryChange>> {
        if let Some(known) = known {
            let sql = "SELECT COUNT(*) FROM registry_changes WHERE number > ?";
            if sql::count(&self.inner, sql, vec![known.into()]).await? > 0 {
                return Err(StoreError::Refused(
                    "名录在预览之后已有变化，请重新上传预览",
                ));
            }
        }
        let before = load(&self.inner).await?;
        let changes = registry_changes(&before, registry)?;
        self.write_changes(registry, &changes).await?;
        self.record_changes(&changes, note).await?;
        self.audit(&summed_up(&changes)).await?;
        Ok(changes)
    }

    pub(crate) async fn write_changes(
        &self,
        registry: &Registry,
        changes: &[RegistryChange],
    ) -> Result<()> {
        for noun in [
            EntryNoun::Region,
            EntryNoun::Organization,
            EntryNoun::Site,
            EntryNoun::Account,
        ] {
            let touched = changes.iter().filter(|change| change.noun == noun);
            let mut written = Vec::new();
            for change in touched {
                // A changed entry is deleted and written anew, so that one path serves additions and changes.
                let (table, key) = table_of(noun);
                let delete = format!("DELETE FROM {table} WHERE {key} = ?");
                if change.kind != ChangeKind::Added {
                    sql::run(&self.inner, &delete, vec![sql::text(&change.entry)]).await?;
                }
                if change.kind != ChangeKind::Removed {
                    written.extend(entry_row(registry, noun, &change.entry)?);
                }
            }
            let (table, _) = table_of(noun);
            sql::insert(&self.inner, table, columns_of(noun), written, "").await?;
        }
        Ok(())
    }

    pub(crate) async fn record_changes(
        &self,
        changes: &[RegistryChange],
        note: &ChangeNote,
    ) -> Result<()> {
        let columns = [
            "noun",
            "entry",
            "kind",
            "body_before",
            "body_after",
            "at",
            "person",
            "reason",
        ];
        let body = |value: &Option<serde_json::Value>| {
            Value::from(value.as_ref().map(serde_json::Value::to_string))
        };
        let mut all = Vec::with_capacity(changes.len());
        for change in changes {
            all.push(vec![
                sql::text(&sql::word(&change.noun)?),
                sql::text(&change.entry),
                sql::text(&sql::word(&change.kind)?),
                body(&change.before),
                body(&change.after),
                sql::text(&sql::word(&note.at)?),
                sql::text(&note.by),
                sql::text(&note.reason),
            ]);
        }
        sql::insert(&self.inner, "registry_changes", &columns, all, "").await?;
        Ok(())
    }
}

/// One entry for all changes of an import: what was before and after stands in the history of the registry, entry by entry.
fn summed_up(changes: &[RegistryChange]) -> Vec<AuditEntry> {
    if changes.is_empty() {
        return Vec::new();
    }
    let count = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let after = format!(
        "added {}, changed {}, removed {}",
        count(ChangeKind::Added),
        count(ChangeKind::Changed),
        count(ChangeKind::Removed)
    );
    vec![AuditEntry::new(AuditAction::RegistryChanged, "registry").change("", after)]
}

fn table_of(noun: EntryNoun) -> (&'static str, &'static str) {
    match noun {
        EntryNoun::Region => ("regions", "code"),
        EntryNoun::Organization => ("organizations", "id"),
        EntryNoun::Site => ("sites", "id"),
        EntryNoun::Account => ("accounts", "id"),
    }
}

fn columns_of(noun: EntryNoun) -> &'static [&'static str] {
    match noun {
        EntryNoun::Region => &["code", "name", "level", "parent", "body"],
        EntryNoun::Organization => &["id", "name", "region", "level", "parent", "search", "body"],
        EntryNoun::Site => &[
            "id",
            "name",
            "kind",
            "organization",
            "region",
            "state",
            "search",
            "body",
        ],
        EntryNoun::Account => &[
            "id",
            "name",
            "platform",
            "organization",
            "region",
            "state",
            "search",
            "body",
        ],
    }
}

/// The row of an entry, in the order of [`columns_of`]; `None` where the registry does not hold it.
fn entry_row(registry: &Registry, noun: EntryNoun, entry: &str) -> Result<Option<Vec<Value>>> {
    let id = TargetId::from(entry);
    let row = match noun {
        EntryNoun::Region => registry.regions.get(entry).map(region_row),
        EntryNoun::Organization => registry.organizations.get(entry).map(organization_row),
        EntryNoun::Site => registry.sites.get(&id).map(|site| site_row(registry, site)),
        EntryNoun::Account => registry
            .accounts
            .get(&id)
            .map(|account| account_row(registry, account)),
    };
    row.transpose()
}

fn region_row(region: &Region) -> Result<Vec<Value>> {
    Ok(vec![
        sql::text(&region.code),
        sql::text(&region.name),
        sql::text(&sql::word(&region.level)?),
        sql::maybe_text(region.parent.as_deref()),
        sql::body("地区", region)?,
    ])
}

fn organization_row(unit: &Organization) -> Result<Vec<Value>> {
    Ok(vec![
        sql::text(&unit.id),
        sql::text(&unit.name),
        sql::text(&unit.region),
        sql::text(&sql::word(&unit.level)?),
        sql::maybe_text(unit.parent.as_deref()),
        sql::text(&format!("{} {}", unit.id, unit.name).to_lowercase()),
        sql::body("单位", unit)?,
    ])
}

fn site_row(registry: &Registry, site: &Site) -> Result<Vec<Value>> {
    let unit = unit_name(registry, &site.organization);
    Ok(vec![
        sql::text(&site.id.0),
        sql::text(&site.name),
        sql::text(&sql::word(&site.kind)?),
        sql::text(&site.organization),
        sql::text(&site.region),
        sql::text(&sql::word(&site.state)?),
        sql::text(&format!("{} {} {} {unit}", site.id, site.name, site.home).to_lowercase()),
        sql::body("网站", site)?,
    ])
}

fn account_row(registry: &Registry, account: &Account) -> Result<Vec<Value>> {
    let unit = unit_name(registry, &account.organization);
    let search = format!(
        "{} {} {} {unit}",
        account.id, account.name, account.platform
    );
    Ok(vec![
        sql::text(&account.id.0),
        sql::text(&account.name),
        sql::text(&account.platform),
        sql::text(&account.organization),
        sql::text(&account.region),
        sql::text(&sql::word(&account.state)?),
        sql::text(&search.to_lowercase()),
        sql::body("新媒体", account)?,
    ])
}

fn unit_name<'a>(registry: &'a Registry, id: &str) -> &'a str {
    registry
        .organizations
        .get(id)
        .map_or("", |unit| unit.name.as_str())
}
