//! The server: one HTTP listener, one HTTPS listener, one for control.

pub mod control;
pub mod tls;
pub mod world;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::model::{PlanKind, Province, Scale};
use crate::response::Response;
use crate::{plan, sheets, truth};
use tls::Authority;
use world::{Scheme, World, minute};

/// 启动参数: what `serve` was told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seed.
    pub seed: u64,
    /// Scale.
    pub scale: Scale,
    /// Plan of defects.
    pub plan: PlanKind,
    /// How far templates depart from their families, 0 to 3.
    pub mutation: u8,
    /// Folder for the files.
    pub dir: PathBuf,
    /// Delays are divided by this.
    pub speed: u32,
    /// Listener for HTTP.
    pub http: SocketAddr,
    /// Listener for HTTPS.
    pub https: SocketAddr,
    /// Listener for control.
    pub control: SocketAddr,
}

/// Draws the province, writes its files, listens until told to stop.
///
/// # Errors
/// When a file cannot be written or an address cannot be bound.
pub async fn run(options: Options) -> Result<()> {
    let dir = &options.dir;
    std::fs::create_dir_all(dir)
        .with_context(|| format!("不能建立目录 {}，请检查权限", dir.display()))?;
    let mut province = plan::province(options.seed, options.scale, options.plan);
    province.mutation = options.mutation;
    let world = Arc::new(World::new(province));
    let authority = Arc::new(Authority::new(world.clone())?);
    sheets::write_all(&world.province, dir)?;
    write(dir, "ca.pem", authority.pem.as_bytes())?;
    let notice = crate::plan::notice::fields(&world.province);
    write(dir, "notice.json", &serde_json::to_vec_pretty(&notice)?)?;
    write(
        dir,
        "truth.json",
        &serde_json::to_vec_pretty(&truth::all(&world.province, &world.sites))?,
    )?;
    let http = bind(options.http).await?;
    let https = bind(options.https).await?;
    let control = bind(options.control).await?;
    let acceptor = TlsAcceptor::from(Arc::new(authority.config()?));
    let speed = options.speed.max(1);
    let info = describe(
        &options,
        &world.province,
        [
            http.local_addr()?,
            https.local_addr()?,
            control.local_addr()?,
        ],
    );
    tokio::spawn(plain(http, world.clone(), speed));
    tokio::spawn(secure(https, acceptor, world.clone(), speed));
    write(dir, "province.json", &serde_json::to_vec_pretty(&info)?)?;
    println!("ready {}", dir.join("province.json").display());
    control::run(control, world).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("不能监听 {address}，请换一个端口"))
}

/// Writes a file whole: beside it first, then in its place.
fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let (part, whole) = (dir.join(format!("{name}.part")), dir.join(name));
    std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, &whole))
        .with_context(|| format!("不能写入 {}", whole.display()))
}

fn describe(
    options: &Options,
    province: &Province,
    [http, https, control]: [SocketAddr; 3],
) -> serde_json::Value {
    let scale = if options.scale == Scale::Full {
        "full"
    } else {
        "small"
    };
    let plan = if options.plan == PlanKind::Dense {
        "dense"
    } else {
        "realistic"
    };
    serde_json::json!({
        "seed": options.seed, "scale": scale, "plan": plan, "mutation": options.mutation, "speed": options.speed,
        "http": http.to_string(), "https": https.to_string(), "control": control.to_string(), "ca": "ca.pem",
        "province": {"name": province.regions[0].name, "division_code": province.regions[0].code},
        "quarter": "2026Q1", "monitor_from": minute(province.dates.monitor_from), "as_of": minute(province.dates.as_of),
        "pid": std::process::id(),
    })
}

async fn plain(listener: TcpListener, world: Arc<World>, speed: u32) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream, Scheme::Http, world.clone(), speed));
    }
}

async fn secure(listener: TcpListener, acceptor: TlsAcceptor, world: Arc<World>, speed: u32) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (acceptor, world) = (acceptor.clone(), world.clone());
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                connection(stream, Scheme::Https, world, speed).await;
            }
        });
    }
}

/// Serves one connection; an `Err` of the service closes it without an answer.
async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    scheme: Scheme,
    world: Arc<World>,
    speed: u32,
) {
    let service = service_fn(move |request| handle(request, scheme, world.clone(), speed));
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .half_close(true)
        // The machine's own date has no place in an answer of the province.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Ends a request in the log also when the client goes away in between.
struct InFlight(Arc<World>, String);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended(&self.1);
    }
}

async fn handle(
    request: Request<Incoming>,
    scheme: Scheme,
    world: Arc<World>,
    speed: u32,
) -> std::io::Result<hyper::Response<Full<Bytes>>> {
    let named = request
        .headers()
        .get(header::HOST)
        .and_then(|v| v.to_str().ok())
        .or_else(|| request.uri().host())
        .unwrap_or("");
    let host = named
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(named, |(h, _)| h)
        .to_ascii_lowercase();
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    world.began(scheme, &host, &target);
    let _in_flight = InFlight(world.clone(), host.clone());
    let closed = || std::io::Error::other("closed by plan");
    // What a page that was broken into shows to search engines and to those who come from them.
    let says = |name: header::HeaderName, words: &[&str]| {
        let value = request.headers().get(name).and_then(|v| v.to_str().ok());
        value.is_some_and(|value| {
            words
                .iter()
                .any(|word| value.to_ascii_lowercase().contains(word))
        })
    };
    let searches = says(header::USER_AGENT, &["spider", "bot"])
        || says(header::REFERER, &["baidu.com", "sogou.com"]);
    let answer = match world.shown_to_searchers(scheme, &host, &target) {
        Some(other) if searches => other,
        _ => world.answer(scheme, &host, &target).ok_or_else(closed)?,
    };
    if (300..400).contains(&answer.status) {
        world.redirected(&host);
    }
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms / u64::from(speed))).await;
    }
    if answer.close {
        return Err(closed());
    }
    Ok(into_hyper(answer))
}

fn into_hyper(answer: Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder()
        .status(answer.status)
        .header(header::SERVER, "nginx");
    if !answer.content_type.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, answer.content_type);
    }
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Full::new(answer.body))
        .unwrap_or_else(|_| hyper::Response::new(Full::default()))
}

/// Runs a future that never fails as a service answer.
pub(crate) async fn infallible<T>(future: impl Future<Output = T>) -> Result<T, Infallible> {
    Ok(future.await)
}
