//! 派生事实: what is known of a target, read from evidence by pure functions.
//!
//! Two steps: [`model::PageFacts`] are read from one answer while the crawler streams ([`read`]), and the facts of a whole target
//! are put together from its records ([`assemble_site`], [`assemble_account`]). Checks see only [`model::Facts`].
//! Start reading at [`model`], then `page.rs`, which asks every reader of a page in turn.

mod account;
mod adapters;
mod anchors;
mod annual_form;
mod article;
mod assemble;
pub mod availability;
mod body_kind;
mod charset;
mod compare;
pub mod dates;
mod dom;
mod finder;
mod guide;
mod html;
mod inline;
mod layout;
mod lexicons;
mod links;
mod list;
mod marks;
mod messages;
mod missing;
pub mod model;
mod navigation;
pub mod network;
pub mod opened;
pub mod outline;
mod package;
mod page;
mod proofread;
mod reference;
mod refresh;
pub mod safety;
mod scope;
mod script_data;
mod search;
mod sign_in;
mod sitemap;
mod skip;
mod statistics;
mod style;
mod text;
mod titles;

pub use adapters::HANDED_OVER;
pub use assemble::{
    EarlierRound, assemble_account, assemble_site, is_bad_look, is_failed_visit, needs_second_look,
};
pub(crate) use assemble::{home_address, state_alone};
pub use body_kind::{body_kind, is_worth_reading};
pub use charset::{decode, detect, prescan};
pub use compare::compare_skim;
pub use html::{Comparison, compare_readers, document};
pub use lexicons::{Labels, Lexicons, Words};
pub use page::{Depth, read, read_in_steps, read_rendered, read_to};
pub use proofread::proofread_document;
pub(crate) use proofread::reason_of;
pub use refresh::refresh;
pub use scope::{LinkClass, Scope, canonical, scope};
pub(crate) use scope::{attachment_name, folder_of_default};
pub use search::{SearchAsk, missing_page_probe, request_url, search_questions};
pub use sitemap::SITEMAP_INDEX;
pub use skip::Skip;

use text::distance as missing_likeness;
pub(crate) use text::{bare, cut, pattern};

/// The text that a page shows, line by line.
pub fn visible_text(body: &[u8], content_type: &str) -> String {
    let page = charset::decode(body, charset::detect(body, content_type));
    let dom = dom::Dom::parse(page);
    let lines: Vec<&str> = dom
        .all_lines()
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
pub(crate) use fixtures::{test_capture, test_page};

#[cfg(test)]
mod fixtures {
    use jiff::civil::date;

    use super::model::PageFacts;
    use super::{Lexicons, read};
    use crate::evidence::{Capture, EvidenceRef, Purpose};

    /// A good answer to a page of the site at the monitoring point.
    pub(crate) fn test_capture(url: &str) -> Capture {
        let at = date(2026, 3, 20).at(9, 0, 0, 0);
        Capture {
            purpose: Purpose::Page,
            url: url.to_owned(),
            hops: Vec::new(),
            final_url: url.to_owned(),
            at,
            status: Some(200),
            failure: None,
            content_type: "text/html; charset=utf-8".to_owned(),
            last_modified: String::new(),
            millis: 20,
            size_bytes: 1000,
            truncated: false,
            evidence: EvidenceRef {
                url: url.to_owned(),
                at,
                sha256: String::new(),
                record: String::new(),
                quote: String::new(),
            },
            timing: Default::default(),
        }
    }

    /// Facts of a page of the site.
    pub(crate) fn test_page(url: &str, html: &str) -> PageFacts {
        read(&test_capture(url), html.as_bytes(), &Lexicons::builtin())
    }
}
