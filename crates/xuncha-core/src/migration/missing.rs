//! Articles of the old site without a counterpart.

use super::holdings::{Article, Holdings, Titled};
use super::judging::Found;
use super::{Loss, LossKind};

/// Hundredths of unread pages of the new site from which on nothing is called missing.
const UNREAD: usize = 5;

/// An article without a counterpart: emptied, listed and gone, not read by us, or missing.
pub(super) fn judge(article: &Article, new: &Holdings, found: &mut Found) {
    if let Some(page) = titled(article, new) {
        emptied(article, page, found);
        return;
    }
    let listed = new.listed.iter().find(|listed| listed.key == article.key);
    if let Some(listed) = listed
        && new.unread.contains(&listed.url)
    {
        let why = "新网站列出了，页面没有读到（被拦截、超出页数或只看过一次）";
        found.unclear(LossKind::ArticleMissing, &article.title, &listed.url, why);
        return;
    }
    let is_half_read = new.unread.len() * 100 > new.page_count as usize * UNREAD;
    if new.is_partial || is_half_read && listed.is_none() {
        let why = if new.is_partial {
            "新网站达到页数上限，没有读完"
        } else {
            "新网站有不少页面没有读到"
        };
        found.unclear(LossKind::ArticleMissing, &article.title, article.url(), why);
        return;
    }
    let detail = match listed {
        Some(listed) => format!("新网站列出了，但打不开：{}", listed.url),
        None => "新网站上没有这篇稿件".to_owned(),
    };
    let mut loss = Loss::of(
        LossKind::ArticleMissing,
        &article.title,
        detail,
        article.evidence.quoting(&article.title),
    )
    .on_old(article.url());
    if let Some(listed) = listed {
        loss = loss.on_new(&listed.url).and_evidence(&listed.evidence);
    }
    found.losses.push(loss);
}

/// A page under the article's title that was not read as an article.
fn titled<'a>(article: &Article, new: &'a Holdings) -> Option<&'a Titled> {
    let as_listed = |page: &&Titled| {
        let key = page.listed.as_ref().map(|(_, key)| key);
        key == Some(&article.key)
    };
    let exact = |page: &&Titled| page.key == article.key || as_listed(page);
    let longer =
        |page: &&Titled| article.key.chars().count() >= 8 && page.key.starts_with(&article.key);
    new.titled
        .iter()
        .find(exact)
        .or_else(|| new.titled.iter().find(longer))
}

/// Pages that dated lists of the old site name and that were not read as articles: nothing of them was compared.
pub(super) fn unread_items(old: &Holdings, new: &Holdings, found: &mut Found) {
    for page in &old.titled {
        let Some((title, key)) = &page.listed else {
            continue;
        };
        // Another view of an article that was read.
        if old.articles.iter().any(|article| article.key == *key) {
            continue;
        }
        let is_there = new.articles.iter().any(|article| article.key == *key);
        let (kind, why) = match (page.needs_script, is_there) {
            (true, _) => (
                LossKind::ArticleMissing,
                "旧页面需运行脚本才显示，没有渲染，没有核对",
            ),
            (_, true) => (
                LossKind::BodyChanged,
                "旧页面没有读作稿件；新网站有同名稿件，正文和日期没有核对",
            ),
            (_, false) => (
                LossKind::ArticleMissing,
                "旧页面没有读作稿件，没有核对；新网站上没有读到同名稿件",
            ),
        };
        found.unclear(kind, title, &page.url, why);
    }
}

fn emptied(article: &Article, page: &Titled, found: &mut Found) {
    if page.needs_script {
        let why = "新页面需运行脚本才显示，没有渲染";
        found.unclear(LossKind::BodyCut, &article.title, &page.url, why);
        return;
    }
    let was = article.prose.chars;
    if page.chars >= was {
        let why = "新页面有这个标题，正文没有读出";
        found.unclear(LossKind::BodyCut, &article.title, &page.url, why);
        return;
    }
    let detail = format!("新页面只有标题，原文约 {was} 字");
    let loss = Loss::of(
        LossKind::BodyCut,
        &article.title,
        detail,
        article.evidence.clone(),
    )
    .on_old(article.url())
    .on_new(&page.url)
    .and_evidence(&page.evidence);
    found.losses.push(loss);
}
