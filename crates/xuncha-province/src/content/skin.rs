//! How one site looks: colours, class names, nesting, wording, forms of dates. Drawn per site, so that nothing about a
//! family can be recognised by a class name.

use jiff::civil::DateTime;

use super::look::Look;
use super::look::names::ROLES;
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
    /// 2026.03.01
    Dot,
    /// (2026-03-01)
    Parens,
    /// 【2026-3-1】
    Corner,
    /// 2026年03月01日
    ChinesePadded,
    /// 2026-03-01 08:30
    Minute,
    /// 发布时间：2026-03-01
    Worded,
    /// (03-01)
    ParensMonthDay,
    /// 3月1日
    ChineseMonthDay,
    /// 03/01
    SlashMonthDay,
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

/// 链接写法: how a site writes the addresses of its own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressForm {
    /// `/a/b.html`
    Root,
    /// `https://host/a/b.html`
    Absolute,
    /// `//host/a/b.html`
    SchemeRelative,
    /// `./b.html` where the page lies in the same folder, `/a/b.html` elsewhere.
    Relative,
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
    /// How addresses of the site's own pages are written.
    pub addresses: AddressForm,
    /// Extra wrappers around lists.
    pub wrappers: usize,
    /// Drawn variants of wording.
    pub variant: usize,
    /// How the site departs from its family's templates.
    pub look: Look,
    classes: Vec<String>,
    roles: Vec<String>,
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
    pub fn draw(seed: u64, plan: &SitePlan, mutation: u8) -> Self {
        let look = Look::draw(seed, plan, mutation);
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
        let mut names = look.stream("names");
        let classes: Vec<String> = (0..40)
            .zip::<Vec<String>>(classes)
            .map(|(n, class)| look.naming.name(&mut names, n, &class))
            .collect();
        let roles = (40..)
            .zip(ROLES)
            .map(|(n, role)| look.naming.name(&mut names, n, role))
            .collect();
        Self {
            colour,
            accent,
            shell: match plan.family {
                Family::Aspx | Family::Frames | Family::Nested => Shell::Tables,
                Family::Kaipu | Family::Script | Family::Cards => Shell::Sections,
                _ => Shell::Divs,
            },
            list_date: more_dates(&look, list_date),
            article_date,
            date_first: rng.percent(30),
            drop_down: rng.percent(50),
            addresses: *rng.pick(&[
                AddressForm::Root,
                AddressForm::Root,
                AddressForm::Root,
                AddressForm::Absolute,
                AddressForm::SchemeRelative,
                AddressForm::Relative,
            ]),
            wrappers: rng.below(3),
            variant: rng.below(12),
            look,
            classes,
            roles,
        }
    }

    /// The class name that this site gives to a role of [`ROLES`].
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&str> {
        let nth = ROLES.iter().position(|role| *role == name)?;
        Some(&self.roles[nth])
    }

    /// One of `usual`, or where the wording is mutated one of either; each place on its own.
    #[must_use]
    pub fn say<'a>(&self, usual: &[&'a str], more: &[&'a str]) -> &'a str {
        if self.look.strength == 0 {
            return self.word(usual);
        }
        self.look.say(usual, more)
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

impl Skin {
    /// The same for a pair of words that go together.
    #[must_use]
    pub fn say2<'a>(
        &self,
        usual: (&'a str, &'a str),
        other: (&'a str, &'a str),
    ) -> (&'a str, &'a str) {
        if self.look.strength > 0 && self.look.stream(usual.0).percent(50) {
            other
        } else {
            usual
        }
    }
}

/// Draws both forms so that a date with its year stands somewhere a person sees it: in the list or in the article.
fn dates(rng: &mut Rng, plan: &SitePlan) -> (ListDate, ArticleDate) {
    let dated_address = matches!(
        plan.family,
        Family::Jpage | Family::Trs | Family::Shtml | Family::Cards | Family::Datastore
    );
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

/// More ways to write the same: a date with its year stays one, a day without stays without.
fn more_dates(look: &Look, form: ListDate) -> ListDate {
    use ListDate::{
        Bracket, BracketMonthDay, Chinese, ChineseMonthDay, ChinesePadded, Corner, Dash, Dot,
        Hidden, Minute, MonthDay, Parens, ParensMonthDay, Slash, SlashMonthDay, Worded,
    };
    let mut rng = look.stream("list date");
    match form {
        _ if look.strength == 0 => form,
        Hidden => Hidden,
        MonthDay | BracketMonthDay => *rng.pick(&[
            MonthDay,
            BracketMonthDay,
            ParensMonthDay,
            ChineseMonthDay,
            SlashMonthDay,
        ]),
        _ => *rng.pick(&[
            Dash,
            Bracket,
            Slash,
            Chinese,
            Dot,
            Parens,
            Corner,
            ChinesePadded,
            Minute,
            Worded,
        ]),
    }
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
        ListDate::Dot => format!("{y}.{m:02}.{d:02}"),
        ListDate::Parens => format!("({y}-{m:02}-{d:02})"),
        ListDate::Corner => format!("【{y}-{m}-{d}】"),
        ListDate::ChinesePadded => format!("{y}年{m:02}月{d:02}日"),
        ListDate::Minute => minute(t),
        ListDate::Worded => format!("发布时间：{y}-{m:02}-{d:02}"),
        ListDate::ParensMonthDay => format!("({m:02}-{d:02})"),
        ListDate::ChineseMonthDay => format!("{m}月{d}日"),
        ListDate::SlashMonthDay => format!("{m:02}/{d:02}"),
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
