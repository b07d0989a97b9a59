//! The route of `POST /internal/process-message`.

use std::time::Duration;

use axum::extract::State;
use contracts::dto::ai::{ProcessMessage, ProcessedMessage};
use platform::http::auth::Office;
use platform::http::{Json, Problem};
use platform::idempotency::IdempotencyKey;

use crate::App;
use crate::dialogue::Turn;
use crate::privacy::names::Whose;
use crate::turns::answers::look_up;
use crate::turns::consumer::in_parts;
use crate::understanding::hear::{Speaker, hear};

/// Outside models may take this long in one call: its caller waits less long than a citizen.
const MODELS: Duration = Duration::from_secs(6);

/// Understands a message and answers it. `message_id` or `Idempotency-Key` makes a repeated call hear the first answer.
#[utoipa::path(
    post, path = "/internal/process-message", tag = "assistant", request_body = ProcessMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")),
    responses(
        (status = 200, body = ProcessedMessage),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 503, description = "a service that the answer needs is away", body = contracts::problem::Problem)
    )
)]
pub async fn process_message(
    State(app): State<App>,
    Office(office): Office,
    IdempotencyKey(key): IdempotencyKey,
    Json(body): Json<ProcessMessage>,
) -> Result<Json<ProcessedMessage>, Problem> {
    let wa_user_id = super::check(&body)?;
    let contact = if body.dry_run { None } else { Some(super::contact(&app, office, &wa_user_id).await?) };
    let speaker = Speaker {
        whose: Whose { office, contact, profile: None },
        conversation: contact.map(super::conversation),
        patience: MODELS,
    };
    let turn = in_parts(Turn::words(&body.message, hear(&app, speaker, &body.message).await));
    let knowledge = look_up(&app, speaker.whose, &turn, MODELS).await?;
    let Some(contact) = contact else {
        return super::dry_run(&app, office, &turn, &knowledge).await.map(Json);
    };
    let key = body.message_id.or(key);
    super::for_real(&app, office, contact, key.as_deref(), (&turn, &knowledge)).await.map(Json)
}
