//! The html5lib tests of encoding detection (MIT, see `data/charset/LICENSE`) against our prescan.
//!
//! What we decide otherwise on purpose stands in [`OTHERWISE`] with its reason; an entry that does not differ any more fails.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use encoding_rs::{Encoding, WINDOWS_1252};
use xuncha_core::facts::{detect, prescan};

const FILES: [(&str, &[u8]); 3] = [
    ("tests1", include_bytes!("data/charset/tests1.dat")),
    ("tests2", include_bytes!("data/charset/tests2.dat")),
    ("yahoo", include_bytes!("data/charset/test-yahoo-jp.dat")),
];

/// File, number of the test in it (from 1), reason.
const OTHERWISE: &[(&str, usize, &str)] = &[];

struct Case {
    file: &'static str,
    number: usize,
    data: Vec<u8>,
    encoding: String,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (file, text) in FILES {
        let parts = split(text, b"#data\n");
        for (index, part) in parts.iter().skip(1).enumerate() {
            let halves = split(part, b"\n#encoding\n");
            let encoding = String::from_utf8_lossy(halves[1]);
            cases.push(Case {
                file,
                number: index + 1,
                data: halves[0].to_vec(),
                encoding: encoding.trim().to_owned(),
            });
        }
    }
    cases
}

fn split<'a>(text: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at + mark.len() <= text.len() {
        if text[at..].starts_with(mark) {
            parts.push(&text[start..at]);
            at += mark.len();
            start = at;
        } else {
            at += 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

#[test]
fn the_prescan_finds_what_html5lib_expects() {
    let listed: BTreeSet<(&str, usize)> = OTHERWISE
        .iter()
        .map(|(file, number, _)| (*file, *number))
        .collect();
    let cases = cases();
    assert!(cases.len() > 70, "{} cases", cases.len());
    let mut faults = Vec::new();
    for case in &cases {
        let expected = Encoding::for_label(case.encoding.as_bytes()).unwrap();
        // A byte order mark comes before every declaration.
        let found = match Encoding::for_bom(&case.data) {
            Some(_) => detect(&case.data, ""),
            None => prescan(&case.data).unwrap_or(WINDOWS_1252),
        };
        let is_listed = listed.contains(&(case.file, case.number));
        if (found == expected) == is_listed {
            faults.push(format!(
                "{} {}: expected {}, found {}{}\n{}",
                case.file,
                case.number,
                expected.name(),
                found.name(),
                if is_listed { " although listed" } else { "" },
                String::from_utf8_lossy(&case.data[..case.data.len().min(300)])
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    for (file, number, _) in OTHERWISE {
        let is_known = cases
            .iter()
            .any(|case| case.file == *file && case.number == *number);
        assert!(is_known, "{file} {number} is no test any more");
    }
}

#[test]
fn undeclared_big5_is_found_by_its_bytes() {
    let text = include_bytes!("data/charset/test_big5.txt");
    assert_eq!(detect(text, "").name(), "Big5");
}
