//! Configuration: environment variables, read once, all errors together.
//!
//! Every knob is a documented clap argument with an environment variable, so that `--help` is the reference. Values of
//! variables are never printed: many are secrets.

use std::error::Error as _;
use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

/// What every service needs.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// Address to listen on.
    #[arg(long, env = "HOST", default_value = "0.0.0.0", hide_env_values = true)]
    pub host: std::net::IpAddr,

    /// Port to listen on; each service has its own by default.
    #[arg(long, env = "PORT", hide_env_values = true)]
    pub port: Option<u16>,

    /// The service's own PostgreSQL database: postgres://user:password@host:port/database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: DatabaseUrl,

    /// Connections that one instance keeps at most.
    #[arg(long, env = "DATABASE_MAX_CONNECTIONS", default_value_t = 10, hide_env_values = true)]
    pub database_max_connections: u32,

    /// RabbitMQ, with the vhost /govconnect: amqp://user:password@host:5672/%2Fgovconnect.
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    pub amqp_url: AmqpUrl,

    /// The shared secret of calls between services (at least 16 characters).
    #[arg(long, env = "INTERNAL_API_KEY", value_parser = secret, hide_env_values = true)]
    pub internal_api_key: SecretString,

    /// The secret before the last change: still accepted, never sent.
    #[arg(long, env = "INTERNAL_API_KEY_PREVIOUS", value_parser = secret, hide_env_values = true)]
    pub internal_api_key_previous: Option<SecretString>,

    /// Signs the person behind a call (at least 16 characters).
    #[arg(long, env = "ACTOR_KEY", value_parser = secret, hide_env_values = true)]
    pub actor_key: SecretString,
}

/// A PostgreSQL address. Its text is a secret.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The text, for the driver only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = url::Url::parse(text).map_err(|error| format!("not an address ({error})"))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err("must start with postgres://".to_owned());
        }
        if url.path().trim_matches('/').is_empty() {
            return Err("names no database: add /gc_… at the end".to_owned());
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(***)")
    }
}

/// A RabbitMQ address with the vhost `/govconnect`. Its text is a secret.
#[derive(Clone)]
pub struct AmqpUrl(SecretString);

impl AmqpUrl {
    /// The text, for the driver only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for AmqpUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = url::Url::parse(text).map_err(|error| format!("not an address ({error})"))?;
        if !matches!(url.scheme(), "amqp" | "amqps") {
            return Err("must start with amqp:// or amqps://".to_owned());
        }
        if !url.path().eq_ignore_ascii_case("/%2fgovconnect") {
            return Err("must name the vhost /govconnect: end it with /%2Fgovconnect".to_owned());
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for AmqpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AmqpUrl(***)")
    }
}

/// A secret that is long enough to be one.
pub fn secret(text: &str) -> Result<SecretString, String> {
    if text.chars().count() < 16 {
        return Err("too short: use at least 16 characters, for instance `openssl rand -hex 32`".to_owned());
    }
    Ok(text.into())
}

/// All variables that are missing or wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not usable:\n{}", .0.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"))]
pub struct BadConfig(pub Vec<String>);

/// Checks each argument by itself, so that one bad variable does not hide the next.
pub fn problems<C: clap::Args>() -> Vec<String> {
    let command = C::augment_args(clap::Command::new("check"));
    command
        .get_arguments()
        .filter(|arg| arg.get_env().is_some())
        .filter_map(|arg| {
            let name = arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let alone = clap::Command::new("check").no_binary_name(true).arg(without_empty(arg.clone()));
            let error = alone.try_get_matches_from(std::iter::empty::<&str>()).err()?;
            Some(describe(&error, &name))
        })
        .collect()
}

/// A variable that is set to nothing is not set: compose files and manifests often do that.
pub fn without_empty(arg: clap::Arg) -> clap::Arg {
    let is_empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { arg.env(clap::builder::Resettable::Reset) } else { arg }
}

fn describe(error: &clap::Error, name: &str) -> String {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("{name} is missing"),
        _ => match error.source() {
            Some(source) => format!("{name}: {source}"),
            None => format!("{name} can't be read"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_vhost_is_an_error_that_says_what_to_write() {
        let error = AmqpUrl::from_str("amqp://u:p@localhost:5672/%2F").expect_err("another vhost");
        assert!(error.contains("/%2Fgovconnect"), "{error}");
        assert!(AmqpUrl::from_str("amqp://u:p@localhost:5672/%2Fgovconnect").is_ok());
    }

    #[test]
    fn addresses_do_not_print() {
        let url = DatabaseUrl::from_str("postgres://u:hunter2@localhost/gc_case").expect("an address");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn every_missing_variable_is_named() {
        let all = problems::<Common>();
        for name in ["DATABASE_URL", "AMQP_URL", "INTERNAL_API_KEY", "ACTOR_KEY"] {
            if std::env::var_os(name).is_none() {
                assert!(all.iter().any(|line| line == &format!("{name} is missing")), "{name}: {all:?}");
            }
        }
    }

    #[test]
    fn a_short_secret_is_refused_without_showing_it() {
        let error = secret("hunter2").expect_err("too short");
        assert!(!error.contains("hunter2"));
    }
}
