//! 发件箱: messages that leave the house, written in the transaction that makes them necessary, each once.
//!
//! A row says `sending` before anything leaves. Where the program is killed in between, nobody knows whether the message arrived: such a
//! row becomes 待核实 and is never sent again by itself; a person sends it again or settles it.

use jiff::civil::{Date, DateTime};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::rectify::day;
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 渠道. How a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 电子邮件.
    Mail,
    /// 企业微信群机器人.
    Wecom,
    /// 钉钉群机器人.
    Dingtalk,
}

impl Channel {
    /// Every channel, as forms list them.
    pub const ALL: [Channel; 3] = [Channel::Mail, Channel::Wecom, Channel::Dingtalk];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Channel::Mail => "电子邮件",
            Channel::Wecom => "企业微信机器人",
            Channel::Dingtalk => "钉钉机器人",
        }
    }

    /// Its word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Wecom => "wecom",
            Channel::Dingtalk => "dingtalk",
        }
    }

    /// The channel of a word.
    pub fn of_word(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|own| own.word() == word)
    }

    /// An address as lists may show it: a robot's carries its key, which is shown to nobody.
    pub fn shown(self, address: &str) -> String {
        match self {
            Channel::Mail => address.to_owned(),
            _ => address
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// 消息状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// 待发.
    Waiting,
    /// 发送中.
    Sending,
    /// 已发.
    Sent,
    /// 失败: refused for good, or tried too often.
    Failed,
    /// 待核实: it may have arrived or not.
    Unsure,
    /// 已处理: a person settled what was not sure.
    Settled,
}

impl MessageState {
    /// Every state, as filters list them.
    pub const ALL: [MessageState; 6] = [
        MessageState::Unsure,
        MessageState::Failed,
        MessageState::Waiting,
        MessageState::Sending,
        MessageState::Sent,
        MessageState::Settled,
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            MessageState::Waiting => "待发",
            MessageState::Sending => "发送中",
            MessageState::Sent => "已发",
            MessageState::Failed => "失败",
            MessageState::Unsure => "待核实",
            MessageState::Settled => "已处理",
        }
    }

    /// Its word.
    pub fn word(self) -> String {
        sql::word(&self).unwrap_or_default()
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<MessageState> {
        MessageState::ALL
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// 新消息.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The same message has the same key and leaves once.
    pub idempotency_key: String,
    /// How.
    pub channel: Channel,
    /// Mailbox or address of the robot.
    pub address: String,
    /// Key with which a robot's messages are signed.
    pub secret: Option<String>,
    /// Unit that it is for.
    pub organization: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Civil time before which it does not leave.
    pub due_at: DateTime,
}

/// Keys stay out of logs.
impl std::fmt::Debug for NewMessage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("NewMessage")
            .field("idempotency_key", &self.idempotency_key)
            .field("channel", &self.channel)
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

/// 消息. A message and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub number: i64,
    /// What leaves.
    pub new: NewMessage,
    /// State.
    pub state: MessageState,
    /// How often it was begun.
    pub attempts: u64,
    /// When the state was written.
    pub at: DateTime,
    /// What a server said, or a person who settled it.
    pub note: String,
}

/// 联系方式. Where a unit is reached; an empty unit stands for the supervisors' own group.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its number; 0 for one that is new.
    pub number: i64,
    /// Unit.
    pub organization: String,
    /// How.
    pub channel: Channel,
    /// Mailbox or address of the robot.
    pub address: String,
    /// Key with which a robot's messages are signed.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Contact")
            .field("number", &self.number)
            .field("organization", &self.organization)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// 催办标记. A step of the reminders of a case that was written about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderMark {
    /// Case.
    pub case: String,
    /// Last day of the term that it was about.
    pub deadline: Date,
    /// Days from it, negative before.
    pub step: i32,
}

impl Transaction {
    /// Puts a message into the outbox; `false` where it is there already, whatever became of it.
    pub async fn put_message(&self, new: &NewMessage, now: DateTime) -> Result<bool> {
        let columns = [
            "idempotency_key",
            "channel",
            "address",
            "secret",
            "organization",
            "subject",
            "text",
            "state",
            "attempts",
            "due_at",
            "at",
            "note",
        ];
        let row = vec![
            sql::text(&new.idempotency_key),
            sql::text(new.channel.word()),
            sql::text(&new.address),
            sql::maybe_text(new.secret.as_deref()),
            sql::text(&new.organization),
            sql::text(&new.subject),
            sql::text(&new.text),
            sql::text(&MessageState::Waiting.word()),
            sql::number(0),
            sql::text(&sql::word(&new.due_at)?),
            sql::text(&sql::word(&now)?),
            sql::text(""),
        ];
        let tail = "ON CONFLICT (idempotency_key) DO NOTHING";
        Ok(sql::insert(&self.inner, "outbox", &columns, vec![row], tail).await? > 0)
    }

    /// Marks steps of reminders as written about; answers with those that nobody had marked.
    pub async fn mark_reminders(&self, marks: &[ReminderMark]) -> Result<Vec<ReminderMark>> {
        let mut fresh = Vec::new();
        for mark in marks {
            let row = vec![
                sql::text(&mark.case),
                day(mark.deadline)?,
                i64::from(mark.step).into(),
            ];
            let columns = ["case_id", "deadline", "step"];
            let tail = "ON CONFLICT DO NOTHING";
            if sql::insert(&self.inner, "reminders", &columns, vec![row], tail).await? > 0 {
                fresh.push(mark.clone());
            }
        }
        Ok(fresh)
    }
}

impl Store {
    /// Takes the next message of these channels that may leave, and says `sending` of it before anything leaves.
    pub async fn take_message(
        &self,
        channels: &[Channel],
        now: DateTime,
    ) -> Result<Option<Message>> {
        if channels.is_empty() {
            return Ok(None);
        }
        let transaction = self.begin().await?;
        // The condition on the state stands in the UPDATE too: of two senders on PostgreSQL only one gets the row.
        let places = vec!["?"; channels.len()].join(",");
        let sql = format!(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, at = ? WHERE state = 'waiting' AND number = \
             (SELECT number FROM outbox WHERE state = 'waiting' AND due_at <= ? AND channel IN ({places}) \
             ORDER BY due_at, number LIMIT 1) RETURNING *"
        );
        let time = sql::text(&sql::word(&now)?);
        let mut values = vec![time.clone(), time];
        values.extend(channels.iter().map(|channel| sql::text(channel.word())));
        let row = sql::row(&transaction.inner, &sql, values).await?;
        transaction.commit().await?;
        row.as_ref().map(read_message).transpose()
    }

    /// Says what became of a message that was being sent. One that is to wait leaves again at `due_at`.
    pub async fn end_message(
        &self,
        number: i64,
        state: MessageState,
        note: &str,
        times: (DateTime, DateTime),
    ) -> Result<()> {
        let (now, due_at) = times;
        let transaction = self.begin().await?;
        let sql = "UPDATE outbox SET state = ?, note = ?, at = ?, due_at = ? WHERE number = ? AND state = 'sending'";
        let values = vec![
            sql::text(&state.word()),
            sql::text(note),
            sql::text(&sql::word(&now)?),
            sql::text(&sql::word(&due_at)?),
            number.into(),
        ];
        if sql::run(&transaction.inner, sql, values).await? == 0 {
            return Err(StoreError::Refused("这条消息已经不在发送中"));
        }
        transaction.commit().await
    }

    /// Messages that a killed process left in sending become 待核实. Only for the one process that sends, before it begins.
    pub async fn doubt_messages(&self, now: DateTime) -> Result<u64> {
        let transaction = self.begin().await?;
        let sql = "UPDATE outbox SET state = 'unsure', at = ?, note = ? WHERE state = 'sending'";
        let note = "发送中断，不知道对方是否收到；请核实后重发或标记为已处理";
        let values = vec![sql::text(&sql::word(&now)?), sql::text(note)];
        let count = sql::run(&transaction.inner, sql, values).await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// A person sends a message again that is not sure or failed (`is_again`), or settles it as it is.
    pub async fn settle_message(&self, number: i64, is_again: bool, now: DateTime) -> Result<()> {
        let transaction = self.begin().await?;
        let asked = "SELECT state FROM outbox WHERE number = ?";
        let row = sql::row(&transaction.inner, asked, vec![number.into()]).await?;
        let row = row.ok_or_else(|| missing(number))?;
        let before: MessageState = sql::from_word("消息状态", row.try_get_by("state")?)?;
        if !matches!(before, MessageState::Unsure | MessageState::Failed) {
            return Err(StoreError::Refused(
                "只有待核实或失败的消息可以重发或标记为已处理",
            ));
        }
        let after = match is_again {
            true => MessageState::Waiting,
            false => MessageState::Settled,
        };
        let sql = "UPDATE outbox SET state = ?, at = ?, due_at = ? WHERE number = ? AND state = ?";
        let time = sql::text(&sql::word(&now)?);
        let values = vec![
            sql::text(&after.word()),
            time.clone(),
            time,
            number.into(),
            sql::text(&before.word()),
        ];
        if sql::run(&transaction.inner, sql, values).await? == 0 {
            return Err(StoreError::Refused("这条消息刚刚被别人处理，请刷新"));
        }
        let entry = AuditEntry::new(AuditAction::MessageChanged, format!("message/{number}"));
        transaction
            .audit(&[entry.change(before.word(), after.word())])
            .await?;
        transaction.commit().await
    }

    /// Messages, newest first.
    pub async fn messages(
        &self,
        state: Option<MessageState>,
        page: Page,
    ) -> Result<Listing<Message>> {
        let state = state.map(MessageState::word);
        let condition = Where::default().and_some("state = ?", state.as_deref());
        let sql = format!(
            "SELECT * FROM outbox{} ORDER BY number DESC LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM outbox{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_message).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Adds a way to reach a unit; `false` where it is there already. The audit log has neither address nor key.
    pub async fn put_contact(&self, contact: &Contact) -> Result<bool> {
        let transaction = self.begin().await?;
        let columns = ["organization", "channel", "address", "secret"];
        let row = vec![
            sql::text(&contact.organization),
            sql::text(contact.channel.word()),
            sql::text(&contact.address),
            sql::maybe_text(contact.secret.as_deref()),
        ];
        let tail = "ON CONFLICT DO NOTHING";
        let count = sql::insert(&transaction.inner, "contacts", &columns, vec![row], tail).await?;
        if count > 0 {
            let entry = AuditEntry::new(AuditAction::ContactChanged, "contacts");
            let after = format!("added {} {}", contact.channel.word(), contact.organization);
            transaction.audit(&[entry.change("", after)]).await?;
        }
        transaction.commit().await?;
        Ok(count > 0)
    }

    /// Takes a way to reach a unit out.
    pub async fn remove_contact(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM contacts WHERE number = ? RETURNING organization, channel";
        let row = sql::row(&transaction.inner, sql, vec![number.into()]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "联系方式",
            id: number.to_string(),
        })?;
        let unit: String = row.try_get_by("organization")?;
        let channel: String = row.try_get_by("channel")?;
        let entry = AuditEntry::new(AuditAction::ContactChanged, "contacts");
        let before = format!("removed {channel} {unit}");
        transaction.audit(&[entry.change(before, "")]).await?;
        transaction.commit().await
    }

    /// Ways to reach units, by unit.
    pub async fn contacts(&self, unit: Option<&str>, page: Page) -> Result<Listing<Contact>> {
        let condition = Where::default().and_is("organization = ?", unit);
        let sql = format!(
            "SELECT * FROM contacts{} ORDER BY organization, channel, address LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM contacts{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_contact).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }
}

pub(crate) fn read_contact(row: &QueryResult) -> Result<Contact> {
    Ok(Contact {
        number: row.try_get_by("number")?,
        organization: row.try_get_by("organization")?,
        channel: sql::from_word("渠道", row.try_get_by("channel")?)?,
        address: row.try_get_by("address")?,
        secret: row.try_get_by("secret")?,
    })
}

fn read_message(row: &QueryResult) -> Result<Message> {
    let attempts: i64 = row.try_get_by("attempts")?;
    Ok(Message {
        number: row.try_get_by("number")?,
        new: NewMessage {
            idempotency_key: row.try_get_by("idempotency_key")?,
            channel: sql::from_word("渠道", row.try_get_by("channel")?)?,
            address: row.try_get_by("address")?,
            secret: row.try_get_by("secret")?,
            organization: row.try_get_by("organization")?,
            subject: row.try_get_by("subject")?,
            text: row.try_get_by("text")?,
            due_at: sql::from_word("发送时间", row.try_get_by("due_at")?)?,
        },
        state: sql::from_word("消息状态", row.try_get_by("state")?)?,
        attempts: attempts as u64,
        at: sql::from_word("状态时间", row.try_get_by("at")?)?,
        note: row.try_get_by("note")?,
    })
}

fn missing(number: i64) -> StoreError {
    StoreError::Missing {
        noun: "消息",
        id: number.to_string(),
    }
}
