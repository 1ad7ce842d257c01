//! 变形: how the templates of one site depart from their family's: names of classes, elements, nesting, order, wording, quoting,
//! decoys. Drawn per site from streams of its own, so that no mutation moves what is planted.
//!
//! Strength 0 leaves the templates as they are written, 1 changes names and wording, 2 structure too, 3 adds decoys and hard habits.

pub mod hard;
pub mod names;

use crate::model::{Family, SitePlan};
use crate::rng::Rng;
use hard::Hard;
use names::Naming;

/// The strength that a province has unless told otherwise.
pub const FULL: u8 = 3;

/// 列表形式: what the items of a list are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// `ul` and `li`.
    Ul,
    /// One table, a row for each item.
    Table,
    /// A table for each item, with a picture as its bullet.
    Tables,
    /// `dl`, the title in `dt` and the date in the `dd` behind it.
    Pairs,
    /// `dl` with `dd` only.
    Dd,
    /// `div` in `div`.
    Divs,
    /// A paragraph for each item.
    Paragraphs,
    /// Text and links parted by `br`.
    Breaks,
    /// Cards with the day in one box and year and month in another.
    Cards,
    /// Headings of years over items with month and day.
    Years,
    /// One link around title and date.
    Rows,
    /// Title, a sentence, and a line with source, date and clicks.
    Summaries,
}

/// 导航形式: what the navigation is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavForm {
    /// As the skeleton has it: table or `ul`.
    Skeleton,
    /// `ul` whatever the skeleton.
    Ul,
    /// Links in a `div`, parted by bars.
    Bars,
    /// A `div` for each entry.
    Divs,
    /// `dl` with `dt`.
    Dl,
}

/// 引号: how attribute values are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// `"a"`
    Double,
    /// `'a'`
    Single,
    /// `a` where that can be.
    Bare,
}

/// 干扰: what stands on pages and says nothing of what they are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decoys {
    /// A list of the most read, before or behind the content of columns and articles.
    pub hot_list: bool,
    /// It stands before the content.
    pub hot_first: bool,
    /// Further reading below articles, with dates.
    pub related: bool,
    /// 上一篇, 下一篇.
    pub neighbours: bool,
    /// A counter of visitors.
    pub counter: bool,
    /// The weather of today.
    pub weather: bool,
    /// A floating picture with a link that closes it.
    pub float: bool,
    /// When the page was made, in the head.
    pub made: bool,
}

/// 变形: everything that was drawn.
#[derive(Debug, Clone)]
pub struct Look {
    /// 0 to 3.
    pub strength: u8,
    /// How classes and ids are named.
    pub naming: Naming,
    /// Lists of columns.
    pub list: ListForm,
    /// Lists on the home page and in groups.
    pub home_list: ListForm,
    /// Navigation.
    pub nav: NavForm,
    /// The navigation stands behind the content in the source.
    pub nav_last: bool,
    /// Quoting.
    pub quotes: Quotes,
    /// Names of elements in capitals.
    pub upper: bool,
    /// Attributes in another order.
    pub shuffled: bool,
    /// End tags that may be left out are.
    pub omit_ends: bool,
    /// Extra elements around the blocks of a page.
    pub wraps: usize,
    /// Lines and comments between blocks.
    pub spaced: bool,
    /// Decoys.
    pub decoys: Decoys,
    /// Habits that make pages hard to read.
    pub hard: Hard,
    key: u64,
}

impl Look {
    /// Draws how a site departs from its family.
    #[must_use]
    pub fn draw(seed: u64, plan: &SitePlan, strength: u8) -> Self {
        let mut rng = Rng::new(seed, &format!("look {}", plan.code));
        let key = rng.next_u64();
        let naming = Naming::draw(&mut rng, plan.family);
        let (list, home_list) = lists(&mut rng, plan.family);
        let nav = *rng.pick(&[
            NavForm::Skeleton,
            NavForm::Ul,
            NavForm::Bars,
            NavForm::Divs,
            NavForm::Dl,
        ]);
        let old = matches!(plan.family, Family::Nested | Family::Aspx);
        let mut look = Self {
            strength,
            naming,
            list,
            home_list,
            nav,
            nav_last: rng.percent(20) && plan.family != Family::Frames,
            quotes: *rng.pick(&[Quotes::Double, Quotes::Double, Quotes::Single, Quotes::Bare]),
            upper: rng.percent(if old { 60 } else { 4 }),
            shuffled: rng.percent(50),
            omit_ends: rng.percent(if old { 50 } else { 10 }),
            wraps: rng.below(4),
            spaced: rng.percent(50),
            decoys: Decoys {
                hot_list: rng.percent(55),
                hot_first: rng.percent(50),
                related: rng.percent(50),
                neighbours: rng.percent(60),
                counter: rng.percent(50),
                weather: rng.percent(40),
                float: rng.percent(30),
                made: rng.percent(50),
            },
            hard: Hard::draw(seed, plan),
            key,
        };
        look.weaken(plan.family);
        look
    }

    /// Takes back what the strength does not allow.
    fn weaken(&mut self, family: Family) {
        if self.strength < 3 {
            self.decoys = Decoys::default();
            self.hard = Hard::default();
        }
        if self.strength < 2 {
            let form = default_list(family);
            (self.list, self.home_list) = (form, form);
            self.nav = NavForm::Skeleton;
            self.nav_last = false;
            self.wraps = 0;
        }
        if self.strength < 1 {
            self.naming = Naming::AsWritten;
            self.quotes = Quotes::Double;
            (self.upper, self.shuffled, self.omit_ends, self.spaced) = (false, false, false, false);
        }
    }

    /// A stream that gives the same for the same site and key.
    #[must_use]
    pub fn stream(&self, key: &str) -> Rng {
        Rng::new(self.key, key)
    }

    /// One of `usual` or `more`, the same for the whole site: each place of wording is drawn on its own.
    #[must_use]
    pub fn say<'a>(&self, usual: &[&'a str], more: &[&'a str]) -> &'a str {
        let key = usual.concat();
        let nth = self.stream(&key).below(usual.len() + more.len());
        if nth < usual.len() {
            usual[nth]
        } else {
            more[nth - usual.len()]
        }
    }
}

/// The form that a family's templates have as written.
const fn default_list(family: Family) -> ListForm {
    match family {
        Family::Aspx | Family::Frames => ListForm::Table,
        Family::Nested => ListForm::Tables,
        Family::Cards => ListForm::Cards,
        Family::Hashed => ListForm::Rows,
        _ => ListForm::Ul,
    }
}

fn lists(rng: &mut Rng, family: Family) -> (ListForm, ListForm) {
    use ListForm::{
        Breaks, Cards, Dd, Divs, Pairs, Paragraphs, Rows, Summaries, Table, Tables, Ul, Years,
    };
    let all: &[ListForm] = match family {
        Family::Aspx | Family::Frames => &[Table, Table, Tables, Breaks, Paragraphs, Ul],
        Family::Nested => &[Tables, Tables, Table, Breaks],
        Family::Cards => &[Cards, Cards, Rows, Summaries],
        Family::Hashed => &[Rows, Rows, Divs, Cards, Summaries],
        _ => &[
            Ul, Ul, Table, Pairs, Dd, Divs, Paragraphs, Breaks, Cards, Years, Rows, Summaries,
        ],
    };
    (*rng.pick(all), *rng.pick(all))
}
