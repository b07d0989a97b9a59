//! One contact per citizen, however WhatsApp names them; exported and forgotten when asked.

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::stage::{CITIZEN, NUMBER, Stage, value, word};

const BSUID: &str = "ID.13491208655302741918";

fn message(wamid: &str, from: Option<&str>, user_id: Option<&str>, at: i64) -> Value {
    let mut message = json!({"id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": wamid}});
    let mut contact = json!({"profile": {"name": "Ibu Sari"}});
    if let Some(from) = from {
        message["from"] = from.into();
        contact["wa_id"] = from.into();
    }
    if let Some(id) = user_id {
        message["from_user_id"] = id.into();
        contact["user_id"] = id.into();
    }
    json!({"messages": [message], "contacts": [contact]})
}

#[tokio::test]
async fn a_number_and_a_user_id_that_come_together_are_one_citizen_from_then_on() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    for (wamid, from, user) in
        [("w1", Some(CITIZEN), None), ("w2", Some(CITIZEN), Some(BSUID)), ("w3", None, Some(BSUID))]
    {
        stage.delivers(&[value(NUMBER, &message(wamid, from, user, at))]).await;
    }
    assert_eq!(stage.messages(CITIZEN).await.len(), 3);
    let conversation = stage.conversation().await;
    assert_eq!((&conversation["name"], &conversation["wa_user_id"]), (&json!("Ibu Sari"), &json!(CITIZEN)));
    for id in [CITIZEN, "0812-3456-7890", "+62 812 3456 7890", BSUID] {
        let resolved =
            stage.api.post("/internal/contacts/resolve", &json!({"wa_user_id": id})).await.expect(StatusCode::OK);
        assert_eq!(resolved["contact_id"], conversation["contact_id"], "{id}");
    }
}

#[tokio::test]
async fn whoever_has_no_number_is_answered_by_user_id() {
    let (stage, phones) = Stage::with_phones().await;
    stage.delivers(&[value(NUMBER, &message("w1", None, Some(BSUID), stage.seconds()))]).await;
    stage.sends(BSUID, "Selamat pagi").await;
    stage.send().await;
    assert_eq!(phones.texts(BSUID).await, ["Selamat pagi"]);
}

#[tokio::test]
async fn a_contact_that_many_ask_for_at_once_is_one() {
    let stage = Stage::alone().await;
    let body = json!({"wa_user_id": CITIZEN});
    let answers = join_all((0..8).map(|_| stage.api.post("/internal/contacts/resolve", &body))).await;
    let ids: std::collections::HashSet<String> =
        answers.iter().map(|answer| word(&answer.expect(StatusCode::OK), "contact_id")).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(stage.count("SELECT count(*) FROM user_profiles").await, 1);
}

#[tokio::test]
async fn a_citizen_is_exported_whole_and_forgotten_for_good() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage.delivers(&[value(NUMBER, &message("w1", Some(CITIZEN), Some(BSUID), at))]).await;
    let contact = word(&stage.conversation().await, "contact_id");
    let path = format!("/internal/citizens/{contact}");
    let export = stage.api.get(&path).await.expect(StatusCode::OK).to_string();
    assert!([CITIZEN, BSUID, "Ibu Sari", "w1"].iter().all(|part| export.contains(part)), "{export}");

    assert_eq!(stage.api.delete(&path).await.status, StatusCode::NO_CONTENT);
    let export = stage.api.get(&path).await.expect(StatusCode::OK).to_string();
    assert!(![CITIZEN, BSUID, "Ibu Sari", "w1"].iter().any(|part| export.contains(part)), "{export}");
    // The same webhook again brings nothing back.
    stage.delivers(&[value(NUMBER, &message("w1", Some(CITIZEN), Some(BSUID), at))]).await;
    assert_eq!(stage.count("SELECT count(*) FROM contact_aliases").await, 0);
    assert_eq!(
        stage.api.delete("/internal/citizens/0192a000-0000-7000-8000-000000000000").await.status,
        StatusCode::NOT_FOUND
    );
}
