//! Facts of an account or app.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::landing::leads_to_login;
use super::links::lone;
use super::records::{Records, evidence};
use crate::evidence::Capture;
use crate::facts::adapters::{HANDED_OVER, sort_newest_first};
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{AccountFacts, FactRecord, PageFacts, Post};
use crate::facts::scope::canonical;
use crate::facts::text::bare;
use crate::registry::Account;
use crate::verdict::{Undetermined, UndeterminedReason};

/// Puts an account's records together.
pub fn assemble_account(
    account: &Account,
    records: impl Iterator<Item = FactRecord>,
    lexicons: &Lexicons,
) -> AccountFacts {
    let records = Records::gather(records);
    let limit = records.as_of.date();
    let of = |url: &Option<String>| url.as_deref().and_then(|url| last_good(&records, url));
    let (page, feed) = (of(&account.page_url), of(&account.feed_url));
    // The page comes first: where page and feed date the same post differently, what the public sees holds.
    let shown = pages_from(&records, page);
    let fed = pages_from(&records, feed);
    let handed = records
        .account_pages
        .iter()
        .filter(|page| page.capture.url.starts_with(HANDED_OVER));
    let is_handed_over = handed.clone().next().is_some();
    let handed_evidence = handed.clone().next_back().map(|page| evidence(page, ""));
    let all = shown.into_iter().chain(fed).chain(handed);
    // A post of the future is a slip of the platform or a decoy.
    let past = |post: &&Post| post.date.is_none_or(|day| day <= limit);
    let mut posts = merged(all.flat_map(|page| &page.posts).filter(past));
    sort_newest_first(&mut posts);
    let is_filed = account.page_url.is_some() || account.feed_url.is_some() || is_handed_over;
    let is_readable = is_filed.then(|| {
        // What a person hands over stands for what the platform does not show.
        is_handed_over
            || [page, feed]
                .into_iter()
                .flatten()
                // What was read before its scripts ran was readable without them.
                .any(|page| {
                    page.missing_wording.is_empty()
                        && (!page.needs_script || !page.posts.is_empty())
                })
    });
    let looks = |url: &str| -> &[Capture] {
        records
            .looks
            .get(&canonical(url))
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let is_app = account.is_app();
    let store_page = account.page_url.as_deref().filter(|_| is_app).map(|url| {
        let is_gone = page.is_some_and(|page| !page.missing_wording.is_empty());
        lone(url, looks(url), is_gone)
    });
    let download_page = of(&account.download_url);
    let download = account
        .download_url
        .as_deref()
        .map(|url| lone(url, looks(url), false));
    let package = download_page.and_then(|page| page.package.clone());
    let mut interaction: Vec<String> = Vec::new();
    for entry in page
        .into_iter()
        .chain(feed)
        .flat_map(|page| &page.interaction)
    {
        if !interaction.contains(entry) {
            interaction.push(entry.clone());
        }
    }
    AccountFacts {
        monitor_from: records.monitor_from,
        as_of: records.as_of,
        posts,
        is_readable,
        interaction,
        page_evidence: match page {
            Some(page) => page.is_html.then(|| evidence(page, "")),
            // What a person handed over is the evidence then, and not the wall before the page.
            None if is_handed_over => None,
            None => any_evidence(&records, &account.page_url),
        },
        feed_evidence: feed
            // Data under the address of the page show no menu and no comments: they are a feed.
            .or(page.filter(|page| !page.is_html))
            .map(|page| evidence(page, ""))
            .or(handed_evidence)
            .or_else(|| any_evidence(&records, &account.feed_url)),
        store_page,
        package,
        download,
        trouble: trouble(account, &records, is_readable)
            .map(|trouble| with_task(trouble, account, lexicons)),
        // An empty feed says something of an account whose page does not show otherwise.
        says_empty: page.is_some_and(|page| !page.empty_wording.is_empty())
            || (page.is_some() || account.page_url.is_none())
                && feed.is_some_and(|feed| !feed.empty_wording.is_empty()),
        is_page_shown: page.is_some_and(is_profile),
        is_one_article: page.is_some_and(is_article) && feed.is_none() && !is_handed_over,
    }
}

/// Whether a page is the account's own, where its menu would stand.
fn is_profile(page: &PageFacts) -> bool {
    let is_read = !page.needs_script || !page.posts.is_empty() || !page.interaction.is_empty();
    page.is_html && page.missing_wording.is_empty() && is_read && !is_article(page)
}

/// Whether a page shows one article and no other: platforms are filed by the link of an article too.
fn is_article(page: &PageFacts) -> bool {
    let own = match page.capture.final_url.as_str() {
        "" => &page.capture.url,
        url => url,
    };
    matches!(&page.posts[..], [post] if canonical(&post.url) == canonical(own))
}

/// Posts that are kept of an account; the newest are found long before.
const MAX_POSTS: usize = 5_000;

/// Posts that several pages show, each once: by address, or by title and day.
fn merged<'p>(all: impl Iterator<Item = &'p Post>) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    let mut by_url: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_title: BTreeMap<(String, Option<Date>), usize> = BTreeMap::new();
    for post in all.take(MAX_POSTS) {
        let title = (bare(&post.title), post.date);
        let same_url = by_url
            .get(post.url.as_str())
            .filter(|_| !post.url.is_empty());
        if let Some(at) = same_url.or_else(|| by_title.get(&title)).copied() {
            // A list without dates says nothing against the feed's.
            posts[at].date = posts[at].date.or(post.date);
            continue;
        }
        by_url.insert(&post.url, posts.len());
        by_title.insert(title, posts.len());
        posts.push(post.clone());
    }
    posts
}

/// A first page and those on which its posts go on, in their order.
fn pages_from<'a>(records: &'a Records, first: Option<&'a PageFacts>) -> Vec<&'a PageFacts> {
    let mut pages: Vec<&PageFacts> = first.into_iter().collect();
    while let Some(next) = pages.last().and_then(|page| page.next_page.as_deref()) {
        match last_good(records, next) {
            Some(page) if pages.iter().all(|known| !std::ptr::eq(*known, page)) => pages.push(page),
            _ => break,
        }
    }
    pages
}

/// Whether the account was shown, and not a wall before it.
fn is_shown(page: &PageFacts) -> bool {
    page.capture.is_success() && !is_wall(page)
}

/// A login, a captcha or a firewall that stands before the account: platforms show some things to their own people only.
fn is_wall(page: &PageFacts) -> bool {
    const LOGIN_TITLES: [&str; 5] = ["登录", "登陆", "login", "log in", "sign in"];
    /// A page with more to say is no login.
    const MAX_LOGIN_CHARS: u32 = 800;
    if !page.capture.is_success() {
        return false;
    }
    let title = page.title.to_lowercase();
    let is_login_page = page.posts.is_empty()
        && page.text_chars <= MAX_LOGIN_CHARS
        && LOGIN_TITLES.iter().any(|word| title.contains(word));
    !page.blocked_wording.is_empty() || leads_to_login(&page.capture) || is_login_page
}

/// The last good answer of an address.
fn last_good<'a>(records: &'a Records, url: &str) -> Option<&'a PageFacts> {
    let key = canonical(url);
    records
        .account_pages
        .iter()
        .rev()
        .find(|page| canonical(&page.capture.url) == key && is_shown(page))
}

fn any_evidence(records: &Records, url: &Option<String>) -> Option<crate::evidence::EvidenceRef> {
    let looks = records.looks.get(&canonical(url.as_deref()?))?;
    looks.last().map(|capture| capture.evidence.clone())
}

/// What is asked of a person where we see nothing: the account's address, and what to look at on its platform.
fn with_task(mut trouble: Undetermined, account: &Account, lexicons: &Lexicons) -> Undetermined {
    let platform = lexicons.platforms.named(&account.platform).or_else(|| {
        let url = account.page_url.as_deref()?;
        lexicons.platforms.of_url(url)
    });
    let is_ours = trouble.reason == UndeterminedReason::OurSide;
    if let Some(platform) = platform.filter(|_| !is_ours) {
        trouble.detail = format!("{}：{}", trouble.detail, platform.look_at);
        if let Some(url) = &account.page_url {
            trouble.detail.push_str(&format!("（{url}）"));
        }
    }
    trouble
}

/// Why nothing can be told, where every look was refused or failed.
fn trouble(
    account: &Account,
    records: &Records,
    is_readable: Option<bool>,
) -> Option<Undetermined> {
    if is_readable != Some(false) {
        return None;
    }
    let filed = [&account.page_url, &account.feed_url];
    let captures: Vec<&Capture> = filed
        .iter()
        .filter_map(|url| url.as_deref())
        .filter_map(|url| records.looks.get(&canonical(url)))
        .flatten()
        .collect();
    let needs_script = records
        .account_pages
        .iter()
        .any(|page| page.needs_script && page.capture.is_success());
    if needs_script {
        return Some(Undetermined::new(
            UndeterminedReason::NeedsScript,
            "账号页面需运行脚本才能显示内容，请人工查看",
        ));
    }
    if captures.is_empty() {
        return Some(Undetermined::new(
            UndeterminedReason::NotGathered,
            "尚未采集账号页面，请先采集",
        ));
    }
    if records.account_pages.iter().any(is_wall) {
        return Some(Undetermined::new(
            UndeterminedReason::Blocked,
            "账号所在平台要求登录或验证后才能查看，请人工查看",
        ));
    }
    if captures.iter().any(|capture| capture.is_blocked()) {
        return Some(Undetermined::new(
            UndeterminedReason::Blocked,
            "账号所在平台拦截了访问，请人工查看",
        ));
    }
    let is_ours = captures.iter().all(|capture| {
        use crate::evidence::Failure;
        capture.failure.as_ref().is_some_and(|failure| {
            let is_unreached = matches!(
                failure,
                Failure::Tls { .. }
                    | Failure::Dns {
                        control_resolved: false
                    }
            );
            is_unreached || failure.is_ours()
        })
    });
    if is_ours {
        return Some(Undetermined::new(
            UndeterminedReason::OurSide,
            "我方网络未能访问账号页面，请检查网络后重新采集",
        ));
    }
    captures
        .iter()
        .any(|capture| !capture.is_success())
        .then(|| {
            Undetermined::new(
                UndeterminedReason::Transient,
                "账号页面未能打开，请稍后重新采集或人工查看",
            )
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;
    use crate::evidence::Purpose;
    use crate::facts::{test_capture, test_page};

    #[test]
    fn a_wall_before_an_account_is_told_from_the_account() {
        let posts =
            "<li><a href=/p/1>青石市召开安全生产工作会议</a><span>2026-03-18</span></li>".repeat(4);
        let account = format!("<title>青石发布</title><a href=/login>登录</a><ul>{posts}</ul>");
        for (html, is_walled) in [
            (
                "<title>登录 - 平台</title><form><input type=password></form><p>登录后查看更多内容</p>",
                true,
            ),
            ("<title>安全验证</title><p>请拖动滑块完成验证</p>", true),
            (account.as_str(), false),
            ("<title>青石发布</title><p>TA还没有发布过内容</p>", false),
        ] {
            assert_eq!(
                is_wall(&test_page("http://p.cn/u/1", html)),
                is_walled,
                "{html}"
            );
        }
        let mut moved = test_page("http://p.cn/u/1", "<title>欢迎</title><p>请先验证身份</p>");
        moved.capture.hops = vec![crate::evidence::Hop {
            url: "http://p.cn/u/1".to_owned(),
            status: 302,
        }];
        moved.capture.final_url = "http://p.cn/passport/in".to_owned();
        assert!(is_wall(&moved));
    }

    #[test]
    fn only_the_page_of_an_account_shows_what_is_absent() {
        let list =
            "<li><a href=/p/1>青石市召开安全生产工作会议</a><span>2026-03-18</span></li>".repeat(4);
        let profile = format!("<title>青石发布</title><ul>{list}</ul>");
        let article = "<title>青石市召开安全生产工作会议</title><div id=js_content><h1 id=activity-name>青石市召开安全生产工作会议</h1><p>会议强调，要压实责任，抓好落实，确保平安。</p></div><script>var ct = 1772325000;</script>";
        let login = "<title>平台</title><p>请先登录后查看更多内容</p><form><input type=password><button>立即登录</button></form>";
        for (html, is_page_shown, is_one_article) in [
            (profile.as_str(), true, false),
            (article, false, true),
            (login, false, false),
            (
                "<title>青石发布</title><p>TA还没有发布过内容</p>",
                true,
                false,
            ),
        ] {
            let mut capture = test_capture("http://p.cn/u/1");
            capture.purpose = Purpose::Account;
            let page = crate::facts::read(&capture, html.as_bytes(), &Lexicons::builtin());
            let records = [header(), FactRecord::Page(Box::new(page))];
            let facts = assemble_account(&account(), records.into_iter(), &Lexicons::builtin());
            assert_eq!(
                (facts.is_page_shown, facts.is_one_article),
                (is_page_shown, is_one_article),
                "{html}"
            );
        }
    }

    fn account() -> Account {
        Account {
            id: "A000001".into(),
            name: "青石发布".to_owned(),
            platform: "视频号".to_owned(),
            kind: "视频号".to_owned(),
            organization: "U1".to_owned(),
            region: "990100".to_owned(),
            certified_subject: String::new(),
            page_url: Some("http://p.cn/u/1".to_owned()),
            feed_url: None,
            download_url: None,
            state: crate::registry::State::Running,
            opened: None,
            details: Default::default(),
        }
    }

    fn header() -> FactRecord {
        FactRecord::Header {
            target: account().id,
            facts_version: 1,
            monitor_from: date(2026, 3, 6).at(9, 0, 0, 0),
            as_of: date(2026, 3, 20).at(9, 0, 0, 0),
        }
    }

    #[test]
    fn what_a_person_hands_over_stands_for_what_the_platform_does_not_show() {
        let (account, header) = (account(), header());
        let mut wall = test_page(
            "http://p.cn/u/1",
            "<title>安全验证</title><p>请完成验证</p>",
        );
        wall.capture.purpose = Purpose::Account;
        let mut capture = test_capture("urn:handed-over:发文.xlsx");
        (capture.purpose, capture.status) = (Purpose::Account, None);
        capture.content_type = "text/csv".to_owned();
        let rows = "标题,链接,发布时间\n会议召开,,2026-03-18\n预告,,2026-04-01\n";
        let table = crate::facts::read(&capture, rows.as_bytes(), &Lexicons::builtin());
        let page = |page: PageFacts| FactRecord::Page(Box::new(page));
        let walled = [header.clone(), page(wall.clone())];
        let facts = assemble_account(&account, walled.into_iter(), &Lexicons::builtin());
        assert_eq!((facts.is_readable, facts.posts.len()), (Some(false), 0));
        let asked = facts.trouble.unwrap().detail;
        assert!(
            asked.contains("在手机微信中搜索该视频号") && asked.contains("http://p.cn/u/1"),
            "{asked}"
        );
        let facts = assemble_account(
            &account,
            [header, page(wall), page(table)].into_iter(),
            &Lexicons::builtin(),
        );
        assert_eq!((facts.is_readable, &facts.trouble), (Some(true), &None));
        let days: Vec<_> = facts.posts.iter().map(|post| post.date).collect();
        assert_eq!(days, [Some(date(2026, 3, 18))]);
    }
}
