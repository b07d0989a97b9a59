//! All SQL of the statistics.

use chrono::NaiveDate;
use contracts::OfficeId;
use platform::Tx;

use super::{Analytics, IntentCount, Latency, OutcomeCount, ProviderCount};

/// Counts an office's turns from `from` to `to`, both included, by Asia/Jakarta's days.
pub async fn count(tx: &mut Tx, office: OfficeId, from: NaiveDate, to: NaiveDate) -> Result<Analytics, sqlx::Error> {
    let intents = sqlx::query_as!(
        IntentCount,
        r#"SELECT (at AT TIME ZONE 'Asia/Jakarta')::date AS "day!", intent, count(*) AS "turns!" FROM turn_log
           WHERE office_id = $1 AND at >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
             AND at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
           GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await?;
    let outcomes = sqlx::query_as!(
        OutcomeCount,
        r#"SELECT outcome, count(*) AS "turns!" FROM turn_log
           WHERE office_id = $1 AND at >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
             AND at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
           GROUP BY 1 ORDER BY 2 DESC, 1"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await?;
    let providers = sqlx::query_as!(
        ProviderCount,
        r#"SELECT provider, count(*) AS "turns!" FROM turn_log
           WHERE office_id = $1 AND at >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
             AND at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
           GROUP BY 1 ORDER BY 2 DESC, 1"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await?;
    let whole = sqlx::query!(
        r#"SELECT count(*) AS "turns!", avg((outcome <> 'handed_off')::int)::float8 AS containment,
                  percentile_cont(0.5) WITHIN GROUP (ORDER BY took_ms) AS p50,
                  percentile_cont(0.95) WITHIN GROUP (ORDER BY took_ms) AS p95
           FROM turn_log
           WHERE office_id = $1 AND at >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
             AND at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'"#,
        office.0,
        from,
        to,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Analytics {
        from,
        to,
        turns: whole.turns,
        intents,
        outcomes,
        providers,
        containment: whole.containment,
        latency_ms: Latency { p50: whole.p50, p95: whole.p95 },
    })
}
