//! Pages before any script: their content, their headers, and what they say when something is away.

use contracts::OfficeId;
use http::{Method, StatusCode, header};
use testkit::Test;
use wiremock::matchers::{body_json, header as has_header, header_exists, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::world::{World, location};

const NUMBER: &str = "LAP-20261120-001";

async fn signed_in() -> (World, testkit::Api) {
    let world = World::new().await;
    world.has_complaint(OfficeId::FIRST, NUMBER, "Jalan berlubang, sudah banyak motor jatuh").await;
    let browser = world.browser("admin").await;
    (world, browser)
}

#[tokio::test]
async fn the_list_is_there_before_any_script() {
    let (_world, browser) = signed_in().await;
    let page = browser.get("/complaints").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.text();
    for part in [
        NUMBER,
        "Jalan berlubang",
        "Jl. Melati No. 15",
        "Desa Sukamaju",
        r#"data-testid="complaint-row""#,
        r#"data-status="baru""#,
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[tokio::test]
async fn the_overview_counts_and_shows_the_newest() {
    let (_world, browser) = signed_in().await;
    let html = browser.get("/dashboard").await.text();
    assert!(html.contains(r#"data-testid="count-new" class="count-value">3<"#), "{html}");
    assert!(html.contains(r#"data-testid="count-late" class="count-value">2<"#));
    assert!(html.contains(NUMBER));
}

#[tokio::test]
async fn one_complaint_offers_only_the_moves_that_are_possible() {
    let (_world, browser) = signed_in().await;
    let html = browser.get(&format!("/complaints/{NUMBER}")).await.text();
    assert!(html.contains(r#"<option value="terverifikasi""#) && html.contains(r#"<option value="ditolak""#), "{html}");
    assert!(!html.contains(r#"<option value="selesai""#));
    assert!(!html.contains(r#"<option value="dibatalkan""#), "only the citizen cancels");
    assert!(html.contains(r#"name="change[version]""#) && html.contains("Laporan diterima"));
}

#[tokio::test]
async fn every_page_has_a_strict_policy_with_a_nonce_of_its_own() {
    let (_world, browser) = signed_in().await;
    let policy =
        |answer: &testkit::Answer| answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
    let (one, two) = (browser.get("/complaints").await, browser.get("/complaints").await);
    assert!(
        policy(&one).contains("script-src 'self' 'nonce-") && policy(&one).contains("default-src 'none'"),
        "{}",
        policy(&one)
    );
    assert!(!policy(&one).contains("unsafe-inline"));
    assert_ne!(policy(&one), policy(&two));
    let nonce =
        policy(&one).split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    for script in one.text().split("<script").skip(1) {
        assert!(
            script.split('>').next().is_some_and(|tag| tag.contains(&nonce)),
            "a script without nonce: {script:.80}"
        );
    }
    for (name, value) in
        [("x-frame-options", "DENY"), ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin")]
    {
        assert_eq!(one.headers[name], value);
    }
    assert!(!one.text().contains("https://") && !one.text().contains("//cdn"), "no other host");
}

#[tokio::test]
async fn an_unknown_address_says_so() {
    let (_world, browser) = signed_in().await;
    let page = browser.get("/tidak/ada").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("Halaman ini tidak ada"));
    assert_eq!(browser.get("/complaints/LAP-20261120-999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_case_service_the_page_says_so_and_stays() {
    let world = World::new().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(409)).mount(&world.cases).await;
    let browser = world.browser("admin").await;
    let page = browser.get("/complaints").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(r#"data-testid="error-banner""#));
    assert!(page.text().contains("Desa Sukamaju"), "the frame is there");
}

#[tokio::test]
async fn a_plain_form_moves_a_complaint_in_the_persons_name_and_version() {
    let (world, browser) = signed_in().await;
    Mock::given(method("PUT"))
        .and(path(format!("/internal/complaints/{NUMBER}")))
        .and(has_header("if-match", "\"3\""))
        .and(has_header("x-office-id", OfficeId::FIRST.to_string().as_str()))
        .and(header_exists("x-actor"))
        .and(body_json(serde_json::json!({ "status": "ditolak", "reason": "Bukan wilayah kami" })))
        .respond_with(ResponseTemplate::new(200).set_body_json(serde_json::json!({})))
        .expect(1)
        .mount(&world.cases)
        .await;
    let body = format!(
        "change[complaint_id]={NUMBER}&change[version]=3&change[status]=ditolak&change[reason]=Bukan+wilayah+kami&change[remark]="
    );
    let answer = form(&browser, &body).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text());
    assert_eq!(location(&answer), format!("/complaints/{NUMBER}"));
}

#[tokio::test]
async fn who_comes_too_late_is_told() {
    let (world, browser) = signed_in().await;
    Mock::given(method("PUT")).respond_with(ResponseTemplate::new(412)).mount(&world.cases).await;
    let body = format!("change[complaint_id]={NUMBER}&change[version]=2&change[status]=terverifikasi");
    let answer = form(&browser, &body).await;
    let back = location(&answer).split_once("127.0.0.1:3000").expect("our own page").1.to_owned();
    let html = browser.get(&back).await.text();
    assert!(html.contains("sudah diubah orang lain"), "{html}");
}

#[tokio::test]
async fn what_a_move_needs_is_asked_for() {
    let (_world, browser) = signed_in().await;
    let body = format!("change[complaint_id]={NUMBER}&change[version]=3&change[status]=ditolak&change[reason]=+");
    let answer = form(&browser, &body).await;
    let back = location(&answer).split_once("127.0.0.1:3000").expect("our own page").1.to_owned();
    assert!(browser.get(&back).await.text().contains("Tuliskan alasannya."));
}

#[tokio::test]
async fn a_reader_changes_nothing() {
    let (world, _admin) = signed_in().await;
    world.add_person("pemantau", "viewer", &[OfficeId::FIRST]).await;
    let browser = world.browser("pemantau").await;
    let html = browser.get(&format!("/complaints/{NUMBER}")).await.text();
    assert!(!html.contains("status-submit"));
    form(&browser, &format!("change[complaint_id]={NUMBER}&change[version]=3&change[status]=terverifikasi")).await;
    let puts = world
        .cases
        .received_requests()
        .await
        .expect("recorded")
        .iter()
        .filter(|call| call.method == Method::PUT)
        .count();
    assert_eq!(puts, 0);
}

#[tokio::test]
async fn the_browser_half_is_served_compressed_typed_and_kept_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let pkg = folder.path().join("pkg");
    std::fs::create_dir(&pkg).expect("a folder");
    for (name, bytes) in [("dashboard.js", "js"), ("dashboard_bg.wasm", "wasm"), ("dashboard_bg.wasm.br", "small")] {
        std::fs::write(pkg.join(name), bytes).expect("a file");
    }
    let test = Test::without_broker("dashboard", &dashboard::MIGRATOR).await;
    let world = World::with(test, folder.path().to_owned()).await;
    let html = world.visitor.get("/login").await.text();
    let wasm =
        html.split('\'').find(|part| part.starts_with("/pkg/dashboard_bg.wasm?v=")).expect("the address").to_owned();
    let answer = world.visitor.with("accept-encoding", "br").get(&wasm).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/wasm");
    assert_eq!(answer.headers[header::CONTENT_ENCODING], "br");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(answer.text(), "small");
    assert_eq!(world.visitor.get("/pkg/dashboard.css").await.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(world.visitor.get("/pkg/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
}

/// A form as a browser without script sends it.
async fn form(browser: &testkit::Api, body: &str) -> testkit::Answer {
    browser
        .with("content-type", "application/x-www-form-urlencoded")
        .with("accept", "text/html")
        .with("referer", format!("http://127.0.0.1:3000/complaints/{NUMBER}"))
        .call(Method::POST, "/api/complaints/move", body.to_owned().into())
        .await
}

#[tokio::test]
async fn a_server_function_answers_with_a_status_that_fits() {
    let (world, browser) = signed_in().await;
    let ask = |api: testkit::Api| async move {
        api.post("/api/complaints/detail", &serde_json::json!({ "id": "LAP-20261120-999" })).await
    };
    assert_eq!(ask(browser.clone()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(world.visitor.clone()).await.status, StatusCode::UNAUTHORIZED);
    let found =
        browser.post("/api/complaints/detail", &serde_json::json!({ "id": NUMBER })).await.expect(StatusCode::OK);
    assert_eq!(found["complaint"]["complaint_id"], NUMBER);
    assert_eq!(found["may_change"], true);
}
