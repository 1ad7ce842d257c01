//! The projection: results of a target become what may be kept for the public.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use url::Url;

use super::is_sealed;
use crate::checks;
use crate::indicator::{Indicator, IndicatorKind};
use crate::judge::{Judged, Judgement};
use crate::points::Points;
use crate::rectify::ProblemId;
use crate::registry::{Target, TargetClass, TargetId};
use crate::review::Review;
use crate::round::{Coverage, Round, Subject};
use crate::score::tally::tally;
use crate::score::{CountedFinding, IndicatorScore, Outcome, ScoreSheet};
use crate::stats::{Figure, IndexRow, RegionRow, Stats, city_name};
use crate::verdict::{Finding, Verdict};

/// 公开文件. A document as it was signed and published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFile {
    /// Name, such as `notice.pdf`.
    pub name: String,
    /// Path below the documents folder, with `/`.
    pub path: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
}

/// 公开轮次. A published round as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRound {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version of the notice, from 1; each correction is the next.
    pub version: u32,
    /// When it was published.
    pub published_at: DateTime,
    /// Coverage.
    pub coverage: Coverage,
    /// Start of monitoring.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Deadline of rectification (ISO day).
    pub rectify_by: String,
    /// Title of the scored set.
    pub set_title: String,
    /// Its document.
    pub set_source: String,
    /// Its hash.
    pub set_sha256: String,
    /// Figures of sample and outcome, by name; those of single indicators stand in the rows below.
    pub figures: Vec<(String, Figure)>,
    /// First-level groups.
    pub level1: Vec<IndexRow>,
    /// Deduction indicators.
    pub level2: Vec<IndexRow>,
    /// Regions.
    pub regions: Vec<RegionRow>,
    /// Documents.
    pub files: Vec<PublicFile>,
}

/// What of a round is public beside its targets.
pub fn public_round(
    round: &Round,
    stats: &Stats,
    (version, published_at): (u32, DateTime),
    files: Vec<PublicFile>,
) -> PublicRound {
    let figures = stats.figures.iter();
    let figures = figures.filter(|(name, _)| !name.starts_with("index_"));
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

/// 指标状态. What an indicator came to, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// 通过.
    Passed,
    /// 扣分.
    Deducted,
    /// 否决.
    Vetoed,
    /// 得分.
    Earned,
    /// 未得分.
    NotEarned,
    /// 不适用.
    NotApplicable,
    /// 无法判定.
    Undetermined,
    /// 仅列出.
    Listed,
}

/// 公开指标行. One indicator of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRow {
    /// Indicator id.
    pub indicator: String,
    /// First-level name.
    pub level1: String,
    /// Second-level name.
    pub level2: String,
    /// Kind.
    pub kind: IndicatorKind,
    /// Full points.
    pub points: Points,
    /// Points taken or earned.
    pub amount: Points,
    /// What it came to.
    pub state: RowState,
}

/// 公开评分卡. Indicators in the order of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCard {
    /// Rows.
    pub rows: Vec<PublicRow>,
}

impl PublicCard {
    /// Points taken and possible of each first-level group of deductions, in order.
    pub fn groups(&self) -> Vec<(&str, Points, Points)> {
        let mut groups: Vec<(&str, Points, Points)> = Vec::new();
        let counts = |row: &&PublicRow| {
            row.kind == IndicatorKind::Deduct
                && !matches!(row.state, RowState::NotApplicable | RowState::Undetermined)
        };
        for row in self.rows.iter().filter(counts) {
            match groups.iter_mut().find(|(name, ..)| *name == row.level1) {
                Some((_, taken, points)) => {
                    *taken += row.amount;
                    *points += row.points;
                }
                None => groups.push((&row.level1, row.amount, row.points)),
            }
        }
        groups
    }
}

/// 公开对象. A target with its score card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicTarget {
    /// Number.
    pub target: TargetId,
    /// Class.
    pub class: TargetClass,
    /// Name.
    pub name: String,
    /// Address of a site, platform of an account.
    pub address: String,
    /// Host unit.
    pub unit: String,
    /// Region.
    pub region: String,
    /// City, or the province for its own units.
    pub city: String,
    /// Outcome.
    pub outcome: Outcome,
    /// ②.
    pub deduct_score: Option<Points>,
    /// Final score.
    pub final_score: Option<Points>,
    /// Day of the check.
    pub checked_on: Date,
    /// Card.
    pub card: PublicCard,
}

/// 公开问题. A finding that counted, as far as it may ever be public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFinding {
    /// Which problem; the way to what became of it.
    pub problem: ProblemId,
    /// Set in which it counts.
    pub set: String,
    /// Indicator in which it counts first.
    pub indicator: String,
    /// What kind of case it is, in Chinese; empty where sealed.
    pub case: String,
    /// One sentence; empty where sealed.
    pub text: String,
    /// Address at fault; empty where there is none or it is sealed.
    pub url: String,
    /// Occurrences.
    pub count: u64,
    /// Day on which it was seen.
    pub seen_on: Option<Date>,
    /// Whether it may never show more than that it exists.
    pub is_sealed: bool,
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
