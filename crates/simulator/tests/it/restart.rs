//! With a data folder nothing is forgotten, and what was not delivered goes out by the next run.

use std::time::Duration;

use serde_json::json;
use simulator::Config;

use crate::stage::{CITIZEN, Stage, wamid};

#[tokio::test]
async fn conversations_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config { data: Some(folder.path().to_owned()), retries: vec![Duration::from_millis(1)], ..Config::default() };
    let mut first = Stage::with(config.clone()).await;
    first.hello().await;
    first.hook().await;
    let reply = wamid(&first.send_text("balasan").await.1);
    first.status(&reply, "read").await;
    first.put("/sim/faults", json!({"webhook": {"drop_rate": 1.0}})).await;
    let undelivered = first.hello().await;
    drop(first);

    let mut second = Stage::with(config).await;
    let resumed = second.hook().await.value();
    assert_eq!(resumed["messages"][0]["id"], undelivered);
    let shown = second.conversation(CITIZEN).await;
    assert_eq!(shown.len(), 3);
    assert_eq!((&shown[1]["wamid"], &shown[1]["status"]), (&json!(reply), &json!("read")));

    second.post("/sim/reset", json!({})).await;
    assert!(second.conversation(CITIZEN).await.is_empty());
}
