//! The simulator as a program: serve (the default), or ask a running one whether it is well.

use clap::{Parser, Subcommand};
use simulator::{Config, server};

/// A WhatsApp Cloud API stand-in with phones in the browser. For development and training only.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = false)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Serve the Graph API, the scripts' API and the phones (the default).
    Serve,
    /// Exit 0 when a simulator on HOST:PORT answers /health.
    Healthcheck,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let human = std::env::var("LOG_FORMAT").is_ok_and(|format| format == "human");
    if human {
        tracing_subscriber::fmt().with_env_filter(filter).init();
    } else {
        tracing_subscriber::fmt().json().with_env_filter(filter).init();
    }
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => server::serve(arguments.config).await,
        Command::Healthcheck => server::healthcheck(&arguments.config).await,
    }
}
