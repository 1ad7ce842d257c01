//! Our HTTP/1.1 against hyper: the same bytes in any slicing give the same answer, or are refused by both.
#![allow(clippy::unwrap_used, missing_docs)]

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use xuncha_gather::http1::{Http1, Trouble};

/// What a client made of an answer: status, body as far as it came, whether it came whole.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    status: Option<u16>,
    body: Vec<u8>,
    is_whole: bool,
}

const NOTHING: Heard = Heard {
    status: None,
    body: Vec::new(),
    is_whole: false,
};

/// A server that reads the request, says these bytes in these slices and closes.
fn say(bytes: Vec<u8>, slice: usize) -> DuplexStream {
    let (client, mut server) = duplex(1 << 16);
    tokio::spawn(async move {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            if server.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        for piece in bytes.chunks(slice) {
            if server.write_all(piece).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    client
}

async fn ours(bytes: &[u8], slice: usize) -> (Heard, bool) {
    let mut http = Http1::new(Box::new(say(bytes.to_vec(), slice)));
    http.send(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        .await
        .unwrap();
    let Ok(head) = http.head().await else {
        return (NOTHING, false);
    };
    assert!(head.raw.ends_with(b"\n"));
    let mut body = Vec::new();
    let is_whole = loop {
        match http.piece().await {
            Ok(Some(piece)) => body.extend_from_slice(piece),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    let status = Some(head.status);
    let reusable = http.is_reusable();
    (
        Heard {
            status,
            body,
            is_whole,
        },
        reusable,
    )
}

async fn hypers(bytes: &[u8], slice: usize) -> Heard {
    let mut builder = Builder::new();
    builder
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .max_headers(256)
        .max_buf_size(256 << 10);
    let io = TokioIo::new(say(bytes.to_vec(), slice));
    let (mut sender, driver) = builder.handshake(io).await.unwrap();
    tokio::spawn(async move {
        let _ = driver.await;
    });
    let request = Request::get("/")
        .header("Host", "a.test")
        .body(Empty::<Bytes>::new())
        .unwrap();
    let Ok(answer) = sender.send_request(request).await else {
        return NOTHING;
    };
    let status = Some(answer.status().as_u16());
    let (mut incoming, mut body) = (answer.into_body(), Vec::new());
    loop {
        match incoming.frame().await {
            None => {
                return Heard {
                    status,
                    body,
                    is_whole: true,
                };
            }
            Some(Err(_)) => {
                return Heard {
                    status,
                    body,
                    is_whole: false,
                };
            }
            Some(Ok(frame)) => body.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
        }
    }
}

#[derive(Clone, Debug)]
struct Answer {
    interim: bool,
    version: &'static str,
    status: u16,
    headers: Vec<String>,
    framing: usize,
    body: Vec<u8>,
    chunk: usize,
    /// Bytes of the whole that are sent, in thousandths.
    sent: usize,
    line_end: &'static str,
}

impl Answer {
    fn bytes(&self) -> Vec<u8> {
        let end = self.line_end;
        let mut head = String::new();
        if self.interim {
            head += &format!("HTTP/1.1 103 Early Hints{end}Link: </a.css>{end}{end}");
        }
        head += &format!("HTTP/{} {} Some Reason{end}", self.version, self.status);
        for line in &self.headers {
            head += line;
            head += end;
        }
        let mut body = self.body.clone();
        match self.framing {
            0 => head += &format!("Content-Length: {}{end}", body.len()),
            1 => {
                head += &format!("Transfer-Encoding: chunked{end}");
                body = Vec::new();
                for piece in self.body.chunks(self.chunk) {
                    body.extend(format!("{:X};note=1{end}", piece.len()).bytes());
                    body.extend_from_slice(piece);
                    body.extend_from_slice(end.as_bytes());
                }
                body.extend(format!("0{end}X-Trailer: 1{end}{end}").bytes());
            }
            2 => {}
            3 => head += &format!("Content-Length: {0}, {0}{end}", body.len()),
            4 => head += &format!("Content-Length: {}{end}", body.len() + 7),
            5 => head += &format!("Content-Length: many{end}"),
            _ => head += &format!("Content-Length: 5{end}Content-Length: 6{end}"),
        }
        head += end;
        let mut whole = head.into_bytes();
        let complete = whole.len() + body.len();
        whole.extend(body);
        whole.truncate((complete * self.sent / 1000).min(complete));
        whole
    }
}

fn answers() -> impl Strategy<Value = Answer> {
    let line = prop_oneof![
        Just("Content-Type: text/html".to_owned()),
        Just("Server : spaced".to_owned()),
        Just("X-Folded: one\r\n two".to_owned()),
        Just("no colon at all".to_owned()),
        Just("Connection: close".to_owned()),
        Just("Connection: keep-alive".to_owned()),
        "X-[A-Za-z]{1,8}: [ -~]{0,20}",
        Just("X-Chinese: 政务".to_owned()),
    ];
    (
        any::<bool>(),
        prop_oneof![4 => Just("1.1"), 1 => Just("1.0")],
        prop_oneof![6 => Just(200u16), 1 => Just(204), 1 => Just(304), 1 => Just(404), 1 => Just(302)],
        prop::collection::vec(line, 0..5),
        0..7usize,
        prop::collection::vec(any::<u8>(), 0..300),
        1..64usize,
        prop_oneof![3 => Just(1000usize), 2 => 0..1000usize],
        prop_oneof![5 => Just("\r\n"), 1 => Just("\n")],
    )
        .prop_map(|(interim, version, status, headers, framing, body, chunk, sent, line_end)| Answer {
            interim,
            version,
            status,
            headers,
            framing,
            body,
            chunk,
            sent,
            line_end,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn the_same_bytes_are_the_same_answer(answer in answers(), slice in 1..200usize) {
        // hyper wants CRLF after chunk sizes; browsers and we take a bare line feed.
        prop_assume!(!(answer.framing == 1 && answer.line_end == "\n"));
        // hyper refuses chunks in HTTP/1.0; old proxies send them, and we read them.
        prop_assume!(!(answer.framing == 1 && answer.version == "1.0"));
        // hyper refuses a length that is no number; browsers and we pass it over.
        prop_assume!(answer.framing != 5);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bytes = answer.bytes();
        let (heard, expected) = runtime.block_on(async { (ours(&bytes, slice).await.0, hypers(&bytes, slice).await) });
        prop_assert_eq!(&heard.status, &expected.status, "{:?}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(heard.is_whole, expected.is_whole, "{:?}", String::from_utf8_lossy(&bytes));
        if heard.is_whole {
            prop_assert_eq!(&heard.body, &expected.body);
        }
        let again = runtime.block_on(ours(&bytes, 1)).0;
        prop_assert_eq!(again, heard);
    }
}

#[tokio::test]
async fn what_follows_an_answer_ends_the_connection() {
    for (bytes, is_reusable) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], true),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
            false,
        ),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
        (
            b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok",
            false,
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", true),
        (b"HTTP/1.1 200 OK\r\n\r\nok", false),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            true,
        ),
    ] {
        let (heard, reusable) = ours(bytes, 4096).await;
        assert!(heard.is_whole);
        assert_eq!(reusable, is_reusable, "{}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn odd_heads_are_read_as_browsers_read_them() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: many",
        "HTTP/1.1 200 OK\r\nContent-Length: -1",
        "http/1.1 200 OK",
        "HTTP/1.2 200 OK",
        "HTTP/2.0 200 OK",
        "HTTP/0.9 200 OK",
        "\r\nHttp/1.0 200 OK",
    ] {
        let bytes = format!("{head}\r\n\r\nto the end");
        let (heard, is_reusable) = ours(bytes.as_bytes(), 4096).await;
        assert!(heard.is_whole && !is_reusable, "{head}");
        assert_eq!(heard.status, Some(200), "{head}");
        assert_eq!(heard.body, b"to the end", "{head}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_told_at_once() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"<html>no head</html>",
        b"ICAP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ] {
        let mut http = Http1::new(Box::new(say(bytes.to_vec(), 3)));
        http.send(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let trouble = async {
            http.head().await?;
            while http.piece().await?.is_some() {}
            Ok::<_, Trouble>(())
        };
        assert!(
            matches!(trouble.await, Err(Trouble::NotHttp(_))),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    let head = [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: 1\r\n".repeat(60_000)].concat();
    assert_eq!(ours(&head, 4096).await.0, NOTHING);
}
