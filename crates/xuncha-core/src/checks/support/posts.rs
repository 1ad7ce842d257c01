//! 发文: what the rooms on posts share, above all when nothing can be said of an account's posts.

use jiff::civil::Date;

use super::undetermined;
use crate::evidence::EvidenceRef;
use crate::facts::model::{AccountFacts, Post};
use crate::verdict::{Undetermined, UndeterminedReason};

/// The newest post that is not of the future.
pub(in crate::checks) fn newest(account: &AccountFacts, today: Date) -> Option<&Post> {
    account
        .posts
        .iter()
        .filter(|post| post.date.is_some_and(|date| date <= today))
        .max_by_key(|post| post.date)
}

/// Whether a post without a day stands among the others.
pub(in crate::checks) fn has_undated(account: &AccountFacts) -> bool {
    account.posts.iter().any(|post| post.date.is_none())
}

/// The newest post in words.
pub(in crate::checks) fn shown(newest: Option<&Post>) -> String {
    newest.map_or("未见任何发文".to_owned(), |post| {
        let day = post.date.map_or(String::new(), |date| date.to_string());
        format!("最新发文{day}《{}》", post.title)
    })
}

/// Refuses to say that posts are old or absent where they could not be read.
pub(in crate::checks) fn need(
    account: &AccountFacts,
    newest: Option<&Post>,
    key: &str,
    case: &str,
) -> Result<(), Undetermined> {
    if let Some(trouble) = &account.trouble {
        return Err(trouble.clone());
    }
    let unknown = |reason, detail: &str| Err(undetermined(key, case, reason, detail));
    match account.is_readable {
        Some(true) => {}
        Some(false) => {
            return unknown(
                UndeterminedReason::Incomplete,
                "账号主页和订阅源都没有读出，请人工查看。",
            );
        }
        None => {
            return unknown(
                UndeterminedReason::NotGathered,
                "名录中没有账号主页或订阅源，请补充登记或导入发文清单。",
            );
        }
    }
    if account.is_one_article {
        return unknown(
            UndeterminedReason::Incomplete,
            "登记的是一篇文章的链接，看不到其他发文，请登记账号主页或人工查看。",
        );
    }
    if newest.is_none() && has_undated(account) {
        return unknown(
            UndeterminedReason::Incomplete,
            "读到的发文没有日期，请人工查看。",
        );
    }
    if account.posts.is_empty() && !account.says_empty {
        return unknown(
            UndeterminedReason::Incomplete,
            "账号主页上没有读到发文，也没有写明没有发文，请人工查看。",
        );
    }
    Ok(())
}

/// Where the posts stand: the feed where there is one, else the page.
pub(in crate::checks) fn evidence(account: &AccountFacts) -> Result<&EvidenceRef, Undetermined> {
    let found = account
        .feed_evidence
        .as_ref()
        .or(account.page_evidence.as_ref());
    found.ok_or_else(|| {
        Undetermined::new(
            UndeterminedReason::NotGathered,
            "没有账号的采集记录，请重新采集。",
        )
    })
}
