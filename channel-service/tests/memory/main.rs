//! A large document streams in without the process growing: a process of its own, because the others would blur it.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, http::HeaderMap};
use bytes::Bytes;
use channel_service::{Config, Driver, MIGRATOR};
use futures_util::stream;
use platform::bus::Verdict;
use platform::storage::{MediaUrl, StorageConfig};
use serde_json::json;
use testkit::Test;
use url::Url;

const DOCUMENT: usize = 30 * 1024 * 1024;
const PIECE: usize = 16 * 1024;
/// What the process may grow by.
const GROWTH: u64 = 20 * 1024 * 1024;

/// The most that the process ever had in memory.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).expect("a number") * 1024
}

async fn node(Path((_, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let host = headers[header::HOST].to_str().expect("a host");
    Json(json!({"url": format!("http://{host}/files/{id}"), "mime_type": "application/pdf", "file_size": DOCUMENT}))
        .into_response()
}

/// Made as it goes out: the sender keeps nothing either.
async fn bytes() -> Response {
    let pieces = stream::iter((0..DOCUMENT / PIECE).map(|n| {
        let mut piece = vec![b'x'; PIECE];
        if n == 0 {
            piece[..9].copy_from_slice(b"%PDF-1.7\n");
        }
        Ok::<_, std::io::Error>(Bytes::from(piece))
    }));
    Body::from_stream(pieces).into_response()
}

#[tokio::test]
async fn a_document_of_30_megabytes_streams_in_and_the_process_grows_by_less_than_20() {
    let test = Test::without_broker("channel-service", &MIGRATOR).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let graph: Url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
    let stop = test.ctx.tasks.shutdown().clone();
    let router = Router::new().route("/{version}/{id}", get(node)).route("/files/{id}", get(bytes));
    test.ctx.tasks.spawn_work(async move {
        axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await.expect("serving");
    });
    let folder = std::env::temp_dir().join("govconnect-channel-memory");
    let media_url: MediaUrl = Url::from_directory_path(&folder).expect("a path").as_str().parse().expect("an address");
    let config = Config {
        whatsapp_verify_token: "a verify token".into(),
        whatsapp_app_secret: "an app secret for tests".into(),
        whatsapp_app_secret_previous: None,
        whatsapp_access_token: "a token".into(),
        whatsapp_phone_number_id: "1".to_owned(),
        whatsapp_graph_url: graph.clone(),
        whatsapp_graph_version: "v25.0".to_owned(),
        whatsapp_media_hosts: Vec::new(),
        media_max_bytes: 110_000_000,
        ai_service_url: graph,
        identity_key: "an identity key for tests".into(),
        storage: StorageConfig { media_url },
        send_claim_seconds: 30,
        send_unconfirmed_seconds: 120,
    };
    let (driver, service) = Driver::build(test.ctx.clone(), config).await.expect("a service");
    let api = test.api::<channel_service::ChannelService>(service);
    let announce = |n: u32| {
        let document = json!({"id": format!("m{n}"), "mime_type": "application/pdf"});
        let message = json!({"from": "6281234567890", "id": format!("w{n}"), "timestamp": "1795140000", "type": "document", "document": document});
        let value = json!({"metadata": {"phone_number_id": "1"}, "messages": [message]});
        Bytes::from(json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string())
    };
    // Everything that is needed once is there before it is measured.
    assert!(driver.intake(&[announce(1)]).await.iter().all(|verdict| matches!(verdict, Verdict::Done)));
    api.get("/internal/messages").await;
    let before = peak();
    assert_eq!(driver.media().await.expect("a round"), 1);
    let growth = peak() - before;
    let message = api.get("/internal/messages").await.json()["data"][0].clone();
    assert_eq!(
        (&message["media"]["state"], &message["media"]["size"]),
        (&json!("stored"), &json!(DOCUMENT)),
        "{message}"
    );
    println!("30 MB in: the process grew by {} kB", growth / 1024);
    assert!(growth < GROWTH, "grew by {growth} bytes");

    let key: platform::storage::Key = message["media"]["key"].as_str().expect("a key").parse().expect("a key");
    let storage = platform::storage::Storage::open(&media_url_of(&folder)).expect("a storage");
    assert_eq!(storage.size(&key).await.expect("a size"), DOCUMENT as u64);
    storage.delete(&key).await.expect("tidied");
}

fn media_url_of(folder: &std::path::Path) -> MediaUrl {
    Url::from_directory_path(folder).expect("a path").as_str().parse().expect("an address")
}
