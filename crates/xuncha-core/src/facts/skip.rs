//! 未读: why the crawl left an address of the site unread. Traps are bounds of ours, never a fault of the site.

use serde::{Deserialize, Serialize};

/// 未读原因. See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// The site's robots.txt forbids it.
    Robots,
    /// The site has more pages than the crawl may read.
    PageBudget,
    /// The site has more images, files and attachments than the crawl may look at.
    LookBudget,
    /// Too many links away from the home page.
    TooFar,
    /// One more of endlessly many addresses that differ in numbers alone: a calendar, a pager without end.
    EndlessPages,
    /// The address is too long.
    LongAddress,
    /// The path has too many folders.
    DeepPath,
    /// The same folder comes back in its own path.
    GrowingPath,
}

impl Skip {
    /// Whether it was left out because a budget was used up, so that a larger one would have read it.
    pub fn is_budget(self) -> bool {
        matches!(self, Skip::PageBudget | Skip::LookBudget)
    }

    /// As people read it.
    pub fn text(self) -> &'static str {
        match self {
            Skip::Robots => "网站的 robots.txt 不允许抓取",
            Skip::PageBudget => "超出每站页数上限",
            Skip::LookBudget => "超出每站图片、附件等链接数上限",
            Skip::TooFar => "离首页太远（疑似无穷链接）",
            Skip::EndlessPages => "只有数字不同的地址过多（疑似日历或无穷翻页）",
            Skip::LongAddress => "网址过长（疑似无穷链接）",
            Skip::DeepPath => "目录层次过深（疑似无穷链接）",
            Skip::GrowingPath => "目录反复嵌套（疑似无穷链接）",
        }
    }
}
