use super::super::filing::draft;
use super::super::filing::tests::{registry, typed};
use super::*;

fn step(kind: StepKind, level: Option<ReviewLevel>, at: &str) -> Step {
    Step {
        kind,
        level,
        at: format!("{at}T09:00").parse().unwrap(),
        person: "P9".into(),
        name: "王芳".into(),
        note: String::new(),
        stead: None,
    }
}

fn course(kind: RequestKind, first: Option<&str>) -> Course {
    Course {
        kind,
        noun: EntryKind::Site,
        organization: "C1".into(),
        first: first.map(str::to_owned),
        filed_by: "P1".into(),
    }
}

/// (what was done, where it stands): f filed, a approved, r returned, w withdrawn, p posted, c completed.
#[test]
fn a_request_stands_where_its_steps_lead() {
    use RequestState::*;
    let cases = [
        (RequestKind::Open, Some("C0"), "f", WaitingFirst),
        (RequestKind::Open, Some("C0"), "fa", WaitingProvince),
        (RequestKind::Open, Some("C0"), "faa", Effective),
        (RequestKind::Open, Some("C0"), "far", Returned),
        (RequestKind::Open, Some("C0"), "fw", Withdrawn),
        (RequestKind::Open, None, "f", WaitingProvince),
        (RequestKind::Open, None, "fa", Effective),
        (RequestKind::Correct, Some("C0"), "fa", Effective),
        (RequestKind::Correct, None, "f", WaitingProvince),
        (RequestKind::Close, Some("C0"), "faa", Notice),
        (RequestKind::Close, Some("C0"), "faap", Notice),
        (RequestKind::Close, Some("C0"), "faapc", Effective),
        (RequestKind::Merge, None, "far", Returned),
    ];
    for (kind, first, done, expected) in cases {
        let steps: Vec<Step> = done
            .chars()
            .map(|letter| match letter {
                'a' => step(StepKind::Approved, None, "2026-03-02"),
                'r' => step(StepKind::Returned, None, "2026-03-02"),
                'w' => step(StepKind::Withdrawn, None, "2026-03-02"),
                'p' => step(StepKind::Posted, None, "2026-03-02"),
                'c' => step(StepKind::Completed, None, "2026-04-02"),
                _ => step(StepKind::Filed, None, "2026-03-01"),
            })
            .collect();
        assert_eq!(
            course(kind, first).state(&steps),
            expected,
            "{kind:?} {done}"
        );
    }
    let account = Course {
        noun: EntryKind::Account,
        ..course(RequestKind::Close, None)
    };
    let approved = [step(StepKind::Approved, None, "2026-03-02")];
    assert_eq!(
        account.state(&approved),
        Effective,
        "an account has no page for a notice"
    );
    assert_eq!(
        account.approved_on(&approved),
        Some("2026-03-02".parse().unwrap())
    );
    assert_eq!(
        course(RequestKind::Open, Some("C0")).approved_on(&approved),
        None
    );
}

#[test]
fn who_decides_first_follows_from_the_units() {
    let registry = registry();
    for (unit, first) in [
        ("C1", Some("C0")),
        ("K0", Some("C0")),
        ("K1", Some("P1")),
        ("C0", None),
        ("P1", None),
        ("P0", None),
        ("X0", None),
        ("none", None),
    ] {
        assert_eq!(first_reviewer(&registry, unit).as_deref(), first, "{unit}");
    }
    let mut circle = registry.clone();
    circle.organizations.get_mut("X0").unwrap().parent = Some("X0".into());
    assert_eq!(
        first_reviewer(&circle, "X0"),
        None,
        "nobody decides his own"
    );
    let filing = draft(
        &typed(RequestKind::Close, "9901000002", &[]),
        &registry,
        &[],
    )
    .unwrap();
    assert_eq!(
        Course::of(&filing, &registry, "P1").first.as_deref(),
        Some("C0")
    );
}

#[test]
fn nobody_decides_his_own_nor_what_is_not_his_turn() {
    use RequestState::*;
    let own = course(RequestKind::Open, Some("C0"));
    let person = |person, unit, is_office| Reviewer {
        person,
        unit,
        is_office,
    };
    let cases = [
        (
            WaitingFirst,
            person("P2", Some("C0"), false),
            Ok((ReviewLevel::First, None)),
        ),
        (
            WaitingFirst,
            person("P2", Some("C2"), false),
            Err(Refusal::Level),
        ),
        (
            WaitingFirst,
            person("P2", Some("C1"), false),
            Err(Refusal::Own),
        ),
        (
            WaitingFirst,
            person("P3", None, true),
            Ok((ReviewLevel::First, Some(Stead::NobodyAbove))),
        ),
        (WaitingFirst, person("P1", None, true), Err(Refusal::Own)),
        (WaitingFirst, person("P4", None, false), Err(Refusal::Level)),
        (
            WaitingProvince,
            person("P2", Some("C0"), false),
            Err(Refusal::Level),
        ),
        (
            WaitingProvince,
            person("P3", None, true),
            Ok((ReviewLevel::Province, None)),
        ),
        (WaitingProvince, person("P1", None, true), Err(Refusal::Own)),
        (Notice, person("P3", None, true), Err(Refusal::Settled)),
        (Returned, person("P3", None, true), Err(Refusal::Settled)),
        (Effective, person("P3", None, true), Err(Refusal::Settled)),
    ];
    for (state, reviewer, expected) in cases {
        assert_eq!(
            may_review(&own, state, &[], &reviewer, Others::default()),
            expected,
            "{state:?} {reviewer:?}"
        );
    }
}

#[test]
fn nobody_takes_both_steps_while_others_could() {
    use RequestState::*;
    let own = course(RequestKind::Open, Some("C0"));
    let office = Reviewer {
        person: "P3",
        unit: None,
        is_office: true,
    };
    let mut first = step(StepKind::Approved, Some(ReviewLevel::First), "2026-03-02");
    let ask = |state, steps: &[Step], above, office_too| {
        let others = Others {
            above,
            office: office_too,
        };
        may_review(&own, state, steps, &office, others)
    };
    assert_eq!(ask(WaitingFirst, &[], true, true), Err(Refusal::Above));
    let first_level = Ok((ReviewLevel::First, Some(Stead::NobodyAbove)));
    assert_eq!(ask(WaitingFirst, &[], false, true), first_level);
    let by_another = [first.clone()];
    let province = Ok((ReviewLevel::Province, None));
    assert_eq!(ask(WaitingProvince, &by_another, true, true), province);
    first.person = "P3".into();
    let by_himself = [first];
    assert_eq!(
        ask(WaitingProvince, &by_himself, false, true),
        Err(Refusal::Twice)
    );
    let alone = Ok((ReviewLevel::Province, Some(Stead::NobodyElse)));
    assert_eq!(ask(WaitingProvince, &by_himself, false, false), alone);
}

#[test]
fn a_closing_is_settled_after_thirty_days_of_notice() {
    let own = course(RequestKind::Close, None);
    let office = Reviewer {
        person: "P3",
        unit: None,
        is_office: true,
    };
    let on = |text: &str| text.parse::<Date>().unwrap();
    let start = Some(on("2026-03-01"));
    let ask = |reviewer, start, today| {
        may_complete(&own, RequestState::Notice, reviewer, start, on(today))
    };
    assert_eq!(ask(&office, start, "2026-03-30"), Err(Refusal::Early));
    assert_eq!(ask(&office, start, "2026-03-31"), Ok(()));
    assert_eq!(ask(&office, None, "2027-03-31"), Err(Refusal::NoNotice));
    let first = Reviewer {
        person: "P2",
        unit: Some("C0"),
        is_office: false,
    };
    assert_eq!(ask(&first, start, "2026-05-31"), Err(Refusal::Level));
    let filer = Reviewer {
        person: "P1",
        unit: None,
        is_office: true,
    };
    assert_eq!(ask(&filer, start, "2026-05-31"), Err(Refusal::Own));
}
