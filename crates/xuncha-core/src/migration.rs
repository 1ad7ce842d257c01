//! 迁移核对: an old site against its successor. What was carried over, and what was lost on the way.
//!
//! Two steps, both pure: [`read`] takes the records of one site for its holdings 馆藏 (articles, attachments, pictures, columns, and
//! where its addresses lead), [`compare`] sets the old holdings against the new ones. Nothing here knows a CMS: articles are known by
//! their titles and texts, never by their addresses or templates.
//!
//! It never holds a failure of ours against the successor: what was not read, not asked or only seen once is a doubt 无法判定.
//! Start reading at [`LossKind`], then [`compare`], then `judging.rs`, which takes one article after the other.
//! `migration.md` is its specification, run as a test.

mod addresses;
mod articles_read;
mod columns;
mod columns_read;
mod dates;
mod files;
mod files_read;
mod garble;
mod holdings;
mod judging;
mod leads;
mod missing;
mod pairs;
mod prose;
mod reading;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod titles;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

pub use self::holdings::{
    Article, Attachment, FileState, Holding, Holdings, Lead, Listed, Picture, Titled,
};
pub use self::reading::read;

use crate::evidence::EvidenceRef;
use crate::verdict::{MAX_PLACES, Place};

/// 迁移损失种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// An article of the old site is not on the new one.
    ArticleMissing,
    /// Its text came without some of its sentences.
    BodyCut,
    /// Its text says something else: figures, names, whole sentences.
    BodyChanged,
    /// Its text or title came in the characters of another charset.
    Garbled,
    /// It came under another title.
    TitleChanged,
    /// It came more often than it stood on the old site.
    Doubled,
    /// It shows another day of publication.
    Redated,
    /// It shows none any more.
    DateLost,
    /// It shows a day that is still to come.
    DateInFuture,
    /// Many articles show one and the same day, as a rule that of the migration.
    DatesFlattened,
    /// A file that it offered is not offered any more.
    AttachmentLost,
    /// The file is offered and does not open.
    AttachmentDead,
    /// A web page comes instead of the file.
    AttachmentIsPage,
    /// Another file comes under its name. Listed only.
    AttachmentDiffers,
    /// It shows fewer pictures.
    PicturesLost,
    /// A column of the old site has no counterpart.
    ColumnMissing,
    /// The counterpart holds nothing.
    ColumnEmpty,
    /// Articles stand in another column, or a column was merged into another. Listed only.
    ColumnChanged,
    /// The old address opens nothing.
    AddressDead,
    /// The old address leads to a home page only.
    AddressLeadsHome,
    /// The old address leads to another page.
    AddressAstray,
}

impl LossKind {
    /// All kinds in the order of the report.
    pub const ALL: [LossKind; 21] = [
        LossKind::ArticleMissing,
        LossKind::BodyCut,
        LossKind::BodyChanged,
        LossKind::Garbled,
        LossKind::TitleChanged,
        LossKind::Doubled,
        LossKind::Redated,
        LossKind::DateLost,
        LossKind::DateInFuture,
        LossKind::DatesFlattened,
        LossKind::AttachmentLost,
        LossKind::AttachmentDead,
        LossKind::AttachmentIsPage,
        LossKind::AttachmentDiffers,
        LossKind::PicturesLost,
        LossKind::ColumnMissing,
        LossKind::ColumnEmpty,
        LossKind::ColumnChanged,
        LossKind::AddressDead,
        LossKind::AddressLeadsHome,
        LossKind::AddressAstray,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            LossKind::ArticleMissing => "稿件缺失",
            LossKind::BodyCut => "正文缺失",
            LossKind::BodyChanged => "正文改动",
            LossKind::Garbled => "出现乱码",
            LossKind::TitleChanged => "标题改动",
            LossKind::Doubled => "稿件重复",
            LossKind::Redated => "发布时间改变",
            LossKind::DateLost => "发布时间丢失",
            LossKind::DateInFuture => "发布时间在将来",
            LossKind::DatesFlattened => "发布时间成批改为同一天",
            LossKind::AttachmentLost => "附件缺失",
            LossKind::AttachmentDead => "附件打不开",
            LossKind::AttachmentIsPage => "附件变成网页",
            LossKind::AttachmentDiffers => "附件内容不同",
            LossKind::PicturesLost => "图片缺失",
            LossKind::ColumnMissing => "栏目缺失",
            LossKind::ColumnEmpty => "栏目为空",
            LossKind::ColumnChanged => "栏目变更",
            LossKind::AddressDead => "旧地址失效",
            LossKind::AddressLeadsHome => "旧地址只转到首页",
            LossKind::AddressAstray => "旧地址转到别的页面",
        }
    }

    /// Whether it is only listed: a person decides whether it was meant.
    pub fn is_notice(self) -> bool {
        matches!(self, LossKind::ColumnChanged | LossKind::AttachmentDiffers)
    }
}

/// 迁移损失. One root cause with its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Which kind.
    pub kind: LossKind,
    /// Title of the article, or name of the column.
    pub title: String,
    /// Address on the old site.
    pub old_url: Option<String>,
    /// Address on the new site, where it stands there.
    pub new_url: Option<String>,
    /// What is wrong, in Chinese.
    pub detail: String,
    /// What was seen on the old site, then on the new one.
    pub evidence: Vec<EvidenceRef>,
    /// Articles that one root cause hits, at most [`MAX_PLACES`]; empty where it hits one.
    pub places: Vec<Place>,
    /// How many it hits.
    pub place_count: u64,
}

impl Loss {
    /// A loss of one article or column; without evidence there is none.
    fn of(kind: LossKind, title: &str, detail: String, evidence: EvidenceRef) -> Loss {
        Loss {
            kind,
            title: title.to_owned(),
            old_url: None,
            new_url: None,
            detail,
            evidence: vec![evidence],
            places: Vec::new(),
            place_count: 1,
        }
    }

    fn on_old(mut self, url: &str) -> Loss {
        self.old_url = Some(url.to_owned());
        self
    }

    fn on_new(mut self, url: &str) -> Loss {
        self.new_url = Some(url.to_owned());
        self
    }

    fn and_evidence(mut self, evidence: &EvidenceRef) -> Loss {
        self.evidence.push(evidence.clone());
        self
    }

    fn at_places(mut self, places: Vec<Place>) -> Loss {
        self.place_count = places.len() as u64;
        self.places = places;
        self.places.truncate(MAX_PLACES);
        self
    }
}

/// 存疑. Something that could not be determined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unclear {
    /// What it would be a loss of, in Chinese.
    pub about: String,
    /// Title of the article or column, empty where it concerns the whole site.
    pub title: String,
    /// Address on the old site, or on the new one.
    pub url: String,
    /// Why it could not be determined, in Chinese.
    pub why: String,
}

/// 一方概况. What was read of one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideSummary {
    /// Home page.
    pub home: String,
    /// When it was read.
    pub as_of: DateTime,
    /// Pages read as HTML.
    pub pages: u64,
    /// Articles.
    pub articles: u64,
    /// Attachments of articles.
    pub attachments: u64,
    /// Columns.
    pub columns: u64,
    /// Pages that are no articles: lists, forms, pages of links. They are not compared one by one.
    pub other_pages: u64,
    /// Reading stopped at the page budget.
    pub is_partial: bool,
}

/// 核对结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The old site.
    pub old: SideSummary,
    /// Its successor.
    pub new: SideSummary,
    /// Articles of the old site that stand on the new one.
    pub carried: u64,
    /// Of these, those with nothing wrong but their column.
    pub carried_whole: u64,
    /// Losses in the order of their kinds, then of addresses.
    pub losses: Vec<Loss>,
    /// What could not be determined.
    pub unclear: Vec<Unclear>,
}

/// Sets the old holdings against the new ones.
pub fn compare(old: &Holdings, new: &Holdings) -> Migration {
    let pairs = pairs::pair(old, new);
    let mut found = judging::Found::default();
    judging::articles(old, new, &pairs, &mut found);
    addresses::listed(old, new, &mut found);
    dates::flattened(&mut found);
    let due = || {
        pairs
            .carried
            .iter()
            .map(|pair| &old.articles[pair.old])
            .filter(|article| article.is_due)
    };
    let carried = due().count();
    let touched = found.touched();
    let carried_whole = due()
        .filter(|article| !touched.contains(article.url()))
        .count();
    columns::columns(old, new, &pairs, &mut found);
    let mut losses: Vec<Loss> = found.losses;
    losses.sort_by(|a, b| {
        (a.kind, &a.old_url, &a.new_url, &a.title, &a.detail)
            .cmp(&(b.kind, &b.old_url, &b.new_url, &b.title, &b.detail))
    });
    found.unclear.sort();
    found.unclear.dedup();
    Migration {
        old: summary(old),
        new: summary(new),
        carried: carried as u64,
        carried_whole: carried_whole as u64,
        losses,
        unclear: found.unclear,
    }
}

fn summary(holdings: &Holdings) -> SideSummary {
    let articles = || holdings.articles.iter().filter(|article| article.is_due);
    SideSummary {
        home: holdings.home.clone(),
        as_of: holdings.as_of,
        pages: holdings.page_count,
        articles: articles().count() as u64,
        attachments: articles()
            .map(|article| article.attachments.len() as u64)
            .sum(),
        columns: holdings
            .columns
            .iter()
            .filter(|column| column.is_due)
            .count() as u64,
        other_pages: holdings.titled.len() as u64,
        is_partial: holdings.is_partial,
    }
}
