//! The search for answers over 100,000 passages of one office: how long it takes as the service does it, and how much of
//! what an exact search finds the approximate index finds too.

use std::cell::Cell;
use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::{Service, within};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::time::Instant;
use uuid::Uuid;

use crate::Options;
use crate::load::{milliseconds, open};
use crate::programs::Programs;
use crate::report::{Budget, Report};

/// Nobody is asked for complaints.
const NOBODY: &str = "http://127.0.0.1:9";
/// Passages of one document.
const SECTIONS: usize = 500;
/// Questions a second while it is measured.
const RATE: f64 = 20.0;
/// Neighbours that are compared.
const NEAREST: usize = 10;
/// What ai-service sets for its own search; see `knowledge/store.rs` there.
const AS_THE_SERVICE: &str = "SET LOCAL hnsw.iterative_scan = 'relaxed_order'; SET LOCAL hnsw.ef_search = 200; SET LOCAL enable_sort = off; \
                              SET LOCAL enable_bitmapscan = off";

pub async fn measure(options: &Options, programs: &Programs, report: &mut Report) -> Result<()> {
    let documents = options.passages.div_ceil(SECTIONS);
    println!("knowledge: {} passages …", documents * SECTIONS);
    let running = programs.start(&[Service::Ai], NOBODY).await?;
    let mut database = PgConnection::connect(running.database()?.as_str()).await?;
    // Rows first, then the index: the other way round takes many times as long.
    run(&mut database, "DROP INDEX knowledge_vectors_near").await?;
    let begun = Instant::now();
    fill(programs, documents).await?;
    report.add(
        "knowledge: passages read and indexed",
        "/s",
        count(documents * SECTIONS)? / begun.elapsed().as_secs_f64(),
        None,
    );
    run(
        &mut database,
        "SET maintenance_work_mem = '400MB';
         CREATE INDEX knowledge_vectors_near ON knowledge_vectors USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128)",
    )
    .await?;
    // What autovacuum does within the minute: terms are then read from their index alone.
    for table in
        ["VACUUM (ANALYZE) knowledge_terms", "VACUUM (ANALYZE) knowledge_vectors", "VACUUM (ANALYZE) knowledge_chunks"]
    {
        run(&mut database, table).await?;
    }

    let questions = questions();
    let next = Cell::new(0_usize);
    let latencies = open(options, RATE, async || {
        let question = &questions[next.replace(next.get() + 1) % questions.len()];
        let body = json!({"query": question, "top_k": 10});
        let answer =
            programs.call(Service::Ai).post("/internal/knowledge/search", &body).await?.expect(StatusCode::OK)?;
        ensure!(
            answer["results"].as_array().is_some_and(|results| !results.is_empty()),
            "nothing was found: {question}"
        );
        Ok(())
    })
    .await?;
    report.add("knowledge search p50", "ms", milliseconds(&latencies, 0.5), None);
    report.add("knowledge search p95", "ms", milliseconds(&latencies, 0.95), Some(Budget::AtMost(30.0)));
    let recall = recall(programs, &mut database, &questions).await?;
    report.add("knowledge recall@10 against an exact search", "", recall, Some(Budget::AtLeast(0.95)));
    database.close().await?;
    running.end().await
}

/// Sends documents as everybody does, and waits until all of them are searchable.
async fn fill(programs: &Programs, documents: usize) -> Result<()> {
    let mut random = Random(0x5eed);
    for number in 0..documents {
        let body = json!({
            "document_id": Uuid::now_v7(), "title": format!("Kumpulan aturan {number}"), "content": document(&mut random),
        });
        programs.call(Service::Ai).post("/internal/documents/process", &body).await?.expect(StatusCode::ACCEPTED)?;
    }
    within(Duration::from_mins(30), "all documents are searchable", async || {
        let mut ready = 0;
        let mut path = "/internal/documents?limit=200".to_owned();
        loop {
            let page = programs.call(Service::Ai).get(&path).await?.expect(StatusCode::OK)?;
            let states = page["data"].as_array().context("no list of documents")?;
            ensure!(states.iter().all(|state| state["status"] != "failed"), "a document failed: {states:?}");
            ready += states.iter().filter(|state| state["status"] == "ready").count();
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/internal/documents?limit=200&cursor={cursor}"),
                None => break,
            }
        }
        Ok((ready == documents).then_some(()))
    })
    .await
}

/// The share of the exact neighbours that the index finds.
async fn recall(programs: &Programs, database: &mut PgConnection, questions: &[String]) -> Result<f64> {
    let (mut found, mut all) = (0, 0);
    for vector in vectors(programs, questions)? {
        let exact = nearest(database, "SET LOCAL enable_indexscan = off", &vector).await?;
        let near = nearest(database, AS_THE_SERVICE, &vector).await?;
        all += exact.len();
        found += exact.intersection(&near).count();
    }
    ensure!(all > 0, "there is nothing to compare");
    Ok(count(found)? / count(all)?)
}

async fn nearest(database: &mut PgConnection, settings: &'static str, vector: &str) -> Result<HashSet<Uuid>> {
    let mut tx = database.begin().await?;
    run(&mut tx, "SET LOCAL app.scope = 'all'").await?;
    run(&mut tx, settings).await?;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT chunk_id FROM knowledge_vectors ORDER BY embedding <#> $1::text::halfvec(512) LIMIT {NEAREST}"
    )))
    .bind(vector)
    .fetch_all(&mut *tx)
    .await?;
    tx.rollback().await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The questions' vectors, made by the program itself.
fn vectors(programs: &Programs, questions: &[String]) -> Result<Vec<String>> {
    let mut made = Command::new(programs.program("ai-service"));
    let output = made.arg("vectors").args(questions).stdin(Stdio::null()).output().context("ai-service vectors")?;
    ensure!(output.status.success(), "ai-service vectors: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

async fn run(database: &mut PgConnection, sql: &'static str) -> Result<()> {
    sqlx::raw_sql(sql).execute(database).await?;
    Ok(())
}

fn count(n: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(n)?))
}

const SUBJECTS: [&str; 24] = [
    "kartu keluarga",
    "KTP elektronik",
    "akta kelahiran",
    "akta kematian",
    "surat pindah",
    "surat domisili",
    "SKCK",
    "SKTM",
    "SKU",
    "PBB",
    "bantuan sosial",
    "posyandu",
    "imunisasi",
    "iuran sampah",
    "izin keramaian",
    "surat ahli waris",
    "pengantar nikah",
    "gedung serbaguna",
    "pemakaman",
    "pelatihan kerja",
    "BPJS kesehatan",
    "PAUD",
    "air bersih",
    "PBG",
];
const ASPECTS: [&str; 12] = [
    "syarat",
    "biaya",
    "lama proses",
    "jadwal",
    "loket",
    "denda keterlambatan",
    "perubahan data",
    "kehilangan",
    "pengambilan",
    "perwakilan keluarga",
    "pengaduan",
    "permohonan online",
];

/// Sections on real subjects, among words that occur nowhere else.
fn document(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..SECTIONS {
        let (subject, aspect) = (random.of(&SUBJECTS), random.of(&ASPECTS));
        text.extend(["## ", aspect, " ", subject, "\n\nWarga mengurus ", subject, " dengan memperhatikan ", aspect]);
        for _ in 0..70 {
            text.push(' ');
            text.push_str(&random.word());
        }
        text.push_str(".\n\n");
    }
    text
}

fn questions() -> Vec<String> {
    let pairs = SUBJECTS.iter().flat_map(|subject| ASPECTS.iter().map(move |aspect| (subject, aspect)));
    pairs.map(|(subject, aspect)| format!("{aspect} {subject} gimana ya kak")).collect()
}

/// The same texts in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.next(words.len())]
    }

    /// Some words are common and most are rare, as in a language.
    fn word(&mut self) -> String {
        const SYLLABLES: [&str; 20] = [
            "ka", "ra", "mu", "ti", "lo", "se", "pan", "tar", "gu", "ber", "nis", "dam", "ok", "ul", "in", "jar", "wi",
            "tos", "hem", "pil",
        ];
        let reach = 1 << (3 + self.next(11));
        let mut rest = self.next(reach) * 7_919;
        (0..3)
            .map(|_| {
                let syllable = SYLLABLES[rest % SYLLABLES.len()];
                rest /= SYLLABLES.len();
                syllable
            })
            .collect()
    }
}
