//! 上传: forms that carry files. The type is told by content, the size is limited, the bytes go below the data folder under their hash,
//! and come back as attachments only.
//!
//! A handler takes [`Sent`] instead of `Form`; the gate has checked the token by then, as for every form. [`keep`] writes a file down,
//! `pages/attachments.rs` hands it out.

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use memchr::memmem;
use xuncha_core::attachment::{FileKind, MAX_ATTACHMENT_BYTES, file_name};
use xuncha_store::attachment::NewAttachment;

use crate::WebState;
use crate::error::WebError;
use crate::lang::Lang;
use crate::shell::Viewer;

/// Bytes of the longest form with files: one file of the largest size, and fields around it.
pub(crate) const LONGEST_UPLOAD: usize = MAX_ATTACHMENT_BYTES + (1 << 20);
/// Bytes of the longest last line of a form: its boundary has 70 at most.
const LONGEST_ENDING: usize = 80;
/// Parts that one form may have.
const MOST_PARTS: usize = 200;

/// 上传错误. Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UploadFault {
    /// Larger than the limit.
    Big,
    /// Its content is none of the kinds that are taken.
    Kind,
    /// No file was chosen.
    None,
}

impl UploadFault {
    /// What to say to people.
    pub(crate) fn text(self, lang: Lang) -> &'static str {
        match self {
            UploadFault::Big => lang.t(
                "文件超过 20 MB，没有上传",
                "The file is larger than 20 MB and was not taken",
            ),
            UploadFault::Kind => lang.t(
                "只接受 PDF、PNG、JPEG、Word（docx）和 Excel（xlsx）文件，按内容识别，不看文件名；带宏的和压缩包不收",
                "Only PDF, PNG, JPEG, Word (docx) and Excel (xlsx) files are taken, told by their content; no macros, no archives",
            ),
            UploadFault::None => lang.t("没有选择文件", "No file was chosen"),
        }
    }
}

/// What a file field says: for the `accept` attribute of its input.
pub(crate) const ACCEPTED: &str = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx";

/// Says of a request that its last file was larger than what was read of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

/// 上传的文件. A file of a form, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentFile {
    /// Field of the form.
    pub(crate) field: String,
    /// Name as sent.
    pub(crate) name: String,
    /// Content.
    pub(crate) bytes: Bytes,
    /// Whether only its beginning is here.
    is_cut: bool,
}

impl SentFile {
    /// The kind of its content, and its tidy name; what is wrong with it otherwise.
    pub(crate) fn checked(&self) -> Result<(FileKind, String), UploadFault> {
        if self.is_cut || self.bytes.len() > MAX_ATTACHMENT_BYTES {
            return Err(UploadFault::Big);
        }
        let kind = FileKind::of(&self.bytes).ok_or(UploadFault::Kind)?;
        Ok((kind, file_name(&self.name, kind)))
    }
}

/// 带文件的表单. Its fields and its files, in order; fields of files that were not chosen are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<SentFile>,
    /// Whether the last part is a file.
    ends_in_file: bool,
}

impl Sent {
    /// Of a form without files.
    pub(crate) fn of_text(bytes: &[u8]) -> Sent {
        Sent {
            fields: url::form_urlencoded::parse(bytes).into_owned().collect(),
            ..Sent::default()
        }
    }

    /// The first value of a field, without blanks around it; empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The first file of a field.
    pub(crate) fn file(&self, field: &str) -> Result<&SentFile, UploadFault> {
        let found = self.files.iter().find(|file| file.field == field);
        match found.ok_or(UploadFault::None)? {
            file if file.is_cut => Err(UploadFault::Big),
            file => Ok(file),
        }
    }
}

/// Reads both kinds of forms: a browser sends one without `enctype` as text.
impl FromRequest<WebState> for Sent {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &WebState) -> Result<Sent, WebError> {
        let (parts, body) = request.into_parts();
        let unreadable = || {
            let text = "提交的表单读不懂，没有执行。请刷新页面后重新提交。";
            WebError::of(StatusCode::BAD_REQUEST, text)
        };
        // A form that was cut has an ending of ours behind what was read of it.
        let bytes = to_bytes(body, LONGEST_UPLOAD + LONGEST_ENDING)
            .await
            .map_err(|_| unreadable())?;
        match boundary(&parts.headers) {
            Some(boundary) => {
                let mut sent = read(&boundary, &bytes).ok_or_else(unreadable)?;
                let is_cut = parts.extensions.get::<Cut>().is_some();
                if let Some(last) = sent.files.last_mut().filter(|_| is_cut) {
                    last.is_cut = true;
                }
                Ok(sent)
            }
            None => Ok(Sent::of_text(&bytes)),
        }
    }
}

/// A form that was too long, ended where it was cut; `None` where that is not inside a file.
pub(crate) fn ended(boundary: &str, bytes: &Bytes) -> Option<Bytes> {
    let whole = Bytes::from([bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat());
    read(boundary, &whole)?.ends_in_file.then_some(whole)
}

/// The boundary of a multipart form; `None` where the request is none.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (form, params) = kind.split_once(';')?;
    if !form.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = params.split(';').find_map(|param| {
        let (name, value) = param.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then_some(value)
    })?;
    let value = value.trim().trim_matches('"');
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

/// A field of a multipart form without reading its files: where the token stands.
pub(crate) fn field_of(boundary: &str, bytes: &Bytes, name: &str) -> Option<String> {
    let sent = read(boundary, bytes)?;
    let found = sent.fields.into_iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value)
}

/// The parts of a multipart form; `None` where it is not one from its first to its last line.
pub(crate) fn read(boundary: &str, bytes: &Bytes) -> Option<Sent> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let finder = memmem::Finder::new(next.as_bytes());
    let mut sent = Sent::default();
    // What stands before the first boundary is for nobody.
    let mut at = match bytes.starts_with(first.as_bytes()) {
        true => first.len(),
        false => finder.find(bytes)? + next.len(),
    };
    for _ in 0..MOST_PARTS {
        let rest = &bytes[at..];
        if rest.starts_with(b"--") {
            return Some(sent);
        }
        let rest = rest.strip_prefix(b"\r\n")?;
        let head_at = bytes.len() - rest.len();
        let head_length = memmem::find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_length]).ok()?;
        let body_at = head_at + head_length + 4;
        let body_length = finder.find(&bytes[body_at..])?;
        let body = bytes.slice(body_at..body_at + body_length);
        at = body_at + body_length + next.len();
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-disposition")
                .then_some(value)
        })?;
        let field = param(disposition, "name")?;
        sent.ends_in_file = false;
        match param(disposition, "filename") {
            None => sent
                .fields
                .push((field, String::from_utf8(body.to_vec()).ok()?)),
            Some(name) if name.is_empty() && body.is_empty() => {}
            Some(name) => {
                sent.ends_in_file = true;
                sent.files.push(SentFile {
                    field,
                    name,
                    bytes: body,
                    is_cut: false,
                });
            }
        }
    }
    None
}

/// A quoted parameter. Browsers write quotes and line ends inside as `%22`, `%0D` and `%0A`, so that the next quote ends it.
fn param(line: &str, name: &str) -> Option<String> {
    let mut from = 0;
    let wanted = format!("{name}=\"");
    loop {
        let at = from + line[from..].find(&wanted)?;
        let before = line[..at].chars().next_back();
        let value = &line[at + wanted.len()..];
        let end = value.find('"')?;
        // `name` also ends `filename`.
        if matches!(before, Some(' ' | ';')) {
            return Some(
                value[..end]
                    .replace("%22", "\"")
                    .replace("%0D", "")
                    .replace("%0A", ""),
            );
        }
        from = at + wanted.len() + end + 1;
    }
}

/// 附件归属. Whose a file becomes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// Object, such as `round/2026Q1/target/1234567890`.
    pub(crate) object: String,
    /// What of it the file is about; may be empty.
    pub(crate) about: String,
    /// Unit that may read it; `None` where only those may who read everything.
    pub(crate) unit: Option<String>,
}

/// Keeps the bytes of a file and says what is to be written down of it, in the transaction of the caller or by itself
/// (`Store::put_attachment`).
pub(crate) async fn keep(
    state: &WebState,
    viewer: &Viewer,
    owner: Owner,
    file: &SentFile,
) -> Result<Result<NewAttachment, UploadFault>, WebError> {
    let (kind, name) = match file.checked() {
        Ok(checked) => checked,
        Err(fault) => return Ok(Err(fault)),
    };
    let (folder, bytes) = (state.attachments.clone(), file.bytes.clone());
    let size_bytes = bytes.len() as u64;
    let kept = tokio::task::spawn_blocking(move || folder.put(&bytes)).await;
    let sha256 = kept.map_err(|_| WebError::failed("附件写入中断，请重试"))??;
    Ok(Ok(NewAttachment {
        owner: owner.object,
        about: owner.about,
        organization: owner.unit,
        name,
        kind,
        sha256,
        size_bytes,
        by: viewer.person.clone(),
        at: state.now(),
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FORM: &str = "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n\
        --B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n两行\r\n--A\r\n\
        --B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"报告 %22一%22.pdf\"\r\nContent-Type: text/html\r\n\r\n%PDF-1.7\r\n--\r\n\r\n\
        --B\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n\
        --B--\r\n";

    fn bytes(text: &str) -> Bytes {
        Bytes::from(text.to_owned())
    }

    #[test]
    fn a_form_comes_apart_into_fields_and_files() {
        let sent = read("B", &bytes(FORM)).unwrap();
        let fields = [("csrf", "abc"), ("note", "两行\r\n--A")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sent.fields, fields);
        assert_eq!(sent.files.len(), 1, "a file that was not chosen is none");
        let file = sent.file("file").unwrap();
        assert_eq!(file.name, "报告 \"一\".pdf");
        assert_eq!(file.bytes, "%PDF-1.7\r\n--\r\n");
        assert_eq!(
            file.checked().unwrap().0,
            FileKind::Pdf,
            "whatever it says it is"
        );
        assert_eq!(sent.file("none"), Err(UploadFault::None));
        assert_eq!(field_of("B", &bytes(FORM), "csrf").unwrap(), "abc");
    }

    #[test]
    fn what_is_broken_off_is_no_form() {
        for end in 0..FORM.len() - 4 {
            if FORM.is_char_boundary(end) {
                assert_eq!(read("B", &bytes(&FORM[..end])), None, "{end}");
            }
        }
        assert_eq!(read("B", &bytes("")), None);
        let many = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(500);
        assert_eq!(read("B", &bytes(&format!("{many}--B--\r\n"))), None);
    }

    #[test]
    fn the_boundary_stands_in_the_header() {
        for (header, expected) in [
            ("multipart/form-data; boundary=B", Some("B")),
            (
                "multipart/form-data; charset=utf-8; boundary=\"a b\"",
                Some("a b"),
            ),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, header.parse().unwrap());
            assert_eq!(boundary(&headers).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn a_file_of_no_kind_or_too_large_is_not_taken() {
        let file = |bytes: Vec<u8>| SentFile {
            field: "file".into(),
            name: "a.pdf".into(),
            bytes: bytes.into(),
            is_cut: false,
        };
        let script = file(b"<script>alert(1)</script>".to_vec());
        assert_eq!(script.checked(), Err(UploadFault::Kind));
        let mut big = b"%PDF-1.7".to_vec();
        big.resize(MAX_ATTACHMENT_BYTES + 1, b' ');
        assert_eq!(file(big).checked(), Err(UploadFault::Big));
    }
}
