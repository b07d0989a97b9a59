//! All SQL on unanswered questions.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::UnansweredQuestion;

/// The open question that this one is.
pub async fn similar(
    tx: &mut Tx,
    office: OfficeId,
    wording: &str,
    embedder: &str,
    vector: &str,
    same: f64,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM unanswered_questions
         WHERE office_id = $1 AND resolved_at IS NULL
           AND (wording = $2 OR embedder = $3 AND -(embedding <#> $4::text::halfvec(512)) >= $5)
         ORDER BY wording = $2 DESC, embedding <#> $4::text::halfvec(512) LIMIT 1",
        office.0,
        wording,
        embedder,
        vector,
        same,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// It was asked once more.
pub async fn again(tx: &mut Tx, office: OfficeId, id: Uuid, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE unanswered_questions SET asked = asked + 1, last_asked = greatest(last_asked, $3)
         WHERE id = $2 AND office_id = $1",
        office.0,
        id,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// It was asked for the first time, or at the same moment by two.
pub async fn first(
    tx: &mut Tx,
    office: OfficeId,
    question: &str,
    wording: &str,
    embedder: &str,
    vector: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO unanswered_questions (id, office_id, question, wording, embedder, embedding, first_asked, last_asked)
         VALUES ($1, $2, $3, $4, $5, $6::text::halfvec(512), $7, $7)
         ON CONFLICT (office_id, wording) WHERE resolved_at IS NULL
         DO UPDATE SET asked = unanswered_questions.asked + 1, last_asked = excluded.last_asked",
        Uuid::now_v7(),
        office.0,
        question,
        wording,
        embedder,
        vector,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Questions, the most asked first; `resolved`: those that somebody settled instead.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    resolved: bool,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<UnansweredQuestion>, sqlx::Error> {
    let (asked, id) = after.unzip();
    sqlx::query_as!(
        UnansweredQuestion,
        "SELECT id, question, asked, first_asked, last_asked, resolved_at, resolved_by FROM unanswered_questions
         WHERE office_id = $1 AND (resolved_at IS NOT NULL) = $2 AND ($3::bigint IS NULL OR (asked, id) < ($3, $4))
         ORDER BY asked DESC, id DESC LIMIT $5",
        office.0,
        resolved,
        asked,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Settles a question. `None`: there is none. One that is settled already stays as it is.
pub async fn resolve(
    tx: &mut Tx,
    office: OfficeId,
    id: Uuid,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<UnansweredQuestion>, sqlx::Error> {
    sqlx::query_as!(
        UnansweredQuestion,
        "UPDATE unanswered_questions SET resolved_at = coalesce(resolved_at, $4), resolved_by = coalesce(resolved_by, $3)
         WHERE id = $2 AND office_id = $1
         RETURNING id, question, asked, first_asked, last_asked, resolved_at, resolved_by",
        office.0,
        id,
        by,
        now,
    )
    .fetch_optional(&mut **tx)
    .await
}
