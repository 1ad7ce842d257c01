//! From the records of a site to its holdings.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::articles_read::{articles, names_file};
use super::columns_read::{Lists, columns};
use super::holdings::{FileState, Holdings, Lead, Listed, Titled};
use super::leads::landing;
use super::titles::Titles;
use crate::evidence::{Capture, EvidenceRef, Purpose};
use crate::facts::model::{Area, BodyKind, FactRecord, LinkKind, LinkState, PageFacts, SiteFacts};
use crate::facts::{
    Lexicons, LinkClass, Scope, Skip, assemble_site, canonical, home_address, scope,
};
use crate::registry::{Site, SiteKind, State, TargetId};

/// A text of a link that is shorter names a column or a tool.
const TITLE_MIN: usize = 8;

/// What a site's records say, sorted for a migration.
pub(super) struct Read<'a> {
    pub home: String,
    pub scope: Scope,
    /// Pages that opened, by the address where they stand.
    pub pages: BTreeMap<String, &'a PageFacts>,
    /// Where every address that opened stands.
    pub landed: BTreeMap<String, String>,
    /// Pages that opened at another host.
    pub away: BTreeMap<String, &'a PageFacts>,
    /// Addresses in doubt.
    pub states: BTreeMap<String, LinkState>,
    /// The last answer of addresses in doubt.
    pub looks: BTreeMap<String, EvidenceRef>,
    /// Files and other looks.
    pub files: BTreeMap<String, FileSeen>,
    pub titles: Titles,
    pub site: SiteFacts,
}

/// What came for an address that was only looked at.
pub(super) struct FileSeen {
    pub sha256: String,
    pub size_bytes: u64,
    pub is_page: bool,
    pub evidence: EvidenceRef,
}

/// Reads the holdings of a site out of its records.
pub fn read(home: &str, records: &[FactRecord], lexicons: &Lexicons) -> Holdings {
    let read = sort(home, records, lexicons);
    let lists = Lists::of(&read);
    let mut articles = articles(&read, &lists);
    let columns = columns(&read, &lists, &mut articles);
    let is_article: BTreeSet<&String> = articles.iter().flat_map(|article| &article.urls).collect();
    let titled = titled(&read, &lists, &is_article);
    let is_partial = records.iter().any(|record| {
        matches!(
            record,
            FactRecord::Skipped {
                why: Skip::PageBudget,
                ..
            }
        )
    });
    Holdings {
        home: home.to_owned(),
        as_of: read.site.as_of,
        page_count: read.site.page_count,
        is_partial,
        moved_to: moved_to(&read),
        unread: unread(&read),
        listed: listed(&read),
        titled,
        columns,
        articles,
    }
}

fn sort<'a>(home: &str, records: &'a [FactRecord], lexicons: &Lexicons) -> Read<'a> {
    let site = assemble_site(
        &as_registered(home),
        records.iter().cloned(),
        &BTreeMap::new(),
        lexicons,
    );
    let home_url = home_address(home);
    let mut read = Read {
        home: canonical(home_url.as_str()),
        scope: scope(&home_url),
        pages: BTreeMap::new(),
        landed: BTreeMap::new(),
        away: BTreeMap::new(),
        states: site
            .links
            .iter()
            .map(|link| (canonical(&link.url), link.state.clone()))
            .collect(),
        looks: BTreeMap::new(),
        files: BTreeMap::new(),
        titles: Titles::default(),
        site,
    };
    for link in &read.site.links {
        if let Some(last) = link.evidence.last() {
            read.looks.insert(canonical(&link.url), last.clone());
        }
    }
    for record in records {
        match record {
            FactRecord::Page(page) => read.add_page(page),
            FactRecord::Look(capture) => read.add_file(capture, false),
            _ => {}
        }
    }
    read.titles = Titles::learn(read.pages.values().copied());
    read
}

fn as_registered(home: &str) -> Site {
    Site {
        id: TargetId::from("migration"),
        name: String::new(),
        home: home.to_owned(),
        kind: SiteKind::Portal,
        organization: String::new(),
        region: String::new(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    }
}

impl<'a> Read<'a> {
    fn add_file(&mut self, capture: &Capture, is_page: bool) {
        if !capture.is_success() || !matches!(capture.purpose, Purpose::Link { .. } | Purpose::Page)
        {
            return;
        }
        self.files.insert(
            canonical(&capture.url),
            FileSeen {
                sha256: capture.evidence.sha256.clone(),
                size_bytes: capture.size_bytes,
                is_page,
                evidence: capture.evidence.clone(),
            },
        );
    }

    fn add_page(&mut self, page: &'a PageFacts) {
        self.add_file(
            &page.capture,
            page.is_html || page.body_kind == BodyKind::Html,
        );
        let is_shown =
            page.is_html && page.capture.is_success() && page.capture.purpose == Purpose::Page;
        if !is_shown || !page.missing_wording.is_empty() || !page.blocked_wording.is_empty() {
            return;
        }
        let asked = canonical(&page.capture.url);
        let lands = canonical(&page.capture.final_url);
        if !Url::parse(&lands).is_ok_and(|url| self.scope.contains(&url)) {
            self.away.insert(asked, page);
            return;
        }
        // A rendering that was whole shows what the page itself does not.
        let is_better = self.pages.get(&lands).is_none_or(|before| {
            page.is_rendered_whole() && before.waits_for_script()
                || page.rendering.is_none() && before.rendering.is_none()
        });
        if is_better {
            self.pages.insert(lands.clone(), page);
        }
        self.landed.insert(asked, lands.clone());
        self.landed.entry(lands.clone()).or_insert(lands);
    }

    /// Where an address stands, where it opened.
    pub fn stands(&self, url: &str) -> Option<&str> {
        self.landed.get(&canonical(url)).map(String::as_str)
    }

    /// Whether a place is the home page, or shows the same as it.
    pub fn is_home(&self, place: &str) -> bool {
        let home = self.stands(&self.home).unwrap_or(&self.home);
        let (page, shown) = (self.pages.get(place), self.pages.get(home));
        let is_twin = page.zip(shown).is_some_and(|(page, shown)| {
            page.text_simhash == shown.text_simhash && page.text_chars == shown.text_chars
        });
        home == place || place == self.home || is_twin
    }

    /// What came for a file.
    pub fn file_state(&self, url: &str) -> FileState {
        let key = canonical(url);
        match (self.states.get(&key), self.files.get(&key)) {
            (Some(LinkState::Dead { why, kind }), _)
                if kind == "wrong_type" && why.contains("网页") =>
            {
                FileState::IsPage
            }
            (Some(LinkState::Dead { why, .. }), _) => FileState::Dead { why: why.clone() },
            (Some(LinkState::Unknown { why, .. }), _) => FileState::Unknown { why: why.clone() },
            (_, Some(file)) if file.is_page => FileState::IsPage,
            (_, Some(_)) => FileState::Opens,
            (_, None) => FileState::Unknown {
                why: "没有打开过，未检查".to_owned(),
            },
        }
    }
}

/// Where the home page leads, if to another host.
fn moved_to(read: &Read<'_>) -> Option<String> {
    let page = read.away.get(&read.home)?;
    Some(page.capture.final_url.clone())
}

/// Pages of the site that could not be read for a reason that may be ours.
fn unread(read: &Read<'_>) -> BTreeSet<String> {
    let unknown = read
        .states
        .iter()
        .filter(|(_, state)| matches!(state, LinkState::Unknown { .. }));
    let pages =
        unknown.filter(|(url, _)| read.scope.class(url, LinkKind::Anchor) == LinkClass::Page);
    pages.map(|(url, _)| url.clone()).collect()
}

/// Titles that lists and texts of the site lead on from, and that open no page of the site.
fn listed(read: &Read<'_>) -> Vec<Listed> {
    let mut found: BTreeMap<String, Listed> = BTreeMap::new();
    for page in read.pages.values() {
        let items = page.list.iter().flat_map(|list| &list.items);
        let items = items.map(|item| (&item.title, &item.url, true));
        let links = page.links.iter().filter(|link| {
            link.kind == LinkKind::Anchor
                && link.area == Area::Body
                && link.text.chars().count() >= TITLE_MIN
        });
        for (title, url, is_item) in items.chain(links.map(|link| (&link.text, &link.url, false))) {
            let address = canonical(url);
            if found
                .get(&address)
                .is_some_and(|before| before.is_item || !is_item)
            {
                continue;
            }
            let Some((lead, evidence)) = lead(read, &address) else {
                continue;
            };
            let listed = Listed {
                title: title.clone(),
                key: read.titles.key(title),
                url: url.clone(),
                is_item,
                lead,
                evidence: evidence.unwrap_or_else(|| page.capture.evidence.quoting(title)),
            };
            found.insert(address, listed);
        }
    }
    found.into_values().collect()
}

/// Where an address leads that opens no page of the site; `None` where it opens one, or is none.
fn lead(read: &Read<'_>, address: &str) -> Option<(Lead, Option<EvidenceRef>)> {
    if let Some(page) = read.away.get(address) {
        let evidence = page.capture.evidence.clone();
        return Some((
            landing(&page.capture, Some(page), &read.titles),
            Some(evidence),
        ));
    }
    let lands = read.landed.get(address);
    if let Some(place) = lands.filter(|place| read.is_home(place) && !read.is_home(address)) {
        let lead = Lead::Lands {
            url: place.to_string(),
            key: String::new(),
        };
        return Some((lead, None));
    }
    if lands.is_some() || read.scope.class(address, LinkKind::Anchor) != LinkClass::Page {
        return None;
    }
    let evidence = read.looks.get(address).cloned();
    match read.states.get(address)? {
        LinkState::Dead { why, .. } => Some((Lead::Dead { why: why.clone() }, evidence)),
        LinkState::Unknown { why, .. } => Some((Lead::Unknown { why: why.clone() }, evidence)),
        LinkState::Alive => None,
    }
}

/// Pages that have a title, by themselves or in a dated list, and were not read as articles.
fn titled(read: &Read<'_>, lists: &Lists, articles: &BTreeSet<&String>) -> Vec<Titled> {
    let pages = read
        .pages
        .iter()
        .filter(|(place, _)| !articles.contains(place) && !read.is_home(place));
    let titled = pages.map(|(place, page)| Titled {
        key: read.titles.key(&page.title),
        url: place.clone(),
        chars: page.body_area_chars,
        needs_script: page.waits_for_script(),
        listed: as_listed(read, lists, place, page),
        evidence: page.capture.evidence.clone(),
    });
    titled
        .filter(|page| !page.key.is_empty() || page.listed.is_some())
        .collect()
}

/// What dated lists call a page that is neither a list itself nor about a file.
fn as_listed(
    read: &Read<'_>,
    lists: &Lists,
    place: &str,
    page: &PageFacts,
) -> Option<(String, String)> {
    let is_list = lists.columns.contains(place)
        || lists.further.contains(place)
        || page.list.as_ref().is_some_and(|list| list.items.len() > 1);
    if is_list || !lists.items.contains(place) || names_file(place) {
        return None;
    }
    let names = lists.names.get(place)?;
    let usual = names.iter().max_by_key(|(_, count)| **count)?.0;
    let key = read.titles.key(usual);
    (!key.is_empty()).then(|| (usual.clone(), key))
}
