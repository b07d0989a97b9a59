//! What staff write is what citizens are told: an entry and a document, from the browser to the phone and away again.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use e2e::browser::Browser;
use e2e::{Phone, Service, World, until};
use reqwest::StatusCode;

const QUESTION: &str = "Apa syarat membuat kartu perpustakaan kelurahan?";
const ANSWER: &str = "Bawa fotokopi KTP dan pas foto 3x4. Kartu perpustakaan selesai dalam 2 hari kerja, tanpa biaya.";
const DOCUMENT: &str = "# Lapangan futsal kelurahan\n\nSewa lapangan futsal kelurahan Rp45.000 per jam, dibayar di loket. \
    Pemesanan paling lambat satu hari sebelumnya.\n";

#[tokio::test(flavor = "multi_thread")]
async fn knowledge() {
    let world = World::start_with_browser_half().await.unwrap_or_else(|error| panic!("no world: {error:?}"));
    crate::tell(&world, async |world| {
        let browser = Browser::open().await?;
        sign_in(world, &browser).await?;
        an_entry_is_ready_without_a_reload_and_answers_a_citizen(world, &browser).await?;
        a_document_is_read_and_answers_with_its_source(world, &browser).await?;
        what_is_deleted_answers_nobody(world, &browser).await?;
        browser.close().await
    })
    .await;
}

async fn sign_in(world: &World, browser: &Browser) -> Result<()> {
    browser.go(&format!("{}/login", world.environment.url(Service::Dashboard))).await?;
    browser.part("login-username").await?.send_keys("admin").await?;
    browser.part("login-password").await?.send_keys(&world.environment.admin_password).await?;
    browser.press("[data-testid=\"login-submit\"]").await?;
    browser.part("viewer-name").await.map(drop)
}

async fn an_entry_is_ready_without_a_reload_and_answers_a_citizen(world: &World, browser: &Browser) -> Result<()> {
    let dashboard = world.environment.url(Service::Dashboard);
    // The list stays open in this window; the entry is written by a script meanwhile.
    browser.go(&format!("{dashboard}/knowledge")).await?;
    browser.is_hydrated().await?;
    browser.see("[data-testid=\"live-state\"][data-state=\"connected\"]").await?;
    browser.client.execute("window.neverReloaded = true", vec![]).await?;
    let other = serde_json::json!({ "question": "Jam buka loket?", "answer": "Senin sampai Jumat, 08.00–15.00." });
    world.call(Service::Dashboard).post("/internal/knowledge/entries", &other).await?.expect(StatusCode::CREATED)?;
    browser.see("[data-testid=\"faq-row\"][data-status=\"ready\"]").await?;
    let mark = browser.client.execute("return window.neverReloaded === true", vec![]).await?;
    ensure!(mark == true, "the list showed the entry only after a reload");

    browser.press("[data-testid=\"faq-new\"]").await?;
    browser.part("faq-question").await?.send_keys(QUESTION).await?;
    browser.part("faq-answer").await?.send_keys(ANSWER).await?;
    browser.press("[data-testid=\"faq-save\"]").await?;
    browser.see("[data-testid=\"notice\"]").await?;
    until("both entries are ready", async || {
        let ready =
            browser.client.find_all(fantoccini::Locator::Css("[data-testid=\"faq-row\"][data-status=\"ready\"]"));
        Ok((ready.await?.len() == 2).then_some(()))
    })
    .await?;
    browser.picture("dashboard-knowledge").await?;

    browser.part("knowledge-ask").await?.send_keys("syarat bikin kartu perpustakaan apa ya?").await?;
    browser.press("[data-testid=\"knowledge-ask-submit\"]").await?;
    browser.reads("[data-testid=\"knowledge-answer\"]", "pas foto").await?;
    browser.see("[data-testid=\"sources\"][data-answerable=\"true\"] [data-testid=\"source-row\"]").await?;
    browser.picture("dashboard-knowledge-tried").await?;

    let citizen = Phone::new(world, "6281255570001");
    citizen.say("syarat bikin kartu perpustakaan apa ya?").await?;
    let reply = citizen.reply(1).await?;
    ensure!(reply.text.contains("pas foto") && reply.text.contains("2 hari kerja"), "{}", reply.text);
    no_errors(browser).await
}

async fn a_document_is_read_and_answers_with_its_source(world: &World, browser: &Browser) -> Result<()> {
    let mut file = tempfile::Builder::new().prefix("futsal").suffix(".md").tempfile()?;
    file.write_all(DOCUMENT.as_bytes())?;
    browser.go(&format!("{}/documents", world.environment.url(Service::Dashboard))).await?;
    browser.part("document-title").await?.send_keys("Tarif lapangan futsal").await?;
    browser.part("document-upload").await?.send_keys(&file.path().display().to_string()).await?;
    browser.press("[data-testid=\"document-submit\"]").await?;
    browser.see("[data-testid=\"document-row\"][data-status=\"ready\"]").await?;
    browser.picture("dashboard-documents").await?;
    browser.press("[data-testid=\"document-row\"] a").await?;
    browser.reads("[data-testid=\"chunk-row\"]", "Rp45.000").await?;
    browser.picture("dashboard-document").await?;

    let citizen = Phone::new(world, "6281255570002");
    citizen.say("sewa lapangan futsal berapa per jam?").await?;
    let reply = citizen.reply(1).await?;
    ensure!(reply.text.contains("45.000"), "{}", reply.text);
    ensure!(reply.text.contains("Tarif lapangan futsal"), "the answer names its source: {}", reply.text);
    no_errors(browser).await
}

async fn what_is_deleted_answers_nobody(world: &World, browser: &Browser) -> Result<()> {
    // Still on the document's page.
    browser.press("[data-testid=\"document-delete\"]").await?;
    browser.press("[data-testid=\"document-delete-yes\"]").await?;
    browser.see("[data-testid=\"empty-state\"]").await?;
    until("the assistant has forgotten it", async || {
        let found = world
            .call(Service::Ai)
            .post("/internal/knowledge/search", &serde_json::json!({ "query": "sewa lapangan futsal berapa per jam?" }))
            .await?
            .expect(StatusCode::OK)?;
        let results = found["results"].as_array().context("a list of results")?;
        let futsal = results.iter().any(|found| found["content"].as_str().is_some_and(|text| text.contains("futsal")));
        Ok((!futsal).then_some(()))
    })
    .await?;
    let citizen = Phone::new(world, "6281255570003");
    citizen.say("sewa lapangan futsal berapa per jam?").await?;
    let reply = citizen.reply(1).await?;
    ensure!(!reply.text.contains("45.000"), "{}", reply.text);
    Ok(())
}

async fn no_errors(browser: &Browser) -> Result<()> {
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "the dashboard has errors in its console: {}", errors.join("\n"));
    Ok(())
}
