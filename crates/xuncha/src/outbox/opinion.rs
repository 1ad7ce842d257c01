//! 第二意见. One question to an OpenAI-compatible endpoint (chat completions) that an administrator named. Off where no address is given.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use hyper::Request;
use url::Url;
use xuncha_core::words::opinion::{Opinion, Question, read};

use super::guard::Guard;
use super::http::{Client, Unsent};
use crate::cli::OpinionArgs;
use crate::commands;

/// Names the key; a file is named by an option.
const KEY: &str = "XUNCHA_OPINION_KEY";
/// Failures one after the other, after which nobody is asked any more.
const GIVE_UP: usize = 3;

/// 第二意见的来源. It prints nothing of its key.
pub struct Adviser {
    client: Client,
    guard: Guard,
    address: Url,
    model: String,
    key: Option<String>,
    /// Questions that may still be asked.
    left: usize,
    /// Failures one after the other.
    failed: usize,
}

/// 问过的结果.
pub enum Asked {
    /// It said something.
    Said(Opinion),
    /// It failed; what is wrong.
    Failed(anyhow::Error),
    /// No more questions are asked: the cap is reached, or it failed too often.
    Over,
}

impl Adviser {
    /// From options; `None` where no address is given. `before` is how many were asked for the round already.
    pub fn new(arguments: &OpinionArgs, before: usize) -> Result<Option<Adviser>> {
        let Some(address) = &arguments.opinion_url else {
            return Ok(None);
        };
        let address = address.trim_end_matches('/');
        let address = match address.ends_with("/chat/completions") {
            true => address.to_owned(),
            false => format!("{address}/chat/completions"),
        };
        let address = Url::parse(&address).context("第二意见的地址不是网址")?;
        if !matches!(address.scheme(), "http" | "https") || !address.username().is_empty() {
            bail!(
                "第二意见的地址要以 https:// 开头，不带用户名和密码；密钥用 {KEY} 或 --opinion-key-file"
            );
        }
        if arguments.opinion_model.trim().is_empty() {
            bail!("请用 --opinion-model 指定模型的名称");
        }
        let client = Client::new(arguments.opinion_ca.as_deref())?;
        Ok(Some(Adviser {
            client: client.waiting(Duration::from_secs(arguments.opinion_timeout.max(1))),
            guard: Guard::new(&arguments.opinion_allow_host),
            address,
            model: arguments.opinion_model.trim().to_owned(),
            key: key(arguments)?,
            left: arguments.opinion_most.saturating_sub(before),
            failed: 0,
        }))
    }

    /// Asks, unless enough was asked or it failed too often.
    pub async fn ask(&mut self, question: &Question) -> Asked {
        if self.left == 0 || self.failed >= GIVE_UP {
            return Asked::Over;
        }
        self.left -= 1;
        match self.answer(question).await {
            Ok(opinion) => {
                self.failed = 0;
                Asked::Said(opinion)
            }
            Err(error) => {
                self.failed += 1;
                Asked::Failed(error)
            }
        }
    }

    async fn answer(&self, question: &Question) -> Result<Opinion> {
        let host = self.address.host_str().unwrap_or_default();
        if self.address.scheme() == "http" && !self.guard.is_named(host) {
            bail!("{host} 用明文 http，须由管理员用 --opinion-allow-host {host} 指名");
        }
        let mut request = Request::post(self.address.as_str())
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Accept", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let body = question.request(&self.model).to_string().into_bytes();
        // The reason for a request that cannot be made may hold its headers, and so the key.
        let request = request.body(body);
        let request = request.map_err(|_| anyhow!("请求写不成：地址或密钥里有不能用的字符"))?;
        let sent = self.client.send_guarded(&self.guard, request).await;
        let answer = sent.map_err(|error| match error {
            Unsent::Before(error) if error.to_string().contains("--outbox-allow-host") => {
                anyhow!("{host} 是内网或本机地址，须由管理员用 --opinion-allow-host {host} 指名")
            }
            Unsent::Before(error) | Unsent::After(error) => error,
        })?;
        if !answer.status().is_success() {
            bail!("服务答 {}", answer.status().as_u16());
        }
        Ok(read(answer.body(), &self.model, commands::now())?)
    }
}

/// The key from the environment, or from a file.
fn key(arguments: &OpinionArgs) -> Result<Option<String>> {
    let key = match &arguments.opinion_key_file {
        Some(file) => Some(
            std::fs::read_to_string(file)
                .with_context(|| format!("密钥文件 {} 读不了", file.display()))?,
        ),
        None => std::env::var(KEY).ok(),
    };
    let key = key.map(|key| key.trim().to_owned());
    Ok(key.filter(|key| !key.is_empty()))
}
