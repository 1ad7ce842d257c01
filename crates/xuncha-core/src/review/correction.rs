//! 更正: what a person reads otherwise than the machine did, such as the kind of a column or the date of its newest item. A correction is
//! put into the facts before they are judged, so that every later run of the machine judges what the person saw.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::facts::model::{Column, ColumnKind, Facts};
use crate::registry::TargetId;

/// 更正内容.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
}

/// 更正. Of one column of one target, by one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Round.
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

/// Puts corrections into facts; of several of the same column and thing the last in the list holds. Says how many met a column.
pub fn correct(facts: &mut Facts, corrections: &[Correction]) -> usize {
    let Facts::Site(site) = facts else {
        return 0;
    };
    let mut met = 0;
    for correction in corrections {
        let mine = |column: &&mut Column| column.url == correction.url;
        for column in site.columns.iter_mut().filter(mine) {
            met += 1;
            match correction.corrected {
                Corrected::ColumnKind { kind } => {
                    column.kind = kind;
                    column.kind_is_sure = true;
                }
                // A column in which a person saw an item is neither empty nor hidden behind a script.
                Corrected::NewestDate { date } => {
                    column.newest = Some(date);
                    column.is_empty = false;
                    column.needs_script = false;
                    column.item_count = column.item_count.max(1);
                }
            }
        }
    }
    met
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
            correction("http://a/", kind),
            correction("http://a/", date("2026-01-01")),
            correction("http://a/", date("2026-03-01")),
            correction("http://gone/", kind),
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
