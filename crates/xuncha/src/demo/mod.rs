//! 演示. The whole path over a simulated province: registry, draw, gather, judge, review, score, compare, notice.

pub mod accuracy;
pub mod province;
mod reviewer;
mod second;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xuncha_core::judge::Judgement;
use xuncha_core::notice::extras::{FieldFault, NoticeExtras};
use xuncha_core::results::Results;
use xuncha_core::round::Round;
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, find};
use xuncha_gather::settings::Settings;

use crate::cli::{DemoArgs, PasswordArgs, Plan, RoundNewArgs, Scale, ServeArgs, WorkArgs};
use crate::commands;
use crate::data::Data;
use crate::jobs;
use crate::network;
use crate::rules::Rules;
use accuracy::Truth;
use province::Province;

/// Factor of the request clock: a page that takes 15 seconds takes 1.5.
const SPEED: u32 = 10;
/// Pictures of findings per site: enough to see what they are.
const PICTURES_PER_SITE: usize = 2;
/// Pages per site; no site of the province has more.
const MAX_PAGES: usize = 5_000;

/// Runs the demonstration; an error where a figure of the notice is not the independent scorer's.
pub async fn run(rules: &Rules, arguments: &DemoArgs) -> Result<()> {
    let started = Instant::now();
    let out = &arguments.out;
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let folder = out.join("data");
    // What a demonstration made stands beside its province; any other folder of that name is somebody's data.
    let is_foreign = !out.join("province").is_dir();
    if folder.exists() && is_foreign {
        bail!(
            "{} 不是演示留下的数据，不会清空；请用 --out 指定别的输出目录",
            folder.display()
        );
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("无法清空上次的 {}", folder.display()))?;
    }
    step(started, "启动模拟省");
    let province = Province::start(
        &out.join("province"),
        arguments.seed,
        scale(arguments.scale),
        plan(arguments.plan),
        arguments.mutation,
        SPEED,
    )?;
    let data = Data::open(&folder, None).await?;

    step(started, "导入名录与往期结果");
    let changes = commands::registry::import_file(
        &data,
        rules,
        &province.folder.join("registry.xlsx"),
        "own",
        false,
    )
    .await?;
    let rounds =
        commands::round::import_previous(&data, rules, &province.folder.join("previous.xlsx"))
            .await?;
    println!("  名录 {} 条，往期 {rounds} 轮", changes.len());
    let round = draw(&data, rules, arguments, &province).await?;

    step(started, "采集证据");
    gather(&data, rules, &round, &province, arguments.axe.as_deref()).await?;

    step(started, "判定、复核、评分");
    let truth: Truth = read_json(&province.folder.join("truth.json"))?;
    let judged =
        jobs::judge::judge_round(&data, rules, &round, &jobs::gather::Bars::default()).await?;
    let machine: Vec<Judgement> = judged
        .iter()
        .flat_map(|(_, judgements)| judgements.iter().cloned())
        .collect();
    let measured = accuracy::measure(&truth, &machine);
    write_json(&out.join("accuracy.json"), &measured)?;
    let reviews = reviewer::review(&round, round.as_of, &machine, &truth);
    data.store.put_reviews(&reviews).await?;
    println!("  模拟复核 {} 项", reviews.len());
    let results = jobs::judge::store_judgements(&data, &round, judged).await?;
    std::fs::write(out.join("results.json"), results.to_json()?)
        .context("无法写入 results.json")?;

    // Pictures are for the web pages.
    if !arguments.no_serve
        && let Some(program) = find(&BrowserChoice::Auto)
    {
        let browser = jobs::pictures::browser(&program, &data.folder);
        match jobs::pictures::run(&data, &round.id, browser, PICTURES_PER_SITE).await {
            Ok(pictures) => step(started, &format!("页面图片 {} 张", pictures.made)),
            Err(error) => step(started, &format!("没有页面图片：{error}")),
        }
    }

    step(started, "生成通报");
    write_notice(rules, &data, &results, &province, out).await?;
    measured.print();
    let usage = province.status()?;
    println!(
        "模拟省进程：请求 {}，内存 {} MB，CPU {:.1} 秒",
        usage.requests,
        usage.rss_kb / 1024,
        usage.cpu_ms as f64 / 1000.0
    );
    print_own_usage();
    step(started, "与独立计分核对");
    compare(&province, out)?;
    if arguments.second_round {
        step(started, "两周后再看首页");
        let measured = second::run(&data, rules, (&province, &round), &truth, out).await?;
        measured.print();
    }
    step(started, "完成");
    if arguments.no_serve {
        return Ok(());
    }
    // The province goes on while the pages are served: what they gather again must never leave this machine.
    let mut work = WorkArgs::usual();
    work.province = Some(province.folder.join("province.json"));
    // The settings of an office are not those of a demonstration, so nothing of the environment counts.
    let serve = ServeArgs {
        listen: arguments.listen.clone(),
        https: false,
        address: None,
        login: true,
        policy: PasswordArgs { password_min: 10 },
        oidc: crate::cli::OidcArgs {
            oidc_issuer: None,
            oidc_client: None,
            oidc_secret_file: None,
            oidc_name: String::new(),
            oidc_ca: None,
        },
        work,
        remind: crate::cli::RemindArgs::usual(),
        outbox: crate::cli::OutboxArgs::none(),
    };
    let served = commands::serve::run(data, rules, &serve).await;
    drop(province);
    served
}

async fn draw(
    data: &Data,
    rules: &Rules,
    arguments: &DemoArgs,
    province: &Province,
) -> Result<Round> {
    // The full scale draws as many as the published letter did.
    let (departments, accounts) = match arguments.scale {
        Scale::Small => (Some(6), Some(20)),
        Scale::Full => (Some(84), Some(274)),
    };
    let arguments = RoundNewArgs {
        id: province.file.quarter.clone(),
        as_of: province.file.as_of,
        seed: format!("{}-{}", province.file.quarter, arguments.seed),
        set: "gov-2019".to_owned(),
        also_listed: match arguments.axe {
            Some(_) => vec!["extras".to_owned(), "accessibility".to_owned()],
            None => vec!["extras".to_owned()],
        },
        census: arguments.plan == Plan::Dense,
        departments,
        accounts,
        reporting: Some(province.folder.join("reporting.xlsx")),
        rectify_by: None,
    };
    let round = commands::round::create(data, rules, &arguments).await?;
    let sample = data
        .store
        .sample(&round.id)
        .await?
        .context("抽样没有保存")?;
    println!("  抽中对象 {} 个", sample.drawn.len());
    Ok(round)
}

async fn gather(
    data: &Data,
    rules: &Rules,
    round: &Round,
    province: &Province,
    axe: Option<&Path>,
) -> Result<()> {
    let mut settings = Settings {
        rate_per_host: None,
        rate_per_address: None,
        browser: find(&BrowserChoice::Auto).map(BrowserSettings::new),
        ..Settings::default()
    };
    if let Some(path) = axe {
        settings.accessibility = Some(network::engine(path, settings.browser.as_ref())?);
    }
    let described = province.folder.join("province.json");
    let clock = jobs::gather::clock(Some(&described), &mut settings).await?;
    let extent = jobs::gather::Extent {
        max_pages: MAX_PAGES,
        has_visits: true,
    };
    let report = jobs::gather::run(
        data,
        rules,
        round,
        settings,
        clock,
        extent,
        &jobs::gather::Bars::default(),
    )
    .await?;
    println!(
        "  请求 {}，网页 {}，链接 {}，访问 {}，{:.1} 秒，每秒 {:.0} 页（请求时钟 {SPEED} 倍速）",
        report.requests,
        report.pages,
        report.looks,
        report.probes,
        report.elapsed_ms as f64 / 1000.0,
        report.pages_per_second
    );
    Ok(())
}

/// What the province's office gives for the notice is kept as the form of the web interface keeps it, and the notice built of it.
async fn write_notice(
    rules: &Rules,
    data: &Data,
    results: &Results,
    province: &Province,
    out: &Path,
) -> Result<()> {
    let round = &results.round;
    let given: BTreeMap<String, String> = read_json(&province.folder.join("notice.json"))?;
    let today = round.as_of.date();
    let extras = NoticeExtras::of_fields(&given, round, today).map_err(|faults| {
        let said = |fault: &FieldFault| format!("{}：{}", fault.field, fault.problem);
        let lines: Vec<String> = faults.iter().map(said).collect();
        anyhow::anyhow!("notice.json 有错误：{}", lines.join("；"))
    })?;
    data.store
        .put_notice_extras(&round.id, &extras, "演示", round.as_of)
        .await?;
    let outcome = data.store.outcome_sha256(&round.id, &round.set.id).await?;
    let registry = data.store.registry().await?;
    let details = jobs::notice::details(data, results, &registry, None, today).await?;
    let (notice, book) = jobs::notice::build(rules, results, &registry, &details, None)?;
    jobs::notice::write_trace(&book, out)?;
    for path in jobs::notice::write(&notice, &book, &data.folder, out)? {
        println!("  {}", path.display());
    }
    jobs::notice::keep(data, &round.id, &outcome, out).await
}

/// Asks the independent scorer, a program without a line of ours, for the same figures.
fn compare(province: &Province, out: &Path) -> Result<()> {
    let program = std::env::current_exe().context("找不到本程序自身的路径")?;
    let scored = Command::new(program)
        .args(["province", "score", "--dir"])
        .arg(&province.folder)
        .arg("--results")
        .arg(out.join("results.json"))
        .output()
        .context("无法启动独立计分")?;
    if !scored.status.success() {
        bail!(
            "独立计分失败：{}",
            String::from_utf8_lossy(&scored.stderr).trim()
        );
    }
    let answer: Value = serde_json::from_slice(&scored.stdout).context("独立计分的答复无法理解")?;
    std::fs::write(out.join("scorer.json"), &scored.stdout).context("无法写入 scorer.json")?;
    let figures = answer["figures"]
        .as_object()
        .map_or(0, serde_json::Map::len);
    let differences = answer["differences"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if figures == 0 {
        bail!("独立计分没有给出任何数字");
    }
    if differences.is_empty() {
        println!("  {figures} 个数字全部一致");
        return Ok(());
    }
    let lines: Vec<String> = differences
        .iter()
        .take(20)
        .map(|difference| format!("  {difference}"))
        .collect();
    bail!(
        "{} 个数字与独立计分不一致：\n{}",
        differences.len(),
        lines.join("\n")
    )
}

fn print_own_usage() {
    // Linux tells the peak of resident memory; elsewhere the line is left out.
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return;
    };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kilobytes) =
        peak.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok())
    {
        println!("巡查进程：内存峰值 {} MB", kilobytes / 1024);
    }
}

fn step(started: Instant, what: &str) {
    println!("[{:>6.1} 秒] {what}", started.elapsed().as_secs_f64());
}

fn scale(scale: Scale) -> &'static str {
    match scale {
        Scale::Small => "small",
        Scale::Full => "full",
    }
}

fn plan(plan: Plan) -> &'static str {
    match plan {
        Plan::Realistic => "realistic",
        Plan::Dense => "dense",
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("无法读取 {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} 的内容无法理解", path.display()))
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))
}
