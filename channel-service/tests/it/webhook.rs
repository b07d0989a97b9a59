//! The webhook's door: who may come in, and what is kept of what comes.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;

use crate::stage::{CITIZEN, Stage, body, sign, text};

const SPOOLED: &str = "SELECT count(*) FROM webhook_spool";

#[tokio::test]
async fn the_challenge_comes_back_as_plain_text() {
    let stage = Stage::alone().await;
    let asked = "/webhook/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20verify%20token";
    let answer = stage.api.without("x-internal-api-key").get(asked).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "1158201444"));
    assert!(answer.headers["content-type"].to_str().expect("text").starts_with("text/plain"));
}

#[tokio::test]
async fn a_wrong_token_or_mode_is_forbidden() {
    let stage = Stage::alone().await;
    for asked in [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=a%20verify%20token",
        "hub_mode=subscribe&hub_challenge=1&hub_verify_token=a%20verify%20token",
        "",
    ] {
        let answer = stage.api.get(&format!("/webhook/whatsapp?{asked}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{asked}");
    }
}

#[tokio::test]
async fn without_a_good_signature_nothing_is_stored() {
    let stage = Stage::alone().await;
    let good = body(&[text(CITIZEN, "wamid.1", stage.seconds(), "halo")]);
    let signature = sign(&good);
    let changed: Bytes = String::from_utf8_lossy(&good).replace("halo", "hela").into();
    let door = stage.api.without("x-internal-api-key");
    let cases = [
        (None, good.clone()),
        (Some(String::new()), good.clone()),
        (Some(signature.replace("sha256=", "")), good.clone()),
        (Some(signature[..70].to_owned()), good.clone()),
        (Some(signature.clone()), changed),
        (Some("sha256=".to_owned() + &"0".repeat(64)), good.clone()),
    ];
    for (header, bytes) in cases {
        let caller = header.as_ref().map_or(door.clone(), |value| door.with("x-hub-signature-256", value));
        let answer = caller.call(Method::POST, "/webhook/whatsapp", Body::from(bytes)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?}");
    }
    assert_eq!(stage.count(SPOOLED).await, 0);
    assert_eq!(stage.posts(good).await.status, StatusCode::OK);
    assert_eq!(stage.count(SPOOLED).await, 1);
}

#[tokio::test]
async fn three_megabytes_are_taken_and_more_than_four_are_too_much() {
    let stage = Stage::alone().await;
    let large = body(&[text(CITIZEN, "wamid.1", stage.seconds(), &"a".repeat(3 << 20))]);
    assert_eq!(stage.posts(large).await.status, StatusCode::OK);
    let larger = vec![b' '; (4 << 20) + 1];
    assert_eq!(stage.posts(larger).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stage.count(SPOOLED).await, 1);
}

#[tokio::test]
async fn what_is_no_json_is_accepted_and_kept_aside() {
    let stage = Stage::alone().await;
    let odd: [&[u8]; 4] = [b"not json", b"", b"\xff\xfe{\"a\":\xc3}", b"{\"object\":\"page\",\"entry\":[{}]}"];
    for bytes in odd {
        assert_eq!(stage.posts(bytes.to_vec()).await.status, StatusCode::OK);
        stage.delivers(&[Bytes::from_static(bytes)]).await;
    }
    let kinds: Vec<String> = stage.aside().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["not_json", "not_json", "not_json", "other_object"]);
}

#[tokio::test]
async fn the_internal_routes_want_the_key_and_the_webhook_does_not() {
    let stage = Stage::alone().await;
    let stranger = stage.api.without("x-internal-api-key");
    for path in [
        "/internal/messages",
        "/internal/conversations",
        "/internal/quarantine",
        "/internal/numbers",
        "/internal/conversations/changes",
    ] {
        assert_eq!(stranger.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
