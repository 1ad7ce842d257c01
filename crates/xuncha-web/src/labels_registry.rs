//! Words of the registry's life, in both languages: requests and their steps, fields, notices that are watched.

use xuncha_core::registry::EntryKind;
use xuncha_core::registry::filing::{RequestKind, field_zh};
use xuncha_core::registry::request::{RequestState, ReviewLevel, Stead, Step, StepKind};
use xuncha_core::registry::watch::{Seen, WatchKind, WatchState};

use crate::labels::Label;
use crate::lang::Lang;

fn label(lang: Lang, zh: &str, en: &str, tone: &'static str) -> Label {
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

pub(crate) fn request_kind(lang: Lang, kind: RequestKind) -> &'static str {
    let english = match kind {
        RequestKind::Open => "Opening",
        RequestKind::Correct => "Correction",
        RequestKind::Rename => "New name",
        RequestKind::MoveDomain => "New domain",
        RequestKind::Reclassify => "New kind of site",
        RequestKind::Transfer => "Transfer to another unit",
        RequestKind::Suspend => "Temporary closure",
        RequestKind::Resume => "Reopening",
        RequestKind::Close => "Closing",
        RequestKind::Merge => "Merging",
        RequestKind::Cancel => "Cancellation",
    };
    lang.t(kind.zh(), english)
}

pub(crate) fn request_state(lang: Lang, state: RequestState) -> Label {
    let (english, tone) = match state {
        RequestState::WaitingFirst => ("Waits for the unit above", "open"),
        RequestState::WaitingProvince => ("Waits for the province", "open"),
        RequestState::Notice => ("Notice hangs", "info"),
        RequestState::Effective => ("In effect", "good"),
        RequestState::Returned => ("Returned", "bad"),
        RequestState::Withdrawn => ("Taken back", "none"),
    };
    label(lang, state.zh(), english, tone)
}

/// What was done, with the level at which it was decided.
pub(crate) fn step(lang: Lang, step: &Step) -> String {
    let level = step.level.map(|level| match level {
        ReviewLevel::First => lang.t(level.zh(), "First level: "),
        ReviewLevel::Province => lang.t(level.zh(), "Province: "),
    });
    let english = match step.kind {
        StepKind::Filed => "filed",
        StepKind::Approved => "approved",
        StepKind::Returned => "returned",
        StepKind::Withdrawn => "taken back",
        StepKind::Posted => "notice put up",
        StepKind::Completed => "settled",
    };
    let stead = step.stead.map(|stead| {
        let english = match stead {
            Stead::NobodyAbove => "nobody above could",
            Stead::NobodyElse => "both levels by one person: nobody else could",
        };
        let said = lang.t(stead.zh(), english);
        match lang {
            Lang::Zh => format!("（{said}）"),
            Lang::En => format!(" ({said})"),
        }
    });
    format!(
        "{}{}{}",
        level.unwrap_or_default(),
        lang.t(step.kind.zh(), english),
        stead.unwrap_or_default()
    )
}

pub(crate) fn field(lang: Lang, noun: EntryKind, field: &str) -> &'static str {
    let english = match field {
        "id" if noun == EntryKind::Site => "Identification code",
        "id" => "Number",
        "name" => "Name",
        "home" => "Home page",
        "kind" => "Kind",
        "organization" => "Host unit",
        "region" => "Region",
        "state" => "State",
        "icp" => "ICP filing",
        "police" => "Police filing",
        "no_services" => "No services",
        "platform" => "Platform",
        "certified_subject" => "Certified subject",
        "page_url" => "Page",
        "feed_url" => "Feed",
        "download_url" => "Download",
        "opened" => "Opened on",
        "platform_id" => "Platform id",
        "contacts" => "Contacts",
        "followers" => "Followers",
        "functions" => "Functions",
        "filing_number" => "Filing number",
        "qr" => "QR code",
        "code" => "Division code",
        "level" => "Level",
        "parent" => "Unit above",
        "requires_accounts" => "Has to run accounts",
        _ => "Other",
    };
    lang.t(field_zh(noun, field), english)
}

/// A value as pages show it: words of the template in English too, everything else as it is filed.
pub(crate) fn value(lang: Lang, field: &str, value: String) -> String {
    let english = match (field, value.as_str()) {
        ("kind", "部门") => "Department site",
        ("kind", "门户") => "Portal",
        ("no_services" | "requires_accounts", "是") => "Yes",
        ("no_services" | "requires_accounts", "否") => "No",
        ("state", "正常") => "Running",
        ("state", "临时下线") => "Offline",
        ("state", "关停") => "Closed",
        ("state", "整合迁移") => "Merged",
        ("state", "注销") => "Cancelled",
        _ => return value,
    };
    match lang {
        Lang::Zh => value,
        Lang::En => english.to_owned(),
    }
}

pub(crate) fn watch_kind(lang: Lang, kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Closing => lang.t("关停（迁移）公告，30天", "Notice of closing, 30 days"),
        WatchKind::Domain => lang.t("域名变更公告，3个月", "Notice of the new domain, 3 months"),
        WatchKind::Return => lang.t("下线期满后网站恢复", "The site is back after its closure"),
    }
}

pub(crate) fn watch_state(lang: Lang, state: WatchState) -> Label {
    let (english, tone) = match state {
        WatchState::NotLooked => ("Not looked at yet", "none"),
        WatchState::NotSeen => ("Not seen yet", "open"),
        WatchState::Running => ("Hangs", "info"),
        WatchState::Interrupted => ("Seems to be taken down early", "bad"),
        WatchState::Fulfilled => ("Term is over", "good"),
        WatchState::Away => ("Not yet due back", "info"),
        WatchState::Back => ("Back", "good"),
        WatchState::NotBack => ("Not back in time", "bad"),
    };
    label(lang, state.zh(), english, tone)
}

pub(crate) fn seen(lang: Lang, seen: Seen) -> Label {
    let (english, tone) = match seen {
        Seen::Notice => ("Notice seen", "good"),
        Seen::Moved => ("Leads to the new domain", "good"),
        Seen::Opened => ("Opens", "good"),
        Seen::Absent => ("No notice", "bad"),
        Seen::Unreachable => ("Did not open", "none"),
    };
    label(lang, seen.zh(), english, tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_words_in_both_languages() {
        for noun in [EntryKind::Site, EntryKind::Account] {
            for name in noun.fields() {
                assert_ne!(field(Lang::Zh, noun, name), "其他", "{name}");
                assert_ne!(field(Lang::En, noun, name), "Other", "{name}");
            }
        }
    }
}
