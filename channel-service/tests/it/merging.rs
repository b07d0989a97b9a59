//! Two contacts that turn out to be one citizen, and one whose ids change.

use axum::http::StatusCode;
use contracts::ContactId;
use contracts::events::contact::ContactMerged;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::stage::{CITIZEN, NUMBER, Stage, body, listed, text, word};

const BSUID: &str = "ID.13491208655302741918";

/// One message that shows these ids.
fn shows(wamid: &str, phone: Option<&str>, user: Option<&str>, at: i64) -> Value {
    let mut message = json!({"id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": wamid}});
    if let Some(phone) = phone {
        message["from"] = phone.into();
    }
    if let Some(user) = user {
        message["from_user_id"] = user.into();
    }
    message
}

async fn contact_of(stage: &Stage, id: &str) -> String {
    word(
        &stage.api.post("/internal/contacts/resolve", &json!({"wa_user_id": id})).await.expect(StatusCode::OK),
        "contact_id",
    )
}

#[tokio::test]
async fn a_payload_with_both_ids_makes_two_contacts_one_and_everything_follows() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage.delivers(&[body(&[shows("w1", Some(CITIZEN), None, at)])]).await;
    stage.test.clock.advance(chrono::Duration::minutes(5));
    stage.quiet().await;
    stage.answers(&stage.turns().await[0].clone(), "Baik, Bu").await;
    let (older, newer) = {
        let older = contact_of(&stage, CITIZEN).await;
        stage.delivers(&[body(&[shows("w2", None, Some(BSUID), at + 300)])]).await;
        (older, contact_of(&stage, BSUID).await)
    };
    assert_ne!(older, newer);
    let gone = listed(&stage.api, &format!("/internal/conversations?q={BSUID}")).await.remove(0);

    stage.delivers(&[body(&[shows("w3", Some(CITIZEN), Some(BSUID), at + 310)])]).await;
    assert_eq!(contact_of(&stage, BSUID).await, older, "the older one stays");
    let texts: Vec<String> = stage.messages(CITIZEN).await.iter().map(|message| word(message, "text")).collect();
    assert_eq!(texts, ["w1", "Baik, Bu", "w2", "w3"]);
    let conversation = stage.conversation().await;
    assert_eq!(
        conversation["last_seq"].as_i64(),
        stage
            .messages(CITIZEN)
            .await
            .iter()
            .map(|one| one["seq"].as_i64())
            .max()
            .flatten()
            .map(|top| top.max(conversation["last_seq"].as_i64().unwrap_or(0)))
    );
    let told: Vec<ContactMerged> = stage.test.outbox().await;
    let id = |id: &str| id.parse::<ContactId>().expect("an id");
    assert_eq!(told, [ContactMerged { from: id(&newer), into: id(&older) }]);

    // Both open turns became one; ids that are no more still lead somewhere.
    assert_eq!(stage.count("SELECT count(*) FROM turns WHERE state = 'open'").await, 1);
    let export = stage.api.get(&format!("/internal/citizens/{newer}")).await.expect(StatusCode::OK);
    assert_eq!((word(&export, "contact_id"), &export["merged_from"]), (older.clone(), &json!([newer])));
    assert_eq!(listed(&stage.api, &format!("/internal/messages?contact_id={newer}")).await.len(), 4);
    let message = json!({"contact_id": newer, "type": "text", "text": {"body": "halo"}});
    stage.api.post("/internal/messages/send", &message).await.expect(StatusCode::ACCEPTED);
    assert_eq!(stage.out(CITIZEN).await.len(), 2, "sent to the one who stayed");
    let status =
        stage.api.get(&format!("/internal/takeover/{}/status", word(&gone, "id"))).await.expect(StatusCode::OK);
    assert_eq!(status["conversation_id"], conversation["id"], "the other conversation leads to the one that stayed");
}

#[tokio::test]
async fn a_person_who_holds_one_of_two_conversations_keeps_it() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage.delivers(&[body(&[shows("w1", Some(CITIZEN), None, at)])]).await;
    stage.test.clock.advance(chrono::Duration::seconds(10));
    stage.delivers(&[body(&[shows("w2", None, Some(BSUID), at)])]).await;
    let wish = json!({"admin_id": "a1", "admin_name": "Sari"});
    let held = stage.api.post(&format!("/internal/takeover/{BSUID}/start"), &wish).await.expect(StatusCode::OK);
    stage.delivers(&[body(&[shows("w3", Some(CITIZEN), Some(BSUID), at)])]).await;
    let now = stage.api.get(&format!("/internal/takeover/{CITIZEN}/status")).await.expect(StatusCode::OK);
    assert_eq!((&now["active"], word(&now["admin"], "name").as_str()), (&json!(true), "Sari"));
    assert!(now["epoch"].as_i64() > held["epoch"].as_i64(), "the fence rises");
    stage.quiet().await;
    assert!(stage.turns().await.is_empty(), "a person has it, also what was said before");
}

#[tokio::test]
async fn a_turn_in_flight_is_answered_in_the_conversation_that_stays() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    stage.api.post("/internal/contacts/resolve", &json!({"wa_user_id": CITIZEN})).await.expect(StatusCode::OK);
    stage.test.clock.advance(chrono::Duration::seconds(10));
    stage.delivers(&[body(&[shows("w1", None, Some(BSUID), at)])]).await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    stage.delivers(&[body(&[shows("w2", Some(CITIZEN), Some(BSUID), at + 2)])]).await;
    stage.answers(&turn, "Baik").await;
    assert_eq!(stage.out(CITIZEN).await.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["Baik"]);
}

#[tokio::test]
async fn a_new_number_takes_the_citizen_along_and_leaves_the_old_one_free() {
    let stage = Stage::alone().await;
    let (old, new) = (CITIZEN, "6281299999999");
    stage.hears(old, "w1", "halo").await;
    let contact = contact_of(&stage, old).await;
    let notice = json!({"from": old, "id": "s1", "timestamp": stage.seconds().to_string(), "type": "system", "system": {"type": "user_changed_number", "wa_id": new}});
    let notices = [body(&[notice])];
    stage.delivers(&notices).await;
    stage.delivers(&notices).await;
    assert_eq!(contact_of(&stage, "0812-9999-9999").await, contact);
    assert_eq!(word(&stage.conversation().await, "wa_user_id"), new);
    assert_ne!(contact_of(&stage, old).await, contact, "whoever gets the old number is somebody else");
    assert!(stage.aside().await.is_empty());
}

#[tokio::test]
async fn a_number_that_was_given_away_brings_nobody_elses_past() {
    let stage = Stage::alone().await;
    let (old, new) = (CITIZEN, "6281299999999");
    stage.hears(new, "w0", "pemilik lama").await;
    let before = contact_of(&stage, new).await;
    stage.test.clock.advance(chrono::Duration::days(60));
    stage.hears(old, "w1", "halo").await;
    let contact = contact_of(&stage, old).await;
    let notice = json!({"from": old, "id": "s1", "timestamp": stage.seconds().to_string(), "type": "system", "system": {"type": "user_changed_number", "wa_id": new}});
    stage.delivers(&[body(&[notice])]).await;
    assert_eq!(contact_of(&stage, new).await, contact);
    assert_ne!(before, contact);
    assert!(stage.test.outbox::<ContactMerged>().await.is_empty());
    assert_eq!(
        listed(&stage.api, &format!("/internal/messages?contact_id={before}")).await.len(),
        1,
        "the other's past stays theirs"
    );
}

#[tokio::test]
async fn a_new_user_id_is_the_same_citizen() {
    let stage = Stage::alone().await;
    stage.delivers(&[body(&[shows("w1", None, Some("ID.OLD1"), stage.seconds())])]).await;
    let contact = contact_of(&stage, "ID.OLD1").await;
    let update = json!({"user_id_update": [{"wa_id": CITIZEN, "user_id": {"previous": "ID.OLD1", "current": "ID.NEW1"}, "timestamp": "1795140000"}]});
    let mut change = update;
    change["metadata"] = json!({"phone_number_id": NUMBER});
    let whole = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "user_id_update", "value": change}]}]});
    stage.delivers(&[whole.to_string().into()]).await;
    for id in ["ID.OLD1", "ID.NEW1", CITIZEN] {
        assert_eq!(contact_of(&stage, id).await, contact, "{id}");
    }
}

#[tokio::test]
async fn a_wish_for_no_marketing_is_kept() {
    let stage = Stage::alone().await;
    let wish = |value: &str, at: i64| {
        let wish = json!({"metadata": {"phone_number_id": NUMBER}, "user_preferences": [{"wa_id": CITIZEN, "category": "marketing_messages", "value": value, "timestamp": at}]});
        json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "user_preferences", "value": wish}]}]}).to_string()
    };
    stage.delivers(&[wish("stop", 1_795_140_000).into()]).await;
    let path = format!("/internal/citizens/{}", contact_of(&stage, CITIZEN).await);
    assert!(stage.api.get(&path).await.json()["marketing_stopped_at"].is_string());
    stage.delivers(&[wish("resume", 1_795_140_100).into()]).await;
    assert_eq!(stage.api.get(&path).await.json()["marketing_stopped_at"], Value::Null);
}

/// Whatever order payloads come in, and however they are batched, whoever is connected by payloads is one contact, and
/// nobody else is; every message is in its contact's one conversation, and no two share a seq.
#[test]
fn merging_in_any_order_ends_the_same() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let stage = runtime.block_on(Stage::alone());
    // Three phones and three user ids; a payload shows one of each, or only one.
    let sighting = (prop::option::of(0..3_u8), prop::option::of(0..3_u8))
        .prop_filter("somebody", |(phone, user)| phone.or(*user).is_some());
    let rounds = prop::collection::vec((sighting, any::<bool>()), 1..9);
    let case = std::cell::Cell::new(0_u32);
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&rounds, |rounds| {
        case.set(case.get() + 1);
        runtime.block_on(one_case(&stage, case.get(), &rounds));
        Ok(())
    });
    outcome.expect("every order");
    drop(runtime.enter());
    drop(stage);
}

/// Which phone and which user id a payload shows, and whether it comes in one batch with the next.
type Sighting = ((Option<u8>, Option<u8>), bool);

async fn one_case(stage: &Stage, case: u32, rounds: &[Sighting]) {
    let phone = |n: u8| format!("62811{case:05}{n:02}");
    let user = |n: u8| format!("ID.{case}X{n}");
    let mut groups: Vec<std::collections::BTreeSet<String>> = Vec::new();
    let mut batch = Vec::new();
    for (n, ((p, u), together)) in rounds.iter().enumerate() {
        let (p, u) = (p.map(phone), u.map(user));
        let message = shows(&format!("w{case}.{n}"), p.as_deref(), u.as_deref(), stage.seconds());
        batch.push(body(&[message]));
        if !together {
            stage.delivers(&std::mem::take(&mut batch)).await;
        }
        let mut one: std::collections::BTreeSet<String> = p.into_iter().chain(u).collect();
        groups.retain(|group| {
            let meets = !group.is_disjoint(&one);
            if meets {
                one.extend(group.iter().cloned());
            }
            !meets
        });
        groups.push(one);
    }
    stage.delivers(&batch).await;
    let mut seen = std::collections::HashSet::new();
    for group in &groups {
        let mut ids = std::collections::BTreeSet::new();
        for id in group {
            ids.insert(contact_of(stage, id).await);
        }
        assert_eq!(ids.len(), 1, "{group:?} of {rounds:?}");
        let contact = ids.pop_first().expect("one");
        let messages = listed(&stage.api, &format!("/internal/messages?contact_id={contact}&limit=200")).await;
        let conversations: std::collections::HashSet<String> =
            messages.iter().map(|one| word(one, "conversation_id")).collect();
        let seqs: std::collections::HashSet<i64> = messages.iter().filter_map(|one| one["seq"].as_i64()).collect();
        assert_eq!((conversations.len(), seqs.len()), (1, messages.len()), "{rounds:?}");
        assert!(seen.insert(contact), "two groups, two contacts");
    }
    assert_eq!(seen.len(), groups.len());
}

#[tokio::test]
async fn payloads_that_merge_at_the_same_time_never_lock_each_other_out() {
    let stage = Stage::alone().await;
    for round in 0..6 {
        let at = stage.seconds();
        let (phone, user) = (format!("62812000{round:04}"), format!("ID.R{round}"));
        stage.delivers(&[body(&[shows(&format!("a{round}"), Some(&phone), None, at)])]).await;
        stage.delivers(&[body(&[shows(&format!("b{round}"), None, Some(&user), at)])]).await;
        let bodies: Vec<_> = (0..6)
            .map(|n| {
                let both = shows(&format!("c{round}.{n}"), Some(&phone), Some(&user), at);
                let other = text(&format!("62813000{n:04}"), &format!("d{round}.{n}"), at, "lain");
                [if n % 2 == 0 { body(&[both, other]) } else { body(&[other, both]) }]
            })
            .collect();
        let verdicts = futures_util::future::join_all(bodies.iter().map(|body| stage.driver.intake(body))).await;
        for (body, verdict) in bodies.iter().zip(verdicts.into_iter().flatten()) {
            // A deadlock would come back as unavailable; it may, and then it comes again.
            if !matches!(verdict, platform::bus::Verdict::Done) {
                stage.delivers(body).await;
            }
        }
        assert_eq!(stage.messages(&phone).await.len(), 8);
    }
    assert_eq!(stage.test.outbox::<ContactMerged>().await.len(), 6, "each pair once");
    assert!(stage.aside().await.is_empty(), "nothing was put aside");
}
