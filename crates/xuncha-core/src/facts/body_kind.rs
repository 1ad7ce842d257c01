//! What a body is by its first bytes, and when that speaks against its address.

use memchr::memmem;

use super::model::BodyKind;
use crate::evidence::Capture;

/// Bytes that are looked at.
const HEAD_BYTES: usize = 1024;

/// What a body is by its first bytes.
pub fn body_kind(body: &[u8]) -> BodyKind {
    if body.is_empty() {
        return BodyKind::Empty;
    }
    let head = &body[..body.len().min(HEAD_BYTES)];
    let magic: [(&[u8], BodyKind); 10] = [
        (b"PK\x03\x04", BodyKind::Zip),
        (b"PK\x05\x06", BodyKind::Zip),
        (b"\xd0\xcf\x11\xe0", BodyKind::Ole),
        (b"Rar!", BodyKind::Rar),
        (b"7z\xbc\xaf\x27\x1c", BodyKind::SevenZip),
        (b"\x89PNG", BodyKind::Image),
        (b"\xff\xd8\xff", BodyKind::Image),
        (b"GIF8", BodyKind::Image),
        (b"BM", BodyKind::Image),
        (b"{\\rtf", BodyKind::Rtf),
    ];
    if let Some((_, kind)) = magic.iter().find(|(magic, _)| head.starts_with(magic)) {
        return *kind;
    }
    if memmem::find(head, b"%PDF-").is_some() {
        return BodyKind::Pdf;
    }
    if is_markup(head) {
        BodyKind::Html
    } else {
        BodyKind::Other
    }
}

/// Whether it begins like a web page, also in UTF-16.
fn is_markup(head: &[u8]) -> bool {
    let mut letters = head
        .iter()
        .filter(|byte| !matches!(byte, 0 | 0xfe | 0xff | 0xef | 0xbb | 0xbf))
        .map(u8::to_ascii_lowercase)
        .skip_while(u8::is_ascii_whitespace);
    let text: Vec<u8> = letters.by_ref().take(16).collect();
    let starts = [
        &b"<!doctype html"[..],
        b"<html",
        b"<head",
        b"<body",
        b"<title",
        b"<meta",
        b"<h1",
    ];
    starts.iter().any(|start| text.starts_with(start))
        || text.starts_with(b"<!--") && {
            let text: Vec<u8> = text.into_iter().chain(letters).collect();
            memmem::find(&text, b"<html").is_some()
        }
}

/// How the site uses an address, as far as it bears on what must come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// Only shown as an image.
    pub is_image: bool,
    /// Only run as a script or applied as a style sheet.
    pub is_code: bool,
    /// Only shown in a frame.
    pub is_frame: bool,
    /// Only the address of a form.
    pub is_form: bool,
    /// Only named by a sitemap.
    pub is_sitemap: bool,
}

/// What speaks against a file by its bytes, in Chinese; `None` where it may be what it should.
pub(crate) fn contradiction(capture: &Capture, kind: BodyKind, used: Use) -> Option<&'static str> {
    let is_declared_html = capture
        .content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/html");
    if kind == BodyKind::Html && used.is_image {
        return Some("图片地址打开的是网页，图片无法显示");
    }
    if kind == BodyKind::Html && used.is_code {
        return Some("脚本或样式地址打开的是网页");
    }
    // A page that says it is one may be a viewer or a notice; its words decide.
    if kind == BodyKind::Html && is_declared_html {
        return None;
    }
    let is_kind = |allowed: &[BodyKind]| allowed.contains(&kind);
    let fits = match extension(&capture.final_url).as_str() {
        "pdf" => is_kind(&[BodyKind::Pdf]),
        "docx" | "xlsx" | "pptx" | "ofd" => is_kind(&[BodyKind::Zip, BodyKind::Ole]),
        "zip" | "rar" | "7z" => is_kind(&[BodyKind::Zip, BodyKind::Rar, BodyKind::SevenZip]),
        // Old office programs open nearly anything, pages too.
        _ => true,
    };
    if fits {
        return None;
    }
    Some(if kind == BodyKind::Html {
        "附件打开的是网页，不是文件"
    } else {
        "附件内容与其类型不符，无法打开"
    })
}

/// Whether a look's body has to be read: a web page where a file was asked for, contents that contradict the name, a style sheet, a sitemap.
pub fn is_worth_reading(capture: &Capture, body: &[u8]) -> bool {
    let kind = body_kind(body);
    capture.is_success()
        && (kind == BodyKind::Html
            || is_style_sheet(capture)
            || !body.is_empty() && contradiction(capture, kind, Use::default()).is_some())
}

/// Whether an answer is a style sheet.
pub(crate) fn is_style_sheet(capture: &Capture) -> bool {
    capture
        .content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/css")
}

fn extension(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_capture;

    #[test]
    fn bytes_against_names() {
        let image = Use {
            is_image: true,
            ..Use::default()
        };
        for (url, declared, body, used, fits) in [
            (
                "/a.pdf",
                "application/pdf",
                &b"%PDF-1.4"[..],
                Use::default(),
                true,
            ),
            (
                "/a.pdf",
                "application/pdf",
                b"<html>404",
                Use::default(),
                false,
            ),
            ("/a.pdf", "text/html", b"<html>viewer", Use::default(), true),
            (
                "/a.pdf",
                "application/pdf",
                b"PK\x03\x04",
                Use::default(),
                false,
            ),
            ("/a.docx", "", b"PK\x03\x04", Use::default(), true),
            ("/a.docx", "", b"\xd0\xcf\x11\xe0", Use::default(), true),
            (
                "/a.xls",
                "application/vnd.ms-excel",
                b"<html><table>",
                Use::default(),
                true,
            ),
            ("/a.rar", "", b"PK\x03\x04", Use::default(), true),
            ("/a.jpg", "image/png", b"\xff\xd8\xff\xe0", image, true),
            ("/a.jpg", "image/jpeg", b"\r\n<!DOCTYPE html>", image, false),
            ("/a.html", "text/html", b"<html>", Use::default(), true),
        ] {
            let mut capture = test_capture(&format!("http://a.cn{url}"));
            declared.clone_into(&mut capture.content_type);
            let found = contradiction(&capture, body_kind(body), used);
            assert_eq!(found.is_none(), fits, "{url} {declared}");
        }
    }
}
