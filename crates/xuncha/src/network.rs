//! 网络参数. From the command line's words to the gatherer's settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, find};
use xuncha_gather::settings::{ConnectTo, CrawlHours, Settings, parse_hosts};

use crate::cli::NetworkArgs;

/// A usage error: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Settings for `check`, and for `gather` of real sites.
pub fn settings(arguments: &NetworkArgs) -> Result<Settings> {
    settings_for(arguments, false)
}

/// Settings; a simulated province is on this machine, so its hosts need no naming.
pub fn settings_for(arguments: &NetworkArgs, is_simulated: bool) -> Result<Settings> {
    let rate_per_host = rate(arguments, is_simulated)?;
    if arguments.concurrency == 0 || arguments.timeout_s == 0 || arguments.max_pages == 0 {
        bail!(Usage(
            "--concurrency、--timeout-s、--max-pages 至少为 1".to_owned()
        ));
    }
    let limit = Duration::from_secs(arguments.timeout_s);
    let mut settings = Settings {
        rate_per_host,
        rate_per_address: rate_per_host.map(|rate| rate * 5.0),
        connections_per_host: arguments.concurrency,
        connect_timeout: limit,
        header_timeout: limit,
        body_timeout: limit,
        allow_hosts: arguments
            .allow_host
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect(),
        second_path: arguments.second_path,
        name_server: arguments.dns,
        browser: browser(arguments)?,
        ..Settings::default()
    };
    if let Some(path) = &arguments.axe {
        settings.accessibility = Some(engine(path, settings.browser.as_ref())?);
    }
    if let Some(text) = &arguments.crawl_hours {
        let hours = CrawlHours::parse(text).map_err(|error| Usage(error.to_string()))?;
        settings.crawl_hours = Some(hours);
    }
    for text in &arguments.connect_to {
        settings
            .connect_to
            .push(ConnectTo::parse(text).map_err(|error| Usage(error.to_string()))?);
    }
    if let Some(path) = &arguments.hosts {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("无法读取 hosts 文件 {}", path.display()))?;
        settings.hosts = parse_hosts(&text).map_err(|error| Usage(error.to_string()))?;
    }
    if let Some(path) = &arguments.ca {
        settings.extra_ca_pem =
            std::fs::read(path).with_context(|| format!("无法读取证书文件 {}", path.display()))?;
    }
    Ok(settings)
}

/// The browser for pages that need their scripts.
fn browser(arguments: &NetworkArgs) -> Result<Option<BrowserSettings>> {
    let program = program(&arguments.browser)?;
    Ok(program.map(|program| BrowserSettings {
        pages_per_site: arguments.render_pages,
        ..BrowserSettings::new(program)
    }))
}

/// The source of axe-core, where there is a browser to run it in.
pub fn engine(path: &Path, browser: Option<&BrowserSettings>) -> Result<Arc<str>> {
    let shown = path.display();
    let source = std::fs::read_to_string(path)
        .map_err(|error| Usage(format!("--axe：无法读取 {shown}（{error}）")))?;
    if !source.contains("axe-core") && !source.contains("axe v") {
        bail!(Usage(format!(
            "--axe：{shown} 不是 axe-core（应为它的 axe.min.js）"
        )));
    }
    if browser.is_none() {
        bail!(Usage(
            "--axe：无障碍检测需要浏览器（Chromium），没有找到；用 --browser 指定，或去掉 --axe"
                .to_owned()
        ));
    }
    Ok(source.into())
}

/// The browser that is meant. One that was named must be there; `auto` does without where there is none.
pub fn program(text: &str) -> Result<Option<PathBuf>> {
    let choice = BrowserChoice::parse(text);
    match (find(&choice), choice) {
        (None, BrowserChoice::Path(path)) => bail!(Usage(format!(
            "--browser：没有 {} 这个程序",
            path.display()
        ))),
        (found, _) => Ok(found),
    }
}

fn rate(arguments: &NetworkArgs, is_simulated: bool) -> Result<Option<f64>> {
    if arguments.rate == "unlimited" {
        // A load without limit is only for hosts of one's own, and those are named.
        if arguments.allow_host.is_empty() && !is_simulated {
            bail!(Usage(
                "--rate unlimited 只能用于自己的主机：请同时用 --allow-host 指名".to_owned()
            ));
        }
        return Ok(None);
    }
    match arguments.rate.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(Some(rate)),
        _ => bail!(Usage(format!(
            "--rate “{}”应为正数或 unlimited",
            arguments.rate
        ))),
    }
}
