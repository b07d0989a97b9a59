//! Logs: JSON for machines, one readable line for people.

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Json,
    Human,
}

/// What is logged and how.
#[derive(Debug, Clone, clap::Args)]
pub struct LogConfig {
    /// What to log, such as `info` or `info,platform::bus=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "info", hide_env_values = true)]
    pub log: String,

    /// How log lines look.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value = "json", hide_env_values = true)]
    pub log_format: LogFormat,
}

/// Starts logging to stdout. A second call changes nothing.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{},sqlx=warn,lapin=warn,hyper=warn", config.log))
        .map_err(|error| anyhow::anyhow!("RUST_LOG can't be read: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(true);
    // A second start (several services in one test process) keeps the first.
    let _ = match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        LogFormat::Human => builder.try_init(),
    };
    Ok(())
}
