//! The SQL of turns' ends.

use chrono::{DateTime, Duration, Utc};
use contracts::events::turn::TurnOutcome;
use contracts::{OfficeId, TurnId};
use platform::{Db, Tx};

use super::KEEP_DAYS;
use crate::notifications::Status;

/// Only one transaction at a time decides about a turn.
async fn lock(tx: &mut Tx, turn: TurnId) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('turn/' || $1::text, 0))", turn.to_string())
        .fetch_one(&mut **tx)
        .await
        .map(drop)
}

/// How the turn ended, if it has. Whoever is told "not yet" holds the turn until their commit.
pub async fn outcome(tx: &mut Tx, office: OfficeId, turn: TurnId) -> Result<Option<TurnOutcome>, sqlx::Error> {
    lock(tx, turn).await?;
    let word = sqlx::query_scalar!(
        "SELECT outcome FROM turn_outcomes WHERE office_id = $1 AND turn_id = $2",
        office.0,
        turn.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let known = [TurnOutcome::Replied, TurnOutcome::Refused, TurnOutcome::HandedOff, TurnOutcome::Expired];
    Ok(word.and_then(|word| known.into_iter().find(|outcome| outcome.as_str() == word)))
}

/// Notes how a turn ended; the first word counts.
pub async fn note(
    tx: &mut Tx,
    office: OfficeId,
    turn: TurnId,
    outcome: TurnOutcome,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    lock(tx, turn).await?;
    sqlx::query!(
        "INSERT INTO turn_outcomes (turn_id, office_id, outcome, closed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        turn.0,
        office.0,
        outcome.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Lets go of what waited for the turn. `true`: something did.
pub async fn release(
    tx: &mut Tx,
    office: OfficeId,
    turn: TurnId,
    next: Status,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE notifications SET status = $3, reason = $4, next_attempt_at = $5, updated_at = $5
         WHERE office_id = $1 AND waits_for_turn = $2 AND status = 'waiting_for_turn'",
        office.0,
        turn.0,
        next.as_str(),
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Throws away what nobody will ask for any more.
pub async fn forget(db: &Db, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut tx = db.all_offices("old turns and early statuses").await?;
    sqlx::query!("DELETE FROM turn_outcomes WHERE closed_at < $1", now - Duration::days(KEEP_DAYS))
        .execute(&mut *tx)
        .await?;
    sqlx::query!("DELETE FROM early_statuses WHERE at < $1", now - Duration::days(1)).execute(&mut *tx).await?;
    tx.commit().await
}
