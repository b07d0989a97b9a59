//! Files of ours on their way out: uploaded once, then named by what WhatsApp calls them.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::routing::post;
use bytes::Bytes;
use channel_service::MIGRATOR;
use chrono::Duration;
use contracts::OfficeId;
use platform::storage::{Key, Storage};
use serde_json::{Value, json};
use testkit::Test;

use crate::graph::{Stub, serve};
use crate::stage::{CITIZEN, Stage, config, nobody, word};

type Uploads = Arc<Mutex<Vec<(String, usize)>>>;

/// A Graph API that takes files, too: type and size of each.
async fn stage() -> (Stage, Stub, Uploads) {
    let test = Test::without_broker("channel-service", &MIGRATOR).await;
    let stub = Stub::default();
    let uploads = Uploads::default();
    let files = Router::new().route("/{version}/{number}/media", post(take)).with_state(uploads.clone());
    let url = serve(&test, stub.router().merge(files)).await;
    (Stage::with(test, &url).await, stub, uploads)
}

async fn take(State(uploads): State<Uploads>, mut form: Multipart) -> axum::Json<Value> {
    let mut found = (String::new(), 0);
    while let Some(field) = form.next_field().await.expect("a form") {
        if field.name() == Some("file") {
            found = (field.content_type().unwrap_or_default().to_owned(), field.bytes().await.expect("bytes").len());
        }
    }
    let mut uploads = uploads.lock().unwrap_or_else(PoisonError::into_inner);
    uploads.push(found);
    axum::Json(json!({"id": format!("graph-{}", uploads.len())}))
}

async fn stored(office: OfficeId, size: usize) -> Key {
    let storage = Storage::open(&config(&nobody()).storage.media_url).expect("a storage");
    let key = Key::new("media", office, chrono::DateTime::UNIX_EPOCH);
    storage.put(&key, Bytes::from(vec![7; size])).await.expect("stored");
    key
}

fn image(key: &Key) -> Value {
    json!({"wa_user_id": CITIZEN, "type": "image",
           "image": {"key": key.as_str(), "mime_type": "image/jpeg", "caption": "Denah"}})
}

const SEND: &str = "/internal/messages/send";

#[tokio::test]
async fn a_file_is_uploaded_once_and_then_named_by_its_id() {
    let (stage, stub, uploads) = stage().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let key = stored(OfficeId::FIRST, 300_000).await;
    for _ in 0..2 {
        stage.api.post(SEND, &image(&key)).await.expect(StatusCode::ACCEPTED);
        stage.send().await;
    }
    let uploaded = uploads.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(uploaded, [("image/jpeg".to_owned(), 300_000)]);
    let sent: Vec<Value> = stub.requests().into_iter().filter(|request| request["type"] == "image").collect();
    assert_eq!(sent.len(), 2);
    for request in &sent {
        assert_eq!(request["image"], json!({"id": "graph-1", "caption": "Denah"}));
    }
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!((&message["status"], &message["media"]["key"]), (&json!("sent"), &json!(key.as_str())));
    assert_eq!(message["text"], "Denah");

    // WhatsApp forgets it after 30 days.
    stage.test.clock.advance(Duration::days(30));
    stage.hears(CITIZEN, "w2", "halo").await;
    stage.api.post(SEND, &image(&key)).await.expect(StatusCode::ACCEPTED);
    stage.send().await;
    assert_eq!(uploads.lock().unwrap_or_else(PoisonError::into_inner).len(), 2);
}

#[tokio::test]
async fn a_file_that_is_not_there_or_too_large_fails_with_its_reason() {
    let (stage, stub, uploads) = stage().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let large = stored(OfficeId::FIRST, 6 << 20).await;
    let nowhere = Key::new("media", OfficeId::FIRST, chrono::DateTime::UNIX_EPOCH);
    for (key, why) in [(large, "terlalu besar"), (nowhere, "tidak ditemukan")] {
        stage.api.post(SEND, &image(&key)).await.expect(StatusCode::ACCEPTED);
        stage.send().await;
        let message = stage.messages(CITIZEN).await.pop().expect("a message");
        assert_eq!(message["status"], "failed");
        assert!(word(&message, "error").contains(why), "{message}");
    }
    assert!(stub.requests().is_empty() && uploads.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
}

#[tokio::test]
async fn a_file_of_another_office_or_none_of_ours_is_refused() {
    let (stage, _stub, _uploads) = stage().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let theirs = stored(OfficeId::new(), 10).await;
    let bad = stage.api.post(SEND, &image(&theirs)).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(bad["errors"][0]["field"], "image.key");
    let unknown =
        json!({"wa_user_id": CITIZEN, "type": "image", "image": {"media_id": "0192a000-0000-7000-8000-000000000000"}});
    let bad = stage.api.post(SEND, &unknown).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(bad["errors"][0]["field"], "image.media_id");
    assert!(stage.out(CITIZEN).await.is_empty());
}

#[tokio::test]
async fn a_citizens_file_is_sent_on_by_its_id() {
    let (stage, stub, uploads) = stage().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let key = stored(OfficeId::FIRST, 1_000).await;
    let conversation = stage.conversation().await;
    let id = uuid::Uuid::now_v7();
    let mut tx = stage.test.ctx.db.office(OfficeId::FIRST).await.expect("a database");
    sqlx::query(
        "INSERT INTO media (id, office_id, message_id, conversation_id, contact_id, phone_number_id, kind, filename, state, mime_type, size, key,
                            expires_at, created_at)
         VALUES ($1, $2, $1, $3::uuid, $4::uuid, '1', 'document', 'surat.pdf', 'stored', 'application/pdf', 1000, $5, now(), now())",
    )
    .bind(id)
    .bind(OfficeId::FIRST.0)
    .bind(word(&conversation, "id").parse::<uuid::Uuid>().expect("an id"))
    .bind(word(&conversation, "contact_id").parse::<uuid::Uuid>().expect("an id"))
    .bind(key.as_str())
    .execute(&mut *tx)
    .await
    .expect("a file");
    tx.commit().await.expect("committed");

    let document = json!({"wa_user_id": CITIZEN, "type": "document", "document": {"media_id": id, "caption": "Surat"}});
    stage.api.post(SEND, &document).await.expect(StatusCode::ACCEPTED);
    stage.send().await;
    assert_eq!(*uploads.lock().unwrap_or_else(PoisonError::into_inner), [("application/pdf".to_owned(), 1_000)]);
    let sent = stub.requests().into_iter().find(|request| request["type"] == "document").expect("sent");
    assert_eq!(sent["document"], json!({"id": "graph-1", "caption": "Surat", "filename": "surat.pdf"}));
    let as_image = json!({"wa_user_id": CITIZEN, "type": "image", "image": {"media_id": id}});
    let bad = stage.api.post(SEND, &as_image).await.expect(StatusCode::BAD_REQUEST);
    assert!(word(&bad["errors"][0], "message").contains("document"), "{bad}");
}
