//! 电子邮件. One message over SMTP, step by step, so that it is known at which step it failed: until the whole text has left, a broken
//! connection means that nothing was taken; after that nobody knows.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use lettre::Address;
use lettre::Message as Letter;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailCommand, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use sha2::{Digest, Sha256};
use xuncha_store::outbox::NewMessage;

use super::delivery::Delivery;
use super::guard::Guard;

/// How long one step of the conversation may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// 加密方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum MailTls {
    /// 先明文后加密，服务器必须支持 / STARTTLS, which the server has to offer
    Starttls,
    /// 一开始就加密（465 端口） / TLS from the start
    Tls,
    /// 不加密，只用于内网 / none, for the office's own network
    None,
}

/// 邮件服务器. As an administrator set it.
#[derive(Clone)]
pub struct MailServer {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is encrypted.
    pub tls: MailTls,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// Who sends.
    pub from: Mailbox,
    /// A further authority, PEM.
    pub ca: Option<Vec<u8>>,
}

impl MailServer {
    /// Reads `HOST` or `HOST:PORT`; the port follows from the encryption where none is given.
    pub fn place(text: &str, tls: MailTls) -> Result<(String, u16)> {
        let usual = match tls {
            MailTls::Tls => 465,
            MailTls::Starttls => 587,
            MailTls::None => 25,
        };
        match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') => {
                let port = port.parse().context("--smtp 的端口不是数字")?;
                Ok((host.to_owned(), port))
            }
            _ => Ok((text.to_owned(), usual)),
        }
    }

    /// A password from the first line of a file.
    pub fn password(file: &Path) -> Result<String> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("密码文件 {} 读不了", file.display()))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    /// Sends one message.
    pub async fn send(&self, guard: &Guard, message: &NewMessage) -> Delivery {
        let letter = match self.letter(message) {
            Ok(letter) => letter,
            Err(error) => return Delivery::Refused(format!("{error:#}")),
        };
        let mut connection = match self.connect(guard).await {
            Ok(connection) => connection,
            Err(error) => return Delivery::Later(format!("{error:#}")),
        };
        let ended = match self.prepare(&mut connection, &letter).await {
            Ok(()) => hand_over(&mut connection, &letter.formatted()).await,
            Err(ended) => ended,
        };
        // What the server says to a farewell changes nothing any more.
        let _ = tokio::time::timeout(Duration::from_secs(5), connection.quit()).await;
        ended
    }

    async fn connect(&self, guard: &Guard) -> Result<AsyncSmtpConnection> {
        let addresses = guard.addresses(&self.host, self.port).await?;
        let hello = ClientId::Domain("xuncha".to_owned());
        let from_start = match self.tls {
            MailTls::Tls => Some(self.tls_parameters()?),
            _ => None,
        };
        let connecting = AsyncSmtpConnection::connect_tokio1(
            addresses.as_slice(),
            Some(PATIENCE),
            &hello,
            from_start,
            None,
        );
        let place = || format!("邮件服务器 {}:{} 连接不上", self.host, self.port);
        let connected = tokio::time::timeout(PATIENCE, connecting).await;
        let mut connection = connected.with_context(place)?.with_context(place)?;
        if self.tls == MailTls::Starttls {
            let starting = connection.starttls(self.tls_parameters()?, &hello);
            let started = tokio::time::timeout(PATIENCE, starting).await;
            started
                .context("加密没有在限时内开始")?
                .context("邮件服务器不支持 STARTTLS 或证书不可信")?;
        }
        if let Some((user, password)) = &self.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            let signing_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
            let signed_in = tokio::time::timeout(PATIENCE, signing_in).await;
            signed_in
                .context("登录没有在限时内结束")?
                .context("邮件服务器不接受用户名和密码")?;
        }
        Ok(connection)
    }

    fn tls_parameters(&self) -> Result<TlsParameters> {
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.ca {
            builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
        }
        Ok(builder.build_rustls()?)
    }

    /// The letter; the same message has the same Message-ID, whenever it is sent.
    fn letter(&self, message: &NewMessage) -> Result<Letter> {
        let to: Address = message
            .address
            .parse()
            .with_context(|| format!("“{}”不是邮箱地址", message.address))?;
        let id = message_id(&message.idempotency_key, self.from.email.domain());
        let builder: MessageBuilder = Letter::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            .message_id(Some(id))
            // Answers of machines to a machine are not wanted (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN);
        Ok(builder.body(message.text.clone())?)
    }

    /// Everything before the text; what fails here was certainly not taken.
    async fn prepare(
        &self,
        connection: &mut AsyncSmtpConnection,
        letter: &Letter,
    ) -> Result<(), Delivery> {
        let info = connection.server_info();
        let mut parameters = Vec::new();
        if info.supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let envelope = letter.envelope();
        step(
            connection,
            MailCommand::new(envelope.from().cloned(), parameters),
        )
        .await?;
        for to in envelope.to() {
            step(connection, Rcpt::new(to.clone(), Vec::new())).await?;
        }
        step(connection, Data).await
    }
}

/// `<HASH@DOMAIN>`.
pub fn message_id(key: &str, domain: &str) -> String {
    let hash = hex::encode(Sha256::digest(key.as_bytes()));
    format!("<{}@{domain}>", &hash[..40])
}

async fn step(
    connection: &mut AsyncSmtpConnection,
    command: impl std::fmt::Display,
) -> Result<(), Delivery> {
    match tokio::time::timeout(PATIENCE, connection.command(command)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if error.is_permanent() => Err(Delivery::Refused(said(&error))),
        Ok(Err(error)) => Err(Delivery::Later(said(&error))),
        Err(_) => Err(Delivery::Later("邮件服务器没有在限时内应答".to_owned())),
    }
}

/// The text itself: without an answer it is not known whether it was taken.
async fn hand_over(connection: &mut AsyncSmtpConnection, text: &[u8]) -> Delivery {
    match tokio::time::timeout(PATIENCE * 2, connection.message(text)).await {
        Ok(Ok(response)) => {
            let line = response.first_line().unwrap_or_default().to_owned();
            Delivery::Sent(line)
        }
        Ok(Err(error)) if error.is_permanent() => Delivery::Refused(said(&error)),
        Ok(Err(error)) if error.is_transient() => Delivery::Later(said(&error)),
        Ok(Err(error)) => Delivery::Unsure(format!("邮件已发出，没有收到确认：{}", said(&error))),
        Err(_) => Delivery::Unsure("邮件已发出，邮件服务器没有在限时内确认".to_owned()),
    }
}

fn said(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(&format!("：{inner}"));
        source = inner.source();
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use xuncha_store::outbox::Channel;

    fn server() -> MailServer {
        MailServer {
            host: "mail.example".to_owned(),
            port: 25,
            tls: MailTls::None,
            credentials: None,
            from: "巡查 <xuncha@office.example>".parse().unwrap(),
            ca: None,
        }
    }

    fn message(address: &str, subject: &str) -> NewMessage {
        NewMessage {
            idempotency_key: "remind/2026-04-23/U001".to_owned(),
            channel: Channel::Mail,
            address: address.to_owned(),
            secret: None,
            organization: "U001".to_owned(),
            subject: subject.to_owned(),
            text: "青石市教育局：\n".to_owned(),
            due_at: "2026-04-23T09:00".parse().unwrap(),
        }
    }

    #[test]
    fn the_same_message_has_the_same_number() {
        let ids: Vec<String> = (0..2)
            .map(|_| {
                let letter = server()
                    .letter(&message("a@b.example", "整改提醒"))
                    .unwrap();
                let text = String::from_utf8(letter.formatted()).unwrap();
                let line = text.lines().find(|line| line.starts_with("Message-ID:"));
                line.unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids[0], ids[1]);
        assert!(ids[0].ends_with("@office.example>"), "{ids:?}");
    }

    #[test]
    fn no_text_becomes_a_header() {
        let subject = "提醒\r\nBcc: other@evil.example";
        let letter = server().letter(&message("a@b.example", subject)).unwrap();
        let text = String::from_utf8(letter.formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        for wrong in ["a@b.example\r\nRCPT TO:<x@y>", "no address", ""] {
            assert!(server().letter(&message(wrong, "s")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_port_follows_from_the_encryption() {
        for (text, tls, expected) in [
            ("mail.example", MailTls::Tls, 465),
            ("mail.example", MailTls::Starttls, 587),
            ("mail.example:2525", MailTls::None, 2525),
        ] {
            let (host, port) = MailServer::place(text, tls).unwrap();
            assert_eq!((host.as_str(), port), ("mail.example", expected));
        }
        assert!(MailServer::place("mail.example:x", MailTls::None).is_err());
    }
}
