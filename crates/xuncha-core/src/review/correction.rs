//! 更正: what a person reads otherwise than the machine did, such as the kind of a column or the date of its newest item. A correction is
//! put into the facts before they are judged, so that every later run of the machine judges what the person saw.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::facts::model::{Column, ColumnKind, Facts};
use crate::facts::{canonical, folder_of_default};
use crate::registry::TargetId;

/// 更正内容.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Corrected {
    /// 栏目类型.
    ColumnKind {
        /// What the column is.
        kind: ColumnKind,
    },
    /// 最新信息日期.
    NewestDate {
        /// Day of its newest item.
        date: Date,
    },
    /// 是否列表.
    OwnList {
        /// Whether the column shows a list of its own; else it only leads to the columns below it.
        is_list: bool,
    },
    /// 栏目名称.
    ColumnName {
        /// Its name.
        name: String,
    },
}

impl Corrected {
    /// Whether it holds in later rounds too: what a column *is* stays, what stood in it on a day does not.
    pub fn stays(&self) -> bool {
        !matches!(self, Corrected::NewestDate { .. })
    }
}

/// 更正. Of one column of one target, by one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Round in which it was made.
    pub round: String,
    /// Target.
    pub target: TargetId,
    /// Address of the column.
    pub url: String,
    /// What holds.
    #[serde(flatten)]
    pub corrected: Corrected,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Reason.
    pub reason: String,
    /// SHA-256 of the page on which the person saw it; empty where it was not kept. A day holds for that page alone.
    #[serde(default)]
    pub evidence: String,
}

/// 更正所及. A correction as it stands in the facts of a site: what the machine had read, and what holds instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedReading {
    /// The correction; its round tells whether it was carried on from an earlier one.
    pub correction: Correction,
    /// What the machine read, as bodies write it; empty where it read nothing.
    pub was: String,
    /// Whether it found its column, and of a day the page that it was read on.
    pub is_met: bool,
}

impl ColumnKind {
    /// Every kind, as forms list them.
    pub const ALL: [ColumnKind; 12] = [
        ColumnKind::News,
        ColumnKind::Notice,
        ColumnKind::Policy,
        ColumnKind::Interpretation,
        ColumnKind::Overview,
        ColumnKind::Duties,
        ColumnKind::Leaders,
        ColumnKind::Yearly,
        ColumnKind::Services,
        ColumnKind::Interaction,
        ColumnKind::Other,
        ColumnKind::Static,
    ];

    /// Its word in forms and bodies.
    pub fn word(self) -> &'static str {
        match self {
            ColumnKind::News => "news",
            ColumnKind::Notice => "notice",
            ColumnKind::Policy => "policy",
            ColumnKind::Interpretation => "interpretation",
            ColumnKind::Overview => "overview",
            ColumnKind::Duties => "duties",
            ColumnKind::Leaders => "leaders",
            ColumnKind::Yearly => "yearly",
            ColumnKind::Services => "services",
            ColumnKind::Interaction => "interaction",
            ColumnKind::Other => "other",
            ColumnKind::Static => "static",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<ColumnKind> {
        ColumnKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            ColumnKind::News => "动态要闻",
            ColumnKind::Notice => "通知公告",
            ColumnKind::Policy => "政策文件",
            ColumnKind::Interpretation => "政策解读",
            ColumnKind::Overview => "概况信息",
            ColumnKind::Duties => "机构职能",
            ColumnKind::Leaders => "领导信息",
            ColumnKind::Yearly => "人事、规划、财政等年度类",
            ColumnKind::Services => "办事服务",
            ColumnKind::Interaction => "互动交流",
            ColumnKind::Other => "专题及其他应更新栏目",
            ColumnKind::Static => "静态页面（不需更新）",
        }
    }
}

/// Puts corrections into facts; of several of the same column and thing the last in the list holds. Says how many met a column. Each is
/// kept beside the facts with what the machine had read.
pub fn correct(facts: &mut Facts, corrections: &[Correction]) -> usize {
    let Facts::Site(site) = facts else {
        return 0;
    };
    let mut met = 0;
    for correction in corrections {
        let key = column_key(&correction.url);
        let mut reading = CorrectedReading {
            correction: correction.clone(),
            was: String::new(),
            is_met: false,
        };
        for column in &mut site.columns {
            if column_key(&column.url) != key || !is_of_page(correction, column) {
                continue;
            }
            met += 1;
            if !reading.is_met {
                reading.was = read_before(column, &correction.corrected);
            }
            reading.is_met = true;
            put(column, &correction.corrected);
        }
        site.corrected.push(reading);
    }
    met
}

/// By what a column is known again: a site that moves to HTTPS, or names the default document now, has the same columns.
fn column_key(url: &str) -> String {
    let url = canonical(url);
    let url = folder_of_default(&url).unwrap_or(url);
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    rest.trim_start_matches("www.").to_owned()
}

/// Whether two addresses are those of one column.
pub fn is_same_column(one: &str, other: &str) -> bool {
    column_key(one) == column_key(other)
}

/// A day was read on one page: where the column shows another page by now, it says nothing.
fn is_of_page(correction: &Correction, column: &Column) -> bool {
    let seen = correction.evidence.as_str();
    correction.corrected.stays() || seen.is_empty() || seen == column.evidence.sha256
}

fn read_before(column: &Column, corrected: &Corrected) -> String {
    match corrected {
        Corrected::ColumnKind { .. } => column.kind.word().to_owned(),
        Corrected::NewestDate { .. } => {
            let newest = column.newest.map(|newest| newest.to_string());
            newest.unwrap_or_default()
        }
        Corrected::OwnList { .. } => (!column.is_parent_only).to_string(),
        Corrected::ColumnName { .. } => column.name.clone(),
    }
}

fn put(column: &mut Column, corrected: &Corrected) {
    match corrected {
        Corrected::ColumnKind { kind } => {
            column.kind = *kind;
            column.kind_is_sure = true;
        }
        // A column in which a person saw an item is neither empty nor hidden behind a script.
        Corrected::NewestDate { date } => {
            column.newest = Some(*date);
            column.is_empty = false;
            column.needs_script = false;
            column.item_count = column.item_count.max(1);
        }
        Corrected::OwnList { is_list } => {
            column.is_parent_only = !is_list;
            if !is_list {
                column.is_empty = false;
                column.needs_script = false;
            }
        }
        Corrected::ColumnName { name } => column.name.clone_from(name),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::{at, evidence};

    fn column(url: &str) -> Column {
        Column {
            url: url.into(),
            name: "通知公告".into(),
            kind: ColumnKind::Notice,
            kind_is_sure: false,
            depth: 1,
            is_parent_only: false,
            item_count: 0,
            newest: None,
            is_empty: true,
            needs_script: true,
            evidence: evidence(),
        }
    }

    fn correction(url: &str, corrected: Corrected) -> Correction {
        Correction {
            round: "2026Q1".into(),
            target: "1".into(),
            url: url.into(),
            corrected,
            by: "张三".into(),
            at: at(9),
            reason: String::new(),
            evidence: String::new(),
        }
    }

    #[test]
    fn what_a_person_read_stands_in_the_facts() {
        let mut site = crate::facts::assemble_site(
            &crate::testing::site("1", crate::registry::SiteKind::Portal),
            std::iter::empty(),
            &std::collections::BTreeMap::new(),
            &crate::facts::Lexicons::builtin(),
        );
        site.columns = vec![column("http://a/"), column("http://b/")];
        let mut facts = Facts::Site(Box::new(site));
        let date = |text: &str| Corrected::NewestDate {
            date: text.parse().unwrap(),
        };
        let kind = Corrected::ColumnKind {
            kind: ColumnKind::Static,
        };
        let corrections = [
            correction("http://a/", kind.clone()),
            correction("http://a/", date("2026-01-01")),
            correction("http://a/", date("2026-03-01")),
            correction("http://gone/", kind.clone()),
        ];
        assert_eq!(correct(&mut facts, &corrections), 3);
        let Facts::Site(site) = facts else {
            unreachable!()
        };
        let first = &site.columns[0];
        assert_eq!((first.kind, first.kind_is_sure), (ColumnKind::Static, true));
        assert_eq!(first.newest.unwrap().to_string(), "2026-03-01");
        assert!(!first.is_empty && !first.needs_script && first.item_count == 1);
        assert_eq!(
            site.columns[1],
            column("http://b/"),
            "others stay as they were"
        );
        let told: Vec<(&str, bool)> = site
            .corrected
            .iter()
            .map(|one| (one.was.as_str(), one.is_met))
            .collect();
        let expected = [
            ("notice", true),
            ("", true),
            ("2026-01-01", true),
            ("", false),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_day_holds_for_the_page_that_it_was_read_on() {
        let mut site = crate::facts::assemble_site(
            &crate::testing::site("1", crate::registry::SiteKind::Portal),
            std::iter::empty(),
            &std::collections::BTreeMap::new(),
            &crate::facts::Lexicons::builtin(),
        );
        site.columns = vec![column("http://a/tz/")];
        let mut facts = Facts::Site(Box::new(site));
        let date = Corrected::NewestDate {
            date: "2026-03-01".parse().unwrap(),
        };
        let of_page = |sha256: &str, corrected: Corrected| Correction {
            evidence: sha256.into(),
            ..correction("http://a/tz/index.html", corrected)
        };
        let mine = evidence().sha256;
        let list = Corrected::OwnList { is_list: false };
        let name = Corrected::ColumnName {
            name: "公示公告".into(),
        };
        let corrections = [
            of_page("another page", date.clone()),
            of_page("another page", list),
            of_page("another page", name),
        ];
        assert_eq!(
            correct(&mut facts, &corrections),
            2,
            "what a column is stays"
        );
        let Facts::Site(site) = &facts else {
            unreachable!()
        };
        let read = &site.columns[0];
        assert!(read.newest.is_none() && read.is_parent_only && !read.is_empty);
        assert_eq!(read.name, "公示公告");
        assert_eq!(correct(&mut facts, &[of_page(&mine, date)]), 1);
    }

    #[test]
    fn words_are_those_of_bodies() {
        for kind in ColumnKind::ALL {
            let word = serde_json::to_value(kind).unwrap();
            assert_eq!(word, kind.word());
            assert_eq!(ColumnKind::of_word(kind.word()), Some(kind));
        }
    }
}
