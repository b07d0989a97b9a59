//! Waiting on a state, not on time.

use std::future::Future;
use std::time::Duration;

/// How long a state may take to come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer; panics with `what` if none comes.
pub async fn until<T, F, Fut>(what: &str, mut ask: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain until {what}"))
}
