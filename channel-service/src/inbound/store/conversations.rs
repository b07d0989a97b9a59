//! SQL of a batch's conversations.

use chrono::{DateTime, Utc};
use contracts::{ContactId, ConversationId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use crate::inbound::arrival::{Arrival, Place};

/// A conversation that this transaction holds locked, and what the batch does to it.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub id: ConversationId,
    pub office: OfficeId,
    pub contact_id: ContactId,
    pub phone_number_id: String,
    pub status: String,
    pub epoch: i64,
    last_seq: i64,
    last_message_at: Option<DateTime<Utc>>,
    last_inbound_at: Option<DateTime<Utc>>,
    unread: i32,
    minute_at: Option<DateTime<Utc>>,
    /// Messages of the citizen in the present minute.
    pub minute_count: i32,
    pub touched: bool,
}

impl Conversation {
    /// The place of the next message or change.
    pub fn next_seq(&mut self) -> i64 {
        self.touched = true;
        self.last_seq += 1;
        self.last_seq
    }

    /// A message came: lists and the 24 hours go by it.
    pub fn note_message(&mut self, arrival: &Arrival<'_>, now: DateTime<Utc>) {
        let at = if arrival.is_live() { now } else { arrival.message.sent_at };
        self.last_message_at = self.last_message_at.max(Some(at));
        if arrival.opens_window() {
            self.last_inbound_at = self.last_inbound_at.max(Some(arrival.message.sent_at));
        }
        if arrival.is_live() && !arrival.is_outbound() {
            self.unread = self.unread.saturating_add(1);
            if self.minute_at.is_none_or(|at| now - at >= MINUTE) {
                (self.minute_at, self.minute_count) = (Some(now), 0);
            }
            self.minute_count = self.minute_count.saturating_add(1);
        }
    }
}

/// What counts as a flood is counted over this.
const MINUTE: chrono::Duration = chrono::Duration::minutes(1);

/// Locks conversations in the order of their ids: those at these places, of these contacts, and these themselves.
pub async fn lock_conversations(
    tx: &mut Tx,
    places: &[Place<'_>],
    contacts: &[Uuid],
    ids: &[Uuid],
) -> Result<Vec<Conversation>, sqlx::Error> {
    let (offices, owners, numbers) = columns(places);
    let rows = sqlx::query!(
        "WITH wanted AS (
             SELECT c.id FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(office, contact, number)
             JOIN conversations c ON c.office_id = u.office AND c.contact_id = u.contact AND c.phone_number_id = u.number
             UNION SELECT c.id FROM conversations c WHERE c.contact_id = ANY($4)
             UNION SELECT unnest($5::uuid[]))
         SELECT id, office_id, contact_id, phone_number_id, status, epoch, last_seq, last_message_at, last_inbound_at,
                unread, minute_at, minute_count
         FROM conversations WHERE id IN (SELECT id FROM wanted) ORDER BY id FOR UPDATE",
        &offices,
        &owners,
        &numbers,
        contacts,
        ids,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Conversation {
            id: ConversationId(row.id),
            office: OfficeId(row.office_id),
            contact_id: ContactId(row.contact_id),
            phone_number_id: row.phone_number_id,
            status: row.status,
            epoch: row.epoch,
            last_seq: row.last_seq,
            last_message_at: row.last_message_at,
            last_inbound_at: row.last_inbound_at,
            unread: row.unread,
            minute_at: row.minute_at,
            minute_count: row.minute_count,
            touched: false,
        })
        .collect())
}

fn columns(places: &[Place<'_>]) -> (Vec<Uuid>, Vec<Uuid>, Vec<String>) {
    let offices = places.iter().map(|(office, ..)| office.0).collect();
    let contacts = places.iter().map(|(_, contact, _)| contact.0).collect();
    (offices, contacts, places.iter().map(|(.., number)| (*number).to_owned()).collect())
}

/// Makes conversations that are not there yet, in the order of their places.
pub async fn open_conversations(tx: &mut Tx, places: &[Place<'_>]) -> Result<(), sqlx::Error> {
    let (offices, contacts, numbers) = columns(places);
    let ids: Vec<Uuid> = places.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "INSERT INTO conversations (id, office_id, contact_id, phone_number_id)
         SELECT id, office, contact, number
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS u(id, office, contact, number, n) ORDER BY n
         ON CONFLICT ON CONSTRAINT one_conversation_per_contact_and_number DO NOTHING",
        &ids,
        &offices,
        &contacts,
        &numbers,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Writes what the batch did to conversations.
pub async fn update_conversations<'a>(
    tx: &mut Tx,
    touched: impl Iterator<Item = &'a Conversation>,
) -> Result<(), sqlx::Error> {
    let touched: Vec<&Conversation> = touched.collect();
    if touched.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = touched.iter().map(|one| one.id.0).collect();
    let seqs: Vec<i64> = touched.iter().map(|one| one.last_seq).collect();
    let messages: Vec<Option<DateTime<Utc>>> = touched.iter().map(|one| one.last_message_at).collect();
    let inbound: Vec<Option<DateTime<Utc>>> = touched.iter().map(|one| one.last_inbound_at).collect();
    let unread: Vec<i32> = touched.iter().map(|one| one.unread).collect();
    let minutes: Vec<Option<DateTime<Utc>>> = touched.iter().map(|one| one.minute_at).collect();
    let counts: Vec<i32> = touched.iter().map(|one| one.minute_count).collect();
    sqlx::query!(
        "UPDATE conversations c SET last_seq = u.seq, last_message_at = u.message_at, last_inbound_at = u.inbound_at,
                unread = u.unread, minute_at = u.minute_at, minute_count = u.minute_count
         FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::timestamptz[], $7::int[])
              AS u(id, seq, message_at, inbound_at, unread, minute_at, minute_count)
         WHERE c.id = u.id",
        &ids,
        &seqs,
        &messages as &[Option<DateTime<Utc>>],
        &inbound as &[Option<DateTime<Utc>>],
        &unread,
        &minutes as &[Option<DateTime<Utc>>],
        &counts,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
