//! All SQL of the search.

use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::Limits;

/// All that follows in this transaction sees the database as it is now.
pub async fn as_of_now(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut **tx).await?;
    Ok(())
}

/// How many passages an office can see: its own, and what others share.
pub async fn sizes(tx: &mut Tx, office: OfficeId) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(chunks) FILTER (WHERE office_id = $1), 0)::bigint AS "own!",
                  coalesce(sum(chunks) FILTER (WHERE office_id <> $1 AND shared), 0)::bigint AS "shared!"
           FROM knowledge_sizes WHERE office_id = $1 OR shared"#,
        office.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.own, row.shared))
}

/// In how many passages each term stands; a common one is not counted to its end.
pub async fn rarity(
    tx: &mut Tx,
    office: OfficeId,
    terms: &[String],
    limits: &Limits,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT asked.term AS "term!", own.n + others.n AS "passages!"
           FROM unnest($2::text[]) AS asked (term)
           CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM knowledge_terms t
               WHERE t.office_id = $1 AND t.term = asked.term LIMIT $3) AS seen) AS own
           CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM knowledge_terms t
               WHERE t.shared AND t.term = asked.term AND t.office_id <> $1 LIMIT $3) AS seen) AS others"#,
        office.0,
        terms,
        limits.counted,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.term, row.passages)).collect())
}

/// The passages with the most of these terms, by BM25. Of a common term only the passages where it weighs most are read.
pub async fn by_terms(
    tx: &mut Tx,
    office: OfficeId,
    terms: &[(String, f64)],
    limits: &Limits,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let (words, worth): (Vec<String>, Vec<f64>) = terms.iter().cloned().unzip();
    sqlx::query_scalar!(
        r#"WITH asked AS (SELECT * FROM unnest($2::text[], $3::float8[]) AS asked (term, worth)),
                hits AS (
                    SELECT own.chunk_id, asked.worth * own.weight AS points FROM asked CROSS JOIN LATERAL (
                        SELECT t.chunk_id, t.weight FROM knowledge_terms t WHERE t.office_id = $1 AND t.term = asked.term
                        ORDER BY t.weight DESC, t.chunk_id DESC LIMIT $4) AS own
                    UNION ALL
                    SELECT others.chunk_id, asked.worth * others.weight FROM asked CROSS JOIN LATERAL (
                        SELECT t.chunk_id, t.weight FROM knowledge_terms t
                        WHERE t.shared AND t.term = asked.term AND t.office_id <> $1
                        ORDER BY t.weight DESC, t.chunk_id DESC LIMIT $4) AS others
                )
           SELECT chunk_id AS "chunk_id!" FROM hits GROUP BY chunk_id ORDER BY sum(points) DESC, chunk_id LIMIT $5"#,
        office.0,
        &words,
        &worth,
        limits.postings,
        limits.candidates,
    )
    .fetch_all(&mut **tx)
    .await
}

/// The nearest of the office's vectors, all of them looked at.
pub async fn nearest_exactly(
    tx: &mut Tx,
    office: OfficeId,
    embedder: &str,
    vector: &str,
    limits: &Limits,
) -> Result<Vec<Uuid>, sqlx::Error> {
    // The sum keeps the planner from the approximate index.
    sqlx::query_scalar!(
        "SELECT chunk_id FROM knowledge_vectors WHERE office_id = $1 AND embedder = $2
         ORDER BY (embedding <#> $3::text::halfvec(512)) + 0.0, chunk_id LIMIT $4",
        office.0,
        embedder,
        vector,
        limits.candidates,
    )
    .fetch_all(&mut **tx)
    .await
}

/// The nearest of the office's vectors, by the index: it is walked on until enough of them belong to the office.
pub async fn nearest(
    tx: &mut Tx,
    office: OfficeId,
    embedder: &str,
    vector: &str,
    limits: &Limits,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query!(
        "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true) AS further, set_config('hnsw.ef_search', $1, true) AS breadth,
                set_config('enable_bitmapscan', 'off', true) AS bitmaps, set_config('enable_sort', 'off', true) AS sorting",
        limits.breadth.to_string(),
    )
    .fetch_one(&mut **tx)
    .await?;
    let nearest = sqlx::query_scalar!(
        "SELECT chunk_id FROM knowledge_vectors WHERE office_id = $1 AND embedder = $2
         ORDER BY embedding <#> $3::text::halfvec(512) LIMIT $4",
        office.0,
        embedder,
        vector,
        limits.candidates,
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("SELECT set_config('enable_bitmapscan', 'on', true) AS bitmaps, set_config('enable_sort', 'on', true) AS sorting")
        .fetch_one(&mut **tx)
        .await?;
    Ok(nearest)
}

/// The nearest of what others share.
pub async fn nearest_shared(
    tx: &mut Tx,
    office: OfficeId,
    embedder: &str,
    vector: &str,
    limits: &Limits,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT chunk_id FROM knowledge_vectors WHERE shared AND office_id <> $1 AND embedder = $2
         ORDER BY (embedding <#> $3::text::halfvec(512)) + 0.0, chunk_id LIMIT $4",
        office.0,
        embedder,
        vector,
        limits.candidates,
    )
    .fetch_all(&mut **tx)
    .await
}

/// A passage that may answer, with all that it is judged by.
#[derive(Debug)]
pub struct Row {
    pub chunk_id: Uuid,
    pub office_id: Uuid,
    pub document_id: Uuid,
    pub version: i64,
    pub kind: String,
    pub title: String,
    pub heading: Option<String>,
    pub page: Option<i32>,
    pub question: Option<String>,
    pub content: String,
    pub terms: Vec<String>,
    pub weights: Vec<f32>,
    pub cosine: f64,
}

/// The passages themselves.
pub async fn passages(tx: &mut Tx, chunks: &[Uuid], embedder: &str, vector: &str) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT c.chunk_id, c.office_id, c.document_id, c.version, c.kind, c.title, c.heading, c.page, c.question, c.content,
                  c.terms, c.weights,
                  CASE WHEN v.embedder = $2 THEN -(v.embedding <#> $3::text::halfvec(512)) ELSE 0 END AS "cosine!"
           FROM knowledge_chunks c JOIN knowledge_vectors v USING (chunk_id) WHERE c.chunk_id = ANY($1)"#,
        chunks,
        embedder,
        vector,
    )
    .fetch_all(&mut **tx)
    .await
}
