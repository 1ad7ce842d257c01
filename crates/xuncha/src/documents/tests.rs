use std::io::{Cursor, Write};

use jiff::civil::date;

use super::*;

const NUMBER: &str = "11010519491231002X";

fn lists() -> SafetyLists {
    let rules = crate::rules::Rules::load(None).unwrap();
    SafetyLists::from_files(&rules.lexicons).unwrap()
}

fn cases(body: &[u8]) -> Vec<SignCase> {
    let all = read(body, date(2026, 3, 20), &lists());
    let said = serde_json::to_string(&all).unwrap();
    assert!(!said.contains(NUMBER), "{said}");
    all.signs.iter().map(|sign| sign.case).collect()
}

fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn word(inner: &str) -> String {
    format!("<w:document xmlns:w=\"x\"><w:body>{inner}</w:body></w:document>")
}

#[test]
fn numbers_are_found_in_every_kind_of_file() {
    let (head, tail) = NUMBER.split_at(7);
    let runs = word(&format!(
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>张三</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{head}</w:t></w:r><w:r><w:t>{tail}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    ));
    let wide: Vec<u8> = format!("姓名身份证号{NUMBER}\r")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let old = [
        &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
        &[0; 600],
        &wide,
        &[0; 32],
    ]
    .concat();
    let pdf = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\nBT /F1 12 Tf 90 760 Td (ID {NUMBER}) Tj ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Size 6/Root 1 0 R>>\n%%EOF",
        NUMBER.len() + 38
    );
    let gbk = [
        &b"\xd0\xd5\xc3\xfb,\xc9\xed\xb7\xdd\xd6\xa4\xba\xc5\r\n\xd5\xc5\xc8\xfd,"[..],
        NUMBER.as_bytes(),
        b"\r\n",
    ]
    .concat();
    for (kind, body) in [
        ("docx", zip_of(&[("word/document.xml", &runs)])),
        (
            "ofd",
            zip_of(&[(
                "Doc_0/Pages/Page_0/Content.xml",
                &format!(
                    "<ofd:Page xmlns:ofd=\"o\"><ofd:TextObject><ofd:TextCode>{NUMBER}</ofd:TextCode></ofd:TextObject></ofd:Page>"
                ),
            )]),
        ),
        ("doc", old),
        ("pdf", pdf.into_bytes()),
        ("csv in GBK", gbk),
        (
            "web page in place of a file",
            format!("<html><body>{NUMBER}</body></html>").into_bytes(),
        ),
    ] {
        assert_eq!(cases(&body), [SignCase::IdentityCard], "{kind}");
    }
}

#[test]
fn macros_and_broken_files_are_told() {
    let sound = word("<w:p><w:r><w:t>申请表</w:t></w:r></w:p>");
    let with_macro = zip_of(&[("word/document.xml", &sound), ("word/vbaProject.bin", "x")]);
    assert_eq!(cases(&with_macro), [SignCase::Macro]);
    assert_eq!(cases(&zip_of(&[("word/document.xml", &sound)])), []);
    assert_eq!(
        cases(&with_macro[..with_macro.len() / 2]),
        [SignCase::Unopened]
    );
    assert_eq!(cases(b""), [SignCase::Unopened]);
    assert_eq!(cases(b"%PDF-1.4 nothing"), [SignCase::Unopened]);
    assert_eq!(cases(b"\x89PNG\r\n\x1a\n"), []);
}

#[test]
fn files_of_another_kind_than_their_name_are_told() {
    let page = b"<!DOCTYPE html><html><body>login</body></html>".as_slice();
    let rtf = b"{\\rtf1\\ansi x}".as_slice();
    for (name, body, expected) in [
        ("1.pdf", page, true),
        ("1.docx", page, true),
        ("1.docx", b"MZ\x90\0\x03\0".as_slice(), true),
        ("1.DOC?x=1", b"MZ\x90\0\x03\0".as_slice(), true),
        ("1.xls", page, false),
        ("1.doc", rtf, false),
        ("1.pdf", b"%PDF-1.4\n".as_slice(), false),
        ("1.doc", b"%PDF-1.4\n".as_slice(), true),
        ("1.doc", b"PK\x03\x04".as_slice(), false),
        ("1.txt", page, false),
        ("down", page, false),
    ] {
        let told = other_kind(&format!("https://www.qingshi.gov.cn/files/{name}"), body);
        assert_eq!(told.is_some(), expected, "{name} {told:?}");
    }
}

#[test]
fn codes_that_lead_to_strangers_are_told() {
    let picture = |address: &str| {
        let code = qrcode::QrCode::new(address).unwrap();
        let (width, scale, quiet) = (code.width() as u32, 5, 4);
        let colors = code.to_colors();
        let side = (width + 2 * quiet) * scale;
        let grey = image::GrayImage::from_fn(side, side, |x, y| {
            let place = |at: u32| (at / scale).checked_sub(quiet).filter(|at| *at < width);
            let dark = place(x)
                .zip(place(y))
                .is_some_and(|(x, y)| colors[(y * width + x) as usize] == qrcode::Color::Dark);
            image::Luma([if dark { 0 } else { 255 }])
        });
        let mut png = Cursor::new(Vec::new());
        grey.write_to(&mut png, image::ImageFormat::Png).unwrap();
        png.into_inner()
    };
    let told = |address: &str| {
        let signs = codes(
            "https://www.qingshi.gov.cn/qr.png",
            &picture(address),
            &lists(),
        );
        signs.into_iter().map(|sign| sign.what).collect::<Vec<_>>()
    };
    assert_eq!(told("http://www.evil.cc/x?y=1"), ["www.evil.cc"]);
    for sound in [
        "https://www.qingshi.gov.cn/m",
        "https://weixin.qq.com/r/abc",
        "青石发布",
    ] {
        assert_eq!(told(sound), Vec::<String>::new(), "{sound}");
    }
    let whole = picture("http://www.evil.cc/");
    for at in (0..whole.len()).step_by(97) {
        codes("https://www.qingshi.gov.cn/qr.png", &whole[..at], &lists());
    }
}

#[test]
fn torn_files_never_break_the_reader() {
    let sheet = zip_of(&[
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/worksheets/sheet1.xml", "<worksheet>"),
    ]);
    for body in [sheet, zip_of(&[("word/document.xml", "<w:document><w:p>")])] {
        for at in 0..body.len() {
            read(&body[..at], date(2026, 3, 20), &SafetyLists::default());
        }
    }
}

/// A reader whose child is a shell script in this folder.
#[cfg(unix)]
fn reader(folder: &std::path::Path, name: &str, script: &str) -> ChildReader {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    ChildReader {
        program: Some(program),
        wait: Duration::from_millis(700),
        ..ChildReader::new(&BTreeMap::new(), None)
    }
}

/// A child that hangs, dies, or says nonsense without end is ended, and its file is told as unread: the run goes on with the next one.
#[cfg(unix)]
#[test]
fn a_child_that_hangs_or_dies_leaves_its_file_unread() {
    let folder = tempfile::tempdir().unwrap();
    let body = zip_of(&[("word/document.xml", &word("<w:p/>"))]);
    let pid = folder.path().join("pid");
    let hang = format!("echo $$ > {}; exec /bin/sleep 600", pid.display());
    for (name, script, expected) in [
        ("hangs", hang.as_str(), vec![SignCase::Unread]),
        ("dies", "kill -9 $$", vec![SignCase::Unread]),
        (
            "nonsense",
            "/bin/cat >/dev/null; echo '[1'",
            vec![SignCase::Unread],
        ),
        ("endless", "exec /usr/bin/yes", vec![SignCase::Unread]),
        (
            "sound",
            "/bin/cat >/dev/null; echo '{\"signs\":[],\"text\":\"\"}'",
            Vec::new(),
        ),
    ] {
        let reader = reader(folder.path(), name, script);
        let signs = reader.read("http://a.test/1.docx", &body, date(2026, 3, 20));
        let cases: Vec<SignCase> = signs.iter().map(|sign| sign.case).collect();
        assert_eq!(cases, expected, "{name}");
    }
    let pid = std::fs::read_to_string(&pid).unwrap();
    let place = std::path::Path::new("/proc").join(pid.trim());
    assert!(!place.exists(), "the child that hung is still there");
}
