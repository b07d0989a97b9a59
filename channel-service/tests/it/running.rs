//! The whole service with its workers and a broker, WhatsApp beside it, and an assistant that always has an answer.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use channel_service::{ChannelService, MIGRATOR};
use chrono::Duration;
use contracts::OfficeId;
use contracts::events::Event;
use contracts::events::turn::{MessageReceived, ReplyReady};
use contracts::topology::{self, Queue};
use platform::bus::{Consumer, Delivery, Handler, HandlerError, Outgoing};
use platform::{Context, Daemon};
use testkit::{Api, Test, until};

use crate::graph::{Phones, serve};
use crate::stage::config;

/// What this service reads, and who reads what it says.
pub const QUEUES: [Queue; 8] = [
    topology::CHANNEL_WEBHOOKS,
    topology::CHANNEL_STATUSES,
    topology::CHANNEL_REPLIES,
    topology::CHANNEL_HANDOFFS,
    topology::CHANNEL_OFFICES,
    topology::AI_MESSAGES,
    topology::NOTIFICATION_TURNS,
    topology::NOTIFICATION_STATUSES,
];

pub struct Running {
    pub test: Test,
    pub api: Api,
    pub phones: Phones,
    pub heard: Arc<Mutex<Vec<MessageReceived>>>,
}

impl Running {
    pub async fn new() -> Self {
        let test = Test::with_broker("channel-service", &MIGRATOR, &QUEUES).await;
        let phones = Phones::new(&test).await;
        let heard = Arc::<Mutex<Vec<MessageReceived>>>::default();
        let assistant = Assistant { ctx: test.ctx.clone(), heard: heard.clone() };
        let service = ChannelService::build(test.ctx.clone(), config(&phones.url)).expect("a service");
        let api = test.run::<ChannelService>(service.consumer(Consumer::new(topology::AI_MESSAGES, 1, assistant)));
        let webhook = serve(&test, api.router()).await.join("/webhook/whatsapp").expect("an address");
        phones
            .sim
            .put("/sim/settings", &serde_json::json!({"webhook_url": webhook}))
            .await
            .expect(axum::http::StatusCode::OK);
        Self { test, api, phones, heard }
    }

    pub fn heard(&self) -> Vec<MessageReceived> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Time goes by until the phone shows so many answers.
    pub async fn shown(&self, citizen: &str, answers: usize) -> Vec<String> {
        until("the phone shows the answer", async || {
            self.test.clock.advance(Duration::milliseconds(200));
            let texts = self.phones.texts(citizen).await;
            (texts.len() >= answers).then_some(texts)
        })
        .await
    }
}

/// Repeats what it was told.
struct Assistant {
    ctx: Context,
    heard: Arc<Mutex<Vec<MessageReceived>>>,
}

#[async_trait]
impl Handler for Assistant {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let turn: MessageReceived = delivery.data()?;
        let reply = crate::stage::reply(&turn, &format!("Baik: {}", turn.message));
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(turn);
        let made = Delivery::of(&reply, OfficeId::FIRST, self.ctx.clock.now())?;
        let outgoing = Outgoing::new(ReplyReady::ROUTING_KEY, &made.attributes, made.body);
        self.ctx.bus.publish(&outgoing).await.map_err(|error| HandlerError::Unavailable(error.into()))
    }
}
