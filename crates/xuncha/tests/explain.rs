//! Pages of checks by the real binary: what they hold, whose figures they show, and that `docs/checks/` is up to date.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use support::{succeed, xuncha};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks")
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    entries.map(read).collect()
}

fn explain(arguments: &[&str]) -> String {
    let output = succeed(xuncha().arg("explain").args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

/// `XUNCHA_BLESS=1` writes them anew, and removes the page of a check that is gone.
#[test]
fn the_pages_in_the_repository_are_those_of_the_binary() {
    let folder = tempfile::tempdir().unwrap();
    explain(&["--markdown", folder.path().to_str().unwrap()]);
    let fresh = files(folder.path());
    assert!(fresh.len() > 18, "{} pages", fresh.len());
    if std::env::var("XUNCHA_BLESS").is_ok_and(|value| value == "1") {
        let _ = std::fs::remove_dir_all(docs());
        std::fs::create_dir_all(docs()).unwrap();
        for (name, text) in &fresh {
            std::fs::write(docs().join(name), text).unwrap();
        }
    }
    let kept = files(&docs());
    let names: Vec<&String> = fresh.keys().chain(kept.keys()).collect();
    for name in names {
        assert!(
            fresh.get(name) == kept.get(name),
            "docs/checks/{name} is out of date: run `cargo xtask docs`"
        );
    }
}

#[test]
fn a_page_holds_everything_that_a_reader_asks() {
    let page = explain(&["broken_links"]);
    for part in [
        "# 链接不可用",
        "检查项 `broken_links`",
        "#### D-21 功能设计 / 可用性",
        "- 规则：首页上的链接",
        "- 依据：国办秘函〔2019〕19号附件1",
        "扣分，满分 5（还原值，把握低，待核定）",
        "〔每处扣 1 分；还原值，把握低，待核定〕",
        "- 参数（检查项的默认值）：`counted` = （空）",
        "## 自动与人工\n\n- 自动：",
        "- 无法判定：",
        "## 已知误判\n\n- 误报：",
        "- `home_link` 首页链接打不开",
        "- 首页链接打不开 → 存在问题（home_link）",
        "其他体系中用到它的指标：census-2015（C-02）；extras（X-20）；",
    ] {
        assert!(page.contains(part), "no {part} in\n{page}");
    }
    // Rules of the same indicator that count another check's cases do not belong to the page.
    let page = explain(&["no_account_interaction"]);
    assert!(
        page.contains("M-V3") && !page.contains("购买粉丝、强制点赞等行为〔"),
        "{page}"
    );
}

#[test]
fn figures_are_those_of_the_set_in_force() {
    let census = explain(&["unreachable_site", "--set", "census-2015"]);
    for part in [
        "- 参数（指标文件，见于原文）：`days` = 7；`fail_percent` = 1；`is_counted_by_percent` = true；",
        "- 参数（检查项的默认值）：`is_counted_by_percent` = false",
    ] {
        assert!(census.contains(part), "no {part} in\n{census}");
    }
    // A folder that changes a threshold changes the page.
    let rules = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../indicators/gov-2019/W-V3.toml");
    let text = std::fs::read_to_string(own).unwrap();
    let folder = rules.path().join("indicators/gov-2019");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("W-V3.toml"),
        text.replace("days = 14", "days = 7"),
    )
    .unwrap();
    let changed = explain(&["stale_home", "--rules", rules.path().to_str().unwrap()]);
    assert!(
        changed.contains("`days` = 7") && !changed.contains("`days` = 14"),
        "{changed}"
    );
    // One that the usual set does not use is shown under a set that does.
    let listed = explain(&["duplicate_account"]);
    assert!(
        listed.contains("### extras") && listed.contains("仅列出，不计分"),
        "{listed}"
    );
    // Asked for by name, a set that does not use it says so.
    let none = explain(&["duplicate_account", "--set", "gov-2019"]);
    assert!(none.contains("gov-2019 没有用它的指标。"), "{none}");
}

#[test]
fn a_list_says_how_its_set_scores() {
    let national = explain(&[]);
    for part in [
        "门户网站：扣分 100 分，低于 60 分不合格；高于 80 分的另计加分，最多 30 分；有单项否决的不合格，不再评分。",
        "政务新媒体：不计分，只看单项否决；有单项否决的不合格，不再评分。",
    ] {
        assert!(national.contains(part), "no {part} in\n{national}");
    }
    let local = explain(&["--set", "local-accounts"]);
    for part in [
        "政务新媒体：扣分 100 分，低于 60 分不合格；高于 80 分的另计加分，最多 25 分；有单项否决的不合格，总分定为 59 分。",
        "最多 30 分；有单项否决的不合格，不再评分。",
    ] {
        assert!(local.contains(part), "no {part} in\n{local}");
    }
    assert!(explain(&["--set", "extras"]).contains("本体系只列出问题，不计分。"));
}

#[test]
fn an_indicator_leads_to_its_checks() {
    let said = explain(&["m-v3"]);
    for part in [
        "# M-V3 单项否决 / 互动回应差",
        "购买粉丝、强制点赞等行为〔达到 1 处即否决；见于原文〕",
        "- 新媒体无互动：xuncha explain no_account_interaction",
        "- 人工检查：xuncha explain manual",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    let output = xuncha().args(["explain", "nothing"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("既不是 gov-2019 的指标"),
        "{said}"
    );
}
