use super::*;
use crate::testing::{formula, set};

fn round() -> Round {
    Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: Coverage::Sample,
        monitor_from: "2026-03-06T09:00".parse().unwrap(),
        as_of: "2026-03-20T09:00".parse().unwrap(),
        seed: "seed".to_owned(),
        rectify_by: "2026-04-19".to_owned(),
        set: set(Vec::new(), formula()),
        also_listed: Vec::new(),
        also_under: Vec::new(),
    }
}

/// Ten departments of which `D7` is forced, two portals, five accounts in two strata.
fn sample() -> (Sample, BTreeMap<TargetId, String>) {
    let ids = |prefix: &str, count: usize| -> Vec<TargetId> {
        (0..count)
            .map(|at| TargetId(format!("{prefix}{at}")))
            .collect()
    };
    let frame = BTreeMap::from([
        ("account/微信/990000".to_owned(), ids("A", 3)),
        ("account/微博/990000".to_owned(), ids("B", 2)),
        ("department".to_owned(), ids("D", 10)),
        ("portal/city".to_owned(), ids("P", 2)),
    ]);
    let quotas = BTreeMap::from([
        ("account/微信/990000".to_owned(), 2),
        ("account/微博/990000".to_owned(), 1),
        ("department".to_owned(), 3),
        ("portal/city".to_owned(), 2),
    ]);
    let names = frame
        .values()
        .flatten()
        .map(|id| (id.clone(), format!("网站,“{id}”")))
        .collect();
    let forced = vec![TargetId::from("D7")];
    let drawn = super::super::draw_from(&frame, &quotas, &forced, "seed");
    let sample = Sample {
        seed: "seed".to_owned(),
        frame,
        quotas,
        forced,
        drawn,
    };
    (sample, names)
}

fn files() -> BTreeMap<String, String> {
    let (sample, names) = sample();
    publish(&round(), &sample, &names).unwrap()
}

/// What is said of the files after one change, the hashes made to fit as a careful forger would.
fn said(change: impl Fn(&mut BTreeMap<String, String>)) -> String {
    let mut files = files();
    change(&mut files);
    let sums: String = files
        .iter()
        .filter(|(name, _)| *name != SUMS)
        .map(|(name, text)| format!("{}  {name}\n", hex::encode(Sha256::digest(text))))
        .collect();
    files.insert(SUMS.to_owned(), sums);
    let wrong = verify_published(&files).unwrap_err();
    let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn edit(file: &'static str, from: &str, to: &str) -> impl Fn(&mut BTreeMap<String, String>) {
    let (from, to) = (from.to_owned(), to.to_owned());
    move |files| {
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(&from), "{file} has no “{from}”:\n{text}");
        *text = text.replacen(&from, &to, 1);
    }
}

fn row_of(file: &str, id: &str) -> String {
    let files = files();
    let row = files[file]
        .lines()
        .find(|line| line.contains(&format!(",{id},")));
    format!("{}\n", row.unwrap())
}

#[test]
fn what_is_published_is_what_is_read() {
    let files = files();
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), {
        let mut names = FILES.to_vec();
        names.sort_unstable();
        names
    });
    let published = verify_published(&files).unwrap();
    assert_eq!(published.round, "2026Q1");
    assert_eq!(published.sample, sample().0);
}

#[test]
fn every_tampered_row_is_named() {
    let (sample, _) = sample();
    let drawn = sample
        .drawn
        .keys()
        .find(|id| id.0.starts_with('D') && id.0 != "D7")
        .unwrap();
    let spared = sample.frame["department"]
        .iter()
        .find(|id| !sample.drawn.contains_key(id))
        .unwrap();
    let cases: Vec<(String, &str)> = vec![
        // A target put in another's place.
        (
            said(edit(DRAWN, &format!(",{drawn},"), &format!(",{spared},"))),
            &spared.0,
        ),
        // One taken out of the drawn ones, out of the frame, out of the forced ones.
        (said(edit(DRAWN, &row_of(DRAWN, &drawn.0), "")), &drawn.0),
        (said(edit(FRAME, &row_of(FRAME, &drawn.0), "")), &drawn.0),
        (
            said(edit(FRAME, &row_of(FRAME, &spared.0), "")),
            "“department”写明 10 个对象，frame.csv 中有 9 个",
        ),
        // Another number, another stratum, another name.
        (
            said(edit(FRAME, &format!(",{spared},"), ",D99,")),
            "“D99”的抽签号",
        ),
        (
            said(edit(DRAWN, &format!("“{drawn}”"), "别的")),
            "的名称是“网站,别的”",
        ),
        // A quota and the seed.
        (
            said(edit(QUOTAS, "department,10,3", "department,10,4")),
            "应抽中而没有列入",
        ),
        (
            said(edit(QUOTAS, "portal/city,2,2", "portal/city,2,1")),
            "层“portal/city”应全部抽取",
        ),
        (
            said(edit(ROUND, "\"seed\": \"seed\"", "\"seed\": \"late\"")),
            "抽签号",
        ),
        (
            said(edit(ROUND, ALGORITHM, "other-draw")),
            "抽样方法是“other-draw”",
        ),
        (said(edit(QUOTAS, ",3", ",三")), "quotas.csv第"),
        (said(|files| drop(files.remove(FORCED))), "缺少这个文件"),
    ];
    for (at, (text, expected)) in cases.iter().enumerate() {
        assert!(text.contains(expected), "case {at}: {expected}\n{text}");
    }
}

#[test]
fn a_file_that_is_not_the_published_one_is_named() {
    let mut files = files();
    let (sample, _) = sample();
    let spared = sample.frame["department"]
        .iter()
        .find(|id| !sample.drawn.contains_key(id))
        .unwrap();
    edit(FRAME, &format!("“{spared}”"), "别的")(&mut files);
    let wrong = verify_published(&files).unwrap_err();
    assert_eq!(
        wrong,
        [SampleMismatch(
            "frame.csv 与 SHA256SUMS 中的哈希不符".to_owned()
        )]
    );
}
