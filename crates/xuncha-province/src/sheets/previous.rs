//! The last rounds: results of 2025Q4 with a score per indicator, portal scores of the two quarters before.
//!
//! A site that has a defect now mostly had it last quarter too, and some of what was wrong then has been put right since.

use std::collections::BTreeMap;

use super::Sheet;
use crate::accounts;
use crate::model::{Defects, Province, SearchPlan, SiteKind, SitePlan, StatisticsPlan};
use crate::rng::Rng;

/// Level-2 names of the deduction indicators and their points, in hundredths, in the order of the set.
const INDICATORS: [(&str, i64); 27] = [
    ("概况信息", 200),
    ("机构职能", 200),
    ("领导信息", 300),
    ("动态要闻", 500),
    ("政策文件", 500),
    ("政策解读", 300),
    ("解读比例", 300),
    ("解读关联", 300),
    ("其他栏目", 400),
    ("事项公开", 300),
    ("办事指南", 1000),
    ("内容准确", 500),
    ("表格样表", 500),
    ("办事统计", 200),
    ("信息提交", 500),
    ("统一登录", 300),
    ("留言公开", 700),
    ("办理答复", 500),
    ("域名名称", 300),
    ("网站标识", 300),
    ("可用性", 500),
    ("站内搜索", 500),
    ("一号登录", 200),
    ("页面标签", 300),
    ("兼容性", 200),
    ("IPv6改造", 100),
    ("找错入口", 100),
];

/// The sheets 2025Q4, 2025Q3 and 2025Q2.
pub(super) fn sheets(province: &Province) -> [Sheet; 3] {
    let mut latest = Vec::new();
    let mut before = [Vec::new(), Vec::new()];
    for site in &province.sites {
        let mut rng = Rng::new(province.seed, &format!("previous {}", site.code));
        if site.kind == SiteKind::Department {
            if rng.percent(19) {
                latest.push(unscored(&site.code, &site.name, "部门", !rng.percent(2)));
            }
            continue;
        }
        let kept = kept_points(site, &mut rng);
        let score: i64 = kept.iter().sum();
        latest.push(scored(site, score, &kept));
        let mut older = score;
        for rows in &mut before {
            older = (older - rng.range(-150, 400)).clamp(3_000, 10_000);
            rows.push(vec![site.code.clone(), site.name.clone(), points(older)]);
        }
    }
    for account in province.accounts.iter().filter(|a| a.is_running()) {
        if let Some(mut rng) = accounts::drawn_before(province.seed, &account.id) {
            let mut row = unscored(&account.id, &account.name, "新媒体", !rng.percent(14));
            if let (Some(cell), Some(count)) = (row.last_mut(), account.followers_before) {
                *cell = count.to_string();
            }
            latest.push(row);
        }
    }
    let [third, second] = before;
    let heads = ["对象编号", "名称", "扣分得分"];
    [
        latest_sheet(latest),
        Sheet::new("2025Q3", &heads, third),
        Sheet::new("2025Q2", &heads, second),
    ]
}

/// Name of the round and its portal scores, from the sheet.
pub(super) fn portal_scores(sheet: &Sheet) -> (&'static str, BTreeMap<String, String>) {
    let at = sheet
        .headings
        .iter()
        .position(|h| h == "扣分得分")
        .unwrap_or(0);
    let scored = sheet.rows.iter().filter(|row| !row[at].is_empty());
    (
        sheet.name,
        scored
            .map(|row| (row[0].clone(), row[at].clone()))
            .collect(),
    )
}

fn latest_sheet(rows: Vec<Vec<String>>) -> Sheet {
    let mut headings = vec!["对象编号", "名称", "类别", "结论", "扣分得分"];
    headings.extend(INDICATORS.iter().map(|i| i.0));
    headings.push("粉丝数");
    Sheet::new("2025Q4", &headings, rows)
}

fn scored(site: &SitePlan, score: i64, kept: &[i64]) -> Vec<String> {
    let mut row = unscored(&site.code, &site.name, "门户", score >= 6_000);
    row[4] = points(score);
    for (cell, &kept) in row[5..].iter_mut().zip(kept) {
        *cell = points(kept);
    }
    row
}

/// A row without points.
fn unscored(id: &str, name: &str, class: &str, qualified: bool) -> Vec<String> {
    let outcome = if qualified { "合格" } else { "不合格" };
    let mut row = vec![
        id.to_owned(),
        name.to_owned(),
        class.to_owned(),
        outcome.to_owned(),
    ];
    // The points and, last, the followers.
    row.resize(5 + INDICATORS.len() + 1, String::new());
    row
}

/// Hundredths as decimal text with two places.
fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The points that a portal kept last quarter, by indicator.
fn kept_points(site: &SitePlan, rng: &mut Rng) -> Vec<i64> {
    let now = taken_now(&site.defects);
    INDICATORS
        .iter()
        .zip(now)
        .map(|(&(_, full), taken)| full - taken_then(full, taken.min(full), rng))
        .collect()
}

fn taken_then(full: i64, taken_now: i64, rng: &mut Rng) -> i64 {
    match taken_now {
        0 if rng.percent(12) => (full / 2).max(100).min(full),
        0 => 0,
        _ if rng.percent(12) => 0,
        taken if rng.percent(20) => (taken + 100).min(full),
        taken => taken,
    }
}

/// Roughly what the planted defects cost by indicator; the exact reckoning is the product's.
fn taken_now(d: &Defects) -> [i64; 27] {
    let manual = |question: &str| {
        d.manual
            .iter()
            .find(|m| m.0 == question)
            .map_or(0, |m| i64::from(m.1))
    };
    let each = |n: u8, price: i64| i64::from(n) * price;
    let when = |failing: bool, price: i64| if failing { price } else { 0 };
    let marks = d.missing_marks.iter().filter(|&&m| m < 6).count() as i64;
    [
        manual("overview_accuracy") * 100,
        manual("duties_accuracy") * 100,
        manual("leaders_accuracy") * 100,
        when(d.stale_news > 0, 500),
        when(d.stale_notices > 0, 500),
        when(d.stale_interpretations, 300),
        each(d.uninterpreted, 100),
        each(d.unlinked, 100),
        each(d.empty_columns, 200) + each(d.overdue_columns, 100),
        manual("services_listed") * 300,
        each(d.bad_guides, 200),
        manual("content_accuracy") * 200,
        manual("form_samples") * 100,
        when(
            matches!(d.statistics, StatisticsPlan::Old | StatisticsPlan::Absent),
            200,
        ),
        manual("message_submission") * 500,
        manual("unified_login") * 300,
        messages(d),
        manual("question_reply") * 500,
        when(d.bad_domain, 300) + when(d.bad_name, 200),
        marks * 100,
        each(d.broken_links, 40),
        search(d.search),
        manual("single_sign_on") * 200,
        when(!d.missing_tags.is_empty(), 300),
        manual("browser_compatibility") * 100,
        manual("ipv6") * 100,
        when(d.missing_marks.contains(&6), 100),
    ]
}

fn messages(d: &Defects) -> i64 {
    if d.messages.no_channel || d.messages.none {
        return 700;
    }
    i64::from(d.messages.no_statistics) * 200 + i64::from(d.messages.stale) * 300
}

const fn search(plan: SearchPlan) -> i64 {
    match plan {
        SearchPlan::Works | SearchPlan::Unusual => 0,
        SearchPlan::Absent | SearchPlan::Dead => 500,
        SearchPlan::Misses => 200,
        SearchPlan::Unclassified => 100,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{PlanKind, Scale};
    use crate::plan::province;

    fn hundredths(text: &str) -> i64 {
        text.replace('.', "").parse().unwrap()
    }

    #[test]
    fn the_points_of_the_indicators_are_one_hundred() {
        assert_eq!(INDICATORS.iter().map(|i| i.1).sum::<i64>(), 10_000);
    }

    #[test]
    fn a_score_is_the_sum_of_its_parts_and_sixty_divides() {
        let [latest, ..] = sheets(&province(7, Scale::Full, PlanKind::Realistic));
        let portals: Vec<_> = latest.rows.iter().filter(|r| r[2] == "门户").collect();
        assert_eq!(portals.len(), 126);
        for row in portals {
            let score = hundredths(&row[4]);
            let kept = &row[5..5 + INDICATORS.len()];
            assert_eq!(kept.iter().map(|c| hundredths(c)).sum::<i64>(), score);
            assert_eq!(row[3] == "合格", score >= 6_000);
        }
    }

    #[test]
    fn the_mean_of_last_quarter_is_that_of_a_real_one() {
        let [latest, ..] = sheets(&province(7, Scale::Full, PlanKind::Realistic));
        let scores: Vec<i64> = latest
            .rows
            .iter()
            .filter(|r| r[2] == "门户")
            .map(|r| hundredths(&r[4]))
            .collect();
        let mean = scores.iter().sum::<i64>() / scores.len() as i64;
        assert!((6_800..=8_400).contains(&mean), "{mean}");
    }
}
