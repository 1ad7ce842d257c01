//! What a site holds, as far as a migration has to carry it over.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};

use super::prose::Prose;
use crate::evidence::EvidenceRef;

/// 馆藏. Everything of a site that has to be carried over, and what is known of where its addresses lead.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// Home page.
    pub home: String,
    /// When it was read.
    pub as_of: DateTime,
    /// Pages read as HTML.
    pub page_count: u64,
    /// Where the home page leads, if to another host: the site was switched before it was read.
    pub moved_to: Option<String>,
    /// Reading stopped at the page budget.
    pub is_partial: bool,
    /// Pages of the site that could not be read for a reason that may be ours.
    pub unread: BTreeSet<String>,
    /// Articles in the order of their addresses. One text under one title is one article, however many addresses it has.
    pub articles: Vec<Article>,
    /// Titles that the site lists and that open no article of the site.
    pub listed: Vec<Listed>,
    /// Pages with a title that were not read as articles: a page that lost its text is one of these.
    pub titled: Vec<Titled>,
    /// Columns that hold something, or did.
    pub columns: Vec<Holding>,
}

/// 稿件. One text under one title.
#[derive(Clone, Debug)]
pub struct Article {
    /// Title as the page shows it, or the lists where the page shows another thing.
    pub title: String,
    /// The title for comparing: without the site's name, without marks.
    pub key: String,
    /// It is certainly an article: dated, tagged or listed as one, or a text of some length. Others only serve as counterparts.
    pub is_due: bool,
    /// Every address that shows it, in the form that counts as seen; the first one is named in reports.
    pub urls: Vec<String>,
    /// Addresses to which other pages lead: more than one is a copy.
    pub copies: Vec<String>,
    /// Days of publication that its addresses show.
    pub dates: BTreeSet<Date>,
    /// The page shows its day itself; it was not taken from its address.
    pub date_is_shown: bool,
    /// A day after the reading that the page or its list shows.
    pub future: Option<Date>,
    /// Its text.
    pub prose: Prose,
    /// Characters of whole sentences on the page, whatever was read as its text.
    pub sentence_chars: u32,
    /// Files that it offers.
    pub attachments: Vec<Attachment>,
    /// Pictures that it shows, without those of the template.
    pub pictures: Vec<Picture>,
    /// Names of the columns that list it.
    pub columns: BTreeSet<String>,
    /// Where its address leads.
    pub lead: Lead,
    /// The last answer of its address, where it was asked again.
    pub asked: Option<EvidenceRef>,
    /// Its page.
    pub evidence: EvidenceRef,
}

/// 旧地址去向. Where an address leads today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Nobody asked.
    NotAsked,
    /// To a page that opens.
    Lands {
        /// Its address.
        url: String,
        /// Its title for comparing.
        key: String,
    },
    /// Nowhere, at two looks.
    Dead {
        /// Why, in Chinese.
        why: String,
    },
    /// Cannot be told.
    Unknown {
        /// Why, in Chinese.
        why: String,
    },
}

/// 附件. A file that an article offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Address.
    pub url: String,
    /// Name of the file, for comparing.
    pub name: String,
    /// Text of the link, for comparing.
    pub text: String,
    /// What people read: text of the link, else name of the file.
    pub shown: String,
    /// What came.
    pub state: FileState,
    /// SHA-256 of what was read, empty where nothing came.
    pub sha256: String,
    /// Bytes read.
    pub size_bytes: u64,
    /// Evidence, where it was asked.
    pub evidence: Option<EvidenceRef>,
}

/// 文件状态.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Opens.
    Opens,
    /// A web page comes.
    IsPage,
    /// Does not open, at two looks.
    Dead {
        /// Why, in Chinese.
        why: String,
    },
    /// Cannot be told.
    Unknown {
        /// Why, in Chinese.
        why: String,
    },
}

/// 图片. A picture of an article.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picture {
    /// Name of the file without size and extension.
    pub name: String,
    /// Whether it opens; `None` where that is not known.
    pub opens: Option<bool>,
}

/// 列出的标题. A title that a list of the site leads on from, and that opens no article of the site.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Title as listed.
    pub title: String,
    /// The title for comparing.
    pub key: String,
    /// Address.
    pub url: String,
    /// It stands in a list of articles, not only somewhere in a text.
    pub is_item: bool,
    /// Where the address leads.
    pub lead: Lead,
    /// The page that lists it, or what came.
    pub evidence: EvidenceRef,
}

/// 有题无文的页面.
#[derive(Clone, Debug)]
pub struct Titled {
    /// The page's title and headings for comparing: an article's title is one of them, or the first part of it.
    pub key: String,
    /// Address.
    pub url: String,
    /// Visible characters between header and footer.
    pub chars: u32,
    /// It shows nothing without scripts.
    pub needs_script: bool,
    /// What a dated list calls it, and that name for comparing: an article that was not read as one.
    pub listed: Option<(String, String)>,
    /// The page.
    pub evidence: EvidenceRef,
}

/// 栏目馆藏. A column with what it lists.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Name.
    pub name: String,
    /// Name for comparing.
    pub key: String,
    /// The site's navigation names it. Other lists only serve as counterparts.
    pub is_due: bool,
    /// Address.
    pub url: String,
    /// Addresses of its items, over all its pages.
    pub items: BTreeSet<String>,
    /// Content other than a list.
    pub has_other: bool,
    /// Its list comes from a script that was not run.
    pub needs_script: bool,
    /// Its page.
    pub evidence: EvidenceRef,
}

impl Article {
    /// The address that reports name.
    pub fn url(&self) -> &str {
        self.urls.first().map_or("", String::as_str)
    }
}
