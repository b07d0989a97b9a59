//! ai-service's bodies.

use chrono::{DateTime, Utc};
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

/// `POST /internal/knowledge/search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SearchKnowledge {
    pub query: String,
    #[serde(default)]
    pub top_k: Option<u32>,
    #[serde(default)]
    pub kategori: Option<Category>,
}

/// Its answer, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundKnowledge {
    pub results: Vec<FoundChunk>,
    /// Whether the best of them is good enough to answer from.
    pub answerable: bool,
}

/// One passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundChunk {
    pub chunk_id: String,
    pub document_id: DocumentId,
    pub title: String,
    /// The document's version that it stands in.
    pub version: i64,
    #[serde(default)]
    pub heading: Option<String>,
    #[serde(default)]
    pub page: Option<i32>,
    pub content: String,
    pub score: f64,
}

/// `POST /internal/documents/process`: either `content` or `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcessDocument {
    pub document_id: DocumentId,
    pub title: String,
    #[serde(default)]
    pub kind: DocumentKind,
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Higher than any before it; without one, one more than the last.
    #[serde(default)]
    pub version: Option<i64>,
    /// All offices may answer from it.
    #[serde(default)]
    pub shared: bool,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    #[default]
    Document,
    Faq,
}

/// `GET /internal/documents/{document_id}`, and `202` of processing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentState {
    pub document_id: DocumentId,
    pub title: String,
    pub kind: DocumentKind,
    /// The version that answers come from; 0: none yet.
    pub version: i64,
    /// `queued`, `processing`, `ready` or `failed`.
    pub status: String,
    /// Why it can't be read.
    #[serde(default)]
    pub reason: Option<String>,
    pub chunks: i64,
    pub shared: bool,
    pub updated_at: DateTime<Utc>,
}

/// One of a document's passages: `GET /internal/documents/{document_id}/chunks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentChunk {
    pub chunk_id: String,
    pub position: i32,
    #[serde(default)]
    pub heading: Option<String>,
    #[serde(default)]
    pub page: Option<i32>,
    pub content: String,
    pub version: i64,
}

/// `POST /internal/transcriptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Transcribe {
    /// Where the sound lies in the shared storage.
    pub key: String,
    #[serde(default)]
    pub mime_type: Option<String>,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transcribed {
    pub text: String,
    pub provider: String,
}
