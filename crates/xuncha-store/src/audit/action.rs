//! 审计动作: every kind of change that the log names, with its name in both forms.

use serde::{Deserialize, Serialize};

use crate::sql;

/// 审计动作. What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// 登录.
    SignedIn,
    /// 登录失败.
    SignInFailed,
    /// 退出.
    SignedOut,
    /// 结束会话.
    SessionsEnded,
    /// 新增人员.
    PersonAdded,
    /// 修改人员.
    PersonChanged,
    /// 锁定人员.
    PersonLocked,
    /// 解除锁定.
    PersonUnlocked,
    /// 生成登录链接.
    LinkMade,
    /// 设置密码.
    PasswordSet,
    /// 启用二次验证.
    SecondFactorSet,
    /// 停用二次验证.
    SecondFactorRemoved,
    /// 新建令牌.
    TokenMade,
    /// 撤销令牌.
    TokenRevoked,
    /// 名录变更.
    RegistryChanged,
    /// 新建轮次.
    RoundCreated,
    /// 抽样.
    SampleDrawn,
    /// 轮次状态.
    RoundMoved,
    /// 删除轮次.
    RoundRemoved,
    /// 关闭轮次.
    RoundClosed,
    /// 重开轮次.
    RoundReopened,
    /// 人工处理.
    Decided,
    /// 生成文档.
    DocumentBuilt,
    /// 下载.
    Downloaded,
    /// 导出.
    Exported,
    /// 补充证据.
    EvidenceAdded,
    /// 清理证据.
    EvidencePruned,
    /// 跟进整改.
    CasesFollowed,
    /// 整改登记.
    CaseChanged,
    /// 请求复查.
    RecheckAsked,
    /// 联系方式.
    ContactChanged,
    /// 消息.
    MessageChanged,
    /// 导入找错留言.
    TipsImported,
    /// 申诉期限.
    AppealTermSet,
    /// 提出申诉.
    AppealFiled,
    /// 答复申诉.
    AppealAnswered,
    /// 自查.
    SelfCheckAsked,
    /// 模拟咨询.
    EnquiryChanged,
    /// 上传附件.
    AttachmentAdded,
    /// 撤回附件.
    AttachmentWithdrawn,
    /// 公布抽样.
    DrawPublished,
    /// 调整日历.
    PlanChanged,
    /// 启动任务.
    JobAsked,
    /// 取消任务.
    JobCancelled,
    /// 冻结轮次.
    RoundFrozen,
    /// 解冻更正.
    RoundThawed,
    /// 通报会签.
    NoticeSigned,
    /// 公开结果.
    ResultsPublished,
    /// 公开范围.
    PublicitySet,
    /// 分派对象.
    TargetsAssigned,
    /// 盲评.
    OpinionGiven,
    /// 更正读数.
    FactCorrected,
    /// 设为例外.
    ExemptionMade,
    /// 撤销例外.
    ExemptionWithdrawn,
    /// 填报.
    RequestFiled,
    /// 办理填报.
    RequestDecided,
    /// 公告查看.
    NoticeLookedAt,
    /// 名录外线索.
    OutsideDecided,
    /// 名录导入预览.
    ImportStaged,
    /// 修改词表.
    ListDrafted,
    /// 采用词表.
    ListAdopted,
    /// 放弃词表草稿.
    ListDropped,
    /// 修改通报模板.
    TemplateSaved,
    /// 采用通报模板.
    TemplateAdopted,
    /// 修改通报的其他信息.
    NoticeExtrasChanged,
    /// 填报年度报表.
    AnnualFormFilled,
}

impl AuditAction {
    /// Every action, as the filter lists them.
    pub const ALL: [AuditAction; 66] = [
        AuditAction::SignedIn,
        AuditAction::SignInFailed,
        AuditAction::SignedOut,
        AuditAction::SessionsEnded,
        AuditAction::PersonAdded,
        AuditAction::PersonChanged,
        AuditAction::PersonLocked,
        AuditAction::PersonUnlocked,
        AuditAction::LinkMade,
        AuditAction::PasswordSet,
        AuditAction::SecondFactorSet,
        AuditAction::SecondFactorRemoved,
        AuditAction::TokenMade,
        AuditAction::TokenRevoked,
        AuditAction::RegistryChanged,
        AuditAction::RoundCreated,
        AuditAction::SampleDrawn,
        AuditAction::RoundMoved,
        AuditAction::RoundRemoved,
        AuditAction::RoundClosed,
        AuditAction::RoundReopened,
        AuditAction::Decided,
        AuditAction::DocumentBuilt,
        AuditAction::Downloaded,
        AuditAction::Exported,
        AuditAction::EvidenceAdded,
        AuditAction::EvidencePruned,
        AuditAction::CasesFollowed,
        AuditAction::CaseChanged,
        AuditAction::RecheckAsked,
        AuditAction::ContactChanged,
        AuditAction::MessageChanged,
        AuditAction::TipsImported,
        AuditAction::AppealTermSet,
        AuditAction::AppealFiled,
        AuditAction::AppealAnswered,
        AuditAction::SelfCheckAsked,
        AuditAction::EnquiryChanged,
        AuditAction::AttachmentAdded,
        AuditAction::AttachmentWithdrawn,
        AuditAction::DrawPublished,
        AuditAction::PlanChanged,
        AuditAction::JobAsked,
        AuditAction::JobCancelled,
        AuditAction::RoundFrozen,
        AuditAction::RoundThawed,
        AuditAction::NoticeSigned,
        AuditAction::ResultsPublished,
        AuditAction::PublicitySet,
        AuditAction::TargetsAssigned,
        AuditAction::OpinionGiven,
        AuditAction::FactCorrected,
        AuditAction::ExemptionMade,
        AuditAction::ExemptionWithdrawn,
        AuditAction::RequestFiled,
        AuditAction::RequestDecided,
        AuditAction::NoticeLookedAt,
        AuditAction::OutsideDecided,
        AuditAction::ImportStaged,
        AuditAction::ListDrafted,
        AuditAction::ListAdopted,
        AuditAction::ListDropped,
        AuditAction::TemplateSaved,
        AuditAction::TemplateAdopted,
        AuditAction::NoticeExtrasChanged,
        AuditAction::AnnualFormFilled,
    ];

    /// Its word, as rows hold it.
    pub fn word(self) -> String {
        sql::word(&self).unwrap_or_default()
    }

    /// The action of a word.
    pub fn of_word(word: &str) -> Option<AuditAction> {
        AuditAction::ALL
            .into_iter()
            .find(|action| action.word() == word)
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            AuditAction::SignedIn => "登录",
            AuditAction::SignInFailed => "登录失败",
            AuditAction::SignedOut => "退出",
            AuditAction::SessionsEnded => "结束会话",
            AuditAction::PersonAdded => "新增人员",
            AuditAction::PersonChanged => "修改人员",
            AuditAction::PersonLocked => "锁定人员",
            AuditAction::PersonUnlocked => "解除锁定",
            AuditAction::LinkMade => "生成登录链接",
            AuditAction::PasswordSet => "设置密码",
            AuditAction::SecondFactorSet => "启用二次验证",
            AuditAction::SecondFactorRemoved => "停用二次验证",
            AuditAction::TokenMade => "新建接口令牌",
            AuditAction::TokenRevoked => "撤销接口令牌",
            AuditAction::RegistryChanged => "名录变更",
            AuditAction::RoundCreated => "新建轮次",
            AuditAction::SampleDrawn => "抽样",
            AuditAction::RoundMoved => "轮次状态",
            AuditAction::RoundRemoved => "删除轮次",
            AuditAction::RoundClosed => "关闭轮次",
            AuditAction::RoundReopened => "重开轮次",
            AuditAction::Decided => "人工处理",
            AuditAction::DocumentBuilt => "生成文档",
            AuditAction::Downloaded => "下载",
            AuditAction::Exported => "导出",
            AuditAction::EvidenceAdded => "补充证据",
            AuditAction::EvidencePruned => "清理证据",
            AuditAction::CasesFollowed => "跟进整改",
            AuditAction::CaseChanged => "整改登记",
            AuditAction::RecheckAsked => "请求复查",
            AuditAction::ContactChanged => "联系方式",
            AuditAction::MessageChanged => "消息",
            AuditAction::TipsImported => "导入找错留言",
            AuditAction::AppealTermSet => "申诉期限",
            AuditAction::AppealFiled => "提出申诉",
            AuditAction::AppealAnswered => "答复申诉",
            AuditAction::SelfCheckAsked => "自查",
            AuditAction::EnquiryChanged => "模拟咨询",
            AuditAction::AttachmentAdded => "上传附件",
            AuditAction::AttachmentWithdrawn => "撤回附件",
            AuditAction::DrawPublished => "公布抽样",
            AuditAction::PlanChanged => "调整日历",
            AuditAction::JobAsked => "启动任务",
            AuditAction::JobCancelled => "取消任务",
            AuditAction::RoundFrozen => "冻结轮次",
            AuditAction::RoundThawed => "解冻更正",
            AuditAction::NoticeSigned => "通报会签",
            AuditAction::ResultsPublished => "公开结果",
            AuditAction::PublicitySet => "公开范围",
            AuditAction::TargetsAssigned => "分派对象",
            AuditAction::OpinionGiven => "盲评",
            AuditAction::FactCorrected => "更正读数",
            AuditAction::ExemptionMade => "设为例外",
            AuditAction::ExemptionWithdrawn => "撤销例外",
            AuditAction::RequestFiled => "名录填报",
            AuditAction::RequestDecided => "办理名录填报",
            AuditAction::NoticeLookedAt => "查看公告",
            AuditAction::OutsideDecided => "名录外线索",
            AuditAction::ImportStaged => "名录导入预览",
            AuditAction::ListDrafted => "修改词表",
            AuditAction::ListAdopted => "采用词表",
            AuditAction::ListDropped => "放弃词表草稿",
            AuditAction::TemplateSaved => "修改通报模板",
            AuditAction::TemplateAdopted => "采用通报模板",
            AuditAction::NoticeExtrasChanged => "修改通报信息",
            AuditAction::AnnualFormFilled => "填报年度报表",
        }
    }
}
