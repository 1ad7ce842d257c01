//! 找错留言: messages by which people point out mistakes, with the day by which each had to be answered.

use jiff::civil::Date;
use sea_orm::QueryResult;
use xuncha_core::registry::TargetId;

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::rectify::day;
use crate::sql::{self, Where};
use crate::{Result, Store};

/// 找错留言.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its number where it was left.
    pub code: String,
    /// Site.
    pub target: TargetId,
    /// Name of the site; empty where the registry has none of that number.
    pub target_name: String,
    /// Unit of the site; empty likewise.
    pub organization: String,
    /// Day on which it was received.
    pub received: Date,
    /// Last day on which an answer is in time.
    pub due: Date,
    /// Day of the answer.
    pub answered: Option<Date>,
    /// What was written.
    pub text: String,
    /// What was answered.
    pub answer: String,
}

/// 找错筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TipFilter {
    /// Only those that are over their term on the day asked for.
    pub is_late: bool,
    /// Unit, exactly; an empty one has none.
    pub organization: Option<String>,
    /// Words.
    pub words: Option<String>,
}

impl Store {
    /// Keeps messages; one of the same number is replaced. Answers with how many are new.
    pub async fn put_tips(&self, tips: &[Tip]) -> Result<u64> {
        let transaction = self.begin().await?;
        let mut new = 0;
        for tip in tips {
            let delete = "DELETE FROM tips WHERE code = ?";
            let gone = sql::run(&transaction.inner, delete, vec![sql::text(&tip.code)]).await?;
            new += u64::from(gone == 0);
            let row = vec![row(tip)?];
            sql::insert(&transaction.inner, "tips", &COLUMNS, row, "").await?;
        }
        let entry = AuditEntry::new(AuditAction::TipsImported, "tips");
        let after = format!("{} of {}", new, tips.len());
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// Messages: those not answered and longest over their term first, then by the day received, latest first.
    pub async fn tips(&self, filter: &TipFilter, today: Date, page: Page) -> Result<Listing<Tip>> {
        let mut condition = Where::default()
            .and_is("organization = ?", filter.organization.as_deref())
            .and_words("search", filter.words.as_deref());
        if filter.is_late {
            condition = condition.and(
                "(answered > due OR (answered IS NULL AND due < ?))",
                [day(today)?],
            );
        }
        let sql = format!(
            "SELECT * FROM tips{} ORDER BY CASE WHEN answered IS NULL THEN due ELSE '9999' END, received DESC, code LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM tips{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }
}

const COLUMNS: [&str; 10] = [
    "code",
    "target",
    "target_name",
    "organization",
    "received",
    "due",
    "answered",
    "text",
    "answer",
    "search",
];

fn row(tip: &Tip) -> Result<Vec<sea_orm::Value>> {
    let answered = tip.answered.map(|day| sql::word(&day)).transpose()?;
    let search = format!(
        "{} {} {} {} {}",
        tip.code, tip.target, tip.target_name, tip.text, tip.answer
    );
    Ok(vec![
        sql::text(&tip.code),
        sql::text(&tip.target.0),
        sql::text(&tip.target_name),
        sql::text(&tip.organization),
        day(tip.received)?,
        day(tip.due)?,
        sql::maybe_text(answered.as_deref()),
        sql::text(&tip.text),
        sql::text(&tip.answer),
        sql::text(&search.to_lowercase()),
    ])
}

fn read(row: &QueryResult) -> Result<Tip> {
    let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
    let answered: Option<String> = row.try_get_by("answered")?;
    Ok(Tip {
        code: text("code")?,
        target: TargetId(text("target")?),
        target_name: text("target_name")?,
        organization: text("organization")?,
        received: sql::from_word("日期", text("received")?)?,
        due: sql::from_word("日期", text("due")?)?,
        answered: answered
            .map(|word| sql::from_word("日期", word))
            .transpose()?,
        text: text("text")?,
        answer: text("answer")?,
    })
}
