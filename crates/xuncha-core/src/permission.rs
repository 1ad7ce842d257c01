//! 权限: who may do what, on whose things. The one place where it is decided.
//!
//! It stands in the core because it is a rule: a pure function of role, action and the unit that an object belongs to. The pages ask it
//! for every route, and whatever else lets people in (an interface for programs, exports) asks the same table.

use crate::person::Role;

/// 动作. What a page, a download or a form does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// 公开内容. What needs no session: style sheets, and addresses that carry their own right.
    Open,
    /// 查看公开结果. What a published round shows to everybody.
    ReadPublished,
    /// 登录. Signing in, and setting a password by a link.
    SignIn,
    /// 本人账号. One's own password, second factor and sessions.
    OwnAccount,
    /// 进入. The list of rounds and what this is.
    Enter,
    /// 查看轮次. A round as a whole: overview, what could not be determined.
    ReadRound,
    /// 查看对象. A target with its score sheet, findings and evidence.
    ReadTarget,
    /// 查看通报. The notice of a round, built but perhaps not published.
    ReadNotice,
    /// 下载文档. A built document.
    ReadDocument,
    /// 查看名录. Registered sites and accounts.
    ReadRegistry,
    /// 人工处理. Deciding what the machine leaves open.
    DecideTask,
    /// 管理轮次. Creating, drawing, planning, giving out, starting jobs, closing and freezing; the notice up to its approval.
    ManageRound,
    /// 签发通报. Approving a notice, or sending it back.
    ApproveNotice,
    /// 下载附件. A file that somebody handed in.
    ReadAttachment,
    /// 查看整改. Problems to put right, with what was done about them.
    ReadCase,
    /// 回复整改. What a unit says it did.
    ReplyCase,
    /// 复查整改. Looking again, or having the machine look again.
    RecheckCase,
    /// 督办整改. Notices, terms, reminders, letters.
    ManageCase,
    /// 提出申诉. Contesting a finding.
    FileAppeal,
    /// 答复申诉. Accepting or refusing it.
    AnswerAppeal,
    /// 单位工作台. What a unit has to do, and how it stands.
    ReadUnit,
    /// 自查. Having the machine look at one's own site or account now.
    SelfCheck,
    /// 模拟咨询. Questions that are sent as a citizen would.
    Enquire,
    /// 公开范围. How far each check is public.
    ManagePublicity,
    /// 管理人员. Adding, changing and locking people.
    ManagePeople,
    /// 查看审计日志. What everybody did.
    ReadAudit,
    /// 名录填报. Filing and taking back what concerns a unit's own sites and accounts.
    FileRequest,
    /// 名录审核. Deciding what was filed; whose turn it is says `registry::request`.
    ReviewRequest,
    /// 管理名录. Importing it, and taking in or setting aside what is outside of it.
    ManageRegistry,
    /// 管理词表. Changing the lists that pages are read by, and adopting a change.
    ManageLists,
}

impl Action {
    /// Every action, as tables list them.
    pub const ALL: [Action; 30] = [
        Action::Open,
        Action::ReadPublished,
        Action::SignIn,
        Action::OwnAccount,
        Action::Enter,
        Action::ReadRound,
        Action::ReadTarget,
        Action::ReadNotice,
        Action::ReadDocument,
        Action::ReadRegistry,
        Action::DecideTask,
        Action::ManageRound,
        Action::ApproveNotice,
        Action::ReadAttachment,
        Action::ReadCase,
        Action::ReplyCase,
        Action::RecheckCase,
        Action::ManageCase,
        Action::FileAppeal,
        Action::AnswerAppeal,
        Action::ReadUnit,
        Action::SelfCheck,
        Action::Enquire,
        Action::ManagePublicity,
        Action::ManagePeople,
        Action::ReadAudit,
        Action::FileRequest,
        Action::ReviewRequest,
        Action::ManageRegistry,
        Action::ManageLists,
    ];

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Action::Open => "公开内容",
            Action::ReadPublished => "公开结果与开放数据",
            Action::SignIn => "登录",
            Action::OwnAccount => "本人账号",
            Action::Enter => "轮次列表与关于",
            Action::ReadRound => "轮次概况与无法判定",
            Action::ReadTarget => "检查对象、评分表、问题、证据",
            Action::ReadNotice => "通报",
            Action::ReadDocument => "下载文档",
            Action::ReadRegistry => "名录",
            Action::DecideTask => "人工处理",
            Action::ManageRound => "轮次管理",
            Action::ApproveNotice => "签发通报",
            Action::ReadAttachment => "下载附件",
            Action::ReadCase => "查看整改",
            Action::ReplyCase => "回复整改",
            Action::RecheckCase => "复查整改",
            Action::ManageCase => "督办整改、消息、联系方式",
            Action::FileAppeal => "提出申诉",
            Action::AnswerAppeal => "答复申诉",
            Action::ReadUnit => "单位工作台",
            Action::SelfCheck => "自查",
            Action::Enquire => "模拟咨询",
            Action::ManagePublicity => "公开范围",
            Action::ManagePeople => "人员管理",
            Action::ReadAudit => "审计日志",
            Action::FileRequest => "名录填报",
            Action::ReviewRequest => "名录填报审核",
            Action::ManageRegistry => "名录导入、名录外线索",
            Action::ManageLists => "词表",
        }
    }
}

/// 范围. How far a role's right to an action goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Not at all.
    None,
    /// What belongs to the person's own unit.
    Own,
    /// Everything.
    All,
}

/// The table: how far the right of a role to an action goes.
pub fn scope(role: Role, action: Action) -> Scope {
    use Role::{Administrator, Inspector, Leader, Operator, Public, Supervisor};
    match (action, role) {
        (Action::Open | Action::ReadPublished | Action::SignIn, _) => Scope::All,
        (_, Public) => Scope::None,
        (Action::OwnAccount | Action::Enter, _) => Scope::All,
        (
            Action::ReadTarget
            | Action::ReadDocument
            | Action::ReadRegistry
            | Action::ReadAttachment
            | Action::ReadCase
            | Action::ReplyCase
            | Action::FileAppeal
            | Action::ReadUnit
            | Action::SelfCheck
            | Action::FileRequest
            | Action::ReviewRequest,
            Operator,
        ) => Scope::Own,
        (_, Operator) => Scope::None,
        (
            Action::ReadRound
            | Action::ReadTarget
            | Action::ReadNotice
            | Action::ReadDocument
            | Action::ReadAttachment
            | Action::ReadRegistry
            | Action::ReadCase
            | Action::ReadUnit,
            Inspector | Leader | Supervisor | Administrator,
        ) => Scope::All,
        (
            Action::DecideTask | Action::RecheckCase | Action::Enquire,
            Inspector | Supervisor | Administrator,
        ) => Scope::All,
        (Action::DecideTask | Action::RecheckCase | Action::Enquire, Leader) => Scope::None,
        (
            Action::ReplyCase
            | Action::ManageCase
            | Action::FileAppeal
            | Action::AnswerAppeal
            | Action::SelfCheck,
            Supervisor | Administrator,
        ) => Scope::All,
        (
            Action::ReplyCase
            | Action::ManageCase
            | Action::FileAppeal
            | Action::AnswerAppeal
            | Action::SelfCheck,
            Inspector | Leader,
        ) => Scope::None,
        (Action::ManageRound, Supervisor | Administrator) => Scope::All,
        (Action::ManageRound, Inspector | Leader) => Scope::None,
        (
            Action::FileRequest | Action::ReviewRequest | Action::ManageRegistry,
            Supervisor | Administrator,
        ) => Scope::All,
        (
            Action::FileRequest | Action::ReviewRequest | Action::ManageRegistry,
            Inspector | Leader,
        ) => Scope::None,
        // Only a leader signs for the office; who can do everything else cannot do that.
        (Action::ApproveNotice, Leader) => Scope::All,
        (Action::ApproveNotice, Inspector | Supervisor | Administrator) => Scope::None,
        (
            Action::ManagePublicity
            | Action::ManagePeople
            | Action::ReadAudit
            | Action::ManageLists,
            Administrator,
        ) => Scope::All,
        (
            Action::ManagePublicity
            | Action::ManagePeople
            | Action::ReadAudit
            | Action::ManageLists,
            Inspector | Leader | Supervisor,
        ) => Scope::None,
    }
}

/// 令牌范围. What a token may be used for, within what its person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenScope {
    /// 读取. Rounds, targets, findings, notices, documents, the registry.
    Read,
    /// 复核. Deciding what the machine leaves open.
    Decide,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [TokenScope; 2] = [TokenScope::Read, TokenScope::Decide];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            TokenScope::Read => "read",
            TokenScope::Decide => "decide",
        }
    }

    /// The scope of a word.
    pub fn of_word(word: &str) -> Option<TokenScope> {
        TokenScope::ALL
            .into_iter()
            .find(|scope| scope.word() == word)
    }

    /// The scope that an action needs; `None` for what no token may do: people, their accounts, the audit log.
    pub fn of(action: Action) -> Option<TokenScope> {
        match action {
            Action::Enter
            | Action::ReadRound
            | Action::ReadTarget
            | Action::ReadNotice
            | Action::ReadDocument
            | Action::ReadRegistry => Some(TokenScope::Read),
            Action::DecideTask => Some(TokenScope::Decide),
            _ => None,
        }
    }
}

/// 判断结果. What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It is done.
    Allowed,
    /// The role never may.
    Forbidden,
    /// The role may, but not on this object: it is answered as if the object did not exist, so that nobody learns of what others have.
    Hidden,
}

/// Whether somebody of a role, and of the unit `own` where the role has one, may do something to what belongs to the unit `object`.
///
/// `object` is `None` for what belongs to no unit, such as a document about a whole round: within [`Scope::Own`] that is nobody's own.
pub fn decide(role: Role, own: Option<&str>, action: Action, object: Option<&str>) -> Permission {
    match scope(role, action) {
        Scope::All => Permission::Allowed,
        Scope::None => Permission::Forbidden,
        Scope::Own if own.is_some() && own == object => Permission::Allowed,
        Scope::Own => Permission::Hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_no_unit_or_of_another_is_hidden_from_an_operator() {
        let ask = |own, object| decide(Role::Operator, own, Action::ReadTarget, object);
        assert_eq!(ask(Some("U1"), Some("U1")), Permission::Allowed);
        assert_eq!(ask(Some("U1"), Some("U2")), Permission::Hidden);
        assert_eq!(ask(Some("U1"), None), Permission::Hidden);
        assert_eq!(ask(None, None), Permission::Hidden);
        assert_eq!(ask(None, Some("U1")), Permission::Hidden);
    }

    #[test]
    fn who_did_not_sign_in_may_sign_in_and_read_what_is_published() {
        for action in Action::ALL {
            let expected = match action {
                Action::Open | Action::ReadPublished | Action::SignIn => Scope::All,
                _ => Scope::None,
            };
            assert_eq!(scope(Role::Public, action), expected, "{action:?}");
        }
    }

    #[test]
    fn only_an_operator_is_held_to_his_own() {
        for role in Role::ALL {
            for action in Action::ALL {
                let is_own = scope(role, action) == Scope::Own;
                assert!(!is_own || role == Role::Operator, "{role:?} {action:?}");
            }
        }
    }
}
