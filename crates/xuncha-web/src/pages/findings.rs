//! One finding: what is wrong, where, the rule beside it, and the evidence.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::indicator::{Indicator, IndicatorSet};
use xuncha_core::permission::Action;
use xuncha_core::registry::Target;
use xuncha_core::review::Review;
use xuncha_core::round::Round;
use xuncha_core::verdict::Finding;
use xuncha_store::judge::FindingRow;

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::pager::{encode, query};
use crate::pages::desk::{ALL, item_id};
use crate::pages::public::check_title;
use crate::pages::targets::finding_state;
use crate::pages::{blind, pictures};
use crate::shell::{Shell, Viewer};

pub(crate) struct RuleLine {
    pub(crate) text: String,
    pub(crate) is_unconfirmed: bool,
}

struct EvidenceLine {
    url: String,
    at: String,
    sha256: String,
    quote: String,
    record: String,
    href: Option<String>,
    picture: Option<String>,
}

struct PlaceLine {
    url: String,
    text: String,
    /// The archived page with the place marked; `None` where the place is no page.
    href: Option<String>,
}

struct ReviewLine {
    decision: Label,
    by: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage {
    shell: Shell,
    row: FindingRow,
    finding: Finding,
    confidence: &'static str,
    state: Label,
    target_name: String,
    target_href: String,
    set_title: String,
    indicator: Option<Indicator>,
    rules: Vec<RuleLine>,
    evidence: Vec<EvidenceLine>,
    places: Vec<PlaceLine>,
    reviews: Vec<ReviewLine>,
    appeal_href: Option<String>,
    check: String,
    /// Where it is decided, also where the machine was sure of it.
    review_href: Option<String>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let (row, finding) = state.store.finding(&id).await?;
    let round = state.store.round(&row.round).await?.round;
    let subject = state.store.subject(&row.round, &row.target).await?;
    let is_hidden = blind::is_hidden(&state, &viewer, &row.round, &row.target).await?;
    let all_reviews = match is_hidden {
        true => Vec::new(),
        false => state.store.review_history(&row.round, &row.target).await?,
    };
    let mine = |review: &&Review| review.check == row.check && review.key == row.key;
    let reviews = all_reviews.iter().filter(mine).map(|review| ReviewLine {
        decision: labels::decision(lang, &review.decision),
        by: review.by.clone(),
        at: moment(&review.at),
        reason: review.reason.clone(),
    });
    let set = set_of(&round, &row.set);
    let indicator = set.and_then(|set| set.indicator(&row.indicator)).cloned();
    let base = format!("/rounds/{}", encode(&row.round));
    let target_href = format!("{base}/targets/{}", encode(&row.target.0));
    let target_name = subject.target.name().to_owned();
    let pictured = pictures::pictured(&state, &row.round, &row.target).await?;
    let shell = Shell::new(&viewer, "rounds", lang.t("问题", "Finding"))
        .about(&format!("{target_name} {}", finding.detail))
        .in_round(&row.round, &round.title, "targets")
        .crumb(lang.t("检查对象", "Targets"), format!("{base}/targets"))
        .name_crumb(target_name.clone(), target_href.clone());
    let until = state.store.appeal_until(&row.round).await?;
    let is_open = until.is_some_and(|day| state.now().date() <= day);
    let may_appeal = is_open && viewer.may(Action::FileAppeal);
    page(&FindingPage {
        appeal_href: may_appeal.then(|| format!("/findings/{}/appeal", encode(&id))),
        check: check_title(lang, &row.check),
        review_href: (viewer.may(Action::DecideTask) && !is_hidden).then(|| {
            let item = item_id(&row.check, &row.key);
            let which = query(&[("which", ALL)]);
            format!("{base}/desk/{}/{item}{which}", encode(&row.target.0))
        }),
        shell,
        confidence: labels::confidence(lang, row.confidence),
        state: finding_state(lang, &row, &all_reviews),
        target_name,
        target_href,
        set_title: set.map(|set| set.title.clone()).unwrap_or_default(),
        rules: indicator
            .as_ref()
            .map(|indicator| rule_lines(indicator, &row.case))
            .unwrap_or_default(),
        evidence: evidence_lines(&base, &row, &finding, &pictured),
        places: place_lines(
            &base,
            &row,
            &finding,
            matches!(subject.target, Target::Account(_)),
        ),
        reviews: reviews.collect(),
        indicator,
        row,
        finding,
    })
}

fn set_of<'a>(round: &'a Round, id: &str) -> Option<&'a IndicatorSet> {
    std::iter::once(&round.set)
        .chain(&round.also_listed)
        .find(|set| set.id == id)
}

/// The rules that count this case.
pub(crate) fn rule_lines(indicator: &Indicator, case: &str) -> Vec<RuleLine> {
    let counting = indicator
        .rules
        .iter()
        .filter(|rule| rule.cases.iter().any(|one| one == case));
    counting
        .map(|rule| RuleLine {
            text: rule.text.clone(),
            is_unconfirmed: rule.confidence.is_some_and(labels::is_unconfirmed),
        })
        .collect()
}

fn evidence_lines(
    base: &str,
    row: &FindingRow,
    finding: &Finding,
    pictured: &BTreeMap<String, String>,
) -> Vec<EvidenceLine> {
    let href = |one: &EvidenceRef| {
        let pointed = query(&[
            ("quote", &one.quote),
            ("link", link_at_fault(finding, &one.url)),
            ("sha256", &one.sha256),
        ]);
        format!(
            "{base}/evidence/{}/{}{pointed}",
            encode(&row.target.0),
            encode(&one.record)
        )
    };
    finding
        .evidence()
        .iter()
        .map(|one| EvidenceLine {
            url: one.url.clone(),
            at: moment(&one.at),
            sha256: one.sha256.clone(),
            quote: one.quote.clone(),
            record: one.record.clone(),
            href: (!one.record.is_empty()).then(|| href(one)),
            picture: pictured
                .get(&one.record)
                .filter(|sha256| **sha256 == one.sha256)
                .map(|_| pictures::href(&row.round, &row.target, &one.record)),
        })
        .collect()
}

/// The address at fault, where it is another than the page's own: links to it are to be marked there.
pub(crate) fn link_at_fault<'a>(finding: &'a Finding, page: &str) -> &'a str {
    let link = finding.url.as_deref();
    link.filter(|link| *link != page).unwrap_or_default()
}

/// The places with the way to their archived pages, at the time of the evidence.
fn place_lines(
    base: &str,
    row: &FindingRow,
    finding: &Finding,
    is_account: bool,
) -> Vec<PlaceLine> {
    let near = finding.evidence().first().map(|one| one.at.to_string());
    let near = near.unwrap_or_default();
    // Posts of an account are read in its list: no page of their own was fetched, unless it is evidence itself.
    let is_kept = |url: &str| !is_account || finding.evidence().iter().any(|one| one.url == url);
    let lines = finding.places.iter().map(|place| PlaceLine {
        url: place.url.clone(),
        text: place.text.clone(),
        href: (place.url.starts_with("http") && is_kept(&place.url)).then(|| {
            format!(
                "{base}/archived/{}{}",
                encode(&row.target.0),
                query(&[
                    ("url", &place.url),
                    ("near", &near),
                    ("quote", &place.text),
                    ("link", link_at_fault(finding, &place.url))
                ])
            )
        }),
    });
    lines.collect()
}

/// A civil time as people read it, to the second.
pub(crate) fn moment(at: &impl ToString) -> String {
    at.to_string().replace('T', " ").chars().take(19).collect()
}
