//! Whatever arrives is kept and seen: later changes stand on their message, echoes and history have their author, groups
//! are never answered, and what nobody understands is counted and listed.

use axum::http::StatusCode;
use bytes::Bytes;
use contracts::events::conversation::MessageStored;
use serde_json::{Value, json};

use crate::stage::{CITIZEN, NUMBER, Stage, body, listed, text, value, word};

fn of(kind: &str, wamid: &str, at: i64, object: Value) -> Value {
    let mut message = json!({"from": CITIZEN, "id": wamid, "timestamp": at.to_string(), "type": kind});
    message[kind] = object;
    message
}

fn field(name: &str, value: Value) -> Bytes {
    let mut value = value;
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"display_phone_number": "+62 21 5000 1234", "phone_number_id": NUMBER});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "2000", "changes": [{"field": name, "value": value}]}]})
        .to_string()
        .into()
}

#[tokio::test]
async fn an_edit_changes_what_is_shown_and_keeps_what_was_said() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage.hears(CITIZEN, "w1", "jalan rusak di RT 02").await;
    let edit = |wamid: &str, at: i64, line: &str| {
        let message = json!({"type": "text", "text": {"body": line}});
        of("edit", wamid, at, json!({"original_message_id": "w1", "message": message}))
    };
    stage
        .delivers(&[body(&[edit("w2", at + 5, "jalan rusak di RT 05"), edit("w3", at + 2, "jalan rusak di RT 04")])])
        .await;
    let first = stage.messages(CITIZEN).await.remove(0);
    assert_eq!(
        (word(&first, "text").as_str(), word(&first, "original_text").as_str()),
        ("jalan rusak di RT 05", "jalan rusak di RT 02")
    );
    let told = stage.test.outbox::<MessageStored>().await;
    let last = told.iter().rfind(|event| event.message.wamid.as_deref() == Some("w1")).expect("told again");
    assert_eq!(last.message.text.as_deref(), Some("jalan rusak di RT 05"));
    assert!(last.seq > last.message.seq, "under a seq of its own");
    // The assistant reads what stands there now, and the edits open no turn.
    stage.quiet().await;
    assert_eq!(
        stage.turns().await.iter().map(|turn| turn.message.clone()).collect::<Vec<_>>(),
        ["jalan rusak di RT 05"]
    );
}

#[tokio::test]
async fn what_is_taken_back_is_marked_and_not_answered() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "salah kirim").await;
    stage.hears(CITIZEN, "w2", "ini yang benar").await;
    stage.delivers(&[body(&[of("revoke", "w3", stage.seconds(), json!({"original_message_id": "w1"}))])]).await;
    let first = stage.messages(CITIZEN).await.remove(0);
    assert_eq!(word(&first, "text"), "salah kirim", "kept for staff");
    assert!(first["revoked_at"].is_string());
    stage.quiet().await;
    assert_eq!(stage.turns().await[0].message, "ini yang benar");
}

#[tokio::test]
async fn reactions_stand_on_their_message_and_go_away() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let at = stage.seconds();
    let react = |wamid: &str, emoji: Value| of("reaction", wamid, at, json!({"message_id": "w1", "emoji": emoji}));
    stage.delivers(&[body(&[react("r1", "👍".into()), react("r2", "❤️".into())])]).await;
    assert_eq!(stage.messages(CITIZEN).await[0]["reactions"], json!([{"author": "citizen", "emoji": "❤️"}]));
    stage.delivers(&[body(&[react("r3", "".into())])]).await;
    assert_eq!(stage.messages(CITIZEN).await[0]["reactions"], Value::Null);
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 1, "no turn of their own");
}

#[tokio::test]
async fn nobody_changes_the_words_of_the_other_side() {
    let stage = Stage::alone().await;
    let echo = json!({"from": "622150001234", "to": CITIZEN, "id": "e1", "timestamp": "1795140000", "type": "text", "text": {"body": "kami proses"}});
    stage.delivers(&[field("smb_message_echoes", json!({"message_echoes": [echo]}))]).await;
    let at = stage.seconds();
    let edit = of(
        "edit",
        "w1",
        at,
        json!({"original_message_id": "e1", "message": {"type": "text", "text": {"body": "kami tolak"}}}),
    );
    stage.delivers(&[body(&[edit, of("revoke", "w2", at, json!({"original_message_id": "e1"}))])]).await;
    let first = stage.messages(CITIZEN).await.remove(0);
    assert_eq!((word(&first, "text").as_str(), &first["revoked_at"]), ("kami proses", &Value::Null));
}

#[tokio::test]
async fn what_staff_wrote_on_their_phone_is_theirs_and_never_reaches_the_assistant() {
    let stage = Stage::alone().await;
    let echo = json!({"from": "622150001234", "to": CITIZEN, "id": "e1", "timestamp": "1795140000", "type": "text", "text": {"body": "Sudah dicatat"}});
    let bodies = [field("smb_message_echoes", json!({"message_echoes": [echo]}))];
    stage.delivers(&bodies).await;
    stage.delivers(&bodies).await;
    let messages = stage.messages(CITIZEN).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (
            word(&messages[0], "direction").as_str(),
            word(&messages[0], "author").as_str(),
            word(&messages[0], "status").as_str()
        ),
        ("outbound", "admin", "sent")
    );
    stage.reports("e1", "read", None).await;
    assert_eq!(word(&stage.messages(CITIZEN).await[0], "status"), "read");
    stage.quiet().await;
    assert!(stage.turns().await.is_empty());
    assert_eq!(stage.conversation().await["window_closes_at"], Value::Null, "the citizen has said nothing");
}

#[tokio::test]
async fn the_past_stands_before_the_present_and_is_not_answered() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w9", "sekarang").await;
    let line = |from: &str, id: &str, at: i64, kind: &str| json!({"from": from, "id": id, "timestamp": at.to_string(), "type": kind, "text": {"body": id}, "history_context": {"status": "READ"}});
    let at = stage.seconds() - 90 * 86_400;
    let thread = json!({"id": CITIZEN, "messages": [line("622150001234", "h1", at, "text"), line(CITIZEN, "h2", at + 1, "media_placeholder"), line(CITIZEN, "h3", at + 2, "text")]});
    stage.delivers(&[field("history", json!({"history": [{"threads": [thread]}]}))]).await;
    let late = json!({"from": CITIZEN, "id": "h2", "timestamp": (at + 1).to_string(), "type": "image", "image": {"id": "77", "caption": "foto lama"}});
    stage.delivers(&[field("history", json!({"messages": [late]}))]).await;
    let shown: Vec<(String, String)> =
        stage.messages(CITIZEN).await.iter().map(|message| (word(message, "author"), word(message, "text"))).collect();
    let expected = [("admin", "h1"), ("citizen", "foto lama"), ("citizen", "h3"), ("citizen", "sekarang")];
    assert_eq!(shown, expected.map(|(author, text)| (author.to_owned(), text.to_owned())));
    assert_eq!(stage.count("SELECT count(*) FROM media").await, 1, "the file that was announced is fetched now");
    assert_eq!(
        stage
            .test
            .outbox::<MessageStored>()
            .await
            .iter()
            .filter(|event| event.message.wamid.as_deref() == Some("h1"))
            .count(),
        0
    );
    stage.quiet().await;
    assert_eq!(stage.turns().await.len(), 1);
}

#[tokio::test]
async fn a_group_is_listened_to_and_never_answered() {
    let stage = Stage::alone().await;
    let mut message = text(CITIZEN, "w1", stage.seconds(), "ada yang tahu jadwal posyandu?");
    message["group_id"] = "120363@g.us".into();
    stage.delivers(&[body(&[message])]).await;
    assert_eq!(word(&stage.messages(CITIZEN).await[0], "group_id"), "120363@g.us");
    stage.quiet().await;
    assert!(stage.turns().await.is_empty());
    assert_eq!(stage.conversation().await["window_closes_at"], Value::Null, "a group opens no window");
}

#[tokio::test]
async fn whatever_has_no_words_is_described_to_staff_and_not_to_the_assistant() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage
        .delivers(&[body(&[
            of("sticker", "w1", at, json!({"id": "1"})),
            of("contacts", "w2", at, json!([{"name": {"formatted_name": "Pak RT"}, "phones": [{"phone": "0812"}]}])),
            of("location", "w3", at, json!({"latitude": -6.5, "longitude": "106.75"})),
            of("hologram", "w4", at, json!({"depth": 3})),
            text(CITIZEN, "w5", at, "tolong"),
        ])])
        .await;
    let shown: Vec<String> = stage.messages(CITIZEN).await.iter().map(|message| word(message, "text")).collect();
    let described = [
        "Stiker",
        "Kontak: Pak RT (0812)",
        "Lokasi: -6.5, 106.75",
        "Pesan jenis \"hologram\" belum dapat ditampilkan",
        "tolong",
    ];
    assert_eq!(shown, described);
    stage.quiet().await;
    stage.test.clock.advance(chrono::Duration::seconds(12));
    stage.look().await;
    let turn = stage.turns().await.remove(0);
    assert_eq!(turn.message, "tolong");
    assert_eq!(turn.messages[2].location.as_ref().map(|at| (at.latitude, at.longitude)), Some((-6.5, 106.75)));
}

#[tokio::test]
async fn what_nobody_understands_is_counted_by_kind_and_listed_whole() {
    let stage = Stage::alone().await;
    let second = stage.second_office("100000000000002").await;
    let call = |id: &str| field("calls", json!({"calls": [{"id": id, "event": "connect", "from": CITIZEN}]}));
    stage.delivers(&[call("c1"), call("c2"), call("c2"), field("a_new_field", json!({"novelty": true}))]).await;
    let banned = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "account_update", "value": {"event": "DISABLED_UPDATE"}},
        {"field": "phone_number_quality_update", "value": {"display_phone_number": "622150001234", "event": "THROUGHPUT_UPGRADE"}}]}]});
    stage
        .delivers(&[
            Bytes::from(banned.to_string()),
            value("404", &json!({"messages": [text(CITIZEN, "w1", 1_795_140_000, "?")]})),
        ])
        .await;

    let office = stage.api.office(contracts::OfficeId::FIRST);
    let kinds = listed(&office, "/internal/unknown?latest=1").await;
    let counts: Vec<(String, i64)> =
        kinds.iter().map(|kind| (word(kind, "kind"), kind["count"].as_i64().expect("a count"))).collect();
    assert_eq!(counts, [("calls".to_owned(), 2), ("a_new_field".to_owned(), 1)], "a repetition is not counted");
    assert_eq!(kinds[0]["latest"].as_array().map(Vec::len), Some(1));
    assert!(word(&kinds[0]["latest"][0], "item").contains("\"c2\""), "as it came");
    assert!(listed(&stage.api.office(second), "/internal/unknown").await.is_empty());
    let nobodys = listed(&office, "/internal/unknown?unassigned=true").await;
    let sorts: Vec<(String, String)> = nobodys.iter().map(|kind| (word(kind, "kind"), word(kind, "sort"))).collect();
    for expected in
        [("account_update", "notice"), ("phone_number_quality_update", "notice"), ("unknown_number", "unknown")]
    {
        assert!(sorts.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{sorts:?}");
    }
    assert!(listed(&office, "/internal/messages").await.is_empty(), "nobody answers for a number that nobody has");
    let person = stage.test.actor("Sari", Some(contracts::OfficeId::FIRST), &[]);
    let forbidden = office.actor(&person).get("/internal/unknown?unassigned=true").await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let metrics = stage.api.get("/metrics").await.text();
    assert!(metrics.contains("gc_channel_quarantined_total{kind=\"calls\"} 2"), "{metrics}");
    assert!(metrics.contains("gc_channel_account_notices_total{weight=\"alarm\"} 1"));
}

#[tokio::test]
async fn news_that_names_a_shown_number_belong_to_its_office() {
    let stage = Stage::alone().await;
    let number = json!({"phone_number_id": NUMBER, "display_phone_number": "+62 21-5000-1234"});
    stage.api.post("/internal/numbers", &number).await.expect(StatusCode::CREATED);
    let news = json!({"object": "whatsapp_business_account", "entry": [{"changes": [
        {"field": "phone_number_quality_update", "value": {"display_phone_number": "622150001234", "event": "FLAGGED"}}]}]});
    stage.delivers(&[Bytes::from(news.to_string())]).await;
    assert_eq!(word(&listed(&stage.api, "/internal/unknown").await[0], "kind"), "phone_number_quality_update");
}
