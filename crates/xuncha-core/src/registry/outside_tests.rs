use super::super::filing::tests::registry;
use super::*;

#[test]
fn what_is_linked_as_a_units_own_and_not_registered_is_found() {
    let mut finder = OutsideFinder::new(&registry());
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
