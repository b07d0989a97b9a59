//! Taking a complaint: everything is computed first, the number is taken last.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SubsecRound, Utc};
use contracts::dto::case::CreateComplaint;
use contracts::dto::channel::{ResolveContact, ResolvedContact};
use contracts::events::complaint::ComplaintCreated;
use contracts::{ComplaintNumber, ComplaintStatus, ContactId, OfficeId, WaUserId};
use platform::Tx;
use platform::clock::jakarta_day;
use platform::http::Problem;
use platform::http::auth::Actor;
use platform::http::client::{Call, CallError};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::{self, Cause};
use tracing::info;
use uuid::Uuid;

use super::draft::{self, Checker, Draft};
use super::store::{self, Entry, NewComplaint, Row};
use super::{Assigned, Complaint, Timing, events};
use crate::calendar::{self, Calendar};
use crate::categories::{self, OpenCategory, answers};
use crate::error::Error;
use crate::{App, citizens};

/// The name under which answers are kept.
const ROUTE: &str = "POST /internal/complaints";

/// Takes a complaint, once per idempotency key.
pub async fn create(
    app: &App,
    office: OfficeId,
    actor: &Actor,
    key: &IdempotencyKey,
    body: &CreateComplaint,
) -> Result<Response, Problem> {
    let mut check = Checker::default();
    let draft = draft::read(body, &mut check);
    let mut tx = app.ctx.db.office(office).await?;
    let category = categories::store::open(&app.ctx, &mut tx, office, &draft.kategori).await?;
    match &category {
        Some(category) => answers::check(&category.fields, &body.fields, &mut check),
        None if draft.kategori.is_empty() => {}
        None => check.refuse("kategori", "is not one of the office's categories"),
    }
    if let Some(at) = body.reported_at {
        if actor.person().is_some() {
            check.refuse("reported_at", "is for services that take complaints over from elsewhere: leave it out");
        } else if at > app.ctx.clock.now() {
            check.refuse("reported_at", "lies in the future");
        }
    }
    let errors = check.finish();
    let Some(category) = category.filter(|_| errors.is_empty()) else {
        tx.commit().await?;
        return Err(Error::Invalid(errors).into());
    };
    let contact = match (body.contact_id, &draft.wa_user_id) {
        (Some(contact), _) => contact,
        (None, wa_user_id) => {
            // No transaction stays open while another service is asked.
            tx.commit().await?;
            let contact = resolve(app, office, wa_user_id.as_ref()).await?;
            tx = app.ctx.db.office(office).await?;
            contact
        }
    };
    match idempotency::begin(&mut tx, office, ROUTE, key, body).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            Ok(before.into_response())
        }
        Begun::Fresh(_) => {
            let contact = citizens::store::present_id(&mut tx, office, contact).await?;
            let at = body.reported_at.unwrap_or_else(|| app.ctx.clock.now()).trunc_subsecs(6);
            let calendar = calendar::store::calendar(&app.ctx, &mut tx, office, at).await?;
            let complaint = first_version(at, contact, category, draft.clone(), body, &calendar);
            write(app, tx, office, actor, key, &complaint, draft.nama, body).await
        }
    }
}

/// Asks channel-service whose WhatsApp id this is.
async fn resolve(app: &App, office: OfficeId, wa_user_id: Option<&WaUserId>) -> Result<ContactId, Problem> {
    let wa_user_id = wa_user_id.map(ToString::to_string).unwrap_or_default();
    let body = ResolveContact { wa_user_id, phone_number_id: None };
    match app.channel.post::<_, ResolvedContact>("/internal/contacts/resolve", &body, &Call::office(office)).await {
        Ok(resolved) => Ok(resolved.contact_id),
        Err(error @ CallError::Refused { status: 400..=499, .. }) => {
            Err(Problem::validation([("wa_user_id", "channel-service does not accept it")]).because(&error))
        }
        Err(error) if error.is_unavailable() => Err(Problem::unavailable(
            "channel-service is away, so that nobody can say whose wa_user_id this is: try again later or give contact_id",
        )
        .because(&error)),
        Err(error) => Err(error.into()),
    }
}

fn first_version(
    now: DateTime<Utc>,
    contact: ContactId,
    category: OpenCategory,
    draft: Draft,
    body: &CreateComplaint,
    calendar: &Calendar,
) -> Complaint {
    Complaint {
        id: Uuid::now_v7(),
        // The day is right; the counter's turn comes last.
        number: ComplaintNumber::new(jakarta_day(now), 0),
        contact_id: Some(contact),
        kategori: category.key,
        kategori_nama: category.name,
        status: ComplaintStatus::Baru,
        status_before: None,
        place: draft.place,
        deskripsi: draft.deskripsi,
        fields: body.fields.clone(),
        urgent: body.urgent,
        anonim: body.anonim,
        rahasia: body.rahasia,
        agency: None,
        escalated_to: None,
        assigned: Assigned::default(),
        duplicate_of: None,
        origin_turn_id: body.origin_turn_id,
        version: 1,
        time: Timing::starting(now, category.sla, calendar),
        created_at: now,
        updated_at: now,
        closed_at: None,
        erased_at: None,
    }
}

/// The last statement of the transaction, and the commit.
#[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
async fn write(
    app: &App,
    mut tx: Tx,
    office: OfficeId,
    actor: &Actor,
    key: &IdempotencyKey,
    complaint: &Complaint,
    nama: Option<String>,
    body: &CreateComplaint,
) -> Result<Response, Problem> {
    let entry = Entry {
        complaint: complaint.id,
        version: 1,
        office_id: office,
        kind: "created",
        actor: actor.label(),
        actor_id: actor.person().map(|person| person.id.clone()),
        from_status: None,
        to_status: Some(complaint.status),
        reason: None,
        remark: None,
        changes: serde_json::json!({}),
        at: complaint.created_at,
    };
    let internal = |error: serde_json::Error| Problem::internal(&error);
    let mut facts = events::facts(complaint);
    if body.reported_at.is_some() {
        // Old news: readers count it, nobody is told.
        facts.contact_id = None;
    }
    let event = ComplaintCreated { facts };
    let event = outbox::row(&app.ctx, office, &event, &Cause::none()).map_err(internal)?;
    // Who reports it has just said all this: nothing is hidden from them.
    let mut view = complaint.view();
    if complaint.anonim {
        // The answer is kept for repeated calls: their name must not be.
        view.contact_id = None;
        view.alias = Some(app.identities.alias(complaint.id));
    }
    let identity = match complaint.contact_id.filter(|_| complaint.anonim) {
        Some(contact) => {
            let sealed = app.identities.seal(complaint.id, contact).map_err(|error| Problem::internal(&error))?;
            Some((app.identities.tag(office, contact), sealed))
        }
        None => None,
    };
    let answer = serde_json::to_value(&view).map_err(internal)?;
    let new = NewComplaint {
        office,
        day: complaint.number.day(),
        row: &Row::of(office, nama, complaint),
        entry: &entry,
        media: &body.media,
        event,
        identity,
        answer: key.0.as_deref().map(|key| (ROUTE, key, &answer)),
    };
    view.complaint_id = store::insert(&mut tx, new).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.metrics.created.inc();
    info!(complaint_id = %view.complaint_id, "a complaint was taken");
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}
