//! 填报: the form of one request about one entry. What may be changed follows from the request; everything else stays as it is filed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::Date;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::filing::{Fault, RequestKind, Successor, Typed, draft};
use xuncha_core::registry::request::Course;
use xuncha_core::registry::{EntryKind, Target, TargetId};
use xuncha_store::StoreError;
use xuncha_store::registry_request::NewRequest;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels_registry as words;
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::pick::{self, UnitPick};
use crate::shell::{Shell, Viewer};

/// What the form is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    noun: String,
    #[serde(default)]
    target: String,
    #[serde(default)]
    unit: String,
    /// Host of a candidate outside the registry.
    #[serde(default)]
    outside: String,
    /// A returned request, whose content is filled in.
    #[serde(default)]
    again: String,
}

struct FieldOption {
    value: &'static str,
    text: &'static str,
    is_chosen: bool,
}

struct Field {
    name: &'static str,
    label: &'static str,
    /// HTML of ours.
    hint: &'static str,
    value: String,
    before: Option<String>,
    options: Vec<FieldOption>,
    kind: &'static str,
    is_required: bool,
    faults: Vec<String>,
}

#[derive(Template)]
#[template(path = "request_new.html")]
struct FormPage {
    shell: Shell,
    kind: &'static str,
    noun: &'static str,
    target: String,
    target_name: String,
    unit: Option<UnitPick>,
    /// Units that the field of a transfer offers.
    offered: Vec<String>,
    unit_name: String,
    outside: String,
    advice: &'static str,
    fields: Vec<Field>,
    reason: Field,
    is_suspension: bool,
    is_merger: bool,
    from: Field,
    until: Field,
    successor_name: Field,
    successor_home: Field,
    faults: Vec<String>,
}

/// What a form is about: which entry of which unit.
struct About {
    kind: RequestKind,
    noun: EntryKind,
    target: Option<Target>,
    /// Unit by number; `None` where the office has not named one yet.
    unit: Option<String>,
    outside: String,
}

fn missing(target: &str) -> WebError {
    StoreError::Missing {
        noun: "网站或账号",
        id: target.to_owned(),
    }
    .into()
}

/// Reads what is asked, and refuses what is not the viewer's as if it did not exist.
async fn about(state: &WebState, viewer: &Viewer, asked: &Asked) -> Result<About, WebError> {
    let kind = RequestKind::of_word(&asked.kind)
        .ok_or(StoreError::Refused("请从名录里选择要填报的事项"))?;
    let narrowed = viewer.narrowed(Action::FileRequest);
    if kind == RequestKind::Open {
        let noun = match asked.noun.as_str() {
            "account" => EntryKind::Account,
            _ => EntryKind::Site,
        };
        let typed = Some(asked.unit.trim().to_owned()).filter(|unit| !unit.is_empty());
        return Ok(About {
            kind,
            noun,
            target: None,
            unit: narrowed.or(typed),
            outside: match viewer.may(Action::ManageRegistry) {
                true => asked.outside.clone(),
                false => String::new(),
            },
        });
    }
    let number = TargetId(asked.target.clone());
    let target = state.store.registered(&number).await?;
    let target = target.ok_or_else(|| missing(&asked.target))?;
    if narrowed.is_some_and(|unit| unit != target.organization()) {
        return Err(missing(&asked.target));
    }
    if !kind.fits(target.noun(), target.state()) {
        return Err(StoreError::Refused("这个网站或账号现在的状态不能申请这一事项").into());
    }
    Ok(About {
        kind,
        noun: target.noun(),
        unit: Some(target.organization().to_owned()),
        target: Some(target),
        outside: String::new(),
    })
}

pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let about = about(&state, &viewer, &asked).await?;
    let mut typed = match &about.target {
        Some(target) => target.fields(),
        None => BTreeMap::new(),
    };
    if !asked.again.is_empty() {
        typed.extend(again(&state, &viewer, &asked.again).await?);
    }
    if !about.outside.is_empty() {
        let found = state.store.outside_of(&about.outside).await?;
        typed.insert("name".to_owned(), found.site.name);
        typed.insert("home".to_owned(), found.site.url);
        typed.insert("kind".to_owned(), "部门".to_owned());
        if let (true, Some(unit)) = (asked.unit.is_empty(), found.site.unit) {
            typed.insert("unit".to_owned(), unit);
        }
    }
    shown(&state, &viewer, &about, &typed, &[]).await
}

/// What a returned request held, of the viewer's own only.
async fn again(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
) -> Result<BTreeMap<String, String>, WebError> {
    let request = state.store.request(id).await?;
    let narrowed = viewer.narrowed(Action::FileRequest);
    if narrowed.is_some_and(|unit| unit != request.course.organization) {
        return Err(missing(id));
    }
    let filing = request.filing;
    let allowed = filing.kind.fields(filing.noun);
    let mut fields: BTreeMap<String, String> = filing
        .after
        .into_iter()
        .filter(|(name, _)| allowed.contains(&name.as_str()))
        .collect();
    fields.insert("reason".to_owned(), filing.reason);
    if let Some(successor) = filing.successor {
        fields.insert("successor_name".to_owned(), successor.name);
        fields.insert("successor_home".to_owned(), successor.home);
    }
    Ok(fields)
}

/// Puts numbers in place of the units that were typed by name; says where none or several fit.
async fn name_units(
    state: &WebState,
    viewer: &Viewer,
    sent: &mut BTreeMap<String, String>,
) -> Result<Vec<Fault>, WebError> {
    let mut faults = Vec::new();
    for field in ["unit", "organization"] {
        let Some(typed) = sent.get(field) else {
            continue;
        };
        match pick::unit(state, viewer.lang, typed).await? {
            Ok(Some((id, _))) => drop(sent.insert(field.to_owned(), id)),
            Ok(None) => {}
            Err(message) => faults.push(Fault {
                field: field.to_owned(),
                message,
            }),
        }
    }
    Ok(faults)
}

/// Files what the form says, or shows it again with what is wrong.
pub(crate) async fn file(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(mut sent): Form<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let unclear = name_units(&state, &viewer, &mut sent).await?;
    let text = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let asked = Asked {
        kind: text("request"),
        noun: text("noun"),
        target: text("target"),
        unit: text("unit"),
        outside: text("outside"),
        again: String::new(),
    };
    let about = about(&state, &viewer, &asked).await?;
    if !unclear.is_empty() {
        return shown(&state, &viewer, &about, &sent, &unclear).await;
    }
    let registry = state.store.registry().await?;
    let organization = about.unit.clone().unwrap_or_default();
    let typed = Typed {
        kind: about.kind,
        noun: about.noun,
        target: about.target.as_ref().map(|target| target.id().clone()),
        organization,
        fields: sent.clone(),
        reason: text("reason"),
        from: day(&text("from")),
        until: day(&text("until")),
        successor: Successor {
            name: text("successor_name").trim().to_owned(),
            home: text("successor_home").trim().to_owned(),
        },
        today: state.now().date(),
    };
    let suspended = match &typed.target {
        Some(target) => state.store.suspensions(target).await?,
        None => Vec::new(),
    };
    let filing = match draft(&typed, &registry, &suspended) {
        Ok(filing) => filing,
        Err(faults) => return shown(&state, &viewer, &about, &sent, &faults).await,
    };
    let unit = &registry.organizations[&filing.organization];
    let new = NewRequest {
        id: (state.new_token)(),
        course: Course::of(&filing, &registry, &viewer.id),
        unit_name: unit.name.clone(),
        region: unit.region.clone(),
        by: viewer.person.clone(),
        at: state.now(),
        outside: Some(about.outside.clone()).filter(|host| !host.is_empty()),
        filing,
    };
    match state.acting(&viewer).file_request(&new).await {
        Ok(()) => Ok(Redirect::to(&format!("/requests/{}", encode(&new.id))).into_response()),
        Err(StoreError::Refused(why)) => {
            let fault = Fault {
                field: String::new(),
                message: why.to_owned(),
            };
            shown(&state, &viewer, &about, &sent, &[fault]).await
        }
        Err(other) => Err(other.into()),
    }
}

fn day(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    about: &About,
    typed: &BTreeMap<String, String>,
    faults: &[Fault],
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let unit_name = match &about.unit {
        Some(unit) => state.store.unit_name(unit).await?.unwrap_or_default(),
        None => String::new(),
    };
    let before = about.target.as_ref().map(Target::fields);
    let old = |name: &str| before.as_ref()?.get(name).cloned();
    let faults_of = |name: &str| -> Vec<String> {
        let own = faults.iter().filter(|fault| fault.field == name);
        own.map(|fault| fault.message.clone()).collect()
    };
    let other = |name: &'static str, label: &'static str, kind: &'static str| Field {
        name,
        label,
        hint: "",
        value: typed.get(name).cloned().unwrap_or_default(),
        before: None,
        options: Vec::new(),
        kind,
        is_required: true,
        faults: faults_of(name),
    };
    let allowed = about.kind.fields(about.noun);
    let fields: Vec<Field> = allowed
        .iter()
        .map(|name| {
            let value = typed.get(*name).cloned().unwrap_or_default();
            let is_unit = *name == "organization";
            // The form begins with the unit as it is, which is what it is to be no more.
            let value = match is_unit && old(name).as_ref() == Some(&value) {
                true => String::new(),
                false => value,
            };
            Field {
                name,
                label: match is_unit {
                    true => lang.t("接收单位", "Unit that takes it over"),
                    false => words::field(lang, about.noun, name),
                },
                hint: hint(lang, about.noun, name),
                options: options(lang, about.noun, name, &value),
                before: match is_unit {
                    true => Some(unit_name.clone()),
                    false => old(name),
                },
                kind: input_of(name),
                is_required: is_required(about.noun, name),
                faults: faults_of(name),
                value,
            }
        })
        .collect();
    let placed = [
        "reason",
        "from",
        "until",
        "successor_name",
        "successor_home",
    ];
    let mut general: Vec<String> = faults
        .iter()
        .filter(|fault| {
            let name = fault.field.as_str();
            !placed.contains(&name) && !allowed.contains(&name)
        })
        .map(|fault| fault.message.clone())
        .collect();
    general.dedup();
    let target = about.target.as_ref();
    let title = match target {
        Some(_) => words::request_kind(lang, about.kind).to_owned(),
        None if about.noun == EntryKind::Account => {
            lang.t("开办新媒体账号", "Open an account").to_owned()
        }
        None => lang.t("开办网站", "Open a website").to_owned(),
    };
    let names_unit = target.is_none() && viewer.narrowed(Action::FileRequest).is_none();
    let unit = match names_unit {
        true => {
            let named = about.unit.as_ref().or_else(|| typed.get("unit"));
            Some(UnitPick::of(state, named.map_or("", String::as_str)).await?)
        }
        false => None,
    };
    let receiver = fields.iter().find(|field| field.name == "organization");
    let offered = match receiver {
        Some(field) => UnitPick::of(state, &field.value).await?.offered,
        None => Vec::new(),
    };
    let shell = Shell::new(viewer, "registry", title)
        .crumb(lang.t("名录", "Registry"), "/registry")
        .crumb(lang.t("填报", "Requests"), "/requests");
    let mut response = page(&FormPage {
        shell,
        kind: about.kind.word(),
        noun: match about.noun {
            EntryKind::Account => "account",
            _ => "site",
        },
        target: target.map_or_else(String::new, |own| own.id().0.clone()),
        target_name: target.map_or_else(String::new, |own| own.name().to_owned()),
        unit,
        offered,
        unit_name,
        outside: about.outside.clone(),
        advice: advice(lang, about.kind, about.noun),
        fields,
        reason: other("reason", lang.t("理由", "Reason"), "text"),
        is_suspension: about.kind == RequestKind::Suspend,
        is_merger: about.kind == RequestKind::Merge,
        from: other("from", lang.t("下线日期", "Closed from"), "date"),
        until: other("until", lang.t("下线最后一天", "Last day closed"), "date"),
        successor_name: other(
            "successor_name",
            lang.t("承接网站（账号）名称", "Name of the successor"),
            "text",
        ),
        successor_home: other(
            "successor_home",
            lang.t("承接网站（账号）网址", "Address of the successor"),
            "url",
        ),
        faults: general,
    })?;
    if !faults.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn input_of(name: &str) -> &'static str {
    match name {
        "home" | "page_url" | "feed_url" | "download_url" => "url",
        "opened" => "date",
        _ => "text",
    }
}

fn is_required(noun: EntryKind, name: &str) -> bool {
    match noun {
        _ if name == "organization" => true,
        EntryKind::Site => matches!(name, "id" | "name" | "home" | "kind"),
        _ => matches!(name, "name" | "platform" | "kind"),
    }
}

fn options(lang: Lang, noun: EntryKind, name: &str, value: &str) -> Vec<FieldOption> {
    let all: &[(&'static str, &'static str)] = match (noun, name) {
        (EntryKind::Site, "kind") => &[("部门", "Department site"), ("门户", "Portal")],
        (EntryKind::Site, "no_services") => &[("否", "No"), ("是", "Yes")],
        _ => &[],
    };
    let option = |(zh, en): &(&'static str, &'static str)| FieldOption {
        value: zh,
        text: match lang {
            Lang::Zh => zh,
            Lang::En => en,
        },
        is_chosen: *zh == value,
    };
    all.iter().map(option).collect()
}

fn hint(lang: Lang, noun: EntryKind, name: &str) -> &'static str {
    match (noun, name) {
        (EntryKind::Site, "id") => lang.t(
            "10位数字，前六位为区划代码；部委网站为 bm 加8位数字",
            "Ten digits beginning with the division code, or bm and eight digits",
        ),
        (EntryKind::Site, "home") => lang.t(
            "只用 .gov.cn 或 .政务 域名；门户 www.□□□.gov.cn，部门 ○○○.□□□.gov.cn",
            "Only .gov.cn or its Chinese counterpart; www.NAME.gov.cn for portals, DEPARTMENT.NAME.gov.cn for departments",
        ),
        (EntryKind::Site, "name") => lang.t(
            "以本级政府或部门的规范名称命名",
            "Named after the government or department",
        ),
        (EntryKind::Site, "no_services") => lang.t(
            "没有面向公众的办事服务的部门选“是”",
            "Yes for a department without services to the public",
        ),
        (EntryKind::Account, "platform") => lang.t(
            "微信公众号、微博、抖音、客户端等",
            "Such as <bdi lang=\"zh\">微信公众号、微博、抖音、客户端</bdi>",
        ),
        (EntryKind::Account, "kind") => lang.t(
            "订阅号、服务号、视频号、小程序、客户端等",
            "Such as <bdi lang=\"zh\">订阅号、服务号、视频号、小程序、客户端</bdi>",
        ),
        (_, "organization") => lang.t(
            "名录中的单位编号或全称；地区随单位改变",
            "Number or full name of a unit in the registry; the region follows from it",
        ),
        (_, "functions") => lang.t(
            "发布、互动、办事，可填几项",
            "<bdi lang=\"zh\">发布、互动、办事</bdi> (publishing, interaction, services); one or several",
        ),
        (_, "filing_number") => lang.t(
            "应用程序和小程序的备案编号；没有备案写“未备案”",
            "Of apps and mini-programs; <bdi lang=\"zh\">未备案</bdi> where there is none",
        ),
        (_, "contacts") => lang.t(
            "只有本单位和监管单位看得到，不随检查公布",
            "Only your unit and the office see it; it is never published",
        ),
        (_, "qr") => lang.t(
            "二维码图片的网址，或二维码的内容",
            "Address of the picture, or the text of the code",
        ),
        _ => "",
    }
}

/// What has to be known of a kind of request before it is filed.
fn advice(lang: Lang, kind: RequestKind, noun: EntryKind) -> &'static str {
    match (kind, noun) {
        (RequestKind::Correct, _) => lang.t(
            "更正只需上级单位审核一次（没有登记上级单位的由省级审核）。改名称、域名或运行状态，请另选事项。",
            "A correction needs one approval. Names, domains and states have requests of their own.",
        ),
        (RequestKind::MoveDomain, _) => lang.t(
            "批准后名录改用新域名；原域名须继续保留3个月，挂出公告或跳转到新域名，机器会查看。",
            "After approval the registry has the new domain; the old one has to tell of it for three months, and the machine looks.",
        ),
        (RequestKind::Reclassify, _) => lang.t(
            "门户与部门网站的检查项目和域名结构不同；批准后从下一轮检查起按新的类型检查。",
            "Portals and sites of departments are checked by other rules and have other domains; the new kind holds from the next round on.",
        ),
        (RequestKind::Transfer, _) => lang.t(
            "由现在的主办单位填报。批准后归接收单位，历次记录随之可见；已经开始的轮次仍按抽样时的单位。",
            "The present host unit files it. After approval it belongs to the unit that takes it over; rounds under way keep the unit of their draw.",
        ),
        (RequestKind::Suspend, _) => lang.t(
            "临时下线每年不超过一次，每次不超过30天。",
            "At most once a year and for 30 days.",
        ),
        (RequestKind::Close | RequestKind::Merge, EntryKind::Site) => lang.t(
            "批准后先在网站首页挂出公告（写明新网站的名称和网址）满30天，再由监管单位办结；办结前名录仍为正常，机器会查看公告。",
            "After approval a notice hangs on the home page for 30 days; only then the office settles it. The machine looks at the notice.",
        ),
        (RequestKind::Cancel, EntryKind::Site) => lang.t(
            "已关停或整合迁移的网站，注销其标识码。",
            "Gives up the identification code of a site that was closed or merged.",
        ),
        _ => "",
    }
}
