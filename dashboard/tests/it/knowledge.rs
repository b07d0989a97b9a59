//! `/knowledge`: entries as staff write them, what each role may do, and trying the assistant out.

use contracts::OfficeId;
use contracts::events::document::DocumentUploaded;
use http::StatusCode;
use serde_json::json;
use testkit::Api;
use wiremock::matchers::{body_partial_json, header, header_exists, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::forms::{attribute, count, send};
use crate::world::{World, location};

const QUESTION: &str = "Apa syarat membuat KTP baru?";
const ANSWER: &str = "Bawa fotokopi KK dan surat pengantar RT. Gratis.";

async fn admin() -> (World, Api) {
    let world = World::new().await;
    let browser = world.browser("admin").await;
    (world, browser)
}

/// Writes an entry; gives its id.
async fn write(browser: &Api, question: &str, answer: &str) -> String {
    let sent = send(browser, "/knowledge/new", &[("question", question), ("answer", answer)]).await;
    assert_eq!(location(&sent), "/knowledge?pesan=tersimpan", "{}", sent.text());
    attribute(&browser.get("/knowledge").await.text(), "faq-row", "data-document-id")
}

#[tokio::test]
async fn a_new_entry_is_a_row_an_event_and_a_line_in_the_log() {
    let (world, browser) = admin().await;
    let id = write(&browser, QUESTION, ANSWER).await;
    let html = browser.get("/knowledge").await.text();
    assert!(html.contains(QUESTION) && html.contains("surat pengantar RT"), "{html}");
    assert_eq!(attribute(&html, "faq-row", "data-status"), "queued");
    let told = world.test.outbox::<DocumentUploaded>().await;
    let expected = DocumentUploaded {
        document_id: id.parse().expect("an id"),
        key: None,
        version: 1,
        title: Some(QUESTION.to_owned()),
        kind: Some("faq".to_owned()),
        mime_type: None,
        content: Some(ANSWER.to_owned()),
        shared: false,
    };
    assert_eq!(told, [expected]);
    assert_eq!(actions(&world).await.last().map(String::as_str), Some("faq.created"));
}

#[tokio::test]
async fn a_change_is_a_new_version_and_who_saw_the_old_one_is_told() {
    let (world, browser) = admin().await;
    let id = write(&browser, QUESTION, ANSWER).await;
    let at = format!("/knowledge/{id}");
    let page = browser.get(&at).await.text();
    assert!(page.contains(ANSWER));
    let version = attribute(&page, "faq-version", "value");
    let fields =
        |answer| [("question", QUESTION), ("answer", answer), ("version", version.as_str()), ("kategori", "sampah")];
    let sent = send(&browser, &at, &fields("Sekarang cukup KK.")).await;
    assert_eq!(location(&sent), "/knowledge?pesan=tersimpan", "{}", sent.text());

    let late = send(&browser, &at, &fields("Tulisan yang terlambat.")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let html = late.text();
    assert!(html.contains("sudah diubah orang lain"), "{html}");
    assert!(html.contains("Tulisan yang terlambat."), "what was written is still there");

    let told: Vec<_> =
        world.test.outbox::<DocumentUploaded>().await.into_iter().map(|e| (e.version, e.content)).collect();
    assert_eq!(told, [(1, Some(ANSWER.to_owned())), (2, Some("Sekarang cukup KK.".to_owned()))]);
    assert!(browser.get("/knowledge?kategori=sampah").await.text().contains(QUESTION));
    assert!(!browser.get("/knowledge?kategori=pohon").await.text().contains(QUESTION));
}

#[tokio::test]
async fn a_form_that_is_not_right_comes_back_as_it_was_filled_in() {
    let (world, browser) = admin().await;
    let long = "a".repeat(4_001);
    let sent = send(&browser, "/knowledge/new", &[("question", " "), ("answer", &long)]).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = sent.text();
    assert!(
        html.contains("Pertanyaan belum diisi.") && html.contains("Jawaban terlalu panjang") && html.contains(&long)
    );
    assert!(html.contains("Desa Sukamaju"), "the frame is there");
    assert!(world.test.outbox::<DocumentUploaded>().await.is_empty());
}

#[tokio::test]
async fn who_only_reads_reads_and_writes_nothing() {
    let (world, browser) = admin().await;
    let id = write(&browser, QUESTION, ANSWER).await;
    for role in ["viewer", "agent"] {
        world.add_person(role, role, &[OfficeId::FIRST]).await;
        let reader = world.browser(role).await;
        let list = reader.get("/knowledge").await.text();
        assert!(list.contains(QUESTION) && !list.contains("faq-new"), "{role}");
        let page = reader.get(&format!("/knowledge/{id}")).await.text();
        assert!(page.contains(ANSWER) && !page.contains("faq-save") && !page.contains("faq-delete"), "{role}");
        assert_eq!(reader.get("/knowledge/new").await.status, StatusCode::FORBIDDEN, "{role}");
        let fields = [("question", "x"), ("answer", "y"), ("version", "1")];
        for (at, status) in [
            ("/knowledge/new".to_owned(), StatusCode::FORBIDDEN),
            (format!("/knowledge/{id}"), StatusCode::FORBIDDEN),
            (format!("/knowledge/{id}/retire"), StatusCode::FORBIDDEN),
            (format!("/knowledge/{id}/restore"), StatusCode::FORBIDDEN),
            (format!("/knowledge/{id}/delete"), StatusCode::FORBIDDEN),
        ] {
            assert_eq!(send(&reader, &at, &fields).await.status, status, "{role} at {at}");
        }
    }
    assert_eq!(world.test.outbox::<DocumentUploaded>().await.len(), 1);
    assert!(browser.get(&format!("/knowledge/{id}")).await.text().contains(ANSWER));
}

#[tokio::test]
async fn another_sites_form_writes_nothing() {
    let (world, browser) = admin().await;
    let forged = browser.with("sec-fetch-site", "cross-site");
    let sent = send(&forged, "/knowledge/new", &[("question", QUESTION), ("answer", ANSWER)]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(world.test.outbox::<DocumentUploaded>().await.is_empty());
    let nobody = send(&world.visitor, "/knowledge/new", &[("question", QUESTION), ("answer", ANSWER)]).await;
    assert_eq!(location(&nobody), "/login");
    assert!(location(&world.visitor.get("/knowledge").await).starts_with("/login?next="));
}

#[tokio::test]
async fn an_office_shares_nothing_by_itself_and_reads_what_is_shared() {
    let world = World::new().await;
    let other = world.add_office("Desa Mekarsari").await;
    world.add_person("kepala", "admin", &[OfficeId::FIRST]).await;
    world.add_person("tetangga", "admin", &[other]).await;
    let (head, above, neighbour) =
        (world.browser("kepala").await, world.browser("admin").await, world.browser("tetangga").await);
    let own = write(&head, QUESTION, ANSWER).await;
    let refused =
        send(&head, "/knowledge/new", &[("question", "Untuk semua?"), ("answer", "Ya"), ("shared", "on")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    send(&above, "/knowledge/new", &[("question", "Nomor darurat?"), ("answer", "112"), ("shared", "on")]).await;

    let html = neighbour.get("/knowledge").await.text();
    assert!(html.contains("Nomor darurat?") && !html.contains(QUESTION), "{html}");
    let shared = attribute(&html, "faq-row", "data-document-id");
    assert!(!neighbour.get(&format!("/knowledge/{shared}")).await.text().contains("faq-save"));
    assert_eq!(neighbour.get(&format!("/knowledge/{own}")).await.status, StatusCode::NOT_FOUND);
    let fields = [("question", "x"), ("answer", "y"), ("version", "1")];
    for id in [&own, &shared] {
        assert_eq!(send(&neighbour, &format!("/knowledge/{id}"), &fields).await.status, StatusCode::NOT_FOUND);
        assert_eq!(send(&neighbour, &format!("/knowledge/{id}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    // The office in which it stands reads it too, and leaves it alone.
    assert_eq!(send(&head, &format!("/knowledge/{shared}/delete"), &[]).await.status, StatusCode::FORBIDDEN);
    assert!(neighbour.get("/knowledge").await.text().contains("Nomor darurat?"));
}

#[tokio::test]
async fn an_entry_that_comes_back_into_use_has_an_id_that_nobody_has_forgotten() {
    let (world, browser) = admin().await;
    let id = write(&browser, QUESTION, ANSWER).await;
    send(&browser, &format!("/knowledge/{id}/retire"), &[]).await;
    let html = browser.get(&format!("/knowledge/{id}")).await.text();
    assert_eq!(attribute(&html, "faq", "data-status"), "retired");
    let back = send(&browser, &format!("/knowledge/{id}/restore"), &[]).await;
    let at = location(&back).split('?').next().expect("a path").to_owned();
    assert_ne!(at, format!("/knowledge/{id}"));
    assert!(browser.get(&at).await.text().contains(ANSWER));
    let told = world.test.outbox::<DocumentUploaded>().await;
    assert_eq!(told.len(), 2);
    assert_eq!(format!("/knowledge/{}", told[1].document_id), at);
    assert_eq!(told[1].content.as_deref(), Some(ANSWER));
    assert!(told[1].version > told[0].version);
    assert_eq!(browser.get(&format!("/knowledge/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn trying_out_shows_the_answer_its_sources_and_whether_they_are_enough() {
    let (world, browser) = admin().await;
    Mock::given(method("POST"))
        .and(path("/internal/process-message"))
        .and(header("x-office-id", OfficeId::FIRST.to_string().as_str()))
        .and(header_exists("x-actor"))
        .and(body_partial_json(json!({ "message": "syarat ktp?", "dry_run": true })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "intent": "KNOWLEDGE_QUERY", "confidence": 0.93, "entities": {}, "reply": "Bawa KK ya.", "sources": [],
            "state": "idle", "provider": "builtin"
        })))
        .expect(1)
        .mount(&world.ai)
        .await;
    let passage = json!({
        "chunk_id": "c1", "document_id": "0192aaaa-0000-7000-8000-000000000001", "title": "Perda <b>KTP</b>", "version": 3,
        "heading": "Pasal 2", "page": 7, "content": "<script>alert(1)</script> Bawa KK.", "score": 0.71
    });
    Mock::given(method("POST"))
        .and(path("/internal/knowledge/search"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "results": [passage], "answerable": false })))
        .mount(&world.ai)
        .await;
    let html = send(&browser, "/knowledge", &[("question", "syarat ktp?")]).await.text();
    assert!(html.contains("Bawa KK ya.") && html.contains("syarat ktp?"), "{html}");
    assert_eq!(attribute(&html, "knowledge-answer", "data-intent"), "KNOWLEDGE_QUERY");
    assert_eq!(attribute(&html, "sources", "data-answerable"), "false");
    assert_eq!(count(&html, "data-testid=\"source-row\""), 1);
    assert!(html.contains("versi 3 · halaman 7 · skor 0.71") && html.contains("Pasal 2"), "{html}");
    assert!(!html.contains("<script>alert") && !html.contains("<b>KTP"), "no document's HTML is a page's");
    assert!(html.contains("&lt;script&gt;alert(1)"));
}

#[tokio::test]
async fn without_the_assistant_the_page_says_so_and_stays() {
    let (world, browser) = admin().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(503)).mount(&world.ai).await;
    write(&browser, QUESTION, ANSWER).await;
    let html = send(&browser, "/knowledge", &[("question", "syarat ktp?")]).await.text();
    assert!(html.contains("Layanan asisten sedang tidak menjawab") && html.contains(QUESTION), "{html}");
}

#[tokio::test]
async fn a_question_that_nothing_answered_becomes_an_entry() {
    let (world, browser) = admin().await;
    let id = "0192bbbb-0000-7000-8000-000000000002";
    let open = json!({ "id": id, "question": "bayar pajak mobil di mana & kapan?", "asked": 14,
        "first_asked": "2026-11-01T00:00:00Z", "last_asked": "2026-11-19T08:00:00Z", "resolved_at": null, "resolved_by": null });
    Mock::given(method("GET"))
        .and(path("/internal/knowledge/unanswered"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": [open], "next_cursor": null })))
        .mount(&world.ai)
        .await;
    Mock::given(method("POST"))
        .and(path(format!("/internal/knowledge/unanswered/{id}/resolve")))
        .and(header_exists("x-actor"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&world.ai)
        .await;
    let html = browser.get("/knowledge").await.text();
    assert!(html.contains("14 kali") && html.contains("19 Nov 2026, 15.00"), "{html}");
    let href = attribute(&html, "unanswered-answer", "href").replace("&amp;", "&");
    let form = browser.get(&href).await.text();
    assert_eq!(attribute(&form, "faq-question", "value"), "bayar pajak mobil di mana &amp; kapan?");
    let answers =
        form.split("name=\"answers\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    let fields = [("question", "Bayar pajak mobil di mana?"), ("answer", "Di Samsat."), ("answers", answers)];
    assert_eq!(location(&send(&browser, "/knowledge/new", &fields).await), "/knowledge?pesan=tersimpan");
}

#[tokio::test]
async fn the_browser_half_is_given_the_same_drawing() {
    let (_world, browser) = admin().await;
    write(&browser, QUESTION, ANSWER).await;
    let drawn = browser.post("/api/drawn", &json!({ "address": "/knowledge?q=ktp" })).await.expect(StatusCode::OK);
    let html = drawn.as_str().expect("a text");
    assert!(html.contains(QUESTION) && html.contains("data-live=\"entries\""), "{html}");
    assert!(!html.contains("<html"), "the page's content alone");
    let nowhere = browser.post("/api/drawn", &json!({ "address": "/internal/offices" })).await.expect(StatusCode::OK);
    assert!(nowhere.as_str().is_some_and(|html| html.contains("error-banner")));
    let without = browser.without("cookie").post("/api/drawn", &json!({ "address": "/knowledge" })).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
}

async fn actions(world: &World) -> Vec<String> {
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query_scalar("SELECT action FROM activity_logs ORDER BY at, id").fetch_all(&mut *tx).await.expect("rows")
}
