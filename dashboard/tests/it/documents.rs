//! `/documents`: what is taken and what is not, who may do what, and that nothing removed stays anywhere.

use std::path::Path;

use contracts::OfficeId;
use contracts::events::document::DocumentUploaded;
use http::{Method, StatusCode, header};
use serde_json::json;
use testkit::{Answer, Api, until};
use wiremock::matchers::{header as has_header, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::forms::{attribute, count, send, upload};
use crate::world::{World, location};

const TEXT: &[u8] = "Jam layanan: Senin–Jumat 08.00–15.00.".as_bytes();

async fn admin() -> (World, Api) {
    let world = World::new().await;
    let browser = world.browser("admin").await;
    (world, browser)
}

/// Uploads a text; gives its id.
async fn add(browser: &Api, title: &str) -> String {
    let sent = upload(browser, "/documents", &[("title", title)], "layanan.txt", TEXT).await;
    assert_eq!(location(&sent), "/documents?pesan=diunggah", "{}", sent.text());
    attribute(&browser.get("/documents").await.text(), "document-row", "data-document-id")
}

fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

async fn until_files(world: &World, expected: usize) {
    until(&format!("{expected} files are left"), || async { (files(world.files.path()) == expected).then_some(()) })
        .await;
}

#[tokio::test]
async fn an_upload_is_stored_under_a_key_of_ours_told_and_given_back_as_it_was() {
    let (world, browser) = admin().await;
    let name = "../../Syarat \\ KTP.txt";
    let sent = upload(&browser, "/documents", &[], name, TEXT).await;
    assert_eq!(location(&sent), "/documents?pesan=diunggah", "{}", sent.text());
    let html = browser.get("/documents").await.text();
    assert_eq!(attribute(&html, "document-row", "data-status"), "queued");
    let id = attribute(&html, "document-row", "data-document-id");

    let told = world.test.outbox::<DocumentUploaded>().await;
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!(told.document_id.to_string(), id);
    assert_eq!((told.version, told.kind.as_deref(), told.title.as_deref()), (1, Some("document"), Some("KTP")));
    assert_eq!((told.mime_type.as_deref(), told.content.as_deref()), (Some("text/plain"), None));
    let key: platform::storage::Key = told.key.as_deref().expect("a key").parse().expect("a key of ours");
    assert!(key.is_of(OfficeId::FIRST));
    assert_eq!(std::fs::read(world.files.path().join(key.as_str())).expect("the file"), TEXT);

    let file = browser.get(&format!("/documents/{id}/file")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.bytes, TEXT);
    assert_eq!(file.headers[header::CONTENT_TYPE], "application/octet-stream");
    let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().expect("text");
    assert!(disposition.starts_with("attachment; filename=\"KTP.txt\""), "{disposition}");
    assert!(file.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text").contains("default-src 'none'"));
}

#[tokio::test]
async fn what_can_not_be_read_is_refused_with_the_remedy_and_leaves_nothing_behind() {
    let (world, browser) = admin().await;
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    for (name, content, remedy) in [
        ("program.exe", &b"MZ\x90\x00"[..], "Simpan sebagai PDF"),
        ("gaji.doc", b"\xd0\xcf\x11\xe0", "Simpan Sebagai DOCX atau PDF"),
        ("perda.pdf", b"<html>", "tidak sesuai dengan jenis"),
        ("catatan.txt", b"MZ\x90\x00", "tidak sesuai dengan jenis"),
        ("kosong.txt", b"", "kosong"),
        ("besar.txt", &large, "lebih besar dari 20 MB"),
    ] {
        let sent = upload(&browser, "/documents", &[], name, content).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(sent.text().contains(remedy), "{name}: {remedy} in {}", sent.text());
        assert!(sent.text().contains("document-upload"), "the form is there for the next try");
    }
    let nothing = send(&browser, "/documents", &[("title", "x")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = upload(&browser, "/documents", &[("title", &"a".repeat(301))], "a.txt", TEXT).await;
    assert!(long.text().contains("Judul harus berisi"), "{}", long.text());
    assert!(world.test.outbox::<DocumentUploaded>().await.is_empty());
    assert!(browser.get("/documents").await.text().contains("Belum ada dokumen"));
    // The one whose title was wrong waits for its hour.
    world.test.clock.advance(chrono::Duration::hours(2));
    until_files(&world, 0).await;
}

#[tokio::test]
async fn an_upload_of_the_largest_size_is_taken() {
    let (world, browser) = admin().await;
    let largest = vec![b'a'; 20 * 1024 * 1024];
    let sent = upload(&browser, "/documents", &[], "besar.txt", &largest).await;
    assert_eq!(location(&sent), "/documents?pesan=diunggah", "{}", sent.text());
    assert_eq!(world.test.outbox::<DocumentUploaded>().await.len(), 1);
}

#[tokio::test]
async fn names_and_titles_are_text_on_every_page() {
    let (_world, browser) = admin().await;
    let title = "<img src=x onerror=alert(1)>\"'&";
    let sent = upload(&browser, "/documents", &[("title", title)], "<script>alert(2)<script>.txt", TEXT).await;
    assert_eq!(location(&sent), "/documents?pesan=diunggah");
    let list = browser.get("/documents").await.text();
    let id = attribute(&list, "document-row", "data-document-id");
    let detail = browser.get(&format!("/documents/{id}")).await.text();
    for html in [list, detail] {
        assert!(!html.contains("<img") && !html.contains("<script>alert"), "{html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{html}");
    }
}

#[tokio::test]
async fn a_new_file_and_a_new_reading_are_new_versions() {
    let (world, browser) = admin().await;
    let id = add(&browser, "Layanan").await;
    let at = format!("/documents/{id}");
    let sent = upload(&browser, &at, &[("title", "Layanan baru")], "baru.csv", b"layanan;biaya\nKTP;0\n").await;
    assert_eq!(location(&sent), format!("{at}?pesan=diunggah"), "{}", sent.text());
    let again = send(&browser, &format!("{at}/reprocess"), &[]).await;
    assert_eq!(location(&again), format!("{at}?pesan=diproses"));
    let told = world.test.outbox::<DocumentUploaded>().await;
    assert_eq!(told.iter().map(|event| event.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert_ne!(told[0].key, told[1].key);
    assert_eq!(told[1].key, told[2].key);
    assert_eq!(told[2].mime_type.as_deref(), Some("text/csv"));
    assert_eq!(attribute(&browser.get(&at).await.text(), "document", "data-version"), "3");
    // ai-service may still be reading the old file: it goes later.
    assert_eq!(files(world.files.path()), 2);
    world.test.clock.advance(chrono::Duration::hours(2));
    until_files(&world, 1).await;
    assert_eq!(browser.get(&format!("{at}/file")).await.bytes, b"layanan;biaya\nKTP;0\n");
}

#[tokio::test]
async fn a_deletion_outlives_the_absence_of_the_assistant() {
    let (world, browser) = admin().await;
    let id = add(&browser, "Layanan").await;
    let forget = || {
        Mock::given(method("DELETE"))
            .and(path(format!("/internal/documents/{id}")))
            .and(has_header("x-office-id", OfficeId::FIRST.to_string().as_str()))
    };
    let away = forget().respond_with(ResponseTemplate::new(503)).expect(1..).mount_as_scoped(&world.ai).await;
    let sent = send(&browser, &format!("/documents/{id}/delete"), &[]).await;
    assert_eq!(location(&sent), "/documents?pesan=dihapus", "{}", sent.text());
    assert_eq!(browser.get(&format!("/documents/{id}")).await.status, StatusCode::NOT_FOUND);
    until("the first try has failed, and staff read so", || async {
        browser.get("/documents").await.text().contains("belum dicabut dari pencarian").then_some(())
    })
    .await;
    drop(away);

    forget().respond_with(ResponseTemplate::new(204)).expect(1).mount(&world.ai).await;
    until("it is forgotten, and nobody asks any more", || async {
        world.test.clock.advance(chrono::Duration::minutes(10));
        let mut tx = world.test.ctx.db.all_offices("a test looks").await.ok()?;
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM document_removals").fetch_one(&mut *tx).await.ok()?;
        (left == 0).then_some(())
    })
    .await;
    assert_eq!(files(world.files.path()), 0);
    assert!(!browser.get("/documents").await.text().contains("belum dicabut"));
}

#[tokio::test]
async fn another_office_sees_takes_and_changes_nothing() {
    let world = World::new().await;
    let other = world.add_office("Desa Mekarsari").await;
    world.add_person("kepala", "admin", &[OfficeId::FIRST]).await;
    world.add_person("tetangga", "admin", &[other]).await;
    let (head, neighbour) = (world.browser("kepala").await, world.browser("tetangga").await);
    let id = add(&head, "Rahasia kami").await;
    assert!(!neighbour.get("/documents").await.text().contains("Rahasia kami"));
    let at = format!("/documents/{id}");
    for path in [at.clone(), format!("{at}/file")] {
        assert_eq!(neighbour.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answers = [
        upload(&neighbour, &at, &[("title", "x")], "a.txt", TEXT).await,
        send(&neighbour, &format!("{at}/reprocess"), &[]).await,
        send(&neighbour, &format!("{at}/delete"), &[]).await,
    ];
    assert_eq!(answers.map(|answer: Answer| answer.status), [StatusCode::NOT_FOUND; 3]);
    let refused = upload(&head, "/documents", &[("shared", "on")], "a.txt", TEXT).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "only from above all offices");
    assert_eq!(world.test.outbox::<DocumentUploaded>().await.len(), 1);

    // What is shared is read and fetched everywhere.
    let above = world.browser("admin").await;
    upload(&above, "/documents", &[("title", "Untuk semua"), ("shared", "on")], "semua.txt", TEXT).await;
    let html = neighbour.get("/documents").await.text();
    assert!(html.contains("Untuk semua"));
    let shared = attribute(&html, "document-row", "data-document-id");
    assert_eq!(neighbour.get(&format!("/documents/{shared}/file")).await.bytes, TEXT);
    assert_eq!(send(&neighbour, &format!("/documents/{shared}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_only_reads_fetches_files_and_changes_nothing() {
    let (world, browser) = admin().await;
    let id = add(&browser, "Layanan").await;
    for role in ["viewer", "agent"] {
        world.add_person(role, role, &[OfficeId::FIRST]).await;
        let reader = world.browser(role).await;
        let list = reader.get("/documents").await.text();
        assert!(list.contains("Layanan") && !list.contains("document-upload"), "{role}");
        let page = reader.get(&format!("/documents/{id}")).await.text();
        assert!(!page.contains("document-delete") && page.contains("document-download"), "{role}");
        assert_eq!(reader.get(&format!("/documents/{id}/file")).await.status, StatusCode::OK);
        assert_eq!(upload(&reader, "/documents", &[], "a.txt", TEXT).await.status, StatusCode::FORBIDDEN, "{role}");
        for act in ["reprocess", "delete"] {
            assert_eq!(send(&reader, &format!("/documents/{id}/{act}"), &[]).await.status, StatusCode::FORBIDDEN);
        }
    }
    assert_eq!(files(world.files.path()), 1, "what was refused is not even stored");
    assert_eq!(world.visitor.get(&format!("/documents/{id}/file")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn scripts_add_documents_and_entries_once_per_key() {
    let world = World::new().await;
    let body = json!({ "title": "Jam layanan", "content": "# Jam layanan\n08.00–15.00", "file_name": "jam.md" });
    let one = world.service.key("k1").post("/internal/documents", &body).await.expect(StatusCode::CREATED);
    let two = world.service.key("k1").post("/internal/documents", &body).await.expect(StatusCode::CREATED);
    assert_eq!(one, two);
    assert_eq!(
        (&one["status"], &one["mime_type"], &one["version"]),
        (&json!("queued"), &json!("text/markdown"), &json!(1))
    );
    let form = upload(&world.service.key("k2"), "/internal/documents", &[("title", "Berkas")], "b.txt", TEXT).await;
    form.expect(StatusCode::CREATED);
    let all = world.service.get("/internal/documents?limit=1").await.expect(StatusCode::OK);
    assert_eq!(all["data"][0]["title"], "Berkas");
    let next = format!("/internal/documents?cursor={}", all["next_cursor"].as_str().expect("more"));
    assert_eq!(world.service.get(&next).await.expect(StatusCode::OK)["data"][0]["title"], "Jam layanan");

    let entry = json!({ "question": "Jam buka?", "answer": "08.00–15.00", "kategori": "layanan_lain" });
    let one = world.service.key("k3").post("/internal/knowledge/entries", &entry).await.expect(StatusCode::CREATED);
    let two = world.service.key("k3").post("/internal/knowledge/entries", &entry).await.expect(StatusCode::CREATED);
    assert_eq!(one, two);
    let found = world.service.get("/internal/knowledge/entries?q=jam").await.expect(StatusCode::OK);
    assert_eq!(found["data"][0]["document_id"], one["document_id"]);
    assert_eq!(world.test.outbox::<DocumentUploaded>().await.len(), 3);

    let bad = world.service.post("/internal/knowledge/entries", &json!({ "question": "", "answer": "" })).await;
    let problem = bad.expect(StatusCode::BAD_REQUEST);
    let fields: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["question", "answer"]);
    let reader = world.test.actor("pemantau", Some(OfficeId::FIRST), &[]);
    for (path, body) in [("/internal/knowledge/entries", &entry), ("/internal/documents", &body)] {
        assert_eq!(world.service.actor(&reader).post(path, body).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(world.visitor.post(path, body).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let broken = world.service.with("content-type", "multipart/form-data");
    let answer = broken.call(Method::POST, "/internal/documents", "x".into()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let (world, browser) = admin().await;
    for n in 0..31 {
        let body = json!({ "title": format!("Dokumen nomor {n}."), "content": "isi" });
        world.service.post("/internal/documents", &body).await.expect(StatusCode::CREATED);
    }
    let first = browser.get("/documents").await.text();
    assert_eq!(count(&first, "data-testid=\"document-row\""), 30);
    assert!(!first.contains("Dokumen nomor 0."));
    let next = browser.get(&attribute(&first, "page-next", "href")).await.text();
    assert_eq!(count(&next, "data-testid=\"document-row\""), 1);
    assert!(next.contains("Dokumen nomor 0."));
    let found = browser.get("/documents?q=NOMOR%2030").await.text();
    assert_eq!(count(&found, "data-testid=\"document-row\""), 1);
}
