//! 浏览器: pages that show nothing without their scripts, rendered in headless Chromium.
//!
//! Chromium never touches the network: every request of a page stops in front of us and is answered by a [`Supplier`]: from the
//! evidence, or by our own client, so that guard, rate, robots.txt and evidence hold for scripts as they hold for links. What is not
//! intercepted (WebSockets, prefetches) ends at a proxy that is not there. Scripts run in virtual time on the civil clock: a page has
//! [`Limits::page_time`] of its own, waiting for us not counted, and its timers do not make us wait.
//!
//! The trait [`Renderer`] is all that the crawl knows. Start reading at `visit.rs` (one page), then `pool.rs`
//! (processes and tabs).

mod cdp;
mod decide;
mod find;
mod inspect;
mod pool;
mod process;
mod tab;
mod visit;

use std::path::PathBuf;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::civil::DateTime;
use std::sync::Arc;
use xuncha_core::facts::opened::AccessibilityFault;

pub use find::{BrowserChoice, find};
pub use pool::Chromium;
pub use process::{is_root, version};

/// 浏览器设置. Which browser, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSettings {
    /// Executable.
    pub program: PathBuf,
    /// Pages rendered for one site at most.
    pub pages_per_site: usize,
    /// Tabs at work at once.
    pub tabs: usize,
    /// Pages after which a process is replaced by a new one.
    pub pages_per_process: usize,
    /// Folders of fonts besides the system's.
    pub font_folders: Vec<PathBuf>,
    /// Limits for each page.
    pub limits: Limits,
}

impl BrowserSettings {
    /// This browser, with the usual limits.
    pub fn new(program: PathBuf) -> BrowserSettings {
        BrowserSettings {
            program,
            pages_per_site: 50,
            tabs: 2,
            pages_per_process: 50,
            font_folders: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// 渲染限度. What one page may take. Real time, except where it says otherwise: scripts run on this machine and not on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time on the page's own (virtual) clock after its document came, while no request of it is under way.
    pub page_time: Duration,
    /// Longest time without an answer of ours or the end of the page's time: a script that never gives way.
    pub stuck_after: Duration,
    /// All in all, our waiting for politeness included.
    pub whole: Duration,
    /// Requests that are answered.
    pub requests: usize,
    /// Navigations of the page to other documents of its host.
    pub navigations: usize,
    /// Size of the rendered page.
    pub html_bytes: usize,
    /// Private memory of all processes of a browser; beyond it the largest page is ended.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            page_time: Duration::from_secs(10),
            stuck_after: Duration::from_secs(20),
            whole: Duration::from_secs(120),
            requests: 100,
            navigations: 5,
            html_bytes: 8 << 20,
            memory_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// The same for a page that is only looked at: it has been crawled, and most of it is at hand.
    pub fn for_inspection(&self) -> Limits {
        Limits {
            page_time: self.page_time.min(Duration::from_secs(3)),
            whole: self.whole.min(Duration::from_secs(45)),
            ..self.clone()
        }
    }
}

/// 待查看页面. A page that is opened to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToInspect {
    /// Address.
    pub url: String,
    /// Civil time (UTC+8) that scripts are told.
    pub now: DateTime,
    /// What is asked of it.
    pub inspection: Inspection,
}

/// 查看内容.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inspection {
    /// How wide it is on a phone's screen.
    Screen {
        /// Width of the screen.
        width: u32,
    },
    /// What keeps people out of it.
    Access {
        /// Source of axe-core.
        engine: Arc<str>,
    },
}

/// 查看结果.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inspected {
    /// Of a screen.
    Screen(Measured),
    /// Of what keeps people out.
    Access(Access),
}

/// 实测版面. How wide a page is on a phone's screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Width to which the page lets itself be laid out on that screen.
    pub viewport_px: u32,
    /// Width that it takes where it is laid out to the screen's width.
    pub content_px: u32,
    /// Selector of the widest element that sticks out, empty where none does.
    pub widest: String,
    /// Its width.
    pub widest_px: u32,
    /// How it begins in the document.
    pub quote: String,
    /// Why it may be laid out otherwise for a reader, in Chinese.
    pub doubts: Vec<String>,
}

/// 无障碍所见. What an engine found in a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Name and version of the engine.
    pub engine: String,
    /// Serious and critical faults by rule.
    pub faults: Vec<AccessibilityFault>,
    /// Why a reader may see something else, in Chinese.
    pub doubts: Vec<String>,
}

/// 待渲染页面.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToRender {
    /// Address.
    pub url: String,
    /// Civil time (UTC+8) that scripts are told.
    pub now: DateTime,
}

/// 待成像页面. A page that is shown from the evidence and photographed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToShow {
    /// Address.
    pub url: String,
    /// Whether its scripts run; a page that was kept after they had run needs them no more.
    pub runs_scripts: bool,
    /// Width of the window.
    pub width: u32,
    /// Height at which the picture is cut.
    pub max_height: u32,
}

/// 渲染结果. A page after its scripts have run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The document as HTML.
    pub html: String,
    /// Address of the document in the end.
    pub final_url: String,
    /// Status of the document's answer.
    pub status: u16,
    /// Requests that were answered.
    pub requests: u32,
    /// Why the page may show less than a reader would see, in Chinese; empty where nothing speaks for that.
    pub doubts: Vec<String>,
}

/// 未渲染. Why a page could not be rendered. The page is at most undetermined for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrendered {
    /// The browser does not start.
    #[error("浏览器无法启动：{0}")]
    NoBrowser(String),
    /// The browser or the page's process ended.
    #[error("浏览器在渲染时异常退出")]
    Crashed,
    /// The page used up its memory.
    #[error("页面占用内存超出上限")]
    TooLarge,
    /// The page's scripts never came to an end.
    #[error("页面脚本在时限内没有结束")]
    TooSlow,
    /// Its document did not come.
    #[error("页面没有返回可渲染的内容：{0}")]
    NoDocument(String),
    /// Something else, said in English.
    #[error("渲染失败：{0}")]
    Failed(String),
}

/// 请求种类. What a page asks for, as far as it matters to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedKind {
    /// The page itself.
    Document,
    /// Scripts and styles, which the crawl looks at too.
    Asset,
    /// What scripts load, and frames of a page that is looked at.
    Data,
    /// Pictures of a page that is looked at.
    Picture,
}

/// 页面请求. What a page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Address, without fragment.
    pub url: String,
    /// What it is.
    pub kind: AskedKind,
}

/// 应答. What a page is answered; redirects are answers of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Supply {
    /// An answer.
    Answer {
        /// Status.
        status: u16,
        /// Headers that still hold for the decoded body.
        headers: Vec<(String, String)>,
        /// Decoded body.
        body: Vec<u8>,
    },
    /// None, and why, in Chinese.
    Nothing(String),
}

/// 供应者. Answers the requests of a page: from the evidence, or by asking the site politely.
pub trait Supplier: Send + Sync {
    /// The answer to a request by GET.
    fn supply<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Supply>;
}

/// 渲染器.
pub trait Renderer: Send + Sync {
    /// Renders a page; waits for a free tab first.
    fn render<'a>(
        &'a self,
        page: &'a PageToRender,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Rendered, Unrendered>>;
    /// A picture of a page, as PNG. Pictures are made one after the other.
    fn show<'a>(
        &'a self,
        page: &'a PageToShow,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Vec<u8>, Unrendered>>;
    /// Opens a page and looks at it; waits for a free tab first.
    fn inspect<'a>(
        &'a self,
        page: &'a PageToInspect,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Inspected, Unrendered>>;
    /// Ends the browser and waits until it is gone; a later page starts a new one.
    fn close(&self) -> BoxFuture<'_, ()>;
}
