//! The one door to the pages: every route is registered together with the action that it needs and the object that it is about, and what
//! is registered is asked before any page runs. There is no other way to register one.

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use xuncha_core::permission::{Action, Permission, Scope, decide, scope};
use xuncha_core::registry::TargetId;
use xuncha_store::StoreError;

use crate::WebState;
use crate::api::{self, Problem};
use crate::cookie::{self, FORM_COOKIE};
use crate::csrf::{self, Refused};
use crate::error::{WebError, faulty};
use crate::kept;
use crate::lang::{LANG_COOKIE, Lang};
use crate::session::{self, Entered};
use crate::shell::Viewer;
use crate::upload;

/// 对象. Whose a route's object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// None: a form, a page about the viewer, or a list that shows a viewer his own only.
    None,
    /// The target in the address (`{round}` and `{target}`): of its unit.
    Target,
    /// The finding in the address (`{id}`): of the unit of its target.
    Finding,
    /// The file in the address (`{attachment}`): of the unit that it was handed in for.
    Attachment,
    /// The case in the address (`{case}`): of the unit of its target.
    Case,
    /// The appeal in the address (`{appeal}`): of the unit that filed it.
    Appeal,
    /// The unit in the address (`{unit}`).
    Unit,
    /// The registered target in the address (`{target}`): of its unit.
    Registered,
    /// Something about a whole round: of no unit.
    Round,
    /// The request in the address (`{request}`): of the unit that filed it, and for who reads or decides it also of the one above.
    Request,
}

/// 路由. A registered address with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Address, with its parameters in braces.
    pub path: &'static str,
    /// What it does.
    pub action: Action,
    /// To what.
    pub object: Object,
}

/// 页面登记. All pages, each with its action.
pub(crate) struct Pages {
    state: WebState,
    router: Router<WebState>,
    routes: Vec<Route>,
}

impl Pages {
    pub(crate) fn new(state: WebState) -> Pages {
        Pages {
            state,
            router: Router::new(),
            routes: Vec::new(),
        }
    }

    /// A page to look at.
    pub(crate) fn get<H, T>(
        self,
        path: &'static str,
        action: Action,
        object: Object,
        handler: H,
    ) -> Pages
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        let (route, gate) = self.gate("GET", path, action, object);
        let gated = middleware::from_fn_with_state(gate, pass);
        self.put(route, on(MethodFilter::GET, handler).route_layer(gated))
    }

    /// A form to send.
    pub(crate) fn post<H, T>(
        self,
        path: &'static str,
        action: Action,
        object: Object,
        handler: H,
    ) -> Pages
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        let (route, gate) = self.gate("POST", path, action, object);
        let gated = middleware::from_fn_with_state(gate, pass);
        self.put(route, on(MethodFilter::POST, handler).route_layer(gated))
    }

    /// Something for programs to read.
    pub(crate) fn api_get<H, T>(
        self,
        path: &'static str,
        action: Action,
        object: Object,
        handler: H,
    ) -> Pages
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        let (route, gate) = self.gate("GET", path, action, object);
        let gated = middleware::from_fn_with_state(gate, pass_program);
        self.put(route, on(MethodFilter::GET, handler).route_layer(gated))
    }

    /// Something for programs to send.
    pub(crate) fn api_post<H, T>(
        self,
        path: &'static str,
        action: Action,
        object: Object,
        handler: H,
    ) -> Pages
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        let (route, gate) = self.gate("POST", path, action, object);
        let gated = middleware::from_fn_with_state(gate, pass_program);
        self.put(route, on(MethodFilter::POST, handler).route_layer(gated))
    }

    fn gate(
        &self,
        method: &'static str,
        path: &'static str,
        action: Action,
        object: Object,
    ) -> (Route, Gate) {
        let route = Route {
            method,
            path,
            action,
            object,
        };
        let gate = Gate {
            state: self.state.clone(),
            action,
            object,
        };
        (route, gate)
    }

    fn put(mut self, route: Route, guarded: MethodRouter<WebState>) -> Pages {
        self.router = self.router.route(route.path, guarded);
        self.routes.push(route);
        self
    }

    /// The router, and what was registered.
    pub(crate) fn done(self) -> (Router<WebState>, Vec<Route>) {
        (self.router, self.routes)
    }
}

/// What stands before one route.
#[derive(Clone)]
struct Gate {
    state: WebState,
    action: Action,
    object: Object,
}

/// Lets a request through to its page, or says why not.
async fn pass(
    State(gate): State<Gate>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let (parts, body) = request.into_parts();
    let entered = match gate.action {
        Action::Open | Action::SignIn => session::stranger(&gate.state, &parts),
        // Who has signed in keeps his way back.
        Action::ReadPublished => match session::person(&gate.state, &parts).await? {
            Some(person) => Some(person),
            None => session::stranger(&gate.state, &parts),
        },
        _ => session::person(&gate.state, &parts).await?,
    };
    let Some(Entered {
        viewer,
        secret,
        form_cookie,
    }) = entered
    else {
        return kept::turned_away(&gate.state, Request::from_parts(parts, body)).await;
    };
    let request = Request::from_parts(parts, body);
    let mut response = match gate.admit(&params, &viewer, &secret, request).await {
        Ok(mut request) => {
            request.extensions_mut().insert(viewer.clone());
            let is_cut = request.extensions().get::<upload::Cut>().is_some();
            let is_form = request.method() == Method::POST;
            let mut response = next.run(request).await;
            if is_cut && response.status() == StatusCode::UNPROCESSABLE_ENTITY {
                *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            }
            match is_form && is_unread(&response) {
                true => WebError::of(response.status(), UNREAD).into_response(),
                false => response,
            }
        }
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions_mut().remove::<WebError>() {
        response = error.shown_to(&viewer);
    }
    if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
        response = faulty(viewer.lang, response).await;
    }
    if let Some(chosen) = viewer.chosen {
        cookie::set(
            &mut response,
            &gate.state,
            LANG_COOKIE,
            chosen.short(),
            YEAR_S,
        );
    }
    if let Some(fresh) = form_cookie.filter(|_| gate.action == Action::SignIn) {
        cookie::set(&mut response, &gate.state, FORM_COOKIE, &fresh, DAY_S);
    }
    Ok(response)
}

/// Lets a program's request through, or says why not. Its token stands in a header that no other site can make a browser send, so that
/// nothing else has to be shown with it.
async fn pass_program(
    State(gate): State<Gate>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let params = params.map_err(|error| Problem::bad(error.body_text()))?;
    let (parts, body) = request.into_parts();
    let viewer = api::enter(&gate.state, &parts, gate.action).await?;
    if scope(viewer.role, gate.action) == Scope::None {
        return Err(Problem::forbidden(viewer.lang.t(ROLE_ZH, ROLE_EN)));
    }
    gate.refuse_hidden(&params, &viewer).await?;
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(viewer);
    Ok(next.run(request).await)
}

const ROLE_ZH: &str = "您的角色没有这项权限；确有需要，请联系管理员。";
const ROLE_EN: &str =
    "Your role does not include this. Please ask an administrator if you need it.";

pub(crate) const DAY_S: i64 = 24 * 60 * 60;
const YEAR_S: i64 = 365 * DAY_S;

impl Gate {
    /// Bytes of the longest form: strangers send no files.
    fn longest(&self) -> usize {
        match self.action {
            Action::Open | Action::ReadPublished | Action::SignIn => csrf::LONGEST_FORM,
            _ => upload::LONGEST_UPLOAD,
        }
    }

    /// The request again where it may go on.
    async fn admit(
        &self,
        params: &RawPathParams,
        viewer: &Viewer,
        secret: &str,
        request: Request,
    ) -> Result<Request, WebError> {
        if scope(viewer.role, self.action) == Scope::None {
            return Err(WebError::forbidden(viewer.lang.t(ROLE_ZH, ROLE_EN)));
        }
        let request = if request.method() == Method::POST {
            let checked = csrf::check(request, secret, self.longest()).await;
            checked.map_err(|refused| not_ours(viewer.lang, refused))?
        } else {
            request
        };
        self.refuse_hidden(params, viewer).await?;
        Ok(request)
    }

    /// A round whose draw is not published yet does not exist for those who may have been drawn.
    async fn refuse_unannounced(&self, params: &RawPathParams) -> Result<(), WebError> {
        let Some((_, round)) = params.iter().find(|(key, _)| *key == "round") else {
            return Ok(());
        };
        match self.state.store.is_shown_to_units(round).await? {
            true => Ok(()),
            false => Err(WebError::missing(format!("没有轮次：{round}"))),
        }
    }

    /// What belongs to others is answered like what does not exist.
    async fn refuse_hidden(&self, params: &RawPathParams, viewer: &Viewer) -> Result<(), WebError> {
        if scope(viewer.role, self.action) == Scope::All {
            return Ok(());
        }
        self.refuse_unannounced(params).await?;
        if self.object == Object::None {
            return Ok(());
        }
        let param = |name: &str| {
            let found = params.iter().find(|(key, _)| *key == name);
            found.map_or("", |(_, value)| value).to_owned()
        };
        let store = &self.state.store;
        let (noun, id, unit) = match self.object {
            Object::None | Object::Round => ("文档", param("name"), None),
            Object::Target => {
                let id = param("target");
                let target = TargetId(id.clone());
                let unit = store.unit_of_subject(&param("round"), &target).await?;
                ("受检对象", id, unit)
            }
            Object::Attachment => {
                let id = param("attachment");
                let unit = match id.parse() {
                    Ok(number) => store.unit_of_attachment(number).await?,
                    Err(_) => None,
                };
                ("附件", id, unit)
            }
            Object::Case => {
                let id = param("case");
                let unit = store.unit_of_case(&id).await?;
                ("整改事项", id, unit)
            }
            Object::Appeal => {
                let id = param("appeal");
                let unit = store.unit_of_appeal(&id).await?;
                ("申诉", id, unit)
            }
            Object::Unit => {
                let id = param("unit");
                let unit = store.unit_name(&id).await?.map(|_| id.clone());
                ("单位", id, unit)
            }
            Object::Registered => {
                let id = param("target");
                let unit = store.unit_of_registered(&TargetId(id.clone())).await?;
                ("网站或账号", id, unit)
            }
            Object::Request => {
                let id = param("request");
                let units = store.units_of_request(&id).await?;
                let is_above = |first: &Option<String>| {
                    self.action != Action::FileRequest && first.is_some() && *first == viewer.unit
                };
                let unit = units.map(|(own, first)| match is_above(&first) {
                    true => first.unwrap_or(own),
                    false => own,
                });
                ("填报", id, unit)
            }
            Object::Finding => {
                let id = param("id");
                let unit = store.unit_of_finding(&id).await?;
                ("问题", id, unit)
            }
        };
        match decide(
            viewer.role,
            viewer.unit.as_deref(),
            self.action,
            unit.as_deref(),
        ) {
            Permission::Allowed => Ok(()),
            Permission::Forbidden | Permission::Hidden => {
                Err(StoreError::Missing { noun, id }.into())
            }
        }
    }
}

const UNREAD: &str = "提交的表单读不懂，没有执行。请刷新页面后重新提交。";

/// Whether the framework refused a form before a page saw it: that says so in plain text.
fn is_unread(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let is_plain = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    is_plain && response.status().is_client_error()
}

fn not_ours(lang: Lang, refused: Refused) -> WebError {
    let (zh, en) = match refused {
        Refused::Foreign => (
            "这个请求来自其他网站，没有执行。请从本系统的页面操作。",
            "This request came from another site and was not carried out.",
        ),
        Refused::Token => (
            "页面已过期，没有执行。请返回上一页，刷新后重新提交。",
            "The page was too old, and nothing was done. Go back, reload it and send it again.",
        ),
        Refused::Broken => (
            "提交的内容没有传完，没有执行。请重新提交。",
            "What was sent broke off, and nothing was done. Send it again.",
        ),
        Refused::Long(longest) => {
            let limit = longest >> 20;
            let text = match (lang, longest > csrf::LONGEST_FORM) {
                (Lang::Zh, true) => "提交的内容太长，没有执行。一个文件不超过 20 MB。".to_owned(),
                (Lang::En, true) => {
                    "What was sent is too long, and nothing was done. A file has 20 MB at most."
                        .to_owned()
                }
                (Lang::Zh, false) => format!("提交的文字超过 {limit} MB，没有执行。"),
                (Lang::En, false) => {
                    format!("The text has more than {limit} MB, and nothing was done.")
                }
            };
            return WebError::of(StatusCode::PAYLOAD_TOO_LARGE, text);
        }
    };
    WebError::forbidden(lang.t(zh, en))
}
