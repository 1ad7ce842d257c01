//! 老旧 TLS: connections through OpenSSL for servers that today's library refuses (TLS 1.0 and 1.1, RSA key exchange).
//!
//! Built in by the feature `legacy-tls`. Nothing secret is ever sent over such a connection: it serves to read public pages.

#[cfg(feature = "legacy-tls")]
pub(crate) use through_openssl::handshake;
#[cfg(not(feature = "legacy-tls"))]
pub(crate) use without::handshake;

use crate::http1::Stream;

/// Whether this build can read pages over old TLS.
pub const IS_BUILT_IN: bool = cfg!(feature = "legacy-tls");

/// An old connection that is ready for a request.
pub(crate) struct Secured {
    pub stream: Box<dyn Stream>,
    pub version: String,
    pub cipher: String,
    /// Certificates that the server sent, its own first.
    pub chain: Vec<Vec<u8>>,
}

#[cfg(not(feature = "legacy-tls"))]
mod without {
    use super::Secured;
    use tokio::net::TcpStream;

    /// This build has no OpenSSL.
    pub(crate) async fn handshake(_stream: TcpStream, _host: &str) -> Result<Secured, String> {
        Err("built without legacy-tls".to_owned())
    }
}

#[cfg(feature = "legacy-tls")]
mod through_openssl {
    use std::pin::Pin;

    use openssl::error::ErrorStack;
    use openssl::ssl::{Ssl, SslContext, SslMethod, SslOptions, SslVerifyMode, SslVersion};
    use tokio::net::TcpStream;
    use tokio_openssl::SslStream;

    use super::Secured;

    /// `SSL_OP_LEGACY_SERVER_CONNECT` of OpenSSL, which the crate does not name.
    const LEGACY_SERVER_CONNECT: u64 = 0x4;

    /// Shakes hands with whatever the server can do. The certificate is judged by our own library, not here.
    pub(crate) async fn handshake(stream: TcpStream, host: &str) -> Result<Secured, String> {
        let ssl = session(host).map_err(|error| error.to_string())?;
        let mut stream = SslStream::new(ssl, stream).map_err(|error| error.to_string())?;
        Pin::new(&mut stream)
            .connect()
            .await
            .map_err(|error| error.to_string())?;
        let ssl = stream.ssl();
        let chain = ssl.peer_cert_chain().map(|chain| {
            let certificates = chain.iter().filter_map(|one| one.to_der().ok());
            certificates.collect()
        });
        Ok(Secured {
            version: match ssl.version_str() {
                "TLSv1" => "TLS 1.0".to_owned(),
                other => other.replacen("TLSv", "TLS ", 1),
            },
            cipher: ssl
                .current_cipher()
                .map(|cipher| cipher.name().to_owned())
                .unwrap_or_default(),
            chain: chain.unwrap_or_default(),
            stream: Box::new(stream),
        })
    }

    fn session(host: &str) -> Result<Ssl, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_client())?;
        context.set_verify(SslVerifyMode::NONE);
        context.set_cipher_list("DEFAULT@SECLEVEL=0")?;
        context.set_min_proto_version(Some(SslVersion::TLS1))?;
        // Servers this old often know no secure renegotiation.
        context.set_options(SslOptions::from_bits_retain(LEGACY_SERVER_CONNECT));
        let mut ssl = Ssl::new(&context.build())?;
        if host.parse::<std::net::IpAddr>().is_err() {
            ssl.set_hostname(host)?;
        }
        Ok(ssl)
    }
}
