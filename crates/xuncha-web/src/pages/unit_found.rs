//! What a round found of a unit before anybody was told: ranked as cases will be, so that a unit can begin.

use xuncha_core::rectify::ProblemId;
use xuncha_core::rectify::letter::cost;
use xuncha_core::rectify::stake::{Stake, stake};
use xuncha_core::registry::TargetId;
use xuncha_store::Page;
use xuncha_store::rectify::CaseFilter;
use xuncha_store::round::SubjectFilter;

use crate::WebState;
use crate::error::WebError;
use crate::pager::encode;

/// Targets whose sheets are read; a unit with more of them reads their own pages.
const SHEETS: u64 = 60;

/// A problem that counts on a sheet.
pub(crate) struct FoundLine {
    pub(crate) href: String,
    pub(crate) detail: String,
    pub(crate) target: String,
    pub(crate) target_id: TargetId,
    pub(crate) cost: String,
}

/// All problems that count for a unit in a round of which no case was opened for it, the costliest first.
pub(crate) async fn found(
    state: &WebState,
    round: &str,
    unit: &str,
) -> Result<Vec<FoundLine>, WebError> {
    let opened = CaseFilter {
        round: Some(round.to_owned()),
        organization: Some(unit.to_owned()),
        ..CaseFilter::default()
    };
    let today = state.now().date();
    let cases = state.store.cases(&opened, today, Page::numbered(1, 1));
    if round.is_empty() || cases.await?.total > 0 {
        return Ok(Vec::new());
    }
    let set = state.store.round(round).await?.round.set;
    let filter = SubjectFilter {
        organization: Some(unit.to_owned()),
        ..SubjectFilter::default()
    };
    let page_of = Page::numbered(1, SHEETS);
    let subjects = state
        .store
        .targets(round, &set.id, &filter, page_of)
        .await?;
    let mut found: Vec<(Stake, FoundLine)> = Vec::new();
    for row in subjects.rows.iter().filter(|row| row.finding_count > 0) {
        let target = &row.subject.target;
        let Some(sheet) = state.store.sheet(round, &set.id, target.id()).await? else {
            continue;
        };
        let counted = sheet.indicators.iter().flat_map(|score| &score.findings);
        let mut seen = std::collections::BTreeSet::new();
        for finding in counted {
            if !seen.insert((&finding.check, &finding.key)) {
                continue;
            }
            let problem = ProblemId {
                target: target.id().clone(),
                check: finding.check.clone(),
                key: finding.key.clone(),
            };
            let (at_stake, indicators) = stake(&set, &sheet, &problem);
            if indicators.is_empty() {
                continue;
            }
            let line = FoundLine {
                href: format!(
                    "/rounds/{}/targets/{}",
                    encode(round),
                    encode(&target.id().0)
                ),
                detail: finding.detail.clone(),
                target: target.name().to_owned(),
                target_id: target.id().clone(),
                cost: cost(at_stake),
            };
            found.push((at_stake, line));
        }
    }
    // A stable sort: what costs the same stays by target.
    found.sort_by_key(|(at_stake, _)| std::cmp::Reverse(*at_stake));
    Ok(found.into_iter().map(|(_, line)| line).collect())
}
