//! Time limits that count only the other side's silence, not the moments in which our own process stood still.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Waking up later than this after a deadline means that we were starved, not that the server was silent.
const STARVED: Duration = Duration::from_millis(100);

/// The limit passed and nothing came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silent;

/// Waits until the deadline. Where we woke up late, the time by which we were late is waited once more.
pub(crate) async fn within<T>(
    deadline: Instant,
    work: impl Future<Output = T>,
) -> Result<T, Silent> {
    let mut work = pin!(work);
    if let Ok(done) = timeout_at(deadline, &mut work).await {
        return Ok(done);
    }
    let now = Instant::now();
    let late = now.saturating_duration_since(deadline);
    if late < STARVED {
        return Err(Silent);
    }
    timeout_at(now + late, work).await.map_err(|_| Silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps: the second is only begun when the first was seen, as an answer is read by a task of its own.
    async fn answer_after(time: Duration) -> u8 {
        tokio::time::sleep(time).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        1
    }

    #[tokio::test]
    async fn silence_is_silence() {
        let deadline = Instant::now() + Duration::from_millis(50);
        assert_eq!(
            within(deadline, answer_after(Duration::from_secs(5))).await,
            Err(Silent)
        );
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(within(deadline, answer_after(Duration::ZERO)).await, Ok(1));
    }

    #[tokio::test]
    async fn our_own_standstill_is_not_held_against_the_server() {
        let deadline = Instant::now() + Duration::from_millis(100);
        tokio::spawn(async { std::thread::sleep(Duration::from_millis(400)) });
        assert_eq!(
            within(deadline, answer_after(Duration::from_millis(50))).await,
            Ok(1)
        );
    }
}
