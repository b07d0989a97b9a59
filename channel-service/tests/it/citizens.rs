//! Export and erasure of one citizen, complete and guarded.

use axum::http::StatusCode;
use bytes::Bytes;
use contracts::OfficeId;
use serde_json::json;

use crate::stage::{CITIZEN, NUMBER, Stage, text, value, word};

#[tokio::test]
async fn a_person_needs_the_permission_for_it() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let path = format!("/internal/citizens/{}", word(&stage.conversation().await, "contact_id"));
    let may_not = stage.api.actor(&stage.test.actor("Budi", Some(OfficeId::FIRST), &["conversation.take"]));
    assert_eq!(may_not.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(may_not.delete(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stage.messages(CITIZEN).await.len(), 1);
    let may = stage.api.actor(&stage.test.actor("Sari", Some(OfficeId::FIRST), &["citizen.privacy"]));
    assert_eq!(may.get(&path).await.status, StatusCode::OK);
    assert_eq!(may.delete(&path).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nothing_of_a_forgotten_citizen_stays_anywhere() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    let call = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "calls", "value": {
        "metadata": {"phone_number_id": NUMBER}, "calls": [{"id": "c1", "from": CITIZEN, "event": "connect"}]}}]}]});
    let nobodys = value("404", &json!({"messages": [text(CITIZEN, "w9", at, "rahasia")]}));
    let said = json!({"messages": [text(CITIZEN, "w1", at, "rahasia")], "contacts": [{"wa_id": CITIZEN, "profile": {"name": "Ibu Sari"}}]});
    stage.delivers(&[value(NUMBER, &said), Bytes::from(call.to_string()), nobodys]).await;
    let other = "6281200000009";
    stage.hears(other, "w2", "orang lain").await;
    let contact = word(&stage.messages(CITIZEN).await[0], "contact_id");
    let wish = json!({"admin_id": "a1", "admin_name": "Budi", "reason": "Ibu Sari minta tolong"});
    stage.api.post(&format!("/internal/takeover/{CITIZEN}/start"), &wish).await.expect(StatusCode::OK);
    let path = format!("/internal/citizens/{contact}");
    let export = stage.api.get(&path).await.expect(StatusCode::OK);
    assert_eq!(export["kept_aside"].as_array().map(Vec::len), Some(1));
    assert!(export.to_string().contains("minta tolong"), "{export}");

    let seen = stage.count("SELECT count(*) FROM inbound_dedup").await;
    assert_eq!(stage.api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(stage.count("SELECT count(*) FROM inbound_dedup").await, seen, "what was seen stays known");
    let tables = [
        "user_profiles",
        "contact_aliases",
        "messages",
        "conversations",
        "takeover_sessions",
        "quarantine",
        "media",
        "turns",
        "contact_words",
        "early_statuses",
        "inbound_dedup",
        "conversation_changes",
        "blocks",
    ];
    let mut tx = stage.test.ctx.db.all_offices("a test looks").await.expect("a database");
    for table in tables {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} t")))
            .fetch_all(&mut *tx)
            .await
            .expect("rows");
        for row in rows {
            for part in [CITIZEN, "Sari", "rahasia", &hex::encode(CITIZEN)] {
                assert!(!row.contains(part), "{table}: {row}");
            }
        }
    }
    drop(tx);
    assert_eq!(stage.messages(other).await.len(), 1, "nobody else is touched");
}
