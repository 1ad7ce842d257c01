//! The province as data: regions, units, sites, accounts, dates. Values only; drawing stands in `plan`.

use jiff::civil::{Date, DateTime, date};

use crate::accounts::plan::AccountPlan;

pub use crate::planted::{
    CertificatePlan, DatesPlan, Defects, MessagesPlan, PromptPlan, SearchPlan, StatisticsPlan,
};

/// 规模: how large the province is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 30 sites, 45 accounts (about 120 sites under the plan `dense`).
    Small,
    /// 577 sites, 897 accounts.
    Full,
}

/// 缺陷方案: how often defects are planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanKind {
    /// Rates like those of a real quarterly notice.
    Realistic,
    /// At least 20 planted defects and 20 near misses for every check; about 120 sites whatever the scale.
    Dense,
}

/// 日期: the dates of the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// Where the virtual clock starts, 14 days before `as_of`.
    pub monitor_from: DateTime,
    /// The monitoring point 监测时间点; nothing is published after it.
    pub as_of: DateTime,
}

impl Dates {
    /// The dates of the first quarter of 2026.
    #[must_use]
    pub const fn quarter_2026q1() -> Self {
        Self {
            monitor_from: date(2026, 3, 6).at(9, 0, 0, 0),
            as_of: date(2026, 3, 20).at(9, 0, 0, 0),
        }
    }
}

/// 级别: the level of a region or unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 省级
    Province,
    /// 市级
    City,
    /// 县级
    County,
}

impl Level {
    /// 省, 市 or 县, as the sheet 地区 writes it.
    #[must_use]
    pub const fn region_word(self) -> &'static str {
        match self {
            Self::Province => "省",
            Self::City => "市",
            Self::County => "县",
        }
    }

    /// 省级, 市级 or 县级, as the sheet 单位 writes it.
    #[must_use]
    pub const fn unit_word(self) -> &'static str {
        match self {
            Self::Province => "省级",
            Self::City => "市级",
            Self::County => "县级",
        }
    }
}

/// 地区: a region with its fictional division code.
#[derive(Debug, Clone)]
pub struct Region {
    /// Six digits, `99xxxx`.
    pub code: String,
    /// Full name such as 青石市.
    pub name: String,
    /// Name without its level, such as 青石.
    pub short: String,
    /// Pinyin of the short name, such as `qingshi`.
    pub pinyin: String,
    /// Initials of the short name, such as `qs`.
    pub initials: String,
    /// Its level.
    pub level: Level,
    /// Code of the region above; `None` for the province.
    pub parent: Option<String>,
}

/// 单位: a government or department.
#[derive(Debug, Clone)]
pub struct Org {
    /// `D00001` and so on.
    pub id: String,
    /// Full name such as 青石市应急管理局.
    pub name: String,
    /// Short name in speech such as 青石应急.
    pub short: String,
    /// Region it belongs to.
    pub region_code: String,
    /// Its level.
    pub level: Level,
    /// Unit above; `None` for the provincial government.
    pub parent: Option<String>,
    /// Governments at county level and above should open accounts.
    pub requires_accounts: bool,
    /// True for a people's government (not a department).
    pub is_government: bool,
}

/// 网站类型: portal or department site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    /// 政府门户网站
    Portal,
    /// 部门网站
    Department,
}

impl SiteKind {
    /// 门户 or 部门.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Portal => "门户",
            Self::Department => "部门",
        }
    }
}

/// 网站状态: the state in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteState {
    /// 正常
    Running,
}

impl SiteState {
    /// The word of the registry.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "正常",
        }
    }
}

/// 网站: one site of the plan. What its pages hold is drawn in `content`.
#[derive(Debug, Clone)]
pub struct SitePlan {
    /// Identification code: division code and a four-digit serial.
    pub code: String,
    /// Name in the registry, also shown in the site's header.
    pub name: String,
    /// Name in the national reporting system; now and then another one.
    pub reporting_name: String,
    /// Host such as `www.qingshi.gov.cn`.
    pub host: String,
    /// Served over HTTPS, with HTTP redirecting to it.
    pub https: bool,
    /// Portal or department.
    pub kind: SiteKind,
    /// Index into [`Province::orgs`].
    pub org: usize,
    /// Index into [`Province::regions`].
    pub region: usize,
    /// The template family.
    pub family: Family,
    /// The unit offers no services to the public.
    pub no_services: bool,
    /// ICP filing number.
    pub icp: String,
    /// Police filing number (14 digits within its usual wording).
    pub police: String,
    /// State in the registry.
    pub state: SiteState,
    /// What is planted.
    pub defects: Defects,
    /// What is planted for a security officer.
    pub safety: crate::content::safety::SafetyPlan,
    /// How it is run.
    pub conduct: crate::content::conduct::ConductPlan,
}

impl SitePlan {
    /// The home address with its scheme and final slash.
    #[must_use]
    pub fn home(&self) -> String {
        format!(
            "{}://{}/",
            if self.https { "https" } else { "http" },
            self.host
        )
    }
}

/// 模板族: the way a content management system lays out its addresses and pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Dated article addresses `/art/2026/3/1/art_12_345.html`, lists paged by an inline script.
    Jpage,
    /// `t20260301_123.html` below column folders, `createPageHTML`.
    Trs,
    /// `content_123.html`, lists paged by `list.html?page=2`.
    Kaipu,
    /// `NewsShow.aspx?id=123` in GB2312, declared in a meta element.
    Aspx,
    /// `/html/2026/0301/123.shtml` in GB18030, declared in the header only.
    Shtml,
    /// `/info/1003/2345.htm`, server-side pages counted downwards.
    Boda,
    /// Lists drawn by a script from inline JSON.
    Script,
    /// The home page is a frameset.
    Frames,
    /// `/shownews.asp?id=12` of the first years: tables in tables, `font`, pictures as bullets, GB18030 declared as gb2312.
    Nested,
    /// Drawn on the server from components: hashed classes, `/detail/5f3a1c`, the page's data once more as JSON.
    Hashed,
    /// A grid of cards with dates in two boxes, `/c/2026-03-01/1234.html`, lists paged by `index_2.html`.
    Cards,
    /// `/col/col1234/index.html`, lists as `<datastore>` of records in an XML script.
    Datastore,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 12] = [
        Self::Jpage,
        Self::Trs,
        Self::Kaipu,
        Self::Aspx,
        Self::Shtml,
        Self::Boda,
        Self::Script,
        Self::Frames,
        Self::Nested,
        Self::Hashed,
        Self::Cards,
        Self::Datastore,
    ];

    /// True for the families whose pages are not UTF-8.
    #[must_use]
    pub const fn is_gbk(self) -> bool {
        matches!(self, Self::Aspx | Self::Shtml | Self::Nested)
    }

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jpage => "jpage",
            Self::Trs => "trs",
            Self::Kaipu => "kaipu",
            Self::Aspx => "aspx",
            Self::Shtml => "shtml",
            Self::Boda => "boda",
            Self::Script => "script",
            Self::Frames => "frames",
            Self::Nested => "nested",
            Self::Hashed => "hashed",
            Self::Cards => "cards",
            Self::Datastore => "datastore",
        }
    }
}

/// 云岭省: everything the seed draws.
#[derive(Debug, Clone)]
pub struct Province {
    /// The seed.
    pub seed: u64,
    /// How large it is.
    pub scale: Scale,
    /// How often defects are planted.
    pub plan: PlanKind,
    /// How far templates depart from their families: `content::look`.
    pub mutation: u8,
    /// Dates of the round.
    pub dates: Dates,
    /// The province first, then each city followed by its counties.
    pub regions: Vec<Region>,
    /// Units; a region's government precedes its departments.
    pub orgs: Vec<Org>,
    /// Sites.
    pub sites: Vec<SitePlan>,
    /// Accounts; empty while `accounts::plan_accounts` draws them.
    pub accounts: Vec<AccountPlan>,
}

impl Province {
    /// The day of the monitoring point.
    #[must_use]
    pub fn today(&self) -> Date {
        self.dates.as_of.date()
    }
}
