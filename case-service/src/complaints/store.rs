//! The SQL of complaints. The caller owns the transaction; every query names the office.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::dto::case::ComplaintUpdateView;
use contracts::message::MediaRef;
use contracts::{Category, ComplaintNumber, ComplaintStatus, ContactId, OfficeId, TurnId};
use platform::Tx;
use platform::outbox;
use serde::Serialize;
use serde_json::{Value, json};
use tracing::error;
use uuid::Uuid;

use super::{Assigned, Complaint, Place, Timing};
use crate::categories::store::{sla, unit_word};
use crate::identity::Identities;

/// How a caller names a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Id(Uuid),
    Number(ComplaintNumber),
}

impl Key {
    /// Reads a number or a UUID.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Number).ok().or_else(|| Uuid::parse_str(text).map(Self::Id).ok())
    }
}

/// A row of `complaints` with its category's name. Serialised, it is the row that [`insert`] writes.
#[derive(Debug, sqlx::FromRow, Serialize)]
pub struct Row {
    pub id: Uuid,
    pub office_id: Uuid,
    pub complaint_id: String,
    pub contact_id: Option<Uuid>,
    pub reporter_name: Option<String>,
    pub kategori: String,
    #[serde(skip)]
    pub kategori_nama: String,
    /// Who is behind it, when it is anonymous.
    #[serde(skip)]
    pub sealed: Option<Vec<u8>>,
    pub status: String,
    pub status_before: Option<String>,
    pub paused_at: Option<DateTime<Utc>>,
    pub alamat: String,
    pub deskripsi: String,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub patokan: Option<String>,
    pub rt: Option<String>,
    pub rw: Option<String>,
    pub kelurahan: Option<String>,
    pub kecamatan: Option<String>,
    /// The kelurahan in small letters, as lists look for it.
    pub area_key: Option<String>,
    pub words_written: bool,
    pub fields: Value,
    pub urgent: bool,
    pub anonim: bool,
    pub rahasia: bool,
    pub agency: Option<String>,
    pub duplicate_of: Option<Uuid>,
    pub origin_turn_id: Option<Uuid>,
    pub version: i64,
    pub sla_amount: i32,
    pub sla_unit: String,
    pub clock_started_at: DateTime<Utc>,
    pub paused_seconds: i64,
    pub due_at: DateTime<Utc>,
    pub warn_at: Option<DateTime<Utc>>,
    pub sla_warned_at: Option<DateTime<Utc>>,
    pub sla_breached_at: Option<DateTime<Utc>>,
    pub escalated_to: Option<String>,
    pub assigned_agency: Option<String>,
    pub assigned_to: Option<String>,
    pub assigned_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
}

impl Row {
    /// The row of a complaint in its office.
    pub fn of(office: OfficeId, nama: Option<String>, complaint: &Complaint) -> Self {
        let Complaint { place, time, .. } = complaint.clone();
        Self {
            id: complaint.id,
            office_id: office.0,
            complaint_id: complaint.number.to_string(),
            contact_id: complaint.contact_id.filter(|_| !complaint.anonim).map(Into::into),
            reporter_name: nama,
            kategori: complaint.kategori.0.clone(),
            kategori_nama: complaint.kategori_nama.clone(),
            sealed: None,
            status: complaint.status.to_string(),
            status_before: complaint.status_before.map(|status| status.to_string()),
            paused_at: time.paused_at,
            alamat: place.alamat,
            deskripsi: complaint.deskripsi.clone(),
            lat: place.lat,
            lng: place.lng,
            patokan: place.patokan,
            rt: place.rt,
            rw: place.rw,
            area_key: place.kelurahan.as_ref().map(|name| name.to_lowercase()),
            words_written: true,
            kelurahan: place.kelurahan,
            kecamatan: place.kecamatan,
            fields: json!(complaint.fields),
            urgent: complaint.urgent,
            anonim: complaint.anonim,
            rahasia: complaint.rahasia,
            agency: complaint.agency.clone(),
            duplicate_of: complaint.duplicate_of,
            origin_turn_id: complaint.origin_turn_id.map(Into::into),
            version: complaint.version,
            sla_amount: time.sla.amount,
            sla_unit: unit_word(time.sla.unit).to_owned(),
            clock_started_at: time.clock_started_at,
            paused_seconds: time.paused_seconds,
            due_at: time.due_at,
            warn_at: Some(time.warn_at),
            sla_warned_at: time.warned_at,
            sla_breached_at: time.breached_at,
            escalated_to: complaint.escalated_to.clone(),
            assigned_agency: complaint.assigned.agency.clone(),
            assigned_to: complaint.assigned.to.clone(),
            assigned_name: complaint.assigned.name.clone(),
            created_at: complaint.created_at,
            updated_at: complaint.updated_at,
            closed_at: complaint.closed_at,
            erased_at: complaint.erased_at,
        }
    }
}

impl Row {
    /// The complaint, with its reporter opened.
    pub fn read(self, identities: &Identities) -> Result<Complaint, sqlx::Error> {
        let row = self;
        let hidden = row.sealed.as_deref().map(|sealed| identities.open(row.id, sealed));
        if let Some(Err(error)) = &hidden {
            // What it says can still be worked on; whom to tell can't be known until the key is back.
            error!(complaint = %row.id, error = error as &dyn std::error::Error, "the reporter can't be read");
        }
        Ok(Complaint {
            id: row.id,
            number: row.complaint_id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            contact_id: row.contact_id.map(ContactId).or(hidden.and_then(Result::ok)),
            kategori: Category(row.kategori),
            kategori_nama: row.kategori_nama,
            status: status(&row.status)?,
            status_before: row.status_before.as_deref().map(status).transpose()?,
            place: Place {
                alamat: row.alamat,
                lat: row.lat,
                lng: row.lng,
                patokan: row.patokan,
                rt: row.rt,
                rw: row.rw,
                kelurahan: row.kelurahan,
                kecamatan: row.kecamatan,
            },
            deskripsi: row.deskripsi,
            fields: serde_json::from_value(row.fields).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            urgent: row.urgent,
            anonim: row.anonim,
            rahasia: row.rahasia,
            agency: row.agency,
            duplicate_of: row.duplicate_of,
            origin_turn_id: row.origin_turn_id.map(TurnId),
            version: row.version,
            time: Timing {
                sla: sla(row.sla_amount, &row.sla_unit)?,
                clock_started_at: row.clock_started_at,
                paused_at: row.paused_at,
                paused_seconds: row.paused_seconds,
                due_at: row.due_at,
                warn_at: row.warn_at.unwrap_or(row.due_at),
                warned_at: row.sla_warned_at,
                breached_at: row.sla_breached_at,
            },
            escalated_to: row.escalated_to,
            assigned: Assigned { agency: row.assigned_agency, to: row.assigned_to, name: row.assigned_name },
            created_at: row.created_at,
            updated_at: row.updated_at,
            closed_at: row.closed_at,
            erased_at: row.erased_at,
        })
    }
}

fn status(word: &str) -> Result<ComplaintStatus, sqlx::Error> {
    word.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// An entry for the timeline. Serialised, it is the row of `complaint_updates`.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    pub complaint: Uuid,
    pub version: i64,
    pub office_id: OfficeId,
    pub kind: &'static str,
    pub actor: String,
    pub actor_id: Option<String>,
    pub from_status: Option<ComplaintStatus>,
    pub to_status: Option<ComplaintStatus>,
    pub reason: Option<String>,
    pub remark: Option<String>,
    pub changes: Value,
    pub at: DateTime<Utc>,
}

impl Entry {
    /// An entry for the complaint's present version that says nothing yet.
    pub fn begin(office: OfficeId, complaint: &Complaint, actor: String, actor_id: Option<String>) -> Self {
        Self {
            complaint: complaint.id,
            version: complaint.version,
            office_id: office,
            kind: "fields",
            actor,
            actor_id,
            from_status: None,
            to_status: None,
            reason: None,
            remark: None,
            changes: json!({}),
            at: complaint.updated_at,
        }
    }

    /// As timelines show it.
    pub fn view(&self) -> ComplaintUpdateView {
        ComplaintUpdateView {
            version: self.version,
            kind: self.kind.to_owned(),
            actor: self.actor.clone(),
            from: self.from_status,
            to: self.to_status,
            reason: self.reason.clone(),
            remark: self.remark.clone(),
            changes: self.changes.clone(),
            at: self.at,
        }
    }
}

/// Everything that a new complaint writes. Where its number belongs stands any number; [`insert`] puts in the real one.
#[derive(Debug)]
pub struct NewComplaint<'a> {
    pub office: OfficeId,
    pub day: NaiveDate,
    pub row: &'a Row,
    pub entry: &'a Entry,
    pub media: &'a [MediaRef],
    pub event: outbox::Row,
    /// Who is behind an anonymous one: tag and seal.
    pub identity: Option<([u8; 32], Vec<u8>)>,
    /// The idempotency key to answer under: route and key, and the answer.
    pub answer: Option<(&'static str, &'a str, &'a Value)>,
}

/// Takes the day's next number and writes everything under it, in one statement: the counter's row is locked for as
/// long as this takes and the commit after it, and nothing else happens in between. A rollback gives the number back.
pub async fn insert(tx: &mut Tx, new: NewComplaint<'_>) -> Result<ComplaintNumber, sqlx::Error> {
    let encode = |error: serde_json::Error| sqlx::Error::Encode(Box::new(error));
    let media: Vec<Value> = new
        .media
        .iter()
        .enumerate()
        .map(|(position, item)| {
            json!({
                "complaint": new.row.id, "position": position, "office_id": new.office, "media_id": item.id,
                "mime_type": item.mime_type, "filename": item.filename, "key": item.key,
            })
        })
        .collect();
    let body: Value = serde_json::from_slice(&new.event.body).map_err(encode)?;
    let (route, key, answer) = match new.answer {
        Some((route, key, answer)) => (Some(route), Some(key), Some(answer)),
        None => (None, None, None),
    };
    let (tag, sealed) = new.identity.unzip();
    let tag = tag.map(Vec::from);
    let counter = sqlx::query_scalar!(
        r#"WITH counter AS (
            INSERT INTO complaint_counters AS c (office_id, day, last) VALUES ($1, $2, 1)
            ON CONFLICT (office_id, day) DO UPDATE SET last = c.last + 1
            RETURNING last
        ), numbered AS (
            SELECT last, 'LAP-' || to_char($2::date, 'YYYYMMDD') || '-' || lpad(last::text, greatest(3, length(last::text)), '0') AS number
            FROM counter
        ), complaint AS (
            INSERT INTO complaints
            SELECT row.* FROM numbered, jsonb_populate_record(NULL::complaints, $3 || jsonb_build_object('complaint_id', number)) AS row
        ), entry AS (
            INSERT INTO complaint_updates SELECT * FROM jsonb_populate_record(NULL::complaint_updates, $4)
        ), media AS (
            INSERT INTO complaint_media SELECT * FROM jsonb_populate_recordset(NULL::complaint_media, $5)
        ), identity AS (
            INSERT INTO complaint_identities (complaint, office_id, tag, sealed)
            SELECT ($3::jsonb ->> 'id')::uuid, $1, $14::bytea, $15::bytea WHERE $14::bytea IS NOT NULL
        ), event AS (
            INSERT INTO outbox (event_id, office_id, routing_key, aggregate, headers, body)
            SELECT $6, $1, $7, $8, $9, convert_to(($10::jsonb || jsonb_build_object('complaint_id', number))::text, 'UTF8')
            FROM numbered
        ), answer AS (
            UPDATE idempotency SET status = 201, answer = $13::jsonb || jsonb_build_object('complaint_id', number)
            FROM numbered WHERE office_id = $1 AND route = $11::text AND key = $12::text
        )
        SELECT last AS "last!" FROM numbered"#,
        new.office.0,
        new.day,
        serde_json::to_value(new.row).map_err(encode)?,
        serde_json::to_value(new.entry).map_err(encode)?,
        Value::Array(media),
        new.event.event_id,
        new.event.routing_key,
        new.event.aggregate,
        new.event.headers,
        body,
        route,
        key,
        answer,
        tag,
        sealed,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(ComplaintNumber::new(new.day, u32::try_from(counter).unwrap_or(u32::MAX)))
}

/// Finds a complaint.
pub async fn find(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    key: Key,
) -> Result<Option<Complaint>, sqlx::Error> {
    let (id, number) = match key {
        Key::Id(id) => (Some(id), None),
        Key::Number(number) => (None, Some(number.to_string())),
    };
    let row = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.office_id, c.complaint_id, c.contact_id, c.reporter_name, c.kategori,
                  COALESCE(k.name, c.kategori) AS "kategori_nama!", c.status, c.status_before, c.paused_at, c.alamat,
                  c.deskripsi, c.lat, c.lng, c.patokan, c.rt, c.rw, c.kelurahan, c.kecamatan, c.area_key, c.words_written, c.fields,
                  c.urgent, c.anonim, c.rahasia, c.agency, c.duplicate_of, c.origin_turn_id, c.version, c.sla_amount,
                  c.sla_unit, c.clock_started_at, c.paused_seconds, c.due_at, c.warn_at,
                  c.sla_warned_at, c.sla_breached_at, c.escalated_to, c.assigned_agency,
                  c.assigned_to, c.assigned_name, i.sealed AS "sealed?", c.created_at, c.updated_at, c.closed_at, c.erased_at
           FROM complaints c LEFT JOIN categories k ON k.office_id = c.office_id AND k.key = c.kategori
                LEFT JOIN complaint_identities i ON i.office_id = c.office_id AND i.complaint = c.id
           WHERE c.office_id = $1 AND (c.id = $2 OR c.complaint_id = $3)"#,
        office.0,
        id,
        number,
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| row.read(identities)).transpose()
}

/// Locks a complaint until the end of the transaction.
pub async fn lock(tx: &mut Tx, office: OfficeId, key: Key) -> Result<Option<Uuid>, sqlx::Error> {
    let (id, number) = match key {
        Key::Id(id) => (Some(id), None),
        Key::Number(number) => (None, Some(number.to_string())),
    };
    sqlx::query_scalar!(
        "SELECT id FROM complaints WHERE office_id = $1 AND (id = $2 OR complaint_id = $3) FOR NO KEY UPDATE",
        office.0,
        id,
        number,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Lets one transaction per office decide about duplicates at a time, so that two can't close a circle together.
pub async fn lock_duplicates(tx: &mut Tx, office: OfficeId) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('duplicates/' || $1::text, 0))", office.to_string())
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Whether following the originals of `from` leads to `to`.
pub async fn leads_to(tx: &mut Tx, office: OfficeId, from: Uuid, to: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE chain AS (
               SELECT id, duplicate_of FROM complaints WHERE office_id = $1 AND id = $2
               UNION
               SELECT c.id, c.duplicate_of FROM complaints c JOIN chain ON c.id = chain.duplicate_of WHERE c.office_id = $1
           )
           SELECT EXISTS (SELECT 1 FROM chain WHERE id = $3) AS "leads!""#,
        office.0,
        from,
        to,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Writes a complaint that the transaction has locked, and the entry that tells of the change.
pub async fn save(tx: &mut Tx, complaint: &Complaint, entry: &Entry) -> Result<(), sqlx::Error> {
    let Complaint { place, time, .. } = complaint;
    sqlx::query!(
        "UPDATE complaints SET kategori = $3, status = $4, status_before = $5, paused_at = $6, alamat = $7, deskripsi = $8,
             lat = $9, lng = $10, patokan = $11, rt = $12, rw = $13, kelurahan = $14, kecamatan = $15, agency = $16,
             duplicate_of = $17, version = $18, sla_amount = $19, clock_started_at = $20, paused_seconds = $21, due_at = $22,
             updated_at = $23, closed_at = $24, sla_unit = $25, fields = $26, urgent = $27, warn_at = $28,
             sla_warned_at = $29, sla_breached_at = $30, escalated_to = $31, assigned_agency = $32, assigned_to = $33,
             assigned_name = $34, area_key = $35
         WHERE office_id = $1 AND id = $2",
        entry.office_id.0,
        complaint.id,
        complaint.kategori.0,
        complaint.status.as_str(),
        complaint.status_before.map(ComplaintStatus::as_str),
        time.paused_at,
        place.alamat,
        complaint.deskripsi,
        place.lat,
        place.lng,
        place.patokan,
        place.rt,
        place.rw,
        place.kelurahan,
        place.kecamatan,
        complaint.agency,
        complaint.duplicate_of,
        complaint.version,
        time.sla.amount,
        time.clock_started_at,
        time.paused_seconds,
        time.due_at,
        complaint.updated_at,
        complaint.closed_at,
        unit_word(time.sla.unit),
        json!(complaint.fields),
        complaint.urgent,
        time.warn_at,
        time.warned_at,
        time.breached_at,
        complaint.escalated_to,
        complaint.assigned.agency,
        complaint.assigned.to,
        complaint.assigned.name,
        place.kelurahan.as_ref().map(|name| name.to_lowercase()),
    )
    .execute(&mut **tx)
    .await?;
    append(tx, entry).await
}

/// Adds an entry to a timeline.
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<(), sqlx::Error> {
    let row = serde_json::to_value(entry).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!("INSERT INTO complaint_updates SELECT * FROM jsonb_populate_record(NULL::complaint_updates, $1)", row)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// The timeline, from the beginning.
pub async fn timeline(tx: &mut Tx, office: OfficeId, complaint: Uuid) -> Result<Vec<ComplaintUpdateView>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT version, kind, actor, from_status, to_status, reason, remark, changes, at FROM complaint_updates
         WHERE office_id = $1 AND complaint = $2 ORDER BY version",
        office.0,
        complaint,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ComplaintUpdateView {
                version: row.version,
                kind: row.kind,
                actor: row.actor,
                from: row.from_status.as_deref().map(status).transpose()?,
                to: row.to_status.as_deref().map(status).transpose()?,
                reason: row.reason,
                remark: row.remark,
                changes: row.changes,
                at: row.at,
            })
        })
        .collect()
}

/// Adds files behind those that are there, each once. Returns how many were new.
pub async fn add_media(tx: &mut Tx, office: OfficeId, complaint: Uuid, media: &[MediaRef]) -> Result<u64, sqlx::Error> {
    let rows: Vec<Value> = media
        .iter()
        .map(|item| json!({"id": item.id, "mime_type": item.mime_type, "filename": item.filename, "key": item.key}))
        .collect();
    let added = sqlx::query!(
        "INSERT INTO complaint_media (complaint, position, office_id, media_id, mime_type, filename, key)
         SELECT $2, (SELECT COALESCE(max(position), -1) FROM complaint_media WHERE office_id = $1 AND complaint = $2) + n::int,
                $1, item ->> 'id', item ->> 'mime_type', item ->> 'filename', item ->> 'key'
         FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS given (item, n)
         WHERE NOT EXISTS (SELECT 1 FROM complaint_media m
                           WHERE m.office_id = $1 AND m.complaint = $2 AND m.media_id = item ->> 'id')",
        office.0,
        complaint,
        Value::Array(rows),
    )
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected())
}

/// Its photos and other files.
pub async fn media(tx: &mut Tx, office: OfficeId, complaint: Uuid) -> Result<Vec<MediaRef>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT media_id, mime_type, filename, key FROM complaint_media WHERE office_id = $1 AND complaint = $2 ORDER BY position",
        office.0,
        complaint,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| MediaRef {
            id: row.media_id,
            mime_type: row.mime_type,
            filename: row.filename,
            key: row.key,
            ..MediaRef::default()
        })
        .collect())
}
