//! What a service sees of the world: nothing but what stands here.

use std::collections::BTreeMap;
use std::path::Path;

use super::settings::Settings;
use crate::instance::Instance;

/// Passed on from the person's environment. A demo never talks to a real number, so nothing of WhatsApp is here.
const PASSED_ON: [&str; 17] = [
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "USER",
    "RUST_BACKTRACE",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_MODEL",
    "AI_PROVIDERS",
    "AI_TRUSTED_PROVIDERS",
    "EMBEDDING_PROVIDER",
    "EMBEDDING_MODEL",
    "EMBEDDING_DIMENSIONS",
    "RUST_LOG",
    "LOG_FORMAT",
];
const PASSED_ON_PREFIX: &str = "OPENAI_";

/// Every variable of a service; tests are started without them, so that a person's own settings never leak in.
pub const SERVICE_VARIABLES: [&str; 35] = [
    "PORT",
    "HOST",
    "AMQP_URL",
    "INTERNAL_API_KEY",
    "INTERNAL_API_KEY_PREVIOUS",
    "ACTOR_KEY",
    "IDENTITY_KEY",
    "WHATSAPP_VERIFY_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_GRAPH_URL",
    "CHANNEL_SERVICE_URL",
    "AI_SERVICE_URL",
    "CASE_SERVICE_URL",
    "NOTIFICATION_SERVICE_URL",
    "DASHBOARD_URL",
    "AI_PROVIDERS",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_MODEL",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_MODEL",
    "OPENAI_TRANSCRIPTION_MODEL",
    "EMBEDDING_PROVIDER",
    "EMBEDDING_MODEL",
    "EMBEDDING_DIMENSIONS",
    "AI_TRUSTED_PROVIDERS",
    "AI_BUDGET_MS",
    "JWT_SECRET",
    "MEDIA_URL",
    "ADMIN_PASSWORD",
    "RUST_LOG",
    "LOG_FORMAT",
];

pub type Environment = BTreeMap<String, String>;

/// What all programs share.
pub fn common(outside: impl IntoIterator<Item = (String, String)>, settings: &Settings) -> Environment {
    let mut all = Environment::new();
    all.insert("RUST_LOG".into(), "info".into());
    all.insert("LOG_FORMAT".into(), "json".into());
    all.extend(outside.into_iter().filter(|(name, _)| is_passed_on(name)));
    let ports = settings.ports;
    for (name, value) in [
        ("HOST", "127.0.0.1".to_owned()),
        ("INTERNAL_API_KEY", settings.internal_api_key.clone()),
        ("WHATSAPP_VERIFY_TOKEN", settings.verify_token.clone()),
        ("WHATSAPP_APP_SECRET", settings.app_secret.clone()),
        ("WHATSAPP_ACCESS_TOKEN", settings.access_token.clone()),
        ("WHATSAPP_PHONE_NUMBER_ID", settings.phone_number_id.clone()),
        ("WHATSAPP_GRAPH_URL", local(ports.simulator)),
        ("CHANNEL_SERVICE_URL", local(ports.channel)),
        ("AI_SERVICE_URL", local(ports.ai)),
        ("CASE_SERVICE_URL", local(ports.case)),
        ("NOTIFICATION_SERVICE_URL", local(ports.notification)),
        ("DASHBOARD_URL", local(ports.dashboard)),
        ("OFFICE_NAME", "Kelurahan Sukamaju".to_owned()),
    ] {
        all.insert(name.into(), value);
    }
    all
}

/// What a service has beyond [`common`].
pub fn service(common: &Environment, instance: &Instance, settings: &Settings, name: &str, site: &Path) -> Environment {
    let short = name.trim_end_matches("-service");
    let database = format!("gc_{short}");
    let mut all = common.clone();
    for (variable, value) in [
        ("PORT", port(settings, name).to_string()),
        ("DATABASE_URL", instance.database_url(&database, &settings.database_password(&database), &database)),
        ("AMQP_URL", instance.amqp_url()),
        ("ACTOR_KEY", settings.actor_key.clone()),
        ("IDENTITY_KEY", settings.identity_key.clone()),
        ("JWT_SECRET", settings.jwt_secret.clone()),
        ("MEDIA_URL", format!("file://{}", instance.dir.join("media").display())),
        ("ADMIN_USERNAME", "admin".to_owned()),
        ("ADMIN_PASSWORD", settings.admin_password.clone()),
        ("LEPTOS_SITE_ROOT", site.display().to_string()),
    ] {
        all.insert(variable.into(), value);
    }
    all
}

/// What the simulator has beyond [`common`].
pub fn simulator(common: &Environment, instance: &Instance, settings: &Settings) -> Environment {
    let mut all = common.clone();
    for (variable, value) in [
        ("PORT", settings.ports.simulator.to_string()),
        ("SIM_WEBHOOK_URL", format!("{}/webhook/whatsapp", local(settings.ports.channel))),
        ("SIM_DASHBOARD_URL", local(settings.ports.dashboard)),
        ("SIM_OFFICE_NAME", "Kelurahan Sukamaju".to_owned()),
        ("SIM_DATA", instance.dir.join("simulator").display().to_string()),
    ] {
        all.insert(variable.into(), value);
    }
    all
}

pub fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

pub fn port(settings: &Settings, name: &str) -> u16 {
    match name {
        "dashboard" => settings.ports.dashboard,
        "channel-service" => settings.ports.channel,
        "ai-service" => settings.ports.ai,
        "case-service" => settings.ports.case,
        "notification-service" => settings.ports.notification,
        _ => settings.ports.simulator,
    }
}

fn is_passed_on(name: &str) -> bool {
    PASSED_ON.contains(&name) || name.starts_with(PASSED_ON_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_real_number_or_database_reaches_a_demo() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::open(dir.path()).unwrap();
        let outside = [
            ("WHATSAPP_ACCESS_TOKEN", "real"),
            ("WHATSAPP_GRAPH_URL", "https://real"),
            ("DATABASE_URL", "postgres://real"),
            ("AWS_SECRET_ACCESS_KEY", "real"),
            ("GEMINI_API_KEY", "model"),
            ("OPENAI_BASE_URL", "model"),
            ("RUST_LOG", "debug"),
        ];
        let all = common(outside.map(|(name, value)| (name.to_owned(), value.to_owned())), &settings);
        assert!(!all.values().any(|value| value.contains("real")));
        assert!(!all.contains_key("DATABASE_URL"));
        assert_eq!(all["GEMINI_API_KEY"], "model");
        assert_eq!(all["OPENAI_BASE_URL"], "model");
        assert_eq!(all["RUST_LOG"], "debug");
        assert_eq!(all["LOG_FORMAT"], "json");
    }
}
