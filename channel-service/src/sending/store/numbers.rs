//! The numbers that send, and who sends for them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

/// A number as its sender sees it.
#[derive(Debug, Clone)]
pub struct Line {
    pub phone_number_id: String,
    pub office: OfficeId,
    pub rate_per_second: i32,
    pub stopped: bool,
    /// The token that was refused, where the number has none of its own.
    pub refused_token: Option<Vec<u8>>,
    pub has_own_token: bool,
    pub holder: Option<Uuid>,
    pub held_until: Option<DateTime<Utc>>,
}

/// All active numbers.
pub async fn lines(tx: &mut Tx) -> Result<Vec<Line>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT n.phone_number_id, n.office_id, n.rate_per_second, n.problem IS NOT NULL AS "stopped!", n.refused_token,
                  n.access_token IS NOT NULL AS "has_own_token!", l.holder AS "holder?", l.expires_at AS "held_until?"
           FROM numbers n LEFT JOIN sender_leases l ON l.phone_number_id = n.phone_number_id WHERE n.active"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            phone_number_id: row.phone_number_id,
            office: OfficeId(row.office_id),
            rate_per_second: row.rate_per_second,
            stopped: row.stopped,
            refused_token: row.refused_token,
            has_own_token: row.has_own_token,
            holder: row.holder,
            held_until: row.held_until,
        })
        .collect())
}

/// Takes or keeps the leases of these numbers, as far as nobody else has them; answers which.
pub async fn hold(
    tx: &mut Tx,
    me: Uuid,
    numbers: &[String],
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO sender_leases (phone_number_id, office_id, holder, expires_at)
             SELECT phone_number_id, office_id, $1, $3::timestamptz + make_interval(secs => $4) FROM numbers
             WHERE phone_number_id = ANY($2) ORDER BY phone_number_id
         ON CONFLICT (phone_number_id) DO UPDATE SET holder = $1, expires_at = excluded.expires_at
             WHERE sender_leases.holder = $1 OR sender_leases.expires_at <= $3
         RETURNING phone_number_id",
        me,
        numbers,
        now,
        lease.as_secs_f64(),
    )
    .fetch_all(&mut **tx)
    .await
}

/// Lets another instance go on at once.
pub async fn release(tx: &mut Tx, me: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sender_leases WHERE holder = $1", me).execute(&mut **tx).await.map(drop)
}
