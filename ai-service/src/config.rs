//! Every knob of the AI service beside the common ones.

use std::str::FromStr;

use url::Url;

use crate::understanding::builtin;

/// Read from the environment; `--help` is the reference.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// case-service, which takes complaints and knows their status.
    #[arg(long, env = "CASE_SERVICE_URL", default_value = "http://127.0.0.1:3003", hide_env_values = true)]
    pub case_service_url: Url,

    /// channel-service, which knows citizens by their WhatsApp ids.
    #[arg(long, env = "CHANNEL_SERVICE_URL", default_value = "http://127.0.0.1:3001", hide_env_values = true)]
    pub channel_service_url: Url,

    /// Who understands texts, in the order in which they are asked. Available: builtin.
    #[arg(long, env = "AI_PROVIDERS", default_value = "builtin", hide_env_values = true)]
    pub ai_providers: Providers,
}

/// The providers, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Providers(pub Vec<String>);

impl FromStr for Providers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names: Vec<String> =
            text.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
        match names.iter().find(|name| *name != builtin::NAME) {
            Some(unknown) => Err(format!("\"{unknown}\" is not available; available is: {}", builtin::NAME)),
            None if names.is_empty() => Err(format!("names no provider; available is: {}", builtin::NAME)),
            None => Ok(Self(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_is_not_there_is_named_with_those_that_are() {
        assert!("builtin".parse::<Providers>().is_ok());
        let error = "gemini, builtin".parse::<Providers>().expect_err("not available");
        assert!(error.contains("gemini") && error.contains("builtin"), "{error}");
        assert!(" , ".parse::<Providers>().is_err());
    }
}
