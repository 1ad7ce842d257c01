//! 人员所需的后台工作. What pages of rectification queue, the daily reminders and the outbox, while the web interface is up.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use xuncha_core::rectify::remind::RemindSettings;
use xuncha_core::registry::TargetId;
use xuncha_store::job::{JobState, NewJob, Progress};
use xuncha_store::recheck::{RECHECK_JOB, SELF_CHECK_JOB, Work};

use super::letters::{self, LETTERS_JOB, LetterWords};
use super::outbox::Sender;
use super::outside::{OUTSIDE_JOB, OUTSIDE_LOOK_JOB};
use super::package::PACKAGE_JOB;
use super::rectify::{self, FOLLOW_JOB};
use super::registry::WATCH_JOB;
use super::{outbox, outside, package, recheck, registry};
use crate::cli::NetworkArgs;
use crate::commands::now;
use crate::data::Data;
use crate::rules::Rules;

/// Between two looks at what there is to do.
const PAUSE: Duration = Duration::from_secs(2);
/// A job that broke the program off so often is not begun again.
const MOST_ATTEMPTS: u64 = 5;
const KINDS: [&str; 8] = [
    PACKAGE_JOB,
    RECHECK_JOB,
    SELF_CHECK_JOB,
    FOLLOW_JOB,
    LETTERS_JOB,
    WATCH_JOB,
    OUTSIDE_JOB,
    OUTSIDE_LOOK_JOB,
];

/// 后台设置.
pub struct Settings<'a> {
    /// Network of rechecks and self-checks.
    pub network: &'a NetworkArgs,
    /// When units are reminded.
    pub remind: RemindSettings,
    /// Through what messages leave.
    pub sender: Sender,
    /// Address of the list in messages, may be empty.
    pub address: String,
}

/// Works until the program ends. Where another process works on the same folder, this one leaves it alone.
pub async fn run(data: &Data, rules: &Rules, settings: &Settings<'_>) -> Result<()> {
    let Some(_held) = hold(&data.folder)? else {
        return std::future::pending().await;
    };
    data.store.requeue_work(&KINDS).await?;
    let mut reminded: Option<Date> = None;
    loop {
        if let Err(error) = once(data, rules, settings, &mut reminded).await {
            tracing::error!(error = format!("{error:#}"), "background work failed");
            tokio::time::sleep(PAUSE * 5).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn once(
    data: &Data,
    rules: &Rules,
    settings: &Settings<'_>,
    reminded: &mut Option<Date>,
) -> Result<()> {
    while let Some(work) = data.store.take_work(&KINDS, now()).await? {
        perform(data, rules, settings, &work).await?;
    }
    let at = now();
    if *reminded != Some(at.date()) {
        data.store.turn_suspensions(at).await?;
        remind(data, settings, at).await?;
        watch_notices(data, at).await?;
        *reminded = Some(at.date());
    }
    outbox::run(&data.store, &data.folder, &settings.sender).await?;
    Ok(())
}

/// The reminders of a day, and the rates that lists show.
async fn remind(data: &Data, settings: &Settings<'_>, at: DateTime) -> Result<()> {
    let told = (at, settings.address.as_str());
    rectify::remind(data, &settings.remind, at.date(), told).await?;
    for (round, _, _) in data.store.round_rates().await? {
        rectify::reckon_rates(data, &round, at.date()).await?;
    }
    Ok(())
}

/// Queues the daily look at notices, once a day whoever asks.
async fn watch_notices(data: &Data, at: DateTime) -> Result<()> {
    let job = NewJob {
        kind: WATCH_JOB.to_owned(),
        idempotency_key: format!("{WATCH_JOB}/{}", at.date()),
        payload: serde_json::json!({}),
        due_at: at,
    };
    data.store.put_job(&job).await?;
    Ok(())
}

fn hold(folder: &Path) -> Result<Option<File>> {
    let path = folder.join("people.lock");
    let open = File::options().create(true).append(true).open(&path);
    let file = open.with_context(|| format!("无法打开 {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).context("无法锁定后台任务"),
    }
}

/// What a job carries along.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    recheck: String,
    self_check: String,
    round: String,
    by: String,
    issuer: String,
    url: String,
    target: String,
    /// 发文字号, mailbox and date of letters; each may be empty.
    number: String,
    mail: String,
    date: String,
}

async fn perform(data: &Data, rules: &Rules, settings: &Settings<'_>, work: &Work) -> Result<()> {
    let done = handle(data, rules, settings, work).await;
    let (state, note) = match done {
        Ok(note) => (JobState::Done, note),
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(job = work.number, kind = work.kind, error, "job failed");
            (JobState::Failed, error)
        }
    };
    let progress = Progress {
        done: 1,
        total: 1,
        note,
    };
    Ok(data.store.set_job(work.number, state, &progress).await?)
}

/// Does one job; answers with what it came to.
pub async fn handle(
    data: &Data,
    rules: &Rules,
    settings: &Settings<'_>,
    work: &Work,
) -> Result<String> {
    if work.attempts > MOST_ATTEMPTS {
        bail!("这项任务已中断 {MOST_ATTEMPTS} 次，不再重试；请查看日志");
    }
    let payload: Payload =
        serde_json::from_value(work.payload.clone()).context("任务内容读不懂")?;
    match work.kind.as_str() {
        RECHECK_JOB => recheck::run(data, rules, settings.network, &payload.recheck).await,
        SELF_CHECK_JOB => {
            recheck::self_check(data, rules, settings.network, &payload.self_check).await
        }
        FOLLOW_JOB => {
            let opened = rectify::open(data, &payload.round, &payload.by, now()).await?;
            Ok(format!(
                "新建 {} 项，复发 {} 项，办结 {} 项",
                opened.new, opened.relapsed, opened.closed
            ))
        }
        WATCH_JOB => {
            let told = registry::watch(data, rules, settings.network).await?;
            Ok(format!(
                "查看 {} 处，如期看到 {} 处，未能查看 {} 处",
                told.looked, told.shown, told.missed
            ))
        }
        OUTSIDE_JOB => {
            let found = outside::find(data, rules, &payload.round).await?;
            Ok(format!(
                "名录外线索 {} 条，新增 {} 条；登记存疑 {} 条",
                found.count, found.new, found.doubts
            ))
        }
        OUTSIDE_LOOK_JOB => {
            let url = (!payload.url.is_empty()).then_some(payload.url.as_str());
            let looked = outside::look(data, rules, settings.network, url).await?;
            Ok(looked.to_string())
        }
        LETTERS_JOB => write_letters(data, &payload).await,
        PACKAGE_JOB => {
            let target = TargetId(payload.target);
            let written = package::keep(data, &payload.round, &target).await?;
            Ok(format!("证据包已生成：证据 {} 份", written.proofs))
        }
        other => bail!("不认识的任务 {other}"),
    }
}

async fn write_letters(data: &Data, payload: &Payload) -> Result<String> {
    let row = data.store.round(&payload.round).await?;
    let words = LetterWords {
        issuer: payload.issuer.clone(),
        number: payload.number.clone(),
        mail: payload.mail.clone(),
        date: payload.date.parse().unwrap_or_else(|_| now().date()),
        deadline: row
            .round
            .rectify_by
            .parse()
            .context("轮次的整改期限不是日期")?,
    };
    let out = tempfile::tempdir_in(&data.folder).context("无法建立临时目录")?;
    let written = letters::write(data, &payload.round, None, &words, out.path()).await?;
    letters::keep(data, &payload.round, &written).await?;
    Ok(format!("已生成 {} 份整改通知书", written.len()))
}
