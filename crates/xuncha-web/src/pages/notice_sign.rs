//! 会签: the notice on its way from draft to publication, each step dated, signed and bound to what lay there.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use xuncha_core::notice::sign_off::{
    Bound, RoundFacts, SignStep, Signature, Standing, objection, standing, version_of,
};
use xuncha_core::permission::Action;
use xuncha_store::document::Document;
use xuncha_store::round::{RoundRow, RoundState};

use crate::WebState;
use crate::english;
use crate::error::WebError;
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::pages::public::base_of;
use crate::pages::publish;
use crate::shell::Viewer;

/// What the binary writes behind the title of a notice that is not ready.
const DRAFT_MARK: &str = "（草稿）";

struct StepLine {
    version: u32,
    step: Label,
    by: String,
    at: String,
    remark: String,
    text: String,
    is_other: bool,
}

struct Button {
    word: &'static str,
    text: &'static str,
    is_plain: bool,
}

/// The part of the notice's page about its signatures.
#[derive(Template)]
#[template(path = "notice_sign.html")]
pub(crate) struct SignPart {
    lang: Lang,
    csrf: String,
    version: u32,
    state: Label,
    is_broken: bool,
    why: Option<&'static str>,
    steps: Vec<StepLine>,
    manage: Vec<Button>,
    approve: Vec<Button>,
    bound: Bound,
    manage_action: String,
    approve_action: String,
    /// Where the public sees the results, once they are published.
    public_href: Option<String>,
    /// Where they are made public again, for who may.
    again_action: Option<String>,
    taken: usize,
}

impl SignPart {
    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }

    fn said(&self, text: &str) -> String {
        english::html(self.lang, text)
    }
}

/// What the notice and its round are now.
struct Lying {
    bound: Bound,
    facts: RoundFacts,
}

/// Hashes the files as they stand on the disk: one that was changed past the database shows too.
async fn lying(state: &WebState, row: &RoundRow) -> Result<Lying, WebError> {
    let id = &row.round.id;
    let documents = state.store.documents(id).await?;
    let mut contents = Vec::with_capacity(documents.len());
    let mut is_marked_draft = false;
    for document in documents.iter().filter(|one| is_signed(one)) {
        let path = state.documents.join(id).join(&document.name);
        let bytes = tokio::fs::read(&path).await.unwrap_or_default();
        if document.name.ends_with(".html") {
            is_marked_draft = String::from_utf8_lossy(&bytes).contains(DRAFT_MARK);
        }
        let sha256 = hex::encode(Sha256::digest(&bytes));
        contents.push((document.name.clone(), sha256));
    }
    Ok(Lying {
        facts: RoundFacts {
            has_notice: !contents.is_empty(),
            is_marked_draft,
            is_frozen: row.state == RoundState::Frozen,
        },
        // Nothing lies there to be signed: the outcome of a large round need not be read for it.
        bound: match contents.is_empty() {
            true => Bound::default(),
            false => {
                let store = &state.store;
                store.notice_bound(id, &row.round.set.id, &contents).await?
            }
        },
    })
}

/// The notice and its annexes. The data beside them is for machines, and letters to units are written when the notice is out.
fn is_signed(document: &Document) -> bool {
    !document.name.ends_with(".json") && !is_letter(document)
}

/// A letter to one unit.
pub(crate) fn is_letter(document: &Document) -> bool {
    document.name.starts_with("letter-")
}

fn step_label(lang: Lang, step: SignStep) -> Label {
    let (en, tone) = match step {
        SignStep::Drafted => ("Drafted", "info"),
        SignStep::Checked => ("Checked", "info"),
        SignStep::Approved => ("Approved", "good"),
        SignStep::Returned => ("Sent back", "bad"),
        SignStep::Published => ("Published", "good"),
        SignStep::Corrected => ("Correction begun", "open"),
    };
    Label {
        text: lang.t(step.zh(), en).to_owned(),
        tone,
    }
}

fn standing_label(lang: Lang, standing: &Standing) -> Label {
    let (zh, en, tone) = match standing.step {
        _ if standing.is_broken => ("签署已失效", "Signatures broken", "bad"),
        None => ("拟稿中", "Being drafted", "none"),
        Some(SignStep::Drafted) => ("待核稿", "To be checked", "open"),
        Some(SignStep::Checked) => ("待签发", "To be approved", "open"),
        Some(SignStep::Approved) => ("已签发，待发布", "Approved, to be published", "info"),
        Some(SignStep::Published) => ("已发布", "Published", "good"),
        Some(SignStep::Returned | SignStep::Corrected) => ("拟稿中", "Being drafted", "none"),
    };
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

/// The version that is published, with when, where what was signed is what lies there.
pub(crate) async fn published_version(
    state: &WebState,
    row: &RoundRow,
) -> Result<Option<(u32, DateTime)>, WebError> {
    let signatures = state.store.signatures(&row.round.id).await?;
    let standing = standing(&signatures, &lying(state, row).await?.bound);
    let is_published = standing.step == Some(SignStep::Published) && !standing.is_broken;
    let last = signatures.last().filter(|_| is_published);
    Ok(last.map(|last| (standing.version, last.at)))
}

/// Where the notice stands, in a word; `None` where it is published and nobody has to decide anything.
pub(crate) async fn awaiting(
    state: &WebState,
    lang: Lang,
    row: &RoundRow,
) -> Result<Option<String>, WebError> {
    let lying = lying(state, row).await?;
    if !lying.facts.has_notice {
        return Ok(Some(lang.t("尚未生成", "not built yet").to_owned()));
    }
    let signatures = state.store.signatures(&row.round.id).await?;
    let standing = standing(&signatures, &lying.bound);
    let is_settled = standing.step == Some(SignStep::Published) && !standing.is_broken;
    Ok((!is_settled).then(|| standing_label(lang, &standing).text))
}

/// What the page of the notice shows of it.
pub(crate) async fn part(
    state: &WebState,
    viewer: &Viewer,
    row: &RoundRow,
) -> Result<SignPart, WebError> {
    let lang = viewer.lang;
    let id = &row.round.id;
    let signatures = state.store.signatures(id).await?;
    let lying = lying(state, row).await?;
    let standing = standing(&signatures, &lying.bound);
    let may = |step| objection(step, &standing, lying.facts, &viewer.id, "x").is_none();
    let button = |step: SignStep, zh, en, is_plain| {
        may(step).then(|| Button {
            word: step.word(),
            text: lang.t(zh, en),
            is_plain,
        })
    };
    let manage = match viewer.may(Action::ManageRound) {
        false => Vec::new(),
        true => [
            button(
                SignStep::Drafted,
                "拟稿送核",
                "Hand over to be checked",
                false,
            ),
            button(
                SignStep::Checked,
                "核稿通过，送签",
                "Checked; to the leader",
                false,
            ),
            button(SignStep::Returned, "退回修改", "Send back", true),
            button(SignStep::Published, "发布", "Publish", false),
            button(SignStep::Corrected, "发起更正", "Begin a correction", true),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let approve = match viewer.may(Action::ApproveNotice) {
        false => Vec::new(),
        true => [
            button(SignStep::Approved, "签发", "Approve", false),
            button(SignStep::Returned, "退回修改", "Send back", true),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let is_published = standing.step == Some(SignStep::Published) && !standing.is_broken;
    let is_public = state.store.public_round(id).await.is_ok();
    // Why nothing can be handed over yet is said to who could do it.
    let why = match (standing.step, viewer.may(Action::ManageRound)) {
        (None, true) => objection(SignStep::Drafted, &standing, lying.facts, &viewer.id, ""),
        _ => None,
    };
    Ok(SignPart {
        lang,
        csrf: viewer.csrf.clone(),
        version: standing.version,
        state: standing_label(lang, &standing),
        is_broken: standing.is_broken,
        why,
        taken: signatures.len(),
        steps: signatures
            .into_iter()
            .rev()
            .map(|one| StepLine {
                version: one.version,
                step: step_label(lang, one.step),
                by: one.by,
                at: moment(&one.at),
                remark: one.remark,
                is_other: one.bound != lying.bound,
                text: one.bound.text_sha256,
            })
            .collect(),
        manage,
        approve,
        public_href: is_public.then(|| base_of(id)),
        again_action: (is_published && viewer.may(Action::ManageRound))
            .then(|| format!("/rounds/{}/notice/public", encode(id))),
        manage_action: format!("/rounds/{}/notice/sign", encode(id)),
        approve_action: format!("/rounds/{}/notice/approve", encode(id)),
        bound: lying.bound,
    })
}

/// What a form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    step: String,
    #[serde(default)]
    remark: String,
    /// What was shown to whoever decided.
    #[serde(default)]
    text: String,
    #[serde(default)]
    round: String,
    #[serde(default)]
    taken: usize,
}

pub(crate) async fn manage(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let steps = [
        SignStep::Drafted,
        SignStep::Checked,
        SignStep::Returned,
        SignStep::Published,
        SignStep::Corrected,
    ];
    sign(&state, &viewer, &id, &typed, &steps).await
}

pub(crate) async fn approve(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let steps = [SignStep::Approved, SignStep::Returned];
    sign(&state, &viewer, &id, &typed, &steps).await
}

async fn sign(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: &Typed,
    allowed: &[SignStep],
) -> Result<Response, WebError> {
    let refused = |why: &'static str| Err(xuncha_store::StoreError::Refused(why).into());
    let step = SignStep::of_word(&typed.step).filter(|step| allowed.contains(step));
    let Some(step) = step else {
        return refused("没有这个会签步骤");
    };
    let row = state.store.round(id).await?;
    let signatures = state.store.signatures(id).await?;
    let lying = lying(state, &row).await?;
    let shown = (typed.text.as_str(), typed.round.as_str());
    if shown
        != (
            lying.bound.text_sha256.as_str(),
            lying.bound.round_sha256.as_str(),
        )
    {
        return refused("您看到的通报或轮次已有变动，没有签署；请刷新页面，看过现在的内容再操作");
    }
    let standing = standing(&signatures, &lying.bound);
    let remark: String = typed.remark.trim().chars().take(500).collect();
    if let Some(why) = objection(step, &standing, lying.facts, &viewer.id, &remark) {
        return refused(why);
    }
    let signature = Signature {
        version: version_of(step, &standing),
        step,
        person: viewer.id.clone(),
        by: viewer.person.clone(),
        at: state.now(),
        remark,
        bound: lying.bound,
    };
    let store = state.acting(viewer);
    if step == SignStep::Published {
        let made = (signature.version, signature.at);
        let published = publish::published(state, &row, made).await?;
        store
            .publish_round(typed.taken, &signature, &published)
            .await?;
    } else {
        store.sign(id, typed.taken, &signature).await?;
    }
    Ok(Redirect::to(&format!("/rounds/{}/notice", encode(id))).into_response())
}
