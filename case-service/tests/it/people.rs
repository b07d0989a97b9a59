//! Who works on a complaint, what they note, and who else is told.

use axum::http::StatusCode;
use contracts::ContactId;
use contracts::events::complaint::{ComplaintStatusChanged, ComplaintUpdated};
use serde_json::json;

use crate::world::{World, body, body_with, number, path};

#[tokio::test]
async fn an_internal_note_stays_inside_and_a_public_one_is_told() {
    let world = World::new().await;
    let complaint = world.complaint(&body(ContactId::new())).await;
    let notes = format!("{}/notes", path(number(&complaint)));
    world.api.post(&notes, &json!({"text": " "})).await.expect(StatusCode::BAD_REQUEST);
    let inside = json!({"text": "hubungi ketua RT dulu"});
    world.api.post(&notes, &inside).await.expect(StatusCode::CREATED);
    let outside = json!({"text": "petugas datang besok", "public": true});
    let first = world.api.key("k").post(&notes, &outside).await.expect(StatusCode::CREATED);
    let again = world.api.key("k").post(&notes, &outside).await.expect(StatusCode::CREATED);
    assert_eq!(first, again);
    let told: Vec<_> = world.test.outbox::<ComplaintUpdated>().await.into_iter().map(|event| event.remark).collect();
    assert_eq!(told, [None, Some("petugas datang besok".to_owned())]);
    let detail = world.api.get(&path(number(&complaint))).await.expect(StatusCode::OK);
    let updates = detail["updates"].as_array().expect("updates");
    assert_eq!((&updates[1]["kind"], &updates[1]["reason"]), (&json!("note"), &inside["text"]));
    assert_eq!((&updates[2]["remark"], updates.len()), (&outside["text"], 3));
}

#[tokio::test]
async fn whose_report_was_merged_follows_the_original_and_is_told() {
    let world = World::new().await;
    let (first, second, third) = (ContactId::new(), ContactId::new(), ContactId::new());
    let original = world.complaint(&body(first)).await;
    let repeat = world.complaint(&body_with(second, json!({"anonim": true}))).await;
    let again = world.complaint(&body(third)).await;
    let own = world.complaint(&body(first)).await;
    // A chain: the third repeats the second, which repeats the first; the reporter of the first repeated themselves.
    world.moved(number(&again), &json!({"status": "duplikat", "of": repeat["complaint_id"]})).await;
    world.moved(number(&repeat), &json!({"status": "duplikat", "of": original["complaint_id"]})).await;
    world.moved(number(&own), &json!({"status": "duplikat", "of": original["complaint_id"]})).await;
    world.moved(number(&original), &json!({"status": "terverifikasi"})).await;
    let moved = world.test.outbox::<ComplaintStatusChanged>().await;
    let last = moved.last().expect("an event");
    let mut followers = last.followers.clone();
    followers.sort();
    let mut expected = vec![second, third];
    expected.sort();
    assert_eq!((last.facts.contact_id, followers), (Some(first), expected));
}

#[tokio::test]
async fn files_are_added_once_behind_those_that_are_there() {
    let world = World::new().await;
    let contact = ContactId::new();
    let complaint = world.complaint(&body_with(contact, json!({"media": [{"id": "m-1"}]}))).await;
    let more = json!({"media": [{"id": "m-1"}, {"id": "m-2", "mime_type": "image/jpeg"}], "by_contact_id": contact});
    for version in [2, 2] {
        assert_eq!(world.moved(number(&complaint), &more).await["version"], version);
    }
    let detail = world.api.get(&path(number(&complaint))).await.expect(StatusCode::OK);
    let ids: Vec<_> = detail["media"].as_array().expect("media").iter().map(|media| &media["id"]).collect();
    assert_eq!(ids, ["m-1", "m-2"]);
    assert_eq!(detail["updates"][1]["changes"]["media"], json!({"added": 1}));
}

#[tokio::test]
async fn a_complaint_is_given_to_an_agency_and_a_person_and_taken_back() {
    let world = World::new().await;
    let complaint = world.complaint(&body(ContactId::new())).await;
    let id = number(&complaint);
    let given = json!({"assigned_agency": "Dinas PU", "assigned_to": "7", "assigned_name": "Sari"});
    let view = world.moved(id, &given).await;
    assert_eq!((&view["assigned_agency"], &view["assigned_name"]), (&json!("Dinas PU"), &json!("Sari")));
    let back = world.moved(id, &json!({"assigned_to": "", "assigned_name": ""})).await;
    assert_eq!((back.get("assigned_to"), &back["assigned_agency"]), (None, &json!("Dinas PU")));
    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!(detail["updates"][1]["changes"]["assigned_to"], json!({"before": null, "after": "7"}));
}
