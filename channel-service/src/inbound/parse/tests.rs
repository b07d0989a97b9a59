//! Bodies small enough to read beside what they must yield; whole ones lie in `tests/corpus`.

use contracts::message::MessageStatus;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_600_000, 0).expect("a time")
}

fn field(field: &str, value: &Value) -> Vec<u8> {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]});
    body.to_string().into_bytes()
}

fn body(value: &Value) -> Vec<u8> {
    field("messages", value)
}

fn metadata() -> Value {
    json!({"phone_number_id": "99"})
}

fn one_message(message: &Value) -> InboundMessage {
    let value = json!({"metadata": metadata(), "contacts": [{"wa_id": "628111", "profile": {"name": "Sari"}}], "messages": [message]});
    match parse(&body(&value), now()).remove(0) {
        Item::Message(message) => *message,
        other => panic!("no message: {other:?}"),
    }
}

fn sorts(body: &[u8]) -> Vec<&'static str> {
    parse(body, now()).iter().map(Item::sort).collect()
}

#[test]
fn a_text_is_read() {
    let message = one_message(
        &json!({"from": "628111", "id": "w1", "timestamp": "1763600001", "type": "text", "text": {"body": "halo"},
            "context": {"id": "w0", "from": "62215"}}),
    );
    assert_eq!((message.text.as_deref(), message.described), (Some("halo"), false));
    assert_eq!(message.sender.name.as_deref(), Some("Sari"));
    assert_eq!(message.sent_at.timestamp(), 1_763_600_001);
    assert_eq!(message.reply_to.as_deref(), Some("w0"));
}

#[test]
fn a_photo_without_caption_and_a_pin_are_not_lost() {
    let photo = one_message(
        &json!({"from": "628111", "id": "w", "timestamp": "1", "type": "image", "image": {"id": "m1", "mime_type": "image/jpeg"}}),
    );
    assert_eq!(photo.media.and_then(|media| media.id).as_deref(), Some("m1"));
    let pin = one_message(
        &json!({"from": "628111", "id": "w", "timestamp": "1", "type": "location", "location": {"latitude": -6, "longitude": "106.8"}}),
    );
    assert_eq!(pin.location.map(|at| (at.latitude, at.longitude)), Some((-6.0, 106.8)));
}

#[test]
fn a_file_that_whatsapp_could_not_get_says_why() {
    let photo = one_message(&json!({"from": "628111", "id": "w", "type": "image", "image": {},
        "errors": [{"code": 131_052, "title": "Media download error", "error_data": {"details": "too large"}}]}));
    assert_eq!(photo.media.and_then(|media| media.trouble).as_deref(), Some("too large"));
}

#[test]
fn whoever_has_only_a_user_id_is_somebody() {
    let value = json!({"metadata": metadata(), "contacts": [{"user_id": "ID.123", "profile": {"username": "@sari"}}],
        "messages": [{"from_user_id": "ID.123", "id": "w", "timestamp": "1", "type": "text", "text": {"body": "a"}}]});
    let Item::Message(message) = parse(&body(&value), now()).remove(0) else { panic!("a message") };
    let sari = Sender { bsuid: Some("ID.123".to_owned()), name: Some("@sari".to_owned()), ..Sender::default() };
    assert_eq!(message.sender, sari);
}

#[test]
fn an_odd_item_keeps_its_siblings() {
    let value = json!({"metadata": metadata(), "messages": [7, {"type": "text"}, {"from": "628111", "id": "w", "type": "future"}],
        "statuses": [{"id": "w0", "status": "dreamt"}, {"id": "w0", "status": "read"}], "errors": [{"code": 1}]});
    // A number among the messages is an item too.
    assert_eq!(sorts(&body(&value)), ["other", "other", "message", "other", "status", "other"]);
}

#[test]
fn what_staff_typed_on_their_phone_went_to_the_citizen() {
    let echo =
        json!({"from": "62215", "to": "628111", "id": "w", "timestamp": "1", "type": "text", "text": {"body": "siap"}});
    let value = json!({"metadata": metadata(), "message_echoes": [echo]});
    for body in [field("smb_message_echoes", &value), body(&value)] {
        let Item::Echo(echo) = parse(&body, now()).remove(0) else { panic!("an echo") };
        assert_eq!((echo.sender.phone.as_deref(), echo.text.as_deref()), (Some("628111"), Some("siap")));
    }
}

#[test]
fn the_past_knows_who_wrote() {
    let line = |from: &str, id: &str| json!({"from": from, "id": id, "timestamp": "1", "type": "text", "text": {"body": id}, "history_context": {"status": "READ"}});
    let value = json!({"metadata": metadata(), "history": [
        {"metadata": {"phase": 0}, "threads": [{"id": "628111", "messages": [line("62215", "a"), line("628111", "b"), 7]}]},
        {"errors": [{"code": 2_593_109}]}]});
    let items = parse(&field("history", &value), now());
    let past: Vec<(&str, bool, Option<MessageStatus>)> = items
        .iter()
        .filter_map(|item| {
            if let Item::History(past) = item {
                Some((past.message.wamid.as_str(), past.outbound, past.status))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(past, [("a", true, Some(MessageStatus::Read)), ("b", false, Some(MessageStatus::Read))]);
    assert_eq!(sorts(&field("history", &value)), ["history", "history", "other", "other"]);
    let late = json!({"metadata": metadata(), "messages": [{"from": "628111", "id": "a", "type": "image", "image": {"id": "m"}}]});
    assert_eq!(sorts(&field("history", &late)), ["history"]);
}

#[test]
fn changed_ids_are_read_wherever_they_stand() {
    let number = json!({"metadata": metadata(), "messages": [{"from": "628111", "id": "w", "type": "system", "system": {"type": "user_changed_number", "wa_id": "628222"}}]});
    let Item::Identity(change) = parse(&body(&number), now()).remove(0) else { panic!("a change") };
    assert_eq!(change.moves, [("628111".to_owned(), "628222".to_owned())]);
    let update = json!({"metadata": metadata(), "user_id_update": [{"wa_id": "628111", "user_id": {"previous": "ID.1", "current": "ID.2"}}]});
    let Item::Identity(change) = parse(&field("user_id_update", &update), now()).remove(0) else { panic!("a change") };
    assert_eq!(
        (&change.moves[..], change.now.phone.as_deref()),
        (&[("ID.1".to_owned(), "ID.2".to_owned())][..], Some("628111"))
    );
    let checked = json!({"metadata": metadata(), "messages": [{"from": "628111", "id": "w", "type": "system", "system": {"type": "customer_identity_changed"}}]});
    assert!(matches!(&parse(&body(&checked), now())[..], [Item::Other { kind, .. }] if kind == "message.system"));
}

#[test]
fn wishes_and_news_of_the_account_are_told_apart() {
    let wish = json!({"metadata": metadata(), "user_preferences": [{"wa_id": "628111", "category": "marketing_messages", "value": "stop", "timestamp": 1}, {"value": "dance"}]});
    assert_eq!(sorts(&field("user_preferences", &wish)), ["preference", "other"]);
    let banned = json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}});
    let Item::Notice(notice) = parse(&field("account_update", &banned), now()).remove(0) else { panic!("a notice") };
    assert_eq!((notice.event.as_deref(), notice.weight), (Some("DISABLED_UPDATE"), Weight::Alarm));
    let slow = json!({"display_phone_number": "+62 21-5000", "event": "THROUGHPUT_UPGRADE", "message_template_id": 7});
    let Item::Notice(notice) = parse(&field("phone_number_quality_update", &slow), now()).remove(0) else {
        panic!("a notice")
    };
    assert_eq!((notice.display_phone_number.as_deref(), notice.weight), (Some("62215000"), Weight::Note));
}

#[test]
fn a_field_that_nobody_knows_is_one_thing_kept_whole() {
    for name in ["something_new", "group_lifecycle_update", "smb_app_state_sync"] {
        let body = field(name, &json!({"messages": [{"id": "w", "from": "1"}]}));
        assert!(matches!(&parse(&body, now())[..], [Item::Other { kind, .. }] if kind == name));
    }
}

#[test]
fn a_reaction_an_edit_and_a_deletion_name_their_message() {
    let amends = |message: Value| one_message(&message).amends.map(|amendment| (amendment.target, amendment.change));
    let of = |kind: &str, body: Value| json!({"from": "628111", "id": "w", "type": kind, kind: body});
    let target = || "w0".to_owned();
    assert_eq!(
        amends(of("reaction", json!({"message_id": "w0", "emoji": "👍"}))),
        Some((target(), Change::Reacted(Some("👍".to_owned()))))
    );
    for gone in [
        json!({"message_id": "w0", "emoji": ""}),
        json!({"message_id": "w0"}),
        json!({"message_id": "w0", "emoji": null}),
    ] {
        assert_eq!(amends(of("reaction", gone)), Some((target(), Change::Reacted(None))));
    }
    let edit = json!({"original_message_id": "w0", "message": {"type": "text", "text": {"body": "RT 5"}}});
    assert_eq!(amends(of("edit", edit)), Some((target(), Change::Edited(Some("RT 5".to_owned())))));
    assert_eq!(amends(of("revoke", json!({"original_message_id": "w0"}))), Some((target(), Change::Revoked)));
    assert_eq!(amends(of("revoke", json!({}))), None);
}

#[test]
fn a_message_is_never_paired_with_somebody_else() {
    let value = json!({"metadata": metadata(), "contacts": [{"wa_id": "628111", "user_id": "ID.1", "profile": {"name": "Sari"}}],
        "messages": [{"from": "628111", "id": "a", "type": "text"}, {"from": "628222", "id": "b", "type": "text"}]});
    let senders: Vec<Sender> = parse(&body(&value), now())
        .into_iter()
        .filter_map(|item| if let Item::Message(message) = item { Some(message.sender) } else { None })
        .collect();
    assert_eq!(senders[0].bsuid.as_deref(), Some("ID.1"));
    assert_eq!(senders[1], Sender { phone: Some("628222".to_owned()), ..Sender::default() });
    let alone = json!({"metadata": metadata(), "contacts": [{"wa_id": "628111", "user_id": "ID.1"}],
        "messages": [{"from": "628222", "id": "b", "type": "text"}]});
    let Item::Message(message) = parse(&body(&alone), now()).remove(0) else { panic!("a message") };
    assert_eq!(message.sender.bsuid, None);
}

#[test]
fn empty_ids_are_no_ids() {
    let value = json!({"metadata": metadata(), "messages": [{"from": "", "id": "a", "type": "text"}, {"from": "628111", "id": "", "type": "text"}]});
    assert!(
        parse(&body(&value), now())
            .iter()
            .all(|item| matches!(item, Item::Other { kind, .. } if kind == "message.text"))
    );
}

#[test]
fn half_an_emoji_costs_no_message() {
    let text = r#"{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"99"},"messages":[
        {"from":"628111","id":"a","type":"text","text":{"body":"\ud83d\ude4f ok \\ud83d \ud83d"}}]}}]}]}"#;
    let Item::Message(message) = parse(text.as_bytes(), now()).remove(0) else { panic!("a message") };
    assert_eq!(message.text.as_deref(), Some("🙏 ok \\ud83d \u{fffd}"));
}

#[test]
fn nothing_vanishes() {
    for body in [
        "{}",
        "[]",
        "null",
        r#"{"object":"whatsapp_business_account","entry":[]}"#,
        r#"{"entry":[7]}"#,
        r#"{"entry":{"changes":[]}}"#,
        r#"{"entry":[{"changes":[{"field":"history","value":{"history":[{"threads":[]}]}}]}]}"#,
        r#"{"entry":[{"changes":[{"field":"user_id_update"}]}]}"#,
        "",
    ] {
        assert_eq!(parse(body.as_bytes(), now()).len(), 1, "{body}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse(&bytes, now());
    }

    #[test]
    fn no_json_makes_it_panic(leaf in "[a-z0-9]{0,12}", key in "(messages|statuses|contacts|metadata|errors|type|id|from)") {
        let value = json!({&key: [{&key: leaf}, leaf, null, 3, []], "messages": {&key: {"id": [leaf]}}});
        parse(&body(&value), now());
    }
}
