//! 浏览器实测: what a browser says of pages that were opened in it after the crawl. The shapes only; who opens them is the gatherer.

use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceRef;

/// 版面实测. How wide the home page is on a phone's screen, as a browser laid it out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenFacts {
    /// Address of the page.
    pub url: String,
    /// Width of the screen in CSS pixels.
    pub screen_px: u32,
    /// Width to which the page lets itself be laid out on that screen: more where it declares no viewport, or a fixed one.
    pub viewport_px: u32,
    /// Width that the page takes where it is laid out to the width of the screen.
    pub content_px: u32,
    /// Selector of the widest element that sticks out; empty where none does.
    pub widest: String,
    /// Its width.
    pub widest_px: u32,
    /// How it begins in the document.
    pub quote: String,
    /// Why the layout may not be the one that readers see, in Chinese.
    pub doubts: Vec<String>,
    /// Why nothing was measured, in Chinese; empty where it was.
    pub trouble: String,
    /// Evidence of the page that was opened; `None` where there is none.
    pub evidence: Option<EvidenceRef>,
}

impl ScreenFacts {
    /// Whether the whole page was laid out, with all that it is made of.
    pub fn is_whole(&self) -> bool {
        self.trouble.is_empty() && self.doubts.is_empty() && self.content_px > 0
    }
}

/// 网页无障碍. What keeps people out of one page, as an engine found it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessibilityFacts {
    /// Address of the page.
    pub url: String,
    /// Name and version of the engine.
    pub engine: String,
    /// Serious and critical faults, in the order of their rules.
    pub faults: Vec<AccessibilityFault>,
    /// Why the page may not be the one that readers see, in Chinese.
    pub doubts: Vec<String>,
    /// Why it was not looked at, in Chinese; empty where it was.
    pub trouble: String,
    /// Evidence of the page that was opened; `None` where there is none.
    pub evidence: Option<EvidenceRef>,
}

/// 无障碍问题. One rule that a page breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessibilityFault {
    /// The engine's name of the rule.
    pub rule: String,
    /// `serious` or `critical`.
    pub impact: String,
    /// What the engine says of it, in English.
    pub help: String,
    /// Its name in Chinese, from `lexicons/accessibility.toml`; empty where that has none.
    #[serde(default)]
    pub name: String,
    /// Elements that break it.
    pub count: u32,
    /// The first of them.
    pub nodes: Vec<FaultyNode>,
}

/// 问题元素.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultyNode {
    /// Selector.
    pub selector: String,
    /// Its HTML, cut.
    pub html: String,
}
