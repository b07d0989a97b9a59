//! Two offices with a number each never see each other.

use axum::http::StatusCode;
use contracts::OfficeId;
use serde_json::{Value, json};
use testkit::database::assert_walls;

use crate::stage::{CITIZEN, NUMBER, Stage, listed, text, value, word};

const SECOND: &str = "100000000000002";

/// The same citizen writes to both; both hold something in quarantine.
async fn two() -> (Stage, OfficeId) {
    let stage = Stage::alone().await;
    let second = stage.second_office(SECOND).await;
    let at = stage.seconds();
    stage
        .delivers(&[value(
            NUMBER,
            &json!({"messages": [text(CITIZEN, "w1", at, "untuk satu")], "errors": [{"code": 1}]}),
        )])
        .await;
    stage
        .delivers(&[value(
            SECOND,
            &json!({"messages": [text(CITIZEN, "w2", at, "untuk dua")], "errors": [{"code": 2}]}),
        )])
        .await;
    (stage, second)
}

#[tokio::test]
async fn lists_show_the_own_office_alone() {
    let (stage, second) = two().await;
    for (office, own, number) in [(OfficeId::FIRST, "untuk satu", NUMBER), (second, "untuk dua", SECOND)] {
        let api = stage.api.office(office);
        let messages = listed(&api, "/internal/messages").await;
        assert_eq!(messages.iter().map(|message| word(message, "text")).collect::<Vec<_>>(), [own]);
        assert_eq!(listed(&api, &format!("/internal/messages?wa_user_id={CITIZEN}")).await, messages);
        assert_eq!(listed(&api, "/internal/conversations").await.len(), 1);
        assert_eq!(listed(&api, &format!("/internal/conversations?q={CITIZEN}")).await.len(), 1);
        assert_eq!(listed(&api, "/internal/quarantine").await.len(), 1);
        let numbers = listed(&api, "/internal/numbers").await;
        assert_eq!(numbers.iter().map(|number| word(number, "phone_number_id")).collect::<Vec<_>>(), [number]);
        let changes = testkit::until("the changes have come", async || {
            let changes = listed(&api, "/internal/conversations/changes?after=0.0").await;
            (!changes.is_empty()).then_some(changes)
        })
        .await;
        assert!(changes.iter().all(|change| change["message"]["text"] == own), "{changes:?}");
    }
}

#[tokio::test]
async fn the_ids_of_the_other_office_are_unknown() {
    let (stage, second) = two().await;
    let theirs = listed(&stage.api.office(second), "/internal/conversations").await.remove(0);
    let (conversation, contact) = (word(&theirs, "id"), word(&theirs, "contact_id"));
    let message = word(&listed(&stage.api.office(second), "/internal/messages").await[0], "id");
    let api = stage.api.office(OfficeId::FIRST);
    for path in [
        format!("/internal/conversations/{conversation}"),
        format!("/internal/takeover/{conversation}/status"),
        format!("/internal/citizens/{contact}"),
    ] {
        assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for query in [
        format!("conversation_id={conversation}"),
        format!("contact_id={contact}"),
        format!("conversation_id={conversation}&before={message}"),
    ] {
        assert!(listed(&api, &format!("/internal/messages?{query}")).await.is_empty(), "{query}");
    }
    let admin = json!({"admin_id": "a", "admin_name": "A"});
    assert_eq!(
        api.post(&format!("/internal/takeover/{conversation}/start"), &admin).await.status,
        StatusCode::NOT_FOUND
    );
    let end = json!({"admin_id": "a"});
    assert_eq!(api.post(&format!("/internal/takeover/{conversation}/end"), &end).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&format!("/internal/citizens/{contact}")).await.status, StatusCode::NOT_FOUND);
    let send = |more: Value| {
        let mut call = json!({"type": "text", "text": {"body": "a"}});
        call.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        call
    };
    for more in [json!({"contact_id": contact}), json!({"wa_user_id": CITIZEN, "phone_number_id": SECOND})] {
        assert_eq!(
            api.post("/internal/messages/send", &send(more.clone())).await.status,
            StatusCode::BAD_REQUEST,
            "{more}"
        );
    }
    let stolen = api.post("/internal/numbers", &json!({"phone_number_id": SECOND, "access_token": "x"})).await;
    assert_eq!(stolen.status, StatusCode::CONFLICT);
    let resolved = api.post("/internal/contacts/resolve", &json!({"wa_user_id": CITIZEN})).await.expect(StatusCode::OK);
    assert_ne!(resolved["contact_id"], theirs["contact_id"], "each office has its own contact");
    assert_eq!(listed(&stage.api.office(second), "/internal/messages").await.len(), 1, "and nothing there has changed");
}

#[tokio::test]
async fn with_two_offices_every_call_says_which() {
    let (stage, second) = two().await;
    for path in [
        "/internal/messages",
        "/internal/conversations",
        "/internal/numbers",
        "/internal/quarantine",
        "/internal/conversations/changes",
    ] {
        assert_eq!(stage.api.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(stage.api.office(OfficeId::new()).get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
        let person = stage.test.actor("Sari", Some(OfficeId::FIRST), &[]);
        assert_eq!(stage.api.office(second).actor(&person).get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_takeover_here_leaves_the_other_office_alone() {
    let (stage, second) = two().await;
    let admin = json!({"admin_id": "a", "admin_name": "A"});
    let path = format!("/internal/takeover/{CITIZEN}/start");
    stage.api.office(second).post(&path, &admin).await.expect(StatusCode::OK);
    let first = listed(&stage.api.office(OfficeId::FIRST), "/internal/conversations").await;
    assert_eq!((&first[0]["status"], &first[0]["epoch"]), (&json!("bot"), &json!(0)));
}

#[tokio::test]
async fn a_number_that_nobody_has_is_kept_aside_and_shown_to_nobody() {
    let (stage, second) = two().await;
    stage
        .delivers(&[value("31337", &json!({"messages": [text(CITIZEN, "w3", stage.seconds(), "untuk siapa")]}))])
        .await;
    assert!(stage.aside().await.iter().any(|(kind, item)| kind == "unknown_number" && item.contains("untuk siapa")));
    for office in [OfficeId::FIRST, second] {
        assert!(listed(&stage.api.office(office), "/internal/quarantine?kind=unknown_number").await.is_empty());
    }
    let unassigned = "/internal/quarantine?kind=unknown_number&unassigned=true";
    assert_eq!(listed(&stage.api.office(second), unassigned).await.len(), 1, "seen by whoever runs the system");
    let staff = stage.api.office(second).actor(&stage.test.actor("Rina", Some(second), &[]));
    assert_eq!(staff.get(unassigned).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_numbers_own_token_is_stored_sealed_and_never_shown() {
    let (stage, second) = two().await;
    let body = json!({"phone_number_id": SECOND, "display_phone_number": "+62 21 1", "access_token": "EAAG-rahasia"});
    let made = stage.api.office(second).post("/internal/numbers", &body).await;
    assert_eq!(made.expect(StatusCode::CREATED)["has_own_token"], true);
    assert!(!made.text().contains("EAAG"));
    let plain = stage.count("SELECT count(*) FROM numbers WHERE position('EAAG'::bytea IN access_token) > 0").await;
    assert_eq!(plain, 0);
}

#[tokio::test]
async fn the_second_wall_stands() {
    let (stage, _) = two().await;
    assert_walls(&stage.test.ctx.db).await;
}
