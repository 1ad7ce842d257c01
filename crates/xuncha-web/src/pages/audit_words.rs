//! The audit log in words: rows hold short words of ours that never change; pages say them in the reader's language.

use xuncha_core::person::Role;
use xuncha_core::registry::filing::RequestKind;
use xuncha_store::AuditAction;

use crate::labels;
use crate::labels_registry;
use crate::lang::Lang;
use crate::pager::encode;

/// Who, where it is no person.
pub(super) fn who(lang: Lang, who: &str) -> String {
    match who.split_once(':') {
        Some(("cli", user)) => format!("{} {user}", lang.t("命令行", "Command line")),
        _ if who == "stranger" => lang.t("未登录者", "Stranger").to_owned(),
        _ if who == "system" => lang.t("系统", "System").to_owned(),
        _ => who.to_owned(),
    }
}

/// An object: what it is called, and where it is looked at.
pub(super) fn object(lang: Lang, object: &str) -> (String, Option<String>) {
    let parts: Vec<&str> = object.split('/').collect();
    let round = |round: &str| format!("{} {round}", lang.t("轮次", "Round"));
    match parts.as_slice() {
        ["person", "unknown"] => (lang.t("未知登录名", "Unknown login").to_owned(), None),
        ["person", id] => {
            let href = format!("/people/{}", encode(id));
            (format!("{} {id}", lang.t("人员", "Person")), Some(href))
        }
        ["round", id] => (round(id), Some(format!("/rounds/{}", encode(id)))),
        ["round", id, "target", target, rest @ ..] => {
            let target_word = lang.t("对象", "target");
            let rest = match rest {
                ["evidence", record] => format!(" {} {record}", lang.t("证据", "evidence")),
                _ => String::new(),
            };
            let href = format!("/rounds/{}/targets/{}", encode(id), encode(target));
            (
                format!("{} {target_word} {target}{rest}", round(id)),
                Some(href),
            )
        }
        ["round", id, "document", name] => {
            let text = format!("{} {} {name}", round(id), lang.t("文档", "document"));
            (text, Some(format!("/rounds/{}/notice", encode(id))))
        }
        ["round", id, "job", number] => (
            format!("{} {} {number}", round(id), lang.t("任务", "job")),
            Some(format!("/rounds/{}/work", encode(id))),
        ),
        ["request", id] => (
            format!("{} {}", lang.t("填报", "Request"), first_signs(id)),
            Some(format!("/requests/{}", encode(id))),
        ),
        ["round", id, what] => (format!("{} {}", round(id), value(lang, what)), None),
        ["attachment", number] => (
            format!("{} {number}", lang.t("附件", "File")),
            Some(format!("/attachments/{}", encode(number))),
        ),
        ["case", id] => (
            format!("{} {}", lang.t("整改事项", "Case"), first_signs(id)),
            Some(format!("/rectify/{}", encode(id))),
        ),
        ["enquiry", id] => (
            format!("{} {}", lang.t("模拟咨询", "Enquiry"), first_signs(id)),
            Some(format!("/enquiries/{}", encode(id))),
        ),
        ["appeal", id] => (
            format!("{} {}", lang.t("申诉", "Appeal"), first_signs(id)),
            Some(format!("/appeals/{}", encode(id))),
        ),
        ["check", check] => (
            format!("{} {check}", lang.t("公开范围", "Publicity of")),
            Some("/publicity".to_owned()),
        ),
        ["annual", form, year, subject @ ..] => {
            let subject = subject.first().copied().unwrap_or_default();
            let name = lang.t("年度报表", "Annual form");
            let href = match *form {
                "work" => format!("/annual/work/{}?year={}", encode(subject), encode(year)),
                form => format!("/annual/{}?year={}", encode(form), encode(year)),
            };
            (
                format!("{name} {year} {subject}").trim().to_owned(),
                Some(href),
            )
        }
        ["registry"] => (
            lang.t("名录", "Registry").to_owned(),
            Some("/registry".to_owned()),
        ),
        _ => (value(lang, object), None),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|sign| sign.is_ascii_hexdigit())
}

/// A path or a named hash with the long ids in it cut.
fn shortened(text: &str) -> String {
    if let Some(hash) = text.strip_prefix("sha256:").filter(|hash| is_hash(hash)) {
        return format!("sha256:{}", &hash[..12]);
    }
    let parts = text.split('/').map(|part| match is_hash(part) {
        true => first_signs(part),
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The beginning of an id that nobody reads out.
fn first_signs(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// A value, word by word; what is no word of ours stands as it is.
pub(super) fn value(lang: Lang, text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let (start, last) = word
            .rsplit_once('=')
            .map_or(("", word), |(start, last)| (&word[..=start.len()], last));
        let bare = last.trim_end_matches(',');
        // Hashes are whole in the log itself; people compare their first signs.
        let bare_said = match is_hash(bare) {
            true => bare[..12].to_owned(),
            false => shortened(said(lang, bare)),
        };
        let start = match start {
            "version=" => lang.t("版本：", "version: "),
            "text=" => lang.t("正文：", "text: "),
            "round=" => lang.t("轮次数据：", "round: "),
            other => other,
        };
        format!("{start}{bare_said}{}", &last[bare.len()..])
    });
    words.collect::<Vec<_>>().join(" ")
}

fn said(lang: Lang, word: &str) -> &str {
    if let Some(role) = Role::of_word(word) {
        return labels::role(lang, role);
    }
    if let Some(kind) = RequestKind::of_word(word) {
        return labels_registry::request_kind(lang, kind);
    }
    let (zh, en) = match word {
        "set_password" => ("设置密码", "for a password"),
        "sign_in" => ("一次性登录", "one-time login"),
        "password" => ("密码", "password"),
        "code" => ("验证码", "and code"),
        "recovery_code" => ("恢复码", "and recovery code"),
        "one_time_login" => ("一次性登录", "one-time login"),
        "provider" => ("统一身份认证", "provider of identities"),
        "bound" => ("已绑定统一身份", "bound to a provider"),
        "not_bound" => ("未绑定统一身份", "not bound to a provider"),
        "locked" => ("已锁定", "locked"),
        "not_locked" => ("未锁定", "not locked"),
        "locked_for_a_while" => ("多次输错，暂时锁定", "locked for a while"),
        "renamed" => ("（改姓名）", "(renamed)"),
        "drafted" => ("拟稿", "drafted"),
        "checked" => ("核稿", "checked"),
        "approved" => ("签发", "approved"),
        "returned" => ("退回", "returned"),
        "published" => ("发布", "published"),
        "corrected" => ("更正", "corrected"),
        "new" => ("新建", "new"),
        "gathering" => ("采集中", "gathering"),
        "judged" => ("已判定", "judged"),
        "full" => ("公开问题", "findings public"),
        "count" => ("只公开数量", "number only"),
        "hidden" => ("不公开", "not public"),
        "closed" => ("已关闭", "closed"),
        "added" => ("新增", "added"),
        "changed" => ("修改", "changed"),
        "removed" => ("删除", "removed"),
        "confirmed" => ("确认", "confirmed"),
        "rejected" => ("驳回", "rejected"),
        "answered" => ("答复", "answered"),
        "sent" => ("已发送", "sent"),
        "assigned" => ("已分派", "assigned"),
        "withdrawn" => ("撤回", "taken back"),
        "evidence" => ("证据", "evidence"),
        "sample" => ("抽样", "sample"),
        "audit" => ("审计日志", "audit log"),
        "ledger" => ("台账", "ledger"),
        "rectify" => ("整改事项", "cases"),
        "tips" => ("找错留言", "messages of the public"),
        "contacts" => ("联系方式", "contacts"),
        "found" => ("待通知", "found"),
        "notified" => ("待整改", "notified"),
        "overdue" => ("逾期", "overdue"),
        "replied" => ("待复查", "replied"),
        "relapsed" => ("复发", "relapsed"),
        "waiting" => ("待办", "waiting"),
        "accepted" => ("成立", "accepted"),
        "refused" => ("不成立", "refused"),
        "unsure" => ("待核实", "unsure"),
        "failed" => ("失败", "failed"),
        "settled" => ("已处理", "settled"),
        _ => return word,
    };
    // Words of the table live as long as the program; the word itself comes back where it is none.
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// What was done.
pub(super) fn action(lang: Lang, action: AuditAction) -> &'static str {
    let english = match action {
        AuditAction::SignedIn => "Signed in",
        AuditAction::SignInFailed => "Sign-in failed",
        AuditAction::SignedOut => "Signed out",
        AuditAction::SessionsEnded => "Sessions ended",
        AuditAction::PersonAdded => "Person added",
        AuditAction::PersonChanged => "Person changed",
        AuditAction::PersonLocked => "Person locked",
        AuditAction::PersonUnlocked => "Person unlocked",
        AuditAction::LinkMade => "Link made",
        AuditAction::PasswordSet => "Password set",
        AuditAction::SecondFactorSet => "Second step set",
        AuditAction::SecondFactorRemoved => "Second step removed",
        AuditAction::TokenMade => "Token made",
        AuditAction::TokenRevoked => "Token revoked",
        AuditAction::RegistryChanged => "Registry changed",
        AuditAction::RoundCreated => "Round created",
        AuditAction::SampleDrawn => "Sample drawn",
        AuditAction::RoundMoved => "Round moved",
        AuditAction::RoundRemoved => "Round removed",
        AuditAction::RoundClosed => "Round closed",
        AuditAction::RoundReopened => "Round reopened",
        AuditAction::Decided => "Decided",
        AuditAction::DocumentBuilt => "Document built",
        AuditAction::Downloaded => "Downloaded",
        AuditAction::Exported => "Exported",
        AuditAction::EvidenceAdded => "Evidence added",
        AuditAction::CasesFollowed => "Cases followed",
        AuditAction::CaseChanged => "Case changed",
        AuditAction::RecheckAsked => "Recheck asked for",
        AuditAction::ContactChanged => "Contact changed",
        AuditAction::MessageChanged => "Message settled",
        AuditAction::TipsImported => "Messages imported",
        AuditAction::AppealTermSet => "Term of appeals set",
        AuditAction::AppealFiled => "Appeal filed",
        AuditAction::AppealAnswered => "Appeal answered",
        AuditAction::SelfCheckAsked => "Self-check asked for",
        AuditAction::EnquiryChanged => "Enquiry changed",
        AuditAction::EvidencePruned => "Evidence pruned",
        AuditAction::AttachmentAdded => "File handed in",
        AuditAction::AttachmentWithdrawn => "File taken back",
        AuditAction::DrawPublished => "Draw published",
        AuditAction::PlanChanged => "Calendar changed",
        AuditAction::JobAsked => "Job asked for",
        AuditAction::JobCancelled => "Job cancelled",
        AuditAction::RoundFrozen => "Round frozen",
        AuditAction::RoundThawed => "Round thawed",
        AuditAction::NoticeSigned => "Notice signed",
        AuditAction::ResultsPublished => "Results made public",
        AuditAction::PublicitySet => "Publicity set",
        AuditAction::TargetsAssigned => "Targets assigned",
        AuditAction::OpinionGiven => "Blind opinion",
        AuditAction::FactCorrected => "Reading corrected",
        AuditAction::ExemptionMade => "Exemption made",
        AuditAction::ExemptionWithdrawn => "Exemption withdrawn",
        AuditAction::RequestFiled => "Registry request filed",
        AuditAction::RequestDecided => "Registry request decided",
        AuditAction::NoticeLookedAt => "Notice looked at",
        AuditAction::OutsideDecided => "Site outside the registry decided",
        AuditAction::ImportStaged => "Registry import previewed",
        AuditAction::ListDrafted => "List changed",
        AuditAction::ListAdopted => "List adopted",
        AuditAction::ListDropped => "Draft of a list dropped",
        AuditAction::TemplateSaved => "Text of the notice changed",
        AuditAction::TemplateAdopted => "Text of the notice adopted",
        AuditAction::NoticeExtrasChanged => "Details of the notice changed",
        AuditAction::AnnualFormFilled => "Annual form filled in",
    };
    lang.t(action.zh(), english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_said_in_words() {
        let zh = |text: &str| value(Lang::Zh, text);
        assert_eq!(zh("operator U001 renamed"), "单位填报员 U001 （改姓名）");
        assert_eq!(
            zh("added 3, changed 1, removed 0"),
            "新增 3, 修改 1, 删除 0"
        );
        assert_eq!(zh("stale_account/#1f=confirmed"), "stale_account/#1f=确认");
        assert_eq!(zh("manual/q=answered 2"), "manual/q=答复 2");
        assert_eq!(value(Lang::En, "password code"), "password and code");
        let signed = format!("published version=1 text={} round=b", "a1".repeat(32));
        assert_eq!(zh(&signed), "发布 版本：1 正文：a1a1a1a1a1a1 轮次数据：b");
        let owner = format!("enquiry/{} sha256:{}", "0a".repeat(32), "b1".repeat(32));
        assert_eq!(zh(&owner), "enquiry/0a0a0a0a sha256:b1b1b1b1b1b1");
        assert_eq!(zh(""), "");
        let of = |text: &str| object(Lang::Zh, text);
        let target = of("round/2026Q1/target/9900000001");
        assert_eq!(target.0, "轮次 2026Q1 对象 9900000001");
        let href = "/rounds/2026Q1/targets/9900000001";
        assert_eq!(target.1.as_deref(), Some(href));
        assert_eq!(of("round/a/job/9").0, "轮次 a 任务 9");
        assert_eq!(of("request/8c1f57aa09").0, "填报 8c1f57aa");
        assert_eq!(of("round/a/evidence").0, "轮次 a 证据");
        assert_eq!(of("person/P3").1.as_deref(), Some("/people/P3"));
        assert_eq!(who(Lang::Zh, "cli:root"), "命令行 root");
        assert_eq!(who(Lang::Zh, "P3"), "P3");
    }
}
