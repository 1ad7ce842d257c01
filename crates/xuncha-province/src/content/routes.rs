//! What each address of a site shows.

use super::conduct::{PhonePlan, SignInPlan};
use super::links::LinkKind;
use super::look::hard::SearchBox;
use super::{ColumnKind, Site, addresses};
use crate::model::{Family, SearchPlan};

/// 页面: what one address shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The home page (a frameset in one family).
    Home,
    /// A frame of it: head, content.
    Frame(u8),
    /// A column's page, counted from 1.
    Column(u32, u32),
    /// An article.
    Article(u32),
    /// A service guide.
    Guide(u32),
    /// The service directory.
    Directory,
    /// A message.
    Message(u32),
    /// The list of messages, page from 1.
    MessageList(u32),
    /// The form to write one.
    MessageForm,
    /// Reception statistics.
    MessageStatistics,
    /// The search.
    Search,
    /// The page for signing in.
    SignIn,
    /// A page that shows nothing to who is not signed in.
    Wall,
    /// 网上信访 or another special channel, which does not count as consultation.
    Petition,
    /// A planted link.
    Planted(u32),
    /// Style sheet.
    Style,
    /// Drawn picture number n.
    Picture(u8),
    /// Small mark image.
    Mark(u8),
    /// An attachment that is there.
    Attachment(&'static str),
    /// An attachment with text of its own.
    Document(u32),
    /// A file or folder that leaks, or looks so.
    Leak(u32),
}

impl Page {
    /// True for a page of text.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Planted(_)
                | Self::Style
                | Self::Picture(_)
                | Self::Mark(_)
                | Self::Attachment(_)
                | Self::Document(_)
                | Self::Leak(_)
                | Self::Search
        )
    }
}

/// Number of drawn pictures a site has.
pub const PICTURES: u8 = 8;

/// Enters every address.
pub fn draw(site: &mut Site) {
    let mut put = Vec::new();
    put.push(("/".to_owned(), Page::Home));
    if site.plan.family == Family::Frames {
        put.push(("/top.html".to_owned(), Page::Frame(0)));
        put.push(("/main.html".to_owned(), Page::Frame(1)));
    }
    for (index, column) in site.columns.iter().enumerate() {
        let pages = site.pages_of(column.articles.len());
        for page in 1..=pages {
            let address = addresses::column_page(site.plan.family, &column.address, page, pages);
            put.push((address, Page::Column(index as u32, page as u32)));
        }
    }
    for (index, article) in site.articles.iter().enumerate() {
        put.push((article.address.clone(), Page::Article(index as u32)));
        for attachment in &article.attachments {
            let ext = ["docx", "xlsx", "pdf"]
                .into_iter()
                .find(|e| attachment.ends_with(e))
                .unwrap_or("pdf");
            put.push((attachment.clone(), Page::Attachment(ext)));
        }
    }
    match site.plan.conduct.sign_in {
        SignInPlan::Works => put.push((site.sign_in_address(), Page::SignIn)),
        SignInPlan::Astray => put.push((site.sign_in_address(), Page::Petition)),
        SignInPlan::Service | SignInPlan::Personal | SignInPlan::Letters => {
            put.push((site.walled_address(), Page::Wall));
        }
        _ => {}
    }
    if site.plan.conduct.phone == PhonePlan::PhoneVersion {
        put.push((site.phone_address(), Page::Petition));
    }
    services(site, &mut put);
    messages(site, &mut put);
    let has_page = !matches!(
        site.plan.defects.search,
        SearchPlan::Absent | SearchPlan::Dead
    );
    // A box that only its script sends leads no reader to the page of results.
    let is_linked = matches!(
        site.skin.look.hard.search,
        SearchBox::Form | SearchBox::Link
    );
    if has_page && is_linked {
        put.push((site.special("search"), Page::Search));
    }
    put.push(("/assets/style.css".to_owned(), Page::Style));
    for n in 0..PICTURES {
        put.push((format!("/images/pic{n}.svg"), Page::Picture(n)));
    }
    for n in 0..4 {
        put.push((format!("/images/mark{n}.png"), Page::Mark(n)));
    }
    for (index, document) in site.documents.iter().enumerate() {
        put.push((document.address.clone(), Page::Document(index as u32)));
    }
    for (index, path) in site.leaks.iter().enumerate() {
        put.push((path.clone(), Page::Leak(index as u32)));
    }
    for (index, link) in site.links.iter().enumerate() {
        let own = link.key.strip_prefix(&site.absolute("")).map(str::to_owned);
        if let Some(path) = own.filter(|_| {
            !matches!(
                link.kind,
                LinkKind::Commented
                    | LinkKind::Image
                    | LinkKind::Attachment
                    | LinkKind::Status404
                    | LinkKind::OtherKind
            )
        }) {
            if matches!(link.kind, LinkKind::Loop | LinkKind::Moved) {
                put.push((format!("{path}?r=1"), Page::Planted(index as u32)));
            }
            put.push((path, Page::Planted(index as u32)));
        }
    }
    site.routes.extend(put);
}

fn services(site: &Site, put: &mut Vec<(String, Page)>) {
    if site.plan.no_services {
        return;
    }
    put.push((site.special("bsfw"), Page::Directory));
    for (index, guide) in site.guides.iter().enumerate() {
        put.push((guide.address.clone(), Page::Guide(index as u32)));
    }
}

fn messages(site: &Site, put: &mut Vec<(String, Page)>) {
    let plan = site.plan.defects.messages;
    put.push((site.special("wsxf"), Page::Petition));
    if plan.no_channel {
        return;
    }
    let pages = site.pages_of(site.messages.len());
    for page in 1..=pages {
        put.push((
            site.message_page(page, pages),
            Page::MessageList(page as u32),
        ));
    }
    put.push((site.special("xieixin"), Page::MessageForm));
    if !plan.no_statistics {
        put.push((site.special("lytj"), Page::MessageStatistics));
    }
    for (index, message) in site.messages.iter().enumerate() {
        put.push((message.address.clone(), Page::Message(index as u32)));
    }
}

impl Site {
    /// Address of a page that is neither column nor article.
    #[must_use]
    pub fn special(&self, name: &str) -> String {
        addresses::special(self.plan.family, name)
    }

    /// Number of list pages for so many items; at least one.
    #[must_use]
    pub fn pages_of(&self, items: usize) -> usize {
        items.div_ceil(self.size.per_page).max(1)
    }

    /// Address of a page of the message list.
    #[must_use]
    pub fn message_page(&self, page: usize, _pages: usize) -> String {
        let first = self.special("hdjl");
        if page == 1 {
            first
        } else {
            format!("{first}?p={page}")
        }
    }

    /// Number of text pages, for the truth.
    #[must_use]
    pub fn text_pages(&self) -> usize {
        self.routes.values().filter(|p| p.is_text()).count()
    }

    /// True for a column whose list a visitor can open.
    #[must_use]
    pub fn has_list(&self, column: usize) -> bool {
        !matches!(
            self.columns[column].kind,
            ColumnKind::Static | ColumnKind::Group
        )
    }
}
