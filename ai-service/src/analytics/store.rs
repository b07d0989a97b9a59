//! All SQL of the statistics.

use chrono::NaiveDate;
use contracts::OfficeId;
use platform::Tx;

use super::{Analytics, Day, FailureCount, IntentCount, Latency, OutcomeCount, ProviderCount, TokenCount};

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
    let failures = failures(tx, office, from, to).await?;
    let days = days(tx, office, from, to).await?;
    Ok(Analytics {
        from,
        to,
        turns: whole.turns,
        intents,
        outcomes,
        providers,
        fallbacks: failures.iter().map(|failure| failure.calls).sum(),
        failures,
        tokens: tokens(tx, office, from, to).await?,
        unanswered: days.iter().map(|day| day.unanswered).sum(),
        days,
        containment: whole.containment,
        latency_ms: Latency { p50: whole.p50, p95: whole.p95 },
    })
}

async fn failures(
    tx: &mut Tx,
    office: OfficeId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<FailureCount>, sqlx::Error> {
    sqlx::query_as!(
        FailureCount,
        r#"SELECT provider, purpose, outcome AS reason, sum(calls)::bigint AS "calls!" FROM model_use
           WHERE office_id = $1 AND day BETWEEN $2 AND $3 AND outcome <> 'ok'
           GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await
}

/// What calls cost, also those whose answer was not believed.
async fn tokens(tx: &mut Tx, office: OfficeId, from: NaiveDate, to: NaiveDate) -> Result<Vec<TokenCount>, sqlx::Error> {
    sqlx::query_as!(
        TokenCount,
        r#"SELECT provider, model, purpose, sum(calls)::bigint AS "calls!", sum(input_tokens)::bigint AS "input_tokens!",
                  sum(output_tokens)::bigint AS "output_tokens!"
           FROM model_use WHERE office_id = $1 AND day BETWEEN $2 AND $3
           GROUP BY 1, 2, 3 ORDER BY 5 DESC, 1, 2, 3"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await
}

async fn days(tx: &mut Tx, office: OfficeId, from: NaiveDate, to: NaiveDate) -> Result<Vec<Day>, sqlx::Error> {
    sqlx::query_as!(
        Day,
        r#"WITH span AS (SELECT generate_series($2::date, $3::date, interval '1 day')::date AS day),
                counted AS (
                    SELECT (at AT TIME ZONE 'Asia/Jakarta')::date AS day, count(*) AS turns,
                           count(*) FILTER (WHERE outcome = 'handed_off') AS handed_off,
                           percentile_cont(0.5) WITHIN GROUP (ORDER BY took_ms) AS p50,
                           percentile_cont(0.95) WITHIN GROUP (ORDER BY took_ms) AS p95
                    FROM turn_log
                    WHERE office_id = $1 AND at >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
                      AND at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
                    GROUP BY 1),
                asked AS (
                    SELECT (last_asked AT TIME ZONE 'Asia/Jakarta')::date AS day, count(*) AS questions
                    FROM unanswered_questions
                    WHERE office_id = $1 AND resolved_at IS NULL
                      AND last_asked >= $2::date::timestamp AT TIME ZONE 'Asia/Jakarta'
                      AND last_asked < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
                    GROUP BY 1)
           SELECT span.day AS "day!", coalesce(turns, 0) AS "turns!", coalesce(handed_off, 0) AS "handed_off!",
                  1 - handed_off::float8 / nullif(turns, 0) AS containment, p50 AS "p50?", p95 AS "p95?",
                  coalesce(questions, 0) AS "unanswered!"
           FROM span LEFT JOIN counted USING (day) LEFT JOIN asked USING (day) ORDER BY span.day"#,
        office.0,
        from,
        to,
    )
    .fetch_all(&mut **tx)
    .await
}
