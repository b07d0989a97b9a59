//! Every event and body as it looks on the wire. A change of a contract is a change of a file in `snapshots/`.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::category::{CategoryField, FieldChoice, FieldKind, Sla, SlaUnit};
use contracts::dto::ai::{Entities, ProcessMessage, ProcessedMessage, Source};
use contracts::dto::case::{ComplaintDetail, ComplaintUpdateView, ComplaintView, CreateComplaint, UpdateComplaint};
use contracts::dto::channel::{
    ConversationView, EndTakeover, MessageAccepted, MessagePreview, ResolveContact, ResolvedContact, StartTakeover,
    TakeoverState,
};
use contracts::dto::notification::{CreateNotification, NotificationView};
use contracts::envelope::Attributes;
use contracts::events::Event;
use contracts::events::complaint::{
    ComplaintCreated, ComplaintFacts, ComplaintSlaAtRisk, ComplaintStatusChanged, ComplaintUpdated,
};
use contracts::events::contact::ContactMerged;
use contracts::events::conversation::{
    ConversationChanged, Holder, MessageStored, SendError, StatusChanged, TakeoverEnded, TakeoverStarted,
};
use contracts::events::document::{DocumentChanged, DocumentFailed, DocumentProcessed, DocumentUploaded};
use contracts::events::notification::{NotificationDelivered, NotificationFailed, NotificationRequested};
use contracts::events::office::{CategoryUpdated, NumberUpdated, OfficeUpdated, StaffAdded};
use contracts::events::turn::{HandoffRequested, MessageReceived, ReplyReady, TurnClosed, TurnMessage, TurnOutcome};
use contracts::intent::Intent;
use contracts::message::{
    Author, Button, Direction, List, ListRow, Location, MediaRef, MediaState, MessageMarks, MessageStatus, MessageView,
    Reaction, Reply,
};
use contracts::office::{Office, OfficeSettings};
use contracts::{ComplaintNumber, ComplaintStatus, OfficeId, PhoneNumberId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_140_000, 0).expect("a time")
}

fn number() -> ComplaintNumber {
    ComplaintNumber::new(NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"), 1)
}

fn holder() -> Holder {
    Holder { id: "7".to_owned(), name: "Rina".to_owned() }
}

/// Takes the photograph, and checks that the reader reads what the writer wrote, and tolerates what it does not know.
fn event<E: Event + PartialEq + std::fmt::Debug>(event: &E) {
    let mut json = serde_json::to_value(event).expect("JSON");
    assert_eq!(&serde_json::from_value::<E>(json.clone()).expect("readable"), event);
    insta::assert_json_snapshot!(E::ROUTING_KEY, json);
    json.as_object_mut().expect("an object").insert("from_the_future".to_owned(), 1.into());
    assert_eq!(&serde_json::from_value::<E>(json).expect("unknown fields are tolerated"), event);
}

fn body<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, body: &T) {
    let json = serde_json::to_value(body).expect("JSON");
    assert_eq!(&serde_json::from_value::<T>(json.clone()).expect("readable"), body);
    insta::assert_json_snapshot!(name, json);
}

/// A request of ours refuses a misspelt field.
fn request<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, request: &T) {
    body(name, request);
    let mut json = serde_json::to_value(request).expect("JSON");
    json.as_object_mut().expect("an object").insert("misspelt".to_owned(), 1.into());
    assert!(serde_json::from_value::<T>(json).is_err(), "{name} must refuse unknown fields");
}

fn message_view() -> MessageView {
    MessageView {
        id: id(1),
        wamid: Some("wamid.x".to_owned()),
        conversation_id: id(2),
        contact_id: id(3),
        wa_user_id: Some("628123456789".to_owned()),
        seq: 4,
        direction: Direction::Inbound,
        author: Author::Citizen,
        kind: "image".to_owned(),
        text: Some("lubang".to_owned()),
        media: Some(MediaRef {
            id: "m".to_owned(),
            mime_type: Some("image/jpeg".to_owned()),
            state: Some(MediaState::Pending),
            ..MediaRef::default()
        }),
        location: None,
        status: MessageStatus::Received,
        error: None,
        sent_at: time(),
        marks: MessageMarks {
            reactions: vec![Reaction { author: Author::Admin, emoji: "👍".to_owned() }],
            ..MessageMarks::default()
        },
    }
}

fn conversation_view() -> ConversationView {
    ConversationView {
        id: id(2),
        contact_id: id(3),
        phone_number_id: PhoneNumberId("99".to_owned()),
        wa_user_id: Some("628123456789".to_owned()),
        name: Some("Sari".to_owned()),
        status: "waiting".to_owned(),
        epoch: 2,
        holder: None,
        waiting_reason: Some("requested".to_owned()),
        summary: Some("ingin bicara".to_owned()),
        last_seq: 9,
        last_message_at: Some(time()),
        window_closes_at: Some(time()),
        waiting_since: Some(time()),
        takeover_expires_at: None,
        last_note: Some("sudah dijelaskan".to_owned()),
        last_message: Some(MessagePreview {
            author: Author::Citizen,
            kind: "text".to_owned(),
            text: Some("halo".to_owned()),
            status: MessageStatus::Received,
        }),
        unread: 2,
        warning: None,
        blocked: false,
    }
}

fn complaint() -> ComplaintView {
    ComplaintView {
        complaint_id: number(),
        id: Uuid::from_u128(5),
        contact_id: Some(id(3)),
        kategori: "jalan_rusak".into(),
        kategori_nama: "Jalan rusak".to_owned(),
        status: ComplaintStatus::Baru,
        alamat: "Jl. Melati No. 15".to_owned(),
        deskripsi: "Jalan berlubang".to_owned(),
        lat: Some(-6.4),
        lng: Some(106.8),
        patokan: None,
        rt: Some("02".to_owned()),
        rw: Some("05".to_owned()),
        kelurahan: Some("Sukamaju".to_owned()),
        kecamatan: None,
        fields: [("tinggi_air".to_owned(), serde_json::json!("lutut"))].into(),
        urgent: false,
        agency: None,
        assigned_agency: None,
        assigned_to: Some("9".to_owned()),
        assigned_name: Some("Sari".to_owned()),
        alias: None,
        escalated_to: None,
        anonim: false,
        rahasia: false,
        version: 1,
        due_at: time(),
        created_at: time(),
        updated_at: time(),
        closed_at: None,
    }
}

fn facts() -> ComplaintFacts {
    ComplaintFacts {
        complaint_id: number(),
        id: Uuid::from_u128(5),
        contact_id: Some(id(3)),
        kategori: Some("jalan_rusak".into()),
        status: Some(ComplaintStatus::Baru),
        area: Some("Sukamaju".to_owned()),
        due_at: Some(time()),
        origin_turn_id: Some(id(6)),
        version: 1,
    }
}

#[test]
fn turn_events() {
    let said = TurnMessage {
        message_id: id(1),
        kind: "location".to_owned(),
        text: None,
        reply_id: None,
        media: None,
        location: Some(Location { latitude: -6.4, longitude: 106.8, name: None, address: None }),
        sent_at: time(),
    };
    event(&MessageReceived {
        turn_id: id(6),
        conversation_id: id(2),
        contact_id: id(3),
        epoch: 2,
        wa_user_id: "628123456789".to_owned(),
        message_id: id(1),
        message: "di sini".to_owned(),
        messages: vec![said],
        phone_number_id: PhoneNumberId("99".to_owned()),
        profile_name: Some("Sari".to_owned()),
        deadline_at: time(),
    });
    let reply = Reply {
        text: "Benar?".to_owned(),
        buttons: vec![Button { id: "ya".to_owned(), title: "Ya".to_owned() }],
        list: Some(List {
            button: "Pilih".to_owned(),
            rows: vec![ListRow { id: "a".to_owned(), title: "A".to_owned(), description: None }],
        }),
        request_location: false,
    };
    event(&ReplyReady {
        turn_id: id(6),
        conversation_id: id(2),
        epoch: 2,
        reply,
        intent: Intent::CreateComplaint,
        complaint_id: Some(number()),
    });
    event(&HandoffRequested {
        turn_id: id(6),
        conversation_id: id(2),
        epoch: 2,
        reason: "requested".to_owned(),
        summary: "ingin bicara".to_owned(),
        text: Some("Baik, kami sambungkan.".to_owned()),
    });
    event(&TurnClosed { turn_id: id(6), conversation_id: id(2), outcome: TurnOutcome::HandedOff });
}

#[test]
fn conversation_events() {
    event(&MessageStored { conversation_id: id(2), seq: 4, message: message_view() });
    event(&ConversationChanged { conversation_id: id(2), seq: 9, change: conversation_view() });
    event(&StatusChanged {
        message_id: id(1),
        conversation_id: id(2),
        wamid: Some("wamid.x".to_owned()),
        status: MessageStatus::Failed,
        errors: vec![SendError { code: 131_026, title: "Undeliverable".to_owned(), details: None }],
        at: time(),
    });
    event(&TakeoverStarted { conversation_id: id(2), epoch: 3, admin: holder(), note: None });
    event(&TakeoverEnded { conversation_id: id(2), epoch: 4, admin: holder(), note: Some("selesai".to_owned()) });
    event(&ContactMerged { from: id(3), into: id(4) });
}

#[test]
fn complaint_events() {
    event(&ComplaintCreated { facts: facts() });
    event(&ComplaintUpdated {
        facts: facts(),
        remark: Some("petugas datang besok".to_owned()),
        followers: vec![id(7)],
    });
    let json = serde_json::to_value(ComplaintStatusChanged { facts: facts(), ..status_changed() }).expect("JSON");
    assert!(!json.to_string().contains("Melati"), "never a description or an address");
    event(&status_changed());
    event(&ComplaintSlaAtRisk { facts: facts(), breached: true, escalated_to: Some("admin".to_owned()) });
}

fn status_changed() -> ComplaintStatusChanged {
    let json = serde_json::json!({
        "complaint_id": number(), "id": Uuid::from_u128(5), "status": "selesai", "version": 4, "from": "diproses", "remark": "Sudah ditambal."
    });
    serde_json::from_value(json).expect("the least that an event may say")
}

#[test]
fn notification_events() {
    event(&NotificationRequested {
        notification_id: id(7),
        contact_id: id(3),
        template: Some("complaint_selesai".to_owned()),
        text: None,
        variables: [("nomor".to_owned(), number().to_string())].into(),
        kind: "complaint_status".to_owned(),
    });
    event(&NotificationDelivered { notification_id: id(7), contact_id: id(3), kind: "complaint_status".to_owned() });
    event(&NotificationFailed {
        notification_id: id(7),
        contact_id: id(3),
        kind: "complaint_status".to_owned(),
        reason: "window closed".to_owned(),
    });
}

#[test]
fn document_and_snapshot_events() {
    event(&DocumentUploaded {
        document_id: id(8),
        key: Some("documents/8".to_owned()),
        version: 1,
        title: Some("Syarat KTP".to_owned()),
        kind: Some("document".to_owned()),
        mime_type: Some("application/pdf".to_owned()),
        content: None,
        shared: false,
    });
    event(&DocumentProcessed { document_id: id(8), key: None, version: 1, chunks: 12 });
    event(&DocumentFailed { document_id: id(8), key: None, version: 1, reason: Some("no text in it".to_owned()) });
    event(&DocumentChanged { document_id: id(8), key: None, version: 1, status: Some("ready".to_owned()) });
    let office = Office {
        office_id: OfficeId::FIRST,
        name: "Kelurahan Sukamaju".to_owned(),
        version: 1,
        settings: OfficeSettings::default(),
    };
    event(&OfficeUpdated { office });
    event(&StaffAdded { user_id: uuid::Uuid::from_u128(9), name: "Joko Prasetyo".to_owned() });
    event(&NumberUpdated {
        office_id: OfficeId::FIRST,
        phone_number_id: PhoneNumberId("99".to_owned()),
        display_phone_number: None,
        active: true,
        problem: None,
        version: 1,
    });
    event(&CategoryUpdated {
        office_id: OfficeId::FIRST,
        kategori: "jalan_rusak".into(),
        name: "Jalan rusak".to_owned(),
        active: true,
        position: 1,
        sla: Sla { amount: 60, unit: SlaUnit::WorkingDays },
        fields: vec![CategoryField {
            field: "panjang_kerusakan".to_owned(),
            question: "Kira-kira berapa meter kerusakannya?".to_owned(),
            kind: FieldKind::Choice,
            choices: vec![FieldChoice { key: "kecil".to_owned(), label: "Kurang dari 1 meter".to_owned() }],
            required: false,
        }],
        version: 1,
    });
}

#[test]
fn channel_bodies() {
    body("message_accepted", &MessageAccepted { message_id: id(1), status: MessageStatus::Queued });
    request("resolve_contact", &ResolveContact { wa_user_id: "628123456789".to_owned(), phone_number_id: None });
    body("resolved_contact", &ResolvedContact { contact_id: id(3) });
    request(
        "start_takeover",
        &StartTakeover { admin_id: "7".to_owned(), admin_name: "Rina".to_owned(), reason: None, force: false },
    );
    request("end_takeover", &EndTakeover { admin_id: "7".to_owned(), note: None });
    let state = TakeoverState {
        active: true,
        conversation_id: id(2),
        epoch: 3,
        admin: Some(holder()),
        started_at: Some(time()),
        expires_at: Some(time()),
    };
    body("takeover_state", &state);
}

#[test]
fn ai_bodies() {
    let ask = ProcessMessage {
        wa_user_id: "628123456789".to_owned(),
        message: "halo".to_owned(),
        message_id: None,
        dry_run: true,
    };
    request("process_message", &ask);
    let entities = Entities { kategori: Some("sampah".into()), complaint_id: Some(number()), ..Entities::default() };
    let source = Source { document_id: id(8), title: "Syarat KTP".to_owned(), chunk_id: "8:1".to_owned(), score: 0.5 };
    body(
        "processed_message",
        &ProcessedMessage {
            intent: Intent::Greeting,
            confidence: 0.5,
            entities,
            reply: "Halo!".to_owned(),
            sources: vec![source],
            state: "idle".to_owned(),
            provider: "builtin".to_owned(),
        },
    );
}

#[test]
fn case_bodies() {
    let create = CreateComplaint {
        contact_id: Some(id(3)),
        kategori: "jalan_rusak".to_owned(),
        alamat: "Jl. Melati No. 15".to_owned(),
        deskripsi: "Jalan berlubang".to_owned(),
        origin_turn_id: Some(id(6)),
        ..CreateComplaint::default()
    };
    request("create_complaint", &create);
    let update = UpdateComplaint {
        status: Some(ComplaintStatus::Selesai),
        remark: Some("Sudah ditambal.".to_owned()),
        ..UpdateComplaint::default()
    };
    request("update_complaint", &update);
    let entry = ComplaintUpdateView {
        version: 2,
        kind: "status".to_owned(),
        actor: "Rina".to_owned(),
        from: Some(ComplaintStatus::Baru),
        to: Some(ComplaintStatus::Terverifikasi),
        reason: None,
        remark: None,
        changes: serde_json::json!({}),
        at: time(),
    };
    let detail = ComplaintDetail {
        complaint: complaint(),
        updates: vec![entry],
        media: Vec::new(),
        allowed: vec![ComplaintStatus::Terverifikasi],
    };
    body("complaint_detail", &detail);
}

#[test]
fn notification_bodies() {
    let create = CreateNotification {
        contact_id: Some(id(3)),
        text: Some("Halo".to_owned()),
        kind: "info".to_owned(),
        ..CreateNotification::default()
    };
    request("create_notification", &create);
    body(
        "notification",
        &NotificationView {
            id: id(7),
            contact_id: id(3),
            kind: "info".to_owned(),
            template: None,
            text: "Halo".to_owned(),
            status: "pending".to_owned(),
            message_id: None,
            reason: None,
            created_at: time(),
            updated_at: time(),
        },
    );
}

#[test]
fn the_envelope_reads_back_as_it_was_written() {
    let attributes = Attributes {
        id: id(9),
        source: "case-service".to_owned(),
        kind: Attributes::kind_of("complaint.created"),
        subject: Some("5".to_owned()),
        time: time(),
        office_id: Some(OfficeId::FIRST),
        correlation_id: Some("c".to_owned()),
        causation_id: None,
        traceparent: None,
        sequence: Some(3),
    };
    let headers = attributes.headers();
    insta::assert_json_snapshot!("envelope", headers);
    let get = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    assert_eq!(Attributes::from_headers(get), Ok(attributes));
    assert!(Attributes::from_headers(|_| None).is_err());
}
