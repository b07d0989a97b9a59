//! The live feed, over a real broker: an office hears of its own complaints, and of ids alone.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use contracts::events::Event;
use contracts::events::complaint::{ComplaintCreated, ComplaintFacts};
use contracts::events::conversation::{ConversationChanged, MessageStored, SendError, StatusChanged};
use contracts::message::MessageStatus;
use contracts::{ComplaintStatus, OfficeId};
use dashboard::MIGRATOR;
use http::StatusCode;
use http_body_util::BodyExt as _;
use platform::outbox::{Cause, append};
use serde_json::json;
use testkit::Test;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::chat::{CONVERSATION, conversation};
use crate::world::World;

/// Longer than any event takes, shorter than anybody's patience.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn without_a_session_there_is_no_feed() {
    let world = World::new().await;
    assert_eq!(world.visitor.get("/api/live").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_office_hears_of_its_own_complaints_and_of_ids_alone() {
    let test = Test::with_broker("dashboard", &MIGRATOR, &[]).await;
    platform::service::start_workers(&test.ctx, Vec::new());
    let world = World::with(test, "/nowhere".into()).await;
    let other = world.add_office("Desa Mekarsari").await;
    world.add_person("petugas.kami", "agent", &[OfficeId::FIRST]).await;
    world.add_person("petugas.sana", "agent", &[other]).await;
    let mut ours = listen(&world, "petugas.kami").await;
    let mut theirs = listen(&world, "petugas.sana").await;

    // The feed may connect to the broker only now: say it until it is heard.
    let heard = loop {
        say(&world, OfficeId::FIRST, "LAP-20261120-001").await;
        if let Some(text) = ours.hear("complaint.created", Duration::from_millis(500)).await {
            break text;
        }
    };
    assert!(heard.contains(r#"{"complaint_id":"LAP-20261120-001"}"#), "ids alone: {heard}");

    say(&world, other, "LAP-20261120-777").await;
    let heard = theirs.hear("LAP-20261120-777", PATIENCE).await.expect("their own");
    assert!(!heard.contains("LAP-20261120-001"), "theirs: {heard}");
    say(&world, OfficeId::FIRST, "LAP-20261120-002").await;
    let heard = ours.hear("LAP-20261120-002", PATIENCE).await.expect("their own");
    assert!(!heard.contains("LAP-20261120-777"), "ours: {heard}");
}

#[tokio::test]
async fn an_office_hears_of_its_conversations_drawn_and_no_other_does() {
    let test = Test::with_broker("dashboard", &MIGRATOR, &[]).await;
    platform::service::start_workers(&test.ctx, Vec::new());
    let world = World::with(test, "/nowhere".into()).await;
    let other = world.add_office("Desa Mekarsari").await;
    world.has_conversation(OfficeId::FIRST, &conversation("waiting", None)).await;
    world.add_person("petugas.kami", "agent", &[OfficeId::FIRST]).await;
    world.add_person("petugas.sana", "agent", &[other]).await;
    let mut ours = listen(&world, "petugas.kami").await;
    let mut theirs = listen(&world, "petugas.sana").await;

    // The feed may connect to the broker only now: say it until it is heard.
    let stored = loop {
        tell(&world, &stored("halo <b>semua</b>")).await;
        if let Some(text) = ours.hear("event: chat", Duration::from_millis(500)).await {
            break text;
        }
    };
    assert!(stored.contains("halo &lt;b&gt;semua") && stored.contains(CONVERSATION), "the message, drawn: {stored}");
    assert!(stored.contains("chat-row"), "and its row: {stored}");

    let message_id = MESSAGE.parse().expect("an id");
    let conversation_id = CONVERSATION.parse().expect("an id");
    let failed = StatusChanged {
        message_id,
        conversation_id,
        wamid: None,
        status: MessageStatus::Failed,
        errors: vec![SendError { code: 131_026, title: "Message undeliverable".to_owned(), details: None }],
        at: world.test.clock.now(),
    };
    tell(&world, &failed).await;
    ours.hear("131026", PATIENCE).await.expect("the tick, with its reason");

    let change = serde_json::from_value(conversation("human", Some(("somebody", "Budi")))).expect("a conversation");
    tell(&world, &ConversationChanged { conversation_id, seq: 12, change }).await;
    let heard = ours.hear("Budi", PATIENCE).await.expect("who has it now");
    assert!(heard.contains(r#""holder_id":"somebody""#), "{heard}");
    let heard = ours.hear("event: frame", PATIENCE).await.expect("how many wait");
    assert!(heard.contains(r#""waiting":1"#) && heard.contains("token ditolak"), "{heard}");

    // What comes after it has not come before it.
    say(&world, other, "LAP-20261120-888").await;
    let heard = theirs.hear("LAP-20261120-888", PATIENCE).await.expect("their own");
    assert!(!heard.contains(CONVERSATION) && !heard.contains("event: chat"), "theirs: {heard}");
}

const MESSAGE: &str = "0192aaaa-0000-7000-8000-0000000000b1";

fn stored(text: &str) -> MessageStored {
    let message = json!({
        "id": MESSAGE, "conversation_id": CONVERSATION, "contact_id": "0192aaaa-0000-7000-8000-00000000c0c0", "seq": 10,
        "direction": "outbound", "author": "bot", "type": "text", "text": text, "status": "queued", "sent_at": "2026-11-20T01:31:00Z"
    });
    let message = serde_json::from_value(message).expect("a message");
    MessageStored { conversation_id: CONVERSATION.parse().expect("an id"), seq: 10, message }
}

/// An event of channel-service's, for the first office.
async fn tell<E: Event>(world: &World, event: &E) {
    let ctx = &world.test.ctx;
    let mut tx = ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    append(ctx, &mut tx, OfficeId::FIRST, event, &Cause::none()).await.expect("appended");
    tx.commit().await.expect("committed");
    ctx.outbox.wake();
}

async fn say(world: &World, office: OfficeId, number: &str) {
    let facts = ComplaintFacts {
        complaint_id: number.parse().expect("a number"),
        id: Uuid::now_v7(),
        contact_id: None,
        kategori: Some("jalan_rusak".into()),
        status: Some(ComplaintStatus::Baru),
        area: None,
        due_at: None,
        origin_turn_id: None,
        version: 1,
    };
    let ctx = &world.test.ctx;
    let mut tx = ctx.db.office(office).await.expect("a transaction");
    append(ctx, &mut tx, office, &ComplaintCreated { facts }, &Cause::none()).await.expect("appended");
    tx.commit().await.expect("committed");
    ctx.outbox.wake();
}

/// One browser's ear.
struct Ear {
    body: Body,
    heard: String,
}

async fn listen(world: &World, username: &str) -> Ear {
    let request = Request::get("/api/live").header("cookie", world.session(username).await).body(Body::empty());
    let response = world.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    Ear { body: response.into_body(), heard: String::new() }
}

impl Ear {
    /// Everything heard so far, once it contains `what`; `None` when it does not within the time.
    async fn hear(&mut self, what: &str, time: Duration) -> Option<String> {
        let listening = async {
            while !self.heard.contains(what) {
                let frame = self.body.frame().await?.ok()?;
                self.heard.push_str(&String::from_utf8_lossy(frame.data_ref()?));
            }
            Some(())
        };
        tokio::time::timeout(time, listening).await.ok().flatten()?;
        Some(self.heard.clone())
    }
}
