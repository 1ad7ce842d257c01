//! 模拟咨询: the bank of questions, who sends which to whom, what came back, and the calendar by which the clock runs.

use jiff::civil::{Date, DateTime};
use sea_orm::QueryResult;
use xuncha_core::calendar::{Calendar, CalendarError, HolidayData};
use xuncha_core::enquiry::Quality;
use xuncha_core::registry::TargetId;
use xuncha_core::review::Review;
use xuncha_core::score::ScoreSheet;

use crate::attachment::NewAttachment;
use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::rectify::day;
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 模拟咨询.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enquiry {
    /// Its id; files belong to `enquiry/ID`.
    pub id: String,
    /// Round.
    pub round: String,
    /// Site that is asked.
    pub target: TargetId,
    /// Its name.
    pub target_name: String,
    /// Name of its unit.
    pub unit_name: String,
    /// What is asked.
    pub question: String,
    /// Who sends it: the id of a person (`P3`); a name in what was written down before people were chosen from the list.
    pub assigned: String,
    /// Where it was sent.
    pub place: String,
    /// When; `None` before.
    pub sent_at: Option<DateTime>,
    /// Last day on which an answer is in time.
    pub due: Option<Date>,
    /// Day of the answer.
    pub answered: Option<Date>,
    /// What was answered.
    pub reply: String,
    /// How good the answer is.
    pub quality: Option<Quality>,
    /// What it counted in the score; `None` before.
    pub counted: Option<u32>,
    /// Name of who changed it last.
    pub by: String,
    /// When.
    pub at: DateTime,
}

impl Store {
    /// The national calendar with what an office laid over it: regional holidays, the paper of a new year.
    pub async fn calendar(&self) -> Result<Calendar> {
        let mut data = HolidayData::default();
        let sql = "SELECT on_day, is_off FROM holidays ORDER BY on_day";
        for row in &sql::rows(self.read(), sql, vec![]).await? {
            let is_off: i64 = row.try_get_by("is_off")?;
            let day: Date = sql::from_word("日期", row.try_get_by("on_day")?)?;
            match is_off {
                0 => data.work.insert(day),
                _ => data.off.insert(day),
            };
        }
        let sql = "SELECT year FROM holiday_years ORDER BY year";
        for row in &sql::rows(self.read(), sql, vec![]).await? {
            let year: i64 = row.try_get_by("year")?;
            data.years.extend(i16::try_from(year));
        }
        let unfit = |error: CalendarError| StoreError::Unfit(error.to_string());
        let national = Calendar::national().map_err(unfit)?;
        national.with(&data).map_err(unfit)
    }

    /// Lays holidays over the national calendar; a day that is known already is replaced.
    pub async fn put_holidays(&self, data: &HolidayData) -> Result<()> {
        Calendar::new(data).map_err(|error| StoreError::Unfit(error.to_string()))?;
        let transaction = self.begin().await?;
        let off = data.off.iter().map(|day| (*day, 1));
        let work = data.work.iter().map(|day| (*day, 0));
        for (date, is_off) in off.chain(work) {
            let sql = "INSERT INTO holidays (on_day, is_off) VALUES (?, ?) ON CONFLICT (on_day) DO UPDATE SET is_off = excluded.is_off";
            let values = vec![day(date)?, sql::number(is_off)];
            sql::run(&transaction.inner, sql, values).await?;
        }
        for year in &data.years {
            let sql = "INSERT INTO holiday_years (year) VALUES (?) ON CONFLICT DO NOTHING";
            let year = i64::from(*year).into();
            sql::run(&transaction.inner, sql, vec![year]).await?;
        }
        let entry = AuditEntry::new(AuditAction::EnquiryChanged, "holidays");
        let count = data.off.len() + data.work.len();
        transaction
            .audit(&[entry.change("", count.to_string())])
            .await?;
        transaction.commit().await
    }

    /// Adds a question to the bank; one that was retired comes back.
    pub async fn put_question(&self, text: &str) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO question_bank (text, is_retired) VALUES (?, 0) ON CONFLICT (text) DO UPDATE SET is_retired = 0";
        sql::run(&transaction.inner, sql, vec![sql::text(text)]).await?;
        let entry = AuditEntry::new(AuditAction::EnquiryChanged, "question_bank");
        transaction.audit(&[entry.change("", "added")]).await?;
        transaction.commit().await
    }

    /// Asks a question no more; enquiries that were assigned keep it.
    pub async fn retire_question(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "UPDATE question_bank SET is_retired = 1 WHERE number = ?";
        if sql::run(&transaction.inner, sql, vec![number.into()]).await? == 0 {
            return Err(missing(&number.to_string()));
        }
        let entry = AuditEntry::new(AuditAction::EnquiryChanged, "question_bank");
        transaction.audit(&[entry.change("removed", "")]).await?;
        transaction.commit().await
    }

    /// Questions of the bank, by number.
    pub async fn questions(&self) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT number, text FROM question_bank WHERE is_retired = 0 ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        found
            .iter()
            .map(|row| Ok((row.try_get_by("number")?, row.try_get_by("text")?)))
            .collect()
    }

    /// Assigns enquiries; a target that has one in the round keeps it. Answers with how many are new.
    pub async fn assign_enquiries(&self, all: &[Enquiry]) -> Result<u64> {
        let transaction = self.begin().await?;
        let mut new = 0;
        for one in all {
            transaction.refuse_closed(&one.round).await?;
            let row = vec![
                sql::text(&one.id),
                sql::text(&one.round),
                sql::text(&one.target.0),
                sql::text(&one.target_name),
                sql::text(&one.unit_name),
                sql::text(&one.question),
                sql::text(&one.assigned),
                sql::text(""),
                sql::text(""),
                sql::text(&one.by),
                sql::text(&sql::word(&one.at)?),
            ];
            let columns = [
                "id",
                "round",
                "target",
                "target_name",
                "unit_name",
                "question",
                "assigned",
                "place",
                "reply",
                "person",
                "at",
            ];
            let tail = "ON CONFLICT DO NOTHING";
            new += sql::insert(&transaction.inner, "enquiries", &columns, vec![row], tail).await?;
        }
        let entry = AuditEntry::new(AuditAction::EnquiryChanged, "enquiries");
        let after = format!("{new} of {}", all.len());
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// Gives enquiries that were not sent yet to other people, each by its id. Answers with how many changed hands.
    pub async fn reassign_enquiries(
        &self,
        round: &str,
        all: &[(String, String)],
        (by, at): (&str, DateTime),
    ) -> Result<u64> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let mut entries = Vec::new();
        for (id, assigned) in all {
            let sql =
                "SELECT assigned FROM enquiries WHERE id = ? AND round = ? AND sent_at IS NULL";
            let values = vec![sql::text(id), sql::text(round)];
            let Some(row) = sql::row(&transaction.inner, sql, values).await? else {
                continue;
            };
            let before: String = row.try_get_by("assigned")?;
            if before == *assigned {
                continue;
            }
            let sql = "UPDATE enquiries SET assigned = ?, person = ?, at = ? WHERE id = ?";
            let at = sql::text(&sql::word(&at)?);
            let values = vec![sql::text(assigned), sql::text(by), at, sql::text(id)];
            sql::run(&transaction.inner, sql, values).await?;
            let entry = AuditEntry::new(AuditAction::EnquiryChanged, format!("enquiry/{id}"));
            entries.push(entry.change(before, assigned.as_str()));
        }
        transaction.audit(&entries).await?;
        transaction.commit().await?;
        Ok(entries.len() as u64)
    }

    /// Enquiries of a round: those that wait first, by their last day.
    pub async fn enquiries(&self, round: &str, page: Page) -> Result<Listing<Enquiry>> {
        self.enquiries_of(round, None, page).await
    }

    /// The same, of one person (`P3`) only.
    pub async fn enquiries_of(
        &self,
        round: &str,
        assigned: Option<&str>,
        page: Page,
    ) -> Result<Listing<Enquiry>> {
        let condition = Where::default()
            .and("round = ?", [sql::text(round)])
            .and_some("assigned = ?", assigned);
        let sql = format!(
            "SELECT * FROM enquiries{} ORDER BY CASE WHEN counted IS NULL THEN 0 ELSE 1 END, COALESCE(due, ''), target LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM enquiries{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// How many enquiries of a round a person (`P3`) has still to send, and how many of his were to be answered before a day and wait for
    /// what came of them.
    pub async fn enquiries_waiting(
        &self,
        round: &str,
        assigned: &str,
        today: Date,
    ) -> Result<(u64, u64)> {
        let own =
            "SELECT COUNT(*) FROM enquiries WHERE round = ? AND assigned = ? AND counted IS NULL";
        let values = vec![sql::text(round), sql::text(assigned)];
        let unsent = format!("{own} AND due IS NULL");
        let unsent = sql::count(self.read(), &unsent, values.clone()).await?;
        let late = format!("{own} AND due < ?");
        let late_of = [values, vec![sql::text(&today.to_string())]].concat();
        Ok((unsent, sql::count(self.read(), &late, late_of).await?))
    }

    /// An enquiry by its id.
    pub async fn enquiry(&self, id: &str) -> Result<Enquiry> {
        let sql = "SELECT * FROM enquiries WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        read(&row.ok_or_else(|| missing(id))?)
    }

    /// Writes down what became of an enquiry, with its files: all of it or nothing.
    pub async fn change_enquiry(&self, now: &Enquiry, files: &[NewAttachment]) -> Result<()> {
        let transaction = self.begin().await?;
        let mut entries = transaction.keep_enquiry(now).await?;
        for file in files {
            entries.push(transaction.put_attachment(file).await?.1);
        }
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Counts an enquiry: the answer to the manual question and the sheet that follows, in one transaction.
    pub async fn count_enquiry(
        &self,
        now: &Enquiry,
        review: &Review,
        set: &str,
        sheet: &ScoreSheet,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let mut entries = transaction.keep_enquiry(now).await?;
        let review = std::slice::from_ref(review);
        entries.extend(transaction.put_reviews(review).await?);
        transaction.put_sheet(&now.round, set, sheet).await?;
        transaction.audit(&entries).await?;
        transaction.commit().await
    }
}

impl Transaction {
    async fn keep_enquiry(&self, now: &Enquiry) -> Result<Vec<AuditEntry>> {
        self.refuse_closed(&now.round).await?;
        self.refuse_own_city(&now.round, &now.target).await?;
        let date = |date: Option<Date>| -> Result<sea_orm::Value> {
            let word = date.map(|date| sql::word(&date)).transpose()?;
            Ok(sql::maybe_text(word.as_deref()))
        };
        let sent_at = now.sent_at.map(|at| sql::word(&at)).transpose()?;
        let sql = "UPDATE enquiries SET place = ?, sent_at = ?, due = ?, answered = ?, reply = ?, quality = ?, counted = ?, person = ?, at = ? WHERE id = ?";
        let values = vec![
            sql::text(&now.place),
            sql::maybe_text(sent_at.as_deref()),
            date(now.due)?,
            date(now.answered)?,
            sql::text(&now.reply),
            sql::maybe_text(now.quality.map(Quality::word)),
            sea_orm::Value::from(now.counted.map(i64::from)),
            sql::text(&now.by),
            sql::text(&sql::word(&now.at)?),
            sql::text(&now.id),
        ];
        if sql::run(&self.inner, sql, values).await? == 0 {
            return Err(missing(&now.id));
        }
        let step = match (now.counted, now.answered, now.sent_at) {
            (Some(counted), _, _) => format!("answered {counted}"),
            (None, Some(_), _) => "replied".to_owned(),
            (None, None, Some(_)) => "sent".to_owned(),
            (None, None, None) => "waiting".to_owned(),
        };
        let object = format!("enquiry/{}", now.id);
        let entry = AuditEntry::new(AuditAction::EnquiryChanged, object);
        Ok(vec![entry.change("", step)])
    }
}

fn read(row: &QueryResult) -> Result<Enquiry> {
    let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
    let maybe = |column: &str| -> Result<Option<String>> { Ok(row.try_get_by(column)?) };
    let date = |column: &str| -> Result<Option<Date>> {
        let word = maybe(column)?;
        word.map(|word| sql::from_word("日期", word)).transpose()
    };
    let counted: Option<i64> = row.try_get_by("counted")?;
    Ok(Enquiry {
        id: text("id")?,
        round: text("round")?,
        target: TargetId(text("target")?),
        target_name: text("target_name")?,
        unit_name: text("unit_name")?,
        question: text("question")?,
        assigned: text("assigned")?,
        place: text("place")?,
        sent_at: maybe("sent_at")?
            .map(|word| sql::from_word("时间", word))
            .transpose()?,
        due: date("due")?,
        answered: date("answered")?,
        reply: text("reply")?,
        quality: maybe("quality")?
            .map(|word| sql::from_word("答复质量", word))
            .transpose()?,
        counted: counted.map(|count| count as u32),
        by: text("person")?,
        at: sql::from_word("时间", text("at")?)?,
    })
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing {
        noun: "模拟咨询",
        id: id.to_owned(),
    }
}
