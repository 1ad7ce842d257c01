//! 人员: one of them, with what an administrator may do.

use askama::Template;
use axum::extract::{Extension, Form, Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_store::StoreError;
use xuncha_store::login::LinkKind;
use xuncha_store::person::{Person, person_number};

use super::people::{Faults, Typed, role_choices, state_of, unit_of};
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pages::findings::moment;
use crate::pages::pick::UnitPick;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};
use crate::{WebState, civil};

/// How long a link for setting a password waits to be used: over a weekend.
pub(crate) const LINK_LIFETIME_S: i64 = 3 * 24 * 60 * 60;

/// What the page is asked with.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// What was just done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    shell: Shell,
    person: Person,
    base: String,
    role: &'static str,
    state: Label,
    unit: Option<String>,
    signed_in: String,
    locked_until: Option<String>,
    is_self: bool,
    done: Option<&'static str>,
    typed: Typed,
    units: UnitPick,
    faults: Faults,
    roles: Vec<Choice>,
    sessions: usize,
}

fn done(lang: Lang, word: &str) -> Option<&'static str> {
    match word {
        "changed" => Some(lang.t("已保存。", "Kept.")),
        "locked" => Some(lang.t(
            "已锁定，此人的登录都已结束。",
            "Locked; all sessions of this person ended.",
        )),
        "unlocked" => Some(lang.t("已解除锁定。", "Unlocked.")),
        "code" => Some(lang.t("二次验证已停用。", "The second step was removed.")),
        _ => None,
    }
}

/// The person of an address.
async fn person_of(state: &WebState, id: &str) -> Result<Person, WebError> {
    let missing = || StoreError::Missing {
        noun: "人员",
        id: id.to_owned(),
    };
    let number = person_number(id).ok_or_else(missing)?;
    Ok(state.store.person(number).await?)
}

async fn person_page(
    state: &WebState,
    viewer: &Viewer,
    person: Person,
    (word, typed, faults): (&str, Option<Typed>, Faults),
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let base = format!("/people/{}", person.id());
    let viewer = Viewer {
        here: base.clone(),
        ..viewer.clone()
    };
    let typed = typed.unwrap_or_else(|| Typed {
        login: person.login.clone(),
        name: person.name.clone(),
        role: person.role.word().to_owned(),
        unit: person.organization.clone().unwrap_or_default(),
    });
    let now_s = (state.now_s)();
    let sessions = state.store.sessions_of(person.number, "", now_s).await?;
    let is_refused = !faults.is_empty();
    let mut response = page(&PersonPage {
        shell: Shell::new(&viewer, "people", person.name.clone())
            .named()
            .crumb(lang.t("人员", "People"), "/people"),
        role: labels::role(lang, person.role),
        state: state_of(lang, &person, now_s),
        unit: unit_of(state, &person).await?,
        signed_in: person
            .signed_in_at_s
            .map_or_else(|| "—".to_owned(), |at_s| moment(&civil(at_s))),
        locked_until: (person.locked_until_s > now_s)
            .then(|| moment(&civil(person.locked_until_s))),
        is_self: person.number == viewer.number,
        done: done(lang, word),
        roles: role_choices(lang, &typed.role),
        sessions: sessions.len(),
        units: UnitPick::of(state, &typed.unit).await?,
        typed,
        faults,
        base,
        person,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    let said = (asked.done.as_str(), None, Faults::default());
    person_page(&state, &viewer, person, said).await
}

/// Keeps name, role and unit.
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    let (file, mut faults) = typed.file(&state, viewer.lang).await?;
    if faults.is_empty() {
        let store = state.acting(&viewer);
        match store.change_person(person.number, &file).await {
            Ok(()) => return Ok(back(&person, "changed")),
            Err(StoreError::Refused(why)) => faults.role = Some(why.to_owned()),
            Err(other) => return Err(other.into()),
        }
    }
    person_page(&state, &viewer, person, ("", Some(typed), faults)).await
}

fn back(person: &Person, word: &str) -> Response {
    Redirect::to(&format!("/people/{}?done={word}", person.id())).into_response()
}

/// Locks somebody out; nobody locks himself out.
pub(crate) async fn lock(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    if person.number == viewer.number {
        return Err(StoreError::Refused("不能锁定自己").into());
    }
    state.acting(&viewer).lock_person(person.number).await?;
    Ok(back(&person, "locked"))
}

pub(crate) async fn unlock(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    state.acting(&viewer).unlock_person(person.number).await?;
    Ok(back(&person, "unlocked"))
}

pub(crate) async fn remove_code(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    let store = state.acting(&viewer);
    store.remove_second_factor(person.number).await?;
    Ok(back(&person, "code"))
}

/// Makes a link by which the person sets a new password, and shows it this once.
pub(crate) async fn link(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let person = person_of(&state, &id).await?;
    let until_s = (state.now_s)() + LINK_LIFETIME_S;
    link_page(&state, &viewer, &headers, (&person, until_s, false)).await
}

#[derive(Template)]
#[template(path = "person_link.html")]
struct LinkPage {
    shell: Shell,
    login: String,
    is_new: bool,
    address: String,
    until: String,
    back: String,
}

pub(crate) async fn link_page(
    state: &WebState,
    viewer: &Viewer,
    headers: &HeaderMap,
    (person, until_s, is_new): (&Person, i64, bool),
) -> Result<Response, WebError> {
    let token = (state.new_token)();
    let store = state.acting(viewer);
    let kind = LinkKind::SetPassword;
    store.put_link(&token, kind, person.number, until_s).await?;
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let scheme = if state.settings.is_https {
        "https"
    } else {
        "http"
    };
    let base = host.map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let back = format!("/people/{}", person.id());
    let lang = viewer.lang;
    // The link is shown this once: the switch of language leads to the person.
    let viewer = Viewer {
        here: back.clone(),
        ..viewer.clone()
    };
    page(&LinkPage {
        shell: Shell::new(
            &viewer,
            "people",
            lang.t("设置密码的链接", "Link for a password"),
        )
        .crumb(lang.t("人员", "People"), "/people")
        .name_crumb(person.name.clone(), back.clone()),
        login: person.login.clone(),
        is_new,
        address: format!("{base}/password?token={token}"),
        until: moment(&civil(until_s)),
        back,
    })
}
