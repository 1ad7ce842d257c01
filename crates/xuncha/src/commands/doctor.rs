//! 体检. What this machine lacks, and what the product does without it.

use std::path::Path;

use anyhow::Result;
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, find, is_root, version};
use xuncha_report::Fonts;

use crate::jobs::notice::font_folders;

/// Prints one line per thing the product can use.
pub async fn run(data: &Path) -> Result<()> {
    println!(
        "巡查 {}  数据目录 {}",
        env!("CARGO_PKG_VERSION"),
        data.display()
    );
    line(
        "数据目录可写",
        is_writable(data),
        "无法保存名录与证据；用 --data 指定另一个目录",
    );
    match Fonts::find(&font_folders(data)) {
        Ok(fonts) if fonts.missing().is_empty() => println!("  ✓ 公文字体齐全"),
        Ok(fonts) => line(
            &format!("字体 {}", fonts.missing().join("、")),
            false,
            "PDF 以相近字体代替",
        ),
        Err(error) => line("字体", false, &error.to_string()),
    }
    browser().await;
    line(
        "老旧 TLS（TLS 1.0/1.1、RSA 密钥交换）",
        xuncha_gather::READS_LEGACY_TLS,
        "这类网站只记录协议，页面记为无法判定；编译时加 --features legacy-tls",
    );
    Ok(())
}

/// Starts the browser, since one that is there need not run.
async fn browser() {
    let without = "需脚本显示的页面记为无法判定，其余检查不受影响";
    let Some(program) = find(&BrowserChoice::Auto) else {
        let advice = format!("{without}；Debian 上安装 chromium 软件包");
        return line("浏览器 Chromium", false, &advice);
    };
    match version(&BrowserSettings::new(program.clone())).await {
        Ok(version) => println!("  ✓ 浏览器 {version}（{}）", program.display()),
        Err(error) => {
            let what = format!("浏览器 {}", program.display());
            line(&what, false, &format!("{error}；{without}"));
        }
    }
    if is_root() {
        println!("    以 root 运行时浏览器没有沙箱，请用普通用户运行");
    }
}

fn line(what: &str, is_there: bool, without: &str) {
    match is_there {
        true => println!("  ✓ {what}"),
        false => println!("  ✗ {what}：{without}"),
    }
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(".writable");
    let is_fine = std::fs::create_dir_all(folder).is_ok() && std::fs::write(&probe, b"").is_ok();
    let _ = std::fs::remove_file(probe);
    is_fine
}
