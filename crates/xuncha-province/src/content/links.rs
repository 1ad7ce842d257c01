//! Planted links: dead ones, and ones that look dead and are fine.

use encoding_rs::GBK;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Site;
use crate::model::Family;
use crate::rng::Rng;

/// 链接情形: what becomes of a planted link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// 404 page.
    Status404,
    /// 410 page.
    Status410,
    /// 500 page.
    Status500,
    /// Redirects in a circle.
    Loop,
    /// 200 with a page that says it does not exist.
    SoftNotFound,
    /// An image that is missing.
    Image,
    /// An attachment that is missing.
    Attachment,
    /// An outside host that no longer exists.
    OutsideGone,
    /// An outside page that answers 404.
    Outside404,
    /// 200 without a byte.
    EmptyBody,
    /// Sent back to the home page in place of an article.
    RedirectHome,
    /// 503 to the first request, then fine.
    OnceUnavailable,
    /// Answers after eight seconds.
    SlowFine,
    /// 301 to the page's new place.
    Moved,
    /// An outside page that is fine.
    OutsideFine,
    /// Chinese characters in the path.
    ChinesePath,
    /// A space in the path.
    SpacePath,
    /// Chinese characters in a query, in the page's own encoding.
    EncodedQuery,
    /// A firewall refuses the first requests.
    Refused,
    /// Stands in a comment.
    Commented,
    /// `javascript:` and `mailto:`.
    NotHttp,
    /// A file whose bytes are none of its kind: planted with the files, never drawn here.
    OtherKind,
}

const DEAD: &[LinkKind] = &[
    LinkKind::Status404,
    LinkKind::Attachment,
    LinkKind::Status500,
    LinkKind::Image,
    LinkKind::OutsideGone,
    LinkKind::SoftNotFound,
    LinkKind::Loop,
    LinkKind::Status410,
    LinkKind::Outside404,
    LinkKind::EmptyBody,
    LinkKind::RedirectHome,
];
const FINE: &[LinkKind] = &[
    LinkKind::OnceUnavailable,
    LinkKind::Moved,
    LinkKind::SpacePath,
    LinkKind::OutsideFine,
    LinkKind::ChinesePath,
    LinkKind::SlowFine,
    LinkKind::EncodedQuery,
    LinkKind::Commented,
    LinkKind::Refused,
    LinkKind::NotHttp,
];

impl LinkKind {
    /// The word of the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status404 => "status_404",
            Self::Status410 => "status_410",
            Self::Status500 => "status_500",
            Self::Loop => "redirect_loop",
            Self::SoftNotFound => "soft_404",
            Self::Image => "missing_image",
            Self::Attachment => "missing_attachment",
            Self::OutsideGone => "outside_host_gone",
            Self::Outside404 => "outside_404",
            Self::EmptyBody => "empty_body",
            Self::RedirectHome => "redirect_to_home",
            Self::OnceUnavailable => "503_once_then_fine",
            Self::SlowFine => "slow_but_fine",
            Self::Moved => "moved_301",
            Self::OutsideFine => "outside_fine",
            Self::ChinesePath => "chinese_path",
            Self::SpacePath => "space_in_path",
            Self::EncodedQuery => "query_in_page_encoding",
            Self::Refused => "refused_for_a_while",
            Self::Commented => "in_a_comment",
            Self::NotHttp => "not_http",
            Self::OtherKind => "file_of_another_kind",
        }
    }
}

/// 位置: the page a planted link stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The home page.
    Home,
    /// The footer of every page.
    Footer,
    /// One article.
    Article(usize),
    /// One service guide.
    Guide(usize),
}

/// 植入链接: one planted link.
#[derive(Debug, Clone)]
pub struct Link {
    /// What becomes of it.
    pub kind: LinkKind,
    /// As the page writes it.
    pub href: String,
    /// Absolute and serialised.
    pub key: String,
    /// Where it stands.
    pub place: Place,
    /// Its text.
    pub text: String,
    /// Looks dead and is fine.
    pub near: bool,
}

impl Site {
    /// True when the home page links sites that are no government's: the newspaper in its box of links, or what is planted.
    #[must_use]
    pub fn leads_away(&self) -> bool {
        let is_private = |link: &Link| {
            let host = link.key.split_once("://").map_or("", |(_, rest)| rest);
            let host = host.split('/').next().unwrap_or("");
            !host.is_empty() && host != self.plan.host && !host.ends_with(".gov.cn")
        };
        let mut away = self
            .links
            .iter()
            .filter(|link| matches!(link.place, Place::Home | Place::Footer))
            .filter(|link| link.kind != LinkKind::Commented);
        self.plan.defects.prompt != crate::model::PromptPlan::GovernmentOnly || away.any(is_private)
    }
}

/// Plants dead links and near misses.
pub fn draw(site: &mut Site) {
    let mut rng = site.rng("links");
    let (dead, fine) = (site.plan.defects.broken_links, site.plan.defects.near_links);
    let start = rng.below(DEAD.len());
    for nth in 0..usize::from(dead) {
        let kind = DEAD[(start + nth) % DEAD.len()];
        plant(site, kind, nth, false, &mut rng);
    }
    let start = rng.below(FINE.len());
    for nth in 0..usize::from(fine) {
        let kind = FINE[(start + nth) % FINE.len()];
        plant(site, kind, 50 + nth, true, &mut rng);
    }
}

fn plant(site: &mut Site, kind: LinkKind, nth: usize, near: bool, rng: &mut Rng) {
    let id = 9000 + nth;
    let page = format!("/ztlj/{id}.html");
    let text = text(kind, site, rng);
    let (href, path) = match kind {
        LinkKind::Image => (format!("/upload/2025/{id}.jpg"), None),
        LinkKind::Attachment => (
            format!("/files/2025/{id}.{}", rng.pick(&["doc", "pdf", "xls"])),
            None,
        ),
        LinkKind::OutsideGone => (
            format!(
                "http://www.{}{}.invalid/",
                site.plan.host.split('.').nth(1).unwrap_or("old"),
                nth
            ),
            None,
        ),
        LinkKind::Outside404 => (format!("http://www.yunlingnews.cn/2024/old{id}.html"), None),
        LinkKind::OutsideFine => (format!("https://www.yunlingnews.cn/2026/n{id}.html"), None),
        LinkKind::ChinesePath => {
            let raw = format!("/专题/{}{nth}.html", site.place);
            (raw.clone(), Some(encode_path(&raw)))
        }
        LinkKind::SpacePath => {
            let raw = format!("/files/2026 report {nth}.pdf");
            (raw.clone(), Some(encode_path(&raw)))
        }
        LinkKind::EncodedQuery => {
            let raw = format!("/ztlj/show?name={}{nth}", site.place);
            let encoded = format!("/ztlj/show?name={}{nth}", encode_query(site, &site.place));
            (raw, Some(encoded))
        }
        LinkKind::NotHttp => ("javascript:void(0)".to_owned(), None),
        _ => (page, None),
    };
    let key = if href.contains(':') {
        href.clone()
    } else {
        site.absolute(path.as_deref().unwrap_or(&href))
    };
    let place = place(site, kind, nth, rng);
    site.links.push(Link {
        kind,
        href,
        key,
        place,
        text,
        near,
    });
}

/// Images and attachments stand in articles, the first dead link sometimes in the footer, others anywhere.
fn place(site: &Site, kind: LinkKind, nth: usize, rng: &mut Rng) -> Place {
    let recent: Vec<usize> = site
        .columns
        .iter()
        .filter(|c| !c.by_script || matches!(site.plan.family, Family::Script | Family::Datastore))
        .flat_map(|c| c.articles.iter().take(4).copied())
        .collect();
    let in_article = matches!(kind, LinkKind::Attachment) || rng.percent(60);
    if in_article && !recent.is_empty() {
        return Place::Article(*rng.pick(&recent));
    }
    if nth == 0 && kind != LinkKind::Image && rng.percent(30) {
        Place::Footer
    } else {
        Place::Home
    }
}

fn text(kind: LinkKind, site: &Site, rng: &mut Rng) -> String {
    match kind {
        LinkKind::Attachment | LinkKind::SpacePath => format!("附件{}：申报表", rng.range(1, 3)),
        LinkKind::OutsideGone => format!("{}旅游网", site.place),
        LinkKind::Outside404 | LinkKind::OutsideFine => "云岭新闻网相关报道".to_owned(),
        LinkKind::Image => "活动现场".to_owned(),
        _ => crate::text::fill(
            rng.pick::<&str>(&["{r}{t}专题", "{t}专题专栏", "{r}{t}政策问答"]),
            &site.voice,
            rng,
        ),
    }
}

const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'^');

fn encode_path(raw: &str) -> String {
    utf8_percent_encode(raw, PATH).to_string()
}

/// The page's own encoding decides the bytes of a query.
fn encode_query(site: &Site, value: &str) -> String {
    if !site.plan.family.is_gbk() {
        return utf8_percent_encode(value, PATH).to_string();
    }
    let (bytes, _, _) = GBK.encode(value);
    bytes
        .iter()
        .map(|b| {
            if b.is_ascii_alphanumeric() {
                (*b as char).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
