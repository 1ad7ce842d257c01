//! How one site looks: colours, class names, nesting, wording, forms of dates. Drawn per site, so that nothing about a
//! family can be recognised by a class name.

use jiff::civil::DateTime;

use crate::model::{Family, SitePlan};
use crate::rng::Rng;

/// 列表日期: how a list shows an item's date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListDate {
    /// 2026-03-01
    Dash,
    /// [2026-03-01]
    Bracket,
    /// 03-01
    MonthDay,
    /// [03-01]
    BracketMonthDay,
    /// 2026/3/1
    Slash,
    /// 2026年3月1日
    Chinese,
    /// Not at all; the article shows it.
    Hidden,
}

/// 正文日期: where an article shows its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleDate {
    /// 发布时间：2026-03-01 08:30 in the line below the title.
    InfoTime,
    /// 2026-03-01 there, without a word before it.
    InfoBare,
    /// 2026年3月1日 there.
    InfoChinese,
    /// 2026/3/1 there.
    InfoSlash,
    /// A span above the title.
    Above,
    /// At the foot of the text.
    Below,
    /// In the meta element only.
    MetaOnly,
    /// In the address only.
    AddressOnly,
}

/// 页面骨架: how pages nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// Tables in tables.
    Tables,
    /// Div and ul.
    Divs,
    /// header, nav, section, footer.
    Sections,
}

/// 皮肤: everything about a site's looks.
#[derive(Debug, Clone)]
pub struct Skin {
    /// Main colour.
    pub colour: &'static str,
    /// Second colour.
    pub accent: &'static str,
    /// Nesting.
    pub shell: Shell,
    /// Dates in lists.
    pub list_date: ListDate,
    /// Dates in articles.
    pub article_date: ArticleDate,
    /// The date stands before the link.
    pub date_first: bool,
    /// Every page carries the sub-columns as a drop-down.
    pub drop_down: bool,
    /// Addresses are written with scheme and host.
    pub absolute: bool,
    /// Extra wrappers around lists.
    pub wrappers: usize,
    /// Drawn variants of wording.
    pub variant: usize,
    classes: Vec<String>,
}

const STEMS: &[&str] = &[
    "wrap", "box", "con", "main", "list", "nav", "top", "bt", "lm", "nr", "zw", "left", "right",
    "mod", "item", "tit", "txt", "info", "news", "area", "part", "blk", "zwgk", "ny", "gl", "cont",
    "layout", "cell", "hd", "bd",
];
const COLOURS: &[(&str, &str)] = &[
    ("#c30d23", "#fbe9e7"),
    ("#0a5aa6", "#e6f0fa"),
    ("#1b6fb8", "#eaf4fb"),
    ("#b5121b", "#fff3e6"),
    ("#0f7a4a", "#e8f5ee"),
    ("#124a8d", "#f2f6fb"),
];

impl Skin {
    /// Draws the looks of a site.
    #[must_use]
    pub fn draw(seed: u64, plan: &SitePlan) -> Self {
        let mut rng = Rng::new(seed, &format!("skin {}", plan.code));
        let (colour, accent) = *rng.pick(COLOURS);
        let classes = (0..40)
            .map(|n| {
                let stem = *rng.pick(STEMS);
                match rng.below(4) {
                    0 => format!("{stem}{n}"),
                    1 => format!("{stem}_{n}"),
                    2 => format!("{}-{stem}{n}", rng.pick(STEMS)),
                    _ => format!("{stem}{}_{n}", rng.range(1, 9)),
                }
            })
            .collect();
        let (list_date, article_date) = dates(&mut rng, plan);
        Self {
            colour,
            accent,
            shell: match plan.family {
                Family::Aspx | Family::Frames => Shell::Tables,
                Family::Kaipu | Family::Script => Shell::Sections,
                _ => Shell::Divs,
            },
            list_date,
            article_date,
            date_first: rng.percent(30),
            drop_down: rng.percent(50),
            absolute: rng.percent(20),
            wrappers: rng.below(3),
            variant: rng.below(12),
            classes,
        }
    }

    /// The class name that this site gives to the `n`-th role.
    #[must_use]
    pub fn class(&self, n: usize) -> &str {
        &self.classes[n % self.classes.len()]
    }

    /// One of `words`, the same for the whole site.
    #[must_use]
    pub fn word<'a>(&self, words: &[&'a str]) -> &'a str {
        words[self.variant % words.len()]
    }
}

/// Draws both forms so that a date with its year stands somewhere a person sees it: in the list or in the article.
fn dates(rng: &mut Rng, plan: &SitePlan) -> (ListDate, ArticleDate) {
    let dated_address = matches!(plan.family, Family::Jpage | Family::Trs | Family::Shtml);
    let meta = !plan.defects.missing_tags.contains(&5);
    let article = match rng.below(12) {
        0 | 1 => ArticleDate::InfoBare,
        2 | 3 => ArticleDate::InfoChinese,
        4 => ArticleDate::InfoSlash,
        5 => ArticleDate::Above,
        6 => ArticleDate::Below,
        7 if meta => ArticleDate::MetaOnly,
        8 if dated_address => ArticleDate::AddressOnly,
        _ => ArticleDate::InfoTime,
    };
    let hidden = matches!(article, ArticleDate::MetaOnly | ArticleDate::AddressOnly);
    let list = match rng.below(if hidden { 4 } else { 7 }) {
        0 => ListDate::Bracket,
        1 => ListDate::Slash,
        2 => ListDate::Chinese,
        3 => ListDate::Dash,
        4 => ListDate::MonthDay,
        5 => ListDate::BracketMonthDay,
        _ => ListDate::Hidden,
    };
    (list, article)
}

/// The date as a list shows it.
#[must_use]
pub fn list_date(form: ListDate, t: DateTime) -> String {
    let (y, m, d) = (t.year(), t.month(), t.day());
    match form {
        ListDate::Dash => format!("{y}-{m:02}-{d:02}"),
        ListDate::Bracket => format!("[{y}-{m:02}-{d:02}]"),
        ListDate::MonthDay => format!("{m:02}-{d:02}"),
        ListDate::BracketMonthDay => format!("[{m:02}-{d:02}]"),
        ListDate::Slash => format!("{y}/{m}/{d}"),
        ListDate::Chinese => format!("{y}年{m}月{d}日"),
        ListDate::Hidden => String::new(),
    }
}

/// `2026-03-01 08:30`.
#[must_use]
pub fn minute(t: DateTime) -> String {
    format!(
        "{}-{:02}-{:02} {:02}:{:02}",
        t.year(),
        t.month(),
        t.day(),
        t.hour(),
        t.minute()
    )
}

/// `2026-03-01`.
#[must_use]
pub fn day(t: DateTime) -> String {
    format!("{}-{:02}-{:02}", t.year(), t.month(), t.day())
}

/// `2026年3月1日`.
#[must_use]
pub fn chinese_day(t: DateTime) -> String {
    format!("{}年{}月{}日", t.year(), t.month(), t.day())
}
