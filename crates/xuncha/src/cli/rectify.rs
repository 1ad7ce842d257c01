//! 整改、发件箱、找错留言的命令行. Words of `rectify`, `outbox`, `contact` and `tips`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::{Date, Time};
use xuncha_core::rectify::{RectifyState, SameKind};
use xuncha_store::outbox::{Channel, MessageState};

use super::RoundArg;
use crate::outbox::mail::MailTls;

/// 整改状态参数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StateArg {
    /// 待通知 / found
    Found,
    /// 待整改 / notified
    Notified,
    /// 逾期 / overdue
    Overdue,
    /// 待复查 / replied
    Replied,
    /// 已办结 / closed
    Closed,
    /// 复发 / relapsed
    Relapsed,
    /// 已撤销 / withdrawn
    Withdrawn,
}

impl StateArg {
    /// The state.
    pub fn state(self) -> RectifyState {
        match self {
            StateArg::Found => RectifyState::Found,
            StateArg::Notified => RectifyState::Notified,
            StateArg::Overdue => RectifyState::Overdue,
            StateArg::Replied => RectifyState::Replied,
            StateArg::Closed => RectifyState::Closed,
            StateArg::Relapsed => RectifyState::Relapsed,
            StateArg::Withdrawn => RectifyState::Withdrawn,
        }
    }
}

/// 举一反三参数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SameKindArg {
    /// 已自查，没有同类问题 / looked, none found
    NoneFound,
    /// 已自查，同类问题一并整改 / looked, put right as well
    Fixed,
    /// 正在自查 / still looking
    Looking,
}

impl SameKindArg {
    /// The answer.
    pub fn answer(self) -> SameKind {
        match self {
            SameKindArg::NoneFound => SameKind::NoneFound,
            SameKindArg::Fixed => SameKind::Fixed,
            SameKindArg::Looking => SameKind::Looking,
        }
    }
}

/// 渠道参数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChannelArg {
    /// 电子邮件 / e-mail
    Mail,
    /// 企业微信群机器人 / robot of a WeCom group
    Wecom,
    /// 钉钉群机器人 / robot of a DingTalk group
    Dingtalk,
}

impl ChannelArg {
    /// The channel.
    pub fn channel(self) -> Channel {
        match self {
            ChannelArg::Mail => Channel::Mail,
            ChannelArg::Wecom => Channel::Wecom,
            ChannelArg::Dingtalk => Channel::Dingtalk,
        }
    }
}

/// 消息状态参数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageStateArg {
    /// 待核实 / not known whether it arrived
    Unsure,
    /// 失败 / failed
    Failed,
    /// 待发 / waiting
    Waiting,
    /// 发送中 / being sent
    Sending,
    /// 已发 / sent
    Sent,
    /// 已处理 / settled
    Settled,
}

impl MessageStateArg {
    /// The state.
    pub fn state(self) -> MessageState {
        match self {
            MessageStateArg::Unsure => MessageState::Unsure,
            MessageStateArg::Failed => MessageState::Failed,
            MessageStateArg::Waiting => MessageState::Waiting,
            MessageStateArg::Sending => MessageState::Sending,
            MessageStateArg::Sent => MessageState::Sent,
            MessageStateArg::Settled => MessageState::Settled,
        }
    }
}

/// 选择整改事项. Which cases are meant.
#[derive(Clone, Debug, Default, Args)]
pub struct CasesArg {
    /// 整改事项编号 / ids of cases
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// 某单位的全部未办结事项 / all open cases of a unit
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    /// 某轮次的全部未办结事项 / all open cases of a round
    #[arg(long, value_name = "ROUND")]
    pub round: Option<String>,
}

/// 发件参数. Through what messages leave.
#[derive(Clone, Debug, Args)]
pub struct OutboxArgs {
    /// 邮件服务器，HOST 或 HOST:PORT；不设则不发邮件 / mail server; no mail without it
    #[arg(long, env = "XUNCHA_SMTP", value_name = "HOST:PORT")]
    pub smtp: Option<String>,
    /// 邮件加密 / encryption of mail
    #[arg(long, env = "XUNCHA_SMTP_TLS", value_enum, default_value = "starttls")]
    pub smtp_tls: MailTls,
    /// 邮件服务器的用户名 / user at the mail server
    #[arg(
        long,
        env = "XUNCHA_SMTP_USER",
        value_name = "USER",
        requires = "smtp_password_file"
    )]
    pub smtp_user: Option<String>,
    /// 邮件密码的文件 / file with its password
    #[arg(long, env = "XUNCHA_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// 发件人，如“巡查 <xuncha@office.example>” / who sends
    #[arg(long, env = "XUNCHA_MAIL_FROM", value_name = "MAILBOX")]
    pub mail_from: Option<String>,
    /// 允许发往的内网主机（邮件服务器、机器人） / private hosts that messages may go to
    #[arg(
        long,
        env = "XUNCHA_OUTBOX_ALLOW_HOST",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub outbox_allow_host: Vec<String>,
    /// 另加信任的证书机构 / a further certificate authority
    #[arg(long, env = "XUNCHA_OUTBOX_CA", value_name = "FILE")]
    pub outbox_ca: Option<PathBuf>,
}

impl OutboxArgs {
    /// Nothing leaves.
    pub fn none() -> OutboxArgs {
        OutboxArgs {
            smtp: None,
            smtp_tls: MailTls::Starttls,
            smtp_user: None,
            smtp_password_file: None,
            mail_from: None,
            outbox_allow_host: Vec::new(),
            outbox_ca: None,
        }
    }
}

impl RemindArgs {
    /// As the core has them.
    pub fn usual() -> RemindArgs {
        let usual = xuncha_core::rectify::remind::RemindSettings::default();
        RemindArgs {
            remind_before: usual.before_days.into_iter().collect(),
            remind_after: usual.after_days.into_iter().collect(),
            quiet_from: usual.quiet_from,
            quiet_until: usual.quiet_until,
            address: String::new(),
        }
    }
}

/// 催办参数. When units are reminded.
#[derive(Clone, Debug, Args)]
pub struct RemindArgs {
    /// 到期前几天提醒，0 为到期当天 / days before a deadline
    #[arg(
        long,
        env = "XUNCHA_REMIND_BEFORE",
        value_delimiter = ',',
        default_value = "7,3,1,0"
    )]
    pub remind_before: Vec<u16>,
    /// 逾期后几天催办 / days after it
    #[arg(
        long,
        env = "XUNCHA_REMIND_AFTER",
        value_delimiter = ',',
        default_value = "1,3,7,14,30"
    )]
    pub remind_after: Vec<u16>,
    /// 免打扰自 / quiet from
    #[arg(
        long,
        env = "XUNCHA_QUIET_FROM",
        default_value = "20:00",
        value_name = "HH:MM"
    )]
    pub quiet_from: Time,
    /// 免打扰至 / quiet until
    #[arg(
        long,
        env = "XUNCHA_QUIET_UNTIL",
        default_value = "08:30",
        value_name = "HH:MM"
    )]
    pub quiet_until: Time,
    /// 消息中的系统地址 / address of the web interface in messages
    #[arg(
        id = "remind_address",
        long = "remind-address",
        env = "XUNCHA_ADDRESS",
        default_value = "",
        value_name = "URL",
        hide_default_value = true
    )]
    pub address: String,
}

/// 整改命令.
// Parsed once a run.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
pub enum RectifyCommand {
    /// 从轮次建立整改事项：新发现的建立，又发现的续记，已改好的办结 / open cases from what a round found
    Open(RoundArg),
    /// 列出整改事项，分值高的在前 / list cases, the costliest first
    List {
        /// 状态 / state
        #[arg(long, value_enum)]
        state: Option<StateArg>,
        /// 单位 / unit
        #[arg(long)]
        unit: Option<String>,
        /// 地区 / region
        #[arg(long)]
        region: Option<String>,
        /// 轮次 / round
        #[arg(long)]
        round: Option<String>,
        /// 最多几条 / rows at most
        #[arg(long, default_value_t = 50)]
        first: u64,
        /// 全部写成 CSV / write all as CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// 一个整改事项的全部记录 / everything of one case
    Show {
        /// 编号 / id
        case: String,
    },
    /// 登记通知，定整改期限 / write down that units were told, with their term
    Notify {
        /// 事项 / cases
        #[command(flatten)]
        cases: CasesArg,
        /// 期限 / last day of the term
        #[arg(long, value_name = "DATE", required_unless_present = "working_days")]
        deadline: Option<Date>,
        /// 期限为通知后几个工作日 / term in working days after the notice
        #[arg(long, value_name = "N", conflicts_with = "deadline")]
        working_days: Option<u32>,
        /// 通知日期，默认今天 / day of the notice
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// 登记回复：一次答复可对多个问题，可代单位登记 / file a unit's answer, one for many problems
    Reply {
        /// 事项 / cases
        #[command(flatten)]
        cases: CasesArg,
        /// 整改情况 / what was done
        #[arg(long)]
        note: String,
        /// 盖章件（PDF 或图片），可给几个 / stamped files
        #[arg(long, value_name = "FILE")]
        file: Vec<PathBuf>,
        /// 举一反三 / problems of the same kind elsewhere
        #[arg(long, value_enum)]
        same_kind: Option<SameKindArg>,
        /// 回复日期，默认今天 / day of the answer
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// 登记人工复查，或请机器复查（只做这一项，取新证据） / recheck by a person, or by the machine
    Recheck {
        /// 编号 / id
        case: String,
        /// 已改好 / it is put right
        #[arg(long, conflicts_with_all = ["not_fixed", "machine"])]
        fixed: bool,
        /// 没有改好 / it is not
        #[arg(long, conflicts_with = "machine")]
        not_fixed: bool,
        /// 机器复查 / by the machine
        #[arg(long)]
        machine: bool,
        /// 复查情况 / what was seen
        #[arg(long, default_value = "")]
        note: String,
        /// 复查日期，默认今天 / day
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// 机器复查的网络 / network of the machine
        #[command(flatten)]
        network: super::NetworkArgs,
    },
    /// 撤销整改事项（网站关停、申诉成立等） / take cases back
    Withdraw {
        /// 事项 / cases
        #[command(flatten)]
        cases: CasesArg,
        /// 理由 / why
        #[arg(long)]
        reason: String,
    },
    /// 整改率与复发率 / how much is put right, how much came back
    Rates(RoundArg),
    /// 点名：某日到期，谁还没有答复 / who has not answered on the last day
    RollCall {
        /// 到期日，默认今天 / last day of the term
        #[arg(long, value_name = "DATE")]
        deadline: Option<Date>,
    },
    /// 催办：按期限生成当天的提醒并发送 / write and send the reminders of a day
    Remind {
        /// 日期，默认今天 / day
        #[arg(long, value_name = "DATE")]
        date: Option<Date>,
        /// 只生成，不发送 / write them only
        #[arg(long)]
        no_send: bool,
        /// 催办 / reminders
        #[command(flatten)]
        remind: RemindArgs,
        /// 发件 / outbox
        #[command(flatten)]
        outbox: OutboxArgs,
    },
    /// 整改通知书：每个单位一份 Word / letters, one a unit
    Letters {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 只写某个单位的 / of one unit only
        #[arg(long)]
        unit: Option<String>,
        /// 输出目录 / output folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// 发文单位 / issuing unit
        #[arg(long)]
        issuer: String,
        /// 发文字号 / document number
        #[arg(long, default_value = "")]
        number: String,
        /// 接收纸质回复扫描件的邮箱 / mailbox for answers
        #[arg(long, default_value = "")]
        mail: String,
        /// 落款日期，默认今天 / date
        #[arg(long, value_name = "DATE")]
        date: Option<Date>,
        /// 同时放进轮次文档，供单位在网页下载 / also keep them among the round's documents
        #[arg(long)]
        keep: bool,
    },
}

/// 发件箱命令.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// 列出消息，新的在前 / list messages, newest first
    List {
        /// 状态 / state
        #[arg(long, value_enum)]
        state: Option<MessageStateArg>,
        /// 最多几条 / rows at most
        #[arg(long, default_value_t = 50)]
        first: u64,
    },
    /// 发送到时的消息 / send what may leave now
    Send {
        /// 发件 / outbox
        #[command(flatten)]
        outbox: OutboxArgs,
    },
    /// 重发待核实或失败的消息 / send again what is not sure or failed
    Resend {
        /// 消息编号 / number
        number: i64,
    },
    /// 核实后标记为已处理，不再发送 / settle without sending
    Settle {
        /// 消息编号 / number
        number: i64,
    },
}

/// 联系方式命令.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// 新增单位的联系方式 / add a way to reach a unit
    Add {
        /// 单位编号 / unit
        unit: String,
        /// 渠道 / channel
        #[arg(long, value_enum)]
        channel: ChannelArg,
        /// 邮箱，或机器人地址 / mailbox, or address of the robot
        #[arg(long)]
        address: String,
        /// 机器人加签密钥的文件（钉钉） / file with the key that signs (DingTalk)
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// 列出联系方式 / list them
    List,
    /// 删除 / remove one
    Remove {
        /// 编号 / number
        number: i64,
    },
}

/// 找错留言命令.
#[derive(Debug, Subcommand)]
pub enum TipsCommand {
    /// 导入 Excel 或 CSV（编号、收到日期、网站标识码、留言、答复日期、答复） / import a spreadsheet
    Import {
        /// 文件 / file
        file: PathBuf,
        /// 答复期限（工作日） / term in working days
        #[arg(long, default_value_t = 3)]
        working_days: u32,
    },
    /// 登记地区节假日、新一年的安排（JSON：off、work、years），所有期限都照此推算 / holidays of the region, for every clock
    Holidays {
        /// 文件 / file
        file: PathBuf,
    },
    /// 列出，超期的在前 / list, late ones first
    List {
        /// 只列超期的 / late ones only
        #[arg(long)]
        late: bool,
    },
}
