//! 证据任务. Which captures of a round a retention policy keeps.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::{AccountFacts, FactRecord, Facts, LinkKind, SiteFacts};
use xuncha_core::registry::TargetId;
use xuncha_core::round::Subject;
use xuncha_core::verdict::Finding;
use xuncha_store::evidence::RecordId;
use xuncha_store::judge::findings_of;

use super::judge::{OUTSIDE, facts_of, outside};
use crate::data::Data;
use crate::rules::Rules;

/// 保留内容. A kind of captures that a policy may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// 全部.
    All,
    /// 支撑问题的证据与问题所在页面.
    Findings,
    /// 首页.
    Home,
    /// 栏目首页.
    Columns,
    /// 站内搜索.
    Searches,
    /// 可用性访问.
    Probes,
    /// 新媒体账号.
    Accounts,
    /// 保留页面所用的图片、样式与框架.
    Assets,
}

/// 留存策略.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it is called.
    pub title: String,
    /// What it keeps.
    pub keep: BTreeSet<Keep>,
    /// Only rounds that are this many rounds older than the latest.
    pub older_than_rounds: usize,
}

/// The policy of this name.
pub fn policy(rules: &Rules, name: &str) -> Result<Policy> {
    let text = rules
        .retention
        .get("policies.toml")
        .context("没有 retention/policies.toml")?;
    let mut all: BTreeMap<String, Policy> =
        toml::from_str(text).context("retention/policies.toml 不能使用")?;
    match all.remove(name) {
        Some(policy) => Ok(policy),
        None => bail!(
            "没有留存策略“{name}”；可用：{}",
            all.into_keys().collect::<Vec<_>>().join("、")
        ),
    }
}

/// The records that a policy keeps, by target; targets without an entry lose all their bodies.
pub async fn kept(
    data: &Data,
    rules: &Rules,
    round: &str,
    policy: &Policy,
) -> Result<BTreeMap<TargetId, BTreeSet<RecordId>>> {
    let lexicons = rules.lexicons()?;
    let outside = outside(&data.evidence, round)?;
    let mut kept: BTreeMap<TargetId, BTreeSet<RecordId>> = BTreeMap::new();
    let mut proofs: Vec<EvidenceRef> = Vec::new();
    for subject in data.store.subjects(round).await? {
        let id = subject.target.id().clone();
        let judgements = data.store.judgements(round, Some(&id)).await?;
        let mut wish = Wish::default();
        if policy.keep.contains(&Keep::Findings) {
            for finding in judgements.iter().flat_map(findings_of) {
                wish.finding(finding);
            }
        }
        let facts = facts_of(&data.evidence, round, &subject, &outside, &lexicons)?;
        wish.facts(&facts, &policy.keep);
        proofs.extend(wish.proofs.iter().cloned());
        let records = wish.records(data, round, &subject, &policy.keep)?;
        kept.insert(id, records);
    }
    // Looks at addresses outside stand in an archive of their own, which findings of all targets point into.
    let shared = TargetId::from(OUTSIDE);
    let wanted: BTreeSet<(&str, &str)> = proofs.iter().map(key).collect();
    let mut records = BTreeSet::new();
    for record in data.evidence.records(round, &shared)? {
        if let FactRecord::Look(capture) = record?
            && wanted.contains(&key(&capture.evidence))
        {
            records.extend(capture.evidence.record.parse::<RecordId>().ok());
        }
    }
    kept.insert(shared, records);
    Ok(kept)
}

fn key(evidence: &EvidenceRef) -> (&str, &str) {
    (&evidence.record, &evidence.sha256)
}

/// What of a target is to be kept.
#[derive(Default)]
struct Wish {
    proofs: Vec<EvidenceRef>,
    /// Pages where a finding shows.
    pages: BTreeSet<String>,
}

impl Wish {
    fn finding(&mut self, finding: &Finding) {
        self.proofs.extend(finding.evidence().iter().cloned());
        self.pages
            .extend(finding.places.iter().map(|place| place.url.clone()));
        self.pages.extend(finding.url.clone());
    }

    fn facts(&mut self, facts: &Facts, keep: &BTreeSet<Keep>) {
        match facts {
            Facts::Site(site) => self.site(site, keep),
            Facts::Account(account) if keep.contains(&Keep::Accounts) => self.account(account),
            Facts::Account(_) => {}
        }
    }

    fn site(&mut self, site: &SiteFacts, keep: &BTreeSet<Keep>) {
        if keep.contains(&Keep::Home) {
            self.proofs
                .extend(site.home.iter().map(|home| home.evidence.clone()));
            self.proofs.extend(site.marks_evidence.clone());
        }
        if keep.contains(&Keep::Columns) {
            let columns = site.columns.iter();
            self.proofs
                .extend(columns.map(|column| column.evidence.clone()));
        }
        if let Some(search) = site
            .search
            .as_ref()
            .filter(|_| keep.contains(&Keep::Searches))
        {
            self.proofs.push(search.evidence.clone());
            let questions = search.questions.iter();
            self.proofs
                .extend(questions.map(|question| question.evidence.clone()));
        }
    }

    fn account(&mut self, account: &AccountFacts) {
        self.proofs.extend(account.page_evidence.clone());
        self.proofs.extend(account.feed_evidence.clone());
        for link in account.store_page.iter().chain(&account.download) {
            self.proofs.extend(link.evidence.iter().cloned());
        }
    }

    /// The records of the target's own archive, by its facts.
    fn records(
        &self,
        data: &Data,
        round: &str,
        subject: &Subject,
        keep: &BTreeSet<Keep>,
    ) -> Result<BTreeSet<RecordId>> {
        let id = subject.target.id();
        let wanted: BTreeSet<(&str, &str)> = self.proofs.iter().map(key).collect();
        let is_kept = |capture: &Capture| {
            wanted.contains(&key(&capture.evidence))
                || self.pages.contains(&capture.url)
                || self.pages.contains(&capture.final_url)
                || keep.contains(&Keep::All)
                || match capture.purpose {
                    Purpose::HomeSnapshot { .. } | Purpose::Disguised { .. } => {
                        keep.contains(&Keep::Home)
                    }
                    Purpose::Probe { .. } | Purpose::ProbeAgain { .. } => {
                        keep.contains(&Keep::Probes)
                    }
                    Purpose::Search { .. } => keep.contains(&Keep::Searches),
                    Purpose::Account => keep.contains(&Keep::Accounts),
                    Purpose::Page | Purpose::Link { .. } | Purpose::MissingPage => false,
                }
        };
        let mut records = BTreeSet::new();
        let mut assets = BTreeSet::new();
        let mut add = |capture: &Capture| {
            records.extend(capture.evidence.record.parse::<RecordId>().ok());
        };
        for record in data.evidence.records(round, id)? {
            match record? {
                FactRecord::Page(page) if is_kept(&page.capture) => {
                    add(&page.capture);
                    let links = page.links.into_iter().filter(|link| is_asset(link.kind));
                    assets.extend(links.map(|link| link.url));
                }
                FactRecord::Look(capture) if is_kept(&capture) => add(&capture),
                _ => {}
            }
        }
        if !keep.contains(&Keep::Assets) {
            return Ok(records);
        }
        for record in data.evidence.records(round, id)? {
            let capture = match record? {
                FactRecord::Page(page) => page.capture,
                FactRecord::Look(capture) => capture,
                _ => continue,
            };
            if assets.contains(&capture.url) {
                records.extend(capture.evidence.record.parse::<RecordId>().ok());
            }
        }
        Ok(records)
    }
}

fn is_asset(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::Image | LinkKind::Style | LinkKind::Frame)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn built_in_policies_can_be_used() {
        let rules = Rules::load(None).unwrap();
        let all = policy(&rules, "all").unwrap();
        assert!(all.keep.contains(&Keep::All));
        let findings = policy(&rules, "findings").unwrap();
        for kind in [Keep::Findings, Keep::Home, Keep::Columns, Keep::Searches] {
            assert!(findings.keep.contains(&kind), "{kind:?}");
        }
        let error = policy(&rules, "none").unwrap_err().to_string();
        assert!(error.contains("all、findings"), "{error}");
    }
}
