//! What the province answers to one request, before it becomes bytes on a socket.

use bytes::Bytes;

/// 应答: one answer of the province.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`; empty to send none.
    pub content_type: String,
    /// Further headers, such as `Location`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// Delay before the answer in virtual milliseconds; the server divides it by the speed.
    pub delay_ms: u64,
    /// The connection is closed without an answer.
    pub close: bool,
}

impl Response {
    /// An answer 200 with this type and body.
    #[must_use]
    pub fn ok(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::status(200, content_type, body)
    }

    /// An HTML page in UTF-8.
    #[must_use]
    pub fn html(body: impl Into<Bytes>) -> Self {
        Self::ok("text/html; charset=utf-8", body)
    }

    /// An answer with this status, type and body.
    #[must_use]
    pub fn status(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            body: body.into(),
            delay_ms: 0,
            close: false,
        }
    }

    /// A redirect to `location` with `status` (301, 302, …).
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        let mut response = Self::status(status, "text/html; charset=utf-8", Bytes::new());
        response
            .headers
            .push(("Location".into(), location.to_owned()));
        response
    }

    /// The connection is closed without an answer.
    #[must_use]
    pub fn closed() -> Self {
        Self {
            close: true,
            ..Self::status(503, "", Bytes::new())
        }
    }

    /// The same answer after `delay_ms` virtual milliseconds.
    #[must_use]
    pub fn after(mut self, delay_ms: u64) -> Self {
        self.delay_ms = delay_ms;
        self
    }
}
