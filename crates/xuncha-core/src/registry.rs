//! 名录: organizations, regions, sites and accounts, as they are filed.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod details;
mod diff;
mod disagree;
mod doubtful;
mod entry;
pub mod expected;
pub mod filing;
mod gaps;
mod import;
pub mod outside;
pub mod request;
mod sheet;
pub mod suspension;
pub mod watch;

pub(crate) use details::followers as read_followers;
pub use details::{AccountDetails, AccountFunction, NOT_FILED, functions_text};
pub use diff::{ApplyError, Change, ChangeKind, apply, diff};
pub use disagree::{Disagreement, ReportedSite, ShownSite, disagreements, reported_sites};
pub use doubtful::{DoubtCase, RegistryDoubt, doubtful};
pub use gaps::{Gap, gaps, units_without_account};
pub use import::{import, to_sheets};
pub use sheet::{Column, EntryKind, ImportError, Mapping, Sheet, SheetMapping};

/// 检查对象编号. A site's 标识码 (`9901000001`) or an account's number (`A000001`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetId(pub String);

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for TargetId {
    fn from(text: &str) -> TargetId {
        TargetId(text.to_owned())
    }
}

/// 层级. Province, city or county.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省级.
    Province,
    /// 市级.
    City,
    /// 县级.
    County,
}

/// 地区. An administrative division by its GB/T 2260 code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Six digits.
    pub code: String,
    /// Full name, such as 青石市.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// The division above, by code.
    pub parent: Option<String>,
}

/// 单位. A host unit 主办单位 or supervising unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its number in the registry.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Division code of its region.
    pub region: String,
    /// Level of the unit.
    pub level: Level,
    /// The unit above, by id.
    pub parent: Option<String>,
    /// Whether the unit has to run an account (应开设新媒体).
    pub requires_accounts: bool,
}

/// 网站类型. Portal of a government, or site of a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// 政府门户网站.
    Portal,
    /// 部门网站.
    Department,
}

/// 运行状态. The filed state of a site or account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 正常.
    Running,
    /// 临时下线.
    Offline,
    /// 关停.
    Closed,
    /// 整合迁移.
    Merged,
    /// 注销.
    Cancelled,
}

/// 政府网站. A government website.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// 标识码: ten digits, or `bm` and eight digits.
    pub id: TargetId,
    /// Filed name.
    pub name: String,
    /// Absolute address of the home page.
    pub home: String,
    /// Portal or department.
    pub kind: SiteKind,
    /// Host unit, by id.
    pub organization: String,
    /// Division code.
    pub region: String,
    /// Filed state.
    pub state: State,
    /// ICP filing number as filed.
    pub icp: Option<String>,
    /// 公安备案 number as filed.
    pub police: Option<String>,
    /// A department without public services: 办事服务 is not checked.
    pub no_services: bool,
}

/// 政务新媒体. An account on a platform, or an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number in the registry.
    pub id: TargetId,
    /// Name.
    pub name: String,
    /// Platform as filed: 微信公众号, 微博, 抖音, 客户端 …
    pub platform: String,
    /// Kind as filed: 订阅号, 服务号, 视频号, 小程序, 客户端 …
    pub kind: String,
    /// Host unit, by id.
    pub organization: String,
    /// Division code.
    pub region: String,
    /// 认证主体: the certified subject shown by the platform.
    pub certified_subject: String,
    /// Public page of the account, or store page of an app.
    pub page_url: Option<String>,
    /// Feed of posts (RSS, Atom or JSON).
    pub feed_url: Option<String>,
    /// Direct download of an app.
    pub download_url: Option<String>,
    /// Filed state.
    pub state: State,
    /// Day of opening.
    pub opened: Option<Date>,
    /// What else is filed of it.
    #[serde(flatten)]
    pub details: Box<AccountDetails>,
}

impl Account {
    /// Whether the account is an app 移动客户端, judged by what can be downloaded.
    pub fn is_app(&self) -> bool {
        self.kind.contains("客户端") || self.kind.eq_ignore_ascii_case("app")
    }

    /// Whether the account is a 小程序 or 快应用, which run inside another app.
    pub fn is_mini_program(&self) -> bool {
        [&self.kind, &self.platform]
            .iter()
            .any(|word| word.contains("小程序") || word.contains("快应用"))
    }
}

/// 名录. The whole registry at one moment, each kind in the order of its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// Regions by division code.
    pub regions: BTreeMap<String, Region>,
    /// Organizations by id.
    pub organizations: BTreeMap<String, Organization>,
    /// Sites by 标识码.
    pub sites: BTreeMap<TargetId, Site>,
    /// Accounts by number.
    pub accounts: BTreeMap<TargetId, Account>,
}

impl Registry {
    /// 主办单位 of a target.
    pub fn host_unit(&self, target: &Target) -> Option<&Organization> {
        self.organizations.get(target.organization())
    }

    /// 上级单位: the unit above the host unit.
    pub fn superior_unit(&self, target: &Target) -> Option<&Organization> {
        let parent = self.host_unit(target)?.parent.as_ref()?;
        self.organizations.get(parent)
    }
}

/// 检查对象. One thing that a round inspects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "target_kind", rename_all = "snake_case")]
pub enum Target {
    /// A website.
    Site(Site),
    /// An account or app.
    Account(Account),
}

impl Target {
    /// Its number.
    pub fn id(&self) -> &TargetId {
        match self {
            Target::Site(site) => &site.id,
            Target::Account(account) => &account.id,
        }
    }

    /// Its filed name.
    pub fn name(&self) -> &str {
        match self {
            Target::Site(site) => &site.name,
            Target::Account(account) => &account.name,
        }
    }

    /// Its host unit, by id.
    pub fn organization(&self) -> &str {
        match self {
            Target::Site(site) => &site.organization,
            Target::Account(account) => &account.organization,
        }
    }

    /// Its division code.
    pub fn region(&self) -> &str {
        match self {
            Target::Site(site) => &site.region,
            Target::Account(account) => &account.region,
        }
    }

    /// What an indicator's `applies_to` calls it.
    pub fn class(&self) -> TargetClass {
        match self {
            Target::Site(site) if site.kind == SiteKind::Portal => TargetClass::Portal,
            Target::Site(_) => TargetClass::Department,
            Target::Account(_) => TargetClass::Account,
        }
    }
}

/// 对象类别. The classes an indicator can apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetClass {
    /// 政府门户网站.
    Portal,
    /// 部门网站.
    Department,
    /// 政务新媒体.
    Account,
    /// 监管单位 (supervision sets).
    Supervisor,
}

impl TargetClass {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            TargetClass::Portal => "门户网站",
            TargetClass::Department => "部门网站",
            TargetClass::Account => "政务新媒体",
            TargetClass::Supervisor => "监管单位",
        }
    }
}

/// Whether a text is shaped like a 网站标识码: ten digits, or `bm` and eight digits.
pub fn is_site_code(text: &str) -> bool {
    let digits = match text.get(..2) {
        Some(head) if head.eq_ignore_ascii_case("bm") => &text[2..],
        _ => text,
    };
    let expected = if digits.len() == text.len() { 10 } else { 8 };
    digits.len() == expected && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "registry_tests.rs"]
mod tests;
