//! A retention policy takes bodies out of a judged round: judging again gives the same bytes, and every archive stays sound.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{Province, assert_archives_are_sound, segments, succeed, xuncha};

fn run(data: &Path, arguments: &[&str]) -> String {
    let output = succeed(xuncha().arg("--data").arg(data).args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

fn judged(data: &Path, out: &Path) -> Vec<u8> {
    succeed(
        xuncha()
            .arg("--data")
            .arg(data)
            .args(["judge", "--out"])
            .arg(out),
    );
    std::fs::read(out).unwrap()
}

fn bytes(data: &Path) -> u64 {
    let sizes = segments(data)
        .into_iter()
        .map(|path| std::fs::metadata(path).unwrap().len());
    sizes.sum()
}

#[test]
fn a_thinned_round_judges_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let province = Province::start(&folder.path().join("province"), 9, "realistic");
    let data = folder.path().join("data");
    province.gather_small_round(&data, "prune", "3", "6");
    drop(province);
    let early = xuncha()
        .arg("--data")
        .arg(&data)
        .args(["evidence", "prune", "--round", "2026Q1", "--yes"])
        .output()
        .unwrap();
    assert!(
        !early.status.success(),
        "findings are not known before judging"
    );
    let before = judged(&data, &folder.path().join("before.json"));

    let size = run(&data, &["evidence", "size"]);
    for purpose in ["可用性访问", "首页快照", "网页", "链接与资源", "站内搜索"]
    {
        assert!(size.contains(purpose), "{purpose}\n{size}");
    }
    println!("{size}");
    let full = bytes(&data);
    let aged = run(&data, &["evidence", "prune"]);
    assert!(aged.contains("没有比最近一轮早 4 轮及以上的轮次"), "{aged}");
    let tried = run(&data, &["evidence", "prune", "--older-than", "0"]);
    assert!(
        tried.contains("可清理") && tried.contains("只是试算"),
        "{tried}"
    );
    assert_eq!(bytes(&data), full);
    let done = run(&data, &["evidence", "prune", "--round", "2026Q1", "--yes"]);
    println!("{done}");
    assert!(done.contains("已清理"), "{done}");
    assert!(bytes(&data) < full);

    assert_archives_are_sound(&data);
    let verified = run(&data, &["evidence", "verify"]);
    assert!(verified.contains("摘要与哈希仍在"), "{verified}");
    assert!(run(&data, &["evidence", "index"]).contains("新建 0 段"));
    let after = judged(&data, &folder.path().join("after.json"));
    assert!(
        before == after,
        "results differ; see before.json and after.json"
    );

    let out = folder.path().join("export");
    let exported = run(
        &data,
        &["evidence", "export", "--out", out.to_str().unwrap()],
    );
    assert!(exported.contains("已导出"), "{exported}");
    assert!(std::fs::read_dir(&out).unwrap().count() > 10);
}
