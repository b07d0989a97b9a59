//! Every knob of the case service beside the common ones.

use platform::config::secret;
use secrecy::SecretString;
use url::Url;

/// Read from the environment; `--help` is the reference.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// channel-service, which knows citizens by their WhatsApp ids.
    #[arg(long, env = "CHANNEL_SERVICE_URL", default_value = "http://127.0.0.1:3001", hide_env_values = true)]
    pub channel_service_url: Url,

    /// Seals who is behind anonymous complaints (at least 16 characters). Whoever loses it can't tell those citizens
    /// anything any more.
    #[arg(long, env = "IDENTITY_KEY", value_parser = secret, hide_env_values = true)]
    pub identity_key: SecretString,

    /// How many days after it was closed a citizen may reopen a complaint. Staff may at any time.
    #[arg(long, env = "REOPEN_DAYS", default_value_t = 14, value_parser = clap::value_parser!(i64).range(0..=3650))]
    pub reopen_days: i64,
}
