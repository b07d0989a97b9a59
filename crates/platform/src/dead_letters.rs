//! Dead letters: what could not be handled lies in a table, with office, reason and history, until a person decides.
//!
//! Each service drains the `.dead` queues of its own queues. Listing, redriving and dropping work on the table.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use contracts::OfficeId;
use contracts::dto::{MAX_LIMIT, Page};
use contracts::topology::Queue;
use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::{error, info, warn};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::bus::REDRIVEN;
use crate::http::auth::{Actor, Office};
use crate::http::{Path, Problem, Query};
use crate::{Context, Tx};

/// Namespace of the ids of dead letters, so that a redelivered one is the same row.
const IDS: Uuid = Uuid::from_u128(0x6763_6465_6164_4c65_8000_7474_6572_7300);

/// A dead letter as lists show it. Its body may hold personal data and is not part of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeadLetter {
    pub id: Uuid,
    pub queue: String,
    pub routing_key: String,
    pub event_id: Option<Uuid>,
    pub reason: String,
    pub history: serde_json::Value,
    pub state: String,
    pub died_at: DateTime<Utc>,
    pub settled_by: Option<String>,
}

/// Moves a `.dead` queue into the table until the stop.
pub async fn drain(ctx: Context, queue: Queue) -> anyhow::Result<()> {
    ctx.db.migrated().await;
    while !ctx.tasks.shutdown().is_cancelled() {
        tokio::select! {
            () = ctx.tasks.shutdown().cancelled() => {}
            end = drain_once(&ctx, &queue) => {
                if let Err(error) = end {
                    warn!(queue = queue.name(), error = format!("{error:#}"), "draining dead letters is interrupted");
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
    Ok(())
}

async fn drain_once(ctx: &Context, queue: &Queue) -> anyhow::Result<()> {
    let channel = ctx.bus.channel().await?;
    channel.basic_qos(8, BasicQosOptions::default()).await?;
    let name = ctx.bus.names().dead(queue);
    let mut stream =
        channel.basic_consume(name.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await?;
    while let Some(message) = stream.next().await {
        let message = message?;
        keep(ctx, queue, &message).await?;
        message.acker.ack(BasicAckOptions::default()).await?;
        error!(queue = queue.name(), "a dead letter waits for a person");
    }
    Ok(())
}

/// Writes the row, or finds it written.
async fn keep(ctx: &Context, queue: &Queue, message: &lapin::message::Delivery) -> anyhow::Result<()> {
    let headers = crate::bus::headers(message);
    let get = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let uuid = |name: &str| get(name).and_then(|text| text.parse::<Uuid>().ok());
    let event_id = uuid("cloudEvents_id");
    let known_by = event_id.map_or_else(|| hex::encode(Sha256::digest(&message.data)), |id| id.to_string());
    let id = Uuid::new_v5(&IDS, format!("{}/{known_by}/{}", queue.name(), get(REDRIVEN).unwrap_or("0")).as_bytes());
    let history: Vec<&str> = get("x-gc-history").map(|text| text.lines().collect()).unwrap_or_default();
    let reason = history.last().copied().unwrap_or("the broker gave it up after too many deliveries");
    let routing_key = get("x-gc-routing-key").unwrap_or(queue.binding);

    let mut tx = ctx.db.all_offices("draining dead letters").await?;
    sqlx::query!(
        "INSERT INTO dead_letters (id, office_id, queue, routing_key, event_id, headers, body, reason, history, died_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        id,
        uuid("cloudEvents_officeid"),
        queue.name(),
        routing_key,
        event_id,
        serde_json::to_value(headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>())?,
        message.data,
        reason,
        serde_json::to_value(&history)?,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    count(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn count(ctx: &Context, tx: &mut Tx) -> Result<(), sqlx::Error> {
    let dead = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM dead_letters WHERE state = 'dead'"#)
        .fetch_one(&mut **tx)
        .await?;
    ctx.metrics.dead_letters.set(dead);
    Ok(())
}

/// The routes that every service has.
pub fn routes() -> Router<Context> {
    Router::new()
        .route("/internal/dead-letters", get(list))
        .route("/internal/dead-letters/{id}/redrive", post(redrive))
        .route("/internal/dead-letters/{id}/drop", post(drop_letter))
}

/// Which dead letters to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<String>,
    limit: Option<u32>,
    /// Those that died before anyone knew whose they were, such as raw webhooks.
    #[serde(default)]
    unassigned: bool,
}

/// Whose dead letters a call is about.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    unassigned: bool,
}

/// Opens the transaction in which those letters are seen. What belongs to no office is not for an office's staff.
async fn open(ctx: &Context, office: OfficeId, actor: &Actor, unassigned: bool) -> Result<(Tx, Option<Uuid>), Problem> {
    if !unassigned {
        return Ok((ctx.db.office(office).await?, Some(office.0)));
    }
    if actor.person().is_some_and(|person| person.office.is_some()) {
        return Err(Problem::forbidden("what belongs to no office is for whoever runs the system"));
    }
    Ok((ctx.db.all_offices("dead letters of no office").await?, None))
}

async fn list(
    State(ctx): State<Context>,
    Office(office): Office,
    actor: Actor,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<DeadLetter>>, Problem> {
    let (mut tx, whose) = open(&ctx, office, &actor, filter.unassigned).await?;
    let letters = sqlx::query_as!(
        DeadLetter,
        "SELECT id, queue, routing_key, event_id, reason, history, state, died_at, settled_by FROM dead_letters
         WHERE office_id IS NOT DISTINCT FROM $1 AND state = $2 ORDER BY died_at DESC LIMIT $3",
        whose,
        filter.state.as_deref().unwrap_or("dead"),
        i64::from(filter.limit.unwrap_or(50).clamp(1, MAX_LIMIT)),
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Json(Page::whole(letters)))
}

/// Sends it back to its queue, as new.
async fn redrive(
    State(ctx): State<Context>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<Whose>,
) -> Result<Json<DeadLetter>, Problem> {
    let (mut tx, whose) = open(&ctx, office, &actor, query.unassigned).await?;
    let letter = settle(&mut tx, whose, id, "redriven", &actor, &ctx).await?;
    let stored =
        sqlx::query!("SELECT queue, headers, body FROM dead_letters WHERE id = $1", id).fetch_one(&mut *tx).await?;
    let mut headers: Vec<(String, String)> =
        serde_json::from_value::<std::collections::BTreeMap<String, String>>(stored.headers)
            .map_err(|error| Problem::internal(&error))?
            .into_iter()
            .filter(|(name, _)| !name.starts_with("x-gc-attempt") && !name.starts_with("x-gc-history"))
            .collect();
    let times: u32 = headers.iter().find(|(name, _)| name == REDRIVEN).and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
    headers.retain(|(name, _)| name != REDRIVEN);
    headers.push((REDRIVEN.to_owned(), (times + 1).to_string()));
    // Published before the commit: if the commit fails it is handled twice at worst, and the inbox knows it.
    ctx.bus
        .send("", &ctx.bus.names().queue_named(&stored.queue), true, &headers, &stored.body)
        .await
        .map_err(|error| Problem::unavailable("the broker is away: try again later").because(&error))?;
    tx.commit().await?;
    info!(dead_letter = %id, by = actor.label(), "a dead letter was redriven");
    Ok(Json(letter))
}

/// Gives it up.
async fn drop_letter(
    State(ctx): State<Context>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<Whose>,
) -> Result<Json<DeadLetter>, Problem> {
    let (mut tx, whose) = open(&ctx, office, &actor, query.unassigned).await?;
    let letter = settle(&mut tx, whose, id, "dropped", &actor, &ctx).await?;
    tx.commit().await?;
    info!(dead_letter = %id, by = actor.label(), "a dead letter was dropped");
    Ok(Json(letter))
}

async fn settle(
    tx: &mut Tx,
    whose: Option<Uuid>,
    id: Uuid,
    state: &str,
    actor: &Actor,
    ctx: &Context,
) -> Result<DeadLetter, Problem> {
    let settled = sqlx::query_as!(
        DeadLetter,
        "UPDATE dead_letters SET state = $3, settled_at = $4, settled_by = $5
         WHERE id = $1 AND office_id IS NOT DISTINCT FROM $2 AND state = 'dead'
         RETURNING id, queue, routing_key, event_id, reason, history, state, died_at, settled_by",
        id,
        whose,
        state,
        ctx.clock.now(),
        actor.label(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    settled.ok_or_else(|| Problem::not_found("there is no such dead letter that waits"))
}
