//! Every knob of the simulator; `simulator --help` is the reference.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use secrecy::SecretString;
use url::Url;

/// Settings read once at start. Tests start from [`Config::default`] and change what they need.
#[derive(Clone, Debug, Parser)]
pub struct Config {
    /// Port of the Graph API, the scripts' API and the phones.
    #[arg(long, env = "PORT", default_value_t = 3099)]
    pub port: u16,
    /// Address to listen on. The simulator has no sign-in: keep it on the loopback interface.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// Where webhooks go, e.g. http://127.0.0.1:3001/webhook/whatsapp. Kept and retried while it is not set.
    #[arg(long, env = "SIM_WEBHOOK_URL")]
    pub webhook_url: Option<Url>,
    /// Signs webhooks (X-Hub-Signature-256).
    #[arg(long, env = "WHATSAPP_APP_SECRET", default_value = "simulator-app-secret", hide_env_values = true)]
    pub app_secret: SecretString,
    /// The bearer token that the Graph API accepts.
    #[arg(long, env = "WHATSAPP_ACCESS_TOKEN", default_value = "simulator-access-token", hide_env_values = true)]
    pub access_token: SecretString,
    /// The first WhatsApp number; POST /sim/numbers adds more.
    #[arg(long, env = "WHATSAPP_PHONE_NUMBER_ID", default_value = "100000000000001")]
    pub phone_number_id: String,
    /// Name shown in the phone's header for the first number.
    #[arg(long, env = "SIM_OFFICE_NAME", default_value = "Kelurahan Sukamaju")]
    pub office_name: String,
    /// Linked from the page.
    #[arg(long, env = "SIM_DASHBOARD_URL")]
    pub dashboard_url: Option<Url>,
    /// This simulator as other services reach it; stands in media addresses. Default: where it listens.
    #[arg(long, env = "SIM_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// Folder that keeps conversations over a restart (JSON lines). Default: memory only.
    #[arg(long, env = "SIM_DATA")]
    pub data: Option<PathBuf>,
    /// Asked by the live trace.
    #[arg(long, env = "CHANNEL_SERVICE_URL")]
    pub channel_url: Option<Url>,
    /// Asked by the live trace.
    #[arg(long, env = "AI_SERVICE_URL")]
    pub ai_url: Option<Url>,
    /// Asked by the live trace.
    #[arg(long, env = "CASE_SERVICE_URL")]
    pub case_url: Option<Url>,
    /// Asked by the live trace.
    #[arg(long, env = "NOTIFICATION_SERVICE_URL")]
    pub notification_url: Option<Url>,
    /// Key for the services' internal APIs; without it the live trace shows what passes here only.
    #[arg(long, env = "INTERNAL_API_KEY", hide_env_values = true)]
    pub internal_api_key: Option<SecretString>,
    /// Waits between webhook attempts; the last one repeats for seven days.
    #[arg(skip = default_retries())]
    pub retries: Vec<Duration>,
}

/// At once, then with decreasing frequency.
fn default_retries() -> Vec<Duration> {
    [0, 1, 2, 5, 10, 30, 60].map(Duration::from_secs).to_vec()
}

impl Default for Config {
    /// What `simulator` without any variable or flag uses (the environment is not read).
    fn default() -> Self {
        Self {
            port: 3099,
            host: "127.0.0.1".into(),
            webhook_url: None,
            app_secret: "simulator-app-secret".into(),
            access_token: "simulator-access-token".into(),
            phone_number_id: "100000000000001".into(),
            office_name: "Kelurahan Sukamaju".into(),
            dashboard_url: None,
            public_url: None,
            data: None,
            channel_url: None,
            ai_url: None,
            case_url: None,
            notification_url: None,
            internal_api_key: None,
            retries: default_retries(),
        }
    }
}
