use super::super::filing::tests::registry;
use super::*;

fn table() -> ExpectedTable {
    ExpectedTable::parse(include_str!("../../../../lexicons/expected_sites.toml")).unwrap()
}

#[test]
fn what_is_linked_as_a_units_own_and_not_registered_is_found() {
    let mut finder = OutsideFinder::new(&registry(), table());
    let site = |id: &str| TargetId::from(id);
    // (site, address, text)
    for (own, url, text) in [
        ("9901000001", "http://ybj.qingshi.gov.cn/", "市医疗保障局"),
        (
            "9901000002",
            "http://ybj.qingshi.gov.cn/zcfg/a.html",
            "医保政策",
        ),
        ("9901000001", "http://ybj.qingshi.gov.cn/", "市医疗保障局"),
        (
            "9901000001",
            "http://www.qsjy.org.cn/index.html",
            "青石市教育局 官网",
        ),
        ("9901000001", "https://weibo.com/qsjy", "青石市教育局"),
        ("9901000001", "http://www.other.gov.cn/", "外省某局"),
        ("9901000001", "http://www.news.example/", "新闻"),
        ("9901000001", "https://jyj.qingshi.gov.cn/a", "市教育局"),
        ("9901000001", "https://old.qingshi.gov.cn/", "教育局旧站"),
        ("9901000001", "http://10.0.0.1/", "青石市教育局"),
        ("9901000001", "mailto:a@qingshi.gov.cn", "青石市教育局"),
    ] {
        finder.see(&site(own), "https://www.qingshi.gov.cn/", url, text);
    }
    let found = finder.done();
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            (
                one.host.as_str(),
                one.name.as_str(),
                one.sign,
                one.unit.as_deref(),
                one.site_count,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "www.qsjy.org.cn",
                "青石市教育局",
                OutsideSign::Name,
                Some("C1"),
                1
            ),
            (
                "ybj.qingshi.gov.cn",
                "市医疗保障局",
                OutsideSign::Domain,
                None,
                2
            ),
        ]
    );
    assert_eq!(found[1].url, "http://ybj.qingshi.gov.cn/");
    assert_eq!(found[1].places.len(), 2);
}

#[test]
fn words_lead_back_to_their_reasons() {
    for reason in DismissReason::all() {
        assert_eq!(DismissReason::of_word(reason.word()), Some(reason));
    }
}

#[test]
fn candidates_are_ranked_by_what_speaks_for_them() {
    let mut finder = OutsideFinder::new(&registry(), table());
    let site = |id: &str| TargetId::from(id);
    for (own, url, text) in [
        ("9901000001", "http://ybj.qingshi.gov.cn/", "市医疗保障局"),
        ("9901000002", "http://ybj.qingshi.gov.cn/", "市医疗保障局"),
        ("9901000001", "http://www.qsxy.org.cn/", "信用中国（青石）"),
        ("9901000001", "http://www.qs119.gov.cn/", "青石消防救援支队"),
        ("9901000001", "http://www.qs119.gov.cn/a.html", "要闻"),
        ("9901000001", "http://www.lvyou.example/", "青石旅游"),
        (
            "9901000001",
            "http://www.waisheng.gov.cn/",
            "外省医疗保障局",
        ),
    ] {
        finder.see(&site(own), "https://www.qingshi.gov.cn/", url, text);
    }
    let mut found = finder.done();
    found.sort_by_key(|one| std::cmp::Reverse(one.score()));
    let told: Vec<(&str, OutsideSign)> = found
        .iter()
        .map(|one| (one.host.as_str(), one.sign))
        .collect();
    let expected = [
        ("ybj.qingshi.gov.cn", OutsideSign::Domain),
        ("www.qs119.gov.cn", OutsideSign::Region),
        ("www.qsxy.org.cn", OutsideSign::Region),
    ];
    assert_eq!(told, expected);
    let why: Vec<String> = found[1].all_reasons().map(OutsideReason::zh).collect();
    assert_eq!(
        why,
        [
            "域名以 gov.cn 结尾",
            "名称带有地名（990100）",
            "属于应有网站类别“消防救援”",
            "被 1 家登记的网站链接"
        ]
    );
}

/// A home page as it would be read.
fn page(url: &str, html: &str) -> crate::facts::model::PageFacts {
    crate::facts::test_page(url, html)
}

const HOME: &str = r#"<html><head><title>青石市人民政府门户网站</title><meta name="SiteDomain" content="www.qingshi.gov.cn"></head><body>
<div class="header"><h1>青石市人民政府</h1></div><div class="content"><ul><li><a href="/a.html">市政府召开常务会议研究部署春季农业生产和森林防火工作</a></li>
<li><a href="/b.html">关于加强城市内涝防治工作的实施意见印发各县区遵照执行</a></li><li><a href="/c.html">市长深入企业调研强调要千方百计稳增长促发展惠民生</a></li>
<li><a href="/d.html">今年以来全市招商引资到位资金同比增长超过两成完成进度</a></li><li><a href="/e.html">市教育局公布义务教育阶段学校招生工作安排和咨询电话</a></li></ul></div>
<div class="footer">主办单位：青石市人民政府办公室 网站标识码：9901000001 <a href="http://bszs.conac.cn/x"><img src="http://dcs.conac.cn/image/red.png"></a></div></body></html>"#;

#[test]
fn a_copy_of_a_registered_site_is_suspected_and_a_site_of_its_own_is_not() {
    let registry = registry();
    let original = page("https://www.qingshi.gov.cn/", HOME);
    let homes = BTreeMap::from([("9901000001".into(), sketch(&original))]);
    let copy = page("http://www.qingshi-gov.cn/", HOME);
    let read = read_home(&copy, "www.qingshi-gov.cn", &registry, &homes);
    let doubts: Vec<String> = read.doubts.iter().map(OutsideDoubt::zh).collect();
    assert_eq!(doubts.len(), 4, "{doubts:?}");
    assert!(
        doubts[0].contains("页面标签写的域名是 www.qingshi.gov.cn"),
        "{doubts:?}"
    );
    assert!(doubts[1].contains("标识码 9901000001"), "{doubts:?}");
    let own = HOME
        .replace("www.qingshi.gov.cn", "ybj.qingshi.gov.cn")
        .replace("青石市人民政府", "青石市医疗保障局")
        .replace("9901000001", "9901000099");
    let own = page("http://ybj.qingshi.gov.cn/", &own);
    let read = read_home(&own, "ybj.qingshi.gov.cn", &registry, &BTreeMap::new());
    assert!(read.doubts.is_empty(), "{:?}", read.doubts);
    assert_eq!(read.code, "9901000099");
    assert!(read.reasons.contains(&OutsideReason::UnknownCode {
        code: "9901000099".into()
    }));
}

#[test]
fn a_home_page_that_did_not_open_speaks_against_its_site() {
    let mut gone = page("http://ybj.qingshi.gov.cn/", "");
    gone.capture.status = Some(404);
    let read = read_home(&gone, "ybj.qingshi.gov.cn", &registry(), &BTreeMap::new());
    assert_eq!(read.reasons, [OutsideReason::Unopened]);
    assert!(!read.is_open && read.doubts.is_empty());
}
