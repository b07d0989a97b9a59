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
        r#"SELECT status AS "status?", kategori AS "kategori?", kelurahan AS "kelurahan?", agency AS "agency?", age AS "age?",
                  day AS "day?", GROUPING(status, kategori, kelurahan, agency, age, day) AS "grouping!",
                  count(*) AS "count!", count(*) FILTER (WHERE open) AS "open!", count(*) FILTER (WHERE late) AS "late!",
                  count(*) FILTER (WHERE NOT open) AS "closed!", count(*) FILTER (WHERE kept) AS "kept!",
                  (percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE status_now = 'selesai'))::bigint AS "median?"
           FROM (
               SELECT status, status AS status_now, kategori, COALESCE(kelurahan, '') AS kelurahan,
                      COALESCE(assigned_agency, '') AS agency,
                      (created_at AT TIME ZONE 'Asia/Jakarta')::date AS day,
                      CASE WHEN closed_at IS NOT NULL THEN 'closed'
                           WHEN created_at > $5::timestamptz - interval '3 days' THEN '3'
                           WHEN created_at > $5::timestamptz - interval '7 days' THEN '7'
                           WHEN created_at > $5::timestamptz - interval '14 days' THEN '14'
                           WHEN created_at > $5::timestamptz - interval '30 days' THEN '30'
                           ELSE 'older' END AS age,
                      closed_at IS NULL AS open,
                      closed_at IS NULL AND paused_at IS NULL AND due_at < $5 AS late,
                      closed_at <= due_at AS kept,
                      (extract(epoch FROM closed_at - clock_started_at) / 60)::bigint AS minutes
               FROM complaints
               WHERE office_id = $1 AND created_at >= $2 AND created_at < $3 AND ($4 OR NOT rahasia)
           ) AS counted
           GROUP BY GROUPING SETS ((status), (kategori), (kelurahan), (agency), (age), (day), ())
           ORDER BY day, count(*) DESC, status, kategori, kelurahan, agency, age"#,
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
                0b01_1111 => (Some(Group::Status), row.status),
                0b10_1111 => (Some(Group::Kategori), row.kategori),
                0b11_0111 => (Some(Group::Kelurahan), row.kelurahan),
                0b11_1011 => (Some(Group::Agency), row.agency),
                0b11_1101 => (Some(Group::Age), row.age),
                0b11_1110 => (Some(Group::Day), row.day.as_ref().map(NaiveDate::to_string)),
                _ => (None, None),
            };
            let count = StatCount {
                key: key.unwrap_or_default(),
                count: row.count,
                late: row.late,
                closed: row.closed,
                kept: row.kept,
                median_minutes: row.median,
            };
            Count { group, open: row.open, count }
        })
        .collect())
}
