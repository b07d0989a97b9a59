//! Every knob of the dashboard beside the common ones.

use std::path::PathBuf;

use platform::storage::StorageConfig;
use secrecy::SecretString;
use url::Url;

/// Read from the environment; `--help` is the reference.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// case-service, which owns the complaints.
    #[arg(long, env = "CASE_SERVICE_URL", default_value = "http://127.0.0.1:3003", hide_env_values = true)]
    pub case_service_url: Url,

    /// channel-service, which owns the conversations.
    #[arg(long, env = "CHANNEL_SERVICE_URL", default_value = "http://127.0.0.1:3001", hide_env_values = true)]
    pub channel_service_url: Url,

    /// ai-service, which reads documents and answers.
    #[arg(long, env = "AI_SERVICE_URL", default_value = "http://127.0.0.1:3002", hide_env_values = true)]
    pub ai_service_url: Url,

    /// Where documents' files lie.
    #[command(flatten)]
    pub storage: StorageConfig,

    /// The address that staff open. With https the session's cookie is sent over https alone.
    #[arg(long, env = "DASHBOARD_URL", default_value = "http://127.0.0.1:3000", hide_env_values = true)]
    pub dashboard_url: Url,

    /// The folder that holds `pkg/` with the browser half. Without it pages are served that need no script.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site", hide_env_values = true)]
    pub site_root: PathBuf,

    /// The first office's name, until it is changed in the dashboard.
    #[arg(long, env = "OFFICE_NAME", hide_env_values = true)]
    pub office_name: Option<String>,

    /// The first person's username; used only while there is nobody.
    #[arg(long, env = "ADMIN_USERNAME", default_value = "admin", hide_env_values = true)]
    pub admin_username: String,

    /// The first person's password; used only while there is nobody. Without it: `dashboard create-admin`.
    #[arg(long, env = "ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<SecretString>,

    /// Believe the last address in `X-Forwarded-For`. Only behind a proxy that sets it.
    #[arg(long, env = "TRUST_FORWARDED_FOR", default_value_t = false, action = clap::ArgAction::Set, hide_env_values = true)]
    pub trust_forwarded_for: bool,
}
