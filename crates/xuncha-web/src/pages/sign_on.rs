//! 统一身份认证: to the provider of identities, and back.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::person::{Role, login_of};
use xuncha_store::login::Proof;
use xuncha_store::person::Person;

use super::sign_in::{Failure, Onward, enter, refused};
use crate::WebState;
use crate::asked::Query;
use crate::error::WebError;
use crate::shell::Viewer;
use crate::sign_on::{Identity, Travellers};

fn not_set_up(viewer: &Viewer) -> WebError {
    WebError::missing(viewer.lang.t(
        "这里没有启用统一身份认证，请用登录名和密码登录。",
        "No provider of identities is set up here. Please sign in with login and password.",
    ))
}

/// What leads there.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

/// Sends the person to the provider.
pub(crate) async fn leave(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(travellers): Extension<Travellers>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let Some(provider) = &state.sign_on else {
        return Err(not_set_up(&viewer));
    };
    match provider.begin().await {
        Ok(departure) => {
            let address = departure.address.clone();
            let now_s = (state.now_s)();
            travellers.leave(departure, &asked.next, &viewer.csrf, now_s);
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => {
            tracing::error!(%error, "the provider of identities cannot be asked");
            refused(&state, &viewer, &asked.next, Failure::Provider)
        }
    }
}

/// What comes back in the address.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
}

/// Takes the person back in. The provider's word stands for password and second step.
pub(crate) async fn arrive(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Extension(travellers): Extension<Travellers>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, WebError> {
    let Some(provider) = &state.sign_on else {
        return Err(not_set_up(&viewer));
    };
    let now_s = (state.now_s)();
    let arrived = travellers.arrive(&back.state, &viewer.csrf, now_s);
    let Some((departure, next)) = arrived else {
        return refused(&state, &viewer, "", Failure::Provider);
    };
    let identity = match provider.finish(back.code, departure).await {
        Ok(identity) => Some(identity),
        Err(error) => {
            tracing::warn!(%error, "the provider of identities did not say who it is");
            None
        }
    };
    let person = match &identity {
        Some(identity) => person_of(&state, identity).await?,
        None => None,
    };
    if let (Some(identity), Some(person)) = (&identity, &person) {
        let proof = Proof::Provider {
            subject: &identity.subject,
        };
        let onward = Onward {
            next: &next,
            kept: "",
        };
        if let Some(response) = enter(&state, (&viewer, &headers), person, proof, onward).await? {
            return Ok(response);
        }
    }
    let store = state.acting(&viewer);
    let lockout = &state.settings.lockout;
    store.count_failure(None, now_s, lockout).await?;
    refused(&state, &viewer, &next, Failure::Provider)
}

/// The person whom the provider's number was bound to, or who has the login and no number yet: the first sign-in binds them, and a login that
/// the provider gives to somebody else later opens nothing. Administrators are never bound by a login alone, which some providers let
/// people choose.
async fn person_of(state: &WebState, identity: &Identity) -> Result<Option<Person>, WebError> {
    let bound = state.store.person_by_subject(&identity.subject).await?;
    if bound.is_some() {
        return Ok(bound);
    }
    match login_of(&identity.login) {
        Ok(login) => {
            let person = state.store.person_by_login(&login).await?;
            Ok(person.filter(|person| person.role != Role::Administrator))
        }
        Err(_) => Ok(None),
    }
}
