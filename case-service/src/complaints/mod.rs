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
pub mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use contracts::category::Sla;
use contracts::dto::case::ComplaintView;
use contracts::{Category, ComplaintNumber, ComplaintStatus, ContactId, TurnId};
use uuid::Uuid;

use self::transition::Standing;
use crate::calendar::Calendar;

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
    /// Answers to what the category asks.
    pub fields: BTreeMap<String, serde_json::Value>,
    pub urgent: bool,
    pub anonim: bool,
    pub rahasia: bool,
    pub agency: Option<String>,
    pub assigned: Assigned,
    /// The role that looks after it, since it was late.
    pub escalated_to: Option<String>,
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

/// Who works on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assigned {
    pub agency: Option<String>,
    /// A person's id in the dashboard, and their name.
    pub to: Option<String>,
    pub name: Option<String>,
}

/// The time that the office has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub sla: Sla,
    pub clock_started_at: DateTime<Utc>,
    pub paused_at: Option<DateTime<Utc>>,
    pub paused_seconds: i64,
    pub due_at: DateTime<Utc>,
    /// From then on it is at risk.
    pub warn_at: DateTime<Utc>,
    /// When the risk, and then the breach, was told.
    pub warned_at: Option<DateTime<Utc>>,
    pub breached_at: Option<DateTime<Utc>>,
}

impl Timing {
    /// A clock that starts now.
    pub fn starting(now: DateTime<Utc>, sla: Sla, calendar: &Calendar) -> Self {
        let timing = Self {
            sla,
            clock_started_at: now,
            paused_at: None,
            paused_seconds: 0,
            due_at: now,
            warn_at: now,
            warned_at: None,
            breached_at: None,
        };
        timing.recounted(calendar)
    }

    /// The same with `due_at` counted again from the rest.
    #[must_use]
    pub fn recounted(self, calendar: &Calendar) -> Self {
        let due_at = due::due_at(self.clock_started_at, self.sla, Duration::seconds(self.paused_seconds), calendar);
        // A fifth of the time is left: enough to do something about it.
        let warn_at = due_at - (due_at - self.clock_started_at) / 5;
        // An end that was told as near or over is told again if it moves away.
        let warned_at = self.warned_at.filter(|_| due_at <= self.due_at);
        let breached_at = self.breached_at.filter(|_| due_at <= self.due_at);
        Self { due_at, warn_at, warned_at, breached_at, ..self }
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
            fields: self.fields.clone(),
            urgent: self.urgent,
            agency: self.agency.clone(),
            assigned_agency: self.assigned.agency.clone(),
            assigned_to: self.assigned.to.clone(),
            assigned_name: self.assigned.name.clone(),
            alias: None,
            escalated_to: self.escalated_to.clone(),
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
