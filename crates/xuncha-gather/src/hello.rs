//! 试探握手: a bare TLS hello of ours, for servers that our TLS library does not understand. It only listens for who answers:
//! nothing is ever sent or read over such a connection.
//!
//! Three hellos: old TLS (1.0 to 1.2 with RSA key exchange and CBC suites), TLCP (GB/T 38636, version 0x0101), and TLS 1.3 with the
//! SM suites of RFC 8998. A ServerHello names version and suite, an alert says no. Up to TLS 1.2 the certificates follow in the clear.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

use crate::patience::within;

/// Most that is read of an answer: far above any chain of certificates.
const MAX_ANSWER_BYTES: usize = 64 << 10;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;

/// Version number of TLCP.
pub const TLCP: u16 = 0x0101;

/// 试探种类. Which hello is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hello {
    /// TLS 1.0 to 1.2 with suites that today's libraries have dropped.
    Old,
    /// TLCP of GB/T 38636.
    Tlcp,
    /// TLS 1.3 with the SM4 suites of RFC 8998.
    Sm13,
}

/// 应答. What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A server that agrees.
    ServerHello {
        /// Version it chose.
        version: u16,
        /// Suite it chose.
        suite: u16,
        /// Certificates that followed in the clear, its own first.
        certificates: Vec<Vec<u8>>,
    },
    /// It refuses, with this description.
    Alert(u8),
    /// What came was no TLS, or the connection was closed.
    NoTls,
    /// Nothing came in time.
    Silence,
}

const OLD_SUITES: [u16; 26] = [
    0xc02f, 0xc030, 0xc02b, 0xc02c, 0xc013, 0xc014, 0xc009, 0xc00a, 0xc012, 0xc027, 0xc028, 0x009e,
    0x009f, 0x0033, 0x0039, 0x0016, 0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x000a, 0x0005,
    0x0004, 0x0041,
];
const TLCP_SUITES: [u16; 6] = [0xe053, 0xe013, 0xe051, 0xe011, 0xe059, 0xe019];
const SM_SUITES: [u16; 2] = [0x00c6, 0x00c7];

/// Name of a version as people know it.
pub fn version_name(version: u16) -> String {
    match version {
        TLCP => "TLCP".to_owned(),
        0x0300 => "SSL 3.0".to_owned(),
        0x0301 => "TLS 1.0".to_owned(),
        0x0302 => "TLS 1.1".to_owned(),
        0x0303 => "TLS 1.2".to_owned(),
        0x0304 => "TLS 1.3".to_owned(),
        other => format!("0x{other:04X}"),
    }
}

/// Name of a suite where it tells something, else its number.
pub fn suite_name(suite: u16) -> String {
    let name = match suite {
        0x0004 => "RSA_RC4_128_MD5",
        0x0005 => "RSA_RC4_128_SHA",
        0x000a => "RSA_3DES_EDE_CBC_SHA",
        0x002f => "RSA_AES_128_CBC_SHA",
        0x0035 => "RSA_AES_256_CBC_SHA",
        0x003c => "RSA_AES_128_CBC_SHA256",
        0x003d => "RSA_AES_256_CBC_SHA256",
        0x009c => "RSA_AES_128_GCM_SHA256",
        0x009d => "RSA_AES_256_GCM_SHA384",
        0x0033 => "DHE_RSA_AES_128_CBC_SHA",
        0x0039 => "DHE_RSA_AES_256_CBC_SHA",
        0xc013 => "ECDHE_RSA_AES_128_CBC_SHA",
        0xc014 => "ECDHE_RSA_AES_256_CBC_SHA",
        0x00c6 => "TLS_SM4_GCM_SM3",
        0x00c7 => "TLS_SM4_CCM_SM3",
        0xe011 => "ECDHE_SM4_CBC_SM3",
        0xe013 => "ECC_SM4_CBC_SM3",
        0xe019 => "RSA_SM4_CBC_SM3",
        0xe051 => "ECDHE_SM4_GCM_SM3",
        0xe053 => "ECC_SM4_GCM_SM3",
        0xe059 => "RSA_SM4_GCM_SM3",
        other => return format!("0x{other:04X}"),
    };
    name.to_owned()
}

/// Says hello and listens until it is clear who answers, or until the deadline: a hello that came alone is an answer too.
pub(crate) async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    kind: Hello,
    host: &str,
    deadline: Instant,
) -> Heard {
    if stream.write_all(&client_hello(kind, host)).await.is_err() {
        return Heard::NoTls;
    }
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(heard) = understand(&answer, false) {
            return heard;
        }
        match within(deadline, stream.read(&mut piece)).await {
            Ok(Ok(count)) if count > 0 && answer.len() < MAX_ANSWER_BYTES => {
                answer.extend_from_slice(&piece[..count]);
            }
            Err(_) if answer.is_empty() => return Heard::Silence,
            _ => return understand(&answer, true).unwrap_or(Heard::NoTls),
        }
    }
}

/// The record that opens a handshake of this kind.
fn client_hello(kind: Hello, host: &str) -> Vec<u8> {
    let (record, version, suites): (u16, u16, &[u16]) = match kind {
        Hello::Old => (0x0301, 0x0303, &OLD_SUITES),
        Hello::Tlcp => (TLCP, TLCP, &TLCP_SUITES),
        Hello::Sm13 => (0x0301, 0x0303, &SM_SUITES),
    };
    let mut body = version.to_be_bytes().to_vec();
    // A nonce is not a secret here: no key is ever agreed.
    body.extend_from_slice(b"xuncha asks who answers here, ok");
    body.push(0);
    put_16(
        &mut body,
        suites.iter().flat_map(|suite| suite.to_be_bytes()),
    );
    body.extend_from_slice(&[1, 0]);
    let extensions = extensions(kind, host);
    // The first servers of TLCP know no extensions.
    if !extensions.is_empty() {
        put_16(&mut body, extensions);
    }
    let mut message = vec![1, 0];
    put_16(&mut message, body);
    let mut packet = vec![HANDSHAKE];
    packet.extend_from_slice(&record.to_be_bytes());
    put_16(&mut packet, message);
    packet
}

/// Appends bytes behind their length of 16 bits.
fn put_16(out: &mut Vec<u8>, bytes: impl IntoIterator<Item = u8>) {
    let bytes: Vec<u8> = bytes.into_iter().collect();
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(&bytes);
}

fn extension(out: &mut Vec<u8>, number: u16, content: impl IntoIterator<Item = u8>) {
    out.extend_from_slice(&number.to_be_bytes());
    put_16(out, content);
}

fn extensions(kind: Hello, host: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let is_name = host.parse::<std::net::IpAddr>().is_err() && !host.is_empty();
    if kind != Hello::Tlcp && is_name && host.len() < 256 {
        let mut name = vec![0];
        put_16(&mut name, host.bytes());
        let mut list = Vec::new();
        put_16(&mut list, name);
        extension(&mut out, 0, list);
    }
    match kind {
        Hello::Tlcp => {}
        Hello::Old => {
            extension(&mut out, 10, [0, 8, 0, 29, 0, 23, 0, 24, 0, 25]);
            extension(&mut out, 11, [1, 0]);
            let signatures = [4, 1, 5, 1, 6, 1, 2, 1, 4, 3, 5, 3, 2, 3];
            extension(
                &mut out,
                13,
                [0, signatures.len() as u8].into_iter().chain(signatures),
            );
        }
        Hello::Sm13 => {
            // Curve SM2, signature sm2sig_sm3, TLS 1.3, and no key: a server that agrees asks for one by its hello.
            extension(&mut out, 10, [0, 2, 0, 41]);
            extension(&mut out, 13, [0, 2, 7, 8]);
            extension(&mut out, 43, [2, 3, 4]);
            extension(&mut out, 51, [0, 0]);
        }
    }
    out
}

/// Reads what came so far; `None` while more is needed.
fn understand(answer: &[u8], is_end: bool) -> Option<Heard> {
    let mut messages = Vec::new();
    let mut rest = answer;
    while let [kind, major, _, high, low, tail @ ..] = rest {
        if !matches!(*kind, ALERT | HANDSHAKE | 20 | 23) || !matches!(*major, 1 | 3) {
            break;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if tail.len() < length {
            break;
        }
        let (content, next) = tail.split_at(length);
        match (*kind, content) {
            (ALERT, [_, description]) if messages.is_empty() => {
                return Some(Heard::Alert(*description));
            }
            (HANDSHAKE, _) => messages.extend_from_slice(content),
            // An alert or cipher text after the hello: nothing more is readable.
            _ => return hello_of(&messages, true).or(Some(Heard::NoTls)),
        }
        rest = next;
    }
    let is_no_tls = answer
        .first()
        .is_some_and(|kind| !matches!(*kind, ALERT | HANDSHAKE));
    if is_no_tls {
        return Some(Heard::NoTls);
    }
    hello_of(&messages, is_end)
}

/// The server's hello with its certificates, as soon as these are whole or nothing more comes.
fn hello_of(messages: &[u8], is_end: bool) -> Option<Heard> {
    let (mut found, mut rest) = (None, messages);
    while let [kind, a, b, c, tail @ ..] = rest {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        if tail.len() < length {
            break;
        }
        let (content, next) = tail.split_at(length);
        match *kind {
            SERVER_HELLO => found = Some(server_hello(content)?),
            CERTIFICATE => {
                let (version, suite) = found?;
                return Some(Heard::ServerHello {
                    version,
                    suite,
                    certificates: certificates(content),
                });
            }
            SERVER_HELLO_DONE => return found.map(bare),
            _ => {}
        }
        rest = next;
    }
    // From TLS 1.3 on the certificates are encrypted.
    found
        .filter(|(version, _)| is_end || *version == 0x0304)
        .map(bare)
}

fn bare((version, suite): (u16, u16)) -> Heard {
    Heard::ServerHello {
        version,
        suite,
        certificates: Vec::new(),
    }
}

/// Version and suite of a ServerHello.
fn server_hello(content: &[u8]) -> Option<(u16, u16)> {
    let version = u16::from_be_bytes([*content.first()?, *content.get(1)?]);
    let after_session = 35 + usize::from(*content.get(34)?);
    let suite = u16::from_be_bytes([
        *content.get(after_session)?,
        *content.get(after_session + 1)?,
    ]);
    let version = if SM_SUITES.contains(&suite) {
        0x0304
    } else {
        version
    };
    Some((version, suite))
}

fn certificates(content: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = content.get(3..).unwrap_or_default();
    while let [a, b, c, tail @ ..] = rest {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let Some((certificate, next)) = tail.split_at_checked(length) else {
            break;
        };
        found.push(certificate.to_vec());
        rest = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, version: u16, content: &[u8]) -> Vec<u8> {
        let mut out = vec![kind];
        out.extend_from_slice(&version.to_be_bytes());
        put_16(&mut out, content.iter().copied());
        out
    }

    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![kind, 0];
        put_16(&mut out, content.iter().copied());
        out
    }

    fn hello(version: u16, suite: u16) -> Vec<u8> {
        let mut content = version.to_be_bytes().to_vec();
        content.extend_from_slice(&[7; 32]);
        content.extend_from_slice(&[2, 9, 9]);
        content.extend_from_slice(&suite.to_be_bytes());
        content.push(0);
        message(SERVER_HELLO, &content)
    }

    #[test]
    fn an_answer_is_understood_in_any_slicing() {
        let mut messages = hello(TLCP, 0xe013);
        messages.extend(message(
            CERTIFICATE,
            &[0, 0, 11, 0, 0, 3, 1, 2, 3, 0, 0, 2, 4, 5],
        ));
        // Messages do not end where records do.
        let (first, second) = messages.split_at(30);
        let mut answer = record(HANDSHAKE, TLCP, first);
        answer.extend(record(HANDSHAKE, TLCP, second));
        for end in 0..answer.len() {
            assert_eq!(understand(&answer[..end], false), None, "{end}");
        }
        let heard = Heard::ServerHello {
            version: TLCP,
            suite: 0xe013,
            certificates: vec![vec![1, 2, 3], vec![4, 5]],
        };
        assert_eq!(understand(&answer, false), Some(heard));
        // Cut off behind the hello it is still a server of TLCP.
        let cut = understand(&record(HANDSHAKE, TLCP, &hello(TLCP, 0xe013)), true);
        assert_eq!(cut, Some(bare((TLCP, 0xe013))));
    }

    #[test]
    fn refusals_and_strangers_are_told_apart() {
        let alert = record(ALERT, 0x0301, &[2, 40]);
        assert_eq!(understand(&alert, false), Some(Heard::Alert(40)));
        let other = understand(b"HTTP/1.1 400 Bad Request\r\n\r\n", false);
        assert_eq!(other, Some(Heard::NoTls));
        let sm = record(HANDSHAKE, 0x0303, &hello(0x0303, 0x00c6));
        assert_eq!(understand(&sm, false), Some(bare((0x0304, 0x00c6))));
        for junk in [&[22, 3, 1, 0][..], &[22, 3, 1, 0, 4, 2, 0, 0, 9], &[]] {
            assert_eq!(understand(junk, false), None);
            assert_eq!(understand(junk, true), None);
        }
    }

    #[test]
    fn lengths_of_our_hellos_are_right() {
        for kind in [Hello::Old, Hello::Tlcp, Hello::Sm13] {
            let packet = client_hello(kind, "www.qingshi.gov.cn");
            let length = |at: usize| usize::from(u16::from_be_bytes([packet[at], packet[at + 1]]));
            assert_eq!(length(3), packet.len() - 5, "{kind:?}");
            assert_eq!(length(7), packet.len() - 9, "{kind:?}");
            let has_name = packet.windows(10).any(|part| part == b"qingshi.go");
            assert_eq!(has_name, kind != Hello::Tlcp);
        }
    }
}
