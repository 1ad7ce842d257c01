//! One request over HTTP/1.1, to a service that an administrator named. No redirects are followed, answers are bounded.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::guard::Guard;

/// Bytes of the longest answer.
const LONGEST_ANSWER: usize = 1 << 20;
/// How long a service has.
const PATIENCE: Duration = Duration::from_secs(15);

/// 服务客户端. Whom it trusts beside the usual authorities.
#[derive(Clone)]
pub struct Client {
    tls: Arc<ClientConfig>,
    patience: Duration,
}

/// 未成请求. Whether anything had left when it failed.
#[derive(Debug)]
pub enum Unsent {
    /// Nothing had.
    Before(anyhow::Error),
    /// The request was on its way.
    After(anyhow::Error),
}

impl Client {
    /// With a further certificate authority (PEM), such as the office's own.
    pub fn new(ca: Option<&std::path::Path>) -> Result<Client> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = ca {
            let read = || format!("证书文件 {} 读不了", path.display());
            for certificate in CertificateDer::pem_file_iter(path).with_context(read)? {
                roots.add(certificate.with_context(read)?)?;
            }
        }
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Client {
            tls: Arc::new(config),
            patience: PATIENCE,
        })
    }

    /// Gives services this long to answer.
    pub fn waiting(mut self, patience: Duration) -> Client {
        self.patience = patience;
        self
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
        let address = request.uri().to_string();
        let answer = tokio::time::timeout(self.patience, self.exchange(request)).await;
        let answer = answer.with_context(|| format!("{address} 没有在限时内应答"))?;
        answer.with_context(|| format!("请求 {address} 失败"))
    }

    /// Sends a request to an address that somebody typed: private hosts have to be named, and in the clear it goes to named hosts only.
    pub async fn send_guarded(
        &self,
        guard: &Guard,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Unsent> {
        let uri = request.uri().clone();
        let dialled = async {
            let host = uri.host().context("地址没有主机名")?.to_owned();
            let bare = host.trim_matches(['[', ']']).to_owned();
            let is_tls = match uri.scheme_str() {
                Some("https") => true,
                Some("http") if guard.is_named(&bare) => false,
                _ => bail!("只支持 https（管理员指名的主机可用 http）"),
            };
            let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
            let stream = guard.connect(&bare, port).await?;
            if !is_tls {
                return Ok(Dialled::Plain(stream));
            }
            let name = ServerName::try_from(bare)?;
            let connector = TlsConnector::from(self.tls.clone());
            let shaking = tokio::time::timeout(PATIENCE, connector.connect(name, stream));
            Ok(Dialled::Tls(Box::new(
                shaking.await.context("加密没有在限时内开始")??,
            )))
        };
        let dialled = dialled.await.map_err(Unsent::Before)?;
        let exchange = async {
            match dialled {
                Dialled::Plain(stream) => over(stream, request).await,
                Dialled::Tls(stream) => over(stream, request).await,
            }
        };
        let answer = tokio::time::timeout(self.patience, exchange).await;
        let answer = answer.context("没有在限时内应答").map_err(Unsent::After)?;
        answer.map_err(Unsent::After)
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
        let uri = request.uri().clone();
        let host = uri.host().context("地址没有主机名")?.to_owned();
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            // Secrets go over the wire: in the clear only within this machine.
            Some("http") if matches!(host.as_str(), "127.0.0.1" | "localhost" | "[::1]") => false,
            _ => bail!("只支持 https（本机可用 http）"),
        };
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let bare = host.trim_matches(['[', ']']).to_owned();
        let stream = TcpStream::connect((bare.as_str(), port)).await?;
        if !is_tls {
            return over(stream, request).await;
        }
        let name = ServerName::try_from(bare)?;
        let connector = TlsConnector::from(self.tls.clone());
        over(connector.connect(name, stream).await?, request).await
    }
}

enum Dialled {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn over<S>(stream: S, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driven = tokio::spawn(connection);
    let uri = request.uri().clone();
    let path = uri.path_and_query().map_or("/", |both| both.as_str());
    let (mut parts, body) = request.into_parts();
    let authority = uri.authority().context("地址没有主机名")?;
    parts
        .headers
        .insert(hyper::header::HOST, authority.as_str().parse()?);
    parts.uri = path.parse()?;
    let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let read = Limited::new(body, LONGEST_ANSWER).collect().await;
    driven.abort();
    let Ok(read) = read else {
        bail!("应答读不完，或太长");
    };
    Ok(Response::from_parts(parts, read.to_bytes().to_vec()))
}
