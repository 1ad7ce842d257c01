use super::*;
use crate::indicator::resolve;
use crate::judge::Judgement;
use crate::notice::template::{Template, parse};
use crate::notice::{Notice, build};
use crate::registry::{SiteKind, TargetClass};
use crate::review::Decision;
use crate::round::{Coverage, Round, Sample};
use crate::testing::*;
use crate::verdict::Verdict;

const LETTER: &str = include_str!("../../../../templates/notice-letter.zh.txt");
const WORDS: &str = include_str!("../../../../templates/words.toml");

fn template() -> Template {
    parse(LETTER).unwrap()
}

fn particulars() -> Particulars {
    let names = [
        ("issuer", "云岭省大数据发展管理局"),
        ("issuer_short", "省大数据局"),
        ("quarter", "2026年第一季度"),
        ("previous_quarter", "2025年第四季度"),
        ("area", "全省"),
        ("province_level", "省"),
        ("recipients", "各市人民政府，省各有关单位"),
        ("basis", "《政府网站与政务新媒体检查指标》"),
        ("account_basis", "《政府网站与政务新媒体检查指标》"),
        ("approval", ""),
        ("form_year", "2025"),
        ("share_unit", "个百分点"),
        ("mail", ""),
    ];
    Particulars {
        names: names
            .map(|(key, text)| (key.to_owned(), text.to_owned()))
            .into(),
        number: String::new(),
        date: jiff::civil::date(2026, 4, 3),
        rectify_by: jiff::civil::date(2026, 4, 30),
        cases: Vec::new(),
        closures: Vec::new(),
        filings: Vec::new(),
        annual_forms: Vec::new(),
        words: Words::parse(WORDS).unwrap(),
    }
}

fn round() -> Round {
    let files = project_files();
    let set = |id: &str| resolve(&files, id, &|_, _| Ok(())).unwrap();
    Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: Coverage::Sample,
        monitor_from: at(9),
        as_of: at(10),
        seed: "7".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set: set("gov-2019"),
        also_listed: vec![set("extras")],
        also_under: Vec::new(),
    }
}

/// What the round's sets could say of a target, drawn at random: most pass, some fail, some are not known.
fn judgements(round: &Round, target: &str, class: TargetClass, dice: &mut Dice) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for set in std::iter::once(&round.set).chain(&round.also_listed) {
        for indicator in set
            .indicators
            .iter()
            .filter(|indicator| indicator.applies_to.contains(&class))
        {
            for check in &indicator.checks {
                let case = indicator.rules[dice.roll(indicator.rules.len())].cases[0].clone();
                let verdict = match dice.roll(9) {
                    0 | 1 => fail(vec![
                        finding("a", &case).with_count(1 + dice.roll(3) as u32),
                    ]),
                    2 => Verdict::Pass {
                        undetermined: vec![doubt("b", &case)],
                    },
                    _ => pass(),
                };
                judgements.push(Judgement {
                    set: set.id.clone(),
                    ..judgement(target, &indicator.id, check, verdict)
                });
            }
        }
    }
    judgements
}

/// A person confirms every finding, so that what needs one is spoken of too.
fn confirmed(judgements: &[Judgement]) -> Vec<crate::review::Review> {
    let one = |judgement: &Judgement| {
        review(
            &judgement.target.0,
            &judgement.check,
            "a",
            Decision::Confirmed,
            11,
        )
    };
    judgements.iter().map(one).collect()
}

fn random_round(seed: u64) -> (Results, Registry) {
    let mut dice = Dice(seed);
    let round = round();
    let mut sample = Sample::default();
    let mut judged = Vec::new();
    for number in 0..1 + dice.roll(14) {
        let id = format!("{number:010}");
        let (subject, stratum) = match dice.roll(3) {
            0 => (portal(&id), "portal/city"),
            1 => (
                subject(Target::Site(site(&id, SiteKind::Department))),
                "department",
            ),
            _ => (
                subject(Target::Account(account(&id, "微信", "990100"))),
                "account/微信/990100",
            ),
        };
        sample
            .frame
            .entry(stratum.to_owned())
            .or_default()
            .push(id.as_str().into());
        if dice.roll(4) > 0 {
            sample.drawn.insert(id.as_str().into(), stratum.to_owned());
            let found = judgements(&round, &id, subject.target.class(), &mut dice);
            let reviews = confirmed(&found);
            judged.push((subject, found, reviews));
        }
    }
    (
        Results::reckon(round, sample, Vec::new(), judged),
        Registry::default(),
    )
}

fn notice(results: &Results, registry: &Registry) -> Notice {
    match build(&inputs(results, registry, particulars()), &template()) {
        Ok(notice) => notice,
        Err(errors) => panic!("{errors:?}"),
    }
}

#[test]
fn any_round_gives_a_notice_that_agrees_with_itself_and_reads_as_a_sentence() {
    for seed in 0..60 {
        let (results, registry) = random_round(seed);
        let notice = notice(&results, &registry);
        let text = notice.plain_text();
        for broken in [
            "，，", "、、", "。。", "；。", "，。", "：，", "为，", "{{", "、和", "和、", "（）",
            "“”", "如、", "等等",
        ] {
            let line = text.lines().find(|line| line.contains(broken));
            assert!(
                line.is_none(),
                "seed {seed}: “{broken}” in “{}”",
                line.unwrap_or_default()
            );
        }
        assert!(
            !text.contains("自治区") && !text.contains("广西"),
            "the template names no province"
        );
    }
}

#[test]
fn what_was_found_is_spoken_of_by_kind_with_the_worst_first() {
    let round = round();
    let mut sample = Sample::default();
    let mut judged = Vec::new();
    for (id, count) in [("0000000001", 1), ("0000000002", 3)] {
        sample
            .frame
            .entry("portal/city".to_owned())
            .or_default()
            .push(id.into());
        sample.drawn.insert(id.into(), "portal/city".to_owned());
        let found = fail(vec![finding("p", "uninterpreted").with_count(count)]);
        let judgement = Judgement {
            set: "gov-2019".to_owned(),
            ..judgement(id, "D-07", "uninterpreted_policies", found)
        };
        let confirmed = review(id, "uninterpreted_policies", "p", Decision::Confirmed, 11);
        judged.push((portal(id), vec![judgement], vec![confirmed]));
    }
    let results = Results::reckon(round, sample, Vec::new(), judged);
    let inputs = inputs(&results, &Registry::default(), particulars());
    let kinds: Vec<(&str, i64)> = inputs
        .problems
        .iter()
        .map(|problem| (problem.kind.as_str(), problem.weight))
        .collect();
    assert_eq!(
        kinds,
        [("uninterpreted_policies", 1), ("uninterpreted_policies", 3)]
    );
    let text = build(&inputs, &template()).unwrap().plain_text();
    assert!(
        text.contains(
            "发布解读存在解读比例不高问题，如0000000002网站所发布的政策文件未提供相应的配套解读稿"
        ),
        "{text}"
    );
    assert!(
        !text.contains("抽查未发现安全、泄密事故"),
        "nobody was asked, so nothing is claimed"
    );
}
