//! ai-service's bodies.

use serde::{Deserialize, Serialize};

use crate::intent::Intent;
use crate::{Category, ComplaintNumber, DocumentId};

/// `POST /internal/process-message`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcessMessage {
    pub wa_user_id: String,
    pub message: String,
    #[serde(default)]
    pub message_id: Option<String>,
    /// Understand and answer, but change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessedMessage {
    pub intent: Intent,
    pub confidence: f64,
    pub entities: Entities,
    pub reply: String,
    pub sources: Vec<Source>,
    /// The dialogue's state afterwards.
    pub state: String,
    pub provider: String,
}

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Entities {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kategori: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alamat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deskripsi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kelurahan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kecamatan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patokan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint_id: Option<ComplaintNumber>,
}

/// Where an answer comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    pub document_id: DocumentId,
    pub title: String,
    pub chunk_id: String,
    pub score: f64,
}
