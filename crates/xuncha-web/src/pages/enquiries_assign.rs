//! Who sends the questions of 模拟咨询: inspectors from the list, nobody to where he comes from, given out in turn and anew until sent.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use xuncha_core::enquiry::QUESTION;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::permission::Action;
use xuncha_core::person::Role;
use xuncha_core::registry::{TargetClass, TargetId};
use xuncha_store::enquiry::Enquiry;
use xuncha_store::person::PersonFilter;
use xuncha_store::{Page, StoreError};

use super::enquiries::{Asked, Done, shown};
use super::round_people::city_of;
use crate::WebState;
use crate::error::WebError;
use crate::lang::Lang;
use crate::pager::query;
use crate::shell::Viewer;
use crate::upload::Sent;

/// An inspector who may be given enquiries.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) id: String,
    pub(super) name: String,
    /// Where he comes from, as far as the round knows.
    pub(super) region: Option<String>,
    pub(super) region_name: String,
}

/// 发送人. Who sends the enquiries of a round.
pub(super) struct Senders {
    pub(super) all: Vec<Sender>,
    /// Everybody's name by id, of those too who send no more.
    names: BTreeMap<String, String>,
}

impl Senders {
    pub(super) async fn of(state: &WebState, round: &str) -> Result<Senders, WebError> {
        let everybody = state
            .store
            .persons(&PersonFilter::default(), Page::ALL)
            .await?;
        let regions = state.store.regions().await?;
        let from: BTreeMap<i64, String> = match round.is_empty() {
            true => BTreeMap::new(),
            false => {
                let all = state.store.inspectors(round).await?.into_iter();
                all.map(|one| (one.person, one.region)).collect()
            }
        };
        let mut senders = Senders {
            all: Vec::new(),
            names: BTreeMap::new(),
        };
        for person in everybody.rows {
            senders.names.insert(person.id(), person.name.clone());
            if person.role != Role::Inspector || person.is_locked {
                continue;
            }
            let region = from.get(&person.number).cloned();
            let named = region.as_ref().and_then(|code| regions.get(code));
            senders.all.push(Sender {
                id: person.id(),
                region_name: named.map_or_else(String::new, |region| region.name.clone()),
                name: person.name,
                region,
            });
        }
        Ok(senders)
    }

    pub(super) fn name(&self, assigned: &str) -> String {
        let known = self.names.get(assigned).cloned();
        known.unwrap_or_else(|| assigned.to_owned())
    }

    /// Those who do not come from where the enquiry goes, and do not have it already.
    pub(super) async fn may_ask(
        self,
        state: &WebState,
        own: &Enquiry,
    ) -> Result<Vec<Sender>, WebError> {
        let subject = state.store.subject(&own.round, &own.target).await?;
        let regions = state.store.regions().await?;
        let city = city_of(&regions, subject.target.region());
        let may = |one: &Sender| one.region.as_deref() != Some(city) && one.id != own.assigned;
        Ok(self.all.into_iter().filter(may).collect())
    }
}

/// Classes that the indicator of such enquiries applies to; none where the set does not ask.
fn asked_classes(set: &IndicatorSet) -> Vec<TargetClass> {
    let asks = set
        .indicators
        .iter()
        .filter(|own| own.question() == Some(QUESTION));
    asks.flat_map(|own| own.applies_to.clone()).collect()
}

/// Gives every target of the round that has to be asked a question and a person, in turn; nobody asks where he comes from. What was
/// assigned stays, but for `anew`: then what was not sent yet changes hands.
pub(crate) async fn assign(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let field = |name: &str| fields.iter().find(|(key, _)| key == name);
    let round = field("round").map_or("", |(_, value)| value.as_str());
    let round = state.store.round(round).await?.round;
    let bank = state.store.questions().await?;
    let chosen = |one: &Sender| {
        fields
            .iter()
            .any(|(key, id)| key == "person" && *id == one.id)
    };
    let people = Senders::of(&state, &round.id).await?.all;
    let people: Vec<Sender> = people.into_iter().filter(chosen).collect();
    let classes = asked_classes(&round.set);
    let asked = Asked {
        round: round.id.clone(),
        of: String::new(),
        page: None,
    };
    let fault = if bank.is_empty() {
        lang.t("题库是空的，请先添加问题", "The bank of questions is empty")
    } else if people.is_empty() {
        lang.t("请勾选由谁发送", "Tick who sends them")
    } else if classes.is_empty() {
        lang.t(
            "本轮指标没有模拟咨询的项目",
            "The set of this round has no such indicator",
        )
    } else {
        ""
    };
    if !fault.is_empty() {
        return shown(&state, &viewer, &asked, fault.to_owned()).await;
    }
    let subjects = state.store.subjects(&round.id).await?;
    let wanted = subjects
        .into_iter()
        .filter(|subject| classes.contains(&subject.target.class()));
    let regions = state.store.regions().await?;
    let known = state.store.enquiries(&round.id, Page::ALL).await?.rows;
    let known: BTreeMap<TargetId, Enquiry> = known
        .into_iter()
        .map(|own| (own.target.clone(), own))
        .collect();
    let (mut fresh, mut moved, mut left) = (Vec::new(), Vec::new(), 0);
    for (index, subject) in wanted.enumerate() {
        let city = city_of(&regions, subject.target.region());
        let mut in_turn = people.iter().cycle().skip(index % people.len());
        let person = in_turn
            .by_ref()
            .take(people.len())
            .find(|one| one.region.as_deref() != Some(city));
        let Some(person) = person else {
            left += 1;
            continue;
        };
        let assigned = person.id.clone();
        match known.get(subject.target.id()) {
            Some(own) => moved.push((own.id.clone(), assigned)),
            None => fresh.push(Enquiry {
                id: (state.new_token)(),
                round: round.id.clone(),
                target: subject.target.id().clone(),
                target_name: subject.target.name().to_owned(),
                unit_name: subject.organization_name,
                question: bank[index % bank.len()].1.clone(),
                assigned,
                place: String::new(),
                sent_at: None,
                due: None,
                answered: None,
                reply: String::new(),
                quality: None,
                counted: None,
                by: viewer.person.clone(),
                at: state.now(),
            }),
        }
    }
    let store = state.acting(&viewer);
    store.assign_enquiries(&fresh).await?;
    if field("anew").is_some() && viewer.may(Action::ManageRound) {
        let who = (viewer.person.as_str(), state.now());
        store.reassign_enquiries(&round.id, &moved, who).await?;
    }
    if left > 0 {
        let why = match lang {
            Lang::Zh => format!("有 {left} 个网站没有分派：勾选的检查员都来自其所在地区"),
            Lang::En => {
                format!("{left} sites were given to nobody: all who are ticked come from there")
            }
        };
        return shown(&state, &viewer, &asked, why).await;
    }
    let place = format!("/enquiries{}", query(&[("round", &round.id)]));
    Ok(Redirect::to(&place).into_response())
}

/// Gives an enquiry that was not sent yet to another inspector.
pub(super) async fn give(state: &WebState, viewer: &Viewer, sent: &Sent, own: &Enquiry) -> Done {
    let lang = viewer.lang;
    let refused = |zh: &str, en: &str| Ok(Err(lang.t(zh, en).to_owned()));
    if !viewer.may(Action::ManageRound) {
        return refused(
            "改派由监管单位办理",
            "Only the supervisor gives it to somebody else",
        );
    }
    if own.sent_at.is_some() {
        return refused(
            "已经发送，不能改派",
            "It was sent and stays with who sent it",
        );
    }
    let others = Senders::of(state, &own.round)
        .await?
        .may_ask(state, own)
        .await?;
    let Some(person) = others
        .into_iter()
        .find(|one| one.id == sent.field("person"))
    else {
        return refused(
            "请选择一名不来自该地区的检查员",
            "Choose an inspector who does not come from there",
        );
    };
    let moved = [(own.id.clone(), person.id)];
    let who = (viewer.person.as_str(), state.now());
    let store = state.acting(viewer);
    match store.reassign_enquiries(&own.round, &moved, who).await {
        Ok(_) => Ok(Ok(())),
        Err(error @ (StoreError::Closed { .. } | StoreError::Refused(_))) => {
            Ok(Err(error.to_string()))
        }
        Err(other) => Err(other.into()),
    }
}
