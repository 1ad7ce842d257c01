//! 年度报表: the work form of a site, the supervisor's form and self-assessment. What registry and rounds know is filled in, the rest is typed
//! here and kept, and what does not agree is told; the documents are made of what is kept.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::permission::Action;
use xuncha_core::registry::{Target, TargetClass, TargetId};
use xuncha_store::annual::AnnualSaved;
use xuncha_store::registry::TargetFilter;

use super::annual_form::{Filled, Part, Which, filled};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::pager::{Pager, encode};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Sites of a page of the list.
const SITES: u64 = 50;
/// Years that are offered, back from this one.
const YEARS: i16 = 4;

type Pairs = BTreeMap<String, String>;

/// The year that an address asks for; the last full one where it asks for none.
pub(crate) fn year_of(state: &WebState, asked: &Pairs) -> i16 {
    let this = state.now().date().year();
    let asked = asked.get("year").and_then(|text| text.parse().ok());
    asked
        .filter(|year| (2000..=this).contains(year))
        .unwrap_or(this - 1)
}

struct YearLink {
    year: i16,
    href: String,
    is_current: bool,
}

fn years(state: &WebState, path: &str, year: i16) -> Vec<YearLink> {
    let this = state.now().date().year();
    let link = |own: i16| YearLink {
        year: own,
        href: format!("{path}?year={own}"),
        is_current: own == year,
    };
    (0..YEARS).map(|back| link(this - back)).collect()
}

struct SiteLine {
    id: String,
    name: String,
    href: String,
    saved: String,
}

struct OfficeLine {
    title: &'static str,
    href: String,
    saved: String,
}

#[derive(Template)]
#[template(path = "annual.html")]
struct ListPage {
    shell: Shell,
    years: Vec<YearLink>,
    year: i16,
    office: Vec<OfficeLine>,
    sites: Vec<SiteLine>,
    classes: Vec<(&'static str, &'static str)>,
    class: String,
    q: String,
    pager: Pager,
}

fn said(saved: Option<&AnnualSaved>) -> String {
    saved.map_or_else(String::new, |saved| {
        format!("{} {}", moment(&saved.at), saved.by)
    })
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let year = year_of(&state, &asked);
    let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let unit = viewer.narrowed(Action::FileRequest);
    let class = match (unit.is_some(), text("class").as_str()) {
        (true, _) => String::new(),
        (false, "department") => "department".to_owned(),
        (false, _) => "portal".to_owned(),
    };
    let filter = TargetFilter {
        class: match class.as_str() {
            "portal" => Some(TargetClass::Portal),
            "department" => Some(TargetClass::Department),
            _ => None,
        },
        words: Some(text("q")).filter(|words| !words.is_empty()),
        organization: unit.clone(),
        ..TargetFilter::default()
    };
    let pager = Pager::new(text("page").parse().ok(), SITES);
    let found = state.store.registry_targets(&filter, pager.page()).await?;
    let saved: BTreeMap<String, AnnualSaved> = state
        .store
        .annual_saved("work", year)
        .await?
        .into_iter()
        .map(|one| (one.subject.clone(), one))
        .collect();
    let site = |target: Target| match target {
        Target::Site(site) => Some(SiteLine {
            href: format!("/annual/work/{}?year={year}", encode(&site.id.0)),
            saved: said(saved.get(&site.id.0)),
            id: site.id.0,
            name: site.name,
        }),
        Target::Account(_) => None,
    };
    let mut office = Vec::new();
    if viewer.may(Action::ManageRegistry) {
        let forms = [
            (
                Which::Supervision,
                lang.t("政府网站监管年度报表", "Annual form of the supervisor"),
            ),
            (
                Which::Assessment,
                lang.t("监管工作自评表", "Self-assessment of the supervisor"),
            ),
        ];
        for (which, title) in forms {
            let saved = state.store.annual_answers(which.key(year)).await?;
            office.push(OfficeLine {
                title,
                href: format!("/annual/{}?year={year}", which.word()),
                saved: said(saved.as_ref()),
            });
        }
    }
    let pairs = vec![
        ("year", year.to_string()),
        ("class", class.clone()),
        ("q", text("q")),
    ];
    let classes = match unit {
        Some(_) => Vec::new(),
        None => vec![
            ("portal", lang.t("门户网站", "Portals")),
            ("department", lang.t("部门网站", "Department sites")),
        ],
    };
    page(&ListPage {
        shell: Shell::new(&viewer, "registry", lang.t("年度报表", "Annual forms")),
        years: years(&state, "/annual", year),
        year,
        office,
        sites: found.rows.into_iter().filter_map(site).collect(),
        classes,
        class,
        q: text("q"),
        pager: pager.over(found.total, "/annual".to_owned(), pairs),
    })
}

#[derive(Template)]
#[template(path = "annual_form.html")]
struct FormPage {
    shell: Shell,
    action: String,
    years: Vec<YearLink>,
    year: i16,
    due: String,
    said: String,
    saved: String,
    is_saved: bool,
    has_faults: bool,
    open_count: usize,
    problems: Vec<String>,
    parts: Vec<Part>,
    /// Imported rounds that are told, because nothing is counted from them.
    imported: Vec<String>,
    files: Vec<(&'static str, String)>,
}

fn path_of(which: &Which) -> String {
    match which {
        Which::Work(site) => format!("/annual/work/{}", encode(&site.0)),
        Which::Supervision | Which::Assessment => format!("/annual/{}", which.word()),
    }
}

/// Addresses of the documents.
fn files(which: &Which, year: i16) -> Vec<(&'static str, String)> {
    let below = match which {
        Which::Work(site) => format!("/annual/work/{}", encode(&site.0)),
        Which::Supervision | Which::Assessment => "/annual/office".to_owned(),
    };
    let word = which.word();
    let file =
        |name: &'static str, ending: &str| (name, format!("{below}/{word}.{ending}?year={year}"));
    vec![file("Word", "docx"), file("PDF", "pdf")]
}

async fn form_page(
    state: &WebState,
    viewer: &Viewer,
    which: &Which,
    year: i16,
    (form, is_saved): (Filled, bool),
) -> Result<FormPage, WebError> {
    let lang = viewer.lang;
    let saved = state.store.annual_answers(which.key(year)).await?;
    let imported = match which {
        Which::Work(_) => Vec::new(),
        _ => xuncha_store::annual::imported(&state.store, year).await?,
    };
    let imported = imported.into_iter().map(|(quarter, round)| {
        format!("第{quarter}季度只有导入的往期结果（{round}），不知道是不是全部抽查网站，请按当时的通报填报。")
    });
    let path = path_of(which);
    let has_faults = form.has_faults();
    Ok(FormPage {
        shell: Shell::new(viewer, "registry", form.title).named().crumb(
            lang.t("年度报表", "Annual forms"),
            format!("/annual?year={year}"),
        ),
        years: years(state, &path, year),
        year,
        due: form.due.map_or_else(String::new, |due| due.to_string()),
        said: form.said,
        saved: said(saved.as_ref()),
        is_saved,
        has_faults,
        open_count: form.open_count,
        problems: form.problems,
        parts: form.parts,
        imported: imported.collect(),
        files: files(which, year),
        action: path,
    })
}

async fn show(
    state: &WebState,
    viewer: &Viewer,
    which: Which,
    asked: &Pairs,
) -> Result<Response, WebError> {
    let year = year_of(state, asked);
    let saved = state.store.annual_answers(which.key(year)).await?;
    let answers = saved.map(|saved| saved.answers).unwrap_or_default();
    let form = filled(state, &which, year, &answers).await?;
    let is_saved = asked.contains_key("saved");
    page(&form_page(state, viewer, &which, year, (form, is_saved)).await?)
}

/// Keeps what was typed, or says beside each field what is wrong. Sums and limits that do not hold are no reason to keep nothing: who fills
/// in a form of sixty items does so in several goes.
async fn save(
    state: &WebState,
    viewer: &Viewer,
    which: Which,
    sent: &Sent,
) -> Result<Response, WebError> {
    let asked: Pairs = [("year".to_owned(), sent.field("year").to_owned())].into();
    let year = year_of(state, &asked);
    let typed: Pairs = sent
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), value.trim().to_owned()))
        .collect();
    let form = filled(state, &which, year, &typed).await?;
    if form.has_faults() {
        let shown = form_page(state, viewer, &which, year, (form, false)).await?;
        let mut response = page(&shown)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let store = state.acting(viewer);
    let (key, answers) = (which.key(year), form.answers());
    store
        .put_annual_answers(key, &answers, &viewer.person, state.now())
        .await?;
    let to = format!("{}?year={year}&saved=1", path_of(&which));
    Ok(Redirect::to(&to).into_response())
}

pub(crate) async fn site(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<String>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    let which = Which::Work(TargetId::from(target.as_str()));
    show(&state, &viewer, which, &asked).await
}

pub(crate) async fn save_site(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let which = Which::Work(TargetId::from(target.as_str()));
    save(&state, &viewer, which, &sent).await
}

pub(crate) async fn supervision(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    show(&state, &viewer, Which::Supervision, &asked).await
}

pub(crate) async fn save_supervision(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    sent: Sent,
) -> Result<Response, WebError> {
    save(&state, &viewer, Which::Supervision, &sent).await
}

pub(crate) async fn assessment(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    show(&state, &viewer, Which::Assessment, &asked).await
}

pub(crate) async fn save_assessment(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    sent: Sent,
) -> Result<Response, WebError> {
    save(&state, &viewer, Which::Assessment, &sent).await
}
