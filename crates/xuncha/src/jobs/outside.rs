//! 名录外的任务: reads the links of a round for sites outside the registry and its home pages for entries that are none, and looks at the
//! home pages of candidates.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result, bail};
use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::canonical;
use xuncha_core::facts::model::{FactRecord, PageFacts};
use xuncha_core::lists::List;
use xuncha_core::registry::expected::{Expectation, ExpectedTable, expected};
use xuncha_core::registry::outside::{
    HomeSketch, OutsideFinder, OutsideHome, OutsideSite, read_home, sketch,
};
use xuncha_core::registry::{Registry, Site, Target, TargetId, doubtful};
use xuncha_store::Page;
use xuncha_store::registry_outside::OutsideState;

use crate::cli::NetworkArgs;
use crate::data::Data;
use crate::jobs::registry::look_once;
use crate::rules::Rules;

/// Kind of the job that reads the links of a round.
pub const OUTSIDE_JOB: &str = "registry_outside";
/// Kind of the job that looks at the home pages of candidates.
pub const OUTSIDE_LOOK_JOB: &str = "registry_outside_look";
/// Folder of evidence under which the home pages of candidates are kept, by host.
pub const LOOKS: &str = "outside-looks";
/// Candidates that are looked at in one run; the rest waits for the next.
const LOOKS_MAX: u64 = 50;

/// 查找结果.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Candidates listed.
    pub count: usize,
    /// Of them those that are new.
    pub new: u64,
    /// Registered sites that may be none.
    pub doubts: usize,
}

/// 查看结果.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Home pages that were looked at.
    pub looked: u64,
    /// Of them those that may be copies or counterfeits.
    pub doubted: u64,
    /// Those that could not be looked at by our own fault.
    pub missed: u64,
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Looked {
            looked,
            doubted,
            missed,
        } = self;
        write!(
            f,
            "查看线索首页 {looked} 家，疑似假冒或复制 {doubted} 家，未能查看 {missed} 家"
        )
    }
}

/// The table of expected sites that holds: the version that staff adopted, else the program's own.
pub async fn table(data: &Data, rules: &Rules) -> Result<ExpectedTable> {
    let list = List::ExpectedSites;
    let adopted = data.store.adopted_lexicons().await?;
    let text = match adopted.get(list.word()) {
        Some(version) => Some(&version.new.content),
        None => rules.lexicons.get(&list.file()),
    };
    let text = text.map_or("", String::as_str);
    ExpectedTable::parse(text).map_err(anyhow::Error::msg)
}

/// Reads every link of a round's sites and keeps the hosts that look like sites outside supervision, and the registered sites that by
/// their own home pages may be none.
pub async fn find(data: &Data, rules: &Rules, round: &str) -> Result<Found> {
    let registry = data.store.registry().await?;
    let table = table(data, rules).await?;
    let sites = sites(data, round).await?;
    let mut finder = OutsideFinder::new(&registry, table.clone());
    let mut homes = BTreeMap::new();
    tokio::task::block_in_place(|| -> Result<()> {
        for site in &sites {
            let records = data.evidence.records(round, &site.id);
            let records = records.with_context(|| format!("对象 {} 的证据读不出来", site.id))?;
            let key = canonical(&site.home);
            for record in records {
                let FactRecord::Page(page) = record? else {
                    continue;
                };
                for link in &page.links {
                    finder.see(&site.id, &page.capture.url, &link.url, &link.text);
                }
                if is_home(&page, &key) {
                    homes.insert(site.id.clone(), sketch(&page));
                }
            }
        }
        Ok(())
    })?;
    let found = finder.done();
    let new = data.store.put_outside(round, &found).await?;
    let doubts = doubtful(&registry, &table, &homes);
    data.store.put_registry_doubts(round, &doubts).await?;
    Ok(Found {
        count: found.len(),
        new,
        doubts: doubts.len(),
    })
}

/// Which expected sites the registry holds, by the candidates that wait.
pub async fn expectations(data: &Data, rules: &Rules) -> Result<(ExpectedTable, Vec<Expectation>)> {
    let registry = data.store.registry().await?;
    let table = table(data, rules).await?;
    let waiting = data
        .store
        .outside(Some(OutsideState::Waiting), None, Page::ALL)
        .await?;
    let outside: Vec<OutsideSite> = waiting.rows.into_iter().map(|row| row.site).collect();
    let all = expected(&registry, &table, &outside);
    Ok((table, all))
}

async fn sites(data: &Data, round: &str) -> Result<Vec<Site>> {
    let subjects = data.store.subjects(round).await?.into_iter();
    let site = |target| match target {
        Target::Site(site) => Some(site),
        Target::Account(_) => None,
    };
    Ok(subjects
        .filter_map(|subject| site(subject.target))
        .collect())
}

/// Whether a page is the home page of this address, and opened.
fn is_home(page: &PageFacts, key: &str) -> bool {
    let is_of_site = matches!(
        page.capture.purpose,
        Purpose::Page | Purpose::HomeSnapshot { .. }
    );
    is_of_site && page.is_html && page.capture.is_success() && canonical(&page.capture.url) == key
}

/// Home pages of registered sites, as the latest round with evidence of them read them. Each is near the beginning of its evidence.
async fn homes(data: &Data) -> Result<BTreeMap<TargetId, HomeSketch>> {
    let mut rounds = data.store.rounds(Page::ALL).await?.rows;
    rounds.sort_by_key(|row| std::cmp::Reverse((row.round.as_of, row.round.id.clone())));
    let Some(round) = rounds.first().map(|row| row.round.id.clone()) else {
        return Ok(BTreeMap::new());
    };
    let mut homes = BTreeMap::new();
    for site in sites(data, &round).await? {
        let key = canonical(&site.home);
        for record in data.evidence.records(&round, &site.id)? {
            if let FactRecord::Page(page) = record?
                && is_home(&page, &key)
            {
                homes.insert(site.id.clone(), sketch(&page));
                break;
            }
        }
    }
    Ok(homes)
}

/// Looks at the home pages of candidates that wait and were not looked at yet, those for which most speaks first; or at one address that a
/// person names, which becomes a candidate by it.
pub async fn look(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    url: Option<&str>,
) -> Result<Looked> {
    let wanted = match url {
        Some(url) => vec![named(data, url).await?],
        None => unseen(data).await?,
    };
    let registry = data.store.registry().await?;
    let homes = homes(data).await?;
    let _held = data.evidence.hold(LOOKS)?;
    let mut told = Looked::default();
    for site in wanted {
        match look_at_home(data, rules, args, &site, &registry, &homes).await {
            Ok(Some(home)) => {
                told.looked += 1;
                told.doubted += u64::from(!home.doubts.is_empty());
                data.store.put_outside_home(&site.host, &home).await?;
            }
            Ok(None) => told.missed += 1,
            Err(error) => {
                told.missed += 1;
                let error = format!("{error:#}");
                tracing::error!(host = site.host, error, "cannot look at a candidate");
            }
        }
    }
    Ok(told)
}

async fn unseen(data: &Data) -> Result<Vec<OutsideSite>> {
    let waiting = data
        .store
        .outside(Some(OutsideState::Waiting), None, Page::ALL)
        .await?;
    let sites = waiting.rows.into_iter().map(|row| row.site);
    let unseen = sites.filter(|site| site.home.is_none());
    Ok(unseen.take(LOOKS_MAX as usize).collect())
}

/// The candidate of an address that a person names.
async fn named(data: &Data, url: &str) -> Result<OutsideSite> {
    let typed = match url.contains("://") {
        true => url.to_owned(),
        false => format!("http://{url}/"),
    };
    let address = Url::parse(&typed).with_context(|| format!("“{url}”不是网址"))?;
    let host = match (address.scheme(), address.host_str()) {
        ("http" | "https", Some(host)) => host.to_ascii_lowercase(),
        _ => bail!("“{url}”不是网站的网址"),
    };
    let site = OutsideSite::reported(&host, address.as_str());
    data.store.add_outside(&site).await?;
    Ok(data.store.outside_of(&host).await?.site)
}

/// One look; `None` where it failed by our own fault.
async fn look_at_home(
    data: &Data,
    rules: &Rules,
    args: &NetworkArgs,
    site: &OutsideSite,
    registry: &Registry,
    homes: &BTreeMap<TargetId, HomeSketch>,
) -> Result<Option<OutsideHome>> {
    let mut address = Url::parse(&site.url).context("线索的网址读不懂")?;
    // What people would register is the home page, whatever page was linked.
    address.set_path("/");
    address.set_query(None);
    address.set_fragment(None);
    let target = TargetId(site.host.clone());
    let records = look_once(data, rules, args, LOOKS, &target, &address).await?;
    let last = records.into_iter().rev().find_map(|record| match record {
        FactRecord::Page(page) => Some(page),
        _ => None,
    });
    let Some(page) = last else {
        return Ok(None);
    };
    let is_ours = page
        .capture
        .failure
        .as_ref()
        .is_some_and(|why| why.is_ours());
    Ok((!is_ours).then(|| read_home(&page, &site.host, registry, homes)))
}
