//! What the evidence files promise: nothing whole is lost, nothing torn is kept, everything can be verified and replayed.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::time::Instant;

use support::values::at;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_store::StoreError;
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts, TargetEvidence};

fn parts<'a>(url: &'a str, body: &'a [u8]) -> ExchangeParts<'a> {
    ExchangeParts {
        url,
        at: at("2026-03-31T09:00:00"),
        request_head: b"GET / HTTP/1.1\r\nHost: www.s1.gov.cn\r\n\r\n",
        response_head: Some(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"),
        body,
        failure: "",
        is_truncated: false,
    }
}

fn look(url: &str, evidence: EvidenceRef) -> FactRecord {
    FactRecord::Look(Capture {
        purpose: Purpose::Link { look: 1 },
        url: url.to_owned(),
        hops: Vec::new(),
        final_url: url.to_owned(),
        at: evidence.at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 12,
        size_bytes: 5,
        truncated: false,
        evidence,
        timing: Default::default(),
    })
}

/// Keeps an exchange and appends the fact that refers to it.
fn gather(evidence: &mut TargetEvidence, number: u32) -> FactRecord {
    let url = format!("http://www.s1.gov.cn/{number}");
    let body = format!("<p>第{number}页</p>");
    let kept = evidence.keep(&parts(&url, body.as_bytes())).unwrap();
    let reference = EvidenceRef {
        url: url.clone(),
        at: at("2026-03-31T09:00:00"),
        sha256: kept.sha256,
        record: kept.record,
        quote: String::new(),
    };
    let record = look(&url, reference);
    evidence.append(&record).unwrap();
    record
}

fn target() -> TargetId {
    TargetId::from("9900000001")
}

/// A folder with `count` exchanges, in segments of at most `limit` bytes.
fn gathered(root: &Path, count: u32, limit: u64) -> (EvidenceFolder, Vec<FactRecord>) {
    let folder = EvidenceFolder::open(root).unwrap();
    let (evidence, old) = folder.open_target("2026Q1", &target()).unwrap();
    assert!(old.is_empty());
    let mut evidence = evidence.with_segment_limit(limit);
    let records = (0..count)
        .map(|number| gather(&mut evidence, number))
        .collect();
    evidence.close().unwrap();
    (folder, records)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

fn cut(path: &Path, len: u64) {
    std::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(len)
        .unwrap();
}

fn assert_sound(folder: &EvidenceFolder) {
    let verification = folder.verify("2026Q1").unwrap();
    assert!(verification.is_sound(), "{verification:?}");
}

#[test]
fn exchanges_come_back_as_they_were() {
    let root = tempfile::tempdir().unwrap();
    let (folder, records) = gathered(root.path(), 3, u64::MAX);
    let read: Vec<_> = folder
        .records("2026Q1", &target())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(read, records);
    let FactRecord::Look(capture) = &records[1] else {
        panic!()
    };
    let exchange = folder
        .read_record("2026Q1", &target(), &capture.evidence.record)
        .unwrap();
    assert_eq!(exchange.body, "<p>第1页</p>".as_bytes());
    assert_eq!(
        (exchange.status, exchange.url.as_str()),
        (Some(200), "http://www.s1.gov.cn/1")
    );
    assert_eq!(exchange.sha256, capture.evidence.sha256);
    assert_eq!(exchange.at_utc, "2026-03-31T01:00:00Z");
    assert!(
        exchange
            .headers
            .contains(&("X-Archive-Orig-Content-Encoding".into(), "gzip".into()))
    );
    assert!(matches!(
        folder.read_record("2026Q1", &target(), "1"),
        Err(StoreError::RecordId(_))
    ));
    assert!(folder.read_record("2026Q1", &target(), "00001@7").is_err());
    assert_sound(&folder);
}

#[test]
fn a_request_without_an_answer_is_kept_too() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let failed = ExchangeParts {
        response_head: None,
        failure: "connect: refused\r\nX: y",
        ..parts("http://www.s1.gov.cn/", b"")
    };
    let kept = evidence.keep(&failed).unwrap();
    let reference = EvidenceRef {
        url: failed.url.into(),
        at: failed.at,
        sha256: kept.sha256,
        record: kept.record.clone(),
        quote: String::new(),
    };
    evidence.append(&look(failed.url, reference)).unwrap();
    evidence.close().unwrap();
    let exchange = folder
        .read_record("2026Q1", &target(), &kept.record)
        .unwrap();
    assert_eq!(
        (exchange.status, exchange.failure.as_str()),
        (None, "connect: refused  X: y")
    );
    assert_sound(&folder);
}

#[test]
fn files_cut_at_any_byte_go_on_where_they_were() {
    let root = tempfile::tempdir().unwrap();
    // Small segments, so that cuts also hit the first records of a segment.
    let (folder, records) = gathered(root.path(), 6, 1_500);
    let dir = folder.target_dir("2026Q1", &target());
    assert!(dir.join("00002.warc.gz").exists() && !dir.join("00004.warc.gz").exists());
    let mut kept_counts = std::collections::BTreeSet::new();
    let segments: Vec<PathBuf> = ["facts.seg", "00002.warc.gz", "00001.warc.gz"]
        .iter()
        .map(|name| dir.join(name))
        .collect();
    for path in &segments {
        let len = std::fs::metadata(path).unwrap().len();
        for end in len.saturating_sub(600)..len {
            let other = tempfile::tempdir().unwrap();
            let folder = EvidenceFolder::open(other.path()).unwrap();
            let copied = folder.target_dir("2026Q1", &target());
            copy(&dir, &copied);
            cut(&copied.join(path.file_name().unwrap()), end);
            let (evidence, old) = folder.open_target("2026Q1", &target()).unwrap();
            // A new segment syncs to the disk, which is slow; every tenth run shows that it works after mending.
            let limit = if end % 10 == 0 { 1_500 } else { u64::MAX };
            let mut evidence = evidence.with_segment_limit(limit);
            assert_eq!(
                old,
                records[..old.len()],
                "a prefix of what was written, cut at {end} of {}",
                path.display()
            );
            assert!(old.len() <= records.len());
            kept_counts.insert(old.len());
            let new: Vec<_> = (10..13)
                .map(|number| gather(&mut evidence, number))
                .collect();
            // Dropped without a sync, as a killed process leaves it.
            drop(evidence);
            let read: Vec<_> = folder
                .records("2026Q1", &target())
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(read, [old, new].concat());
            assert_sound(&folder);
        }
    }
    assert!(
        kept_counts.len() >= 4,
        "the cuts hit several records: {kept_counts:?}"
    );
}

#[test]
fn a_cut_facts_file_loses_only_the_torn_record() {
    let root = tempfile::tempdir().unwrap();
    let (folder, records) = gathered(root.path(), 4, u64::MAX);
    let path = folder.target_dir("2026Q1", &target()).join("facts.seg");
    cut(&path, std::fs::metadata(&path).unwrap().len() - 1);
    let verification = folder.verify("2026Q1").unwrap();
    assert!(
        !verification.is_sound(),
        "a torn end shows before it is mended"
    );
    let (evidence, old) = folder.open_target("2026Q1", &target()).unwrap();
    assert_eq!(old, records[..3]);
    evidence.close().unwrap();
    assert_sound(&folder);
    let records_left = folder.verify("2026Q1").unwrap().targets[0].record_count;
    assert_eq!(
        records_left,
        1 + 3 * 2,
        "warcinfo and three exchanges; the unreferred capture is cut"
    );
}

#[test]
fn damage_in_the_middle_is_an_error_and_never_cut() {
    let root = tempfile::tempdir().unwrap();
    let (folder, _) = gathered(root.path(), 6, u64::MAX);
    let dir = folder.target_dir("2026Q1", &target());
    for (name, position) in [("facts.seg", 40), ("00001.warc.gz", 700)] {
        let path = dir.join(name);
        let sound = std::fs::read(&path).unwrap();
        let mut damaged = sound.clone();
        damaged[position] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        assert!(!folder.verify("2026Q1").unwrap().is_sound(), "{name}");
        if name == "facts.seg" {
            let opened = folder.open_target("2026Q1", &target());
            assert!(matches!(opened, Err(StoreError::Damaged { .. })));
            assert_eq!(std::fs::read(&path).unwrap(), damaged, "nothing was cut");
        }
        std::fs::write(&path, sound).unwrap();
    }
    assert_sound(&folder);
}

#[test]
fn three_thousand_records_a_second() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let page: String = (0..400)
        .map(|n| format!("<li><a href=\"/xw/{n}.html\">第{n}条政务要闻</a></li>\n"))
        .collect();
    let count = 3_000;
    let start = Instant::now();
    for number in 0..count {
        let url = format!("http://www.s1.gov.cn/{number}");
        let kept = evidence.keep(&parts(&url, page.as_bytes())).unwrap();
        let reference = EvidenceRef {
            url: url.clone(),
            at: at("2026-03-31T09:00"),
            sha256: kept.sha256,
            record: kept.record,
            quote: String::new(),
        };
        evidence.append(&look(&url, reference)).unwrap();
    }
    evidence.close().unwrap();
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    println!("{rate:.0} exchanges a second of {} bytes", page.len());
    // An exchange is two records. The bound leaves room for a test machine that is busy with other builds.
    assert!(rate * 2.0 > 1_000.0, "{rate:.0}");
}

#[test]
#[ignore = "needs python3 and the Python package warcio, an independent reader of the format; PYTHONPATH tells where it is"]
fn warcio_finds_nothing_wrong() {
    let root = tempfile::tempdir().unwrap();
    let (folder, _) = gathered(root.path(), 5, 1_500);
    for segment in ["00001", "00002"] {
        let path = folder
            .target_dir("2026Q1", &target())
            .join(format!("{segment}.warc.gz"));
        let status = std::process::Command::new("python3")
            .args(["-m", "warcio.cli", "check"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(status.success(), "{}", path.display());
    }
}
