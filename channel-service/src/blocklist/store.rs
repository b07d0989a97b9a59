//! SQL of blocks.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A block as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
    pub id: Uuid,
    pub contact_id: Uuid,
    pub name: Option<String>,
    pub wa_user_id: Option<String>,
    pub reason: String,
    pub by_name: String,
    pub created_at: DateTime<Utc>,
    /// Absent: until somebody lifts it.
    pub expires_at: Option<DateTime<Utc>>,
    pub lifted_at: Option<DateTime<Utc>>,
    pub lifted_by: Option<String>,
}

/// Who of these is blocked now; also by a block of a contact that turned out to be the same person.
pub async fn blocked(
    tx: &mut Tx,
    people: &[(OfficeId, ContactId)],
    now: DateTime<Utc>,
) -> Result<HashSet<ContactId>, sqlx::Error> {
    let (offices, contacts): (Vec<Uuid>, Vec<Uuid>) =
        people.iter().map(|(office, contact)| (office.0, contact.0)).unzip();
    let ids = sqlx::query_scalar!(
        r#"SELECT coalesce(p.merged_into, b.contact_id) AS "id!" FROM blocks b
           JOIN user_profiles p ON p.contact_id = b.contact_id
           WHERE b.office_id = ANY($1) AND coalesce(p.merged_into, b.contact_id) = ANY($2)
             AND b.lifted_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > $3)"#,
        &offices,
        &contacts,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

/// A block to make.
#[derive(Debug)]
pub struct NewBlock<'a> {
    pub contact: ContactId,
    pub reason: &'a str,
    pub by: (&'a str, &'a str),
    pub expires_at: Option<DateTime<Utc>>,
}

/// Blocks a citizen. A block that is in force gets the new reason and end.
pub async fn block(
    tx: &mut Tx,
    office: OfficeId,
    block: &NewBlock<'_>,
    now: DateTime<Utc>,
) -> Result<Uuid, sqlx::Error> {
    let prolonged = sqlx::query_scalar!(
        "UPDATE blocks SET reason = $3, by_id = $4, by_name = $5, expires_at = $6
         WHERE office_id = $1 AND contact_id = $2 AND lifted_at IS NULL RETURNING id",
        office.0,
        block.contact.0,
        block.reason,
        block.by.0,
        block.by.1,
        block.expires_at,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = prolonged {
        return Ok(id);
    }
    sqlx::query_scalar!(
        "INSERT INTO blocks (id, office_id, contact_id, reason, by_id, by_name, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        Uuid::now_v7(),
        office.0,
        block.contact.0,
        block.reason,
        block.by.0,
        block.by.1,
        now,
        block.expires_at,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Lifts a block. `None`: there is none in force under this id.
pub async fn lift(
    tx: &mut Tx,
    office: OfficeId,
    id: Uuid,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<ContactId>, sqlx::Error> {
    let contact = sqlx::query_scalar!(
        "UPDATE blocks SET lifted_at = $3, lifted_by = $4 WHERE office_id = $1 AND id = $2 AND lifted_at IS NULL RETURNING contact_id",
        office.0,
        id,
        now,
        by,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(contact.map(ContactId))
}

/// Lifts those whose time is over; answers whose.
pub async fn expire(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(OfficeId, ContactId)>, sqlx::Error> {
    let rows = sqlx::query!(
        "UPDATE blocks SET lifted_at = $1, lifted_by = 'system:expired' WHERE lifted_at IS NULL AND expires_at <= $1
         RETURNING office_id, contact_id",
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), ContactId(row.contact_id))).collect())
}

/// One block.
pub async fn view(tx: &mut Tx, office: OfficeId, id: Uuid) -> Result<Option<BlockView>, sqlx::Error> {
    sqlx::query_as!(
        BlockView,
        "SELECT b.id, b.contact_id, p.name, p.wa_user_id, b.reason, b.by_name, b.created_at, b.expires_at, b.lifted_at, b.lifted_by
         FROM blocks b JOIN user_profiles p ON p.contact_id = b.contact_id WHERE b.office_id = $1 AND b.id = $2",
        office.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Blocks, the latest first: those in force, or all that ever were; of one citizen, or of all.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    contact: Option<ContactId>,
    all: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BlockView>, sqlx::Error> {
    // Ids are made in the order of time.
    sqlx::query_as!(
        BlockView,
        "SELECT b.id, b.contact_id, p.name, p.wa_user_id, b.reason, b.by_name, b.created_at, b.expires_at, b.lifted_at, b.lifted_by
         FROM blocks b JOIN user_profiles p ON p.contact_id = b.contact_id
         WHERE b.office_id = $1 AND ($2 OR b.lifted_at IS NULL) AND ($3::uuid IS NULL OR b.contact_id = $3) AND ($4::uuid IS NULL OR b.id < $4)
         ORDER BY b.id DESC LIMIT $5",
        office.0,
        all,
        contact.map(|contact| contact.0),
        before,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}
