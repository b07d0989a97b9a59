//! Documents on their way into the index: every format, hostile files, versions, deletion, a worker that dies.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use ai_service::documents::events::Uploads;
use ai_service::documents::extract::child::Extractor;
use ai_service::documents::worker::{self, Documents};
use ai_service::documents::{refresh, store};
use ai_service::knowledge;
use chrono::Duration as Span;
use contracts::events::document::{DocumentFailed, DocumentProcessed, DocumentUploaded};
use contracts::{DocumentId, OfficeId};
use http::StatusCode;
use platform::bus::{Delivery, Handler};
use platform::storage::Key;
use serde_json::{Value, json};

use crate::world::World;

const PROCESS: &str = "/internal/documents/process";

/// A world whose files are read by the real program.
pub async fn world() -> World {
    let mut world = World::new().await;
    world.app.documents = Documents::new(reader());
    world
}

fn reader() -> Extractor {
    Extractor::of(PathBuf::from(env!("CARGO_BIN_EXE_ai-service")))
}

/// Reads until nothing is due.
pub async fn work(world: &World) {
    while worker::once(&world.app).await.expect("a document ends") {}
}

async fn state(world: &World, document: DocumentId) -> Value {
    world.api().get(&format!("/internal/documents/{document}")).await.expect(StatusCode::OK)
}

async fn stored(world: &World, bytes: &[u8]) -> Key {
    let key = Key::new("documents", OfficeId::FIRST, world.test.clock.now());
    world.app.storage.put(&key, bytes.to_vec().into()).await.expect("stored");
    key
}

fn upload(document: DocumentId, version: i64, key: Option<&Key>, mime_type: &str) -> DocumentUploaded {
    DocumentUploaded {
        document_id: document,
        key: key.map(ToString::to_string),
        version,
        title: Some("Panduan Layanan".to_owned()),
        kind: Some("document".to_owned()),
        mime_type: Some(mime_type.to_owned()),
        content: None,
        shared: false,
    }
}

async fn hear(world: &World, event: &DocumentUploaded) -> Delivery {
    let delivery = world.test.delivery(event);
    Uploads(world.app.clone()).handle(&delivery).await.expect("the upload is queued");
    delivery
}

/// A file as the dashboard would have uploaded it; how it stands in the end.
async fn uploaded(world: &World, bytes: &[u8], mime_type: &str) -> (DocumentId, Value) {
    let document = DocumentId::new();
    let key = stored(world, bytes).await;
    hear(world, &upload(document, 1, Some(&key), mime_type)).await;
    work(world).await;
    (document, state(world, document).await)
}

async fn contents(world: &World, document: DocumentId) -> String {
    let chunks = world.api().get(&format!("/internal/documents/{document}/chunks")).await.expect(StatusCode::OK);
    let texts: Vec<String> = chunks["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|chunk| {
            let word = |name: &str| chunk[name].as_str().unwrap_or_default().to_owned();
            format!("[{} p{}] {}", word("heading"), chunk["page"], word("content"))
        })
        .collect();
    texts.join("\n")
}

#[tokio::test]
async fn a_document_is_queued_read_cut_and_found_with_its_version() {
    let world = world().await;
    let document = DocumentId::new();
    let content = "# Layanan Kependudukan\n\n## Kartu Keluarga\n\nKartu keluarga hilang diurus dengan surat kehilangan dari kepolisian.\n\n\
                   ## Jam\n\nLoket buka pukul delapan pagi.";
    let body = json!({"document_id": document, "title": "Panduan", "content": content});
    let queued = world.api().post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
    assert_eq!((&queued["status"], &queued["version"]), (&json!("queued"), &json!(0)));
    work(&world).await;
    let ready = state(&world, document).await;
    assert_eq!((&ready["status"], &ready["version"], &ready["chunks"]), (&json!("ready"), &json!(1), &json!(2)));

    let found = world.api().post("/internal/knowledge/search", &json!({"query": "kk ilang gmn"})).await;
    let found = found.expect(StatusCode::OK);
    let best = &found["results"][0];
    assert_eq!(best["document_id"], json!(document));
    assert_eq!((&best["version"], &best["title"]), (&json!(1), &json!("Panduan")));
    assert_eq!(best["heading"], "Layanan Kependudukan > Kartu Keluarga");
    assert!(best["score"].as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)), "{best}");
    let told = world.test.outbox::<DocumentProcessed>().await;
    assert_eq!(
        told.iter().map(|event| (event.document_id, event.version, event.chunks)).collect::<Vec<_>>(),
        [(document, 1, 2)]
    );
    let listed = world.api().get("/internal/documents").await.expect(StatusCode::OK);
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn every_format_is_read_with_its_structure() {
    let world = world().await;
    for (bytes, mime_type, expected) in [
        (
            pdf(&["Syarat KTP adalah fotokopi KK.", "Biaya layanan gratis."]),
            "application/pdf",
            "[ p1] Syarat KTP adalah fotokopi KK.",
        ),
        (
            docx(DOCX),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "[Layanan pnull] Bawa KTP & KK.",
        ),
        (docx(DOCX), "application/octet-stream", "Surat: SKU; Biaya: gratis"),
        (
            b"<h1>Jam</h1><p>Buka pukul delapan.</p><script>jahat()</script>".to_vec(),
            "text/html",
            "[Jam pnull] Buka pukul delapan.",
        ),
        (b"pertanyaan,jawaban\nKapan buka?,Jam delapan pagi\n".to_vec(), "text/csv", "Kapan buka?\nJam delapan pagi"),
        (
            b"JAM LAYANAN\nBuka tiap hari. Caf\xe9 tutup.".to_vec(),
            "text/plain",
            "[JAM LAYANAN pnull] Buka tiap hari. Café tutup.",
        ),
        (utf16("JADWAL\nBuka Senin sampai Jumat."), "text/plain", "[JADWAL pnull] Buka Senin sampai Jumat."),
        (b"# Jam\n\nBuka **pukul** delapan.".to_vec(), "text/markdown", "[Jam pnull] Buka pukul delapan."),
    ] {
        let (document, state) = uploaded(&world, &bytes, mime_type).await;
        assert_eq!(state["status"], "ready", "{mime_type}: {state}");
        let text = contents(&world, document).await;
        assert!(text.contains(expected), "{mime_type}: {text}");
        assert!(!text.contains("jahat"), "{text}");
    }
}

#[tokio::test]
async fn a_hostile_file_ends_in_a_reason_and_its_siblings_are_read() {
    let world = world().await;
    let bomb = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(120_000_000)));
    assert!(bomb.len() < 1_000_000, "it unfolds: {}", bomb.len());
    let nested = format!("%PDF-1.4\n1 0 obj\n{}\nendobj\n", "[".repeat(400_000));
    let cases: Vec<(Vec<u8>, &str, &str)> = vec![
        (bomb, "application/zip", "terlalu panjang"),
        (nested.into_bytes(), "application/pdf", "Dokumen"),
        (b"%PDF-1.7\ngarbage".to_vec(), "application/pdf", "rusak"),
        (b"PK\x03\x04garbage".to_vec(), "application/zip", "rusak"),
        (pdf(&[""]), "application/pdf", "hasil pindai"),
        (b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "text/plain", "belum didukung"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "application/msword", "belum didukung"),
        (zip_of("EncryptedPackage", b"x"), "application/zip", "kata sandi"),
        (Vec::new(), "text/plain", "tidak berisi teks"),
    ];
    for (bytes, mime_type, words) in cases {
        let (_, state) = uploaded(&world, &bytes, mime_type).await;
        assert_eq!((&state["status"], &state["version"]), (&json!("failed"), &json!(0)), "{state}");
        assert!(state["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{words}: {state}");
    }
    let failures = world.test.outbox::<DocumentFailed>().await;
    assert_eq!(failures.len(), 9);
    assert!(failures.iter().all(|event| event.reason.is_some()));
    let (_, sibling) = uploaded(&world, b"Loket buka pukul delapan pagi.", "text/plain").await;
    assert_eq!(sibling["status"], "ready");
}

#[tokio::test]
async fn a_file_that_takes_too_long_or_is_missing_fails_alone() {
    let mut world = world().await;
    world.app.documents = Documents::new(reader().within(Duration::ZERO));
    let (_, late) = uploaded(&world, b"Loket buka.", "text/plain").await;
    assert!(late["reason"].as_str().is_some_and(|reason| reason.contains("terlalu rumit")), "{late}");

    let document = DocumentId::new();
    let nowhere = Key::new("documents", OfficeId::FIRST, world.test.clock.now());
    hear(&world, &upload(document, 1, Some(&nowhere), "text/plain")).await;
    work(&world).await;
    assert!(state(&world, document).await["reason"].as_str().is_some_and(|reason| reason.contains("tidak ditemukan")));

    let other = Key::new("documents", OfficeId::new(), world.test.clock.now());
    let document = DocumentId::new();
    hear(&world, &upload(document, 1, Some(&other), "text/plain")).await;
    world.api().get(&format!("/internal/documents/{document}")).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(world.test.outbox::<DocumentFailed>().await.last().map(|event| event.document_id), Some(document));
}

#[tokio::test]
async fn an_older_upload_never_replaces_a_newer_one_and_a_redelivery_does_nothing() {
    let world = world().await;
    let document = DocumentId::new();
    let (old, new) = (stored(&world, b"Aturan lama berlaku.").await, stored(&world, b"Aturan baru berlaku.").await);
    let newer = hear(&world, &upload(document, 2, Some(&new), "text/plain")).await;
    hear(&world, &upload(document, 1, Some(&old), "text/plain")).await;
    work(&world).await;
    hear(&world, &upload(document, 1, Some(&old), "text/plain")).await;
    Uploads(world.app.clone()).handle(&newer).await.expect("a redelivery");
    work(&world).await;
    assert_eq!(state(&world, document).await["version"], 2);
    assert!(contents(&world, document).await.contains("baru"));
    assert_eq!(world.test.outbox::<DocumentProcessed>().await.len(), 1);
    let body = json!({"document_id": document, "title": "t", "content": "Aturan kuno berlaku.", "version": 2});
    world.api().post(PROCESS, &body).await.expect(StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_version_that_comes_while_an_older_one_is_read_wins() {
    let world = world().await;
    let document = DocumentId::new();
    let say = |content: &str| json!({"document_id": document, "title": "Aturan", "content": content});
    world.api().post(PROCESS, &say("Aturan pertama berlaku.")).await.expect(StatusCode::ACCEPTED);
    let now = world.test.clock.now();
    let mut tx = world.app.ctx.db.all_offices("a test works").await.expect("a transaction");
    let job = store::take(&mut tx, now, Span::minutes(3)).await.expect("taken").expect("a job");
    tx.commit().await.expect("committed");
    world.api().post(PROCESS, &say("Aturan kedua berlaku.")).await.expect(StatusCode::ACCEPTED);
    let mut tx = world.app.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    assert!(!store::finish(&mut tx, &job).await.expect("asked"), "the older one lost its place");
    tx.commit().await.expect("committed");
    work(&world).await;
    assert!(contents(&world, document).await.contains("kedua"));
    assert_eq!(state(&world, document).await["version"], 2);
}

#[tokio::test]
async fn a_worker_that_died_is_followed_by_another() {
    let world = world().await;
    let document = DocumentId::new();
    let body = json!({"document_id": document, "title": "Aturan", "content": "Aturan berlaku untuk semua warga."});
    world.api().post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
    let mut tx = world.app.ctx.db.all_offices("a test works").await.expect("a transaction");
    let dead = store::take(&mut tx, world.test.clock.now(), Span::minutes(3)).await.expect("taken").expect("a job");
    tx.commit().await.expect("committed");
    assert!(!worker::once(&world.app).await.expect("a look"), "its lease holds");
    assert_eq!(state(&world, document).await["status"], "processing");
    world.test.clock.advance(Span::minutes(4));
    assert!(worker::once(&world.app).await.expect("a document ends"));
    assert_eq!(state(&world, document).await["status"], "ready");
    let mut tx = world.app.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    assert!(!store::finish(&mut tx, &dead).await.expect("asked"), "the dead one can't end it again");
    assert_eq!(world.test.outbox::<DocumentProcessed>().await.len(), 1);
}

#[tokio::test]
async fn a_document_that_kills_its_worker_again_and_again_is_given_up() {
    let world = world().await;
    let document = DocumentId::new();
    let body = json!({"document_id": document, "title": "Aturan", "content": "Aturan berlaku untuk semua warga."});
    world.api().post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
    for _ in 0..4 {
        let mut tx = world.app.ctx.db.all_offices("a test works").await.expect("a transaction");
        assert!(store::take(&mut tx, world.test.clock.now(), Span::minutes(3)).await.expect("taken").is_some());
        tx.commit().await.expect("committed");
        world.test.clock.advance(Span::minutes(4));
    }
    work(&world).await;
    assert_eq!(state(&world, document).await["status"], "failed");
}

#[tokio::test]
async fn deletion_leaves_nothing_and_an_upload_on_its_way_brings_nothing_back() {
    let world = world().await;
    let document = DocumentId::new();
    let key = stored(&world, b"Loket buka pukul delapan pagi.").await;
    hear(&world, &upload(document, 1, Some(&key), "text/plain")).await;
    work(&world).await;
    let path = format!("/internal/documents/{document}");
    world.api().delete(&path).await.expect(StatusCode::NO_CONTENT);
    world.api().delete(&path).await.expect(StatusCode::NO_CONTENT);
    world.api().get(&path).await.expect(StatusCode::NOT_FOUND);
    hear(&world, &upload(document, 2, Some(&key), "text/plain")).await;
    work(&world).await;
    let mut tx = world.app.ctx.db.all_offices("a test looks").await.expect("a transaction");
    for table in ["documents", "document_jobs", "knowledge_chunks", "knowledge_vectors", "knowledge_terms"] {
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *tx)
            .await
            .expect("rows");
        assert_eq!(rows, 0, "{table}");
    }
    let left: i64 =
        sqlx::query_scalar("SELECT sum(chunks)::bigint FROM knowledge_sizes").fetch_one(&mut *tx).await.expect("a sum");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_search_sees_one_version_whole_while_documents_are_swapped() {
    const VERSIONS: usize = 12;
    let world = world().await;
    let document = DocumentId::new();
    let text = |version: usize| {
        let sections =
            (0..6).map(|n| format!("## Bagian {n}\n\nRetribusi pasar naik menurut aturan versi{version}.\n\n"));
        sections.collect::<String>()
    };
    let put = async |version: usize| {
        let body = json!({"document_id": document, "title": "Retribusi", "content": text(version), "version": version});
        world.api().post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
        work(&world).await;
    };
    put(1).await;
    let done = std::cell::Cell::new(false);
    let swapping = async {
        for version in 2..=VERSIONS {
            put(version).await;
        }
        done.set(true);
    };
    let searching = async {
        let mut seen = Vec::new();
        while !done.get() {
            let found =
                knowledge::search(&world.app, OfficeId::FIRST, "retribusi pasar", None, 20).await.expect("a search");
            let versions: Vec<i64> = found.results.iter().map(|passage| passage.chunk.version).collect();
            assert_eq!(versions.len(), 6, "a document is there, and whole");
            assert!(versions.iter().all(|version| *version == versions[0]), "{versions:?}");
            let word = format!("versi{}.", versions[0]);
            assert!(found.results.iter().all(|passage| passage.chunk.content.contains(&word)), "{found:?}");
            seen.push(versions[0]);
        }
        assert!(seen.is_sorted(), "{seen:?}");
    };
    tokio::join!(swapping, searching);
    assert_eq!(state(&world, document).await["version"], VERSIONS);
}

#[tokio::test]
async fn what_an_older_program_indexed_is_indexed_anew() {
    let world = world().await;
    let body =
        json!({"document_id": DocumentId::new(), "title": "Kapan buka?", "kind": "faq", "content": "Jam delapan."});
    world.api().post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
    work(&world).await;
    let mut tx = world.app.ctx.db.all_offices("a test changes").await.expect("a transaction");
    sqlx::query("UPDATE knowledge_vectors SET embedder = 'builtin:0:old'").execute(&mut *tx).await.expect("changed");
    tx.commit().await.expect("committed");
    assert_eq!(refresh::all(&world.app).await.expect("a look"), 1);
    assert_eq!(refresh::all(&world.app).await.expect("a look"), 0);
    let found = knowledge::search(&world.app, OfficeId::FIRST, "jam buka", None, 1).await.expect("a search");
    assert!(found.answerable, "{found:?}");
}

#[tokio::test]
async fn the_same_key_is_one_document_and_bad_requests_name_every_field() {
    let world = world().await;
    let body = json!({"document_id": DocumentId::new(), "title": "Jam", "kind": "faq", "content": "Jam delapan."});
    let first = world.api().key("k").post(PROCESS, &body).await.expect(StatusCode::ACCEPTED);
    assert_eq!(world.api().key("k").post(PROCESS, &body).await.expect(StatusCode::ACCEPTED), first);
    work(&world).await;
    assert_eq!(world.test.outbox::<DocumentProcessed>().await.len(), 1);

    let bad = json!({"document_id": DocumentId::new(), "title": " ", "content": "x", "key": "../../etc/passwd", "version": 0});
    let problem = world.api().post(PROCESS, &bad).await.expect(StatusCode::BAD_REQUEST);
    let fields: Vec<&str> =
        problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(fields, ["title", "version", "content"]);
    let foreign = Key::new("documents", OfficeId::new(), world.test.clock.now()).to_string();
    let bad = json!({"document_id": DocumentId::new(), "title": "t", "key": foreign});
    world.api().post(PROCESS, &bad).await.expect(StatusCode::BAD_REQUEST);
    let reader = world.test.actor("Rina", Some(OfficeId::FIRST), &[]);
    world.api().actor(&reader).post(PROCESS, &body).await.expect(StatusCode::FORBIDDEN);
}

const DOCX: &str = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Layanan</w:t></w:r></w:p>\
    <w:p><w:r><w:t xml:space=\"preserve\">Bawa KTP </w:t></w:r><w:r><w:t>&amp; KK.</w:t></w:r></w:p>\
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Surat</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Biaya</w:t></w:r></w:p></w:tc></w:tr>\
    <w:tr><w:tc><w:p><w:r><w:t>SKU</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>gratis</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";

fn docx(body: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    zip_of("word/document.xml", xml.as_bytes())
}

fn zip_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file");
    zip.write_all(bytes).expect("written");
    zip.finish().expect("an archive").into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// A PDF with one line a page.
fn pdf(pages: &[&str]) -> Vec<u8> {
    use std::fmt::Write as _;
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (n, text) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * n
        ));
        let stream = if text.is_empty() { String::new() } else { format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET") };
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", n + 1).expect("a string takes all");
    }
    let start = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).expect("a string takes all");
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").expect("a string takes all");
    }
    writeln!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF", objects.len() + 1)
        .expect("a string takes all");
    file.into_bytes()
}
