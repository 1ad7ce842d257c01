//! 任务执行. Does what rounds have queued, one job at a time, while the web interface is up. A job that a killed process left behind is begun
//! again: every handler goes on from what stands in the database and the evidence, and waits for no heartbeat.

use std::fs::{File, TryLockError};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures::FutureExt;
use serde::Deserialize;
use xuncha_core::registry::TargetId;
use xuncha_core::round::Round;
use xuncha_gather::report::Progress as Phases;
use xuncha_store::job::{Job, JobState, JobStep, Progress};
use xuncha_store::registry::ChangeNote;
use xuncha_store::round_job::RoundJob;
use xuncha_store::{Actor, Store};

use crate::cli::WorkArgs;
use crate::commands::{self, now};
use crate::data::Data;
use crate::rules::Rules;
use crate::{jobs, network};

/// Between two looks into an empty queue, and between two reports of how far a job is.
const PAUSE: Duration = Duration::from_millis(700);
/// A job that broke the program off so often is not begun again.
const MOST_ATTEMPTS: u64 = 5;
/// Pictures of findings per site.
const PICTURES_PER_SITE: usize = 20;

/// What a job carries along.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Payload {
    round: String,
    target: Option<TargetId>,
    /// Name of who asked.
    by: String,
    /// Why, where something is closed.
    reason: String,
    /// Draft of a list.
    lexicon: i64,
    /// Home pages that are compared.
    old: String,
    new: String,
}

/// Works until the program ends. Where another process works on the same folder, this one leaves the queue alone.
pub async fn run(data: &Data, rules: &Rules, arguments: &WorkArgs) -> Result<()> {
    let held = hold(&data.folder)?;
    if held.is_none() {
        println!("另一个进程正在执行本数据目录的任务，这里只提供网页。");
        return Ok(());
    }
    let again = data.store.requeue_jobs("round/").await?;
    if again > 0 {
        println!("上次中断的任务 {again} 个，从断点继续。");
    }
    loop {
        match data.store.take_round_job(now()).await {
            Ok(Some(job)) => work(data, rules, arguments, job).await,
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::error!(%error, "cannot read the queue of jobs");
                tokio::time::sleep(PAUSE * 10).await;
            }
        }
    }
}

/// The lock of the one process that runs jobs; it ends with the process, however that ends.
fn hold(folder: &Path) -> Result<Option<File>> {
    let path = folder.join("jobs.lock");
    let file = File::create(&path).with_context(|| format!("无法写入 {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("无法锁定 {}", path.display()))
        }
    }
}

/// Does one job and writes down how it ended. Nothing that happens inside ends the program.
async fn work(data: &Data, rules: &Rules, arguments: &WorkArgs, job: Job) {
    let steps = Arc::new(Steps::default());
    let teller = tokio::spawn(tell(data.store.clone(), job.number, steps.clone()));
    let done = AssertUnwindSafe(perform(data, rules, arguments, &job, &steps)).catch_unwind();
    let done = match done.await {
        Ok(done) => done,
        Err(_) => Err(anyhow::anyhow!("程序出错而中断；请保留日志并反馈")),
    };
    teller.abort();
    let (state, note) = match done {
        Ok(note) => (JobState::Done, note),
        Err(error) => {
            tracing::error!(
                job = job.number,
                kind = job.new.kind,
                error = format!("{error:#}"),
                "job failed"
            );
            (JobState::Failed, format!("{error:#}"))
        }
    };
    let progress = steps.progress(&note);
    let kept = async {
        data.store.put_job_steps(job.number, &steps.all()).await?;
        data.store
            .end_job(job.number, state, &progress, now())
            .await
    };
    if let Err(error) = kept.await {
        tracing::error!(job = job.number, %error, "cannot write down how a job ended");
    }
}

/// Writes down how far a job is, until it is stopped.
async fn tell(store: Store, number: i64, steps: Arc<Steps>) {
    let mut told = Vec::new();
    loop {
        tokio::time::sleep(PAUSE).await;
        let all = steps.all();
        if all == told {
            continue;
        }
        let progress = steps.progress("");
        let kept = async {
            store.put_job_steps(number, &all).await?;
            store.set_job(number, JobState::Running, &progress).await
        };
        match kept.await {
            Ok(()) => told = all,
            Err(error) => tracing::warn!(number, %error, "cannot write down how far a job is"),
        }
    }
}

async fn perform(
    data: &Data,
    rules: &Rules,
    arguments: &WorkArgs,
    job: &Job,
    steps: &Steps,
) -> Result<String> {
    if job.attempts > MOST_ATTEMPTS {
        bail!("这项任务已中断 {MOST_ATTEMPTS} 次，不再重试；请查看日志后重新启动");
    }
    let payload: Payload =
        serde_json::from_value(job.new.payload.clone()).context("任务内容读不懂")?;
    let kind = RoundJob::of_word(&job.new.kind).context("不认识的任务")?;
    // What the job changes stands in the log under who asked for it.
    let who = match job.asked.0.as_str() {
        "" => "system",
        who => who,
    };
    let data = &Data {
        store: data.store.acting_as(Actor::new(who, now)),
        ..data.clone()
    };
    let row = match kind {
        RoundJob::Notice | RoundJob::Pictures | RoundJob::TryList | RoundJob::Migration => {
            data.round(Some(&payload.round)).await?
        }
        _ => data.open_round(Some(&payload.round)).await?,
    };
    match kind {
        RoundJob::Gather => gather(data, rules, arguments, &row.round, steps).await,
        RoundJob::Judge => {
            let judged = jobs::judge::judge_round(data, rules, &row.round, steps).await?;
            steps.started("评分与汇总", 1);
            let results = jobs::judge::store_judgements(data, &row.round, judged).await?;
            steps.finished("评分与汇总");
            Ok(format!("判定完成：对象 {} 个", results.targets.len()))
        }
        RoundJob::Score => {
            steps.started("评分", 1);
            let results = jobs::judge::stored_results(data, &row).await?;
            jobs::judge::keep_scores(data, &results).await?;
            steps.finished("评分");
            Ok(format!("评分完成：对象 {} 个", results.targets.len()))
        }
        RoundJob::JudgeTarget => {
            let target = payload.target.context("任务没有写明对象")?;
            jobs::judge::judge_one(data, rules, &row.round, &target).await?;
            Ok(format!("对象 {target} 已按更正重判"))
        }
        RoundJob::TryList => {
            jobs::lists::try_draft(data, rules, &row.round.id, payload.lexicon, steps).await
        }
        RoundJob::Notice => notice(data, rules, &row, steps).await,
        RoundJob::Migration => {
            steps.started("比较两个网站", 1);
            let homes = (payload.old.as_str(), payload.new.as_str());
            let said =
                commands::migration::keep(data, rules, &arguments.network, &row.round.id, homes)
                    .await?;
            steps.finished("比较两个网站");
            Ok(said)
        }
        RoundJob::Pictures => {
            let program = network::program(&arguments.network.browser)?;
            let program = program.context("本机没有 Chromium，无法生成页面图片")?;
            let browser = jobs::pictures::browser(&program, &data.folder);
            steps.started("制作页面图片", 1);
            let made = jobs::pictures::run(data, &row.round.id, browser, PICTURES_PER_SITE).await?;
            steps.finished("制作页面图片");
            Ok(format!(
                "页面图片：新制 {}，已有 {}，失败 {}",
                made.made, made.kept, made.failed
            ))
        }
        RoundJob::Close => {
            let note = ChangeNote {
                at: now(),
                by: payload.by,
                reason: payload.reason,
            };
            steps.started("核对结论", 1);
            commands::round::close_with(data, &row, &note).await?;
            steps.finished("核对结论");
            Ok("轮次已关闭".to_owned())
        }
    }
}

async fn gather(
    data: &Data,
    rules: &Rules,
    arguments: &WorkArgs,
    round: &Round,
    steps: &Steps,
) -> Result<String> {
    let mut settings = network::settings_for(&arguments.network, arguments.province.is_some())?;
    let clock = jobs::gather::clock(arguments.province.as_deref(), &mut settings).await?;
    let extent = jobs::gather::Extent {
        max_pages: arguments.network.max_pages,
        has_visits: !arguments.no_visits,
    };
    let report = jobs::gather::run(data, rules, round, settings, clock, extent, steps).await?;
    let broken = match report.broken.len() {
        0 => String::new(),
        count => format!("，因本程序出错中断 {count} 个对象，再次采集即从断点继续"),
    };
    Ok(format!(
        "采集完成：对象 {}，请求 {}，网页 {}，链接 {}，访问 {}{broken}",
        report.targets, report.requests, report.pages, report.looks, report.probes
    ))
}

async fn notice(
    data: &Data,
    rules: &Rules,
    row: &xuncha_store::round::RoundRow,
    steps: &Steps,
) -> Result<String> {
    steps.started("汇总结果", 1);
    // Before the results are read: what changes meanwhile makes the notice old, never new.
    let outcome = jobs::notice::outcome(data, row).await?;
    let results = jobs::judge::stored_results(data, row).await?;
    let registry = data.store.registry().await?;
    steps.finished("汇总结果");
    steps.started("排版与导出", 1);
    let today = now().date();
    let details = jobs::notice::details(data, &results, &registry, None, today).await?;
    let text = data.store.notice_template_text(&row.round.id).await?;
    let (notice, book) =
        jobs::notice::build(rules, &results, &registry, &details, text.as_deref())?;
    let out = tempfile::tempdir_in(&data.folder).context("无法建立临时目录")?;
    tokio::task::block_in_place(|| -> Result<()> {
        jobs::notice::write(&notice, &book, &data.folder, out.path())?;
        jobs::notice::write_trace(&book, out.path())?;
        std::fs::write(out.path().join("results.json"), results.to_json()?)?;
        Ok(())
    })?;
    jobs::notice::keep(data, &row.round.id, &outcome, out.path()).await?;
    steps.finished("排版与导出");
    let dated = xuncha_core::notice::figures::chinese_date(notice.date);
    Ok(format!("已生成《{}》，成文日期{dated}", notice.title))
}

/// 步骤进度. The phases of the job that runs, in the order in which they began.
#[derive(Default)]
pub struct Steps {
    all: Mutex<Vec<JobStep>>,
}

impl Steps {
    fn all(&self) -> Vec<JobStep> {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The last phase, with a note.
    fn progress(&self, note: &str) -> Progress {
        let all = self.all();
        let last = all.last();
        Progress {
            done: last.map_or(0, |step| step.done),
            total: last.map_or(0, |step| step.total),
            note: match note {
                "" => last.map(|step| step.name.clone()).unwrap_or_default(),
                note => note.to_owned(),
            },
        }
    }

    fn with(&self, phase: &str, act: impl FnOnce(&mut JobStep)) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = all.iter_mut().rfind(|step| step.name == phase) {
            act(step);
        }
    }
}

impl Phases for Steps {
    fn started(&self, phase: &str, total: u64) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(JobStep {
            name: phase.to_owned(),
            done: 0,
            total,
        });
    }

    fn advanced(&self, phase: &str, by: u64) {
        self.with(phase, |step| step.done += by);
    }

    fn finished(&self, phase: &str) {
        self.with(phase, |step| step.done = step.total);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn phases_come_one_after_the_other() {
        let steps = Steps::default();
        steps.started("抓取", 10);
        steps.advanced("抓取", 4);
        steps.started("第二次访问", 2);
        steps.advanced("抓取", 1);
        steps.advanced("没有这一步", 1);
        let seen: Vec<_> = steps
            .all()
            .into_iter()
            .map(|step| (step.name, step.done, step.total))
            .collect();
        assert_eq!(
            seen,
            [("抓取".to_owned(), 5, 10), ("第二次访问".to_owned(), 0, 2)]
        );
        steps.finished("抓取");
        assert_eq!(steps.all()[0].done, 10);
        assert_eq!(steps.progress("").note, "第二次访问");
        assert_eq!(steps.progress("完成").note, "完成");
    }

    #[test]
    fn one_process_works_on_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = hold(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(hold(folder.path()).unwrap().is_none());
        drop(first);
        assert!(hold(folder.path()).unwrap().is_some());
    }
}
