//! A message as both ends know it, and how a phone shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// Seen from the office: what citizens write is inbound.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// Ordered by how far the message came; `Failed` is told apart by [`Message::error`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Accepted,
    Failed,
    Sent,
    Delivered,
    Read,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Message {
    pub wamid: String,
    pub phone_number_id: String,
    pub citizen: String,
    pub direction: Direction,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: Status,
    pub at_ms: i64,
    pub error: Option<i64>,
    /// `biz_opaque_callback_data`, echoed in every status.
    pub callback: Option<String>,
    /// The Graph request, or the webhook's message object.
    pub raw: Value,
}

impl Message {
    /// The conversation's line as `GET /sim/citizens/{wa_id}/messages` gives it.
    pub fn view(&self) -> Value {
        let mut view = json!({
            "wamid": self.wamid, "phone_number_id": self.phone_number_id, "wa_id": self.citizen,
            "direction": self.direction, "type": self.kind, "text": self.text(),
            "status": self.status, "at": rfc3339(self.at_ms), "at_ms": self.at_ms,
        });
        let buttons = self.buttons();
        let body = &self.raw[&self.kind];
        let reply_to = self.raw["context"]["message_id"].as_str().or_else(|| self.raw["context"]["id"].as_str());
        let target = body["message_id"].as_str().filter(|_| self.kind == "reaction");
        let media =
            (body.get("mime_type").is_some() || body.get("id").is_some() || body.get("link").is_some()).then(|| {
                json!({"id": body["id"], "link": body["link"], "mime_type": body["mime_type"],
                       "filename": body["filename"], "voice": body["voice"]})
            });
        let extras = [
            ("buttons", (!buttons.is_empty()).then_some(Value::Array(buttons))),
            ("interactive", body["type"].as_str().filter(|_| self.kind == "interactive").map(Value::from)),
            ("list_button", body["action"]["button"].as_str().map(Value::from)),
            ("header", body["header"]["text"].as_str().map(Value::from)),
            ("footer", body["footer"]["text"].as_str().map(Value::from)),
            ("media", media),
            ("location", (self.kind == "location").then(|| body.clone())),
            ("contacts", (self.kind == "contacts").then(|| body.clone())),
            ("reply_to", reply_to.map(Value::from)),
            ("reacts_to", target.map(Value::from)),
            ("error", self.error.map(|code| json!({"code": code, "title": crate::graph::errors::title(code)}))),
        ];
        for (key, value) in extras {
            if let Some(value) = value {
                view[key] = value;
            }
        }
        view
    }

    /// What there is to read: the body, a caption, a tapped title, an emoji.
    pub fn text(&self) -> Option<String> {
        let body = &self.raw[&self.kind];
        let found = match self.kind.as_str() {
            "text" => body["body"].as_str(),
            "interactive" => body["body"]["text"]
                .as_str()
                .or_else(|| body["button_reply"]["title"].as_str())
                .or_else(|| body["list_reply"]["title"].as_str()),
            "button" => body["text"].as_str(),
            "reaction" => body["emoji"].as_str(),
            "location" => body["name"].as_str().or_else(|| body["address"].as_str()),
            "template" => return Some(template_text(body)),
            "contacts" => body[0]["name"]["formatted_name"].as_str(),
            _ => body["caption"].as_str(),
        };
        found.map(str::to_owned)
    }

    /// Everything that can be tapped: reply buttons and list rows.
    pub fn buttons(&self) -> Vec<Value> {
        let action = &self.raw["interactive"]["action"];
        let replies = action["buttons"].as_array().into_iter().flatten().map(|button| button["reply"].clone());
        let rows = action["sections"].as_array().into_iter().flatten().flat_map(|section| {
            section["rows"].as_array().into_iter().flatten().map(move |row| {
                let mut row = row.clone();
                if let Some(title) = section["title"].as_str() {
                    row["section"] = title.into();
                }
                row
            })
        });
        replies.chain(rows).collect()
    }
}

/// Templates live at Meta; the phone shows the name and the values.
fn template_text(template: &Value) -> String {
    let values: Vec<&str> = template["components"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|component| component["parameters"].as_array().into_iter().flatten())
        .filter_map(|parameter| parameter["text"].as_str())
        .collect();
    let name = template["name"].as_str().unwrap_or_default();
    if values.is_empty() { format!("[{name}]") } else { format!("[{name}] {}", values.join(" · ")) }
}
