//! The one call to the Graph API.

use std::time::Duration;

use contracts::MessageId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::Config;

/// How long the Graph API may take; after that nobody knows whether it was sent.
const DEADLINE: Duration = Duration::from_secs(10);

/// A client for the Graph API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Graph {
    client: reqwest::Client,
    base: Url,
    version: String,
}

/// What came of a call.
#[derive(Debug)]
pub enum Answer {
    Accepted {
        wamid: String,
    },
    /// The Graph API said no; nothing was sent.
    Refused {
        code: i64,
        error: Value,
    },
    /// Nothing reached it: it was not sent.
    Unreached(String),
    /// It may have been sent: no answer, or none that can be read.
    Unknown(String),
}

impl Graph {
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let client = platform::http::client::outside(DEADLINE)?;
        Ok(Self { client, base: config.whatsapp_graph_url.clone(), version: config.whatsapp_graph_version.clone() })
    }

    fn messages_url(&self, number: &str) -> Result<Url, url::ParseError> {
        self.base.join(&format!("{}/{number}/messages", self.version))
    }

    /// Sends one message. Our id is echoed in every status of it.
    pub async fn send(
        &self,
        number: &str,
        token: &SecretString,
        to: &(String, bool),
        id: MessageId,
        kind: &str,
        fields: &Value,
    ) -> Answer {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "type": kind,
            "biz_opaque_callback_data": id.to_string(),
        });
        let (address, is_phone) = to;
        if *is_phone {
            // Without the plus the business's own country code may be put in front.
            body["to"] = format!("+{address}").into();
        } else {
            body["recipient"] = address.clone().into();
        }
        if let (Some(body), Some(fields)) = (body.as_object_mut(), fields.as_object()) {
            body.extend(fields.clone());
        }
        let url = match self.messages_url(number) {
            Ok(url) => url,
            Err(error) => return Answer::Unreached(format!("WHATSAPP_GRAPH_URL: {error}")),
        };
        match self.client.post(url).bearer_auth(token.expose_secret()).json(&body).send().await {
            Ok(response) => read(response).await,
            Err(error) if error.is_connect() => Answer::Unreached(error.to_string()),
            Err(error) => {
                Answer::Unknown(if error.is_timeout() { "no answer in time".to_owned() } else { error.to_string() })
            }
        }
    }

    /// Marks a message as read and shows that an answer is being written. A courtesy: its failure changes nothing.
    pub async fn show_typing(&self, number: &str, token: &SecretString, wamid: &str) {
        let body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}});
        if let Ok(url) = self.messages_url(number) {
            let sent = self.client.post(url).bearer_auth(token.expose_secret()).json(&body).send().await;
            if let Err(error) = sent {
                tracing::debug!(error = &error as &dyn std::error::Error, "the typing indicator was not shown");
            }
        }
    }
}

async fn read(response: reqwest::Response) -> Answer {
    let status = response.status();
    let Ok(bytes) = response.bytes().await else { return Answer::Unknown("the answer broke off".to_owned()) };
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if let Some(error) = body.get("error") {
        let code = error.get("code").and_then(Value::as_i64).unwrap_or(1);
        return Answer::Refused { code, error: error.clone() };
    }
    if status.is_success() {
        return match body.pointer("/messages/0/id").and_then(Value::as_str) {
            Some(wamid) => Answer::Accepted { wamid: wamid.to_owned() },
            None => Answer::Unknown("accepted without an id".to_owned()),
        };
    }
    // A gateway's page: too many requests is a plain no, anything else may have gone through.
    if status == http::StatusCode::TOO_MANY_REQUESTS {
        return Answer::Refused { code: 130_429, error: json!({"code": 130_429, "title": "Too many requests"}) };
    }
    if status.is_client_error() {
        return Answer::Refused {
            code: 100,
            error: json!({"code": 100, "title": format!("HTTP {status} without an error")}),
        };
    }
    Answer::Unknown(format!("HTTP {status} without an error"))
}
