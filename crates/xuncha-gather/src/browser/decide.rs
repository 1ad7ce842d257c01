//! What a page may ask for. Everything that is not plainly needed for its text is refused without asking anybody.

use serde_json::Value;

use super::{Asked, AskedKind};

/// A request of a page that waits for us.
pub(crate) struct Paused {
    /// Number under which it is answered.
    pub id: String,
    /// Whether an answer of ours to another request led here.
    pub is_redirected: bool,
    /// Address without fragment.
    pub url: String,
    method: String,
    kind: String,
    frame: String,
}

impl Paused {
    pub fn read(params: &Value) -> Paused {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let url = text(&params["request"]["url"]);
        Paused {
            id: text(&params["requestId"]),
            is_redirected: !text(&params["redirectedRequestId"]).is_empty(),
            url: url.split('#').next().unwrap_or_default().to_owned(),
            method: text(&params["request"]["method"]),
            kind: text(&params["resourceType"]),
            frame: text(&params["frameId"]),
        }
    }

    /// Whether the page itself is asked for, in this main frame.
    pub fn is_page(&self, main_frame: &str) -> bool {
        self.kind == "Document" && self.frame == main_frame
    }
}

/// What a page is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Its text and links.
    Text,
    /// A picture of it, from the evidence.
    Picture,
    /// How it is laid out and what its elements are called.
    Inspection,
}

/// 裁决.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is answered.
    Ask(Asked),
    /// It is refused, and the page's text does not depend on it.
    Refuse,
    /// It is refused, and the page may show less for it: why, in Chinese.
    RefuseAndSay(String),
}

pub(crate) fn decide(paused: &Paused, main_frame: &str, purpose: Use) -> Decision {
    let is_web = paused.url.starts_with("http://") || paused.url.starts_with("https://");
    if !is_web {
        return Decision::Refuse;
    }
    let kind = match paused.kind.as_str() {
        "Document" if paused.is_page(main_frame) => AskedKind::Document,
        "Script" | "Stylesheet" => AskedKind::Asset,
        "XHR" | "Fetch" => AskedKind::Data,
        "EventSource" => {
            return Decision::RefuseAndSay(format!("没有建立持续连接 {}", paused.url));
        }
        "Image" | "Font" | "Document" if purpose == Use::Picture => AskedKind::Asset,
        // Pictures take room, and a frame that fills the page is the page.
        "Image" if purpose == Use::Inspection => AskedKind::Picture,
        "Document" if purpose == Use::Inspection => AskedKind::Data,
        // Frames are pages of their own and are crawled as such; pictures, fonts, media and beacons carry no text.
        _ => return Decision::Refuse,
    };
    if paused.method != "GET" {
        return Decision::RefuseAndSay(format!(
            "没有发送 {} 请求 {}（只用 GET）",
            paused.method, paused.url
        ));
    }
    Decision::Ask(Asked {
        url: paused.url.clone(),
        kind,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decision(kind: &str, method: &str, frame: &str, url: &str) -> Decision {
        let paused = Paused::read(&json!({
            "requestId": "1", "frameId": frame, "resourceType": kind,
            "request": { "url": url, "method": method },
        }));
        decide(&paused, "main", Use::Text)
    }

    #[test]
    fn only_what_the_text_depends_on_is_asked() {
        let url = "http://a.cn/x#y";
        let asked = |kind| {
            Decision::Ask(Asked {
                url: "http://a.cn/x".to_owned(),
                kind,
            })
        };
        assert_eq!(
            decision("Document", "GET", "main", url),
            asked(AskedKind::Document)
        );
        assert_eq!(
            decision("Script", "GET", "main", url),
            asked(AskedKind::Asset)
        );
        assert_eq!(decision("XHR", "GET", "frame", url), asked(AskedKind::Data));
        for kind in ["Image", "Media", "Font", "Ping", "Other", "Manifest"] {
            assert_eq!(decision(kind, "GET", "main", url), Decision::Refuse);
        }
        assert_eq!(decision("Document", "GET", "frame", url), Decision::Refuse);
        for url in ["file:///etc/passwd", "ftp://a.cn/", "chrome://version/"] {
            assert_eq!(decision("Document", "GET", "main", url), Decision::Refuse);
        }
        for (kind, method) in [
            ("XHR", "POST"),
            ("Document", "POST"),
            ("EventSource", "GET"),
        ] {
            assert!(matches!(
                decision(kind, method, "main", url),
                Decision::RefuseAndSay(_)
            ));
        }
    }
}
