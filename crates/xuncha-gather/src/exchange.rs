//! 交换: everything that was said and heard for one question, as the evidence keeps it.

use std::net::SocketAddr;

use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use xuncha_core::evidence::{Capture, EvidenceRef, Failure, Hop, MISSED, Purpose, Timing};

/// 一次往返. One request and its answer; a chain of redirects has several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leg {
    /// Address that was asked.
    pub url: String,
    /// Socket address that was connected to.
    pub address: Option<SocketAddr>,
    /// Head of the request, byte for byte.
    pub request_head: Vec<u8>,
    /// Status line and headers of the answer, byte for byte; empty where nothing came.
    pub response_head: Vec<u8>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// What our library thinks of the certificate (`valid`, `expired`, `wrong_host`, `self_signed`, `unknown_issuer` …); empty without TLS.
    pub certificate: String,
    /// Body with transfer and content encodings undone, up to our limit.
    pub body: Vec<u8>,
}

impl Leg {
    /// The answer's headers as they came.
    pub fn headers(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(&self.response_head);
        let lines = text.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    /// The answer's head for an archive that keeps the decoded body: encodings move to `X-Archive-Orig-*` and the length is the body's.
    pub fn archived_head(&self) -> Vec<u8> {
        const CHANGED: [&str; 3] = ["transfer-encoding", "content-encoding", "content-length"];
        let mut head = Vec::with_capacity(self.response_head.len() + 64);
        for (index, line) in self.response_head.split(|byte| *byte == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            if index > 0 && CHANGED.contains(&name.as_str()) {
                head.extend_from_slice(b"X-Archive-Orig-");
            }
            head.extend_from_slice(line);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        head
    }
}

/// 交换. One question with all its legs; the last one is the final answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Address that was asked, without fragment.
    pub url: String,
    /// Civil time when the answer was complete.
    pub at: DateTime,
    /// At least one; all but the last are redirects.
    pub legs: Vec<Leg>,
    /// Why there was no (whole) answer.
    pub failure: Option<Failure>,
    /// Whether reading stopped at our limit.
    pub is_truncated: bool,
    /// Time to the whole answer in milliseconds of the request clock, without our own waiting for politeness.
    pub millis: u64,
    /// `Content-Type` of the final answer.
    pub content_type: String,
    /// `Last-Modified` of the final answer.
    pub last_modified: String,
    /// SHA-256 of the final body, lower-case hex.
    pub sha256: String,
    /// Whether it was sent to an address that the operator named.
    pub is_override: bool,
    /// Where the time went, over all legs.
    pub timing: Timing,
}

impl Exchange {
    /// A visit that was due at this time while nobody ran.
    pub fn missed(url: &str, due: DateTime) -> Exchange {
        Exchange {
            url: url.to_owned(),
            at: due,
            legs: Vec::new(),
            failure: Some(Failure::RefusedByGuard {
                detail: format!("{MISSED}nobody ran when the visit was due"),
            }),
            is_truncated: false,
            millis: 0,
            content_type: String::new(),
            last_modified: String::new(),
            sha256: sha256_hex(&[]),
            is_override: false,
            timing: Timing::default(),
        }
    }

    /// Keeps no more of the final body than a look would have read.
    pub fn cut(&mut self, most_bytes: usize) {
        let Some(leg) = self
            .legs
            .last_mut()
            .filter(|leg| leg.body.len() > most_bytes)
        else {
            return;
        };
        leg.body.truncate(most_bytes);
        self.is_truncated = true;
        self.sha256 = sha256_hex(&leg.body);
    }

    /// The final leg.
    pub fn last(&self) -> Option<&Leg> {
        self.legs.last()
    }

    /// The final body; empty where none came.
    pub fn body(&self) -> &[u8] {
        self.last().map_or(&[], |leg| &leg.body)
    }

    /// Status of the final answer.
    pub fn status(&self) -> Option<u16> {
        self.last().and_then(|leg| leg.status)
    }

    /// The record of it without the body; `record` is where the sink keeps the exchange.
    pub fn capture(&self, purpose: Purpose, record: String) -> Capture {
        let hops = self.legs.iter().take(self.legs.len().saturating_sub(1));
        // Pages are many and their time is known as a whole; only visits keep where it went.
        let is_visit = matches!(purpose, Purpose::Probe { .. } | Purpose::ProbeAgain { .. });
        let hops = hops.map(|leg| Hop {
            url: leg.url.clone(),
            status: leg.status.unwrap_or_default(),
        });
        Capture {
            purpose,
            url: self.url.clone(),
            hops: hops.collect(),
            final_url: self
                .last()
                .map_or_else(|| self.url.clone(), |leg| leg.url.clone()),
            at: self.at,
            status: self.status(),
            failure: self.failure.clone(),
            content_type: self.content_type.clone(),
            last_modified: self.last_modified.clone(),
            millis: self.millis,
            size_bytes: self.body().len() as u64,
            truncated: self.is_truncated,
            evidence: EvidenceRef {
                url: self.url.clone(),
                at: self.at,
                sha256: self.sha256.clone(),
                record,
                quote: String::new(),
            },
            timing: if is_visit {
                self.timing
            } else {
                Timing::default()
            },
        }
    }
}

/// SHA-256 as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archived_heads_fit_the_decoded_body() {
        let leg = Leg {
            response_head: b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n".to_vec(),
            body: b"hello".to_vec(),
            ..Leg::default()
        };
        assert_eq!(
            String::from_utf8_lossy(&leg.archived_head()),
            "HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Encoding: gzip\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\nA: b\r\nContent-Length: 5\r\n\r\n"
        );
    }
}
