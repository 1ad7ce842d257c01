//! The registry: search, filters and pages.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use xuncha_core::permission::Action;
use xuncha_core::registry::{Region, State as Filed, Target};
use xuncha_store::registry::TargetFilter;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::targets::{Choice, class_choices, class_of};
use crate::shell::{Shell, Viewer};

/// States with their words in addresses.
pub(crate) const STATES: [(Filed, &str); 5] = [
    (Filed::Running, "running"),
    (Filed::Offline, "offline"),
    (Filed::Closed, "closed"),
    (Filed::Merged, "merged"),
    (Filed::Cancelled, "cancelled"),
];

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    class: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

struct Row {
    id: String,
    href: String,
    name: String,
    class: String,
    address: String,
    unit: String,
    region: String,
    state: Label,
}

struct RegionChoice {
    code: String,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "registry.html")]
struct RegistryPage {
    shell: Shell,
    rows: Vec<Row>,
    classes: Vec<Choice>,
    states: Vec<Choice>,
    regions: Vec<RegionChoice>,
    unit: String,
    unit_name: String,
    q: String,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(mut asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let narrowed = viewer.narrowed(Action::ReadRegistry);
    if narrowed.is_some() {
        asked.unit = String::new();
    }
    let wanted = Some(asked.unit.clone()).filter(|unit| !unit.is_empty());
    let filter = TargetFilter {
        class: class_of(&asked.class),
        region: Some(asked.region.clone()),
        words: Some(asked.q.clone()),
        organization: narrowed.or(wanted),
        state: STATES
            .iter()
            .find(|(_, word)| *word == asked.state)
            .map(|(own, _)| *own),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.registry_targets(&filter, pager.page()).await?;
    let mut units: Vec<String> = found
        .rows
        .iter()
        .map(|target| target.organization().to_owned())
        .collect();
    units.push(asked.unit.clone());
    units.sort();
    units.dedup();
    let names = state.store.unit_names(&units).await?;
    let regions = state.store.regions().await?;
    let pairs = vec![
        ("class", asked.class.clone()),
        ("state", asked.state.clone()),
        ("region", asked.region.clone()),
        ("unit", asked.unit.clone()),
        ("q", asked.q.clone()),
    ];
    page(&RegistryPage {
        shell: Shell::new(&viewer, "registry", lang.t("名录", "Registry")),
        rows: found
            .rows
            .iter()
            .map(|target| row(lang, target, &names, &regions))
            .collect(),
        classes: class_choices(lang, &asked.class),
        states: state_choices(lang, &asked.state),
        regions: regions
            .values()
            .map(|region| RegionChoice {
                is_chosen: region.code == asked.region,
                code: region.code.clone(),
                name: region.name.clone(),
            })
            .collect(),
        unit_name: names.get(&asked.unit).cloned().unwrap_or_default(),
        unit: asked.unit,
        q: asked.q,
        pager: pager.over(found.total, "/registry".to_owned(), pairs),
    })
}

fn state_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    let all = Choice {
        value: "",
        text: lang.t("全部状态", "All states").to_owned(),
        is_chosen: chosen.is_empty(),
    };
    let each = STATES.iter().map(|(own, word)| Choice {
        value: word,
        text: labels::state(lang, *own).text,
        is_chosen: *word == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

fn row(
    lang: Lang,
    target: &Target,
    names: &BTreeMap<String, String>,
    regions: &BTreeMap<String, Region>,
) -> Row {
    let (class, address, state) = match target {
        Target::Site(site) => (
            labels::site_kind(lang, site.kind).to_owned(),
            site.home.clone(),
            site.state,
        ),
        Target::Account(account) => (
            labels::class(lang, target.class()).to_owned(),
            format!("{} {}", account.platform, account.kind),
            account.state,
        ),
    };
    let unit = names.get(target.organization()).map(String::as_str);
    let region = regions.get(target.region()).map(|own| own.name.as_str());
    Row {
        id: target.id().0.clone(),
        href: format!("/registry/targets/{}", encode(&target.id().0)),
        name: target.name().to_owned(),
        class,
        address,
        unit: unit.unwrap_or(target.organization()).to_owned(),
        region: region.unwrap_or(target.region()).to_owned(),
        state: labels::state(lang, state),
    }
}
