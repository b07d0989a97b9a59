//! SQL of exporting and erasing one citizen.

use chrono::{DateTime, Utc};
use contracts::{ContactId, ConversationId, OfficeId};
use platform::Tx;
use serde_json::Value;

/// Everything that is known of a citizen here.
pub async fn export(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
               'contact_id', p.contact_id, 'name', p.name, 'wa_user_id', p.wa_user_id, 'known_since', p.created_at,
               'marketing_stopped_at', p.marketing_stopped_at,
               'merged_from', (SELECT coalesce(jsonb_agg(o.contact_id), '[]') FROM user_profiles o WHERE o.office_id = $1 AND o.merged_into = $2),
               'aliases', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value, 'since', a.created_at)), '[]')
                           FROM contact_aliases a WHERE a.office_id = $1 AND a.contact_id = $2),
               'blocks', (SELECT coalesce(jsonb_agg(jsonb_build_object('reason', b.reason, 'by', b.by_name, 'since', b.created_at,
                                                                       'until', coalesce(b.lifted_at, b.expires_at))), '[]')
                          FROM blocks b WHERE b.office_id = $1 AND b.contact_id = $2),
               'conversations', (SELECT coalesce(jsonb_agg(jsonb_build_object('conversation_id', c.id, 'phone_number_id', c.phone_number_id,
                                                                              'status', c.status, 'summary', c.summary,
                                                                              'takeovers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                                                                  'by', t.admin_name, 'reason', t.reason, 'note', t.note,
                                                                                  'from', t.started_at, 'to', t.ended_at)), '[]')
                                                                                  FROM takeover_sessions t WHERE t.conversation_id = c.id))), '[]')
                                 FROM conversations c WHERE c.office_id = $1 AND c.contact_id = $2),
               'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('direction', m.direction, 'author', m.author, 'type', m.kind,
                                                                         'text', m.text, 'original_text', m.original_text,
                                                                         'revoked_at', m.revoked_at, 'media', m.media,
                                                                         'location', m.location, 'status', m.status, 'sent_at', m.sent_at)
                                                      ORDER BY m.id), '[]')
                            FROM messages m WHERE m.office_id = $1 AND m.contact_id = $2),
               'media', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'type', f.mime_type, 'filename', f.filename, 'size', f.size,
                                                                      'state', f.state, 'path', '/internal/media/' || f.id)), '[]')
                         FROM media f WHERE f.office_id = $1 AND f.contact_id = $2)) AS "data!"
           FROM user_profiles p WHERE p.office_id = $1 AND p.contact_id = $2"#,
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// The ids that WhatsApp calls them by.
pub async fn ids(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT value FROM contact_aliases WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0
    )
    .fetch_all(&mut **tx)
    .await
}

/// What was put aside and names one of their ids, as text.
pub async fn kept_aside(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<String>, sqlx::Error> {
    let items = sqlx::query_scalar!(
        r#"SELECT q.item FROM quarantine q WHERE q.office_id = $1
           AND EXISTS (SELECT 1 FROM contact_aliases a WHERE a.office_id = $1 AND a.contact_id = $2
                       AND position(convert_to('"' || a.value || '"', 'UTF8') IN q.item) > 0) ORDER BY q.created_at"#,
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(items.into_iter().map(|item| String::from_utf8_lossy(&item).into_owned()).collect())
}

/// Forgets it, also what belongs to no office if this transaction may see that.
pub async fn forget_kept_aside(tx: &mut Tx, office: OfficeId, ids: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"DELETE FROM quarantine q WHERE (q.office_id = $1 OR q.office_id IS NULL)
           AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS id WHERE position(convert_to('"' || id || '"', 'UTF8') IN q.item) > 0)"#,
        office.0,
        ids,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Forgets names and ids, of those too that were merged into them. `false`: nobody is known by this id.
pub async fn forget_profile(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    let known = sqlx::query!(
        "UPDATE user_profiles SET name = NULL, wa_user_id = NULL, marketing_stopped_at = NULL, updated_at = $3
         WHERE office_id = $1 AND (contact_id = $2 OR merged_into = $2)",
        office.0,
        contact.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(known.rows_affected() > 0)
}

/// Locks their conversations, in the order of locking.
pub async fn lock_conversations(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
) -> Result<Vec<ConversationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM conversations WHERE office_id = $1 AND contact_id = $2 ORDER BY id FOR UPDATE",
        office.0,
        contact.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ConversationId).collect())
}

/// Forgets what was said; the bare fact that messages were exchanged stays.
pub async fn forget_messages(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM early_statuses WHERE office_id = $1
           AND wamid IN (SELECT wamid FROM messages WHERE office_id = $1 AND contact_id = $2 AND wamid IS NOT NULL)",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE messages SET text = NULL, original_text = NULL, payload = '{}', media = NULL, location = NULL, reply_id = NULL,
                             reply_to = NULL, group_id = NULL, reactions = '[]', wamid = NULL, former_wamids = '{}', error = NULL,
                             status = CASE WHEN status IN ('queued', 'sending', 'unconfirmed') THEN 'discarded' ELSE status END
         WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Forgets what staff and the assistant noted about them.
pub async fn forget_notes(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE conversations SET summary = NULL WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE takeover_sessions SET reason = NULL, note = NULL WHERE office_id = $1
           AND conversation_id IN (SELECT id FROM conversations WHERE office_id = $1 AND contact_id = $2)",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    // That they were blocked stays; why may tell who they are.
    sqlx::query!("UPDATE blocks SET reason = '-' WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}
