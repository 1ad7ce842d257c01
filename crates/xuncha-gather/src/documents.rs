//! 附件阅读: files of a site are opened by somebody else, in a process of its own; here is only who asks and what is kept of the answer.

use std::fmt::Debug;

use jiff::civil::Date;
use url::Url;
use xuncha_core::facts::model::Sign;

/// Ends of names of files that are read.
const EXTENSIONS: [&str; 14] = [
    "pdf", "doc", "docx", "docm", "wps", "xls", "xlsx", "xlsm", "et", "ppt", "pptx", "ofd", "csv",
    "txt",
];

/// 附件阅读器. Opens a file and says what a security officer would stop at. It never breaks the run, whatever the file holds.
pub trait DocumentReader: Send + Sync + Debug {
    /// Reads a file that came from this address.
    fn read(&self, url: &str, body: &[u8], today: Date) -> Vec<Sign>;
}

/// Whether an address names a file that is read for what it says.
pub(crate) fn is_document(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let names = [url.path(), url.query().unwrap_or_default()];
    names.iter().any(|name| {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| {
            EXTENSIONS
                .iter()
                .any(|one| one.eq_ignore_ascii_case(extension))
        })
    })
}

/// Whether a picture may be a code for telephones: about square, neither a mark nor a photograph.
pub(crate) fn may_be_code(body: &[u8]) -> bool {
    size_of(body).is_some_and(|(width, height)| {
        let (short, long) = (width.min(height), width.max(height));
        short >= 60 && long <= 1500 && long * 10 <= short * 13
    })
}

/// Width and height of a PNG, GIF or JPEG, by its head.
fn size_of(body: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| {
        Some(u32::from(u16::from_be_bytes([
            *body.get(at)?,
            *body.get(at + 1)?,
        ])))
    };
    if body.starts_with(b"\x89PNG") {
        return Some((big(18)?, big(22)?));
    }
    if body.starts_with(b"GIF8") {
        let little = |at: usize| {
            Some(u32::from(u16::from_le_bytes([
                *body.get(at)?,
                *body.get(at + 1)?,
            ])))
        };
        return Some((little(6)?, little(8)?));
    }
    if !body.starts_with(b"\xff\xd8") {
        return None;
    }
    let mut at = 2;
    while *body.get(at)? == 0xff {
        let marker = *body.get(at + 1)?;
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return Some((big(at + 7)?, big(at + 5)?));
        }
        at += 2 + big(at + 2)? as usize;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_square_and_torn_pictures_are_none() {
        let png = |width: u8, height: u8| {
            let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            head.extend([0, 0, 0, width, 0, 0, 0, height]);
            head
        };
        let jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\0\xc8\0\xc8";
        for (body, expected) in [
            (png(200, 200), true),
            (png(200, 100), false),
            (png(16, 16), false),
            (b"GIF89a\xc8\0\xc8\0".to_vec(), true),
            (jpeg.to_vec(), true),
            (jpeg[..10].to_vec(), false),
            (b"\xff\xd8\xff".to_vec(), false),
            (b"text".to_vec(), false),
            (Vec::new(), false),
        ] {
            assert_eq!(may_be_code(&body), expected, "{body:?}");
        }
    }

    #[test]
    fn documents_by_their_names() {
        for (url, expected) in [
            ("http://a.cn/f/1.PDF", true),
            ("http://a.cn/down.jsp?file=1.docx", true),
            ("http://a.cn/1.html", false),
            ("http://a.cn/1.zip", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_document(url), expected, "{url}");
        }
    }
}
