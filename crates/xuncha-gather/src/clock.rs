//! The civil clock: dates and schedules. It is an argument everywhere; timeouts and politeness run on the request clock instead.

use std::net::SocketAddr;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use std::sync::Mutex;

use crate::lock;

/// 时钟错误. The clock could not be read or set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("模拟时钟 {address} 没有应答：{detail}；请确认模拟省仍在运行")]
pub struct ClockError {
    /// Where it was asked.
    pub address: String,
    /// What happened.
    pub detail: String,
}

/// 民用时钟. Civil time of the inspected province, without offset.
pub trait CivilClock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime;
    /// Waits, or moves a virtual clock, until this time; returns at once if it is past.
    /// The caller has no request in flight.
    fn advance_to(&self, time: DateTime) -> BoxFuture<'_, Result<(), ClockError>>;
}

/// 真实时钟. The machine's clock in UTC+8.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealClock;

impl CivilClock for RealClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> DateTime {
        TimeZone::fixed(Offset::constant(8)).to_datetime(Timestamp::now())
    }

    fn advance_to(&self, time: DateTime) -> BoxFuture<'_, Result<(), ClockError>> {
        Box::pin(async move {
            loop {
                let left = self.now().duration_until(time);
                if left.is_zero() || left.is_negative() {
                    return Ok(());
                }
                // Short naps, so that a suspended machine or a corrected clock does not shift the schedule.
                let nap = Duration::try_from(left)
                    .unwrap_or_default()
                    .min(Duration::from_secs(30));
                tokio::time::sleep(nap).await;
            }
        })
    }
}

/// 定点时钟. Stands still until it is moved; for tests and for `check`'s repeatable runs.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<DateTime>,
}

impl FixedClock {
    /// At this time.
    pub fn at(now: DateTime) -> FixedClock {
        FixedClock {
            now: Mutex::new(now),
        }
    }
}

impl CivilClock for FixedClock {
    fn now(&self) -> DateTime {
        *lock(&self.now)
    }

    fn advance_to(&self, time: DateTime) -> BoxFuture<'_, Result<(), ClockError>> {
        let mut now = lock(&self.now);
        *now = time.max(*now);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// 模拟省时钟. The clock of a simulated province, set over its control address (docs/province.md).
#[derive(Debug)]
pub struct ProvinceClock {
    control: SocketAddr,
    now: Mutex<DateTime>,
}

impl ProvinceClock {
    /// Reads the province's present time.
    pub async fn connect(control: SocketAddr) -> Result<ProvinceClock, ClockError> {
        let clock = ProvinceClock {
            control,
            now: Mutex::new(DateTime::default()),
        };
        let answer = clock.ask("GET /status", "").await?;
        *lock(&clock.now) = clock.time_in(&answer)?;
        Ok(clock)
    }

    async fn ask(&self, request: &str, body: &str) -> Result<String, ClockError> {
        let limit = Duration::from_secs(30);
        let answer = tokio::time::timeout(limit, self.exchange(request, body)).await;
        match answer {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(error)) => Err(self.error(error.to_string())),
            Err(_) => Err(self.error("no answer within 30 s".to_owned())),
        }
    }

    async fn exchange(&self, request: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.control).await?;
        let length = body.len();
        let control = self.control;
        let text = format!(
            "{request} HTTP/1.1\r\nHost: {control}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn time_in(&self, answer: &str) -> Result<DateTime, ClockError> {
        let is_fine = answer.starts_with("HTTP/1.1 200");
        let start = answer.find('{').filter(|_| is_fine);
        let end = answer.rfind('}').filter(|_| is_fine);
        let (Some(start), Some(end)) = (start, end) else {
            return Err(self.error(answer.lines().next().unwrap_or("empty answer").to_owned()));
        };
        let status: serde_json::Value = serde_json::from_str(&answer[start..=end])
            .map_err(|error| self.error(error.to_string()))?;
        let now = status["now"].as_str().unwrap_or_default();
        now.parse()
            .map_err(|_| self.error(format!("unreadable time {now:?}")))
    }

    fn error(&self, detail: String) -> ClockError {
        ClockError {
            address: self.control.to_string(),
            detail,
        }
    }
}

impl CivilClock for ProvinceClock {
    fn now(&self) -> DateTime {
        *lock(&self.now)
    }

    fn advance_to(&self, time: DateTime) -> BoxFuture<'_, Result<(), ClockError>> {
        Box::pin(async move {
            if time <= self.now() {
                return Ok(());
            }
            let text = time.strftime("%Y-%m-%dT%H:%M").to_string();
            let answer = self.ask("PUT /time", &text).await?;
            *lock(&self.now) = self.time_in(&answer)?;
            Ok(())
        })
    }
}
