//! The 24-hour window and the two rate limits, on a clock moved by hand.

use std::time::Duration;

use serde_json::json;

use crate::stage::{CITIZEN, Stage, wamid};

#[tokio::test]
async fn after_a_day_only_templates_arrive() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.clock.advance(Duration::from_hours(24));
    let (_, within) = stage.send_text("masih dalam 24 jam").await;
    stage.status(&wamid(&within), "read").await;
    stage.clock.advance(Duration::from_secs(1));

    let (status, late) = stage.send_text("terlambat").await;
    assert_eq!(status, 200, "accepted first, as in reality");
    let failed = stage.status(&wamid(&late), "failed").await;
    assert_eq!(failed["statuses"][0]["errors"][0]["code"], 131_047);
    assert!(failed.get("contacts").is_none(), "failures come without contacts");

    let template = json!({"type": "template", "template": {"name": "status_laporan", "language": {"code": "id"}}});
    let (_, template) = stage.send(template).await;
    stage.status(&wamid(&template), "delivered").await;

    stage.hello().await;
    let (_, reopened) = stage.send_text("terbuka lagi").await;
    stage.status(&wamid(&reopened), "delivered").await;
}

#[tokio::test]
async fn a_pair_gets_a_burst_of_45_then_one_in_six_seconds() {
    let stage = Stage::new().await;
    stage.hello().await;
    for n in 0..45 {
        assert_eq!(stage.send_text(&format!("{n}")).await.0, 200, "message {n}");
    }
    let (status, body) = stage.send_text("46").await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_056)));

    stage.clock.advance(Duration::from_secs(6));
    assert_eq!(stage.send_text("one more").await.0, 200);
    assert_eq!(stage.send_text("and no other").await.1["error"]["code"], 131_056);

    let other = json!({"messaging_product": "whatsapp", "to": "+6281111111111", "text": {"body": "x"}});
    assert_eq!(stage.call(stage.graph(&other)).await.0, 200, "other citizens are unaffected");

    stage.put("/sim/settings", json!({"pair_limit": false})).await;
    assert_eq!(stage.send_text("switched off for load tests").await.0, 200);
    let stats = stage.get("/sim/stats").await;
    assert_eq!(stats["senders"]["100000000000001"]["refused"]["131056"], 2);
    assert_eq!(stats["recipients"][CITIZEN]["outbound"], 47);
}

#[tokio::test]
async fn a_number_sends_no_more_than_its_throughput() {
    let stage = Stage::new().await;
    stage.hello().await;
    stage.put("/sim/settings", json!({"throughput_per_second": 3, "pair_limit": false})).await;
    for _ in 0..3 {
        assert_eq!(stage.send_text("x").await.0, 200);
    }
    let (status, body) = stage.send_text("x").await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(130_429)));
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.send_text("x").await.0, 200);
}
