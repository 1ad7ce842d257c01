//! 词表版本: the lists that staff edit. A change is a draft first, is tried on the last round, and makes a version only when somebody
//! adopts it; a round keeps the versions that it was first gathered or judged with.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use serde::Deserialize;
use xuncha_core::lists::List;
use xuncha_core::lists::trial::Trial;
use xuncha_core::registry::TargetId;

use crate::audit::{AuditAction, AuditEntry};
use crate::round_job::RoundJob;
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 草稿状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexiconState {
    /// 草稿.
    Draft,
    /// 已采用.
    Adopted,
    /// 已放弃.
    Dropped,
}

impl LexiconState {
    fn word(self) -> &'static str {
        match self {
            LexiconState::Draft => "draft",
            LexiconState::Adopted => "adopted",
            LexiconState::Dropped => "dropped",
        }
    }

    fn of_word(word: &str) -> LexiconState {
        match word {
            "adopted" => LexiconState::Adopted,
            "dropped" => LexiconState::Dropped,
            _ => LexiconState::Draft,
        }
    }
}

/// 词表草稿. A change as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLexicon {
    /// Which list, by its word.
    pub list: String,
    /// The whole text of the list.
    pub content: String,
    /// Version that it changes; 0 for the one that comes with the program.
    pub based_on: i64,
    /// Who hands it in.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Why.
    pub reason: String,
    /// Round that it is tried on; empty where there is none yet.
    pub round: String,
}

/// 词表版本.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconVersion {
    /// Its number.
    pub number: i64,
    /// As it was handed in.
    pub new: NewLexicon,
    /// What became of it.
    pub state: LexiconState,
    /// What it would hit and drop, as the job wrote it; empty before.
    pub preview: String,
    /// Who decided on it; empty before.
    pub decided_by: String,
    /// When; `None` before.
    pub decided_at: Option<DateTime>,
}

impl Transaction {
    /// Queues the trial of a draft. Trials of different lists wait side by side; a second one of the same list is refused while one waits
    /// or runs, since only one of the two drafts could be adopted. A draft that was decided on holds its list no longer.
    async fn try_list(&self, new: &NewLexicon, number: i64) -> Result<()> {
        // The place in the key: a list's word has no slash.
        let place = TargetId(format!("list-{}", new.list));
        for (_, payload) in self.trials("state IN ('waiting', 'running')").await? {
            let holds = "SELECT COUNT(*) FROM lexicon_versions WHERE number = ? AND list = ? AND state = 'draft'";
            let values = vec![payload.lexicon.into(), sql::text(&new.list)];
            if sql::count(&self.inner, holds, values).await? > 0 {
                return Err(StoreError::Refused(
                    "这份词表已有一份草稿正在试用，请等试用结束再提交；本次修改没有保存",
                ));
            }
        }
        let kind = RoundJob::TryList;
        let payload = serde_json::json!({"round": new.round, "lexicon": number});
        self.ask_round_job(&new.round, kind, Some(&place), &payload, new.at)
            .await?;
        Ok(())
    }

    /// Trials whose job answers to `which`, with the job's number.
    async fn trials(&self, which: &str) -> Result<Vec<(i64, TrialOf)>> {
        let sql = format!("SELECT number, payload FROM jobs WHERE kind = ? AND {which}");
        let word = sql::text(RoundJob::TryList.word());
        let found = sql::rows(&self.inner, &sql, vec![word]).await?;
        let read = |row: &QueryResult| {
            let payload: String = row.try_get_by("payload")?;
            Ok((row.try_get_by("number")?, sql::parse("任务内容", &payload)?))
        };
        found.iter().map(read).collect()
    }

    /// Takes the trials of a decided draft out of the queue; one that runs already keeps nothing.
    async fn cancel_trials(&self, lexicon: i64, now: DateTime) -> Result<()> {
        for (number, payload) in self.trials("state = 'waiting'").await? {
            if payload.lexicon != lexicon {
                continue;
            }
            let sql = "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE number = ? AND state = 'waiting'";
            let values = vec![sql::text(&sql::word(&now)?), number.into()];
            if sql::run(&self.inner, sql, values).await? > 0 {
                let object = format!("round/{}/job/{number}", payload.round);
                let entry = AuditEntry::new(AuditAction::JobCancelled, object);
                let entry = entry.change(RoundJob::TryList.word(), "");
                self.audit(&[entry]).await?;
            }
        }
        Ok(())
    }
}

/// What the job of a trial carries.
#[derive(Deserialize)]
struct TrialOf {
    round: String,
    lexicon: i64,
}

/// Why a draft is not to be adopted yet, where its trial does not tell what it does.
fn untried(version: &LexiconVersion) -> Result<Option<&'static str>> {
    let is_wrong_words = version.new.list == List::WrongWords.word();
    if version.preview.is_empty() {
        return Ok(match (is_wrong_words, version.new.round.is_empty()) {
            (_, false) => Some("还没有在上一轮证据上试过，请等预览完成再采用"),
            (true, true) => Some("已知错词须在一轮证据上试过才能采用，请采集一轮以后再试一次"),
            (false, true) => None,
        });
    }
    let trial: Trial = sql::parse("试用结果", &version.preview)?;
    Ok(match is_wrong_words && !trial.problem.is_empty() {
        true => Some("已知错词没有试成，不能采用；请按页面上的说明办好以后再试一次"),
        false => None,
    })
}

impl Store {
    /// Keeps a draft and queues its trial on its round; answers with its number.
    pub async fn put_lexicon(&self, new: &NewLexicon) -> Result<i64> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO lexicon_versions \
             (list, content, based_on, state, person, made_at, reason, round, preview, decided_by, decided_at) \
             VALUES (?, ?, ?, 'draft', ?, ?, ?, ?, '', '', '') RETURNING number";
        let values = vec![
            sql::text(&new.list),
            sql::text(&new.content),
            new.based_on.into(),
            sql::text(&new.by),
            sql::text(&sql::word(&new.at)?),
            sql::text(&new.reason),
            sql::text(&new.round),
        ];
        let row = sql::row(&transaction.inner, sql, values).await?;
        let row = row.ok_or(StoreError::Refused("词表草稿没有写入，请重试"))?;
        let number: i64 = row.try_get_by("number")?;
        if !new.round.is_empty() {
            transaction.try_list(new, number).await?;
        }
        let entry = AuditEntry::new(AuditAction::ListDrafted, format!("lexicon/{number}"));
        let after = format!("{} from {}", new.list, new.based_on);
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Queues the trial of a draft again.
    pub async fn try_lexicon(
        &self,
        round: &str,
        version: &LexiconVersion,
        at: DateTime,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let new = NewLexicon {
            round: round.to_owned(),
            at,
            ..version.new.clone()
        };
        transaction.try_list(&new, version.number).await?;
        let object = format!("lexicon/{}", version.number);
        let entry = AuditEntry::new(AuditAction::JobAsked, object);
        let entry = entry.change("", RoundJob::TryList.word());
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// A version or draft.
    pub async fn lexicon(&self, number: i64) -> Result<LexiconVersion> {
        let sql = "SELECT * FROM lexicon_versions WHERE number = ?";
        let row = sql::row(self.read(), sql, vec![number.into()]).await?;
        read_version(&row.ok_or_else(|| missing(number))?)
    }

    /// Versions and drafts of a list, newest first.
    pub async fn lexicons(&self, list: &str) -> Result<Vec<LexiconVersion>> {
        let sql = "SELECT * FROM lexicon_versions WHERE list = ? ORDER BY number DESC";
        let found = sql::rows(self.read(), sql, vec![sql::text(list)]).await?;
        found.iter().map(read_version).collect()
    }

    /// The adopted version of each list that was ever changed.
    pub async fn adopted_lexicons(&self) -> Result<BTreeMap<String, LexiconVersion>> {
        let sql = "SELECT * FROM lexicon_versions WHERE state = 'adopted' ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        let versions = found.iter().map(read_version);
        versions
            .map(|version| version.map(|version| (version.new.list.clone(), version)))
            .collect()
    }

    /// Keeps what a draft would hit and drop.
    pub async fn set_lexicon_preview(&self, number: i64, preview: &str) -> Result<()> {
        let sql = "UPDATE lexicon_versions SET preview = ? WHERE number = ? AND state = 'draft'";
        let values = vec![sql::text(preview), number.into()];
        let transaction = self.begin().await?;
        sql::run(&transaction.inner, sql, values).await?;
        transaction.commit().await
    }

    /// Adopts a draft, or drops it. One that was not tried, or that changes a version which is no longer the adopted one, is not adopted.
    pub async fn decide_lexicon(
        &self,
        number: i64,
        adopts: bool,
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        let version = self.lexicon(number).await?;
        if version.state != LexiconState::Draft {
            return Err(StoreError::Refused("这份草稿已经有了决定"));
        }
        let transaction = self.begin().await?;
        if adopts {
            if let Some(why) = untried(&version)? {
                return Err(StoreError::Refused(why));
            }
            let current = "SELECT COALESCE(MAX(number), 0) AS number FROM lexicon_versions WHERE list = ? AND state = 'adopted'";
            let row = sql::row(
                &transaction.inner,
                current,
                vec![sql::text(&version.new.list)],
            )
            .await?;
            let current: i64 = row.map_or(Ok(0), |row| row.try_get_by("number"))?;
            if current != version.new.based_on {
                return Err(StoreError::Refused(
                    "词表在这份草稿之后已经改过，请在新的版本上重新修改",
                ));
            }
        }
        let state = if adopts {
            LexiconState::Adopted
        } else {
            LexiconState::Dropped
        };
        let sql = "UPDATE lexicon_versions SET state = ?, decided_by = ?, decided_at = ? WHERE number = ? AND state = 'draft'";
        let values = vec![
            sql::text(state.word()),
            sql::text(by),
            sql::text(&sql::word(&at)?),
            number.into(),
        ];
        if sql::run(&transaction.inner, sql, values).await? == 0 {
            return Err(missing(number));
        }
        transaction.cancel_trials(number, at).await?;
        let action = if adopts {
            AuditAction::ListAdopted
        } else {
            AuditAction::ListDropped
        };
        let entry = AuditEntry::new(action, format!("lexicon/{number}"));
        transaction
            .audit(&[entry.change("", version.new.list)])
            .await?;
        transaction.commit().await
    }

    /// The texts of a round's lists, by list. Lists that the round has no version of yet get the adopted one, or stay with the program's.
    pub async fn round_lexicons(
        &self,
        round: &str,
        lists: &[&str],
    ) -> Result<BTreeMap<String, String>> {
        let adopted = self.adopted_lexicons().await?;
        let transaction = self.begin().await?;
        let mut texts = BTreeMap::new();
        for list in lists {
            let sql = "SELECT version FROM round_lexicons WHERE round = ? AND list = ?";
            let values = vec![sql::text(round), sql::text(list)];
            let row = sql::row(&transaction.inner, sql, values).await?;
            let version = match row {
                Some(row) => row.try_get_by("version")?,
                None => {
                    let version = adopted.get(*list).map_or(0, |version| version.number);
                    let row = vec![vec![sql::text(round), sql::text(list), version.into()]];
                    let columns = ["round", "list", "version"];
                    sql::insert(&transaction.inner, "round_lexicons", &columns, row, "").await?;
                    version
                }
            };
            if version == 0 {
                continue;
            }
            let sql = "SELECT * FROM lexicon_versions WHERE number = ?";
            let row = sql::row(&transaction.inner, sql, vec![version.into()]).await?;
            let version = read_version(&row.ok_or_else(|| missing(version))?)?;
            texts.insert((*list).to_owned(), version.new.content);
        }
        transaction.commit().await?;
        Ok(texts)
    }
}

fn missing(number: i64) -> StoreError {
    StoreError::Missing {
        noun: "词表版本",
        id: number.to_string(),
    }
}

fn read_version(row: &QueryResult) -> Result<LexiconVersion> {
    let state: String = row.try_get_by("state")?;
    let decided_at: String = row.try_get_by("decided_at")?;
    let decided_at = match decided_at.as_str() {
        "" => None,
        _ => Some(sql::from_word("决定时间", decided_at)?),
    };
    Ok(LexiconVersion {
        number: row.try_get_by("number")?,
        new: NewLexicon {
            list: row.try_get_by("list")?,
            content: row.try_get_by("content")?,
            based_on: row.try_get_by("based_on")?,
            by: row.try_get_by("person")?,
            at: sql::from_word("提出时间", row.try_get_by("made_at")?)?,
            reason: row.try_get_by("reason")?,
            round: row.try_get_by("round")?,
        },
        state: LexiconState::of_word(&state),
        preview: row.try_get_by("preview")?,
        decided_by: row.try_get_by("decided_by")?,
        decided_at,
    })
}
