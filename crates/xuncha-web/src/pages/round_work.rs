//! 任务与进度: starts gathering, judging, scoring and the notice as jobs, and shows how far they are, live where the browser can.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures::stream;
use serde::Deserialize;
use xuncha_core::notice::extras::{self, FieldFault};
use xuncha_core::permission::Action;
use xuncha_store::job::{Job, JobState, JobStep};
use xuncha_store::round::RoundState;
use xuncha_store::round_job::RoundJob;
use xuncha_store::{Page, StoreError};

use crate::WebState;
use crate::asked::Query;
use crate::english;
use crate::error::{WebError, page};
use crate::headers::scripted;
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::notice_sign;
use crate::shell::{Shell, Viewer};

/// Jobs on one page.
const JOBS_SHOWN: u64 = 15;
/// Between two looks for news.
const LOOK: Duration = Duration::from_millis(800);
/// A connection that nobody ends is ended, and the browser comes again.
const LOOKS_PER_CONNECTION: u32 = 700;

/// Puts what the server sends in place of what stands there.
const SCRIPT: &str = "var box=document.getElementById('jobs');if(box&&window.EventSource){var source=new EventSource(box.dataset.events);source.onmessage=function(event){box.innerHTML=event.data;if(box.querySelector('[data-ended]')){source.close()}}}";

struct StepLine {
    name: String,
    done: u64,
    total: u64,
    /// Part that is done, in percent of its bar.
    width: u64,
}

struct JobLine {
    number: i64,
    name: &'static str,
    state: Label,
    note: String,
    steps: Vec<StepLine>,
    asked_by: String,
    asked_at: String,
    begun_at: String,
    ended_at: String,
    attempts: u64,
    before: u64,
    is_waiting: bool,
    is_running: bool,
}

/// The part of the page that is replaced while jobs run.
#[derive(Template)]
#[template(path = "round_jobs.html")]
struct JobsPart {
    lang: Lang,
    csrf: String,
    jobs: Vec<JobLine>,
    is_live: bool,
    may_manage: bool,
    action: String,
}

impl JobsPart {
    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }

    fn said(&self, text: &str) -> String {
        english::html(self.lang, text)
    }
}

struct StartLine {
    word: &'static str,
    name: &'static str,
    what: &'static str,
    is_next: bool,
    is_possible: bool,
}

#[derive(Template)]
#[template(path = "round_work.html")]
struct WorkPage {
    shell: Shell,
    part: JobsPart,
    starts: Vec<StartLine>,
    may_manage: bool,
    is_live: bool,
    action: String,
    events_href: String,
    refresh_href: String,
    pager: Pager,
    refreshes: bool,
    script: &'static str,
    heading: Heading,
    details_href: String,
}

/// Number and date of the notice as they stand in the form, and what is wrong with them.
#[derive(Default)]
struct Heading {
    number: String,
    date: String,
    faults: Vec<FieldFault>,
}

impl Heading {
    async fn kept(state: &WebState, round: &str) -> Result<Heading, WebError> {
        let extras = state.store.notice_extras(round).await?;
        Ok(Heading {
            number: extras.number,
            date: extras
                .date
                .map_or_else(String::new, |date| date.to_string()),
            faults: Vec::new(),
        })
    }

    /// What is wrong with a field; empty where nothing is.
    fn fault(&self, field: &str) -> &str {
        let found = self.faults.iter().find(|fault| fault.field == field);
        found.map_or("", |fault| &fault.problem)
    }
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    page: Option<u64>,
    /// Whether the page loads itself again, for browsers without scripts.
    #[serde(default)]
    refresh: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let heading = Heading::kept(&state, &id).await?;
    work_page(&state, &viewer, &id, &asked, heading).await
}

async fn work_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    asked: &Asked,
    heading: Heading,
) -> Result<Response, WebError> {
    let row = state.store.round(id).await?;
    let base = format!("/rounds/{}/work", encode(id));
    let pager = Pager::new(asked.page, JOBS_SHOWN);
    let (part, total) = part(state, viewer, id, pager.page()).await?;
    let is_live = part.is_live;
    let is_published = notice_sign::published_version(state, &row).await?.is_some();
    let title = viewer.lang.t("任务与进度", "Jobs");
    let shown = WorkPage {
        shell: Shell::new(viewer, "rounds", title).in_round(id, &row.round.title, "work"),
        starts: starts(viewer.lang, row.state, is_published),
        may_manage: viewer.may(Action::ManageRound),
        part,
        is_live,
        events_href: format!("{base}/events"),
        refresh_href: format!("{base}?refresh=1"),
        pager: pager.over(total, base.clone(), Vec::new()),
        refreshes: is_live && !asked.refresh.is_empty(),
        action: base,
        script: SCRIPT,
        details_href: format!("/rounds/{}/notice/details", encode(id)),
        heading,
    };
    let mut response = page(&shown)?;
    if is_live && let Ok(policy) = HeaderValue::from_str(&scripted(SCRIPT)) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn starts(lang: Lang, state: RoundState, is_published: bool) -> Vec<StartLine> {
    let is_open = !state.is_closed();
    let line = |kind: RoundJob, name, what, is_next, is_possible| StartLine {
        word: kind.word(),
        name,
        what,
        is_next,
        is_possible,
    };
    vec![
        line(
            RoundJob::Gather,
            lang.t("采集", "Gather"),
            lang.t(
                "按轮次抓取网站和账号，留存证据；可随时中断，再次启动从断点继续",
                "Crawls sites and accounts and keeps the evidence; goes on where it was stopped",
            ),
            state == RoundState::New,
            is_open,
        ),
        line(
            RoundJob::Judge,
            lang.t("判定", "Judge"),
            lang.t(
                "用已有证据逐项判定并评分；人工结论不变",
                "Judges the evidence and scores; what people decided stays",
            ),
            state == RoundState::Gathering,
            is_open && state != RoundState::New,
        ),
        line(
            RoundJob::Score,
            lang.t("评分汇总", "Score"),
            lang.t(
                "按人工结论重算全部得分与汇总数据",
                "Reckons all scores and figures from what people decided",
            ),
            false,
            state == RoundState::Judged,
        ),
        line(
            RoundJob::Pictures,
            lang.t("页面图片", "Pictures"),
            lang.t(
                "由存档页面制作问题截图，标出位置，供复核时查看",
                "Pictures of findings from archived pages, with the place marked",
            ),
            false,
            state != RoundState::New,
        ),
        line(
            RoundJob::Notice,
            lang.t("生成通报", "Notice"),
            match is_published {
                true => lang.t(
                    "通报已经发布；要改，先在“通报”页发起更正",
                    "The notice is published; begin a correction on its page first",
                ),
                false => lang.t(
                    "生成 Word、PDF、网页版和附件；结论未定时标为草稿",
                    "Word, PDF, web page and annexes; marked as a draft while outcomes are open",
                ),
            },
            state.is_closed() && !is_published,
            !is_published
                && matches!(
                    state,
                    RoundState::Judged | RoundState::Closed | RoundState::Frozen
                ),
        ),
    ]
}

async fn part(
    state: &WebState,
    viewer: &Viewer,
    round: &str,
    page: Page,
) -> Result<(JobsPart, u64), StoreError> {
    let found = state.store.round_jobs(round, page).await?;
    let is_live = found.rows.iter().any(|job| !job.state.is_ended());
    let mut jobs = Vec::with_capacity(found.rows.len());
    let mut names = BTreeMap::new();
    for mut job in found.rows {
        // Who asked is kept by number; people go by their names.
        if let Some(number) = job
            .asked
            .0
            .strip_prefix('P')
            .and_then(|own| own.parse().ok())
        {
            let name = match names.entry(number) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(state.store.person(number).await?.name),
            };
            job.asked.0.clone_from(name);
        }
        let steps = state.store.job_steps(job.number).await?;
        let before = match job.state {
            JobState::Waiting => state.store.jobs_before(job.number).await?,
            _ => 0,
        };
        jobs.push(job_line(viewer.lang, job, steps, before));
    }
    let part = JobsPart {
        lang: viewer.lang,
        csrf: viewer.csrf.clone(),
        jobs,
        is_live,
        may_manage: viewer.may(Action::ManageRound),
        action: format!("/rounds/{}/work", encode(round)),
    };
    Ok((part, found.total))
}

fn job_line(lang: Lang, job: Job, steps: Vec<JobStep>, before: u64) -> JobLine {
    let (text, tone) = match job.state {
        JobState::Waiting => (lang.t("排队", "Waiting"), "none"),
        JobState::Running => (lang.t("进行中", "Running"), "info"),
        JobState::Done => (lang.t("完成", "Done"), "good"),
        JobState::Failed => (lang.t("失败", "Failed"), "bad"),
        JobState::Cancelled => (lang.t("已取消", "Cancelled"), "none"),
    };
    let kind = RoundJob::of_word(&job.new.kind);
    let plain = |at: &str| at.replace('T', " ");
    JobLine {
        number: job.number,
        name: kind.map_or("—", |kind| labels::round_job(lang, kind)),
        state: Label {
            text: text.to_owned(),
            tone,
        },
        is_waiting: job.state == JobState::Waiting,
        is_running: job.state == JobState::Running,
        note: job.progress.note,
        steps: steps
            .into_iter()
            .map(|step| StepLine {
                width: (step.done * 100)
                    .checked_div(step.total)
                    .unwrap_or(0)
                    .min(100),
                name: labels::step(lang, &step.name).to_owned(),
                done: step.done,
                total: step.total,
            })
            .collect(),
        asked_by: job.asked.0,
        asked_at: plain(&job.asked.1),
        begun_at: plain(&job.times.0),
        ended_at: plain(&job.times.1),
        attempts: job.attempts,
        before,
    }
}

/// The jobs as they change, until all have ended.
pub(crate) async fn events(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    state.store.round(&id).await?;
    let begin = (state, viewer, id, String::new(), 0_u32);
    let news = stream::unfold(begin, |(state, viewer, id, told, looks)| async move {
        let mut looks = looks;
        loop {
            if looks > LOOKS_PER_CONNECTION || told.ends_with(ENDED) {
                return None;
            }
            if looks > 0 {
                tokio::time::sleep(LOOK).await;
            }
            looks += 1;
            let (part, _) = part(&state, &viewer, &id, Page::numbered(1, JOBS_SHOWN))
                .await
                .ok()?;
            let ended = if part.is_live { "" } else { ENDED };
            let html = part.render().ok()? + ended;
            if html != told {
                let event: Result<Event, Infallible> = Ok(Event::default().data(&html));
                return Some((event, (state, viewer, id, html, looks)));
            }
        }
    });
    Ok(Sse::new(news)
        .keep_alive(KeepAlive::default())
        .into_response())
}

/// Tells the page that nothing more comes.
const ENDED: &str = "<span data-ended></span>";

/// Starts a job (`kind`), or takes one out of the queue (`cancel`).
pub(crate) async fn ask(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    };
    let store = state.acting(&viewer);
    let back = Redirect::to(&format!("/rounds/{}/work", encode(&id))).into_response();
    if let Ok(number) = field("cancel").parse() {
        store.cancel_round_job(&id, number, state.now()).await?;
        return Ok(back);
    }
    let kind = RoundJob::of_word(field("kind"));
    // Closing and comparing sites have their own pages, and single targets are judged again when something of them is corrected.
    let kind = kind.filter(|kind| {
        !matches!(
            kind,
            RoundJob::Close | RoundJob::JudgeTarget | RoundJob::TryList | RoundJob::Migration
        )
    });
    let Some(kind) = kind else {
        return Err(StoreError::Refused("没有这种任务").into());
    };
    let row = state.store.round(&id).await?;
    // That a notice is published is said by the store, with what to do about it.
    let possible = starts(viewer.lang, row.state, false);
    if !possible
        .iter()
        .any(|start| start.word == kind.word() && start.is_possible)
    {
        return Err(StoreError::Refused("轮次目前的状态不能启动这项任务").into());
    }
    if kind == RoundJob::Notice {
        let (number, date) = (field(extras::NUMBER), field(extras::DATE));
        let kept = store.notice_extras(&id).await?;
        match kept.with_heading(number, date, &row.round) {
            Ok(new) => {
                store
                    .put_notice_extras(&id, &new, &viewer.person, state.now())
                    .await?;
            }
            Err(faults) => {
                let heading = Heading {
                    number: number.to_owned(),
                    date: date.to_owned(),
                    faults,
                };
                let mut page = work_page(&state, &viewer, &id, &Asked::default(), heading).await?;
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(page);
            }
        }
    }
    let payload = serde_json::json!({ "round": id, "by": viewer.person });
    store
        .ask_round_job(&id, kind, None, &payload, state.now())
        .await?;
    Ok(back)
}
