//! 人员: the list, and adding somebody.

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::person::{Role, login_of};
use xuncha_store::StoreError;
use xuncha_store::person::{Person, PersonFile, PersonFilter};

use super::person::{LINK_LIFETIME_S, link_page};
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::Pager;
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::pick::{self, UnitPick};
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};
use crate::{WebState, civil};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    role: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

struct Row {
    href: String,
    name: String,
    login: String,
    role: &'static str,
    unit: String,
    state: Label,
    has_totp: bool,
    signed_in: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    rows: Vec<Row>,
    roles: Vec<Choice>,
    q: String,
    pager: Pager,
}

/// Whether somebody can sign in, in a word.
pub(crate) fn state_of(lang: Lang, person: &Person, now_s: i64) -> Label {
    let (zh, en, tone) = if person.is_locked {
        ("已锁定", "Locked", "bad")
    } else if person.locked_until_s > now_s {
        ("多次输错，暂时锁定", "Locked for a while", "open")
    } else if !person.has_password {
        ("未设密码", "No password yet", "info")
    } else {
        ("正常", "Active", "good")
    };
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

pub(crate) fn role_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    let roles = Role::OF_PERSONS.into_iter().map(|role| Choice {
        value: role.word(),
        text: labels::role(lang, role).to_owned(),
        is_chosen: role.word() == chosen,
    });
    roles.collect()
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let filter = PersonFilter {
        role: Role::of_word(&asked.role),
        words: Some(asked.q.clone()),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.persons(&filter, pager.page()).await?;
    let now_s = (state.now_s)();
    let mut rows = Vec::with_capacity(found.rows.len());
    for person in found.rows {
        let unit = unit_of(&state, &person).await?;
        rows.push(Row {
            href: format!("/people/{}", person.id()),
            role: labels::role(lang, person.role),
            unit: unit.unwrap_or_default(),
            state: state_of(lang, &person, now_s),
            has_totp: person.has_totp,
            signed_in: person
                .signed_in_at_s
                .map_or_else(String::new, |at_s| moment(&civil(at_s))),
            name: person.name,
            login: person.login,
        });
    }
    let all = Choice {
        value: "",
        text: lang.t("全部角色", "All roles").to_owned(),
        is_chosen: asked.role.is_empty(),
    };
    let mut roles = vec![all];
    roles.extend(role_choices(lang, &asked.role));
    let pairs = vec![("role", asked.role), ("q", asked.q.clone())];
    page(&PeoplePage {
        shell: Shell::new(&viewer, "people", lang.t("人员", "People")),
        rows,
        roles,
        q: asked.q,
        pager: pager.over(found.total, "/people".to_owned(), pairs),
    })
}

/// The name of an operator's unit.
pub(crate) async fn unit_of(state: &WebState, person: &Person) -> Result<Option<String>, WebError> {
    let Some(unit) = &person.organization else {
        return Ok(None);
    };
    let name = state.store.unit_name(unit).await?;
    Ok(Some(name.unwrap_or_else(|| unit.clone())))
}

/// What a form about a person sends.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) login: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) unit: String,
}

/// What is wrong with it, beside each field.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) login: Option<String>,
    pub(crate) name: Option<&'static str>,
    pub(crate) role: Option<String>,
    pub(crate) unit: Option<String>,
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.login.is_none() && self.name.is_none() && self.role.is_none() && self.unit.is_none()
    }
}

impl Typed {
    /// What it says of a person, and what is wrong with it. A unit is found by its number or its full name.
    pub(crate) async fn file(
        &self,
        state: &WebState,
        lang: Lang,
    ) -> Result<(PersonFile, Faults), WebError> {
        let mut faults = Faults::default();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 64 {
            faults.name = Some(lang.t("请填姓名，不超过64个字", "A name, of 64 signs at most"));
        }
        let role = Role::of_word(&self.role);
        if role.is_none() {
            faults.role = Some(lang.t("请选择角色", "Choose a role").to_owned());
        }
        let mut organization = None;
        if role == Some(Role::Operator) {
            match self.find_unit(state, lang).await? {
                Ok(unit) => organization = Some(unit),
                Err(fault) => faults.unit = Some(fault),
            }
        }
        let file = PersonFile {
            name: name.to_owned(),
            role: role.unwrap_or_default(),
            organization,
        };
        Ok((file, faults))
    }

    async fn find_unit(
        &self,
        state: &WebState,
        lang: Lang,
    ) -> Result<Result<String, String>, WebError> {
        let typed = self.unit.trim();
        if typed.is_empty() {
            let text = lang.t("单位填报员必须指明单位", "An operator belongs to a unit");
            return Ok(Err(text.to_owned()));
        }
        Ok(match pick::unit(state, lang, typed).await? {
            Ok(Some((id, _))) => Ok(id),
            Ok(None) => Err(String::new()),
            Err(why) => Err(why),
        })
    }
}

#[derive(Template)]
#[template(path = "person_new.html")]
struct NewPage {
    shell: Shell,
    typed: Typed,
    units: UnitPick,
    faults: Faults,
    roles: Vec<Choice>,
}

async fn new_page(
    state: &WebState,
    viewer: &Viewer,
    typed: Typed,
    faults: Faults,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let viewer = Viewer {
        here: "/people/new".to_owned(),
        ..viewer.clone()
    };
    let shell = Shell::new(&viewer, "people", lang.t("新增人员", "Add a person"))
        .crumb(lang.t("人员", "People"), "/people");
    let is_refused = !faults.is_empty();
    let mut response = page(&NewPage {
        shell,
        roles: role_choices(lang, &typed.role),
        units: UnitPick::of(state, &typed.unit).await?,
        typed,
        faults,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(crate) async fn new(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    new_page(&state, &viewer, Typed::default(), Faults::default()).await
}

/// Adds somebody, and shows the link by which the person sets a password.
pub(crate) async fn add(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let (file, mut faults) = typed.file(&state, lang).await?;
    let login = login_of(&typed.login);
    if let Err(fault) = &login {
        faults.login = Some(lang.t(fault.zh(), fault.en()).to_owned());
    }
    let (Ok(login), true) = (login, faults.is_empty()) else {
        return new_page(&state, &viewer, typed, faults).await;
    };
    let store = state.acting(&viewer);
    let person = match store.add_person(&login, &file).await {
        Err(StoreError::Exists { .. }) => {
            let text = lang.t("这个登录名已经有人用", "Somebody has this login");
            faults.login = Some(text.to_owned());
            return new_page(&state, &viewer, typed, faults).await;
        }
        added => added?,
    };
    let until_s = (state.now_s)() + LINK_LIFETIME_S;
    link_page(&state, &viewer, &headers, (&person, until_s, true)).await
}
