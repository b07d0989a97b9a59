//! Floods and blocks: slower, or silent, and never lost.

use axum::http::StatusCode;
use chrono::Duration;
use contracts::events::conversation::ConversationChanged;
use contracts::permissions::BLOCK_CITIZENS;
use serde_json::{Value, json};

use crate::stage::{CITIZEN, Stage, listed, word};

const BLOCKS: &str = "/internal/blocks";

async fn block(stage: &Stage, more: Value) -> Value {
    let mut wish = json!({"wa_user_id": CITIZEN, "reason": "Mengirim kata-kata kasar"});
    wish.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    stage.person("Ani", &[BLOCK_CITIZENS]).post(BLOCKS, &wish).await.expect(StatusCode::CREATED)
}

#[tokio::test]
async fn what_a_blocked_citizen_writes_is_kept_and_opens_no_turn() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    stage.answers(&turn, "Baik").await;
    let made = block(&stage, json!({})).await;
    assert_eq!((&made["by_name"], &made["reason"]), (&json!("Ani"), &json!("Mengirim kata-kata kasar")));
    stage.hears(CITIZEN, "w2", "kasar").await;
    stage.quiet().await;
    assert_eq!((stage.turns().await.len(), stage.messages(CITIZEN).await.len()), (1, 3), "kept, and not answered");
    let conversation = stage.conversation().await;
    assert_eq!((&conversation["blocked"], &conversation["unread"]), (&json!(true), &json!(1)), "and seen");
    let told = stage.test.outbox::<ConversationChanged>().await;
    assert!(told.iter().any(|event| event.change.blocked), "{told:?}");

    // Another citizen is answered as ever.
    stage.hears("6281299999999", "w3", "halo").await;
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 2);

    let path = format!("{BLOCKS}/{}", word(&made, "id"));
    assert_eq!(stage.person("Budi", &[]).delete(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stage.person("Ani", &[BLOCK_CITIZENS]).delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(stage.person("Ani", &[BLOCK_CITIZENS]).delete(&path).await.status, StatusCode::NOT_FOUND);
    stage.hears(CITIZEN, "w4", "maaf").await;
    stage.quiet().await;
    assert_eq!(stage.turns().await.last().expect("a turn").message, "maaf", "what was said meanwhile opens nothing");
    let all = listed(&stage.api, &format!("{BLOCKS}?all=true")).await;
    assert_eq!((all.len(), &all[0]["lifted_by"]), (1, &json!("Ani")));
    assert!(listed(&stage.api, BLOCKS).await.is_empty());
}

#[tokio::test]
async fn a_block_ends_by_itself_at_its_time() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let until = stage.test.clock.now() + Duration::hours(2);
    block(&stage, json!({"expires_at": until})).await;
    block(&stage, json!({"expires_at": until + Duration::hours(1), "reason": "Lagi"})).await;
    assert_eq!(listed(&stage.api, BLOCKS).await.len(), 1, "one block with the newer reason and end");
    stage.test.clock.advance(Duration::minutes(150));
    stage.driver.lift_blocks().await.expect("a look");
    assert_eq!(stage.conversation().await["blocked"], true);
    stage.test.clock.advance(Duration::minutes(31));
    // Also before anybody looked.
    let turns = stage.turns().await.len();
    stage.answers(&stage.turns().await[0], "Baik").await;
    stage.hears(CITIZEN, "w2", "halo lagi").await;
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), turns + 1);
    stage.driver.lift_blocks().await.expect("a look");
    assert_eq!(stage.conversation().await["blocked"], false);
}

#[tokio::test]
async fn a_block_needs_a_person_with_the_permission_a_reason_and_somebody_to_block() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let wish = json!({"wa_user_id": CITIZEN, "reason": "x"});
    assert_eq!(stage.api.post(BLOCKS, &wish).await.status, StatusCode::FORBIDDEN, "a service blocks nobody");
    assert_eq!(stage.person("Budi", &[]).post(BLOCKS, &wish).await.status, StatusCode::FORBIDDEN);
    let ani = stage.person("Ani", &[BLOCK_CITIZENS]);
    let bad = ani.post(BLOCKS, &json!({"reason": " ", "expires_at": "2026-01-01T00:00:00Z"})).await;
    assert_eq!(bad.expect(StatusCode::BAD_REQUEST)["errors"].as_array().map(Vec::len), Some(3));
    let stranger = json!({"wa_user_id": "6280000000000", "reason": "x"});
    assert_eq!(ani.post(BLOCKS, &stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_flood_is_answered_more_slowly_and_not_a_word_of_it_is_lost() {
    let stage = Stage::alone().await;
    stage.settings(|office| office.flood_messages_per_minute = 5).await;
    for n in 0..5 {
        stage.hears(CITIZEN, &format!("w{n}"), &format!("kata {n}")).await;
    }
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 1, "up to the limit as ever");
    stage.answers(&stage.turns().await[0], "Baik").await;
    for n in 5..40 {
        stage.hears(CITIZEN, &format!("w{n}"), &format!("kata {n}")).await;
        stage.test.clock.advance(Duration::milliseconds(800));
        stage.look().await;
    }
    // Somebody else does not wait for it.
    stage.hears("6281299999999", "w-other", "halo").await;
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 2, "one turn for all of it has not even closed");
    stage.test.clock.advance(Duration::seconds(8));
    stage.look().await;
    let turns = stage.turns().await;
    let flood: Vec<&str> = turns[2].messages.iter().filter_map(|message| message.text.as_deref()).collect();
    assert_eq!((turns.len(), flood.len()), (3, 35));
    assert_eq!(stage.messages(CITIZEN).await.len(), 41);
    let metrics = stage.test.ctx.metrics.render().expect("metrics");
    assert!(metrics.contains("gc_channel_flooded_total 35"), "{metrics}");

    stage.answers(&turns[2], "Baik").await;
    stage.test.clock.advance(Duration::minutes(2));
    stage.hears(CITIZEN, "w-later", "halo").await;
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 4, "a minute later all is as before");
}
