//! `xuncha migration` on two loopback servers: every planted loss of `migration/plan.toml` is found, and nothing else.
#![allow(clippy::unwrap_used)]

#[path = "migration/sites.rs"]
mod sites;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sites::{Plan, Servers};
use support::{sheet, succeed, xuncha};

/// The sites are on this machine and may be asked as fast as they answer.
fn asking(command: &str) -> std::process::Command {
    let mut asking = xuncha();
    asking.args([command, "--rate", "unlimited", "--concurrency", "4"]);
    asking.args(["--allow-host", "127.0.0.1", "--browser", "off"]);
    asking.args(["--second-look-s", "0"]);
    asking
}

/// Kinds and titles found, and all of the JSON.
fn compared(
    servers: &Servers,
    json: &Path,
    further: &[&str],
) -> (BTreeSet<(String, String)>, Value) {
    let mut command = asking("migration");
    command.args([&servers.old, &servers.new]).args(further);
    let page = json.with_extension("html");
    let output = succeed(command.arg("--json").arg(json).arg("--html").arg(&page));
    let page = std::fs::read_to_string(page).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let result: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found = BTreeSet::new();
    for loss in result["losses"].as_array().unwrap() {
        let title = text(&loss["title"]);
        assert!(
            said.contains(&format!("《{title}》")),
            "{title} is not printed"
        );
        assert!(
            page.contains(&format!("《{title}》")),
            "{title} is not on the page"
        );
        assert!(!loss["evidence"].as_array().unwrap().is_empty());
        found.insert((text(&loss["kind"]), title));
    }
    (found, result)
}

#[test]
fn every_planted_loss_is_found_and_nothing_else() {
    plain_or_tagged(false);
}

#[test]
fn every_planted_loss_is_found_where_pages_are_tagged() {
    plain_or_tagged(true);
}

fn plain_or_tagged(has_tags: bool) {
    let plan = Plan::read();
    let servers = Servers::start(&plan, has_tags);
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("result.json");

    let (found, result) = compared(&servers, &json, &[]);
    assert_eq!(found, plan.expected(false));
    assert_eq!(result["unclear"], Value::Array(Vec::new()));
    let places = result["losses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|loss| loss["kind"] == "dates_flattened")
        .unwrap();
    assert_eq!(places["place_count"], 5);

    // Evidence from before the switch, then the old host sends its visitors on.
    let evidence = folder.path().join("evidence");
    succeed(
        asking("check")
            .arg(&servers.old)
            .arg("--evidence")
            .arg(&evidence),
    );
    servers.switch(&plan);
    servers.take_asked();
    let kept = evidence.display().to_string();
    let (found, result) = compared(&servers, &json, &["--old-evidence", &kept]);
    assert_eq!(found, plan.expected(true));
    assert_eq!(result["unclear"], Value::Array(Vec::new()));

    // The old host was asked for its articles only, each once, and once more what did not convince.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in servers.take_asked() {
        assert!(path.starts_with("/art/"), "{path}");
        *counts.entry(path).or_default() += 1;
    }
    let twice = counts.iter().filter(|(_, count)| **count == 2);
    let twice: BTreeSet<String> = twice.map(|(path, _)| path.clone()).collect();
    assert_eq!(twice, plan.doubtful());
    assert!(counts.values().all(|count| *count <= 2), "{counts:?}");

    kept_with_a_round(&servers, folder.path());

    // An old host that sends its home page on too has nothing left to read.
    servers.switch_home();
    let output = asking("migration")
        .args([&servers.old, &servers.new])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("--old-evidence"), "{said}");

    let kinds: BTreeSet<String> = plan
        .expected(true)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert!(kinds.len() >= 12, "{kinds:?}");
}

/// A round that does not exist is said before anything is asked; into one that exists everything goes.
fn kept_with_a_round(servers: &Servers, folder: &Path) {
    let data = folder.join("data").display().to_string();
    let sites = [
        servers.old.as_str(),
        &servers.new,
        "--round",
        "2026Q1",
        "--data",
        &data,
    ];
    servers.take_asked();
    let output = asking("migration").args(sites).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("2026Q1"),
        "{said}"
    );
    assert!(servers.take_asked().is_empty());
    let registry = folder.join("registry.xlsx").display().to_string();
    let sheets = [
        sheet(
            "地区",
            &["区划代码|名称|级别|上级区划代码", "990000|云岭省|省|"],
        ),
        sheet(
            "单位",
            &[
                "单位编号|单位名称|区划代码|上级单位编号|层级|应开设新媒体",
                "U1|云岭省人民政府|990000||省级|是",
            ],
        ),
        sheet(
            "网站",
            &[
                "标识码|网站名称|首页网址|类型|主办单位编号|区划代码|状态|备案号|公安备案号|无办事服务",
                "9900000001|云岭省人民政府门户网站|http://www.yl.gov.cn/|门户|U1|990000|正常|||",
            ],
        ),
        sheet(
            "新媒体",
            &[
                "账号编号|账号名称|平台|类型|主办单位编号|区划代码|认证主体|主页链接|订阅源链接|下载链接|状态|开设日期",
            ],
        ),
    ];
    std::fs::write(&registry, xuncha_report::sheets::write(&sheets).unwrap()).unwrap();
    let as_of = "2026-03-20T09:00";
    for arguments in [
        &["registry", "import", &registry][..],
        &[
            "round", "new", "2026Q1", "--as-of", as_of, "--seed", "s", "--census",
        ],
    ] {
        succeed(xuncha().args(arguments).args(["--data", &data]));
    }
    let output = succeed(asking("migration").args(sites));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("/rounds/2026Q1/migrations/1"), "{said}");
}

#[test]
fn bad_usage_and_a_dead_site_are_told_apart() {
    let evidence = tempfile::tempdir().unwrap();
    let kept = evidence.path().display().to_string();
    for (arguments, code) in [
        (&["no address", "http://127.0.0.1:1/"][..], 2),
        (&["http://127.0.0.1:1/", "http://127.0.0.1:1/"], 2),
        (
            &[
                "http://127.0.0.1:1/",
                "http://127.0.0.1:2/",
                "--json",
                "/nonexistent/x.json",
            ],
            2,
        ),
        (
            &[
                "http://127.0.0.1:1/",
                "http://127.0.0.1:2/",
                "--old-evidence",
                &kept,
            ],
            2,
        ),
        (&["http://127.0.0.1:1/", "http://127.0.0.1:2/"], 3),
    ] {
        let output = asking("migration").args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains("错误："), "{arguments:?}: {said}");
    }
}
