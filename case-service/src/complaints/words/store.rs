//! The SQL of words.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::trigrams;

/// Known words that share the most threes with the asked one.
const CANDIDATES: i64 = 40;

/// Writes the words of a complaint that gained them. In the order of the alphabet, so that two writers never wait for
/// each other in a circle.
pub async fn add(
    tx: &mut Tx,
    office: OfficeId,
    complaint: Uuid,
    at: DateTime<Utc>,
    words: &BTreeSet<String>,
) -> Result<(), sqlx::Error> {
    let all: Vec<String> = words.iter().cloned().collect();
    let (mut threes, mut of) = (Vec::new(), Vec::new());
    for word in words {
        for three in trigrams(word) {
            threes.push(three);
            of.push(word.clone());
        }
    }
    sqlx::query!(
        "WITH known AS (
             INSERT INTO vocabulary (office_id, trigram, word)
             SELECT $1, t.trigram, t.word FROM unnest($5::text[], $6::text[]) AS t (trigram, word)
             WHERE NOT EXISTS (SELECT 1 FROM vocabulary v WHERE v.office_id = $1 AND v.trigram = t.trigram AND v.word = t.word)
             ORDER BY 2, 3
             ON CONFLICT DO NOTHING
         )
         INSERT INTO complaint_words (office_id, word, at, complaint)
         SELECT $1, word, $3, $2 FROM unnest($4::text[]) AS word ORDER BY word
         ON CONFLICT DO NOTHING",
        office.0,
        complaint,
        at,
        &all,
        &threes,
        &of,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes away words that a complaint has lost, and from the vocabulary those that no other complaint has.
pub async fn remove(
    tx: &mut Tx,
    office: OfficeId,
    complaint: Uuid,
    at: DateTime<Utc>,
    words: &BTreeSet<String>,
) -> Result<(), sqlx::Error> {
    let words: Vec<String> = words.iter().cloned().collect();
    sqlx::query!(
        "DELETE FROM complaint_words WHERE office_id = $1 AND word = ANY($4) AND at = $3 AND complaint = $2",
        office.0,
        complaint,
        at,
        &words,
    )
    .execute(&mut **tx)
    .await?;
    let threes: Vec<String> = words.iter().flat_map(|word| trigrams(word)).collect();
    sqlx::query!(
        "DELETE FROM vocabulary v WHERE v.office_id = $1 AND v.trigram = ANY($3) AND v.word = ANY($2)
             AND NOT EXISTS (SELECT 1 FROM complaint_words w WHERE w.office_id = $1 AND w.word = v.word)",
        office.0,
        &words,
        &threes,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Words of the office's complaints that resemble the asked one, the most alike first.
pub async fn alike(tx: &mut Tx, office: OfficeId, asked: &str) -> Result<Vec<String>, sqlx::Error> {
    let threes: Vec<String> = trigrams(asked).into_iter().collect();
    sqlx::query_scalar!(
        "SELECT word FROM vocabulary WHERE office_id = $1 AND trigram = ANY($2)
         GROUP BY word ORDER BY count(*) DESC, length(word), word LIMIT $3",
        office.0,
        &threes,
        CANDIDATES,
    )
    .fetch_all(&mut **tx)
    .await
}

/// In how many complaints any of the words stands, counted no further than `limit`.
pub async fn hits(tx: &mut Tx, office: OfficeId, words: &[String], limit: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "hits!" FROM (
               SELECT 1 FROM complaint_words WHERE office_id = $1 AND word = ANY($2) LIMIT $3) AS counted"#,
        office.0,
        words,
        limit,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Complaints of one office whose words were not written yet, locked.
pub async fn without(tx: &mut Tx, limit: i64) -> Result<Vec<(OfficeId, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT office_id, id FROM complaints WHERE NOT words_written ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED",
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), row.id)).collect())
}

/// Notes that a complaint's words are written.
pub async fn written(tx: &mut Tx, office: OfficeId, complaint: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE complaints SET words_written = true WHERE office_id = $1 AND id = $2", office.0, complaint)
        .execute(&mut **tx)
        .await
        .map(drop)
}
