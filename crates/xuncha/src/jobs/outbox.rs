//! 发件任务. Sends what waits in the outbox, one after the other; after a kill nothing is sent twice and nothing is lost.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use xuncha_store::Store;
use xuncha_store::outbox::{Channel, Message, MessageState};

use crate::cli::OutboxArgs;
use crate::commands;
use crate::outbox::delivery::Delivery;
use crate::outbox::guard::Guard;
use crate::outbox::http::Client;
use crate::outbox::mail::MailServer;
use crate::outbox::robot;

/// Minutes until the next attempt, by attempts so far; after the last one it has failed.
const BACKOFF_MINUTES: [i64; 7] = [1, 5, 15, 60, 180, 360, 720];

/// 发件人. Through what messages go out.
pub struct Sender {
    guard: Guard,
    mail: Option<MailServer>,
    http: Client,
}

/// 发件小结.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Taken by the other side.
    pub sent: u64,
    /// To be tried again later.
    pub later: u64,
    /// Refused, or tried too often.
    pub failed: u64,
    /// Not known; a person has to look.
    pub unsure: u64,
}

impl Sender {
    /// From the command line.
    pub fn of(arguments: &OutboxArgs) -> Result<Sender> {
        Ok(Sender {
            guard: Guard::new(&arguments.outbox_allow_host),
            mail: mail(arguments)?,
            http: Client::new(arguments.outbox_ca.as_deref())?,
        })
    }

    /// Channels that are set up.
    pub fn channels(&self) -> Vec<Channel> {
        let is_set = |channel: &Channel| *channel != Channel::Mail || self.mail.is_some();
        Channel::ALL.into_iter().filter(is_set).collect()
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        match (message.new.channel, &self.mail) {
            (Channel::Mail, Some(mail)) => mail.send(&self.guard, &message.new).await,
            (Channel::Mail, None) => Delivery::Later("没有设置邮件服务器".to_owned()),
            _ => {
                let now_ms = jiff::Timestamp::now().as_millisecond();
                robot::send(&self.http, &self.guard, &message.new, now_ms).await
            }
        }
    }
}

fn mail(arguments: &OutboxArgs) -> Result<Option<MailServer>> {
    let Some(place) = &arguments.smtp else {
        return Ok(None);
    };
    let (host, port) = MailServer::place(place, arguments.smtp_tls)?;
    let from = arguments.mail_from.as_deref().context(
        "设置了 --smtp，还须用 --mail-from 指明发件人，如“巡查 <xuncha@office.example>”",
    )?;
    let credentials = match (&arguments.smtp_user, &arguments.smtp_password_file) {
        (Some(user), Some(file)) => Some((user.clone(), MailServer::password(file)?)),
        _ => None,
    };
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).with_context(|| format!("证书文件 {} 读不了", path.display()))
    };
    Ok(Some(MailServer {
        host,
        port,
        tls: arguments.smtp_tls,
        credentials,
        from: from.parse().context("--mail-from 不是发件人地址")?,
        ca: arguments.outbox_ca.as_ref().map(read).transpose()?,
    }))
}

/// The one process that sends: taken until it is dropped. `None` where another process sends.
fn hold(folder: &Path) -> Result<Option<File>> {
    let path = folder.join("outbox.lock");
    let open = File::options().create(true).append(true).open(&path);
    let file = open.with_context(|| format!("无法打开 {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).context("无法锁定发件箱"),
    }
}

/// Sends everything that may leave now; `None` where another process is at it.
pub async fn run(store: &Store, folder: &Path, sender: &Sender) -> Result<Option<Sent>> {
    let Some(_held) = hold(folder)? else {
        return Ok(None);
    };
    // Whoever was sending before us is gone: the lock is free.
    let doubted = store.doubt_messages(commands::now()).await?;
    if doubted > 0 {
        tracing::warn!(doubted, "messages of a killed process are not sure");
    }
    let channels = sender.channels();
    let mut sent = Sent::default();
    while let Some(message) = store.take_message(&channels, commands::now()).await? {
        let delivery = sender.deliver(&message).await;
        end(store, &message, delivery, &mut sent).await?;
    }
    Ok(Some(sent))
}

async fn end(store: &Store, message: &Message, delivery: Delivery, sent: &mut Sent) -> Result<()> {
    let now = commands::now();
    let (state, note, due_at) = match delivery {
        Delivery::Sent(note) => (MessageState::Sent, note, now),
        Delivery::Refused(note) => (MessageState::Failed, note, now),
        Delivery::Unsure(note) => (MessageState::Unsure, note, now),
        Delivery::Later(note) => match later(message.attempts, now) {
            Some(due_at) => (MessageState::Waiting, note, due_at),
            None => (MessageState::Failed, format!("多次没有发成：{note}"), now),
        },
    };
    match state {
        MessageState::Sent => sent.sent += 1,
        MessageState::Waiting => sent.later += 1,
        MessageState::Unsure => sent.unsure += 1,
        _ => sent.failed += 1,
    }
    if state != MessageState::Sent {
        tracing::warn!(number = message.number, ?state, %note, "message not sent");
    }
    let end = store.end_message(message.number, state, &note, (now, due_at));
    Ok(end.await?)
}

/// When the next attempt is; `None` after the last one.
fn later(attempts: u64, now: DateTime) -> Option<DateTime> {
    let index = usize::try_from(attempts.saturating_sub(1)).ok()?;
    let minutes = BACKOFF_MINUTES.get(index)?;
    now.checked_add(SignedDuration::from_mins(*minutes)).ok()
}
