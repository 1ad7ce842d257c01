//! 名录的后台任务: looks at the notices of closing sites and old domains.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use url::Url;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::visible_text;
use xuncha_core::registry::TargetId;
use xuncha_core::registry::request::{RequestState, days_after};
use xuncha_core::registry::watch::{Sighting, Watch, WatchKind, WatchState, seen_in, watched};
use xuncha_gather::again::look_at;
use xuncha_gather::clock::RealClock;
use xuncha_store::Page;
use xuncha_store::registry_request::{Request, RequestFilter, TermEnd};

use crate::cli::NetworkArgs;
use crate::commands::now;
use crate::data::Data;
use crate::network;
use crate::rules::Rules;
use crate::wiring::FolderSink;

/// Kind of the job that looks at notices.
pub const WATCH_JOB: &str = "registry_watch";
/// Seconds before a page that did not convince is asked again.
const SECOND_LOOK_S: f64 = 5.0;

/// 查看结果. What one run saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    /// Pages that were looked at.
    pub looked: u64,
    /// Of them those that showed the notice, or led to the new domain.
    pub shown: u64,
    /// Those that could not be looked at by our own fault.
    pub missed: u64,
}

/// Days after a closure during which it is looked whether the site is back.
const RETURN_DAYS: i64 = 30;

/// Looks at every notice whose term is not over, and at sites whose closure is, once. Closures whose day has come begin and end before.
pub async fn watch(data: &Data, rules: &Rules, args: &NetworkArgs) -> Result<Watches> {
    data.store.turn_suspensions(now()).await?;
    let filter = RequestFilter {
        is_watched: true,
        ..RequestFilter::default()
    };
    let found = data.store.requests(&filter, Page::ALL).await?;
    let mut told = Watches::default();
    for request in &found.rows {
        let Some(watch) = due(data, request).await? else {
            continue;
        };
        match look(data, rules, args, request, &watch).await {
            Ok(Some(look)) => {
                told.looked += 1;
                let is_shown = matches!(
                    look.seen,
                    xuncha_core::registry::watch::Seen::Notice
                        | xuncha_core::registry::watch::Seen::Moved
                        | xuncha_core::registry::watch::Seen::Opened
                );
                told.shown += u64::from(is_shown);
                data.store.put_sightings(&request.id, &[look]).await?;
                tell(data, request, &watch).await?;
            }
            Ok(None) => told.missed += 1,
            Err(error) => {
                told.missed += 1;
                let error = format!("{error:#}");
                tracing::error!(request = request.id, error, "cannot look at a notice");
            }
        }
    }
    Ok(told)
}

/// Tells, once, that a term is over: a closing may be settled, or a site is not back.
async fn tell(data: &Data, request: &Request, watch: &Watch) -> Result<()> {
    let at = now();
    let seen = data.store.sightings(&request.id).await?;
    let told = watched(watch, &seen, at.date());
    let end = match watch.kind {
        WatchKind::Closing if told.due.is_some_and(|due| due <= at.date()) => TermEnd::NoticeOver,
        WatchKind::Return if told.state == WatchState::NotBack => TermEnd::NotBack,
        _ => return Ok(()),
    };
    Ok(data.store.tell_term(request, end, at).await?)
}

/// What is still to be watched of a request: a closing until it is settled, a domain until its three months are over.
async fn due(data: &Data, request: &Request) -> Result<Option<Watch>> {
    let Some(watch) = request.watch() else {
        return Ok(None);
    };
    let is_over = match watch.kind {
        WatchKind::Closing => request.state == RequestState::Effective,
        WatchKind::Return => {
            let seen = data.store.sightings(&request.id).await?;
            let today = now().date();
            let last = days_after(watch.since, RETURN_DAYS);
            let state = watched(&watch, &seen, today).state;
            matches!(state, WatchState::Away | WatchState::Back) || last < today
        }
        WatchKind::Domain => {
            let seen = data.store.sightings(&request.id).await?;
            let today = now().date();
            watched(&watch, &seen, today)
                .due
                .is_some_and(|due| due <= today)
        }
    };
    Ok((!is_over).then_some(watch))
}

/// The folder under which the evidence of a request's looks is kept.
fn evidence_round(id: &str) -> String {
    format!("watch-{}", id.chars().take(24).collect::<String>())
}

/// Asks one address, and once more where it did not convince; the evidence goes into a folder of its own. No round knows of it.
pub(super) async fn look_once(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    folder: &str,
    target: &TargetId,
    address: &Url,
) -> Result<Vec<FactRecord>> {
    let settings = network::settings(args)?;
    let sink = Arc::new(FolderSink::new(data.evidence.clone(), folder));
    let lexicons = Arc::new(rules.lexicons()?);
    let clock = Arc::new(RealClock);
    let looked = look_at(
        address,
        target,
        SECOND_LOOK_S,
        settings,
        lexicons,
        sink,
        clock,
    );
    Ok(looked.await?)
}

/// One look; `None` where it failed by our own fault.
async fn look(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    request: &Request,
    watch: &Watch,
) -> Result<Option<Sighting>> {
    let filing = &request.filing;
    let old = filing.before.get("home").map_or("", String::as_str);
    let address = Url::parse(old).with_context(|| format!("登记的网址“{old}”不是网址"))?;
    let new = match &filing.successor {
        Some(successor) => successor.home.as_str(),
        None => filing.after.get("home").map_or("", String::as_str),
    };
    let new_host = match (watch.kind, &filing.successor) {
        (WatchKind::Closing, None) | (WatchKind::Return, _) => String::new(),
        _ => host(new),
    };
    // The same host under another path or scheme is no other site.
    let new_host = match new_host == host(old) {
        true => String::new(),
        false => new_host,
    };
    let name = evidence_round(&request.id);
    let _held = data.evidence.hold(&name)?;
    let target = filing.target.clone().context("填报没有写明网站")?;
    let records = look_once(data, rules, args, &name, &target, &address).await?;
    let last = records.into_iter().rev().find_map(|record| match record {
        FactRecord::Page(page) => Some(page.capture),
        FactRecord::Look(capture) => Some(capture),
        _ => None,
    });
    let Some(capture) = last else {
        bail!("采集没有留下应答");
    };
    let text = match capture.failure {
        Some(_) => String::new(),
        None => {
            let kept = data
                .evidence
                .read_record(&name, &target, &capture.evidence.record);
            let kept = kept.context("刚采集的证据读不出来")?;
            visible_text(&kept.body, kept.header("content-type"))
        }
    };
    let seen = seen_in(watch.kind, &capture, &text, &new_host);
    Ok(seen.map(|(seen, quote)| Sighting {
        at: capture.at,
        seen,
        url: capture.url.clone(),
        quote,
        round: name,
        record: capture.evidence.record.clone(),
    }))
}

fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.and_then(|url| Some(url.host_str()?.to_ascii_lowercase()));
    host.unwrap_or_default()
}
