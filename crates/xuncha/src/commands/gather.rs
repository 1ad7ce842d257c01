//! 采集命令.

use anyhow::{Context as _, Result};

use crate::cli::GatherArgs;
use crate::data::Data;
use crate::jobs;
use crate::network;
use crate::rules::Rules;

/// Pages that were not rendered are printed up to this number.
const LISTED: usize = 20;

/// Gathers a round and says what it came to.
pub async fn run(data: &Data, rules: &Rules, arguments: &GatherArgs) -> Result<()> {
    let row = data.open_round(arguments.round.round.as_deref()).await?;
    let mut settings = network::settings_for(&arguments.network, arguments.province.is_some())?;
    let clock = jobs::gather::clock(arguments.province.as_deref(), &mut settings).await?;
    let extent = jobs::gather::Extent {
        max_pages: arguments.network.max_pages,
        has_visits: !arguments.no_visits,
    };
    let report = jobs::gather::run(
        data,
        rules,
        &row.round,
        settings,
        clock,
        extent,
        &jobs::gather::Bars::default(),
    )
    .await?;
    if let Some(path) = &arguments.report {
        let text = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    }
    println!(
        "采集完成：对象 {}，请求 {}，网页 {}，链接 {}，访问 {}，{:.1} 秒，每秒 {:.0} 页。",
        report.targets,
        report.requests,
        report.pages,
        report.looks,
        report.probes,
        report.elapsed_ms as f64 / 1000.0,
        report.pages_per_second
    );
    if report.rendered > 0 {
        println!("需脚本显示的页面：渲染了 {} 个。", report.rendered);
    }
    if report.unrendered_count > 0 {
        println!(
            "需脚本显示而没有（完整）渲染的页面 {} 个，相关事项可能无法判定：",
            report.unrendered_count
        );
    }
    for page in report.unrendered.iter().take(LISTED) {
        println!("  {} {}（{}）", page.target, page.url, page.why);
    }
    if report.unrendered.len() > LISTED {
        println!("  ……（--report 列出每个网站的前 50 个）");
    }
    if !report.broken.is_empty() {
        println!(
            "{} 个对象的采集因本程序出错而中断，已采的都在；请保留日志并反馈，再次运行采集即从断点继续：",
            report.broken.len()
        );
    }
    for broken in report.broken.iter().take(LISTED) {
        println!("  {}（{}）", broken.target, broken.why);
    }
    Ok(())
}
