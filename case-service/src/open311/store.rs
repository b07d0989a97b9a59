//! The SQL of the public's view: what is secret or erased is not in it.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;

use super::filter::Filter;

/// A complaint as the public may know it.
#[derive(Debug)]
pub struct Request {
    pub complaint_id: String,
    pub open: bool,
    pub kategori: String,
    pub kategori_nama: String,
    pub deskripsi: String,
    pub alamat: String,
    pub kelurahan: Option<String>,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub agency: Option<String>,
    /// How it ended, in the office's words. Questions and notes are for the reporter alone.
    pub remark: Option<String>,
    /// Never shown: what must not stand in the texts.
    pub reporter_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
}

/// The newest first.
pub async fn requests(tx: &mut Tx, office: OfficeId, filter: &Filter) -> Result<Vec<Request>, sqlx::Error> {
    sqlx::query_as!(
        Request,
        r#"SELECT c.complaint_id, c.closed_at IS NULL AS "open!", c.kategori, COALESCE(k.name, c.kategori) AS "kategori_nama!",
                  c.deskripsi, c.alamat, c.kelurahan, c.lat, c.lng, COALESCE(c.assigned_agency, c.agency) AS agency,
                  (SELECT u.remark FROM complaint_updates u
                   WHERE u.office_id = c.office_id AND u.complaint = c.id AND u.remark IS NOT NULL
                     AND u.kind = 'status' AND u.to_status IN ('selesai', 'ditolak', 'dialihkan')
                   ORDER BY u.version DESC LIMIT 1) AS remark,
                  c.reporter_name, c.created_at, c.updated_at, c.due_at
           FROM complaints c LEFT JOIN categories k ON k.office_id = c.office_id AND k.key = c.kategori
           WHERE c.office_id = $1 AND NOT c.rahasia AND c.erased_at IS NULL
             AND (cardinality($2::text[]) = 0 OR c.complaint_id = ANY($2))
             AND (cardinality($2::text[]) > 0 OR (c.created_at >= $3 AND c.created_at <= $4))
             AND (cardinality($5::text[]) = 0 OR c.kategori = ANY($5))
             AND ($6::boolean IS NULL OR (c.closed_at IS NULL) = $6)
           ORDER BY c.created_at DESC, c.id DESC LIMIT $7 OFFSET $8"#,
        office.0,
        &filter.numbers,
        filter.from,
        filter.to,
        &filter.codes,
        filter.open,
        filter.limit,
        filter.offset,
    )
    .fetch_all(&mut **tx)
    .await
}
