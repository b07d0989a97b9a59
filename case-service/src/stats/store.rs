//! The SQL of statistics: one pass over the span, counted in all ways at once.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::OfficeId;
use contracts::dto::case::StatCount;
use platform::Tx;

use super::Group;

/// One count: `group` is `None` for the count of everything.
#[derive(Debug)]
pub struct Count {
    pub group: Option<Group>,
    pub open: i64,
    pub count: StatCount,
}

/// Counts complaints made from `from` until before `to`.
pub async fn counts(
    tx: &mut Tx,
    office: OfficeId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    with_secret: bool,
    now: DateTime<Utc>,
) -> Result<Vec<Count>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT status AS "status?", kategori AS "kategori?", kelurahan AS "kelurahan?", day AS "day?",
                  GROUPING(status, kategori, kelurahan, day) AS "grouping!", count(*) AS "count!", count(*) FILTER (WHERE open) AS "open!", count(*) FILTER (WHERE late) AS "late!"
           FROM (
               SELECT status, kategori, COALESCE(kelurahan, '') AS kelurahan,
                      (created_at AT TIME ZONE 'Asia/Jakarta')::date AS day,
                      closed_at IS NULL AS open,
                      closed_at IS NULL AND paused_at IS NULL AND due_at < $5 AS late
               FROM complaints
               WHERE office_id = $1 AND created_at >= $2 AND created_at < $3 AND ($4 OR NOT rahasia)
           ) AS counted
           GROUP BY GROUPING SETS ((status), (kategori), (kelurahan), (day), ())
           ORDER BY day, count(*) DESC, status, kategori, kelurahan"#,
        office.0,
        from,
        to,
        with_secret,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            // GROUPING sets the bit of every column that is not grouped by.
            let (group, key) = match row.grouping {
                0b0111 => (Some(Group::Status), row.status),
                0b1011 => (Some(Group::Kategori), row.kategori),
                0b1101 => (Some(Group::Kelurahan), row.kelurahan),
                0b1110 => (Some(Group::Day), row.day.as_ref().map(NaiveDate::to_string)),
                _ => (None, None),
            };
            let count = StatCount { key: key.unwrap_or_default(), count: row.count, late: row.late };
            Count { group, open: row.open, count }
        })
        .collect())
}
