//! The SQL of citizens.

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::ERASED;
use crate::identity::{self, Identities};

/// The id under which a contact is known now.
pub async fn present_id(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<ContactId, sqlx::Error> {
    let known = sqlx::query_scalar!(
        "SELECT contact_id FROM contact_aliases WHERE office_id = $1 AND alias = $2",
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(known.map_or(contact, ContactId))
}

/// Puts everything of `from` under `into`, also what still comes under `from`, or under ids that became `from` before.
pub async fn merge(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    from: ContactId,
    into: ContactId,
) -> Result<(), sqlx::Error> {
    // If `into` was an alias once, it is none any more: the newest word counts.
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND alias = $2", office.0, into.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE contact_aliases SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2 AND alias <> $3",
        office.0,
        from.0,
        into.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO contact_aliases (office_id, alias, contact_id) VALUES ($1, $2, $3)
         ON CONFLICT (office_id, alias) DO UPDATE SET contact_id = $3, merged_at = now()",
        office.0,
        from.0,
        into.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE complaints SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await?;
    identity::store::merge(identities, tx, office, from, into).await
}

/// A citizen's complaints, oldest first, with the name that they gave.
pub async fn complaints_of(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
) -> Result<Vec<(Uuid, Option<String>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, reporter_name FROM complaints WHERE office_id = $1 AND (contact_id = $2 OR id IN (
             SELECT complaint FROM complaint_identities WHERE office_id = $1 AND tag = $3))
         ORDER BY created_at, id",
        office.0,
        contact.0,
        &identities.tag(office, contact),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.reporter_name)).collect())
}

/// Blanks a citizen's complaints: what they wrote, where exactly, their name, their files, who they are. Number,
/// category, area, status and times stay as a tombstone. Returns the ids.
pub async fn erase(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let erased = sqlx::query_scalar!(
        "UPDATE complaints SET contact_id = NULL, reporter_name = NULL, alamat = $3, deskripsi = $3, lat = NULL, lng = NULL,
             patokan = NULL, rt = NULL, rw = NULL, fields = '{}', origin_turn_id = NULL, version = version + 1, updated_at = $4,
             erased_at = $4
         WHERE office_id = $1 AND (contact_id = $2 OR id IN (
             SELECT complaint FROM complaint_identities WHERE office_id = $1 AND tag = $5)) RETURNING id",
        office.0,
        contact.0,
        ERASED,
        now,
        &identities.tag(office, contact),
    )
    .fetch_all(&mut **tx)
    .await?;
    identity::store::forget(identities, tx, office, contact).await?;
    sqlx::query!("SELECT set_config('app.erasing', 'on', true)").fetch_one(&mut **tx).await?;
    sqlx::query!(
        "UPDATE complaint_updates SET changes = '{}', reason = NULL, remark = NULL WHERE office_id = $1 AND complaint = ANY($2)",
        office.0,
        &erased,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("SELECT set_config('app.erasing', '', true)").fetch_one(&mut **tx).await?;
    sqlx::query!("DELETE FROM complaint_media WHERE office_id = $1 AND complaint = ANY($2)", office.0, &erased)
        .execute(&mut **tx)
        .await?;
    // Answers that are kept for repeated calls hold the same words.
    let ids: Vec<String> = erased.iter().map(Uuid::to_string).collect();
    sqlx::query!(
        "UPDATE idempotency SET answer = (answer - '{contact_id,lat,lng,patokan,rt,rw,fields}'::text[])
             || jsonb_build_object('alamat', $3::text, 'deskripsi', $3::text)
         WHERE office_id = $1 AND answer ->> 'id' = ANY($2)",
        office.0,
        &ids,
        ERASED,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    Ok(erased)
}
