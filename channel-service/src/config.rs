//! Every knob of channel-service, beside the common ones.

use platform::config::secret;
use platform::storage::StorageConfig;
use secrecy::SecretString;
use url::Url;

/// What the operator sets.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// The string that Meta sends back when the webhook is set up.
    #[arg(long, env = "WHATSAPP_VERIFY_TOKEN", hide_env_values = true)]
    pub whatsapp_verify_token: SecretString,

    /// The app secret: signs every webhook.
    #[arg(long, env = "WHATSAPP_APP_SECRET", value_parser = secret, hide_env_values = true)]
    pub whatsapp_app_secret: SecretString,

    /// The app secret before the last change: still accepted.
    #[arg(long, env = "WHATSAPP_APP_SECRET_PREVIOUS", value_parser = secret, hide_env_values = true)]
    pub whatsapp_app_secret_previous: Option<SecretString>,

    /// The token for the Graph API, for numbers without one of their own.
    #[arg(long, env = "WHATSAPP_ACCESS_TOKEN", hide_env_values = true)]
    pub whatsapp_access_token: SecretString,

    /// The first office's number, as Meta names it (digits).
    #[arg(long, env = "WHATSAPP_PHONE_NUMBER_ID", hide_env_values = true)]
    pub whatsapp_phone_number_id: String,

    /// Where the Graph API is.
    #[arg(long, env = "WHATSAPP_GRAPH_URL", default_value = "https://graph.facebook.com", hide_env_values = true)]
    pub whatsapp_graph_url: Url,

    /// The Graph API's version.
    #[arg(long, env = "WHATSAPP_GRAPH_VERSION", default_value = "v25.0", hide_env_values = true)]
    pub whatsapp_graph_version: String,

    /// Hosts beside the Graph API's own from which files may be fetched with its token, over https.
    #[arg(
        long,
        env = "WHATSAPP_MEDIA_HOSTS",
        default_value = "lookaside.fbsbx.com",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub whatsapp_media_hosts: Vec<String>,

    /// The largest file that is fetched, in bytes; WhatsApp itself takes 100 MB.
    #[arg(long, env = "MEDIA_MAX_BYTES", default_value_t = 110_000_000, hide_env_values = true)]
    pub media_max_bytes: u64,

    /// Where ai-service is: it hears voice notes.
    #[arg(long, env = "AI_SERVICE_URL", default_value = "http://127.0.0.1:3002", hide_env_values = true)]
    pub ai_service_url: Url,

    /// Encrypts the tokens of numbers and keys the memory of what was seen (at least 16 characters).
    #[arg(long, env = "IDENTITY_KEY", value_parser = secret, hide_env_values = true)]
    pub identity_key: SecretString,

    #[command(flatten)]
    pub storage: StorageConfig,

    /// Seconds after which a claimed send without a result counts as unconfirmed.
    #[arg(long, env = "SEND_CLAIM_SECONDS", default_value_t = 30, hide_env_values = true)]
    pub send_claim_seconds: u32,

    /// Seconds to wait for a status of an unconfirmed message before it is sent once more.
    #[arg(long, env = "SEND_UNCONFIRMED_SECONDS", default_value_t = 120, hide_env_values = true)]
    pub send_unconfirmed_seconds: u32,
}
