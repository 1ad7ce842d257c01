//! 年度报表: what registry, rounds and messages know of a year, for the annual forms and the supervisor's self-assessment, and what people
//! filled in beside it.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use sea_orm::QueryResult;
use xuncha_core::annual::days_of;
use xuncha_core::points::Exact;
use xuncha_core::registry::{Account, Registry, SiteKind, State, TargetId};
use xuncha_core::stats::{FigureValue, Stats};

use crate::audit::{AuditAction, AuditEntry};
use crate::tip::{Tip, TipFilter};
use crate::{Page, Result, Store, StoreError, sql};

/// What is known without asking, by name.
pub type Known = BTreeMap<String, String>;

/// A quarter in which fewer sites than this were drawn has to be answered for.
const LEAST_PERCENT: i128 = 30;

/// What is known of a site for its work form.
pub async fn of_site(store: &Store, site: &str) -> Result<Known> {
    let registry = store.registry().await?;
    let Some(site) = registry.sites.get(&TargetId::from(site)) else {
        return Err(StoreError::Missing {
            noun: "网站",
            id: site.to_owned(),
        });
    };
    let unit = registry.organizations.get(&site.organization);
    let kind = match site.kind {
        SiteKind::Portal => "政府门户网站",
        SiteKind::Department => "部门网站",
    };
    let mut known = Known::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            known.insert(name.to_owned(), value.to_owned());
        }
    };
    put("site.unit", unit.map_or("", |unit| &unit.name));
    put("site.name", &site.name);
    put("site.home", &site.home);
    put("site.kind", kind);
    put("site.code", &site.id.0);
    put("site.icp", site.icp.as_deref().unwrap_or_default());
    put("site.police", site.police.as_deref().unwrap_or_default());
    let accounts = accounts_of(&registry, &site.organization);
    put(
        "accounts.any",
        if accounts.is_empty() { "否" } else { "是" },
    );
    let of = |word: &str| -> Vec<&Account> {
        let has = |account: &&&Account| account.platform.contains(word);
        accounts.iter().filter(has).copied().collect()
    };
    let names = |accounts: &[&Account]| -> String {
        let names: Vec<&str> = accounts.iter().map(|one| one.name.as_str()).collect();
        names.join("、")
    };
    let followers = |accounts: &[&Account]| -> String {
        let known: Option<Vec<u64>> = accounts.iter().map(|one| one.details.followers).collect();
        let known = known.filter(|known| !known.is_empty());
        known.map_or_else(String::new, |known| known.iter().sum::<u64>().to_string())
    };
    put("accounts.weibo", &names(&of("微博")));
    put("accounts.weibo_followers", &followers(&of("微博")));
    put("accounts.wechat", &names(&of("微信")));
    put("accounts.wechat_followers", &followers(&of("微信")));
    let others: Vec<&Account> = accounts
        .iter()
        .filter(|one| !one.platform.contains("微博") && !one.platform.contains("微信"))
        .copied()
        .collect();
    let others: Vec<String> = others
        .iter()
        .map(|one| format!("{}（{}）", one.name, one.platform))
        .collect();
    put("accounts.others", &others.join("、"));
    Ok(known)
}

fn accounts_of<'a>(registry: &'a Registry, unit: &str) -> Vec<&'a Account> {
    let is_own =
        |account: &&Account| account.organization == unit && account.state == State::Running;
    registry.accounts.values().filter(is_own).collect()
}

/// A quarter of the year.
#[derive(Clone, Copy, Debug, Default)]
struct Quarter {
    rounds: usize,
    sampled: i64,
    failed: i64,
    running: i64,
    unpublished: usize,
}

async fn quarters(store: &Store, year: i16) -> Result<[Quarter; 4]> {
    let mut quarters = [Quarter::default(); 4];
    for row in store.rounds(Page::ALL).await?.rows {
        let round = &row.round;
        if round.as_of.year() != year {
            continue;
        }
        let Some(stats) = store.stats(&round.id, &round.set.id).await? else {
            continue;
        };
        let quarter = &mut quarters[quarter_of(round.as_of.date())];
        quarter.rounds += 1;
        quarter.sampled += count(&stats, "sample.websites");
        quarter.failed += count(&stats, "outcome.websites_unqualified");
        quarter.running = quarter
            .running
            .max(count(&stats, "registry.websites_running"));
        let is_public = store.public_round(&round.id).await.is_ok();
        quarter.unpublished += usize::from(!is_public);
    }
    Ok(quarters)
}

/// The quarter of a day, from 0.
fn quarter_of(day: Date) -> usize {
    usize::try_from((day.month() - 1) / 3).unwrap_or(0)
}

/// Quarters of a year, by their Chinese number, that no round of our own speaks of but an imported one does.
pub async fn imported(store: &Store, year: i16) -> Result<Vec<(&'static str, String)>> {
    const NAMES: [&str; 4] = ["一", "二", "三", "四"];
    let own = quarters(store, year).await?;
    let mut all = Vec::new();
    let mut earlier = store.previous_rounds().await?;
    earlier.sort_by(|a, b| a.id.cmp(&b.id));
    for round in earlier {
        // It is known by its id alone: tables of earlier rounds have no monitoring point.
        let Some((of, quarter)) = round.id.split_once('Q') else {
            continue;
        };
        let at = quarter
            .parse::<usize>()
            .ok()
            .filter(|at| (1..=4).contains(at));
        if let Some(at) = at.filter(|at| of == year.to_string() && own[at - 1].rounds == 0) {
            all.push((NAMES[at - 1], round.id.clone()));
        }
    }
    Ok(all)
}

fn count(stats: &Stats, name: &str) -> i64 {
    match stats.figures.get(name).map(|figure| &figure.value) {
        Some(FigureValue::Count(count)) => *count,
        _ => 0,
    }
}

/// Messages that were received in a year.
async fn tips(store: &Store, year: i16) -> Result<Vec<Tip>> {
    // The last day of the year: whether a term is over plays no part here.
    let (_, today) = days_of(year);
    let all = store.tips(&TipFilter::default(), today, Page::ALL).await?;
    let (first, last) = days_of(year);
    let is_of = |tip: &Tip| tip.received >= first && tip.received <= last;
    Ok(all.rows.into_iter().filter(is_of).collect())
}

/// What is known of a year for the supervisor's form. Numbers of sites are those of the registry as it stands.
pub async fn of_year(store: &Store, year: i16) -> Result<Known> {
    let registry = store.registry().await?;
    let running = |kind: Option<SiteKind>| {
        let sites = registry.sites.values();
        let sites = sites.filter(|site| site.state == State::Running);
        sites
            .filter(|site| kind.is_none_or(|kind| site.kind == kind))
            .count()
    };
    let mut known = Known::new();
    let mut put = |name: String, value: String| known.insert(name, value);
    put("registry.websites".to_owned(), running(None).to_string());
    put(
        "registry.portals".to_owned(),
        running(Some(SiteKind::Portal)).to_string(),
    );
    let departments = running(Some(SiteKind::Department));
    put("registry.departments".to_owned(), departments.to_string());
    let quarters = quarters(store, year).await?;
    // Of a quarter without a round of our own nothing is known, and nothing of the year then.
    for (at, quarter) in quarters.iter().enumerate() {
        if quarter.rounds == 0 {
            continue;
        }
        let name = |part: &str| format!("quarter{}.{part}", at + 1);
        put(name("sampled"), quarter.sampled.to_string());
        put(name("failed"), quarter.failed.to_string());
        let ratio = Exact::percent(quarter.sampled.into(), quarter.running.into());
        if let Some(ratio) = ratio {
            put(name("ratio"), ratio.short(1));
        }
    }
    let sum = |of: fn(&Quarter) -> i64| quarters.iter().map(of).sum::<i64>().to_string();
    if quarters.iter().all(|quarter| quarter.rounds > 0) {
        put("year.sampled".to_owned(), sum(|quarter| quarter.sampled));
        put("year.failed".to_owned(), sum(|quarter| quarter.failed));
    }
    let tips = tips(store, year).await?;
    // Where no message was ever taken in, nothing is known of them.
    if !tips.is_empty() {
        let in_time = |tip: &&Tip| tip.answered.is_some_and(|day| day <= tip.due);
        let late = |tip: &&Tip| tip.answered.is_some_and(|day| day > tip.due);
        let open = |tip: &&Tip| tip.answered.is_none();
        put("tips.received".to_owned(), tips.len().to_string());
        put(
            "tips.in_time".to_owned(),
            tips.iter().filter(in_time).count().to_string(),
        );
        put(
            "tips.late".to_owned(),
            tips.iter().filter(late).count().to_string(),
        );
        put(
            "tips.open".to_owned(),
            tips.iter().filter(open).count().to_string(),
        );
    }
    Ok(known)
}

/// Answers of the self-assessment that rounds and messages give, by the code of their question.
pub async fn of_supervisor(store: &Store, year: i16) -> Result<BTreeMap<String, u32>> {
    let mut known = BTreeMap::new();
    let tips = tips(store, year).await?;
    if !tips.is_empty() {
        let open = tips.iter().filter(|tip| tip.answered.is_none()).count();
        let mut late = 0;
        for tip in &tips {
            late += u32::from(is_over_a_month(tip));
        }
        known.insert("supervision_unresolved".to_owned(), count_of(open));
        known.insert("supervision_late".to_owned(), late);
    }
    let lacking = |quarter: &&Quarter| {
        let is_enough =
            i128::from(quarter.sampled) * 100 >= LEAST_PERCENT * i128::from(quarter.running);
        !is_enough || quarter.unpublished > 0
    };
    let quarters = quarters(store, year).await?;
    // A quarter without a round of our own may have been inspected elsewhere: then somebody has to say.
    if quarters.iter().all(|quarter| quarter.rounds > 0) {
        let lacking = quarters.iter().filter(lacking).count();
        known.insert("supervision_quarterly".to_owned(), count_of(lacking));
    }
    Ok(known)
}

fn count_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Answered more than a calendar month after it was received.
fn is_over_a_month(tip: &Tip) -> bool {
    let limit = tip.received.checked_add(1.month());
    tip.answered
        .is_some_and(|day| limit.is_ok_and(|limit| day > limit))
}

/// 年度填报. What somebody filled in of a form of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnualSaved {
    /// What the form is about: the number of a site; empty for the forms of the office.
    pub subject: String,
    /// By the key of the item; what is empty is left out.
    pub answers: BTreeMap<String, String>,
    /// Who saved it last.
    pub by: String,
    /// When.
    pub at: DateTime,
}

/// 年度填报的主键. Which form of whom, of which year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnualKey<'a> {
    /// `work`, `supervision` or `assessment`.
    pub form: &'a str,
    /// Number of a site; empty for the forms of the office.
    pub subject: &'a str,
    /// Year that it speaks of.
    pub year: i16,
}

impl Store {
    /// What was filled in; `None` where nobody ever saved it.
    pub async fn annual_answers(&self, key: AnnualKey<'_>) -> Result<Option<AnnualSaved>> {
        let sql = "SELECT * FROM annual_answers WHERE form = ? AND year = ? AND subject = ?";
        let values = vec![
            sql::text(key.form),
            i64::from(key.year).into(),
            sql::text(key.subject),
        ];
        let row = sql::row(self.read(), sql, values).await?;
        row.as_ref().map(read_saved).transpose()
    }

    /// Every form of a kind and year that somebody saved, by what it is about.
    pub async fn annual_saved(&self, form: &str, year: i16) -> Result<Vec<AnnualSaved>> {
        let sql = "SELECT * FROM annual_answers WHERE form = ? AND year = ? ORDER BY subject";
        let values = vec![sql::text(form), i64::from(year).into()];
        let found = sql::rows(self.read(), sql, values).await?;
        found.iter().map(read_saved).collect()
    }

    /// Keeps what was filled in, in place of what was before; empty answers are none.
    pub async fn put_annual_answers(
        &self,
        key: AnnualKey<'_>,
        answers: &BTreeMap<String, String>,
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        let mut answers = answers.clone();
        answers.retain(|_, answer| !answer.is_empty());
        let transaction = self.begin().await?;
        let sql =
            "DELETE FROM annual_answers WHERE form = ? AND year = ? AND subject = ? RETURNING body";
        let values = vec![
            sql::text(key.form),
            i64::from(key.year).into(),
            sql::text(key.subject),
        ];
        let before = sql::row(&transaction.inner, sql, values).await?;
        let before: Option<String> = before.map(|row| row.try_get_by_index(0)).transpose()?;
        let before: BTreeMap<String, String> = match before {
            Some(body) => sql::parse("年度填报", &body)?,
            None => BTreeMap::new(),
        };
        let row = vec![
            sql::text(key.form),
            sql::text(key.subject),
            i64::from(key.year).into(),
            sql::body("年度填报", &answers)?,
            sql::text(by),
            sql::text(&sql::word(&at)?),
        ];
        let columns = ["form", "subject", "year", "body", "person", "changed_at"];
        sql::insert(
            &transaction.inner,
            "annual_answers",
            &columns,
            vec![row],
            "",
        )
        .await?;
        if before != answers {
            let object = match key.subject {
                "" => format!("annual/{}/{}", key.form, key.year),
                subject => format!("annual/{}/{}/{subject}", key.form, key.year),
            };
            // Which items, not what was said: the log is no second copy of the form.
            let changed: Vec<&str> = before
                .keys()
                .chain(answers.keys())
                .filter(|item| before.get(*item) != answers.get(*item))
                .map(String::as_str)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
            let entry = AuditEntry::new(AuditAction::AnnualFormFilled, object);
            transaction
                .audit(&[entry.change("", changed.join(" "))])
                .await?;
        }
        transaction.commit().await
    }
}

fn read_saved(row: &QueryResult) -> Result<AnnualSaved> {
    Ok(AnnualSaved {
        subject: row.try_get_by("subject")?,
        answers: sql::parse("年度填报", &row.try_get_by::<String, _>("body")?)?,
        by: row.try_get_by("person")?,
        at: sql::from_word("填报时间", row.try_get_by("changed_at")?)?,
    })
}
