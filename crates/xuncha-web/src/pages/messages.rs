//! 消息与联系方式: what was written to units and what became of it, and where each unit is reached. Keys of robots are shown to nobody.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use url::Url;
use xuncha_store::StoreError;
use xuncha_store::outbox::{Channel, Contact, MessageState};

use crate::WebState;
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

/// What the lists are asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    page: Option<u64>,
}

struct MessageLine {
    number: i64,
    state: Label,
    channel: &'static str,
    address: String,
    unit: String,
    subject: String,
    at: String,
    note: String,
    /// Whether a person has to say what becomes of it.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    shell: Shell,
    rows: Vec<MessageLine>,
    states: Vec<Choice>,
    pager: Pager,
}

fn channel(lang: Lang, channel: Channel) -> &'static str {
    let english = match channel {
        Channel::Mail => "E-mail",
        Channel::Wecom => "WeCom robot",
        Channel::Dingtalk => "DingTalk robot",
    };
    lang.t(channel.zh(), english)
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let chosen = MessageState::of_word(&asked.state);
    let found = state.store.messages(chosen, pager.page()).await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for message in found.rows {
        let unit = state.store.unit_name(&message.new.organization).await?;
        rows.push(MessageLine {
            number: message.number,
            state: labels::message(lang, message.state),
            channel: channel(lang, message.new.channel),
            address: message.new.channel.shown(&message.new.address),
            unit: unit.unwrap_or(message.new.organization),
            subject: message.new.subject,
            at: moment(&message.at),
            note: message.note,
            is_open: matches!(message.state, MessageState::Unsure | MessageState::Failed),
        });
    }
    let mut states = vec![Choice {
        value: "",
        text: lang.t("全部状态", "All states").to_owned(),
        is_chosen: chosen.is_none(),
    }];
    states.extend(MessageState::ALL.into_iter().map(|own| Choice {
        value: word(own),
        text: labels::message(lang, own).text,
        is_chosen: chosen == Some(own),
    }));
    let shell = Shell::new(&viewer, "rectify", lang.t("消息", "Messages"))
        .crumb(lang.t("整改", "Rectification"), "/rectify");
    let pairs = vec![("state", asked.state)];
    page(&MessagesPage {
        shell,
        rows,
        states,
        pager: pager.over(found.total, "/rectify/messages".to_owned(), pairs),
    })
}

fn word(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "waiting",
        MessageState::Sending => "sending",
        MessageState::Sent => "sent",
        MessageState::Failed => "failed",
        MessageState::Unsure => "unsure",
        MessageState::Settled => "settled",
    }
}

/// What is to become of a message.
#[derive(Deserialize)]
pub(crate) struct Settled {
    #[serde(default)]
    again: String,
}

pub(crate) async fn settle(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
    Form(typed): Form<Settled>,
) -> Result<Response, WebError> {
    let missing = || StoreError::Missing {
        noun: "消息",
        id: number.clone(),
    };
    let parsed = number.parse().map_err(|_| missing())?;
    let is_again = typed.again == "1";
    let store = state.acting(&viewer);
    store.settle_message(parsed, is_again, state.now()).await?;
    Ok(Redirect::to("/rectify/messages").into_response())
}

struct ContactLine {
    number: i64,
    unit: String,
    unit_id: String,
    channel: &'static str,
    address: String,
    is_signed: bool,
}

/// What a new contact says.
#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    secret: String,
}

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsPage {
    shell: Shell,
    rows: Vec<ContactLine>,
    channels: Vec<Choice>,
    unit: UnitPick,
    typed: Typed,
    error: String,
    pager: Pager,
}

pub(crate) async fn contacts(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    contacts_page(&state, &viewer, asked.page, Typed::default(), String::new()).await
}

async fn contacts_page(
    state: &WebState,
    viewer: &Viewer,
    number: Option<u64>,
    typed: Typed,
    error: String,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let pager = Pager::new(number, ROWS_PER_PAGE);
    let found = state.store.contacts(None, pager.page()).await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for contact in found.rows {
        let unit = state.store.unit_name(&contact.organization).await?;
        rows.push(ContactLine {
            number: contact.number,
            unit: unit.unwrap_or_default(),
            unit_id: contact.organization,
            channel: channel(lang, contact.channel),
            address: contact.channel.shown(&contact.address),
            is_signed: contact.secret.is_some(),
        });
    }
    let viewer = Viewer {
        here: "/rectify/contacts".to_owned(),
        ..viewer.clone()
    };
    let shell = Shell::new(&viewer, "rectify", lang.t("联系方式", "Contacts"))
        .crumb(lang.t("整改", "Rectification"), "/rectify");
    let is_refused = !error.is_empty();
    let mut response = page(&ContactsPage {
        shell,
        rows,
        channels: Channel::ALL
            .into_iter()
            .map(|own| Choice {
                value: own.word(),
                text: channel(lang, own).to_owned(),
                is_chosen: typed.channel == own.word(),
            })
            .collect(),
        unit: UnitPick::of(state, &typed.unit).await?,
        typed,
        error,
        pager: pager.over(found.total, "/rectify/contacts".to_owned(), Vec::new()),
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(crate) async fn add_contact(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let unit = match pick::unit(&state, lang, &typed.unit).await? {
        Ok(unit) => unit.map(|(id, _)| id),
        Err(why) => return contacts_page(&state, &viewer, None, typed, why).await,
    };
    let channel = Channel::of_word(&typed.channel);
    let address = typed.address.trim().to_owned();
    let error = match (&unit, channel) {
        (None, _) => lang.t("请填写单位", "Say which unit"),
        (_, None) => lang.t("请选择渠道", "Choose a way"),
        (_, Some(channel)) if !fits(channel, &address) => match channel {
            Channel::Mail => lang.t("这不是邮箱地址", "This is no mailbox"),
            _ => lang.t(
                "机器人的地址应是 https 网址",
                "The address of a robot begins with https",
            ),
        },
        _ => "",
    };
    let (Some(unit), Some(channel), true) = (unit, channel, error.is_empty()) else {
        let error = error.to_owned();
        return contacts_page(&state, &viewer, None, typed, error).await;
    };
    let contact = Contact {
        number: 0,
        organization: unit,
        channel,
        address,
        secret: Some(typed.secret.trim().to_owned()).filter(|secret| !secret.is_empty()),
    };
    state.acting(&viewer).put_contact(&contact).await?;
    Ok(Redirect::to("/rectify/contacts").into_response())
}

/// Whether an address can be one of its channel.
fn fits(channel: Channel, address: &str) -> bool {
    match channel {
        Channel::Mail => {
            let parts = address.split_once('@');
            let is_plain = |sign: char| !sign.is_whitespace() && !sign.is_control();
            address.len() <= 254
                && address.chars().all(is_plain)
                && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        }
        _ => Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")),
    }
}

pub(crate) async fn remove_contact(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
) -> Result<Response, WebError> {
    let missing = || StoreError::Missing {
        noun: "联系方式",
        id: number.clone(),
    };
    let parsed = number.parse().map_err(|_| missing())?;
    state.acting(&viewer).remove_contact(parsed).await?;
    Ok(Redirect::to("/rectify/contacts").into_response())
}
