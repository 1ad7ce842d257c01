//! 年度报表不公开: the annual form of the site, or of the supervisor, is not published in time, or not whole.
//!
//! * Why: what a site did in a year is told to the public by the end of January.
//! * Evidence used: pages and files whose title names a form and a year, with their day; the items that a page shows.
//! * Left to a person: forms that are files or pictures, of which no item can be read.
//! * Known misjudgements: a form under a title of its own is not seen.
//! * Source: 国办函〔2018〕12号.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{AnnualFormKind, ColumnKind, Facts, SiteAnnualForm, SiteFacts};
use crate::registry::{SiteKind, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Month of the last day of publishing, in the year after.
    pub due_month: i8,
    /// Its day.
    pub due_day: i8,
    /// Whether the supervisor's form is looked for on portals of provinces.
    pub supervision: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            due_month: 1,
            due_day: 31,
            supervision: true,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("form_missing", "年度报表未公开"),
    ("form_late", "年度报表公开逾期"),
    ("form_incomplete", "年度报表填报不全"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Of a page with fewer items than one in so many the rest stands elsewhere.
const READABLE_SHARE: usize = 3;
/// Items that a finding names.
const NAMED_MAX: usize = 5;

/// Judges the forms of the last year whose day of publishing is over.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    support::home(site)?;
    let Some((year, due)) = last_due(context.as_of.date(), params) else {
        return Ok(support::not_applicable("参数中的公开期限不是日期。"));
    };
    let mut kinds = vec![AnnualFormKind::Work];
    let is_provincial = matches!(&subject.target, Target::Site(site) if site.kind == SiteKind::Portal)
        && subject.region_path.is_empty();
    if params.supervision && is_provincial {
        kinds.push(AnnualFormKind::Supervision);
    }
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    for kind in kinds {
        let mut forms: Vec<&SiteAnnualForm> = site
            .annual_forms
            .iter()
            .filter(|form| form.kind == kind && form.year == year)
            .collect();
        // The one that was out first tells whether it was in time, the fullest whether it is whole.
        forms.sort_by_key(|form| (form.published.is_none(), form.published));
        match forms.first() {
            None => match missing(site, kind, year) {
                Ok(finding) => findings.push(finding),
                Err(doubt) => doubts.push(doubt),
            },
            Some(first) => {
                late(first, due, &mut findings, &mut doubts);
                incomplete(&forms, &mut findings, &mut doubts);
            }
        }
    }
    Ok(support::verdict(findings, doubts))
}

/// The last year whose form has to be out, and until when.
fn last_due(today: Date, params: &Params) -> Option<(i16, Date)> {
    let due = |year: i16| Date::new(year + 1, params.due_month, params.due_day).ok();
    let year = today.year() - 1;
    match due(year)? {
        day if day < today => Some((year, day)),
        _ => Some((year - 1, due(year - 1)?)),
    }
}

fn missing(site: &SiteFacts, kind: AnnualFormKind, year: i16) -> Result<Finding, Doubt> {
    let (key, case) = (kind.word(), "form_missing");
    let Some(home) = &site.home else {
        let detail = "没有读到首页。";
        return Err(support::doubt(
            key,
            case,
            UndeterminedReason::Incomplete,
            detail,
        ));
    };
    if let Some((reason, why)) = support::unread(site, &[ColumnKind::Yearly]) {
        return Err(support::doubt(key, case, reason, why));
    }
    let detail = format!("没有找到{year}年《{}》。", kind.title());
    let finding = Finding::new(key, case, detail, home.evidence.clone());
    Ok(finding
        .with_url(&home.url)
        .with_confidence(Confidence::Medium))
}

fn late(form: &SiteAnnualForm, due: Date, findings: &mut Vec<Finding>, doubts: &mut Vec<Doubt>) {
    let (key, case) = (form.kind.word(), "form_late");
    let Some(day) = form.published else {
        let detail = format!("“{}”没有读到发布日期，请人工查看。", form.title);
        doubts.push(support::doubt(
            key,
            case,
            UndeterminedReason::Incomplete,
            detail,
        ));
        return;
    };
    if day <= due {
        return;
    }
    let detail = format!("“{}”于{day}公开，晚于{due}。", form.title);
    findings.push(
        Finding::new(key, case, detail, form.evidence.quoting(&form.title)).with_url(&form.url),
    );
}

fn incomplete(forms: &[&SiteAnnualForm], findings: &mut Vec<Finding>, doubts: &mut Vec<Doubt>) {
    let fullest = forms.iter().max_by_key(|form| {
        let shown = form.content.as_ref().map_or(0, |content| content.shown);
        (shown, std::cmp::Reverse(&form.url))
    });
    let Some(form) = fullest else { return };
    let (key, case) = (form.kind.word(), "form_incomplete");
    let content = form.content.as_ref();
    let readable = content.filter(|content| {
        let shown = content.shown as usize;
        shown * READABLE_SHARE >= content.missing.len() + shown
    });
    let Some(content) = readable else {
        let detail = format!(
            "“{}”的内容不在网页文字里（附件或图片），请人工查看是否填报完整。",
            form.title
        );
        doubts.push(support::doubt(
            key,
            case,
            UndeterminedReason::Incomplete,
            detail,
        ));
        return;
    };
    if content.missing.is_empty() {
        return;
    }
    let named: Vec<&str> = content
        .missing
        .iter()
        .take(NAMED_MAX)
        .map(String::as_str)
        .collect();
    let more = match content.missing.len() > NAMED_MAX {
        true => "等",
        false => "",
    };
    let detail = format!(
        "“{}”有{}项没有填报：{}{more}。",
        form.title,
        content.missing.len(),
        named.join("、")
    );
    let confidence = match content.has_other {
        true => Confidence::Low,
        false => Confidence::Medium,
    };
    findings.push(
        Finding::new(key, case, detail, form.evidence.quoting(&form.title))
            .with_url(&form.url)
            .with_confidence(confidence),
    );
}
