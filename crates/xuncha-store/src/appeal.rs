//! 申诉: a unit contests what a round holds against it, until a day that is set for the round; a supervisor answers with reasons, and
//! where the appeal is accepted the finding is rejected, the target scored anew and the case taken back, all in one transaction.

use jiff::civil::{Date, DateTime};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use xuncha_core::points::Points;
use xuncha_core::rectify::{Fact, FactKind, ProblemId};
use xuncha_core::registry::TargetId;
use xuncha_core::review::Review;
use xuncha_core::score::{Outcome, ScoreSheet};

use crate::attachment::NewAttachment;
use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::rectify::{NewFact, case_id};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 申诉状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    /// 待答复.
    Waiting,
    /// 成立: the finding does not count any more.
    Accepted,
    /// 不成立.
    Refused,
}

impl AppealState {
    /// Every state, as filters list them.
    pub const ALL: [AppealState; 3] = [
        AppealState::Waiting,
        AppealState::Accepted,
        AppealState::Refused,
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            AppealState::Waiting => "待答复",
            AppealState::Accepted => "成立",
            AppealState::Refused => "不成立",
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            AppealState::Waiting => "waiting",
            AppealState::Accepted => "accepted",
            AppealState::Refused => "refused",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<AppealState> {
        AppealState::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// 新申诉.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppeal {
    /// Its id; nobody guesses it.
    pub id: String,
    /// Round.
    pub round: String,
    /// What is contested.
    pub problem: ProblemId,
    /// Name of the target.
    pub target_name: String,
    /// Unit.
    pub organization: String,
    /// Name of the unit.
    pub unit_name: String,
    /// The finding in one sentence, as it was contested.
    pub detail: String,
    /// What the unit says.
    pub text: String,
    /// Name of who filed it.
    pub by: String,
    /// When.
    pub at: DateTime,
}

/// 得分. What a sheet comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// Deduction score ②.
    pub deduct: Option<Points>,
    /// Final score.
    pub total: Option<Points>,
}

impl From<&ScoreSheet> for Scored {
    fn from(sheet: &ScoreSheet) -> Scored {
        Scored {
            outcome: Some(sheet.outcome),
            deduct: sheet.deduct_score,
            total: sheet.final_score,
        }
    }
}

/// 申诉. With its answer, and what it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// What was filed.
    pub new: NewAppeal,
    /// State.
    pub state: AppealState,
    /// Reasons of the answer.
    pub reasons: String,
    /// Name of who answered.
    pub answered_by: String,
    /// When.
    pub answered_at: Option<DateTime>,
    /// Scores before and after, of one that was accepted.
    pub scores: Option<(Scored, Scored)>,
}

/// 申诉筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppealFilter {
    /// Round.
    pub round: Option<String>,
    /// State.
    pub state: Option<AppealState>,
    /// Target.
    pub target: Option<TargetId>,
    /// Unit, exactly; an empty one has none.
    pub organization: Option<String>,
}

/// 答复. What a supervisor says to an appeal; an accepted one comes with the review and the sheet that follows from it.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// Reasons.
    pub reasons: &'a str,
    /// Name of who answers.
    pub by: &'a str,
    /// When.
    pub at: DateTime,
    /// Set, review, sheet before and sheet after, where it is accepted.
    pub accepted: Option<Accepted<'a>>,
}

/// 成立. What an accepted appeal changes.
#[derive(Clone, Debug)]
pub struct Accepted<'a> {
    /// The round's scored set.
    pub set: &'a str,
    /// The human verdict that takes the finding back.
    pub review: &'a Review,
    /// Sheet before.
    pub before: Option<&'a ScoreSheet>,
    /// Sheet after.
    pub after: &'a ScoreSheet,
}

fn object(id: &str) -> String {
    format!("appeal/{id}")
}

impl Store {
    /// Last day of appeals of a round; `None` where none is set.
    pub async fn appeal_until(&self, round: &str) -> Result<Option<Date>> {
        let sql = "SELECT appeal_until FROM rounds WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        let row = row.ok_or_else(|| missing_round(round))?;
        let word: Option<String> = row.try_get_by("appeal_until")?;
        word.map(|word| sql::from_word("申诉期限", word))
            .transpose()
    }

    /// Sets the last day of appeals of a round.
    pub async fn set_appeal_until(&self, round: &str, until: Date) -> Result<()> {
        let before = self.appeal_until(round).await?;
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let sql = "UPDATE rounds SET appeal_until = ? WHERE id = ?";
        let values = vec![sql::text(&sql::word(&until)?), sql::text(round)];
        sql::run(&transaction.inner, sql, values).await?;
        let before = before.map(|day| sql::word(&day)).transpose()?;
        let entry = AuditEntry::new(AuditAction::AppealTermSet, format!("round/{round}"));
        let entry = entry.change(before.unwrap_or_default(), sql::word(&until)?);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }
}

impl Transaction {
    /// Files an appeal. Refused after the round's last day, in a closed round, and while another one about the same waits; answers with
    /// what goes into the audit log.
    pub async fn put_appeal(&self, new: &NewAppeal) -> Result<AuditEntry> {
        self.refuse_closed(&new.round).await?;
        let asked = "SELECT appeal_until FROM rounds WHERE id = ?";
        let row = sql::row(&self.inner, asked, vec![sql::text(&new.round)]).await?;
        let row = row.ok_or_else(|| missing_round(&new.round))?;
        let until: Option<String> = row.try_get_by("appeal_until")?;
        let until = until
            .map(|word| sql::from_word::<Date>("申诉期限", word))
            .transpose()?;
        match until {
            None => return Err(StoreError::Refused("本轮还没有开放申诉")),
            Some(day) if new.at.date() > day => {
                return Err(StoreError::Refused("申诉期限已过"));
            }
            Some(_) => {}
        }
        let twin = "SELECT COUNT(*) FROM appeals WHERE round = ? AND target = ? AND check_name = ? AND key = ? AND state <> 'refused'";
        let place = vec![
            sql::text(&new.round),
            sql::text(&new.problem.target.0),
            sql::text(&new.problem.check),
            sql::body("问题编号", &new.problem.key)?,
        ];
        if sql::count(&self.inner, twin, place).await? > 0 {
            return Err(StoreError::Refused("这个问题已经提出申诉，请等待答复"));
        }
        let columns = [
            "id",
            "round",
            "target",
            "target_name",
            "check_name",
            "key",
            "organization",
            "unit_name",
            "detail",
            "text",
            "person",
            "at",
            "state",
            "reasons",
            "answered_by",
        ];
        let row = vec![
            sql::text(&new.id),
            sql::text(&new.round),
            sql::text(&new.problem.target.0),
            sql::text(&new.target_name),
            sql::text(&new.problem.check),
            sql::body("问题编号", &new.problem.key)?,
            sql::text(&new.organization),
            sql::text(&new.unit_name),
            sql::text(&new.detail),
            sql::text(&new.text),
            sql::text(&new.by),
            sql::text(&sql::word(&new.at)?),
            sql::text(AppealState::Waiting.word()),
            sql::text(""),
            sql::text(""),
        ];
        sql::insert(&self.inner, "appeals", &columns, vec![row], "").await?;
        let entry = AuditEntry::new(AuditAction::AppealFiled, object(&new.id));
        let place = format!("round/{}/target/{}", new.round, new.problem.target);
        Ok(entry.change("", place))
    }
}

impl Store {
    /// Files an appeal with its papers: all of it or nothing.
    pub async fn file_appeal(&self, new: &NewAppeal, files: &[NewAttachment]) -> Result<()> {
        let transaction = self.begin().await?;
        let mut entries = vec![transaction.put_appeal(new).await?];
        for file in files {
            entries.push(transaction.put_attachment(file).await?.1);
        }
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Answers an appeal, once. An accepted one takes the finding back by a review that outranks every later run of the machine, keeps
    /// the sheet that follows and takes the case back.
    pub async fn answer_appeal(&self, id: &str, answer: &Answer<'_>) -> Result<()> {
        let appeal = self.appeal(id).await?;
        let transaction = self.begin().await?;
        let round = &appeal.new.round;
        transaction.refuse_closed(round).await?;
        let state = match answer.accepted {
            Some(_) => AppealState::Accepted,
            None => AppealState::Refused,
        };
        transaction.keep_answer(id, state, answer).await?;
        let mut entries = Vec::new();
        if let Some(accepted) = &answer.accepted {
            let review = std::slice::from_ref(accepted.review);
            entries.extend(transaction.put_reviews(review).await?);
            transaction
                .put_sheet(round, accepted.set, accepted.after)
                .await?;
            entries.extend(transaction.withdraw_case(&appeal, answer).await?);
        }
        let entry = AuditEntry::new(AuditAction::AppealAnswered, object(id));
        entries.push(entry.change(AppealState::Waiting.word(), state.word()));
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// An appeal by its id.
    pub async fn appeal(&self, id: &str) -> Result<Appeal> {
        let sql = "SELECT * FROM appeals WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "申诉",
            id: id.to_owned(),
        })?;
        read_appeal(&row)
    }

    /// The unit of an appeal; `None` where there is none of that id.
    pub async fn unit_of_appeal(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT organization FROM appeals WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Appeals, those that wait first, of equal ones the oldest.
    pub async fn appeals(&self, filter: &AppealFilter, page: Page) -> Result<Listing<Appeal>> {
        let target = filter.target.as_ref().map(|target| target.0.as_str());
        let condition = Where::default()
            .and_some("round = ?", filter.round.as_deref())
            .and_some("state = ?", filter.state.map(AppealState::word))
            .and_some("target = ?", target)
            .and_is("organization = ?", filter.organization.as_deref());
        let sql = format!(
            "SELECT * FROM appeals{} ORDER BY CASE state WHEN 'waiting' THEN 0 ELSE 1 END, at, id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM appeals{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_appeal).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }
}

impl Transaction {
    async fn keep_answer(&self, id: &str, state: AppealState, answer: &Answer<'_>) -> Result<()> {
        let accepted = answer.accepted.as_ref();
        let before = accepted.and_then(|own| own.before).map(Scored::from);
        let before = before.unwrap_or_default();
        let after = accepted.map(|own| Scored::from(own.after));
        let after = after.unwrap_or_default();
        let outcome = |own: Option<Outcome>| -> Result<sea_orm::Value> {
            let word = own.map(|own| sql::word(&own)).transpose()?;
            Ok(sql::maybe_text(word.as_deref()))
        };
        let points = |own: Option<Points>| sea_orm::Value::from(own.map(Points::hundredths));
        let sql = "UPDATE appeals SET state = ?, reasons = ?, answered_by = ?, answered_at = ?, outcome_before = ?, outcome_after = ?, \
             deduct_before = ?, deduct_after = ?, final_before = ?, final_after = ? WHERE id = ? AND state = 'waiting'";
        let values = vec![
            sql::text(state.word()),
            sql::text(answer.reasons),
            sql::text(answer.by),
            sql::text(&sql::word(&answer.at)?),
            outcome(before.outcome)?,
            outcome(after.outcome)?,
            points(before.deduct),
            points(after.deduct),
            points(before.total),
            points(after.total),
            sql::text(id),
        ];
        match sql::run(&self.inner, sql, values).await? {
            0 => Err(StoreError::Refused("这件申诉已经答复过")),
            _ => Ok(()),
        }
    }

    /// Takes the case of an accepted appeal back, where there is one that is open.
    async fn withdraw_case(&self, appeal: &Appeal, answer: &Answer<'_>) -> Result<Vec<AuditEntry>> {
        let id = case_id(&appeal.new.problem);
        let open =
            "SELECT COUNT(*) FROM cases WHERE id = ? AND state NOT IN ('closed', 'withdrawn')";
        if sql::count(&self.inner, open, vec![sql::text(&id)]).await? == 0 {
            return Ok(Vec::new());
        }
        let kind = FactKind::Withdrawn {
            reason: format!("申诉成立：{}", answer.reasons),
        };
        let new = NewFact {
            fact: Fact {
                on: answer.at.date(),
                kind,
            },
            at: answer.at,
            by: answer.by.to_owned(),
            owner: String::new(),
        };
        self.add_case_facts(&[id], &new).await
    }
}

fn read_appeal(row: &QueryResult) -> Result<Appeal> {
    let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
    let state = sql::from_word("申诉状态", text("state")?)?;
    let answered_at: Option<String> = row.try_get_by("answered_at")?;
    let scored = |when: &str| -> Result<Scored> {
        let points = |what: &str| -> Result<Option<Points>> {
            let value: Option<i64> = row.try_get_by(format!("{what}_{when}").as_str())?;
            Ok(value.map(Points::from_hundredths))
        };
        let word: Option<String> = row.try_get_by(format!("outcome_{when}").as_str())?;
        Ok(Scored {
            outcome: word.map(|word| sql::from_word("结论", word)).transpose()?,
            deduct: points("deduct")?,
            total: points("final")?,
        })
    };
    let scores = match state {
        AppealState::Accepted => Some((scored("before")?, scored("after")?)),
        _ => None,
    };
    Ok(Appeal {
        new: NewAppeal {
            id: text("id")?,
            round: text("round")?,
            problem: ProblemId {
                target: TargetId(text("target")?),
                check: text("check_name")?,
                key: sql::parse("问题编号", &text("key")?)?,
            },
            target_name: text("target_name")?,
            organization: text("organization")?,
            unit_name: text("unit_name")?,
            detail: text("detail")?,
            text: text("text")?,
            by: text("person")?,
            at: sql::from_word("申诉时间", text("at")?)?,
        },
        state,
        reasons: text("reasons")?,
        answered_by: text("answered_by")?,
        answered_at: answered_at
            .map(|word| sql::from_word("答复时间", word))
            .transpose()?,
        scores,
    })
}

fn missing_round(round: &str) -> StoreError {
    StoreError::Missing {
        noun: "检查轮次",
        id: round.to_owned(),
    }
}
