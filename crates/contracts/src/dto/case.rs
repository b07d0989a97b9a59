//! case-service's bodies.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::category::{CategoryField, Sla};
use crate::message::MediaRef;
use crate::{Category, ComplaintNumber, ComplaintStatus, ContactId, TurnId};

/// `POST /internal/complaints`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CreateComplaint {
    /// Either this or `contact_id` says whose complaint it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    pub kategori: String,
    pub alamat: String,
    pub deskripsi: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patokan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kelurahan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kecamatan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nama: Option<String>,
    pub media: Vec<MediaRef>,
    /// Answers to what the category asks, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub fields: BTreeMap<String, serde_json::Value>,
    /// Life or limb is in danger now.
    pub urgent: bool,
    pub anonim: bool,
    pub rahasia: bool,
    /// The turn in which the citizen made it: they are told there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_turn_id: Option<TurnId>,
    /// When it was reported, for a complaint that a service takes over from elsewhere. Its number and clock are that
    /// day's, and the citizen is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<DateTime<Utc>>,
}

/// `PUT /internal/complaints/{id}`: any of the fields, or a status with its reason.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UpdateComplaint {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kategori: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alamat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deskripsi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patokan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kelurahan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kecamatan: Option<String>,
    /// Files to add; those that are there already stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaRef>,
    /// Answers to what the category asks: given ones replace, `null` takes back.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub fields: BTreeMap<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ComplaintStatus>,
    /// Why, for whoever reads the timeline; required by some moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was done, for the citizen; required by `selesai`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What staff want to know, required by `menunggu_warga`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// To whom, required by `dialihkan`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The original, required by `duplikat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<ComplaintNumber>,
    /// The agency that works on it; an empty text takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_agency: Option<String>,
    /// The person of the office that works on it, by id; an empty text takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    /// Their name, to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_name: Option<String>,
    /// The citizen whose wish this is, when it is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_contact_id: Option<ContactId>,
}

/// A complaint as lists and screens show it. Who reported it is not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComplaintView {
    pub complaint_id: ComplaintNumber,
    pub id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    pub kategori: Category,
    pub kategori_nama: String,
    pub status: ComplaintStatus,
    pub alamat: String,
    pub deskripsi: String,
    #[serde(default)]
    pub lat: Option<f64>,
    #[serde(default)]
    pub lng: Option<f64>,
    #[serde(default)]
    pub patokan: Option<String>,
    #[serde(default)]
    pub rt: Option<String>,
    #[serde(default)]
    pub rw: Option<String>,
    #[serde(default)]
    pub kelurahan: Option<String>,
    #[serde(default)]
    pub kecamatan: Option<String>,
    /// Answers to what the category asks, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub fields: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub urgent: bool,
    /// The agency that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The agency and the person that work on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_agency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_name: Option<String>,
    /// What an anonymous reporter is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The role that looks after it, since it was late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_to: Option<String>,
    pub anonim: bool,
    pub rahasia: bool,
    pub version: i64,
    pub due_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    #[serde(default)]
    pub closed_at: Option<DateTime<Utc>>,
}

/// `GET /internal/complaints/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComplaintDetail {
    #[serde(flatten)]
    pub complaint: ComplaintView,
    pub updates: Vec<ComplaintUpdateView>,
    pub media: Vec<MediaRef>,
    /// Where it may go from here.
    pub allowed: Vec<ComplaintStatus>,
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComplaintUpdateView {
    pub version: i64,
    /// `created`, `status` or `fields`.
    pub kind: String,
    pub actor: String,
    #[serde(default)]
    pub from: Option<ComplaintStatus>,
    #[serde(default)]
    pub to: Option<ComplaintStatus>,
    #[serde(default)]
    pub reason: Option<String>,
    #[serde(default)]
    pub remark: Option<String>,
    /// The changed fields, with `before` and `after`.
    #[serde(default)]
    pub changes: serde_json::Value,
    pub at: DateTime<Utc>,
}

/// `GET /internal/complaints/stats`: complaints made in a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComplaintStats {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub total: i64,
    /// Not closed yet.
    pub open: i64,
    /// Not closed, the clock runs, and the due time is over.
    pub late: i64,
    /// Closed, and of those within their time.
    #[serde(default)]
    pub closed: i64,
    #[serde(default)]
    pub kept: i64,
    /// Half of the solved ones took no longer, in minutes.
    #[serde(default)]
    pub median_minutes: Option<i64>,
    pub by_status: Vec<StatCount>,
    pub by_kategori: Vec<StatCount>,
    pub by_kelurahan: Vec<StatCount>,
    /// By the agency that works on it.
    #[serde(default)]
    pub by_agency: Vec<StatCount>,
    /// Those not closed yet by how old they are: `3`, `7`, `14`, `30` days at most, and `older`.
    #[serde(default)]
    pub by_age: Vec<StatCount>,
    /// By day in Asia/Jakarta, as `YYYY-MM-DD`.
    pub by_day: Vec<StatCount>,
}

/// How many there are of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatCount {
    pub key: String,
    pub count: i64,
    pub late: i64,
    /// Closed, and of those within their time.
    #[serde(default)]
    pub closed: i64,
    #[serde(default)]
    pub kept: i64,
    /// Half of the solved ones took no longer, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_minutes: Option<i64>,
}

/// One of an office's categories: `GET /internal/categories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryView {
    pub kategori: Category,
    pub name: String,
    pub sla: Sla,
    /// What is asked beside category, description and place.
    pub fields: Vec<CategoryField>,
    pub position: i32,
    pub active: bool,
    pub version: i64,
}

/// `POST /internal/complaints/{id}/reveal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RevealIdentity {
    /// Why it has to be known; it stays in the timeline.
    pub reason: String,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevealedIdentity {
    pub complaint_id: ComplaintNumber,
    pub contact_id: ContactId,
}

/// `POST /internal/complaints/{id}/notes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddNote {
    pub text: String,
    /// The reporter is told.
    #[serde(default)]
    pub public: bool,
}

/// `POST /internal/open311/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateOpen311Key {
    /// Whose key it is.
    pub name: String,
    /// Calls that it may make in a minute.
    #[serde(default = "usual_rate")]
    pub per_minute: i32,
}

fn usual_rate() -> i32 {
    60
}

/// Its answer: the only time that the key is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOpen311Key {
    pub id: Uuid,
    pub name: String,
    pub api_key: String,
}

/// A key that was given out: `GET /internal/open311/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Open311Key {
    pub id: Uuid,
    pub name: String,
    pub per_minute: i32,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A day on which an office's time differs from its week: `GET /internal/calendar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDay {
    pub day: NaiveDate,
    pub name: String,
    /// Nobody works; `false` for a national day off on which the office does.
    pub closed: bool,
    /// `libur_nasional`, `cuti_bersama` or `kantor` (the office's own word).
    pub kind: String,
}

/// `PUT /internal/calendar/{day}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetCalendarDay {
    pub name: String,
    pub closed: bool,
}

/// `POST /internal/categories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateCategory {
    pub kategori: Category,
    pub name: String,
    #[serde(default)]
    pub sla: Sla,
    #[serde(default)]
    pub fields: Vec<CategoryField>,
    /// Its place in the office's order; at the end without one.
    #[serde(default)]
    pub position: Option<i32>,
}

/// `PUT /internal/categories/{kategori}`: any of its parts. `active: false` retires it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UpdateCategory {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Sla>,
    /// All questions, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<CategoryField>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// `GET /internal/citizens/{contact_id}`: all that the case service knows about a citizen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CitizenComplaints {
    pub contact_id: ContactId,
    pub complaints: Vec<CitizenComplaint>,
}

/// One complaint of a citizen, with the name that they gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CitizenComplaint {
    #[serde(default)]
    pub nama: Option<String>,
    #[serde(flatten)]
    pub detail: ComplaintDetail,
}

/// `DELETE /internal/citizens/{contact_id}`: how much was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CitizenErased {
    pub contact_id: ContactId,
    pub erased: i64,
}
