//! 分派: which inspectors take part, from where each comes, and the draw that gives targets out so that nobody looks at his own city.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::person::Role;
use xuncha_core::registry::{Level, Region, TargetId};
use xuncha_core::review::assign::{Inspector, Load, assign as give_out};
use xuncha_store::Page;
use xuncha_store::person::{PersonFilter, person_number};

use crate::WebState;
use crate::error::{WebError, page};
use crate::pager::encode;
use crate::shell::{Shell, Viewer};

struct PersonLine {
    id: String,
    name: String,
    region: String,
    targets: u64,
    open_count: u64,
    is_in: bool,
}

struct RegionChoice {
    code: String,
    name: String,
}

#[derive(Template)]
#[template(path = "round_people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<PersonLine>,
    regions: Vec<RegionChoice>,
    given: usize,
    left: u64,
    errors: Vec<String>,
    is_closed: bool,
    action: String,
}

/// The city that a division lies in, or the province itself; a code that no list has stands for itself.
pub(crate) fn city_of<'a>(regions: &'a BTreeMap<String, Region>, code: &'a str) -> &'a str {
    let mut code = code;
    // A chain longer than this is a circle in the registry.
    for _ in 0..8 {
        match regions.get(code) {
            Some(region) if region.level == Level::County => match region.parent.as_deref() {
                Some(parent) => code = parent,
                None => return code,
            },
            _ => return code,
        }
    }
    code
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    page(&people_page(&state, &viewer, &id, Vec::new()).await?)
}

async fn people_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    errors: Vec<String>,
) -> Result<PeoplePage, WebError> {
    let row = state.store.round(id).await?;
    let chosen: BTreeMap<i64, String> = state
        .store
        .inspectors(id)
        .await?
        .into_iter()
        .map(|one| (one.person, one.region))
        .collect();
    let loads = state.store.person_loads(id, &row.round.set.id).await?;
    let filter = PersonFilter {
        role: Some(Role::Inspector),
        words: None,
    };
    let people = state.store.persons(&filter, Page::ALL).await?.rows;
    let people = people.into_iter().filter(|person| !person.is_locked);
    let regions = state.store.regions().await?;
    let given = state.store.assignments(id).await?.len();
    Ok(PeoplePage {
        shell: Shell::new(viewer, "rounds", viewer.lang.t("分派", "Assignment"))
            .in_round(id, &row.round.title, "plan")
            .crumb(
                viewer.lang.t("计划", "Plan"),
                format!("/rounds/{}/plan", encode(id)),
            ),
        people: people
            .map(|person| {
                let load = loads.get(&person.number).cloned().unwrap_or_default();
                PersonLine {
                    id: person.id(),
                    region: chosen.get(&person.number).cloned().unwrap_or_default(),
                    is_in: chosen.contains_key(&person.number),
                    targets: load.targets,
                    open_count: load.open_count,
                    name: person.name,
                }
            })
            .collect(),
        regions: regions
            .into_values()
            .filter(|region| region.level != Level::County)
            .map(|region| RegionChoice {
                code: region.code,
                name: region.name,
            })
            .collect(),
        left: row.subject_count.saturating_sub(given as u64),
        given,
        errors,
        is_closed: row.state.is_closed(),
        action: format!("/rounds/{}/people", encode(id)),
    })
}

/// Gives the targets out. What an inspector has stays with him where it may, unless all are drawn anew.
pub(crate) async fn assign(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let regions = state.store.regions().await?;
    let field = |name: &str| fields.iter().find(|(key, _)| key == name);
    let mut inspectors = Vec::new();
    let mut errors = Vec::new();
    for (_, person) in fields.iter().filter(|(key, _)| key == "person") {
        let Some(number) = person_number(person) else {
            continue;
        };
        let found = state.store.person(number).await?;
        let region = field(&format!("region-{person}")).map_or("", |(_, code)| code.trim());
        if found.role != Role::Inspector || found.is_locked {
            errors.push(format!("{}不是可用的检查员", found.name));
        } else if !regions.contains_key(region) {
            let lang = viewer.lang;
            let what = lang.t("请选择来自哪里", "choose where he comes from");
            errors.push(format!("{}：{what}", found.name));
        } else {
            inspectors.push(Inspector {
                person: number,
                region: city_of(&regions, region).to_owned(),
            });
        }
    }
    if inspectors.is_empty() && errors.is_empty() {
        let text = viewer
            .lang
            .t("请至少选一名检查员", "Choose one inspector at least");
        errors.push(text.to_owned());
    }
    if !errors.is_empty() {
        let mut response = page(&people_page(&state, &viewer, &id, errors).await?)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let subjects = state.store.subject_loads(&id, &row.round.set.id).await?;
    let loads: Vec<Load> = subjects
        .into_iter()
        .map(|subject| Load {
            region: city_of(&regions, &subject.region).to_owned(),
            target: subject.target,
            tasks: subject.open_count,
        })
        .collect();
    let kept: BTreeMap<TargetId, i64> = match field("anew") {
        Some(_) => BTreeMap::new(),
        None => state.store.assignments(&id).await?,
    };
    let assignment = give_out(&loads, &inspectors, &kept, &row.round.seed);
    let store = state.acting(&viewer);
    store.put_assignment(&id, &inspectors, &assignment).await?;
    Ok(Redirect::to(&format!("/rounds/{}/people", encode(&id))).into_response())
}
