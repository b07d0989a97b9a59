//! SQL of status reports.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::message::MessageStatus;
use contracts::{ConversationId, MessageId, OfficeId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use super::without_nul;
use crate::inbound::parse::StatusReport;

/// A message of ours as reports see it.
#[derive(Debug, Clone)]
pub struct Tracked {
    pub id: MessageId,
    pub office: OfficeId,
    pub conversation_id: ConversationId,
    pub wamid: Option<String>,
    pub status: MessageStatus,
    pub error: Option<Value>,
    /// What WhatsApp called earlier attempts.
    pub former_wamids: Vec<String>,
    /// Messages whose words went out within it.
    pub carries: Vec<MessageId>,
    pub moved: bool,
}

/// Messages of ours by our own ids and by their wamids.
pub async fn tracked(
    tx: &mut Tx,
    ids: &[Uuid],
    offices: &[Uuid],
    wamids: &[String],
) -> Result<Vec<Tracked>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, office_id, conversation_id, wamid, status, former_wamids,
                  ARRAY(SELECT c.id FROM messages c WHERE c.carried_by = m.id ORDER BY c.id) AS "carries!"
           FROM messages m WHERE direction = 'outbound' AND (id = ANY($1) OR (office_id = ANY($2) AND wamid = ANY($3)))"#,
        ids,
        offices,
        wamids,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Tracked {
            id: MessageId(row.id),
            office: OfficeId(row.office_id),
            conversation_id: ConversationId(row.conversation_id),
            wamid: row.wamid,
            status: MessageStatus::from_word(&row.status).unwrap_or(MessageStatus::Failed),
            error: None,
            former_wamids: row.former_wamids,
            carries: row.carries.into_iter().map(MessageId).collect(),
            moved: false,
        })
        .collect())
}

/// Writes how far messages have come.
pub async fn move_messages(tx: &mut Tx, moved: &[&Tracked], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    if moved.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE messages m SET status = u.status, wamid = CASE WHEN m.id = u.id THEN coalesce(m.wamid, u.wamid) END, error = u.error,
             -- A report that came before the send's own answer: WhatsApp drops this one silently, too, one day.
             undelivered_after = CASE WHEN u.status = 'sent' AND m.kind <> 'reaction'
                 THEN coalesce(m.undelivered_after, $5::timestamptz + make_interval(secs => coalesce(m.ttl_seconds, 30 * 86400) + 300))
                 ELSE m.undelivered_after END
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[]) AS u(id, status, wamid, error)
         WHERE m.id = u.id OR m.carried_by = u.id",
        &moved.iter().map(|one| one.id.0).collect::<Vec<_>>(),
        &moved.iter().map(|one| one.status.as_str().to_owned()).collect::<Vec<_>>(),
        &moved.iter().map(|one| one.wamid.clone()).collect::<Vec<_>>() as &[Option<String>],
        &moved.iter().map(|one| one.error.as_ref().map(without_nul)).collect::<Vec<_>>() as &[Option<Value>],
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Notes until when these numbers' statuses have told; once a second is enough.
pub async fn note_traffic(tx: &mut Tx, spoken: &BTreeMap<&str, DateTime<Utc>>) -> Result<(), sqlx::Error> {
    // Locked in their order, and only if there is something to write.
    sqlx::query!(
        "WITH stale AS (
             SELECT n.phone_number_id, s.at FROM numbers n
             JOIN unnest($1::text[], $2::timestamptz[]) AS s(number, at) ON s.number = n.phone_number_id
             WHERE n.last_status_at IS NULL OR n.last_status_at < s.at - interval '1 second'
             ORDER BY n.phone_number_id FOR NO KEY UPDATE OF n)
         UPDATE numbers n SET last_status_at = stale.at FROM stale WHERE n.phone_number_id = stale.phone_number_id",
        &spoken.keys().map(|number| (*number).to_owned()).collect::<Vec<_>>(),
        &spoken.values().copied().collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Keeps reports whose message is not known yet.
pub async fn keep_early(tx: &mut Tx, early: &[(OfficeId, &StatusReport)]) -> Result<(), sqlx::Error> {
    if early.is_empty() {
        return Ok(());
    }
    let mut early = early.to_vec();
    early.sort_by(|(_, one), (_, other)| (&one.wamid, one.status.as_str()).cmp(&(&other.wamid, other.status.as_str())));
    sqlx::query!(
        "INSERT INTO early_statuses (office_id, wamid, status, errors, at)
         SELECT office, wamid, status, errors, at
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[]) WITH ORDINALITY AS u(office, wamid, status, errors, at, n)
         ORDER BY n ON CONFLICT DO NOTHING",
        &early.iter().map(|(office, _)| office.0).collect::<Vec<_>>(),
        &early.iter().map(|(_, report)| report.wamid.clone()).collect::<Vec<_>>(),
        &early.iter().map(|(_, report)| report.status.as_str().to_owned()).collect::<Vec<_>>(),
        &early.iter().map(|(_, report)| without_nul(&report.errors)).collect::<Vec<_>>(),
        &early.iter().map(|(_, report)| report.at).collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
