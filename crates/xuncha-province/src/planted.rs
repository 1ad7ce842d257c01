//! What is planted on a site, as data.

/// 植入: what is planted on one site. Names follow the checks; `near_` marks what looks wrong and is fine.
#[derive(Debug, Clone, Default)]
pub struct Defects {
    /// Down for at least 12 % of the availability week.
    pub unreachable: bool,
    /// Down for at most 2 % of it.
    pub near_unreachable: bool,
    /// Nothing on the home page within two weeks.
    pub stale_home: bool,
    /// One item of 13 days on the home page, or a navigation-only home page over fresh columns.
    pub near_stale_home: bool,
    /// The home page holds navigation only.
    pub nav_home: bool,
    /// News columns older than two weeks.
    pub stale_news: u8,
    /// First-level notice and policy columns older than six months.
    pub stale_notices: u8,
    /// The interpretation column is older than six months.
    pub stale_interpretations: bool,
    /// Other columns older than a year.
    pub overdue_columns: u8,
    /// Columns without any item.
    pub empty_columns: u8,
    /// Columns that look stale or empty and are fine.
    pub near_columns: u8,
    /// Dead links.
    pub broken_links: u8,
    /// Links that look dead and are fine.
    pub near_links: u8,
    /// Marks missing in the footer, by index into the seven.
    pub missing_marks: Vec<u8>,
    /// Marks present in an unusual form, by index into the seven.
    pub near_marks: Vec<u8>,
    /// Tags missing on all article pages, by index into the seven.
    pub missing_tags: Vec<u8>,
    /// Tags written in an unusual way, by index into the seven.
    pub near_tags: Vec<u8>,
    /// The domain is not a government domain.
    pub bad_domain: bool,
    /// The domain looks odd and is fine.
    pub near_domain: bool,
    /// The registered name does not name the unit.
    pub bad_name: bool,
    /// The name is shortened and fine.
    pub near_name: bool,
    /// How the search behaves.
    pub search: SearchPlan,
    /// Policy documents of six months without interpretation.
    pub uninterpreted: u8,
    /// Policy documents that look uninterpreted and are fine.
    pub near_uninterpreted: u8,
    /// Interpretations not linked both ways.
    pub unlinked: u8,
    /// Interpretations linked in an unusual way.
    pub near_unlinked: u8,
    /// Service guides with at least one defect.
    pub bad_guides: u8,
    /// Service guides that look incomplete and are fine.
    pub near_guides: u8,
    /// How service statistics are published.
    pub statistics: StatisticsPlan,
    /// What is planted in the message box.
    pub messages: MessagesPlan,
    /// Days of publication that disagree with what stands around them.
    pub dates: DatesPlan,
    /// What the home page says before it lets its visitors go.
    pub prompt: PromptPlan,
    /// Service items of which a second guide says otherwise.
    pub bad_twins: u8,
    /// Second guides that agree, or are of another item.
    pub near_twins: u8,
    /// Forms of guides that cannot be used.
    pub bad_forms: u8,
    /// Forms that look unusable and are fine.
    pub near_forms: u8,
    /// The certificate of a site with HTTPS.
    pub certificate: CertificatePlan,
    /// What only a person can see: question id and number of failures.
    pub manual: Vec<(&'static str, u32, String)>,
}

/// 搜索: how a site's search behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchPlan {
    /// Finds and classifies, by tabs.
    #[default]
    Works,
    /// Finds and classifies, in an unusual way (near miss).
    Unusual,
    /// No search form.
    Absent,
    /// A form that leads nowhere.
    Dead,
    /// Published titles are not found.
    Misses,
    /// Results stand in one unclassified list.
    Unclassified,
}

/// 办事统计: how service statistics are published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StatisticsPlan {
    /// This month.
    #[default]
    Fresh,
    /// A few days within three calendar months (near miss).
    Close,
    /// Published as a page of figures under another wording (near miss).
    Reworded,
    /// More than three calendar months ago.
    Old,
    /// Not published.
    Absent,
}

/// 发稿日期: what disagrees with the days that articles show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DatesPlan {
    /// Everything agrees.
    #[default]
    Agree,
    /// Articles show a later day than their column's list.
    List,
    /// Articles were made long before the day that page and list show, and their address says so.
    Address,
    /// Articles were last changed before the day that they show.
    Modified,
    /// Articles name a source of a day long before theirs.
    Source,
    /// Articles show the day of the visit.
    Clock,
    /// Articles stand under a day long before that of their neighbours by number.
    Order,
    /// The list shows the day on which it was made up, two days later (near miss).
    NearList,
    /// Five and more articles share the day in their address: they were carried over (near miss).
    CarriedOver,
    /// Pages were changed after they were published, as all servers say (near miss).
    ChangedLater,
    /// The source is of the day before (near miss).
    NearSource,
}

/// 离开提示: what the home page says before it lets its visitors go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PromptPlan {
    /// A script asks.
    #[default]
    Asks,
    /// Nothing, and there are links to others.
    Silent,
    /// Nothing, and all links lead to governments (near miss).
    GovernmentOnly,
    /// The words stand in a layer of the page, in other words (near miss).
    InLayer,
}

/// 证书: what certificate a site with HTTPS shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CertificatePlan {
    /// For its host, valid, from the province's authority.
    #[default]
    Sound,
    /// Ended weeks before the round.
    Expired,
    /// For another host.
    WrongHost,
    /// Signed by itself.
    SelfSigned,
    /// The authority between is not sent.
    IncompleteChain,
    /// Ends two months after the round (near miss).
    EndsSoon,
    /// For all hosts of the region (near miss).
    Wildcard,
}

/// 留言: what is planted in the message box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessagesPlan {
    /// No consultation channel.
    pub no_channel: bool,
    /// A channel, but no message published.
    pub none: bool,
    /// No reception statistics.
    pub no_statistics: bool,
    /// Nothing new for more than two calendar months.
    pub stale: bool,
    /// Messages unanswered for more than three calendar months.
    pub unanswered: u8,
    /// Messages that look unanswered and are fine.
    pub near: u8,
}
