//! 检查一个账号. One account or app, no database: look at what it is filed under, judge, print; JSON for programs.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::civil::DateTime;
use serde::Serialize;
use xuncha_core::checks::Context;
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::facts;
use xuncha_core::facts::model::{AccountFacts, Facts, PackageFacts, Post};
use xuncha_core::judge::{Judged, judge_target};
use xuncha_core::registry::{Account, State, Target, TargetId};
use xuncha_core::round::Subject;
use xuncha_core::verdict::{Finding, Verdict};
use xuncha_gather::check::{CheckPlan, check_account};
use xuncha_gather::clock::{CivilClock, FixedClock, RealClock};

use super::check::{is_writable, plain};
use super::judge::word;
use crate::cli::AccountArgs;
use crate::jobs::gather::Bars;
use crate::network::{self, Usage};
use crate::rules::Rules;

/// Posts that are listed.
const LISTED_POSTS: usize = 20;
/// Permissions that are listed on the terminal.
const LISTED_PERMISSIONS: usize = 12;

/// What `--json` writes.
#[derive(Debug, Serialize)]
struct AccountOutput {
    schema: u32,
    as_of: DateTime,
    set: String,
    addresses: Vec<String>,
    /// Whether page or feed could be read; null where neither was given.
    readable: Option<bool>,
    newest_post: Option<jiff::civil::Date>,
    post_count: usize,
    posts: Vec<Post>,
    interaction: Vec<String>,
    package: Option<PackageFacts>,
    verdicts: Vec<VerdictOutput>,
}

#[derive(Debug, Serialize)]
struct VerdictOutput {
    indicator: String,
    name: String,
    check: String,
    verdict: &'static str,
    /// Why, or what is asked.
    detail: String,
    evidence: Vec<EvidenceRef>,
}

/// Inspects the account, prints what was seen and the verdicts, writes the file.
pub async fn run(rules: &Rules, arguments: &AccountArgs) -> Result<()> {
    let usage = |error: anyhow::Error| anyhow::Error::new(Usage(format!("{error:#}")));
    let set = rules.set(&arguments.set).map_err(usage)?;
    let settings = network::settings(&arguments.network).map_err(usage)?;
    if let Some(path) = &arguments.json {
        is_writable(path)?;
    }
    let filed = [&arguments.url, &arguments.feed, &arguments.download];
    let urls: Vec<String> = filed.into_iter().flatten().cloned().collect();
    if urls.is_empty() {
        bail!(Usage(
            "没有给出地址：写账号页面，或用 --feed、--download 指明".to_owned()
        ));
    }
    let clock: Arc<dyn CivilClock> = match arguments.as_of {
        Some(as_of) => Arc::new(FixedClock::at(as_of)),
        None => Arc::new(RealClock),
    };
    let plan = CheckPlan {
        second_look_gap_s: arguments.second_look_s as f64,
        ..CheckPlan::default()
    };
    let lexicons = Arc::new(rules.lexicons()?);
    let bars = Bars::default();
    let checked = check_account(&urls, &plan, settings, lexicons.clone(), clock, &bars).await?;
    let subject = subject(arguments, &checked.target);
    let Target::Account(account) = &subject.target else {
        bail!("只能检查账号")
    };
    let mut records = checked.records;
    let own = records.remove(&checked.target).unwrap_or_default();
    let facts = facts::assemble_account(account, own.into_iter(), &lexicons);
    let context = Context {
        as_of: facts.as_of,
        seed: plan.seed,
    };
    let wrapped = Facts::Account(Box::new(facts));
    let verdicts: Vec<VerdictOutput> = judge_target(&set, &subject, &wrapped, &context)
        .iter()
        .map(|judgement| VerdictOutput {
            indicator: judgement.indicator.clone(),
            name: set
                .indicator(&judgement.indicator)
                .map_or_else(String::new, |indicator| indicator.level2.clone()),
            check: judgement.check.clone(),
            verdict: word(&judgement.result),
            detail: detail(&judgement.result),
            evidence: evidence(&judgement.result),
        })
        .collect();
    let Facts::Account(facts) = wrapped else {
        bail!("事实类型不符")
    };
    let output = AccountOutput {
        schema: 1,
        as_of: facts.as_of,
        set: set.id,
        addresses: urls,
        readable: facts.is_readable,
        newest_post: newest(&facts),
        post_count: facts.posts.len(),
        posts: facts.posts.iter().take(LISTED_POSTS).cloned().collect(),
        interaction: facts.interaction,
        package: facts.package,
        verdicts,
    };
    print(&output);
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&output)? + "\n";
        std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    }
    Ok(())
}

fn subject(arguments: &AccountArgs, target: &TargetId) -> Subject {
    let is_app = arguments.download.is_some();
    let account = Account {
        id: target.clone(),
        name: arguments.name.clone(),
        platform: arguments.platform.clone(),
        kind: if is_app { "客户端" } else { "" }.to_owned(),
        organization: String::new(),
        region: String::new(),
        certified_subject: String::new(),
        page_url: arguments.url.clone(),
        feed_url: arguments.feed.clone(),
        download_url: arguments.download.clone(),
        state: State::Running,
        opened: None,
        details: Default::default(),
    };
    Subject {
        target: Target::Account(account),
        organization_name: String::new(),
        region_name: String::new(),
        region_path: Vec::new(),
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Default::default(),
    }
}

fn newest(facts: &AccountFacts) -> Option<jiff::civil::Date> {
    facts.posts.iter().filter_map(|post| post.date).max()
}

fn findings(result: &Judged) -> &[Finding] {
    match result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
        } => findings,
        _ => &[],
    }
}

fn detail(result: &Judged) -> String {
    let found: Vec<&str> = findings(result)
        .iter()
        .map(|finding| finding.detail.as_str())
        .collect();
    match result {
        Judged::Unknown { undetermined } => undetermined.detail.clone(),
        Judged::Known {
            verdict: Verdict::NotApplicable { reason },
        } => reason.clone(),
        Judged::Known {
            verdict: Verdict::NeedsReview { question, .. },
        } if found.is_empty() => question.clone(),
        Judged::Known { .. } => found.join("；"),
    }
}

fn evidence(result: &Judged) -> Vec<EvidenceRef> {
    let all = findings(result)
        .iter()
        .flat_map(|finding| finding.evidence());
    all.cloned().collect()
}

fn print(output: &AccountOutput) {
    println!("监测时间点 {}", super::shown(output.as_of));
    for address in &output.addresses {
        println!("  {}", plain(address));
    }
    if let Some(is_readable) = output.readable {
        let newest = output.newest_post;
        let newest = newest.map_or_else(|| "没有读到".to_owned(), |day| day.to_string());
        let state = if is_readable {
            ""
        } else {
            "（页面没有读到内容）"
        };
        println!("文章 {} 篇{state}，最新 {newest}", output.post_count);
        for post in output.posts.iter().take(5) {
            let day = post
                .date
                .map_or_else(|| "无日期    ".to_owned(), |day| day.to_string());
            println!("  {day} {}", plain(&post.title));
        }
        let entries = match output.interaction.is_empty() {
            true => "没有见到".to_owned(),
            false => plain(&output.interaction.join("、")),
        };
        println!("互动入口：{entries}");
    }
    if let Some(package) = &output.package {
        print_package(package);
    }
    println!();
    for verdict in &output.verdicts {
        println!(
            "{}  {} {}  {}",
            verdict.verdict,
            verdict.indicator,
            verdict.name,
            plain(&verdict.detail)
        );
    }
}

fn print_package(package: &PackageFacts) {
    let kind = match package.kind.as_str() {
        "apk" => "安卓安装包",
        "zip" => "压缩包，不是安装包",
        "html" => "网页，不是安装包",
        "truncated" => "不完整的安装包",
        "unread" => "太大，没有读全的压缩包",
        _ => "不是安装包",
    };
    println!("下载得到：{kind}，{} 字节", package.size_bytes);
    if let Some(name) = &package.package {
        println!("  包名 {}", plain(name));
    }
    if let Some(manifest) = &package.manifest {
        let code = manifest.version_code;
        let code = code.map_or_else(String::new, |code| format!("（{code}）"));
        println!("  版本 {}{code}", plain(&manifest.version_name));
        if let Some(level) = manifest.min_sdk {
            println!("  最低系统 API {level}");
        }
        let shown: Vec<&str> = manifest
            .permissions
            .iter()
            .take(LISTED_PERMISSIONS)
            .map(|name| name.strip_prefix("android.permission.").unwrap_or(name))
            .collect();
        println!(
            "  权限 {} 项：{}",
            manifest.permissions.len(),
            plain(&shown.join("、"))
        );
    }
    if let Some(signatures) = &package.signatures {
        let said = match signatures.is_empty() {
            true => "没有".to_owned(),
            false => signatures.join("、"),
        };
        println!("  签名 {said}");
    }
}
