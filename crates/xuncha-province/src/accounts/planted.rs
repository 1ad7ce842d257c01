//! What may be planted on an account: how it posts, lets people speak, can be downloaded, stands twice.

/// 发布: how an account posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    /// Every few days, the last time at most three days ago.
    Fresh,
    /// Looks stale and is fine: the last post is of the day 14 days before the monitoring point.
    LastDay,
    /// Looks stale and is fine: the page lists nothing, the feed has fresh posts.
    PageEmpty,
    /// Looks stale and is fine: an old pinned post stands first.
    PinnedOld,
    /// Looks stale and is fine: the feed stopped long ago, the page goes on.
    FeedOld,
    /// Looks stale and is fine: the list gives no dates, its articles and the feed do.
    Undated,
    /// Looks stale and is fine: a post of a future day stands first, fresh ones below it.
    ScheduledFresh,
    /// Stale: the last post is 16 to 200 days old.
    Old,
    /// Stale by a day: the last post is 15 days old.
    FifteenDays,
    /// Stale, although a post of a future day stands first.
    ScheduledOld,
    /// Stale, although profile and feed name today as the day of their own last change.
    TouchedOld,
    /// Stale: it never posted.
    Never,
    /// Stale and dead: the last post is more than a year old.
    Dead,
}

impl Posting {
    /// What looks stale and is fine.
    pub const NEAR: [Self; 6] = [
        Self::LastDay,
        Self::PageEmpty,
        Self::PinnedOld,
        Self::FeedOld,
        Self::Undated,
        Self::ScheduledFresh,
    ];
    /// What is stale.
    pub const STALE: [Self; 6] = [
        Self::Old,
        Self::FifteenDays,
        Self::ScheduledOld,
        Self::TouchedOld,
        Self::Never,
        Self::Dead,
    ];

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::LastDay => "last_post_14_days_ago",
            Self::PageEmpty => "page_empty_feed_fresh",
            Self::PinnedOld => "old_post_pinned_first",
            Self::FeedOld => "feed_stopped_page_fresh",
            Self::Undated => "list_without_dates",
            Self::ScheduledFresh => "future_post_over_fresh_posts",
            Self::Old => "no_post_for_weeks",
            Self::FifteenDays => "last_post_15_days_ago",
            Self::ScheduledOld => "future_post_over_old_posts",
            Self::TouchedOld => "profile_touched_no_post",
            Self::Never => "no_post_ever",
            Self::Dead => "no_post_for_more_than_a_year",
        }
    }

    /// Whether the check `stale_account` fails.
    #[must_use]
    pub fn is_stale(self) -> bool {
        Self::STALE.contains(&self)
    }

    /// Whether the check `dead_account` fails: no post within twelve months, or never.
    #[must_use]
    pub fn is_dead(self) -> bool {
        matches!(self, Self::Never | Self::Dead)
    }

    /// Whether it looks dead and is only stale: nothing for months.
    #[must_use]
    pub fn is_near_dead(self) -> bool {
        matches!(self, Self::Old | Self::ScheduledOld | Self::TouchedOld)
    }

    /// Whether it looks stale and is fine.
    #[must_use]
    pub fn is_near(self) -> bool {
        Self::NEAR.contains(&self)
    }
}

/// 互动: how an account lets people speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// A menu or button named 留言, 私信, 评论 or 互动交流.
    Plain,
    /// Looks mute and is fine: only a link to the portal's interaction column.
    PortalLink,
    /// Looks mute and is fine: comments are closed, private messages are open.
    CommentsClosed,
    /// Looks mute and is fine: the entry stands in the second level of the menu under another word.
    Submenu,
    /// Looks mute and is fine: no menu at all, comments under the posts are open.
    CommentsOnly,
    /// Mute: neither menu nor comments.
    Nothing,
    /// Mute: a menu of information only, comments closed.
    InformationMenu,
    /// Mute: the words stand only in titles of posts.
    WordsInTitles,
    /// Mute: the platform says that messages and comments are switched off.
    SwitchedOff,
}

impl Interaction {
    /// What looks mute and is fine.
    pub const NEAR: [Self; 4] = [
        Self::PortalLink,
        Self::CommentsClosed,
        Self::Submenu,
        Self::CommentsOnly,
    ];
    /// What is mute.
    pub const MUTE: [Self; 4] = [
        Self::Nothing,
        Self::InformationMenu,
        Self::WordsInTitles,
        Self::SwitchedOff,
    ];

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::PortalLink => "link_to_portal_interaction",
            Self::CommentsClosed => "comments_closed_messages_open",
            Self::Submenu => "entry_in_submenu",
            Self::CommentsOnly => "comments_open_without_menu",
            Self::Nothing => "no_menu_no_comments",
            Self::InformationMenu => "menu_of_information_only",
            Self::WordsInTitles => "words_in_post_titles_only",
            Self::SwitchedOff => "messages_and_comments_switched_off",
        }
    }

    /// Whether the check `no_account_interaction` fails.
    #[must_use]
    pub fn is_mute(self) -> bool {
        Self::MUTE.contains(&self)
    }

    /// Whether it looks mute and is fine.
    #[must_use]
    pub fn is_near(self) -> bool {
        Self::NEAR.contains(&self)
    }
}

/// 下载: how an app can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Download {
    /// The store page has a button, the package comes.
    Fine,
    /// Looks dead and is fine: the package takes nine seconds to begin.
    Slow,
    /// Looks dead and is fine: two redirects to another host.
    Redirected,
    /// Looks dead and is fine: the package comes as plain text or without a type.
    WrongType,
    /// Looks dead and is fine: the first request gets 503.
    BusyOnce,
    /// Looks dead and is fine: the store page speaks of an older version that was taken down.
    OldVersionGone,
    /// Dead: the store page answers 404.
    StoreGone,
    /// Dead: the store page answers 200 and says that the app was taken down.
    StoreTakenDown,
    /// Dead: the download answers 404.
    DownloadGone,
    /// Dead: an HTML page comes in the name of a package.
    HtmlAsPackage,
    /// Dead: the package stops after three fifths.
    Truncated,
    /// Dead: a ZIP without a manifest.
    RenamedZip,
}

impl Download {
    /// What looks dead and is fine.
    pub const NEAR: [Self; 5] = [
        Self::Slow,
        Self::Redirected,
        Self::WrongType,
        Self::BusyOnce,
        Self::OldVersionGone,
    ];
    /// What is dead.
    pub const DEAD: [Self; 6] = [
        Self::StoreGone,
        Self::StoreTakenDown,
        Self::DownloadGone,
        Self::HtmlAsPackage,
        Self::Truncated,
        Self::RenamedZip,
    ];

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Slow => "slow_download",
            Self::Redirected => "redirects_to_other_host",
            Self::WrongType => "package_with_wrong_type",
            Self::BusyOnce => "503_once_then_fine",
            Self::OldVersionGone => "older_version_taken_down",
            Self::StoreGone => "store_page_404",
            Self::StoreTakenDown => "store_page_says_taken_down",
            Self::DownloadGone => "download_404",
            Self::HtmlAsPackage => "html_in_place_of_package",
            Self::Truncated => "truncated_package",
            Self::RenamedZip => "zip_without_manifest",
        }
    }

    /// Whether the check `app_unavailable` fails.
    #[must_use]
    pub fn is_dead(self) -> bool {
        Self::DEAD.contains(&self)
    }

    /// Whether it looks dead and is fine.
    #[must_use]
    pub fn is_near(self) -> bool {
        Self::NEAR.contains(&self)
    }
}

/// 重复: whether the unit has several accounts on one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duplicate {
    /// One account on this platform.
    Single,
    /// Looks doubled and is fine: the other account of the unit is closed or cancelled.
    OtherCancelled(String),
    /// Looks doubled and is fine: another unit's account on this platform bears the same name.
    SameNameElsewhere(String),
    /// Looks doubled and is fine: the unit's account of the same name is on another platform.
    SameNameOtherPlatform(String),
    /// Doubled: the number of the other account.
    Doubled(String),
}

/// 认证主体: for whom the platform certified the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certified {
    /// The host unit.
    Own,
    /// Looks like another and is fine: an office of the host unit.
    OwnOffice,
    /// Looks like another and is fine: 政府 for 人民政府, or the province's name before the unit's.
    OtherForm,
    /// Another unit of the region.
    Neighbour,
    /// A company.
    Company,
    /// A person.
    Person,
}

impl Certified {
    /// What looks like another and is fine.
    pub const NEAR: [Self; 2] = [Self::OwnOffice, Self::OtherForm];
    /// What is another.
    pub const OTHER: [Self; 3] = [Self::Neighbour, Self::Company, Self::Person];

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OwnOffice => "office_of_the_unit",
            Self::OtherForm => "other_form_of_the_name",
            Self::Neighbour => "another_unit",
            Self::Company => "a_company",
            Self::Person => "a_person",
        }
    }
}

/// 备案: what the registry says of the filing of an app or a mini-program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filing {
    /// A number.
    Filed,
    /// A number written with blanks and small letters.
    FiledOddly,
    /// 未备案.
    Unfiled,
    /// Nothing.
    Blank,
}

impl Filing {
    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::FiledOddly => "number_in_another_form",
            Self::Unfiled => "registered_as_unfiled",
            Self::Blank => "no_number",
        }
    }

    /// Whether the check `unfiled_app` fails.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::Unfiled | Self::Blank)
    }
}

/// 粉丝: how the number of followers moved since the last round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// A few in a hundred more or less.
    Usual,
    /// More than threefold and more than ten thousand more.
    Jump,
    /// Looks like a jump and is none: many more, but a large account.
    ManyMore,
    /// Looks like a jump and is none: threefold, but a small account.
    SmallTripled,
}

impl Growth {
    /// What looks like a jump and is none.
    pub const NEAR: [Self; 2] = [Self::ManyMore, Self::SmallTripled];

    /// The word used in the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Jump => "followers_tripled",
            Self::ManyMore => "large_account_grew",
            Self::SmallTripled => "small_account_tripled",
        }
    }
}
