//! Bodies as they come in the wild: our own collection beside this file, and the larger one beside the repository where
//! it is there. Every body is parsed and taken in; what should be found in it is written next to it.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use channel_service::parse::{Item, parse};
use channel_service::{ChannelService, Driver, MIGRATOR};
use contracts::OfficeId;
use serde_json::Value;
use testkit::{Api, Test};

use crate::stage::{Stage, config, nobody};

/// What was found: messages, echoes and the past by kind, statuses by word, the rest by field or kind.
#[derive(Debug, Default, PartialEq)]
struct Found {
    messages: Vec<String>,
    /// What a screen shows of them.
    texts: Vec<String>,
    echoes: Vec<String>,
    history: Vec<String>,
    statuses: Vec<String>,
    /// New ids of citizens: old and new.
    identities: Vec<String>,
    preferences: Vec<String>,
    notices: Vec<String>,
    others: Vec<String>,
}

fn found(body: &[u8]) -> Found {
    let mut found = Found::default();
    for item in parse(body, Test::start_time()) {
        match item {
            Item::Message(message) => {
                found.texts.push(message.text.unwrap_or_default());
                found.messages.push(message.kind);
            }
            Item::Echo(echo) => found.echoes.push(echo.kind),
            Item::History(past) => {
                let who = if past.outbound { "outbound" } else { "inbound" };
                found.history.push(format!("{who} {}", past.message.kind));
            }
            Item::Status(report) => found.statuses.push(report.status.as_str().to_owned()),
            Item::Identity(change) => {
                found.identities.extend(change.moves.iter().map(|(old, new)| format!("{old} -> {new}")));
            }
            Item::Preference(wish) => {
                found.preferences.push(format!("{} {}", if wish.stop { "stop" } else { "resume" }, wish.category));
            }
            Item::Notice(notice) => {
                found.notices.push(format!("{} {}", notice.field, notice.event.unwrap_or_default()).trim().to_owned());
            }
            Item::Other { kind, .. } => found.others.push(kind),
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Gives the first office every number that the bodies name, so that nothing stops at the door.
async fn adopt_numbers(stage: &Stage, bodies: &[Bytes]) {
    let mut tx = stage.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    for body in bodies {
        for id in parse(body, Test::start_time()).iter().filter_map(Item::phone_number_id) {
            sqlx::query("INSERT INTO numbers (phone_number_id, office_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(id)
                .bind(OfficeId::FIRST.0)
                .execute(&mut *tx)
                .await
                .expect("a number");
        }
    }
    tx.commit().await.expect("a commit");
}

/// Takes all bodies in, one by one and then as batches; nothing fails, and nothing vanishes.
async fn take_in(bodies: &[Bytes]) {
    let stage = Stage::alone().await;
    adopt_numbers(&stage, bodies).await;
    for body in bodies {
        stage.delivers(std::slice::from_ref(body)).await;
    }
    let messages = stage.count("SELECT count(*) FROM messages").await;
    for batch in bodies.chunks(50) {
        stage.delivers(batch).await;
    }
    assert_eq!(stage.count("SELECT count(*) FROM messages").await, messages, "the second time nothing is new");
    let mut wamids: Vec<String> = bodies
        .iter()
        .flat_map(|body| parse(body, Test::start_time()))
        .filter_map(|item| match item {
            Item::Message(message) | Item::Echo(message) => Some(message.wamid),
            Item::History(past) => Some(past.message.wamid),
            _ => None,
        })
        .collect();
    wamids.sort();
    wamids.dedup();
    assert_eq!(usize::try_from(messages).expect("a count"), wamids.len());
    let failed: Vec<_> =
        stage.aside().await.into_iter().filter(|(kind, _)| kind == "failed_item" || kind == "unknown_number").collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test]
async fn our_own_bodies_say_what_is_in_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut bodies, mut wrong) = (Vec::new(), Vec::new());
    for path in files(&folder) {
        let text = std::fs::read_to_string(&path).expect("a file");
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let body = file["raw"].as_str().map_or_else(|| file["body"].to_string(), str::to_owned);
        let list = |key: &str| {
            file[key].as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        let found = found(body.as_bytes());
        let expected = Found {
            messages: list("messages"),
            // Where a file says nothing of texts, they are not its point.
            texts: if file.get("texts").is_some() { list("texts") } else { found.texts.clone() },
            echoes: list("echoes"),
            history: list("history"),
            statuses: list("statuses"),
            identities: list("identities"),
            preferences: list("preferences"),
            notices: list("notices"),
            others: list("others"),
        };
        if found != expected {
            wrong.push(format!("{}\n found {found:?}\n  told {expected:?}", path.display()));
        }
        bodies.push(Bytes::from(body));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} bodies of our own", bodies.len());
    assert!(bodies.len() >= 40, "only {} bodies", bodies.len());
    take_in(&bodies).await;
}

fn collection() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/protocol/fixtures");
    folder.join("expected.json").is_file().then_some(folder)
}

#[tokio::test]
async fn every_body_of_the_larger_collection_is_understood_as_expected() {
    let Some(folder) = collection() else {
        println!("0 bodies: the larger collection is not beside this repository");
        return;
    };
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).expect("a file")).expect("JSON");
    let mut bodies = Vec::new();
    for (name, about) in expected.as_object().expect("an object") {
        let body = std::fs::read(folder.join(name)).expect("a file");
        let found = found(&body);
        let events = about["events"].as_array().expect("a list");
        // What is told under another field (history, calls) is not from a citizen now.
        let of = |kind: &str| {
            events
                .iter()
                .filter(|event| {
                    event["kind"] == kind && event["field"].as_str().is_none_or(|field| field == "messages")
                })
                .collect::<Vec<_>>()
        };
        // A notice about a contact is told as a message there, and is none from a citizen.
        let messages: Vec<&str> = of("message")
            .iter()
            .map(|event| event["type"].as_str().unwrap_or_default())
            .filter(|kind| *kind != "system")
            .collect();
        // Where WhatsApp tells no type, the object that is there says as much.
        let same = |(found, told): (&String, &&str)| told.is_empty() || found == told;
        let all = found.messages.len() == messages.len() && found.messages.iter().zip(&messages).all(same);
        assert!(all, "{name}: {:?} for {messages:?}", found.messages);
        let known = ["sent", "delivered", "read", "played", "failed"];
        let statuses: Vec<&str> = of("status")
            .iter()
            .filter_map(|event| event["status"].as_str())
            .filter(|word| known.contains(word))
            .collect();
        assert_eq!(found.statuses, statuses, "{name}");
        let kinds = |kind: &str| -> Vec<&str> {
            // Without a number nobody can tell whose it is: such a one is kept whole.
            let whose = |event: &&Value| event["kind"] == kind && event["phone_number_id"].is_string();
            events.iter().filter(|event| whose(event)).filter_map(|event| event["type"].as_str()).collect()
        };
        assert_eq!(found.echoes, kinds("echo"), "{name}");
        // A chunk tells how many messages it brings; a file that comes late is told as a message of that field.
        let past: u64 = events
            .iter()
            .filter(|event| event["kind"] == "history")
            .filter_map(|event| event["messages"].as_u64())
            .sum();
        let late = events.iter().filter(|event| event["kind"] == "message" && event["field"] == "history").count();
        assert_eq!(found.history.len() as u64, past + late as u64, "{name}");
        let count = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
        // Told without a number, a wish is kept whole.
        let whole = found.others.iter().filter(|kind| *kind == "user_preferences").count();
        assert_eq!(found.preferences.len() + whole, count("user_preference"), "{name}");
        assert_eq!(found.notices.len(), count("account"), "{name}");
        let whole = found.others.iter().filter(|kind| *kind == "user_id_update").count();
        assert!(found.identities.len() + whole >= count("user_id_update"), "{name}");
        details(name, &body, &of("message"));
        bodies.push(Bytes::from(body));
    }
    println!("{} bodies", bodies.len());
    take_in(&bodies).await;
}

/// Who wrote each message, under which id, what it says and what it is about, as the collection tells it.
fn details(name: &str, body: &[u8], expected: &[&Value]) {
    let messages = parse(body, Test::start_time())
        .into_iter()
        .filter_map(|item| if let Item::Message(message) = item { Some(message) } else { None });
    let expected = expected.iter().filter(|event| event["type"] != "system");
    for (message, event) in messages.zip(expected) {
        assert_eq!(Some(message.wamid.as_str()), event["id"].as_str(), "{name}");
        let from = message.sender.phone.as_deref().or(message.sender.bsuid.as_deref());
        let told = event["from"].as_str().or_else(|| event["from_user_id"].as_str());
        assert!(told.is_none() || from == told || message.sender.bsuid.as_deref() == told, "{name}: {from:?} {told:?}");
        if let Some(number) = event["phone_number_id"].as_str() {
            assert_eq!(message.phone_number_id, number, "{name}");
        }
        if let Some(text) = event["text"].as_str().filter(|text| !text.trim().is_empty()) {
            let shown = message.text.as_deref().unwrap_or_default();
            let other_words = matches!(
                message.kind.as_str(),
                "interactive" | "edit" | "contacts" | "order" | "location" | "unsupported" | "unknown"
            );
            assert!(other_words || shown.trim() == text.trim().replace('\0', ""), "{name}: {shown:?} for {text:?}");
        }
        if let Some(id) = event["media_id"].as_str().filter(|_| message.kind != "edit") {
            assert_eq!(message.media.as_ref().and_then(|media| media.id.as_deref()), Some(id), "{name}");
        }
        if let Some(id) = event["reply_id"].as_str().or_else(|| event["payload"].as_str()) {
            assert_eq!(message.reply_id.as_deref(), Some(id), "{name}");
        }
        if let Some(id) = event["reply_to"].as_str() {
            assert_eq!(message.reply_to.as_deref(), Some(id), "{name}");
        }
        if let Some(target) = event["target"].as_str() {
            assert_eq!(message.amends.as_ref().map(|amends| amends.target.as_str()), Some(target), "{name}");
        }
        // A place that is on no map is no place; the message is kept as it came.
        let real = |lat: f64, lon: f64| lat.abs() <= 90.0 && lon.abs() <= 180.0;
        if let (Some(lat), Some(lon)) = (event["lat"].as_f64(), event["lon"].as_f64())
            && real(lat, lon)
        {
            assert_eq!(message.location.as_ref().map(|at| (at.latitude, at.longitude)), Some((lat, lon)), "{name}");
        }
        assert_eq!(message.group_id.as_deref(), event["group_id"].as_str(), "{name}");
    }
}

#[tokio::test]
async fn signed_bodies_are_verified_byte_for_byte() {
    let Some(folder) = collection().map(|folder| folder.join("_signed")) else {
        println!("0 vectors: the larger collection is not beside this repository");
        return;
    };
    let test = Test::without_broker("channel-service", &MIGRATOR).await;
    let config = channel_service::Config { whatsapp_app_secret: "test_app_secret".into(), ..config(&nobody()) };
    let (driver, service) = Driver::build(test.ctx.clone(), config).await.expect("a service");
    let door = test.api::<ChannelService>(service);
    let vectors = std::fs::read_to_string(folder.join("VECTORS.md")).expect("a file");
    let mut ran = 0;
    for row in vectors.lines().filter(|line| line.starts_with("| ") && line.contains("`sha256=")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (name, signature) = (cells[1], cells[3].trim_matches('`'));
        let bytes = std::fs::read(folder.join(name)).expect("a vector");
        assert_eq!(post(&door, &bytes, signature).await, StatusCode::OK, "{name}");
        let mut changed = bytes.clone();
        changed.push(b' ');
        assert_eq!(post(&door, &changed, signature).await, StatusCode::UNAUTHORIZED, "{name} with a byte more");
        for verdict in driver.intake(&[bytes.into()]).await {
            assert!(matches!(verdict, platform::bus::Verdict::Done), "{name}: {verdict:?}");
        }
        ran += 1;
    }
    println!("{ran} vectors");
    assert!(ran >= 10);
}

async fn post(door: &Api, bytes: &[u8], signature: &str) -> StatusCode {
    let caller = door.with("x-hub-signature-256", signature);
    caller.call(Method::POST, "/webhook/whatsapp", Body::from(bytes.to_vec())).await.status
}
