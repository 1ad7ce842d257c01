//! 任务: work on the runtime's own threads, given up when nobody waits for it any more.

use std::future::Future;

use tokio::task::JoinHandle;

use crate::report::GatherError;

/// 任务. See the module.
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    /// Begins at once.
    pub fn start(work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task(tokio::spawn(work))
    }

    /// Its result.
    pub async fn done(mut self) -> Result<T, GatherError> {
        let done = (&mut self.0).await;
        done.map_err(|error| GatherError::Panic(error.to_string()))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
