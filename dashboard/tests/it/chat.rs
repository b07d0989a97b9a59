//! Conversations before any script: what each role sees and may do, and that offices stay apart.

use contracts::OfficeId;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use testkit::Api;
use wiremock::matchers::{body_partial_json, header as has_header, header_exists, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::world::{World, location};

pub const CONVERSATION: &str = "0192aaaa-0000-7000-8000-00000000c001";
const CONTACT: &str = "0192aaaa-0000-7000-8000-00000000c0c0";
const MESSAGE: &str = "0192aaaa-0000-7000-8000-0000000000a1";
const FAILED: &str = "0192aaaa-0000-7000-8000-0000000000a2";

/// A conversation as channel-service shows it.
pub fn conversation(status: &str, holder: Option<(&str, &str)>) -> Value {
    json!({
        "id": CONVERSATION, "contact_id": CONTACT, "phone_number_id": "99", "wa_user_id": "628123456789", "name": "Sari",
        "status": status, "epoch": 4, "holder": holder.map(|(id, name)| json!({ "id": id, "name": name })),
        "waiting_reason": (status == "waiting").then_some("requested"), "summary": "Ingin tahu syarat KTP",
        "last_seq": 9, "last_message_at": "2026-11-20T01:30:00Z", "window_closes_at": "2099-11-21T01:30:00Z",
        "waiting_since": (status == "waiting").then_some("2026-11-20T01:30:00Z"), "last_note": "Sudah dijelaskan kemarin",
        "last_message": { "author": "citizen", "type": "text", "text": "Saya mau bicara dengan orang", "status": "received" }
    })
}

fn message(id: &str, seq: i64, more: Value) -> Value {
    let mut message = json!({
        "id": id, "conversation_id": CONVERSATION, "contact_id": CONTACT, "seq": seq, "direction": "inbound",
        "author": "citizen", "type": "text", "text": "Saya mau bicara dengan orang", "status": "received",
        "sent_at": "2026-11-20T01:30:00Z"
    });
    if let (Some(message), Value::Object(more)) = (message.as_object_mut(), more) {
        message.extend(more);
    }
    message
}

impl World {
    /// channel-service shows this office one conversation, and nobody else.
    pub async fn has_conversation(&self, office: OfficeId, view: &Value) {
        let page = json!({ "data": [view], "next_cursor": null });
        let empty = json!({ "data": [], "next_cursor": null });
        let messages = json!({ "data": [
            message(FAILED, 9, json!({ "direction": "outbound", "author": "admin", "text": "Baik, Bu", "status": "failed",
                "error": "Message undeliverable (131026)" })),
            message(MESSAGE, 7, json!({})),
            message("0192aaaa-0000-7000-8000-0000000000a0", 5, json!({ "type": "image", "text": null, "sent_at": "2026-11-19T01:30:00Z",
                "media": { "id": "m-1", "mime_type": "image/jpeg", "key": "media/x" } })),
            message("0192aaaa-0000-7000-8000-00000000009f", 3, json!({ "type": "location", "text": null, "sent_at": "2026-11-19T01:20:00Z",
                "location": { "latitude": -6.2, "longitude": 106.816_666 } })),
        ], "next_cursor": null });
        let changes = json!({ "data": [], "next_cursor": "7.1" });
        let numbers = json!({ "data": [{ "phone_number_id": "99", "display_phone_number": "+62 811-000", "active": true, "version": 2,
            "problem": "token ditolak" }] });
        let waiting = if view["status"] == "waiting" { &page } else { &empty };
        let human = if view["status"] == "human" { &page } else { &empty };
        for (status, body) in [("waiting", waiting), ("human", human)] {
            self.channel_says(office, "/internal/conversations", Some(("status", status)), body).await;
        }
        for (at, body) in [
            ("/internal/conversations".to_owned(), &page),
            (format!("/internal/conversations/{CONVERSATION}"), view),
            ("/internal/conversations/changes".to_owned(), &changes),
            ("/internal/messages".to_owned(), &messages),
            ("/internal/numbers".to_owned(), &numbers),
        ] {
            self.channel_says(office, &at, None, body).await;
        }
    }

    async fn channel_says(&self, office: OfficeId, at: &str, query: Option<(&str, &str)>, body: &Value) {
        let mut mock =
            Mock::given(method("GET")).and(path(at)).and(has_header("x-office-id", office.to_string().as_str()));
        if let Some((name, value)) = query {
            mock = mock.and(query_param(name, value));
        }
        // What is asked more exactly is answered first.
        let priority = if query.is_some() { 1 } else { 5 };
        mock.respond_with(ResponseTemplate::new(200).set_body_json(body))
            .with_priority(priority)
            .mount(&self.channel)
            .await;
    }

    /// channel-service takes this, that many times, in a person's name.
    async fn channel_takes(&self, at: &str, body: Value, answer: Value, times: u64) {
        Mock::given(method("POST"))
            .and(path(at))
            .and(header_exists("x-actor"))
            .and(header_exists("idempotency-key"))
            .and(body_partial_json(body))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .expect(times)
            .mount(&self.channel)
            .await;
    }

    /// The id of somebody who can sign in.
    async fn id_of(&self, username: &str) -> String {
        let mut tx = self.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
        let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM admin_users WHERE username = $1")
            .bind(username)
            .fetch_one(&mut *tx)
            .await
            .expect("somebody");
        id.to_string()
    }

    async fn logged(&self, action: &str) -> i64 {
        let mut tx = self.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
        sqlx::query_scalar("SELECT count(*) FROM activity_logs WHERE action = $1")
            .bind(action)
            .fetch_one(&mut *tx)
            .await
            .expect("a count")
    }
}

fn state(active: bool) -> Value {
    json!({ "active": active, "conversation_id": CONVERSATION, "epoch": 5 })
}

/// An act's form as a browser without script sends it.
async fn act(browser: &Api, kind: &str, more: &str) -> testkit::Answer {
    browser
        .with("content-type", "application/x-www-form-urlencoded")
        .with("accept", "text/html")
        .with("referer", format!("http://127.0.0.1:3000/live-chat/{CONVERSATION}"))
        .call(
            Method::POST,
            "/api/chat/act",
            format!("act[kind]={kind}&act[conversation_id]={CONVERSATION}&act[key]=4&{more}").into(),
        )
        .await
}

/// The page that a refused form comes back to.
async fn page_after(browser: &Api, answer: &testkit::Answer) -> String {
    let back = location(answer).split_once("127.0.0.1:3000").map_or_else(String::new, |(_, path)| path.to_owned());
    browser.get(&back).await.text()
}

#[tokio::test]
async fn the_lists_and_the_conversation_are_there_before_any_script() {
    let world = World::new().await;
    world.has_conversation(OfficeId::FIRST, &conversation("waiting", None)).await;
    let browser = world.browser("admin").await;
    let html = browser.get("/live-chat").await.text();
    for part in [
        r#"data-testid="chat-list-waiting""#,
        &format!(r#"data-conversation-id="{CONVERSATION}""#),
        "Warga meminta petugas",
        "Saya mau bicara dengan orang",
        "Nomor +62 811-000 berhenti mengirim: token ditolak",
        r#"data-testid="nav-waiting""#,
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let html = browser.get(&format!("/live-chat/{CONVERSATION}")).await.text();
    for part in [
        "+62 812-3456-789",
        r#"data-author="citizen""#,
        r#"data-status="failed""#,
        "131026",
        r#"src="/media/m-1""#,
        "-6.200000, 106.816666",
        "19 Nov 2026",
        "20 Nov 2026",
        "Ingin tahu syarat KTP",
        "Sudah dijelaskan kemarin",
        r#"data-testid="chat-take""#,
        "Ambil alih dahulu",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let order = |text: &str| html.find(text).expect("on the page");
    assert!(order("-6.200000") < order("/media/m-1") && order("/media/m-1") < order("131026"), "oldest first");
}

#[tokio::test]
async fn each_role_sees_what_it_may_do() {
    let world = World::new().await;
    world.has_conversation(OfficeId::FIRST, &conversation("human", Some(("somebody", "Budi")))).await;
    world.add_person("petugas", "agent", &[OfficeId::FIRST]).await;
    world.add_person("pemantau", "viewer", &[OfficeId::FIRST]).await;
    let page = format!("/live-chat/{CONVERSATION}");
    for (person, force, block, retry) in
        [("admin", true, true, true), ("petugas", false, false, true), ("pemantau", false, false, false)]
    {
        let html = world.browser(person).await.get(&page).await.text();
        assert!(html.contains("Ditangani Budi"), "{person}: {html}");
        assert_eq!(html.contains("chat-force"), force, "{person}");
        assert_eq!(html.contains("chat-block"), block, "{person}");
        assert_eq!(html.contains("chat-retry"), retry, "{person}");
        assert!(!html.contains(r#"data-testid="chat-handback""#), "{person} does not hold it");
        assert!(html.contains(r#"data-closed="true""#), "{person} does not write");
    }
}

#[tokio::test]
async fn a_reader_does_nothing_and_an_agent_forces_and_blocks_nothing() {
    let world = World::new().await;
    world.has_conversation(OfficeId::FIRST, &conversation("waiting", None)).await;
    world.add_person("petugas", "agent", &[OfficeId::FIRST]).await;
    world.add_person("pemantau", "viewer", &[OfficeId::FIRST]).await;
    for (person, kinds) in [
        ("pemantau", &["take", "force", "say", "retry", "handback", "block"][..]),
        ("petugas", &["force", "block", "dance"][..]),
    ] {
        let browser = world.browser(person).await;
        for kind in kinds {
            let answer = act(&browser, kind, &format!("act[text]=halo&act[reason]=x&act[message_id]={FAILED}")).await;
            let html = page_after(&browser, &answer).await;
            assert!(html.contains("tidak berwenang") || html.contains("tidak dikenal"), "{person} {kind}: {html}");
        }
    }
    let calls = world.channel.received_requests().await.expect("recorded");
    assert!(calls.iter().all(|call| call.method == Method::GET), "nothing was asked of channel-service");
}

#[tokio::test]
async fn taking_it_twice_with_one_form_is_one_act_in_the_log() {
    let world = World::new().await;
    world.has_conversation(OfficeId::FIRST, &conversation("waiting", None)).await;
    let me = world.id_of("admin").await;
    let at = format!("/internal/takeover/{CONVERSATION}/start");
    world.channel_takes(&at, json!({ "admin_id": me, "admin_name": "Admin", "force": false }), state(true), 2).await;
    let browser = world.browser("admin").await;
    let (one, two) = tokio::join!(act(&browser, "take", ""), act(&browser, "take", ""));
    for answer in [one, two] {
        assert_eq!(location(&answer), format!("/live-chat/{CONVERSATION}"), "{}", answer.text());
    }
    assert_eq!(world.logged("takeover.started").await, 1);
    let calls = world.channel.received_requests().await.expect("recorded");
    let keys: Vec<_> = calls
        .iter()
        .filter(|call| call.method == Method::POST)
        .map(|call| call.headers["idempotency-key"].clone())
        .collect();
    assert_eq!(keys[0], keys[1], "channel-service sees one act as well");
}

#[tokio::test]
async fn who_comes_second_is_told_who_has_it() {
    let world = World::new().await;
    world.has_conversation(OfficeId::FIRST, &conversation("human", Some(("somebody", "Budi")))).await;
    Mock::given(method("POST"))
        .and(path(format!("/internal/takeover/{CONVERSATION}/start")))
        .respond_with(ResponseTemplate::new(409).set_body_json(json!({
            "type": "urn:govconnect:problem:held", "title": "Conflict", "status": 409, "detail": "Budi has this conversation"
        })))
        .mount(&world.channel)
        .await;
    let browser = world.browser("admin").await;
    let answer = act(&browser, "take", "").await;
    assert!(page_after(&browser, &answer).await.contains("Budi sedang menangani percakapan ini."));
    assert_eq!(world.logged("takeover.started").await, 0);
}

#[tokio::test]
async fn the_holder_answers_once_and_is_named() {
    let world = World::new().await;
    let me = world.id_of("admin").await;
    world.has_conversation(OfficeId::FIRST, &conversation("human", Some((&me, "Admin")))).await;
    let body = json!({ "contact_id": CONTACT, "phone_number_id": "99", "type": "text", "text": { "body": "Silakan datang besok" } });
    world.channel_takes("/internal/messages/send", body, json!({ "message_id": FAILED, "status": "queued" }), 2).await;
    let browser = world.browser("admin").await;
    for _ in 0..2 {
        act(&browser, "say", "act[text]=Silakan+datang+besok").await;
    }
    assert_eq!(world.logged("message.sent").await, 1);
    let html = browser.get(&format!("/live-chat/{CONVERSATION}")).await.text();
    assert!(html.contains("Petugas · Admin"), "{html}");
    assert!(html.contains(r#"data-testid="chat-handback""#) && html.contains(r#"data-closed="false""#));
}

#[tokio::test]
async fn what_can_not_be_sent_is_said_and_not_sent() {
    let world = World::new().await;
    let me = world.id_of("admin").await;
    world.has_conversation(OfficeId::FIRST, &conversation("human", Some((&me, "Admin")))).await;
    Mock::given(method("POST"))
        .and(path("/internal/messages/send"))
        .respond_with(ResponseTemplate::new(409).set_body_json(json!({
            "type": "urn:govconnect:problem:window-closed", "title": "Conflict", "status": 409
        })))
        .expect(1)
        .mount(&world.channel)
        .await;
    let browser = world.browser("admin").await;
    let long = format!("act[text]={}", "a".repeat(4097));
    for (text, said) in [("act[text]=halo", "Jendela 24 jam"), ("act[text]=+", "Tulis dahulu"), (long.as_str(), "4097")]
    {
        let answer = act(&browser, "say", text).await;
        let html = page_after(&browser, &answer).await;
        assert!(html.contains(said), "{said} in {html}");
    }
    assert_eq!(world.logged("message.sent").await, 0);
}

#[tokio::test]
async fn giving_back_trying_again_and_blocking_reach_channel_service() {
    let world = World::new().await;
    let me = world.id_of("admin").await;
    world.has_conversation(OfficeId::FIRST, &conversation("human", Some((&me, "Admin")))).await;
    world
        .channel_takes(
            &format!("/internal/takeover/{CONVERSATION}/end"),
            json!({ "admin_id": me, "note": "beres" }),
            state(false),
            1,
        )
        .await;
    world.channel_takes(&format!("/internal/messages/{FAILED}/retry"), json!({}), json!({}), 1).await;
    Mock::given(method("POST"))
        .and(path("/internal/blocks"))
        .and(body_partial_json(json!({ "contact_id": CONTACT, "reason": "kasar" })))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({})))
        .expect(1)
        .mount(&world.channel)
        .await;
    let browser = world.browser("admin").await;
    for (kind, more) in [
        ("handback", "act[note]=beres".to_owned()),
        ("retry", format!("act[message_id]={FAILED}")),
        ("block", "act[reason]=kasar&act[days]=7".to_owned()),
    ] {
        let answer = act(&browser, kind, &more).await;
        assert_eq!(location(&answer), format!("/live-chat/{CONVERSATION}"), "{kind}: {}", answer.text());
    }
    for action in ["takeover.ended", "message.retried", "citizen.blocked"] {
        assert_eq!(world.logged(action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn offices_see_their_own_conversations_and_files_alone() {
    let world = World::new().await;
    let other = world.add_office("Desa Mekarsari").await;
    world.has_conversation(OfficeId::FIRST, &conversation("waiting", None)).await;
    Mock::given(method("GET"))
        .and(path("/internal/media/m-1"))
        .and(has_header("x-office-id", OfficeId::FIRST.to_string().as_str()))
        .respond_with(
            ResponseTemplate::new(206)
                .insert_header("content-type", "image/jpeg")
                .insert_header("content-range", "bytes 0-3/9")
                .set_body_bytes("abcd"),
        )
        .mount(&world.channel)
        .await;
    world.add_person("petugas.kami", "agent", &[OfficeId::FIRST]).await;
    world.add_person("petugas.sana", "agent", &[other]).await;
    let ours = world.browser("petugas.kami").await;
    let theirs = world.browser("petugas.sana").await;

    assert!(ours.get("/live-chat?tab=all").await.text().contains(CONVERSATION));
    assert!(!theirs.get("/live-chat?tab=all").await.text().contains(CONVERSATION));
    let page = theirs.get(&format!("/live-chat/{CONVERSATION}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.text().contains("Sari"));
    let refused = act(&theirs, "take", "").await;
    assert!(page_after(&theirs, &refused).await.contains("tidak ditemukan"));

    let file = ours.with("range", "bytes=0-3").get("/media/m-1").await;
    assert_eq!(file.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(file.headers[header::CONTENT_TYPE], "image/jpeg");
    assert_eq!(file.headers[header::CONTENT_RANGE], "bytes 0-3/9");
    assert!(file.headers[header::CACHE_CONTROL].to_str().expect("text").starts_with("private"));
    assert!(file.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text").contains("sandbox"));
    assert_eq!(file.text(), "abcd");
    assert_eq!(theirs.get("/media/m-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.visitor.get("/media/m-1").await.status, StatusCode::UNAUTHORIZED);
    for path in ["/media/..%2Fnumbers", "/media/m-1%3Fx", "/media/%2e%2e"] {
        assert_eq!(ours.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let calls = world.channel.received_requests().await.expect("recorded");
    let range = calls.iter().find(|call| call.url.path() == "/internal/media/m-1").expect("asked");
    assert_eq!(range.headers["range"], "bytes=0-3");
}

#[tokio::test]
async fn without_channel_service_the_page_says_so_and_other_pages_stay() {
    let world = World::new().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(409)).mount(&world.channel).await;
    let browser = world.browser("admin").await;
    let html = browser.get("/live-chat").await.text();
    assert!(html.contains(r#"data-testid="error-banner""#) && html.contains("Desa Sukamaju"), "{html}");
    assert!(!browser.get("/dashboard").await.text().contains("number-problem"));
}

#[tokio::test]
async fn after_a_gap_a_browser_is_told_what_it_missed_in_the_order_of_commits() {
    let world = World::new().await;
    let view = conversation("waiting", None);
    let changes = json!({ "data": [
        { "conversation_id": CONVERSATION, "seq": 8, "message_id": MESSAGE, "message": message(MESSAGE, 7, json!({})), "conversation": view },
        { "conversation_id": CONVERSATION, "seq": 9, "message_id": null, "message": null, "conversation": view },
    ], "next_cursor": "8.2" });
    world.channel_says(OfficeId::FIRST, "/internal/conversations/changes", Some(("after", "7.1")), &changes).await;
    let browser = world.browser("admin").await;
    let caught = browser.post("/api/chat/since", &json!({ "after": "7.1" })).await.expect(StatusCode::OK);
    assert_eq!((caught["after"].as_str(), caught["too_much"].as_bool()), (Some("8.2"), Some(false)));
    assert_eq!(caught["news"][0]["message"]["id"], MESSAGE);
    assert!(caught["news"][0]["row"]["html"].as_str().expect("a row").contains("Sari"));
    assert!(caught["news"][1]["message"].is_null(), "a change without a message");
    let stranger = world.visitor.with("sec-fetch-site", "same-origin");
    assert_eq!(stranger.post("/api/chat/since", &json!({ "after": "7.1" })).await.status, StatusCode::UNAUTHORIZED);
}
