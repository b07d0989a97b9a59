//! All SQL of sessions and of failed sign-ins.
//!
//! Everything here runs before an office is known, in a transaction over all offices that says `sign in` or `session`.

use chrono::{DateTime, Duration, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::lockout::{self, FORGOTTEN_AFTER};
use super::token::TokenHash;
use super::{OfficeChoice, Viewer};
use crate::live_chat::Frame;
use crate::staff::{Role, all_permissions};

/// A session ends after this long without a request…
pub const IDLE: Duration = Duration::hours(12);
/// …and after this long in any case.
const LONGEST: Duration = Duration::days(7);
/// Being seen is written down this often.
const SEEN: Duration = Duration::minutes(1);

/// Begins a session in the person's first office. `None`: they belong to none.
pub async fn start(
    tx: &mut Tx,
    user: Uuid,
    token: &TokenHash,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Option<OfficeId>, sqlx::Error> {
    let Some(office) = offices_of(tx, user).await?.into_iter().next() else { return Ok(None) };
    sqlx::query!(
        "INSERT INTO admin_sessions (token_hash, user_id, office_id, address, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        token.0,
        user,
        office.office_id.0,
        address,
        now,
        now + IDLE,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("UPDATE admin_users SET last_sign_in_at = $2 WHERE id = $1", user, now).execute(&mut **tx).await?;
    // Sessions that nobody ended.
    sqlx::query!("DELETE FROM admin_sessions WHERE expires_at < $1", now).execute(&mut **tx).await?;
    Ok(Some(office.office_id))
}

/// The person behind a token, if their session still runs; notes that they were seen.
pub async fn find(tx: &mut Tx, token: &TokenHash, now: DateTime<Utc>) -> Result<Option<Viewer>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT s.user_id, s.office_id, s.created_at, s.last_seen_at, u.username, u.name, u.role, u.permissions
         FROM admin_sessions s JOIN admin_users u ON u.id = s.user_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.active",
        token.0,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let Ok(role) = row.role.parse::<Role>() else { return Ok(None) };
    let offices = offices_of(tx, row.user_id).await?;
    // An office that was taken from them meanwhile is left for the first that they have.
    let current =
        offices.iter().find(|office| office.office_id.0 == row.office_id).or_else(|| offices.first()).cloned();
    let Some(office) = current else { return Ok(None) };
    if now - row.last_seen_at >= SEEN || office.office_id.0 != row.office_id {
        let expires = (now + IDLE).min(row.created_at + LONGEST);
        sqlx::query!(
            "UPDATE admin_sessions SET last_seen_at = $2, expires_at = $3, office_id = $4 WHERE token_hash = $1",
            token.0,
            now,
            expires,
            office.office_id.0,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(Some(Viewer {
        user_id: row.user_id,
        username: row.username,
        name: row.name,
        role,
        permissions: all_permissions(role, row.permissions),
        office,
        offices,
        frame: Frame::default(),
    }))
}

/// Whether the session still runs and still works in this office; being asked is not being seen.
pub async fn runs(tx: &mut Tx, token: &TokenHash, office: OfficeId, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM admin_sessions s JOIN admin_users u ON u.id = s.user_id
           WHERE s.token_hash = $1 AND s.office_id = $2 AND s.expires_at > $3 AND u.active) AS "runs!""#,
        token.0,
        office.0,
        now,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row)
}

/// Ends a session.
pub async fn end(tx: &mut Tx, token: &TokenHash) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM admin_sessions WHERE token_hash = $1", token.0).execute(&mut **tx).await?;
    Ok(())
}

/// Goes on in another office; whether the person may is the caller's question.
pub async fn switch(tx: &mut Tx, token: &TokenHash, office: OfficeId) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE admin_sessions SET office_id = $2 WHERE token_hash = $1", token.0, office.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The offices that a person may work in, by name: a super admin in all.
async fn offices_of(tx: &mut Tx, user: Uuid) -> Result<Vec<OfficeChoice>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT o.office_id, o.name FROM offices o, admin_users u
         WHERE u.id = $1 AND (u.role = 'super_admin'
             OR EXISTS (SELECT FROM staff_offices s WHERE s.office_id = o.office_id AND s.user_id = u.id))
         ORDER BY o.office_id <> $2, o.name, o.office_id",
        user,
        OfficeId::FIRST.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| OfficeChoice { office_id: OfficeId(row.office_id), name: row.name }).collect())
}

/// Counts a try at this account from this address before the password is looked at. `false`: wait first.
pub async fn count_try(
    tx: &mut Tx,
    account: &str,
    address: &str,
    free: i32,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    // Taken first, so that tries at once stand in line.
    let row = sqlx::query!(
        "INSERT INTO sign_in_failures AS f (account, address, failures, last_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (account, address) DO UPDATE SET
             failures = CASE WHEN f.locked_until > $3 THEN f.failures WHEN f.last_at < $4 THEN 1 ELSE LEAST(f.failures, 1000000) + 1 END,
             last_at = CASE WHEN f.locked_until > $3 THEN f.last_at ELSE $3 END
         RETURNING failures, locked_until",
        account,
        address,
        now,
        now - FORGOTTEN_AFTER,
    )
    .fetch_one(&mut **tx)
    .await?;
    if row.locked_until.is_some_and(|until| until > now) {
        return Ok(false);
    }
    let until = lockout::delay(row.failures, free).map(|wait| now + wait);
    sqlx::query!(
        "UPDATE sign_in_failures SET locked_until = $3 WHERE account = $1 AND address = $2",
        account,
        address,
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// The tries were the person's own.
pub async fn forget_tries(tx: &mut Tx, account: &str, address: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sign_in_failures WHERE account = $1 AND address = $2", account, address)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Gives one try back to an address: it was no guess.
pub async fn give_back(tx: &mut Tx, account: &str, address: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sign_in_failures SET failures = GREATEST(failures - 1, 1) WHERE account = $1 AND address = $2",
        account,
        address,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
