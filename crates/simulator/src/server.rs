//! Serving until told to stop, and asking a running simulator whether it is well.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::Config;
use crate::{Simulator, build_with};

/// How long connections may take to finish after the signal.
const GRACE: Duration = Duration::from_secs(5);

/// Listens and serves until Ctrl-C or SIGTERM.
pub async fn serve(mut config: Config) -> anyhow::Result<()> {
    let address = format!("{}:{}", config.host, config.port);
    let listener = TcpListener::bind(&address).await.with_context(|| format!("PORT: can't listen on {address}"))?;
    let local = listener.local_addr()?;
    if config.public_url.is_none() {
        config.public_url = Some(format!("http://{local}").parse()?);
    }
    let simulator = build_with(config, Clock::system())?;
    tracing::info!(address = %format!("http://{local}"), "simulator listening (for development and training only)");
    run(listener, &simulator, signal()).await
}

/// Serves a simulator on a listener until `until` is done; tests give their own.
pub async fn run(
    listener: TcpListener,
    simulator: &Simulator,
    until: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let stop = simulator.stop_token();
    let stopped = stop.clone();
    let asked = async move {
        until.await;
        // Ends event streams and sleeping webhooks, which would otherwise hold the server open.
        stop.cancel();
    };
    let server = axum::serve(listener, simulator.router()).with_graceful_shutdown(asked);
    tokio::select! {
        served = server => served?,
        () = async { stopped.cancelled().await; tokio::time::sleep(GRACE).await } => {}
    }
    Ok(())
}

async fn signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
}

/// For container health checks: fails unless `/health` answers 200.
pub async fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let host = if config.host == "0.0.0.0" { "127.0.0.1" } else { &config.host };
    let url = format!("http://{host}:{}/health", config.port);
    let answer = crate::client()?.get(&url).send().await.with_context(|| format!("no answer from {url}"))?;
    if !answer.status().is_success() {
        bail!("{url} answered {}", answer.status());
    }
    Ok(())
}
