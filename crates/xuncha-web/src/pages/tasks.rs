//! 人工处理: the targets of which a person still has to decide something, and one page with all that is to be decided of one of them.
//!
//! Everything on that page is answered by keyboard: one key to a group, one for the answer. A decision re-scores its own target in the
//! same step; nothing else is touched.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use xuncha_core::person::Role;
use xuncha_core::registry::{Target, TargetId};
use xuncha_core::review::{Decision, Review, Reviewable, latest};
use xuncha_core::round::{Round, Subject};
use xuncha_core::score::score_in;
use xuncha_store::Page;
use xuncha_store::judge::FindingFilter;
use xuncha_store::person::person_number;
use xuncha_store::round::{SubjectFilter, SubjectRow};

use super::tasks_corrections::Corrections;
use super::tasks_files::Files;
use super::tasks_item::{Item, Typed, items};
use crate::WebState;
use crate::asked::Query;
use crate::english;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::round_people::city_of;
use crate::pages::targets::{Choice, class_choices, class_of};
use crate::pages::{ROWS_PER_PAGE, blind};
use crate::qr;
use crate::shell::{Shell, Viewer};

/// What the list is asked for, and the page of a target with it.
#[derive(Clone, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    class: String,
    #[serde(default)]
    q: String,
    /// Whose: `mine`, `P3`, or everybody's.
    #[serde(default)]
    of: String,
    /// Decisions that were just kept.
    #[serde(default)]
    kept: u64,
    page: Option<u64>,
}

impl Asked {
    /// The person whose targets are asked for.
    fn person(&self, viewer: &Viewer) -> Option<i64> {
        match self.of.as_str() {
            "mine" => Some(viewer.number),
            of => person_number(of),
        }
    }
}

struct ListRow {
    href: String,
    id: String,
    name: String,
    class: &'static str,
    unit: String,
    region: String,
    outcome: Label,
    open_count: u64,
}

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage {
    shell: Shell,
    is_closed: bool,
    kept: u64,
    rows: Vec<ListRow>,
    classes: Vec<Choice>,
    is_mine: bool,
    q: String,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let filter = SubjectFilter {
        class: class_of(&asked.class),
        words: Some(asked.q.clone()),
        is_open: true,
        assignee: asked.person(&viewer),
        ..SubjectFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let set = &row.round.set.id;
    let found = state.store.targets(&id, set, &filter, pager.page()).await?;
    let base = format!("/rounds/{}/tasks", encode(&id));
    let title = viewer.lang.t("人工处理", "To decide");
    let pairs = vec![
        ("class", asked.class.clone()),
        ("q", asked.q.clone()),
        ("of", asked.of.clone()),
    ];
    page(&TasksPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "tasks"),
        is_closed: row.state.is_closed(),
        kept: asked.kept,
        rows: found
            .rows
            .iter()
            .map(|one| list_row(viewer.lang, &base, (&asked.class, &asked.of), one))
            .collect(),
        classes: class_choices(viewer.lang, &asked.class),
        is_mine: asked.of == "mine",
        q: asked.q,
        pager: pager.over(found.total, base, pairs),
    })
}

fn list_row(lang: Lang, base: &str, (class, of): (&str, &str), row: &SubjectRow) -> ListRow {
    let target = &row.subject.target;
    ListRow {
        href: format!(
            "{base}/{}{}",
            encode(&target.id().0),
            query(&[("class", class), ("of", of)])
        ),
        id: target.id().0.clone(),
        name: target.name().to_owned(),
        class: labels::class(lang, row.class),
        unit: row.subject.organization_name.clone(),
        region: row.subject.region_name.clone(),
        outcome: labels::outcome(lang, row.outcome),
        open_count: row.open_count,
    }
}

/// Where a person looks: what it is called, and its address.
pub(crate) struct Look {
    pub(crate) name: &'static str,
    pub(crate) url: String,
}

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    shell: Shell,
    subject: Subject,
    what: String,
    looks: Vec<Look>,
    /// For a telephone: width and path of the QR code.
    code: Option<(usize, String)>,
    sheet_href: String,
    outcome: Label,
    is_closed: bool,
    /// Why nothing can be decided here, where that is so.
    barred: Option<&'static str>,
    kept: u64,
    open: Vec<Item>,
    decided: Vec<Item>,
    reason: String,
    errors: Vec<String>,
    action: String,
    next_href: Option<String>,
    files: Files,
    corrections: Corrections,
}

/// Everything that is known of one target while a person decides.
pub(crate) struct Desk {
    pub(crate) round: Round,
    pub(crate) title: String,
    pub(crate) is_closed: bool,
    pub(crate) subject: Subject,
    pub(crate) judgements: Vec<xuncha_core::judge::Judgement>,
    pub(crate) reviews: Vec<Review>,
}

impl Desk {
    pub(crate) async fn open(
        state: &WebState,
        id: &str,
        target: &TargetId,
    ) -> Result<Desk, WebError> {
        let row = state.store.round(id).await?;
        Ok(Desk {
            title: row.round.title.clone(),
            is_closed: row.state.is_closed(),
            round: row.round,
            subject: state.store.subject(id, target).await?,
            judgements: state.store.judgements(id, Some(target)).await?,
            reviews: state.store.review_history(id, target).await?,
        })
    }
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let desk = Desk::open(&state, &id, &TargetId(target)).await?;
    blind::refuse_hidden(&state, &viewer, &id, desk.subject.target.id()).await?;
    let shown = task_page(&state, &viewer, &desk, &asked, &Typed::default()).await?;
    page(&shown)
}

async fn task_page(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    asked: &Asked,
    typed: &Typed,
) -> Result<TaskPage, WebError> {
    let (lang, id, target) = (viewer.lang, &desk.round.id, desk.subject.target.id());
    let filter = FindingFilter {
        target: Some(target.clone()),
        ..FindingFilter::default()
    };
    let findings = state.store.findings(id, &filter, Page::ALL).await?.rows;
    let hrefs: BTreeMap<(String, String), String> = findings
        .into_iter()
        .map(|row| {
            let href = format!("/findings/{}", encode(&row.id));
            ((row.check, row.key), href)
        })
        .collect();
    let set = &desk.round.set;
    let (open, decided) = items(
        lang,
        &desk.round,
        &desk.judgements,
        &desk.reviews,
        &hrefs,
        typed,
    );
    let asked_things = open.iter().chain(&decided);
    let questions = asked_things
        .filter(|item| item.is_number)
        .map(|item| (item.key.clone(), item.text.clone()));
    let files = Files::of(state, viewer, desk, questions.collect()).await?;
    let base = format!("/rounds/{}/tasks", encode(id));
    let kept_filter = query(&[("class", &asked.class), ("of", &asked.of)]);
    let class = class_of(&asked.class);
    let next = state
        .store
        .next_open(id, &set.id, class, asked.person(viewer), target)
        .await?;
    let sheet = state.store.sheet(id, &set.id, target).await?;
    let name = desk.subject.target.name().to_owned();
    let barred = barred(state, viewer, desk).await?;
    Ok(TaskPage {
        shell: Shell::new(viewer, "rounds", name)
            .named()
            .in_round(id, &desk.title, "tasks")
            .crumb(
                lang.t("人工处理", "To decide"),
                format!("{base}{kept_filter}"),
            ),
        what: what(lang, &desk.subject),
        looks: looks(lang, &desk.subject.target),
        code: code(&desk.subject.target),
        sheet_href: format!("/rounds/{}/targets/{}", encode(id), encode(&target.0)),
        outcome: labels::outcome(lang, sheet.map(|sheet| sheet.outcome)),
        is_closed: desk.is_closed || barred.is_some(),
        barred,
        kept: asked.kept,
        open,
        decided,
        reason: typed.reason.clone(),
        errors: typed.errors.clone(),
        action: format!("{base}/{}{kept_filter}", encode(&target.0)),
        next_href: next.map(|next| format!("{base}/{}{kept_filter}", encode(&next.0))),
        subject: desk.subject.clone(),
        files,
        corrections: Corrections::of(state, viewer, desk).await?,
    })
}

/// What kind of target it is, as HTML.
pub(crate) fn what(lang: Lang, subject: &Subject) -> String {
    let class = labels::class(lang, subject.target.class());
    match &subject.target {
        Target::Site(_) => class.to_owned(),
        Target::Account(account) => {
            let filed = format!("{} {}", account.platform, account.kind);
            format!("{class} · {}", english::name(&filed))
        }
    }
}

/// What a telephone opens an account by, most of which live on telephones: the filed text of its code, else the app's download or
/// the account's page. A filed picture of a code is an address like any other and leads to the picture.
pub(crate) fn code(target: &Target) -> Option<(usize, String)> {
    let Target::Account(account) = target else {
        return None;
    };
    let download = account.download_url.as_ref().filter(|_| account.is_app());
    let filed = account.details.qr.as_ref();
    qr::picture(filed.or(download).or(account.page_url.as_ref())?)
}

pub(crate) fn looks(lang: Lang, target: &Target) -> Vec<Look> {
    let filed: Vec<(&'static str, Option<&String>)> = match target {
        Target::Site(site) => vec![(lang.t("首页", "Home page"), Some(&site.home))],
        Target::Account(account) if account.is_app() => vec![
            (lang.t("商店页面", "Store page"), account.page_url.as_ref()),
            (
                lang.t("下载地址", "Download"),
                account.download_url.as_ref(),
            ),
        ],
        Target::Account(account) => vec![
            (
                lang.t("账号页面", "Account page"),
                account.page_url.as_ref(),
            ),
            (lang.t("文章列表", "Feed"), account.feed_url.as_ref()),
        ],
    };
    let filed = filed
        .into_iter()
        .filter_map(|(name, url)| Some((name, url?)));
    filed
        .filter(|(_, url)| url.starts_with("http://") || url.starts_with("https://"))
        .map(|(name, url)| Look {
            name,
            url: url.clone(),
        })
        .collect()
}

/// Keeps what was decided and goes on to the next target. What does not fit is said beside what was typed, and nothing is kept.
pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let desk = Desk::open(&state, &id, &TargetId(target)).await?;
    may_decide(&state, &viewer, &desk).await?;
    let mut typed = Typed::read(&fields);
    let reviews = new_reviews(&state, &viewer, &desk, &mut typed);
    if !typed.errors.is_empty() {
        return refused_page(&state, &viewer, &desk, &asked, &typed).await;
    }
    let set = &desk.round.set;
    let all: Vec<Review> = desk.reviews.iter().chain(&reviews).cloned().collect();
    let sheet = score_in(&desk.round, &desk.subject, &desk.judgements, &all);
    let store = state.acting(&viewer);
    store.decide(&reviews, &set.id, &sheet).await?;
    let target = desk.subject.target.id();
    let class = class_of(&asked.class);
    let stays = fields.iter().any(|(name, _)| name == "stay");
    let next = match stays {
        true => Some(target.clone()),
        false => {
            state
                .store
                .next_open(&id, &set.id, class, asked.person(&viewer), target)
                .await?
        }
    };
    let base = format!("/rounds/{}/tasks", encode(&id));
    let place = next.map_or(base.clone(), |next| format!("{base}/{}", encode(&next.0)));
    let kept = reviews.len().to_string();
    let pairs = query(&[("class", &asked.class), ("of", &asked.of), ("kept", &kept)]);
    Ok(Redirect::to(&format!("{place}{pairs}")).into_response())
}

/// The page of a target again, with what is wrong with what was sent.
pub(crate) async fn refused_page(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
    asked: &Asked,
    typed: &Typed,
) -> Result<Response, WebError> {
    let shown = task_page(state, viewer, desk, asked, typed).await?;
    let mut response = page(&shown)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Refuses who may not decide of this target: an inspector of his own city, and who has yet to give a blind opinion of it.
pub(crate) async fn may_decide(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
) -> Result<(), WebError> {
    let (id, target) = (&desk.round.id, desk.subject.target.id());
    blind::refuse_hidden(state, viewer, id, target).await?;
    match is_of_own_city(state, viewer, desk).await? {
        true => Err(WebError::forbidden(viewer.lang.t(OWN_CITY_ZH, OWN_CITY_EN))),
        false => Ok(()),
    }
}

pub(crate) const OWN_CITY_ZH: &str = "这个对象属于您所在的地区，按交叉互评的规定由其他检查员处理。";
pub(crate) const OWN_CITY_EN: &str =
    "This target is of the city you come from; another inspector decides of it.";

/// What pages say in place of the buttons where nothing can be decided.
pub(crate) async fn barred(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
) -> Result<Option<&'static str>, WebError> {
    let lang = viewer.lang;
    if desk.is_closed {
        return Ok(Some(lang.t(
            "本轮已关闭，不能再作决定。",
            "This round is closed; nothing more can be decided.",
        )));
    }
    let is_own = is_of_own_city(state, viewer, desk).await?;
    Ok(is_own.then(|| lang.t(OWN_CITY_ZH, OWN_CITY_EN)))
}

/// Whether an inspector looks at a target of where he comes from, of which others decide.
pub(crate) async fn is_of_own_city(
    state: &WebState,
    viewer: &Viewer,
    desk: &Desk,
) -> Result<bool, WebError> {
    if viewer.role != Role::Inspector {
        return Ok(false);
    }
    let inspectors = state.store.inspectors(&desk.round.id).await?;
    let Some(me) = inspectors.iter().find(|one| one.person == viewer.number) else {
        return Ok(false);
    };
    let regions = state.store.regions().await?;
    Ok(city_of(&regions, desk.subject.target.region()) == me.region)
}

/// The decisions that differ from what holds already. What cannot be kept is added to the errors.
fn new_reviews(state: &WebState, viewer: &Viewer, desk: &Desk, typed: &mut Typed) -> Vec<Review> {
    let known = Reviewable::new(&desk.round.set, &desk.judgements);
    let target = desk.subject.target.id();
    let mut reviews = Vec::new();
    let mut errors = Vec::new();
    for ((check, key), answer) in &typed.answers {
        let decision = match answer.decision(viewer.lang, &typed.reason) {
            Ok(Some(decision)) => decision,
            Ok(None) => continue,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let before = latest(&desk.reviews, target, check, key).map(|review| &review.decision);
        if before.is_some_and(|before| is_same(before, &decision)) {
            continue;
        }
        let review = Review {
            round: desk.round.id.clone(),
            target: target.clone(),
            check: check.clone(),
            key: key.clone(),
            decision,
            by: viewer.person.clone(),
            at: state.now(),
            reason: typed.reason.clone(),
        };
        match known.objection(&review) {
            Some((_, why)) => errors.push(why),
            None => reviews.push(review),
        }
    }
    typed.errors = errors;
    reviews
}

/// Whether a decision says what was said before, whatever the note.
pub(crate) fn is_same(before: &Decision, now: &Decision) -> bool {
    match (before, now) {
        (Decision::Answered { number: old, .. }, Decision::Answered { number: new, .. }) => {
            old == new
        }
        (before, now) => before == now,
    }
}
