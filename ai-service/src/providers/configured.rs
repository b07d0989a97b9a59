//! The chain as the operator's variables describe it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::gemini::Gemini;
use super::openai::OpenAi;
use super::wire::Wire;
use super::{Ledger, Models, Vendor, gemini, openai};
use crate::embedding::DIMENSIONS;
use crate::privacy::outgoing::Setting;
use crate::understanding::builtin;

const GEMINI: &str = "https://generativelanguage.googleapis.com";
const OPENAI: &str = "https://api.openai.com/v1";

/// Outside models. Without a key or an address there are none.
#[derive(Debug, Clone, clap::Args)]
pub struct ModelsConfig {
    /// Gemini's key, when AI_PROVIDERS or EMBEDDING_PROVIDER names gemini.
    #[arg(long, env = "GEMINI_API_KEY", hide_env_values = true)]
    pub gemini_api_key: Option<SecretString>,

    /// Where Gemini is.
    #[arg(long, env = "GEMINI_BASE_URL", default_value = GEMINI, hide_env_values = true)]
    pub gemini_base_url: Url,

    /// Gemini's model.
    #[arg(long, env = "GEMINI_MODEL", default_value = "gemini-2.5-flash", hide_env_values = true)]
    pub gemini_model: Word,

    /// A server that speaks OpenAI's language (Ollama, vLLM, llama.cpp …), up to its /v1. Without it: OpenAI's own.
    #[arg(long, env = "OPENAI_BASE_URL", hide_env_values = true)]
    pub openai_base_url: Option<Url>,

    /// Its key; local servers often want none.
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<SecretString>,

    /// Its model.
    #[arg(long, env = "OPENAI_MODEL", default_value = "gpt-4o-mini", hide_env_values = true)]
    pub openai_model: Word,

    /// Its model for recordings; asked only when openai is trusted.
    #[arg(long, env = "OPENAI_TRANSCRIPTION_MODEL", default_value = "whisper-1", hide_env_values = true)]
    pub openai_transcription_model: Word,

    /// Who makes the vectors that are searched. Available: builtin.
    #[arg(long, env = "EMBEDDING_PROVIDER", default_value = builtin::NAME, hide_env_values = true)]
    pub embedding_provider: Word,

    /// The model that makes them; each provider has a usual one.
    #[arg(long, env = "EMBEDDING_MODEL", hide_env_values = true)]
    pub embedding_model: Option<Word>,

    /// Numbers in a vector, at most 512.
    #[arg(long, env = "EMBEDDING_DIMENSIONS", default_value_t = 512, hide_env_values = true)]
    pub embedding_dimensions: usize,

    /// Providers that may hear recordings, which can't be masked, such as one that runs in the office: none by default.
    #[arg(long, env = "AI_TRUSTED_PROVIDERS", value_delimiter = ',', hide_env_values = true)]
    pub ai_trusted_providers: Vec<Word>,

    /// Milliseconds that all outside models together may take in one turn.
    #[arg(long, env = "AI_BUDGET_MS", default_value_t = 12_000, value_parser = clap::value_parser!(u64).range(500..=20_000), hide_env_values = true)]
    pub ai_budget_ms: u64,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        let word = |text: &str| Word(text.to_owned());
        Self {
            gemini_api_key: None,
            gemini_base_url: Url::parse(GEMINI).unwrap_or_else(|_| unreachable!("a fixed address")),
            gemini_model: word("gemini-2.5-flash"),
            openai_base_url: None,
            openai_api_key: None,
            openai_model: word("gpt-4o-mini"),
            openai_transcription_model: word("whisper-1"),
            embedding_provider: word(builtin::NAME),
            embedding_model: None,
            embedding_dimensions: DIMENSIONS,
            ai_trusted_providers: Vec::new(),
            ai_budget_ms: 12_000,
        }
    }
}

/// A model's or a provider's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub(super) String);

impl FromStr for Word {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        Setting::new(text).map(|_| Self(text.to_owned())).ok_or_else(|| "is no plain name".to_owned())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Word {
    pub(super) fn setting(&self) -> anyhow::Result<Setting> {
        Setting::new(&self.0).ok_or_else(|| anyhow::anyhow!("\"{}\" is no plain name", self.0))
    }
}

/// The providers in the order in which they are asked, without the built-in one: it is always last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Providers(pub Vec<&'static str>);

impl FromStr for Providers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const AVAILABLE: &str = "available are: gemini, openai, builtin";
        let names: Vec<String> =
            text.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
        let mut outside = Vec::new();
        for (nth, name) in names.iter().enumerate() {
            let known = match name.as_str() {
                builtin::NAME if nth + 1 == names.len() => continue,
                builtin::NAME => {
                    return Err("names builtin before others: it never fails, so they would never be asked".to_owned());
                }
                gemini::NAME => gemini::NAME,
                openai::NAME => openai::NAME,
                unknown => return Err(format!("\"{unknown}\" is not available; {AVAILABLE}")),
            };
            if outside.contains(&known) {
                return Err(format!("names {known} twice"));
            }
            outside.push(known);
        }
        if names.is_empty() { Err(format!("names no provider; {AVAILABLE}")) } else { Ok(Self(outside)) }
    }
}

impl ModelsConfig {
    /// Everything that does not fit together, each with its variable's name; values are never shown.
    pub fn problems(&self, providers: &Providers) -> Vec<String> {
        let mut problems = Vec::new();
        let embedding = self.embedding_provider.0.as_str();
        for (variable, names) in [("AI_PROVIDERS", providers.0.as_slice()), ("EMBEDDING_PROVIDER", &[embedding])] {
            for name in names {
                if *name == gemini::NAME && self.gemini_key().is_none() {
                    problems.push(format!("GEMINI_API_KEY is missing: {variable} names gemini"));
                }
                if *name == openai::NAME && self.openai_base_url.is_none() && self.openai_key().is_none() {
                    problems.push(format!(
                        "OPENAI_BASE_URL or OPENAI_API_KEY is missing: {variable} names openai, and a local server needs \
                         the address, OpenAI's own the key"
                    ));
                }
            }
        }
        if embedding != builtin::NAME {
            // The search does not read vectors of others yet: to take the setting and ignore it would be a lie.
            problems.push(
                "EMBEDDING_PROVIDER: this version searches by the built-in vectors alone; leave it out".to_owned(),
            );
        }
        if !(8..=DIMENSIONS).contains(&self.embedding_dimensions) {
            problems.push(format!("EMBEDDING_DIMENSIONS must lie between 8 and {DIMENSIONS}"));
        }
        for trusted in &self.ai_trusted_providers {
            if !providers.0.contains(&trusted.0.as_str()) {
                problems.push("AI_TRUSTED_PROVIDERS names a provider that AI_PROVIDERS does not".to_owned());
            }
        }
        let web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if !web(&self.gemini_base_url) {
            problems.push("GEMINI_BASE_URL must start with http:// or https://".to_owned());
        }
        if self.openai_base_url.as_ref().is_some_and(|url| !web(url)) {
            problems.push("OPENAI_BASE_URL must start with http:// or https://".to_owned());
        }
        problems
    }

    /// One provider alone, for measuring it.
    pub fn alone(&self, name: &str) -> anyhow::Result<Models> {
        Ok(Models::measured(self.vendor(name)?, Duration::from_millis(self.ai_budget_ms)))
    }

    /// Makes the chain. All errors at once, also those of [`ModelsConfig::embedder`].
    pub fn chain(&self, providers: &Providers, ledger: &Ledger) -> anyhow::Result<Models> {
        let problems = self.problems(providers);
        anyhow::ensure!(problems.is_empty(), "{}", problems.join("\n"));
        let vendors = providers.0.iter().map(|name| {
            let trusted = self.ai_trusted_providers.iter().any(|word| word.0 == **name);
            Ok((self.vendor(name)?, trusted))
        });
        let vendors = vendors.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Models::new(vendors, Duration::from_millis(self.ai_budget_ms), ledger.clone()))
    }

    fn vendor(&self, name: &str) -> anyhow::Result<Box<dyn Vendor>> {
        Ok(if name == gemini::NAME {
            let key = self.gemini_key().cloned().unwrap_or_default();
            Box::new(Gemini::new(&self.gemini_base_url, &key, self.gemini_model.setting()?)?)
        } else {
            Box::new(OpenAi::new(
                self.openai_wire()?,
                self.openai_model.setting()?,
                self.openai_transcription_model.setting()?,
            ))
        })
    }

    pub(super) fn openai_wire(&self) -> anyhow::Result<Wire> {
        let own = Url::parse(OPENAI)?;
        openai::wire(self.openai_base_url.as_ref().unwrap_or(&own), self.openai_key())
    }

    pub(super) fn gemini_key(&self) -> Option<&SecretString> {
        self.gemini_api_key.as_ref().filter(|key| !key.expose_secret().trim().is_empty())
    }

    fn openai_key(&self) -> Option<&SecretString> {
        self.openai_api_key.as_ref().filter(|key| !key.expose_secret().trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn providers(text: &str) -> Providers {
        text.parse().expect("providers")
    }

    #[test]
    fn the_order_is_the_operators_and_the_builtin_is_last() {
        assert_eq!(providers("builtin").0, Vec::<&str>::new());
        assert_eq!(providers(" OpenAI , gemini,builtin").0, ["openai", "gemini"]);
        assert_eq!(providers("gemini").0, ["gemini"], "the built-in one needs no mention");
        for (text, word) in [
            ("mistral,builtin", "mistral"),
            (" , ", "no provider"),
            ("builtin,gemini", "before"),
            ("openai,openai", "twice"),
        ] {
            let error = text.parse::<Providers>().expect_err(text);
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn every_missing_variable_is_named_at_once_and_no_value_is_shown() {
        let config = ModelsConfig {
            embedding_provider: Word("openai".to_owned()),
            embedding_dimensions: 3_072,
            ai_trusted_providers: vec![Word("openai".to_owned())],
            gemini_api_key: Some(" ".into()),
            ..ModelsConfig::default()
        };
        let problems = config.problems(&providers("gemini,builtin"));
        for name in
            ["GEMINI_API_KEY", "OPENAI_BASE_URL", "EMBEDDING_PROVIDER", "EMBEDDING_DIMENSIONS", "AI_TRUSTED_PROVIDERS"]
        {
            assert!(problems.iter().any(|problem| problem.contains(name)), "{name}: {problems:?}");
        }
        let config = ModelsConfig { gemini_api_key: Some("hunter2-hunter2".into()), ..ModelsConfig::default() };
        assert!(config.problems(&providers("gemini,builtin")).is_empty());
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
