//! 证据: what was fetched, when, with which result. Immutable and hashed; a finding points here.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// 证据引用. Where a finding's proof stands: address, time, hash, record and the quoted spot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// Address that was asked.
    pub url: String,
    /// Civil time of the answer, in the province's time zone.
    pub at: DateTime,
    /// SHA-256 of the body, lower-case hex; of the empty body where there was no answer.
    pub sha256: String,
    /// `SEGMENT@OFFSET` of the WARC record inside the target's evidence, or empty for evidence that is not a capture (registry entry).
    pub record: String,
    /// The quoted spot; empty where the whole answer is meant.
    pub quote: String,
}

impl EvidenceRef {
    /// The same evidence with the quoted spot filled in, cut to 200 characters.
    pub fn quoting(&self, quote: &str) -> EvidenceRef {
        EvidenceRef {
            quote: quote.chars().take(200).collect(),
            ..self.clone()
        }
    }
}

/// 请求目的. Why something was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A visit of the availability week; `slot` counts from 0.
    Probe {
        /// Number of the visit.
        slot: u32,
    },
    /// A snapshot of the home page during monitoring; `day` counts from 0.
    HomeSnapshot {
        /// Number of the day.
        day: u32,
    },
    /// A page of the site, read for facts.
    Page,
    /// A link looked at only for its state (asset, attachment, outside page). `look` is 1 or 2.
    Link {
        /// First or second look.
        look: u8,
    },
    /// A question to the site's own search.
    Search {
        /// What was asked.
        query: String,
    },
    /// A random path of the site, to learn what its missing page looks like.
    MissingPage,
    /// The page of an account, its feed, store page or package.
    Account,
    /// A failed visit of the availability week, repeated at once over the second path.
    ProbeAgain {
        /// Number of the visit.
        slot: u32,
    },
    /// The home page, asked once more as a search engine's robot, or as a visitor who comes from a search engine: a page that was
    /// tampered with may be another one for them.
    Disguised {
        /// As a robot; else as a visitor who comes from a search engine.
        as_robot: bool,
    },
}

/// 分段用时. Where the time of a visit went, in milliseconds of the request clock, summed over its redirects; a kept connection
/// needs neither a name nor a handshake. What never began is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timing {
    /// Asking DNS.
    pub dns_ms: u32,
    /// Connecting over TCP.
    pub connect_ms: u32,
    /// The TLS handshake.
    pub tls_ms: u32,
    /// From the request to the head of the answer.
    pub first_byte_ms: u32,
}

impl Timing {
    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        *self == Timing::default()
    }
}

/// 失败原因. Why a request had no answer, by kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The name does not resolve; `control_resolved` tells whether a control name did at the same time.
    Dns {
        /// Whether our own resolver was working.
        control_resolved: bool,
    },
    /// The connection was refused or unreachable.
    Connect,
    /// The TLS handshake failed.
    Tls {
        /// What the library said, in English.
        detail: String,
    },
    /// Nothing came within the limit.
    Timeout {
        /// connect, tls, headers or body.
        phase: String,
    },
    /// The connection was closed or reset before the answer was whole.
    Reset,
    /// The answer was no HTTP.
    Protocol {
        /// What was wrong, in English.
        detail: String,
    },
    /// Redirects without end or without Location.
    RedirectLoop,
    /// Our own guard refused (private address, other scheme, no network).
    RefusedByGuard {
        /// Which rule.
        detail: String,
    },
    /// It redirects to where the site's robots.txt keeps us off.
    KeptOff,
    /// The answer came, and our reader broke on it.
    Unread,
}

impl Failure {
    /// Whether it was our own doing, so that asking again would bring the same.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Failure::RefusedByGuard { .. } | Failure::KeptOff | Failure::Unread
        )
    }
}

/// Start of a TLS failure's detail where a second look heard a server that speaks only what today's libraries refuse.
pub const LEGACY_TLS: &str = "legacy tls: ";
/// Start of a TLS failure's detail where a second look heard a server that speaks only national algorithms (TLCP, SM suites).
pub const NATIONAL_TLS: &str = "national tls: ";
/// Start of the detail of a visit that was due while nobody ran.
pub const MISSED: &str = "missed by us: ";

/// 跳转. One hop of a redirect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hop {
    /// Address that answered with a redirect.
    pub url: String,
    /// Its status.
    pub status: u16,
}

/// 抓取记录. One request and what came of it, without the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Why it was asked.
    pub purpose: Purpose,
    /// Address that was asked (after the WHATWG URL standard, without fragment).
    pub url: String,
    /// Redirects followed, in order.
    pub hops: Vec<Hop>,
    /// Address that gave the final answer (equal to `url` without redirects).
    pub final_url: String,
    /// Civil time when the answer was complete.
    pub at: DateTime,
    /// Status of the final answer.
    pub status: Option<u16>,
    /// Why there was no (whole) answer.
    pub failure: Option<Failure>,
    /// `Content-Type` of the final answer.
    pub content_type: String,
    /// `Last-Modified` of the final answer.
    pub last_modified: String,
    /// Time to the whole answer in milliseconds of the request clock (sped-up clocks already corrected).
    pub millis: u64,
    /// Size of the decoded body as read.
    pub size_bytes: u64,
    /// Whether reading stopped at our limit.
    pub truncated: bool,
    /// Where the whole exchange is kept.
    pub evidence: EvidenceRef,
    /// Where the time went; measured for visits only.
    #[serde(default)]
    pub timing: Timing,
}

impl Capture {
    /// Whether the final answer has a status of success and came whole.
    pub fn is_success(&self) -> bool {
        self.failure.is_none()
            && self
                .status
                .is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the answer looks like a refusal of *us* (WAF, captcha, login): never held against the site.
    pub fn is_blocked(&self) -> bool {
        matches!(
            self.status,
            Some(401 | 403 | 405 | 406 | 407 | 412 | 418 | 429 | 451 | 521)
        )
    }
}
