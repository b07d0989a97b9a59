//! The SQL of citizens.

use contracts::dto::notification::NotificationView;
use contracts::{ContactId, NotificationId, OfficeId};
use platform::Tx;

use crate::notifications::store::find;

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

/// Whether the citizen wants nothing but what concerns their own complaints.
pub async fn opted_out(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM opt_outs WHERE office_id = $1 AND contact_id = $2) AS "out!""#,
        office.0,
        contact.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Puts everything of `from` under `into`, also what still comes under `from`, or under ids that became `from` before.
pub async fn merge(tx: &mut Tx, office: OfficeId, from: ContactId, into: ContactId) -> Result<(), sqlx::Error> {
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
    // Whoever opted out under either id has opted out.
    sqlx::query!(
        "INSERT INTO opt_outs (office_id, contact_id, at) SELECT office_id, $3, at FROM opt_outs
         WHERE office_id = $1 AND contact_id = $2 ON CONFLICT DO NOTHING",
        office.0,
        from.0,
        into.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM opt_outs WHERE office_id = $1 AND contact_id = $2", office.0, from.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE notifications SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Everything that a citizen was told, oldest first.
pub async fn told(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<NotificationView>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM notifications WHERE office_id = $1 AND contact_id = $2 ORDER BY created_at, id",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut told = Vec::with_capacity(ids.len());
    for id in ids {
        told.extend(find(tx, office, NotificationId(id)).await?);
    }
    Ok(told)
}

/// Removes everything that a citizen was told or would have been. That they opted out stays: it is their wish.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<u64, sqlx::Error> {
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    let done = sqlx::query!("DELETE FROM notifications WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}
