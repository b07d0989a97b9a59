//! `POST /internal/transcriptions`.

use axum::extract::State;
use contracts::dto::ai::{Transcribe, Transcribed};
use platform::http::auth::Office;
use platform::http::{Json, Problem};
use platform::storage::Key;

use super::{LARGEST, sound_of, tidy};
use crate::App;
use crate::providers::NoTranscript;

/// Writes down what is said in a stored recording.
#[utoipa::path(
    post, path = "/internal/transcriptions", tag = "assistant", request_body = Transcribe,
    responses(
        (status = 200, body = Transcribed),
        (status = 400, description = "no key of a stored file", body = contracts::problem::Problem),
        (status = 404, description = "no such file in this office", body = contracts::problem::Problem),
        (status = 409, description = "no-trusted-provider: nobody may hear recordings here; no-sound; nothing-said", body = contracts::problem::Problem),
        (status = 413, description = "more than 16 MiB", body = contracts::problem::Problem),
        (status = 503, description = "the trusted providers could not, this time", body = contracts::problem::Problem)
    )
)]
pub async fn transcribe(
    State(app): State<App>,
    Office(office): Office,
    Json(body): Json<Transcribe>,
) -> Result<Json<Transcribed>, Problem> {
    let key: Key = body.key.parse().map_err(|error| Problem::validation([("key", format!("{error}"))]))?;
    if !key.is_of(office) {
        return Err(Problem::not_found("no such file"));
    }
    if !app.models.trusts_anybody() {
        return Err(nobody());
    }
    let bytes = app.storage.get(&key, LARGEST).await?;
    let sound = sound_of(&bytes)
        .ok_or_else(|| Problem::conflict("the file is no sound that can be written down").kind("no-sound"))?;
    let heard = app.models.transcribe(office, bytes, sound).await.map_err(|error| match error {
        NoTranscript::NobodyTrusted => nobody(),
        NoTranscript::Failed(_) => {
            Problem::unavailable("the recording could not be written down: try again later").because(&error)
        }
    })?;
    let text = tidy(&heard.value).ok_or_else(|| Problem::conflict("no word could be heard").kind("nothing-said"))?;
    Ok(Json(Transcribed { text, provider: heard.provider.to_owned() }))
}

fn nobody() -> Problem {
    Problem::conflict("no provider is trusted with recordings: AI_TRUSTED_PROVIDERS names none")
        .kind("no-trusted-provider")
}
