//! The plan of accounts: what each is, and what is planted on it.

use jiff::civil::{Date, DateTime};

pub use super::planted::{Certified, Download, Duplicate, Filing, Growth, Interaction, Posting};

/// 平台: a platform of the province, with its own host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// 微信公众号
    Weixin,
    /// 微博
    Weibo,
    /// 今日头条
    Toutiao,
    /// 抖音
    Douyin,
    /// 快手
    Kuaishou,
    /// 视频号
    Shipinhao,
    /// 百家号
    Baijiahao,
    /// 小程序
    MiniProgram,
    /// 客户端
    App,
}

impl Platform {
    /// All platforms.
    pub const ALL: [Self; 9] = [
        Self::Weixin,
        Self::Weibo,
        Self::Toutiao,
        Self::Douyin,
        Self::Kuaishou,
        Self::Shipinhao,
        Self::Baijiahao,
        Self::MiniProgram,
        Self::App,
    ];

    /// The name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weixin => "微信公众号",
            Self::Weibo => "微博",
            Self::Toutiao => "今日头条",
            Self::Douyin => "抖音",
            Self::Kuaishou => "快手",
            Self::Shipinhao => "视频号",
            Self::Baijiahao => "百家号",
            Self::MiniProgram => "小程序",
            Self::App => "客户端",
        }
    }

    /// The word used in the truth file and in the host.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Weixin => "weixin",
            Self::Weibo => "weibo",
            Self::Toutiao => "toutiao",
            Self::Douyin => "douyin",
            Self::Kuaishou => "kuaishou",
            Self::Shipinhao => "shipinhao",
            Self::Baijiahao => "baijiahao",
            Self::MiniProgram => "miniprogram",
            Self::App => "app",
        }
    }

    /// The host of its account pages.
    #[must_use]
    pub const fn host(self) -> &'static str {
        match self {
            Self::Weixin => "weixin.platform.example",
            Self::Weibo => "weibo.platform.example",
            Self::Toutiao => "toutiao.platform.example",
            Self::Douyin => "douyin.platform.example",
            Self::Kuaishou => "kuaishou.platform.example",
            Self::Shipinhao => "shipinhao.platform.example",
            Self::Baijiahao => "baijiahao.platform.example",
            Self::MiniProgram => "mini.platform.example",
            Self::App => super::STORE_HOST,
        }
    }

    /// Accounts that publish posts; a mini program and an app do not.
    #[must_use]
    pub const fn publishes(self) -> bool {
        !matches!(self, Self::MiniProgram | Self::App)
    }
}

/// 账号状态: the state in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// 正常
    Running,
    /// 关停
    Closed,
    /// 注销
    Cancelled,
}

impl AccountState {
    /// The word of the registry.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "正常",
            Self::Closed => "关停",
            Self::Cancelled => "注销",
        }
    }
}

/// 日期样式: how a list writes the days of its posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateStyle {
    /// 2026-03-05
    Iso,
    /// 2026-03-05 10:20
    IsoMinute,
    /// 2026年3月5日
    Chinese,
    /// 3月5日, with the year when it is another one
    ShortChinese,
    /// 刚刚, 3小时前, 昨天 10:20, 3天前, then 03-05
    Relative,
    /// 3天前, 2个月前
    DaysAgo,
    /// In the JSON of a script only, as seconds
    Script,
}

/// 订阅格式: the format of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFormat {
    /// RSS 2.0
    Rss,
    /// Atom 1.0
    Atom,
    /// JSON Feed 1.1
    Json,
}

/// 政务新媒体: one account of the plan.
#[derive(Debug, Clone)]
pub struct AccountPlan {
    /// `A000001` and so on.
    pub id: String,
    /// Name of the account.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// 类型 of the registry: 订阅号, 服务号, 政务微博, 短视频 …
    pub kind: &'static str,
    /// Index into the province's units.
    pub org: usize,
    /// Index into the province's regions.
    pub region: usize,
    /// 认证主体: the unit that the platform verified.
    pub subject: String,
    /// Short name of the region, for titles.
    pub place: String,
    /// Path of the page and of everything below it: the account's own word in addresses.
    pub slug: String,
    /// 主页链接
    pub page_url: String,
    /// 订阅源链接; empty when there is none.
    pub feed_url: String,
    /// 下载链接; empty when it is not an app.
    pub download_url: String,
    /// Interaction column of the region's portal; empty when it cannot be reached.
    pub portal: String,
    /// State in the registry.
    pub state: AccountState,
    /// 开设日期
    pub opened: Date,
    /// The monitoring point; nothing is posted after it.
    pub as_of: DateTime,
    /// Stream of this account's own draws.
    pub seed: u64,
    /// How its list writes days.
    pub dates: DateStyle,
    /// Format of its feed.
    pub feed: FeedFormat,
    /// How it posts.
    pub posting: Posting,
    /// How it lets people speak.
    pub interaction: Interaction,
    /// How the app can be had.
    pub download: Download,
    /// Whether the unit has it twice.
    pub duplicate: Duplicate,
    /// For whom it is certified.
    pub certified: Certified,
    /// Whether its name says nothing of unit or region.
    pub unclear_name: bool,
    /// Filing of an app or a mini-program.
    pub filing: Filing,
    /// How its followers moved.
    pub growth: Growth,
    /// 粉丝数 now.
    pub followers: u64,
    /// 粉丝数 in the sheet of the last round; `None` when it was not drawn then.
    pub followers_before: Option<u64>,
    /// Failures that only a person can see: question id, number, note.
    pub manual: Vec<(&'static str, u32, &'static str)>,
}

impl AccountPlan {
    /// True when the account is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == AccountState::Running
    }

    /// True when a veto applies to it, so that it fails the spot check.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.posting.is_stale()
            || self.interaction.is_mute()
            || self.download.is_dead()
            || !self.manual.is_empty()
    }
}
