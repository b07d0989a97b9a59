//! The lists that a live chat page asks for.

use axum::http::StatusCode;
use contracts::permissions::TAKE_CONVERSATIONS;
use serde_json::json;

use crate::stage::{CITIZEN, NUMBER, Stage, listed, text, value, word};

const OTHER: &str = "6281299998888";

/// A citizen writes under a name.
async fn says(stage: &Stage, citizen: &str, name: &str, wamid: &str, line: &str) {
    let message = text(citizen, wamid, stage.seconds(), line);
    let contact = json!({"wa_id": citizen, "profile": {"name": name}});
    stage.delivers(&[value(NUMBER, &json!({"contacts": [contact], "messages": [message]}))]).await;
    stage.test.clock.advance(chrono::Duration::seconds(1));
}

async fn names(api: &testkit::Api, query: &str) -> Vec<String> {
    listed(api, &format!("/internal/conversations?{query}")).await.iter().map(|one| word(one, "name")).collect()
}

#[tokio::test]
async fn waiting_mine_and_all_with_the_last_message_and_what_is_unread() {
    let stage = Stage::alone().await;
    says(&stage, CITIZEN, "Budi Santoso", "w1", "selamat pagi").await;
    says(&stage, OTHER, "Ibu Wati", "w2", "jalan rusak").await;
    says(&stage, OTHER, "Ibu Wati", "w3", "di Melati").await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    let sari = stage.person("Sari", &[TAKE_CONVERSATIONS]);
    assert_eq!(names(&stage.api, "").await, ["Ibu Wati", "Budi Santoso"], "the latest first");
    assert_eq!(names(&sari, "mine=true").await, ["Budi Santoso"]);
    assert_eq!(names(&stage.api, "status=human").await, ["Budi Santoso"]);
    assert_eq!(names(&stage.api, "status=waiting").await, Vec::<String>::new());
    assert_eq!(names(&stage.api, "assigned_to=id-of-Sari&status=human").await, ["Budi Santoso"]);
    assert_eq!(stage.api.get("/internal/conversations?mine=true").await.status, StatusCode::BAD_REQUEST);

    let list = listed(&stage.api, "/internal/conversations").await;
    assert_eq!((&list[0]["unread"], &list[0]["last_message"]["text"]), (&json!(2), &json!("di Melati")));
    let id = word(&list[0], "id");
    assert_eq!(
        stage.api.post(&format!("/internal/conversations/{id}/read"), &json!({})).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(names(&stage.api, "unread=true").await, ["Budi Santoso"]);
    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "Selamat pagi, Pak"}});
    sari.post("/internal/messages/send", &line).await.expect(StatusCode::ACCEPTED);
    assert_eq!(names(&stage.api, "unread=true").await, Vec::<String>::new(), "who is answered is read");
    let last = &listed(&stage.api, "/internal/conversations").await[0]["last_message"];
    assert_eq!((&last["author"], &last["status"]), (&json!("admin"), &json!("queued")));
}

#[tokio::test]
async fn names_and_numbers_are_found_and_pages_go_on_where_they_ended() {
    let stage = Stage::alone().await;
    says(&stage, CITIZEN, "Budi Santoso", "w1", "satu").await;
    says(&stage, OTHER, "Ibu Wati", "w2", "dua").await;
    says(&stage, "6281355554444", "Budiman", "w3", "tiga").await;
    for (q, found) in [
        ("budi", vec!["Budiman", "Budi Santoso"]),
        ("SANT", vec!["Budi Santoso"]),
        ("budi%20san", vec!["Budi Santoso"]),
        ("0812-9999", vec!["Ibu Wati"]),
        ("%2B62%20812", vec!["Ibu Wati", "Budi Santoso"]),
        ("4444", vec!["Budiman"]),
        ("udi", vec![]),
    ] {
        assert_eq!(names(&stage.api, &format!("q={q}")).await, found, "{q}");
    }
    assert_eq!(stage.api.get("/internal/conversations?q=b").await.status, StatusCode::BAD_REQUEST);

    let mut cursor = String::new();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = stage.api.get(&format!("/internal/conversations?limit=1{cursor}")).await.expect(StatusCode::OK);
        seen.push(word(&page["data"][0], "name"));
        cursor = format!("&cursor={}", page["next_cursor"].as_str().expect("more"));
    }
    assert_eq!(seen, ["Budiman", "Ibu Wati", "Budi Santoso"]);
    assert_eq!(stage.api.get(&format!("/internal/conversations?limit=1{cursor}")).await.json()["data"], json!([]));
}

#[tokio::test]
async fn messages_are_read_backwards_page_by_page() {
    let stage = Stage::alone().await;
    for n in 1..=5 {
        stage.hears(CITIZEN, &format!("w{n}"), &n.to_string()).await;
    }
    let id = word(&stage.conversation().await, "id");
    for scope in [format!("conversation_id={id}"), format!("wa_user_id={CITIZEN}")] {
        let (mut before, mut texts) = (String::new(), Vec::new());
        for _ in 0..3 {
            let page =
                stage.api.get(&format!("/internal/messages?{scope}&limit=2{before}")).await.expect(StatusCode::OK);
            texts.extend(page["data"].as_array().expect("a list").iter().map(|message| word(message, "text")));
            before = page["next_cursor"].as_str().map(|cursor| format!("&before={cursor}")).unwrap_or_default();
        }
        assert_eq!(texts, ["5", "4", "3", "2", "1"], "{scope}");
    }
}

#[tokio::test]
async fn the_search_reads_no_more_than_it_finds() {
    let stage = Stage::alone().await;
    says(&stage, CITIZEN, "Budi Santoso", "w1", "satu").await;
    let mut tx = stage.test.ctx.db.office(contracts::OfficeId::FIRST).await.expect("a database");
    sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut *tx).await.expect("set");
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT contact_id FROM contact_words WHERE office_id = '01920000-0000-7000-8000-6f6666696365' AND word >= 'budi' AND word < 'budj'",
    )
    .fetch_all(&mut *tx)
    .await
    .expect("a plan");
    let plan = plan.join("\n");
    assert!(plan.contains("Index Cond") && plan.contains("word >= 'budi'"), "{plan}");
}
