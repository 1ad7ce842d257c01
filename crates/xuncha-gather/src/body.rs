//! Reading bodies: content encodings undone while they arrive, never more than a limit, also of what a small body unpacks to.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// What a piece of a body did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More may come.
    More,
    /// Our limit is reached; the rest need not be read.
    Full,
    /// The encoding is broken; what was read before stands.
    Broken(String),
}

/// 正文解码. Undoes `Content-Encoding` up to a limit.
pub struct Decoder {
    inner: Inner,
}

enum Inner {
    Plain(Capped),
    Gzip(Box<GzDecoder<Capped>>),
    Zlib(Box<ZlibDecoder<Capped>>),
    RawDeflate(Box<DeflateDecoder<Capped>>),
    /// `deflate` whose first bytes have not come yet: servers send both forms under that name.
    UndecidedDeflate(Vec<u8>, usize),
}

struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    is_full: bool,
}

/// Bodies beyond this are few, and get room for all that may come.
const BIG_BODY_BYTES: usize = 1 << 20;

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let room = self.limit - self.bytes.len();
        if self.bytes.len() + piece.len() > BIG_BODY_BYTES {
            // Nothing happens where there is that much already.
            let wanted = xuncha_core::room::room(self.limit);
            self.bytes
                .reserve_exact(wanted.saturating_sub(self.bytes.len()));
        }
        if piece.len() > room {
            self.bytes.extend_from_slice(&piece[..room]);
            self.is_full = true;
            return Err(io::Error::other("limit reached"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder {
    /// For this `Content-Encoding`; `None` for encodings that we never asked for.
    pub fn new(encoding: &str, limit: usize) -> Option<Decoder> {
        let capped = Capped {
            bytes: Vec::new(),
            limit,
            is_full: false,
        };
        let inner = match encoding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "none" | "utf-8" => Inner::Plain(capped),
            "gzip" | "x-gzip" => Inner::Gzip(Box::new(GzDecoder::new(capped))),
            "deflate" => Inner::UndecidedDeflate(Vec::new(), limit),
            _ => return None,
        };
        Some(Decoder { inner })
    }

    /// Takes the next piece.
    pub fn push(&mut self, piece: &[u8]) -> Progress {
        if let Inner::UndecidedDeflate(first, limit) = &mut self.inner {
            first.extend_from_slice(piece);
            if first.len() < 2 {
                return Progress::More;
            }
            let (first, limit) = (std::mem::take(first), *limit);
            self.inner = decide_deflate(&first, limit);
            return self.push(&first);
        }
        let result = match &mut self.inner {
            Inner::Plain(capped) => capped.write_all(piece),
            Inner::Gzip(decoder) => write_until_end(decoder.as_mut(), piece),
            Inner::Zlib(decoder) => write_until_end(decoder.as_mut(), piece),
            Inner::RawDeflate(decoder) => write_until_end(decoder.as_mut(), piece),
            Inner::UndecidedDeflate(..) => Ok(()),
        };
        match result {
            Ok(()) => Progress::More,
            Err(_) if self.is_full() => Progress::Full,
            Err(error) if is_wrong_sum(&error) => Progress::More,
            Err(error) => Progress::Broken(format!("content encoding is corrupt: {error}")),
        }
    }

    /// Ends the body: what was decoded, and what is wrong with its end.
    pub fn finish(mut self) -> (Vec<u8>, Option<String>) {
        let ended = match &mut self.inner {
            Inner::Gzip(decoder) => decoder.try_finish(),
            Inner::Zlib(decoder) => decoder.try_finish(),
            Inner::RawDeflate(decoder) => decoder.try_finish(),
            Inner::Plain(_) | Inner::UndecidedDeflate(..) => Ok(()),
        };
        let is_full = self.is_full();
        let trouble = ended
            .err()
            .filter(|error| !is_full && !is_wrong_sum(error))
            .map(|error| format!("content encoding ends early: {error}"));
        (self.take(), trouble)
    }

    /// What was decoded so far, of a body that will not come whole.
    pub fn abandon(mut self) -> Vec<u8> {
        self.take()
    }

    fn is_full(&self) -> bool {
        match &self.inner {
            Inner::Plain(capped) => capped.is_full,
            Inner::Gzip(decoder) => decoder.get_ref().is_full,
            Inner::Zlib(decoder) => decoder.get_ref().is_full,
            Inner::RawDeflate(decoder) => decoder.get_ref().is_full,
            Inner::UndecidedDeflate(..) => false,
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match &mut self.inner {
            Inner::Plain(capped) => std::mem::take(&mut capped.bytes),
            Inner::Gzip(decoder) => std::mem::take(&mut decoder.get_mut().bytes),
            Inner::Zlib(decoder) => std::mem::take(&mut decoder.get_mut().bytes),
            Inner::RawDeflate(decoder) => std::mem::take(&mut decoder.get_mut().bytes),
            Inner::UndecidedDeflate(first, _) => std::mem::take(first),
        }
    }
}

fn decide_deflate(first: &[u8], limit: usize) -> Inner {
    let capped = Capped {
        bytes: Vec::new(),
        limit,
        is_full: false,
    };
    let is_zlib =
        first[0] & 0x0f == 8 && (u16::from(first[0]) << 8 | u16::from(first[1])) % 31 == 0;
    if is_zlib {
        return Inner::Zlib(Box::new(ZlibDecoder::new(capped)));
    }
    Inner::RawDeflate(Box::new(DeflateDecoder::new(capped)))
}

/// Whether the whole body was unpacked and only its check sum is wrong, which browsers do not look at.
fn is_wrong_sum(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput && error.to_string().contains("checksum")
}

/// Writes until the encoded stream has ended; what servers append after its end is dropped, as browsers do.
fn write_until_end(decoder: &mut dyn Write, mut piece: &[u8]) -> io::Result<()> {
    while !piece.is_empty() {
        match decoder.write(piece) {
            Ok(0) => return Ok(()),
            Ok(count) => piece = &piece[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn encoded(kind: &str, text: &[u8]) -> Vec<u8> {
        let level = Compression::fast();
        match kind {
            "gzip" => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            "zlib" => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            _ => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
        }
    }

    fn decode(
        encoding: &str,
        bytes: &[u8],
        piece: usize,
        limit: usize,
    ) -> (Vec<u8>, Vec<Progress>, Option<String>) {
        let mut decoder = Decoder::new(encoding, limit).unwrap();
        let steps = bytes
            .chunks(piece)
            .map(|chunk| decoder.push(chunk))
            .collect();
        let (body, trouble) = decoder.finish();
        (body, steps, trouble)
    }

    #[test]
    fn every_encoding_in_any_slicing() {
        let text = "政府信息公开 ".repeat(400).into_bytes();
        for (encoding, kind) in [
            ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("deflate", "zlib"),
            ("Deflate", "raw"),
        ] {
            for piece in [1, 2, 7, 100_000] {
                let (body, steps, trouble) =
                    decode(encoding, &encoded(kind, &text), piece, 1 << 20);
                assert_eq!(
                    (body == text, trouble),
                    (true, None),
                    "{encoding} {kind} {piece}"
                );
                assert!(steps.iter().all(|step| *step == Progress::More));
            }
        }
        assert!(Decoder::new("br", 10).is_none());
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = encoded("gzip", &vec![0; 50 << 20]);
        let (body, steps, trouble) = decode("gzip", &bomb, 4096, 1 << 20);
        assert_eq!((body.len(), trouble), (1 << 20, None));
        assert!(steps.contains(&Progress::Full));
    }

    #[test]
    fn torn_and_corrupt_bodies_are_told() {
        let whole = encoded("gzip", &b"abcdefgh".repeat(1000));
        let (_, _, trouble) = decode("gzip", &whole[..whole.len() - 10], 64, 1 << 20);
        assert!(trouble.is_some());
        let (_, steps, _) = decode("gzip", b"<html>not packed at all</html>", 64, 1 << 20);
        assert!(matches!(steps[0], Progress::Broken(_)));
        let mut wrong_sum = whole.clone();
        let sum_at = whole.len() - 8;
        wrong_sum[sum_at] ^= 1;
        for piece in [1, 64, 5000] {
            let (body, steps, trouble) = decode("gzip", &wrong_sum, piece, 1 << 20);
            assert_eq!((body.len(), trouble), (8000, None), "{piece}");
            assert!(steps.iter().all(|step| *step == Progress::More), "{piece}");
        }
        let mut padded = whole.clone();
        padded.extend_from_slice(b"\n\n");
        assert_eq!(decode("gzip", &padded, 5000, 1 << 20).2, None);
    }
}
