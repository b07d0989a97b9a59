//! What ai-service says of documents, over a real broker: once, upwards, and seen without a reload.

use contracts::events::Event;
use contracts::events::document::{DocumentFailed, DocumentProcessed};
use contracts::{DocumentId, OfficeId, topology};
use dashboard::MIGRATOR;
use http::StatusCode;
use platform::outbox::{Cause, append};
use serde_json::{Value, json};
use testkit::{Api, Test, until};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, ResponseTemplate};

use crate::forms::{attribute, count, send, text};
use crate::world::World;

/// Ours, and the one that keeps what we say: an event that nobody takes holds back the next one of its document.
const QUEUES: &[topology::Queue] =
    &[topology::DASHBOARD_DOCUMENTS, topology::DASHBOARD_DOCUMENT_FAILURES, topology::AI_DOCUMENTS];

struct Stage {
    world: World,
    browser: Api,
    said: std::cell::Cell<i64>,
}

impl Stage {
    async fn new() -> Self {
        let test = Test::with_broker("dashboard", &MIGRATOR, QUEUES).await;
        let world = World::with(test, "/nowhere".into()).await;
        world.start_workers();
        let browser = world.browser("admin").await;
        Self { world, browser, said: 0.into() }
    }

    async fn add(&self) -> DocumentId {
        let body = json!({ "title": "Perda", "content": "Pasal 1" });
        let made = self.world.service.post("/internal/documents", &body).await.expect(StatusCode::CREATED);
        made["document_id"].as_str().expect("an id").parse().expect("an id")
    }

    /// ai-service has these passages of the document.
    async fn has_chunks(&self, id: DocumentId, version: i64, contents: &[&str]) -> wiremock::MockGuard {
        let chunk = |(n, content): (usize, &&str)| {
            json!({ "chunk_id": format!("c{n}"), "position": n + 1, "heading": format!("Pasal {n}"), "page": n + 4,
                    "content": content, "version": version })
        };
        let data: Vec<Value> = contents.iter().enumerate().map(chunk).collect();
        let at = format!("/internal/documents/{id}/chunks");
        // The first on a page of its own.
        let (first, rest) = data.split_at(1);
        Mock::given(method("GET"))
            .and(path(&at))
            .and(query_param("cursor", "2"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": rest, "next_cursor": null })))
            .mount(&self.world.ai)
            .await;
        Mock::given(method("GET"))
            .and(path(&at))
            .and(query_param_is_missing("cursor"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": first, "next_cursor": "2" })))
            .mount_as_scoped(&self.world.ai)
            .await
    }

    /// Says it and waits until it has been heard.
    async fn say<E: Event>(&self, office: OfficeId, event: &E) {
        let ctx = &self.world.test.ctx;
        let mut tx = ctx.db.office(office).await.expect("a transaction");
        append(ctx, &mut tx, office, event, &Cause::none()).await.expect("appended");
        tx.commit().await.expect("committed");
        ctx.outbox.wake();
        self.said.set(self.said.get() + 1);
        until("the event is handled", || async {
            let mut tx = ctx.db.all_offices("a test looks").await.ok()?;
            let handled: i64 = sqlx::query_scalar("SELECT count(*) FROM inbox WHERE consumer = 'documents'")
                .fetch_one(&mut *tx)
                .await
                .ok()?;
            (handled == self.said.get()).then_some(())
        })
        .await;
    }

    async fn ready(&self, id: DocumentId, version: i64, chunks: u32) {
        self.say(OfficeId::FIRST, &DocumentProcessed { document_id: id, key: None, version, chunks }).await;
    }

    async fn failed(&self, id: DocumentId, version: i64, reason: &str) {
        let event = DocumentFailed { document_id: id, key: None, version, reason: Some(reason.to_owned()) };
        self.say(OfficeId::FIRST, &event).await;
    }

    async fn page(&self, id: DocumentId) -> String {
        self.browser.get(&format!("/documents/{id}")).await.text()
    }

    async fn status(&self, id: DocumentId) -> String {
        attribute(&self.page(id).await, "document", "data-status")
    }
}

#[tokio::test]
async fn what_was_read_is_copied_and_shown_with_heading_and_page() {
    let stage = Stage::new().await;
    let id = stage.add().await;
    let _chunks = stage.has_chunks(id, 1, &["<b>Biaya</b> gratis", "Jam\0 08.00"]).await;
    stage.ready(id, 1, 2).await;
    let html = stage.page(id).await;
    assert_eq!(attribute(&html, "document", "data-status"), "ready");
    assert_eq!(count(&html, "data-testid=\"chunk-row\""), 2);
    assert!(html.contains("Pasal 0") && html.contains("Halaman 5") && html.contains("Jam 08.00"), "{html}");
    assert!(html.contains("&lt;b&gt;Biaya") && !html.contains("<b>Biaya"), "{html}");
    let list = stage.browser.get("/documents").await.text();
    assert_eq!(attribute(&list, "document-row", "data-status"), "ready");
}

#[tokio::test]
async fn only_a_higher_version_counts_whatever_the_order() {
    let stage = Stage::new().await;
    let id = stage.add().await;
    send(&stage.browser, &format!("/documents/{id}/reprocess"), &[]).await;
    // Version 1 is done while version 2 waits: answers come from 1 until then.
    let one = stage.has_chunks(id, 1, &["isi pertama"]).await;
    stage.ready(id, 1, 1).await;
    assert_eq!(stage.status(id).await, "queued");
    assert!(stage.page(id).await.contains("Masih versi 1"));
    drop(one);
    let _two = stage.has_chunks(id, 2, &["isi kedua"]).await;
    stage.ready(id, 2, 1).await;
    assert_eq!(stage.status(id).await, "ready");
    // What comes too late, or twice, changes nothing.
    stage.failed(id, 1, "terlambat").await;
    stage.failed(id, 2, "dua kali").await;
    stage.ready(id, 1, 99).await;
    let html = stage.page(id).await;
    assert_eq!(attribute(&html, "document", "data-status"), "ready");
    assert!(html.contains("isi kedua") && !html.contains("isi pertama") && !html.contains("dua kali"), "{html}");
    assert_eq!(text(&html, "chunk-count"), "1");
}

#[tokio::test]
async fn a_failure_says_why_and_the_former_version_goes_on_answering() {
    let stage = Stage::new().await;
    let id = stage.add().await;
    let _one = stage.has_chunks(id, 1, &["isi lama"]).await;
    stage.ready(id, 1, 1).await;
    send(&stage.browser, &format!("/documents/{id}/reprocess"), &[]).await;
    stage.failed(id, 2, "Berkas dikunci dengan kata sandi.").await;
    let html = stage.page(id).await;
    assert_eq!(attribute(&html, "document", "data-status"), "failed");
    assert!(
        html.contains("Berkas dikunci dengan kata sandi.")
            && html.contains("Masih versi 1")
            && html.contains("isi lama")
    );
}

#[tokio::test]
async fn an_office_can_not_settle_anothers_document_and_unknown_ones_are_let_be() {
    let stage = Stage::new().await;
    let id = stage.add().await;
    let other = stage.world.add_office("Desa Mekarsari").await;
    stage.say(other, &DocumentProcessed { document_id: id, key: None, version: 1, chunks: 3 }).await;
    assert_eq!(stage.status(id).await, "queued");
    stage.ready(DocumentId::new(), 1, 3).await;
    let forgotten = stage.world.ai.received_requests().await.expect("recorded");
    assert!(forgotten.iter().all(|call| call.method != http::Method::DELETE));
}

#[tokio::test]
async fn an_entry_becomes_ready_without_passages_of_its_own() {
    let stage = Stage::new().await;
    let body = json!({ "question": "Jam buka?", "answer": "08.00" });
    let made = stage.world.service.post("/internal/knowledge/entries", &body).await.expect(StatusCode::CREATED);
    let id: DocumentId = made["document_id"].as_str().expect("an id").parse().expect("an id");
    stage.ready(id, 1, 1).await;
    let html = stage.browser.get("/knowledge").await.text();
    assert_eq!(attribute(&html, "faq-row", "data-status"), "ready");
    send(&stage.browser, &format!("/knowledge/{id}/retire"), &[]).await;
    stage.ready(id, 2, 1).await;
    let html = stage.browser.get("/knowledge").await.text();
    assert_eq!(attribute(&html, "faq-row", "data-status"), "retired", "what comes late brings nothing back");
}
