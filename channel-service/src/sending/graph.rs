//! The calls to the Graph API: messages, the typing indicator, files.

use std::time::Duration;

use bytes::Bytes;
use contracts::MessageId;
use futures_util::stream::BoxStream;
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::Config;

/// How long the Graph API may take; after that nobody knows whether it was sent.
const DEADLINE: Duration = Duration::from_secs(10);
/// The same for a file of up to 100 MB.
const FILE_DEADLINE: Duration = Duration::from_mins(3);

/// A client for the Graph API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Graph {
    client: reqwest::Client,
    files: reqwest::Client,
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
        subcode: Option<i64>,
        error: Value,
    },
    /// Nothing reached it: it was not sent.
    Unreached(String),
    /// It may have been sent: no answer, or none that can be read.
    Unknown(String),
}

impl Graph {
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: platform::http::client::outside(DEADLINE)?,
            files: platform::http::client::outside(FILE_DEADLINE)?,
            base: config.whatsapp_graph_url.clone(),
            version: config.whatsapp_graph_version.clone(),
        })
    }

    fn messages_url(&self, number: &str) -> Result<Url, url::ParseError> {
        self.base.join(&format!("{}/{number}/messages", self.version))
    }

    /// Hands a file over as it comes from the storage; accepted as the id that messages name it by.
    pub async fn upload(
        &self,
        number: &str,
        token: &SecretString,
        bytes: BoxStream<'static, Result<Bytes, std::io::Error>>,
        size: u64,
        mime_type: &str,
        filename: &str,
    ) -> Answer {
        let url = match self.base.join(&format!("{}/{number}/media", self.version)) {
            Ok(url) => url,
            Err(error) => return Answer::Unreached(format!("WHATSAPP_GRAPH_URL: {error}")),
        };
        let file = Part::stream_with_length(reqwest::Body::wrap_stream(bytes), size).file_name(filename.to_owned());
        let file = match file.mime_str(mime_type) {
            Ok(file) => file,
            Err(error) => return refused_here(131_053, &error.to_string()),
        };
        let form =
            Form::new().text("messaging_product", "whatsapp").text("type", mime_type.to_owned()).part("file", file);
        match self.files.post(url).bearer_auth(token.expose_secret()).multipart(form).send().await {
            Ok(response) => read(response, "/id").await,
            Err(error) if error.is_connect() => Answer::Unreached(error.to_string()),
            Err(error) => Answer::Unknown(error.to_string()),
        }
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
            Ok(response) => read(response, "/messages/0/id").await,
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

fn refused_here(code: i64, title: &str) -> Answer {
    Answer::Refused { code, subcode: None, error: json!({"code": code, "title": title}) }
}

async fn read(response: reqwest::Response, id: &str) -> Answer {
    let status = response.status();
    let Ok(bytes) = response.bytes().await else { return Answer::Unknown("the answer broke off".to_owned()) };
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if let Some(error) = body.get("error") {
        let code = error.get("code").and_then(Value::as_i64).unwrap_or(1);
        let subcode = error.get("error_subcode").and_then(Value::as_i64);
        return Answer::Refused { code, subcode, error: error.clone() };
    }
    if status.is_success() {
        return match body.pointer(id).and_then(Value::as_str) {
            Some(wamid) => Answer::Accepted { wamid: wamid.to_owned() },
            None => Answer::Unknown("accepted without an id".to_owned()),
        };
    }
    // A gateway's page: too many requests is a plain no, anything else may have gone through.
    if status == http::StatusCode::TOO_MANY_REQUESTS {
        return refused_here(130_429, "Too many requests");
    }
    if status.is_client_error() {
        return refused_here(100, &format!("HTTP {status} without an error"));
    }
    Answer::Unknown(format!("HTTP {status} without an error"))
}
