//! 手机不便浏览: the home page says nothing to phones, or its layout is fixed wider than a phone.
//!
//! * Why: most visitors come with a phone.
//! * Evidence used: the viewport of the home page, widths that its HTML fixes, a version for phones.
//! * Left to a person: layouts that style sheets of their own fix.
//! * Known misjudgements: a server that sends phones another page is not seen.
//! * Source: 国办秘函〔2019〕19号 bonus indicators (移动适配); 工业和信息化部《互联网网站适老化通用设计规范》.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, FrontFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is fixed to more pixels is wider than a phone.
    pub max_width_px: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params { max_width_px: 480 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("no_viewport", "未设置手机视口"),
    ("fixed_viewport", "视口宽度固定"),
    ("wide_layout", "版面宽于手机屏幕"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges the home page.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let home = support::home(site)?;
    let Some(front) = &site.front else {
        let detail = "没有读到首页的版面。";
        return Err(Undetermined::new(UndeterminedReason::NotGathered, detail));
    };
    if front.phone_version.is_some() {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    let findings = viewport(front, params)
        .into_iter()
        .chain(width(front, params))
        .map(|finding| {
            finding
                .with_url(&home.url)
                .with_confidence(Confidence::Medium)
        });
    Ok(support::verdict(findings.collect(), Vec::new()))
}

fn viewport(front: &FrontFacts, params: &Params) -> Option<Finding> {
    let Some(viewport) = &front.viewport else {
        let detail =
            "首页没有设置手机视口（viewport），也没有手机版入口，手机上按电脑版面缩小显示。";
        return Some(Finding::new(
            "viewport",
            "no_viewport",
            detail,
            front.evidence.clone(),
        ));
    };
    let width = viewport.split([',', ';']).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_end_matches("px");
        name.trim()
            .eq_ignore_ascii_case("width")
            .then(|| value.parse::<u32>().ok())?
    });
    let width = width.filter(|width| *width > params.max_width_px)?;
    let detail = format!("首页的手机视口固定为{width}像素，宽于手机屏幕。");
    let evidence = front.evidence.quoting(viewport);
    Some(Finding::new("viewport", "fixed_viewport", detail, evidence))
}

fn width(front: &FrontFacts, params: &Params) -> Option<Finding> {
    if front.width_px <= params.max_width_px {
        return None;
    }
    let detail = format!(
        "首页版面固定为{}像素宽（{}），宽于手机屏幕。",
        front.width_px, front.quote
    );
    let evidence = front.evidence.quoting(&front.quote);
    Some(Finding::new("width", "wide_layout", detail, evidence))
}
