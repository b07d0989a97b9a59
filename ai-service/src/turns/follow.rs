//! More on a complaint that was sent: added, reopened, answered at case-service.
//!
//! What must stay true: each may be done twice and happens once. Writes to a complaint have no idempotent answer at
//! case-service, so the complaint itself tells whether an earlier try arrived: an addition stands in its description, a
//! move in its status and in its timeline.

use chrono::{DateTime, Utc};
use contracts::dto::case::{ComplaintDetail, UpdateComplaint};
use contracts::message::MediaRef;
use contracts::{ComplaintNumber, ComplaintStatus, ContactId};
use platform::http::client::{Call, CallError};

use super::act::{detail, refused};
use crate::App;
use crate::dialogue::{Deed, StepResult};

/// Staff may change the complaint meanwhile; so often it is read anew.
const TRIES: usize = 3;
/// The longest description that case-service takes.
const LONGEST: usize = 4_000;

/// What a citizen has to say, on which complaint.
pub struct Saying<'a> {
    pub contact: ContactId,
    pub number: ComplaintNumber,
    pub text: &'a str,
    pub media: &'a [MediaRef],
    pub said_at: DateTime<Utc>,
}

/// Puts it onto the complaint, once.
pub async fn follow(app: &App, deed: &Deed, saying: &Saying<'_>, call: &Call) -> Result<StepResult, CallError> {
    for _ in 0..TRIES {
        let now = match detail(app, saying.number, call).await {
            Ok(now) => now,
            Err(CallError::Refused { status: 404 | 400, .. }) => return Ok(StepResult::NotFollowed),
            Err(error) => return refused(error),
        };
        if now.complaint.contact_id != Some(saying.contact) {
            return Ok(StepResult::NotFollowed);
        }
        let body = match change(deed, saying, &now) {
            Change::Needed(body) => body,
            Change::Done => return Ok(StepResult::Followed),
            Change::Impossible => return Ok(StepResult::NotFollowed),
        };
        let call = call.clone().if_match(now.complaint.version);
        let path = format!("/internal/complaints/{}", saying.number);
        match app.case.put::<_, serde_json::Value>(&path, &*body, &call).await {
            Ok(_) => return Ok(StepResult::Followed),
            // Somebody changed it between the look and the change, or an earlier try of ours did.
            Err(CallError::Refused { status: 409 | 412, .. }) => {}
            Err(CallError::Refused { status: 400 | 403 | 404 | 422, .. }) => return Ok(StepResult::NotFollowed),
            Err(error) => return refused(error),
        }
    }
    Ok(StepResult::NotFollowed)
}

enum Change {
    Needed(Box<UpdateComplaint>),
    /// An earlier try arrived.
    Done,
    Impossible,
}

fn change(deed: &Deed, saying: &Saying<'_>, now: &ComplaintDetail) -> Change {
    let by_citizen = UpdateComplaint { by_contact_id: Some(saying.contact), ..UpdateComplaint::default() };
    let words = words(saying);
    let said = now.updates.iter().any(|update| update.reason.as_deref() == Some(words.as_str()));
    match deed {
        Deed::Reopen if now.allowed.contains(&ComplaintStatus::DibukaKembali) => {
            Change::Needed(Box::new(UpdateComplaint {
                status: Some(ComplaintStatus::DibukaKembali),
                reason: Some(words),
                ..by_citizen
            }))
        }
        Deed::Reopen if said && !now.complaint.status.is_closed() => Change::Done,
        Deed::Reopen => Change::Impossible,
        Deed::Answer { .. } if now.complaint.status == ComplaintStatus::MenungguWarga => {
            let back = now.allowed.iter().find(|status| !status.is_closed());
            back.map_or(Change::Impossible, |back| {
                let media = saying.media.to_vec();
                Change::Needed(Box::new(UpdateComplaint {
                    status: Some(*back),
                    reason: Some(words),
                    media,
                    ..by_citizen
                }))
            })
        }
        Deed::Answer { .. } if said => Change::Done,
        // Where nobody waits any more, an answer is still worth reading.
        Deed::Add | Deed::Answer { .. } => add(saying, now, by_citizen),
    }
}

/// The words behind those that are there, with their time.
fn add(saying: &Saying<'_>, now: &ComplaintDetail, by_citizen: UpdateComplaint) -> Change {
    let so_far = &now.complaint.deskripsi;
    let time = platform::clock::jakarta(saying.said_at).format("%d-%m-%Y %H.%M.%S");
    let addition = format!("Tambahan warga ({time}): {}", words(saying));
    if so_far.contains(&addition) {
        return Change::Done;
    }
    let whole = format!("{so_far}\n\n{addition}");
    // What a confidential complaint says is not shown to us: it would be overwritten.
    if so_far.is_empty() || now.complaint.status.is_closed() || whole.chars().count() > LONGEST {
        return Change::Impossible;
    }
    Change::Needed(Box::new(UpdateComplaint { deskripsi: Some(whole), media: saying.media.to_vec(), ..by_citizen }))
}

/// What is written down. Files are added to the complaint, but for a reopening: a closed one takes none.
fn words(saying: &Saying<'_>) -> String {
    match saying.media.len() {
        0 => saying.text.to_owned(),
        n => format!("{} [{n} lampiran di percakapan]", saying.text).trim().to_owned(),
    }
}
