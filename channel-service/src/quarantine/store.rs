//! SQL of what was put aside.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::{QuarantinedItem, UnknownItem, UnknownKind};

/// An item to keep whole.
#[derive(Debug)]
pub struct Kept {
    pub office: Option<OfficeId>,
    pub kind: String,
    pub sort: &'static str,
    pub reason: String,
    pub item: Vec<u8>,
}

/// Keeps items whole.
pub async fn keep(tx: &mut Tx, items: &[Kept], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO quarantine (id, office_id, kind, sort, reason, item, created_at)
         SELECT id, office, kind, sort, reason, item, $7
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[]) AS u(id, office, kind, sort, reason, item)",
        &items.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &items.iter().map(|one| one.office.map(|office| office.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &items.iter().map(|one| one.kind.clone()).collect::<Vec<_>>(),
        &items.iter().map(|one| one.sort.to_owned()).collect::<Vec<_>>(),
        &items.iter().map(|one| one.reason.clone()).collect::<Vec<_>>(),
        &items.iter().map(|one| one.item.clone()).collect::<Vec<_>>(),
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The latest first.
pub async fn list(
    tx: &mut Tx,
    whose: Option<Uuid>,
    kind: Option<&str>,
    limit: i64,
) -> Result<Vec<QuarantinedItem>, sqlx::Error> {
    sqlx::query_as!(
        QuarantinedItem,
        r#"SELECT id, kind, reason, length(item) AS "bytes!", created_at FROM quarantine
           WHERE office_id IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR kind = $2) ORDER BY created_at DESC LIMIT $3"#,
        whose,
        kind,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}

/// A longer item is cut: whoever needs the rest looks into the database.
const SHOWN: usize = 16 * 1024;

/// How much there is of each kind, the most frequent first, with the latest items.
pub async fn kinds(
    tx: &mut Tx,
    whose: Option<Uuid>,
    kind: Option<&str>,
    latest: i64,
) -> Result<Vec<UnknownKind>, sqlx::Error> {
    let counted = sqlx::query!(
        r#"SELECT kind, sort, count(*) AS "count!", max(created_at) AS "latest_at!" FROM quarantine
           WHERE office_id IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR kind = $2)
           GROUP BY kind, sort ORDER BY count(*) DESC, kind LIMIT 200"#,
        whose,
        kind,
    )
    .fetch_all(&mut **tx)
    .await?;
    let items = sqlx::query!(
        "SELECT id, kind, sort, reason, item, created_at FROM (
             SELECT *, row_number() OVER (PARTITION BY kind, sort ORDER BY created_at DESC, id DESC) AS place FROM quarantine
             WHERE office_id IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR kind = $2)) latest
         WHERE place <= $3 ORDER BY created_at DESC, id DESC",
        whose,
        kind,
        latest,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut shown: HashMap<(String, String), Vec<UnknownItem>> = HashMap::new();
    for row in items {
        let item = String::from_utf8_lossy(&row.item[..row.item.len().min(SHOWN)]).into_owned();
        let item = UnknownItem { id: row.id, reason: row.reason, item, created_at: row.created_at };
        shown.entry((row.kind, row.sort)).or_default().push(item);
    }
    Ok(counted
        .into_iter()
        .map(|row| UnknownKind {
            latest: shown.remove(&(row.kind.clone(), row.sort.clone())).unwrap_or_default(),
            kind: row.kind,
            sort: row.sort,
            count: row.count,
            latest_at: row.latest_at,
        })
        .collect())
}
