//! What makes the pages bearable for office staff: nothing typed is lost with a session, each role begins where its work is, units are named
//! and not numbered, unusual days are asked about, and no page sends anybody to a command line.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/house.rs"]
mod house;
mod support;

use axum::http::StatusCode;
use client::Client;
use house::House;
use support::{PORTAL, ROUND};
use xuncha_core::person::Role;

async fn client(house: &House, role: Role) -> Client {
    let router = xuncha_web::router(house.state.clone());
    Client::signed_in(&router, &house.token(role).await).await
}

/// The value of a hidden field, as a browser would send it.
fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = body
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {name}: {body}"));
    let value = rest.split('"').next().unwrap();
    let value = value.replace("&#34;", "\"").replace("&#39;", "'");
    value
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_session() {
    let house = House::new().await;
    let filter = xuncha_store::judge::FindingFilter {
        target: Some(PORTAL.into()),
        ..Default::default()
    };
    let store = &house.state.store;
    let found = store
        .findings(ROUND, &filter, xuncha_store::Page::ALL)
        .await
        .unwrap()
        .rows;
    let case = support::seed_case(&house.state, &found[0].id).await;
    let mut office = client(&house, Role::Supervisor).await;
    let own = office.cookies.clone();
    office
        .cookies
        .insert("xuncha_session".into(), "gone".into());
    assert!(own.contains_key("xuncha_session"), "{own:?}");
    // A page that is asked for says why it is not there.
    let asked = office.get("/rectify").await;
    assert_eq!(asked.location(), "/sign-in?next=%2Frectify&ended=1");
    let said = office.get(asked.location()).await;
    assert!(said.body.contains("会话已过期"), "{}", said.body);

    // A form with a file: the text stays, the file is asked for again.
    let fields = [
        ("case", case.as_str()),
        ("note", "已修复全部失效链接 <b>\"引号\"</b>"),
        ("same_kind", "none_found"),
    ];
    let file = ("盖章说明.pdf", b"%PDF-1.7 seal".as_slice());
    office
        .cookies
        .insert("xuncha_session".into(), "gone".into());
    let turned = office.post_file("/rectify/reply", &fields, file).await;
    assert_eq!(turned.status, StatusCode::FORBIDDEN);
    assert!(
        turned.body.contains("内容还没有提交，但没有丢"),
        "{}",
        turned.body
    );
    let kept = hidden(&turned.body, "kept");
    assert!(!kept.contains("csrf"), "{kept}");
    // A wrong password loses nothing either.
    let wrong = [
        ("login", "nobody"),
        ("password", "x"),
        ("kept", kept.as_str()),
    ];
    let wrong = office.post("/sign-in", &wrong).await;
    assert_eq!(hidden(&wrong.body, "kept"), kept);
    let token = house.token(Role::Supervisor).await;
    let again = [("token", token.as_str()), ("kept", kept.as_str())];
    let resumed = office.post("/sign-in", &again).await;
    assert_eq!(resumed.status, StatusCode::OK, "{}", resumed.body);
    for part in [
        "继续提交",
        "已修复全部失效链接",
        "盖章说明.pdf",
        "type=\"file\"",
    ] {
        assert!(resumed.body.contains(part), "{part}: {}", resumed.body);
    }
    let typed: Vec<(&str, String)> = ["case", "note", "same_kind"]
        .map(|name| (name, hidden(&resumed.body, name)))
        .into();
    let typed: Vec<(&str, &str)> = typed
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(typed, fields);
    let sent = office.post_file("/rectify/reply", &typed, file).await;
    assert_eq!(sent.location(), "/rectify?done=replied", "{}", sent.body);

    // What another site sends, and secrets, are not kept.
    office
        .cookies
        .insert("xuncha_session".into(), "gone".into());
    let foreign = [("sec-fetch-site", "cross-site")];
    let foreign = office
        .post_raw("/rectify/reply", "note=x".into(), &foreign)
        .await;
    assert_eq!(foreign.status, StatusCode::SEE_OTHER);
    office
        .cookies
        .insert("xuncha_session".into(), "gone".into());
    let secret = [("old", "a"), ("new_password", "correct horse battery")];
    let secret = office.post("/account/password", &secret).await;
    assert!(!secret.body.contains("correct horse"), "{}", secret.body);
    // Who never had a session is only shown the door.
    let router = xuncha_web::router(house.state.clone());
    let mut stranger = Client::new(&router);
    let turned = stranger.post("/rectify/reply", &[("note", "x")]).await;
    assert_eq!(turned.location(), "/sign-in?next=%2F");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_begins_where_its_work_is() {
    let house = House::new().await;
    let mut operator = client(&house, Role::Operator).await;
    assert_eq!(operator.get("/").await.location(), "/unit");
    let mut leader = client(&house, Role::Leader).await;
    let brief = format!("/rounds/{ROUND}/brief");
    assert_eq!(leader.get("/").await.location(), brief);
    let filter = xuncha_store::judge::FindingFilter {
        target: Some(PORTAL.into()),
        ..Default::default()
    };
    let store = &house.state.store;
    let found = store
        .findings(ROUND, &filter, xuncha_store::Page::ALL)
        .await
        .unwrap()
        .rows;
    support::seed_case(&house.state, &found[0].id).await;
    let mut office = client(&house, Role::Supervisor).await;
    let home = office.get("/").await.body;
    for (text, href) in [
        ("件申诉待答复", "/appeals?state=waiting"),
        ("个对象还有待人工处理的事项", "/rounds/2026Q1/tasks"),
    ] {
        let at = home.find(text).unwrap_or_else(|| panic!("{text}: {home}"));
        let link = home[..at].rfind("<a href=\"").unwrap();
        assert!(
            home[link..at].starts_with(&format!("<a href=\"{href}\"")),
            "{}",
            &home[link..at]
        );
        let page = office.get(href).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    assert!(
        home.contains("2026年第一季度抽查") && home.contains("下一步"),
        "{home}"
    );
    // Overdue once the day is past, and of no interest to an inspector.
    let mut inspector = client(&house, Role::Inspector).await;
    let home = inspector.get("/").await.body;
    assert!(!home.contains("件申诉待答复"), "{home}");
    assert!(home.contains("最近的轮次"), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_named_and_not_numbered() {
    let house = House::new().await;
    let mut office = client(&house, Role::Administrator).await;
    let list = office.get("/rectify").await.body;
    for part in [
        "<option value=\"青石市人民政府办公室（U000）\">",
        "<option value=\"990100\"",
        ">2026年第一季度抽查</option>",
    ] {
        assert!(list.contains(part), "{part}: {list}");
    }
    assert!(
        !list.contains("单位编号<") && !list.contains("区划代码"),
        "{list}"
    );
    // A part of a name that several units have is asked about, one that fits is taken.
    let contact = |unit: &'static str| {
        [
            ("unit", unit),
            ("channel", "mail"),
            ("address", "a@b.example"),
        ]
    };
    let several = office
        .post("/rectify/contacts", &contact("人民政府办公室"))
        .await;
    assert_eq!(several.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "有几个单位符合",
        "白河市人民政府办公室（U001）",
        "<title>有误：联系方式",
    ] {
        assert!(several.body.contains(part), "{part}: {}", several.body);
    }
    for unit in [
        "大数据",
        "青石市大数据发展局",
        "青石市大数据发展局（U002）",
        "U002",
    ] {
        let one = office.post("/rectify/contacts", &contact(unit)).await;
        assert_eq!(one.location(), "/rectify/contacts", "{unit}: {}", one.body);
    }
    let none = office.post("/rectify/contacts", &contact("没有的局")).await;
    assert!(
        none.body.contains("没有名称含“没有的局”的单位"),
        "{}",
        none.body
    );
    let fields = [
        ("login", "lisi"),
        ("name", "李四"),
        ("role", "operator"),
        ("unit", "大数据"),
    ];
    let added = office.post("/people", &fields).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let shown = office.get("/people?q=lisi").await.body;
    assert!(shown.contains("青石市大数据发展局"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_days_are_asked_about() {
    let house = House::new().await;
    let mut office = client(&house, Role::Supervisor).await;
    // A term other than the one that the notice states.
    let other = [("round", ROUND), ("deadline", "2026-12-20")];
    let asked = office.post("/rectify/notify", &other).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "本轮的整改期限是 2026-04-30",
        "name=\"differs\"",
        "href=\"#notify\"",
        "有误：",
    ] {
        assert!(asked.body.contains(part), "{part}: {}", asked.body);
    }
    let top = asked.body.find("没有登记通知").unwrap();
    assert!(
        top < asked.body.find("class=\"filter\"").unwrap(),
        "said before the list"
    );
    let past = [("round", ROUND), ("until", "2020-01-01")];
    let refused = office.post("/appeals/term", &past).await;
    assert!(refused.body.contains("早于今天"), "{}", refused.body);

    // A round whose day does not fit is made only when that is meant, and goes away again.
    let fields = [
        ("id", "1999Q4"),
        ("as_of", "1999-01-01T09:00"),
        ("coverage", "sample"),
        ("seed", "云岭省1999"),
        ("set", "gov-2019"),
    ];
    let asked = office.post("/round/new", &fields).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["早已过去", "不在编号“1999Q4”所说的季度里", "name=\"sure\""] {
        assert!(asked.body.contains(part), "{part}: {}", asked.body);
    }
    assert!(!asked.body.contains("--as-of"));
    let sure = [&fields[..], &[("sure", "1")]].concat();
    let made = office.post("/round/new", &sure).await;
    assert_eq!(made.location(), "/rounds/1999Q4/sample", "{}", made.body);
    let page = office.get("/rounds/1999Q4/sample").await.body;
    assert!(page.contains("删除这个轮次"), "{page}");
    let unsure = office.post("/rounds/1999Q4/remove", &[]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = office.post("/rounds/1999Q4/remove", &[("sure", "1")]).await;
    assert_eq!(gone.location(), "/rounds", "{}", gone.body);
    assert_eq!(
        office.get("/rounds/1999Q4").await.status,
        StatusCode::NOT_FOUND
    );
    let kept = office
        .post(&format!("/rounds/{ROUND}/remove"), &[("sure", "1")])
        .await;
    assert!(
        kept.body.contains("已经开始采集，不能删除"),
        "{}",
        kept.body
    );
    assert_eq!(
        office.get(&format!("/rounds/{ROUND}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_verified_on_its_page() {
    let house = House::new().await;
    let mut office = client(&house, Role::Administrator).await;
    let page = office.get("/audit?verify=1").await.body;
    assert!(page.contains("日志完整"), "{page}");
    assert!(!office.get("/audit").await.body.contains("日志完整"));
}

/// Whatever page of whatever role: nothing on it is to be typed into a terminal.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_sends_staff_to_a_command_line() {
    let house = House::new().await;
    for role in [
        Role::Administrator,
        Role::Inspector,
        Role::Operator,
        Role::Leader,
    ] {
        let mut own = client(&house, role).await;
        for (route, page) in house.pages(&mut own, "/").await {
            // Addresses of pages and the name of the sign-on's login may hold the word.
            for word in ["xuncha ", "命令行比较", "--round", "--reason"] {
                assert!(!page.body.contains(word), "{route} {word}: {}", page.body);
            }
        }
    }
    // Nor does what a closed round answers.
    support::close(&house.state.store).await;
    let mut office = client(&house, Role::Supervisor).await;
    let place = format!("/rounds/{ROUND}/tasks/{PORTAL}");
    let refused = office
        .post(&place, &[("d.broken_links.x", "confirmed")])
        .await;
    assert!(!refused.body.contains("xuncha "), "{}", refused.body);
}

/// From a number of the notice to the archived page: one click to its rows, one to the evidence.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_leads_to_its_evidence_in_two_clicks() {
    let house = House::new().await;
    let mut office = client(&house, Role::Supervisor).await;
    let all = office.get(&format!("/rounds/{ROUND}/figures")).await.body;
    let links = |body: &str, start: &str| -> Vec<String> {
        let found = body
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap());
        found
            .filter(|link| link.starts_with(start))
            .map(|link| link.replace("&#38;", "&"))
            .collect()
    };
    let of_problems = format!("/rounds/{ROUND}/figures/problem.");
    let mut reached = 0;
    for number in links(&all, &of_problems) {
        let rows = office.get(&number).await;
        assert_eq!(rows.status, StatusCode::OK, "{number}");
        for proof in links(&rows.body, &format!("/rounds/{ROUND}/evidence/{PORTAL}/")) {
            let page = office.get(&proof).await;
            assert_eq!(page.status, StatusCode::OK, "{number} {proof}");
            assert!(page.body.contains("http://www.site1.gov.cn/"), "{proof}");
            reached += 1;
        }
    }
    assert!(reached > 0, "no number leads to evidence: {all}");
}

/// What a unit says of itself is marked where it can be seen, not in a menu that is folded away.
#[test]
fn a_place_is_marked_where_it_can_be_seen() {
    let page = "<html><body><nav><ul><li>部门快讯</li></ul></nav><ul style='display:none'><li>部门快讯</li></ul><div hidden>部门快讯</div>\
        <h1>部门快讯</h1><p>正文</p></body></html>";
    let shown = xuncha_web::safe_page(page, "http://www.site1.gov.cn/", "/replay/x/", "部门快讯");
    let heading = &shown[shown.find("<h1").unwrap()..shown.find("</h1>").unwrap()];
    assert!(heading.contains("<mark id=\"xuncha-quote\""), "{shown}");
    assert_eq!(shown.matches("xuncha-quote").count(), 1, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spreadsheets_go_in_and_out_on_pages() {
    let house = House::new().await;
    let mut office = client(&house, Role::Supervisor).await;
    for (path, name) in [
        ("/registry/export", "%E5%90%8D%E5%BD%95-2026-04-01.xlsx"),
        (
            "/registry/template",
            "%E5%90%8D%E5%BD%95%E6%A8%A1%E6%9D%BF.xlsx",
        ),
        ("/rectify/tips/template", ".xlsx"),
    ] {
        let file = office.get(path).await;
        let said = file.headers["content-disposition"].to_str().unwrap();
        assert!(
            said.contains(name) && file.body.starts_with("PK"),
            "{path} {said}"
        );
    }
    let days = [("days", "3")];
    let sheet = "编号,收到日期,网站标识码,留言,答复日期,答复\nT1,2026-03-02,9900000001,首页有错字,2026-03-03,已改\nT2,2026-03-02,9900000002,链接打不开,,\n";
    office.get("/rectify/tips").await;
    let taken = office
        .post_file("/rectify/tips", &days, ("找错.csv", sheet.as_bytes()))
        .await;
    assert_eq!(
        taken.location(),
        "/rectify/tips?taken=2&new=2",
        "{}",
        taken.body
    );
    let list = office.get("/rectify/tips").await.body;
    for part in ["首页有错字", "青石市人民政府", "2026-03-05", "超期未答"] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let late = office.get("/rectify/tips?late=1").await.body;
    assert!(
        late.contains("链接打不开") && !late.contains("首页有错字"),
        "{late}"
    );
    let wrong = "编号,收到日期,网站标识码,留言\nT3,昨天,9900000001,错\n";
    let refused = office
        .post_file("/rectify/tips", &days, ("找错.csv", wrong.as_bytes()))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("“昨天”不是日期"), "{}", refused.body);
}
