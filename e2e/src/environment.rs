//! What the programs of a world see: nothing but what stands here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::Service;
use crate::databases::Databases;
use crate::servers::Servers;

/// Secrets and addresses of one world.
#[derive(Debug, Clone)]
pub struct Environment {
    pub internal_api_key: String,
    pub app_secret: String,
    pub verify_token: String,
    pub phone_number_id: String,
    pub admin_password: String,
    access_token: String,
    keys: [String; 3],
    ports: BTreeMap<Service, u16>,
    folder: PathBuf,
    site: PathBuf,
    /// A bench wants to hear of errors only.
    pub rust_log: &'static str,
}

impl Environment {
    /// Fresh secrets on these ports, in the order of [`Service::ALL`].
    pub fn new(ports: &[u16], folder: &Path, site: PathBuf) -> Self {
        let secret = || Uuid::new_v4().simple().to_string();
        Self {
            internal_api_key: secret(),
            app_secret: secret(),
            verify_token: secret(),
            phone_number_id: "106540352242922".to_owned(),
            admin_password: secret(),
            access_token: secret(),
            keys: [secret(), secret(), secret()],
            ports: Service::ALL.into_iter().zip(ports.iter().copied()).collect(),
            folder: folder.to_owned(),
            site,
            rust_log: "info",
        }
    }

    /// Where a program answers.
    pub fn url(&self, service: Service) -> String {
        format!("http://127.0.0.1:{}", self.ports.get(&service).copied().unwrap_or_default())
    }

    /// A program's variables.
    pub fn of(&self, service: Service, servers: &Servers, databases: &Databases) -> BTreeMap<String, String> {
        let mut all = self.common();
        let [actor, identity, jwt] = self.keys.clone();
        let port = self.ports.get(&service).copied().unwrap_or_default().to_string();
        let own: Vec<(&str, String)> = if service == Service::Simulator {
            vec![
                ("PORT", port),
                ("SIM_WEBHOOK_URL", format!("{}/webhook/whatsapp", self.url(Service::Channel))),
                ("SIM_DASHBOARD_URL", self.url(Service::Dashboard)),
            ]
        } else {
            vec![
                ("PORT", port),
                ("DATABASE_URL", databases.url(service).map(ToString::to_string).unwrap_or_default()),
                ("AMQP_URL", servers.amqp_url.clone()),
                ("ACTOR_KEY", actor),
                ("IDENTITY_KEY", identity),
                ("JWT_SECRET", jwt),
                ("MEDIA_URL", format!("file://{}", self.folder.join("media").display())),
                ("ADMIN_USERNAME", "admin".to_owned()),
                ("ADMIN_PASSWORD", self.admin_password.clone()),
                ("LEPTOS_SITE_ROOT", self.site.display().to_string()),
                // A crash in the middle of a send settles within a test's time.
                ("SEND_CLAIM_SECONDS", "3".to_owned()),
                ("SEND_UNCONFIRMED_SECONDS", "6".to_owned()),
            ]
        };
        all.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
        all
    }

    fn common(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> = ["PATH", "HOME", "LANG", "TMPDIR", "RUST_BACKTRACE"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
            .collect();
        for (name, value) in [
            ("RUST_LOG", self.rust_log.to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
            ("HOST", "127.0.0.1".to_owned()),
            ("INTERNAL_API_KEY", self.internal_api_key.clone()),
            ("WHATSAPP_VERIFY_TOKEN", self.verify_token.clone()),
            ("WHATSAPP_APP_SECRET", self.app_secret.clone()),
            ("WHATSAPP_ACCESS_TOKEN", self.access_token.clone()),
            ("WHATSAPP_PHONE_NUMBER_ID", self.phone_number_id.clone()),
            ("WHATSAPP_GRAPH_URL", self.url(Service::Simulator)),
            ("CHANNEL_SERVICE_URL", self.url(Service::Channel)),
            ("AI_SERVICE_URL", self.url(Service::Ai)),
            ("CASE_SERVICE_URL", self.url(Service::Case)),
            ("NOTIFICATION_SERVICE_URL", self.url(Service::Notification)),
            ("DASHBOARD_URL", self.url(Service::Dashboard)),
            ("OFFICE_NAME", "Kelurahan Sukamaju".to_owned()),
        ] {
            all.insert(name.to_owned(), value);
        }
        all
    }
}
