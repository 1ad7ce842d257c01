//! 名录填报: what units file about their own sites and accounts, and what waits for whom.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::filing::RequestKind;
use xuncha_core::registry::request::{RequestState, Reviewer};
use xuncha_core::registry::watch::{Watched, watched};
use xuncha_store::registry_request::{Awaited, Request, RequestFilter};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::labels_registry as words;
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

/// A request as lists show it.
pub(crate) struct RequestLine {
    pub(crate) href: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) unit: String,
    pub(crate) state: Label,
    pub(crate) at: String,
    /// State of the notice, and the day on which its term is over.
    pub(crate) notice: Option<(Label, String)>,
}

pub(crate) fn request_line(lang: Lang, request: &Request, notice: Option<&Watched>) -> RequestLine {
    let target = request.filing.target.as_ref();
    RequestLine {
        href: format!("/requests/{}", encode(&request.id)),
        kind: words::request_kind(lang, request.filing.kind),
        name: request.name.clone(),
        target: target.map_or_else(String::new, |id| id.0.clone()),
        unit: request.unit_name.clone(),
        state: words::request_state(lang, request.state),
        at: moment(&request.filed_at),
        notice: notice.map(|told| {
            let due = told.due.map_or_else(String::new, |day| day.to_string());
            (words::watch_state(lang, told.state), due)
        }),
    }
}

/// Who wants to decide, as the core asks for him.
pub(crate) fn reviewer(viewer: &Viewer) -> Reviewer<'_> {
    Reviewer {
        person: &viewer.id,
        unit: viewer.unit.as_deref(),
        is_office: viewer.may(Action::ReviewRequest)
            && viewer.narrowed(Action::ReviewRequest).is_none(),
    }
}

/// Whose turn is asked for.
pub(crate) fn awaited(viewer: &Viewer, today: jiff::civil::Date) -> Awaited {
    let own = reviewer(viewer);
    Awaited {
        person: own.person.to_owned(),
        unit: own.unit.map(str::to_owned),
        is_office: own.is_office,
        today,
    }
}

struct Pill {
    href: String,
    text: String,
    count: u64,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage {
    shell: Shell,
    pills: Vec<Pill>,
    waiting: Vec<RequestLine>,
    waiting_count: u64,
    rows: Vec<RequestLine>,
    kinds: Vec<Choice>,
    state: String,
    q: String,
    has_notices: bool,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let is_watch = asked.state == "watched";
    let own = RequestFilter {
        concerns: viewer.narrowed(Action::ReadRegistry),
        ..RequestFilter::default()
    };
    let filter = RequestFilter {
        state: RequestState::of_word(&asked.state),
        is_watched: is_watch,
        kind: RequestKind::of_word(&asked.kind),
        words: Some(asked.q.clone()),
        ..own.clone()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.requests(&filter, pager.page()).await?;
    let rows = lines(&state, lang, &found.rows).await?;
    let (waiting, waiting_count) = waiting_for(&state, &viewer).await?;
    let pairs = vec![
        ("state", asked.state.clone()),
        ("kind", asked.kind.clone()),
        ("q", asked.q.clone()),
    ];
    page(&RequestsPage {
        shell: Shell::new(&viewer, "registry", lang.t("名录填报", "Registry requests")),
        pills: pills(&state, lang, &own, &asked.state).await?,
        waiting,
        waiting_count,
        has_notices: rows.iter().any(|row| row.notice.is_some()),
        rows,
        kinds: kinds(lang, &asked.kind),
        state: asked.state,
        q: asked.q,
        pager: pager.over(found.total, "/requests".to_owned(), pairs),
    })
}

async fn lines(
    state: &WebState,
    lang: Lang,
    requests: &[Request],
) -> Result<Vec<RequestLine>, WebError> {
    let today = state.now().date();
    let mut lines = Vec::with_capacity(requests.len());
    for request in requests {
        let told = match request.watch() {
            Some(watch) => {
                let seen = state.store.sightings(&request.id).await?;
                Some(watched(&watch, &seen, today))
            }
            None => None,
        };
        lines.push(request_line(lang, request, told.as_ref()));
    }
    Ok(lines)
}

/// What waits for the viewer's decision: the first few, and how many in all.
async fn waiting_for(
    state: &WebState,
    viewer: &Viewer,
) -> Result<(Vec<RequestLine>, u64), WebError> {
    if !viewer.may(Action::ReviewRequest) {
        return Ok((Vec::new(), 0));
    }
    let filter = RequestFilter {
        awaits: Some(awaited(viewer, state.now().date())),
        ..RequestFilter::default()
    };
    let page_of = xuncha_store::Page::numbered(1, 20);
    let found = state.store.requests(&filter, page_of).await?;
    Ok((lines(state, viewer.lang, &found.rows).await?, found.total))
}

async fn pills(
    state: &WebState,
    lang: Lang,
    own: &RequestFilter,
    chosen: &str,
) -> Result<Vec<Pill>, WebError> {
    let counts = state.store.request_counts(own).await?;
    let count_of = |wanted: RequestState| {
        let found = counts.iter().find(|(own, _)| *own == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    let pill = |word: &str, text: String, count: u64| Pill {
        href: format!("/requests{}", query(&[("state", word)])),
        text,
        count,
        is_current: word == chosen,
    };
    let all = counts.iter().map(|(_, count)| count).sum();
    let mut pills = vec![pill("", lang.t("全部", "All").to_owned(), all)];
    for own in RequestState::all() {
        let text = words::request_state(lang, own).text;
        pills.push(pill(own.word(), text, count_of(own)));
    }
    let filter = RequestFilter {
        is_watched: true,
        ..own.clone()
    };
    let watched = state
        .store
        .requests(&filter, xuncha_store::Page::numbered(1, 1));
    let text = lang.t("公告与恢复", "Notices and returns").to_owned();
    pills.push(pill("watched", text, watched.await?.total));
    Ok(pills)
}

fn kinds(lang: Lang, chosen: &str) -> Vec<Choice> {
    let all = Choice {
        value: "",
        text: lang.t("全部事项", "Everything").to_owned(),
        is_chosen: chosen.is_empty(),
    };
    let each = RequestKind::all().map(|kind| Choice {
        value: kind.word(),
        text: words::request_kind(lang, kind).to_owned(),
        is_chosen: kind.word() == chosen,
    });
    std::iter::once(all).chain(each).collect()
}
