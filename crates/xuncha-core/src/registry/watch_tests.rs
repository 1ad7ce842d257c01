use super::*;

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

/// `0301n` is a look on 1 March that saw the notice; m moved, a absent, u unreachable.
fn looks(text: &str) -> Vec<Sighting> {
    let look = |word: &str| Sighting {
        at: format!("2026-{}-{}T09:00", &word[..2], &word[2..4])
            .parse()
            .unwrap(),
        seen: match &word[4..] {
            "n" => Seen::Notice,
            "m" => Seen::Moved,
            "a" => Seen::Absent,
            _ => Seen::Unreachable,
        },
        url: String::new(),
        quote: String::new(),
        round: String::new(),
        record: String::new(),
    };
    text.split_whitespace().map(look).collect()
}

#[test]
fn a_closing_notice_hangs_for_thirty_days() {
    use WatchState::*;
    // (stated by the unit, looks, today, state, start, due)
    let cases = [
        ("", "", "2026-03-10", NotLooked, "", ""),
        (
            "2026-03-02",
            "",
            "2026-03-10",
            NotLooked,
            "2026-03-02",
            "2026-04-01",
        ),
        ("", "0305a 0306a", "2026-03-10", NotSeen, "", ""),
        ("2026-03-02", "0305a", "2026-03-10", NotSeen, "", ""),
        (
            "",
            "0305n",
            "2026-03-10",
            Running,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "2026-03-02",
            "0305n",
            "2026-03-10",
            Running,
            "2026-03-02",
            "2026-04-01",
        ),
        (
            "2026-03-02",
            "0304a 0305n",
            "2026-03-10",
            Running,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0310u",
            "2026-03-12",
            Running,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0310u 0311a",
            "2026-03-12",
            Interrupted,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0310a 0311a 0312n",
            "2026-03-12",
            Running,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0403n",
            "2026-04-03",
            Running,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0403n",
            "2026-04-04",
            Fulfilled,
            "2026-03-05",
            "2026-04-04",
        ),
        (
            "",
            "0305n 0405a 0406a",
            "2026-04-10",
            Fulfilled,
            "2026-03-05",
            "2026-04-04",
        ),
        ("", "0228n", "2026-03-10", NotLooked, "", ""),
    ];
    for (posted, seen, today, state, start, due) in cases {
        let watch = Watch {
            kind: WatchKind::Closing,
            since: on("2026-03-01"),
            posted: (!posted.is_empty()).then(|| on(posted)),
        };
        let told = watched(&watch, &looks(seen), on(today));
        let day = |text: &str| (!text.is_empty()).then(|| on(text));
        assert_eq!(
            (told.state, told.start, told.due),
            (state, day(start), day(due)),
            "{posted} {seen} {today}"
        );
    }
}

#[test]
fn a_site_is_back_after_its_closure_or_not() {
    use WatchState::*;
    let watch = Watch {
        kind: WatchKind::Return,
        since: on("2026-03-11"),
        posted: None,
    };
    let look = |(at, seen): &(&str, Seen)| Sighting {
        at: format!("{at}T09:00").parse().unwrap(),
        seen: *seen,
        url: String::new(),
        quote: String::new(),
        round: String::new(),
        record: String::new(),
    };
    let (down, up) = (Seen::Unreachable, Seen::Opened);
    type Looks<'a> = &'a [(&'a str, Seen)];
    let cases: [(Looks<'_>, &str, WatchState); 6] = [
        (&[("2026-03-05", down)], "2026-03-10", Away),
        (&[("2026-03-05", down)], "2026-03-11", NotLooked),
        (&[("2026-03-11", down)], "2026-03-11", NotSeen),
        (
            &[("2026-03-11", down), ("2026-03-12", down)],
            "2026-03-12",
            NotBack,
        ),
        (
            &[("2026-03-11", down), ("2026-03-12", up)],
            "2026-03-12",
            Back,
        ),
        (&[("2026-03-11", up)], "2026-03-11", Back),
    ];
    for (seen, today, state) in cases {
        let seen: Vec<Sighting> = seen.iter().map(look).collect();
        assert_eq!(watched(&watch, &seen, on(today)).state, state, "{seen:?}");
    }
}

#[test]
fn an_old_domain_tells_of_the_new_one_for_three_calendar_months() {
    use WatchState::*;
    let watch = Watch {
        kind: WatchKind::Domain,
        since: on("2026-11-30"),
        posted: None,
    };
    let told = watched(&watch, &[], on("2026-12-01"));
    assert_eq!(
        told.due,
        Some(on("2027-02-28")),
        "months of the calendar, not 90 days"
    );
    let watch = Watch {
        since: on("2026-03-01"),
        ..watch
    };
    for (seen, today, state) in [
        ("", "2026-03-10", NotLooked),
        ("0310u", "2026-03-10", NotSeen),
        ("0310m", "2026-03-10", Running),
        ("0310m 0410n", "2026-05-31", Running),
        ("0310m 0410u 0411u", "2026-04-12", Interrupted),
        ("0310m 0510n", "2026-06-01", Fulfilled),
        ("0310m 0605u 0606u", "2026-06-10", Fulfilled),
    ] {
        assert_eq!(
            watched(&watch, &looks(seen), on(today)).state,
            state,
            "{seen} {today}"
        );
    }
}

#[test]
fn notices_are_told_from_buttons_and_news() {
    for text in [
        "公告\n根据集约化建设要求，本网站将于2026年4月1日停止更新，内容迁移至青石市人民政府门户网站。",
        "关于青石市教育局网站关停的公告",
        "尊敬的用户：本站已整合至市政府门户网站，敬请访问新网站",
        "因机构改革，青石市工商局门户网站自即日起停止运行。",
    ] {
        assert!(closing_wording(text).is_some(), "{text}");
    }
    for text in [
        "您访问的链接即将离开本网站，是否继续？\n关闭窗口",
        "我市已关停小煤矿12座",
        "关于依法注销营业执照的公告",
        "本网站由青石市人民政府办公室主办",
        "",
    ] {
        assert_eq!(closing_wording(text), None, "{text}");
    }
    let long = format!("本网站将停止更新{}", "长".repeat(500));
    assert_eq!(closing_wording(&long).unwrap().chars().count(), MAX_QUOTE);
    assert!(
        domain_wording(
            "我局网站新地址为 JYJ.Qingshi.gov.cn ，请更新收藏",
            "jyj.qingshi.gov.cn"
        )
        .is_some()
    );
    assert!(domain_wording("关于门户网站域名变更的公告", "").is_some());
    assert_eq!(domain_wording("域名管理办法", "jyj.qingshi.gov.cn"), None);
}

#[test]
fn a_failure_of_ours_is_no_missing_notice() {
    let capture = |failure: Option<Failure>, status, final_url: &str| {
        let text = serde_json::json!({
            "url": "http://old.qingshi.gov.cn/", "final_url": final_url, "at": "2026-03-05T09:00:00",
            "status": status, "failure": failure, "hops": [], "purpose": "page", "content_type": "text/html", "size_bytes": 0,
            "last_modified": "", "millis": 0, "truncated": false, "evidence": { "url": "", "at": "2026-03-05T09:00:00", "sha256": "", "record": "", "quote": "" },
        });
        serde_json::from_value::<Capture>(text)
    };
    let old = "http://old.qingshi.gov.cn/";
    let notice = "本网站将停止更新";
    let guard = Failure::RefusedByGuard {
        detail: String::new(),
    };
    let dns = |control_resolved| Failure::Dns { control_resolved };
    // (what failed, status, final address, text, seen)
    let cases = [
        (Some(guard), None, old, "", None),
        (Some(dns(false)), None, old, "", None),
        (Some(dns(true)), None, old, "", Some(Seen::Unreachable)),
        (Some(Failure::Reset), None, old, "", Some(Seen::Unreachable)),
        (None, Some(404), old, notice, Some(Seen::Unreachable)),
        (None, Some(200), old, notice, Some(Seen::Notice)),
        (None, Some(200), old, "要闻", Some(Seen::Absent)),
        (
            None,
            Some(200),
            "https://NEW.qingshi.gov.cn/a",
            "",
            Some(Seen::Moved),
        ),
    ];
    for (failure, status, final_url, text, expected) in cases {
        let name = format!("{failure:?} {status:?} {final_url}");
        let capture = capture(failure, status, final_url).unwrap();
        let seen = seen_in(WatchKind::Closing, &capture, text, "new.qingshi.gov.cn");
        assert_eq!(seen.map(|(seen, _)| seen), expected, "{name}");
    }
}
