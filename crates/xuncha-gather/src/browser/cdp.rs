//! The DevTools protocol over a pair of pipes: commands out, answers and events in, one JSON text each, ended by a zero byte.
//!
//! Pipes and not a WebSocket: no port is open through which another program of the machine could drive the browser, and a browser
//! whose pipe closes ends by itself.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::lock;

/// A longer message is no page of an inspected site.
const MAX_MESSAGE_BYTES: usize = 128 << 20;
/// Events of one tab that may wait; a page that floods us beyond it is given up.
const MAX_WAITING_EVENTS: usize = 4_096;
/// Limit for one command. A tab that is busy for longer is stuck.
const COMMAND_LIMIT: Duration = Duration::from_secs(15);
/// Events that a tab has a use for; all others are dropped where they arrive.
const HEARD: [&str; 7] = [
    "Fetch.requestPaused",
    "Page.javascriptDialogOpening",
    "Page.windowOpen",
    "Page.loadEventFired",
    "Emulation.virtualTimeBudgetExpired",
    "Runtime.exceptionThrown",
    "Inspector.targetCrashed",
];

/// 命令错误. Why a command has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CdpError {
    /// The browser is not there any more.
    #[error("the browser is gone")]
    Gone,
    /// It did not answer in time.
    #[error("{0} was not answered in time")]
    Silent(&'static str),
    /// It answered with an error.
    #[error("{method}: {detail}")]
    Refused {
        /// Command.
        method: &'static str,
        /// What it said.
        detail: String,
    },
}

/// What happened in a tab.
pub(crate) struct Event {
    pub method: String,
    pub params: Value,
}

type Answer = oneshot::Sender<Result<Value, String>>;

/// 管道. One browser's two pipes, shared by its tabs.
pub(crate) struct Pipe {
    writer: tokio::sync::Mutex<Box<dyn AsyncWrite + Send + Unpin>>,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Answer>>,
    tabs: Mutex<HashMap<String, mpsc::Sender<Event>>>,
    is_gone: AtomicBool,
}

impl Pipe {
    /// Over these pipes; [`Pipe::read`] has to run beside it.
    pub fn new(writer: impl AsyncWrite + Send + Unpin + 'static) -> Pipe {
        Pipe {
            writer: tokio::sync::Mutex::new(Box::new(writer)),
            next: AtomicU64::new(1),
            waiting: Mutex::default(),
            tabs: Mutex::default(),
            is_gone: AtomicBool::new(false),
        }
    }

    /// Whether the browser has hung up.
    pub fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    /// Sends a command to the browser (no session) or to a tab, and waits for its result.
    pub async fn call(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, CdpError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = Value::from(session);
        }
        let (sender, receiver) = oneshot::channel();
        lock(&self.waiting).insert(id, sender);
        // Hung up in between: nobody would take our sender out again.
        if self.is_gone() {
            lock(&self.waiting).remove(&id);
            return Err(CdpError::Gone);
        }
        let result = timeout(COMMAND_LIMIT, async {
            self.write(&message).await?;
            receiver.await.map_err(|_| CdpError::Gone)
        })
        .await;
        lock(&self.waiting).remove(&id);
        match result {
            Err(_) => Err(CdpError::Silent(method)),
            Ok(Err(error)) => Err(error),
            Ok(Ok(answer)) => answer.map_err(|detail| CdpError::Refused { method, detail }),
        }
    }

    async fn write(&self, message: &Value) -> Result<(), CdpError> {
        let mut text = message.to_string().into_bytes();
        text.push(0);
        let mut writer = self.writer.lock().await;
        writer.write_all(&text).await.map_err(|_| CdpError::Gone)?;
        writer.flush().await.map_err(|_| CdpError::Gone)
    }

    /// Events of a tab from now on.
    pub fn listen(&self, session: &str) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel(MAX_WAITING_EVENTS);
        if !self.is_gone() {
            lock(&self.tabs).insert(session.to_owned(), sender);
        }
        receiver
    }

    /// No more events of a tab.
    pub fn forget(&self, session: &str) {
        lock(&self.tabs).remove(session);
    }

    /// Reads until the browser hangs up; then every command and every tab learns of it.
    pub async fn read(&self, reader: impl AsyncRead + Unpin) {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let mut message = Vec::new();
        while let Ok(true) = next_message(&mut reader, &mut message).await {
            match serde_json::from_slice(&message) {
                Ok(value) => self.take(value),
                Err(error) => tracing::debug!(%error, "unreadable message of the browser"),
            }
        }
        self.is_gone.store(true, Ordering::Release);
        lock(&self.waiting).clear();
        lock(&self.tabs).clear();
    }

    fn take(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(sender) = lock(&self.waiting).remove(&id) {
                let answer = match message.get("error") {
                    Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
                    None => Ok(message["result"].take()),
                };
                // Whoever asked may have given up.
                let _ = sender.send(answer);
            }
            return;
        }
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        if !HEARD.contains(&method.as_str()) {
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default().to_owned();
        let event = Event {
            params: message["params"].take(),
            method,
        };
        let mut tabs = lock(&self.tabs);
        if let Some(Err(mpsc::error::TrySendError::Full(event))) =
            tabs.get(&session).map(|tab| tab.try_send(event))
            && event.method != "Runtime.exceptionThrown"
        {
            tabs.remove(&session);
        }
    }
}

/// The next message; false at the end of the stream.
async fn next_message(
    reader: &mut (impl AsyncBufReadExt + Unpin),
    message: &mut Vec<u8>,
) -> std::io::Result<bool> {
    message.clear();
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(false);
        }
        let end = chunk.iter().position(|byte| *byte == 0);
        let taken = end.unwrap_or(chunk.len());
        message.extend_from_slice(&chunk[..taken]);
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(true);
        }
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(std::io::Error::other("message without end"));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn answers_find_their_question_and_a_closed_pipe_ends_all() {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (their_read, mut their_write) = tokio::io::split(theirs);
        let (our_read, our_write) = tokio::io::split(ours);
        let pipe = Arc::new(Pipe::new(our_write));
        let reading = tokio::spawn({
            let pipe = pipe.clone();
            async move { pipe.read(our_read).await }
        });
        let mut events = pipe.listen("tab");
        let browser = tokio::spawn(async move {
            let mut reader = BufReader::new(their_read);
            let mut message = Vec::new();
            next_message(&mut reader, &mut message).await.unwrap();
            let asked: Value = serde_json::from_slice(&message).unwrap();
            assert_eq!(asked["sessionId"], "tab");
            let text = format!(
                "{}\0{}\0{}\0",
                json!({"method": "Page.windowOpen", "sessionId": "tab", "params": {"url": "x"}}),
                json!({"method": "Page.frameNavigated", "sessionId": "tab", "params": {}}),
                json!({"id": asked["id"], "result": {"a": 1}}),
            );
            their_write.write_all(text.as_bytes()).await.unwrap();
            next_message(&mut reader, &mut message).await.unwrap();
            let asked: Value = serde_json::from_slice(&message).unwrap();
            let text = json!({"id": asked["id"], "error": {"message": "no"}}).to_string();
            their_write.write_all(text.as_bytes()).await.unwrap();
            their_write.write_all(b"\0").await.unwrap();
            // Takes the third command and hangs up.
            next_message(&mut reader, &mut message).await.unwrap();
            drop(their_write);
        });
        let first = pipe.call(Some("tab"), "Page.enable", json!({})).await;
        assert_eq!(first.unwrap(), json!({"a": 1}));
        let event = events.recv().await.unwrap();
        assert_eq!(
            (event.method.as_str(), event.params["url"].as_str()),
            ("Page.windowOpen", Some("x"))
        );
        let second = pipe.call(None, "Page.enable", json!({})).await;
        assert!(matches!(second, Err(CdpError::Refused { .. })));
        let third = pipe.call(None, "Page.enable", json!({})).await;
        assert_eq!(third, Err(CdpError::Gone));
        browser.await.unwrap();
        reading.await.unwrap();
        assert!(pipe.is_gone() && events.recv().await.is_none());
    }
}
