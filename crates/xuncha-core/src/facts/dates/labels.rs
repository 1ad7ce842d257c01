//! Words before a date: which say that it is the publication, and which that it is the day of something else.

/// Words right before a date that say it is the publication.
pub(super) const LABELS: [&str; 30] = [
    "发布时间",
    "发布日期",
    "发表时间",
    "发表日期",
    "发稿时间",
    "发稿日期",
    "发布于",
    "发布",
    "刊发时间",
    "公开日期",
    "公开时间",
    "公布日期",
    "公布时间",
    "公告日期",
    "公告时间",
    "发文日期",
    "发文时间",
    "上网时间",
    "上网日期",
    "编发时间",
    "录入时间",
    "录入日期",
    "添加时间",
    "添加日期",
    "上传时间",
    "上传日期",
    "创建时间",
    "创建日期",
    "信息时间",
    "信息日期",
];
/// Words that say it only where they are the whole label: 开标时间 and 出生日期 are days of something else.
pub(super) const BARE_LABELS: [&str; 2] = ["时间", "日期"];
/// Words right before a date that say it is something else.
pub(super) const DECOYS: [&str; 22] = [
    "最后更改",
    "最后修改",
    "最后编辑",
    "上次修改",
    "更新时间",
    "更新日期",
    "最后更新",
    "修改时间",
    "成文日期",
    "生成日期",
    "印发日期",
    "有效期",
    "截止",
    "截至",
    "今天是",
    "今天",
    "会议时间",
    "活动时间",
    "报名时间",
    "实施日期",
    "施行日期",
    "失效",
];

/// Signs between a label and its date.
fn is_separator(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            ':' | '：' | '[' | '【' | '(' | '（' | '】' | ']' | '|' | '｜'
        )
}

pub(super) fn is_label(lead: &str) -> bool {
    let lead = lead.trim_end_matches(is_separator);
    let compact: String = lead.chars().filter(|c| !c.is_whitespace()).collect();
    if DECOYS.iter().any(|decoy| compact.ends_with(decoy)) {
        return false;
    }
    LABELS.iter().any(|label| compact.ends_with(label)) || is_bare_label(lead, &compact)
}

/// 时间 or 日期 alone: at the beginning, or behind a space or a sign.
fn is_bare_label(lead: &str, compact: &str) -> bool {
    BARE_LABELS.iter().any(|label| {
        let before = lead.strip_suffix(label);
        let stands_alone = before.is_some_and(|before| {
            let last = before.chars().next_back();
            last.is_none_or(|sign| !sign.is_alphanumeric())
        });
        stands_alone || compact == *label
    })
}

/// Whether the words before a date name a day of something else: 考试时间, 公示日期.
pub(super) fn is_other_day(lead: &str) -> bool {
    let lead = lead.trim_end_matches(is_separator);
    BARE_LABELS.iter().any(|label| lead.ends_with(label)) && !is_label(lead)
}
