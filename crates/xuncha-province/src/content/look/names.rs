//! Names of classes and ids: plausible ones of several habits, and ones that mean nothing.

use crate::model::Family;
use crate::rng::Rng;

/// 命名习惯: how a site names its classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// As the templates have them.
    AsWritten,
    /// `newsList`, `leftBox`
    Camel,
    /// `daohang`, `zw_lb`
    Pinyin,
    /// `index_item__3xK9a`, as CSS modules make them.
    Modules,
    /// `css-1q2w3e`, `sc-bdVaJa`
    Hashed,
    /// `a1`, `b_7`
    Numbered,
    /// `layout-col`, `pull-left`: names of looks, never of what something is.
    Utility,
}

/// Classes of the templates that stand for what something is. The writer of markup puts the site's own in their place.
pub const ROLES: [&str; 24] = [
    "w", "r", "f", "g", "i", "nav", "sub", "banner", "find", "crumb", "box", "more", "row", "pic",
    "icons", "art", "tabs", "foot", "pages", "aside", "item", "day", "tit", "txt",
];

const CAMEL: &[&str] = &[
    "main", "left", "right", "news", "list", "info", "page", "top", "con", "item", "box", "wrap",
    "inner", "mod", "sub", "cont", "area", "col", "block", "part",
];
const PINYIN: &[&str] = &[
    "daohang", "liebiao", "zhengwen", "biaoti", "neirong", "xinwen", "gonggao", "zuo", "you",
    "shang", "xia", "kuang", "lanmu", "yejiao", "tou", "zhong", "zw", "lb", "bt", "nr", "dh", "xx",
    "wz", "ny",
];
const UTILITY: &[&str] = &[
    "pull-left",
    "pull-right",
    "clearfix",
    "text-center",
    "mt10",
    "pb20",
    "fl",
    "fr",
    "cf",
    "bg1",
    "row-fluid",
    "col-md-12",
    "col-xs-8",
    "hidden-print",
    "bd-b",
    "ft14",
    "c333",
    "w1200",
    "oh",
    "rel",
    "abs",
    "tc",
    "lh24",
    "mb15",
    "pd5",
    "inline",
];
const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

impl Naming {
    /// Draws a habit.
    pub fn draw(rng: &mut Rng, family: Family) -> Self {
        let all: &[Self] = match family {
            Family::Hashed => &[Self::Modules, Self::Hashed],
            Family::Nested => &[Self::AsWritten, Self::Pinyin, Self::Numbered],
            _ => &[
                Self::Camel,
                Self::Camel,
                Self::Pinyin,
                Self::Modules,
                Self::Hashed,
                Self::Numbered,
                Self::Utility,
                Self::AsWritten,
            ],
        };
        *rng.pick(all)
    }

    /// The `nth` name of a site; `as_written` is what the templates would say.
    #[must_use]
    pub fn name(self, rng: &mut Rng, nth: usize, as_written: &str) -> String {
        let hash = |rng: &mut Rng, length: usize| -> String {
            (0..length)
                .map(|_| char::from(*rng.pick(LETTERS)))
                .collect()
        };
        match self {
            Self::AsWritten => as_written.to_owned(),
            Self::Camel => {
                let second = *rng.pick(CAMEL);
                let (first, rest) = second.split_at(1);
                let number = if rng.percent(50) {
                    String::new()
                } else {
                    nth.to_string()
                };
                format!("{}{}{rest}{number}", rng.pick(CAMEL), first.to_uppercase())
            }
            Self::Pinyin => format!("{}{}{}", rng.pick(PINYIN), rng.pick(&["", "_", "-"]), nth),
            Self::Modules => {
                let tail = hash(rng, 5);
                format!("{}_{}__{tail}", rng.pick(CAMEL), rng.pick(CAMEL))
            }
            Self::Hashed => {
                let tail = hash(rng, 6);
                format!("{}{tail}", rng.pick(&["css-", "sc-", "_", "jsx-"]))
            }
            Self::Numbered => format!(
                "{}{}{nth}",
                rng.pick(&["a", "b", "d", "t", "x"]),
                rng.pick(&["", "_"])
            ),
            Self::Utility => format!("{}-{nth}", rng.pick(UTILITY)),
        }
    }
}
