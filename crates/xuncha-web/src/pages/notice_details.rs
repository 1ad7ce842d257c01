//! 通报的其他信息: number and date, issuer, recipients, approval, copies and the lists that no result holds, kept with the round. What is
//! wrong is named beside its field, and what was typed stays.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::notice::extras::{self, FieldFault, LISTS, NAMES, NoticeExtras};
use xuncha_core::notice::from_results::RoundDetails;
use xuncha_core::notice::inputs::Case;
use xuncha_core::permission::Action;
use xuncha_core::registry::Level;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::encode;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Rows of what is recorded that are shown.
const SHOWN: usize = 30;

/// A field of one line.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    /// What stands in the notice where the field is empty.
    usual: String,
    fault: String,
    is_date: bool,
}

/// A field of many lines, a row each.
struct ListField {
    name: &'static str,
    label: &'static str,
    columns: String,
    value: String,
    lines: usize,
    fault: String,
    /// What is taken where the field is empty, with how many there are in all.
    recorded: Vec<Vec<String>>,
    recorded_count: usize,
    is_recorded: bool,
}

#[derive(Template)]
#[template(path = "notice_details.html")]
struct DetailsPage {
    shell: Shell,
    action: String,
    work_href: String,
    may_manage: bool,
    is_saved: bool,
    has_faults: bool,
    heading: Vec<Field>,
    names: Vec<Field>,
    lists: Vec<ListField>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let typed = typed_of(&state.store.notice_extras(&id).await?);
    let is_saved = asked.contains_key("saved");
    page(&details_page(&state, &viewer, &id, typed, (is_saved, Vec::new())).await?)
}

/// The fields as they would be typed to give what is kept.
fn typed_of(extras: &NoticeExtras) -> BTreeMap<String, String> {
    let mut typed = extras.names.clone();
    typed.extend(extras.lists.clone());
    typed.insert(extras::NUMBER.to_owned(), extras.number.clone());
    let date = extras
        .date
        .map_or_else(String::new, |date| date.to_string());
    typed.insert(extras::DATE.to_owned(), date);
    typed
}

async fn details_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: BTreeMap<String, String>,
    (is_saved, faults): (bool, Vec<FieldFault>),
) -> Result<DetailsPage, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(id).await?;
    let registry = state.store.registry().await?;
    let province = registry
        .regions
        .values()
        .find(|region| region.level == Level::Province);
    let province = province.map_or("本省", |region| &region.name);
    let usual = RoundDetails::default_names(province, &row.round);
    let recorded = recorded(state, &row.round, &registry).await?;
    let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let fault = |name: &str| {
        let found = faults.iter().find(|fault| fault.field == name);
        found.map_or_else(String::new, |fault| fault.problem.clone())
    };
    let field = |name: &'static str| {
        let (label, hint) = words(lang, name);
        Field {
            name,
            label,
            hint,
            value: value(name),
            usual: usual.get(name).cloned().unwrap_or_default(),
            fault: fault(name),
            is_date: name == extras::DATE,
        }
    };
    let list = |list: &extras::ExtraList| {
        let text = value(list.field);
        let rows = recorded.get(list.field);
        ListField {
            name: list.field,
            label: words(lang, list.field).0,
            columns: list.columns.join("，"),
            lines: text.lines().count().clamp(3, 16),
            value: text,
            fault: fault(list.field),
            recorded_count: rows.map_or(0, Vec::len),
            is_recorded: rows.is_some(),
            recorded: rows
                .map(|rows| rows.iter().take(SHOWN).cloned().collect())
                .unwrap_or_default(),
        }
    };
    let title = lang.t("通报的其他信息", "Details of the notice");
    Ok(DetailsPage {
        shell: Shell::new(viewer, "rounds", title).in_round(id, &row.round.title, "notice"),
        action: format!("/rounds/{}/notice/details", encode(id)),
        work_href: format!("/rounds/{}/work", encode(id)),
        may_manage: viewer.may(Action::ManageRound),
        is_saved,
        has_faults: !faults.is_empty(),
        heading: [extras::NUMBER, extras::DATE].map(field).into(),
        names: NAMES.iter().map(|(name, _)| field(name)).collect(),
        lists: LISTS.iter().map(list).collect(),
    })
}

/// Rows that rectification and the registry give, by the list that they stand in for.
async fn recorded(
    state: &WebState,
    round: &xuncha_core::round::Round,
    registry: &xuncha_core::registry::Registry,
) -> Result<BTreeMap<&'static str, Vec<Vec<String>>>, WebError> {
    // A round that was not drawn yet has nothing to follow.
    if state.store.sample(&round.id).await?.is_none() {
        return Ok(BTreeMap::new());
    }
    let results = state.store.results(round).await?;
    let today = state.now().date();
    let found = state
        .store
        .notice_recorded(&results, registry, today)
        .await?;
    let state_of = |is_done: bool, done: &str, open: &str| match is_done {
        true => done.to_owned(),
        false => open.to_owned(),
    };
    let case = |case: Case| {
        let state = state_of(case.closed, "已办结", "整改中");
        vec![
            case.round,
            case.target,
            case.subject,
            case.problem,
            state,
            case.closed_on,
        ]
    };
    let closures = found.closures.into_iter().map(|one| {
        let state = state_of(one.done, "已整合迁移", "办理中");
        vec![one.subject, one.reason, state, one.done_on]
    });
    Ok([
        ("cases", found.cases.into_iter().map(case).collect()),
        ("closures", closures.collect()),
    ]
    .into())
}

/// The name of a field and what one should know of it.
fn words(lang: Lang, field: &str) -> (&'static str, &'static str) {
    match field {
        extras::NUMBER => (
            lang.t("发文字号", "Number"),
            lang.t(
                "年份用六角括号〔〕，序号不加“第”、不编虚位",
                "The year in its own brackets, the serial number without zeros",
            ),
        ),
        extras::DATE => (
            lang.t("成文日期", "Date"),
            lang.t(
                "不填为生成通报的当天；不能早于监测时间点",
                "The day of building where empty; not before the monitoring point",
            ),
        ),
        "issuer" => (
            lang.t("发文机关", "Issuer"),
            lang.t(
                "用于标题、署名和发文机关标志",
                "In the title, the signature and the head",
            ),
        ),
        "issuer_short" => (
            lang.t("发文机关简称", "Issuer, short"),
            lang.t("正文中的说法", "As the text calls it"),
        ),
        "recipients" => (lang.t("主送机关", "Recipients"), ""),
        "basis" => (
            lang.t("检查依据", "Basis"),
            lang.t(
                "正文“按照……相关要求”中的文件",
                "Documents that the text names",
            ),
        ),
        "account_basis" => (lang.t("政务新媒体检查依据", "Basis for accounts"), ""),
        "approval" => (
            lang.t("批准语", "Approval"),
            lang.t(
                "如：经省政府领导同意，",
                "Stands before the facts are made known",
            ),
        ),
        "mail" => (lang.t("报送邮箱", "Mailbox for answers"), ""),
        "copies_to" => (
            lang.t("抄送机关", "Copies to"),
            lang.t("不填则没有抄送", "None where empty"),
        ),
        "printed_by" => (
            lang.t("印发机关", "Printed by"),
            lang.t("不填为发文机关", "The issuer where empty"),
        ),
        "area" => (
            lang.t("范围的说法", "Area"),
            lang.t("如：全省、全区、全市", "As the text calls the whole area"),
        ),
        "share_unit" => (lang.t("占比变化的单位", "Unit of changes of shares"), ""),
        "cases" => (
            lang.t(
                "上轮存在突出问题的网站",
                "Sites with outstanding problems last round",
            ),
            "",
        ),
        "closures" => (
            lang.t("无力维护、整合迁移的网站", "Sites closed or merged"),
            "",
        ),
        "filings" => (
            lang.t(
                "政务新媒体梳理填报",
                "Units that reviewed and filed accounts",
            ),
            "",
        ),
        _ => (lang.t("年度报表公开情况", "Annual forms made public"), ""),
    }
}

/// Keeps what was typed, or says beside each field what is wrong.
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let typed: BTreeMap<String, String> = sent
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), value.replace("\r\n", "\n")))
        .collect();
    match NoticeExtras::of_fields(&typed, &row.round, state.now().date()) {
        Ok(extras) => {
            let store = state.acting(&viewer);
            store
                .put_notice_extras(&id, &extras, &viewer.person, state.now())
                .await?;
            let to = format!("/rounds/{}/notice/details?saved=1", encode(&id));
            Ok(Redirect::to(&to).into_response())
        }
        Err(faults) => {
            let shown = details_page(&state, &viewer, &id, typed, (false, faults)).await?;
            let mut response = page(&shown)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
