//! A complaint's moves and changes.

use axum::http::StatusCode;
use contracts::events::complaint::{ComplaintStatusChanged, ComplaintUpdated};
use contracts::{ComplaintStatus, ContactId, OfficeId};
use serde_json::{Value, json};

use crate::world::{World, body, fields, number, path};

#[tokio::test]
async fn from_baru_to_selesai_step_by_step() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let id = number(&created);
    world.moved(id, &json!({"status": "terverifikasi"})).await;
    world.moved(id, &json!({"status": "diproses", "reason": "regu jalan berangkat"})).await;
    let missing = world.api.put(&path(id), &json!({"status": "selesai"})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&missing), ["remark"]);
    let done = world.moved(id, &json!({"status": "selesai", "remark": "Lubang sudah ditambal"})).await;
    assert_eq!(done["version"], 4);
    assert!(done["closed_at"].is_string());

    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    let timeline: Vec<_> =
        detail["updates"].as_array().expect("updates").iter().map(|u| (u["from"].as_str(), u["to"].as_str())).collect();
    assert_eq!(
        timeline,
        [
            (None, Some("baru")),
            (Some("baru"), Some("terverifikasi")),
            (Some("terverifikasi"), Some("diproses")),
            (Some("diproses"), Some("selesai"))
        ]
    );
    assert_eq!(detail["allowed"], json!(["dibuka_kembali"]));

    let events = world.test.outbox::<ComplaintStatusChanged>().await;
    assert_eq!(events.len(), 3);
    assert_eq!(events[2].from, Some(ComplaintStatus::Diproses));
    assert_eq!(events[2].remark.as_deref(), Some("Lubang sudah ditambal"));
    assert_eq!(events[1].remark, None, "a reason is for the office");
    assert!(events.iter().zip(2..).all(|(event, version)| event.facts.version == version));
}

#[tokio::test]
async fn an_illegal_move_is_409_with_the_legal_ones() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let refused = world.api.put(&path(number(&created)), &json!({"status": "selesai", "remark": "x"})).await;
    let problem = refused.expect(StatusCode::CONFLICT);
    assert_eq!(
        problem["allowed"],
        json!(["terverifikasi", "menunggu_warga", "ditolak", "dialihkan", "duplikat", "dibatalkan"])
    );
    let staff = world.test.actor("Sari", Some(OfficeId::FIRST), &["complaint.update"]);
    let cancel = world.api.actor(&staff).put(&path(number(&created)), &json!({"status": "dibatalkan"})).await;
    assert_eq!(cancel.expect(StatusCode::CONFLICT)["allowed"].as_array().map(Vec::len), Some(5), "staff can't cancel");
    world.api.put(&path(number(&created)), &json!({"status": "hilang"})).await.expect(StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn waiting_for_the_citizen_stops_the_clock_and_returns() {
    let world = World::new().await;
    let contact = ContactId::new();
    let created = world.complaint(&body(contact)).await;
    let id = number(&created);
    world.moved(id, &json!({"status": "terverifikasi"})).await;
    let waiting = world.moved(id, &json!({"status": "menunggu_warga", "question": "RT berapa?"})).await;
    assert_eq!(waiting["due_at"], created["due_at"]);
    world.test.clock.advance(chrono::Duration::days(3));
    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!(detail["allowed"], json!(["terverifikasi", "dibatalkan"]));
    world.api.put(&path(id), &json!({"status": "diproses"})).await.expect(StatusCode::CONFLICT);

    let answer = json!({"status": "terverifikasi", "deskripsi": "di RT 02, depan masjid", "by_contact_id": contact});
    let back = world.moved(id, &answer).await;
    assert_eq!(back["status"], "terverifikasi");
    assert_eq!(back["version"], 5, "the words and the move each have an entry");
    // Wednesday, 17 February 2027, and three days: the end of Monday.
    assert_eq!(back["due_at"], "2027-02-22T16:59:59Z");

    let events = world.test.outbox::<ComplaintStatusChanged>().await;
    assert_eq!(events[1].remark.as_deref(), Some("RT berapa?"));
    assert_eq!(events.iter().map(|event| event.by_citizen).collect::<Vec<_>>(), [false, false, true]);
}

#[tokio::test]
async fn a_citizen_cancels_their_own_complaint_and_no_other() {
    let world = World::new().await;
    let contact = ContactId::new();
    let created = world.complaint(&body(contact)).await;
    let id = number(&created);
    let stranger = json!({"status": "dibatalkan", "by_contact_id": ContactId::new()});
    world.api.put(&path(id), &stranger).await.expect(StatusCode::FORBIDDEN);
    let cancelled = world.moved(id, &json!({"status": "dibatalkan", "by_contact_id": contact})).await;
    assert_eq!(cancelled["status"], "dibatalkan");
    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!(detail["updates"][1]["actor"], "citizen");
    let late = world.api.put(&path(id), &json!({"deskripsi": "eh", "by_contact_id": contact})).await;
    late.expect(StatusCode::CONFLICT);

    let staff = world.test.actor("Sari", Some(OfficeId::FIRST), &["complaint.update"]);
    let posing = json!({"status": "dibatalkan", "by_contact_id": contact});
    let refused = world.api.actor(&staff).put(&path(id), &posing).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&refused), ["by_contact_id"]);
}

#[tokio::test]
async fn a_citizen_reopens_within_fourteen_days_and_the_clock_starts_anew() {
    let world = World::new().await;
    let contact = ContactId::new();
    let reopen = json!({"status": "dibuka_kembali", "reason": "masih berlubang", "by_contact_id": contact});
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let created = world.complaint(&body(contact)).await;
        world.moved(number(&created), &json!({"status": "ditolak", "reason": "bukan jalan kami"})).await;
        numbers.push(number(&created).to_owned());
    }
    world.test.clock.advance(chrono::Duration::days(14));
    let reopened = world.moved(&numbers[0], &reopen).await;
    assert!(reopened["closed_at"].is_null());
    // 60 working days after Friday, 4 December 2026, three of them off.
    assert_eq!(reopened["due_at"], "2027-03-03T16:59:59Z");
    world.test.clock.advance(chrono::Duration::seconds(1));
    world.api.put(&path(&numbers[1]), &reopen).await.expect(StatusCode::CONFLICT);
    world.moved(&numbers[1], &json!({"status": "dibuka_kembali", "reason": "salah tolak"})).await;
    world.moved(&numbers[1], &json!({"status": "diproses"})).await;
}

#[tokio::test]
async fn duplicates_point_to_another_complaint_and_never_in_a_circle() {
    let world = World::new().await;
    let (a, b, c) = (
        world.complaint(&body(ContactId::new())).await,
        world.complaint(&body(ContactId::new())).await,
        world.complaint(&body(ContactId::new())).await,
    );
    let mark = |of: &Value| json!({"status": "duplikat", "of": of["complaint_id"]});
    for of in [json!({"complaint_id": "LAP-20200101-001"}), a.clone()] {
        let refused = world.api.put(&path(number(&a)), &mark(&of)).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(fields(&refused), ["of"]);
    }
    world.moved(number(&a), &mark(&b)).await;
    world.moved(number(&b), &mark(&c)).await;
    let circle = world.api.put(&path(number(&c)), &mark(&a)).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&circle), ["of"]);
    let event = world.test.outbox::<ComplaintStatusChanged>().await.remove(0);
    assert_eq!(event.duplicate_of.map(|number| number.to_string()).as_deref(), Some(number(&b)));
}

#[tokio::test]
async fn two_that_close_a_circle_at_once_do_not_both_succeed() {
    let world = World::new().await;
    let (a, b) = (world.complaint(&body(ContactId::new())).await, world.complaint(&body(ContactId::new())).await);
    let mark = |of: &Value| json!({"status": "duplikat", "of": of["complaint_id"]});
    let (to_b, to_a, path_a, path_b) = (mark(&b), mark(&a), path(number(&a)), path(number(&b)));
    let (first, second) = futures_util::join!(world.api.put(&path_a, &to_b), world.api.put(&path_b, &to_a));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST]);
}

#[tokio::test]
async fn what_is_passed_on_says_to_whom() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let nobody =
        world.api.put(&path(number(&created)), &json!({"status": "dialihkan"})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&nobody), ["agency"]);
    world.moved(number(&created), &json!({"status": "dialihkan", "agency": "Dinas PUPR"})).await;
    let event = world.test.outbox::<ComplaintStatusChanged>().await.remove(0);
    assert_eq!(event.agency.as_deref(), Some("Dinas PUPR"));
}

#[tokio::test]
async fn a_change_tells_before_and_after_and_a_stale_one_is_412() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let id = number(&created);
    let api = world.api.with("if-match", "\"1\"");
    let change = json!({"alamat": "Jl. Mawar 3", "kategori": "lampu_jalan", "rt": ""});
    let changed = api.put(&path(id), &change).await.expect(StatusCode::OK);
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["due_at"], "2026-12-10T16:59:59Z", "the other category has 14 working days");
    api.put(&path(id), &json!({"alamat": "Jl. Anggrek"})).await.expect(StatusCode::PRECONDITION_FAILED);
    world.api.with("if-match", "x").put(&path(id), &json!({})).await.expect(StatusCode::BAD_REQUEST);

    let same = world.api.put(&path(id), &change).await.expect(StatusCode::OK);
    assert_eq!(same["version"], 2, "nothing changed");
    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    let changes = &detail["updates"][1]["changes"];
    assert_eq!(changes["alamat"], json!({"before": "Jl. Melati No. 15", "after": "Jl. Mawar 3"}));
    assert_eq!(changes["rt"], json!({"before": "02", "after": null}));
    assert_eq!(world.test.outbox::<ComplaintUpdated>().await.len(), 1);
    let unknown = world.api.put(&path(id), &json!({"kategori": "ufo"})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&unknown), ["kategori"]);
}

#[tokio::test]
async fn no_update_is_lost_when_many_change_at_once() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let path = path(number(&created));
    let api = world.api.with("if-match", "1");
    let calls = (0..10).map(|n| {
        let (api, path) = (&api, &path);
        async move { api.put(path, &json!({"patokan": format!("toko {n}")})).await.status }
    });
    let statuses = futures_util::future::join_all(calls).await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    assert!(statuses.iter().all(|status| [StatusCode::OK, StatusCode::PRECONDITION_FAILED].contains(status)));
}

#[tokio::test]
async fn a_move_with_a_key_is_made_once_and_answered_twice() {
    let world = World::new().await;
    let created = world.complaint(&body(ContactId::new())).await;
    let api = world.api.key("turn-9:1");
    let first = api.put(&path(number(&created)), &json!({"status": "terverifikasi"})).await.expect(StatusCode::OK);
    let second = api.put(&path(number(&created)), &json!({"status": "terverifikasi"})).await.expect(StatusCode::OK);
    assert_eq!(first, second);
    assert_eq!(world.test.outbox::<ComplaintStatusChanged>().await.len(), 1);
}
