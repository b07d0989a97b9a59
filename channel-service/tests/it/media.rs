//! Files of citizens: fetched under the number's token, checked, kept under our own names, served safely, and said to
//! staff when they can't be had.

use axum::http::StatusCode;
use bytes::Bytes;
use chrono::Duration;
use contracts::OfficeId;
use serde_json::{Value, json};

use crate::shelf::{File, PNG};
use crate::stage::{CITIZEN, Stage, body, word};

fn file(kind: &str, wamid: &str, at: i64, object: Value) -> Bytes {
    let mut message = json!({"from": CITIZEN, "id": wamid, "timestamp": at.to_string(), "type": kind});
    message[kind] = object;
    body(&[message])
}

async fn media(stage: &Stage) -> Value {
    stage.messages(CITIZEN).await.pop().expect("a message")["media"].clone()
}

#[tokio::test]
async fn a_photo_is_fetched_kept_under_our_name_and_served() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.png("m1");
    stage.delivers(&[file("image", "w1", stage.seconds(), json!({"id": "m1", "mime_type": "image/jpeg"}))]).await;
    assert_eq!(word(&media(&stage).await, "state"), "pending");
    stage.fetch().await;
    let media = media(&stage).await;
    assert_eq!(
        (word(&media, "state").as_str(), word(&media, "mime_type").as_str()),
        ("stored", "image/png"),
        "by its bytes"
    );
    assert!(word(&media, "key").starts_with(&format!("media/{}/", OfficeId::FIRST)));
    let path = format!("/internal/media/{}", word(&media, "id"));
    let whole = stage.api.get(&path).await;
    assert_eq!((whole.status, &whole.bytes[..]), (StatusCode::OK, PNG));
    assert_eq!(whole.headers["content-type"], "image/png");
    assert_eq!(whole.headers["x-content-type-options"], "nosniff");
    assert_eq!(whole.headers["content-length"], PNG.len().to_string());
    let part = stage.api.with("range", "bytes=1-3").get(&path).await;
    assert_eq!((part.status, &part.bytes[..]), (StatusCode::PARTIAL_CONTENT, &b"PNG"[..]));
    assert_eq!(part.headers["content-range"], format!("bytes 1-3/{}", PNG.len()));
    let etag = whole.headers["etag"].to_str().expect("text").to_owned();
    let same = stage.api.with("range", "bytes=0-0").with("if-range", &etag).get(&path).await;
    let other = stage.api.with("range", "bytes=0-0").with("if-range", "\"old\"").get(&path).await;
    assert_eq!((same.status, other.status), (StatusCode::PARTIAL_CONTENT, StatusCode::OK));
    let beyond = stage.api.with("range", "bytes=9999-").get(&path).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers["content-range"], format!("bytes */{}", PNG.len()));

    let second = stage.test.add_office("Kelurahan Sukajaya").await;
    assert_eq!(stage.api.office(second).get(&path).await.status, StatusCode::NOT_FOUND, "another office's file");
    assert_eq!(shelf.asked(), ["node m1", "file m1 with Bearer simulator-access-token"]);
}

#[tokio::test]
async fn a_page_that_calls_itself_a_document_is_a_file_to_save() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.put(
        "m1",
        File {
            bytes: Bytes::from_static(b"<html><script>alert(1)</script>"),
            mime: "text/html".to_owned(),
            ..File::default()
        },
    );
    stage
        .delivers(&[file(
            "document",
            "w1",
            stage.seconds(),
            json!({"id": "m1", "mime_type": "text/html", "filename": "../a\"b\r\n.html"}),
        )])
        .await;
    stage.fetch().await;
    let answer = stage.api.get(&format!("/internal/media/{}", word(&media(&stage).await, "id"))).await;
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"a_b__.html\"");
    assert_eq!(answer.headers["content-security-policy"], "default-src 'none'; sandbox");
}

#[tokio::test]
async fn what_pretends_is_too_large_or_damaged_is_refused_and_staff_see_why() {
    let (stage, shelf) = Stage::with_files().await;
    let of = |bytes: Bytes| File { bytes, mime: "image/png".to_owned(), ..File::default() };
    shelf.put("program", of(Bytes::from_static(b"MZ\x90\0\x03\0\0\0\x04")));
    shelf.put("pretender", of(Bytes::from_static(b"%PDF-1.7 no picture")));
    shelf.put("large", of(Bytes::from(vec![7; 1_000_001])));
    shelf.put("damaged", File { sha256: Some(hex::encode([1; 32])), ..of(Bytes::from_static(PNG)) });
    for (id, reason) in
        [("program", "program"), ("pretender", "bukan gambar"), ("large", "lebih besar"), ("damaged", "rusak")]
    {
        stage.delivers(&[file("image", id, stage.seconds(), json!({"id": id}))]).await;
        stage.fetch().await;
        stage.test.clock.advance(Duration::seconds(10));
        stage.fetch().await;
        let media = media(&stage).await;
        assert_eq!(word(&media, "state"), "refused", "{id}");
        assert!(word(&media, "reason").contains(reason), "{media}");
        let answer = stage.api.get(&format!("/internal/media/{}", word(&media, "id"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text().contains(reason), "{}", answer.text());
    }
    assert_eq!(stage.count("SELECT count(*) FROM media WHERE key IS NOT NULL").await, 0);
    stage.test.clock.advance(Duration::hours(1));
    stage.fetch().await;
    assert_eq!(stage.count("SELECT count(*) FROM media_to_delete").await, 0, "no bytes stay behind");
}

#[tokio::test]
async fn the_token_goes_nowhere_else() {
    let (stage, shelf) = Stage::with_files().await;
    let (other, elsewhere) = (crate::shelf::Shelf::default(), stage.test.ctx.clone());
    let url = crate::graph::serve(&stage.test, other.router()).await;
    drop(elsewhere);
    other.png("m1");
    for (id, url) in [
        ("m1", format!("{url}files/m1")),
        ("m2", "https://example.org/x".to_owned()),
        ("m3", "http://169.254.169.254/".to_owned()),
    ] {
        shelf.put(id, File { url: Some(url), ..File::default() });
        stage.delivers(&[file("image", id, stage.seconds(), json!({"id": id}))]).await;
        stage.fetch().await;
        assert_eq!(word(&media(&stage).await, "state"), "refused", "{id}");
    }
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[tokio::test]
async fn an_address_that_is_too_old_is_asked_for_once_more() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.put("m1", File { bytes: Bytes::from_static(PNG), mime: "image/png".to_owned(), stale: 1, ..File::default() });
    stage.delivers(&[file("image", "w1", stage.seconds(), json!({"id": "m1"}))]).await;
    stage.fetch().await;
    assert_eq!(word(&media(&stage).await, "state"), "stored");
    assert_eq!(shelf.asked().iter().filter(|asked| *asked == "node m1").count(), 2);
}

#[tokio::test]
async fn the_address_in_the_message_serves_while_it_is_fresh() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.png("kept");
    // The node does not show the id; the address that came with the message works for five minutes.
    let photo = json!({"id": "m1", "url": shelf.address("kept")});
    stage.delivers(&[file("image", "w0", stage.seconds(), photo)]).await;
    stage.fetch().await;
    assert_eq!(word(&media(&stage).await, "state"), "stored");
    assert_eq!(shelf.asked(), ["node m1", "file kept with Bearer simulator-access-token"]);
}

#[tokio::test]
async fn what_the_token_may_not_see_waits_for_another_token_until_whatsapp_forgets_it() {
    let (stage, shelf) = Stage::with_files().await;
    let photo = json!({"id": "m1", "url": shelf.address("kept")});
    stage.delivers(&[file("image", "w0", stage.seconds(), photo)]).await;
    stage.test.clock.advance(Duration::minutes(6));
    stage.fetch().await;
    assert_eq!(word(&media(&stage).await, "state"), "pending");
    assert_eq!(shelf.asked(), ["node m1"], "an old address is not tried");
    stage.test.clock.advance(Duration::days(8));
    stage.fetch().await;
    assert_eq!(word(&media(&stage).await, "state"), "expired", "WhatsApp has it no more");
    assert!(word(&media(&stage).await, "reason").contains("tidak menyimpan"));
}

#[tokio::test]
async fn a_file_that_can_not_be_had_now_is_tried_again_until_whatsapp_forgets_it() {
    let test = testkit::Test::without_broker("channel-service", &channel_service::MIGRATOR).await;
    let stage = Stage::with(test, &crate::stage::nobody()).await;
    stage.delivers(&[file("image", "w1", stage.seconds(), json!({"id": "m1"}))]).await;
    for _ in 0..3 {
        stage.driver.media().await.expect("a round");
        assert_eq!(word(&media(&stage).await, "state"), "pending");
        stage.test.clock.advance(Duration::hours(1));
    }
    assert_eq!(stage.count("SELECT attempts::bigint FROM media").await, 3);
    stage.test.clock.advance(Duration::days(8));
    stage.driver.media().await.expect("a round");
    assert_eq!(word(&media(&stage).await, "state"), "expired");
}

#[tokio::test]
async fn a_file_that_whatsapp_never_had_is_said_at_once() {
    let stage = Stage::alone().await;
    let mut message = json!({"from": CITIZEN, "id": "w1", "timestamp": stage.seconds().to_string(), "type": "image", "image": {"caption": "ini"}});
    message["errors"] = json!([{"code": 131_052, "title": "Media download error"}]);
    stage.delivers(&[body(&[message])]).await;
    let media = media(&stage).await;
    assert_eq!(word(&media, "state"), "failed");
    assert!(word(&media, "reason").contains("Media download error"));
    assert_eq!(stage.driver.media().await.expect("a round"), 0);
}

#[tokio::test]
async fn a_voice_note_that_may_be_heard_becomes_words_before_the_turn_goes_out() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.hears("lampu jalan mati di depan pasar");
    let ogg = Bytes::from_static(b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01");
    shelf.put("m1", File { bytes: ogg, mime: "audio/ogg".to_owned(), ..File::default() });
    let voice = json!({"id": "m1", "mime_type": "audio/ogg; codecs=opus", "voice": true});
    stage.delivers(&[file("audio", "w1", stage.seconds(), voice)]).await;
    stage.quiet().await;
    assert!(stage.turns().await.is_empty(), "the turn waits for the file");
    stage.fetch().await;
    let message = stage.messages(CITIZEN).await.remove(0);
    assert_eq!(word(&message, "text"), "lampu jalan mati di depan pasar");
    assert_eq!(message["media"]["transcribed"], json!(true));
    stage.quiet().await;
    assert_eq!(stage.turns().await[0].message, "lampu jalan mati di depan pasar");
    assert!(
        stage.turns().await[0].messages[0].media.as_ref().is_some_and(|media| media.transcribed && media.key.is_some())
    );
}

#[tokio::test]
async fn a_voice_note_that_may_not_be_heard_stays_one() {
    let (stage, shelf) = Stage::with_files().await;
    let ogg = Bytes::from_static(b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01");
    shelf.put("m1", File { bytes: ogg, mime: "audio/ogg".to_owned(), ..File::default() });
    stage.delivers(&[file("audio", "w1", stage.seconds(), json!({"id": "m1", "voice": true}))]).await;
    stage.fetch().await;
    let message = stage.messages(CITIZEN).await.remove(0);
    assert_eq!((word(&message, "text").as_str(), word(&message["media"], "state").as_str()), ("Pesan suara", "stored"));
    assert_eq!(message["media"]["transcribed"], Value::Null);
    stage.quiet().await;
    assert_eq!(stage.turns().await[0].messages[0].text, None, "the description is not the citizen's word");
}

#[tokio::test]
async fn a_forgotten_citizen_leaves_no_file_behind() {
    let (stage, shelf) = Stage::with_files().await;
    shelf.png("m1");
    shelf.png("m2");
    stage.delivers(&[file("image", "w1", stage.seconds(), json!({"id": "m1"}))]).await;
    stage.fetch().await;
    stage.delivers(&[file("image", "w2", stage.seconds(), json!({"id": "m2"}))]).await;
    let message = stage.messages(CITIZEN).await.remove(0);
    let path = format!("/internal/media/{}", word(&message["media"], "id"));
    let contact = word(&message, "contact_id");
    assert_eq!(stage.api.get(&path).await.status, StatusCode::OK);
    assert_eq!(stage.api.delete(&format!("/internal/citizens/{contact}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(stage.api.get(&path).await.status, StatusCode::NOT_FOUND);
    shelf.remove("m2");
    stage.driver.media().await.expect("a round");
    assert_eq!(
        stage.count("SELECT count(*) FROM media").await + stage.count("SELECT count(*) FROM media_to_delete").await,
        0
    );
    let storage = platform::storage::Storage::open(&crate::stage::config(&crate::stage::nobody()).storage.media_url)
        .expect("a storage");
    let key = word(&message["media"], "key").parse().expect("a key");
    assert!(matches!(storage.size(&key).await, Err(platform::storage::StorageError::NotFound)), "the bytes are gone");
}
