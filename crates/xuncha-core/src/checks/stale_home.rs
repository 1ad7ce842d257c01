//! 首页不更新: nothing new on the home page within two weeks.
//!
//! * Why: a home page that stands still tells that nobody runs the site.
//! * Evidence used: the newest dated item on the home page or on the articles it links, over all snapshots; for a home page that is
//!   only an entrance, the newest item of the columns it leads to.
//! * Left to a person: new links without dates, where the rule says that undated means not updated (low confidence).
//! * Known misjudgements: an item of an outside site shown in a frame counts as the site's own; a date in a banner is not an update.
//! * Source: 国办秘函〔2019〕19号 检查指标 单项否决“首页不更新” (稿件发布页未注明发布时间的视为不更新).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, HomeFacts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// An item is new as long as it is not older than so many days.
    pub days: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params { days: 14 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("stale", "首页不更新")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

const KEY: &str = "home";

/// Judges the newest item of the home page.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let home = support::home(site)?;
    let cutoff = support::days_before(context.as_of, params.days);
    if home.newest.is_some_and(|newest| newest >= cutoff) {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    if support::is_home_unrendered(site) {
        let next = match site.rendering_troubles.get(&home.url) {
            Some(why) => format!("未能渲染（{why}），请人工查看"),
            None => "请渲染后重新判定".to_owned(),
        };
        return Err(not_readable(format!(
            "首页 {} 不执行脚本就没有内容，{next}。",
            home.url
        )));
    }
    if home.is_navigation_only {
        return judge_entrance(site, home, cutoff, params);
    }
    // What the home page links may be newer than anything that was read.
    if home.newest.is_none() && site.is_partial {
        return Err(support::undetermined(
            KEY,
            "stale",
            UndeterminedReason::Incomplete,
            support::not_read_whole(site),
        ));
    }
    let finding = finding(home, home.newest, context, params);
    Ok(support::verdict(vec![finding], Vec::new()))
}

/// A home page that is only an entrance is as new as the newest column behind it.
fn judge_entrance(
    site: &SiteFacts,
    home: &HomeFacts,
    cutoff: Date,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let newest = site.columns.iter().filter_map(|column| column.newest).max();
    if newest.is_some_and(|newest| newest >= cutoff) {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    if let Some(column) = site.columns.iter().find(|column| column.needs_script) {
        return Err(not_readable(format!(
            "首页仅为栏目导航入口，栏目“{}”（{}）的列表由脚本生成，请渲染后重新判定。",
            column.name, column.url
        )));
    }
    if site.is_partial {
        return Err(support::undetermined(
            KEY,
            "stale",
            UndeterminedReason::Incomplete,
            support::not_read_whole(site),
        ));
    }
    let shown = newest.or(home.newest);
    let detail = format!(
        "首页仅为栏目导航入口，所有二级页面{}天内均无更新（{}）。",
        params.days,
        describe(shown)
    );
    let mut finding = Finding::new(KEY, "stale", detail, quote(home, shown))
        .with_url(&home.url)
        .with_confidence(Confidence::Medium)
        .with_places(
            site.columns
                .iter()
                .map(|column| support::place(&column.url, &column.name)),
        );
    for column in site.columns.iter().take(5) {
        let newest = column.newest.map(|date| date.to_string());
        finding = finding.with_evidence(column.evidence.quoting(&newest.unwrap_or_default()));
    }
    Ok(support::verdict(vec![finding], Vec::new()))
}

fn finding(home: &HomeFacts, newest: Option<Date>, context: &Context, params: &Params) -> Finding {
    let detail = format!(
        "监测时间点（{}）前{}天内首页无更新（{}）。",
        context.as_of.date(),
        params.days,
        describe(newest)
    );
    let confidence = match newest {
        _ if home.new_links > 0 => Confidence::Low,
        None => Confidence::Medium,
        Some(_) => Confidence::High,
    };
    Finding::new(KEY, "stale", detail, quote(home, newest))
        .with_url(&home.url)
        .with_confidence(confidence)
        .with_places(home.newest_item.clone())
}

fn quote(home: &HomeFacts, newest: Option<Date>) -> crate::evidence::EvidenceRef {
    let text = home
        .newest_item
        .as_ref()
        .map_or(String::new(), |item| item.text.clone());
    home.evidence
        .quoting(format!("{} {text}", describe(newest)).trim_end())
}

fn describe(newest: Option<Date>) -> String {
    newest.map_or_else(
        || "未见注明发布时间的信息".to_owned(),
        |date| format!("最新信息日期{date}"),
    )
}

fn not_readable(detail: String) -> Undetermined {
    support::undetermined(KEY, "stale", UndeterminedReason::NeedsScript, detail)
}
