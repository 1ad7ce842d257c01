//! 无障碍入口缺失: the home page offers no version for older and disabled readers, or its entry is dead.
//!
//! * Why: who cannot see or hear well has the same right to read.
//! * Evidence used: links, buttons, pictures and scripts of the home page that offer such a version, with the state of what they link.
//! * Left to a person: whether the version is any good.
//! * Known misjudgements: an entry that only a script draws is not seen.
//! * Source: 工业和信息化部《互联网网站适老化通用设计规范》, 《无障碍环境建设法》.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{EntryLink, Facts, LinkState};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: what an entry is called is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("no_entry", "没有无障碍、适老入口"),
    ("dead_entry", "无障碍、适老入口打不开"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

const KEY: &str = "entry";

/// Judges the home page.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let home = support::home(site)?;
    let Some(front) = &site.front else {
        let detail = "没有读到首页的版面。";
        return Err(Undetermined::new(UndeterminedReason::NotGathered, detail));
    };
    if front.entry.is_empty() {
        if support::is_home_unrendered(site) {
            let detail = "首页尚未渲染，不能确定有无无障碍、适老入口。";
            let reason = UndeterminedReason::NeedsScript;
            return Err(support::undetermined(KEY, "no_entry", reason, detail));
        }
        let detail = "首页没有无障碍浏览、长者模式（适老版、关怀版）入口。";
        let finding = Finding::new(KEY, "no_entry", detail, front.evidence.clone())
            .with_url(&home.url)
            .with_confidence(Confidence::Medium);
        return Ok(support::verdict(vec![finding], Vec::new()));
    }
    let dead = front
        .entry_link
        .as_ref()
        .and_then(|link| dead(link, &front.entry));
    Ok(support::verdict(dead.into_iter().collect(), Vec::new()))
}

fn dead(link: &EntryLink, entry: &str) -> Option<Finding> {
    let LinkState::Dead { why, .. } = &link.state else {
        return None;
    };
    // One look says nothing.
    let (first, others) = link
        .evidence
        .split_first()
        .filter(|(_, others)| !others.is_empty())?;
    let detail = format!("无障碍、适老入口“{entry}”打不开：{why}。");
    let finding = Finding::new(KEY, "dead_entry", detail, first.quoting(why)).with_url(&link.url);
    Some(
        others
            .iter()
            .fold(finding, |finding, look| finding.with_evidence(look.clone())),
    )
}
