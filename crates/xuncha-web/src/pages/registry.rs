//! The registry: search and pages.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::{Registry, Target};
use xuncha_store::registry::TargetFilter;

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::Pager;
use crate::pages::ROWS_PER_PAGE;
use crate::pages::targets::{Choice, class_choices, class_of};
use crate::shell::{Shell, Viewer};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    class: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

struct Row {
    id: String,
    name: String,
    class: String,
    address: String,
    unit: String,
    region: String,
    state: Label,
}

#[derive(Template)]
#[template(path = "registry.html")]
struct RegistryPage {
    shell: Shell,
    rows: Vec<Row>,
    classes: Vec<Choice>,
    q: String,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let filter = TargetFilter {
        class: class_of(&asked.class),
        region: None,
        words: Some(asked.q.clone()),
        organization: viewer.narrowed(Action::ReadRegistry),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.registry_targets(&filter, pager.page()).await?;
    let names = state.store.unit_and_region_names().await?;
    let pairs = vec![("class", asked.class.clone()), ("q", asked.q.clone())];
    page(&RegistryPage {
        shell: Shell::new(&viewer, "registry", viewer.lang.t("名录", "Registry")),
        rows: found
            .rows
            .iter()
            .map(|target| row(viewer.lang, target, &names))
            .collect(),
        classes: class_choices(viewer.lang, &asked.class),
        q: asked.q,
        pager: pager.over(found.total, "/registry".to_owned(), pairs),
    })
}

fn row(lang: Lang, target: &Target, names: &Registry) -> Row {
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
    let unit = names
        .organizations
        .get(target.organization())
        .map(|unit| unit.name.as_str());
    let region = names
        .regions
        .get(target.region())
        .map(|region| region.name.as_str());
    Row {
        id: target.id().0.clone(),
        name: target.name().to_owned(),
        class,
        address,
        unit: unit.unwrap_or(target.organization()).to_owned(),
        region: region.unwrap_or(target.region()).to_owned(),
        state: labels::state(lang, state),
    }
}
