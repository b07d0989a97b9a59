//! Any server that speaks OpenAI's language: OpenAI itself, Ollama, vLLM, llama.cpp and others.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::multipart::{Form, Part};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use super::prompt::object_in;
use super::wire::Wire;
use super::{Completion, Failure, Prompt, Recording, Tokens, Transcript, Vendor};
use crate::privacy::outgoing::{Outgoing, Setting};

/// The word in `AI_PROVIDERS`.
pub const NAME: &str = "openai";

/// How a server is told the shape of its answer; not every one knows every way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Schema,
    Object,
    /// By words alone.
    Words,
}

const WAYS: [Way; 3] = [Way::Schema, Way::Object, Way::Words];

/// One model on one server.
#[derive(Debug)]
pub struct OpenAi {
    wire: Wire,
    model: Setting,
    listener: Setting,
    /// The first of [`WAYS`] that this server is not known to refuse.
    way: AtomicU8,
}

/// The server's wire: its address ends with the API's version.
pub fn wire(base: &Url, key: Option<&SecretString>) -> anyhow::Result<Wire> {
    let mut base = base.clone();
    // Ollama's and vLLM's addresses are often written without it.
    if matches!(base.path(), "" | "/") {
        base.set_path("/v1");
    }
    Wire::new(&base, key.map(|key| (AUTHORIZATION, "Bearer ", key)))
}

impl OpenAi {
    /// `model` answers, `listener` transcribes.
    pub fn new(wire: Wire, model: Setting, listener: Setting) -> Self {
        Self { wire, model, listener, way: AtomicU8::new(0) }
    }

    async fn ask(&self, prompt: &Prompt, way: Way, within: Duration) -> Result<Answer, Failure> {
        let message =
            |role: &'static str, content: Outgoing| Outgoing::map([("role", role.into()), ("content", content)]);
        let mut messages = vec![message("system", prompt.rules.into())];
        if way != Way::Schema {
            messages.push(message("system", prompt.shape_in_words().into()));
        }
        messages.push(message("user", prompt.data.clone().into()));
        let mut body = Outgoing::map([
            ("model", self.model.clone().into()),
            ("messages", Outgoing::List(messages)),
            ("temperature", Outgoing::Whole(0)),
            ("max_tokens", Outgoing::Whole(prompt.longest)),
            ("stream", Outgoing::Flag(false)),
        ]);
        match way {
            Way::Schema => {
                let schema = Outgoing::map([
                    ("name", prompt.name.into()),
                    ("strict", Outgoing::Flag(true)),
                    ("schema", prompt.shape.json_schema()),
                ]);
                let format = Outgoing::map([("type", "json_schema".into()), ("json_schema", schema)]);
                body = body.with("response_format", format);
            }
            Way::Object => body = body.with("response_format", Outgoing::map([("type", "json_object".into())])),
            Way::Words => {}
        }
        self.wire.post("chat/completions", &body, within).await
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice {
    message: Message,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Usage {
    prompt_tokens: i64,
    completion_tokens: i64,
}

#[derive(Deserialize)]
struct Heard {
    text: String,
}

#[async_trait]
impl Vendor for OpenAi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn model(&self) -> &Setting {
        &self.model
    }

    async fn complete(&self, prompt: &Prompt, within: Duration) -> Result<Completion, Failure> {
        let ends = Instant::now() + within;
        let from = usize::from(self.way.load(Ordering::Relaxed)).min(WAYS.len() - 1);
        let mut last = Failure::Garbage;
        for (nth, way) in WAYS.iter().enumerate().skip(from) {
            let left = ends.saturating_duration_since(Instant::now());
            match self.ask(prompt, *way, left).await {
                Ok(answer) => {
                    self.way.store(u8::try_from(nth).unwrap_or_default(), Ordering::Relaxed);
                    let text = answer.choices.first().and_then(|choice| choice.message.content.as_deref());
                    let value = text.and_then(object_in).ok_or(Failure::Garbage)?;
                    let usage = answer.usage.unwrap_or_default();
                    let tokens = Tokens { input: usage.prompt_tokens, output: usage.completion_tokens };
                    return Ok(Completion { value, tokens });
                }
                // It may only dislike the way.
                Err(failure @ Failure::Refused(400 | 404 | 415 | 422)) => last = failure,
                Err(failure) => return Err(failure),
            }
        }
        Err(last)
    }

    async fn transcribe(&self, recording: &Recording, within: Duration) -> Result<Transcript, Failure> {
        let ending = recording.mime_type.rsplit('/').next().unwrap_or("ogg");
        let file = Part::stream(recording.bytes.clone())
            .file_name(format!("voice.{ending}"))
            .mime_str(recording.mime_type)
            .map_err(|_| Failure::Garbage)?;
        let form =
            Form::new().text("model", self.listener.as_str().to_owned()).text("language", "id").part("file", file);
        let heard: Heard = self.wire.upload("audio/transcriptions", form, recording.trust, within).await?;
        Ok(Transcript { text: heard.text, tokens: Tokens::default() })
    }
}
