//! 网络事实: what the network says of a site, once a round: addresses, names, TLS, certificate, the way from HTTP to HTTPS.
//!
//! The gatherer writes down what it saw; what is wrong with a certificate is reckoned here ([`Certificate::faults`]), so that an old
//! round reckons to the same. Old and national TLS are facts and never a failing: a library of ours that cannot speak them is our side.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::evidence::{EvidenceRef, LEGACY_TLS, NATIONAL_TLS};

/// 网络事实. One record a site and round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// Host of the home page, in lower case.
    pub host: String,
    /// Civil time of the look.
    pub at: DateTime,
    /// IPv4 addresses.
    pub ipv4: Vec<Ipv4Addr>,
    /// IPv6 addresses.
    pub ipv6: Vec<Ipv6Addr>,
    /// Names that the host's name stands for, in order.
    pub cname: Vec<String>,
    /// Name servers of the zone.
    pub name_servers: Vec<String>,
    /// Why DNS says nothing or only a part, in Chinese; empty where it answered.
    pub dns_trouble: String,
    /// Whether the site opens over IPv6.
    pub ipv6_reach: Reach,
    /// What answers on the port of HTTPS.
    pub tls: Tls,
    /// The certificate that was shown.
    pub certificate: Option<Certificate>,
    /// Whether HTTP leads to HTTPS of the same site; `None` where it could not be told.
    pub redirects_to_https: Option<bool>,
    /// `Strict-Transport-Security` as sent over HTTPS; `None` where none was sent or nothing could be asked.
    pub hsts: Option<String>,
    /// The answer over HTTPS, else the one over HTTP; the hash is that of the certificate where one was shown without an answer.
    pub evidence: EvidenceRef,
}

impl NetworkFacts {
    /// What is wrong with the certificate, at the time of the look.
    pub fn faults(&self) -> BTreeSet<CertificateFault> {
        self.certificate
            .as_ref()
            .map(|certificate| certificate.faults(&self.host, self.at))
            .unwrap_or_default()
    }
}

/// 可达性. Whether something can be reached, and how we know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Reach {
    /// 可达.
    Reached,
    /// 不可达: there is an address and it does not answer.
    Unreached {
        /// What happened, in Chinese.
        why: String,
    },
    /// 没有地址.
    NoAddress,
    /// 无法判定.
    Unknown {
        /// Why, in Chinese.
        why: String,
    },
}

/// 安全连接. Which TLS a server speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Tls {
    /// 通用: TLS 1.2 or 1.3 as today's browsers speak it.
    Modern {
        /// `TLS 1.3`.
        version: String,
        /// Name of the cipher suite.
        cipher: String,
    },
    /// 老旧: only what today's libraries refuse (TLS 1.0 or 1.1, RSA key exchange).
    Legacy {
        /// `TLS 1.0`.
        version: String,
        /// Name or number of the cipher suite.
        cipher: String,
    },
    /// 国密: TLCP (GB/T 38636) or TLS 1.3 with SM suites (RFC 8998).
    National {
        /// `TLCP` or `TLS 1.3`.
        version: String,
        /// Name or number of the cipher suite.
        cipher: String,
    },
    /// 没有: nothing listens there.
    Absent {
        /// What happened, in Chinese.
        why: String,
    },
    /// 无法判定.
    Unknown {
        /// What happened, in Chinese.
        why: String,
    },
}

/// 证书. What the shown certificate says of itself, and how far its chain leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Names that it is for, in lower case.
    pub names: Vec<String>,
    /// First moment of its validity, in UTC+8.
    pub not_before: DateTime,
    /// Last moment of its validity, in UTC+8.
    pub not_after: DateTime,
    /// Kind of key: `RSA`, `EC`, `SM2`, `Ed25519`, or the number of another.
    pub key: String,
    /// Bits of the key; 0 where they say nothing.
    pub key_bits: u32,
    /// Algorithm of the signature.
    pub signature: String,
    /// Issuer and subject are the same.
    pub is_self_issued: bool,
    /// Certificates that the server sent.
    pub sent: u32,
    /// Where its chain leads, at a moment inside its validity and whatever its names.
    pub chain: Chain,
    /// SHA-256 of the certificate, lower-case hex.
    pub sha256: String,
}

/// 证书链. Where a chain leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Chain {
    /// To an authority on our list.
    Trusted,
    /// The server sent no certificate of the issuer, and the issuer is on no list of ours: a browser that does not happen to know it fails.
    Incomplete,
    /// To an authority that is not on our list.
    UnknownIssuer,
    /// Not checked.
    Unchecked {
        /// Why, in Chinese.
        why: String,
    },
}

/// 证书问题.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFault {
    /// 已过期.
    Expired,
    /// 尚未生效.
    NotYetValid,
    /// 域名不符.
    WrongHost,
    /// 自签名.
    SelfSigned,
    /// 证书链不完整.
    IncompleteChain,
    /// 签发机构不在信任列表中.
    UnknownIssuer,
    /// 密钥过弱.
    WeakKey,
    /// 签名算法过弱.
    WeakSignature,
}

impl CertificateFault {
    /// Its name in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            CertificateFault::Expired => "证书已过期",
            CertificateFault::NotYetValid => "证书尚未生效",
            CertificateFault::WrongHost => "证书与域名不符",
            CertificateFault::SelfSigned => "证书为自签名",
            CertificateFault::IncompleteChain => "证书链不完整",
            CertificateFault::UnknownIssuer => "签发机构不在信任列表中",
            CertificateFault::WeakKey => "密钥强度不足",
            CertificateFault::WeakSignature => "签名算法过时",
        }
    }
}

impl Certificate {
    /// What is wrong with it for this host at this time.
    pub fn faults(&self, host: &str, at: DateTime) -> BTreeSet<CertificateFault> {
        let mut faults = BTreeSet::new();
        let mut note = |fault, is_so: bool| {
            if is_so {
                faults.insert(fault);
            }
        };
        note(CertificateFault::Expired, at > self.not_after);
        note(CertificateFault::NotYetValid, at < self.not_before);
        note(CertificateFault::WrongHost, !self.is_for(host));
        let is_own = self.is_self_issued && self.chain != Chain::Trusted;
        note(CertificateFault::SelfSigned, is_own);
        note(
            CertificateFault::IncompleteChain,
            !is_own && self.chain == Chain::Incomplete,
        );
        note(
            CertificateFault::UnknownIssuer,
            !is_own && self.chain == Chain::UnknownIssuer,
        );
        note(CertificateFault::WeakKey, self.has_weak_key());
        note(CertificateFault::WeakSignature, self.has_weak_signature());
        faults
    }

    /// Whether one of its names is the host's, as RFC 9525 compares them: a star stands for one whole label, the leftmost.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            match name.strip_prefix("*.") {
                None => name == host,
                Some(parent) => host
                    .split_once('.')
                    .is_some_and(|(first, rest)| !first.is_empty() && rest == parent),
            }
        })
    }

    fn has_weak_key(&self) -> bool {
        let least = match self.key.as_str() {
            "RSA" | "DSA" => 2048,
            "EC" => 224,
            _ => return false,
        };
        self.key_bits > 0 && self.key_bits < least
    }

    fn has_weak_signature(&self) -> bool {
        let name = self.signature.to_ascii_lowercase();
        ["md2", "md5", "sha1"]
            .iter()
            .any(|weak| name.contains(weak))
    }
}

/// A failed TLS handshake in the words of people. It is never the site's failing: what our library cannot speak others may.
pub(crate) fn tls_trouble(detail: &str) -> String {
    if let Some(heard) = detail.strip_prefix(LEGACY_TLS) {
        return format!("网站只支持老旧的安全连接（{heard}），本程序未能读取");
    }
    if let Some(heard) = detail.strip_prefix(NATIONAL_TLS) {
        return format!("网站只支持国密安全连接（{heard}），本程序未能读取");
    }
    "安全连接失败".to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn certificate() -> Certificate {
        Certificate {
            subject: "CN=www.qingshi.gov.cn".into(),
            issuer: "CN=Some Authority".into(),
            names: vec!["www.qingshi.gov.cn".into(), "*.qs.gov.cn".into()],
            not_before: "2025-06-01T00:00:00".parse().unwrap(),
            not_after: "2026-06-01T00:00:00".parse().unwrap(),
            key: "RSA".into(),
            key_bits: 2048,
            signature: "sha256WithRSAEncryption".into(),
            is_self_issued: false,
            sent: 2,
            chain: Chain::Trusted,
            sha256: String::new(),
        }
    }

    fn faults(certificate: &Certificate, host: &str, at: &str) -> Vec<CertificateFault> {
        let at = at.parse().unwrap();
        certificate.faults(host, at).into_iter().collect()
    }

    const HOST: &str = "www.qingshi.gov.cn";
    const NOW: &str = "2026-03-20T09:00:00";

    #[test]
    fn dates_hold_to_their_last_second() {
        let fine = certificate();
        assert_eq!(faults(&fine, HOST, NOW), []);
        assert_eq!(faults(&fine, HOST, "2026-06-01T00:00:00"), []);
        let expired = [CertificateFault::Expired];
        assert_eq!(faults(&fine, HOST, "2026-06-01T00:00:01"), expired);
        let early = [CertificateFault::NotYetValid];
        assert_eq!(faults(&fine, HOST, "2025-05-31T23:59:59"), early);
    }

    #[test]
    fn a_star_is_one_whole_label() {
        let fine = certificate();
        for host in [HOST, "WWW.QINGSHI.GOV.CN.", "slj.qs.gov.cn"] {
            assert!(fine.is_for(host), "{host}");
        }
        for host in [
            "qingshi.gov.cn",
            "qs.gov.cn",
            "a.b.qs.gov.cn",
            ".qs.gov.cn",
            "gov.cn",
        ] {
            assert!(!fine.is_for(host), "{host}");
        }
    }

    #[test]
    fn chains_and_strength_are_told_apart() {
        let own = Certificate {
            is_self_issued: true,
            chain: Chain::Incomplete,
            ..certificate()
        };
        assert_eq!(faults(&own, HOST, NOW), [CertificateFault::SelfSigned]);
        let torn = Certificate {
            chain: Chain::Incomplete,
            ..certificate()
        };
        assert_eq!(
            faults(&torn, HOST, NOW),
            [CertificateFault::IncompleteChain]
        );
        let weak = Certificate {
            key_bits: 1024,
            signature: "sha1WithRSAEncryption".into(),
            ..certificate()
        };
        let both = [CertificateFault::WeakKey, CertificateFault::WeakSignature];
        assert_eq!(faults(&weak, HOST, NOW), both);
        let curve = Certificate {
            key: "EC".into(),
            key_bits: 256,
            ..certificate()
        };
        assert_eq!(faults(&curve, HOST, NOW), []);
    }
}
