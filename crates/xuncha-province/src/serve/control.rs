//! The control interface: clock, status, request log, stop.

use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::infallible;
use super::world::World;

/// Answers until `POST /stop`.
pub async fn run(listener: TcpListener, world: Arc<World>) {
    let stop = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.notified() => break,
        };
        let Ok((stream, _)) = accepted else { continue };
        let (world, stop) = (world.clone(), stop.clone());
        tokio::spawn(async move {
            let service =
                service_fn(move |request| infallible(handle(request, world.clone(), stop.clone())));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
    // The answer to the stop request leaves first.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}

async fn handle(
    request: Request<Incoming>,
    world: Arc<World>,
    stop: Arc<Notify>,
) -> Response<Full<Bytes>> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    match (method, path.as_str()) {
        (Method::GET, "/status") => answer(200, &world.status()),
        (Method::GET, "/requests") => answer(200, &world.requests()),
        (Method::DELETE, "/requests") => {
            world.reset_log();
            answer(200, &world.status())
        }
        (Method::PUT, "/time") => set_time(request, &world).await,
        (Method::POST, "/stop") => {
            stop.notify_one();
            answer(200, &world.status())
        }
        _ => answer(404, &json!({"error": "没有这个地址，见 docs/province.md"})),
    }
}

async fn set_time(request: Request<Incoming>, world: &World) -> Response<Full<Bytes>> {
    let body = Limited::new(request.into_body(), 64)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    match text.trim().trim_matches('"').parse::<DateTime>() {
        Ok(now) => {
            world.set_now(now);
            answer(200, &world.status())
        }
        Err(_) => answer(400, &json!({"error": "时间应写作 2026-03-07T10:12"})),
    }
}

fn answer(status: u16, value: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}
