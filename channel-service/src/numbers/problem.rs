//! When the account or the token of a number is at fault: it stops, its messages stay queued, people are told, and it
//! goes on when the token is another one or somebody says so.

use contracts::OfficeId;
use contracts::PhoneNumberId;
use contracts::events::office::NumberUpdated;
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tracing::{error, info};

use super::{Number, NumberView, store};
use crate::App;
use crate::sending::store::Line;

/// Nothing more is sent from this number until it is resumed.
pub async fn stop(app: &App, number: &Number, code: i64, explanation: &str) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let id = &number.phone_number_id.0;
    let refused = app.numbers.token(number).ok().map(|token| fingerprint(&token));
    let mut tx = app.ctx.db.office(number.office).await?;
    let problem = format!("{explanation} ({code})");
    if let Some(view) = store::stop(&mut tx, number.office, id, &problem, code, refused.as_deref(), now).await? {
        error!(
            number = id,
            code, "the account or token is refused: nothing of this number goes out until it is mended"
        );
        app.metrics.stops.inc();
        tell(app, &mut tx, number.office, &view).await?;
    }
    tx.commit().await?;
    app.numbers.forget();
    app.ctx.outbox.wake();
    Ok(())
}

/// The number goes on. `None`: this office has no such number.
pub async fn resume(app: &App, tx: &mut Tx, office: OfficeId, id: &str) -> Result<Option<NumberView>, AppendError> {
    let Some(view) = store::resume(tx, office, id).await? else { return Ok(None) };
    info!(number = id, "the number goes on");
    tell(app, tx, office, &view).await?;
    Ok(Some(view))
}

/// Whether the token from the environment is another one by now than the one that was refused; then the number goes on.
pub async fn other_token(app: &App, tx: &mut Tx, line: &Line) -> Result<bool, AppendError> {
    let Some(refused) = line.refused_token.as_ref().filter(|_| !line.has_own_token) else { return Ok(false) };
    if *refused == fingerprint(app.numbers.default_token()) {
        return Ok(false);
    }
    Ok(resume(app, tx, line.office, &line.phone_number_id).await?.is_some())
}

/// The number as it is now, to everybody who shows it.
pub async fn tell(app: &App, tx: &mut Tx, office: OfficeId, view: &NumberView) -> Result<(), AppendError> {
    let event = NumberUpdated {
        office_id: office,
        phone_number_id: PhoneNumberId(view.phone_number_id.clone()),
        display_phone_number: view.display_phone_number.clone(),
        active: view.active,
        problem: view.problem.clone(),
        version: view.version,
    };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await.map(drop)
}

fn fingerprint(token: &SecretString) -> Vec<u8> {
    Sha256::new_with_prefix(b"govconnect refused token\0").chain_update(token.expose_secret()).finalize().to_vec()
}
