use std::collections::BTreeMap;

use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::evidence::EvidenceRef;
use crate::indicator::{DeductKind, Indicator, IndicatorKind};
use crate::judge::Judgement;
use crate::notice::inputs::Serious;
use crate::notice::{Notice, ResultTable, build, template};
use crate::registry::{Level, Organization, Region, SiteKind, TargetClass, TargetId};
use crate::review::{Decision, Review};
use crate::round::{Coverage, Round, Sample, Subject};
use crate::stats::PreviousRound;
use crate::testing::*;
use crate::verdict::Confidence;

mod workbook;

const LETTER: &str = include_str!("../../../../../templates/notice-letter.zh.txt");
const WORDS: &str = include_str!("../../../../../templates/words.toml");

const CITY: &str = "9901000001";
const COUNTY: &str = "9901020001";
const OFFICE: &str = "9901000002";

/// Everything a small round is made of, so that a test changes one thing.
struct Small {
    registry: Registry,
    round: Round,
    previous: Vec<PreviousRound>,
    subjects: Vec<Subject>,
    judgements: Vec<Judgement>,
    reviews: Vec<Review>,
}

fn question(id: &str, question: &str, classes: &[TargetClass]) -> Indicator {
    let rules = vec![rule(&["answer"], None, None)];
    let mut indicator = indicator(id, IndicatorKind::Veto, "0", "manual", rules);
    indicator.applies_to = classes.to_vec();
    indicator.params = BTreeMap::from([(
        "manual".to_owned(),
        json!({"question": question, "prompt": "有几处？没有填 0。"}),
    )]);
    indicator
}

fn scored() -> Vec<Indicator> {
    let each = |case: &str| vec![rule(&[case], Some(DeductKind::Each), Some("1"))];
    let mut links = indicator(
        "D-1",
        IndicatorKind::Deduct,
        "50",
        "broken_links",
        each("home_link"),
    );
    links.level2 = "可用性".to_owned();
    let search_rules = vec![
        rule(&["missed"], Some(DeductKind::Each), Some("30")),
        rule(&["unclassified"], Some(DeductKind::Fixed), Some("1")),
    ];
    let mut search = indicator(
        "D-2",
        IndicatorKind::Deduct,
        "50",
        "search_misses",
        search_rules,
    );
    search.level2 = "站内搜索".to_owned();
    let stale_rules = vec![rule(&["stale"], None, None)];
    let mut stale = indicator(
        "M-V2",
        IndicatorKind::Veto,
        "0",
        "stale_account",
        stale_rules,
    );
    stale.applies_to = vec![TargetClass::Account];
    let sites = [TargetClass::Portal, TargetClass::Department];
    vec![
        question("W-V1", "serious_problem", &sites),
        question("M-V1", "account_serious_problem", &[TargetClass::Account]),
        stale,
        links,
        search,
    ]
}

fn listed() -> crate::indicator::IndicatorSet {
    let rules = || vec![rule(&["not_gov_cn", "missed"], None, None)];
    let mut domain = indicator(
        "X-1",
        IndicatorKind::Listed,
        "0",
        "nonconforming_domain",
        rules(),
    );
    domain.applies_to = vec![TargetClass::Department];
    let mut search = indicator("X-2", IndicatorKind::Listed, "0", "search_misses", rules());
    search.applies_to = vec![TargetClass::Department];
    crate::indicator::IndicatorSet {
        id: "extras".to_owned(),
        formula: None,
        ..set(vec![domain, search], formula())
    }
}

fn registry() -> Registry {
    let region = |code: &str, name: &str, level, parent: Option<&str>| Region {
        code: code.to_owned(),
        name: name.to_owned(),
        level,
        parent: parent.map(str::to_owned),
    };
    let unit = |id: &str, name: &str, region: &str, level, requires_accounts| Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        region: region.to_owned(),
        level,
        parent: None,
        requires_accounts,
    };
    let mut registry = Registry::default();
    for region in [
        region("990000", "云岭省", Level::Province, None),
        region("990100", "青石市", Level::City, Some("990000")),
        region("990102", "东湖区", Level::County, Some("990100")),
    ] {
        registry.regions.insert(region.code.clone(), region);
    }
    for unit in [
        unit("U1", "青石市人民政府", "990100", Level::City, true),
        unit("U2", "青石市应急管理局", "990100", Level::City, true),
    ] {
        registry.organizations.insert(unit.id.clone(), unit);
    }
    for (id, kind, region) in [
        (CITY, SiteKind::Portal, "990100"),
        (COUNTY, SiteKind::Portal, "990102"),
        (OFFICE, SiteKind::Department, "990100"),
        ("9901000003", SiteKind::Department, "990100"),
    ] {
        let mut site = site(id, kind);
        site.region = region.to_owned();
        site.home = "https://www.qsyj.org.cn/".to_owned();
        registry.sites.insert(site.id.clone(), site);
    }
    for (id, platform) in [("A000001", "微信公众号"), ("A000002", "微博")] {
        let mut account = account(id, platform, "990100");
        account.name = "青石发布".to_owned();
        registry.accounts.insert(account.id.clone(), account);
    }
    registry
}

fn small() -> Small {
    let registry = registry();
    let mut subjects: Vec<Subject> = Vec::new();
    for site in registry
        .sites
        .values()
        .filter(|site| site.id.0 != "9901000003")
    {
        subjects.push(subject(Target::Site(site.clone())));
    }
    subjects.extend(
        registry
            .accounts
            .values()
            .cloned()
            .map(|a| subject(Target::Account(a))),
    );
    for subject in &mut subjects {
        if subject.target.region() == "990102" {
            subject.region_name = "东湖区".to_owned();
            subject.region_path = vec!["青石市".to_owned(), "云岭省".to_owned()];
        }
    }
    let extra = |target: &str, indicator: &str, check: &str, verdict| Judgement {
        set: "extras".to_owned(),
        ..judgement(target, indicator, check, verdict)
    };
    let quoted = EvidenceRef {
        record: "0001@120".to_owned(),
        ..evidence().quoting("返回404")
    };
    let broken = finding("https://x/1", "home_link")
        .with_count(3)
        .with_evidence(quoted);
    let missed = finding("miss", "missed").with_count(2);
    let domain = finding("domain", "not_gov_cn").with_url("https://www.qsyj.org.cn/");
    let stale = || fail(vec![finding("account", "stale")]);
    let judgements = vec![
        judgement(CITY, "D-1", "broken_links", fail(vec![broken])),
        judgement(CITY, "D-2", "search_misses", pass()),
        judgement(COUNTY, "D-1", "broken_links", pass()),
        judgement(COUNTY, "D-2", "search_misses", fail(vec![missed.clone()])),
        judgement("A000001", "M-V2", "stale_account", stale()),
        judgement("A000002", "M-V2", "stale_account", stale()),
        extra(OFFICE, "X-1", "nonconforming_domain", fail(vec![domain])),
        extra(OFFICE, "X-2", "search_misses", fail(vec![missed])),
    ];
    let fine = |target: &str, question: &str| review(target, "manual", question, answered(0), 9);
    let mut reviews: Vec<Review> = [CITY, COUNTY, OFFICE]
        .map(|id| fine(id, "serious_problem"))
        .into();
    reviews.extend(["A000001", "A000002"].map(|id| fine(id, "account_serious_problem")));
    Small {
        registry,
        round: Round {
            id: "2026Q1".to_owned(),
            title: "2026年第一季度".to_owned(),
            coverage: Coverage::Sample,
            monitor_from: at(9),
            as_of: at(10),
            seed: "7".to_owned(),
            rectify_by: "2026-04-30".to_owned(),
            set: set(scored(), formula()),
            also_listed: vec![listed()],
            also_under: Vec::new(),
        },
        previous: Vec::new(),
        subjects,
        judgements,
        reviews,
    }
}

impl Small {
    fn review(mut self, target: &str, check: &str, key: &str, decision: Decision) -> Small {
        self.reviews.push(review(target, check, key, decision, 12));
        self
    }

    fn results(&self) -> Results {
        let mut sample = Sample::default();
        let sites = self.registry.sites.values().cloned().map(Target::Site);
        let accounts = self
            .registry
            .accounts
            .values()
            .cloned()
            .map(Target::Account);
        for target in sites.chain(accounts) {
            let stratum = match &target {
                Target::Account(account) => format!("account/{}/990100", account.platform),
                Target::Site(site) if site.kind == SiteKind::Department => "department".to_owned(),
                Target::Site(site) if site.region == "990102" => "portal/county".to_owned(),
                Target::Site(_) => "portal/city".to_owned(),
            };
            let is_drawn = |subject: &Subject| subject.target.id() == target.id();
            if self.subjects.iter().any(is_drawn) {
                sample.drawn.insert(target.id().clone(), stratum.clone());
            }
            sample
                .frame
                .entry(stratum)
                .or_default()
                .push(target.id().clone());
        }
        let judged = self.subjects.iter().map(|subject| {
            let id = subject.target.id();
            let judgements = self.judgements.iter().filter(|one| &one.target == id);
            let reviews = self.reviews.iter().filter(|one| &one.target == id);
            (
                subject.clone(),
                judgements.cloned().collect(),
                reviews.cloned().collect(),
            )
        });
        let judged = judged.collect();
        Results::reckon(self.round.clone(), sample, self.previous.clone(), judged)
    }

    fn inputs(&self) -> NoticeInputs {
        let details = RoundDetails {
            names: BTreeMap::new(),
            number: String::new(),
            date: date(2026, 4, 9),
            cases: Vec::new(),
            case_rows: Vec::new(),
            closures: Vec::new(),
            filings: Vec::new(),
            annual_forms: Vec::new(),
        };
        let words = Words::parse(WORDS).unwrap();
        inputs(&self.results(), &self.registry, &details, words)
    }

    fn notice(&self) -> crate::notice::Notice {
        build(&self.inputs(), &template::parse(LETTER).unwrap()).unwrap()
    }

    fn text(&self) -> String {
        self.notice().plain_text()
    }
}

#[track_caller]
fn says(text: &str, part: &str) {
    assert!(text.contains(part), "“{part}” is missing in:\n{text}");
}

#[track_caller]
fn says_not(text: &str, part: &str) {
    assert!(!text.contains(part), "“{part}” stands in:\n{text}");
}

#[test]
fn the_letter_of_a_small_round_says_its_numbers() {
    let text = small().text();
    says(
        &text,
        "云岭省人民政府办公厅关于公布2026年第一季度全省政府网站和政务新媒体抽查情况的函",
    );
    says(&text, "正在运行的政府网站4家，政务新媒体2个");
    says(
        &text,
        "此次共抽查政府网站3家，包括2家政府门户网站和1家部门网站，抽查比例为75%，整体合格率为66.7%，1家不合格",
    );
    says(&text, "共抽查政务新媒体2个，抽查比例为100%，整体合格率为0%");
    // 97 points in the city, 50 in the county.
    says(&text, "扣分指标平均得分73.5分");
    says(&text, "其中青石市1个门户网站得分高于80分，占比50%");
    says(&text, "个别政府网站页面链接不可用问题突出");
    says(&text, "如9901000002网站的域名为“www.qsyj.org.cn”");
    says(&text, "抽查未发现安全、泄密事故等严重问题");
    says(&text, "请于2026年4月30日前");
    says(&text, "抽查不合格的政府网站名单");
}

#[test]
fn accounts_that_share_a_name_are_two() {
    let small = small();
    let notice = small.notice();
    assert_eq!(notice.figures["problem.stale_account.count"].printed, "2");
    says(
        &notice.plain_text(),
        "所有政务新媒体内容更新不及时，如青石市“青石发布”微信公众号监测时间点前两周内未更新",
    );
}

#[test]
fn a_rejected_finding_takes_its_clause_along() {
    let rejected = small()
        .review(CITY, "broken_links", "https://x/1", Decision::Rejected)
        .review(OFFICE, "nonconforming_domain", "domain", Decision::Rejected);
    let text = rejected.text();
    says_not(&text, "页面链接不可用");
    says_not(&text, "规范网站域名");
    says(&text, "站内搜索在个别网站存在内容搜不到等问题");
}

#[test]
fn a_listed_finding_of_low_confidence_waits_for_a_person() {
    let mut small = small();
    let doubtful = finding("domain", "not_gov_cn").with_confidence(Confidence::Low);
    for judgement in &mut small.judgements {
        if judgement.check == "nonconforming_domain" {
            judgement.result = crate::judge::Judged::Known {
                verdict: fail(vec![doubtful.clone()]),
            };
        }
    }
    says_not(&small.text(), "规范网站域名");
    let confirmed = small.review(
        OFFICE,
        "nonconforming_domain",
        "domain",
        Decision::Confirmed,
    );
    says(&confirmed.text(), "的域名为“www.qsyj.org.cn”");
}

#[test]
fn a_kind_counts_targets_of_its_whole_only() {
    let inputs = small().inputs();
    let of = |kind: &str| -> Vec<(TargetId, i64)> {
        let is_kind = |problem: &&crate::notice::inputs::Problem| problem.kind == kind;
        let row = |problem: &crate::notice::inputs::Problem| {
            (problem.target.clone().unwrap(), problem.weight)
        };
        inputs.problems.iter().filter(is_kind).map(row).collect()
    };
    // The department's search misses too, but 站内搜索 speaks of portals.
    assert_eq!(of("search_misses"), [(COUNTY.into(), 2)]);
    assert_eq!(of("broken_links"), [(CITY.into(), 3)]);
}

#[test]
fn a_unit_without_its_account_is_named() {
    let inputs = small().inputs();
    let missing: Vec<_> = inputs
        .problems
        .iter()
        .filter(|problem| problem.kind == "missing_account")
        .collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].subject, "青石市应急管理局");
    says(
        &small().text(),
        "个别单位未按照要求开设相应政务新媒体，如青石市应急管理局",
    );
}

#[test]
fn the_screening_is_clear_only_where_it_was_answered() {
    let mut open = small();
    open.reviews.retain(|review| review.target.0 != OFFICE);
    assert_eq!(open.inputs().targets[&OFFICE.into()].serious, Serious::Open);
    let text = open.text();
    says_not(&text, "抽查未发现安全");
    // What is not known of a department is not praised.
    says_not(&text, "能够保证咨询建言渠道畅通");

    let found = small().review(OFFICE, "manual", "serious_problem", answered(2));
    assert_eq!(
        found.inputs().targets[&OFFICE.into()].serious,
        Serious::Found
    );
    says(&found.text(), "抽查发现1家网站存在安全、泄密事故等严重问题");
}

#[test]
fn targets_that_were_not_drawn_stand_in_the_list() {
    let targets = small().inputs().targets;
    assert_eq!(targets.len(), 6);
    let other = &targets[&"9901000003".into()];
    assert!(!other.drawn && other.outcome.is_none());
    assert_eq!(targets[&COUNTY.into()].label, "青石市东湖区");
    assert_eq!(targets[&COUNTY.into()].city, "青石市");
}

#[test]
fn a_first_round_without_accounts_and_without_high_scores_is_told_as_it_is() {
    let mut first = small();
    first.registry.accounts.clear();
    first
        .subjects
        .retain(|subject| subject.target.class() == TargetClass::Portal);
    let low = finding("y", "home_link").with_count(25);
    for judgement in &mut first.judgements {
        if judgement.check == "broken_links" {
            judgement.result = crate::judge::Judged::Known {
                verdict: fail(vec![low.clone()]),
            };
        }
    }
    let notice = first.notice();
    let text = notice.plain_text();
    says(&text, "缺上期数据，不作比较");
    says(&text, "没有门户网站得分高于80分");
    says(&text, "此次未抽查政务新媒体");
    says(&text, "政府门户网站一级扣分指标2026年第一季度情况");
    says_not(&text, "情况对比");
    says_not(&text, "政务新媒体抽查情况。");
    says_not(&text, "无法判定%");
}

#[test]
fn a_round_that_nobody_reviewed_claims_no_pass_rate() {
    let mut open = small();
    open.reviews.clear();
    open.judgements.clear();
    let notice = open.notice();
    let text = notice.plain_text();
    says_not(&text, "合格率为无法判定");
    says(&text, "家的结论均待复核，合格率暂不能计算。");
    says(&text, "个的结论均待复核，合格率暂不能计算。");
    let rate = &notice.figures["outcome.website_pass_rate_percent"];
    assert_eq!(
        (rate.printed.as_str(), rate.printed_unit()),
        ("无法判定", "")
    );
}

#[test]
fn a_single_annex_has_no_number() {
    let mut notice = small().notice();
    notice.annexes.truncate(1);
    let annex = notice.annexes[0].clone();
    assert_eq!(notice.annex_mark(&annex), "附件");
    assert_eq!(notice.annex_entry(&annex), annex.title);
    assert!(!notice.plain_text().contains(&format!("1.{}", annex.title)));
    notice.annexes.push(annex.clone());
    assert_eq!(notice.annex_mark(&annex), "附件1");
    assert_eq!(notice.annex_entry(&annex), format!("1.{}", annex.title));
}

#[test]
fn the_round_compared_with_is_named() {
    let mut small = small();
    small.previous = vec![PreviousRound {
        id: "2025Q3".to_owned(),
        ..PreviousRound::default()
    }];
    assert_eq!(small.inputs().names["previous_quarter"], "2025年第三季度");
}

#[test]
fn names_in_the_reporting_system_are_held_against_the_proper_ones() {
    let mut small = small();
    for subject in &mut small.subjects {
        subject.reporting_name = match subject.target.id().0.as_str() {
            CITY => Some("中国·青石信息网".to_owned()),
            // Another word order of the same government is no fault.
            COUNTY => Some("东湖区人民政府网".to_owned()),
            _ => None,
        };
    }
    let names = small.inputs().reporting_names;
    assert_eq!(names.len(), 1);
    assert_eq!(names[0].proper, "青石市人民政府门户网站");
    says(
        &small.text(),
        "青石市人民政府门户网站的名称在全国政府网站信息报送系统中为“中国·青石信息网”",
    );
}

#[test]
fn default_names_follow_the_kind_of_province() {
    let round = small().round;
    let names = RoundDetails::default_names("云岭省", &round);
    assert_eq!(names["recipients"], "各市人民政府，省级各有关单位");
    assert_eq!(names["quarter"], "2026年第一季度");
    assert_eq!(names["previous_quarter"], "2025年第四季度");
    assert_eq!(names["form_year"], "2025");
    let names = RoundDetails::default_names("云岭自治区", &round);
    assert_eq!(names["area"], "全区");
    assert_eq!(names["recipients"], "各市人民政府，自治区各有关单位");
}

#[test]
fn a_notice_is_a_draft_until_outcomes_are_known_and_somebody_looked() {
    let mut small = small();
    assert_eq!(draft_reasons(&small.results()), [""; 0]);
    small.reviews.clear();
    let reasons = draft_reasons(&small.results());
    assert!(
        reasons.iter().any(|own| own.contains("没有任何人工复核")),
        "{reasons:?}"
    );
    let mut open = self::small();
    // The question that could fail the office was not answered.
    open.reviews.retain(|review| review.target.0 != OFFICE);
    let reasons = draft_reasons(&open.results());
    assert_eq!(
        reasons,
        ["还有 1 个对象的结论无法判定，见该轮次的“无法判定”页"]
    );
}
