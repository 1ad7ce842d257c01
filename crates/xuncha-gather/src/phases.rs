//! 阶段: names under which complete phases stand in the records.

/// Opening the logs of all targets; never in the records.
pub const OPEN: &str = "open";
/// Visits of the availability week.
pub const PROBE: &str = "probe";
/// Daily snapshots of the home page.
pub const SNAPSHOTS: &str = "snapshots";
/// What the network says of the site: complete by its one record.
pub const NETWORK: &str = "network";
/// Pages of the site.
pub const CRAWL: &str = "crawl";
/// Pages that need their scripts, rendered, and the pages that they link then.
pub const RENDER: &str = "render";
/// The home page laid out on a phone's screen.
pub const LAYOUT: &str = "layout";
/// Some pages looked at by an engine for accessibility.
pub const ACCESSIBILITY: &str = "accessibility";
/// First looks at assets, attachments and (under `_outside`) links to other hosts.
pub const LOOKS: &str = "looks";
/// The files that the site links, read for what they say.
pub const DOCUMENTS: &str = "documents";
/// The home page as search engines see it.
pub const DISGUISED: &str = "disguised";
/// Questions to the site's search.
pub const SEARCH: &str = "search";
/// Page, feed, store page and package of an account.
pub const ACCOUNT: &str = "account";
/// Second looks at what did not convince.
pub const SECOND_LOOKS: &str = "second_looks";
