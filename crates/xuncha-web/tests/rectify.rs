//! Putting right, appeals and the desk of a unit, on the real router over a real store: each role's part of a problem's life.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::Router;
use axum::http::StatusCode;
use client::Client;
use support::{APPEAL, NAUGHTY, PORTAL, ROUND};
use xuncha_core::person::Role;
use xuncha_core::rectify::RectifyState;
use xuncha_store::login::LinkKind;
use xuncha_store::outbox::{Channel, MessageState};
use xuncha_store::person::PersonFile;
use xuncha_store::{Page, Store};
use xuncha_web::WebState;

struct House {
    state: WebState,
    router: Router,
    store: Store,
    finding: String,
    case: String,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        let (finding, _) = support::seed(&state).await;
        let case = support::seed_case(&state, &finding).await;
        House {
            router: xuncha_web::router(state.clone()),
            store: state.store.clone(),
            state,
            finding,
            case,
            _folder: folder,
        }
    }

    /// A browser in which somebody of a role has just signed in.
    async fn client(&self, login: &str, role: Role, unit: Option<&str>) -> Client {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: unit.map(str::to_owned),
        };
        let person = self.store.add_person(login, &file).await.unwrap();
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let link = LinkKind::SignIn;
        let put = self
            .store
            .put_link(&token, link, person.number, until_s)
            .await;
        put.unwrap();
        Client::signed_in(&self.router, &token).await
    }

    async fn operator(&self) -> Client {
        self.client("wangwu", Role::Operator, Some("U001")).await
    }

    /// `P3` of a login.
    async fn number(&self, login: &str) -> String {
        let filter = xuncha_store::person::PersonFilter {
            role: None,
            words: Some(login.to_owned()),
        };
        let found = self.store.persons(&filter, Page::ALL).await.unwrap();
        found.rows[0].id()
    }

    async fn state_of_case(&self) -> RectifyState {
        let today = "2026-04-01".parse().unwrap();
        self.store
            .case(&self.case, today)
            .await
            .unwrap()
            .progress
            .state
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_goes_from_notice_to_closed() {
    let house = House::new().await;
    let mut operator = house.operator().await;
    let list = operator.get("/rectify").await.body;
    assert!(list.contains("待整改") && list.contains("1.5分"), "{list}");
    assert!(!list.contains("/rectify/contacts") && !list.contains("单位编号"));
    let form = format!("/rectify/reply?case={}", house.case);
    let shown = operator.get(&form).await.body;
    assert!(
        shown.contains(&format!("value=\"{}\" checked", house.case)),
        "{shown}"
    );
    // What is missing is said, and nothing is kept.
    let fields = [
        ("case", house.case.as_str()),
        ("note", ""),
        ("same_kind", ""),
    ];
    let refused = operator
        .post_file("/rectify/reply", &fields, ("a.pdf", b"%PDF-1.7"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("请填写整改情况") && refused.body.contains("举一反三"));
    let note = format!("链接已更新{NAUGHTY}");
    let fields = [
        ("case", house.case.as_str()),
        ("note", note.as_str()),
        ("same_kind", "fixed"),
        ("on", "2026-03-01"),
    ];
    let script = operator
        .post_file("/rectify/reply", &fields, ("a.pdf", b"<script>"))
        .await;
    assert_eq!(script.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(script.body.contains("只接受"), "{}", script.body);
    assert_eq!(house.state_of_case().await, RectifyState::Notified);
    let sent = operator
        .post_file(
            "/rectify/reply",
            &fields,
            ("盖章 件.pdf", b"%PDF-1.7 stamped"),
        )
        .await;
    assert_eq!(sent.location(), "/rectify?done=replied", "{}", sent.body);
    assert_eq!(house.state_of_case().await, RectifyState::Replied);
    let place = format!("/rectify/{}", house.case);
    let page = operator.get(&place).await.body;
    assert!(
        page.contains("已自查，同类问题一并整改") && page.contains("盖章 件.pdf"),
        "{page}"
    );
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("2026-04-01"), "a unit answers today: {page}");
    let file = page.split("href=\"/attachments/").nth(1).unwrap();
    let file = format!("/attachments/{}", file.split('"').next().unwrap());
    assert_eq!(operator.get(&file).await.body, "%PDF-1.7 stamped");

    // Nobody of another unit sees, guesses or changes any of it.
    let mut other = house.client("zhaoliu", Role::Operator, Some("U002")).await;
    for hidden in [place.as_str(), file.as_str(), form.as_str(), "/unit/U001"] {
        let answer = other.get(hidden).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    let theirs = other
        .post_file("/rectify/reply", &fields, ("a.pdf", b"%PDF-1.7"))
        .await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    for list in ["/rectify", "/rectify?unit=U001", "/appeals", "/unit"] {
        let body = other.get(list).await.body;
        assert!(
            !body.contains(&house.case) && !body.contains(APPEAL),
            "{list}"
        );
        assert!(!body.contains("青石市人民政府</"), "{list}: {body}");
    }

    let mut inspector = house.client("lisi", Role::Inspector, None).await;
    let recheck = format!("{place}/recheck");
    let unchosen = inspector.post(&recheck, &[("note", "x")]).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let machine = inspector.post(&recheck, &[("result", "machine")]).await;
    assert_eq!(machine.location(), place);
    assert!(inspector.get(&place).await.body.contains("排队中"));
    let jobs = house.store.jobs(Page::ALL).await.unwrap();
    assert_eq!(jobs.rows[0].new.kind, "recheck");
    let twice = inspector.post(&recheck, &[("result", "machine")]).await;
    assert!(twice.body.contains("还没有结束"), "{}", twice.body);
    let looked = [("result", "fixed"), ("note", "打开核对")];
    let picture: (&str, &[u8]) = ("复查截图.pdf", b"%PDF-1.7 seen");
    let fixed = inspector.post_file(&recheck, &looked, picture).await;
    assert_eq!(fixed.location(), place, "{}", fixed.body);
    assert!(operator.get(&place).await.body.contains("复查截图.pdf"));
    assert_eq!(house.state_of_case().await, RectifyState::Closed);
    // Closed is closed: a further answer is refused with the reason.
    let late = operator
        .post_file("/rectify/reply", &fields, ("a.pdf", b"%PDF-1.7"))
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("已办结"), "{}", late.body);
    // A mistaken recheck is taken back by the office, with its reason; it and the recheck stay in what happened.
    let manage = format!("{place}/manage");
    let undo = [("undo", "看错了页面")];
    assert!(!inspector.get(&place).await.body.contains("name=\"undo\""));
    let theirs = inspector.post(&manage, &undo).await;
    assert_eq!(theirs.status, StatusCode::FORBIDDEN);
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let shown = office.get(&place).await.body;
    assert!(shown.contains("撤回办结的理由"), "{shown}");
    let undone = office.post(&manage, &undo).await;
    assert_eq!(undone.location(), place, "{}", undone.body);
    assert_eq!(house.state_of_case().await, RectifyState::Replied);
    let shown = office.get(&place).await.body;
    for said in ["看错了页面", "复查：已改好", "登记复查"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let twice = office.post(&manage, &undo).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("撤回办结"), "{}", twice.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_not_frozen_over_appeals_that_wait() {
    let house = House::new().await;
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let close = format!("/rounds/{ROUND}/close");
    let before = office.get(&close).await.body;
    for said in ["待答复的申诉", "关闭期间不能提出或答复申诉"] {
        assert!(before.contains(said), "{said}: {before}");
    }
    support::close(&house.store).await;
    let freeze = [("what", "freeze"), ("reason", "赶时间")];
    let waits = office.post(&close, &freeze).await;
    assert_eq!(waits.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(waits.body.contains("还有申诉没有答复"), "{}", waits.body);
    let reopened = office
        .post(&close, &[("what", "reopen"), ("reason", "答复申诉")])
        .await;
    assert_eq!(reopened.location(), close, "{}", reopened.body);
    let refused = [("answer", "refused"), ("reasons", "复核属实")];
    let appeal = format!("/appeals/{APPEAL}");
    let answered = office.post(&appeal, &refused).await;
    assert_eq!(answered.location(), appeal, "{}", answered.body);
    support::close(&house.store).await;
    let silent = office.post(&close, &[("what", "freeze")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("须写明理由"), "{}", silent.body);
    let frozen = office.post(&close, &freeze).await;
    assert_eq!(frozen.location(), close, "{}", frozen.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_tells_calls_the_roll_and_settles_messages() {
    let house = House::new().await;
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let list = office.get("/rectify").await.body;
    assert!(
        list.contains("从轮次建立整改事项") && list.contains("点名"),
        "{list}"
    );
    let queued = office.post("/rectify/follow", &[("round", ROUND)]).await;
    assert_eq!(queued.location(), "/rectify?done=queued");
    let roll = office.get("/rectify/roll-call").await.body;
    assert!(
        roll.contains("2026-04-30") && roll.contains("未答复"),
        "{roll}"
    );
    // A term that is past is said beside its field, with what was typed.
    let past = [
        ("round", ROUND),
        ("unit", "U001"),
        ("deadline", "2026-03-01"),
    ];
    let refused = office.post("/rectify/notify", &past).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "早于今天",
        "value=\"2026-03-01\"",
        "value=\"白河市人民政府办公室（U001）\"",
        "aria-invalid",
    ] {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
    let place = format!("/rectify/{}/manage", house.case);
    let longer = office.post(&place, &[("deadline", "2026-05-15")]).await;
    assert_eq!(longer.status, StatusCode::SEE_OTHER, "{}", longer.body);
    let past = office.post(&place, &[("deadline", "2026-03-01")]).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Answers on paper are filed for the unit, with the day on which they came.
    let fields = [
        ("case", house.case.as_str()),
        ("note", "来函答复"),
        ("same_kind", "none_found"),
        ("on", "2026-03-31"),
    ];
    let early = office.post("/rectify/reply", &fields).await;
    assert!(early.body.contains("早于上一条记录"), "{}", early.body);
    let fields = [&fields[..3], &[("on", "2026-04-01")]].concat();
    let filed = office.post("/rectify/reply", &fields).await;
    assert_eq!(filed.location(), "/rectify?done=replied", "{}", filed.body);

    // A message that may have arrived is sent again or settled by a person.
    let now = support::at("2026-04-01T07:00");
    let taken = house
        .store
        .take_message(&Channel::ALL, now)
        .await
        .unwrap()
        .unwrap();
    house.store.doubt_messages(now).await.unwrap();
    let shown = office.get("/rectify/messages").await.body;
    assert!(
        shown.contains("待核实") && shown.contains("重发"),
        "{shown}"
    );
    let settle = format!("/rectify/messages/{}", taken.number);
    assert_eq!(
        office.post(&settle, &[("again", "0")]).await.status,
        StatusCode::SEE_OTHER
    );
    let settled = house
        .store
        .messages(Some(MessageState::Settled), Page::ALL)
        .await;
    assert_eq!(settled.unwrap().total, 1);

    let secret = "not-for-pages";
    let address = format!("https://robot.example/send?key={secret}");
    for (unit, channel, address, is_taken) in [
        ("U001", "wecom", address.as_str(), true),
        ("U999", "wecom", address.as_str(), false),
        ("U001", "mail", "no address", false),
        ("U001", "dingtalk", "javascript:alert(1)", false),
        ("U001", "pigeon", "a@b.example", false),
    ] {
        let fields = [("unit", unit), ("channel", channel), ("address", address)];
        let answer = office.post("/rectify/contacts", &fields).await;
        assert_eq!(
            answer.status == StatusCode::SEE_OTHER,
            is_taken,
            "{unit} {channel}"
        );
    }
    let contacts = office.get("/rectify/contacts").await.body;
    assert!(contacts.contains("https://robot.example/send") && !contacts.contains(secret));
    let letter = office.get("/rectify/letters/2026Q1/U001").await;
    assert_eq!(letter.body, "PK letter");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_appeal_scores_anew_and_says_so() {
    let house = House::new().await;
    let mut operator = house.operator().await;
    let finding = operator
        .get(&format!("/findings/{}", house.finding))
        .await
        .body;
    assert!(finding.contains("对这个问题提出申诉"), "{finding}");
    let appeal = format!("/findings/{}/appeal", house.finding);
    let twin = operator
        .post_file(&appeal, &[("text", "再次申诉")], ("a.pdf", b"%PDF-1.7"))
        .await;
    assert!(twin.body.contains("已经提出申诉"), "{}", twin.body);
    let place = format!("/appeals/{APPEAL}");
    let page = operator.get(&place).await.body;
    assert!(
        page.contains("待答复") && !page.contains("<script>alert"),
        "{page}"
    );
    assert!(
        !page.contains("成立，撤销"),
        "a unit does not answer itself"
    );

    let portal = PORTAL.into();
    let set = house.store.round(ROUND).await.unwrap().round.set.id;
    let before = house
        .store
        .sheet(ROUND, &set, &portal)
        .await
        .unwrap()
        .unwrap();
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let silent = office
        .post(&place, &[("answer", "accepted"), ("reasons", " ")])
        .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reasons = [("answer", "accepted"), ("reasons", "当时公告过维护")];
    let accepted = office.post(&place, &reasons).await;
    assert_eq!(accepted.location(), place, "{}", accepted.body);
    let twice = office.post(&place, &reasons).await;
    assert!(twice.body.contains("已经答复过"), "{}", twice.body);

    let after = house
        .store
        .sheet(ROUND, &set, &portal)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(before, after, "the finding does not count any more");
    let line = |sheet: &xuncha_core::score::ScoreSheet| {
        let score = sheet.indicators.iter().find(|own| {
            own.findings
                .iter()
                .any(|counted| counted.key.contains("404.html"))
        });
        score.is_some()
    };
    assert!(line(&before) && !line(&after));
    for page in [&place, &format!("/rounds/{ROUND}/targets/{PORTAL}")] {
        let body = operator.get(page).await.body;
        assert!(
            body.contains("申诉前") && body.contains("申诉后"),
            "{page}: {body}"
        );
    }
    let body = operator
        .get(&format!("/rounds/{ROUND}/targets/{PORTAL}"))
        .await
        .body;
    assert!(body.contains("申诉成立，重新评分"), "{body}");
    assert_eq!(house.state_of_case().await, RectifyState::Withdrawn);
    let reviews = house.store.review_history(ROUND, &portal).await.unwrap();
    let last = reviews.last().unwrap();
    assert!(
        last.reason.starts_with("申诉成立：当时公告过维护"),
        "{last:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn appeals_end_with_their_last_day() {
    let house = House::new().await;
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let term = [("round", ROUND), ("until", "2026-04-01")];
    assert_eq!(
        office.post("/appeals/term", &term).await.location(),
        "/appeals"
    );
    // A day later, as it were.
    let over = "2026-03-31".parse().unwrap();
    house.store.set_appeal_until(ROUND, over).await.unwrap();
    let mut operator = house.operator().await;
    let finding = operator
        .get(&format!("/findings/{}", house.finding))
        .await
        .body;
    assert!(!finding.contains("提出申诉"), "{finding}");
    let refused = [("answer", "refused"), ("reasons", "复核属实")];
    let place = format!("/appeals/{APPEAL}");
    assert_eq!(office.post(&place, &refused).await.location(), place);
    let appeal = format!("/findings/{}/appeal", house.finding);
    let late = operator
        .post_file(&appeal, &[("text", "再次申诉")], ("a.pdf", b"%PDF-1.7"))
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("申诉期限已过"), "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_what_to_do_first_and_checks_itself() {
    let house = House::new().await;
    let mut operator = house.operator().await;
    let desk = operator.get("/unit").await.body;
    for said in [
        "先改什么",
        "现在自查",
        "1.5分",
        "2026年第一季度抽查",
        "/rectify/letters/2026Q1/U001",
    ] {
        assert!(desk.contains(said), "{said}: {desk}");
    }
    assert!(!desk.contains("9900000002"), "another unit's site");
    let check = format!("/unit/targets/{PORTAL}/check");
    assert_eq!(operator.post(&check, &[]).await.location(), "/unit");
    let twice = operator.post(&check, &[]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(operator.get("/unit").await.body.contains("排队中"));
    let job = house.store.jobs(Page::ALL).await.unwrap().rows.remove(0);
    assert_eq!(job.new.kind, "self_check");
    let theirs = operator.post("/unit/targets/9900000002/check", &[]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let nobody = operator.post("/unit/targets/none/check", &[]).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    // When it is done, the predicted score stands beside the last one.
    let id = job.new.payload["self_check"].as_str().unwrap().to_owned();
    let set = house.store.round(ROUND).await.unwrap().round.set.id;
    let sheet = house
        .store
        .sheet(ROUND, &set, &PORTAL.into())
        .await
        .unwrap()
        .unwrap();
    let body = serde_json::json!({ "sheet": sheet });
    let outcome = xuncha_store::recheck::Outcome {
        state: xuncha_store::job::JobState::Done,
        note: "发现 2 个问题",
        body: Some(&body),
        at: support::at("2026-04-01T08:00"),
    };
    house.store.end_self_check(&id, &outcome).await.unwrap();
    let desk = operator.get("/unit").await.body;
    assert!(
        desk.contains("预计") && desk.contains("发现 2 个问题"),
        "{desk}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_question_has_its_clock_and_counts_in_the_score() {
    let house = House::new().await;
    let mut inspector = house.client("lisi", Role::Inspector, None).await;
    let place = format!("/enquiries/{}", support::ENQUIRY);
    let pdf: (&str, &[u8]) = ("截图.pdf", b"%PDF-1.7");
    let early = inspector.post_file(&place, &[("step", "count")], pdf).await;
    assert_eq!(
        early.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "not sent yet"
    );
    let sent = |at: &'static str| [("step", "sent"), ("place", "县长信箱"), ("at", at)];
    let ahead = inspector
        .post_file(&place, &sent("2026-04-02T09:00"), pdf)
        .await;
    assert!(ahead.body.contains("发送时间晚于现在"), "{}", ahead.body);
    let unknown = inspector
        .post_file(&place, &sent("1999-03-01T09:00"), pdf)
        .await;
    assert!(
        unknown.body.contains("没有1999年的节假日安排"),
        "{}",
        unknown.body
    );
    // 2026-03-18 is a Wednesday: five working days end on the Wednesday after.
    let done = inspector
        .post_file(&place, &sent("2026-03-18T09:00"), pdf)
        .await;
    assert_eq!(done.location(), place, "{}", done.body);
    let page = inspector.get(&place).await.body;
    assert!(
        page.contains("2026-03-25") && page.contains("超期未答"),
        "{page}"
    );
    assert!(
        page.contains("计入评分") && page.contains("截图.pdf"),
        "{page}"
    );
    let answer = [
        ("step", "reply"),
        ("day", "2026-03-24"),
        ("reply", "请咨询有关部门"),
    ];
    inspector.post_file(&place, &answer, pdf).await;
    assert!(inspector.get(&place).await.body.contains("已答复，待评"));
    let judged = [("step", "quality"), ("quality", "perfunctory")];
    inspector.post_file(&place, &judged, pdf).await;
    let portal = PORTAL.into();
    let set = house.store.round(ROUND).await.unwrap().round.set.id;
    let taken = async || {
        let sheet = house
            .store
            .sheet(ROUND, &set, &portal)
            .await
            .unwrap()
            .unwrap();
        let own = sheet.indicators.iter().find(|own| own.indicator == "D-18");
        own.unwrap().amount.short()
    };
    assert_eq!(taken().await, "0");
    let counted = inspector.post_file(&place, &[("step", "count")], pdf).await;
    assert_eq!(counted.location(), place, "{}", counted.body);
    assert_eq!(
        taken().await,
        "5",
        "an evasive answer costs the whole indicator"
    );
    let good = [("step", "quality"), ("quality", "good")];
    inspector.post_file(&place, &good, pdf).await;
    inspector.post_file(&place, &[("step", "count")], pdf).await;
    assert_eq!(taken().await, "0");
    // Regional holidays stop the clock: the day after the third of March of the old calendar.
    let data = xuncha_core::calendar::HolidayData {
        off: ["2026-03-20".parse().unwrap()].into(),
        ..Default::default()
    };
    house.store.put_holidays(&data).await.unwrap();
    inspector
        .post_file(&place, &sent("2026-03-18T09:00"), pdf)
        .await;
    assert!(inspector.get(&place).await.body.contains("2026-03-26"));
    // Whoever is asked learns nothing of it.
    let mut operator = house.operator().await;
    assert_eq!(operator.get(&place).await.status, StatusCode::FORBIDDEN);
    assert!(!operator.get("/unit").await.body.contains("/enquiries"));
    // Questions and people are assigned in turn, once.
    let none = inspector
        .post("/enquiries/assign", &[("round", ROUND), ("person", "P1")])
        .await;
    assert!(none.body.contains("题库是空的"), "{}", none.body);
    for text in ["怎样办理居住证？", "低保怎样申请？"] {
        inspector
            .post("/enquiries/bank", &[("round", ROUND), ("text", text)])
            .await;
    }
    let unknown = [("round", ROUND), ("person", "不存在")];
    let refused = inspector.post("/enquiries/assign", &unknown).await;
    assert!(refused.body.contains("请勾选由谁发送"), "{}", refused.body);
    let lisi = house.number("lisi").await;
    let people = [("round", ROUND), ("person", lisi.as_str())];
    for _ in 0..2 {
        let assigned = inspector.post("/enquiries/assign", &people).await;
        assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.body);
        let all = house.store.enquiries(ROUND, Page::ALL).await.unwrap();
        assert_eq!(all.total, 4, "every portal once");
    }
    let mine = inspector.get("/enquiries?of=mine").await.body;
    assert!(mine.contains("1–3 / 3"), "{mine}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_where_he_comes_from_and_questions_change_hands_until_sent() {
    let house = House::new().await;
    let mut office = house.client("zhangsan", Role::Supervisor, None).await;
    let mut near = house.client("lisi", Role::Inspector, None).await;
    house.client("zhaoliu", Role::Inspector, None).await;
    let (lisi, zhaoliu) = (house.number("lisi").await, house.number("zhaoliu").await);
    let given = [
        ("person", lisi.as_str()),
        ("person", zhaoliu.as_str()),
        (&format!("region-{lisi}"), "990100"),
        (&format!("region-{zhaoliu}"), "990200"),
    ];
    let people = office
        .post(&format!("/rounds/{ROUND}/people"), &given)
        .await;
    assert_eq!(people.status, StatusCode::SEE_OTHER, "{}", people.body);
    office
        .post(
            "/enquiries/bank",
            &[("round", ROUND), ("text", "低保怎样申请？")],
        )
        .await;
    // He who comes from one of the two cities cannot ask all.
    let one = [("round", ROUND), ("person", lisi.as_str())];
    let left = office.post("/enquiries/assign", &one).await;
    assert_eq!(left.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(left.body.contains("没有分派"), "{}", left.body);
    let both = [
        ("round", ROUND),
        ("person", lisi.as_str()),
        ("person", zhaoliu.as_str()),
        ("anew", "1"),
    ];
    let assigned = office.post("/enquiries/assign", &both).await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.body);
    let all = house.store.enquiries(ROUND, Page::ALL).await.unwrap().rows;
    for own in &all {
        let subject = house.store.subject(ROUND, &own.target).await.unwrap();
        let theirs = match subject.target.region() {
            "990100" => &zhaoliu,
            _ => &lisi,
        };
        assert_eq!(&own.assigned, theirs, "{}", own.target);
    }
    let place = |own: &xuncha_store::enquiry::Enquiry| format!("/enquiries/{}", own.id);
    let his = all.iter().find(|own| own.assigned == lisi).unwrap();
    let page = near.get(&place(his)).await.body;
    assert!(page.contains("lisi") && !page.contains("改派"), "{page}");
    let not_his = [("step", "assign"), ("person", zhaoliu.as_str())];
    let refused = near.post(&place(his), &not_his).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own_city = office.post(&place(his), &not_his).await;
    assert_eq!(
        own_city.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "his own city"
    );
    house.client("sunqi", Role::Inspector, None).await;
    let sunqi = house.number("sunqi").await;
    let fields = [("step", "assign"), ("person", sunqi.as_str())];
    let moved = office.post(&place(his), &fields).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.body);
    let now = house.store.enquiry(&his.id).await.unwrap();
    assert_eq!(now.assigned, sunqi);
    let sent = [
        ("step", "sent"),
        ("place", "信箱"),
        ("at", "2026-03-18T09:00"),
    ];
    near.post(&place(his), &sent).await;
    let late = [("step", "assign"), ("person", lisi.as_str())];
    let late = office.post(&place(his), &late).await;
    assert!(late.body.contains("不能改派"), "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anybody_is_told_the_desk_ranks_what_was_found() {
    let house = House::new().await;
    // The unit of the portals that nobody was told of.
    let mut other = house.client("qianba", Role::Operator, Some("U002")).await;
    let desk = other.get("/unit").await.body;
    assert!(
        desk.contains("还没有通知整改") && !desk.contains("没有未办结的问题"),
        "{desk}"
    );
    assert!(desk.contains("单项否决"), "{desk}");
    let mut told = house.operator().await;
    let desk = told.get("/unit").await.body;
    assert!(!desk.contains("还没有通知整改"), "{desk}");
    // Of a round of which nobody has any case, the costliest stands first.
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    let (finding, _) = support::seed(&state).await;
    let bare = House {
        router: xuncha_web::router(state.clone()),
        store: state.store.clone(),
        state,
        finding,
        case: String::new(),
        _folder: folder,
    };
    let desk = bare.operator().await.get("/unit").await.body;
    let table = desk.split("<tbody>").nth(1).unwrap();
    let table = table.split("</tbody>").next().unwrap();
    let costs: Vec<f64> = table
        .split("<td class=\"num\"")
        .skip(1)
        .map(|cell| {
            let cost = cell.split("<span>").nth(1).unwrap();
            let cost = cost.split("</span>").next().unwrap();
            cost.trim_end_matches('分').parse().unwrap_or(0.0)
        })
        .collect();
    assert!(costs.len() > 1 && costs[0] > 0.0, "{table}");
    assert!(costs.is_sorted_by(|one, next| one >= next), "{costs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_does_not_take_the_words_with_it() {
    let house = House::new().await;
    let mut operator = house.operator().await;
    operator.get("/rectify/reply").await;
    let fields = [
        ("case", house.case.as_str()),
        ("note", "链接已更换，并检查了同类栏目"),
        ("same_kind", "fixed"),
    ];
    let mut big = b"%PDF-1.7".to_vec();
    big.resize(23 << 20, b' ');
    let sent = operator
        .post_file("/rectify/reply", &fields, ("a.pdf", &big))
        .await;
    assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        sent.body.contains("超过 20 MB") && sent.body.contains("链接已更换，并检查了同类栏目"),
        "{}",
        sent.body
    );
    assert_ne!(house.state_of_case().await, RectifyState::Replied);
    let english = operator.get("/rectify?lang=en").await;
    assert_eq!(english.status, StatusCode::OK);
}
