//! Messages of the public from a spreadsheet: each with its clock in working days, by the real binary.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{succeed, xuncha};

const SHEET: &str = "编号,收到日期,网站标识码,留言,答复日期,答复
1,2026-02-13,9900000001,标题有错字,2026年2月25日,已改
2,2026/2/13,9900000001,链接打不开,2026-02-26,已改
3,2026.04.01,9900000009,图片不显示,,
";

fn run(data: &Path, arguments: &[&str]) -> String {
    let mut command = xuncha();
    command.arg("--data").arg(data).args(arguments);
    String::from_utf8_lossy(&succeed(&mut command).stdout).into_owned()
}

#[test]
fn messages_are_late_by_the_calendar_of_the_office() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let sheet = file("留言.csv", SHEET);
    // 2026: the holiday runs from 15 to 23 February, the Saturday before is worked. Three working days after the 13th end on the 25th.
    let said = run(&data, &["tips", "import", &sheet]);
    assert!(said.contains("已导入 3 条找错留言（新增 3 条）"), "{said}");
    let late = run(&data, &["tips", "list", "--late"]);
    let has = |code: &str| {
        late.lines()
            .any(|line| line.starts_with(&format!("{code}\t")))
    };
    assert!(!has("1") && has("2") && has("3"), "{late}");
    assert!(late.contains("应于2026-02-25前答复"), "{late}");
    // A day off of the region moves the term of what is imported then.
    let holidays = file("节假日.json", r#"{"off":["2026-02-24"]}"#);
    run(&data, &["tips", "holidays", &holidays]);
    let said = run(&data, &["tips", "import", &sheet]);
    assert!(said.contains("新增 0 条"), "{said}");
    let late = run(&data, &["tips", "list", "--late"]);
    assert!(!late.lines().any(|line| line.starts_with("2\t")), "{late}");
    // Whatever is wrong is said with its place, and nothing is imported.
    let wrong = file(
        "错.csv",
        "编号,收到日期,网站标识码,留言,答复日期\n4,1999-01-04,9,a,\n5,昨天,9,b,\n6,2026-04-02,9,c,2026-04-01\n",
    );
    let mut command = xuncha();
    command
        .arg("--data")
        .arg(&data)
        .args(["tips", "import", &wrong]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for part in ["没有1999年的节假日安排", "“昨天”不是日期", "早于收到日期"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(run(&data, &["tips", "list"]).contains("共 3 条"));
}
