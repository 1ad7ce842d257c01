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
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts, Picture, RecordId, TargetEvidence};

fn parts<'a>(url: &'a str, body: &'a [u8]) -> ExchangeParts<'a> {
    ExchangeParts {
        url,
        at: at("2026-03-31T09:00:00"),
        request_head: b"GET / HTTP/1.1\r\nHost: www.s1.gov.cn\r\n\r\n",
        response_head: Some(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"),
        body,
        failure: "",
        is_truncated: false,
        sha256: "",
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

/// A page long enough to be named instead of written again.
fn long_page(number: u32) -> String {
    format!("<p>第{number}页</p>").repeat(100)
}

/// Keeps a page and appends the fact that refers to it.
fn keep_page(evidence: &mut TargetEvidence, url: &str, body: &str) -> FactRecord {
    let kept = evidence.keep(&parts(url, body.as_bytes())).unwrap();
    let reference = EvidenceRef {
        url: url.to_owned(),
        at: at("2026-03-31T09:00:00"),
        sha256: kept.sha256,
        record: kept.record,
        quote: String::new(),
    };
    let FactRecord::Look(capture) = look(url, reference) else {
        panic!()
    };
    let record = FactRecord::Look(Capture {
        size_bytes: body.len() as u64,
        ..capture
    });
    evidence.append(&record).unwrap();
    record
}

fn record_of(record: &FactRecord) -> &str {
    let FactRecord::Look(capture) = record else {
        panic!()
    };
    &capture.evidence.record
}

fn warc_bytes(folder: &EvidenceFolder) -> u64 {
    folder.size_target("2026Q1", &target()).unwrap().warc_bytes
}

#[test]
fn a_body_that_comes_again_is_written_once() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    // Small segments: first bodies stand in earlier ones.
    let mut evidence = evidence.with_segment_limit(4_000);
    let mut kept = Vec::new();
    for round in 0..20 {
        let url = "http://www.s1.gov.cn/";
        kept.push((keep_page(&mut evidence, url, &long_page(1)), long_page(1)));
        let url = format!("http://www.s1.gov.cn/missing/{round}");
        kept.push((keep_page(&mut evidence, &url, &long_page(2)), long_page(2)));
        let url = format!("http://www.s1.gov.cn/page/{round}");
        let own = long_page(round + 10);
        kept.push((keep_page(&mut evidence, &url, &own), own));
    }
    // Killed here: nothing is closed.
    drop(evidence);
    let (evidence, old) = folder.open_target("2026Q1", &target()).unwrap();
    assert_eq!(old.len(), kept.len());
    let mut evidence = evidence.with_segment_limit(4_000);
    let url = "http://www.s1.gov.cn/";
    kept.push((keep_page(&mut evidence, url, &long_page(1)), long_page(1)));
    evidence.close().unwrap();
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let url = "http://www.s1.gov.cn/again";
    kept.push((keep_page(&mut evidence, url, &long_page(2)), long_page(2)));
    evidence.close().unwrap();
    assert_sound(&folder);
    assert!(
        folder
            .target_dir("2026Q1", &target())
            .join("00003.warc.gz")
            .exists()
    );
    let size = folder.size_target("2026Q1", &target()).unwrap();
    let line = size.purposes["链接与资源"];
    assert_eq!((line.captures, line.repeated), (62, 40), "two first bodies");
    for (record, body) in &kept {
        let read = folder
            .read_record("2026Q1", &target(), record_of(record))
            .unwrap();
        assert_eq!(String::from_utf8(read.body).unwrap(), *body);
        assert_eq!(read.status, Some(200));
    }
    let last = folder
        .read_record("2026Q1", &target(), record_of(&kept[61].0))
        .unwrap();
    assert_eq!(
        last.body_record,
        record_of(&kept[1].0),
        "the first one is named"
    );
    assert_eq!(last.url, "http://www.s1.gov.cn/again");
}

#[test]
fn cut_bodies_are_neither_named_nor_name_others() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let page = long_page(1);
    let whole = parts("http://www.s1.gov.cn/", page.as_bytes());
    let cut = ExchangeParts {
        is_truncated: true,
        ..whole
    };
    let short = parts("http://www.s1.gov.cn/", b"<p>short</p>");
    let kept: Vec<String> = [cut, whole, cut, short, short, whole]
        .iter()
        .map(|parts| evidence.keep(parts).unwrap().record)
        .collect();
    let first: Vec<String> = kept
        .iter()
        .map(|record| {
            let read = folder.read_record("2026Q1", &target(), record).unwrap();
            read.body_record
        })
        .collect();
    assert_eq!(first, ["", "", "", "", "", kept[1].as_str()]);
}

#[test]
fn captures_are_found_by_address_and_time() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let mut evidence = evidence.with_segment_limit(3_000);
    let mut records = Vec::new();
    for day in 1..=9 {
        for path in ["", "a.html", "A.html"] {
            let url = format!("http://www.s1.gov.cn/{path}");
            let when = format!("2026-03-0{day}T12:00:00");
            let kept = evidence
                .keep(&ExchangeParts {
                    at: at(&when),
                    ..parts(&url, long_page(day).as_bytes())
                })
                .unwrap();
            records.push(((day, path), kept.record));
        }
    }
    let find = |url: &str, near: &str| folder.find("2026Q1", &target(), url, near).unwrap();
    let record = |day: u32, path: &str| {
        let found = records.iter().find(|((d, p), _)| (*d, *p) == (day, path));
        found.map(|(_, record)| record.clone())
    };
    // Before and after the indexes are written.
    for is_closed in [false, true] {
        if is_closed {
            evidence.rest().unwrap();
        }
        assert_eq!(
            find("http://www.s1.gov.cn/", "2026-03-04T04:00:00Z"),
            record(4, "")
        );
        assert_eq!(
            find("http://www.s1.gov.cn/A.html#t", "2026-03-09T23:00:00Z"),
            record(9, "A.html")
        );
        assert_eq!(
            find("http://www.s1.gov.cn/a.html", "2020-03-09T23:00:00Z"),
            record(1, "a.html")
        );
        // Another spelling of an address that is archived.
        assert!(find("https://s1.gov.cn/a.html", "2026-03-01T04:00:00Z").is_some());
        assert_eq!(find("http://www.s1.gov.cn/b", "2026-03-01T04:00:00Z"), None);
    }
}

fn read_index(folder: &EvidenceFolder, segment: u32) -> String {
    let dir = folder.target_dir("2026Q1", &target());
    std::fs::read_to_string(dir.join(format!("{segment:05}.cdxj"))).unwrap()
}

#[test]
fn indexes_are_the_same_whether_written_on_the_way_or_afterwards() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let mut evidence = evidence.with_segment_limit(150_000);
    for number in 0..300 {
        keep_page(
            &mut evidence,
            &format!("http://www.s1.gov.cn/{}", number % 280),
            &long_page(number % 250),
        );
        if number == 150 {
            evidence.rest().unwrap();
        }
    }
    evidence.close().unwrap();
    let written = [read_index(&folder, 1), read_index(&folder, 2)];
    assert!(
        written[0].lines().count() > 100,
        "more lines than are kept in memory"
    );
    let indexed = folder.index_target("2026Q1", &target(), true).unwrap();
    assert_eq!(
        (indexed.segments, indexed.entries, indexed.renewed),
        (2, 300, 2)
    );
    assert_eq!([read_index(&folder, 1), read_index(&folder, 2)], written);
    assert_eq!(
        folder
            .index_target("2026Q1", &target(), false)
            .unwrap()
            .renewed,
        0
    );
    let dir = folder.target_dir("2026Q1", &target());
    std::fs::remove_file(dir.join("00001.cdxj")).unwrap();
    // Goes on in the second segment, whose index was closed.
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    keep_page(&mut evidence, "http://www.s1.gov.cn/more", &long_page(1));
    drop(evidence);
    assert_eq!(
        folder
            .index_target("2026Q1", &target(), false)
            .unwrap()
            .renewed,
        2
    );
    assert_eq!(read_index(&folder, 1), written[0]);
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    keep_page(&mut evidence, "http://www.s1.gov.cn/last", &long_page(1));
    evidence.close().unwrap();
    let last = read_index(&folder, 2);
    assert!(last.contains("/last\"") && last.contains("/more\"") && last.contains("warc/revisit"));
}

#[test]
fn verifying_finds_what_was_done_to_the_files() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let mut evidence = evidence.with_segment_limit(2_500);
    for number in 0..12 {
        keep_page(
            &mut evidence,
            &format!("http://a.cn/{number}"),
            &long_page(number % 9),
        );
    }
    evidence.close().unwrap();
    assert_sound(&folder);
    let dir = folder.target_dir("2026Q1", &target());
    let path = |segment: u32| dir.join(format!("{segment:05}.warc.gz"));
    assert!(path(3).exists(), "several segments");
    let sound: Vec<Vec<u8>> = (1..=3).map(|n| std::fs::read(path(n)).unwrap()).collect();
    let problems = |what: &str| {
        let verified = folder.verify_target("2026Q1", &target()).unwrap();
        assert!(!verified.problems.is_empty(), "{what} goes unnoticed");
        verified.problems.join("\n")
    };
    let length = sound[0].len();
    for position in (0..length).step_by(97) {
        // System and time of a member's head say nothing and are the only bytes that may change.
        let is_free = (4..10).any(|free| {
            sound[0][..position].ends_with(&sound[0][..free])
                && sound[0][position - free..].starts_with(b"\x1f\x8b\x08")
        });
        if is_free {
            continue;
        }
        let mut flipped = sound[0].clone();
        flipped[position] ^= 1;
        std::fs::write(path(1), &flipped).unwrap();
        problems(&format!("a flipped byte at {position}"));
    }
    for cut in [length - 1, length / 2, 1] {
        std::fs::write(path(1), &sound[0][..cut]).unwrap();
        problems(&format!("a file cut at {cut}"));
    }
    std::fs::remove_file(path(1)).unwrap();
    assert!(problems("a missing first segment").contains("缺少 00001.warc.gz"));
    std::fs::write(path(1), &sound[0]).unwrap();
    std::fs::remove_file(path(2)).unwrap();
    assert!(problems("a missing segment").contains("缺少 00002.warc.gz"));
    std::fs::write(path(2), &sound[1]).unwrap();
    std::fs::remove_file(path(3)).unwrap();
    assert!(problems("a missing last segment").contains("不存在"));
    // A sound record in the place of another one: every digest holds, and still it is not what the fact saw.
    let other = tempfile::tempdir().unwrap();
    let forged = EvidenceFolder::open(other.path()).unwrap();
    let (mut evidence, _) = forged.open_target("2026Q1", &target()).unwrap();
    for number in 0..12 {
        keep_page(
            &mut evidence,
            &format!("http://a.cn/{number}"),
            &long_page(number % 9 + 1),
        );
    }
    evidence.close().unwrap();
    let forged = forged.target_dir("2026Q1", &target()).join("00001.warc.gz");
    std::fs::copy(forged, path(1)).unwrap();
    std::fs::write(path(3), &sound[2]).unwrap();
    problems("another body");
    std::fs::write(path(1), &sound[0]).unwrap();
    assert_sound(&folder);
}

/// Records of facts, as a policy names them.
fn ids(records: &[FactRecord]) -> std::collections::BTreeSet<RecordId> {
    records
        .iter()
        .map(|record| record_of(record).parse().unwrap())
        .collect()
}

#[test]
fn a_policy_takes_bodies_out_and_leaves_hashes_and_references() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let mut evidence = evidence.with_segment_limit(9_000);
    let mut records = Vec::new();
    for number in 0..60 {
        let url = format!("http://www.s1.gov.cn/{number}");
        let body = long_page(number % 20);
        records.push(keep_page(&mut evidence, &url, &body));
    }
    evidence.close().unwrap();
    let facts = std::fs::read(folder.target_dir("2026Q1", &target()).join("facts.seg")).unwrap();
    let before = warc_bytes(&folder);
    // A repetition is kept; its first body is far in front of it.
    let keep = ids(&records[50..53]);
    let prune = |keep: &_, is_done| {
        folder
            .prune_target(
                "2026Q1",
                &target(),
                keep,
                "findings",
                at("2027-01-05T09:00"),
                is_done,
            )
            .unwrap()
    };
    let tried = prune(&keep, false);
    assert_eq!(warc_bytes(&folder), before, "a trial changes nothing");
    let done = prune(&keep, true);
    assert_eq!(tried, done);
    assert_eq!((done.kept_count, done.dropped_count), (6, 54));
    assert!(warc_bytes(&folder) * 3 < before);
    assert_sound(&folder);
    assert_eq!(folder.verify("2026Q1").unwrap().targets[0].pruned_count, 54);
    for (number, record) in records.iter().enumerate() {
        let read = folder.read_record("2026Q1", &target(), record_of(record));
        if keep.contains(&record_of(record).parse().unwrap()) || (10..13).contains(&number) {
            assert_eq!(read.unwrap().body, long_page(number as u32 % 20).as_bytes());
            continue;
        }
        let Err(StoreError::Pruned { capture }) = read else {
            panic!("{number} is still there");
        };
        let FactRecord::Look(look) = record else {
            panic!()
        };
        assert_eq!(capture.sha256, look.evidence.sha256);
        assert_eq!(
            (capture.url.as_str(), capture.status),
            (look.url.as_str(), Some(200))
        );
        let text = StoreError::Pruned { capture }.to_string();
        assert!(
            text.contains("证据正文已按留存策略清理，摘要与哈希仍在"),
            "{text}"
        );
    }
    let now = std::fs::read(folder.target_dir("2026Q1", &target()).join("facts.seg")).unwrap();
    assert_eq!(now, facts);
    let found = folder
        .find("2026Q1", &target(), "http://www.s1.gov.cn/51", "2026")
        .unwrap();
    assert_eq!(found.as_deref(), Some(record_of(&records[51])));
    assert_eq!(
        folder
            .find("2026Q1", &target(), "http://www.s1.gov.cn/40", "2026")
            .unwrap(),
        None
    );
    // Gathering may go on, bodies that were taken out are written again, and a stricter policy may follow.
    let (mut evidence, old) = folder.open_target("2026Q1", &target()).unwrap();
    assert_eq!(old, records);
    records.push(keep_page(
        &mut evidence,
        "http://www.s1.gov.cn/new",
        &long_page(11),
    ));
    records.push(keep_page(
        &mut evidence,
        "http://www.s1.gov.cn/gone",
        &long_page(5),
    ));
    evidence.close().unwrap();
    let new = folder
        .read_record("2026Q1", &target(), record_of(&records[60]))
        .unwrap();
    assert_eq!(new.body, long_page(11).as_bytes());
    assert_sound(&folder);
    let again = prune(&ids(&records[51..52]), true);
    assert_eq!((again.kept_count, again.dropped_count), (2, 6));
    assert_sound(&folder);
    assert_eq!(folder.verify("2026Q1").unwrap().targets[0].pruned_count, 60);
    assert_eq!(
        folder
            .read_record("2026Q1", &target(), record_of(&records[51]))
            .unwrap()
            .body,
        long_page(11).as_bytes()
    );
    // The list of what was taken out is guarded too.
    let list = folder
        .target_dir("2026Q1", &target())
        .join("00001.pruned.jsonl");
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, text.replacen("/1\"", "/x\"", 1)).unwrap();
    assert!(!folder.verify("2026Q1").unwrap().is_sound());
}

#[test]
fn exports_are_one_archive_with_one_index() {
    let root = tempfile::tempdir().unwrap();
    let (folder, _) = gathered(root.path(), 8, 1_500);
    let out = root.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let bytes = folder
        .export_target("2026Q1", &target(), &out, "site")
        .unwrap();
    let warc = std::fs::read(out.join("site.warc.gz")).unwrap();
    assert_eq!(warc.len() as u64, bytes);
    let index = std::fs::read_to_string(out.join("site.cdxj")).unwrap();
    assert_eq!(index.lines().count(), 8);
    for line in index.lines() {
        let entry = xuncha_store::evidence::IndexEntry::parse(line).unwrap();
        assert_eq!(entry.filename, "site.warc.gz");
        let member = &warc[entry.offset as usize..(entry.offset + entry.length) as usize];
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(member), &mut text)
            .unwrap();
        assert!(text.contains(&format!("WARC-Target-URI: {}\r\n", entry.url)));
    }
}

#[test]
fn a_round_has_one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = EvidenceFolder::open(folder.path()).unwrap();
    let held = evidence.hold("2026Q1").unwrap();
    let other = EvidenceFolder::open(folder.path()).unwrap();
    let refused = other.hold("2026Q1").unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused}");
    other.hold("2025Q4").unwrap();
    drop(held);
    other.hold("2026Q1").unwrap();
}

#[test]
fn a_rendered_page_is_a_record_of_its_own_kind() {
    let root = tempfile::tempdir().unwrap();
    let folder = EvidenceFolder::open(root.path()).unwrap();
    let (mut evidence, _) = folder.open_target("2026Q1", &target()).unwrap();
    let url = "http://www.s1.gov.cn/";
    let mut records = vec![keep_page(&mut evidence, url, &long_page(1))];
    let html = long_page(2);
    let kept = evidence
        .keep_rendered(url, at("2026-03-31T09:00:05"), html.as_bytes())
        .unwrap();
    let rendered = look(
        url,
        EvidenceRef {
            url: url.to_owned(),
            at: at("2026-03-31T09:00:05"),
            sha256: kept.sha256.clone(),
            record: kept.record.clone(),
            quote: String::new(),
        },
    );
    evidence.append(&rendered).unwrap();
    records.push(keep_page(
        &mut evidence,
        "http://www.s1.gov.cn/a",
        &long_page(3),
    ));
    evidence.close().unwrap();
    let read = || {
        folder
            .read_record("2026Q1", &target(), &kept.record)
            .unwrap()
    };
    let page = read();
    assert_eq!(
        (page.url.as_str(), page.status, page.header("Content-Type")),
        (url, None, "text/html; charset=utf-8")
    );
    assert_eq!(
        (page.body.as_slice(), page.sha256.as_str()),
        (html.as_bytes(), kept.sha256.as_str())
    );
    assert_sound(&folder);
    // The index made on the way is that of a scan, and nobody takes the page after its scripts for the site's answer.
    let written = read_index(&folder, 1);
    assert!(
        written.contains("urn:rendered:http://www.s1.gov.cn/ "),
        "{written}"
    );
    folder.index_target("2026Q1", &target(), true).unwrap();
    assert_eq!(read_index(&folder, 1), written);
    let find = |url: &str| folder.find("2026Q1", &target(), url, "2026").unwrap();
    assert_eq!(find(url).as_deref(), Some(record_of(&records[0])));
    assert_eq!(
        find(&format!("urn:rendered:{url}")),
        Some(kept.record.clone())
    );
    // A policy that keeps it and the page behind it moves it, and its number goes on meaning it.
    let keep = [kept.record.as_str(), record_of(&records[1])];
    let keep = keep.iter().map(|record| record.parse().unwrap()).collect();
    let when = at("2027-01-05T09:00");
    let pruning = folder
        .prune_target("2026Q1", &target(), &keep, "findings", when, true)
        .unwrap();
    assert_eq!((pruning.kept_count, pruning.dropped_count), (2, 1));
    assert_eq!(read(), page);
    assert_sound(&folder);
    let picture = Picture {
        record: &kept.record,
        sha256: &kept.sha256,
        url,
        at: at("2026-03-31T09:00:05"),
        png: b"png",
    };
    folder.put_picture("2026Q1", &target(), &picture).unwrap();
    let size = folder.size_target("2026Q1", &target()).unwrap();
    assert!(size.picture_bytes > 0);
    let out = root.path().join("out");
    std::fs::create_dir(&out).unwrap();
    folder
        .export_target("2026Q1", &target(), &out, "site")
        .unwrap();
    let index = std::fs::read_to_string(out.join("site.cdxj")).unwrap();
    assert_eq!(
        index
            .lines()
            .filter(|line| line.starts_with("urn:view:"))
            .count(),
        1
    );
}
