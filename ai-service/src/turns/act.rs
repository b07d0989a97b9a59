//! Stage (b): the plan's steps, taken at case-service, with no transaction open.
//!
//! Every step may be taken twice: writes carry an idempotency key, and a cancellation that finds the complaint cancelled
//! is one. What must stay true: of somebody else's complaint nothing but the public status comes in here.

use chrono::{DateTime, Utc};
use contracts::dto::Page;
use contracts::dto::case::{ComplaintDetail, ComplaintView, CreateComplaint, UpdateComplaint};
use contracts::{ComplaintNumber, ComplaintStatus, ContactId};
use platform::bus::HandlerError;
use platform::http::client::{Call, CallError};
use serde::{Deserialize, Serialize};

use super::{Stored, Work, follow, store};
use crate::App;
use crate::dialogue::{Details, Draft, Known, Step, StepResult};

/// How many complaints a citizen is shown.
const LATEST: u8 = 10;

/// Takes the steps that are left. An error leaves the plan as it stands, to be resumed.
pub async fn act(app: &App, stored: &mut Stored) -> Result<(), HandlerError> {
    for n in stored.results.len()..stored.plan.steps.len() {
        let result = take(app, &stored.work, &stored.plan.steps[n], n).await?;
        stored.results.push(result);
        let mut tx = app.ctx.db.office(stored.work.office).await?;
        store::note_results(&mut tx, stored).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Takes one step.
pub async fn take(app: &App, work: &Work, step: &Step, n: usize) -> Result<StepResult, CallError> {
    let call = Call::office(work.office);
    let key = format!("{}:{n}", work.turn_id);
    match step {
        Step::CreateComplaint { draft } => create(app, work, draft, call, key).await,
        Step::FindComplaint { number } => find(app, work.contact_id, *number, &call).await,
        Step::LatestComplaints => latest(app, work.contact_id, &call).await,
        Step::CancelComplaint { number } => cancel(app, work.contact_id, *number, call, key).await,
        Step::Follow { number, deed, text, media, said_at } => {
            let saying = follow::Saying { contact: work.contact_id, number: *number, text, media, said_at: *said_at };
            follow::follow(app, deed, &saying, &call.key(key)).await
        }
    }
}

/// What we need of the answer to a creation.
#[derive(Deserialize)]
struct Created {
    complaint_id: ComplaintNumber,
    #[serde(default)]
    due_at: Option<DateTime<Utc>>,
}

async fn create(app: &App, work: &Work, draft: &Draft, call: Call, key: String) -> Result<StepResult, CallError> {
    let (key, turn) =
        draft.attempt.as_ref().map_or((key, work.turn_id), |attempt| (attempt.key.clone(), attempt.turn_id));
    let body = CreateComplaint {
        contact_id: Some(work.contact_id),
        kategori: draft.kategori.as_ref().map(ToString::to_string).unwrap_or_default(),
        alamat: draft.alamat.clone().unwrap_or_default(),
        deskripsi: draft.deskripsi.clone().unwrap_or_default(),
        lat: draft.lat,
        lng: draft.lng,
        patokan: draft.patokan.clone(),
        rt: draft.rt.clone(),
        rw: draft.rw.clone(),
        kelurahan: draft.kelurahan.clone(),
        kecamatan: draft.kecamatan.clone(),
        media: draft.media.clone(),
        fields: draft.fields.clone(),
        urgent: draft.urgent,
        anonim: draft.anonim,
        rahasia: draft.rahasia,
        origin_turn_id: Some(turn),
        ..CreateComplaint::default()
    };
    match app.case.post::<_, Created>("/internal/complaints", &body, &call.key(key)).await {
        Ok(created) => Ok(StepResult::Created { number: created.complaint_id, due_at: created.due_at }),
        Err(CallError::Refused { status: 400 | 422, problem, .. }) if !problem.errors.is_empty() => {
            let errors = problem.errors.into_iter().map(|error| (error.field, error.message));
            Ok(StepResult::Invalid { errors: errors.collect() })
        }
        Err(error) => refused(error),
    }
}

async fn find(app: &App, contact: ContactId, number: ComplaintNumber, call: &Call) -> Result<StepResult, CallError> {
    match detail(app, number, call).await {
        Ok(detail) => {
            let own = detail.complaint.contact_id == Some(contact);
            if !own && detail.complaint.rahasia {
                return Ok(StepResult::NotFound);
            }
            let note =
                detail.updates.iter().rev().find_map(|update| update.remark.clone().or_else(|| update.reason.clone()));
            Ok(StepResult::Found { complaint: known(detail.complaint, own, note) })
        }
        Err(CallError::Refused { status: 404 | 400, .. }) => Ok(StepResult::NotFound),
        Err(error) => refused(error),
    }
}

pub(super) async fn detail(app: &App, number: ComplaintNumber, call: &Call) -> Result<ComplaintDetail, CallError> {
    app.case.get(&format!("/internal/complaints/{number}"), call).await
}

#[derive(Serialize)]
struct LatestQuery {
    contact_id: ContactId,
    limit: u8,
    sort: &'static str,
}

async fn latest(app: &App, contact: ContactId, call: &Call) -> Result<StepResult, CallError> {
    let query = LatestQuery { contact_id: contact, limit: LATEST, sort: "-created_at" };
    match app.case.get_query::<_, Page<ComplaintView>>("/internal/complaints", &query, call).await {
        Ok(page) => {
            let own = page.data.into_iter().filter(|view| view.contact_id == Some(contact));
            Ok(StepResult::Listed { complaints: own.map(|view| known(view, true, None)).collect() })
        }
        Err(error) => refused(error),
    }
}

async fn cancel(
    app: &App,
    contact: ContactId,
    number: ComplaintNumber,
    call: Call,
    key: String,
) -> Result<StepResult, CallError> {
    let body = UpdateComplaint {
        status: Some(ComplaintStatus::Dibatalkan),
        by_contact_id: Some(contact),
        ..UpdateComplaint::default()
    };
    let path = format!("/internal/complaints/{number}");
    match app.case.put::<_, serde_json::Value>(&path, &body, &call.clone().key(key)).await {
        Ok(_) => Ok(StepResult::Cancelled),
        // An earlier try may have done it after all.
        Err(CallError::Refused { status: 409, .. }) => {
            let now = detail(app, number, &call).await?;
            let done = now.complaint.contact_id == Some(contact) && now.complaint.status == ComplaintStatus::Dibatalkan;
            Ok(if done { StepResult::Cancelled } else { StepResult::NotCancellable })
        }
        Err(CallError::Refused { status: 403 | 404, .. }) => Ok(StepResult::NotCancellable),
        Err(error) => refused(error),
    }
}

/// A refusal is a result; anything else is not.
pub(super) fn refused(error: CallError) -> Result<StepResult, CallError> {
    match error.status() {
        Some(status) => {
            tracing::warn!(status, service = error.service(), "a step was refused");
            Ok(StepResult::Refused { status })
        }
        None => Err(error),
    }
}

fn known(view: ComplaintView, own: bool, note: Option<String>) -> Known {
    let details = own.then_some(Details {
        kategori: view.kategori_nama,
        key: view.kategori,
        alamat: view.alamat,
        deskripsi: view.deskripsi,
        due_at: view.due_at,
        note,
    });
    Known { number: view.complaint_id, status: view.status, details }
}
