//! What the dialogue hears of its neighbours: categories and their questions, takeovers, officers' questions, what the
//! office has written, and the office's own words.

use ai_service::categories::events::Updates;
use ai_service::complaints::events::StatusChanges;
use ai_service::takeovers::events::Takeovers;
use chrono::Duration;
use contracts::category::{CategoryField, FieldKind, Sla};
use contracts::events::complaint::ComplaintStatusChanged;
use contracts::events::conversation::{Holder, TakeoverEnded, TakeoverStarted};
use contracts::events::office::CategoryUpdated;
use contracts::events::turn::ReplyReady;
use contracts::office::{Office, OfficeSettings};
use contracts::{ComplaintStatus, ContactId, DocumentId, OfficeId};
use http::StatusCode;
use platform::bus::Handler;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::documents;
use crate::world::{World, complaint};

async fn last_reply(world: &World) -> String {
    world.test.outbox::<ReplyReady>().await.last().map(|answer| answer.reply.text.clone()).unwrap_or_default()
}

fn category(version: i64, active: bool, fields: Vec<CategoryField>) -> CategoryUpdated {
    CategoryUpdated {
        office_id: OfficeId::FIRST,
        kategori: "lampu_jalan".into(),
        name: "Penerangan".to_owned(),
        active,
        position: 0,
        sla: Sla::default(),
        fields,
        version,
    }
}

fn how_many() -> CategoryField {
    CategoryField {
        field: "jumlah".to_owned(),
        question: "Berapa lampu yang mati?".to_owned(),
        kind: FieldKind::Number,
        choices: Vec::new(),
        required: true,
    }
}

#[tokio::test]
async fn what_a_category_asks_is_asked_and_sent() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says("lapor pohon tumbang di jl veteran no 12").await;
    assert!(last_reply(&world).await.contains("Berapa meter tinggi pohonnya"), "{}", last_reply(&world).await);
    world.says("8").await;
    world.says("ya").await;
    let creations = world.creations().await;
    assert_eq!(creations[0].1["fields"], json!({"tinggi": 8}));
    assert_eq!(creations[0].1["urgent"], false);
    let lists = world.case.received_requests().await.unwrap_or_default();
    let lists = lists.iter().filter(|request| request.url.path() == "/internal/categories").count();
    assert_eq!(lists, 1, "the list is asked for once, then events are enough");
}

#[tokio::test]
async fn a_category_follows_its_events_and_never_an_old_one() {
    let world = World::new().await;
    let updates = Updates(world.app.clone());
    for event in [category(3, true, vec![how_many()]), category(2, true, Vec::new())] {
        updates.handle(&world.test.delivery(&event)).await.expect("done");
    }
    world.says("lapor lampu jalan mati di jl melati no 2").await;
    assert!(last_reply(&world).await.contains("Berapa lampu yang mati"), "{}", last_reply(&world).await);
    world.says("batal").await;

    updates.handle(&world.test.delivery(&category(4, false, Vec::new()))).await.expect("done");
    world.says("lapor lampu jalan mati di jl melati no 2").await;
    let answers = world.test.outbox::<ReplyReady>().await;
    let list = answers.last().and_then(|answer| answer.reply.list.clone()).expect("a list of categories");
    assert!(list.rows.iter().all(|row| row.title != "Penerangan" && row.title != "Lampu jalan"), "{list:?}");
}

#[tokio::test]
async fn another_offices_categories_are_its_own() {
    let world = World::new().await;
    let other = world.test.add_office("Desa Lain").await;
    let event = CategoryUpdated { office_id: other, ..category(9, true, vec![how_many()]) };
    let delivery = platform::bus::Delivery::of(&event, other, world.test.clock.now()).expect("a delivery");
    Updates(world.app.clone()).handle(&delivery).await.expect("done");
    world.says("lapor lampu jalan mati di jl melati no 2").await;
    assert!(!last_reply(&world).await.contains("Berapa lampu"));
}

#[tokio::test]
async fn a_refused_answer_is_asked_for_again_with_the_reason() {
    let world = World::new().await;
    world.says("lapor pohon tumbang di jl veteran no 12").await;
    world.says("800").await;
    let problem = json!({"type": "urn:govconnect:problem:validation", "title": "no", "status": 422,
                         "errors": [{"field": "fields.tinggi", "message": "paling banyak 100"}]});
    Mock::given(method("POST"))
        .and(path("/internal/complaints"))
        .respond_with(ResponseTemplate::new(422).set_body_json(problem))
        .up_to_n_times(1)
        .mount(&world.case)
        .await;
    world.says("ya").await;
    let reply = last_reply(&world).await;
    assert!(reply.contains("paling banyak 100") && reply.contains("Berapa meter tinggi pohonnya"), "{reply}");
    world.case_takes_complaints().await;
    world.says("8").await;
    world.says("ya").await;
    let creations = world.creations().await;
    assert_eq!(creations.len(), 2);
    assert_ne!(creations[0].0, creations[1].0, "another body goes out under another key");
    assert_eq!(creations[1].1["fields"], json!({"tinggi": 8}));
}

/// A person had the conversation for ten minutes, and these messages were written in it.
async fn taken_over(world: &World, messages: Option<Vec<(&str, &str)>>, note: Option<&str>) {
    let handler = Takeovers(world.app.clone());
    let admin = Holder { id: "7".to_owned(), name: "Bu Sari".to_owned() };
    let started = TakeoverStarted { conversation_id: world.conversation, epoch: 8, admin: admin.clone(), note: None };
    handler.handle(&world.test.delivery(&started)).await.expect("done");
    world.test.clock.advance(Duration::minutes(10));
    let ended = TakeoverEnded { conversation_id: world.conversation, epoch: 9, admin, note: note.map(str::to_owned) };
    let delivery = world.test.delivery(&ended);
    for _ in 0..2 {
        handler.handle(&delivery).await.expect("done");
    }
    let at = world.test.clock.now() - Duration::minutes(5);
    let answer = match messages {
        None => ResponseTemplate::new(503),
        Some(messages) => {
            let data: Vec<Value> = messages
                .iter()
                .enumerate()
                .map(|(seq, (author, text))| {
                    json!({"id": uuid::Uuid::now_v7(), "conversation_id": world.conversation, "contact_id": world.contact,
                           "seq": seq, "direction": "inbound", "author": author, "type": "text", "text": text,
                           "status": "received", "sent_at": at})
                })
                .rev()
                .collect();
            ResponseTemplate::new(200).set_body_json(json!({"data": data}))
        }
    };
    Mock::given(method("GET"))
        .and(path("/internal/messages"))
        .and(query_param("conversation_id", world.conversation.to_string()))
        .respond_with(answer)
        .mount(&world.channel)
        .await;
    world.test.clock.advance(Duration::minutes(1));
}

#[tokio::test]
async fn what_a_citizen_told_a_person_is_not_asked_again() {
    let world = World::new().await;
    world.says("mau lapor sampah numpuk").await;
    assert!(last_reply(&world).await.contains("Di mana lokasinya"));
    let said = vec![("admin", "lokasinya di mana ya pak?"), ("citizen", "di jl anggrek no 9 rt 2 rw 1")];
    taken_over(&world, Some(said), None).await;
    world.says("halo").await;
    let reply = last_reply(&world).await;
    assert!(reply.contains("jl anggrek no 9") && reply.contains("Bu Sari"), "{reply}");
    assert!(!reply.contains("Di mana lokasinya"), "{reply}");
    // It is read once.
    world.says("halo").await;
    assert!(!last_reply(&world).await.contains("Bu Sari"));
    let reads = world.channel.received_requests().await.unwrap_or_default();
    assert_eq!(reads.iter().filter(|request| request.url.path() == "/internal/messages").count(), 1);
}

#[tokio::test]
async fn a_complaint_that_a_person_finished_is_dropped() {
    let world = World::new().await;
    world.says("mau lapor sampah numpuk").await;
    let said = vec![("admin", "laporan bapak sudah saya buatkan, nomornya LAP-20261120-044")];
    taken_over(&world, Some(said), None).await;
    world.says("terima kasih").await;
    let memory = world.api().get(&format!("/internal/citizens/{}", world.contact)).await.json();
    assert_eq!(memory["dialogues"][0]["state"]["state"]["name"], "idle");
    assert_eq!(memory["dialogues"][0]["state"]["about"], "LAP-20261120-044");
}

#[tokio::test]
async fn without_channel_service_the_note_has_to_do() {
    let world = World::new().await;
    world.says("mau lapor sampah numpuk").await;
    taken_over(&world, None, Some("sudah ditangani lewat telepon")).await;
    world.says("halo").await;
    let memory = world.api().get(&format!("/internal/citizens/{}", world.contact)).await.json();
    let state = &memory["dialogues"][0]["state"];
    assert_eq!(state["state"]["name"], "idle");
    assert!(state["human"]["summary"].as_str().is_some_and(|text| text.contains("telepon")), "{state}");
}

fn waits(world: &World, status: ComplaintStatus, version: i64, contact: ContactId) -> ComplaintStatusChanged {
    serde_json::from_value(json!({
        "complaint_id": "LAP-20261118-007", "id": uuid::Uuid::from_u128(7), "contact_id": contact, "kategori": "lampu_jalan",
        "status": status, "due_at": world.test.clock.now(), "version": version, "remark": "Tiang nomor berapa?",
    }))
    .expect("an event")
}

#[tokio::test]
async fn the_officers_question_is_answered_and_the_complaint_goes_on() {
    let world = World::new().await;
    let handler = StatusChanges(world.app.clone());
    let event = waits(&world, ComplaintStatus::MenungguWarga, 4, world.contact);
    handler.handle(&world.test.delivery(&event)).await.expect("done");
    let mut view = complaint("LAP-20261118-007", world.contact, "menunggu_warga");
    view["allowed"] = json!(["diproses", "dibatalkan"]);
    world.case_knows("LAP-20261118-007", view).await;
    let moved = complaint("LAP-20261118-007", world.contact, "diproses");
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(200).set_body_json(moved))
        .expect(1)
        .mount(&world.case)
        .await;
    world.says("tiang nomor 12 dekat warung").await;
    assert!(last_reply(&world).await.contains("Tiang nomor berapa"), "{}", last_reply(&world).await);
    world.says("ya").await;
    let requests = world.case.received_requests().await.expect("requests");
    let put = requests.iter().find(|request| request.method.as_str() == "PUT").expect("an answer");
    let body: Value = put.body_json().expect("JSON");
    assert_eq!(
        body,
        json!({"status": "diproses", "reason": "tiang nomor 12 dekat warung", "by_contact_id": world.contact})
    );
    assert!(last_reply(&world).await.contains("diteruskan ke petugas"));
    // The question is no longer open, even before case-service's own event comes.
    world.says("halo").await;
    world.says("tiang nomor 12").await;
    assert!(!last_reply(&world).await.contains("Tiang nomor berapa"));
}

#[tokio::test]
async fn a_question_that_is_over_or_somebody_elses_is_not_asked() {
    let world = World::new().await;
    let handler = StatusChanges(world.app.clone());
    let other = waits(&world, ComplaintStatus::MenungguWarga, 4, ContactId::new());
    handler.handle(&world.test.delivery(&other)).await.expect("done");
    world.says("tiang nomor 12").await;
    assert!(!last_reply(&world).await.contains("Tiang nomor berapa"));
    for (status, version) in
        [(ComplaintStatus::MenungguWarga, 5), (ComplaintStatus::Diproses, 6), (ComplaintStatus::MenungguWarga, 5)]
    {
        let event = waits(&world, status, version, world.contact);
        handler.handle(&world.test.delivery(&event)).await.expect("done");
    }
    world.says("tiang nomor 12").await;
    assert!(!last_reply(&world).await.contains("Tiang nomor berapa"), "the question is over");
}

#[tokio::test]
async fn a_question_is_answered_from_the_offices_own_words_with_its_source() {
    let world = documents::world().await;
    world.channel_resolves().await;
    let entry = json!({
        "document_id": DocumentId::new(), "title": "Berapa biaya membuat KTP baru?", "kind": "faq",
        "content": "Pembuatan KTP baru tidak dipungut biaya. Cukup membawa fotokopi kartu keluarga ke kantor kelurahan.",
    });
    world.api().post("/internal/documents/process", &entry).await.expect(StatusCode::ACCEPTED);
    documents::work(&world).await;
    let ask = |text: &str, dry_run: bool| json!({"wa_user_id": "6281234567890", "message": text, "dry_run": dry_run});
    let path = "/internal/process-message";

    // In the middle of a complaint: the answer, then exactly the open question.
    world.api().post(path, &ask("mau lapor sampah numpuk", false)).await.expect(StatusCode::OK);
    let answer = world.api().post(path, &ask("berapa biaya bikin ktp baru?", false)).await.expect(StatusCode::OK);
    let reply = answer["reply"].as_str().unwrap_or_default();
    assert!(reply.contains("tidak dipungut biaya") && reply.contains("Di mana lokasinya"), "{reply}");
    assert!(reply.contains("Sumber: Berapa biaya membuat KTP baru? (versi 1)"), "{reply}");
    assert_eq!(answer["sources"][0]["title"], "Berapa biaya membuat KTP baru?");
    assert_eq!(answer["state"], "collecting");

    // What nobody has written is not made up; the question is kept for the office, without the citizen's number.
    let unanswered = "apa syarat mengurus paspor haji, hubungi 081234567890?";
    world.api().post(path, &ask(unanswered, true)).await.expect(StatusCode::OK);
    let kept = || async { world.api().get("/internal/knowledge/unanswered").await.expect(StatusCode::OK) };
    assert_eq!(kept().await["data"], json!([]), "a dry run leaves nothing behind");
    let answer = world.api().post(path, &ask(unanswered, false)).await.expect(StatusCode::OK);
    assert_eq!(answer["sources"], json!([]));
    assert!(answer["reply"].as_str().is_some_and(|text| text.contains("belum punya jawaban")), "{answer}");
    let kept = kept().await["data"][0]["question"].as_str().unwrap_or_default().to_owned();
    assert!(kept.contains("paspor") && !kept.contains("0812"), "{kept}");
}

#[tokio::test]
async fn an_office_speaks_in_its_own_words_and_a_broken_text_is_counted() {
    let world = World::new().await;
    let mut settings =
        OfficeSettings { greeting: Some("{{ salam }} Wilujeng sumping.".to_owned()), ..OfficeSettings::default() };
    settings.bot_texts.insert("welcome".to_owned(), "Sami-sami!".to_owned());
    settings.bot_texts.insert("dropped".to_owned(), "{{ tidak_ada }}".to_owned());
    let office = Office { office_id: OfficeId::FIRST, name: "Desa".to_owned(), version: 9, settings };
    let mut tx = world.app.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    platform::offices::keep(&mut tx, &office).await.expect("kept");
    tx.commit().await.expect("committed");
    world.app.ctx.offices.forget();
    for (said, heard) in [
        ("selamat pagi", "Wilujeng sumping"),
        ("makasih", "Sami-sami!"),
        ("mau lapor", "Apa masalah"),
        ("batal", "tidak jadi dikirim"),
    ] {
        world.says(said).await;
        let reply = last_reply(&world).await;
        assert!(reply.contains(heard), "{said}: {reply}");
    }
    assert_eq!(world.app.metrics.broken_texts.get(), 1, "once for each version of the settings");
}
