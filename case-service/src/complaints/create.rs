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
use platform::idempotency::{self, Begun, IdempotencyKey, Replay};
use platform::outbox::{self, Cause};
use serde_json::Value;
use tracing::info;
use uuid::Uuid;

use super::draft::{self, Checker, Draft, Reporter};
use super::store::{self, Entry, NewComplaint, Row};
use super::{Assigned, Complaint, Timing, events, words};
use crate::calendar::{self, Calendar};
use crate::categories::{self, OpenCategory, answers};
use crate::error::Error;
use crate::{App, citizens};

/// The name under which answers are kept.
const ROUTE: &str = "POST /internal/complaints";

/// Who takes a complaint, for its timeline.
#[derive(Debug, Clone)]
pub struct By {
    pub label: String,
    /// A person's id.
    pub id: Option<String>,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        Self { label: actor.label(), id: actor.person().map(|person| person.id.clone()) }
    }
}

/// A complaint as its first answer shows it.
#[derive(Debug)]
pub enum Taken {
    Now(Value),
    /// The same call came before.
    Before(Replay),
}

impl Taken {
    /// The `ComplaintView`.
    pub fn view(&self) -> &Value {
        match self {
            Self::Now(view) => view,
            Self::Before(replay) => replay.body(),
        }
    }
}

impl IntoResponse for Taken {
    fn into_response(self) -> Response {
        match self {
            Self::Now(view) => (StatusCode::CREATED, axum::Json(view)).into_response(),
            Self::Before(replay) => replay.into_response(),
        }
    }
}

/// Takes a complaint, once per idempotency key.
pub async fn create(
    app: &App,
    office: OfficeId,
    by: By,
    key: &IdempotencyKey,
    body: &CreateComplaint,
    reporter: Reporter,
) -> Result<Taken, Problem> {
    let mut check = Checker::default();
    let draft = draft::read(body, reporter, &mut check);
    let mut tx = app.ctx.db.office(office).await?;
    let category = categories::store::open(&app.ctx, &mut tx, office, &draft.kategori).await?;
    match &category {
        Some(category) => answers::check(&category.fields, &body.fields, &mut check),
        None if draft.kategori.is_empty() => {}
        None => check.refuse("kategori", "is not one of the office's categories"),
    }
    if let Some(at) = body.reported_at {
        if by.id.is_some() {
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
        (Some(contact), _) => Some(contact),
        (None, None) => None,
        (None, Some(wa_user_id)) => {
            // No transaction stays open while another service is asked.
            tx.commit().await?;
            let contact = resolve(app, office, wa_user_id).await?;
            tx = app.ctx.db.office(office).await?;
            Some(contact)
        }
    };
    match idempotency::begin(&mut tx, office, ROUTE, key, body).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            Ok(Taken::Before(before))
        }
        Begun::Fresh(_) => {
            let contact = match contact {
                Some(contact) => Some(citizens::store::present_id(&mut tx, office, contact).await?),
                None => None,
            };
            let at = body.reported_at.unwrap_or_else(|| app.ctx.clock.now()).trunc_subsecs(6);
            let calendar = calendar::store::calendar(&app.ctx, &mut tx, office, at).await?;
            let complaint = first_version(at, contact, category, draft.clone(), body, &calendar);
            write(app, tx, office, by, key, &complaint, draft.nama, body).await.map(Taken::Now)
        }
    }
}

/// Asks channel-service whose WhatsApp id this is.
async fn resolve(app: &App, office: OfficeId, wa_user_id: &WaUserId) -> Result<ContactId, Problem> {
    let body = ResolveContact { wa_user_id: wa_user_id.to_string(), phone_number_id: None };
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
    contact: Option<ContactId>,
    category: OpenCategory,
    draft: Draft,
    body: &CreateComplaint,
    calendar: &Calendar,
) -> Complaint {
    Complaint {
        id: Uuid::now_v7(),
        // The day is right; the counter's turn comes last.
        number: ComplaintNumber::new(jakarta_day(now), 0),
        contact_id: contact,
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
    by: By,
    key: &IdempotencyKey,
    complaint: &Complaint,
    nama: Option<String>,
    body: &CreateComplaint,
) -> Result<Value, Problem> {
    let entry = Entry {
        kind: "created",
        to_status: Some(complaint.status),
        ..Entry::begin(office, complaint, by.label, by.id)
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
    words::store::add(&mut tx, office, complaint.id, complaint.created_at, &words::of_complaint(complaint)).await?;
    view.complaint_id = store::insert(&mut tx, new).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.metrics.created.inc();
    info!(complaint_id = %view.complaint_id, "a complaint was taken");
    serde_json::to_value(&view).map_err(internal)
}
