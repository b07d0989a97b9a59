//! The life of an outgoing message after acceptance: sent, delivered, read — or failed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::{Webhook, enqueue};
use super::envelope;
use crate::graph::errors::title;
use crate::state::Shared;
use crate::state::message::{Direction, Message, Status};

/// Plays a message's statuses from the start.
pub async fn play(app: Shared, wamid: String, failure: Option<i64>) {
    let times = app.world().settings.auto_status;
    pause(&app, times.sent_ms).await;
    if let Some(code) = failure {
        tell(&app, &wamid, Status::Failed, Some(code));
        return;
    }
    let Some(sent) = tell(&app, &wamid, Status::Sent, None) else { return };
    if sent.kind == "reaction" {
        // Reactions are only ever reported as sent.
        return;
    }
    pause(&app, times.delivered_ms.saturating_sub(times.sent_ms)).await;
    arrive(&app, &wamid).await;
}

/// The part that needs the phone: delivered when it is on, read when it is in sight.
async fn arrive(app: &Shared, wamid: &str) {
    let on = |app: &Shared| {
        let world = app.world();
        let message = world.message(wamid)?;
        let citizen = world.known(&message.citizen)?;
        Some((citizen.online, citizen.open, world.settings.auto_status.read_ms))
    };
    match on(app) {
        Some((true, _, _)) => tell(app, wamid, Status::Delivered, None),
        _ => return,
    };
    if let Some((true, true, Some(read_ms))) = on(app) {
        pause(app, read_ms).await;
        if let Some((true, true, _)) = on(app) {
            tell(app, wamid, Status::Read, None);
        }
    }
}

/// A phone was switched on or taken in hand: what waited for it goes on.
pub fn catch_up(app: &Shared, citizen: &str) {
    let waiting: Vec<String> = app
        .world()
        .conversation(citizen, None)
        .filter(|message| message.direction == Direction::Outbound && message.kind != "reaction")
        .filter(|message| matches!(message.status, Status::Sent | Status::Delivered))
        .map(|message| message.wamid.clone())
        .collect();
    for wamid in waiting {
        let app = Arc::clone(app);
        app.clone().tasks.spawn(async move { arrive(&app, &wamid).await });
    }
}

async fn pause(app: &Shared, ms: u64) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(ms)) => {}
        () = app.stop.cancelled() => {}
    }
}

/// Moves the message forward and sends the webhook for it.
fn tell(app: &Shared, wamid: &str, status: Status, error: Option<i64>) -> Option<Message> {
    let now = app.clock.now_ms();
    let (message, body) = {
        let mut world = app.world();
        let message = world.keep_status(wamid, status, error)?;
        for (tallies, key) in [(0, &message.phone_number_id), (1, &message.citizen)] {
            let tallies = if tallies == 0 { &mut world.senders } else { &mut world.recipients };
            *tallies.entry(key.clone()).or_default().statuses.entry(status.name()).or_default() += 1;
        }
        let number = world.number(&message.phone_number_id)?.clone();
        let citizen = world.citizen(&message.citizen).clone();
        let body = envelope::status(&number, &citizen, &object(&message, citizen.has_phone(), &citizen.user_id(), now));
        (message, body)
    };
    app.events.emit(
        "status",
        &json!({"wamid": wamid, "wa_id": message.citizen, "status": status.name(), "error": error.map(|code| {
            json!({"code": code, "title": title(code)})
        })}),
    );
    enqueue(
        app,
        &Webhook {
            phone_number_id: message.phone_number_id.clone(),
            body,
            wamid: wamid.to_owned(),
            about: status.name(),
        },
    );
    Some(message)
}

fn object(message: &Message, has_phone: bool, user_id: &str, now_ms: i64) -> Value {
    let mut status = json!({
        "id": message.wamid, "status": message.status.name(), "timestamp": (now_ms / 1000).to_string(),
    });
    if has_phone {
        status["recipient_id"] = message.citizen.clone().into();
    }
    // A failure of a message to a phone tells no user id.
    if message.status != Status::Failed || !has_phone {
        status["recipient_user_id"] = user_id.into();
    }
    if let Some(callback) = &message.callback {
        status["biz_opaque_callback_data"] = callback.clone().into();
    }
    if matches!(message.status, Status::Sent | Status::Delivered) {
        let template = message.kind == "template";
        status["pricing"] = json!({
            "billable": template, "pricing_model": "PMP",
            "type": if template { "regular" } else { "free_customer_service" },
            "category": if template { "utility" } else { "service" },
        });
    }
    if let Some(code) = message.error {
        status["errors"] = json!([{
            "code": code, "title": title(code), "message": title(code), "error_data": {"details": details(code)},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }]);
    }
    status
}

fn details(code: i64) -> &'static str {
    match code {
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this \
             number."
        }
        131_026 => "Message undeliverable.",
        131_053 => "The media's type does not fit the message's type.",
        131_009 => "The message reacted to is unknown or older than 30 days.",
        code => title(code),
    }
}
