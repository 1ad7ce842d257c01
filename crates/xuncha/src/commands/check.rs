//! 单站检查. One site, no database: gather into memory, judge, print; JSON as docs/check.schema.json says.

mod gather;
mod html;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::civil::DateTime;
use serde::Serialize;
use xuncha_core::checks::Context;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::availability::Availability;
use xuncha_core::facts::model::{FactRecord, Facts, SiteFacts};
use xuncha_core::facts::network::{CertificateFault, NetworkFacts};
use xuncha_core::facts::{self, Depth};
use xuncha_core::indicator::{Indicator, IndicatorKind, IndicatorSet, Rule};
use xuncha_core::judge::{Judged, Judgement, judge_target};
use xuncha_core::registry::{Site, SiteKind, State, Target, TargetId};
use xuncha_core::round::Subject;
use xuncha_core::verdict::{Confidence, Doubt, Finding, UndeterminedReason, Verdict};
use xuncha_gather::check::CheckPlan;
use xuncha_gather::report::UnrenderedPage;
use xuncha_gather::state::Limits;

use crate::cli::{CheckArgs, Only};
use crate::documents::ChildReader;
use crate::jobs::judge::OUTSIDE;
use crate::network::{self, Usage};
use crate::rules::Rules;

pub(super) use gather::CHECK_ROUND;
pub(super) use html::escape;

/// The site could not be inspected at all: exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// What `--json` writes.
#[derive(Debug, Serialize)]
pub struct CheckOutput {
    schema: u32,
    target: String,
    started_at: DateTime,
    set: String,
    set_sha256: String,
    pages: u64,
    links_checked: u64,
    requests: u64,
    partial: bool,
    findings: Vec<FindingOutput>,
    undetermined: Vec<UndeterminedOutput>,
    verdicts: Vec<VerdictOutput>,
    network: Option<NetworkFacts>,
    faults: BTreeSet<CertificateFault>,
    availability: Availability,
    warnings: Vec<String>,
    unrendered: Vec<UnrenderedOutput>,
}

/// A page that shows nothing without its scripts and was not read after they had run.
#[derive(Debug, Serialize)]
struct UnrenderedOutput {
    url: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct FindingOutput {
    check: String,
    key: String,
    case: String,
    outcome: &'static str,
    url: Option<String>,
    found_on: Vec<String>,
    found_on_count: u64,
    detail: String,
    confidence: Confidence,
    indicators: Vec<String>,
    counted: bool,
    evidence: Vec<EvidenceRef>,
}

#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct UndeterminedOutput {
    check: String,
    key: Option<String>,
    reason: UndeterminedReason,
    detail: String,
}

#[derive(Debug, Serialize)]
struct VerdictOutput {
    indicator: String,
    level1: String,
    level2: String,
    check: String,
    verdict: &'static str,
    detail: String,
}

/// Inspects the site, prints the verdicts, writes the files.
pub async fn run(rules: &Rules, arguments: &CheckArgs) -> Result<()> {
    let usage = |error: anyhow::Error| anyhow::Error::new(Usage(format!("{error:#}")));
    let mut set = rules.set(&arguments.set).map_err(usage)?;
    if arguments.only == Some(Only::Links) {
        set.indicators
            .retain(|indicator| indicator.checks.iter().any(|check| check == "broken_links"));
    }
    let lexicons = rules.lexicons()?;
    let mut settings = network::settings(&arguments.network).map_err(usage)?;
    if settings.accessibility.is_some() && arguments.only.is_none() && set.id != "accessibility" {
        // Who names the engine wants to see what it finds; it is listed only and changes no points.
        let listed = rules.set("accessibility").map_err(usage)?;
        set.indicators.extend(listed.indicators);
    }
    // Only what the set asks for costs the site further requests.
    let asks_for = |names: &[&str]| {
        let mut checks = set.indicators.iter().flat_map(|one| &one.checks);
        checks.any(|check| names.contains(&check.as_str()))
    };
    settings.asks_as_searcher = asks_for(&["tampered_page"]);
    settings.measures_layout = asks_for(&["unfit_for_phones"]);
    if asks_for(&["exposed_personal_data", "unsafe_attachments"]) {
        settings.documents = Some(Arc::new(ChildReader::new(&rules.lexicons, rules.words())));
    }
    // Nobody should learn after an hour that the result has no place to go to.
    for path in [&arguments.json, &arguments.html, &arguments.list]
        .into_iter()
        .flatten()
    {
        is_writable(path)?;
    }
    let url = url::Url::parse(&arguments.url).map_err(|error| {
        Usage(format!(
            "“{}”不是网址（{error}），应以 http:// 或 https:// 开头",
            arguments.url
        ))
    })?;
    let limits = Limits::default();
    let plan = CheckPlan {
        limits: Limits {
            pages: arguments.network.max_pages,
            outside: match arguments.no_outside {
                true => 0,
                false => limits.outside,
            },
            ..limits
        },
        second_look_gap_s: arguments.second_look_s as f64,
        depth: match arguments.only {
            Some(Only::Links) => Depth::Links,
            None => Depth::Whole,
        },
        ..CheckPlan::default()
    };
    let gathered = gather::gather(arguments, &url, &plan, settings, &lexicons).await?;
    let subject = subject(arguments, &url, &gathered.target);
    let Target::Site(site) = &subject.target else {
        bail!("只能检查网站")
    };
    let mut records = gathered.records;
    let outside = records.remove(&TargetId::from(OUTSIDE)).unwrap_or_default();
    let (advertising, outside): (Vec<_>, Vec<_>) = outside
        .into_iter()
        .partition(|record| matches!(record, FactRecord::Page(_)));
    let outside = looks(outside);
    let own = records.remove(&gathered.target).unwrap_or_default();
    let pages = gathered.pages.unwrap_or_else(|| page_addresses(&own));
    let mut facts = {
        let all = own.into_iter().chain(advertising);
        facts::assemble_site(site, all, &outside, &lexicons)
    };
    if let Some(asked) = gathered.asked {
        // Most pages and links were dropped on the way; what was seen in all was counted.
        facts.page_count = pages.len() as u64;
        facts.link_count = asked;
    }
    if let Some(path) = &arguments.list {
        std::fs::write(path, pages.join("\n") + "\n")
            .with_context(|| format!("无法写入 {}", path.display()))?;
    }
    if facts.page_count == 0 {
        bail!(Unreachable(why_unreachable(&url, &facts)));
    }
    let context = Context {
        as_of: facts.as_of,
        seed: plan.seed.clone(),
    };
    let wrapped = Facts::Site(Box::new(facts));
    let judgements = judge_target(&set, &subject, &wrapped, &context);
    let Facts::Site(facts) = wrapped else {
        bail!("事实类型不符")
    };
    let output = CheckOutput {
        requests: gathered.requests,
        unrendered: unrendered(&facts, &gathered.unrendered),
        ..output(&arguments.url, &set, &facts, &judgements)
    };
    print(&output);
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&output)? + "\n";
        std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    }
    if let Some(path) = &arguments.html {
        let pictures = match &gathered.evidence {
            Some(evidence) if arguments.screenshots => {
                gather::pictures(arguments, evidence, &gathered.target, &judgements).await?
            }
            _ => Vec::new(),
        };
        std::fs::write(path, html::page(&output, &pictures))
            .with_context(|| format!("无法写入 {}", path.display()))?;
    }
    Ok(())
}

/// Whether a file can stand there, before it is written.
pub(super) fn is_writable(path: &Path) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        bail!(Usage(format!(
            "无法写入 {}：目录不存在，或者它本身是目录",
            path.display()
        )));
    }
    Ok(())
}

/// Addresses of the pages that were read as HTML.
fn page_addresses(records: &[FactRecord]) -> Vec<String> {
    let pages = records.iter().filter_map(|record| match record {
        FactRecord::Page(facts) => Some(facts),
        _ => None,
    });
    pages
        .filter(|facts| facts.is_html && facts.capture.purpose == Purpose::Page)
        .filter(|facts| facts.capture.is_success())
        .map(|facts| facts.capture.url.clone())
        .collect()
}

fn looks(records: Vec<FactRecord>) -> BTreeMap<String, Vec<Capture>> {
    let mut seen: BTreeMap<String, Vec<Capture>> = BTreeMap::new();
    for record in records {
        if let FactRecord::Look(capture) = record {
            seen.entry(capture.url.clone()).or_default().push(capture);
        }
    }
    seen
}

/// The site as a registry entry; what was not given on the command line is empty and is not held against it.
fn subject(arguments: &CheckArgs, url: &url::Url, target: &TargetId) -> Subject {
    let name = arguments.name.as_deref().unwrap_or_default();
    let (organization_name, region_name) = named(name);
    let site = Site {
        id: arguments
            .code
            .as_deref()
            .map_or_else(|| target.clone(), TargetId::from),
        name: arguments.name.clone().unwrap_or_default(),
        home: url.to_string(),
        kind: if arguments.department {
            SiteKind::Department
        } else {
            SiteKind::Portal
        },
        organization: String::new(),
        region: String::new(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    };
    Subject {
        target: Target::Site(site),
        organization_name,
        region_name,
        region_path: Vec::new(),
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Default::default(),
    }
}

/// How the names of units end.
const UNIT_ENDS: [&str; 15] = [
    "局",
    "委",
    "委员会",
    "办",
    "办公室",
    "厅",
    "院",
    "中心",
    "会",
    "署",
    "部",
    "处",
    "所",
    "社",
    "馆",
];

/// Unit and region as the name of a site gives them: 青石市人民政府门户网站 is of 青石市.
fn named(site_name: &str) -> (String, String) {
    let unit = site_name.trim().trim_start_matches("中国·");
    let unit = ["门户网站", "官方网站", "网站", "网"]
        .iter()
        .find_map(|end| unit.strip_suffix(end))
        .unwrap_or(unit);
    let region = unit
        .strip_suffix("人民政府")
        .or_else(|| unit.strip_suffix("政府"));
    // 钟山信息网 is no unit's name: whose site it is does not show in it.
    let is_unit = region.is_some() || UNIT_ENDS.iter().any(|end| unit.ends_with(end));
    let unit = if is_unit { unit } else { "" };
    (unit.to_owned(), region.unwrap_or_default().to_owned())
}

fn why_unreachable(url: &url::Url, facts: &SiteFacts) -> String {
    let why = facts
        .probes
        .iter()
        .map(|probe| probe.detail.as_str())
        .find(|detail| !detail.is_empty());
    format!(
        "{url} 无法检查：{}。请核对网址与网络；内网或本机地址须用 --allow-host 指名。",
        why.unwrap_or("首页没有返回网页")
    )
}

fn output(
    target: &str,
    set: &IndicatorSet,
    facts: &SiteFacts,
    judgements: &[Judgement],
) -> CheckOutput {
    let mut findings: BTreeMap<(String, String), FindingOutput> = BTreeMap::new();
    let mut undetermined = BTreeSet::new();
    let mut verdicts = Vec::new();
    for judgement in judgements {
        let (verdict, detail) = match &judgement.result {
            Judged::Known { verdict } => {
                let indicator = set.indicator(&judgement.indicator);
                collect(
                    (judgement, indicator),
                    verdict,
                    &mut findings,
                    &mut undetermined,
                );
                word_and_detail(verdict)
            }
            Judged::Unknown {
                undetermined: whole,
            } => {
                undetermined.insert(UndeterminedOutput {
                    check: judgement.check.clone(),
                    key: None,
                    reason: whole.reason,
                    detail: whole.detail.clone(),
                });
                doubts(judgement, &whole.places, &mut undetermined);
                ("undetermined", whole.detail.clone())
            }
        };
        let indicator = set.indicator(&judgement.indicator);
        verdicts.push(VerdictOutput {
            indicator: judgement.indicator.clone(),
            level1: indicator.map_or_else(String::new, |indicator| indicator.level1.clone()),
            level2: indicator.map_or_else(String::new, |indicator| indicator.level2.clone()),
            check: judgement.check.clone(),
            verdict,
            detail,
        });
    }
    let availability = Availability::of(&facts.probes);
    CheckOutput {
        schema: 1,
        target: target.to_owned(),
        started_at: facts.as_of,
        set: set.id.clone(),
        set_sha256: set.sha256.clone(),
        pages: facts.page_count,
        links_checked: facts.link_count,
        requests: 0,
        partial: facts.is_partial,
        findings: findings.into_values().collect(),
        undetermined: undetermined.into_iter().collect(),
        verdicts,
        network: facts.network.as_deref().cloned(),
        faults: facts
            .network
            .as_ref()
            .map(|facts| facts.faults())
            .unwrap_or_default(),
        warnings: availability.warning().into_iter().collect(),
        availability,
        unrendered: Vec::new(),
    }
}

/// Pages and lists that need their scripts, with the reason why they stay unread.
fn unrendered(facts: &SiteFacts, left: &[UnrenderedPage]) -> Vec<UnrenderedOutput> {
    let lists = facts.columns.iter().filter(|column| column.needs_script);
    let lists = lists.map(|column| column.url.as_str());
    let pages = facts.unrendered_pages.iter().map(String::as_str);
    let mut whys: BTreeMap<&str, &str> = pages.chain(lists).map(|url| (url, "")).collect();
    whys.extend(
        left.iter()
            .map(|page| (page.url.as_str(), page.why.as_str())),
    );
    for (url, why) in &mut whys {
        if let Some(trouble) = facts.rendering_troubles.get(*url) {
            *why = trouble;
        } else if why.is_empty() {
            *why = "没有渲染";
        }
    }
    let output = whys.into_iter().map(|(url, why)| UnrenderedOutput {
        url: url.to_owned(),
        why: why.to_owned(),
    });
    output.collect()
}

fn word_and_detail(verdict: &Verdict) -> (&'static str, String) {
    match verdict {
        Verdict::Pass { .. } => ("pass", String::new()),
        Verdict::Fail { findings, .. } => ("fail", format!("{} 个问题", findings.len())),
        Verdict::NotApplicable { reason } => ("not_applicable", reason.clone()),
        Verdict::NeedsReview { question, .. } => ("needs_review", question.clone()),
    }
}

fn collect(
    (judgement, indicator): (&Judgement, Option<&Indicator>),
    verdict: &Verdict,
    findings: &mut BTreeMap<(String, String), FindingOutput>,
    undetermined: &mut BTreeSet<UndeterminedOutput>,
) {
    let (found, places, outcome): (&[Finding], &[Doubt], &'static str) = match verdict {
        Verdict::Pass { undetermined } => (&[], undetermined, "fail"),
        Verdict::Fail {
            findings,
            undetermined,
        } => (findings, undetermined, "fail"),
        Verdict::NeedsReview { findings, .. } => (findings, &[], "needs_review"),
        Verdict::NotApplicable { .. } => (&[], &[], "fail"),
    };
    doubts(judgement, places, undetermined);
    for finding in found {
        let entry = findings.entry((judgement.check.clone(), finding.key.clone()));
        let output = entry.or_insert_with(|| FindingOutput {
            check: judgement.check.clone(),
            key: finding.key.clone(),
            case: finding.case.clone(),
            outcome,
            url: finding.url.clone(),
            found_on: finding
                .places
                .iter()
                .map(|place| place.url.clone())
                .collect(),
            found_on_count: finding.place_count,
            detail: finding.detail.clone(),
            confidence: finding.confidence,
            indicators: Vec::new(),
            counted: false,
            evidence: finding.evidence().to_vec(),
        });
        output.indicators.push(judgement.indicator.clone());
        output.counted |= indicator.is_some_and(|indicator| counts(indicator, finding));
    }
}

/// Whether an indicator's outcome depends on this finding, or whether it is only listed: not drawn, or by a case that no rule names.
fn counts(indicator: &Indicator, finding: &Finding) -> bool {
    let is_scored = indicator.kind != IndicatorKind::Listed && finding.count > 0;
    let names = |rule: &Rule| rule.cases.contains(&finding.case);
    is_scored && indicator.rules.iter().any(names)
}

fn doubts(
    judgement: &Judgement,
    places: &[Doubt],
    undetermined: &mut BTreeSet<UndeterminedOutput>,
) {
    undetermined.extend(places.iter().map(|doubt| UndeterminedOutput {
        check: judgement.check.clone(),
        key: Some(doubt.key.clone()),
        reason: doubt.reason,
        detail: doubt.detail.clone(),
    }));
}

fn print(output: &CheckOutput) {
    println!(
        "{}  网页 {}，链接 {}，请求 {}",
        output.target, output.pages, output.links_checked, output.requests
    );
    if output.partial {
        println!(
            "网站没有读全：到了页数或链接数上限（页数用 --max-pages 放宽），或首页没有读完，或导航上的页面因 robots.txt 没有读。"
        );
    }
    for verdict in &output.verdicts {
        let mark = match verdict.verdict {
            "pass" => "✓ 通过    ",
            "fail" => "✗ 存在问题",
            "not_applicable" => "– 不适用  ",
            "needs_review" => "? 待人工  ",
            _ => "? 无法判定",
        };
        println!(
            "{mark} {:<6} {} {}",
            verdict.indicator,
            verdict.level2,
            plain(&verdict.detail)
        );
    }
    if let Some(facts) = &output.network {
        println!("\n网络：");
        for (name, text) in super::network_lines::lines(facts) {
            println!("  {name}  {text}");
        }
    }
    for warning in &output.warnings {
        println!("预警：{warning}");
    }
    let listed = output.findings.iter().filter(|finding| !finding.counted);
    match listed.count() {
        0 => println!("\n问题 {} 个：", output.findings.len()),
        listed => println!(
            "\n问题 {} 个，其中 {listed} 个仅列出、不计次：",
            output.findings.len()
        ),
    }
    for finding in &output.findings {
        let mark = match finding.counted {
            true => "",
            false => "（仅列出）",
        };
        println!("  [{}]{mark} {}", finding.check, plain(&finding.detail));
        if let Some(url) = &finding.url {
            println!("      网址 {}", plain(url));
        }
        for page in finding.found_on.iter().take(3) {
            println!("      见 {}", plain(page));
        }
        if finding.found_on_count > 3 {
            println!("      …… 共 {} 处", finding.found_on_count);
        }
    }
    // What could not be judged as a whole stands in the list of verdicts already.
    let places = || {
        let places = output.undetermined.iter();
        places.filter(|doubt| doubt.key.is_some())
    };
    println!("\n无法判定 {} 处。", places().count());
    for doubt in places().take(LISTED_DOUBTS) {
        let key = doubt.key.as_deref().unwrap_or_default();
        println!(
            "  [{}] {} {}",
            doubt.check,
            plain(key),
            plain(&doubt.detail)
        );
    }
    if places().count() > LISTED_DOUBTS {
        println!("  …… 其余见 --json 或 --html");
    }
    if output.unrendered.is_empty() {
        return;
    }
    println!(
        "需脚本显示而没有（完整）渲染的页面 {} 个：",
        output.unrendered.len()
    );
    for page in output.unrendered.iter().take(10) {
        println!("  {}（{}）", plain(&page.url), plain(&page.why));
    }
}

/// So many places that could not be determined are listed on the terminal.
const LISTED_DOUBTS: usize = 20;

/// A site's words without the characters that a terminal would take for orders.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
