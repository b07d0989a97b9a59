//! Looks behind the webhook for the live trace: asks the services' own APIs what became of a message.
//!
//! Only while a page is open and addresses and key are configured; a service that does not answer leaves a gap in the
//! trace and nothing else.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

use crate::problem::Problem;
use crate::state::message::Message;
use crate::state::{App, Shared};

const PATIENCE: Duration = Duration::from_secs(2);

pub fn names(app: &App) -> Vec<&'static str> {
    addresses(app).into_iter().filter(|(_, url)| url.is_some()).map(|(name, _)| name).collect()
}

fn addresses(app: &App) -> [(&'static str, Option<&Url>); 5] {
    let config = &app.config;
    [
        ("channel", config.channel_url.as_ref()),
        ("ai", config.ai_url.as_ref()),
        ("case", config.case_url.as_ref()),
        ("notification", config.notification_url.as_ref()),
        ("dashboard", config.dashboard_url.as_ref()),
    ]
}

/// `GET /sim/services`: which of them are well.
pub async fn health(State(app): State<Shared>) -> Json<Value> {
    let checks =
        addresses(&app).into_iter().filter_map(|(name, url)| url.map(|url| (name, url.clone()))).map(|(name, url)| {
            let app = Arc::clone(&app);
            async move {
                let asked = app.client.get(at(&url, "/health")).timeout(PATIENCE).send().await;
                json!({"name": name, "healthy": asked.is_ok_and(|answer| answer.status().is_success())})
            }
        });
    Json(json!({"data": futures_util::future::join_all(checks).await}))
}

/// `GET /sim/complaints/{id}`: a ticket as case-service knows it, for the trace.
pub async fn complaint(State(app): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let well_formed = id.len() <= 24 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let found = match &app.config.case_url {
        Some(case) if well_formed => get(&app, at(case, &format!("/internal/complaints/{id}"))).await,
        _ => None,
    };
    found.map(Json).ok_or_else(|| Problem::not_found("case-service does not tell"))
}

/// Follows a fresh message through the services and emits a `step` for each thing learnt.
pub fn follow(app: &Shared, message: Message) {
    if !app.events.watched() || app.config.internal_api_key.is_none() {
        return;
    }
    let app = Arc::clone(app);
    app.clone().tasks.spawn(async move {
        tokio::join!(stored(&app, &message), understood(&app, &message));
    });
}

async fn stored(app: &App, message: &Message) {
    let Some(channel) = &app.config.channel_url else { return };
    let mut url = at(channel, "/internal/messages");
    url.query_pairs_mut().append_pair("wa_user_id", &message.citizen).append_pair("limit", "20");
    for _ in 0..40 {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(150)) => {}
            () = app.stop.cancelled() => return,
        }
        let Some(answer) = get(app, url.clone()).await else { continue };
        let rows = answer["data"].as_array().into_iter().flatten();
        if let Some(row) = rows.into_iter().find(|row| row["wamid"] == message.wamid) {
            let learnt = json!({"seq": row["seq"], "conversation_id": row["conversation_id"], "id": row["id"]});
            app.events.emit("step", &json!({"wamid": message.wamid, "step": "stored", "detail": learnt}));
            return;
        }
    }
}

/// A dry run: what the assistant makes of the text, without any effect.
async fn understood(app: &App, message: &Message) {
    let (Some(ai), Some(text), Some(key)) = (&app.config.ai_url, message.text(), &app.config.internal_api_key) else {
        return;
    };
    let question =
        json!({"wa_user_id": message.citizen, "message": text, "message_id": message.wamid, "dry_run": true});
    let asked = app
        .client
        .post(at(ai, "/internal/process-message"))
        .header("x-internal-api-key", key.expose_secret())
        .header("idempotency-key", format!("dry-run-{}", message.wamid))
        .json(&question)
        .send()
        .await;
    let Ok(answer) = asked else { return };
    if !answer.status().is_success() {
        return;
    }
    if let Ok(answer) = answer.json::<Value>().await {
        let learnt = json!({"intent": answer["intent"], "confidence": answer["confidence"],
                            "entities": answer["entities"], "provider": answer["provider"]});
        app.events.emit("step", &json!({"wamid": message.wamid, "step": "understood", "detail": learnt}));
    }
}

async fn get(app: &App, url: Url) -> Option<Value> {
    let key = app.config.internal_api_key.as_ref()?.expose_secret();
    let answer = app.client.get(url).header("x-internal-api-key", key).timeout(PATIENCE).send().await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    answer.json().await.ok()
}

fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}
