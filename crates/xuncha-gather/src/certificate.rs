//! 读证书: from the certificates that a server showed to what the record says of them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::time::Duration;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey;
use xuncha_core::facts::network::{Certificate, Chain};

use crate::exchange::sha256_hex;
use crate::tls;

/// Elliptic curve of SM2, and signature SM2 with SM3.
const SM2_CURVE: &str = "1.2.156.10197.1.301";
const SM2_WITH_SM3: &str = "1.2.156.10197.1.501";

/// Reads the first certificate of a chain and looks where the chain leads.
pub(crate) fn read(
    judge: &WebPkiServerVerifier,
    chain: &[CertificateDer<'_>],
    host: &str,
) -> Option<Certificate> {
    let own = chain.first()?;
    let (_, parsed) = parse_x509_certificate(own).ok()?;
    let (key, key_bits) = key_of(&parsed);
    let signature = signature_of(&parsed);
    let is_national = key == "SM2" || signature.starts_with("SM2");
    Some(Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        names: names_of(&parsed),
        not_before: civil(parsed.validity().not_before.timestamp()),
        not_after: civil(parsed.validity().not_after.timestamp()),
        key,
        key_bits,
        signature,
        is_self_issued: parsed.issuer() == parsed.subject(),
        sent: u32::try_from(chain.len()).unwrap_or(u32::MAX),
        chain: if is_national {
            Chain::Unchecked {
                why: "国密证书，本程序不核验其证书链".to_owned(),
            }
        } else {
            chain_of(judge, chain, &parsed, host)
        },
        sha256: sha256_hex(own),
    })
}

/// Where the chain leads, apart from dates and names: these are facts of their own.
fn chain_of(
    judge: &WebPkiServerVerifier,
    chain: &[CertificateDer<'_>],
    own: &X509Certificate<'_>,
    host: &str,
) -> Chain {
    let Ok(name) = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()) else {
        return Chain::Unchecked {
            why: "主机名无法识别".to_owned(),
        };
    };
    // The last hour of its validity: authorities sign for longer than their certificates live.
    let (start, end) = (
        own.validity().not_before.timestamp(),
        own.validity().not_after.timestamp(),
    );
    let moment = u64::try_from(end.saturating_sub(3600).max(start)).unwrap_or_default();
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(moment));
    match tls::verdict(judge, chain, &name, moment).as_str() {
        "valid" | "wrong_host" => Chain::Trusted,
        "unknown_issuer" | "self_signed" if is_missing_issuer(chain) => Chain::Incomplete,
        // A bad signature: it bears the name of an authority that never signed it.
        "unknown_issuer" | "self_signed" | "other: BadSignature" => Chain::UnknownIssuer,
        "expired" | "not_yet_valid" => Chain::Unchecked {
            why: "签发者的证书不在有效期内".to_owned(),
        },
        other => Chain::Unchecked {
            why: other.trim_start_matches("other: ").to_owned(),
        },
    }
}

/// Whether the chain ends at a certificate that somebody else signed who was not sent along: an authority would be self-issued.
/// An issuer that no public list knows may be a private one; only a server that sent nothing but its own certificate is called incomplete.
fn is_missing_issuer(chain: &[CertificateDer<'_>]) -> bool {
    let [own] = chain else {
        return false;
    };
    parse_x509_certificate(own).is_ok_and(|(_, parsed)| parsed.issuer() != parsed.subject())
}

fn names_of(parsed: &X509Certificate<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if let Ok(Some(alternative)) = parsed.subject_alternative_name() {
        for name in &alternative.value.general_names {
            match name {
                GeneralName::DNSName(name) => names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => names.extend(ip_name(bytes)),
                _ => {}
            }
        }
    }
    names
}

fn ip_name(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| std::net::Ipv4Addr::from(octets).to_string());
    let v6 = <[u8; 16]>::try_from(bytes).map(|octets| std::net::Ipv6Addr::from(octets).to_string());
    v4.or(v6).ok()
}

fn key_of(parsed: &X509Certificate<'_>) -> (String, u32) {
    let info = parsed.public_key();
    let algorithm = info.algorithm.algorithm.to_id_string();
    let curve = info
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok())
        .map(|oid| oid.to_id_string())
        .unwrap_or_default();
    if curve == SM2_CURVE {
        return ("SM2".to_owned(), 256);
    }
    let bits = |key: &PublicKey<'_>| u32::try_from(key.key_size()).unwrap_or_default();
    match info.parsed() {
        Ok(key @ PublicKey::RSA(_)) => ("RSA".to_owned(), bits(&key)),
        Ok(key @ PublicKey::EC(_)) => ("EC".to_owned(), bits(&key)),
        Ok(key @ PublicKey::DSA(_)) => ("DSA".to_owned(), bits(&key)),
        _ if algorithm == "1.3.101.112" => ("Ed25519".to_owned(), 256),
        _ => (algorithm, 0),
    }
}

fn signature_of(parsed: &X509Certificate<'_>) -> String {
    let number = parsed.signature_algorithm.algorithm.to_id_string();
    let name = match number.as_str() {
        SM2_WITH_SM3 => "SM2-with-SM3",
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10040.4.3" => "dsa-with-sha1",
        "1.2.840.10045.4.1" => "ecdsa-with-sha1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        other => other,
    };
    name.to_owned()
}

/// Seconds since 1970 as civil time of UTC+8; what lies beyond the calendar is its end.
fn civil(seconds: i64) -> DateTime {
    let limits = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let stamp = Timestamp::from_second(seconds.clamp(limits.0, limits.1)).unwrap_or_default();
    TimeZone::fixed(Offset::constant(8)).to_datetime(stamp)
}
