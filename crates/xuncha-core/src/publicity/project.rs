//! The projection: results of a target become what may be kept for the public.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use url::Url;

use super::is_sealed;
use super::values::{
    PublicCard, PublicFile, PublicFinding, PublicRound, PublicRow, PublicTarget, RowState,
};
use crate::checks;
use crate::indicator::{Indicator, IndicatorKind};
use crate::judge::{Judged, Judgement};
use crate::points::Points;
use crate::rectify::ProblemId;
use crate::registry::{Target, TargetId};
use crate::review::Review;
use crate::round::{Round, Subject};
use crate::score::tally::tally;
use crate::score::{CountedFinding, IndicatorScore, Outcome, ScoreSheet};
use crate::stats::{Stats, city_name};
use crate::verdict::{Finding, Verdict};

/// Figures that are public, by the beginnings of their names: what was counted, what came out, and how far it holds for all that run, with
/// its interval. Indices stand in rows of their own; who failed again or fell most stays inside, as does what other rounds came to.
const PUBLIC_FIGURES: [&str; 5] = ["registry.", "sample.", "outcome.", "coverage.", "estimate."];

/// What of a round is public beside its targets.
pub fn public_round(
    round: &Round,
    stats: &Stats,
    (version, published_at): (u32, DateTime),
    files: Vec<PublicFile>,
) -> PublicRound {
    let figures = stats.figures.iter();
    let figures = figures.filter(|(name, _)| {
        let starts = |head: &&str| name.starts_with(*head);
        PUBLIC_FIGURES.iter().any(starts)
    });
    PublicRound {
        id: round.id.clone(),
        title: round.title.clone(),
        version,
        published_at,
        coverage: round.coverage,
        monitor_from: round.monitor_from,
        as_of: round.as_of,
        rectify_by: round.rectify_by.clone(),
        set_title: round.set.title.clone(),
        set_source: round.set.source.clone(),
        set_sha256: round.set.sha256.clone(),
        figures: figures
            .map(|(name, figure)| (name.clone(), figure.clone()))
            .collect(),
        level1: stats.level1.clone(),
        level2: stats.level2.clone(),
        regions: stats.regions.clone(),
        files,
    }
}

/// What of a target is public. `gathered_on`: the last day on which something of it was fetched, where that is known; else the day of
/// its latest evidence stands there, or that of the monitoring point.
pub fn public_target(
    round: &Round,
    subject: &Subject,
    sheet: &ScoreSheet,
    (judgements, reviews): (&[Judgement], &[Review]),
    gathered_on: Option<Date>,
) -> (PublicTarget, Vec<PublicFinding>) {
    let findings = findings(round, subject, sheet, (judgements, reviews));
    let seen = all_findings(judgements).flat_map(|finding| finding.evidence());
    let seen = seen.map(|evidence| evidence.at.date()).max();
    let is_known = sheet.outcome != Outcome::Undetermined;
    let target = &subject.target;
    let public = PublicTarget {
        target: target.id().clone(),
        class: target.class(),
        name: target.name().to_owned(),
        address: match target {
            Target::Site(site) => site.home.clone(),
            Target::Account(account) => account.platform.clone(),
        },
        unit: subject.organization_name.clone(),
        region: subject.region_name.clone(),
        city: city_name(subject).to_owned(),
        outcome: sheet.outcome,
        deduct_score: sheet.deduct_score.filter(|_| is_known),
        final_score: sheet.final_score.filter(|_| is_known),
        checked_on: gathered_on.or(seen).unwrap_or(round.as_of.date()),
        card: PublicCard {
            rows: sheet
                .indicators
                .iter()
                .filter_map(|score| Some(row(round.set.indicator(&score.indicator)?, score)))
                .collect(),
        },
    };
    (public, findings)
}

fn row(indicator: &Indicator, score: &IndicatorScore) -> PublicRow {
    let has_amount = score.amount > Points::ZERO;
    let state = match indicator.kind {
        _ if score.not_applicable => RowState::NotApplicable,
        IndicatorKind::Listed => RowState::Listed,
        IndicatorKind::Veto if score.is_veto => RowState::Vetoed,
        IndicatorKind::Bonus if has_amount => RowState::Earned,
        IndicatorKind::Deduct if has_amount => RowState::Deducted,
        _ if score.unmeasured || score.may_veto => RowState::Undetermined,
        IndicatorKind::Bonus => RowState::NotEarned,
        _ => RowState::Passed,
    };
    PublicRow {
        indicator: indicator.id.clone(),
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        kind: indicator.kind,
        points: score.points,
        amount: score.amount,
        state,
    }
}

fn all_findings(judgements: &[Judgement]) -> impl Iterator<Item = &Finding> {
    judgements.iter().flat_map(findings_of)
}

fn findings_of(judgement: &Judgement) -> &[Finding] {
    match &judgement.result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
        } => findings,
        _ => &[],
    }
}

/// What counted of a target, each problem once: under the scored set, then under those that are only listed.
fn findings(
    round: &Round,
    subject: &Subject,
    sheet: &ScoreSheet,
    (judgements, reviews): (&[Judgement], &[Review]),
) -> Vec<PublicFinding> {
    let target = subject.target.id();
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    let mut all = Vec::new();
    let mut put = |set: &str, indicator: &Indicator, counted: &[CountedFinding]| {
        // What is earned is no problem.
        if indicator.kind == IndicatorKind::Bonus {
            return;
        }
        for one in counted {
            if known.insert((one.check.clone(), one.key.clone())) {
                all.push(public_finding(target, (set, indicator), one, judgements));
            }
        }
    };
    for score in &sheet.indicators {
        if let Some(indicator) = round.set.indicator(&score.indicator) {
            put(&round.set.id, indicator, &score.findings);
        }
    }
    for set in &round.also_listed {
        let applying = |one: &&Indicator| one.applies_to.contains(&subject.target.class());
        for indicator in set.indicators.iter().filter(applying) {
            let counted = tally(&set.id, indicator, target, judgements, reviews).counted;
            put(&set.id, indicator, &counted);
        }
    }
    seal_what_sealed_findings_name(&mut all, &subject.target, judgements);
    all
}

fn public_finding(
    target: &TargetId,
    (set, indicator): (&str, &Indicator),
    counted: &CountedFinding,
    judgements: &[Judgement],
) -> PublicFinding {
    let mut own = judgements.iter().filter(|one| one.check == counted.check);
    let found = own.find_map(|one| findings_of(one).iter().find(|own| own.key == counted.key));
    let mut public = PublicFinding {
        problem: ProblemId {
            target: target.clone(),
            check: counted.check.clone(),
            key: counted.key.clone(),
        },
        set: set.to_owned(),
        indicator: indicator.id.clone(),
        case: case_name(counted),
        text: text_of(indicator, counted, found),
        url: found.map(address).unwrap_or_default(),
        count: found.map_or(u64::from(counted.count), |found| {
            found.place_count.max(u64::from(found.count))
        }),
        seen_on: found
            .and_then(|found| found.evidence().first())
            .map(|evidence| evidence.at.date()),
        is_sealed: false,
    };
    if is_sealed(&counted.check, &counted.key) {
        seal(&mut public);
    }
    public
}

/// Takes everything out that says what was found.
fn seal(finding: &mut PublicFinding) {
    finding.is_sealed = true;
    finding.case.clear();
    finding.text.clear();
    finding.url.clear();
}

fn case_name(counted: &CountedFinding) -> String {
    if counted.check == "manual" {
        return String::new();
    }
    let check = checks::find(&counted.check);
    let name = check.and_then(|check| check.case_name(&counted.case));
    name.unwrap_or_default().to_owned()
}

/// The machine's own sentence. What a person noted is written for colleagues: in its place stands what was asked.
fn text_of(indicator: &Indicator, counted: &CountedFinding, found: Option<&Finding>) -> String {
    match (found, counted.check.as_str()) {
        (_, "manual") => format!("“{}”不符合检查要求", indicator.level2),
        (Some(found), _) => found.detail.clone(),
        (None, check) => checks::find(check)
            .map_or(indicator.level2.as_str(), |check| check.title_zh)
            .to_owned(),
    }
}

fn address(finding: &Finding) -> String {
    let url = finding.url.as_deref().unwrap_or_default();
    match url.starts_with("http://") || url.starts_with("https://") {
        true => url.to_owned(),
        false => String::new(),
    }
}

/// A dead link into a betting site is found as a dead link too: what a sealed finding of the same target names is not repeated by one
/// that is public.
fn seal_what_sealed_findings_name(
    all: &mut [PublicFinding],
    target: &Target,
    judgements: &[Judgement],
) {
    let named = Named::of(target, judgements);
    for finding in all.iter_mut().filter(|finding| !finding.is_sealed) {
        if named.is_in(finding) {
            seal(finding);
        }
    }
}

/// What sealed findings name: hosts of others and wordings wherever they stand, pages of the site itself by their whole address.
#[derive(Default)]
struct Named {
    texts: BTreeSet<String>,
    pages: BTreeSet<String>,
}

impl Named {
    fn of(target: &Target, judgements: &[Judgement]) -> Named {
        let own = match target {
            Target::Site(site) => host(&site.home),
            Target::Account(_) => None,
        };
        let mut named = Named::default();
        for judgement in judgements {
            let sealed = findings_of(judgement).iter();
            for finding in sealed.filter(|one| is_sealed(&judgement.check, &one.key)) {
                for text in [finding.url.as_deref().unwrap_or_default(), &finding.key] {
                    named.put(text, own.as_deref());
                }
            }
        }
        named
    }

    fn put(&mut self, text: &str, own: Option<&str>) {
        let is_home = |url: &Url| url.path() == "/" && url.query().is_none();
        match Url::parse(text).ok().filter(|url| url.host_str().is_some()) {
            Some(url) if url.host_str() == own && is_home(&url) => {}
            Some(url) if url.host_str() == own => {
                self.pages.insert(text.to_lowercase());
            }
            Some(url) => {
                let host = url.host_str().unwrap_or_default();
                self.texts.insert(host.to_lowercase());
            }
            // What is short and plain, such as `title`, would seal by chance.
            None if text.chars().filter(|sign| !sign.is_ascii()).count() >= 2 => {
                self.texts.insert(text.to_lowercase());
            }
            None => {}
        }
    }

    fn is_in(&self, finding: &PublicFinding) -> bool {
        let key = &finding.problem.key;
        let says = format!("{} {} {key}", finding.text, finding.url).to_lowercase();
        self.texts.iter().any(|text| says.contains(text))
            || self.pages.contains(&finding.url.to_lowercase())
            || self.pages.contains(&key.to_lowercase())
    }
}

fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.host_str().map(str::to_lowercase)
}
