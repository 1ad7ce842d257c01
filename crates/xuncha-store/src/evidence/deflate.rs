//! One gzip member a record, written without copying the record together first.

use std::cell::RefCell;
use std::io::{Error, Result};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Header of a gzip member: deflate, no name, no time, unknown system, so that the same record always gives the same bytes.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
/// Room that is added when the output is full.
const STEP_BYTES: usize = 16 * 1024;

thread_local! {
    // The tables of a compressor are a quarter of a megabyte; making them anew for each of 2,000 records a second costs more than
    // compressing a small record.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(1), false));
}

/// Appends `parts`, one behind the other, to `out` as one gzip member of level 1.
pub(super) fn member(parts: &[&[u8]], out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(&HEADER);
    let mut crc = Crc::new();
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        for part in parts {
            crc.update(part);
            feed(compress, part, out)?;
        }
        finish(compress, out)
    })?;
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    Ok(())
}

fn feed(compress: &mut Compress, mut part: &[u8], out: &mut Vec<u8>) -> Result<()> {
    while !part.is_empty() {
        if out.capacity() - out.len() < STEP_BYTES / 2 {
            out.reserve(STEP_BYTES);
        }
        let before = compress.total_in();
        compress
            .compress_vec(part, out, FlushCompress::None)
            .map_err(Error::other)?;
        let taken = usize::try_from(compress.total_in() - before).unwrap_or(part.len());
        part = &part[taken.min(part.len())..];
    }
    Ok(())
}

fn finish(compress: &mut Compress, out: &mut Vec<u8>) -> Result<()> {
    loop {
        out.reserve(STEP_BYTES);
        let status = compress
            .compress_vec(&[], out, FlushCompress::Finish)
            .map_err(Error::other)?;
        if status == Status::StreamEnd {
            return Ok(());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn parts_come_back_as_one_member() {
        let noise: Vec<u8> = (0..400_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8)
            .collect();
        for parts in [
            vec![&b""[..]],
            vec![&b"WARC/1.1\r\n"[..], b"", b"body"],
            vec![noise.as_slice(), b"end"],
        ] {
            let mut out = b"before".to_vec();
            member(&parts, &mut out).unwrap();
            let mut read = Vec::new();
            let mut decoder = flate2::bufread::GzDecoder::new(&out[6..]);
            decoder.read_to_end(&mut read).unwrap();
            assert_eq!(read, parts.concat());
            assert!(decoder.into_inner().is_empty(), "nothing stands behind it");
        }
    }
}
