//! 手机不便浏览: the home page says nothing to phones, or its layout is wider than a phone.
//!
//! * Why: most visitors come with a phone.
//! * Evidence used: the viewport of the home page, its width on a phone's screen as a browser laid it out, widths that its HTML fixes,
//!   a version for phones.
//! * Left to a person: without a browser, layouts that style sheets of their own fix.
//! * Known misjudgements: a server that sends phones another page is not seen.
//! * Source: 国办秘函〔2019〕19号 bonus indicators (移动适配); 工业和信息化部《互联网网站适老化通用设计规范》.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, FrontFacts};
use crate::facts::opened::ScreenFacts;
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is fixed to more pixels is wider than a phone.
    pub max_width_px: u32,
    /// How much wider than the screen a page may be that a browser laid out: nobody minds a hair.
    pub max_overflow_px: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            max_width_px: 480,
            max_overflow_px: 20,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
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
    let measured = front.screen.as_ref().filter(|screen| screen.is_whole());
    let wide = match measured {
        Some(screen) => measured_width(front, screen, params),
        None => width(front, params),
    };
    let findings = viewport(front, params).into_iter().chain(wide);
    let findings = findings.map(|finding| finding.with_url(&home.url));
    Ok(support::verdict(findings.collect(), Vec::new()))
}

fn viewport(front: &FrontFacts, params: &Params) -> Option<Finding> {
    let Some(viewport) = &front.viewport else {
        let detail =
            "首页没有设置手机视口（viewport），也没有手机版入口，手机上按电脑版面缩小显示。";
        let evidence = front.evidence.clone();
        let finding = Finding::new("viewport", "no_viewport", detail, evidence);
        return Some(finding.with_confidence(Confidence::Medium));
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
    let finding = Finding::new("viewport", "fixed_viewport", detail, evidence);
    Some(finding.with_confidence(Confidence::Medium))
}

/// As a browser laid it out.
fn measured_width(front: &FrontFacts, screen: &ScreenFacts, params: &Params) -> Option<Finding> {
    if screen.content_px <= screen.screen_px.saturating_add(params.max_overflow_px) {
        return None;
    }
    let widest = match screen.widest.is_empty() {
        true => String::new(),
        false => format!(
            "（最宽的元素是 {}，{}像素）",
            screen.widest, screen.widest_px
        ),
    };
    let detail = format!(
        "首页在{}像素宽的手机屏幕上实测要占{}像素{widest}，宽于手机屏幕。",
        screen.screen_px, screen.content_px
    );
    let evidence = screen.evidence.as_ref().unwrap_or(&front.evidence);
    let evidence = evidence.quoting(&screen.quote);
    Some(Finding::new("width", "wide_layout", detail, evidence))
}

/// As its HTML says.
fn width(front: &FrontFacts, params: &Params) -> Option<Finding> {
    if front.width_px <= params.max_width_px {
        return None;
    }
    let detail = format!(
        "首页版面固定为{}像素宽（{}），宽于手机屏幕。这是网页代码写明的宽度，没有用浏览器实测。",
        front.width_px, front.quote
    );
    let evidence = front.evidence.quoting(&front.quote);
    let finding = Finding::new("width", "wide_layout", detail, evidence);
    Some(finding.with_confidence(Confidence::Medium))
}
