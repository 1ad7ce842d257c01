//! 存疑: which answers deserve a second look.

use xuncha_core::evidence::{Capture, Failure};
use xuncha_core::facts::is_bad_look;

/// 存疑链接. A first look that did not convince; it is asked again later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Address.
    pub url: String,
    /// Whether it is read as a page.
    pub is_page: bool,
}

/// Whether an answer deserves a second look, by its state alone. What was our own doing would come out the same.
pub fn is_doubtful(capture: &Capture) -> bool {
    if capture.failure.as_ref().is_some_and(Failure::is_ours) {
        return false;
    }
    !capture.is_success() || capture.size_bytes == 0 || is_bad_look(capture)
}

/// An attachment or image that came as a web page: often an error page.
pub(crate) fn is_page_in_disguise(capture: &Capture) -> bool {
    let path = capture
        .url
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_page_name = [
        "htm", "html", "shtml", "jsp", "php", "asp", "aspx", "do", "/",
    ]
    .iter()
    .any(|end| path.ends_with(end));
    capture
        .content_type
        .to_ascii_lowercase()
        .starts_with("text/html")
        && !is_page_name
}
