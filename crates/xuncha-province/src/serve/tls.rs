//! The certificate authority and the certificates of the hosts, made when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::world::World;
use crate::model::CertificatePlan;

/// 证书机构: signs a certificate for each HTTPS host; all share one key.
pub struct Authority {
    /// Its own certificate.
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// An authority between, which signs for some and is never sent.
    between: Issuer<'static, KeyPair>,
    leaf_key: KeyPair,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    world: Arc<World>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    /// Makes the authority.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn new(world: Arc<World>) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Yunling Province Simulated CA");
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
        ];
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        let mut between = CertificateParams::new(Vec::new())?;
        between.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        between
            .distinguished_name
            .push(DnType::CommonName, "Yunling Province Simulated CA 2");
        between.key_usages = params.key_usages.clone();
        Ok(Self {
            pem,
            issuer: Issuer::new(params, key),
            between: Issuer::new(between, KeyPair::generate()?),
            leaf_key: KeyPair::generate()?,
            made: Mutex::default(),
            world,
        })
    }

    /// The configuration of the HTTPS listener.
    ///
    /// # Errors
    /// When the provider does not support the protocol versions.
    pub fn config(self: Arc<Self>) -> Result<rustls::ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    fn make(&self, host: &str) -> Result<CertifiedKey> {
        let planted = self.world.certificate_of(host);
        let name = match planted {
            CertificatePlan::WrongHost => format!("mail.{host}"),
            CertificatePlan::Wildcard => host
                .split_once('.')
                .map_or_else(|| host.to_owned(), |(_, region)| format!("*.{region}")),
            _ => host.to_owned(),
        };
        let mut params = CertificateParams::new(vec![name.clone()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.use_authority_key_identifier_extension = true;
        match planted {
            CertificatePlan::Expired => {
                params.not_before = rcgen::date_time_ymd(2025, 2, 10);
                params.not_after = rcgen::date_time_ymd(2026, 2, 10);
            }
            CertificatePlan::EndsSoon => {
                params.not_before = rcgen::date_time_ymd(2025, 5, 20);
                params.not_after = rcgen::date_time_ymd(2026, 5, 20);
            }
            _ => {}
        }
        let certificate = match planted {
            CertificatePlan::SelfSigned => params.self_signed(&self.leaf_key)?,
            CertificatePlan::IncompleteChain => params.signed_by(&self.leaf_key, &self.between)?,
            _ => params.signed_by(&self.leaf_key, &self.issuer)?,
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf_key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&key)?;
        Ok(CertifiedKey::new(vec![certificate.der().clone()], signer))
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?;
        if !self.world.serves_https(host) {
            return None;
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = made.get(host) {
            return Some(key.clone());
        }
        let key = Arc::new(self.make(host).ok()?);
        made.insert(host.to_owned(), key.clone());
        Some(key)
    }
}
