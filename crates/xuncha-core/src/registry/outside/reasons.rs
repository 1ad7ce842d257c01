//! 理由: what makes a host likelier a site outside supervision, or less likely, each with its weight. The weights order a list and are
//! our own; they decide nothing.

use serde::{Deserialize, Serialize};

/// 理由.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum OutsideReason {
    /// Its domain stands below a registered one.
    BelowDomain {
        /// `qingshi.gov.cn`.
        domain: String,
    },
    /// Its host ends in `gov.cn`.
    GovernmentHost,
    /// Links bear the name of a registered unit.
    UnitName {
        /// The unit, by number.
        unit: String,
    },
    /// Links bear the name of a registered region.
    RegionName {
        /// Division code.
        region: String,
    },
    /// Links bear a name of an expected kind.
    ExpectedKind {
        /// Name of the kind.
        kind: String,
    },
    /// Registered sites link it.
    Linked {
        /// How many.
        count: u64,
    },
    /// Its home page bears a site code that the registry does not hold.
    UnknownCode {
        /// The code.
        code: String,
    },
    /// Its home page bears the mark of party and government bodies.
    PartyMark,
    /// Its home page names a registered unit as its host.
    HostUnit {
        /// The unit's name.
        name: String,
    },
    /// Its home page bears none of the marks of a government site.
    NoMarks,
    /// Its home page leads to a registered site.
    LeadsToRegistered {
        /// The site, by number.
        site: String,
    },
    /// Its home page did not open, at two looks.
    Unopened,
}

impl OutsideReason {
    /// What it adds to the place in the list.
    fn weight(&self) -> i64 {
        match self {
            OutsideReason::BelowDomain { .. } => 40,
            OutsideReason::UnitName { .. } => 35,
            OutsideReason::UnknownCode { .. } => 30,
            OutsideReason::HostUnit { .. } | OutsideReason::ExpectedKind { .. } => 20,
            OutsideReason::GovernmentHost
            | OutsideReason::RegionName { .. }
            | OutsideReason::PartyMark => 15,
            OutsideReason::Linked { count } => 3 * i64::try_from(*count).unwrap_or(10).min(10),
            OutsideReason::NoMarks => -20,
            OutsideReason::LeadsToRegistered { .. } => -40,
            OutsideReason::Unopened => -60,
        }
    }

    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            OutsideReason::BelowDomain { domain } => format!("在已登记的政府域名 {domain} 之下"),
            OutsideReason::GovernmentHost => "域名以 gov.cn 结尾".to_owned(),
            OutsideReason::UnitName { unit } => format!("链接文字是登记单位的名称（{unit}）"),
            OutsideReason::RegionName { region } => format!("名称带有地名（{region}）"),
            OutsideReason::ExpectedKind { kind } => format!("属于应有网站类别“{kind}”"),
            OutsideReason::Linked { count } => format!("被 {count} 家登记的网站链接"),
            OutsideReason::UnknownCode { code } => format!("首页标识码 {code}，名录里没有"),
            OutsideReason::PartyMark => "首页有党政机关网站标识".to_owned(),
            OutsideReason::HostUnit { name } => format!("首页写的主办单位“{name}”已登记"),
            OutsideReason::NoMarks => "首页没有政府网站的标识".to_owned(),
            OutsideReason::LeadsToRegistered { site } => format!("首页跳转到已登记的网站 {site}"),
            OutsideReason::Unopened => "首页打不开".to_owned(),
        }
    }

    /// In English.
    pub fn en(&self) -> String {
        match self {
            OutsideReason::BelowDomain { domain } => {
                format!("below the registered domain {domain}")
            }
            OutsideReason::GovernmentHost => "host ends in gov.cn".to_owned(),
            OutsideReason::UnitName { unit } => format!("linked by the name of unit {unit}"),
            OutsideReason::RegionName { region } => {
                format!("linked by the name of region {region}")
            }
            OutsideReason::ExpectedKind { kind } => format!("of the expected kind {kind}"),
            OutsideReason::Linked { count } => format!("linked by {count} registered sites"),
            OutsideReason::UnknownCode { code } => format!("bears the unregistered code {code}"),
            OutsideReason::PartyMark => "bears the mark of government bodies".to_owned(),
            OutsideReason::HostUnit { name } => format!("names the registered unit {name} as host"),
            OutsideReason::NoMarks => "bears no mark of a government site".to_owned(),
            OutsideReason::LeadsToRegistered { site } => format!("leads to registered site {site}"),
            OutsideReason::Unopened => "home page does not open".to_owned(),
        }
    }

    /// Whether it speaks against.
    pub fn is_against(&self) -> bool {
        self.weight() < 0
    }
}

/// The sum of what speaks for and against; never below nothing.
pub fn score<'a>(reasons: impl Iterator<Item = &'a OutsideReason>) -> u64 {
    let sum: i64 = reasons.map(OutsideReason::weight).sum();
    sum.try_into().unwrap_or(0)
}
