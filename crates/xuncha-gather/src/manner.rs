//! How a question is put, and how much of its answer is wanted.

use crate::robots::Fence;

/// 读取范围. How much of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A page: all of it where it is text, else as a look.
    Page,
    /// A page that is read for its links and not kept: as a page, but without the digest of its body.
    PageLinks,
    /// Only the state matters: the first kilobytes.
    Look,
    /// A file that is read for what it says.
    Document,
    /// A package of an app.
    Package,
}

/// 访问方式. How a question is put, beside its address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner<'a> {
    /// No redirect is followed beyond it.
    pub fence: Option<&'a Fence>,
    /// The page that the visitor comes from.
    pub referer: Option<&'a str>,
    /// Another `User-Agent` than our own.
    pub user_agent: Option<&'a str>,
}
