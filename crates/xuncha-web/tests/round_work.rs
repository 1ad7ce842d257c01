//! What a supervisor does with a round as a whole: create, draw, publish, plan, give out, start jobs, close, freeze, sign off.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::http::StatusCode;
use client::Client;
use support::{PORTAL, ROUND};
use xuncha_core::person::Role;
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, WHOLE_KEY, latest};
use xuncha_store::job::{JobState, JobStep, Progress};
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundState;
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
        House {
            router: xuncha_web::router(state.clone()),
            state,
            _folder: folder,
        }
    }

    /// Somebody of a role who has just signed in, with his number.
    async fn person(&self, login: &str, role: Role) -> (i64, Client) {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: None,
        };
        let number = self
            .state
            .store
            .add_person(login, &file)
            .await
            .unwrap()
            .number;
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let put = self
            .state
            .store
            .put_link(&token, LinkKind::SignIn, number, until_s)
            .await;
        put.unwrap();
        (number, Client::signed_in(&self.router, &token).await)
    }

    fn note(&self, reason: &str) -> ChangeNote {
        ChangeNote {
            at: support::at("2026-03-25T09:00"),
            by: "李四".into(),
            reason: reason.into(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_created_from_the_last_one_previewed_and_drawn() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let form = client.get("/round/new").await.body;
    for filled in [
        "已照上一轮填好",
        "value=\"2026Q2\"",
        "value=\"2026-06-15T00:00\"",
        "value=\"2026-07-30\"",
    ] {
        assert!(form.contains(filled), "{filled}: {form}");
    }
    let fields = |seed: &'static str| {
        vec![
            ("id", "2026Q2"),
            ("as_of", "2026-06-15T00:00"),
            ("seed", seed),
            ("set", "gov-2019"),
            ("also_listed", "extras"),
            ("departments", "7"),
            ("accounts", "3"),
        ]
    };
    let refused = client.post("/round/new", &fields("a|b")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("抽样种子不能为空"));
    let mut preview = fields("2026年第二季度");
    preview.push(("preview", "1"));
    let shown = client.post("/round/new", &preview).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert!(
        shown.body.contains("部门网站") && shown.body.contains("14 / 75"),
        "{}",
        shown.body
    );
    assert!(
        house.state.store.round("2026Q2").await.is_err(),
        "nothing is kept by looking"
    );
    let made = client.post("/round/new", &fields("2026年第二季度")).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    assert_eq!(made.location(), "/rounds/2026Q2/sample");
    let row = house.state.store.round("2026Q2").await.unwrap();
    assert_eq!(
        (row.subject_count, row.round.title.as_str()),
        (14, "2026年第二季度")
    );
    assert_eq!(row.round.also_listed.len(), 1);
    let twice = client.post("/round/new", &fields("x")).await;
    assert!(twice.body.contains("已经存在"));

    let sample = client.get("/rounds/2026Q2/sample").await.body;
    assert!(sample.contains("与名单、种子一致") && sample.contains("尚未公布"));
    let drawn = client.get("/rounds/2026Q2/sample/drawn.csv").await;
    assert_eq!(drawn.status, StatusCode::OK);
    assert_eq!(drawn.body.lines().count(), 15);
    assert!(
        drawn.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(
        client.get("/rounds/2026Q2/sample/x.csv").await.status,
        StatusCode::NOT_FOUND
    );
    let published = client.post("/rounds/2026Q2/sample", &[]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER);
    let sample = client.get("/rounds/2026Q2/sample").await.body;
    assert!(sample.contains("supervisor") && !sample.contains("登记为已公布"));
    let plan = client.get("/rounds/2026Q2/plan").await.body;
    assert!(
        plan.contains("通常安排") && plan.contains("人工答复"),
        "{plan}"
    );
    let late = client
        .post("/rounds/2026Q2/plan", &[("to-review", "2027-01-01")])
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("冻结以后不能再复核"));
    let kept = client
        .post("/rounds/2026Q2/plan", &[("to-review", "2026-06-26")])
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let plan = client.get("/rounds/2026Q2/plan").await.body;
    assert!(plan.contains("value=\"2026-06-26\"") && !plan.contains("通常安排"));
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_asked_for_watched_and_cancelled() {
    let house = House::new().await;
    let (number, mut client) = house.person("supervisor", Role::Supervisor).await;
    let (work, store) = (format!("/rounds/{ROUND}/work"), &house.state.store);
    let idle = client.get(&work).await;
    assert!(!idle.body.contains("<script"), "nothing to watch");
    let asked = client.post(&work, &[("kind", "judge")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let twice = client.post(&work, &[("kind", "judge")]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("已在排队"));
    let job = store
        .take_round_job(support::at("2026-05-01T09:00"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (job.new.kind.as_str(), job.asked.0),
        ("judge", format!("P{number}"))
    );
    let steps = [JobStep {
        name: "判定".into(),
        done: 30,
        total: 75,
    }];
    store.put_job_steps(job.number, &steps).await.unwrap();
    let live = client.get(&work).await;
    assert!(
        live.body.contains("30 / 75") && live.body.contains("进行中"),
        "{}",
        live.body
    );
    let policy = live.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    let refreshed = client.get(&format!("{work}?refresh=1")).await;
    assert!(
        refreshed.body.contains("http-equiv=\"refresh\""),
        "without scripts"
    );
    let note = Progress {
        note: "判定完成：对象 75 个".into(),
        ..Progress::default()
    };
    let now = support::at("2026-05-01T09:10");
    store
        .end_job(job.number, JobState::Done, &note, now)
        .await
        .unwrap();
    // The stream tells how it stands and ends when nothing more comes.
    let told = client.get(&format!("{work}/events")).await;
    assert_eq!(told.headers["content-type"], "text/event-stream");
    assert!(
        told.body.starts_with("data:") && told.body.contains("判定完成"),
        "{}",
        told.body
    );
    assert!(told.body.contains("data-ended"));
    client.get(&work).await;
    client.post(&work, &[("kind", "score")]).await;
    let waiting = store
        .round_jobs(ROUND, xuncha_store::Page::ALL)
        .await
        .unwrap()
        .rows[0]
        .number;
    let cancelled = client
        .post(&work, &[("cancel", &waiting.to_string())])
        .await;
    assert_eq!(cancelled.status, StatusCode::SEE_OTHER);
    assert!(client.get(&work).await.body.contains("已取消"));
    let unknown = client.post(&work, &[("kind", "close")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_closed_over_open_outcomes_with_a_reason_only_and_frozen() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let (close, store) = (format!("/rounds/{ROUND}/close"), &house.state.store);
    let page = client.get(&close).await.body;
    assert!(page.contains("关闭轮次"), "{page}");
    let refused = client
        .post(&close, &[("what", "close"), ("reason", " ")])
        .await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "outcomes are open"
    );
    assert!(refused.body.contains("关闭须写明理由"));
    let asked = client
        .post(&close, &[("what", "close"), ("reason", "防火墙未放行")])
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let job = store
        .take_round_job(support::at("2026-05-01T09:00"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(job.new.payload["reason"], "防火墙未放行");
    store
        .close_round(ROUND, &house.note("防火墙未放行"))
        .await
        .unwrap();
    let early = client.post(&close, &[("what", "reopen")]).await;
    assert!(early.body.contains("重新打开须写明理由"));
    let reopened = client
        .post(&close, &[("what", "reopen"), ("reason", "补查")])
        .await;
    assert_eq!(reopened.status, StatusCode::SEE_OTHER);
    assert_eq!(store.round(ROUND).await.unwrap().state, RoundState::Judged);
    store
        .close_round(ROUND, &house.note("处理完毕"))
        .await
        .unwrap();
    let frozen = client.post(&close, &[("what", "freeze")]).await;
    assert_eq!(frozen.status, StatusCode::SEE_OTHER, "{}", frozen.body);
    let page = client.get(&close).await.body;
    assert!(
        page.contains("本轮已冻结") && page.contains("补查"),
        "{page}"
    );
    let late = client
        .post(&close, &[("what", "reopen"), ("reason", "再看")])
        .await;
    assert!(late.body.contains("轮次已冻结"), "{}", late.body);
    let task = client
        .post(&format!("/rounds/{ROUND}/tasks/A000004"), &[("stay", "1")])
        .await;
    assert_eq!(task.status, StatusCode::SEE_OTHER, "nothing was sent");
}

/// The fields that a form of the sign-off carries.
fn bound(page: &str) -> Vec<(String, String)> {
    ["text", "round", "taken"]
        .map(|name| {
            let mark = format!("name=\"{name}\" value=\"");
            let (_, rest) = page
                .split_once(&mark)
                .unwrap_or_else(|| panic!("{name}: {page}"));
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        })
        .to_vec()
}

async fn sign(client: &mut Client, path: &str, step: &str, remark: &str) -> client::Answer {
    let page = client.get(&format!("/rounds/{ROUND}/notice")).await.body;
    let mut fields = bound(&page);
    fields.push(("step".into(), step.into()));
    fields.push(("remark".into(), remark.into()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    client
        .post(&format!("/rounds/{ROUND}/notice/{path}"), &fields)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_signed_off_and_a_change_breaks_the_signatures() {
    let house = House::new().await;
    let (_, mut drafter) = house.person("drafter", Role::Supervisor).await;
    let (_, mut checker) = house.person("checker", Role::Supervisor).await;
    let (_, mut leader) = house.person("leader", Role::Leader).await;
    let notice = format!("/rounds/{ROUND}/notice");
    let early = drafter.get(&notice).await.body;
    assert!(
        early.contains("冻结后才能送核") && !early.contains("拟稿送核"),
        "{early}"
    );
    let store = &house.state.store;
    store
        .close_round(ROUND, &house.note("处理完毕"))
        .await
        .unwrap();
    store.freeze_round(ROUND, &house.note("")).await.unwrap();
    let done = |answer: client::Answer| {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    };
    done(sign(&mut drafter, "sign", "drafted", "").await);
    let own = drafter.get(&notice).await.body;
    assert!(
        own.contains("待核稿") && !own.contains("value=\"checked\""),
        "not by himself"
    );
    let before = leader.get(&notice).await.body;
    assert!(
        !before.contains("value=\"approved\""),
        "not before the check"
    );
    done(sign(&mut checker, "sign", "checked", "数字核对无误").await);
    let refused = sign(&mut leader, "approve", "returned", " ").await;
    assert!(refused.body.contains("退回须写明意见"), "{}", refused.body);
    done(sign(&mut leader, "approve", "returned", "第二段措辞再斟酌").await);
    assert!(drafter.get(&notice).await.body.contains("第二段措辞再斟酌"));
    done(sign(&mut drafter, "sign", "drafted", "").await);
    done(sign(&mut checker, "sign", "checked", "").await);
    // Somebody changes the file on the disk: what was signed does not lie there any more.
    let path = house.state.documents.join(ROUND).join("notice.html");
    let as_it_was = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"<p>another</p>").unwrap();
    let broken = leader.get(&notice).await.body;
    assert!(
        broken.contains("签署不再有效") && !broken.contains("value=\"approved\""),
        "{broken}"
    );
    assert!(broken.contains("与现在不同"));
    std::fs::write(&path, as_it_was).unwrap();
    let page = leader.get(&notice).await.body;
    let stale = bound(&page);
    done(sign(&mut leader, "approve", "approved", "同意").await);
    let mut stale: Vec<(&str, &str)> = stale
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    stale.push(("step", "returned"));
    stale.push(("remark", "x"));
    let late = leader.post(&format!("{notice}/approve"), &stale).await;
    assert_eq!(
        late.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the page was old"
    );
    done(sign(&mut drafter, "sign", "published", "").await);
    assert!(leader.get(&notice).await.body.contains("已发布"));
    let work = format!("/rounds/{ROUND}/work");
    let over = drafter.post(&work, &[("kind", "notice")]).await;
    assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(over.body.contains("通报已发布"), "{}", over.body);
    // Letters are written when the notice is out: they are no part of what was signed.
    let letter = xuncha_store::document::Document {
        round: ROUND.into(),
        name: "letter-U001.docx".into(),
        path: format!("{ROUND}/letter-U001.docx"),
        sha256: "3f".repeat(32),
        size_bytes: 9,
        at: "2026-04-20T09:00".parse().unwrap(),
        outcome_sha256: String::new(),
    };
    let folder = house.state.documents.join(ROUND);
    std::fs::write(folder.join("letter-U001.docx"), b"PK letter").unwrap();
    store.put_document(&letter).await.unwrap();
    let standing = leader.get(&notice).await.body;
    assert!(
        standing.contains("已发布") && !standing.contains("签署不再有效"),
        "{standing}"
    );
    done(sign(&mut drafter, "sign", "corrected", "一处数字有误").await);
    let again = drafter.get(&notice).await.body;
    assert!(again.contains("2") && again.contains("更正"), "{again}");
    assert_eq!(store.round(ROUND).await.unwrap().state, RoundState::Closed);
}

/// Number and date are looked at beside their fields, kept with the round, and stand in the form the next time.
#[tokio::test(flavor = "multi_thread")]
async fn number_and_date_of_the_notice_are_looked_at_and_kept() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let work = format!("/rounds/{ROUND}/work");
    for (number, date, said) in [
        ("云政办函[2026]12号", "2026-04-02", "六角括号"),
        ("云政办函〔2026〕12号", "2026-13-40", "不是日期"),
        ("云政办函〔2026〕12号", "2026-02-30", "不是日期"),
        ("云政办函〔2026〕12号", "2026-01-02", "早于监测时间点"),
    ] {
        let fields = [("kind", "notice"), ("number", number), ("date", date)];
        let refused = client.post(&work, &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{number} {date}"
        );
        assert!(
            refused.body.contains(said) && refused.body.contains("aria-invalid"),
            "{said}: {}",
            refused.body
        );
        assert!(
            refused.body.contains(&format!("value=\"{number}\""))
                && refused.body.contains(&format!("value=\"{date}\"")),
            "what was typed stays: {}",
            refused.body
        );
    }
    let store = &house.state.store;
    let jobs = store
        .round_jobs(ROUND, xuncha_store::Page::ALL)
        .await
        .unwrap();
    assert_eq!(jobs.total, 0, "nothing was started");
    assert_eq!(
        store.notice_extras(ROUND).await.unwrap(),
        Default::default()
    );
    let good = [
        ("kind", "notice"),
        ("number", "云政办函〔2026〕12号"),
        ("date", "2026-04-02"),
    ];
    let started = client.post(&work, &good).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
    let kept = store.notice_extras(ROUND).await.unwrap();
    assert_eq!(kept.number, "云政办函〔2026〕12号");
    assert_eq!(kept.date, Some("2026-04-02".parse().unwrap()));
    let page = client.get(&work).await.body;
    for filled in ["value=\"云政办函〔2026〕12号\"", "value=\"2026-04-02\""] {
        assert!(page.contains(filled), "{filled}: {page}");
    }
}

/// Everything that only a folder gave before is typed, kept, and stands in the notice; what is wrong is named beside its field.
#[tokio::test(flavor = "multi_thread")]
async fn details_of_the_notice_are_typed_kept_and_printed() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let path = format!("/rounds/{ROUND}/notice/details");
    let linked = client.get(&format!("/rounds/{ROUND}/notice")).await.body;
    assert!(linked.contains(&path), "{linked}");
    let page = client.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(
        page.body.contains("人民政府办公厅") && page.body.contains("不填用系统记录"),
        "{}",
        page.body
    );
    let store = &house.state.store;
    let wrong = [
        ("number", "云政办函[2026]12号"),
        ("date", "2026-02-30"),
        ("mail", "没有"),
        ("approval", "经省政府同意"),
        ("filings", "丁局,是,也许"),
    ];
    let refused = client.post(&path, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for id in ["number-error", "date-error", "mail-error", "filings-error"] {
        let mark = format!("id=\"{id}\"");
        assert!(refused.body.contains(&mark), "{id}: {}", refused.body);
    }
    for typed in [
        "云政办函[2026]12号",
        "2026-02-30",
        "经省政府同意",
        "丁局,是,也许",
    ] {
        assert!(refused.body.contains(typed), "{typed}: {}", refused.body);
    }
    assert!(!refused.body.contains("id=\"approval-error\""));
    assert_eq!(
        store.notice_extras(ROUND).await.unwrap(),
        Default::default()
    );
    let good = [
        ("number", "云政办函〔2026〕12号"),
        ("date", "2026-04-02"),
        ("issuer", "云岭省大数据局"),
        ("recipients", "各市县人民政府"),
        ("mail", "a@yl.gov.cn"),
        ("approval", "经省政府同意"),
        ("copies_to", "省委办公厅。"),
        ("filings", "丁局\t是\t是\r\n戊局\t是\t是"),
        ("closures", "丙站,无力维护,已整合迁移,2026-03-01"),
    ];
    let saved = client.post(&path, &good).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = client.get(saved.location()).await.body;
    assert!(page.contains("已保存"), "{page}");
    for value in ["云岭省大数据局", "丁局,是,是", "省委办公厅\""] {
        assert!(page.contains(value), "{value}: {page}");
    }
    // Number and date given where the notice is started leave the rest as it is.
    let work = format!("/rounds/{ROUND}/work");
    let again = [("kind", "notice"), ("number", ""), ("date", "2026-04-03")];
    let started = client.post(&work, &again).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
    let kept = store.notice_extras(ROUND).await.unwrap();
    assert_eq!(
        (kept.number.as_str(), kept.names["issuer"].as_str()),
        ("", "云岭省大数据局")
    );
    let preview = client
        .get(&format!("/rounds/{ROUND}/notice/template"))
        .await
        .body;
    // Numbers and names stand in elements of their own.
    let preview: String = preview
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text)
        .collect();
    for said in [
        "云岭省大数据局关于公布",
        "各市县人民政府：",
        "经省政府同意，现将有关情况公布如下",
        "邮箱：a@yl.gov.cn",
        "无力维护的网站已按照规范流程完成整合迁移",
    ] {
        assert!(preview.contains(said), "{said}: {preview}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_older_than_the_results_is_not_signed() {
    let house = House::new().await;
    let (_, mut drafter) = house.person("drafter", Role::Supervisor).await;
    let store = &house.state.store;
    let target = TargetId::from("A000004");
    let first = drafter
        .get(&format!("/rounds/{ROUND}/desk/{target}/open"))
        .await;
    let place = first.location().to_owned();
    drafter.get(&place).await;
    let decided = drafter.post(&place, &[("do", "confirm")]).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.body);
    let note = house.note("处理完毕");
    store.close_round(ROUND, &note).await.unwrap();
    store.freeze_round(ROUND, &note).await.unwrap();
    let page = drafter.get(&format!("/rounds/{ROUND}/notice")).await.body;
    assert!(
        page.contains("通报早于现在的结果") && !page.contains("value=\"drafted\""),
        "{page}"
    );
}

/// Issuer, number or lists that change after the notice was built make it old, and an old one is not signed.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_older_than_its_details_is_not_signed() {
    let house = House::new().await;
    let (_, mut drafter) = house.person("drafter", Role::Supervisor).await;
    let store = &house.state.store;
    let note = house.note("处理完毕");
    store.close_round(ROUND, &note).await.unwrap();
    store.freeze_round(ROUND, &note).await.unwrap();
    let notice = format!("/rounds/{ROUND}/notice");
    let fresh = drafter.get(&notice).await.body;
    assert!(fresh.contains("value=\"drafted\""), "{fresh}");
    let details = [
        ("number", "云政办函〔2026〕12号"),
        ("date", "2026-04-12"),
        ("copies_to", "省委办公厅"),
    ];
    let saved = drafter.post(&format!("{notice}/details"), &details).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = drafter.get(&notice).await.body;
    assert!(
        page.contains("通报早于现在的结果或通报信息") && !page.contains("value=\"drafted\""),
        "{page}"
    );
    // The form of a page that was open before is no way around it.
    let mut fields = bound(&fresh);
    fields.push(("step".into(), "drafted".into()));
    fields.push(("remark".into(), String::new()));
    let old: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let refused = drafter.post(&format!("{notice}/sign"), &old).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(store.signatures(ROUND).await.unwrap().is_empty());
    // Built anew, it is signed.
    support::documents(&house.state).await;
    let signed = sign(&mut drafter, "sign", "drafted", "").await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_given_to_others_and_a_share_is_decided_twice_blindly() {
    let house = House::new().await;
    let store = &house.state.store;
    let (_, mut supervisor) = house.person("supervisor", Role::Supervisor).await;
    let (first, mut first_client) = house.person("jia", Role::Inspector).await;
    let (second, mut second_client) = house.person("yi", Role::Inspector).await;
    let people = format!("/rounds/{ROUND}/people");
    let ids = [format!("P{first}"), format!("P{second}")];
    let unplaced = supervisor.post(&people, &[("person", &ids[0])]).await;
    assert!(
        unplaced.body.contains("请选择来自哪里"),
        "{}",
        unplaced.body
    );
    let regions = ids.each_ref().map(|id| format!("region-{id}"));
    let given = supervisor
        .post(
            &people,
            &[
                ("person", &ids[0]),
                (&regions[0], "990100"),
                ("person", &ids[1]),
                (&regions[1], "990000"),
            ],
        )
        .await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let assignments = store.assignments(ROUND).await.unwrap();
    assert_eq!(assignments.len(), 75);
    for (target, person) in &assignments {
        let subject = store.subject(ROUND, target).await.unwrap();
        let is_home = subject.target.region() == "990100" && *person == first;
        assert!(!is_home, "{target} is of the city of its inspector");
    }
    // Who comes from the city decides nothing there, whatever address he types.
    let home = "9900000001";
    let refused = first_client
        .post(&format!("/rounds/{ROUND}/tasks/{home}"), &[("stay", "1")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(refused.body.contains("交叉互评"));

    let quality = format!("/rounds/{ROUND}/quality");
    let set = supervisor
        .post(&quality, &[("double", "100"), ("pass", "100")])
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    let blind = format!("/rounds/{ROUND}/blind");
    let mut client = second_client.clone();
    let mut seen = 0;
    for _ in 0..40 {
        let next = client.get(&blind).await;
        if next.status != StatusCode::SEE_OTHER {
            break;
        }
        let place = next.location().to_owned();
        let page = client.get(&place).await;
        assert_eq!(page.status, StatusCode::OK, "{place}");
        for hidden in ["已答复", "已确认", "已驳回", "机器判定", "把握"] {
            assert!(!page.body.contains(hidden), "{place} shows {hidden}");
        }
        let nothing = client.post(&place, &[("answer", "")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = if page.body.contains("value=\"yes\"") {
            "yes"
        } else {
            "3"
        };
        let said = client
            .post(&place, &[("answer", answer), ("reason", "实地看过")])
            .await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    second_client.csrf.clone_from(&client.csrf);
    let opinions = store.opinions(ROUND).await.unwrap();
    assert_eq!(opinions.len(), seen);
    let shown = supervisor.get(&quality).await.body;
    assert!(
        shown.contains("双盲分歧率") && shown.contains("采纳，计入评分"),
        "{shown}"
    );
    // What a person saw where the machine passed is taken over, and counts.
    let missed = opinions
        .iter()
        .position(|one| one.kind == xuncha_core::review::blind::BlindKind::Pass)
        .unwrap();
    let target = opinions[missed].target.clone();
    let adopted = supervisor
        .post(
            &quality,
            &[("adopt", &missed.to_string()), ("target", &target.0)],
        )
        .await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    let reviews = store.review_history(ROUND, &target).await.unwrap();
    let held = latest(&reviews, &target, &opinions[missed].check, WHOLE_KEY).unwrap();
    assert!(matches!(
        held.decision,
        Decision::Answered { number: 3, .. }
    ));
    let sheet = store
        .sheet(ROUND, "gov-2019", &target)
        .await
        .unwrap()
        .unwrap();
    let counted = sheet.indicators.iter().flat_map(|one| &one.findings);
    assert!(
        counted
            .into_iter()
            .any(|one| one.check == opinions[missed].check && one.key == WHOLE_KEY)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_needs_a_cause_and_an_exemption_its_reason() {
    let house = House::new().await;
    let (_, mut inspector) = house.person("zhao", Role::Inspector).await;
    let (_, mut supervisor) = house.person("li", Role::Supervisor).await;
    let store = &house.state.store;
    let target = TargetId::from("A000004");
    let first = inspector
        .get(&format!("/rounds/{ROUND}/desk/A000004/open"))
        .await;
    let place = first.location().to_owned();
    let page = inspector.get(&place).await;
    assert!(page.body.contains("距监测时点超过两周"), "{}", page.body);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'sha256-"), "{policy}");
    let refused = |answer: &client::Answer, said: &str| {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    };
    let everywhere = [
        ("do", "exempt"),
        ("scope", "everywhere"),
        ("reason", "不算"),
    ];
    for (fields, said) in [
        (&[("do", "reject")][..], "请选择驳回原因"),
        (&[("do", "reject"), ("cause", "other")], "须写明"),
        (&[("do", "exempt"), ("scope", "here")], "须写明理由"),
        (&everywhere, "由监管单位设定"),
        (&[("do", "correct"), ("kind", "news")], "没有可以更正的栏目"),
        (&[("do", "nothing")], "没有这种操作"),
    ] {
        let answer = inspector.post(&place, fields).await;
        refused(&answer, said);
    }
    let before = store.review_history(ROUND, &target).await.unwrap();
    assert!(before.iter().all(|one| one.check == "manual"));
    let fields = [
        ("do", "reject"),
        ("cause", "other"),
        ("reason", support::NAUGHTY),
    ];
    let done = inspector.post(&place, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let held = inspector.get(&place).await.body;
    assert!(
        held.contains("已驳回") && !held.contains("<script>alert"),
        "{held}"
    );
    let sheet = store
        .sheet(ROUND, "gov-2019", &target)
        .await
        .unwrap()
        .unwrap();
    let is_open = sheet.indicators.iter().any(|one| !one.open.is_empty());
    assert!(!is_open, "it is scored at once");
    let back = inspector.post(&place, &[("do", "withdraw")]).await;
    assert!(back.location().contains("kept=withdrawn"));
    supervisor.get(&place).await;
    let done = supervisor.post(&place, &everywhere).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let listed = supervisor.get("/exemptions").await.body;
    assert!(
        listed.contains("所有对象") && listed.contains("stale_account"),
        "{listed}"
    );
    let number = store.exemptions().await.unwrap()[0].0.to_string();
    let taken = supervisor.post("/exemptions", &[("number", &number)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    support::close(store).await;
    let late = inspector.post(&place, &[("do", "withdraw")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_together_is_shown_together() {
    let house = House::new().await;
    let (_, mut client) = house.person("leader", Role::Leader).await;
    let open = client.get(&format!("/rounds/{ROUND}/open")).await.body;
    assert!(
        open.contains("按原因") && open.contains("我方网络"),
        "{open}"
    );
    let groups = client.get(&format!("/rounds/{ROUND}/groups")).await.body;
    assert!(
        groups.contains("http://www.site1.gov.cn/zcwj/404.html"),
        "{groups}"
    );
    let place = "kind=platform&check=broken_links&common=www.site1.gov.cn";
    let inside = client
        .get(&format!("/rounds/{ROUND}/groups?{place}"))
        .await
        .body;
    assert!(inside.contains(PORTAL), "{inside}");
    let target = TargetId::from(PORTAL);
    let subject = house.state.store.subject(ROUND, &target).await.unwrap();
    assert!(inside.contains(subject.target.name()));
}

/// The address of the desk that a page leads to.
fn desk_link(page: &str) -> String {
    let link = page
        .split("href=\"")
        .find(|link| link.contains("/desk/"))
        .unwrap();
    link.split('"').next().unwrap().replace("&#38;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_was_sure_of_is_decided_and_undone_too() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let store = &house.state.store;
    let target = TargetId::from("9900000004");
    let filter = xuncha_store::judge::FindingFilter {
        target: Some(target.clone()),
        check: Some("broken_links".into()),
        ..Default::default()
    };
    let found = store
        .findings(ROUND, &filter, xuncha_store::Page::ALL)
        .await;
    let finding = found.unwrap().rows.remove(0);
    let set = store.round(ROUND).await.unwrap().round.set.id;
    let score = async || {
        let sheet = store.sheet(ROUND, &set, &target).await.unwrap().unwrap();
        let counted = sheet.indicators.iter().flat_map(|one| &one.findings);
        counted.filter(|one| one.key == finding.key).count()
    };
    assert_eq!(score().await, 1, "it counts without a person");
    let page = client.get(&format!("/findings/{}", finding.id)).await.body;
    assert!(page.contains("复核这一条"), "{page}");
    let page = page.split("复核记录").nth(1).unwrap().to_owned();
    let desk = desk_link(&page);
    let shown = client.get(&desk).await;
    assert_eq!(shown.status, StatusCode::OK, "{desk}");
    assert!(
        shown.body.contains("机器已计入") && shown.body.contains("不属实"),
        "{}",
        shown.body
    );
    let rejected = [("do", "reject"), ("cause", "misread"), ("reason", "")];
    let kept = client.post(&desk, &rejected).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    assert_eq!(score().await, 0);
    // It stands among what was decided, and is taken back where it was said.
    let tasks = format!("/rounds/{ROUND}/tasks/{target}");
    let tasks = client.get(&tasks).await.body;
    assert!(tasks.contains("已驳回"), "{tasks}");
    let back = client.post(&desk, &[("do", "withdraw")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert_eq!(score().await, 1);
    let shown = client.get(back.location()).await;
    assert!(shown.body.contains("已撤回"), "{}", shown.body);
    let undo = format!("/rounds/{ROUND}/desk");
    let undone = client.post(&undo, &[]).await;
    let shown = client.get(undone.location()).await;
    assert!(shown.body.contains("已驳回"), "{}", shown.body);
    // All findings can be gone through, those of targets too where nothing waits.
    let all = client.get(&format!("/rounds/{ROUND}/desk?which=all")).await;
    assert!(all.location().contains("which=all"), "{}", all.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_shows_its_place_and_the_archived_page() {
    let house = House::new().await;
    let (_, mut client) = house.person("supervisor", Role::Supervisor).await;
    let desk = xuncha_core::review::open_items;
    let (store, target) = (&house.state.store, TargetId::from(PORTAL));
    let set = store.round(ROUND).await.unwrap().round.set;
    let judgements = store.judgements(ROUND, Some(&target)).await.unwrap();
    let doubt = "http://outside.example/";
    let is_open = desk(&set, &judgements, &[])
        .iter()
        .any(|one| one.key == doubt);
    assert!(is_open, "the seeded portal has a doubt");
    let mut place = format!("/rounds/{ROUND}/desk/{PORTAL}/first");
    let mut found = None;
    for _ in 0..80 {
        let answer = client.get(&place).await;
        if answer.status == StatusCode::SEE_OTHER {
            place = answer.location().to_owned();
            continue;
        }
        if answer.body.contains("外部链接不在可访问范围内") {
            found = Some(answer.body);
            break;
        }
        let next = answer.body.split("data-go=\"next\"").next().unwrap();
        let next = next.rsplit("href=\"").next().unwrap();
        place = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    let page = found.expect("the doubt lies on the desk");
    for part in [
        "<a class=\"url\" href=\"http://outside.example/\"",
        "iframe class=\"replay\"",
        "存档记录",
        "http://www.site1.gov.cn/",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
