//! A connection that remembers the heads that went over it, byte for byte, for the evidence.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::lock;

/// Longest head that is remembered.
const MAX_HEAD_BYTES: usize = 256 << 10;

/// What went over the wire since the last request began.
#[derive(Default)]
pub(crate) struct Tape {
    sent: Vec<u8>,
    received: Vec<u8>,
    is_head_whole: bool,
}

impl Tape {
    /// Forgets the exchange before.
    pub fn rewind(&mut self) {
        *self = Tape::default();
    }

    /// Whether any byte of an answer came.
    pub fn heard_anything(&self) -> bool {
        !self.received.is_empty()
    }

    /// The request's head and the answer's head.
    pub fn heads(&self) -> (Vec<u8>, Vec<u8>) {
        (self.sent.clone(), self.received.clone())
    }

    fn hear(&mut self, bytes: &[u8]) {
        if self.is_head_whole || bytes.is_empty() {
            return;
        }
        let scan_from = self.received.len().saturating_sub(3);
        self.received.extend_from_slice(bytes);
        while let Some(end) = head_end(&self.received, scan_from) {
            if is_interim(&self.received) {
                // 103 Early Hints and its like: the answer's own head is still to come.
                self.received.drain(..end);
                if self.received.is_empty() {
                    return;
                }
                continue;
            }
            self.received.truncate(end);
            self.is_head_whole = true;
            return;
        }
        if self.received.len() > MAX_HEAD_BYTES {
            self.received.truncate(MAX_HEAD_BYTES);
            self.is_head_whole = true;
        }
    }
}

fn is_interim(head: &[u8]) -> bool {
    head.starts_with(b"HTTP/1.1 1") || head.starts_with(b"HTTP/1.0 1")
}

fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from.min(bytes.len());
    (from..bytes.len()).find_map(|at| {
        let rest = &bytes[at..];
        if rest.starts_with(b"\r\n\r\n") {
            return Some(at + 4);
        }
        rest.starts_with(b"\n\n").then_some(at + 2)
    })
}

/// Any byte stream: plain or TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A stream with a [`Tape`].
pub(crate) struct Wire {
    pub stream: Box<dyn Stream>,
    pub tape: Arc<Mutex<Tape>>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Poll::Ready(Ok(())) = &polled {
            lock(&self.tape).hear(&buffer.filled()[before..]);
        }
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &polled {
            lock(&self.tape).sent.extend_from_slice(&bytes[..*count]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_cut_out_of_any_slicing() {
        let answer = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\nmore";
        for size in 1..answer.len() {
            let mut tape = Tape::default();
            for piece in answer.chunks(size) {
                tape.hear(piece);
            }
            assert_eq!(tape.heads().1, b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "{size}");
        }
    }
}
