//! Rounds by the real binary: what is refused, what closing means, the published draw, the ledger, the details of a notice.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{sheet, succeed, xuncha};
use xuncha_core::sheet::Sheet;

/// A data folder with a registry of two portals, four departments and three accounts.
struct House {
    folder: tempfile::TempDir,
}

fn registry() -> Vec<Sheet> {
    let mut sites = vec![
        "标识码|网站名称|首页网址|类型|主办单位编号|区划代码|状态|备案号|公安备案号|无办事服务"
            .to_owned(),
        "9900000001|云岭省人民政府门户网站|http://www.yl.gov.cn/|门户|U1|990000|正常|||".to_owned(),
        "9901000001|青石市人民政府门户网站|http://www.qs.gov.cn/|门户|U2|990100|正常|||".to_owned(),
    ];
    sites.extend((1..=4).map(|at| {
        format!("990200000{at}|部门网站{at}|http://d{at}.qs.gov.cn/|部门|U2|990100|正常|||")
    }));
    let mut accounts = vec![
        "账号编号|账号名称|平台|类型|主办单位编号|区划代码|认证主体|主页链接|订阅源链接|下载链接|状态|开设日期"
            .to_owned(),
    ];
    accounts.extend((1..=3).map(|at| {
        format!("A00000{at}|青石发布{at}|微信|订阅号|U2|990100|青石市人民政府||||正常|")
    }));
    let borrow = |rows: &[String], name| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        sheet(name, &rows)
    };
    vec![
        sheet(
            "地区",
            &[
                "区划代码|名称|级别|上级区划代码",
                "990000|云岭省|省|",
                "990100|青石市|市|990000",
            ],
        ),
        sheet(
            "单位",
            &[
                "单位编号|单位名称|区划代码|上级单位编号|层级|应开设新媒体",
                "U1|云岭省人民政府|990000||省级|是",
                "U2|青石市人民政府|990100|U1|市级|是",
            ],
        ),
        borrow(&sites, "网站"),
        borrow(&accounts, "新媒体"),
    ]
}

impl House {
    fn empty() -> House {
        House {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn new() -> House {
        let house = House::empty();
        let file = house.path("registry.xlsx");
        std::fs::write(&file, xuncha_report::sheets::write(&registry()).unwrap()).unwrap();
        house.run(&["registry", "import", file.to_str().unwrap()]);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xuncha();
        command.arg("--data").arg(self.path("data"));
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        String::from_utf8(succeed(&mut self.command(arguments)).stdout).unwrap()
    }

    /// What is said on stderr by a command that has to fail.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?} was accepted");
        String::from_utf8(output.stderr).unwrap()
    }

    fn create(&self, id: &str, more: &[&str]) -> String {
        let mut arguments = vec![
            "round",
            "new",
            id,
            "--as-of",
            "2026-03-20T09:00",
            "--seed",
            "s",
        ];
        arguments.extend(more);
        self.run(&arguments)
    }
}

#[test]
fn lists_speak_chinese_and_say_when_they_are_empty() {
    let house = House::empty();
    assert!(house.run(&["round", "list"]).contains("还没有轮次"));
    assert!(
        house
            .run(&["registry", "history"])
            .contains("名录还没有变化")
    );
    let house = House::new();
    house.create("2026Q1", &[]);
    let listed = house.run(&["round", "list"]);
    assert!(
        listed.contains("2026Q1") && listed.trim().ends_with("新建"),
        "{listed}"
    );
    let history = house.run(&["registry", "history"]);
    let line = history.lines().next().unwrap();
    assert!(line.contains(" 新媒体 A000003 新增 导入"), "{line}");
    let time = line.get(..19).unwrap();
    let is_second = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", time).is_ok();
    assert!(is_second && line.as_bytes()[19] == b' ', "{line}");
}

#[test]
fn wrong_ids_and_dates_are_refused_and_large_quotas_told() {
    let house = House::new();
    let as_of = ["--as-of", "2026-03-20T09:00", "--seed", "s"];
    for (id, said) in [
        ("bad/id", "不能使用"),
        ("..", "不能使用"),
        ("2026Q9", "Q1 到 Q4"),
    ] {
        let text = house.refused(&[&["round", "new", id][..], &as_of].concat());
        assert!(text.contains(id) && text.contains(said), "{text}");
    }
    let early = ["--rectify-by", "2026-03-19"];
    let text = house.refused(&[&["round", "new", "2026Q1"][..], &as_of, &early].concat());
    assert!(
        text.contains("整改期限 2026-03-19 早于监测时间点 2026-03-20"),
        "{text}"
    );
    assert!(house.run(&["round", "list"]).contains("还没有轮次"));
    let said = house.create("2026Q1", &["--departments", "200", "--accounts", "3"]);
    assert!(
        said.contains("部门网站名额 200 多于在运行的 4，全部抽取。"),
        "{said}"
    );
    assert!(!said.contains("政务新媒体名额"), "{said}");
}

#[test]
fn a_closed_round_is_closed_until_it_is_opened_again() {
    let house = House::new();
    house.create("2026Q1", &[]);
    house.run(&["judge"]);
    let reviews = house.path("reviews.csv");
    std::fs::write(&reviews, "target,check,key,decision,number,by,reason\n").unwrap();
    let import = ["review", "import", reviews.to_str().unwrap()];
    house.run(&["round", "close", "--reason", "试"]);
    let listed = house.run(&["round", "list"]);
    assert!(listed.trim().ends_with("已关闭"), "{listed}");
    for arguments in [
        &["gather"][..],
        &["judge"],
        &["facts", "rebuild"],
        &import,
        &["round", "close", "--reason", "又试"],
    ] {
        let text = house.refused(arguments);
        for part in [
            "轮次 2026Q1 已关闭（理由：试）",
            "“关闭”页写明理由、重新打开",
            "xuncha round reopen --round 2026Q1 --reason",
        ] {
            assert!(text.contains(part), "{arguments:?}: {text}");
        }
    }
    // What keeps nothing is allowed.
    house.run(&["judge", "--diff"]);
    house.run(&["judge", "--under", "census-2015"]);
    house.run(&["score"]);
    assert!(house.run(&["round", "list"]).trim().ends_with("已关闭"));
    assert!(
        house
            .refused(&["round", "reopen", "--reason", " "])
            .contains("写明理由")
    );
    let opened = house.run(&["round", "reopen", "--reason", "漏了一家"]);
    assert!(opened.contains("已重新打开（已判定）"), "{opened}");
    house.run(&import);
    house.run(&["judge"]);
    let history = house.run(&["round", "history"]);
    assert!(
        history.contains("已判定 → 已关闭 试") && history.contains("已关闭 → 已判定 漏了一家"),
        "{history}"
    );
    assert!(
        house
            .refused(&["round", "reopen", "--reason", "再试"])
            .contains("没有关闭")
    );
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn an_outsider_redraws_from_the_published_folder() {
    let house = House::new();
    house.create("2026Q1", &["--departments", "2", "--accounts", "1"]);
    assert!(house.run(&["round", "verify"]).contains("全部一致"));
    let out = house.path("published");
    house.run(&["round", "publish", "--out", out.to_str().unwrap()]);

    let outsider = |folder: &Path| {
        let data = house.path("none");
        let output = xuncha()
            .arg("--data")
            .arg(&data)
            .args(["round", "verify", "--from"])
            .arg(folder)
            .output();
        assert!(!data.exists(), "a published folder needs no data folder");
        output.unwrap()
    };
    let output = outsider(&out);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success()
            && said.contains("轮次 2026Q1")
            && said.contains("5 个对象全部一致"),
        "{said}"
    );

    // The hashes are those that sha256sum prints.
    let sums = Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(&out)
        .output()
        .unwrap();
    assert!(
        sums.status.success(),
        "{}",
        String::from_utf8_lossy(&sums.stderr)
    );

    let drawn = out.join("drawn.csv");
    let mut rows = lines(&drawn);
    let at = rows
        .iter()
        .position(|row| row.starts_with("department,"))
        .unwrap();
    let taken_out = rows.remove(at);
    std::fs::write(&drawn, rows.join("\n") + "\n").unwrap();
    let output = outsider(&out);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let id = taken_out.split(',').nth(1).unwrap();
    assert!(
        !output.status.success() && said.contains(&format!("“{id}”（department）应抽中而没有列入")),
        "{said}"
    );
}

#[test]
fn the_ledger_names_who_waited_longest() {
    let house = House::new();
    house.create("2025Q4", &["--departments", "1", "--accounts", "1"]);
    house.create("2026Q1", &["--departments", "1", "--accounts", "1"]);
    let csv = house.path("ledger.csv");
    let said = house.run(&[
        "round",
        "ledger",
        "--top",
        "2",
        "--csv",
        csv.to_str().unwrap(),
    ]);
    assert!(
        said.contains("在运行 9 个，已知 2 轮") && said.contains("（另有 7 个"),
        "{said}"
    );
    let rows = lines(&csv);
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[0], "编号,名称,层,上次抽中,未抽中轮数");
    assert!(rows[1].ends_with("（从未）,2"), "{}", rows[1]);
    let portal = rows
        .iter()
        .find(|row| row.starts_with("9900000001,"))
        .unwrap();
    assert_eq!(
        portal,
        "9900000001,云岭省人民政府门户网站,portal/province,2026Q1,0"
    );
}

#[test]
fn a_notice_takes_its_details_from_a_folder_and_says_that_it_is_a_draft() {
    let house = House::new();
    house.create("2026Q1", &[]);
    house.run(&["judge"]);
    let details = house.path("details");
    std::fs::create_dir(&details).unwrap();
    let file = |name: &str, text: &str| std::fs::write(details.join(name), text).unwrap();
    file(
        "round.toml",
        "date = \"2026-04-02\"\nnumber = \"云数函〔2026〕5号\"\n[names]\nissuer = \"云岭省大数据局\"\napproval = \"经省政府领导同意，\"\nmail = \"jc@yl.gov.cn\"\n",
    );
    file(
        "cases.csv",
        "轮次,编号,对象,问题,状态,办结日期\n2025Q4,1,甲站,首页不更新,整改中,\n2025Q4,2,乙站,首页不更新,已办结,2026-01-10\n",
    );
    let out = house.path("out");
    let build = [
        "notice",
        "build",
        "--out",
        out.to_str().unwrap(),
        "--details",
        details.to_str().unwrap(),
    ];
    let output = succeed(&mut house.command(&build));
    let warned = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        warned.contains("通报只是草稿：还有 ") && warned.contains("没有任何人工复核结论"),
        "{warned}"
    );
    let html = std::fs::read_to_string(out.join("notice.html")).unwrap();
    for part in [
        "抽查情况的函（草稿）",
        "云岭省大数据局",
        "云数函〔2026〕5号",
        "2026年4月2日",
        "经省政府领导同意，",
        "jc@yl.gov.cn",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    file("round.toml", "id = \"2025Q4\"\ndate = \"2026-04-02\"\n");
    file(
        "closures.csv",
        "对象,原因,状态,完成日期\n丙站,无力维护,也许,\n",
    );
    let said = house.refused(&build);
    assert!(
        said.contains("“2025Q4”与轮次 2026Q1") && said.contains("closures.csv第2行“状态”列"),
        "{said}"
    );
}

/// What the lists say of the round: its state, its history, what is open.
fn stored(house: &House) -> Vec<String> {
    let lists = ["round list", "round history", "review open"];
    lists
        .map(|list| house.run(&list.split(' ').collect::<Vec<_>>()))
        .to_vec()
}

#[test]
fn followers_are_compared_with_the_round_before_and_persons_stay_in_the_registry() {
    let house = House::empty();
    let workbook = house.path("registry.xlsx");
    for (round, as_of, followers) in [
        ("2025Q4", "2025-12-20T09:00", ["1.2万", "8000", ""]),
        ("2026Q1", "2026-03-20T09:00", ["52000", "8500", "300"]),
    ] {
        let mut sheets = registry();
        let accounts = &mut sheets[3].rows;
        accounts[0].extend(["粉丝数", "联系人"].map(str::to_owned));
        for (row, followers) in accounts[1..].iter_mut().zip(followers) {
            row.extend([followers, "王小二 0999-7654321"].map(str::to_owned));
        }
        std::fs::write(&workbook, xuncha_report::sheets::write(&sheets).unwrap()).unwrap();
        house.run(&["registry", "import", workbook.to_str().unwrap()]);
        let census = ["--census", "--seed", "s", "--as-of", as_of];
        house.run(&[&["round", "new", round][..], &census].concat());
    }
    let results = house.path("results.json");
    let out = results.to_str().unwrap();
    house.run(&["judge", "--round", "2026Q1", "--out", out]);
    let text = std::fs::read_to_string(&results).unwrap();
    assert!(!text.contains("王小二"));
    let results: serde_json::Value = serde_json::from_str(&text).unwrap();
    let verdict = |id: &str| {
        let targets = results["targets"].as_array().unwrap();
        let target = targets
            .iter()
            .find(|target| target["subject"]["target"]["id"] == id)
            .unwrap();
        let judgements = target["judgements"].as_array().unwrap();
        let own = judgements
            .iter()
            .find(|judgement| judgement["check"] == "follower_jump")
            .unwrap();
        own["result"].clone()
    };
    let jump = verdict("A000001");
    assert_eq!(jump["findings"][0]["confidence"], "low", "{jump}");
    let detail = jump["findings"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("由2025Q4的12000增至52000"), "{detail}");
    assert_eq!(verdict("A000002")["verdict"], "pass");
    assert_eq!(verdict("A000003")["verdict"], "not_applicable");
}

#[test]
fn units_without_an_account_are_listed_and_judged_on_their_site() {
    let house = House::new();
    let (csv, json) = (house.path("gaps.csv"), house.path("gaps.json"));
    let said = house.run(&[
        "registry",
        "gaps",
        "--csv",
        csv.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
    ]);
    assert!(
        said.contains("应开设 2 个单位，没有正常运行账号的 1 个。"),
        "{said}"
    );
    let table = lines(&csv);
    assert_eq!(table.len(), 2, "{table:?}");
    assert!(
        table[1].starts_with("U1,云岭省人民政府,990000,云岭省,省级,,,"),
        "{table:?}"
    );
    let listed: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(listed[0]["organization"], "U1");
    let judged_on = listed[0]["site"].as_str().unwrap();
    assert!(table[1].ends_with(judged_on), "{table:?}");
}

#[test]
fn whom_an_edited_set_would_hit() {
    let house = House::new();
    house.create("2026Q1", &["--census"]);
    let before = stored(&house);
    let base = house.path("base.json");
    let base = base.to_str().unwrap();
    house.run(&["judge", "--dry-run", "--out", base]);
    let same = house.run(&["judge", "--dry-run", "--compare", base]);
    assert!(same.contains("变化 0 项"), "{same}");

    // Three accounts of one unit on one platform: allowed, once the set allows three.
    let folder = house.path("rules/indicators/extras");
    std::fs::create_dir_all(&folder).unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../indicators/extras/X-05.toml");
    let text = std::fs::read_to_string(own).unwrap();
    assert!(text.contains("allowed = 1"));
    let edited = text.replace("allowed = 1", "allowed = 3");
    std::fs::write(folder.join("X-05.toml"), edited).unwrap();
    let (rules, csv) = (house.path("rules"), house.path("changes.csv"));
    let compare = |more: &[&str]| {
        let mut arguments = vec!["--rules", rules.to_str().unwrap(), "judge"];
        arguments.extend(["--under", "gov-2019", "--under", "extras"]);
        arguments.extend(["--compare", base, "--csv", csv.to_str().unwrap()]);
        house.run(&[&arguments, more].concat())
    };
    let said = compare(&["--first", "2"]);
    for part in [
        "2026Q1 gov-2019、extras（内容有变）：对象 9，",
        "变化 3 项",
        "检查项 duplicate_account 重复开设账号（第 1 版）",
        "对象 3：转为存在问题 0，转为通过 3，转为无法判定 0；问题 +0 −3，改计 0",
        "A000001 青石发布1 X-05：存在问题 → 通过",
        "−问题 青石市人民政府在微信公众号平台开设了3个账号",
        "另有 1 项",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    assert!(!said.contains("A000003 青石发布3"), "{said}");
    // The table has all of them: a verdict and a problem each.
    let table = lines(&csv);
    assert_eq!(table.len(), 1 + 3 * 2, "{table:?}");
    assert_eq!(
        table[5],
        "duplicate_account,X-05,A000003,青石发布3,判定,存在问题,通过,,,"
    );
    // A set that does not ask: whom it found fault with is told, and which indicators are gone.
    let said = house.run(&["judge", "--under", "gov-2019", "--compare", base]);
    assert!(said.contains("只有原来有的指标：X-01 "), "{said}");
    assert!(
        said.contains("A000003 青石发布3 X-05：存在问题 → 不判"),
        "{said}"
    );

    // Nothing of all this was kept, and a closed round may be looked at.
    assert_eq!(stored(&house), before);
    house.run(&["judge"]);
    house.run(&["round", "close", "--reason", "试"]);
    assert!(compare(&[]).contains("变化 3 项"));
    let text = house.refused(&["judge", "--dry-run", "--compare", csv.to_str().unwrap()]);
    assert!(text.contains("不是判定结果"), "{text}");
}

#[test]
fn posts_that_a_platform_does_not_show_are_handed_over() {
    let house = House::new();
    house.create("2026Q1", &["--departments", "0", "--accounts", "3"]);
    let file = house.path("发文.csv");
    let path = file.to_str().unwrap();
    std::fs::write(
        &file,
        "账号编号,标题,链接,发布时间\nA000001,会议召开,http://a.cn/1,2026-03-05\nA000009,会议召开,,2026年3月5日\nA000002,会议召开,,上周\n",
    )
    .unwrap();
    let said = house.refused(&["posts", path]);
    for part in ["第3行", "账号编号", "没有抽中", "第4行", "发布时间"] {
        assert!(said.replace(' ', "").contains(part), "no {part} in\n{said}");
    }
    assert!(
        !house.path("data/evidence/2026Q1/A000001").exists(),
        "one wrong row takes nothing in"
    );

    let rows = sheet(
        "发文",
        &[
            "账号编号|标题|链接|发布时间",
            "A000001|会议召开|http://a.cn/1|2026-03-05 10:20",
            "A000001|“双减”,工作|http://a.cn/2|2026年2月1日",
            "A000002|植树||2026-03-01",
        ],
    );
    let file = house.path("发文.xlsx");
    std::fs::write(&file, xuncha_report::sheets::write(&[rows]).unwrap()).unwrap();
    let said = house.run(&["posts", file.to_str().unwrap()]);
    assert!(said.contains("2 个账号的 3 条发文"), "{said}");
    let said = house.run(&["evidence", "verify"]);
    assert!(!said.contains("不符"), "{said}");
    // Read again from what was kept, the rows say the same.
    house.run(&["facts", "rebuild"]);
    let said = house.run(&["facts", "show", "urn:handed-over:发文.xlsx"]);
    assert!(
        said.contains("“双减”,工作") && said.contains("2026-03-05"),
        "{said}"
    );
}
