//! The text of a file by what its first bytes are, whatever its name.

use xuncha_core::facts::model::BodyKind;
use xuncha_core::facts::{body_kind, decode, detect};

use super::{office, pdf};

/// 读取结果. What came of opening a file.
pub(super) enum Read {
    /// Its text, perhaps none.
    Text(String),
    /// It cannot be opened by anybody: why, in Chinese.
    Broken(&'static str),
    /// We could not read it: why, in Chinese.
    Unread(&'static str),
}

/// The text of a file.
pub(super) fn of(body: &[u8]) -> Read {
    match body_kind(body) {
        BodyKind::Pdf => pdf::text(body),
        BodyKind::Zip => office::packed(body),
        BodyKind::Ole => office::compound(body),
        BodyKind::Empty => Read::Broken("文件是空的"),
        BodyKind::Rtf | BodyKind::Other if is_text(body) => {
            Read::Text(decode(body, detect(body, "text/plain")).into_owned())
        }
        BodyKind::Html => Read::Text(decode(body, detect(body, "text/html")).into_owned()),
        _ => Read::Text(String::new()),
    }
}

/// Whether bytes are a text in one of the usual encodings.
fn is_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(4096)];
    let controls = head
        .iter()
        .filter(|byte| **byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
        .count();
    controls * 50 < head.len()
}
