//! What becomes public and what never does.

use super::*;
use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::judge::Judgement;
use crate::review::Decision;
use crate::round::{Coverage, Round, Subject};
use crate::score::score;
use crate::testing::{
    at, fail, finding, formula, indicator, judgement, portal as a_portal, review, rule, set,
};
use crate::verdict::Verdict;

/// What sealed checks found; none of it may be anywhere in what is public.
const SECRETS: [&str; 4] = [
    "澳门赌场",
    "bet.example",
    "350102199003071234",
    "隐私清单.xls",
];

#[test]
fn the_defaults_can_be_read_and_name_known_checks_only() {
    let defaults: Defaults = toml::from_str(DEFAULTS).unwrap();
    for check in defaults.checks.keys() {
        assert!(checks::find(check).is_some(), "{check}");
    }
    for sealed in SEALED {
        assert!(checks::find(sealed).is_some(), "{sealed}");
        assert_eq!(defaults.checks.get(sealed), Some(&Publicity::Count));
    }
    assert_eq!(
        PublicitySettings::default().level("broken_links"),
        Publicity::Full
    );
}

/// Whatever is set, in whatever way: content safety stays at a count.
#[test]
fn no_setting_goes_beyond_the_ceiling() {
    for level in Publicity::ALL {
        let all = checks::CHECKS
            .iter()
            .map(|check| (check.name.to_owned(), level));
        let mut all: BTreeMap<String, Publicity> = all.collect();
        all.insert("a_check_of_tomorrow".to_owned(), level);
        let settings = PublicitySettings::with(all);
        for check in SEALED.into_iter().chain(["a_check_of_tomorrow"]) {
            assert!(
                settings.level(check) <= Publicity::Count,
                "{check} {level:?}"
            );
            assert!(!settings.at_least(Publicity::Full).contains(check));
            assert!(is_sealed(check, "x"));
        }
        assert_eq!(settings.level("broken_links"), level);
        assert_eq!(
            settings
                .at_least(Publicity::Count)
                .contains("severe_wording"),
            level >= Publicity::Count
        );
    }
    assert!(is_sealed("manual", "serious_problem") && !is_sealed("manual", "unified_login"));
}

fn round(set: IndicatorSet, also_listed: Vec<IndicatorSet>) -> Round {
    Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: Coverage::Sample,
        monitor_from: at(1),
        as_of: at(20),
        seed: "种子".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set,
        also_listed,
        also_under: Vec::new(),
    }
}

/// A portal with dead links, one of them into a betting site, and everything that must not get out.
fn portal() -> (Round, Subject, Vec<Judgement>) {
    let each = || {
        vec![rule(
            &["dead"],
            Some(crate::indicator::DeductKind::Each),
            Some("1"),
        )]
    };
    let scored = set(
        vec![indicator(
            "D-1",
            IndicatorKind::Deduct,
            "5",
            "broken_links",
            each(),
        )],
        formula(),
    );
    let listed = |id: &str, check: &str| {
        indicator(
            id,
            IndicatorKind::Listed,
            "0",
            check,
            vec![rule(&["sign"], None, None)],
        )
    };
    let extras = IndicatorSet {
        id: "extras".to_owned(),
        formula: None,
        indicators: vec![
            listed("X-1", "harmful_links"),
            listed("X-2", "exposed_personal_data"),
            listed("X-3", "leaked_files"),
        ],
        ..scored.clone()
    };
    let subject = a_portal("9900000001");
    let own = "https://www.qingshi.gov.cn";
    let with = |key: &str, case: &str, url: &str, detail: &str| {
        let mut one = finding(key, case).with_url(url.to_owned());
        one.detail = detail.to_owned();
        one
    };
    let dead = fail(vec![
        with(
            &format!("{own}/a"),
            "dead",
            &format!("{own}/a"),
            "链接“通知”打不开",
        ),
        with(
            "https://bet.example/x",
            "dead",
            "https://bet.example/x",
            "链接“澳门赌场”打不开",
        ),
        with(
            &format!("{own}/隐私清单.xls"),
            "dead",
            &format!("{own}/隐私清单.xls"),
            "附件打不开",
        ),
        with(
            &format!("{own}/b"),
            "dead",
            &format!("{own}/b"),
            "被驳回的链接打不开",
        ),
    ]);
    let judged = |set: &str, indicator: &str, check: &str, verdict| Judgement {
        set: set.to_owned(),
        ..judgement(&subject.target.id().0, indicator, check, verdict)
    };
    let judgements = vec![
        judged("demo", "D-1", "broken_links", dead),
        judged(
            "extras",
            "X-1",
            "harmful_links",
            fail(vec![with(
                "https://bet.example/",
                "sign",
                "https://bet.example/",
                "指向“澳门赌场”",
            )]),
        ),
        judged(
            "extras",
            "X-2",
            "exposed_personal_data",
            fail(vec![with(
                "350102199003071234",
                "sign",
                &format!("{own}/p"),
                "公示 350102199003071234",
            )]),
        ),
        judged(
            "extras",
            "X-3",
            "leaked_files",
            fail(vec![with(
                "leak",
                "sign",
                &format!("{own}/隐私清单.xls"),
                "隐私清单.xls 可以下载",
            )]),
        ),
    ];
    (round(scored, vec![extras]), subject, judgements)
}

#[test]
fn what_counted_is_public_and_what_is_sealed_is_a_count() {
    let (round, subject, judgements) = portal();
    let key = "https://www.qingshi.gov.cn/b";
    let reviews = [review(
        "9900000001",
        "broken_links",
        key,
        Decision::Rejected,
        10,
    )];
    let sheet = score(&round.set, &subject, &judgements, &reviews);
    let (target, findings) = public_target(&round, &subject, &sheet, (&judgements, &reviews), None);
    let seen: Vec<(&str, bool, &str)> = findings
        .iter()
        .map(|one| (one.problem.check.as_str(), one.is_sealed, one.text.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("broken_links", false, "链接“通知”打不开"),
            // The same address as a sealed finding: its text is not repeated.
            ("broken_links", true, ""),
            ("broken_links", true, ""),
            ("harmful_links", true, ""),
            ("exposed_personal_data", true, ""),
            ("leaked_files", true, ""),
        ]
    );
    let shown: Vec<String> = findings
        .iter()
        .map(|one| format!("{}{}{}", one.text, one.url, one.case))
        .collect();
    let shown = format!(
        "{}{}",
        shown.concat(),
        serde_json::to_string(&target).unwrap()
    );
    for secret in SECRETS.iter().chain(&["被驳回"]) {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert_eq!(target.checked_on, at(9).date(), "the day of its evidence");
    assert_eq!(target.card.rows[0].state, RowState::Deducted);
    let groups = target.card.groups();
    assert_eq!(groups[0].1, sheet.indicators[0].amount);
}

#[test]
fn notes_of_people_stay_inside() {
    let mut asked = indicator(
        "D-9",
        IndicatorKind::Deduct,
        "5",
        "manual",
        vec![rule(
            &["manual"],
            Some(crate::indicator::DeductKind::Fixed),
            Some("2"),
        )],
    );
    asked.params.insert(
        "manual".to_owned(),
        serde_json::json!({"question": "unified_login", "prompt": "是否统一登录？"}),
    );
    asked.level2 = "统一登录".to_owned();
    let round = round(set(vec![asked], formula()), Vec::new());
    let subject = a_portal("9900000001");
    let question = Verdict::NeedsReview {
        question: "是否统一登录？".to_owned(),
        findings: Vec::new(),
    };
    let judgements = [judgement("9900000001", "D-9", "manual", question)];
    let note = "经办人李四，电话 13800000000";
    let answered = Decision::Answered {
        number: 1,
        note: note.to_owned(),
    };
    let reviews = [review(
        "9900000001",
        "manual",
        "unified_login",
        answered,
        10,
    )];
    let sheet = score(&round.set, &subject, &judgements, &reviews);
    assert!(
        !sheet.indicators[0].findings.is_empty(),
        "it counted: {sheet:?}"
    );
    let (_, findings) = public_target(&round, &subject, &sheet, (&judgements, &reviews), None);
    assert_eq!(findings[0].text, "“统一登录”不符合检查要求");
    let kept = serde_json::to_string(&findings).unwrap();
    assert!(!kept.contains("李四"), "{kept}");
}

#[test]
fn no_cell_is_a_formula() {
    for (text, expected) in [
        ("=1+1", "'=1+1"),
        ("+86 771", "'+86 771"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("-1.5", "-1.5"),
        ("79.20", "79.20"),
        ("青石市", "青石市"),
        ("", ""),
    ] {
        assert_eq!(safe_cell(text), expected, "{text:?}");
    }
}

#[test]
fn every_table_has_its_own_columns() {
    for table in &TABLES {
        let names: std::collections::BTreeSet<&str> =
            table.columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), table.columns.len(), "{}", table.name);
        assert_eq!(table_of(table.name), Some(table));
    }
}

/// What is public of a round's figures is a list: estimates with their intervals are on it, who fell or failed again is not.
#[test]
fn figures_are_public_by_their_names_only() {
    let figure = || crate::stats::Figure {
        value: crate::stats::FigureValue::Count(1),
        printed: "1".to_owned(),
        unit: "个".to_owned(),
        definition: String::new(),
    };
    let names = [
        "estimate.account_pass_rate_low_percent",
        "registry.websites_running",
        "outcome.accounts_unqualified",
        "repeat.relapsed",
        "movement.portals_down",
        "trend.portal_mean.2025Q4",
        "index_level1.功能设计.now",
        "something.new",
    ];
    let stats = crate::stats::Stats {
        figures: names.map(|name| (name.to_owned(), figure())).into(),
        ..Default::default()
    };
    let round = Round {
        id: "2026Q1".to_owned(),
        title: String::new(),
        coverage: Coverage::Census,
        monitor_from: at(8),
        as_of: at(12),
        seed: String::new(),
        rectify_by: "2026-04-30".to_owned(),
        set: set(Vec::new(), formula()),
        also_listed: Vec::new(),
        also_under: Vec::new(),
    };
    let public = public_round(&round, &stats, (1, at(13)), Vec::new());
    let public: Vec<&str> = public
        .figures
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        public,
        [
            "estimate.account_pass_rate_low_percent",
            "outcome.accounts_unqualified",
            "registry.websites_running",
        ]
    );
}
