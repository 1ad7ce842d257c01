//! 抽样: who is inspected. Anyone with the published frame, quotas and seed can draw again with `sha256sum` and a sort.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::registry::{Level, Registry, SiteKind, State, TargetId};
use crate::round::{Coverage, Sample};

pub mod published;

/// 抽取数量.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// 全部.
    All,
    /// A number of targets.
    Count(usize),
    /// At least so many percent: a part of a target is taken as a whole one.
    Percent(u32),
}

impl Quota {
    fn of(self, size: usize) -> usize {
        match self {
            Quota::All => size,
            Quota::Count(count) => count.min(size),
            Quota::Percent(percent) => (size * percent as usize).div_ceil(100).min(size),
        }
    }
}

/// 抽样方案. Portals are always all taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplePlan {
    /// Sample or census.
    pub coverage: Coverage,
    /// Departments to draw.
    pub departments: Quota,
    /// Accounts to draw, shared out over platform × region.
    pub accounts: Quota,
    /// Targets that have to be taken (last round's failures), running or not.
    pub forced: Vec<TargetId>,
}

/// 抽样错误.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// Region of a target is not in the registry.
    #[error("“{target}”的区划代码“{region}”不在名录的地区表中，请补上该地区后再抽样")]
    UnknownRegion {
        /// Target.
        target: TargetId,
        /// Its division code.
        region: String,
    },
    /// A seed that cannot be written down unmistakably.
    #[error("抽样种子不能为空，也不能含有“|”")]
    Seed,
}

/// 抽样不符. Why a published sample is not what its seed gives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SampleMismatch(pub String);

/// 名额过多. A quota that asks for more targets than run; all of them are taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}名额 {asked} 多于在运行的 {running}，全部抽取")]
pub struct QuotaExcess {
    /// 部门网站 or 政务新媒体.
    pub what: &'static str,
    /// Asked for.
    pub asked: usize,
    /// Running.
    pub running: usize,
}

/// The quotas of `plan` that exceed what the frame holds; a census has none.
pub fn excesses(frame: &BTreeMap<String, Vec<TargetId>>, plan: &SamplePlan) -> Vec<QuotaExcess> {
    let running = |prefix: &str| -> usize {
        let own = frame
            .iter()
            .filter(|(stratum, _)| stratum.starts_with(prefix));
        own.map(|(_, targets)| targets.len()).sum()
    };
    let asked = [
        ("部门网站", plan.departments, running("department")),
        ("政务新媒体", plan.accounts, running("account/")),
    ];
    let is_census = plan.coverage == Coverage::Census;
    asked
        .into_iter()
        .filter_map(|(what, quota, running)| match quota {
            Quota::Count(asked) if asked > running && !is_census => Some(QuotaExcess {
                what,
                asked,
                running,
            }),
            _ => None,
        })
        .collect()
}

/// Every running target, by stratum and number.
pub fn frame(registry: &Registry) -> Result<BTreeMap<String, Vec<TargetId>>, SampleError> {
    let mut frame: BTreeMap<String, Vec<TargetId>> = BTreeMap::new();
    for (id, site) in &registry.sites {
        if site.state != State::Running {
            continue;
        }
        let stratum = match site.kind {
            SiteKind::Department => "department",
            SiteKind::Portal => match level(registry, id, &site.region)? {
                Level::Province => "portal/province",
                Level::City => "portal/city",
                Level::County => "portal/county",
            },
        };
        frame
            .entry(stratum.to_owned())
            .or_default()
            .push(id.clone());
    }
    for (id, account) in &registry.accounts {
        if account.state != State::Running {
            continue;
        }
        let region = city_of(registry, id, &account.region)?;
        let stratum = format!("account/{}/{region}", account.platform);
        frame.entry(stratum).or_default().push(id.clone());
    }
    Ok(frame)
}

fn level(registry: &Registry, target: &TargetId, region: &str) -> Result<Level, SampleError> {
    match registry.regions.get(region) {
        Some(region) => Ok(region.level),
        None => Err(SampleError::UnknownRegion {
            target: target.clone(),
            region: region.to_owned(),
        }),
    }
}

/// The city a region lies in; the province for its own units.
fn city_of<'a>(
    registry: &'a Registry,
    target: &TargetId,
    region: &'a str,
) -> Result<&'a str, SampleError> {
    let mut code = region;
    // A chain longer than this is a circle in the registry, which is no reason to hang.
    for _ in 0..8 {
        if level(registry, target, code)? != Level::County {
            return Ok(code);
        }
        match registry
            .regions
            .get(code)
            .and_then(|own| own.parent.as_deref())
        {
            Some(parent) => code = parent,
            None => return Ok(code),
        }
    }
    Ok(code)
}

/// Draws by `plan` from the published `seed`. Forced targets that are not running any more are named beside the sample.
pub fn draw(
    registry: &Registry,
    plan: &SamplePlan,
    seed: &str,
) -> Result<(Sample, Vec<TargetId>), SampleError> {
    if seed.trim().is_empty() || seed.contains('|') {
        return Err(SampleError::Seed);
    }
    let frame = frame(registry)?;
    let quotas = quotas(&frame, plan);
    let in_frame: BTreeSet<&TargetId> = frame.values().flatten().collect();
    let asked: BTreeSet<TargetId> = plan.forced.iter().cloned().collect();
    let (forced, absent): (Vec<TargetId>, Vec<TargetId>) =
        asked.into_iter().partition(|id| in_frame.contains(id));
    let drawn = draw_from(&frame, &quotas, &forced, seed);
    let sample = Sample {
        seed: seed.to_owned(),
        frame,
        quotas,
        forced,
        drawn,
    };
    Ok((sample, absent))
}

fn quotas(frame: &BTreeMap<String, Vec<TargetId>>, plan: &SamplePlan) -> BTreeMap<String, usize> {
    let census = plan.coverage == Coverage::Census;
    let sizes = |prefix: &'static str| {
        frame
            .iter()
            .filter(move |(stratum, _)| stratum.starts_with(prefix))
            .map(|(stratum, targets)| (stratum.clone(), targets.len()))
    };
    let accounts: BTreeMap<String, usize> = sizes("account/").collect();
    let total = plan.accounts.of(accounts.values().sum());
    let mut quotas: BTreeMap<String, usize> = if census {
        accounts
    } else {
        share_out(&accounts, total)
    };
    quotas.extend(sizes("portal/"));
    quotas.extend(sizes("department").map(|(stratum, size)| {
        let quota = if census {
            size
        } else {
            plan.departments.of(size)
        };
        (stratum, quota)
    }));
    quotas
}

/// Shares `total` out in proportion to `sizes` by largest remainder; of equal remainders the stratum that sorts first.
pub fn share_out(sizes: &BTreeMap<String, usize>, total: usize) -> BTreeMap<String, usize> {
    let whole: usize = sizes.values().sum();
    if whole == 0 {
        return sizes.clone();
    }
    let total = total.min(whole);
    let mut shares: BTreeMap<String, usize> = sizes
        .iter()
        .map(|(stratum, size)| (stratum.clone(), size * total / whole))
        .collect();
    let mut left = total - shares.values().sum::<usize>();
    let mut by_remainder: Vec<(&String, usize)> = sizes
        .iter()
        .map(|(stratum, size)| (stratum, size * total % whole))
        .collect();
    by_remainder.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (stratum, _) in by_remainder {
        if left == 0 {
            break;
        }
        if let Some(share) = shares.get_mut(stratum) {
            *share += 1;
            left -= 1;
        }
    }
    shares
}

/// 抽签号. SHA-256 of `SEED|STRATUM|ID`, lower-case hex: `printf '%s' 'SEED|STRATUM|ID' | sha256sum`.
pub fn rank(seed: &str, stratum: &str, target: &TargetId) -> String {
    hex::encode(Sha256::digest(format!("{seed}|{stratum}|{target}")))
}

fn draw_from(
    frame: &BTreeMap<String, Vec<TargetId>>,
    quotas: &BTreeMap<String, usize>,
    forced: &[TargetId],
    seed: &str,
) -> BTreeMap<TargetId, String> {
    let forced: BTreeSet<&TargetId> = forced.iter().collect();
    let mut drawn = BTreeMap::new();
    for (stratum, targets) in frame {
        let quota = quotas.get(stratum).copied().unwrap_or_default();
        let mut ranked: Vec<(bool, String, &TargetId)> = targets
            .iter()
            .map(|id| (!forced.contains(id), rank(seed, stratum, id), id))
            .collect();
        ranked.sort();
        let forced_here = ranked.iter().filter(|(is_free, _, _)| !is_free).count();
        for (_, _, id) in ranked.into_iter().take(quota.max(forced_here)) {
            drawn.insert(id.clone(), stratum.clone());
        }
    }
    drawn
}

/// Draws again from what was published and compares; all differences at once.
pub fn verify(sample: &Sample) -> Result<(), Vec<SampleMismatch>> {
    let mut wrong = Vec::new();
    let mut report = |text: String| wrong.push(SampleMismatch(text));
    let mut homes: BTreeMap<&TargetId, &str> = BTreeMap::new();
    for (stratum, targets) in &sample.frame {
        for id in targets {
            if let Some(first) = homes.insert(id, stratum) {
                report(format!("“{id}”在抽样框中出现两次：{first} 和 {stratum}"));
            }
        }
    }
    for (stratum, targets) in &sample.frame {
        let quota = sample.quotas.get(stratum).copied();
        match quota {
            None => report(format!("层“{stratum}”没有名额")),
            Some(quota) if quota > targets.len() => {
                report(format!(
                    "层“{stratum}”名额 {quota} 多于对象数 {}",
                    targets.len()
                ));
            }
            Some(quota) if stratum.starts_with("portal/") && quota != targets.len() => {
                report(format!("层“{stratum}”应全部抽取，名额却是 {quota}"));
            }
            Some(_) => {}
        }
    }
    let accounts = |of: &dyn Fn(&str) -> usize| -> BTreeMap<String, usize> {
        sample
            .frame
            .keys()
            .filter(|stratum| stratum.starts_with("account/"))
            .map(|stratum| (stratum.clone(), of(stratum)))
            .collect()
    };
    let given = accounts(&|stratum| sample.quotas.get(stratum).copied().unwrap_or_default());
    let sizes = accounts(&|stratum| sample.frame.get(stratum).map_or(0, Vec::len));
    if given != share_out(&sizes, given.values().sum()) {
        report("政务新媒体各层的名额不是按对象数分配的".to_owned());
    }
    for id in sample.forced.iter().filter(|id| !homes.contains_key(id)) {
        report(format!("必查对象“{id}”不在抽样框中"));
    }
    let again = draw_from(&sample.frame, &sample.quotas, &sample.forced, &sample.seed);
    for (id, stratum) in &again {
        match sample.drawn.get(id) {
            None => report(format!("“{id}”（{stratum}）应抽中而没有列入")),
            Some(listed) if listed != stratum => {
                report(format!("“{id}”属于 {stratum}，却列为 {listed}"));
            }
            Some(_) => {}
        }
    }
    for id in sample.drawn.keys().filter(|id| !again.contains_key(id)) {
        report(format!("“{id}”没有抽中而列入了"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// 未抽中台账. How long a running target has not been looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// Target.
    pub target: TargetId,
    /// Stratum.
    pub stratum: String,
    /// Last round that drew it, among those known.
    pub last_drawn: Option<String>,
    /// Rounds since, or all known rounds where it was never drawn.
    pub rounds_missed: usize,
}

/// Who was not drawn for how long, longest first. `rounds`: id and drawn targets of each round, oldest first.
pub fn ledger(
    frame: &BTreeMap<String, Vec<TargetId>>,
    rounds: &[(String, BTreeSet<TargetId>)],
) -> Vec<LedgerRow> {
    let mut rows: Vec<LedgerRow> = frame
        .iter()
        .flat_map(|(stratum, targets)| targets.iter().map(move |id| (stratum, id)))
        .map(|(stratum, id)| {
            let last = rounds.iter().rposition(|(_, drawn)| drawn.contains(id));
            LedgerRow {
                target: id.clone(),
                stratum: stratum.clone(),
                last_drawn: last.map(|at| rounds[at].0.clone()),
                rounds_missed: last.map_or(rounds.len(), |at| rounds.len() - 1 - at),
            }
        })
        .collect();
    rows.sort_by(|a, b| {
        b.rounds_missed
            .cmp(&a.rounds_missed)
            .then_with(|| a.target.cmp(&b.target))
    });
    rows
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "sample_tests.rs"]
mod tests;
