//! Every knob of the AI service beside the common ones.

use platform::storage::StorageConfig;
use url::Url;

use crate::providers::{ModelsConfig, Providers};

/// Read from the environment; `--help` is the reference.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// case-service, which takes complaints and knows their status.
    #[arg(long, env = "CASE_SERVICE_URL", default_value = "http://127.0.0.1:3003", hide_env_values = true)]
    pub case_service_url: Url,

    /// channel-service, which knows citizens by their WhatsApp ids.
    #[arg(long, env = "CHANNEL_SERVICE_URL", default_value = "http://127.0.0.1:3001", hide_env_values = true)]
    pub channel_service_url: Url,

    /// Who is asked, in this order: gemini, openai, and builtin, which is always last and needs nobody.
    #[arg(long, env = "AI_PROVIDERS", default_value = "builtin", hide_env_values = true)]
    pub ai_providers: Providers,

    /// Where recordings and documents lie.
    #[command(flatten)]
    pub storage: StorageConfig,

    /// The outside models.
    #[command(flatten)]
    pub models: ModelsConfig,
}
