use super::*;
use crate::registry::{Account, Level, Organization, Region, Site, SiteKind};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    for (code, name, level, parent) in [
        ("990000", "云岭省", Level::Province, None),
        ("990100", "青石市", Level::City, Some("990000")),
        ("990101", "清溪县", Level::County, Some("990100")),
    ] {
        let region = Region {
            code: code.into(),
            name: name.into(),
            level,
            parent: parent.map(str::to_owned),
        };
        registry.regions.insert(code.into(), region);
    }
    for (id, name, region, level, parent) in [
        (
            "P0",
            "云岭省人民政府办公厅",
            "990000",
            Level::Province,
            None,
        ),
        ("P1", "云岭省水利厅", "990000", Level::Province, Some("P0")),
        (
            "C0",
            "青石市人民政府办公室",
            "990100",
            Level::City,
            Some("P0"),
        ),
        ("C1", "青石市教育局", "990100", Level::City, Some("C0")),
        (
            "K0",
            "清溪县人民政府办公室",
            "990101",
            Level::County,
            Some("C0"),
        ),
        ("K1", "清溪县水文站", "990101", Level::County, Some("P1")),
        ("X0", "单列单位", "990100", Level::City, None),
    ] {
        let unit = Organization {
            id: id.into(),
            name: name.into(),
            region: region.into(),
            level,
            parent: parent.map(str::to_owned),
            requires_accounts: true,
        };
        registry.organizations.insert(id.into(), unit);
    }
    for (id, name, home, kind, unit, state) in [
        (
            "9901000001",
            "青石市人民政府",
            "https://www.qingshi.gov.cn/",
            SiteKind::Portal,
            "C0",
            State::Running,
        ),
        (
            "9901000002",
            "青石市教育局",
            "https://jyj.qingshi.gov.cn/",
            SiteKind::Department,
            "C1",
            State::Running,
        ),
        (
            "9901000003",
            "青石市教育局旧站",
            "https://old.qingshi.gov.cn/",
            SiteKind::Department,
            "C1",
            State::Closed,
        ),
    ] {
        let site = Site {
            id: id.into(),
            name: name.into(),
            home: home.into(),
            kind,
            organization: unit.into(),
            region: "990100".into(),
            state,
            icp: None,
            police: None,
            no_services: false,
        };
        registry.sites.insert(site.id.clone(), site);
    }
    let account = Account {
        id: "A000001".into(),
        name: "青石教育".into(),
        platform: "微博".into(),
        kind: "微博".into(),
        organization: "C1".into(),
        region: "990100".into(),
        certified_subject: "青石市教育局".into(),
        page_url: None,
        feed_url: None,
        download_url: None,
        state: State::Running,
        opened: None,
        details: Box::default(),
    };
    registry.accounts.insert(account.id.clone(), account);
    registry
}

pub(crate) fn typed(kind: RequestKind, target: &str, fields: &[(&str, &str)]) -> Typed {
    Typed {
        kind,
        noun: match target.starts_with('A') {
            true => EntryKind::Account,
            false => EntryKind::Site,
        },
        target: (!target.is_empty()).then(|| target.into()),
        organization: "C1".into(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        reason: "机构改革".into(),
        from: None,
        until: None,
        successor: Successor::default(),
        today: day("2026-01-01"),
    }
}

#[test]
fn what_is_filed_is_one_entry_before_and_after() {
    let registry = registry();
    let open = [
        ("id", "9901000009"),
        ("name", "青石市教育局"),
        ("home", "https://edu.qingshi.gov.cn/"),
        ("kind", "部门"),
        ("state", "注销"),
        ("organization", "P0"),
    ];
    let filing = draft(&typed(RequestKind::Open, "", &open), &registry, &[]).unwrap();
    let Target::Site(site) = filing.target_after().unwrap() else {
        panic!()
    };
    assert_eq!(
        (site.state, site.organization.as_str()),
        (State::Running, "C1"),
        "neither is typed"
    );
    assert!(
        filing.before.is_empty() && filing.cautions.is_empty(),
        "{filing:?}"
    );

    let icp = draft(
        &typed(
            RequestKind::Correct,
            "9901000002",
            &[("icp", "云ICP备1号"), ("name", "别的")],
        ),
        &registry,
        &[],
    );
    assert_eq!(
        icp.unwrap().changes(),
        [("icp", "", "云ICP备1号"),],
        "a correction does not rename"
    );

    let close = draft(
        &typed(RequestKind::Close, "9901000002", &[]),
        &registry,
        &[],
    )
    .unwrap();
    assert_eq!(close.changes(), [("state", "正常", "关停")]);
    assert_eq!(close.name(), "青石市教育局");

    let account = [
        ("name", "青石教育发布"),
        ("platform", "新浪微博"),
        ("kind", "微博"),
        ("certified_subject", "某某公司"),
    ];
    let mut open = typed(RequestKind::Open, "", &account);
    open.noun = EntryKind::Account;
    let filing = draft(&open, &registry, &[]).unwrap();
    assert_eq!(
        (
            filing.target,
            filing.after.get("platform").unwrap().as_str()
        ),
        (None, "微博")
    );
    assert_eq!(filing.cautions.len(), 2, "{:?}", filing.cautions);
}

#[test]
fn a_transfer_changes_the_unit_and_its_region_and_nothing_else() {
    let registry = registry();
    for named in ["K0", registry.organizations["K0"].name.as_str()] {
        let typed = typed(
            RequestKind::Transfer,
            "9901000002",
            &[
                ("organization", named),
                ("region", "000000"),
                ("name", "别的"),
            ],
        );
        let filing = draft(&typed, &registry, &[]).unwrap();
        let after = filing.target_after().unwrap();
        let taker = &registry.organizations["K0"];
        assert_eq!(
            (after.organization(), after.region()),
            (taker.id.as_str(), taker.region.as_str())
        );
        assert_eq!(after.name(), "青石市教育局");
        assert_eq!(filing.organization, "C1", "the giving unit files it");
        assert!(
            filing.cautions[0].contains("划转给"),
            "{:?}",
            filing.cautions
        );
    }
    let kind = [("kind", "门户"), ("home", "https://www.别的.gov.cn/")];
    let kind = typed(RequestKind::Reclassify, "9901000002", &kind);
    let filing = draft(&kind, &registry, &[]).unwrap();
    assert_eq!(filing.changes(), [("kind", "部门", "门户")]);
}

#[test]
fn what_does_not_fit_is_told_field_by_field() {
    let registry = registry();
    let open = |fields: &[(&str, &str)]| typed(RequestKind::Open, "", fields);
    let good = [
        ("id", "9901000009"),
        ("name", "青石市教育局"),
        ("home", "https://edu.qingshi.gov.cn/"),
        ("kind", "部门"),
    ];
    let with = |field: &str, value: &str| {
        let mut own = open(&good);
        own.fields.insert(field.to_owned(), value.to_owned());
        own
    };
    let suspended = |from: &str, until: &str| Typed {
        from: Some(day(from)),
        until: Some(day(until)),
        ..typed(RequestKind::Suspend, "9901000002", &[])
    };
    let cases: Vec<(&str, Typed, &str, &str)> = vec![
        (
            "重叠",
            suspended("2026-02-10", "2026-02-12"),
            "from",
            "重叠",
        ),
        (
            "已经过去",
            suspended("2025-12-30", "2026-01-05"),
            "from",
            "早于今天",
        ),
        (
            "年份",
            suspended("2062-03-01", "2062-03-05"),
            "from",
            "请核对年份",
        ),
        ("标识码的样子", with("id", "99"), "id", "不是网站标识码"),
        ("标识码已登记", with("id", "9901000001"), "id", "已登记为"),
        (
            "不是网址",
            with("home", "edu.qingshi.gov.cn"),
            "home",
            "不是完整的网址",
        ),
        (
            "不是政府域名",
            with("home", "https://www.nngjj.org.cn/"),
            "home",
            "不是.gov.cn",
        ),
        (
            "域名已登记",
            with("home", "http://JYJ.qingshi.gov.cn/a"),
            "home",
            "已登记给",
        ),
        ("名称空白", with("name", " "), "name", "不能为空"),
        ("网站类型", with("kind", "专题"), "kind", "不认识"),
        (
            "理由空白",
            Typed {
                reason: " ".into(),
                ..open(&good)
            },
            "reason",
            "请写明理由",
        ),
        (
            "别的单位的网站",
            typed(RequestKind::Rename, "9901000001", &[("name", "甲")]),
            "",
            "名录里没有",
        ),
        (
            "已关停",
            typed(RequestKind::Close, "9901000003", &[]),
            "",
            "不能申请关停",
        ),
        (
            "没有改动",
            typed(
                RequestKind::Rename,
                "9901000002",
                &[("name", "青石市教育局")],
            ),
            "",
            "没有任何改动",
        ),
        (
            "没有承接网站",
            typed(RequestKind::Merge, "9901000002", &[]),
            "successor_home",
            "完整网址",
        ),
        (
            "没有日期",
            typed(RequestKind::Suspend, "9901000002", &[]),
            "from",
            "日期",
        ),
        (
            "超过30天",
            suspended("2026-03-01", "2026-03-31"),
            "until",
            "31 天",
        ),
        (
            "一年两次",
            suspended("2026-12-01", "2026-12-05"),
            "from",
            "每年不超过一次",
        ),
        (
            "新媒体没有域名",
            typed(RequestKind::MoveDomain, "A000001", &[]),
            "",
            "不能申请变更域名",
        ),
        (
            "接收单位不在名录",
            typed(
                RequestKind::Transfer,
                "9901000002",
                &[("organization", "没有的单位")],
            ),
            "organization",
            "名录里没有这个单位",
        ),
        (
            "划转给自己",
            typed(
                RequestKind::Transfer,
                "9901000002",
                &[("organization", "C1")],
            ),
            "",
            "没有任何改动",
        ),
        (
            "新媒体没有网站类型",
            typed(RequestKind::Reclassify, "A000001", &[]),
            "",
            "不能申请变更网站类型",
        ),
        (
            "运行中不能注销网站",
            typed(RequestKind::Cancel, "9901000002", &[]),
            "",
            "不能申请注销",
        ),
    ];
    let earlier = [(day("2026-02-01"), day("2026-02-10"))];
    for (name, typed, field, expected) in cases {
        // The thirty days are told before the year is looked at.
        let faults = draft(&typed, &registry, &earlier).unwrap_err();
        let told = faults
            .iter()
            .any(|fault| fault.field == field && fault.message.contains(expected));
        assert!(told, "{name}: {faults:?}");
    }
    assert!(draft(&suspended("2026-03-01", "2026-03-30"), &registry, &[]).is_ok());
}

#[test]
fn words_lead_back_to_their_kinds() {
    for kind in RequestKind::all() {
        assert_eq!(RequestKind::of_word(kind.word()), Some(kind));
        for noun in [EntryKind::Site, EntryKind::Account] {
            for field in kind.fields(noun) {
                assert!(noun.fields().contains(field), "{field}");
                assert_ne!(field_zh(noun, field), "其他", "{field}");
            }
        }
    }
}
