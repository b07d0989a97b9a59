//! `GET` and `DELETE /internal/citizens/{contact_id}`.

use axum::extract::State;
use contracts::permissions::CITIZEN_PRIVACY;
use contracts::{ContactId, OfficeId};
use http::StatusCode;
use platform::Tx;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::outbox::Cause;
use serde_json::Value;

use super::store;
use crate::App;
use crate::contacts::{self, merge};
use crate::media;

/// Everything that this service knows of a citizen. An id that was merged away leads to the one that stayed.
#[utoipa::path(get, path = "/internal/citizens/{contact_id}", tag = "citizens", params(("contact_id" = String, Path)),
    responses((status = 200, body = Value), (status = 403, description = "The person may not"), (status = 404)))]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact): Path<ContactId>,
) -> Result<Json<Value>, Problem> {
    allow(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact = contacts::current(&mut tx, office, contact).await?;
    let mut data = store::export(&mut tx, office, contact).await?.ok_or_else(unknown)?;
    data["kept_aside"] = store::kept_aside(&mut tx, office, contact).await?.into();
    tx.commit().await?;
    Ok(Json(data))
}

/// Forgets a citizen: messages, files, ids, names, what staff noted, what was put aside.
#[utoipa::path(delete, path = "/internal/citizens/{contact_id}", tag = "citizens", params(("contact_id" = String, Path)),
    responses((status = 204), (status = 403, description = "The person may not"), (status = 404)))]
pub async fn erase(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact): Path<ContactId>,
) -> Result<StatusCode, Problem> {
    allow(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact = contacts::current(&mut tx, office, contact).await?;
    let ids = store::ids(&mut tx, office, contact).await?;
    erase_all(&app, &mut tx, office, contact, &ids).await?;
    tx.commit().await?;
    // What belongs to no office is seen by workers for all of them alone.
    let mut tx = app.ctx.db.all_offices("erasing a citizen from what belongs to nobody").await?;
    store::forget_kept_aside(&mut tx, office, &ids).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.media.woken.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

async fn erase_all(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    ids: &[String],
) -> Result<(), Problem> {
    let now = app.ctx.clock.now();
    // The one order of locks: aliases and profiles, conversations, messages.
    if !store::forget_profile(tx, office, contact, now).await? {
        return Err(unknown());
    }
    let conversations = store::lock_conversations(tx, office, contact).await?;
    media::store::forget(tx, office, contact, now).await?;
    store::forget_messages(tx, office, contact).await?;
    store::forget_notes(tx, office, contact).await?;
    store::forget_kept_aside(tx, office, ids).await?;
    for conversation in conversations {
        merge::tell(app, tx, office, conversation, &Cause::none()).await?;
    }
    Ok(())
}

/// Services act on a person's word that was checked elsewhere; a person needs the permission here too.
fn allow(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(CITIZEN_PRIVACY).map(drop),
    }
}

fn unknown() -> Problem {
    Problem::not_found("this office knows no such citizen")
}
