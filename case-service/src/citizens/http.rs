//! What a citizen is owed: everything that we hold about them, and its erasure.

use axum::extract::State;
use contracts::ContactId;
use contracts::dto::case::{CitizenComplaint, CitizenComplaints, CitizenErased};
use contracts::events::complaint::ComplaintUpdated;
use contracts::permissions::CITIZEN_PRIVACY;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::outbox::{self, Cause};
use tracing::info;

use super::store;
use crate::App;
use crate::complaints::http::detail;
use crate::complaints::sight::Sight;
use crate::complaints::store::{Entry, Key, append, find};
use crate::complaints::{Complaint, events, words};

/// The whole of it: this is the citizen's own view.
const EVERYTHING: Sight = Sight { person: None, secret: true, reveal: true };

/// All complaints of a citizen, whole, as the law lets them ask for.
#[utoipa::path(
    get, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = CitizenComplaints))
)]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<CitizenComplaints>, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact_id = store::present_id(&mut tx, office, contact_id).await?;
    let mut complaints = Vec::new();
    for (id, nama) in store::complaints_of(&app.identities, &mut tx, office, contact_id).await? {
        if let Some(complaint) = find(&app.identities, &mut tx, office, Key::Id(id)).await? {
            let detail = detail(&app.identities, &mut tx, office, &complaint, &EVERYTHING, Vec::new()).await?;
            complaints.push(CitizenComplaint { nama, detail });
        }
    }
    tx.commit().await?;
    Ok(Json(CitizenComplaints { contact_id, complaints }))
}

/// Blanks a citizen's complaints. Numbers, categories and statuses stay; whose they were and what they said does not.
#[utoipa::path(
    delete, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = CitizenErased))
)]
pub async fn erase(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<CitizenErased>, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact_id = store::present_id(&mut tx, office, contact_id).await?;
    let now = app.ctx.clock.now();
    for (id, _) in store::complaints_of(&app.identities, &mut tx, office, contact_id).await? {
        if let Some(complaint) = find(&app.identities, &mut tx, office, Key::Id(id)).await? {
            let lost = words::of_complaint(&complaint);
            words::store::remove(&mut tx, office, id, complaint.created_at, &lost).await?;
        }
    }
    let erased = store::erase(&app.identities, &mut tx, office, contact_id, now).await?;
    for id in &erased {
        let Some(complaint) = find(&app.identities, &mut tx, office, Key::Id(*id)).await? else { continue };
        append(&mut tx, &tombstone(office, &actor, &complaint)).await?;
        let event = ComplaintUpdated { facts: events::facts(&complaint), remark: None, followers: Vec::new() };
        outbox::append(&app.ctx, &mut tx, office, &event, &Cause::none()).await?;
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.metrics.erased.inc_by(erased.len() as u64);
    info!(complaints = erased.len(), "a citizen's complaints were erased");
    Ok(Json(CitizenErased { contact_id, erased: i64::try_from(erased.len()).unwrap_or(i64::MAX) }))
}

/// Services may, for the citizen who asks in the conversation; persons need the permission.
fn may(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(CITIZEN_PRIVACY).map(drop),
    }
}

fn tombstone(office: contracts::OfficeId, actor: &Actor, complaint: &Complaint) -> Entry {
    let actor_id = actor.person().map(|person| person.id.clone());
    Entry { kind: "erased", ..Entry::begin(office, complaint, actor.label(), actor_id) }
}
