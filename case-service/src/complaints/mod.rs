//! Complaints: what they are and the rules of their life.
//!
//! The pure parts: [`transition`] (which moves there are), [`due`] (until when), [`draft`] (what a caller may write),
//! [`sight`] (who sees what). The rest: [`store`] (all SQL), [`create`] and [`change`] (one transaction each),
//! [`events`] (what the others hear), [`http`] (how it is asked for).

pub mod change;
pub mod create;
pub mod draft;
pub mod due;
pub mod events;
pub mod http;
pub mod search;
pub mod sight;
pub mod store;
pub mod transition;

use chrono::{DateTime, Duration, Utc};
use contracts::dto::case::ComplaintView;
use contracts::{Category, ComplaintNumber, ComplaintStatus, ContactId, TurnId};
use uuid::Uuid;

use self::transition::Standing;

/// A complaint as it lies in the database, all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaint {
    pub id: Uuid,
    pub number: ComplaintNumber,
    /// `None` once the citizen's data were erased.
    pub contact_id: Option<ContactId>,
    pub kategori: Category,
    pub kategori_nama: String,
    pub status: ComplaintStatus,
    pub status_before: Option<ComplaintStatus>,
    pub place: Place,
    pub deskripsi: String,
    pub anonim: bool,
    pub rahasia: bool,
    pub agency: Option<String>,
    pub duplicate_of: Option<Uuid>,
    pub origin_turn_id: Option<TurnId>,
    pub version: i64,
    pub time: Timing,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    pub alamat: String,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub patokan: Option<String>,
    pub rt: Option<String>,
    pub rw: Option<String>,
    pub kelurahan: Option<String>,
    pub kecamatan: Option<String>,
}

/// The time that the office has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub sla_days: i32,
    pub clock_started_at: DateTime<Utc>,
    pub paused_at: Option<DateTime<Utc>>,
    pub paused_seconds: i64,
    pub due_at: DateTime<Utc>,
}

impl Timing {
    /// A clock that starts now.
    pub fn starting(now: DateTime<Utc>, sla_days: i32) -> Self {
        let timing = Self { sla_days, clock_started_at: now, paused_at: None, paused_seconds: 0, due_at: now };
        timing.recounted()
    }

    /// The same with `due_at` counted again from the rest.
    #[must_use]
    pub fn recounted(self) -> Self {
        let days = u32::try_from(self.sla_days).unwrap_or(1);
        let due_at = due::due_at(self.clock_started_at, days, Duration::seconds(self.paused_seconds));
        Self { due_at, ..self }
    }
}

impl Complaint {
    /// Where it stands, as far as moves are concerned.
    pub fn standing(&self) -> Standing {
        Standing { status: self.status, before: self.status_before, closed_at: self.closed_at }
    }

    /// As lists and screens show it, to someone who may see everything.
    pub fn view(&self) -> ComplaintView {
        let Place { alamat, lat, lng, patokan, rt, rw, kelurahan, kecamatan } = self.place.clone();
        ComplaintView {
            complaint_id: self.number,
            id: self.id,
            contact_id: self.contact_id,
            kategori: self.kategori.clone(),
            kategori_nama: self.kategori_nama.clone(),
            status: self.status,
            alamat,
            deskripsi: self.deskripsi.clone(),
            lat,
            lng,
            patokan,
            rt,
            rw,
            kelurahan,
            kecamatan,
            anonim: self.anonim,
            rahasia: self.rahasia,
            version: self.version,
            due_at: self.time.due_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            closed_at: self.closed_at,
        }
    }
}
