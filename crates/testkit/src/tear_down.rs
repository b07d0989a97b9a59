//! Cleaning up from `Drop`, also while a failed test unwinds.

use std::future::Future;

/// Runs to its end on a thread of its own; what fails is left for the servers' own end.
pub(crate) fn run<F>(work: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let thread = std::thread::spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(async {
                // A server that is gone took everything with it.
                let _ = tokio::time::timeout(std::time::Duration::from_secs(5), work).await;
            });
        }
    });
    let _ = thread.join();
}
