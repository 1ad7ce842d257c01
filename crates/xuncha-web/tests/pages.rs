//! Every page against a seeded store: it renders, escapes, and asks for a session.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use client::{Answer, Client, send};
use sha2::{Digest, Sha256};
use support::{ANSWERED, NAUGHTY, NOTE, PORTAL, ROUND};
use xuncha_core::checks::wrong_characters;
use xuncha_core::judge::Judged;
use xuncha_core::verdict::{Finding, Verdict};
use xuncha_core::words::opinion::{OPINIONS_FILE, Opinion, Opinions, Stance};

struct Site {
    store: xuncha_store::Store,
    router: Router,
    cookie: String,
    finding: String,
    naughty: String,
    record: String,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn seeded() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        let (finding, naughty) = support::seed(&state).await;
        let record = state.store.finding(&finding).await.unwrap().1.evidence()[0]
            .record
            .clone();
        let store = state.store.clone();
        let token = xuncha_web::new_login(&state, "管理员").await.unwrap();
        let router = xuncha_web::router(state);
        let answer = sign_in(&router, &token, "/rounds/2026Q1").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.headers[header::LOCATION], "/rounds/2026Q1");
        let set = answer.headers[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Lax"),
            "{set}"
        );
        let again = sign_in(&router, &token, "/").await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "a login works once");
        let cookie = set.split(';').next().unwrap().to_owned();
        Site {
            store,
            router,
            cookie,
            finding,
            naughty,
            record,
            _folder: folder,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, &self.cookie)
            .body(Body::empty())
            .unwrap();
        send(&self.router, request).await
    }

    /// Sends the form of a page as a browser would: its hidden fields, and what was filled in by number of the item.
    async fn decide(&self, path: &str, filled: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await.body;
        let hidden = page.split("<input type=\"hidden\" ").skip(1);
        let value = |text: &str, name: &str| {
            let from = text.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
            text[from..].split('"').next().unwrap().to_owned()
        };
        let mut fields: Vec<(String, String)> = hidden
            .map(|text| (value(text, "name"), value(text, "value")))
            .collect();
        assert!(!fields.is_empty(), "{page}");
        for (name, value) in filled {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        send(&self.router, request).await
    }

    /// Every page inside, with a text that it must show.
    fn pages(&self) -> Vec<(String, &'static str)> {
        let round = format!("/rounds/{ROUND}");
        vec![
            ("/".into(), "2026年第一季度抽查"),
            (round.clone(), "抽样种子"),
            (format!("{round}/targets"), "1–50 / 75"),
            (format!("{round}/targets?page=2"), "51–75 / 75"),
            (
                format!("{round}/targets?class=account&outcome=unqualified"),
                "青石发布8号",
            ),
            (
                format!("{round}/targets?q=%E6%B2%A1%E6%9C%89"),
                "没有符合条件的检查对象",
            ),
            (format!("{round}/targets/{PORTAL}"), "评分表"),
            (
                format!("{round}/targets/A000004"),
                "最近一次发文是2025年11月2日",
            ),
            (format!("{round}/open"), "搜索请求被防火墙拦截"),
            (format!("{round}/tasks"), "待定指标"),
            (
                format!("{round}/tasks?class=account&q=4%E5%8F%B7"),
                "青石发布4号",
            ),
            (
                format!("{round}/tasks/A000004"),
                "最近一次发文是2025年11月2日",
            ),
            (format!("{round}/tasks/{PORTAL}"), "已处理"),
            (format!("{round}/migrations"), "http://old.example/"),
            (format!("{round}/migrations/1"), "三届一次会议公报"),
            (
                format!("{round}/migrations/1?kind=unclear"),
                "新页面需脚本显示而没有渲染",
            ),
            (format!("{round}/notice"), "annexes.xlsx"),
            (
                format!("{round}/evidence/{PORTAL}/{}", self.record),
                "http://www.site1.gov.cn/",
            ),
            (format!("/findings/{}", self.finding), "两次访问均为 404"),
            (format!("/findings/{}", self.naughty), "已驳回"),
            ("/registry".into(), "1–50 / 76"),
            ("/registry?q=%E6%95%99%E8%82%B2".into(), "教育局"),
            ("/about".into(), "待核定"),
        ]
    }
}

async fn sign_in(router: &Router, token: &str, next: &str) -> Answer {
    let mut client = Client::new(router);
    client.get("/sign-in").await;
    let fields = [("token", token), ("next", next)];
    client.post("/sign-in", &fields).await
}

#[tokio::test]
async fn an_account_shows_what_is_filed_of_it() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/targets/A000004");
    let shown = site.get(&path).await;
    for part in [
        "认证主体 <bdi lang=\"zh\">青石市大数据发展局</bdi>",
        "粉丝数 <bdi lang=\"zh\">12000</bdi>",
        "备案编号 <bdi lang=\"zh\">云政务应用备2026000001号</bdi>",
    ] {
        assert!(shown.body.contains(part), "no {part} in\n{}", shown.body);
    }
    assert!(!shown.body.contains("平台ID"));
    let portal = format!("/rounds/{ROUND}/targets/{PORTAL}");
    assert!(!site.get(&portal).await.body.contains("认证主体"));
}

#[tokio::test]
async fn every_page_shows_what_it_should() {
    let site = Site::seeded().await;
    for (path, text) in site.pages() {
        let answer = site.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}\n{}", answer.body);
        assert!(
            answer.body.contains(text),
            "{path} lacks {text}\n{}",
            answer.body
        );
        assert!(
            answer.body.contains("<html lang=\"zh-CN\">") && answer.body.contains("class=\"skip\""),
            "{path}"
        );
        assert_eq!(
            answer.body.matches("<h1").count(),
            1,
            "{path} has one first heading"
        );
        let english = site
            .get(&format!(
                "{path}{}lang=en",
                if path.contains('?') { "&" } else { "?" }
            ))
            .await;
        assert!(
            english.body.contains("<html lang=\"en\">") && english.body.contains("Rounds"),
            "{path}"
        );
        assert!(
            english.headers[header::SET_COOKIE]
                .to_str()
                .unwrap()
                .starts_with("xuncha_lang=en")
        );
    }
}

#[tokio::test]
async fn what_people_say_of_a_loss_stands_beside_it() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/migrations/1");
    let typed = |opinion, note| [("opinion", opinion), ("note", note)];
    let send = async |fields: &[(&str, &str)]| {
        let page = site.get(&path).await.body;
        let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let token = token.split('"').next().unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", token).append_pair("open", "1");
        form.extend_pairs(fields.iter().copied());
        let request = Request::post(format!("{path}/1"))
            .header(header::COOKIE, &site.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(
            &site.router,
            request.body(Body::from(form.finish())).unwrap(),
        )
        .await
    };
    let refused = send(&typed("wrong", " ")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("请写明理由"), "{}", refused.body);
    let taken = send(&typed("wrong", NAUGHTY)).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let back = taken.headers[header::LOCATION].to_str().unwrap();
    assert_eq!(back, format!("{path}?open=1#i1"));
    let all = site.get(&path).await.body;
    assert!(
        all.contains("<span class=\"tag none\">误报</span>"),
        "{all}"
    );
    assert!(
        all.contains("1–3 / 3") && !all.contains("<script>alert"),
        "{all}"
    );
    let open = site.get(&format!("{path}?open=1")).await.body;
    assert!(
        open.contains("1–2 / 2") && !open.contains("id=\"i1\""),
        "{open}"
    );
    send(&typed("", "")).await;
    let open = site.get(&format!("{path}?open=1")).await.body;
    assert!(open.contains("1–3 / 3"), "{open}");
    assert_eq!(
        site.get(&format!("/rounds/{ROUND}/migrations/9"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

/// The row of a score sheet that names the indicator.
fn sheet_row<'a>(page: &'a str, indicator: &str) -> &'a str {
    let at = page.find(&format!("<small>{indicator}</small>")).unwrap();
    let from = page[..at].rfind("<tr").unwrap();
    page[from..].split("</tr>").next().unwrap()
}

#[tokio::test]
async fn a_score_sheet_says_whose_answer_took_points_and_which_bonus_does_not_count() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/targets/{ANSWERED}");
    let page = site.get(&path).await.body;
    let login = sheet_row(&page, "D-16");
    for part in [
        "class=\"loss\"",
        NOTE,
        "已答复 40",
        "李四",
        "2026-03-19 15:00",
    ] {
        assert!(login.contains(part), "{part}: {login}");
    }
    let bonus = sheet_row(&page, "B-01");
    assert!(
        bonus.contains("未计（②不高于80）") && !bonus.contains("loss"),
        "{bonus}"
    );
    assert!(!bonus.contains(">得分<"), "{bonus}");
    let english = site.get(&format!("{path}?lang=en")).await.body;
    assert!(english.contains("Not counted (deduction score not above 80)"));
    let other = site
        .get(&format!("/rounds/{ROUND}/targets/{PORTAL}"))
        .await
        .body;
    assert!(
        !other.contains("class=\"answer\""),
        "an answer of nothing wrong is no problem"
    );
}

#[tokio::test]
async fn no_text_of_others_becomes_markup() {
    let site = Site::seeded().await;
    let mut seen = 0;
    for (path, _) in site.pages() {
        let body = site.get(&path).await.body;
        for raw in [
            "<script>alert",
            "<img src=x",
            "<b>nginx",
            "onerror=alert(2)>&amp;{{7*7}}\"",
            "49\u{202e}",
        ] {
            assert!(!body.contains(raw), "{path} lets {raw} through");
        }
        seen += body.matches("&#60;script&#62;alert(1)").count();
    }
    assert!(
        seen >= 8,
        "the naughty text was shown in many places, escaped: {seen}"
    );
    let search = site
        .get(&format!(
            "/rounds/{ROUND}/targets?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
        ))
        .await;
    assert!(!search.body.contains("<script"), "{}", search.body);
    assert!(NAUGHTY.contains("<script>"), "the text is naughty");
}

#[tokio::test]
async fn without_a_session_there_is_only_the_sign_in() {
    let site = Site::seeded().await;
    let mut paths: Vec<String> = site.pages().into_iter().map(|(path, _)| path).collect();
    paths.push(format!("/rounds/{ROUND}/documents/notice.docx"));
    paths.push(format!("/rounds/{ROUND}/documents/notice.html/preview"));
    paths.push(format!(
        "/rounds/{ROUND}/evidence/{PORTAL}/{}/replay",
        site.record
    ));
    for path in &paths {
        for cookie in ["", "xuncha_session=", "xuncha_session=guess"] {
            let request = Request::get(path)
                .header(header::COOKIE, cookie)
                .body(Body::empty())
                .unwrap();
            let answer = send(&site.router, request).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(
                answer.headers[header::LOCATION]
                    .to_str()
                    .unwrap()
                    .starts_with("/sign-in?next="),
                "{path}"
            );
            assert!(answer.body.is_empty(), "{path}");
        }
    }
    let form = send(
        &site.router,
        Request::get("/sign-in?token=%22%3Eabc")
            .body(Body::empty())
            .unwrap(),
    )
    .await;
    assert!(
        form.status.is_success() && form.body.contains("value=\"&#34;&#62;abc\""),
        "{}",
        form.body
    );
    let mut client = Client::new(&site.router);
    let (name, value) = site.cookie.split_once('=').unwrap();
    client.cookies.insert(name.to_owned(), value.to_owned());
    client.get("/about").await;
    let out = client.post("/sign-out", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(
        site.get("/").await.status,
        StatusCode::SEE_OTHER,
        "signed out"
    );
}

#[tokio::test]
async fn archived_pages_and_documents_stay_in_a_sandbox() {
    let site = Site::seeded().await;
    let to_replay = site
        .get(&format!(
            "/rounds/{ROUND}/evidence/{PORTAL}/{}/replay",
            site.record
        ))
        .await;
    assert_eq!(to_replay.status, StatusCode::SEE_OTHER);
    let address = to_replay.headers[header::LOCATION].to_str().unwrap();
    let replay = site.get(address).await;
    assert!(
        replay.body.contains("市政府召开常务会议") && !replay.body.contains("<script"),
        "the archive is shown without its scripts: {}",
        replay.body
    );
    assert_eq!(
        replay.headers[header::CONTENT_TYPE],
        "text/html; charset=utf-8"
    );
    let preview = site
        .get(&format!("/rounds/{ROUND}/documents/notice.html/preview"))
        .await;
    for answer in [&replay, &preview] {
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("sandbox;") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("allow-"), "{policy}");
    }
    let word = site
        .get(&format!("/rounds/{ROUND}/documents/notice.docx"))
        .await;
    assert_eq!(word.body, "PK docx");
    assert_eq!(
        word.headers[header::CONTENT_DISPOSITION],
        "attachment; filename*=UTF-8''notice.docx"
    );
    let own = site.get("/").await;
    let policy = own.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("script-src 'none'"));
    assert_eq!(own.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(
        !own.body.contains("style=\"") && !own.body.contains("<script"),
        "the policy forbids inline styles and scripts"
    );
}

#[tokio::test]
async fn what_is_missing_says_so_in_chinese() {
    let site = Site::seeded().await;
    for path in [
        "/nothing",
        "/rounds/2030Q1",
        "/rounds/2030Q1/targets",
        "/rounds/2026Q1/targets/0",
        "/findings/0",
        "/rounds/2026Q1/documents/..%2F..%2Fxuncha.db",
        "/rounds/2026Q1/documents/none.pdf",
        "/rounds/2026Q1/documents/notice.docx/preview",
        "/rounds/2026Q1/evidence/9900000001/00009@0",
        "/rounds/2026Q1/evidence/9900000001/x",
        "/rounds/2026Q1/archived/9900000001?url=http://none.example/",
        "/rounds/..%2F..%2F/evidence/..%2F../00001@0/replay",
    ] {
        let answer = site.get(path).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path}\n{}",
            answer.body
        );
        assert!(answer.body.contains("没有找到"), "{path}\n{}", answer.body);
    }
    let bad = site.get("/rounds/2026Q1/targets?page=99999999999").await;
    assert_eq!(
        bad.status,
        StatusCode::OK,
        "a page beyond the last is empty"
    );
}

/// The number of the item whose text holds these words.
fn item_number(page: &str, words: &str) -> String {
    let at = page.find(words).unwrap();
    let from = page[at..].find("name=\"check-").unwrap() + at + 12;
    page[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_decision_is_kept_scored_and_may_be_changed() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/tasks/A000004");
    let page = site.get(&path).await.body;
    assert!(
        page.contains("autofocus") && !page.contains("<script"),
        "{page}"
    );
    let number = item_number(&page, "最近一次发文是");
    let answer = format!("answer-{number}");
    let before = site.get(&format!("/rounds/{ROUND}/tasks?q=A000004")).await;
    assert!(before.body.contains("青石发布4号"));

    let kept = site
        .decide(&path, &[(&answer, "yes"), ("reason", "已核对 <b>")])
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let next = kept.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(
        next.ends_with("?kept=1") && !next.contains("A000004"),
        "{next}"
    );
    assert!(site.get(&next).await.body.contains("已保存"));
    let after = site.get(&format!("/rounds/{ROUND}/tasks?q=A000004")).await;
    assert!(
        after.body.contains("没有等待人工处理的对象"),
        "{}",
        after.body
    );
    let sheet = site
        .get(&format!("/rounds/{ROUND}/targets/A000004"))
        .await
        .body;
    assert!(
        sheet.contains(">不合格<"),
        "the sheet follows at once: {sheet}"
    );

    let page = site.get(&path).await.body;
    assert!(
        page.contains("已确认") && page.contains("管理员") && page.contains("已核对 &#60;b&#62;")
    );
    let number = item_number(&page, "最近一次发文是");
    let changed = site
        .decide(&path, &[(&format!("answer-{number}"), "no"), ("stay", "1")])
        .await;
    let here = changed.headers[header::LOCATION].to_str().unwrap();
    assert!(here.ends_with("/A000004?kept=1"), "{here}");
    let sheet = site
        .get(&format!("/rounds/{ROUND}/targets/A000004"))
        .await
        .body;
    assert!(sheet.contains(">合格<"), "{sheet}");
    let target = "A000004".into();
    let history = site.store.review_history(ROUND, &target).await.unwrap();
    let mine: Vec<_> = history.iter().filter(|one| one.by == "管理员").collect();
    assert_eq!(mine.len(), 2, "both stand in the history");

    // What was answered the same way again is no new decision.
    let again = site
        .decide(&path, &[(&format!("answer-{number}"), "no")])
        .await;
    let place = again.headers[header::LOCATION].to_str().unwrap();
    assert!(!place.contains("kept=1"), "{place}");
}

#[tokio::test]
async fn what_does_not_fit_is_said_beside_what_was_typed() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/tasks/A000004");
    let target = "A000004".into();
    let before = site.store.review_history(ROUND, &target).await.unwrap();
    let page = site.get(&path).await.body;
    let stale = format!("answer-{}", item_number(&page, "最近一次发文是"));
    let manual = format!("answer-{}", item_number(&page, "购买“粉丝”"));
    let wrong = site
        .decide(&path, &[(&stale, "yes"), (&manual, "两个")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("“两个”不是整数"));
    assert!(
        wrong.body.contains("value=\"两个\""),
        "what was typed stands there"
    );
    assert!(
        wrong.body.contains("value=\"yes\" checked"),
        "{}",
        wrong.body
    );
    for (name, key) in [("check-99", "no_such_check"), ("key-99", "none")] {
        let strange = [
            (name, key),
            ("check-99", "manual"),
            ("key-99", "none"),
            ("answer-99", "1"),
        ];
        let strange = site.decide(&path, &strange).await;
        assert_eq!(
            strange.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            strange.body
        );
    }
    let after = site.store.review_history(ROUND, &target).await.unwrap();
    assert_eq!(before, after, "nothing was kept");
}

#[tokio::test]
async fn a_closed_round_takes_no_decisions() {
    let site = Site::seeded().await;
    let path = format!("/rounds/{ROUND}/tasks/A000004");
    let page = site.get(&path).await.body;
    let stale = format!("answer-{}", item_number(&page, "最近一次发文是"));
    support::close(&site.store).await;
    let shown = site.get(&path).await.body;
    assert!(shown.contains("本轮已关闭") && shown.contains("<fieldset disabled>"));
    let refused = site.decide(&path, &[(&stale, "yes")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let form = "check-0=stale_account&key-0=stale&answer-0=yes";
    let request = Request::post(&path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let stranger = send(&site.router, request).await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    assert!(
        stranger.headers[header::LOCATION]
            .to_str()
            .unwrap()
            .starts_with("/sign-in")
    );
}

#[tokio::test]
async fn an_invented_record_is_missing_and_tells_of_no_file() {
    let site = Site::seeded().await;
    for record in ["00001@1", "00001@999999999", "99999@0"] {
        for kind in ["", "/raw", "/replay"] {
            let path = format!("/rounds/{ROUND}/evidence/{PORTAL}/{record}{kind}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            for inside in ["warc", "/tmp", "os error", "已损坏"] {
                assert!(!answer.body.contains(inside), "{path}: {}", answer.body);
            }
        }
    }
    // What the index names and the file does not hold is damage, and says no path either.
    let folder = site._folder.path().join("evidence");
    let segment = walk(&folder).into_iter();
    let segment = segment.filter(|path| path.to_string_lossy().ends_with("warc.gz"));
    for path in segment {
        let length = std::fs::metadata(&path).unwrap().len();
        std::fs::write(&path, vec![b'x'; length as usize]).unwrap();
    }
    let path = format!("/rounds/{ROUND}/evidence/{PORTAL}/{}/raw", site.record);
    let damaged = site.get(&path).await;
    assert_eq!(damaged.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        damaged.body.contains("已损坏") && !damaged.body.contains("warc"),
        "{}",
        damaged.body
    );
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => found.extend(walk(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[tokio::test]
async fn checks_have_their_titles_on_every_page() {
    let site = Site::seeded().await;
    let title = |check: &str| xuncha_core::checks::find(check).unwrap().title_zh;
    for (path, check) in [
        (format!("/rounds/{ROUND}/open"), "search_misses"),
        (format!("/rounds/{ROUND}/groups"), "broken_links"),
        (format!("/findings/{}", site.finding), "broken_links"),
        (
            format!("/rounds/{ROUND}/desk/A000004/open"),
            "stale_account",
        ),
    ] {
        let mut answer = site.get(&path).await;
        if answer.status == StatusCode::SEE_OTHER {
            let next = answer.headers[header::LOCATION]
                .to_str()
                .unwrap()
                .to_owned();
            answer = site.get(&next).await;
        }
        assert!(
            answer.body.contains(title(check)),
            "{path}: {}",
            answer.body
        );
        let coded = [format!(">{check}<"), format!(" {check}<")];
        assert!(
            coded.iter().all(|code| !answer.body.contains(code)),
            "{path}: {}",
            answer.body
        );
    }
}

/// What a language model said of a suspected wrong character stands on the desk beside it, and nowhere else.
#[tokio::test]
async fn a_second_opinion_lies_on_the_desk() {
    let site = Site::seeded().await;
    let mut all = site.store.judgements(ROUND, None).await.unwrap();
    let mut one = all
        .iter()
        .find(|one| one.target.0 == "A000004" && one.check == "stale_account")
        .unwrap()
        .clone();
    let (_, found) = site.store.finding(&site.finding).await.unwrap();
    let quoted = found.evidence()[0].quoting("会议作出布署。");
    one.check = "wrong_characters".to_owned();
    one.result = Judged::Known {
        verdict: Verdict::Fail {
            findings: vec![Finding::new(
                "布署",
                "wrong",
                "“布署”疑为“部署”（已知错词），请对照原句核对。",
                quoted,
            )],
            undetermined: Vec::new(),
        },
    };
    let question = wrong_characters::question(match &one.result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. },
        } => &findings[0],
        _ => unreachable!(),
    });
    let question = question.unwrap();
    assert_eq!(
        (
            question.wrong.as_str(),
            question.proposal.as_str(),
            question.sentence.as_str()
        ),
        ("布署", "部署", "会议作出布署。")
    );
    all.push(one);
    site.store.put_judgements(ROUND, &all).await.unwrap();
    let id = hex::encode(&Sha256::digest("wrong_characters\n布署")[..8]);
    let path = format!("/rounds/{ROUND}/desk/A000004/{id}?which=all");
    let before = site.get(&path).await;
    assert!(before.body.contains("会议作出布署。"), "{}", before.body);
    assert!(!before.body.contains("第二意见"));
    let folder = site._folder.path().join("documents").join(ROUND);
    std::fs::create_dir_all(&folder).unwrap();
    let mut opinions = Opinions::default();
    let opinion = Opinion {
        stance: Stance::Supports,
        reason: format!("应为部署{NAUGHTY}"),
        model: "试用".to_owned(),
        at: support::at("2026-04-20T09:00:00"),
    };
    opinions.keep("A000004", "布署", opinion);
    let text = serde_json::to_vec(&opinions).unwrap();
    std::fs::write(folder.join(OPINIONS_FILE), text).unwrap();
    let after = site.get(&path).await.body;
    for said in [
        "第二意见",
        "支持有错",
        "应为部署",
        "试用 · 2026-04-20 09:00:00",
        "不是结论",
    ] {
        assert!(after.contains(said), "{said}: {after}");
    }
    assert!(!after.contains("<script>alert(1)"), "{after}");
    std::fs::write(folder.join(OPINIONS_FILE), "{").unwrap();
    let torn = site.get(&path).await;
    assert_eq!(
        torn.status,
        StatusCode::OK,
        "a torn file leaves the page as it is"
    );
    assert!(!torn.body.contains("第二意见"));
}

/// The relative luminance of a colour (WCAG 2).
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
        let value = f64::from(value) / 255.0;
        match value <= 0.040_45 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn the_count_in_the_navigation_can_be_read() {
    let style = include_str!("../assets/style.css");
    let token = |name: &str| style.split(&format!("--{name}: ")).nth(1).unwrap();
    let rule = style.split(".main-nav small {").nth(1).unwrap();
    let rule = rule.split('}').next().unwrap();
    let colour = |what: &str| {
        let name = rule.split(&format!(" {what}: var(--")).nth(1).unwrap();
        luminance(token(name.split(')').next().unwrap()))
    };
    let (ink, ground) = (colour("color"), colour("background"));
    let contrast = (ink.max(ground) + 0.05) / (ink.min(ground) + 0.05);
    assert!(contrast >= 4.5, "{contrast}");
}
