//! Every knob of the notification service beside the common ones.

use url::Url;

/// Read from the environment; `--help` is the reference.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// channel-service, which sends what citizens are told.
    #[arg(long, env = "CHANNEL_SERVICE_URL", default_value = "http://127.0.0.1:3001", hide_env_values = true)]
    pub channel_service_url: Url,
}
