//! Words for the values of the core, in both languages, and the class that styles them.

use std::collections::BTreeMap;

use xuncha_core::indicator::{FigureConfidence, IndicatorKind};
use xuncha_core::migration::LossKind;
use xuncha_core::person::Role;
use xuncha_core::rectify::{RectifyState, SameKind};
use xuncha_core::registry::{Region, SiteKind, State, TargetClass};
use xuncha_core::review::Decision;
use xuncha_core::round::Coverage;
use xuncha_core::score::Outcome;
use xuncha_core::verdict::{Confidence, UndeterminedReason};
use xuncha_store::appeal::AppealState;
use xuncha_store::job::JobState;
use xuncha_store::outbox::MessageState;
use xuncha_store::round::RoundState;
use xuncha_store::round_job::RoundJob;
use xuncha_store::site_migration::Opinion;

use crate::english;
use crate::lang::Lang;

/// 标签. A word with the style class of its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) tone: &'static str,
}

fn label(lang: Lang, zh: &str, en: &str, tone: &'static str) -> Label {
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

pub(crate) fn outcome(lang: Lang, outcome: Option<Outcome>) -> Label {
    match outcome {
        Some(Outcome::Qualified) => label(lang, "合格", "Qualified", "good"),
        Some(Outcome::Unqualified) => label(lang, "不合格", "Unqualified", "bad"),
        Some(Outcome::Undetermined) => label(lang, "无法判定", "Undetermined", "open"),
        None => label(lang, "未评分", "Not scored", "none"),
    }
}

pub(crate) fn round_state(lang: Lang, state: RoundState) -> Label {
    match state {
        RoundState::New => label(lang, "新建", "New", "none"),
        RoundState::Gathering => label(lang, "采集中", "Gathering", "open"),
        RoundState::Judged => label(lang, "已判定", "Judged", "info"),
        RoundState::Closed => label(lang, "已关闭", "Closed", "good"),
        RoundState::Frozen => label(lang, "已冻结", "Frozen", "good"),
    }
}

pub(crate) fn coverage(lang: Lang, coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Sample => lang.t("抽查", "Sample"),
        Coverage::Census => lang.t("普查", "Census"),
    }
}

pub(crate) fn class(lang: Lang, class: TargetClass) -> &'static str {
    match class {
        TargetClass::Portal => lang.t("门户网站", "Portal"),
        TargetClass::Department => lang.t("部门网站", "Department site"),
        TargetClass::Account => lang.t("政务新媒体", "Account"),
        TargetClass::Supervisor => lang.t("监管单位", "Supervisor"),
    }
}

/// A stratum of a draw, whose name is a word of ours, or a platform and a division; as HTML.
pub(crate) fn stratum(lang: Lang, name: &str, regions: &BTreeMap<String, Region>) -> String {
    let (zh, en) = match name {
        "portal/province" => ("省级门户网站", "Portals of the province"),
        "portal/city" => ("市级门户网站", "Portals of cities"),
        "portal/county" => ("县级门户网站", "Portals of counties"),
        "department" => ("部门网站", "Department sites"),
        _ => match name.strip_prefix("account/") {
            Some(rest) => {
                let word = lang.t("新媒体", "Accounts");
                let named = |part: &str| match regions.get(part) {
                    Some(region) => region.name.clone(),
                    None => part.to_owned(),
                };
                let parts: Vec<String> = rest.split('/').map(named).collect();
                return format!("{word} {}", english::name(&parts.join(" ")));
            }
            None => return english::name(name),
        },
    };
    lang.t(zh, en).to_owned()
}

pub(crate) fn site_kind(lang: Lang, kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Portal => class(lang, TargetClass::Portal),
        SiteKind::Department => class(lang, TargetClass::Department),
    }
}

pub(crate) fn state(lang: Lang, state: State) -> Label {
    match state {
        State::Running => label(lang, "正常", "Running", "good"),
        State::Offline => label(lang, "临时下线", "Offline", "open"),
        State::Closed => label(lang, "关停", "Closed", "none"),
        State::Merged => label(lang, "整合迁移", "Merged", "none"),
        State::Cancelled => label(lang, "注销", "Cancelled", "none"),
    }
}

pub(crate) fn kind(lang: Lang, kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Veto => lang.t("单项否决", "Veto"),
        IndicatorKind::Deduct => lang.t("扣分指标", "Deductions"),
        IndicatorKind::Bonus => lang.t("加分指标", "Bonus"),
        IndicatorKind::Listed => lang.t("仅列出", "Listed only"),
    }
}

pub(crate) fn confidence(lang: Lang, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => lang.t("低", "Low"),
        Confidence::Medium => lang.t("中", "Medium"),
        Confidence::High => lang.t("高", "High"),
    }
}

/// Whether a figure of the rule still awaits confirmation (待核定).
pub(crate) fn is_unconfirmed(confidence: FigureConfidence) -> bool {
    confidence != FigureConfidence::S
}

pub(crate) fn reason(lang: Lang, reason: UndeterminedReason) -> &'static str {
    match reason {
        UndeterminedReason::NotGathered => lang.t("未采集", "Not gathered"),
        UndeterminedReason::Blocked => lang.t("被拦截", "Blocked"),
        UndeterminedReason::Transient => lang.t("暂时性故障", "Transient"),
        UndeterminedReason::OurSide => lang.t("我方网络", "Our network"),
        UndeterminedReason::NeedsScript => lang.t("需脚本渲染", "Needs scripts"),
        UndeterminedReason::Incomplete => lang.t("证据不全", "Incomplete"),
    }
}

pub(crate) fn decision(lang: Lang, decision: &Decision) -> Label {
    match decision {
        Decision::Confirmed => label(lang, "已确认", "Confirmed", "bad"),
        Decision::Rejected => label(lang, "已驳回", "Rejected", "none"),
        Decision::Withdrawn => label(lang, "已撤回", "Taken back", "open"),
        Decision::Answered { number, .. } => {
            let text = lang.t("已答复", "Answered");
            Label {
                text: format!("{text} {number}"),
                tone: "info",
            }
        }
    }
}

pub(crate) fn role(lang: Lang, role: Role) -> &'static str {
    let english = match role {
        Role::Public => "Public",
        Role::Operator => "Operator of a unit",
        Role::Inspector => "Inspector",
        Role::Leader => "Leader",
        Role::Supervisor => "Supervisor",
        Role::Administrator => "Administrator",
    };
    lang.t(role.zh(), english)
}

pub(crate) fn rectify(lang: Lang, state: RectifyState) -> Label {
    let (english, tone) = match state {
        RectifyState::Found => ("To notify", "none"),
        RectifyState::Notified => ("To put right", "info"),
        RectifyState::Overdue => ("Overdue", "bad"),
        RectifyState::Replied => ("To recheck", "open"),
        RectifyState::Closed => ("Closed", "good"),
        RectifyState::Relapsed => ("Relapsed", "bad"),
        RectifyState::Withdrawn => ("Withdrawn", "none"),
    };
    label(lang, state.zh(), english, tone)
}

pub(crate) fn same_kind(lang: Lang, answer: SameKind) -> &'static str {
    let english = match answer {
        SameKind::NoneFound => "Looked elsewhere: none found",
        SameKind::Fixed => "Looked elsewhere: put right as well",
        SameKind::Looking => "Still looking elsewhere",
    };
    lang.t(answer.zh(), english)
}

pub(crate) fn job(lang: Lang, state: JobState) -> Label {
    match state {
        JobState::Waiting => label(lang, "排队中", "Queued", "info"),
        JobState::Running => label(lang, "进行中", "Under way", "open"),
        JobState::Done => label(lang, "完成", "Done", "good"),
        JobState::Failed => label(lang, "失败", "Failed", "bad"),
        JobState::Cancelled => label(lang, "已取消", "Cancelled", "none"),
    }
}

pub(crate) fn message(lang: Lang, state: MessageState) -> Label {
    let (english, tone) = match state {
        MessageState::Waiting => ("Waiting", "info"),
        MessageState::Sending => ("Being sent", "open"),
        MessageState::Sent => ("Sent", "good"),
        MessageState::Failed => ("Failed", "bad"),
        MessageState::Unsure => ("Not sure", "open"),
        MessageState::Settled => ("Settled", "none"),
    };
    label(lang, state.zh(), english, tone)
}

pub(crate) fn appeal(lang: Lang, state: AppealState) -> Label {
    match state {
        AppealState::Waiting => label(lang, "待答复", "To answer", "open"),
        AppealState::Accepted => label(lang, "申诉成立", "Accepted", "good"),
        AppealState::Refused => label(lang, "申诉不成立", "Refused", "none"),
    }
}

pub(crate) fn round_job(lang: Lang, kind: RoundJob) -> &'static str {
    let english = match kind {
        RoundJob::Gather => "Gathering",
        RoundJob::Judge => "Judging",
        RoundJob::Score => "Scoring",
        RoundJob::Notice => "Building the notice",
        RoundJob::Pictures => "Making pictures",
        RoundJob::Close => "Closing the round",
        RoundJob::JudgeTarget => "Judging a target again",
        RoundJob::TryList => "Trying a list",
        RoundJob::Migration => "Comparing two sites",
    };
    lang.t(kind.zh(), english)
}

/// A step of a job: phases of gathering go by their words, all others by what core and jobs call them.
pub(crate) fn step(lang: Lang, word: &str) -> &str {
    let (zh, en) = match word {
        "open" => ("打开证据", "Opening the evidence"),
        "probe" => ("可用性访问", "Probes"),
        "snapshots" => ("首页快照", "Snapshots of home pages"),
        "network" => ("网络与证书", "Network and certificates"),
        "crawl" => ("抓取网页", "Crawling"),
        "render" => ("脚本渲染", "Running scripts of pages"),
        "layout" => ("版面实测", "Measuring the layout"),
        "accessibility" => ("无障碍检测", "Looking for accessibility faults"),
        "looks" => ("首次访问链接", "First looks at links"),
        "documents" => ("读取附件", "Reading attachments"),
        "disguised" => ("搜索引擎所见", "As search engines see it"),
        "search" => ("站内搜索", "Searches"),
        "account" => ("新媒体账号", "Accounts"),
        "second_looks" => ("第二次访问", "Second looks"),
        _ => return word,
    };
    lang.t(zh, en)
}

/// Hundredths of a point as people write them.
pub(crate) fn points(hundredths: Option<i64>) -> String {
    let points = hundredths.map(xuncha_core::points::Points::from_hundredths);
    points.map_or_else(|| "—".to_owned(), |points| points.to_string())
}

/// Kinds of loss have their Chinese names in the core, as reports use them.
pub(crate) fn loss_kind(lang: Lang, kind: LossKind) -> &'static str {
    let en = match kind {
        LossKind::ArticleMissing => "Article missing",
        LossKind::BodyCut => "Text cut",
        LossKind::BodyChanged => "Text changed",
        LossKind::Garbled => "Garbled",
        LossKind::TitleChanged => "Title changed",
        LossKind::Doubled => "Doubled",
        LossKind::Redated => "Date changed",
        LossKind::DateLost => "Date lost",
        LossKind::DateInFuture => "Date in the future",
        LossKind::DatesFlattened => "Dates made one",
        LossKind::AttachmentLost => "Attachment lost",
        LossKind::AttachmentDead => "Attachment dead",
        LossKind::AttachmentIsPage => "Page instead of attachment",
        LossKind::AttachmentDiffers => "Attachment differs",
        LossKind::PicturesLost => "Pictures lost",
        LossKind::ColumnMissing => "Column missing",
        LossKind::ColumnEmpty => "Column empty",
        LossKind::ColumnChanged => "Column changed",
        LossKind::AddressDead => "Old address dead",
        LossKind::AddressLeadsHome => "Old address leads home",
        LossKind::AddressAstray => "Old address astray",
    };
    lang.t(kind.name(), en)
}

pub(crate) fn opinion(lang: Lang, opinion: Opinion) -> Label {
    match opinion {
        Opinion::Confirmed => label(lang, "属实", "Confirmed", "bad"),
        Opinion::Meant => label(lang, "有意调整", "Meant", "info"),
        Opinion::Wrong => label(lang, "误报", "Not lost", "none"),
        Opinion::Mended => label(lang, "已补正", "Put right", "good"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn strata_have_the_names_of_places() {
        let region = Region {
            code: "990100".into(),
            name: "青石市".into(),
            level: xuncha_core::registry::Level::City,
            parent: None,
        };
        let regions = [("990100".to_owned(), region)].into();
        let said = |name: &str| stratum(Lang::Zh, name, &regions);
        assert!(said("account/微信公众号/990100").contains("微信公众号 青石市"));
        assert!(said("account/微信公众号/990900").contains("990900"));
        assert_eq!(said("department"), "部门网站");
    }
}
