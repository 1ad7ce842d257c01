//! Paging of lists: which rows, and how many there are in all.

/// 分页. Which rows of a list are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows left out before the first.
    pub offset: u64,
    /// Most rows that come.
    pub limit: u64,
}

impl Page {
    /// Every row; for commands that write a whole list out.
    pub const ALL: Page = Page {
        offset: 0,
        limit: i64::MAX as u64,
    };

    /// Page `number` (from 1) of `size` rows.
    pub fn numbered(number: u64, size: u64) -> Page {
        Page {
            offset: number.saturating_sub(1).saturating_mul(size),
            limit: size,
        }
    }
}

/// 列表. The rows of one page and the number of all rows that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// Rows of this page.
    pub rows: Vec<T>,
    /// Number of rows on all pages.
    pub total: u64,
}
