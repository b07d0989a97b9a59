//! A citizen's phone, through the simulator.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::until::PATIENCE;
use crate::{Service, World, within};

/// A phone with its conversation at one of the offices' numbers.
#[derive(Debug, Clone)]
pub struct Phone<'a> {
    world: &'a World,
    pub wa_id: String,
    number: Option<String>,
}

/// What the office sent.
#[derive(Debug, Clone)]
pub struct Reply {
    pub wamid: String,
    pub text: String,
    pub buttons: Vec<String>,
}

impl Reply {
    /// The ticket's number in it.
    pub fn complaint_id(&self) -> Option<String> {
        let start = self.text.find("LAP-")?;
        let number: String =
            self.text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        (number.len() >= 16).then(|| number.trim_end_matches('-').to_owned())
    }
}

impl<'a> Phone<'a> {
    pub fn new(world: &'a World, wa_id: impl Into<String>) -> Self {
        Self { world, wa_id: wa_id.into(), number: None }
    }

    /// The same phone, writing to another number.
    #[must_use]
    pub fn at(mut self, phone_number_id: &str) -> Self {
        self.number = Some(phone_number_id.to_owned());
        self
    }

    fn path(&self) -> String {
        let query = self.number.as_ref().map(|number| format!("?phone_number_id={number}")).unwrap_or_default();
        format!("/sim/citizens/{}/messages{query}", self.wa_id)
    }

    /// Writes a line; gives its wamid.
    pub async fn say(&self, text: &str) -> Result<String> {
        self.put(&json!({"type": "text", "text": {"body": text}})).await
    }

    /// Taps the newest button with this title.
    pub async fn tap(&self, title: &str) -> Result<String> {
        self.put(&json!({"type": "button_tap", "title": title})).await
    }

    async fn put(&self, message: &Value) -> Result<String> {
        let answer = self.world.call(Service::Simulator).post(&self.path(), message).await?.expect(StatusCode::OK)?;
        Ok(answer["wamid"].as_str().context("the simulator gives no wamid")?.to_owned())
    }

    /// Everything that the office sent so far, oldest first.
    pub async fn replies(&self) -> Result<Vec<Reply>> {
        let page = self.world.call(Service::Simulator).get(&self.path()).await?.expect(StatusCode::OK)?;
        let all = page["data"].as_array().context("the simulator gives no list")?;
        Ok(all
            .iter()
            .filter(|message| message["direction"] == "outbound")
            .map(|message| Reply {
                wamid: message["wamid"].as_str().unwrap_or_default().to_owned(),
                text: message["text"].as_str().unwrap_or_default().to_owned(),
                buttons: message["buttons"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|button| Some(button["title"].as_str()?.to_owned()))
                    .collect(),
            })
            .collect())
    }

    /// Waits for the reply with this number, the first being 1.
    pub async fn reply(&self, number: usize) -> Result<Reply> {
        self.reply_within(PATIENCE, number).await
    }

    /// The same with another patience.
    pub async fn reply_within(&self, patience: Duration, number: usize) -> Result<Reply> {
        let what = format!("{} has reply {number}", self.wa_id);
        within(patience, &what, async || Ok(self.replies().await?.into_iter().nth(number - 1))).await
    }

    /// Files this complaint: writes it, answers what is asked with `ya`, and gives its number and the replies so far.
    pub async fn complain(&self, text: &str) -> Result<(String, usize)> {
        let before = self.replies().await?.len();
        self.say(text).await?;
        for turn in 1..=4 {
            let reply = self.reply(before + turn).await?;
            if let Some(number) = reply.complaint_id() {
                return Ok((number, before + turn));
            }
            self.say("ya").await?;
        }
        let replies = self.replies().await?;
        anyhow::bail!("no number after four answers: {:?}", replies.iter().map(|reply| &reply.text).collect::<Vec<_>>())
    }
}
