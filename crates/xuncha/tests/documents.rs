//! Documents beside the notice by the real binary: figures explained, texts that were adopted, annual forms, and packages that a unit verifies.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Output;

use jiff::civil::date;
use support::{Province, sheet, succeed, xuncha};
use xuncha_store::notice_template::NewTemplate;
use xuncha_store::{Location, Store};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/guangxi-2020q1")
}

fn run(data: &Path, arguments: &[&str]) -> String {
    let output = succeed(xuncha().arg("--data").arg(data).args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

fn tried(data: &Path, arguments: &[&str]) -> Output {
    xuncha()
        .arg("--data")
        .arg(data)
        .args(arguments)
        .output()
        .unwrap()
}

/// A registry of a province, a city and two sites, and a round of it.
fn house(data: &Path) {
    let file = data.with_extension("xlsx");
    let sheets = [
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
        sheet(
            "网站",
            &[
                "标识码|网站名称|首页网址|类型|主办单位编号|区划代码|状态|备案号|公安备案号|无办事服务",
                "9900000001|云岭省人民政府门户网站|http://www.yl.gov.cn/|门户|U1|990000|正常|云ICP备12345678号||",
                "9901000001|青石市人民政府门户网站|http://www.qs.gov.cn/|门户|U2|990100|正常|||",
            ],
        ),
        sheet(
            "新媒体",
            &[
                "账号编号|账号名称|平台|类型|主办单位编号|区划代码|认证主体|主页链接|订阅源链接|下载链接|状态|开设日期",
                "A000001|云岭发布|微信|订阅号|U1|990000|云岭省人民政府||||正常|",
            ],
        ),
    ];
    std::fs::write(&file, xuncha_report::sheets::write(&sheets).unwrap()).unwrap();
    run(data, &["registry", "import", file.to_str().unwrap()]);
}

fn round(data: &Path, id: &str, as_of: &str) {
    run(data, &["round", "new", id, "--as-of", as_of, "--seed", "s"]);
    run(data, &["judge", "--round", id]);
}

#[test]
fn a_figure_is_explained_with_its_rows_and_an_unknown_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let from = golden();
    let from = from.to_str().unwrap();
    let explain = |name: &[&str]| {
        let arguments = [&["explain", "figure"], name, &["--from", from]].concat();
        tried(folder.path(), &arguments)
    };
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let said = explain(&["outcome.portals_above_80"]);
    let page = text(&said);
    assert!(said.status.success(), "{said:?}");
    for part in [
        "outcome.portals_above_80：52家",
        "定义：扣分指标得分高于 80 分的政府门户网站数量",
        "算法：",
        "明细（52）：",
        "柳州市人民政府门户网站",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    for (name, printed) in [
        ("repeat.unqualified", "repeat.unqualified：缺上期数据"),
        (
            "trend.portal_mean.2019Q4",
            "trend.portal_mean.2019Q4：77.48分",
        ),
        ("movement.portals_up", "movement.portals_up："),
    ] {
        let page = text(&explain(&[name]));
        assert!(
            page.contains(printed) && page.contains("来源："),
            "{name}\n{page}"
        );
    }
    let all = text(&explain(&[]));
    for name in [
        "registry.websites_running\t577家\t",
        "estimate.account_pass_rate_percent\t",
    ] {
        assert!(all.contains(name), "{name}");
    }
    let unknown = explain(&["portals_above_81"]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said.contains("没有名为“portals_above_81”的指标"), "{said}");
    let near = explain(&["above_80"]);
    let said = String::from_utf8_lossy(&near.stderr).into_owned();
    assert!(
        said.contains("相近的有：") && said.contains("outcome.portals_above_80"),
        "{said}"
    );
    let check = tried(folder.path(), &["explain", "no_such_check"]);
    let said = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(!check.status.success() && said.contains("既不是"), "{said}");
}

/// The text that a round adopted is in every document, and the next round starts from it until it adopts its own.
#[test]
fn an_adopted_text_reaches_the_documents_and_the_next_round() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    house(&data);
    round(&data, "2026Q1", "2026-03-20T09:00");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/notice-letter.zh.txt");
    let own = std::fs::read_to_string(own).unwrap();
    let adopt = |round: &str, heading: &str| {
        let content = own.replace("# 总体情况", &format!("# {heading}"));
        let at = date(2026, 4, 1).at(9, 0, 0, 0);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&Location::from(data.as_path())).await.unwrap();
            let new = NewTemplate {
                round: round.to_owned(),
                content,
                based_on: 0,
                by: "张三".to_owned(),
                at,
                reason: "措辞".to_owned(),
            };
            let number = store.put_notice_template(&new).await.unwrap();
            store
                .adopt_template(round, number, "张三", at)
                .await
                .unwrap();
        });
    };
    let built = |round: &str| -> (String, String) {
        let out = folder.path().join(round);
        run(
            &data,
            &[
                "notice",
                "build",
                "--round",
                round,
                "--out",
                out.to_str().unwrap(),
            ],
        );
        let page = std::fs::read_to_string(out.join("notice.html")).unwrap();
        let pdf = std::process::Command::new("pdftotext")
            .args([out.join("notice.pdf").as_os_str(), "-".as_ref()])
            .output()
            .unwrap();
        (page, String::from_utf8(pdf.stdout).unwrap())
    };
    let (page, _) = built("2026Q1");
    assert!(
        page.contains("一、总体情况"),
        "the program's text where nobody adopted one"
    );
    adopt("2026Q1", "本轮概貌");
    let (page, pdf) = built("2026Q1");
    assert!(
        page.contains("一、本轮概貌") && pdf.contains("一、本轮概貌"),
        "{pdf}"
    );
    round(&data, "2026Q2", "2026-06-20T09:00");
    let (page, pdf) = built("2026Q2");
    assert!(
        page.contains("一、本轮概貌") && pdf.contains("一、本轮概貌"),
        "{pdf}"
    );
    adopt("2026Q2", "二季度概貌");
    assert!(built("2026Q2").0.contains("一、二季度概貌"));
    assert!(
        built("2026Q1").0.contains("一、本轮概貌"),
        "a later round changes no earlier one"
    );
}

#[test]
fn annual_forms_fill_themselves_and_ask_for_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    house(&data);
    round(&data, "2025Q1", "2025-03-20T09:00");
    let out = folder.path().join("out");
    let to = out.to_str().unwrap();
    let work = [
        "annual",
        "work",
        "--site",
        "9900000001",
        "--year",
        "2025",
        "--out",
        to,
    ];
    let said = run(&data, &work);
    assert!(
        said.contains("政府网站工作年度报表（2025年度）")
            && said.contains("应于 2026-01-31 前公开"),
        "{said}"
    );
    let table = out.join("work-9900000001.csv");
    let asked = std::fs::read_to_string(&table).unwrap();
    for line in [
        "icp,基本信息,ICP备案号,云ICP备12345678号",
        "wechat,移动新媒体,微信名称,云岭发布",
        "visits,访问量,网站总访问量（次）,,\n",
    ] {
        assert!(asked.contains(line), "{line}\n{asked}");
    }
    // What somebody filled in is never written over; handed in, it comes back.
    let own = asked.replace("网站总访问量（次）,,", "网站总访问量（次）,1234,");
    std::fs::write(&table, &own).unwrap();
    let refused = tried(&data, &work);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("填好的 1 项会被覆盖（visits）"),
        "{told}"
    );
    assert_eq!(std::fs::read_to_string(&table).unwrap(), own);
    let with_own = [&work[..], &["--answers", table.to_str().unwrap()]].concat();
    let said = run(&data, &with_own);
    assert!(!said.contains("系统记录为"), "{said}");
    let kept = std::fs::read_to_string(&table).unwrap();
    assert!(kept.contains("网站总访问量（次）,1234,"), "{kept}");
    let to = folder.path().join("again");
    let to = to.to_str().unwrap();
    let work = [&work[..6], &["--out", to]].concat();
    let answers = folder.path().join("answers.csv");
    std::fs::write(
        &answers,
        "代码,内容\nvisits,10\nvisitors,11\nsite_name,云岭网\n",
    )
    .unwrap();
    let said = run(
        &data,
        &[&work[..], &["--answers", answers.to_str().unwrap()]].concat(),
    );
    assert!(said.contains("多于“网站总访问量（次）”的10"), "{said}");
    assert!(
        said.contains("系统记录为“云岭省人民政府门户网站”"),
        "{said}"
    );
    std::fs::write(&answers, "代码,内容\nvisit,10\n").unwrap();
    let refused = tried(
        &data,
        &[&work[..], &["--answers", answers.to_str().unwrap()]].concat(),
    );
    assert!(String::from_utf8_lossy(&refused.stderr).contains("没有代码为“visit”的项目"));

    let said = run(
        &data,
        &["annual", "supervision", "--year", "2025", "--out", to],
    );
    assert!(said.contains("政府网站监管年度报表（2025年度）"), "{said}");
    let out = folder.path().join("again");
    let asked = std::fs::read_to_string(out.join("supervision.csv")).unwrap();
    for line in [
        "sites,网站开设整合,正在运行的网站总数（家）,2",
        "sampled_1,网站抽查,第一季度抽查网站（家次）,2",
        "sampled_2,网站抽查,第二季度抽查网站（家次）,,",
        "sampled,网站抽查,全年抽查网站（家次）,,",
    ] {
        assert!(asked.contains(line), "{line}\n{asked}");
    }
    let said = run(&data, &["annual", "assess", "--year", "2025", "--out", to]);
    assert!(said.contains("结论无法判定"), "{said}");
    let asked = std::fs::read_to_string(out.join("assessment.csv")).unwrap();
    // Nobody knows whether three quarters were inspected: it is asked for, and costs nothing until it is answered.
    assert!(
        asked.contains(
            "supervision_quarterly,季度抽查,有几个季度未抽查、比例低于 30% 或未公开结果？,,"
        ),
        "{asked}"
    );
    for name in ["work-9900000001", "supervision", "assessment"] {
        for ending in ["pdf", "docx"] {
            assert!(
                out.join(format!("{name}.{ending}")).is_file(),
                "{name}.{ending}"
            );
        }
    }
}

/// A unit gets its score sheet with the evidence and verifies it with nothing but the files; what was changed is found.
#[test]
fn a_unit_verifies_its_package_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let province = Province::start(&folder.path().join("province"), 9, "realistic");
    let data = folder.path().join("data");
    province.gather_small_round(&data, "p", "1", "2");
    drop(province);
    let results = folder.path().join("results.json");
    run(&data, &["judge", "--out", results.to_str().unwrap()]);
    let results: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&results).unwrap()).unwrap();
    let most = results["targets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|target| target["subject"]["target"]["target_kind"] == "site")
        .max_by_key(|target| {
            let indicators = target["sheet"]["indicators"].as_array().unwrap();
            let found = indicators
                .iter()
                .map(|one| one["findings"].as_array().unwrap().len());
            found.sum::<usize>()
        })
        .unwrap();
    let target = most["subject"]["target"]["id"].as_str().unwrap();
    let out = folder.path().join("package");
    let to = out.to_str().unwrap();
    let said = run(
        &data,
        &["evidence", "package", "--target", target, "--out", to],
    );
    assert!(
        said.contains("评分表和证据已写到") && !said.contains("未随包"),
        "{said}"
    );
    for name in [
        "评分表.pdf",
        "score.json",
        "evidence.csv",
        "evidence.warc.gz",
        "evidence.cdxj",
        "SHA256SUMS",
        "说明.txt",
    ] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let elsewhere = folder.path().join("no-data");
    let verify = ["evidence", "verify", "--package", to];
    let said = run(&elsewhere, &verify);
    assert!(
        said.contains("完好") && said.contains("得分与结论相同"),
        "{said}"
    );
    assert!(!elsewhere.exists(), "no database is made");
    // The hashes are those that sha256sum finds.
    let sums = std::process::Command::new("sha256sum")
        .args(["-c", "--quiet", "SHA256SUMS"])
        .current_dir(&out)
        .status()
        .unwrap();
    assert!(sums.success());
    let again = tried(
        &data,
        &["evidence", "package", "--target", target, "--out", to],
    );
    assert!(
        !again.status.success(),
        "nothing is written into what is there"
    );

    // A score that somebody raised, with the list of hashes made anew.
    let card = std::fs::read_to_string(out.join("score.json")).unwrap();
    let score = most["sheet"]["deduct_score"].as_str().map(str::to_owned);
    if let Some(score) = score {
        let raised = card.replace(
            &format!("\"deduct_score\": \"{score}\""),
            "\"deduct_score\": \"100.00\"",
        );
        assert_ne!(raised, card);
        std::fs::write(out.join("score.json"), raised).unwrap();
        let refused = tried(&elsewhere, &verify);
        let said = String::from_utf8_lossy(&refused.stdout).into_owned();
        assert!(!refused.status.success(), "{said}");
        assert!(
            said.contains("score.json 与 SHA256SUMS 中的哈希不符"),
            "{said}"
        );
        assert!(said.contains("评分：扣分指标得分：重新计算为"), "{said}");
        std::fs::write(out.join("score.json"), &card).unwrap();
    }
    let archive = out.join("evidence.warc.gz");
    let mut bytes = std::fs::read(&archive).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&archive, bytes).unwrap();
    let refused = tried(&elsewhere, &verify);
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(
        !refused.status.success() && said.contains("evidence.warc.gz"),
        "{said}"
    );
}
