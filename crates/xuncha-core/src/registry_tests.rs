use super::*;

fn mapping(name: &str) -> Mapping {
    let path = format!("{}/../../mappings/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    Mapping::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn sheet(name: &str, header: &[&str], rows: &[&[&str]]) -> Sheet {
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    Sheet {
        name: name.to_owned(),
        header: texts(header),
        rows: rows.iter().map(|row| texts(row)).collect(),
    }
}

fn workbook() -> Vec<Sheet> {
    vec![
        sheet(
            "地区",
            &["区划代码", "名称", "级别", "上级区划代码"],
            &[
                &["990000", "云岭省", "省", ""],
                &["990100", "青石市", "市", "990000"],
                &["990101", "清溪县", "县", "990100"],
            ],
        ),
        sheet(
            "单位",
            &[
                "单位编号",
                "单位名称",
                "区划代码",
                "上级单位编号",
                "层级",
                "应开设新媒体",
            ],
            &[
                &["U1", "青石市人民政府办公室", "990100", "", "市级", "是"],
                &["U2", "青石市教育局", "990100", "U1", "市级", "否"],
            ],
        ),
        sheet(
            "网站",
            &[
                "标识码",
                "网站名称",
                "首页网址",
                "类型",
                "主办单位编号",
                "区划代码",
                "状态",
                "备案号",
                "公安备案号",
                "无办事服务",
            ],
            &[
                &[
                    "9901000001",
                    "青石市人民政府门户网站",
                    "https://www.qingshi.gov.cn/",
                    "门户",
                    "U1",
                    "990100",
                    "正常",
                    "云ICP备12345678号",
                    "",
                    "否",
                ],
                &[
                    "9901000002",
                    "青石市教育局",
                    "http://jyj.qingshi.gov.cn/",
                    "部门",
                    "U2",
                    "990100",
                    "正常",
                    "",
                    "",
                    "是",
                ],
            ],
        ),
        sheet(
            "新媒体",
            &[
                "账号编号",
                "账号名称",
                "平台",
                "类型",
                "主办单位编号",
                "区划代码",
                "认证主体",
                "主页链接",
                "订阅源链接",
                "下载链接",
                "状态",
                "开设日期",
            ],
            &[&[
                "A000001",
                "青石发布",
                "微信公众号",
                "订阅号",
                "U1",
                "990100",
                "青石市人民政府办公室",
                "https://weixin.example/a1",
                "",
                "",
                "正常",
                "2019/3/1",
            ]],
        ),
    ]
}

fn registry() -> Registry {
    import(&workbook(), &mapping("own"), &Registry::default()).unwrap()
}

fn messages(errors: &[ImportError]) -> String {
    errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_own_template_reads_in_and_writes_out_the_same() {
    let first = registry();
    assert_eq!(
        (
            first.regions.len(),
            first.organizations.len(),
            first.sites.len(),
            first.accounts.len()
        ),
        (3, 2, 2, 1)
    );
    assert_eq!(
        first.accounts[&"A000001".into()].opened,
        Some(jiff::civil::date(2019, 3, 1))
    );
    let sheets = to_sheets(&first, &mapping("own"));
    assert_eq!(
        import(&sheets, &mapping("own"), &Registry::default()),
        Ok(first.clone())
    );
    assert!(diff(&first, &first).is_empty());
}

#[test]
fn all_errors_come_at_once_with_row_and_column() {
    let mut bad = workbook();
    bad[0].rows[1][0] = "99010".to_owned();
    bad[1].rows[1][3] = "U9".to_owned();
    bad[2].rows[0][0] = "123".to_owned();
    bad[2].rows[0][3] = "论坛".to_owned();
    bad[2].rows[1][2] = "jyj.qingshi.gov.cn".to_owned();
    bad[2].header[6] = "情况".to_owned();
    let again = bad[3].rows[0].clone();
    bad[3].rows.push(again);
    bad[3].rows[0][11] = "去年".to_owned();
    bad[3].rows.push(vec![String::new(), " ".to_owned()]);
    let errors = import(&bad, &mapping("own"), &Registry::default()).unwrap_err();
    let text = messages(&errors);
    for part in [
        "“地区”表第 3 行“区划代码”：“99010”不是 6 位区划代码",
        "“单位”表第 3 行“上级单位编号”：上级“U9”不在表中",
        "“网站”表第 1 行“状态”：缺少“状态”这一列",
        "“网站”表第 2 行“标识码”：“123”不是网站标识码",
        "“网站”表第 2 行“类型”：“论坛”不认识，应为 门户、部门 之一",
        "“网站”表第 3 行“首页网址”：“jyj.qingshi.gov.cn”不是完整的网址",
        "“新媒体”表第 2 行“开设日期”：“去年”不是日期",
    ] {
        assert!(text.contains(part), "{part}\n--\n{text}");
    }
    assert!(
        !text.contains("“新媒体”表第 4 行"),
        "an empty row is no row: {text}"
    );
}

#[test]
fn repeated_numbers_and_circles_are_told() {
    let mut bad = workbook();
    let again = bad[2].rows[0].clone();
    bad[2].rows.push(again);
    bad[1].rows[0][3] = "U2".to_owned();
    let text = messages(&import(&bad, &mapping("own"), &Registry::default()).unwrap_err());
    assert!(
        text.contains("“网站”表第 4 行“标识码”：“9901000001”与“网站”表第 2 行重复"),
        "{text}"
    );
    assert!(text.contains("上级关系绕成了圈"), "{text}");
    let missing = import(&workbook()[..3], &mapping("own"), &Registry::default()).unwrap_err();
    assert!(messages(&missing).contains("“新媒体”表：工作簿里没有“名录模板”要求的这张表"));
}

#[test]
fn a_reimport_is_a_diff_that_can_be_applied() {
    let old = registry();
    let mut book = workbook();
    book[1].rows[1][1] = "青石市教育体育局".to_owned();
    book[2].rows[1][4] = "U1".to_owned();
    book[2].rows[1][6] = "整合迁移".to_owned();
    book[2].rows[0][7] = String::new();
    book[3].rows[0][10] = "注销".to_owned();
    book[0].rows.push(
        ["990102", "云水县", "县", "990100"]
            .map(str::to_owned)
            .to_vec(),
    );
    let new = import(&book, &mapping("own"), &old).unwrap();
    let changes = diff(&old, &new);
    let kinds: Vec<(&str, &ChangeKind)> = changes
        .iter()
        .map(|change| (change.id.as_str(), &change.what))
        .collect();
    let text = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let (from, to) = text("青石市教育局", "青石市教育体育局");
    assert!(kinds.contains(&("U2", &ChangeKind::Renamed { from, to })));
    let (from, to) = text("U2", "U1");
    assert!(kinds.contains(&(
        "9901000002",
        &ChangeKind::Moved {
            field: "organization".to_owned(),
            from,
            to
        }
    )));
    let (from, to) = text("正常", "整合迁移");
    assert!(kinds.contains(&("9901000002", &ChangeKind::Merged { from, to })));
    let (from, to) = text("正常", "注销");
    assert!(kinds.contains(&("A000001", &ChangeKind::Closed { from, to })));
    let (from, to) = text("云ICP备12345678号", "");
    assert!(kinds.contains(&(
        "9901000001",
        &ChangeKind::Changed {
            field: "icp".to_owned(),
            from,
            to
        }
    )));
    assert!(matches!(kinds[0], ("990102", ChangeKind::Added { .. })));
    assert_eq!(kinds.len(), 6);
    assert_eq!(apply(&old, &changes), Ok(new.clone()));
    let back = diff(&new, &old);
    assert!(
        back.iter()
            .any(|change| matches!(change.what, ChangeKind::Removed { .. }))
    );
    assert_eq!(apply(&new, &back), Ok(old.clone()));
    let stale = apply(&new, &changes).unwrap_err();
    assert_eq!(stale.len(), 6);
    let json = serde_json::to_string(&changes).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Change>>(&json).unwrap(), changes);
}

#[test]
fn the_reporting_systems_sheet_updates_what_it_carries() {
    let base = registry();
    let rows: &[&[&str]] = &[&[
        "9901000001",
        "中国·青石网",
        "https://www.qingshi.gov.cn",
        "青石市人民政府办公室",
        "政府门户网站",
        "正常运行",
    ]];
    let header = [
        "网站标识码",
        "网站名称",
        "首页URL",
        "主办单位",
        "网站类型",
        "运行状态",
    ];
    let book = [sheet("网站信息", &header, rows)];
    let foreign = mapping("reporting-sites");
    let updated = import(&book, &foreign, &base).unwrap();
    let site = &updated.sites[&"9901000001".into()];
    assert_eq!(site.name, "中国·青石网");
    assert_eq!(
        (site.icp.as_deref(), site.region.as_str()),
        (Some("云ICP备12345678号"), "990100")
    );
    assert_eq!(updated.sites.len(), 2);
    let written = to_sheets(&base, &foreign);
    assert_eq!(written[0].name, "网站信息");
    assert_eq!(written[0].rows[0][3], "青石市人民政府办公室");
    assert!(written[0].rows[0][5] == "正常运行" && written[0].rows[1][4] == "部门网站");
    assert_eq!(import(&written, &foreign, &base), Ok(base.clone()));
    let unknown: &[&[&str]] = &[&[
        "9901000001",
        "网",
        "https://a.gov.cn/",
        "青石市气象局",
        "政府门户网站",
        "停机",
    ]];
    let errors = import(&[sheet("网站信息", &header, unknown)], &foreign, &base).unwrap_err();
    let text = messages(&errors);
    assert!(
        text.contains("“主办单位”：名录中没有单位“青石市气象局”")
            && text.contains("“运行状态”：“停机”不认识"),
        "{text}"
    );
    assert_eq!(errors.len(), 2, "{text}");
}

#[test]
fn the_filing_table_finds_known_accounts_and_numbers_new_ones() {
    let base = registry();
    let header = [
        "主办单位名称",
        "账号名称",
        "所属平台",
        "账号类型",
        "运行状态",
        "开通时间",
    ];
    let rows: &[&[&str]] = &[
        &[
            "青石市人民政府办公室",
            "青石发布",
            "微信公众号",
            "服务号",
            "已注销",
            "",
        ],
        &[
            "青石市教育局",
            "青石教育",
            "新浪微博",
            "微博",
            "正常运行",
            "2021年5月6日",
        ],
    ];
    let updated = import(
        &[sheet("教育局", &header, rows)],
        &mapping("new-media-filing"),
        &base,
    )
    .unwrap();
    let known = &updated.accounts[&"A000001".into()];
    assert_eq!(
        (known.kind.as_str(), known.state),
        ("服务号", State::Cancelled)
    );
    assert_eq!(known.page_url.as_deref(), Some("https://weixin.example/a1"));
    let fresh = &updated.accounts[&"A000002".into()];
    assert_eq!(
        (
            fresh.platform.as_str(),
            fresh.organization.as_str(),
            fresh.region.as_str()
        ),
        ("微博", "U2", "990100")
    );
    assert_eq!(fresh.opened, Some(jiff::civil::date(2021, 5, 6)));
}

#[test]
fn what_three_sources_say_differently_is_listed() {
    let base = registry();
    let header = [
        "网站标识码",
        "网站名称",
        "首页URL",
        "主办单位",
        "网站类型",
        "运行状态",
    ];
    let rows: &[&[&str]] = &[
        &[
            "9901000001",
            "中国·青石网",
            "http://www.qingshi.gov.cn",
            "青石市人民政府办公室",
            "政府门户网站",
            "正常运行",
        ],
        &[
            "9901000009",
            "青石旅游网",
            "http://ly.qingshi.gov.cn",
            "青石市旅游局",
            "部门网站",
            "正常运行",
        ],
    ];
    let reported = reported_sites(
        &[sheet("网站信息", &header, rows)],
        &mapping("reporting-sites"),
    )
    .unwrap();
    let shown = BTreeMap::from([(
        TargetId::from("9901000001"),
        ShownSite {
            name: Some("青石市人民政府门户网站".to_owned()),
            site_code: Some("9901000007".to_owned()),
            icp: Some("云ICP备12345678号-1".to_owned()),
        },
    )]);
    let found: Vec<(String, String)> = disagreements(&base, &reported, &shown)
        .into_iter()
        .map(|own| (own.target.0, own.field))
        .collect();
    let expected = [
        ("9901000001", "名称"),
        ("9901000001", "标识码"),
        ("9901000002", "收录"),
        ("9901000009", "收录"),
    ];
    assert_eq!(
        found,
        expected.map(|(id, field)| (id.to_owned(), field.to_owned()))
    );
    assert!(disagreements(&base, &BTreeMap::new(), &BTreeMap::new()).is_empty());
}

#[test]
fn a_mapping_with_an_unknown_field_is_refused() {
    let text = "id = \"x\"\ntitle = \"x\"\n[[sheets]]\nkind = \"site\"\nnames = [\"*\"]\ncolumns = [{ field = \"colour\", headings = [\"颜色\"] }]\n";
    assert!(
        Mapping::from_toml(text)
            .unwrap_err()
            .contains("没有字段“colour”")
    );
}

#[test]
fn site_codes_have_two_shapes() {
    for (text, is_code) in [
        ("9901000001", true),
        ("bm29030010", true),
        ("BM29030010", true),
        ("990100000", false),
        ("bm2903001", false),
        ("A000001", false),
        ("", false),
    ] {
        assert_eq!(is_site_code(text), is_code, "{text}");
    }
}

const DETAIL_HEADINGS: [&str; 6] = ["微信号", "联系人", "粉丝数", "功能", "备案编号", "二维码"];

/// The workbook with the columns of the account's details, filled as given.
fn detailed(cells: [&str; 6]) -> Vec<Sheet> {
    let mut book = workbook();
    book[3].header.extend(DETAIL_HEADINGS.map(str::to_owned));
    book[3].rows[0].extend(cells.map(str::to_owned));
    book
}

#[test]
fn details_of_accounts_read_in_and_write_out_the_same() {
    let book = detailed([
        "qingshi_gov",
        "张三 0999-1234567",
        "1.2万",
        "政务服务，发布",
        "无",
        "https://weixin.example/qr/a1.png",
    ]);
    let first = import(&book, &mapping("own"), &Registry::default()).unwrap();
    let details = &first.accounts[&"A000001".into()].details;
    assert_eq!(
        (details.followers, details.filing_number.as_deref()),
        (Some(12_000), Some(NOT_FILED))
    );
    assert_eq!(functions_text(&details.functions), "发布、办事");
    let sheets = to_sheets(&first, &mapping("own"));
    let again = import(&sheets, &mapping("own"), &Registry::default());
    assert_eq!(again, Ok(first.clone()));
    let json = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Registry>(&json).unwrap(), first);
    // A workbook from before these columns keeps what is known.
    assert_eq!(import(&workbook(), &mapping("own"), &first), Ok(first));
}

#[test]
fn changed_details_are_changes_of_their_fields() {
    let cells = ["qingshi_gov", "", "12000", "", "", ""];
    let old = import(&detailed(cells), &mapping("own"), &Registry::default()).unwrap();
    let cells = ["qingshi_gov", "李四", "15000", "互动", "", ""];
    let new = import(&detailed(cells), &mapping("own"), &old).unwrap();
    let changes = diff(&old, &new);
    let told: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "新媒体“A000001”青石发布 contacts： → 李四",
            "新媒体“A000001”青石发布 followers：12000 → 15000",
            "新媒体“A000001”青石发布 functions： → 互动",
        ]
    );
    assert_eq!(apply(&old, &changes), Ok(new));
}

#[test]
fn wrong_details_are_told_with_row_and_column() {
    let cells = [
        "qing shi",
        "",
        "很多",
        "发布、打卡",
        "办理中",
        "data:image/png;base64,AAAA",
    ];
    let errors = import(&detailed(cells), &mapping("own"), &Registry::default()).unwrap_err();
    let text = messages(&errors);
    for part in [
        "“新媒体”表第 2 行“微信号”：平台ID“qing shi”中不能有空格",
        "“新媒体”表第 2 行“粉丝数”：“很多”不是粉丝数",
        "“新媒体”表第 2 行“功能”：“打卡”不认识",
        "“新媒体”表第 2 行“备案编号”：“办理中”不是备案编号",
        "“新媒体”表第 2 行“二维码”：二维码应写图片的网址",
    ] {
        assert!(text.contains(part), "{part}\n--\n{text}");
    }
    assert_eq!(errors.len(), 5, "{text}");
}

#[test]
fn the_unit_above_follows_from_the_host_unit() {
    let registry = registry();
    let above = |target: Target| registry.superior_unit(&target).map(|unit| unit.id.as_str());
    let of_office = registry.accounts[&"A000001".into()].clone();
    assert_eq!(above(Target::Account(of_office)), None);
    let of_bureau = registry.sites[&"9901000002".into()].clone();
    assert_eq!(above(Target::Site(of_bureau)), Some("U1"));
}
