//! 首页轮廓: what a home page is built of, so that a later round can tell what was changed by whom.
//!
//! It is put together from the facts of the page: its skeleton, the parts that the reader marked ([`SignCase::HomePart`] and its
//! neighbours), its links. Two outlines are compared by [`Outline::against`]; what the difference means, the check says.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::{LinkKind, PageFacts, SignCase};
use super::safety::host_of;
use crate::evidence::EvidenceRef;

/// Labels of one page that are kept.
const LABELS_MAX: usize = 80;
/// Characters of a label: the name of a column, no headline.
const LABEL_CHARS: std::ops::RangeInclusive<usize> = 2..=8;
/// What the reader writes as the way of a script that may bring others in.
pub(crate) const RISKY: &str = "risky";

/// 首页轮廓.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Simhash of the elements with their parents and classes.
    pub skeleton: u64,
    /// Elements of the upper levels with their classes, such as `div.banner`.
    pub parts: BTreeSet<String>,
    /// Short texts of links: names of columns and services.
    pub labels: BTreeSet<String>,
    /// Scripts that the page takes from elsewhere, by host.
    pub script_hosts: BTreeSet<String>,
    /// Scripts that stand in the page.
    pub scripts: Vec<ScriptShape>,
    /// Text in a foreign language: which, and how it begins.
    pub foreign: Vec<ForeignText>,
}

/// 页内脚本. A script without its texts and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptShape {
    /// The same as long as the script uses the same names.
    pub id: String,
    /// How it begins.
    pub quote: String,
    /// It writes, evaluates, redirects or brings further scripts in.
    pub is_risky: bool,
}

/// 外文.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignText {
    /// Name of the language or script, in Chinese.
    pub language: String,
    /// How it begins.
    pub quote: String,
}

/// 首页及往轮轮廓. The home page of a round, beside what an earlier round saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeOutline {
    /// Address.
    pub url: String,
    /// What it is built of.
    pub outline: Outline,
    /// Evidence.
    pub evidence: EvidenceRef,
    /// What the latest earlier round with a home page of the site saw.
    pub before: Option<EarlierOutline>,
}

/// 往轮轮廓.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierOutline {
    /// The round.
    pub round: String,
    /// Day of reading.
    pub read: Date,
    /// What the page was built of then.
    pub outline: Outline,
}

/// 轮廓差异. What a page has that it had not, and the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Bits of 64 in which the skeletons differ.
    pub skeleton_bits: u32,
    /// Parts that stayed, in a hundred of all.
    pub parts_kept_percent: usize,
    /// Labels of before that are still there, in a hundred; 100 where there were too few to tell.
    pub labels_kept_percent: usize,
    /// Parts that went.
    pub parts_gone: Vec<String>,
    /// Parts that came.
    pub parts_new: Vec<String>,
    /// Scripts in the page that came.
    pub scripts_new: Vec<ScriptShape>,
    /// Hosts of scripts that came.
    pub script_hosts_new: Vec<String>,
    /// Text in languages that the page had not.
    pub foreign_new: Vec<ForeignText>,
}

impl Outline {
    /// The outline of a home page; `None` of pages whose skeleton was not read.
    pub fn of(page: &PageFacts) -> Option<Outline> {
        if page.skeleton == 0 {
            return None;
        }
        let mut outline = Outline {
            skeleton: page.skeleton,
            ..Outline::default()
        };
        for sign in &page.signs {
            let quote = sign.quote.clone();
            match sign.case {
                SignCase::HomePart => drop(outline.parts.insert(sign.what.clone())),
                SignCase::HomeScript => outline.scripts.push(ScriptShape {
                    id: sign.what.clone(),
                    quote,
                    is_risky: sign.way == RISKY,
                }),
                SignCase::ForeignText => outline.foreign.push(ForeignText {
                    language: sign.what.clone(),
                    quote,
                }),
                _ => {}
            }
        }
        for link in &page.links {
            match link.kind {
                LinkKind::Script => {
                    outline.script_hosts.insert(host_of(&link.url).to_owned());
                }
                LinkKind::Anchor if outline.labels.len() < LABELS_MAX => {
                    let label = link.text.trim();
                    if LABEL_CHARS.contains(&label.chars().count()) {
                        outline.labels.insert(label.to_owned());
                    }
                }
                _ => {}
            }
        }
        Some(outline)
    }

    /// What this one has that `before` had not, and the other way round.
    pub fn against(&self, before: &Outline) -> Change {
        const LABELS_MIN: usize = 5;
        let both = self.parts.intersection(&before.parts).count();
        let all = self.parts.union(&before.parts).count();
        let kept = self.labels.intersection(&before.labels).count();
        let known: BTreeSet<&str> = before.scripts.iter().map(|one| one.id.as_str()).collect();
        let spoken: BTreeSet<&str> = before
            .foreign
            .iter()
            .map(|one| one.language.as_str())
            .collect();
        let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| -> Vec<String> {
            these.difference(those).cloned().collect()
        };
        Change {
            skeleton_bits: (self.skeleton ^ before.skeleton).count_ones(),
            parts_kept_percent: (both * 100).checked_div(all).unwrap_or(100),
            labels_kept_percent: match before.labels.len() {
                count if count < LABELS_MIN => 100,
                count => kept * 100 / count,
            },
            parts_gone: only(&before.parts, &self.parts),
            parts_new: only(&self.parts, &before.parts),
            scripts_new: self
                .scripts
                .iter()
                .filter(|script| !known.contains(script.id.as_str()))
                .cloned()
                .collect(),
            script_hosts_new: only(&self.script_hosts, &before.script_hosts),
            foreign_new: self
                .foreign
                .iter()
                .filter(|text| !spoken.contains(text.language.as_str()))
                .cloned()
                .collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::facts::test_page;

    const HOME: &str = "https://www.qingshi.gov.cn/";

    fn outline(html: &str) -> Outline {
        let html =
            format!("<html><head><title>青石市人民政府</title></head><body>{html}</body></html>");
        Outline::of(&test_page(HOME, &html)).unwrap()
    }

    fn home(news: &str) -> String {
        let labels = [
            "政务公开",
            "政务服务",
            "互动交流",
            "走进青石",
            "数据开放",
            "专题专栏",
        ];
        let labels = labels.map(|label| format!("<li><a href='/{label}/'>{label}</a></li>"));
        format!(
            "<div class='top'><ul class='nav'>{}</ul></div><div class='main w1200'><div class='news'><p><a href='/1.html'>{news}</a></p></div></div>\
             <script>var total = 12; function show(n){{document.getElementById('a'+n).className='on';}}</script>",
            labels.concat()
        )
    }

    #[test]
    fn other_news_change_nothing() {
        let (one, other) = (
            home("我市召开森林防火会议"),
            home("全市经济运行情况发布会举行"),
        );
        let change = outline(&other.replace("12;", "47;")).against(&outline(&one));
        assert_eq!(change.skeleton_bits, 0);
        let kept = (change.parts_kept_percent, change.labels_kept_percent);
        assert_eq!(kept, (100, 100));
        assert!(change.scripts_new.is_empty() && change.foreign_new.is_empty());
    }

    #[test]
    fn what_came_and_went_is_named() {
        let before = outline(&home("我市召开森林防火会议"));
        let with = |more: &str| {
            outline(&format!("{}{more}", home("我市召开森林防火会议"))).against(&before)
        };
        let script = with(
            "<script>var s=document.createElement('script');s.src='/x/'+k+'.js';document.head.appendChild(s);</script>",
        );
        assert!(
            script.scripts_new.iter().any(|script| script.is_risky),
            "{script:?}"
        );
        let plain = with("<script>function turn(page){location.hash='#p'+page;}</script>");
        assert!(
            plain.scripts_new.iter().all(|script| !script.is_risky),
            "{plain:?}"
        );
        let foreign = with("<div class='seo'>スーパーコピーブランド時計の専門店、通販サイト</div>");
        assert_eq!(foreign.foreign_new[0].language, "日文");
        assert!(
            foreign.parts_new.contains(&"div.seo".to_owned()),
            "{foreign:?}"
        );
        let english = "This site was taken over. All your base belongs to us, contact the owners for details now.";
        let english = with(&format!("<h1>{english}</h1>"));
        assert_eq!(english.foreign_new[0].language, "英文");
        let hosts = with("<script src='http://js.evil.example/a.js'></script>");
        assert_eq!(hosts.script_hosts_new, ["js.evil.example"]);
        let gone = outline("<center><h1>网站维护</h1></center>").against(&before);
        assert!(
            gone.labels_kept_percent == 0 && gone.parts_kept_percent < 20,
            "{gone:?}"
        );
    }
}
