//! One bad item never stops its siblings.

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::json;

use crate::stage::{CITIZEN, NUMBER, Stage, body, listed, text, value};

/// An id that no index can hold: long, and without a pattern to compress.
fn impossible() -> String {
    let mut state = 7_u32;
    (0..40_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from((state >> 16) % 26).expect("a letter"))
        })
        .collect()
}

#[tokio::test]
async fn a_bad_item_is_kept_aside_for_its_office_and_all_others_are_stored() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    let poison = impossible();
    let mixed = value(
        NUMBER,
        &json!({
            "messages": [text(CITIZEN, "w1", at, "sebelum"), text(CITIZEN, &poison, at, "racun"), text(CITIZEN, "w2", at, "sesudah"),
                         {"from": CITIZEN, "type": "text"}, 7],
            "statuses": [{"id": "s1", "status": "dreamt"}, {"id": "s2", "status": "read"}],
            "errors": [{"code": 131_035, "title": "lost"}],
        }),
    );
    let bodies = [
        body(&[text(CITIZEN, "w0", at, "dari badan lain")]),
        mixed,
        Bytes::from_static(b"\x00"),
        body(&[text(CITIZEN, "w3", at, "akhir")]),
    ];
    stage.delivers(&bodies).await;

    let texts: Vec<_> = stage.messages(CITIZEN).await.iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["dari badan lain", "sebelum", "sesudah", "akhir"]);
    let mut kinds: Vec<String> = stage.aside().await.into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["errors", "failed_item", "message.", "message.text", "not_json", "status"]);
    let kept = stage.aside().await.into_iter().find(|(kind, _)| kind == "failed_item").expect("the poison");
    assert!(kept.1.contains("racun") && kept.1.contains(&poison), "whole, as it came");
    let seen = listed(&stage.api, "/internal/quarantine?kind=failed_item").await;
    assert_eq!(seen.len(), 1, "and staff sees it");

    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 1);
    assert_eq!(stage.api.get("/metrics").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_null_character_is_no_reason_to_lose_a_message() {
    let stage = Stage::alone().await;
    stage
        .delivers(&[Bytes::from(
            String::from_utf8_lossy(&body(&[text(CITIZEN, "w1", stage.seconds(), "aXb")])).replace("aXb", "a\\u0000b"),
        )])
        .await;
    assert_eq!(stage.messages(CITIZEN).await[0]["text"], "ab");
}
