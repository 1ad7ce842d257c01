//! Inputs to begin with: pages, feeds and packages of the simulated province, and the usual tricks.

use std::collections::{BTreeSet, VecDeque};

use xuncha_core::evidence::{Capture, EvidenceRef, Purpose, Timing};
use xuncha_core::facts::{self, Lexicons};
use xuncha_province::model::{PlanKind, Scale};
use xuncha_province::plan;
use xuncha_province::serve::world::{Scheme, World};

/// Pages of each site that are taken.
const PAGES_PER_SITE: usize = 12;
/// Sites that are taken: one of each family and more.
const SITES: usize = 8;

fn world() -> World {
    let province = plan::province(7, Scale::Small, PlanKind::Dense);
    let as_of = province.dates.as_of;
    let world = World::new(province);
    world.set_now(as_of);
    world
}

/// An answer of 200 to an address.
pub fn capture(url: &str, content_type: &str, purpose: Purpose) -> Capture {
    let at = "2026-03-20T09:00".parse().unwrap();
    Capture {
        purpose,
        url: url.to_owned(),
        hops: Vec::new(),
        final_url: url.to_owned(),
        at,
        status: Some(200),
        failure: None,
        content_type: content_type.to_owned(),
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
        timing: Timing::default(),
    }
}

/// Pages of the province, as bytes in their own encodings.
pub fn pages() -> Vec<Vec<u8>> {
    let world = world();
    let lexicons = Lexicons::builtin();
    let mut pages: Vec<Vec<u8>> = TRICKS.iter().map(|page| page.as_bytes().to_vec()).collect();
    for site in world.sites.iter().take(SITES) {
        let host = &site.plan.host;
        let scheme = if site.plan.https {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from(["/".to_owned()]);
        while let Some(path) = queue.pop_front().filter(|_| seen.len() < PAGES_PER_SITE) {
            let Some(answer) = world.answer(scheme, host, &path) else {
                continue;
            };
            if answer.status != 200 || !answer.content_type.contains("html") {
                continue;
            }
            seen.insert(path.clone());
            let url = format!("http://{host}{path}");
            let capture = capture(&url, &answer.content_type, Purpose::Page);
            let read = facts::read(&capture, &answer.body, &lexicons);
            let own = format!("http://{host}/");
            for link in read.links {
                if let Some(path) = link.url.strip_prefix(&own) {
                    let path = format!("/{path}");
                    if !seen.contains(&path) && queue.len() < 400 {
                        queue.push_back(path);
                    }
                }
            }
            pages.push(answer.body.to_vec());
        }
    }
    assert!(pages.len() > 40, "only {} pages", pages.len());
    pages
}

/// Feeds and packages of the province's accounts: what their addresses answer.
pub fn accounts() -> Vec<Vec<u8>> {
    let world = world();
    let mut bodies = Vec::new();
    for account in &world.province.accounts {
        for url in [&account.feed_url, &account.download_url, &account.page_url] {
            let Some((host, path)) = url
                .split_once("://")
                .and_then(|(_, rest)| rest.split_once('/'))
            else {
                continue;
            };
            let answer = world.answer(Scheme::Http, host, &format!("/{path}"));
            if let Some(answer) = answer.filter(|answer| answer.status == 200) {
                bodies.push(answer.body.to_vec());
            }
        }
    }
    assert!(bodies.len() > 20, "only {} bodies", bodies.len());
    bodies
}

/// The province's registry, a real spreadsheet.
pub fn registry() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let province = plan::province(7, Scale::Small, PlanKind::Realistic);
    xuncha_province::sheets::write_all(&province, folder.path()).unwrap();
    std::fs::read(folder.path().join("registry.xlsx")).unwrap()
}

const TRICKS: [&str; 6] = [
    "<!doctype html><base href=//x/><svg onload=alert(1)><style>@import 'x'</style><math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<table><tr><td><a href=/1>一</a><td>2026-03-01<tr><td><a href=/2>二</a><td>03-02</table><script>createPageHTML(9,0,'index','html')</script>",
    "<form action=/s method=get><input name=q><input type=hidden name=a value=b></form><ul><li><a href=a>标题</a><span>2026年3月1日</span></ul>",
    "<template><select><option><p></select><frameset><frame src=a></frameset><plaintext>",
    "<meta charset=gb2312><title>\u{fffd}</title><p>发文字号：青政发〔2026〕5号<br>发布时间：2026-02-30 25:61",
    "<p><b><i><u><a><p><b><i><u><a></b></p><table><a><table><a>",
];
