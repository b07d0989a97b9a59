//! SQL of contacts.

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use serde_json::Value;

/// The contact that any of these ids belongs to; the oldest if WhatsApp names several.
pub async fn find(tx: &mut Tx, office: OfficeId, values: &[String]) -> Result<Option<ContactId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT contact_id FROM contact_aliases WHERE office_id = $1 AND value = ANY($2) ORDER BY created_at, contact_id LIMIT 1",
        office.0,
        values,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(ContactId))
}

/// A new contact, unless another transaction makes the same one first; then theirs.
pub async fn create(
    tx: &mut Tx,
    office: OfficeId,
    shown: Option<&str>,
    aliases: &[(&str, String)],
    now: DateTime<Utc>,
) -> Result<ContactId, sqlx::Error> {
    let id = ContactId::new();
    sqlx::query!(
        "INSERT INTO user_profiles (contact_id, office_id, wa_user_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)",
        id.0,
        office.0,
        shown,
        now,
    )
    .execute(&mut **tx)
    .await?;
    remember(tx, office, id, aliases).await?;
    let values: Vec<String> = aliases.iter().map(|(_, value)| value.clone()).collect();
    // Whoever was here first keeps it, also if this transaction added an id that they did not know.
    let first = sqlx::query_scalar!(
        "SELECT contact_id FROM contact_aliases WHERE office_id = $1 AND value = ANY($2) AND contact_id <> $3 ORDER BY created_at, contact_id LIMIT 1",
        office.0,
        &values,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let owner = first.map_or(id, ContactId);
    if owner != id {
        sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND contact_id = $2", office.0, id.0)
            .execute(&mut **tx)
            .await?;
        sqlx::query!("DELETE FROM user_profiles WHERE office_id = $1 AND contact_id = $2", office.0, id.0)
            .execute(&mut **tx)
            .await?;
    }
    Ok(owner)
}

/// Adds the ids that are new. Waits for a transaction that adds the same one.
pub async fn remember(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    aliases: &[(&str, String)],
) -> Result<(), sqlx::Error> {
    for (kind, value) in aliases {
        sqlx::query!(
            "INSERT INTO contact_aliases (office_id, value, kind, contact_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            office.0,
            value,
            *kind,
            contact.0,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Keeps the name and number that WhatsApp shows now; answers the id to show.
pub async fn refresh(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    name: Option<&str>,
    phone: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<String>, sqlx::Error> {
    let changed = sqlx::query_scalar!(
        "UPDATE user_profiles SET name = coalesce($3, name), wa_user_id = coalesce($4, wa_user_id), updated_at = $5
         WHERE office_id = $1 AND contact_id = $2 AND (name IS DISTINCT FROM coalesce($3, name) OR wa_user_id IS DISTINCT FROM coalesce($4, wa_user_id))
         RETURNING wa_user_id",
        office.0,
        contact.0,
        name,
        phone,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    match changed {
        Some(shown) => Ok(shown),
        None => sqlx::query_scalar!(
            "SELECT wa_user_id FROM user_profiles WHERE office_id = $1 AND contact_id = $2",
            office.0,
            contact.0
        )
        .fetch_optional(&mut **tx)
        .await
        .map(Option::flatten),
    }
}

/// How to address a contact: by number where there is one.
pub async fn address(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<(String, bool)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT value, kind = 'phone' AS \"is_phone!\" FROM contact_aliases WHERE office_id = $1 AND contact_id = $2
         ORDER BY kind = 'phone' DESC, kind = 'bsuid' DESC, created_at DESC LIMIT 1",
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.value, row.is_phone)))
}

/// Everything that is known of a citizen here.
pub async fn export(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
               'contact_id', p.contact_id, 'name', p.name, 'wa_user_id', p.wa_user_id, 'known_since', p.created_at,
               'aliases', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value)), '[]')
                           FROM contact_aliases a WHERE a.office_id = $1 AND a.contact_id = $2),
               'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('direction', m.direction, 'author', m.author, 'type', m.kind,
                                                                         'text', m.text, 'location', m.location, 'sent_at', m.sent_at)
                                                      ORDER BY m.sent_at), '[]')
                            FROM messages m WHERE m.office_id = $1 AND m.contact_id = $2)) AS "data!"
           FROM user_profiles p WHERE p.office_id = $1 AND p.contact_id = $2"#,
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Forgets who it was and what was said; the bare fact that messages were exchanged stays. The memory of what was
/// seen is untouched, so that a repeated webhook does not bring anything back.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let known = sqlx::query!(
        "UPDATE user_profiles SET name = NULL, wa_user_id = NULL, updated_at = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0,
        now,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE messages SET text = NULL, payload = '{}', media = NULL, location = NULL, reply_id = NULL, wamid = NULL, error = NULL,
                             status = CASE WHEN status IN ('queued', 'sending', 'unconfirmed') THEN 'discarded' ELSE status END
         WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE conversations SET summary = NULL WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(known)
}
