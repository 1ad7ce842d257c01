//! A browser without a screen: keeps cookies, and sends forms with the token of the page it saw last.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where it leads.
    pub fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or("", |location| location.to_str().unwrap())
    }
}

/// Sends a request to the router.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 24).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// 浏览器.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub cookies: BTreeMap<String, String>,
    /// Token of the forms seen last.
    pub csrf: String,
}

impl Client {
    pub fn new(router: &Router) -> Client {
        Client {
            router: router.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// Signed in by a one-time login.
    pub async fn signed_in(router: &Router, token: &str) -> Client {
        let mut client = Client::new(router);
        client.get(&format!("/sign-in?token={token}")).await;
        let answer = client.post("/sign-in", &[("token", token)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        // The forms of the inside have another token.
        client.get("/about").await;
        client
    }

    /// Signed in as an administrator of the house.
    pub async fn of_the_office(state: &xuncha_web::WebState) -> Client {
        let token = xuncha_web::new_login(state, "张三").await.unwrap();
        Client::signed_in(&xuncha_web::router(state.clone()), &token).await
    }

    fn cookie_line(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some((_, rest)) = answer.body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, self.cookie_line())
            .header(header::USER_AGENT, FIREFOX)
            .body(Body::empty())
            .unwrap();
        let answer = send(&self.router, request).await;
        self.keep(&answer);
        answer
    }

    /// As a program asks: with a token, and a body in JSON where there is one.
    pub async fn program(&self, token: &str, path: &str, body: Option<&str>) -> Answer {
        let mut request = match body {
            Some(_) => Request::post(path).header(header::CONTENT_TYPE, "application/json"),
            None => Request::get(path),
        };
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = Body::from(body.unwrap_or_default().to_owned());
        send(&self.router, request.body(body).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &self.csrf)
            .extend_pairs(fields)
            .finish();
        self.post_raw(path, form, &[]).await
    }

    /// Sends a form with a file.
    pub async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, bytes): (&str, &[u8]),
    ) -> Answer {
        let mut form = Vec::new();
        let token = [("csrf", self.csrf.as_str())];
        for (field, value) in token.iter().chain(fields) {
            let part = format!(
                "--B0\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            form.extend(part.into_bytes());
        }
        let head = format!(
            "--B0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        form.extend(head.into_bytes());
        form.extend(bytes);
        form.extend(b"\r\n--B0--\r\n");
        let request = Request::post(path)
            .header(header::COOKIE, self.cookie_line())
            .header(header::HOST, "xuncha.example")
            .header(header::USER_AGENT, FIREFOX)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B0")
            .body(Body::from(form))
            .unwrap();
        let answer = send(&self.router, request).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form as it is, with further headers.
    pub async fn post_raw(&mut self, path: &str, form: String, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path)
            .header(header::COOKIE, self.cookie_line())
            .header(header::HOST, "xuncha.example")
            .header(header::USER_AGENT, FIREFOX)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = send(&self.router, request.body(Body::from(form)).unwrap()).await;
        self.keep(&answer);
        answer
    }
}
