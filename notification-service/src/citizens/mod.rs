//! Citizens as the notification service knows them: a contact id, and whether they opted out. Export, erasure, and
//! merged contacts.

pub mod http;
pub mod merge;
pub mod store;

use contracts::dto::channel::{ResolveContact, ResolvedContact};
use contracts::{ContactId, OfficeId, WaUserId};
use platform::http::Problem;
use platform::http::client::{Call, CallError};

use crate::App;

/// Asks channel-service whose WhatsApp id this is.
pub async fn resolve(app: &App, office: OfficeId, wa_user_id: Option<&WaUserId>) -> Result<ContactId, Problem> {
    let wa_user_id = wa_user_id.map(ToString::to_string).unwrap_or_default();
    let body = ResolveContact { wa_user_id, phone_number_id: None };
    match app.channel.post::<_, ResolvedContact>("/internal/contacts/resolve", &body, &Call::office(office)).await {
        Ok(resolved) => Ok(resolved.contact_id),
        Err(error @ CallError::Refused { status: 400 | 404 | 409 | 422, .. }) => {
            Err(Problem::validation([("wa_user_id", "channel-service does not accept it")]).because(&error))
        }
        Err(error) if error.is_unavailable() => Err(Problem::unavailable(
            "channel-service is away, so that nobody can say whose wa_user_id this is: try again later or give contact_id",
        )
        .because(&error)),
        Err(error) => Err(error.into()),
    }
}
