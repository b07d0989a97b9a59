//! The route of `POST /internal/process-message`.

use axum::extract::State;
use contracts::dto::ai::{ProcessMessage, ProcessedMessage};
use platform::http::auth::Office;
use platform::http::{Json, Problem};
use platform::idempotency::IdempotencyKey;

use crate::App;
use crate::dialogue::Turn;

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
    let understood = app.understanding.understand(&body.message).await;
    let turn = Turn::words(&body.message, understood);
    if body.dry_run {
        return super::dry_run(&app, office, &turn).await.map(Json);
    }
    let key = body.message_id.or(key);
    super::for_real(&app, office, &wa_user_id, key.as_deref(), &turn).await.map(Json)
}
