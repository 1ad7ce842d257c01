//! TLS that reports instead of refusing: the certificate is judged as a browser would, the verdict is kept, the page is read anyway.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use x509_parser::parse_x509_certificate;

use crate::lock;

/// Verdicts on certificates by server name, newest first seen.
pub(crate) type Verdicts = Arc<Mutex<BTreeMap<String, String>>>;

/// What all connections share: the configuration, where the verdicts appear, and the authorities that we trust.
pub(crate) struct Trust {
    pub config: Arc<ClientConfig>,
    pub verdicts: Verdicts,
    pub judge: Arc<WebPkiServerVerifier>,
}

/// Sets up TLS with the usual authorities and these further ones.
pub(crate) fn configure(extra_ca_pem: &[u8]) -> Result<Trust, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for certificate in CertificateDer::pem_slice_iter(extra_ca_pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| error.to_string())?;
    let verdicts = Verdicts::default();
    let verifier = Recorder {
        inner: judge.clone(),
        provider: provider.clone(),
        verdicts: verdicts.clone(),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Trust {
        config: Arc::new(config),
        verdicts,
        judge,
    })
}

/// What a browser would say of a chain that was shown for a host; the first certificate is the server's own.
pub(crate) fn verdict(
    judge: &WebPkiServerVerifier,
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: UnixTime,
) -> String {
    let Some((own, intermediates)) = chain.split_first() else {
        return "other: no certificate".to_owned();
    };
    match judge.verify_server_cert(own, intermediates, name, &[], now) {
        Ok(_) => "valid".to_owned(),
        Err(error) => verdict_of(&error, own),
    }
}

#[derive(Debug)]
struct Recorder {
    inner: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
    verdicts: Verdicts,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let verdict = match result {
            Ok(_) => "valid".to_owned(),
            Err(error) => verdict_of(&error, end_entity),
        };
        lock(&self.verdicts).insert(server_name.to_str().into_owned(), verdict);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn verdict_of(error: &Error, certificate: &CertificateDer<'_>) -> String {
    // The library's words for a self-signed certificate depend on the names in it, so the certificate itself is asked.
    let is_self_signed = parse_x509_certificate(certificate)
        .is_ok_and(|(_, parsed)| parsed.issuer() == parsed.subject());
    let Error::InvalidCertificate(kind) = error else {
        return format!("other: {error}");
    };
    let is_date = matches!(
        kind,
        CertificateError::Expired | CertificateError::ExpiredContext { .. }
    );
    if is_date {
        return "expired".to_owned();
    }
    match kind {
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "not_yet_valid".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "wrong_host".to_owned()
        }
        _ if is_self_signed => "self_signed".to_owned(),
        CertificateError::UnknownIssuer => "unknown_issuer".to_owned(),
        CertificateError::Revoked => "revoked".to_owned(),
        other => format!("other: {other}"),
    }
}
