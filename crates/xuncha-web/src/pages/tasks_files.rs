//! Files beside the questions of a target: a picture of what was seen, a document that answers. Handed in and taken back here.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::registry::TargetId;
use xuncha_store::StoreError;

use super::attachments::{self, FileLine, file_lines};
use super::tasks::{Asked, Desk, refused_page};
use super::tasks_item::Typed;
use crate::WebState;
use crate::asked::Query;
use crate::error::WebError;
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::shell::Viewer;
use crate::upload::{self, ACCEPTED, Owner, Sent};

/// What the files of a target belong to.
pub(crate) fn owner(round: &str, target: &TargetId) -> String {
    format!("round/{round}/target/{target}")
}

/// The files of a target, with the forms that hand in and take back.
#[derive(Template)]
#[template(path = "task_files.html")]
pub(crate) struct Files {
    lang: Lang,
    csrf: String,
    files: Vec<FileLine>,
    /// Questions that a file can be about: key and text.
    questions: Vec<(String, String)>,
    is_closed: bool,
    action: String,
    accepted: &'static str,
}

impl Files {
    pub(crate) async fn of(
        state: &WebState,
        viewer: &Viewer,
        desk: &Desk,
        questions: Vec<(String, String)>,
    ) -> Result<Files, WebError> {
        let target = desk.subject.target.id();
        let kept = state
            .store
            .attachments(&owner(&desk.round.id, target))
            .await?;
        let mut files = file_lines(viewer.lang, kept);
        for file in &mut files {
            let about = questions.iter().find(|(key, _)| *key == file.about);
            if let Some((_, text)) = about {
                file.about.clone_from(text);
            }
        }
        Ok(Files {
            lang: viewer.lang,
            csrf: viewer.csrf.clone(),
            files,
            questions,
            is_closed: desk.is_closed,
            action: format!(
                "/rounds/{}/tasks/{}/attachments",
                encode(&desk.round.id),
                encode(&target.0)
            ),
            accepted: ACCEPTED,
        })
    }

    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }
}

/// Hands a file in, or takes one back (`withdraw` names it).
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    sent: Sent,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let desk = Desk::open(&state, &id, &target).await?;
    let owner_object = owner(&id, &target);
    let withdrawn = sent.field("withdraw");
    if !withdrawn.is_empty() {
        let file = attachments::found(&state, withdrawn).await?;
        if file.new.owner != owner_object {
            let missing = StoreError::Missing {
                noun: "附件",
                id: withdrawn.to_owned(),
            };
            return Err(missing.into());
        }
        let store = state.acting(&viewer);
        store.withdraw_attachment(file.number).await?;
        return Ok(back(&id, &target));
    }
    let owner = Owner {
        object: owner_object,
        about: sent.field("about").chars().take(200).collect(),
        unit: Some(desk.subject.target.organization().to_owned()),
    };
    let kept = match sent.file("file") {
        Ok(file) => upload::keep(&state, &viewer, owner, file).await?,
        Err(fault) => Err(fault),
    };
    match kept {
        Ok(new) => {
            state.acting(&viewer).put_attachment(&new).await?;
            Ok(back(&id, &target))
        }
        Err(fault) => {
            let typed = Typed {
                errors: vec![fault.text(viewer.lang).to_owned()],
                ..Typed::default()
            };
            refused_page(&state, &viewer, &desk, &asked, &typed).await
        }
    }
}

fn back(round: &str, target: &TargetId) -> Response {
    let place = format!(
        "/rounds/{}/tasks/{}{}#files",
        encode(round),
        encode(&target.0),
        query(&[("filed", "1")])
    );
    Redirect::to(&place).into_response()
}
