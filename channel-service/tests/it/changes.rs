//! `changes?after=`: whole and in order, however transactions overlap.

use axum::http::StatusCode;
use contracts::OfficeId;
use serde_json::Value;
use testkit::until;
use uuid::Uuid;

use crate::stage::{CITIZEN, Stage, word};

const CHANGES: &str = "/internal/conversations/changes";

/// Reads on from a cursor; the next one.
async fn read_on(stage: &Stage, cursor: &str, seen: &mut Vec<Value>) -> String {
    let page = stage.api.get(&format!("{CHANGES}?after={cursor}")).await.expect(StatusCode::OK);
    seen.extend(page["data"].as_array().cloned().expect("a list"));
    word(&page, "next_cursor")
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let conversation: Uuid = word(&stage.conversation().await, "id").parse().expect("an id");
    let mut cursor = word(&stage.api.get(CHANGES).await.expect(StatusCode::OK), "next_cursor");

    // It takes its place in the order before the others and commits after them.
    let mut slow = stage.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query("INSERT INTO conversation_changes (office_id, conversation_id, seq) VALUES ($1, $2, 4711)")
        .bind(OfficeId::FIRST.0)
        .bind(conversation)
        .execute(&mut *slow)
        .await
        .expect("a change");
    let mut seen = Vec::new();
    for n in 0..3 {
        stage.hears("6281299999999", &format!("other{n}"), "halo").await;
        cursor = read_on(&stage, &cursor, &mut seen).await;
    }
    assert!(seen.iter().all(|change| change["seq"] != 4711), "it is not finished yet");
    slow.commit().await.expect("a commit");
    let seen = tokio::sync::Mutex::new((cursor, seen));
    until("all four have come", async || {
        let (cursor, seen) = &mut *seen.lock().await;
        *cursor = read_on(&stage, cursor, seen).await;
        (seen.iter().filter(|change| change["conversation_id"] != conversation.to_string()).count() == 3).then_some(())
    })
    .await;
    let (_, seen) = seen.into_inner();
    assert_eq!(seen.iter().filter(|change| change["seq"] == 4711).count(), 1, "the late one is there: {seen:?}");
    let others: Vec<i64> =
        seen.iter().filter(|change| change["seq"] != 4711).filter_map(|change| change["seq"].as_i64()).collect();
    let new = others.iter().filter(|seq| **seq <= 3).count();
    assert!(new >= 3 && seen.iter().any(|change| change["message"]["text"] == "halo"), "{seen:?}");
}

#[tokio::test]
async fn pages_join_without_gap_or_repetition() {
    let stage = Stage::alone().await;
    for n in 0..7 {
        stage.hears(CITIZEN, &format!("w{n}"), &n.to_string()).await;
    }
    let all = tokio::sync::Mutex::new(("0.0".to_owned(), Vec::new()));
    until("all seven have come", async || {
        let (cursor, seen) = &mut *all.lock().await;
        let page = stage.api.get(&format!("{CHANGES}?after={cursor}&limit=2")).await.expect(StatusCode::OK);
        let data = page["data"].as_array().cloned().expect("a list");
        assert!(data.len() <= 2);
        seen.extend(data.iter().filter_map(|change| change["seq"].as_i64()));
        *cursor = word(&page, "next_cursor");
        (seen.len() >= 7).then_some(())
    })
    .await;
    assert_eq!(all.into_inner().1, [1, 2, 3, 4, 5, 6, 7]);
    for bad in ["7", "x.y", "-1.0", "1.2.3"] {
        assert_eq!(stage.api.get(&format!("{CHANGES}?after={bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}
