//! The registry's pages: what units file, how it is decided level by level, what is outside, and imports with their preview.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::http::StatusCode;
use client::Client;
use support::{NAUGHTY, PORTAL};
use xuncha_core::person::Role;
use xuncha_core::registry::{DoubtCase, Level, RegistryDoubt, State, TargetId};
use xuncha_store::Page;
use xuncha_store::audit::AuditFilter;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_store::registry::ChangeNote;
use xuncha_store::registry_outside::OutsideState;
use xuncha_web::WebState;

struct House {
    state: WebState,
    router: axum::Router,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        // U000 stands above U001, so that two levels decide.
        let mut registry = state.store.registry().await.unwrap();
        registry.organizations.get_mut("U001").unwrap().parent = Some("U000".into());
        let note = ChangeNote {
            at: support::at("2026-01-06T09:00"),
            by: "名录.xlsx".into(),
            reason: "导入".into(),
        };
        state.store.put_registry(&registry, &note).await.unwrap();
        House {
            router: xuncha_web::router(state.clone()),
            state,
            _folder: folder,
        }
    }

    async fn person(&self, login: &str, role: Role, unit: Option<&str>) -> Client {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: unit.map(str::to_owned),
        };
        let person = self.state.store.add_person(login, &file).await.unwrap();
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let put = self
            .state
            .store
            .put_link(&token, LinkKind::SignIn, person.number, until_s);
        put.await.unwrap();
        Client::signed_in(&self.router, &token).await
    }

    async fn name_of(&self, id: &str) -> String {
        let target = self
            .state
            .store
            .registered(&TargetId::from(id))
            .await
            .unwrap();
        target.unwrap().name().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_files_and_two_levels_decide() {
    let house = House::new().await;
    let mut operator = house.person("operator", Role::Operator, Some("U001")).await;
    let entry = operator.get(&format!("/registry/targets/{PORTAL}")).await;
    assert!(
        entry
            .body
            .contains("/requests/new?kind=rename&#38;target=9900000001"),
        "{}",
        entry.body
    );
    let form = operator
        .get(&format!("/requests/new?kind=rename&target={PORTAL}"))
        .await;
    assert!(form.body.contains("现在登记"), "{}", form.body);
    let name = format!("青石市人民政府{NAUGHTY}");
    let fields = [
        ("request", "rename"),
        ("target", PORTAL),
        ("name", &name),
        ("reason", " "),
    ];
    let refused = operator.post("/requests", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("请写明理由") && !refused.body.contains("<script>alert"));
    let fields = [
        ("request", "rename"),
        ("target", PORTAL),
        ("name", &name),
        ("reason", NAUGHTY),
    ];
    let filed = operator.post("/requests", &fields).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let place = filed.location().to_owned();
    let shown = operator.get(&place).await;
    assert!(
        shown.body.contains("待初审") && shown.body.contains("撤回申请"),
        "{}",
        shown.body
    );
    assert!(!shown.body.contains("<script>alert"), "{}", shown.body);
    let twice = operator.post("/requests", &fields).await;
    assert!(twice.body.contains("已有一件申请在办"), "{}", twice.body);

    // Nobody else's unit can see or guess it.
    let mut other = house.person("other", Role::Operator, Some("U002")).await;
    assert_eq!(other.get(&place).await.status, StatusCode::NOT_FOUND);
    assert!(!other.get("/requests").await.body.contains(&place));
    let review = format!("{place}/review");
    let approve = [("answer", "approve"), ("note", "同意")];
    assert_eq!(
        other.post(&review, &approve).await.status,
        StatusCode::NOT_FOUND
    );
    let foreign = [("request", "close"), ("target", PORTAL), ("reason", "甲")];
    assert_eq!(
        other.post("/requests", &foreign).await.status,
        StatusCode::NOT_FOUND
    );
    let own = operator.post(&review, &approve).await;
    assert!(own.body.contains("不能审核本人或本单位"), "{}", own.body);

    let entry = operator.get(&format!("/registry/targets/{PORTAL}")).await;
    assert!(
        entry.body.contains("有一件申请在办") && !entry.body.contains("/requests/new?kind=rename"),
        "{}",
        entry.body
    );
    let unread = operator.get("/requests?page=abc&state=waiting_first").await;
    assert!(
        unread.status == StatusCode::OK && unread.body.contains(&place),
        "a page number that is none shows the first page: {}",
        unread.body
    );
    let mut above = house.person("above", Role::Operator, Some("U000")).await;
    let mut deputy = house.person("deputy", Role::Supervisor, None).await;
    let refused = deputy.post(&review, &approve).await;
    assert!(
        refused.body.contains("上级单位有审核人"),
        "{}",
        refused.body
    );
    assert!(!deputy.get("/").await.body.contains("待我审核的填报"));
    let inbox = above.get("/requests").await;
    assert!(inbox.body.contains("待我审核的填报"), "{}", inbox.body);
    assert!(
        inbox.body.contains("待我审核") && inbox.body.contains(&place),
        "{}",
        inbox.body
    );
    let withdrawn = above.post(&format!("{place}/withdraw"), &[]).await;
    assert_eq!(
        withdrawn.status,
        StatusCode::NOT_FOUND,
        "it is not of the unit above to take back"
    );
    let mut office = house.person("office", Role::Supervisor, None).await;
    let approved = above.post(&review, &approve).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.body);
    assert_eq!(house.name_of(PORTAL).await, "青石市人民政府");
    let empty = office.post(&review, &[("answer", "return")]).await;
    assert!(empty.body.contains("退回须写明原因"), "{}", empty.body);
    let approved = office.post(&review, &approve).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.body);
    assert_eq!(house.name_of(PORTAL).await, name);
    let history = operator.get(&format!("/registry/targets/{PORTAL}")).await;
    assert!(history.body.contains("变更名称：") && !history.body.contains("<script>alert"));
    let log = house
        .state
        .store
        .audit_rows(&AuditFilter::default(), Page::ALL)
        .await
        .unwrap();
    let actions: Vec<String> = log.rows.iter().map(|row| row.action.clone()).collect();
    for wanted in ["request_filed", "request_decided", "registry_changed"] {
        assert!(
            actions.iter().any(|action| action == wanted),
            "{wanted}: {actions:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_returned_is_filed_again() {
    let house = House::new().await;
    let mut operator = house.person("operator", Role::Operator, Some("U001")).await;
    let fields = [
        ("request", "rename"),
        ("target", PORTAL),
        ("name", "青石市政府网"),
        ("reason", "更名"),
    ];
    let place = operator
        .post("/requests", &fields)
        .await
        .location()
        .to_owned();
    let mut office = house.person("office", Role::Supervisor, None).await;
    let instead = office.get(&place).await;
    assert!(instead.body.contains("代为初审"), "{}", instead.body);
    let returned = [("answer", "return"), ("note", "名称应为全称")];
    office.post(&format!("{place}/review"), &returned).await;
    let shown = operator.get(&place).await;
    assert!(shown.body.contains("名称应为全称") && shown.body.contains("修改后重新填报"));
    let again = shown.body.split("/requests/new?").nth(1).unwrap();
    let again = again.split('"').next().unwrap().replace("&#38;", "&");
    let form = operator.get(&format!("/requests/new?{again}")).await;
    assert!(
        form.body.contains("value=\"青石市政府网\""),
        "{}",
        form.body
    );
    let id = place.rsplit('/').next().unwrap();
    let mut other = house.person("other", Role::Operator, Some("U002")).await;
    let stolen = format!("/requests/new?kind=open&noun=site&again={id}");
    assert_eq!(other.get(&stolen).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_hangs_its_notice_before_it_is_settled() {
    let house = House::new().await;
    support::registry::seed(&house.state).await;
    let place = format!("/requests/{}", support::registry::CLOSING);
    // U000 decided first in this house.
    support::registry::approve(&house.state, support::registry::CLOSING, "2026-02-10T11:00").await;
    let mut operator = house.person("operator", Role::Operator, Some("U001")).await;
    let shown = operator.get(&place).await;
    for wanted in [
        "公告期",
        "公告监测",
        "2026-02-12",
        "2026-03-14",
        "没有看到公告",
    ] {
        assert!(shown.body.contains(wanted), "{wanted}: {}", shown.body);
    }
    assert!(!shown.body.contains("<script>alert"), "{}", shown.body);
    let late = operator
        .post(&format!("{place}/posted"), &[("on", "2099-01-01")])
        .await;
    assert!(late.body.contains("不能晚于今天"), "{}", late.body);
    let mut office = house.person("office", Role::Supervisor, None).await;
    let list = office.get("/requests?state=watched").await;
    assert!(
        list.body.contains(&place) && list.body.contains("期满"),
        "{}",
        list.body
    );
    let settled = office
        .post(&format!("{place}/complete"), &[("note", "")])
        .await;
    assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.body);
    let target = house
        .state
        .store
        .registered(&"9900000007".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(target.state(), State::Merged);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_regions_lack_and_what_is_doubtful_is_explained() {
    let house = House::new().await;
    support::registry::seed(&house.state).await;
    let mut office = house.person("office", Role::Supervisor, None).await;
    let list = office.get("/registry/expected").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.body);
    assert!(
        list.body.contains("医疗保障") && list.body.contains(support::registry::HOST),
        "what waits outside is named: {}",
        list.body
    );
    let region = house.state.store.registry().await.unwrap().regions;
    let city = region
        .values()
        .find(|own| own.level == Level::City)
        .unwrap();
    let fields = [
        ("region", city.code.as_str()),
        ("kind", "trading"),
        ("note", NAUGHTY),
    ];
    let done = office.post("/registry/expected", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let list = office.get("/registry/expected?state=settled").await;
    assert!(list.body.contains("不需要") && !list.body.contains("<script>alert"));
    let doubt = RegistryDoubt {
        target: PORTAL.into(),
        case: DoubtCase::Copy,
        other: Some("9900000007".into()),
        seen: "http://x.example/".into(),
    };
    let store = &house.state.store;
    store.put_registry_doubts("2026Q1", &[doubt]).await.unwrap();
    let list = office.get("/registry/doubtful").await;
    assert!(
        list.body.contains("几乎相同") && list.body.contains("kind=close"),
        "{}",
        list.body
    );
    let fields = [
        ("target", PORTAL),
        ("case", "copy"),
        ("note", "同一平台的两个站"),
    ];
    let done = office.post("/registry/doubtful", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let list = office.get("/registry/doubtful?state=settled").await;
    assert!(list.body.contains("同一平台的两个站"));
    let asked = office
        .post("/registry/outside/look", &[("url", "www.x.example")])
        .await;
    assert_eq!(asked.location(), "/registry/outside?done=looking");
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_are_taken_in_or_set_aside() {
    let house = House::new().await;
    support::registry::seed(&house.state).await;
    let mut office = house.person("office", Role::Supervisor, None).await;
    let list = office.get("/registry/outside").await;
    assert!(list.body.contains("青石市医疗保障局") && !list.body.contains("<script>alert"));
    let host = support::registry::HOST;
    let form = office
        .get(&format!("/requests/new?kind=open&noun=site&outside={host}"))
        .await;
    assert!(
        form.body.contains("value=\"青石市大数据发展局（U002）\"") && form.body.contains(host),
        "{}",
        form.body
    );
    let fields = [
        ("request", "open"),
        ("noun", "site"),
        ("unit", "青石市大数据发展局"),
        ("outside", host),
        ("id", "9901000099"),
        ("name", "青石市医疗保障局"),
        ("home", "http://ybj.site1.gov.cn/"),
        ("kind", "部门"),
        ("no_services", "否"),
        ("reason", "纳入监管"),
    ];
    let filed = office.post("/requests", &fields).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let review = format!("{}/review", filed.location());
    let own = office.post(&review, &[("answer", "approve")]).await;
    assert!(
        own.body.contains("不能审核本人"),
        "who files does not approve: {}",
        own.body
    );
    let mut second = house.person("second", Role::Administrator, None).await;
    let approved = second.post(&review, &[("answer", "approve")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.body);
    assert_eq!(house.name_of("9901000099").await, "青石市医疗保障局");
    let other = [
        ("host", "x.site1.gov.cn"),
        ("reason", "other"),
        ("note", " "),
    ];
    let refused = office.post("/registry/outside", &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let dismissed = [
        ("host", "x.site1.gov.cn"),
        ("reason", "other"),
        ("note", NAUGHTY),
    ];
    let done = office.post("/registry/outside", &dismissed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let found = house
        .state
        .store
        .outside(None, None, Page::ALL)
        .await
        .unwrap();
    let states: Vec<_> = found.rows.iter().map(|row| row.state).collect();
    assert_eq!(
        states,
        [OutsideState::Adopted, OutsideState::Dismissed],
        "the likelier first"
    );
    let all = office.get("/registry/outside?state=all").await;
    assert!(
        !all.body.contains("<script>alert") && all.body.contains("重新列入"),
        "{}",
        all.body
    );
    // A unit does not get at a candidate by its name.
    let mut operator = house.person("operator", Role::Operator, Some("U002")).await;
    let form = operator
        .get(&format!("/requests/new?kind=open&noun=site&outside={host}"))
        .await;
    assert!(
        !form.body.contains("value=\"ybj") && !form.body.contains("http://ybj"),
        "{}",
        form.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_previewed_and_then_taken_as_it_was_shown() {
    let house = House::new().await;
    let mut office = house.person("office", Role::Supervisor, None).await;
    let mapping = [("mapping", "new-media-filing")];
    let broken = office
        .post_file("/registry/import", &mapping, ("坏.csv", b"\xff\xfe\xfd"))
        .await;
    assert_eq!(
        broken.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        broken.body
    );
    assert!(broken.body.contains("UTF-8"), "{}", broken.body);

    let whole = xuncha_core::registry::to_sheets(
        &house.state.store.registry().await.unwrap(),
        &house.state.mappings["own"],
    );
    let workbook = |whole: &[xuncha_core::registry::Sheet]| {
        let plain: Vec<xuncha_core::sheet::Sheet> = whole
            .iter()
            .map(|sheet| {
                let mut rows = vec![sheet.header.clone()];
                rows.extend(sheet.rows.clone());
                xuncha_core::sheet::Sheet {
                    name: sheet.name.clone(),
                    rows,
                }
            })
            .collect();
        xuncha_report::sheets::write(&plain).unwrap()
    };
    let mut wrong = whole.clone();
    wrong[2].rows[4][2] = "不是网址".into();
    let own = [("mapping", "own")];
    let sent = office
        .post_file("/registry/import", &own, ("名录.xlsx", &workbook(&wrong)))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let preview = office.get(sent.location()).await;
    assert!(preview.body.contains("不是完整的网址"), "{}", preview.body);
    assert!(
        preview
            .body
            .contains("<td class=\"num\" data-label=\"行\">6</td>"),
        "row 6: {}",
        preview.body
    );
    let refused = office.post(sent.location(), &[("removes", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut right = whole.clone();
    right[2].rows[5][1] = format!("青石市民政局{NAUGHTY}");
    let gone = right[3].rows.pop().unwrap();
    let sent = office
        .post_file("/registry/import", &own, ("名录.xlsx", &workbook(&right)))
        .await;
    let place = sent.location().to_owned();
    let preview = office.get(&place).await;
    for wanted in ["确认从名录中删除", "更名", gone[0].as_str()] {
        assert!(preview.body.contains(wanted), "{wanted}: {}", preview.body);
    }
    assert!(!preview.body.contains("<script>alert"), "{}", preview.body);
    let unticked = office.post(&place, &[]).await;
    assert!(unticked.body.contains("请先勾选确认"), "{}", unticked.body);
    let taken = office.post(&place, &[("removes", "1")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    assert!(
        house
            .state
            .store
            .registered(&gone[0].as_str().into())
            .await
            .unwrap()
            .is_none()
    );
    let again = office.post(&place, &[("removes", "1")]).await;
    assert!(again.body.contains("已经导入"), "{}", again.body);

    // A table from before an approval would undo it, which the preview says with the request.
    let (id, kind) = (
        "request-undone",
        xuncha_core::registry::filing::RequestKind::Correct,
    );
    let fields = [("icp", "云ICP备2026000001号")];
    support::registry::file(&house.state, id, kind, PORTAL, &fields).await;
    support::registry::approve(&house.state, id, "2026-03-01T08:00").await;
    let sent = office
        .post_file("/registry/import", &own, ("名录.xlsx", &workbook(&whole)))
        .await;
    let undoing = office.get(sent.location()).await;
    let request = format!("href=\"/requests/{}\"", id);
    for said in [
        "与已批准的申请相反",
        "处会改掉已经批准的申请",
        request.as_str(),
    ] {
        assert!(undoing.body.contains(said), "{said}: {}", undoing.body);
    }

    // What changed after the preview is not overwritten.
    let sent = office
        .post_file("/registry/import", &own, ("名录.xlsx", &workbook(&whole)))
        .await;
    let place = sent.location().to_owned();
    let mut changed = house.state.store.registry().await.unwrap();
    changed.sites.get_mut(&TargetId::from(PORTAL)).unwrap().icp = Some("云ICP备1号".into());
    let note = ChangeNote {
        at: support::at("2026-03-01T09:00"),
        by: "别人".into(),
        reason: "更正".into(),
    };
    house
        .state
        .store
        .put_registry(&changed, &note)
        .await
        .unwrap();
    let stale = office.get(&place).await;
    assert!(stale.body.contains("请重新上传预览"), "{}", stale.body);
    let refused = office.post(&place, &[("removes", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("已有变化"), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_are_counted_by_query_and_narrowed_to_the_own_unit() {
    let house = House::new().await;
    let mut office = house.person("office", Role::Inspector, None).await;
    let top = office.get("/registry/regions").await;
    for wanted in ["青石市", "白河市", "数据表", "region=990100"] {
        assert!(top.body.contains(wanted), "{wanted}: {}", top.body);
    }
    let city = office.get("/registry/regions?region=990200").await;
    assert!(city.body.contains("白河市人民政府办公室"), "{}", city.body);
    assert!(!city.body.contains("青石市大数据发展局"), "{}", city.body);
    assert_eq!(
        office.get("/registry/regions?region=1").await.status,
        StatusCode::NOT_FOUND
    );
    let merged = office.get("/registry?state=merged").await;
    assert!(merged.body.contains("1–1 / 1"), "{}", merged.body);
    let unit = office.get("/registry?unit=U002&class=account").await;
    assert!(unit.body.contains("1–12 / 12") && unit.body.contains("青石市大数据发展局"));
    let mut operator = house.person("operator", Role::Operator, Some("U002")).await;
    let own = operator.get("/registry?unit=U001").await;
    assert!(
        !own.body.contains("白河市人民政府办公室"),
        "the own unit stays the own unit: {}",
        own.body
    );
    let other = operator.get("/registry/regions?region=990200").await;
    assert!(
        !other.body.contains("白河市人民政府办公室"),
        "{}",
        other.body
    );
}
