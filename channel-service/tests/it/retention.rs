//! What was seen is remembered for more than thirty days, and not for ever.

use chrono::Duration;

use crate::stage::{CITIZEN, Stage, value};

const SEEN: &str = "SELECT count(*) FROM inbound_dedup";
const ASIDE: &str = "SELECT count(*) FROM quarantine";
const CHANGES: &str = "SELECT count(*) FROM conversation_changes WHERE at < now() - interval '1 day'";

#[tokio::test]
async fn a_repetition_is_known_for_thirty_days_and_nothing_grows_for_ever() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "wamid.old", "halo").await;
    stage.delivers(&[value("nobody's number", &serde_json::json!({"messages": [{"type": "text"}]}))]).await;
    let left = async |table: &'static str| stage.count(table).await;
    // The message, and the item that nobody understood.
    assert_eq!((left(SEEN).await, left(ASIDE).await), (2, 1));

    stage.test.clock.advance(Duration::days(31));
    stage.driver.forget().await.expect("forgotten");
    stage.hears(CITIZEN, "wamid.old", "halo").await;
    assert_eq!(stage.messages(CITIZEN).await.len(), 1, "still known after thirty-one days");
    assert_eq!((left(SEEN).await, left(ASIDE).await, left(CHANGES).await), (2, 1, 0));

    stage.test.clock.advance(Duration::days(60));
    stage.driver.forget().await.expect("forgotten");
    assert_eq!((left(SEEN).await, left(ASIDE).await), (0, 0));
    assert_eq!(stage.messages(CITIZEN).await.len(), 1, "messages stay");
}
