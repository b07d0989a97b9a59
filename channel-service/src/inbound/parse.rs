//! Reading a webhook body: pure, tolerant, item by item.
//!
//! One bad item never loses its siblings: everything is read from `Value`s, every absence is an `Option`, and what is
//! not understood comes out whole as [`Item::Other`].

use chrono::{DateTime, Utc};
use contracts::message::{Location, MediaRef, MessageStatus};
use serde_json::Value;

/// One thing in a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Message(Box<InboundMessage>),
    Status(Box<StatusReport>),
    /// Anything else: kept whole, counted by kind.
    Other {
        kind: String,
        phone_number_id: Option<String>,
        raw: Value,
    },
}

/// A message from a citizen.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    pub phone_number_id: String,
    pub wamid: String,
    pub sender: Sender,
    pub sent_at: DateTime<Utc>,
    /// WhatsApp's word for it, such as `text`.
    pub kind: String,
    pub text: Option<String>,
    /// The id of the tapped button or row.
    pub reply_id: Option<String>,
    pub media: Option<MediaRef>,
    pub location: Option<Location>,
    pub group_id: Option<String>,
    pub raw: Value,
}

/// How WhatsApp names who wrote. At least one of the ids is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sender {
    pub phone: Option<String>,
    pub bsuid: Option<String>,
    pub parent: Option<String>,
    pub name: Option<String>,
}

/// What WhatsApp reports about a message of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusReport {
    pub phone_number_id: String,
    pub wamid: String,
    pub status: MessageStatus,
    pub at: DateTime<Utc>,
    /// Our own message id, echoed.
    pub callback: Option<String>,
    pub errors: Value,
    pub raw: Value,
}

impl Item {
    /// The item as WhatsApp sent it.
    pub fn raw(&self) -> &Value {
        match self {
            Self::Message(message) => &message.raw,
            Self::Status(report) => &report.raw,
            Self::Other { raw, .. } => raw,
        }
    }

    /// The number that it came to.
    pub fn phone_number_id(&self) -> Option<&str> {
        match self {
            Self::Message(message) => Some(&message.phone_number_id),
            Self::Status(report) => Some(&report.phone_number_id),
            Self::Other { phone_number_id, .. } => phone_number_id.as_deref(),
        }
    }
}

/// Everything in a body, in its order. A body that is no JSON, or holds nothing, is one [`Item::Other`].
pub fn parse(body: &[u8], received_at: DateTime<Utc>) -> Vec<Item> {
    let whole = |kind: &str, raw: Value| vec![Item::Other { kind: kind.to_owned(), phone_number_id: None, raw }];
    let root = serde_json::from_slice::<Value>(body)
        .or_else(|_| serde_json::from_str(&mended(&String::from_utf8_lossy(body))));
    let Ok(root) = root else {
        return whole("not_json", Value::String(String::from_utf8_lossy(body).into_owned()));
    };
    if root.get("object").and_then(Value::as_str).is_some_and(|object| object != "whatsapp_business_account") {
        return whole("other_object", root);
    }
    let mut items = Vec::new();
    for entry in each(root.get("entry")) {
        let changes = each(entry.get("changes"));
        if changes.is_empty() {
            items.push(Item::Other { kind: "empty".to_owned(), phone_number_id: None, raw: entry.clone() });
        }
        for change in changes {
            read_change(change, received_at, &mut items);
        }
    }
    if items.is_empty() { whole("empty", root) } else { items }
}

/// The text with every half of a surrogate pair replaced: a name cut inside an emoji must not cost a whole body.
fn mended(text: &str) -> String {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(next) = text[at..].find('\\').map(|offset| at + offset) {
        out.push_str(&text[at..next]);
        let (taken, whole) = match unit(next) {
            Some(0xD800..=0xDBFF) if matches!(unit(next + 6), Some(0xDC00..=0xDFFF)) => (12, true),
            Some(0xD800..=0xDFFF) => (6, false),
            // An escape is two characters at least; the second may be of several bytes.
            _ => (1 + text[next + 1..].chars().next().map_or(0, char::len_utf8), true),
        };
        out.push_str(if whole { &text[next..next + taken] } else { "\\ufffd" });
        at = next + taken;
    }
    out.push_str(&text[at..]);
    out
}

/// The elements of an array; a lone object counts as one.
fn each(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(object @ Value::Object(_)) => vec![object],
        _ => Vec::new(),
    }
}

fn read_change(change: &Value, received_at: DateTime<Utc>, items: &mut Vec<Item>) {
    let value = change.get("value").unwrap_or(&Value::Null);
    let phone_number_id = text(value.pointer("/metadata/phone_number_id"));
    let field = text(change.get("field")).unwrap_or_else(|| "messages".to_owned());
    let other = |kind: &str, raw: &Value| Item::Other {
        kind: kind.to_owned(),
        phone_number_id: phone_number_id.clone(),
        raw: raw.clone(),
    };
    if field != "messages" {
        items.push(other(&field, change));
        return;
    }
    let before = items.len();
    let contacts = each(value.get("contacts"));
    let messages = each(value.get("messages"));
    let alone = messages.len() == 1 && contacts.len() == 1;
    for message in messages {
        items.push(match read_message(message, &contacts, alone, phone_number_id.as_deref(), received_at) {
            Some(message) => Item::Message(Box::new(message)),
            None => other(&format!("message.{}", text(message.get("type")).unwrap_or_default()), message),
        });
    }
    for status in each(value.get("statuses")) {
        items.push(match read_status(status, phone_number_id.as_deref(), received_at) {
            Some(report) => Item::Status(Box::new(report)),
            None => other("status", status),
        });
    }
    items.extend(each(value.get("errors")).into_iter().map(|error| other("errors", error)));
    if items.len() == before {
        items.push(other("empty", change));
    }
}

/// `None`: no id, no number or nobody who wrote it; kept as something else.
fn read_message(
    message: &Value,
    contacts: &[&Value],
    alone: bool,
    phone_number_id: Option<&str>,
    received_at: DateTime<Utc>,
) -> Option<InboundMessage> {
    let kind = text(message.get("type")).unwrap_or_else(|| "unknown".to_owned());
    let sender = read_sender(message, contacts, alone)?;
    // A system notice is about a contact, not from one.
    if kind == "system" {
        return None;
    }
    Some(InboundMessage {
        phone_number_id: phone_number_id?.to_owned(),
        wamid: id(message.get("id"))?,
        sender,
        sent_at: timestamp(message.get("timestamp")).unwrap_or(received_at),
        text: words(message, &kind),
        reply_id: reply_id(message),
        media: media(message, &kind),
        location: location(message),
        group_id: text(message.get("group_id")),
        kind,
        raw: message.clone(),
    })
}

/// Pairs a message with its contact by id, never by place. A lone contact of a lone message is theirs unless it names
/// somebody else: who writes must never be mixed up with who is mentioned beside them.
fn read_sender(message: &Value, contacts: &[&Value], alone: bool) -> Option<Sender> {
    let mut sender = Sender {
        bsuid: id(message.get("from_user_id")),
        parent: id(message.get("from_parent_user_id")),
        ..Sender::default()
    };
    // A business-scoped id has been seen in `from`.
    match id(message.get("from")) {
        Some(id) if looks_like_bsuid(&id) => sender.bsuid = sender.bsuid.or(Some(id)),
        from => sender.phone = from,
    }
    let same = |contact: &Value, key: &str, own: &Option<String>| own.is_some() && id(contact.get(key)) == *own;
    let differs = |contact: &Value, key: &str, own: &Option<String>| {
        own.is_some() && id(contact.get(key)).is_some_and(|other| Some(other) != *own)
    };
    let own = contacts
        .iter()
        .find(|contact| {
            same(contact, "wa_id", &sender.phone)
                || same(contact, "user_id", &sender.bsuid)
                || same(contact, "wa_id", &sender.bsuid)
        })
        .or_else(|| {
            contacts.first().filter(|contact| {
                alone && !differs(contact, "wa_id", &sender.phone) && !differs(contact, "user_id", &sender.bsuid)
            })
        });
    if let Some(contact) = own {
        sender.name =
            text(contact.pointer("/profile/name")).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        sender.bsuid = sender.bsuid.or_else(|| id(contact.get("user_id")));
        sender.parent = sender.parent.or_else(|| id(contact.get("parent_user_id")));
        match id(contact.get("wa_id")) {
            Some(id) if looks_like_bsuid(&id) => sender.bsuid = sender.bsuid.or(Some(id)),
            wa_id => sender.phone = sender.phone.or(wa_id),
        }
    }
    (sender.phone.is_some() || sender.bsuid.is_some()).then_some(sender)
}

fn looks_like_bsuid(id: &str) -> bool {
    contracts::WaUserId::parse(id).is_ok_and(|id| id.is_bsuid())
}

/// What there is to read in a message, whatever its kind.
fn words(message: &Value, kind: &str) -> Option<String> {
    let at = |pointer: &str| text(message.pointer(pointer));
    match kind {
        "text" => at("/text/body"),
        "button" => at("/button/text"),
        "interactive" => at("/interactive/button_reply/title")
            .or_else(|| at("/interactive/list_reply/title"))
            .or_else(|| at("/interactive/nfm_reply/body")),
        "reaction" => at("/reaction/emoji"),
        "location" => match (at("/location/name"), at("/location/address")) {
            (Some(name), Some(address)) => Some(format!("{name}, {address}")),
            (name, address) => name.or(address),
        },
        _ => text(message.get(kind).and_then(|body| body.get("caption"))),
    }
}

fn reply_id(message: &Value) -> Option<String> {
    ["/interactive/button_reply/id", "/interactive/list_reply/id", "/button/payload"]
        .iter()
        .find_map(|pointer| text(message.pointer(pointer)))
}

fn media(message: &Value, kind: &str) -> Option<MediaRef> {
    if !matches!(kind, "image" | "video" | "audio" | "voice" | "document" | "sticker") {
        return None;
    }
    let body = message.get(kind)?;
    Some(MediaRef {
        id: text(body.get("id"))?,
        mime_type: text(body.get("mime_type")),
        filename: text(body.get("filename")),
        key: None,
    })
}

fn location(message: &Value) -> Option<Location> {
    let body = message.get("location")?;
    let number = |key: &str| body.get(key).and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
    let (latitude, longitude) = (number("latitude")?, number("longitude")?);
    let real = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    real.then(|| Location { latitude, longitude, name: text(body.get("name")), address: text(body.get("address")) })
}

/// `None`: not a delivery status (payments and calls share the array), or nothing to find the message by.
fn read_status(status: &Value, phone_number_id: Option<&str>, received_at: DateTime<Utc>) -> Option<StatusReport> {
    if status.get("type").and_then(Value::as_str).is_some_and(|kind| matches!(kind, "payment" | "call")) {
        return None;
    }
    let word = text(status.get("status"))?;
    let reported = match word.as_str() {
        "sent" => MessageStatus::Sent,
        "delivered" => MessageStatus::Delivered,
        "read" => MessageStatus::Read,
        "played" => MessageStatus::Played,
        "failed" => MessageStatus::Failed,
        _ => return None,
    };
    Some(StatusReport {
        phone_number_id: phone_number_id?.to_owned(),
        wamid: id(status.get("id"))?,
        status: reported,
        at: timestamp(status.get("timestamp")).unwrap_or(received_at),
        callback: text(status.get("biz_opaque_callback_data")),
        errors: status.get("errors").cloned().unwrap_or_else(|| Value::Array(Vec::new())),
        raw: status.clone(),
    })
}

/// Text, or a number written as one. PostgreSQL can't hold a NUL, and no human text has one.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id: a text that is not empty. Two that sent none are not the same.
fn id(value: Option<&Value>) -> Option<String> {
    text(value).map(|id| id.trim().to_owned()).filter(|id| !id.is_empty())
}

/// Seconds or milliseconds, as text or number.
fn timestamp(value: Option<&Value>) -> Option<DateTime<Utc>> {
    let number: i64 = text(value)?.trim().parse().ok()?;
    if number > 100_000_000_000 { DateTime::from_timestamp_millis(number) } else { DateTime::from_timestamp(number, 0) }
        .filter(|time| time.timestamp() > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_600_000, 0).expect("a time")
    }

    fn body(value: &Value) -> Vec<u8> {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
        body.to_string().into_bytes()
    }

    fn one_message(message: &Value) -> InboundMessage {
        let value = json!({"metadata": {"phone_number_id": "99"}, "contacts": [{"wa_id": "628111", "profile": {"name": "Sari"}}], "messages": [message]});
        match parse(&body(&value), now()).remove(0) {
            Item::Message(message) => *message,
            other => panic!("no message: {other:?}"),
        }
    }

    #[test]
    fn a_text_is_read() {
        let message = one_message(
            &json!({"from": "628111", "id": "w1", "timestamp": "1763600001", "type": "text", "text": {"body": "halo"}}),
        );
        assert_eq!(message.text.as_deref(), Some("halo"));
        assert_eq!(message.sender.name.as_deref(), Some("Sari"));
        assert_eq!(message.sent_at.timestamp(), 1_763_600_001);
    }

    #[test]
    fn timestamps_come_in_three_spellings() {
        for spelling in [json!("1763600001"), json!(1_763_600_001), json!(1_763_600_001_000_i64)] {
            let message = one_message(&json!({"from": "628111", "id": "w", "timestamp": spelling, "type": "text"}));
            assert_eq!(message.sent_at.timestamp(), 1_763_600_001);
        }
    }

    #[test]
    fn a_photo_without_caption_and_a_pin_are_not_lost() {
        let photo = one_message(
            &json!({"from": "628111", "id": "w", "timestamp": "1", "type": "image", "image": {"id": "m1", "mime_type": "image/jpeg"}}),
        );
        assert_eq!(photo.media.map(|media| media.id).as_deref(), Some("m1"));
        let pin = one_message(
            &json!({"from": "628111", "id": "w", "timestamp": "1", "type": "location", "location": {"latitude": -6, "longitude": "106.8"}}),
        );
        assert_eq!(pin.location.map(|at| (at.latitude, at.longitude)), Some((-6.0, 106.8)));
    }

    #[test]
    fn whoever_has_only_a_user_id_is_somebody() {
        let value = json!({"metadata": {"phone_number_id": "99"}, "contacts": [{"user_id": "ID.123", "profile": {"username": "@sari"}}],
            "messages": [{"from_user_id": "ID.123", "id": "w", "timestamp": "1", "type": "text", "text": {"body": "a"}}]});
        let Item::Message(message) = parse(&body(&value), now()).remove(0) else { panic!("a message") };
        assert_eq!(message.sender, Sender { bsuid: Some("ID.123".to_owned()), ..Sender::default() });
    }

    #[test]
    fn an_odd_item_keeps_its_siblings() {
        let value = json!({"metadata": {"phone_number_id": "99"}, "messages": [7, {"type": "text"}, {"from": "628111", "id": "w", "type": "future"}],
            "statuses": [{"id": "w0", "status": "dreamt"}, {"id": "w0", "status": "read"}], "errors": [{"code": 1}]});
        let items = parse(&body(&value), now());
        let kinds: Vec<&str> = items
            .iter()
            .map(|item| match item {
                Item::Message(_) => "message",
                Item::Status(_) => "status",
                Item::Other { .. } => "other",
            })
            .collect();
        // A number among the messages is an item too.
        assert_eq!(kinds, ["other", "other", "message", "other", "status", "other"]);
    }

    #[test]
    fn echoes_and_account_news_are_not_messages() {
        for field in ["smb_message_echoes", "history", "account_update", "something_new"] {
            let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": field, "value": {"messages": [{"id": "w", "from": "1"}]}}]}]});
            assert!(
                matches!(&parse(body.to_string().as_bytes(), now())[..], [Item::Other { kind, .. }] if kind == field)
            );
        }
    }

    #[test]
    fn a_message_is_never_paired_with_somebody_else() {
        let value = json!({"metadata": {"phone_number_id": "99"}, "contacts": [{"wa_id": "628111", "user_id": "ID.1", "profile": {"name": "Sari"}}],
            "messages": [{"from": "628111", "id": "a", "type": "text"}, {"from": "628222", "id": "b", "type": "text"}]});
        let senders: Vec<Sender> = parse(&body(&value), now())
            .into_iter()
            .filter_map(|item| if let Item::Message(message) = item { Some(message.sender) } else { None })
            .collect();
        assert_eq!(senders[0].bsuid.as_deref(), Some("ID.1"));
        assert_eq!(senders[1], Sender { phone: Some("628222".to_owned()), ..Sender::default() });
        let alone = json!({"metadata": {"phone_number_id": "99"}, "contacts": [{"wa_id": "628111", "user_id": "ID.1"}],
            "messages": [{"from": "628222", "id": "b", "type": "text"}]});
        let Item::Message(message) = parse(&body(&alone), now()).remove(0) else { panic!("a message") };
        assert_eq!(message.sender.bsuid, None);
    }

    #[test]
    fn empty_ids_are_no_ids() {
        let value = json!({"metadata": {"phone_number_id": "99"}, "messages": [{"from": "", "id": "a", "type": "text"}, {"from": "628111", "id": "", "type": "text"}]});
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
            "",
        ] {
            assert_eq!(parse(body.as_bytes(), now()).len(), 1, "{body}");
        }
    }

    proptest! {
        #[test]
        fn mending_leaves_good_json_as_it_is(words in prop::collection::vec(any::<String>(), 0..4)) {
            let text = Value::from(words).to_string();
            prop_assert_eq!(mended(&text), text);
        }

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
}
