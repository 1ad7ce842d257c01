//! What one site holds: columns, articles, service guides, messages, planted links, windows of being down.
//!
//! Everything here is drawn from the seed before the first request; `render` turns it into pages and `truth` reads the
//! same values, so that the truth cannot say something else than the pages show.

pub mod addresses;
pub mod articles;
pub mod columns;
pub mod conduct;
pub mod forged;
pub mod guides;
pub mod links;
pub mod look;
pub mod messages;
pub mod policies;
pub mod routes;
pub mod safety;
pub mod skin;
pub mod windows;

use std::collections::{BTreeSet, HashMap};

use jiff::civil::DateTime;

use crate::model::{Dates, PlanKind, Province, Scale, SiteKind, SitePlan};
use crate::text::Voice;
use skin::Skin;

/// 网站内容: one site with all it holds.
#[derive(Debug)]
pub struct Site {
    /// The plan it was drawn from.
    pub plan: SitePlan,
    /// The province's seed.
    pub seed: u64,
    /// The round's dates.
    pub dates: Dates,
    /// How many things a site of this scale holds.
    pub size: Size,
    /// Whom its texts speak of.
    pub voice: Voice,
    /// Short name of the region.
    pub place: String,
    /// Name of the government above, which also issues documents.
    pub above: String,
    /// Looks.
    pub skin: Skin,
    /// Columns in the order of the navigation; a group precedes its children.
    pub columns: Vec<Column>,
    /// Articles of all columns.
    pub articles: Vec<Article>,
    /// Service guides.
    pub guides: Vec<guides::Guide>,
    /// Messages of citizens, newest first.
    pub messages: Vec<messages::Message>,
    /// Planted links.
    pub links: Vec<links::Link>,
    /// Days that disagree with what stands around them.
    pub forged: Vec<forged::Forged>,
    /// What is planted for a security officer.
    pub safety: Vec<safety::Spot>,
    /// What the home page's tag of the domain says, where it is not the host.
    pub domain_said: Option<String>,
    /// Files with text of their own.
    pub documents: Vec<safety::Document>,
    /// Paths that leak, or look so.
    pub leaks: Vec<String>,
    /// When the site is down.
    pub windows: Vec<windows::Window>,
    /// What each address shows.
    pub routes: HashMap<String, routes::Page>,
}

/// 数量: how many things a site holds.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// News columns.
    pub news_columns: usize,
    /// Columns that should be updated once a year.
    pub other_columns: usize,
    /// Articles in a news column.
    pub news: usize,
    /// Articles in a notice column.
    pub notices: usize,
    /// Articles in another column.
    pub others: usize,
    /// Policy documents of the last six months in the site's own name.
    pub policies: usize,
    /// Older policy documents.
    pub old_policies: usize,
    /// Service guides.
    pub guides: usize,
    /// Messages.
    pub messages: usize,
    /// Items on a list page.
    pub per_page: usize,
}

impl Size {
    /// The numbers of a scale and kind of site.
    #[must_use]
    pub const fn of(scale: Scale, plan: PlanKind, kind: SiteKind) -> Self {
        let (small, full_portal) = (
            Self {
                news_columns: 3,
                other_columns: 6,
                news: 8,
                notices: 6,
                others: 2,
                policies: 3,
                old_policies: 2,
                guides: 6,
                messages: 8,
                per_page: 8,
            },
            Self {
                news_columns: 6,
                other_columns: 16,
                news: 46,
                notices: 36,
                others: 12,
                policies: 8,
                old_policies: 20,
                guides: 24,
                messages: 44,
                per_page: 15,
            },
        );
        match (plan, scale, kind) {
            (PlanKind::Dense, _, _) | (_, Scale::Small, SiteKind::Department) => small,
            (_, Scale::Small, SiteKind::Portal) => Self {
                news_columns: 4,
                other_columns: 10,
                news: 14,
                notices: 10,
                others: 4,
                policies: 4,
                old_policies: 4,
                guides: 10,
                messages: 14,
                per_page: 10,
            },
            (_, Scale::Full, SiteKind::Portal) => full_portal,
            (_, Scale::Full, SiteKind::Department) => Self {
                news_columns: 3,
                other_columns: 9,
                news: 30,
                notices: 22,
                others: 7,
                policies: 4,
                old_policies: 8,
                guides: 10,
                messages: 14,
                per_page: 15,
            },
        }
    }
}

/// 栏目类别: what a column is for, which decides how often it should be updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Leads to other columns only.
    Group,
    /// 动态要闻: two weeks.
    News,
    /// 通知公告: six months, first-level.
    Notices,
    /// 政策文件: six months, first-level.
    Policies,
    /// 政策解读: six months.
    Interpretations,
    /// Any other that should be updated: one year.
    Other,
    /// 办件统计: judged by another check.
    Statistics,
    /// Surveys, interviews, annual forms: one year.
    Listed,
    /// 概况, 机构职能, 领导信息: need not be updated.
    Static,
}

/// 栏目: one column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name in the navigation.
    pub name: String,
    /// The name that the tables of the province give it.
    pub stands_for: &'static str,
    /// What it is for.
    pub kind: ColumnKind,
    /// Its group.
    pub parent: Option<usize>,
    /// Address as the navigation links it.
    pub address: String,
    /// Articles, newest first.
    pub articles: Vec<usize>,
    /// Shown in a box on the home page.
    pub on_home: bool,
    /// The list is drawn by a script from inline JSON.
    pub by_script: bool,
    /// Its list shows month and day only, whatever the site does elsewhere.
    pub month_day: bool,
    /// A group that shows links to its columns only.
    pub links_only: bool,
    /// What makes it look wrong though it is fine: kind of near miss.
    pub near: Option<&'static str>,
    /// When its newest article was published, as planned.
    pub newest: Option<DateTime>,
}

/// 文件: what makes an article a policy document or an interpretation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleKind {
    /// News, notices and so on.
    Plain,
    /// A policy document.
    Policy {
        /// 发文字号
        number: String,
        /// 发文机关
        issuer: String,
        /// Issued in the site's own name.
        own: bool,
        /// Its interpretation.
        interpretation: Option<usize>,
        /// The document's page links its interpretation.
        links_out: bool,
    },
    /// An interpretation of a policy document.
    Interpretation {
        /// The document.
        policy: usize,
        /// The interpretation's page links the document.
        links_out: bool,
    },
}

/// 稿件: one article.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its column.
    pub column: usize,
    /// Title, used once on a site.
    pub title: String,
    /// When it becomes visible.
    pub published: DateTime,
    /// Address.
    pub address: String,
    /// Source as stated.
    pub source: String,
    /// What it is.
    pub kind: ArticleKind,
    /// Addresses of attachments.
    pub attachments: Vec<String>,
    /// Has a picture.
    pub picture: bool,
    /// Near miss of its links, if any.
    pub near: Option<&'static str>,
    /// The day that its own page shows, where that is another.
    pub shown: Option<DateTime>,
    /// Its own page shows the day of the visit.
    pub follows_clock: bool,
    /// When the server says that its page was changed last, where it says so.
    pub modified: Option<DateTime>,
}

impl Article {
    /// The time of publication as the article's own page shows it.
    #[must_use]
    pub fn day_shown(&self, now: DateTime) -> DateTime {
        match self.follows_clock {
            true => now,
            false => self.shown.unwrap_or(self.published),
        }
    }
}

impl Site {
    /// Draws the content of the `index`-th site.
    #[must_use]
    pub fn draw(province: &Province, index: usize) -> Self {
        let plan = province.sites[index].clone();
        let region = &province.regions[plan.region];
        let org = &province.orgs[plan.org];
        let above = region
            .parent
            .as_ref()
            .and_then(|code| province.regions.iter().find(|r| &r.code == code));
        let mut site = Self {
            seed: province.seed,
            dates: province.dates,
            size: Size::of(province.scale, province.plan, plan.kind),
            voice: Voice {
                region: region.name.clone(),
                unit: org.name.clone(),
                all: Voice::all_word(&region.name),
            },
            place: region.short.clone(),
            above: match (plan.kind, above) {
                (SiteKind::Department, _) => format!("{}人民政府", region.name),
                (SiteKind::Portal, Some(above)) => format!("{}人民政府", above.name),
                (SiteKind::Portal, None) => "国务院".to_owned(),
            },
            skin: Skin::draw(province.seed, &plan, province.mutation),
            columns: Vec::new(),
            articles: Vec::new(),
            guides: Vec::new(),
            messages: Vec::new(),
            links: Vec::new(),
            forged: Vec::new(),
            safety: Vec::new(),
            domain_said: None,
            documents: Vec::new(),
            leaks: Vec::new(),
            windows: Vec::new(),
            routes: HashMap::new(),
            plan,
        };
        let mut titles = BTreeSet::new();
        columns::draw(&mut site);
        policies::draw(&mut site, &mut titles);
        conduct::articles(&mut site, &mut titles);
        articles::draw(&mut site, &mut titles);
        forged::draw(&mut site);
        guides::draw(&mut site);
        messages::draw(&mut site);
        windows::draw(&mut site);
        links::draw(&mut site);
        safety::draw(&mut site);
        routes::draw(&mut site);
        site
    }

    /// The absolute address of a path of this site.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!(
            "{}://{}{path}",
            if self.plan.https { "https" } else { "http" },
            self.plan.host
        )
    }

    /// The path of the page that holds the home page's content (a frame in one family).
    #[must_use]
    pub fn home_content(&self) -> &'static str {
        if self.plan.family == crate::model::Family::Frames {
            "/main.html"
        } else {
            "/"
        }
    }

    /// The first column of a kind.
    #[must_use]
    pub fn column_of(&self, kind: ColumnKind) -> Option<usize> {
        self.columns.iter().position(|c| c.kind == kind)
    }

    /// A random stream of this site.
    #[must_use]
    pub fn rng(&self, what: &str) -> crate::rng::Rng {
        crate::rng::Rng::new(self.seed, &format!("{what} {}", self.plan.code))
    }
}
