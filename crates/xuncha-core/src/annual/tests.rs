//! Forms fill themselves as far as they can, and are held against themselves.

use super::*;
use crate::points::Points;
use crate::score::Outcome;
use crate::testing::project_files;

const FORMS: &str = include_str!("../../../../templates/annual-forms.toml");

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

#[test]
fn the_shipped_forms_have_the_topics_of_the_document() {
    let work = FormSpec::parse(FORMS, FormKind::Work).unwrap();
    let sections: std::collections::BTreeSet<&str> = work
        .items
        .iter()
        .map(|item| item.section.as_str())
        .collect();
    for section in [
        "基本信息",
        "访问量",
        "信息发布（条）",
        "专栏专题（个）",
        "解读回应",
        "办事服务",
        "互动交流",
        "安全防护",
        "移动新媒体",
        "创新发展",
        "填报",
    ] {
        assert!(sections.contains(section), "{section}: {sections:?}");
    }
    let supervision = FormSpec::parse(FORMS, FormKind::Supervision).unwrap();
    let sections: std::collections::BTreeSet<&str> = supervision
        .items
        .iter()
        .map(|item| item.section.as_str())
        .collect();
    for section in [
        "网站抽查",
        "安全检查",
        "网站开设整合",
        "“我为政府网站找错”留言办理",
        "假冒政府网站处置",
        "人员培训",
    ] {
        assert!(sections.contains(section), "{section}: {sections:?}");
    }
    assert_eq!(work.due_in(2025), Ok(date(2026, 1, 31)));
    let broken = FORMS.replacen("at_most = \"visits\"", "at_most = \"nothing\"", 1);
    assert!(
        FormSpec::parse(&broken, FormKind::Work)
            .unwrap_err()
            .contains("nothing")
    );
}

#[test]
fn what_is_known_is_filled_in_and_what_does_not_add_up_is_told() {
    let spec = FormSpec::parse(FORMS, FormKind::Supervision).unwrap();
    let known = map(&[
        ("registry.websites", "577"),
        ("registry.portals", "126"),
        ("registry.departments", "451"),
        ("quarter1.sampled", "210"),
        ("quarter1.ratio", "36.4"),
        ("quarter1.failed", "0"),
        ("tips.received", "5"),
        ("tips.in_time", "5"),
    ]);
    let form = fill(&spec, 2020, &known, &BTreeMap::new());
    assert_eq!(form.problems(&known), Vec::<String>::new());
    let missing: Vec<&str> = form.missing().map(|row| row.item.key.as_str()).collect();
    assert!(
        missing.contains(&"trained") && !missing.contains(&"sites"),
        "{missing:?}"
    );
    let wrong = map(&[
        ("portals", "127"),
        ("failed_1", "211"),
        ("ratio_1", "三成"),
        ("tips_late", "6"),
        ("talked", "-1"),
    ]);
    let form = fill(&spec, 2020, &known, &wrong);
    let said = form.problems(&known).join("\n");
    for part in [
        "“其中：门户网站（家）”填的是“127”，系统记录为“126”",
        "“正在运行的网站总数（家）”是577，而其中：门户网站（家）、其中：部门网站（家）之和是578",
        "“第一季度不合格网站（家次）”是211，多于“第一季度抽查网站（家次）”的210",
        "“第一季度抽查比例（%）”填的是“三成”，应为0到100的百分数",
        "“超期办结（条）”是6，多于“收到留言（条）”的5",
        "“其中：约谈（人次）”填的是“-1”，应为非负整数",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let document = form.document(date(2021, 1, 20), &form.problems(&known));
    assert_eq!(document.annexes.len(), 2);
    assert_eq!(document.annexes[0].rows.len(), spec.items.len());
}

#[test]
fn answers_are_read_by_their_codes() {
    let codes = ["unit", "trained"];
    let text = "代码,部分,项目,内容\nunit,,,某局\ntrained,,,\n";
    let read = answers(text, &codes).unwrap();
    assert_eq!(read, map(&[("unit", "某局"), ("trained", "")]));
    // What the system knew when the table was written is no answer when it knows otherwise later.
    let kept = "代码,部分,项目,内容,系统记录\nunit,,,某局,某局\ntrained,,,5,4\n";
    assert_eq!(
        answers(kept, &codes).unwrap(),
        map(&[("unit", ""), ("trained", "5")])
    );
    assert_eq!(filled_in(kept).unwrap(), map(&[("trained", "5")]));
    assert_eq!(filled_in(text).unwrap(), map(&[("unit", "某局")]));
    assert!(filled_in("随便,写的\n").is_err());
    let errors = answers("代码,内容\nother,1\nunit,a\nunit,b\n", &codes).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(answers("甲,乙\n", &codes).is_err());
}

#[test]
fn the_supervisor_is_scored_under_the_annual_indicators() {
    let check = &crate::checks::validate_params;
    let set = crate::indicator::resolve(&project_files(), "supervision-2019", check).unwrap();
    let mut answers: BTreeMap<String, u32> = [
        ("supervision_wording", 0),
        ("supervision_failed", 1),
        ("supervision_unresolved", 2),
        ("supervision_late", 30),
        ("supervision_quarterly", 0),
        ("supervision_annual", 0),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into();
    let open = assess(&set, &answers).unwrap();
    assert_eq!(
        (open.outcome, open.deduct_score),
        (Outcome::Undetermined, None)
    );
    answers.insert("supervision_unfiled".to_owned(), 0);
    // 2 × 3, and 30 × 2 capped at 20: 74 are left, no bonus.
    let done = assess(&set, &answers).unwrap();
    assert_eq!(done.deduct_score, Some(Points::whole(74)));
    assert_eq!((done.outcome, done.bonus_score), (Outcome::Qualified, None));
    answers.insert("supervision_late".to_owned(), 0);
    answers.insert("supervision_intensive".to_owned(), 5);
    let good = assess(&set, &answers).unwrap();
    assert_eq!(good.final_score, Some(Points::whole(99)));
    answers.insert("supervision_failed".to_owned(), 2);
    let vetoed = assess(&set, &answers).unwrap();
    assert_eq!(
        (vetoed.outcome, vetoed.final_score),
        (Outcome::Unqualified, None)
    );
    let document = good.document(&set, 2020, date(2021, 1, 20));
    assert_eq!(document.annexes[0].rows.len(), good.rows.len());
    assert!(
        document.plain_text().contains("总分99，结论合格"),
        "{}",
        document.plain_text()
    );
}
